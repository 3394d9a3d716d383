/* SPDX-License-Identifier: Apache-2.0 */
/* Gathers what is shown of a case. */
#include "ops/case_view.h"

#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "casefile/positions.h"
#include "ops/case_result.h"
#include "ops/case_seal.h"
#include "ops/case_view_parts.h"

enum { SAFE_MAX = 1 << 20, LINE_MAX_BYTES = 8192 };

/* A backslash is part of an escape already. */
char *ew_case_safe(const char *text)
{
    ew_buf b;
    const char *from = text;
    ew_code code = EW_OK;
    ew_buf_init(&b, SAFE_MAX);
    for (const char *p = text; code == EW_OK; p++) {
        if (*p != '\\' && *p != 0)
            continue;
        code = ew_utf8_append_safe(&b, from, (size_t)(p - from), NULL);
        if (*p == 0)
            break;
        if (code == EW_OK)
            code = ew_buf_append(&b, "\\", 1, NULL);
        from = p + 1;
    }
    char *copy = NULL;
    if (code == EW_OK)
        copy = ew_strdup(b.data != NULL ? (const char *)b.data : "");
    ew_buf_release(&b);
    return copy;
}

ew_code ew_case__texts(char **const *to, const char *const *from, size_t n, ew_err *err)
{
    for (size_t i = 0; i < n; i++) {
        *to[i] = ew_case_safe(from[i]);
        if (*to[i] == NULL)
            return ew_fail_nomem(err);
    }
    return EW_OK;
}

void *ew_case__grow(void *list, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return list;
    size_t more = *cap == 0 ? 16 : 2 * *cap;
    void *longer = ew_realloc_array(list, more, size);
    if (longer != NULL)
        *cap = more;
    return longer;
}

/* ------------------------------------------------------------------ events */

static void free_event(ew_case_seen_event *e)
{
    ew_free(e->kind);
    ew_free(e->who);
    ew_free(e->purpose);
    ew_free(e->detail);
    ew_free(e->tool);
}

void ew_case_seen_events_release(ew_case_seen_events *e)
{
    for (size_t i = 0; i < e->n; i++)
        free_event(&e->list[i]);
    ew_free(e->list);
    *e = (ew_case_seen_events){0};
}

typedef struct event_loader {
    ew_case_seen_events *out;
    size_t last;
} event_loader;

static ew_code take_event(void *cookie, const ew_case_event *e, ew_err *err)
{
    event_loader *l = cookie;
    ew_case_seen_events *o = l->out;
    if (l->last > 0 && o->n == l->last) {
        free_event(&o->list[0]);
        memmove(o->list, o->list + 1, --o->n * sizeof *o->list);
    }
    ew_case_seen_event *more = ew_case__grow(o->list, o->n, &o->cap, sizeof *more);
    if (more == NULL)
        return ew_fail_nomem(err);
    o->list = more;
    ew_case_seen_event *to = &o->list[o->n++];
    *to = (ew_case_seen_event){.id = e->id,
                               .time = e->time,
                               .item = e->item,
                               .undoes = e->undoes,
                               .undone = e->undone,
                               .has_before = e->has_before,
                               .has_after = e->has_after};
    memcpy(to->before, e->before, sizeof to->before);
    memcpy(to->after, e->after, sizeof to->after);
    memcpy(to->chain, e->chain, sizeof to->chain);
    char **const texts[] = {&to->kind, &to->who, &to->purpose, &to->tool};
    const char *const from[] = {e->kind, e->who, e->purpose, e->tool};
    to->detail = ew_strdup(e->detail); /* JSON; made safe where it is shown */
    if (to->detail == NULL)
        return ew_fail_nomem(err);
    return ew_case__texts(texts, from, sizeof from / sizeof from[0], err);
}

ew_code ew_case_seen_events_load(ew_case *c, int64_t item, size_t last,
                                 ew_case_seen_events *out, ew_err *err)
{
    *out = (ew_case_seen_events){0};
    event_loader l = {out, last};
    ew_code code = ew_case_events(c, item, take_event, &l, err);
    if (code != EW_OK)
        ew_case_seen_events_release(out);
    return code;
}

/* ------------------------------------------------------------------ items */

void ew_case__free_item(ew_case_seen_item *i)
{
    ew_free(i->kind);
    ew_free(i->name);
    ew_free(i->origin);
    ew_free(i->obtained);
    ew_free(i->from);
    ew_free(i->note);
    ew_free(i->line);
    for (size_t t = 0; t < EW_CASE_TOLD_TOOLS; t++)
        ew_free(i->said[t]);
}

ew_code ew_case__copy_item(ew_case_seen_item *to, const ew_case_item *i, ew_err *err)
{
    *to = (ew_case_seen_item){.id = i->id,
                              .parent = i->parent,
                              .added = i->added,
                              .bytes = i->bytes,
                              .undone = i->undone};
    memcpy(to->sha256, i->sha256, sizeof to->sha256);
    char **const texts[] = {&to->kind,     &to->name, &to->origin,
                            &to->obtained, &to->from, &to->note};
    const char *const from[] = {i->kind,     i->name, i->origin,
                                i->obtained, i->from, i->note};
    return ew_case__texts(texts, from, sizeof from / sizeof from[0], err);
}

static ew_code take_item(void *cookie, const ew_case_item *i, ew_err *err)
{
    ew_case_view *v = cookie;
    ew_case_seen_item *more = ew_case__grow(v->items, v->count, &v->cap, sizeof *more);
    if (more == NULL)
        return ew_fail_nomem(err);
    v->items = more;
    v->here += !i->undone;
    return ew_case__copy_item(&v->items[v->count++], i, err);
}

static ew_case_seen_item *item_of(ew_case_view *v, int64_t id)
{
    size_t low = 0;
    size_t high = v->count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (v->items[mid].id < id)
            low = mid + 1;
        else
            high = mid;
    }
    return low < v->count && v->items[low].id == id ? &v->items[low] : NULL;
}

/* ------------------------------------------------------------------ what analyses say */

static const char *const told_tools[EW_CASE_TOLD_TOOLS] = {"inspect", "check", "family"};

/* The last result of each tool is what counts. */
static ew_code say_of(ew_case_seen_item *i, const ew_case_analysis *a, ew_err *err)
{
    ew_buf b;
    ew_code code = EW_OK;
    for (size_t t = 0; i != NULL && t < EW_CASE_TOLD_TOOLS && code == EW_OK; t++) {
        if (strcmp(told_tools[t], a->tool) != 0)
            continue;
        ew_buf_init(&b, LINE_MAX_BYTES);
        code = ew_case_result_line(a, i->sha256, &b, err);
        ew_free(i->said[t]);
        i->said[t] = ew_strdup(b.data != NULL ? (const char *)b.data : "");
        if (code == EW_OK && i->said[t] == NULL)
            code = ew_fail_nomem(err);
        ew_buf_release(&b);
    }
    return code;
}

static ew_code take_analysis(void *cookie, const ew_case_analysis *a, ew_err *err)
{
    ew_case_view *v = cookie;
    ew_code code = EW_OK;
    if (a->undone || strcmp(a->tool, "diff") == 0)
        return EW_OK;
    if (strcmp(a->tool, "family") != 0)
        return say_of(item_of(v, a->item), a, err);
    int64_t *items = ew_alloc_array(EW_CASE_FAMILY_ITEMS, sizeof *items);
    if (items == NULL)
        return ew_fail_nomem(err);
    size_t n = ew_case_settings_items(a->settings, items, EW_CASE_FAMILY_ITEMS);
    for (size_t i = 0; i < n && i < EW_CASE_FAMILY_ITEMS && code == EW_OK; i++)
        code = say_of(item_of(v, items[i]), a, err);
    ew_free(items);
    return code;
}

ew_code ew_case__join_said(ew_case_seen_item *i, ew_err *err)
{
    ew_buf b;
    ew_code code = EW_OK;
    ew_buf_init(&b, EW_CASE_TOLD_TOOLS * LINE_MAX_BYTES);
    for (size_t t = 0; t < EW_CASE_TOLD_TOOLS && code == EW_OK; t++)
        if (i->said[t] != NULL)
            code = ew_buf_printf(&b, err, "%s%s", b.len > 0 ? "; " : "", i->said[t]);
    if (code == EW_OK) {
        i->line = ew_strdup(b.data != NULL ? (const char *)b.data : "");
        code = i->line != NULL ? EW_OK : ew_fail_nomem(err);
    }
    ew_buf_release(&b);
    return code;
}

/* ------------------------------------------------------------------ the case */

static ew_code take_turn(void *cookie, const ew_turn *t, ew_err *err)
{
    ew_case_view *v = cookie;
    (void)err;
    v->reversals += t->kind == EW_TURN_REVERSAL;
    v->silences += t->kind == EW_TURN_SILENCE;
    return EW_OK;
}

static ew_code count_event(void *cookie, const ew_case_event *e, ew_err *err)
{
    ew_case_view *v = cookie;
    (void)err;
    v->events++;
    v->last_time = e->time;
    return EW_OK;
}

/* A receipt that cannot be read is for `verify` to tell. */
static ew_code count_unsealed(ew_case *c, ew_case_view *v, ew_err *err)
{
    ew_case_sealed sealed = {0};
    ew_code code = ew_ops_case_sealed(c, &sealed, err);
    v->sealed = code == EW_OK && sealed.seals > 0;
    v->unsealed = v->sealed ? sealed.unsealed : v->events;
    return code == EW_E_FORMAT ? EW_OK : code;
}

static ew_code load_head(ew_case *c, ew_case_view *v, ew_err *err)
{
    ew_buf title;
    ew_buf_init(&title, EW_CASE_NAME);
    ew_code code = ew_case_title(c, &title, err);
    if (code == EW_OK) {
        v->title = ew_case_safe(title.data != NULL ? (const char *)title.data : "");
        v->dir = ew_case_safe(ew_case_dir(c));
        code = v->title != NULL && v->dir != NULL ? EW_OK : ew_fail_nomem(err);
    }
    ew_buf_release(&title);
    return code;
}

ew_code ew_case_view_load(ew_case *c, const char *today, bool analyses, ew_case_view *out,
                          ew_err *err)
{
    *out = (ew_case_view){0};
    ew_code code = load_head(c, out, err);
    if (code == EW_OK)
        code = ew_case_items(c, take_item, out, err);
    if (code == EW_OK && analyses)
        code = ew_case_analyses(c, 0, take_analysis, out, err);
    for (size_t i = 0; i < out->count && code == EW_OK; i++)
        code = ew_case__join_said(&out->items[i], err);
    if (code == EW_OK)
        code = ew_case_count(c, 0, out->counts, err);
    if (code == EW_OK)
        code = ew_case_turns(c, today, take_turn, out, err);
    if (code == EW_OK)
        code = ew_case_events(c, 0, count_event, out, err);
    if (code == EW_OK)
        code = count_unsealed(c, out, err);
    if (code == EW_OK)
        code = ew_case_seen_events_load(c, 0, EW_CASE_LAST_EVENTS, &out->last, err);
    if (code != EW_OK)
        ew_case_view_release(out);
    return code;
}

void ew_case_view_release(ew_case_view *v)
{
    ew_free(v->title);
    ew_free(v->dir);
    for (size_t i = 0; i < v->count; i++)
        ew_case__free_item(&v->items[i]);
    ew_free(v->items);
    ew_case_seen_events_release(&v->last);
    *v = (ew_case_view){0};
}
