#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Backups and identities, ours and those of other age programs, in both directions: `age` of
Debian and `age-encryption` of npm (fetched by the lock file here). What is absent is skipped."""
import os
import pty
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../e2e"))
from harness import Case, main  # noqa: E402

OLD, NEW, PAPER = b"correct horse", b"another horse", b"paper on a wall"
modules = None


def fetch():
    """node_modules with age-encryption, or None."""
    if not (shutil.which("node") and shutil.which("npm")):
        return None
    folder = tempfile.mkdtemp(prefix="ew-npm-")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(os.path.join(HERE, name), folder)
    done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                          cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          timeout=200)
    if done.returncode == 0:
        return os.path.join(folder, "node_modules")
    shutil.rmtree(folder)
    return None


class Other:
    """An age program: content in, file out, and back."""

    def __init__(self, case):
        self.case = case


class Debian(Other):
    def need(self):
        if not (shutil.which("age") and shutil.which("age-keygen")):
            self.case.skipTest("age is not installed")

    def identity(self, path):
        subprocess.run(["age-keygen", "-o", path], check=True, stderr=subprocess.DEVNULL)

    def decrypt(self, data, identity):
        return subprocess.run(["age", "-d", "-i", identity], input=data, check=True,
                              stdout=subprocess.PIPE).stdout

    def encrypt(self, data, recipients, armor):
        args = [x for r in recipients for x in ("-r", r)] + (["-a"] if armor else [])
        return subprocess.run(["age", *args], input=data, check=True,
                              stdout=subprocess.PIPE).stdout

    def at_terminal(self, args, answers):
        """age asks for passphrases on the terminal only."""
        try:
            pid, tty = pty.fork()
        except OSError as why:
            self.case.skipTest("no pseudo-terminal: %s" % why)
        if pid == 0:
            os.execvp(args[0], args)
        told = b""
        for answer in answers:
            while b"assphrase" not in told:
                told += os.read(tty, 1000)
            told = b""
            os.write(tty, answer + b"\n")
        while True:
            try:
                if not os.read(tty, 1000):
                    break
            except OSError:
                break
        self.case.assertEqual(os.waitpid(pid, 0)[1], 0)
        os.close(tty)

    def lock(self, data, path):
        plain = path + ".plain"
        with open(plain, "wb") as f:
            f.write(data)
        self.at_terminal(["age", "-p", "-a", "-o", path, plain], [PAPER, PAPER])

    def unlock(self, path):
        self.at_terminal(["age", "-d", "-o", path + ".plain", path], [PAPER])
        with open(path + ".plain", "rb") as f:
            return f.read()


class Npm(Other):
    def need(self):
        if modules is None:
            self.case.skipTest("npm cannot fetch age-encryption")

    def run(self, data, *args):
        return subprocess.run(["node", os.path.join(HERE, "age.mjs"), modules, *args],
                              input=data, check=True, stdout=subprocess.PIPE).stdout

    def decrypt(self, data, identity):
        with open(identity, encoding="ascii") as f:
            return self.run(data, "decrypt", "identity", f.read().split()[-1])

    def encrypt(self, data, recipients, armor):
        return self.run(data, "encrypt", "recipients", *recipients,
                        *(["--armor"] if armor else []))

    def lock(self, data, path):
        with open(path, "wb") as f:
            f.write(self.run(data, "encrypt", "passphrase", PAPER.decode(), "--armor"))

    def unlock(self, path):
        with open(path, "rb") as f:
            return self.run(f.read(), "decrypt", "passphrase", PAPER.decode())


class Interop(Case):
    """The backup of one desk; more content than one chunk of age."""

    def setUp(self):
        super().setUp()
        self.env["EARWITNESS_DESK"] = self.path("desk")

    def words(self, words, *args, **options):
        return self.run_ew(*args, "--passphrase-fd", "0",
                           stdin=b"".join(w + b"\n" for w in words), **options)

    def make_backups(self):
        self.words([OLD], "key", "new", "desk.example")
        os.makedirs(self.path("desk", "time", "1"))
        with open(self.path("desk", "time", "1", "a.ots"), "wb") as f:
            f.write(bytes(range(256)) * 700)
        self.recipients = [self.run_ew("vault", "identity", "-o", self.path(n)).out.strip()
                           for n in ("one", "two")]
        asked = [x for r in self.recipients for x in ("-r", r)]
        for name, more in (("binary", []), ("armored", ["--armor"])):
            self.words([OLD], "vault", "backup", *asked, "-o", self.path(name), *more)

    def read(self, name):
        with open(self.path(name), "rb") as f:
            return f.read()

    def both_ways(self, other):
        other.need()
        self.make_backups()
        plain = other.decrypt(self.read("binary"), self.path("one"))
        self.assertTrue(plain.startswith(b"earwitness-backup\0"))
        self.assertGreater(len(plain), 3 * 65536 - 20000)
        self.assertEqual(len(other.decrypt(self.read("armored"), self.path("two"))), len(plain))
        for armor in (False, True):
            with open(self.path("theirs"), "wb") as f:
                f.write(other.encrypt(plain, self.recipients, armor))
            self.words([NEW], "vault", "restore", self.path("theirs"), "-i", self.path("two"),
                       "--desk", self.path("desk%d" % armor))
        self.assertEqual(self.run_ew("key", "list").out,
                         self.run_ew("key", "list", "--desk", self.path("desk1")).out)
        # A passphrase: an identity that they locked, and one that we locked.
        other.lock(self.read("one"), self.path("locked"))
        self.words([PAPER, NEW], "vault", "restore", self.path("binary"), "-i",
                   self.path("locked"), "--desk", self.path("desk3"))
        self.words([PAPER], "vault", "identity", "-p", "-o", self.path("ours"))
        self.assertIn(b"\nAGE-SECRET-KEY-1", other.unlock(self.path("ours")))

    def test_age(self):
        self.both_ways(Debian(self))

    def test_age_keygen(self):
        other = Debian(self)
        other.need()
        self.make_backups()
        recipients = []
        for name in ("a", "b"):
            other.identity(self.path(name))
            recipients += ["-r", self.read(name).decode().split("public key: ")[1].split()[0]]
        self.words([OLD], "vault", "backup", *recipients, "-o", self.path("x"))
        self.words([NEW], "vault", "restore", self.path("x"), "-i", self.path("b"), "--desk",
                   self.path("desk2"))

    def test_age_encryption(self):
        self.both_ways(Npm(self))


if __name__ == "__main__":
    modules = fetch()
    try:
        main()
    finally:
        if modules:
            shutil.rmtree(os.path.dirname(modules))
