# SPDX-License-Identifier: Apache-2.0
"""Imports into a case and searching it."""

import json
import os
import random
import shutil

from measure import cpu_of, median, on_one_core, peak_memory, run, wall_of

MESSAGES = 200000
SYLLABLES = ("ka mo re ti sun lao pha vei dor nim ghu bas tre oli wan zek fir qua hem jot "
             "កា មេ ស៊ី ភូមិ ថ្ងៃ មាន ទៅ รัก บ้าน น้ำ 会议 录音 否认 حديث صوت").split()


def words(rng, count):
    return " ".join("".join(rng.choice(SYLLABLES) for _ in range(rng.randint(1, 4)))
                    for _ in range(count))


def whatsapp(b):
    """The same people and words as text with a clock's times."""
    folder = b.path("whatsapp")
    os.makedirs(folder, exist_ok=True)
    rng = random.Random(18)
    with open(os.path.join(folder, "_chat.txt"), "w", encoding="utf-8") as f:
        for n in range(MESSAGES):
            f.write("[%02d/%02d/2025, %02d:%02d:%02d] Person %d: %s\n" % (
                1 + n // 20000, 1 + n // 40000, n // 3600 % 24, n // 60 % 60, n % 60, n % 7,
                words(rng, rng.randint(1, 30))))
    return folder


def telegram(b):
    """One chat; a voice message in 20, half of the text as spans."""
    folder = b.path("telegram")
    os.makedirs(folder, exist_ok=True)
    rng = random.Random(17)
    with open(os.path.join(folder, "result.json"), "w", encoding="utf-8") as f:
        f.write('{"name":"Bench","type":"personal_chat","id":1,"messages":[')
        for n in range(MESSAGES):
            text = words(rng, rng.randint(1, 30))
            m = {"id": n, "type": "message", "date": "2026-01-01T00:00:00",
                 "date_unixtime": str(1767225600 + 60 * n), "from": "Person %d" % (n % 7),
                 "from_id": "user%d" % (n % 7), "text": text}
            if n % 2:
                m["text"] = [text, {"type": "bold", "text": " " + words(rng, 2)}]
            if n % 20 == 0:
                m.update(file="voice/%d.ogg" % n, media_type="voice_message", duration_seconds=7)
            if n % 11 == 0 and n:
                m["reply_to_message_id"] = n - 3
            f.write((",\n" if n else "\n") + json.dumps(m, ensure_ascii=False))
        f.write("]}")
    return folder


def measure(b, row):
    rows = []
    for name, make in (("telegram", telegram), ("whatsapp", whatsapp)):
        folder = make(b)
        case = b.path("case-" + name)
        shutil.rmtree(case, ignore_errors=True)
        run([b.program, "case", "new", case])
        command = on_one_core([b.program, "import", "--quiet", "--case", case, folder])
        cpu = []
        wall = wall_of(lambda: cpu.append(cpu_of(lambda: run(command))))
        rows.append(row("import_" + name, "import of %d messages, %s, with search" %
                        (MESSAGES, name), wall, 10.0, "s",
                        "wall time on one core; %.2f s CPU" % cpu[0]))
        shutil.rmtree(case)
        run([b.program, "case", "new", case])
        _, whole = peak_memory(command)
        rows.append(row("import_%s_memory" % name, "memory of that", whole, 300.0, "MB"))
        b.raw["import_" + name] = {"wall_s": wall, "cpu_s": cpu[0], "memory_mb": whole}
    times = {}
    for name, what in (("common", "Ka"), ("rare", "zekfirqua"), ("khmer", "ភូមិ"), ("han", "录音")):
        command = [b.program, "case", "search", "--case", case, "--limit", "50", what]
        times[name] = median([wall_of(lambda: run(command, ok=(0, 1))) for _ in range(b.runs)])
    b.raw["search"] = times
    rows.append(row("search", "search in %d messages, slowest of four" % MESSAGES,
                    max(times.values()), 0.5, "s", "wall time of the whole command"))
    return rows
