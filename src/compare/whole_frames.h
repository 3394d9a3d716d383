/* SPDX-License-Identifier: Apache-2.0 */
/* Pairs of excerpts as powers and cross powers in bands, frame by frame. */
#ifndef EW_COMPARE_WHOLE_FRAMES_H
#define EW_COMPARE_WHOLE_FRAMES_H

#include <stddef.h>
#include <stdint.h>

#include "compare/whole_lay.h"
#include "dsp/fft.h"

enum { EW_WHOLE_BANDS_MAX = 26 };

/* One band of one frame. */
typedef struct ew_whole__cell {
    float a, b;   /* powers */
    float re, im; /* of B times the conjugate of A */
    float peaky;  /* mean power over geometric mean of B's bins, as a logarithm */
} ew_whole__cell;

/* The wave of one frame: does B follow the peaks of A as it follows the rest? */
typedef struct ew_whole__shape {
    float peak_a, peak_b;
    float high_ab, high_aa; /* sums over samples above 3/4 of A's peak */
    float mid_ab, mid_aa;   /* sums over samples of 1/4 to 1/2 of it */
} ew_whole__shape;

/* All excerpts. A frame is about 43 ms, half overlapping. */
typedef struct ew_whole__frames {
    uint32_t rate_hz;
    size_t size; /* samples of a frame */
    double hop_s;
    size_t bands;
    double edge_hz[EW_WHOLE_BANDS_MAX + 1];
    size_t edge_bin[EW_WHOLE_BANDS_MAX + 1];
    size_t count, cap;
    ew_whole__cell *cells;   /* [count][bands] */
    ew_whole__shape *shapes; /* [count] */
    uint8_t *excerpt;        /* [count] */
    size_t bins;
    double *bin_a, *bin_b;   /* [bins] powers summed over all frames */
    double *bin_re, *bin_im; /* [bins] cross powers */
    ew_fft *fft;
    float *window, *block;
    ew_cpx *x, *y;
} ew_whole__frames;

EW_MUST_CHECK ew_code ew_whole__frames_init(ew_whole__frames *f, uint32_t rate_hz,
                                            ew_err *err);
void ew_whole__frames_release(ew_whole__frames *f);
EW_MUST_CHECK ew_code ew_whole__frames_add(ew_whole__frames *f, const ew_whole__pair *p,
                                           uint8_t excerpt, ew_err *err);

#endif
