/* SPDX-License-Identifier: Apache-2.0 */
/* Coded sound made for publishing. */
#ifndef EW_TEST_PUBLISHED_MADE_H
#define EW_TEST_PUBLISHED_MADE_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/hash.h"
#include "published.h"

enum { FILE_MAX = 64 * 1024 };

/* A file as it grows. */
typedef struct file {
    uint8_t bytes[FILE_MAX];
    size_t n;
} file;

static inline void grow(file *f, const void *bytes, size_t n)
{
    assert_true(n <= FILE_MAX - f->n);
    memcpy(f->bytes + f->n, bytes, n);
    f->n += n;
}

static inline void noise(file *f, size_t n, unsigned seed)
{
    for (size_t i = 0; i < n; i++) {
        uint8_t b = (uint8_t)((i + 1) * (2 * seed + 1) * 131 >> 3);
        grow(f, &b, 1);
    }
}

/* Makes the derivative, which must check; everything near it must not. */
static inline void make(const item *it, ew_buf *b)
{
    ew_filler f;
    published_make(it, EW_FILLER_SILENCE, b);
    assert_true(published_is(it, b->data, b->len, &f));
    assert_int_equal(f, EW_FILLER_SILENCE);
    assert_false(ew_published_possible(&it->in, EW_FILLER_TONE, NULL));
    assert_false(ew_published_possible(&it->in, EW_FILLER_MARK, NULL));
}

static inline void sum_page(uint8_t *p, size_t n)
{
    ew_put_u32le(p + 22, 0);
    ew_put_u32le(p + 22, ew_split__ogg_crc(0, p, n));
}

static inline void refused(item *it, const char *which, const char *why)
{
    ew_err err;
    item_show(it, which);
    assert_false(ew_published_possible(&it->in, EW_FILLER_SILENCE, &err));
    assert_int_equal(err.code, EW_E_ARG);
    if (strstr(err.text, why) == NULL)
        fail_msg("'%s' does not say '%s'", err.text, why);
}

/* ------------------------------------------------------------------ Ogg */

/* count packets, each of one byte t and 9 more. */
static inline void ogg_page(file *f, uint32_t number, uint64_t position, size_t count,
                            uint8_t t)
{
    uint8_t h[27 + 255] = "OggS";
    h[5] = number == 0 ? 2 : 0;
    ew_put_u64le(h + 6, position);
    ew_put_u32le(h + 14, 1);
    ew_put_u32le(h + 18, number);
    h[26] = (uint8_t)count;
    memset(h + 27, 10, count);
    grow(f, h, 27 + count);
    for (size_t i = 0; i < count; i++) {
        grow(f, &t, 1);
        noise(f, 9, (unsigned)i);
    }
    sum_page(f->bytes + f->n - 27 - 11 * count, 27 + 11 * count);
}

/* Head, comments, then `pages` pages of 50 packets of 20 ms: a second each. */
static inline void make_opus(file *f, unsigned pages, unsigned channels)
{
    static const uint8_t tags[44] =
        "OggS\0\0\0\0\0\0\0\0\0\0\1\0\0\0\1\0\0\0....\1\20OpusTags";
    uint8_t head[47] = "OggS\0\2\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0....\1\23OpusHead\1";
    head[37] = (uint8_t)channels;
    f->n = 0;
    grow(f, head, sizeof head);
    sum_page(f->bytes, sizeof head);
    grow(f, tags, sizeof tags);
    sum_page(f->bytes + sizeof head, sizeof tags);
    for (unsigned i = 0; i < pages; i++)
        ogg_page(f, 2 + i, 48000 * (i + 1), 50, 0x78);
}

#endif
