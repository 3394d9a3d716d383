#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""case: items and custody. What is added stays as it was, what analyses say is attached and can be repeated,
everything that changes something is an event, and faults lose nothing that was told."""
import fcntl
import hashlib
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import time
import unicodedata

from harness import Case, main, slow_factor


def columns(line):
    """Columns of a terminal that a line without controls takes."""
    wide = 0
    for c in line:
        if unicodedata.category(c) in ("Mn", "Me"):
            continue
        wide += 2 if unicodedata.east_asian_width(c) in "WF" else 1
    return wide


class CaseFolder(Case):
    def setUp(self):
        super().setUp()
        self.folder = self.path("matter")
        self.env["EARWITNESS_WHO"] = "Ann"
        self.run_ew("case", "new", self.folder, "--title", "A leaked call")
        self.env["EARWITNESS_CASE"] = self.folder

    def write(self, name, data):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(data if isinstance(data, bytes) else data.encode())
        return path

    def add(self, *args, **options):
        return self.run_jsonl("case", "add", *args, **options)

    def show(self, *args):
        return self.run_json("case", "show", *args)

    def events(self, *args, code=0):
        return self.run_jsonl("case", "events", *args, code=code)

    def whole(self, folder=None):
        """The case is what it was, also by SQLite's own program."""
        where = folder or self.folder
        answer = self.run_json("case", "verify", "--case", where)
        self.assertTrue(answer["whole"], answer)
        db = sqlite3.connect(os.path.join(where, "case.db"))
        self.assertEqual(db.execute("PRAGMA integrity_check").fetchone()[0], "ok")
        db.close()
        return answer

    def originals(self, folder=None):
        found = {}
        for root, _, names in os.walk(os.path.join(folder or self.folder, "originals")):
            for name in names:
                found[name] = os.path.join(root, name)
        return found


class Items(CaseFolder):
    def test_recordings_are_examined_and_can_be_again(self):
        speech = self.speech("speech.wav", seed=5, seconds=20)
        copy = self.encode(speech, "copy.mp3", "-b:a", "32k")
        clip = self.encode(copy, "ក្រុង 会議.opus", "-ss", "3", "-t", "12", "-b:a", "24k")
        other = self.speech("other.wav", seed=6, seconds=12)
        self.run_ew("add", speech)
        told = self.add(speech, copy, clip, other, "--origin", "a USB stick", "--from", "a source",
                        "--obtained", "by hand", "--called", "the recording", "--called",
                        "the audio clip", "--purpose", "the story")
        items = [t for t in told if t["schema"] == "earwitness.case-add/1"]
        self.assertEqual([i["item"] for i in items], [1, 2, 3, 4])
        self.assertEqual({i["kind"] for i in items}, {"recording"})
        made = [t for t in told if t["schema"] == "earwitness.case-analysis/1"]
        tools = [t["tool"] for t in made]
        self.assertEqual(tools.count("inspect"), 4)
        self.assertEqual(tools.count("check"), 4)
        self.assertEqual(tools.count("family"), 1)
        self.assertEqual({t["result"] for t in made}, {"new"})
        self.assertEqual({(t["item"], t["other"]) for t in made if t["tool"] == "diff"},
                         {(1, 2), (1, 3), (2, 3)})
        # Originals are what was added, under their hash, and nobody's to write.
        kept = self.originals()
        for path, item in zip((speech, copy, clip, other), items):
            with open(path, "rb") as data:
                content = data.read()
            self.assertEqual(hashlib.sha256(content).hexdigest(), item["sha256"])
            with open(kept[item["sha256"]], "rb") as data:
                self.assertEqual(data.read(), content)
            self.assertEqual(os.stat(kept[item["sha256"]]).st_mode & 0o777, 0o400)
        # What is attached is what the commands print, under the item's name.
        item = self.show("2")
        self.assertEqual(item["origin"], "a USB stick")
        self.assertEqual(item["called"], ["the recording", "the audio clip"])
        by_tool = {a["tool"]: a for a in item["analyses"]}
        self.assertEqual(by_tool["inspect"]["result"]["file"]["name"], "copy.mp3")
        self.assertEqual(by_tool["inspect"]["result"], self.run_json("inspect", copy, code=None))
        self.assertEqual(by_tool["check"]["result"], self.run_json("check", copy))
        self.assertEqual(by_tool["check"]["settings"]["archive"]["recordings"], 1)
        self.assertEqual(by_tool["family"]["result"]["parents"]["copy.mp3"], "speech.wav")
        self.assertRegex(by_tool["family"]["text"], "^made from speech.wav")
        # Again: the same; with another archive the answer differs, and says where.
        again = self.run_jsonl("case", "rerun", "2")
        self.assertEqual({t["result"] for t in again}, {"same"})
        self.run_ew("add", other)
        again = self.run_jsonl("case", "rerun", "4", code=1)
        differs = {t["tool"]: t for t in again if t["result"] == "differs"}
        self.assertEqual(set(differs), {"check"})
        self.assertIn("explained", differs["check"]["differs"])
        detail = self.events("4")[-1]["detail"]
        one = [e["detail"] for e in self.events("4") if e["detail"].get("same") is False]
        self.assertEqual(one[0]["other_settings"], True)
        self.assertIn("tool", detail)
        self.assertEqual(self.run_jsonl("case", "rerun", "a1")[0]["repeats"], 1)
        self.run_ew("case", "rerun", "a999", code=3)
        self.one_screen("ក្រុង 会議.opus")
        self.whole()

    def one_screen(self, name):
        master, slave = self.open_terminal()
        env = dict(self.env, TERM="xterm", COLUMNS="80")
        shown = subprocess.Popen([self.program, "case", "show"], env=env, stdout=slave,
                                 stderr=slave, stdin=subprocess.DEVNULL)
        os.close(slave)
        text = b""
        while True:
            try:
                piece = os.read(master, 65536)
            except OSError:
                break
            if not piece:
                break
            text += piece
        self.assertEqual(shown.wait(), 0)
        os.close(master)
        plain = re.sub("\x1b\\[[0-9;]*m", "", text.decode()).replace("\r", "")
        self.assertIn("\x1b[1m", text.decode())
        lines = plain.splitlines()
        self.assertLess(len(lines), 30)
        for line in lines:
            self.assertLessEqual(columns(line), 80, line)
        rows = [line for line in lines if re.match(r"^\d+  recording", line)]
        self.assertEqual(len(rows), 4)
        self.assertTrue(any(name in row for row in rows), rows)
        # The hash stands in one column whatever the script of the name.
        self.assertEqual(len({columns(row) for row in rows}), 1, rows)

    def test_kinds_are_found(self):
        self.write("k/doc.pdf", b"%PDF-1.4\n")
        self.write("k/page.html", "<!doctype html><title>x</title><p>Text of it</p>")
        self.write("k/notes.txt", "some notes")
        self.write("k/picture.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 40)
        self.write("k/chat/result.json", json.dumps(
            {"name": "x", "type": "personal_chat", "id": 1, "messages": []}))
        self.write("k/empty", b"")
        told = self.add(self.path("k"), "--no-analyses", code=3)
        kinds = {t["name"]: t.get("kind", t["result"]) for t in told}
        self.assertEqual(kinds, {"doc.pdf": "document", "page.html": "page",
                                 "notes.txt": "document", "picture.jpg": "image",
                                 "chat/result.json": "chat", "empty": "failed"})
        # What is no sound after all is kept, and told.
        fake = self.write("fake.wav", b"RIFF\x24\0\0\0WAVEfmt nothing of the kind")
        told = self.add(fake)
        self.assertEqual([t["result"] for t in told], ["added", "failed"])
        self.assertEqual(self.add(self.write("x.bin", "xx"), "--kind", "article")[0]["kind"],
                         "article")
        self.run_ew("case", "add", fake, "--kind", "thing", code=2)

    def test_what_is_there_already_and_trials(self):
        path = self.write("a.txt", "one")
        trial = self.add(path, "--dry-run")
        self.assertEqual((trial[0]["result"], trial[0]["dry_run"]), ("added", True))
        self.assertEqual(self.show()["items"], [])
        self.add(path, "--origin", "mail")
        again = self.add(self.write("b.txt", "one"), "--origin", "a drive", "--called", "the note")
        self.assertEqual((again[0]["result"], again[0]["item"]), ("seen", 1))
        seen = self.events("1")[-1]
        self.assertEqual((seen["kind"], seen["detail"]["origin"], seen["detail"]["name"]),
                         ("seen", "a drive", "b.txt"))
        self.assertEqual(seen["before"], seen["after"])
        self.assertEqual(self.show("1")["origin"], "mail")
        self.assertEqual(self.show("1")["called"], ["the note"])
        self.assertEqual(self.add("-", stdin=b"from a pipe")[0]["name"], "stdin")
        child = self.add(self.write("c.txt", "two"), "--parent", "1")[0]["item"]
        self.assertEqual(self.show("1")["came_out_of_it"][0]["item"], child)
        self.run_ew("case", "add", path, "--parent", "99", code=3)

    def test_a_thousand_small_files(self):
        for i in range(1000):
            self.write("many/%03d/%d.txt" % (i % 10, i), "file %d" % i)
        began = time.monotonic()
        told = self.add(self.path("many"), "--no-analyses")
        self.assertLess(time.monotonic() - began, 15 * slow_factor())
        self.assertEqual([t["result"] for t in told], ["added"] * 1000)
        self.assertEqual(self.whole()["events"], 1000)
        self.assertIn("and 984 more", self.run_ew("case", "show").out)


class Custody(CaseFolder):
    def test_undo_and_what_comes_back(self):
        path = self.write("a.txt", "one")
        self.add(path, "--origin", "mail")
        self.run_ew("case", "correct", "1", "--origin", "a letter", "--purpose", "misread")
        self.assertEqual(self.show("1")["origin"], "a letter")
        refused = self.run_ew("case", "undo", "1", code=2)
        self.assertIn("2 (correct)", refused.err)
        undone = self.run_jsonl("case", "undo", "2", "--purpose", "it was mail")
        self.assertEqual(undone, [{"schema": "earwitness.case-undo/1", "undone": 2, "event": 3}])
        self.assertEqual(self.show("1")["origin"], "mail")
        self.run_ew("case", "undo", "2", code=2)
        self.run_ew("case", "undo", "3")
        self.assertEqual(self.show("1")["origin"], "a letter")
        self.run_ew("case", "undo", "1", "--all")
        self.assertTrue(self.show("1")["undone"])
        self.assertEqual(self.run_ew("case", "show").out.splitlines()[2][:24],
                         "0 items (1 taken back), ")
        # What stands on something that is gone cannot come back alone.
        self.assertIn("stands on event 1", self.run_ew("case", "undo", "5", code=2).err)
        # Added again, it is the same item, with what is said of it now.
        back = self.add(path, "--origin", "the archive")
        self.assertEqual((back[0]["result"], back[0]["item"]), ("back", 1))
        self.assertEqual(self.show("1")["origin"], "the archive")
        self.assertFalse(self.show("1")["undone"])
        self.run_ew("case", "undo", back[0]["event"])
        self.assertTrue(self.show("1")["undone"])
        self.assertEqual(self.add(path)[0]["result"], "back")
        kinds = [(e["kind"], e["undone"]) for e in self.events()]
        self.assertEqual(kinds[:3], [("ingest", True), ("correct", True), ("undo", True)])
        self.whole()
        self.run_ew("case", "undo", "999", code=3)
        self.run_ew("case", "undo", "first", code=2)

    def test_analyses_go_with_their_recording(self):
        self.add(self.speech("a.wav", seconds=6))
        undone = self.run_jsonl("case", "undo", "1")
        self.assertEqual([u["undone"] for u in undone], [1, 2])
        back = self.add(self.path("a.wav"))
        self.assertEqual([t["result"] for t in back], ["back", "new"])
        self.assertEqual(len(self.show("1")["analyses"]), 1)

    def test_handing_on_and_copying_out(self):
        path = self.write("a.txt", "one")
        self.add(path)
        self.run_ew("case", "hand", "1", "--to", "the lab", "--purpose", "a test")
        self.run_ew("case", "get", "a.txt", "-o", "out.txt", "--who", "Bob")
        with open(self.path("out.txt"), "rb") as out:
            self.assertEqual(out.read(), b"one")
        self.assertEqual(os.stat(self.path("out.txt")).st_mode & 0o777, 0o600)
        self.run_ew("case", "export", "-o", "bag")
        self.assertEqual(os.stat(self.path("bag")).st_mode & 0o777, 0o700)
        hand, copy = [e for e in self.events("1") if e["kind"] in ("hand-over", "copy")]
        self.assertEqual((hand["kind"], hand["detail"], hand["purpose"], hand["who"]),
                         ("hand-over", {"to": "the lab"}, "a test", "Ann"))
        self.assertEqual((copy["kind"], copy["who"]), ("copy", "Bob"))
        self.assertEqual(copy["before"], hashlib.sha256(b"one").hexdigest())
        self.assertIn("to the lab; a test", self.run_ew("case", "events").out)
        self.run_ew("case", "get", "1", "-o", "out.txt", code=2)
        self.run_ew("case", "get", "1", code=2)
        self.assertIn("says what happened",
                      self.run_ew("case", "undo", copy["event"], code=2).err)
        self.run_ew("case", "undo", hand["event"])

    def test_a_changed_original_is_told(self):
        self.add(self.write("a.txt", "one"), self.write("b.txt", "two"))
        self.assertIn("no event is sealed", self.run_ew("case", "verify").out)
        first = self.originals()[hashlib.sha256(b"one").hexdigest()]
        os.chmod(first, 0o600)
        with open(first, "wb") as out:
            out.write(b"One")
        broken = self.run_ew("case", "verify", code=4)
        self.assertIn("the original of item 1 was changed", broken.out)
        count = len(self.events())
        self.assertIn("not what was put in",
                      self.run_ew("case", "hand", "1", "--to", "x", code=3).err)
        self.run_ew("case", "get", "1", "-o", "x", code=3)
        for report in ("1", "1:0+3"):
            self.run_ew("case", "position", "1", "--person", "A", "--stance", "denies", "--date",
                        "2026", "--words", "one", "--report", report, code=3)
        self.assertFalse(os.path.exists(self.path("x")))
        self.assertEqual(len(self.events()), count)
        os.remove(self.originals()[hashlib.sha256(b"two").hexdigest()])
        answer = self.run_json("case", "verify", code=4)
        self.assertEqual(len(answer["problems"]), 2)
        # What nobody can read to its end is not waited for.
        os.remove(first)
        os.mkfifo(first)
        self.run_ew("case", "verify", code=4)
        self.run_ew("case", "hand", "1", "--to", "x", code=3)
        self.run_ew("case", "get", "1", "-o", "x", code=3)
        self.run_ew("case", "export", "-o", "x", code=3)
        lint = self.run_ew("case", "lint", code=None)
        self.assertIn("cannot be read", lint.out + lint.err)
        # Adding the same content must not take the changed file for it.
        self.assertEqual(self.add(self.path("a.txt"), code=3)[0]["result"], "failed")

    def test_where_cases_are(self):
        self.env.pop("EARWITNESS_CASE")
        second = self.path("second")
        self.run_ew("case", "new", second)
        listed = self.run_jsonl("case", "list")
        self.assertEqual([c["folder"] for c in listed], [second, self.folder])
        self.run_ew("case", "open", self.folder)
        self.assertEqual(self.show()["title"], "A leaked call")
        self.assertEqual(self.run_json("case", "show", cwd=second)["title"], "second")
        shutil.rmtree(second)
        self.assertIn("(missing)", self.run_ew("case", "list").out)
        self.assertEqual(self.run_jsonl("case", "list")[1]["error"]["code"], "notfound")
        self.run_ew("case", "close", second)
        self.run_ew("case", "close")
        self.run_ew("case", "list", code=1)
        self.run_ew("case", "show", code=10)
        self.run_ew("case", "open", self.path("nowhere"), code=10)
        self.run_ew("case", "new", self.folder, code=2)

    def test_recipients_from_the_beginning(self):
        key = self.run_ew("vault", "identity", "-o", self.path("key.txt"), code=None)
        found = re.search("age1[0-9a-z]+", key.out + key.err)
        if found is None and os.path.exists(self.path("key.txt")):
            with open(self.path("key.txt")) as f:
                found = re.search("age1[0-9a-z]+", f.read())
        self.assertIsNotNone(found, key)
        folder = self.path("third")
        self.run_ew("case", "new", folder, "--recipient", found.group(0))
        self.assertIn(found.group(0), self.run_ew("case", "recipient", "--case", folder).out)
        self.run_ew("case", "new", self.path("fourth"), "--recipient", "age1no", code=2)


class Faults(CaseFolder):
    def test_two_programs(self):
        path = self.write("a.txt", "one")
        lock = os.open(self.folder, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
        busy = self.run_ew("case", "add", path, "--wait", "0", code=11)
        self.assertIn("another program", busy.err)
        self.assertEqual(self.show()["events"], 0)  # readers are not kept out
        waiting = self.start_ew("case", "add", path, "--wait", "60")
        time.sleep(0.5)
        self.assertIsNone(waiting.poll())
        os.close(lock)
        self.assertEqual(waiting.wait(timeout=30), 0)
        self.assertEqual(self.show()["events"], 1)
        files = [self.write("p%d.txt" % i, "p%d" % i) for i in range(6)]
        many = [self.start_ew("case", "add", f, "--wait", "60") for f in files]
        self.assertEqual([p.wait(timeout=60) for p in many], [0] * 6)
        self.assertEqual(self.whole()["events"], 7)

    def test_killed_at_any_moment(self):
        chance = random.Random(7)
        told = {}
        for i in range(700):
            self.write("in/%d.bin" % i, os.urandom(2000))
        for attempt in range(12):
            with open(self.path("told.%d" % attempt), "wb") as out:
                adding = self.start_ew("case", "add", "--json", "--no-analyses", "--wait", "20",
                                       self.path("in"), stdout=out)
                time.sleep(chance.uniform(0.002, 0.25) * min(slow_factor(), 4))
                self.kill_group(adding)
            with open(self.path("told.%d" % attempt)) as lines:
                for line in lines.read().split("\n")[:-1]:
                    one = json.loads(line)
                    if one["result"] in ("added", "seen"):
                        told[one["sha256"]] = one["item"]
            self.whole()
        self.add(self.path("in"), "--no-analyses")
        items = {i["sha256"]: i["item"] for i in self.show()["items"]}
        self.assertEqual(len(items), 700)
        for sha, item in told.items():
            self.assertEqual(items[sha], item)
        kept = self.originals()
        self.assertEqual(set(kept), set(items))  # nothing half-made is left

    def test_interrupted(self):
        for i in range(3000):
            self.write("in/%d.txt" % i, "file %d" % i)
        with open(self.path("told"), "wb") as out:
            adding = self.start_ew("case", "add", "--json", "--no-analyses", self.path("in"),
                                   stdout=out)
            self.wait_until(lambda: os.path.getsize(self.path("told")) > 0, what="a first batch")
            os.kill(adding.pid, signal.SIGINT)
            self.assertIn(adding.wait(timeout=60), (130, 0))
        with open(self.path("told")) as lines:
            results = [json.loads(line)["result"] for line in lines]
        self.assertEqual(len(results), 3000)
        self.assertEqual(self.whole()["items"], results.count("added"))

    def mounted(self, where, *options):
        done = subprocess.run(["mount", *options, where], stderr=subprocess.DEVNULL)
        if done.returncode != 0:
            self.skipTest("nothing can be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", where])

    def test_a_full_disk(self):
        where = self.path("small")
        os.mkdir(where)
        self.mounted(where, "-t", "tmpfs", "-o", "size=2m", "tmpfs")
        folder = os.path.join(where, "case")
        self.run_ew("case", "new", folder)
        for i in range(300):
            self.write("in/%03d.bin" % i, os.urandom(9000))
        done = self.run_ew("case", "add", "--json", "--no-analyses", "--case", folder,
                           self.path("in"), code=None)
        self.assertNotEqual(done.code, 0)
        self.assertIn("No space left", done.err)
        results = [json.loads(line)["result"] for line in done.out.splitlines()]
        self.assertEqual(len(results), 300)
        self.assertIn("not-tried", results)
        shown = self.run_json("case", "show", "--case", folder)
        self.assertEqual(len(shown["items"]), results.count("added"))
        self.whole(folder)
        self.run_ew("case", "show", "--case", folder)

    def test_a_file_size_limit(self):
        big = self.write("big.bin", os.urandom(3000000))
        done = subprocess.run(
            ["sh", "-c", 'trap "" XFSZ; ulimit -f 2000; exec "$0" case add "$1" --no-analyses',
             self.program, big], env=self.env, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(b"File too large", done.stderr)
        self.assertEqual(self.show()["events"], 0)
        self.whole()

    def test_a_read_only_disk(self):
        path = self.write("a.txt", "one")
        self.add(path)
        self.run_ew("case", "show")
        where = self.path("frozen")
        os.mkdir(where)
        self.mounted(where, "--bind", self.folder)
        subprocess.run(["mount", "-o", "remount,ro,bind", where], check=True)
        env = {"EARWITNESS_CASE": where}
        self.assertEqual(len(self.run_json("case", "show", env=env)["items"]), 1)
        self.run_ew("case", "show", "1", env=env)
        self.run_ew("case", "events", env=env)
        self.run_ew("case", "verify", env=env)
        self.run_ew("case", "search", "one", env=env, code=None)
        done = self.run_ew("case", "add", path, env=env, code=3)
        self.assertEqual(len(done.err.splitlines()), 1)
        self.assertIn("Read-only file system", done.err)

    def test_a_clock_that_goes_back(self):
        faketime = shutil.which("faketime")
        if faketime is None:
            self.skipTest("faketime is not installed")
        if slow_factor() > 1:
            self.skipTest("faketime and sanitizers do not go together")
        self.add(self.write("a.txt", "one"))
        done = subprocess.run([faketime, "2001-01-01 00:00:00", self.program, "case", "add",
                               self.write("b.txt", "two"), "--no-analyses"], env=self.env,
                              stdout=subprocess.DEVNULL, timeout=60)
        self.assertEqual(done.returncode, 0)
        first, second = self.events()
        self.assertGreaterEqual(second["time"], first["time"])
        self.assertEqual(second["detail"]["clock"], "set back")
        self.whole()

    def test_databases_from_elsewhere(self):
        base = os.path.join(self.folder, "case.db")
        self.add(self.write("a.txt", "one"))
        db = sqlite3.connect(base)
        db.execute("PRAGMA journal_mode=DELETE")
        db.close()
        changes = (
            "CREATE TRIGGER t AFTER INSERT ON event BEGIN SELECT 1; END",
            "CREATE VIEW v AS SELECT * FROM item",
            "DROP TRIGGER item_kept",
            "CREATE TABLE more(x)",
            "PRAGMA application_id=1",
        )
        for change in changes:
            folder = self.path("foreign")
            shutil.copytree(self.folder, folder)
            db = sqlite3.connect(os.path.join(folder, "case.db"))
            db.execute(change)
            db.commit()
            db.close()
            for command in (("show",), ("verify",), ("add", self.path("a.txt"))):
                done = self.run_ew("case", *command, "--case", folder, code=None)
                self.assertIn(done.code, (3, 4), (change, done))
                self.assertIn("not a case file", done.err, change)
            shutil.rmtree(folder)
        for content in (b"", b"SQLite format 3\0" + b"\xff" * 5000, os.urandom(9000)):
            folder = self.path("foreign")
            os.makedirs(folder)
            self.write("foreign/case.db", content)
            for command in (("show",), ("add", self.path("a.txt"))):
                self.run_ew("case", *command, "--case", folder, code=3)
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
