/* SPDX-License-Identifier: Apache-2.0 */
/* AAC's transform: the MDCT of 2,048 samples to 1,024 lines, eight blocks side by side. */
#ifndef EW_INSPECT_MDCT_H
#define EW_INSPECT_MDCT_H

#include <stddef.h>

#include "base/err.h"

enum { EW_MDCT_LANES = 8, EW_MDCT_LINES = 1024, EW_MDCT_SAMPLES = 2 * EW_MDCT_LINES };

typedef struct ew_mdct ew_mdct; /* tables and scratch; one object, one thread */

EW_MUST_CHECK ew_code ew_mdct_new(ew_mdct **out, ew_err *err);
void ew_mdct_free(ew_mdct *m);

/* Block l is x[l * hop .. l * hop + 2048) times `window` (2,048 values). lines[k * 8 + l] is
 * line k of block l, scaled so that white noise keeps its level. Reads x[0 .. 7 * hop + 2048),
 * 8,192 floats are written. Allocates nothing. */
void ew_mdct_step(ew_mdct *m, const float *x, size_t hop, const float *window,
                  float *lines);

#endif
