/* SPDX-License-Identifier: Apache-2.0 */
/* All allocation goes through here: products are checked, and tests can fail the n-th call. */
#ifndef EW_BASE_ALLOC_H
#define EW_BASE_ALLOC_H

#include <stddef.h>
#include <stdint.h>

/* Zeroed memory, or NULL. A size of 0 gives a valid pointer. Free with ew_free. */
void *ew_alloc(size_t bytes);

/* Zeroed array; NULL also when n * size overflows. */
void *ew_alloc_array(size_t n, size_t size);

/* Resizes; on failure returns NULL and leaves `old` valid. New bytes are not zeroed. */
void *ew_realloc_array(void *old, size_t n, size_t size);

/* Zeroed array aligned to 64 bytes (SIMD); free with ew_free. */
void *ew_alloc_aligned(size_t n, size_t size);

char *ew_strdup(const char *s);
void ew_free(void *p);

/* Tests: the n-th allocation from now (0 = the next) fails, and all after it when
 * `sticky`. n < 0 switches the fault off. Counting is process-wide and atomic. */
void ew_alloc_fail_at(int64_t n, int sticky);

/* Allocations made since the last ew_alloc_fail_at call. */
int64_t ew_alloc_count(void);

/* Blocks that are allocated and not yet freed, in the whole process. */
int64_t ew_alloc_live(void);

#endif
