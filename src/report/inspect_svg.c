/* SPDX-License-Identifier: Apache-2.0 */
/* The picture of an inspection as SVG; only the spectrogram in it is made of pixels. */
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"
#include "report/inspect_canvas.h"
#include "report/report.h"
#include "report/svg.h"

static void rect(ew_canvas *c, ew_box b, uint32_t rgb, double opacity)
{
    ew_svg_put(c->self, "<rect x='%.1f' y='%.1f' width='%.1f' height='%.1f' fill='#%06x'",
               b.x, b.y, b.w, b.h, rgb);
    if (opacity < 1)
        ew_svg_put(c->self, " fill-opacity='%.2f'", opacity);
    ew_svg_put(c->self, "/>\n");
}

static void line(ew_canvas *c, const double *xy, size_t n, ew_stroke s)
{
    if (n < 2)
        return;
    ew_svg_put(c->self, "<polyline fill='none' stroke='#%06x' stroke-width='%.1f'", s.rgb,
               s.width);
    if (s.opacity < 1)
        ew_svg_put(c->self, " stroke-opacity='%.2f'", s.opacity);
    ew_svg_put(c->self, " points='");
    for (size_t i = 0; i < n; i++)
        ew_svg_put(c->self, "%s%.1f,%.1f", i > 0 ? " " : "", xy[2 * i], xy[2 * i + 1]);
    ew_svg_put(c->self, "'/>\n");
}

static void disc(ew_canvas *c, double x, double y, double radius, uint32_t rgb)
{
    ew_svg_put(c->self, "<circle cx='%.1f' cy='%.1f' r='%.1f' fill='#%06x'/>\n", x, y,
               radius, rgb);
}

static void text(ew_canvas *c, ew_text_at at, const char *utf8)
{
    static const char *const anchors[] = {"start", "middle", "end"};

    ew_svg_put(c->self, "<text x='%.1f' y='%.1f' fill='#%06x'", at.x, at.y, at.rgb);
    if (at.anchor > 0)
        ew_svg_put(c->self, " text-anchor='%s'", anchors[at.anchor]);
    if (at.size == EW_TEXT_LARGE)
        ew_svg_put(c->self, " font-size='17' font-weight='bold'");
    ew_svg_put(c->self, ">");
    ew_svg_text(c->self, utf8);
    ew_svg_put(c->self, "</text>\n");
}

/* ---------------------------------------------------------------- pixels */

static void put_base64(ew_svg *s, const uint8_t *p, size_t n)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < n; i += 3) {
        const size_t left = n - i;
        const uint32_t v = (uint32_t)p[i] << 16 |
                           (left > 1 ? (uint32_t)p[i + 1] << 8 : 0) |
                           (left > 2 ? (uint32_t)p[i + 2] : 0);
        ew_svg_put(s, "%c%c%c%c", digits[v >> 18], digits[v >> 12 & 63],
                   left > 1 ? digits[v >> 6 & 63] : '=', left > 2 ? digits[v & 63] : '=');
    }
}

static void image(ew_canvas *c, ew_box b, const uint8_t *rgb)
{
    ew_svg *s = c->self;
    ew_buf png;

    ew_buf_init(&png, EW_REPORT_MAX);
    if (s->rc == EW_OK)
        s->rc = ew_png_append(&png, rgb, (uint32_t)b.w, (uint32_t)b.h, s->err);
    ew_svg_put(s,
               "<image x='%.1f' y='%.1f' width='%.1f' height='%.1f' "
               "xlink:href='data:image/png;base64,",
               b.x, b.y, b.w, b.h);
    if (s->rc == EW_OK)
        put_base64(s, png.data, png.len);
    ew_svg_put(s, "'/>\n");
    ew_buf_release(&png);
}

/* The findings in words, for those who do not see the picture. */
static void describe(ew_svg *s, const ew_inspect_view *v)
{
    const ew_inspection *f = v->found;
    const size_t signs = ew_inspect_signs(f);

    ew_svg_put(s, "<title id='title'>%s", ew_tr("What "));
    ew_svg_text(s, v->name);
    ew_svg_put(s, "%s</title>\n<desc id='desc'>", ew_tr(" betrays about itself"));
    if (signs > 0)
        ew_svg_put(s, ew_tr("%zu sign%s of change."), signs, signs == 1 ? "" : "s");
    else
        ew_svg_put(s, "%s", ew_tr("No sign of change found."));
    for (size_t i = 0; i < f->trace_count && i < 100; i++) {
        char place[EW_INSPECT_PLACE_TEXT];
        ew_svg_put(s, " %zu: %s: ", i + 1,
                   ew_said(ew_inspect_place_text(f, &f->traces[i], place)));
        ew_svg_text(s, ew_said(f->traces[i].text));
        ew_svg_put(s, ".");
    }
    ew_svg_put(s, "</desc>\n");
}

ew_code ew_report_inspect_svg(const ew_inspect_view *v, ew_buf *out, ew_err *err)
{
    static const ew_canvas_ops ops = {rect, line, text, disc, image, ew_said};
    ew_svg s = {out, err, EW_OK};
    ew_canvas c = {.ops = &ops, .self = &s, .rc = EW_OK, .err = err};
    const double height = ew_inspect_draw_height(v);

    ew_svg_put(&s,
               "<svg xmlns='http://www.w3.org/2000/svg' "
               "xmlns:xlink='http://www.w3.org/1999/xlink' viewBox='0 0 %d %.0f' "
               "width='%d' height='%.0f' role='img' aria-labelledby='title desc' "
               "font-family='DejaVu Sans, Verdana, sans-serif' font-size='13'>\n",
               EW_CANVAS_WIDTH, height, EW_CANVAS_WIDTH, height);
    describe(&s, v);
    rect(&c, (ew_box){0, 0, EW_CANVAS_WIDTH, height}, 0xffffff, 1);
    ew_inspect_draw(&c, v);
    ew_svg_put(&s, "</svg>\n");
    return c.rc == EW_OK ? s.rc : c.rc;
}
