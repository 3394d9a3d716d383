/* SPDX-License-Identifier: Apache-2.0 */
/* Borders to the sample, where the sound allows: what is left of B when A along the line is
 * taken away changes its power there. */
#ifndef EW_COMPARE_SHARPEN_H
#define EW_COMPARE_SHARPEN_H

#include "compare/line.h"

/* A line that ends or begins at sample t of B. */
typedef struct ew_border {
    const ew_cline *line; /* NULL: ignored */
    double t;
    bool begins; /* holds after t; else before t */
} ew_border;

/* How far all n borders are to be moved together, in samples, so that each line holds on its
 * side and not beyond (maximum likelihood change of variance); 0 when nothing tells. */
double ew_borders_shift(const ew_pair *p, const ew_border *borders, size_t n);

#endif
