# SPDX-License-Identifier: Apache-2.0
"""earwitness inspect: what container, packets and metadata betray, on files made by ffmpeg and
by changing bytes; the answer in all its forms; bad input."""
import json
import os
import re
import signal
import struct
import subprocess
import time
import xml.dom.minidom
import zlib

from harness import Case, main


def read(path):
    with open(path, "rb") as f:
        return f.read()


def mp3_frames(data):
    """Where the frames of an MPEG-1 layer III stream begin."""
    at, found = data.index(b"\xff\xfb"), []
    while at + 4 <= len(data):
        h = struct.unpack(">I", data[at:at + 4])[0]
        if h >> 21 != 0x7FF:
            break
        rate = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320][h >> 12 & 15]
        found.append(at)
        at += 144 * rate * 1000 // [44100, 48000, 32000][h >> 10 & 3] + (h >> 9 & 1)
    return found


def boxes(data, at=0, end=None):
    """(type, start of content, end) of MP4 boxes, with those inside containers."""
    end = len(data) if end is None else end
    while at + 8 <= end:
        size = struct.unpack(">I", data[at:at + 4])[0] or end - at
        kind = data[at + 4:at + 8]
        yield kind, at + 8, at + size
        if kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts"):
            yield from boxes(data, at + 8, at + size)
        at += size


def ogg_pages(data):
    return [m.start() for m in re.finditer(b"OggS", data)]


class Inspect(Case):
    def write(self, name, data):
        path = self.path(name)
        with open(path, "wb") as f:
            f.write(data)
        return path

    def tone(self, name, *options, seconds=6, rate=44100, source=None):
        """A file that ffmpeg makes of noise."""
        path = self.path(name)
        source = source or "anoisesrc=d=%s:c=pink:r=%s:a=0.3:seed=7" % (seconds, rate)
        self.ffmpeg("-f", "lavfi", "-i", source, *options, path)
        return path

    def container(self, path, code=None):
        """Only what the file itself says."""
        return self.run_json("inspect", "--only", "container", path, code=code)

    def says(self, answer, words, kind=None):
        """The one finding with these words."""
        found = [f for f in answer["findings"] if words in f["text"]]
        self.assertEqual(len(found), 1, answer["findings"])
        if kind:
            self.assertEqual(found[0]["kind"], kind)
        return found[0]

    def fact(self, answer, name):
        return [f["text"] for f in answer["facts"] if f["name"] == name]

    # -- untouched files ----------------------------------------------------------------

    def test_untouched_files_give_no_sign(self):
        for name, options in (
                ("a.mp3", ["-b:a", "96k"]), ("v.mp3", ["-q:a", "4"]), ("m2.mp3", ["-ar", "22050"]),
                ("a.m4a", ["-b:a", "96k"]), ("f.m4a", ["-movflags", "frag_keyframe+empty_moov"]),
                ("a.aac", []), ("a.ogg", ["-c:a", "libvorbis"]), ("a.opus", []), ("a.flac", []),
                ("a.wav", []), ("a.mka", ["-c:a", "libopus"]), ("a.webm", ["-c:a", "libopus"]),
                ("a.mov", ["-c:a", "pcm_s16le"]), ("a.caf", []), ("a.aiff", []), ("a.w64", []),
                ("a.amr", ["-ar", "8000", "-c:a", "libopencore_amrnb"]), ("a.wma", []),
                ("a.ac3", []), ("a.mp2", []), ("long.wav", ["-rf64", "always"])):
            try:
                path = self.tone(name, *options)
            except subprocess.CalledProcessError:  # an encoder that is not there
                continue
            answer = self.container(path)
            found = [f["text"] for f in answer["findings"]]
            self.assertEqual((name, answer["signs_of_change"], found), (name, 0, []))
            self.assertTrue(self.fact(answer, "format"))

    # -- MP3 ------------------------------------------------------------------------------

    def test_two_mp3_put_together(self):
        one = read(self.tone("a.mp3", "-b:a", "96k"))
        answer = self.container(self.write("b.mp3", one + one), code=0)
        self.says(answer, "two coded files were put together", "change")
        self.says(answer, "the Xing/Info header counts", "change")
        found = self.says(answer, "put together here")
        self.assertAlmostEqual(found["start"], 6, delta=0.1)
        self.assertLessEqual(abs(found["start"] - 6.0), found["plus_minus"] + 0.03)

    def test_mp3_frames_taken_out(self):
        data = read(self.tone("a.mp3", "-b:a", "64k"))
        at = mp3_frames(data)
        answer = self.container(self.write("b.mp3", data[:at[90]] + data[at[140]:]), code=0)
        self.says(answer, "frames were taken out after coding", "change")
        self.says(answer, "the headers claim", "fact")

    def test_mp3_frames_exchanged(self):
        """As many as before, but not those that the encoder wrote."""
        data = read(self.tone("a.mp3", "-b:a", "64k"))
        at = mp3_frames(data)
        swapped = data[:at[90]] + data[at[120]:at[150]] + data[at[120]:]
        self.assertEqual(len(swapped), len(data))
        self.says(self.container(self.write("b.mp3", swapped), code=0),
                  "checksum of the coded sound in the LAME tag is wrong", "change")

    def test_mp3_reservoir_tells_some_cuts(self):
        """Without the header that counts: the frame behind the cut needs bytes that are gone."""
        data = read(self.tone("a.mp3", "-b:a", "64k", "-write_xing", "0", seconds=12))
        at, told = mp3_frames(data), 0
        for cut in range(60, 260, 20):
            path = self.write("b.mp3", data[:at[cut]] + data[at[cut + 33]:])
            for f in self.container(path)["findings"]:
                if "needs" in f["text"]:
                    told += 1
                    self.assertAlmostEqual(f["start"], cut * 1152 / 44100, delta=0.1)
        self.assertGreaterEqual(told, 2)

    def test_mp3_cut_out_of_a_longer_one(self):
        data = read(self.tone("a.mp3", "-b:a", "64k"))
        at = mp3_frames(data)
        answer = self.container(self.write("b.mp3", data[at[77]:]), code=0)
        self.says(answer, "a piece of a longer MP3", "change")

    def test_mp3_settings_change(self):
        data = bytearray(read(self.tone("a.mp3", "-b:a", "64k", "-write_xing", "0")))
        for at in mp3_frames(bytes(data))[100:]:
            data[at + 3] |= 8  # copyright
        found = self.says(self.container(self.write("b.mp3", bytes(data)), code=0), "copyright")
        self.assertAlmostEqual(found["start"], 100 * 1152 / 44100, delta=0.1)

    def test_mp3_junk_and_tags(self):
        data = read(self.tone("a.mp3", "-b:a", "64k", "-write_xing", "0"))
        at = mp3_frames(data)
        answer = self.container(self.write("b.mp3", data[:at[50]] + b"junk" * 99 + data[at[50]:]))
        self.says(answer, "396 bytes that are no MP3 frame", "change")
        tagged = data + b"nothing known" + b"TAG" + b"\0" * 125
        answer = self.container(self.write("c.mp3", tagged))
        self.says(answer, "13 bytes stand behind the sound", "fact")
        self.assertEqual(self.fact(answer, "ID3v1 tag"), ["yes"])

    def test_lame_tag(self):
        answer = self.container(self.tone("a.mp3", "-b:a", "64k"))
        self.assertTrue(self.fact(answer, "encoder in the LAME tag")[0].startswith("Lav"))
        self.assertEqual(self.fact(answer, "delay in the LAME tag"), ["576 samples"])

    # -- MP4 ------------------------------------------------------------------------------

    def test_edit_list_hides_sound(self):
        data = bytearray(read(self.tone("a.m4a", "-b:a", "64k")))
        for kind, at, _ in boxes(bytes(data)):
            if kind == b"elst":
                struct.pack_into(">I", data, at + 8, 4000)  # plays 4 s
                struct.pack_into(">I", data, at + 12, 1024 + 44100)
        answer = self.container(self.write("b.m4a", bytes(data)), code=0)
        self.says(answer, "what was cut off is still in the file", "change")
        self.assertIn("plays 4000 ms from 1023 ms on", self.fact(answer, "edit list")[0])

    def test_mp4_dates(self):
        data = bytearray(read(self.tone(
            "a.m4a", "-metadata", "creation_time=2020-05-01T10:00:00Z")))
        for kind, at, _ in boxes(bytes(data)):
            if kind == b"mvhd":
                made = struct.unpack(">I", data[at + 4:at + 8])[0]
                struct.pack_into(">I", data, at + 8, made - 3600)
        answer = self.container(self.write("b.m4a", bytes(data)))
        self.says(answer, "changed 3600 s before it was made", "fact")

    def test_date_in_the_future(self):
        path = self.tone("a.m4a", "-metadata", "creation_time=2099-01-01T00:00:00Z")
        self.says(self.container(path), "lies in the future", "fact")

    def test_place_device_and_makers(self):
        path = self.tone("a.mov", "-c:a", "aac", "-movflags", "use_metadata_tags",
                         "-metadata", "location=+11.5564+104.9282/", "-metadata", "make=Apple",
                         "-metadata", "model=iPhone 13")
        answer = self.container(path)
        self.says(answer, "can endanger a source", "fact")
        self.says(answer, "names the device", "fact")
        self.says(answer, "marks of several makers", "fact")

    def test_sound_without_a_stream(self):
        """Packets taken out of the index: their bytes stay."""
        data = bytearray(read(self.tone("a.m4a", "-b:a", "64k", seconds=10)))
        grow = 40000
        mdat = [at for kind, at, _ in boxes(bytes(data)) if kind == b"mdat"][0]
        size = struct.unpack(">I", data[mdat - 8:mdat - 4])[0]
        moov = [at for kind, at, _ in boxes(bytes(data)) if kind == b"moov"][0] - 8
        self.assertGreater(moov, mdat)
        struct.pack_into(">I", data, mdat - 8, size + grow)
        answer = self.container(self.write(
            "b.m4a", bytes(data[:moov]) + b"\x21" * grow + bytes(data[moov:])), code=0)
        self.says(answer, "belong to no stream", "change")

    def test_aac_cut_without_coding_again(self):
        whole = self.tone("a.m4a", "-b:a", "96k", seconds=12)
        path = self.path("b.m4a")
        self.ffmpeg("-ss", "3.3", "-i", whole, "-c", "copy", path)
        self.says(self.container(path, code=0), "were cut off without coding again", "change")
        adts = read(self.tone("a.aac", "-b:a", "96k"))
        found = self.says(self.container(self.write("b.aac", adts + adts), code=0),
                          "put together here", "change")
        self.assertAlmostEqual(found["start"], 6, delta=0.2)

    # -- Ogg, WAV, others -----------------------------------------------------------------

    def test_ogg(self):
        data = read(self.tone("a.opus", "-b:a", "48k"))
        at = ogg_pages(data)
        cut = data[:at[4]] + data[at[5]:]
        found = self.says(self.container(self.write("b.opus", cut), code=0), "missing here")
        self.assertEqual(found["kind"], "change")
        changed = bytearray(data)
        changed[at[4] + 200] ^= 1
        self.says(self.container(self.write("c.opus", bytes(changed)), code=0), "checksum")
        other = self.tone("o.ogg", "-c:a", "libvorbis")
        answer = self.container(self.write("d.ogg", read(other) * 2), code=0)
        self.assertAlmostEqual(answer["findings"][-1]["start"], 6, delta=0.2)

    def test_flac_checksum(self):
        for name, options in (("a.flac", []), ("b.flac", ["-sample_fmt", "s32", "-ac", "2"]),
                              ("c.ogg", ["-c:a", "flac"])):
            path = self.tone(name, *options)
            self.assertEqual(self.container(path, code=1)["signs_of_change"], 0)
            if name == "c.ogg":
                continue  # pages have checksums of their own
            data = bytearray(read(path))
            at = data.index(b"fLaC") + 4 + 4 + 18
            data[at] ^= 1
            answer = self.container(self.write("x" + name, bytes(data)), code=0)
            self.says(answer, "checksum of the sound in the FLAC header is wrong", "change")
        answer = self.container(self.path("a.flac"))
        self.assertTrue(self.fact(answer, "vendor")[0].startswith("Lavf"))
        self.assertIn("stream info 34", self.fact(answer, "blocks")[0])

    def test_wav_with_more_behind(self):
        wav = self.speech("a.wav", seconds=3)
        answer = self.container(self.write("b.wav", read(wav) + b"what is this"), code=1)
        self.says(answer, "12 bytes stand behind the sound", "fact")
        self.assertIn("data", self.fact(answer, "chunks")[0])

    def test_more_behind_flac_and_mp4(self):
        flac = read(self.tone("a.flac"))
        for name, more, told in (("b", b"what is this", 12), ("c", b"\0", 1),
                                 ("d", b"", 0), ("e", b"TAG" + bytes(125), 0),
                                 ("f", b"\xff\xf8\xc9\x08" * 50000, 200000)):
            answer = self.container(self.write(name + ".flac", flac + more), code=1)
            self.tells_bytes_behind(answer, told)
        for name, options in (("g.flac", ["-sample_fmt", "s32", "-ac", "2"]),
                              ("h.flac", ["-ac", "6", "-compression_level", "12"]),
                              ("i.flac", ["-lpc_type", "none", "-frame_size", "20000"])):
            data = read(self.tone(name, *options))
            self.tells_bytes_behind(
                self.container(self.write("x" + name, data + b"behind"), code=1), 6)
        mp4 = read(self.tone("a.m4a", "-movflags", "+faststart"))
        for name, more, told in (("b", b"what is this", 12), ("c", bytes(30), 30),
                                 ("d", b"abc", 3), ("e", b"\0\0\0\x10free12345678", 0)):
            answer = self.container(self.write(name + ".m4a", mp4 + more), code=1)
            self.tells_bytes_behind(answer, told)
            self.assertNotIn("cut off", json.dumps(answer["findings"]))
        self.says(self.container(self.write("f.m4a", mp4 + b"\0\0\0\x40free1234"), code=1),
                  "it is cut off", "fact")

    def tells_bytes_behind(self, answer, count):
        if count == 0:
            self.assertNotIn("bytes stand behind", json.dumps(answer["findings"]))
        else:
            self.says(answer, "%d bytes stand behind the sound" % count, "fact")

    def test_jumping_time_stamps(self):
        one = self.tone("a.mka", "-c:a", "libopus", seconds=4)
        path = self.path("b.mka")
        self.ffmpeg("-i", one, "-c", "copy", "-bsf:a", "setts=ts=TS+gt(TS\\,2000)*700", path)
        found = self.says(self.container(path, code=0), "time stamps jump ahead by 0.7", "change")
        self.assertAlmostEqual(found["start"], 2, delta=0.1)

    def test_format_changes_on_the_way(self):
        a = read(self.tone("a.aac", "-ar", "44100", "-ac", "1"))
        b = read(self.tone("b.aac", "-ar", "22050", "-ac", "2"))
        answer = self.container(self.write("c.aac", a + b), code=0)
        self.assertTrue(any("changes from 44100 Hz" in f["text"] or "put together" in f["text"]
                            for f in answer["findings"]), answer["findings"])

    def test_chapters_pictures_and_streams(self):
        meta = self.write("m.txt", b";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=2000\n"
                                   b"title=one\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=2000\nEND=6000\n"
                                   b"title=two\n")
        path = self.path("a.mka")
        self.ffmpeg("-f", "lavfi", "-i", "sine=d=6", "-f", "lavfi", "-i", "sine=f=900:d=6",
                    "-i", meta, "-map", "0", "-map", "1", "-map_metadata", "2", path)
        answer = self.container(path)
        self.says(answer, "2 sound streams", "fact")
        self.says(answer, "2 chapter marks", "fact")
        self.assertEqual(len(self.fact(answer, "chapter")), 2)
        picture, cover = self.path("p.png"), self.path("c.mp3")
        self.ffmpeg("-f", "lavfi", "-i", "color=red:s=16x16", "-frames:v", "1", picture)
        self.ffmpeg("-f", "lavfi", "-i", "sine=d=3", "-i", picture, "-map", "0", "-map", "1",
                    "-c:v", "copy", "-disposition:v", "attached_pic", cover)
        self.says(self.container(cover), "holds a picture", "fact")

    def test_hostile_metadata(self):
        path = self.tone("a.m4a", "-metadata", "title=\x1b[31mred\x07\u202eevil <&>\"' %s%n",
                         "-metadata", "artist=" + "x" * 5000, seconds=1)
        text = self.run_ew("inspect", path, code=None)
        for bad in ("\x1b[31m", "\x07", "\u202e"):
            self.assertNotIn(bad, text.out)
        answer = self.container(path)
        self.assertIn("%s%n", self.fact(answer, "title")[0])
        self.says(answer, "names a person", "fact")
        svg = self.path("p.svg")
        self.run_ew("inspect", "--svg", svg, path, code=None)
        xml.dom.minidom.parse(svg)

    # -- the sound --------------------------------------------------------------------------

    def test_joined_mp3_saved_as_wav(self):
        wav = self.speech("a.wav", seconds=60, rate=32000)
        coded = self.encode(wav, "a.mp3", "-b:a", "96k")
        plain = self.encode(coded, "b.wav")
        pieces = self.path("c.wav")
        self.ffmpeg("-ss", "2.0", "-t", "15.01", "-i", plain, "-ss", "33.307", "-t", "15", "-i", plain,
                    "-filter_complex", "[0:a][1:a]concat=n=2:v=0:a=1[o]", "-map", "[o]", pieces)
        answer = self.run_json("inspect", "--only", "frame-grid", pieces, code=0)
        joins = [f for f in answer["findings"] if f["kind"] == "change"]
        self.assertTrue(any(abs(f["start"] - 15.01) < 0.3 for f in joins), answer["findings"])
        self.assertTrue(any(f["kind"] == "fact" and "MP3" in f["text"]
                            for f in answer["findings"]))
        before = self.run_json("inspect", "--only", "frame-grid", wav, code=1)
        self.assertEqual(before["findings"], [])

    def test_rate_leaves_out_and_lets_in(self):
        path = self.speech("a.wav", seconds=30)
        few = self.run_json("inspect", "--rate", "0.001", path, code=None)
        many = self.run_json("inspect", "--rate", "1000", path, code=None)
        self.assertLessEqual(few["signs_of_change"], many["signs_of_change"])
        self.assertLess(few["by_chance"], many["by_chance"])
        for f in few["findings"]:
            if f["false_per_hour"] is not None:
                self.assertLessEqual(f["false_per_hour"], 0.001)

    def test_three_hours(self):
        path = self.path("long.flac")
        self.ffmpeg("-f", "lavfi", "-i", "anoisesrc=d=60:r=8000:a=0.2", self.path("one.wav"))
        self.ffmpeg("-stream_loop", "179", "-i", self.path("one.wav"), path)
        png = self.path("long.png")
        answer = self.run_json("inspect", "--only", "container", "--png", png, path, code=1,
                               timeout=120)
        self.assertEqual(answer["file"]["duration"], 10800)
        self.assertEqual(self.png_size(png)[0], 1280)

    # -- the answer -------------------------------------------------------------------------

    def test_text(self):
        one = read(self.tone("a.mp3", "-b:a", "64k", seconds=4))
        out = self.run_ew("inspect", self.write("b.mp3", one * 2), code=0).out
        self.assertRegex(out.splitlines()[1] + out.splitlines()[2], r"\d+ signs? of change")
        self.assertIn("Signs of change", out)
        self.assertIn("What the file says of itself", out)
        quiet = self.run_ew("inspect", self.speech("q.wav", seconds=4), "--only", "container", code=1)
        self.assertIn("no sign of change found; absence of detection does not guarantee absence",
                      quiet.out)

    def png_size(self, path):
        data = read(path)
        self.assertEqual(data[:8], b"\x89PNG\r\n\x1a\n")
        at, sound = 8, b""
        while at < len(data):
            n, kind = struct.unpack(">I4s", data[at:at + 8])
            if kind == b"IDAT":
                sound += data[at + 8:at + 8 + n]
            at += 12 + n
        width, height = struct.unpack(">II", data[16:24])
        self.assertEqual(len(zlib.decompress(sound)), height * (1 + 3 * width))
        return width, height

    def test_pictures(self):
        for name, seconds, rate in (("a", 10, 44100), ("b", 0.2, 8000), ("c", 61, 16000)):
            wav = self.tone(name + ".wav", seconds=seconds, rate=rate)
            svg, png = self.path(name + ".svg"), self.path(name + ".png")
            self.run_ew("inspect", "--svg", svg, "--png", png, wav, code=None)
            width, height = self.png_size(png)
            self.assertEqual(width, 1280)
            self.assertGreater(height, 500)
            page = xml.dom.minidom.parse(svg).documentElement
            self.assertEqual(page.getAttribute("width"), "1280")
            self.assertTrue(page.getElementsByTagName("image"))
            self.assertFalse(page.getElementsByTagName("script"))

    def test_same_answer_each_time(self):
        path = self.tone("a.mp3", "-b:a", "64k")
        first = self.run_ew("inspect", "--json", path, code=None).raw
        self.assertEqual(first, self.run_ew("inspect", "--json", path, code=None).raw)
        again = self.run_ew("inspect", "--json", "-", stdin=read(path), code=None).out
        self.assertEqual(first.decode().split('"bytes"')[1], again.split('"bytes"')[1])

    # -- bad input --------------------------------------------------------------------------

    def test_bad_input(self):
        self.assertIn("cannot", self.run_ew("inspect", self.path("nowhere"), code=3).err)
        self.run_ew("inspect", self.write("empty.wav", b""), code=3)
        self.run_ew("inspect", self.write("text.mp3", b"no sound here " * 50), code=3)
        self.run_ew("inspect", self.dir, code=2)
        self.run_ew("inspect", code=2)
        self.run_ew("inspect", "a", "b", code=2)
        self.run_ew("inspect", "--only", "magic", self.speech("s.wav", seconds=2), code=2)
        self.run_ew("inspect", "--rate", "often", self.path("s.wav"), code=2)
        answer = self.run_json("inspect", self.path("text.mp3"), code=3)
        self.assertEqual(answer["schema"], "earwitness.inspect/1")
        self.assertEqual(answer["error"]["code"], "format")

    def test_cut_off_files(self):
        for name, options in (("a.mp3", []), ("a.ogg", ["-c:a", "libvorbis"]), ("a.opus", []),
                              ("a.wav", []), ("a.flac", []), ("a.aac", [])):
            data = read(self.tone(name, *options))
            for share in (0.3, 0.71, 0.999):
                path = self.write("cut-" + name, data[:int(len(data) * share)])
                self.assertIn(self.run_ew("inspect", "--json", path, code=None).code, (0, 1, 3))

    def test_odd_sounds(self):
        for name, options, source in (
                ("silent.wav", [], "anullsrc=r=44100:d=5"),
                ("second.wav", [], "sine=d=1"),
                ("blink.wav", [], "sine=d=0.01"),
                ("8k.wav", ["-ar", "8000"], "sine=d=5"),
                ("slow.wav", ["-ar", "2000"], "sine=f=100:d=5"),
                ("fast.wav", ["-ar", "192000"], "sine=d=3"),
                ("six.flac", ["-ac", "6"], "anoisesrc=d=4"),
                ("loud.wav", ["-c:a", "pcm_f32le", "-af", "volume=40dB"], "anoisesrc=d=4")):
            path = self.tone(name, *options, source=source)
            answer = self.run_json("inspect", path, code=None)
            self.assertGreater(answer["file"]["duration"], 0)
            for f in answer["findings"]:
                self.assertLessEqual(f["end"], answer["file"]["duration"] + 1e-3)

    def test_write_failure_is_told(self):
        wav = self.speech("a.wav", seconds=2)
        self.run_ew("inspect", "--png", self.path("no", "such", "folder.png"), wav, code=3)

    def test_interrupt(self):
        path = self.tone("long.flac", seconds=1800, rate=16000)
        process = self.start_ew("inspect", path, stdout=subprocess.PIPE)
        self.wait_until(lambda: os.path.exists("/proc/%d" % process.pid))
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        self.assertIn(process.wait(timeout=30), (130, 0, 1))


if __name__ == "__main__":
    main()
