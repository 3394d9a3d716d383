#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The demonstration: real voices joined into speeches, pieces of three of them joined with
speech that is in none, coded hard, and traced back; then one speech doctored, and compared.
Then a joined file is looked at alone, and a part of a sealed one is shown to a stranger. script/demo
runs it.

The voices are the telephone prompts of Debian's asterisk-core-sounds-en-g722 (CC BY-SA 3.0),
which are installed and never part of this project. Everything else follows from a seed."""

import array
import glob
import json
import os
import random
import shutil
import subprocess
import sys

import demo_diff
import demo_family
import demo_inspect
import demo_case
import demo_seal

PROMPTS = "/usr/share/asterisk/sounds/en_US_f_Allison"
RATE = 16000          # samples per second of G.722
SEED = 20260101
SPEECHES = (("council.mp3", ["-b:a", "64k"]), ("interview.opus", ["-b:a", "32k"]),
            ("address.flac", []), ("briefing.m4a", ["-b:a", "64k"]),
            ("debate.ogg", ["-b:a", "64k"]), ("statement.wav", []),
            ("hearing.mp3", ["-b:a", "48k"]), ("announcement.opus", ["-b:a", "24k"]))
CUT_FROM = (0, 1, 3)  # the three speeches that the clip is made of
PER_SPEECH = 28       # prompts
FOREIGN = ("demo-congrats", "tt-weasels")   # said by the same voice, in no archive
FOREIGN_AT = (4, 8)   # their places among the eleven pieces
CROSSFADE = RATE // 100


def ffmpeg(arguments, data=None):
    return subprocess.run(["ffmpeg", "-nostdin", "-y", "-loglevel", "error"] + arguments,
                          input=data, stdout=subprocess.PIPE, check=True).stdout


def load_prompts():
    """{name: samples}. G.722 has two samples a byte, so all of it is decoded in one go."""
    paths = sorted(glob.glob(PROMPTS + "/*.g722"))
    if not paths:
        sys.exit("demo: no prompts in %s; install asterisk-core-sounds-en-g722" % PROMPTS)
    blobs = [open(p, "rb").read() for p in paths]
    raw = ffmpeg(["-f", "g722", "-i", "pipe:0", "-f", "s16le", "pipe:1"], b"".join(blobs))
    sound = array.array("h", raw)
    prompts, at = {}, 0
    for path, blob in zip(paths, blobs):
        prompts[os.path.basename(path)[:-5]] = sound[at:at + 2 * len(blob)]
        at += 2 * len(blob)
    return prompts


def pause(rng, seconds):
    """Room noise, so that no pause is digital silence."""
    return array.array("h", [rng.randint(-12, 12) for _ in range(int(seconds * RATE))])


def make_speeches(prompts, rng):
    names = [n for n in sorted(prompts) if n not in FOREIGN and len(prompts[n]) > 1.2 * RATE]
    rng.shuffle(names)
    speeches = []
    for i in range(len(SPEECHES)):
        speech = array.array("h")
        for name in names[i * PER_SPEECH:(i + 1) * PER_SPEECH]:
            speech.extend(prompts[name])
            speech.extend(pause(rng, rng.uniform(0.2, 0.5)))
        speeches.append(speech)
    return speeches


def loud(sound):
    return sum(abs(x) for x in sound) / max(1, len(sound)) > 300


def choose_pieces(speeches, prompts, rng):
    """Nine stretches that begin and end anywhere, also within words, and two strangers."""
    pieces = []
    for i in range(9):
        source = CUT_FROM[i % 3] if i < 6 else CUT_FROM[rng.randrange(3)]
        while True:
            length = int(rng.uniform(1.2, 4.5) * RATE)
            start = rng.randrange(len(speeches[source]) - length)
            sound = speeches[source][start:start + length]
            if loud(sound[:RATE // 4]) and loud(sound[-RATE // 4:]):
                break
        pieces.append({"source": SPEECHES[source][0], "start": start / RATE, "sound": sound})
    for place, name in zip(FOREIGN_AT, FOREIGN):
        middle = len(prompts[name]) // 3
        pieces.insert(place, {"source": None, "sound": prompts[name][middle:middle + 3 * RATE]})
    return pieces


def join(pieces):
    """One sound with short crossfades; fills in where each piece stands in the clip."""
    clip = array.array("h")
    for piece in pieces:
        sound = piece["sound"]
        lap = CROSSFADE if clip else 0
        for k in range(lap):
            share = k / lap
            at = len(clip) - lap + k
            clip[at] = int(clip[at] * (1 - share) + sound[k] * share)
        piece["query_start"] = (len(clip) - lap / 2) / RATE
        piece["shift"] = lap / 2 / RATE
        clip.extend(sound[lap:])
        piece["query_end"] = (len(clip) - CROSSFADE / 2) / RATE
    pieces[-1]["query_end"] = len(clip) / RATE
    return clip


def write(path, sound, options):
    ffmpeg(["-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", "pipe:0", "-map_metadata", "-1",
            "-fflags", "+bitexact", "-flags", "+bitexact"]
           + options + [path], sound.tobytes())


def run(program, *arguments):
    print("\n$ earwitness " + " ".join(arguments), flush=True)
    return subprocess.run([program] + list(arguments)).returncode


def right_seconds(piece, spans):
    """Seconds of the true piece that an answer explains with the right place."""
    total = 0.0
    for s in spans:
        left = max(s["query_start"], piece["query_start"])
        end = min(s["query_end"], piece["query_end"])
        if end <= left or s["source"] != piece["source"]:
            continue
        true_at = piece["start"] + piece["shift"] + left - piece["query_start"]
        said_at = s["source_start"] + (left - s["query_start"]) * s["speed"]
        if abs(true_at - said_at) < 0.05:
            total += end - left
    return total


def compare(pieces, answer):
    """The last line: what was found, against what was done. True when all is right."""
    spans = answer["spans"]
    known = [p for p in pieces if p["source"]]
    strange = [p for p in pieces if not p["source"]]
    found = sum(right_seconds(p, spans) > 0.9 * (p["query_end"] - p["query_start"])
                for p in known)
    claimed = sum(max(0, min(s["query_end"], p["query_end"]) -
                      max(s["query_start"], p["query_start"]) - 0.1)
                  for p in strange for s in spans)
    joins = [p["query_start"] for p in pieces[1:]]
    nearest = [min(answer["joins"], key=lambda j: abs(j["at"] - t), default=None) for t in joins]
    errors = sorted(abs(j["at"] - t) if j else 9 for j, t in zip(nearest, joins))
    told = all(j and abs(j["at"] - t) <= j["plus_minus"] for j, t in zip(nearest, joins))
    good = found == len(known) and claimed == 0 and told
    print("\n%s: %d of %d pieces found at their place, %d of %d strangers left alone, "
          "%d of %d joins within 50 ms (median %.0f ms), %s within the range told"
          % ("as it was made" if good else "NOT as it was made", found, len(known),
             len(strange) if claimed == 0 else 0, len(strange), sum(e <= 0.05 for e in errors),
             len(joins), 1000 * errors[len(errors) // 2], "all" if told else "NOT all"))
    return good


def empty_folder(out):
    """Makes `out`; empties it only when an earlier demo made it."""
    mark = os.path.join(out, ".earwitness-demo")
    if os.path.isdir(out) and os.listdir(out) and not os.path.exists(mark):
        sys.exit("demo: %s is not empty; name another folder" % out)
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(os.path.join(out, "speeches"))
    open(mark, "w").close()


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: demo.py PROGRAM FOLDER")
    program, out = os.path.abspath(sys.argv[1]), sys.argv[2]
    empty_folder(out)
    os.chdir(out)
    rng = random.Random(SEED)
    prompts = load_prompts()
    speeches = make_speeches(prompts, rng)
    for (name, options), sound in zip(SPEECHES, speeches):
        write(os.path.join("speeches", name), sound, options)
    pieces = choose_pieces(speeches, prompts, rng)
    clip = join(pieces)
    write("clip.opus", clip, ["-c:a", "libopus", "-b:a", "16k"])
    truth = [{k: v for k, v in p.items() if k not in ("sound", "shift")} for p in pieces]
    with open("truth.json", "w") as f:
        json.dump(truth, f, indent=1)
    print("%d speeches, %.0f minutes; a clip of %.0f s: nine pieces of three of them and two that "
          "are in none, Opus at 16 kbit/s"
          % (len(speeches), sum(map(len, speeches)) / RATE / 60, len(clip) / RATE))
    if run(program, "--archive", "archive", "add", "speeches") != 0:
        sys.exit("demo: add failed")
    if run(program, "--archive", "archive", "check", "clip.opus", "--svg", "clip.svg") != 0:
        sys.exit("demo: check failed")
    done = subprocess.run([program, "--archive", "archive", "check", "--json", "clip.opus"],
                          stdout=subprocess.PIPE, check=True)
    with open("clip.json", "wb") as f:
        f.write(done.stdout)
    print("\npicture %s, answer %s, truth %s" % tuple(
        os.path.join(out, name) for name in ("clip.svg", "clip.json", "truth.json")))
    good = compare(pieces, json.loads(done.stdout))
    doctored = SPEECHES.index(("address.flac", []))
    good = demo_diff.run(program, speeches[doctored], prompts[FOREIGN[0]], RATE, write) and good
    copied = speeches[SPEECHES.index(("statement.wav", []))]
    good = demo_family.run(program, copied, RATE, write) and good
    good = demo_inspect.run(program, RATE, ffmpeg, write) and good
    good = demo_seal.run(program) and good
    good = demo_case.run(program) and good
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
