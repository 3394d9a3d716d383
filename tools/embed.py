#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes files as C arrays, compressed, for the server to send: embed.py OUT.c FILE ...

The first one is what "/" gives. The same files give the same bytes. Remarks in scripts and the room at the beginning of
lines are not sent; numbers of lines stay, and so does the first one, with the licence. embed.py --fonts OUT.c FILE.woff2 ... writes
fonts for reports, as they are, under the names that stand before the dot.
"""
import gzip
import os
import re
import sys

TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8",
         ".js": "text/javascript; charset=utf-8", ".json": "application/json",
         ".svg": "image/svg+xml", ".woff2": "font/woff2"}


def array(number, packed):
    lines = [",".join("%d" % b for b in packed[i:i + 24]) for i in range(0, len(packed), 24)]
    return "static const unsigned char f%d[] = {\n%s};\n" % (number, ",\n".join(lines))


REMARK = re.compile(r"""^((?:[^'"`]|'[^']*'|"[^"]*"|`[^`]*`)*?)\s+// [^'"`]*$""")


def without_room(data, script):
    """Lines without the blanks around them, and scripts without the remarks behind code; not within a text of many lines."""
    lines, within = data.decode("utf-8").split("\n"), False
    for i, line in enumerate(lines):
        odd = script and line.count("`") % 2 == 1
        if not within and not odd:
            lines[i] = (REMARK.sub(r"\1", line) if script and i > 0 else line).strip()
        within = within != odd
    return "\n".join(lines).encode("utf-8")


def without_remarks(data):
    """A script whose lines that hold nothing but a remark are empty."""
    lines, inside = data.decode("utf-8").split("\n"), False
    for i, line in enumerate(lines):
        text = line.strip()
        begins = text.startswith("/*") and text.find("*/", 2) in (-1, len(text) - 2)
        if i > 0 and (inside or begins or text.startswith("//")):
            lines[i] = ""
        inside = "*/" not in text if inside else begins and not text.endswith("*/")
    return "\n".join(lines).encode("utf-8")


def fonts(out, paths):
    arrays, rows = [], ""
    for number, path in enumerate(paths):
        with open(path, "rb") as f:
            data = f.read()
        arrays.append(array(number, data))
        rows += '    {"%s", f%d, sizeof f%d},\n' % (os.path.splitext(os.path.basename(path))[0], number, number)
    with open(out, "w", encoding="ascii") as f:
        f.write('#include "report/page_css.h"\n\n%s\nconst ew_page_font ew_page_fonts[] = {\n%s    {0}};\n' %
                ("\n".join(arrays), rows))
    return 0


def main():
    if sys.argv[1:2] == ["--fonts"] and len(sys.argv) > 2:
        return fonts(sys.argv[2], sys.argv[3:])
    if len(sys.argv) < 3 or sys.argv[1] in ("-h", "--help"):
        print("usage: embed.py OUT.c FILE ...")
        return 0 if len(sys.argv) > 1 and sys.argv[1] != "OUT.c" else 2
    arrays, rows = [], []
    for number, path in enumerate(sys.argv[2:]):
        with open(path, "rb") as f:
            data = f.read()
        if path.endswith(".js"):
            data = without_remarks(data)
        if path.endswith((".js", ".css", ".html")):
            data = without_room(data, path.endswith(".js"))
        packed = gzip.compress(data, 9, mtime=0)
        name = os.path.basename(path)
        arrays.append(array(number, packed))
        rows.append('    {"%s", "%s", f%d, sizeof f%d},\n' % (
            name, TYPES[os.path.splitext(name)[1]], number, number))
    with open(sys.argv[1], "w", encoding="ascii") as out:
        out.write('#include "serve/api.h"\n\n%s\nconst ew_embedded ew_embedded_files[] = {\n%s};\n'
                  "const size_t ew_embedded_count =\n"
                  "    sizeof ew_embedded_files / sizeof ew_embedded_files[0];\n" %
                  ("\n".join(arrays), "".join(rows)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
