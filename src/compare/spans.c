/* SPDX-License-Identifier: Apache-2.0 */
/* From runs to spans, and the longest chain that runs forward in both recordings. */
#include "compare/spans.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/sort.h"

enum {
    SHORT = 640,       /* samples: a run on a line this short is chance */
    SHORT_FIND = 2800, /* so is one on a line that was looked for in a gap */
    SAME_PLACE = 24,   /* samples of A */
};

void ew_span_set(ew_span *s, const ew_cline *l, double b0, double b1)
{
    s->b0 = b0;
    s->b1 = b1;
    s->a0 = ew_cline_place(l, b0);
    s->a1 = ew_cline_place(l, b1);
}

/* Do two lines run within a few samples of each other around sample t of B? */
static bool same_place(const ew_cline *x, const ew_cline *y, double t)
{
    return fabs(ew_cline_place(x, t) - ew_cline_place(y, t)) < SAME_PLACE &&
           fabs(x->rate - y->rate) < 2e-3;
}

static int by_value(const void *x, const void *y)
{
    const double *a = x, *b = y;

    return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] < b[1] ? -1 : a[1] > b[1];
}

/* Median speed over the sound; that of a whole recording is 1 unless it clearly is not. */
static ew_code measure_speed(ew_spans *s, const ew_clines *l, ew_err *err)
{
    double(*v)[3] = ew_alloc_array(s->count, sizeof(*v));
    double total = 0, sum = 0;

    s->speed = s->pitch = 1;
    if (v == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < s->count; i++) {
        const ew_cline *c = &l->items[s->items[i].line];

        v[i][0] = fabs(c->rate);
        v[i][1] = c->pitch;
        v[i][2] = s->items[i].b1 - s->items[i].b0;
        total += v[i][2];
    }
    qsort(v, s->count, sizeof(*v), by_value);
    for (size_t i = 0; i < s->count && sum < total / 2; i++) {
        sum += v[i][2];
        s->speed = v[i][0];
        s->pitch = v[i][1];
    }
    ew_free(v);
    return EW_OK;
}

/* Does the run continue the last span? */
static ew_code continues(const ew_spans *s, const ew_clines *l, const ew_cline *c,
                         double b0, const ew_loudness *loud, bool *yes, ew_err *err)
{
    const ew_span *last = s->count > 0 ? &s->items[s->count - 1] : NULL;
    bool differs = true;
    ew_code rc = EW_OK;

    if (last != NULL && same_place(&l->items[last->line], c, b0))
        rc = ew_gap_differs(loud, c, last->b1, b0, &differs, err);
    *yes = !differs;
    return rc;
}

static ew_code take_runs(ew_spans *s, const ew_clines *l, const ew_course_runs *runs,
                         const ew_loudness *loud, ew_err *err)
{
    ew_code rc = EW_OK;

    for (size_t i = 0; i < runs->count && rc == EW_OK; i++) {
        const ew_run *r = &runs->items[i];
        double b0 = (double)(r->first * EW_CMP_HOP), b1 = (double)(r->end * EW_CMP_HOP);
        const ew_cline *c;
        ew_span *last;
        bool more;

        if (r->line == EW_NO_LINE)
            continue;
        c = &l->items[r->line];
        if (b1 - b0 < (c->searched ? SHORT_FIND : SHORT))
            continue;
        rc = continues(s, l, c, b0, loud, &more, err);
        last = more ? &s->items[s->count - 1] : &s->items[s->count++];
        if (!more)
            *last = (ew_span){.line = r->line, .b0 = b0};
        ew_span_set(last, &l->items[last->line], last->b0, b1);
    }
    return rc;
}

ew_code ew_spans_init(ew_spans *s, const ew_clines *l, const ew_course_runs *runs,
                      const ew_loudness *loud, ew_err *err)
{
    ew_code rc;

    *s = (ew_spans){0};
    s->items = ew_alloc_array(runs->count, sizeof(*s->items));
    if (s->items == NULL)
        return ew_fail_nomem(err);
    rc = take_runs(s, l, runs, loud, err);
    if (rc == EW_OK)
        rc = measure_speed(s, l, err);
    for (size_t i = 0; i < s->count && rc == EW_OK; i++) {
        double rate = l->items[s->items[i].line].rate;

        s->items[i].plain = fabs(rate / s->speed - 1) < 4e-3;
    }
    return rc;
}

void ew_spans_release(ew_spans *s)
{
    ew_free(s->items);
    *s = (ew_spans){0};
}

/* ------------------------------------------------------------------ order */

/* Best chains that end at a place in A, over ranks of a1: two maxima per tree node. */
typedef struct tree {
    size_t leaves;    /* a power of two */
    uint32_t *worth;  /* [2 * leaves] span with the best total; UINT32_MAX: none */
    uint32_t *excess; /* the same for total - a1 */
    const double *total;
    const double *key; /* total - a1, per span */
} tree;

static uint32_t better(const double *value, uint32_t x, uint32_t y)
{
    if (x == UINT32_MAX || y == UINT32_MAX)
        return x == UINT32_MAX ? y : x;
    /* The earlier span wins a tie, so that the answer is the same everywhere. */
    return value[x] > value[y] || (value[x] >= value[y] && x < y) ? x : y;
}

static uint32_t ask(const tree *t, const uint32_t *node, const double *value, size_t lo,
                    size_t hi)
{
    uint32_t best = UINT32_MAX;

    for (lo += t->leaves, hi += t->leaves; lo < hi; lo /= 2, hi /= 2) {
        if (lo & 1)
            best = better(value, best, node[lo++]);
        if (hi & 1)
            best = better(value, best, node[--hi]);
    }
    return best;
}

static void put(const tree *t, size_t leaf, uint32_t span)
{
    for (size_t i = leaf + t->leaves; i > 0; i /= 2) {
        t->worth[i] = better(t->total, t->worth[i], span);
        t->excess[i] = better(t->key, t->excess[i], span);
    }
}

/* Number of values below or equal to x in a sorted array. */
static size_t rank_of(const double *sorted, size_t n, double x)
{
    size_t lo = 0, hi = n;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;

        if (sorted[mid] <= x)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

typedef struct chain {
    tree t;
    double *total, *key, *ends;
    uint32_t *before;
} chain;

static ew_code make_chain(chain *c, size_t n, ew_err *err)
{
    size_t leaves = 1;

    while (leaves < n + 1)
        leaves *= 2;
    c->total = ew_alloc_array(n, sizeof(*c->total));
    c->key = ew_alloc_array(n, sizeof(*c->key));
    c->ends = ew_alloc_array(n, sizeof(*c->ends));
    c->before = ew_alloc_array(n, sizeof(*c->before));
    c->t = (tree){.leaves = leaves, .total = c->total, .key = c->key};
    c->t.worth = ew_alloc_array(2 * leaves, sizeof(uint32_t));
    c->t.excess = ew_alloc_array(2 * leaves, sizeof(uint32_t));
    if (c->total == NULL || c->key == NULL || c->ends == NULL || c->before == NULL ||
        c->t.worth == NULL || c->t.excess == NULL)
        return ew_fail_nomem(err);
    memset(c->t.worth, 0xff, 2 * leaves * sizeof(uint32_t));
    memset(c->t.excess, 0xff, 2 * leaves * sizeof(uint32_t));
    return EW_OK;
}

static void release_chain(chain *c)
{
    ew_free(c->total);
    ew_free(c->key);
    ew_free(c->ends);
    ew_free(c->before);
    ew_free(c->t.worth);
    ew_free(c->t.excess);
}

/* The best chain that ends with span i; every forward span gets one. */
static void extend(chain *c, const ew_spans *s, size_t n, uint32_t i)
{
    const ew_span *p = &s->items[i];
    size_t start = rank_of(c->ends, n, p->a0), end = rank_of(c->ends, n, p->a1);
    uint32_t apart = ask(&c->t, c->t.worth, c->total, 0, start);
    uint32_t shared = ask(&c->t, c->t.excess, c->key, start, end);
    double best = 0;

    c->before[i] = UINT32_MAX;
    if (apart != UINT32_MAX && c->total[apart] > best) {
        best = c->total[apart];
        c->before[i] = apart;
    }
    if (shared != UINT32_MAX && c->key[shared] + p->a0 > best) {
        best = c->key[shared] + p->a0;
        c->before[i] = shared;
    }
    c->total[i] = best + (p->a1 - p->a0);
    c->key[i] = c->total[i] - p->a1;
    put(&c->t, end - 1, i);
}

ew_code ew_spans_order(ew_spans *s, ew_err *err)
{
    chain c = {0};
    size_t n = 0;
    uint32_t top = UINT32_MAX;
    ew_code rc = make_chain(&c, s->count, err);

    for (size_t i = 0; i < s->count && rc == EW_OK; i++)
        if (s->items[i].plain)
            c.ends[n++] = s->items[i].a1;
    if (rc == EW_OK)
        ew_sort_doubles(c.ends, n);
    for (uint32_t i = 0; i < s->count && rc == EW_OK; i++) {
        if (!s->items[i].plain)
            continue;
        extend(&c, s, n, i);
        if (top == UINT32_MAX || c.total[i] > c.total[top])
            top = i;
    }
    for (; rc == EW_OK && top != UINT32_MAX; top = c.before[top])
        s->items[top].ordered = true;
    release_chain(&c);
    return rc;
}
