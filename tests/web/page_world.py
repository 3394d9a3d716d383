#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A home with an archive, a case and a desk for tests of the page, all with hostile names and texts in them, and the
server on it: page_world.py DIR starts it, prints one line of JSON and serves until its standard input ends."""
import glob
import json
import os
import subprocess
import sys
import threading
import wave

HOSTILE = '<img src=x onerror="window.hacked=1">'
PROMPTS = "/usr/share/asterisk/sounds"
PASSPHRASE = "six plain words of the test"

CHAT = {
    "name": "Tips " + HOSTILE, "type": "private_group", "id": 501,
    "messages": [
        {"id": 11, "type": "message", "date": "2026-10-09T21:40:11", "date_unixtime": "1791582011",
         "from": "Ratana " + HOSTILE, "from_id": "user71", "text": "Listen " + HOSTILE + "<script>window.hacked=1</script>"},
        {"id": 12, "type": "message", "date": "2026-10-09T21:40:52", "date_unixtime": "1791582052",
         "from": "Ratana", "from_id": "user71", "text": "javascript:window.hacked=1"},
        {"id": 14, "type": "message", "date": "2026-10-09T21:50:30", "date_unixtime": "1791582630",
         "from": "Editor", "from_id": "user2", "text": "អរគុណ យើងនឹងស្តាប់"},
    ],
}

REPORTS = {
    "monday.html": ("Recording is a fabrication, council says &lt;img src=x onerror=window.hacked=1&gt;",
                    "2026-10-12T09:30:00+07:00", [
        "KAMPOR, Oct 12 (Harbour Post) - The city council on Monday dismissed a recording of its chairman.",
        "“The recording is a fabrication,” said Osman Varga, a spokesman for the council.",
        "“Nobody &lt;b onclick=window.hacked=1&gt;here&lt;/b&gt; said such a thing,” said Osman Varga."]),
    "wednesday.html": ("Council concedes that chairman spoke", "2026-10-14T17:05:00+07:00", [
        "KAMPOR, Oct 14 (Harbour Post) - Two days after calling it false, the council took a different line.",
        "“The recording is genuine as far as it goes,” Osman Varga said on Wednesday.",
        "“It was cut together by people who do not wish us well,” he added."]),
}


def report(title, date, paragraphs):
    return ('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>%s</title>\n'
            '<meta property="og:site_name" content="Harbour Post">\n'
            '<meta property="article:published_time" content="%s"></head>\n<body><article><h1>%s</h1>\n%s\n'
            "</article></body></html>\n" % (title, date, title, "\n".join("<p>%s</p>" % p for p in paragraphs)))


class World:
    def __init__(self, folder, program=None, speech=None):
        self.dir = folder
        self.taken = 0  # of the prompts
        self.program = program or os.environ["EARWITNESS"]
        self.speech = speech or os.environ["EARWITNESS_SPEECHGEN"]
        self.env = {k: v for k, v in os.environ.items()
                    if not k.startswith(("XDG_", "EARWITNESS")) or k == "EARWITNESS_DECODE"}
        self.env.update(HOME=self.path("home"), EARWITNESS_ARCHIVE=self.path("archive"), LC_ALL="C.UTF-8",
                        EARWITNESS_WHO="desk")
        os.makedirs(self.path("home"), exist_ok=True)

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def ew(self, *args, stdin=b"", ok=(0,)):
        done = subprocess.run([self.program, *args], env=self.env, cwd=self.dir, input=stdin,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if done.returncode not in ok:
            raise RuntimeError("%r: exit %d\n%s" % (args, done.returncode, done.stderr.decode("utf-8", "replace")))
        return done.stdout

    def voice(self, seconds):
        """Samples of recorded human prompts that were not taken yet; None where they are not installed."""
        found = sorted(glob.glob(PROMPTS + "/**/*.g722", recursive=True), key=lambda p: (-os.path.getsize(p), p))
        if len(found) < 100:
            return None
        samples = b""
        while len(samples) < 32000 * seconds:
            samples += subprocess.run(["ffmpeg", "-v", "error", "-f", "g722", "-i", found[self.taken], "-f", "s16le", "-ar",
                                       "16000", "-ac", "1", "-"], stdout=subprocess.PIPE, check=True).stdout
            self.taken += 1
        return samples[:32000 * seconds]

    def wav(self, name, seed, seconds):
        """Recorded speech, or sound like it where there is none."""
        samples = self.voice(seconds)
        if samples is not None:
            with wave.open(self.path(name), "wb") as out:
                out.setparams((1, 2, 16000, 0, "NONE", ""))
                out.writeframes(samples)
            return name
        with open(self.path(name), "wb") as out:
            subprocess.run([self.speech, str(seed), str(seconds), "16000", "1"], stdout=out, check=True)
        return name

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as out:
            out.write(text)

    def cut(self, name, source, gone):
        """The same WAV without its seconds gone[0] to gone[1]."""
        with open(self.path(source), "rb") as f:
            data = f.read()
        sound = data[44:44 + 32000 * gone[0]] + data[44 + 32000 * gone[1]:]
        with open(self.path(name), "wb") as out:
            out.write(data[:4] + (36 + len(sound)).to_bytes(4, "little") + data[8:40]
                      + len(sound).to_bytes(4, "little") + sound)

    def archive(self):
        self.ew("add", self.wav("speech.wav", 1, 20), self.wav(HOSTILE.replace("/", "") + ".wav", 2, 12))
        self.cut("cut.wav", "speech.wav", (8, 11))

    def case(self):
        self.wav("clip.wav", 3, 6)
        self.write("tips/result.json", json.dumps(CHAT, ensure_ascii=False))
        for name, parts in REPORTS.items():
            self.write("reports/" + name, report(*parts))
        self.ew("case", "new", "case", "--title", "The leaked call " + HOSTILE)
        self.env["EARWITNESS_CASE"] = self.path("case")
        self.ew("case", "add", "clip.wav", "--called", "the recording", "--from", "a reader")
        self.ew("import", "tips", "--from", "the tip line")
        self.ew("import", "reports")

    def desk(self):
        word = PASSPHRASE.encode() + b"\n"
        self.ew("key", "new", "desk.example", "--passphrase-fd", "0", stdin=word)
        self.write("secret.txt", "First paragraph, shown.\n\nThe source is Sokha.\n\nThird " + HOSTILE + "\n")
        told = self.ew("seal", "secret.txt", "--passphrase-fd", "0", "--json", stdin=word)
        self.ew("log", "checkpoint", "--passphrase-fd", "0", stdin=word)
        item = next(o["item"] for o in map(json.loads, told.splitlines()) if "item" in o)
        self.ew("disclose", item, "--hide", "2", "-o", "secret.ewb", "--passphrase-fd", "0", stdin=word)
        with open(self.path("desk.policy"), "wb") as out:
            out.write(self.ew("key", "export"))
        return item

    def bundles(self):
        """A desk with sound, a long chat, a text and a folder, each sealed; items by their names."""
        word = PASSPHRASE.encode() + b"\n"
        self.ew("key", "new", "desk.example", "--passphrase-fd", "0", stdin=word)
        self.wav("talk.wav", 1, 30)
        names = ["Ann", "Doe, \"Jane\"", HOSTILE.replace(":", "")]
        self.write("chat.txt", "".join("[%d.9.2019, 16:%02d:%02d] %s: message%dword %s\n" % (
            1 + i // 100 % 28, i // 60 % 60, i % 60, names[i % 3], i, HOSTILE if i % 50 == 0 else "") for i in range(3000)))
        self.write("secret.txt", "First paragraph, shown.\n\nThe source is Sokha.\n\nThird " + HOSTILE + "\n")
        self.write("folder/a.txt", "One.\n\nTwo is hidden.\n")
        self.wav("folder/b.wav", 3, 8)
        self.ew("seal", "talk.wav", "chat.txt", "secret.txt", "folder", "--note", "said " + HOSTILE,
                "--passphrase-fd", "0", stdin=word)
        self.ew("log", "checkpoint", "--passphrase-fd", "0", stdin=word)
        with open(self.path("desk.policy"), "wb") as out:
            out.write(self.ew("key", "export"))

    def serve(self, *more):
        """(process, address with its token)"""
        p = subprocess.Popen([self.program, "serve", "--listen", "127.0.0.1:0", "--dir", self.path("work"),
                              "--json", *more], env=self.env, cwd=self.dir, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        line = p.stdout.readline()
        return p, json.loads(line)["url"] if line else None


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[1].startswith("-") or sys.argv[2:] not in ([], ["--bundles"]):
        print("usage: page_world.py DIR [--bundles]")
        return 0 if "--help" in sys.argv else 2
    world = World(os.path.abspath(sys.argv[1]))
    if sys.argv[2:]:
        world.bundles()
        process, url = world.serve()
        print(json.dumps({"url": url, "passphrase": PASSPHRASE, "dir": world.dir}), flush=True)
        threading.Thread(target=lambda: (sys.stdin.read(), process.terminate()), daemon=True).start()
        return process.wait()
    world.archive()
    world.case()
    item = world.desk()
    process, url = world.serve("--case", world.path("case"))
    print(json.dumps({"url": url, "item": item, "passphrase": PASSPHRASE, "dir": world.dir}), flush=True)
    threading.Thread(target=lambda: (sys.stdin.read(), process.terminate()), daemon=True).start()
    return process.wait()


if __name__ == "__main__":
    sys.exit(main())
