/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces: which stretches of the path belong together, which are worth claiming, and where
 * else the same sound is. Thresholds are measured in docs/accuracy.md. */
#include "align/pieces.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

#define LEAST_Z 10.0 /* agreement below this is never claimed */
#define CHANCE_RHO 0.15
#define BOTH_PER_Z 0.004
#define BOTH_LEAST 0.41
#define ALONE_Z 45.0
#define ALONE_PER_Z 0.01  /* claims below this are chance or like words, see docs */
#define SAME_SHARE 0.8    /* another line with this share of the evidence is named too */
#define FAINT_Z 5.0       /* agreement that says a line goes on, see is_faint */
#define SAME_LAG 12.0     /* samples within which a faint wave confirms a line */
#define BESIDE 0.2        /* by which a piece beside its like may miss the limit */
#define PLAIN_DRIFT 800.0 /* samples that a mistaken tempo may amount to over a piece */

enum {
    RATE = EW_FP_RATE_HZ,
    SAME_LINE = 3 * EW_FP_HOP / 2, /* samples by which a continued line may be off */
    HOLE = RATE / 2,     /* a hole in one line that is closed whatever is in it */
    PAUSE = 3 * RATE,    /* longest pause that is closed */
    JOIN = RATE / 4,     /* a hole between two lines that is shared out */
    EDGE = RATE / 2,     /* a hole at an end of the clip */
    FAINT = 5 * RATE,    /* longest hole that is looked into */
    PART = 3 * RATE / 2, /* of a long piece, for its lag */
    LEAST = RATE / 5     /* shortest piece */
};

void ew_drafts_release(ew_drafts *d)
{
    for (size_t i = 0; i < d->count; i++)
        ew_free(d->items[i].others);
    ew_free(d->items);
    memset(d, 0, sizeof(*d));
}

ew_code ew_drafts_push(ew_drafts *d, const ew_draft *piece, ew_err *err)
{
    if (d->count == d->cap) {
        size_t cap = d->cap ? 2 * d->cap : 32;
        ew_draft *p = ew_realloc_array(d->items, cap, sizeof(*p));

        if (!p)
            return ew_fail_nomem(err);
        d->items = p;
        d->cap = cap;
    }
    d->items[d->count++] = *piece;
    return EW_OK;
}

double ew_draft_z(const ew_draft *d)
{
    return d->agreement / sqrt(d->power + 1e-9);
}

/* How far the evidence is beyond what other takes of the same words reach: spectra (z) and
 * waves together, or so much of the spectrum that waves need not agree, as they do not after a
 * change of tempo or pitch alone. 0 is the limit of a claim. */
static double margin(const ew_draft *d)
{
    double seconds = (double)(d->to - d->from) / RATE, z = ew_draft_z(d);
    double wave = (d->wave.rho - CHANCE_RHO) * sqrt(seconds + 0.2);
    double both = wave + BOTH_PER_Z * z - BOTH_LEAST;
    double alone = ALONE_PER_Z * (z - ALONE_Z);

    return both > alone ? both : alone;
}

double ew_draft_certainty(const ew_draft *d)
{
    double c = 1 / (1 + exp(-(2.5 + 40 * margin(d))));

    return c < 0.999 ? c : 0.999;
}

/* ------------------------------------------------------------------ other sources */

static ew_code add_other(ew_draft *d, const ew_line *l, double certainty, ew_err *err)
{
    ew_other o = {.rec = l->rec, .speed = l->tempo, .certainty = certainty};
    ew_other *p;

    o.source_start = ew_line_source(l, (double)d->from);
    o.source_end = ew_line_source(l, (double)d->to);
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

/* ------------------------------------------------------------------ neighbours */

/* Does b go on where a is, as far as the words can tell? */
static bool continues(const ew_draft *a, const ew_draft *b)
{
    double at = 0.5 * (double)(a->to + b->from);
    double slack = SAME_LINE + 0.002 * (double)(b->from - a->to);

    return a->line.rec == b->line.rec && a->backwards == b->backwards &&
           fabs(ew_line_source(&a->line, at) - ew_line_source(&b->line, at)) < slack &&
           fabs(a->line.tempo - b->line.tempo) < 0.03;
}

static void join_pair(ew_draft *a, ew_draft *b)
{
    if (b->to - b->from > a->to - a->from)
        a->line = b->line; /* the longer one knows the tempo better */
    a->wave.rho =
        a->wave.rho * (double)(a->to - a->from) + b->wave.rho * (double)(b->to - b->from);
    a->wave.rho /= (double)(a->to - a->from + b->to - b->from);
    a->wave.windows += b->wave.windows;
    a->to = b->to;
    a->agreement += b->agreement;
    a->power += b->power;
    if (a->other_count == 0) {
        a->others = b->others;
        a->other_count = b->other_count;
    } else {
        ew_free(b->others);
    }
    b->others = NULL;
    b->other_count = 0;
}

/* ------------------------------------------------------------------ waves */

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
    ew_draft better = *d;
    ew_code rc = EW_OK;

    for (int64_t at = d->from; rc == EW_OK && at + PART <= d->to; at += PART) {
        double off = (double)at + 0.5 * PART - middle, weight;
        ew_coherence c;

        rc = ew_line_coherence(s, &d->line, at, at + PART, &c, err);
        weight = c.rho > EW_LOCK_RHO ? c.rho * c.rho : 0;
        w += weight;
        t += weight * off;
        y += weight * c.lag;
        tt += weight * off * off;
        ty += weight * off * c.lag;
    }
    if (rc < 0 || w < 0.5)
        return rc;
    slope = (ty - t * y / w) / (tt - t * t / w + 1e-9);
    better.line.source = ew_line_source(&d->line, middle);
    better.line.clip = middle + y / w - slope * t / w;
    better.line.tempo /= 1 + slope;
    rc = ew_line_coherence(s, &better.line, d->from, d->to, &better.wave, err);
    if (rc == EW_OK && better.wave.rho > d->wave.rho + 0.01)
        *d = better;
    return rc;
}

static ew_code look_at_wave(ew_scene *s, ew_draft *d, ew_err *err)
{
    double length = (double)(d->to - d->from);
    ew_code rc = ew_line_coherence(s, &d->line, d->from, d->to, &d->wave, err);

    if (rc == EW_OK && d->line.tempo != 1 &&
        fabs(d->line.tempo - 1) * length < PLAIN_DRIFT)
        rc = try_plain_tempo(s, d, err);
    if (rc == EW_OK && length >= 3 * PART)
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
    ew_code rc;

    *faint = false;
    if (to - from < EW_SLOT || to - from > FAINT)
        return EW_OK;
    rc = measure_on(s, &d->line, &hole, err);
    if (rc == EW_OK)
        rc = ew_line_coherence(s, &d->line, from, to, &hole.wave, err);
    *faint = ew_draft_z(&hole) >= FAINT_Z ||
             (ew_draft_z(&hole) >= FAINT_Z / 2 && fabs(hole.wave.lag) <= SAME_LAG &&
              hole.wave.rho > CHANCE_RHO);
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
        if (a && continues(a, b))
            rc = is_faint(s, a, a->to, b->from, &faint, err);
        if (faint)
            join_pair(a, b);
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

/* Names the other lines that explain the piece nearly as well. */
static ew_code find_others(ew_scene *s, const ew_lines *lines, ew_draft *d, ew_err *err)
{
    double middle = 0.5 * (double)(d->from + d->to);
    ew_code rc = EW_OK;

    for (size_t i = 0; i < lines->count && rc == EW_OK; i++) {
        const ew_line *l = &lines->items[i];
        ew_draft other = {.line = *l, .from = d->from, .to = d->to};

        if (middle < (double)l->from || middle >= (double)l->to ||
            ew_line_holds(&d->line, l->rec, middle, ew_line_source(l, middle), RATE / 4))
            continue;
        rc = measure_on(s, l, &other, err);
        if (rc == EW_OK)
            rc = ew_line_coherence(s, l, d->from, d->to, &other.wave, err);
        if (rc == EW_OK && margin(&other) >= 0 &&
            other.wave.rho >= SAME_SHARE * d->wave.rho &&
            ew_draft_z(&other) >= SAME_SHARE * ew_draft_z(d))
            rc = add_other(d, l, ew_draft_certainty(&other), err);
    }
    return rc;
}

/* ------------------------------------------------------------------ tidying */

/* ------------------------------------------------------------------ pauses */

/* Level of every slot of the clip, in dB. */
typedef struct levels {
    size_t n;
    float *db;
} levels;

static ew_code levels_init(levels *v, const float *mono, int64_t samples, ew_err *err)
{
    v->n = (size_t)samples / EW_SLOT;
    v->db = ew_alloc_array(v->n, sizeof(float));
    if (!v->db)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < v->n; i++) {
        double sum = 1e-9;

        for (size_t k = i * EW_SLOT; k < (i + 1) * EW_SLOT; k++)
            sum += (double)mono[k] * (double)mono[k];
        v->db[i] = (float)(10 * log10(sum));
    }
    return EW_OK;
}

enum { BINS_DB = 120 }; /* of the histogram, from -100 dB in steps of 1 dB */

/* Level that a share of the slots between two samples stays below. */
static int level_at(const levels *v, int64_t from, int64_t to, double share)
{
    size_t count[BINS_DB] = {0}, n = 0, sum = 0;
    size_t first = from > 0 ? (size_t)from / EW_SLOT : 0, last = (size_t)to / EW_SLOT;
    int bin = 0;

    for (size_t i = first; i < last && i < v->n; i++, n++) {
        int k = (int)v->db[i] + 100;

        count[k < 0 ? 0 : k < BINS_DB ? k : BINS_DB - 1]++;
    }
    while (bin < BINS_DB - 1 && (double)(sum += count[bin]) < share * (double)n)
        bin++;
    return bin;
}

/* Is the hole a pause of the piece beside it: never as loud as the piece often is? Other
 * speech put there would be; noise over both, without the speech, is not. */
static bool is_pause(const levels *v, const ew_draft *d, int64_t from, int64_t to)
{
    return to - from <= PAUSE &&
           level_at(v, from, to, 0.95) < level_at(v, d->from, d->to, 0.75);
}

/* The hole between pieces of one line is closed when it is short or a pause. */
static bool bridges(const levels *v, const ew_draft *a, const ew_draft *b)
{
    int64_t hole = b->from - a->to;

    return continues(a, b) && (hole <= HOLE || (v && is_pause(v, a, a->to, b->from) &&
                                                is_pause(v, b, a->to, b->from)));
}

static void join_continued(ew_drafts *d, const levels *v)
{
    size_t kept = 0;

    for (size_t i = 0; i < d->count; i++) {
        if (kept > 0 && bridges(v, &d->items[kept - 1], &d->items[i]))
            join_pair(&d->items[kept - 1], &d->items[i]);
        else
            d->items[kept++] = d->items[i];
    }
    d->count = kept;
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
        join_continued(out, NULL);
    for (size_t i = 0; i < out->count && rc == EW_OK; i++)
        rc = look_at_wave(s, &out->items[i], err);
    if (rc == EW_OK)
        rc = join_faint(s, out, err);
    for (size_t i = 0; i < out->count && rc == EW_OK; i++)
        rc = find_others(s, lines, &out->items[i], err);
    if (rc < 0)
        ew_drafts_release(out);
    return rc;
}

/* What is not enough alone is enough beside a clear piece of the same line. */
static bool is_claimed(const ew_drafts *d, size_t i)
{
    const ew_draft *p = &d->items[i];
    double least = 0;

    for (size_t k = i > 0 ? i - 1 : 0; k <= i + 1 && k < d->count; k++)
        if (k != i && margin(&d->items[k]) >= 0 &&
            continues(&d->items[k < i ? k : i], &d->items[k < i ? i : k]))
            least = -BESIDE;
    return margin(p) >= least && ew_draft_z(p) >= LEAST_Z && p->to - p->from >= LEAST;
}

static ew_code drop_weak(ew_drafts *d, ew_err *err)
{
    bool *claimed = ew_alloc_array(d->count, sizeof(*claimed));
    size_t kept = 0;

    if (!claimed)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < d->count; i++)
        claimed[i] = is_claimed(d, i);
    for (size_t i = 0; i < d->count; i++) {
        if (claimed[i])
            d->items[kept++] = d->items[i];
        else
            ew_free(d->items[i].others);
    }
    d->count = kept;
    ew_free(claimed);
    return EW_OK;
}

/* How far a piece can reach before its source begins or ends. */
static int64_t lowest_start(const ew_draft *d)
{
    return (int64_t)ceil(ew_line_clip(&d->line, 0));
}

static int64_t highest_end(const ew_index *ix, const ew_draft *d)
{
    return (int64_t)ew_line_clip(&d->line,
                                 (double)ew_index_recording(ix, d->line.rec)->samples);
}

static void set_from(ew_draft *d, int64_t from)
{
    int64_t low = lowest_start(d);

    d->from = from > low ? from : low < d->from ? low : d->from;
}

static void set_to(const ew_index *ix, ew_draft *d, int64_t to)
{
    int64_t high = highest_end(ix, d);

    d->to = to < high ? to : high > d->to ? high : d->to;
}

static void close_holes(const ew_index *ix, ew_drafts *d, const levels *v,
                        int64_t samples)
{
    for (size_t i = 0; i < d->count; i++) {
        ew_draft *a = &d->items[i], *b = i + 1 < d->count ? a + 1 : NULL;

        if (i == 0 && (a->from < EDGE || is_pause(v, a, 0, a->from)))
            set_from(a, 0);
        if (!b && (samples - a->to < EDGE || is_pause(v, a, a->to, samples)))
            set_to(ix, a, samples);
        if (b && b->from - a->to > 0 && b->from - a->to <= JOIN) {
            int64_t middle = (a->to + b->from) / 2;

            set_to(ix, a, middle);
            set_from(b, middle);
        }
        if (a->to > samples)
            a->to = samples;
    }
}

ew_code ew_pieces_tidy(const ew_index *ix, ew_drafts *d, const float *mono,
                       int64_t samples, ew_err *err)
{
    levels v;
    ew_code rc = levels_init(&v, mono, samples, err);

    if (rc < 0)
        return rc;
    join_continued(d, &v);
    rc = drop_weak(d, err);
    if (rc == EW_OK) {
        join_continued(d, &v);
        close_holes(ix, d, &v, samples);
    }
    ew_free(v.db);
    return rc;
}
