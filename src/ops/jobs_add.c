/* SPDX-License-Identifier: Apache-2.0 */
/* The job that puts what was sent into the archive. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "earwitness/fingerprint.h"
#include "ops/add.h"
#include "ops/jobs_run.h"
#include "report/json.h"

enum { LOCK_WAIT_S = 3600 };

typedef struct adding {
    ew_case_run *run;
    const char *dir;
    json_t *results;
    size_t added, known;
    ew_err why; /* of the first that failed */
} adding;

static void on_each(void *cookie, const ew_add_result *r)
{
    static const char *const outcomes[] = {"added", "known", "skipped", "failed",
                                           "not-tried"};
    adding *a = cookie;
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.add/1");
    ew_obj_str(&o, "name", r->name);
    ew_obj_str(&o, "outcome", outcomes[r->kind]);
    if (r->has_sha256)
        ew_obj_sha256(&o, "sha256", r->sha256);
    if (r->kind == EW_ADD_ADDED) {
        ew_obj_real(&o, "duration", (double)r->samples / EW_FP_RATE_HZ, 4);
        ew_obj_str(&o, "trouble", r->trouble);
        a->added++;
    }
    a->known += r->kind == EW_ADD_KNOWN;
    if (r->kind == EW_ADD_FAILED) {
        ew_obj_set(&o, "error", ew_json_error(&r->err, ew_ops_input_advice(&r->err)));
        if (a->why.code == EW_OK)
            a->why = r->err;
    }
    ew_list_add(&a->results, o.json);
}

static void on_tick(void *cookie, const ew_add_progress *p)
{
    const adding *a = cookie;
    if (a->run->tick != NULL)
        a->run->tick(a->run->cookie, "adding", (int64_t)p->bytes_done,
                     (int64_t)p->bytes_total);
}

/* The archive remembers where a recording lies, so it gets a place that no job takes away. */
static ew_code settle(const char *dir, const ew_job_file *f, ew_input *in, ew_err *err)
{
    char *from = ew_job_file_path(dir, f->sha256);
    char *to = ew_job_recording_path(dir, f->sha256);
    char *full = NULL;
    ew_code code = from != NULL && to != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK && link(from, to) != 0 && errno != EEXIST)
        code = ew_fail_sys(err, errno, "cannot keep '%s'", f->name);
    if (code == EW_OK && (full = realpath(to, NULL)) == NULL)
        code = ew_fail_sys(err, errno, "cannot keep '%s'", f->name);
    if (code == EW_OK) {
        *in = (ew_input){.kind = EW_INPUT_FILE,
                         .media_name = true,
                         .open_path = ew_strdup(full),
                         .name = ew_strdup(f->name),
                         .path = ew_strdup(full),
                         .bytes = f->bytes};
        if (in->open_path == NULL || in->name == NULL || in->path == NULL)
            code = ew_fail_nomem(err);
    }
    free(full); /* realpath's */
    ew_free(from);
    ew_free(to);
    return code;
}

/* What did not come into the archive needs no place. */
static void clear_unused(const adding *a, const ew_job_record *r)
{
    for (size_t i = 0; i < json_array_size(a->results) && i < r->file_count; i++) {
        const char *what =
            json_string_value(json_object_get(json_array_get(a->results, i), "outcome"));
        char *path = what != NULL && strcmp(what, "failed") == 0
                         ? ew_job_recording_path(a->dir, r->files[i].sha256)
                         : NULL;
        if (path != NULL)
            (void)unlink(path);
        ew_free(path);
    }
}

static ew_code finish(adding *a, ew_buf *result, ew_err *err)
{
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.add-job/1");
    ew_obj_int(&o, "added", (int64_t)a->added);
    ew_obj_int(&o, "known", (int64_t)a->known);
    ew_obj_set(&o, "results", a->results);
    a->results = NULL;
    return ew_obj_print(&o, result, err);
}

ew_code ew_job_run_add(ew_case_run *run, const char *dir, const ew_job_record *r,
                       ew_buf *result, ew_err *err)
{
    adding a = {.run = run, .dir = dir, .results = json_array()};
    ew_add_summary sum;
    char *archive = NULL;
    ew_inputs in = {.items = ew_alloc_array(r->file_count, sizeof *in.items),
                    .cap = r->file_count};
    const ew_add_opts opts = {.jobs = run->jobs,
                              .wait = {.seconds = LOCK_WAIT_S, .stop = run->stop},
                              .stop = run->stop,
                              .each = on_each,
                              .tick = on_tick,
                              .cookie = &a};
    ew_code code = in.items != NULL ? EW_OK : ew_fail_nomem(err);
    for (; code == EW_OK && in.count < r->file_count; in.count++)
        code = settle(dir, &r->files[in.count], &in.items[in.count], err);
    if (code == EW_OK)
        code = ew_ops_archive_dir(run->archive, &archive, err);
    if (code == EW_OK)
        code = ew_ops_add(archive, &in, &opts, &sum, err);
    if (code == EW_OK) {
        clear_unused(&a, r);
        if (a.added + a.known == 0 && a.why.code != EW_OK)
            code = ew_fail(err, a.why.code, 0, "%s", a.why.text);
    }
    if (code == EW_OK)
        code = finish(&a, result, err);
    json_decref(a.results);
    ew_inputs_release(&in);
    ew_free(archive);
    return code;
}
