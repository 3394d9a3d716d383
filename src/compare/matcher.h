/* SPDX-License-Identifier: Apache-2.0 */
/* One pair of filters after which the two recordings are as alike as they can be: A through the
 * mean transfer function from A to B, and both weighted by how much of each frequency
 * came through. What a coder destroyed does not count, and a filter's phase does no harm.
 *
 * The weights are those of the maximum likelihood processor for time delay (C. H. Knapp and
 * G. C. Carter, "The generalized correlation method for estimation of time delay", IEEE
 * Trans. ASSP 24(4), 1976): coherence over its complement. */
#ifndef EW_COMPARE_MATCHER_H
#define EW_COMPARE_MATCHER_H

#include "compare/line.h"
#include "dsp/fft.h"

typedef struct ew_matcher {
    ew_fft *fft;
    ew_cpx *wa, *wb; /* responses for A and B */
    ew_cpx *spec;
    float *a, *b; /* blocks in work */
} ew_matcher;

/* Learns from the inside of the lines that are followed on the wave. Errors: EW_E_NOMEM. */
EW_MUST_CHECK ew_code ew_matcher_learn(ew_matcher *m, const ew_clines *l,
                                       const ew_pair *p, ew_err *err);
void ew_matcher_release(ew_matcher *m);

/* Sums of frames [first, first + n) of B and of A along the line, A shifted by `shift`
 * samples. */
void ew_matcher_sums(ew_matcher *m, const ew_cline *l, const ew_pair *p,
                     const int64_t frames[2], double shift, ew_sums *out);

#endif
