/* SPDX-License-Identifier: Apache-2.0 */
/* Judging drafts. Limits were set on three sets of clips with their held-back speech; the counts
 * are in docs/accuracy.md. */
#include "align/draft.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

/* Wave and spectrum together: (rho - CHANCE_RHO) * sqrt(s + 0.2) + BOTH_PER_Z * z. */
#define CHANCE_RHO 0.15
#define BOTH_PER_Z 0.004
#define BOTH_LEAST 0.41
/* Spectrum alone: the highest z of another take was 34. */
#define ALONE_Z 45.0
#define ALONE_PER_Z 0.01

enum {
    RATE = EW_FP_RATE_HZ,
    SAME_LINE = 3 * EW_FP_HOP / 2 /* samples by which a continued line may be off */
};

void ew_drafts_release(ew_drafts *d)
{
    for (size_t i = 0; i < d->count; i++)
        ew_free(d->items[i].others);
    ew_free(d->items);
    memset(d, 0, sizeof(*d));
}

ew_code ew_drafts_push(ew_drafts *d, const ew_draft *piece, ew_err *err)
{
    if (d->count == d->cap) {
        size_t cap = d->cap ? 2 * d->cap : 32;
        ew_draft *p = ew_realloc_array(d->items, cap, sizeof(*p));

        if (!p)
            return ew_fail_nomem(err);
        d->items = p;
        d->cap = cap;
    }
    d->items[d->count++] = *piece;
    return EW_OK;
}

double ew_draft_z(const ew_draft *d)
{
    return d->agreement / sqrt(d->power + 1e-9);
}

/* How far the evidence is beyond what other takes of the same words reach: spectra (z) and
 * waves together, or so much of the spectrum that waves need not agree, as they do not after a
 * change of tempo or pitch alone. 0 is the limit of a claim. */
double ew_draft_margin(const ew_draft *d)
{
    double seconds = (double)(d->to - d->from) / RATE, z = ew_draft_z(d);
    double wave = (d->wave.rho - CHANCE_RHO) * sqrt(seconds + 0.2);
    double both = wave + BOTH_PER_Z * z - BOTH_LEAST;
    double alone = ALONE_PER_Z * (z - ALONE_Z);

    return both > alone ? both : alone;
}

double ew_draft_certainty(double margin)
{
    double c = 1 / (1 + exp(-(2.2 + 35 * margin)));

    return c < 0.999 ? c : 0.999;
}

/* Does b go on where a is, as far as the words can tell? */
bool ew_draft_continues(const ew_draft *a, const ew_draft *b)
{
    double at = 0.5 * (double)(a->to + b->from);
    double slack = SAME_LINE + 0.002 * (double)(b->from - a->to);

    return a->line.rec == b->line.rec && a->backwards == b->backwards &&
           fabs(ew_line_source(&a->line, at) - ew_line_source(&b->line, at)) < slack &&
           fabs(a->line.tempo - b->line.tempo) < 0.03;
}

void ew_draft_join(ew_draft *a, ew_draft *b)
{
    if (b->to - b->from > a->to - a->from)
        a->line = b->line; /* the longer one knows the tempo better */
    a->wave.rho =
        a->wave.rho * (double)(a->to - a->from) + b->wave.rho * (double)(b->to - b->from);
    a->wave.rho /= (double)(a->to - a->from + b->to - b->from);
    a->wave.windows += b->wave.windows;
    a->to = b->to;
    a->agreement += b->agreement;
    a->power += b->power;
    if (a->other_count == 0) {
        a->others = b->others;
        a->other_count = b->other_count;
    } else {
        ew_free(b->others);
    }
    b->others = NULL;
    b->other_count = 0;
}

void ew_drafts_join(ew_drafts *d, ew_draft_same same, const void *cookie)
{
    size_t kept = 0;

    for (size_t i = 0; i < d->count; i++) {
        if (kept > 0 && same(cookie, &d->items[kept - 1], &d->items[i]))
            ew_draft_join(&d->items[kept - 1], &d->items[i]);
        else
            d->items[kept++] = d->items[i];
    }
    d->count = kept;
}
