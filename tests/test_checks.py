#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The checks of the source find what they are there for: each gets a small tree with one
thing wrong. Every script explains itself. Prints TAP.

usage: test_checks.py SOURCE-ROOT
"""
import os
import shutil
import subprocess
import sys
import tempfile

SPDX = "/* SPDX-License-Identifier: Apache-2.0 */\n"
LONG = "static void f(void)\n{\n" + "    g();\n" * 70 + "}\n"
DEEP = ("static void f(void)\n{\n    if (a) {\n        if (b) {\n            if (c) {\n"
        "                if (d) {\n                    g();\n                }\n            }\n"
        "        }\n    }\n}\n")
TABLES = ("static const t x[] = {\n    {{{{1}}}},\n};\n\nstatic void f(void)\n{\n"
          "    x = (t){.a = {{{{1}}}}};\n}\n")
SIX = "static void f(int a, int b, int (*c)(int, int), int d, int e, int f)\n{\n}\n"
FIVE = "static void f(int a, int b, int (*c)(int, int), int d, int e, ew_err *err)\n{\n}\n"

# (check, file, text, must it complain)
CASES = [
    ("layers", "src/dsp/a.c", '#include "base/err.h"\n#include <math.h>\n', False),
    ("layers", "src/base/a.c", '#include "index/x.h"\n', True),
    ("layers", "src/dsp/a.c", "#include <sqlite3.h>\n", True),
    ("layers", "src/media/a.c", "#include <libavformat/avformat.h>\n", True),
    ("layers", "src/media/decoder/a.c", "#include <libavformat/avformat.h>\n", False),
    ("layers", "src/index/a.c", "#include <pthread.h>\n", True),
    ("layers", "src/index/a.c", '#include "earwitness/align.h"\n', True),
    ("layers", "src/align/a.c", '#include "earwitness/index.h"\n', False),
    ("layers", "src/report/a.c", '#include "index/segment.h"\n', True),
    ("layers", "src/other/a.c", "", True),
    ("layers", "include/earwitness/index.h", '#include "base/err.h"\n', True),
    ("text", "src/index/a.c", SPDX + "void f(void) { strcpy(a, b); }\n", True),
    ("text", "src/index/a.c", SPDX + "/* strcpy(a, b) */ char *s = \"exit(1)\";\n", False),
    ("text", "src/index/a.c", SPDX + "void f(void) { printf(a); }\n", True),
    ("text", "src/cli/a.c", SPDX + "void f(void) { printf(a); }\n", False),
    ("text", "src/index/a.c", SPDX + "void f(void) { malloc(3); }\n", True),
    ("text", "src/index/a.c", "int x;\n", True),
    ("text", "README.md", "a\u200bb\n", True),
    ("text", "README.md", "see /" + "home/someone/x\n", True),
    ("text", "README.md", "no end of line", True),
    ("text", "README.md", "fine\n", False),
    ("limits", "src/index/a.c", LONG, True),
    ("limits", "src/index/a.c", DEEP, True),
    ("limits", "src/index/a.c", TABLES, False),
    ("limits", "src/index/a.c", SIX, True),
    ("limits", "src/index/a.c", FIVE, False),
    ("limits", "src/index/a.c", "int x;\n" * 501, True),
    ("docs", "docs/a.md", "see [b](b.md)\n", True),
    ("docs", "docs/a.md", "see [a](a.md) and https://example.org/\n", False),
    ("docs", "docs/a.md", "see `src/gone/x.c`\n", True),
    ("docs", "docs/a.md", "call ew_gone_function\n", True),
    ("limits", "include/earwitness/a.h", "int x;\n" * 301, True),
]


def scripts(root):
    folder = os.path.join(root, "script")
    return [path for path in sorted(os.path.join(folder, name) for name in os.listdir(folder))
            if os.access(path, os.X_OK)]


def main():
    root = os.path.abspath(sys.argv[1])
    print(f"1..{len(CASES) + len(scripts(root))}")
    failed = 0
    for number, (check, path, text, wanted) in enumerate(CASES, 1):
        with tempfile.TemporaryDirectory(prefix="ew checks ") as tree:
            shutil.copytree(os.path.join(root, "script"), os.path.join(tree, "script"))
            with open(os.path.join(tree, "script/limits-exceptions.txt"), "w"):
                pass
            full = os.path.join(tree, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as f:
                f.write(text)
            env = dict(os.environ, GIT_CEILING_DIRECTORIES=os.path.dirname(tree))
            done = subprocess.run([os.path.join(tree, "script/check-" + check)], env=env,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        out = done.stdout.decode()
        good = (done.returncode == 1 and path in out) if wanted else done.returncode == 0
        failed += not good
        print(f"{'' if good else 'not '}ok {number} - {check}: {path} "
              f"{'is' if wanted else 'is not'} refused")
        if not good:
            print("".join(f"# {line}\n" for line in (text[:200] + out).splitlines()))
    for number, path in enumerate(scripts(root), len(CASES) + 1):
        done = subprocess.run([path, "--help"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        good = done.returncode == 0 and b"usage: script/" in done.stdout
        failed += not good
        print(f"{'' if good else 'not '}ok {number} - script/{os.path.basename(path)} --help")
    return 1 if failed else 0


sys.exit(main())
