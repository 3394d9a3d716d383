# SPDX-License-Identifier: Apache-2.0
"""The last part of the demonstration: pieces of MP3 are joined and saved as WAV, and `inspect`
tells so from that one file."""

import array
import json
import subprocess

# file, from, to: seconds
PIECES = (("speeches/council.mp3", 3.2, 24.9), ("speeches/council.mp3", 31.0, 48.31),
          ("speeches/council.mp3", 80.2, 103.3))
NAME = "handed-over.wav"


def run(program, rate, ffmpeg, write):
    """True when inspect finds the joins and nothing else."""
    sounds = {name: array.array("h", ffmpeg(["-i", name, "-f", "s16le", "pipe:1"]))
              for name in {piece[0] for piece in PIECES}}
    whole, joins = array.array("h"), []
    for name, start, end in PIECES:
        if whole:
            joins.append(len(whole) / rate)
        whole.extend(sounds[name][int(start * rate):int(end * rate)])
    write(NAME, whole, [])
    print("\nthree passages of council.mp3, joined and saved as WAV\n\n"
          "$ earwitness inspect %s --svg inspect.svg" % NAME, flush=True)
    if subprocess.run([program, "inspect", NAME, "--svg", "inspect.svg"]).returncode != 0:
        return False
    done = subprocess.run([program, "inspect", "--json", NAME], stdout=subprocess.PIPE)
    with open("inspect.json", "wb") as f:
        f.write(done.stdout)
    signs = [f for f in json.loads(done.stdout)["findings"] if f["kind"] == "change"]
    hits = sum(any(abs(s["start"] - t) <= max(0.1, s["plus_minus"]) for s in signs) for t in joins)
    wrong = sum(all(abs(s["start"] - t) > max(0.2, 2 * s["plus_minus"]) for t in joins)
                for s in signs)
    good = hits == len(joins) and wrong == 0
    print("\n%s: %d of %d joins found, %d signs elsewhere"
          % ("as it was made" if good else "NOT as it was made", hits, len(joins), wrong))
    return good
