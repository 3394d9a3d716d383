#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""vault: a desk that is backed up, lost and restored; read by other age programs; its identities
and its passphrase."""
import base64
import io
import json
import os
import re
import shutil
import stat
import subprocess
import tarfile

from harness import Case, main

OLD, NEW = b"correct horse battery staple", b"another horse"
CHAT = ("1/2/20, 10:00 - Ann: Did you know?\n1/2/20, 10:01 - Bob: yes, on Monday\n"
        "1/2/20, 10:02 - Ann: Thanks.\n")


class Vault(Case):
    """A desk with one sealed chat, and two identities."""

    def setUp(self):
        super().setUp()
        self.desk = self.path("desk")
        self.env["EARWITNESS_DESK"] = self.desk
        self.out = self.path("desk.age")
        self.recipients = [self.identity("one"), self.identity("two")]

    def make_desk(self):
        self.words([OLD], "key", "new", "desk.example")
        self.chat = self.path("chat.txt")
        with open(self.chat, "w", encoding="utf-8") as f:
            f.write(CHAT)
        self.item = self.seal(self.chat)
        self.words([OLD], "log", "checkpoint")

    def words(self, words, *args, **options):
        """Runs with passphrases, one a line, on descriptor 0."""
        return self.run_ew(*args, "--passphrase-fd", "0",
                           stdin=b"".join(w + b"\n" for w in words), **options)

    def seal(self, path):
        done = self.words([OLD], "seal", path)
        return re.match("[0-9a-f]{64}", done.out).group(0)

    def identity(self, name):
        return self.run_ew("vault", "identity", "-o", self.path(name)).out.strip()

    def backup(self, *args, words=(OLD,), **options):
        asked = [x for r in self.recipients for x in ("-r", r)]
        return self.words(words, "vault", "backup", *asked, "-o", self.out, *args, **options)

    def restore(self, name, *args, identity="one", words=(NEW,), **options):
        return self.words(words, "vault", "restore", self.out, "--identity",
                          self.path(identity), "--desk", self.path(name), *args, **options)

    def need(self, program):
        if shutil.which(program) is None:
            self.skipTest(program + " is not installed")


class Whole(Vault):
    def test_lost_and_restored(self):
        self.make_desk()
        # Every kind of file that a desk can have.
        second = self.seal(self.chat)
        self.words([OLD], "burn", second, "--hide", "2", "--confirm", second[:8], "--really",
                   "burn")
        self.words([OLD], "key", "revoke", "statement", "--yes", "--text", "lost")
        self.words([OLD], "statement", "--text", "This is so.")
        self.words([OLD], "log", "checkpoint", "-q")
        os.makedirs(os.path.join(self.desk, "time", "9"))
        with open(os.path.join(self.desk, "time", "9", "x.ots"), "wb") as f:
            f.write(b"\0OpenTimestamps")
        keys = self.run_ew("key", "list").out
        policy = self.path("policy")
        with open(policy, "w", encoding="utf-8") as f:
            f.write(self.run_ew("key", "export").out)
        done = self.backup()
        self.assertRegex(done.out, r"files for 2 recipients, \d+ of them with secrets; "
                                   r"log desk.example/log with \d+ entr")
        self.assertIn("offline", done.err)

        # Anybody with an identity and age reads it; the seeds are lines of text in it.
        self.need("age")
        tar = subprocess.run(["age", "-d", "-i", self.path("two"), self.out], check=True,
                             stdout=subprocess.PIPE).stdout
        with tarfile.open(fileobj=io.BytesIO(tar)) as t:
            names = t.getnames()
            self.assertEqual(names[0], "earwitness-backup")
            self.assertNotIn("keys/vault", names)
            secret = t.extractfile("items/%s/secret.open" % self.item).read().decode()
            self.assertTrue(secret.startswith("label %s\nearwitness-item/v1\n" % self.item))
            seeds = re.findall(r"^(?:seed|salt) (\S{44})$", secret, re.M)
            for use in ("log", "seal"):
                key = t.extractfile("keys/%s.open" % use).read().decode()
                seeds += re.findall(r"^secret (\S{44})$", key, re.M)
        self.assertGreaterEqual(len(seeds), 5)
        if shutil.which("tar"):
            listed = subprocess.run(["tar", "t"], input=tar, check=True,
                                    stdout=subprocess.PIPE).stdout.decode()
            self.assertEqual([n.rstrip("/") for n in listed.split()], names)

        # The desk is lost, and comes back under another passphrase.
        shutil.move(self.desk, self.path("seized"))
        done = self.restore("desk2")
        self.assertIn("second history", done.err)
        # No seed stands anywhere in plain bytes.
        sought = [s.encode() for s in seeds] + [base64.b64decode(s) for s in seeds]
        for folder, _, files in os.walk(self.dir):
            for name in files:
                with open(os.path.join(folder, name), "rb") as f:
                    content = f.read()
                for needle in sought:
                    self.assertNotIn(needle, content, os.path.join(folder, name))

        self.env["EARWITNESS_DESK"] = self.path("desk2")
        self.assertEqual(self.run_ew("key", "list").out, keys)
        self.words([OLD], "log", "checkpoint", code=12)
        bundle = self.path("x.ewb")
        self.words([NEW], "disclose", self.item[:8], "--hide", "2", "-o", bundle)
        verdict = self.run_json("verify", bundle, "--policy", policy)
        self.assertEqual((verdict["verdict"], verdict["item"]), ("verified", self.item))
        os.unlink(self.chat)
        left = self.path("left.ewb")
        self.words([NEW], "disclose", second, "--show", "all", "-o", left)
        self.assertEqual(self.run_json("verify", left, "--policy", policy)["streams"][0]["shown"],
                         6)
        self.assertIn(" 0 problems", self.run_ew("log", "fsck").out)

        # Never over a desk; nor for others, nor when damaged.
        self.assertIn("there is a desk", self.restore("desk2", code=2).err)
        self.identity("third")
        self.restore("desk3", identity="third", code=12)
        with open(self.out, "r+b") as f:
            f.seek(-100, os.SEEK_END)
            byte = f.read(1)
            f.seek(-100, os.SEEK_END)
            f.write(bytes([byte[0] ^ 1]))
        self.restore("desk3", code=3)
        self.assertFalse(os.path.exists(self.path("desk3")))

    def test_a_newer_checkpoint_closes_the_log(self):
        self.make_desk()
        self.backup("--json")
        self.seal(self.chat)
        self.words([OLD], "log", "checkpoint", "-q")
        newest = os.path.join(self.desk, "log", "checkpoint")
        done = self.restore("old", "--checkpoint", newest, code=1)
        self.assertRegex(done.err, r"the log is \d+ entr\S* behind the checkpoint, and closed")
        self.env["EARWITNESS_DESK"] = self.path("old")
        self.assertIn("entries are lost", self.words([NEW], "seal", self.chat, code=3).err)
        self.run_ew("log", "prove", "0")

        # What was published brings it up to date, and it goes on.
        public = self.path("public")
        self.run_ew("log", "publish", public, "--desk", self.desk)
        done = self.restore("new", "--checkpoint", newest, "--log", public)
        self.assertRegex(done.err, r"\d+ entr\S* came from the published copy")
        self.assertNotIn("second history", done.err)
        self.env["EARWITNESS_DESK"] = self.path("new")
        self.words([NEW], "seal", self.chat)
        self.words([NEW], "log", "checkpoint", "-q")
        self.run_ew("log", "publish", public)
        self.assertIn(" 0 problems", self.run_ew("log", "fsck").out)

    def test_a_recipient_file_and_text(self):
        self.make_desk()
        listed = self.path("recipients")
        with open(listed, "w", encoding="utf-8") as f:
            f.write("# ours\n\n" + "\n".join(self.recipients) + "\n")
        done = self.words([OLD], "vault", "backup", "-R", listed, "--armor", "-o", self.out,
                          "--json")
        self.assertEqual(json.loads(done.out)["recipients"], 2)
        with open(self.out, encoding="ascii") as f:
            self.assertEqual(f.readline(), "-----BEGIN AGE ENCRYPTED FILE-----\n")
        self.restore("desk2", "-q")
        # The passphrase changes, and only it.
        self.env["EARWITNESS_DESK"] = self.path("desk2")
        self.words([NEW, OLD], "vault", "passphrase")
        self.words([NEW], "log", "checkpoint", code=12)
        self.words([OLD], "log", "checkpoint")


class Refused(Vault):
    def test_two_recipients(self):
        a = self.recipients[0]
        for args in (["-r", a], ["-r", a, "-r", a], []):
            done = self.run_ew("vault", "backup", *args, "-o", self.out, code=2)
            self.assertIn("two different recipients", done.err)
            self.assertIn("offline", done.err)
        self.assertFalse(os.path.exists(self.out))
        done = self.run_ew("vault", "backup", "-r", "age1x", "-r", a, "-o", self.out, code=2)
        self.assertIn("no age recipient", done.err)
        with open(self.path("one"), encoding="ascii") as f:
            secret = f.read().split()[-1]
        done = self.run_ew("vault", "backup", "-r", secret, "-r", a, "-o", self.out, code=2)
        self.assertNotIn(secret, done.err)

    def test_a_witness_has_no_backup(self):
        self.words([OLD], "witness", "new", "witness.example/w", "--dir", self.path("w"))
        done = self.backup("--desk", self.path("w"), code=None)
        self.assertNotEqual(done.code, 0)
        self.assertIn("no log", done.err)
        self.assertFalse(os.path.exists(self.out))

    def test_no_desk_no_file_no_verb(self):
        self.backup(words=(), code=10)
        self.assertIn("-o FILE", self.run_ew("vault", "backup", code=2).err)
        self.assertIn("--identity", self.run_ew("vault", "restore", "x", code=2).err)
        self.assertIn("knows", self.run_ew("vault", "open", code=2).err)
        self.restore("new", code=3)
        with open(self.out, "wb") as f:
            f.write(b"no age file\n")
        self.assertIn("no age file", self.restore("new", code=3).err)


class Identities(Vault):
    def test_for_the_owner_only(self):
        self.assertEqual(stat.S_IMODE(os.stat(self.path("one")).st_mode), 0o600)
        self.assertIn("already", self.run_ew("vault", "identity", "-o", self.path("one"),
                                             code=2).err)
        shown = self.run_ew("vault", "identity")
        self.assertRegex(shown.out, r"\n# public key: age1\S+\nAGE-SECRET-KEY-1\S+\n$")
        self.need("age-keygen")
        for name, recipient in zip(("one", "two"), self.recipients):
            told = subprocess.run(["age-keygen", "-y", self.path(name)], check=True,
                                  stdout=subprocess.PIPE).stdout.decode().strip()
            self.assertEqual(told, recipient)

    def test_locked_with_a_passphrase(self):
        self.make_desk()
        done = self.words([b"paper"], "vault", "identity", "-p", "-o", self.path("locked"))
        self.recipients[0] = done.out.strip()
        self.backup()
        self.restore("desk2", identity="locked", words=[b"wrong", NEW], code=12)
        told = self.restore("desk2", identity="locked", words=[b"paper", NEW])
        self.assertIn("identity file is locked", told.err)
        self.run_ew("vault", "restore", self.out, "-i", self.path("locked"), "--desk",
                    self.path("desk3"), "--passphrase-command", "echo x", code=2)


if __name__ == "__main__":
    main()
