#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reports on a case: what it keeps, drawn and told, and nothing that leads to somebody."""
import hashlib
import json
import os
import re
import shutil

from harness import main
from report_pages import NASTY, Report


ARTICLE = """<!doctype html><html lang="en"><head><title>%(title)s</title>
<meta property="og:site_name" content="%(title)s">
<meta property="article:published_time" content="2026-10-12T10:00:00Z"></head><body><article>
<h1>%(title)s</h1><p>\u201cThe recording is fake, %(words)s,\u201d John Smith, a spokesman, said on
Monday. \u201cI never said that.\u201d</p><p>A second paragraph is here so that there is more to
read, and a third one might follow it.</p></article></body></html>"""


class CaseReport(Report):
    def setUp(self):
        super().setUp()
        self.env["EARWITNESS_CASE"] = self.path("case")
        self.env["EARWITNESS_WHO"] = "Ann <b>"

    def new(self, title="The tape"):
        self.run_ew("case", "new", self.path("case"), "--title", title)

    def said(self, item, *args):
        return self.run_json("case", "position", item, *args)

    def test_page(self):
        self.new("The <i>tape</i>")
        a = self.speech("a.wav", seed=1, seconds=20)
        b = self.join("b.wav", [(a, 0, 8), (a, 11, 9)])
        self.run_ew("add", a)
        c = self.encode(a, "c.mp3", "-b:a", "32k")
        self.run_ew("case", "add", a, b, c, "--from", "a courier", timeout=120)
        self.said("a.wav", "--person", "Ministry", "--stance", "says-fabricated", "--date",
                  "2026-10-12", "--words", "A fake", "--channel", "press conference")
        self.said("a.wav", "--person", "Ministry", "--stance", "confirms", "--date", "2026-10-20")
        self.said("a.wav", "--person", "Army", "--stance", "asked", "--date", "2026-10-01",
                  "--until", "2026-10-05")
        page = self.page("case", "--date", "2026-11-01")
        text = page.text()
        self.assertIn("3 items; 3 positions; 1 reversal; 1 question without an answer.", text)
        self.assertIn("counted until 2026-11-01", text)
        self.assertIn("31", page.cells)
        self.assertIn("reversal: says the opposite of before", page.cells)
        self.assertIn("None of the", text)
        for path in (a, b, c):
            with open(path, "rb") as f:
                self.assertIn(hashlib.sha256(f.read()).hexdigest(), page.cells)
        self.assertGreater(len(page.sounds), 0)
        self.assertIn("Ann <b>", page.cells)
        self.same_bytes("case", "--date", "2026-11-01")
        # nothing is computed again: without the archive, decoder and originals it says the same
        shutil.rmtree(os.path.join(self.path("case"), "originals"))
        again = self.page("case", "--date", "2026-11-01", "--no-sound")
        self.assertEqual([c for c in again.cells if c not in page.cells], [])
        made = json.loads(self.run_ew("report", "case", "--json", "--no-sound").out)
        shown = self.run_json("case", "show", "2")
        kept = [x["result"] for x in shown["analyses"]]
        for result in kept:
            self.assertIn(result, made["results"])
        # each is drawn from what is kept, and says when and with what it was made
        drawn = [b["svg"] for b in made["blocks"] if b["type"] == "picture"]
        for words in ("Piece map of a.wav", "Piece map of b.wav", "What c.mp3 changes against a.wav",
                      "What a.wav betrays about itself", "Family of 3 copies"):
            self.assertEqual(len([d for d in drawn if words in d]), 1,
                             (words, [re.findall("<title.*?</title>", d)[0] for d in drawn]))
        for analysis in shown["analyses"]:
            self.assertRegex(text, r"Analysis %d, made by .%s. of earwitness %s on %s" % (
                analysis["analysis"], analysis["tool"], analysis["version"], r"\d{4}-\d\d-\d\d"))
        reviews = json.loads(self.run_ew("report", "case", "--jsonld", "--publisher", "D").out)
        self.assertIn("ClaimReview", json.dumps(reviews))

    def test_held_back(self):
        self.new()
        a = self.speech("a.wav", seed=1, seconds=6)
        self.run_ew("case", "add", a, "--no-analyses", "--note", "call +855 12 345 678")
        held = self.run_ew("report", "case", "-o", self.path("x.html"), code=4)
        self.assertFalse(os.path.exists(self.path("x.html")))
        ids = re.findall(r"\[([0-9a-f]{16})\]", held.err)
        self.assertTrue(ids, held.err)
        self.run_ew("report", "case", "-o", self.path("x.html"), "--allow", "0" * 16, code=4)
        self.run_ew("report", "case", "--jsonld", "--publisher", "D", code=4)
        allowed = [x for i in ids for x in ("--allow", i)]
        self.assertIn("call +855", self.page("case", *allowed).text())
        self.page("case", "--unchecked")

    def test_nasty_words(self):
        self.new(NASTY[2])
        for i, words in enumerate(NASTY):
            if "\0" in words:
                continue
            item = self.path("%d.txt" % i)
            with open(item, "w", encoding="utf-8") as f:
                f.write(words)
            self.run_ew("case", "add", item, "--no-analyses", "--note", words, "--from", words,
                        "--origin", words, "--purpose", words, code=None)
        article = self.path("article.html")
        with open(article, "w", encoding="utf-8") as f:
            f.write(ARTICLE % {"title": "&lt;script&gt;alert(1)&lt;/script&gt;",
                               "words": "&lt;img src=x onerror=alert(1)&gt;"})
        self.run_ew("import", article)
        for i, words in enumerate(NASTY[:12]):
            self.run_ew("case", "position", "1", "--person", words, "--stance", "denies",
                        "--date", "2026-10-%02d" % (i + 1), "--words", words, "--channel", words,
                        code=None)
        self.run_ew("case", "accept", "1", "--item", "1", "--person", NASTY[0], "--stance",
                    "denies", code=None)
        page = self.page("case", "--unchecked", "--title", NASTY[0], "--note", NASTY[3],
                         "--publisher", NASTY[4])
        self.assertIn(NASTY[0], page.cells)
        self.browser_runs_nothing(self.path("out.html"))


if __name__ == "__main__":
    main()
