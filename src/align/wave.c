/* SPDX-License-Identifier: Apache-2.0 */
/* Correlates the clip's narrow band with the signs kept of the source's. Within a window the
 * phase must run alike; between windows it may turn, as filters and codecs make it. */
#include "align/wave.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "fingerprint/wave.h"

enum {
    WINDOW = 100,      /* wave samples per window: 0.4 s */
    STEP = WINDOW / 2, /* from one window to the next */
    LAG_MOST = 80,     /* samples: 10 ms */
    LAG_COARSE = 4,    /* between the lags tried first */
    PAD = EW_BANDPASS_TAPS
};

/* The source's signs, turned by the phase that the clip's carrier has there. */
typedef struct strip {
    size_t n;
    double *at;     /* [n] clip sample of each wave sample, from the start of the wave */
    float *re, *im; /* conjugate of sign times carrier */
} strip;

static void strip_release(strip *p)
{
    ew_free(p->at);
    ew_free(p->re);
    ew_free(p->im);
}

static ew_code strip_init(strip *p, const ew_scene *s, const ew_line *l,
                          const double span[2], double cycles, ew_err *err)
{
    const double pi = 3.14159265358979323846;
    const uint8_t *wave = ew_index_wave(s->index, l->rec);
    int64_t most = (int64_t)ew_index_frames(s->index, l->rec) * EW_WAVE_PER_FRAME;
    int64_t first = (int64_t)ceil(ew_line_source(l, span[0]) / EW_WAVE_STEP);
    int64_t last = (int64_t)floor(ew_line_source(l, span[1]) / EW_WAVE_STEP);

    if (first < 0)
        first = 0;
    if (last > most)
        last = most;
    p->n = last > first ? (size_t)(last - first) : 0;
    p->at = ew_alloc_array(p->n, sizeof(*p->at));
    p->re = ew_alloc_array(p->n, sizeof(*p->re));
    p->im = ew_alloc_array(p->n, sizeof(*p->im));
    if (!p->at || !p->re || !p->im)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < p->n; i++) {
        int64_t k = first + (int64_t)i;
        unsigned bits =
            (unsigned)wave[k / EW_WAVE_PER_FRAME] >> (2 * (k % EW_WAVE_PER_FRAME));
        double sr = bits & 1 ? 1 : -1, si = bits & 2 ? 1 : -1, turn;

        p->at[i] = ew_line_clip(l, (double)k * EW_WAVE_STEP);
        turn = 2 * pi * fmod(cycles * p->at[i], 1.0);
        p->re[i] = (float)(cos(turn) * sr + sin(turn) * si);
        p->im[i] = (float)(sin(turn) * sr - cos(turn) * si);
    }
    return EW_OK;
}

/* Running sums over the strip at one lag: product and energy. */
typedef struct sums {
    double re, im, energy;
} sums;

static void add_up(const strip *p, const ew_wave *w, double lag, sums *run)
{
    memset(&run[0], 0, sizeof(run[0]));
    for (size_t i = 0; i < p->n; i++) {
        double at = (p->at[i] + lag) / EW_WAVE_GRID;
        size_t k = at > 0 ? (size_t)at : 0;
        float part, zr, zi;

        if (k + 1 >= w->count)
            k = w->count - 2;
        part = (float)(at - (double)k);
        zr = w->re[k] + (w->re[k + 1] - w->re[k]) * part;
        zi = w->im[k] + (w->im[k + 1] - w->im[k]) * part;
        run[i + 1].re = run[i].re + (double)(zr * p->re[i] - zi * p->im[i]);
        run[i + 1].im = run[i].im + (double)(zr * p->im[i] + zi * p->re[i]);
        run[i + 1].energy = run[i].energy + (double)(zr * zr + zi * zi);
    }
}

/* Mean over windows of the normalised correlation, weighted by the root of their energy. */
static double mean_rho(const sums *run, size_t n, double *windows)
{
    double sum = 0, weight = 1e-12;
    size_t size = n < WINDOW ? n : WINDOW;

    *windows = 0;
    for (size_t a = 0; a + size <= n && size > STEP / 2; a += STEP) {
        const sums *x = &run[a], *y = &run[a + size];
        double energy = y->energy - x->energy, re = y->re - x->re, im = y->im - x->im;

        if (energy <= 0)
            continue;
        /* |sign| is sqrt(2): rho = |sum| / sqrt(energy * 2 n), times its root energy */
        sum += sqrt((re * re + im * im) / (2.0 * (double)size));
        weight += sqrt(energy);
        *windows += 1;
    }
    return sum / weight;
}

static double rho_at(const strip *p, const ew_wave *w, double lag, sums *run,
                     double *windows)
{
    add_up(p, w, lag, run);
    return mean_rho(run, p->n, windows);
}

static void search_lag(const strip *p, const ew_wave *w, sums *run, ew_coherence *out)
{
    double windows;

    for (int lag = -LAG_MOST; lag <= LAG_MOST; lag += LAG_COARSE) {
        double rho = rho_at(p, w, lag, run, &windows);

        if (rho > out->rho) {
            out->rho = rho;
            out->lag = lag;
            out->windows = windows;
        }
    }
    for (double step = LAG_COARSE / 2.0; step >= 0.5; step /= 2) {
        double centre = out->lag;

        for (int side = -1; side <= 1; side += 2) {
            double rho = rho_at(p, w, centre + side * step, run, &windows);

            if (rho > out->rho) {
                out->rho = rho;
                out->lag = centre + side * step;
            }
        }
    }
}

/* Pitch of the clip against the source: that of the tempo where the two go together. */
static double ratio_of(const ew_line *l)
{
    double pitch = pow(EW_CELL_RATIO, l->pitch);

    return fabs(l->tempo / pitch - 1) < 0.015 ? l->tempo : pitch;
}

/* A stretch of clip and source laid side by side. */
typedef struct bench {
    ew_wave wave;
    strip strip;
    int64_t low; /* clip sample at which the wave begins */
} bench;

static ew_code bench_init(bench *b, const ew_scene *s, const ew_line *l, int64_t from,
                          int64_t to, ew_err *err)
{
    int64_t high = to + PAD < (int64_t)s->samples ? to + PAD : (int64_t)s->samples;
    double span[2];
    ew_line local = *l;
    ew_code rc;

    memset(b, 0, sizeof(*b));
    b->low = from - PAD > 0 ? (from - PAD) / EW_WAVE_GRID * EW_WAVE_GRID : 0;
    if (high - b->low < 4 * EW_WAVE_GRID)
        return EW_OK;
    rc = ew_wave_init(&b->wave, s->mono + b->low, (size_t)(high - b->low), ratio_of(l),
                      err);
    if (rc < 0)
        return rc;
    local.clip -= (double)b->low;
    span[0] = (double)(from - b->low);
    span[1] = (double)(to - b->low);
    return strip_init(&b->strip, s, &local, span, b->wave.cycles, err);
}

static void bench_release(bench *b)
{
    strip_release(&b->strip);
    ew_wave_release(&b->wave);
}

ew_code ew_line_coherence(ew_scene *s, const ew_line *l, int64_t from, int64_t to,
                          ew_coherence *out, ew_err *err)
{
    sums *run = NULL;
    bench b;
    ew_code rc = bench_init(&b, s, l, from, to, err);

    memset(out, 0, sizeof(*out));
    if (rc == EW_OK && !(run = ew_alloc_array(b.strip.n + 1, sizeof(*run))))
        rc = ew_fail_nomem(err);
    if (rc == EW_OK && b.strip.n > 1)
        search_lag(&b.strip, &b.wave, run, out);
    ew_free(run);
    bench_release(&b);
    return rc;
}

/* ------------------------------------------------------------------ course */

/* One product of clip and source, with the phase still in it. */
static void product(const strip *p, const ew_wave *w, size_t i, double *re, double *im,
                    double *size)
{
    double at = p->at[i] / EW_WAVE_GRID;
    size_t k = at > 0 ? (size_t)at : 0;
    double part, zr, zi;

    if (k + 1 >= w->count)
        k = w->count - 2;
    part = at - (double)k;
    zr = (double)w->re[k] + (double)(w->re[k + 1] - w->re[k]) * part;
    zi = (double)w->im[k] + (double)(w->im[k + 1] - w->im[k]) * part;
    *re = zr * (double)p->re[i] - zi * (double)p->im[i];
    *im = zr * (double)p->im[i] + zi * (double)p->re[i];
    *size = sqrt(zr * zr + zi * zi);
}

static void fill_course(const strip *p, const ew_wave *w, const ew_course *c, int64_t low,
                        float *out)
{
    double sum_re = 0, sum_im = 0, sizes = 1e-12, turn;
    size_t i = 0;

    for (size_t k = 0; k < p->n; k++) {
        double at = p->at[k] + (double)low, re, im, size;

        product(p, w, k, &re, &im, &size);
        sizes += size / (double)p->n;
        if (at >= (double)c->steady_from && at < (double)c->steady_to) {
            sum_re += re;
            sum_im += im;
        }
    }
    turn = atan2(sum_im, sum_re);
    for (size_t k = 0; k < c->n; k++) {
        double at = (double)(c->from - low) + (double)k * EW_COURSE_STEP, re, im, size;

        while (i + 1 < p->n && fabs(p->at[i + 1] - at) <= fabs(p->at[i] - at))
            i++;
        out[k] = 0;
        if (fabs(p->at[i] - at) > EW_COURSE_STEP)
            continue;
        product(p, w, i, &re, &im, &size);
        out[k] = (float)((re * cos(turn) + im * sin(turn)) / sizes);
    }
}

ew_code ew_line_course(ew_scene *s, const ew_line *l, const ew_course *c, float *out,
                       ew_err *err)
{
    int64_t end = c->from + (int64_t)c->n * EW_COURSE_STEP;
    int64_t from = c->from < c->steady_from ? c->from : c->steady_from;
    int64_t to = end > c->steady_to ? end : c->steady_to;
    bench b;
    ew_code rc;

    memset(out, 0, c->n * sizeof(*out));
    rc = bench_init(&b, s, l, from, to, err);
    if (rc == EW_OK && b.strip.n > 1)
        fill_course(&b.strip, &b.wave, c, b.low, out);
    bench_release(&b);
    return rc;
}
