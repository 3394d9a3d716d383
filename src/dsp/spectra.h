/* SPDX-License-Identifier: Apache-2.0 */
/* Power spectra of eight overlapping frames at a time: one frame per SIMD lane.
 *
 * Every arithmetic step is done on eight frames at once, so the transform needs no shuffles
 * and gives the same bits with SSE2 and AVX2 (no contraction to fused operations). */
#ifndef EW_DSP_SPECTRA_H
#define EW_DSP_SPECTRA_H

#include <stddef.h>

#include "base/err.h"

enum {
    EW_SPECTRA_LANES = 8,
    EW_SPECTRA_SIZE = 1024, /* samples per frame */
    EW_SPECTRA_BINS = 512   /* bin k is k * rate / 1024 Hz; the Nyquist bin is left out */
};

typedef struct ew_spectra ew_spectra; /* tables and scratch; one object, one thread */

EW_MUST_CHECK ew_code ew_spectra_new(ew_spectra **out, ew_err *err);
void ew_spectra_free(ew_spectra *s);

/* Frame l is pcm[l * hop .. l * hop + 1024), weighted with a periodic Hann window.
 * power[k * 8 + l] = |X_l[k]|^2, k in 0..511, no scaling; 32-byte aligned. Allocates nothing. */
void ew_spectra_step(ew_spectra *s, const float *pcm, size_t hop, float *power);

#endif
