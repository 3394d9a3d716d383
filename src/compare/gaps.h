/* SPDX-License-Identifier: Apache-2.0 */
/* What became of sound that is on no line: silence, another speed, or something else. */
#ifndef EW_COMPARE_GAPS_H
#define EW_COMPARE_GAPS_H

#include "compare/line.h"

/* How loud the loud parts of the two are: what counts as sound depends on it. */
typedef struct ew_loudness {
    const ew_pair *pair;
    double a_top_db, b_top_db;
} ew_loudness;

EW_MUST_CHECK ew_code ew_loudness_measure(ew_loudness *l, const ew_pair *p, ew_err *err);

/* Between samples b0 and b1 of B on a line: is there something to be heard in B or in A that the
 * other does not have? Coders make pauses and consonants unlike, in the wave; that alone is
 * no difference. Errors: EW_E_NOMEM. */
EW_MUST_CHECK ew_code ew_gap_differs(const ew_loudness *l, const ew_cline *c, double b0,
                                     double b1, bool *differs, ew_err *err);

/* Is B silent, or faint noise, over b0..b1 where A has sound over a0..a1? */
bool ew_gap_silenced(const ew_loudness *l, double a0, double a1, double b0, double b1);

/* Seconds of clear sound in samples [from, to) of A (or of B). */
double ew_gap_sound(const ew_loudness *l, bool in_a, double from, double to);

/* How alike is B over b0..b1 to A over a0..a1 played at the speed that makes them as long as
 * each other: correlation of band levels over time, 0..1; the better of pitch kept and pitch
 * changed with the speed, which *pitched tells. Errors: EW_E_NOMEM. */
EW_MUST_CHECK ew_code ew_gap_likeness(const ew_pair *p, const double a[2],
                                      const double b[2], double *likeness, bool *pitched,
                                      ew_err *err);

#endif
