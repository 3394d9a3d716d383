#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures speed, size and memory; called by script/bench, which builds first."""

import argparse
import json
import os
import shutil
import sys
import tempfile
import textwrap

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import parts  # noqa: E402
from measure import Failed  # noqa: E402


def say(text):
    print("bench: " + text, file=sys.stderr, flush=True)


def table(rows, out=sys.stdout):
    width = max(len(r.what) for r in rows)
    print("%-*s  %10s  %10s     " % (width, "what", "measured", "to reach"), file=out)
    for r in rows:
        print("%-*s  %7.3g %-2s  %7g %-2s  %s" % (width, r.what, r.value, r.unit, r.limit, r.unit,
                                               "ok" if r.ok else "MISSED"), file=out)
        if r.note:
            for line in textwrap.wrap(r.note, 96):
                print("    " + line, file=out)


def machine():
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as f:
        for line in f:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return "%s, %d cores" % (model, len(os.sched_getaffinity(0)))


def measure(args, work):
    parts.need(["ffmpeg", "ffprobe", "taskset"])
    hours = [10, 100] if args.quick else [10, 100, 1000]
    bench = parts.Bench(args.build, work, args.kit, args.quick, hours, say)
    remarks = ["sound: %s, %.2f h" % (bench.material.described, bench.material.hours),
               "machine: %s; files in the page cache; medians of %d runs" %
               (machine(), bench.runs)]
    rows = []
    for name in args.parts:
        say(name)
        rows += parts.PARTS[name](bench)
    if set(args.parts) & {"check", "memory", "start", "size"}:
        remarks.append("archives of %s h: the sound above plus made-up recordings, whose words are "
                       "taken in runs of 0.2-0.9 s from prints of it at other speeds" %
                       " / ".join("%d" % h for h in hours))
    if args.quick:
        remarks.append("--quick: fewer runs, 100 h at most, a long file of 2 h")
    return rows, remarks, bench.raw


def main():
    ap = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    ap.add_argument("--build", required=True, help=argparse.SUPPRESS)
    ap.add_argument("--parts", default=",".join(parts.PARTS), metavar="A,B",
                    help="only these: %(default)s")
    ap.add_argument("--quick", action="store_true", help="100 h at most and fewer runs")
    ap.add_argument("--kit", metavar="FOLDER", help="evaluation kit")
    ap.add_argument("--work", metavar="FOLDER",
                    help="keep sound and archives here for the next time")
    ap.add_argument("--json", metavar="FILE", help="write the JSON here and not after the table")
    args = ap.parse_args()
    args.parts = args.parts.split(",")
    unknown = [p for p in args.parts if p not in parts.PARTS]
    if unknown:
        ap.error("no part '%s'; there are %s" % (unknown[0], ", ".join(parts.PARTS)))
    work = args.work or tempfile.mkdtemp(prefix="earwitness-bench-")
    os.makedirs(work, exist_ok=True)
    try:
        rows, remarks, raw = measure(args, work)
    except Failed as e:
        say(str(e))
        return 3
    finally:
        if not args.work:
            shutil.rmtree(work, ignore_errors=True)
    for r in remarks:
        print(r)
    print()
    table(rows)
    answer = {"schema": "earwitness-bench-1", "remarks": remarks,
              "rows": [r.as_json() for r in rows], "raw": raw}
    if args.json:
        with open(args.json, "w", encoding="utf-8") as f:
            json.dump(answer, f, indent=1)
            f.write("\n")
    else:
        print("\n" + json.dumps(answer))
    return 0 if all(r.ok for r in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
