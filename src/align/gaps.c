/* SPDX-License-Identifier: Apache-2.0 */
/* Silence and steady sound are like any silence and steady sound: a pause of a recording and a
 * blanked name look the same in the clip. The source tells them apart. */
#include "align/gaps.h"

#include <math.h>
#include <string.h>

#include "align/steady.h"
#include "base/alloc.h"

enum {
    RATE = EW_FP_RATE_HZ,
    CUT_LEAST = RATE / 4,   /* shortest stretch that is taken out of a piece */
    QUIET_LEAST = RATE / 2, /* shortest one that is told apart within a gap */
    SHORT = 3 * RATE / 10   /* a gap below this is too short to tell */
};

#define SILENT_POWER 1e-8 /* mean square below which a slot is silent: -80 dBFS */
#define SILENT_SHARE 1e-5 /* the same against the loudest slot of the clip */
#define SAME_RHO 0.4      /* coherence from which steady sound is that of the source */

/* ------------------------------------------------------------------ marks */

static double slot_power(const float *mono, int64_t samples, size_t slot)
{
    int64_t to = (int64_t)(slot + 1) * EW_SLOT;
    double sum = 0;

    for (int64_t i = (int64_t)slot * EW_SLOT; i < to && i < samples; i++)
        sum += (double)mono[i] * (double)mono[i];
    return sum / EW_SLOT;
}

ew_code ew_hollow_mark(const float *mono, int64_t samples, uint8_t **marks, ew_err *err)
{
    size_t slots = (size_t)samples / EW_SLOT + 1;
    uint8_t *m = ew_alloc_array(slots, 1);
    double loud = 0;
    ew_code rc;

    *marks = NULL;
    if (!m)
        return ew_fail_nomem(err);
    for (size_t s = 0; s < slots; s++) {
        double power = slot_power(mono, samples, s);

        loud = power > loud ? power : loud;
    }
    for (size_t s = 0; s < slots; s++) {
        double power = slot_power(mono, samples, s);

        m[s] = power < SILENT_POWER || power < loud * SILENT_SHARE;
    }
    rc = ew_steady_mark(mono, (size_t)samples, m, slots, err);
    if (rc < 0)
        ew_free(m);
    else
        *marks = m;
    return rc;
}

/* The next run of marked slots in [from, to) that is at least `least` long. */
static bool next_run(const uint8_t *marks, int64_t from, int64_t to, int64_t least,
                     int64_t run[2])
{
    run[0] = from;
    for (int64_t p = from; p < to; p = (p / EW_SLOT + 1) * EW_SLOT) {
        if (marks[p / EW_SLOT])
            continue;
        run[1] = p;
        if (run[1] - run[0] >= least)
            return true;
        run[0] = (p / EW_SLOT + 1) * EW_SLOT;
    }
    run[1] = to;
    return run[1] - run[0] >= least;
}

/* ------------------------------------------------------------------ blanked stretches */

/* Are most of the source's words there those of digital silence? */
static bool source_is_silent(const ew_scene *s, const ew_line *l, int64_t from,
                             int64_t to)
{
    const uint32_t *words = ew_index_words(s->index, l->rec);
    int64_t frames = ew_index_frames(s->index, l->rec), silent = 0, n = 0;
    double a = ew_line_source(l, (double)from), b = ew_line_source(l, (double)to);
    int64_t first = (int64_t)((a < b ? a : b) / EW_FP_HOP);
    int64_t last = (int64_t)((a < b ? b : a) / EW_FP_HOP);

    for (int64_t j = first > 0 ? first : 0; j < last && j < frames; j++, n++)
        silent += words[j] == 0;
    return 2 * silent >= n;
}

static ew_code is_blanked(ew_scene *s, const ew_draft *d, const int64_t run[2],
                          bool *blanked, ew_err *err)
{
    ew_coherence c = {0};
    ew_code rc = EW_OK;

    *blanked = !source_is_silent(s, &d->line, run[0], run[1]);
    if (*blanked && !d->backwards)
        rc = ew_line_coherence(s, &d->line, run[0], run[1], &c, err);
    if (c.rho >= SAME_RHO && fabs(c.lag) * 1000 < RATE)
        *blanked = false;
    return rc;
}

/* The part of d on [from, to), with its share of the evidence. */
static ew_draft part_of(const ew_draft *d, int64_t from, int64_t to)
{
    double share = (double)(to - from) / (double)(d->to - d->from);
    ew_draft p = *d;

    p.from = from;
    p.to = to;
    p.agreement *= share;
    p.power *= share;
    p.others = NULL;
    p.other_count = 0;
    return p;
}

/* Appends what is left of one draft; its others go with the first part. */
static ew_code cut_draft(ew_scene *s, const uint8_t *marks, ew_draft *d, ew_drafts *out,
                         ew_err *err)
{
    int64_t at = d->from, from = d->from, run[2];
    ew_code rc = EW_OK;

    while (rc == EW_OK && next_run(marks, from, d->to, CUT_LEAST, run)) {
        bool blanked;

        rc = is_blanked(s, d, run, &blanked, err);
        from = run[1] > from ? run[1] : d->to;
        if (rc < 0 || !blanked)
            continue;
        if (run[0] > at) {
            ew_draft p = part_of(d, at, run[0]);

            rc = ew_drafts_push(out, &p, err);
        }
        at = run[1];
    }
    if (rc == EW_OK && at < d->to) {
        ew_draft p = part_of(d, at, d->to);

        p.others = d->others;
        p.other_count = d->other_count;
        rc = ew_drafts_push(out, &p, err);
        if (rc == EW_OK)
            d->others = NULL;
    }
    return rc;
}

ew_code ew_hollow_cut(ew_scene *s, const uint8_t *marks, ew_drafts *d, ew_err *err)
{
    ew_drafts out = {0};
    ew_code rc = EW_OK;

    for (size_t i = 0; i < d->count && rc == EW_OK; i++)
        rc = cut_draft(s, marks, &d->items[i], &out, err);
    if (rc < 0) {
        ew_drafts_release(&out);
        return rc;
    }
    ew_drafts_release(d);
    *d = out;
    return EW_OK;
}

/* ------------------------------------------------------------------ gaps */

static ew_code push_gap(ew_map *m, size_t *cap, int64_t from, int64_t to,
                        ew_gap_kind kind, ew_err *err)
{
    if (from >= to)
        return EW_OK;
    if (m->gap_count == *cap) {
        size_t more = *cap ? 2 * *cap : 16;
        ew_gap *p = ew_realloc_array(m->gaps, more, sizeof(*p));

        if (!p)
            return ew_fail_nomem(err);
        m->gaps = p;
        *cap = more;
    }
    if (kind == EW_GAP_NO_MATCH && to - from < SHORT)
        kind = EW_GAP_SHORT;
    m->gaps[m->gap_count++] = (ew_gap){from, to, kind};
    return EW_OK;
}

/* Splits one gap into silences and sound. */
static ew_code split_gap(ew_map *m, size_t *cap, const uint8_t *marks, int64_t from,
                         int64_t to, ew_err *err)
{
    int64_t at = from, run[2];
    ew_code rc = EW_OK;

    while (rc == EW_OK && at < to && next_run(marks, at, to, QUIET_LEAST, run)) {
        rc = push_gap(m, cap, at, run[0], EW_GAP_NO_MATCH, err);
        if (rc == EW_OK)
            rc = push_gap(m, cap, run[0], run[1], EW_GAP_SILENCE, err);
        at = run[1];
    }
    return rc == EW_OK ? push_gap(m, cap, at, to, EW_GAP_NO_MATCH, err) : rc;
}

ew_code ew_gaps_fill(ew_map *m, const uint8_t *marks, ew_err *err)
{
    int64_t at = 0;
    size_t cap = 0;
    ew_code rc = EW_OK;

    for (size_t i = 0; i <= m->piece_count && rc == EW_OK; i++) {
        int64_t end = i < m->piece_count ? m->pieces[i].clip_start : m->clip_samples;

        rc = split_gap(m, &cap, marks, at, end, err);
        if (i < m->piece_count)
            at = m->pieces[i].clip_end;
    }
    return rc;
}
