/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of `check` for people: one table in the order of the clip, then what follows
 * from it, then what it cannot tell. */
#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "base/words.h"
#include "earwitness/fingerprint.h"
#include "report/report.h"
#include "report/times.h"

enum { COLUMNS = 7, SHA_SHOWN = 12, OTHERS_SHOWN = 4 };

/* Where text goes; the first failure stops the rest. */
typedef struct page {
    const ew_finding *f;
    const ew_text_style *style;
    ew_buf *out;
    ew_err *err;
} page;

static double seconds(double samples)
{
    return samples / EW_FP_RATE_HZ;
}

static ew_code head(const page *p)
{
    const ew_finding *f = p->f;
    char hex[EW_SHA256_HEX + 1];
    char length[EW_TIME_TEXT];
    char hours[EW_TIME_TEXT];
    ew_code rc;

    ew_hex(f->clip_sha256, EW_SHA256_BYTES, hex);
    rc = ew_buf_printf(
        p->out, p->err,
        ew_tr("%s%s%s  %s, SHA-256 %.*s…\ncompared with %llu recording%s, %s\n"),
        ew_bold(p->style), f->clip_name, ew_plain(p->style),
        ew_time_text(seconds((double)f->clip_samples), length), SHA_SHOWN, hex,
        (unsigned long long)f->archive_recordings, f->archive_recordings == 1 ? "" : "s",
        ew_length_text(ew_finding_archive_seconds(f), hours));
    if (rc == EW_OK && f->trouble[0] != 0)
        rc = ew_buf_printf(p->out, p->err, ew_tr("trouble with the clip: %s\n"),
                           f->trouble);
    return rc == EW_OK ? ew_buf_append(p->out, "\n", 1, p->err) : rc;
}

static ew_code range_cell(ew_table *t, double from, double to, ew_err *err)
{
    char a[EW_TIME_TEXT];
    char b[EW_TIME_TEXT];

    return ew_table_cell(t, err, "%s – %s", ew_time_text(seconds(from), a),
                         ew_time_text(seconds(to), b));
}

/* Pitch is worth a word when it did not simply follow the speed. */
static ew_code note_cell(ew_table *t, const ew_piece *x, ew_err *err)
{
    double semitones = 12 * log2(x->pitch > 0 ? x->pitch : 1);
    double follows = 12 * log2(x->speed > 0 ? x->speed : 1);

    if (fabs(semitones - follows) < 0.3)
        return ew_table_cell(t, err, "%s", x->backwards ? ew_tr("played backwards") : "");
    if (fabs(semitones) < 0.3)
        return ew_table_cell(
            t, err, "%s",
            ew_tr(x->backwards ? "played backwards, pitch kept" : "pitch kept"));
    if (x->backwards)
        return ew_table_cell(t, err, "played backwards, pitch %+.1f semitones",
                             semitones);
    return ew_table_cell(t, err, "pitch %+.1f semitones", semitones);
}

static ew_code piece_row(const page *p, ew_table *t, const ew_piece *x)
{
    const ew_source_info *s = ew_finding_source(p->f, x->rec);
    char percent[EW_TIME_TEXT];
    ew_code rc = range_cell(t, (double)x->clip_start, (double)x->clip_end, p->err);

    if (rc == EW_OK)
        rc = ew_table_cell(t, p->err, "%s", ew_finding_label(p->f, s));
    if (rc == EW_OK)
        rc = range_cell(t, ew_finding_place(s, x->source_start),
                        ew_finding_place(s, x->source_end), p->err);
    if (rc == EW_OK)
        rc = ew_table_cell(t, p->err, "±%.0f ms", fmax(1, ceil(2 * x->offset_sd_ms)));
    if (rc == EW_OK)
        rc = ew_table_cell(t, p->err, "%.3f×", x->speed);
    if (rc == EW_OK)
        rc = ew_table_cell(t, p->err, "%s", ew_certainty_text(x->certainty, percent));
    return rc == EW_OK ? note_cell(t, x, p->err) : rc;
}

static ew_code other_row(const page *p, ew_table *t, const ew_other *x)
{
    const ew_source_info *s = ew_finding_source(p->f, x->rec);
    char percent[EW_TIME_TEXT];
    ew_code rc = ew_table_cell(t, p->err, "  also in");

    if (rc == EW_OK)
        rc = ew_table_cell(t, p->err, "%s", ew_finding_label(p->f, s));
    if (rc == EW_OK)
        rc = range_cell(t, ew_finding_place(s, x->source_start),
                        ew_finding_place(s, x->source_end), p->err);
    if (rc == EW_OK)
        rc = ew_table_cell(t, p->err, "%s", "");
    if (rc == EW_OK)
        rc = ew_table_cell(t, p->err, "%.3f×", x->speed);
    if (rc == EW_OK)
        rc = ew_table_cell(t, p->err, "%s", ew_certainty_text(x->certainty, percent));
    return rc == EW_OK ? ew_table_cell(t, p->err, "%s", "") : rc;
}

static const char *gap_words(ew_gap_kind kind)
{
    switch (kind) {
    case EW_GAP_NO_MATCH:
        return EW_N("— matches nothing —");
    case EW_GAP_SILENCE:
        return EW_N("— nothing to compare —");
    case EW_GAP_SHORT:
        return EW_N("— too short to tell —");
    case EW_GAP_BLANKED:
        return EW_N("— blanked: silence or a tone over the recording —");
    }
    return "";
}

static ew_code gap_row(const page *p, ew_table *t, const ew_gap *g)
{
    ew_code rc = range_cell(t, (double)g->clip_start, (double)g->clip_end, p->err);

    if (rc == EW_OK)
        rc = ew_table_cell(t, p->err, "%s", ew_said(gap_words(g->kind)));
    for (int i = 2; i < COLUMNS && rc == EW_OK; i++)
        rc = ew_table_cell(t, p->err, "%s", "");
    return rc;
}

static ew_code head_row(const page *p, ew_table *t)
{
    static const char *const names[COLUMNS] = {EW_N("clip"),
                                               EW_N("source"),
                                               EW_N("from – to"),
                                               "",
                                               EW_N("speed"),
                                               EW_N("certainty"),
                                               ""};
    ew_code rc = EW_OK;

    for (int i = 0; i < COLUMNS && rc == EW_OK; i++)
        rc = ew_table_cell(t, p->err, "%s", ew_said(names[i]));
    return rc;
}

/* The piece, and the best few of the other recordings that hold it. */
static ew_code piece_rows(const page *p, ew_table *t, const ew_piece *x)
{
    ew_code rc = piece_row(p, t, x);
    size_t shown = x->other_count < OTHERS_SHOWN ? x->other_count : OTHERS_SHOWN;

    for (size_t i = 0; i < shown && rc == EW_OK; i++)
        rc = other_row(p, t, &x->others[i]);
    if (rc == EW_OK && x->other_count > shown)
        rc = ew_table_cell(t, p->err, "  and in %zu more", x->other_count - shown);
    for (int i = 1; x->other_count > shown && i < COLUMNS && rc == EW_OK; i++)
        rc = ew_table_cell(t, p->err, "%s", "");
    return rc;
}

static ew_code table(const page *p)
{
    static const ew_cell_kind kinds[COLUMNS] = {
        EW_CELL_LEFT,  EW_CELL_SHRINK, EW_CELL_LEFT, EW_CELL_RIGHT,
        EW_CELL_RIGHT, EW_CELL_RIGHT,  EW_CELL_LEFT};
    const ew_map *m = p->f->map;
    size_t piece = 0;
    size_t gap = 0;
    ew_table t;
    ew_code rc;

    ew_table_init(&t, kinds, COLUMNS);
    rc = head_row(p, &t);
    while (rc == EW_OK && (piece < m->piece_count || gap < m->gap_count)) {
        if (gap == m->gap_count ||
            (piece < m->piece_count &&
             m->pieces[piece].clip_start <= m->gaps[gap].clip_start))
            rc = piece_rows(p, &t, &m->pieces[piece++]);
        else
            rc = gap_row(p, &t, &m->gaps[gap++]);
    }
    if (rc == EW_OK)
        rc = ew_table_print(&t, p->style, p->out, p->err);
    ew_table_release(&t);
    return rc;
}

/* One side of a join: "speech.mp3 at 1:02.300", or what is not known. */
static ew_code join_side(const page *p, const ew_join *j, size_t piece)
{
    char at[EW_TIME_TEXT];

    if (piece == EW_NO_PIECE)
        return ew_buf_printf(p->out, p->err, "%s",
                             j->blanked ? ew_tr("silence or a tone")
                                        : ew_tr("unknown sound"));
    const ew_piece *x = &p->f->map->pieces[piece];
    const ew_source_info *s = ew_finding_source(p->f, x->rec);
    return ew_buf_printf(
        p->out, p->err, ew_tr("%s at %s"), ew_finding_label(p->f, s),
        ew_time_text(seconds(ew_finding_place(s, piece == j->before ? x->source_end
                                                                    : x->source_start)),
                     at));
}

static ew_code join_line(const page *p, const ew_join *j)
{
    char at[EW_TIME_TEXT];
    long ms = lround(seconds((double)j->plus_minus) * 1000);
    ew_code rc = ew_buf_printf(p->out, p->err, ew_tr("  %s ±%ld ms%s: "),
                               ew_time_text(seconds((double)j->at), at), ms,
                               j->in_pause ? EW_N(" (in a pause)") : "");

    if (rc == EW_OK)
        rc = join_side(p, j, j->before);
    if (rc == EW_OK)
        rc = ew_buf_printf(p->out, p->err, ew_tr(" meets "));
    if (rc == EW_OK)
        rc = join_side(p, j, j->after);
    return rc == EW_OK ? ew_buf_append(p->out, "\n", 1, p->err) : rc;
}

static ew_code joins(const page *p, const ew_summary *s)
{
    ew_code rc;

    if (s->join_count == 0)
        return p->f->map->piece_count == 0
                   ? EW_OK
                   : ew_buf_printf(p->out, p->err, ew_tr("No joins were found.\n"));
    rc = ew_buf_printf(p->out, p->err, ew_tr("%s%zu join%s%s:\n"), ew_bold(p->style),
                       s->join_count, s->join_count == 1 ? "" : "s", ew_plain(p->style));
    for (size_t i = 0; i < s->join_count && rc == EW_OK; i++)
        rc = join_line(p, &s->joins[i]);
    return rc;
}

static ew_code explained(const page *p, const ew_summary *s)
{
    char share[EW_TIME_TEXT];
    char a[EW_TIME_TEXT];
    char b[EW_TIME_TEXT];
    char c[EW_TIME_TEXT];
    double comparable = seconds((double)(s->explained + s->unmatched));

    if (comparable <= 0)
        return ew_buf_printf(
            p->out, p->err,
            ew_tr("%sThere is nothing to compare in this clip%s: silence, steady "
                  "sound, or too short.\n"),
            ew_bold(p->style), ew_plain(p->style));
    if (s->explained == 0)
        return ew_buf_printf(
            p->out, p->err, ew_tr("%sNothing of this clip was found in the archive.%s\n"),
            ew_bold(p->style), ew_plain(p->style));
    ew_code rc = ew_buf_printf(
        p->out, p->err,
        ew_tr("%sExplained: %s%s of what can be compared (%s of %s, from %zu "
              "recording%s)"),
        ew_bold(p->style), ew_percent_text(ew_summary_explained(s), share),
        ew_plain(p->style), ew_length_text(seconds((double)s->explained), a),
        ew_length_text(comparable, b), s->main_count, s->main_count == 1 ? "" : "s");
    if (rc == EW_OK && s->unmatched > 0)
        rc = ew_buf_printf(p->out, p->err, ew_tr("; %s matches nothing"),
                           ew_length_text(seconds((double)s->unmatched), c));
    if (rc == EW_OK && s->blanked > 0)
        rc = ew_buf_printf(p->out, p->err, ew_tr("; %s is blanked"),
                           ew_length_text(seconds((double)s->blanked), c));
    return rc == EW_OK ? ew_buf_append(p->out, ".\n", 2, p->err) : rc;
}

static ew_code backwards(const page *p)
{
    size_t n = 0;

    for (size_t i = 0; i < p->f->map->piece_count; i++)
        n += p->f->map->pieces[i].backwards;
    if (n == 0)
        return EW_OK;
    return ew_buf_printf(p->out, p->err,
                         ew_tr("%zu piece%s played backwards: read “from – to” "
                               "from right to left in the source.\n"),
                         n, n == 1 ? " is" : "s are");
}

static ew_code close_words(const page *p)
{
    return ew_buf_printf(
        p->out, p->err,
        ew_tr("\n%sThis says where the sound was found, not whether anything "
              "is genuine. What matches "
              "nothing may\ncome from a recording that is not in the archive. "
              "Not tested: changes of "
              "speed beyond 10 %%.%s\n"),
        ew_dim(p->style), ew_plain(p->style));
}

ew_code ew_report_check_text(const ew_finding *f, const ew_text_style *style, ew_buf *out,
                             ew_err *err)
{
    page p = {f, style, out, err};
    ew_summary sum;
    ew_code rc = ew_summary_init(&sum, f, err);

    if (rc != EW_OK)
        return rc;
    rc = head(&p);
    if (rc == EW_OK && f->map->piece_count + f->map->gap_count > 0)
        rc = table(&p);
    if (rc == EW_OK)
        rc = ew_buf_append(out, "\n", 1, err);
    if (rc == EW_OK)
        rc = explained(&p, &sum);
    if (rc == EW_OK)
        rc = backwards(&p);
    if (rc == EW_OK)
        rc = joins(&p, &sum);
    if (rc == EW_OK)
        rc = close_words(&p);
    ew_summary_release(&sum);
    return rc;
}
