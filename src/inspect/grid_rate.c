/* SPDX-License-Identifier: Apache-2.0 */
/* Resampling by a windowed sinc whose phases are tabled, and MP3's transform at each fourth
 * sample. */
#include "inspect/grid_rate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"

enum {
    FINE = EW_GRID_FINE,
    PHASES_MAX = 1000, /* of a whole-numbered ratio; 44,100 to 4 * 48,000 Hz has 640 */
    TAPS_LEAST = 48,   /* from 0.875 to 1.125 of the cut-off, 90 dB down */
    TAPS_MAX = 480,
    CHUNK = 1024, /* samples in and out at a time */
    SEARCHED = EW_MP3_BEFORE + EW_MP3_GRANULE - 1 + EW_MP3_AFTER,
    CHECKED = EW_MP3_BEFORE + (EW_MP3_CHECKED - 1) * EW_MP3_GRANULE + EW_MP3_AFTER
};

struct ew_grid_rate {
    ew_mp3_grid *mp3;
    uint32_t rate_hz, had_hz;
    char name[32];
    int64_t up, down; /* output rate over input rate, shortest */
    size_t taps;
    float *table;      /* [up][taps] */
    float *history[2]; /* taps + CHUNK samples of each channel */
    size_t fill;
    int64_t base; /* input sample of history[0] */
    int64_t made; /* output samples */
    bool two;     /* the channels differed */
    float out[2 * CHUNK];
    float strided[CHECKED];
    float score[EW_MP3_GRANULE];
};

static int64_t common_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* The modified Bessel function of the first kind, order 0. */
static double bessel(double x)
{
    double sum = 1, term = 1;

    for (int k = 1; k < 60; k++) {
        term *= (x / 2 / k) * (x / 2 / k);
        sum += term;
    }
    return sum;
}

static void fill_table(ew_grid_rate *r, double cutoff)
{
    const double pi = 3.14159265358979323846, beta = 9;
    double half = (double)r->taps / 2;

    for (int64_t p = 0; p < r->up; p++) {
        for (size_t j = 0; j < r->taps; j++) {
            double d = (double)j - half + 1 - (double)p / (double)r->up;
            double edge = 1 - (d / half) * (d / half);
            double a = 2 * pi * cutoff * d;
            double sinc = fabs(a) < 1e-9 ? 1 : sin(a) / a;
            double window = edge > 0 ? bessel(beta * sqrt(edge)) / bessel(beta) : 0;
            r->table[(size_t)p * r->taps + j] = (float)(2 * cutoff * sinc * window);
        }
    }
}

ew_code ew_grid_rate_new(ew_grid_rate **out, uint32_t rate_hz, uint32_t had_hz,
                         ew_mp3_grid *mp3, ew_err *err)
{
    int64_t to_hz = (int64_t)FINE * had_hz, divisor = common_divisor(to_hz, rate_hz);
    double cutoff = had_hz < rate_hz ? 0.5 * had_hz / rate_hz : 0.5;
    size_t taps = (size_t)(TAPS_LEAST * 0.5 / cutoff / 8 + 1) * 8;
    ew_grid_rate *r;

    *out = NULL;
    if (to_hz / divisor > PHASES_MAX || taps > TAPS_MAX)
        return EW_OK;
    r = ew_alloc(sizeof(*r));
    if (!r)
        return ew_fail_nomem(err);
    r->mp3 = mp3;
    r->rate_hz = rate_hz;
    r->had_hz = had_hz;
    r->up = to_hz / divisor;
    r->down = rate_hz / divisor;
    r->taps = taps;
    r->base = -(int64_t)taps;
    r->fill = taps; /* nought before the sound */
    (void)snprintf(r->name, sizeof(r->name), EW_N("MP3 at %u Hz"), had_hz);
    r->table = ew_alloc_array((size_t)r->up * taps, sizeof(float));
    r->history[0] = ew_alloc_array(2 * taps + CHUNK, sizeof(float));
    r->history[1] = ew_alloc_array(2 * taps + CHUNK, sizeof(float));
    if (!r->table || !r->history[0] || !r->history[1]) {
        ew_grid_rate_free(r);
        return ew_fail_nomem(err);
    }
    fill_table(r, cutoff);
    *out = r;
    return EW_OK;
}

void ew_grid_rate_free(ew_grid_rate *r)
{
    if (!r)
        return;
    ew_free(r->table);
    ew_free(r->history[0]);
    ew_free(r->history[1]);
    ew_free(r);
}

/* Eight partial sums, so that the compiler may keep them in one register. */
static float dot(const float *a, const float *b, size_t n)
{
    float sum[8] = {0};

    for (size_t i = 0; i < n; i += 8) {
        for (size_t k = 0; k < 8; k++)
            sum[k] += a[i + k] * b[i + k];
    }
    return ((sum[0] + sum[4]) + (sum[1] + sum[5])) +
           ((sum[2] + sum[6]) + (sum[3] + sum[7]));
}

/* Up to CHUNK output samples; how many the history was enough for. */
static size_t make(ew_grid_rate *r)
{
    size_t n = 0;

    while (n < CHUNK) {
        int64_t at = r->made * r->down / r->up, phase = r->made * r->down % r->up;
        int64_t from = at - (int64_t)r->taps / 2 + 1 - r->base;
        const float *h = r->table + (size_t)phase * r->taps;
        float mean;
        if (from + (int64_t)r->taps > (int64_t)r->fill)
            break;
        mean = dot(r->history[0] + from, h, r->taps);
        r->out[2 * n] = mean;
        r->out[2 * n + 1] = r->two ? dot(r->history[1] + from, h, r->taps) : mean;
        r->made++;
        n++;
    }
    return n;
}

static void take(ew_grid_rate *r, const float *pair, size_t n)
{
    size_t keep = r->taps < r->fill ? r->taps : r->fill;

    for (int c = 0; c < 2; c++) {
        memmove(r->history[c], r->history[c] + r->fill - keep, keep * sizeof(float));
        for (size_t i = 0; i < n; i++)
            r->history[c][keep + i] = pair[2 * i + (size_t)c];
    }
    for (size_t i = 0; i < n && !r->two; i++)
        r->two = pair[2 * i] > pair[2 * i + 1] || pair[2 * i] < pair[2 * i + 1];
    r->base += (int64_t)(r->fill - keep);
    r->fill = keep + n;
}

ew_code ew_grid_rate_feed(ew_grid_rate *r, const float *pair, size_t samples,
                          ew_grid_rate_sink sink, void *state, ew_err *err)
{
    while (samples > 0) {
        size_t n = samples < CHUNK ? samples : CHUNK, got;
        take(r, pair, n);
        pair += 2 * n;
        samples -= n;
        while ((got = make(r)) > 0) {
            ew_code rc = sink(state, r->out, got, err);
            if (rc < 0)
                return rc;
        }
    }
    return EW_OK;
}

static void search(void *state, const float *x, float *score)
{
    ew_grid_rate *r = state;

    for (int p = 0; p < FINE; p++) {
        const float *from = x + p - FINE * EW_MP3_BEFORE;
        for (int i = 0; i < SEARCHED; i++)
            r->strided[i] = from[FINE * i];
        ew_mp3_grid_search(r->mp3, r->strided + EW_MP3_BEFORE, r->score);
        for (int i = 0; i < EW_MP3_GRANULE; i++)
            score[FINE * i + p] = r->score[i];
    }
}

static void check(void *state, const float *x, float *score)
{
    ew_grid_rate *r = state;
    const float *from = x - FINE * EW_MP3_BEFORE;

    for (int i = 0; i < CHECKED; i++)
        r->strided[i] = from[FINE * i];
    ew_mp3_grid_check(r->mp3, r->strided + EW_MP3_BEFORE, score);
}

ew_grid_coder ew_grid_rate_coder(ew_grid_rate *r)
{
    ew_grid_coder c = {.name = r->name,
                       .period = FINE * EW_MP3_GRANULE,
                       .unit = FINE * EW_MP3_GRANULE,
                       .near = FINE / 2,
                       .fine = FINE,
                       .centre = FINE * EW_MP3_CENTRE,
                       .scale = (double)r->rate_hz / (FINE * (double)r->had_hz),
                       .search_s = 3,
                       .again_s = 0.4,
                       .state = r,
                       .search = search,
                       .check = check};

    return c;
}
