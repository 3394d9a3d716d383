#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures how often each method of `inspect` is wrong, and what share of joins it finds.

    inspect_rates.py --bench BUILD/tests/bench/bench_inspect --clean FILE-OR-FOLDER...
                     [--beds FOLDER...] [--cases FOLDER...] [--method M] [--c-table]

clean   recordings that nobody changed: every sign of change in them is a false alarm. The
        kit's recordings are rows of prompts, each with a noise of its own; where archive.json
        says that one begins or ends, exact findings do not count
beds    folders of inspect_beds.py
cases   case sets of the evaluation kit; their splice families are used decoded ("wav"), and
        decoded and coded again as MP3 of 64 kbit/s ("mp3")

--save keeps the raw findings, --load reports on kept ones. Prints per method the strength at which it is wrong six times an hour (once in ten minutes)
and once an hour, the shares of joins found at these, and with --c-table the lines of
src/inspect/rates.c."""

import argparse
import bisect
import glob
import json
import multiprocessing.pool
import os
import subprocess
import sys
import tempfile

PROMPT = 0.02  # seconds within which the edge of a prompt explains an exact finding
NEAR = 0.1  # seconds that a finding may be off besides its own range


def probe(path):
    out = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "a", "-show_entries",
                          "stream=sample_rate,codec_name:format=duration", "-of", "json", path],
                         check=True, stdout=subprocess.PIPE).stdout
    d = json.loads(out)
    s = d["streams"][0]
    return int(s["sample_rate"]), s["codec_name"], float(d["format"]["duration"])


def prompt_edges(path):
    """The edges of the prompts that a recording of the kit was made of."""
    info = os.path.join(os.path.dirname(os.path.dirname(path)), "archive.json")
    if not os.path.exists(info):
        return []
    with open(info, encoding="utf-8") as f:
        recordings = json.load(f)["recordings"]
    kind, stem = os.path.basename(os.path.dirname(path)), os.path.basename(path).split(".")[0]
    for r in recordings:
        if r["id"] == stem and kind in ("archive", "master"):
            lag = r["lag"] if kind == "archive" else 0.0
            return sorted(t + lag for segment in r["segments"] for t in segment[:2])
    return []


class Sound:
    """One file: where its joins are, and what the methods said about it."""

    def __init__(self, path, group, joins, turned=None):
        self.path, self.group, self.joins, self.turned = path, group, joins, turned
        self.signs, self.untested, self.cpu, self.seconds = [], [], 0.0, 0.0
        self.edges = prompt_edges(path) if group == "clean" else []

    def run(self, bench, method):
        rate, codec, self.seconds = probe(self.path)
        ffmpeg = ["ffmpeg", "-nostdin", "-v", "error", "-i"]
        with tempfile.TemporaryDirectory() as folder:
            path = self.path
            if self.turned == "mp3":
                path, rate = os.path.join(folder, "again.mp3"), max(rate, 32000)
                subprocess.run(ffmpeg + [self.path, "-vn", "-ac", "1", "-ar", str(rate),
                                         "-b:a", "64k", path], check=True)
            codec = {"wav": "pcm_s16le", "mp3": "mp3"}.get(self.turned, codec)
            lossy = not (codec.startswith("pcm") or codec == "flac")
            decoder = subprocess.Popen(ffmpeg + [path, "-vn", "-ac", "1", "-f", "f32le", "-"],
                                       stdout=subprocess.PIPE)
            out = subprocess.run([bench, str(rate), codec, str(int(lossy))] +
                                 ([method] if method else []), stdin=decoder.stdout,
                                 check=True, stdout=subprocess.PIPE).stdout
            decoder.wait()
        for line in out.decode("utf-8", "replace").splitlines():
            head = line.split("\t")[0].split()
            if head[0] == "cpu":
                self.cpu = float(head[1])
            elif head[0] == "-":
                self.untested.append(head[1])
            elif head[1] == "change":
                sign = (head[0],) + tuple(float(v) for v in head[2:6])
                if not self.explained(sign):
                    self.signs.append(sign)
        return self

    def explained(self, sign):
        _, start, end, range_, _ = sign
        if range_ > PROMPT or not self.edges:
            return False
        return all(self.edges[min(bisect.bisect(self.edges, t - PROMPT), len(self.edges) - 1)]
                   < t + PROMPT for t in (start, end))

    def best(self, method, join):
        """The strongest sign at a join, -1 when there is none."""
        best = -1.0
        for name, start, end, range_, strength in self.signs:
            off = min(abs(start - join), abs(end - join))
            if name == method and off <= max(NEAR, range_):
                best = max(best, strength)
        return best


def files_below(path):
    if os.path.isfile(path):
        return [path]
    return sorted(f for f in glob.glob(os.path.join(path, "*")) if os.path.isfile(f))


def collect(o):
    out = [Sound(f, "clean", None) for p in o.clean for f in files_below(p)
           if os.path.basename(f).split(".")[0] not in o.skip]
    for bed in o.beds:
        for info in sorted(glob.glob(os.path.join(bed, "*", "*.json"))):
            with open(info, encoding="utf-8") as f:
                d = json.load(f)
            for ending in ("wav", "mp3"):
                out.append(Sound(info[:-4] + ending, d["bed"] + " " + ending, d["joins"]))
    for cases in o.cases:
        for info in sorted(glob.glob(os.path.join(cases, "splice-*", "truth.json"))):
            with open(info, encoding="utf-8") as f:
                d = json.load(f)
            query = os.path.join(os.path.dirname(info), d["query"])
            for turned in ("wav", "mp3"):
                out.append(Sound(query, d["family"] + " " + turned, d["boundaries"], turned))
    return out


def at_rate(falses, hours, per_hour):
    """The strength above which there are at most that many false signs an hour."""
    k = int(per_hour * hours)
    return falses[k] if k < len(falses) else 0.0


PER_HOUR = (20, 10, 6, 4, 3, 2, 1.5, 1, 0.7, 0.5, 0.3)


def c_table(method, falses, hours):
    """Strengths and rates, from what comes often to the strongest ever seen. One more is
    counted than was seen: what was not seen once is not impossible."""
    rows = []
    for per_hour in PER_HOUR:
        k = int(per_hour * hours) - 1
        if 0 <= k < len(falses) and (not rows or falses[k] > rows[-1][0]):
            rows.append((falses[k], (k + 1) / hours))
    rows.append((falses[0] * 1.02 if falses else 0, 1 / hours))
    cells = ", ".join("{%.4g, %.2g}" % row for row in rows)
    return "    {\"%s\", %.1f, {%s}}," % (method, hours, cells)


class Method:
    """What one method did: its false signs in clean sound where it applied."""

    def __init__(self, name, sounds):
        self.name = name
        clean = [s for s in sounds if s.group == "clean" and name not in s.untested]
        self.hours = sum(s.seconds for s in clean) / 3600
        self.worst = sorted(((g[4], s.path, g[1]) for s in clean for g in s.signs
                             if g[0] == name), reverse=True)
        self.falses = [w[0] for w in self.worst]
        self.six, self.one = (at_rate(self.falses, self.hours, r) for r in (6, 1))
        self.found = {}
        for g in sorted({s.group for s in sounds if s.group != "clean"}):
            bests = [s.best(name, j) for s in sounds if s.group == g for j in s.joins]
            self.found[g] = (len(bests), sum(b > self.six for b in bests) / len(bests),
                             sum(b > self.one for b in bests) / len(bests))


def report(sounds, o):
    total = sum(s.seconds for s in sounds) / 3600
    print("CPU %.2f s per hour of sound" % (sum(s.cpu for s in sounds) / total))
    methods = [Method(n, sounds) for n in sorted({g[0] for s in sounds for g in s.signs})]
    for m in methods:
        print("%s: %.2f h clean, %d false; 6/h above %.4g, 1/h above %.4g" % (
            m.name, m.hours, len(m.falses), m.six, m.one))
        for where in m.worst[:o.worst]:
            print("    worst %.4g %s %.2f" % where)
        if o.groups:
            for g, (n, six, one) in m.found.items():
                print("    %-20s n %4d  at 6/h %5.3f  at 1/h %5.3f" % (g, n, six, one))
        if o.c_table:
            print(c_table(m.name, m.falses, m.hours))
    if not methods or not methods[0].found:
        return
    print("| bed | joins | " + " | ".join(m.name for m in methods) + " | any at 1/h |")
    print("|---|---|" + "---|" * (len(methods) + 1))
    for g, (n, _, _) in methods[0].found.items():
        some = sum(any(s.best(m.name, j) > m.one for m in methods)
                   for s in sounds if s.group == g for j in s.joins) / n
        print("| %s | %d | " % (g, n) + " | ".join(
            "%.0f / %.0f" % (100 * m.found[g][1], 100 * m.found[g][2]) for m in methods) +
            " | %.0f |" % (100 * some))


def load(paths):
    out = []
    for path in paths:
        with open(path, encoding="utf-8") as f:
            for kept in json.load(f):
                s = Sound(kept["path"], kept["group"], kept["joins"])
                vars(s).update(kept)
                s.signs = [tuple(g) for g in s.signs]
                out.append(s)
    return out


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    p.add_argument("--bench")
    p.add_argument("--clean", nargs="+", default=[])
    p.add_argument("--beds", nargs="*", default=[])
    p.add_argument("--cases", nargs="*", default=[])
    p.add_argument("--skip", nargs="*", default=["ra-01"],
                   help="names that are not clean (ra-01: four recordings in one file)")
    p.add_argument("--method")
    p.add_argument("--only", help="groups whose names begin so, comma-separated")
    p.add_argument("--worst", type=int, default=0)
    p.add_argument("--groups", action="store_true", help="every method and bed on a line")
    p.add_argument("--c-table", action="store_true")
    p.add_argument("--save", help="the raw findings as JSON")
    p.add_argument("--load", nargs="+")
    o = p.parse_args()
    sounds = load(o.load) if o.load else collect(o)
    if o.only:
        keep = tuple(o.only.split(","))
        sounds = [s for s in sounds if s.group == "clean" or s.group.startswith(keep)]
    if not o.load:
        with multiprocessing.pool.ThreadPool(2) as pool:
            pool.map(lambda s: s.run(o.bench, o.method), sounds)
    report(sounds, o)
    if o.save:
        with open(o.save, "w", encoding="utf-8") as f:
            json.dump([vars(s) for s in sounds], f)
    return 0


if __name__ == "__main__":
    sys.exit(main())
