/* SPDX-License-Identifier: Apache-2.0 */
/* PNG files made byte by byte, for tests: right ones, and such that lie about their size. */
#ifndef MADE_PNG_H
#define MADE_PNG_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "support.h"

typedef struct made {
    uint8_t *p;
    size_t n;
} made;

static inline void made_add(made *m, const void *bytes, size_t n)
{
    m->p = realloc(m->p, m->n + n + 1);
    assert_non_null(m->p);
    if (n > 0)
        memcpy(m->p + m->n, bytes, n);
    m->n += n;
}

static inline void made_u32be(made *m, uint32_t v)
{
    const uint8_t b[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8),
                          (uint8_t)v};
    made_add(m, b, 4);
}

static inline void made_chunk(made *m, const char *type, const void *bytes, size_t n)
{
    const size_t at = m->n + 4;

    made_u32be(m, (uint32_t)n);
    made_add(m, type, 4);
    made_add(m, bytes, n);
    made_u32be(m, (uint32_t)crc32(0, m->p + at, (uInt)(n + 4)));
}

static inline void made_png_head(made *m, uint32_t width, uint32_t height, int colours)
{
    made head = {0};
    const uint8_t rest[5] = {8, colours == 3 ? 2 : 0, 0, 0, 0};

    made_add(m, "\x89PNG\r\n\x1A\n", 8);
    made_u32be(&head, width);
    made_u32be(&head, height);
    made_add(&head, rest, 5);
    made_chunk(m, "IHDR", head.p, head.n);
    free(head.p);
}

/* pixels: width * height * colours (1 or 3) bytes. */
static inline void made_png_data(made *m, const uint8_t *pixels, uint32_t width,
                                 uint32_t height, int colours)
{
    const size_t row = (size_t)width * (size_t)colours;
    uint8_t *raw = calloc(height, row + 1), *packed;
    uLongf n = compressBound((uLong)((row + 1) * height));

    packed = malloc(n);
    assert_true(raw != NULL && packed != NULL);
    for (uint32_t y = 0; y < height; y++)
        memcpy(raw + y * (row + 1) + 1, pixels + y * row, row);
    assert_int_equal(compress2(packed, &n, raw, (uLong)((row + 1) * height), 6), Z_OK);
    made_chunk(m, "IDAT", packed, n);
    made_chunk(m, "IEND", "", 0);
    free(raw);
    free(packed);
}

static inline made made_png(const uint8_t *pixels, uint32_t width, uint32_t height,
                            int colours)
{
    made m = {0};

    made_png_head(&m, width, height, colours);
    made_png_data(&m, pixels, width, height, colours);
    return m;
}

#endif
