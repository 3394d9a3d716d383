/* SPDX-License-Identifier: Apache-2.0 */
/* Lattice scores, eight sets of lines at a time: histogram, Hann window, spectrum, peak. The
 * window takes the lines near nought out, which say nothing: they fit every step. */
#include "inspect/quantisation.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

#include "base/alloc.h"
#include "dsp/spectra.h"
#include "dsp/window.h"

#pragma GCC diagnostic ignored "-Wpsabi" /* vectors stay inside this file */

enum {
    L = EW_LATTICE_LANES,
    BINS = EW_SPECTRA_SIZE,
    PEAKS_FROM = 4 /* below, the spectrum of the histogram's own shape */
};

/* The histogram reaches to this many times the mean. Wider, and steps of high bit rates are
 * too fine for its bins; narrower, and too few lines of low bit rates are inside. */
static const float REACH = 3.0f;

typedef int32_t masks __attribute__((vector_size(32)));

struct ew_lattice {
    ew_spectra *spectra;
    float window_squared[BINS];
    float root[EW_LATTICE_LINES_MAX][L]; /* |line|^(3/4) */
    float *histogram;                    /* [8][BINS] */
    float *power;                        /* [EW_SPECTRA_BINS][8] */
};

ew_code ew_lattice_new(ew_lattice **out, ew_err *err)
{
    ew_lattice *l = ew_alloc(sizeof(*l));
    ew_code rc = EW_OK;

    *out = NULL;
    if (!l)
        return ew_fail_nomem(err);
    for (int i = 0; i < BINS; i++) {
        double w = ew_hann(i, BINS);

        l->window_squared[i] = (float)(w * w);
    }
    l->histogram = ew_alloc_aligned((size_t)BINS * L, sizeof(float));
    l->power = ew_alloc_aligned((size_t)EW_SPECTRA_BINS * L, sizeof(float));
    if (!l->histogram || !l->power)
        rc = ew_fail_nomem(err);
    else
        rc = ew_spectra_new(&l->spectra, err);
    if (rc < 0)
        ew_lattice_free(l);
    else
        *out = l;
    return rc;
}

void ew_lattice_free(ew_lattice *l)
{
    if (!l)
        return;
    ew_spectra_free(l->spectra);
    ew_free(l->histogram);
    ew_free(l->power);
    ew_free(l);
}

/* Four square roots at a time where there is an instruction for it: sqrtf may set errno,
 * which keeps compilers from doing so. Both give the same bits. */
static void square_roots(float x[L])
{
#if defined(__SSE__)
    for (int k = 0; k < L; k += 4)
        _mm_storeu_ps(x + k, _mm_sqrt_ps(_mm_loadu_ps(x + k)));
#else
    for (int k = 0; k < L; k++)
        x[k] = sqrtf(x[k]);
#endif
}

/* Fills root and returns the sums over lines. */
static void take_roots(ew_lattice *l, const float *lines, size_t n, float sum[L])
{
    memset(sum, 0, L * sizeof(*sum));
    for (size_t i = 0; i < n; i++) {
        float half[L], quarter[L];
        for (int k = 0; k < L; k++)
            half[k] = fabsf(lines[i * L + (size_t)k]);
        square_roots(half);
        memcpy(quarter, half, sizeof(half));
        square_roots(quarter);
        for (int k = 0; k < L; k++) {
            l->root[i][k] = half[k] * quarter[k];
            sum[k] += l->root[i][k];
        }
    }
}

/* The histogram of one set; returns what unrelated values would give as power. */
static float count(ew_lattice *l, int lane, size_t n, float scale)
{
    float *h = l->histogram + (size_t)lane * BINS;
    float expected = 0;

    for (size_t i = 0; i < n; i++) {
        float at = l->root[i][lane] * scale;
        int bin;
        if (!(at < (float)BINS))
            continue;
        bin = (int)at;
        h[bin] += 1;
        expected += l->window_squared[bin];
    }
    return expected;
}

static void highest(const float *power, float peak[L])
{
    masks best = {0};

    for (size_t k = PEAKS_FROM; k < EW_SPECTRA_BINS; k++) {
        masks p, above;
        memcpy(&p, power + k * L, sizeof(p));
        above = p > best; /* powers are not negative: their bits are in order, too */
        best = (p & above) | (best & ~above);
    }
    memcpy(peak, &best, sizeof(best));
}

void ew_lattice_score(ew_lattice *l, const float *lines, size_t n, float least,
                      float *score)
{
    float sum[L], expected[L], peak[L];

    if (n > EW_LATTICE_LINES_MAX)
        n = EW_LATTICE_LINES_MAX;
    take_roots(l, lines, n, sum);
    memset(l->histogram, 0, (size_t)BINS * L * sizeof(float));
    for (int k = 0; k < L; k++) {
        bool loud = sum[k] >= least * (float)n && sum[k] > 0 && isfinite(sum[k]);
        float reach = REACH * sum[k] / (float)n;
        expected[k] = loud ? count(l, k, n, (float)BINS / reach) : 0;
    }
    ew_spectra_step(l->spectra, l->histogram, BINS, l->power);
    highest(l->power, peak);
    for (int k = 0; k < L; k++)
        score[k] = expected[k] > 1.0f ? peak[k] / expected[k] : 0;
}
