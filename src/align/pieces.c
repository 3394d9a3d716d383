/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces: which stretches of the path belong together, how their waves run, and where else the
 * same sound is. */
#include "align/pieces.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

#define SAME_SHARE 0.6    /* another line with this share of the evidence is named too */
#define FAINT_Z 5.0       /* agreement that says a line goes on, see is_faint */
#define FAINT_RHO 0.15    /* coherence above chance */
#define FAINT_WAVE 0.12   /* the same of the wave, over its root of length */
#define SETTLE_Z 16.0     /* drafts below this are mostly chance, whatever their pitch */
#define SAME_LAG 12.0     /* samples within which a faint wave confirms a line */
#define CLEAR_MEAN 0.6    /* agreement per bit of a clear line */
#define JUMP 800.0        /* largest jump between pieces that may be one, samples */
#define PLAIN_DRIFT 800.0 /* samples that a mistaken tempo may amount to over a piece */

enum {
    RATE = EW_FP_RATE_HZ,
    HOLE = RATE / 2,       /* a hole in one noisy line that is closed whatever is in it */
    HOLE_CLEAR = RATE / 8, /* the same in a clear line */
    FAINT = 5 * RATE,      /* longest hole that is looked into */
    PART_LEAST = RATE / 2,
    PART = 3 * RATE / 2 /* of a long piece, for its lag */
};

static ew_code add_other(ew_draft *d, const ew_draft *other, ew_err *err)
{
    const ew_line *l = &other->line;
    ew_other o = {.rec = l->rec, .speed = l->tempo};
    ew_other *p;

    o.source_start = ew_line_source(l, (double)other->from);
    o.source_end = ew_line_source(l, (double)other->to);
    o.certainty = ew_draft_certainty(ew_draft_margin(other));
    for (size_t i = 0; i < d->other_count; i++)
        if (d->others[i].rec == o.rec &&
            fabs(d->others[i].source_start - o.source_start) < RATE)
            return EW_OK;
    p = ew_realloc_array(d->others, d->other_count + 1, sizeof(*p));
    if (!p)
        return ew_fail_nomem(err);
    d->others = p;
    d->others[d->other_count++] = o;
    return EW_OK;
}

/* Agreement and power of the line on the piece's slots. */
static ew_code measure_on(ew_scene *s, const ew_line *l, ew_draft *d, ew_err *err)
{
    size_t first = (size_t)d->from / EW_SLOT, n = (size_t)(d->to - d->from) / EW_SLOT;
    float *sums = ew_alloc_array(2 * n + 1, sizeof(float));
    const ew_clip_view *view;
    ew_code rc = sums ? EW_OK : ew_fail_nomem(err);

    if (rc == EW_OK)
        rc = ew_scene_view(s, l->pitch, true, &view, err);
    if (rc == EW_OK) {
        ew_line_slots(s, view, l, first, n, sums, sums + n);
        d->agreement = d->power = 0;
        for (size_t k = 0; k < n; k++) {
            d->agreement += (double)sums[k];
            d->power += (double)sums[n + k];
        }
    }
    ew_free(sums);
    return rc;
}

/* A short piece says little about its tempo; the wave says whether it was left alone. */
static ew_code try_plain_tempo(ew_scene *s, ew_draft *d, ew_err *err)
{
    double middle = 0.5 * (double)(d->from + d->to);
    ew_draft plain = *d;
    ew_code rc;

    plain.line.source = ew_line_source(&d->line, middle);
    plain.line.clip = middle;
    plain.line.tempo = 1;
    plain.line.pitch = 0;
    rc = ew_line_coherence(s, &plain.line, d->from, d->to, &plain.wave, err);
    if (rc == EW_OK && plain.wave.rho > d->wave.rho) {
        rc = measure_on(s, &plain.line, &plain, err);
        *d = plain;
    }
    return rc;
}

/* Corrects position and tempo of a long piece by the lags of its parts: the course of a resampled
 * recording, or of one whose clock ran a little differently, is a straight line through them. */
static ew_code straighten(ew_scene *s, ew_draft *d, ew_err *err)
{
    double w = 1e-9, t = 0, y = 0, tt = 1e-9, ty = 0, slope;
    double middle = 0.5 * (double)(d->from + d->to);
    int64_t part = (d->to - d->from) / 3 < PART ? (d->to - d->from) / 3 : PART;
    ew_draft better = *d;
    ew_code rc = EW_OK;

    for (int64_t at = d->from; rc == EW_OK && at + part <= d->to; at += part) {
        double off = (double)at + 0.5 * (double)part - middle, weight;
        ew_coherence c;

        rc = ew_line_coherence(s, &d->line, at, at + part, &c, err);
        weight = c.rho > EW_LOCK_RHO ? c.rho * c.rho : 0;
        w += weight;
        t += weight * off;
        y += weight * c.lag;
        tt += weight * off * off;
        ty += weight * off * c.lag;
    }
    d->doubt =
        0.0025 * (double)(d->to - d->from); /* half a percent of speed goes unnoticed */
    if (rc < 0 || w < 0.5)
        return rc;
    slope = (ty - t * y / w) / (tt - t * t / w + 1e-9);
    d->doubt = fabs(slope) * 0.5 * (double)(d->to - d->from);
    better.line.source = ew_line_source(&d->line, middle);
    better.line.clip = middle + y / w - slope * t / w;
    better.line.tempo /= 1 + slope;
    rc = ew_line_coherence(s, &better.line, d->from, d->to, &better.wave, err);
    better.doubt = 0;
    if (rc == EW_OK && better.wave.rho > d->wave.rho + (part < PART ? 0.03 : 0.01))
        *d = better;
    return rc;
}

/* Of the pitches near by, that of the tempo, and none, the one that agrees best. */
static ew_code settle_pitch(ew_scene *s, ew_draft *d, ew_err *err)
{
    int near = d->line.pitch,
        natural = (int)lround(log(d->line.tempo) / log(EW_CELL_RATIO));
    int tries[] = {natural, 0, near - 1, near + 1};
    ew_code rc = EW_OK;

    for (size_t i = 0; i < 4 && rc == EW_OK; i++) {
        ew_draft other = *d;

        if (tries[i] < -EW_PITCH_CELLS || tries[i] > EW_PITCH_CELLS)
            continue;
        other.line.pitch = tries[i];
        rc = measure_on(s, &other.line, &other, err);
        if (rc == EW_OK && ew_draft_z(&other) > ew_draft_z(d))
            *d = other;
    }
    return rc;
}

/* Pieces of one recording that follow each other with small jumps may be one piece whose tempo
 * is slightly off: then one line, through both or that of either, agrees better than the two. */
static ew_code try_one_course(ew_scene *s, const ew_draft *a, const ew_draft *b,
                              ew_draft *one, bool *better, ew_err *err)
{
    double middle = 0.5 * (double)(a->from + a->to),
           next = 0.5 * (double)(b->from + b->to);
    double apart = 0.5 * (double)(a->to + b->from);
    double most = ew_draft_z(a) * ew_draft_z(a) + ew_draft_z(b) * ew_draft_z(b);
    ew_line tries[3] = {a->line, a->line, b->line};
    ew_code rc = EW_OK;

    *better = false;
    if (a->line.rec != b->line.rec || b->from - a->to > HOLE ||
        fabs(ew_line_source(&a->line, apart) - ew_line_source(&b->line, apart)) > JUMP)
        return EW_OK;
    tries[0].source = ew_line_source(&a->line, middle);
    tries[0].clip = middle;
    tries[0].tempo = (ew_line_source(&b->line, next) - tries[0].source) / (next - middle);
    for (size_t i = 0; i < 3 && rc == EW_OK; i++) {
        ew_draft other = {.line = tries[i], .from = a->from, .to = b->to};

        rc = measure_on(s, &other.line, &other, err);
        if (rc == EW_OK && ew_draft_z(&other) * ew_draft_z(&other) > most) {
            most = ew_draft_z(&other) * ew_draft_z(&other);
            *one = other;
            *better = true;
        }
    }
    return rc;
}

static ew_code join_courses(ew_scene *s, ew_drafts *d, ew_err *err)
{
    size_t kept = 0;
    ew_code rc = EW_OK;

    for (size_t i = 0; i < d->count && rc == EW_OK; i++) {
        bool better = false;
        ew_draft one;

        if (kept > 0)
            rc = try_one_course(s, &d->items[kept - 1], &d->items[i], &one, &better, err);
        if (better)
            d->items[kept - 1] = one;
        else
            d->items[kept++] = d->items[i];
    }
    if (rc == EW_OK)
        d->count = kept;
    return rc;
}

static ew_code look_at_wave(ew_scene *s, ew_draft *d, ew_err *err)
{
    double length = (double)(d->to - d->from);
    ew_code rc = ew_line_coherence(s, &d->line, d->from, d->to, &d->wave, err);

    if (rc == EW_OK && d->line.tempo != 1 &&
        fabs(d->line.tempo - 1) * length < PLAIN_DRIFT)
        rc = try_plain_tempo(s, d, err);
    if (rc == EW_OK && length >= 3 * PART_LEAST)
        rc = straighten(s, d, err);
    if (d->wave.rho >= EW_LOCK_RHO)
        d->line.source -= d->wave.lag * d->line.tempo;
    return rc;
}

/* Does the line of d, which holds beside this hole, hold in it too, if only faintly? Much
 * less is asked than for a claim of its own: chance would have to hit this very line. */
static ew_code is_faint(ew_scene *s, const ew_draft *d, int64_t from, int64_t to,
                        bool *faint, ew_err *err)
{
    ew_draft hole = {.line = d->line, .from = from, .to = to};
    double z, wave;
    ew_code rc;

    *faint = false;
    if (to - from < EW_SLOT || to - from > FAINT)
        return EW_OK;
    rc = measure_on(s, &d->line, &hole, err);
    if (rc == EW_OK)
        rc = ew_line_coherence(s, &d->line, from, to, &hole.wave, err);
    z = ew_draft_z(&hole);
    wave = (hole.wave.rho - FAINT_RHO) * sqrt((double)(to - from) / RATE + 0.2);
    *faint = z >= FAINT_Z || (fabs(hole.wave.lag) <= SAME_LAG &&
                              (wave >= FAINT_WAVE || (wave > 0 && z >= FAINT_Z / 2)));
    return rc;
}

/* Joins pieces of one line over holes in which it is faint, and extends the first and the
 * last to the ends of the scene where it is faint there. */
static ew_code join_faint(ew_scene *s, ew_drafts *d, ew_err *err)
{
    int64_t end = (int64_t)s->samples / EW_SLOT * EW_SLOT;
    size_t kept = 0;
    bool faint;
    ew_code rc = EW_OK;

    for (size_t i = 0; i < d->count && rc == EW_OK; i++) {
        ew_draft *a = kept > 0 ? &d->items[kept - 1] : NULL, *b = &d->items[i];

        faint = false;
        if (a && ew_draft_continues(a, b))
            rc = is_faint(s, a, a->to, b->from, &faint, err);
        if (faint)
            ew_draft_join(a, b);
        else
            d->items[kept++] = *b;
    }
    for (size_t i = kept; rc < 0 && i < d->count; i++)
        d->items[i].others = NULL;
    if (rc < 0 || kept == 0)
        return rc;
    d->count = kept;
    rc = is_faint(s, &d->items[0], 0, d->items[0].from, &faint, err);
    if (rc == EW_OK && faint)
        d->items[0].from = 0;
    if (rc == EW_OK)
        rc = is_faint(s, &d->items[kept - 1], d->items[kept - 1].to, end, &faint, err);
    if (rc == EW_OK && faint)
        d->items[kept - 1].to = end;
    return rc;
}

/* The part of the piece that another line holds; its evidence there. */
static ew_code measure_other(ew_scene *s, const ew_line *l, const ew_draft *d,
                             ew_draft *other, ew_err *err)
{
    ew_code rc;

    *other = (ew_draft){.line = *l};
    other->from = d->from > l->from - EW_SLOT * 4 ? d->from : l->from;
    other->to = d->to < l->to + EW_SLOT * 4 ? d->to : l->to;
    rc = measure_on(s, l, other, err);
    if (rc == EW_OK)
        rc = ew_line_coherence(s, l, other->from, other->to, &other->wave, err);
    if (other->wave.rho >= EW_LOCK_RHO)
        other->line.source -= other->wave.lag * other->line.tempo;
    return rc;
}

/* Names the other lines that explain the piece, or at least half of it, nearly as well. */
static ew_code find_others(ew_scene *s, const ew_lines *lines, ew_draft *d, ew_err *err)
{
    double middle = 0.5 * (double)(d->from + d->to), length = (double)(d->to - d->from);
    ew_code rc = EW_OK;

    for (size_t i = 0; i < lines->count && rc == EW_OK; i++) {
        const ew_line *l = &lines->items[i];
        ew_draft other;
        double share;

        if (middle < (double)l->from || middle >= (double)l->to ||
            ew_line_holds(&d->line, l->rec, middle, ew_line_source(l, middle), RATE / 4))
            continue;
        rc = measure_other(s, l, d, &other, err);
        share = (double)(other.to - other.from) / length;
        if (rc == EW_OK && share >= 0.5 && ew_draft_margin(&other) >= 0 &&
            other.wave.rho >= SAME_SHARE * d->wave.rho &&
            ew_draft_z(&other) >= SAME_SHARE * ew_draft_z(d) * sqrt(share))
            rc = add_other(d, &other, err);
    }
    return rc;
}

/* In a clear piece even a short hole is something else; a noisy one has holes of its own. */
static bool goes_on(const void *cookie, const ew_draft *a, const ew_draft *b)
{
    double mean =
        fmin(a->agreement / (a->power + 1e-9), b->agreement / (b->power + 1e-9));

    (void)cookie;
    return b->from - a->to <= (mean >= CLEAR_MEAN ? HOLE_CLEAR : HOLE) &&
           ew_draft_continues(a, b);
}

ew_code ew_pieces_make(ew_scene *s, const ew_lines *lines, const ew_path *path,
                       ew_drafts *out, ew_err *err)
{
    ew_code rc = EW_OK;

    memset(out, 0, sizeof(*out));
    for (size_t i = 0; i < path->count && rc == EW_OK; i++) {
        const ew_stretch *t = &path->items[i];
        ew_draft d = {.line = lines->items[t->line]};

        d.from = (int64_t)t->from * EW_SLOT;
        d.to = (int64_t)t->to * EW_SLOT;
        d.agreement = t->agreement;
        d.power = t->power;
        rc = ew_drafts_push(out, &d, err);
    }
    if (rc == EW_OK)
        ew_drafts_join(out, goes_on, NULL);
    for (int pass = 0; pass < 2 && rc == EW_OK; pass++)
        rc = join_courses(s, out, err);
    for (size_t i = 0; i < out->count && rc == EW_OK; i++) {
        const ew_draft *d = &out->items[i];

        if ((d->line.tempo != 1 || d->line.pitch != 0) && ew_draft_z(d) >= SETTLE_Z)
            rc = settle_pitch(s, &out->items[i], err);
        if (rc == EW_OK)
            rc = look_at_wave(s, &out->items[i], err);
    }
    if (rc == EW_OK)
        rc = join_faint(s, out, err);
    for (size_t i = 0; i < out->count && rc == EW_OK; i++)
        rc = find_others(s, lines, &out->items[i], err);
    if (rc < 0)
        ew_drafts_release(out);
    return rc;
}
