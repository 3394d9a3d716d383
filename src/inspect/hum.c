/* SPDX-License-Identifier: Apache-2.0 */
/* Follows 50 and 60 Hz and their harmonics, and asks at each place whether one steady wave
 * explains both sides.
 *
 * The sound is brought down to about 2 kHz, and every 0.1 s the amplitude of each harmonic is
 * taken as a complex number. Where there is hum, these numbers turn evenly, by the few
 * hundredths of a hertz that the mains is off. A cut makes them jump. */
#include "inspect/hum.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "dsp/window.h"
#include "inspect/decimate.h"
#include "inspect/nothing.h"
#include "inspect/peaks.h"

enum {
    LOW_HZ = 2000,
    BASES = 2,
    HARMONICS = 6,
    LINES = BASES * HARMONICS,
    STEPS_PER_S = 10,
    OVERLAP = 4,       /* steps in the window of one amplitude */
    SIDE = 50,         /* amplitudes before and after a place */
    GAP = OVERLAP / 2, /* that are left out next to it: their windows see both sides */
    EVERY = 2,         /* amplitudes from one place to the next */
    SPARSE = 50,       /* the same for the first look: is there hum at all? */
    TURNS = 25,        /* frequencies tried, 0.01 Hz apart */
    APART = 4,         /* seconds between two findings */
    HOURS_MAX = 30
};

static const double BASE_HZ[BASES] = {50, 60};
static const double TURN_HZ = 0.01;
static const double PRESENT = 160; /* how well hum explains a side, at least */
static const double LEAST = 12;    /* weaker jumps are not told */
static const double SHARE = 0.25;  /* of the file in which there must be hum */
static const double TAU = 6.283185307179586;

typedef struct amplitude {
    float re, im;
} amplitude;

typedef struct hum_state {
    uint32_t rate_hz;
    ew_inspect__decimate low_pass;
    size_t step, fill;        /* low samples per step; in `low` */
    float *low;               /* OVERLAP steps */
    float *wave_re, *wave_im; /* per line, one window long */
    int64_t steps;            /* made */
    float most;
    ew_buf track[LINES]; /* amplitudes */
} hum_state;

static void stop(void *state)
{
    hum_state *s = state;

    if (!s)
        return;
    for (size_t i = 0; i < LINES; i++)
        ew_buf_release(&s->track[i]);
    ew_free(s->low);
    ew_free(s->wave_re);
    ew_free(s->wave_im);
    ew_free(s);
}

static double line_hz(size_t line)
{
    return BASE_HZ[line / HARMONICS] * (double)(line % HARMONICS + 1);
}

static ew_code start(void **state, const ew_inspect_sound *sound, ew_inspection *out,
                     ew_err *err)
{
    hum_state *s = ew_alloc(sizeof *s);
    double low_hz;
    size_t window;

    (void)out;
    if (!s)
        return ew_fail_nomem(err);
    s->rate_hz = sound->rate_hz;
    ew_inspect__decimate_init(&s->low_pass, sound->rate_hz / LOW_HZ);
    low_hz = (double)sound->rate_hz / (double)s->low_pass.down;
    s->step = (size_t)(low_hz / STEPS_PER_S);
    window = OVERLAP * s->step;
    for (size_t i = 0; i < LINES; i++)
        ew_buf_init(&s->track[i],
                    (size_t)HOURS_MAX * 3600 * (STEPS_PER_S + 1) * sizeof(amplitude));
    s->low = ew_alloc_array(window, sizeof *s->low);
    s->wave_re = ew_alloc_array(LINES * window, sizeof *s->wave_re);
    s->wave_im = ew_alloc_array(LINES * window, sizeof *s->wave_im);
    if (!s->low || !s->wave_re || !s->wave_im) {
        stop(s);
        return ew_fail_nomem(err);
    }
    for (size_t line = 0; line < LINES; line++) {
        for (size_t i = 0; i < window; i++) {
            double hann = 2 * ew_hann((double)i + 0.5, (double)window) / (double)window;
            double turn = TAU * line_hz(line) * (double)i / low_hz;

            s->wave_re[line * window + i] = (float)(hann * cos(turn));
            s->wave_im[line * window + i] = (float)(-hann * sin(turn));
        }
    }
    *state = s;
    return EW_OK;
}

/* One amplitude per line, turned back to the phase of the beginning of the sound. */
static ew_code take_step(hum_state *s, ew_err *err)
{
    size_t window = OVERLAP * s->step;
    double seconds =
        (double)(s->steps * (int64_t)(s->step * s->low_pass.down)) / (double)s->rate_hz;

    for (size_t line = 0; line < LINES; line++) {
        const float *re = s->wave_re + line * window, *im = s->wave_im + line * window;
        double turn = TAU * fmod(line_hz(line) * seconds, 1.0);
        double a = 0, b = 0;
        amplitude v;
        ew_code rc;

        for (size_t i = 0; i < window; i++) {
            a += (double)(s->low[i] * re[i]);
            b += (double)(s->low[i] * im[i]);
        }
        v.re = (float)(a * cos(turn) + b * sin(turn));
        v.im = (float)(b * cos(turn) - a * sin(turn));
        if (s->track[line].max - s->track[line].len < sizeof v)
            continue;
        rc = ew_buf_append(&s->track[line], &v, sizeof v, err);
        if (rc < 0)
            return rc;
    }
    s->steps++;
    memmove(s->low, s->low + s->step, (window - s->step) * sizeof *s->low);
    s->fill -= s->step;
    return EW_OK;
}

static ew_code feed(void *state, const float *pcm, size_t samples, ew_err *err)
{
    hum_state *s = state;

    s->most = ew_inspect__louder(s->most, pcm, samples);
    for (size_t i = 0; i < samples; i++) {
        ew_code rc;

        if (!ew_inspect__decimate_step(&s->low_pass, pcm[i], &s->low[s->fill]) ||
            ++s->fill < OVERLAP * s->step)
            continue;
        rc = take_step(s, err);
        if (rc < 0)
            return rc;
    }
    return EW_OK;
}

typedef struct view {
    const hum_state *s;
    size_t base, count;            /* amplitudes */
    double turn[TURNS][HARMONICS]; /* angle from one amplitude to the next */
} view;

static amplitude at(const view *v, size_t harmonic, size_t i)
{
    amplitude a;

    memcpy(&a, v->s->track[v->base * HARMONICS + harmonic].data + i * sizeof a, sizeof a);
    return a;
}

/* What one side holds: amplitudes with loud ones (speech) held down to the median. */
typedef struct side {
    amplitude a[HARMONICS][SIDE];
    double power[HARMONICS];
} side;

static double median_size(const amplitude *a, double *sizes)
{
    for (size_t i = 0; i < SIDE; i++) {
        double v = hypot((double)a[i].re, (double)a[i].im);
        size_t k = i;

        for (; k > 0 && sizes[k - 1] > v; k--)
            sizes[k] = sizes[k - 1];
        sizes[k] = v;
    }
    return sizes[SIDE / 2];
}

static void load_side(const view *v, size_t from, side *s)
{
    double sizes[SIDE];

    for (size_t h = 0; h < HARMONICS; h++) {
        double most;

        for (size_t i = 0; i < SIDE; i++)
            s->a[h][i] = at(v, h, from + i);
        most = median_size(s->a[h], sizes);
        s->power[h] = 1e-20;
        for (size_t i = 0; i < SIDE; i++) {
            amplitude *a = &s->a[h][i];
            double size = hypot((double)a->re, (double)a->im);
            float keep = size > most ? (float)(most / size) : 1;

            a->re *= keep;
            a->im *= keep;
            s->power[h] += (double)a->re * (double)a->re + (double)a->im * (double)a->im;
        }
    }
}

/* Sums of a side for each frequency tried, with phases counted from amplitude `zero`. */
typedef struct sums {
    double re[TURNS][HARMONICS], im[TURNS][HARMONICS];
} sums;

static void sum_up(const view *v, const side *s, int zero, sums *out)
{
    for (size_t t = 0; t < TURNS; t++) {
        for (size_t h = 0; h < HARMONICS; h++) {
            double cr = cos(v->turn[t][h]), ci = sin(v->turn[t][h]), re = 0, im = 0;
            double pr = cos(v->turn[t][h] * zero), pi = sin(v->turn[t][h] * zero);

            for (size_t i = 0; i < SIDE; i++) {
                double x = (double)s->a[h][i].re, y = (double)s->a[h][i].im, old = pr;

                re += x * pr - y * pi;
                im += x * pi + y * pr;
                pr = pr * cr - pi * ci;
                pi = old * ci + pi * cr;
            }
            out->re[t][h] = re;
            out->im[t][h] = im;
        }
    }
}

/* The better of the frequencies: how much a steady wave on each side explains, as the sum over
 * harmonics of n log(power / what is left), and how much of it is lost when the phase on both
 * sides must be one. */
static double explained(const side *a, const sums *u, const side *b, const sums *w,
                        double *lost)
{
    double best = 0, best_one = 0;

    for (size_t t = 0; t < TURNS; t++) {
        double two = 0, one = 0;

        for (size_t h = 0; h < HARMONICS; h++) {
            double power = (a->power[h] + b->power[h]) * 1.0001 * SIDE;
            double ar = u->re[t][h], ai = u->im[t][h], br = w->re[t][h], bi = w->im[t][h];
            double sa = ar * ar + ai * ai, sb = br * br + bi * bi;
            double same = fmax(sa, sb);

            if (ar * br + ai * bi > 0)
                same = 0.5 * (sa + sb +
                              hypot(ar * ar - ai * ai + br * br - bi * bi,
                                    2 * (ar * ai + br * bi)));
            two -= 2 * SIDE * log(1 - (sa + sb) / power);
            one -= 2 * SIDE * log(1 - same / power);
        }
        best = fmax(best, two);
        best_one = fmax(best_one, one);
    }
    *lost = best - best_one;
    return best;
}

/* Looks at the place before amplitude i. */
static double look(const view *v, size_t i, double *lost)
{
    side a, b;
    sums u, w;

    load_side(v, i - GAP - SIDE, &a);
    load_side(v, i + GAP, &b);
    sum_up(v, &a, -GAP - SIDE, &u);
    sum_up(v, &b, GAP, &w);
    return explained(&a, &u, &b, &w, lost);
}

static size_t first_place(void)
{
    return GAP + SIDE;
}

static bool in_reach(const view *v, size_t i)
{
    return i + GAP + SIDE <= v->count;
}

/* The share of the file in which a base is heard, and how clearly on average. */
static double presence(const view *v, double *mean)
{
    size_t all = 0, yes = 0;

    *mean = 0;
    for (size_t i = first_place(); in_reach(v, i); i += SPARSE, all++) {
        double lost, much = look(v, i, &lost);

        *mean += much;
        if (much >= PRESENT)
            yes++;
    }
    *mean /= (double)(all ? all : 1);
    return (double)yes / (double)(all ? all : 1);
}

static void make_view(const hum_state *s, size_t base, view *v)
{
    double step = (double)(s->step * s->low_pass.down) / (double)s->rate_hz;

    v->s = s;
    v->base = base;
    v->count = s->track[base * HARMONICS].len / sizeof(amplitude);
    for (int t = 0; t < TURNS; t++)
        for (size_t h = 0; h < HARMONICS; h++)
            v->turn[t][h] = -TAU * TURN_HZ * (t - TURNS / 2) * (double)(h + 1) * step;
}

static ew_code find_jumps(const view *v, ew_inspection *out, ew_err *err)
{
    int64_t step = (int64_t)(v->s->step * v->s->low_pass.down);
    ew_inspect__peaks peaks = {0};
    ew_code rc = EW_OK;

    for (size_t i = first_place(); in_reach(v, i) && rc >= 0; i += EVERY) {
        ew_inspect__peak p = {.tag = i};
        double lost;

        /* Amplitude i is the middle of its window. */
        p.at = (int64_t)i * step + (OVERLAP - 1) * step / 2;
        if (look(v, i, &lost) < PRESENT)
            continue;
        p.strength = lost;
        if (lost >= LEAST)
            rc = ew_inspect__peaks_add(&peaks, p, err);
    }
    if (rc >= 0)
        rc = ew_inspect__peaks_thin(&peaks, APART * (int64_t)v->s->rate_hz,
                                    EW_INSPECT_TRACES_MAX, err);
    for (size_t i = 0; i < peaks.count && rc >= 0; i++) {
        ew_trace t = {.kind = EW_TRACE_CHANGE, .strength = peaks.list[i].strength};

        t.start = t.end = peaks.list[i].at;
        t.plus_minus = v->s->rate_hz * 7 / 20;
        rc = ew_inspect__trace(out, ew_inspect__hum.id, &t, err,
                               "the phase of the mains hum (%.0f Hz and harmonics) jumps",
                               BASE_HZ[v->base]);
    }
    ew_inspect__peaks_release(&peaks);
    return rc;
}

static ew_code finish(void *state, ew_inspection *out, ew_err *err)
{
    const hum_state *s = state;
    double share[BASES], clear[BASES];
    ew_trace t = {.kind = EW_TRACE_FACT};
    view *v = ew_alloc(sizeof *v);
    size_t base;
    ew_code rc;

    if (!v)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < BASES; i++) {
        make_view(s, i, v);
        share[i] = presence(v, &clear[i]);
    }
    base = clear[1] > clear[0] ? 1 : 0;
    make_view(s, base, v);
    if (v->count < 2 * (SIDE + GAP)) {
        rc = ew_inspect__untested(out, ew_inspect__hum.id, err,
                                  "the file is shorter than %d s",
                                  2 * (SIDE + GAP) / STEPS_PER_S + 1);
    } else if (ew_inspect__nothing(s->most)) {
        rc = ew_inspect__told_nothing(out, ew_inspect__hum.id, err);
    } else if (share[base] < SHARE) {
        rc = ew_inspect__untested(out, ew_inspect__hum.id, err,
                                  "there is no steady hum at 50 or 60 Hz");
    } else {
        t.end = s->steps * (int64_t)(s->step * s->low_pass.down);
        t.strength = clear[base];
        rc = ew_inspect__trace(
            out, ew_inspect__hum.id, &t, err,
            "mains hum at %.0f Hz with harmonics is heard in %.0f %% of it",
            BASE_HZ[base], 100 * share[base]);
        if (rc >= 0)
            rc = find_jumps(v, out, err);
    }
    ew_free(v);
    return rc;
}

const ew_inspect__method ew_inspect__hum = {
    .id = "hum",
    .want = EW_INSPECT__MONO,
    .start = start,
    .feed = feed,
    .finish = finish,
    .free = stop,
};
