/* SPDX-License-Identifier: Apache-2.0 */
/* Cases: which there are, what is in one, and its items. */
#include "serve/api_case.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/file.h"
#include "base/when.h"
#include "ops/case_dir.h"
#include "ops/case_view.h"
#include "casefile/people.h"

enum { PASSWD_MAX = 4096, DAY_CHARS = 10 };

/* ------------------------------------------------------------------ shared */

void ew_api_who(const json_t *body, char who[EW_WHO_TEXT])
{
    char room[PASSWD_MAX];
    struct passwd p;
    struct passwd *found = NULL;
    const char *name = ew_api_text(body, "who");
    if (name == NULL)
        name = getenv("EARWITNESS_WHO");
    if ((name == NULL || name[0] == 0) &&
        getpwuid_r(geteuid(), &p, room, sizeof room, &found) == 0 && found != NULL)
        name = found->pw_name;
    (void)snprintf(who, EW_WHO_TEXT, "%s",
                   name != NULL && name[0] != 0 ? name : "unknown");
}

const char *ew_api_text(const json_t *body, const char *key)
{
    const char *text = json_string_value(json_object_get(body, key));
    return text != NULL && text[0] != 0 ? text : NULL;
}

ew_code ew_api_end(ew_reply *r, ew_obj *o, ew_code code, ew_err *err)
{
    if (code == EW_OK)
        return ew_api_reply(r, o, err);
    ew_obj_release(o);
    return code;
}

/* ------------------------------------------------------------------ which case */

void ew_api_case_id(const char *dir, char id[EW_CASE_ID_TEXT])
{
    uint8_t sha256[EW_SHA256_BYTES];
    ew_sha256_bytes(dir, strlen(dir), sha256);
    ew_hex(sha256, EW_CASE_ID_BYTES, id);
}

/* Calls put() for the case that was named when the program started, then for those opened before. */
typedef struct cases {
    ew_server *s;
    ew_code (*put)(void *cookie, const char *dir, ew_err *err);
    void *cookie;
    char *named;
} cases;

static ew_code pass_on(void *cookie, const char *dir, ew_err *err)
{
    const cases *all = cookie;
    if (all->named != NULL && strcmp(all->named, dir) == 0)
        return EW_OK;
    return all->put(all->cookie, dir, err);
}

static ew_code each_case(cases *all, ew_err *err)
{
    ew_code code = EW_OK;
    char *named = all->s->o->casedir != NULL ? realpath(all->s->o->casedir, NULL) : NULL;
    if (named != NULL)
        code = all->put(all->cookie, named, err);
    all->named = named;
    if (code == EW_OK)
        code = ew_case_dirs(pass_on, all, err);
    free(named); /* realpath's */
    return code;
}

typedef struct sought {
    ew_slice id;
    char *dir;
} sought;

static ew_code look(void *cookie, const char *dir, ew_err *err)
{
    sought *k = cookie;
    char id[EW_CASE_ID_TEXT];
    ew_api_case_id(dir, id);
    if (k->dir != NULL || !ew_slice_is(k->id, id))
        return EW_OK;
    k->dir = ew_strdup(dir);
    return k->dir != NULL ? EW_OK : ew_fail_nomem(err);
}

ew_code ew_api_case_dir(ew_server *s, ew_slice name, char **dir, ew_err *err)
{
    sought k = {name, NULL};
    cases all = {s, look, &k, NULL};
    ew_code code = each_case(&all, err);
    if (code == EW_OK && k.dir == NULL)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "there is no such case");
    *dir = k.dir;
    return code;
}

ew_code ew_api_case_open(ew_server *s, ew_slice name, bool write, ew_case **c,
                         ew_err *err)
{
    char *dir = NULL;
    *c = NULL;
    ew_code code = ew_api_case_dir(s, name, &dir, err);
    if (code == EW_OK)
        code = ew_case_open(c, dir, write, EW_CASE_WAIT_S, err);
    ew_free(dir);
    return code;
}

/* A case that cannot be opened is named too, with the reason. */
static ew_code list_case(void *cookie, const char *dir, ew_err *err)
{
    json_t **list = cookie;
    char id[EW_CASE_ID_TEXT];
    ew_case *c = NULL;
    ew_buf title;
    ew_err why;
    ew_obj o = ew_obj_new();
    char *safe = ew_case_safe(dir);
    if (safe == NULL) {
        ew_obj_release(&o);
        return ew_fail_nomem(err);
    }
    ew_buf_init(&title, EW_CASE_NAME + 1);
    ew_api_case_id(dir, id);
    ew_obj_str(&o, "id", id);
    ew_obj_str(&o, "folder", safe);
    ew_code code = ew_case_open(&c, dir, false, 0, &why);
    if (code == EW_OK)
        code = ew_case_title(c, &title, &why);
    if (code == EW_OK)
        ew_obj_str(&o, "title", title.data != NULL ? (const char *)title.data : "");
    else
        ew_obj_set(&o, "error", ew_json_error(&why, ""));
    ew_case_close(c);
    ew_buf_release(&title);
    ew_free(safe);
    ew_list_add(list, o.json);
    return EW_OK;
}

ew_code ew_api_cases(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    json_t *list = json_array();
    cases all = {s, list_case, &list, NULL};
    ew_obj o = ew_obj_new();
    (void)q;
    ew_code code = each_case(&all, err);
    ew_obj_str(&o, "schema", "earwitness.cases/1");
    ew_obj_set(&o, "cases", list);
    return ew_api_end(r, &o, code, err);
}

/* ------------------------------------------------------------------ one case */

static ew_code add_person(void *cookie, const ew_person *p, ew_err *err)
{
    static const char *const kinds[] = {"public", "pseudonym", "protected"};
    json_t **list = cookie;
    (void)err;
    if (p->undone)
        return EW_OK;
    ew_obj o = ew_obj_new();
    ew_obj_int(&o, "person", p->id);
    ew_obj_str(&o, "name", p->name); /* as shown; who it is stays encrypted */
    ew_obj_str(&o, "kind", kinds[p->kind]);
    ew_list_add(list, o.json);
    return EW_OK;
}

ew_code ew_api_case_show(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    ew_case *c = NULL;
    ew_case_view v = {0};
    char today[EW_ISO_TEXT];
    json_t *people = json_array();
    (void)ew_iso_text((int64_t)time(NULL), today);
    today[DAY_CHARS] = 0;
    ew_code code = ew_api_case_open(s, q->part[0], false, &c, err);
    if (code == EW_OK)
        code = ew_case_people(c, add_person, &people, err);
    if (code == EW_OK)
        code = ew_case_view_load(c, today, true, &v, err);
    ew_case_close(c);
    if (code != EW_OK) {
        json_decref(people);
        return code;
    }
    ew_obj o = ew_case_view_json(&v);
    ew_obj_set(&o, "people", people);
    ew_case_view_release(&v);
    return ew_api_reply(r, &o, err);
}

ew_code ew_api_case_item(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    ew_case *c = NULL;
    ew_case_item_view v = {0};
    uint64_t item = 0;
    ew_code code = ew_api_number(q->part[1], &item, err);
    if (code == EW_OK && item > INT64_MAX)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "there is no such item");
    if (code == EW_OK)
        code = ew_api_case_open(s, q->part[0], false, &c, err);
    if (code == EW_OK)
        code = ew_case_item_view_load(c, (int64_t)item, &v, err);
    ew_case_close(c);
    if (code != EW_OK)
        return code;
    ew_obj o = ew_case_item_view_json(&v);
    ew_case_item_view_release(&v);
    return ew_api_reply(r, &o, err);
}

/* The last `count` events before number `before`, in their order. */
static ew_code list_events(const ew_request *q, const ew_case_seen_events *seen,
                           json_t **list, ew_err *err)
{
    double before = 0;
    double count = 0;
    ew_code code = ew_request_number(q, "before", 9e15, 9e15, &before, err);
    if (code == EW_OK)
        code = ew_request_number(q, "count", 9e15, 9e15, &count, err);
    size_t end = seen->n;
    while (code == EW_OK && end > 0 && (double)seen->list[end - 1].id >= before)
        end--;
    size_t from = (double)end > count ? end - (size_t)count : 0;
    for (size_t i = from; i < end && code == EW_OK; i++)
        ew_list_add(list, ew_case_event_json(&seen->list[i]).json);
    return code;
}

ew_code ew_api_case_events(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    ew_case *c = NULL;
    ew_case_seen_events seen = {0};
    json_t *list = json_array();
    ew_obj o = ew_obj_new();
    ew_code code = ew_api_case_open(s, q->part[0], false, &c, err);
    if (code == EW_OK)
        code = ew_case_seen_events_load(c, 0, 0, &seen, err);
    if (code == EW_OK)
        code = list_events(q, &seen, &list, err);
    ew_obj_str(&o, "schema", "earwitness.case-events-list/1");
    ew_obj_set(&o, "events", list);
    ew_case_seen_events_release(&seen);
    ew_case_close(c);
    return ew_api_end(r, &o, code, err);
}
