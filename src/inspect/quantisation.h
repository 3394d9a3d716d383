/* SPDX-License-Identifier: Apache-2.0 */
/* Whether transform lines lie on the lattice that MP3 and AAC coders leave behind. */
#ifndef EW_INSPECT_QUANTISATION_H
#define EW_INSPECT_QUANTISATION_H

#include <stddef.h>

#include "base/err.h"

enum { EW_LATTICE_LANES = 8, EW_LATTICE_LINES_MAX = 256 };

typedef struct ew_lattice ew_lattice; /* tables and scratch; one object, one thread */

EW_MUST_CHECK ew_code ew_lattice_new(ew_lattice **out, ew_err *err);
void ew_lattice_free(ew_lattice *l);

/* Both coders keep whole numbers n with |line| = step * n^(4/3), so |line|^(3/4) is evenly
 * spaced, and the histogram of |line|^(3/4) has a spectrum with one high peak whatever the
 * step. The score is that peak over what unrelated values give: those exceed s with a chance
 * of about 300 exp(-s); lines on a lattice give up to two thirds of their number.
 *
 * lines  [n][8]: eight sets of n <= EW_LATTICE_LINES_MAX lines side by side
 * least  sets whose mean |line|^(3/4) is below it score 0: rounding hides any lattice
 * score  [8]. Allocates nothing. */
void ew_lattice_score(ew_lattice *l, const float *lines, size_t n, float least,
                      float *score);

#endif
