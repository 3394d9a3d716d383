/* SPDX-License-Identifier: Apache-2.0 */
/* Where one grid ends and another begins, sound was cut or joined. */
#include "inspect/grid_joins.h"

#include <string.h>

#include "base/alloc.h"

enum {
    SPAN_FRAMES = 6, /* frames without a grid between: a span, not a place */
    HITS_MIN = 2,    /* frames a run needs */
    BOTH_FRAMES = 10 /* two grids together for longer: coded twice, no join */
};

static int64_t both(const ew_grid_run *a, const ew_grid_run *b)
{
    int64_t from = a->first > b->first ? a->first : b->first;
    int64_t to = a->last < b->last ? a->last : b->last;

    return to - from;
}

/* Copies the runs that count and leaves out, of two at the same time, the weaker. */
static size_t choose(ew_grid_run *to, const ew_grid_run *runs, size_t count, int period,
                     int own)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        bool weaker = false;
        if (runs[i].hits < HITS_MIN || runs[i].offset == own)
            continue;
        while (n > 0 && !weaker && runs[i].offset != to[n - 1].offset &&
               both(&to[n - 1], &runs[i]) > (int64_t)BOTH_FRAMES * period) {
            if (to[n - 1].evidence < runs[i].evidence)
                n--;
            else
                weaker = true;
        }
        if (weaker)
            continue;
        if (n > 0 && to[n - 1].offset == runs[i].offset) {
            to[n - 1].last =
                runs[i].last > to[n - 1].last ? runs[i].last : to[n - 1].last;
            to[n - 1].hits += runs[i].hits;
            to[n - 1].evidence += runs[i].evidence;
        } else {
            to[n++] = runs[i];
        }
    }
    return n;
}

static int count_grids(const ew_grid_run *runs, size_t n)
{
    bool seen[EW_GRID_PERIOD_MAX] = {false};
    int grids = 0;

    for (size_t i = 0; i < n; i++) {
        if (!seen[runs[i].offset])
            grids++;
        seen[runs[i].offset] = true;
    }
    return grids;
}

/* The last frame before and the first one after are whole, those between are not. */
static ew_grid_join join_between(const ew_grid_run *a, const ew_grid_run *b,
                                 const ew_grid_coder *coder)
{
    int64_t gap = b->first - a->last, period = coder->period;
    int64_t from = a->last + coder->centre, to = b->first + coder->centre;
    ew_grid_join j = {.before = a->offset, .after = b->offset};

    if (gap > (int64_t)SPAN_FRAMES * period) {
        j.start = from + period;
        j.end = to - period;
        j.plus_minus = period;
    } else {
        j.start = j.end = (from + to) / 2;
        j.plus_minus = ((gap > 0 ? gap : -gap) + period) / 2;
    }
    j.strength = a->evidence < b->evidence ? a->evidence : b->evidence;
    return j;
}

ew_code ew_grid_joins_find(ew_grid_joins *out, const ew_grid_run *runs, size_t count,
                           const ew_grid_coder *coder, int own, ew_err *err)
{
    ew_grid_run *kept = ew_alloc_array(count, sizeof(*kept));
    size_t n;
    ew_code rc = EW_OK;

    memset(out, 0, sizeof(*out));
    if (!kept)
        return ew_fail_nomem(err);
    n = choose(kept, runs, count, coder->period, own);
    if (n == 0)
        goto out;
    out->list = ew_alloc_array(n, sizeof(*out->list));
    if (!out->list) {
        rc = ew_fail_nomem(err);
        goto out;
    }
    out->grids = count_grids(kept, n);
    out->first = kept[0].first;
    out->offset = kept[0].offset;
    for (size_t i = 0; i < n; i++) {
        out->hits += kept[i].hits;
        out->evidence += kept[i].evidence;
        out->last = kept[i].last > out->last ? kept[i].last : out->last;
        if (i > 0)
            out->list[out->count++] = join_between(&kept[i - 1], &kept[i], coder);
    }
out:
    ew_free(kept);
    return rc;
}

void ew_grid_joins_release(ew_grid_joins *j)
{
    ew_free(j->list);
    memset(j, 0, sizeof(*j));
}
