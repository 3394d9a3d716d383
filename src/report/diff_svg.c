/* SPDX-License-Identifier: Apache-2.0 */
/* Both recordings as bands with their waveforms, A above B, joined by ribbons: grey where B
 * goes on as A does, coloured and patterned by kind where it does not. */
#include <math.h>
#include <stdio.h>

#include "base/words.h"
#include "earwitness/fingerprint.h"
#include "report/diff_finding.h"
#include "report/svg.h"
#include "report/times.h"

enum {
    WIDTH = 1280,
    LEFT = 64,
    RIGHT = 1240,
    BAND_HEIGHT = 76,
    A_TOP = 112,
    B_TOP = 344,
    LEGEND_TOP = 482,
    LIST_TOP = 522,
    LIST_STEP = 19,
    LIST_ROWS_MAX = 16, /* in each of two columns */
    LIST_COLUMN = 600,
    TICKS_MAX = 12,
    NAME_COLUMNS = 70,
    LABELS_MAX = 128, /* numbers beside a band */
    CROWD = 150,      /* edits; beyond, each is drawn lightly */
    DESCRIBED_MAX = 100
};

static const double scales_differ = 8; /* longer against shorter: then each has its own */

/* The looks of the kinds, by ew_edit_op. Okabe and Ito's colours, darkened; the marks tell
 * them apart without colour. Each fits a tile of 10 by 10. */
static const struct {
    const char *color, *mark, *word;
} looks[] = {
    {"#b3261e", "M-2 12L12 -2M-2 2L2 -2M8 12L12 8", EW_N("deleted")},
    {"#00795a", "M2 5h6M5 2v6", EW_N("inserted")},
    {"#a86400", "M-2 12L12 -2M-2 -2L12 12", EW_N("replaced")},
    {"#0067a3", "M3 0V10", EW_N("moved")},
    {"#7446a8", "M3 0V10M7 0V10", EW_N("repeated")},
    {"#4d4d4d", "M0 5H10", EW_N("silenced")},
    {"#a8457f", "M0 7L2.5 3L5 7L7.5 3L10 7", EW_N("other speed")},
};
enum { LOOKS = sizeof(looks) / sizeof(looks[0]) };

typedef struct pic {
    ew_svg s;
    const ew_diff_finding *f;
    double length[2]; /* seconds that the width stands for */
    double taken[2][LABELS_MAX];
    size_t taken_count[2];
} pic;

static double seconds(double samples)
{
    return samples / EW_FP_RATE_HZ;
}

static const ew_diff *diff_of(const pic *p)
{
    static const ew_diff none;

    return p->f->diff == NULL ? &none : p->f->diff;
}

static double place(const pic *p, int side, double sample)
{
    double share = p->length[side] > 0 ? seconds(sample) / p->length[side] : 0;

    return LEFT + (RIGHT - LEFT) * fmin(fmax(share, 0), 1);
}

static int band_top(int side)
{
    return side == EW_SIDE_A ? A_TOP : B_TOP;
}

static bool is_crowd(const pic *p)
{
    return diff_of(p)->edit_count > CROWD;
}

/* ------------------------------------------------------------------ words */

/* "deleted, A 0:31.408 – 0:33.920" */
static void put_edit(pic *p, const ew_edit *e)
{
    char from[EW_TIME_TEXT];
    char to[EW_TIME_TEXT];

    ew_svg_put(&p->s, "%s", ew_said(ew_edit_words(e)));
    if (ew_edit_has_a(e))
        ew_svg_put(&p->s, ", A %s – %s", ew_time_text(seconds(e->a_start), from),
                   ew_time_text(seconds(e->a_end), to));
    else
        ew_svg_put(&p->s, ew_tr(", at A %s"), ew_time_text(seconds(e->a_start), from));
    if (ew_edit_has_b(e))
        ew_svg_put(&p->s, ", B %s – %s", ew_time_text(seconds(e->b_start), from),
                   ew_time_text(seconds(e->b_end), to));
    else
        ew_svg_put(&p->s, ew_tr(", at B %s"), ew_time_text(seconds(e->b_start), from));
    if (e->op == EW_EDIT_SPEED)
        ew_svg_put(&p->s, ", %.3f×", e->speed);
}

static void headline(pic *p)
{
    size_t n = diff_of(p)->edit_count;

    if (ew_diff_finding_verdict(p->f) == EW_VERDICT_DIFFERS)
        ew_svg_put(&p->s, ew_tr("B differs from A in %zu place%s"), n, n == 1 ? "" : "s");
    else
        ew_svg_text(&p->s, ew_said(ew_diff_verdict_words(ew_diff_finding_verdict(p->f))));
}

/* The whole answer in words, for those who do not see the picture. */
static void description(pic *p)
{
    const ew_diff *d = diff_of(p);

    ew_svg_put(&p->s, "<desc id='desc'>");
    headline(p);
    ew_svg_put(&p->s, ". ");
    for (size_t i = 0; i < d->edit_count && i < DESCRIBED_MAX; i++) {
        ew_svg_put(&p->s, "%zu: ", i + 1);
        put_edit(p, &d->edits[i]);
        ew_svg_put(&p->s, ". ");
    }
    ew_svg_put(&p->s, "</desc>\n");
}

/* ------------------------------------------------------------------ frame */

static size_t list_rows(const pic *p)
{
    size_t n = (diff_of(p)->edit_count + 1) / 2;

    return n < LIST_ROWS_MAX ? n : LIST_ROWS_MAX;
}

static void opening(pic *p)
{
    int rows = (int)list_rows(p);
    int height = rows == 0 ? LEGEND_TOP + 40 : LIST_TOP + rows * LIST_STEP + 30;

    ew_svg_put(&p->s,
               "<?xml version='1.0' encoding='UTF-8'?>\n"
               "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' "
               "viewBox='0 0 %d %d' role='img' aria-labelledby='title desc' "
               "font-family='sans-serif' font-size='13' fill='#1a1a1a'>\n"
               "<title id='title'>%s",
               WIDTH, height, WIDTH, height, ew_tr("What "));
    ew_svg_text(&p->s, p->f->sides[EW_SIDE_B].name);
    ew_svg_put(&p->s, "%s", ew_tr(" changes against "));
    ew_svg_text(&p->s, p->f->sides[EW_SIDE_A].name);
    ew_svg_put(&p->s, "</title>\n");
    description(p);
    ew_svg_put(&p->s, "<defs>\n");
    for (int i = 0; i < LOOKS; i++)
        ew_svg_put(&p->s,
                   "<pattern id='op%d' width='10' height='10' "
                   "patternUnits='userSpaceOnUse'><rect width='10' height='10' "
                   "fill='%s' fill-opacity='0.16'/><path d='%s' stroke='%s' "
                   "stroke-width='1.3' stroke-opacity='0.6' fill='none'/></pattern>\n",
                   i, looks[i].color, looks[i].mark, looks[i].color);
    ew_svg_put(&p->s,
               "</defs>\n<rect x='0.5' y='0.5' width='%d' height='%d' rx='6' fill='#fff' "
               "stroke='#ccc'/>\n<text x='%d' y='40' font-size='20' font-weight='bold'>",
               WIDTH - 1, height - 1, LEFT);
    headline(p);
    ew_svg_put(&p->s, "</text>\n");
}

static void axis(pic *p, int side)
{
    double length = p->length[side];
    double own = seconds((double)p->f->sides[side].samples);
    double step = ew_svg_tick_step(length, TICKS_MAX);
    int edge = side == EW_SIDE_A ? A_TOP : B_TOP + BAND_HEIGHT;
    int down = side == EW_SIDE_A ? -1 : 1;

    ew_svg_put(&p->s, "<g font-size='11' fill='#444' text-anchor='middle'>\n");
    for (int i = 0; i * step <= own && p->s.rc == EW_OK; i++) {
        double x = place(p, side, i * step * EW_FP_RATE_HZ);
        ew_svg_put(&p->s, "<path d='M%.1f %dv%d' stroke='#888'/><text x='%.1f' y='%d'>",
                   x, edge + down, 5 * down, x, edge + (down < 0 ? -10 : 18));
        ew_svg_tick_label(&p->s, i * step, step);
        ew_svg_put(&p->s, "</text>\n");
    }
    ew_svg_put(&p->s, "</g>\n");
}

static void band_name(pic *p, int side)
{
    const ew_diff_side *s = &p->f->sides[side];
    char length[EW_TIME_TEXT];
    int y = side == EW_SIDE_A ? A_TOP - 34 : B_TOP + BAND_HEIGHT + 40;

    ew_svg_put(&p->s,
               "<text x='%d' y='%d' font-size='24' font-weight='bold' "
               "text-anchor='middle' fill='#444'>%c</text>\n"
               "<text x='%d' y='%d'><tspan font-weight='bold'>",
               LEFT - 30, band_top(side) + BAND_HEIGHT / 2 + 9,
               side == EW_SIDE_A ? 'A' : 'B', LEFT, y);
    ew_svg_squeezed(&p->s, s->name, NAME_COLUMNS);
    ew_svg_put(&p->s, "</tspan><tspan dx='10' fill='#444'>");
    if (s->decoded)
        ew_svg_put(&p->s, ew_tr("%s · %s, %g kHz, %u channel%s"),
                   ew_time_text(seconds((double)s->samples), length), s->info.codec,
                   s->info.stored_rate_hz / 1000.0, (unsigned)s->info.stored_channels,
                   s->info.stored_channels == 1 ? "" : "s");
    ew_svg_put(&p->s, "</tspan></text>\n");
}

/* ------------------------------------------------------------------ bands */

static void background(pic *p, int side)
{
    double end = place(p, side, (double)p->f->sides[side].samples);

    ew_svg_put(&p->s,
               "<rect x='%d' y='%d' width='%.1f' height='%d' fill='#f3f4f6' "
               "stroke='#9aa0a6'/>\n",
               LEFT, band_top(side), fmax(end - LEFT, 1), BAND_HEIGHT);
}

/* The outline of the largest samples, as high as the band where they are largest. */
static void waveform(pic *p, int side)
{
    const ew_diff_side *s = &p->f->sides[side];
    double mid = band_top(side) + BAND_HEIGHT / 2.0;
    double end = place(p, side, (double)s->samples);
    float top = 0;

    if (s->peaks == NULL || s->samples == 0)
        return;
    for (int i = 0; i < EW_DIFF_PEAKS; i++)
        top = fmaxf(top, s->peaks[i]);
    if (top <= 0)
        return;
    ew_svg_put(&p->s, "<path fill='#39424e' fill-opacity='0.78' d='M%d %.1f", LEFT, mid);
    for (int i = 0; i < 2 * EW_DIFF_PEAKS; i++) {
        int k = i < EW_DIFF_PEAKS ? i : 2 * EW_DIFF_PEAKS - 1 - i;
        double x = LEFT + (end - LEFT) * (k + 0.5) / EW_DIFF_PEAKS;
        double h = fmax(s->peaks[k] / top * (BAND_HEIGHT / 2.0 - 4), 0.4);
        ew_svg_put(&p->s, "L%.1f %.1f", x, i < EW_DIFF_PEAKS ? mid - h : mid + h);
    }
    ew_svg_put(&p->s, "Z'/>\n");
}

/* A place where something is missing: a line through the band with a wedge at its edge. */
static void point(pic *p, int side, double at, const char *color)
{
    double x = place(p, side, at);
    int edge = side == EW_SIDE_A ? A_TOP + BAND_HEIGHT : B_TOP;
    int down = side == EW_SIDE_A ? 1 : -1;

    ew_svg_put(&p->s,
               "<path d='M%.1f %dv%d' stroke='%s' stroke-width='1.6' "
               "stroke-dasharray='4 2' stroke-opacity='%s'/>",
               x, edge, -down * BAND_HEIGHT, color, is_crowd(p) ? "0.15" : "1");
    if (!is_crowd(p))
        ew_svg_put(&p->s, "<path d='M%.1f %dl-5 %dh10z' fill='%s'/>\n", x,
                   edge - down * 8, 8 * down, color);
}

static void span(pic *p, int side, double from, double to, ew_edit_op op)
{
    double x = place(p, side, fmin(from, to));
    double w = fmax(place(p, side, fmax(from, to)) - x, 1.5);

    ew_svg_put(&p->s,
               "<rect x='%.1f' y='%d' width='%.1f' height='%d' fill='url(#op%d)' "
               "stroke='%s' stroke-opacity='%s'/>",
               x, band_top(side), w, BAND_HEIGHT, (int)op, looks[op].color,
               is_crowd(p) ? "0.15" : "1");
}

static void edit_marks(pic *p, const ew_edit *e, size_t i)
{
    ew_svg_put(&p->s, "<g><title>%zu: ", i + 1);
    put_edit(p, e);
    ew_svg_put(&p->s, "</title>");
    if (ew_edit_has_a(e))
        span(p, EW_SIDE_A, e->a_start, e->a_end, e->op);
    else
        point(p, EW_SIDE_A, e->a_start, looks[e->op].color);
    if (ew_edit_has_b(e))
        span(p, EW_SIDE_B, e->b_start, e->b_end, e->op);
    else
        point(p, EW_SIDE_B, e->b_start, looks[e->op].color);
    if (e->op == EW_EDIT_MOVE && e->b_gap >= 0)
        point(p, EW_SIDE_B, e->b_gap, looks[e->op].color);
    ew_svg_put(&p->s, "</g>\n");
}

/* ------------------------------------------------------------------ ribbons */

/* From [a, b] at the lower edge of A's band to [c, d] at the upper edge of B's. */
static void ribbon(pic *p, const double x[4], const char *look)
{
    int top = A_TOP + BAND_HEIGHT;
    int bend = (B_TOP - top) / 2;

    ew_svg_put(
        &p->s,
        "<path d='M%.1f %dC%.1f %d %.1f %d %.1f %dL%.1f %dC%.1f %d %.1f %d %.1f %dZ' "
        "%s/>\n",
        x[0], top, x[0], top + bend, x[2], B_TOP - bend, x[2], B_TOP, x[3], B_TOP, x[3],
        B_TOP - bend, x[1], top + bend, x[1], top, look);
}

static void stretch_ribbon(pic *p, const ew_stretch *s)
{
    const double x[4] = {place(p, EW_SIDE_A, s->a_start), place(p, EW_SIDE_A, s->a_end),
                         place(p, EW_SIDE_B, s->b_start), place(p, EW_SIDE_B, s->b_end)};

    if (s->in_order)
        ribbon(p, x,
               "fill='#8a97a8' fill-opacity='0.26' stroke='#8a97a8' "
               "stroke-opacity='0.5' stroke-width='0.6'");
}

static void edit_ribbon(pic *p, const ew_edit *e)
{
    char look[160];
    const double x[4] = {place(p, EW_SIDE_A, e->a_start), place(p, EW_SIDE_A, e->a_end),
                         place(p, EW_SIDE_B, e->b_start), place(p, EW_SIDE_B, e->b_end)};

    (void)snprintf(
        look, sizeof(look),
        "fill='url(#op%d)' fill-opacity='0.8' stroke='%s' stroke-opacity='0.8' "
        "stroke-width='0.9'",
        (int)e->op, looks[e->op].color);
    ribbon(p, x, look);
}

/* ------------------------------------------------------------------ numbers */

static bool is_free(const pic *p, int side, double x, double room)
{
    for (size_t i = 0; i < p->taken_count[side]; i++)
        if (fabs(p->taken[side][i] - x) < room)
            return false;
    return p->taken_count[side] < LABELS_MAX;
}

/* Beside the band, where there is room. */
static void number(pic *p, int side, double from, double to, size_t i)
{
    double x = (place(p, side, from) + place(p, side, to)) / 2;
    int y = side == EW_SIDE_A ? A_TOP + BAND_HEIGHT + 16 : B_TOP - 7;
    const ew_edit *e = &diff_of(p)->edits[i];
    double half = i + 1 > 999 ? 17 : i + 1 > 99 ? 13 : i + 1 > 9 ? 10 : 7.5;

    if (!is_free(p, side, x, 2 * half + 2))
        return;
    p->taken[side][p->taken_count[side]++] = x;
    ew_svg_put(&p->s,
               "<rect x='%.1f' y='%d' width='%.1f' height='15' rx='7.5' fill='#fff' "
               "stroke='%s'/><text x='%.1f' y='%d' font-size='11' font-weight='bold' "
               "fill='%s' text-anchor='middle'>%zu</text>\n",
               x - half, y - 11, 2 * half, looks[e->op].color, x, y + 1,
               looks[e->op].color, i + 1);
}

static void numbers(pic *p)
{
    const ew_diff *d = diff_of(p);

    for (size_t i = 0; i < d->edit_count; i++) {
        const ew_edit *e = &d->edits[i];
        number(p, EW_SIDE_A, e->a_start, ew_edit_has_a(e) ? e->a_end : e->a_start, i);
        number(p, EW_SIDE_B, e->b_start, ew_edit_has_b(e) ? e->b_end : e->b_start, i);
    }
}

/* ------------------------------------------------------------------ the foot */

static bool is_used(const pic *p, int op)
{
    for (size_t i = 0; i < diff_of(p)->edit_count; i++)
        if ((int)diff_of(p)->edits[i].op == op)
            return true;
    return false;
}

static void legend(pic *p)
{
    int x = LEFT;

    ew_svg_put(&p->s,
               "<g font-size='12'><rect x='%d' y='%d' width='24' height='14' "
               "fill='#8a97a8' fill-opacity='0.26' stroke='#8a97a8'/>"
               "<text x='%d' y='%d'>%s</text>",
               x, LEGEND_TOP, x + 31, LEGEND_TOP + 11, ew_tr("as in A"));
    x += 106;
    for (int op = 0; op < LOOKS; op++) {
        if (!is_used(p, op))
            continue;
        ew_svg_put(&p->s,
                   "<rect x='%d' y='%d' width='24' height='14' fill='url(#op%d)' "
                   "stroke='%s'/><text x='%d' y='%d'>%s</text>",
                   x, LEGEND_TOP, op, looks[op].color, x + 31, LEGEND_TOP + 11,
                   ew_said(looks[op].word));
        x += 116;
    }
    if (p->length[EW_SIDE_A] != p->length[EW_SIDE_B])
        ew_svg_put(&p->s, "<text x='%d' y='%d' fill='#444' text-anchor='end'>%s</text>",
                   RIGHT, LEGEND_TOP + 11,
                   ew_tr("A and B are drawn to different scales"));
    ew_svg_put(&p->s, "</g>\n");
}

static void list(pic *p)
{
    const ew_diff *d = diff_of(p);
    size_t rows = list_rows(p);

    ew_svg_put(&p->s, "<g font-size='12'>\n");
    for (size_t i = 0; i < d->edit_count && i < 2 * rows; i++) {
        const ew_edit *e = &d->edits[i];
        int x = LEFT + (i < rows ? 0 : LIST_COLUMN);
        int y = LIST_TOP + (int)(i % rows) * LIST_STEP + 10;
        if (i + 1 == 2 * rows && d->edit_count > 2 * rows) {
            ew_svg_put(&p->s, "<text x='%d' y='%d'>", x + 26, y);
            ew_svg_put(&p->s, ew_tr("and %zu more, which are in the text and the JSON"),
                       d->edit_count - i);
            ew_svg_put(&p->s, "</text>\n");
            break;
        }
        ew_svg_put(&p->s,
                   "<text x='%d' y='%d' font-weight='bold' text-anchor='end' "
                   "fill='%s'>%zu</text><text x='%d' y='%d'>",
                   x + 18, y, looks[e->op].color, i + 1, x + 26, y);
        put_edit(p, e);
        ew_svg_put(&p->s, "</text>\n");
    }
    ew_svg_put(&p->s, "</g>\n");
}

static void set_scales(pic *p)
{
    double a = seconds((double)p->f->sides[EW_SIDE_A].samples);
    double b = seconds((double)p->f->sides[EW_SIDE_B].samples);
    double most = fmax(a, b);

    p->length[EW_SIDE_A] = most > scales_differ * a ? a : most;
    p->length[EW_SIDE_B] = most > scales_differ * b ? b : most;
}

ew_code ew_report_diff_svg(const ew_diff_finding *f, ew_buf *out, ew_err *err)
{
    pic p = {.s = {.out = out, .err = err}, .f = f};
    const ew_diff *d = diff_of(&p);

    set_scales(&p);
    opening(&p);
    for (size_t i = 0; i < d->stretch_count; i++)
        stretch_ribbon(&p, &d->stretches[i]);
    for (size_t i = 0; i < d->edit_count; i++)
        edit_ribbon(&p, &d->edits[i]);
    for (int side = EW_SIDE_A; side <= EW_SIDE_B; side++) {
        background(&p, side);
        axis(&p, side);
        band_name(&p, side);
    }
    for (size_t i = 0; i < d->edit_count; i++)
        edit_marks(&p, &d->edits[i], i);
    for (int side = EW_SIDE_A; side <= EW_SIDE_B; side++)
        waveform(&p, side);
    numbers(&p);
    legend(&p);
    list(&p);
    ew_svg_put(&p.s, "</svg>\n");
    return p.s.rc;
}
