#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes recordings with joins and other faults whose places are known.

    inspect_beds.py --corpus CORPUS --out FOLDER [--clips 10] [--seed 1]

CORPUS is a corpus of the evaluation kit (archive.json, archive/, master/). Each bed is a
folder of clips with NAME.wav, the same as NAME.mp3, and NAME.json: {"joins": [seconds],
"bed": ...}. inspect_rates.py measures on them."""

import argparse
import json
import os
import subprocess
import sys

import numpy as np
from scipy import signal

SECONDS = 60.0


def ffmpeg(*options, data=None):
    return subprocess.run(["ffmpeg", "-nostdin" if data is None else "-y", "-v", "error",
                           *options], input=data, check=True, stdout=subprocess.PIPE).stdout


def rate_of(path):
    out = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "a", "-show_entries",
                          "stream=sample_rate", "-of", "csv=p=0", path], check=True,
                         stdout=subprocess.PIPE).stdout
    return int(out.decode().split()[0].strip(","))


class Material:
    """The recordings of a corpus: as archived at their own rate, or the 16 kHz masters."""

    def __init__(self, corpus):
        with open(os.path.join(corpus, "archive.json"), encoding="utf-8") as f:
            self.files = [(os.path.join(corpus, r["file"]), os.path.join(corpus, r["master"]))
                          for r in json.load(f)["recordings"] if r["duration"] > 60]
        self.kept = {}

    def sound(self, rng, master, rate=None):
        """One recording and its rate, resampled when a rate is asked for."""
        path = self.files[int(rng.integers(len(self.files)))][1 if master else 0]
        own = rate or rate_of(path)
        if (path, own) not in self.kept:
            if len(self.kept) > 8:
                self.kept.clear()
            raw = ffmpeg("-i", path, "-vn", "-ac", "1", "-ar", str(own), "-f", "f32le", "-")
            self.kept[path, own] = np.frombuffer(raw, "<f4").astype(np.float64)
        return self.kept[path, own], own


def active_level(x):
    frames = x[:len(x) // 400 * 400].reshape(-1, 400)
    power = np.mean(frames ** 2, 1)
    loud = power[power > np.max(power) * 1e-3]
    return np.sqrt(np.mean(loud)) if len(loud) else 1.0


def fades(rng, rate, kind):
    """Samples of crossfade: none for `hard`, 5 to 30 ms for `fade`."""
    return 0 if kind == "hard" else int(rng.uniform(0.005, 0.030) * rate)


def join(pieces, cross):
    """Joins pieces that overlap by cross[i] samples; gives the sound and the joins, which are
    the middles of the crossfades."""
    out, joins = pieces[0], []
    for piece, n in zip(pieces[1:], cross):
        joins.append(len(out) - n / 2)
        if n:
            up = (np.arange(n) + 1) / (n + 1)
            out = np.concatenate([out[:-n], out[-n:] * (1 - up) + piece[:n] * up, piece[n:]])
        else:
            out = np.concatenate([out, piece])
    return out, joins


def lengths(rng, rate):
    out = []
    while sum(out) < SECONDS * rate:
        out.append(int(rng.uniform(5, 12) * rate))
    return out


def pieces_of(rng, rate, sources, level=True):
    """Pieces in turn from the sources, each from another place."""
    out = []
    for i, n in enumerate(lengths(rng, rate)):
        x = sources[i % len(sources)]
        at = int(rng.integers(0, len(x) - n))
        piece = x[at:at + n]
        out.append(piece * (0.07 / active_level(piece)) if level else piece.copy())
    return out


def cut(material, rng, n, other, kind):
    first, rate = material.sound(rng, n % 2 == 1)
    sources = [first]
    for _ in range(2 if other else 0):
        sources.append(material.sound(rng, n % 2 == 1, rate)[0])
    pieces = pieces_of(rng, rate, sources, other)
    return join(pieces, [fades(rng, rate, kind) for _ in pieces[1:]]) + (rate,)


def hum(material, rng, n):
    """One recording with hum over it, then cut: only the phase of the hum jumps."""
    x, rate = material.sound(rng, n % 2 == 1)
    t = np.arange(len(x)) / rate
    base = (50 if rng.random() < 0.5 else 60) + rng.uniform(-0.02, 0.02)
    wander = 0.01 * np.cumsum(signal.lfilter([0.02], [1, -0.98], rng.standard_normal(len(x))
                                             )) / rate
    x = x.copy()
    level = 10 ** (rng.uniform(-58, -42) / 20)
    for k, a in ((1, 1.0), (2, 0.5), (3, 0.4), (5, 0.2)):
        x += level * a * np.sin(2 * np.pi * k * (base * t + wander) + k * k)
    pieces = pieces_of(rng, rate, [x], False)
    return join(pieces, [fades(rng, rate, "fade") for _ in pieces[1:]]) + (rate,)


def faulty(material, rng, n, fault):
    """One recording in which every second piece has a fault."""
    x, rate = material.sound(rng, n % 2 == 1)
    at = int(rng.integers(0, len(x) - int((SECONDS + 12) * rate))) if len(x) > 72 * rate else 0
    pieces, joins, pos = [], [], 0
    value = fault(rng, rate)
    for i, k in enumerate(lengths(rng, rate)):
        piece = x[at + pos:at + pos + k].copy()
        pos += k
        if i % 2:
            piece = value(piece)
        if i:
            joins.append(sum(len(p) for p in pieces))
        pieces.append(piece)
    return np.concatenate(pieces), joins, rate


def room(rng, rate):
    rt60 = rng.uniform(0.4, 0.9)
    t = np.arange(int(rt60 * rate)) / rate
    ir = rng.standard_normal(len(t)) * 10 ** (-3 * t / rt60)
    ir *= 0.7 / np.sqrt(np.sum(ir ** 2))
    ir[0] += 1

    def apply(x):
        y = signal.oaconvolve(x, ir)[:len(x)]
        return y * (active_level(x) / active_level(y)) + 0.0006 * rng.standard_normal(len(x))
    return apply


def gain(rng, rate):
    factor = 10 ** (rng.choice([-1, 1]) * rng.uniform(4, 10) / 20)
    return lambda x: x * factor


def offset(rng, rate):
    value = rng.choice([-1, 1]) * rng.uniform(0.001, 0.01)
    return lambda x: x + value


def clip(rng, rate):
    share = rng.uniform(0.3, 0.7)
    return lambda x: np.clip(x, -share * np.max(np.abs(x)), share * np.max(np.abs(x)))


def lowpass(rng, rate):
    edge = min(rng.uniform(3000, 6000), 0.4 * rate)
    sos = signal.ellip(9, 0.5, 70, edge, fs=rate, output="sos")
    return lambda x: signal.sosfiltfilt(sos, x)


def linear(rng, rate):
    """Played at another speed, by straight lines between the samples."""
    factor = rng.uniform(0.90, 0.98)
    return lambda x: np.interp(np.arange(0, len(x) - 1, factor), np.arange(len(x)), x)


def sinc(rng, rate):
    """Played slower, by FFmpeg's own resampler."""
    target = int(rate * rng.uniform(1.03, 1.12))

    def apply(x):
        raw = ffmpeg("-y", "-f", "f32le", "-ar", str(rate), "-ac", "1", "-i", "-", "-ar",
                     str(target), "-f", "f32le", "-", data=x.astype("<f4").tobytes())
        return np.frombuffer(raw, "<f4").astype(np.float64)
    return apply


def silence(material, rng, n):
    """Stretches of 20 to 800 ms replaced with zeros."""
    x, rate = material.sound(rng, n % 2 == 1)
    x, joins = x[:int(SECONDS * rate)].copy(), []
    for at in np.arange(4, SECONDS - 4, 8):
        a = int((at + rng.uniform(0, 4)) * rate)
        k = int(rng.uniform(0.02, 0.8) * rate)
        x[a:a + k] = 0
        joins += [a, a + k]
    return x, joins, rate


def copy(material, rng, n):
    """Pieces of 0.7 to 3 s laid over another place; joins are the edges of the copies."""
    x, rate = material.sound(rng, n % 2 == 1)
    x, joins = x[:int(SECONDS * rate)].copy(), []
    model = x.copy()
    for at in (16, 26, 36, 46):
        k = int(rng.uniform(0.7, 3) * rate)
        to = int((at + rng.uniform(0, 5)) * rate)
        source = int(rng.uniform(1, 11) * rate)
        x[to:to + k] = model[source:source + k]
        joins += [to, to + k]
    return x, joins, rate


BEDS = {
    "same-hard": lambda m, r, n: cut(m, r, n, False, "hard"),
    "same-fade": lambda m, r, n: cut(m, r, n, False, "fade"),
    "other-hard": lambda m, r, n: cut(m, r, n, True, "hard"),
    "other-fade": lambda m, r, n: cut(m, r, n, True, "fade"),
    "hum": hum,
    "room": lambda m, r, n: faulty(m, r, n, room),
    "gain": lambda m, r, n: faulty(m, r, n, gain),
    "dc": lambda m, r, n: faulty(m, r, n, offset),
    "clip": lambda m, r, n: faulty(m, r, n, clip),
    "lowpass": lambda m, r, n: faulty(m, r, n, lowpass),
    "linear": lambda m, r, n: faulty(m, r, n, linear),
    "sinc": lambda m, r, n: faulty(m, r, n, sinc),
    "silence": silence,
    "copy": copy,
}


def write(stem, x, joins, rate, bed):
    peak = np.max(np.abs(x))
    pcm = np.round(x * (32767 * min(1.0, 0.98 / peak))).astype("<i2")
    raw = ["-f", "s16le", "-ar", str(rate), "-ac", "1", "-i", "-"]
    ffmpeg(*raw, stem + ".wav", data=pcm.tobytes())
    ffmpeg(*raw, "-c:a", "libmp3lame", "-b:a", "96k", "-ar", str(max(rate, 32000)),
           stem + ".mp3", data=pcm.tobytes())
    with open(stem + ".json", "w", encoding="utf-8") as f:
        json.dump({"bed": bed, "joins": [round(j / rate, 5) for j in joins]}, f)


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    p.add_argument("--corpus", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--clips", type=int, default=10, help="per bed (10)")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--only", help="one bed")
    o = p.parse_args()
    material = Material(o.corpus)
    for number, (bed, make) in enumerate(BEDS.items()):
        if o.only and bed != o.only:
            continue
        os.makedirs(os.path.join(o.out, bed), exist_ok=True)
        for n in range(o.clips):
            rng = np.random.default_rng([o.seed, number, n])
            x, joins, rate = make(material, rng, n)
            write(os.path.join(o.out, bed, "%02d" % n), x, joins, rate, bed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
