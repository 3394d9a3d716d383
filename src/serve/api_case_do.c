/* SPDX-License-Identifier: Apache-2.0 */
/* What is done with a case: making one, keeping results in it, writing down positions and names, taking back. */
#include <ctype.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/file.h"
#include "ops/case_custody.h"
#include "ops/case_dir.h"
#include "ops/case_position.h"
#include "ops/case_result.h"
#include "ops/case_view.h"
#include "ops/jobs.h"
#include "serve/api_case.h"

enum { SLUG_MAX = 40, TRIES = 1000, ITEMS_MAX = 1000 };

static ew_code number_of(ew_slice part, int64_t *id, ew_err *err)
{
    uint64_t n = 0;
    ew_code code = ew_api_number(part, &n, err);
    if (code == EW_OK && n > INT64_MAX)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "there is no such number");
    *id = (int64_t)(n & INT64_MAX);
    return code;
}

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

/* ------------------------------------------------------------------ a new case */

/* Letters and digits of the title: no part of a path comes from outside. */
static void slug_of(const char *title, char out[SLUG_MAX + 1])
{
    size_t n = 0;
    for (const char *p = title; *p != 0 && n < SLUG_MAX; p++) {
        if (isascii((unsigned char)*p) && isalnum((unsigned char)*p))
            out[n++] = (char)tolower((unsigned char)*p);
        else if (n > 0 && out[n - 1] != '-')
            out[n++] = '-';
    }
    while (n > 0 && out[n - 1] == '-')
        n--;
    (void)snprintf(out + n, SLUG_MAX + 1 - n, "%s", n == 0 ? "case" : "");
}

/* The first name that is free, below the server's own folder. */
static ew_code free_place(ew_server *s, const char *title, char **dir, ew_err *err)
{
    char slug[SLUG_MAX + 1];
    char name[SLUG_MAX + 16];
    char *base = ew_path_join(s->o->work, "cases");
    ew_code code = base != NULL ? ew_mkdirs(base, err) : ew_fail_nomem(err);
    char *full = code == EW_OK ? realpath(base, NULL) : NULL;
    if (code == EW_OK && full == NULL)
        code = ew_fail_nomem(err);
    slug_of(title, slug);
    *dir = NULL;
    for (int i = 1; code == EW_OK && *dir == NULL && i < TRIES; i++) {
        (void)snprintf(name, sizeof name, i == 1 ? "%s" : "%s-%d", slug, i);
        *dir = ew_path_join(full, name);
        if (*dir == NULL)
            code = ew_fail_nomem(err);
        else if (access(*dir, F_OK) == 0) {
            ew_free(*dir);
            *dir = NULL;
        }
    }
    if (code == EW_OK && *dir == NULL)
        code = ew_fail(err, EW_E_LIMIT, 0, "there are too many cases of this name");
    free(full); /* realpath's */
    ew_free(base);
    return code;
}

ew_code ew_api_case_new(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    static pthread_mutex_t one =
        PTHREAD_MUTEX_INITIALIZER; /* of the same name at a time */
    json_t *body = NULL;
    char id[EW_CASE_ID_TEXT] = "";
    char *dir = NULL;
    ew_obj o = ew_obj_new();
    ew_code code = ew_api_body(q, &body, err);
    const char *title = ew_api_text(body, "title");
    if (code == EW_OK && title == NULL)
        code = ew_fail(err, EW_E_ARG, 0, "a case needs a title");
    pthread_mutex_lock(&one);
    if (code == EW_OK)
        code = free_place(s, title, &dir, err);
    if (code == EW_OK)
        code = ew_case_create(dir, title, err);
    pthread_mutex_unlock(&one);
    if (code == EW_OK)
        code = ew_case_dir_remember(dir, err);
    if (code == EW_OK)
        ew_api_case_id(dir, id);
    ew_obj_str(&o, "schema", "earwitness.case-made/1");
    ew_obj_str(&o, "id", id);
    json_decref(body);
    ew_free(dir);
    return ew_api_end(r, &o, code, err);
}

/* ------------------------------------------------------------------ analyses */

/* One analysis that is kept, and the items that it is about. */
typedef struct kept {
    int64_t id;
    ew_obj o;
    bool found;
    int64_t items[ITEMS_MAX];
    size_t n;
    json_t *names;
} kept;

static ew_code take_analysis(void *cookie, const ew_case_analysis *a, ew_err *err)
{
    kept *k = cookie;
    (void)err;
    if (a->id != k->id || a->undone)
        return EW_OK;
    json_t *result = json_loads(a->result, 0, NULL);
    k->found = true;
    ew_obj_int(&k->o, "analysis", a->id);
    ew_obj_int(&k->o, "event", a->event);
    ew_obj_str(&k->o, "tool", a->tool);
    ew_obj_str(&k->o, "version", a->version);
    if (json_is_object(result))
        ew_obj_set(&k->o, "result", result);
    else
        json_decref(result);
    k->n = ew_case_settings_items(a->settings, k->items, ITEMS_MAX);
    k->n = k->n < ITEMS_MAX ? k->n : ITEMS_MAX;
    if (k->n == 0) {
        k->items[k->n++] = a->item;
        if (a->other != 0)
            k->items[k->n++] = a->other;
    }
    return EW_OK;
}

static ew_code take_name(void *cookie, const ew_case_item *i, ew_err *err)
{
    kept *k = cookie;
    (void)err;
    for (size_t n = 0; n < k->n; n++) {
        if (k->items[n] != i->id)
            continue;
        ew_obj o = ew_obj_new();
        ew_obj_int(&o, "item", i->id);
        ew_obj_str(&o, "name", i->name);
        ew_obj_sha256(&o, "sha256", i->sha256);
        (void)json_array_set_new(k->names, n, o.json);
    }
    return EW_OK;
}

ew_code ew_api_case_analysis(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    kept k = {.o = ew_obj_new(), .names = json_array()};
    ew_case *c = NULL;
    ew_obj_str(&k.o, "schema", "earwitness.case-kept/1");
    ew_code code = number_of(q->part[1], &k.id, err);
    if (code == EW_OK)
        code = ew_api_case_open(s, q->part[0], false, &c, err);
    if (code == EW_OK)
        code = ew_case_analyses(c, 0, take_analysis, &k, err);
    if (code == EW_OK && !k.found)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "there is no such analysis");
    for (size_t i = 0; i < k.n; i++)
        (void)json_array_append_new(k.names, json_null());
    if (code == EW_OK)
        code = ew_case_items(c, take_name, &k, err);
    ew_case_close(c);
    ew_obj_set(&k.o, "items", k.names);
    return ew_api_end(r, &k.o, code, err);
}

/* Is the job about this case? */
typedef struct of_case {
    uint64_t id;
    ew_slice name;
    bool yes;
} of_case;

static ew_code look_at_job(void *cookie, const ew_job_view *v, ew_err *err)
{
    of_case *k = cookie;
    char id[EW_CASE_ID_TEXT];
    (void)err;
    if (v->id == k->id && v->casedir[0] != 0) {
        ew_api_case_id(v->casedir, id);
        k->yes = ew_slice_is(k->name, id);
    }
    return EW_OK;
}

ew_code ew_api_case_keep(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    json_t *body = NULL;
    char who[EW_WHO_TEXT];
    int64_t analysis = 0;
    ew_obj o = ew_obj_new();
    ew_code code = ew_api_body(q, &body, err);
    of_case job = {(uint64_t)json_integer_value(json_object_get(body, "job")), q->part[0],
                   false};
    ew_api_who(body, who);
    if (code == EW_OK)
        code = ew_jobs_list(s->jobs, look_at_job, &job, err);
    if (code == EW_OK && !job.yes)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "this case has no such job");
    if (code == EW_OK)
        code = ew_jobs_keep_result(
            s->jobs, job.id, who, or_empty(ew_api_text(body, "purpose")), &analysis, err);
    ew_obj_str(&o, "schema", "earwitness.case-keep/1");
    ew_obj_int(&o, "analysis", analysis);
    json_decref(body);
    return ew_api_end(r, &o, code, err);
}

/* ------------------------------------------------------------------ taking back */

static void on_undone(void *cookie, int64_t event, int64_t by)
{
    json_t **list = cookie;
    ew_obj o = ew_obj_new();
    ew_obj_int(&o, "undone", event);
    ew_obj_int(&o, "event", by);
    ew_list_add(list, o.json);
}

ew_code ew_api_case_undo(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    json_t *body = NULL;
    json_t *list = json_array();
    ew_case *c = NULL;
    char who[EW_WHO_TEXT];
    int64_t event = 0;
    ew_obj o = ew_obj_new();
    ew_code code = number_of(q->part[1], &event, err);
    if (code == EW_OK)
        code = ew_api_body(q, &body, err);
    if (code == EW_OK)
        code = ew_api_case_open(s, q->part[0], true, &c, err);
    ew_api_who(body, who);
    const ew_case_undo_how how = {.by = {who, or_empty(ew_api_text(body, "purpose"))},
                                  .all = json_is_true(json_object_get(body, "all")),
                                  .told = on_undone,
                                  .cookie = &list};
    if (code == EW_OK)
        code = ew_ops_case_undo(c, event, &how, err);
    ew_case_close(c);
    ew_obj_str(&o, "schema", "earwitness.case-undo-list/1");
    ew_obj_set(&o, "undone", list);
    json_decref(body);
    return ew_api_end(r, &o, code, err);
}

/* ------------------------------------------------------------------ positions and names */

static void tell_position(ew_obj *o, const ew_position_told *t)
{
    static const char *const words[] = {"not-looked-for", "at-place", "found", "in-text",
                                        "not-found"};
    ew_obj_int(o, "position", t->id);
    ew_obj_int(o, "event", t->event);
    ew_obj_int(o, "item", t->item);
    ew_obj_int(o, "person", t->person);
    ew_obj_bool(o, "new_person", t->new_person);
    ew_obj_str(o, "words", words[t->words.in]);
}

ew_code ew_api_case_position(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    json_t *body = NULL;
    ew_case *c = NULL;
    char who[EW_WHO_TEXT];
    ew_position_told told = {0};
    ew_obj o = ew_obj_new();
    ew_code code = ew_api_body(q, &body, err);
    if (code == EW_OK)
        code = ew_api_case_open(s, q->part[0], true, &c, err);
    ew_api_who(body, who);
    const ew_position_how how = {.who = who,
                                 .purpose = ew_api_text(body, "purpose"),
                                 .item = or_empty(ew_api_text(body, "item")),
                                 .person = ew_api_text(body, "person"),
                                 .stance = ew_api_text(body, "stance"),
                                 .date = ew_api_text(body, "date"),
                                 .channel = ew_api_text(body, "channel"),
                                 .words = ew_api_text(body, "words"),
                                 .until = ew_api_text(body, "until"),
                                 .report = ew_api_text(body, "report"),
                                 .via = ew_api_text(body, "via"),
                                 .new_person =
                                     json_is_true(json_object_get(body, "new_person"))};
    if (code == EW_OK)
        code = ew_ops_case_position(c, &how, &told, err);
    ew_case_close(c);
    ew_obj_str(&o, "schema", "earwitness.case-position/1");
    if (code == EW_E_ARG && told.near[0] != 0) { /* a question, which is no failure */
        ew_err_clear(err);
        code = EW_OK;
        ew_obj_str(&o, "near", told.near);
    } else {
        tell_position(&o, &told);
    }
    json_decref(body);
    return ew_api_end(r, &o, code, err);
}

/* That of a protected person is encrypted at once, and wiped where it came in. */
ew_code ew_api_case_alias(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    json_t *body = NULL;
    ew_case *c = NULL;
    char who[EW_WHO_TEXT];
    ew_person_kind kind = EW_PERSON_PUBLIC;
    int64_t person = 0;
    ew_obj o = ew_obj_new();
    ew_code code = ew_api_body(q, &body, err);
    json_t *name = json_object_get(body, "name");
    ew_api_who(body, who);
    const ew_ops_actor by = {who, or_empty(ew_api_text(body, "purpose"))};
    if (code == EW_OK)
        code = ew_api_case_open(s, q->part[0], true, &c, err);
    if (code == EW_OK)
        code = ew_case_find_person(c, or_empty(ew_api_text(body, "person")), &person,
                                   &kind, err);
    if (code == EW_OK)
        code = ew_ops_add_alias(
            c, &by, person,
            (ew_slice){or_empty(json_string_value(name)), json_string_length(name)}, err);
    ew_case_close(c);
    if (json_string_length(name) > 0)
        explicit_bzero((char *)(uintptr_t)json_string_value(name),
                       json_string_length(name));
    explicit_bzero((char *)(uintptr_t)q->body.p, q->body.n);
    ew_obj_str(&o, "schema", "earwitness.case-alias/1");
    ew_obj_int(&o, "person", person);
    ew_obj_bool(&o, "protected", kind == EW_PERSON_PROTECTED);
    json_decref(body);
    return ew_api_end(r, &o, code, err);
}
