# SPDX-License-Identifier: Apache-2.0
"""The sound that is measured on: the kit's recordings, or some made from Debian's prompts."""

import glob
import os
import random

from measure import Failed, run

PROMPTS = "/usr/share/asterisk/sounds"

# What an archive that grew over years looks like: file ending and encoder options.
CODECS = [
    ("mp3", ["-ar", "44100", "-c:a", "libmp3lame", "-b:a", "96k"]),
    ("m4a", ["-ar", "44100", "-c:a", "aac", "-b:a", "64k"]),
    ("opus", ["-c:a", "libopus", "-b:a", "32k"]),
    ("mp3", ["-ar", "44100", "-ac", "2", "-c:a", "libmp3lame", "-b:a", "128k"]),
    ("flac", ["-c:a", "flac"]),
    ("ogg", ["-ar", "32000", "-c:a", "libvorbis", "-b:a", "64k"]),
    ("webm", ["-c:a", "libopus", "-b:a", "48k"]),
    ("wav", ["-c:a", "pcm_s16le"]),
]


class Material:
    """files: recordings to add; described: what they are, for the table; foreign: a clip of
    at least 60 s by voices of these files that is in none of them, if there is one."""

    def __init__(self, files, described, foreign=None):
        self.files, self.described, self.foreign = files, described, foreign
        self.seconds = sum(seconds_of(f) for f in files)

    @property
    def hours(self):
        return self.seconds / 3600


def ffmpeg(*options):
    run(["ffmpeg", "-nostdin", "-v", "error", "-y"] + list(options))


def seconds_of(path):
    out = run(["ffprobe", "-v", "error", "-show_entries", "format=duration",
               "-of", "csv=p=0", path])
    return float(out.decode().strip())


def kit_files(kit):
    return sorted(glob.glob(os.path.join(kit, "corpus", "dev", "archive", "*")))


def held_back(kit):
    """The kit's longest clip of speech that no recording holds."""
    clips = glob.glob(os.path.join(kit, "dev", "negative-*", "query.*"))
    long_enough = [(seconds_of(c), c) for c in clips if seconds_of(c) > 61]
    return max(long_enough)[1] if long_enough else None


def find(kit, work):
    """The kit's recordings when the kit is there, else sound made from prompts in `work`."""
    files = kit_files(kit) if kit else []
    if files:
        return Material(files, "the kit's archive, %d files of mixed codecs" % len(files),
                        held_back(kit))
    made = make_speeches(os.path.join(work, "speeches"))
    return Material(made, "no kit: %d files made from the prompts in %s" % (len(made), PROMPTS))


def make_speeches(folder, minutes=5.0, seed=1):
    """One recording per codec, of prompts in a seeded order.

    G.722 files can be joined as they are."""
    prompts = sorted(glob.glob(os.path.join(PROMPTS, "**", "*.g722"), recursive=True))
    if len(prompts) < 50:
        raise Failed("no sound to measure on: install asterisk-core-sounds-en-g722, "
                     "or give --kit with the evaluation kit")
    os.makedirs(folder, exist_ok=True)
    random.Random(seed).shuffle(prompts)
    left, made = [], []
    for n, (ending, options) in enumerate(CODECS):
        out = os.path.join(folder, "speech-%02d.%s" % (n + 1, ending))
        raw = out + ".g722"
        with open(raw, "wb") as f:
            while f.tell() < minutes * 60 * 8000:
                left = left or list(prompts)
                with open(left.pop(), "rb") as p:
                    f.write(p.read())
        ffmpeg("-f", "g722", "-i", raw, *options, out)
        os.unlink(raw)
        made.append(out)
    return made


def pcm_8k(path, out, start=0.0, seconds=None, append=False):
    """The sound of a file as 8 kHz mono 32-bit floats, which is what fingerprints are made of."""
    options = ["-ss", str(start)] if start else []
    options += ["-i", path, "-vn"]
    if seconds:
        options += ["-t", str(seconds)]
    pcm = run(["ffmpeg", "-nostdin", "-v", "error"] + options +
              ["-ac", "1", "-ar", "8000", "-f", "f32le", "-"])
    with open(out, "ab" if append else "wb") as f:
        f.write(pcm)
    return out


def bank(material, work):
    """Speech for bench_fill: half of the files each at four speeds that nobody looks for."""
    out = []
    for n, factor in enumerate((0.78, 0.86, 1.16, 1.27)):
        name = os.path.join(work, "bank-%d.pcm" % n)
        out.append(name)
        if os.path.exists(name):
            continue
        with open(name + ".part", "wb") as f:
            for path in material.files[n % 2::2]:
                f.write(run(["ffmpeg", "-nostdin", "-v", "error", "-i", path, "-vn", "-ac", "1",
                             "-af", "aresample=16000,asetrate=%d,aresample=8000" % (16000 * factor),
                             "-f", "f32le", "-"]))
        os.rename(name + ".part", name)
    return out


def clips_of_60_s(material, work):
    """What a desk would check: a stretch of one recording, a splice, and one that is in none.

    Coded once more, so that nothing is found bit by bit. Returns [(what, file)]."""
    long_enough = [f for f in material.files if seconds_of(f) > 130]
    one = os.path.join(work, "copy.opus")
    ffmpeg("-ss", "30", "-i", long_enough[0], "-t", "60", "-vn", "-ac", "1",
           "-c:a", "libopus", "-b:a", "16k", one)
    splice = os.path.join(work, "splice.opus")
    inputs, labels = [], ""
    for k in range(20):
        f = long_enough[k % len(long_enough)]
        inputs += ["-ss", str(20 + 3.7 * k), "-t", "3", "-i", f]
        labels += "[%d:a:0]aresample=16000,aformat=channel_layouts=mono[s%d];" % (k, k)
    labels += "".join("[s%d]" % k for k in range(20)) + "concat=n=20:v=0:a=1[out]"
    ffmpeg(*inputs, "-filter_complex", labels, "-map", "[out]",
           "-c:a", "libopus", "-b:a", "16k", splice)
    other = os.path.join(work, "foreign.opus")
    # Speech at a speed that is neither looked for nor near one of the bank's.
    ffmpeg("-ss", "20", "-i", long_enough[-1], "-t", "100", "-vn", "-ac", "1", "-af",
           "aresample=16000,asetrate=24800,aresample=16000", "-t", "60",
           "-c:a", "libopus", "-b:a", "16k", other)
    clips = [("stretch of one recording", one), ("splice of 20 pieces", splice),
             ("in no recording, odd speed", other)]
    if material.foreign:
        own = os.path.join(work, "held-back.opus")
        ffmpeg("-i", material.foreign, "-t", "60", "-vn", "-ac", "1", "-c:a", "libopus",
               "-b:a", "16k", own)
        clips.append(("in no recording, same voices", own))
    return clips


def long_recording(material, work, hours):
    """A file of that many hours, made of one recording over and over without coding it anew."""
    model = [f for f in material.files if f.endswith(".mp3")][0]
    out = os.path.join(work, "log-%gh.mp3" % hours)
    ffmpeg("-stream_loop", "-1", "-i", model, "-t", str(int(hours * 3600)), "-map", "0:a:0",
           "-c", "copy", out)
    return out
