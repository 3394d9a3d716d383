/* SPDX-License-Identifier: Apache-2.0 */
/* Spread of borders, and what a claim of this kind was worth on the measured pairs. */
#include "compare/sure.h"

#include <math.h>

#include "compare/cuts.h"
#include "earwitness/fingerprint.h"

enum {
    LEAST_SPREAD = 64,  /* samples, 8 ms: windows of comparison, crossfades */
    CLEAR_LENGTH = 2000 /* shorter edits are less sure */
};

static const double pause_ms =
    25;                          /* a border that could lie this far off is in a pause */
static const double sure = 0.98; /* share of edits that are right: docs/accuracy.md */
static const double half_sure = 0.8; /* where no wave could be followed: not measured */

bool ew_lines_by_wave(const ew_clines *l)
{
    for (size_t i = 0; i < l->count; i++)
        if (l->items[i].wave)
            return true;
    return false;
}

/* Spans that end or begin at a place of B, and how exactly that place is known. */
static double spread_at(const ew_clines *l, const ew_spans *s, double b)
{
    const ew_cline *x = NULL, *y = NULL;
    size_t lo = 0, hi = s->count;

    /* The first span that begins at b or later. */
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;

        if (s->items[mid].b0 < b - 1)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo < s->count && s->items[lo].b0 < b + 1)
        y = &l->items[s->items[lo].line];
    if (lo > 0 && fabs(s->items[lo - 1].b1 - b) < 1)
        x = &l->items[s->items[lo - 1].line];
    return x == NULL && y == NULL ? 0 : ew_cut_spread(x, y, b);
}

static void rate_edit(ew_edit *e, const ew_clines *l, const ew_spans *s, double certainty)
{
    const double ms = 1000.0 / EW_FP_RATE_HZ;
    double onset = e->op == EW_EDIT_SPEED && e->pitch > 0.999 && e->pitch < 1.001
                       ? EW_STRETCH_ONSET
                       : 0;
    double start = spread_at(l, s, e->b_start + onset);
    double end = spread_at(l, s, e->b_end);
    double length = fmax(e->a_end - e->a_start, e->b_end - e->b_start);

    e->at_pause = fmax(start, end) * ms > pause_ms;
    start = hypot(fmax(start, LEAST_SPREAD), onset / 2);
    end = fmax(end, LEAST_SPREAD);
    e->a_start_sd_ms = e->b_start_sd_ms = start * ms;
    e->a_end_sd_ms = e->b_end_sd_ms = end * ms;
    if (e->op == EW_EDIT_INSERT)
        e->a_end_sd_ms = e->a_start_sd_ms;
    if (e->op == EW_EDIT_DELETE)
        e->a_end_sd_ms = e->b_end_sd_ms = e->a_start_sd_ms;
    e->certainty = length < CLEAR_LENGTH ? certainty - 0.1 : certainty;
}

void ew_edits_rate(ew_diff *d, const ew_clines *l, const ew_spans *s)
{
    double certainty = ew_lines_by_wave(l) ? sure : half_sure;

    for (size_t i = 0; i < d->edit_count; i++)
        rate_edit(&d->edits[i], l, s, certainty);
}
