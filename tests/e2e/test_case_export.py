#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Positions, the timeline and exports of a case: what leaves it can be checked by others."""
import csv
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys

from harness import Case, main
from schema_org import Validator

PAGE = """<!doctype html><html lang="en"><head><title>Ministry denies tape</title>
<meta property="og:site_name" content="%(outlet)s"><link rel="canonical" href="%(url)s">
<meta property="article:published_time" content="2026-10-12T10:00:00Z"></head><body><article>
<h1>Ministry denies tape</h1>
<p>\u201cWe have <b>never</b> heard&nbsp;of such a recording, and it&rsquo;s a fabrication,\u201d
the spokesman of the Ministry said on Monday, in a statement to reporters in the capital.</p>
<p>A second paragraph is here so that there is more to read, and a third one might follow it.</p>
</article></body></html>
"""
WORDS = "\u201cWe have never heard of such a recording, and it\u2019s a fabrication\u201d"
CHAT = {"name": "Night desk", "type": "private_group", "id": 7, "messages": [
    {"id": 1, "type": "message", "date": "2026-10-01T10:00:00", "date_unixtime": "1790848800",
     "from": "=HYPERLINK(\"http://x.example\")", "from_id": "user1",
     "text": "line one\nline \"two\", \u1797\u17b6\u179f\u17b6\u0000\u0007"},
    {"id": 2, "type": "message", "date": "2026-10-01T10:01:00", "date_unixtime": "1790848860",
     "from": "Bo", "from_id": "user2", "text": "@SUM(1)"}]}


class CaseFile(Case):
    def setUp(self):
        super().setUp()
        self.env["EARWITNESS_CASE"] = self.path("case")
        self.env["EARWITNESS_WHO"] = "Ann"
        self.run_ew("case", "new", self.path("case"), "--title", "The tape")

    def write(self, name, text):
        with open(self.path(name), "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        return self.path(name)

    def fill(self):
        """Items 1 to 4: a clip, two reports, a chat."""
        self.run_ew("case", "add", self.write("clip.wav", b"RIFF nothing"), "--no-analyses")
        for name, url in (("a.html", "https://a.example/1"), ("b.html", "https://b.example/2")):
            self.run_ew("import", self.write(name, PAGE % {"url": url, "outlet": name[0]}))
        self.run_ew("import", self.write("result.json", json.dumps(CHAT)))

    def position(self, *args, **options):
        return self.run_json("case", "position", "clip.wav", *args, **options)


class Timeline(CaseFile):
    def test_words_and_findings(self):
        self.fill()
        said = self.position("--person", "Ministry", "--stance", "says-fabricated", "--date",
                             "2026-10-12", "--words", WORDS, "--report", "a.html")
        self.assertEqual((said["words"], said["places"], said["new_person"]), ("found", 1, True))
        with open(self.path("a.html"), "rb") as f:
            there = f.read()[said["at"]:said["at"] + said["bytes"]].decode()
        self.assertTrue(there.startswith("We have <b>never"), there)
        self.assertTrue(there.endswith("a fabrication"), there)
        place = "a.html:%d+%d" % (said["at"], said["bytes"])
        said = self.position("--person", "Ministry", "--stance", "denies", "--date", "2026-10-13",
                             "--words", WORDS, "--report", place, "--via", "1")
        self.assertEqual(said["words"], "at-place")
        said = self.position("--person", "Ministry", "--stance", "denies", "--date", "2026-10-13",
                             "--words", WORDS, "--report", "b.html")
        self.assertEqual(said["words"], "found")
        said = self.position("--person", "Ministry", "--stance", "confirms", "--date",
                             "2026-10-14", "--words", "It must have happened", "--report", "3")
        self.assertEqual(said["words"], "not-found")
        self.position("--person", "Army", "--stance", "asked", "--date", "2026-10-01", "--until",
                      "2026-10-05")
        text = self.run_ew("case", "timeline", "--today", "2026-10-20").out
        for words in ("2026-10-13 denies \u2192 2026-10-14 confirms", "asked 19 days ago",
                      "over 15 days ago", "the same words in 2 reports"):
            self.assertIn(words, text)
        rows = self.run_jsonl("case", "timeline", "1", "--person", "Army", "--today",
                              "2026-10-20")
        self.assertEqual([r["row"] for r in rows], ["position", "finding"])
        self.run_ew("case", "timeline", "a.html", code=1)
        found = self.run_jsonl("case", "timeline", "--today", "2026-10-20")
        self.assertEqual([r["finding"] for r in found if r["row"] == "finding"],
                         ["reversal", "silence", "same-words"])
        self.run_ew("case", "position", "1", "--person", "X", "--stance", "lies", "--date",
                    "2026", code=2)
        self.run_ew("case", "position", "1", "--person", "X", "--stance", "denies", "--date",
                    "2026", "--report", "a.html:9999999+5", "--words", "x", code=2)
        self.run_ew("case", "position", "77", "--person", "X", "--stance", "denies", "--date",
                    "2026", code=3)


class Export(CaseFile):
    def export(self, name, *args, code=0):
        self.run_ew("case", "export", "-o", self.path(name), "--unchecked", *args, code=code)
        return self.path(name)

    def sums(self, bag):
        if shutil.which("sha256sum") is None:
            self.skipTest("sha256sum is not installed")
        for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
            done = subprocess.run(("sha256sum", "--quiet", "--strict", "-c", name), cwd=bag,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            self.assertEqual((done.returncode, done.stdout), (0, b""))

    def tables(self, bag):
        with open(os.path.join(bag, "data/case.json"), encoding="utf-8") as f:
            return json.load(f)["tables"]

    def chain(self, bag, code=0):
        """Runs the program that docs/formats/case-export.md gives."""
        docs = os.path.join(os.environ["EARWITNESS_SOURCE"], "docs/formats/case-export.md")
        with open(docs, encoding="utf-8") as f:
            program = re.search(r"```python\n(.*?)```", f.read(), re.DOTALL).group(1)
        done = subprocess.run((sys.executable, "-c", program), cwd=bag, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, code, done.stdout.decode())
        return done.stdout.decode().split()

    def test_everything(self):
        self.fill()
        for stance, date in (("says-fabricated", "2026-10-12"), ("confirms", "2026-10")):
            self.position("--person", "Ministry", "--stance", stance, "--date", date, "--words",
                          "=1+1", "--report", "a.html")
        bag = self.export("bag")
        self.sums(bag)
        tables = self.tables(bag)
        self.assertEqual(len(tables["message"]), 2)
        self.assertEqual(tables["message"][0]["text"], CHAT["messages"][0]["text"])
        events, last = self.chain(bag)
        self.assertEqual((int(events), last), (7, tables["event"][-1]["chain"]))
        with open(os.path.join(bag, "data/events.json"), encoding="utf-8") as f:
            self.assertEqual(json.load(f)["tables"], {"event": tables["event"]})
        # Originals, byte by byte.
        for item in tables["item"]:
            with open(os.path.join(bag, "data/originals", item["sha256"]), "rb") as f:
                got = f.read()
            self.assertEqual(hashlib.sha256(got).hexdigest(), item["sha256"])
        self.assertEqual(len(os.listdir(os.path.join(bag, "data/originals"))), 4)
        self.check_csv(bag, tables)
        # A row that was changed is found.
        path = os.path.join(bag, "data/case.json")
        with open(path, encoding="utf-8") as f:
            text = f.read()
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace("line one", "line 1"))
        self.assertIn("rows", self.chain(bag, code=1))
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace('"who":"Ann"', '"who":"Bob"', 1))
        self.assertIn("follow", self.chain(bag, code=1))
        # It is written down who handed on what.
        again = self.tables(self.export("again", "--purpose", "for the court"))
        done = [json.loads(e["detail"]) for e in again["event"] if e["kind"] == "export"]
        self.assertEqual([d["export"] for d in done], ["begun", "done"])
        self.assertEqual(done[0]["folder"], "bag")
        with open(os.path.join(bag, "manifest-sha256.txt"), "rb") as f:
            self.assertEqual(hashlib.sha256(f.read()).hexdigest(), done[1]["manifest"])
        self.export("again", code=2)

    def check_csv(self, bag, tables):
        for table, rows in tables.items():
            with open(os.path.join(bag, "data/csv", table + ".csv"), encoding="utf-8",
                      newline="") as f:
                raw = f.read()
            self.assertEqual(raw.count("\r\n"), len(rows) + 1)
            got = list(csv.DictReader(raw.splitlines(keepends=True)))
            self.assertEqual(len(got), len(rows))
            for row, want in zip(got, rows):
                for name, value in want.items():
                    value = "" if value is None else str(value)
                    if isinstance(want[name], str):
                        value = value.replace("\0", "\ufffd")
                    if isinstance(want[name], str) and value[:1] in tuple("=+-@\t"):
                        value = "'" + value
                    if not isinstance(want[name], float):
                        self.assertEqual(row[name], value)
        self.assertIn("'=HYPERLINK", open(os.path.join(bag, "data/csv/message.csv")).read())

    def test_the_same_case_gives_the_same_bytes(self):
        self.fill()
        shutil.copytree(self.path("case"), self.path("copy"))
        one = self.export("one")
        self.env["EARWITNESS_CASE"] = self.path("copy")
        two = self.export("two")
        for name in ("manifest-sha256.txt", "README.txt"):
            with open(os.path.join(one, name), "rb") as a, open(os.path.join(two, name),
                                                                "rb") as b:
                self.assertEqual(a.read(), b.read())

    def test_parts(self):
        self.fill()
        self.position("--person", "Ministry", "--stance", "denies", "--date", "2026-10-12",
                      "--report", "a.html")
        bag = self.export("only", "--only", "clip.wav", "--publisher", "Desk")
        self.sums(bag)
        tables = self.tables(bag)
        self.assertEqual([i["id"] for i in tables["item"]], [1])
        self.assertEqual((len(tables["position"]), len(tables["message"]),
                          len(tables["paragraph"])), (1, 0, 0))
        self.chain(bag)
        for name in ("data/case.json", "data/jsonld/reviews.json", "data/csv/event.csv"):
            with open(os.path.join(bag, name), encoding="utf-8") as f:
                text = f.read()
            for word in ("a.html", "Night desk", "a.example"):
                self.assertNotIn(word, text, name)
        self.assertEqual(len(os.listdir(os.path.join(bag, "data/originals"))), 1)
        self.assertEqual(sorted(os.listdir(os.path.join(self.export(
            "json", "--format", "json"), "data"))), ["case.json", "events.json"])
        self.assertEqual(os.listdir(os.path.join(self.export(
            "csv", "--format", "csv"), "data")), ["csv"])
        self.assertNotIn("originals", os.listdir(os.path.join(self.export(
            "without", "--without-originals"), "data")))
        self.export("x", "--format", "pdf", code=2)
        self.export("x", "--only", "nothing", code=3)
        self.assertFalse(os.path.exists(self.path("x")))

    def test_an_original_that_was_changed_does_not_leave(self):
        self.fill()
        folder = self.path("case", "originals")
        with open(self.path("clip.wav"), "rb") as f:
            name = hashlib.sha256(f.read()).hexdigest()
        path = os.path.join(folder, name[:2], name)
        os.chmod(path, 0o600)
        self.write(path, b"RIFF another")
        err = self.run_ew("case", "export", "-o", self.path("bag"), "--unchecked", code=3).err
        self.assertIn("was changed", err)
        os.unlink(path)
        self.assertIn("missing", self.run_ew("case", "export", "-o", self.path("bag"),
                                             "--unchecked", code=3).err)
        self.assertEqual([n for n in os.listdir(self.dir) if "bag" in n], [])
        tables = self.tables(self.export("bag", "--without-originals"))
        done = [json.loads(e["detail"])["export"] for e in tables["event"]
                if e["kind"] == "export"]
        self.assertEqual(done, ["begun", "failed"] * 2)


class Protected(CaseFile):
    """Who is protected leaves under the name shown, or not at all."""
    SECRET = "Sreymom Vannak\n+855 12 345 678\n"

    def setUp(self):
        super().setUp()
        recipient = self.run_ew("vault", "identity", "-o", self.path("key")).out.strip()
        self.run_ew("case", "recipient", recipient)
        self.run_ew("case", "person", "Source 1", "--kind", "protected", "--identity-file",
                    self.write("who", self.SECRET))
        os.unlink(self.path("who"))
        self.run_ew("case", "alias", "Source 1", "--name-file", self.write("n", "Mom V"))
        self.recipient = recipient

    def words_in(self, bag):
        found = set()
        for root, _, names in os.walk(bag):
            for name in names:
                with open(os.path.join(root, name), "rb") as f:
                    text = f.read().lower()
                found |= {w for w in ("sreymom", "vannak", "mom v", "345 678", "source 1", "age1",
                                      b"age-encryption".hex())
                          if w.encode() in text}
        return found

    def add(self, text):
        self.run_ew("case", "add", self.write("note.txt", text), "--no-analyses")
        self.run_ew("case", "position", "note.txt", "--person", "Source 1", "--stance",
                    "confirms", "--date", "2026-10-12")

    def test_nothing_of_them_leaves(self):
        self.add("Nothing to see.")
        err = self.run_ew("case", "export", "-o", self.path("bag"), code=4).err
        self.assertIn("--identity", err)
        self.assertFalse(os.path.exists(self.path("bag")))
        self.run_ew("case", "export", "-o", self.path("bag"), "-i", self.path("key"),
                    "--publisher", "Desk")
        self.assertEqual(self.words_in(self.path("bag")), {"source 1"})
        with open(os.path.join(self.path("bag"), "data/case.json"), encoding="utf-8") as f:
            case = json.load(f)
        self.assertEqual(case["tables"]["person"][0]["identity"], {"left_out": True})
        Export.chain(self, self.path("bag"))
        # Asked for, what is encrypted goes along, still encrypted.
        self.run_ew("case", "export", "-o", self.path("all"), "--unchecked",
                    "--with-identities")
        self.assertEqual(self.words_in(self.path("all")),
                         {"source 1", "age1", b"age-encryption".hex()})
        Export.chain(self, self.path("all"))

    def test_what_would_leave_is_looked_at_first(self):
        self.add("Ask Sreymom about it.")
        done = self.run_ew("case", "export", "-o", self.path("bag"), "-i", self.path("key"),
                           code=4)
        self.assertNotIn("sreymom", (done.out + done.err).lower())
        known = re.findall(r"\[([0-9a-f]{16})\]", done.err)
        self.assertTrue(known, done.err)
        self.assertFalse(os.path.exists(self.path("bag")))
        self.assertNotIn("export", self.run_ew("case", "events").out)
        # Without the original nothing of it leaves; and what is known may.
        self.run_ew("case", "export", "-o", self.path("tables"), "-i", self.path("key"),
                    "--without-originals")
        allow = [word for one in known for word in ("--allow", one)]
        self.run_ew("case", "export", "-o", self.path("bag"), "-i", self.path("key"), *allow)
        rows = self.run_jsonl("case", "events")
        begun = [r for r in rows if (r.get("detail") or {}).get("export") == "begun"][-1]
        self.assertIn(known[0], json.dumps(begun))

    def test_names_that_are_alike(self):
        self.run_ew("case", "add", self.write("clip.wav", b"RIFF"), "--no-analyses")
        said = ("--stance", "denies", "--date", "2026-10-12")
        for name in ("Sourc 1", "source 1", "The Source 1"):
            err = self.run_ew("case", "position", "1", "--person", name, *said, code=2).err
            self.assertIn("Source 1", err)
        self.position("--person", "Source 1", *said)
        self.position("--person", "Sourc 1", "--new-person", *said)
        self.position("--person", "Someone else", *said)
        # Another name leads to the name shown.
        self.run_ew("case", "person", "Fox", "--kind", "pseudonym")
        self.run_ew("case", "alias", "Fox", "night_owl_77")
        self.assertFalse(self.position("--person", "night_owl_77", *said)["new_person"])
        text = self.run_ew("case", "timeline", "--person", "Fox").out
        self.assertIn("Fox", text)
        self.assertNotIn("owl", self.run_ew("case", "timeline").out)


class Reviews(CaseFile):
    OPTIONS = ("--publisher", "Desk <i>\"x\"", "--publisher-url", "https://desk.example",
               "--review-url", "https://desk.example/1", "--review-date", "2026-11-22",
               "--rating", "1=False", "--rating", "4=4/5 Mostly true", "--authenticity",
               "1=TransformedContent", "--media-context", "2=A report, as it stood that day",
               "--organization", "Ministry")

    def document(self):
        self.fill()
        said = ("--person", "Ministry", "--stance")
        self.position(*said, "says-fabricated", "--date", "2026-10-12", "--words", WORDS,
                      "--report", "a.html")
        self.position(*said, "denies", "--date", "2026-10-13", "--report", "b.html", "--via", "1")
        self.position(*said, "no-comment", "--date", "2026-10-13")
        self.position(*said, "confirms", "--date", "2026-10", "--report", "result.json")
        return json.loads(self.run_ew("case", "timeline", "--jsonld", *self.OPTIONS).out)

    def test_valid(self):
        doc = self.document()
        self.assertEqual(Validator(doc).problems, [])
        kinds = [n["@type"] for n in doc["@graph"]]
        self.assertEqual(kinds, ["ClaimReview"] * 2 + ["MediaReview"] * 2)
        one, two, media, context = doc["@graph"]
        self.assertEqual(one["reviewRating"], {"@type": "Rating", "alternateName": "False"})
        self.assertEqual((two["reviewRating"]["ratingValue"], two["reviewRating"]["bestRating"]),
                         ("4", "5"))
        self.assertEqual([a["url"] for a in one["itemReviewed"]["appearance"]],
                         ["https://a.example/1", "https://b.example/2"])
        self.assertEqual(one["itemReviewed"]["author"]["@type"], "Organization")
        self.assertEqual(media["mediaAuthenticityCategory"], "TransformedContent")
        self.assertNotIn("mediaAuthenticityCategory", context)
        # Without people's verdicts there is none.
        plain = self.run_ew("case", "timeline", "--jsonld", "--publisher", "Desk").out
        for word in ("reviewRating", "mediaAuthenticityCategory", "datePublished\": \"2026-11"):
            self.assertNotIn(word, plain)
        self.assertEqual(Validator(json.loads(plain)).problems, [])
        self.run_ew("case", "timeline", "--jsonld", "-o", self.path("r.json"), *self.OPTIONS)
        bag = self.path("bag")
        self.run_ew("case", "export", "-o", bag, "--unchecked", *self.OPTIONS)
        with open(os.path.join(bag, "data/jsonld/reviews.json"), "rb") as a, open(
                self.path("r.json"), "rb") as b:
            self.assertEqual(a.read(), b.read())

    def test_refused(self):
        self.document()
        for bad in (("--rating", "2=False"), ("--rating", "9=False"), ("--rating", "False"),
                    ("--authenticity", "1=Fake"), ("--authenticity", "77=StagedContent"),
                    ("--review-date", "soon"), ("--publisher-url", "javascript:x")):
            self.run_ew("case", "timeline", "--jsonld", "--publisher", "D", *bad, code=2)
        self.run_ew("case", "timeline", "--jsonld", code=2)

    def test_the_validator_finds_what_is_wrong(self):
        doc = self.document()
        for change in (lambda g: g[0].update(rating="x"), lambda g: g[0].update(sha256="x"),
                       lambda g: g[0].update(url="nowhere"),
                       lambda g: g[0]["itemReviewed"].update(author="Ann"),
                       lambda g: g[2].update(mediaAuthenticityCategory="Fake"),
                       lambda g: g[0].update({"@type": "Review of claims"})):
            copy = json.loads(json.dumps(doc))
            change(copy["@graph"])
            self.assertNotEqual(Validator(copy).problems, [])

    def test_other_programs_read_it(self):
        """Every term is known to a context with nothing else in it."""
        try:
            from pyld import jsonld
        except ImportError:
            self.skipTest("pyld is not installed")
        from schema_org import PARENTS, PROPERTIES
        doc = self.document()
        terms = dict.fromkeys(list(PARENTS) + list(PROPERTIES))
        context = {name: "https://schema.org/" + name for name in terms}
        expanded = jsonld.expand(dict(doc, **{"@context": context}))
        self.assertEqual(len(expanded), 4)
        back = jsonld.compact(expanded, context)
        del back["@context"]
        back = json.dumps(back)
        for name in ("claimReviewed", "mediaItemAppearance", "associatedClaimReview"):
            self.assertEqual(back.count('"%s"' % name), json.dumps(doc).count('"%s"' % name))


if __name__ == "__main__":
    main()
