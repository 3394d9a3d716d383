#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A desk and a witness: publishing, cosigning over HTTP and by hand, every answer of the protocol,
and what neither may do."""
import http.client
import http.server
import json
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time

from harness import Case, main

PASS = ("--passphrase-command", "echo pass")
MALFORMED, UNSIGNED, UNKNOWN, CONFLICT, UNPROVEN = 400, 403, 404, 409, 422


class Desk(Case):
    """A desk with a few entries, and a witness that follows its log."""

    made = None  # a folder with both, made once: each passphrase costs half a second

    def setUp(self):
        super().setUp()
        self.desk = self.path("desk")
        self.witness = self.path("witness")
        self.env["EARWITNESS_DESK"] = self.desk
        self.env["EARWITNESS_WITNESS"] = self.witness
        self.env["NO_PROXY"] = self.env["no_proxy"] = "127.0.0.1"
        if Desk.made is None:
            self.make()
        shutil.copytree(os.path.join(Desk.made.name, "desk"), self.desk)

    def make(self):
        self.run_ew("key", "new", "desk.example", *PASS)
        self.seal(2)
        self.run_ew("witness", "new", "w.example/w1", *PASS)
        Desk.made = tempfile.TemporaryDirectory(prefix="ew-e2e-")
        shutil.move(self.desk, Desk.made.name)
        shutil.move(self.witness, Desk.made.name)

    def seal(self, count):
        names = []
        for _ in range(count):
            self.count = getattr(self, "count", 0) + 1
            names.append(self.write("f%d.txt" % self.count, "Paragraph %d.\n" % self.count))
        sealed = self.run_jsonl("seal", *names, *PASS)
        self.run_ew("log", "checkpoint", *PASS)
        return sealed

    def size(self):
        """Entries of the log's checkpoint; sealing may log more than the seals."""
        return int(self.read("desk", "log", "checkpoint").splitlines()[1])

    def make_witness(self):
        shutil.copytree(os.path.join(Desk.made.name, "witness"), self.witness)
        made = self.run_json("witness", "key")
        self.vkey = made["vkey"]
        self.policy_line = made["policy"]
        log = next(k["vkey"] for k in self.run_jsonl("key", "list") if k["use"] == "log")
        self.run_ew("witness", "trust", log)
        self.log_vkey = log

    def write(self, name, text):
        with open(self.path(name), "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        return self.path(name)

    def read(self, *names):
        with open(self.path(*names), "rb") as f:
            return f.read().decode()

    def serve(self, *more):
        out = self.path("address")
        with open(out, "wb") as f, open(self.path("served"), "wb") as err:
            self.server = self.start_ew("witness", "serve", "--listen", "127.0.0.1:0", *PASS, *more,
                                        stdout=f, stderr=err)
        self.wait_until(lambda: os.path.getsize(out) > 0, what="the witness")
        self.url = self.read("address").split()[0]
        return self.url

    def connect(self):
        host, port = self.url.split("//")[1].split(":")
        c = http.client.HTTPConnection(host, int(port), timeout=30)
        self.addCleanup(c.close)
        return c

    def post(self, body, path="/add-checkpoint", method="POST"):
        c = self.connect()
        c.request(method, path, body.encode() if isinstance(body, str) else body)
        got = c.getresponse()
        return got.status, got.read().decode(), got.getheader("Content-Type")

    def request(self, old=0, log=None):
        args = ["log", "witness", "--request", "--old", old]
        if log:
            args += ["--desk", log]
        return self.run_ew(*args).out


class ByHand(Desk):
    def test_over_mail(self):
        self.make_witness()
        request, answer = self.path("request"), self.path("answer")
        self.run_ew("log", "witness", "--request", "-o", request)
        n = self.size()
        self.assertTrue(self.read("request").startswith("old 0\n\ndesk.example/log\n%d\n" % n))
        told = self.run_json("witness", "sign", request, "-o", answer, *PASS)
        self.assertEqual((told["status"], told["log"], told["size"]), (200, "desk.example/log", n))
        self.assertTrue(self.read("answer").startswith("\u2014 w.example/w1 "))
        added = self.run_json("log", "witness", "--add", answer, "--key", self.vkey)
        self.assertEqual((added["witness"], added["size"], added["added"]), ("w.example/w1", n, True))
        self.assertFalse(self.run_json("log", "witness", "--add", answer, "--key",
                                       self.vkey)["added"])
        # The desk remembers from where to ask next time.
        item, = self.seal(1)
        self.run_ew("log", "witness", "--request", "--key", self.vkey, "-o", request)
        self.assertTrue(self.read("request").startswith("old %d\n" % n))
        self.run_ew("witness", "sign", request, "-o", answer, *PASS)
        # A policy that asks for the witness: no time before, a time afterwards.
        policy = self.write("policy", self.run_ew("key", "export").out.replace(
            "quorum none", self.policy_line + "\nquorum w.example/w1"))
        before = self.path("before.ewb")
        self.run_ew("disclose", item["item"], "--show", "all", "-o", before, *PASS)
        self.assertEqual(self.run_json("verify", before, "--policy", policy, code=1)["verdict"],
                         "not-vouched-for")
        self.run_ew("log", "witness", "--add", answer, "--policy", policy)
        after = self.path("after.ewb")
        self.run_ew("disclose", item["item"], "--show", "all", "-o", after, *PASS)
        verdict = self.run_json("verify", after, "--policy", policy)
        self.assertEqual(verdict["verdict"], "verified")
        self.assertIsNotNone(verdict["not_after"])
        # Refusals by hand: nothing is written, and what to ask for is told.
        self.write("request", self.request(old=0))
        os.unlink(answer)
        told = self.run_ew("witness", "sign", request, "-o", answer, *PASS, code=1)
        self.assertIn("--old %d" % self.size(), told.err)
        self.assertFalse(os.path.exists(answer))
        self.write("request", "nothing")
        self.assertEqual(self.run_json("witness", "sign", request, *PASS, code=1)["status"],
                         MALFORMED)

    def test_mistakes(self):
        self.run_ew("witness", "key", code=10)
        self.run_ew("witness", "trust", "x", code=2)
        self.run_ew("witness", "serve", *PASS, code=10)
        self.run_ew("witness", "nix", code=2)
        self.run_ew("witness", "new", "a b", *PASS, code=2)
        self.assertFalse(os.path.exists(self.witness))
        self.make_witness()
        self.run_ew("witness", "new", "again", *PASS, code=2)
        self.run_ew("witness", "trust", self.vkey, code=2)  # not a log
        self.run_ew("witness", "distrust", self.log_vkey, code=2)  # the last one
        self.write("r", self.request())
        self.run_ew("witness", "sign", self.path("r"), "--passphrase-command", "echo no", code=12)
        self.run_ew("witness", "sign", self.path("none"), *PASS, code=3)
        self.run_ew("witness", "serve", "--listen", "0.0.0.0:0", *PASS, code=2)
        self.run_ew("witness", "serve", "--listen", "localhost:0", *PASS, code=2)
        for args in ((), ("--request", "--add", "x"), ("http://127.0.0.1:1",),
                     ("http://127.0.0.1:1", "--key", "x"),
                     ("http://127.0.0.1:1", "--key", self.log_vkey),
                     ("file:///etc/passwd", "--key", self.vkey),
                     ("--request", "--old", "x"), ("--request", "--old", self.size() + 1)):
            self.run_ew("log", "witness", *args, code=2)
        told = self.run_ew("log", "witness", "http://127.0.0.1:1", "--key", self.vkey, code=3)
        self.assertIn("cannot reach", told.err)
        self.write("sig", "\u2014 w.example/w1 AAAA\n")
        self.run_ew("log", "witness", "--add", self.path("sig"), "--key", self.vkey, code=3)
        log = self.run_json("witness", "list")
        self.assertEqual((log["log"], log["size"], log["keys"]), ("desk.example/log", 0, 1))
        self.assertEqual(os.stat(self.witness).st_mode & 0o077, 0)
        # Half a witness is none, and making it is taken up again.
        half = self.path("half")
        os.mkdir(half)
        self.write("half/state", "x")
        self.run_ew("witness", "new", "w2", "--dir", half, *PASS, code=2)
        self.write("half/state", "earwitness-witness/v1\ntime 0\n")
        self.assertIn("w2+", self.run_ew("witness", "new", "w2", "--dir", half, *PASS).out)


class OverHttp(Desk):
    def setUp(self):
        super().setUp()
        self.make_witness()

    def test_from_the_desk(self):
        self.serve()
        done = self.run_json("log", "witness", self.url, "--key", self.vkey)
        self.assertTrue(done["added"])
        self.seal(1)
        self.run_ew("log", "witness", self.url + "/", "--key", self.vkey)
        second = self.size()
        # Without its record the desk is told where the witness is, and asks again.
        self.seal(3)
        os.unlink(os.path.join(self.desk, "log", ".witnesses"))
        self.run_ew("log", "witness", self.url, "--key", self.vkey)
        self.assertIn(" 409 ", self.read("served"))
        self.assertEqual(self.run_json("witness", "list")["size"], self.size())
        self.assertIn("w.example/w1", self.read("desk", "log", "checkpoint"))
        # By hand at the same time: one memory.
        self.write("r", self.request(old=second))
        self.run_ew("witness", "sign", self.path("r"), *PASS, code=1)
        # What is published carries the cosignature.
        self.run_ew("log", "publish", self.path("public"))
        self.assertIn("w.example/w1", self.read("public", "checkpoint"))
        self.assertEqual(self.run_json("log", "fsck", self.path("public"))["problems"], 0)
        self.kill_group(self.server, 15)
        self.assertEqual(self.server.returncode, 0)

    def test_row_11_answers(self):
        """Row 11: split view and rollback, each with its answer."""
        self.serve()
        copy = self.path("copy")
        env = {"EARWITNESS_DESK": copy}
        shutil.copytree(self.desk, copy)
        first, n1 = self.request(), self.size()
        self.assertEqual(self.post(first)[0], 200)
        self.seal(2)
        n2 = self.size()
        status, body, kind = self.post(self.request(old=0))
        self.assertEqual((status, body, kind), (CONFLICT, "%d\n" % n1, "text/x.tlog.size"))
        # A copy of the desk goes its own way: the same size, and a larger one.
        self.run_ew("seal", self.write("x1", "Other.\n"), self.write("x2", "Other.\n"), *PASS,
                    env=env)
        self.run_ew("log", "checkpoint", *PASS, env=env)
        status, body, _ = self.post(self.request(old=n1))
        self.assertEqual((status, body[:2]), (200, "\u2014 "))
        self.assertEqual(self.post(self.request(old=n2, log=copy))[:2], (CONFLICT, "%d\n" % n2))
        self.assertEqual(self.post(self.request(old=n1, log=copy))[:2], (CONFLICT, "%d\n" % n2))
        self.run_ew("seal", self.write("x3", "Other.\n"), *PASS, env=env)
        self.run_ew("log", "checkpoint", *PASS, env=env)
        self.assertEqual(self.post(self.request(old=n2, log=copy))[0], UNPROVEN)
        self.assertEqual(self.post(first)[0], CONFLICT)
        told = self.run_json("log", "witness", self.url, "--key", self.vkey, env=env, code=1)
        self.assertEqual(told["status"], UNPROVEN)
        # A desk that was set back.
        shutil.rmtree(copy)
        shutil.copytree(self.desk, copy)
        self.seal(1)
        n3 = self.size()
        self.run_ew("log", "witness", self.url, "--key", self.vkey)
        told = self.run_json("log", "witness", self.url, "--key", self.vkey, env=env, code=1)
        self.assertEqual((told["status"], told["seen"], told["size"]), (CONFLICT, n3, n2))
        self.assertEqual(self.run_json("witness", "list")["size"], n3)
        # Killed and started again, it remembers.
        self.kill_group(self.server)
        self.serve()
        self.assertEqual(self.post(self.request(old=0))[:2], (CONFLICT, "%d\n" % n3))

    def too_much(self, headers):
        """What is said to such a head; None when nobody listened to the end."""
        c = self.connect()
        try:
            c.putrequest("POST", "/add-checkpoint")
            for name, value in headers.items():
                c.putheader(name, value)
            c.endheaders()
            return c.getresponse().status
        except (BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected):
            return None

    def test_bad_requests(self):
        self.serve("--json")
        good = self.request()
        self.assertEqual(self.post("")[0], MALFORMED)
        self.assertEqual(self.post(b"\xff\xfe")[0], MALFORMED)
        self.assertEqual(self.post(good.replace("old 0", "old %d" % (self.size() + 1)))[0], MALFORMED)
        self.assertEqual(self.post(good.replace("desk.example/log\n", "else/log\n", 1))[0], UNKNOWN)
        self.assertEqual(self.post(good.replace("log\n%d\n" % self.size(), "log\n1\n"))[0], UNSIGNED)
        self.assertEqual(self.post(good, path="/")[0], 404)
        self.assertEqual(self.post("", method="GET")[0], 405)
        self.assertIn(self.too_much({"Content-Length": str(256 * 1024 + 1)}), (None, 413))
        self.assertIn(self.too_much({"X": "y" * 60000}), (None, 413, 431))
        c = self.connect()
        c.request("POST", "/add-checkpoint", iter([b"x" * 100000] * 4), encode_chunked=True,
                  headers={"Transfer-Encoding": "chunked"})
        self.assertEqual(c.getresponse().status, 413)
        # Keep-alive: several requests over one connection.
        c = self.connect()
        for want in (200, 409):
            c.request("POST", "/add-checkpoint", good.encode())
            got = c.getresponse()
            got.read()
            self.assertEqual(got.status, want)
        lines = [json.loads(x) for x in self.read("address").splitlines()[1:]]
        self.assertEqual([x["status"] for x in lines].count(200), 1)

    def serve_address(self):
        return json.loads(self.read("address").splitlines()[0])["address"]

    def serve(self, *more):
        url = super().serve(*more)
        if "--json" in more:
            url = self.url = "http://" + self.serve_address()
        return url

    def test_slow_clients(self):
        self.serve()
        host, port = self.url.split("//")[1].split(":")
        slow = []
        for i in range(20):
            s = socket.create_connection((host, int(port)))
            self.addCleanup(s.close)
            s.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n"
                      + (b"\r\nold" if i % 2 else b"X-Slow: "))
            slow.append(s)
        began = time.monotonic()
        self.assertEqual(self.post(self.request())[0], 200)
        self.assertLess(time.monotonic() - began, 5)
        # Who says nothing more is cut off.
        slow[0].settimeout(30)
        self.assertIn(slow[0].recv(100)[:12], (b"", b"HTTP/1.1 408"))

    def test_row_11_racing(self):
        """Row 11: two histories and many clients at once, with a second process beside the
        server: one history is cosigned."""
        self.serve()
        other = self.path("other-desk")
        shutil.copytree(self.desk, other)
        env = {"EARWITNESS_DESK": other}
        self.seal(1)
        self.run_ew("seal", self.write("other", "Other.\n"), *PASS, env=env)
        self.run_ew("log", "checkpoint", *PASS, env=env)
        bodies = [self.request(old=0), self.request(old=0, log=other)] * 4
        by_hand = self.write("r", bodies[1])
        results = [None] * len(bodies)

        def ask(i):
            results[i] = self.post(bodies[i])[0]
        process = self.start_ew("witness", "sign", by_hand, *PASS)
        threads = [threading.Thread(target=ask, args=(i,)) for i in range(len(bodies))]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        process.wait()
        won = results.count(200) + (process.returncode == 0)
        self.assertEqual(won, 1, (results, process.returncode))
        self.assertEqual(results.count(409), len(bodies) - results.count(200))


class Strangers(Desk):
    """Servers that are no witnesses, as the desk sees them."""

    def answer(self, status, body, kind="text/plain", more=(), tls=None):
        test = self
        test.asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                test.asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self.send_response(status)
                self.send_header("Content-Type", kind)
                for name, value in more:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.handle_error = lambda *args: None
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return "http%s://127.0.0.1:%d/prefix" % ("s" if tls else "", server.server_port)

    def test_an_unknown_certificate(self):
        """Over HTTPS nobody is talked to whose certificate does not hold."""
        if shutil.which("openssl") is None:
            self.skipTest("openssl is not installed")
        self.make_witness()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=127.0.0.1",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-days", "30",
                        "-keyout", self.path("tls.key"), "-out", self.path("tls.crt")],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path("tls.crt"), self.path("tls.key"))
        url = self.answer(200, b"", tls=context)
        told = self.run_ew("log", "witness", url, "--key", self.vkey, code=3)
        self.assertIn("certificate", told.err)
        self.assertEqual(self.asked, [])

    def test_strange_answers(self):
        self.make_witness()
        before = self.read("desk", "log", "checkpoint")

        def ask(url, code):
            told = self.run_ew("log", "witness", url, "--key", self.vkey, code=code)
            self.assertEqual(self.read("desk", "log", "checkpoint"), before)
            return told.out + told.err
        self.assertIn("signature lines", ask(self.answer(200, b"thanks\n"), 3))
        self.assertIn("signature lines", ask(self.answer(200, b""), 3))
        ask(self.answer(200, "\u2014 other AAAAAAA=\n".encode()), 3)
        ask(self.answer(200, ("\u2014 %s %s\n" % (
            "w.example/w1", "x4KQAQ" + "A" * 96 + "==")).encode()), 3)
        self.assertIn("status 500", ask(self.answer(500, b""), 1))
        ask(self.answer(302, b"", more=[("Location", "http://127.0.0.1:1/")]), 1)
        self.assertEqual(len(self.asked), 1)
        ask(self.answer(409, b"1\n"), 3)  # not the type of a size
        for body in (b"x\n", b"1", b"01\n", b"1\n1\n", b""):
            ask(self.answer(409, body, "text/x.tlog.size"), 3)
        told = ask(self.answer(409, b"%d\n" % (self.size() + 1), "text/x.tlog.size"), 1)
        self.assertIn("old copy of the desk", told)
        self.assertEqual(len(self.asked), 1)
        ask(self.answer(409, b"1\n", "Text/X.tlog.size; charset=utf-8"), 1)
        self.assertEqual([a[:6] for a in self.asked], ["old 0\n", "old 1\n"])
        ask(self.answer(200, b"x" * 100000), 3)


class NewKey(Desk):
    def test_the_log_gets_a_new_key(self):
        """It is published and witnessed on, once the witness knows the new key."""
        self.make_witness()
        public = self.path("public")
        self.serve()
        self.run_ew("log", "publish", public)
        self.run_ew("log", "witness", self.url, "--key", self.vkey)
        self.run_ew("key", "revoke", "log", "--yes", *PASS)
        self.run_ew("log", "publish", public)
        self.assertEqual(self.run_json("log", "fsck", public)["entries"], self.size())
        told = self.run_json("log", "witness", self.url, "--key", self.vkey, code=1)
        self.assertEqual(told["status"], UNSIGNED)
        fresh = next(k["vkey"] for k in self.run_jsonl("key", "list")
                     if k["use"] == "log" and not k.get("revoked_since"))
        self.run_ew("witness", "trust", fresh)
        self.run_ew("witness", "distrust", self.log_vkey)
        self.run_ew("log", "witness", self.url, "--key", self.vkey)
        self.assertEqual(self.run_json("witness", "list")["size"], self.size())


class Publishing(Desk):
    def test_publish(self):
        public = self.path("a", "b", "public")
        n1 = self.size()
        done = self.run_json("log", "publish", public)
        self.assertEqual((done["before"], done["entries"], done["files"]), (0, n1, 2))
        self.seal(300)
        n2 = self.size()
        self.run_ew("log", "publish", public)
        self.assertEqual(self.run_json("log", "fsck", public)["entries"], n2)
        self.assertEqual(sorted(os.listdir(public)), ["checkpoint", "tile"])
        names = [os.path.join(r, n) for r, _, ns in os.walk(public) for n in ns]
        self.assertFalse([n for n in names if ".ew-tmp" in n or ".state" in n])
        # A desk that was set back does not take back what is public.
        old = self.path("old")
        shutil.copytree(self.desk, old)
        self.seal(1)
        self.run_ew("log", "publish", public)
        told = self.run_ew("log", "publish", public, "--desk", old, code=3)
        self.assertIn("does not go back", told.err)
        self.assertEqual(self.run_json("log", "fsck", public)["entries"], self.size())
        self.run_ew("log", "publish", code=2)
        self.run_ew("log", "publish", os.path.join(self.desk, "log"), code=2)


if __name__ == "__main__":
    main()
