/* SPDX-License-Identifier: Apache-2.0 */
/* Sums run in eight lanes that are added in a fixed order: equal bits on every machine. */
#include "dsp/bandpass.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wpsabi" /* vectors stay inside this file */

enum { L = 8 };
typedef float lanes __attribute__((vector_size(32)));

void ew_bandpass_init(ew_bandpass *b, double centre, double width)
{
    const double pi = 3.14159265358979323846;
    double sum = 0;

    for (int i = 0; i < EW_BANDPASS_TAPS; i++) {
        double t = i - EW_BANDPASS_REACH;
        double sinc = t == 0 ? width : sin(pi * width * t) / (pi * t);
        double w = sinc * (0.54 + 0.46 * cos(pi * t / EW_BANDPASS_REACH));

        sum += w;
        b->re[i] = (float)(w * cos(2 * pi * centre * t));
        b->im[i] = (float)(w * -sin(2 * pi * centre * t));
    }
    for (int i = 0; i < EW_BANDPASS_TAPS; i++) {
        b->re[i] = (float)((double)b->re[i] / sum);
        b->im[i] = (float)((double)b->im[i] / sum);
    }
}

static inline float add_up(const lanes *v)
{
    float f[L];

    memcpy(f, v, sizeof(f));
    return ((f[0] + f[1]) + (f[2] + f[3])) + ((f[4] + f[5]) + (f[6] + f[7]));
}

static inline __attribute__((always_inline)) void
filter(const ew_bandpass *b, const float *x, float *re, float *im)
{
    lanes sum_re = {0}, sum_im = {0};

    x -= EW_BANDPASS_REACH;
    for (size_t i = 0; i < EW_BANDPASS_TAPS; i += L) {
        lanes v, r, m;

        memcpy(&v, x + i, sizeof(v));
        memcpy(&r, b->re + i, sizeof(r));
        memcpy(&m, b->im + i, sizeof(m));
        sum_re += v * r;
        sum_im += v * m;
    }
    *re = add_up(&sum_re);
    *im = add_up(&sum_im);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void
filter_avx2(const ew_bandpass *b, const float *x, float *re, float *im)
{
    filter(b, x, re, im);
}
#endif

void ew_bandpass_at(const ew_bandpass *b, const float *x, float *re, float *im)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        filter_avx2(b, x, re, im);
        return;
    }
#endif
    filter(b, x, re, im);
}
