/* SPDX-License-Identifier: Apache-2.0 */
/* The canvas of pixels: rectangles, lines, discs and letters, all with soft edges. */
#include <math.h>
#include <string.h>

#include "base/bytes.h"
#include "base/utf8.h"
#include "report/inspect_canvas.h"
#include "report/inspect_glyphs.h"

static void blend(ew_raster *r, long x, long y, uint32_t rgb, double share)
{
    uint8_t *p;

    if (x < 0 || y < 0 || (size_t)x >= r->w || (size_t)y >= r->h || share <= 0)
        return;
    p = r->rgb + 3 * ((size_t)y * r->w + (size_t)x);
    for (int i = 0; i < 3; i++) {
        double to = (double)(rgb >> (16 - 8 * i) & 255);
        p[i] = (uint8_t)lrint(p[i] + (to - p[i]) * fmin(share, 1));
    }
}

/* How much of pixel i lies between a and b. */
static double covered(long i, double a, double b)
{
    double low = fmax((double)i, a), high = fmin((double)i + 1, b);

    return fmax(high - low, 0);
}

/* Only what is on the canvas: coordinates may be anywhere. */
static long within(double x, size_t most)
{
    return x < 0 ? 0 : x > (double)most ? (long)most : (long)floor(x);
}

static void rect(ew_canvas *c, ew_box b, uint32_t rgb, double opacity)
{
    ew_raster *r = c->self;

    for (long y = within(b.y, r->h); y <= within(b.y + b.h, r->h); y++)
        for (long x = within(b.x, r->w); x <= within(b.x + b.w, r->w); x++)
            blend(r, x, y, rgb,
                  opacity * covered(x, b.x, b.x + b.w) * covered(y, b.y, b.y + b.h));
}

/* Distance of the middle of a pixel from a piece of a line. */
static double distance(double px, double py, const double *xy)
{
    double dx = xy[2] - xy[0], dy = xy[3] - xy[1], length = dx * dx + dy * dy;
    double along = length > 0 ? ((px - xy[0]) * dx + (py - xy[1]) * dy) / length : 0;

    along = fmin(fmax(along, 0), 1);
    return hypot(px - xy[0] - along * dx, py - xy[1] - along * dy);
}

static void piece(ew_raster *r, const double *xy, ew_stroke s)
{
    const double reach = s.width / 2 + 1;
    const double left = fmin(xy[0], xy[2]) - reach, right = fmax(xy[0], xy[2]) + reach;
    const double top = fmin(xy[1], xy[3]) - reach, bottom = fmax(xy[1], xy[3]) + reach;

    for (long y = within(top, r->h); y <= within(bottom, r->h); y++)
        for (long x = within(left, r->w); x <= within(right, r->w); x++) {
            double d = distance((double)x + 0.5, (double)y + 0.5, xy);
            blend(r, x, y, s.rgb, s.opacity * fmin(fmax(s.width / 2 + 0.5 - d, 0), 1));
        }
}

static void line(ew_canvas *c, const double *xy, size_t n, ew_stroke s)
{
    for (size_t i = 0; i + 1 < n; i++)
        piece(c->self, xy + 2 * i, s);
}

static void disc(ew_canvas *c, double x, double y, double radius, uint32_t rgb)
{
    const double here[4] = {x, y, x, y};

    piece(c->self, here, (ew_stroke){2 * radius, rgb, 1});
}

/* ---------------------------------------------------------------- letters */

static const glyph *find(ew_text_size size, uint32_t cp)
{
    const glyph *list = size == EW_TEXT_LARGE ? large_glyphs : small_glyphs;
    size_t low = 0, high = EW_COUNT(small_glyphs);

    _Static_assert(EW_COUNT(small_glyphs) == EW_COUNT(large_glyphs), "one set");
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (list[middle].cp == cp)
            return &list[middle];
        if (list[middle].cp < cp)
            low = middle + 1;
        else
            high = middle;
    }
    return cp == '?' ? &list[0] : find(size, '?');
}

static const glyph *next_glyph(ew_text_size size, const char **s)
{
    uint32_t cp = 0;
    size_t n = ew_utf8_next(*s, strlen(*s), &cp);

    *s += n > 0 ? n : 1;
    return find(size, n > 0 ? cp : '?');
}

double ew_glyphs_width(ew_text_size size, const char *utf8)
{
    double w = 0;

    while (*utf8 != 0)
        w += next_glyph(size, &utf8)->advance / 4.0;
    return w;
}

static void put_glyph(ew_raster *r, const glyph *g, double pen, double base, uint32_t rgb)
{
    for (size_t i = 0; i < (size_t)g->width * g->height; i++)
        blend(r, lrint(pen) + g->left + (long)(i % g->width),
              lrint(base) + g->top + (long)(i / g->width), rgb,
              (g->pixels[i] - 'a') / 15.0);
}

static void text(ew_canvas *c, ew_text_at at, const char *utf8)
{
    double pen = at.x - ew_glyphs_width(at.size, utf8) * at.anchor / 2;

    while (*utf8 != 0) {
        const glyph *g = next_glyph(at.size, &utf8);
        put_glyph(c->self, g, pen, at.y, at.rgb);
        pen += g->advance / 4.0;
    }
}

static void image(ew_canvas *c, ew_box b, const uint8_t *rgb)
{
    ew_raster *r = c->self;
    const size_t w = (size_t)b.w, h = (size_t)b.h, left = (size_t)b.x, top = (size_t)b.y;

    if (left + w > r->w || top + h > r->h)
        return;
    for (size_t y = 0; y < h; y++)
        memcpy(r->rgb + 3 * ((top + y) * r->w + left), rgb + 3 * y * w, 3 * w);
}

void ew_raster_canvas(ew_canvas *c, ew_raster *r)
{
    static const ew_canvas_ops ops = {rect, line, text, disc, image, NULL};

    c->ops = &ops;
    c->self = r;
    memset(r->rgb, 255, 3 * r->w * r->h);
}
