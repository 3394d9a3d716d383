/* SPDX-License-Identifier: Apache-2.0 */
/* Two recordings and the edits between them. */
#ifndef EW_TEST_DIFF_DESK_H
#define EW_TEST_DIFF_DESK_H

#include <math.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "earwitness/diff.h"
#include "earwitness/fingerprint.h"
#include "support.h"

enum { RATE = EW_FP_RATE_HZ, ROOM = 100 * RATE };

/* Recording A, foreign sound F, and B in the making. */
typedef struct desk {
    float *a, *f, *b;
    size_t na, nf, nb;
    size_t f_used;
    uint64_t state;
} desk;

static inline void open_desk(desk *d, double seconds, uint64_t seed)
{
    uint64_t noise = seed ^ 0x5bd1e995;

    *d = (desk){.na = (size_t)(seconds * RATE), .nf = 30 * RATE, .state = seed};
    d->a = calloc(d->na, sizeof(float));
    d->f = calloc(d->nf, sizeof(float));
    d->b = calloc(ROOM, sizeof(float));
    test_speech(d->a, d->na, RATE, seed);
    test_speech(d->f, d->nf, RATE, seed + 1000);
    for (size_t i = 0; i < d->na; i++)
        d->a[i] += 0.001f * ((float)(test_random(&noise) >> 40) / 8388608.0f - 1);
}

static inline void close_desk(desk *d)
{
    free(d->a);
    free(d->f);
    free(d->b);
}

static inline void put(desk *d, const float *x, size_t n)
{
    assert_true(d->nb + n <= ROOM);
    memcpy(d->b + d->nb, x, n * sizeof(float));
    d->nb += n;
}

static inline void put_a(desk *d, double from, double to)
{
    put(d, d->a + (size_t)(from * RATE), (size_t)(to * RATE) - (size_t)(from * RATE));
}

static inline void put_foreign(desk *d, double seconds)
{
    put(d, d->f + d->f_used, (size_t)(seconds * RATE));
    d->f_used += (size_t)(seconds * RATE);
}

static inline ew_diff *compare(const float *a, size_t na, const float *b, size_t nb)
{
    ew_diff *out = NULL;
    ew_err err;

    if (ew_diff_sounds(a, na, b, nb, NULL, &out, &err) != EW_OK)
        fail_msg("%s", err.text);
    return out;
}

static inline ew_diff *compare_desk(const desk *d)
{
    return compare(d->a, d->na, d->b, d->nb);
}

/* op, then a_start, a_end, b_start, b_end in seconds */
typedef struct want {
    ew_edit_op op;
    double at[4];
} want;

static inline bool near_all(const ew_edit *e, const want *w, double tolerance)
{
    const double got[] = {e->a_start, e->a_end, e->b_start, e->b_end};

    if (e->op != w->op)
        return false;
    for (int i = 0; i < 4; i++)
        if (fabs(got[i] / RATE - w->at[i]) > tolerance)
            return false;
    return true;
}

static inline void print_edits(const ew_diff *d)
{
    for (size_t i = 0; i < d->edit_count; i++)
        print_message("# got %s a %.3f-%.3f b %.3f-%.3f\n", ew_edit_name(d->edits[i].op),
                      d->edits[i].a_start / RATE, d->edits[i].a_end / RATE,
                      d->edits[i].b_start / RATE, d->edits[i].b_end / RATE);
}

static inline void expect_edits(const ew_diff *d, const want *w, size_t n)
{
    bool all = d->edit_count == n;

    for (size_t i = 0; i < n; i++) {
        bool found = false;

        for (size_t k = 0; k < d->edit_count && !found; k++)
            found = near_all(&d->edits[k], &w[i], 0.05);
        all = all && found;
    }
    if (all)
        return;
    print_edits(d);
    for (size_t i = 0; i < n; i++)
        print_message("# want %s a %.3f-%.3f b %.3f-%.3f\n", ew_edit_name(w[i].op),
                      w[i].at[0], w[i].at[1], w[i].at[2], w[i].at[3]);
    fail_msg("edits are not those that were made");
}

#endif
