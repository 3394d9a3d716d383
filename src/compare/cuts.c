/* SPDX-License-Identifier: Apache-2.0 */
/* Searches for the point at which all sides agree best. */
#include "compare/cuts.h"

#include <math.h>

#include "compare/sharpen.h"

enum {
    SEARCH = 1200, /* samples to either side: 150 ms */
    STRIDE = 8,
    GIVE_MAX = 4000, /* half a second */
    PAUSE = 800      /* samples within which nothing tells where a border is */
};

double ew_cline_evidence(const ew_cline *l, double t0, double t1)
{
    double sum = 0;

    if (t1 < t0)
        return -ew_cline_evidence(l, t1, t0);
    for (double t = t0; t < t1;) {
        int64_t f = (int64_t)floor(t / EW_CMP_HOP);
        double next = fmin(t1, (double)((f + 1) * EW_CMP_HOP));

        if (f >= l->first && f < l->end)
            sum += (double)l->weight[f - l->first] * (next - t) / EW_CMP_HOP;
        else
            sum -= (next - t) / EW_CMP_HOP; /* out of its range: against it */
        t = next;
    }
    return sum;
}

void ew_cut_at_point(const ew_clines *l, ew_span *x, ew_span *middle, ew_span *y)
{
    const ew_cline *lx = &l->items[x->line], *ly = &l->items[y->line];
    double best = -1e300, best_b = x->b1;
    double y_end;

    for (int d = -SEARCH; d <= SEARCH; d += STRIDE) {
        double b1 = x->b1 + d;
        double b2 = ew_cline_back(ly, ew_cline_place(lx, b1));
        double fit;

        if (b1 <= x->b0 || b2 >= y->b1 || b2 < b1)
            continue;
        fit = ew_cline_evidence(lx, x->b1, b1) - ew_cline_evidence(ly, y->b0, b2);
        if (middle != NULL)
            fit += ew_cline_evidence(&l->items[middle->line], b1, b2);
        fit -= 1e-4 * fabs((double)d); /* nearest wins where nothing tells */
        if (fit > best) {
            best = fit;
            best_b = b1;
        }
    }
    if (best <= -1e299)
        return;
    y_end = y->b1;
    ew_span_set(x, lx, x->b0, best_b);
    ew_span_set(y, ly, ew_cline_back(ly, x->a1), y_end);
    if (middle != NULL)
        ew_span_set(middle, &l->items[middle->line], best_b, y->b0);
}

/* How far the border can go from b, forward or back, before two nats are lost. */
static double give_way(const ew_cline *x, const ew_cline *y, double b, bool forward)
{
    const ew_cline *gains = forward ? x : y, *loses = forward ? y : x;
    double lost = 0, moved = 0;

    for (; moved < GIVE_MAX && lost < 2; moved += EW_CMP_HOP) {
        double t = forward ? b + moved : b - moved - EW_CMP_HOP;

        if (loses != NULL)
            lost += ew_cline_evidence(loses, t, t + EW_CMP_HOP);
        if (gains != NULL)
            lost -= ew_cline_evidence(gains, t, t + EW_CMP_HOP);
    }
    return moved;
}

double ew_cut_spread(const ew_cline *x, const ew_cline *y, double b)
{
    double after = give_way(x, y, b, true), before = give_way(x, y, b, false);

    /* In a pause the border may lie at its other end. */
    return after + before > PAUSE ? fmax(after, before) / 2 : (after + before) / 4;
}

void ew_cut_sharpen(const ew_pair *p, const ew_clines *l, ew_span *x, ew_span *y)
{
    const ew_cline *lx = x != NULL ? &l->items[x->line] : NULL;
    const ew_cline *ly = y != NULL ? &l->items[y->line] : NULL;
    const ew_border borders[] = {{lx, x != NULL ? x->b1 : 0, false},
                                 {ly, y != NULL ? y->b0 : 0, true}};
    double shift = ew_borders_shift(p, borders, 2);

    if (x != NULL && x->b1 + shift > x->b0)
        ew_span_set(x, lx, x->b0, x->b1 + shift);
    if (y != NULL && y->b0 + shift < y->b1)
        ew_span_set(y, ly, y->b0 + shift, y->b1);
}

void ew_cut_sharpen_middle(const ew_pair *p, const ew_clines *l, ew_span *const three[3])
{
    ew_span *x = three[0], *m = three[1], *y = three[2];
    const ew_cline *lx = &l->items[x->line], *lm = &l->items[m->line];
    const ew_cline *ly = &l->items[y->line];
    const ew_border borders[] = {
        {lx, x->b1, false}, {lm, m->b0, true}, {lm, m->b1, false}, {ly, y->b0, true}};
    double shift = ew_borders_shift(p, borders, 4);

    ew_span_set(x, lx, x->b0, x->b1 + shift);
    ew_span_set(m, lm, m->b0 + shift, m->b1 + shift);
    ew_span_set(y, ly, y->b0 + shift, y->b1);
}
