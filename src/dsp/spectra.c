/* SPDX-License-Identifier: Apache-2.0 */
/* A 1,024-point real transform as a 512-point complex one (decimation in time, radix 2 once,
 * then radix 4), eight frames side by side. See docs/decisions/fft.md for why it is ours. */
#include "dsp/spectra.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "dsp/window.h"

enum { HALF = EW_SPECTRA_SIZE / 2, L = EW_SPECTRA_LANES };

#pragma GCC diagnostic ignored "-Wpsabi" /* vectors stay inside this file */

typedef float lanes __attribute__((vector_size(32)));

struct ew_spectra {
    lanes re[HALF], im[HALF];
    float window[EW_SPECTRA_SIZE];
    uint16_t order[HALF];  /* memory place i holds input order[i] */
    float cos_table[HALF]; /* e^(-2 pi i k / 512) */
    float sin_table[HALF];
    float half_cos[HALF]; /* e^(-2 pi i k / 1024) */
    float half_sin[HALF];
};

/* Digit reversal for the sequence of radices 4 4 4 4 2, outermost first. */
static size_t place(uint16_t *order, size_t at, size_t n, size_t offset, size_t stride)
{
    size_t radix = n == 2 ? 2 : 4;

    if (n == 1) {
        order[at] = (uint16_t)offset;
        return at + 1;
    }
    for (size_t j = 0; j < radix; j++)
        at = place(order, at, n / radix, offset + j * stride, stride * radix);
    return at;
}

ew_code ew_spectra_new(ew_spectra **out, ew_err *err)
{
    const double pi = 3.14159265358979323846;
    ew_spectra *s = ew_alloc_aligned(1, sizeof(*s));

    *out = s;
    if (!s)
        return ew_fail_nomem(err);
    ew_hann_fill(s->window, EW_SPECTRA_SIZE, 0);
    for (int i = 0; i < HALF; i++) {
        s->cos_table[i] = (float)cos(2 * pi * i / HALF);
        s->sin_table[i] = (float)-sin(2 * pi * i / HALF);
        s->half_cos[i] = (float)cos(pi * i / HALF);
        s->half_sin[i] = (float)-sin(pi * i / HALF);
    }
    place(s->order, 0, HALF, 0, 1);
    return EW_OK;
}

void ew_spectra_free(ew_spectra *s)
{
    ew_free(s);
}

#define INLINE static inline __attribute__((always_inline))

/* Windowed samples into the lanes, even samples real and odd ones imaginary. */
INLINE void load(ew_spectra *s, const float *pcm, size_t hop)
{
    for (size_t i = 0; i < HALF; i++) {
        size_t n = 2 * (size_t)s->order[i];
        float we = s->window[n], wo = s->window[n + 1];
        float even[L], odd[L];

        for (size_t l = 0; l < L; l++) {
            even[l] = pcm[l * hop + n] * we;
            odd[l] = pcm[l * hop + n + 1] * wo;
        }
        memcpy(&s->re[i], even, sizeof(even));
        memcpy(&s->im[i], odd, sizeof(odd));
    }
}

INLINE void stage_two(lanes *re, lanes *im)
{
    for (size_t i = 0; i < HALF; i += 2) {
        lanes ar = re[i], ai = im[i], br = re[i + 1], bi = im[i + 1];

        re[i] = ar + br;
        im[i] = ai + bi;
        re[i + 1] = ar - br;
        im[i + 1] = ai - bi;
    }
}

/* Joins four transforms of length q into one of 4 q. */
INLINE void stage_four(ew_spectra *s, size_t q)
{
    size_t step = HALF / (4 * q);
    const float *c = s->cos_table, *d = s->sin_table;

    for (size_t k = 0; k < q; k++) {
        float c1 = c[k * step], d1 = d[k * step];
        float c2 = c[2 * k * step], d2 = d[2 * k * step];
        float c3 = c[3 * k * step], d3 = d[3 * k * step];

        for (size_t b = k; b < HALF; b += 4 * q) {
            lanes *re = s->re + b, *im = s->im + b;
            lanes x1r = re[q] * c1 - im[q] * d1, x1i = re[q] * d1 + im[q] * c1;
            lanes x2r = re[2 * q] * c2 - im[2 * q] * d2,
                  x2i = re[2 * q] * d2 + im[2 * q] * c2;
            lanes x3r = re[3 * q] * c3 - im[3 * q] * d3,
                  x3i = re[3 * q] * d3 + im[3 * q] * c3;
            lanes sr = re[0] + x2r, si = im[0] + x2i, tr = re[0] - x2r, ti = im[0] - x2i;
            lanes ur = x1r + x3r, ui = x1i + x3i, vr = x1r - x3r, vi = x1i - x3i;

            re[0] = sr + ur;
            im[0] = si + ui;
            re[2 * q] = sr - ur;
            im[2 * q] = si - ui;
            re[q] = tr + vi;
            im[q] = ti - vr;
            re[3 * q] = tr - vi;
            im[3 * q] = ti + vr;
        }
    }
}

/* The spectrum of the real sequence from that of the packed one, and its power. */
INLINE void unpack_power(const ew_spectra *s, float *power)
{
    for (size_t k = 0; k < HALF; k++) {
        size_t m = (HALF - k) & (HALF - 1);
        lanes er = (s->re[k] + s->re[m]) * 0.5f, ei = (s->im[k] - s->im[m]) * 0.5f;
        lanes odr = (s->im[k] + s->im[m]) * 0.5f, odi = (s->re[m] - s->re[k]) * 0.5f;
        float c = s->half_cos[k], d = s->half_sin[k];
        lanes xr = er + (odr * c - odi * d), xi = ei + (odr * d + odi * c);
        lanes p = xr * xr + xi * xi;

        memcpy(power + k * L, &p, sizeof(p));
    }
}

INLINE void transform(ew_spectra *s, const float *pcm, size_t hop, float *power)
{
    load(s, pcm, hop);
    stage_two(s->re, s->im);
    stage_four(s, 2);
    stage_four(s, 8);
    stage_four(s, 32);
    stage_four(s, 128);
    unpack_power(s, power);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void
transform_avx2(ew_spectra *s, const float *pcm, size_t hop, float *power)
{
    transform(s, pcm, hop, power);
}
#endif

void ew_spectra_step(ew_spectra *s, const float *pcm, size_t hop, float *power)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        transform_avx2(s, pcm, hop, power);
        return;
    }
#endif
    transform(s, pcm, hop, power);
}
