/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are cut into parts, and those parts. */
#ifndef EW_TEST_SPLIT_MADE_H
#define EW_TEST_SPLIT_MADE_H

#include "seal/split.h"

#include "vectors.h"

enum { PARTS = 256 };

typedef struct split {
    ew_cuts cuts;
    ew_stream s;
    uint64_t lengths[PARTS];
} split;

static inline ew_code try_split(const void *bytes, size_t n, ew_splitter which,
                                split *out)
{
    ew_memory m = {bytes, n};
    ew_src src = ew_src_memory(&m);
    ew_err err;
    ew_code code = ew_split(&src, which, &out->cuts, &out->s, &err);
    uint64_t at = 0;
    for (size_t i = 0; code == EW_OK && i < out->cuts.n && i < PARTS; i++) {
        assert_true(out->cuts.ends[i] >= at);
        out->lengths[i] = out->cuts.ends[i] - at;
        at = out->cuts.ends[i];
    }
    if (code == EW_OK && out->cuts.n <= PARTS)
        assert_int_equal(at, n);
    return code;
}

static inline ew_shown shown(const split *p, const void *bytes, size_t first,
                             size_t count)
{
    uint64_t at = first > 0 ? p->cuts.ends[first - 1] : 0;
    return (ew_shown){first, count, p->cuts.kinds + first, p->lengths + first,
                      (const uint8_t *)bytes + at};
}

/* Splits, and checks every stretch. */
static inline split checked(const void *bytes, size_t n, ew_splitter which,
                            ew_splitter want)
{
    split p;
    assert_int_equal(try_split(bytes, n, which, &p), EW_OK);
    assert_int_equal(p.s.splitter, want);
    assert_int_equal(p.s.n, p.cuts.n);
    assert_true(p.cuts.n <= PARTS);
    for (size_t i = 0; i < p.cuts.n; i++)
        for (size_t k = 1; i + k <= p.cuts.n; k++) {
            ew_shown run = shown(&p, bytes, i, k);
            if (!ew_split_fits(&p.s, &run))
                fail_msg("parts %zu + %zu do not pass", i, k);
        }
    return p;
}

/* Row 9: every part cut in two at every byte. One of the halves is refused, whatever place it
 * claims; `same` stands for the few cuts that make two parts of their own right. */
static inline size_t cut_everywhere(const split *p, const uint8_t *bytes)
{
    size_t passed = 0;
    for (size_t i = 0; i < p->cuts.n; i++) {
        ew_shown whole = shown(p, bytes, i, 1);
        for (uint64_t at = 1; at < p->lengths[i]; at++) {
            ew_stream s = p->s;
            const uint64_t lengths[2] = {at, p->lengths[i] - at};
            const uint8_t kinds[2] = {whole.kinds[0], whole.kinds[0]};
            ew_shown both = {whole.first, 2, kinds, lengths, whole.bytes};
            s.n++; /* as a seal with one part more would have it */
            passed += ew_split_fits(&s, &both);
        }
    }
    return passed;
}

#endif
