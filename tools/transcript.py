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
SECOND = "\n\na leak of one of them"  # where its second half begins


def put(text, lead, part):
    """The block of code that follows the line `lead` becomes `part`."""
    block = re.compile(re.escape(lead) + r"\n\n```\n.*?\n```\n", re.S)
    if not block.search(text):
        sys.exit("transcript: README.md has no place for '%s'" % lead)
    return block.sub(lambda m: lead + "\n\n```\n" + part + "\n```\n", text)


cut = said.index(SECOND)
text = put(text, "`script/demo` prints:", said[:cut])
text = put(text, "`script/demo` goes on with:", said[cut + 2:])
with open(path, "w") as f:
    f.write(text)
for made, kept in (("clip.svg", "demo.svg"), ("diff.svg", "demo-diff.svg")):
    shutil.copyfile(os.path.join(folder, made), os.path.join(top, "docs", kept))
