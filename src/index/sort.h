/* SPDX-License-Identifier: Apache-2.0 */
/* Bringing words into the order of segments: by key bits, equal ones as they came. */
#ifndef EW_INDEX_SORT_H
#define EW_INDEX_SORT_H

#include <stddef.h>
#include <stdint.h>

typedef struct ew_sort_item {
    uint32_t word;
    uint32_t value; /* goes with the word */
} ew_sort_item;

/* Sorts items[0..n); `other` is scratch of the same size. Stable; allocates nothing. */
void ew_sort__by_key(ew_sort_item *items, ew_sort_item *other, size_t n);

#endif
