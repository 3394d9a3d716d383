#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bad input: each file gets one clear line that names it, the others are processed, the exit
code is 3, and the archive is as it was."""
import os
import resource
import shutil
import socket
import struct
import subprocess
import unittest

from harness import Case, Result, main


class Bad(Case):
    """Every test puts one bad thing beside a good file."""

    def setUp(self):
        super().setUp()
        self.speech("good.wav", seed=1, seconds=4)

    def put(self, name, data):
        path = self.path(name)
        with open(path, "wb") as f:
            f.write(data)
        return path

    def check_refused(self, operand, shown=None, said=None, command="add"):
        """`operand` fails with one line that holds `shown` and one of `said`; the good
        file of the same run is processed."""
        if command == "check":
            self.run_ew("add", "good.wav")
            done = self.run_ew("check", operand, "good.wav", code=3)
            self.assertIn("good.wav", done.out)
        else:
            done = self.run_ew("add", operand, "good.wav", code=3)
            self.assertIn("added 1 recording", done.out)
        lines = done.err.splitlines()
        self.assertEqual(len(lines), 1, done.err)
        self.assertTrue(lines[0].startswith("earwitness: "), done.err)
        self.assertIn(shown or os.path.basename(operand), lines[0])
        if said:
            self.assertTrue(any(s in lines[0] for s in said), done.err)
        names = [n for r in self.run_jsonl("list") for n in r["names"]]
        self.assertEqual(names, ["good.wav"])
        self.run_ew("archive", "verify")
        return lines[0]

    def test_not_media(self):
        self.check_refused(self.put("a.bin", os.urandom(5000)))

    def test_text_called_mp3(self):
        text = b"This is a letter, not a song.\n" * 100
        self.check_refused(self.put("song.mp3", text))

    def test_text_called_mp3_in_a_folder(self):
        os.mkdir(self.path("in"))
        self.put("in/song.mp3", b"This is a letter.\n" * 100)
        self.check_refused("in", shown="in/song.mp3")

    def test_text_as_a_clip(self):
        self.check_refused(self.put("song.mp3", b"This is a letter.\n" * 99), command="check")

    def test_empty(self):
        line = self.check_refused(self.put("empty.wav", b""))
        self.assertIn("0 bytes", line)

    def test_header_only(self):
        with open(self.path("good.wav"), "rb") as f:
            self.check_refused(self.put("head.wav", f.read(44)))

    def test_truncated_keeps_what_is_there(self):
        flac = self.encode(self.speech("long.wav", seed=3, seconds=20), "long.flac")
        with open(flac, "rb") as f:
            whole = f.read()
        self.put("cut.flac", whole[:len(whole) // 2])
        done = self.run_ew("add", "cut.flac", "good.wav")
        self.assertIn("added 2 recordings", done.out)
        self.assertIn("cut.flac", done.err)
        row = self.run_json("info", "cut.flac")
        self.assertGreater(row["duration"], 5)
        self.assertLess(row["duration"], 15)
        self.assertNotEqual(row["trouble"], "")

    def test_video_without_sound(self):
        self.ffmpeg("-f", "lavfi", "-i", "testsrc=size=64x64:rate=5", "-t", "2", "-c:v", "mpeg4",
                    self.path("mute.mp4"))
        line = self.check_refused("mute.mp4")
        self.assertIn("no sound", line)

    def test_picture(self):
        self.ffmpeg("-f", "lavfi", "-i", "testsrc=size=64x64", "-frames:v", "1",
                    self.path("photo.png"))
        self.check_refused("photo.png")

    def test_attached_picture(self):
        self.ffmpeg("-f", "lavfi", "-i", "testsrc=size=64x64", "-frames:v", "1",
                    self.path("cover.png"))
        self.ffmpeg("-i", self.path("good.wav"), "-i", self.path("cover.png"), "-map", "0",
                    "-map", "1", "-c:v", "png", "-disposition:v", "attached_pic",
                    self.path("cover.mp3"))
        self.run_ew("add", "cover.mp3")
        self.assertAlmostEqual(self.run_json("info", "cover.mp3")["duration"], 4, delta=0.1)

    def test_playlists_are_not_followed(self):
        good = self.path("good.wav")
        self.check_refused(self.put(
            "list.m3u8", b"#EXTM3U\n#EXTINF:4,\n%s\n#EXT-X-ENDLIST\n" % good.encode()))

    def test_concat_lists_are_not_followed(self):
        self.check_refused(self.put("list.ffconcat", b"ffconcat version 1.0\nfile good.wav\n"))

    def test_no_connection_is_made(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            listener.settimeout(0.5)
            url = b"http://127.0.0.1:%d/a.mp3" % listener.getsockname()[1]
            self.check_refused(self.put("net.m3u8", b"#EXTM3U\n#EXTINF:9,\n%s\n" % url))
            self.assertRaises(socket.timeout, listener.accept)

    def wav(self, name, rate=16000, channels=1, bits=16, size=64000, frames=32000):
        head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", (size + 36) & 0xFFFFFFFF, b"WAVE",
                           b"fmt ", 16, 1, channels, rate,
                           (rate * channels * bits // 8) & 0xFFFFFFFF,
                           (channels * bits // 8) & 0xFFFF, bits, b"data", size & 0xFFFFFFFF)
        return self.put(name, head + b"\0\1" * frames)

    def test_absurd_rate(self):
        self.check_refused(self.wav("rate.wav", rate=0xFFFFFFF0))

    def test_rate_of_nothing(self):
        self.check_refused(self.wav("rate0.wav", rate=0))

    def test_absurd_channels(self):
        self.check_refused(self.wav("channels.wav", channels=65535))

    def test_absurd_duration(self):
        """The head promises a day; a second is there: kept, with a remark."""
        self.wav("day.wav", size=0xFFFFFF00)
        done = self.run_ew("add", "day.wav", code=None)
        self.assertIn(done.code, (0, 3))
        self.assertIn("day.wav", done.err)

    def test_missing(self):
        line = self.check_refused("nowhere.wav")
        self.assertIn("check the name", line)

    def test_missing_clip(self):
        self.check_refused("nowhere.wav", command="check")

    def test_dangling_link(self):
        os.symlink("nowhere", self.path("link.wav"))
        self.check_refused("link.wav", said=["leads nowhere"])

    def test_dangling_link_in_a_folder(self):
        os.mkdir(self.path("in"))
        os.symlink("nowhere", self.path("in/link.wav"))
        self.check_refused("in", shown="in/link.wav", said=["leads nowhere"])

    def test_link_to_itself(self):
        os.symlink("loop.wav", self.path("loop.wav"))
        self.check_refused("loop.wav")

    def test_folder_that_leads_back(self):
        os.makedirs(self.path("in/deep"))
        os.symlink("..", self.path("in/deep/up"))
        self.check_refused("in", shown="in/deep/up", said=["leads back"])

    def test_links_are_followed(self):
        os.makedirs(self.path("in"))
        os.makedirs(self.path("elsewhere"))
        self.speech("elsewhere/b.wav", seed=5, seconds=3)
        os.symlink("../good.wav", self.path("in/a.wav"))
        os.symlink("../elsewhere", self.path("in/folder"))
        os.symlink("../elsewhere", self.path("in/folder2"))
        done = self.run_ew("add", "in")
        self.assertIn("added 2 recordings", done.out)

    def test_fifo(self):
        os.mkfifo(self.path("pipe.wav"))
        self.check_refused("pipe.wav", said=["named pipe"])

    def test_fifo_in_a_folder(self):
        os.mkdir(self.path("in"))
        os.mkfifo(self.path("in/pipe.wav"))
        self.check_refused("in", shown="in/pipe.wav", said=["named pipe"])

    def test_device(self):
        self.check_refused("/dev/zero", said=["device"])

    def test_socket(self):
        with socket.socket(socket.AF_UNIX) as s:
            s.bind(self.path("s.wav"))
            self.check_refused("s.wav", said=["socket"])

    def as_nobody(self, *args):
        """Runs the program without the rights of root, which may read everything."""
        if os.geteuid() != 0:
            return self.run_ew(*args, code=None)
        for root, dirs, names in os.walk(self.dir):
            for name in dirs + names:
                os.lchown(os.path.join(root, name), 65534, 65534)
        os.chown(self.dir, 65534, 65534)
        try:
            done = subprocess.run(self.command(*args), env=self.env, cwd=self.dir, user=65534,
                                  group=65534, extra_groups=[], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=60)
        except PermissionError:
            self.skipTest("the program cannot be run by others here")
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode(), done.stdout)

    def check_unreadable(self, operand, shown):
        done = self.as_nobody("add", operand, "good.wav")
        lines = done.err.splitlines()
        if any("good.wav" in line for line in lines):
            self.skipTest("the decoder cannot be run by others here")
        self.assertEqual(done.code, 3, done.err)
        self.assertEqual(len(lines), 1, done.err)
        self.assertIn(shown, lines[0])
        self.assertIn("ermission", lines[0])
        self.assertIn("added 1 recording", done.out)

    def test_unreadable(self):
        os.chmod(self.speech("secret.wav", seed=7), 0)
        self.check_unreadable("secret.wav", "secret.wav")

    def test_unreadable_in_a_folder(self):
        os.mkdir(self.path("in"))
        os.chmod(self.speech("in/secret.wav", seed=7), 0)
        self.check_unreadable("in", "in/secret.wav")

    def test_unreadable_folder(self):
        os.makedirs(self.path("in/locked"))
        os.chmod(self.path("in/locked"), 0)
        self.check_unreadable("in", "in/locked")


class BadDecoder(Case):
    """A decoder that dies or talks nonsense costs one file, not the run. The stand-in below
    does what the first word of the file says, and is the real one for everything else."""

    STAND_IN = """#!/bin/sh
case $(dd bs=8 count=1 <&3 2>/dev/null | tr -d '\\0') in
CRASH*) kill -SEGV $$ ;;
KILLED*) kill -KILL $$ ;;
QUIET*) exit 0 ;;
WRONG*) exit 7 ;;
TALKS*) echo this is no frame at all >&4; exit 0 ;;
ENDLESS*) yes >&4 ;;
esac
exec "%s" "$@"
"""

    def test_each_way_of_failing(self):
        real = self.env.get("EARWITNESS_DECODE")
        if not real:
            self.skipTest("EARWITNESS_DECODE is not set")
        with open(self.path("decode"), "w") as f:
            f.write(self.STAND_IN % real)
        os.chmod(self.path("decode"), 0o755)
        words = ["CRASH", "KILLED", "QUIET", "WRONG", "TALKS", "ENDLESS"]
        for word in words:
            with open(self.path(word + ".wav"), "w") as f:
                f.write(word + "\n" * 100)
        self.speech("good.wav", seconds=4)
        env = {"EARWITNESS_DECODE": self.path("decode")}
        names = [word + ".wav" for word in words]
        done = self.run_ew("add", *names, "good.wav", code=3, env=env)
        self.assertIn("added 1 recording", done.out)
        lines = done.err.splitlines()
        self.assertEqual(len(lines), len(names), done.err)
        for name, line in zip(names, lines):
            self.assertIn(name, line)
        self.run_ew("archive", "verify")

    def test_no_decoder(self):
        self.speech("good.wav", seconds=4)
        done = self.run_ew("add", "good.wav", code=3, env={"EARWITNESS_DECODE": "/nowhere/at/all"})
        self.assertEqual(len(done.err.splitlines()), 1)
        self.assertIn("EARWITNESS_DECODE", done.err)


class Names(Case):
    """Any name that a file system allows is taken, shown safely, and found again."""

    NAMES = [b"new\nline.wav", b"-rf.wav", b"--json", b"caf\xe9.wav", b"\xff\xfe.wav",
             b"esc\x1b[31mred.wav", b"tab\tbell\x07.wav", b"back\\slash.wav",
             "bidi\u202egnp.wav".encode(), "\u0441\u043b\u043e\u0432\u043e.wav".encode(), b" .wav"]

    def make(self, folder="in"):
        os.mkdir(self.path(folder))
        for i, name in enumerate(self.NAMES):
            path = os.path.join(os.fsencode(self.path(folder)), name)
            shutil.copyfile(self.speech("t.wav", seed=i + 1, seconds=3), path)
        return self.path(folder)

    def safe(self, text):
        for ch in text:
            self.assertTrue(ch == "\n" or ord(ch) >= 0x20, repr(text))
            self.assertFalse(0x7f <= ord(ch) < 0xa0, repr(text))
            self.assertFalse(0x202a <= ord(ch) <= 0x202e, repr(text))

    def test_in_a_folder(self):
        self.make()
        done = self.run_ew("add", "-v", "in")
        self.safe(done.err)
        listing = self.run_ew("list")
        self.safe(listing.out)
        self.assertEqual(len(listing.out.splitlines()), 1 + len(self.NAMES))
        rows = self.run_jsonl("list")
        self.assertEqual(len(rows), len(self.NAMES))
        names = {n for r in rows for n in r["names"]}
        self.assertIn("in/caf\\xE9.wav".lower(), {n.lower() for n in names})

    def test_as_operands(self):
        folder = self.make()
        self.run_ew("add", "--", *self.NAMES, cwd=folder)
        self.assertEqual(len(self.run_jsonl("list")), len(self.NAMES))
        for name in self.NAMES:
            done = self.run_ew("info", "--", os.path.join(os.fsencode(folder), name))
            self.safe(done.out)

    def test_leading_dash_without_help(self):
        folder = self.make()
        done = self.run_ew("add", "-rf.wav", code=2, cwd=folder)
        self.assertIn("--", done.err)

    def test_bad_files_with_bad_names(self):
        for name in self.NAMES:
            with open(os.path.join(os.fsencode(self.dir), name), "wb") as f:
                f.write(b"no sound\n" * 50)
        done = self.run_ew("add", "--", *self.NAMES, code=3)
        self.safe(done.err)
        self.assertEqual(len(done.err.splitlines()), len(self.NAMES), done.err)

    def test_very_long_name(self):
        name = "x" * 240 + ".wav"
        self.speech(name, seconds=3)
        self.run_ew("add", name)
        done = self.run_ew("add", "y" * 240 + ".wav", code=3)
        self.assertEqual(len(done.err.splitlines()), 1)


class Disk(Case):
    def setUp(self):
        super().setUp()
        for i in range(3):
            self.speech("%d.wav" % i, seed=i + 1, seconds=30)

    def count(self):
        return len(self.run_ew("list", "--json", code=None).out.splitlines())

    def add_limited(self, limit, *args):
        """add with no file allowed beyond `limit` bytes: as a full disk, without root."""
        return subprocess.run(
            self.command("add", *args), env=self.env, cwd=self.dir, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, timeout=60,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))

    def test_no_room(self):
        self.run_ew("add", "0.wav")
        before = self.run_jsonl("list")
        done = self.add_limited(3000, "--jobs", "1", "1.wav", "2.wav")
        told = done.stderr.decode()
        self.assertEqual(done.returncode, 3, told)
        self.assertEqual(len(told.splitlines()), 1, told)
        self.assertIn("free some space", told)
        self.assertEqual(self.run_jsonl("list"), before)
        self.run_ew("archive", "verify")
        self.run_ew("add", "1.wav", "2.wav")
        self.assertEqual(self.count(), 3)

    def test_no_room_for_an_archive(self):
        done = self.add_limited(100, "0.wav")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.run_ew("add", "0.wav")
        self.assertEqual(self.count(), 1)

    @unittest.skipIf(os.geteuid() != 0, "only root can mount")
    def test_full_disk(self):
        disk = self.path("disk")
        os.mkdir(disk)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "none", disk],
                          stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("cannot mount here")
        try:
            archive = os.path.join(disk, "archive")
            long = self.speech("long.wav", seed=9, seconds=600)
            done = self.run_ew("--archive", archive, "add", "0.wav", long, code=3)
            self.assertIn("free some space", done.err)
            rows = self.run_jsonl("--archive", archive, "list")
            self.assertEqual([r["names"] for r in rows], [["0.wav"]])
            self.run_ew("--archive", archive, "archive", "verify")
        finally:
            subprocess.run(["umount", disk], check=True)

    def test_output_that_cannot_be_written(self):
        self.run_ew("add", "0.wav")
        with open("/dev/full", "w") as full:
            done = subprocess.run(self.command("list"), env=self.env, stdout=full,
                                  stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"cannot write to standard output", done.stderr)

    def test_closed_pipe(self):
        """`list | head` ends like any other program, without a message."""
        self.run_ew("add", "0.wav")
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run(self.command("list"), env=self.env, stdout=write,
                              stderr=subprocess.PIPE, timeout=60)
        os.close(write)
        self.assertEqual(done.stderr, b"")
        self.assertEqual(done.returncode, -13)


if __name__ == "__main__":
    main()
