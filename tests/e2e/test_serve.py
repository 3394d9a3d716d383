# SPDX-License-Identifier: Apache-2.0
"""earwitness serve: who may ask for what, what nobody may, and a queue that loses nothing."""
import gzip
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time

from harness import Case, main, slow_factor

HEADERS = ("content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy",
           "cross-origin-opener-policy", "cross-origin-resource-policy")


class Server:
    """The program, serving; a session of it."""

    def __init__(self, case, *more, work="work"):
        self.case = case
        self.process = case.start_ew("serve", "--listen", "127.0.0.1:0", "--dir", case.path(work), "--json",
                                     *more, stdout=subprocess.PIPE)
        self.url = json.loads(self.process.stdout.readline())["url"]
        where, self.token = self.url.split("/#")
        self.port = int(where.rsplit(":", 1)[1])
        self.host = "127.0.0.1:%d" % self.port
        self.key = None

    def ask(self, method, path, body=None, headers=None, key=True, timeout=60):
        """(status, headers, body)"""
        full = {"X-Earwitness-Key": self.key} if key and self.key else {}
        full.update(headers or {})
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout * slow_factor())
        try:
            c.request(method, path, body, full)
            r = c.getresponse()
            return r.status, {k.lower(): v for k, v in r.getheaders()}, r.read()
        finally:
            c.close()

    def json(self, method, path, body=None, code=200, **more):
        data = json.dumps(body).encode() if body is not None else None
        status, _, text = self.ask(method, path, data, **more)
        self.case.assertEqual(status, code, text[:500])
        return json.loads(text)

    def open(self):
        self.key = self.json("POST", "/api/session", {"token": self.token})["key"]
        return self

    def raw(self, request, wait=1.0):
        """All that comes back for these bytes until the line is cut or nothing comes."""
        got = b""
        with socket.create_connection(("127.0.0.1", self.port)) as s:
            s.settimeout(wait * slow_factor())
            try:
                s.sendall(request)
                while True:
                    part = s.recv(65536)
                    if not part:
                        break
                    got += part
            except OSError:
                pass
        return got

    def head(self, line, *headers):
        return ("\r\n".join((line, "Host: " + self.host) + headers) + "\r\n\r\n").encode()


class Serve(Case):
    def server(self, *more, **options):
        return Server(self, *more, **options)

    # -- who may ask -------------------------------------------------------------------

    def test_the_session(self):
        s = self.server()
        for path in ("/api/about", "/api/archive", "/api/archive/info", "/api/jobs", "/api/cases", "/api/desk",
                     "/api/cases/0123456789abcdef", "/api/sounds/" + 64 * "0"):
            self.assertEqual(s.ask("GET", path)[0], 401, path)
            for key in ("", "0" * 64, "x" * 64, "0" * 63, s.token):
                self.assertEqual(s.ask("GET", path, headers={"X-Earwitness-Key": key})[0], 401, (path, key))
        for path in ("/api/jobs", "/api/files?name=x", "/api/verify", "/api/disclose", "/api/token",
                     "/api/cases/0123456789abcdef/quotes/1"):
            self.assertEqual(s.ask("POST", path, b"{}")[0], 401, path)
        for path in ("/api/jobs/1", "/api/archive/" + 64 * "0"):
            self.assertEqual(s.ask("DELETE", path)[0], 401, path)
        for bad in ({}, {"token": ""}, {"token": "0" * 64}, {"token": 7}, {"token": s.token[:-1]}, {"token": [s.token]}):
            s.json("POST", "/api/session", bad, code=400)
        s.open()
        s.json("POST", "/api/session", {"token": s.token}, code=400)  # once
        self.assertEqual(s.json("GET", "/api/about")["schema"], "earwitness.about/1")
        # Another window, by one who has a session; again once.
        token = s.json("POST", "/api/token", {})["token"]
        other = s.json("POST", "/api/session", {"token": token})["key"]
        self.assertNotEqual(other, s.key)
        s.json("POST", "/api/session", {"token": token}, code=400)
        self.assertEqual(s.ask("GET", "/api/about", headers={"X-Earwitness-Key": other})[0], 200)

    def test_other_pages(self):
        s = self.server().open()
        for host in ("evil.example", "evil.example:%d" % s.port, "127.0.0.1", "127.0.0.1:1", "127.0.0.1.nip.io:%d" % s.port,
                     "", "[::1]:%d" % s.port, "localhost:%d.evil.example" % s.port):
            self.assertEqual(s.ask("GET", "/", headers={"Host": host})[0], 421, host)
            self.assertEqual(s.ask("GET", "/api/about", headers={"Host": host})[0], 421, host)
        self.assertEqual(s.ask("GET", "/", headers={"Host": "localhost:%d" % s.port})[0], 200)
        self.assertIn(b" 421 ", s.raw(b"GET / HTTP/1.1\r\n\r\n").split(b"\r\n")[0])
        for origin in ("http://evil.example", "null", "http://127.0.0.1:1", "https://evil.example:%d" % s.port,
                       "ftp://" + s.host, "http://%s.evil.example" % s.host, ""):
            for method, path in (("POST", "/api/session"), ("POST", "/api/jobs"), ("GET", "/api/about"),
                                 ("DELETE", "/api/jobs/1")):
                self.assertEqual(s.ask(method, path, b"{}" if method == "POST" else None,
                                       headers={"Origin": origin})[0], 403, (origin, method, path))
        self.assertEqual(s.ask("GET", "/api/about", headers={"Origin": "http://" + s.host})[0], 200)
        for site in ("cross-site", "same-site", "", "SAME-ORIGIN-NOT"):
            self.assertEqual(s.ask("GET", "/api/about", headers={"Sec-Fetch-Site": site})[0], 403, site)
        self.assertEqual(s.ask("GET", "/", headers={"Sec-Fetch-Site": "none"})[0], 200)
        self.assertEqual(s.ask("POST", "/api/jobs", b"{}", headers={"Sec-Fetch-Site": "none"})[0], 403)
        self.assertEqual(s.ask("GET", "/api/about", headers={"Sec-Fetch-Site": "same-origin"})[0], 200)

    def test_every_answer_is_guarded(self):
        s = self.server().open()
        asked = [("GET", "/"), ("GET", "/page/main.js"), ("GET", "/page/page.css"), ("GET", "/api/about"),
                 ("GET", "/nothing"), ("GET", "/api/jobs/7/result"), ("POST", "/api/jobs"), ("DELETE", "/api/jobs/9"),
                 ("PUT", "/api/jobs"), ("PATCH", "/"), ("HEAD", "/"), ("OPTIONS", "/api/jobs"), ("TRACE", "/"),
                 ("GET", "/" + "a" * 3000), ("GET", "/page/%00")]
        for method, path in asked:
            status, headers, body = s.ask(method, path, b"{" if method == "POST" else None)
            for name in HEADERS:
                self.assertIn(name, headers, (method, path, status))
            self.assertFalse([h for h in headers if h.startswith("access-control")], (method, path))
            self.assertNotIn("set-cookie", headers)
            policy = headers["content-security-policy"]
            for part in ("default-src 'none'", "script-src 'self';", "frame-ancestors 'none'", "base-uri 'none'",
                         "form-action 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'"):
                self.assertIn(part, policy)
            self.assertNotIn("unsafe", policy)
            if method not in ("GET", "POST", "DELETE"):
                self.assertIn(status, (404, 405), (method, path))
            if path.startswith("/api") and b"{" in body:
                self.assertEqual(headers["content-type"], "application/json")
        # What the request says is not said back, in no way that a browser would run.
        for path in ("/<script>alert(1)</script>", "/%3Cscript%3E", "/api/jobs/<svg onload=1>/result"):
            got = s.raw(s.head("GET %s HTTP/1.1" % path.replace(" ", "%20"), "X-Earwitness-Key: " + s.key))
            self.assertNotIn(b"<script>", got)
            self.assertNotIn(b"<svg", got)

    # -- what nobody may ask -----------------------------------------------------------

    def test_paths(self):
        s = self.server().open()
        with open(self.path("work", "secret.js"), "w", encoding="ascii") as f:
            f.write("no")
        for path in ("/page/../secret.js", "/page/..%2fsecret.js", "/page/%2e%2e/secret.js", "/page//etc/passwd",
                     "/page/%2fetc%2fpasswd", "/../etc/passwd", "//etc/passwd", "/page/....//secret.js", "/page/",
                     "/page", "/page/main.js/", "/page/./main.js", "/page/main.js%00.css", "/%00", "/page/main.js%20",
                     "/page/\\..\\secret.js", "/api/../page/main.js", "/api/jobs/../about", "/page/main%2ejs/x",
                     "/page/MAIN.JS", "/api/sounds/../../etc/passwd/wav", "/api/sounds/%2e%2e%2f%2e%2e/wav",
                     "/api/sounds/" + "0" * 63 + "/wav", "/api/sounds/" + "g" * 64 + "/peaks", "/api/cases/..",
                     "/api/cases/%2e%2e%2f/items/1", "/api/jobs/-1/result", "/api/jobs/1e1/result",
                     "/api/jobs/18446744073709551616/result", "/api/cases/" + "0" * 16 + "/items/1"):
            got = s.raw(s.head("GET %s HTTP/1.1" % path, "X-Earwitness-Key: " + s.key))
            self.assertIn(got.split(b" ")[1], (b"400", b"404"), path)
        got = s.raw(s.head("GET /%s HTTP/1.1" % ("a" * 5000)))
        self.assertIn(b" 414 ", got.split(b"\r\n")[0])

    def test_shapes_of_requests(self):
        s = self.server().open()
        one = s.head("GET /page/main.js HTTP/1.1")
        n = len(one)
        for name, request in {
                "two lengths": s.head("POST /api/session HTTP/1.1", "Content-Length: 2", "Content-Length: %d" % (n + 2))
                + b"{}" + one,
                "length and chunks": s.head("POST /api/session HTTP/1.1", "Content-Length: 5",
                                            "Transfer-Encoding: chunked") + b"0\r\n\r\n" + one,
                "chunks and length": s.head("POST /api/session HTTP/1.1", "Transfer-Encoding: chunked",
                                            "Content-Length: 4") + b"2\r\n{}\r\n0\r\n\r\n" + one,
                "another coding": s.head("POST /api/session HTTP/1.1", "Transfer-Encoding: xchunked") + b"{}" + one,
                "two codings": s.head("POST /api/session HTTP/1.1", "Transfer-Encoding: gzip, chunked") + one,
                "length with a sign": s.head("POST /api/session HTTP/1.1", "Content-Length: +2") + b"{}" + one,
                "negative length": s.head("POST /api/session HTTP/1.1", "Content-Length: -2") + b"{}" + one,
                "huge length": s.head("POST /api/session HTTP/1.1", "Content-Length: " + "9" * 30) + one,
                "a broken chunk": s.head("POST /api/session HTTP/1.1", "Transfer-Encoding: chunked") + b"ZZ\r\n" + one,
                "a body where none belongs": s.head("GET / HTTP/1.1", "Content-Length: %d" % n) + one,
                "two hosts": s.head("GET / HTTP/1.1", "Host: evil.example") + one,
                "no HTTP": b"GET /\r\n\r\n" + one,
        }.items():
            got = s.raw(request)
            self.assertNotIn(b" 200 OK", got, name)
            self.assertNotIn(b"text/javascript", got, name)
        self.assertEqual(s.raw(one + one).count(b"HTTP/1.1 200 OK"), 2)
        self.assertIn(b" 200 ", s.raw(s.head("GET / HTTP/1.0")).split(b"\r\n")[0])
        for request in (b"\x00" * 4096, b"\x16\x03\x01\x02\x00\x01", b"GET / HTTP/9.9\r\n\r\n", b"\r\n" * 1000,
                        b"A" * 100000, s.head("GET / HTTP/1.1", *["X-%d: %s" % (i, "y" * 90) for i in range(2000)]),
                        s.head("GET / HTTP/1.1", "X: " + "y" * 200000),
                        s.head("GET /?%s HTTP/1.1" % "&".join("a%d=1" % i for i in range(400)))):
            got = s.raw(request)
            self.assertTrue(not got or got.startswith(b"HTTP/1.") and b" 500 " not in got[:40], got[:80])
        self.assertEqual(s.ask("GET", "/api/about")[0], 200)

    def test_bodies(self):
        s = self.server().open()
        key = "X-Earwitness-Key: " + s.key
        got = s.raw(s.head("POST /api/files HTTP/1.1", key, "Content-Length: %d" % (17 << 30)))
        self.assertIn(b" 413 ", got[:40])
        got = s.raw(s.head("POST /api/jobs HTTP/1.1", key, "Content-Length: 2000000"))
        self.assertIn(b" 413 ", got[:40])
        chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
        got = s.raw(s.head("POST /api/jobs HTTP/1.1", key, "Transfer-Encoding: chunked") + 20 * chunk + b"0\r\n\r\n", 5)
        self.assertIn(b" 413 ", got[:40])
        # Chunks without end: the line is cut.
        with socket.create_connection(("127.0.0.1", s.port)) as c:
            c.settimeout(20 * slow_factor())
            c.sendall(s.head("POST /api/jobs HTTP/1.1", key, "Transfer-Encoding: chunked"))
            with self.assertRaises(OSError):
                for _ in range(2000):
                    c.sendall(chunk)
        # Less than was promised is nothing at all.
        before = os.listdir(self.path("work", "files"))
        with socket.create_connection(("127.0.0.1", s.port)) as c:
            c.sendall(s.head("POST /api/files?name=x HTTP/1.1", key, "Content-Length: 1000") + b"x" * 500)
        time.sleep(0.2)
        self.assertEqual(os.listdir(self.path("work", "files")), before)
        s.json("POST", "/api/files?name=empty", code=400)
        for body in (b"", b"[]", b"{", b"\xff\xfe", b'{"kind":"check"}', b'{"kind":"rm","files":[]}', b"null",
                     b'{"kind":"check","files":[{"sha256":"../../../etc/passwd"}]}', b"[" * 100000,
                     b'{"kind":"check","kind":"diff","files":[]}',
                     b'{"kind":"check","files":[{"sha256":"' + b"0" * 64 + b'","name":"x"}]}'):
            self.assertIn(s.ask("POST", "/api/jobs", body)[0], (400, 404), body[:50])
        # A name is a name, whatever it says.
        for name, want in (("../../x", True), ("/etc/passwd", True), ("%0a%1b[31m", True), ("%ff%fe", True),
                           ("a" * 1500, True)):
            told = s.json("POST", "/api/files?name=" + name, {"some": "bytes " + name})
            self.assertEqual(want, len(told["name"].encode()) <= 255 and "\n" not in told["name"])
            self.assertNotIn("\x1b", told["name"])
        for root, dirs, files in os.walk(self.path("work")):
            self.assertFalse([f for f in files if len(f) != 64], root)
        self.assertFalse(os.path.exists(self.path("x")))
        self.assertEqual(os.stat(self.path("work")).st_mode & 0o777, 0o700)

    def test_many_lines_and_slow_ones(self):
        s = self.server().open()
        lines = []
        for i in range(300):
            try:
                c = socket.create_connection(("127.0.0.1", s.port), timeout=5)
            except OSError:
                break
            lines.append(c)
            if i % 3 == 0:
                try:
                    c.sendall(b"GET / HTTP/1.1\r\nHost: " if i % 2 else s.head(
                        "POST /api/files HTTP/1.1", "X-Earwitness-Key: " + s.key, "Content-Length: 9") + b"x")
                except OSError:
                    pass
        for c in lines[20:]:
            c.close()
        self.wait_until(lambda: s.ask("GET", "/api/about", timeout=5)[0] == 200, 30, "an answer after many lines")
        if slow_factor() == 1:  # those that say nothing more are cut off
            for c in lines[:20]:
                c.settimeout(45)
                try:
                    while c.recv(4096):
                        pass
                except ConnectionError:
                    pass
        for c in lines[:20]:
            c.close()
        self.assertEqual(s.ask("GET", "/api/about")[0], 200)

    # -- where it listens --------------------------------------------------------------

    def test_where_it_listens(self):
        for bad in ("0.0.0.0:0", "[::]:0", "192.0.2.1:0", "localhost:0", "127.0.0.1", "127.0.0.1:99999", "example.org:80", ""):
            self.run_ew("serve", "--listen", bad, "--dir", self.path("w"), code=2, timeout=10)
        s = self.server()
        self.run_ew("serve", "--listen", s.host, "--dir", self.path("other"), code=3, timeout=10)
        busy = self.run_ew("serve", "--listen", "127.0.0.1:0", "--dir", self.path("work"), code=11, timeout=10)
        self.assertIn("another program", busy.err)
        s.process.send_signal(signal.SIGINT)
        self.assertEqual(s.process.wait(20 * slow_factor()), 0)

    # -- the queue ---------------------------------------------------------------------

    def clip(self, n):
        """A second of sound, another for each number."""
        frames = b"".join(int(8000 * (((i * (50 + n)) % 8000) / 4000 - 1)).to_bytes(2, "little", signed=True)
                          for i in range(8000))
        return (b"RIFF" + (36 + len(frames)).to_bytes(4, "little") + b"WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0"
                b"\2\0\x10\0data" + len(frames).to_bytes(4, "little") + frames)

    def test_eight_people_and_a_power_cut(self):
        self.run_ew("add", self.speech("a.wav", seconds=5), code=0)
        s = self.server().open()
        accepted, lock = [], threading.Lock()

        def person(who):
            try:
                for i in range(13):
                    f = json.loads(
                        s.ask("POST", "/api/files?name=clip-%d-%d.wav" % (who, i), self.clip(who * 13 + i))[2])
                    status, _, text = s.ask("POST", "/api/jobs", json.dumps({"kind": "check", "files": [f]}).encode())
                    if status == 200:
                        with lock:
                            accepted.append((json.loads(text)["id"], f["sha256"]))
            except (OSError, ValueError, http.client.HTTPException):
                pass  # the power is off

        people = [threading.Thread(target=person, args=(i,)) for i in range(8)]
        for p in people:
            p.start()
        self.wait_until(lambda: len(accepted) >= 60, 60, "sixty jobs")
        self.kill_group(s.process)
        for p in people:
            p.join()
        # What a killed program leaves, and what was sent long ago and never worked on.
        os.mkdir(self.path("work", "bundle-abcdef"))
        for name in ("bundle-abcdef/b.ewb", "policy-abcdef", "files/" + "0" * 64, "files/" + "1" * 64, "files/mine",
                     "jobs/.ew-tmp-1-1", "files/.ew-tmp-1-1", "recordings/.ew-tmp-1-1"):
            with open(self.path("work", name), "w", encoding="ascii") as f:
                f.write("x")
        for name in ("0" * 64, "mine", accepted[0][1]):
            os.utime(self.path("work", "files", name), (1, 1))
        s = self.server().open()
        self.assertEqual(sorted(os.listdir(self.path("work"))), ["files", "jobs", "recordings", "sounds"])
        left = [name for part in ("files", "jobs", "recordings") for name in os.listdir(self.path("work", part))]
        self.assertFalse([name for name in left if name.startswith(".")])
        self.assertEqual((("0" * 64) in left, ("1" * 64) in left, "mine" in left, accepted[0][1] in left),
                         (False, True, True, True))
        os.remove(self.path("work", "files", "mine"))
        there = {j["id"]: j for j in s.json("GET", "/api/jobs")["jobs"]}
        for job, sha256 in accepted:
            self.assertEqual(there[job]["files"][0]["sha256"], sha256)
        job, sha256 = accepted[0]
        self.assertEqual(s.json("GET", "/api/jobs/%d" % job)["files"], there[job]["files"])
        for none in ("0", "99999", "x", "-1", "18446744073709551616"):
            s.json("GET", "/api/jobs/" + none, code=404)
        # And the rest of a hundred goes on top.
        for i in range(len(there), 100):
            f = json.loads(s.ask("POST", "/api/files?name=late.wav", self.clip(1000 + i))[2])
            s.json("POST", "/api/jobs", {"kind": "check", "files": [f]})

        def finished():
            return all(j["state"] in ("done", "failed") for j in s.json("GET", "/api/jobs")["jobs"])
        self.wait_until(finished, 150, "the end of the queue")
        jobs = s.json("GET", "/api/jobs")["jobs"]
        self.assertGreaterEqual(len(jobs), 100)
        self.assertEqual([j for j in jobs if j["state"] != "done"], [])
        self.assertEqual(s.json("GET", "/api/jobs/%d/result" % jobs[0]["id"])["schema"], "earwitness.check/1")
        for j in jobs:
            s.json("DELETE", "/api/jobs/%d" % j["id"])
        # What was sent when the power went off, and never made a job of.
        self.assertLessEqual(len(os.listdir(self.path("work", "files"))), 9)

    def test_the_page_is_small(self):
        s = self.server()
        seen, left = {}, ["/"]
        while left:
            path = left.pop()
            status, headers, packed = s.ask("GET", path)
            self.assertEqual((status, headers["content-encoding"]), (200, "gzip"), path)
            text = gzip.decompress(packed).decode()
            seen[path] = len(packed)
            found = re.findall(r'(?:src|href)="(/page/[^"]+)"', text) if path == "/" else []
            found += ["/page/" + name for name in re.findall(r"from '\./([\w.]+)'", text)]
            left += [f for f in found if f not in seen and f not in left]
            self.assertNotRegex(text, r"https?://(?!www\.w3\.org/)", path)
            self.assertNotRegex(text, r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", path)
        self.assertIn("/page/main.js", seen)
        self.assertLess(sum(seen.values()), 80 * 1000, seen)
        said = json.loads(gzip.decompress(s.ask("GET", "/page/km.json")[2]))
        self.assertEqual(said["Archive"], "បណ្ណសារ")

    # -- what the page does --------------------------------------------------------------

    def test_the_archive(self):
        s = self.server().open()
        self.assertEqual(s.ask("GET", "/api/archive/info")[0], 404)
        with open(self.speech("a.wav", seconds=6), "rb") as f:
            sound = f.read()
        sent = [json.loads(s.ask("POST", "/api/files?name=a%20%3Cb%3E.wav", sound)[2]),
                json.loads(s.ask("POST", "/api/files?name=none.wav", b"no sound at all")[2])]
        job = s.json("POST", "/api/jobs", {"kind": "add", "files": sent})["id"]

        def state():
            return next(j for j in s.json("GET", "/api/jobs")["jobs"] if j["id"] == job)["state"]
        self.wait_until(lambda: state() in ("done", "failed"), 60, "the job")
        told = s.json("GET", "/api/jobs/%d/result" % job)
        self.assertEqual([r["outcome"] for r in told["results"]], ["added", "failed"])
        listed = s.json("GET", "/api/archive?search=%3Cb")["recordings"]
        self.assertEqual([r["names"] for r in listed], [["a <b>.wav"]])

        def heard():
            return s.json("GET", "/api/sounds/" + sent[0]["sha256"])["state"] == "ready"
        self.wait_until(heard, 30, "the sound")
        self.assertEqual(os.listdir(self.path("work", "sounds")), [sent[0]["sha256"]])
        s.json("DELETE", "/api/jobs/%d" % job)
        self.assertEqual(os.listdir(self.path("work", "sounds")), [])
        # The recording can still be heard, and is gone with its place in the archive.
        self.assertTrue(os.path.exists(listed[0]["paths"][0]))
        self.assertEqual(os.listdir(self.path("work", "files")), [])
        for bad in ("", sent[0]["sha256"][:12], "a%20%3Cb%3E.wav", "*", sent[1]["sha256"]):
            self.assertEqual(s.ask("DELETE", "/api/archive/" + bad)[0], 404, bad)
        self.assertEqual(s.json("DELETE", "/api/archive/" + sent[0]["sha256"])["outcome"], "removed")
        self.assertEqual(s.json("GET", "/api/archive")["found"], 0)
        self.assertFalse(os.path.exists(listed[0]["paths"][0]))

    def test_the_case(self):
        identity = "Sophea Meas of Kampor"
        made = self.run_json("vault", "identity", "-o", self.path("age.key"))
        case = ("--case", self.path("case"))
        self.run_ew("case", "new", self.path("case"), "--title", "The <i>case</i>")
        self.run_ew("case", "add", self.speech("clip.wav", seconds=5), "--called", "the recording", *case)
        with open(self.path("r.html"), "w", encoding="utf-8") as f:
            f.write('<!DOCTYPE html><html lang="en"><head><title>No</title><meta property="article:published_time" '
                    'content="2026-10-12T09:30:00+07:00"></head><body><article><h1>No</h1><p>The council met on Monday '
                    "in the town hall to speak of it.</p><p>“The recording is a fabrication,” said Osman Varga, a "
                    "spokesman.</p><p>“Nobody was there at all,” said Osman Varga.</p></article></body></html>")
        self.run_ew("import", self.path("r.html"), *case)
        self.run_ew("case", "recipient", made["recipient"], *case)
        self.run_ew("case", "person", "Source 1", "--kind", "protected", "--identity-fd", "0", *case,
                    stdin=identity.encode())
        s = self.server(*case).open()
        one = s.json("GET", "/api/cases")["cases"][0]
        self.assertEqual(one["title"], "The <i>case</i>")
        at = "/api/cases/" + one["id"]
        shown = s.json("GET", at)
        self.assertIn({"person": 1, "name": "Source 1", "kind": "protected"}, shown["people"])
        quotes = s.json("GET", at + "/quotes")["quotes"]
        self.assertEqual([q["verdict"] for q in quotes], ["undecided"] * len(quotes))
        decided = s.json("POST", at + "/quotes/%d" % quotes[0]["suggestion"], {"verdict": "accepted", "who": "Ann"})
        self.assertEqual(decided["position"], 1)
        s.json("POST", at + "/quotes/%d" % quotes[0]["suggestion"], {"verdict": "accepted"}, code=400)
        self.assertIn("stance", s.json("POST", at + "/quotes/%d" % quotes[1]["suggestion"], {"verdict": "accepted"},
                                     code=400)["error"]["message"])
        s.json("POST", at + "/quotes/%d" % quotes[1]["suggestion"], {"verdict": "maybe"}, code=400)
        s.json("POST", at + "/quotes/%d" % quotes[1]["suggestion"], {"verdict": "refused", "purpose": "no"})
        s.json("POST", at + "/quotes/99", {"verdict": "refused"}, code=404)
        self.assertEqual([q["verdict"] for q in s.json("GET", at + "/quotes")["quotes"]][:2], ["accepted", "refused"])
        rows = s.json("GET", at + "/timeline")["positions"]
        self.assertEqual([(r["person"], r["stance"]) for r in rows], [("Osman Varga", "says-fabricated")])
        event = s.json("GET", at + "/events")["events"][-2]
        self.assertEqual((event["kind"], event["who"]), ("accept", "Ann"))
        self.assertIn("fabrication", s.json("GET", at + "/search?words=fabrication")["hits"][0]["snippet"])
        self.assertEqual(s.ask("GET", at + "/search?words=%22")[0], 400)
        self.assertEqual(s.ask("GET", at + "/items/99")[0], 404)
        for path in ("", "/items/1", "/items/2", "/events", "/quotes", "/timeline", "/search?words=source",
                     "/search?words=Sophea"):
            text = s.ask("GET", at + path)[2].decode()
            self.assertNotIn("Sophea", text.replace('"Sophea"', ""), path)
            self.assertNotIn("Kampor", text, path)
        # The command says the same.
        self.assertEqual([r["position"] for r in self.run_jsonl("case", "timeline", *case) if r["row"] == "position"], [1])

    def test_bundles(self):
        word = b"six plain words of the test\n"
        opened = ("--passphrase-fd", "0")
        self.run_ew("key", "new", "desk.example", *opened, stdin=word)
        with open(self.path("s.txt"), "w", encoding="utf-8") as f:
            f.write("Shown.\n\nThe source is Sokha.\n\nAlso <b>shown</b>.\n")
        item = next(o for o in self.run_jsonl("seal", self.path("s.txt"), *opened, stdin=word) if "item" in o)["item"]
        self.run_ew("log", "checkpoint", *opened, stdin=word)
        s = self.server().open()
        secret = word.decode().strip()
        s.json("POST", "/api/disclose", {}, code=400)
        s.json("POST", "/api/disclose", {"passphrase": "wrong"}, code=400)
        s.json("POST", "/api/disclose", {"passphrase": "x" * 2000}, code=400)
        listed = s.json("POST", "/api/disclose", {"passphrase": secret})["items"]
        self.assertEqual([(i["item"], i["name"]) for i in listed], [(item, "s.txt")])
        s.json("POST", "/api/disclose", {"passphrase": secret, "item": item}, code=400)
        seen = s.json("POST", "/api/disclose", {"passphrase": secret, "item": item, "hide": "2"})
        self.assertEqual([p["text"] for p in seen["preview"]], ["Shown.", "[withheld]", "Also <b>shown</b>."])
        status, _, bundle = s.ask("POST", "/api/disclose", json.dumps(
            {"passphrase": secret, "item": item, "hide": "2", "write": True}).encode())
        self.assertEqual(status, 200)
        self.assertNotIn(b"Sokha", bundle)
        with open(self.path("b.ewb"), "wb") as f:
            f.write(bundle)
        policy = self.run_ew("key", "export").out
        with open(self.path("policy"), "w", encoding="ascii") as f:
            f.write(policy)
        said = self.run_ew("verify", self.path("b.ewb"), "--policy", self.path("policy"), cwd=self.dir).out
        for how, want in (({"policy": policy}, "verified"), ({"desk": True}, "verified"), ({}, "not-vouched-for")):
            f = json.loads(s.ask("POST", "/api/files?name=b.ewb", bundle)[2])
            told = s.json("POST", "/api/verify", dict(how, bundle=f["sha256"], name=self.path("b.ewb")))
            self.assertEqual(told["verdict"]["verdict"], want)
            if want == "verified":
                self.assertEqual(told["text"], said)  # the same words
            self.assertEqual(os.listdir(self.path("work", "files")), [])
        spoiled = bundle.replace(b"Shown.", b"Shewn.")
        f = json.loads(s.ask("POST", "/api/files?name=b.ewb", spoiled)[2])
        status, _, text = s.ask("POST", "/api/verify", json.dumps({"bundle": f["sha256"], "desk": True}).encode())
        self.assertTrue(status == 400 or json.loads(text)["verdict"]["verdict"] == "broken", text[:300])
        left = [os.path.join(r, f) for r, _, fs in os.walk(self.path("work")) for f in fs]
        self.assertEqual(left, [])
        self.assertEqual(sorted(os.listdir(self.path("work"))), ["files", "jobs", "recordings", "sounds"])


if __name__ == "__main__":
    main()
