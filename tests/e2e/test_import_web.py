#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""import of web archives: a page saved by wget, as WARC and packed as WACZ; records cut out of the
originals by the places that the case tells; a WACZ that was changed."""
import gzip
import hashlib
import http.server
import json
import os
import shutil
import sqlite3
import subprocess
import threading
import unittest
import zipfile

from harness import Case, main

PAGE = """<!DOCTYPE html><html><head><title>Call is a fake, says ministry</title>
<link rel="stylesheet" href="/a.css"></head><body><article><h1>Call is a fake, says ministry</h1>
<p>KAMPOR, Oct 12 (HP) - The ministry's spokesman denied on Monday that the leaked call was real.</p>
<p>The opposition asked for an investigation by independent experts within the month.</p>
</article></body></html>
"""


class Server(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        if self.path == "/a.css":
            self.send_header("Content-Type", "text/css")
            self.send_header("Content-Length", "3")
            self.end_headers()
            self.wfile.write(b"p{}")
            return
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        body = PAGE.encode()
        for part in (body[:100], body[100:], b""):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))

    def log_message(self, *_):
        pass


class ImportWeb(Case):
    def new_case(self, name):
        self.case = self.path(name)
        self.env["EARWITNESS_CASE"] = self.case
        self.run_ew("case", "new", self.case, "--title", "The call")

    def rows(self, sql):
        db = sqlite3.connect("file:%s/case.db?mode=ro" % self.case, uri=True)
        try:
            return db.execute(sql).fetchall()
        finally:
            db.close()

    def save(self):
        """The page as wget saves it, and its address."""
        if shutil.which("wget") is None:
            raise unittest.SkipTest("wget is not installed")
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = "http://127.0.0.1:%d/report" % server.server_address[1]
        try:
            subprocess.run(
                ["wget", "-q", "--no-config", "--no-proxy", "--page-requisites", "--warc-file=saved",
                 "-P", "pages", "-e", "robots=off", address],
                cwd=self.dir, env=self.env, check=True, timeout=60)
        finally:
            server.shutdown()
            server.server_close()
        return self.path("saved.warc.gz"), address

    def records(self):
        """Every capture of the case, cut out of its original: one gzip member, one record."""
        found = []
        for url, status, digest, sha, at, size in self.rows(
                "SELECT c.url, c.status, c.digest, lower(hex(i.sha256)), c.at, c.bytes "
                "FROM capture c JOIN item i ON i.id=c.source ORDER BY c.id"):
            with open(os.path.join(self.case, "originals", sha[:2], sha), "rb") as f:
                f.seek(at)
                record = gzip.decompress(f.read(size))
            self.assertTrue(record.startswith(b"WARC/1."))
            self.assertEqual(record.count(b"\r\nWARC-Type: "), 1)
            self.assertIn(url.encode(), record)
            found.append((url, status, digest))
        return found

    def pack(self, warc, address, name, spoil=False):
        with open(warc, "rb") as f:
            files = {"archive/saved.warc.gz": f.read()}
        files["pages/pages.jsonl"] = b"".join(
            json.dumps(line).encode() + b"\n" for line in (
                {"format": "json-pages-1.0", "id": "pages", "title": "All"},
                {"url": address, "ts": "2026-10-12T00:00:00Z", "title": "The report"},
                {"url": "http://elsewhere.example/", "ts": "2026-10-12T00:00:00Z"}))
        package = json.dumps({"profile": "data-package", "resources": [
            {"path": path, "hash": "sha256:" + hashlib.sha256(content).hexdigest(), "bytes": len(content)}
            for path, content in files.items()]}).encode()
        files["datapackage.json"] = package
        files["datapackage-digest.json"] = json.dumps(
            {"path": "datapackage.json", "hash": "sha256:" + hashlib.sha256(package).hexdigest()}).encode()
        if spoil:
            files["pages/pages.jsonl"] = files["pages/pages.jsonl"].replace(b"The", b"A")
        with zipfile.ZipFile(self.path(name), "w") as z:
            for path, content in files.items():
                z.writestr(path, content)
        return self.path(name)

    def test_saved_and_packed(self):
        warc, address = self.save()
        self.new_case("saved")
        told = self.run_jsonl("import", warc)
        self.assertEqual(told[-1]["format"], "warc")
        self.assertEqual(told[-1]["articles"], 1)
        self.assertTrue(any("parts of pages" in line.get("text", "") for line in told))
        # Digests of wget are right: 1.
        self.assertIn((address, 200, 1), self.records())
        self.assertEqual(self.rows("SELECT title, url FROM article"),
                         [("Call is a fake, says ministry", address)])
        self.assertIn(("KAMPOR, Oct 12 (HP)",), self.rows("SELECT dateline FROM article"))

        self.new_case("packed")
        told = self.run_jsonl("import", self.pack(warc, address, "a.wacz"))
        self.assertEqual(told[-1]["format"], "wacz")
        self.assertEqual(told[-1]["gaps"], 1)
        self.assertIn("not in the archives: http://elsewhere.example/", json.dumps(told))
        self.records()

        self.new_case("spoilt")
        told = json.dumps(self.run_jsonl("import", self.pack(warc, address, "b.wacz", spoil=True)))
        self.assertIn("pages/pages.jsonl: its bytes are not what its hash says", told)


if __name__ == "__main__":
    main()
