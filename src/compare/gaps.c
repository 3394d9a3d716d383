/* SPDX-License-Identifier: Apache-2.0 */
/* Levels and band levels of two stretches. */
#include "compare/gaps.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/sort.h"
#include "dsp/fft.h"
#include "dsp/window.h"
#include "earwitness/fingerprint.h"

enum {
    STEP = 160,  /* samples: levels are taken every 20 ms */
    HEARD = 3,   /* steps of sound that make a difference audible: 60 ms */
    FRAME = 256, /* samples of one spectrum */
    BANDS = 14,
    FRAMES_MAX = 1000, /* longer stretches are looked at in longer steps */
    HOP_MIN = 80
};

static const double sound_below_top_db = 32; /* fainter is not called sound */
static const double like_in_place = 0.6;     /* ew_gap_likeness of what is unchanged */
static const double over_db = 10; /* a band this much louder has something else in it */
static const double silence_drop_db = 18; /* of what is called silenced */

static double level_db(const float *x, int64_t n, double at, double len)
{
    int64_t from = (int64_t)at, to = (int64_t)(at + len);
    double sum = 0;

    from = from < 0 ? 0 : from;
    to = to > n ? n : to;
    for (int64_t i = from; i < to; i++)
        sum += (double)(x[i] * x[i]);
    return 10 * log10(sum / (to > from ? (double)(to - from) : 1) + 1e-10);
}

/* ------------------------------------------------------------------ loudness */

static ew_code top_of(const float *x, int64_t n, double *top, ew_err *err)
{
    enum { ROOM = 1 << 15 };
    int64_t steps = n / STEP;
    int64_t every = steps / ROOM + 1;
    float *v = ew_alloc_array(ROOM + 1, sizeof(*v));
    size_t count = 0;

    if (v == NULL)
        return ew_fail_nomem(err);
    for (int64_t i = 0; i < steps; i += every)
        v[count++] = (float)level_db(x, n, (double)(i * STEP), STEP);
    ew_sort_floats(v, count);
    *top = count > 0 ? (double)v[count * 95 / 100] : -100;
    ew_free(v);
    return EW_OK;
}

ew_code ew_loudness_measure(ew_loudness *l, const ew_pair *p, ew_err *err)
{
    ew_code rc;

    *l = (ew_loudness){.pair = p};
    rc = top_of(p->a, p->na, &l->a_top_db, err);
    if (rc == EW_OK)
        rc = top_of(p->b, p->nb, &l->b_top_db, err);
    return rc;
}

double ew_gap_sound(const ew_loudness *l, bool in_a, double from, double to)
{
    const ew_pair *p = l->pair;
    int heard = 0;

    for (double t = from; t + STEP <= to; t += STEP) {
        double level = in_a ? level_db(p->a, p->na, t, STEP) - l->a_top_db
                            : level_db(p->b, p->nb, t, STEP) - l->b_top_db;

        heard += level > -sound_below_top_db;
    }
    return (double)heard * STEP / EW_FP_RATE_HZ;
}

bool ew_gap_silenced(const ew_loudness *l, double a0, double a1, double b0, double b1)
{
    const ew_pair *p = l->pair;
    double edge = 240; /* samples next to the ends, where the cut itself is heard */
    double a = level_db(p->a, p->na, a0, a1 - a0) - l->a_top_db;
    double b;

    if (b1 - b0 < 4 * edge)
        edge = (b1 - b0) / 4;
    b = level_db(p->b, p->nb, b0 + edge, b1 - b0 - 2 * edge) - l->b_top_db;
    return a - b > silence_drop_db && b < -sound_below_top_db + 4 &&
           ew_gap_sound(l, true, a0, a1) >= (double)HEARD * STEP / EW_FP_RATE_HZ;
}

/* ------------------------------------------------------------------ likeness */

/* Centre of band k, evenly spaced in log frequency from 150 to 3000 Hz. */
static double band_edge(int k)
{
    return 150 * pow(20, (double)k / BANDS);
}

/* Levels of both recordings in bands over time. */
typedef struct bands {
    size_t frames;
    float *a, *b; /* [frames][BANDS] dB */
    ew_fft *fft;
    float window[FRAME];
} bands;

static void bands_close(bands *x)
{
    ew_free(x->a);
    ew_free(x->b);
    ew_fft_free(x->fft);
}

static ew_code bands_open(bands *x, size_t frames, ew_err *err)
{
    *x = (bands){.frames = frames};
    x->a = ew_alloc_array(frames * BANDS, sizeof(*x->a));
    x->b = ew_alloc_array(frames * BANDS, sizeof(*x->b));
    ew_code rc = x->a == NULL || x->b == NULL ? ew_fail_nomem(err)
                                              : ew_fft_new(&x->fft, FRAME, err);
    if (rc != EW_OK)
        bands_close(x);
    ew_hann_fill(x->window, FRAME, 0);
    return rc;
}

/* Band levels of x around `from + i * hop`; the bands' edges are moved by `scale`. */
static void measure_bands(const bands *s, float *v, const float *x, int64_t n,
                          const double place[3])
{
    float w[FRAME];
    ew_cpx c[FRAME / 2 + 1];

    for (size_t i = 0; i < s->frames; i++) {
        int64_t at = (int64_t)(place[0] + (double)i * place[1]) - FRAME / 2;

        for (int k = 0; k < FRAME; k++) {
            int64_t j = at + k;

            w[k] = j >= 0 && j < n ? x[j] * s->window[k] : 0;
        }
        ew_fft_forward(s->fft, w, c);
        for (int k = 0; k < BANDS; k++) {
            double lo = band_edge(k) * place[2] * FRAME / EW_FP_RATE_HZ;
            double hi = band_edge(k + 1) * place[2] * FRAME / EW_FP_RATE_HZ;
            double sum = 1e-9;

            for (int j = (int)lo; j <= (int)hi && j <= FRAME / 2; j++)
                sum += (double)(c[j].re * c[j].re + c[j].im * c[j].im);
            v[i * BANDS + (size_t)k] = (float)(10 * log10(sum));
        }
    }
}

/* What is far below the loudest is noise of coders: cut off. Then without each band's mean. */
static void normalize(float *v, size_t frames)
{
    float top = -200;

    for (size_t i = 0; i < frames * BANDS; i++)
        top = fmaxf(top, v[i]);
    for (size_t i = 0; i < frames * BANDS; i++)
        v[i] = fmaxf(v[i], top - 45);
    for (size_t k = 0; k < BANDS; k++) {
        double sum = 0;

        for (size_t i = 0; i < frames; i++)
            sum += (double)v[i * BANDS + k];
        for (size_t i = 0; i < frames; i++)
            v[i * BANDS + k] -= (float)(sum / (double)frames);
    }
}

static double correlate(const bands *x)
{
    double bb = 1e-9, aa = 1e-9, ba = 0;

    for (size_t i = 0; i < x->frames * BANDS; i++) {
        bb += (double)(x->b[i] * x->b[i]);
        aa += (double)(x->a[i] * x->a[i]);
        ba += (double)(x->b[i] * x->a[i]);
    }
    return ba / sqrt(bb * aa);
}

ew_code ew_gap_likeness(const ew_pair *p, const double a[2], const double b[2],
                        double *likeness, bool *pitched, ew_err *err)
{
    double ratio = (a[1] - a[0]) / (b[1] - b[0]);
    double hop = fmax((b[1] - b[0]) / FRAMES_MAX, HOP_MIN);
    size_t frames = (size_t)((b[1] - b[0]) / hop);
    bands x;
    ew_code rc;

    *likeness = 0;
    *pitched = false;
    if (frames < 4)
        return EW_OK;
    rc = bands_open(&x, frames, err);
    if (rc != EW_OK)
        return rc;
    measure_bands(&x, x.b, p->b, p->nb, (const double[3]){b[0], hop, 1});
    normalize(x.b, frames);
    for (int with_pitch = 0; with_pitch < 2; with_pitch++) {
        double r;

        /* Sound that is played r times as fast has its bands r times as high. */
        measure_bands(&x, x.a, p->a, p->na,
                      (const double[3]){a[0], hop * ratio, with_pitch ? 1 / ratio : 1});
        normalize(x.a, frames);
        r = correlate(&x);
        if (r > *likeness) {
            *likeness = r;
            *pitched = with_pitch;
        }
    }
    bands_close(&x);
    return rc;
}

static bool audible(const ew_loudness *l, const ew_cline *c, double b0, double b1)
{
    int heard = 0;

    for (double t = b0; t + STEP <= b1; t += STEP) {
        double at = ew_cline_place(c, c->rate > 0 ? t : t + STEP);
        double b = level_db(l->pair->b, l->pair->nb, t, STEP) - l->b_top_db;
        double a =
            level_db(l->pair->a, l->pair->na, at, STEP * fabs(c->rate)) - l->a_top_db;

        heard += a > -sound_below_top_db || b > -sound_below_top_db;
    }
    return heard >= HEARD;
}

/* Mean level of each band of B over that of A at the same places of the line. */
static ew_code band_gains(const ew_pair *p, const ew_cline *c, const double b[2],
                          double gain[BANDS], double level[BANDS], ew_err *err)
{
    double hop = fmax((b[1] - b[0]) / FRAMES_MAX, HOP_MIN);
    bands x;
    ew_code rc = bands_open(&x, (size_t)((b[1] - b[0]) / hop) + 1, err);

    if (rc != EW_OK)
        return rc;
    measure_bands(&x, x.b, p->b, p->nb, (const double[3]){b[0], hop, 1});
    measure_bands(&x, x.a, p->a, p->na,
                  (const double[3]){ew_cline_place(c, b[0]), hop * c->rate, 1});
    for (size_t k = 0; k < BANDS; k++) {
        double sum_b = 0, sum_a = 0;

        for (size_t i = 0; i < x.frames; i++) {
            sum_b += pow(10, 0.1 * (double)x.b[i * BANDS + k]);
            sum_a += pow(10, 0.1 * (double)x.a[i * BANDS + k]);
        }
        level[k] = 10 * log10(sum_b / (double)x.frames + 1e-12);
        gain[k] = level[k] - 10 * log10(sum_a / (double)x.frames + 1e-12);
    }
    bands_close(&x);
    return rc;
}

/* Level of B over that of A at the same places, in dB. */
static double gain_of(const ew_loudness *l, const ew_cline *c, double b0, double b1)
{
    return level_db(l->pair->b, l->pair->nb, b0, b1 - b0) -
           level_db(l->pair->a, l->pair->na, ew_cline_place(c, b0), (b1 - b0) * c->rate);
}

/* Is B far louder or fainter against A than just before, or one loud band of it louder?
 * Words are turned down by hand, and a bleep leaves the other bands as they were. */
static ew_code covered_over(const ew_loudness *l, const ew_cline *c, double b0, double b1,
                            bool *over, ew_err *err)
{
    double here[BANDS], there[BANDS], loud[BANDS], before[BANDS], top = -200;
    double from = fmax(0, b0 - EW_FP_RATE_HZ);
    ew_code rc;

    *over = false;
    if (c->rate <= 0 || b0 - from < FRAME)
        return EW_OK;
    if (fabs(gain_of(l, c, b0, b1) - gain_of(l, c, from, b0)) > over_db) {
        *over = true;
        return EW_OK;
    }
    rc = band_gains(l->pair, c, (const double[2]){b0, b1}, here, loud, err);
    if (rc == EW_OK)
        rc = band_gains(l->pair, c, (const double[2]){from, b0}, there, before, err);
    for (int k = 0; k < BANDS && rc == EW_OK; k++)
        top = fmax(top, loud[k]);
    for (int k = 0; k < BANDS && rc == EW_OK; k++)
        *over = *over || (loud[k] > top - 6 && here[k] - there[k] > over_db);
    return rc;
}

ew_code ew_gap_differs(const ew_loudness *l, const ew_cline *c, double b0, double b1,
                       bool *differs, ew_err *err)
{
    double a0 = ew_cline_place(c, b0), a1 = ew_cline_place(c, b1);
    double likeness = 0;
    bool pitched;
    ew_code rc = EW_OK;

    *differs = audible(l, c, b0, b1);
    if (*differs && c->rate > 0)
        rc = ew_gap_likeness(l->pair, (const double[2]){a0, a1},
                             (const double[2]){b0, b1}, &likeness, &pitched, err);
    if (*differs && rc == EW_OK && likeness > like_in_place)
        rc = covered_over(l, c, b0, b1, differs, err);
    return rc;
}
