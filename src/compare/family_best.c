/* SPDX-License-Identifier: Apache-2.0 */
/* The composite: for every second of the whole, the copy that sounds best there. */
#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "compare/family_parts.h"
#include "base/words.h"

enum {
    SECONDS_MAX = 100000,
    SLIVER = EW_FAMILY_RATE_HZ / 20 /* left over by padding; joins the second before it */
};
#define DB_PER_NAT 4.342945
#define SWITCH_DB 3.0 /* a copy is left for one that is better by this much */
#define OVERLAID_DB 60.0

/* How good each copy is at large: what it lost since the root, in dB below zero. */
static double quality(const fam_told *t, size_t copy)
{
    double lost = 0;

    for (size_t c = copy; t->parent[c] != EW_NO_COPY; c = t->parent[c])
        lost += exp(-t->pairs[ew_fam_pair_index(c, t->parent[c])].close);
    return lost > 0 ? -10 * log10(lost) : DB_PER_NAT * 13.8;
}

static bool overlaid(const fam_told *t, size_t copy, double start, double end)
{
    for (size_t c = copy; t->parent[c] != EW_NO_COPY; c = t->parent[c]) {
        size_t p = t->parent[c];
        const fam_side *s = &t->pairs[ew_fam_pair_index(c, p)].side[c < p];

        if (ew_fam_has_overlay(s) && s->overlay_start < end && s->overlay_end > start)
            return true;
    }
    return false;
}

static double quality_at(const fam_told *t, const double *good, size_t copy, double start,
                         double end)
{
    const fam_copy *c = t->group->copies[copy];
    double to = fmin(end, c->offset + (double)c->in->samples);
    double share = (to - fmax(start, c->offset)) / (end - start);

    if (share <= 0)
        return -INFINITY;
    return good[copy] - (overlaid(t, copy, start, end) ? OVERLAID_DB : 0) -
           200 * (1 - share);
}

static ew_code append(ew_family *f, const ew_best *b, ew_err *err)
{
    ew_best *last = f->best_count > 0 ? &f->best[f->best_count - 1] : NULL;
    ew_best *more;

    if (last != NULL && last->family == b->family && last->copy == b->copy) {
        last->end = b->end;
        return EW_OK;
    }
    more = ew_realloc_array(f->best, f->best_count + 1, sizeof(*more));
    if (more == NULL)
        return ew_fail_nomem(err);
    f->best = more;
    f->best[f->best_count++] = *b;
    return EW_OK;
}

/* The copy for one second: the one in use unless another is clearly better. */
static size_t choose(const fam_told *t, const double *good, size_t now, double start,
                     double end)
{
    size_t best = 0;
    double top = -INFINITY;

    for (size_t c = 0; c < t->group->count; c++) {
        double q = quality_at(t, good, c, start, end);

        if (q > top) {
            top = q;
            best = c;
        }
    }
    if (now != EW_NO_COPY && quality_at(t, good, now, start, end) > top - SWITCH_DB)
        return now;
    return best;
}

static void say_why(const fam_told *t, const double *good, size_t copy, double start,
                    ew_best *b)
{
    size_t better = 0, over = 0;

    for (size_t c = 0; c < t->group->count; c++) {
        if (good[c] <= good[copy])
            continue;
        better++;
        over += overlaid(t, c, start, start + EW_FAMILY_RATE_HZ);
    }
    if (better == 0)
        (void)snprintf(b->text, sizeof(b->text), "nearest to the source");
    else if (over > 0)
        (void)snprintf(
            b->text, sizeof(b->text),
            EW_N("better copies have other sound laid over it here or lack it"));
    else
        (void)snprintf(b->text, sizeof(b->text), EW_N("better copies lack this part"));
}

static ew_code go_through(const fam_told *t, const double *good, ew_family *f,
                          ew_err *err)
{
    double from = INFINITY, to = -INFINITY, second = EW_FAMILY_RATE_HZ;
    size_t now = EW_NO_COPY;
    ew_code rc = EW_OK;

    for (size_t c = 0; c < t->group->count; c++) {
        const fam_copy *x = t->group->copies[c];

        from = fmin(from, x->offset);
        to = fmax(to, x->offset + (double)x->in->samples);
    }
    second *= fmax(1, ceil((to - from) / second / SECONDS_MAX));
    for (double at = from; rc == EW_OK && at + SLIVER < to; at += second) {
        double end = at + second + SLIVER < to ? at + second : to;
        size_t best = choose(t, good, now, at, end);
        ew_best b = {.start = at - from,
                     .end = end - from,
                     .family = t->family,
                     .copy = t->group->copies[best]->number,
                     .quality_db = good[best]};

        say_why(t, good, best, at, &b);
        now = best;
        rc = append(f, &b, err);
    }
    return rc;
}

ew_code ew_fam_composite(const fam_told *t, ew_family *f, ew_err *err)
{
    double *good = ew_alloc_array(t->group->count, sizeof(*good));
    ew_code rc;

    if (good == NULL)
        return ew_fail_nomem(err);
    for (size_t c = 0; c < t->group->count; c++)
        good[c] = quality(t, c);
    rc = go_through(t, good, f, err);
    ew_free(good);
    return rc;
}
