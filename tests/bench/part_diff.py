# SPDX-License-Identifier: Apache-2.0
"""Speed and memory of diff on two long recordings."""

import array
import os
import random
import subprocess
import wave

from measure import children_cpu, median, on_one_core, peak_memory, run, wall_of

RATE = 8000
EDITS_PER_HOUR = 60


def speech(b, seconds):
    """Speech-like sound that nowhere repeats itself."""
    path = b.path("diff-a-%d.wav" % seconds)
    if not os.path.exists(path):
        tool = os.path.join(os.path.dirname(b.tools), "speechgen")
        with open(path, "wb") as out:
            subprocess.run([tool, "77", str(seconds), str(RATE), "1"], stdout=out, check=True)
    return path


def edited(path, seconds):
    """A copy with stretches taken out and put in, half of them noise, and a bit louder."""
    with wave.open(path) as w:
        a = array.array("h", w.readframes(w.getnframes()))
    rng = random.Random(seconds)
    b, at = array.array("h"), 0
    step = len(a) * 3600 // (seconds * EDITS_PER_HOUR)
    for start in range(step // 2, len(a) - step, step):
        b.extend(a[at:start])
        kind = rng.randrange(3)
        if kind == 0:
            b.extend(array.array("h", [rng.randint(-3000, 3000) for _ in range(2 * RATE)]))
        elif kind == 1:
            b.extend(a[start + step // 3:start + step // 3 + 2 * RATE])
        at = start + (0 if kind == 0 else rng.randrange(RATE, 3 * RATE))
    b.extend(a[at:])
    out = path.replace("diff-a-", "diff-b-")
    with wave.open(out, "wb") as w:
        w.setnchannels(1)
        w.setsampwidth(2)
        w.setframerate(RATE)
        w.writeframes(array.array("h", [x - x // 8 for x in b]).tobytes())
    return out


def measure(b, row):
    """An hour against an hour and half of it against half; WAV, so that decoding is next to
    nothing."""
    commands, cpu, wall = {}, {}, {}
    for seconds in (1800, 3600):
        a = speech(b, seconds)
        commands[seconds] = on_one_core([b.program, "diff", "--json", a, edited(a, seconds)])
        times = []
        before = children_cpu()
        for _ in range(b.runs):
            times.append(wall_of(lambda: run(commands[seconds], ok=(1,))))
        cpu[seconds] = (children_cpu() - before) / b.runs
        wall[seconds] = median(times)
    own, tree = peak_memory(commands[3600], 0.01)
    b.raw["diff"] = {"cpu_s": cpu, "wall_s": wall, "memory_mb": own, "memory_tree_mb": tree}
    return [row("diff_time", "CPU of diff, an hour against an hour", cpu[3600], 20.0, "s",
                "%d edits; 8 kHz WAV, its decoding and hashing included; wall time %.1f s"
                % (EDITS_PER_HOUR, wall[3600])),
            row("diff_growth", "growth of that from half an hour to an hour",
                cpu[3600] / cpu[1800], 2.5, "x"),
            row("diff_memory", "private memory of diff, an hour against an hour", own, 500.0,
                "MB", "with its decoders %.0f MB" % tree)]
