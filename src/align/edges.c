/* SPDX-License-Identifier: Apache-2.0 */
/* The words see 190 ms at once, the wave 32 ms: near an edge found by words, the wave's courses
 * along both lines say where the change is. Where there is no sound in the band, the edge stays. */
#include "align/edges.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

enum {
    RATE = EW_FP_RATE_HZ,
    REACH = 3 * RATE / 20, /* an edge moves at most this far: 150 ms */
    STEADY = 2 * RATE / 5, /* of a piece's sound that gives its phase */
    CLEAR = RATE / 25,     /* nearest to the edge that counts as steady */
    N = 2 * REACH / EW_COURSE_STEP + 1
};

#define NOTHING 0.45 /* what the course must reach on average to go on beside nothing */
#define HOLD_JOIN 0.012   /* pull of the place found by words, per step and step ... */
#define HOLD_OUTWARD 0.03 /* ... outward, where there is nothing on the other side ... */
#define HOLD_INWARD 0.012 /* ... and inward, which claims less */

/* The course of a piece around an edge. `before`: the piece lies before the edge. */
static ew_code course_of(ew_scene *s, const ew_draft *d, int64_t edge, bool before,
                         float out[N], ew_err *err)
{
    ew_course c = {.from = edge - REACH, .n = N};

    c.steady_from = before ? edge - CLEAR - STEADY : edge + CLEAR;
    c.steady_to = before ? edge - CLEAR : edge + CLEAR + STEADY;
    if (c.steady_from < d->from)
        c.steady_from = d->from;
    if (c.steady_to > d->to)
        c.steady_to = d->to;
    return ew_line_course(s, &d->line, &c, out, err);
}

/* How strongly an edge is held at the place found by words, per step and step. */
typedef struct hold {
    double earlier, later;
} hold;

/* Step at which the sum of `left` before and `right` from there on is largest, held near the
 * middle. */
static int best_step(const float left[N], const float right[N], hold h)
{
    double sum = 0, best = -1e30;
    int at = N / 2;

    for (int i = 0; i < N; i++)
        sum += (double)right[i];
    for (int i = 0; i < N; i++) {
        double off = i - N / 2, score = sum - (off < 0 ? h.earlier : h.later) * off * off;

        if (score > best) {
            best = score;
            at = i;
        }
        sum += (double)left[i] - (double)right[i];
    }
    return at;
}

static bool has_wave(const ew_draft *d)
{
    return d->wave.rho >= EW_LOCK_RHO && !d->backwards;
}

static hold hold_of(const ew_draft *a, const ew_draft *b)
{
    if (a && b)
        return (hold){HOLD_JOIN, HOLD_JOIN};
    return a ? (hold){HOLD_INWARD, HOLD_OUTWARD} : (hold){HOLD_OUTWARD, HOLD_INWARD};
}

/* The new place of the edge between a and b; one of them may be NULL (nothing there). */
static ew_code find_edge(ew_scene *s, const ew_draft *a, const ew_draft *b, int64_t edge,
                         int64_t *place, ew_err *err)
{
    float left[N], right[N];
    ew_code rc = EW_OK;

    *place = edge;
    if ((a && !has_wave(a)) || (b && !has_wave(b)))
        return EW_OK;
    for (int i = 0; i < N; i++)
        left[i] = right[i] = (float)NOTHING;
    if (a)
        rc = course_of(s, a, edge, true, left, err);
    if (rc == EW_OK && b)
        rc = course_of(s, b, edge, false, right, err);
    if (rc == EW_OK)
        *place = edge + (best_step(left, right, hold_of(a, b)) - N / 2) * EW_COURSE_STEP;
    return rc;
}

ew_code ew_edges_refine(ew_scene *s, ew_drafts *d, ew_err *err)
{
    int64_t end = (int64_t)s->samples, place;
    ew_code rc = EW_OK;

    for (size_t i = 0; i < d->count && rc == EW_OK; i++) {
        ew_draft *a = &d->items[i], *b = i + 1 < d->count ? a + 1 : NULL;
        bool meets = b && b->from == a->to;

        if (a->from > 0 && (i == 0 || a[-1].to < a->from)) {
            rc = find_edge(s, NULL, a, a->from, &place, err);
            if (rc == EW_OK && place < a->to && (i == 0 || place >= a[-1].to))
                a->from = place;
        }
        if (rc < 0 || a->to >= end)
            continue;
        rc = find_edge(s, a, meets ? b : NULL, a->to, &place, err);
        if (rc < 0 || place <= a->from || (b && place >= (meets ? b->to : b->from)))
            continue;
        a->to = place;
        if (meets)
            b->from = place;
    }
    return rc;
}
