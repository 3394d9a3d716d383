/* SPDX-License-Identifier: Apache-2.0 */
/* Two sounds of which one was made from the other, and what is said of that. */
#ifndef EW_TEST_WHOLE_MADE_H
#define EW_TEST_WHOLE_MADE_H

#include "earwitness/whole.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "earwitness/fingerprint.h"
#include "support.h"

enum { RATE = 16000, SECONDS = 24, SAMPLES = RATE * SECONDS };

static const double pi = 3.14159265358979323846;

/* Two sounds in memory. */
typedef struct sounds {
    float *pcm[2]; /* interleaved */
    size_t n[2];   /* frames */
    uint32_t channels[2];
    uint32_t rate[2];
    ew_code fail_with;
    double speed;
} sounds;

static inline float *new_floats(size_t n)
{
    float *x = calloc(n, sizeof(*x));

    assert_non_null(x);
    return x;
}

static inline float noise(uint64_t *state)
{
    return (float)(test_random(state) >> 40) / 8388608.0f - 1.0f;
}

/* Speech with the faint noise of a room. */
static inline sounds start(void)
{
    sounds s = {
        .n = {SAMPLES, SAMPLES}, .channels = {1, 1}, .rate = {RATE, RATE}, .speed = 1};
    uint64_t seed = 7;

    s.pcm[0] = new_floats(SAMPLES);
    s.pcm[1] = new_floats(SAMPLES);
    test_speech(s.pcm[0], SAMPLES, RATE, 42);
    for (size_t i = 0; i < SAMPLES; i++)
        s.pcm[0][i] = 0.6f * s.pcm[0][i] + 0.002f * noise(&seed);
    memcpy(s.pcm[1], s.pcm[0], SAMPLES * sizeof(float));
    return s;
}

static inline void finish(sounds *s)
{
    free(s->pcm[0]);
    free(s->pcm[1]);
}

/* Resampling is not needed: both have the common rate. */
static inline ew_code read_sound(void *cookie, const ew_whole_want *want, float *pcm,
                                 size_t *got, ew_err *err)
{
    const sounds *s = cookie;
    const size_t from = (size_t)want->start_ms * RATE / 1000;
    const size_t left = from < s->n[want->side] ? s->n[want->side] - from : 0;
    const uint32_t channels = s->channels[want->side];

    assert_int_equal(want->rate_hz, RATE);
    *got = want->frames < left ? want->frames : left;
    if (s->fail_with != EW_OK)
        return ew_fail(err, s->fail_with, 0, "no sound");
    memcpy(pcm, s->pcm[want->side] + from * channels, *got * channels * sizeof(*pcm));
    return EW_OK;
}

static inline ew_stretch whole_stretch(const sounds *s)
{
    return (ew_stretch){.a_end = (double)s->n[0] * EW_FP_RATE_HZ / RATE,
                        .b_end = (double)s->n[1] * EW_FP_RATE_HZ / RATE,
                        .speed = s->speed,
                        .pitch = s->speed,
                        .agreement = 1,
                        .in_order = true,
                        .by_wave = true};
}

static inline ew_code measure_with(const sounds *s, const ew_progress *prog,
                                   ew_whole **out, ew_err *err)
{
    sounds copy = *s;
    ew_stretch stretch = whole_stretch(s);
    const ew_diff d = {.related = true,
                       .comparable = true,
                       .speed = s->speed,
                       .pitch = s->speed,
                       .stretch_count = 1,
                       .stretches = &stretch};
    const ew_whole_source source = {.sides = {{s->rate[0], s->channels[0], "pcm_s16le"},
                                              {s->rate[1], s->channels[1], "pcm_s16le"}},
                                    .read = read_sound,
                                    .cookie = &copy};

    return ew_whole_measure(&d, &source, prog, out, err);
}

static inline ew_whole *measure(const sounds *s)
{
    ew_whole *w = NULL;
    ew_err err;

    assert_int_equal(measure_with(s, NULL, &w, &err), EW_OK);
    for (int k = 0; k < EW_FACT_KINDS; k++) {
        const size_t n = strlen(w->facts[k].sentence);

        assert_int_equal(w->facts[k].kind, k);
        assert_true(n > 0 && w->facts[k].sentence[n - 1] == '.');
    }
    return w;
}

static inline double value_of(const ew_whole *w, ew_fact_kind kind, const char *name)
{
    for (size_t i = 0; i < w->facts[kind].value_count; i++)
        if (strcmp(w->facts[kind].values[i].name, name) == 0)
            return w->facts[kind].values[i].value;
    fail_msg("%s has no %s", ew_fact_name(kind), name);
    return 0;
}

/* Of all kinds only those of the mask are claimed, and those surely. */
static inline void assert_claims(const ew_whole *w, unsigned must, unsigned may)
{
    for (int k = 0; k < EW_FACT_KINDS; k++) {
        const bool changed = w->facts[k].state == EW_FACT_CHANGED;

        if ((must >> k & 1) != 0 && !changed)
            fail_msg("%s is not told: %s", ew_fact_name((ew_fact_kind)k),
                     w->facts[k].sentence);
        if (((must | may) >> k & 1) == 0 && changed)
            fail_msg("%s is told: %s", ew_fact_name((ew_fact_kind)k),
                     w->facts[k].sentence);
    }
}

#define KIND(k) (1u << (k))

/* ---------------------------------------------------------------- time */

/* x at a place between its samples. */
static inline float between(const float *x, size_t n, double at)
{
    const ptrdiff_t whole = (ptrdiff_t)floor(at);
    double sum = 0;

    for (ptrdiff_t k = whole - 15; k <= whole + 16; k++) {
        const double d = at - (double)k;
        const double w = 0.5 + 0.5 * cos(pi * d / 17);

        if (k >= 0 && k < (ptrdiff_t)n)
            sum += (double)x[k] * (fabs(d) < 1e-9 ? 1 : w * sin(pi * d) / (pi * d));
    }
    return (float)sum;
}

static inline void speed(void **state)
{
    sounds s = start();
    ew_whole *w;

    (void)state;
    s.n[1] = (size_t)(SAMPLES / 1.0123);
    for (size_t i = 0; i < s.n[1]; i++)
        s.pcm[1][i] = between(s.pcm[0], SAMPLES, (double)i * 1.0123);
    s.speed = 1.0121; /* as the search by spectra would have it */
    w = measure(&s);
    assert_claims(w, KIND(EW_FACT_SPEED), 0);
    assert_true(fabs(value_of(w, EW_FACT_SPEED, "speed") - 1.0123) < 1e-5);
    ew_whole_free(w);
    finish(&s);
}

/* ---------------------------------------------------------------- channels */

/* Side `i` becomes stereo: left and right of what was mono, with gains. */
static inline void make_stereo(sounds *s, int i, float left, float right, float apart)
{
    float *x = new_floats(2 * SAMPLES);
    uint64_t seed = 11;
    float low = 0;

    for (size_t k = 0; k < SAMPLES; k++) {
        low += 0.2f * (noise(&seed) - low);
        x[2 * k] = left * s->pcm[i][k] + apart * low;
        x[2 * k + 1] = right * s->pcm[i][k] - apart * low;
    }
    free(s->pcm[i]);
    s->pcm[i] = x;
    s->channels[i] = 2;
}

#endif
