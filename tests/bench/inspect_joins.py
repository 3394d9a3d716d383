#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures the frame-grid method of `earwitness inspect`.

    inspect_joins.py --program EARWITNESS --recordings FOLDER [--clips 3] [--seed 1]

FOLDER holds uncoded recordings (FLAC or WAV); those of at least 90 s are used. They are coded
by ffmpeg, decoded, cut into pieces, joined and saved as 16-bit WAV: pieces of 0.6 to 2 and of
2 to 6 s from two recordings, half of the cuts at quiet places, crossfades of 0 to 30 ms, each
piece at another level, digital silence between one pair in ten. Prints, per coding, the share
of joins found (within 0.1 s), findings where no join is, and how exact the places are; then
the findings in the same sound before it was cut, which should be none. `visible` leaves out
joins whose pieces are on the same grid by chance: one in 576."""

import argparse
import glob
import hashlib
import json
import os
import subprocess
import tempfile
import wave

import numpy as np

# rate, coder's options, ending, channels, rate it is resampled to (0: not)
MP3 = "-c:a libmp3lame -b:a %dk"
CODINGS = [(rate, MP3 % k, "mp3", 1, 0) for rate, all_k in
           ((44100, (64, 96, 128, 192)), (48000, (64, 96, 128, 192)), (32000, (64, 96, 128)),
            (22050, (64, 96, 128)), (16000, (64, 96))) for k in all_k]
CODINGS += [(44100, MP3 % 96, "mp3", 2, 0), (48000, MP3 % 128, "mp3", 2, 0),
            (44100, "-c:a libmp3lame -q:a 4", "mp3", 1, 0),
            (44100, "-c:a libmp3lame -q:a 2", "mp3", 1, 0),
            (44100, "-c:a libshine -b:a 96k", "mp3", 1, 0),
            (44100, "-c:a aac -b:a 64k", "m4a", 1, 0), (48000, "-c:a aac -b:a 96k", "m4a", 1, 0)]
CODINGS += [(44100, MP3 % k, "mp3", 1, 16000) for k in (64, 96, 128, 192)]
CODINGS += [(48000, MP3 % 64, "mp3", 1, 16000), (48000, MP3 % 128, "mp3", 1, 16000),
            (22050, MP3 % 64, "mp3", 1, 16000), (44100, MP3 % 96, "mp3", 1, 48000),
            (48000, MP3 % 128, "mp3", 1, 44100)]
LENGTHS = ((0.6, 2.0), (2.0, 6.0))
PIECES = 14
NEAR_S = 0.1
FULL = 32768.0


def ffmpeg(*options):
    return subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *options], check=True,
                          stdout=subprocess.PIPE).stdout


def coded(folder, path, coding):
    """A minute, coded and decoded, as (samples, 2) and its rate."""
    rate, options, ending, channels, to = coding
    name = hashlib.sha256(repr((path, coding[:4])).encode()).hexdigest()[:16]
    file = os.path.join(folder, name + "." + ending)
    if not os.path.exists(file):
        ffmpeg("-ss", "30", "-t", "60", "-i", path, "-ac", str(channels), "-ar", str(rate),
               *options.split(), file)
    pcm = ffmpeg("-i", file, "-ac", str(channels), "-ar", str(to or rate), "-f", "s16le", "-")
    x = np.frombuffer(pcm, np.int16).astype(np.float32).reshape(-1, channels)
    return x, to or rate


def long_enough(path):
    out = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of",
                          "csv=p=0", path], stdout=subprocess.PIPE, check=True).stdout
    return float(out) >= 90


def quiet_near(x, at, rate):
    window, reach = int(0.02 * rate), int(0.3 * rate)
    start = max(0, at - reach)
    part = np.abs(x[start:at + reach]).sum(1)
    if len(part) < 2 * window:
        return at
    return start + int(np.convolve(part, np.ones(window), "valid").argmin()) + window // 2


def piece_of(rng, x, rate, shortest, longest):
    """From where, and the sound."""
    n = int(rng.uniform(shortest, longest) * rate)
    begin = int(rng.integers(int(0.2 * rate), len(x) - n - int(0.2 * rate)))
    if rng.random() < 0.5:
        begin = quiet_near(x, begin, rate)
    end = begin + n
    if rng.random() < 0.5:
        end = max(quiet_near(x, min(end, len(x) - 100), rate), begin + int(0.8 * shortest * rate))
    return begin, x[begin:end] * 10 ** (rng.uniform(-6, 3) / 20)


def splice(rng, sources, rate, shortest, longest):
    """The sound and its joins: (sample, by how many samples the grid moves)."""
    out, joins, grid = None, [], 0
    for _ in range(PIECES):
        begin, piece = piece_of(rng, sources[int(rng.integers(len(sources)))], rate, shortest,
                                longest)
        if out is None:
            out, grid = piece, -begin
            continue
        if rng.random() < 0.1:
            gap = np.zeros((int(rng.uniform(0.05, 0.4) * rate), out.shape[1]), np.float32)
            out = np.concatenate([out, gap])
        n = min(int(rng.uniform(0, 0.03) * rate), len(piece) // 4, len(out) // 4)
        joins.append((len(out) - n / 2, len(out) - n - begin - grid))
        grid = len(out) - n - begin
        if n:
            up = np.linspace(0, 1, n, dtype=np.float32)[:, None]
            out[-n:] = out[-n:] * (1 - up) + piece[:n] * up
        out = np.concatenate([out, piece[n:]])
    return out, joins


def inspect(program, folder, x, rate):
    path = os.path.join(folder, "clip.wav")
    with wave.open(path, "wb") as f:
        f.setnchannels(x.shape[1])
        f.setsampwidth(2)
        f.setframerate(rate)
        f.writeframes(np.clip(np.round(x), -FULL, FULL - 1).astype("<i2").tobytes())
    done = subprocess.run([program, "inspect", "--json", "--only", "frame-grid", path],
                          stdout=subprocess.PIPE, check=False)
    if done.returncode > 1:
        raise SystemExit("inspect ended with %d" % done.returncode)
    return [f for f in json.loads(done.stdout)["findings"] if f["kind"] == "change"]


def match(found, joins, rate, period):
    """Errors in seconds of visible joins (None: not found), false findings, places within ±."""
    free, errors, within = list(found), [], 0
    for place, moved in joins:
        at = place / rate
        near = [(max(0.0, f["start"] - at, at - f["end"]), k) for k, f in enumerate(free)]
        best = min(near, default=(1e9, 0))
        hit = best[0] <= NEAR_S
        if hit:
            within += best[0] <= free[best[1]]["plus_minus"]
            free.pop(best[1])
        if moved % period != 0:
            errors.append(best[0] if hit else None)
    return errors, len(free), within


def measure(args, files, folder, coding, lengths, rng):
    rate, period = coding[0], 64 if coding[2] == "m4a" else 576
    errors, false, within, seconds, plain = [], 0, 0, 0.0, 0
    for _ in range(args.clips):
        pick = rng.choice(len(files), 2, replace=False)
        sources = []
        for k in pick:
            x, rate = coded(folder, files[int(k)], coding)
            sources.append(x)
        if lengths == LENGTHS[0]:
            plain += len(inspect(args.program, folder, sources[0], rate))
        x, joins = splice(rng, sources, rate, *lengths)
        got, extra, inside = match(inspect(args.program, folder, x, rate), joins, rate,
                                   1 << 40 if coding[4] else period)
        errors += got
        false += extra
        within += inside
        seconds += len(x) / rate
    return errors, false, within, seconds, plain


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--recordings", required=True)
    parser.add_argument("--clips", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    files = sorted(p for p in glob.glob(os.path.join(args.recordings, "*"))
                   if p.endswith((".flac", ".wav")) and long_enough(p))
    print("%-36s %9s %6s %6s %6s %8s %8s %7s" % ("coding", "pieces s", "joins", "found", "false",
                                                 "50 % ms", "95 % ms", "uncut"))
    with tempfile.TemporaryDirectory() as folder:
        for i, coding in enumerate(CODINGS):
            for lengths in LENGTHS:
                rng = np.random.default_rng((args.seed, i, int(lengths[0] * 10)))
                errors, false, _, _, plain = measure(args, files, folder, coding, lengths, rng)
                hits = [1000 * e for e in errors if e is not None]
                name = "%d %s%s%s" % (coding[0], coding[1].replace("-c:a ", ""),
                                      " stereo" if coding[3] == 2 else "",
                                      " to %d" % coding[4] if coding[4] else "")
                print("%-36s %4.1f-%4.1f %6d %6.3f %6d %8.1f %8.1f %7s" % (
                    name, *lengths, len(errors), len(hits) / max(1, len(errors)), false,
                    np.quantile(hits or [0], 0.5), np.quantile(hits or [0], 0.95),
                    plain if lengths == LENGTHS[0] else "-"), flush=True)


if __name__ == "__main__":
    main()
