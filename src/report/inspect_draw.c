/* SPDX-License-Identifier: Apache-2.0 */
/* The picture of an inspection: spectrogram, findings marked and numbered above it, the edge
 * of the bandwidth on it, the noise floor under it, and the findings as a list. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "base/words.h"
#include "report/inspect_plan.h"
#include "report/svg.h"
#include "report/times.h"

enum { TICKS_MAX = 12, LINE_BYTES = 1400, SHA_SHOWN = 4 };

static double seconds(const plan *p, double samples)
{
    return samples / p->f->rate_hz;
}

/* ---------------------------------------------------------------- words */

static const char *worded(const ew_canvas *c, const char *text)
{
    return c->ops->words != NULL ? c->ops->words(text) : text;
}

void put_text(ew_canvas *c, double x, double y, uint32_t rgb, const char *text)
{
    c->ops->text(c, (ew_text_at){x, y, 0, EW_TEXT_SMALL, rgb}, worded(c, text));
}

void put_end(ew_canvas *c, double x, double y, const char *text)
{
    c->ops->text(c, (ew_text_at){x, y, 2, EW_TEXT_SMALL, GREY}, text);
}

void put_middle(ew_canvas *c, double x, double y, uint32_t rgb, const char *text)
{
    c->ops->text(c, (ew_text_at){x, y, 1, EW_TEXT_SMALL, rgb}, text);
}

/* As much of the name as fits, with "…" for the rest. */
static void put_name(ew_canvas *c, ew_text_at at, double room, const char *text)
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

static void put_fitting(ew_canvas *c, ew_text_at at, double room, const char *text)
{
    put_name(c, at, room, worded(c, text));
}

static void head(ew_canvas *c, const plan *p)
{
    const ew_inspect_view *v = p->v;
    const size_t signs = ew_inspect_signs(p->f);
    char line[LINE_BYTES], length[EW_TIME_TEXT], hex[2 * SHA_SHOWN + 1];

    ew_hex(v->sha256, SHA_SHOWN, hex);
    put_name(c, (ew_text_at){LEFT, 32, 0, EW_TEXT_LARGE, INK}, PLOT_W, v->name);
    snprintf(line, sizeof line, EW_N("%s, %s, %u Hz, %u channel%s, SHA-256 %s…"),
             ew_time_text(seconds(p, (double)p->f->samples), length), v->info.codec,
             v->info.stored_rate_hz, v->info.stored_channels,
             v->info.stored_channels == 1 ? "" : "s", hex);
    put_text(c, LEFT, 54, GREY, line);
    if (signs > 0)
        snprintf(line, sizeof line, EW_N("%zu sign%s of change"), signs,
                 signs == 1 ? "" : "s");
    else
        snprintf(line, sizeof line,
                 EW_N("no sign of CHANGE found; absence of detection does not guarantee "
                      "absence"));
    put_text(c, LEFT, 76, INK, line);
}

/* ---------------------------------------------------------------- axes */

void put_across(ew_canvas *c, double x, double y, double w, uint32_t rgb)
{
    c->ops->rect(c, (ew_box){x, floor(y), w, 1}, rgb, 1);
}

static void put_down(ew_canvas *c, double x, double y, double h, uint32_t rgb)
{
    c->ops->rect(c, (ew_box){floor(x), y, 1, h}, rgb, 1);
}

void put_frame(ew_canvas *c, double top, double h)
{
    put_across(c, LEFT, top, PLOT_W, GREY);
    put_across(c, LEFT, top + h - 1, PLOT_W, GREY);
    put_down(c, LEFT, top, h, GREY);
    put_down(c, LEFT + PLOT_W - 1, top, h, GREY);
}

static void time_axis(ew_canvas *c, const plan *p)
{
    const double length = seconds(p, (double)p->f->samples);
    const double step = ew_svg_tick_step(length, TICKS_MAX);
    const double y = p->plot_top + p->plot_h;

    for (double at = 0; at <= length && step > 0; at += step) {
        char text[EW_TIME_TEXT];
        const double x = plan_x(p, at * p->f->rate_hz);
        (void)ew_time_text(at, text);
        text[strlen(text) - (step < 1 ? 2 : 4)] = 0;
        put_down(c, fmin(x, LEFT + PLOT_W - 1), y, 5, GREY);
        if (x < LEFT + PLOT_W - 12)
            put_middle(c, x, y + 19, GREY, text);
        if (p->noise && at > 0)
            put_down(c, fmin(x, LEFT + PLOT_W - 1), p->panel_top, PANEL_H, GRID);
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
        const double y = p->plot_top + p->plot_h * (1 - khz / top_khz);
        snprintf(text, sizeof text, "%.*f", step < 1 ? 1 : 0, khz);
        put_across(c, LEFT - 5, fmin(y, p->plot_top + p->plot_h - 1), 5, GREY);
        if (y > p->plot_top + 14)
            put_end(c, LEFT - 8, y + 5, text);
    }
    put_end(c, LEFT - 8, p->plot_top + 10, "kHz");
}

static void level_axis(ew_canvas *c, const plan *p, ew_levels l)
{
    const double x = LEFT + PLOT_W + 16, h = p->plot_h - 40, top = p->plot_top + 20;

    for (int i = 0; i < (int)h; i++)
        c->ops->rect(c, (ew_box){x, top + i, 14, 1}, ew_inspect_color(1 - i / (h - 1)),
                     1);
    put_across(c, x, top, 14, PALE);
    put_across(c, x, top + h - 1, 14, PALE);
    put_down(c, x, top, h, PALE);
    put_down(c, x + 13, top, h, PALE);
    for (double db = l.high_db; db >= l.low_db - 1e-9; db -= 20) {
        char text[EW_TIME_TEXT];
        const double y = top + (h - 1) * (l.high_db - db) / (l.high_db - l.low_db);
        snprintf(text, sizeof text, "%.0f", db);
        put_across(c, x + 14, y, 4, GREY);
        put_text(c, x + 21, y + 5, GREY, text);
    }
    put_text(c, x, top - 8, GREY, "dB");
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
    const uint32_t rgb = t->kind == EW_TRACE_CHANGE ? CHANGE : FACT;
    char line[LINE_BYTES], at[EW_INSPECT_PLACE_TEXT], rate[EW_INSPECT_RATE_TEXT];

    snprintf(line, sizeof line, "%zu", (size_t)(t - p->f->traces) + 1);
    c->ops->disc(c, LEFT + 9, y - 5, 10.5, rgb);
    put_middle(c, LEFT + 9, y, WHITE, line);
    put_fitting(c, (ew_text_at){LEFT + 30, y, 0, EW_TEXT_SMALL, INK}, room, t->text);
    (void)ew_inspect_place_text(p->f, t, at);
    if (t->kind == EW_TRACE_CHANGE)
        snprintf(line, sizeof line, "%s; %s; %s", at, t->method,
                 ew_inspect_rate_text(t, rate));
    else
        snprintf(line, sizeof line, "%s; %s", at, t->method);
    put_fitting(c, (ew_text_at){LEFT + 30, y + 16, 0, EW_TEXT_SMALL, GREY}, room, line);
}

static void list(ew_canvas *c, const plan *p)
{
    const size_t n = plan_rows(p);
    double y = p->list_top + 14;

    for (size_t i = 0; i < n; i++, y += ROW_H)
        row(c, p, nth(p, i), y);
    if (p->f->trace_count > n) {
        char line[LABEL_BYTES];
        snprintf(line, sizeof line, EW_N("and %zu more"), p->f->trace_count - n);
        put_text(c, LEFT + 30, y, GREY, line);
    }
}

void ew_inspect_draw(ew_canvas *c, const ew_inspect_view *v)
{
    ew_levels levels = {-100, 0};
    uint8_t *rgb = NULL;
    plan p;

    plan_make(&p, v);
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
    put_frame(c, p.plot_top, p.plot_h);
    time_axis(c, &p);
    frequency_axis(c, &p);
    if (p.edge)
        draw_edge(c, &p);
    if (p.noise)
        draw_noise(c, &p);
    draw_marks(c, &p);
    list(c, &p);
}
