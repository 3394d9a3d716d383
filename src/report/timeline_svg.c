/* SPDX-License-Identifier: Apache-2.0 */
/* The timeline of positions as a picture. */
#include "report/timeline_svg.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "base/when.h"
#include "base/words.h"
#include "report/svg.h"

enum {
    WIDTH = 1200,
    LEFT = 230,
    RIGHT = 1150,
    TOP = 56,
    ROW = 54,
    LEGEND = 56,
    NAME_COLUMNS = 30,
    TICKS_MAX = 8,
    DAY_SECONDS = 86400,
    ISO_DAY = 10,
    ISO_MONTH = 7,
    SIZE = 7
};

typedef struct pic {
    const ew_said_picture *p;
    ew_svg s;
    double first, last; /* days */
} pic;

static const char *const colors[] = {"#0072b2", "#c04a00", "#7a5c00", "#555555",
                                     "#8a2f6b"};
static const char *const words[] = {EW_N("says that it is true"),
                                    EW_N("says that it is not"), EW_N("takes back"),
                                    EW_N("says nothing"), EW_N("is asked")};

static double x_of(const pic *p, double day)
{
    return LEFT + (RIGHT - LEFT) * (day - p->first) / (p->last - p->first);
}

static double y_of(size_t row)
{
    return TOP + (double)row * ROW + ROW / 2.0;
}

static void span(pic *p)
{
    p->first = INFINITY;
    p->last = -INFINITY;
    for (size_t i = 0; i < p->p->mark_count; i++) {
        p->first = fmin(p->first, p->p->marks[i].day);
        p->last = fmax(p->last, fmax(p->p->marks[i].day_to, p->p->marks[i].day));
    }
    double room = fmax((p->last - p->first) * 0.04, 1);
    p->first -= room;
    p->last += room;
}

/* ------------------------------------------------------------------ parts */

static void shape(pic *p, ew_said_look look, double x, double y)
{
    const char *c = colors[look];
    double r = SIZE;
    switch (look) {
    case EW_SAID_TRUE:
        ew_svg_put(&p->s, "<circle cx='%.1f' cy='%.1f' r='%.1f' fill='%s'/>", x, y, r, c);
        break;
    case EW_SAID_FALSE:
        ew_svg_put(&p->s,
                   "<rect x='%.1f' y='%.1f' width='%.1f' height='%.1f' fill='%s'/>",
                   x - r, y - r, 2 * r, 2 * r, c);
        break;
    case EW_SAID_TAKEN:
        ew_svg_put(&p->s,
                   "<path d='M%.1f %.1fl%.1f %.1fm0 %.1fl%.1f %.1f' stroke='%s' "
                   "stroke-width='3' fill='none'/>",
                   x - r, y - r, 2 * r, 2 * r, -2 * r, -2 * r, 2 * r, c);
        break;
    case EW_SAID_NOTHING:
        ew_svg_put(&p->s,
                   "<circle cx='%.1f' cy='%.1f' r='%.1f' fill='#fff' stroke='%s' "
                   "stroke-width='2'/>",
                   x, y, r - 1, c);
        break;
    case EW_SAID_ASKED:
        ew_svg_put(&p->s, "<path d='M%.1f %.1fl%.1f %.1fh%.1fz' fill='%s'/>", x, y - r, r,
                   2 * r, -2 * r, c);
        break;
    }
}

static void put_mark(pic *p, size_t i)
{
    const ew_said_mark *m = &p->p->marks[i];
    double x = x_of(p, m->day);
    double y = y_of(m->row);
    ew_svg_put(&p->s, "<g><title>%lld: ", (long long)m->number);
    ew_svg_text(&p->s, m->date);
    ew_svg_put(&p->s, " ");
    ew_svg_text(&p->s, ew_said(m->stance));
    ew_svg_put(&p->s, "</title>");
    if (m->day_to > m->day + 0.01)
        ew_svg_put(&p->s,
                   "<path d='M%.1f %.1fH%.1f' stroke='%s' stroke-width='2' "
                   "stroke-dasharray='2 3'/>",
                   x, y, x_of(p, m->day_to), colors[m->look]);
    shape(p, m->look, x, y);
    ew_svg_put(&p->s,
               "<text x='%.1f' y='%.1f' font-size='11' text-anchor='middle'>%lld</text>"
               "</g>\n",
               x, y + SIZE + 12, (long long)m->number);
}

static void put_turn(pic *p, const ew_said_turn *t)
{
    const ew_said_mark *a = &p->p->marks[t->from];
    const ew_said_mark *b = &p->p->marks[t->to];
    double x0 = x_of(p, a->day);
    double x1 = x_of(p, b->day);
    double y = y_of(a->row) - SIZE - 2;
    ew_svg_put(&p->s,
               "<path d='M%.1f %.1fQ%.1f %.1f %.1f %.1f' fill='none' stroke='#1a1a1a' "
               "stroke-width='1.6'/><path d='M%.1f %.1fl-7 -3l3 -5z' fill='#1a1a1a'/>\n",
               x0, y, (x0 + x1) / 2, y - 22, x1 - 1, y, x1, y + 1);
}

static void put_rows(pic *p)
{
    for (size_t i = 0; i < p->p->row_count; i++) {
        ew_svg_put(&p->s,
                   "<path d='M%d %.1fH%d' stroke='#d0d0d0'/><text x='%d' y='%.1f' "
                   "text-anchor='end' font-weight='bold'>",
                   LEFT, y_of(i), RIGHT, LEFT - 16, y_of(i) + 4);
        ew_svg_squeezed(&p->s, p->p->rows[i], NAME_COLUMNS);
        ew_svg_put(&p->s, "</text>\n");
    }
}

/* Days where there are few, else months or years. */
static void put_axis(pic *p)
{
    static const double steps[] = {1, 2, 7, 14, 30, 61, 91, 182, 365, 1826, 3652};
    double step = 36525;
    char iso[EW_ISO_TEXT];
    for (size_t i = sizeof steps / sizeof steps[0]; i-- > 0;)
        if ((p->last - p->first) / steps[i] <= TICKS_MAX)
            step = steps[i];
    for (double day = ceil(p->first / step) * step; day <= p->last; day += step) {
        double x = x_of(p, day);
        (void)ew_iso_text((int64_t)day * DAY_SECONDS, iso);
        ew_svg_put(&p->s,
                   "<path d='M%.1f %dv%.1f' stroke='#ececec'/><text x='%.1f' y='%d' "
                   "font-size='12' fill='#444' text-anchor='middle'>%.*s</text>\n",
                   x, TOP - 8, (double)p->p->row_count * ROW + 8, x, TOP - 16,
                   step > 360 ? ISO_MONTH : ISO_DAY, iso);
    }
}

static void put_legend(pic *p)
{
    double y = TOP + (double)p->p->row_count * ROW + 34;
    double x = 40;
    for (int look = EW_SAID_TRUE; look <= EW_SAID_ASKED; look++) {
        const char *said = ew_said(words[look]);
        shape(p, (ew_said_look)look, x, y - 4);
        ew_svg_put(&p->s, "<text x='%.1f' y='%.1f' font-size='12'>%s</text>\n", x + 14, y,
                   said);
        x += 30 + 7.2 * (double)ew_utf8_columns(said, strlen(said));
    }
    ew_svg_put(&p->s,
               "<path d='M%.1f %.1fq14 -14 28 0' fill='none' stroke='#1a1a1a' "
               "stroke-width='1.6'/><path d='M%.1f %.1fl-7 -3l3 -5z' fill='#1a1a1a'/>"
               "<text x='%.1f' y='%.1f' font-size='12'>%s</text>\n",
               x - 4, y - 2, x + 25, y - 1, x + 34, y, ew_tr("says the opposite later"));
}

static void description(pic *p)
{
    ew_svg_put(&p->s, "<desc id='desc'>");
    for (size_t i = 0; i < p->p->mark_count; i++) {
        const ew_said_mark *m = &p->p->marks[i];
        ew_svg_put(&p->s, "%lld: ", (long long)m->number);
        ew_svg_text(&p->s, p->p->rows[m->row]);
        ew_svg_put(&p->s, ", ");
        ew_svg_text(&p->s, m->date);
        ew_svg_put(&p->s, ", ");
        ew_svg_text(&p->s, ew_said(m->stance));
        ew_svg_put(&p->s, ". ");
    }
    ew_svg_put(&p->s, "</desc>\n");
}

ew_code ew_timeline_svg(const ew_said_picture *what, ew_buf *out, ew_err *err)
{
    pic p = {.p = what, .s = {out, err, EW_OK}};
    int height = TOP + (int)what->row_count * ROW + LEGEND;
    span(&p);
    ew_svg_put(&p.s,
               "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' "
               "viewBox='0 0 %d %d' role='img' aria-labelledby='title desc' "
               "font-family='sans-serif' font-size='13' fill='#1a1a1a'>\n"
               "<title id='title'>%s</title>\n",
               WIDTH, height, WIDTH, height, ew_tr("Who said what when"));
    description(&p);
    ew_svg_put(&p.s, "<rect width='100%%' height='100%%' fill='#fff'/>\n");
    put_axis(&p);
    put_rows(&p);
    for (size_t i = 0; i < what->turn_count; i++)
        put_turn(&p, &what->turns[i]);
    for (size_t i = 0; i < what->mark_count; i++)
        put_mark(&p, i);
    put_legend(&p);
    ew_svg_put(&p.s, "</svg>\n");
    return p.s.rc;
}
