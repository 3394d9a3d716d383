#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Statements: by the desk and by persons, from words to the log and to a reader who has the
keys; and custody, which confirms nothing to whoever knows a file."""
import base64
import hashlib
import os
import zipfile

from harness import main
from test_key import PASS, Desk


class Statements(Desk):
    def test_of_the_desk(self):
        letter = self.write("letter.pdf", b"%PDF a forged letter")
        made = self.json_with_pass("repudiate", letter, "--text", "This letter is not ours.",
                                   "-o", self.path("n"))
        digest = hashlib.sha256(b"%PDF a forged letter").hexdigest()
        self.assertEqual((made["kind"], made["entry"], made["digest"]),
                         ("repudiation", 0, digest))
        words = self.write("words", "One line,  \r\n\n\twith more\n" + "word " * 300 + "\n\n")
        made = self.json_with_pass("statement", "--text-file", words, "--stance", "retracts",
                                   "--prev", "0", "--actor", "Desk \u2013 night shift")
        self.assertEqual(made["text"][:3], ["One line,", "", " with more"])
        self.assertEqual(" ".join(made["text"][3:]).split(), ["word"] * 300)
        self.assertEqual(len(made["prev"]), 64)
        # A name behind a pseudonym: nobody can tell it, whoever gets the salt can check it.
        name = self.write("name", "J\u00fcrgen M\u00fcller\n")
        made = self.json_with_pass("statement", "--text", "I was there.", "--actor", "fox",
                                   "--name-file", name, "-o", self.path("fox"))
        salt = self.json_with_pass("statement", "reveal", made["entry"])["salt"]
        want = hashlib.sha256(b"ew-commit/v1\0" + base64.b64decode(salt) + hashlib.sha256(
            "J\u00fcrgen M\u00fcller".encode()).digest()).hexdigest()
        self.assertEqual(made["name_commitment"], want)
        for text, same in (("J\u00fcrgen M\u00fcller", True), ("J\u00fcrgen Maier", False)):
            said = self.run_json("statement", "check", self.path("fox"), "--policy",
                                 self.policy(), "--name-file", self.write("who", text),
                                 "--salt", salt)
            self.assertEqual(said["name_is_in_file"], same)
        self.with_pass("statement", "reveal", "0", code=3)
        self.with_pass("log", "checkpoint")
        self.with_pass("statement", "export", "0", "-o", self.path("x"))
        self.assertEqual(self.read("x"), self.read("n"))
        policy = self.policy()
        proof = ("--policy", policy, "--proof", self.path("x.tlog-proof"))
        said = self.run_json("statement", "check", self.path("n"), *proof, "--digest-of", letter)
        self.assertEqual((said["verdict"], said["by"], said["logged"], said["entry"]),
                         ("verified", "desk.example/statement", True, 0))
        self.assertTrue(said["digest_is_of_file"])
        text = self.run_ew("statement", "check", self.path("n"), *proof, "--digest-of",
                           words).out
        self.assertIn("VERIFIED", text)
        self.assertIn("NOT that of the file", text)
        self.assertIn("Not proven", text)
        # Nobody vouches; something does not hold.
        for args, code in ((("n",), 1), (("n", "--policy", self.write("p", "quorum none\n")), 1),
                           (("n", "--keys", self.write("k", "#\n")), 3)):
            said = self.run_ew("statement", "check", self.path(args[0]), *args[1:], code=code)
            self.assertNotIn("VERIFIED", said.out)
        bad = self.write("bad", self.read("n").replace(b"not ours", b"all ours"))
        said = self.run_ew("statement", "check", bad, "--policy", policy, code=4)
        self.assertNotIn("all ours", said.out)
        self.run_ew("statement", "check", self.path("n"), "--policy", policy, "--proof",
                    self.write("e", ""), code=0)
        self.run_ew("statement", "check", self.path("n"), "--policy", policy, "--proof", words,
                    code=4)
        # The words are nobody's business before they are shown.
        for root, _, names in os.walk(self.desk):
            for name in names:
                with open(os.path.join(root, name), "rb") as f:
                    self.assertNotIn(b"not ours", f.read())

    def test_of_a_person(self):
        pub = self.ssh_key("ann")
        letter = self.write("letter.pdf", b"%PDF a forged letter")
        text = self.path("mine")
        self.run_ew("repudiate", letter, "--unsigned", "-o", text, "--actor", "Ann", "--text",
                    "I did not write this.", env={"EARWITNESS_DESK": self.path("none")})
        sig = self.ssh_sign("ann", text)
        made = self.json_with_pass("statement", "add", text, sig, "--key", pub, "-o",
                                   self.path("mine.ssh"))
        self.assertEqual((made["signed_with"], made["actor"]), ("ssh", "Ann"))
        self.assertEqual(self.read("mine.ssh"), self.read("mine") + b"\n" + self.read("mine.sig"))
        # By somebody else's key, of other words, or of no event: not put on record.
        eve = self.ssh_key("eve")
        self.with_pass("statement", "add", text, sig, "--key", eve, code=2)
        other = self.write("other", self.read("mine").replace(b"did not", b"did"))
        self.with_pass("statement", "add", other, sig, "--key", pub, code=3)
        plain = self.write("plain", "I did not write this.\n")
        self.with_pass("statement", "add", plain, self.ssh_sign("ann", plain), "--key", pub,
                       code=3)
        custody = self.write("custody", "earwitness-event/v1\nkind ingest\n"
                             "time 2026-11-22T07:00:00Z\nitem %s\n"
                             % base64.b64encode(bytes(32)).decode())
        self.with_pass("statement", "add", custody, self.ssh_sign("ann", custody), "--key", pub,
                       code=2)
        self.run_ew("statement", "add", text, sig, code=2)
        listed = self.run_jsonl("statement", "list", "--passphrase-fd", "0", stdin=PASS)
        self.assertEqual([e["entry"] for e in listed], [0])
        # A reader whose policy names her, and one who has her key from elsewhere.
        self.with_pass("log", "checkpoint")
        self.with_pass("statement", "export", "0", "-o", self.path("out"))
        key = " ".join(self.read("ann.pub").decode().split()[:2])
        policy = self.policy()
        with open(policy, "a", encoding="utf-8") as f:
            f.write("#!earwitness person ann %s\n" % key)
        said = self.run_json("statement", "check", self.path("out"), "--policy", policy,
                             "--proof", self.path("out.tlog-proof"))
        self.assertEqual((said["by"], said["logged"]), ("ann", True))
        said = self.run_json("statement", "check", text, sig, "--keys", pub)
        self.assertEqual((said["by"], said["public_key"]), ("ann@example", key))
        self.run_ew("statement", "check", text, sig, "--keys", eve, code=1)
        with open(policy, "a", encoding="utf-8") as f:
            f.write("#!earwitness revoked %s since 2026-01-31T12:00:00Z\n" % key)
        said = self.run_json("statement", "check", self.path("out"), "--policy", policy, code=1)
        self.assertEqual(said["revoked_since"], "2026-01-31T12:00:00Z")

    def test_mistakes(self):
        for args in (("statement",), ("statement", "--text", ""), ("statement", "nonsense"),
                     ("statement", "--text", "a", "--text-file", "b"),
                     ("statement", "--text", "a", "--kind", "ingest"),
                     ("statement", "--text", "a", "--stance", "shrugs"),
                     ("statement", "--text", "a", "--unsigned"),
                     ("statement", "--text", "a", "--unsigned", "-o", "x", "--about", "1234"),
                     ("statement", "--stance", "retracts", "--unsigned", "-o", self.path("x")),
                     ("statement", "--text", "a\x07b", "--unsigned", "-o", self.path("x")),
                     ("statement", "export", "x"), ("repudiate",)):
            self.run_ew(*args, code=2)
        self.assertFalse(os.path.exists(self.path("x")))
        self.run_ew("statement", "check", self.path("none"), code=3)
        self.run_ew("statement", "check", self.write("empty", ""), code=4)
        self.with_pass("statement", "--text", "a", "--prev", "7", code=3)
        self.with_pass("statement", "export", "7", "-o", self.path("x"), code=3)


class Custody(Desk):
    def test_row_20_known_file_confirmed_through_a_custody_hash(self):
        secret = b"The list of sources.\n\nAnn, Bob.\n"
        sealed = self.json_with_pass("seal", self.write("list.txt", secret))
        self.with_pass("statement", "--text", "We hold this.", "--about", sealed["item"][:8])
        self.with_pass("log", "checkpoint")
        shown = self.path("a.ewb")
        self.with_pass("disclose", sealed["item"], "--hide", "1", "-o", shown, "--with-custody")
        self.with_pass("log", "checkpoint")
        events = self.run_jsonl("statement", "list", "--passphrase-fd", "0", stdin=PASS)
        self.assertIn("ingest", [e["kind"] for e in events])
        # Whoever has the file has these hashes, of all of it and of each part.
        known = []
        hidden = secret[:secret.index(b"Ann")]
        for content in (secret, hidden, hidden.strip(), b"list.txt"):
            digest = hashlib.sha256(content).digest()
            double = hashlib.sha256(b"ew-commit/v1\0" + digest).digest()
            zero = hashlib.sha256(b"ew-commit/v1\0" + bytes(32) + digest).digest()
            known += [digest, double, zero, hashlib.sha256(b"\0" + digest).digest(),
                      hashlib.sha1(content).digest(), hashlib.md5(content).digest()]
        marks = [m for d in known for m in (d, d.hex().encode(), base64.b64encode(d))]
        read = 0
        for root, _, names in os.walk(self.desk):
            for name in names:
                with open(os.path.join(root, name), "rb") as f:
                    raw = f.read()
                read += len(raw)
                for mark in marks:
                    self.assertNotIn(mark, raw, os.path.join(root, name))
        with zipfile.ZipFile(shown) as z:
            notes = [n for n in z.namelist() if n.startswith("events/")]
            self.assertGreater(len(notes), 0)
            for name in z.namelist():
                raw = z.read(name)
                read += len(raw)
                for mark in marks:
                    self.assertNotIn(mark, raw, name)
                self.assertNotIn(b"The list of sources", raw)
        self.assertGreater(read, 2000)
        # The commitment to the bundle says nothing to whoever has the bundle: none that needs no
        # salt is it, and that of the same bytes is another each time.
        self.with_pass("disclose", sealed["item"], "--hide", "1", "-o", shown, "--with-custody")
        self.with_pass("disclose", sealed["item"], "--hide", "1", "-o", self.path("b.ewb"),
                       "--with-custody")
        bundle = self.read("a.ewb")
        self.assertEqual(bundle, self.read("b.ewb"))
        events = self.run_jsonl("statement", "list", "--passphrase-fd", "0", stdin=PASS)
        made = [e["after_commitment"] for e in events if e["kind"] == "disclosure"]
        self.assertEqual((len(made), len(set(made))), (3, 3))
        digest = hashlib.sha256(bundle).digest()
        label = b"ew-commit/v1\0"
        for guess in (digest, *(hashlib.sha256(label + salt + digest).digest()
                                for salt in (b"", bytes(32)))):
            for form in (guess.hex(), base64.b64encode(guess).decode()):
                self.assertNotIn(form, made)
        # What is shown of the events holds no hash of content but salted commitments.
        for e in events:
            self.assertNotIn("digest", e)


if __name__ == "__main__":
    main()
