# SPDX-License-Identifier: Apache-2.0
"""Cost of sealing, sizes of covers, time to verify, the log; and an hour of sound in a browser."""

import json
import os
import random
import shutil
import subprocess
import wave
import zipfile

from measure import median, peak_memory, run, wall_of

RATE, HOUR = 48000, 3600
MESSAGES = 300
COVERS = [(1, 1), (10, 6), (100, 40)]  # hidden spans, KiB
ENTRIES = 1000000
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def hour(b):
    """An hour of 48 kHz mono PCM; hashing does not care what is in it."""
    path = b.path("hour.wav")
    if not os.path.exists(path):
        rng = random.Random(48)
        with wave.open(path + ".part", "wb") as w:
            w.setnchannels(1)
            w.setsampwidth(2)
            w.setframerate(RATE)
            for _ in range(HOUR // 10):
                w.writeframes(rng.randbytes(2 * RATE * 10))
        os.rename(path + ".part", path)
    return path


def chat(b):
    path = b.path("chat.txt")
    with open(path, "w", encoding="utf-8") as f:
        for n in range(MESSAGES):
            f.write("1/%d/20, %d:%02d - %s: %s\n" % (1 + n // 100, 1 + n % 12, n % 60,
                                                    ("Ann", "Bob")[n % 2], "so it went on " * 8))
    return path


def fresh_desk(b):
    desk = b.path("desk")
    shutil.rmtree(desk, ignore_errors=True)
    return desk


def spans(count):
    """So many hidden spans as long as a spoken name, anywhere in an hour."""
    rng = random.Random(count)
    step = HOUR / count
    starts = [n * step + rng.uniform(0, step - 2) for n in range(count)]
    return ",".join("%.3f-%.3f" % (s, s + rng.uniform(0.3, 0.9)) for s in starts)


def bundle(b, desk, path, hide, name):
    out = b.path(name)
    run([b.tool("bench_seal"), "disclose", desk, path, hide, out])
    return out


def cover_bytes(path):
    with zipfile.ZipFile(path) as z:
        return z.getinfo("cover.bin").file_size


def sealing(b, row, desk):
    """All but unlocking the desk, which takes as long and as much memory as its passphrase is
    meant to cost."""
    command = [b.tool("bench_seal"), "seal", desk, hour(b), str(b.runs)]
    r = json.loads(run(command))
    ratio = median([x["seal_s"] / x["sha256_s"] for x in r["runs"]])
    own, _ = peak_memory(command)
    b.raw["seal"] = dict(r, memory_mb=own)
    note = "%.2f s CPU against %.2f s" % (median([x["seal_s"] for x in r["runs"]]),
                                         median([x["sha256_s"] for x in r["runs"]]))
    return [row("seal_time", "CPU of sealing an hour of 48 kHz PCM : SHA-256 of it", ratio, 1.5,
                "x", note),
            row("seal_memory", "private memory of that", own, 32.0, "MB",
                "without unlocking the desk")]


def covers(b, row, desk):
    rows, sizes = [], {}
    for count, limit in COVERS:
        out = bundle(b, desk, hour(b), spans(count), "hour-%d.ewb" % count)
        sizes[count] = cover_bytes(out)
        os.unlink(out)
        rows.append(row("cover_%d" % count, "cover of an hour with %d hidden span%s" %
                        (count, "s" if count > 1 else ""), sizes[count] / 1024, limit, "KiB"))
    b.raw["covers"] = sizes
    return rows


def verifying(b, row, desk):
    out = bundle(b, desk, chat(b), ",".join("%d" % n for n in range(5, MESSAGES, 10)), "chat.ewb")
    policy = b.path("desk-policy")
    with open(policy, "wb") as f:
        f.write(run([b.program, "key", "export", "--desk", desk]))
    command = [b.program, "verify", out, "--policy", policy]
    run(command)
    times = [wall_of(lambda: run(command)) for _ in range(10 * b.runs)]
    b.raw["verify"] = {"wall_s": times}
    return [row("verify_time", "verify, a bundle of %d messages" % MESSAGES,
                1000 * median(times), 50.0, "ms", "wall time of the whole command")]


def log(b, row):
    folder = b.path("log")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    r = json.loads(run([b.tool("bench_seal"), "log", folder, str(ENTRIES), "5"]))
    shutil.rmtree(folder)
    b.raw["log"] = r
    return [row("log_append", "appending 10,000 entries in one batch", r["append_more_s"], 1.0,
                "s", "wall time, every file synced; onto a log of a million, which took %.1f s" %
                r["append_all_s"]),
            row("log_prove", "proving an entry of a million", 1000 * r["prove_slowest_s"], 5.0,
                "ms", "slowest of 200 entries, the first and the last among them; median %.1f ms" %
                (1000 * r["prove_median_s"]))]


def in_browser(b, row):
    """Skipped where the page cannot be built or Chromium is not there."""
    def skip(why):
        b.say("an hour of sound in a browser is not measured: " + why)
        return []

    for name in ("node", "npm", "chromium"):
        if shutil.which(name) is None:
            return skip("no " + name)
    if subprocess.run([os.path.join(ROOT, "script", "web"), "--tests"], stdout=subprocess.DEVNULL,
                      stderr=subprocess.DEVNULL, check=False).returncode != 0:
        return skip("script/web fails")
    r = json.loads(run(["node", os.path.join(ROOT, "tests", "web", "bench.mjs"), "--earwitness",
                        b.program, "--runs", b.runs]))
    b.raw["browser"] = r
    return [row("browser_time", "an hour of sound verified in Chromium", r["ms"] / 1000, 2.0, "s",
                "from the choice of a file of %.0f MB to the verdict; 48 kHz mono, two spans hidden"
                % (r["bytes"] / 1e6))]


def measure(b, row):
    desk = fresh_desk(b)
    return (sealing(b, row, desk) + covers(b, row, desk) + verifying(b, row, desk) +
            in_browser(b, row) + log(b, row))
