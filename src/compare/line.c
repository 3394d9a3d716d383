/* SPDX-License-Identifier: Apache-2.0 */
/* From the pieces of a map to lines that are followed on the wave. */
#include "compare/line.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/sort.h"
#include "earwitness/fingerprint.h"

enum {
    REACH = 6 * EW_FP_RATE_HZ, /* a line is weighed this far beyond where it was found */
    TAPS = 16,
    PHASES = 256,
    LAG_MAX = 40,          /* samples of A looked at on either side of the line: 5 ms */
    LOOK = 4096,           /* samples of B in one measurement of the lag */
    AROUND = 4,            /* knots to either side that have a say in a lag */
    SAME_LINE_SAMPLES = 40 /* two pieces this near are on one line */
};

static const float emphasis = 0.9f;

/* ------------------------------------------------------------------ from pieces */

static bool same_line(const ew_cline *l, const ew_piece *p)
{
    double rate = p->backwards ? -p->speed : p->speed;
    double here = l->at + l->rate * (double)p->clip_start;

    return fabs(rate - l->rate) < 5e-4 &&
           fabs(here - p->source_start) < SAME_LINE_SAMPLES &&
           fabs(p->pitch - l->pitch) < 0.01;
}

static void take_piece(ew_clines *c, const ew_piece *p)
{
    ew_cline *last = c->count > 0 ? &c->items[c->count - 1] : NULL;
    double rate = p->backwards ? -p->speed : p->speed;

    if (last != NULL && same_line(last, p)) {
        last->to = p->clip_end;
        return;
    }
    c->items[c->count++] = (ew_cline){
        .at = p->source_start - rate * (double)p->clip_start,
        .rate = rate,
        .pitch = p->pitch,
        .from = p->clip_start,
        .to = p->clip_end,
    };
}

/* A line may reach into its neighbours, since where one ends is to be found, but not past
 * them. */
static void set_range(ew_clines *c, size_t i, const ew_pair *p)
{
    ew_cline *l = &c->items[i];
    int64_t lo = i > 0 ? c->items[i - 1].from : 0;
    int64_t hi = i + 1 < c->count ? c->items[i + 1].to : p->nb;

    if (lo < l->from - REACH)
        lo = l->from - REACH;
    if (hi > l->to + REACH)
        hi = l->to + REACH;
    if (lo < 0)
        lo = 0;
    if (hi > p->nb)
        hi = p->nb;
    l->first = lo / EW_CMP_HOP;
    l->end = hi / EW_CMP_HOP;
    if (l->end <= l->first)
        l->end = l->first + 1;
}

void ew_clines_range(ew_clines *l, const ew_pair *p)
{
    for (size_t i = 0; i < l->count; i++)
        set_range(l, i, p);
}

ew_code ew_clines_init(ew_clines *l, const ew_map *map, ew_err *err)
{
    *l = (ew_clines){0};
    l->items = ew_alloc_array(map->piece_count, sizeof(*l->items));
    if (l->items == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < map->piece_count; i++)
        take_piece(l, &map->pieces[i]);
    return EW_OK;
}

void ew_clines_release(ew_clines *l)
{
    for (size_t i = 0; i < l->count; i++) {
        ew_free(l->items[i].lag);
        ew_free(l->items[i].sums);
        ew_free(l->items[i].weight);
    }
    ew_free(l->items);
    *l = (ew_clines){0};
}

/* ------------------------------------------------------------------ places */

static double lag_at(const ew_cline *l, double t)
{
    double x = (t - (double)l->knot0) / EW_CMP_KNOT;
    size_t i;

    if (l->knots == 0)
        return 0;
    if (x <= 0)
        return (double)l->lag[0];
    i = (size_t)x;
    if (i + 1 >= l->knots)
        return (double)l->lag[l->knots - 1];
    x -= (double)i;
    return (1 - x) * (double)l->lag[i] + x * (double)l->lag[i + 1];
}

double ew_cline_place(const ew_cline *l, double t)
{
    return l->at + l->rate * t + lag_at(l, t);
}

double ew_cline_back(const ew_cline *l, double a)
{
    double t = (a - l->at) / l->rate;

    /* The lag changes by far less than a sample over its own size. */
    return t - lag_at(l, t) / l->rate;
}

/* ------------------------------------------------------------------ sound */

/* Hann-windowed sinc, one row per phase. Made once per thread. */
typedef struct sinc {
    float tap[PHASES + 1][TAPS];
} sinc;

static void make_sinc(sinc *s)
{
    const double pi = 3.14159265358979323846;

    for (int ph = 0; ph <= PHASES; ph++)
        for (int k = 0; k < TAPS; k++) {
            double x = (double)(k - TAPS / 2 + 1) - (double)ph / PHASES;
            double w = 0.5 + 0.5 * cos(pi * x / (TAPS / 2));
            double v = fabs(x) < 1e-9 ? 1 : sin(pi * x) / (pi * x);

            s->tap[ph][k] = fabs(x) >= TAPS / 2 ? 0 : (float)(v * w);
        }
}

static const sinc *the_sinc(void)
{
    static _Thread_local sinc s;
    static _Thread_local bool made;

    if (!made)
        make_sinc(&s);
    made = true;
    return &s;
}

static float sample_at(const sinc *s, const float *x, int64_t n, double at)
{
    double whole = floor(at);
    const float *tap = s->tap[(int)((at - whole) * PHASES + 0.5)];
    int64_t from = (int64_t)whole - TAPS / 2 + 1;
    float sum = 0;

    if (from >= 0 && from + TAPS <= n) {
        for (int k = 0; k < TAPS; k++)
            sum += tap[k] * x[from + k];
        return sum;
    }
    for (int k = 0; k < TAPS; k++)
        if (from + k >= 0 && from + k < n)
            sum += tap[k] * x[from + k];
    return sum;
}

void ew_cline_fetch(const ew_cline *l, const ew_pair *p, int64_t t, size_t n, float *b,
                    float *a)
{
    const sinc *s = the_sinc();
    float before;

    if (b != NULL) {
        before = t > 0 && t <= p->nb ? p->b[t - 1] : 0;
        for (size_t i = 0; i < n; i++) {
            int64_t at = t + (int64_t)i;
            float x = at >= 0 && at < p->nb ? p->b[at] : 0;

            b[i] = x - emphasis * before;
            before = x;
        }
    }
    if (a == NULL)
        return;
    before = sample_at(s, p->a, p->na, ew_cline_place(l, (double)(t - 1)));
    for (size_t i = 0; i < n; i++) {
        double at = ew_cline_place(l, (double)(t + (int64_t)i));
        float x =
            at > -TAPS && at < (double)(p->na + TAPS) ? sample_at(s, p->a, p->na, at) : 0;

        a[i] = x - emphasis * before;
        before = x;
    }
}

/* ------------------------------------------------------------------ following */

/* Agreement of LOOK samples of B with A at each whole lag -LAG_MAX .. LAG_MAX. */
static void agreements(const float *b, const float *a, double bb, double *out)
{
    for (int k = 0; k <= 2 * LAG_MAX; k++) {
        float ba = 0, aa = 0;

        for (int i = 0; i < LOOK; i++) {
            ba += b[i] * a[i + k];
            aa += a[i + k] * a[i + k];
        }
        out[2 * k] = fabs((double)ba) / sqrt((double)aa * bb + 1e-12);
    }
}

/* Lag of A around sample t of B that fits best, in samples of A; false when none is clear.
 * Broad-band sound agrees within less than a sample, so that half samples are tried too. */
static bool measure_lag(const ew_cline *l, const ew_pair *p, int64_t t, double *lag,
                        double *fit)
{
    float b[LOOK], a[LOOK + 2 * LAG_MAX];
    double value[4 * LAG_MAX + 2];
    double bb = 0, bend;
    int last = 4 * LAG_MAX, best = 0;
    ew_cline half = *l;

    half.at += 0.5 * l->rate;
    ew_cline_fetch(l, p, t, LOOK, b, NULL);
    for (int i = 0; i < LOOK; i++)
        bb += (double)(b[i] * b[i]);
    ew_cline_fetch(l, p, t - LAG_MAX, LOOK + 2 * LAG_MAX, NULL, a);
    agreements(b, a, bb, value);
    ew_cline_fetch(&half, p, t - LAG_MAX, LOOK + 2 * LAG_MAX, NULL, a);
    agreements(b, a, bb, value + 1);
    for (int k = 0; k <= last; k++)
        if (value[k] > value[best])
            best = k;
    *fit = value[best];
    if (value[best] < 0.5 || best == 0 || best == last)
        return false;
    bend = value[best - 1] - 2 * value[best] + value[best + 1];
    *lag = 0.5 * (best - 2 * LAG_MAX);
    if (bend < 0)
        *lag += 0.25 * (value[best - 1] - value[best + 1]) / bend;
    *lag *= l->rate;
    return true;
}

/* Median of what was measured around each knot: one measurement over an edit, or one peak
 * beside the right one, must not bend the line. */
static void smooth(float *lag, float *raw, size_t n)
{
    memcpy(raw, lag, n * sizeof(*lag));
    for (size_t i = 0; i < n; i++) {
        float around[2 * AROUND + 1];
        size_t count = 0;

        for (size_t k = i > AROUND ? i - AROUND : 0; k < n && k <= i + AROUND; k++)
            if (!isnan(raw[k]))
                around[count++] = raw[k];
        ew_sort_floats(around, count);
        lag[i] = count == 0       ? NAN
                 : count % 2 == 1 ? around[count / 2]
                                  : (around[count / 2 - 1] + around[count / 2]) / 2;
    }
}

/* Knots that could not be measured take the value of the nearest that could. */
static void fill_unknown(float *lag, size_t n)
{
    size_t known = n;

    for (size_t i = 0; i < n; i++) {
        if (isnan(lag[i]))
            continue;
        for (size_t k = known == n ? 0 : known + 1; k < i; k++)
            lag[k] = known == n || i - k <= k - known ? lag[i] : lag[known];
        known = i;
    }
    for (size_t k = known == n ? 0 : known + 1; k < n; k++)
        lag[k] = known == n ? 0 : lag[known];
}

ew_code ew_cline_follow(ew_cline *l, const ew_pair *p, ew_err *err)
{
    int64_t room = l->to - l->from - LOOK;
    size_t n = room <= 0 ? 1 : (size_t)(room / EW_CMP_KNOT) + 1;
    float *lag = ew_alloc_array(n, sizeof(*lag));
    float *raw = ew_alloc_array(n, sizeof(*raw));
    size_t measured = 0;

    if (lag == NULL || raw == NULL) {
        ew_free(lag);
        ew_free(raw);
        return ew_fail_nomem(err);
    }
    for (size_t i = 0; i < n; i++) {
        double found, fit = 0;
        int64_t t = l->from + (room <= 0 ? room / 2 : (int64_t)i * EW_CMP_KNOT);

        lag[i] = NAN;
        if (!measure_lag(l, p, t, &found, &fit))
            continue;
        lag[i] = (float)found;
        measured++;
        l->fit += fit;
    }
    smooth(lag, raw, n);
    fill_unknown(lag, n);
    ew_free(raw);
    l->wave = measured * 3 >= n;
    l->fit /= measured > 0 ? (double)measured : 1;
    l->knot0 = l->from + (room <= 0 ? room / 2 : 0) + LOOK / 2;
    l->knots = n;
    l->lag = lag;
    return EW_OK;
}
