/* SPDX-License-Identifier: Apache-2.0 */
/* Picks the strongest of many places that lie too close together. */
#ifndef EW_INSPECT_PEAKS_H
#define EW_INSPECT_PEAKS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

typedef struct ew_inspect__peak {
    int64_t at;
    double strength;
    size_t tag; /* the caller's */
} ew_inspect__peak;

typedef struct ew_inspect__peaks { /* zeroed is empty */
    ew_inspect__peak *list;
    size_t count, room;
} ew_inspect__peaks;

void ew_inspect__peaks_release(ew_inspect__peaks *p);

EW_MUST_CHECK ew_code ew_inspect__peaks_add(ew_inspect__peaks *p, ew_inspect__peak one,
                                            ew_err *err);

/* Keeps the strongest, then the strongest of those at least `apart` away from all kept, and
 * so on; at most `most`. What stays is in the order of strength; ties by place. */
EW_MUST_CHECK ew_code ew_inspect__peaks_thin(ew_inspect__peaks *p, int64_t apart,
                                             size_t most, ew_err *err);

#endif
