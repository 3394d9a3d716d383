#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes src/base/utf8_width.h from the Unicode data of this Python.

Usage: tools/make_width_tables.py > src/base/utf8_width.h
"""
import sys
import unicodedata


def ranges(test):
    """Ranges of code points that pass `test`; unassigned ones never break a range."""
    out, start, last = [], None, None
    for cp in range(0xA0, 0x110000):
        ch = chr(cp)
        if unicodedata.category(ch) in ("Cn", "Cs", "Co"):
            if not test(ch):
                continue
        if test(ch):
            if start is None:
                start = cp
            last = cp
        elif start is not None:
            out.append((start, last))
            start = None
    if start is not None:
        out.append((start, last))
    return out


def zero(ch):
    cp = ord(ch)
    return (unicodedata.category(ch) in ("Mn", "Me", "Cf") and cp != 0xAD) or 0x1160 <= cp <= 0x11FF


def wide(ch):
    return unicodedata.east_asian_width(ch) in ("W", "F") and not zero(ch)


def table(name, rows):
    print(f"static const ew_range {name}[] = {{")
    line = "   "
    for a, b in rows:
        item = f" {{0x{a:X}, 0x{b:X}}},"
        if len(line) + len(item) > 90:
            print(line)
            line = "   "
        line += item
    print(line)
    print("};")


def main():
    if len(sys.argv) > 1:
        print(__doc__)
        return
    print("/* SPDX-License-Identifier: Apache-2.0 */")
    print("/* Made by tools/make_width_tables.py from Unicode "
          f"{unicodedata.unidata_version}: do not edit. */")
    print("/* clang-format off */")
    print("#ifndef EW_BASE_UTF8_WIDTH_H\n#define EW_BASE_UTF8_WIDTH_H\n\n#include <stdint.h>\n")
    print("typedef struct ew_range {\n    uint32_t first;\n    uint32_t last;\n} ew_range;\n")
    table("zero_width", ranges(zero))
    print()
    table("double_width", ranges(wide))
    print("\n#endif")


main()
