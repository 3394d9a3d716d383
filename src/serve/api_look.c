/* SPDX-License-Identifier: Apache-2.0 */
/* Looking at a sealed item and choosing what to show of it, with a preview of exactly that. */
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/utf8.h"
#include "base/when.h"
#include "ops/jobs.h"
#include "ops/seal_look.h"
#include "serve/api_bundle.h"
#include "serve/api_case.h"
#include "serve/held.h"

enum { META_TEXT = 64 * 1024, FOUND_MAX = 20000 };

/* One that is held. */
typedef struct seen {
    ew_server *s;
    ew_look *look;
    ew_look_facts facts;
    bool sent; /* its file was sent for this, and goes with it: */
    uint8_t file[EW_SHA256_BYTES];
} seen;

static void seen_free(void *cookie)
{
    seen *n = cookie;
    ew_look_close(n->look);
    if (n->sent)
        ew_jobs_drop(n->s->jobs, n->file);
    ew_free(n);
}

/* ------------------------------------------------------------------ what it is */

static json_t *lines_of(const ew_buf *text)
{
    json_t *list = json_array();
    ew_slice rest = {(const char *)text->data, text->len};
    ew_slice line;
    while (ew_slice_line(&rest, &line))
        ew_list_add(&list, json_stringn(line.p, line.n));
    return list;
}

/* {"key", "value"} of each line of metadata; safe to show. */
static json_t *meta_of(const ew_buf *meta)
{
    json_t *list = json_array();
    ew_slice rest = {(const char *)meta->data, meta->len};
    ew_slice line;
    while (ew_slice_line(&rest, &line)) {
        const char *sign = memchr(line.p, '=', line.n);
        ew_buf value;
        ew_buf key;
        ew_obj o = ew_obj_new();
        size_t n = sign != NULL ? (size_t)(sign - line.p) : line.n;
        ew_buf_init(&key, META_TEXT);
        ew_buf_init(&value, META_TEXT);
        bool fine = n < line.n && ew_utf8_append_safe(&key, line.p, n, NULL) == EW_OK &&
                    ew_utf8_append_safe(&value, sign + 1, line.n - n - 1, NULL) == EW_OK;
        if (fine && key.len > 0 && value.len > 0) {
            ew_obj_str(&o, "key", (const char *)key.data);
            ew_obj_str(&o, "value", (const char *)value.data);
            ew_list_add(&list, o.json);
        } else {
            ew_obj_release(&o);
        }
        ew_buf_release(&key);
        ew_buf_release(&value);
    }
    return list;
}

static json_t *events_of(const ew_look_facts *f)
{
    json_t *list = json_array();
    char when[EW_ISO_TEXT];
    for (size_t i = 0; i < f->event_count; i++) {
        const ew_look_event *e = &f->events[i];
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "kind", e->kind);
        ew_obj_bool(&o, "custody", e->custody);
        ew_obj_bool(&o, "reached", e->reached);
        ew_obj_str(&o, "time", ew_iso_text(e->time, when));
        ew_obj_str(&o, "words", e->words);
        ew_list_add(&list, o.json);
    }
    return list;
}

static void tell_mark(const uint8_t mark[EW_CHOICE_MARK], const char *key, ew_obj *o)
{
    char hex[2 * EW_CHOICE_MARK + 1];
    ew_hex(mark, EW_CHOICE_MARK, hex);
    ew_obj_str(o, key, hex);
}

static void tell_facts(const ew_look_facts *f, ew_obj *o)
{
    ew_obj_str(o, "item", f->hex);
    ew_obj_str(o, "name", f->name);
    ew_obj_str(o, "splitter", f->splitter);
    ew_obj_str(o, "kind",
               f->sound        ? "sound"
               : f->text       ? "text"
               : f->collection ? "collection"
                               : "file");
    ew_obj_int(o, "parts", (int64_t)f->parts);
    ew_obj_int(o, "units", (int64_t)f->units);
    ew_obj_bool(o, "burned", f->burned);
    ew_obj_bool(o, "head", f->head);
    ew_obj_bool(o, "tail", f->tail);
    if (f->timed)
        ew_obj_real(o, "seconds", f->seconds, 6);
    if (f->sound && !f->burned)
        ew_obj_sha256(o, "sha256", f->sha256);
    ew_obj_set(o, "meta", meta_of(f->meta));
    ew_obj_set(o, "senders", lines_of(f->senders));
    ew_obj_bool(o, "senders_cut", f->senders_cut);
    ew_obj_set(o, "events", events_of(f));
    tell_mark(f->events_mark[0], "events_mark", o);
    tell_mark(f->events_mark[1], "custody_mark", o);
}

/* ------------------------------------------------------------------ opening */

static ew_code open_look(ew_server *s, const ew_desk *d, const json_t *body, seen *n,
                         ew_err *err)
{
    const char *item = ew_api_text(body, "item");
    char *file = NULL;
    if (item == NULL)
        return ew_fail(err, EW_E_ARG, 0, "no item is named");
    ew_code code = ew_api_sent(s, body, "file", &file, n->file, err);
    if (code == EW_OK) {
        n->sent = file != NULL;
        code = ew_look_open(&n->look, d, item, file, err);
    }
    if (code == EW_OK)
        n->facts = ew_look_tell(n->look);
    ew_free(file);
    return code;
}

ew_code ew_api_look(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    json_t *body = NULL;
    ew_desk d = {0};
    char name[EW_TOKEN_TEXT];
    ew_obj o = ew_obj_new();
    seen *n = ew_alloc(sizeof *n);
    if (n == NULL) {
        ew_obj_release(&o);
        return ew_fail_nomem(err);
    }
    n->s = s;
    ew_code code = ew_api_desk_open(s, q, &body, &d, err);
    if (code == EW_OK) {
        code = open_look(s, &d, body, n, err);
        ew_api_desk_close(&d);
    }
    json_decref(body);
    if (code == EW_OK) {
        bool heard = n->facts.sound && !n->facts.burned;
        const ew_held_thing t = {.kind = EW_HELD_LOOK,
                                 .what = n,
                                 .drop = seen_free,
                                 .sha256 = heard ? n->facts.sha256 : NULL,
                                 .path = n->facts.path};
        ew_obj_str(&o, "schema", "earwitness.look/1");
        tell_facts(&n->facts, &o);
        code = ew_held_put(s->held, &t, name, err);
        ew_obj_str(&o, "look", name);
    } else {
        seen_free(n);
    }
    return ew_api_end(r, &o, code, err);
}

/* ------------------------------------------------------------------ choosing */

static void tell_view(const ew_look_view *v, ew_obj *o)
{
    tell_mark(v->mark, "mark", o);
    ew_obj_int(o, "shown", (int64_t)v->shown);
    ew_obj_int(o, "units_shown", (int64_t)v->units_shown);
    ew_obj_int(o, "units_partly", (int64_t)v->units_partly);
    ew_obj_int(o, "lines", (int64_t)v->lines);
    ew_obj_bool(o, "publishable", v->publishable);
    if (!v->publishable)
        ew_obj_set(o, "why", ew_json_error(&v->why, ""));
}

ew_code ew_api_look_choose(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    json_t *body = NULL;
    void *what = NULL;
    ew_look_view v;
    ew_obj o = ew_obj_new();
    ew_code code = ew_api_body(q, &body, err);
    const ew_disclosure choice = {.show = ew_api_text(body, "show"),
                                  .hide = ew_api_text(body, "hide"),
                                  .meta = ew_api_text(body, "meta"),
                                  .filler = ew_api_text(body, "filler")};
    if (code == EW_OK && choice.show == NULL && choice.hide == NULL)
        code = ew_fail(err, EW_E_ARG, 0, "say what to show or what to hide");
    if (code == EW_OK)
        code = ew_held_take(s->held, EW_HELD_LOOK, q->part[0], &what, err);
    if (code == EW_OK)
        code = ew_look_choose(((seen *)what)->look, &choice, &v, err);
    ew_held_give(s->held, what);
    ew_obj_str(&o, "schema", "earwitness.look-choice/1");
    if (code == EW_OK)
        tell_view(&v, &o);
    json_decref(body);
    return ew_api_end(r, &o, code, err);
}

/* ------------------------------------------------------------------ reading */

static void add_line(void *cookie, const ew_preview *p)
{
    json_t **list = cookie;
    ew_list_add(list, ew_api_line(p));
}

typedef ew_code reader(const ew_look *l, ew_stretch which, ew_previewed put, void *cookie,
                       ew_err *err);

static ew_code read_lines(ew_server *s, const ew_request *q, ew_reply *r, reader *read,
                          ew_err *err)
{
    void *what = NULL;
    ew_stretch which = {0, 0};
    json_t *list = json_array();
    ew_obj o = ew_obj_new();
    ew_code code = ew_api_stretch(q, &which.from, &which.count, err);
    if (code == EW_OK)
        code = ew_held_take(s->held, EW_HELD_LOOK, q->part[0], &what, err);
    if (code == EW_OK)
        code = read(((seen *)what)->look, which, add_line, &list, err);
    ew_held_give(s->held, what);
    ew_obj_str(&o, "schema", "earwitness.look-lines/1");
    ew_obj_int(&o, "from", (int64_t)which.from);
    ew_obj_set(&o, "lines", list);
    return ew_api_end(r, &o, code, err);
}

ew_code ew_api_look_lines(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    return read_lines(s, q, r, ew_look_lines, err);
}

ew_code ew_api_look_units(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    return read_lines(s, q, r, ew_look_units, err);
}

ew_code ew_api_look_search(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    const char *words = ew_request_query(q, "words");
    uint64_t *numbers = ew_alloc_array(FOUND_MAX, sizeof *numbers);
    ew_look_found found = {.numbers = numbers};
    void *what = NULL;
    ew_stretch which = {0, 0};
    json_t *list = json_array();
    ew_obj o = ew_obj_new();
    ew_code code = ew_api_stretch(q, &which.from, &which.count, err);
    if (which.count > FOUND_MAX)
        which.count = FOUND_MAX;
    if (code == EW_OK && numbers == NULL)
        code = ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_held_take(s->held, EW_HELD_LOOK, q->part[0], &what, err);
    if (code == EW_OK)
        code = ew_look_search(((seen *)what)->look, words != NULL ? words : "", which,
                              &found, err);
    ew_held_give(s->held, what);
    for (size_t i = 0; i < found.n; i++)
        ew_list_add(&list, json_integer((json_int_t)numbers[i]));
    ew_free(numbers);
    ew_obj_str(&o, "schema", "earwitness.look-found/1");
    ew_obj_int(&o, "all", (int64_t)found.all);
    ew_obj_set(&o, "found", list);
    return ew_api_end(r, &o, code, err);
}

ew_code ew_api_look_remove(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.removed/1");
    return ew_api_end(r, &o, ew_held_remove(s->held, EW_HELD_LOOK, q->part[0], err), err);
}
