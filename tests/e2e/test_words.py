# SPDX-License-Identifier: Apache-2.0
"""The language of who reads: nothing is left in English, JSON is the same in all languages, a report carries its letters.

EARWITNESS_PSEUDO is the program with one language more, "qps", whose letters are all wide: a plain letter that is seen was
not put into that language."""
import base64
import hashlib
import html
import json
import os
import re

from harness import Case, main
from test_serve import Server

KHMER = re.compile("[\u1780-\u17ff]")
# Names and units that are the same in all languages.
SAME = re.compile(
    r"earwitness [\d.]+|docs/[\w/]+\.md|[\w-]+\.(?:wav|mp3|opus|m4a|flac)\b|pcm_\w+|\b(?:mp3|mp4|m4a|wav|aac|opus|flac|ogg|data|fmt|LIST|SHA|kHz|Hz|dB|dBFS|"
    r"kbit|ms|min|kB|MB|UTC|MP3|MP2|AAC|WAV|WAVE|Waveform|Audio|MPEG|audio|layer|PCM|signed|bit|little|endian|Lav[cf]\w*|"
    r"sha256sum|check|diff|family|inspect|report|OK|JSON|channels)\b|[0-9a-f]{8,}")


def left(text):
    """Plain words that are no names."""
    return sorted(set(re.findall(r"[A-Za-z]{2,}", SAME.sub("", text))))


class Words(Case):
    def world(self):
        a, b, c = (self.speech("%s.wav" % n, seed=i, seconds=s) for n, i, s in (("a", 1, 30), ("b", 2, 20), ("c", 9, 4)))
        self.run_ew("add", a, b)
        self.join("clip.wav", [(a, 5, 6), (b, 8, 6), (c, 0, 3), (a, 20, 5)])
        self.join("edit.wav", [(a, 0, 8), (a, 11, 9), (b, 3, 3), (a, 20, 10), (a, 5, 3)])
        self.encode(a, "low.mp3", "-c:a", "libmp3lame", "-b:a", "32k")
        self.encode(self.path("low.mp3"), "again.opus", "-c:a", "libopus", "-b:a", "24k")
        self.encode(a, "quiet.m4a", "-af", "volume=-6dB", "-c:a", "aac", "-b:a", "64k")
        return {"check": ["clip.wav"], "diff": ["a.wav", "edit.wav"],
                "family": ["a.wav", "low.mp3", "again.opus", "quiet.m4a", "b.wav"], "inspect": ["low.mp3"]}

    def report(self, language, kind, files, name="out.html"):
        self.run_ew("report", kind, "--language", language, "-o", self.path(name), *files, code=None)
        with open(self.path(name), encoding="utf-8") as f:
            return f.read()

    @staticmethod
    def seen(page):
        page = re.sub(r"<style>.*?</style>|<pre>.*?</pre>|\ssrc=\"[^\"]*\"", "", page, flags=re.S)
        return html.unescape(re.sub(r"<[^>]*>", "\n", page))

    def test_nothing_is_left(self):
        asked = self.world()
        if "EARWITNESS_PSEUDO" not in os.environ:
            self.skipTest("no program with a pseudo-language")
        self.program = os.environ["EARWITNESS_PSEUDO"]
        for kind, files in asked.items():
            text = self.run_ew(kind, "--language", "qps", *files, code=None).out
            self.assertEqual(left(text), [], text)
            self.assertRegex(text, "[\uff41-\uff5a]{4}")
            text = self.seen(self.report("qps", kind, files))
            self.assertEqual(left(text), [], text[:6000])
        self.run_ew("diff", "--language", "qps", "a.wav", "quiet.m4a", code=None)
        told = self.run_ew("check", "--language", "qps", "none.wav", code=None).err
        self.assertNotIn("cannot", told)
        self.assertIn("'none.wav'", told)
        self.answers()

    def test_a_case(self):
        if "EARWITNESS_PSEUDO" not in os.environ:
            self.skipTest("no program with a pseudo-language")
        case = self.path("case")
        self.env.update(EARWITNESS_CASE=case, EARWITNESS_WHO="7")
        a, b = self.speech("a.wav", 1, 20), self.speech("b.wav", 2, 12)
        self.run_ew("add", a)
        self.run_ew("case", "new", case, "--title", "1998")
        self.run_ew("case", "add", a, b, timeout=120)
        for day, stance in (("2026-10-01", "denies"), ("2026-10-05", "confirms"), ("2026-10-06", "asked")):
            self.run_ew("case", "position", "1", "--person", "8", "--stance", stance, "--date", day)
        self.program = os.environ["EARWITNESS_PSEUDO"]
        for verb in ("show", "timeline"):
            text = self.run_ew("case", verb, "--language", "qps", "--today", "2026-11-01").out.replace(case, "")
            self.assertEqual(left(text), [], text)
        self.run_ew("report", "case", "--language", "qps", "--unchecked", "-o", self.path("case.html"))
        with open(self.path("case.html"), encoding="utf-8") as f:
            text = self.seen(f.read())
        text = text.replace("\nname: ", "\n")  # a field of the detail of an event, as it is
        self.assertEqual(left(text), [], text[:8000])

    def answers(self):
        """What the page gets is in its language, and what has no words is the same."""
        s = Server(self).open()
        files = []
        for name in ("a.wav", "quiet.m4a"):
            with open(self.path(name), "rb") as f:
                files.append(json.loads(s.ask("POST", "/api/files?name=" + name, f.read())[2]))
        files = [{"sha256": f["sha256"], "name": f["name"]} for f in files]
        number = s.json("POST", "/api/jobs", {"kind": "diff", "files": files})["id"]
        where = "/api/jobs/%d/result" % number
        self.wait_until(lambda: s.ask("GET", where)[0] == 200, 60, "the job")
        plain = s.json("GET", where)
        _, _, english = s.ask("GET", where, headers={"Accept-Language": "en-GB"})
        with open(self.path("work", "jobs", "%012d.result" % number), "rb") as f:
            self.assertEqual(english, f.read())
        wide = s.json("GET", where, headers={"Accept-Language": "qps"})
        told = [f["text"] for f in wide["whole"]["facts"]] + wide["not_tested"]
        self.assertEqual([left(t) for t in told if left(t)], [])
        for key in ("verdict", "edits", "a", "b"):
            self.assertEqual(plain[key], wide[key])
        khmer = s.json("GET", where, headers={"Accept-Language": "km-KH,en;q=0.5"})
        self.assertRegex(khmer["not_tested"][0], KHMER)
        wrong = s.json("GET", "/api/jobs/999/result", code=404, headers={"Accept-Language": "qps"})
        self.assertEqual(wrong["error"]["code"], "notfound")
        self.assertEqual(left(wrong["error"]["message"]), [])

    def test_khmer(self):
        asked = self.world()
        for kind, files in asked.items():
            text = self.run_ew(kind, "--language", "km", *files, code=None).out
            self.assertRegex(text, KHMER)
            same = self.run_ew(kind, *files, code=None, env={"EARWITNESS_LANGUAGE": "km"}).out
            self.assertEqual(same, text)
            plain = self.run_ew(kind, *files, code=None, env={"LC_ALL": "km_KH.UTF-8", "LANG": "km_KH.UTF-8"}).out
            self.assertNotRegex(plain, KHMER)
            english = self.run_ew(kind, "--json", *files, code=None)
            khmer = self.run_ew(kind, "--json", "--language", "km", *files, code=None)
            self.assertEqual((english.raw, english.err), (khmer.raw, khmer.err))
        page = self.report("km", "diff", asked["diff"])
        self.assertEqual(page, self.report("km", "diff", asked["diff"], "again.html"))
        self.assertIn('<html lang="km">', page)
        style = re.search(r"<style>(.*?)</style>", page, re.S).group(1)
        policy = html.unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1))
        self.assertIn("'sha256-%s'" % base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(), policy)
        font = re.search(r"src:url\(data:font/woff2;base64,([^)]*)\)", style)
        self.assertEqual(font is not None, "font-src data:;" in policy)
        if font:
            self.assertEqual(base64.b64decode(font.group(1))[:4], b"wOF2")
        self.assertNotRegex(page, r"https?://(?!www\.w3\.org/2000/svg)|url\((?!data:|#)|@import|<script")
        self.assertRegex(self.seen(page), KHMER)
        plain = self.report("en", "diff", asked["diff"], "en.html")
        self.assertNotRegex(plain, KHMER)
        self.assertNotIn("font-src", plain)
        english = self.run_ew("report", "diff", "--json", *asked["diff"], code=None).raw
        self.assertEqual(english, self.run_ew("report", "diff", "--json", "--language", "km", *asked["diff"], code=None).raw)

    def test_which(self):
        told = self.run_ew("list", "--language", "xx", code=2).err
        self.assertEqual(told, "earwitness: there is no language 'xx'; there are: en, km\n")
        told = self.run_ew("list", code=2, env={"EARWITNESS_LANGUAGE": "km_KH"}).err
        self.assertIn("'km_KH'", told)
        error = json.loads(self.run_ew("list", "--json", "--language", "xx", code=2).err)["error"]
        self.assertEqual(error["code"], "arg")
        told = self.run_ew("check", "--language", "km", "none.wav", code=None).err
        self.assertRegex(told, KHMER)
        self.assertEqual(told.count("\n"), 1)
        self.assertNotRegex(self.run_ew("list", code=None, env={"EARWITNESS_LANGUAGE": ""}).err, KHMER)
        self.assertRegex(self.run_ew("help", "--language", "km").out, r"--language")


if __name__ == "__main__":
    main()
