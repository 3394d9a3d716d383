/* SPDX-License-Identifier: Apache-2.0 */
/* The queue at work. */
#include "ops/jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/file.h"
#include "ops/jobs_in.h"
#include "ops/pool.h"

/* ------------------------------------------------------------------ the list */

void ew_job_free(ew_job *j)
{
    ew_job_record_release(&j->r);
    ew_free(j);
}

ew_job *ew_job_find(const ew_jobs *q, uint64_t id, size_t *at)
{
    for (size_t i = 0; i < q->count; i++)
        if (q->list[i]->r.id == id) {
            if (at != NULL)
                *at = i;
            return q->list[i];
        }
    return NULL;
}

static bool in_use(void *cookie, const uint8_t sha256[EW_SHA256_BYTES])
{
    const ew_jobs *q = cookie;
    for (size_t i = 0; i < q->count; i++)
        for (size_t k = 0; k < q->list[i]->r.file_count; k++)
            if (memcmp(q->list[i]->r.files[k].sha256, sha256, EW_SHA256_BYTES) == 0)
                return true;
    return false;
}

/* What is left of a job that is on the list no more. */
static void erase(ew_jobs *q, const ew_job *j)
{
    char *paths[] = {ew_job_path(q->dir, j->r.id, false),
                     ew_job_path(q->dir, j->r.id, true)};
    for (size_t i = 0; i < 2; i++) {
        if (paths[i] != NULL)
            (void)unlink(paths[i]);
        ew_free(paths[i]);
    }
    for (size_t k = 0; k < j->r.file_count; k++) {
        char *path = in_use(q, j->r.files[k].sha256)
                         ? NULL
                         : ew_job_file_path(q->dir, j->r.files[k].sha256);
        if (path != NULL)
            (void)unlink(path);
        ew_free(path);
    }
}

static ew_job *next_waiting(const ew_jobs *q)
{
    for (size_t i = 0; i < q->count; i++)
        if (q->list[i]->r.state == EW_JOB_WAITING)
            return q->list[i];
    return NULL;
}

static void *worker(void *cookie)
{
    ew_jobs *q = cookie;
    pthread_mutex_lock(&q->mutex);
    while (!q->closing) {
        ew_job *j = next_waiting(q);
        if (j == NULL) {
            pthread_cond_wait(&q->more, &q->mutex);
            continue;
        }
        j->r.state = EW_JOB_RUNNING;
        pthread_mutex_unlock(&q->mutex);
        ew_job_work_on(q, j);
        pthread_mutex_lock(&q->mutex);
        if (j->gone) {
            erase(q, j);
            ew_job_free(j);
        }
    }
    pthread_mutex_unlock(&q->mutex);
    return NULL;
}

static ew_code put_in_list(ew_jobs *q, ew_job *j, ew_err *err)
{
    ew_job **more = ew_realloc_array(q->list, q->count + 1, sizeof *more);
    if (more == NULL)
        return ew_fail_nomem(err);
    q->list = more;
    q->list[q->count++] = j;
    return EW_OK;
}

/* ------------------------------------------------------------------ opening */

static ew_code take_record(void *cookie, ew_job_record *r, ew_err *err)
{
    ew_jobs *q = cookie;
    ew_job *j = ew_alloc(sizeof *j);
    if (j == NULL) {
        ew_job_record_release(r);
        return ew_fail_nomem(err);
    }
    j->r = *r;
    if (r->id >= q->next)
        q->next = r->id + 1;
    ew_code code = put_in_list(q, j, err);
    if (code != EW_OK)
        ew_job_free(j);
    return code;
}

static int by_id(const void *a, const void *b)
{
    uint64_t x = (*(ew_job *const *)a)->r.id;
    uint64_t y = (*(ew_job *const *)b)->r.id;
    return (x > y) - (x < y);
}

static ew_code prepare(ew_jobs *q, ew_err *err)
{
    static const char *const parts[] = {"jobs", "files", "recordings"};
    ew_code code = EW_OK;
    for (size_t i = 0; i < EW_COUNT(parts) && code == EW_OK; i++) {
        char *path = ew_path_join(q->dir, parts[i]);
        code = path != NULL ? ew_mkdirs(path, err) : ew_fail_nomem(err);
        if (code == EW_OK && chmod(path, 0700) != 0)
            code = ew_fail_sys(err, errno, "cannot keep '%s' from others", path);
        ew_free(path);
    }
    if (code != EW_OK)
        return code;
    q->lock = open(q->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (q->lock < 0)
        return ew_fail_sys(err, errno, "cannot open '%s'", q->dir);
    if (flock(q->lock, LOCK_EX | LOCK_NB) != 0)
        return ew_fail(err, EW_E_BUSY, 0, "another program works in '%s'", q->dir);
    code = ew_job_read_all(q->dir, take_record, q, err);
    if (code == EW_OK)
        ew_job_sweep(q->dir, in_use, q);
    if (q->count > 1)
        qsort(q->list, q->count, sizeof(ew_job *), by_id);
    return code;
}

static ew_code start(ew_jobs *q, unsigned workers, ew_err *err)
{
    unsigned n = ew_pool_workers(workers, 0);
    q->threads = ew_alloc_array(n, sizeof *q->threads);
    if (q->threads == NULL)
        return ew_fail_nomem(err);
    for (unsigned i = 0; i < n; i++) {
        int sys = pthread_create(&q->threads[q->thread_count], NULL, worker, q);
        if (sys == 0)
            q->thread_count++;
        else if (q->thread_count == 0)
            return ew_fail_sys(err, sys, "cannot start a thread");
    }
    return EW_OK;
}

ew_code ew_jobs_open(ew_jobs **out, const char *dir, const char *archive,
                     unsigned workers, ew_err *err)
{
    *out = NULL;
    ew_jobs *q = ew_alloc(sizeof *q);
    if (q == NULL)
        return ew_fail_nomem(err);
    q->lock = -1;
    q->next = 1;
    q->dir = ew_strdup(dir);
    q->archive = archive != NULL ? ew_strdup(archive) : NULL;
    if (pthread_mutex_init(&q->mutex, NULL) != 0 ||
        pthread_cond_init(&q->more, NULL) != 0 || q->dir == NULL ||
        (archive != NULL && q->archive == NULL)) {
        ew_free(q->dir);
        ew_free(q->archive);
        ew_free(q);
        return ew_fail_nomem(err);
    }
    ew_code code = prepare(q, err);
    if (code == EW_OK)
        code = start(q, workers, err);
    if (code != EW_OK) {
        ew_jobs_close(q);
        return code;
    }
    *out = q;
    return EW_OK;
}

void ew_jobs_close(ew_jobs *q)
{
    if (q == NULL)
        return;
    pthread_mutex_lock(&q->mutex);
    q->closing = true;
    for (size_t i = 0; i < q->count; i++)
        atomic_store(&q->list[i]->stop, 1);
    pthread_cond_broadcast(&q->more);
    pthread_mutex_unlock(&q->mutex);
    for (size_t i = 0; i < q->thread_count; i++)
        (void)pthread_join(q->threads[i], NULL);
    for (size_t i = 0; i < q->count; i++)
        ew_job_free(q->list[i]);
    if (q->lock >= 0)
        (void)close(q->lock);
    pthread_cond_destroy(&q->more);
    pthread_mutex_destroy(&q->mutex);
    ew_free(q->threads);
    ew_free(q->list);
    ew_free(q->archive);
    ew_free(q->dir);
    ew_free(q);
}

/* ------------------------------------------------------------------ jobs */

ew_code ew_jobs_keep(ew_jobs *q, int fd, uint8_t sha256[EW_SHA256_BYTES], uint64_t *bytes,
                     ew_err *err)
{
    return ew_job_keep_file(q->dir, fd, sha256, bytes, err);
}

ew_code ew_jobs_file(ew_jobs *q, const uint8_t sha256[EW_SHA256_BYTES], char **path,
                     ew_err *err)
{
    return ew_job_find_file(q->dir, sha256, path, err);
}

ew_code ew_jobs_take_in(ew_jobs *q, const char *path, ew_job_file *f, ew_err *err)
{
    return ew_job_take_in(q->dir, path, f, err);
}

static ew_code check_order(ew_jobs *q, const ew_job_order *o, ew_err *err)
{
    const ew_job_form *form = ew_job_form_of(o->kind);
    ew_code code = EW_OK;
    if (o->n < form->least || o->n > form->most)
        return ew_fail(err, EW_E_ARG, 0, "%s takes %zu to %zu files",
                       ew_job_kind_name(o->kind), form->least, form->most);
    if (form->of_case && o->casedir == NULL)
        return ew_fail(err, EW_E_ARG, 0, "%s needs a case", ew_job_kind_name(o->kind));
    for (size_t i = 0; i < o->n && code == EW_OK; i++) {
        char *path = NULL;
        code = ew_jobs_file(q, o->files[i].sha256, &path, err);
        ew_free(path);
    }
    return code;
}

/* With the lock held: on disk first, then on the list. */
static ew_code admit(ew_jobs *q, ew_job *j, ew_err *err)
{
    if (q->count >= EW_JOBS_MAX)
        return ew_fail(err, EW_E_LIMIT, 0, "the queue is full; remove what is done");
    j->r.id = q->next;
    ew_code code = ew_job_write(q->dir, &j->r, err);
    if (code == EW_OK)
        code = put_in_list(q, j, err);
    q->next += code == EW_OK;
    return code;
}

ew_code ew_job_fill(ew_job_record *r, const ew_job_order *o, ew_err *err)
{
    *r =
        (ew_job_record){.kind = o->kind, .made = (int64_t)time(NULL), .file_count = o->n};
    r->files = ew_alloc_array(o->n + 1, sizeof *r->files);
    r->casedir = o->casedir != NULL ? ew_strdup(o->casedir) : NULL;
    r->how = o->how != NULL ? ew_strdup(o->how) : NULL;
    if (r->files == NULL || (o->casedir != NULL && r->casedir == NULL) ||
        (o->how != NULL && r->how == NULL))
        return ew_fail_nomem(err);
    if (o->n > 0)
        memcpy(r->files, o->files, o->n * sizeof *o->files);
    return EW_OK;
}

ew_code ew_jobs_add(ew_jobs *q, const ew_job_order *o, uint64_t *id, ew_err *err)
{
    ew_code code = check_order(q, o, err);
    if (code != EW_OK)
        return code;
    ew_job *j = ew_alloc(sizeof *j);
    if (j == NULL)
        return ew_fail_nomem(err);
    code = ew_job_fill(&j->r, o, err);
    pthread_mutex_lock(&q->mutex);
    if (code == EW_OK)
        code = check_order(q, o, err); /* a file may have gone with another job since */
    if (code == EW_OK)
        code = admit(q, j, err);
    *id = j->r.id;
    pthread_cond_signal(&q->more);
    pthread_mutex_unlock(&q->mutex);
    if (code != EW_OK)
        ew_job_free(j);
    return code;
}

ew_code ew_jobs_list(ew_jobs *q,
                     ew_code (*put)(void *cookie, const ew_job_view *v, ew_err *err),
                     void *cookie, ew_err *err)
{
    ew_code code = EW_OK;
    pthread_mutex_lock(&q->mutex);
    for (size_t i = 0; i < q->count && code == EW_OK; i++) {
        const ew_job *j = q->list[i];
        ew_job_view v = {.id = j->r.id,
                         .kind = j->r.kind,
                         .state = j->r.state,
                         .made = j->r.made,
                         .done = j->done,
                         .total = j->total,
                         .files = j->r.files,
                         .file_count = j->r.file_count,
                         .casedir = j->r.casedir != NULL ? j->r.casedir : "",
                         .kept = j->r.kept,
                         .keeps = ew_job_keeps(&j->r),
                         .why = j->r.why};
        memcpy(v.stage, j->stage, sizeof v.stage);
        code = put(cookie, &v, err);
    }
    pthread_mutex_unlock(&q->mutex);
    return code;
}

ew_code ew_jobs_result(ew_jobs *q, uint64_t id, ew_buf *out, ew_err *err)
{
    pthread_mutex_lock(&q->mutex);
    const ew_job *j = ew_job_find(q, id, NULL);
    ew_code code = EW_OK;
    if (j == NULL)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "there is no such job");
    else if (j->r.state == EW_JOB_FAILED)
        code = ew_fail(err, j->r.why.code, 0, "%s", j->r.why.text);
    else if (j->r.state != EW_JOB_DONE)
        code = ew_fail(err, EW_E_BUSY, 0, "this job is not done yet");
    pthread_mutex_unlock(&q->mutex);
    char *path = code == EW_OK ? ew_job_path(q->dir, id, true) : NULL;
    if (code == EW_OK)
        code = path != NULL ? ew_file_get(path, out, err) : ew_fail_nomem(err);
    ew_free(path);
    return code;
}

void ew_jobs_disown(ew_jobs *q, const uint8_t sha256[EW_SHA256_BYTES])
{
    char *path = ew_job_recording_path(q->dir, sha256);
    if (path != NULL)
        (void)unlink(path);
    ew_free(path);
}

void ew_jobs_drop(ew_jobs *q, const uint8_t sha256[EW_SHA256_BYTES])
{
    pthread_mutex_lock(&q->mutex);
    char *path = in_use(q, sha256) ? NULL : ew_job_file_path(q->dir, sha256);
    if (path != NULL)
        (void)unlink(path);
    pthread_mutex_unlock(&q->mutex);
    ew_free(path);
}

ew_code ew_jobs_remove(ew_jobs *q, uint64_t id, ew_err *err)
{
    size_t at = 0;
    pthread_mutex_lock(&q->mutex);
    ew_job *j = ew_job_find(q, id, &at);
    if (j == NULL) {
        pthread_mutex_unlock(&q->mutex);
        return ew_fail(err, EW_E_NOTFOUND, 0, "there is no such job");
    }
    memmove(&q->list[at], &q->list[at + 1], (q->count - at - 1) * sizeof(ew_job *));
    q->count--;
    if (j->r.state == EW_JOB_RUNNING) {
        j->gone = true;
        atomic_store(&j->stop, 1);
    } else {
        erase(q, j);
        ew_job_free(j);
    }
    pthread_mutex_unlock(&q->mutex);
    return EW_OK;
}
