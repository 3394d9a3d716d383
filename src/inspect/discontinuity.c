/* SPDX-License-Identifier: Apache-2.0 */
/* Predicts each sample from the 32 before it and looks for errors that stand alone.
 *
 * The predictor is made anew for every block of 25 ms from its surroundings. Voices make large
 * errors too, but one after the other, with the pitch; a burst of noise makes many. So what
 * counts is the largest error against the second largest within 25 ms on either side. */
#include "inspect/discontinuity.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "dsp/window.h"
#include "inspect/nothing.h"
#include "inspect/peaks.h"

enum {
    ORDER = 32,
    BLOCKS_PER_S = 40,
    EDGE_BLOCKS = 4, /* the beginning of a file is a jump by itself, and so is the end */
    MOST_KEPT = 1 << 20, /* candidates that are held at a time */
};

static const float LEAST_ERROR = 1e-4f; /* three steps of 16 bits: below is rounding */
static const float FLOOR = 3e-5f;       /* no neighbour is quieter than one such step */
static const double LEAST = 1.7;        /* weaker is not told */

typedef struct jump_state {
    ew_inspect__peaks peaks;
    uint32_t rate_hz;
    size_t block;  /* samples */
    float *window; /* 2 blocks */
    float *pcm;    /* ORDER samples, then 2 blocks: the middle one is predicted */
    float *scratch;
    float *errors; /* three blocks of absolute errors: before, now, after */
    size_t fill;
    int64_t done; /* blocks of errors */
    float most;
} jump_state;

static void stop(void *state)
{
    jump_state *s = state;

    if (!s)
        return;
    ew_inspect__peaks_release(&s->peaks);
    ew_free(s->window);
    ew_free(s->pcm);
    ew_free(s->scratch);
    ew_free(s->errors);
    ew_free(s);
}

static ew_code start(void **state, const ew_inspect_sound *sound, ew_inspection *out,
                     ew_err *err)
{
    jump_state *s = ew_alloc(sizeof *s);
    size_t b = sound->rate_hz / BLOCKS_PER_S / 8 * 8;

    (void)out;
    if (!s)
        return ew_fail_nomem(err);
    s->rate_hz = sound->rate_hz;
    s->block = b;
    s->window = ew_alloc_array(2 * b, sizeof *s->window);
    s->pcm = ew_alloc_array(2 * b + ORDER, sizeof *s->pcm);
    s->scratch = ew_alloc_array(2 * b + ORDER, sizeof *s->scratch);
    s->errors = ew_alloc_array(3 * b, sizeof *s->errors);
    if (!s->window || !s->pcm || !s->scratch || !s->errors) {
        stop(s);
        return ew_fail_nomem(err);
    }
    ew_hann_fill(s->window, 2 * b, 0.5);
    s->fill = ORDER + b / 2; /* zeros before the first sample */
    *state = s;
    return EW_OK;
}

/* r[k] = sum of x[i] x[i + k], in parts so that single precision suffices. */
static void correlate(const float *x, size_t n, double r[ORDER + 1])
{
    enum { PART = 128 };

    memset(r, 0, (ORDER + 1) * sizeof *r);
    for (size_t from = 0; from < n; from += PART) {
        size_t to = from + PART < n ? from + PART : n;
        float part[ORDER] = {0}, zero = 0;

        for (size_t i = from; i < to; i++) {
            const float *next = x + i + 1;

            zero += x[i] * x[i];
            for (size_t k = 0; k < ORDER; k++)
                part[k] += x[i] * next[k];
        }
        r[0] += (double)zero;
        for (size_t k = 0; k < ORDER; k++)
            r[k + 1] += (double)part[k];
    }
}

/* Levinson and Durbin: predictor a[1..ORDER] of x[n] - sum of a[k] x[n - k]. */
static void predictor(const double r[ORDER + 1], float a[ORDER + 1])
{
    double p[ORDER + 1] = {0}, old[ORDER + 1], left = r[0];

    for (size_t m = 1; m <= ORDER && left > r[0] * 1e-12; m++) {
        double k = r[m];

        memcpy(old, p, sizeof old);
        for (size_t i = 1; i < m; i++)
            k -= old[i] * r[m - i];
        k /= left;
        p[m] = k;
        for (size_t i = 1; i < m; i++)
            p[i] = old[i] - k * old[m - i];
        left *= 1 - k * k;
    }
    for (size_t m = 1; m <= ORDER; m++)
        a[m] = (float)p[m];
}

/* Absolute errors of the middle block into e. */
static void predict(const jump_state *s, float *e)
{
    size_t b = s->block;
    const float *x = s->pcm + ORDER + b / 2;
    double r[ORDER + 1];
    float a[ORDER + 1] = {0};

    for (size_t i = 0; i < 2 * b; i++)
        s->scratch[i] = s->pcm[ORDER + i] * s->window[i];
    memset(s->scratch + 2 * b, 0, ORDER * sizeof(float));
    correlate(s->scratch, 2 * b, r);
    /* A little white noise, 110 dB below, keeps the equations well posed. */
    r[0] = r[0] * (1 + 1e-11) + 1e-12;
    predictor(r, a);
    for (size_t i = 0; i < b; i += 8) {
        float sum[8];

        memcpy(sum, x + i, sizeof sum);
        for (size_t k = 1; k <= ORDER; k++) {
            const float *past = x + i - k;

            for (size_t j = 0; j < 8; j++)
                sum[j] -= a[k] * past[j];
        }
        for (size_t j = 0; j < 8; j++)
            e[i + j] = fabsf(sum[j]);
    }
}

static float largest(const float *e, size_t n, size_t *at)
{
    float best = -1;

    for (size_t i = 0; i < n; i++) {
        if (e[i] > best) {
            best = e[i];
            *at = i;
        }
    }
    return best;
}

/* Judges the middle one of the three blocks of errors. */
static ew_code judge(jump_state *s, ew_err *err)
{
    size_t b = s->block, at = 0, other = 0, from, to;
    float top = largest(s->errors + b, b, &at), second;
    size_t gap = s->rate_hz / 4000; /* the error rings on for 0.25 ms besides the order */
    ew_inspect__peak one;

    if (top < LEAST_ERROR)
        return EW_OK;
    at += b;
    from = at - gap;
    to = at + ORDER + gap;
    second = largest(s->errors + at - b, from - (at - b), &other);
    if (to < at + b) {
        float later = largest(
            s->errors + to, at + b - to < 3 * b - to ? at + b - to : 3 * b - to, &other);

        if (later > second)
            second = later;
    }
    one.strength = (double)(top / (second > FLOOR ? second : FLOOR));
    if (one.strength < LEAST)
        return EW_OK;
    one.at = (s->done - 3) * (int64_t)b + (int64_t)at;
    one.tag = 0;
    if (s->peaks.count >= MOST_KEPT) {
        ew_code rc =
            ew_inspect__peaks_thin(&s->peaks, (int64_t)b, EW_INSPECT_TRACES_MAX, err);

        if (rc < 0)
            return rc;
    }
    return ew_inspect__peaks_add(&s->peaks, one, err);
}

static ew_code step(jump_state *s, ew_err *err)
{
    size_t b = s->block;

    memmove(s->errors, s->errors + b, 2 * b * sizeof(float));
    predict(s, s->errors + 2 * b);
    s->done++;
    memmove(s->pcm, s->pcm + b, (b + ORDER) * sizeof(float));
    s->fill -= b;
    return s->done > EDGE_BLOCKS ? judge(s, err) : EW_OK;
}

static ew_code feed(void *state, const float *pcm, size_t samples, ew_err *err)
{
    jump_state *s = state;
    size_t full = 2 * s->block + ORDER;

    s->most = ew_inspect__louder(s->most, pcm, samples);
    while (samples > 0) {
        size_t n = full - s->fill < samples ? full - s->fill : samples;

        memcpy(s->pcm + s->fill, pcm, n * sizeof(float));
        s->fill += n;
        pcm += n;
        samples -= n;
        if (s->fill == full) {
            ew_code rc = step(s, err);

            if (rc < 0)
                return rc;
        }
    }
    return EW_OK;
}

static ew_code finish(void *state, ew_inspection *out, ew_err *err)
{
    jump_state *s = state;
    ew_code rc;

    if (s->done <= EDGE_BLOCKS)
        return ew_inspect__untested(out, ew_inspect__discontinuity.id, err,
                                    "the file is shorter than %.2f s",
                                    (EDGE_BLOCKS + 1.6) / BLOCKS_PER_S);
    if (ew_inspect__nothing(s->most))
        return ew_inspect__told_nothing(out, ew_inspect__discontinuity.id, err);
    rc = ew_inspect__peaks_thin(&s->peaks, (int64_t)s->block, EW_INSPECT_TRACES_MAX, err);

    for (size_t i = 0; i < s->peaks.count && rc >= 0; i++) {
        const ew_inspect__peak *p = &s->peaks.list[i];
        ew_trace t = {
            .kind = EW_TRACE_CHANGE, .start = p->at, .end = p->at, .plus_minus = 2};

        t.strength = p->strength;
        rc = ew_inspect__trace(
            out, ew_inspect__discontinuity.id, &t, err,
            "the wave jumps: the sample is %.1f times as far from what the "
            "ones before it lead to as any other within 25 ms",
            p->strength);
    }
    return rc;
}

const ew_inspect__method ew_inspect__discontinuity = {
    .id = "discontinuity",
    .want = EW_INSPECT__MONO,
    .start = start,
    .feed = feed,
    .finish = finish,
    .free = stop,
};
