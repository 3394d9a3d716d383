#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The shared library exports exactly the functions that the public headers mark EW_API.

usage: test_exports.py LIBRARY HEADER...
"""
import re
import subprocess
import sys


def declared(paths):
    names = set()
    for path in paths:
        with open(path, encoding="utf-8") as f:
            text = re.sub(r"/\*.*?\*/|^\s*#[^\n]*(\\\n[^\n]*)*", " ", f.read(), flags=re.S | re.M)
        for found in re.finditer(r"\bEW_API\b[^;]*?(\w+)\s*\(", text):
            names.add(found.group(1))
    return names


def main():
    listing = subprocess.run(["nm", "-D", "--defined-only", sys.argv[1]], check=True,
                             stdout=subprocess.PIPE).stdout.decode()
    exported = {line.split()[-1].split("@")[0] for line in listing.splitlines()}
    exported = {n for n in exported if not re.match(r"_(init|fini|edata|end|_bss_start)$|__", n)}
    wanted = declared(sys.argv[2:])
    print("1..2")
    bad = 0
    for number, (what, names) in enumerate(
            (("only the contract is exported", exported - wanted),
             ("the whole contract is exported", wanted - exported)), 1):
        print(f"{'not ' if names else ''}ok {number} - {what}")
        for name in sorted(names):
            print(f"# {name}")
        bad += len(names)
    return 1 if bad else 0


sys.exit(main())
