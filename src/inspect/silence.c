/* SPDX-License-Identifier: Apache-2.0 */
/* Runs of one and the same value. Rooms and microphones never give them; what matters is how
 * the sound beside them ends: fading out is what gates and coders do, stopping at full height
 * is what an editor's "silence" does. */
#include "inspect/silence.h"

#include <math.h>
#include <stdbool.h>

#include "base/alloc.h"
#include "inspect/nothing.h"

enum {
    SHORTEST_PER_S = 250, /* runs of at least 4 ms */
    BESIDE_PER_S = 1000,  /* 1 ms of sound on either side is looked at */
    FACT_PER_S = 2,       /* half a second of nothing is a fact however it ends */
    EDGE_PER_S = 10,      /* a tenth of a second at either end is no "inside" */
    MOST_KEPT = 100000
};

/* Strengths are in dB over the step of the samples: the smallest difference there is, which
 * in 8-bit and telephone sound is far more than one step of 16 bits. */
static const float BIT = 1.0f / 32768;
static const double LEAST = 12; /* weaker is not told: fades end so */

typedef struct run {
    int64_t first, last;
    float value;
    float before, after; /* largest distance from the run's value in what is beside */
} run;

typedef struct silence_state {
    run *runs;
    size_t count, room;
    uint32_t channels;
    bool open;         /* the last run goes on */
    int64_t at, since; /* samples fed; where the present value began */
    int64_t pending;   /* samples after the last run still to be looked at */
    float value, step, most;
    float *ring; /* the last samples, sample i at i & mask */
    size_t mask;
    int64_t beside, shortest, fact, edge;
} silence_state;

static void stop(void *state)
{
    silence_state *s = state;

    if (!s)
        return;
    ew_free(s->runs);
    ew_free(s->ring);
    ew_free(s);
}

static ew_code start(void **state, const ew_inspect_sound *sound, ew_inspection *out,
                     ew_err *err)
{
    silence_state *s = ew_alloc(sizeof *s);
    size_t size = 1;

    (void)out;
    if (!s)
        return ew_fail_nomem(err);
    s->channels = sound->channels;
    s->beside = sound->rate_hz / BESIDE_PER_S;
    s->shortest = sound->rate_hz / SHORTEST_PER_S;
    s->fact = sound->rate_hz / FACT_PER_S;
    s->edge = sound->rate_hz / EDGE_PER_S;
    while ((int64_t)size <= s->beside + s->shortest)
        size *= 2;
    s->mask = size - 1;
    s->step = 1;
    s->ring = ew_alloc_array(size, sizeof *s->ring);
    if (!s->ring) {
        stop(s);
        return ew_fail_nomem(err);
    }
    *state = s;
    return EW_OK;
}

/* A run has become long enough to count. */
static ew_code open_run(silence_state *s, ew_err *err)
{
    run r = {.first = s->since, .last = s->at, .value = s->value};
    int64_t from = s->since - s->beside;

    if (s->count >= MOST_KEPT)
        return EW_OK;
    if (s->count == s->room) {
        size_t room = s->room ? 2 * s->room : 16;
        run *more = ew_realloc_array(s->runs, room, sizeof *more);

        if (!more)
            return ew_fail_nomem(err);
        s->runs = more;
        s->room = room;
    }
    for (int64_t i = from > 0 ? from : 0; i < s->since; i++)
        r.before = fmaxf(r.before, fabsf(s->ring[(size_t)i & s->mask] - s->value));
    s->runs[s->count++] = r;
    s->open = true;
    return EW_OK;
}

static void close_run(silence_state *s)
{
    if (!s->open)
        return;
    s->open = false;
    s->runs[s->count - 1].last = s->at;
    s->pending = s->beside;
}

static ew_code feed(void *state, const float *pcm, size_t samples, ew_err *err)
{
    silence_state *s = state;

    s->most = ew_inspect__louder(s->most, pcm, samples);
    for (size_t i = 0; i < samples; i++) {
        float x = pcm[i];

        if (s->at == 0 || x != s->value) {
            float step = fabsf(x - s->value);

            if (s->at > 0 && step >= BIT && step < s->step)
                s->step = step;
            close_run(s);
            s->value = x;
            s->since = s->at;
        }
        s->ring[(size_t)s->at & s->mask] = x;
        s->at++;
        if (s->pending > 0) {
            run *r = &s->runs[s->count - 1];

            r->after = fmaxf(r->after, fabsf(x - r->value));
            s->pending--;
        }
        if (s->at - s->since == s->shortest) {
            ew_code rc = open_run(s, err);

            if (rc < 0)
                return rc;
        }
    }
    return EW_OK;
}

static double over_a_step(const silence_state *s, float distance)
{
    return distance > s->step ? 20 * log10((double)(distance / s->step)) : 0;
}

static ew_code tell(const silence_state *s, const run *r, ew_inspection *out, ew_err *err)
{
    double before = r->first > 0 ? over_a_step(s, r->before) : 0;
    double after = r->last < s->at ? over_a_step(s, r->after) : 0;
    ew_trace t = {.start = r->first, .end = r->last};
    const char *id = ew_inspect__silence.id;

    /* Coders pad the last frame, and recordings begin and end with nothing. */
    bool inside = r->first > s->edge && r->last < s->at - s->edge;

    t.strength = before > after ? before : after;
    if (inside && t.strength >= LEAST) {
        t.kind = EW_TRACE_CHANGE;
        return ew_inspect__trace(
            out, id, &t, err,
            "not a single bit here, and the sound does not fade: the last "
            "millisecond before reaches %.0f dB over one step of the samples, "
            "the first after it %.0f dB",
            before, after);
    }
    t.kind = EW_TRACE_FACT;
    if (r->last - r->first < s->fact)
        return EW_OK;
    return ew_inspect__trace(
        out, id, &t, err,
        "not a single bit here: no microphone was open, or the coding left "
        "it out");
}

static ew_code tell_nothing(const silence_state *s, ew_inspection *out, ew_err *err)
{
    ew_trace t = {.kind = EW_TRACE_FACT, .end = s->at};

    return ew_inspect__trace(
        out, ew_inspect__silence.id, &t, err, "%s is %s",
        s->channels > 1 ? "the mean of all channels of the whole file" : "the whole file",
        s->most > 0 ? "without sound, only noise in the last bit" : "digital silence");
}

static ew_code finish(void *state, ew_inspection *out, ew_err *err)
{
    silence_state *s = state;
    ew_code rc = EW_OK;

    close_run(s);
    if (s->at > 0 && ew_inspect__nothing(s->most))
        return tell_nothing(s, out, err);
    for (size_t i = 0; i < s->count && rc >= 0; i++)
        rc = tell(s, &s->runs[i], out, err);
    return rc;
}

const ew_inspect__method ew_inspect__silence = {
    .id = "digital-silence",
    .want = EW_INSPECT__MONO,
    .start = start,
    .feed = feed,
    .finish = finish,
    .free = stop,
};
