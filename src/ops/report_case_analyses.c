/* SPDX-License-Identifier: Apache-2.0 */
/* What a case keeps of analyses: each as the command's own report shows it, drawn from the kept result. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/words.h"
#include "ops/case_result.h"
#include "ops/report_case_parts.h"
#include "report/page_results.h"
#include "report/redraw.h"
#include "report/report.h"
#include "report/times.h"

enum { LINE_BYTES = 8192 };

typedef struct kept {
    int64_t id, item, other, event, time;
    char *tool, *version, *line;
    json_t *result;
} kept;

typedef struct keeper {
    kept *list;
    size_t n, cap;
} keeper;

static void free_kept(kept *k)
{
    ew_free(k->tool);
    ew_free(k->version);
    ew_free(k->line);
    json_decref(k->result);
}

/* Of several of one kind about the same items the last one counts. */
static kept *slot_of(keeper *l, const ew_case_analysis *a)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->list[i].item == a->item && l->list[i].other == a->other &&
            strcmp(l->list[i].tool, a->tool) == 0) {
            free_kept(&l->list[i]);
            return &l->list[i];
        }
    if (l->n == l->cap) {
        size_t cap = l->cap > 0 ? 2 * l->cap : 16;
        kept *more = ew_realloc_array(l->list, cap, sizeof *more);
        if (more == NULL)
            return NULL;
        l->list = more;
        l->cap = cap;
    }
    return &l->list[l->n++];
}

static ew_code take_analysis(void *cookie, const ew_case_analysis *a, ew_err *err)
{
    ew_buf line;
    if (a->undone)
        return EW_OK;
    kept *k = slot_of(cookie, a);
    if (k == NULL)
        return ew_fail_nomem(err);
    ew_buf_init(&line, LINE_BYTES);
    ew_code code = ew_case_result_line(a, NULL, &line, err);
    *k = (kept){.id = a->id,
                .item = a->item,
                .other = a->other,
                .event = a->event,
                .tool = ew_strdup(a->tool),
                .version = ew_strdup(a->version),
                .line = ew_strdup(line.data != NULL ? (const char *)line.data : ""),
                .result = json_loads(a->result, 0, NULL)};
    ew_buf_release(&line);
    return code != EW_OK || (k->tool != NULL && k->version != NULL && k->line != NULL)
               ? code
               : ew_fail_nomem(err);
}

static const char *path_of(void *cookie, const char *sha256)
{
    const ew_case_reporter *r = cookie;
    char hex[EW_SHA256_HEX + 1];
    for (size_t i = 0; i < r->sounds.count; i++) {
        ew_hex(r->sounds.list[i].sha256, EW_SHA256_BYTES, hex);
        if (strcmp(hex, sha256) == 0)
            return r->sounds.list[i].in.open_path;
    }
    return NULL;
}

static void put_made(ew_case_reporter *r, const kept *k)
{
    char when[EW_TIME_TEXT];
    ew_page_say(r->page, EW_PAGE_NOTE,
                "Analysis %" PRId64
                ", made by ‘%.60s’ of earwitness %.60s on %s (event %" PRId64
                " of the case). It is shown as the case keeps it; nothing was worked out "
                "again for this report.",
                k->id, k->tool, k->version, ew_date_text(k->time, when), k->event);
    if (strcmp(k->version, EW_VERSION) != 0)
        ew_page_say(r->page, EW_PAGE_WARNING,
                    "The error rates in this report were measured with earwitness %s, "
                    "not with the version that made this analysis.",
                    EW_VERSION);
}

static ew_code put_analysis(ew_case_reporter *r, kept *k, ew_err *err)
{
    const ew_report_places where = {path_of, r};
    char of[64];
    ew_buf svg;
    ew_buf_init(&svg, EW_REPORT_MAX);
    ew_page_section_of(r->page, 3, ew_report__heading(k->tool),
                       strcmp(k->tool, "family") != 0 ? ew_report__item_name(r, k->item)
                                                      : NULL);
    put_made(r, k);
    ew_code code = json_is_object(k->result) ? ew_report__shorten(k->result, err) : EW_OK;
    if (code == EW_OK)
        code = ew_redraw(k->tool, k->result, &svg, err);
    ew_page_add_result(r->page, k->tool, k->result,
                       svg.len > 0 ? (const char *)svg.data : NULL);
    ew_buf_release(&svg);
    r->limits |= ew_page_limits_of(k->tool);
    (void)snprintf(of, sizeof of, EW_N("Analysis %" PRId64) ": ", k->id);
    if (code == EW_OK)
        code = ew_report__hear(&r->hear, k->tool, k->result, &where, of, err);
    if (k->result != NULL)
        ew_page_result(r->page, json_incref(k->result));
    return code;
}

static ew_code take_time(void *cookie, const ew_case_event *e, ew_err *err)
{
    keeper *l = cookie;
    (void)err;
    for (size_t i = 0; i < l->n; i++)
        if (l->list[i].event == e->id)
            l->list[i].time = e->time;
    return EW_OK;
}

static void put_list(ew_case_reporter *r, const keeper *l)
{
    static const ew_column columns[] = {
        {"#", EW_COLUMN_NUMBER},          {"tool", EW_COLUMN_TEXT},
        {"item", EW_COLUMN_OUTSIDE},      {"against", EW_COLUMN_OUTSIDE},
        {"what it says", EW_COLUMN_SAID}, {"made", EW_COLUMN_PLACE}};
    ew_grid g;
    ew_page_section(r->page, 2, "What analyses found");
    ew_grid_begin(&g, "Analyses that are kept in the case", columns, EW_COUNT(columns));
    for (size_t i = 0; i < l->n; i++) {
        const kept *k = &l->list[i];
        char when[EW_TIME_TEXT];
        ew_grid_cell(&g, "%" PRId64, k->id);
        ew_grid_cell(&g, "%s", k->tool);
        ew_grid_cell(&g, "%s", ew_report__item_name(r, k->item));
        ew_grid_cell(&g, "%s", ew_report__item_name(r, k->other));
        ew_grid_cell(&g, "%s", k->line);
        ew_grid_cell(&g, "%s", ew_date_text(k->time, when));
    }
    ew_grid_end(&g, r->page);
}

ew_code ew_report__analyses(ew_case_reporter *r, ew_err *err)
{
    keeper l = {0};
    ew_code code = ew_case_analyses(r->c, 0, take_analysis, &l, err);
    if (code == EW_OK)
        code = ew_case_events(r->c, 0, take_time, &l, err);
    if (code == EW_OK && l.n > 0)
        put_list(r, &l);
    for (size_t i = 0; i < l.n && code == EW_OK; i++)
        code = put_analysis(r, &l.list[i], err);
    for (size_t i = 0; i < l.n; i++)
        free_kept(&l.list[i]);
    ew_free(l.list);
    return code;
}
