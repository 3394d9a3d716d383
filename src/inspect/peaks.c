/* SPDX-License-Identifier: Apache-2.0 */
/* The strongest first; what is near one that was kept goes. */
#include "inspect/peaks.h"

#include <stdlib.h>

#include "base/alloc.h"

void ew_inspect__peaks_release(ew_inspect__peaks *p)
{
    ew_free(p->list);
    *p = (ew_inspect__peaks){0};
}

ew_code ew_inspect__peaks_add(ew_inspect__peaks *p, ew_inspect__peak one, ew_err *err)
{
    if (p->count == p->room) {
        size_t room = p->room ? 2 * p->room : 64;
        ew_inspect__peak *more = ew_realloc_array(p->list, room, sizeof *more);

        if (!more)
            return ew_fail_nomem(err);
        p->list = more;
        p->room = room;
    }
    p->list[p->count++] = one;
    return EW_OK;
}

static int by_strength(const void *pa, const void *pb)
{
    const ew_inspect__peak *a = pa, *b = pb;
    int o = (a->strength < b->strength) - (a->strength > b->strength);

    return o ? o : (a->at > b->at) - (a->at < b->at);
}

/* The first of the sorted places[0..n) that is not below `at`. */
static size_t lower(const int64_t *places, size_t n, int64_t at)
{
    size_t low = 0;

    while (low < n) {
        size_t mid = low + (n - low) / 2;

        if (places[mid] < at)
            low = mid + 1;
        else
            n = mid;
    }
    return low;
}

ew_code ew_inspect__peaks_thin(ew_inspect__peaks *p, int64_t apart, size_t most,
                               ew_err *err)
{
    size_t kept = 0, cap = p->count < most ? p->count : most;
    int64_t *places = ew_alloc_array(cap + 1, sizeof *places);

    if (!places)
        return ew_fail_nomem(err);
    if (p->count > 1)
        qsort(p->list, p->count, sizeof *p->list, by_strength);
    for (size_t i = 0; i < p->count && kept < cap; i++) {
        int64_t at = p->list[i].at;
        size_t k = lower(places, kept, at);

        if ((k < kept && places[k] - at < apart) || (k > 0 && at - places[k - 1] < apart))
            continue;
        for (size_t j = kept; j > k; j--)
            places[j] = places[j - 1];
        places[k] = at;
        p->list[kept++] = p->list[i];
    }
    p->count = kept;
    ew_free(places);
    return EW_OK;
}
