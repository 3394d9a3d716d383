#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Go's golang.org/x/mod/sumdb (note, tlog), which is the code behind the Go checksum database,
accepts keys, notes, proofs and published logs of earwitness, and earwitness those of Go."""
import base64
import functools
import glob
import http.server
import os
import shutil
import subprocess
import tempfile
import threading
import zipfile

from harness import Case, main

PASS = ("--passphrase-command", "echo pass")
GOPATH = "/usr/share/gocode"  # Debian's golang-golang-x-mod-dev
SOURCE = os.environ.get("EARWITNESS_SOURCE", os.path.join(os.path.dirname(__file__), "../.."))
VECTORS = os.path.join(SOURCE, "../shared/vectors")
LOG = "desk.example/log+1d9c0782+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"
WITNESS = "witness.example/w1+df1c0a35+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU"
TESSERA = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"


class Go(Case):
    built = None  # the folder of the Go program, made once

    def setUp(self):
        super().setUp()
        if shutil.which("go") is None:
            self.skipTest("Go is not installed")
        if not os.path.isdir(GOPATH + "/src/golang.org/x/mod/sumdb/tlog"):
            self.skipTest("golang-golang-x-mod-dev is not installed")
        if Go.built is None:
            Go.built = tempfile.TemporaryDirectory(prefix="ew-go-")
            env = dict(self.env, GO111MODULE="off", GOPATH=GOPATH, GOFLAGS="", GOPROXY="off",
                       CGO_ENABLED="0", GOCACHE=os.path.join(Go.built.name, "cache"))
            subprocess.run(["go", "build", "-o", os.path.join(Go.built.name, "interop"), "."],
                           cwd=os.path.join(SOURCE, "tests/interop/go"), env=env, check=True)

    def go(self, *args, stdin=b"", code=0):
        done = subprocess.run([os.path.join(Go.built.name, "interop"), *map(str, args)],
                              input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=120)
        self.assertEqual(done.returncode, code, done.stderr.decode())
        return done.stdout.decode()

    def read(self, *names):
        with open(self.path(*names), "rb") as f:
            return f.read()

    def write(self, name, text):
        with open(self.path(name), "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        return self.path(name)

    def serve(self, folder):
        """A plain file server over a folder."""
        class Quiet(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *args):
                pass
        server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return "http://127.0.0.1:%d" % server.server_port

    def vectors(self, name):
        path = os.path.join(VECTORS, name)
        if not os.path.exists(path):
            self.skipTest("no ../shared/vectors/" + name)
        return path


class Desk(Go):
    def test_a_desk(self):
        """Everything that a desk gives out."""
        self.env["EARWITNESS_DESK"] = desk = self.path("desk")
        public = self.path("public")
        self.run_ew("key", "new", "desk.example", *PASS)
        keys = {k["use"]: k["vkey"] for k in self.run_jsonl("key", "list")}
        url = None
        old = []
        # Through the first tiles: one entry, full tiles, a second level that grows.
        for i, count in enumerate((1, 140, 300)):
            files = [self.write("f%d-%d" % (i, k), "Paragraph %d of %d.\n" % (k, i))
                     for k in range(count)]
            sealed = self.run_jsonl("seal", *files, *PASS)
            self.run_ew("log", "checkpoint", *PASS)
            self.run_ew("log", "publish", public)
            url = url or self.serve(public)
            size = int(self.read("public", "checkpoint").split(b"\n")[1])
            self.assertEqual(int(self.go("log", url, keys["log"], *old)), size)
            old.append(self.write("old%d" % i, self.read("public", "checkpoint")))
        self.assertGreater(size, 440)
        # Checkpoints and seals open; another key does not open them.
        for path in (os.path.join(desk, "log/checkpoint"), old[0]):
            self.assertTrue(self.go("open", path, keys["log"]).startswith("desk.example/log\n"))
            self.go("open", path, keys["seal"], code=1)
        seals = glob.glob(desk + "/items/*/seal.note")
        self.assertEqual(len(seals), 441)
        for path in seals[:5]:
            self.assertIn("earwitness-seal/v1\n", self.go("open", path, keys["seal"]))
        # A witness of ours, as Go reads cosignatures.
        made = self.run_json("witness", "new", "w.example/w1", "--dir", self.path("w"), *PASS)
        self.run_ew("witness", "trust", keys["log"], "--dir", self.path("w"))
        self.run_ew("log", "witness", "--request", "-o", self.path("r"))
        self.run_ew("witness", "sign", self.path("r"), "-o", self.path("s"), "--dir",
                    self.path("w"), *PASS)
        self.run_ew("log", "witness", "--add", self.path("s"), "--key", made["vkey"])
        self.go("open", os.path.join(desk, "log/checkpoint"), keys["log"], made["vkey"])
        # The proof in a bundle, from the seal's own bytes and the salt.
        bundle = self.path("x.ewb")
        self.run_ew("disclose", sealed[7]["item"], "--show", "all", "-o", bundle, *PASS)
        with zipfile.ZipFile(bundle) as z:
            note = z.read("seal.note")
            proof = self.write("proof", z.read("seal.tlog-proof"))
        salt = next(base64.b64decode(line.split()[1]).hex()
                    for line in self.read("proof").decode().splitlines()
                    if line.startswith("extra "))
        entry = self.go("entry", salt, stdin=note)
        index, total, told = self.go("prove", proof, keys["log"], made["vkey"],
                                     stdin=entry.encode()).split()
        self.assertEqual((int(index), int(total), told), (sealed[7]["entry"], size, salt))
        self.go("prove", proof, keys["log"], stdin=entry.encode() + b"x", code=1)
        # One changed byte anywhere in what is published is found by Go.
        name = os.path.join(public, "tile/entries/001")
        with open(name, "r+b") as f:
            f.seek(700)
            byte = f.read(1)
            f.seek(700)
            f.write(bytes([byte[0] ^ 1]))
        self.go("log", url, keys["log"], code=1)


class Witness(Go):
    def test_go_asks_our_witness(self):
        """A log of Go's: its notes open here, its consistency proofs hold here."""
        folder = self.path("w")
        made = self.run_json("witness", "new", "w.example/w1", "--dir", folder, *PASS)
        self.run_ew("witness", "trust", self.go("witness", "key").strip(), "--dir", folder)
        out = self.path("address")
        with open(out, "wb") as f:
            self.start_ew("witness", "serve", "--dir", folder, "--listen", "127.0.0.1:0", *PASS,
                          stdout=f)
        self.wait_until(lambda: os.path.getsize(out) > 0, what="the witness")
        url = self.read("address").decode().split()[0]
        told = self.go("witness", url, made["vkey"]).split()
        self.assertEqual(told, ["200"] * 9 + ["422", "409", "200"])


class Vectors(Go):
    def test_the_worked_proof(self):
        path = self.vectors("earwitness/entry1.tlog-proof")
        with open(path, "rb") as f:
            text = f.read().decode()
        self.assertEqual(self.go("prove", path, LOG, WITNESS, stdin=b"entry 1\n").split(), ["1", "3"])
        self.go("prove", path, LOG, WITNESS, stdin=b"entry 0\n", code=1)
        # Made by Go from the same keys it is the same, byte for byte.
        raw = base64.b64decode(text.splitlines()[-1].split()[-1])
        self.assertEqual(self.go("worked", int.from_bytes(raw[4:12], "big")), text)

    def test_the_tessera_log(self):
        """Of another implementation: Go and earwitness both find it whole, at every size."""
        source = self.vectors("tessera/testdata/log")
        folder = self.path("log")
        shutil.copytree(source, folder)
        os.chmod(folder, 0o755)
        for root, dirs, files in os.walk(folder):
            for name in dirs + files:
                os.chmod(os.path.join(root, name), 0o755)
        self.env["EARWITNESS_DESK"] = self.path("desk")
        url = self.serve(folder)
        old = []
        for size in range(1, 16):
            head = os.path.join(folder, "checkpoint.%d" % size)
            shutil.copy(head, os.path.join(folder, "checkpoint"))
            self.assertEqual(int(self.go("log", url, TESSERA, *old)), size)
            old.append(head)


if __name__ == "__main__":
    main()
