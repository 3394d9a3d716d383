/* SPDX-License-Identifier: Apache-2.0 */
/* Brings a stream down to a low rate: every output is a triangle two steps wide. What folds
 * back onto the low tenth of the new band is at least 50 dB down. */
#ifndef EW_INSPECT_DECIMATE_H
#define EW_INSPECT_DECIMATE_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct ew_inspect__decimate {
    size_t down, part; /* part: samples of the present step that are here */
    float slope, rising, falling, last;
} ew_inspect__decimate;

static inline void ew_inspect__decimate_init(ew_inspect__decimate *d, size_t down)
{
    *d = (ew_inspect__decimate){.down = down, .slope = 1.0f / (float)down};
}

/* True when x completes an output; its middle is `down` samples before the next input. */
static inline bool ew_inspect__decimate_step(ew_inspect__decimate *d, float x, float *out)
{
    float up = (float)d->part * d->slope;

    x = fminf(fmaxf(x, -1e4f), 1e4f); /* beyond, sums of squares are no numbers */
    d->rising += up * x;
    d->falling += (1 - up) * x;
    if (++d->part < d->down)
        return false;
    *out = (d->last + d->falling) * d->slope;
    d->last = d->rising;
    d->rising = d->falling = 0;
    d->part = 0;
    return true;
}

#endif
