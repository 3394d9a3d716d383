/* SPDX-License-Identifier: Apache-2.0 */
/* Both channels in one buffer each that slides over the sound. */
#include "inspect/grid_sound.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

enum { CHECKED = EW_GRID_CHECKED, AHEAD = 3 /* blocks from the one looked at on */ };

static const float FULL_SCALE = 32768.0f;

ew_code ew_grid_sound_init(ew_grid_sound *s, const ew_grid_coder *coder, int kept,
                           ew_err *err)
{
    memset(s, 0, sizeof(*s));
    s->coder = *coder;
    s->block_samples = (int64_t)CHECKED * coder->period;
    /* Half as much again, so that not every block moves all. */
    s->room = (size_t)((kept + kept / 2 + 2 * AHEAD) * s->block_samples);
    s->base = -s->block_samples;
    s->fill = (size_t)s->block_samples; /* nought before the sound */
    for (int c = 0; c < 2; c++) {
        s->ring[c] = ew_alloc_array(s->room, sizeof(float));
        if (!s->ring[c]) {
            ew_grid_sound_release(s);
            return ew_fail_nomem(err);
        }
    }
    return EW_OK;
}

void ew_grid_sound_release(ew_grid_sound *s)
{
    ew_free(s->ring[0]);
    ew_free(s->ring[1]);
    s->ring[0] = s->ring[1] = NULL;
}

void ew_grid_sound_take(ew_grid_sound *s, const float *pair, size_t n)
{
    float *mean = s->ring[0] + s->fill, *left = s->ring[1] + s->fill;
    int64_t start = s->base + (int64_t)s->fill;

    for (size_t i = 0; i < n; i++) {
        float a = pair[2 * i] * FULL_SCALE, b = pair[2 * i + 1] * FULL_SCALE;
        mean[i] = 0.5f * (a + b);
        left[i] = a;
        if (a > b || a < b)
            s->two_until = start + (int64_t)i + 1;
    }
    s->fill += n;
}

void ew_grid_sound_forget(ew_grid_sound *s, int64_t before_block)
{
    int64_t drop = before_block * s->block_samples - s->base;

    if (drop <= 0 || s->fill + (size_t)s->block_samples <= s->room)
        return;
    for (int c = 0; c < 2; c++)
        memmove(s->ring[c], s->ring[c] + drop, (s->fill - (size_t)drop) * sizeof(float));
    s->fill -= (size_t)drop;
    s->base += drop;
}

int64_t ew_grid_sound_oldest(const ew_grid_sound *s)
{
    return s->base / s->block_samples + 1;
}

bool ew_grid_sound_has(const ew_grid_sound *s, int64_t block)
{
    return (block + AHEAD) * s->block_samples <= s->base + (int64_t)s->fill;
}

int64_t ew_grid_sound_frame(const ew_grid_sound *s, int64_t block, int offset)
{
    int64_t start = block * s->block_samples, period = s->coder.period;

    return start + ((offset - start) % period + period) % period;
}

static const float *at(const ew_grid_sound *s, int channel, int64_t sample)
{
    return s->ring[channel] + (sample - s->base);
}

void ew_grid_sound_check(ew_grid_sound *s, int64_t block, int offset,
                         float score[EW_GRID_CHECKED])
{
    int64_t first = ew_grid_sound_frame(s, block, offset);
    float other[CHECKED];

    s->coder.check(s->coder.state, at(s, 0, first), score);
    if (first >= s->two_until)
        return;
    s->coder.check(s->coder.state, at(s, 1, first), other);
    for (int i = 0; i < CHECKED; i++)
        score[i] = fmaxf(score[i], other[i]);
}

void ew_grid_sound_search(ew_grid_sound *s, int64_t sample)
{
    s->next = sample < s->two_until ? 1 - s->next : 0;
    s->coder.search(s->coder.state, at(s, s->next, sample), s->score);
}

float ew_grid_sound_peak(const ew_grid_sound *s, int64_t block)
{
    const float *x = at(s, 0, block * s->block_samples);
    const float *y = at(s, 1, block * s->block_samples);
    float peak = 0;

    for (int64_t i = 0; i < s->block_samples; i++) {
        float a = fabsf(x[i]), b = fabsf(y[i]);
        float louder = a > b ? a : b;
        peak = louder > peak ? louder : peak;
    }
    return peak;
}

int ew_grid_sound_loudest(const ew_grid_sound *s, int64_t block, unsigned places)
{
    int reach = 2 * s->coder.centre + s->coder.period, best = 0;
    double most = -1;

    for (int i = 0; i < CHECKED; i++) {
        int64_t sample = block * s->block_samples + (int64_t)i * s->coder.period;
        const float *x = at(s, 0, sample), *y = at(s, 1, sample);
        double sum = 0;
        if (!(places >> i & 1))
            continue;
        for (int j = 0; j < reach; j++)
            sum += fabs((double)x[j]) + fabs((double)y[j]);
        if (sum > most) {
            most = sum;
            best = i;
        }
    }
    return best;
}
