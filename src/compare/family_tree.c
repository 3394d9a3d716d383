/* SPDX-License-Identifier: Apache-2.0 */
/* The best tree over directed weights (Chu and Liu, Edmonds), and how much of all trees has
 * each link (the matrix-tree theorem for trees with one root). */
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

/* ------------------------------------------------------------------ all trees */

/* Differences beyond this make no difference, and keep the elimination exact. */
#define SPREAD_MAX 18.0

/* Inverts a in place [n * n] by Gauss and Jordan; false when it has no inverse. */
static bool invert(double *a, double *inv, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++)
            inv[i * n + k] = i == k;
    for (size_t col = 0; col < n; col++) {
        size_t top = col;

        for (size_t i = col + 1; i < n; i++)
            if (fabs(a[i * n + col]) > fabs(a[top * n + col]))
                top = i;
        if (!(fabs(a[top * n + col]) > 0))
            return false;
        for (size_t k = 0; k < n; k++) {
            double x = a[col * n + k], y = inv[col * n + k];

            a[col * n + k] = a[top * n + k];
            a[top * n + k] = x;
            inv[col * n + k] = inv[top * n + k];
            inv[top * n + k] = y;
        }
        double by = 1 / a[col * n + col];
        for (size_t k = 0; k < n; k++) {
            a[col * n + k] *= by;
            inv[col * n + k] *= by;
        }
        for (size_t i = 0; i < n; i++) {
            double f = i == col ? 0 : a[i * n + col];

            for (size_t k = 0; f != 0 && k < n; k++) {
                a[i * n + k] -= f * a[col * n + k];
                inv[i * n + k] -= f * inv[col * n + k];
            }
        }
    }
    return true;
}

/* exp(weight) with every column scaled alike, which changes no share. */
static void fill_odds(const fam_tree *t, double *odds, double *root)
{
    size_t n = t->count;

    for (size_t c = 0; c < n; c++) {
        double top = -INFINITY;

        for (size_t p = 0; p < n; p++)
            if (p != c)
                top = fmax(top, t->weight[p * n + c]);
        for (size_t p = 0; p < n; p++)
            odds[p * n + c] =
                p == c ? 0 : exp(fmax(t->weight[p * n + c] - top, -SPREAD_MAX));
        /* what is best for c as a root is measured against its best parent too */
        root[c] = exp(fmin(fmax(t->root[c] - top, -700), 700));
    }
    double most = 0;
    for (size_t c = 0; c < n; c++)
        most = fmax(most, root[c]);
    for (size_t c = 0; c < n; c++)
        root[c] = fmax(root[c] / most, exp(-SPREAD_MAX * 2));
}

static void fill_shares(const double *odds, const double *root, const double *inv,
                        size_t n, double *share)
{
    for (size_t c = 0; c < n; c++) {
        double sum = 0;

        for (size_t p = 0; p < n; p++) {
            double x = p == c ? root[c] * inv[c * n]
                              : odds[p * n + c] * ((c != 0 ? inv[c * n + c] : 0) -
                                                   (p != 0 ? inv[c * n + p] : 0));

            share[p * n + c] = x > 0 ? x : 0;
            sum += share[p * n + c];
        }
        for (size_t p = 0; sum > 0 && p < n; p++)
            share[p * n + c] /= sum;
    }
}

ew_code ew_fam_tree_shares(const fam_tree *t, double *share, ew_err *err)
{
    size_t n = t->count;
    double *room = ew_alloc_array(3 * n * n + n, sizeof(*room));
    double *odds = room, *lap = room + n * n, *inv = room + 2 * n * n;
    double *root = room + 3 * n * n;

    if (room == NULL)
        return ew_fail_nomem(err);
    memset(share, 0, n * n * sizeof(*share));
    fill_odds(t, odds, root);
    for (size_t c = 0; c < n; c++) {
        double sum = 0;

        for (size_t p = 0; p < n; p++) {
            lap[p * n + c] = -odds[p * n + c];
            sum += odds[p * n + c];
        }
        lap[c * n + c] = sum;
    }
    for (size_t c = 0; c < n; c++)
        lap[c] = root[c];
    if (invert(lap, inv, n))
        fill_shares(odds, root, inv, n, share);
    ew_free(room);
    return EW_OK;
}
