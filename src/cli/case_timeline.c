/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness case timeline: positions by date, and what follows from them. */
#include "ops/case_timeline.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "base/utf8.h"
#include "base/when.h"
#include "base/words.h"
#include "cli/case.h"
#include "cli/case_jsonld.h"
#include "cli/case_verbs.h"
#include "ops/case_json.h"

enum { SAFE_MAX = 16 << 20, WORDS_COLUMNS = 60, DAY_CHARS = 10, COLUMNS = 7 };

static const opt_spec options[] = {
    CASE_OPTION,
    {OPT_PERSON, 0, "person", "NAME", "only what this one says"},
    {OPT_TODAY, 0, "today", "DATE", "count days until then (default: today, UTC)"},
    {OPT_ALL, 0, "all", NULL, "also what was taken back"},
    {OPT_JSONLD, 0, "jsonld", NULL, "write ClaimReview and MediaReview of schema.org"},
    {OPT_OUTPUT, 'o', "output", "FILE", "of --jsonld: to this file"},
    JSONLD_OPTIONS,
};

typedef struct shower {
    app *a;
    ew_table table;
    ew_buf findings;
    ew_buf cell; /* safe text of one cell */
    uint64_t rows;
} shower;

/* ------------------------------------------------------------------ JSON */

static ew_code row_json(void *cookie, const ew_timeline_row *r, ew_err *err)
{
    shower *s = cookie;
    (void)err;
    s->rows++;
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.case-timeline/1");
    ew_obj_str(&o, "row", "position");
    ew_timeline_row_json(&o, r);
    out_object(s->a, &o);
    return EW_OK;
}

static ew_code finding_json(void *cookie, const ew_turn *t, const ew_timeline_row *first,
                            const ew_timeline_row *second, ew_err *err)
{
    shower *s = cookie;
    (void)err;
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.case-timeline/1");
    ew_obj_str(&o, "row", "finding");
    ew_timeline_finding_json(&o, t, first, second);
    out_object(s->a, &o);
    return EW_OK;
}

/* ------------------------------------------------------------------ text */

/* Safe text, which stays until the next call. */
static ew_code safe(shower *s, const char *text, size_t columns, ew_err *err)
{
    ew_buf all;
    ew_buf_init(&all, SAFE_MAX);
    ew_code code = ew_utf8_append_safe(&all, text, strlen(text), err);
    ew_buf_reset(&s->cell);
    if (code == EW_OK && columns > 0 && all.len > 0)
        code = ew_text_squeeze(&s->cell, (const char *)all.data, columns, err);
    else if (code == EW_OK)
        code = ew_buf_append(&s->cell, all.data, all.len, err);
    ew_buf_release(&all);
    if (code == EW_OK && s->cell.data == NULL)
        code = ew_buf_append(&s->cell, "", 0, err);
    return code;
}

static ew_code cell(shower *s, const char *text, size_t columns, const char *after,
                    ew_err *err)
{
    ew_code code = safe(s, text, columns, err);
    return code == EW_OK
               ? ew_table_cell(&s->table, err, "%s%s",
                               s->cell.len > 0 ? (char *)s->cell.data : "", after)
               : code;
}

static ew_code row_text(void *cookie, const ew_timeline_row *r, ew_err *err)
{
    static const char *const heads[COLUMNS] = {
        "",           EW_N("date"),  EW_N("who"),   EW_N("stance"),
        EW_N("item"), EW_N("words"), EW_N("report")};
    shower *s = cookie;
    const ew_position *p = r->position;
    char repeats[128] = "";
    ew_code code = EW_OK;
    for (size_t i = 0; s->rows == 0 && i < COLUMNS && code == EW_OK; i++)
        code = ew_table_cell(&s->table, err, "%s", ew_said(heads[i]));
    s->rows++;
    if (code == EW_OK)
        code = ew_table_cell(&s->table, err, "%" PRId64, p->id);
    if (code == EW_OK)
        code = cell(s, p->date, 0, "", err);
    if (code == EW_OK)
        code = cell(s, r->person->name, 0, "", err);
    if (code == EW_OK)
        code =
            cell(s, ew_said(p->stance), 0, p->undone ? ew_tr(" (taken back)") : "", err);
    if (code == EW_OK)
        code = cell(s, r->item->name, 0, "", err);
    if (code == EW_OK)
        code = cell(s, p->words, WORDS_COLUMNS, "", err);
    if (p->via != 0)
        (void)snprintf(repeats, sizeof repeats, ew_tr(" (repeats %" PRId64 ")"), p->via);
    return code == EW_OK
               ? cell(s, r->report != NULL ? r->report->name : "", 0, repeats, err)
               : code;
}

static const char *plural(int64_t n)
{
    return n == 1 || n == -1 ? "" : "s";
}

static ew_code add_safe(ew_buf *b, const char *text, ew_err *err)
{
    return ew_utf8_append_safe(b, text, strlen(text), err);
}

static ew_code add_two(ew_buf *b, const ew_position *one, const char *between,
                       const ew_position *two, ew_err *err)
{
    return ew_buf_printf(b, err, "%s %s%s%s %s", one->date, ew_said(one->stance), between,
                         two->date, ew_said(two->stance));
}

static ew_code add_silence(ew_buf *b, const ew_turn *t, const ew_position *q, ew_err *err)
{
    ew_code code =
        t->days_sure ? ew_buf_printf(b, err, ew_tr("asked %" PRId64 " day%s ago (%s), "),
                                     t->days, plural(t->days), q->date)
                     : ew_buf_printf(b, err, ew_tr("asked %s, "), q->date);
    if (code == EW_OK && t->count > 1)
        code = ew_buf_printf(b, err, ew_tr("%" PRIu64 " questions in all, "), t->count);
    if (code == EW_OK)
        code = ew_buf_printf(b, err, ew_tr("no answer"));
    if (code == EW_OK && t->has_until && t->late > 0)
        code = ew_buf_printf(b, err,
                             ew_tr("; the time given was over %" PRId64 " day%s ago"),
                             t->late, plural(t->late));
    else if (code == EW_OK && t->has_until)
        code = ew_buf_printf(b, err, ew_tr("; the time given is not over"));
    return code;
}

/* second is there for all that name it. */
static ew_code add_finding(ew_buf *b, const ew_turn *t, const ew_position *one,
                           const ew_position *two, ew_err *err)
{
    ew_code code = EW_OK;
    switch (t->kind) {
    case EW_TURN_REVERSAL:
        return add_two(b, one, " \xE2\x86\x92 ", two, err);
    case EW_TURN_UNORDERED:
        code = add_two(b, one, ew_tr(" and "), two, err);
        return code == EW_OK
                   ? ew_buf_printf(b, err,
                                   ew_tr(" contradict each other; which came first "
                                         "is not known"))
                   : code;
    case EW_TURN_SILENCE:
        return add_silence(b, t, one, err);
    case EW_TURN_LATE:
        return ew_buf_printf(
            b, err,
            ew_tr("asked %s for an answer by %s, which came on %s, %" PRId64
                  " day%s late"),
            one->date, one->until, two->date, t->late, plural(t->late));
    case EW_TURN_ONE_VOICE:
        return ew_buf_printf(b, err,
                             ew_tr("reported by %" PRIu64
                                   ", all trace back to one: position "
                                   "%" PRId64 ", %s"),
                             t->count, one->id, one->date);
    case EW_TURN_SAME_WORDS:
        return ew_buf_printf(b, err,
                             ew_tr("the same words in %" PRIu64
                                   " reports, perhaps one voice: positions %" PRId64
                                   " to %" PRId64),
                             t->count, one->id, two->id);
    case EW_TURN_TRANSLATION:
        return ew_buf_printf(
            b, err,
            ew_tr("one report is a translation of the other, perhaps one "
                  "voice: positions %" PRId64 " and %" PRId64),
            one->id, two->id);
    case EW_TURN_LOOSE:
        return ew_buf_printf(b, err,
                             ew_tr("position %" PRId64 " repeats position %" PRId64
                                   ", which was taken back"),
                             one->id, t->second);
    }
    return code;
}

static ew_code finding_text(void *cookie, const ew_turn *t, const ew_timeline_row *first,
                            const ew_timeline_row *second, ew_err *err)
{
    shower *s = cookie;
    ew_buf *b = &s->findings;
    if (second == NULL && t->kind != EW_TURN_LOOSE)
        return EW_OK;
    ew_code code = ew_buf_printf(b, err, "%s", ew_bold(&s->a->out_style));
    if (code == EW_OK)
        code = add_safe(b, first->person->name, err);
    if (code == EW_OK)
        code = ew_buf_printf(b, err, ew_tr("%s on "), ew_plain(&s->a->out_style));
    if (code == EW_OK)
        code = add_safe(b, first->item->name, err);
    if (code == EW_OK)
        code = ew_buf_printf(b, err, ": ");
    if (code == EW_OK)
        code = add_finding(b, t, first->position,
                           second != NULL ? second->position : NULL, err);
    return code == EW_OK ? ew_buf_printf(b, err, "\n") : code;
}

/* ------------------------------------------------------------------ the command */

static ew_code show(app *a, ew_case *c, const ew_timeline_opts *opts, uint64_t *rows,
                    ew_err *err)
{
    static const ew_cell_kind kinds[COLUMNS] = {
        EW_CELL_RIGHT,  EW_CELL_LEFT,   EW_CELL_SHRINK, EW_CELL_LEFT,
        EW_CELL_SHRINK, EW_CELL_SHRINK, EW_CELL_SHRINK};
    shower s = {.a = a};
    ew_timeline_sink sink = {&s, a->json ? row_json : row_text,
                             a->json ? finding_json : finding_text};
    ew_buf out;
    ew_table_init(&s.table, kinds, COLUMNS);
    ew_buf_init(&s.findings, SAFE_MAX);
    ew_buf_init(&s.cell, SAFE_MAX);
    ew_buf_init(&out, 4 * SAFE_MAX);
    ew_code code = ew_ops_case_timeline(c, opts, &sink, err);
    if (code == EW_OK && !a->json && s.rows > 0)
        code = ew_table_print(&s.table, &a->out_style, &out, err);
    if (code == EW_OK && s.findings.len > 0 && s.rows > 0)
        code = ew_buf_append(&out, "\n", 1, err);
    if (code == EW_OK)
        code = ew_buf_append(&out, s.findings.data, s.findings.len, err);
    if (code == EW_OK && !a->json)
        out_write(a, &out);
    *rows = s.rows;
    ew_buf_release(&out);
    ew_buf_release(&s.cell);
    ew_buf_release(&s.findings);
    ew_table_release(&s.table);
    return code;
}

static ew_code write_jsonld(app *a, ew_case *c, const args *in, ew_err *err)
{
    case_jsonld j;
    ew_buf out;
    const char *file = in->values[OPT_OUTPUT];
    ew_buf_init(&out, EW_JSONLD_MAX);
    ew_code code = case_jsonld_read(in, &j, err);
    j.opts.item = in->count > 0 ? in->operands[0] : NULL;
    if (code == EW_OK)
        code = ew_ops_case_jsonld(c, &j.opts, &out, err);
    if (code == EW_OK && file != NULL && strcmp(file, "-") != 0)
        code = ew_file_put(file, out.data, out.len, err);
    else if (code == EW_OK)
        out_write(a, &out);
    case_jsonld_release(&j);
    ew_buf_release(&out);
    return code;
}

static int run(app *a, const args *in)
{
    char today[EW_ISO_TEXT];
    uint64_t rows = 0;
    ew_case *c = NULL;
    ew_err err;
    (void)ew_iso_text((int64_t)time(NULL), today);
    today[DAY_CHARS] = 0;
    ew_timeline_opts opts = {
        .item = in->count > 0 ? in->operands[0] : NULL,
        .person = in->values[OPT_PERSON],
        .today = in->values[OPT_TODAY] != NULL ? in->values[OPT_TODAY] : today,
        .undone = in->values[OPT_ALL] != NULL};
    bool jsonld = in->values[OPT_JSONLD] != NULL;
    int exit_code = case_open(a, in, false, &c);
    if (exit_code != 0)
        return exit_code;
    ew_code code = jsonld ? write_jsonld(a, c, in, &err) : show(a, c, &opts, &rows, &err);
    ew_case_close(c);
    if (code != EW_OK)
        return fail_command(a, &err);
    return jsonld || rows > 0 ? EXIT_FOUND : EXIT_NOTHING;
}

const command case_timeline = {
    .name = "case timeline",
    .usage = "[ITEM]",
    .summary = "who said what, by date; reversals, silence, one voice",
    .details =
        "Shows positions by date, and what follows from them: reversals, questions\n"
        "without an answer, reports that trace back to one voice. What the dates leave\n"
        "open is said and not guessed. With --jsonld it writes ClaimReview and\n"
        "MediaReview of schema.org; ratings are yours: the program gives none.\n"
        "Exit status 1 when there are no positions",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 0,
    .operands_max = 1,
    .run = run,
};
