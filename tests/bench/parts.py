# SPDX-License-Identifier: Apache-2.0
"""The measurements, one class per group of figures. Each gives rows and raw numbers."""

import glob
import hashlib
import json
import os
import shutil

import part_case
import part_diff
import part_family
import part_seal
import part_serve
import sound
from measure import (Failed, cpu_of, folder_bytes, median, on_one_core, peak_memory, run,
                     wall_of)

MB = 1e6


class Row:
    """One line of the table: a figure, what it is to reach, and how it was taken."""

    def __init__(self, key, what, value, limit, unit, note=""):
        self.key, self.what, self.value, self.limit = key, what, value, limit
        self.unit, self.note = unit, note

    @property
    def ok(self):
        return self.value <= self.limit

    def as_json(self):
        return {"key": self.key, "what": self.what, "value": round(self.value, 6),
                "limit": self.limit, "unit": self.unit, "reached": self.ok, "note": self.note}


class Bench:
    """What the parts share: programs, material, a folder for archives, options."""

    def __init__(self, build, work, kit, quick, hours, say):
        self.program = os.path.join(build, "earwitness")
        self.tools = os.path.join(build, "tests", "bench")
        self.work, self.quick, self.hours, self.say = work, quick, hours, say
        self.runs = 3 if quick else 5
        self.material = sound.find(kit, work)
        self.raw = {}
        self._clips = None
        self.forget_old_archives()
        self._archives = {}

    def forget_old_archives(self):
        """Archives made by another build are no measure of this one."""
        with open(self.program, "rb") as f:
            now = hashlib.sha256(f.read()).hexdigest()
        mark = self.path("made-by")
        if os.path.exists(mark):
            with open(mark, encoding="ascii") as f:
                if f.read() == now:
                    return
        for where in glob.glob(self.path("archive-*")):
            shutil.rmtree(where)
        with open(mark, "w", encoding="ascii") as f:
            f.write(now)

    def path(self, name):
        return os.path.join(self.work, name)

    def tool(self, name):
        return os.path.join(self.tools, name)

    def add(self, archive, files):
        run([self.program, "--archive", archive, "add"] + list(files))

    def kit_archive(self):
        """An archive of the material alone, made once."""
        where = self.path("archive-kit")
        if not os.path.exists(where):
            self.add(where, self.material.files)
        return where

    def clips(self):
        """[(what, file, file as 8 kHz PCM)]"""
        if self._clips is None:
            self._clips = [(what, f, sound.pcm_8k(f, f + ".pcm"))
                           for what, f in sound.clips_of_60_s(self.material, self.work)]
        return self._clips

    def big_archive(self, hours):
        """The material and made-up words, together so many hours."""
        where = self.path("archive-%dh" % hours)
        if hours not in self._archives:
            if not os.path.exists(where):
                self.say("making an archive of %d h" % hours)
                shutil.copytree(self.kit_archive(), where)
                run([self.tool("bench_fill"), where, "%g" % (hours - self.material.hours)] +
                    sound.bank(self.material, self.work))
            self._archives[hours] = where
        return where


# ---------------------------------------------------------------- adding

def part_add(b):
    """CPU of adding all files, decoding included, against FFmpeg decoding them."""
    def decode():
        for f in b.material.files:
            run(["ffmpeg", "-nostdin", "-v", "quiet", "-threads", "1", "-vn", "-i", f,
                 "-f", "null", "-"])

    def add():
        b.add(b.path("archive-add"), b.material.files)

    ours, theirs = [], []
    for n in range(b.runs + 1):
        shutil.rmtree(b.path("archive-add"), ignore_errors=True)
        a, d = cpu_of(add), cpu_of(decode)
        if n:  # the first round only fills the page cache
            ours.append(a)
            theirs.append(d)
    shutil.rmtree(b.path("archive-add"), ignore_errors=True)
    wall = wall_of(add)
    h = b.material.hours
    b.raw["add"] = {"cpu_s": ours, "ffmpeg_cpu_s": theirs, "hours": h, "wall_s": wall}
    note = "%.2f s CPU per hour against %.2f s; wall %.1f s for %.2f h" % (
        median(ours) / h, median(theirs) / h, wall, h)
    return [Row("add_cpu", "add, CPU with decoding : ffmpeg decoding alone",
                median(ours) / median(theirs), 1.6, "x", note)]


def part_fingerprint(b):
    """CPU of prints and index over sound in memory, against the transforms."""
    pcm = b.path("all.pcm")
    if os.path.exists(pcm):
        os.unlink(pcm)
    for f in b.material.files:
        sound.pcm_8k(f, pcm, append=True)
    folder = b.path("archive-prints")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    r = json.loads(run([b.tool("bench_fingerprint"), pcm, str(b.runs), folder]))
    shutil.rmtree(folder)
    os.unlink(pcm)
    b.raw["fingerprint"] = r
    work = r["print_s_per_h"] + r["index_s_per_h"]
    note = ("per hour: prints %.3f s, index %.3f s, transforms %.3f s; against FFmpeg's "
            "transforms (%.3f s) %.2f x" %
            (r["print_s_per_h"], r["index_s_per_h"], r["own_fft_s_per_h"],
             r["ffmpeg_fft_s_per_h"], work / r["ffmpeg_fft_s_per_h"]))
    return [Row("fingerprint_cpu", "prints and index, CPU : 225,000 transforms an hour",
                work / r["own_fft_s_per_h"], 5.0, "x", note)]


def part_size(b):
    """Bytes in the archive folder per hour of sound."""
    here = folder_bytes(b.kit_archive())
    rows = [Row("archive_size", "archive per hour of sound", here / MB / b.material.hours, 2.5,
                "MB", "%.2f MB for %.2f h" % (here / MB, b.material.hours))]
    b.raw["size"] = {"bytes": here, "hours": b.material.hours}
    if 100 in b.hours:
        big = folder_bytes(b.big_archive(100))
        b.raw["size"]["bytes_100h"] = big
        rows.append(Row("archive_size_100h", "archive per hour, 100 h", big / MB / 100, 2.5, "MB",
                        "made-up words"))
    return rows


# ---------------------------------------------------------------- checking

CHECK_LIMITS = {10: 0.15, 100: 0.3, 1000: 1.0}


def trace_times(b, hours):
    """Per clip: what it is, seconds without decoding, CPU seconds, pieces found."""
    clips = b.clips()
    command = [b.tool("bench_check"), b.big_archive(hours), str(b.runs + 1)]
    r = json.loads(run(on_one_core(command + [pcm for _, _, pcm in clips])))
    out = []
    for (what, _, _), runs in zip(clips, r["clips"]):
        if runs[-1]["claimed_s"] < 50 and not what.startswith("in no"):
            raise Failed("%s was not found at %d h: its time means nothing" % (what, hours))
        out.append({"what": what, "wall_s": median([t["open_s"] + t["trace_s"] for t in runs[1:]]),
                    "cpu_s": median([t["cpu_s"] for t in runs[1:]]),
                    "claimed_s": runs[-1]["claimed_s"], "pieces": runs[-1]["pieces"]})
    b.raw.setdefault("check", {})["%dh" % hours] = {
        "archive": {k: v for k, v in r.items() if k != "clips"}, "clips": out}
    return out


def part_check(b):
    """Wall time of tracing a 60 s clip on one core, by size of the archive."""
    rows, slowest = [], {}
    for hours in b.hours:
        times = trace_times(b, hours)
        slowest[hours] = max(t["wall_s"] for t in times)
        command = on_one_core([b.program, "--archive", b.big_archive(hours), "check", "--json"])
        whole = median([wall_of(lambda: run(command + [b.clips()[1][1]], ok=(0, 1)))
                        for _ in range(b.runs)])
        note = "; ".join("%s %.3f s (CPU %.3f s, %d pieces)" %
                         (t["what"], t["wall_s"], t["cpu_s"], t["pieces"]) for t in times)
        note += "; the command itself on the splice, with decoding: %.3f s" % whole
        rows.append(Row("check_%dh" % hours, "check of 60 s without decoding, %d h" % hours,
                        slowest[hours], CHECK_LIMITS[hours], "s", note))
        b.raw["check"]["%dh" % hours]["command_s"] = whole
    if 100 in slowest and 1000 in slowest:
        rows.append(Row("check_growth", "growth of that from 100 h to 1,000 h",
                        slowest[1000] / slowest[100], 4.0, "x"))
    return rows


def part_memory(b):
    """Private memory of check at the largest size, and of add on a day of sound."""
    hours = max(b.hours)
    peaks = [peak_memory(on_one_core([b.program, "--archive", b.big_archive(hours), "check",
                                      "--json", clip]))
             for _, clip, _ in b.clips()]
    own, tree = max(p[0] for p in peaks), max(p[1] for p in peaks)
    rows = [Row("check_memory", "private memory of check, %d h" % hours, own, 200.0, "MB",
                "with its decoder %.0f MB" % tree)]
    b.raw["memory"] = {"check_mb": own, "check_tree_mb": tree}
    long_hours = 2 if b.quick else 24
    log = sound.long_recording(b.material, b.work, long_hours)
    archive = b.path("archive-long")
    shutil.rmtree(archive, ignore_errors=True)
    own, tree = peak_memory([b.program, "--archive", archive, "add", log], 0.01, (0,))
    shutil.rmtree(archive)
    os.unlink(log)
    rows.append(Row("add_memory", "private memory of add, a file of %d h" % long_hours, own, 300.0,
                    "MB", "with its decoder %.0f MB" % tree))
    b.raw["memory"].update(add_mb=own, add_tree_mb=tree, add_hours=long_hours)
    return rows


def part_start(b):
    """Time until check begins to work: a clip with nothing in it, so that only start-up is left."""
    hours = max(b.hours)
    silence = b.path("silence.wav")
    sound.ffmpeg("-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-t", "0.1", silence)
    pcm = sound.pcm_8k(silence, silence + ".pcm")

    def command(where):
        return on_one_core([b.program, "--archive", where, "check", "--json", silence])

    big = b.big_archive(hours)
    runs = 4 * b.runs
    whole = median([wall_of(lambda: run(command(big), ok=(0, 1))) for _ in range(runs)])
    small = median([wall_of(lambda: run(command(b.kit_archive()), ok=(0, 1)))
                    for _ in range(runs)])
    opened = median([json.loads(run(on_one_core([b.tool("bench_check"), big, "1", pcm])))
                     ["clips"][0][0]["open_s"] for _ in range(runs)])
    b.raw["start"] = {"command_s": whole, "command_small_s": small, "open_s": opened}
    return [Row("check_start", "start-up of check, %d h" % hours, 1000 * whole, 50.0, "ms",
                "a clip of silence; opening the archive %.1f ms of it; on %.1f h %.1f ms" %
                (1000 * opened, b.material.hours, 1000 * small))]


def part_diff_long(b):
    return part_diff.measure(b, Row)


def part_family_many(b):
    return part_family.measure(b, Row)


def part_seal_and_log(b):
    return part_seal.measure(b, Row)


def part_case_and_import(b):
    return part_case.measure(b, Row)


def part_server(b):
    return part_serve.measure(b, Row)


PARTS = {"add": part_add, "fingerprint": part_fingerprint, "size": part_size,
         "check": part_check, "memory": part_memory, "start": part_start,
         "diff": part_diff_long, "family": part_family_many, "seal": part_seal_and_log,
         "case": part_case_and_import, "serve": part_server}


def need(names):
    for name in names:
        if shutil.which(name) is None:
            raise Failed("%s is not installed: run script/setup" % name)
