/* SPDX-License-Identifier: Apache-2.0 */
/* The block is folded to 1,024 values, whose DCT-IV is a complex transform of 512 between two
 * rotations. Each step is done for eight blocks at once, one per SIMD lane. */
#include "inspect/mdct.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"

#pragma GCC diagnostic ignored "-Wpsabi" /* vectors stay inside this file */

enum { L = EW_MDCT_LANES, N = EW_MDCT_LINES, HALF = N / 2, QUARTER = N / 2, BITS = 9 };

typedef float lanes __attribute__((vector_size(32)));

#define INLINE static inline __attribute__((always_inline))

struct ew_mdct {
    lanes fold[N];
    lanes re[HALF], im[HALF];
    float turn_cos[HALF], turn_sin[HALF];   /* e^(-i pi (8 n + 1) / (8 N)) */
    float cos_table[HALF], sin_table[HALF]; /* e^(-2 i pi n / 512) */
    uint16_t order[HALF];
    float scale;
};

ew_code ew_mdct_new(ew_mdct **out, ew_err *err)
{
    const double pi = 3.14159265358979323846;
    ew_mdct *m = ew_alloc_aligned(1, sizeof(*m));

    *out = m;
    if (!m)
        return ew_fail_nomem(err);
    for (int n = 0; n < HALF; n++) {
        unsigned reversed = 0;
        for (int b = 0; b < BITS; b++)
            reversed |= ((unsigned)n >> b & 1) << (BITS - 1 - b);
        m->order[n] = (uint16_t)reversed;
        m->turn_cos[n] = (float)cos(pi * (8 * n + 1) / (8.0 * N));
        m->turn_sin[n] = (float)-sin(pi * (8 * n + 1) / (8.0 * N));
        m->cos_table[n] = (float)cos(2 * pi * n / HALF);
        m->sin_table[n] = (float)-sin(2 * pi * n / HALF);
    }
    m->scale = (float)sqrt(2.0 / N);
    return EW_OK;
}

void ew_mdct_free(ew_mdct *m)
{
    ew_free(m);
}

INLINE lanes sample(const float *x, size_t hop, int i, const float *window)
{
    lanes v;

    if (hop == 1) {
        memcpy(&v, x + i, sizeof(v));
    } else {
        for (size_t l = 0; l < L; l++)
            v[l] = x[l * hop + (size_t)i];
    }
    return v * window[i];
}

/* (a, b, c, d) to (-c reversed - d, a - b reversed). */
INLINE void fold(ew_mdct *m, const float *x, size_t hop, const float *w)
{
    for (int n = 0; n < QUARTER; n++) {
        m->fold[n] =
            -sample(x, hop, 3 * QUARTER - 1 - n, w) - sample(x, hop, 3 * QUARTER + n, w);
        m->fold[QUARTER + n] =
            sample(x, hop, n, w) - sample(x, hop, 2 * QUARTER - 1 - n, w);
    }
}

INLINE void turn_in(ew_mdct *m)
{
    for (int n = 0; n < HALF; n++) {
        lanes a = m->fold[2 * n], b = m->fold[N - 1 - 2 * n];
        int to = m->order[n];
        m->re[to] = a * m->turn_cos[n] - b * m->turn_sin[n];
        m->im[to] = a * m->turn_sin[n] + b * m->turn_cos[n];
    }
}

INLINE void transform(ew_mdct *m)
{
    for (int half = 1; half < HALF; half *= 2) {
        int step = HALF / (2 * half);
        for (int start = 0; start < HALF; start += 2 * half) {
            for (int j = 0; j < half; j++) {
                float c = m->cos_table[j * step], s = m->sin_table[j * step];
                lanes *ar = &m->re[start + j], *ai = &m->im[start + j];
                lanes *br = ar + half, *bi = ai + half;
                lanes r = *br * c - *bi * s, i = *br * s + *bi * c;
                *br = *ar - r;
                *bi = *ai - i;
                *ar += r;
                *ai += i;
            }
        }
    }
}

INLINE void turn_out(const ew_mdct *m, float *lines)
{
    for (int k = 0; k < HALF; k++) {
        lanes a = m->re[k] * m->turn_cos[k] - m->im[k] * m->turn_sin[k];
        lanes b = m->re[k] * m->turn_sin[k] + m->im[k] * m->turn_cos[k];
        a *= m->scale;
        b *= -m->scale;
        memcpy(lines + (size_t)(2 * k) * L, &a, sizeof(a));
        memcpy(lines + (size_t)(N - 1 - 2 * k) * L, &b, sizeof(b));
    }
}

INLINE void step(ew_mdct *m, const float *x, size_t hop, const float *window,
                 float *lines)
{
    if (hop == 1)
        fold(m, x, 1, window);
    else
        fold(m, x, hop, window);
    turn_in(m);
    transform(m);
    turn_out(m, lines);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void
step_avx2(ew_mdct *m, const float *x, size_t hop, const float *window, float *lines)
{
    step(m, x, hop, window, lines);
}
#endif

void ew_mdct_step(ew_mdct *m, const float *x, size_t hop, const float *window,
                  float *lines)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        step_avx2(m, x, hop, window, lines);
        return;
    }
#endif
    step(m, x, hop, window, lines);
}
