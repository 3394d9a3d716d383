/* SPDX-License-Identifier: Apache-2.0 */
/* The piece map as a picture: the clip as a band on top, the recordings below, ribbons from
 * each piece to its place. Colour and pattern both tell the recordings apart, so that it can
 * be read without seeing colours. Plain SVG 1.1: no scripts, no fonts, nothing loaded. */
#include <math.h>
#include <string.h>

#include "base/words.h"
#include "earwitness/fingerprint.h"
#include "report/report.h"
#include "report/svg.h"
#include "report/times.h"

enum {
    WIDTH = 1200,
    LEFT = 40,
    RIGHT = 1160,
    CLIP_TOP = 112,
    CLIP_HEIGHT = 40,
    RIBBON_HEIGHT = 92,
    SOURCE_STEP = 76,
    SOURCE_HEIGHT = 22,
    LABEL_ROOM = 22, /* above a source's band */
    LOOKS = 8,
    SOURCES_DRAWN_MAX = 24,
    LABEL_COLUMNS = 80,
    TICKS_MAX = 12,
    NUMBER_ROOM = 14, /* pixels that a piece's number needs */
    SEEN_MIN = 3      /* pixels that a stretch has at least, so that it can be seen */
};

/* Okabe and Ito's colours for all kinds of sight, darkened where white marks on them would
 * be lost, and with a brown and a grey. */
static const char *const colors[LOOKS] = {"#0072b2", "#c97b00", "#008f68", "#c04a00",
                                          "#b0588a", "#3b93c9", "#7a5c00", "#555555"};

/* What is drawn over the colour; each fits a tile of 12 by 12. */
static const char *const marks[LOOKS] = {
    "",
    "M-3 15L15 -3M-3 3L3 -3M9 15L15 9",
    "M5 6h2M11 0h2M-1 0h2M11 12h2M-1 12h2",
    "M0 6H12",
    "M6 0V12",
    "M-3 -3L15 15M9 -3L15 3M-3 9L3 15",
    "M0 6H12M6 0V12",
    "M0 9L3 3L6 9L9 3L12 9",
};

typedef struct pic {
    const ew_finding *f;
    const ew_summary *s;
    ew_svg svg;
    size_t drawn; /* sources that have a band */
} pic;

static double seconds(double samples)
{
    return samples / EW_FP_RATE_HZ;
}

static double scale(double at, double length)
{
    double share = length > 0 ? at / length : 0;

    return LEFT + (RIGHT - LEFT) * fmin(fmax(share, 0), 1);
}

static double clip_x(const pic *p, int64_t at)
{
    return scale((double)at, (double)p->f->clip_samples);
}

/* Which band a recording has; SIZE_MAX when it is not drawn. */
static size_t band_of(const pic *p, size_t rec)
{
    for (size_t i = 0; i < p->drawn; i++)
        if (p->s->mains[i] == rec)
            return i;
    return SIZE_MAX;
}

static int band_top(size_t band)
{
    return CLIP_TOP + CLIP_HEIGHT + RIBBON_HEIGHT + (int)band * SOURCE_STEP;
}

/* ------------------------------------------------------------------ parts */

static void definitions(pic *p)
{
    ew_svg_put(&p->svg, "<defs>\n");
    for (int i = 0; i < LOOKS; i++)
        ew_svg_put(
            &p->svg,
            "<pattern id='look%d' width='12' height='12' patternUnits='userSpaceOnUse'>"
            "<rect width='12' height='12' fill='%s'/>"
            "<path d='%s' stroke='#fff' stroke-width='1.6' stroke-opacity='0.75' "
            "fill='none'/>"
            "</pattern>\n",
            i, colors[i], marks[i]);
    ew_svg_put(
        &p->svg,
        "<pattern id='nothing' width='8' height='8' patternUnits='userSpaceOnUse'>"
        "<rect width='8' height='8' fill='#fff'/>"
        "<path d='M-2 10L10 -2M-2 2L2 -2M6 10L10 6' stroke='#b00020' stroke-width='1.4'/>"
        "</pattern>\n</defs>\n");
}

static void opening(pic *p)
{
    int height = band_top(p->drawn) + 46;

    ew_svg_put(
        &p->svg,
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' viewBox='0 0 %d "
        "%d' "
        "role='img' aria-labelledby='title desc' font-family='sans-serif' font-size='13' "
        "fill='#1a1a1a'>\n<title id='title'>",
        WIDTH, height, WIDTH, height);
    ew_svg_put(&p->svg, "%s", ew_tr("Piece map of "));
    ew_svg_text(&p->svg, p->f->clip_name);
    ew_svg_put(&p->svg, "</title>\n<desc id='desc'>");
}

/* The whole answer in words, for those who do not see the picture. */
static void description(pic *p)
{
    const ew_map *m = p->f->map;
    char a[EW_TIME_TEXT];
    char b[EW_TIME_TEXT];

    if (m->piece_count == 0)
        ew_svg_put(&p->svg, "%s", ew_tr("Nothing of the clip was found in the archive."));
    for (size_t i = 0; i < m->piece_count; i++) {
        const ew_piece *x = &m->pieces[i];
        const ew_source_info *s = ew_finding_source(p->f, x->rec);
        ew_svg_put(&p->svg, ew_tr("%zu: %s to %s is "), i + 1,
                   ew_time_text(seconds((double)x->clip_start), a),
                   ew_time_text(seconds((double)x->clip_end), b));
        ew_svg_text(&p->svg, ew_finding_label(p->f, s));
        ew_svg_put(&p->svg,
                   x->backwards ? ew_tr(" from %s to %s, backwards. ")
                                : ew_tr(" from %s to %s. "),
                   ew_time_text(seconds(x->source_start), a),
                   ew_time_text(seconds(x->source_end), b));
    }
    ew_svg_put(&p->svg, "</desc>\n");
}

static void headline(pic *p)
{
    char share[EW_TIME_TEXT];
    char length[EW_TIME_TEXT];
    char hours[EW_TIME_TEXT];

    ew_svg_put(&p->svg,
               "<rect width='100%%' height='100%%' fill='#fff'/>\n"
               "<text x='%d' y='38' font-size='20' font-weight='bold'>",
               LEFT);
    ew_svg_squeezed(&p->svg, p->f->clip_name, LABEL_COLUMNS);
    ew_svg_put(&p->svg, "</text>\n<text x='%d' y='60' fill='#444'>", LEFT);
    ew_svg_put(
        &p->svg,
        ew_tr(
            "%s long · %s explained · %zu join%s · compared with %llu recording%s (%s)"),
        ew_length_text(seconds((double)p->f->clip_samples), length),
        ew_percent_text(ew_summary_explained(p->s), share), p->s->join_count,
        p->s->join_count == 1 ? "" : "s", (unsigned long long)p->f->archive_recordings,
        p->f->archive_recordings == 1 ? "" : "s",
        ew_length_text(ew_finding_archive_seconds(p->f), hours));
    ew_svg_put(&p->svg, "</text>\n");
}

static void axis(pic *p)
{
    double length = seconds((double)p->f->clip_samples);
    double step = ew_svg_tick_step(length, TICKS_MAX);

    ew_svg_put(&p->svg,
               "<g font-size='11' fill='#444' stroke='none' text-anchor='middle'>\n");
    for (int i = 0; i * step <= length && p->svg.rc == EW_OK; i++) {
        double x = scale(i * step, length);
        ew_svg_put(&p->svg, "<path d='M%.1f %dv6' stroke='#888'/><text x='%.1f' y='%d'>",
                   x, CLIP_TOP - 7, x, CLIP_TOP - 12);
        ew_svg_tick_label(&p->svg, i * step, step);
        ew_svg_put(&p->svg, "</text>\n");
    }
    ew_svg_put(&p->svg, "</g>\n");
}

static void ribbon(pic *p, const ew_piece *x)
{
    size_t band = band_of(p, x->rec);

    if (band == SIZE_MAX)
        return;
    double length = (double)ew_finding_source(p->f, x->rec)->samples;
    double a = clip_x(p, x->clip_start);
    double b = clip_x(p, x->clip_end);
    double c = scale(x->source_start, length);
    double d = scale(x->source_end, length);
    double top = CLIP_TOP + CLIP_HEIGHT;
    double end = band_top(band);
    double bend = top + (RIBBON_HEIGHT - LABEL_ROOM) * 0.75;
    if (fabs(d - c) < 1) /* still a line when the recording is very long */
        d = c + (x->backwards ? -1 : 1);
    ew_svg_put(
        &p->svg,
        "<path d='M%.1f %.0fC%.1f %.0f %.1f %.0f %.1f %.0fL%.1f %.0fC%.1f %.0f %.1f %.0f "
        "%.1f "
        "%.0fZ' fill='%s' fill-opacity='0.22' stroke='%s' stroke-opacity='0.45' "
        "stroke-width='0.7'/>\n",
        a, top, a, bend, c, bend, c, end, d, end, d, bend, b, bend, b, top,
        colors[band % LOOKS], colors[band % LOOKS]);
}

/* A white disc with the piece's number, readable on any pattern. */
static void number(pic *p, size_t n, double x, double y)
{
    ew_svg_put(&p->svg,
               "<rect x='%.1f' y='%.1f' width='%d' height='15' rx='7' fill='#fff' "
               "fill-opacity='0.92'/><text x='%.1f' y='%.1f' font-size='11' "
               "text-anchor='middle'>%zu</text>",
               x - (n > 9 ? 9 : 7), y - 11, n > 9 ? 18 : 14, x, y, n);
}

/* What a pointer over a piece or its stretch shows. */
static void hover(pic *p, size_t i)
{
    const ew_piece *x = &p->f->map->pieces[i];
    char from[EW_TIME_TEXT];
    char to[EW_TIME_TEXT];
    char sure[EW_TIME_TEXT];

    ew_svg_put(&p->svg, "<title>%zu: ", i + 1);
    ew_svg_text(&p->svg, ew_finding_label(p->f, ew_finding_source(p->f, x->rec)));
    ew_svg_put(&p->svg, ew_tr(", %s – %s, speed %.3f, certainty %s"),
               ew_time_text(seconds(x->source_start), from),
               ew_time_text(seconds(x->source_end), to), x->speed,
               ew_certainty_text(x->certainty, sure));
    ew_svg_put(&p->svg, "%s</title>", x->backwards ? ew_tr(", backwards") : "");
}

static void clip_piece(pic *p, size_t i)
{
    const ew_piece *x = &p->f->map->pieces[i];
    size_t band = band_of(p, x->rec);
    double a = clip_x(p, x->clip_start);
    double w = fmax(clip_x(p, x->clip_end) - a, 1);

    ew_svg_put(&p->svg, "<g>");
    hover(p, i);
    ew_svg_put(&p->svg,
               "<rect x='%.1f' y='%d' width='%.1f' height='%d' stroke='#fff' fill='", a,
               CLIP_TOP, w, CLIP_HEIGHT);
    if (band == SIZE_MAX)
        ew_svg_put(&p->svg, "#999'/>");
    else
        ew_svg_put(&p->svg, "url(#look%zu)'/>", band % LOOKS);
    if (w >= NUMBER_ROOM + 4)
        number(p, i + 1, a + w / 2, CLIP_TOP + CLIP_HEIGHT / 2.0 + 4);
    if (x->backwards && w >= 44)
        ew_svg_put(&p->svg, "<path d='M%.1f %dl-9 5l9 5z' fill='#fff' stroke='#1a1a1a'/>",
                   a + 15, CLIP_TOP + CLIP_HEIGHT / 2 - 5);
    ew_svg_put(&p->svg, "</g>\n");
}

static const char *gap_title(ew_gap_kind kind)
{
    switch (kind) {
    case EW_GAP_NO_MATCH:
        return EW_N("matches nothing");
    case EW_GAP_SILENCE:
        return EW_N("nothing to compare");
    case EW_GAP_SHORT:
        return EW_N("too short to tell");
    case EW_GAP_BLANKED:
        return EW_N("blanked: silence or a tone over the recording");
    }
    return "";
}

static void clip_gap(pic *p, const ew_gap *g)
{
    double a = clip_x(p, g->clip_start);
    double w = fmax(clip_x(p, g->clip_end) - a, 0.5);
    bool nothing = g->kind == EW_GAP_NO_MATCH || g->kind == EW_GAP_BLANKED;

    ew_svg_put(&p->svg,
               "<g><title>%s</title><rect x='%.1f' y='%d' width='%.1f' height='%d' "
               "fill='%s'/></g>\n",
               ew_said(gap_title(g->kind)), a, CLIP_TOP, w, CLIP_HEIGHT,
               nothing ? "url(#nothing)" : "#e6e6e6");
}

static void clip_band(pic *p)
{
    const ew_map *m = p->f->map;

    for (size_t i = 0; i < m->gap_count; i++)
        clip_gap(p, &m->gaps[i]);
    for (size_t i = 0; i < m->piece_count; i++)
        clip_piece(p, i);
    ew_svg_put(
        &p->svg,
        "<rect x='%d' y='%d' width='%d' height='%d' fill='none' stroke='#1a1a1a'/>\n",
        LEFT, CLIP_TOP, RIGHT - LEFT, CLIP_HEIGHT);
}

/* The stretches of one recording; numbers under them where there is room. */
static void stretches(pic *p, size_t band, const ew_source_info *s)
{
    const ew_map *m = p->f->map;
    int top = band_top(band);
    double free_from = 0;

    for (size_t i = 0; i < m->piece_count; i++) {
        const ew_piece *x = &m->pieces[i];
        if (x->rec != s->rec)
            continue;
        double a = scale(fmin(x->source_start, x->source_end), (double)s->samples);
        double b = scale(fmax(x->source_start, x->source_end), (double)s->samples);
        ew_svg_put(&p->svg, "<g>");
        hover(p, i);
        ew_svg_put(
            &p->svg,
            "<rect x='%.1f' y='%d' width='%.1f' height='%d' fill='url(#look%zu)'/></g>",
            a, top, fmax(b - a, SEEN_MIN), SOURCE_HEIGHT, band % LOOKS);
        bool room = (a + b) / 2 >= free_from || (a + b) / 2 < free_from - 2 * NUMBER_ROOM;
        if (room) {
            ew_svg_put(
                &p->svg,
                "<text x='%.1f' y='%d' font-size='11' text-anchor='middle'>%zu</text>",
                (a + b) / 2, top + SOURCE_HEIGHT + 13, i + 1);
            free_from = (a + b) / 2 + NUMBER_ROOM;
        }
        ew_svg_put(&p->svg, "\n");
    }
}

static void source_band(pic *p, size_t band)
{
    const ew_source_info *s = ew_finding_source(p->f, p->s->mains[band]);
    int top = band_top(band);
    char length[EW_TIME_TEXT];

    (void)ew_time_text(seconds((double)s->samples), length);
    ew_svg_put(
        &p->svg,
        "<rect x='%d' y='%d' width='%d' height='%d' fill='#f4f4f4' stroke='#888'/>\n"
        "<rect x='%d' y='%d' width='16' height='12' fill='url(#look%zu)'/>"
        "<text x='%d' y='%d' stroke='#fff' stroke-width='4' stroke-linejoin='round' "
        "paint-order='stroke' font-weight='bold'>",
        LEFT, top, RIGHT - LEFT, SOURCE_HEIGHT, LEFT, top - 17, band % LOOKS, LEFT + 22,
        top - 7);
    ew_svg_squeezed(&p->svg, ew_finding_label(p->f, s), LABEL_COLUMNS);
    ew_svg_put(
        &p->svg,
        "</text>\n<text x='%d' y='%d' font-size='11' fill='#444' text-anchor='end' "
        "stroke='#fff' "
        "stroke-width='4' paint-order='stroke'>",
        RIGHT, top - 7);
    if (s->length_unknown)
        ew_svg_put(&p->svg, "%s</text>\n",
                   ew_tr("drawn up to the last place that was found"));
    else
        ew_svg_put(&p->svg, ew_tr("%.*s long"), (int)strlen(length) - 4, length);
    if (!s->length_unknown)
        ew_svg_put(&p->svg, "</text>\n");
    stretches(p, band, s);
}

static void legend(pic *p)
{
    int y = band_top(p->drawn) + 4;
    size_t more = p->s->main_count - p->drawn;

    ew_svg_put(&p->svg,
               "<g font-size='12'><rect x='%d' y='%d' width='26' height='14' "
               "fill='url(#nothing)' "
               "stroke='#888'/><text x='%d' y='%d'>%s</text>"
               "<rect x='%d' y='%d' width='26' height='14' fill='#e6e6e6' stroke='#888'/>"
               "<text x='%d' y='%d'>%s</text>",
               LEFT, y, LEFT + 34, y + 11, ew_tr("matches nothing"), LEFT + 170, y,
               LEFT + 204, y + 11, ew_tr("nothing to compare, or too short to tell"));
    ew_svg_put(&p->svg,
               "<path d='M%d %dl-9 5l9 5z' fill='#fff' stroke='#1a1a1a'/>"
               "<text x='%d' y='%d'>%s</text><text x='%d' y='%d' fill='#444'>%s",
               LEFT + 484, y + 2, LEFT + 494, y + 11, ew_tr("played backwards"),
               LEFT + 630, y + 11, ew_tr("numbers: pieces of the clip, in its order"));
    if (more > 0)
        ew_svg_put(&p->svg, ew_tr("; %zu more recording%s not drawn"), more,
                   more == 1 ? "" : "s");
    ew_svg_put(&p->svg, "</text></g>\n</svg>\n");
}

ew_code ew_report_check_svg(const ew_finding *f, ew_buf *out, ew_err *err)
{
    ew_summary sum;
    pic p = {.f = f, .s = &sum, .svg = {.out = out, .err = err}};

    p.svg.rc = ew_summary_init(&sum, f, err);
    if (p.svg.rc != EW_OK)
        return p.svg.rc;
    p.drawn = sum.main_count < SOURCES_DRAWN_MAX ? sum.main_count : SOURCES_DRAWN_MAX;
    opening(&p);
    description(&p);
    definitions(&p);
    headline(&p);
    for (size_t i = 0; i < f->map->piece_count; i++)
        ribbon(&p, &f->map->pieces[i]);
    axis(&p);
    clip_band(&p);
    for (size_t i = 0; i < p.drawn; i++)
        source_band(&p, i);
    legend(&p);
    ew_summary_release(&sum);
    return p.svg.rc;
}
