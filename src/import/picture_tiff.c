/* SPDX-License-Identifier: Apache-2.0 */
/* Values in TIFF directories: numbers, text in several encodings. */
#include "import/picture_tiff.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"

enum { NUMBERS_SHOWN = 8 };

/* ------------------------------------------------------------------ numbers */

uint32_t ew_tiff_u16(const ew_tiff *t, size_t at)
{
    const uint8_t *b = ew_photo_at(t->photo, at);

    return t->big_endian ? ew_photo_u16be(b) : ew_get_u16le(b);
}

uint32_t ew_tiff_u32(const ew_tiff *t, size_t at)
{
    const uint8_t *b = ew_photo_at(t->photo, at);

    return t->big_endian ? ew_photo_u32be(b) : ew_get_u32le(b);
}

size_t ew_tiff_size(uint16_t type)
{
    static const uint8_t sizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};

    return type < EW_COUNT(sizes) ? sizes[type] : 0;
}

/* Number i of the entry; false when it has not that many, or none. */
bool ew_tiff_number(const ew_tiff *t, const ew_tiff_entry *e, uint32_t i, double *v)
{
    const size_t size = ew_tiff_size(e->type), at = e->value.at + i * size;

    if (i >= e->count || size == 0)
        return false;
    switch (e->type) {
    case TYPE_BYTE:
        *v = *ew_photo_at(t->photo, at);
        return true;
    case TYPE_SHORT:
        *v = ew_tiff_u16(t, at);
        return true;
    case TYPE_LONG:
    case TYPE_IFD:
        *v = ew_tiff_u32(t, at);
        return true;
    case TYPE_RATIONAL:
        *v = ew_tiff_u32(t, at + 4) != 0
                 ? (double)ew_tiff_u32(t, at) / ew_tiff_u32(t, at + 4)
                 : 0.0;
        return ew_tiff_u32(t, at + 4) != 0;
    case TYPE_SRATIONAL:
        *v =
            (double)(int32_t)ew_tiff_u32(t, at) / (double)(int32_t)ew_tiff_u32(t, at + 4);
        return ew_tiff_u32(t, at + 4) != 0;
    default:
        return false;
    }
}

uint32_t ew_tiff_whole(const ew_tiff *t, const ew_tiff_entry *e)
{
    double v = 0;

    return ew_tiff_number(t, e, 0, &v) && v >= 0 && v <= UINT32_MAX ? (uint32_t)v : 0;
}

ew_slice ew_tiff_bytes(const ew_tiff *t, const ew_tiff_entry *e)
{
    return (ew_slice){t->photo->file.p + e->value.at, e->value.n};
}

/* Up to the first zero. */
ew_slice ew_tiff_text(const ew_tiff *t, const ew_tiff_entry *e)
{
    ew_slice s = ew_tiff_bytes(t, e);

    s.n = strnlen(s.p, s.n);
    return s;
}

/* ------------------------------------------------------------------ values */

static ew_code say_numbers(ew_tiff *t, const ew_tiff_entry *e, const char *name,
                           ew_err *err)
{
    char text[200] = "";
    size_t used = 0;
    double v;

    for (uint32_t i = 0; i < e->count && i < NUMBERS_SHOWN && ew_tiff_number(t, e, i, &v);
         i++) {
        int n = e->type == TYPE_RATIONAL && e->tag == 0x829A && v > 0 && v < 0.5
                    ? snprintf(text + used, sizeof text - used, "%s1/%.0f",
                               i > 0 ? " " : "", 1.0 / v)
                    : snprintf(text + used, sizeof text - used, "%s%.10g",
                               i > 0 ? " " : "", v);

        if (n < 0 || (size_t)n >= sizeof text - used)
            break;
        used += (size_t)n;
    }
    return used > 0 ? ew_photo_say(t->photo, e->value, name, err, "%s", text) : EW_OK;
}

/* UTF-16, little-endian whatever the rest is: XPTitle and its like. */
static ew_code say_wide(ew_tiff *t, const ew_tiff_entry *e, const char *name, bool big,
                        ew_err *err)
{
    char text[1024];
    ew_slice s = ew_tiff_bytes(t, e);
    size_t used = 0;

    for (size_t i = 0; i + 1 < s.n && used + 4 < sizeof text; i += 2) {
        const uint8_t *b = (const uint8_t *)s.p + i;
        uint32_t c = big ? ew_photo_u16be(b) : ew_get_u16le(b);

        if (c == 0)
            break;
        if (c >= 0xD800 && c < 0xDC00 && i + 3 < s.n) {
            const uint32_t low = big ? ew_photo_u16be(b + 2) : ew_get_u16le(b + 2);
            c = 0x10000 + ((c - 0xD800) << 10) + ((low - 0xDC00) & 0x3FF);
            i += 2;
        } else if (c >= 0xD800 && c < 0xE000) {
            c = 0xFFFD;
        }
        if (c >= 0x10000) {
            text[used++] = (char)(0xF0 | c >> 18);
            text[used++] = (char)(0x80 | (c >> 12 & 63));
        } else if (c >= 0x800) {
            text[used++] = (char)(0xE0 | c >> 12);
        }
        if (c >= 0x800)
            text[used++] = (char)(0x80 | (c >> 6 & 63));
        else if (c >= 0x80)
            text[used++] = (char)(0xC0 | c >> 6);
        text[used++] = (char)(c < 0x80 ? c : 0x80 | (c & 63));
    }
    return ew_photo_text(t->photo, e->value, ew_slice_of(name), (ew_slice){text, used},
                         err);
}

/* The first eight bytes name the encoding. */
static ew_code say_comment(ew_tiff *t, const ew_tiff_entry *e, const char *name,
                           ew_err *err)
{
    ew_slice s = ew_tiff_bytes(t, e);
    ew_tiff_entry rest = *e;

    if (s.n < 8)
        return EW_OK;
    rest.value.at += 8;
    rest.value.n -= 8;
    if (memcmp(s.p, "UNICODE", 8) == 0)
        return say_wide(t, &rest, name, t->big_endian, err);
    return ew_photo_text(t->photo, e->value, ew_slice_of(name), ew_tiff_text(t, &rest),
                         err);
}

ew_code ew_tiff_say(ew_tiff *t, const ew_tiff_entry *e, const char *name, ew_err *err)
{
    if (e->in == IFD_MAIN && e->tag >= 0x9C9B && e->tag <= 0x9C9F)
        return say_wide(t, e, name, false, err);
    if (e->tag == 0x9286 || (e->in == IFD_GPS && (e->tag == 0x1B || e->tag == 0x1C)))
        return say_comment(t, e, name, err);
    if (e->type == TYPE_ASCII || e->type == TYPE_UNDEFINED ||
        (e->type == TYPE_BYTE && e->tag == 0xC68B))
        return ew_photo_text(t->photo, e->value, ew_slice_of(name), ew_tiff_text(t, e),
                             err);
    return say_numbers(t, e, name, err);
}
