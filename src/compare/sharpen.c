/* SPDX-License-Identifier: Apache-2.0 */
/* Change points of the power of the residual. */
#include "compare/sharpen.h"

#include <math.h>

enum {
    REACH = 200, /* samples a border can move: 25 ms */
    SIDE = 640,  /* samples on either side that tell the two powers: 80 ms */
    SPAN = 2 * (REACH + SIDE)
};

/* With less than this ratio of the two powers nothing can be told. */
static const double least_ratio = 3;

/* At another speed the residual is that of two interpolations, and has no clear change. */
static const double unchanged = 1e-3;

typedef struct residual {
    float r[SPAN]; /* r[i] belongs to sample first + i */
    int64_t first;
} residual;

/* B less A along the line, A's level and polarity as on the inner side. */
static void take_away(residual *out, const ew_pair *p, const ew_border *d)
{
    float a[SPAN];
    double ab = 0, aa = 1e-12;
    int from = d->begins ? REACH + SIDE + REACH : 0;
    int to = d->begins ? SPAN : SIDE;

    out->first = (int64_t)d->t - REACH - SIDE;
    ew_cline_fetch(d->line, p, out->first, SPAN, out->r, a);
    for (int i = from; i < to; i++) {
        ab += (double)(a[i] * out->r[i]);
        aa += (double)(a[i] * a[i]);
    }
    for (int i = 0; i < SPAN; i++)
        out->r[i] -= (float)(ab / aa) * a[i];
}

static double power(const residual *r, int from, int to)
{
    double sum = 0;

    for (int i = from; i < to; i++)
        sum += (double)(r->r[i] * r->r[i]);
    return sum / (to - from) + 1e-12;
}

/* Adds, for each shift, what moving this border there is worth. */
static void weigh_shifts(double worth[2 * REACH + 1], const ew_pair *p,
                         const ew_border *d)
{
    residual r;
    double before, after, in, out, sum = 0;
    double sign = d->begins ? -1 : 1;

    take_away(&r, p, d);
    before = power(&r, 0, SIDE);
    after = power(&r, SPAN - SIDE, SPAN);
    in = d->begins ? after : before;
    out = d->begins ? before : after;
    if (out < least_ratio * in)
        return;
    /* Sample SIDE + i lies between shifts i - REACH and i + 1 - REACH. */
    for (int i = 0; i < 2 * REACH; i++) {
        double x = (double)(r.r[SIDE + i] * r.r[SIDE + i]);

        sum += sign * 0.5 * (log(out / in) + x / out - x / in);
        worth[i + 1] += sum;
    }
}

double ew_borders_shift(const ew_pair *p, const ew_border *borders, size_t n)
{
    double worth[2 * REACH + 1] = {0};
    int best = REACH;

    for (size_t i = 0; i < n; i++)
        if (borders[i].line != NULL && borders[i].line->wave &&
            fabs(borders[i].line->rate - 1) < unchanged)
            weigh_shifts(worth, p, &borders[i]);
    for (int i = 0; i <= 2 * REACH; i++)
        if (worth[i] > worth[best])
            best = i;
    /* At the edge of what was looked at it is no maximum. */
    return best == 0 || best == 2 * REACH ? 0 : best - REACH;
}
