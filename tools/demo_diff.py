# SPDX-License-Identifier: Apache-2.0
"""The second half of the demonstration: a speech is doctored, and `diff` says how."""

import array
import json
import subprocess

A_NAME, B_NAME = "speeches/address.flac", "leaked.m4a"
LENGTH = 80           # seconds of the speech that the leak keeps
TOLERANCE = 0.1       # seconds


def part(sound, rate, start, end):
    return sound[int(start * rate):int(end * rate)]


def quiet_place(sound, rate, near):
    """The middle of the quietest 60 ms within a second of `near`: where an editor cuts."""
    best, at = None, near
    step = int(0.03 * rate)
    for k in range(int((near - 1) * rate), int((near + 1) * rate), step):
        loud = sum(abs(x) for x in sound[k:k + 2 * step])
        if best is None or loud < best:
            best, at = loud, (k + step) / rate
    return at


def doctor(speech, stranger, rate):
    """The edited copy, and what was done as (op, a_start, a_end, b_start, b_end)."""
    cuts = [quiet_place(speech, rate, t) for t in (12, 15, 28, 41, 44, 58)]
    gone, gone_end, put, moved, moved_end, to = cuts
    fake = part(stranger, rate, 1.0, 3.2)
    hush = (70.4, 71.3)
    level = array.array("h", [12 if k % 7 else -12 for k in range(int((hush[1] - hush[0]) * rate))])
    pieces = [part(speech, rate, 0, gone), part(speech, rate, gone_end, put), fake,
              part(speech, rate, put + 1.4, moved), part(speech, rate, moved_end, to),
              part(speech, rate, moved, moved_end), part(speech, rate, to, hush[0]), level,
              part(speech, rate, hush[1], LENGTH)]
    copy = array.array("h")
    starts = []
    for piece in pieces:
        starts.append(len(copy) / rate)
        copy.extend(piece)
    truth = [("delete", gone, gone_end, starts[1], starts[1]),
             ("replace", put, put + 1.4, starts[2], starts[3]),
             ("move", moved, moved_end, starts[5], starts[6]),
             ("silence", hush[0], hush[1], starts[7], starts[8]),
             ("delete", LENGTH, len(speech) / rate, len(copy) / rate, len(copy) / rate)]
    louder = array.array("h", [max(-32768, min(32767, int(x * 1.5))) for x in copy])
    return louder, truth


def found(edit, truth):
    times = ("a_start", "a_end", "b_start", "b_end")
    return edit["op"] == truth[0] and all(
        abs(edit[k] - t) < TOLERANCE for k, t in zip(times, truth[1:]))


def run(program, speech, stranger, rate, write):
    """True when what diff says is what was done."""
    copy, truth = doctor(speech, stranger, rate)
    write(B_NAME, copy, ["-b:a", "48k"])
    print("\na leak of one of them, louder and coded anew, with %d edits\n\n"
          "$ earwitness diff %s %s --svg diff.svg --export changed"
          % (len(truth), A_NAME, B_NAME), flush=True)
    command = [program, "diff", A_NAME, B_NAME, "--svg", "diff.svg", "--export", "changed"]
    if subprocess.run(command).returncode != 1:
        return False
    with open("changed/earwitness-diff.json") as f:
        edits = json.load(f)["edits"]
    hits = sum(any(found(e, t) for e in edits) for t in truth)
    good = hits == len(truth) == len(edits)
    print("\n%s: %d of %d edits found within %.0f ms, %d claimed"
          % ("as it was made" if good else "NOT as it was made", hits, len(truth),
             1000 * TOLERANCE, len(edits)))
    return good
