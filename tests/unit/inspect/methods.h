/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the methods share: sound with and without a fault, and running one. */
#ifndef EW_TEST_METHODS_H
#define EW_TEST_METHODS_H

#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "earwitness/inspect.h"

enum { RATE = 16000 };

/* A recording: speech with pauses over a background that never stops. */
static inline float *recording(size_t n, uint64_t seed, double background)
{
    float *x = calloc(n, sizeof *x);
    uint64_t state = seed * 77 + 5;
    double hiss = 0;

    assert_non_null(x);
    test_speech(x, n, RATE, seed);
    for (size_t i = 0; i < n; i++) {
        double white = (double)(test_random(&state) >> 11) / 9007199254740992.0 - 0.5;

        hiss += 0.5 * (white - hiss);
        x[i] = (float)(0.5 * (double)x[i] + 3.4 * background * hiss);
    }
    return x;
}

static inline void as_16_bits(float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = roundf(fminf(fmaxf(x[i], -1), 1) * 32767) / 32768;
}

/* Everything the method has to say, however weak; NULL when making or running it fails. */
static inline ew_inspection *inspect_with(const char *method, const float *x, size_t n,
                                          size_t chunk, ew_err *err)
{
    ew_inspect_opts o = ew_inspect_opts_default();
    ew_inspect_sound sound = {.rate_hz = RATE, .channels = 1, .codec = "pcm_f32le"};
    ew_inspector *in = NULL;
    ew_inspection *found = NULL;
    ew_code rc;

    o.max_false_per_hour = HUGE_VAL;
    o.only = method;
    rc = ew_inspector_new(&in, &sound, &o, err);
    for (size_t i = 0; i < n && rc >= 0; i += chunk)
        rc = ew_inspector_feed(in, x + i, n - i < chunk ? n - i : chunk, err);
    if (rc >= 0)
        rc = ew_inspector_finish(in, &found, err);
    ew_inspector_free(in);
    return found;
}

static inline ew_inspection *inspect(const char *method, const float *x, size_t n)
{
    ew_err err = {0};
    ew_inspection *i = inspect_with(method, x, n, n ? n : 1, &err);

    if (!i)
        fail_msg("%s: %s", method, err.text);
    return i;
}

/* The strongest sign of change; NULL when there is none of at least that strength. */
static inline const ew_trace *strongest(const ew_inspection *i, double least)
{
    const ew_trace *best = NULL;

    for (size_t k = 0; k < i->trace_count; k++) {
        const ew_trace *t = &i->traces[k];

        if (t->kind == EW_TRACE_CHANGE && t->strength >= least &&
            (!best || t->strength > best->strength))
            best = t;
    }
    return best;
}

static inline const ew_trace *fact(const ew_inspection *i)
{
    for (size_t k = 0; k < i->trace_count; k++)
        if (i->traces[k].kind == EW_TRACE_FACT)
            return &i->traces[k];
    return NULL;
}

/* Was it said that the method could not be used? */
static inline bool untested(const ew_inspection *i, const char *method)
{
    for (size_t k = 0; k < i->untested_count; k++)
        if (strcmp(i->untested[k].method, method) == 0)
            return true;
    return false;
}

#define assert_near(at, want, within)                                                    \
    assert_in_range((uint64_t)((at) + (1 << 28)),                                        \
                    (uint64_t)((want) - (within) + (1 << 28)),                           \
                    (uint64_t)((want) + (within) + (1 << 28)))

#endif
