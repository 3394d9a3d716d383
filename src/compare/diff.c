/* SPDX-License-Identifier: Apache-2.0 */
/* B against A: A becomes an archive of one, B is laid over it, every line that is found is
 * weighed on the wave, and what differs is told. */
#include "earwitness/diff.h"

#include <math.h>

#include "base/alloc.h"
#include "base/err.h"
#include "compare/course.h"
#include "compare/edits.h"
#include "compare/evidence.h"
#include "compare/search.h"
#include "compare/spans.h"
#include "earwitness/align.h"
#include "earwitness/fingerprint.h"
#include "earwitness/index.h"

static const double silent_db = -80; /* of the loud parts of a sound: there are none */

static ew_code index_of(const float *a, size_t na, ew_index **out, ew_err *err)
{
    ew_fp_maker *m = NULL;
    ew_fp *fp = NULL;
    ew_code rc = ew_fp_maker_new(&m, err);

    if (rc == EW_OK)
        rc = ew_fp_maker_feed(m, a, na, err);
    if (rc == EW_OK)
        rc = ew_fp_maker_finish(m, &fp, err);
    if (rc == EW_OK)
        rc = ew_index_of_print(out, fp, (int64_t)na, err);
    ew_fp_free(fp);
    ew_fp_maker_free(m);
    return rc;
}

static ew_code find_map(const ew_pair *p, const ew_progress *prog, ew_map **map,
                        ew_err *err)
{
    const ew_align_opts opts = ew_align_opts_default();
    ew_index *ix = NULL;
    ew_code rc = index_of(p->a, (size_t)p->na, &ix, err);

    if (rc == EW_OK)
        rc = ew_align_clip(ix, p->b, (size_t)p->nb, &opts, prog, map, err);
    ew_index_close(ix);
    return rc;
}

/* Is there anything in both that could be compared? */
static ew_code has_sound(const ew_pair *p, ew_diff *d, ew_err *err)
{
    ew_loudness loud;
    ew_code rc = ew_loudness_measure(&loud, p, err);

    d->comparable = loud.a_top_db > silent_db && loud.b_top_db > silent_db;
    return rc;
}

/* ------------------------------------------------------------------ stretches */

/* Level of B over A, polarity and agreement over a span, from blocks spread evenly over it. */
static void describe(ew_stretch *t, const ew_pair *p, const ew_span *s, const ew_cline *c)
{
    enum { BLOCK = 1024, BLOCKS = 100 };
    float a[BLOCK], b[BLOCK];
    double bb = 1e-9, aa = 1e-9, ba = 0;
    double step = fmax((s->b1 - s->b0 - BLOCK) / BLOCKS, BLOCK);

    for (double at = s->b0; at < s->b1; at += step) {
        size_t n = (size_t)fmin(BLOCK, s->b1 - at);

        ew_cline_fetch(c, p, (int64_t)at, n, b, a);
        for (size_t i = 0; i < n; i++) {
            bb += (double)(b[i] * b[i]);
            aa += (double)(a[i] * a[i]);
            ba += (double)(b[i] * a[i]);
        }
    }
    t->gain_db = 10 * log10(bb / aa);
    t->agreement = fabs(ba) / sqrt(bb * aa);
    t->inverted = c->wave && ba < 0;
}

static ew_code take_stretches(ew_diff *d, const ew_pair *pair, const ew_clines *l,
                              const ew_spans *s, ew_err *err)
{
    d->stretches = ew_alloc_array(s->count, sizeof(*d->stretches));
    if (d->stretches == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < s->count; i++) {
        const ew_span *p = &s->items[i];
        const ew_cline *c = &l->items[p->line];
        ew_stretch *t = &d->stretches[d->stretch_count++];

        *t = (ew_stretch){.a_start = p->a0,
                          .a_end = p->a1,
                          .b_start = p->b0,
                          .b_end = p->b1,
                          .speed = fabs(c->rate),
                          .pitch = c->pitch,
                          .in_order = p->ordered,
                          .by_wave = c->wave};
        describe(t, pair, p, c);
    }
    d->related = d->stretch_count > 0;
    d->speed = s->speed;
    d->pitch = s->pitch;
    for (size_t i = s->count; i-- > 0;)
        if (s->items[i].ordered)
            d->offset = s->items[i].a0 - s->items[i].b0;
    return EW_OK;
}

/* ------------------------------------------------------------------ all of it */

typedef struct table {
    ew_pair p;
    ew_clines lines;
    ew_course_runs runs;
    ew_spans spans;
    ew_loudness loud;
} table;

static ew_code compare(table *t, ew_diff *d, const ew_map *map, ew_err *err)
{
    ew_code rc = ew_clines_init(&t->lines, map, err);

    if (rc == EW_OK)
        rc = ew_loudness_measure(&t->loud, &t->p, err);
    for (size_t i = 0; i < t->lines.count && rc == EW_OK; i++)
        rc = ew_cline_follow(&t->lines.items[i], &t->p, err);
    if (rc == EW_OK && t->lines.count > 0)
        rc = ew_search_gaps(&t->lines, &t->loud, err);
    ew_clines_range(&t->lines, &t->p);
    if (rc == EW_OK)
        rc = ew_evidence_weigh(&t->lines, &t->p, err);
    if (rc == EW_OK)
        rc = ew_course_find(&t->runs, &t->lines, t->p.nb / EW_CMP_HOP, err);
    if (rc == EW_OK)
        rc = ew_spans_init(&t->spans, &t->lines, &t->runs, &t->loud, err);
    if (rc == EW_OK)
        rc = ew_spans_order(&t->spans, err);
    if (rc == EW_OK && t->spans.count > 0)
        rc = ew_edits_find(d, &t->p, &t->lines, &t->spans, &t->loud, err);
    if (rc == EW_OK)
        rc = take_stretches(d, &t->p, &t->lines, &t->spans, err);
    return rc;
}

ew_code ew_diff_sounds(const float *a, size_t na, const float *b, size_t nb,
                       const ew_progress *prog, ew_diff **out, ew_err *err)
{
    table t = {.p = {.a = a, .b = b, .na = (int64_t)na, .nb = (int64_t)nb}};
    ew_map *map = NULL;
    ew_diff *d = ew_alloc(sizeof(*d));
    ew_code rc;

    *out = NULL;
    if (d == NULL)
        return ew_fail_nomem(err);
    *d = (ew_diff){
        .a_samples = (int64_t)na, .b_samples = (int64_t)nb, .speed = 1, .pitch = 1};
    rc = has_sound(&t.p, d, err);
    if (rc == EW_OK && d->comparable)
        rc = find_map(&t.p, prog, &map, err);
    if (rc == EW_OK && d->comparable)
        rc = compare(&t, d, map, err);
    ew_map_free(map);
    ew_spans_release(&t.spans);
    ew_course_release(&t.runs);
    ew_clines_release(&t.lines);
    if (rc == EW_OK)
        *out = d;
    else
        ew_diff_free(d);
    return rc;
}

void ew_diff_free(ew_diff *d)
{
    if (d == NULL)
        return;
    ew_free(d->stretches);
    ew_free(d->edits);
    ew_free(d);
}

const char *ew_edit_name(ew_edit_op op)
{
    static const char *const names[] = {"delete",    "insert",  "replace", "move",
                                        "duplicate", "silence", "speed"};

    return names[op];
}
