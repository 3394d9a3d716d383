#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The archive as a folder: copied, read-only, of a newer version, damaged."""
import os
import random
import shutil
import subprocess
import unittest

from harness import Case, main


class Archive(Case):
    def setUp(self):
        super().setUp()
        self.wavs = [self.speech("%s.wav" % n, seed=i + 1, seconds=30)
                     for i, n in enumerate("abc")]
        self.run_ew("add", *self.wavs)
        self.clip = self.join("clip.wav", [(self.wavs[0], 5, 5), (self.wavs[2], 15, 5)])
        self.answer = self.run_ew("check", "--json", self.clip).out

    def files(self, folder=None):
        folder = folder or self.archive
        return sorted(os.path.relpath(os.path.join(root, name), folder)
                      for root, _, names in os.walk(folder) for name in names)

    def test_a_copy_is_an_archive(self):
        copy = self.path("copy")
        subprocess.run(["cp", "-r", self.archive, copy], check=True)
        self.assertEqual(self.run_ew("--archive", copy, "check", "--json", self.clip).out,
                         self.answer)
        self.run_ew("--archive", copy, "add", self.speech("d.wav", seed=9, seconds=5))
        self.run_ew("--archive", copy, "archive", "verify")

    def read_only(self, folder):
        for root, dirs, names in os.walk(folder):
            for name in names:
                os.chmod(os.path.join(root, name), 0o444)
            os.chmod(root, 0o555)

    def test_read_only_folder(self):
        before = self.files()
        self.read_only(self.archive)
        self.assertEqual(self.run_ew("check", "--json", self.clip).out, self.answer)
        self.run_ew("list")
        self.run_ew("info")
        self.run_ew("archive", "verify")
        self.assertEqual(self.files(), before)

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_adding_to_a_read_only_folder(self):
        self.read_only(self.archive)
        done = self.run_ew("add", self.speech("d.wav", seed=9, seconds=5), code=3)
        self.assertEqual(len(done.err.splitlines()), 1)

    @unittest.skipIf(os.geteuid() != 0, "only root can mount")
    def test_read_only_disk(self):
        disk = self.path("disk")
        os.mkdir(disk)
        mount = ["mount", "-t", "tmpfs", "-o", "size=50m", "none", disk]
        if subprocess.run(mount, stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("cannot mount here")
        try:
            archive = os.path.join(disk, "archive")
            shutil.copytree(self.archive, archive)
            subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
            self.assertEqual(
                self.run_ew("--archive", archive, "check", "--json", self.clip).out, self.answer)
            self.run_ew("--archive", archive, "archive", "verify")
            done = self.run_ew("--archive", archive, "add", self.wavs[0], code=3)
            self.assertEqual(len(done.err.splitlines()), 1, done.err)
            self.assertIn("disk", done.err)
        finally:
            subprocess.run(["umount", disk], check=True)

    def test_newer_version(self):
        path = os.path.join(self.archive, "archive.txt")
        with open(path) as f:
            text = f.read()
        with open(path, "w") as f:
            f.write(text.replace("format 1", "format 2"))
        other = self.speech("d.wav", seed=9, seconds=5)
        for command in (["check", self.clip], ["list"], ["add", other], ["remove", "a.wav"]):
            done = self.run_ew(*command, code=3)
            self.assertIn("newer", done.err)
            self.assertEqual(len(done.err.splitlines()), 1)
        with open(path, "w") as f:
            f.write(text)
        self.assertEqual(self.run_ew("check", "--json", self.clip).out, self.answer)

    def test_any_flipped_byte_of_a_segment_is_found(self):
        segments = [n for n in self.files() if "catalogue" not in n and n.endswith(".seg")]
        self.assertTrue(segments, self.files())
        path = os.path.join(self.archive, segments[0])
        with open(path, "rb") as f:
            good = f.read()
        rng = random.Random(5)
        places = [0, 5, len(good) - 1] + [rng.randrange(len(good)) for _ in range(20)]
        for place in places:
            bad = bytearray(good)
            bad[place] ^= 1 << rng.randrange(8)
            with open(path, "wb") as f:
                f.write(bad)
            done = self.run_ew("archive", "verify", code=None)
            self.assertEqual(done.code, 1, "byte %d: %s%s" % (place, done.out, done.err))
            self.assertIn(os.path.basename(path), done.out)
            self.run_ew("check", self.clip, code=None)  # wrong or refused, but no crash
            self.run_ew("list", code=None)
        with open(path, "wb") as f:
            f.write(good)
        self.run_ew("archive", "verify")

    def damage(self):
        """Flips one byte in the middle of the largest segment."""
        path = max((os.path.join(self.archive, n) for n in self.files() if n.endswith(".seg")),
                   key=os.path.getsize)
        with open(path, "r+b") as f:
            f.seek(os.path.getsize(path) // 2)
            byte = f.read(1)[0]
            f.seek(-1, 1)
            f.write(bytes([byte ^ 0x10]))

    def test_damage_names_recordings_and_the_way_back(self):
        self.damage()
        rows = self.run_jsonl("archive", "verify", code=1)
        self.assertEqual(rows[-1]["schema"], "earwitness.verify/1")
        self.assertGreaterEqual(rows[-1]["damaged"], 1)
        self.assertEqual({r["schema"] for r in rows[:-1]}, {"earwitness.damage/1"})
        names = {a["name"] for r in rows[:-1] for a in r["affected"]}
        self.assertTrue(names)
        self.assertLessEqual(names, {"a.wav", "b.wav", "c.wav"})
        self.assertIn("earwitness add", self.run_ew("archive", "verify", code=1).out)

    def test_rebuilding(self):
        """What verify tells people to do makes the archive whole again."""
        self.damage()
        rows = self.run_jsonl("archive", "verify", code=1)
        names = sorted({a["name"] for r in rows[:-1] for a in r["affected"]})
        self.run_ew("remove", *names, code=None)
        self.run_ew("archive", "compact", code=None)
        self.run_ew("add", *self.wavs)
        self.run_ew("archive", "verify")
        self.assertEqual(self.run_ew("check", "--json", self.clip).out, self.answer)

    def test_missing_segment(self):
        for name in self.files():
            if name.endswith(".seg"):
                os.unlink(os.path.join(self.archive, name))
        done = self.run_ew("archive", "verify", code=None)
        self.assertIn(done.code, (1, 3))
        self.run_ew("check", self.clip, code=None)

    def test_a_folder_that_is_no_archive(self):
        os.mkdir(self.path("other"))
        with open(self.path("other", "letter.txt"), "w") as f:
            f.write("not yours\n")
        done = self.run_ew("--archive", self.path("other"), "add", self.wavs[0], code=None)
        self.assertNotEqual(done.code, 0)
        self.assertEqual(self.files(self.path("other")), ["letter.txt"])


if __name__ == "__main__":
    main()
