/* SPDX-License-Identifier: Apache-2.0 */
/* Levels to colours. Quiet is white and loud is black, so that it prints; between them
 * lightness falls evenly, so that it reads without colour as well. */
#include <math.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/sort.h"
#include "report/inspect_canvas.h"

/* The map "magma" of matplotlib (CC0) from its light end to its dark one. */
static const uint32_t colors[] = {
    0xffffff, 0xfcfdbf, 0xfed395, 0xfea973, 0xfa7d5e, 0xe95462, 0xc83e73,
    0xa3307e, 0x7e2482, 0x59157e, 0x331067, 0x120d31, 0x000004,
};

enum { COLORS = sizeof colors / sizeof *colors, RANGE_MIN_DB = 50, RANGE_MAX_DB = 100 };

uint32_t ew_inspect_color(double share)
{
    const double at = fmin(fmax(share, 0), 1) * (COLORS - 1);
    const int i = at >= COLORS - 1 ? COLORS - 2 : (int)at;
    uint32_t rgb = 0;

    for (int shift = 16; shift >= 0; shift -= 8) {
        double a = (double)(colors[i] >> shift & 255);
        double b = (double)(colors[i + 1] >> shift & 255);
        rgb |= (uint32_t)lrint(a + (b - a) * (at - i)) << shift;
    }
    return rgb;
}

/* From just under the quiet parts to the loudest, in steps of 10 dB. */
static ew_levels choose(float *all, size_t n)
{
    ew_levels l = {-100, 0};
    double low;

    if (n == 0)
        return l;
    ew_sort_floats(all, n);
    l.high_db = 10 * ceil((double)all[(n - 1) - (n - 1) / 2000] / 10);
    low = 10 * floor((double)all[n / 20] / 10);
    l.low_db = fmin(fmax(low, l.high_db - RANGE_MAX_DB), l.high_db - RANGE_MIN_DB);
    return l;
}

/* Loudest of the cells that a pixel covers, so that short sounds stay to be seen. */
static float loudest(const ew_spectrogram *s, const size_t c[2], const size_t r[2])
{
    float most = s->db[c[0] * s->rows + r[0]];

    for (size_t i = c[0]; i < c[1]; i++)
        for (size_t k = r[0]; k < r[1]; k++)
            most = fmaxf(most, s->db[i * s->rows + k]);
    return most;
}

/* Cells i / n .. (i + 1) / n of `count`, at least one. */
static void cells(size_t i, double per_pixel, size_t count, size_t out[2])
{
    out[0] = (size_t)((double)i * per_pixel);
    out[1] = (size_t)ceil((double)(i + 1) * per_pixel);
    if (out[0] >= count)
        out[0] = count - 1;
    if (out[1] > count)
        out[1] = count;
    if (out[1] <= out[0])
        out[1] = out[0] + 1;
}

/* db[y * w + x], highest frequency first. */
static float *scale(const ew_spectrogram *s, size_t w, size_t h, int64_t samples)
{
    const double columns = (double)samples / (double)s->step;
    float *db = ew_alloc_array(w * h, sizeof *db);

    if (db == NULL)
        return NULL;
    for (size_t x = 0; x < w; x++) {
        size_t c[2];
        cells(x, columns / (double)w, s->columns, c);
        for (size_t y = 0; y < h; y++) {
            size_t r[2];
            cells(h - 1 - y, (double)s->rows / (double)h, s->rows, r);
            db[y * w + x] = loudest(s, c, r);
        }
    }
    return db;
}

uint8_t *ew_inspect_image(const ew_spectrogram *s, size_t w, size_t h, int64_t samples,
                          ew_levels *levels)
{
    float *db = scale(s, w, h, samples), *sorted = ew_alloc_array(w * h, sizeof *sorted);
    uint8_t *rgb = ew_alloc_array(w * h, 3);

    if (db == NULL || sorted == NULL || rgb == NULL) {
        ew_free(rgb);
        rgb = NULL;
        goto out;
    }
    for (size_t i = 0; i < w * h; i++)
        sorted[i] = db[i];
    *levels = choose(sorted, w * h);
    for (size_t i = 0; i < w * h; i++) {
        uint32_t c = ew_inspect_color(((double)db[i] - levels->low_db) /
                                      (levels->high_db - levels->low_db));
        rgb[3 * i] = (uint8_t)(c >> 16);
        rgb[3 * i + 1] = (uint8_t)(c >> 8 & 255);
        rgb[3 * i + 2] = (uint8_t)(c & 255);
    }
out:
    ew_free(db);
    ew_free(sorted);
    return rgb;
}
