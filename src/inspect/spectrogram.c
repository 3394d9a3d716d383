/* SPDX-License-Identifier: Apache-2.0 */
/* Columns begin as single frames; when there are too many, neighbours are put together and
 * each stands for twice the time. So memory is bounded and short files are fine in time. */
#include "inspect/spectrogram.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "dsp/spectra.h"

enum {
    SIZE = EW_SPECTRA_SIZE,
    LANES = EW_SPECTRA_LANES,
    ROWS = EW_SPECTRA_BINS,
    HOP_MIN = 128,
    HOP_MAX = 2048,
    PER_COLUMN = 4 /* frames put together in a long file, at least */
};

_Static_assert((int)ROWS == (int)EW_INSPECT_ROWS, "a row is a bin");

/* A sine at full scale, through the window. */
#define FULL_SCALE 65536.0
#define FLOOR_DB (-140.0)

struct ew_inspect__image {
    ew_spectra *spectra;
    float *pcm; /* what the next step needs */
    size_t fill, need, hop;
    size_t skip;    /* samples before the next frame that are not looked at */
    float *power;   /* of one step */
    double *column; /* sum of the column in the making */
    size_t in_column, per_column;
    float *columns; /* means, [EW_INSPECT_COLUMNS_MAX * ROWS] */
    size_t count;
};

static size_t choose_hop(int64_t samples_likely)
{
    const int64_t frames = (int64_t)EW_INSPECT_COLUMNS_MAX * PER_COLUMN;
    size_t hop = HOP_MIN;

    if (samples_likely <= 0)
        return 256;
    while (hop < HOP_MAX && samples_likely / (int64_t)hop > frames)
        hop *= 2;
    return hop;
}

ew_code ew_inspect__image_new(ew_inspect__image **out, const ew_inspect_sound *sound,
                              ew_err *err)
{
    ew_inspect__image *i = ew_alloc(sizeof *i);
    ew_code rc = EW_OK;

    *out = NULL;
    if (!i)
        return ew_fail_nomem(err);
    i->hop = choose_hop(sound->samples_likely);
    i->need = SIZE + (LANES - 1) * i->hop;
    i->fill = i->hop < SIZE ? (SIZE - i->hop) / 2 : 0; /* a frame's middle is its place */
    i->per_column = 1;
    i->pcm = ew_alloc_array(i->need, sizeof *i->pcm);
    i->power = ew_alloc_aligned((size_t)ROWS * LANES, sizeof *i->power);
    i->column = ew_alloc_array(ROWS, sizeof *i->column);
    i->columns = ew_alloc_array((size_t)EW_INSPECT_COLUMNS_MAX * ROWS, sizeof(float));
    if (!i->pcm || !i->power || !i->column || !i->columns)
        rc = ew_fail_nomem(err);
    if (rc >= 0)
        rc = ew_spectra_new(&i->spectra, err);
    if (rc < 0) {
        ew_inspect__image_free(i);
        return rc;
    }
    *out = i;
    return EW_OK;
}

static void halve(ew_inspect__image *i)
{
    for (size_t c = 0; c < i->count / 2; c++) {
        float *to = i->columns + c * ROWS;
        const float *a = i->columns + 2 * c * ROWS, *b = a + ROWS;
        for (size_t r = 0; r < ROWS; r++)
            to[r] = (a[r] + b[r]) / 2;
    }
    i->count /= 2;
    i->per_column *= 2;
}

static void end_column(ew_inspect__image *i)
{
    float *to;

    if (i->count == EW_INSPECT_COLUMNS_MAX) {
        halve(i); /* the column at hand is only half of one now */
        return;
    }
    to = i->columns + i->count * ROWS;
    for (size_t r = 0; r < ROWS; r++)
        to[r] = (float)(i->column[r] / (double)i->in_column);
    memset(i->column, 0, ROWS * sizeof *i->column);
    i->in_column = 0;
    i->count++;
}

static void add_frames(ew_inspect__image *i, size_t frames)
{
    ew_spectra_step(i->spectra, i->pcm, i->hop, i->power);
    for (size_t l = 0; l < frames; l++) {
        for (size_t r = 0; r < ROWS; r++)
            i->column[r] += (double)i->power[r * LANES + l];
        if (++i->in_column >= i->per_column)
            end_column(i);
    }
}

static void pcm_on(const float **mono, size_t *samples, size_t n)
{
    *mono += n;
    *samples -= n;
}

void ew_inspect__image_feed(ew_inspect__image *i, const float *mono, size_t samples)
{
    const size_t step = LANES * i->hop;

    while (samples > 0) {
        size_t n = i->skip < samples ? i->skip : samples;
        i->skip -= n;
        pcm_on(&mono, &samples, n);
        n = i->need - i->fill;
        n = n < samples ? n : samples;
        memcpy(i->pcm + i->fill, mono, n * sizeof *mono);
        i->fill += n;
        pcm_on(&mono, &samples, n);
        if (i->fill < i->need)
            return;
        add_frames(i, LANES);
        if (step >= i->need) {
            i->skip = step - i->need;
            i->fill = 0;
            continue;
        }
        memmove(i->pcm, i->pcm + step, (i->need - step) * sizeof *i->pcm);
        i->fill = i->need - step;
    }
}

ew_code ew_inspect__image_finish(ew_inspect__image *i, ew_spectrogram **out, ew_err *err)
{
    ew_spectrogram *s = ew_alloc(sizeof *s);
    size_t left = i->fill > SIZE / 2 ? 1 + (i->fill - SIZE / 2) / i->hop : 0;

    *out = NULL;
    if (!s)
        return ew_fail_nomem(err);
    memset(i->pcm + i->fill, 0, (i->need - i->fill) * sizeof *i->pcm);
    if (left > 0)
        add_frames(i, left < LANES ? left : LANES);
    if (i->in_column > 0 && i->count < EW_INSPECT_COLUMNS_MAX)
        end_column(i);
    s->columns = i->count;
    s->rows = ROWS;
    s->step = (int64_t)(i->hop * i->per_column);
    s->db = i->columns;
    for (size_t k = 0; k < i->count * ROWS; k++) {
        double db = 10 * log10((double)s->db[k] / FULL_SCALE + 1e-30);
        s->db[k] = (float)(db > FLOOR_DB ? db : FLOOR_DB);
    }
    i->columns = NULL;
    *out = s;
    return EW_OK;
}

void ew_inspect__image_free(ew_inspect__image *i)
{
    if (!i)
        return;
    ew_spectra_free(i->spectra);
    ew_free(i->pcm);
    ew_free(i->power);
    ew_free(i->column);
    ew_free(i->columns);
    ew_free(i);
}
