/* SPDX-License-Identifier: Apache-2.0 */
/* Spans: stretches of B that run along one line, and which of them follow the order of A. */
#ifndef EW_COMPARE_SPANS_H
#define EW_COMPARE_SPANS_H

#include "compare/course.h"
#include "compare/gaps.h"

typedef struct ew_span {
    uint32_t line;
    double b0, b1; /* samples of B */
    double a0, a1; /* samples of A at b0 and b1; a0 > a1 when backwards */
    bool plain;    /* forward, at the speed of the whole */
    bool ordered;  /* in the chain of plain spans that runs forward in both */
} ew_span;

typedef struct ew_spans {
    ew_span *items; /* by ascending b0, not overlapping in B */
    size_t count;
    double speed; /* of most of B against A */
    double pitch;
} ew_spans;

/* Spans of the runs that lie on lines; those next to each other on one line are joined unless
 * ew_gap_differs. Errors: EW_E_NOMEM. */
EW_MUST_CHECK ew_code ew_spans_init(ew_spans *s, const ew_clines *l,
                                    const ew_course_runs *runs, const ew_loudness *loud,
                                    ew_err *err);
void ew_spans_release(ew_spans *s);

/* Sets `ordered`: the chain of plain spans with the most sound, each beginning and ending
 * later in A than the one before; what two of them share in A counts once. n log n.
 * Errors: EW_E_NOMEM. */
EW_MUST_CHECK ew_code ew_spans_order(ew_spans *s, ew_err *err);

/* Sets b0 and b1 and the places in A that follow. */
void ew_span_set(ew_span *s, const ew_cline *l, double b0, double b1);

#endif
