/* SPDX-License-Identifier: Apache-2.0 */
/* A case as a report: what is in it, where it came from, what was found. */
#include "ops/report_case.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/when.h"
#include "base/words.h"
#include "ops/case_seal.h"
#include "ops/report_case_parts.h"
#include "report/page_results.h"
#include "report/times.h"

enum { EVENTS_SHOWN = 1000, DAY_CHARS = 10 };

const char *ew_report__item_name(const ew_case_reporter *r, int64_t item)
{
    const ew_book_item *i = ew_book_item_of(&r->book, item);
    return i != NULL ? i->name : "";
}

/* ------------------------------------------------------------------ summary */

static void put_sealed(ew_case_reporter *r, const ew_case_sealed *s)
{
    if (s->event == 0)
        ew_page_say(r->page, EW_PAGE_PLAIN,
                    "None of the %" PRIu64
                    " events of this case is sealed on a log: that they "
                    "were not written later rests on the word of those who keep it.",
                    r->view.events);
    else
        ew_page_say(r->page, EW_PAGE_PLAIN,
                    "Events 1 to %" PRId64 " are sealed as entry %" PRIu64
                    " of the log “%s”; %" PRIu64 " event%s since then %s not sealed.",
                    s->upto, s->entry, s->log, s->unsealed, s->unsealed == 1 ? "" : "s",
                    s->unsealed == 1 ? "is" : "are");
}

static ew_code summary(ew_case_reporter *r, ew_err *err)
{
    const ew_case_view *v = &r->view;
    ew_case_sealed sealed;
    ew_err why;
    (void)err;
    ew_page_section(r->page, 2, "In short");
    ew_page_say(r->page, EW_PAGE_ANSWER,
                "%zu item%s; %" PRIu64 " position%s; %" PRIu64 " reversal%s; %" PRIu64
                " question%s without an answer.",
                v->here, v->here == 1 ? "" : "s", v->counts[EW_THING_POSITION],
                v->counts[EW_THING_POSITION] == 1 ? "" : "s", v->reversals,
                v->reversals == 1 ? "" : "s", v->silences, v->silences == 1 ? "" : "s");
    ew_page_say(
        r->page, EW_PAGE_NOTE,
        "The program gives no verdict on what is true. Days without an answer are "
        "counted until %s.",
        r->today);
    if (r->chain[0] != 0)
        ew_page_say(r->page, EW_PAGE_NOTE,
                    "Value of the chain after event %" PRIu64
                    ", which fixes all events: %s",
                    v->events, r->chain);
    if (ew_ops_case_sealed(r->c, &sealed, &why) == EW_OK)
        put_sealed(r, &sealed);
    else
        ew_page_say(r->page, EW_PAGE_WARNING,
                    "Whether it is sealed is not known: a receipt cannot be read.");
    return EW_OK;
}

/* ------------------------------------------------------------------ items */

static void put_items(ew_case_reporter *r)
{
    static const ew_column columns[] = {{"#", EW_COLUMN_NUMBER},
                                        {"name", EW_COLUMN_OUTSIDE},
                                        {"kind", EW_COLUMN_TEXT},
                                        {"came out of", EW_COLUMN_NUMBER},
                                        {"where it is from", EW_COLUMN_OUTSIDE},
                                        {"obtained", EW_COLUMN_OUTSIDE},
                                        {"note", EW_COLUMN_OUTSIDE},
                                        {"what the program found", EW_COLUMN_SAID}};
    ew_grid g;
    ew_page_section(r->page, 2, "Items");
    ew_grid_begin(&g, "What the case holds; hashes are in the table of files", columns,
                  EW_COUNT(columns));
    for (size_t i = 0; i < r->view.count; i++) {
        const ew_case_seen_item *x = &r->view.items[i];
        const ew_page_file f = {x->name, x->kind, x->sha256, NULL, (int64_t)x->bytes};
        if (x->undone)
            continue;
        ew_page_add_file(r->page, &f);
        ew_grid_cell(&g, "%" PRId64, x->id);
        ew_grid_cell(&g, "%s", x->name);
        ew_grid_cell(&g, "%s", x->kind);
        ew_grid_cell(&g, "%.0" PRId64, x->parent); /* 0: nothing */
        ew_grid_cell(&g, "%s%s%s", x->from,
                     x->from[0] != 0 && x->origin[0] != 0 ? "; " : "", x->origin);
        ew_grid_cell(&g, "%s", x->obtained);
        ew_grid_cell(&g, "%s", x->note);
        ew_grid_cell(&g, "%s", x->line != NULL ? x->line : "");
    }
    ew_grid_end(&g, r->page);
}

/* What of an event's detail says where something went. */
static void detail_cell(ew_grid *g, const ew_case_seen_event *e)
{
    static const char *const keys[] = {"to", "name", "title", "reason", "folder"};
    json_t *o = json_loads(e->detail, 0, NULL);
    const char *text = "";
    const char *key = "";
    for (size_t i = 0; i < EW_COUNT(keys) && text[0] == 0; i++) {
        text = ew_json_text_of(o, keys[i]);
        key = keys[i];
    }
    ew_grid_cell(g, "%s%s%s", text[0] != 0 ? key : "", text[0] != 0 ? ": " : "", text);
    json_decref(o);
}

static ew_code put_custody(ew_case_reporter *r, ew_err *err)
{
    static const ew_column columns[] = {
        {"event", EW_COLUMN_NUMBER},    {"time", EW_COLUMN_PLACE},
        {"what", EW_COLUMN_TEXT},       {"item", EW_COLUMN_NUMBER},
        {"who", EW_COLUMN_OUTSIDE},     {"what for", EW_COLUMN_OUTSIDE},
        {"details", EW_COLUMN_OUTSIDE}, {"", EW_COLUMN_TEXT}};
    ew_case_seen_events all;
    ew_grid g;
    ew_code code = ew_case_seen_events_load(r->c, 0, EVENTS_SHOWN, &all, err);
    if (code != EW_OK)
        return code;
    ew_page_section(r->page, 2, "Custody");
    if (r->view.events > all.n)
        ew_page_say(r->page, EW_PAGE_NOTE, "The last %zu of %" PRIu64 " events.", all.n,
                    r->view.events);
    ew_grid_begin(&g, "Who did what with the case and its items", columns,
                  EW_COUNT(columns));
    for (size_t i = 0; i < all.n; i++) {
        const ew_case_seen_event *e = &all.list[i];
        char time[EW_ISO_TEXT];
        ew_grid_cell(&g, "%" PRId64, e->id);
        ew_grid_cell(&g, "%s", ew_iso_text(e->time, time));
        ew_grid_cell(&g, "%s", e->kind);
        ew_grid_cell(&g, "%.0" PRId64, e->item);
        ew_grid_cell(&g, "%s", e->who);
        ew_grid_cell(&g, "%s", e->purpose);
        detail_cell(&g, e);
        if (e->undoes != 0)
            ew_grid_cell(&g, "takes back event %" PRId64, e->undoes);
        else
            ew_grid_cell(&g, "%s", e->undone ? "was taken back" : "");
    }
    ew_grid_end(&g, r->page);
    ew_case_seen_events_release(&all);
    return EW_OK;
}

/* ------------------------------------------------------------------ people */

static void put_people(ew_case_reporter *r)
{
    static const char *const kinds[] = {EW_N("by this name"), EW_N("by a pseudonym"),
                                        EW_N("by a pseudonym; protected")};
    static const ew_column columns[] = {{"name as shown", EW_COLUMN_OUTSIDE},
                                        {"how they appear", EW_COLUMN_TEXT}};
    ew_grid g;
    if (r->view.counts[EW_THING_PERSON] == 0)
        return;
    ew_page_section(r->page, 2, "People");
    ew_grid_begin(&g, "Who appears in the case", columns, EW_COUNT(columns));
    for (size_t i = 0; i < r->book.person_count; i++) {
        const ew_book_person *p = &r->book.people[i];
        if (p->undone)
            continue;
        ew_grid_cell(&g, "%s", p->name);
        ew_grid_cell(&g, "%s", kinds[p->kind]);
    }
    ew_grid_end(&g, r->page);
}

/* ------------------------------------------------------------------ the page */

/* No clock: until the date of the report, else until the last thing that was done. */
static void set_today(ew_case_reporter *r)
{
    const char *date = r->opts->report.head.date;
    char iso[EW_ISO_TEXT] = "1970-01-01";
    if (r->view.last_time != 0)
        (void)ew_iso_text(r->view.last_time, iso);
    (void)snprintf(r->today, sizeof r->today, "%.*s", DAY_CHARS,
                   date != NULL && strlen(date) >= DAY_CHARS ? date : iso);
}

static ew_code last_event(void *cookie, const ew_case_event *e, ew_err *err)
{
    ew_case_reporter *r = cookie;
    (void)err;
    r->view.last_time = e->time;
    ew_hex(e->chain, EW_SHA256_BYTES, r->chain);
    return EW_OK;
}

static ew_code load(ew_case_reporter *r, ew_err *err)
{
    ew_code code = ew_case_events(r->c, 0, last_event, r, err);
    set_today(r);
    if (code == EW_OK)
        code = ew_case_view_load(r->c, r->today, true, &r->view, err);
    if (code == EW_OK)
        code = ew_case_book_read(r->c, &r->book, err);
    return code == EW_OK ? ew_case_sounds_load(r->c, &r->sounds, err) : code;
}

static json_t *settings_of(const ew_case_reporter *r)
{
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "counted_until", r->today);
    ew_obj_bool(&o, "checked", !r->opts->gate.unchecked);
    ew_obj_int(&o, "allowed_findings", (int64_t)r->opts->gate.allow_count);
    return o.json;
}

static ew_code sections(ew_case_reporter *r, ew_err *err)
{
    json_t *again = json_array();
    ew_code code = summary(r, err);
    if (code == EW_OK)
        code = ew_report__said(r, err);
    if (code == EW_OK)
        put_people(r);
    if (code == EW_OK)
        put_items(r);
    if (code == EW_OK)
        code = ew_report__analyses(r, err);
    if (code == EW_OK)
        code = ew_report__quotes(r, err);
    if (code == EW_OK)
        code = ew_report__gaps(r, err);
    if (code == EW_OK)
        code = put_custody(r, err);
    if (code != EW_OK) {
        json_decref(again);
        return code;
    }
    ew_list_add(&again, json_string("earwitness case verify --case FOLDER"));
    ew_list_add(&again, json_string("earwitness case rerun --case FOLDER"));
    const ew_report_ending end = {r->limits | EW_LIMITS_CASE, settings_of(r), again};
    return ew_report__end(r->page, &r->opts->report, &r->hear, &end, err);
}

ew_code ew_ops_report_case(ew_case *c, const ew_report_case_opts *opts, ew_page *out,
                           ew_report_held *held, ew_err *err)
{
    ew_case_reporter r = {.c = c, .opts = opts, .page = out};
    ew_report_opts named = opts->report;
    ew_code code = ew_ops_report_case_check(c, opts, held, err);
    if (code == EW_OK)
        code = load(&r, err);
    if (named.head.title == NULL)
        named.head.title = r.view.title;
    ew_report__begin(out, &named, "case");
    if (code == EW_OK)
        code = sections(&r, err);
    ew_excerpts_release(&r.hear);
    ew_case_sounds_release(&r.sounds);
    ew_case_book_release(&r.book);
    ew_case_view_release(&r.view);
    return code;
}
