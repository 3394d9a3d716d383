/* SPDX-License-Identifier: Apache-2.0 */
/* The Hann window. */
#ifndef EW_DSP_WINDOW_H
#define EW_DSP_WINDOW_H

#include <stddef.h>

/* 0 at places 0 and size, 1 half-way. */
double ew_hann(double place, double size);

/* w[i] = ew_hann(i + first, n). first: 0 for spectra, whose period is n; 0.5 for a window that
 * is the same from both ends. */
void ew_hann_fill(float *w, size_t n, double first);

#endif
