/* SPDX-License-Identifier: Apache-2.0 */
/* The best tree over directed weights (Chu and Liu, Edmonds), and how much better it is than
 * trees that differ from it in one place. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "compare/family_parts.h"

/* ------------------------------------------------------------------ the best tree */

/* A link as it was before nodes were drawn together. */
typedef struct link {
    double weight;
    size_t from, to;
} link;

/* A stage of drawing cycles together. Node 0 stands for "no parent" and is the root. */
typedef struct stage {
    size_t count;
    link *links;   /* [from * count + to] */
    size_t *best;  /* [count]: the node whose link is best */
    size_t *group; /* [count]: which node of the next stage it is part of */
    size_t *node;  /* [originals]: which node of this stage holds it */
} stage;

static void stage_release(stage *s)
{
    ew_free(s->links);
    ew_free(s->best);
    ew_free(s->group);
    ew_free(s->node);
}

static ew_code stage_init(stage *s, size_t count, size_t originals, ew_err *err)
{
    *s = (stage){.count = count,
                 .links = ew_alloc_array(count * count, sizeof(link)),
                 .best = ew_alloc_array(count, sizeof(size_t)),
                 .group = ew_alloc_array(count, sizeof(size_t)),
                 .node = ew_alloc_array(originals, sizeof(size_t))};
    if (s->links != NULL && s->best != NULL && s->group != NULL && s->node != NULL)
        return EW_OK;
    stage_release(s);
    return ew_fail_nomem(err);
}

static void choose_best(stage *s)
{
    for (size_t to = 1; to < s->count; to++) {
        size_t best = 0; /* 0 is never `to` */

        for (size_t from = 1; from < s->count; from++)
            if (from != to && s->links[from * s->count + to].weight >
                                  s->links[best * s->count + to].weight)
                best = from;
        s->best[to] = best;
    }
}

/* A node on a cycle of best links, or 0. */
static size_t find_cycle(const stage *s, size_t *seen)
{
    memset(seen, 0, s->count * sizeof(*seen));
    for (size_t first = 1; first < s->count; first++) {
        size_t at = first;

        while (at != 0 && seen[at] == 0) {
            seen[at] = first;
            at = s->best[at];
        }
        if (at != 0 && seen[at] == first)
            return at;
    }
    return 0;
}

/* The next stage, in which the cycle through `on` is one node, the last. */
static void draw_together(stage *s, size_t on, size_t originals, stage *next)
{
    size_t last = next->count - 1, k = 0;

    for (size_t i = 0; i < s->count; i++)
        s->group[i] = SIZE_MAX;
    for (size_t at = on; s->group[at] == SIZE_MAX; at = s->best[at])
        s->group[at] = last;
    for (size_t i = 0; i < s->count; i++)
        if (s->group[i] != last)
            s->group[i] = k++;
    for (size_t i = 0; i < next->count * next->count; i++)
        next->links[i].weight = -INFINITY;
    for (size_t from = 0; from < s->count; from++)
        for (size_t to = 1; to < s->count; to++) {
            link l = s->links[from * s->count + to];
            link *best = &next->links[s->group[from] * next->count + s->group[to]];

            if (s->group[from] == s->group[to])
                continue;
            if (s->group[to] == last) /* in place of the link within the cycle */
                l.weight -= s->links[s->best[to] * s->count + to].weight;
            if (l.weight > best->weight)
                *best = l;
        }
    for (size_t i = 0; i < originals; i++)
        next->node[i] = s->group[s->node[i]];
}

/* Where the tree of the drawn-together nodes enters the cycle, the cycle opens. */
static void open_cycle(const stage *s, const link *of_next, size_t last, link *in)
{
    size_t entered = s->node[of_next[last].to];

    for (size_t i = 1; i < s->count; i++) {
        in[i] = of_next[s->group[i]];
        if (s->group[i] == last && i != entered)
            in[i] = s->links[s->best[i] * s->count + i];
    }
}

/* in[node]: the link into each node of the stage but 0. */
static ew_code solve(stage *s, size_t originals, link *in, ew_err *err)
{
    size_t *seen = ew_alloc_array(s->count, sizeof(*seen));
    link *of_next = NULL;
    stage next = {0};
    size_t on, cycle = 1;
    ew_code rc = EW_OK;

    if (seen == NULL)
        return ew_fail_nomem(err);
    choose_best(s);
    on = find_cycle(s, seen);
    ew_free(seen);
    if (on == 0) {
        for (size_t to = 1; to < s->count; to++)
            in[to] = s->links[s->best[to] * s->count + to];
        return EW_OK;
    }
    for (size_t at = s->best[on]; at != on; at = s->best[at])
        cycle++;
    rc = stage_init(&next, s->count - cycle + 1, originals, err);
    if (rc != EW_OK)
        return rc;
    of_next = ew_alloc_array(next.count, sizeof(*of_next));
    if (of_next == NULL) {
        rc = ew_fail_nomem(err);
        goto out;
    }
    draw_together(s, on, originals, &next);
    rc = solve(&next, originals, of_next, err);
    if (rc == EW_OK)
        open_cycle(s, of_next, next.count - 1, in);
out:
    ew_free(of_next);
    stage_release(&next);
    return rc;
}

ew_code ew_fam_best_tree(const fam_tree *t, size_t *parent, ew_err *err)
{
    size_t n = t->count, m = n + 1;
    double low = 0, high = 0, span;
    link *in = ew_alloc_array(m, sizeof(*in));
    stage s;
    ew_code rc;

    if (in == NULL)
        return ew_fail_nomem(err);
    rc = stage_init(&s, m, m, err);
    if (rc != EW_OK) {
        ew_free(in);
        return rc;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) {
            low = fmin(low, t->weight[i * n + k]);
            high = fmax(high, t->weight[i * n + k]);
        }
    span = (high - low + 1000) * (double)m; /* so that exactly one copy is the root */
    for (size_t from = 0; from < m; from++)
        for (size_t to = 1; to < m; to++)
            s.links[from * m + to] = (link){
                from == 0 ? t->root[to - 1] - span : t->weight[(from - 1) * n + to - 1],
                from, to};
    for (size_t i = 0; i < m; i++)
        s.node[i] = i;
    rc = solve(&s, m, in, err);
    for (size_t i = 0; rc == EW_OK && i < n; i++)
        parent[i] = in[i + 1].from == 0 ? EW_NO_COPY : in[i + 1].from - 1;
    stage_release(&s);
    ew_free(in);
    return rc;
}

/* ------------------------------------------------------------------ trees near it */

/* Is `at` below `above`, or the same? */
static bool is_below(const size_t *parent, size_t at, size_t above)
{
    while (at != EW_NO_COPY && at != above)
        at = parent[at];
    return at == above;
}

static double weight(const fam_tree *t, size_t from, size_t to)
{
    return t->weight[from * t->count + to];
}

/* c hangs on p instead of its parent. When p is a child of c the two change places. */
static double by_moving(const fam_tree *t, const size_t *parent, size_t c, size_t p)
{
    size_t old = parent[c];

    if (!is_below(parent, p, c))
        return weight(t, p, c) - weight(t, old, c);
    if (parent[p] != c)
        return -INFINITY; /* several links change: far less likely */
    return weight(t, old, p) + weight(t, p, c) - weight(t, old, c) - weight(t, c, p);
}

/* c becomes the root: the links on the way to it turn round. *first: what the old root then
 * hangs on. */
static double by_turning(const fam_tree *t, const size_t *parent, size_t c, size_t *first)
{
    double change = t->root[c];

    for (; parent[c] != EW_NO_COPY; c = parent[c]) {
        change += weight(t, c, parent[c]) - weight(t, parent[c], c);
        *first = c;
    }
    return change - t->root[c];
}

void ew_fam_tree_shares(const fam_tree *t, const size_t *parent, double *share)
{
    size_t n = t->count, root = 0, first = 0;

    while (parent[root] != EW_NO_COPY)
        root = parent[root];
    for (size_t i = 0; i < n * n; i++)
        share[i] = 0;
    share[root * n + root] = 1;
    for (size_t c = 0; c < n; c++) {
        double turned;

        if (c == root)
            continue;
        turned = exp(by_turning(t, parent, c, &first));
        share[c * n + c] += turned;
        share[first * n + root] += turned;
        for (size_t p = 0; p < n; p++)
            if (p != c)
                share[p * n + c] += exp(by_moving(t, parent, c, p));
    }
    for (size_t c = 0; c < n; c++) {
        double sum = 0;

        for (size_t p = 0; p < n; p++)
            sum += share[p * n + c];
        for (size_t p = 0; p < n; p++)
            share[p * n + c] /= sum;
    }
}
