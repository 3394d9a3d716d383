/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of stretches: covering and what is left. */
#include "compare/ranges.h"

#include <math.h>

#include "base/alloc.h"

ew_code ew_ranges_add(ew_ranges *r, double lo, double hi, ew_err *err)
{
    if (r->count == r->cap) {
        size_t cap = r->cap * 2 + 16;
        ew_range *more = ew_realloc_array(r->items, cap, sizeof(*more));

        if (more == NULL)
            return ew_fail_nomem(err);
        r->items = more;
        r->cap = cap;
    }
    r->items[r->count++] = (ew_range){lo, hi};
    return EW_OK;
}

void ew_ranges_release(ew_ranges *r)
{
    ew_free(r->items);
    *r = (ew_ranges){0};
}

double ew_ranges_covered(const ew_ranges *r, ew_range x)
{
    double sum = 0;

    for (size_t i = 0; i < r->count; i++) {
        double from = fmax(x.lo, r->items[i].lo), to = fmin(x.hi, r->items[i].hi);

        if (to > from)
            sum += to - from;
    }
    return sum;
}

size_t ew_ranges_longest(const ew_ranges *r)
{
    size_t best = 0;

    for (size_t i = 1; i < r->count; i++)
        if (ew_range_length(&r->items[i]) > ew_range_length(&r->items[best]))
            best = i;
    return best;
}

ew_code ew_ranges_leftover(const ew_ranges *taken, ew_range x, double least,
                           ew_ranges *out, ew_err *err)
{
    double at = x.lo;
    ew_code rc = EW_OK;

    out->count = 0;
    while (at < x.hi && rc == EW_OK) {
        double next = x.hi, resume = x.hi;

        for (size_t i = 0; i < taken->count; i++) {
            const ew_range *r = &taken->items[i];

            if (r->hi - least <= at || r->lo >= next || r->hi - r->lo < 1)
                continue;
            next = fmax(r->lo, at);
            resume = r->hi;
        }
        if (next - at >= least)
            rc = ew_ranges_add(out, at, next, err);
        at = resume;
    }
    return rc;
}
