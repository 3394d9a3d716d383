/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of published derivatives: a file, cut, and what is shown of it. */
#ifndef EW_TEST_PUBLISHED_H
#define EW_TEST_PUBLISHED_H

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "seal/published.h"
#include "support.h"

enum { PUBLISHED_MAX = 1 << 20 };

typedef struct item {
    const uint8_t *bytes;
    size_t size;
    ew_cuts cuts;
    ew_stream s;
    uint64_t *lengths;
    ew_shown *shown;
    ew_published_in in;
} item;

static inline void item_cut(item *it, const void *bytes, size_t n, ew_splitter which)
{
    ew_memory m = {bytes, n};
    ew_src src = ew_src_memory(&m);
    *it = (item){.bytes = bytes, .size = n};
    assert_int_equal(ew_split(&src, which, &it->cuts, &it->s, NULL), EW_OK);
    it->lengths = ew_alloc_array(it->cuts.n, sizeof *it->lengths);
    it->shown = ew_alloc_array(it->cuts.n, sizeof *it->shown);
    for (size_t i = 0; i < it->cuts.n; i++)
        it->lengths[i] = it->cuts.ends[i] - (i > 0 ? it->cuts.ends[i - 1] : 0);
}

/* "##.#": which parts are shown. */
static inline void item_show(item *it, const char *which)
{
    size_t n = 0;
    assert_int_equal(strlen(which), it->cuts.n);
    for (size_t i = 0; i < it->cuts.n; i++) {
        if (which[i] != '#')
            continue;
        uint64_t at = i > 0 ? it->cuts.ends[i - 1] : 0;
        if (i == 0 || which[i - 1] != '#')
            it->shown[n++] =
                (ew_shown){i, 0, it->cuts.kinds + i, it->lengths + i, it->bytes + at};
        it->shown[n - 1].count++;
    }
    for (size_t r = 0; r < n; r++)
        assert_true(ew_split_fits(&it->s, &it->shown[r]));
    it->in = (ew_published_in){.stream = &it->s, .runs = it->shown, .run_count = n};
}

static inline void item_drop(item *it)
{
    ew_cuts_release(&it->cuts);
    ew_free(it->lengths);
    ew_free(it->shown);
}

static inline ew_code published_put(void *cookie, const void *bytes, size_t n,
                                    ew_err *err)
{
    return ew_buf_append(cookie, bytes, n, err);
}

static inline void published_make(const item *it, ew_filler f, ew_buf *b)
{
    ew_published_out out = {published_put, b};
    ew_buf_init(b, PUBLISHED_MAX);
    assert_true(ew_published_possible(&it->in, f, NULL));
    assert_int_equal(ew_published_make(&it->in, f, &out, NULL), EW_OK);
}

static inline bool published_is(const item *it, const void *bytes, size_t n, ew_filler *f)
{
    bool same = false;
    ew_slice s = {bytes, n};
    assert_int_equal(ew_published_check(&it->in, s, &same, f, NULL), EW_OK);
    return same;
}

/* Everything near the derivative is refused: each byte changed, bytes added, left out. */
static inline void published_refuse_near(const item *it, const ew_buf *b)
{
    ew_filler f;
    uint8_t *other = malloc(b->len + 64);
    assert_non_null(other);
    for (size_t i = 0; i < b->len; i++) {
        memcpy(other, b->data, b->len);
        other[i] ^= 1;
        assert_false(published_is(it, other, b->len, &f));
    }
    for (size_t n = 0; n < b->len; n++)
        assert_false(published_is(it, b->data, n, &f));
    memcpy(other, b->data, b->len);
    memset(other + b->len, 0, 64);
    for (size_t n = 1; n <= 64; n++)
        assert_false(published_is(it, other, b->len + n, &f));
    free(other);
}

#endif
