/* SPDX-License-Identifier: Apache-2.0 */
/* Dynamic programme over 16 ms slots. A state is "nothing" (evidence 0) or one line, alive
 * only near its support. Every change costs CHANGE nats: entering a line all of it, or half
 * and leaving it the other half; a clip may begin and end in the middle of a line. */
#include "align/path.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

#define CHANGE 8.0 /* nats for entering and leaving a line: what chance reaches */

enum { MARGIN = 30, NOTHING = -1 };

/* Evidence of one line on the slots where it may be used. */
typedef struct lane {
    size_t first, n;
    float *agreement, *power;
    double *best;  /* [n] best score of a path that is on this line in that slot */
    int32_t *back; /* [n] state before: line number, or NOTHING */
    double mean;
} lane;

typedef struct programme {
    lane *lanes;
    size_t count, slots;
    double *nothing; /* [slots] best score of a path that is on no line */
    int32_t *back;   /* [slots] state before */
    size_t *starts;  /* lane numbers by ascending first */
} programme;

static ew_code lane_init(lane *a, ew_scene *s, const ew_line *l, size_t slots,
                         ew_err *err)
{
    int64_t from = l->from / EW_SLOT - MARGIN, to = l->to / EW_SLOT + 1 + MARGIN;
    const ew_clip_view *view;
    ew_code rc = ew_scene_view(s, l->pitch, true, &view, err);

    if (rc < 0)
        return rc;
    a->first = from > 0 ? (size_t)from : 0;
    if (to > (int64_t)slots)
        to = (int64_t)slots;
    a->n = to > (int64_t)a->first ? (size_t)(to - (int64_t)a->first) : 0;
    a->agreement = ew_alloc_array(a->n, sizeof(float));
    a->power = ew_alloc_array(a->n, sizeof(float));
    a->best = ew_alloc_array(a->n, sizeof(double));
    a->back = ew_alloc_array(a->n, sizeof(int32_t));
    if (!a->agreement || !a->power || !a->best || !a->back)
        return ew_fail_nomem(err);
    ew_line_slots(s, view, l, a->first, a->n, a->agreement, a->power);
    a->mean = l->mean;
    return EW_OK;
}

static void programme_release(programme *p)
{
    for (size_t i = 0; p->lanes && i < p->count; i++) {
        ew_free(p->lanes[i].agreement);
        ew_free(p->lanes[i].power);
        ew_free(p->lanes[i].best);
        ew_free(p->lanes[i].back);
    }
    ew_free(p->lanes);
    ew_free(p->nothing);
    ew_free(p->back);
    ew_free(p->starts);
}

static ew_code programme_init(programme *p, ew_scene *s, const ew_lines *lines,
                              ew_err *err)
{
    ew_code rc = EW_OK;

    memset(p, 0, sizeof(*p));
    p->count = lines->count;
    p->slots = (s->clip->frames + EW_CLIP_STEP - 1) / EW_CLIP_STEP;
    p->lanes = ew_alloc_array(p->count, sizeof(*p->lanes));
    p->nothing = ew_alloc_array(p->slots, sizeof(*p->nothing));
    p->back = ew_alloc_array(p->slots, sizeof(*p->back));
    p->starts = ew_alloc_array(p->count, sizeof(*p->starts));
    if (!p->lanes || !p->nothing || !p->back || !p->starts)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < p->count && rc == EW_OK; i++) {
        size_t k = i;

        rc = lane_init(&p->lanes[i], s, &lines->items[i], p->slots, err);
        while (k > 0 && p->lanes[p->starts[k - 1]].first > p->lanes[i].first) {
            p->starts[k] = p->starts[k - 1];
            k--;
        }
        p->starts[k] = i;
    }
    return rc;
}

/* Score of the best state in a slot when leaving a line costs `price`, and which state it
 * is; ties go to nothing, then to the lower line number. */
static double best_state(const programme *p, size_t slot, const size_t *alive, size_t n,
                         double price, int32_t *state)
{
    double best = p->nothing[slot];

    *state = NOTHING;
    for (size_t i = 0; i < n; i++) {
        const lane *a = &p->lanes[alive[i]];

        if (slot < a->first || slot >= a->first + a->n)
            continue;
        if (a->best[slot - a->first] - price > best) {
            best = a->best[slot - a->first] - price;
            *state = (int32_t)alive[i];
        }
    }
    return best;
}

static void step_lane(lane *a, int32_t self, size_t slot, double before, int32_t state)
{
    size_t i = slot - a->first;
    double gain = ew_line_evidence((double)a->agreement[i], (double)a->power[i], a->mean);

    a->best[i] = before - (slot > 0 ? CHANGE / 2 : 0);
    a->back[i] = state;
    if (i > 0 && a->best[i - 1] >= a->best[i]) {
        a->best[i] = a->best[i - 1];
        a->back[i] = self;
    }
    a->best[i] += gain;
}

/* Drops lanes that ended, takes in those that begin; keeps ascending numbers. */
static size_t update_alive(const programme *p, size_t slot, size_t *alive, size_t n,
                           size_t *next)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (slot < p->lanes[alive[i]].first + p->lanes[alive[i]].n)
            alive[kept++] = alive[i];
    for (; *next < p->count && p->lanes[p->starts[*next]].first <= slot; ++*next) {
        size_t k = kept++, lane_no = p->starts[*next];

        if (p->lanes[lane_no].n == 0) {
            kept--;
            continue;
        }
        while (k > 0 && alive[k - 1] > lane_no) {
            alive[k] = alive[k - 1];
            k--;
        }
        alive[k] = lane_no;
    }
    return kept;
}

static ew_code run(programme *p, int32_t *last, ew_err *err)
{
    size_t *alive = ew_alloc_array(p->count, sizeof(*alive));
    size_t n = 0, next = 0;
    double before = 0;
    int32_t state = NOTHING;

    if (!alive)
        return ew_fail_nomem(err);
    for (size_t slot = 0; slot < p->slots; slot++) {
        n = update_alive(p, slot, alive, n, &next);
        p->nothing[slot] = before;
        p->back[slot] = state;
        for (size_t i = 0; i < n; i++)
            step_lane(&p->lanes[alive[i]], (int32_t)alive[i], slot, before, state);
        before =
            best_state(p, slot, alive, n, slot + 1 < p->slots ? CHANGE / 2 : 0, &state);
    }
    *last = state;
    ew_free(alive);
    return EW_OK;
}

/* Walks back from the last state and writes the stretches, in reverse; then turns them. */
static ew_code trace(const programme *p, int32_t state, ew_path *path, ew_err *err)
{
    size_t cap = 16;

    path->items = ew_alloc_array(cap, sizeof(*path->items));
    if (!path->items)
        return ew_fail_nomem(err);
    for (size_t slot = p->slots; slot-- > 0;) {
        const lane *a = state == NOTHING ? NULL : &p->lanes[state];
        int32_t before = a ? a->back[slot - a->first] : p->back[slot];
        ew_stretch *t = path->count ? &path->items[path->count - 1] : NULL;

        if (a && (!t || t->line != (size_t)state || t->from != slot + 1)) {
            if (path->count == cap) {
                ew_stretch *q = ew_realloc_array(path->items, cap * 2, sizeof(*q));

                if (!q)
                    return ew_fail_nomem(err);
                path->items = q;
                cap *= 2;
            }
            t = &path->items[path->count++];
            *t = (ew_stretch){.line = (size_t)state, .from = slot, .to = slot + 1};
        }
        if (a) {
            t->from = slot;
            t->agreement += (double)a->agreement[slot - a->first];
            t->power += (double)a->power[slot - a->first];
        }
        state = before;
    }
    for (size_t i = 0; i < path->count / 2; i++) {
        ew_stretch swap = path->items[i];

        path->items[i] = path->items[path->count - 1 - i];
        path->items[path->count - 1 - i] = swap;
    }
    return EW_OK;
}

ew_code ew_path_find(ew_scene *s, const ew_lines *lines, ew_path *path, ew_err *err)
{
    programme p;
    int32_t last = NOTHING;
    ew_code rc;

    memset(path, 0, sizeof(*path));
    rc = programme_init(&p, s, lines, err);
    if (rc == EW_OK)
        rc = run(&p, &last, err);
    if (rc == EW_OK)
        rc = trace(&p, last, path, err);
    if (rc < 0) {
        ew_free(path->items);
        memset(path, 0, sizeof(*path));
    }
    programme_release(&p);
    return rc;
}
