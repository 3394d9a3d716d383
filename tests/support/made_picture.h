/* SPDX-License-Identifier: Apache-2.0 */
/* Picture files with metadata, made byte by byte for tests: EXIF blocks, JPEG segments, RIFF chunks. */
#ifndef MADE_PICTURE_H
#define MADE_PICTURE_H

#include "made_png.h"

enum { MADE_ENTRIES = 40 };

/* One directory of a TIFF structure. */
typedef struct made_dir {
    struct {
        uint16_t tag, type;
        uint32_t count;
        uint8_t bytes[200];
        size_t n;
    } e[MADE_ENTRIES];
    size_t count;
} made_dir;

static inline void made_u16le(made *m, uint32_t v)
{
    const uint8_t b[2] = {(uint8_t)v, (uint8_t)(v >> 8)};
    made_add(m, b, 2);
}

static inline void made_u32le(made *m, uint32_t v)
{
    made_u16le(m, v & 0xFFFF);
    made_u16le(m, v >> 16);
}

static inline void made_entry(made_dir *d, uint16_t tag, uint16_t type, uint32_t count,
                              const void *bytes)
{
    static const uint8_t sizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8};
    const size_t n = count * sizes[type];

    assert_true(d->count < MADE_ENTRIES && n <= sizeof d->e[0].bytes);
    d->e[d->count].tag = tag;
    d->e[d->count].type = type;
    d->e[d->count].count = count;
    memcpy(d->e[d->count].bytes, bytes, n);
    d->e[d->count++].n = n;
}

static inline void made_text(made_dir *d, uint16_t tag, const char *text)
{
    made_entry(d, tag, 2, (uint32_t)strlen(text) + 1, text);
}

static inline void made_short(made_dir *d, uint16_t tag, uint32_t v)
{
    const uint8_t b[2] = {(uint8_t)v, (uint8_t)(v >> 8)};
    made_entry(d, tag, 3, 1, b);
}

static inline void made_long(made_dir *d, uint16_t tag, uint32_t v)
{
    const uint8_t b[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16),
                          (uint8_t)(v >> 24)};
    made_entry(d, tag, 4, 1, b);
}

/* n fractions with 1 below, or 100 when hundredths. */
static inline void made_fractions(made_dir *d, uint16_t tag, const uint32_t *v, size_t n,
                                  uint32_t below)
{
    made m = {0};

    for (size_t i = 0; i < n; i++) {
        made_u32le(&m, v[i]);
        made_u32le(&m, below);
    }
    made_entry(d, tag, 5, (uint32_t)n, m.p);
    free(m.p);
}

/* Appends a directory; its place is m->n when called. next: place of the one after it. */
static inline void made_directory(made *m, const made_dir *d, uint32_t next)
{
    size_t data = m->n + 2 + 12 * d->count + 4;

    made_u16le(m, (uint32_t)d->count);
    for (size_t i = 0; i < d->count; i++) {
        uint8_t small[4] = {0};

        made_u16le(m, d->e[i].tag);
        made_u16le(m, d->e[i].type);
        made_u32le(m, d->e[i].count);
        if (d->e[i].n <= 4) {
            memcpy(small, d->e[i].bytes, d->e[i].n);
            made_add(m, small, 4);
        } else {
            made_u32le(m, (uint32_t)data);
            data += d->e[i].n;
        }
    }
    made_u32le(m, next);
    for (size_t i = 0; i < d->count; i++)
        if (d->e[i].n > 4)
            made_add(m, d->e[i].bytes, d->e[i].n);
}

static inline size_t made_directory_bytes(const made_dir *d)
{
    size_t n = 2 + 12 * d->count + 4;

    for (size_t i = 0; i < d->count; i++)
        n += d->e[i].n > 4 ? d->e[i].n : 0;
    return n;
}

/* A TIFF structure of up to four directories; those that are NULL are left out. */
static inline made made_exif(made_dir *ifd0, const made_dir *exif, const made_dir *gps,
                             const made *thumb)
{
    made m = {0};
    made_dir ifd1 = {0};
    size_t at;

    if (exif != NULL)
        made_long(ifd0, 0x8769, 0);
    if (gps != NULL)
        made_long(ifd0, 0x8825, 0);
    at = 8 + made_directory_bytes(ifd0);
    for (size_t i = 0; i < ifd0->count; i++) {
        const made_dir *below = ifd0->e[i].tag == 0x8769   ? exif
                                : ifd0->e[i].tag == 0x8825 ? gps
                                                           : NULL;
        if (below != NULL) {
            for (int k = 0; k < 4; k++)
                ifd0->e[i].bytes[k] = (uint8_t)(at >> (8 * k));
            at += made_directory_bytes(below);
        }
    }
    made_add(&m, "II*\0\10\0\0\0", 8);
    made_directory(&m, ifd0, thumb != NULL ? (uint32_t)at : 0);
    if (exif != NULL)
        made_directory(&m, exif, 0);
    if (gps != NULL)
        made_directory(&m, gps, 0);
    if (thumb != NULL) {
        made_long(&ifd1, 0x0201, (uint32_t)at + 2 + 24 + 4);
        made_long(&ifd1, 0x0202, (uint32_t)thumb->n);
        made_directory(&m, &ifd1, 0);
        made_add(&m, thumb->p, thumb->n);
    }
    return m;
}

/* head: what tells its kind; rest may be NULL. */
static inline void made_segment(made *m, int marker, const char *head, size_t head_n,
                                const made *rest)
{
    const size_t all = head_n + (rest != NULL ? rest->n : 0) + 2;
    const uint8_t b[4] = {0xFF, (uint8_t)marker, (uint8_t)(all >> 8), (uint8_t)all};

    made_add(m, b, 4);
    made_add(m, head, head_n);
    if (rest != NULL)
        made_add(m, rest->p, rest->n);
}

static inline void made_exif_segment(made *m, const made *tiff)
{
    made_segment(m, 0xE1, "Exif\0", 6, tiff);
}

/* Tables, frame, a scan of nothing, the end: no picture, but the shape of one. */
static inline void made_jpeg_rest(made *m, uint32_t width, uint32_t height)
{
    uint8_t table[65] = {0};
    const uint8_t frame[15] = {8,
                               (uint8_t)(height >> 8),
                               (uint8_t)height,
                               (uint8_t)(width >> 8),
                               (uint8_t)width,
                               3,
                               1,
                               0x22,
                               0,
                               2,
                               0x11,
                               1,
                               3,
                               0x11,
                               1};

    memset(table + 1, 1, 64);
    made_segment(m, 0xDB, (const char *)table, 65, NULL);
    made_segment(m, 0xC2, (const char *)frame, 15, NULL);
    made_segment(m, 0xDA, "\3\1\0\2\0\3\0\0\77\0", 10, NULL);
    made_add(m, "\x12\xFF\0\x34\xFF\xD0\x56\xFF\xD9", 9);
}

#endif
