# SPDX-License-Identifier: Apache-2.0
"""earwitness serve, the case: its items are heard and read in their place, worked on, added to and verified."""
import json
import os
import subprocess
import time

from harness import Case, main, slow_factor
from test_serve import Server

VOICE = "voice_messages/audio_1.wav"


def telegram(count, more=()):
    messages = [{"id": i, "type": "message", "date": "2026-10-%02dT10:%02d:00" % (1 + i // 60, i % 60),
                 "date_unixtime": str(1790848800 + 86400 * (i // 60) + 60 * (i % 60)), "from": "P%d" % (i % 3),
                 "from_id": "user%d" % (i % 3), "text": "number %d of the harbour" % i} for i in range(1, count + 1)]
    return json.dumps({"name": "Tips", "type": "private_group", "id": 7, "messages": messages + list(more)})


class ServeCase(Case):
    def world(self):
        """A case with a recording, a chat of 250 messages with a voice message and one that is gone, and an article."""
        self.speech("clip.wav", 3, 6)
        os.makedirs(self.path("tips", "voice_messages"))
        self.speech("tips/" + VOICE, 7, 5)
        voice = {"type": "message", "date": "2026-10-20T10:00:00", "date_unixtime": "1792490400", "from": "P1",
                 "from_id": "user1", "text": "", "media_type": "voice_message", "duration_seconds": 5}
        self.write("tips/result.json", telegram(248, (
            dict(voice, id=300, file=VOICE), dict(voice, id=301, file="voice_messages/gone.wav"))))
        self.write("monday.html", '<!DOCTYPE html><html lang="en"><head><title>It is false</title>'
                   '<meta property="article:published_time" content="2026-10-12T09:30:00Z"></head><body><article>'
                   "<h1>It is false</h1><p>KAMPOR - The council spoke on Monday.</p>"
                   "<p>“The recording is a fabrication,” said Osman Varga.</p></article></body></html>")
        self.run_ew("case", "new", "case", "--title", "The call")
        self.run_ew("case", "add", "clip.wav", "--called", "the recording", "--no-analyses", "--case", "case")
        self.run_ew("import", "tips", "--no-analyses", "--case", "case")
        self.run_ew("import", "monday.html", "--case", "case")

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as out:
            out.write(text)

    def speech(self, name, seed, seconds):
        with open(self.path(name), "wb") as out:
            subprocess.run([os.environ["EARWITNESS_SPEECHGEN"], str(seed), str(seconds), "16000", "1"], stdout=out,
                           check=True)

    def server(self, *more):
        s = Server(self, *more).open()
        self.case_id = next((c["id"] for c in s.json("GET", "/api/cases")["cases"]), None)
        return s

    def get(self, s, path, code=200):
        return s.json("GET", "/api/cases/%s/%s" % (self.case_id, path), code=code)

    def sound(self, s, sha256, query):
        """The last state of a sound, once it is known."""
        return self.wait_for(lambda: (lambda o: o if o["state"] != "coming" else None)(
            s.json("GET", "/api/sounds/%s%s" % (sha256, query))))

    def wait_for(self, look, seconds=60):
        end = time.time() + seconds * slow_factor()
        while time.time() < end:
            found = look()
            if found is not None:
                return found
            time.sleep(0.1)
        self.fail("nothing came")

    # -- hearing and reading -----------------------------------------------------------

    def test_items_are_heard_and_read_in_their_place(self):
        self.world()
        self.run_ew("case", "new", "other", "--title", "Another one")  # the case is not the one of the start
        s = Server(self, "--case", "other").open()
        self.case_id = next(c["id"] for c in s.json("GET", "/api/cases")["cases"] if c["title"] == "The call")
        items = {
            i["name"]: i for i in s.json("GET", "/api/cases/" + self.case_id)["items"]}
        clip = items["clip.wav"]
        s.json("GET", "/api/sounds/" + clip["sha256"], code=404)
        s.json("GET", "/api/sounds/%s?case=%s" % (clip["sha256"], "0" * 16), code=404)
        s.json("GET", "/api/sounds/%s?case=%s" % (clip["sha256"], self.path("case")), code=404)
        told = self.sound(s, clip["sha256"], "?case=" + self.case_id)
        self.assertEqual((told["state"], told["rate"], told["frames"]), ("ready", 16000, 96000))
        self.assertEqual(self.get(s, "items/%d/original" % clip["item"])["state"], "whole")
        # A chat, a page at a time; what is gone is told where it is gone, what is there is named by its hash.
        item = self.get(s, "items/%d" % items["result.json"]["item"])
        chat = next(r["row"] for r in item["records"] if r["of"] == "chats")
        page = self.get(s, "chats/%d?from=240&count=100" % chat)
        self.assertEqual((page["count"], len(page["messages"]), page["messages"][0]["number"]), (250, 10, 240))
        voice = page["messages"][8]["attachments"][0]
        self.assertEqual((voice["kind"], voice["state"], voice["sha256"]), ("voice", "present", items[VOICE]["sha256"]))
        self.assertEqual(self.sound(s, voice["sha256"], "?case=" + self.case_id)["frames"], 80000)
        self.assertEqual([(g["after"], g["what"]) for g in page["gaps"]], [(249, "attachment")])
        self.assertEqual(self.get(s, "chats/%d?from=250" % chat)["messages"], [])
        self.get(s, "chats/%d?count=100000" % chat, code=400)
        self.get(s, "chats/99", code=404)
        # What search found, and what stands at a byte, in its place.
        hit = self.get(s, "search?words=%22number+123%22")["hits"][0]
        place = self.get(s, "place?kind=message&row=%d" % hit["row"])
        self.assertEqual((place["stands_in"], place["chat"], place["number"]), ("message", chat, 122))
        m = page["messages"][3]
        self.assertEqual(self.get(s, "place?item=%d&at=%d" % (m["source"], m["at"] + 5))["number"], m["number"])
        self.assertEqual(self.get(s, "place?item=1&at=5")["stands_in"], "none")
        self.get(s, "place?kind=nothing&row=1", code=400)
        article = self.get(s, "articles/1")
        quoted = next(p for p in article["paragraphs"] if "fabrication" in p["text"])
        place = self.get(s, "place?item=%d&at=%d" % (article["item"], quoted["at"]))
        self.assertEqual((place["stands_in"], place["number"]), ("paragraph", quoted["number"]))
        text = self.get(s, "items/%d/excerpt?at=%d&count=40" % (article["item"], quoted["at"]))["text"]
        self.assertTrue(text.startswith("“The recording"), text)
        self.get(s, "items/99/original", code=404)
        # Search gives pages, the newest first; what was decided can be taken back by its event.
        pages = [self.get(s, "search?words=harbour&limit=100&from=%d" % n) for n in (0, 100, 200, 300)]
        self.assertEqual([(len(p["hits"]), p["more"]) for p in pages], [(100, True), (100, True), (48, False), (0, False)])
        self.assertEqual(len({h["row"] for p in pages for h in p["hits"]}), 248)
        self.assertTrue(pages[1]["hits"][-1]["when"] < pages[0]["hits"][0]["when"])
        quote = self.get(s, "quotes")["quotes"][0]["suggestion"]
        made = s.json("POST", "/api/cases/%s/quotes/%d" % (self.case_id, quote), {"verdict": "accepted", "item": 1})
        s.json("POST", "/api/cases/%s/events/%d/undo" % (self.case_id, made["event"]), {"purpose": "again"})
        self.assertEqual(self.get(s, "quotes")["quotes"][0]["verdict"], "undecided")
        # A changed original is told, and not heard as if it were the item.
        path = self.path("case", "originals", items[VOICE]["sha256"][:2], items[VOICE]["sha256"])
        for folder in os.listdir(self.path("work", "sounds")):
            for name in os.listdir(self.path("work", "sounds", folder)):
                os.unlink(self.path("work", "sounds", folder, name))
            os.rmdir(self.path("work", "sounds", folder))
        os.chmod(path, 0o600)
        with open(path, "r+b") as f:
            f.seek(5000)
            f.write(b"forged")
        self.assertEqual(self.get(s, "items/%d/original" % items[VOICE]["item"])["state"], "changed")
        self.assertEqual(self.sound(s, voice["sha256"], "?case=" + self.case_id)["state"], "none")
        os.unlink(path)
        self.assertEqual(self.get(s, "items/%d/original" % items[VOICE]["item"])["state"], "missing")

    # -- work on what is there ---------------------------------------------------------

    def done(self, s, job, state="done"):
        """The job when it has ended, and its result."""
        def look():
            found = next(j for j in s.json("GET", "/api/jobs")["jobs"] if j["id"] == job)
            return found if found["state"] in ("done", "failed") else None
        found = self.wait_for(look)
        self.assertEqual(found["state"], state, found)
        return found, s.json("GET", "/api/jobs/%d/result" % job) if state == "done" else None

    def order(self, s, kind, files, code=200, **how):
        return s.json("POST", "/api/jobs", {"kind": kind, "case": self.case_id, "files": files, "how": how}, code=code).get("id")

    def test_items_are_worked_on_without_sending_them(self):
        self.world()
        s = self.server("--case", "case")
        items = {i["name"]: i for i in s.json("GET", "/api/cases/" + self.case_id)["items"]}
        clip, voice = items["clip.wav"], items[VOICE]
        before = self.originals()
        job, result = self.done(s, self.order(s, "inspect", [{"item": clip["item"]}], keep=True, purpose="for the story"))
        self.assertEqual((job["case"], job["keeps"], job["files"][0]["item"]), (self.case_id, True, clip["item"]))
        self.assertEqual(result["file"]["sha256"], clip["sha256"])
        kept = self.get(s, "analyses/%d" % job["kept"])
        self.assertEqual((kept["tool"], kept["result"], kept["items"][0]["sha256"]), ("inspect", result, clip["sha256"]))
        event = self.get(s, "events")["events"][-1]
        self.assertEqual((event["kind"], event["purpose"], event["item"]), ("analysis", "for the story", clip["item"]))
        self.assertEqual(self.get(s, "events?count=1")["events"], [event])
        # Not asked for at once, but kept afterwards; once.
        pair = [{"item": clip["item"]}, {"item": voice["item"]}]
        job, _ = self.done(s, self.order(s, "diff", pair))
        self.assertNotIn("kept", job)
        kept = s.json("POST", "/api/cases/%s/analyses" % self.case_id, {"job": job["id"], "purpose": "later"})
        self.assertEqual([i["item"] for i in self.get(s, "analyses/%d" % kept["analysis"])["items"]], [1, voice["item"]])
        s.json("POST", "/api/cases/%s/analyses" % self.case_id, {"job": job["id"]}, code=400)
        s.json("POST", "/api/cases/%s/analyses" % ("0" * 16), {"job": job["id"]}, code=404)
        job, _ = self.done(s, self.order(s, "family", pair, keep=True))
        self.assertGreater(job["kept"], 0)
        # With a recording of the archive: done, but of no case.
        self.speech("more.wav", 9, 5)
        self.run_ew("add", "more.wav")
        sha = s.json("GET", "/api/archive")["recordings"][0]["sha256"]
        job, _ = self.done(s, self.order(s, "diff", [{"item": 1}, {"recording": sha, "name": "more.wav"}]))
        s.json("POST", "/api/cases/%s/analyses" % self.case_id, {"job": job["id"]}, code=400)
        self.order(s, "inspect", [{"item": 99}], code=404)
        self.order(s, "diff", [{"item": 1}], code=400)
        s.json("POST", "/api/jobs", {"kind": "inspect", "files": [{"item": 1}]}, code=400)
        # What was accepted is done, though the case is gone by then; originals are as they were.
        self.assertEqual(self.originals(), before)
        os.chmod(self.original(voice), 0o600)
        with open(self.original(voice), "ab") as f:
            f.write(b"x")
        self.order(s, "inspect", [{"item": voice["item"]}], code=400)
        job, _ = self.done(s, self.order(s, "case-verify", []))
        problems = s.json("GET", "/api/jobs/%d/result" % job["id"])
        self.assertEqual((problems["whole"], len(problems["problems"])), (False, 1))
        for j in s.json("GET", "/api/jobs")["jobs"]:
            s.json("DELETE", "/api/jobs/%d" % j["id"])
        self.assertEqual(os.listdir(self.path("work", "files")), [])
        self.assertTrue(os.path.exists(self.original(clip)))

    def original(self, item):
        return self.path("case", "originals", item["sha256"][:2], item["sha256"])

    def originals(self):
        found = {}
        for root, _, names in os.walk(self.path("case", "originals")):
            for name in names:
                with open(os.path.join(root, name), "rb") as f:
                    found[name] = f.read()
        return found

    # -- putting in, taking back ---------------------------------------------------------

    def send(self, s, name, data):
        status, _, body = s.ask("POST", "/api/files?name=" + name, data)
        self.assertEqual(status, 200, body)
        return {"sha256": json.loads(body)["sha256"], "name": name, "modified": 1790000000}

    def test_a_case_is_made_and_filled(self):
        s = self.server()
        for bad in ({}, {"title": ""}, {"title": 7}):
            s.json("POST", "/api/cases", bad, code=400)
        made = [s.json("POST", "/api/cases", {"title": title})["id"] for title in ("../../The call", "../../The call", "/etc/\u1780")]
        folders = sorted(c["folder"] for c in s.json("GET", "/api/cases")["cases"])
        self.assertEqual([os.path.relpath(f, os.path.realpath(self.path("work", "cases"))) for f in folders],
                         ["etc", "the-call", "the-call-2"])
        self.case_id = made[0]
        self.speech("clip.wav", 3, 6)
        with open(self.path("clip.wav"), "rb") as f:
            clip = self.send(s, "clip.wav", f.read())
        job, result = self.done(s, self.order(s, "case-add", [clip, dict(clip, name="a/../../b")], **{"from": "a reader", "called": ["the call"]}))
        self.assertEqual([r["result"] for r in result["results"]], ["added", "seen"])  # the same, by this very job
        item = self.get(s, "items/1")
        self.assertEqual((item["name"], item["from"], item["called"], item["kind"]), ("clip.wav", "a reader", ["the call"], "recording"))
        self.assertEqual(item["events"][0]["detail"]["modified"], "2026-09-21T14:13:20Z")
        self.done(s, self.order(s, "case-add", [dict(clip, name="../../../etc/passwd")] , **{}), )
        self.done(s, self.order(s, "case-add", [dict(self.send(s, "x", b"other"), name="../x")]), "failed")
        _, result = self.done(s, self.order(s, "case-add", [dict(self.send(s, "y", b"hidden"), name=".hidden")]))
        self.assertEqual(result["results"][0]["name"], "_.hidden")
        self.wait_for(lambda: self.get(s, "items/1")["analyses"] or None)
        chat = [self.send(s, "tips/result.json", telegram(20).encode())]
        job, result = self.done(s, self.order(s, "case-import", chat, purpose="to read it"))
        self.assertEqual((result["results"][0]["messages"], result["results"][0]["format"]), (20, "telegram-json"))
        self.done(s, self.order(s, "case-import", chat), "failed")  # it is in the case
        self.assertFalse([n for n in os.listdir(self.path("work")) if n.startswith("names-")])
        self.order(s, "case-add", [], code=400)
        s.json("POST", "/api/jobs", {"kind": "case-add", "files": [clip]}, code=400)
        # Positions, names, and taking back.
        said = {"item": "1", "person": "Osman Varga", "stance": "denies", "date": "2026-10-12", "words": "It is false", "purpose": "by hand"}
        position = s.json("POST", "/api/cases/%s/positions" % self.case_id, said)
        self.assertEqual((position["position"], position["new_person"]), (1, True))
        near = s.json("POST", "/api/cases/%s/positions" % self.case_id, dict(said, person="osman  VARGA"))
        self.assertEqual(near["near"], "Osman Varga")
        self.assertNotIn("position", near)
        s.json("POST", "/api/cases/%s/positions" % self.case_id, dict(said, stance="sings"), code=400)
        s.json("POST", "/api/cases/%s/aliases" % self.case_id, {"person": "Osman Varga", "name": "P1"})
        self.assertEqual(len(self.get(s, "timeline")["positions"]), 1)
        undone = s.json("POST", "/api/cases/%s/events/%d/undo" % (self.case_id, position["event"]), {"purpose": "wrong", "all": True})
        self.assertEqual(undone["undone"][-1]["undone"], position["event"])
        self.assertEqual(self.get(s, "timeline")["positions"], [])
        s.json("POST", "/api/cases/%s/events/999/undo" % self.case_id, {}, code=404)
        _, verified = self.done(s, self.order(s, "case-verify", []))
        self.assertEqual((verified["whole"], verified["problems"]), (True, []))

    # -- who is protected, and what is cut off --------------------------------------------

    def test_nothing_of_an_identity_is_in_an_answer(self):
        made = self.run_json("vault", "identity", "-o", self.path("key"))
        self.run_ew("case", "new", "case", "--recipient", made["recipient"])
        self.run_ew("case", "person", "Source 1", "--kind", "protected", "--identity-fd", "0", "--case", "case",
                    stdin="Zyxwina Qvorbalski\nphone: +85599887766\n".encode())
        s = self.server("--case", "case")
        said = s.json("POST", "/api/cases/%s/aliases" % self.case_id, {"person": "Source 1", "name": "Vhfujdi"})
        self.assertTrue(said["protected"])
        self.speech("clip.wav", 3, 2)
        with open(self.path("clip.wav"), "rb") as f:
            self.done(s, self.order(s, "case-add", [self.send(s, "clip.wav", f.read())]))
        s.json("POST", "/api/cases/%s/positions" % self.case_id,
               {"item": "1", "person": "Source 1", "stance": "confirms", "date": "2026-10-12"})
        for path in ("", "/events", "/timeline", "/quotes", "/search?words=zyxwina", "/search?words=vhfujdi", "/items/1"):
            status, _, body = s.ask("GET", "/api/cases/" + self.case_id + path)
            self.assertEqual(status, 200, path)
            for word in (b"zyxwina", b"qvorbalski", b"vhfujdi", b"85599887766"):
                self.assertNotIn(word, body.lower(), path)
        for root, _, names in os.walk(self.path("work")):
            for name in names:
                with open(os.path.join(root, name), "rb") as f:
                    self.assertNotIn(b"Vhfujdi", f.read(), name)

    def test_what_is_added_is_examined_as_by_the_command(self):
        self.run_ew("case", "new", "case")
        s = self.server("--case", "case")
        self.speech("long.wav", 3, 20)
        with open(self.path("long.wav"), "rb") as f:
            data = f.read()
        cut = data[:44 + 16000 * 16] + data[44 + 16000 * 24:]  # seconds 8 to 12 are gone
        files = [self.send(s, "long.wav", data), self.send(s, "cut.wav", cut), self.send(s, "page.txt", b"words")]
        _, result = self.done(s, self.order(s, "case-add", files, purpose="why"))
        self.assertEqual((result["recordings"], [r["kind"] for r in result["results"]]), (2, ["recording", "recording", "document"]))
        def all_done():
            jobs = s.json("GET", "/api/jobs")["jobs"]
            return jobs if all(j["state"] == "done" for j in jobs) and "diff" in [j["kind"] for j in jobs] else None
        jobs = self.wait_for(all_done)
        self.assertEqual(sorted(j["kind"] for j in jobs), ["case-add", "diff", "family", "inspect", "inspect"])
        self.assertEqual(sorted(j["kept"] for j in jobs if "kept" in j), [1, 2, 3, 4])
        said = self.get(s, "items/2")["analyses"]
        self.assertEqual([a["tool"] for a in said], ["inspect", "family", "diff"])
        self.assertEqual(len(said[2]["result"]["edits"]), 1)
        self.assertEqual({e["purpose"] for e in self.get(s, "events")["events"]}, {"why"})

    def test_what_was_cut_off_is_not_written_twice(self):
        self.run_ew("case", "new", "case")
        s = self.server("--case", "case")
        self.speech("clip.wav", 3, 6)
        with open(self.path("clip.wav"), "rb") as f:
            clip = self.send(s, "clip.wav", f.read())
        add, _ = self.done(s, self.order(s, "case-add", [clip]))
        self.wait_for(lambda: [j for j in s.json("GET", "/api/jobs")["jobs"] if j.get("kept")] or None)
        events = len(self.get(s, "events")["events"])
        # As if the power went after the events were on disk, before the job said that it was done.
        self.kill_group(s.process)
        record = self.path("work", "jobs", "%012d.json" % add["id"])
        with open(record, encoding="utf-8") as f:
            job = json.load(f)
        self.write("work/jobs/%012d.json" % add["id"], json.dumps(dict(job, state="waiting")))
        os.makedirs(self.path("work", "names-%d" % add["id"], "0", "deep"))
        s = self.server("--case", "case")
        _, result = self.done(s, add["id"])
        self.assertEqual([r["result"] for r in result["results"]], ["seen"])
        self.assertEqual(len(self.get(s, "events")["events"]), events)
        self.assertFalse(os.path.exists(self.path("work", "names-%d" % add["id"])))
        self.assertEqual(self.done(s, self.order(s, "case-verify", []))[1]["whole"], True)
        # The case is gone; what was accepted is done all the same, but can be kept nowhere.
        job = self.order(s, "inspect", [{"item": 1}], keep=True)
        found, _ = self.done(s, job)
        os.rename(self.path("case"), self.path("moved"))
        self.assertEqual(self.done(s, job)[1]["file"]["sha256"], clip["sha256"])
        s.json("POST", "/api/cases/%s/analyses" % self.case_id, {"job": job}, code=400 if "kept" in found else 404)


if __name__ == "__main__":
    main()
