/* SPDX-License-Identifier: Apache-2.0 */
/* Normalized cross-correlation of samples of B with A, by blocks of transforms. */
#include "compare/search.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "dsp/fft.h"
#include "earwitness/fingerprint.h"

enum {
    SIZE = 32768,         /* samples of one transform */
    PROBE = 4096,         /* samples of B that are looked for: half a second */
    VALID = SIZE - PROBE, /* places of A that one transform answers */
    GAP_LEAST = 2400,     /* samples: shorter gaps are not searched */
    BLOCKS_MAX = 3000     /* transforms of A in all */
};

/* Least correlation, at whole samples, of what may be a copy. */
static const double copy_rho = 0.3;
/* A copy agrees as well as the rest of B does with A, or nearly so. */
static const double copy_fit = 0.85;
/* What is nearly as good elsewhere is a tone or a loop, and has no place. */
static const double next_best = 0.8;

typedef struct searcher {
    const ew_pair *p;
    ew_fft *fft;
    ew_cpx *probe, *spec; /* [SIZE / 2 + 1] */
    float *x;             /* [SIZE] */
    double *energy;       /* [SIZE + 1] prefix sums of a block */
    double fit;           /* of a copy, at least */
} searcher;

typedef struct peak {
    double rho, next; /* next: best one elsewhere */
    int64_t at;       /* sample of A */
} peak;

static const float emphasis = 0.9f;

static void fetch(const float *from, int64_t n, int64_t at, size_t count, float *out)
{
    for (size_t i = 0; i < count; i++) {
        int64_t j = at + (int64_t)i;
        float x = j >= 0 && j < n ? from[j] : 0;

        out[i] = x - (j > 0 && j <= n ? emphasis * from[j - 1] : 0);
    }
}

static ew_code make(searcher *s, const ew_pair *p, ew_err *err)
{
    *s = (searcher){.p = p};
    s->probe = ew_alloc_array(SIZE / 2 + 1, sizeof(*s->probe));
    s->spec = ew_alloc_array(SIZE / 2 + 1, sizeof(*s->spec));
    s->x = ew_alloc_array(SIZE, sizeof(*s->x));
    s->energy = ew_alloc_array(SIZE + 1, sizeof(*s->energy));
    if (s->probe == NULL || s->spec == NULL || s->x == NULL || s->energy == NULL)
        return ew_fail_nomem(err);
    return ew_fft_new(&s->fft, SIZE, err);
}

static void release(searcher *s)
{
    ew_fft_free(s->fft);
    ew_free(s->probe);
    ew_free(s->spec);
    ew_free(s->x);
    ew_free(s->energy);
}

/* Keeps the best place, and the best that is not beside it. */
static void offer(peak *best, double rho, int64_t at)
{
    bool beside = at - best->at < PROBE / 8 && best->at - at < PROBE / 8;

    if (rho > best->rho) {
        if (!beside)
            best->next = best->rho;
        best->rho = rho;
        best->at = at;
    } else if (rho > best->next && !beside) {
        best->next = rho;
    }
}

/* Places [at, at + VALID) of A against the probe, whose energy is given. */
static void search_block(searcher *s, int64_t at, double energy, peak *best)
{
    fetch(s->p->a, s->p->na, at, SIZE, s->x);
    s->energy[0] = 0;
    for (size_t i = 0; i < SIZE; i++)
        s->energy[i + 1] = s->energy[i] + (double)(s->x[i] * s->x[i]);
    ew_fft_forward(s->fft, s->x, s->spec);
    for (size_t k = 0; k <= SIZE / 2; k++) {
        ew_cpx a = s->spec[k], b = s->probe[k];

        s->spec[k] = (ew_cpx){a.re * b.re + a.im * b.im, a.im * b.re - a.re * b.im};
    }
    ew_fft_inverse(s->fft, s->spec, s->x);
    for (size_t i = 0; i < VALID; i++) {
        double aa = s->energy[i + PROBE] - s->energy[i];

        if (aa > 1e-3 * energy)
            offer(best, fabs((double)s->x[i]) / SIZE / sqrt(aa * energy),
                  at + (int64_t)i);
    }
}

/* Looks for B's samples [t, t + PROBE) in A within `reach` of `near`. */
static peak search(searcher *s, int64_t t, double near, int64_t reach)
{
    peak best = {0, 0, INT64_MIN / 2};
    int64_t from = (int64_t)near - reach, to = (int64_t)near + reach;
    double energy = 0;

    from = from < 0 ? 0 : from;
    to = to > s->p->na ? s->p->na : to;
    memset(s->x, 0, SIZE * sizeof(*s->x));
    fetch(s->p->b, s->p->nb, t, PROBE, s->x);
    for (size_t i = 0; i < PROBE; i++)
        energy += (double)(s->x[i] * s->x[i]);
    if (energy < 1e-9)
        return best;
    ew_fft_forward(s->fft, s->x, s->probe);
    for (int64_t at = from; at < to; at += VALID)
        search_block(s, at, energy, &best);
    return best;
}

/* ------------------------------------------------------------------ gaps */

typedef struct hole {
    int64_t from, to; /* samples of B */
    double near;      /* place of A beside it */
} hole;

/* The gap before line i (count: after the last); true when it is worth a search. */
static bool hole_before(const ew_clines *l, size_t i, const ew_loudness *loud, hole *h)
{
    const ew_cline *x = i > 0 ? &l->items[i - 1] : NULL;
    const ew_cline *y = i < l->count ? &l->items[i] : NULL;

    h->from = x != NULL ? x->to : 0;
    h->to = y != NULL ? y->from : loud->pair->nb;
    h->near = x != NULL   ? ew_cline_place(x, (double)h->from)
              : y != NULL ? ew_cline_place(y, (double)h->to)
                          : 0;
    return h->to - h->from >= GAP_LEAST &&
           ew_gap_sound(loud, false, (double)h->from, (double)h->to) * EW_FP_RATE_HZ >
               GAP_LEAST / 2;
}

static int64_t probes_in(const hole *h)
{
    return (h->to - h->from + PROBE - 1) / PROBE;
}

/* A line through the place that was found, followed; false when it is no copy. */
static bool make_line(const searcher *s, ew_cline *new, int64_t t, int64_t at,
                      ew_code *rc, ew_err *err)
{
    *new = (ew_cline){.at = (double)(at - t),
                      .rate = 1,
                      .pitch = 1,
                      .from = t,
                      .to = t + PROBE,
                      .searched = true};
    *rc = ew_cline_follow(new, s->p, err);
    if (*rc == EW_OK && new->wave &&new->fit >= s->fit)
        return true;
    ew_free(new->lag);
    return false;
}

static ew_code add_line(ew_clines *l, const hole *h, ew_cline *new, ew_err *err)
{
    ew_cline *more = ew_realloc_array(l->items, l->count + 1, sizeof(*more));
    size_t i = l->count;

    if (more == NULL) {
        ew_free(new->lag);
        return ew_fail_nomem(err);
    }
    l->items = more;
    if (new->from < h->from)
        new->from = h->from;
    if (new->to > h->to)
        new->to = h->to;
    for (; i > 0 && l->items[i - 1].from > new->from; i--)
        l->items[i] = l->items[i - 1];
    l->items[i] = *new;
    l->count++;
    return EW_OK;
}

/* Searches one gap from `from` on; a probe that goes on where the one before was found is on
 * the same line. *added lines are put before line *i. */
static ew_code search_hole(searcher *s, ew_clines *l, const hole *h, int64_t reach,
                           size_t *added, ew_err *err)
{
    int64_t count = probes_in(h);
    double last = -1e18;
    ew_code rc = EW_OK;

    *added = 0;
    for (int64_t k = 0; k < count && rc == EW_OK; k++) {
        /* In short gaps the probe is in the middle and reaches over the ends. */
        int64_t t = count == 1 ? (h->from + h->to - PROBE) / 2 : h->from + k * PROBE;
        ew_cline new;
        peak best;

        if (k > 0 && t + PROBE > h->to)
            t = h->to - PROBE;
        best = search(s, t, h->near, reach);
        if (best.rho < copy_rho || best.next > next_best * best.rho ||
            fabs((double)(best.at - t) - last) < 24)
            continue;
        if (!make_line(s, &new, t, best.at, &rc, err))
            continue;
        last = (double)(best.at - t);
        rc = add_line(l, h, &new, err);
        *added += rc == EW_OK;
    }
    return rc;
}

/* Mean fit of the lines that are there, by length. */
static double typical_fit(const ew_clines *l)
{
    double sum = 0, weight = 1e-9;

    for (size_t i = 0; i < l->count; i++) {
        double w = (double)(l->items[i].to - l->items[i].from);

        if (!l->items[i].wave)
            continue;
        sum += w * l->items[i].fit;
        weight += w;
    }
    return sum / weight;
}

ew_code ew_search_gaps(ew_clines *l, const ew_loudness *loud, ew_err *err)
{
    int64_t probes = 0, reach, blocks;
    hole h;
    searcher s;
    ew_code rc;

    for (size_t i = 0; i <= l->count; i++)
        if (hole_before(l, i, loud, &h))
            probes += probes_in(&h);
    if (probes == 0)
        return EW_OK;
    blocks = BLOCKS_MAX / probes;
    if (blocks == 0)
        return EW_OK;
    reach = blocks * VALID / 2;
    if (blocks * VALID > loud->pair->na)
        reach = loud->pair->na;
    rc = make(&s, loud->pair, err);
    s.fit = copy_fit * typical_fit(l);
    for (size_t i = 0; i <= l->count && rc == EW_OK; i++) {
        size_t added = 0;

        if (hole_before(l, i, loud, &h))
            rc = search_hole(&s, l, &h, reach, &added, err);
        i += added;
    }
    release(&s);
    return rc;
}
