/* SPDX-License-Identifier: Apache-2.0 */
/* Where one grid ends and another begins, sound was cut or joined. */
#include "inspect/grid_joins.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum {
    HITS_MIN = 2,    /* frames a run needs */
    SPAN_FRAMES = 6, /* frames without a grid between: a span, not a place */
    BOTH_FRAMES = 10 /* two grids together for longer: coded twice, no join */
};

/* A run with the middles of its first and last frame. */
typedef struct stretch {
    int coder, offset, unit, near;
    int64_t from, to, period;
    double evidence;
} stretch;

static bool counts(const ew_grid_source *s, const ew_grid_run *run)
{
    return run->hits >= HITS_MIN && run->offset != s->own;
}

static int by_from(const void *a, const void *b)
{
    const stretch *x = a, *y = b;

    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    if (x->coder != y->coder)
        return x->coder - y->coder;
    return x->offset - y->offset;
}

/* A sample, or number of samples, of the file. */
static int64_t in_file(const ew_grid_coder *coder, int64_t sample)
{
    return llround((double)sample * coder->scale);
}

static size_t collect(stretch *to, const ew_grid_source *sources, int count)
{
    size_t n = 0;

    for (int c = 0; c < count; c++) {
        const ew_grid_source *s = &sources[c];
        for (size_t i = 0; i < s->count; i++) {
            const ew_grid_run *run = &s->runs[i];
            if (!counts(s, run))
                continue;
            to[n].coder = c;
            to[n].offset = run->offset;
            to[n].unit = s->coder->unit;
            to[n].near = s->coder->near;
            to[n].from = in_file(s->coder, run->first + s->coder->centre);
            to[n].to = in_file(s->coder, run->last + s->coder->centre);
            to[n].period = in_file(s->coder, s->coder->period);
            to[n++].evidence = run->evidence;
        }
    }
    if (n > 1)
        qsort(to, n, sizeof(*to), by_from);
    return n;
}

static bool same_grid(const stretch *a, const stretch *b)
{
    int apart = abs(a->offset - b->offset) % a->unit;

    return a->coder == b->coder && (apart <= a->near || apart >= a->unit - a->near);
}

/* Whether two grids lie over each other for longer than any crossfade. */
static bool together(const stretch *a, const stretch *b)
{
    int64_t period = a->period > b->period ? a->period : b->period;
    int64_t from = a->from > b->from ? a->from : b->from;
    int64_t to = a->to < b->to ? a->to : b->to;

    return !same_grid(a, b) && to - from > BOTH_FRAMES * period;
}

static void note_twice(ew_grid_joins *out, const stretch *a, const stretch *b)
{
    int64_t from = a->from > b->from ? a->from : b->from;
    int64_t to = a->to < b->to ? a->to : b->to;

    if (out->twice_start == out->twice_end)
        out->twice_start = from;
    out->twice_end = to > out->twice_end ? to : out->twice_end;
    out->twice_evidence += a->evidence < b->evidence ? a->evidence : b->evidence;
}

/* Leaves out, of two at the same time, the weaker, and puts parts of one grid together. */
static size_t choose(ew_grid_joins *out, stretch *s, size_t count)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        stretch now = s[i];
        bool weaker = false;
        while (n > 0 && !weaker && together(&s[n - 1], &now)) {
            note_twice(out, &s[n - 1], &now);
            weaker = s[n - 1].evidence >= now.evidence;
            if (!weaker)
                n--;
        }
        if (weaker)
            continue;
        if (n > 0 && same_grid(&s[n - 1], &now)) {
            s[n - 1].to = now.to > s[n - 1].to ? now.to : s[n - 1].to;
            s[n - 1].evidence += now.evidence;
        } else {
            s[n++] = now;
        }
    }
    return n;
}

/* The last frame before and the first one after are whole, those between are not. */
static ew_grid_join join_between(const stretch *a, const stretch *b)
{
    int64_t gap = b->from - a->to;
    int64_t period = a->period > b->period ? a->period : b->period;
    ew_grid_join j = {.coder_before = a->coder,
                      .coder_after = b->coder,
                      .offset_before = a->offset,
                      .offset_after = b->offset};

    if (gap > SPAN_FRAMES * period) {
        j.start = a->to + a->period;
        j.end = b->from - b->period;
        j.plus_minus = period;
    } else {
        j.start = j.end = (a->to + b->from) / 2;
        j.plus_minus = ((gap > 0 ? gap : -gap) + period) / 2;
    }
    j.strength = a->evidence < b->evidence ? a->evidence : b->evidence;
    return j;
}

ew_code ew_grid_joins_find(ew_grid_joins *out, const ew_grid_source *sources, int count,
                           ew_err *err)
{
    stretch *s = NULL;
    size_t n = 0;
    ew_code rc = EW_OK;

    memset(out, 0, sizeof(*out));
    for (int c = 0; c < count; c++)
        n += sources[c].count;
    s = ew_alloc_array(n, sizeof(*s));
    out->list = ew_alloc_array(n, sizeof(*out->list));
    if (!s || !out->list) {
        rc = ew_fail_nomem(err);
        ew_grid_joins_release(out);
        goto out;
    }
    n = collect(s, sources, count);
    n = choose(out, s, n);
    for (size_t i = 1; i < n; i++)
        out->list[out->count++] = join_between(&s[i - 1], &s[i]);
out:
    ew_free(s);
    return rc;
}

void ew_grid_joins_release(ew_grid_joins *j)
{
    ew_free(j->list);
    memset(j, 0, sizeof(*j));
}

/* Whether no grid near this one was seen before; notes it. */
static int new_coding(bool *seen, int offset, const ew_grid_coder *coder)
{
    int fresh = 1;

    for (int d = -coder->near; d <= coder->near; d++)
        fresh &= !seen[(offset + d + coder->unit) % coder->unit];
    seen[offset % coder->unit] = true;
    return fresh;
}

ew_grid_sum ew_grid_sum_up(const ew_grid_source *source)
{
    bool seen[EW_GRID_PERIOD_MAX] = {false}, unit[EW_GRID_PERIOD_MAX] = {false};
    ew_grid_sum sum = {0};

    for (size_t i = 0; i < source->count; i++) {
        const ew_grid_run *run = &source->runs[i];
        int64_t last;
        if (!counts(source, run))
            continue;
        if (sum.hits == 0) {
            sum.offset = run->offset;
            sum.first = in_file(source->coder, run->first);
        }
        sum.grids += !seen[run->offset];
        seen[run->offset] = true;
        sum.codings += new_coding(unit, run->offset, source->coder);
        sum.hits += run->hits;
        sum.evidence += run->evidence;
        last = in_file(source->coder, run->last + source->coder->period);
        sum.last = last > sum.last ? last : sum.last;
    }
    return sum;
}
