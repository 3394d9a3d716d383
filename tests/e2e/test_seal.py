#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Seal, disclose, verify: a desk from its first key to a bundle that a stranger checks, and what
is told when something is wrong."""
import fcntl
import os
import shutil
import signal
import struct
import subprocess
import unittest
import wave
import zipfile

from harness import Case, main, slow_factor

PASS = b"correct horse battery staple"
CHAT = ("1/2/20, 10:00 - Ann: Did you know?\n1/2/20, 10:01 - Bob: yes, on Monday\n"
        "1/2/20, 10:02 - Ann: Thanks.\n1/2/20, 10:03 - Bob: PTT-1.opus (file attached)\n")


class Desk(Case):
    """A desk with one sealed chat."""

    def setUp(self):
        super().setUp()
        self.desk = self.path("desk")
        self.env["EARWITNESS_DESK"] = self.desk
        self.with_pass("key", "new", "desk.example")
        self.policy = self.path("policy")
        with open(self.policy, "w", encoding="utf-8") as f:
            f.write(self.run_ew("key", "export").out)
        self.chat = self.write("chat.txt", CHAT)

    def write(self, name, text):
        with open(self.path(name), "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        return self.path(name)

    def with_pass(self, *args, word=PASS, **options):
        return self.run_ew(*args, "--passphrase-fd", "0", stdin=word + b"\n", **options)

    def json_with_pass(self, *args, **options):
        return self.run_jsonl(*args, "--passphrase-fd", "0", stdin=PASS + b"\n", **options)

    def seal(self, *paths):
        return self.json_with_pass("seal", *paths)

    def bundle(self, item, *args):
        out = self.path("x.ewb")
        self.with_pass("disclose", item, "-o", out, *args)
        return out


class Whole(Desk):
    def test_from_key_to_verdict(self):
        sealed, = self.seal(self.chat)
        self.assertEqual((sealed["splitter"], sealed["parts"], sealed["entry"]), ("chat-v1", 12, 0))
        # The log is signed in batches: before that there is nothing to prove with.
        told = self.with_pass("disclose", sealed["item"], "--show", "1", "-o", self.path("y"),
                              code=3)
        self.assertIn("no checkpoint", told.err)
        self.with_pass("log", "checkpoint")
        out = self.bundle(sealed["item"][:8], "--hide", "2")
        verdict = self.run_json("verify", out, "--policy", self.policy)
        self.assertEqual(verdict["verdict"], "verified")
        self.assertEqual(verdict["item"], sealed["item"])
        self.assertEqual(verdict["seal_key"], "desk.example/seal")
        self.assertEqual((verdict["entry"], verdict["log_size"]), (0, 2))
        self.assertIsNone(verdict["not_after"])
        self.assertEqual([(s["parts"], s["shown"]) for s in verdict["streams"]], [(12, 9), (16, 0)])
        text = self.run_ew("verify", out, "--policy", self.policy).out
        self.assertIn("VERIFIED", text)
        self.assertIn("9 of 12 parts shown, 3 hidden", text)
        self.assertIn("Not proven", text)
        with open(out, "rb") as f:
            raw = f.read()
        for hidden in (b"Bob: yes", b"Monday", b"chat.txt"):
            self.assertNotIn(hidden, raw)
        self.assertIn(b"Did you know?", raw)
        # Any ZIP program reads it.
        with zipfile.ZipFile(out) as z:
            self.assertIsNone(z.testzip())
            self.assertEqual(z.namelist()[0], "mimetype")
            self.assertIn("Thanks.", z.read("parts/00000001").decode())
        self.assertIn(" 0 problems", self.run_ew("log", "fsck").out)

    def test_dry_run_shows_and_writes_nothing(self):
        sealed, = self.seal(self.chat)
        done, = self.json_with_pass("disclose", sealed["item"], "--show", "1,3", "--dry-run")
        self.assertEqual(done["runs"], [{"first": 0, "count": 3}, {"first": 6, "count": 3}])
        self.assertFalse(done["written"])

    def test_sound(self):
        path = self.path("talk.wav")
        with wave.open(path, "wb") as w:
            w.setnchannels(1)
            w.setsampwidth(2)
            w.setframerate(8000)
            w.writeframes(b"".join(struct.pack("<h", i * 37 % 20000) for i in range(8000 * 3)))
        sealed, = self.seal(path)
        self.assertEqual((sealed["splitter"], sealed["parts"]), ("grid", 31))
        self.with_pass("log", "checkpoint")
        out = self.bundle(sealed["item"], "--hide", "0:01.25-0:01.5")
        stream = self.run_json("verify", out, "--policy", self.policy)["streams"][0]
        self.assertEqual((stream["shown"], stream["runs"]), (28, 2))
        self.assertEqual(stream["bytes_shown"], 44 + 27 * 1600)

    def test_many_files_in_one_batch(self):
        names = [self.write("f%d.txt" % i, "Paragraph %d.\n\nAnother.\n" % i) for i in range(5)]
        names.insert(2, self.path("missing"))
        done = self.with_pass("seal", *names, "--json", code=3)
        self.assertEqual(len(done.out.splitlines()), 5)
        self.assertIn("missing", done.err)
        self.assertEqual(self.run_json("log", "fsck")["entries"], 10)

    def test_a_lost_entry_number_is_found_again(self):
        sealed, = self.seal(self.chat)
        other, = self.seal(self.write("b.txt", "One.\n"))
        self.with_pass("log", "checkpoint")
        os.unlink(os.path.join(self.desk, "items", other["item"], "entry"))
        out = self.bundle(other["item"], "--show", "all")
        self.assertEqual(self.run_json("verify", out, "--policy", self.policy)["entry"], 2)


class Trust(Desk):
    def setUp(self):
        super().setUp()
        sealed, = self.seal(self.chat)
        self.item = sealed["item"]
        self.with_pass("log", "checkpoint")
        self.out = self.bundle(self.item, "--show", "1")

    def test_without_a_policy_nothing_is_verified(self):
        verdict = self.run_json("verify", self.out, code=1)
        self.assertEqual(verdict["verdict"], "not-vouched-for")
        self.assertEqual(verdict["seal_key"], "desk.example/seal")
        text = self.run_ew("verify", self.out, code=1).out
        self.assertNotIn("VERIFIED", text)
        self.assertIn("NOT VOUCHED FOR", text)

    def test_a_policy_of_others(self):
        mine = self.write("mine", "quorum none\n")
        self.assertIn("does not name the key", self.run_ew(
            "verify", self.out, "--policy", mine, code=1).out)
        for text in ("", "quorum", "quorum none\nlog x\n"):
            self.run_ew("verify", self.out, "--policy", self.write("bad", text), code=3)
        self.run_ew("verify", self.out, "--policy", self.path("none"), code=3)
        self.run_ew("verify", self.path("none"), "--policy", self.policy, code=3)

    def test_altered_bundles_are_broken(self):
        with open(self.out, "rb") as f:
            raw = bytearray(f.read())
        raw[raw.index(b"Did you")] ^= 1
        bad = self.write("bad.ewb", bytes(raw))
        self.assertEqual(self.run_json("verify", bad, "--policy", self.policy, code=4)["verdict"],
                         "broken")
        said = self.run_ew("verify", bad, "--policy", self.policy, code=4).out
        self.assertIn("BROKEN", said)
        self.assertNotIn("desk.example", said)
        self.run_ew("verify", self.write("empty", b""), "--policy", self.policy, code=4)
        self.run_ew("verify", self.write("zip", b"PK\x05\x06" + bytes(18)), code=4)

    def test_a_file_that_changed_is_not_disclosed(self):
        self.write("chat.txt", CHAT.replace("yes", "no!"))
        told = self.with_pass("disclose", self.item, "--show", "1", "-o", self.path("y"), code=3)
        self.assertIn("not what was sealed", told.err)
        self.assertFalse(os.path.exists(self.path("y")))
        moved = self.write("moved", CHAT)
        self.with_pass("disclose", self.item, "--show", "1", "-o", self.path("y"), "--file", moved)

    def test_an_old_copy_of_the_log_is_not_continued(self):
        old = self.path("old")
        shutil.copytree(os.path.join(self.desk, "log"), old)
        self.seal(self.write("b.txt", "One.\n"))
        self.with_pass("log", "checkpoint")
        shutil.copy(os.path.join(old, ".state"), os.path.join(self.desk, "log", ".state"))
        told = self.with_pass("seal", self.chat, code=3)
        self.assertIn("entries are lost", told.err)
        self.run_ew("log", "fsck", code=1)


class Mistakes(Desk):
    def test_passphrases(self):
        for args in (("seal", self.chat), ("log", "checkpoint"),
                     ("disclose", "1234", "--show", "1", "--dry-run")):
            self.with_pass(*args, word=b"wrong", code=12)
            self.with_pass(*args, word=b"", code=2)
        done = self.run_ew("seal", self.chat, "--passphrase-command",
                           "printf '%s\\n' '" + PASS.decode() + "'")
        self.assertIn("entry 0", done.out)
        # More than a line, also when the rest comes late or is much; and a program left behind
        # that holds the pipe, as a key agent may.
        says = "echo '%s'; " % PASS.decode()
        for rest in ("sleep 0.3; echo more", "seq 100000", "sleep 30 2>/dev/null &"):
            self.run_ew("log", "checkpoint", "--passphrase-command", says + rest, timeout=20)
        for bad in ("exit 3", "false", says + "exit 3", says + "sleep 0.2; exit 3"):
            told = self.run_ew("seal", self.chat, "--passphrase-command", bad, code=2)
            self.assertIn("the passphrase command failed", told.err)
        told = self.run_ew("seal", self.chat, "--passphrase-command", "true", code=2)
        self.assertIn("the passphrase is empty", told.err)
        self.run_ew("seal", self.chat, "--passphrase-command", "true", "--passphrase-fd", "0",
                    code=2)

    def test_memory_is_kept_from_dumps(self):
        # What asks for the passphrase is asked while it waits: the command sees its parent.
        look = ("test $(awk '/core file size/ { print $5 $6 }' /proc/$PPID/limits) = 00 && "
                "echo '%s'" % PASS.decode())
        for args in (("log", "checkpoint"), ("key", "new", "x.example", "--desk", self.path("b")),
                     ("witness", "new", "w.example", "--dir", self.path("w"))):
            done = subprocess.run(
                ["/bin/sh", "-c", 'ulimit -c unlimited; exec "$@"', "sh",
                 *self.command(*args, "--passphrase-command", look)],
                env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)

    @unittest.skipIf(os.getuid() == 0 or slow_factor() > 1, "root and sanitizers may look")
    def test_memory_is_kept_from_others(self):
        look = "cat /proc/$PPID/environ >/dev/null && exit 1; echo '%s'" % PASS.decode()
        self.run_ew("log", "checkpoint", "--passphrase-command", look)

    def held(self, path):
        """Locks a file or folder as another process would; to be closed."""
        fd = os.open(path, os.O_RDONLY)
        fcntl.flock(fd, fcntl.LOCK_EX)
        return fd

    def wait_and_go(self, fd, *args):
        """Runs a command that has to wait; lets it go on when it says so."""
        process = self.start_ew(*args, "--wait", "50", "--passphrase-command",
                                "echo '%s'" % PASS.decode(), stderr=subprocess.PIPE)
        told = process.stderr.readline()
        os.close(fd)
        self.assertIn(b"waiting: another process", told)
        self.assertEqual(process.wait(60), 0, process.stderr.read())

    def test_waits_for_another_writer(self):
        log = os.path.join(self.desk, "log", ".lock")
        self.with_pass("seal", self.chat)
        fd = self.held(log)
        for seconds in ("0", "0.3"):
            told = self.with_pass("log", "checkpoint", "--wait", seconds, code=11)
            self.assertIn("another process writes to", told.err)
        self.wait_and_go(fd, "seal", self.write("b.txt", "One.\n"))
        self.wait_and_go(self.held(log), "log", "checkpoint")
        process = self.start_ew("log", "checkpoint", "--passphrase-command",
                                "echo '%s'" % PASS.decode(), stderr=subprocess.PIPE)
        fd = self.held(log)
        process.stderr.readline()
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(60), 130)
        os.close(fd)
        copy = self.path("copy")
        self.run_ew("log", "publish", copy)
        fd = self.held(copy)
        self.run_ew("log", "publish", copy, "--wait", "0.1", code=11)
        self.wait_and_go(fd, "log", "publish", copy)
        many = [self.start_ew("seal", self.write("c%d.txt" % i, "Two %d.\n" % i),
                              "--passphrase-command", "echo '%s'" % PASS.decode())
                for i in range(3)]
        self.assertEqual([p.wait(60) for p in many], [0] * 3)
        self.assertEqual(self.run_json("log", "fsck")["problems"], 0)

    def test_errors_of_writing_name_the_file(self):
        sealed, = self.seal(self.write("long.txt", "A line of a letter.\n\n" * 400))
        self.with_pass("log", "checkpoint")
        bundle, text = self.path("x.ewb"), self.path("x.txt")
        for name, args in ((bundle, ()), (text, ("--published", text))):  # which is written first
            done = subprocess.run(
                ["/bin/sh", "-c", 'ulimit -f 4; exec "$@"', "sh",
                 *self.command("disclose", sealed["item"], "--show", "1-300", "-o", bundle,
                               *args, "--passphrase-fd", "0")],
                input=PASS, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                check=False)
            self.assertIn(b"cannot write '%s': File too large" % name.encode(), done.stderr)
            self.assertFalse(os.path.exists(name))

    def test_no_desk(self):
        env = {"EARWITNESS_DESK": self.path("none")}
        for args in (("seal", self.chat), ("key", "list"), ("key", "export"), ("log", "fsck")):
            told = self.run_ew(*args, env=env, code=10)
            self.assertIn("key new", told.err)
        self.assertFalse(os.path.exists(self.path("none")))
        self.with_pass("key", "new", "other.example", code=2)
        self.with_pass("key", "new", "a b", "--desk", self.path("none"), code=2)

    def test_usage(self):
        for args in (("key", "nix"), ("key", "new"), ("log", "nix"), ("log", "prove"),
                     ("log", "prove", "x"), ("disclose", "1234"),
                     ("disclose", "1234", "--show", "1"),
                     ("seal", self.chat, "--splitter", "meta"), ("verify",)):
            self.run_ew(*args, code=2)
        self.with_pass("disclose", "zz", "--show", "1", "--dry-run", code=2)
        self.with_pass("disclose", "123456", "--show", "1", "--dry-run", code=3)

    def test_secrets_are_not_in_the_folder(self):
        self.seal(self.chat)
        for root, _, names in os.walk(self.desk):
            for name in names:
                with open(os.path.join(root, name), "rb") as f:
                    raw = f.read()
                self.assertNotIn(PASS, raw)
                self.assertNotIn(b"chat.txt", raw)
        for folder in ("keys", "items"):
            self.assertEqual(os.stat(os.path.join(self.desk, folder)).st_mode & 0o077, 0)

    def test_keys(self):
        keys = self.run_jsonl("key", "list")
        self.assertEqual([k["name"] for k in keys], ["desk.example/log", "desk.example/seal",
                                                     "desk.example/statement"])
        self.assertIn("quorum none", self.run_ew("key", "export").out)


if __name__ == "__main__":
    main()
