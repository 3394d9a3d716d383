/* SPDX-License-Identifier: Apache-2.0 */
/* The two comparisons that qsort needs. */
#include "base/sort.h"

#include <stdlib.h>

static int by_float(const void *x, const void *y)
{
    float a = *(const float *)x, b = *(const float *)y;

    return (a > b) - (a < b);
}

static int by_double(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;

    return (a > b) - (a < b);
}

void ew_sort_floats(float *x, size_t n)
{
    if (n > 1)
        qsort(x, n, sizeof(*x), by_float);
}

void ew_sort_doubles(double *x, size_t n)
{
    if (n > 1)
        qsort(x, n, sizeof(*x), by_double);
}
