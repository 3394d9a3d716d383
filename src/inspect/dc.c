/* SPDX-License-Identifier: Apache-2.0 */
/* The mean of the wave over two seconds before a place against that over two seconds after it,
 * in units of what this difference usually is within half a minute. */
#include "inspect/dc.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/sort.h"
#include "dsp/window.h"
#include "inspect/nothing.h"
#include "inspect/peaks.h"

enum {
    MEANS_PER_S = 50,
    SIDE = 2 * MEANS_PER_S,
    STEP = 5,                        /* means from one place looked at to the next */
    USUAL = 15 * MEANS_PER_S / STEP, /* places on either side that say what is usual */
    APART = 2,                       /* seconds between two findings */
    HOURS_MAX = 30
};

static const double BIT = 1.0 / 32768;
static const double LEAST = 4;      /* weaker is not told */
static const double FACT_BITS = 16; /* an offset that is worth telling */
/* Cutting off instead of rounding moves the wave by half a step of the file. */
static const double FACT_STEPS = 1.5;

typedef struct dc_state {
    ew_buf means; /* floats, one per 20 ms */
    uint32_t rate_hz;
    size_t block, fill;
    double sum;
    float most, before, step; /* the smallest distance of two neighbours that differ */
} dc_state;

static void stop(void *state)
{
    dc_state *s = state;

    if (!s)
        return;
    ew_buf_release(&s->means);
    ew_free(s);
}

static ew_code start(void **state, const ew_inspect_sound *sound, ew_inspection *out,
                     ew_err *err)
{
    dc_state *s = ew_alloc(sizeof *s);

    (void)out;
    if (!s)
        return ew_fail_nomem(err);
    ew_buf_init(&s->means, (size_t)HOURS_MAX * 3600 * MEANS_PER_S * sizeof(float));
    s->rate_hz = sound->rate_hz;
    s->block = sound->rate_hz / MEANS_PER_S;
    s->step = 1;
    *state = s;
    return EW_OK;
}

static ew_code feed(void *state, const float *pcm, size_t samples, ew_err *err)
{
    dc_state *s = state;

    s->most = ew_inspect__louder(s->most, pcm, samples);
    while (samples > 0) {
        size_t n = s->block - s->fill < samples ? s->block - s->fill : samples;

        for (size_t i = 0; i < n; i++) {
            float d = fabsf(pcm[i] - s->before);

            s->step = d > 0 && d < s->step ? d : s->step;
            s->before = pcm[i];
            s->sum += (double)pcm[i];
        }
        s->fill += n;
        pcm += n;
        samples -= n;
        if (s->fill == s->block) {
            float mean = (float)(s->sum / (double)s->block);

            s->sum = 0;
            s->fill = 0;
            if (s->means.max - s->means.len >= sizeof mean) {
                ew_code rc = ew_buf_append(&s->means, &mean, sizeof mean, err);

                if (rc < 0)
                    return rc;
            }
        }
    }
    return EW_OK;
}

/* The median size of the differences around place i, of which there are n. */
static double usual(const float *diff, size_t n, size_t i)
{
    float near[2 * USUAL + 1];
    size_t from = i > USUAL ? i - USUAL : 0, to = i + USUAL < n ? i + USUAL + 1 : n;

    for (size_t k = from; k < to; k++)
        near[k - from] = fabsf(diff[k]);
    ew_sort_floats(near, to - from);
    return (double)near[(to - from) / 2];
}

/* diff[i]: mean after minus mean before mean SIDE + i * STEP, both under half a Hann window
 * that is highest away from the place's outer ends. */
static void differences(const float *means, float *diff, size_t places)
{
    double weight[SIDE], total = 0;

    for (size_t k = 0; k < SIDE; k++) {
        weight[k] = ew_hann((double)k + 0.5, SIDE);
        total += weight[k];
    }
    for (size_t i = 0; i < places; i++) {
        const float *at = means + SIDE + i * STEP;
        double d = 0;

        for (size_t k = 0; k < SIDE; k++)
            d += weight[k] * ((double)at[k] - (double)at[(ptrdiff_t)k - SIDE]);
        diff[i] = (float)(d / total);
    }
}

static ew_code find_steps(const dc_state *s, const float *diff, size_t places,
                          ew_inspection *out, ew_err *err)
{
    ew_inspect__peaks peaks = {0};
    int64_t block = (int64_t)s->block;
    ew_code rc = EW_OK;

    for (size_t i = 0; i < places && rc >= 0; i++) {
        double d = fabs((double)diff[i]);
        ew_inspect__peak p = {.at = (int64_t)(SIDE + i * STEP) * block, .tag = i};

        if (d < BIT / 4 || (i > 0 && d < fabs((double)diff[i - 1])) ||
            (i + 1 < places && d < fabs((double)diff[i + 1])))
            continue;
        p.strength = d / (usual(diff, places, i) + BIT / 16);
        if (p.strength >= LEAST)
            rc = ew_inspect__peaks_add(&peaks, p, err);
    }
    if (rc >= 0)
        rc = ew_inspect__peaks_thin(&peaks, APART * (int64_t)s->rate_hz,
                                    EW_INSPECT_TRACES_MAX, err);
    for (size_t i = 0; i < peaks.count && rc >= 0; i++) {
        const ew_inspect__peak *p = &peaks.list[i];
        ew_trace t = {.kind = EW_TRACE_CHANGE, .start = p->at, .end = p->at};

        t.plus_minus = s->rate_hz * 3 / 10;
        t.strength = p->strength;
        rc = ew_inspect__trace(out, ew_inspect__dc.id, &t, err,
                               "the wave's offset from zero steps by %+.1f 16-bit steps",
                               (double)diff[p->tag] / BIT);
    }
    ew_inspect__peaks_release(&peaks);
    return rc;
}

static ew_code tell_offset(const dc_state *s, const float *means, size_t n,
                           ew_inspection *out, ew_err *err)
{
    ew_trace t = {.kind = EW_TRACE_FACT, .end = (int64_t)n * (int64_t)s->block};
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (double)means[i];
    sum /= (double)n * BIT;
    if (fabs(sum) < fmax(FACT_BITS, FACT_STEPS * (double)s->step / BIT))
        return EW_OK;
    t.strength = fabs(sum);
    return ew_inspect__trace(out, ew_inspect__dc.id, &t, err,
                             "the wave is off zero by %+.0f 16-bit steps on average",
                             sum);
}

static ew_code finish(void *state, ew_inspection *out, ew_err *err)
{
    dc_state *s = state;
    size_t n = s->means.len / sizeof(float), places;
    float *means = NULL, *diff = NULL;
    ew_code rc;

    if (n < 2 * SIDE + STEP)
        return ew_inspect__untested(out, ew_inspect__dc.id, err,
                                    "the file is shorter than %d s",
                                    2 * SIDE / MEANS_PER_S + 1);
    if (ew_inspect__nothing(s->most))
        return ew_inspect__told_nothing(out, ew_inspect__dc.id, err);
    places = (n - 2 * SIDE) / STEP + 1;
    means = ew_alloc_array(n, sizeof *means);
    diff = ew_alloc_array(places, sizeof *diff);
    if (!means || !diff) {
        rc = ew_fail_nomem(err);
        goto out;
    }
    memcpy(means, s->means.data, n * sizeof *means);
    differences(means, diff, places);
    rc = tell_offset(s, means, n, out, err);
    if (rc >= 0)
        rc = find_steps(s, diff, places, out, err);
out:
    ew_free(means);
    ew_free(diff);
    return rc;
}

const ew_inspect__method ew_inspect__dc = {
    .id = "dc-offset",
    .want = EW_INSPECT__MONO,
    .start = start,
    .feed = feed,
    .finish = finish,
    .free = stop,
};
