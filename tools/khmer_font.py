#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Cuts the Khmer letters out of a font for the page: khmer_font.py FONT.ttf OUT.woff2

With --find it prints the first font of those that Debian has and exits 0, or 1 when there is none or the
libraries for it (python3-fonttools, python3-brotli) are missing.
"""
import os
import sys

FONTS = ["/usr/share/fonts/truetype/noto/NotoSansKhmer-Regular.ttf",
         "/usr/share/fonts/truetype/khmeros/KhmerOSbattambang.ttf"]


def find():
    try:
        import brotli  # noqa: F401
        import fontTools.subset  # noqa: F401
    except ImportError:
        return 1
    for path in FONTS:
        if os.path.exists(path):
            print(path)
            return 0
    return 1


def cut(path, out):
    from fontTools import subset
    options = subset.Options(flavor="woff2", layout_features=["*"], notdef_outline=True, name_IDs=[0, 1, 2, 5, 13, 14],
                             recalc_timestamp=False)
    font = subset.load_font(path, options)
    s = subset.Subsetter(options)
    s.populate(unicodes=[*range(0x1780, 0x1800), *range(0x19E0, 0x1A00), *range(0x200B, 0x200E), 0x25CC])
    s.subset(font)
    subset.save_font(font, out, options)
    return 0


def main():
    if sys.argv[1:] == ["--find"]:
        return find()
    if len(sys.argv) == 3 and not sys.argv[1].startswith("-"):
        return cut(sys.argv[1], sys.argv[2])
    print(__doc__)
    return 0 if sys.argv[1:] in (["-h"], ["--help"]) else 2


if __name__ == "__main__":
    sys.exit(main())
