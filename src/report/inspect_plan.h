/* SPDX-License-Identifier: Apache-2.0 */
/* Where everything stands in the picture of an inspection. */
#ifndef EW_REPORT_INSPECT_PLAN_H
#define EW_REPORT_INSPECT_PLAN_H

#include <stdbool.h>

#include "report/inspect_canvas.h"

enum {
    LEFT = 64,
    PLOT_W = 1124,
    PLOT_H = 400,
    PLOT_LOW_H = 150, /* without a spectrogram: a curve and the marks */
    LANES_TOP = 92,
    LANE_H = 21,
    LANES_MAX = 3,
    AXIS_H = 46,
    PANEL_H = 84,
    PANEL_GAP = 28,
    LIST_GAP = 30,
    ROW_H = 40,
    ROWS_MAX = 9,
    BOTTOM = 16,
    MARKS_MAX = 256,
    LABEL_BYTES = 48,
    SIGNS_LINED = 60,   /* more are ticks only */
    FACTS_LABELLED = 40 /* more have no numbers */
};

/* Colours: signs of change blue, facts grey; the curves as in their legends. */
enum {
    INK = 0x202020,
    GREY = 0x606060,
    PALE = 0xb8b8b8,
    GRID = 0xe4e4e4,
    WHITE = 0xffffff,
    CHANGE = 0x0067a3,
    FACT = 0x6b6b6b,
    EDGE = 0x00916a,
    NOISE = 0xa86400
};

/* Findings that stand so close that they share a label. */
typedef struct mark {
    double x;           /* of the first finding */
    double left, w;     /* of the label */
    size_t first, last; /* indexes of findings */
    size_t lane;
    bool sign;
} mark;

typedef struct plan {
    const ew_inspect_view *v;
    const ew_inspection *f;
    mark marks[MARKS_MAX];
    size_t mark_count, lanes;
    size_t signs, facts; /* that have a place, not the whole */
    double plot_h, plot_top, panel_top, list_top, height;
    const ew_curve *edge, *noise;
} plan;

void plan_make(plan *p, const ew_inspect_view *v);
double plan_x(const plan *p, double sample); /* of a place in the sound */
size_t plan_rows(const plan *p);             /* findings that the list shows */

/* The lines and labels of the findings, over everything else. */
void draw_marks(ew_canvas *c, const plan *p);

/* Curves on the spectrogram and in the panel under it. */
void draw_edge(ew_canvas *c, const plan *p);
void draw_noise(ew_canvas *c, const plan *p);

/* Shapes that all of them use. */
void put_text(ew_canvas *c, double x, double y, uint32_t rgb, const char *text);
void put_end(ew_canvas *c, double x, double y, const char *text);
void put_middle(ew_canvas *c, double x, double y, uint32_t rgb, const char *text);
void put_frame(ew_canvas *c, double top, double h);
void put_across(ew_canvas *c, double x, double y, double w, uint32_t rgb);

#endif
