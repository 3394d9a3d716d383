/* SPDX-License-Identifier: Apache-2.0 */
/* Files without sound: nothing but zeros, or the dither of the last bit. Channels that cancel
 * each other out look the same to methods that use their mean. */
#ifndef EW_INSPECT_NOTHING_H
#define EW_INSPECT_NOTHING_H

#include <math.h>
#include <stdbool.h>

#include "inspect/inspect.h"

static inline float ew_inspect__louder(float most, const float *pcm, size_t n)
{
    for (size_t i = 0; i < n; i++)
        most = fmaxf(most, fabsf(pcm[i]));
    return most;
}

static inline bool ew_inspect__nothing(float most)
{
    return most < 1.5f / 32768;
}

EW_MUST_CHECK static inline ew_code
ew_inspect__told_nothing(ew_inspection *out, const char *method, ew_err *err)
{
    return ew_inspect__untested(out, method, err,
                                "there is no sound: the mean of the channels is never "
                                "louder than the last of 16 bits");
}

#endif
