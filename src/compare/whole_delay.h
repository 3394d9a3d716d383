/* SPDX-License-Identifier: Apache-2.0 */
/* How far one wave lies behind another, and how fast that grows. */
#ifndef EW_COMPARE_WHOLE_DELAY_H
#define EW_COMPARE_WHOLE_DELAY_H

#include <stddef.h>
#include <stdint.h>

#include "dsp/fft.h"

typedef struct ew_whole__delay {
    ew_fft *fft;
    size_t size; /* of a block */
    uint32_t rate_hz;
    float *window, *block;
    ew_cpx *x, *y;
} ew_whole__delay;

/* For waves of n samples. */
EW_MUST_CHECK ew_code ew_whole__delay_init(ew_whole__delay *d, uint32_t rate_hz, size_t n,
                                           ew_err *err);
void ew_whole__delay_release(ew_whole__delay *d);

/* Two waves that should be one; both [n]. */
typedef struct ew_whole__waves {
    const float *a, *b;
    size_t n;
} ew_whole__waves;

/* B lies first + slope * i samples behind A at sample i. */
typedef struct ew_whole__lag {
    double first, slope;
    double match; /* 0..1: height of the peak; 0 = they are not one wave */
} ew_whole__lag;

ew_whole__lag ew_whole__delay_find(ew_whole__delay *d, const ew_whole__waves *w,
                                   double reach_ms);

#endif
