/* SPDX-License-Identifier: Apache-2.0 */
/* Small readers of container bytes for what FFmpeg does not tell: trailing data, boxes,
 * frame headers. They know nothing of FFmpeg, so that they can be attacked alone. */
#ifndef EW_DECODER_WALK_H
#define EW_DECODER_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WALK_CACHE_BYTES = 1 << 17, WALK_ALIVE_BYTES = 1 << 24 };

typedef struct walk {
    int64_t size; /* of the file */
    /* Up to n bytes from pos; fewer only at the end or when reading fails. */
    size_t (*read)(void *cookie, int64_t pos, uint8_t *buf, size_t n);
    void (*fact)(void *cookie, const char *key, const char *value, size_t n);
    void (*alive)(void *cookie); /* called now and then */
    void *cookie;

    int64_t cache_at; /* the rest is walk.c's own */
    size_t cache_n;
    int64_t quiet_bytes;
    uint8_t cache[WALK_CACHE_BYTES];
} walk;

/* `format` is FFmpeg's name of the container. Formats without a reader give nothing. */
void walk_file(walk *w, const char *format);

void walk_flac(walk *w);
/* What stands behind the last frame. info: the block of that name; pos: of the first frame. */
void walk_flac_end(walk *w, const uint8_t info[34], int64_t pos);
void walk_mp3(walk *w);
void walk_mp4(walk *w);
void walk_ogg(walk *w);
void walk_riff(walk *w);

/* n bytes at pos, n <= WALK_CACHE_BYTES / 2; NULL where the file has not that many. Valid until
 * the next call. */
const uint8_t *walk_get(walk *w, int64_t pos, size_t n);

void walk_say(walk *w, const char *key, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static inline uint32_t walk_u32be(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint64_t walk_u64be(const uint8_t *p)
{
    return (uint64_t)walk_u32be(p) << 32 | walk_u32be(p + 4);
}

#endif
