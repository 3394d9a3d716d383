/* SPDX-License-Identifier: Apache-2.0 */
/* Means and quantiles of rows of bands. */
#include "inspect/loudness.h"

#include <string.h>

#include "base/alloc.h"

enum { BLOCK = EW_INSPECT__BANDS_PER_S, BLOCKS_BEFORE = 2, BLOCKS_AFTER = 4 };

/* Quantiles are taken from a histogram with eight steps per stored step. */
enum { FINE = 8, SLOTS = 256 * FINE };

float ew_inspect__loudness_quantile(const float *values, size_t n, double q)
{
    uint32_t slots[SLOTS] = {0};
    size_t below = 0, want = (size_t)(q * (double)(n - 1));
    size_t i = 0;

    for (size_t k = 0; k < n; k++) {
        float v = values[k] * FINE;
        slots[v < 0 ? 0 : v > SLOTS - 1 ? SLOTS - 1 : (size_t)v]++;
    }
    while (i < SLOTS - 1 && below + slots[i] <= want)
        below += slots[i++];
    return ((float)i + 1) / FINE;
}

ew_code ew_inspect__loudness(const ew_inspect__bands *b, float **level, float **around,
                             ew_err *err)
{
    size_t rows = ew_inspect__bands_rows(b), n = ew_inspect__bands_count(b);
    float *l = ew_alloc_array(rows, sizeof *l), *a = ew_alloc_array(rows, sizeof *a);

    if (!l || !a) {
        ew_free(l);
        ew_free(a);
        return ew_fail_nomem(err);
    }
    for (size_t i = 0; i < rows; i++) {
        const uint8_t *row = ew_inspect__bands_row(b, i);
        int sum = 0;

        for (size_t k = 0; k < n; k++)
            sum += row[k];
        l[i] = (float)sum / (float)n;
    }
    for (size_t i = 0; i < rows; i += BLOCK) {
        size_t from = i > BLOCKS_BEFORE * BLOCK ? i - BLOCKS_BEFORE * BLOCK : 0;
        size_t to = i + BLOCKS_AFTER * BLOCK < rows ? i + BLOCKS_AFTER * BLOCK : rows;
        float v = ew_inspect__loudness_quantile(l + from, to - from, 0.85);

        for (size_t k = i; k < rows && k < i + BLOCK; k++)
            a[k] = v;
    }
    *level = l;
    *around = a;
    return EW_OK;
}
