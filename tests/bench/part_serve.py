# SPDX-License-Identifier: Apache-2.0
"""The server: a long file from sending to its picture, eight people with a hundred checks, and requests by wrk."""

import http.client
import json
import os
import random
import re
import shutil
import struct
import subprocess
import threading
import time

from measure import Failed, MemoryWatch, folder_bytes, median, run

RATE = 48000
PEOPLE, CHECKS = 8, 104


class Server:
    """The program, serving what it makes from `work`; a session of it."""

    def __init__(self, b, work, *more):
        self.process = subprocess.Popen(
            [b.program, "serve", "--listen", "127.0.0.1:0", "--dir", work, "--json", *more],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        line = self.process.stdout.readline()
        if not line:
            raise Failed("the server does not start")
        where, token = json.loads(line)["url"].split("/#")
        self.port = int(where.rsplit(":", 1)[1])
        self.key = None
        self.key = self.json("POST", "/api/session", {"token": token})["key"]

    def ask(self, method, path, body=None):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        try:
            c.request(method, path, body, {"X-Earwitness-Key": self.key} if self.key else {})
            r = c.getresponse()
            text = r.read()
        finally:
            c.close()
        if r.status != 200:
            raise Failed("%s %s: %d %s" % (method, path, r.status, text[:200]))
        return text

    def json(self, method, path, body=None):
        return json.loads(self.ask(method, path, json.dumps(body).encode() if body is not None else None))

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


def noise(path, seconds, rate=RATE):
    """A WAV file with noise that swells once a minute."""
    rng = random.Random(5)
    blocks = [struct.pack("<%dh" % rate, *(int(rng.gauss(0, 900 * (1 + i))) for _ in range(rate))) for i in range(6)]
    n = 2 * rate * seconds
    with open(path, "wb") as f:
        f.write(b"RIFF" + struct.pack("<I", 36 + n) + b"WAVEfmt " +
                struct.pack("<IHHIIHH", 16, 1, 1, rate, 2 * rate, 2, 16) + b"data" + struct.pack("<I", n))
        for s in range(seconds):
            f.write(blocks[s // 5 % 6])
    return path


class Peak:
    """Most private memory in MB that a process, and those below it, have while this lasts."""

    def __init__(self, pid):
        self.watch = MemoryWatch(pid, 0.05)
        self.own = self.whole = 0

    def __enter__(self):
        self.watch.start()
        return self

    def __exit__(self, *_):
        self.watch.over.set()
        self.watch.join()
        self.own, self.whole = self.watch.own_kib * 1024 / 1e6, self.watch.tree_kib * 1024 / 1e6


def picture(b, row, minutes, limit):
    """From the first byte that is sent to the first picture of the whole."""
    sound = noise(b.path("long.wav"), 60 * minutes)
    work = b.path("work-long")
    shutil.rmtree(work, ignore_errors=True)
    s = Server(b, work)
    with Peak(s.process.pid) as peak:
        began = time.monotonic()
        with open(sound, "rb") as f:
            sha256 = json.loads(s.ask("POST", "/api/files?name=long.wav", f))["sha256"]
        sent = time.monotonic() - began
        while s.json("GET", "/api/sounds/" + sha256)["state"] == "coming":
            time.sleep(0.02)
        decoded = time.monotonic() - began
        tiles = []
        frames = 60 * minutes * RATE
        level = max(0, (frames // (64 * 1280)).bit_length())
        for n in range(frames // (256 * (64 << level)) + 1):
            at = time.monotonic()
            s.ask("GET", "/api/sounds/%s/tiles/%d/%d" % (sha256, level, n))
            tiles.append(time.monotonic() - at)
        s.ask("GET", "/api/sounds/%s/peaks?level=5&from=0&count=4096" % sha256)
        seen = time.monotonic() - began
    disk = folder_bytes(os.path.join(work, "sounds")) / 1e6
    s.stop()
    shutil.rmtree(work)
    os.unlink(sound)
    b.raw["serve_%d_min" % minutes] = {"sent_s": sent, "decoded_s": decoded, "seen_s": seen, "tile_s": median(tiles),
                                       "own_mb": peak.own, "whole_mb": peak.whole, "sounds_mb": disk}
    return [row("seen_%d_min" % minutes, "%d minutes, from sending to the first picture" % minutes, seen, limit, "s",
                "sent after %.2f s, decoded after %.2f s, a tile in %.0f ms; 'sounds' has %.0f MB" %
                (sent, decoded, 1000 * median(tiles), disk)),
            row("seen_%d_min_memory" % minutes, "memory of that, with the decoder", peak.whole, 300.0, "MB",
                "of the server alone %.0f MB" % peak.own)]


def clips(b):
    """Pieces of recordings that the archive has, each another one."""
    archive = b.path("archive-serve")
    folder = b.path("serve-sound")
    shutil.rmtree(archive, ignore_errors=True)
    os.makedirs(folder, exist_ok=True)
    run([b.program, "add", "--archive", archive, "--quiet", noise(os.path.join(folder, "n.wav"), 120, 16000)])
    with open(os.path.join(folder, "n.wav"), "rb") as f:
        data = f.read()
    out = []
    for i in range(CHECKS):
        part = data[44 + 32000 * i:44 + 32000 * (i + 10) + 2 * i]
        out.append(data[:4] + struct.pack("<I", 36 + len(part)) + data[8:40] + struct.pack("<I", len(part)) + part)
    return archive, out


def queue(b, row):
    """Eight people send checks at once; a ninth looks at the page."""
    archive, sounds = clips(b)
    work = b.path("work-queue")
    shutil.rmtree(work, ignore_errors=True)
    s = Server(b, work, "--archive", archive)
    looks, over = [], threading.Event()

    def look():
        while not over.is_set():
            for path in ("/", "/api/jobs", "/api/about"):
                at = time.monotonic()
                s.ask("GET", path)
                looks.append(time.monotonic() - at)
            time.sleep(0.02)

    def person(who):
        for i in range(who, CHECKS, PEOPLE):
            f = json.loads(s.ask("POST", "/api/files?name=clip-%d.wav" % i, sounds[i]))
            s.json("POST", "/api/jobs", {"kind": "check", "files": [f]})

    with Peak(s.process.pid) as peak:
        began = time.monotonic()
        threads = [threading.Thread(target=person, args=(i,)) for i in range(PEOPLE)]
        watcher = threading.Thread(target=look)
        for t in threads + [watcher]:
            t.start()
        for t in threads:
            t.join()
        sent = time.monotonic() - began
        while any(j["state"] in ("waiting", "running") for j in s.json("GET", "/api/jobs")["jobs"]):
            time.sleep(0.05)
        done = time.monotonic() - began
        over.set()
        watcher.join()
    jobs = s.json("GET", "/api/jobs")["jobs"]
    if len(jobs) != CHECKS or any(j["state"] != "done" for j in jobs):
        raise Failed("of %d checks %d ended" % (CHECKS, sum(j["state"] == "done" for j in jobs)))
    s.stop()
    shutil.rmtree(work)
    looks.sort()
    late = looks[int(0.99 * len(looks))]
    b.raw["serve_queue"] = {"sent_s": sent, "done_s": done, "look_s": median(looks), "look_99_s": late,
                            "most_s": looks[-1], "whole_mb": peak.whole}
    return [row("checks", "%d people, %d checks" % (PEOPLE, CHECKS), done, 120.0, "s",
                "all accepted after %.2f s; %.1f checks a second" % (sent, CHECKS / done)),
            row("checks_look", "a request of another's page meanwhile, 99 of 100", 1000 * late, 200.0, "ms",
                "median %.1f ms, slowest %.0f ms" % (1000 * median(looks), 1000 * looks[-1])),
            row("checks_memory", "memory of that, with the decoders", peak.whole, 500.0, "MB")]


def requests(b, row):
    if shutil.which("wrk") is None:
        return []
    archive, _ = clips(b)
    case, work = b.path("case-serve"), b.path("work-wrk")
    for folder in (case, work):
        shutil.rmtree(folder, ignore_errors=True)
    run([b.program, "case", "new", case])
    s = Server(b, work, "--archive", archive, "--case", case)
    name = "/api/cases/" + s.json("GET", "/api/cases")["cases"][0]["id"]
    rows = []
    for what, path, limit in (("page", "/", 10000), ("jobs", "/api/jobs", 10000), ("archive", "/api/archive", 500),
                              ("about", "/api/about", 200), ("timeline", name + "/timeline", 200)):
        told = run(["wrk", "-t2", "-c8", "-d3", "--latency", "-H", "X-Earwitness-Key: " + s.key,
                    "http://127.0.0.1:%d%s" % (s.port, path)]).decode()
        rate = float(re.search(r"Requests/sec:\s+(\S+)", told).group(1))
        times = re.findall(r"(?:50|99)%\s+(\S+)", told)
        if "Non-2xx" in told:
            raise Failed("%s is refused" % path)
        b.raw["serve_" + what] = {"per_s": rate, "median": times[0], "at_99": times[1]}
        # How long one takes, so that less is better, as in all rows.
        rows.append(row("request_" + what, "a request for %s, of those at a time" % re.sub("[0-9a-f]{16}", "*", path),
                        1e6 / rate, 1e6 / limit, "us", "%.0f a second; median %s, 99 of 100 %s" % (rate, *times)))
    s.stop()
    shutil.rmtree(work)
    return rows


def measure(b, row):
    rows = picture(b, row, 10, 5.0)
    rows += picture(b, row, 30 if b.quick else 180, 60.0)
    rows += queue(b, row)
    return rows + requests(b, row)
