#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a report would tell of somebody holds it back, wherever it stands, until it is allowed item by item."""
import json
import os
import re
import shutil

from harness import main
from report_pages import Report

PHONE = "+855 12 345 678"
OTHER = "+44 20 7946 0958"
PLACE = "+11.5564+104.9282/"


class Gate(Report):
    def held(self, *args):
        """{id: excerpt} of what holds it back, by text and by JSON alike."""
        path = self.path("held.html")
        told = self.run_ew("report", *args, "-o", path, code=4)
        self.assertFalse(os.path.exists(path))
        found = {i: e for e, i in re.findall(
            r"in the (?:report|records \(\w+\)): ([^\n]*) \[([0-9a-f]{16})\]", told.err)}
        self.assertIn("--allow", told.err)
        lines = self.run_ew("report", *args, "--json", code=4).out.splitlines()
        self.assertEqual([json.loads(line)["schema"] for line in lines],
                         ["earwitness.report-finding/1"] * len(lines))
        self.assertEqual(sorted(json.loads(line)["id"] for line in lines),
                         sorted(found))
        return found

    def goes_out(self, args, ids, code=None):
        given = [x for i in ids for x in ("--allow", i)]
        return self.page(*args, *given, code=code)

    def item_by_item(self, *args):
        """Each has to be allowed; with all it goes out."""
        found = self.held(*args)
        ids = sorted(found)
        for left in ids:
            rest = self.held(*args, *[x for i in ids if i != left for x in ("--allow", i)])
            self.assertEqual(list(rest), [left])
        self.goes_out(args, ids)
        self.page(*args, "--unchecked", code=None)
        return found


class Files(Gate):
    def tagged(self, name, *tags):
        sound = self.speech("plain.wav", seed=len(name), seconds=12)
        return self.encode(sound, name, *[x for t in tags for x in ("-metadata", t)])

    def test_names_of_files(self):
        a = self.tagged("call %s.mp3" % PHONE)
        b = self.tagged("b.mp3")
        self.run_ew("add", b)
        for args in (("inspect", a), ("check", a), ("diff", a, b), ("family", a, b)):
            self.assertEqual(list(self.held(*args).values()), [PHONE], args)
        # of a recording in the archive that was found
        self.run_ew("add", a)
        clip = self.encode(a, "clip.wav", "-t", "8")
        self.assertEqual(list(self.item_by_item("check", clip).values()), [PHONE])

    def test_tags(self):
        a = self.tagged("a.m4a", "artist=Jane Roe", "comment=call " + PHONE, "title=mail jane@example.org",
                        "location=" + PLACE)
        found = self.item_by_item("inspect", a)
        for words in ("Jane Roe", PHONE, "jane@example.org"):
            self.assertIn(words, found.values())
        self.assertTrue([f for f in found.values() if f.startswith("+11.5564")], found)

    def test_what_is_typed(self):
        a = self.tagged("a.mp3")
        found = self.item_by_item("inspect", a, "--title", "Tape of " + PHONE, "--note",
                                  "mail jane@example.org", "--publisher", "C:\\Users\\jane\\desk")
        self.assertEqual(len(found), 3, found)
        places = self.path("places.txt")
        with open(places, "w") as f:
            f.write("Harbour Street\n")
        self.page("inspect", a, "--title", "In Harbour Street", code=None)
        self.assertEqual(list(self.held("inspect", a, "--title", "In Harbour Street", "--places",
                                        places).values()), ["Harbour Street"])

    def test_another_file_needs_another_yes(self):
        one = self.tagged("tel %s.mp3" % PHONE)
        found = self.held("inspect", one)
        with open(one, "ab") as f:
            f.write(b"\0" * 100)
        again = self.held("inspect", one, "--allow", list(found)[0])
        self.assertNotEqual(found, again)
        self.goes_out(("inspect", one), again)

    def test_jsonld(self):
        a = self.tagged("call %s.mp3" % PHONE)
        args = ("report", "inspect", a, "--jsonld", "--publisher", "Desk")
        told = self.run_ew(*args, code=4)
        self.assertEqual(told.out, "")
        number = re.findall(r"\[([0-9a-f]{16})\]", told.err)[0]
        self.assertIn(PHONE, self.run_ew(*args, "--allow", number, code=None).out)

    def test_saved_results(self):
        """Wherever it stands in a result, also where the page shows nothing of it."""
        a = self.tagged("a.mp3")
        whole = self.run_json("inspect", a, code=None)
        for spot in (("file", "name"), ("file", "container"), ("findings", 0, "text"),
                     ("findings", 0, "rate"), ("facts", 0, "name"), ("facts", 0, "text"),
                     ("journal", 0), ("new",), ("curves", 0, "id"), ("not_tested", 0, "reason")):
            made = json.loads(json.dumps(whole))
            made["journal"] = ["x"]
            made["findings"] = made["findings"] or [{"number": 1, "kind": "fact", "start": 0, "end": 1}]
            made["not_tested"] = [{"method": "hum", "reason": "none"}]
            where = made
            for step in spot[:-1]:
                where = where[step]
            where[spot[-1]] = "call " + PHONE
            path = self.path("r.json")
            with open(path, "w") as f:
                json.dump(made, f)
            self.assertEqual(list(self.held("results", path).values()), [PHONE], spot)


class CaseGate(Gate):
    def setUp(self):
        super().setUp()
        self.env["EARWITNESS_CASE"] = self.path("case")
        self.env["EARWITNESS_WHO"] = "Ann"
        self.run_ew("case", "new", self.path("case"), "--title", "The tape")

    def test_everything_that_is_shown(self):
        sound = self.speech("s.wav", seed=3, seconds=8)
        a = self.encode(sound, "a.m4a", "-metadata", "comment=call " + PHONE, "-metadata",
                        "location=" + PLACE)
        self.run_ew("case", "add", a, "--note", "ask " + OTHER, timeout=120)
        found = self.item_by_item("case", "--note", "mail jane@example.org")
        for words in (PHONE, OTHER, "jane@example.org"):
            self.assertIn(words, found.values())
        self.assertTrue([f for f in found.values() if f.startswith("+11.5564")], found)
        # what was allowed of one item is not allowed of another with the same words
        b = self.encode(sound, "b.m4a", "-metadata", "comment=call " + PHONE)
        self.run_ew("case", "add", b, timeout=120)
        yes = [x for i in found for x in ("--allow", i)]
        self.assertEqual(list(self.held("case", "--note", "mail jane@example.org", *yes).values()), [PHONE])
        reviews = ("report", "case", "--jsonld", "--publisher", "Desk")
        self.assertEqual(self.run_ew(*reviews, code=4).out, "")

    def test_excerpts(self):
        """Names of what is heard are names of items."""
        clip = self.clip("s %s.wav" % PHONE)
        self.run_ew("case", "add", clip, timeout=120)
        found = self.held("case")
        self.assertTrue(all(f == PHONE for f in found.values()), found)
        shutil.rmtree(self.archive)


if __name__ == "__main__":
    main()
