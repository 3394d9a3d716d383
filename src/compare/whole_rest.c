/* SPDX-License-Identifier: Apache-2.0 */
/* What B holds where A is quiet, and how sounds die away in it. */
#include <math.h>

#include "base/alloc.h"
#include "base/err.h"
#include "compare/whole_measure.h"

static const double low_hz = 200, high_hz = 3400;
static const double peaky_low_hz = 400; /* below it hum is peaky too */
static const double near_s = 0.2;       /* of a sound, for its tail */

enum { DECAYS_MIN = 9 };

static double middle_hz(const ew_whole__frames *f, size_t band)
{
    return sqrt(f->edge_hz[band] * f->edge_hz[band + 1]);
}

static bool in_rest(const ew_whole__frames *f, size_t band, double top_hz)
{
    const double hz = middle_hz(f, band);

    return hz > low_hz && hz < fmin(high_hz, 0.9 * top_hz);
}

/* One band over all pauses. `a`, `b` of [pause_count] are for the caller's medians. */
typedef struct band_rest {
    double a, b, follows;
    double median_a, median_b;
} band_rest;

static band_rest sum_pauses(const ew_whole__frames *f, const ew_whole__frame_kinds *k,
                            size_t band, double *a, double *b)
{
    band_rest s = {0};
    double re = 0, im = 0;
    size_t n = 0;

    for (size_t i = 0; i < f->count; i++) {
        const ew_whole__cell *c = &f->cells[i * f->bands + band];

        if (!k->pause[i])
            continue;
        a[n] = (double)c->a;
        b[n++] = (double)c->b;
        s.a += (double)c->a;
        s.b += (double)c->b;
        re += (double)c->re;
        im += (double)c->im;
    }
    s.follows = s.a > 0 && s.b > 0 ? fmin((re * re + im * im) / (s.a * s.b), 1) : 0;
    s.median_a = ew_whole__percentile(a, n, 0.5);
    s.median_b = ew_whole__percentile(b, n, 0.5);
    return s;
}

static double speech_power(const ew_whole__frames *f, const ew_whole__frame_kinds *k)
{
    double sum = 0;

    for (size_t i = 0; i < f->count; i++)
        for (size_t b = 0; k->active[i] && b < f->bands; b++)
            if (in_rest(f, b, 2 * high_hz))
                sum += (double)f->cells[i * f->bands + b].b;
    return sum / (double)(k->active_count > 0 ? k->active_count : 1);
}

/* What the measures here are taken from. */
typedef struct sounds {
    const ew_whole__frames *f;
    const ew_whole__frame_kinds *k;
    const ew_whole__voice *v;
    double top_hz;
} sounds;

/* What does not follow A in the pauses, in the median excerpt: a bed lies under most of a
 * recording, a jingle in one place is no bed. */
static void measure_foreign(const sounds *all, const double *follows, ew_whole__rest *r)
{
    const ew_whole__frames *f = all->f;
    double a[EW_WHOLE_EXCERPTS_MAX] = {0}, foreign[EW_WHOLE_EXCERPTS_MAX] = {0};
    double over[EW_WHOLE_EXCERPTS_MAX], bed[EW_WHOLE_EXCERPTS_MAX];
    size_t frames[EW_WHOLE_EXCERPTS_MAX] = {0}, n = 0;

    for (size_t i = 0; i < f->count; i++) {
        const uint8_t e = f->excerpt[i];

        frames[e] += all->k->pause[i];
        for (size_t b = 0; all->k->pause[i] && b < f->bands; b++) {
            const ew_whole__cell *c = &f->cells[i * f->bands + b];

            if (!in_rest(f, b, all->top_hz))
                continue;
            a[e] += (double)c->a;
            foreign[e] += (double)c->b * (1 - follows[b]);
        }
    }
    for (size_t e = 0; e < EW_WHOLE_EXCERPTS_MAX; e++) {
        if (frames[e] < 3)
            continue;
        over[n] = ew_whole__db(foreign[e]) - ew_whole__db(fmax(a[e], 1e-18));
        bed[n++] = ew_whole__db(foreign[e] / (double)frames[e]);
    }
    r->foreign_db = ew_whole__percentile(over, n, 0.5) - all->v->gain_p;
    r->bed_db = ew_whole__percentile(bed, n, 0.5) - ew_whole__db(speech_power(f, all->k));
    r->foreign_known = n > 0;
}

static void measure_pauses(const sounds *all, ew_whole__rest *r, double *work)
{
    const ew_whole__frames *f = all->f;
    double typical[EW_WHOLE_BANDS_MAX], follows[EW_WHOLE_BANDS_MAX] = {0}, a = 0;
    size_t n = 0;

    for (size_t b = 0; b < f->bands; b++) {
        band_rest s;

        if (!in_rest(f, b, all->top_hz))
            continue;
        s = sum_pauses(f, all->k, b, work, work + f->count);
        a += s.a;
        follows[b] = s.follows;
        typical[n++] = ew_whole__db(fmax(s.median_b, 1e-18)) -
                       ew_whole__db(fmax(s.median_a, 1e-18)) - all->v->power_db[b];
    }
    r->typical_db = ew_whole__percentile(typical, n, 0.5);
    r->depth_db = all->k->loud_db - ew_whole__db(a / (double)all->k->pause_count);
    measure_foreign(all, follows, r);
}

static void measure_kind(const ew_whole__frames *f, const ew_whole__frame_kinds *k,
                         double top_hz, ew_whole__rest *r, double *work)
{
    size_t n = 0, frames = 0;
    double *level = work + f->count * f->bands;

    for (size_t i = 0; i < f->count; i++) {
        double sum = 0;

        for (size_t b = 0; k->pause[i] && b < f->bands; b++) {
            const ew_whole__cell *c = &f->cells[i * f->bands + b];

            if (!in_rest(f, b, top_hz))
                continue;
            sum += (double)c->b;
            if (middle_hz(f, b) > peaky_low_hz)
                work[n++] = 4.3429 * (double)c->peaky;
        }
        if (k->pause[i])
            level[frames++] = ew_whole__db(sum);
    }
    r->peaky_db = ew_whole__percentile(work, n, 0.9);
    r->spread_db = ew_whole__percentile(level, frames, 0.84);
    r->spread_db = (r->spread_db - ew_whole__percentile(level, frames, 0.16)) / 2;
}

/* ---------------------------------------------------------------- tails */

static double loudest(const double *level_db, size_t from, size_t to)
{
    double most = -200;

    for (size_t i = from; i < to; i++)
        most = fmax(most, level_db[i]);
    return most;
}

/* Reverberation fills what comes after a sound and leaves what comes before it. */
static void measure_tails(const ew_whole__frames *f, const ew_whole__frame_kinds *k,
                          const ew_whole__voice *v, ew_whole__rest *r, double *work)
{
    const size_t near = (size_t)(near_s / f->hop_s + 0.5);
    double *after = work, *before = work + f->count;
    size_t na = 0, nb = 0;

    for (size_t i = near; i + near < f->count; i++) {
        const double here = k->level_db[i];
        double past, next, b = 0;

        if (f->excerpt[i - near] != f->excerpt[i + near])
            continue;
        past = loudest(k->level_db, i - near, i);
        next = loudest(k->level_db, i + 1, i + near + 1);
        for (size_t n = 0; n < f->bands; n++)
            if (in_rest(f, n, 2 * high_hz))
                b += (double)f->cells[i * f->bands + n].b;
        if (past > here + 12 && past > k->loud_db - 12 && next < here + 6)
            after[na++] = ew_whole__db(b) - here - v->gain_p;
        if (next > here + 12 && next > k->loud_db - 12 && past < here + 6)
            before[nb++] = ew_whole__db(b) - here - v->gain_p;
    }
    r->decays = na < nb ? na : nb;
    if (r->decays < DECAYS_MIN)
        return;
    r->after_db = ew_whole__percentile(after, na, 0.5);
    r->tail_db = r->after_db - ew_whole__percentile(before, nb, 0.5);
}

ew_code ew_whole__rest_measure(const ew_whole__frames *f, const ew_whole__frame_kinds *k,
                               const ew_whole__voice *v, double top_hz, ew_whole__rest *r,
                               ew_err *err)
{
    const sounds all = {f, k, v, top_hz};
    double *work = ew_alloc_array(f->count, (f->bands + 2) * sizeof(*work));

    *r = (ew_whole__rest){0};
    if (work == NULL)
        return ew_fail_nomem(err);
    r->seconds = (double)k->pause_count * f->hop_s;
    if (k->pause_count > 0 && k->active_count > 0) {
        measure_pauses(&all, r, work);
        measure_kind(f, k, top_hz, r, work);
        measure_tails(f, k, v, r, work);
    }
    ew_free(work);
    return EW_OK;
}
