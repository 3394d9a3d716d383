/* SPDX-License-Identifier: Apache-2.0 */
/* The wave print: the course of one narrow band (400 to 650 Hz), one byte per frame.
 *
 * Two takes of the same words by the same voice have like spectra but not like waves. The
 * band is sampled every 4 ms as a complex number of which only the two signs are kept. */
#ifndef EW_FINGERPRINT_WAVE_H
#define EW_FINGERPRINT_WAVE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "dsp/bandpass.h"
#include "earwitness/fingerprint.h"

enum {
    EW_WAVE_PER_FRAME = 4,
    EW_WAVE_STEP = EW_FP_HOP / EW_WAVE_PER_FRAME, /* samples between wave samples: 4 ms */
    EW_WAVE_GRID = 8 /* samples between those of a clip: 1 ms */
};

#define EW_WAVE_CENTRE_HZ 525.0
#define EW_WAVE_WIDTH_HZ 250.0

/* The filter for sound whose pitch is `ratio` times the original. */
void ew_wave_filter(ew_bandpass *b, double ratio);

/* Wave byte of the frame centred on x[0]: bits 2k and 2k + 1 are set where the real and the
 * imaginary part at x[k * EW_WAVE_STEP] are positive. Reads x[-128 .. 224). */
uint8_t ew_wave_byte(const ew_bandpass *b, const float *x);

/* Band of a clip, moved down to frequency 0: value i belongs to sample i * EW_WAVE_GRID. The caller frees
 * both arrays with ew_free. */
typedef struct ew_wave {
    size_t count;
    double cycles; /* of the removed carrier per sample */
    float *re, *im;
} ew_wave;

EW_MUST_CHECK ew_code ew_wave_init(ew_wave *w, const float *mono, size_t n, double ratio,
                                   ew_err *err);
void ew_wave_release(ew_wave *w);

#endif
