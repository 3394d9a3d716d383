#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Keys and signatures: other programs' keys and signatures are read, they read ours, and a key
that is revoked is told by the policy and is on the log."""
import os
import shutil
import subprocess
import time

from harness import Case, main

PASS = b"correct horse battery staple"


class Desk(Case):
    def setUp(self):
        super().setUp()
        self.desk = self.path("desk")
        self.env["EARWITNESS_DESK"] = self.desk
        self.with_pass("key", "new", "desk.example")

    def write(self, name, text):
        with open(self.path(name), "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        return self.path(name)

    def read(self, *names):
        with open(self.path(*names), "rb") as f:
            return f.read()

    def with_pass(self, *args, **options):
        return self.run_ew(*args, "--passphrase-fd", "0", stdin=PASS + b"\n", **options)

    def json_with_pass(self, *args, **options):
        return self.run_json(*args, "--passphrase-fd", "0", stdin=PASS + b"\n", **options)

    def other(self, *args, stdin=None, code=0):
        """Runs another program; skips the test where there is none."""
        if shutil.which(args[0]) is None:
            self.skipTest("%s is not installed" % args[0])
        done = subprocess.run(args, cwd=self.dir, input=stdin or b"", stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        if code is not None:
            self.assertEqual(done.returncode, code, done.stdout.decode("utf-8", "replace"))
        return done.stdout.decode("utf-8", "replace")

    def ssh_key(self, name, kind="ed25519"):
        self.other("ssh-keygen", "-q", "-t", kind, "-N", "", "-C", name + "@example", "-f",
                   self.path(name))
        return self.path(name + ".pub")

    def ssh_sign(self, key, path, namespace="earwitness"):
        self.other("ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", self.path(key), path)
        return path + ".sig"

    def policy(self, name="policy"):
        return self.write(name, self.run_ew("key", "export").out)


class Programs(Desk):
    def test_ssh_keygen(self):
        pub = self.ssh_key("ann")
        letter = self.write("letter", "I did not write this.\n")
        # Ours are read by it.
        self.with_pass("sign", letter)
        ours = self.run_ew("key", "export", "--format", "ssh", "statement").out
        self.write("allowed", 'desk namespaces="earwitness" ' + ours)
        check = ("ssh-keygen", "-Y", "verify", "-n", "earwitness", "-f", self.path("allowed"),
                 "-I", "desk", "-s", letter + ".sig")
        self.assertIn("Good", self.other(*check, stdin=self.read("letter")))
        self.other(*check, stdin=b"I did write this.\n", code=255)
        answer = self.run_json("sign", "--check", letter, letter + ".sig", "--keys",
                               self.path("allowed"))
        self.assertEqual((answer["verdict"], answer["by"]), ("verified", "desk"))
        # Its are read by us.
        os.unlink(letter + ".sig")
        sig = self.ssh_sign("ann", letter)
        answer = self.run_json("sign", "--check", letter, sig, "--key", pub)
        self.assertEqual((answer["verdict"], answer["by"]), ("verified", "ann@example"))
        self.run_ew("sign", "--check", letter, sig, code=1)
        self.run_ew("sign", "--check", letter, sig, "--keys", self.path("allowed"), code=1)
        other = self.write("other", "I wrote this.\n")
        self.run_ew("sign", "--check", other, sig, "--key", pub, code=4)

    def test_row_18_sshsig_of_another_namespace(self):
        pub = self.ssh_key("ann")
        letter = self.write("letter", "I did not write this.\n")
        for namespace in ("file", "git", "earwitness2"):
            self.ssh_sign("ann", letter, namespace)
            told = self.run_ew("sign", "--check", letter, letter + ".sig", "--key", pub, code=4)
            self.assertIn("namespace", told.out)
            os.unlink(letter + ".sig")
        for kind in ("rsa", "ecdsa"):
            rsa = self.ssh_key(kind, kind)
            self.ssh_sign(kind, letter)
            told = self.run_ew("sign", "--check", letter, letter + ".sig", "--key", pub, code=4)
            self.assertIn("ssh-ed25519", told.out)
            self.assertIn("ssh-ed25519", self.run_ew("key", "read", rsa, code=3).err)
            os.unlink(letter + ".sig")

    def test_minisign(self):
        letter = self.write("letter", b"\x00\xffnot a text")
        self.other("minisign", "-G", "-W", "-p", self.path("m.pub"), "-s", self.path("m.key"))
        self.with_pass("sign", "--format", "minisign", letter)
        self.write("ours.pub", self.run_ew("key", "export", "--format", "minisign",
                                           "statement").out)
        said = self.other("minisign", "-V", "-p", self.path("ours.pub"), "-m", letter)
        self.assertIn("verified", said)
        for extra in ((), ("-l",)):
            self.other("minisign", "-S", *extra, "-s", self.path("m.key"), "-m", letter,
                       "-x", self.path("theirs"), "-t", "of today")
            answer = self.run_json("sign", "--check", letter, self.path("theirs"), "--key",
                                   self.path("m.pub"))
            self.assertEqual((answer["verdict"], answer["comment"]), ("verified", "of today"))
            self.run_ew("sign", "--check", letter, self.path("theirs"), "--key",
                        self.path("ours.pub"), code=1)
            bad = self.write("bad", self.read("theirs").replace(b"of today", b"of never"))
            self.run_ew("sign", "--check", letter, bad, "--key", self.path("m.pub"), code=4)
        forms = self.run_json("key", "read", self.path("m.pub"), "somebody")
        self.assertIn(forms["minisign"], self.read("m.pub").decode())
        # minisign leaves zeros at the beginning of its number out.
        number = self.read("m.pub").decode().splitlines()[0].split()[-1]
        self.assertEqual(int(forms["minisign_number"], 16), int(number, 16))
        back = self.run_json("key", "read", forms["ssh"])
        self.assertEqual(back["ssh"].split()[:2], forms["ssh"].split()[:2])

    def test_notes_and_mistakes(self):
        letter = self.write("letter", "I did not write this.\n")
        self.with_pass("sign", "--format", "note", letter, "-o", self.path("n"))
        key = self.run_ew("key", "export", "--format", "vkey", "statement").out.strip()
        self.assertEqual(self.run_json("sign", "--check", letter, self.path("n"), "--key",
                                       key)["by"], "desk.example/statement")
        self.run_ew("sign", "--check", self.write("x", "y\n"), self.path("n"), "--key", key,
                    code=4)
        # What could be taken for the desk's own words is not signed.
        own = self.write("own", "earwitness-event/v1\nkind statement\n")
        self.with_pass("sign", "--format", "note", own, code=2)
        self.assertFalse(os.path.exists(own + ".note"))
        for args in (("sign", letter, "--format", "pgp"), ("sign", letter, "--key", key),
                     ("sign", "--check", letter), ("key", "read", "nonsense", "x", "y"),
                     ("key", "export", "nonsense"), ("key", "list", "--format", "pgp"),
                     ("key", "revoke", "nonsense", "--yes"),
                     ("key", "revoke", "seal", "--yes", "--since", "yesterday")):
            self.run_ew(*args, code=2)
        self.run_ew("key", "read", "nonsense", code=3)
        # A key whose every signature anybody can make.
        zero = self.run_json("key", "read", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEAAAAAAAAAAAAA"
                             "AAAAAAAAAAAAAAAAAAAAAAAAAAAA")
        self.assertFalse(zero["sound"])


class Revoking(Desk):
    def test_each_use(self):
        chat = self.write("a.txt", "One.\n\nTwo.\n")
        item = self.json_with_pass("seal", chat)["item"]
        self.with_pass("log", "checkpoint")
        bundle = self.path("a.ewb")
        self.with_pass("disclose", item, "--show", "1", "-o", bundle)
        before = self.policy("before")
        old = {k["use"]: k["vkey"] for k in self.run_jsonl("key", "list")}
        told = {}
        for use in ("seal", "log", "statement"):
            told[use] = self.json_with_pass("key", "revoke", use, "--yes", "--since",
                                            "2026-01-31T12:00:00Z", "--text", "laptop stolen")
            self.assertEqual(told[use]["old"], old[use])
        keys = self.run_jsonl("key", "list")
        self.assertEqual([(k["use"], "revoked_since" in k) for k in keys],
                         [("log", False), ("seal", False), ("statement", False), ("seal", True),
                          ("log", True), ("statement", True)])
        after = self.policy("after")
        text = self.read("after").decode()
        for use in old:
            self.assertIn("#!earwitness revoked %s since 2026-01-31T12:00:00Z" % old[use], text)
            self.assertEqual(text.count(told[use]["new"]), 1)
        # Who has the old policy knows nothing; the new one says that the old seal counts no more.
        self.run_ew("verify", bundle, "--policy", before)
        self.run_ew("verify", bundle, "--policy", after, code=1)
        # The log goes on, signed by its new key; new seals are by the new key.
        self.run_ew("log", "fsck")
        item = self.json_with_pass("seal", self.write("b.txt", "Three.\n"))["item"]
        self.with_pass("log", "checkpoint")
        self.with_pass("disclose", item, "--show", "1", "-o", bundle)
        self.run_ew("verify", bundle, "--policy", after)
        self.run_ew("verify", bundle, "--policy", before, code=1)
        # The revocations are on record, and readers of either policy understand that of the
        # statement key.
        self.with_pass("statement", "export", told["statement"]["entry"], "-o", self.path("r"))
        for policy in (before, after):
            said = self.run_json("statement", "check", self.path("r"), "--policy", policy,
                                 "--proof", self.path("r.tlog-proof"),
                                 code=0)
            self.assertEqual((said["kind"], said["key"], said["text"]),
                             ("key-revoke", old["statement"], ["laptop stolen"]))
        # Nothing of an old key is left but its public half.
        names = sorted(os.listdir(os.path.join(self.desk, "keys")))
        self.assertEqual(names, ["log", "old", "seal", "statement", "vault"])

    def test_what_was_witnessed_before_still_counts(self):
        item = self.json_with_pass("seal", self.write("a.txt", "One.\n\nTwo.\n"))["item"]
        self.with_pass("log", "checkpoint")
        self.env["EARWITNESS_WITNESS"] = self.path("witness")
        self.with_pass("witness", "new", "w.example/w1")
        witness = self.run_json("witness", "key")
        self.run_ew("witness", "trust", self.run_jsonl("key", "list")[0]["vkey"])
        self.run_ew("log", "witness", "--request", "-o", self.path("request"))
        self.with_pass("witness", "sign", self.path("request"), "-o", self.path("answer"))
        self.run_ew("log", "witness", "--add", self.path("answer"), "--key", witness["vkey"])
        bundle = self.path("a.ewb")
        self.with_pass("disclose", item, "--show", "1", "-o", bundle)
        time.sleep(2)  # the witness signed in another second than that of the revocation
        self.with_pass("key", "revoke", "seal", "--yes")
        bare = self.policy()
        asked = self.write("asked", self.read("policy").replace(
            b"quorum none", witness["policy"].strip().encode() + b"\nquorum w.example/w1"))
        self.assertIn(b"revoked", self.read("asked"))
        verdict = self.run_json("verify", bundle, "--policy", asked)
        self.assertEqual(verdict["verdict"], "verified")
        self.run_ew("verify", bundle, "--policy", bare, code=1)

    def test_nobody_to_ask(self):
        done = subprocess.run(self.command("key", "revoke", "seal", "--passphrase-fd", "0"),
                              env=self.env, input=PASS, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, start_new_session=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"--yes", done.stderr)
        self.assertEqual(len(self.run_jsonl("key", "list")), 3)


if __name__ == "__main__":
    main()
