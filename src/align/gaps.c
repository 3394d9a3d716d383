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
    QUIET_LEAST = RATE / 2, /* shortest pause that is told apart within a gap */
    PART_LEAST = RATE / 5,  /* shortest part of a piece that stays one */
    SHORT = 3 * RATE / 5,   /* a gap below this is too short to tell */
    POOR = 5 * RATE         /* the same within a line that noise hides */
};

#define SILENT_POWER 1e-8 /* mean square below which a slot is silent: -80 dBFS */
#define QUIET_SHARE                                                                      \
    1e-4 /* below this share of the loudest slot there is little to compare */
#define LOUD_SHARE                                                                       \
    1e-3 /* steady sound above this is a tone, below it may be the room's hum */
#define POOR_MEAN 0.6 /* agreement below which a line is hidden by noise */
#define SAME_RHO 0.4  /* coherence from which steady sound is that of the source */

enum { HOLLOW = 1, BLANK = 2 }; /* nothing to compare; may have been blanked */

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
    ew_code rc =
        m ? ew_steady_mark(mono, (size_t)samples, m, slots, err) : ew_fail_nomem(err);

    *marks = NULL;
    for (size_t s = 0; rc == EW_OK && s < slots; s++) {
        double power = slot_power(mono, samples, s);

        loud = power > loud ? power : loud;
    }
    for (size_t s = 0; rc == EW_OK && s < slots; s++) {
        double power = slot_power(mono, samples, s);
        bool steady = m[s] != 0, silent = power < SILENT_POWER;

        m[s] = steady || silent || power < loud * QUIET_SHARE ? HOLLOW : 0;
        if (silent || (steady && power > loud * LOUD_SHARE))
            m[s] |= BLANK;
    }
    if (rc < 0)
        ew_free(m);
    else
        *marks = m;
    return rc;
}

/* A kind of mark and the shortest run of it that counts. */
typedef struct wanted {
    uint8_t kind;
    int64_t least;
} wanted;

/* The next such run in [from, to). */
static bool next_run(const uint8_t *marks, wanted want, int64_t from, int64_t to,
                     int64_t run[2])
{
    run[0] = from;
    for (int64_t p = from; p < to; p = (p / EW_SLOT + 1) * EW_SLOT) {
        if (marks[p / EW_SLOT] & want.kind)
            continue;
        run[1] = p;
        if (run[1] - run[0] >= want.least)
            return true;
        run[0] = (p / EW_SLOT + 1) * EW_SLOT;
    }
    run[1] = to;
    return run[1] - run[0] >= want.least;
}

/* ------------------------------------------------------------------ blanked stretches */

/* Are most of the source's words there those of silence? */
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

/* A stretch of a piece that is silent or steady in the clip but not, in the same way, in the source.
 * Where most of the piece is like that there is nothing to tell it by at all. */
static ew_code is_blanked(ew_scene *s, const ew_draft *d, const int64_t run[2],
                          bool *blanked, ew_err *err)
{
    ew_coherence c = {0};
    ew_code rc = EW_OK;

    *blanked = true;
    if (2 * (run[1] - run[0]) > d->to - d->from)
        return EW_OK;
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
    const wanted blank = {BLANK, CUT_LEAST};
    int64_t at = d->from, from = d->from, run[2];
    ew_code rc = EW_OK;

    while (rc == EW_OK && next_run(marks, blank, from, d->to, run)) {
        bool blanked;

        rc = is_blanked(s, d, run, &blanked, err);
        from = run[1] > from ? run[1] : d->to;
        if (rc < 0 || !blanked)
            continue;
        if (run[0] - at >= PART_LEAST) {
            ew_draft p = part_of(d, at, run[0]);

            rc = ew_drafts_push(out, &p, err);
        }
        at = run[1];
    }
    if (rc == EW_OK && (d->to - at >= PART_LEAST || at == d->from)) {
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

typedef struct filler {
    ew_map *map;
    const uint8_t *marks;
    size_t cap;
    bool poor; /* the gap lies in one line of a noisy clip */
} filler;

static ew_code push_gap(filler *f, int64_t from, int64_t to, ew_gap_kind kind,
                        ew_err *err)
{
    ew_map *m = f->map;

    if (from >= to)
        return EW_OK;
    if (m->gap_count == f->cap) {
        size_t more = f->cap ? 2 * f->cap : 16;
        ew_gap *p = ew_realloc_array(m->gaps, more, sizeof(*p));

        if (!p)
            return ew_fail_nomem(err);
        m->gaps = p;
        f->cap = more;
    }
    if (kind == EW_GAP_NO_MATCH && (to - from < SHORT || (f->poor && to - from < POOR)))
        kind = EW_GAP_SHORT;
    m->gaps[m->gap_count++] = (ew_gap){from, to, kind};
    return EW_OK;
}

/* Is the gap before piece i one in a single line of a recording? What is silent or steady
 * there was cut out of the line, or it would not be a gap. */
static bool in_one_line(const ew_map *m, size_t i)
{
    const ew_piece *a, *b;

    if (i == 0 || i >= m->piece_count)
        return false;
    a = &m->pieces[i - 1];
    b = &m->pieces[i];
    return a->rec == b->rec && a->backwards == b->backwards &&
           fabs(a->source_end + (double)(b->clip_start - a->clip_end) * a->speed -
                b->source_start) < RATE / 100.0;
}

/* Splits a gap into silences and sound. */
static ew_code fill_plain(filler *f, int64_t from, int64_t to, ew_err *err)
{
    const wanted hollow = {HOLLOW, QUIET_LEAST};
    int64_t at = from, run[2];
    ew_code rc = EW_OK;

    while (rc == EW_OK && at < to && next_run(f->marks, hollow, at, to, run)) {
        rc = push_gap(f, at, run[0], EW_GAP_NO_MATCH, err);
        if (rc == EW_OK)
            rc = push_gap(f, run[0], run[1], EW_GAP_SILENCE, err);
        at = run[1];
    }
    return rc == EW_OK ? push_gap(f, at, to, EW_GAP_NO_MATCH, err) : rc;
}

/* The same, digital silence and tones first: within one line of a recording they were put over
 * it, elsewhere they are silence like any other. */
static ew_code fill_gap(filler *f, bool in_line, int64_t from, int64_t to, ew_err *err)
{
    const wanted blank = {BLANK, CUT_LEAST};
    int64_t at = from, run[2];
    ew_code rc = EW_OK;

    while (rc == EW_OK && at < to && next_run(f->marks, blank, at, to, run)) {
        rc = fill_plain(f, at, run[0], err);
        if (rc == EW_OK)
            rc = push_gap(f, run[0], run[1], in_line ? EW_GAP_BLANKED : EW_GAP_SILENCE,
                          err);
        at = run[1];
    }
    return rc == EW_OK ? fill_plain(f, at, to, err) : rc;
}

ew_code ew_gaps_fill(ew_map *m, const uint8_t *marks, ew_err *err)
{
    filler f = {m, marks, 0, false};
    int64_t at = 0;
    ew_code rc = EW_OK;

    for (size_t i = 0; i <= m->piece_count && rc == EW_OK; i++) {
        int64_t end = i < m->piece_count ? m->pieces[i].clip_start : m->clip_samples;

        f.poor = in_one_line(m, i) &&
                 fmin(m->pieces[i - 1].agreement, m->pieces[i].agreement) < POOR_MEAN;
        rc = fill_gap(&f, in_one_line(m, i), at, end, err);
        if (i < m->piece_count)
            at = m->pieces[i].clip_end;
    }
    return rc;
}
