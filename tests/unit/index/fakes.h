/* SPDX-License-Identifier: Apache-2.0 */
/* Made-up recordings for tests of the index, and the plain truth about them. */
#ifndef EW_TEST_INDEX_FAKES_H
#define EW_TEST_INDEX_FAKES_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "earwitness/index.h"
#include "support.h"

typedef struct fake {
    ew_recording rec;
    ew_fp fp;
    char name[40], path[60];
    const char *names[1], *paths[1];
} fake;

/* Tests that make hundreds of archives wait for the disk most of the time; not in memory. */
static inline void fake_fast_disk(void)
{
    if (access("/dev/shm", W_OK | X_OK) == 0)
        assert_int_equal(setenv("TMPDIR", "/dev/shm", 1), 0);
}

static inline uint32_t fake_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    uint64_t x = *state ^ *state >> 29;
    return (uint32_t)(x * 0xbf58476d1ce4e5b9u >> 32);
}

/* Few key bits, so that keys repeat; some frames without a key, some with two. */
static inline uint32_t fake_word(uint64_t *state)
{
    uint32_t top = fake_random(state) % 1000;
    return top * top * 2654435761u / 7 << 10 | (fake_random(state) & 0x3ff);
}

static inline void fake_fill(fake *f, uint32_t seed, uint32_t frames)
{
    uint64_t state = seed;
    f->fp = (ew_fp){.frames = frames};
    f->fp.words = calloc(frames + 1, sizeof *f->fp.words);
    f->fp.wave = calloc((size_t)frames + 1, 1);
    f->fp.keys = calloc(2 * (size_t)frames + 1, sizeof *f->fp.keys);
    for (uint32_t i = 0; i < frames; i++) {
        f->fp.words[i] = fake_random(&state);
        f->fp.wave[i] = (uint8_t)(f->fp.words[i] % 251);
        uint32_t dice = fake_random(&state) % 8;
        for (int n = dice == 0 ? 2 : dice != 1; n > 0; n--)
            f->fp.keys[f->fp.key_count++] = (ew_key){fake_word(&state), i};
    }
}

static inline void fake_make(fake *f, uint32_t seed, uint32_t frames)
{
    memset(f, 0, sizeof *f);
    fake_fill(f, seed, frames);
    ew_sha256 *h;
    assert_int_equal(ew_sha256_new(&h, NULL), EW_OK);
    assert_int_equal(ew_sha256_feed(h, &seed, sizeof seed, NULL), EW_OK);
    assert_int_equal(ew_sha256_finish(h, f->rec.sha256, NULL), EW_OK);
    ew_sha256_free(h);
    (void)snprintf(f->name, sizeof f->name, "talk %u.wav", (unsigned)seed);
    (void)snprintf(f->path, sizeof f->path, "/srv/talks/talk %u.wav", (unsigned)seed);
    f->names[0] = f->name;
    f->paths[0] = f->path;
    f->rec.bytes = 1000 + seed;
    f->rec.samples = (int64_t)frames * EW_FP_HOP;
    f->rec.added_unix = 1700000000 + seed;
    f->rec.container = "wav";
    f->rec.codec = "pcm_s16le";
    f->rec.stored_rate_hz = 44100;
    f->rec.stored_channels = 2;
    f->rec.trouble = seed % 3 == 0 ? "ends early" : "";
    f->rec.name_count = 1;
    f->rec.names = f->names;
    f->rec.paths = f->paths;
}

static inline void fake_free(fake *f)
{
    free(f->fp.words);
    free(f->fp.wave);
    free(f->fp.keys);
}

static inline ew_code fake_put(ew_index_writer *w, const fake *f, ew_err *err)
{
    return ew_index_writer_put(w, &f->rec, &f->fp, 7000 + (int64_t)f->rec.bytes, err);
}

static inline int fake_order(const void *a, const void *b)
{
    const fake *x = *(const fake *const *)a;
    const fake *y = *(const fake *const *)b;
    return memcmp(x->rec.sha256, y->rec.sha256, 32);
}

/* What ew_index_probe has to answer for f[n], which are ascending by SHA-256. */
static inline ew_hits fake_truth(const fake *const *f, size_t n, const ew_probe *probes,
                                 size_t probe_count, uint64_t common)
{
    ew_hits h = {0};
    h.items = ew_alloc_array(1 << 20, sizeof *h.items);
    for (size_t p = 0; p < probe_count; p++) {
        uint64_t same = 0;
        size_t from = h.count;
        for (size_t r = 0; r < n; r++)
            for (uint32_t k = 0; k < f[r]->fp.key_count; k++) {
                ew_key key = f[r]->fp.keys[k];
                uint32_t x = key.word ^ probes[p].word;
                int d = __builtin_popcount(x & 0x3ff);
                if (x >> 10 != 0)
                    continue;
                same++;
                if (d > probes[p].slack)
                    continue;
                assert_true(h.count < 1 << 20);
                size_t at = h.count++;
                while (at > from && h.items[at - 1].rec == r &&
                       h.items[at - 1].frame == key.frame &&
                       h.items[at - 1].distance > d) {
                    h.items[at] = h.items[at - 1];
                    at--;
                }
                h.items[at] =
                    (ew_hit){(uint32_t)r, key.frame, probes[p].tag, (uint16_t)d};
            }
        if (common != 0 && same > common)
            h.count = from;
    }
    return h;
}

static inline void fake_probes(ew_probe *p, size_t n, uint32_t seed)
{
    uint64_t state = seed;
    for (size_t i = 0; i < n; i++)
        p[i] = (ew_probe){fake_word(&state), (uint16_t)(fake_random(&state) % 11),
                          (uint16_t)fake_random(&state)};
}

/* The snapshot must hold exactly f[n] (ascending) and answer as the truth does. */
static inline void fake_compare(const ew_index *ix, const fake *const *f, size_t n)
{
    enum { PROBES = 300 };
    ew_probe probes[PROBES];
    assert_int_equal(ew_index_count(ix), n);
    for (size_t r = 0; r < n; r++) {
        assert_memory_equal(ew_index_recording(ix, r)->sha256, f[r]->rec.sha256, 32);
        assert_int_equal(ew_index_frames(ix, r), f[r]->fp.frames);
        assert_memory_equal(ew_index_words(ix, r), f[r]->fp.words, f[r]->fp.frames * 4);
        assert_memory_equal(ew_index_wave(ix, r), f[r]->fp.wave, f[r]->fp.frames);
    }
    fake_probes(probes, PROBES, 5);
    for (uint64_t common = 0; common < 200; common += 40) {
        ew_hits truth = fake_truth(f, n, probes, PROBES, common);
        ew_hits hits = {0};
        uint64_t skipped = 0;
        assert_int_equal(
            ew_index_probe(ix, probes, PROBES, common, &hits, &skipped, NULL), EW_OK);
        assert_int_equal(hits.count, truth.count);
        assert_memory_equal(hits.items, truth.items, hits.count * sizeof *hits.items);
        ew_hits_release(&hits);
        ew_hits_release(&truth);
    }
}

#endif
