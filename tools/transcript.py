#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Puts the demonstration's output of today into README.md, and its picture into docs/demo.svg.

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
block = re.compile(r"(`script/demo` prints:\n\n```\n).*?(\n```\n)", re.S)
if not block.search(text):
    sys.exit("transcript: README.md has no place for it")
with open(path, "w") as f:
    f.write(block.sub(lambda m: m.group(1) + said + m.group(2), text))
shutil.copyfile(os.path.join(folder, "clip.svg"), os.path.join(top, "docs", "demo.svg"))
