/* SPDX-License-Identifier: Apache-2.0 */
/* Signs of differences between neighbouring bands and between frames 128 ms apart, and the
 * wave itself in small. */
#include "inspect/copy_words.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

enum {
    LANES = EW_SPECTRA_LANES,
    MID_HZ = 8000, /* the rate that the frames are made at, about */
    HOURS_MAX = 12,
    PIECE = 512 /* samples at the middle rate that are passed on at a time */
};

static const double LOW_EDGE_HZ = 300, HIGH_EDGE_HZ = 3000;
static const float LEAST_POWER = 1e-10f;
static const double MU = 65536; /* of the logarithmic steps of the wave */

ew_code ew_inspect__words_init(ew_inspect__words *w, uint32_t rate_hz, ew_err *err)
{
    size_t down = (rate_hz + MID_HZ / 2) / MID_HZ;
    double mid_hz;

    if (down < 1)
        down = 1;
    mid_hz = (double)rate_hz / (double)down;
    memset(w, 0, sizeof *w);
    ew_inspect__decimate_init(&w->first, down);
    ew_inspect__decimate_init(&w->second, 2);
    w->down = 2 * down;
    ew_buf_init(&w->words, (size_t)HOURS_MAX * 3600 * 70 * sizeof(uint32_t));
    ew_buf_init(&w->wave, (size_t)HOURS_MAX * 3600 * 4500);
    for (size_t i = 0; i < EW_INSPECT__WORD_BITS + 2; i++) {
        double hz = LOW_EDGE_HZ * pow(HIGH_EDGE_HZ / LOW_EDGE_HZ,
                                      (double)i / (EW_INSPECT__WORD_BITS + 1));

        w->edges[i] = (size_t)(hz * EW_SPECTRA_SIZE / mid_hz);
        if (w->edges[i] > EW_SPECTRA_BINS)
            w->edges[i] = EW_SPECTRA_BINS;
    }
    return ew_inspect__frames_new(&w->frames, 2 * EW_INSPECT__WORD_HOP, err);
}

void ew_inspect__words_release(ew_inspect__words *w)
{
    ew_inspect__frames_free(w->frames);
    ew_buf_release(&w->words);
    ew_buf_release(&w->wave);
}

static uint32_t make_word(ew_inspect__words *w, const float *power, size_t lane)
{
    float level[EW_INSPECT__WORD_BITS + 1], total = 0;
    float *past = w->past[w->made % EW_INSPECT__WORD_LAG];
    uint32_t word = 0;

    for (size_t b = 0; b <= EW_INSPECT__WORD_BITS; b++) {
        float sum = 0;

        for (size_t k = w->edges[b]; k < w->edges[b + 1]; k++)
            sum += power[k * LANES + lane];
        total += sum;
        level[b] = logf(sum + 1e-14f);
    }
    for (size_t b = 0; b < EW_INSPECT__WORD_BITS; b++) {
        float d = level[b] - level[b + 1];

        word |= (uint32_t)(d > past[b]) << b;
        past[b] = d;
    }
    w->made++;
    if (total < LEAST_POWER || w->made <= EW_INSPECT__WORD_LAG)
        return EW_INSPECT__NO_WORD;
    return word;
}

static ew_code take_frames(void *self, const float *power, size_t count, ew_err *err)
{
    ew_inspect__words *w = self;
    uint32_t words[LANES];

    for (size_t l = 0; l < count; l++)
        words[l] = make_word(w, power, l);
    if (w->words.max - w->words.len < sizeof words) {
        w->full = true;
        return EW_OK;
    }
    return ew_buf_append(&w->words, words, count * sizeof *words, err);
}

static int8_t small(float x)
{
    double v = log1p(MU * fabs((double)x)) * (127 / log1p(MU)) + 0.5;
    int8_t q = (int8_t)(v > 127 ? 127 : v);

    return x < 0 ? (int8_t)-q : q;
}

void ew_inspect__words_levels(float table[256])
{
    for (int i = -128; i < 128; i++) {
        double v = expm1(fabs((double)i) * log1p(MU) / 127) / MU;

        table[i + 128] = (float)(i < 0 ? -v : v);
    }
}

/* Samples at the middle rate: on to the frames, and as small samples into the wave. */
static ew_code pass(ew_inspect__words *w, const float *mid, size_t n, ew_err *err)
{
    int8_t wave[PIECE];
    size_t made = 0;

    for (size_t i = 0; i < n; i++) {
        float y;

        if (!ew_inspect__decimate_step(&w->second, mid[i], &y))
            continue;
        wave[made++] = small(y - 0.9f * w->before);
        w->before = y;
    }
    if (w->wave.max - w->wave.len >= made) {
        ew_code rc = ew_buf_append(&w->wave, wave, made, err);

        if (rc < 0)
            return rc;
    }
    return ew_inspect__frames_feed(w->frames, mid, n, take_frames, w, err);
}

ew_code ew_inspect__words_feed(ew_inspect__words *w, const float *pcm, size_t n,
                               ew_err *err)
{
    float mid[PIECE];
    size_t made = 0;

    for (size_t i = 0; i < n; i++) {
        if (ew_inspect__decimate_step(&w->first, pcm[i], &mid[made]))
            made++;
        if (made == PIECE || (i + 1 == n && made > 0)) {
            ew_code rc = pass(w, mid, made, err);

            if (rc < 0)
                return rc;
            made = 0;
        }
    }
    return EW_OK;
}

ew_code ew_inspect__words_finish(ew_inspect__words *w, ew_err *err)
{
    return ew_inspect__frames_finish(w->frames, take_frames, w, err);
}
