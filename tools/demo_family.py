# SPDX-License-Identifier: Apache-2.0
"""A part of the demonstration: copies of copies go round, and `family` orders them."""

import json
import os
import shutil
import subprocess

SECONDS = 40
# name, made from, how
COPIES = (
    ("post-1.mp3", "original.flac", ["-b:a", "64k"]),
    ("post-2.opus", "post-1.mp3", ["-ss", "3", "-c:a", "libopus", "-b:a", "24k"]),
    ("post-3.m4a", "post-2.opus", ["-af", "volume=-4dB", "-b:a", "48k"]),
    ("phone.mp3", "original.flac", ["-af", "lowpass=3400", "-ar", "22050", "-b:a", "32k"]),
    ("phone-short.m4a", "phone.mp3", ["-t", "25", "-b:a", "48k"]),
    ("again.wav", "post-1.mp3", []),
)


def make(speech, rate, write):
    shutil.rmtree("copies", ignore_errors=True)
    os.mkdir("copies")
    write("copies/original.flac", speech[:SECONDS * rate], [])
    for name, parent, how in COPIES:
        subprocess.run(["ffmpeg", "-nostdin", "-y", "-loglevel", "error", "-i",
                        "copies/" + parent, "-map_metadata", "-1", "-fflags", "+bitexact",
                        "-flags", "+bitexact"] + how + ["copies/" + name], check=True)


def run(program, speech, rate, write):
    """True when every copy has its parent."""
    make(speech, rate, write)
    print("\nseven files of one recording: an original, and copies of copies\n\n"
          "$ earwitness family copies --svg family.svg", flush=True)
    if subprocess.run([program, "family", "copies", "--svg", "family.svg"]).returncode != 0:
        return False
    done = subprocess.run([program, "family", "--json", "copies"], stdout=subprocess.PIPE,
                          check=True)
    said = json.loads(done.stdout)["parents"]
    truth = {name: parent for name, parent, _ in COPIES}
    hits = sum(said.get("copies/" + n, said.get(n)) in (p, "copies/" + p)
               for n, p in truth.items())
    good = hits == len(truth)
    print("\n%s: %d of %d copies have the right parent"
          % ("as it was made" if good else "NOT as it was made", hits, len(truth)))
    return good
