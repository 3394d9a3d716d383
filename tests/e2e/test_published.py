#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Published derivatives of sound in real decoders: as long as the original, silent or with a tone
where something is hidden, and the same sound everywhere else."""
import array
import hashlib
import math
import os
import shutil
import subprocess
import unittest

from harness import Case, main

FFMPEG = shutil.which("ffmpeg")
SOURCE = ("aevalsrc='0.3*sin(2*PI*(300+40*t)*t)+0.1*random(0)"
          "|0.3*sin(2*PI*(500+30*t)*t)+0.1*random(1)':s=48000:d=9")


@unittest.skipUnless(FFMPEG, "needs ffmpeg")
class Sound(Case):
    def setUp(self):
        super().setUp()
        self.publish = os.environ["EARWITNESS_PUBLISH"]

    def ff(self, *args):
        subprocess.run([FFMPEG, "-v", "error", "-y", *args], check=True, stdin=subprocess.DEVNULL)

    def encode(self, name, rate, channels, *options):
        path = self.path(name)
        self.ff("-f", "lavfi", "-i", SOURCE, "-ar", str(rate), "-ac", str(channels), *options, path)
        return path

    def made(self, path, filler, how, ranges):
        """The derivative, and the runs that are shown."""
        out = self.path("published-" + os.path.basename(path))
        done = subprocess.run([self.publish, path, out, filler, how, ranges], check=True,
                              stdout=subprocess.PIPE)
        words = done.stdout.decode().split()
        runs = [tuple(map(int, w.split("+"))) for w in words[2:]]
        return out, int(words[1]), runs

    def refused(self, path, filler, how, ranges):
        done = subprocess.run([self.publish, path, self.path("no"), filler, how, ranges],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 1)
        return done.stderr.decode()

    def decode(self, path, rate, channels):
        """All that is coded: what an MP3's info frame says of delay may be hidden."""
        done = subprocess.run(
            [FFMPEG, "-v", "error", *(["-flags2", "+skip_manual"] if path.endswith(".mp3") else []), "-i", path, "-f", "f32le", "-ar", str(rate),
             "-ac", str(channels), "-"], stdout=subprocess.PIPE, check=True, stdin=subprocess.DEVNULL)
        samples = array.array("f")
        samples.frombytes(done.stdout)
        return samples

    def duration(self, path):
        done = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of",
                               "csv=p=0", path], stdout=subprocess.PIPE, check=True)
        return float(done.stdout)

    @staticmethod
    def level(samples, rate, channels, begin, end):
        part = samples[int(begin * rate) * channels:int(end * rate) * channels]
        return max(max(part), -min(part)) if part else 0.0

    def same_outside(self, a, b, rate, channels, begin, end, limit):
        """The two decode alike before `begin` and after `end`."""
        self.assertEqual(len(a), len(b))
        for x, y in ((0, int(begin * rate) * channels), (int(end * rate) * channels, len(a))):
            far = max((abs(p - q) for p, q in zip(a[x:y], b[x:y])), default=0)
            self.assertLessEqual(far, limit)

    def check_gap(self, path, rate, channels, gap, edge, limit=0.0):
        """gap: the units that are named, counted from 0, and seconds of one; edge: so many on each
        side may be anything. Those between the first and the last must be silent."""
        first, last, frame = gap
        hide = "#%d-%d" % (first + 1, last)
        out, _, _ = self.made(path, "silence", "hide", hide)
        a = self.decode(path, rate, channels)
        b = self.decode(out, rate, channels)
        begin, end = first * frame, (last - 1) * frame
        self.assertGreater(self.level(a, rate, channels, begin, end), 0.2)
        self.assertLess(self.level(b, rate, channels, begin, end), 1e-4)
        self.same_outside(a, b, rate, channels, begin - edge * frame,
                          end + edge * frame, limit)
        # A player that reckons with the bit rate is led no further astray than by the original.
        self.assertAlmostEqual(self.duration(out) / self.duration(path), 1, delta=0.02)
        return out


class Mp3(Sound):
    CODED = [
        ("c32.mp3", 44100, 2, "-b:a", "32k"), ("c128.mp3", 44100, 2, "-b:a", "128k"),
        ("c320.mp3", 48000, 2, "-b:a", "320k"), ("v4.mp3", 44100, 2, "-q:a", "4"),
        ("v0.mp3", 32000, 1, "-q:a", "0"), ("m22.mp3", 22050, 1, "-b:a", "32k"),
        ("m24.mp3", 24000, 2, "-b:a", "48k"), ("m11.mp3", 11025, 1, "-b:a", "16k"),
        ("m8.mp3", 8000, 1, "-b:a", "8k"), ("m16.mp3", 16000, 1, "-b:a", "8k"),
        ("nores.mp3", 44100, 2, "-b:a", "96k", "-reservoir", "0"),
        ("notag.mp3", 44100, 1, "-b:a", "64k", "-write_xing", "0", "-id3v2_version", "0"),
        ("tail.mp3", 44100, 1, "-b:a", "64k", "-write_id3v1", "1"),
    ]

    def test_gap(self):
        for name, rate, channels, *options in self.CODED:
            path = self.encode(name, rate, channels, "-c:a", "libmp3lame", *options)
            # Ten neighbours are hidden too; then there are those that reach back into the gap.
            frame = (1152 if rate >= 32000 else 576) / rate
            edge = 60 if "8k" in options else 16
            last = 100 if rate < 12000 else 120
            self.check_gap(path, rate, channels, (last - 30, last, frame), edge)

    def test_other_encoder(self):
        path = self.encode("s.mp3", 44100, 2, "-c:a", "libshine", "-b:a", "128k")
        self.check_gap(path, 44100, 2, (90, 120, 1152 / 44100), 16)

    def test_the_beginning(self):
        """Hidden together with sound, tags count as frames: it comes two frames later."""
        path = self.encode("b.mp3", 44100, 1, "-c:a", "libmp3lame", "-b:a", "64k")
        out, _, _ = self.made(path, "silence", "hide", "#1-60")
        a, b = self.decode(path, 44100, 1), self.decode(out, 44100, 1)
        later = 2 * 1152
        self.assertEqual(len(b), len(a) + later)
        self.assertLess(self.level(b, 44100, 1, 0, 1.5), 1e-4)
        far = 80 * 1152
        self.assertEqual(a[far:], b[far + later:])

    def test_lame_decodes_it_too(self):
        if not shutil.which("mpg123"):
            self.skipTest("needs mpg123")
        path = self.encode("l.mp3", 44100, 2, "-c:a", "libmp3lame", "-q:a", "3")
        out, _, _ = self.made(path, "silence", "hide", "#90-120")
        sizes = []
        for f in path, out:
            subprocess.run(["mpg123", "-q", "--no-gapless", "-w", f + ".wav", f], check=True)
            sizes.append(os.path.getsize(f + ".wav"))
        self.assertEqual(*sizes)


class Aac(Sound):
    def test_gap(self):
        for name, rate, channels, bits in (
                ("a.aac", 44100, 2, "96k"), ("b.aac", 44100, 1, "48k"), ("c.aac", 48000, 2, "256k"),
                ("d.aac", 16000, 1, "24k"), ("e.aac", 8000, 1, "12k")):
            # Perceptual noise is drawn anew in every run of a decoder.
            path = self.encode(name, rate, channels, "-c:a", "aac", "-aac_pns", "0", "-b:a", bits)
            self.check_gap(path, rate, channels, (30, 50, 1024 / rate), 5, 1e-6)

    def test_other_decoder(self):
        if not shutil.which("faad"):
            self.skipTest("needs faad")
        path = self.encode("f.aac", 44100, 2, "-c:a", "aac", "-b:a", "96k")
        out, _, _ = self.made(path, "silence", "hide", "#90-120")
        sizes = []
        for f in path, out:
            subprocess.run(["faad", "-q", "-o", f + ".wav", f], check=True)
            sizes.append(os.path.getsize(f + ".wav"))
        self.assertEqual(*sizes)


class Opus(Sound):
    def test_gap(self):
        for channels, frame, bits in ((1, "20", "16k"), (1, "60", "12k"), (2, "20", "96k"),
                                      (2, "2.5", "128k"), (1, "10", "24k"), (2, "40", "64k"),
                                      (2, "20", "510k"), (1, "120", "8k")):
            path = self.encode("o%s-%s.ogg" % (frame, bits), 48000, channels, "-c:a", "libopus",
                               "-frame_duration", frame, "-b:a", bits)
            out, _, runs = self.made(path, "silence", "hide", "#5-6")
            self.assertEqual(self.duration(path), self.duration(out))
            a, b = self.decode(path, 48000, channels), self.decode(out, 48000, channels)
            self.assertEqual(len(a), len(b))
            # The comments are hidden, and what lies between the last two runs.
            times = self.page_times(path)
            begin, end = times[sum(runs[-2])], times[runs[-1][0]]
            self.assertLess(self.level(b, 48000, channels, begin + 0.02, end - 0.02), 1e-3)
            self.same_outside(a, b, 48000, channels, begin - 0.02, end + 1.5, 0.02)
            self.assertEqual(self.complaints(out), "")
            # What is shown stands there unchanged.
            with open(path, "rb") as f, open(out, "rb") as g:
                old, new = self.pages(f.read()), self.pages(g.read())
            self.assertEqual(len(old), len(new))
            for first, count in runs:
                self.assertEqual(old[first:first + count], new[first:first + count])

    @staticmethod
    def pages(data):
        at, pages = 0, []
        while at < len(data):
            n = 27 + data[at + 26] + sum(data[at + 27:at + 27 + data[at + 26]])
            pages.append(data[at:at + n])
            at += n
        return pages

    def page_times(self, path):
        """Where each page begins, in seconds of what is played (without the pre-skip)."""
        with open(path, "rb") as f:
            pages = self.pages(f.read())
        skip = int.from_bytes(pages[0][28 + 10:28 + 12], "little")
        ends = [int.from_bytes(p[6:14], "little") for p in pages]
        return [0] + [max(0, e - skip) / 48000 for e in ends]

    def complaints(self, path):
        done = subprocess.run([FFMPEG, "-v", "warning", "-i", path, "-f", "null", "-"],
                              stderr=subprocess.PIPE, check=True, stdin=subprocess.DEVNULL)
        return done.stderr.decode()

    def test_small_pages_and_the_edges(self):
        path = self.encode("p.ogg", 48000, 1, "-c:a", "libopus", "-b:a", "24k",
                           "-page_duration", "100000")
        whole = self.duration(path)
        for hide in ("#3-30", "#20-30,#60-70", "#4", "#3", "#80-89"):
            out, _, _ = self.made(path, "silence", "hide", hide)
            self.assertEqual(self.duration(out), whole)
            self.assertEqual(self.complaints(out), "")
        # The end is not known: pages as long as the one before.
        out, n, runs = self.made(path, "silence", "hide", "#80-93")
        self.assertEqual(runs[-1][0] + runs[-1][1], 78)
        self.assertGreaterEqual(self.duration(out), whole)
        self.assertLess(self.duration(out), whole + 0.11)
        self.assertEqual(n, 93)
        self.assertIn("the first page", self.refused(path, "silence", "hide", "#1-5"))
        if shutil.which("opusdec"):
            sizes = []
            for f in path, self.made(path, "silence", "hide", "#3-30,#40-50")[0]:
                subprocess.run(["opusdec", "--quiet", f, f + ".wav"], check=True)
                sizes.append(os.path.getsize(f + ".wav"))
            self.assertEqual(*sizes)

    def test_other_codecs(self):
        path = self.encode("v.ogg", 44100, 2, "-c:a", "libvorbis")
        self.assertIn("Opus only", self.refused(path, "silence", "show", "all"))
        path = self.encode("f.ogg", 44100, 2, "-c:a", "flac")
        self.assertIn("Opus only", self.refused(path, "silence", "show", "all"))


class Program(Case):
    """Through the whole program, with a desk; what was tampered with is refused."""

    def word(self, *args, **options):
        return self.run_ew(*args, "--passphrase-fd", "0", stdin=b"correct horse\n", **options)

    def setUp(self):
        super().setUp()
        self.env["EARWITNESS_DESK"] = self.path("desk")
        self.word("key", "new", "desk.example")
        self.policy = self.path("policy")
        self.put("policy", self.run_ew("key", "export").out.encode())

    def put(self, name, data):
        with open(self.path(name), "wb") as f:
            f.write(data)
        return self.path(name)

    def get(self, name):
        with open(self.path(name), "rb") as f:
            return f.read()

    def verdict(self, name, code=0):
        return self.run_json("verify", self.path("x.ewb"), "--policy", self.policy, "--published",
                             self.path(name), code=code)

    def disclose(self, item, out, *args, **options):
        return self.word("disclose", item, "-o", self.path("x.ewb"), "--published", self.path(out),
                         *args, **options)

    def test_from_seal_to_verdict(self):
        sound = b"".join((i * 37 % 20000).to_bytes(2, "little") for i in range(8000 * 3))
        wav = self.put("talk.wav", b"RIFF%sWAVEfmt \x10\0\0\0\1\0\1\0%s%s\2\0\x10\0data%s" % tuple(
            v.to_bytes(4, "little") for v in (36 + len(sound), 8000, 16000, len(sound))) + sound)
        chat = self.put("chat.txt", b"1/2/20, 10:00 - Ann: Did you know?\n"
                        b"1/2/20, 10:01 - Bob: yes, on Monday\n1/2/20, 10:02 - Ann: Thanks.\n")
        whole = self.put("scan.bin", b"\x7fELF\0\1\2\3")
        items = [self.word("seal", f, "--json").out.split('"item":')[1].split('"')[1]
                 for f in (wav, chat, whole)]
        self.word("log", "checkpoint")

        self.disclose(items[0], "p.wav", "--hide", "0:01.25-0:01.5", "--filler", "tone")
        self.assertEqual(self.verdict("p.wav")["published"], "tone")
        told = self.run_ew("verify", self.path("x.ewb"), "--policy", self.policy, "--published",
                           self.path("p.wav")).out
        self.assertIn("tone", told)
        good = self.get("p.wav")
        self.assertEqual(len(good), 44 + len(sound))
        at = 44 + 2 * 10400     # in the gap
        closed = good[:44 + 19200] + good[44 + 24000:]
        for name, data in {
                "row_04_planted": good[:at] + b"\1\1" + good[at + 2:],
                "row_04_original": good[:44 + 19200] + sound[19200:24000] + good[44 + 24000:],
                "row_04_after_the_end": good + b"LIST\4\0\0\0INFO",
                "row_04_header": good[:24] + b"\0\x3e" + good[26:],
                "row_05_gap_closed": closed[:4] + (len(closed) - 8).to_bytes(4, "little") +
                                     closed[8:40] + (len(closed) - 44).to_bytes(4, "little") +
                                     closed[44:],
                "row_05_exchanged": good[:44] + good[44 + 1600:44 + 3200] + good[44:44 + 1600] +
                                    good[44 + 3200:],
                "row_05_doubled": good[:44 + 1600] + good[44:44 + 1600] + good[44 + 3200:],
                "nothing": b""}.items():
            self.put(name, data)
            refused = self.verdict(name, code=4)
            self.assertEqual(refused["verdict"], "broken", name)
            self.assertIn("published", refused["reason"])

        self.disclose(items[1], "p.txt", "--hide", "2")
        good = self.get("p.txt")
        self.assertEqual(good, b"1/2/20, 10:00 - Ann: Did you know?\n[withheld]\n"
                         b"1/2/20, 10:02 - Ann: Thanks.\n")
        self.assertEqual(self.verdict("p.txt")["published"], "mark")
        for name, data in {
                "row_04_message": good.replace(b"[withheld]", b"1/2/20, 10:01 - Bob: no"),
                "row_04_words": good.replace(b"know?", b"know!"),
                "row_05_closed": good.replace(b"[withheld]\n", b""),
                "row_05_order": good[46:] + good[:46]}.items():
            self.put(name, data)
            self.assertEqual(self.verdict(name, code=4)["verdict"], "broken", name)

        # Neither file is there when it cannot be made; a dry run says so too.
        os.unlink(self.path("x.ewb"))
        told = self.disclose(items[2], "p.bin", "--show", "all", code=2)
        self.assertIn("cannot be published", told.err)
        told = self.disclose(items[1], "p.txt", "--hide", "2", "--filler", "tone", code=2)
        self.assertIn("filler", told.err)
        told = self.disclose(items[2], "p.bin", "--show", "all", "--dry-run", code=2)
        self.assertIn("cannot be published", told.err)
        self.assertFalse(os.path.exists(self.path("x.ewb")))
        self.assertFalse(os.path.exists(self.path("p.bin")))


class Wav(Sound):
    FORMATS = [("u8", 8000, 1), ("s16le", 44100, 2), ("s24le", 48000, 1), ("s32le", 96000, 2),
               ("f32le", 16000, 1), ("f64le", 11025, 2)]

    def test_silence_and_tone(self):
        for fmt, rate, channels in self.FORMATS:
            path = self.encode(fmt + ".wav", rate, channels, "-c:a", "pcm_" + fmt)
            a = self.decode(path, rate, channels)
            block = rate // 10 / rate
            gap = 20 * block, 35 * block
            hide = "%.3f-%.3f" % (gap[0] + 0.001, gap[1] - 0.001)
            out, _, _ = self.made(path, "silence", "hide", hide)
            b = self.decode(out, rate, channels)
            self.assertEqual(self.level(b, rate, channels, *gap), 0.0)
            self.same_outside(a, b, rate, channels, *gap, 0.0)
            self.assertEqual(self.duration(out), self.duration(path))
            out, _, _ = self.made(path, "tone", "hide", hide)
            b = self.decode(out, rate, channels)
            self.same_outside(a, b, rate, channels, *gap, 0.0)
            x = b[int(gap[0] * rate) * channels:int(gap[1] * rate) * channels:channels]
            self.assertAlmostEqual(max(x), 0.1, delta=0.01)
            power = sum(v * v for v in x) / len(x)
            self.assertAlmostEqual(10 * math.log10(2 * power), -20, delta=0.2)
            # All of it is 1 kHz.
            at = [sum(v * f(2 * math.pi * 1000 * i / rate) for i, v in enumerate(x)) / len(x)
                  for f in (math.sin, math.cos)]
            self.assertGreater(2 * sum(v * v for v in at) / power, 0.97)

    def test_same_everywhere(self):
        """SHA-256 of a file that is made here by the description of the format."""
        quarter = [round(3276.8 * math.sin(math.pi * k / 128)) for k in range(65)]

        def tone(frame, rate):
            p = frame * 1000 % rate * 256 // rate
            k = p % 128
            v = quarter[k if k <= 64 else 128 - k]
            return v if p < 128 else -v

        path = self.encode("x.wav", 22050, 1, "-c:a", "pcm_s16le")
        out, n, runs = self.made(path, "tone", "show", "1-2,4-7.05")
        self.assertEqual((n, runs), (91, [(11, 10), (41, 30)]))
        with open(path, "rb") as f:
            data = f.read()
        sound = data[data.index(b"data") + 8:]
        want = bytearray()
        for i in range(90):
            if 10 <= i < 20 or 40 <= i < 70:
                want += sound[4410 * i:4410 * (i + 1)]
            else:
                for k in range(2205 * i, 2205 * (i + 1)):
                    want += tone(k, 22050).to_bytes(2, "little", signed=True)
        head = b"RIFF%sWAVEfmt \x10\0\0\0\1\0\1\0%s%s\2\0\x10\0data%s" % tuple(
            v.to_bytes(4, "little") for v in (36 + len(want), 22050, 44100, len(want)))
        with open(out, "rb") as f:
            self.assertEqual(hashlib.sha256(f.read()).hexdigest(),
                             hashlib.sha256(head + want).hexdigest())


if __name__ == "__main__":
    main()
