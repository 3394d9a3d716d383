#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the evaluation kit and holds its numbers against what is to be reached."""

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile

# family, recall, precision; families with a level are rows of their own.
CLEAN = [
    ("copy-codec", 0.995, 0.999),
    ("excerpt-10s", 0.995, 0.995),
    ("excerpt-5s", 0.99, 0.995),
    ("excerpt-3s", 0.99, 0.995),
    ("excerpt-2s", 0.98, 0.99),
    ("excerpt-1s", 0.95, 0.99),
    ("splice-long", 0.98, 0.98),
    ("splice-short", 0.93, 0.98),
    ("splice-foreign", None, None),
    ("speed-resample", 0.97, 0.99),
    ("speed-tempo", 0.97, 0.99),
    ("speed-pitch", 0.97, 0.99),
    ("rerecord", 0.97, 0.99),
]
MIXED = ["mix-noise", "mix-babble", "mix-music"]
LEVELS = [("20 dB", 0.99), ("10 dB", 0.99), ("5 dB", 0.97), ("0 dB", 0.90)]
MIXED_PRECISION = 0.99
FALSE_ALARMS = 2.0  # seconds per hour of speech that is in no recording
BOUNDARY_MS = 20.0
OFFSET_MS = 2.0
OFFSET_WITHOUT_SOURCES_MS = 16.0
EDITS = 0.97  # found of those made, and right of those claimed
EDIT_BOUNDARY_MS = (10.0, 60.0)  # median, 95th percentile
ROOTS, PARENTS, PARENTS_CLAIMED = 0.95, 0.75, 0.9


class Row:
    """A number against its limit; `most` says that it must not be more."""

    def __init__(self, what, figure, value, limit, most=False, scale=100.0, unit="%"):
        self.what, self.figure, self.value, self.limit = what, figure, value, limit
        self.most, self.scale, self.unit = most, scale, unit

    @property
    def ok(self):
        if self.limit is None:
            return True
        if self.value is None:
            return False
        return self.value <= self.limit if self.most else self.value >= self.limit

    def text(self):
        def number(x):
            return "-" if x is None else "%.2f %s" % (x * self.scale, self.unit)
        if self.limit is None:
            verdict, limit = "", ""
        else:
            verdict = "ok" if self.ok else "MISSED"
            limit = ("<= " if self.most else ">= ") + number(self.limit)
        return "%-22s %-22s %12s   %12s   %s" % (self.what, self.figure, number(self.value), limit,
                                            verdict)

    def as_json(self):
        return {"what": self.what, "figure": self.figure, "value": self.value,
                "limit": self.limit, "reached": self.ok}


def load_score(kit):
    spec = importlib.util.spec_from_file_location("score", os.path.join(kit, "score.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Set:
    """The cases of one run and their predictions."""

    def __init__(self, score, cases, predictions, families):
        self.score, self.predictions = score, predictions
        self.truths = [t for t in score.load_cases(cases)
                       if not families or t["family"] in families]

    def numbers(self, wanted):
        """Pooled numbers of the cases that `wanted` chooses; None when there are none."""
        truths = [t for t in self.truths if wanted(t)]
        if not truths:
            return None
        return self.score.evaluate(truths, self.prediction).get("overall")

    def of_kind(self, kind):
        """Pooled numbers of all pairs ("edits") or trees ("trees"); None when there are none."""
        return self.score.evaluate(self.truths, self.prediction).get(kind)

    def claimed_parents(self):
        """Of the copies that were made from another: how many, and for how many a parent is named."""
        copies = claimed = 0
        for t in self.truths:
            if t["kind"] == "tree":
                parents = (self.prediction(t["case"]) or {}).get("parents") or {}
                copies += len(t["parents"])
                # A list names candidates where nothing is decided.
                claimed += sum(isinstance(parents.get(c), str) for c in t["parents"])
        return copies, claimed

    def prediction(self, case):
        return self.score.load_prediction(self.predictions, case)


def pair_of_rows(what, n, recall, precision):
    # A family of which nothing was claimed claimed nothing wrong.
    claimed = 1.0 if n["precision"] is None else n["precision"]
    return [Row(what, "recall", n["recall"], recall), Row(what, "precision", claimed, precision)]


def rows_of(cases, offset_ms):
    rows = []
    for family, recall, precision in CLEAN:
        n = cases.numbers(lambda t, f=family: t["family"] == f)
        if n:
            rows += pair_of_rows(family, n, recall, precision)
    for family in MIXED:
        for level, recall in LEVELS:
            n = cases.numbers(lambda t, f=family, v=level: t["family"] == f and t["variant"] == v)
            if n:
                rows += pair_of_rows("%s %s" % (family, level), n, recall, MIXED_PRECISION)
    for family in ("negative", "splice-foreign"):
        n = cases.numbers(lambda t, f=family: t["family"] == f)
        if n:
            rows.append(Row(family, "false alarms per hour", n["false_alarm_s_per_h"],
                            FALSE_ALARMS, True, 1.0, "s"))
    for family in ("splice-long", "splice-short", "splice-foreign"):
        n = cases.numbers(lambda t, f=family: t["family"] == f)
        if n:
            rows.append(Row(family, "boundary, median", n["boundary_median_ms"], BOUNDARY_MS, True,
                            1.0, "ms"))
    # Stretchers that keep the pitch are themselves linear only to about 10 ms.
    n = cases.numbers(lambda t: t["family"] not in ("speed-tempo", "speed-pitch"))
    if n:
        rows.append(Row("all but tempo, pitch", "offset, median", n["error_median_ms"], offset_ms,
                        True, 1.0, "ms"))
    return rows


def rows_of_pairs(cases):
    n = cases.of_kind("edits")
    if not n:
        return []
    ops = n["ops"]["all"]
    median, p95 = EDIT_BOUNDARY_MS
    return [Row("edit-pairs", "edits found", ops["recall"], EDITS),
            Row("edit-pairs", "claimed edits right", ops["precision"], EDITS),
            Row("edit-pairs", "boundary, median", n["boundary_median_ms"], median, True, 1.0, "ms"),
            Row("edit-pairs", "boundary, 95 %", n["boundary_p95_ms"], p95, True, 1.0, "ms")]


def rows_of_trees(cases):
    n = cases.of_kind("trees")
    if not n:
        return []
    copies, claimed = cases.claimed_parents()
    right = n["parents_right"] * copies / claimed if claimed else None
    return [Row("family-tree", "right root", n["roots_right"], ROOTS),
            Row("family-tree", "claimed parents right", right, PARENTS),
            Row("family-tree", "parents claimed", claimed / copies, PARENTS_CLAIMED)]


def worst(cases, count):
    r = cases.score.evaluate(cases.truths, cases.prediction)["per_case"]
    low = sorted((v["recall"], name) for name, v in r.items() if v["recall"] is not None)
    wrong = sorted((v["precision"], name) for name, v in r.items() if v["precision"] is not None)
    return ([(v, n, "recall") for v, n in low[:count] if v < 1] +
            [(v, n, "precision") for v, n in wrong[:count] if v < 1])


def parse():
    ap = argparse.ArgumentParser(prog="script/accuracy", description=__doc__)
    ap.add_argument("--program", required=True, help=argparse.SUPPRESS)
    ap.add_argument("--kit", required=True, metavar="FOLDER", help="evaluation kit")
    ap.add_argument("--corpus", metavar="FOLDER", help="default: KIT/corpus/dev")
    ap.add_argument("--cases", metavar="FOLDER", help="default: KIT/dev")
    ap.add_argument("--families", metavar="A,B", help="only these")
    ap.add_argument("--every", type=int, default=1, metavar="N",
                    help="only each N-th case of a family")
    ap.add_argument("--worst", type=int, default=0, metavar="N", help="also list the N worst clips")
    ap.add_argument("--out", metavar="FOLDER", help="keep archive and predictions here")
    ap.add_argument("--without-sources", action="store_true",
                    help="as when only the archive is there: recordings are gone after `add`")
    ap.add_argument("--json", metavar="FILE", help="also write the numbers to this file")
    return ap.parse_args()


def archive_without_sources(args, corpus, out):
    """An archive whose recordings are no longer where they were added from."""
    archive, copies = os.path.join(out, "archive"), os.path.join(out, "copies")
    if not os.path.exists(archive):
        shutil.copytree(os.path.join(corpus, "archive"), copies)
        subprocess.run([args.program, "--archive", archive, "add", copies], check=True)
        shutil.rmtree(copies)


def evaluate(args, out, cases, families):
    corpus = args.corpus or os.path.join(args.kit, "corpus", "dev")
    if args.without_sources:
        archive_without_sources(args, corpus, out)
    command = [sys.executable, os.path.join(args.kit, "evaluate.py"), "--program", args.program,
               "--corpus", corpus, "--cases", cases, "--out", out, "--every", str(args.every),
               "--families", ",".join(sorted(families))]
    return subprocess.run(command, check=False).returncode


def chosen_cases(cases, every):
    """The names of the cases that evaluate.py --every takes, and their families."""
    with open(os.path.join(cases, "manifest.json"), encoding="utf-8") as f:
        all_cases = json.load(f)["cases"]
    seen, names = {}, set()
    for c in all_cases:
        seen[c["family"]] = seen.get(c["family"], 0) + 1
        if (seen[c["family"]] - 1) % every == 0:
            names.add(c["case"])
    return names, set(seen)


def main():
    args = parse()
    cases = args.cases or os.path.join(args.kit, "dev")
    names, families = chosen_cases(cases, args.every)
    if args.families:
        families &= set(args.families.split(","))
    out = args.out or tempfile.mkdtemp(prefix="earwitness-accuracy-")
    try:
        code = evaluate(args, out, cases, families)
        if code not in (0, 3):
            return 3
        found = Set(load_score(args.kit), cases, out, families)
        found.truths = [t for t in found.truths if t["case"] in names]
        rows = rows_of(found, OFFSET_WITHOUT_SOURCES_MS if args.without_sources else OFFSET_MS)
        rows += rows_of_pairs(found) + rows_of_trees(found)
        print()
        for r in rows:
            print(r.text())
        for value, name, figure in worst(found, args.worst):
            print("%6.1f %% %-9s  %s" % (100 * value, figure, name))
        missed = sum(not r.ok for r in rows)
        print("%d of %d figures reached" % (len(rows) - missed, len(rows)))
        if args.json:
            with open(args.json, "w", encoding="utf-8") as f:
                json.dump({"schema": "earwitness-accuracy-1",
                           "rows": [r.as_json() for r in rows]}, f, indent=1)
                f.write("\n")
        return 3 if code else 1 if missed else 0
    finally:
        if not args.out:
            shutil.rmtree(out, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
