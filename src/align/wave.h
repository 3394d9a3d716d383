/* SPDX-License-Identifier: Apache-2.0 */
/* Telling a copy from another take of the same words: by the wave, not the spectrum. */
#ifndef EW_ALIGN_WAVE_H
#define EW_ALIGN_WAVE_H

#include "align/line.h"

#define EW_LOCK_RHO 0.3 /* coherence from which the lag of the wave is believed */

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

/* The course of agreement at EW_COURSE_STEP samples: value i, at clip sample from + i * step, is
 * positive where the clip runs with the source and about 0 where it does not, in units of the
 * clip's mean amplitude in the band. The phase is taken from [steady_from, steady_to), where
 * the line is known to hold. `out` has room for n values. Errors: EW_E_NOMEM. */
enum { EW_COURSE_STEP = 32 };
typedef struct ew_course {
    int64_t from;
    size_t n;
    int64_t steady_from, steady_to;
} ew_course;
EW_MUST_CHECK ew_code ew_line_course(ew_scene *s, const ew_line *l, const ew_course *c,
                                     float *out, ew_err *err);

#endif
