#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reports on saved results, and whether a stranger who types what a report says gets the same."""
import json
import os
import shutil
import subprocess

from harness import main
from report_pages import NASTY, Report


class Follower(Report):
    """Has the page, the files, and the program; nothing else."""

    def follow(self, page, *files):
        """Types each command of the page; returns what the last of each kind prints as JSON."""
        folder = self.path("clean")
        shutil.rmtree(folder, ignore_errors=True)
        os.mkdir(folder)
        for name in files:
            shutil.copy(name, folder)
        env = {"PATH": os.path.dirname(self.program) + ":" + os.environ["PATH"], "LC_ALL": "C.UTF-8",
               "HOME": folder, "EARWITNESS_DECODE": self.env.get("EARWITNESS_DECODE", "")}
        said = {}
        self.assertTrue(page.code)
        for typed in page.code:
            done = subprocess.run(["sh", "-c", typed], cwd=folder, env=env, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=120)
            out = done.stdout.decode()
            self.assertIn(done.returncode, (0, 1), typed + "\n" + out)
            if "sha256sum" in typed:
                self.assertRegex(out, r"(?m)^.+: OK$")
            elif not typed.startswith("earwitness add"):
                done = subprocess.run(["sh", "-c", typed.replace(" -- ", " --json -- ", 1)],
                                      cwd=folder, env=env, stdout=subprocess.PIPE, timeout=120)
                said[typed.split()[1]] = json.loads(done.stdout)
        return said


class Stranger(Follower):
    def test_check(self):
        clip = self.clip("cl\"ip's <b>.wav")
        self.run_ew("add", self.speech("other.wav", seed=5, seconds=20))
        page = self.page("check", clip)
        mine = self.run_json("check", clip)
        theirs = self.follow(page, clip, self.path("1.wav"), self.path("2.wav"))["check"]
        self.assertEqual(theirs["clip"], mine["clip"])
        for key in ("query_start", "query_end", "sha256", "source_start", "source_end", "speed"):
            self.assertEqual([s[key] for s in theirs["spans"]], [s[key] for s in mine["spans"]], key)
        self.assertEqual(theirs["joins"], mine["joins"])
        self.assertEqual(theirs["gaps"], mine["gaps"])

    def test_files(self):
        a = self.speech("a.wav", seed=1, seconds=30)
        b = self.join("b.wav", [(a, 0, 10), (a, 14, 16)])
        c = self.encode(a, "c.mp3", "-b:a", "32k")
        mine = self.run_json("diff", a, b, code=1)
        theirs = self.follow(self.page("diff", a, b, code=1), a, b)["diff"]
        self.assertEqual(theirs["edits"], mine["edits"])
        mine = self.run_json("family", a, b, c, code=None)
        theirs = self.follow(self.page("family", a, b, c, code=None), a, b, c)["family"]
        self.assertEqual(theirs["parents"], mine["parents"])
        mine = self.run_json("inspect", c, "--rate", "6", code=None)
        theirs = self.follow(self.page("inspect", c, "--rate", "6", code=None), c)["inspect"]
        self.assertEqual((theirs["findings"], theirs["by_chance"]),
                         (mine["findings"], mine["by_chance"]))


class Results(Follower):
    def save(self, name, *args):
        path = self.path(name)
        with open(path, "wb") as f:
            f.write(self.run_ew(*args, "--json", code=None).raw)
        return path

    def some(self):
        clip = self.clip()
        os.mkdir(self.path("secretfolder"))
        other = self.encode(self.path("1.wav"), "secretfolder/1.wav", "-c:a", "pcm_u8")
        self.files = [clip, self.path("1.wav"), self.path("2.wav"), other]
        return [self.save("c.json", "check", clip), self.save("d.json", "diff", self.path("1.wav"), clip),
                self.save("f.json", "family", self.path("1.wav"), other),
                self.save("i.json", "inspect", other)]

    def test_several(self):
        saved = self.some()
        page = self.page("results", *saved, "--sounds", self.dir)
        self.assertGreaterEqual(page.pictures, 4)
        text = page.text()
        for words in ("Where it comes from:", "What was changed:", "Which copy was made from which",
                      "What the file betrays about itself:", "Result 4, as it was saved in ‘i.json’",
                      "Nothing was worked out again", "1.wav (2)"):
            self.assertIn(words, text)
        self.assertEqual([h for h, words in page.headings if words == "Files"], ["h2"])
        made = json.loads(self.run_ew("report", "results", *saved, "--json").out)
        self.assertEqual([r["schema"] for r in made["results"]],
                         ["earwitness.%s/1" % t for t in ("check", "diff", "family", "inspect")])
        self.assertEqual(made["results"][0]["spans"], self.run_json("check", self.path("clip.wav"))["spans"])
        self.assertNotIn("secretfolder", json.dumps(made))
        # one limit for all; each result has its share
        few = self.page("results", *saved, "--sounds", self.dir, "--sound-limit", "2")
        self.assertLess(sum(map(len, few.sounds)) * 4 / 3, 2e6)
        for number in (1, 2, 3):
            self.assertIn("Result %d: " % number, few.text())
        # a page of results is a result: reports can be put together
        self.run_ew("report", "check", self.path("clip.wav"), "--json", "--no-sound", "-o",
                    self.path("r.json"))
        again = json.loads(self.run_ew("report", "results", self.path("r.json"), saved[3], "--json").out)
        self.assertEqual(len(again["results"]), 2)

    def test_same_bytes_anywhere(self):
        saved = self.some()
        self.page("results", *saved, "--sounds", self.dir)
        os.mkdir(self.path("elsewhere"))
        moved = [shutil.copy(s, self.path("elsewhere")) for s in saved]
        with open(self.path("out.html"), "rb") as f:
            first = f.read()
        sounds = [x for s in reversed(self.files) for x in ("--sounds", s)]
        self.page("results", *moved, *sounds, "--jobs", "1", name="again.html", env={
            "LC_ALL": "de_DE.UTF-8", "TZ": "Asia/Phnom_Penh"})
        with open(self.path("again.html"), "rb") as f:
            self.assertTrue(f.read() == first, "not the same bytes")

    def test_what_is_no_result(self):
        for name, text in (("empty", ""), ("words", "hello"), ("other", '{"schema": "x/1"}'),
                           ("list", "[1, 2]"), ("cut", '{"schema": "earwitness.check/1", "cl'),
                           ("twice", '{"schema": "earwitness.check/1", "a": 1, "a": 2}'),
                           ("deep", "[" * 100000), ("number", "1e999")):
            path = self.path(name + ".json")
            with open(path, "w") as f:
                f.write(text)
            done = self.run_ew("report", "results", path, "-o", self.path("x.html"), code=None)
            self.assertIn(done.code, (2, 3), (name, done))
            self.assertFalse(os.path.exists(self.path("x.html")), name)
        with open(self.path("big.json"), "wb") as f:
            f.write(b'{"schema": "earwitness.check/1"}' + b" " * (17 << 20))
        self.run_ew("report", "results", self.path("big.json"), "-o", self.path("x.html"), code=3)
        failed = self.save("failed.json", "check", self.clip(), self.path("empty.json"))
        page = self.page("results", failed, code=3)
        self.assertIn("could not be read", page.text())

    def test_hostile_results(self):
        """Whatever stands in a result, the page keeps its promises."""
        saved = self.some()
        for path in saved:
            with open(path) as f:
                whole = json.load(f)
            for number, evil in enumerate(NASTY + ["x" * 100000, 1e300, -1e300, -1, 2**62, True,
                                                   None, [], {}, [[]], [{}] * 50, {"a": []}]):
                made = self.spoil(whole, evil, number)
                with open(self.path("evil.json"), "w") as f:
                    json.dump(made, f)
                done = self.run_ew("report", "results", self.path("evil.json"), "-o",
                                   self.path("evil.html"), code=None)
                self.assertIn(done.code, (0, 2, 3), done)
                if done.code == 0 and number % 5 == 0:
                    self.page("results", self.path("evil.json"), name="evil.html")

    def spoil(self, value, evil, number, path=()):
        """Every seventh value, another seventh for each number, becomes evil."""
        if isinstance(value, dict):
            return {k: v if k == "schema" else self.spoil(v, evil, number, path + (k,))
                    for k, v in value.items()}
        if isinstance(value, list) and value and not (sum(map(len, map(str, path))) + number) % 11 == 0:
            return [self.spoil(v, evil, number, path + (i,)) for i, v in enumerate(value[:50])]
        return evil if (sum(ord(c) for c in str(path)) + number) % 7 == 0 else value


if __name__ == "__main__":
    main()
