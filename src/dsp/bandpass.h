/* SPDX-License-Identifier: Apache-2.0 */
/* A complex band-pass filter that is evaluated where one wants to know, not everywhere. */
#ifndef EW_DSP_BANDPASS_H
#define EW_DSP_BANDPASS_H

enum { EW_BANDPASS_TAPS = 256, EW_BANDPASS_REACH = EW_BANDPASS_TAPS / 2 };

/* Hamming-windowed sinc around a centre frequency; tap i belongs to x[i - REACH]. */
typedef struct ew_bandpass {
    float re[EW_BANDPASS_TAPS], im[EW_BANDPASS_TAPS];
} ew_bandpass;

/* centre and width (of the whole pass band) as fractions of the sample rate, below 0.5. */
void ew_bandpass_init(ew_bandpass *b, double centre, double width);

/* The analytic signal of the band at x[0]; reads x[-REACH .. REACH). */
void ew_bandpass_at(const ew_bandpass *b, const float *x, float *re, float *im);

#endif
