/* SPDX-License-Identifier: Apache-2.0 */
/* The picture of an inspection: spectrogram, findings marked and numbered above it, the edge
 * of the bandwidth on it, the noise floor under it, and the findings as a list. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "report/inspect_canvas.h"
#include "report/svg.h"
#include "report/times.h"

enum {
    LEFT = 64,
    PLOT_W = 1124,
    PLOT_H = 400,
    LANES_TOP = 92,
    LANE_H = 21,
    LANES_MAX = 3,
    AXIS_H = 46,
    PANEL_H = 84,
    PANEL_GAP = 22,
    LIST_GAP = 30,
    ROW_H = 40,
    ROWS_MAX = 9,
    BOTTOM = 16,
    MARKS_MAX = 256,
    TICKS_MAX = 12,
    LABEL_BYTES = 48,
    LINE_BYTES = 420
};

static const uint32_t ink = 0x202020, grey = 0x606060, pale = 0xb8b8b8, white = 0xffffff,
                      change = 0x0067a3, fact = 0x6b6b6b, edge = 0x00916a,
                      noise = 0xa86400;

/* Findings that stand so close that they share a label. */
typedef struct mark {
    double x, right; /* of the label */
    double w;
    size_t first, last; /* indexes of findings */
    size_t lane;
    bool sign;
} mark;

typedef struct plan {
    const ew_inspect_view *v;
    const ew_inspection *f;
    mark marks[MARKS_MAX];
    size_t mark_count, lanes;
    double plot_top, panel_top, list_top, height;
    const ew_curve *edge, *noise;
} plan;

static double seconds(const plan *p, double samples)
{
    return samples / p->f->rate_hz;
}

static double place(const plan *p, double sample)
{
    double share = p->f->samples > 0 ? sample / (double)p->f->samples : 0;

    return LEFT + PLOT_W * fmin(fmax(share, 0), 1);
}

/* ---------------------------------------------------------------- planning */

static void label(const mark *m, char text[LABEL_BYTES])
{
    if (m->first == m->last)
        snprintf(text, LABEL_BYTES, "%zu", m->first + 1);
    else
        snprintf(text, LABEL_BYTES, "%zu–%zu", m->first + 1, m->last + 1);
}

static void measure(mark *m)
{
    char text[LABEL_BYTES];

    label(m, text);
    m->w = fmax(ew_glyphs_width(EW_TEXT_SMALL, text) + 10, 18);
    m->right = m->x + m->w / 2;
}

/* The first lane with room; false when there is none. */
static bool find_lane(const plan *p, mark *m, const double *taken)
{
    (void)p;
    for (m->lane = 0; m->lane < LANES_MAX; m->lane++)
        if (m->x - m->w / 2 >= taken[m->lane] + 3)
            return true;
    return false;
}

/* Findings come in the order of time, so labels go from left to right. */
static void plan_marks(plan *p)
{
    double taken[LANES_MAX] = {0, 0, 0};

    for (size_t i = 0; i < p->f->trace_count; i++) {
        const ew_trace *t = &p->f->traces[i];
        mark m = {.x = place(p, ((double)t->start + (double)t->end) / 2),
                  .first = i,
                  .last = i,
                  .sign = t->kind == EW_TRACE_CHANGE};
        mark *before = p->mark_count > 0 ? &p->marks[p->mark_count - 1] : NULL;
        if (ew_inspect_is_whole(p->f, t))
            continue;
        measure(&m);
        if (before && (p->mark_count == MARKS_MAX || !find_lane(p, &m, taken))) {
            before->last = i;
            before->sign |= m.sign;
            measure(before);
            taken[before->lane] = before->right;
            continue;
        }
        taken[m.lane] = m.right;
        p->lanes = m.lane + 1 > p->lanes ? m.lane + 1 : p->lanes;
        p->marks[p->mark_count++] = m;
    }
}

static const ew_curve *curve(const ew_inspection *f, const char *id)
{
    for (size_t i = 0; i < f->curve_count; i++)
        if (strcmp(f->curves[i].id, id) == 0 && f->curves[i].count > 0 &&
            f->curves[i].step > 0)
            return &f->curves[i];
    return NULL;
}

static size_t row_count(const plan *p)
{
    return p->f->trace_count < ROWS_MAX ? p->f->trace_count : ROWS_MAX;
}

static void plan_all(plan *p, const ew_inspect_view *v)
{
    memset(p, 0, sizeof *p);
    p->v = v;
    p->f = v->found;
    p->edge = curve(p->f, "bandwidth");
    p->noise = curve(p->f, "noise-floor");
    plan_marks(p);
    p->plot_top = LANES_TOP + (double)p->lanes * LANE_H + 6;
    p->panel_top = p->plot_top + PLOT_H + AXIS_H + PANEL_GAP;
    p->list_top =
        p->noise ? p->panel_top + PANEL_H + LIST_GAP : p->plot_top + PLOT_H + AXIS_H + 8;
    p->height = p->list_top + (double)row_count(p) * ROW_H + BOTTOM +
                (p->f->trace_count > ROWS_MAX ? 20 : 0);
}

double ew_inspect_draw_height(const ew_inspect_view *v)
{
    plan p;

    plan_all(&p, v);
    return p.height;
}

/* ---------------------------------------------------------------- words */

static void put(ew_canvas *c, double x, double y, uint32_t rgb, const char *text)
{
    c->ops->text(c, (ew_text_at){x, y, 0, EW_TEXT_SMALL, rgb}, text);
}

static void put_end(ew_canvas *c, double x, double y, const char *text)
{
    c->ops->text(c, (ew_text_at){x, y, 2, EW_TEXT_SMALL, grey}, text);
}

static void put_middle(ew_canvas *c, double x, double y, uint32_t rgb, const char *text)
{
    c->ops->text(c, (ew_text_at){x, y, 1, EW_TEXT_SMALL, rgb}, text);
}

/* As much of the text as fits, with "…" for the rest. */
static void put_fitting(ew_canvas *c, ew_text_at at, double room, const char *text)
{
    char cut[LINE_BYTES];
    size_t n;

    snprintf(cut, sizeof cut - 4, "%s", text);
    n = strlen(cut);
    if (n == strlen(text) && ew_glyphs_width(at.size, cut) <= room) {
        c->ops->text(c, at, cut);
        return;
    }
    while (n > 0) {
        n--;
        while (n > 0 && ((unsigned char)cut[n] & 0xC0) == 0x80)
            n--;
        memcpy(cut + n, "…", sizeof "…");
        if (ew_glyphs_width(at.size, cut) <= room)
            break;
    }
    c->ops->text(c, at, cut);
}

static void head(ew_canvas *c, const plan *p)
{
    const ew_inspect_view *v = p->v;
    const size_t signs = ew_inspect_signs(p->f);
    char line[LINE_BYTES], length[EW_TIME_TEXT];

    put_fitting(c, (ew_text_at){LEFT, 32, 0, EW_TEXT_LARGE, ink}, PLOT_W, v->name);
    snprintf(line, sizeof line, "%s, %s, %u Hz, %u channel%s, SHA-256 %02x%02x%02x%02x…",
             ew_time_text(seconds(p, (double)p->f->samples), length), v->info.codec,
             v->info.stored_rate_hz, v->info.stored_channels,
             v->info.stored_channels == 1 ? "" : "s", v->sha256[0], v->sha256[1],
             v->sha256[2], v->sha256[3]);
    put(c, LEFT, 54, grey, line);
    if (signs > 0)
        snprintf(line, sizeof line, "%zu sign%s of change", signs, signs == 1 ? "" : "s");
    else
        snprintf(
            line, sizeof line,
            "no sign of change found; absence of detection does not guarantee absence");
    put(c, LEFT, 76, ink, line);
}

/* ---------------------------------------------------------------- axes */

static void horizontal(ew_canvas *c, double x, double y, double w, uint32_t rgb)
{
    c->ops->rect(c, (ew_box){x, floor(y), w, 1}, rgb, 1);
}

static void vertical(ew_canvas *c, double x, double y, double h, uint32_t rgb)
{
    c->ops->rect(c, (ew_box){floor(x), y, 1, h}, rgb, 1);
}

static void frame(ew_canvas *c, double top, double h)
{
    horizontal(c, LEFT, top, PLOT_W, grey);
    horizontal(c, LEFT, top + h - 1, PLOT_W, grey);
    vertical(c, LEFT, top, h, grey);
    vertical(c, LEFT + PLOT_W - 1, top, h, grey);
}

static void time_axis(ew_canvas *c, const plan *p)
{
    const double length = seconds(p, (double)p->f->samples);
    const double step = ew_svg_tick_step(length, TICKS_MAX);
    const double y = p->plot_top + PLOT_H;

    for (double at = 0; at <= length && step > 0; at += step) {
        char text[EW_TIME_TEXT];
        const double x = place(p, at * p->f->rate_hz);
        (void)ew_time_text(at, text);
        text[strlen(text) - (step < 1 ? 2 : 4)] = 0;
        vertical(c, fmin(x, LEFT + PLOT_W - 1), y, 5, grey);
        if (x < LEFT + PLOT_W - 12)
            put_middle(c, x, y + 19, grey, text);
        if (p->noise && at > 0)
            vertical(c, fmin(x, LEFT + PLOT_W - 1), p->panel_top, PANEL_H, 0xe4e4e4);
    }
}

/* Round numbers, at most ten of them. */
static double round_step(double range)
{
    static const double steps[] = {0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50};

    for (size_t i = 0; i < EW_COUNT(steps); i++)
        if (range / steps[i] <= 10)
            return steps[i];
    return 100;
}

static void frequency_axis(ew_canvas *c, const plan *p)
{
    const double top_khz = p->f->rate_hz / 2000.0, step = round_step(top_khz);

    for (double khz = 0; khz <= top_khz + 1e-9; khz += step) {
        char text[EW_TIME_TEXT];
        const double y = p->plot_top + PLOT_H * (1 - khz / top_khz);
        snprintf(text, sizeof text, "%.*f", step < 1 ? 1 : 0, khz);
        horizontal(c, LEFT - 5, fmin(y, p->plot_top + PLOT_H - 1), 5, grey);
        if (y > p->plot_top + 14)
            put_end(c, LEFT - 8, y + 5, text);
    }
    put_end(c, LEFT - 8, p->plot_top + 10, "kHz");
}

static void level_axis(ew_canvas *c, const plan *p, ew_levels l)
{
    const double x = LEFT + PLOT_W + 16, h = PLOT_H - 40, top = p->plot_top + 20;

    for (int i = 0; i < (int)h; i++)
        c->ops->rect(c, (ew_box){x, top + i, 14, 1}, ew_inspect_color(1 - i / (h - 1)),
                     1);
    horizontal(c, x, top, 14, pale);
    horizontal(c, x, top + h - 1, 14, pale);
    vertical(c, x, top, h, pale);
    vertical(c, x + 13, top, h, pale);
    for (double db = l.high_db; db >= l.low_db - 1e-9; db -= 20) {
        char text[EW_TIME_TEXT];
        const double y = top + (h - 1) * (l.high_db - db) / (l.high_db - l.low_db);
        snprintf(text, sizeof text, "%.0f", db);
        horizontal(c, x + 14, y, 4, grey);
        put(c, x + 21, y + 5, grey, text);
    }
    put(c, x, top - 8, grey, "dB");
}

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
            c->ops->line(c, xy, n, (ew_stroke){4, white, 0.75});
        if (n > 0)
            c->ops->line(c, xy, n, (ew_stroke){1.8, on_image ? edge : noise, 1});
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

static void noise_panel(ew_canvas *c, const plan *p)
{
    const ew_box box = {LEFT, p->panel_top, PLOT_W, PANEL_H};
    double range[2], step;

    range_of(p->noise, range);
    step = range[1] - range[0] > 60 ? 40 : range[1] - range[0] > 30 ? 20 : 10;
    for (double db = range[0]; db <= range[1] + 1e-9; db += step) {
        char text[EW_TIME_TEXT];
        const double y = box.y + (box.h - 1) * (range[1] - db) / (range[1] - range[0]);
        snprintf(text, sizeof text, "%.0f", db);
        horizontal(c, LEFT, y, PLOT_W, 0xe4e4e4);
        put_end(c, LEFT - 8, y + 5, text);
    }
    frame(c, box.y, box.h);
    draw_curve(c, p, p->noise, box, range);
    put(c, LEFT, box.y - 7, noise, "noise floor, dB");
}

static void edge_curve(ew_canvas *c, const plan *p)
{
    const double range[2] = {0, p->f->rate_hz / 2.0};
    const double y = p->plot_top + PLOT_H + 35;
    const double sample[4] = {LEFT, y, LEFT + 26, y};

    draw_curve(c, p, p->edge, (ew_box){LEFT, p->plot_top, PLOT_W, PLOT_H}, range);
    c->ops->line(c, sample, 2, (ew_stroke){1.8, edge, 1});
    put(c, LEFT + 33, y + 5, ink, "upper edge of the sound");
}

/* ---------------------------------------------------------------- marks */

static void bar(ew_canvas *c, const plan *p, double x, uint32_t rgb)
{
    c->ops->rect(c, (ew_box){x - 1.75, p->plot_top, 3.5, PLOT_H}, white, 0.7);
    c->ops->rect(c, (ew_box){x - 0.75, p->plot_top, 1.5, PLOT_H}, rgb, 1);
}

static void draw_span(ew_canvas *c, const plan *p, const ew_trace *t)
{
    const uint32_t rgb = t->kind == EW_TRACE_CHANGE ? change : fact;
    const double from = place(p, (double)t->start), to = place(p, (double)t->end);

    if (to - from > 3) {
        c->ops->rect(c, (ew_box){from, p->plot_top - 5, to - from, 5}, rgb, 1);
        if (t->kind == EW_TRACE_CHANGE) {
            c->ops->rect(c, (ew_box){from, p->plot_top, to - from, PLOT_H}, rgb, 0.12);
            bar(c, p, from, rgb);
            bar(c, p, to, rgb);
        }
    } else {
        bar(c, p, (from + to) / 2, rgb);
    }
}

static void draw_label(ew_canvas *c, const plan *p, const mark *m)
{
    const double bottom = p->plot_top - 8 - (double)(p->lanes - 1 - m->lane) * LANE_H;
    const uint32_t rgb = m->sign ? change : fact;
    const double r = 8.5, half = m->w / 2 - r;
    char text[LABEL_BYTES];

    label(m, text);
    c->ops->rect(c, (ew_box){m->x - 0.5, bottom, 1, p->plot_top - bottom}, rgb, 1);
    c->ops->disc(c, m->x - half, bottom - r, r, rgb);
    c->ops->disc(c, m->x + half, bottom - r, r, rgb);
    c->ops->rect(c, (ew_box){m->x - half, bottom - 2 * r, 2 * half, 2 * r}, rgb, 1);
    put_middle(c, m->x, bottom - r + 5, white, text);
}

static void marks(ew_canvas *c, const plan *p)
{
    for (size_t i = 0; i < p->f->trace_count; i++)
        if (!ew_inspect_is_whole(p->f, &p->f->traces[i]))
            draw_span(c, p, &p->f->traces[i]);
    for (size_t i = 0; i < p->mark_count; i++)
        draw_label(c, p, &p->marks[i]);
}

/* ---------------------------------------------------------------- list */

/* Signs first, then facts, as many as there is room for. */
static const ew_trace *nth(const plan *p, size_t n)
{
    for (int kind = EW_TRACE_CHANGE; kind <= (int)EW_TRACE_FACT; kind++)
        for (size_t i = 0; i < p->f->trace_count; i++)
            if ((int)p->f->traces[i].kind == kind && n-- == 0)
                return &p->f->traces[i];
    return NULL;
}

static void row(ew_canvas *c, const plan *p, const ew_trace *t, double y)
{
    const double room = EW_CANVAS_WIDTH - LEFT - 34 - 16;
    const uint32_t rgb = t->kind == EW_TRACE_CHANGE ? change : fact;
    char line[LINE_BYTES], at[EW_INSPECT_PLACE_TEXT], rate[EW_INSPECT_RATE_TEXT];

    snprintf(line, sizeof line, "%zu", (size_t)(t - p->f->traces) + 1);
    c->ops->disc(c, LEFT + 9, y - 5, 10.5, rgb);
    put_middle(c, LEFT + 9, y, white, line);
    put_fitting(c, (ew_text_at){LEFT + 30, y, 0, EW_TEXT_SMALL, ink}, room, t->text);
    (void)ew_inspect_place_text(p->f, t, at);
    if (t->kind == EW_TRACE_CHANGE)
        snprintf(line, sizeof line, "%s; %s; %s", at, t->method,
                 ew_inspect_rate_text(t, rate));
    else
        snprintf(line, sizeof line, "%s; %s", at, t->method);
    put_fitting(c, (ew_text_at){LEFT + 30, y + 16, 0, EW_TEXT_SMALL, grey}, room, line);
}

static void list(ew_canvas *c, const plan *p)
{
    const size_t n = row_count(p);
    double y = p->list_top + 14;

    for (size_t i = 0; i < n; i++, y += ROW_H)
        row(c, p, nth(p, i), y);
    if (p->f->trace_count > n) {
        char line[LABEL_BYTES];
        snprintf(line, sizeof line, "and %zu more", p->f->trace_count - n);
        put(c, LEFT + 30, y, grey, line);
    }
}

void ew_inspect_draw(ew_canvas *c, const ew_inspect_view *v)
{
    ew_levels levels = {-100, 0};
    uint8_t *rgb = NULL;
    plan p;

    plan_all(&p, v);
    head(c, &p);
    if (p.f->spectrogram && p.f->spectrogram->columns > 0) {
        rgb = ew_inspect_image(p.f->spectrogram, PLOT_W, PLOT_H, p.f->samples, &levels);
        if (rgb == NULL) {
            c->rc = ew_fail_nomem(c->err);
            return;
        }
        c->ops->image(c, (ew_box){LEFT, p.plot_top, PLOT_W, PLOT_H}, rgb);
        ew_free(rgb);
        level_axis(c, &p, levels);
    }
    frame(c, p.plot_top, PLOT_H);
    time_axis(c, &p);
    frequency_axis(c, &p);
    if (p.edge)
        edge_curve(c, &p);
    if (p.noise)
        noise_panel(c, &p);
    marks(c, &p);
    list(c, &p);
}
