/* SPDX-License-Identifier: Apache-2.0 */
/* The edges between which there is sound, and places where a sharp upper edge comes or goes.
 *
 * Coders, telephones and lower sample rates end the sound at a sharp edge; voices and rooms end
 * it in a slope. Of every second a smoothed spectrum is kept. At each second the loudest
 * spectrum of four seconds before is held against that of four after: an edge counts when one
 * side drops there much more steeply than the other, and the other has sound above it. */
#include "inspect/bandwidth.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "inspect/frames.h"
#include "inspect/nothing.h"
#include "inspect/peaks.h"

enum {
    BINS = EW_SPECTRA_BINS,
    LANES = EW_SPECTRA_LANES,
    SMOOTH = 2, /* bins on either side */
    SIDE = 4,   /* seconds that are compared */
    HOURS_MAX = 12
};

static const double BESIDE_HZ = 400;  /* what an edge is judged by on either side */
static const double SLOPE_HZ = 200;   /* an edge may be so wide */
static const double LOWEST_HZ = 2000; /* no edges are looked for below */
static const double STEP_DB = 0.6, LEAST_DB = -150; /* of a stored byte */
static const double LOUD_DB = -70;                  /* a second below this says nothing */
static const double EDGE_DB = 15;                   /* an edge drops at least so much */
static const double HEARD_DB = 78; /* below the loudest bin: no longer sound */
static const double ALIKE = 0.7;   /* of a step, at the places next to it */
static const double LEAST = 6;     /* dB; weaker steps are not told */

typedef uint8_t spectrum[BINS];

typedef struct width_state {
    ew_inspect__frames *frames;
    uint32_t rate_hz;
    float most;
    double sum[BINS];
    int64_t taken;                /* frames in sum */
    int64_t made;                 /* frames in all */
    ew_buf seconds;               /* spectrum */
    size_t beside, slope, lowest; /* bins */
} width_state;

static void stop(void *state)
{
    width_state *s = state;

    if (!s)
        return;
    ew_inspect__frames_free(s->frames);
    ew_buf_release(&s->seconds);
    ew_free(s);
}

static ew_code start(void **state, const ew_inspect_sound *sound, ew_inspection *out,
                     ew_err *err)
{
    width_state *s = ew_alloc(sizeof *s);
    double bin_hz;
    ew_code rc;

    (void)out;
    if (!s)
        return ew_fail_nomem(err);
    s->rate_hz = sound->rate_hz;
    ew_buf_init(&s->seconds, (size_t)HOURS_MAX * 3600 * sizeof(spectrum));
    bin_hz = (double)sound->rate_hz / EW_SPECTRA_SIZE;
    s->beside = 1 + (size_t)(BESIDE_HZ / bin_hz);
    s->slope = 1 + (size_t)(SLOPE_HZ / bin_hz);
    s->lowest = (size_t)(LOWEST_HZ / bin_hz);
    rc = ew_inspect__frames_new(&s->frames, EW_SPECTRA_SIZE, err);
    if (rc < 0)
        stop(s);
    else
        *state = s;
    return rc;
}

static ew_code keep_second(width_state *s, ew_err *err)
{
    spectrum kept;

    for (int k = 0; k < BINS; k++) {
        int from = k > SMOOTH ? k - SMOOTH : 0,
            to = k + SMOOTH < BINS ? k + SMOOTH : BINS - 1;
        double sum = 0, v;

        for (int i = from; i <= to; i++)
            sum += s->sum[i];
        v = 10 * log10(sum / (double)(to - from + 1) / (double)s->taken + 1e-16);
        v = (v - LEAST_DB) / STEP_DB + 0.5;
        kept[k] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
    }
    if (s->seconds.max - s->seconds.len < sizeof kept)
        return EW_OK;
    return ew_buf_append(&s->seconds, kept, sizeof kept, err);
}

static ew_code take(void *self, const float *power, size_t count, ew_err *err)
{
    width_state *s = self;

    for (size_t l = 0; l < count; l++) {
        ew_code rc;

        for (size_t k = 0; k < BINS; k++)
            s->sum[k] += (double)power[k * LANES + l];
        s->taken++;
        s->made++;
        if (s->made * EW_SPECTRA_SIZE / s->rate_hz ==
            (s->made - 1) * EW_SPECTRA_SIZE / s->rate_hz)
            continue;
        rc = keep_second(s, err);
        if (rc < 0)
            return rc;
        memset(s->sum, 0, sizeof s->sum);
        s->taken = 0;
    }
    return EW_OK;
}

static ew_code feed(void *state, const float *pcm, size_t samples, ew_err *err)
{
    width_state *s = state;

    s->most = ew_inspect__louder(s->most, pcm, samples);
    return ew_inspect__frames_feed(s->frames, pcm, samples, take, s, err);
}

static const uint8_t *second_at(const width_state *s, size_t i)
{
    return s->seconds.data + i * sizeof(spectrum);
}

static double to_db(double byte)
{
    return LEAST_DB + STEP_DB * byte;
}

/* The loudest of SIDE seconds, bin by bin, and how steeply it drops at each bin. */
typedef struct side {
    double top[BINS], drop[BINS], most;
    bool loud;
} side;

static double mean_of(const double *v, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += v[i];
    return sum / (double)n;
}

static void describe(const width_state *s, size_t from, size_t count, side *d)
{
    double most = -200, above = -200;

    for (size_t k = 0; k < BINS; k++) {
        uint8_t v = 0;

        for (size_t i = 0; i < count; i++)
            v = second_at(s, from + i)[k] > v ? second_at(s, from + i)[k] : v;
        d->top[k] = to_db(v);
        most = fmax(most, d->top[k]);
        d->drop[k] = 0;
    }
    d->most = most;
    d->loud = most > LOUD_DB;
    /* Downwards, so that `above` is the loudest of what lies above the edge. */
    for (size_t k = BINS - s->beside - s->slope; k > s->lowest && k >= s->beside; k--) {
        double below = mean_of(d->top + k - s->beside, s->beside);

        above = fmax(above, mean_of(d->top + k + s->slope, s->beside));
        d->drop[k] = fmax(0, below - above);
    }
}

/* The bin where a side ends; BINS when it reaches the Nyquist frequency. */
static size_t edge_of(const side *d)
{
    size_t at = BINS;
    double most = EDGE_DB;

    for (size_t k = 0; k < BINS; k++) {
        if (d->drop[k] > most) {
            most = d->drop[k];
            at = k;
        }
    }
    return at;
}

/* How clearly `edged` ends at its edge where `other` goes on, in dB. */
static double ends(const width_state *s, const side *edged, const side *other, size_t *at)
{
    size_t k = edge_of(edged);
    double above, more;

    *at = k;
    if (k == BINS)
        return 0;
    above = mean_of(other->top + k + s->slope, s->beside);
    more = above - mean_of(edged->top + k + s->slope, s->beside);
    /* Coders let a little through now and then; that is no sound. */
    more = fmin(more, above - (other->most - HEARD_DB));
    return fmin(edged->drop[k] - other->drop[k], more);
}

/* What is there at one second: the edge that comes and the one that goes. */
typedef struct step {
    double comes, goes;
    uint16_t comes_at, goes_at; /* bins */
} step;

static step compare(const width_state *s, size_t i)
{
    step p = {0};
    side a, b;
    size_t at;

    describe(s, i - SIDE, SIDE, &a);
    describe(s, i, SIDE, &b);
    if (!a.loud || !b.loud)
        return p;
    p.comes = ends(s, &b, &a, &at);
    p.comes_at = (uint16_t)at;
    p.goes = ends(s, &a, &b, &at);
    p.goes_at = (uint16_t)at;
    return p;
}

/* The other side has sound above the edge in four places in a row, of which the true one is the
 * first when the edge comes and the last when it goes. */
static size_t true_place(const step *steps, size_t n, size_t i)
{
    bool comes = steps[i].comes > steps[i].goes;

    for (int moved = 1; moved < SIDE; moved++) {
        if (comes && i > SIDE && steps[i - 1].comes >= ALIKE * steps[i].comes)
            i--;
        else if (!comes && i + 1 < n && steps[i + 1].goes >= ALIKE * steps[i].goes)
            i++;
        else
            break;
    }
    return i;
}

static ew_code tell_step(const width_state *s, const step *p, int64_t at,
                         ew_inspection *out, ew_err *err)
{
    ew_trace t = {.kind = EW_TRACE_CHANGE, .start = at, .end = at};
    bool comes = p->comes > p->goes;
    double bin = comes ? p->comes_at : p->goes_at;

    t.plus_minus = s->rate_hz + s->rate_hz / 4;
    t.strength = fmax(p->comes, p->goes);
    return ew_inspect__trace(
        out, ew_inspect__bandwidth.id, &t, err,
        "the sound ends sharply at %.1f kHz %s this place, and goes on above "
        "it %s",
        bin * s->rate_hz / EW_SPECTRA_SIZE / 1000, comes ? "after" : "before",
        comes ? "before" : "afterwards");
}

static ew_code find_steps(const width_state *s, size_t n, ew_inspection *out, ew_err *err)
{
    step *steps = ew_alloc_array(n, sizeof *steps);
    ew_inspect__peaks peaks = {0};
    ew_code rc = steps ? EW_OK : ew_fail_nomem(err);

    for (size_t i = SIDE; i + SIDE <= n && rc >= 0; i++) {
        ew_inspect__peak p = {.at = (int64_t)i * s->rate_hz, .tag = i};

        steps[i] = compare(s, i);
        p.strength = fmax(steps[i].comes, steps[i].goes);
        if (p.strength >= LEAST)
            rc = ew_inspect__peaks_add(&peaks, p, err);
    }
    if (rc >= 0)
        rc = ew_inspect__peaks_thin(&peaks, SIDE * (int64_t)s->rate_hz,
                                    EW_INSPECT_TRACES_MAX, err);
    for (size_t i = 0; i < peaks.count && rc >= 0; i++) {
        size_t place = true_place(steps, n - SIDE + 1, peaks.list[i].tag);

        rc = tell_step(s, &steps[peaks.list[i].tag], (int64_t)place * s->rate_hz, out,
                       err);
    }
    ew_inspect__peaks_release(&peaks);
    ew_free(steps);
    return rc;
}

/* The edge of the whole, and as a curve that of each second with its neighbours. */
static ew_code tell_edge(const width_state *s, size_t n, ew_inspection *out, ew_err *err)
{
    ew_curve head = {.id = "bandwidth", .unit = "Hz", .step = s->rate_hz, .count = n}, *c;
    double bin_hz = (double)s->rate_hz / EW_SPECTRA_SIZE, nyquist = 0.5 * s->rate_hz;
    ew_trace t = {.kind = EW_TRACE_FACT, .end = (int64_t)n * s->rate_hz};
    ew_code rc = ew_inspect__curve(out, &head, &c, err);
    size_t k;
    side d;

    if (rc < 0)
        return rc;
    for (size_t i = 0; i < n; i++) {
        size_t from = i > 1 ? i - 1 : 0, count = n - from < 3 ? n - from : 3;

        describe(s, from, count, &d);
        k = edge_of(&d);
        if (d.loud)
            c->values[i] = (float)(k == BINS ? nyquist : (double)k * bin_hz);
    }
    describe(s, 0, n, &d);
    k = edge_of(&d);
    if (k == BINS || !d.loud)
        return EW_OK;
    t.strength = d.drop[k];
    return ew_inspect__trace(
        out, ew_inspect__bandwidth.id, &t, err,
        "there is no sound above %.1f kHz: it drops by %.0f dB there, while "
        "the sample rate could hold up to %.1f kHz",
        (double)k * bin_hz / 1000, d.drop[k], nyquist / 1000);
}

static ew_code finish(void *state, ew_inspection *out, ew_err *err)
{
    width_state *s = state;
    ew_code rc = ew_inspect__frames_finish(s->frames, take, s, err);
    size_t n = s->seconds.len / sizeof(spectrum);

    if (rc < 0)
        return rc;
    if (n < 2 * SIDE)
        return ew_inspect__untested(out, ew_inspect__bandwidth.id, err,
                                    "the file is shorter than %d s", 2 * SIDE);
    if (ew_inspect__nothing(s->most))
        return ew_inspect__told_nothing(out, ew_inspect__bandwidth.id, err);
    rc = tell_edge(s, n, out, err);
    if (rc >= 0)
        rc = find_steps(s, n, out, err);
    if (rc >= 0 && s->seconds.max - s->seconds.len < sizeof(spectrum))
        rc = ew_inspect__untested(out, ew_inspect__bandwidth.id, err,
                                  "the file is longer than %d h: what comes later",
                                  HOURS_MAX);
    return rc;
}

const ew_inspect__method ew_inspect__bandwidth = {
    .id = "bandwidth",
    .want = EW_INSPECT__MONO,
    .start = start,
    .feed = feed,
    .finish = finish,
    .free = stop,
};
