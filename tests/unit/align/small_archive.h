/* SPDX-License-Identifier: Apache-2.0 */
/* An archive of a few recordings made from arrays, numbered as they are put in. */
#ifndef EW_TEST_SMALL_ARCHIVE_H
#define EW_TEST_SMALL_ARCHIVE_H

#include "earwitness/align.h"
#include "earwitness/index.h"
#include "support.h"

static inline void small_put(ew_index_writer *w, int number, const float *mono, size_t n)
{
    static const char *const names[] = {"s0", "s1", "s2", "s3", "s4"};
    const char *const none[] = {""};
    ew_recording rec = {.samples = (int64_t)n,
                        .container = "wav",
                        .codec = "pcm",
                        .trouble = "",
                        .stored_rate_hz = EW_FP_RATE_HZ,
                        .stored_channels = 1,
                        .name_count = 1,
                        .names = &names[number],
                        .paths = none};
    ew_fp_maker *m = NULL;
    ew_fp *fp = NULL;

    rec.sha256[0] = (uint8_t)number; /* so that this is its number in the snapshot */
    assert_int_equal(ew_fp_maker_new(&m, NULL), EW_OK);
    assert_int_equal(ew_fp_maker_feed(m, mono, n, NULL), EW_OK);
    assert_int_equal(ew_fp_maker_finish(m, &fp, NULL), EW_OK);
    assert_int_equal(ew_index_writer_put(w, &rec, fp, 0, NULL), EW_OK);
    ew_fp_free(fp);
    ew_fp_maker_free(m);
}

/* A new archive in `dir` of `count` recordings of n samples each, one behind the other, opened. */
static inline ew_index *small_archive(const char *dir, const float *mono, int count,
                                      size_t n)
{
    ew_index_writer *w = NULL;
    ew_index *ix = NULL;

    assert_int_equal(ew_index_writer_open(&w, dir, 0, NULL), EW_OK);
    for (int i = 0; i < count; i++)
        small_put(w, i, mono + (size_t)i * n, n);
    ew_index_writer_close(w);
    assert_int_equal(ew_index_open(&ix, dir, NULL), EW_OK);
    return ix;
}

static inline ew_map *small_map(const ew_index *ix, const float *clip, size_t n)
{
    ew_map *map = NULL;
    ew_err err;

    if (ew_align_clip(ix, clip, n, NULL, NULL, &map, &err) != EW_OK)
        fail_msg("%s", err.text);
    assert_true(map->clip_samples == (int64_t)n);
    return map;
}

#endif
