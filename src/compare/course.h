/* SPDX-License-Identifier: Apache-2.0 */
/* The best course of B through its lines and through sound that is on none. */
#ifndef EW_COMPARE_COURSE_H
#define EW_COMPARE_COURSE_H

#include "compare/line.h"

#define EW_NO_LINE UINT32_MAX

/* Frames [first, end) of B run along a line, or along none. */
typedef struct ew_run {
    uint32_t line; /* EW_NO_LINE: none */
    int64_t first, end;
} ew_run;

typedef struct ew_course_runs {
    ew_run *items; /* cover all frames of B, in order */
    size_t count;
} ew_course_runs;

/* Viterbi over the weights, paying for each change. Errors: EW_E_NOMEM. */
EW_MUST_CHECK ew_code ew_course_find(ew_course_runs *out, const ew_clines *l,
                                     int64_t frames, ew_err *err);
void ew_course_release(ew_course_runs *c);

#endif
