/* SPDX-License-Identifier: Apache-2.0 */
/* Telling a copy from another take of the same words: by the wave, not the spectrum. */
#ifndef EW_ALIGN_WAVE_H
#define EW_ALIGN_WAVE_H

#include "align/line.h"

/* How well the clip's wave runs along that of the source. */
typedef struct ew_coherence {
    double
        rho; /* 0..1 mean over windows of 0.4 s at one common lag; chance is near 0.15 */
    double lag;     /* samples that the clip lies later than the line says */
    double windows; /* number of windows, half overlapping */
} ew_coherence;

/* Compares on clip samples [from, to). Lags up to 10 ms are tried.
 * Errors: EW_E_NOMEM. A stretch too short for one window gives rho 0. */
EW_MUST_CHECK ew_code ew_line_coherence(ew_scene *s, const ew_line *l, int64_t from,
                                        int64_t to, ew_coherence *out, ew_err *err);

#endif
