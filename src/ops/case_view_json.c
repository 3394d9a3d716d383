/* SPDX-License-Identifier: Apache-2.0 */
/* What is shown of a case, for programs: docs/formats/case-json.md. */
#include "base/alloc.h"
#include "base/when.h"
#include "base/words.h"
#include "ops/case_view.h"

static void set_time(ew_obj *o, const char *key, int64_t time)
{
    char text[EW_ISO_TEXT];
    if (time != 0)
        ew_obj_str(o, key, ew_iso_text(time, text));
}

/* Kept JSON as it is; what is none as text. */
static void set_kept(ew_obj *o, const char *key, const char *text)
{
    json_t *kept = json_loads(text, 0, NULL);
    char *safe = kept == NULL ? ew_case_safe(text) : NULL;
    if (kept != NULL)
        ew_obj_set(o, key, kept);
    else if (text[0] != 0)
        ew_obj_set(o, key, json_string(safe));
    ew_free(safe);
}

ew_obj ew_case_event_json(const ew_case_seen_event *e)
{
    ew_obj o = ew_obj_new();
    ew_obj_int(&o, "event", e->id);
    set_time(&o, "time", e->time);
    ew_obj_str(&o, "kind", e->kind);
    if (e->item != 0)
        ew_obj_int(&o, "item", e->item);
    ew_obj_str(&o, "who", e->who);
    ew_obj_str(&o, "purpose", e->purpose);
    set_kept(&o, "detail", e->detail);
    if (e->has_before)
        ew_obj_sha256(&o, "before", e->before);
    if (e->has_after)
        ew_obj_sha256(&o, "after", e->after);
    if (e->undoes != 0)
        ew_obj_int(&o, "undoes", e->undoes);
    ew_obj_bool(&o, "undone", e->undone);
    ew_obj_str(&o, "tool", e->tool);
    ew_obj_sha256(&o, "chain", e->chain);
    return o;
}

static void set_item(ew_obj *o, const ew_case_seen_item *i)
{
    ew_obj_int(o, "item", i->id);
    ew_obj_str(o, "kind", i->kind);
    ew_obj_str(o, "name", i->name);
    ew_obj_str(o, "origin", i->origin);
    ew_obj_str(o, "obtained", i->obtained);
    ew_obj_str(o, "from", i->from);
    ew_obj_str(o, "note", i->note);
    if (i->parent != 0)
        ew_obj_int(o, "parent", i->parent);
    ew_obj_sha256(o, "sha256", i->sha256);
    ew_obj_int(o, "bytes", (int64_t)i->bytes);
    ew_obj_int(o, "added", i->added);
    ew_obj_bool(o, "undone", i->undone);
    if (i->line != NULL && i->line[0] != 0)
        ew_obj_str(o, "finds", ew_said(i->line));
}

ew_obj ew_case_item_json(const ew_case_seen_item *i)
{
    ew_obj o = ew_obj_new();
    set_item(&o, i);
    return o;
}

static void set_counts(ew_obj *o, const uint64_t counts[EW_CASE_THINGS])
{
    ew_obj n = ew_obj_new();
    for (int t = 0; t < EW_CASE_THINGS; t++)
        ew_obj_int(&n, ew_case_things((ew_case_thing)t), (int64_t)counts[t]);
    ew_obj_set(o, "counts", n.json);
}

static json_t *event_list(const ew_case_seen_events *e)
{
    json_t *list = json_array();
    for (size_t i = 0; i < e->n; i++)
        ew_list_add(&list, ew_case_event_json(&e->list[i]).json);
    return list;
}

static json_t *item_list(const ew_case_seen_item *items, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        ew_list_add(&list, ew_case_item_json(&items[i]).json);
    return list;
}

ew_obj ew_case_view_json(const ew_case_view *v)
{
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.case-show/1");
    ew_obj_str(&o, "title", v->title);
    ew_obj_str(&o, "folder", v->dir);
    set_counts(&o, v->counts);
    ew_obj_int(&o, "reversals", (int64_t)v->reversals);
    ew_obj_int(&o, "silences", (int64_t)v->silences);
    ew_obj_int(&o, "events", (int64_t)v->events);
    ew_obj_int(&o, "events_not_sealed", (int64_t)v->unsealed);
    set_time(&o, "last_change", v->last_time);
    ew_obj_set(&o, "items", item_list(v->items, v->count));
    ew_obj_set(&o, "last_events", event_list(&v->last));
    return o;
}

/* ------------------------------------------------------------------ one item */

static json_t *analysis_list(const ew_case_item_view *v)
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->analysis_count; i++) {
        const ew_case_seen_analysis *a = &v->analyses[i];
        ew_obj o = ew_obj_new();
        ew_obj_int(&o, "analysis", a->id);
        ew_obj_int(&o, "event", a->event);
        set_time(&o, "time", a->time);
        ew_obj_str(&o, "tool", a->tool);
        ew_obj_str(&o, "version", a->version);
        ew_obj_int(&o, "item", a->item);
        if (a->other != 0)
            ew_obj_int(&o, "other", a->other);
        ew_obj_str(&o, "text", ew_said(a->line));
        set_kept(&o, "settings", a->settings);
        set_kept(&o, "result", a->result);
        ew_list_add(&list, o.json);
    }
    return list;
}

static json_t *record_list(const ew_case_item_view *v)
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->record_count; i++) {
        const ew_case_seen_record *r = &v->records[i];
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "of", ew_case_things(r->thing));
        ew_obj_int(&o, "row", r->row);
        ew_obj_str(&o, "what", r->what);
        ew_obj_str(&o, "text", r->text);
        if (r->source != 0)
            ew_obj_int(&o, "source", r->source);
        if (r->bytes != 0) {
            ew_obj_int(&o, "at", (int64_t)r->at);
            ew_obj_int(&o, "bytes", (int64_t)r->bytes);
        }
        if (r->odd)
            ew_obj_bool(&o, "odd", true);
        ew_list_add(&list, o.json);
    }
    return list;
}

static json_t *same_list(const ew_case_item_view *v)
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->same_count; i++) {
        const ew_same_picture *s = &v->same[i];
        bool first = s->item == v->item.id;
        ew_obj o = ew_obj_new();
        ew_obj_int(&o, "item", first ? s->other : s->item);
        ew_obj_int(&o, "distance", s->distance);
        ew_obj_bool(&o, "reliable", s->reliable);
        ew_obj_bool(&o, "by_own_thumbnail", first ? s->thumb : s->other_thumb);
        ew_obj_bool(&o, "by_its_thumbnail", first ? s->other_thumb : s->thumb);
        ew_list_add(&list, o.json);
    }
    return list;
}

ew_obj ew_case_item_view_json(const ew_case_item_view *v)
{
    ew_obj o = ew_obj_new();
    json_t *called = json_array();
    ew_obj_str(&o, "schema", "earwitness.case-show-item/1");
    set_item(&o, &v->item);
    for (size_t i = 0; i < v->called_count; i++)
        ew_list_add(&called, json_string(v->called[i]));
    ew_obj_set(&o, "called", called);
    set_counts(&o, v->counts);
    ew_obj_set(&o, "records", record_list(v));
    ew_obj_set(&o, "same_pictures", same_list(v));
    ew_obj_set(&o, "came_out_of_it", item_list(v->children, v->child_count));
    ew_obj_set(&o, "analyses", analysis_list(v));
    ew_obj_set(&o, "events", event_list(&v->events));
    return o;
}
