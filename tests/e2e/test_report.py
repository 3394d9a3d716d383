#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reports: one page that runs nothing, loads nothing, says what the commands say, and is the same
for the same input."""
import hashlib
import json
import os
import re
import shutil
import subprocess

from harness import main
from report_pages import NAMES, NASTY, Report
from schema_org import Validator


class Check(Report):
    def test_page(self):
        clip = self.clip("cl\"ip's <b>.wav")
        page = self.page("check", clip)
        said = self.run_json("check", clip)
        text = page.text()
        self.assertRegex(text, r"8[45]\.\d % of what can be compared was taken from 2 recordings")
        for span in said["spans"]:
            self.assertIn(span["sha256"], page.cells)
        self.assertIn(said["clip"]["sha256"], page.cells)
        self.assertIn("matches nothing", text)
        self.assertEqual(page.pictures, 1 + len(said["joins"]))
        self.assertEqual(len(page.sounds), 2 * len(said["spans"]) + len(said["joins"]))
        for heading in ("What was not tested", "How often it is wrong", "Files", "How to verify"):
            self.assertIn(("h2", heading), page.headings)
        self.same_bytes("check", clip)

    def test_json_says_the_same(self):
        clip = self.clip()
        page = self.page("check", clip, "--title", "A <title>", "--note", "Said & done",
                         "--publisher", "Desk", "--date", "2026-11-22")
        made = json.loads(self.run_ew("report", "check", clip, "--json", "--title", "A <title>",
                                      "--note", "Said & done", "--publisher", "Desk", "--date",
                                      "2026-11-22").out)
        self.assertEqual(made["schema"], "earwitness.report/1")
        self.assertEqual(made["results"], [self.run_json("check", clip)])
        text = page.text()
        for block in made["blocks"]:
            if block["type"] == "text":
                self.assertIn(block["text"], text)
            if block["type"] == "table":
                self.assertIn(block["caption"], page.captions)
                for row in block["rows"]:
                    self.assertEqual(len(row), len(block["columns"]))
                    for cell in row:
                        self.assertIn(cell, page.cells + [""])
        wavs = [b["sha256"] for b in made["blocks"] if b["type"] == "sound"]
        self.assertEqual(wavs, [hashlib.sha256(w).hexdigest() for w in page.sounds])

    def test_excerpts(self):
        clip = self.clip()
        self.assertEqual(self.page("check", clip, "--no-sound").sounds, [])
        limited = self.page("check", clip, "--sound-limit", "1")
        self.assertTrue(0 < len(limited.sounds) < 9, len(limited.sounds))
        self.assertLess(sum(map(len, limited.sounds)) * 4 / 3, 1e6)
        self.assertRegex(limited.text(), "more excerpts? did not fit")
        none = self.page("check", clip, "--sound-limit", "0")
        self.assertEqual(none.sounds, [])
        # the very samples: what the program decodes, at the place that is told
        made = json.loads(self.run_ew("report", "check", clip, "--json").out)
        sound = [b for b in made["blocks"] if b["type"] == "sound" and b["file"] == "1.wav"][0]
        import base64
        with open(self.path("1.wav"), "rb") as f:
            pcm = f.read()[44:]
        start = round(sound["from"] * 16000) * 2
        self.assertEqual(base64.b64decode(sound["wav"])[44:4044], pcm[start:start + 4000])
        # a source that is gone, and one that is another by now
        os.unlink(self.path("2.wav"))
        with open(self.path("1.wav"), "ab") as f:
            f.write(b"x")
        gone = self.page("check", clip)
        self.assertIn("could not be made", gone.text())

    def test_what_cannot_be_read(self):
        clip = self.clip()
        with open(self.path("no.wav"), "wb") as f:
            f.write(b"no sound")
        page = self.page("check", clip, self.path("no.wav"), code=3)
        self.assertIn("no.wav could not be read", page.text())
        result = self.run_ew("report", "check", "-", "-o", self.path("x.html"), code=2)
        self.assertIn("standard input", result.err)
        self.run_ew("report", "check", clip, code=2)
        self.assertFalse(os.path.exists(self.path("x.html")))

    def test_nasty_names(self):
        sound = self.speech("s.wav", seed=3, seconds=6)
        clips = []
        os.mkdir(self.path("clips"))
        for i, name in enumerate(NAMES):
            path = os.path.join(self.path("clips"), "%d%s.wav" % (i, name))
            shutil.copy(sound, path)
            clips.append(path)
        raw = os.path.join(self.path("clips").encode(), b"\xff\xfe<b>.wav")
        shutil.copy(sound, raw)
        self.run_ew("add", self.path("clips"))
        page = self.page("check", self.path("clips"))
        self.assertNotIn("\u202e", page.text())
        self.page("family", *clips[:6])
        self.page("inspect", clips[0], code=None)
        self.page("diff", clips[1], clips[2])

    def test_folders_are_not_told(self):
        os.mkdir(self.path("secretfolder"))
        os.mkdir(self.path("other"))
        a = self.speech("secretfolder/x.wav", seed=1, seconds=12)
        b = self.speech("other/x.wav", seed=2, seconds=12)
        self.run_ew("add", self.path("secretfolder"), self.path("other"))
        for args in (("check", a, b), ("diff", a, b), ("family", a, b), ("inspect", a)):
            self.page(*args, code=None)
            with open(self.path("out.html"), encoding="utf-8") as f:
                self.absent("secretfolder", f.read())
        made = self.run_ew("report", "family", a, b, "--json", code=None).out
        self.assertNotIn("secretfolder", made)
        self.assertIn("x.wav (2)", made)


class Files(Report):
    def test_diff(self):
        a = self.speech("a.wav", seed=1, seconds=30)
        b = self.join("b.wav", [(a, 0, 10), (a, 14, 16)])
        page = self.page("diff", a, b, code=1)
        self.assertIn("B differs from A in 1 place.", page.text())
        self.assertIn("deleted", page.cells)
        self.assertEqual(len(page.sounds), 2)
        self.same_bytes("diff", a, b)
        self.assertIn("the same, byte by byte", self.page("diff", a, a).text())

    def test_family(self):
        a = self.speech("a.wav", seed=1, seconds=25)
        b = self.encode(a, "b.mp3", "-b:a", "32k")
        c = self.encode(b, "c.m4a", "-c:a", "aac", "-b:a", "24k")
        page = self.page("family", a, b, c)
        self.assertIn("the nearest to the source is “a.wav”", page.text())
        self.assertEqual(len(page.sounds), 3)
        self.same_bytes("family", a, b, c)

    def test_inspect(self):
        a = self.speech("a.wav", seed=1, seconds=20)
        one, two = self.encode(a, "one.mp3"), self.encode(a, "two.mp3", "-b:a", "24k")
        with open(self.path("both.mp3"), "wb") as out:
            for name in (one, two):
                with open(name, "rb") as f:
                    out.write(f.read())
        page = self.page("inspect", self.path("both.mp3"), "--rate", "6")
        self.assertIn("Signs of change", page.captions)
        self.assertEqual(page.pictures, 1 + len(page.sounds))
        self.same_bytes("inspect", self.path("both.mp3"), "--rate", "6")

    def test_nasty_tags(self):
        a = self.speech("a.wav", seed=1, seconds=8)
        for i, words in enumerate(n for n in NASTY if "\0" not in n):
            if i % 3:
                continue
            path = self.encode(a, "t%d.mp3" % i, "-metadata", "title=" + words, "-metadata",
                               "artist=" + words, "-metadata", "comment=" + words)
            self.page("inspect", path, "--no-sound", "--unchecked", code=None)

    def test_jsonld(self):
        a = self.speech("a.wav", seed=1, seconds=12)
        self.assertIn("--publisher", self.run_ew("report", "inspect", a, "--jsonld", code=2).err)
        made = json.loads(self.run_ew("report", "inspect", a, "--jsonld", "--publisher", "Desk",
                                      "--date", "2026-11-22", code=None).out)
        review, = made["@graph"]
        self.assertEqual(review["@type"], "MediaReview")
        self.assertNotIn("mediaAuthenticityCategory", review)
        self.assertEqual(review["itemReviewed"]["mediaItemAppearance"][0]["sha256"],
                         hashlib.sha256(open(a, "rb").read()).hexdigest())
        self.assertEqual(review["reviewBody"].split(".")[0], "No sign of change was found")
        self.assertEqual(Validator(made).problems, [])
        whole = ("report", "diff", a, self.join("b.wav", [(a, 0, 5), (a, 8, 4)]), "--jsonld", "--publisher",
                 "Desk")
        full = json.loads(self.run_ew(*whole, "--publisher-url", "https://desk.example", "--review-url",
                                      "https://desk.example/1", "--authenticity",
                                      "b.wav=EditedOrCroppedContent", code=None).out)
        one, two = full["@graph"]
        self.assertNotIn("mediaAuthenticityCategory", one)
        self.assertEqual(two["mediaAuthenticityCategory"], "EditedOrCroppedContent")
        self.assertEqual(two["url"], "https://desk.example/1")
        self.assertEqual(two["author"]["url"], "https://desk.example")
        self.assertEqual(Validator(full).problems, [])
        for wrong in (("--date", "yesterday"), ("--review-url", "javascript:alert(1)"),
                      ("--authenticity", "c.wav=StagedContent"), ("--authenticity", "b.wav=Fake"),
                      ("--authenticity", "StagedContent")):
            self.assertEqual(self.run_ew(*whole, *wrong, code=2).out, "")

    def test_nothing_is_written_that_is_not_whole(self):
        a = self.speech("a.wav", seed=1, seconds=12)
        os.mkdir(self.path("dir"))
        self.run_ew("report", "inspect", a, "-o", self.path("dir"), code=None)
        self.run_ew("report", "inspect", a, "-o", "/dev/full", code=None)
        self.assertEqual(os.listdir(self.path("dir")), [])


class Paper(Report):
    def test_pdf(self):
        browser = shutil.which("chromium") or shutil.which("chromium-browser")
        if browser is None or shutil.which("pdftotext") is None:
            self.skipTest("chromium or pdftotext is not installed")
        clip = self.clip()
        self.page("check", clip)
        pdf = self.path("out.pdf")
        subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
             "--user-data-dir=" + self.path("profile"), "--print-to-pdf=" + pdf,
             "file://" + self.path("out.html")],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=True)
        text = subprocess.run(["pdftotext", "-layout", pdf, "-"], stdout=subprocess.PIPE,
                              check=True).stdout.decode()
        self.assertIn("The clip, piece by piece", text)
        with open(clip, "rb") as f:
            sha256 = hashlib.sha256(f.read()).hexdigest()
        self.assertIn(sha256, re.sub(r"\s", "", text))

    def test_tidy(self):
        if shutil.which("tidy") is None:
            self.skipTest("tidy is not installed")
        self.page("check", self.clip())
        done = subprocess.run(["tidy", "-q", "-e", self.path("out.html")],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        told = [line for line in done.stdout.decode().splitlines()
                if "proprietary attribute" not in line]  # it knows no SVG
        self.assertEqual(told, [])


if __name__ == "__main__":
    main()
