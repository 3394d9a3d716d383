/* SPDX-License-Identifier: Apache-2.0 */
/* The analysis half of MP3 (ISO/IEC 11172-3, annex C): 32 bands by a filter of 512 taps, then
 * an MDCT of 36 or three of 12 in each band, then the butterflies between bands. Only the
 * lowest ten bands are made, where speech has its energy and coders spend their bits.
 *
 * Everything is done for eight places at once, one per SIMD lane, in the same order of
 * operations with and without AVX2. */
#include "inspect/mp3_grid.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "inspect/mp3_window.h"
#include "inspect/quantisation.h"

#pragma GCC diagnostic ignored "-Wpsabi" /* vectors stay inside this file */

enum {
    L = EW_LATTICE_LANES,
    TAPS = 512,
    ALL_BANDS = 32,
    BANDS = 10,
    SLOTS = 36, /* band samples in a long block */
    HALF = SLOTS / 2,
    FIRST_LINE = 8, /* lower ones are few, and hum and DC live there */
    LINES = 160,
    SHAPES = 4,
    SHORT_SHAPE = 2,
    SEARCHED = EW_MP3_GRANULE + (SLOTS - 1) * ALL_BANDS, /* places of slots in a search */
    CHECKED = (EW_MP3_CHECKED - 1) * HALF + SLOTS,       /* slots in a check */
    CHECKED_ROOM = (CHECKED + L - 1) / L * L,
    PHASE_BACK = TAPS / ALL_BANDS,
    PHASE_ROOM = PHASE_BACK + CHECKED_ROOM
};

/* A mean |line|^(3/4) of 0.9 is a line of 0.9 steps of 16-bit sound: at that level rounding
 * has blurred any lattice, and clicks in digital silence could look like one. */
static const float LEAST_ROOT = 0.9f;

typedef float lanes __attribute__((vector_size(32)));

struct ew_mp3_grid {
    ew_lattice *lattice;
    float window[TAPS];
    float band_cos[BANDS][ALL_BANDS];
    float shape[SHAPES][SLOTS];
    float long_cos[HALF][HALF];
    float short_sin[SLOTS / 3];
    float short_cos[6][6];
    float keep[8], cross[8]; /* the butterflies between bands */
    float slots[BANDS][SEARCHED];
    float phase[ALL_BANDS][PHASE_ROOM]; /* phase[r][BACK + m] = x[32 m - r] */
    lanes block[BANDS][SLOTS];          /* band samples of eight granules */
    lanes lines[BANDS * HALF];
};

static const double PI = 3.14159265358979323846;

static void fill_window(ew_mp3_grid *g)
{
    /* So that white noise keeps its level. */
    const double scale = 1.0 / 65536 / sqrt(32);

    for (int i = 0; i <= TAPS / 2; i++) {
        double v = ew_mp3_window_half[i] * scale;
        g->window[i] = (float)v;
        if (i > 0)
            g->window[TAPS - i] = (float)(i % 64 != 0 ? -v : v);
    }
}

static void fill_shapes(ew_mp3_grid *g)
{
    for (int k = 0; k < SLOTS; k++) {
        double slope = sin(PI / SLOTS * (k + 0.5)), start = 1, stop = 1;
        if (k < 6 || k >= 30)
            start = stop = 0;
        if (k >= 24 && k < 30)
            start = sin(PI / 12 * (k - 18 + 0.5));
        if (k >= 6 && k < 12)
            stop = sin(PI / 12 * (k - 6 + 0.5));
        g->shape[0][k] = (float)slope;
        g->shape[1][k] = (float)(k < HALF ? slope : start);
        g->shape[3][k] = (float)(k < HALF ? stop : slope);
    }
    for (int k = 0; k < SLOTS / 3; k++)
        g->short_sin[k] = (float)sin(PI / 12 * (k + 0.5));
}

static void fill_tables(ew_mp3_grid *g)
{
    static const double c[8] = {-0.6,   -0.535, -0.33,   -0.185,
                                -0.095, -0.041, -0.0142, -0.0037};

    fill_window(g);
    fill_shapes(g);
    for (int b = 0; b < BANDS; b++)
        for (int m = 0; m < ALL_BANDS; m++)
            g->band_cos[b][m] = (float)cos((2 * b + 1) * m * PI / 64);
    for (int i = 0; i < HALF; i++)
        for (int n = 0; n < HALF; n++)
            g->long_cos[i][n] = (float)(cos(PI / 72 * (2 * n + 1) * (2 * i + 1)) / 3);
    for (int i = 0; i < 6; i++)
        for (int n = 0; n < 6; n++)
            g->short_cos[i][n] =
                (float)(cos(PI / 24 * (2 * n + 1) * (2 * i + 1)) / sqrt(3));
    for (int i = 0; i < 8; i++) {
        g->keep[i] = (float)(1 / sqrt(1 + c[i] * c[i]));
        g->cross[i] = (float)(c[i] / sqrt(1 + c[i] * c[i]));
    }
}

ew_code ew_mp3_grid_new(ew_mp3_grid **out, ew_err *err)
{
    ew_mp3_grid *g = ew_alloc_aligned(1, sizeof(*g));
    ew_code rc;

    *out = NULL;
    if (!g)
        return ew_fail_nomem(err);
    rc = ew_lattice_new(&g->lattice, err);
    if (rc < 0) {
        ew_mp3_grid_free(g);
        return rc;
    }
    fill_tables(g);
    *out = g;
    return EW_OK;
}

void ew_mp3_grid_free(ew_mp3_grid *g)
{
    if (!g)
        return;
    ew_lattice_free(g->lattice);
    ew_free(g);
}

#define INLINE static inline __attribute__((always_inline))

INLINE lanes load(const float *p)
{
    lanes v;

    memcpy(&v, p, sizeof(v));
    return v;
}

/* Eight slots of the filter bank side by side. Tap i of lane l is tap(i)[l], where tap i is
 * at x - i or, with phases, in row i mod 32 moved back by i / 32. */
INLINE void slot(ew_mp3_grid *g, const float *x, bool phases, float *to, size_t stride)
{
    lanes y[64], u[ALL_BANDS];

    for (int i = 0; i < 64; i++) {
        lanes sum = {0};
        for (int j = i; j < TAPS; j += 64) {
            const float *p =
                phases ? x + (j % ALL_BANDS) * PHASE_ROOM - j / ALL_BANDS : x - j;
            sum += load(p) * g->window[j];
        }
        y[i] = sum;
    }
    u[0] = y[16];
    for (int m = 1; m <= 16; m++)
        u[m] = y[16 + m] + y[16 - m];
    for (int m = 17; m < ALL_BANDS; m++)
        u[m] = y[16 + m] - y[80 - m];
    for (int b = 0; b < BANDS; b++) {
        lanes sum = {0};
        for (int m = 0; m < ALL_BANDS; m++)
            sum += u[m] * g->band_cos[b][m];
        memcpy(to + (size_t)b * stride, &sum, sizeof(sum));
    }
}

INLINE void long_block(const ew_mp3_grid *g, const lanes *in, const float *shape,
                       lanes *out)
{
    lanes u[HALF];

    for (int n = 0; n < 9; n++) {
        u[n] = -in[26 - n] * shape[26 - n] - in[27 + n] * shape[27 + n];
        u[n + 9] = in[n] * shape[n] - in[17 - n] * shape[17 - n];
    }
    for (int i = 0; i < HALF; i++) {
        lanes sum = {0};
        for (int n = 0; n < HALF; n++)
            sum += u[n] * g->long_cos[i][n];
        out[i] = sum;
    }
}

INLINE void short_blocks(const ew_mp3_grid *g, const lanes *in, lanes *out)
{
    for (int w = 0; w < 3; w++) {
        const lanes *z = in + 6 + 6 * w;
        const float *s = g->short_sin;
        lanes u[6];
        for (int n = 0; n < 3; n++) {
            u[n] = -z[8 - n] * s[8 - n] - z[9 + n] * s[9 + n];
            u[n + 3] = z[n] * s[n] - z[5 - n] * s[5 - n];
        }
        for (int i = 0; i < 6; i++) {
            lanes sum = {0};
            for (int n = 0; n < 6; n++)
                sum += u[n] * g->short_cos[i][n];
            out[6 * w + i] = sum;
        }
    }
}

/* The lines of g->block in one shape, into g->lines. */
INLINE void analyse(ew_mp3_grid *g, int shape)
{
    lanes *x = g->lines;

    for (int b = 0; b < BANDS; b++) {
        if (shape == SHORT_SHAPE)
            short_blocks(g, g->block[b], x + b * HALF);
        else
            long_block(g, g->block[b], g->shape[shape], x + b * HALF);
    }
    if (shape == SHORT_SHAPE)
        return;
    for (int b = HALF; b < BANDS * HALF; b += HALF) {
        for (int i = 0; i < 8; i++) {
            lanes under = x[b - 1 - i], over = x[b + i];
            x[b - 1 - i] = under * g->keep[i] + over * g->cross[i];
            x[b + i] = over * g->keep[i] - under * g->cross[i];
        }
    }
}

INLINE void search_slots(ew_mp3_grid *g, const float *x)
{
    for (int t = 0; t < SEARCHED; t += L)
        slot(g, x + t, false, &g->slots[0][t], SEARCHED);
}

/* The coder turns every second sample of every second band round. */
INLINE void search_lines(ew_mp3_grid *g, int at)
{
    for (int b = 0; b < BANDS; b++)
        for (int k = 0; k < SLOTS; k++) {
            lanes v = load(&g->slots[b][at + k * ALL_BANDS]);
            g->block[b][k] = (b & k & 1) ? -v : v;
        }
    analyse(g, 0);
}

INLINE void check_slots(ew_mp3_grid *g, const float *x)
{
    for (int r = 0; r < ALL_BANDS; r++)
        for (int m = -PHASE_BACK; m < CHECKED_ROOM; m++) {
            int from = ALL_BANDS * m - r;
            bool inside = from >= -EW_MP3_BEFORE && m < CHECKED;
            g->phase[r][PHASE_BACK + m] = inside ? x[from] : 0;
        }
    for (int t = 0; t < CHECKED_ROOM; t += L)
        slot(g, &g->phase[0][PHASE_BACK + t], true, &g->slots[0][t], SEARCHED);
    for (int b = 0; b < BANDS; b++)
        for (int k = 0; k < SLOTS; k++) {
            lanes v;
            for (int l = 0; l < L; l++)
                v[l] = g->slots[b][l * HALF + k];
            g->block[b][k] = (b & k & 1) ? -v : v;
        }
}

#if defined(__x86_64__)
#define TWICE(name, params, call)                                                        \
    __attribute__((target("avx2"))) static void name##_avx2 params                       \
    {                                                                                    \
        name call;                                                                       \
    }                                                                                    \
    static void run_##name params                                                        \
    {                                                                                    \
        if (__builtin_cpu_supports("avx2"))                                              \
            name##_avx2 call;                                                            \
        else                                                                             \
            name call;                                                                   \
    }
#else
#define TWICE(name, params, call)                                                        \
    static void run_##name params                                                        \
    {                                                                                    \
        name call;                                                                       \
    }
#endif

TWICE(search_slots, (ew_mp3_grid * g, const float *x), (g, x))
TWICE(search_lines, (ew_mp3_grid * g, int at), (g, at))
TWICE(check_slots, (ew_mp3_grid * g, const float *x), (g, x))
TWICE(analyse, (ew_mp3_grid * g, int shape), (g, shape))

void ew_mp3_grid_search(ew_mp3_grid *g, const float *x, float score[EW_MP3_GRANULE])
{
    run_search_slots(g, x);
    for (int at = 0; at < EW_MP3_GRANULE; at += L) {
        run_search_lines(g, at);
        ew_lattice_score(g->lattice, (const float *)&g->lines[FIRST_LINE], LINES,
                         LEAST_ROOT, score + at);
    }
}

void ew_mp3_grid_check(ew_mp3_grid *g, const float *x, float score[EW_MP3_CHECKED])
{
    run_check_slots(g, x);
    memset(score, 0, EW_MP3_CHECKED * sizeof(*score));
    for (int shape = 0; shape < SHAPES; shape++) {
        float now[L];
        run_analyse(g, shape);
        ew_lattice_score(g->lattice, (const float *)&g->lines[FIRST_LINE], LINES,
                         LEAST_ROOT, now);
        for (int l = 0; l < L; l++)
            score[l] = fmaxf(score[l], now[l]);
    }
}
