/* SPDX-License-Identifier: Apache-2.0 */
/* The family as a picture: the tree on the left, one copy a row; on the right which part of
 * the whole each copy holds, where it sounds best of all, and where something lies over it. */
#include <math.h>

#include "base/alloc.h"
#include "base/words.h"
#include "report/family_tree.h"
#include "report/svg.h"
#include "report/times.h"

enum {
    WIDTH = 1280,
    LEFT = 44,
    TREE_END = 800,
    TIME_LEFT = 836,
    TIME_RIGHT = 1240,
    TOP = 112, /* of the first row */
    ROW = 42,
    BAR_HEIGHT = 16,
    STEP_MAX = 28,
    TREE_WIDTH_MAX = 320,
    COLUMN_WIDTH_TENTHS = 72, /* of a pixel, for names; of small text 60 */
    SMALL_WIDTH_TENTHS = 60,
    DISC = 6,
    TICKS_MAX = 6,
    DESCRIBED_MAX = 200
};

typedef struct pic {
    ew_svg s;
    const ew_family_finding *f;
    const ew_limbs *limbs;
    double *begin; /* of each family's timeline, samples */
    double length; /* of the longest, seconds */
    double step;   /* to the right for each depth */
} pic;

static double seconds(double samples)
{
    return samples / EW_FAMILY_RATE_HZ;
}

static const ew_member *member(const pic *p, size_t copy)
{
    return &p->f->family->members[copy];
}

static int row_y(size_t row)
{
    return TOP + (int)row * ROW + 14;
}

static double limb_x(const pic *p, const ew_limb *x)
{
    return LEFT + DISC + (double)x->depth * p->step;
}

/* ------------------------------------------------------------------ words */

static void put_percent(pic *p, double share)
{
    char text[EW_TIME_TEXT];

    ew_svg_put(&p->s, "%s", ew_certainty_text(share, text));
}

/* What can be heard of it; the rest is for those who read on. */
static bool is_plain(ew_why why)
{
    return why == EW_WHY_START_GONE || why == EW_WHY_END_GONE || why == EW_WHY_BAND ||
           why == EW_WHY_GAIN || why == EW_WHY_OVERLAY;
}

static ew_code put_reasons(const pic *p, const ew_member *m, bool brief, ew_buf *out)
{
    bool first = true;
    ew_code rc = EW_OK;

    for (size_t i = 0; i < m->reason_count && rc == EW_OK; i++) {
        if (brief && !is_plain(m->reasons[i].why))
            continue;
        rc = ew_buf_printf(out, p->s.err, "%s%s", first ? ": " : "; ",
                           ew_said(m->reasons[i].text));
        first = false;
    }
    if (rc == EW_OK && first && brief)
        rc = ew_buf_printf(out, p->s.err, ew_tr(": coded again"));
    return rc;
}

/* What hangs how, and why. */
static ew_code about(const pic *p, size_t copy, bool brief, ew_buf *out)
{
    const ew_member *m = member(p, copy);
    char text[EW_TIME_TEXT];
    ew_code rc = EW_OK;

    switch (m->kind) {
    case EW_MEMBER_ROOT:
        return ew_buf_printf(out, p->s.err, ew_tr("nearest to the source (%s)"),
                             ew_certainty_text(m->certainty, text));
    case EW_MEMBER_DUPLICATE:
        return ew_buf_printf(out, p->s.err, "%s", ew_tr("the same sound"));
    case EW_MEMBER_UNRELATED:
        return ew_buf_printf(out, p->s.err, "%s", ew_tr("belongs to no other"));
    case EW_MEMBER_SILENT:
        return ew_buf_printf(out, p->s.err, "%s", ew_tr("nothing to compare"));
    case EW_MEMBER_UNDECIDED:
        rc = ew_buf_printf(out, p->s.err, "%s", ew_tr("undecided"));
        for (size_t i = 0; i < m->candidate_count && rc == EW_OK; i++)
            rc = ew_buf_printf(out, p->s.err, "%s%s (%s)",
                               i == 0 ? ew_tr(": from ") : ew_tr(" or "),
                               p->f->copies[m->candidates[i].copy].name,
                               ew_percent_text(m->candidates[i].share, text));
        return rc;
    case EW_MEMBER_CHILD:
        rc = ew_buf_printf(out, p->s.err, "%s", ew_certainty_text(m->certainty, text));
        return rc == EW_OK ? put_reasons(p, m, brief, out) : rc;
    }
    return rc;
}

/* The same, in the picture; columns 0: all of it, else in brief. */
static void put_about(pic *p, size_t copy, size_t columns)
{
    ew_buf b;

    ew_buf_init(&b, 1 << 16);
    if (p->s.rc == EW_OK)
        p->s.rc = about(p, copy, columns > 0, &b);
    if (p->s.rc == EW_OK && columns > 0)
        ew_svg_squeezed(&p->s, (const char *)b.data, columns);
    else if (p->s.rc == EW_OK)
        ew_svg_text(&p->s, (const char *)b.data);
    ew_buf_release(&b);
}

static void headline(pic *p)
{
    const ew_family *f = p->f->family;

    if (f->root_count == 1) {
        ew_svg_put(&p->s, "%s", ew_tr("Nearest to the source: "));
        ew_svg_squeezed(&p->s, p->f->copies[f->roots[0]].name, 60);
        ew_svg_put(&p->s, " (");
        put_percent(p, member(p, f->roots[0])->certainty);
        ew_svg_put(&p->s, ")");
    } else if (f->root_count == 0) {
        ew_svg_put(&p->s, "%s", ew_tr("No two of the copies have sound in common"));
    } else {
        ew_svg_put(&p->s, ew_tr("%zu copies of %zu recordings"), f->count, f->root_count);
    }
}

static void description(pic *p)
{
    ew_svg_put(&p->s, "<desc id='desc'>");
    for (size_t i = 0; i < p->limbs->count && i < DESCRIBED_MAX; i++) {
        const ew_limb *x = &p->limbs->items[i];
        ew_svg_text(&p->s, p->f->copies[x->copy].name);
        if (x->above != SIZE_MAX) {
            ew_svg_put(&p->s, "%s", ew_tr(" under "));
            ew_svg_text(&p->s, p->f->copies[p->limbs->items[x->above].copy].name);
        }
        ew_svg_put(&p->s, ": ");
        put_about(p, x->copy, 0);
        ew_svg_put(&p->s, ". ");
    }
    ew_svg_put(&p->s, "</desc>\n");
}

static void opening(pic *p)
{
    int height = TOP + (int)p->limbs->count * ROW + 58;

    ew_svg_put(&p->s,
               "<?xml version='1.0' encoding='UTF-8'?>\n"
               "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' "
               "viewBox='0 0 %d %d' role='img' aria-labelledby='title desc' "
               "font-family='sans-serif' font-size='13' fill='#1a1a1a'>\n"
               "<title id='title'>",
               WIDTH, height, WIDTH, height);
    ew_svg_put(&p->s, ew_tr("Family of %zu copies"), p->f->family->count);
    ew_svg_put(&p->s, "</title>\n");
    description(p);
    ew_svg_put(&p->s,
               "<defs><pattern id='best' width='8' height='8' "
               "patternUnits='userSpaceOnUse'><rect width='8' height='8' fill='#00795a' "
               "fill-opacity='0.3'/><path d='M-2 10L10 -2M-2 2L2 -2M6 10L10 6' "
               "stroke='#00795a' stroke-width='1.3'/></pattern>\n"
               "<pattern id='over' width='6' height='6' patternUnits='userSpaceOnUse'>"
               "<rect width='6' height='6' fill='#b3261e' fill-opacity='0.15'/>"
               "<path d='M0 3H6M3 0V6' stroke='#b3261e'/></pattern></defs>\n");
    ew_svg_put(&p->s,
               "<rect x='0.5' y='0.5' width='%d' height='%d' rx='6' fill='#fff' "
               "stroke='#ccc'/>\n<text x='%d' y='40' font-size='20' font-weight='bold'>",
               WIDTH - 1, height - 1, LEFT);
    headline(p);
    ew_svg_put(&p->s, "</text>\n");
}

/* ------------------------------------------------------------------ the tree */

static const char *line_look(ew_limb_kind kind)
{
    switch (kind) {
    case EW_LIMB_MAYBE:
        return "stroke='#a86400' stroke-width='1.6' stroke-dasharray='5 3'";
    case EW_LIMB_DUPLICATE:
        return "stroke='#7446a8' stroke-width='1.6' stroke-dasharray='1.5 2.5'";
    case EW_LIMB_CHILD:
    case EW_LIMB_ROOT:
    case EW_LIMB_ALONE:
        break;
    }
    return "stroke='#39424e' stroke-width='1.6'";
}

static void line(pic *p, size_t row)
{
    const ew_limb *x = &p->limbs->items[row];

    if (x->above == SIZE_MAX)
        return;
    double from = limb_x(p, &p->limbs->items[x->above]);
    ew_svg_put(&p->s, "<path d='M%.1f %dV%dH%.1f' fill='none' %s/>\n", from,
               row_y(x->above) + DISC, row_y(row), limb_x(p, x) - DISC,
               line_look(x->kind));
}

static void disc(pic *p, size_t row)
{
    const ew_limb *x = &p->limbs->items[row];
    const char *look = "fill='#39424e'";
    const char *mark = "";

    if (x->kind == EW_LIMB_ROOT)
        look = "fill='#00795a' stroke='#00795a'";
    else if (x->kind == EW_LIMB_MAYBE)
        look = "fill='#fff' stroke='#a86400' stroke-width='1.6'";
    else if (x->kind == EW_LIMB_DUPLICATE)
        look = "fill='#fff' stroke='#7446a8' stroke-width='1.6'";
    else if (x->kind == EW_LIMB_ALONE)
        look = "fill='#fff' stroke='#999'";
    if (x->kind == EW_LIMB_MAYBE)
        mark = "?";
    else if (x->kind == EW_LIMB_DUPLICATE)
        mark = "=";
    ew_svg_put(
        &p->s,
        "<circle cx='%.1f' cy='%d' r='%d' %s/><text x='%.1f' y='%d' font-size='10' "
        "font-weight='bold' text-anchor='middle'>%s</text>",
        limb_x(p, x), row_y(row), x->kind == EW_LIMB_ROOT ? DISC + 1 : DISC, look,
        limb_x(p, x), row_y(row) + 4, mark);
}

static void label(pic *p, size_t row)
{
    const ew_limb *x = &p->limbs->items[row];
    double left = limb_x(p, x) + DISC + 7;
    size_t room = (size_t)(10 * (TREE_END - left));
    bool loose = x->kind == EW_LIMB_ALONE;
    char length[EW_TIME_TEXT];

    ew_svg_put(&p->s, "<text x='%.1f' y='%d'%s><tspan font-weight='bold'>", left,
               row_y(row) + 4, loose ? " fill='#666'" : "");
    ew_svg_squeezed(&p->s, p->f->copies[x->copy].name,
                    room / COLUMN_WIDTH_TENTHS > 24 ? room / COLUMN_WIDTH_TENTHS - 18
                                                    : 8);
    ew_svg_put(&p->s,
               "</tspan><tspan dx='8' fill='#666' font-size='12'>%s, %s</tspan></text>",
               p->f->copies[x->copy].info.codec,
               ew_time_text(seconds((double)member(p, x->copy)->samples), length));
    ew_svg_put(&p->s, "<text x='%.1f' y='%d' font-size='11' fill='#444'>", left,
               row_y(row) + 19);
    put_about(p, x->copy, room / SMALL_WIDTH_TENTHS);
    ew_svg_put(&p->s, "</text>\n");
}

/* ------------------------------------------------------------------ the time line */

static double time_x(const pic *p, double samples)
{
    double share = p->length > 0 ? seconds(samples) / p->length : 0;

    return TIME_LEFT + (TIME_RIGHT - TIME_LEFT) * fmin(fmax(share, 0), 1);
}

static void axis(pic *p)
{
    double step = ew_svg_tick_step(p->length, TICKS_MAX);

    if (p->length <= 0)
        return;
    ew_svg_put(&p->s,
               "<text x='%d' y='72' fill='#444'>%s</text>"
               "<g font-size='11' fill='#444' text-anchor='middle'>\n",
               TIME_LEFT, ew_tr("which part of the whole each holds"));
    for (int i = 0; i * step <= p->length && p->s.rc == EW_OK; i++) {
        double x = time_x(p, i * step * EW_FAMILY_RATE_HZ);
        ew_svg_put(&p->s, "<path d='M%.1f %dV%d' stroke='#ddd'/><text x='%.1f' y='%d'>",
                   x, TOP - 10, TOP + (int)p->limbs->count * ROW - 8, x, TOP - 15);
        ew_svg_tick_label(&p->s, i * step, step);
        ew_svg_put(&p->s, "</text>\n");
    }
    ew_svg_put(&p->s, "</g>\n");
}

static void part(pic *p, double from, double to, int y, const char *look)
{
    double x = time_x(p, from);

    ew_svg_put(&p->s, "<rect x='%.1f' y='%d' width='%.1f' height='%d' %s/>\n", x, y,
               fmax(time_x(p, to) - x, 1.2), BAR_HEIGHT, look);
}

static void bar(pic *p, size_t row)
{
    size_t copy = p->limbs->items[row].copy;
    const ew_member *m = member(p, copy);
    const ew_family *f = p->f->family;
    int y = row_y(row) - BAR_HEIGHT / 2 + 4;

    if (m->family >= f->root_count)
        return;
    double begin = p->begin[m->family];
    double start = m->offset - begin;
    part(p, start, start + (double)m->samples, y, "fill='#e9ebee' stroke='#9aa0a6'");
    for (size_t i = 0; i < f->best_count; i++)
        if (f->best[i].copy == copy)
            part(p, f->best[i].start - begin, f->best[i].end - begin, y,
                 "fill='url(#best)' stroke='#00795a'");
    if (m->overlay_end > m->overlay_start)
        part(p, start + m->overlay_start, start + m->overlay_end, y,
             "fill='url(#over)' stroke='#b3261e'");
}

static void legend(pic *p)
{
    int y = TOP + (int)p->limbs->count * ROW + 18;

    ew_svg_put(&p->s,
               "<g font-size='12'><path d='M%d %dh26' %s/><text x='%d' y='%d'>%s"
               "</text><path d='M%d %dh26' %s/><text x='%d' y='%d'>%s</text>"
               "<path d='M%d %dh26' %s/><text x='%d' y='%d'>%s</text>",
               LEFT, y, line_look(EW_LIMB_CHILD), LEFT + 34, y + 4, ew_tr("made from"),
               LEFT + 140, y, line_look(EW_LIMB_MAYBE), LEFT + 174, y + 4,
               ew_tr("undecided"), LEFT + 280, y, line_look(EW_LIMB_DUPLICATE),
               LEFT + 314, y + 4, ew_tr("the same sound"));
    ew_svg_put(&p->s,
               "<rect x='%d' y='%d' width='24' height='14' fill='url(#best)' "
               "stroke='#00795a'/><text x='%d' y='%d'>%s</text>"
               "<rect x='%d' y='%d' width='24' height='14' fill='url(#over)' "
               "stroke='#b3261e'/><text x='%d' y='%d'>%s</text></g>\n",
               TIME_LEFT, y - 7, TIME_LEFT + 31, y + 4, ew_tr("best sound of all"),
               TIME_LEFT + 180, y - 7, TIME_LEFT + 211, y + 4,
               ew_tr("other sound over it"));
}

/* ------------------------------------------------------------------ all */

static ew_code set_scales(pic *p, ew_err *err)
{
    const ew_family *f = p->f->family;

    p->step = p->limbs->depth * STEP_MAX > TREE_WIDTH_MAX
                  ? (double)TREE_WIDTH_MAX / (double)p->limbs->depth
                  : STEP_MAX;
    p->begin = ew_alloc_array(f->root_count, sizeof(*p->begin));
    if (p->begin == NULL)
        return ew_fail_nomem(err);
    for (size_t k = 0; k < f->root_count; k++)
        p->begin[k] = INFINITY;
    for (size_t i = 0; i < f->count; i++)
        if (f->members[i].family < f->root_count)
            p->begin[f->members[i].family] =
                fmin(p->begin[f->members[i].family], f->members[i].offset);
    for (size_t i = 0; i < f->count; i++) {
        const ew_member *m = &f->members[i];
        if (m->family < f->root_count)
            p->length = fmax(
                p->length, seconds(m->offset - p->begin[m->family] + (double)m->samples));
    }
    return EW_OK;
}

static void draw(pic *p)
{
    opening(p);
    axis(p);
    for (size_t i = 0; i < p->limbs->count; i++)
        line(p, i);
    for (size_t i = 0; i < p->limbs->count; i++) {
        ew_svg_put(&p->s, "<g><title>");
        put_about(p, p->limbs->items[i].copy, 0);
        ew_svg_put(&p->s, "</title>");
        disc(p, i);
        label(p, i);
        bar(p, i);
        ew_svg_put(&p->s, "</g>\n");
    }
    legend(p);
    ew_svg_put(&p->s, "</svg>\n");
}

ew_code ew_report_family_svg(const ew_family_finding *f, ew_buf *out, ew_err *err)
{
    ew_limbs limbs;
    pic p = {.s = {.out = out, .err = err}, .f = f, .limbs = &limbs};
    ew_code rc = ew_limbs_init(&limbs, f->family, err);

    if (rc != EW_OK)
        return rc;
    p.s.rc = set_scales(&p, err);
    if (p.s.rc == EW_OK)
        draw(&p);
    ew_free(p.begin);
    ew_limbs_release(&limbs);
    return p.s.rc;
}
