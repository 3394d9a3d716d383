/* SPDX-License-Identifier: Apache-2.0 */
/* Compares the spectrum with that of a quarter of a second later. Speech is never that like
 * itself; noise is not either, since each of its bins varies by itself. */
#include "align/steady.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "align/line.h"
#include "base/alloc.h"
#include "dsp/spectra.h"

enum {
    LANES = EW_SPECTRA_LANES,
    BINS = EW_SPECTRA_BINS,
    HOP = 512, /* samples from one spectrum to the next */
    LATER = 4, /* spectra between the two that are compared */
    KEPT = 16, /* spectra kept: a power of two above LATER + LANES */
    BATCH = EW_SPECTRA_SIZE + (LANES - 1) * HOP /* samples for one step */
};

/* Cosine of two amplitude spectra from which sound counts as steady. Independent noise has
 * 0.79, a tone 30 dB above noise 0.99. */
static const double same = 0.98;

typedef struct history {
    float batch[BATCH];
    float amplitude[KEPT][BINS];
    double energy[KEPT];
} history;

static void keep(history *h, size_t frame, const float *power, size_t lane)
{
    float *a = h->amplitude[frame % KEPT];
    double energy = 0;

    for (size_t k = 0; k < BINS; k++) {
        energy += power[k * LANES + lane];
        a[k] = sqrtf(power[k * LANES + lane]);
    }
    h->energy[frame % KEPT] = energy;
}

static bool is_steady(const history *h, size_t frame)
{
    size_t x = (frame - LATER) % KEPT;
    size_t y = frame % KEPT;
    double dot = 0;

    for (size_t k = 0; k < BINS; k++)
        dot += (double)h->amplitude[x][k] * (double)h->amplitude[y][k];
    return dot > 0 && dot >= same * sqrt(h->energy[x] * h->energy[y]);
}

/* Of the last frame also what follows it, which is too short for a frame. */
static void mark_frames(size_t frame, bool last, uint8_t *mark, size_t slots)
{
    size_t from = (frame - LATER) * HOP / EW_SLOT;
    size_t to = last ? slots : (frame * HOP + EW_SPECTRA_SIZE) / EW_SLOT;

    for (size_t s = from; s < to && s < slots; s++)
        mark[s] = 1;
}

ew_code ew_steady_mark(const float *mono, size_t n, uint8_t *mark, size_t slots,
                       ew_err *err)
{
    ew_spectra *spectra = NULL;
    history *h = ew_alloc(sizeof(*h));
    float *power = ew_alloc_aligned((size_t)BINS * LANES, sizeof(*power));
    ew_code rc =
        h == NULL || power == NULL ? ew_fail_nomem(err) : ew_spectra_new(&spectra, err);

    for (size_t first = 0; rc == EW_OK && first * HOP + EW_SPECTRA_SIZE <= n;
         first += LANES) {
        size_t left = n - first * HOP;
        size_t have = left < BATCH ? left : BATCH;
        memcpy(h->batch, mono + first * HOP, have * sizeof(*mono));
        memset(h->batch + have, 0, (BATCH - have) * sizeof(*mono));
        ew_spectra_step(spectra, h->batch, HOP, power);
        for (size_t l = 0; l < LANES; l++) {
            size_t frame = first + l;
            if (frame * HOP + EW_SPECTRA_SIZE > n)
                break;
            keep(h, frame, power, l);
            if (frame >= LATER && is_steady(h, frame))
                mark_frames(frame, (frame + 1) * HOP + EW_SPECTRA_SIZE > n, mark, slots);
        }
    }
    ew_spectra_free(spectra);
    ew_free(power);
    ew_free(h);
    return rc;
}
