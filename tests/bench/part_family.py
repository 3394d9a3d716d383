# SPDX-License-Identifier: Apache-2.0
"""Speed and memory of family on a hundred copies whose descent is known."""

import json
import os
import random
import subprocess

from measure import children_cpu, median, peak_memory, run, wall_of

COPIES, SECONDS, RATE = 100, 90, 16000
CODECS = [
    (".mp3", ["-ar", "44100", "-b:a", "96k"]), (".mp3", ["-ar", "44100", "-b:a", "64k"]),
    (".mp3", ["-ar", "22050", "-b:a", "32k"]), (".mp3", ["-ar", "16000", "-b:a", "16k"]),
    (".m4a", ["-c:a", "aac", "-ar", "44100", "-b:a", "64k"]),
    (".m4a", ["-c:a", "aac", "-ar", "22050", "-b:a", "32k"]),
    (".opus", ["-c:a", "libopus", "-b:a", "24k"]),
    (".opus", ["-c:a", "libopus", "-b:a", "16k", "-application", "voip"]),
    (".ogg", ["-c:a", "libvorbis", "-ar", "44100", "-b:a", "64k"]),
]


def made(b):
    """The folder of the copies and who was made from whom; made once."""
    folder = b.path("family-%d" % COPIES)
    told = os.path.join(folder, "parents.json")
    if os.path.exists(told):
        with open(told, encoding="utf-8") as f:
            return folder, json.load(f)
    os.makedirs(folder, exist_ok=True)
    tool = os.path.join(os.path.dirname(b.tools), "speechgen")
    with open(os.path.join(folder, "copy-00.wav"), "wb") as out:
        subprocess.run([tool, "91", str(SECONDS), str(RATE), "1"], stdout=out, check=True)
    rng, names, parents = random.Random(91), ["copy-00.wav"], {}
    for number in range(1, COPIES):
        ending, options = rng.choice(CODECS)
        name, parent = "copy-%02d%s" % (number, ending), rng.choice(names)
        change = []
        if rng.random() < 0.3:
            change = ["-ss", "%.2f" % rng.uniform(0.5, 3)]
        elif rng.random() < 0.4:
            change = ["-af", "volume=%ddB" % rng.choice([-9, -6, -3])]
        run(["ffmpeg", "-nostdin", "-y", "-v", "error", "-i", os.path.join(folder, parent)]
            + change + options + [os.path.join(folder, name)])
        names.append(name)
        parents[name] = parent
    with open(told, "w", encoding="utf-8") as f:
        json.dump(parents, f)
    return folder, parents


def measure(b, row):
    folder, parents = made(b)
    command = [b.program, "family", "--json", "--jobs", "2"]
    command += [os.path.join(folder, name) for name in ["copy-00.wav", *parents]]
    answers, walls = [], []
    before = children_cpu()
    for _ in range(b.runs):
        walls.append(wall_of(lambda: answers.append(json.loads(run(command)))))
    cpu = (children_cpu() - before) / b.runs
    own, tree = peak_memory(command, 0.01)
    told = answers[0]["parents"]
    claimed = [name for name in parents if isinstance(told[name], str)]
    right = sum(told[name] == parents[name] for name in claimed)
    b.raw["family"] = {"cpu_s": cpu, "wall_s": walls, "memory_mb": own,
                       "memory_tree_mb": tree, "claimed": len(claimed), "right": right}
    return [row("family_time", "family of 100 copies of 90 s, two threads", median(walls), 60.0,
                "s", "CPU %.1f s; %d parents claimed, %d of them right"
                % (cpu, len(claimed), right)),
            row("family_memory", "private memory of that", own, 500.0, "MB",
                "with its decoders %.0f MB" % tree)]
