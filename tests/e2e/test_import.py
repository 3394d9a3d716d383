#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""import and what follows from it: originals kept byte for byte, records with places in them, known
gaps, suggestions that become positions when somebody accepts them."""
import hashlib
import json
import os
import signal
import sqlite3
import time
import zipfile

from harness import Case, main

REPORT = """<!DOCTYPE html><html lang="en"><head><title>Call is a fake, says ministry</title>
<meta property="og:site_name" content="Harbour Post">
<meta property="article:published_time" content="2026-10-12T09:30:00+07:00"></head><body><article>
<h1>Call is a fake, says ministry</h1>
<p>KAMPOR, Oct 12 (HP) - The ministry's spokesman denied on Monday that the leaked call was real.</p>
<p>&#8220;The recording is a fabrication,&#8221; Vannak Lim told reporters at a press conference in the capital.</p>
<p>The opposition asked for an investigation by independent experts within the month.</p>
</article></body></html>
"""

CHAT = {
    "name": "សុខា", "type": "personal_chat", "id": 77,
    "messages": [
        {"id": 1, "type": "message", "date": "2026-10-01T08:00:00", "date_unixtime": "1790812800",
         "from": "សុខា", "from_id": "user1", "text": "សូមស្តាប់"},
        {"id": 2, "type": "message", "date": "2026-10-01T08:01:00", "date_unixtime": "1790812860",
         "from": "Dara", "from_id": "user2", "file": "voice_messages/a.ogg",
         "media_type": "voice_message", "text": ""},
        {"id": 3, "type": "message", "date": "2026-10-01T08:02:00", "date_unixtime": "1790812920",
         "from": "Dara", "from_id": "user2",
         "file": "(File not included. Change data exporting settings to download.)", "text": ""},
    ],
}


class Import(Case):
    def setUp(self):
        super().setUp()
        self.case = self.path("case")
        self.env["EARWITNESS_CASE"] = self.case
        self.run_ew("case", "new", self.case, "--title", "The call")

    def write(self, name, content):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(content if isinstance(content, bytes) else content.encode())
        return path

    def rows(self, sql):
        db = sqlite3.connect("file:%s/case.db?mode=ro" % self.case, uri=True)
        try:
            return db.execute(sql).fetchall()
        finally:
            db.close()

    def original(self, sha):
        with open(os.path.join(self.case, "originals", sha[:2], sha), "rb") as f:
            return f.read()

    def chat_folder(self):
        self.write("export/a first file.bin", b"nothing")
        self.write("export/voice_messages/a.ogg", b"OggS not really")
        self.write("export/result.json", json.dumps(CHAT, ensure_ascii=False))
        return self.path("export")

    def check_places(self):
        """Every message stands where the case says, in an original that is what it was."""
        for text, sha, at, size in self.rows(
                "SELECT m.text, lower(hex(i.sha256)), m.at, m.bytes FROM message m "
                "JOIN item i ON i.id=m.source"):
            there = self.original(sha)[at:at + size].decode()
            self.assertEqual(json.loads(there)["text"], text)

    def test_a_folder(self):
        done = self.run_jsonl("import", self.chat_folder(), "--no-analyses", "--from", "a source",
                              "--purpose", "check")
        self.assertEqual([d["kind"] for d in done[:-1]], ["missing"])
        self.assertIn("not included", done[0]["text"])
        told = done[-1]
        self.assertEqual((told["format"], told["chats"], told["messages"], told["attachments"],
                          told["gaps"], told["originals"]), ("telegram-json", 1, 3, 2, 1, 3))
        self.check_places()
        with open(self.path("export/result.json"), "rb") as f:
            whole = f.read()
        self.assertEqual(self.original(hashlib.sha256(whole).hexdigest()), whole)
        # The voice message is an item of its own, which its attachment names.
        self.assertEqual(self.rows("SELECT name FROM item WHERE id=%d" % told["item"]),
                         [("result.json",)])
        self.assertEqual(self.rows("SELECT i.name FROM chat c JOIN item i ON i.id=c.item"),
                         [("result.json",)])
        self.assertEqual(self.rows("SELECT i.name, i.kind, i.giver FROM attachment a "
                                   "JOIN item i ON i.id=a.item"),
                         [("voice_messages/a.ogg", "recording", "a source")])
        (kind, purpose, detail), = self.rows("SELECT kind, purpose, detail FROM event "
                                             "WHERE kind='import'")
        self.assertEqual((kind, purpose), ("import", "check"))
        self.assertEqual(json.loads(detail)["messages"], 3)

    def test_a_zip(self):
        folder = self.chat_folder()
        path = self.path("export.zip")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
            for name in ("result.json", "voice_messages/a.ogg"):
                z.write(os.path.join(folder, name), name)
        told = self.run_jsonl("import", "--no-analyses", path)[-1]
        self.assertEqual((told["messages"], told["originals"]), (3, 3))
        self.check_places()
        names = dict(self.rows("SELECT name, parent FROM item"))
        whole = self.rows("SELECT id FROM item WHERE name='export.zip'")[0][0]
        self.assertEqual(names, {"export.zip": 0, "result.json": whole,
                                 "voice_messages/a.ogg": whole})
        self.run_ew("case", "verify")

    def test_a_zip_that_breaks_off(self):
        path = self.path("export.zip")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
            z.writestr("result.json", json.dumps(CHAT))
            z.writestr("voice_messages/a.ogg", b"OggS" + os.urandom(5000))
        with open(path, "rb") as f:
            data = f.read()[:3000]
        self.write("export.zip", data)
        for options in (("--dry-run",), ("--no-analyses",)):
            told = self.run_jsonl("import", path, *options)
            self.assertTrue([t for t in told if t.get("kind") == "missing" and
                             "breaks off" in t["text"] and "result.json" in t["text"]], told)
            self.assertEqual(told[-1]["messages"], 3)
        self.assertEqual(told[-1]["originals"], 2)  # the ZIP, as it came, and the chat
        self.assertEqual(self.original(hashlib.sha256(data).hexdigest()), data)
        self.check_places()
        self.run_ew("case", "verify")
        self.write("export.zip", data[:100])
        self.assertIn("have it sent again", self.run_ew("import", path, code=3).err)

    def test_a_zip_with_one_damaged_photograph(self):
        path = self.path("export.zip")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as z:
            z.writestr("photo.jpg", b"\xff\xd8" + b"pixels" * 50)
            z.writestr("result.json", json.dumps(CHAT))
        with open(path, "rb") as f:
            data = f.read().replace(b"pixelspixels", b"pixelspixelX", 1)
        self.write("export.zip", data)
        told = self.run_jsonl("import", path)
        self.assertTrue([t for t in told if "photo.jpg" in t.get("text", "")], told)
        self.assertEqual((told[-1]["messages"], told[-1]["originals"]), (3, 2))
        self.assertEqual(self.original(hashlib.sha256(data).hexdigest()), data)
        self.run_ew("case", "verify")
        # One that cannot be unpacked at all takes nothing along.
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
            z.writestr("a.jpg", b"\xff\xd8" + os.urandom(30) + b"pixels" * 5000)
            z.writestr("result.json", json.dumps(CHAT, indent=1))
        with open(path, "rb") as f:
            data = f.read()
        self.write("export.zip", data[:38] + b"\xff" * 20 + data[58:])
        told = self.run_jsonl("import", path)
        self.assertTrue([t for t in told if "a.jpg" in t.get("text", "")], told)
        self.assertEqual(told[-1]["messages"], 3)

    def test_attachments_are_found_by_their_names(self):
        self.run_ew("import", "--no-analyses", self.chat_folder())
        hit = self.run_jsonl("case", "search", "voice_messages")
        self.assertEqual([(h["kind"], h["who"], h["when"]) for h in hit if h["kind"] != "item"],
                         [("attachment", "Dara", "2026-10-01T00:01:00Z")])

    def test_once_only(self):
        folder = self.chat_folder()
        self.run_ew("import", folder)
        done = self.run_ew("import", folder, code=2)
        self.assertIn("was imported already", done.err)
        self.assertEqual(self.rows("SELECT count(*) FROM message"), [(3,)])
        event = self.rows("SELECT id FROM event WHERE kind='import'")[0][0]
        self.run_ew("case", "undo", str(event))
        self.run_ew("import", folder)
        self.run_ew("case", "verify")

    def test_unknown_and_empty(self):
        os.mkdir(self.path("empty"))
        self.run_ew("import", self.path("empty"))
        done = self.run_ew("import", self.write("x.bin", os.urandom(100)), code=3)
        self.assertIn("--format", done.err)
        self.run_ew("import", self.path("nowhere"), code=3)
        self.run_ew("import", self.write("y.txt", "x"), "--format", "nonsense", code=2)
        self.assertEqual(self.rows("SELECT count(*) FROM item"), [(0,)])

    def test_recordings_that_come_with_a_chat_are_examined(self):
        folder = self.chat_folder()
        self.speech("export/voice_messages/a.ogg", seconds=4)
        told = self.run_jsonl("import", folder)
        self.assertEqual([t["tool"] for t in told if t["schema"] == "earwitness.case-analysis/1"
                          or "tool" in t], ["inspect"])
        item = self.rows("SELECT id FROM item WHERE name LIKE '%a.ogg'")[0][0]
        # Its custody begins with the import; an analysis that was left out can be made up for.
        self.assertEqual([e["kind"] for e in self.run_jsonl("case", "events", str(item))],
                         ["import", "analysis"])
        other = self.path("other")
        self.run_ew("case", "new", other)
        self.run_ew("import", "--no-analyses", "--case", other, folder)
        self.run_ew("case", "rerun", "--case", other, str(item))
        self.assertEqual(len(self.run_jsonl("case", "events", "--case", other, str(item))), 2)

    def test_dry_run_needs_no_case(self):
        told = self.run_jsonl("import", "--dry-run", self.chat_folder(),
                              env={"EARWITNESS_CASE": self.path("none")})[-1]
        self.assertEqual((told["messages"], told["originals"]), (3, 0))
        self.assertNotIn("event", told)

    def test_places_do_not_depend_on_the_folder_order(self):
        for name in ("b.html", "a.html", "c.html"):
            self.write("reports/" + name, REPORT.replace("Monday", name))
        told = self.run_jsonl("import", self.path("reports"))
        self.assertEqual([os.path.basename(t["path"]) for t in told], ["a.html", "b.html", "c.html"])

    def test_a_quotation_becomes_a_position(self):
        clip = self.speech("call.wav", seconds=3)
        self.run_ew("case", "add", clip, "--called", "the recording", "--no-analyses")
        item = self.rows("SELECT id FROM item")[0][0]
        self.run_ew("import", self.write("report.html", REPORT))
        quotes = self.run_jsonl("case", "quotes")
        said = [q for q in quotes if q["kind"] == "direct"]
        self.assertEqual([(q["speaker"], q["words"], q["stance"]) for q in said],
                         [("Vannak Lim", "The recording is a fabrication,", "says-fabricated")])
        self.assertEqual(self.rows("SELECT count(*) FROM position"), [(0,)])
        self.assertIn("Vannak Lim", self.run_ew("case", "quotes").out)
        done = self.run_json("case", "accept", str(said[0]["suggestion"]), "--channel",
                             "press conference", "--item", str(item))
        (about, stance, date, words, report, at, size), = self.rows(
            "SELECT item, stance, date, words, report, at, bytes FROM position")
        self.assertEqual((about, stance, words), (item, "says-fabricated",
                                                  "The recording is a fabrication,"))
        self.assertEqual(date, "2026-10-12")
        sha, = self.rows("SELECT lower(hex(sha256)) FROM item WHERE id=%d" % report)[0]
        self.assertIn(b"fabrication", self.original(sha)[at:at + size])
        # Twice is refused; taken back it can be decided again.
        number = str(said[0]["suggestion"])
        self.assertIn("accepted already", self.run_ew("case", "accept", number, code=2).err)
        self.assertEqual(done["position"], 1)
        event = self.rows("SELECT max(id) FROM event")[0][0]
        self.run_ew("case", "undo", str(event))
        self.run_ew("case", "refuse", number)
        self.assertEqual([q["verdict"] for q in self.run_jsonl("case", "quotes", "--all")
                          if str(q["suggestion"]) == number], ["refused"])
        self.run_ew("case", "verify")

    def test_words_are_of_the_day_that_the_report_says(self):
        """Not of the moment at which the report appeared: else the order of two reports turns round."""
        clip = self.speech("call.wav", seconds=3)
        self.run_ew("case", "add", clip, "--called", "the recording", "--no-analyses")
        for name, day, hour, words in (
                ("a.html", "2026-10-14", "02:00", "“The recording is genuine,” Sok Dara said on Wednesday."),
                ("b.html", "2026-10-16", "09:00", "“The recording is fabricated,” Sok Dara said on Monday."),
                ("c.html", "2026-10-17", "09:00", "“The recording is genuine,” Sok Dara said. It was "
                                                  "shown on Monday and Tuesday.")):
            page = REPORT.replace("2026-10-12T09:30:00+07:00", "%sT%s:00+07:00" % (day, hour))
            start, end = page.index("<p>&#8220;"), page.index("<p>The opposition")
            self.run_ew("import", self.write(name, page[:start] + "<p>%s</p>\n" % words + page[end:]))
        quotes = [q for q in self.run_jsonl("case", "quotes") if q["kind"] == "direct"]
        self.assertEqual([q["said"] for q in quotes], ["2026-10-14", "2026-10-12", "2026-10-17"])
        self.run_ew("case", "person", "The clerk")
        self.run_ew("case", "alias", "The clerk", "Sok Dara")
        self.run_ew("case", "accept", *[str(q["suggestion"]) for q in quotes])
        # Whoever is quoted under another name is that person.
        self.assertEqual(self.rows("SELECT name FROM person"), [("The clerk",)])
        out = self.run_ew("case", "timeline", "--today", "2026-10-20").out
        self.assertIn("2026-10-12 says-fabricated → 2026-10-14 confirms", out)
        self.assertNotIn("confirms → ", out)

    def test_what_is_not_certain_has_to_be_said(self):
        self.run_ew("import", self.write("report.html", REPORT))
        quotes = self.run_jsonl("case", "quotes")
        number = str([q for q in quotes if q["kind"] == "direct"][0]["suggestion"])
        self.assertIn("--item", self.run_ew("case", "accept", number, code=2).err)
        self.run_ew("case", "accept", "99", "--item", "1", code=3)
        self.assertEqual(self.rows("SELECT count(*) FROM position"), [(0,)])

    def test_killed_while_importing(self):
        """All of an import or nothing, whenever it is killed."""
        messages = [dict(CHAT["messages"][0], id=i, text="word %d" % i) for i in range(40000)]
        big = self.write("big/result.json", json.dumps(dict(CHAT, messages=messages)))
        for wait in (0.02, 0.05, 0.1, 0.2, 0.4):
            process = self.start_ew("import", os.path.dirname(big))
            time.sleep(wait)
            self.kill_group(process, signal.SIGKILL)
            process.wait()
            self.run_ew("case", "verify")
            count = self.rows("SELECT count(*) FROM message")[0][0]
            self.assertIn(count, (0, 40000))
            if count:
                break
        else:
            self.run_ew("import", os.path.dirname(big))
        self.assertEqual(self.rows("SELECT count(*) FROM message"), [(40000,)])

    def test_a_file_that_shrinks_while_it_is_read(self):
        """What is read is the copy that is kept."""
        big = self.write("big/chat.txt", "".join(
            "[01/02/2026, 10:00:%02d] A: word %d\n" % (i % 60, i) for i in range(200000)))
        process = self.start_ew("import", big)
        time.sleep(0.6)
        with open(big, "r+b") as f:
            f.truncate(1000)
        self.assertIn(process.wait(timeout=60), (0, 3))
        self.run_ew("case", "verify")

    def test_one_of_many_that_may_not_be_read(self):
        folder = self.chat_folder()
        secret = self.write("export/notes.md", "# Notes")
        os.chmod(secret, 0)
        self.write("export/page.html", REPORT)
        told = self.run_jsonl("import", "--no-analyses", folder)
        if os.geteuid() != 0:  # root may read everything
            self.assertTrue([t for t in told if "notes.md cannot be read" in t.get("text", "")])
        self.assertTrue([t for t in told if "notes.md and 1 other file were not" in
                         t.get("text", "") and "import them alone" in t["text"]], told)
        self.assertEqual(told[-1]["messages"], 3)

    def test_what_fails_leaves_nothing(self):
        self.write("bad/result.json", '{"name": "x", "messages": 7')
        self.run_ew("import", self.path("bad"), "--format", "telegram-json", code=3)
        self.assertEqual(self.rows("SELECT count(*) FROM item"), [(0,)])
        kept = sum(len(files) for _, _, files in os.walk(os.path.join(self.case, "originals")))
        self.assertEqual(kept, 0)

    def test_interrupted(self):
        big = self.write("big/chat.txt", "".join(
            "[01/02/2026, 10:00:%02d] A: word %d\n" % (i % 60, i) for i in range(400000)))
        process = self.start_ew("import", os.path.dirname(big))
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=30), 130)
        self.assertEqual(self.rows("SELECT count(*) FROM message"), [(0,)])
        self.run_ew("case", "verify")

    def test_a_full_disk(self):
        big = self.write("big/chat.txt", "".join(
            "[01/02/2026, 10:00:%02d] A: word %d\n" % (i % 60, i) for i in range(40000)))
        for limit in (64 * 1024, 3 << 20):  # below the original; below the database
            done = self.run_limited(limit, "import", os.path.dirname(big))
            self.assertEqual(done.code, 3, done.err)
            self.assertEqual(len(done.err.splitlines()), 1, done.err)
            self.assertEqual(self.rows("SELECT count(*) FROM message"), [(0,)])
            self.run_ew("case", "verify")
        self.run_ew("import", os.path.dirname(big))

    def run_limited(self, bytes_, *args):
        """The program may write files of so many bytes at most."""
        script = "ulimit -f %d; exec \"$@\"" % (bytes_ // 1024)
        program = self.program
        self.program = "/bin/bash"
        try:
            return self.run_ew("-c", script, "bash", program, *args, code=None)
        finally:
            self.program = program


if __name__ == "__main__":
    main()
