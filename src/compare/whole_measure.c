/* SPDX-License-Identifier: Apache-2.0 */
/* How loud sound of A became that of B: gain, dynamics, transfer, bent peaks. */
#include "compare/whole_measure.h"

#include <math.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/sort.h"

static const double voice_low_hz = 200, voice_high_hz = 3600; /* every codec keeps it */
static const double active_below_db = 20;
static const double smooth_s = 0.4;
static const double follows_least = 0.3; /* coherence of a band that is of use */

double ew_whole__db(double power)
{
    return power > 1e-20 ? 10 * log10(power) : -200;
}

double ew_whole__percentile(double *x, size_t n, double share)
{
    if (n == 0)
        return 0;
    ew_sort_doubles(x, n);
    return x[(size_t)(share * (double)(n - 1) + 0.5)];
}

static double middle_hz(const ew_whole__frames *f, size_t band)
{
    return sqrt(f->edge_hz[band] * f->edge_hz[band + 1]);
}

static bool in_voice(const ew_whole__frames *f, size_t band)
{
    const double hz = middle_hz(f, band);

    return hz > voice_low_hz && hz < voice_high_hz;
}

/* ---------------------------------------------------------------- kinds of frames */

/* Quiet frames that nothing louder is near; all quiet ones when there are too few. */
static void mark_pauses(ew_whole__frame_kinds *k, const ew_whole__frames *f,
                        double most_db)
{
    const size_t reach = (size_t)fmax(1, 0.08 / f->hop_s + 0.5);

    for (int strict = 1; strict >= 0 && k->pause_count < 10; strict--) {
        k->pause_count = 0;
        for (size_t i = 0; i < f->count; i++) {
            const size_t from = i > reach ? i - reach : 0;
            const size_t to = i + reach < f->count ? i + reach : f->count - 1;

            k->pause[i] = k->level_db[i] <= most_db;
            for (size_t n = from; strict && n <= to; n++)
                if (k->level_db[n] > most_db + 6)
                    k->pause[i] = false;
            k->pause_count += k->pause[i];
        }
    }
}

ew_code ew_whole__kinds_init(ew_whole__frame_kinds *k, const ew_whole__frames *f,
                             ew_err *err)
{
    double *sorted = ew_alloc_array(f->count, sizeof(*sorted));
    double quiet_db;

    *k = (ew_whole__frame_kinds){0};
    k->level_db = ew_alloc_array(f->count, sizeof(*k->level_db));
    k->active = ew_alloc_array(f->count, sizeof(*k->active));
    k->pause = ew_alloc_array(f->count, sizeof(*k->pause));
    if (sorted == NULL || k->level_db == NULL || k->active == NULL || k->pause == NULL) {
        ew_free(sorted);
        ew_whole__kinds_release(k);
        return ew_fail_nomem(err);
    }
    for (size_t i = 0; i < f->count; i++) {
        double sum = 0;

        for (size_t b = 0; b < f->bands; b++)
            sum += in_voice(f, b) ? (double)f->cells[i * f->bands + b].a : 0;
        sorted[i] = k->level_db[i] = ew_whole__db(sum);
    }
    k->loud_db = ew_whole__percentile(sorted, f->count, 0.95);
    quiet_db =
        fmin(k->loud_db - active_below_db, ew_whole__percentile(sorted, f->count, 0.2));
    for (size_t i = 0; i < f->count; i++) {
        k->active[i] = k->level_db[i] > k->loud_db - active_below_db;
        k->active_count += k->active[i];
    }
    mark_pauses(k, f, quiet_db);
    ew_free(sorted);
    return EW_OK;
}

void ew_whole__kinds_release(ew_whole__frame_kinds *k)
{
    ew_free(k->pause);
    ew_free(k->active);
    ew_free(k->level_db);
    *k = (ew_whole__frame_kinds){0};
    *k = (ew_whole__frame_kinds){0};
}

/* ---------------------------------------------------------------- transfer */

/* One band summed over the active frames. */
typedef struct band_sum {
    double a, b, re, im;
    double follows; /* coherence */
    bool use;       /* for gain over time */
} band_sum;

static void sum_active(const ew_whole__frames *f, const ew_whole__frame_kinds *k,
                       band_sum *sums)
{
    for (size_t b = 0; b < f->bands; b++)
        sums[b] = (band_sum){0};
    for (size_t i = 0; i < f->count; i++)
        for (size_t b = 0; k->active[i] && b < f->bands; b++) {
            const ew_whole__cell *c = &f->cells[i * f->bands + b];

            sums[b].a += (double)c->a;
            sums[b].b += (double)c->b;
            sums[b].re += (double)c->re;
            sums[b].im += (double)c->im;
        }
    for (size_t b = 0; b < f->bands; b++) {
        band_sum *s = &sums[b];

        if (s->a > 0 && s->b > 0)
            s->follows = (s->re * s->re + s->im * s->im) / (s->a * s->b);
        s->use = in_voice(f, b) && s->follows > follows_least;
    }
}

static double size2(const band_sum *s)
{
    return s->re * s->re + s->im * s->im;
}

static void measure_gain(const ew_whole__frames *f, const band_sum *sums,
                         ew_whole__voice *v)
{
    double a = 0, b = 0, followed = 0, signed_sum = 0, weight = 0;

    for (size_t i = 0; i < f->bands; i++) {
        const band_sum *s = &sums[i];

        v->power_db[i] = ew_whole__db(s->b / fmax(s->a, 1e-20));
        v->follow_db[i] = ew_whole__db(size2(s) / fmax(s->a * s->a, 1e-30));
        if (!in_voice(f, i) || s->a <= 0 || s->b <= 0)
            continue;
        a += s->a;
        b += s->b;
        followed += size2(s) / s->a;
        if (s->follows > 0.5) {
            signed_sum += s->re / sqrt(size2(s));
            weight += 1;
        }
    }
    v->gain_c = ew_whole__db(followed / fmax(a, 1e-20));
    v->gain_p = ew_whole__db(b / fmax(a, 1e-20));
    v->sign = weight > 0 ? signed_sum / weight : 0;
}

/* Bin by bin, so that filters do not count: they turn the phase inside a band. */
static void measure_residual(const ew_whole__frames *f, ew_whole__voice *v)
{
    const double hz = (double)f->rate_hz / (double)f->size;
    double follows = 0, all = 0;

    for (size_t k = (size_t)(voice_low_hz / hz) + 1;
         k < f->bins && (double)k * hz < voice_high_hz; k++) {
        const double re = f->bin_re[k], im = f->bin_im[k];

        all += f->bin_b[k];
        follows += (re * re + im * im) / fmax(f->bin_a[k], 1e-20);
    }
    v->coherence = all > 0 ? fmin(follows / all, 1) : 0;
    v->residual_db = ew_whole__db((1 - v->coherence + 1e-9) / (v->coherence + 1e-9));
}

/* The smaller of two deviations when they agree in direction: what both say at least. */
static double agreed(double x, double y)
{
    if ((x > 0) != (y > 0))
        return 0;
    return fabs(x) < fabs(y) ? x : y;
}

static void measure_curve(const ew_whole__frames *f, const band_sum *sums, double top_hz,
                          ew_whole__voice *v)
{
    double p[EW_WHOLE_BANDS_MAX], c[EW_WHOLE_BANDS_MAX], sorted[EW_WHOLE_BANDS_MAX];
    double mid_p, mid_c, sx = 0, sy = 0, sxx = 0, sxy = 0, syy = 0, n;
    size_t count = 0;

    for (size_t i = 0; i < f->bands; i++) {
        const double hz = middle_hz(f, i);

        if (hz < 250 || hz > top_hz * 0.8 || sums[i].follows < follows_least)
            continue;
        v->band_hz[count] = hz;
        p[count] = v->power_db[i];
        c[count++] = v->follow_db[i];
    }
    v->bands = count;
    for (size_t i = 0; i < count; i++)
        sorted[i] = p[i];
    mid_p = ew_whole__percentile(sorted, count, 0.5);
    for (size_t i = 0; i < count; i++)
        sorted[i] = c[i];
    mid_c = ew_whole__percentile(sorted, count, 0.5);
    for (size_t i = 0; i < count; i++) {
        const double x = log2(v->band_hz[i]);
        const double y = agreed(p[i] - mid_p, c[i] - mid_c);

        v->band_db[i] = y;
        v->band_sd[i] = fabs(p[i] - mid_p - (c[i] - mid_c)) / 2;
        sx += x;
        sy += y;
        sxx += x * x;
        sxy += x * y;
        syy += y * y;
    }
    n = (double)count;
    if (count >= 4) {
        v->tilt_db = (n * sxy - sx * sy) / (n * sxx - sx * sx);
        v->deviation_db = sqrt(fmax(syy / n, 0));
    }
}

/* ---------------------------------------------------------------- dynamics */

/* Running sums over time of level in, and of B as it follows (c) and as power (p), with the
 * transfer taken out band by band. */
typedef struct course {
    double *a, *c, *p, *n;
} course;

static void course_release(course *t)
{
    ew_free(t->n);
    ew_free(t->p);
    ew_free(t->c);
    ew_free(t->a);
}

static ew_code course_init(course *t, size_t count, ew_err *err)
{
    *t = (course){0};
    t->a = ew_alloc_array(count + 1, sizeof(*t->a));
    t->c = ew_alloc_array(count + 1, sizeof(*t->c));
    t->p = ew_alloc_array(count + 1, sizeof(*t->p));
    t->n = ew_alloc_array(count + 1, sizeof(*t->n));
    if (t->a == NULL || t->c == NULL || t->p == NULL || t->n == NULL)
        return ew_fail_nomem(err);
    return EW_OK;
}

static void course_fill(course *t, const ew_whole__frames *f,
                        const ew_whole__frame_kinds *k, const band_sum *sums)
{
    for (size_t i = 0; i < f->count; i++) {
        double a = 0, c = 0, p = 0;

        for (size_t b = 0; k->active[i] && b < f->bands; b++) {
            const ew_whole__cell *x = &f->cells[i * f->bands + b];
            const band_sum *s = &sums[b];

            if (!s->use)
                continue;
            a += (double)x->a;
            /* x times the conjugate of the transfer, over its size squared */
            c += ((double)x->re * s->re + (double)x->im * s->im) * s->a / size2(s);
            p += (double)x->b * s->a * s->a / size2(s);
        }
        t->a[i + 1] = t->a[i] + a;
        t->c[i + 1] = t->c[i] + c;
        t->p[i + 1] = t->p[i] + p;
        t->n[i + 1] = t->n[i] + (k->active[i] ? 1 : 0);
    }
}

/* Slope of y over x, per 10 units. */
static double slope10(const double *x, const double *y, size_t n)
{
    double sx = 0, sy = 0, sxx = 0, sxy = 0, d;

    for (size_t i = 0; i < n; i++) {
        sx += x[i];
        sy += y[i];
        sxx += x[i] * x[i];
        sxy += x[i] * y[i];
    }
    d = (double)n * sxx - sx * sx;
    return d > 1e-9 ? 10 * ((double)n * sxy - sx * sy) / d : 0;
}

static double half_width(double *x, size_t n)
{
    const double high = ew_whole__percentile(x, n, 0.84);

    return (high - x[(size_t)(0.16 * (double)(n - 1) + 0.5)]) / 2;
}

static ew_code measure_dynamics(const ew_whole__frames *f, const ew_whole__frame_kinds *k,
                                const band_sum *sums, ew_whole__voice *v, ew_err *err)
{
    const size_t half = (size_t)fmax(1, smooth_s / f->hop_s / 2 + 0.5);
    course t = {0};
    double *x = ew_alloc_array(3 * f->count, sizeof(*x));
    double *c = x == NULL ? NULL : x + f->count, *p = x == NULL ? NULL : c + f->count;
    size_t n = 0;
    ew_code rc = x == NULL ? ew_fail_nomem(err) : course_init(&t, f->count, err);

    if (rc != EW_OK)
        goto out;
    course_fill(&t, f, k, sums);
    for (size_t i = half; i + half < f->count; i++) {
        const size_t from = i - half, to = i + half + 1;
        const double seen = t.n[to] - t.n[from], a = t.a[to] - t.a[from];

        if (!k->active[i] || seen < (double)half || a <= 0 ||
            f->excerpt[from] != f->excerpt[to - 1])
            continue;
        x[n] = ew_whole__db(a / seen);
        c[n] = 2 * ew_whole__db(fmax((t.c[to] - t.c[from]) / a, 1e-6));
        p[n++] = ew_whole__db((t.p[to] - t.p[from]) / a);
    }
    v->has_dynamics = n >= 40;
    if (v->has_dynamics) {
        v->slope_c = slope10(x, c, n);
        v->slope_p = slope10(x, p, n);
        v->spread_c = half_width(c, n);
        v->spread_p = half_width(p, n);
    }
out:
    course_release(&t);
    ew_free(x);
    return rc;
}

/* ---------------------------------------------------------------- peaks */

/* Gain at the peaks of frames less that amid them, dB. */
typedef struct bend {
    double high_ab, high_aa, mid_ab, mid_aa;
} bend;

static double bend_db(const bend *b, double sign)
{
    if (b->high_aa <= 0 || b->mid_aa <= 0)
        return 0;
    return 2 * (ew_whole__db(fmax(sign * b->high_ab / b->high_aa, 1e-3)) -
                ew_whole__db(fmax(sign * b->mid_ab / b->mid_aa, 1e-3)));
}

static void add_shape(bend *b, const ew_whole__shape *s)
{
    b->high_ab += (double)s->high_ab;
    b->high_aa += (double)s->high_aa;
    b->mid_ab += (double)s->mid_ab;
    b->mid_aa += (double)s->mid_aa;
}

static ew_code measure_peaks(const ew_whole__frames *f, const ew_whole__frame_kinds *k,
                             ew_whole__voice *v, ew_err *err)
{
    double *a = ew_alloc_array(2 * f->count, sizeof(*a)), *b;
    double loud, soft, direction = 0, high_a, high_b;
    bend top = {0}, low = {0};
    size_t n = 0;

    if (a == NULL)
        return ew_fail_nomem(err);
    b = a + f->count;
    for (size_t i = 0; i < f->count; i++) {
        if (!k->active[i])
            continue;
        a[n] = (double)f->shapes[i].peak_a;
        b[n++] = (double)f->shapes[i].peak_b;
        direction += (double)f->shapes[i].high_ab;
    }
    loud = ew_whole__percentile(a, n, 0.85);
    soft = ew_whole__percentile(a, n, 0.5);
    high_a = ew_whole__percentile(a, n, 0.99) / fmax(a[(n - 1) * 3 / 4], 1e-9);
    high_b = ew_whole__percentile(b, n, 0.99) / fmax(b[(n - 1) * 3 / 4], 1e-9);
    v->saturation_db = 2 * (ew_whole__db(high_b) - ew_whole__db(high_a));
    for (size_t i = 0; i < f->count; i++) {
        if (k->active[i] && (double)f->shapes[i].peak_a >= loud)
            add_shape(&top, &f->shapes[i]);
        if (k->active[i] && (double)f->shapes[i].peak_a < soft)
            add_shape(&low, &f->shapes[i]);
    }
    v->bend_db = bend_db(&top, direction < 0 ? -1 : 1);
    v->bend_d_db = v->bend_db - bend_db(&low, direction < 0 ? -1 : 1);
    ew_free(a);
    return EW_OK;
}

ew_code ew_whole__voice_measure(const ew_whole__frames *f, const ew_whole__frame_kinds *k,
                                double top_hz, ew_whole__voice *v, ew_err *err)
{
    band_sum sums[EW_WHOLE_BANDS_MAX];
    ew_code rc;

    *v = (ew_whole__voice){0};
    if (k->active_count == 0)
        return EW_OK;
    sum_active(f, k, sums);
    measure_gain(f, sums, v);
    measure_residual(f, v);
    measure_curve(f, sums, top_hz, v);
    rc = measure_dynamics(f, k, sums, v, err);
    if (rc == EW_OK)
        rc = measure_peaks(f, k, v, err);
    return rc;
}
