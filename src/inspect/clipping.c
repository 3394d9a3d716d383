/* SPDX-License-Identifier: Apache-2.0 */
/* Counts peaks that are as wide at their very top as a little below it. A wave that was never
 * cut off is pointed: in the top 0.2 % it spends a tenth of what it spends in the top 10 %.
 * Few bits round the top to one value just as cutting does, so peaks of few steps say nothing. */
#include "inspect/clipping.h"

#include <math.h>
#include <stdbool.h>

#include "base/alloc.h"
#include "inspect/nothing.h"

enum {
    TOP_MIN = 3,   /* samples that a flat top has at least */
    BLOCK_MIN = 2, /* flat tops at one level in a block */
    OCTAVES = 16,  /* of level, down from LEVEL_MOST_LOG2 */
    LEVEL_MOST_LOG2 = 2,
    SPANS = 20000
};

static const float LEAST_PEAK = 0.01f;
static const float TOP = 0.998f, BELOW = 0.9f; /* of the highest in the block */
static const double FLAT = 0.5;                /* of the width below that the top has */
static const double SAME_LEVEL = 0.02;         /* of spans that are one */
static const double JOIN_S = 2;                /* between blocks of one span */
static const double ELSEWHERE = 1.12;          /* 1 dB: peaks elsewhere are higher */
/* A top of a round wave that is one step high is sqrt(1 / (0.1 * STEPS)) of the width below. */
static const double STEPS = 110;

typedef struct flat_span {
    int64_t start, end;
    double level;
    size_t tops;
} flat_span;

typedef struct clip_state {
    uint32_t rate_hz;
    int64_t at;
    float highest, before;
    float step[OCTAVES]; /* the smallest distance of neighbours that both lie in it */
    flat_span *spans;
    size_t count;
} clip_state;

static void stop(void *state)
{
    clip_state *s = state;

    if (!s)
        return;
    ew_free(s->spans);
    ew_free(s);
}

static ew_code start(void **state, const ew_inspect_sound *sound, ew_inspection *out,
                     ew_err *err)
{
    clip_state *s = ew_alloc(sizeof *s);

    (void)out;
    if (!s)
        return ew_fail_nomem(err);
    s->rate_hz = sound->rate_hz;
    for (int i = 0; i < OCTAVES; i++)
        s->step[i] = HUGE_VALF;
    s->spans = ew_alloc_array(SPANS, sizeof *s->spans);
    if (!s->spans) {
        stop(s);
        return ew_fail_nomem(err);
    }
    *state = s;
    return EW_OK;
}

static int octave_of(float level)
{
    int log2 = 0;

    (void)frexpf(level, &log2);
    log2 = LEVEL_MOST_LOG2 - log2;
    return log2 < 0 ? 0 : log2 < OCTAVES ? log2 : OCTAVES - 1;
}

/* The steps of telephone codes grow with the level, so each octave has its own. */
static void measure_steps(clip_state *s, const float *pcm, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        float a = fabsf(s->before), b = fabsf(pcm[i]), d = fabsf(a - b);

        s->before = pcm[i];
        if (d > 0 && fminf(a, b) > 0) {
            int at = octave_of(a);

            if (d < s->step[at] && at == octave_of(b))
                s->step[at] = d;
        }
    }
}

/* Is the level so few steps high that round peaks look flat, too? The octave of full scale has
 * no neighbours that differ, hence the one below as well. */
static bool coarse(const clip_state *s, double level)
{
    int at = octave_of((float)level);
    float step = s->step[at];

    if (at + 1 < OCTAVES)
        step = fminf(step, s->step[at + 1]);
    return level < STEPS * (double)step;
}

/* Counts the excursions beyond BELOW * peak in one direction, and the flat ones of them. */
static void count_tops(const float *pcm, size_t n, float peak, size_t *all, size_t *flat)
{
    size_t wide = 0, top = 0;

    for (size_t i = 0; i <= n; i++) {
        float x = i < n ? pcm[i] * (peak > 0 ? 1.0f : -1.0f) : 0;
        float high = fabsf(peak);

        if (x >= BELOW * high) {
            wide++;
            top += x >= TOP * high;
            continue;
        }
        if (wide > 0) {
            *all += 1;
            *flat += top >= TOP_MIN && (double)top >= FLAT * (double)wide;
        }
        wide = top = 0;
    }
}

static void add(clip_state *s, int64_t start, int64_t end, double level, size_t tops)
{
    flat_span *last = s->count ? &s->spans[s->count - 1] : NULL;

    if (last && (double)(start - last->end) < JOIN_S * s->rate_hz &&
        fabs(level / last->level - 1) < SAME_LEVEL) {
        last->end = end;
        last->tops += tops;
    } else if (s->count < SPANS) {
        s->spans[s->count++] = (flat_span){start, end, level, tops};
    }
}

static ew_code feed(void *state, const float *pcm, size_t samples, ew_err *err)
{
    clip_state *s = state;
    float high = 0, low = 0;

    (void)err;
    measure_steps(s, pcm, samples);
    for (size_t i = 0; i < samples; i++) {
        high = pcm[i] > high ? pcm[i] : high;
        low = pcm[i] < low ? pcm[i] : low;
    }
    s->highest = fmaxf(s->highest, fmaxf(high, -low));
    for (int side = 0; side < 2; side++) {
        float peak = side ? low : high;
        size_t all = 0, flat = 0;

        if (fabsf(peak) < LEAST_PEAK)
            continue;
        count_tops(pcm, samples, peak, &all, &flat);
        if (flat >= BLOCK_MIN && 2 * flat > all)
            add(s, s->at, s->at + (int64_t)samples, (double)fabsf(peak), flat);
    }
    s->at += (int64_t)samples;
    return EW_OK;
}

static ew_code finish(void *state, ew_inspection *out, ew_err *err)
{
    clip_state *s = state;
    ew_trace whole = {.kind = EW_TRACE_FACT, .end = s->at};
    double level = 0;
    size_t tops = 0;
    bool left_out = false;
    ew_code rc = EW_OK;

    if (ew_inspect__nothing(s->highest))
        return ew_inspect__told_nothing(out, ew_inspect__clipping.id, err);
    for (size_t i = 0; i < s->count && rc >= 0; i++) {
        const flat_span *p = &s->spans[i];
        ew_trace t = {.kind = EW_TRACE_CHANGE, .start = p->start, .end = p->end};

        if (coarse(s, p->level)) {
            left_out = true;
            continue;
        }
        tops += p->tops;
        level = fmax(level, p->level);
        if (p->level * ELSEWHERE > (double)s->highest)
            continue;
        t.strength = (double)p->tops;
        t.plus_minus = 4 * (int64_t)s->rate_hz; /* from the first peak to the join */
        rc = ew_inspect__trace(
            out, ew_inspect__clipping.id, &t, err,
            "%zu peaks are cut off at %.1f dBFS here, while others in the file "
            "are higher: cut off before its level was changed",
            p->tops, 20 * log10(p->level));
    }
    if (rc >= 0 && left_out)
        rc = ew_inspect__untested(out, ew_inspect__clipping.id, err,
                                  "peaks of less than %.0f steps of the samples, which "
                                  "are flat anyway",
                                  STEPS);
    if (rc < 0 || !tops)
        return rc;
    whole.strength = (double)tops;
    return ew_inspect__trace(out, ew_inspect__clipping.id, &whole, err,
                             "%zu peaks are cut off, the highest at %.1f dBFS", tops,
                             20 * log10(level));
}

const ew_inspect__method ew_inspect__clipping = {
    .id = "clipping",
    .want = EW_INSPECT__MONO,
    .start = start,
    .feed = feed,
    .finish = finish,
    .free = stop,
};
