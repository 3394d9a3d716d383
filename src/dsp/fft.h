/* SPDX-License-Identifier: Apache-2.0 */
/* Real Fourier transforms of any even size, one at a time (KissFFT behind it). For power
 * spectra of whole recordings spectra.h is faster. */
#ifndef EW_DSP_FFT_H
#define EW_DSP_FFT_H

#include <stddef.h>

#include "base/err.h"

typedef struct ew_fft ew_fft; /* tables and scratch; one object, one thread */

typedef struct ew_cpx {
    float re, im;
} ew_cpx;

/* size: samples, even, 2..2^24; fastest for products of 2, 3 and 5. EW_E_NOMEM. */
EW_MUST_CHECK ew_code ew_fft_new(ew_fft **out, size_t size, ew_err *err);
void ew_fft_free(ew_fft *f);

/* spectrum[k] = sum of x[i] exp(-2 pi j i k / size), k in 0..size/2 (size/2 + 1 values).
 * Allocates nothing; x is left as it was. */
void ew_fft_forward(ew_fft *f, const float *x, ew_cpx *spectrum);

/* The inverse without scaling: forward, then inverse, gives size times the samples. */
void ew_fft_inverse(ew_fft *f, const ew_cpx *spectrum, float *x);

/* The smallest product of 2, 3 and 5 that is even and at least n. */
size_t ew_fft_good_size(size_t n);

#endif
