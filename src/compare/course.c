/* SPDX-License-Identifier: Apache-2.0 */
/* Viterbi with one cost for every change: the best state so far is all that a newcomer needs
 * to know, so that time grows with the frames that lines are weighed on and no faster. */
#include "compare/course.h"

#include <string.h>

#include "base/alloc.h"

/* Nats that a change of line must bring in: about 50 ms of clear sound. */
static const double change_cost = 7;

/* For each weighed frame of each line, and for none: did the best way to it begin here? */
typedef struct marks {
    uint8_t **line; /* [count], each [end - first] */
    uint8_t *none;  /* [frames] */
    uint32_t *best; /* [frames] the line on which the best way up to this frame ends */
} marks;

typedef struct walk {
    const ew_clines *l;
    int64_t frames;
    marks m;
    double *score; /* [count] of the lines that are on */
    double none;
    size_t *order; /* lines by ascending first frame */
    size_t *on;    /* lines that are weighed at this frame, ascending */
    size_t on_count;
    size_t next; /* in order */
} walk;

static ew_code make_walk(walk *w, ew_err *err)
{
    size_t n = w->l->count;

    w->m.line = ew_alloc_array(n, sizeof(*w->m.line));
    w->m.none = ew_alloc_array((size_t)w->frames, 1);
    w->m.best = ew_alloc_array((size_t)w->frames, sizeof(*w->m.best));
    w->score = ew_alloc_array(n, sizeof(*w->score));
    w->order = ew_alloc_array(n, sizeof(*w->order));
    w->on = ew_alloc_array(n, sizeof(*w->on));
    if (w->m.line == NULL || w->m.none == NULL || w->m.best == NULL || w->score == NULL ||
        w->order == NULL || w->on == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < n; i++) {
        const ew_cline *c = &w->l->items[i];
        size_t at = i;

        w->m.line[i] = ew_alloc_array((size_t)(c->end - c->first), 1);
        if (w->m.line[i] == NULL)
            return ew_fail_nomem(err);
        /* They are nearly in order already. */
        while (at > 0 && w->l->items[w->order[at - 1]].first > c->first) {
            w->order[at] = w->order[at - 1];
            at--;
        }
        w->order[at] = i;
    }
    return EW_OK;
}

static void release_walk(walk *w)
{
    for (size_t i = 0; w->m.line != NULL && i < w->l->count; i++)
        ew_free(w->m.line[i]);
    ew_free(w->m.line);
    ew_free(w->m.none);
    ew_free(w->m.best);
    ew_free(w->score);
    ew_free(w->order);
    ew_free(w->on);
}

static void drop_ended(walk *w, int64_t f)
{
    size_t kept = 0;

    for (size_t i = 0; i < w->on_count; i++)
        if (w->l->items[w->on[i]].end > f)
            w->on[kept++] = w->on[i];
    w->on_count = kept;
}

static void add_begun(walk *w, int64_t f)
{
    while (w->next < w->l->count && w->l->items[w->order[w->next]].first <= f) {
        size_t line = w->order[w->next++];
        size_t at = w->on_count++;

        while (at > 0 && w->on[at - 1] > line) {
            w->on[at] = w->on[at - 1];
            at--;
        }
        w->on[at] = line;
        w->score[line] = -1e300;
    }
}

static void step(walk *w, int64_t f, double best)
{
    uint32_t top = EW_NO_LINE;
    double top_score;

    w->m.none[f] = best - change_cost > w->none;
    if (w->m.none[f])
        w->none = best - change_cost;
    top_score = w->none;
    for (size_t i = 0; i < w->on_count; i++) {
        size_t line = w->on[i];
        const ew_cline *c = &w->l->items[line];
        bool begun = best - change_cost > w->score[line];

        w->m.line[line][f - c->first] = begun;
        if (begun)
            w->score[line] = best - change_cost;
        w->score[line] += (double)c->weight[f - c->first];
        if (w->score[line] > top_score) {
            top_score = w->score[line];
            top = (uint32_t)line;
        }
    }
    w->m.best[f] = top;
}

static double best_of(const walk *w)
{
    double best = w->none;

    for (size_t i = 0; i < w->on_count; i++)
        if (w->score[w->on[i]] > best)
            best = w->score[w->on[i]];
    return best;
}

static bool begun_at(const walk *w, uint32_t line, int64_t f)
{
    if (line == EW_NO_LINE)
        return w->m.none[f];
    return w->m.line[line][f - w->l->items[line].first];
}

/* From the last frame back; counts when out is NULL. */
static size_t read_back(const walk *w, ew_run *out, size_t n)
{
    uint32_t line = w->m.best[w->frames - 1];
    int64_t end = w->frames;
    size_t count = 0;

    for (int64_t f = w->frames - 1; f >= 0; f--) {
        if (f > 0 && !begun_at(w, line, f))
            continue;
        count++;
        if (out != NULL)
            out[n - count] = (ew_run){line, f, end};
        end = f;
        if (f > 0)
            line = w->m.best[f - 1];
    }
    return count;
}

ew_code ew_course_find(ew_course_runs *out, const ew_clines *l, int64_t frames,
                       ew_err *err)
{
    walk w = {.l = l, .frames = frames};
    ew_code rc;

    *out = (ew_course_runs){0};
    if (frames == 0)
        return EW_OK;
    rc = make_walk(&w, err);
    for (int64_t f = 0; f < frames && rc == EW_OK; f++) {
        /* Of the frame before; the first may begin anywhere for nothing. */
        double best = f == 0 ? change_cost : best_of(&w);

        drop_ended(&w, f);
        add_begun(&w, f);
        step(&w, f, best);
    }
    if (rc == EW_OK) {
        size_t n = read_back(&w, NULL, 0);

        out->items = ew_alloc_array(n, sizeof(*out->items));
        if (out->items == NULL)
            rc = ew_fail_nomem(err);
        else
            out->count = read_back(&w, out->items, n);
    }
    release_walk(&w);
    return rc;
}

void ew_course_release(ew_course_runs *c)
{
    ew_free(c->items);
    *c = (ew_course_runs){0};
}
