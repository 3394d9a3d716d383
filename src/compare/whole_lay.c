/* SPDX-License-Identifier: Apache-2.0 */
/* Excerpts are fetched as they are stored, A is resampled to the clock of B, and what is
 * left of the delay is taken from the correlation of blocks. */
#include "compare/whole_lay.h"

#include <math.h>

#include "base/alloc.h"
#include "base/err.h"
#include "compare/whole_delay.h"
#include "earwitness/fingerprint.h"

enum {
    EXCERPT_S = 6,
    RATE_MIN_HZ = 8000,
    RATE_MAX_HZ = 48000,
    CHANNELS_MAX = 8,
    MARGIN_MS = 60, /* of A around what the stretch says */
    SEARCH_MS = 25, /* first; containers and codecs shift by less */
    REFINE_MS = 1,  /* then */
    TAPS = 32,      /* of the interpolation */
    PHASES = 4096,  /* 1/8192 sample off: -68 dB at the highest frequency */
    LFE = 3         /* index of the low-frequency channel of 5.1 and 7.1 */
};

static const double pi = 3.14159265358979323846;
static const double edge_s = 0.06;    /* kept from the ends of a stretch: joins */
static const double shortest_s = 1.2; /* of an excerpt */
static const double fast_most = 1.3;  /* beyond, the resampling here is too plain */

/* ---------------------------------------------------------------- where */

static double stretch_seconds(const ew_stretch *s)
{
    return (s->b_end - s->b_start) / EW_FP_RATE_HZ - 2 * edge_s;
}

/* Only what runs forward with tempo and pitch changed together can be laid wave on wave. */
static bool is_usable(const ew_stretch *s)
{
    return s->by_wave && s->a_end > s->a_start && stretch_seconds(s) >= shortest_s &&
           s->speed < fast_most && s->speed > 1 / fast_most &&
           fabs(s->pitch - s->speed) < 0.004 * s->speed;
}

/* Excerpts that a stretch would give on its own. */
static size_t slots_of(const ew_stretch *s)
{
    const double seconds = stretch_seconds(s);

    return is_usable(s) ? (size_t)fmax(1, floor(seconds / EXCERPT_S + 0.3)) : 0;
}

static ew_whole__place place_in(const ew_diff *d, size_t stretch, size_t slot)
{
    const ew_stretch *s = &d->stretches[stretch];
    const size_t slots = slots_of(s);
    const double room = stretch_seconds(s) / (double)slots;
    const double seconds = fmin(room, EXCERPT_S);
    const double into = edge_s + room * (double)slot + (room - seconds) / 2;
    /* read begins at whole milliseconds */
    const double b_s = ceil((s->b_start / EW_FP_RATE_HZ + into) * 1000) / 1000;

    return (ew_whole__place){
        .b_s = b_s,
        .a_s = s->a_start / EW_FP_RATE_HZ + (b_s - s->b_start / EW_FP_RATE_HZ) * s->speed,
        .seconds = seconds - 0.002,
        .speed = s->speed,
        .stretch = stretch,
    };
}

size_t ew_whole__places(const ew_diff *d, ew_whole__place places[EW_WHOLE_EXCERPTS_MAX])
{
    size_t total = 0, want, count = 0, at = 0;

    for (size_t i = 0; i < d->stretch_count; i++)
        total += slots_of(&d->stretches[i]);
    want = total < EW_WHOLE_EXCERPTS_MAX ? total : EW_WHOLE_EXCERPTS_MAX;
    for (size_t i = 0; i < d->stretch_count && count < want; i++) {
        const size_t slots = slots_of(&d->stretches[i]);

        /* the middle slot of each of `want` equal parts of all slots */
        while (count < want && (total * (2 * count + 1)) / (2 * want) < at + slots) {
            places[count] = place_in(d, i, (total * (2 * count + 1)) / (2 * want) - at);
            count++;
        }
        at += slots;
    }
    return count;
}

/* ---------------------------------------------------------------- fetching */

uint32_t ew_whole__rate(const ew_whole_source *s)
{
    const uint32_t a = s->sides[EW_SIDE_A].rate_hz, b = s->sides[EW_SIDE_B].rate_hz;
    const uint32_t most = a > b ? a : b;

    return most < RATE_MIN_HZ ? RATE_MIN_HZ : most > RATE_MAX_HZ ? RATE_MAX_HZ : most;
}

/* Sound as stored. */
typedef struct raw {
    float *pcm; /* interleaved */
    size_t n;   /* frames */
    uint32_t channels;
    double first_s;
} raw;

static ew_code fetch(const ew_whole_source *s, int side, double from_s, double seconds,
                     raw *out, ew_err *err)
{
    const uint32_t rate = ew_whole__rate(s);
    const uint32_t channels = s->sides[side].channels;
    const ew_whole_want want = {
        .side = side,
        .start_ms = from_s > 0 ? (int64_t)floor(from_s * 1000 + 1e-6) : 0,
        .frames = (size_t)(seconds * rate),
        .rate_hz = rate,
    };

    if (channels == 0 || channels > CHANNELS_MAX)
        return ew_fail(err, EW_E_ARG, 0, "a recording has 1 to %d channels",
                       CHANNELS_MAX);
    *out = (raw){.channels = channels, .first_s = (double)want.start_ms / 1000};
    out->pcm = ew_alloc_array(want.frames * channels, sizeof(*out->pcm));
    if (out->pcm == NULL)
        return ew_fail_nomem(err);
    return s->read(s->cookie, &want, out->pcm, &out->n, err);
}

/* Runs of three and more samples at one extreme value: cut-off peaks. */
static void count_flat(const raw *r, uint32_t *flat, double *peak)
{
    for (uint32_t c = 0; c < r->channels; c++) {
        float most = 0;
        uint32_t run = 0;

        for (size_t i = 0; i < r->n; i++)
            most = fmaxf(most, fabsf(r->pcm[i * r->channels + c]));
        *peak = fmax(*peak, (double)most);
        for (size_t i = 0; i < r->n && most > 0.05f; i++) {
            run = fabsf(r->pcm[i * r->channels + c]) >= most * 0.998f ? run + 1 : 0;
            if (run >= 3)
                *flat += run == 3 ? 3 : 1;
        }
    }
}

/* One channel of several. */
static void take_channel(const raw *r, uint32_t c, float *out)
{
    const uint32_t from = c < r->channels ? c : 0;

    for (size_t i = 0; i < r->n; i++)
        out[i] = r->pcm[i * r->channels + from];
}

/* The mean of the channels that are not empty: sound in the centre alone is no quieter than
 * in mono. */
static void mix_many(const raw *r, float *out)
{
    const uint32_t skip = r->channels == 6 || r->channels == 8 ? LFE : CHANNELS_MAX;
    double power[CHANNELS_MAX] = {0}, most = 0;
    float weight[CHANNELS_MAX] = {0};
    uint32_t count = 0;

    for (size_t i = 0; i < r->n; i++)
        for (uint32_t c = 0; c < r->channels; c++)
            power[c] +=
                (double)r->pcm[i * r->channels + c] * (double)r->pcm[i * r->channels + c];
    for (uint32_t c = 0; c < r->channels; c++)
        most = c == skip ? most : fmax(most, power[c]);
    for (uint32_t c = 0; c < r->channels; c++)
        count += c != skip && power[c] >= 1e-4 * most;
    for (uint32_t c = 0; c < r->channels; c++)
        if (c != skip && power[c] >= 1e-4 * most)
            weight[c] = 1.0f / (float)count;
    for (size_t i = 0; i < r->n; i++) {
        out[i] = 0;
        for (uint32_t c = 0; c < r->channels; c++)
            out[i] += weight[c] * r->pcm[i * r->channels + c];
    }
}

/* The mean; half the difference of two channels whose mean has cancelled; of two the one
 * that is not empty. */
static void mix(const raw *r, float *out)
{
    double mean = 0, half = 0, left = 0, right = 0;

    if (r->channels > 2) {
        mix_many(r, out);
        return;
    }
    for (size_t i = 0; i < r->n; i++) {
        const float *x = r->pcm + i * r->channels;

        out[i] = r->channels == 2 ? 0.5f * (x[0] + x[1]) : x[0];
        if (r->channels == 2) {
            mean += (double)out[i] * (double)out[i];
            half += 0.25 * (double)(x[0] - x[1]) * (double)(x[0] - x[1]);
            left += (double)x[0] * (double)x[0];
            right += (double)x[1] * (double)x[1];
        }
    }
    if (r->channels == 2 && (left < 1e-4 * right || right < 1e-4 * left))
        take_channel(r, left < right ? 1 : 0, out);
    else if (r->channels == 2 && mean < 0.1 * half)
        for (size_t i = 0; i < r->n; i++)
            out[i] = 0.5f * (r->pcm[2 * i] - r->pcm[2 * i + 1]);
}

/* ---------------------------------------------------------------- resampling */

/* Sinc under a Hann window, for PHASES places between two samples. */
static float *make_taps(void)
{
    float *taps = ew_alloc_array((size_t)PHASES * TAPS, sizeof(*taps));

    for (int p = 0; taps != NULL && p < PHASES; p++)
        for (int k = 0; k < TAPS; k++) {
            const double x = k - (TAPS / 2 - 1) - (double)p / PHASES;
            const double w = 0.5 + 0.5 * cos(pi * x / (TAPS / 2));

            taps[p * TAPS + k] = (float)(fabs(x) < 1e-9 ? 1 : w * sin(pi * x) / (pi * x));
        }
    return taps;
}

/* A wave that can be asked for between its samples. */
typedef struct line {
    const float *taps, *x;
    size_t n;
    double first, step; /* place of sample 0 of the answer, and from one to the next */
} line;

/* 0 beyond its ends. */
static void resample(const line *l, float *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double at = l->first + l->step * (double)i;
        double whole = floor(at);
        int phase = (int)((at - whole) * PHASES + 0.5);
        float sum = 0;
        ptrdiff_t from;

        if (phase == PHASES) {
            phase = 0;
            whole += 1;
        }
        from = (ptrdiff_t)whole - (TAPS / 2 - 1);
        if (from >= 0 && from + TAPS <= (ptrdiff_t)l->n) {
            const float *t = l->taps + (size_t)phase * TAPS;

            for (int k = 0; k < TAPS; k++)
                sum += t[k] * l->x[from + k];
        }
        out[i] = sum;
    }
}

/* ---------------------------------------------------------------- laying */

static void refine(ew_whole__delay *d, ew_whole__pair *p, line *l)
{
    static const double reach_ms[] = {SEARCH_MS, REFINE_MS, REFINE_MS};

    resample(l, p->a, p->n);
    for (int pass = 0; pass < 3; pass++) {
        const ew_whole__waves w = {p->a, p->b, p->n};
        const ew_whole__lag lag = ew_whole__delay_find(d, &w, reach_ms[pass]);

        p->match = lag.match;
        if (lag.match <= 0)
            return;
        if (fabs(lag.first) < 0.01 && fabs(lag.slope) * (double)p->n < 0.01)
            return;
        l->first -= lag.first * l->step;
        l->step *= 1 - lag.slope;
        resample(l, p->a, p->n);
    }
}

static void add_products(ew_whole__cross *c, float *const x[4], size_t n)
{
    for (int i = 0; i < 4; i++)
        for (int k = 0; k <= i; k++) {
            double sum = 0;

            for (size_t j = 0; j < n; j++)
                sum += (double)x[i][j] * (double)x[k][j];
            c->sum[i][k] = c->sum[k][i] = sum;
        }
}

static ew_code cross_channels(const raw *a, const raw *b, const line *l,
                              ew_whole__pair *p, ew_err *err)
{
    line track = *l;
    float *x[4] = {NULL};
    float *one = ew_alloc_array(a->n, sizeof(*one));
    ew_code rc = one == NULL ? ew_fail_nomem(err) : EW_OK;

    for (int i = 0; i < 4 && rc == EW_OK; i++) {
        x[i] = ew_alloc_array(i < 2 ? p->n : b->n, sizeof(**x));
        if (x[i] == NULL)
            rc = ew_fail_nomem(err);
    }
    for (uint32_t c = 0; c < 2 && rc == EW_OK; c++) {
        take_channel(a, c, one);
        track.x = one;
        resample(&track, x[c], p->n);
        take_channel(b, c, x[2 + c]);
    }
    if (rc == EW_OK)
        add_products(&p->cross, x, p->n);
    for (int i = 0; i < 4; i++)
        ew_free(x[i]);
    ew_free(one);
    return rc;
}

/* Leaves out what would lie behind the end of A. */
static void trim(ew_whole__pair *p, const line *l)
{
    const double last = ((double)l->n - TAPS - l->first) / l->step;

    if (last < (double)p->n)
        p->n = last > 0 ? (size_t)last : 0;
    if (p->n < p->rate_hz / 2)
        p->n = 0;
}

/* What of A the one sound of B follows best: its mix, or one of its channels? */
static int best_channel(const ew_whole__cross *c)
{
    const double(*s)[4] = c->sum;
    const double b = s[2][2] + s[3][3] + 2 * s[2][3];
    const double mix = s[0][0] + s[1][1] + 2 * s[0][1];
    double with[2], match[3];

    if (b <= 0 || mix <= 0 || s[0][0] <= 0 || s[1][1] <= 0)
        return 0;
    for (int i = 0; i < 2; i++) {
        with[i] = s[2][i] + s[3][i];
        match[i + 1] = with[i] * with[i] / (b * s[i][i]);
    }
    match[0] = (with[0] + with[1]) * (with[0] + with[1]) / (b * mix);
    for (int i = 1; i < 3; i++)
        if (1 - match[i] < 0.6 * (1 - match[0]) && match[i] >= match[3 - i])
            return i;
    return 0;
}

/* B may hold but one channel of a stereo A. */
static ew_code lay_channels(const raw *a, const raw *b, float *mono, const line *l,
                            ew_whole__pair *p, ew_err *err)
{
    ew_code rc = cross_channels(a, b, l, p, err);

    if (rc != EW_OK || a->channels != 2)
        return rc;
    p->from = best_channel(&p->cross);
    if (p->from > 0) {
        take_channel(a, (uint32_t)p->from - 1, mono);
        resample(l, p->a, p->n);
    }
    return EW_OK;
}

static ew_code lay_raw(const raw *a, const raw *b, const ew_whole__place *place,
                       ew_whole__pair *p, ew_err *err)
{
    const double a_s = place->a_s + (b->first_s - place->b_s) * place->speed;
    ew_whole__delay d = {0};
    float *taps = make_taps();
    float *mono = ew_alloc_array(a->n, sizeof(*mono));
    line l = {taps, mono, a->n, (a_s - a->first_s) * p->rate_hz, place->speed};
    ew_code rc = EW_OK;

    p->n = b->n;
    p->a = ew_alloc_array(p->n, sizeof(*p->a));
    p->b = ew_alloc_array(p->n, sizeof(*p->b));
    if (taps == NULL || mono == NULL || p->a == NULL || p->b == NULL)
        rc = ew_fail_nomem(err);
    if (rc == EW_OK)
        rc = ew_whole__delay_init(&d, p->rate_hz, p->n, err);
    if (rc != EW_OK)
        goto out;
    mix(a, mono);
    mix(b, p->b);
    trim(p, &l);
    refine(&d, p, &l);
    p->speed = l.step;
    p->b_s = b->first_s;
    p->a_s = a->first_s + l.first / p->rate_hz;
    if (p->match <= 0)
        p->n = 0;
    else if (a->channels > 1 || b->channels > 1)
        rc = lay_channels(a, b, mono, &l, p, err);
out:
    ew_whole__delay_release(&d);
    ew_free(mono);
    ew_free(taps);
    return rc;
}

ew_code ew_whole__lay(const ew_whole_source *s, const ew_whole__place *place,
                      ew_whole__pair *pair, ew_err *err)
{
    const double margin = MARGIN_MS / 1000.0;
    raw a = {0}, b = {0};
    ew_code rc;

    *pair = (ew_whole__pair){.rate_hz = ew_whole__rate(s)};
    rc = fetch(s, EW_SIDE_B, place->b_s, place->seconds, &b, err);
    if (rc == EW_OK)
        rc = fetch(s, EW_SIDE_A, place->a_s - margin,
                   place->seconds * place->speed + 2 * margin, &a, err);
    if (rc == EW_OK && b.n > pair->rate_hz / 2 && a.n > pair->rate_hz / 2) {
        count_flat(&a, &pair->flat[EW_SIDE_A], &pair->peak[EW_SIDE_A]);
        count_flat(&b, &pair->flat[EW_SIDE_B], &pair->peak[EW_SIDE_B]);
        rc = lay_raw(&a, &b, place, pair, err);
    }
    ew_free(a.pcm);
    ew_free(b.pcm);
    if (rc != EW_OK)
        ew_whole__pair_release(pair);
    return rc;
}

void ew_whole__pair_release(ew_whole__pair *pair)
{
    ew_free(pair->b);
    ew_free(pair->a);
    pair->a = pair->b = NULL;
    pair->n = 0;
}
