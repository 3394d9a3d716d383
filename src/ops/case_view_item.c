/* SPDX-License-Identifier: Apache-2.0 */
/* Gathers what is shown of one item. */
#include <string.h>

#include "base/alloc.h"
#include "ops/case_result.h"
#include "ops/case_view_parts.h"

enum { LINE_MAX_BYTES = 8192 };

typedef struct item_loader {
    ew_case_item_view *v;
    int64_t item;
} item_loader;

static ew_code take_item(void *cookie, const ew_case_item *i, ew_err *err)
{
    item_loader *l = cookie;
    ew_case_item_view *v = l->v;
    if (i->id == l->item)
        return ew_case__copy_item(&v->item, i, err);
    if (i->parent != l->item || i->undone)
        return EW_OK;
    ew_case_seen_item *more =
        ew_case__grow(v->children, v->child_count, &v->child_cap, sizeof *more);
    if (more == NULL)
        return ew_fail_nomem(err);
    v->children = more;
    return ew_case__copy_item(&v->children[v->child_count++], i, err);
}

static ew_code take_called(void *cookie, int64_t item, const char *words, ew_err *err)
{
    ew_case_item_view *v = ((item_loader *)cookie)->v;
    char **more = ew_realloc_array(v->called, v->called_count + 1, sizeof *more);
    (void)item;
    if (more == NULL)
        return ew_fail_nomem(err);
    v->called = more;
    v->called[v->called_count] = ew_case_safe(words);
    return v->called[v->called_count++] != NULL ? EW_OK : ew_fail_nomem(err);
}

/* ------------------------------------------------------------------ analyses */

/* A family speaks of many items, of which it names one in its row. */
static bool is_about(const ew_case_analysis *a, int64_t item)
{
    bool about = a->item == item || a->other == item;
    if (about || strcmp(a->tool, "family") != 0)
        return about;
    int64_t *items = ew_alloc_array(EW_CASE_FAMILY_ITEMS, sizeof *items);
    if (items == NULL)
        return false;
    size_t n = ew_case_settings_items(a->settings, items, EW_CASE_FAMILY_ITEMS);
    for (size_t i = 0; i < n && i < EW_CASE_FAMILY_ITEMS; i++)
        about = about || items[i] == item;
    ew_free(items);
    return about;
}

static int64_t time_of(const ew_case_item_view *v, int64_t event)
{
    for (size_t i = 0; i < v->events.n; i++)
        if (v->events.list[i].id == event)
            return v->events.list[i].time;
    return 0;
}

static ew_code copy_analysis(ew_case_item_view *v, ew_case_seen_analysis *to,
                             const ew_case_analysis *a, ew_err *err)
{
    ew_buf line;
    ew_buf_init(&line, LINE_MAX_BYTES);
    *to = (ew_case_seen_analysis){.id = a->id,
                                  .item = a->item,
                                  .other = a->other,
                                  .event = a->event,
                                  .time = time_of(v, a->event)};
    char **const texts[] = {&to->tool, &to->version};
    const char *const from[] = {a->tool, a->version};
    ew_code code = ew_case__texts(texts, from, 2, err);
    if (code == EW_OK)
        code = ew_case_result_line(a, v->item.sha256, &line, err);
    to->line = ew_strdup(line.data != NULL ? (const char *)line.data : "");
    to->result = ew_strdup(a->result);
    to->settings = ew_strdup(a->settings);
    ew_buf_release(&line);
    if (code == EW_OK && (to->line == NULL || to->result == NULL || to->settings == NULL))
        code = ew_fail_nomem(err);
    return code;
}

/* A family's event is about one of its items: the others find its time here. */
static ew_code take_time(void *cookie, const ew_case_event *e, ew_err *err)
{
    ew_case_item_view *v = ((item_loader *)cookie)->v;
    (void)err;
    for (size_t i = 0; i < v->analysis_count; i++)
        if (v->analyses[i].event == e->id)
            v->analyses[i].time = e->time;
    return EW_OK;
}

static bool lacks_time(const ew_case_item_view *v)
{
    for (size_t i = 0; i < v->analysis_count; i++)
        if (v->analyses[i].time == 0)
            return true;
    return false;
}

static ew_code take_analysis(void *cookie, const ew_case_analysis *a, ew_err *err)
{
    item_loader *l = cookie;
    ew_case_item_view *v = l->v;
    if (a->undone || !is_about(a, l->item))
        return EW_OK;
    ew_case_seen_analysis *more =
        ew_case__grow(v->analyses, v->analysis_count, &v->analysis_cap, sizeof *more);
    if (more == NULL)
        return ew_fail_nomem(err);
    v->analyses = more;
    return copy_analysis(v, &v->analyses[v->analysis_count++], a, err);
}

/* ------------------------------------------------------------------ records */

static ew_code take_record(void *cookie, const ew_case_record *r, ew_err *err)
{
    ew_case_item_view *v = ((item_loader *)cookie)->v;
    if (v->of_thing[r->thing]++ >= EW_CASE_RECORDS_SHOWN)
        return EW_OK;
    ew_case_seen_record *more =
        ew_case__grow(v->records, v->record_count, &v->record_cap, sizeof *more);
    if (more == NULL)
        return ew_fail_nomem(err);
    v->records = more;
    ew_case_seen_record *to = &v->records[v->record_count++];
    *to = (ew_case_seen_record){.thing = r->thing,
                                .row = r->id,
                                .source = r->source,
                                .at = r->at,
                                .bytes = r->bytes,
                                .odd = r->odd};
    char **const texts[] = {&to->what, &to->text};
    const char *const from[] = {r->what, r->text};
    return ew_case__texts(texts, from, 2, err);
}

static ew_code take_same(void *cookie, const ew_same_picture *s, ew_err *err)
{
    ew_case_item_view *v = ((item_loader *)cookie)->v;
    (void)err;
    if (v->same_count < EW_CASE_SAME_SHOWN)
        v->same[v->same_count++] = *s;
    return EW_OK;
}

ew_code ew_case_item_view_load(ew_case *c, int64_t item, ew_case_item_view *out,
                               ew_err *err)
{
    *out = (ew_case_item_view){0};
    item_loader l = {out, item};
    ew_code code = ew_case_items(c, take_item, &l, err);
    if (code == EW_OK && out->item.id == 0)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "there is no item %lld", (long long)item);
    if (code == EW_OK)
        code = ew_case__join_said(&out->item, err);
    if (code == EW_OK)
        code = ew_case_called(c, item, take_called, &l, err);
    if (code == EW_OK)
        code = ew_case_seen_events_load(c, item, 0, &out->events, err);
    if (code == EW_OK)
        code = ew_case_analyses(c, 0, take_analysis, &l, err);
    if (code == EW_OK && lacks_time(out))
        code = ew_case_events(c, 0, take_time, &l, err);
    if (code == EW_OK)
        code = ew_case_records(c, item, take_record, &l, err);
    if (code == EW_OK)
        code = ew_case_count(c, item, out->counts, err);
    if (code == EW_OK && out->counts[EW_THING_FACT] > 0)
        code = ew_case_same_pictures(c, item, take_same, &l, err);
    if (code != EW_OK)
        ew_case_item_view_release(out);
    return code;
}

void ew_case_item_view_release(ew_case_item_view *v)
{
    ew_case__free_item(&v->item);
    for (size_t i = 0; i < v->called_count; i++)
        ew_free(v->called[i]);
    ew_free(v->called);
    for (size_t i = 0; i < v->child_count; i++)
        ew_case__free_item(&v->children[i]);
    ew_free(v->children);
    ew_case_seen_events_release(&v->events);
    for (size_t i = 0; i < v->analysis_count; i++) {
        ew_free(v->analyses[i].tool);
        ew_free(v->analyses[i].version);
        ew_free(v->analyses[i].line);
        ew_free(v->analyses[i].result);
        ew_free(v->analyses[i].settings);
    }
    ew_free(v->analyses);
    for (size_t i = 0; i < v->record_count; i++) {
        ew_free(v->records[i].what);
        ew_free(v->records[i].text);
    }
    ew_free(v->records);
    *v = (ew_case_item_view){0};
}
