#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check: the answer for people, as JSON and as a picture, on clips whose making is known."""
import json
import os
import subprocess
import xml.etree.ElementTree

from harness import Case, main

KEYS = {"query_start", "query_end", "source", "source_start", "source_end", "source_duration",
        "speed", "score", "certainty", "agreement", "wave", "pitch", "backwards", "refined", "offset_sd_ms",
        "source_name", "sha256", "others"}


class Check(Case):
    """Three recordings in the archive: a, b, c; d is in none."""

    def setUp(self):
        super().setUp()
        self.wavs = {n: self.speech(n + ".wav", seed=i + 1, seconds=60)
                     for i, n in enumerate("abcd")}
        self.run_ew("add", *[self.wavs[n] for n in "abc"])

    def clip(self, *pieces, name="clip.wav", options=()):
        return self.join(name, [(self.wavs[n], start, length) for n, start, length in pieces],
                         *options)

    def check_span(self, span, start, end, source, source_start, speed=1.0):
        self.assertEqual(span["source"], source)
        self.assertAlmostEqual(span["query_start"], start, delta=0.15)
        self.assertAlmostEqual(span["query_end"], end, delta=0.15)
        expected = source_start + (span["query_start"] - start) * speed
        self.assertAlmostEqual(span["source_start"], expected, delta=0.05)
        self.assertAlmostEqual(span["speed"], speed, delta=0.01)

    def test_splice(self):
        clip = self.clip(("a", 10.3, 4), ("c", 33.1, 5), ("a", 2.2, 3),
                         options=("-c:a", "libopus", "-b:a", "16k"), name="clip.opus")
        answer = self.run_json("check", clip)
        self.assertEqual(answer["schema"], "earwitness.check/1")
        self.assertEqual(answer["clip"]["name"], "clip.opus")
        self.assertAlmostEqual(answer["clip"]["duration"], 12, delta=0.05)
        self.assertEqual(answer["archive"], {"recordings": 3, "hours": 0.05})
        self.assertEqual(answer["explained"], 1.0)
        self.assertEqual(len(answer["spans"]), 3)
        for span in answer["spans"]:
            self.assertEqual(set(span), KEYS)
        self.check_span(answer["spans"][0], 0, 4, "a.wav", 10.3)
        self.check_span(answer["spans"][1], 4, 9, "c.wav", 33.1)
        self.check_span(answer["spans"][2], 9, 12, "a.wav", 2.2)
        self.assertEqual([(j["before"], j["after"]) for j in answer["joins"]], [(0, 1), (1, 2)])

    def test_stranger(self):
        answer = self.run_json("check", self.clip(("a", 20, 5), ("d", 10, 5), ("b", 30, 5)))
        self.assertEqual([s["source"] for s in answer["spans"]], ["a.wav", "b.wav"])
        gap = [g for g in answer["gaps"] if g["kind"] == "no-match"]
        self.assertEqual(len(gap), 1)
        self.assertAlmostEqual(gap[0]["query_start"], 5, delta=0.3)
        self.assertAlmostEqual(gap[0]["query_end"], 10, delta=0.3)
        self.assertAlmostEqual(answer["explained"], 0.67, delta=0.03)

    def test_nothing_found(self):
        clip = self.clip(("d", 10, 8))
        done = self.run_ew("check", clip, code=1)
        self.assertIn("Nothing of this clip was found", done.out)
        answer = self.run_json("check", clip, code=1)
        self.assertEqual(answer["spans"], [])
        self.assertEqual(answer["explained"], 0)

    def test_silence_is_nothing_to_compare(self):
        self.ffmpeg("-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-t", "5",
                    self.path("quiet.wav"))
        answer = self.run_json("check", "quiet.wav", code=1)
        self.assertEqual({g["kind"] for g in answer["gaps"]}, {"nothing-to-compare"})
        self.assertIn("nothing to compare", self.run_ew("check", "quiet.wav", code=1).out)

    def test_tone_is_nothing_to_compare(self):
        self.ffmpeg("-f", "lavfi", "-i", "sine=440:r=16000", "-t", "5", self.path("tone.wav"))
        answer = self.run_json("check", "tone.wav", code=1)
        self.assertEqual({g["kind"] for g in answer["gaps"]}, {"nothing-to-compare"})

    def test_backwards(self):
        clip = self.encode(self.clip(("b", 20, 6)), "back.wav", "-af", "areverse")
        answer = self.run_json("check", clip)
        self.assertTrue(all(s["backwards"] for s in answer["spans"]))
        first = answer["spans"][0]
        self.assertEqual(first["source"], "b.wav")
        self.assertAlmostEqual(first["source_start"], 26, delta=0.3)
        self.assertLess(first["source_end"], first["source_start"])
        self.assertIn("backwards", self.run_ew("check", clip).out)

    def test_speed(self):
        clip = self.encode(self.clip(("a", 20, 10)), "fast.wav", "-af",
                           "asetrate=16640,aresample=16000")
        answer = self.run_json("check", clip)
        self.assertEqual({s["source"] for s in answer["spans"]}, {"a.wav"})
        for span in answer["spans"]:
            self.assertAlmostEqual(span["speed"], 1.04, delta=0.01)
            self.assertAlmostEqual(span["pitch"], 1.04, delta=0.03)

    def test_tempo(self):
        clip = self.encode(self.clip(("a", 20, 10)), "tempo.wav", "-af", "atempo=1.06")
        answer = self.run_json("check", clip)
        self.assertEqual({s["source"] for s in answer["spans"]}, {"a.wav"})
        for span in answer["spans"]:
            self.assertAlmostEqual(span["speed"], 1.06, delta=0.02)

    def test_polarity_and_channels(self):
        clip = self.encode(self.clip(("a", 20, 6)), "odd.wav", "-af",
                           "volume=-1,pan=stereo|c0=0.2*c0|c1=c0")
        self.check_span(self.run_json("check", clip)["spans"][0], 0, 6, "a.wav", 20)

    def test_repeats_itself(self):
        answer = self.run_json("check", self.clip(("a", 20, 4), ("a", 20, 4), ("a", 20, 4)))
        self.assertEqual(len(answer["spans"]), 3)
        for i, span in enumerate(answer["spans"]):
            self.check_span(span, 4 * i, 4 * i + 4, "a.wav", 20)

    def test_longer_than_the_source(self):
        answer = self.run_json("check", self.clip(("d", 0, 20), ("b", 0, 60), ("d", 20, 20)))
        whole = [s for s in answer["spans"] if s["source"] == "b.wav"]
        self.assertGreater(sum(s["query_end"] - s["query_start"] for s in whole), 58)

    def test_several_sources(self):
        """The same speech in two recordings: one in the main answer, the other beside it."""
        self.run_ew("add", self.join("copy.wav", [(self.wavs["d"], 0, 5), (self.wavs["a"], 0, 40)]))
        answer = self.run_json("check", self.clip(("a", 20, 6)))
        (span,) = answer["spans"]
        both = {span["source"]} | {o["source"] for o in span["others"]}
        self.assertEqual(both, {"a.wav", "copy.wav"})
        done = self.run_ew("check", self.path("clip.wav"))
        self.assertIn("also in", done.out)

    def test_removed_is_not_found(self):
        clip = self.clip(("a", 20, 6))
        self.run_ew("check", clip)
        self.run_ew("remove", "a.wav")
        self.run_ew("check", clip, code=1)
        self.run_ew("archive", "compact")
        self.run_ew("check", clip, code=1)

    def test_several_clips_one_object_a_line(self):
        clips = [self.clip(("a", 20, 5), name="1.wav"), self.clip(("d", 20, 5), name="2.wav")]
        rows = self.run_jsonl("check", *clips, "nowhere.wav", code=3)
        self.assertEqual([r["clip"]["name"] for r in rows], ["1.wav", "2.wav", "nowhere.wav"])
        self.assertTrue(rows[0]["spans"])
        self.assertFalse(rows[1]["spans"])
        self.assertEqual(rows[2]["error"]["code"], "io")
        self.assertTrue(rows[2]["error"]["advice"])

    def test_standard_input(self):
        with open(self.clip(("a", 20, 5)), "rb") as f:
            answer = self.run_json("check", "-", stdin=f.read())
        self.assertEqual(answer["spans"][0]["source"], "a.wav")

    def test_picture(self):
        self.run_ew("check", self.clip(("a", 20, 5), ("c", 10, 5), ("d", 9, 4)), "--svg", "map.svg")
        root = xml.etree.ElementTree.parse(self.path("map.svg")).getroot()
        text = " ".join(root.itertext())
        self.assertIn("a.wav", text)
        self.assertIn("c.wav", text)
        self.assertNotIn("script", {e.tag.split("}")[1] for e in root.iter()})

    def test_picture_of_two_is_refused(self):
        clips = [self.clip(("a", 20, 5), name="1.wav"), self.clip(("b", 20, 5), name="2.wav")]
        self.run_ew("check", *clips, "--svg", "map.svg", code=2)
        self.assertFalse(os.path.exists(self.path("map.svg")))

    def test_picture_of_the_one_clip_in_a_folder(self):
        os.mkdir(self.path("case"))
        self.clip(("a", 20, 5), name="case/1.wav")
        with open(self.path("case", "notes.txt"), "w") as f:
            f.write("a note\n")
        self.run_ew("check", "case", "--svg", "map.svg")
        self.assertTrue(os.path.exists(self.path("map.svg")))

    def test_no_clips(self):
        os.mkdir(self.path("empty"))
        done = self.run_ew("check", "empty", code=1)
        self.assertIn("no clips", done.err)

    def test_names_that_are_markup(self):
        name = "<script>&\"'.wav"
        os.rename(self.speech("e.wav", seed=8, seconds=20), self.path(name))
        self.run_ew("add", self.path(name))
        clip = self.join("<b>.wav", [(self.path(name), 5, 5)])
        self.run_ew("check", clip, "--svg", "map.svg")
        root = xml.etree.ElementTree.parse(self.path("map.svg")).getroot()
        self.assertIn(name, " ".join(root.itertext()))
        self.assertEqual(self.run_json("check", clip)["spans"][0]["source"], name)

    def test_locale_changes_nothing(self):
        clip = self.clip(("a", 20, 5), ("b", 11, 3))
        outs = {self.run_ew("check", clip, env={"LC_ALL": locale, "LANG": locale}).out
                for locale in ("C", "C.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8")}
        self.assertEqual(len(outs), 1)

    def test_order_of_adding_changes_nothing(self):
        clip = self.clip(("a", 20, 5), ("b", 11, 3), ("c", 40, 2))
        other = self.path("other")
        for n in "cab":
            self.run_ew("--archive", other, "add", self.wavs[n])
        self.assertEqual(self.run_ew("check", "--json", clip).out,
                         self.run_ew("--archive", other, "check", "--json", clip).out)

    def test_narrow_terminal(self):
        """On a terminal of 60 columns long names are cut in the middle, in JSON never."""
        name = "a-very-long-name-of-a-recording-" * 4 + ".wav"
        self.wavs["z"] = self.speech(name, seed=12, seconds=20)
        self.run_ew("add", self.wavs["z"])
        clip = self.clip(("z", 5, 5))
        self.assertEqual(self.run_json("check", clip)["spans"][0]["source"], name)
        read, write = self.open_terminal()
        done = subprocess.run(self.command("check", clip), stdout=write, stderr=subprocess.PIPE,
                              env=dict(self.env, COLUMNS="80", TERM="xterm"), timeout=60)
        os.close(write)
        out = os.read(read, 65536).decode()
        os.close(read)
        self.assertEqual(done.returncode, 0)
        row = [line for line in out.splitlines() if "0:05." in line][0]
        self.assertIn("…", row)
        self.assertLessEqual(len(row), 80)
        self.assertIn("\x1b[1m", out)

    def test_damaged_clip_says_so(self):
        flac = self.encode(self.clip(("a", 20, 20)), "clip.flac")
        with open(flac, "rb") as f:
            whole = f.read()
        with open(self.path("cut.flac"), "wb") as f:
            f.write(whole[:len(whole) // 2])
        answer = self.run_json("check", "cut.flac")
        self.assertTrue(answer["clip"]["trouble"])
        self.assertEqual(answer["spans"][0]["source"], "a.wav")


class NoArchive(Case):
    def test_exit_code_and_next_step(self):
        clip = self.speech("clip.wav", seconds=3)
        for command in (["check", clip], ["list"], ["info"], ["remove", "x"],
                        ["archive", "verify"], ["archive", "compact"]):
            done = self.run_ew(*command, code=10)
            self.assertIn("earwitness add", done.err)
            error = json.loads(self.run_ew(*command, "--json", code=10).err)
            self.assertEqual(error["schema"], "earwitness.error/1")
            self.assertEqual(error["error"]["code"], "notfound")
        self.assertFalse(os.path.exists(self.archive))


if __name__ == "__main__":
    main()
