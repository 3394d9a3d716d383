/* SPDX-License-Identifier: Apache-2.0 */
/* Sums of power spectra over bands, as bytes. */
#include "inspect/bands.h"

#include <math.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "inspect/frames.h"

enum { LANES = EW_SPECTRA_LANES, BINS = EW_SPECTRA_BINS, SIZE = EW_SPECTRA_SIZE };

/* The critical bands of hearing, Zwicker (1961), in Hz. */
static const float EDGES[EW_INSPECT__BANDS + 1] = {
    100,  200,  300,  400,  510,  630,  770,  920,  1080, 1270,  1480,  1720, 2000,
    2320, 2700, 3150, 3700, 4400, 5300, 6400, 7700, 9500, 12000, 15500, 20000};

/* A byte is 0.6 dB; 1 is everything below -140 dB. */
static const double STEP_DB = 0.6, LEAST_DB = -140.0;

struct ew_inspect__bands {
    ew_inspect__frames *frames;
    ew_buf rows;
    size_t count;
    size_t first[EW_INSPECT__BANDS + 1]; /* bins */
    int64_t hop;
};

double ew_inspect__band_db(double value)
{
    return LEAST_DB + STEP_DB * (value - 1);
}

double ew_inspect__band_hz(size_t band)
{
    return 0.5 * ((double)EDGES[band] + (double)EDGES[band + 1]);
}

ew_code ew_inspect__bands_new(ew_inspect__bands **out, uint32_t rate_hz, ew_err *err)
{
    ew_inspect__bands *b = ew_alloc(sizeof *b);
    size_t hop = rate_hz / EW_INSPECT__BANDS_PER_S;
    ew_code rc;

    *out = NULL;
    if (!b)
        return ew_fail_nomem(err);
    ew_buf_init(&b->rows, (size_t)EW_INSPECT__BANDS * EW_INSPECT__BANDS_PER_S * 3600 *
                              EW_INSPECT__BANDS_HOURS);
    b->hop = (int64_t)hop;
    while (b->count < EW_INSPECT__BANDS && EDGES[b->count + 1] < 0.48f * (float)rate_hz)
        b->count++;
    for (size_t i = 0; i <= b->count; i++)
        b->first[i] = (size_t)lround((double)EDGES[i] * SIZE / rate_hz);
    for (size_t i = 1; i <= b->count; i++)
        if (b->first[i] <= b->first[i - 1])
            b->first[i] = b->first[i - 1] + 1;
    rc = ew_inspect__frames_new(&b->frames, hop, err);
    if (rc < 0) {
        ew_inspect__bands_free(b);
        return rc;
    }
    *out = b;
    return EW_OK;
}

void ew_inspect__bands_free(ew_inspect__bands *b)
{
    if (!b)
        return;
    ew_inspect__frames_free(b->frames);
    ew_buf_release(&b->rows);
    ew_free(b);
}

static uint8_t byte_of(float power)
{
    double v;

    if (power <= 0)
        return EW_INSPECT__BAND_SILENT;
    v = 1.5 + (10 * log10((double)power) - LEAST_DB) / STEP_DB;
    return (uint8_t)(v < 1 ? 1 : v > 255 ? 255 : v);
}

static ew_code take(void *self, const float *power, size_t count, ew_err *err)
{
    ew_inspect__bands *b = self;
    uint8_t row[EW_INSPECT__BANDS];

    for (size_t l = 0; l < count; l++) {
        ew_code rc;

        if (b->rows.max - b->rows.len < b->count)
            return EW_OK;
        for (size_t i = 0; i < b->count; i++) {
            float sum = 0;

            for (size_t k = b->first[i]; k < b->first[i + 1] && k < BINS; k++)
                sum += power[k * LANES + l];
            row[i] = byte_of(sum);
        }
        rc = ew_buf_append(&b->rows, row, b->count, err);
        if (rc < 0)
            return rc;
    }
    return EW_OK;
}

ew_code ew_inspect__bands_feed(ew_inspect__bands *b, const float *pcm, size_t n,
                               ew_err *err)
{
    return ew_inspect__frames_feed(b->frames, pcm, n, take, b, err);
}

ew_code ew_inspect__bands_finish(ew_inspect__bands *b, ew_err *err)
{
    return ew_inspect__frames_finish(b->frames, take, b, err);
}

size_t ew_inspect__bands_rows(const ew_inspect__bands *b)
{
    return b->rows.len / b->count;
}

size_t ew_inspect__bands_count(const ew_inspect__bands *b)
{
    return b->count;
}

const uint8_t *ew_inspect__bands_row(const ew_inspect__bands *b, size_t i)
{
    return b->rows.data + i * b->count;
}

int64_t ew_inspect__bands_at(const ew_inspect__bands *b, size_t i)
{
    return (int64_t)i * b->hop + SIZE / 2;
}
