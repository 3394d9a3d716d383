/* SPDX-License-Identifier: Apache-2.0 */
/* The Hann window. */
#include "dsp/window.h"

#include <math.h>

double ew_hann(double place, double size)
{
    const double pi = 3.14159265358979323846;

    return 0.5 - 0.5 * cos(2 * pi * place / size);
}

void ew_hann_fill(float *w, size_t n, double first)
{
    for (size_t i = 0; i < n; i++)
        w[i] = (float)ew_hann((double)i + first, (double)n);
}
