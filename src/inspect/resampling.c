/* SPDX-License-Identifier: Apache-2.0 */
/* Interpolated samples are easier to predict from their neighbours than others, and they come
 * at even distances. So the size of the fourth difference goes up and down with a steady
 * period, which shows as a line in its spectrum (Gallagher 2005, Kirchner 2008). Good
 * interpolation with long filters leaves next to nothing of it, lossy coding nothing at all. */
#include "inspect/resampling.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"
#include "dsp/fft.h"
#include "dsp/window.h"
#include "inspect/nothing.h"

enum {
    SIZE = 8192,
    BINS = SIZE / 2,
    WINDOW_S = 3, /* of one verdict */
    AROUND = 60,  /* bins that say what is usual */
    LINE = 3,     /* bins that a line may take */
    WINDOWS_MAX = 40000
};

static const float LEAST_STEP = 1e-6f;
static const double LOWEST =
    0.025;                       /* of the sample rate: below, voices have periods too */
static const double PRESENT = 5; /* times what is usual around */
static const double WHOLE = 0.8; /* of the windows: the file as a whole was resampled */

typedef struct verdict {
    float strength;
    uint16_t bin;
} verdict;

typedef struct resampling_state {
    uint32_t rate_hz;
    ew_fft *fft;
    float *steps, *window; /* SIZE */
    ew_cpx *spectrum;
    double *power; /* BINS, summed over a window */
    float last[4], most;
    size_t fill, blocks, blocks_per_window;
    verdict *verdicts;
    size_t count;
} resampling_state;

static void stop(void *state)
{
    resampling_state *s = state;

    if (!s)
        return;
    ew_fft_free(s->fft);
    ew_free(s->steps);
    ew_free(s->window);
    ew_free(s->spectrum);
    ew_free(s->power);
    ew_free(s->verdicts);
    ew_free(s);
}

static ew_code start(void **state, const ew_inspect_sound *sound, ew_inspection *out,
                     ew_err *err)
{
    resampling_state *s;
    ew_code rc;

    if (sound->lossy)
        return ew_inspect__untested(out, ew_inspect__resampling.id, err,
                                    "the present coding changes the wave and hides it");
    s = ew_alloc(sizeof *s);
    if (!s)
        return ew_fail_nomem(err);
    s->rate_hz = sound->rate_hz;
    s->blocks_per_window = 1 + WINDOW_S * (size_t)sound->rate_hz / SIZE;
    s->steps = ew_alloc_array(SIZE, sizeof *s->steps);
    s->window = ew_alloc_array(SIZE, sizeof *s->window);
    s->spectrum = ew_alloc_array(BINS + 1, sizeof *s->spectrum);
    s->power = ew_alloc_array(BINS, sizeof *s->power);
    s->verdicts = ew_alloc_array(WINDOWS_MAX, sizeof *s->verdicts);
    if (s->steps && s->window && s->spectrum && s->power && s->verdicts)
        rc = ew_fft_new(&s->fft, SIZE, err);
    else
        rc = ew_fail_nomem(err);
    if (rc < 0) {
        stop(s);
        return rc;
    }
    ew_hann_fill(s->window, SIZE, 0);
    *state = s;
    return EW_OK;
}

/* The strongest narrow line of the summed spectrum against the mean around it. */
static verdict judge(const resampling_state *s)
{
    size_t from = (size_t)(LOWEST * SIZE), best = 0;
    double most = 0;

    for (size_t k = from; k + AROUND < BINS; k++) {
        double around = 0;

        if (s->power[k] < s->power[k - 1] || s->power[k] < s->power[k + 1])
            continue;
        for (size_t i = LINE; i <= AROUND; i++)
            around += s->power[k - i] + s->power[k + i];
        around /= 2 * (AROUND - LINE + 1);
        if (s->power[k] > most * around) {
            most = s->power[k] / around;
            best = k;
        }
    }
    return (verdict){(float)most, (uint16_t)best};
}

static void take_block(resampling_state *s)
{
    float mean = 0;

    for (size_t i = 0; i < SIZE; i++)
        mean += s->steps[i];
    mean /= SIZE;
    for (size_t i = 0; i < SIZE; i++)
        s->steps[i] = (s->steps[i] - mean) * s->window[i];
    ew_fft_forward(s->fft, s->steps, s->spectrum);
    for (size_t k = 0; k < BINS; k++)
        s->power[k] += (double)(s->spectrum[k].re * s->spectrum[k].re +
                                s->spectrum[k].im * s->spectrum[k].im);
    s->fill = 0;
    if (++s->blocks < s->blocks_per_window)
        return;
    if (s->count < WINDOWS_MAX)
        s->verdicts[s->count++] = judge(s);
    memset(s->power, 0, BINS * sizeof *s->power);
    s->blocks = 0;
}

static ew_code feed(void *state, const float *pcm, size_t samples, ew_err *err)
{
    resampling_state *s = state;

    (void)err;
    s->most = ew_inspect__louder(s->most, pcm, samples);
    for (size_t i = 0; i < samples; i++) {
        float *l = s->last;
        float d = l[0] - 4 * l[1] + 6 * l[2] - 4 * l[3] + pcm[i];

        s->steps[s->fill++] = logf(fabsf(d) + LEAST_STEP);
        l[0] = l[1];
        l[1] = l[2];
        l[2] = l[3];
        l[3] = pcm[i];
        if (s->fill == SIZE)
            take_block(s);
    }
    return EW_OK;
}

/* The rates that the sound may have had, by what the lines of a period have in common: old
 * samples come `period` times a new one, or as often less or more than once. */
static size_t usual_rates(const resampling_state *s, double period, uint32_t found[3])
{
    static const uint32_t usual[] = {8000,  11025, 12000, 16000, 22050, 24000,
                                     32000, 44100, 48000, 88200, 96000};
    const double shares[] = {period, 1 - period, 1 + period};
    double bin_hz = (double)s->rate_hz / SIZE;
    size_t count = 0;

    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
        for (size_t k = 0; k < sizeof usual / sizeof *usual; k++)
            if (fabs(shares[i] * s->rate_hz - usual[k]) < bin_hz)
                found[count++] = usual[k];
    return count;
}

static void explain(const resampling_state *s, double period, char *text, size_t room)
{
    uint32_t was[3];
    size_t count = usual_rates(s, period, was), len;

    if (count == 0) {
        (void)snprintf(text, room,
                       EW_N("as after a change of speed or rate by %.4f, %.4f or %.4f"),
                       1 / period, 1 / (1 - period), 1 / (1 + period));
        return;
    }
    len = (size_t)snprintf(text, room, "as after a change of rate: was %u", was[0]);
    for (size_t i = 1; i < count; i++)
        len += (size_t)snprintf(text + len, room - len, " or %u", was[i]);
    (void)snprintf(text + len, room - len, " Hz once");
    /* tools/words_c.py has the sentences that come of this. */
}

static ew_code tell(const resampling_state *s, size_t from, size_t to, bool whole,
                    ew_inspection *out, ew_err *err)
{
    int64_t window = (int64_t)(s->blocks_per_window * SIZE);
    ew_trace t = {.start = (int64_t)from * window, .end = (int64_t)to * window};
    double period = (double)s->verdicts[from].bin / SIZE;
    char why[120];

    t.kind = whole ? EW_TRACE_FACT : EW_TRACE_CHANGE;
    t.plus_minus = window;
    for (size_t i = from; i < to; i++)
        t.strength = fmax(t.strength, (double)s->verdicts[i].strength);
    explain(s, period, why, sizeof why);
    return ew_inspect__trace(
        out, ew_inspect__resampling.id, &t, err,
        "samples were interpolated%s: their smoothness repeats %.4f times a sample, %s",
        whole ? "" : " here and not elsewhere", period, why);
}

static bool same(const verdict *a, const verdict *b)
{
    return (double)b->strength >= PRESENT && a->bin <= b->bin + 2 && b->bin <= a->bin + 2;
}

static ew_code finish(void *state, ew_inspection *out, ew_err *err)
{
    resampling_state *s = state;
    size_t present = 0;
    ew_code rc = EW_OK;

    if (!s->count)
        return ew_inspect__untested(out, ew_inspect__resampling.id, err,
                                    "the file is shorter than %d s", WINDOW_S + 1);
    if (ew_inspect__nothing(s->most))
        return ew_inspect__told_nothing(out, ew_inspect__resampling.id, err);
    for (size_t i = 0; i < s->count; i++)
        present += (double)s->verdicts[i].strength >= PRESENT;
    if ((double)present > WHOLE * (double)s->count)
        return tell(s, 0, s->count, true, out, err);
    for (size_t i = 0, j; i < s->count && rc >= 0; i = j) {
        const verdict *v = &s->verdicts[i];

        for (j = i + 1; j < s->count && same(v, &s->verdicts[j]); j++)
            ;
        if ((double)v->strength >= PRESENT)
            rc = tell(s, i, j, false, out, err);
    }
    return rc;
}

const ew_inspect__method ew_inspect__resampling = {
    .id = "resampling",
    .want = EW_INSPECT__MONO,
    .start = start,
    .feed = feed,
    .finish = finish,
    .free = stop,
};
