/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers in rising order. There must be no NaN among them. */
#ifndef EW_BASE_SORT_H
#define EW_BASE_SORT_H

#include <stddef.h>

void ew_sort_floats(float *x, size_t n);
void ew_sort_doubles(double *x, size_t n);

#endif
