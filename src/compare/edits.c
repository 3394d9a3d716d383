/* SPDX-License-Identifier: Apache-2.0 */
/* What lies between ordered spans, and what is out of order, told as edits. */
#include "compare/edits.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "compare/cuts.h"
#include "compare/sharpen.h"
#include "earwitness/fingerprint.h"

enum {
    LEAST = 320,         /* samples: shorter differences are not told as edits: 40 ms */
    LEAST_ELSE = 1000,   /* the same where lines are not exact: 125 ms */
    NEAR = 960,          /* less of A than this between two spans can be chance: 120 ms */
    PAUSE_MAX = 4000,    /* so can more, when it is a pause: 0.5 s */
    END_LEAST = 1600,    /* coders add and drop this much at the ends of a file: 0.2 s */
    SAME_LENGTH = 800,   /* silence is as long as what it covers */
    STRETCH_ONSET = 800, /* 0.1 s: docs/decisions/diff.md */
    LEAST_SPREAD = 64,   /* 8 ms: windows of comparison, crossfades */
    CLEAR_LENGTH = 2000, /* shorter edits are less sure */
    SPEED_LEAST = 3200   /* shorter stretches are not compared at other speeds */
};

static const double heard_seconds = 0.06;
static const double alike = 0.65; /* ew_gap_likeness of the same sound at another speed */
static const double pause_ms =
    25;                          /* a border that could lie this far away is in a pause */
static const double sure = 0.98; /* share of edits that are right: docs/accuracy.md */
static const double half_sure = 0.8; /* where no wave could be followed: not measured */

typedef struct range {
    double lo, hi;
} range;

typedef struct ranges {
    range *items;
    size_t count, cap;
} ranges;

typedef struct work {
    ew_diff *d;
    const ew_pair *p;
    const ew_clines *l;
    ew_spans *s;
    const ew_loudness *loud;
    ranges taken; /* of A: ordered spans and what was moved, ascending by lo */
    size_t cap;   /* of d->edits */
    double least; /* samples: shorter differences are not told */
    bool *copied; /* [spans] out of order: what they hold is elsewhere in B too */
} work;

/* A stretch between two ordered spans (or an end of the recordings): what is left of A and
 * of B when everything that is explained is taken away. */
typedef struct gap {
    ew_span *x, *y; /* NULL at the ends */
    double a0, a1, b0, b1;
    size_t first, end; /* spans in between */
} gap;

static bool by_wave(const work *w)
{
    for (size_t i = 0; i < w->l->count; i++)
        if (w->l->items[i].wave)
            return true;
    return false;
}

static double length(const range *r)
{
    return r->hi - r->lo;
}

static ew_code add_range(ranges *r, double lo, double hi, ew_err *err)
{
    if (r->count == r->cap) {
        size_t cap = r->cap * 2 + 16;
        range *more = ew_realloc_array(r->items, cap, sizeof(*more));

        if (more == NULL)
            return ew_fail_nomem(err);
        r->items = more;
        r->cap = cap;
    }
    r->items[r->count++] = (range){lo, hi};
    return EW_OK;
}

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

static ew_edit edit_of(ew_edit_op op, range a, range b)
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

static ew_code tell(work *w, ew_edit_op op, range a, range b, ew_err *err)
{
    ew_edit e = edit_of(op, a, b);

    return add_edit(w, &e, err);
}

/* ------------------------------------------------------------------ out of order */

/* How much of [lo, hi) do the ranges cover? They are ascending and do not overlap much. */
static double covered(const ranges *r, double lo, double hi)
{
    double sum = 0;

    for (size_t i = 0; i < r->count; i++) {
        double from = fmax(lo, r->items[i].lo), to = fmin(hi, r->items[i].hi);

        if (to > from)
            sum += to - from;
    }
    return sum;
}

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

    w->copied[i] = covered(&w->taken, s->a0, s->a1) > 0.5 * (s->a1 - s->a0);
    return w->copied[i] ? EW_OK : add_range(&w->taken, s->a0, s->a1, err);
}

/* After the gaps, since borders are moved there. */
static ew_code tell_out_of_order(work *w, size_t i, ew_err *err)
{
    const ew_span *s = &w->s->items[i];
    ew_edit e = edit_of(w->copied[i] ? EW_EDIT_DUPLICATE : EW_EDIT_MOVE,
                        (range){s->a0, s->a1}, (range){s->b0, s->b1});

    if (!w->copied[i])
        e.b_gap = where_missing(w, (s->a0 + s->a1) / 2);
    return add_edit(w, &e, err);
}

/* ------------------------------------------------------------------ in order */

/* What of the span no range covers, in pieces that are worth telling. */
static ew_code leftover(const work *w, const ranges *taken, const double span[2],
                        ranges *out, ew_err *err)
{
    double hi = span[1], at = span[0];
    ew_code rc = EW_OK;

    out->count = 0;
    while (at < hi && rc == EW_OK) {
        double next = hi, resume = hi;

        for (size_t i = 0; i < taken->count; i++) {
            const range *r = &taken->items[i];

            if (r->hi - w->least <= at || r->lo >= next || r->hi - r->lo < 1)
                continue;
            next = fmax(r->lo, at);
            resume = r->hi;
        }
        if (next - at >= w->least)
            rc = add_range(out, at, next, err);
        at = resume;
    }
    return rc;
}

/* Moves the end of x, the begin of y, or both together, to the sample where the wave says. */
static void sharpen(work *w, ew_span *x, ew_span *y)
{
    const ew_cline *lx = x != NULL ? &w->l->items[x->line] : NULL;
    const ew_cline *ly = y != NULL ? &w->l->items[y->line] : NULL;
    const ew_border borders[] = {{lx, x != NULL ? x->b1 : 0, false},
                                 {ly, y != NULL ? y->b0 : 0, true}};
    double shift = ew_borders_shift(w->p, borders, 2);

    if (x != NULL && x->b1 + shift > x->b0)
        ew_span_set(x, lx, x->b0, x->b1 + shift);
    if (y != NULL && y->b0 + shift < y->b1)
        ew_span_set(y, ly, y->b0 + shift, y->b1);
}

/* The same for a span that lies in one point of A: both of its ends move together. */
static void sharpen_three(work *w, ew_span *x, ew_span *m, ew_span *y)
{
    const ew_cline *lx = &w->l->items[x->line], *lm = &w->l->items[m->line];
    const ew_cline *ly = &w->l->items[y->line];
    const ew_border borders[] = {
        {lx, x->b1, false}, {lm, m->b0, true}, {lm, m->b1, false}, {ly, y->b0, true}};
    double shift = ew_borders_shift(w->p, borders, 4);

    ew_span_set(x, lx, x->b0, x->b1 + shift);
    ew_span_set(m, lm, m->b0 + shift, m->b1 + shift);
    ew_span_set(y, ly, y->b0 + shift, y->b1);
}

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
    sharpen(w, g->x, g->y);
    b = g->x->b1;
    if (g->y->a0 - g->x->a1 < w->least)
        return EW_OK;
    return tell(w, EW_EDIT_DELETE, (range){g->x->a1, g->y->a0}, (range){b, b}, err);
}

static ew_code tell_came_in(work *w, gap *g, ew_err *err)
{
    ew_cut_at_point(w->l, g->x, NULL, g->y);
    sharpen(w, g->x, g->y);
    if (g->y->b0 - g->x->b1 < w->least)
        return EW_OK;
    return tell(w, EW_EDIT_INSERT, (range){g->x->a1, g->x->a1},
                (range){g->x->b1, g->y->b0}, err);
}

/* Time stretchers that keep the pitch let their first window pass as it was, and the waves
 * part only when the times do: where the waves part is not yet where the stretch begins. */
static void reach_back(ew_edit *e)
{
    e->a_start -= STRETCH_ONSET;
    e->b_start -= STRETCH_ONSET;
}

/* One range of A and one of B that stand in each other's place. */
static ew_code tell_pair(work *w, range a, range b, ew_err *err)
{
    bool a_heard = ew_gap_sound(w->loud, true, a.lo, a.hi) >= heard_seconds;
    bool b_heard = ew_gap_sound(w->loud, false, b.lo, b.hi) >= heard_seconds;
    double speed = length(&a) / length(&b) / w->s->speed;
    ew_edit e;

    if (fabs(length(&a) - length(&b)) < SAME_LENGTH &&
        ew_gap_silenced(w->loud, a.lo, a.hi, b.lo, b.hi))
        return tell(w, EW_EDIT_SILENCE, a, b, err);
    if (!a_heard && !b_heard)
        return EW_OK;
    e = edit_of(EW_EDIT_REPLACE, a, b);
    if (length(&b) >= SPEED_LEAST && speed > 0.45 && speed < 2.2 &&
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

/* The longest of the ranges is that which stands for the other recording's. */
static size_t longest(const ranges *r)
{
    size_t best = 0;

    for (size_t i = 1; i < r->count; i++)
        if (length(&r->items[i]) > length(&r->items[best]))
            best = i;
    return best;
}

static ew_code tell_rest(work *w, const gap *g, const ranges *a, const ranges *b,
                         ew_err *err)
{
    size_t pa = a->count > 0 && b->count > 0 ? longest(a) : SIZE_MAX;
    size_t pb = a->count > 0 && b->count > 0 ? longest(b) : SIZE_MAX;
    /* At the beginning of the recordings the points are those where the chain begins. */
    double a_at = g->x == NULL ? g->a1 : g->a0, b_at = g->x == NULL ? g->b1 : g->b0;
    ew_code rc = EW_OK;

    if (pa != SIZE_MAX)
        rc = tell_pair(w, a->items[pa], b->items[pb], err);
    for (size_t i = 0; i < a->count && rc == EW_OK; i++)
        if (i != pa)
            rc = tell(w, EW_EDIT_DELETE, a->items[i], (range){b_at, b_at}, err);
    for (size_t i = 0; i < b->count && rc == EW_OK; i++)
        if (i != pb && (pb == SIZE_MAX || ew_gap_sound(w->loud, false, b->items[i].lo,
                                                       b->items[i].hi) >= heard_seconds))
            rc = tell(w, EW_EDIT_INSERT, (range){a_at, a_at}, b->items[i], err);
    return rc;
}

/* Ranges of B that spans in the gap explain. */
static ew_code explained(const work *w, const gap *g, ranges *out, ew_err *err)
{
    ew_code rc = EW_OK;

    out->count = 0;
    for (size_t i = g->first; i < g->end && rc == EW_OK; i++)
        if (w->s->items[i].plain)
            rc = add_range(out, w->s->items[i].b0, w->s->items[i].b1, err);
    return rc;
}

/* x and y overlap in A: y goes back, and repeats the end of x. */
static ew_code tell_repeat(work *w, const gap *g, ew_err *err)
{
    double len;

    sharpen(w, g->x, g->y);
    len = g->x->a1 - g->y->a0;
    return tell(w, EW_EDIT_DUPLICATE, (range){g->y->a0, g->x->a1},
                (range){g->y->b0, g->y->b0 + len / w->s->speed}, err);
}

/* What is left when the gap is small or nothing in it is new; true when it is told. */
static bool tell_simple(work *w, gap *g, const ranges *a, const ranges *b, ew_code *rc,
                        ew_err *err)
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
            sharpen_three(w, g->x, m, g->y);
        }
        return false;
    }
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
            sharpen(w, last, next);
        } else {
            if (last != NULL)
                sharpen(w, last, NULL);
            if (next != NULL)
                sharpen(w, NULL, next);
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
    ranges mine = {0}, a = {0}, b = {0};
    ew_code rc = EW_OK;

    sharpen_gap(w, g);
    rc = explained(w, g, &mine, err);
    if (rc == EW_OK)
        rc = leftover(w, &w->taken, (const double[2]){g->a0, g->a1}, &a, err);
    if (rc == EW_OK)
        rc = leftover(w, &mine, (const double[2]){g->b0, g->b1}, &b, err);
    if (rc == EW_OK && g->x != NULL && g->y != NULL &&
        g->a0 - g->a1 >= (b.count == 0 ? w->least : NEAR))
        rc = tell_repeat(w, g, err);
    if (rc == EW_OK && !tell_simple(w, g, &a, &b, &rc, err))
        rc = tell_rest(w, g, &a, &b, err);
    ew_free(mine.items);
    ew_free(a.items);
    ew_free(b.items);
    return rc;
}

/* Takes out what is too short for an end, or silent: coders add and drop a little. */
static void keep_heard(const work *w, ranges *r, bool in_a)
{
    size_t kept = 0;

    for (size_t i = 0; i < r->count; i++) {
        range x = r->items[i];

        if (length(&x) >= END_LEAST &&
            ew_gap_sound(w->loud, in_a, x.lo, x.hi) >= heard_seconds)
            r->items[kept++] = x;
    }
    r->count = kept;
}

/* An end of the recordings. */
static ew_code tell_end(work *w, gap *g, ew_err *err)
{
    double la = g->a1 - g->a0, lb = g->b1 - g->b0;
    ranges mine = {0}, a = {0}, b = {0};
    ew_code rc = explained(w, g, &mine, err);

    if (rc == EW_OK)
        rc = leftover(w, &w->taken, (const double[2]){g->a0, g->a1}, &a, err);
    if (rc == EW_OK)
        rc = leftover(w, &mine, (const double[2]){g->b0, g->b1}, &b, err);
    keep_heard(w, &a, true);
    keep_heard(w, &b, false);
    /* What is quiet on one side stands for what is heard on the other. */
    if (mine.count == 0 && b.count == 0 && la - lb < END_LEAST)
        a.count = 0;
    if (mine.count == 0 && a.count == 0 && lb - la < END_LEAST)
        b.count = 0;
    if (rc == EW_OK)
        rc = tell_rest(w, g, &a, &b, err);
    ew_free(mine.items);
    ew_free(a.items);
    ew_free(b.items);
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

/* ------------------------------------------------------------------ how sure */

/* Spans that end or begin at a place of B, and how exactly that place is known. */
static double spread_at(const work *w, double b)
{
    const ew_cline *x = NULL, *y = NULL;
    size_t lo = 0, hi = w->s->count;

    /* The first span that begins at b or later. */
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;

        if (w->s->items[mid].b0 < b - 1)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo < w->s->count && w->s->items[lo].b0 < b + 1)
        y = &w->l->items[w->s->items[lo].line];
    if (lo > 0 && fabs(w->s->items[lo - 1].b1 - b) < 1)
        x = &w->l->items[w->s->items[lo - 1].line];
    return x == NULL && y == NULL ? 0 : ew_cut_spread(x, y, b);
}

static void rate_edit(const work *w, ew_edit *e, double certainty)
{
    const double ms = 1000.0 / EW_FP_RATE_HZ;
    double onset = e->op == EW_EDIT_SPEED && e->pitch > 0.999 && e->pitch < 1.001
                       ? STRETCH_ONSET
                       : 0;
    double start = spread_at(w, e->b_start + onset);
    double end = spread_at(w, e->b_end);
    double length = fmax(e->a_end - e->a_start, e->b_end - e->b_start);

    e->at_pause = fmax(start, end) * ms > pause_ms;
    start = hypot(fmax(start, LEAST_SPREAD), onset / 2);
    end = fmax(end, LEAST_SPREAD);
    e->a_start_sd_ms = e->b_start_sd_ms = start * ms;
    e->a_end_sd_ms = e->b_end_sd_ms = end * ms;
    if (e->op == EW_EDIT_INSERT)
        e->a_end_sd_ms = e->a_start_sd_ms;
    if (e->op == EW_EDIT_DELETE)
        e->a_end_sd_ms = e->b_end_sd_ms = e->a_start_sd_ms;
    e->certainty = length < CLEAR_LENGTH ? certainty - 0.1 : certainty;
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
    double certainty = by_wave(&w) ? sure : half_sure;
    ew_code rc;

    w.copied = ew_alloc_array(s->count, sizeof(*w.copied));
    rc = w.copied == NULL ? ew_fail_nomem(err) : EW_OK;
    /* Borders between lines that are not parallel to A are known less exactly. */
    w.least = by_wave(&w) && fabs(s->speed - 1) < 1e-4 ? LEAST : LEAST_ELSE;
    for (size_t i = 0; i < s->count && rc == EW_OK; i++)
        if (s->items[i].ordered)
            rc = add_range(&w.taken, s->items[i].a0, s->items[i].a1, err);
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
        rate_edit(&w, &d->edits[i], certainty);
    if (rc == EW_OK && d->edit_count > 0)
        qsort(d->edits, d->edit_count, sizeof(*d->edits), by_place);
    ew_free(w.taken.items);
    ew_free(w.copied);
    return rc;
}
