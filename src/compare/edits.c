/* SPDX-License-Identifier: Apache-2.0 */
/* What lies between ordered spans, and what is out of order, told as edits. */
#include "compare/edits.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "compare/cuts.h"
#include "compare/ranges.h"
#include "compare/sure.h"
#include "earwitness/fingerprint.h"

enum {
    LEAST = 320,       /* samples: shorter differences are not told as edits: 40 ms */
    LEAST_ELSE = 1000, /* the same where lines are not exact: 125 ms */
    NEAR = 960,        /* less of A than this between two spans can be chance: 120 ms */
    PAUSE_MAX = 4000,  /* so can more, when it is a pause: 0.5 s */
    END_LEAST = 1600,  /* coders add and drop this much at the ends of a file: 0.2 s */
    SAME_LENGTH = 800, /* silence is as long as what it covers */
    SPEED_LEAST = 3200 /* shorter stretches are not compared at other speeds */
};

static const double heard_seconds = 0.06;
static const double alike = 0.65; /* ew_gap_likeness of the same sound at another speed */

typedef struct work {
    ew_diff *d;
    const ew_pair *p;
    const ew_clines *l;
    ew_spans *s;
    const ew_loudness *loud;
    ew_ranges taken; /* of A: ordered spans and what was moved, ascending by lo */
    size_t cap;      /* of d->edits */
    double least;    /* samples: shorter differences are not told */
    bool *copied;    /* [spans] out of order: what they hold is elsewhere in B too */
} work;

/* A stretch between two ordered spans (or an end of the recordings): what is left of A and
 * of B when everything that is explained is taken away. */
typedef struct gap {
    ew_span *x, *y; /* NULL at the ends */
    double a0, a1, b0, b1;
    size_t first, end; /* spans in between */
} gap;

static ew_code add_edit(work *w, const ew_edit *e, ew_err *err)
{
    ew_diff *d = w->d;

    if (d->edit_count == w->cap) {
        size_t cap = w->cap * 2 + 16;
        ew_edit *more = ew_realloc_array(d->edits, cap, sizeof(*more));

        if (more == NULL)
            return ew_fail_nomem(err);
        d->edits = more;
        w->cap = cap;
    }
    d->edits[d->edit_count++] = *e;
    return EW_OK;
}

static ew_edit edit_of(ew_edit_op op, ew_range a, ew_range b)
{
    return (ew_edit){.op = op,
                     .a_start = a.lo,
                     .a_end = a.hi,
                     .b_start = b.lo,
                     .b_end = b.hi,
                     .b_gap = -1,
                     .speed = 1,
                     .pitch = 1};
}

static ew_code tell(work *w, ew_edit_op op, ew_range a, ew_range b, ew_err *err)
{
    ew_edit e = edit_of(op, a, b);

    return add_edit(w, &e, err);
}

/* ------------------------------------------------------------------ out of order */

/* Place in B where the ordered chain leaves out place `a` of A. */
static double where_missing(const work *w, double a)
{
    double b = 0;

    for (size_t i = 0; i < w->s->count; i++) {
        const ew_span *s = &w->s->items[i];

        if (s->ordered && s->a0 < a)
            b = s->b1;
    }
    return b;
}

/* Is the span a copy of what is there already, or was it taken from its place? */
static ew_code judge_out_of_order(work *w, size_t i, ew_err *err)
{
    const ew_span *s = &w->s->items[i];

    w->copied[i] =
        ew_ranges_covered(&w->taken, (ew_range){s->a0, s->a1}) > 0.5 * (s->a1 - s->a0);
    return w->copied[i] ? EW_OK : ew_ranges_add(&w->taken, s->a0, s->a1, err);
}

/* After the gaps, since borders are moved there. */
static ew_code tell_out_of_order(work *w, size_t i, ew_err *err)
{
    const ew_span *s = &w->s->items[i];
    ew_edit e = edit_of(w->copied[i] ? EW_EDIT_DUPLICATE : EW_EDIT_MOVE,
                        (ew_range){s->a0, s->a1}, (ew_range){s->b0, s->b1});

    if (!w->copied[i])
        e.b_gap = where_missing(w, (s->a0 + s->a1) / 2);
    return add_edit(w, &e, err);
}

/* ------------------------------------------------------------------ in order */

/* The point of B in the gap where going over from x to y fits best. */
static double best_join(const work *w, const gap *g)
{
    const ew_cline *x = &w->l->items[g->x->line], *y = &w->l->items[g->y->line];
    double total = ew_cline_evidence(y, g->b0, g->b1);
    double best = -1e300, best_b = g->b0, before = 0;

    for (double b = g->b0; b <= g->b1; b += 8) {
        double fit = total + before;

        if (fit > best) {
            best = fit;
            best_b = b;
        }
        before += ew_cline_evidence(x, b, b + 8) - ew_cline_evidence(y, b, b + 8);
    }
    return best_b;
}

/* Nothing of B is new: x goes over into y at one point, and something of A is left out. */
static ew_code tell_missing(work *w, gap *g, ew_err *err)
{
    double b = best_join(w, g);

    ew_span_set(g->x, &w->l->items[g->x->line], g->x->b0, b);
    ew_span_set(g->y, &w->l->items[g->y->line], b, g->y->b1);
    ew_cut_sharpen(w->p, w->l, g->x, g->y);
    b = g->x->b1;
    if (g->y->a0 - g->x->a1 < w->least)
        return EW_OK;
    return tell(w, EW_EDIT_DELETE, (ew_range){g->x->a1, g->y->a0}, (ew_range){b, b}, err);
}

static ew_code tell_came_in(work *w, gap *g, ew_err *err)
{
    ew_cut_at_point(w->l, g->x, NULL, g->y);
    ew_cut_sharpen(w->p, w->l, g->x, g->y);
    if (g->y->b0 - g->x->b1 < w->least)
        return EW_OK;
    return tell(w, EW_EDIT_INSERT, (ew_range){g->x->a1, g->x->a1},
                (ew_range){g->x->b1, g->y->b0}, err);
}

/* Time stretchers that keep the pitch let their first window pass as it was, and the waves
 * part only when the times do: where the waves part is not yet where the stretch begins. */
static void reach_back(ew_edit *e)
{
    e->a_start -= EW_STRETCH_ONSET;
    e->b_start -= EW_STRETCH_ONSET;
}

/* One ew_range of A and one of B that stand in each other's place. */
static ew_code tell_pair(work *w, ew_range a, ew_range b, ew_err *err)
{
    bool a_heard = ew_gap_sound(w->loud, true, a.lo, a.hi) >= heard_seconds;
    bool b_heard = ew_gap_sound(w->loud, false, b.lo, b.hi) >= heard_seconds;
    double speed = ew_range_length(&a) / ew_range_length(&b) / w->s->speed;
    ew_edit e;

    if (fabs(ew_range_length(&a) - ew_range_length(&b)) < SAME_LENGTH &&
        ew_gap_silenced(w->loud, a.lo, a.hi, b.lo, b.hi))
        return tell(w, EW_EDIT_SILENCE, a, b, err);
    if (!a_heard && !b_heard)
        return EW_OK;
    e = edit_of(EW_EDIT_REPLACE, a, b);
    if (ew_range_length(&b) >= SPEED_LEAST && speed > 0.45 && speed < 2.2 &&
        fabs(speed - 1) > 0.01) {
        double likeness;
        bool pitched;

        if (ew_gap_likeness(w->p, (const double[2]){a.lo, a.hi},
                            (const double[2]){b.lo, b.hi}, &likeness, &pitched,
                            err) != EW_OK)
            return EW_E_NOMEM;
        if (likeness > alike) {
            e.op = EW_EDIT_SPEED;
            e.speed = speed;
            e.pitch = pitched ? speed : 1;
            if (!pitched)
                reach_back(&e);
        }
    }
    return add_edit(w, &e, err);
}

static ew_code tell_rest(work *w, const gap *g, const ew_ranges *a, const ew_ranges *b,
                         ew_err *err)
{
    size_t pa = a->count > 0 && b->count > 0 ? ew_ranges_longest(a) : SIZE_MAX;
    size_t pb = a->count > 0 && b->count > 0 ? ew_ranges_longest(b) : SIZE_MAX;
    /* At the beginning of the recordings the points are those where the chain begins. */
    double a_at = g->x == NULL ? g->a1 : g->a0, b_at = g->x == NULL ? g->b1 : g->b0;
    ew_code rc = EW_OK;

    if (pa != SIZE_MAX)
        rc = tell_pair(w, a->items[pa], b->items[pb], err);
    for (size_t i = 0; i < a->count && rc == EW_OK; i++)
        if (i != pa)
            rc = tell(w, EW_EDIT_DELETE, a->items[i], (ew_range){b_at, b_at}, err);
    for (size_t i = 0; i < b->count && rc == EW_OK; i++)
        if (i != pb && (pb == SIZE_MAX || ew_gap_sound(w->loud, false, b->items[i].lo,
                                                       b->items[i].hi) >= heard_seconds))
            rc = tell(w, EW_EDIT_INSERT, (ew_range){a_at, a_at}, b->items[i], err);
    return rc;
}

/* Ranges of B that spans in the gap explain. */
static ew_code explained(const work *w, const gap *g, ew_ranges *out, ew_err *err)
{
    ew_code rc = EW_OK;

    out->count = 0;
    for (size_t i = g->first; i < g->end && rc == EW_OK; i++)
        if (w->s->items[i].plain)
            rc = ew_ranges_add(out, w->s->items[i].b0, w->s->items[i].b1, err);
    return rc;
}

/* x and y overlap in A: y goes back, and repeats the end of x. */
static ew_code tell_repeat(work *w, const gap *g, ew_err *err)
{
    double len;

    ew_cut_sharpen(w->p, w->l, g->x, g->y);
    len = g->x->a1 - g->y->a0;
    return tell(w, EW_EDIT_DUPLICATE, (ew_range){g->y->a0, g->x->a1},
                (ew_range){g->y->b0, g->y->b0 + len / w->s->speed}, err);
}

/* What is left when the gap is small or nothing in it is new; true when it is told. */
static bool tell_simple(work *w, gap *g, const ew_ranges *a, const ew_ranges *b,
                        ew_code *rc, ew_err *err)
{
    double la = g->a1 - g->a0;
    bool b_heard = false;
    bool a_empty;

    if (g->x == NULL || g->y == NULL || g->end > g->first + 1)
        return false;
    for (size_t i = 0; i < b->count; i++)
        b_heard = b_heard || ew_gap_sound(w->loud, false, b->items[i].lo,
                                          b->items[i].hi) >= heard_seconds;
    a_empty =
        fabs(la) < NEAR || (la > 0 && la < PAUSE_MAX &&
                            ew_gap_sound(w->loud, true, g->a0, g->a1) < heard_seconds);
    if (g->end == g->first + 1) {
        ew_span *m = &w->s->items[g->first];

        if (a_empty && m->plain && !b_heard && fabs(la) < NEAR) {
            ew_cut_at_point(w->l, g->x, m, g->y);
            ew_cut_sharpen_middle(w->p, w->l, (ew_span *const[3]){g->x, m, g->y});
        }
        return false;
    }
    /* Part of what is missing was moved: what is left is told piece by piece. */
    if (a->count > 1 || (a->count == 1 && ew_range_length(&a->items[0]) < la - w->least))
        return false;
    if (a_empty && b->count > 0 && (b_heard || g->b1 - g->b0 - la >= w->least))
        *rc = tell_came_in(w, g, err);
    else if (b->count == 0 || (!b_heard && a->count > 0 &&
                               !ew_gap_silenced(w->loud, g->a0, g->a1, g->b0, g->b1)))
        *rc = a->count > 0 ? tell_missing(w, g, err) : EW_OK;
    else
        return false;
    return true;
}

/* Borders beside sound that is on no line are each on their own, spans that touch share one. */
static void sharpen_gap(work *w, gap *g)
{
    ew_span *last = g->x;

    for (size_t i = g->first; i <= g->end; i++) {
        ew_span *next = i < g->end ? &w->s->items[i] : g->y;

        if (last != NULL && next != NULL && next->b0 - last->b1 < 1) {
            ew_cut_sharpen(w->p, w->l, last, next);
        } else {
            if (last != NULL)
                ew_cut_sharpen(w->p, w->l, last, NULL);
            if (next != NULL)
                ew_cut_sharpen(w->p, w->l, NULL, next);
        }
        last = next;
    }
    if (g->x != NULL) {
        g->a0 = g->x->a1;
        g->b0 = g->x->b1;
    }
    if (g->y != NULL) {
        g->a1 = g->y->a0;
        g->b1 = g->y->b0;
    }
}

static ew_code tell_gap(work *w, gap *g, ew_err *err)
{
    ew_ranges mine = {0}, a = {0}, b = {0};
    ew_code rc = EW_OK;

    sharpen_gap(w, g);
    rc = explained(w, g, &mine, err);
    if (rc == EW_OK)
        rc = ew_ranges_leftover(&w->taken, (ew_range){g->a0, g->a1}, w->least, &a, err);
    if (rc == EW_OK)
        rc = ew_ranges_leftover(&mine, (ew_range){g->b0, g->b1}, w->least, &b, err);
    if (rc == EW_OK && g->x != NULL && g->y != NULL &&
        g->a0 - g->a1 >= (b.count == 0 ? w->least : NEAR))
        rc = tell_repeat(w, g, err);
    if (rc == EW_OK && !tell_simple(w, g, &a, &b, &rc, err))
        rc = tell_rest(w, g, &a, &b, err);
    ew_ranges_release(&mine);
    ew_ranges_release(&a);
    ew_ranges_release(&b);
    return rc;
}

/* Takes out what is too short for an end, or silent: coders add and drop a little. */
static void keep_heard(const work *w, ew_ranges *r, bool in_a)
{
    size_t kept = 0;

    for (size_t i = 0; i < r->count; i++) {
        ew_range x = r->items[i];

        if (ew_range_length(&x) >= END_LEAST &&
            ew_gap_sound(w->loud, in_a, x.lo, x.hi) >= heard_seconds)
            r->items[kept++] = x;
    }
    r->count = kept;
}

/* An end of the recordings. */
static ew_code tell_end(work *w, gap *g, ew_err *err)
{
    double la = g->a1 - g->a0, lb = g->b1 - g->b0;
    ew_ranges mine = {0}, a = {0}, b = {0};
    ew_code rc = explained(w, g, &mine, err);

    if (rc == EW_OK)
        rc = ew_ranges_leftover(&w->taken, (ew_range){g->a0, g->a1}, w->least, &a, err);
    if (rc == EW_OK)
        rc = ew_ranges_leftover(&mine, (ew_range){g->b0, g->b1}, w->least, &b, err);
    keep_heard(w, &a, true);
    keep_heard(w, &b, false);
    /* What is quiet on one side stands for what is heard on the other. */
    if (mine.count == 0 && b.count == 0 && la - lb < END_LEAST)
        a.count = 0;
    if (mine.count == 0 && a.count == 0 && lb - la < END_LEAST)
        b.count = 0;
    if (rc == EW_OK)
        rc = tell_rest(w, g, &a, &b, err);
    ew_ranges_release(&mine);
    ew_ranges_release(&a);
    ew_ranges_release(&b);
    return rc;
}

/* Moves an end of a span to b unless something else is heard there. */
static ew_code reach(work *w, ew_span *s, double b, ew_err *err)
{
    const ew_cline *c = &w->l->items[s->line];
    bool differs = true;
    ew_code rc = EW_OK;

    if (b < s->b0)
        rc = ew_gap_differs(w->loud, c, b, s->b0, &differs, err);
    else if (b > s->b1)
        rc = ew_gap_differs(w->loud, c, s->b1, b, &differs, err);
    if (!differs)
        ew_span_set(s, c, fmin(b, s->b0), fmax(b, s->b1));
    return rc;
}

/* The first and the last span reach to the ends of the recordings where they can: ends are
 * often quiet, and coders begin and end badly. */
static ew_code reach_ends(work *w, ew_err *err)
{
    ew_span *first = &w->s->items[0], *last = &w->s->items[w->s->count - 1];
    ew_code rc = EW_OK;

    if (first->ordered)
        rc = reach(w, first, fmax(0, ew_cline_back(&w->l->items[first->line], 0)), err);
    if (last->ordered && rc == EW_OK)
        rc = reach(w, last,
                   fmin((double)w->p->nb,
                        ew_cline_back(&w->l->items[last->line], (double)w->p->na)),
                   err);
    return rc;
}

static ew_code walk_gaps(work *w, ew_err *err)
{
    ew_span *x = NULL;
    size_t first = 0;
    ew_code rc = EW_OK;

    for (size_t i = 0; i <= w->s->count && rc == EW_OK; i++) {
        ew_span *y = i < w->s->count ? &w->s->items[i] : NULL;
        gap g;

        if (y != NULL && !y->ordered)
            continue;
        g = (gap){.x = x,
                  .y = y,
                  .a0 = x != NULL ? x->a1 : 0,
                  .a1 = y != NULL ? y->a0 : (double)w->p->na,
                  .b0 = x != NULL ? x->b1 : 0,
                  .b1 = y != NULL ? y->b0 : (double)w->p->nb,
                  .first = first,
                  .end = i};
        rc = x != NULL && y != NULL ? tell_gap(w, &g, err) : tell_end(w, &g, err);
        x = y;
        first = i + 1;
    }
    return rc;
}

/* Was it replaced by A's own sound, played backwards? */
static void mark_backwards(const work *w, ew_edit *e)
{
    ew_range b = {e->b_start, e->b_end};
    double sum = 0;

    for (size_t i = 0; i < w->s->count; i++) {
        const ew_span *s = &w->s->items[i];
        double shared = fmin(b.hi, s->b1) - fmax(b.lo, s->b0);

        if (w->l->items[s->line].rate < 0 && shared > 0)
            sum += shared;
    }
    e->backwards = e->op == EW_EDIT_REPLACE && sum > 0.5 * ew_range_length(&b);
}

static int by_place(const void *x, const void *y)
{
    const ew_edit *a = x, *b = y;

    if (a->b_start < b->b_start || a->b_start > b->b_start)
        return a->b_start < b->b_start ? -1 : 1;
    if (a->a_start < b->a_start || a->a_start > b->a_start)
        return a->a_start < b->a_start ? -1 : 1;
    return (a->op > b->op) - (a->op < b->op);
}

ew_code ew_edits_find(ew_diff *d, const ew_pair *p, const ew_clines *l, ew_spans *s,
                      const ew_loudness *loud, ew_err *err)
{
    work w = {.d = d, .p = p, .l = l, .s = s, .loud = loud};
    ew_code rc;

    w.copied = ew_alloc_array(s->count, sizeof(*w.copied));
    rc = w.copied == NULL ? ew_fail_nomem(err) : EW_OK;
    /* Borders between lines that are not parallel to A are known less exactly. */
    w.least = ew_lines_by_wave(l) && fabs(s->speed - 1) < 1e-4 ? LEAST : LEAST_ELSE;
    for (size_t i = 0; i < s->count && rc == EW_OK; i++)
        if (s->items[i].ordered)
            rc = ew_ranges_add(&w.taken, s->items[i].a0, s->items[i].a1, err);
    for (size_t i = 0; i < s->count && rc == EW_OK; i++)
        if (s->items[i].plain && !s->items[i].ordered)
            rc = judge_out_of_order(&w, i, err);
    if (rc == EW_OK)
        rc = reach_ends(&w, err);
    if (rc == EW_OK)
        rc = walk_gaps(&w, err);
    for (size_t i = 0; i < s->count && rc == EW_OK; i++)
        if (s->items[i].plain && !s->items[i].ordered)
            rc = tell_out_of_order(&w, i, err);
    for (size_t i = 0; i < d->edit_count && rc == EW_OK; i++)
        mark_backwards(&w, &d->edits[i]);
    if (rc == EW_OK)
        ew_edits_rate(d, l, s);
    if (rc == EW_OK && d->edit_count > 0)
        qsort(d->edits, d->edit_count, sizeof(*d->edits), by_place);
    ew_ranges_release(&w.taken);
    ew_free(w.copied);
    return rc;
}
