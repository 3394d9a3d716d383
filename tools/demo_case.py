# SPDX-License-Identifier: Apache-2.0
"""The demonstration's part about a case: the clip, a chat in which it came, and two reports go in; a spokesman is
found to have changed his mind; what must not leave is found before it leaves."""
import json
import os
import shlex
import subprocess

CHAT = {
    "name": "Newsroom tips", "type": "private_group", "id": 501,
    "messages": [
        {"id": 11, "type": "message", "date": "2026-10-09T21:40:11", "date_unixtime": "1791582011",
         "from": "Ratana Keo", "from_id": "user71", "text": "Somebody sent me this. Call +855 12 555 0142."},
        {"id": 12, "type": "message", "date": "2026-10-09T21:40:52", "date_unixtime": "1791582052",
         "from": "Ratana Keo", "from_id": "user71", "file": "files/clip.opus",
         "media_type": "voice_message", "text": ""},
        {"id": 13, "type": "message", "date": "2026-10-09T21:44:03", "date_unixtime": "1791582243",
         "from": "Ratana Keo", "from_id": "user71", "text": "",
         "file": "(File not included. Change data exporting settings to download.)"},
        {"id": 14, "type": "message", "date": "2026-10-09T21:50:30", "date_unixtime": "1791582630",
         "from": "Editor", "from_id": "user2", "text": "អរគុណ យើងនឹងស្តាប់"},
    ],
}

REPORTS = {
    "monday.html": ("Leaked recording is a fabrication, council says", "2026-10-12T09:30:00+07:00", [
        "KAMPOR, Oct 12 (Harbour Post) - The city council on Monday dismissed a recording of its "
        "chairman that has been passed on by telephone since Friday.",
        "“The recording is a fabrication,” said Osman Varga, a spokesman for the council.",
        "He did not say how he knew.",
    ]),
    "wednesday.html": ("Council concedes that chairman spoke", "2026-10-14T17:05:00+07:00", [
        "KAMPOR, Oct 14 (Harbour Post) - Two days after calling it false, the council took a "
        "different line.",
        "“The recording is genuine as far as it goes,” Osman Varga said on Wednesday.",
        "“It was cut together by people who do not wish us well,” he added.",
    ]),
}


def page(title, date, paragraphs):
    return ('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>%s</title>\n'
            '<meta property="og:site_name" content="Harbour Post">\n'
            '<meta property="article:published_time" content="%s"></head>\n<body><article><h1>%s</h1>\n%s\n'
            "</article></body></html>\n" % (title, date, title,
                                           "\n".join("<p>%s</p>" % p for p in paragraphs)))


def write_inputs():
    os.makedirs("tips/files", exist_ok=True)
    os.makedirs("reports", exist_ok=True)
    with open("clip.opus", "rb") as f, open("tips/files/clip.opus", "wb") as out:
        out.write(f.read())
    with open("tips/result.json", "w", encoding="utf-8") as f:
        json.dump(CHAT, f, ensure_ascii=False, indent=1)
    for name, report in REPORTS.items():
        with open(os.path.join("reports", name), "w", encoding="utf-8") as f:
            f.write(page(*report))


class Shell:
    """Runs commands as a reader would type them, and shows them."""

    def __init__(self, program):
        self.program = program
        self.env = dict(os.environ, EARWITNESS_CASE="case", EARWITNESS_WHO="desk",
                        EARWITNESS_ARCHIVE="archive")

    def run(self, *words, show=True):
        if show:
            print("\n$ earwitness " + " ".join(shlex.quote(w) for w in words), flush=True)
        done = subprocess.run([self.program] + list(words), env=self.env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=None if show else subprocess.DEVNULL)
        text = done.stdout.decode()
        if show:
            print(text, end="", flush=True)
        return done.returncode, text

    def jsonl(self, *words):
        _, text = self.run(*words, "--json", show=False)
        return [json.loads(line) for line in text.splitlines()]


def accept(shell):
    """A person decides about each suggestion, and says what is not certain."""
    quotes = [q for q in shell.jsonl("case", "quotes") if q["kind"] == "direct" and q["stance"]]
    shell.run("case", "accept", *[str(q["suggestion"]) for q in quotes if q["about"]])
    for q in quotes:
        if not q["about"]:
            shell.run("case", "accept", str(q["suggestion"]), "--item", "clip.opus")


def run(program):
    """True when all is as it was made."""
    shell = Shell(program)
    write_inputs()
    print("\na clip, the chat in which it came and two reports about it become a case\n"
          "(who accepts a quotation is a person; the demonstration plays one)")
    shell.run("case", "new", "case", "--title", "The leaked call")
    shell.run("case", "add", "clip.opus", "--called", "the recording", "--from", "a reader")
    shell.run("import", "tips", "--from", "the tip line")
    shell.run("import", "reports")
    shell.run("case", "quotes")
    accept(shell)
    _, said = shell.run("case", "timeline", "--today", "2026-10-20")
    good = "says-fabricated" in said and "confirms" in said
    shell.run("case", "search", "ស្តាប់")
    code, said = shell.run("case", "lint")
    good = good and code != 0 and "555" in said
    turns = [x for x in shell.jsonl("case", "timeline", "--today", "2026-10-20")
             if json.dumps(x).find("reversal") >= 0]
    code, _ = shell.run("case", "verify", show=False)
    good = good and code == 0 and len(turns) > 0
    shell.run("report", "check", "clip.opus", "-o", "report.html")
    with open("report.html", encoding="utf-8") as f:
        page = f.read()
    good = good and "council.mp3" in page and "<script" not in page
    print("\n%s: the change of mind was found, and the telephone number in the chat before it left\n"
          "report %s; to look and to listen on this machine: earwitness serve --open"
          % ("as it was made" if good else "NOT as it was made", os.path.abspath("report.html")))
    return good
