# SPDX-License-Identifier: Apache-2.0
"""earwitness serve, bundles: what is looked at is what is written and what a reader sees; nothing hidden leaves, and
the passphrase stays nowhere."""
import json
import os
import random
import re
import threading
import time
import zipfile

from harness import Case, main, slow_factor
from test_serve import Server

WORDS = "seven plain words of one long passphrase"
HOSTILE = '<img src=x onerror="hacked=1">\u202e"; rm -rf'
NAMES = ["Ann", "Doe, \"Jane\"", "Sokha " + HOSTILE.replace("\u202e", "")]


def chat(messages):
    """(text of an export, what each message says)"""
    said = ["secret%dword %s" % (i, HOSTILE if i % 7 == 0 else "plain") for i in range(messages)]
    lines = ["[%d.9.2019, 16:%02d:%02d] %s: %s" % (1 + i // 200 % 28, i // 60 % 60, i % 60, NAMES[i % 3], t)
             for i, t in enumerate(said)]
    return "\n".join(lines) + "\n", said


class Bundles(Case):
    def desk(self, *files):
        """Seals files; the answer is their items."""
        word = WORDS.encode() + b"\n"
        self.run_ew("key", "new", "desk.example", "--passphrase-fd", "0", stdin=word)
        told = self.run_jsonl("seal", *files, "--note", "a note " + HOSTILE, "--passphrase-fd", "0", stdin=word)
        self.run_ew("log", "checkpoint", "--passphrase-fd", "0", stdin=word)
        with open(self.path("policy"), "wb") as out:
            out.write(self.run_ew("key", "export").raw)
        return [o["item"] for o in told if "item" in o]

    def by_command(self, item, *more):
        return self.run_ew("disclose", item, *more, "--passphrase-fd", "0", stdin=WORDS.encode() + b"\n")

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8", newline="") as out:
            out.write(text)
        return self.path(name)

    def ask(self, s, **what):
        return s.json("POST", "/api/disclose", dict(what, passphrase=WORDS))

    def look(self, s, item, **more):
        return s.json("POST", "/api/looks", dict(more, passphrase=WORDS, item=item))

    def choose(self, s, look, **what):
        return s.json("POST", "/api/looks/%s/choose" % look["look"], what)

    def lines(self, s, look, kind="lines"):
        got = []
        while True:
            some = s.json("GET", "/api/looks/%s/%s?from=%d&count=700" % (look["look"], kind, len(got)))["lines"]
            got += some
            if len(some) < 700:
                return got

    def fetch(self, s, done):
        """What was written, by name."""
        got = {}
        for i, f in enumerate(done["files"]):
            status, headers, body = s.ask("GET", "/api/made/%s/%d" % (done["made"], i))
            self.assertEqual((status, len(body)), (200, f["bytes"]))
            self.assertEqual(headers["content-type"], "application/octet-stream")
            got[f["name"]] = body
        s.json("DELETE", "/api/made/" + done["made"])
        self.assertEqual(s.ask("GET", "/api/made/%s/0" % done["made"])[0], 404)
        return got

    def parts_of(self, bundle):
        """What a bundle holds of the content, and all of its bytes."""
        with open(self.path("x.ewb"), "wb") as out:
            out.write(bundle)
        with zipfile.ZipFile(self.path("x.ewb")) as z:
            return {n: z.read(n) for n in z.namelist() if n.startswith("parts/") or n == "cover.bin"}

    def send(self, s, data, name="x"):
        return json.loads(s.ask("POST", "/api/files?name=" + name, data)[2])["sha256"]

    def verify(self, s, bundle, **more):
        with open(self.path("policy"), encoding="utf-8") as f:
            policy = f.read()
        return s.json("POST", "/api/verify", dict({"bundle": self.send(s, bundle), "policy": policy, "name": "a bundle",
                                                   "shown": True}, **more))

    def shown(self, s, done):
        got = []
        while len(got) < done["shown"]["lines"]:
            got += s.json("GET", "/api/shown/%s/lines?from=%d&count=700" % (done["shown"]["name"], len(got)))["lines"]
        return got

    @staticmethod
    def words_of(lines):
        """What a reader sees, however it is divided into lines."""
        said = "".join(p["text"] for p in lines if p["kind"] != "metadata")
        return re.sub(r"(\[withheld\])+", "[withheld]", re.sub(r"\s", "", said))

    def nowhere(self, folder, *secrets):
        for root, _, names in os.walk(folder):
            for name in names:
                with open(os.path.join(root, name), "rb") as f:
                    data = f.read()
                for secret in secrets:
                    self.assertNotIn(secret.encode(), data, os.path.join(root, name))

    # -- tests -------------------------------------------------------------------------

    def test_a_chat(self):
        text, said = chat(150)
        path = self.write("chat " + HOSTILE.replace("/", "") + ".txt", text)
        item = self.desk(path)[0]
        s = Server(self).open()
        listed = self.ask(s)["items"]
        self.assertEqual([(i["splitter"], i["there"], i["entry"]) for i in listed], [("chat-v1", True, 0)])
        s.json("POST", "/api/looks", {"passphrase": "wrong", "item": item}, code=400)
        s.json("POST", "/api/looks", {"item": item}, code=400)
        look = self.look(s, item[:8])
        self.assertEqual((look["kind"], look["units"], look["senders"]), ("text", 150, NAMES))
        self.assertEqual([m["value"] for m in look["meta"] if m["key"] == "note"],
                         ["a note " + HOSTILE.replace("\u202e", "\\u{202E}")])
        # Choices of all kinds: the preview is that of the command, and what is written shows exactly that.
        rng = random.Random(7)
        some = sorted(rng.sample(range(1, 151), 40))
        choices = [
            dict(show="all"), dict(hide="senders"), dict(show="1-20,30", hide="7,times"),
            dict(hide=",".join("#%d" % n for n in some), meta="note,name"),
            dict(show="on:1.9.2019", hide='sender:"Doe, ""Jane"""'), dict(show="bodies", hide="#3-5"), dict(hide="all"),
        ]
        for c in choices:
            seen = self.choose(s, look, **c)
            lines = self.lines(s, look)
            self.assertEqual(len(lines), seen["lines"])
            args = [a for k, v in c.items() for a in ("--" + k, v)]
            told = json.loads(self.by_command(item, *args, "--dry-run", "--json").out)
            self.assertEqual(seen["shown"], told["shown"], c)
            self.assertEqual([{k: v for k, v in p.items() if k != "partly"} for p in lines], told["preview"], c)
            states = self.lines(s, look, "units")
            self.assertEqual(sum(1 for u in states if u["shown"] and not u.get("partly")), seen["units_shown"])
            self.assertEqual([u["first"] for u in states], list(range(1, 151)))
            if c in choices[2:6]:
                done = self.ask(s, item=item, **c, write=True, keep=True, published=True, filler="mark",
                                expected=seen["mark"])
                made = self.fetch(s, done)
                self.assertEqual(sorted(made), ["bundle.ewb", "published.txt"])
                self.by_command(item, *args, "-o", "c.ewb", "--published", "c.txt")
                with open(self.path("c.ewb"), "rb") as f, open(self.path("c.txt"), "rb") as t:
                    self.assertEqual(self.parts_of(made["bundle.ewb"]), self.parts_of(f.read()))
                    self.assertEqual(made["published.txt"], t.read())
                with open(self.path("p.ewb"), "wb") as f, open(self.path("p.txt"), "wb") as t:
                    f.write(made["bundle.ewb"])
                    t.write(made["published.txt"])
                told = self.run_ew("verify", "p.ewb", "--policy", "policy", "--published", "p.txt").out
                # What a reader sees is what was looked at.
                done = self.verify(s, made["bundle.ewb"], published=self.send(s, made["published.txt"]))
                self.assertEqual(done["verdict"]["verdict"], "verified")
                self.assertEqual(done["text"].replace("a bundle", "p.ewb"), told)
                read = self.shown(s, done)
                self.assertEqual(self.words_of(read), self.words_of(lines), c)
                self.assertEqual([p["text"].replace("\\\\", "\\") for p in read if p["kind"] == "metadata"],
                                 [p["text"] for p in lines if p["kind"] == "metadata"])
                self.assertEqual(done["shown"]["shown"], seen["shown"])
                s.json("DELETE", "/api/shown/" + done["shown"]["name"])
                hidden = [t.split()[0] for i, t in enumerate(said) if not states[i]["shown"]]
                shown = [t.split()[0] for i, t in enumerate(said) if states[i]["shown"]]
                self.assertTrue(hidden or c == choices[5])
                for name, data in made.items():
                    for word in hidden:
                        self.assertNotIn(word.encode() + b" ", data, name)
                for word in shown if c != choices[5] else ():
                    self.assertIn(word.encode() + b" ", made["bundle.ewb"])
        # What is said of it goes with it, and is looked at too; what is said after that is not.
        self.assertEqual([(e["kind"], e["custody"], e["reached"]) for e in look["events"]][:1], [("ingest", True, True)])
        word = WORDS.encode() + b"\n"
        self.run_ew("statement", "--about", item, "--text", "It was " + HOSTILE, "--passphrase-fd", "0", stdin=word)
        marks = {"expected": seen["mark"], "expected_events": look["events_mark"]}
        self.ask(s, item=item, hide="all", write=True, keep=True, **marks)  # the log does not reach it yet
        self.run_ew("log", "checkpoint", "--passphrase-fd", "0", stdin=word)
        s.json("POST", "/api/disclose", dict(marks, passphrase=WORDS, item=item, hide="all", write=True, keep=True), code=400)
        again = self.look(s, item)
        said = [e for e in again["events"] if not e["custody"]]
        self.assertEqual([(e["kind"], e["reached"]) for e in said], [("statement", True)])
        self.assertIn("It was " + HOSTILE.replace("\u202e", "\\u{202E}"), said[0]["words"])
        for custody in (False, True):
            done = self.ask(s, item=item, hide="all", write=True, keep=True, expected=seen["mark"], custody=custody,
                            expected_events=again["custody_mark" if custody else "events_mark"])
            told = self.verify(s, self.fetch(s, done)["bundle.ewb"])["verdict"]
            self.assertEqual(len(told["events"]), sum(1 for e in again["events"] if e["reached"] and (custody or not e["custody"])))
        s.json("DELETE", "/api/looks/" + again["look"])
        # What was not looked at is not written, and leaves no trace on the log.
        before = sorted(os.listdir(self.path("work")))
        s.json("POST", "/api/disclose", {"passphrase": WORDS, "item": item, "show": "all", "write": True, "keep": True,
                                         "expected": seen["mark"]}, code=400)
        for bad in ("x", "0" * 63, "g" * 64):
            s.json("POST", "/api/disclose", {"passphrase": WORDS, "item": item, "show": "all", "write": True,
                                             "expected": bad}, code=400)
        self.assertEqual(sorted(os.listdir(self.path("work"))), before)
        # Words that cannot be read leave the choice before.
        mark = self.choose(s, look, show="1-3")["mark"]
        for bad in ("1-", "sender:Nobody", "999", "on:1.1.1999"):
            s.json("POST", "/api/looks/%s/choose" % look["look"], {"show": bad}, code=400)
        s.json("POST", "/api/looks/%s/choose" % look["look"], {}, code=400)
        self.assertEqual(len(self.lines(s, look)), 4)
        self.assertEqual(self.choose(s, look, hide="4-end")["mark"], mark)
        # Words are found in it, whatever they are.
        def found(words, **more):
            from urllib.parse import urlencode
            return s.json("GET", "/api/looks/%s/search?%s" % (look["look"], urlencode(dict(more, words=words))))
        self.assertEqual(found("SECRET33WORD")["found"], [34])
        self.assertEqual(found("onerror=\"HACKED")["all"], sum(1 for i in range(150) if i % 7 == 0 or i % 3 == 2))
        self.assertEqual(found("secret", **{"from": 148, "count": 5})["found"], [149, 150])
        self.assertEqual(found("no such")["all"], 0)
        self.assertEqual(s.ask("GET", "/api/looks/%s/search" % look["look"])[0], 400)
        # One file that was not kept comes at once.
        status, _, body = s.ask("POST", "/api/disclose", json.dumps(
            {"passphrase": WORDS, "item": item, "show": "2", "write": True}).encode())
        self.assertEqual(status, 200)
        self.assertIn(b"secret1word", body)
        self.assertNotIn(b"secret2word", body)
        self.assertEqual(sorted(os.listdir(self.path("work"))), before)
        # The file is changed: nothing more is said of it.
        time.sleep(0.01)
        with open(path, "a", encoding="utf-8") as f:
            f.write("more\n")
        s.json("POST", "/api/looks/%s/choose" % look["look"], {"show": "all"}, code=400)
        self.assertEqual(self.ask(s)["items"][0]["there"], True)
        s.json("POST", "/api/looks", {"passphrase": WORDS, "item": item}, code=400)
        # A copy of it can be sent instead; it goes with the look.
        sent = json.loads(s.ask("POST", "/api/files?name=x", text.encode())[2])["sha256"]
        other = self.look(s, item, file=sent)
        self.assertEqual(other["units"], 150)
        self.choose(s, other, show="5")
        self.assertEqual(os.listdir(self.path("work", "files")), [sent])
        s.json("DELETE", "/api/looks/" + other["look"])
        self.assertEqual(os.listdir(self.path("work", "files")), [])
        self.assertEqual(s.ask("GET", "/api/looks/%s/lines" % other["look"])[0], 404)
        s.json("DELETE", "/api/looks/" + look["look"])
        self.nowhere(self.path("work"), WORDS, "secret1word")
        self.nowhere(self.home, WORDS)

    def test_sound_and_a_folder(self):
        os.makedirs(self.path("folder"))
        self.speech("folder/talk.wav", seconds=20)
        self.write("folder/letter.txt", "First.\n\nThe second is hidden.\n\nThird.\n")
        self.desk(self.path("folder"))
        s = Server(self).open()
        listed = {i["splitter"]: i for i in self.ask(s)["items"]}
        self.assertEqual(sorted(listed), ["grid", "para-v1", "seals"])
        look = self.look(s, listed["grid"]["item"])
        self.assertEqual((look["kind"], look["seconds"], look["parts"]), ("sound", 20, 201))
        # Its sound is heard as long as it is looked at, and is nowhere afterwards.
        def ready():
            return s.json("GET", "/api/sounds/" + look["sha256"])["state"] == "ready"
        self.wait_until(ready, 30, "the sound")
        self.assertTrue(os.path.exists(self.path("work", "sounds", look["sha256"])))
        self.assertTrue(os.path.exists(self.path("work", "look-" + look["sha256"])))
        rng = random.Random(3)
        for k in range(4):
            at = [rng.uniform(0, 19) for _ in range(3)]
            spans = ",".join("%.3f-%.3f" % (a, a + rng.uniform(0.2, 1.0)) for a in at)
            c = {("show" if k % 2 else "hide"): spans}
            seen = self.choose(s, look, **c)
            self.assertTrue(seen["publishable"])
            lines = self.lines(s, look)
            done = self.ask(s, item=listed["grid"]["item"], **c, write=True, keep=True, published=True, filler="silence",
                            expected=seen["mark"])
            made = self.fetch(s, done)
            with open(self.path("folder", "talk.wav"), "rb") as f:
                whole = f.read()[44:]
            sound = made["published.wav"][44:]
            self.assertEqual(len(sound), len(whole))
            rate = 2 * 16000
            for p in lines:
                if p["kind"] != "unit":
                    continue
                a, b = round(p["from"] * 16000) * 2, round(p["to"] * 16000) * 2
                self.assertEqual(sound[a:b], whole[a:b] if p["shown"] else bytes(b - a), (c, p))
                if not p["shown"] and any(whole[a:b]):
                    self.assertNotIn(whole[a:a + 400], made["bundle.ewb"])
            read = self.verify(s, made["bundle.ewb"], published=self.send(s, made["published.wav"]))
            self.assertEqual((read["verdict"]["verdict"], read["shown"]["seconds"]), ("verified", 20))
            self.assertEqual([(p["from"], p["to"]) for p in self.shown(s, read) if p["kind"] == "unit" and p["shown"]],
                             [(p["from"], p["to"]) for p in lines if p["kind"] == "unit" and p["shown"]])
            self.wait_until(lambda: s.json("GET", "/api/sounds/" + read["shown"]["sha256"])["state"] == "ready", 30, "sound")
            heard = s.ask("GET", "/api/sounds/%s/wav?from=0&count=%d" % (read["shown"]["sha256"], 20 * 16000))[2]
            self.assertEqual(heard[44:], sound)
            s.json("DELETE", "/api/shown/" + read["shown"]["name"])
            self.assertEqual(s.ask("GET", "/api/sounds/" + read["shown"]["sha256"])[0], 404)
            self.assertEqual(sum(round((p["to"] - p["from"]) * rate) for p in lines if p["kind"] == "unit"), len(whole))
        other = self.choose(s, look, show="1-2")
        self.assertEqual(self.choose(s, look, show="0:01.000000-0:02.0")["mark"], other["mark"])
        s.json("DELETE", "/api/looks/" + look["look"])
        self.assertEqual(s.ask("GET", "/api/sounds/" + look["sha256"])[0], 404)
        self.wait_until(lambda: os.listdir(self.path("work", "sounds")) == [], 10, "the end of the sounds")
        self.wait_until(lambda: not [n for n in os.listdir(self.path("work")) if n.startswith("look-")], 10, "no marks")
        # A folder: which files, and bundles of them.
        look = self.look(s, listed["seals"]["item"])
        self.assertEqual((look["kind"], look["units"]), ("collection", 2))
        names = [u["text"].split("  ")[0] for u in self.lines(s, look, "units")]
        self.assertEqual(sorted(names), ["letter.txt", "talk.wav"])
        seen = self.choose(s, look, show="%d" % (1 + names.index("letter.txt")), meta="note")
        self.assertEqual((seen["units_shown"], seen["publishable"]), (1, False))
        made = self.fetch(s, self.ask(s, item=look["item"], show="%d" % (1 + names.index("letter.txt")), meta="note",
                                      write=True, keep=True, members=True, expected=seen["mark"]))
        self.assertEqual(sorted(made), ["%08d.ewb" % (1 + names.index("letter.txt")), "collection.ewb"])
        for name, data in made.items():
            with open(self.path(name), "wb") as out:
                out.write(data)
        self.run_ew("verify", sorted(made)[0], "--collection", "collection.ewb", "--policy", "policy")
        both = {n: self.send(s, d) for n, d in made.items()}
        done = self.verify(s, made[sorted(made)[0]], collection=both["collection.ewb"])
        self.assertEqual((done["collection"]["member"], done["collection"]["number"], done["collection"]["members"]),
                         (True, 1 + names.index("letter.txt"), 2))
        done = self.verify(s, made["collection.ewb"], collection=self.send(s, made[sorted(made)[0]]))
        self.assertFalse(done["collection"]["member"])
        self.assertEqual([p["shown"] for p in self.shown(s, done) if p["kind"] == "unit"].count(True), 1)
        # Of what is broken nothing is shown.
        bad = bytearray(made["collection.ewb"])
        bad[bad.index(b"cover.bin") + 60] ^= 1
        done = self.verify(s, bytes(bad))
        self.assertEqual(done["verdict"]["verdict"], "broken")
        self.assertNotIn("shown", done)
        for junk in (b"PK", b"x" * 1000):
            self.assertEqual(self.verify(s, junk)["verdict"]["verdict"], "broken")
        self.assertEqual(os.listdir(self.path("work", "files")), [])
        # Killed while something is looked at, and while something is written: the next start leaves nothing.
        look = self.look(s, listed["grid"]["item"])
        self.wait_until(ready, 30, "the sound")
        self.ask(s, item=listed["grid"]["item"], show="1-2", write=True, keep=True)
        self.assertTrue([n for n in os.listdir(self.path("work")) if n.startswith("bundle-")])
        self.kill_group(s.process)
        self.nowhere(self.path("work"), WORDS)
        s = Server(self).open()
        self.assertEqual(sorted(os.listdir(self.path("work"))), ["files", "jobs", "recordings", "sounds"])
        self.assertEqual(os.listdir(self.path("work", "sounds")), [])
        self.assertEqual(s.ask("GET", "/api/looks/%s/lines" % look["look"])[0], 404)

    def test_coded_sound(self):
        """Neighbours of what is hidden are hidden too; the reader sees the same times."""
        mp3 = self.encode(self.speech("a.wav", seconds=12), "a.mp3", "-b:a", "64k")
        opus = self.encode(self.path("a.wav"), "a.opus", "-b:a", "24k")
        self.desk(mp3, opus)
        s = Server(self).open()
        for splitter, kind, name in (("mp3-frame", "bit", "published.mp3"), ("ogg-page", "page", "published.ogg")):
            item = next(i for i in self.ask(s)["items"] if i["splitter"] == splitter)
            look = self.look(s, item["item"])
            self.assertEqual((look["kind"], round(look["seconds"])), ("sound", 12), kind)
            seen = self.choose(s, look, hide="4-5.5")
            lines = self.lines(s, look)
            self.assertTrue(any(p.get("guard") for p in lines))
            done = self.ask(s, item=item["item"], hide="4-5.5", write=True, keep=True, published=seen["publishable"],
                            expected=seen["mark"])
            made = self.fetch(s, done)
            read = self.verify(s, made["bundle.ewb"])
            self.assertEqual(read["shown"]["shown"], seen["shown"])
            self.assertEqual("sha256" in read["shown"], seen["publishable"])
            if not seen["publishable"]:
                continue
            self.assertIn(name, made)
            a, b = [[(p["from"], p["to"]) for p in some if p["kind"] == "unit" and p["shown"] and "from" in p]
                    for some in (lines, self.shown(s, read))]
            self.assertEqual(len(a), len(b), (a, b))
            for x, y in zip(a, b):
                self.assertLess(max(abs(x[0] - y[0]), abs(x[1] - y[1])), 0.11, (a, b))

    def test_killed_while_writing(self):
        if slow_factor() > 1:
            self.skipTest("for the plain build")
        with open(self.path("long.wav"), "wb") as f:
            n = 400 << 20
            f.write(b"RIFF" + (n + 36).to_bytes(4, "little") + b"WAVEfmt \x10\0\0\0\1\0\1\0\x80\xbb\0\0\0\x77\1\0"
                    b"\2\0\x10\0data" + n.to_bytes(4, "little"))
            f.truncate(44 + n)
        item = self.desk(self.path("long.wav"))[0]
        s = Server(self).open()
        told = []

        def write():
            try:
                told.append(s.ask("POST", "/api/disclose", json.dumps(
                    {"passphrase": WORDS, "item": item, "show": "all", "write": True, "keep": True}).encode()))
            except OSError:
                pass
        who = threading.Thread(target=write)
        who.start()

        def begun():
            return any(names for root, _, names in os.walk(self.path("work")) if "bundle-" in root)
        self.wait_until(begun, 60, "a bundle that is being written")
        self.kill_group(s.process)
        who.join()
        self.nowhere(self.path("work"), WORDS)
        events = self.by_command(item, "--show", "all", "--dry-run", "--json").out
        self.assertIn('"written":false', events)
        s = Server(self).open()
        self.assertEqual(sorted(os.listdir(self.path("work"))), ["files", "jobs", "recordings", "sounds"])
        # Larger than what fits into memory at once is sent from the disk, as it is.
        done = self.ask(s, item=item, show="all", write=True, keep=True)
        status, headers, body = s.ask("GET", "/api/made/%s/0" % done["made"])
        self.assertEqual((status, len(body)), (200, done["files"][0]["bytes"]))
        self.assertGreater(len(body), 400 << 20)
        s.json("DELETE", "/api/made/" + done["made"])
        self.assertEqual(sorted(os.listdir(self.path("work"))), ["files", "jobs", "recordings", "sounds"])

    def test_two_hundred_thousand_messages(self):
        if slow_factor() > 1:
            self.skipTest("for the plain build")
        text, _ = chat(200000)
        item = self.desk(self.write("long.txt", text))[0]
        s = Server(self).open()
        look = self.look(s, item)
        every = ",".join("#%d" % n for n in range(2, 200001, 2))[:900000].rsplit(",", 1)[0]
        took = []
        for c in (dict(show="all"), dict(hide=every)):
            begin = time.monotonic()
            seen = self.choose(s, look, **c)
            took.append(time.monotonic() - begin)
            for at in (0, 100000, seen["lines"] - 100):
                begin = time.monotonic()
                some = s.json("GET", "/api/looks/%s/lines?from=%d&count=100" % (look["look"], at))["lines"]
                took.append(time.monotonic() - begin)
                self.assertEqual(len(some), min(100, max(0, seen["lines"] - at)))
        begin = time.monotonic()
        self.assertEqual(s.json("GET", "/api/looks/%s/search?words=secret199999word" % look["look"])["found"], [200000])
        took.append(time.monotonic() - begin)
        print("# seconds: " + " ".join("%.3f" % t for t in took))
        self.assertLess(max(took), 5)


if __name__ == "__main__":
    main()
