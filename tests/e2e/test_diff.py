#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""diff: edits made here in Python are found, told in every form, and exported to the sample;
equal, unrelated and broken inputs are told apart."""
import array
import json
import os
import random
import struct
import time
import wave
import xml.etree.ElementTree

from harness import Case, main, slow_factor

RATE = 16000
EDIT_KEYS = {"op", "a_start", "a_end", "b_start", "b_end", "speed", "pitch", "certainty",
             "plus_minus", "sd_ms", "at_pause", "backwards", "b_gap"}


def read_wav(path):
    """Samples as whole numbers of the file's own width."""
    with wave.open(path) as w:
        raw, width = w.readframes(w.getnframes()), w.getsampwidth()
    if width == 2:
        return array.array("h", raw)
    return [int.from_bytes(raw[i:i + width], "little", signed=True)
            for i in range(0, len(raw), width)]


def write_wav(path, sound, rate=RATE, channels=1):
    with wave.open(path, "wb") as w:
        w.setnchannels(channels)
        w.setsampwidth(2)
        w.setframerate(rate)
        w.writeframes(array.array("h", sound).tobytes())
    return path


def samples(seconds):
    return int(round(seconds * RATE))


class Pair(Case):
    """a is a minute of speech; other is a minute of somebody else."""

    def setUp(self):
        super().setUp()
        self.a_path = self.speech("a.wav", seed=11, seconds=60)
        self.a = read_wav(self.a_path)
        self.other = read_wav(self.speech("other.wav", seed=12, seconds=60))

    def cut(self, start, end, sound=None):
        return (self.a if sound is None else sound)[samples(start):samples(end)]

    def put(self, *pieces, name="b.wav"):
        sound = array.array("h")
        for piece in pieces:
            sound.extend(piece)
        return write_wav(self.path(name), sound)

    def diff(self, b, *args, a=None, code=1):
        return self.run_json("diff", a or self.a_path, b, *args, code=code)

    def check_edit(self, edit, op, a, b, delta=0.06):
        self.assertEqual(edit["op"], op)
        for key, want in zip(("a_start", "a_end", "b_start", "b_end"), a + b):
            self.assertAlmostEqual(edit[key], want, delta=delta, msg="%s of %s" % (key, edit))

    def one_edit(self, b, op, a_range, b_range, delta=0.06):
        answer = self.diff(b)
        self.assertEqual([e["op"] for e in answer["edits"]], [op], answer["edits"])
        self.check_edit(answer["edits"][0], op, a_range, b_range, delta)
        return answer

    def refused(self, *operands, code, said, options=()):
        done = self.run_ew("diff", *operands, *options, code=code)
        self.assertEqual(done.out, "")
        self.assertEqual(len(done.err.splitlines()), 1, done.err)
        self.assertIn(said, done.err)
        error = json.loads(self.run_ew("diff", *operands, *options, "--json", code=code).err)
        self.assertEqual(error["schema"], "earwitness.error/1")
        return error["error"]


class Diff(Pair):
    # -- every kind of edit --------------------------------------------------------

    def test_delete(self):
        b = self.put(self.cut(0, 20.3), self.cut(23.1, 60))
        answer = self.one_edit(b, "delete", (20.3, 23.1), (20.3, 20.3))
        self.assertEqual(answer["schema"], "earwitness.diff/1")
        self.assertEqual(answer["verdict"], "differs")
        self.assertFalse(answer["same_content"])
        self.assertEqual(answer["a"]["name"], "a.wav")
        self.assertEqual(answer["a"]["codec"], "pcm_s16le")
        self.assertAlmostEqual(answer["b"]["duration"], 57.2, delta=0.001)
        self.assertEqual(set(answer["edits"][0]), EDIT_KEYS)
        self.assertGreaterEqual(len(answer["stretches"]), 2)

    def test_insert(self):
        b = self.put(self.cut(0, 20.3), self.cut(5, 7.5, self.other), self.cut(20.3, 60))
        self.one_edit(b, "insert", (20.3, 20.3), (20.3, 22.8))

    def test_replace(self):
        b = self.put(self.cut(0, 20.3), self.cut(5, 8.5, self.other), self.cut(22.3, 60))
        self.one_edit(b, "replace", (20.3, 22.3), (20.3, 23.8))

    def test_move(self):
        b = self.put(self.cut(0, 10.2), self.cut(13.1, 40.4), self.cut(10.2, 13.1),
                     self.cut(40.4, 60))
        answer = self.one_edit(b, "move", (10.2, 13.1), (37.5, 40.4))
        self.assertAlmostEqual(answer["edits"][0]["b_gap"], 10.2, delta=0.06)

    def test_duplicate(self):
        b = self.put(self.cut(0, 40.4), self.cut(10.2, 13.1), self.cut(40.4, 60))
        self.one_edit(b, "duplicate", (10.2, 13.1), (40.4, 43.3))

    def test_silence(self):
        b = self.put(self.cut(0, 20.3), [0] * samples(2), self.cut(22.3, 60))
        self.one_edit(b, "silence", (20.3, 22.3), (20.3, 22.3), delta=0.15)

    def test_speed(self):
        fast = self.encode(self.put(self.cut(20, 30), name="part.wav"), "fast.wav", "-af",
                           "asetrate=17600,aresample=16000")
        b = self.put(self.cut(0, 20), read_wav(fast), self.cut(30, 60))
        length = len(read_wav(fast)) / RATE
        answer = self.one_edit(b, "speed", (20, 30), (20, 20 + length), delta=0.25)
        edit, = answer["edits"]
        self.assertAlmostEqual(edit["speed"], 1.1, delta=0.02)
        # It ends in a pause of 0.26 s, somewhere; the range says so.
        self.assertTrue(edit["at_pause"])
        self.assertLess(abs(edit["b_end"] - 20 - length), 2 * edit["sd_ms"]["b_end"] / 1000)

    def test_several_after_coding(self):
        b = self.put(self.cut(0, 9.1), self.cut(11.9, 20.3), self.cut(5, 7, self.other),
                     self.cut(20.3, 40), self.cut(31, 33.5, self.other), self.cut(42, 60))
        coded = self.encode(b, "b.opus", "-c:a", "libopus", "-b:a", "24k")
        answer = self.diff(coded)
        self.assertEqual([e["op"] for e in answer["edits"]], ["delete", "insert", "replace"])
        self.check_edit(answer["edits"][0], "delete", (9.1, 11.9), (9.1, 9.1))
        self.check_edit(answer["edits"][1], "insert", (20.3, 20.3), (17.5, 19.5))
        self.check_edit(answer["edits"][2], "replace", (40, 42), (39.2, 41.7))

    def test_trimmed(self):
        answer = self.diff(self.put(self.cut(7, 52)))
        self.assertEqual([e["op"] for e in answer["edits"]], ["delete", "delete"])
        self.check_edit(answer["edits"][0], "delete", (0, 7), (0, 0))
        self.check_edit(answer["edits"][1], "delete", (52, 60), (45, 45))

    def test_swapped_files_mirror(self):
        b = self.put(self.cut(0, 9.1), self.cut(11.9, 30.3), self.cut(5, 8, self.other),
                     self.cut(30.3, 60))
        there = self.diff(b)["edits"]
        back = self.diff(self.a_path, a=b)["edits"]
        opposite = {"delete": "insert", "insert": "delete"}
        self.assertEqual([e["op"] for e in there], ["delete", "insert"])
        self.assertEqual([opposite[e["op"]] for e in back], ["delete", "insert"])
        for x, y in zip(there, back):
            for key, other in (("a_start", "b_start"), ("a_end", "b_end")):
                self.assertAlmostEqual(x[key], y[other], delta=0.06)
                self.assertAlmostEqual(x[other], y[key], delta=0.06)

    # -- the same content ----------------------------------------------------------

    def test_same_file(self):
        answer = self.diff(self.a_path, code=0)
        self.assertEqual(answer["verdict"], "same-bytes")
        self.assertTrue(answer["same_content"])
        self.assertEqual(answer["edits"], [])
        self.assertEqual(answer["a"]["sha256"], answer["b"]["sha256"])
        self.assertIn("byte by byte", self.run_ew("diff", "a.wav", "a.wav").out)

    def test_equal_bytes_are_not_decoded(self):
        for name in ("x.txt", "y.txt"):
            with open(self.path(name), "w") as f:
                f.write("not a recording\n")
        self.assertTrue(self.run_json("diff", "x.txt", "y.txt")["same_bytes"])

    def test_other_containers(self):
        mp3 = self.encode(self.a_path, "a.mp3", "-b:a", "48k")
        m4a = self.encode(self.a_path, "a.m4a", "-b:a", "48k")
        opus = self.encode(self.a_path, "a.opus", "-c:a", "libopus", "-b:a", "24k")
        for x, y in ((self.a_path, self.encode(self.a_path, "a.flac")),
                     (mp3, self.encode(mp3, "mp3.mkv", "-c", "copy")),
                     (m4a, self.encode(m4a, "aac.mov", "-c", "copy")),
                     (m4a, self.encode(m4a, "raw.aac", "-c", "copy")),
                     (opus, self.encode(opus, "opus.webm", "-c", "copy"))):
            answer = self.run_json("diff", x, y)
            self.assertEqual(answer["verdict"], "same-samples", (x, y))
            self.assertTrue(answer["samples"]["same"])
            self.assertEqual(answer["edits"], [])
            self.assertIn("sample by sample", self.run_ew("diff", x, y).out)

    def test_one_sample_is_not_the_same(self):
        sound = array.array("h", self.a)
        sound[len(sound) // 2] ^= 1
        answer = self.diff(write_wav(self.path("b.wav"), sound), code=0)
        self.assertEqual(answer["verdict"], "same-content")
        self.assertFalse(answer["samples"]["same"])

    def test_coded_again(self):
        for name, options in (("b.opus", ("-c:a", "libopus", "-b:a", "16k")),
                              ("b.mp3", ("-b:a", "32k", "-ac", "2", "-ar", "44100")),
                              ("loud.wav", ("-af", "volume=0.4")),
                              ("phone.wav", ("-ar", "8000", "-af", "highpass=300,lowpass=3300"))):
            answer = self.diff(self.encode(self.a_path, name, *options), code=0)
            self.assertEqual(answer["verdict"], "same-content", name)
            self.assertEqual(answer["edits"], [], name)

    def test_what_was_done_to_the_whole(self):
        b = self.encode(self.a_path, "quiet.flac", "-af", "volume=-6dB")
        facts = {f["kind"]: f for f in self.diff(b, code=0)["whole"]["facts"]}
        self.assertEqual(facts["gain"]["state"], "changed")
        self.assertAlmostEqual(facts["gain"]["values"]["gain_db"], -6, delta=0.3)
        self.assertIn(facts["gain"]["text"].split()[0], self.run_ew("diff", "a.wav", b).out)

    def test_six_channels(self):
        b = self.encode(self.a_path, "six.flac", "-ac", "6", "-ar", "48000")
        self.assertEqual(self.diff(b, code=0)["b"]["channels"], 6)

    # -- nothing in common, nothing there ---------------------------------------------

    def test_unrelated(self):
        answer = self.diff(self.path("other.wav"))
        self.assertEqual(answer["verdict"], "unrelated")
        self.assertEqual((answer["edits"], answer["stretches"]), ([], []))
        self.assertIn("no sound in common", self.run_ew("diff", "a.wav", "other.wav", code=1).out)

    def test_silence_against_speech(self):
        quiet = write_wav(self.path("quiet.wav"), [0] * samples(30))
        for x, y in ((self.a_path, quiet), (quiet, self.a_path)):
            answer = self.run_json("diff", x, y, code=1)
            self.assertEqual(answer["verdict"], "nothing-to-compare")
            self.assertEqual(answer["edits"], [])

    def test_two_silences(self):
        x = write_wav(self.path("x.wav"), [0] * samples(5))
        y = write_wav(self.path("y.wav"), [0] * samples(9))
        self.assertEqual(self.run_json("diff", x, y, code=1)["verdict"], "nothing-to-compare")
        flac = self.encode(x, "x.flac")
        self.assertEqual(self.run_json("diff", x, flac)["verdict"], "same-samples")

    def test_very_short(self):
        for n in (1, 100, 2000):
            short = write_wav(self.path("short%d.wav" % n), self.a[:n])
            self.assertIn(self.run_json("diff", self.a_path, short, code=1)["verdict"],
                          ("nothing-to-compare", "unrelated", "differs"))
            self.run_json("diff", short, self.a_path, code=1)

    # -- wrong input ------------------------------------------------------------------

    def test_wrong_input(self):
        os.mkdir(self.path("folder"))
        os.mkfifo(self.path("pipe"))
        for name, data in (("empty.wav", b""), ("text.wav", b"This is a letter.\n" * 99),
                           ("head.wav", open(self.a_path, "rb").read(44))):
            with open(self.path(name), "wb") as f:
                f.write(data)
        for bad, code, said in (("nowhere.wav", 3, "check the name"), ("folder", 2, "a folder"),
                                ("pipe", 2, "a named pipe"), ("empty.wav", 3, "0 bytes"),
                                ("text.wav", 3, "convert it to WAV"), ("head.wav", 3, "")):
            for pair in ((self.a_path, bad), (bad, self.a_path)):
                error = self.refused(*pair, code=code, said=said)
                self.assertIn(bad, error["message"])
        self.refused("-", "-", code=2, said="only one of the two")

    def test_wrong_usage(self):
        for args, said in (((), "diff A B"), (("a.wav",), "diff A B"),
                           (("a.wav",) * 3, "too much")):
            self.refused(*args, code=2, said=said)
        for options, said in ((("--context", "1"), "--export"),
                              (("--context", "x", "--export", "d"), "not a number"),
                              (("--context", "61", "--export", "d"), "0 to 60"),
                              (("--export", ""), "folder"), (("--export", "a.wav"), "not a folder")):
            self.refused("a.wav", "other.wav", code=2, said=said, options=options)

    def test_standard_input(self):
        b = self.put(self.cut(0, 20.3), self.cut(23.1, 60))
        with open(b, "rb") as f:
            data = f.read()
        answer = self.run_json("diff", "a.wav", "-", code=1, stdin=data)
        self.assertEqual(answer["b"]["name"], "(standard input)")
        self.check_edit(answer["edits"][0], "delete", (20.3, 23.1), (20.3, 20.3))
        answer = self.run_json("diff", "-", "a.wav", "--export", "out", code=1, stdin=data)
        self.assertEqual(answer["edits"][0]["op"], "insert")
        self.assertEqual(len(os.listdir(self.path("out"))), 2)

    def test_broken_off(self):
        flac = self.encode(self.a_path, "whole.flac")
        with open(flac, "rb") as f:
            data = f.read()
        with open(self.path("cut.flac"), "wb") as f:
            f.write(data[:len(data) // 2])
        answer = self.diff(self.path("cut.flac"))
        self.assertTrue(answer["b"]["trouble"])
        self.assertEqual([e["op"] for e in answer["edits"]], ["delete"])
        self.assertIn("trouble:", self.run_ew("diff", "a.wav", "cut.flac", code=1).out)

    # -- long and many ----------------------------------------------------------------

    def test_hours_against_seconds(self):
        long = self.path("long.wav")
        rng = random.Random(5)
        noise = array.array("h", [rng.randint(-2000, 2000) for _ in range(8000)]).tobytes()
        with wave.open(long, "wb") as w:
            w.setnchannels(1)
            w.setsampwidth(2)
            w.setframerate(8000)
            for _ in range(3 * 3600):
                w.writeframesraw(noise)
        short = self.put(self.cut(0, 10), name="short.wav")
        began = time.monotonic()
        for pair in ((long, short), (short, long)):
            answer = self.run_json("diff", *pair, code=1, timeout=90)
            self.assertFalse(answer["same_content"])
        self.assertLess(time.monotonic() - began, 150 * slow_factor())

    def test_more_than_two_thousand_edits(self):
        """Half a second of noise every 1.25 s of three quarters of an hour: all of it is
        told, drawn, and exported."""
        a = read_wav(self.speech("long.wav", seed=21, seconds=2700, rate=8000))
        rng = random.Random(7)
        noise = array.array("h", [rng.randint(-3000, 3000) for _ in range(4000)])
        b = array.array("h")
        for at in range(0, len(a), 10000):
            b.extend(a[at:at + 10000])
            b.extend(noise)
        b_path = write_wav(self.path("b.wav"), b, rate=8000)
        answer = self.run_json("diff", "long.wav", b_path, "--svg", "b.svg", "--export", "out",
                               code=1, timeout=120)
        edits = answer["edits"]
        self.assertGreater(len(edits), 2100)
        self.assertGreater(sum(e["op"] == "insert" for e in edits), 2100)
        files = [e[k] for e in edits for k in ("a_file", "b_file") if e[k]]
        self.assertEqual(set(os.listdir(self.path("out"))), set(files) | {"earwitness-diff.json"})
        xml.etree.ElementTree.parse(self.path("b.svg"))

    # -- what people see -------------------------------------------------------------

    def test_text(self):
        b = self.put(self.cut(0, 20.3), self.cut(23.1, 40), self.cut(5, 7, self.other),
                     self.cut(40, 60))
        out = self.run_ew("diff", "a.wav", b, code=1).out
        self.assertTrue(out.startswith(
            "B differs from A in 2 places: 1 passage deleted, 1 inserted."), out)
        self.assertIn("A  a.wav  1:00.000, pcm_s16le in wav, 16 kHz, mono, SHA-256 ", out)
        self.assertRegex(out, r"\n1  deleted +0:2\d\.\d{3} – 0:2\d\.\d{3} +at 0:20\.\d{3} +2\.8\d* s")
        self.assertIn("In all, 2.8 s of A are not in B, and 2.0 s of B are not from A.", out)
        self.assertIn("Not tested:", out)
        self.assertNotIn("\033", out)
        self.assertIn("\033[1m", self.run_ew("diff", "a.wav", b, "--color=always", code=1).out)

    def test_picture(self):
        name = "<b>&\"'.wav"
        self.put(self.cut(0, 20.3), self.cut(23.1, 40), self.cut(5, 7, self.other),
                 self.cut(40, 60), name=name)
        self.run_ew("diff", "a.wav", name, "--svg", "d.svg", code=1)
        root = xml.etree.ElementTree.parse(self.path("d.svg")).getroot()
        text = " ".join(root.itertext())
        for part in (name, "a.wav", "B differs from A in 2 places", "deleted", "inserted"):
            self.assertIn(part, text)
        self.assertNotIn("script", {e.tag.split("}")[1] for e in root.iter()})

    def test_locale_and_threads_change_nothing(self):
        b = self.put(self.cut(0, 20.3), self.cut(23.1, 60))
        outs = {self.run_ew("diff", "a.wav", b, "--jobs", jobs, code=1, env={"LC_ALL": locale}).out
                for locale in ("C", "de_DE.UTF-8") for jobs in ("1", "2")}
        self.assertEqual(len(outs), 1)

    def test_progress(self):
        b = self.put(self.cut(0, 20.3), self.cut(23.1, 60))
        done = self.run_ew("diff", "a.wav", b, "--progress=json", code=1)
        shares = [json.loads(line)["done"] for line in done.err.splitlines()]
        self.assertTrue(shares)
        self.assertEqual(shares, sorted(shares))


class Export(Pair):
    """The files hold the very samples of the two recordings."""

    def spans(self, folder):
        return sorted(n for n in os.listdir(self.path(folder)) if n.endswith(".wav"))

    def check_samples(self, answer, folder, sides, context=0.0):
        """sides: {"a": (samples at their own rate and width, rate, channels)}"""
        for edit in answer["edits"]:
            for side, (sound, rate, channels) in sides.items():
                name = edit[side + "_file"]
                if name is None:
                    self.assertEqual(edit[side + "_start"], edit[side + "_end"])
                    continue
                with wave.open(self.path(folder, name)) as w:
                    self.assertEqual((w.getframerate(), w.getnchannels(), w.getsampwidth()),
                                     (rate, channels, 3))
                got = read_wav(self.path(folder, name))
                # JSON rounds times to 0.1 ms, so the start is looked for nearby.
                start = max(0, round((edit[side + "_start"] - context) * rate))
                for at in range(max(0, start - 8), start + 9):
                    want = sound[at * channels:at * channels + len(got)]
                    if [x << 8 for x in want[:50]] == got[:50]:
                        break
                self.assertEqual([x << 8 for x in want], got, name)
                length = edit[side + "_end"] - edit[side + "_start"] + 2 * context
                self.assertLessEqual(len(got) / channels / rate, length + 0.001)

    def test_samples_are_those_of_the_source(self):
        b = self.put(self.cut(0, 10.2), self.cut(13.1, 40.4), self.cut(10.2, 13.1),
                     self.cut(40.4, 45), self.cut(5, 7, self.other), self.cut(46, 60))
        answer = self.diff(b, "--export", "out")
        self.assertEqual([e["op"] for e in answer["edits"]], ["move", "replace"])
        self.check_samples(answer, "out", {"a": (self.a, RATE, 1), "b": (read_wav(b), RATE, 1)})
        names = self.spans("out")
        self.assertEqual([n[:9] for n in names], ["01-move-a", "01-move-b", "02-replac", "02-replac"])
        self.assertRegex(names[0], r"^01-move-a-0m10\.\d{3}s\.wav$")
        with open(self.path("out", "earwitness-diff.json")) as f:
            self.assertEqual(json.load(f), answer)

    def test_context(self):
        b = self.put(self.cut(0, 20.3), self.cut(23.1, 60))
        answer = self.diff(b, "--export", "out", "--context", "1")
        self.check_samples(answer, "out", {"a": (self.a, RATE, 1), "b": (read_wav(b), RATE, 1)}, 1.0)
        with wave.open(self.path("out", answer["edits"][0]["b_file"])) as w:
            self.assertAlmostEqual(w.getnframes() / RATE, 2, delta=0.001)

    def test_stereo_at_another_rate(self):
        self.encode(self.a_path, "s.flac", "-ar", "44100", "-ac", "2", "-af",
                    "pan=stereo|c0=c0|c1=0.5*c0")
        b = self.encode(self.path("s.flac"), "t.flac", "-af",
                        "aselect='not(between(t,20,23))',asetpts=N/SR/TB")
        answer = self.run_json("diff", self.path("s.flac"), b, "--export", "out", code=1)
        self.assertEqual([e["op"] for e in answer["edits"]], ["delete"])
        source = read_wav(self.encode(self.path("s.flac"), "s.wav"))
        self.check_samples(answer, "out", {"a": (source, 44100, 2)})

    def test_lossy_sources_are_exact_too(self):
        b_wav = self.put(self.cut(0, 20.3), self.cut(23.1, 60))
        for name, options in (("b.mp3", ("-b:a", "64k")), ("b.m4a", ("-b:a", "64k")),
                              ("b.opus", ("-c:a", "libopus", "-b:a", "32k")),
                              ("b.ogg", ("-c:a", "libvorbis", "-b:a", "64k"))):
            coded = self.encode(b_wav, name, *options)
            folder = "out-" + name
            answer = self.run_json("diff", coded, "a.wav", "--export", folder, "--context", "0.5",
                                   code=1)
            whole = self.encode(coded, "whole.wav", "-c:a", "pcm_f32le")
            with open(whole, "rb") as f:
                data = f.read()
            data = data[data.index(b"data") + 8:]
            (edit,) = answer["edits"]
            got = read_wav(self.path(folder, edit["a_file"]))
            rate = answer["a"]["rate"]
            start = round((edit["a_start"] - 0.5) * rate)
            best = min(range(start - 16, start + 17), key=lambda at: sum(
                abs(struct.unpack_from("<f", data, 4 * (at + i))[0] * 8388608 - got[i])
                for i in range(0, len(got), 97)))
            worst = max(abs(struct.unpack_from("<f", data, 4 * (best + i))[0] * 8388608 - got[i])
                        for i in range(len(got)))
            self.assertLessEqual(worst, 1.0, name)

    def test_a_folder_of_others_is_left_alone(self):
        b = self.put(self.cut(0, 20.3), self.cut(23.1, 60))
        os.mkdir(self.path("mine"))
        with open(self.path("mine", "diary.txt"), "w") as f:
            f.write("mine\n")
        for name in ("01-delete-a-0m20.300s.wav", "earwitness-diff.json"):
            with open(self.path("mine", name), "w") as f:
                f.write("mine too\n")
        self.refused("a.wav", b, code=2, said="holds other files",
                     options=("--export", "mine"))
        self.assertEqual(len(os.listdir(self.path("mine"))), 3)

    def test_an_earlier_export_is_replaced(self):
        b = self.put(self.cut(0, 20.3), self.cut(23.1, 60))
        self.diff(b, "--export", "out")
        first = self.spans("out")
        c = self.put(self.cut(0, 30.3), self.cut(33.1, 60), name="c.wav")
        self.diff(c, "--export", "out")
        self.assertEqual(len(self.spans("out")), 1)
        self.assertNotEqual(self.spans("out"), first)
        with open(self.path("out", "notes.txt"), "w") as f:
            f.write("mine\n")
        self.run_ew("diff", "a.wav", b, "--export", "out", code=2)

    def test_nothing_to_export(self):
        self.diff(self.a_path, "--export", "out", code=0)
        self.assertEqual(os.listdir(self.path("out")), ["earwitness-diff.json"])

    def test_disk_full_is_told_after_the_answer(self):
        b = self.put(self.cut(0, 20.3), self.cut(23.1, 60))
        done = self.run_ew("diff", "a.wav", b, "--export", "/proc/nowhere", code=3)
        self.assertIn("B differs from A", done.out)
        self.assertIn("/proc/nowhere", done.err)


if __name__ == "__main__":
    main()
