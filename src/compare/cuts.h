/* SPDX-License-Identifier: Apache-2.0 */
/* Where exactly two spans end: both sides weighed together, under what their lines say. */
#ifndef EW_COMPARE_CUTS_H
#define EW_COMPARE_CUTS_H

#include "compare/spans.h"

/* Evidence of a line over samples [t0, t1) of B, in nats; negative when t1 < t0. */
double ew_cline_evidence(const ew_cline *l, double t0, double t1);

/* x and y are ordered neighbours and nothing of A is missing between them, so that something
 * came in at one point of A: moves x's end and y's begin together to where that fits
 * best. `middle` (may be NULL) is the span in between, whose ends move along. */
void ew_cut_at_point(const ew_clines *l, ew_span *x, ew_span *middle, ew_span *y);

/* How far the border between x before b and y after it could lie elsewhere, in samples: one
 * standard deviation, about. Either may be NULL: sound that is on no line. */
double ew_cut_spread(const ew_cline *x, const ew_cline *y, double b);

/* Moves the end of x, the begin of y, or both together, to the sample where the wave says.
 * Either may be NULL. */
void ew_cut_sharpen(const ew_pair *p, const ew_clines *l, ew_span *x, ew_span *y);

/* The same for x, a span that came in at one point of A, and y: both of its ends move. */
void ew_cut_sharpen_middle(const ew_pair *p, const ew_clines *l, ew_span *const three[3]);

#endif
