/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of copies of one recording. */
#ifndef EW_TEST_FAMILY_COPIES_H
#define EW_TEST_FAMILY_COPIES_H

#include <math.h>

#include <math.h>
#include <stdlib.h>

#include "dsp/fft.h"
#include "earwitness/family.h"
#include "support.h"

enum { RATE = EW_FAMILY_RATE_HZ, LENGTH = 9 * RATE, MOST = 12, FRAME = 512 };

/* A family in the making: sounds as float, and what their files would say. */
typedef struct made {
    float *x[MOST];
    int16_t *pcm[MOST];
    ew_copy copies[MOST];
    size_t count;
} made;

static inline size_t put(made *m, float *x, size_t n, const char *codec, uint32_t bits)
{
    int16_t *pcm = malloc(n * sizeof(*pcm));

    for (size_t i = 0; i < n; i++)
        pcm[i] = (int16_t)lrintf(fmaxf(-1, fminf(x[i], 0.9999F)) * 32767);
    m->x[m->count] = x;
    m->pcm[m->count] = pcm;
    m->copies[m->count] = (ew_copy){pcm, n, codec, bits, NULL};
    return m->count++;
}

static inline void release(made *m)
{
    for (size_t i = 0; i < m->count; i++) {
        free(m->x[i]);
        free(m->pcm[i]);
    }
    m->count = 0;
}

static inline double normal(uint64_t *seed)
{
    double sum = -6;

    for (int i = 0; i < 12; i++)
        sum += (double)(test_random(seed) >> 11) / 9007199254740992.0;
    return sum;
}

/* What a codec does, more or less: noise in every frame and band, as strong as `amount`
 * times what is there. */
static inline float *code(const float *x, size_t n, double amount, uint64_t seed)
{
    float *y = calloc(n, sizeof(*y)), frame[FRAME], window[FRAME];
    ew_cpx bins[FRAME / 2 + 1];
    ew_fft *fft = NULL;

    assert_int_equal(ew_fft_new(&fft, FRAME, NULL), EW_OK);
    for (size_t i = 0; i < FRAME; i++)
        window[i] = (float)sin(M_PI * ((double)i + 0.5) / FRAME);
    for (size_t at = 0; at + FRAME <= n; at += FRAME / 2) {
        for (size_t i = 0; i < FRAME; i++)
            frame[i] = x[at + i] * window[i];
        ew_fft_forward(fft, frame, bins);
        for (size_t i = 0; i <= FRAME / 2; i++) {
            double re = 1 + amount * normal(&seed) / sqrt(2);
            double im = amount * normal(&seed) / sqrt(2);
            double a = (double)bins[i].re, b = (double)bins[i].im;

            bins[i] = (ew_cpx){(float)(a * re - b * im), (float)(a * im + b * re)};
        }
        ew_fft_inverse(fft, bins, frame);
        for (size_t i = 0; i < FRAME; i++)
            y[at + i] += frame[i] * window[i] / FRAME;
    }
    ew_fft_free(fft);
    return y;
}

static inline float *speech(size_t n, uint64_t seed)
{
    float *x = malloc(n * sizeof(*x));

    test_speech(x, n, RATE, seed);
    return x;
}

static inline float *part(const float *x, size_t from, size_t n, float gain)
{
    float *y = malloc(n * sizeof(*y));

    for (size_t i = 0; i < n; i++)
        y[i] = x[from + i] * gain;
    return y;
}

/* Coded as Opus at 24 kbit/s, or as MP3 at 64. */
static inline size_t put_opus(made *m, size_t of, uint64_t seed)
{
    return put(m, code(m->x[of], m->copies[of].samples, 0.48, seed),
               m->copies[of].samples, "opus", 24000);
}

static inline size_t put_mp3(made *m, size_t of, uint64_t seed)
{
    return put(m, code(m->x[of], m->copies[of].samples, 0.15, seed),
               m->copies[of].samples, "mp3", 64000);
}

static inline ew_family *order(const made *m)
{
    ew_family *f = NULL;
    ew_err err;

    assert_int_equal(ew_family_of(m->copies, m->count, NULL, &f, &err), EW_OK);
    assert_int_equal(f->count, m->count);
    return f;
}

static inline const ew_reason *reason(const ew_member *m, ew_why why)
{
    for (size_t i = 0; i < m->reason_count; i++)
        if (m->reasons[i].why == why)
            return &m->reasons[i];
    return NULL;
}

static inline void assert_child(const ew_family *f, size_t copy, size_t parent)
{
    const ew_member *m = &f->members[copy];

    assert_int_equal(m->kind, EW_MEMBER_CHILD);
    assert_int_equal(m->parent, parent);
    assert_true(m->certainty >= 0.4 && m->certainty <= 1);
    assert_int_equal(m->candidates[0].copy, parent);
    assert_non_null(reason(m, EW_WHY_CLOSEST));
}

/* 0 the source; 1 and 2 from it; 3 from 1, cut and quieter; 4 from 3; 5 from 2. */
static inline void make_six(made *m)
{
    *m = (made){0};
    put(m, speech(LENGTH, 1), LENGTH, "pcm_s16le", 256000);
    put_mp3(m, 0, 21);
    put_opus(m, 0, 22);
    float *cut = part(m->x[1], 12345, LENGTH - 12345 - 9000, 0.5F);
    size_t n = LENGTH - 12345 - 9000;
    put(m, code(cut, n, 0.48, 23), n, "opus", 24000);
    free(cut);
    put_mp3(m, 3, 24);
    put_mp3(m, 2, 25);
}

#endif
