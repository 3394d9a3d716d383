/* SPDX-License-Identifier: Apache-2.0 */
/* A radix sort in two passes, half of the key bits each. */
#include "index/sort.h"

#include "index/segment.h"

enum { DIGIT_BITS = EW_KEY_BITS / 2, DIGITS = 1 << DIGIT_BITS };

static void sort_pass(const ew_sort_item *from, ew_sort_item *to, size_t n,
                      unsigned shift)
{
    uint32_t at[DIGITS] = {0};
    uint32_t sum = 0;
    for (size_t i = 0; i < n; i++)
        at[from[i].word >> shift & (DIGITS - 1)]++;
    for (size_t d = 0; d < DIGITS; d++) {
        uint32_t count = at[d];
        at[d] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++)
        to[at[from[i].word >> shift & (DIGITS - 1)]++] = from[i];
}

void ew_sort__by_key(ew_sort_item *items, ew_sort_item *other, size_t n)
{
    sort_pass(items, other, n, EW_SEG_LOW_BITS);
    sort_pass(other, items, n, EW_SEG_LOW_BITS + DIGIT_BITS);
}
