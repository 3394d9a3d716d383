/* SPDX-License-Identifier: Apache-2.0 */
/* The wave print of a recording and the wave of a clip; docs/decisions/fingerprint.md. */
#include "fingerprint/wave.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

void ew_wave_filter(ew_bandpass *b, double ratio)
{
    ew_bandpass_init(b, EW_WAVE_CENTRE_HZ * ratio / EW_FP_RATE_HZ,
                     EW_WAVE_WIDTH_HZ * ratio / EW_FP_RATE_HZ);
}

uint8_t ew_wave_byte(const ew_bandpass *b, const float *x)
{
    unsigned byte = 0;

    for (unsigned k = 0; k < EW_WAVE_PER_FRAME; k++) {
        float re, im;

        ew_bandpass_at(b, x + k * EW_WAVE_STEP, &re, &im);
        byte |= (unsigned)(re > 0) << (2 * k) | (unsigned)(im > 0) << (2 * k + 1);
    }
    return (uint8_t)byte;
}

ew_code ew_wave_init(ew_wave *w, const float *mono, size_t n, double ratio, ew_err *err)
{
    const double pi = 3.14159265358979323846;
    float edge[EW_BANDPASS_TAPS];
    ew_bandpass b;

    w->count = n / EW_WAVE_GRID + 1;
    w->cycles = EW_WAVE_CENTRE_HZ * ratio / EW_FP_RATE_HZ;
    w->re = ew_alloc_array(w->count, sizeof(float));
    w->im = ew_alloc_array(w->count, sizeof(float));
    if (!w->re || !w->im) {
        ew_wave_release(w);
        return ew_fail_nomem(err);
    }
    ew_wave_filter(&b, ratio);
    for (size_t i = 0; i < w->count; i++) {
        size_t at = i * EW_WAVE_GRID;
        double turn = -2 * pi * fmod(w->cycles * (double)at, 1.0);
        float c = (float)cos(turn), s = (float)sin(turn), re, im;

        if (at >= EW_BANDPASS_REACH && at + EW_BANDPASS_REACH <= n) {
            ew_bandpass_at(&b, mono + at, &re, &im);
        } else {
            for (size_t k = 0; k < EW_BANDPASS_TAPS; k++) {
                size_t p = at + k; /* counted from REACH samples before the clip */

                edge[k] = p >= EW_BANDPASS_REACH && p - EW_BANDPASS_REACH < n
                              ? mono[p - EW_BANDPASS_REACH]
                              : 0.0f;
            }
            ew_bandpass_at(&b, edge + EW_BANDPASS_REACH, &re, &im);
        }
        w->re[i] = re * c - im * s;
        w->im[i] = re * s + im * c;
    }
    return EW_OK;
}

void ew_wave_release(ew_wave *w)
{
    ew_free(w->re);
    ew_free(w->im);
    memset(w, 0, sizeof(*w));
}
