#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""add, list, info, remove: what goes in, under which names, and that jobs change nothing."""
import json
import os
import shutil
import signal

from harness import Case, main


class Add(Case):
    def folder(self, count=4, seconds=6):
        os.makedirs(self.path("in", "sub"))
        for i in range(count):
            where = "in/sub" if i % 2 else "in"
            self.speech("%s/%c.wav" % (where, ord("a") + i), seed=i + 1, seconds=seconds)
        return self.path("in")

    def listed(self, **options):
        rows = self.run_jsonl("list", **options)
        for row in rows:
            del row["added"]
        return rows

    def names(self):
        return sorted(n for r in self.listed() for n in r["names"])

    def test_files_and_folders(self):
        folder = self.folder()
        single = self.speech("single.wav", seed=9, seconds=6)
        done = self.run_ew("add", single, folder)
        self.assertIn("added 5 recordings", done.out)
        self.assertEqual(
            self.names(), ["in/a.wav", "in/c.wav", "in/sub/b.wav", "in/sub/d.wav", "single.wav"])

    def test_list_json_says_what_is_known(self):
        self.run_ew("add", self.speech("a.wav", seconds=7.5, rate=22050, channels=2))
        (row,) = self.listed()
        self.assertEqual(row["schema"], "earwitness.recording/1")
        self.assertEqual(len(row["sha256"]), 64)
        self.assertAlmostEqual(row["duration"], 7.5, delta=0.01)
        self.assertEqual((row["rate_hz"], row["channels"]), (22050, 2))
        self.assertEqual(row["paths"], [self.path("a.wav")])
        self.assertEqual(row["trouble"], "")

    def test_again_changes_nothing(self):
        folder = self.folder()
        self.run_ew("add", folder)
        before = self.run_jsonl("list")
        done = self.run_ew("add", folder)
        self.assertIn("added 0 recordings", done.out)
        self.assertIn("4 there already", done.out)
        self.assertEqual(self.run_jsonl("list"), before)

    def test_same_bytes_two_names(self):
        a = self.speech("a.wav")
        shutil.copy(a, self.path("b.wav"))
        for jobs in ("1", "2"):
            archive = self.path("archive" + jobs)
            self.run_ew("--archive", archive, "add", "--jobs", jobs, "a.wav", "b.wav")
            rows = self.run_jsonl("--archive", archive, "list")
            self.assertEqual([r["names"] for r in rows], [["a.wav", "b.wav"]])

    def test_same_file_twice_has_one_name(self):
        self.speech("a.wav")
        self.run_ew("add", "a.wav", "./a.wav", self.path("a.wav"))
        self.assertEqual(self.names(), ["a.wav"])

    def test_jobs_change_nothing(self):
        folder = self.folder(count=7, seconds=4)
        rows = []
        for jobs in (1, 2, 5):
            archive = self.path("archive%d" % jobs)
            self.run_ew("--archive", archive, "add", "-j%d" % jobs, folder)
            rows.append(self.listed(env={"EARWITNESS_ARCHIVE": archive}))
        self.assertEqual(rows[0], rows[1])
        self.assertEqual(rows[0], rows[2])

    def test_outcomes_come_in_the_order_of_the_inputs(self):
        folder = self.folder(count=6, seconds=3)
        rows = self.run_jsonl("add", "--jobs", "4", folder)
        self.assertEqual([r["name"] for r in rows[:-1]],
                         ["in/a.wav", "in/c.wav", "in/e.wav", "in/sub/b.wav", "in/sub/d.wav",
                          "in/sub/f.wav"])
        self.assertEqual({r["outcome"] for r in rows[:-1]}, {"added"})
        self.assertEqual(rows[-1]["schema"], "earwitness.add-summary/1")
        self.assertEqual(rows[-1]["added"], 6)

    def test_locale_changes_nothing(self):
        folder = self.folder(count=2)
        outs = []
        for i, locale in enumerate(("C", "C.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8")):
            env = {"LC_ALL": locale, "EARWITNESS_ARCHIVE": self.path("archive%d" % i)}
            self.run_ew("add", folder, env=env)
            outs.append(json.dumps(self.listed(env=env)))
        self.assertEqual(len(set(outs)), 1)

    def test_standard_input(self):
        with open(self.speech("a.wav"), "rb") as f:
            sound = f.read()
        self.run_ew("add", "-", stdin=sound)
        (row,) = self.listed()
        self.assertEqual(row["names"], ["(standard input)"])
        self.assertEqual(row["paths"], [""])
        left = [n for n in os.listdir(self.dir) if n.startswith("earwitness-")]
        self.assertEqual(left, [])

    def test_files_from(self):
        self.speech("a.wav", seed=1)
        self.speech("b\nc.wav", seed=2)
        with open(self.path("names"), "wb") as f:
            f.write(b"a.wav\0b\nc.wav\0")
        self.run_ew("add", "--files-from", "names", "-0")
        self.assertEqual(len(self.listed()), 2)

    def test_dry_run_makes_no_archive(self):
        folder = self.folder(count=2)
        done = self.run_ew("add", "--dry-run", folder)
        self.assertEqual(done.out.splitlines(), ["in/a.wav", "in/sub/b.wav"])
        self.assertFalse(os.path.exists(self.archive))

    def test_folder_without_recordings(self):
        os.mkdir(self.path("empty"))
        done = self.run_ew("add", "empty", code=1)
        self.assertIn("added 0 recordings", done.out)

    def test_other_files_in_folders_are_skipped(self):
        folder = self.folder(count=1)
        for name in ("notes.txt", "list.json", "unknown.xyz", "README"):
            with open(os.path.join(folder, name), "w") as f:
                f.write("this is no sound\n")
        done = self.run_ew("add", folder)
        self.assertIn("4 skipped", done.out)
        self.assertEqual(done.err, "")

    def test_rates_and_channels(self):
        made = [self.speech("r%d-%d.wav" % (rate, n), seed=rate + n, seconds=3, rate=rate,
                            channels=n)
                for rate, n in ((8000, 1), (11025, 2), (44100, 6), (96000, 8), (192000, 1))]
        self.run_ew("add", *made)
        for row in self.listed():
            self.assertAlmostEqual(row["duration"], 3, delta=0.02)

    def test_codecs(self):
        wav = self.speech("a.wav", seconds=5)
        made = [self.encode(wav, "a.mp3", "-b:a", "32k"), self.encode(wav, "a.ogg"),
                self.encode(wav, "a.m4a"), self.encode(wav, "a.flac"),
                self.encode(wav, "a.opus", "-b:a", "16k"), self.encode(wav, "a.webm")]
        self.run_ew("add", *made)
        rows = self.listed()
        self.assertEqual(len(rows), len(made))
        for row in rows:
            self.assertAlmostEqual(row["duration"], 5, delta=0.1, msg=row["names"][0])

    def test_silence_is_kept_and_noted(self):
        self.ffmpeg("-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-t", "5",
                    self.path("quiet.wav"))
        done = self.run_ew("add", "quiet.wav")
        self.assertIn("silence", done.err)
        self.assertIn("silence", self.listed()[0]["trouble"])


class Remove(Case):
    def setUp(self):
        super().setUp()
        for i, name in enumerate(("a.wav", "b.wav", "c.wav")):
            self.speech(name, seed=i + 1, seconds=5)
        self.run_ew("add", "a.wav", "b.wav", "c.wav")

    def names(self, code=0):
        return sorted(n for r in self.run_jsonl("list", code=code) for n in r["names"])

    def sha(self, name):
        return self.run_json("info", name)["sha256"]

    def test_by_name_prefix_and_path(self):
        prefix = self.sha("a.wav")[:8]
        done = self.run_ew("remove", prefix, self.path("b.wav"))
        self.assertIn("removed 2 recordings", done.out)
        self.assertEqual(self.names(), ["c.wav"])

    def test_dry_run(self):
        done = self.run_ew("remove", "--dry-run", "a.wav")
        self.assertIn("would remove a.wav", done.out)
        self.assertEqual(len(self.names()), 3)

    def test_unknown(self):
        done = self.run_ew("remove", "nix.wav", code=1)
        self.assertIn("nix.wav", done.err)
        self.run_ew("remove", "nix.wav", "a.wav", code=3)
        self.assertEqual(self.names(), ["b.wav", "c.wav"])

    def test_the_file_stays_and_can_come_back(self):
        self.run_ew("remove", "a.wav")
        self.assertTrue(os.path.exists(self.path("a.wav")))
        done = self.run_ew("add", "a.wav")
        self.assertIn("added 1 recording", done.out)
        self.assertEqual(self.names(), ["a.wav", "b.wav", "c.wav"])

    def test_compaction_gives_the_space_back(self):
        self.run_ew("remove", "a.wav", "b.wav")
        before = self.run_json("info")
        self.assertEqual((before["recordings"], before["removed"]), (1, 2))
        self.run_ew("archive", "compact")
        after = self.run_json("info")
        self.assertEqual((after["recordings"], after["removed"]), (1, 0))
        self.assertLess(after["bytes"], before["bytes"])
        self.assertEqual(after["reclaimable_bytes"], 0)

    def test_all_removed(self):
        self.run_ew("remove", "a.wav", "b.wav", "c.wav")
        self.assertEqual(self.names(code=1), [])


class Interrupted(Case):
    """What a kill or Ctrl-C leaves behind is a whole archive, and the work goes on."""

    COUNT = 12

    def setUp(self):
        super().setUp()
        os.mkdir(self.path("in"))
        for i in range(self.COUNT):
            self.speech("in/%02d.wav" % i, seed=i + 1, seconds=60)

    def listed(self, archive, code=0):
        rows = self.run_jsonl("--archive", archive, "list", code=code)
        for row in rows:
            del row["added"]
        return rows

    def count(self):
        done = self.run_ew("list", "--json", code=None)
        return len(done.out.splitlines())

    def check_continues(self):
        some = self.count()
        self.run_ew("archive", "verify")
        done = self.run_ew("add", "in")
        self.assertIn("%d there already" % some, done.out)
        self.run_ew("--archive", self.path("whole"), "add", "in")
        self.assertEqual(self.listed(self.archive), self.listed(self.path("whole")))
        self.run_ew("archive", "verify")

    def test_kill_and_continue(self):
        process = self.start_ew("add", "--jobs", "1", "in")
        self.wait_until(lambda: self.count() >= 2, what="two recordings")
        self.kill_group(process)
        self.check_continues()

    def test_kill_at_many_moments(self):
        for i in range(6):
            process = self.start_ew("add", "--jobs", "2", "in")
            try:
                process.wait(timeout=0.05 + 0.07 * i)
            except Exception:  # still at work: that is the point
                pass
            self.kill_group(process)
        self.run_ew("add", "in")
        self.assertEqual(self.count(), self.COUNT)
        self.run_ew("archive", "verify")

    def test_ctrl_c(self):
        process = self.start_ew("add", "--jobs", "1", "in")
        self.wait_until(lambda: self.count() >= 2, what="two recordings")
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: the decoder gets it too
        self.assertEqual(process.wait(timeout=20), 130)
        self.check_continues()

    def test_readers_work_meanwhile(self):
        process = self.start_ew("add", "--jobs", "1", "in")
        self.wait_until(lambda: self.count() >= 1, what="a recording")
        seen = []
        while process.poll() is None:
            seen.append(self.count())
        self.assertEqual(process.returncode, 0)
        self.assertEqual(seen, sorted(seen))

    def test_two_writers(self):
        first = self.start_ew("add", "--jobs", "1", "in")
        self.wait_until(lambda: self.count() >= 1, what="a recording")
        other = self.speech("other.wav", seed=99, seconds=3)
        done = self.run_ew("add", "--wait", "0", other, code=None)
        if first.poll() is None:  # else the machine was too fast for this test
            self.assertEqual(done.code, 11)
            self.assertIn("locked by process %d" % first.pid, done.err)
            done = self.run_ew("add", "--wait", "60", other)
            self.assertIn("waiting: ", done.err)
        self.assertEqual(first.wait(timeout=60), 0)
        self.assertEqual(self.count(), self.COUNT + 1)

    def test_progress_as_json(self):
        done = self.run_ew("add", "--progress=json", "in")
        rows = [json.loads(line) for line in done.err.splitlines()]
        self.assertTrue(rows)
        self.assertEqual({r["schema"] for r in rows}, {"earwitness.progress/1"})
        self.assertEqual({r["files_total"] for r in rows}, {self.COUNT})


if __name__ == "__main__":
    main()
