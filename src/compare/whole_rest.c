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

static void measure_pauses(const sounds *all, ew_whole__rest *r, double *work)
{
    const ew_whole__frames *f = all->f;
    const ew_whole__frame_kinds *k = all->k;
    double typical[EW_WHOLE_BANDS_MAX], a = 0, foreign = 0;
    size_t n = 0;

    for (size_t b = 0; b < f->bands; b++) {
        band_rest s;

        if (!in_rest(f, b, all->top_hz))
            continue;
        s = sum_pauses(f, k, b, work, work + f->count);
        a += s.a;
        foreign += s.b * (1 - s.follows);
        typical[n++] = ew_whole__db(fmax(s.median_b, 1e-18)) -
                       ew_whole__db(fmax(s.median_a, 1e-18)) - all->v->power_db[b];
    }
    r->typical_db = ew_whole__percentile(typical, n, 0.5);
    r->foreign_db = ew_whole__db(foreign) - ew_whole__db(fmax(a, 1e-18)) - all->v->gain_p;
    r->bed_db =
        ew_whole__db(foreign / (double)k->pause_count) - ew_whole__db(speech_power(f, k));
    r->depth_db = k->loud_db - ew_whole__db(a / (double)k->pause_count);
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

/* ---------------------------------------------------------------- edges of the band */

enum { SMOOTH_HZ = 120, STEP_HZ = 400, GAP_HZ = 100, ABOVE_HZ = 300 };

static const double cliff_db = 10, fall_db = 12, faint_db = 75;

typedef struct spectrum {
    double *db;    /* smoothed */
    double *sum;   /* running sum of db, [bins + 1] */
    double *above; /* highest from here on */
    size_t bins;
    double hz;
} spectrum;

static void smooth(spectrum *s, const double *power)
{
    const size_t reach = (size_t)fmax(1, SMOOTH_HZ / s->hz);

    for (size_t i = 0; i < s->bins; i++) {
        const size_t from = i > reach ? i - reach : 0;
        const size_t to = i + reach < s->bins ? i + reach : s->bins - 1;
        double sum = 0;

        for (size_t n = from; n <= to; n++)
            sum += power[n];
        s->db[i] = ew_whole__db(sum / (double)(to - from + 1));
        s->sum[i + 1] = s->sum[i] + s->db[i];
    }
    for (size_t i = s->bins; i-- > 0;)
        s->above[i] = i + 1 < s->bins ? fmax(s->db[i], s->above[i + 1]) : s->db[i];
}

static double mean_db(const spectrum *s, size_t from, size_t to)
{
    return (s->sum[to] - s->sum[from]) / (double)(to - from);
}

/* How steeply it falls at bin k, when all above stays low; else 0. */
static double cliff_at(const spectrum *s, size_t k)
{
    const size_t step = (size_t)fmax(2, STEP_HZ / s->hz);
    const size_t gap = (size_t)fmax(1, GAP_HZ / s->hz);
    const size_t above = (size_t)(ABOVE_HZ / s->hz);
    double low, drop;

    if (k < step || k + step >= s->bins)
        return 0;
    low = mean_db(s, k - step, k - gap);
    drop = low - mean_db(s, k + gap, k + step);
    return drop >= cliff_db && s->above[k + above] <= low - fall_db ? drop : 0;
}

static double level_before(const spectrum *s, size_t k, size_t *from)
{
    const size_t back = (size_t)(1200 / s->hz), gap = (size_t)(300 / s->hz);
    double most = -200;

    *from = k > back ? k - back : 1;
    for (size_t i = *from; i + gap < k; i++)
        most = fmax(most, s->db[i]);
    return most;
}

/* The highest cliff that is not down among what coders and resamplers leave behind. */
static void find_high(const spectrum *s, double top_db, ew_whole__edges *e)
{
    for (size_t k = (size_t)(1500 / s->hz); k < s->bins; k++) {
        double drop = cliff_at(s, k), level;
        size_t from, last = k;

        if (drop <= 0)
            continue;
        for (size_t n = k + 1; n < s->bins && (double)(n - last) * s->hz <= 300; n++)
            if (cliff_at(s, n) > drop) {
                drop = cliff_at(s, n);
                last = n;
            }
        level = level_before(s, last, &from);
        if (level > top_db - faint_db) {
            while (from + 1 < s->bins && s->db[from] >= level - 10)
                from++;
            e->high_hz = fmin((double)from * s->hz, e->high_hz);
            e->cut = true;
        }
        k = last + (size_t)(300 / s->hz);
    }
}

ew_code ew_whole__edges_find(const double *power, size_t bins, double hz_per_bin,
                             double nyquist_hz, ew_whole__edges *e, ew_err *err)
{
    spectrum s = {.bins = bins, .hz = hz_per_bin};
    double top_db = -200;

    *e = (ew_whole__edges){.high_hz = fmin(nyquist_hz, (double)(bins - 1) * hz_per_bin)};
    s.db = ew_alloc_array(3 * bins + 1, sizeof(*s.db));
    if (s.db == NULL)
        return ew_fail_nomem(err);
    s.sum = s.db + bins;
    s.above = s.sum + bins + 1;
    smooth(&s, power);
    for (size_t k = (size_t)(200 / s.hz); k < bins && (double)k * s.hz < 4000; k++)
        top_db = fmax(top_db, s.db[k]);
    find_high(&s, top_db, e);
    for (size_t k = 1; k < bins && (double)k * s.hz < 1000; k++)
        if (ew_whole__db(power[k]) > top_db - 20) {
            e->low_hz = (double)k * s.hz;
            break;
        }
    ew_free(s.db);
    return EW_OK;
}
