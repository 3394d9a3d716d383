# SPDX-License-Identifier: Apache-2.0
"""The number of jobs changes how long it takes, never the answer."""
import os

from harness import Case, main


class Threads(Case):
    def add(self, archive, jobs, *paths):
        self.run_ew("add", "--archive", self.path(archive), "--jobs", jobs, *paths)

    def listing(self, archive):
        """Recordings without what the clock decides."""
        rows = self.run_jsonl("list", "--archive", self.path(archive))
        if len(rows) == 1 and "recordings" in rows[0]:
            rows = rows[0]["recordings"]
        return sorted(
            [sorted((k, str(v)) for k, v in row.items() if "added" not in k) for row in rows])

    def test_same_archive(self):
        folder = self.path("sounds")
        os.mkdir(folder)
        for i in range(8):
            self.speech("sounds/%d.wav" % i, seed=i, seconds=5 + i, rate=8000 + 1000 * i)
        with open(self.path("sounds", "bad.wav"), "wb") as f:
            f.write(b"not sound at all\n" * 50)
        for archive, jobs in (("one", 1), ("four", 4)):
            done = self.run_ew("add", "--archive", self.path(archive), "--jobs", jobs, folder,
                               code=3)
            self.assertIn("bad.wav", done.err)
        self.assertEqual(self.listing("one"), self.listing("four"))
        self.assertEqual(len(self.listing("one")), 8)

    def test_same_answer(self):
        for i in range(4):
            self.speech("%d.wav" % i, seed=i, seconds=20)
        sources = [self.path("%d.wav" % i) for i in range(3)]
        self.add("one", 1, *sources)
        self.add("four", 4, *sources)
        clips = [self.encode(self.path("%d.wav" % i), "clip%d.mp3" % i, "-ss", 3, "-t", 8)
                 for i in range(4)]
        answers = set()
        for archive in ("one", "four"):
            for jobs in (1, 4):
                done = self.run_ew("check", "--archive", self.path(archive), "--jobs", jobs,
                                   "--json", *clips, code=None)
                self.assertIn(done.code, (0, 1))
                self.assertEqual(len(done.out.splitlines()), 4)
                answers.add(done.out.replace(self.path(archive), "ARCHIVE"))
        self.assertEqual(len(answers), 1)

    def test_same_comparison(self):
        """diff decodes both sides at once; family reads and compares many at once."""
        a = self.speech("a.wav", seed=1, seconds=20)
        b = self.join("b.mp3", [(a, 0, 8), (a, 10, 10)])
        c = self.encode(b, "c.opus", "-b:a", "24k")
        for command in (("diff", a, b), ("family", a, b, c)):
            answers = {self.run_ew(*command, "--jobs", jobs, "--json", code=None).out
                       for jobs in (1, 4)}
            self.assertEqual(len(answers), 1)


if __name__ == "__main__":
    main()
