/* SPDX-License-Identifier: Apache-2.0 */
/* What was said in a case: positions by date, suggested quotations and deciding about them, search. */
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/when.h"
#include "ops/case_json.h"
#include "ops/case_quotes.h"
#include "ops/case_search.h"
#include "ops/case_view.h"
#include "serve/api_case.h"

enum { DAY_CHARS = 10, QUERY_MAX = 400, HITS_MAX = 1000 };

/* ------------------------------------------------------------------ timeline */

typedef struct rows {
    json_t *positions, *findings;
} rows;

static ew_code add_row(void *cookie, const ew_timeline_row *r, ew_err *err)
{
    rows *to = cookie;
    (void)err;
    ew_obj o = ew_obj_new();
    ew_timeline_row_json(&o, r);
    ew_list_add(&to->positions, o.json);
    return EW_OK;
}

static ew_code add_finding(void *cookie, const ew_turn *t, const ew_timeline_row *first,
                           const ew_timeline_row *second, ew_err *err)
{
    rows *to = cookie;
    (void)err;
    ew_obj o = ew_obj_new();
    ew_timeline_finding_json(&o, t, first, second);
    ew_list_add(&to->findings, o.json);
    return EW_OK;
}

ew_code ew_api_case_timeline(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    char today[EW_ISO_TEXT];
    ew_case *c = NULL;
    rows to = {json_array(), json_array()};
    const ew_timeline_sink sink = {&to, add_row, add_finding};
    ew_obj o = ew_obj_new();
    (void)ew_iso_text((int64_t)time(NULL), today);
    today[DAY_CHARS] = 0;
    const ew_timeline_opts opts = {.item = ew_request_query(q, "item"),
                                   .person = ew_request_query(q, "person"),
                                   .today = today};
    ew_code code = ew_api_case_open(s, q->part[0], false, &c, err);
    if (code == EW_OK)
        code = ew_ops_case_timeline(c, &opts, &sink, err);
    ew_case_close(c);
    ew_obj_str(&o, "schema", "earwitness.case-timeline-list/1");
    ew_obj_str(&o, "today", today);
    ew_obj_set(&o, "positions", to.positions);
    ew_obj_set(&o, "findings", to.findings);
    return ew_api_end(r, &o, code, err);
}

/* ------------------------------------------------------------------ quotations */

static ew_code add_quote(void *cookie, const ew_suggestion *s, ew_err *err)
{
    json_t **list = cookie;
    (void)err;
    if (s->undone)
        return EW_OK;
    ew_obj o = ew_obj_new();
    ew_suggestion_json(&o, s);
    ew_obj_str(&o, "text", s->text);
    ew_list_add(list, o.json);
    return EW_OK;
}

ew_code ew_api_case_quotes(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    ew_case *c = NULL;
    json_t *list = json_array();
    ew_obj o = ew_obj_new();
    ew_code code = ew_api_case_open(s, q->part[0], false, &c, err);
    if (code == EW_OK)
        code = ew_case_suggestions(c, 0, add_quote, &list, err);
    ew_case_close(c);
    ew_obj_str(&o, "schema", "earwitness.case-quotes-list/1");
    ew_obj_set(&o, "quotes", list);
    return ew_api_end(r, &o, code, err);
}

static ew_code decide(ew_case *c, int64_t number, const json_t *body, int64_t *position,
                      ew_err *err)
{
    char who[EW_WHO_TEXT];
    const char *verdict = ew_api_text(body, "verdict");
    const char *purpose = ew_api_text(body, "purpose");
    ew_api_who(body, who);
    const ew_acceptance how = {.who = who,
                               .purpose = purpose != NULL ? purpose : "",
                               .item = json_integer_value(json_object_get(body, "item")),
                               .person = ew_api_text(body, "person"),
                               .stance = ew_api_text(body, "stance"),
                               .date = ew_api_text(body, "date"),
                               .channel = ew_api_text(body, "channel")};
    if (verdict != NULL && strcmp(verdict, "accepted") == 0)
        return ew_ops_accept_quote(c, number, &how, position, err);
    if (verdict != NULL && strcmp(verdict, "refused") == 0)
        return ew_ops_refuse_quote(c, number, who, how.purpose, err);
    return ew_fail(err, EW_E_ARG, 0, "a verdict is accepted or refused");
}

/* Of a case that only we write, so that it is the one that we made. */
static ew_code last_event(ew_case *c, int64_t *event, ew_err *err)
{
    ew_case_seen_events seen = {0};
    ew_code code = ew_case_seen_events_load(c, 0, 1, &seen, err);
    *event = seen.n > 0 ? seen.list[0].id : 0;
    ew_case_seen_events_release(&seen);
    return code;
}

ew_code ew_api_case_decide(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    ew_case *c = NULL;
    json_t *body = NULL;
    uint64_t number = 0;
    int64_t position = 0;
    int64_t event = 0;
    ew_code code = ew_api_number(q->part[1], &number, err);
    if (code == EW_OK && number > INT64_MAX)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "there is no such suggestion");
    if (code == EW_OK)
        code = ew_api_body(q, &body, err);
    if (code == EW_OK)
        code = ew_api_case_open(s, q->part[0], true, &c, err);
    if (code == EW_OK)
        code = decide(c, (int64_t)number, body, &position, err);
    if (code == EW_OK)
        code = last_event(c, &event, err);
    ew_case_close(c);
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.case-decide/1");
    ew_obj_int(&o, "suggestion", (int64_t)(number & INT64_MAX));
    ew_obj_str(&o, "verdict", position != 0 ? "accepted" : "refused");
    if (position != 0)
        ew_obj_int(&o, "position", position);
    ew_obj_int(&o, "event", event);
    json_decref(body);
    return ew_api_end(r, &o, code, err);
}

/* ------------------------------------------------------------------ search */

/* Hits come oldest first. Of the newest `from` and those of the page and one more that were asked for, the page is
 * the first ones; the very first only tells that there are more. */
typedef struct hits {
    json_t *list;
    const ew_query *q;
    size_t count, seen;
} hits;

static ew_code snippet(ew_obj *o, const ew_query *q, const char *text, ew_err *err)
{
    const ew_snippet how = {.columns = 160, .open = "\x02", .close = "\x03"};
    ew_buf b;
    ew_buf_init(&b, 1 << 20);
    ew_code code = ew_ops_snippet(q, ew_slice_of(text), &how, &b, err);
    if (code == EW_OK)
        code = ew_buf_append(&b, "", 1, err);
    if (code == EW_OK)
        ew_obj_str(o, "snippet", (const char *)b.data);
    ew_buf_release(&b);
    return code;
}

static ew_code add_hit(void *cookie, const ew_case_hit *h, ew_err *err)
{
    hits *to = cookie;
    if (to->seen++ > to->count)
        return EW_OK;
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "kind", ew_found_kind_name(h->kind));
    ew_obj_int(&o, "row", h->row);
    ew_obj_int(&o, "item", h->item);
    ew_obj_str(&o, "who", h->who);
    ew_obj_str(&o, "when", h->when);
    ew_code code = snippet(&o, to->q, h->text, err);
    if (code == EW_OK)
        ew_list_add(&to->list, o.json);
    else
        ew_obj_release(&o);
    return code;
}

static const char *asked(const ew_request *q, const char *name)
{
    const char *value = ew_request_query(q, name);
    return value != NULL ? value : "";
}

/* Cuts the list down to the page; answers whether there are older ones. */
static bool cut_to_page(hits *to, size_t from)
{
    bool more = to->seen == from + to->count + 1;
    size_t n = more ? to->count + 1 : to->seen > from ? to->seen - from : 0;
    while (json_array_size(to->list) > n)
        (void)json_array_remove(to->list, json_array_size(to->list) - 1);
    if (more)
        (void)json_array_remove(to->list, 0);
    return more;
}

ew_code ew_api_case_search(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    ew_case *c = NULL;
    ew_query query;
    hits to = {.list = json_array(), .q = &query};
    ew_obj o = ew_obj_new();
    double limit = 0;
    double from = 0;
    const ew_search how = {.words = asked(q, "words"),
                           .person = asked(q, "person"),
                           .stance = asked(q, "stance"),
                           .since = asked(q, "since"),
                           .until = asked(q, "until")};
    ew_search full = how;
    ew_code code = ew_query_read(&query, how.words, err);
    if (code == EW_OK && strlen(how.words) > QUERY_MAX)
        code = ew_fail(err, EW_E_LIMIT, 0, "more than %d bytes to search for",
                       (int)QUERY_MAX);
    if (code == EW_OK)
        code = ew_request_number(q, "limit", EW_SEARCH_LIMIT, HITS_MAX, &limit, err);
    if (code == EW_OK)
        code = ew_request_number(q, "from", 0, EW_SEARCH_MOST - HITS_MAX - 1, &from, err);
    to.count = (size_t)limit;
    full.limit = (uint64_t)(from + limit) + 1;
    if (code == EW_OK)
        code = ew_api_case_open(s, q->part[0], false, &c, err);
    if (code == EW_OK)
        code = ew_case_search(c, &full, add_hit, &to, err);
    ew_case_close(c);
    ew_query_release(&query);
    ew_obj_str(&o, "schema", "earwitness.case-search-list/1");
    ew_obj_bool(&o, "more", cut_to_page(&to, (size_t)from));
    ew_obj_set(&o, "hits", to.list);
    return ew_api_end(r, &o, code, err);
}
