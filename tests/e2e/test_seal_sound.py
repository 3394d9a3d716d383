#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sealing sound of every kind that recorders and messengers make: how it is cut, what is hidden
around a hidden stretch, and that nothing of it is left in a bundle."""
import json
import os
import struct
import zipfile

from harness import Case, main

PASS = b"correct horse battery staple"
RATE = 8000


def chunk(name, data, size=None):
    return (name + struct.pack("<I", len(data) if size is None else size) + data +
            b"\0" * (len(data) & 1))


def fmt(tag, channels, bits, extensible=False):
    frame = channels * bits // 8
    body = struct.pack("<HHIIHH", 0xFFFE if extensible else tag, channels, RATE, RATE * frame,
                       frame, bits)
    if extensible:
        body += (struct.pack("<HHI", 22, bits, 3) + struct.pack("<H", tag) +
                 bytes.fromhex("000000001000800000aa00389b71"))
    return chunk(b"fmt ", body)


def riff(*chunks, magic=b"RIFF", size=None):
    body = b"WAVE" + b"".join(chunks)
    return magic + struct.pack("<I", len(body) if size is None else size) + body


def data(frame, seconds=1.05):
    return os.urandom(int(RATE * seconds) * frame)


class Sound(Case):
    def setUp(self):
        super().setUp()
        self.env["EARWITNESS_DESK"] = self.path("desk")
        self.with_pass("key", "new", "desk.example")
        self.policy = self.write("policy", self.run_ew("key", "export").out.encode())

    def write(self, name, raw):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(raw)
        return path

    def with_pass(self, *args, **options):
        return self.run_ew(*args, "--passphrase-fd", "0", stdin=PASS + b"\n", **options)

    def json_with_pass(self, *args):
        out = self.with_pass(*args, "--json").out
        return [json.loads(line) for line in out.splitlines()]

    def seal_folder(self, name):
        """{name: (splitter, parts, item)}"""
        return {os.path.basename(m["name"]): (m["splitter"], m["parts"], m["item"])
                for m in self.json_with_pass("seal", self.path(name))}

    def test_sound_in_one_piece(self):
        """Nothing of it can ever be hidden: it is said when it is sealed, not only later."""
        words = "sound, but sealed in one piece: it can only be shown whole"
        good = riff(fmt(1, 1, 16), chunk(b"data", data(2)))
        alaw = riff(fmt(6, 1, 8), chunk(b"data", data(1)))
        files = {"a.flac": b"fLaC" + os.urandom(500), "b.bin": b"fLaC" + os.urandom(500),
                 "c.m4a": b"\0\0\0\x1cftypM4A " + os.urandom(500), "d": alaw,
                 "e.wav": os.urandom(500), "f.mp3": b"\xff\xfb" + b"\x00" * 500}
        quiet = {"g.wav": good, "h.png": b"\x89PNG" + os.urandom(500), "i.wav": b"",
                 "j": b"\0\0\0\x1cftypheic" + os.urandom(500)}
        for name, raw in {**files, **quiet}.items():
            self.write("in/" + name, raw)
        told = self.with_pass("seal", self.path("in"), "--json")
        sealed = {os.path.basename(m["name"]): m for m in map(json.loads, told.out.splitlines())}
        for name in files:
            self.assertTrue(sealed[name]["sound_in_one_piece"], name)
            self.assertIn("%s: %s" % (name, words), told.err)
        for name in quiet:
            self.assertFalse(sealed[name].get("sound_in_one_piece"), name)
            self.assertNotIn(name + ":", told.err)
        for ranges in ("0:02-0:03", "2-3"):
            told = self.with_pass("disclose", sealed["a.flac"]["item"], "--hide", ranges,
                                  "--dry-run", code=2)
            self.assertIn(words, told.err)
        told = self.with_pass("disclose", sealed["h.png"]["item"], "--hide", "0:01-0:02",
                              "--dry-run", code=2)
        self.assertNotIn("sound", told.err)
        self.assertIn("in one piece", told.err)
        self.with_pass("disclose", sealed["a.flac"]["item"], "--show", "all", "--dry-run")
        # Whoever says so wants it so.
        told = self.with_pass("seal", self.path("in", "g.wav"), "--splitter", "whole")
        self.assertNotIn("one piece", told.err)

    def test_wav_of_every_kind(self):
        """1.05 s make a head, ten blocks and a short one, whatever the head looks like."""
        wavs = {
            "u8": riff(fmt(1, 1, 8), chunk(b"data", data(1))),
            "s16-stereo": riff(fmt(1, 2, 16), chunk(b"data", data(4))),
            "s24": riff(fmt(1, 1, 24), chunk(b"data", data(3))),
            "s32": riff(fmt(1, 1, 32), chunk(b"data", data(4))),
            "f32": riff(fmt(3, 1, 32), chunk(b"data", data(4))),
            "f64": riff(fmt(3, 1, 64), chunk(b"data", data(8))),
            "extensible": riff(fmt(1, 2, 24, True), chunk(b"data", data(6))),
            "list-before": riff(fmt(1, 1, 16), chunk(b"LIST", b"INFOIART\3\0\0\0me\0\0"),
                                chunk(b"data", data(2))),
            "odd-chunk": riff(chunk(b"junk", b"odd"), fmt(1, 1, 16), chunk(b"data", data(2))),
            "to-a-pipe": riff(fmt(1, 1, 16), chunk(b"data", data(2), 0xFFFFFFFF),
                              size=0xFFFFFFFF),
            "too-long": riff(fmt(1, 1, 16), chunk(b"data", data(2), 1 << 30)),
            "died": riff(fmt(1, 1, 16), chunk(b"data", data(2), 0), size=0),
            "rf64": riff(chunk(b"ds64", struct.pack("<QQQI", 0, RATE * 105 // 100 * 2, 0, 0)),
                         fmt(1, 1, 16), chunk(b"data", data(2), 0xFFFFFFFF), magic=b"RF64",
                         size=0xFFFFFFFF),
            "bw64": riff(fmt(1, 1, 16), chunk(b"data", data(2)), magic=b"BW64"),
        }
        for name, raw in wavs.items():
            self.write("wavs/" + name, raw)
        self.write("wavs/tail", wavs["u8"] + chunk(b"LIST", b"INFO") + b"junk")
        self.write("wavs/rf64-tail", wavs["rf64"] + b"junk")
        for name, raw in {
                "mulaw": riff(fmt(7, 1, 8), chunk(b"data", data(1))),
                "no-data": riff(fmt(1, 1, 16)), "cut": wavs["u8"][:30],
                "s12": riff(fmt(1, 1, 12), chunk(b"data", data(2))), "empty": b""}.items():
            self.write("wavs/whole-" + name, raw)
        sealed = self.seal_folder("wavs")
        for name in wavs:
            self.assertEqual(sealed[name][:2], ("grid", 12), name)
        for name in ("tail", "rf64-tail"):
            self.assertEqual(sealed[name][:2], ("grid", 13), name)
        for name in sealed:
            if name.startswith("whole-"):
                self.assertEqual(sealed[name][:2], ("whole", 1), name)
        self.with_pass("log", "checkpoint")
        for name in ("rf64-tail", "list-before"):
            out = self.path("x.ewb")
            self.with_pass("disclose", sealed[name][2], "--show", "all,head,tail", "--hide",
                           "0.35-0.36", "-o", out)
            verdict = self.run_json("verify", out, "--policy", self.policy)
            self.assertEqual(verdict["verdict"], "verified")
            self.assertEqual(verdict["streams"][0]["shown"], sealed[name][1] - 1)

    def disclose(self, item, *args):
        out = self.path("x.ewb")
        said, = self.json_with_pass("disclose", item, *args, "-o", out)
        verdict = self.run_json("verify", out, "--policy", self.policy)
        self.assertEqual(verdict["verdict"], "verified")
        with zipfile.ZipFile(out) as z:
            parts = [z.read(n) for n in z.namelist() if n.startswith("parts/")]
        # The first page of Opus alone says nothing, and is shown for players.
        return said, [p for p in parts if len(p) != 47 or b"OpusHead" not in p]

    def times(self, item, *args):
        said, = self.json_with_pass("disclose", item, *args, "--dry-run")
        return [(p["kind"], p["shown"], p.get("guard", False), p.get("from"), p.get("to"))
                for p in said["preview"]]

    def test_row_19_coded_sound(self):
        """Of every codec: 4.0 to 4.2 s are hidden, with their neighbours; the rest is what was
        sealed, and nothing else is in the bundle."""
        voice = self.speech("voice.wav", seed=5, seconds=10)
        kinds = {
            "a.mp3": ("mp3-frame", ["-b:a", "48k"]),
            "vbr.mp3": ("mp3-frame", ["-q:a", "6", "-metadata", "artist=somebody"]),
            "a.aac": ("aac-frame", ["-b:a", "32k"]),
            "a.opus": ("ogg-page", ["-c:a", "libopus", "-b:a", "16k", "-page_duration", "200000"]),
            "a.ogg": ("ogg-page", ["-c:a", "libvorbis", "-page_duration", "200000"]),
            "flac.ogg": ("ogg-page", ["-c:a", "flac", "-page_duration", "200000"]),
            "a.spx": ("ogg-page", ["-c:a", "libspeex", "-page_duration", "200000"]),
        }
        os.mkdir(self.path("sounds"))
        for name, (_, how) in kinds.items():
            self.encode(voice, "sounds/" + name, *how)
        with open(self.path("sounds", "a.opus"), "rb") as f, \
                open(self.path("sounds", "a.ogg"), "rb") as g:
            self.write("sounds/chain.ogg", f.read() + g.read())
        kinds["chain.ogg"] = ("ogg-page", [])
        with open(self.path("sounds", "a.mp3"), "rb") as f:
            mp3 = f.read()
        self.write("sounds/tags.mp3", mp3 + b"APETAGEX" + bytes(100) + b"TAG" + bytes(125))
        kinds["tags.mp3"] = ("mp3-frame", [])
        # Free format has no length of a frame: it can be sealed, but not shown in part.
        self.write("sounds/free.mp3", b"\xff\xfb\x00\xc4" + os.urandom(5000))
        self.write("sounds/torn.ogg", open(self.path("sounds", "a.ogg"), "rb").read()[:-7])
        sealed = self.seal_folder("sounds")
        for name, (splitter, _) in kinds.items():
            self.assertEqual(sealed[name][0], splitter, name)
        for name in ("free.mp3", "torn.ogg"):
            self.assertEqual(sealed[name][:2], ("whole", 1), name)
        self.with_pass("log", "checkpoint")
        for name in ("a.mp3", "vbr.mp3", "a.aac", "a.opus", "a.ogg", "flac.ogg", "chain.ogg"):
            self.check_hidden(name, sealed[name][2])
        said, parts = self.disclose(sealed["chain.ogg"][2], "--show", "14-14.8")
        self.assertEqual(len(parts), 1)
        self.assertGreaterEqual(said["shown"], 1)

    def check_hidden(self, name, item):
        with open(self.path("sounds", name), "rb") as f:
            raw = f.read()
        times = self.times(item, "--hide", "4.0-4.2")
        sound = [t for t in times if t[0] == "unit"]
        hidden, = [t for t in sound if not t[1] and not t[2]]
        self.assertLessEqual(hidden[3], 4.0)
        self.assertGreaterEqual(hidden[4], 4.2)
        self.assertLess(hidden[4] - hidden[3], 0.9)
        guards = [t for t in sound if t[2]]
        self.assertEqual(len(guards), 2)
        for guard in guards:
            self.assertGreater(guard[4] - guard[3], 0.02)
        length = 20 if name == "chain.ogg" else 10
        self.assertAlmostEqual(sound[-1][4], length, delta=0.2)
        if name not in ("a.opus", "chain.ogg"):
            self.assertFalse(any(t[1] for t in times if t[0] != "unit"))

        _, parts = self.disclose(item, "--hide", "4.0-4.2")
        self.assertEqual(len(parts), 3 if name == "chain.ogg" else 2) # its second head is hidden
        first = raw.index(parts[0])
        second = raw.index(parts[1], first + len(parts[0]))
        gone = raw[first + len(parts[0]):second]
        self.assertGreater(len(gone), 500)
        with open(self.path("x.ewb"), "rb") as f:
            bundle = f.read()
        for at in range(0, len(gone) - 16, 16):
            self.assertNotIn(gone[at:at + 16], bundle)
        self.assertNotIn(b"somebody", bundle)
        # With the head, which has to be asked for, what is shown up to the gap can be played.
        _, parts = self.disclose(item, "--show", "head,0-3")
        self.assertTrue(raw.startswith(parts[0]))
        if name == "a.opus":
            played = self.write("played.opus", parts[0])
            self.ffmpeg("-i", played, self.path("played.wav"))
            self.assertGreater(os.path.getsize(self.path("played.wav")), 48000 * 2 * 2)

    def test_row_19_times_of_many_ranges(self):
        item = self.json_with_pass("seal", self.speech("v.wav", seed=1, seconds=5))[0]["item"]
        self.assertEqual(
            self.times(item, "--show", "1-4", "--hide", "2-2.05,3.99-end"),
            [("head", False, False, None, None), ("unit", False, False, 0, 1),
             ("unit", True, False, 1, 2), ("unit", False, False, 2, 2.1),
             ("unit", True, False, 2.1, 3.9), ("unit", False, False, 3.9, 5)])
        text = self.with_pass("disclose", item, "--show", "#11-20", "--dry-run").out
        self.assertIn("0:01.000 - 0:02.000  shown", text)
        self.assertIn("what comes before  hidden", text)


if __name__ == "__main__":
    main()
