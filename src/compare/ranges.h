/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of stretches, in samples. */
#ifndef EW_COMPARE_RANGES_H
#define EW_COMPARE_RANGES_H

#include <stddef.h>

#include "base/err.h"

typedef struct ew_range {
    double lo, hi;
} ew_range;

typedef struct ew_ranges {
    ew_range *items;
    size_t count, cap;
} ew_ranges;

static inline double ew_range_length(const ew_range *r)
{
    return r->hi - r->lo;
}

EW_MUST_CHECK ew_code ew_ranges_add(ew_ranges *r, double lo, double hi, ew_err *err);
void ew_ranges_release(ew_ranges *r);

/* How much of x the ranges cover; where they overlap each other, twice. */
double ew_ranges_covered(const ew_ranges *r, ew_range x);

/* The longest; 0 when there is none. */
size_t ew_ranges_longest(const ew_ranges *r);

/* What of x no range of `taken` covers, in pieces of at least `least`; what out held is gone. */
EW_MUST_CHECK ew_code ew_ranges_leftover(const ew_ranges *taken, ew_range x, double least,
                                         ew_ranges *out, ew_err *err);

#endif
