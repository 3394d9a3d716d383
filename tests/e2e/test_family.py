#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""family: copies made here with ffmpeg are ordered; what cannot be read, is silent, equal or
foreign is told apart; answers depend on neither order nor threads."""
import os
import shutil
import xml.etree.ElementTree

from harness import Case, main


class Copies(Case):
    """source.flac, and what was made of it; self.parents tells how."""

    def setUp(self):
        super().setUp()
        speech = self.speech("speech.wav", seed=21, seconds=20)
        self.source = self.encode(speech, "source.flac")
        self.parents = {"source.flac": None}

    def copy(self, parent, name, *options):
        self.parents[name] = parent
        return self.encode(self.path(parent), name, *options)

    def five(self):
        self.copy("source.flac", "a.mp3", "-ar", "22050", "-b:a", "32k")
        self.copy("a.mp3", "b.m4a", "-ss", "2", "-t", "14", "-ac", "1", "-ar", "44100",
                  "-b:a", "64k")
        self.copy("b.m4a", "c.opus", "-af", "volume=-6dB", "-b:a", "24k")
        self.copy("source.flac", "d.opus", "-b:a", "16k", "-application", "voip")
        return [self.path(name) for name in self.parents]

    def ordered(self, *args, code=0):
        return self.run_json("family", *args, code=code)

    def by_file(self, answer):
        return {copy["file"]: copy for copy in answer["copies"]}


class Family(Copies):
    def test_parents_and_root(self):
        answer = self.ordered(*self.five())
        self.assertEqual(answer["schema"], "earwitness.family/1")
        self.assertEqual(answer["root"], "source.flac")
        self.assertEqual(answer["parents"], self.parents)
        self.assertEqual(answer["roots"], ["source.flac"])
        copies = self.by_file(answer)
        self.assertEqual(copies["b.m4a"]["kind"], "child")
        self.assertAlmostEqual(copies["b.m4a"]["offset"], 2, delta=0.05)
        self.assertAlmostEqual(copies["c.opus"]["gain_db"], -6, delta=1.5)
        kinds = {reason["kind"] for reason in copies["b.m4a"]["reasons"]}
        self.assertLessEqual({"closest", "start-gone", "end-gone"}, kinds)
        for copy in answer["copies"]:
            self.assertTrue(0 <= copy["certainty"] <= 1)

    def test_order_and_threads_do_not_matter(self):
        files = self.five()
        one = self.ordered("--jobs", "1", *files)
        self.assertEqual(self.ordered("--jobs", "3", *files), one)
        other = self.ordered(*reversed(files))
        self.assertEqual(other["parents"], one["parents"])
        self.assertEqual(self.by_file(other), self.by_file(one))
        self.assertEqual(other["composite"], one["composite"])

    def test_equal_files_keep_their_node(self):
        self.copy("source.flac", "a.mp3", "-b:a", "64k")
        self.copy("a.mp3", "b.opus", "-b:a", "24k")
        shutil.copy(self.path("a.mp3"), self.path("z.mp3"))
        files = [self.path(name) for name in ("source.flac", "z.mp3", "b.opus", "a.mp3")]
        one = self.ordered(*files)
        self.assertEqual(self.by_file(one)["z.mp3"]["kind"], "duplicate")
        self.assertEqual(self.ordered(*reversed(files))["parents"], one["parents"])

    def test_uncoded_sound_is_the_source_of_its_mp3(self):
        self.copy("source.flac", "u.wav", "-ar", "44100")
        self.copy("u.wav", "m.mp3", "-b:a", "128k")
        self.assertEqual(self.ordered(self.path("m.mp3"), self.path("u.wav"))["root"], "u.wav")

    def test_one_file_has_nothing_to_be_compared_with(self):
        for files in ([self.source], [self.source, self.source]):
            done = self.run_ew("family", *files, code=1)
            self.assertIn("compares two or more", done.out)
            self.assertNotIn("belong", done.out)

    def test_composite_is_gapless(self):
        at = 0
        for stretch in self.ordered(*self.five())["composite"]:
            self.assertAlmostEqual(stretch["start"], at, places=3)
            self.assertGreater(stretch["end"], stretch["start"])
            at = stretch["end"]
        self.assertAlmostEqual(at, 20, delta=0.2)

    def test_rates_and_channels(self):
        self.copy("source.flac", "a.mp3", "-ar", "48000", "-ac", "2", "-b:a", "64k")
        self.copy("a.mp3", "b.opus", "-ac", "1", "-b:a", "24k")
        answer = self.ordered(*[self.path(name) for name in self.parents])
        self.assertEqual(answer["parents"], self.parents)


class Reports(Copies):
    def test_text(self):
        out = self.run_ew("family", *self.five()).out
        self.assertRegex(out, r"^Of 5 copies, the nearest to the source is source\.flac \(")
        self.assertIn("4 made from another.", out)
        self.assertRegex(out, r"\n├─ a\.mp3 ")
        self.assertRegex(out, r"\n│  └─ b\.m4a ")
        self.assertRegex(out, r"\n│     └─ c\.opus ")
        self.assertIn("  - b.m4a from a.mp3: ", out)
        self.assertIn("best sound", out)
        self.assertIn("who published first", out)
        self.assertNotIn("\033", out)

    def test_picture_and_graph(self):
        name = "<b>&\"'.opus"
        self.copy("source.flac", name, "-b:a", "24k")
        self.run_ew("family", self.source, name, "--svg", "f.svg", "--dot", "f.dot")
        text = " ".join(xml.etree.ElementTree.parse(self.path("f.svg")).getroot().itertext())
        self.assertIn(name, text)
        self.assertIn("Nearest to the source: source.flac", text)
        with open(self.path("f.dot")) as f:
            graph = f.read()
        self.assertTrue(graph.startswith("digraph family {"))
        self.assertIn("c0 -> c1 [label=", graph)
        self.assertIn('<b>&\\"\'.opus', graph)

    def test_picture_that_cannot_be_written(self):
        done = self.run_ew("family", *self.five(), "--svg", "no/such/f.svg", code=3)
        self.assertIn("source.flac", done.out)
        self.assertIn("no/such", done.err)

    def test_names_from_a_file_and_a_folder(self):
        os.mkdir(self.path("in"))
        self.encode(self.source, "in/a.mp3", "-b:a", "32k")
        with open(self.path("list"), "w") as f:
            f.write("source.flac\nin\n")
        answer = self.ordered("--files-from", "list")
        self.assertEqual(set(answer["parents"].values()), {None, "source.flac"})


class Odd(Copies):
    def test_damaged_file_among_good_ones(self):
        files = self.five()
        bad = self.path("bad.mp3")
        with open(bad, "wb") as f:
            f.write(os.urandom(20000))
        answer = self.ordered(*files, bad, code=3)
        self.assertEqual(answer["parents"], self.parents)
        self.assertEqual([one["name"] for one in answer["failed"]], ["bad.mp3"])
        self.assertEqual(answer["failed"][0]["error"]["code"], "format")

    def test_missing_file(self):
        answer = self.ordered(self.source, self.path("gone.wav"), code=3)
        self.assertEqual(len(answer["failed"]), 1)

    def test_equal_sounds(self):
        mp3 = self.copy("source.flac", "a.mp3", "-ar", "16000", "-b:a", "32k")
        wav = self.encode(mp3, "a.wav", "-c:a", "pcm_s16le")
        answer = self.ordered(self.source, mp3, wav)
        self.assertEqual(self.by_file(answer)["a.wav"]["kind"], "duplicate")
        self.assertEqual(answer["parents"],
                         {"source.flac": None, "a.mp3": "source.flac", "a.wav": "a.mp3"})

    def test_file_named_twice_is_one_file(self):
        answer = self.ordered(self.source, self.source, code=1)
        self.assertEqual(len(answer["copies"]), 1)

    def test_one_file(self):
        answer = self.ordered(self.source, code=1)
        self.assertIsNone(answer["root"])
        self.assertEqual(answer["parents"], {"source.flac": None})

    def test_foreign_silent_and_other_speed(self):
        mp3 = self.copy("source.flac", "a.mp3", "-ar", "22050", "-b:a", "32k")
        foreign = self.speech("foreign.wav", seed=22, seconds=20)
        fast = self.encode(self.source, "fast.wav", "-af", "atempo=1.06")
        silent = self.path("silent.wav")
        self.ffmpeg("-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-t", "5", silent)
        answer = self.ordered(self.source, mp3, foreign, fast, silent)
        kinds = {name: copy["kind"] for name, copy in self.by_file(answer).items()}
        self.assertEqual(kinds, {"source.flac": "root", "a.mp3": "child",
                                 "foreign.wav": "unrelated", "fast.wav": "unrelated",
                                 "silent.wav": "silent"})

    def test_nothing_in_common(self):
        other = self.speech("other.wav", seed=23, seconds=10)
        self.assertEqual(self.ordered(self.source, other, code=1)["roots"], [])

    def test_two_of_one_name(self):
        os.mkdir(self.path("sub"))
        self.encode(self.source, os.path.join("sub", "source.flac"), "-af", "volume=-3dB")
        answer = self.ordered(self.source, self.path("sub", "source.flac"))
        self.assertEqual(set(answer["parents"]),
                         {self.source, self.path("sub", "source.flac")})


if __name__ == "__main__":
    main()
