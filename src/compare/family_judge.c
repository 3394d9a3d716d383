/* SPDX-License-Identifier: Apache-2.0 */
/* How well each copy is explained as made from each other: closeness, and what speaks
 * against a direction, since information only gets lost. */
#include <math.h>

#include "compare/family_parts.h"

/* Natural logarithms of odds, fitted on trees of known descent (docs/decisions/family.md). */
#define CLOSE_WEIGHT 30.0 /* per unit of ln(closeness): 3 % nearer counts 1 */
#define BEYOND_WEIGHT 8.0 /* sound beyond an end of the parent */
#define BEYOND_FROM 0.1   /* s: less is padding of codecs */
#define BEYOND_FULL 0.3   /* s */
#define BOOST_FROM_DB 1.3 /* codecs lift parts of the spectrum that much */
#define BOOST_MAX 6.0
#define OVERLAY_NEW 1.6 /* that something was laid over is less usual than not */
#define OVERLAY_GONE_MAX 8.0
#define OVERLAY_MIN 0.008  /* power against loud sound; coding stays below 0.003 */
#define UNMOVED_WEIGHT 1.5 /* unpacked, neither cut nor louder, and yet not the same */
#define UNMOVED_DB 0.75
#define ROOT_WEIGHT 1.0   /* better coded files are nearer to the source */
#define FAR_APART (-60.0) /* no common stretch */

bool ew_fam_has_overlay(const fam_side *s)
{
    return s->overlay > OVERLAY_MIN && s->overlay > 20 * s->overlay_usual;
}

/* Log odds of a closeness under coding like that of c. Files coded again on the same grid
 * come out closer than usual, above all by the same encoder at the same rate. */
static double coding_fits(const ew_copy *c, const ew_copy *p, double close)
{
    fam_coding k = ew_fam_coding(c), kp = ew_fam_coding(p);
    bool same = k.known && kp.known && fabs(k.mean - kp.mean) < 0.2;
    double z = (log(close) - k.mean) / k.sd;
    double fits = exp(-z * z / 2) + 0.01 * exp(-fabs(z) / 3);

    if (z > 0)
        fits += (same ? 0.1 : 0.03) * exp(-z / 4);
    return log(fits);
}

static double beyond(double seconds)
{
    return fmin(1, fmax(0, seconds - BEYOND_FROM) / BEYOND_FULL);
}

/* What is only unpacked from a lossy file is the same sound and stands aside as equal. What
 * differs was changed, and most changes are cuts or of level. */
static bool unmoved(const fam_copy *p, const fam_copy *c, double gain_db)
{
    double longer = (double)c->in->samples - (double)p->in->samples;

    return ew_fam_coding(c->in).exact && !ew_fam_coding(p->in).exact &&
           fabs(gain_db) < UNMOVED_DB &&
           fabs(c->offset - p->offset) < BEYOND_FROM * EW_FAMILY_RATE_HZ &&
           fabs(longer) < BEYOND_FROM * EW_FAMILY_RATE_HZ;
}

/* c made from p; side: c against p, back: p against c. */
static double weigh(const fam_copy *p, const fam_copy *c, double close,
                    const fam_side *side, const fam_side *back)
{
    double early = p->offset - c->offset;
    double late = c->offset + (double)c->in->samples - p->offset - (double)p->in->samples;
    double boost = side->boost_db - BOOST_FROM_DB;
    double w = CLOSE_WEIGHT * log(close) + coding_fits(c->in, p->in, close);

    w -= BEYOND_WEIGHT *
         (beyond(early / EW_FAMILY_RATE_HZ) + beyond(late / EW_FAMILY_RATE_HZ));
    w -= fmin(BOOST_MAX, fmax(0, boost));
    if (ew_fam_has_overlay(side))
        w -= OVERLAY_NEW;
    if (ew_fam_has_overlay(back))
        w -= fmin(OVERLAY_GONE_MAX, fmax(0, 5 * log10(back->overlay / 0.01)));
    return w;
}

void ew_fam_weights(const fam_group *g, const fam_pair *pairs, double *weight,
                    double *root)
{
    size_t n = g->count;

    for (size_t b = 0; b < n; b++) {
        root[b] = ROOT_WEIGHT * 0.3 * ew_fam_coding(g->copies[b]->in).mean;
        weight[b * n + b] = 0;
        for (size_t a = 0; a < b; a++) {
            const fam_pair *p = &pairs[ew_fam_pair_index(a, b)];
            const fam_copy *x = g->copies[a], *y = g->copies[b];
            double close = fmax(p->close, 1e-3);

            weight[a * n + b] = weight[b * n + a] = CLOSE_WEIGHT * log(1e-3) + FAR_APART;
            if (p->close < 0)
                continue;
            weight[a * n + b] = weigh(x, y, close, &p->side[0], &p->side[1]) -
                                (unmoved(x, y, p->gain_db) ? UNMOVED_WEIGHT : 0);
            weight[b * n + a] = weigh(y, x, close, &p->side[1], &p->side[0]) -
                                (unmoved(y, x, p->gain_db) ? UNMOVED_WEIGHT : 0);
        }
    }
}
