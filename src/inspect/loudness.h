/* SPDX-License-Identifier: Apache-2.0 */
/* How loud each row of bands is, and how loud the sound around it is. */
#ifndef EW_INSPECT_LOUDNESS_H
#define EW_INSPECT_LOUDNESS_H

#include "inspect/bands.h"

/* Both arrays have one value per row, in stored steps of 0.6 dB: the mean over the bands, and
 * what 15 % of the rows within about 3 s exceed. Freed by the caller with ew_free. */
EW_MUST_CHECK ew_code ew_inspect__loudness(const ew_inspect__bands *b, float **level,
                                           float **around, ew_err *err);

/* The value that a share q (0..1) of the n > 0 values lies below. */
float ew_inspect__loudness_quantile(const float *values, size_t n, double q);

#endif
