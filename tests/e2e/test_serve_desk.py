# SPDX-License-Identifier: Apache-2.0
"""earwitness serve for other machines: the login, whose name stands in a case, and that one keeps nobody from working."""
import http.client
import json
import socket
import threading
import time

from desk_server import PASS, DeskCase
from harness import main, slow_factor


class ServeDesk(DeskCase):
    # -- who may ask -------------------------------------------------------------------

    def test_without_login_nothing_is_served(self):
        s = self.server("--name", "desk.example")
        self.assertNotIn("#", s.url)
        for method, path in (("GET", "/api/about"), ("GET", "/api/archive"), ("GET", "/api/archive/info"), ("GET", "/api/jobs"),
                             ("GET", "/api/jobs/1/result"), ("GET", "/api/cases"), ("GET", "/api/cases/0123456789abcdef"),
                             ("GET", "/api/desk"), ("GET", "/api/sounds/" + 64 * "0"), ("POST", "/api/jobs"),
                             ("POST", "/api/files?name=x"), ("POST", "/api/verify"), ("POST", "/api/disclose"),
                             ("POST", "/api/token"), ("POST", "/api/logout"), ("DELETE", "/api/jobs/1"),
                             ("DELETE", "/api/archive/" + 64 * "0")):
            for key in (None, "0" * 64, "x"):
                self.assertEqual(s.ask(method, path, b"{}" if method == "POST" else None, key=key)[0], 401, (path, key))
        self.assertEqual(s.json("GET", "/api/session"), {"schema": "earwitness.session-show/1", "login": True, "who": None})
        for bad in ({}, {"who": "Ann"}, {"who": "Ann", "passphrase": ""}, {"who": "Ann", "passphrase": 7}, {"passphrase": PASS},
                    {"who": "", "passphrase": PASS}, {"who": "   ", "passphrase": PASS}, {"who": "a\nb", "passphrase": PASS},
                    {"who": "a" * 61, "passphrase": PASS}, {"who": "a\u202eb", "passphrase": PASS},
                    {"who": ["Ann"], "passphrase": PASS}, {"token": "0" * 64}, {"token": ""}):
            s.json("POST", "/api/session", bad, code=400)
        self.assertEqual(s.ask("POST", "/api/session", b" " * 9000)[0], 413)
        self.assertEqual(s.ask("POST", "/api/session", b"{")[0], 400)
        # Which names lead here, and which page may ask.
        key = s.login("Ann")
        for host, want in ((s.host, 200), ("desk.example:%d" % s.port, 200), ("DESK.example:%d" % s.port, 200),
                           ("localhost:%d" % s.port, 200), ("desk.example", 421), ("evil.example:%d" % s.port, 421),
                           ("x.desk.example:%d" % s.port, 421), ("desk.example.:%d" % s.port, 421), ("*", 421), ("", 421),
                           ("127.0.0.1", 421), ("127.0.0.2:%d" % s.port, 421)):
            self.assertEqual(s.ask("GET", "/", headers={"Host": host})[0], want, host)
            self.assertEqual(s.ask("GET", "/api/about", headers={"Host": host}, key=key)[0], want, host)
        for origin, want in (("https://" + s.host, 200), ("http://" + s.host, 403), ("null", 403), ("https://evil.example", 403),
                             ("https://desk.example:%d" % s.port, 403), ("https://%s.evil.example" % s.host, 403)):
            self.assertEqual(s.ask("GET", "/api/about", headers={"Origin": origin}, key=key)[0], want, origin)
        named = {"Host": "desk.example:%d" % s.port, "Origin": "https://desk.example:%d" % s.port}
        self.assertEqual(s.ask("GET", "/api/about", headers=named, key=key)[0], 200)
        for site in ("cross-site", "same-site"):
            self.assertEqual(s.ask("POST", "/api/session", json.dumps({"who": "A", "passphrase": PASS}).encode(),
                                   headers={"Sec-Fetch-Site": site})[0], 403)
        # The same rules for shapes as without TLS, and the same headers.
        head = "\r\nHost: %s\r\n" % s.host
        for request in ("POST /api/session HTTP/1.1" + head + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
                        "POST /api/session HTTP/1.1" + head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                        "GET / HTTP/1.1" + head + "Host: desk.example\r\n\r\n"):
            self.assertIn(b" 400 ", s.raw(request.encode())[:20])
        headers = s.ask("GET", "/")[1]
        for name in ("content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy"):
            self.assertIn(name, headers)
        for name in ("strict-transport-security", "set-cookie", "access-control-allow-origin"):
            self.assertNotIn(name, headers)
        # What is no TLS ends, and says nothing of what is here.
        for request in (b"GET / HTTP/1.1\r\nHost: %s\r\n\r\n" % s.host.encode(), b"\x16\x03\x01\xff\xff" + b"\0" * 100, b"\0" * 5000):
            with socket.create_connection(("127.0.0.1", s.port), timeout=10 * slow_factor()) as c:
                c.sendall(request)
                try:
                    got = c.recv(65536)
                except ConnectionError:
                    got = b""
                self.assertNotIn(b"HTTP/", got)
                self.assertNotIn(b"earwitness", got)

    def test_the_login(self):
        s = self.server()
        ann = s.login("  Ann  ")
        self.assertEqual(s.json("GET", "/api/session", key=ann)["who"], "Ann")
        bo = s.login("Bo ឃ្លា")
        self.assertNotEqual(ann, bo)
        # Three wrong ones are free; then this address waits, longer each time, and no other does.
        for word in ("wrong wrong wrong", PASS + " ", PASS[:-1]):
            self.assertEqual(s.try_login("Eve", word, source="127.0.0.2")[0], 400)
        self.assertEqual(s.try_login("Eve", "wrong again", source="127.0.0.2")[0], 400)
        status, wait, told = s.try_login("Eve", PASS, source="127.0.0.2")
        self.assertEqual((status, told["error"]["code"]), (429, "busy"))  # not even looked at
        self.assertTrue(1 <= wait <= 2, wait)
        self.assertEqual(s.try_login("Ann", source="127.0.0.1")[0], 200)
        self.assertEqual(s.ask("GET", "/api/about", key=ann, source="127.0.0.2")[0], 200)
        time.sleep(wait + 0.1)
        self.assertEqual(s.try_login("Eve", "wrong again", source="127.0.0.2")[0], 400)
        status, wait, _ = s.try_login("Eve", PASS, source="127.0.0.2")
        self.assertEqual(status, 429)
        self.assertTrue(3 <= wait <= 4, wait)
        time.sleep(wait + 0.1)
        self.assertEqual(s.try_login("Cy", PASS, source="127.0.0.2")[0], 200)
        self.assertEqual(s.try_login("Cy", "wrong after right", source="127.0.0.2")[0], 400)
        self.assertEqual(s.try_login("Cy", PASS, source="127.0.0.2")[0], 200)
        # A browser that was here before is counted by itself, behind whichever address; a made-up one is not.
        device = s.try_login("Di")[2]["device"]
        for n in range(4):
            s.try_login("Eve", "wrong, number %d" % n, source="127.0.0.5")
        body = {"who": "Di", "passphrase": PASS}
        for shown, want in (("", 429), ("0" * len(device), 429), (device[:-1] + ("1" if device[-1] == "0" else "0"), 429),
                            (7, 429), (device, 200)):
            status = s.ask("POST", "/api/session", json.dumps(dict(body, device=shown)).encode(), source="127.0.0.5")[0]
            self.assertEqual(status, want, shown)
        # Many at a time use up no more tries than one after the other.
        got = []

        def guess(n):
            got.append(s.try_login("Eve", "guess number %d" % n, source="127.0.0.3")[0])
        threads = [threading.Thread(target=guess, args=(n,)) for n in range(30)]
        for t in threads:
            t.start()
        self.assertEqual(s.try_login("Di", source="127.0.0.4")[0], 200)
        for t in threads:
            t.join()
        self.assertEqual(sorted(set(got)), [400, 429])
        self.assertLessEqual(got.count(400), 5 if slow_factor() == 1 else 8)
        # A second window is of the same person. Who leaves, leaves alone.
        token = s.json("POST", "/api/token", {}, key=ann)["token"]
        window = s.json("POST", "/api/session", {"token": token})["key"]
        self.assertEqual(s.json("GET", "/api/session", key=window)["who"], "Ann")
        s.json("POST", "/api/session", {"token": token}, code=400)
        token = s.json("POST", "/api/token", {}, key=ann)["token"]
        s.json("POST", "/api/logout", {}, key=ann)
        s.json("POST", "/api/session", {"token": token}, code=400)
        self.assertEqual(s.ask("GET", "/api/about", key=ann)[0], 401)
        for key in (window, bo):
            self.assertEqual(s.ask("GET", "/api/about", key=key)[0], 200)
        said = s.said()
        for part in ("127.0.0.1: login of Ann", "127.0.0.2: wrong passphrase of Eve", "127.0.0.1, Ann: logout"):
            self.assertIn(part, said)
        self.assertNotIn(PASS, said)
        self.assertNotIn("guess number", said)
        with open("/proc/%d/cmdline" % s.process.pid, "rb") as f:
            self.assertNotIn(PASS.encode(), f.read())

    def test_sessions_end(self):
        s = self.server("--idle", "0.05")  # three seconds
        ann, bo = s.login("Ann"), s.login("Bo")
        end = time.monotonic() + 4.5
        while time.monotonic() < end:
            self.assertEqual(s.ask("GET", "/api/desk", key=ann)[0], 200)
            for path in ("/api/jobs", "/api/jobs/1", "/api/sounds/" + 64 * "0"):  # as a page does that nobody looks at
                s.ask("GET", path, key=bo)
            time.sleep(0.5)
        self.assertEqual(s.ask("GET", "/api/desk", key=bo)[0], 401)
        time.sleep(4.2)
        self.assertEqual(s.ask("GET", "/api/desk", key=ann)[0], 401)
        # Sixty-five: the one that nobody used goes.
        s.stop()
        s = self.server()
        first = s.login("First")
        keys = [first]
        while len(keys) < 65:
            token = s.json("POST", "/api/token", {}, key=keys[-1])["token"]
            keys.append(s.json("POST", "/api/session", {"token": token})["key"])
            self.assertEqual(s.ask("GET", "/api/session", key=first)[0], 200)
            if len(keys) == 3:  # nobody uses the second any more; times are seconds
                time.sleep(1.1)
        self.assertEqual([i for i, k in enumerate(keys) if s.ask("GET", "/api/desk", key=k)[0] != 200], [1])

    # -- whose name ----------------------------------------------------------------------

    def test_who_did_it(self):
        case = ("--case", self.path("case"))
        self.run_ew("case", "new", self.path("case"), "--title", "A case")
        self.run_ew("case", "add", self.speech("clip.wav", seconds=5), "--called", "the recording", *case)
        with open(self.path("r.html"), "w", encoding="utf-8") as f:
            f.write('<!DOCTYPE html><html lang="en"><head><title>No</title><meta property="article:published_time" '
                    'content="2026-10-12T09:30:00+07:00"></head><body><article><h1>No</h1><p>The council met on Monday '
                    "in the town hall to speak of it.</p><p>“The recording is a fabrication,” said Osman Varga, a "
                    "spokesman.</p><p>“Nobody was there at all,” said Osman Varga.</p></article></body></html>")
        self.run_ew("import", self.path("r.html"), *case)
        s = self.server(*case)
        ann, bo = s.login("Ann"), s.login("Bo")
        at = "/api/cases/" + s.json("GET", "/api/cases", key=ann)["cases"][0]["id"]
        quotes = s.json("GET", at + "/quotes", key=ann)["quotes"]
        s.json("POST", at + "/quotes/%d" % quotes[0]["suggestion"], {"verdict": "accepted"}, key=ann)
        # Bo says that Ann did it; it is put down as Bo's.
        s.json("POST", at + "/quotes/%d" % quotes[1]["suggestion"], {"verdict": "refused", "who": "Ann"}, key=bo)
        told = self.run_jsonl("case", "events", *case)
        names = [(e["kind"], e["who"]) for e in told if e.get("kind") in ("accept", "refuse")]
        self.assertEqual(names, [("accept", "Ann"), ("refuse", "Bo")])
        self.assertEqual([(e["kind"], e["who"]) for e in s.json("GET", at + "/events", key=bo)["events"]][-2:], [
            (e["kind"], e["who"]) for e in told if "kind" in e][-2:])
        # So is what the queue does for somebody.
        clip, (_, _, text) = self.send_clip(s, bo, 1)
        done = s.json("POST", "/api/jobs", {"kind": "case-add", "case": at.split("/")[-1], "files": [clip], "who": "Ann",
                                            "how": {"who": "Ann"}}, key=bo)["id"]
        self.wait_until(lambda: [j["state"] for j in s.json("GET", "/api/jobs", key=bo)["jobs"] if j["id"] == done] == ["done"],
                        60, "the job")
        added = [e["who"] for e in self.run_jsonl("case", "events", *case) if e.get("kind") == "ingest"]
        self.assertEqual(added[-1], "Bo")
        # What is taken away is told on the terminal.
        job = json.loads(text)["id"]
        s.json("DELETE", "/api/jobs/%d" % job, key=ann)
        s.json("DELETE", "/api/jobs/99", code=404, key=ann)
        self.assertIn("127.0.0.1, Ann: DELETE /api/jobs/%d\n" % job, s.said())
        self.assertNotIn("DELETE /api/jobs/99", s.said())

    # -- eight people --------------------------------------------------------------------

    def clip(self, n):
        """A second of sound, another for each number."""
        frames = b"".join(int(8000 * (((i * (50 + n)) % 8000) / 4000 - 1)).to_bytes(2, "little", signed=True)
                          for i in range(8000))
        return (b"RIFF" + (36 + len(frames)).to_bytes(4, "little") + b"WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0"
                b"\2\0\x10\0data" + len(frames).to_bytes(4, "little") + frames)

    def send_clip(self, s, key, n, **more):
        f = json.loads(s.ask("POST", "/api/files?name=clip-%d.wav" % n, self.clip(n), key=key, **more)[2])
        return f, s.ask("POST", "/api/jobs", json.dumps({"kind": "check", "files": [f]}).encode(), key=key, **more)

    def test_eight_people_and_a_power_cut(self):
        self.run_ew("add", self.speech("a.wav", seconds=5), code=0)
        s = self.server()
        accepted, lock = [], threading.Lock()

        def person(n):
            try:
                source = "127.0.0.%d" % (10 + n)
                key = s.login("Person %d" % n, source=source)
                for i in range(13):
                    f, (status, _, text) = self.send_clip(s, key, n * 13 + i, source=source)
                    if status == 200:
                        with lock:
                            accepted.append((json.loads(text)["id"], f["sha256"]))
            except (OSError, ValueError, http.client.HTTPException):
                pass  # the power is off

        people = [threading.Thread(target=person, args=(i,)) for i in range(8)]
        for p in people:
            p.start()
        self.wait_until(lambda: len(accepted) >= 60, 90, "sixty jobs")
        self.kill_group(s.process)
        for p in people:
            p.join()
        again = self.server()
        self.assertEqual(again.told["fingerprint"], s.told["fingerprint"])
        key = again.login("Person 0")
        there = {j["id"]: j for j in again.json("GET", "/api/jobs", key=key)["jobs"]}
        for job, sha256 in accepted:
            self.assertEqual(there[job]["files"][0]["sha256"], sha256)
        for i in range(len(there), 100):
            self.assertEqual(self.send_clip(again, key, 1000 + i)[1][0], 200)

        def finished():
            jobs = again.json("GET", "/api/jobs", key=key)["jobs"]
            return all(j["state"] in ("done", "failed") for j in jobs)
        self.wait_until(finished, 150, "the end of the queue")
        jobs = again.json("GET", "/api/jobs", key=key)["jobs"]
        self.assertGreaterEqual(len(jobs), 100)
        self.assertEqual([j for j in jobs if j["state"] != "done"], [])

    def test_one_keeps_nobody_from_working(self):
        s = self.server()
        key = s.login("Ann", source="127.0.0.2")

        def ann_works():
            began = time.monotonic()
            self.assertEqual(s.ask("GET", "/api/about", key=key, source="127.0.0.2")[0], 200)
            self.assertEqual(s.try_login("Ann", source="127.0.0.2")[0], 200)
            self.assertLess(time.monotonic() - began, 10 * slow_factor())
        # Handshakes that do not end, a byte at a time, and more lines than one address has.
        lines = []
        for _ in range(150):
            try:
                c = socket.create_connection(("127.0.0.1", s.port), timeout=5, source_address=("127.0.0.9", 0))
                c.sendall(b"\x16\x03\x01\x02\x00\x01")
                lines.append(c)
            except OSError:
                pass
        time.sleep(1)

        def still_open():
            count = 0
            for c in lines:
                c.setblocking(False)
                try:
                    count += c.recv(1) != b""
                except BlockingIOError:
                    count += 1
                except OSError:
                    pass
            return count
        self.assertLessEqual(still_open(), 64)
        ann_works()
        # Those of one session: seventeen uploads that do not go on.
        slow = []
        for i in range(17):
            c = s.wrapped(source="127.0.0.3")
            c.sendall(("POST /api/files?name=x HTTP/1.1\r\nHost: %s\r\nX-Earwitness-Key: %s\r\nContent-Length: 1000\r\n\r\nx"
                       % (s.host, key)).encode())
            slow.append(c)
            time.sleep(0.05)
        slow[16].sendall(b"x" * 999)
        self.assertIn(b" 429 ", slow[16].recv(4096)[:20])
        other = s.login("Bo", source="127.0.0.4")
        self.assertEqual(s.ask("GET", "/api/about", key=other, source="127.0.0.4")[0], 200)
        for c in slow:
            c.close()
        self.wait_until(lambda: s.ask("GET", "/api/about", key=key)[0] == 200, 20, "room again")
        # Who drips is cut off after a minute, whatever drips.
        if slow_factor() == 1:
            began = time.monotonic()
            while still_open() > 0 and time.monotonic() - began < 75:
                for c in lines:
                    try:
                        c.send(b"\0")
                    except OSError:
                        pass
                time.sleep(2)
            self.assertEqual(still_open(), 0)
        for c in lines:
            c.close()
        ann_works()


if __name__ == "__main__":
    main()
