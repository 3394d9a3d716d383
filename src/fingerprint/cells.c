/* SPDX-License-Identifier: Apache-2.0 */
/* From frames to log-frequency cells, to bands, to words. The choices of bands, lags and
 * compression, and what was measured for them, are in docs/decisions/fingerprint.md. */
#include "fingerprint/cells.h"

#include <math.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/alloc.h"

enum { L = EW_SPECTRA_LANES };

/* One cell's share of the spectrum: whole bins first..last - 1 and parts of two others. */
typedef struct cell_bins {
    uint16_t low, first, last, high; /* low and high are the bins cut by the edges */
    float low_part, high_part;
} cell_bins;

struct ew_cells {
    ew_spectra *spectra;
    float *power; /* [EW_SPECTRA_BINS][8] */
    cell_bins bins[EW_CELLS];
};

/* Bin k stands for k - 0.5 .. k + 0.5 in units of the bin width. */
static cell_bins bins_between(double low, double high)
{
    cell_bins b = {0};
    int k_low = (int)floor(low + 0.5), k_high = (int)floor(high + 0.5);

    b.low = (uint16_t)k_low;
    b.high = (uint16_t)k_high;
    if (k_low == k_high) {
        b.low_part = (float)(high - low);
        b.first = b.last = b.low;
    } else {
        b.low_part = (float)(k_low + 0.5 - low);
        b.high_part = (float)(high - (k_high - 0.5));
        b.first = (uint16_t)(k_low + 1);
        b.last = b.high;
    }
    return b;
}

ew_code ew_cells_new(ew_cells **out, ew_err *err)
{
    const double bin_hz = (double)EW_FP_RATE_HZ / EW_SPECTRA_SIZE;
    ew_cells *c = ew_alloc(sizeof(*c));
    ew_code rc;

    *out = NULL;
    if (!c)
        return ew_fail_nomem(err);
    rc = ew_spectra_new(&c->spectra, err);
    if (rc < 0)
        goto fail;
    c->power = ew_alloc_aligned(EW_SPECTRA_BINS * L, sizeof(float));
    if (!c->power) {
        rc = ew_fail_nomem(err);
        goto fail;
    }
    for (int i = 0; i < EW_CELLS; i++) {
        double low = EW_CELL_LOW_HZ * pow(EW_CELL_RATIO, i - EW_PITCH_CELLS) / bin_hz;

        c->bins[i] = bins_between(low, low * EW_CELL_RATIO);
    }
    *out = c;
    return EW_OK;
fail:
    ew_cells_free(c);
    return rc;
}

void ew_cells_free(ew_cells *c)
{
    if (!c)
        return;
    ew_spectra_free(c->spectra);
    ew_free(c->power);
    ew_free(c);
}

void ew_cells_step(ew_cells *c, const float *pcm, size_t hop, float *cells)
{
    ew_spectra_step(c->spectra, pcm, hop, c->power);
    for (size_t i = 0; i < EW_CELLS; i++) {
        const cell_bins *b = &c->bins[i];
        const float *low = c->power + (size_t)b->low * L;
        const float *high = c->power + (size_t)b->high * L;
        float *out = cells + i * L;

        for (size_t l = 0; l < L; l++)
            out[l] = low[l] * b->low_part + high[l] * b->high_part;
        for (size_t k = b->first; k < b->last; k++)
            for (size_t l = 0; l < L; l++)
                out[l] += c->power[k * L + l];
    }
}

static void sum_bands(const float *cells, size_t stride, size_t width, float *band,
                      size_t n)
{
    for (size_t i = 0; i < n; i++) {
        float sum = 0;

        for (size_t k = 0; k < width; k++)
            sum += cells[(i * width + k) * stride];
        band[i] = sum;
    }
}

void ew_cells_fine(const float *cells, size_t stride, int pitch,
                   float band[EW_FINE_BANDS])
{
    size_t first = (size_t)(EW_PITCH_CELLS + EW_FINE_FIRST + pitch);

    sum_bands(cells + first * stride, stride, EW_FINE_WIDTH, band, EW_FINE_BANDS);
}

void ew_cells_key(const float *cells, size_t stride, int pitch, float band[EW_KEY_BANDS])
{
    const float *first = cells + (size_t)(EW_PITCH_CELLS + pitch) * stride;

    sum_bands(first, stride, EW_KEY_A_WIDTH, band, EW_KEY_A_BANDS);
    sum_bands(first, stride, EW_KEY_B_WIDTH, band + EW_KEY_A_BANDS, EW_KEY_B_BANDS);
}

void ew_cells_compress(float *band, size_t n)
{
    for (size_t i = 0; i < n; i++)
        band[i] = sqrtf(sqrtf(band[i]));
}

void ew_fine_diff(const float *before, const float *after, float diff[32])
{
    for (size_t b = 0; b < 32; b++)
        diff[b] = (after[b + 1] - after[b]) - (before[b + 1] - before[b]);
}

/* Every third of the 32 comparisons is only counted: those share power with both looked-up
 * neighbours and so say least that is new. */
static const uint8_t key_bit[32] = {31, 9,  30, 29, 8,  28, 27, 7,  26, 25, 6,
                                    24, 23, 5,  22, 21, 4,  20, 19, 3,  18, 17,
                                    2,  16, 15, 1,  14, 13, 0,  12, 11, 10};

void ew_key_diff(const float *a_before, const float *a_after, const float *b_before,
                 const float *b_after, float diff[32])
{
    b_before += EW_KEY_A_BANDS;
    b_after += EW_KEY_A_BANDS;
    for (size_t b = 0; b < 16; b++) {
        diff[key_bit[b]] =
            (a_after[b + 1] - a_after[b]) - (a_before[b + 1] - a_before[b]);
        diff[key_bit[16 + b]] =
            (b_after[b + 2] - b_after[b]) - (b_before[b + 2] - b_before[b]);
    }
}

uint32_t ew_word_of(const float diff[32])
{
    uint32_t word = 0;

#if defined(__SSE2__)
    for (uint32_t b = 0; b < 32; b += 4)
        word |= (uint32_t)_mm_movemask_ps(
                    _mm_cmpgt_ps(_mm_loadu_ps(diff + b), _mm_setzero_ps()))
                << b;
    return word;
#endif
    for (uint32_t b = 0; b < 32; b++)
        word |= (uint32_t)(diff[b] > 0) << b;
    return word;
}

void ew_key_smooth(const float *const rows[5], float out[EW_KEY_BANDS])
{
    for (size_t b = 0; b < EW_KEY_BANDS; b++)
        out[b] = 0.25f * (rows[0][b] + rows[4][b]) + 0.75f * (rows[1][b] + rows[3][b]) +
                 rows[2][b];
}
