/* SPDX-License-Identifier: Apache-2.0 */
/* The windows of AAC (ISO/IEC 14496-3, 4.6.11): sine or Kaiser-Bessel, long or with one slope
 * of a short block. Frames of eight short blocks are not tried: their lines are too few. */
#include "inspect/aac_grid.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "inspect/mdct.h"
#include "inspect/quantisation.h"

enum {
    L = EW_MDCT_LANES,
    N = EW_MDCT_LINES,
    SHORT = 128,
    FLAT = (N - SHORT) / 2,
    KINDS = 2,  /* sine, Kaiser-Bessel */
    SHAPES = 3, /* long, start, stop */
    FIRST_LINE =
        40, /* 0.9 to 6.4 kHz at 44.1 kHz: bands of like step, far from the hum */
    LINES = 256
};

/* As for MP3: below, rounding to 16 bits hides the lattice. */
static const float LEAST_ROOT = 0.9f;

/* A score at which a window is taken to be the right one. */
static const float FITS = 15.0f;

struct ew_aac_grid {
    ew_mdct *mdct;
    ew_lattice *lattice;
    int next_kind;
    float window[KINDS][SHAPES][2 * N];
    float *lines; /* [N][8] */
};

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

/* The rising slope of n values; alpha 0 stands for the sine. */
static void fill_slope(float *slope, int n, double alpha)
{
    const double pi = 3.14159265358979323846;
    double all = 0, sum = 0;

    for (int i = 0; i <= n && alpha > 0; i++) {
        double r = 2.0 * i / n - 1;
        all += bessel(pi * alpha * sqrt(1 - r * r));
    }
    for (int i = 0; i < n; i++) {
        double r = 2.0 * i / n - 1;
        if (alpha > 0)
            sum += bessel(pi * alpha * sqrt(1 - r * r));
        slope[i] = (float)(alpha > 0 ? sqrt(sum / all) : sin(pi / (2 * n) * (i + 0.5)));
    }
}

/* Each slope times a half: a window of one half gives white noise its own level. */
static void fill_windows(ew_aac_grid *g)
{
    static const double long_alpha[KINDS] = {0, 4}, short_alpha[KINDS] = {0, 6};
    float rise[N], brief[SHORT];

    for (int kind = 0; kind < KINDS; kind++) {
        fill_slope(rise, N, long_alpha[kind]);
        fill_slope(brief, SHORT, short_alpha[kind]);
        for (int i = 0; i < N; i++) {
            int in = i - FLAT;
            float step = in < 0 ? 0 : in < SHORT ? brief[in] : 1;
            float *window[SHAPES];
            for (int s = 0; s < SHAPES; s++)
                window[s] = g->window[kind][s];
            window[0][i] = window[0][2 * N - 1 - i] = rise[i];
            window[1][i] = window[2][2 * N - 1 - i] = rise[i];
            window[2][i] = window[1][2 * N - 1 - i] = step;
        }
    }
}

ew_code ew_aac_grid_new(ew_aac_grid **out, ew_err *err)
{
    ew_aac_grid *g = ew_alloc(sizeof(*g));
    ew_code rc;

    *out = NULL;
    if (!g)
        return ew_fail_nomem(err);
    rc = ew_mdct_new(&g->mdct, err);
    if (rc >= 0)
        rc = ew_lattice_new(&g->lattice, err);
    if (rc >= 0) {
        g->lines = ew_alloc_aligned((size_t)N * L, sizeof(float));
        if (!g->lines)
            rc = ew_fail_nomem(err);
    }
    if (rc < 0) {
        ew_aac_grid_free(g);
        return rc;
    }
    fill_windows(g);
    *out = g;
    return EW_OK;
}

void ew_aac_grid_free(ew_aac_grid *g)
{
    if (!g)
        return;
    ew_mdct_free(g->mdct);
    ew_lattice_free(g->lattice);
    ew_free(g->lines);
    ew_free(g);
}

static void score_eight(ew_aac_grid *g, const float *x, size_t hop, const float *window,
                        float score[L])
{
    ew_mdct_step(g->mdct, x, hop, window, g->lines);
    ew_lattice_score(g->lattice, g->lines + (size_t)FIRST_LINE * L, LINES, LEAST_ROOT,
                     score);
}

void ew_aac_grid_search(ew_aac_grid *g, const float *x, float score[EW_AAC_FRAME])
{
    const float *window = g->window[g->next_kind][0];

    g->next_kind = 1 - g->next_kind;
    for (int at = 0; at < EW_AAC_FRAME; at += L)
        score_eight(g, x + at, 1, window, score + at);
}

void ew_aac_grid_check(ew_aac_grid *g, const float *x, float score[EW_AAC_CHECKED])
{
    memset(score, 0, EW_AAC_CHECKED * sizeof(*score));
    for (int kind = 0; kind < KINDS; kind++) {
        bool fits = true;
        for (int shape = 0; shape < SHAPES && fits; shape++) {
            float now[L];
            score_eight(g, x, EW_AAC_FRAME, g->window[kind][shape], now);
            fits = shape > 0;
            for (int i = 0; i < L; i++) {
                fits = fits || now[i] > FITS;
                score[i] = fmaxf(score[i], now[i]);
            }
        }
    }
}
