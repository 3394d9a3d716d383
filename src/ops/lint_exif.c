/* SPDX-License-Identifier: Apache-2.0 */
/* EXIF, wherever in a file it stands: who took a picture, with what, where. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "ops/lint_in.h"

enum { ENTRIES = 512, VALUE_MOST = 1000, GPS_IFD = 0x8825, EXIF_IFD = 0x8769, DEPTH = 2 };

static const struct {
    uint16_t tag;
    ew_lint_kind kind;
    const char *field;
} tags[] = {
    {0x010E, EW_LINT_METADATA, "ImageDescription"},
    {0x010F, EW_LINT_DEVICE, "Make"},
    {0x0110, EW_LINT_DEVICE, "Model"},
    {0x0131, EW_LINT_SOFTWARE, "Software"},
    {0x013B, EW_LINT_AUTHOR, "Artist"},
    {0x013C, EW_LINT_DEVICE, "HostComputer"},
    {0x8298, EW_LINT_AUTHOR, "Copyright"},
    {0x9286, EW_LINT_METADATA, "UserComment"},
    {0x9C9B, EW_LINT_METADATA, "XPTitle"},
    {0x9C9C, EW_LINT_METADATA, "XPComment"},
    {0x9C9D, EW_LINT_AUTHOR, "XPAuthor"},
    {0xA420, EW_LINT_DEVICE, "ImageUniqueID"},
    {0xA430, EW_LINT_AUTHOR, "CameraOwnerName"},
    {0xA431, EW_LINT_DEVICE, "BodySerialNumber"},
    {0xA434, EW_LINT_DEVICE, "LensModel"},
    {0xA435, EW_LINT_DEVICE, "LensSerialNumber"},
    {0xC62F, EW_LINT_DEVICE, "CameraSerialNumber"},
    {0xC614, EW_LINT_DEVICE, "UniqueCameraModel"},
    {0x927C, EW_LINT_DEVICE, "MakerNote"},
};

/* One EXIF block. */
typedef struct block {
    ew_slice all; /* the file */
    size_t base;  /* where offsets begin */
    bool big;
} block;

static uint32_t number(const block *b, size_t at, size_t n)
{
    uint32_t v = 0;
    if (at > b->all.n || n > b->all.n - at)
        return 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t byte = (uint8_t)b->all.p[at + (b->big ? i : n - 1 - i)];
        v = v << 8 | byte;
    }
    return v;
}

/* The bytes of an entry's value. */
static ew_slice value_of(const block *b, size_t entry)
{
    static const uint8_t sizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8};
    uint32_t type = number(b, entry + 2, 2);
    uint64_t n =
        (uint64_t)number(b, entry + 4, 4) * (type < EW_COUNT(sizes) ? sizes[type] : 0);
    size_t at = n <= 4 ? entry + 8 : b->base + number(b, entry + 8, 4);
    if (n == 0 || at >= b->all.n || n > b->all.n - at)
        return (ew_slice){b->all.p, 0};
    return (ew_slice){b->all.p + at, (size_t)n};
}

static double degrees(const block *b, ew_slice v)
{
    double d = 0;
    double unit = 1;
    for (size_t i = 0; i < 3 && (i + 1) * 8 <= v.n; i++) {
        size_t at = (size_t)(v.p - b->all.p) + i * 8;
        uint32_t below = number(b, at + 4, 4);
        d += below != 0 ? number(b, at, 4) / (double)below / unit : 0;
        unit *= 60;
    }
    return d;
}

/* Latitude and longitude as one finding; other fields of the block as a second. */
static ew_code gps(ew_lint *l, const block *b, size_t ifd, ew_err *err)
{
    char text[80];
    double at[2] = {0, 0};
    char side[2] = {'?', '?'};
    bool there[2] = {false, false};
    size_t count = number(b, ifd, 2);
    for (size_t i = 0; i < count && i < ENTRIES; i++) {
        size_t entry = ifd + 2 + i * 12;
        uint32_t tag = number(b, entry, 2);
        ew_slice v = value_of(b, entry);
        if ((tag == 1 || tag == 3) && v.n > 0 && strchr("NSEW", v.p[0]) != NULL &&
            v.p[0] != 0)
            side[tag / 2] = v.p[0];
        if ((tag == 2 || tag == 4) && v.n >= 24) {
            at[tag / 2 - 1] = degrees(b, v);
            there[tag / 2 - 1] = true;
        }
    }
    if (count == 0)
        return EW_OK;
    int n =
        there[0] && there[1]
            ? snprintf(text, sizeof text, "%.5f %c, %.5f %c", at[0], side[0], at[1],
                       side[1])
            : snprintf(text, sizeof text, "%zu fields, no latitude and longitude", count);
    return ew_lint__found(l, EW_LINT_COORDINATES, "GPS", ifd,
                          (ew_slice){text, n > 0 ? (size_t)n : 0}, err);
}

/* UTF-16, as Windows writes some: only what is ASCII of it. */
static ew_slice narrow(ew_slice v, char *room, size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i + 1 < v.n && n < most; i += 2)
        room[n++] = v.p[i + 1] == 0 && v.p[i] >= 0x20 ? v.p[i] : '?';
    return (ew_slice){room, n};
}

static ew_code entry_found(ew_lint *l, const block *b, size_t entry, size_t k,
                           ew_err *err)
{
    char room[VALUE_MOST];
    ew_slice v = value_of(b, entry);
    uint64_t at = (uint64_t)(v.p - b->all.p);
    uint16_t tag = tags[k].tag;
    if (v.n > VALUE_MOST && tag != 0x927C)
        v.n = VALUE_MOST;
    if (v.n == 0)
        return EW_OK;
    if (tag == 0x927C)
        v = ew_slice_of("the maker's own block: often serial number and owner");
    else if (tag >= 0x9C9B && tag <= 0x9C9D)
        v = narrow(v, room, sizeof room);
    else if (tag == 0x9286 && v.n > 8)
        v = (ew_slice){v.p + 8, v.n - 8};
    size_t end = strnlen(v.p, v.n);
    v.n = end;
    return ew_lint__value(l, tags[k].kind, tags[k].field, at, v, err);
}

static ew_code directory(ew_lint *l, const block *b, size_t ifd, int depth, ew_err *err)
{
    ew_code code = EW_OK;
    size_t count = number(b, ifd, 2);
    for (size_t i = 0; i < count && i < ENTRIES && code == EW_OK; i++) {
        size_t entry = ifd + 2 + i * 12;
        uint32_t tag = number(b, entry, 2);
        size_t to = b->base + number(b, entry + 8, 4);
        if (entry + 12 > b->all.n)
            break;
        if (tag == GPS_IFD && to < b->all.n)
            code = gps(l, b, to, err);
        if (tag == EXIF_IFD && depth < DEPTH && to < b->all.n)
            code = directory(l, b, to, depth + 1, err);
        for (size_t k = 0; k < EW_COUNT(tags) && code == EW_OK; k++)
            if (tags[k].tag == tag)
                code = entry_found(l, b, entry, k, err);
    }
    return code;
}

/* A TIFF header at `at`? Then its first two directories, of the picture and of its thumbnail. */
static ew_code block_at(ew_lint *l, ew_slice s, size_t at, ew_err *err)
{
    ew_code code = EW_OK;
    if (at + 8 > s.n)
        return EW_OK;
    block b = {s, at, memcmp(s.p + at, "MM\0*", 4) == 0};
    if (!b.big && memcmp(s.p + at, "II*\0", 4) != 0)
        return EW_OK;
    size_t ifd = at + number(&b, at + 4, 4);
    for (int i = 0; i < 2 && code == EW_OK && ifd > at && ifd < s.n; i++) {
        code = directory(l, &b, ifd, 0, err);
        size_t next = number(&b, ifd + 2 + (size_t)number(&b, ifd, 2) * 12, 4);
        if (next == 0)
            break;
        ifd = at + next;
    }
    return code;
}

ew_code ew_lint__exif(ew_lint *l, ew_slice s, ew_err *err)
{
    static const struct {
        const char *mark;
        size_t n, skip;
    } marks[] = {{"Exif\0\0", 6, 6}, {"eXIf", 4, 4}, {"EXIF", 4, 8}};
    ew_code code = block_at(l, s, 0, err);
    for (size_t i = 0; i < EW_COUNT(marks); i++) {
        const char *p = s.p;
        const char *end = s.p + s.n;
        while (code == EW_OK &&
               (p = memmem(p, (size_t)(end - p), marks[i].mark, marks[i].n)) != NULL) {
            code = block_at(l, s, (size_t)(p - s.p) + marks[i].skip, err);
            p += marks[i].n;
        }
    }
    return code;
}
