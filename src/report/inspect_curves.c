/* SPDX-License-Identifier: Apache-2.0 */
/* The curves in the picture: upper edge of the sound, noise floor. */
#include <math.h>
#include <stdio.h>

#include "base/words.h"
#include "report/inspect_plan.h"
#include "report/times.h"

/* ---------------------------------------------------------------- curves */

/* Mean of what is known under pixel column x; NAN when nothing is. */
static double mean_at(const plan *p, const ew_curve *k, int x)
{
    const double per_pixel = (double)p->f->samples / PLOT_W;
    double from = floor((per_pixel * x - (double)k->first) / (double)k->step);
    double to = ceil((per_pixel * (x + 1) - (double)k->first) / (double)k->step);
    double sum = 0;
    size_t n = 0;

    from = fmax(from, 0);
    to = fmin(to, (double)k->count);
    for (double i = from; i < to; i++) {
        double v = (double)k->values[(size_t)i];
        if (isfinite(v)) {
            sum += v;
            n++;
        }
    }
    return n > 0 ? sum / (double)n : NAN;
}

/* Lines are broken where nothing is known. `low` is at the bottom of the box. */
static void draw_curve(ew_canvas *c, const plan *p, const ew_curve *k, ew_box box,
                       const double range[2])
{
    const bool on_image = k == p->edge;
    double xy[2 * PLOT_W];
    size_t n = 0;

    for (int x = 0; x <= PLOT_W; x++) {
        const double v = x < PLOT_W ? mean_at(p, k, x) : NAN;
        const double share = (v - range[0]) / (range[1] - range[0]);
        if (isfinite(v)) {
            xy[2 * n] = box.x + x + 0.5;
            xy[2 * n + 1] = box.y + box.h * (1 - fmin(fmax(share, 0), 1));
            n++;
            continue;
        }
        if (n > 0 && on_image)
            c->ops->line(c, xy, n, (ew_stroke){4, WHITE, 0.75});
        if (n > 0)
            c->ops->line(c, xy, n, (ew_stroke){1.8, on_image ? EDGE : NOISE, 1});
        n = 0;
    }
}

static void range_of(const ew_curve *k, double range[2])
{
    range[0] = INFINITY;
    range[1] = -INFINITY;
    for (size_t i = 0; i < k->count; i++) {
        if (!isfinite(k->values[i]))
            continue;
        range[0] = fmin(range[0], (double)k->values[i]);
        range[1] = fmax(range[1], (double)k->values[i]);
    }
    range[0] = isfinite(range[0]) ? 10 * floor(range[0] / 10) : -100;
    range[1] = isfinite(range[1]) ? 10 * ceil(range[1] / 10) : 0;
    if (range[1] - range[0] < 20)
        range[0] = range[1] - 20;
}

void draw_noise(ew_canvas *c, const plan *p)
{
    const ew_box box = {LEFT, p->panel_top, PLOT_W, PANEL_H};
    double range[2], step;

    range_of(p->noise, range);
    step = range[1] - range[0] > 100 ? 40 : range[1] - range[0] > 40 ? 20 : 10;
    for (double db = range[0]; db <= range[1] + 1e-9; db += step) {
        char text[EW_TIME_TEXT];
        const double y = box.y + (box.h - 1) * (range[1] - db) / (range[1] - range[0]);
        snprintf(text, sizeof text, "%.0f", db);
        put_across(c, LEFT, y, PLOT_W, GRID);
        put_end(c, LEFT - 8, y + 5, text);
    }
    put_frame(c, box.y, box.h);
    draw_curve(c, p, p->noise, box, range);
    put_text(c, LEFT, box.y - 7, NOISE, EW_N("noise floor, dB"));
}

void draw_edge(ew_canvas *c, const plan *p)
{
    const double range[2] = {0, p->f->rate_hz / 2.0};
    const double y = p->plot_top + p->plot_h + 35;
    const double sample[4] = {LEFT, y, LEFT + 26, y};

    draw_curve(c, p, p->edge, (ew_box){LEFT, p->plot_top, PLOT_W, p->plot_h}, range);
    c->ops->line(c, sample, 2, (ew_stroke){1.8, EDGE, 1});
    put_text(c, LEFT + 33, y + 5, INK, EW_N("upper edge of the sound"));
}
