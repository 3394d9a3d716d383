/* SPDX-License-Identifier: Apache-2.0 */
/* One drawing for two kinds of picture: pixels (PNG) and shapes (SVG). Units are pixels, y goes
 * down, text stands on its baseline. */
#ifndef EW_REPORT_INSPECT_CANVAS_H
#define EW_REPORT_INSPECT_CANVAS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "report/inspect_view.h"

typedef struct ew_canvas ew_canvas;

typedef struct ew_box {
    double x, y, w, h;
} ew_box;

typedef enum ew_text_size { EW_TEXT_SMALL, EW_TEXT_LARGE } ew_text_size; /* 13, bold 17 */

/* Where text stands; anchor 0: x is its left end, 1: its middle, 2: its right end. */
typedef struct ew_text_at {
    double x, y;
    int anchor;
    ew_text_size size;
    uint32_t rgb;
} ew_text_at;

typedef struct ew_stroke {
    double width;
    uint32_t rgb;
    double opacity;
} ew_stroke;

typedef struct ew_canvas_ops {
    void (*rect)(ew_canvas *c, ew_box box, uint32_t rgb, double opacity);
    /* xy: n points, x and y in turn */
    void (*line)(ew_canvas *c, const double *xy, size_t n, ew_stroke s);
    void (*text)(ew_canvas *c, ew_text_at at, const char *utf8);
    void (*disc)(ew_canvas *c, double x, double y, double radius, uint32_t rgb);
    /* rgb: rows from the top, three bytes a pixel; one pixel is one unit */
    void (*image)(ew_canvas *c, ew_box box, const uint8_t *rgb);
    /* A text of the program as it is to be written; NULL: in English, of which there are letters. */
    const char *(*words)(const char *english);
} ew_canvas_ops;

/* After a failure nothing more is drawn. */
struct ew_canvas {
    const ew_canvas_ops *ops;
    void *self;
    ew_code rc;
    ew_err *err;
};

enum { EW_CANVAS_WIDTH = 1280 };

/* inspect_draw.c: the height of the picture of v, then the picture. */
double ew_inspect_draw_height(const ew_inspect_view *v);
void ew_inspect_draw(ew_canvas *c, const ew_inspect_view *v);

/* inspect_image.c: the spectrogram as w * h pixels; free with ew_free, NULL: out of memory.
 * The level of the lightest and the darkest colour are told. */
typedef struct ew_levels {
    double low_db, high_db;
} ew_levels;
uint8_t *ew_inspect_image(const ew_spectrogram *s, size_t w, size_t h, int64_t samples,
                          ew_levels *levels);
/* share 0..1, quiet to loud */
uint32_t ew_inspect_color(double share);

/* inspect_raster.c */
double ew_glyphs_width(ew_text_size size, const char *utf8);

/* inspect_png.c: appends a PNG of w * h pixels, three bytes each. */
EW_MUST_CHECK ew_code ew_png_append(ew_buf *out, const uint8_t *rgb, uint32_t w,
                                    uint32_t h, ew_err *err);

/* inspect_raster.c: draws into rgb, w * h pixels, three bytes each. */
typedef struct ew_raster {
    uint8_t *rgb;
    size_t w, h;
} ew_raster;
void ew_raster_canvas(ew_canvas *c, ew_raster *r);

#endif
