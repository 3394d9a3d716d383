/* SPDX-License-Identifier: Apache-2.0 */
/* What a case says of words: positions by date and what follows from them, quotations that were accepted,
 * what is missing. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/words.h"
#include "casefile/dates.h"
#include "casefile/suggestions.h"
#include "ops/case_timeline.h"
#include "ops/report_case_parts.h"
#include "report/timeline_svg.h"

enum { SVG_MAX = 64 << 20, PEOPLE_DRAWN = 24, MARKS_DRAWN = 400, DAY_SECONDS = 86400 };

typedef struct teller {
    ew_case_reporter *r;
    ew_grid rows, findings;
    /* of the picture */
    ew_said_mark *marks;
    size_t n, cap;
    const char **names; /* PEOPLE_DRAWN, borrowed from the book */
    size_t people;
    ew_said_turn *turns;
    size_t turn_count, turn_cap;
} teller;

/* ------------------------------------------------------------------ picture */

static ew_said_look look_of(const char *stance)
{
    static const struct {
        const char *stance;
        ew_said_look look;
    } looks[] = {{"confirms", EW_SAID_TRUE},         {"denies", EW_SAID_FALSE},
                 {"says-fabricated", EW_SAID_FALSE}, {"says-altered", EW_SAID_FALSE},
                 {"retracts", EW_SAID_TAKEN},        {"asked", EW_SAID_ASKED},
                 {"no-reply-by", EW_SAID_ASKED}};
    for (size_t i = 0; i < EW_COUNT(looks); i++)
        if (strcmp(stance, looks[i].stance) == 0)
            return looks[i].look;
    return EW_SAID_NOTHING;
}

static size_t row_of(teller *t, const char *name)
{
    for (size_t i = 0; i < t->people; i++)
        if (strcmp(t->names[i], name) == 0)
            return i;
    if (t->people == PEOPLE_DRAWN)
        return SIZE_MAX;
    t->names[t->people] = name;
    return t->people++;
}

static ew_code add_mark(teller *t, const ew_timeline_row *r, ew_err *err)
{
    ew_date_span span;
    if (t->n == MARKS_DRAWN || !ew_case__span_of(r->position->date, &span))
        return EW_OK;
    /* the names of the sink do not outlive it */
    const ew_book_person *who = ew_book_person_of(&t->r->book, r->position->person);
    size_t row = who != NULL ? row_of(t, who->name) : SIZE_MAX;
    if (row == SIZE_MAX)
        return EW_OK;
    if (t->n == t->cap) {
        size_t cap = t->cap > 0 ? 2 * t->cap : 64;
        ew_said_mark *more = ew_realloc_array(t->marks, cap, sizeof *more);
        if (more == NULL)
            return ew_fail_nomem(err);
        t->marks = more;
        t->cap = cap;
    }
    double first = (double)span.first / DAY_SECONDS;
    double last = (double)span.last / DAY_SECONDS;
    ew_said_mark *m = &t->marks[t->n++];
    *m = (ew_said_mark){.number = r->position->id,
                        .row = row,
                        .day = span.day ? (first + last) / 2 : first,
                        .day_to = span.day ? 0 : last,
                        .date = ew_strdup(r->position->date),
                        .stance = ew_strdup(r->position->stance),
                        .look = look_of(r->position->stance)};
    return m->date != NULL && m->stance != NULL ? EW_OK : ew_fail_nomem(err);
}

static size_t mark_of(const teller *t, int64_t position)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->marks[i].number == position)
            return i;
    return SIZE_MAX;
}

static ew_code add_turn(teller *t, const ew_turn *turn, ew_err *err)
{
    size_t from = mark_of(t, turn->first);
    size_t to = mark_of(t, turn->second);
    if (from == SIZE_MAX || to == SIZE_MAX)
        return EW_OK;
    if (t->turn_count == t->turn_cap) {
        size_t cap = t->turn_cap > 0 ? 2 * t->turn_cap : 16;
        ew_said_turn *more = ew_realloc_array(t->turns, cap, sizeof *more);
        if (more == NULL)
            return ew_fail_nomem(err);
        t->turns = more;
        t->turn_cap = cap;
    }
    t->turns[t->turn_count++] = (ew_said_turn){from, to};
    return EW_OK;
}

static ew_code draw(teller *t, ew_err *err)
{
    const ew_said_picture p = {t->names, t->people, t->marks,
                               t->n,     t->turns,  t->turn_count};
    ew_buf svg;
    if (t->n == 0)
        return EW_OK;
    ew_buf_init(&svg, SVG_MAX);
    ew_code code = ew_timeline_svg(&p, &svg, err);
    if (code == EW_OK)
        ew_page_picture(
            t->r->page,
            "Positions by date; numbers as in the table below, which says the "
            "same.",
            (const char *)svg.data);
    ew_buf_release(&svg);
    return code;
}

/* ------------------------------------------------------------------ tables */

static void place_cell(ew_grid *g, uint64_t at, uint64_t bytes)
{
    if (bytes > 0)
        ew_grid_cell(g, "bytes %" PRIu64 "–%" PRIu64, at, at + bytes - 1);
    else
        ew_grid_cell(g, "%s", "");
}

static ew_code take_row(void *cookie, const ew_timeline_row *r, ew_err *err)
{
    teller *t = cookie;
    const ew_position *p = r->position;
    ew_grid *g = &t->rows;
    ew_grid_cell(g, "%" PRId64, p->id);
    ew_grid_cell(g, "%s", p->date);
    ew_grid_cell(g, "%s", r->person->name);
    if (p->until[0] != 0)
        ew_grid_cell(g, "%s until %s", p->stance, p->until);
    else
        ew_grid_cell(g, "%s", p->stance);
    ew_grid_cell(g, "%s", r->item->name);
    ew_grid_cell(g, "%s", p->words);
    ew_grid_cell(g, "%s", p->channel);
    ew_grid_cell(g, "%s", r->report != NULL ? r->report->name : "");
    place_cell(g, p->at, p->bytes);
    ew_grid_cell(g, "%.0" PRId64, p->via);
    return add_mark(t, r, err);
}

static const char *turn_words(ew_turn_kind kind)
{
    switch (kind) {
    case EW_TURN_REVERSAL:
        return EW_N("reversal: says the opposite of before");
    case EW_TURN_UNORDERED:
        return EW_N("contradicts; which came first is not known");
    case EW_TURN_SILENCE:
        return EW_N("asked, and no answer since");
    case EW_TURN_LATE:
        return EW_N("answered late");
    case EW_TURN_ONE_VOICE:
        return EW_N("one voice: several reports trace back to one");
    case EW_TURN_SAME_WORDS:
        return EW_N("the same words in several reports; perhaps one voice");
    case EW_TURN_TRANSLATION:
        return EW_N("one report translates the other; perhaps one voice");
    case EW_TURN_LOOSE:
        return EW_N("repeats what was taken back");
    }
    return "";
}

static void days_cell(ew_grid *g, const ew_turn *t)
{
    if (t->days_sure)
        ew_grid_cell(g, "%" PRId64, t->days);
    else
        ew_grid_cell(g, "%s", "");
}

static void more_cell(ew_grid *g, const ew_turn *t)
{
    if (t->has_until && t->late > 0)
        ew_grid_cell(g, "%" PRId64 " day%s after the time that was given", t->late,
                     t->late == 1 ? "" : "s");
    else if (t->has_until)
        ew_grid_cell(g, "the time given is not over");
    else if (t->kind == EW_TURN_SILENCE && t->count > 1)
        ew_grid_cell(g, "asked %" PRIu64 " times", t->count);
    else if (t->kind != EW_TURN_SILENCE && t->count > 0)
        ew_grid_cell(g, "%" PRIu64 " reports", t->count);
    else
        ew_grid_cell(g, "%s", "");
}

static ew_code take_finding(void *cookie, const ew_turn *turn,
                            const ew_timeline_row *first, const ew_timeline_row *second,
                            ew_err *err)
{
    teller *t = cookie;
    ew_grid *g = &t->findings;
    const ew_position *p = first->position;
    ew_grid_cell(g, "%s", first->person->name);
    ew_grid_cell(g, "%s", first->item->name);
    ew_grid_cell(g, "%s", turn_words(turn->kind));
    ew_grid_cell(g, "%s (%" PRId64 "): %s", p->date, p->id, p->stance);
    if (second != NULL && second->position->id != p->id)
        ew_grid_cell(g, "%s (%" PRId64 "): %s", second->position->date,
                     second->position->id, second->position->stance);
    else
        ew_grid_cell(g, "%s", "");
    days_cell(g, turn);
    more_cell(g, turn);
    return turn->kind == EW_TURN_REVERSAL ? add_turn(t, turn, err) : EW_OK;
}

static void begin_tables(teller *t)
{
    static const ew_column rows[] = {
        {"#", EW_COLUMN_NUMBER},         {"date", EW_COLUMN_PLACE},
        {"who", EW_COLUMN_OUTSIDE},      {"stance", EW_COLUMN_TEXT},
        {"on", EW_COLUMN_OUTSIDE},       {"words, as reported", EW_COLUMN_OUTSIDE},
        {"where", EW_COLUMN_OUTSIDE},    {"report", EW_COLUMN_OUTSIDE},
        {"place in it", EW_COLUMN_TEXT}, {"repeats", EW_COLUMN_NUMBER}};
    static const ew_column findings[] = {
        {"who", EW_COLUMN_OUTSIDE}, {"on", EW_COLUMN_OUTSIDE},
        {"what", EW_COLUMN_TEXT},   {"position", EW_COLUMN_TEXT},
        {"and", EW_COLUMN_TEXT},    {"days", EW_COLUMN_NUMBER},
        {"", EW_COLUMN_TEXT}};
    ew_grid_begin(&t->rows, "Positions by date", rows, EW_COUNT(rows));
    ew_grid_begin(&t->findings,
                  "What follows from the dates: reversals, silence, one voice", findings,
                  EW_COUNT(findings));
}

ew_code ew_report__said(ew_case_reporter *r, ew_err *err)
{
    teller t = {.r = r, .names = ew_alloc_array(PEOPLE_DRAWN, sizeof *t.names)};
    const ew_timeline_sink sink = {&t, take_row, take_finding};
    const ew_timeline_opts opts = {.today = r->today};
    if (t.names == NULL)
        return ew_fail_nomem(err);
    begin_tables(&t);
    if (r->view.counts[EW_THING_POSITION] > 0)
        ew_page_section(r->page, 2, "Who said what");
    ew_code code = ew_ops_case_timeline(r->c, &opts, &sink, err);
    if (code == EW_OK)
        code = draw(&t, err);
    ew_grid_end(&t.rows, r->page);
    ew_grid_end(&t.findings, r->page);
    for (size_t i = 0; i < t.n; i++) {
        ew_free((void *)(uintptr_t)t.marks[i].date);
        ew_free((void *)(uintptr_t)t.marks[i].stance);
    }
    ew_free(t.marks);
    ew_free(t.turns);
    ew_free(t.names);
    return code;
}

/* ------------------------------------------------------------------ quotations */

static ew_code take_quote(void *cookie, const ew_suggestion *s, ew_err *err)
{
    ew_grid *g = cookie;
    (void)err;
    if (s->undone || s->verdict != EW_ACCEPTED)
        return EW_OK;
    ew_grid_cell(g, "%.0" PRId64, s->position);
    ew_grid_cell(g, "%s", s->words);
    ew_grid_cell(g, "%s", s->speaker);
    ew_grid_cell(g, "%s", s->title);
    ew_grid_cell(g, "%s", s->outlet);
    ew_grid_cell(g, "item %" PRId64 ", paragraph %" PRId64 ", bytes %" PRIu64 "–%" PRIu64,
                 s->item, s->paragraph, s->at,
                 s->bytes > 0 ? s->at + s->bytes - 1 : s->at);
    return EW_OK;
}

ew_code ew_report__quotes(ew_case_reporter *r, ew_err *err)
{
    static const ew_column columns[] = {
        {"position", EW_COLUMN_NUMBER}, {"words", EW_COLUMN_OUTSIDE},
        {"speaker", EW_COLUMN_OUTSIDE}, {"article", EW_COLUMN_OUTSIDE},
        {"outlet", EW_COLUMN_OUTSIDE},  {"where it stands", EW_COLUMN_TEXT}};
    ew_grid g;
    ew_grid_begin(&g, "Quotations that the program suggested and somebody accepted",
                  columns, EW_COUNT(columns));
    ew_code code = ew_case_suggestions(r->c, 0, take_quote, &g, err);
    if (code == EW_OK && json_array_size(g.rows) > 0)
        ew_page_section(r->page, 2, "Accepted quotations");
    ew_grid_end(&g, r->page);
    return code;
}

/* ------------------------------------------------------------------ gaps */

typedef struct gaps {
    ew_case_reporter *r;
    ew_grid g;
    int64_t item;
} gaps;

static ew_code take_record(void *cookie, const ew_case_record *x, ew_err *err)
{
    gaps *t = cookie;
    (void)err;
    if (x->thing != EW_THING_GAP && x->thing != EW_THING_REMARK)
        return EW_OK;
    ew_grid_cell(&t->g, "%" PRId64, t->item);
    ew_grid_cell(&t->g, "%s", ew_report__item_name(t->r, t->item));
    ew_grid_cell(&t->g, "%s", x->thing == EW_THING_GAP ? "is missing" : "remark");
    ew_grid_cell(&t->g, "%s%s%s", x->what, x->what[0] != 0 && x->text[0] != 0 ? ": " : "",
                 x->text);
    place_cell(&t->g, x->at, x->bytes);
    return EW_OK;
}

ew_code ew_report__gaps(ew_case_reporter *r, ew_err *err)
{
    static const ew_column columns[] = {{"#", EW_COLUMN_NUMBER},
                                        {"item", EW_COLUMN_OUTSIDE},
                                        {"", EW_COLUMN_TEXT},
                                        {"what", EW_COLUMN_SAID},
                                        {"place", EW_COLUMN_TEXT}};
    gaps t = {.r = r};
    ew_code code = EW_OK;
    ew_grid_begin(&t.g, "What is known to be missing, and what imports remarked", columns,
                  EW_COUNT(columns));
    for (size_t i = 0; i < r->view.count && code == EW_OK; i++) {
        t.item = r->view.items[i].id;
        if (!r->view.items[i].undone)
            code = ew_case_records(r->c, t.item, take_record, &t, err);
    }
    if (code == EW_OK && json_array_size(t.g.rows) > 0)
        ew_page_section(r->page, 2, "Known gaps and remarks");
    ew_grid_end(&t.g, r->page);
    return code;
}
