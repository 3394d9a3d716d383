/* SPDX-License-Identifier: Apache-2.0 */
/* Findings in the picture: which share a label, where labels stand, how they look. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/inspect_plan.h"

double plan_x(const plan *p, double sample)
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
}

/* Facts about nearly everything have no place to be marked. */
static bool speaks_of_all(const plan *p, const ew_trace *t)
{
    return ew_inspect_is_whole(p->f, t) ||
           (t->kind == EW_TRACE_FACT &&
            (double)(t->end - t->start) > 0.9 * (double)p->f->samples);
}

/* The first lane with room; false when there is none. */
static bool find_lane(mark *m, const double *taken)
{
    for (m->lane = 0; m->lane < LANES_MAX; m->lane++)
        if (m->left >= taken[m->lane] + 3)
            return true;
    return false;
}

/* Findings come in the order of time, so labels go from left to right. */
static void place_labels(plan *p)
{
    double taken[LANES_MAX] = {0, 0, 0};

    for (size_t i = 0; i < p->f->trace_count; i++) {
        const ew_trace *t = &p->f->traces[i];
        mark m = {.x = plan_x(p, (double)t->start), .first = i, .last = i};
        mark *before = p->mark_count > 0 ? &p->marks[p->mark_count - 1] : NULL;
        if (speaks_of_all(p, t) ||
            (t->kind == EW_TRACE_FACT && p->facts > FACTS_LABELLED))
            continue;
        m.sign = t->kind == EW_TRACE_CHANGE;
        measure(&m);
        m.left = m.x - m.w / 2;
        if (before && (p->mark_count == MARKS_MAX || !find_lane(&m, taken))) {
            before->last = i;
            before->sign |= m.sign;
            measure(before); /* grows to the right, where nothing stands yet */
            taken[before->lane] = before->left + before->w;
            continue;
        }
        taken[m.lane] = m.left + m.w;
        p->lanes = m.lane + 1 > p->lanes ? m.lane + 1 : p->lanes;
        p->marks[p->mark_count++] = m;
    }
}

static void plan_marks(plan *p)
{
    for (size_t i = 0; i < p->f->trace_count; i++) {
        const ew_trace *t = &p->f->traces[i];
        if (!speaks_of_all(p, t))
            *(t->kind == EW_TRACE_CHANGE ? &p->signs : &p->facts) += 1;
    }
    place_labels(p);
}

static const ew_curve *curve(const ew_inspection *f, const char *id)
{
    for (size_t i = 0; i < f->curve_count; i++)
        if (strcmp(f->curves[i].id, id) == 0 && f->curves[i].count > 0 &&
            f->curves[i].step > 0)
            return &f->curves[i];
    return NULL;
}

size_t plan_rows(const plan *p)
{
    return p->f->trace_count < ROWS_MAX ? p->f->trace_count : ROWS_MAX;
}

void plan_make(plan *p, const ew_inspect_view *v)
{
    memset(p, 0, sizeof *p);
    p->v = v;
    p->f = v->found;
    p->edge = curve(p->f, "bandwidth");
    p->noise = curve(p->f, "noise-floor");
    p->plot_h = p->f->spectrogram != NULL ? PLOT_H : PLOT_LOW_H;
    plan_marks(p);
    p->plot_top = LANES_TOP + (double)p->lanes * LANE_H + 6;
    p->panel_top = p->plot_top + p->plot_h + AXIS_H + PANEL_GAP;
    p->list_top = p->noise ? p->panel_top + PANEL_H + LIST_GAP
                           : p->plot_top + p->plot_h + AXIS_H + 8;
    p->height = p->list_top + (double)plan_rows(p) * ROW_H + BOTTOM +
                (p->f->trace_count > ROWS_MAX ? 20 : 0);
}

double ew_inspect_draw_height(const ew_inspect_view *v)
{
    plan p;

    plan_make(&p, v);
    return p.height;
}

/* ---------------------------------------------------------------- marks */

/* Too many lines would hide the sound. */
static void bar(ew_canvas *c, const plan *p, double x, uint32_t rgb)
{
    if (p->signs > SIGNS_LINED || rgb == FACT) {
        c->ops->rect(c, (ew_box){x - 0.75, p->plot_top - 5, 1.5, 10}, rgb, 1);
        return;
    }
    c->ops->rect(c, (ew_box){x - 1.75, p->plot_top, 3.5, p->plot_h}, WHITE, 0.7);
    c->ops->rect(c, (ew_box){x - 0.75, p->plot_top, 1.5, p->plot_h}, rgb, 1);
}

static void draw_span(ew_canvas *c, const plan *p, const ew_trace *t)
{
    const uint32_t rgb = t->kind == EW_TRACE_CHANGE ? CHANGE : FACT;
    const double from = plan_x(p, (double)t->start), to = plan_x(p, (double)t->end);

    if (to - from > 3) {
        c->ops->rect(c, (ew_box){from, p->plot_top - 5, to - from, 5}, rgb, 1);
        if (t->kind == EW_TRACE_CHANGE && p->signs <= SIGNS_LINED) {
            c->ops->rect(c, (ew_box){from, p->plot_top, to - from, p->plot_h}, rgb, 0.12);
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
    const uint32_t rgb = m->sign ? CHANGE : FACT;
    const double r = 8.5, half = m->w / 2 - r, x = m->left + m->w / 2;
    char text[LABEL_BYTES];

    label(m, text);
    c->ops->rect(c, (ew_box){m->x - 0.5, bottom, 1, p->plot_top - bottom}, rgb, 1);
    c->ops->disc(c, x - half, bottom - r, r, rgb);
    c->ops->disc(c, x + half, bottom - r, r, rgb);
    c->ops->rect(c, (ew_box){x - half, bottom - 2 * r, 2 * half, 2 * r}, rgb, 1);
    put_middle(c, x, bottom - r + 5, WHITE, text);
}

void draw_marks(ew_canvas *c, const plan *p)
{
    for (size_t i = 0; i < p->f->trace_count; i++)
        if (!speaks_of_all(p, &p->f->traces[i]))
            draw_span(c, p, &p->f->traces[i]);
    for (size_t i = 0; i < p->mark_count; i++)
        draw_label(c, p, &p->marks[i]);
}
