/* SPDX-License-Identifier: Apache-2.0 */
/* Spectra with lines of 4 Hz: a voice never holds its pitch so well that its harmonics stay on
 * one line for half a second, an instrument does nothing else. */
#include "inspect/steady.h"

#include <math.h>

#include "base/alloc.h"
#include "base/sort.h"
#include "dsp/fft.h"
#include "dsp/window.h"

enum {
    SIZE = 1024,
    HOP = SIZE / 2,
    LATER = 2, /* frames: they do not overlap */
    FIRST = 40,
    LINES = 432, /* of a spectrum, from about 150 to 1850 Hz */
    AROUND = 15, /* lines on either side that say what is usual */
    FRAMES_MIN = 8
};

static const float LOUD = 0.05f; /* of the mean power */

typedef struct frame {
    float line[LINES],
        power; /* line: how far above what is usual around, less the mean */
} frame;

/* Lines that stand out of their surroundings, on a logarithmic scale. */
static void stand_out(const ew_cpx *spectrum, frame *f)
{
    float level[LINES + 2 * AROUND], sum = 0, mean = 0;

    f->power = 0;
    for (size_t k = 0; k < LINES + 2 * AROUND; k++) {
        const ew_cpx *c = &spectrum[FIRST - AROUND + k];
        float power = c->re * c->re + c->im * c->im;

        f->power += power;
        level[k] = logf(power + 1e-12f);
    }
    for (size_t k = 0; k < 2 * AROUND; k++)
        sum += level[k];
    for (size_t k = 0; k < LINES; k++) {
        sum += level[k + 2 * AROUND];
        f->line[k] = fmaxf(0, level[k + AROUND] - sum / (2 * AROUND + 1));
        mean += f->line[k] / LINES;
        sum -= level[k];
    }
    for (size_t k = 0; k < LINES; k++)
        f->line[k] -= mean;
}

static float alike(const frame *a, const frame *b)
{
    float ab = 0, aa = 1e-12f, bb = 1e-12f;

    for (size_t k = 0; k < LINES; k++) {
        ab += a->line[k] * b->line[k];
        aa += a->line[k] * a->line[k];
        bb += b->line[k] * b->line[k];
    }
    return ab / sqrtf(aa * bb);
}

static double median_of(const frame *frames, size_t count, float *values)
{
    float least = 0;
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        least += LOUD * frames[i].power / (float)count;
    for (size_t i = 0; i + LATER < count; i++)
        if (frames[i].power > least && frames[i + LATER].power > least)
            values[n++] = alike(&frames[i], &frames[i + LATER]);
    if (n == 0)
        return 0;
    ew_sort_floats(values, n);
    return (double)values[n / 2];
}

ew_code ew_inspect__steady(const float *x, size_t n, double *steady, ew_err *err)
{
    size_t count = n < SIZE ? 0 : (n - SIZE) / HOP + 1;
    frame *frames = NULL;
    float window[SIZE], in[SIZE], *values = NULL;
    ew_cpx *spectrum = NULL;
    ew_fft *fft = NULL;
    ew_code rc;

    *steady = 0;
    if (count < FRAMES_MIN)
        return EW_OK;
    rc = ew_fft_new(&fft, SIZE, err);
    if (rc < 0)
        return rc;
    frames = ew_alloc_array(count, sizeof *frames);
    values = ew_alloc_array(count, sizeof *values);
    spectrum = ew_alloc_array(SIZE / 2 + 1, sizeof *spectrum);
    if (!frames || !values || !spectrum) {
        rc = ew_fail_nomem(err);
        goto out;
    }
    ew_hann_fill(window, SIZE, 0);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < SIZE; k++)
            in[k] = x[i * HOP + k] * window[k];
        ew_fft_forward(fft, in, spectrum);
        stand_out(spectrum, &frames[i]);
    }
    *steady = median_of(frames, count, values);
out:
    ew_fft_free(fft);
    ew_free(frames);
    ew_free(values);
    ew_free(spectrum);
    return rc;
}
