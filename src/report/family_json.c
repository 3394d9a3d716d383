/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of `family` for programs: schema earwitness.family/1. */
#include "report/family_json.h"

#include <string.h>

#include "report/json.h"

enum { TIME_DIGITS = 4, SHARE_DIGITS = 4, DB_DIGITS = 2 };

static double seconds(double samples)
{
    return samples / EW_FAMILY_RATE_HZ;
}

static void put_time(ew_obj *o, const char *key, double samples)
{
    ew_obj_real(o, key, seconds(samples), TIME_DIGITS);
}

static const char *last_part(const char *name)
{
    const char *slash = strrchr(name, '/');

    return slash == NULL ? name : slash + 1;
}

/* The last part of the name, or all of it where two copies share the former. */
static const char *label(const ew_family_finding *f, size_t copy)
{
    const char *own = last_part(f->copies[copy].name);

    for (size_t i = 0; i < f->family->count; i++)
        if (i != copy && strcmp(own, last_part(f->copies[i].name)) == 0)
            return f->copies[copy].name;
    return own;
}

static void put_name(const ew_family_finding *f, ew_obj *o, const char *key, size_t copy)
{
    if (copy == EW_NO_COPY)
        ew_obj_null(o, key);
    else
        ew_obj_str(o, key, label(f, copy));
}

/* A name: made from it; a list: from one of these; null: from nothing here. */
static json_t *parent_json(const ew_family_finding *f, const ew_member *m)
{
    size_t parent = m->kind == EW_MEMBER_DUPLICATE ? m->duplicate_of : m->parent;
    json_t *list;

    if (m->kind != EW_MEMBER_UNDECIDED)
        return parent == EW_NO_COPY ? json_null() : json_string(label(f, parent));
    list = json_array();
    for (size_t i = 0; i < m->candidate_count; i++)
        ew_list_add(&list, json_string(label(f, m->candidates[i].copy)));
    return list;
}

static json_t *parents_json(const ew_family_finding *f)
{
    ew_obj o = ew_obj_new();

    for (size_t i = 0; i < f->family->count; i++)
        ew_obj_set(&o, label(f, i), parent_json(f, &f->family->members[i]));
    return o.json;
}

static json_t *reasons_json(const ew_member *m)
{
    json_t *list = json_array();

    for (size_t i = 0; i < m->reason_count; i++) {
        const ew_reason *r = &m->reasons[i];
        bool times = r->why == EW_WHY_START_GONE || r->why == EW_WHY_END_GONE ||
                     r->why == EW_WHY_OVERLAY;
        ew_obj o = ew_obj_new();

        ew_obj_str(&o, "kind", ew_why_name(r->why));
        ew_obj_str(&o, "text", r->text);
        ew_obj_real(&o, "a", times ? seconds(r->a) : r->a, SHARE_DIGITS);
        ew_obj_real(&o, "b", times ? seconds(r->b) : r->b, SHARE_DIGITS);
        ew_list_add(&list, o.json);
    }
    return list;
}

static json_t *candidates_json(const ew_family_finding *f, const ew_member *m)
{
    json_t *list = json_array();

    for (size_t i = 0; i < m->candidate_count; i++) {
        ew_obj o = ew_obj_new();

        put_name(f, &o, "copy", m->candidates[i].copy);
        ew_obj_real(&o, "share", m->candidates[i].share, SHARE_DIGITS);
        ew_list_add(&list, o.json);
    }
    return list;
}

static void put_place(const ew_member *m, ew_obj *o)
{
    if (m->family == EW_NO_COPY)
        return;
    ew_obj_int(o, "family", (int64_t)m->family);
    put_time(o, "offset", m->offset);
    ew_obj_real(o, "gain_db", m->gain_db, DB_DIGITS);
    ew_obj_real(o, "noise_db", m->noise_db, DB_DIGITS);
    ew_obj_real(o, "edge_hz", m->edge_hz, 0);
    if (m->overlay_end <= m->overlay_start)
        return;
    put_time(o, "overlay_start", m->overlay_start);
    put_time(o, "overlay_end", m->overlay_end);
}

static json_t *copy_json(const ew_family_finding *f, size_t copy)
{
    const ew_family_copy *c = &f->copies[copy];
    const ew_member *m = &f->family->members[copy];
    ew_obj o = ew_obj_new();

    ew_obj_str(&o, "file", label(f, copy));
    ew_obj_str(&o, "name", c->name);
    ew_obj_sha256(&o, "sha256", c->sha256);
    ew_obj_str(&o, "container", c->info.container);
    ew_obj_str(&o, "codec", c->info.codec);
    ew_obj_str(&o, "kind", ew_member_kind_name(m->kind));
    put_time(&o, "duration", (double)m->samples);
    if (m->kind == EW_MEMBER_DUPLICATE)
        put_name(f, &o, "duplicate_of", m->duplicate_of);
    if (m->kind == EW_MEMBER_CHILD)
        put_name(f, &o, "parent", m->parent);
    if (m->kind == EW_MEMBER_CHILD || m->kind == EW_MEMBER_ROOT)
        ew_obj_real(&o, "certainty", m->certainty, SHARE_DIGITS);
    put_place(m, &o);
    ew_obj_set(&o, "reasons", reasons_json(m));
    ew_obj_set(&o, "candidates", candidates_json(f, m));
    if (c->trouble[0] != 0)
        ew_obj_str(&o, "trouble", c->trouble);
    return o.json;
}

static json_t *copies_json(const ew_family_finding *f)
{
    json_t *list = json_array();

    for (size_t i = 0; i < f->family->count; i++)
        ew_list_add(&list, copy_json(f, i));
    return list;
}

static json_t *roots_json(const ew_family_finding *f)
{
    json_t *list = json_array();

    for (size_t i = 0; i < f->family->root_count; i++)
        ew_list_add(&list, json_string(label(f, f->family->roots[i])));
    return list;
}

static json_t *composite_json(const ew_family_finding *f)
{
    json_t *list = json_array();

    for (size_t i = 0; i < f->family->best_count; i++) {
        const ew_best *b = &f->family->best[i];
        ew_obj o = ew_obj_new();

        ew_obj_int(&o, "family", (int64_t)b->family);
        put_time(&o, "start", b->start);
        put_time(&o, "end", b->end);
        put_name(f, &o, "copy", b->copy);
        ew_obj_real(&o, "quality_db", b->quality_db, DB_DIGITS);
        ew_obj_str(&o, "why", b->text);
        ew_list_add(&list, o.json);
    }
    return list;
}

static json_t *failures_json(const ew_family_finding *f)
{
    json_t *list = json_array();

    for (size_t i = 0; i < f->failure_count; i++) {
        ew_obj o = ew_obj_new();

        ew_obj_str(&o, "name", f->failures[i].name);
        ew_obj_set(&o, "error", ew_json_error(&f->failures[i].why, NULL));
        ew_list_add(&list, o.json);
    }
    return list;
}

ew_code ew_report_family_json(const ew_family_finding *f, ew_buf *out, ew_err *err)
{
    ew_obj o = ew_obj_new();

    ew_obj_str(&o, "schema", "earwitness.family/1");
    put_name(f, &o, "root", f->family->root_count > 0 ? f->family->roots[0] : EW_NO_COPY);
    ew_obj_set(&o, "parents", parents_json(f));
    ew_obj_set(&o, "roots", roots_json(f));
    ew_obj_set(&o, "copies", copies_json(f));
    ew_obj_set(&o, "composite", composite_json(f));
    ew_obj_set(&o, "failed", failures_json(f));
    return ew_obj_print(&o, out, err);
}
