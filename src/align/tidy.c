/* SPDX-License-Identifier: Apache-2.0 */
/* Judging and joining over the whole clip, after its windows have been put together. */
#include "align/tidy.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

#define LEAST_Z 10.0 /* agreement below this is never claimed */
#define BESIDE 0.2   /* by which a piece beside its like may miss the limit */

enum {
    RATE = EW_FP_RATE_HZ,
    HOLE = RATE / 8,  /* a hole in one line that is closed whatever is in it */
    PAUSE = 3 * RATE, /* longest pause that is closed */
    JOIN = RATE / 4,  /* a hole between two lines that is shared out */
    EDGE = RATE / 2,  /* a hole at an end of the clip */
    LEAST = RATE / 5  /* shortest piece */
};

/* Level of every slot of the clip, in dB. */
typedef struct levels {
    size_t n;
    float *db;
} levels;

static ew_code levels_init(levels *v, const float *mono, int64_t samples, ew_err *err)
{
    v->n = (size_t)samples / EW_SLOT;
    v->db = ew_alloc_array(v->n, sizeof(float));
    if (!v->db)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < v->n; i++) {
        double sum = 1e-9;

        for (size_t k = i * EW_SLOT; k < (i + 1) * EW_SLOT; k++)
            sum += (double)mono[k] * (double)mono[k];
        v->db[i] = (float)(10 * log10(sum));
    }
    return EW_OK;
}

enum { BINS_DB = 120 }; /* of the histogram, from -100 dB in steps of 1 dB */

/* Level that a share of the slots between two samples stays below. */
static int level_at(const levels *v, int64_t from, int64_t to, double share)
{
    size_t count[BINS_DB] = {0}, n = 0, sum = 0;
    size_t first = from > 0 ? (size_t)from / EW_SLOT : 0, last = (size_t)to / EW_SLOT;
    int bin = 0;

    for (size_t i = first; i < last && i < v->n; i++, n++) {
        int k = (int)v->db[i] + 100;

        count[k < 0 ? 0 : k < BINS_DB ? k : BINS_DB - 1]++;
    }
    while (bin < BINS_DB - 1 && (double)(sum += count[bin]) < share * (double)n)
        bin++;
    return bin;
}

/* Is the hole a pause of the piece beside it: never as loud as the piece often is? Other
 * speech put there would be; noise over both, without the speech, is not. */
static bool is_pause(const levels *v, const ew_draft *d, int64_t from, int64_t to)
{
    return to - from <= PAUSE &&
           level_at(v, from, to, 0.95) < level_at(v, d->from, d->to, 0.75);
}

/* The hole between pieces of one line is closed when it is short or a pause. */
static bool bridges(const void *cookie, const ew_draft *a, const ew_draft *b)
{
    const levels *v = cookie;
    int64_t hole = b->from - a->to;

    return ew_draft_continues(a, b) && (hole <= HOLE || (is_pause(v, a, a->to, b->from) &&
                                                         is_pause(v, b, a->to, b->from)));
}

/* What is not enough alone is enough beside a clear piece of the same line. */
static bool is_claimed(const ew_drafts *d, size_t i)
{
    const ew_draft *p = &d->items[i];
    double least = 0;

    for (size_t k = i > 0 ? i - 1 : 0; k <= i + 1 && k < d->count; k++)
        if (k != i && ew_draft_margin(&d->items[k]) >= 0 &&
            ew_draft_continues(&d->items[k < i ? k : i], &d->items[k < i ? i : k]))
            least = -BESIDE;
    return ew_draft_margin(p) >= least && ew_draft_z(p) >= LEAST_Z &&
           p->to - p->from >= LEAST;
}

static ew_code drop_weak(ew_drafts *d, ew_err *err)
{
    bool *claimed = ew_alloc_array(d->count, sizeof(*claimed));
    size_t kept = 0;

    if (!claimed)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < d->count; i++)
        claimed[i] = is_claimed(d, i);
    for (size_t i = 0; i < d->count; i++) {
        d->items[i].claim =
            fmax(ew_draft_margin(&d->items[i]), 0); /* or a neighbour's word */
        if (claimed[i])
            d->items[kept++] = d->items[i];
        else
            ew_free(d->items[i].others);
    }
    d->count = kept;
    ew_free(claimed);
    return EW_OK;
}

/* How far a piece can reach before its source begins or ends. */
static int64_t lowest_start(const ew_draft *d)
{
    return (int64_t)ceil(ew_line_clip(&d->line, 0));
}

static int64_t highest_end(const ew_index *ix, const ew_draft *d)
{
    return (int64_t)ew_line_clip(&d->line,
                                 (double)ew_index_recording(ix, d->line.rec)->samples);
}

static void set_from(ew_draft *d, int64_t from)
{
    int64_t low = lowest_start(d);

    d->from = from > low ? from : low < d->from ? low : d->from;
}

static void set_to(const ew_index *ix, ew_draft *d, int64_t to)
{
    int64_t high = highest_end(ix, d);

    d->to = to < high ? to : high > d->to ? high : d->to;
}

static void close_holes(const ew_index *ix, ew_drafts *d, const levels *v,
                        int64_t samples)
{
    for (size_t i = 0; i < d->count; i++) {
        ew_draft *a = &d->items[i], *b = i + 1 < d->count ? a + 1 : NULL;

        if (i == 0 && (a->from < EDGE || is_pause(v, a, 0, a->from)))
            set_from(a, 0);
        if (!b && (samples - a->to < EDGE || is_pause(v, a, a->to, samples)))
            set_to(ix, a, samples);
        if (b && b->from - a->to > 0 && b->from - a->to <= JOIN) {
            int64_t middle = (a->to + b->from) / 2;

            set_to(ix, a, middle);
            set_from(b, middle);
        }
        if (a->to > samples)
            a->to = samples;
    }
}

ew_code ew_drafts_tidy(const ew_index *ix, ew_drafts *d, const float *mono,
                       int64_t samples, ew_err *err)
{
    levels v;
    ew_code rc = levels_init(&v, mono, samples, err);

    if (rc < 0)
        return rc;
    ew_drafts_join(d, bridges, &v);
    rc = drop_weak(d, err);
    if (rc == EW_OK) {
        ew_drafts_join(d, bridges, &v);
        close_holes(ix, d, &v, samples);
    }
    ew_free(v.db);
    return rc;
}
