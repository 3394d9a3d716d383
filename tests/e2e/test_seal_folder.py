#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Folders as collections, what is said of items, and what a dry run shows: what is visible in
bundles is what was named, and nothing else."""
import json
import os
import threading
import time
import zipfile

from harness import Case, main

PASS = b"correct horse battery staple"
CHATS = os.path.join(os.environ.get("EARWITNESS_SOURCE", "."), "..", "shared", "vectors",
                     "chatistics", "tests", "test_data", "whatsapp")
TEXT = "First.\n\nSecond \u202egnirts.\n\nThird.\n"
CHAT = ("Exported today\n"
        "[17.9.2019, 16:37:47] Ann: Did you know?\n"
        "\u200e[17.9.2019, 16:37:59] Doe, Jane: yes\nand no\n"
        "[18.9.2019, 16:38:06] Ann: \u200e<attached: 00000012-AUDIO.opus>\nlisten\n"
        "[18.9.2019, 16:38:59] Ann left\n")


class Desk(Case):
    def setUp(self):
        super().setUp()
        self.desk = self.path("desk")
        self.env["EARWITNESS_DESK"] = self.desk
        self.with_pass("key", "new", "desk.example")
        self.policy = self.write("policy", self.run_ew("key", "export").out)

    def write(self, name, data):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data if isinstance(data, bytes) else data.encode())
        return path

    def with_pass(self, *args, **options):
        return self.run_ew(*args, "--passphrase-fd", "0", stdin=PASS + b"\n", **options)

    def json_with_pass(self, *args, **options):
        out = self.with_pass(*args, "--json", **options).out
        return [json.loads(line) for line in out.splitlines()]

    def verify(self, *args, **options):
        return self.run_jsonl("verify", *args, "--policy", self.policy, **options)

    def parts(self, bundle):
        with zipfile.ZipFile(bundle) as z:
            return {n: z.read(n) for n in z.namelist() if n.startswith("parts/")}


class Collections(Desk):
    def test_a_folder(self):
        """Sealed, shown in part, and its members checked against it."""
        folder = self.path("case")
        self.write("case/b/chat.txt", CHAT.split("\n", 1)[1])
        self.write("case/a.txt", TEXT)
        self.write("case/b.bin", b"\0\1")
        self.write("case/B/empty", b"")
        self.write("case/\u00e9\n\xff".encode("latin-1").decode("latin-1"), "name")
        os.symlink("a.txt", self.path("case", "link"))
        os.symlink("/etc", self.path("case", "etc"))
        os.mkfifo(self.path("case", "pipe"))
        done = self.with_pass("seal", folder, "--from", "a person", "--reference", "case 7",
                              "--after", "bitcoin 900000 00ab", "--json", code=3)
        *members, whole = [json.loads(line) for line in done.out.splitlines()]
        self.assertEqual([(m["name"].split("case/")[1], m["splitter"]) for m in members],
                         [("B/empty", "whole"), ("a.txt", "para-v1"), ("b.bin", "whole"),
                          ("b/chat.txt", "chat-v1"), ("\u00e9\\x0a\u00ff", "para-v1")])
        self.assertEqual((whole["splitter"], whole["parts"], whole["entry"]), ("seals", 5, 5))
        for m in members:
            self.assertEqual(m["collection"], whole["item"])
        for name in ("link", "etc", "pipe"):
            self.assertIn("case/" + name, done.err)
        self.with_pass("log", "checkpoint")

        # One bundle for each member that is shown, and the collection's.
        out = self.path("out")
        said, = self.json_with_pass("disclose", whole["item"], "--show", "2,4-5", "--members",
                                    "--meta", "reference", "-o", out)
        self.assertEqual(said["bundles"], 4)
        self.assertEqual(sorted(os.listdir(out)),
                         ["00000002.ewb", "00000004.ewb", "00000005.ewb", "collection.ewb"])
        listed = os.path.join(out, "collection.ewb")
        for number, name in ((2, "a.txt"), (4, "b/chat.txt")):
            bundle = os.path.join(out, "%08d.ewb" % number)
            first, second, member = self.verify(bundle, "--collection", listed)
            self.assertEqual((first["verdict"], second["verdict"]), ("verified", "verified"))
            self.assertEqual((member["member"], member["number"], member["members"]),
                             (True, number, 5))
            parts = self.parts(bundle)
            with open(os.path.join(folder, name), "rb") as f:
                self.assertEqual(parts["parts/00000000"], f.read())
            # Of the metadata one line, of the rest not even a name.
            self.assertEqual(parts["parts/00000001"], b"reference=case 7\n")
            with open(bundle, "rb") as f:
                raw = f.read()
            for hidden in (name.encode(), b"a person", b"modified"):
                self.assertNotIn(hidden, raw)
        text = self.run_ew("verify", bundle, "--policy", self.policy, "--collection", listed).out
        self.assertIn("number 4 of the 5 members", text)
        self.assertEqual(first["after"], "bitcoin 900000 00ab")
        self.assertEqual(first["metadata"], {"reference": "case 7"})
        self.assertEqual(text.count("which no seal proves:\n  reference=case 7\n"), 2)

        # A member that the collection's bundle does not show, another item, no collection.
        other = self.path("other.ewb")
        self.with_pass("disclose", members[0]["item"], "--show", "all", "-o", other)
        *_, member = self.verify(other, "--collection", listed, code=1)
        self.assertFalse(member["member"])
        *_, member = self.verify(listed, "--collection", listed, code=1)
        self.assertFalse(member["member"])
        *_, member = self.verify(other, "--collection", other, code=1)
        self.assertFalse(member["member"])
        with open(listed, "rb") as f:
            raw = bytearray(f.read())
        raw[raw.index(b"parts/00000000") + 20] ^= 1
        broken = self.write("broken.ewb", bytes(raw))
        self.assertEqual(len(self.verify(other, "--collection", broken, code=4)), 2)

        # Again: nothing is the same, and of each seed there is a mark.
        again = self.json_with_pass("seal", folder, code=3)
        old = {m["item"] for m in members + [whole]}
        self.assertFalse(old & {m["item"] for m in again})
        with open(os.path.join(self.desk, "seeds"), encoding="ascii") as f:
            marks = f.read().split()
        self.assertEqual((len(marks), len(set(marks))), (24, 24))

        # A dry run of a collection names what is withheld, for this desk only.
        said, = self.json_with_pass("disclose", whole["item"], "--show", "2", "--meta", "all",
                                    "--dry-run")
        units = [p for p in said["preview"] if p["kind"] == "unit"]
        self.assertEqual([p["shown"] for p in units], [False, True, False, False, False])
        self.assertIn("b/chat.txt", units[3]["text"])
        self.assertTrue(units[4]["text"].startswith("\u00e9\\x0a\u00ff  "), units[4])
        meta = [p["text"] for p in said["preview"] if p["kind"] == "metadata"]
        self.assertIn("members=5", meta)
        self.assertIn("from=a person", meta)
        self.assertIn("name=case", meta)

    def test_what_cannot_be_a_collection(self):
        os.mkdir(self.path("empty"))
        self.assertIn("no file", self.with_pass("seal", self.path("empty"), code=3).err)
        self.write("closed/a", "a")
        if os.geteuid() != 0:
            os.chmod(self.path("closed"), 0)
            self.with_pass("seal", self.path("closed"), code=3)
            os.chmod(self.path("closed"), 0o700)
        item, = [o for o in self.json_with_pass("seal", self.path("closed"))
                 if o["splitter"] != "seals"]
        self.with_pass("disclose", item["item"], "--show", "1", "--members", "-o",
                       self.path("x"), code=2)
        told = self.with_pass("disclose", item["item"], "--show", "1", "--meta", "place",
                              "--dry-run", code=3)
        self.assertIn("nothing was said of 'place'", told.err)
        self.with_pass("disclose", item["item"], "--show", "1", "--meta", "nix", "--dry-run",
                       code=2)
        for args in (("--note", "two\nlines"), ("--note", ""), ("--from", "x" * 1001),
                     ("--after", " x"), ("--after", "x" * 201), ("--splitter", "seals")):
            self.with_pass("seal", self.path("closed"), *args, code=2)

    def test_files_that_change(self):
        """What is read twice must be the same twice."""
        path = self.write("growing", os.urandom(1 << 20) * 48)
        stop = threading.Event()

        def grow():
            with open(path, "ab", buffering=0) as f:
                while not stop.is_set():
                    f.write(b"more")
                    time.sleep(0.001)

        writer = threading.Thread(target=grow)
        writer.start()
        try:
            told = self.with_pass("seal", path, code=3)
        finally:
            stop.set()
            writer.join()
        self.assertIn("changed while it was read", told.err)
        self.with_pass("seal", path)


class Shown(Desk):
    def test_a_chat(self):
        """By sender, day and kind of part; the dry run says it, the bundle holds it."""
        item, = self.json_with_pass("seal", self.write("chat.txt", CHAT),
                                    "--splitter", "chat-v1")
        item = item["item"]
        self.with_pass("log", "checkpoint")

        def dry(*args, code=0):
            said = self.json_with_pass("disclose", item, *args, "--dry-run", code=code)
            return [(p.get("first", 0), p.get("count", 0), p["shown"], p["text"])
                    for p in said[0]["preview"]] if code == 0 else None

        hidden = "[withheld]"
        jane = "\\u{200E}[17.9.2019, 16:37:59] Doe, Jane: yes\\x0aand no"
        self.assertEqual(dry("--show", 'sender:"Doe, Jane"'),
                         [(0, 0, False, hidden), (1, 1, False, hidden), (2, 1, True, jane),
                          (3, 2, False, hidden)])
        self.assertEqual(
            dry("--show", "on:17.9.2019,head", "--hide", "senders"),
            [(0, 0, True, "Exported today"),
             (1, 1, True, "[17.9.2019, 16:37:47] [withheld]Did you know?"),
             (2, 1, True, "\\u{200E}[17.9.2019, 16:37:59] [withheld]yes\\x0aand no"),
             (3, 2, False, hidden)])
        dry("--show", "sender:Jane", code=2)
        text = self.with_pass("disclose", item, "--show", "3", "--dry-run").out
        self.assertIn("'00000012-AUDIO.opus' is not in the bundle", text)
        self.assertIn("opus> listen", text)
        self.assertIn("1-2  [withheld]", text)
        self.assertNotIn("Did you know", text)

        out = self.path("x.ewb")
        self.with_pass("disclose", item, "--hide", "sender:Ann", "-o", out)
        said, = self.verify(out)
        self.assertEqual(said["verdict"], "verified")
        with open(out, "rb") as f:
            raw = f.read()
        for gone in (b"Ann:", b"know", b"AUDIO", b"Exported"):
            self.assertNotIn(gone, raw)
        for there in (b"Jane: yes\nand no\n", b"Ann left"):
            self.assertIn(there, raw)

        # That it was disclosed is on the log, and can go along next time.
        self.with_pass("log", "checkpoint")
        self.with_pass("disclose", item, "--show", "1", "--with-custody", "-o", out)
        said, = self.verify(out)
        self.assertEqual([e["kind"] for e in said["events"]], ["ingest", "disclosure"])
        # What was said about it always does, once the log was signed.
        self.with_pass("repudiate", item)
        said, = self.json_with_pass("disclose", item, "--show", "1", "-o", out)
        self.assertEqual((said["events"], said["events_left_out"]), (0, 1))
        self.with_pass("log", "checkpoint")
        self.with_pass("disclose", item, "--show", "1", "-o", out)
        said, = self.verify(out)
        self.assertEqual([e["kind"] for e in said["events"]], ["repudiation"])

    def test_texts_and_real_chats(self):
        text, = self.json_with_pass("seal", self.write("t.txt", TEXT))
        said = self.with_pass("disclose", text["item"], "--hide", "3", "--dry-run").out
        self.assertIn("1  First.", said)
        self.assertIn("2  Second \\u{202E}gnirts.", said)
        self.assertIn("3  [withheld]", said)
        self.assertNotIn("Third", said)
        if not os.path.isdir(CHATS):
            self.skipTest("no vectors")
        # Every sender of every fixture: what is shown and what is hidden make up the whole.
        *chats, _ = self.json_with_pass("seal", CHATS)
        self.assertEqual({c["splitter"] for c in chats}, {"chat-v1"})
        for chat in chats[:2]:
            shown, = self.json_with_pass("disclose", chat["item"], "--show", "1-end",
                                         "--dry-run")
            senders = {p["text"].split("] ", 1)[-1].split(": ")[0] for p in shown["preview"]
                       if p["kind"] == "unit" and p["text"].startswith("[") and
                       ": " in p["text"].split("] ", 1)[-1]}
            sender = sorted(senders)[0] if senders else None
            if sender is None:
                continue
            a, = self.json_with_pass("disclose", chat["item"], "--show", 'sender:"%s"' % sender,
                                     "--dry-run")
            b, = self.json_with_pass("disclose", chat["item"], "--hide", 'sender:"%s"' % sender,
                                     "--dry-run")
            self.assertEqual(a["shown"] + b["shown"], shown["shown"])
            self.assertGreater(a["shown"], 0)


if __name__ == "__main__":
    main()
