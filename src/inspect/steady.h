/* SPDX-License-Identifier: Apache-2.0 */
/* Tells held notes from speech. */
#ifndef EW_INSPECT_STEADY_H
#define EW_INSPECT_STEADY_H

#include <stddef.h>

#include "base/err.h"

/* How alike the lines of the spectrum are a quarter of a second apart, -1 to 1: the median over
 * what is loud. Speech and noise stay below 0.4, held notes are above 0.6. x is sound at about
 * 4 kHz; 0 when it is too short. */
EW_MUST_CHECK ew_code ew_inspect__steady(const float *x, size_t n, double *steady,
                                         ew_err *err);

#endif
