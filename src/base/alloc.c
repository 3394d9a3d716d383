/* SPDX-License-Identifier: Apache-2.0 */
/* Checked allocation with a fault that tests can place on the n-th call. */
#include "base/alloc.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { EW_CACHE_LINE = 64 };

/* State of the fault; process-wide on purpose, so that threads share one count. */
static _Atomic int64_t fail_at = -1;
static _Atomic int fail_sticky;
static _Atomic int64_t calls;
static _Atomic int64_t live;

static int must_fail(void)
{
    int64_t n = atomic_fetch_add(&calls, 1);
    int64_t at = atomic_load(&fail_at);
    return at >= 0 && (n == at || (n > at && atomic_load(&fail_sticky)));
}

static void *counted(void *p)
{
    if (p != NULL)
        atomic_fetch_add_explicit(&live, 1, memory_order_relaxed);
    return p;
}

void *ew_alloc(size_t bytes)
{
    if (must_fail())
        return NULL;
    return counted(calloc(1, bytes > 0 ? bytes : 1));
}

void *ew_alloc_array(size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes))
        return NULL;
    return ew_alloc(bytes);
}

void *ew_realloc_array(void *old, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes) || must_fail())
        return NULL;
    void *p = realloc(old, bytes > 0 ? bytes : 1);
    return old == NULL ? counted(p) : p;
}

void *ew_alloc_aligned(size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes) || bytes > SIZE_MAX - EW_CACHE_LINE)
        return NULL;
    if (must_fail())
        return NULL;
    /* aligned_alloc wants a multiple of the alignment. */
    bytes = (bytes / EW_CACHE_LINE + 1) * EW_CACHE_LINE;
    void *p = aligned_alloc(EW_CACHE_LINE, bytes);
    if (p != NULL)
        memset(p, 0, bytes);
    return counted(p);
}

char *ew_strdup(const char *s)
{
    size_t n = strlen(s) + 1;
    char *copy = ew_alloc(n);
    if (copy != NULL)
        memcpy(copy, s, n);
    return copy;
}

void ew_free(void *p)
{
    if (p == NULL)
        return;
    atomic_fetch_sub_explicit(&live, 1, memory_order_relaxed);
    free(p);
}

void ew_alloc_fail_at(int64_t n, int sticky)
{
    atomic_store(&fail_at, -1);
    atomic_store(&fail_sticky, sticky);
    atomic_store(&calls, 0);
    atomic_store(&fail_at, n);
}

int64_t ew_alloc_count(void)
{
    return atomic_load(&calls);
}

int64_t ew_alloc_live(void)
{
    return atomic_load(&live);
}
