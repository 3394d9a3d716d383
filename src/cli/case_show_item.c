/* SPDX-License-Identifier: Apache-2.0 */
/* One item, and tables of events, as text. */
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/utf8.h"
#include "base/words.h"
#include "cli/case_show.h"
#include "report/lines.h"
#include "report/times.h"

enum { COLUMN = 10, RECORDS_TOLD = 12, MINUTE_CHARS = 16, HASH_DIGITS = 8 };

/* ------------------------------------------------------------------ events */

/* What it was for; of what left the case, where it went. */
static ew_code put_note(ew_table *t, const ew_case_seen_event *e, ew_err *err)
{
    char undoes[32] = "";
    json_t *detail = json_loads(e->detail, 0, NULL);
    const char *to = json_string_value(json_object_get(detail, "to"));
    char *safe = ew_case_safe(to != NULL ? to : "");
    if (e->undoes != 0)
        (void)snprintf(undoes, sizeof undoes, "takes back %" PRId64, e->undoes);
    const char *parts[] = {e->undone ? "taken back" : "", undoes, safe, e->purpose};
    ew_buf b;
    ew_buf_init(&b, 4 * EW_CASE_NAME + EW_CASE_JSON);
    ew_code code = safe != NULL ? EW_OK : ew_fail_nomem(err);
    for (size_t i = 0; i < EW_COUNT(parts) && code == EW_OK; i++)
        if (parts[i][0] != 0)
            code = ew_buf_printf(&b, err, "%s%s%s", b.len > 0 ? "; " : "",
                                 parts[i] == safe ? "to " : "", parts[i]);
    if (code == EW_OK)
        code = ew_table_cell(t, err, "%s", b.data != NULL ? (const char *)b.data : "");
    ew_buf_release(&b);
    ew_free(safe);
    json_decref(detail);
    return code;
}

static ew_code put_event(ew_table *t, const ew_case_seen_event *e, ew_err *err)
{
    char date[EW_TIME_TEXT];
    char hex[EW_SHA256_HEX + 1] = "";
    (void)ew_date_text(e->time, date);
    if (strlen(date) > MINUTE_CHARS)
        date[MINUTE_CHARS] = 0; /* the head says which zone */
    if (e->has_after)
        ew_hex(e->after, sizeof e->after, hex);
    hex[HASH_DIGITS] = 0;
    ew_code code = ew_table_cell(t, err, "%" PRId64, e->id);
    if (code == EW_OK)
        code = ew_table_cell(t, err, "%s", date);
    if (code == EW_OK)
        code = ew_table_cell(t, err, "%s", ew_said(e->kind));
    if (code == EW_OK && e->item != 0)
        code = ew_table_cell(t, err, "%" PRId64, e->item);
    else if (code == EW_OK)
        code = ew_table_cell(t, err, "%s", "");
    if (code == EW_OK)
        code = ew_table_cell(t, err, "%s", hex);
    if (code == EW_OK)
        code = ew_table_cell(t, err, "%s", e->who);
    return code == EW_OK ? put_note(t, e, err) : code;
}

ew_code case_events_text(const ew_case_seen_events *e, const ew_text_style *style,
                         ew_buf *out, ew_err *err)
{
    static const char *const head[] = {EW_N("event"), EW_N("time (UTC)"), EW_N("what"),
                                       EW_N("item"),  "SHA-256",          EW_N("who"),
                                       EW_N("for")};
    static const ew_cell_kind kinds[] = {EW_CELL_RIGHT, EW_CELL_LEFT, EW_CELL_LEFT,
                                         EW_CELL_RIGHT, EW_CELL_LEFT, EW_CELL_SHRINK,
                                         EW_CELL_SHRINK};
    ew_table t;
    ew_code code = EW_OK;
    ew_table_init(&t, kinds, EW_COUNT(kinds));
    for (size_t i = 0; i < EW_COUNT(head) && code == EW_OK; i++)
        code = ew_table_cell(&t, err, "%s", ew_said(head[i]));
    for (size_t i = 0; i < e->n && code == EW_OK; i++)
        code = put_event(&t, &e->list[i], err);
    if (code == EW_OK)
        code = ew_table_print(&t, style, out, err);
    ew_table_release(&t);
    return code;
}

/* ------------------------------------------------------------------ an item */

/* "origin    a drive", wrapped; nothing when empty. */
static ew_code put_field(ew_buf *out, const ew_text_style *style, const char *name,
                         const char *value, ew_err *err)
{
    if (value[0] == 0)
        return EW_OK;
    const char *said = ew_said(name);
    int taken = (int)ew_utf8_columns(said, strlen(said));
    ew_code code =
        ew_buf_printf(out, err, "%s%s%*s%s", ew_dim(style), said,
                      taken < COLUMN ? COLUMN - taken : 1, "", ew_plain(style));
    return code == EW_OK ? ew_text_wrap(out, style, value, COLUMN, COLUMN, err) : code;
}

static ew_code put_fields(const ew_case_item_view *v, const ew_text_style *style,
                          ew_buf *out, ew_err *err)
{
    const ew_case_seen_item *i = &v->item;
    char hex[EW_SHA256_HEX + 1];
    char size[EW_TIME_TEXT];
    char parent[96] = "";
    ew_hex(i->sha256, sizeof i->sha256, hex);
    if (i->parent != 0)
        (void)snprintf(parent, sizeof parent, ew_tr("item %" PRId64), i->parent);
    const char *const rows[][2] = {
        {EW_N("kind"), ew_said(i->kind)},
        {EW_N("size"), ew_bytes_text(i->bytes, size)},
        {"SHA-256", hex},
        {EW_N("origin"), i->origin},
        {EW_N("obtained"), i->obtained},
        {EW_N("from"), i->from},
        {EW_N("note"), i->note},
        {EW_N("out of"), parent},
    };
    ew_code code = ew_buf_printf(out, err, ew_tr("%sitem %" PRId64 ": %s%s%s\n"),
                                 ew_bold(style), i->id, i->name, ew_plain(style),
                                 i->undone ? ew_tr(" (taken back)") : "");
    for (size_t k = 0; k < EW_COUNT(rows) && code == EW_OK; k++)
        code = put_field(out, style, rows[k][0], rows[k][1], err);
    for (size_t k = 0; k < v->called_count && code == EW_OK; k++)
        code = put_field(out, style, "called", v->called[k], err);
    return code;
}

static ew_code put_analyses(const ew_case_item_view *v, const ew_text_style *style,
                            ew_buf *out, ew_err *err)
{
    char line[64];
    ew_code code = EW_OK;
    for (size_t i = 0; i < v->analysis_count && code == EW_OK; i++) {
        const ew_case_seen_analysis *a = &v->analyses[i];
        int64_t other = a->item == v->item.id ? a->other : a->item;
        if (a->other == 0)
            (void)snprintf(line, sizeof line, "a%" PRId64 " %s: ", a->id, a->tool);
        else
            (void)snprintf(line, sizeof line, "a%" PRId64 " %s %s item %" PRId64 ": ",
                           a->id, a->tool, a->item == v->item.id ? "with" : "against",
                           other);
        code = ew_buf_printf(out, err, "%s%s", i == 0 ? "\nanalyses\n  " : "  ", line);
        if (code == EW_OK)
            code = ew_text_wrap(out, style, a->line, 2 + strlen(line), 4, err);
    }
    return code;
}

static ew_code put_record(ew_buf *out, const ew_text_style *style,
                          const ew_case_seen_record *r, ew_err *err)
{
    ew_buf line;
    ew_buf_init(&line, CASE_OUT_MAX);
    ew_code code = ew_buf_printf(&line, err, "%s%s%s%s", r->what,
                                 r->what[0] != 0 && r->text[0] != 0 ? ": " : "", r->text,
                                 r->odd ? " (!)" : "");
    if (code == EW_OK)
        code = ew_buf_append(out, "  ", 2, err);
    if (code == EW_OK)
        code = ew_text_wrap(out, style, (const char *)line.data, 2, 4, err);
    ew_buf_release(&line);
    return code;
}

static ew_code put_records(const ew_case_item_view *v, const ew_text_style *style,
                           ew_buf *out, ew_err *err)
{
    ew_code code = EW_OK;
    size_t told = 0;
    for (size_t i = 0; i < v->record_count && code == EW_OK; i++) {
        const ew_case_seen_record *r = &v->records[i];
        if (i == 0 || v->records[i - 1].thing != r->thing) {
            told = 0;
            code = ew_buf_printf(out, err, "\n%s: %zu\n", ew_case_things(r->thing),
                                 v->of_thing[r->thing]);
        }
        if (strncmp(r->what, "pdq", 3) == 0) /* for programs */
            continue;
        if (code == EW_OK && told < RECORDS_TOLD)
            code = put_record(out, style, r, err);
        if (code == EW_OK && told++ == RECORDS_TOLD)
            code = ew_buf_printf(out, err, "  ... --json has more\n");
    }
    return code;
}

static ew_code put_counts(const ew_case_item_view *v, ew_buf *out, ew_err *err)
{
    static const ew_case_thing told[] = {EW_THING_MESSAGE, EW_THING_ATTACHMENT,
                                         EW_THING_QUOTE, EW_THING_POSITION,
                                         EW_THING_PERSON};
    ew_code code = EW_OK;
    bool any = false;
    for (size_t i = 0; i < EW_COUNT(told) && code == EW_OK; i++) {
        uint64_t n = v->counts[told[i]];
        if (n == 0)
            continue;
        code = ew_buf_printf(out, err, "%s%s: %" PRIu64, any ? ", " : "\n",
                             ew_case_things(told[i]), n);
        any = true;
    }
    return code == EW_OK && any ? ew_buf_append(out, "\n", 1, err) : code;
}

static ew_code put_children(const ew_case_item_view *v, const ew_text_style *style,
                            ew_buf *out, ew_err *err)
{
    char line[64];
    ew_code code = EW_OK;
    for (size_t i = 0; i < v->child_count && code == EW_OK; i++) {
        const ew_case_seen_item *k = &v->children[i];
        if (i == RECORDS_TOLD)
            return ew_buf_printf(out, err, "  and %zu more\n", v->child_count - i);
        (void)snprintf(line, sizeof line, "%" PRId64 " %s: ", k->id, k->kind);
        code =
            ew_buf_printf(out, err, "%s%s", i == 0 ? "\ncame out of it\n  " : "  ", line);
        if (code == EW_OK)
            code = ew_text_wrap(out, style, k->name, 2 + strlen(line), 4, err);
    }
    return code;
}

static ew_code put_same(const ew_case_item_view *v, ew_buf *out, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < v->same_count && code == EW_OK; i++) {
        const ew_same_picture *s = &v->same[i];
        code =
            ew_buf_printf(out, err, "%s  item %" PRId64 "%s%s (%u of 256 bits differ)\n",
                          i == 0 ? "\nthe same picture\n" : "",
                          s->item == v->item.id ? s->other : s->item,
                          s->thumb || s->other_thumb ? ", by a thumbnail" : "",
                          s->reliable ? "" : ", perhaps", s->distance);
    }
    return code;
}

ew_code case_item_text(const ew_case_item_view *v, const ew_text_style *style,
                       ew_buf *out, ew_err *err)
{
    ew_code code = put_fields(v, style, out, err);
    if (code == EW_OK)
        code = put_analyses(v, style, out, err);
    if (code == EW_OK)
        code = put_counts(v, out, err);
    if (code == EW_OK)
        code = put_records(v, style, out, err);
    if (code == EW_OK)
        code = put_same(v, out, err);
    if (code == EW_OK)
        code = put_children(v, style, out, err);
    if (code == EW_OK)
        code = ew_buf_append(out, "\n", 1, err);
    return code == EW_OK ? case_events_text(&v->events, style, out, err) : code;
}
