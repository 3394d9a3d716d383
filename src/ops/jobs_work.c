/* SPDX-License-Identifier: Apache-2.0 */
/* One job of the queue from its beginning to its end, and what becomes of its result. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "ops/jobs_in.h"
#include "report/report.h"

/* ------------------------------------------------------------------ running */

/* Who runs a job, for its progress. */
typedef struct shift {
    ew_jobs *q;
    ew_job *j;
} shift;

static void on_tick(void *cookie, const char *stage, int64_t done, int64_t total)
{
    shift *s = cookie;
    pthread_mutex_lock(&s->q->mutex);
    (void)snprintf(s->j->stage, sizeof s->j->stage, "%s", stage);
    s->j->done = done;
    s->j->total = total;
    pthread_mutex_unlock(&s->q->mutex);
}

static ew_code keep_result(const ew_jobs *q, const ew_job *j, const ew_buf *result,
                           ew_err *err)
{
    char *path = ew_job_path(q->dir, j->r.id, true);
    ew_code code = path != NULL ? ew_file_put(path, result->data, result->len, err)
                                : ew_fail_nomem(err);
    ew_free(path);
    return code;
}

static ew_code take_order(void *cookie, const char *path, const ew_job_order *o,
                          ew_err *err)
{
    ew_jobs *q = cookie;
    uint64_t id;
    ew_code code = EW_OK;
    for (size_t i = 0; i < o->n && path != NULL && code == EW_OK; i++)
        code = ew_jobs_take_in(q, path, (ew_job_file *)(uintptr_t)&o->files[i], err);
    return code == EW_OK && o->casedir != NULL ? ew_jobs_add(q, o, &id, err) : code;
}

/* Before the job is said to be done: it is done again rather than its recordings are never examined. */
static ew_code follow_up(ew_jobs *q, const ew_job *j, const ew_job_made *made,
                         ew_err *err)
{
    if (made->kin_count > 0)
        return ew_job_follow_family(&j->r, made, take_order, q, err);
    if (made->recording_count == 0)
        return EW_OK;
    return ew_job_follow(&j->r, made, q->archive, take_order, q, err);
}

/* What is kept of a job that is done. That its result could not be put into the case is seen by its not being there;
 * the result itself is not lost by that. */
static ew_code settle(ew_job_record *r, const ew_job_made *made, ew_err *err)
{
    ew_err why;
    if (made->settings.len > 0) {
        r->settings = ew_strdup((const char *)made->settings.data);
        if (r->settings == NULL)
            return ew_fail_nomem(err);
    }
    if (r->kept == 0 && ew_job_keeps(r) &&
        ew_job_keep_in_case(r, (const char *)made->result.data, NULL, NULL, &r->kept,
                            &why) != EW_OK)
        r->kept = 0;
    return EW_OK;
}

/* The result is on disk before the job is said to be done. */
void ew_job_work_on(ew_jobs *q, ew_job *j)
{
    shift s = {q, j};
    ew_job_made made = {0};
    ew_err err;
    ew_job_record after = j->r;
    ew_err_clear(&err);
    ew_buf_init(&made.result, EW_REPORT_MAX);
    ew_buf_init(&made.settings, 1 << 20);
    ew_case_run run = {.archive = q->archive,
                       .jobs = 1,
                       .stop = &j->stop,
                       .tick = on_tick,
                       .cookie = &s};
    ew_code code = ew_job_run(&run, q->dir, &j->r, &made, &err);
    if (code == EW_OK)
        code = keep_result(q, j, &made.result, &err);
    if (code == EW_OK)
        code = follow_up(q, j, &made, &err);
    if (code == EW_OK)
        code = settle(&after, &made, &err);
    after.state = code == EW_OK ? EW_JOB_DONE : EW_JOB_FAILED;
    if (code != EW_OK)
        after.why = err;
    if (code == EW_E_CANCELLED)
        after.state = EW_JOB_WAITING;
    else if (ew_job_write(q->dir, &after, &err) != EW_OK) {
        after.state = EW_JOB_FAILED;
        after.why = err;
    }
    ew_buf_release(&made.result);
    ew_buf_release(&made.settings);
    ew_free(made.recordings);
    ew_free(made.kins);
    pthread_mutex_lock(&q->mutex);
    j->r = after;
    pthread_mutex_unlock(&q->mutex);
}

/* ------------------------------------------------------------------ into the case */

/* A copy of the record of a job that is done and not in the case yet. */
static ew_code done_record(ew_jobs *q, uint64_t id, ew_job_record *out, ew_err *err)
{
    ew_code code = EW_OK;
    pthread_mutex_lock(&q->mutex);
    const ew_job *j = ew_job_find(q, id, NULL);
    if (j == NULL)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "there is no such job");
    else if (j->r.state != EW_JOB_DONE)
        code = ew_fail(err, EW_E_BUSY, 0, "this job is not done yet");
    else if (j->r.kept != 0)
        code = ew_fail(err, EW_E_ARG, 0, "this is analysis %lld of the case already",
                       (long long)j->r.kept);
    else if (j->r.casedir == NULL || j->r.settings == NULL)
        code = ew_fail(err, EW_E_ARG, 0, "this was not made of items of a case");
    if (code == EW_OK) {
        const ew_job_order o = {j->r.kind, j->r.files, j->r.file_count, j->r.casedir,
                                j->r.how};
        code = ew_job_fill(out, &o, err);
        out->settings = ew_strdup(j->r.settings);
        if (code == EW_OK && out->settings == NULL)
            code = ew_fail_nomem(err);
    }
    pthread_mutex_unlock(&q->mutex);
    return code;
}

/* Remembers it on disk too. */
static ew_code set_kept(ew_jobs *q, uint64_t id, int64_t analysis, ew_err *err)
{
    pthread_mutex_lock(&q->mutex);
    ew_job *j = ew_job_find(q, id, NULL);
    ew_code code = EW_OK;
    if (j != NULL) {
        j->r.kept = analysis;
        code = ew_job_write(q->dir, &j->r, err);
    }
    pthread_mutex_unlock(&q->mutex);
    return code;
}

ew_code ew_jobs_keep_result(ew_jobs *q, uint64_t id, const char *who, const char *purpose,
                            int64_t *analysis, ew_err *err)
{
    ew_job_record r = {0};
    ew_buf result;
    ew_buf_init(&result, EW_REPORT_MAX);
    ew_code code = done_record(q, id, &r, err);
    if (code == EW_OK)
        code = ew_jobs_result(q, id, &result, err);
    if (code == EW_OK)
        code = ew_buf_append(&result, "", 1, err);
    if (code == EW_OK)
        code = ew_job_keep_in_case(&r, (const char *)result.data, who, purpose, analysis,
                                   err);
    if (code == EW_OK)
        code = set_kept(q, id, *analysis, err);
    ew_buf_release(&result);
    ew_job_record_release(&r);
    return code;
}
