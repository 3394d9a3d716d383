#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Puts the demonstration's output of today into README.md, and its pictures into docs/.

usage: tools/transcript.py
"""
import os
import re
import shutil
import subprocess
import sys

top = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
folder = os.path.join(top, "build", "demo")
done = subprocess.run([os.path.join(top, "script", "demo"), folder], stdout=subprocess.PIPE)
if done.returncode != 0:
    sys.exit("transcript: the demonstration failed")
said = done.stdout.decode().replace(top + "/", "").rstrip()
path = os.path.join(top, "README.md")
with open(path) as f:
    text = f.read()
# How the parts of the demonstration begin, which also begins their blocks in README.md.
PARTS = ("8 speeches, ", "a leak of one of them", "seven files of one recording",
         "three passages of council.mp3", "a recording and a chat are put on record",
         "a clip, the chat in which it came")
starts = [said.index(p) for p in PARTS] + [len(said)]
for begin, start, end in zip(PARTS, starts, starts[1:]):
    block = re.compile(r"\n```\n" + re.escape(begin) + r".*?\n```\n", re.S)
    if not block.search(text):
        sys.exit("transcript: README.md has no place for '%s'" % begin)
    part = said[start:end].rstrip()
    text = block.sub(lambda m: "\n```\n" + part + "\n```\n", text)
with open(path, "w") as f:
    f.write(text)
for made, kept in (("clip.svg", "demo.svg"), ("diff.svg", "demo-diff.svg"),
                   ("family.svg", "demo-family.svg")):
    shutil.copyfile(os.path.join(folder, made), os.path.join(top, "docs", kept))
