/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are sent, and work on them. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/utf8.h"
#include "ops/jobs.h"
#include "ops/sounds.h"
#include "report/reword.h"
#include "serve/api_case.h"

/* A name as somebody sent it, made safe and cut to what a job keeps. */
static ew_code keep_name(const char *given, char out[EW_JOB_NAME + 1], ew_err *err)
{
    char *safe = ew_safe_name(given != NULL && given[0] != 0 ? given : "clip");
    if (safe == NULL)
        return ew_fail_nomem(err);
    (void)snprintf(out, EW_JOB_NAME + 1, "%s", safe);
    for (size_t n = strlen(out); n > 0 && !ew_utf8_valid(out, n);)
        out[--n] = 0; /* cut within a letter */
    ew_free(safe);
    return EW_OK;
}

ew_code ew_api_file_add(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    ew_job_file f = {0};
    ew_code code = keep_name(ew_request_query(q, "name"), f.name, err);
    if (code == EW_OK)
        code = ew_jobs_keep(s->jobs, q->upload, f.sha256, &f.bytes, err);
    if (code != EW_OK)
        return code;
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.file/1");
    ew_obj_sha256(&o, "sha256", f.sha256);
    ew_obj_str(&o, "name", f.name);
    ew_obj_int(&o, "bytes", (int64_t)f.bytes);
    return ew_api_reply(r, &o, err);
}

/* ------------------------------------------------------------------ the queue */

static json_t *file_json(const ew_job_file *f)
{
    ew_obj o = ew_obj_new();
    ew_obj_sha256(&o, "sha256", f->sha256);
    ew_obj_str(&o, "name", f->name);
    ew_obj_int(&o, "bytes", (int64_t)f->bytes);
    if (f->item != 0)
        ew_obj_int(&o, "item", f->item);
    return o.json;
}

static void set_case(ew_obj *o, const ew_job_view *v)
{
    char id[EW_CASE_ID_TEXT];
    if (v->casedir[0] == 0)
        return;
    ew_api_case_id(v->casedir, id);
    ew_obj_str(o, "case", id);
    ew_obj_bool(o, "keeps", v->keeps);
    if (v->kept != 0)
        ew_obj_int(o, "kept", v->kept);
}

static ew_code list_one(void *cookie, const ew_job_view *v, ew_err *err)
{
    json_t **list = cookie;
    json_t *files = json_array();
    ew_obj o = ew_obj_new();
    (void)err;
    ew_obj_int(&o, "id", (int64_t)v->id);
    ew_obj_str(&o, "kind", ew_job_kind_name(v->kind));
    ew_obj_str(&o, "state", ew_job_state_name(v->state));
    ew_obj_int(&o, "made", v->made);
    for (size_t i = 0; i < v->file_count; i++)
        ew_list_add(&files, file_json(&v->files[i]));
    ew_obj_set(&o, "files", files);
    set_case(&o, v);
    if (v->state == EW_JOB_RUNNING) {
        ew_obj_str(&o, "stage", v->stage);
        ew_obj_int(&o, "done", v->done);
        ew_obj_int(&o, "total", v->total);
    }
    if (v->state == EW_JOB_FAILED)
        ew_obj_set(&o, "error", ew_json_error(&v->why, ""));
    ew_list_add(list, o.json);
    return EW_OK;
}

ew_code ew_api_jobs(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    json_t *list = json_array();
    ew_obj o = ew_obj_new();
    (void)q;
    ew_code code = ew_jobs_list(s->jobs, list_one, &list, err);
    ew_obj_str(&o, "schema", "earwitness.jobs/1");
    ew_obj_set(&o, "jobs", list);
    if (code == EW_OK)
        return ew_api_reply(r, &o, err);
    ew_obj_release(&o);
    return code;
}

/* One of them. */
typedef struct wish {
    uint64_t id;
    json_t *found;
} wish;

static ew_code list_wished(void *cookie, const ew_job_view *v, ew_err *err)
{
    wish *w = cookie;
    return v->id == w->id ? list_one(&w->found, v, err) : EW_OK;
}

/* For who waits for one: a queue can be long, and is asked about often. */
ew_code ew_api_job(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    wish w = {0, json_array()};
    ew_code code = ew_api_number(q->part[0], &w.id, err);
    if (code == EW_OK)
        code = ew_jobs_list(s->jobs, list_wished, &w, err);
    if (code == EW_OK && json_array_size(w.found) == 0)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "there is no such job");
    if (code == EW_OK) {
        ew_obj o = {json_incref(json_array_get(w.found, 0))};
        ew_obj_str(&o, "schema", "earwitness.job/1");
        code = ew_api_reply(r, &o, err);
    }
    json_decref(w.found);
    return code;
}

/* ------------------------------------------------------------------ what is asked for */

/* One order in the making. */
typedef struct order {
    ew_server *s;
    ew_case *c; /* or NULL */
    char *dir;  /* its folder */
    char *how;
    ew_job_file *files;
    size_t n;
} order;

static ew_code read_hash(const json_t *j, const char *key, ew_job_file *f, ew_err *err)
{
    const char *hex = json_string_value(json_object_get(j, key));
    if (hex == NULL || strlen(hex) != EW_SHA256_HEX ||
        ew_unhex(hex, f->sha256, sizeof f->sha256) != 0)
        return ew_fail(err, EW_E_ARG, 0, "a file is named by its SHA-256");
    return EW_OK;
}

static ew_code take_item(void *cookie, const ew_case_item *i, ew_err *err)
{
    ew_job_file *f = cookie;
    if (i->id != f->item)
        return EW_OK;
    memcpy(f->sha256, i->sha256, sizeof f->sha256);
    f->bytes = i->bytes;
    return keep_name(i->name, f->name, err);
}

/* The original of an item is taken into the queue: what is accepted is there whatever becomes of the case. */
static ew_code read_item(order *k, int64_t item, ew_job_file *f, ew_err *err)
{
    char *path = NULL;
    ew_code code = EW_OK;
    f->item = item;
    if (k->c == NULL)
        return ew_fail(err, EW_E_ARG, 0, "an item is that of a case; name it");
    code = ew_case_items(k->c, take_item, f, err);
    if (code == EW_OK && f->name[0] == 0)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "there is no such item");
    if (code == EW_OK)
        code = ew_case_original(k->c, item, &path, err);
    if (code == EW_OK)
        code = ew_jobs_take_in(k->s->jobs, path, f, err);
    ew_free(path);
    return code;
}

static ew_code read_recording(order *k, const json_t *j, ew_job_file *f, ew_err *err)
{
    char hex[EW_SHA256_HEX + 1];
    char *path = NULL;
    ew_code code = read_hash(j, "recording", f, err);
    if (code == EW_OK)
        code = keep_name(json_string_value(json_object_get(j, "name")), f->name, err);
    ew_hex(f->sha256, EW_SHA256_BYTES, hex);
    if (code == EW_OK)
        code = ew_api_archive_path(k->s, hex, &path, err);
    if (code == EW_OK)
        code = ew_jobs_take_in(k->s->jobs, path, f, err);
    ew_free(path);
    return code;
}

/* An item of the case, a recording of the archive, or what was sent. */
static ew_code read_file(order *k, const json_t *j, ew_job_file *f, ew_err *err)
{
    const json_t *item = json_object_get(j, "item");
    const json_t *modified = json_object_get(j, "modified");
    if (json_is_integer(item))
        return read_item(k, json_integer_value(item), f, err);
    if (json_object_get(j, "recording") != NULL)
        return read_recording(k, j, f, err);
    f->modified = json_is_integer(modified) ? json_integer_value(modified) : 0;
    ew_code code = read_hash(j, "sha256", f, err);
    return code == EW_OK
               ? keep_name(json_string_value(json_object_get(j, "name")), f->name, err)
               : code;
}

static ew_code read_files(order *k, const json_t *list, ew_err *err)
{
    ew_code code = EW_OK;
    size_t n = json_array_size(list);
    if (n > EW_JOB_FILES)
        return ew_fail(err, EW_E_ARG, 0, "at most %d files", (int)EW_JOB_FILES);
    k->files = ew_alloc_array(n + 1, sizeof *k->files);
    if (k->files == NULL)
        return ew_fail_nomem(err);
    for (; k->n < n && code == EW_OK; k->n++)
        code = read_file(k, json_array_get(list, k->n), &k->files[k->n], err);
    return code;
}

static ew_code copy_text(ew_obj *o, const json_t *from, const char *key, ew_err *err)
{
    const char *text = ew_api_text(from, key);
    if (text != NULL && strlen(text) > EW_CASE_NAME)
        return ew_fail(err, EW_E_LIMIT, 0, "'%s' has more than %d bytes", key,
                       (int)EW_CASE_NAME);
    if (text != NULL)
        ew_obj_str(o, key, text);
    return EW_OK;
}

/* What is to be done with the case, and by whom: of what was sent only what is known. */
static ew_code read_how(order *k, const json_t *body, ew_err *err)
{
    static const char *const texts[] = {"purpose", "origin", "obtained", "from",
                                        "note",    "kind",   "format",   "dates"};
    const json_t *how = json_object_get(body, "how");
    const json_t *called = json_object_get(how, "called");
    char who[EW_WHO_TEXT];
    ew_obj o = ew_obj_new();
    ew_code code = EW_OK;
    ew_api_who(body, who);
    ew_obj_str(&o, "who", who);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0] && code == EW_OK; i++)
        code = copy_text(&o, how, texts[i], err);
    if (json_is_array(called))
        ew_obj_set(&o, "called", json_deep_copy(called));
    ew_obj_bool(&o, "keep", json_is_true(json_object_get(how, "keep")));
    k->how = code == EW_OK && o.json != NULL ? json_dumps(o.json, JSON_COMPACT) : NULL;
    ew_obj_release(&o);
    return code == EW_OK && k->how == NULL ? ew_fail_nomem(err) : code;
}

static ew_code read_case(order *k, const json_t *body, ew_err *err)
{
    const char *id = ew_api_text(body, "case");
    if (id == NULL)
        return EW_OK;
    ew_code code = ew_api_case_dir(k->s, ew_slice_of(id), &k->dir, err);
    if (code == EW_OK && !ew_utf8_valid(k->dir, strlen(k->dir)))
        code = ew_fail(err, EW_E_ARG, 0, "the name of the case's folder is not UTF-8");
    if (code == EW_OK)
        code = ew_case_open(&k->c, k->dir, false, 0, err);
    return code == EW_OK ? read_how(k, body, err) : code;
}

ew_code ew_api_job_add(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    json_t *body = NULL;
    order k = {.s = s};
    ew_job_kind kind = EW_JOB_CHECK;
    uint64_t id = 0;
    ew_code code = ew_api_body(q, &body, err);
    const char *name = json_string_value(json_object_get(body, "kind"));
    if (code == EW_OK && (name == NULL || !ew_job_kind_named(ew_slice_of(name), &kind)))
        code = ew_fail(err, EW_E_ARG, 0,
                       "a job is check, inspect, diff, family, add, case-add, "
                       "case-import or case-verify");
    if (code == EW_OK)
        code = read_case(&k, body, err);
    if (code == EW_OK)
        code = read_files(&k, json_object_get(body, "files"), err);
    ew_case_close(k.c);
    const ew_job_order o = {kind, k.files, k.n, k.dir, k.how};
    if (code == EW_OK)
        code = ew_jobs_add(s->jobs, &o, &id, err);
    json_decref(body);
    ew_free(k.files);
    ew_free(k.dir);
    ew_free(k.how);
    if (code != EW_OK)
        return code;
    ew_obj answer = ew_obj_new();
    ew_obj_str(&answer, "schema", "earwitness.job-added/1");
    ew_obj_int(&answer, "id", (int64_t)id);
    return ew_api_reply(r, &answer, err);
}

ew_code ew_api_job_result(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    uint64_t id = 0;
    ew_code code = ew_api_number(q->part[0], &id, err);
    if (code == EW_OK)
        code = ew_jobs_result(s->jobs, id, &r->body, err);
    return code == EW_OK ? ew_result_reword(&r->body, err) : code;
}

/* The files of one job. */
typedef struct named {
    uint64_t id;
    size_t n;
    uint8_t sha256[EW_JOB_FILES][EW_SHA256_BYTES];
} named;

static ew_code take_names(void *cookie, const ew_job_view *v, ew_err *err)
{
    named *to = cookie;
    (void)err;
    for (size_t i = 0; v->id == to->id && i < v->file_count && i < EW_JOB_FILES; i++)
        memcpy(to->sha256[to->n++], v->files[i].sha256, EW_SHA256_BYTES);
    return EW_OK;
}

/* What was made to be looked at and listened to goes too; where another job has the file it is made again. */
ew_code ew_api_job_remove(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    named files = {0};
    ew_code code = ew_api_number(q->part[0], &files.id, err);
    if (code == EW_OK)
        code = ew_jobs_list(s->jobs, take_names, &files, err);
    if (code == EW_OK)
        code = ew_jobs_remove(s->jobs, files.id, err);
    for (size_t i = 0; i < files.n && code == EW_OK; i++)
        ew_sounds_forget(s->sounds, files.sha256[i]);
    if (code != EW_OK)
        return code;
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.job-removed/1");
    return ew_api_reply(r, &o, err);
}
