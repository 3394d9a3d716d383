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
#include "serve/api.h"

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
    return o.json;
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

static ew_code read_file(const json_t *j, ew_job_file *f, ew_err *err)
{
    const char *hex = json_string_value(json_object_get(j, "sha256"));
    if (hex == NULL || strlen(hex) != EW_SHA256_HEX ||
        ew_unhex(hex, f->sha256, sizeof f->sha256) != 0)
        return ew_fail(err, EW_E_ARG, 0, "a file is named by its SHA-256");
    return keep_name(json_string_value(json_object_get(j, "name")), f->name, err);
}

static ew_code read_files(const json_t *list, ew_job_file **out, size_t *n, ew_err *err)
{
    ew_code code = EW_OK;
    *n = json_array_size(list);
    if (*n == 0 || *n > EW_JOB_FILES)
        return ew_fail(err, EW_E_ARG, 0, "1 to %d files", (int)EW_JOB_FILES);
    *out = ew_alloc_array(*n, sizeof **out);
    if (*out == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < *n && code == EW_OK; i++)
        code = read_file(json_array_get(list, i), &(*out)[i], err);
    return code;
}

ew_code ew_api_job_add(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    json_t *body = NULL;
    ew_job_file *files = NULL;
    ew_job_kind kind = EW_JOB_CHECK;
    uint64_t id = 0;
    size_t n = 0;
    ew_code code = ew_api_body(q, &body, err);
    const char *name = json_string_value(json_object_get(body, "kind"));
    if (code == EW_OK && (name == NULL || !ew_job_kind_named(ew_slice_of(name), &kind)))
        code = ew_fail(err, EW_E_ARG, 0, "a job is check, inspect, diff, family or add");
    if (code == EW_OK)
        code = read_files(json_object_get(body, "files"), &files, &n, err);
    if (code == EW_OK)
        code = ew_jobs_add(s->jobs, kind, files, n, &id, err);
    json_decref(body);
    ew_free(files);
    if (code != EW_OK)
        return code;
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.job-added/1");
    ew_obj_int(&o, "id", (int64_t)id);
    return ew_api_reply(r, &o, err);
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
