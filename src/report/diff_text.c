/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of `diff` for people in a hurry: the verdict in one sentence, the files, what
 * was done to the whole, each edit, and what the answer does not speak of. */
#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "base/words.h"
#include "earwitness/fingerprint.h"
#include "report/diff_finding.h"
#include "report/lines.h"
#include "report/times.h"

enum { COLUMNS = 8, SHA_SHOWN = 12, WRAP_MAX = 1000, OPS = 7 };

/* Where text goes. */
typedef struct page {
    const ew_diff_finding *f;
    const ew_text_style *style;
    ew_buf *out;
    ew_err *err;
} page;

static double seconds(double samples)
{
    return samples / EW_FP_RATE_HZ;
}

/* ------------------------------------------------------------------ lines */

/* "  - Sentence." */
static ew_code item(const page *p, const char *sentence)
{
    ew_code rc = ew_buf_append(p->out, "  - ", 4, p->err);

    return rc == EW_OK ? ew_text_wrap(p->out, p->style, ew_said(sentence), 4, 4, p->err)
                       : rc;
}

/* ------------------------------------------------------------------ the verdict */

static size_t count_op(const ew_diff *d, ew_edit_op op)
{
    size_t n = 0;

    for (size_t i = 0; i < d->edit_count; i++)
        n += d->edits[i].op == op;
    return n;
}

/* "2 passages deleted, 1 inserted" */
static ew_code counts(const page *p)
{
    static const char *const words[OPS] = {
        EW_N("deleted"),  EW_N("inserted"), EW_N("replaced"),        EW_N("moved"),
        EW_N("repeated"), EW_N("silenced"), EW_N("at another speed")};
    bool first = true;
    ew_code rc = EW_OK;

    for (int op = 0; op < OPS && rc == EW_OK; op++) {
        size_t n = count_op(p->f->diff, (ew_edit_op)op);
        if (n == 0)
            continue;
        const char *done = ew_said(words[op]);
        if (!first)
            rc = ew_buf_printf(p->out, p->err, ", %zu %s", n, done);
        else if (n == 1)
            rc = ew_buf_printf(p->out, p->err, ew_tr("%zu passage %s"), n, done);
        else
            rc = ew_buf_printf(p->out, p->err, ew_tr("%zu passages %s"), n, done);
        first = false;
    }
    return rc;
}

static ew_code verdict(const page *p)
{
    ew_diff_verdict v = ew_diff_finding_verdict(p->f);
    ew_code rc;

    if (v != EW_VERDICT_DIFFERS)
        return ew_buf_printf(p->out, p->err, "%s%s.%s\n\n", ew_bold(p->style),
                             ew_said(ew_diff_verdict_words(v)), ew_plain(p->style));
    size_t n = p->f->diff->edit_count;
    rc = ew_buf_printf(p->out, p->err, ew_tr("%sB differs from A in %zu place%s: "),
                       ew_bold(p->style), n, n == 1 ? "" : "s");
    if (rc == EW_OK)
        rc = counts(p);
    return rc == EW_OK ? ew_buf_printf(p->out, p->err, ".%s\n\n", ew_plain(p->style))
                       : rc;
}

/* ------------------------------------------------------------------ the files */

/* FFmpeg names some containers by all their endings. */
static const char *container_word(const char *name)
{
    if (strncmp(name, "mov,mp4", 7) == 0)
        return "mp4";
    return strncmp(name, "matroska,webm", 13) == 0 ? "matroska" : name;
}

static ew_code file_facts(const page *p, const ew_diff_side *s)
{
    char length[EW_TIME_TEXT];
    uint32_t ch = s->info.stored_channels;
    ew_code rc;

    if (!s->decoded)
        return ew_buf_printf(p->out, p->err, "%s, ", ew_bytes_text(s->bytes, length));
    rc =
        ew_buf_printf(p->out, p->err, ew_tr("%s, %s in %s, %g kHz, "),
                      ew_time_text(seconds((double)s->samples), length), s->info.codec,
                      container_word(s->info.container), s->info.stored_rate_hz / 1000.0);
    if (rc == EW_OK && ch <= 2)
        rc = ew_buf_printf(p->out, p->err, "%s, ",
                           ch == 1 ? ew_tr("mono") : ew_tr("stereo"));
    else if (rc == EW_OK)
        rc = ew_buf_printf(p->out, p->err, ew_tr("%u channels, "), (unsigned)ch);
    return rc;
}

static ew_code file_line(const page *p, int side)
{
    const ew_diff_side *s = &p->f->sides[side];
    char hex[EW_SHA256_HEX + 1];
    ew_code rc;

    ew_hex(s->sha256, EW_SHA256_BYTES, hex);
    rc = ew_buf_printf(p->out, p->err, "%c  %s%s%s  ", side == EW_SIDE_A ? 'A' : 'B',
                       ew_bold(p->style), s->name, ew_plain(p->style));
    if (rc == EW_OK)
        rc = file_facts(p, s);
    if (rc == EW_OK)
        rc = ew_buf_printf(p->out, p->err, ew_tr("SHA-256 %.*s…\n"), SHA_SHOWN, hex);
    if (rc == EW_OK && s->trouble[0] != 0)
        rc =
            ew_buf_printf(p->out, p->err, ew_tr("   trouble: %s\n"), ew_said(s->trouble));
    return rc;
}

/* ------------------------------------------------------------------ the whole */

static ew_code shifted(const page *p)
{
    const ew_same_samples *s = &p->f->samples;
    ew_code rc = EW_OK;

    if (!s->same || (s->a_beyond <= 0 && s->b_beyond <= 0))
        return EW_OK;
    rc = ew_buf_printf(p->out, p->err,
                       ew_tr("\nThe files disagree on where the sound begins or "
                             "ends:"));
    if (rc == EW_OK && s->a_beyond > 0)
        rc = ew_buf_printf(p->out, p->err, ew_tr(" A has %.1f ms more"),
                           s->a_beyond * 1000);
    if (rc == EW_OK && s->b_beyond > 0)
        rc = ew_buf_printf(p->out, p->err, ew_tr("%s B has %.1f ms more"),
                           s->a_beyond > 0 ? "," : "", s->b_beyond * 1000);
    return rc == EW_OK ? ew_buf_append(p->out, ".\n", 2, p->err) : rc;
}

static size_t count_facts(const ew_whole *w, ew_fact_state state)
{
    size_t n = 0;

    for (size_t i = 0; i < EW_FACT_KINDS; i++)
        n += w->facts[i].state == state;
    return n;
}

static ew_code facts_in(const page *p, ew_fact_state state, const char *title)
{
    const ew_whole *w = p->f->whole;
    ew_code rc = EW_OK;

    if (count_facts(w, state) == 0)
        return EW_OK;
    rc = ew_buf_printf(p->out, p->err, "%s\n", ew_said(title));
    for (size_t i = 0; i < EW_FACT_KINDS && rc == EW_OK; i++)
        if (w->facts[i].state == state)
            rc = item(p, w->facts[i].sentence);
    return rc;
}

/* "gain, polarity, channels" */
static ew_code fact_names(const page *p, ew_fact_state state, ew_buf *line)
{
    const ew_whole *w = p->f->whole;
    bool first = true;
    ew_code rc = EW_OK;

    for (size_t i = 0; i < EW_FACT_KINDS && rc == EW_OK; i++) {
        if (w->facts[i].state != state)
            continue;
        rc = ew_buf_printf(line, p->err, "%s%s", first ? "" : ", ",
                           ew_said(ew_fact_words((ew_fact_kind)i)));
        first = false;
    }
    return rc;
}

static ew_code names_line(const page *p, ew_fact_state state, const char *title)
{
    ew_buf line;
    ew_code rc;

    if (count_facts(p->f->whole, state) == 0)
        return EW_OK;
    ew_buf_init(&line, WRAP_MAX);
    rc = ew_buf_printf(&line, p->err, "%s: ", ew_said(title));
    if (rc == EW_OK)
        rc = fact_names(p, state, &line);
    if (rc == EW_OK)
        rc = ew_buf_append(&line, ".", 1, p->err);
    if (rc == EW_OK)
        rc = ew_text_wrap(p->out, p->style, (const char *)line.data, 0, 0, p->err);
    ew_buf_release(&line);
    return rc;
}

static ew_code whole(const page *p)
{
    ew_code rc = shifted(p);

    if (rc != EW_OK || p->f->whole == NULL)
        return rc;
    rc = ew_buf_append(p->out, "\n", 1, p->err);
    if (rc == EW_OK)
        rc = facts_in(p, EW_FACT_CHANGED, EW_N("Done to the whole of B:"));
    if (rc == EW_OK)
        rc = facts_in(p, EW_FACT_CODING, EW_N("As coding or copying may leave it:"));
    return rc == EW_OK ? names_line(p, EW_FACT_SAME, EW_N("The same in both")) : rc;
}

/* ------------------------------------------------------------------ the edits */

static ew_code place_cell(const page *p, ew_table *t, double from, double to)
{
    char a[EW_TIME_TEXT];
    char b[EW_TIME_TEXT];

    if (to == from)
        return ew_table_cell(t, p->err, "at %s", ew_time_text(seconds(from), a));
    return ew_table_cell(t, p->err, "%s – %s", ew_time_text(seconds(from), a),
                         ew_time_text(seconds(to), b));
}

/* As many decimals as the place is known. */
static int length_digits(const ew_edit *e)
{
    double pm = ew_edit_plus_minus(e);

    return pm < 0.005 ? 3 : pm < 0.05 ? 2 : 1;
}

static ew_code length_cell(const page *p, ew_table *t, const ew_edit *e)
{
    int digits = length_digits(e);
    double a = fabs(seconds(e->a_end - e->a_start));
    double b = seconds(e->b_end - e->b_start);

    if (!ew_edit_has_b(e))
        return ew_table_cell(t, p->err, "%.*f s", digits, a);
    if (!ew_edit_has_a(e) || (e->op != EW_EDIT_REPLACE && e->op != EW_EDIT_SPEED))
        return ew_table_cell(t, p->err, "%.*f s", digits, b);
    return ew_table_cell(t, p->err, "%.*f → %.*f s", digits, a, digits, b);
}

static ew_code speed_note(const page *p, ew_table *t, const ew_edit *e)
{
    double semitones = 12 * log2(e->pitch > 0 ? e->pitch : 1);
    double follows = 12 * log2(e->speed > 0 ? e->speed : 1);

    if (fabs(semitones - follows) < 0.3)
        return ew_table_cell(t, p->err, "%.3f×", e->speed);
    if (fabs(semitones) < 0.3)
        return ew_table_cell(t, p->err, "%.3f×, pitch kept", e->speed);
    return ew_table_cell(t, p->err, "%.3f×, pitch %+.1f semitones", e->speed, semitones);
}

static ew_code note_cell(const page *p, ew_table *t, const ew_edit *e)
{
    const char *pause = e->at_pause ? ew_tr("in a pause") : "";
    char at[EW_TIME_TEXT];

    if (e->op == EW_EDIT_SPEED)
        return speed_note(p, t, e);
    if (e->op == EW_EDIT_MOVE && e->b_gap >= 0)
        return ew_table_cell(t, p->err,
                             pause[0] != 0 ? "missing at %s of B, in a pause"
                                           : "missing at %s of B",
                             ew_time_text(seconds(e->b_gap), at));
    return ew_table_cell(t, p->err, "%s", pause);
}

static ew_code edit_row(const page *p, ew_table *t, size_t i)
{
    const ew_edit *e = &p->f->diff->edits[i];
    char sure[EW_TIME_TEXT];
    ew_code rc = ew_table_cell(t, p->err, "%zu", i + 1);

    if (rc == EW_OK)
        rc = ew_table_cell(t, p->err, "%s", ew_said(ew_edit_words(e)));
    if (rc == EW_OK)
        rc = place_cell(p, t, e->a_start, ew_edit_has_a(e) ? e->a_end : e->a_start);
    if (rc == EW_OK)
        rc = place_cell(p, t, e->b_start, ew_edit_has_b(e) ? e->b_end : e->b_start);
    if (rc == EW_OK)
        rc = length_cell(p, t, e);
    if (rc == EW_OK)
        rc = ew_table_cell(t, p->err, "±%.0f ms",
                           fmax(1, ceil(1000 * ew_edit_plus_minus(e))));
    if (rc == EW_OK)
        rc = ew_table_cell(t, p->err, "%s", ew_certainty_text(e->certainty, sure));
    return rc == EW_OK ? note_cell(p, t, e) : rc;
}

static ew_code table(const page *p)
{
    static const ew_cell_kind kinds[COLUMNS] = {
        EW_CELL_RIGHT, EW_CELL_LEFT,  EW_CELL_LEFT,  EW_CELL_LEFT,
        EW_CELL_RIGHT, EW_CELL_RIGHT, EW_CELL_RIGHT, EW_CELL_LEFT};
    static const char *const names[COLUMNS] = {"#",
                                               EW_N("edit"),
                                               EW_N("in A"),
                                               EW_N("in B"),
                                               EW_N("length"),
                                               "",
                                               EW_N("certainty"),
                                               ""};
    ew_table t;
    ew_code rc = EW_OK;

    ew_table_init(&t, kinds, COLUMNS);
    for (int i = 0; i < COLUMNS && rc == EW_OK; i++)
        rc = ew_table_cell(&t, p->err, "%s", ew_said(names[i]));
    for (size_t i = 0; i < p->f->diff->edit_count && rc == EW_OK; i++)
        rc = edit_row(p, &t, i);
    if (rc == EW_OK)
        rc = ew_table_print(&t, p->style, p->out, p->err);
    ew_table_release(&t);
    return rc;
}

/* What the edits come to. */
static ew_code sums(const page *p)
{
    const ew_diff *d = p->f->diff;
    double gone = 0;
    double new = 0;

    for (size_t i = 0; i < d->edit_count; i++) {
        const ew_edit *e = &d->edits[i];
        if (e->op == EW_EDIT_DELETE || e->op == EW_EDIT_REPLACE ||
            e->op == EW_EDIT_SILENCE)
            gone += fabs(seconds(e->a_end - e->a_start));
        if (e->op == EW_EDIT_INSERT || e->op == EW_EDIT_REPLACE)
            new += seconds(e->b_end - e->b_start);
    }
    return ew_buf_printf(
        p->out, p->err,
        ew_tr("\nIn all, %.1f s of A are not in B, and %.1f s of B are not from "
              "A.\n"),
        gone, new);
}

static ew_code edits(const page *p)
{
    ew_code rc;

    if (p->f->diff == NULL || p->f->diff->edit_count == 0)
        return EW_OK;
    rc = ew_buf_append(p->out, "\n", 1, p->err);
    if (rc == EW_OK)
        rc = table(p);
    return rc == EW_OK ? sums(p) : rc;
}

static size_t count_files(const ew_diff_finding *f)
{
    size_t n = 0;

    for (size_t i = 0; i < f->diff->edit_count; i++)
        n += (size_t)(f->exports[i].a[0] != 0) + (f->exports[i].b[0] != 0);
    return n;
}

static ew_code exported(const page *p)
{
    if (p->f->export_dir == NULL || p->f->diff == NULL)
        return EW_OK;
    size_t n = count_files(p->f);
    return ew_buf_printf(p->out, p->err, ew_tr("Written to '%s': %zu sound file%s.\n"),
                         p->f->export_dir, n, n == 1 ? "" : "s");
}

/* ------------------------------------------------------------------ the end */

static ew_code close_words(const page *p)
{
    ew_buf line;
    ew_code rc;

    if (p->f->same_bytes)
        return EW_OK;
    ew_buf_init(&line, WRAP_MAX);
    rc = ew_buf_printf(
        &line, p->err,
        ew_tr("This says what differs, not which of the two came first or is "
              "genuine. Not tested: "));
    for (size_t i = 0; i < ew_diff_not_tested_count && rc == EW_OK; i++)
        rc = ew_buf_printf(&line, p->err, "%s%s", i == 0 ? "" : "; ",
                           ew_said(ew_diff_not_tested[i]));
    if (rc == EW_OK && p->f->whole != NULL &&
        count_facts(p->f->whole, EW_FACT_NOT_TESTED) > 0) {
        rc = ew_buf_printf(&line, p->err, ew_tr("; here also: "));
        if (rc == EW_OK)
            rc = fact_names(p, EW_FACT_NOT_TESTED, &line);
    }
    if (rc == EW_OK)
        rc = ew_buf_append(&line, ".", 1, p->err);
    if (rc == EW_OK)
        rc = ew_buf_printf(p->out, p->err, "\n%s", ew_dim(p->style));
    if (rc == EW_OK)
        rc = ew_text_wrap(p->out, p->style, (const char *)line.data, 0, 0, p->err);
    if (rc == EW_OK)
        rc = ew_buf_printf(p->out, p->err, "%s", ew_plain(p->style));
    ew_buf_release(&line);
    return rc;
}

ew_code ew_report_diff_text(const ew_diff_finding *f, const ew_text_style *style,
                            ew_buf *out, ew_err *err)
{
    page p = {f, style, out, err};
    ew_code rc = verdict(&p);

    for (int side = EW_SIDE_A; side <= EW_SIDE_B && rc == EW_OK; side++)
        rc = file_line(&p, side);
    if (rc == EW_OK)
        rc = whole(&p);
    if (rc == EW_OK)
        rc = edits(&p);
    if (rc == EW_OK)
        rc = exported(&p);
    return rc == EW_OK ? close_words(&p) : rc;
}
