#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes src/report/inspect_glyphs.h: letters as small grey pictures, for PNG.

Usage: tools/make_glyphs.py REGULAR.ttf BOLD.ttf > src/report/inspect_glyphs.h

Needs the ffmpeg program with drawtext. The committed table was made from DejaVu Sans and
DejaVu Sans Bold, whose licence allows it. Each pixel has 16 levels.
"""
import struct
import subprocess
import sys

CHARACTERS = [chr(c) for c in range(32, 127)] + [chr(c) for c in range(0xA0, 0x100)] + list("–—…’“”•")
SIZES = (("small", 0, 13), ("large", 1, 17))
BOX = 32


def tables(data):
    count = struct.unpack(">H", data[4:6])[0]
    return {data[12 + 16 * i:16 + 16 * i].decode(): struct.unpack(">II", data[20 + 16 * i:28 + 16 * i])
            for i in range(count)}


def advances(path):
    """Character -> advance in units of the em, from hmtx and the format-4 cmap."""
    data = open(path, "rb").read()
    at = {name: place[0] for name, place in tables(data).items()}
    em = struct.unpack(">H", data[at["head"] + 18:at["head"] + 20])[0]
    metrics = struct.unpack(">H", data[at["hhea"] + 34:at["hhea"] + 36])[0]
    cmap = at["cmap"]
    for i in range(struct.unpack(">H", data[cmap + 2:cmap + 4])[0]):
        sub = cmap + struct.unpack(">I", data[cmap + 8 + 8 * i:cmap + 12 + 8 * i])[0]
        if struct.unpack(">H", data[sub:sub + 2])[0] == 4:
            break
    n = struct.unpack(">H", data[sub + 6:sub + 8])[0] // 2

    def words(start, kind="H"):
        return struct.unpack(f">{n}{kind}", data[start:start + 2 * n])

    ends, starts = words(sub + 14), words(sub + 16 + 2 * n)
    deltas, offsets = words(sub + 16 + 4 * n, "h"), words(sub + 16 + 6 * n)

    def glyph(cp):
        for k in range(n):
            if starts[k] <= cp <= ends[k]:
                if offsets[k] == 0:
                    return (cp + deltas[k]) & 0xFFFF
                place = sub + 16 + 6 * n + 2 * k + offsets[k] + 2 * (cp - starts[k])
                g = struct.unpack(">H", data[place:place + 2])[0]
                return (g + deltas[k]) & 0xFFFF if g else 0
        return 0

    def advance(char):
        g = min(glyph(ord(char)), metrics - 1)
        return struct.unpack(">H", data[at["hmtx"] + 4 * g:at["hmtx"] + 4 * g + 2])[0] / em

    return advance


def draw(font, size, char):
    """Rows of grey bytes, baseline at row BOX - 10, pen at column 4."""
    with open("/tmp/glyph.txt", "w", encoding="utf-8") as f:
        f.write(char)
    text = (f"drawtext=fontfile={font}:textfile=/tmp/glyph.txt:expansion=none:fontsize={size}:"
            f"fontcolor=white:x=4:y={BOX - 10}-ascent")
    out = subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"color=black:s={BOX}x{BOX}", "-vf", text,
         "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray", "-"],
        stdout=subprocess.PIPE, check=True).stdout
    return [out[BOX * y:BOX * y + BOX] for y in range(BOX)]


def crop(rows):
    inked = [y for y, row in enumerate(rows) if any(v > 7 for v in row)]
    if not inked:
        return 0, 0, 0, 0, []
    columns = [x for x in range(BOX) if any(row[x] > 7 for row in rows)]
    top, bottom, left, right = inked[0], inked[-1] + 1, columns[0], columns[-1] + 1
    levels = [min(15, (v + 8) // 17) for row in rows[top:bottom] for v in row[left:right]]
    return left - 4, top - (BOX - 10), right - left, bottom - top, levels


def main():
    if len(sys.argv) != 3:
        print(__doc__)
        return 2
    print("/* SPDX-License-Identifier: Apache-2.0 */")
    print("/* Made by tools/make_glyphs.py from DejaVu Sans (public domain and Bitstream Vera")
    print(" * licence): do not edit. */")
    print("/* clang-format off */\n#ifndef EW_REPORT_INSPECT_GLYPHS_H\n#define EW_REPORT_INSPECT_GLYPHS_H\n")
    print("#include <stdint.h>\n")
    print("typedef struct glyph {\n    uint16_t cp;\n    uint8_t advance; /* quarter pixels */\n"
          "    int8_t left, top; /* from pen and baseline */\n    uint8_t width, height;\n"
          "    const char *pixels; /* a letter each: a is nothing, p is full */\n} glyph;\n")
    for name, bold, size in SIZES:
        advance = advances(sys.argv[1 + bold])
        print(f"static const glyph {name}_glyphs[] = {{")
        for char in sorted(CHARACTERS):
            left, top, width, height, levels = crop(draw(sys.argv[1 + bold], size, char))
            print(f"    {{{ord(char)}, {round(4 * size * advance(char))}, {left}, {top}, {width}, "
                  f'{height}, "{"".join(chr(97 + v) for v in levels)}"}},')
        print("};\n")
    print("#endif")
    return 0


sys.exit(main())
