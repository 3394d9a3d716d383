/* SPDX-License-Identifier: Apache-2.0 */
/* Adding recordings. Workers decode and print one file each; what touches the archive
 * happens under one lock. At most `jobs` prints are in memory. What the archive ends up
 * holding does not depend on which worker was faster: recordings are told apart by content,
 * and their order is that of their hashes. */
#include "ops/add.h"

#include <sched.h>
#include <time.h>

#include "base/alloc.h"
#include "base/err.h"
#include "ops/add_pool.h"

enum { JOBS_MAX = 256, TICK_NS = 200000000 };

unsigned ew_ops_cores(void)
{
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof(set), &set) != 0)
        return 1;
    int n = CPU_COUNT(&set);
    return n < 1 ? 1 : (unsigned)n;
}

/* Takes the next input; SIZE_MAX when there is none or when no more may be taken. */
static size_t take(ew_add_worker *w)
{
    ew_add_pool *p = w->p;
    size_t i = SIZE_MAX;

    pthread_mutex_lock(&p->lock);
    if (!p->broken && !ew_stopped(p->opts->stop) && p->next < p->in->count) {
        i = p->next++;
        *w->at = (ew_add_slot){.busy = true, .bytes = p->in->items[i].bytes};
    }
    pthread_mutex_unlock(&p->lock);
    return i;
}

static void finish(ew_add_worker *w, size_t i, ew_add_outcome *o)
{
    ew_add_pool *p = w->p;
    ew_add_slot *s = w->at;

    pthread_mutex_lock(&p->lock);
    p->outcomes[i] = o;
    p->progress.files_done++;
    if (o->r.kind == EW_ADD_ADDED)
        p->progress.bytes_done += s->bytes;
    else /* no decoding time went into it: it must not make the rest look quick */
        p->progress.bytes_total -= s->bytes;
    *s = (ew_add_slot){0};
    pthread_cond_broadcast(&p->moved);
    pthread_mutex_unlock(&p->lock);
}

static void *work(void *cookie)
{
    ew_add_worker *w = cookie;
    size_t i;

    while ((i = take(w)) != SIZE_MAX) {
        ew_add_outcome *o = ew_alloc(sizeof(*o));
        if (o == NULL) {
            ew_err why;
            (void)ew_fail_nomem(&why);
            ew_add__mark_broken(w->p, &why);
            break;
        }
        ew_add__process(w, &w->p->in->items[i], o);
        finish(w, i, o);
    }
    pthread_mutex_lock(&w->p->lock);
    *w->at = (ew_add_slot){0};
    w->p->running--;
    pthread_cond_broadcast(&w->p->moved);
    pthread_mutex_unlock(&w->p->lock);
    return NULL;
}

/* ------------------------------------------------------------ the calling thread */

static void tell(ew_add_pool *p, const ew_add_result *r, ew_add_summary *sum)
{
    switch (r->kind) {
    case EW_ADD_ADDED:
        sum->added++;
        sum->samples += r->samples;
        break;
    case EW_ADD_KNOWN:
        sum->known++;
        break;
    case EW_ADD_SKIPPED:
        sum->skipped++;
        break;
    case EW_ADD_FAILED:
        sum->failed++;
        break;
    case EW_ADD_NOT_TRIED:
        sum->not_tried++;
        break;
    }
    if (p->opts->each != NULL)
        p->opts->each(p->opts->cookie, r);
}

static void tick(ew_add_pool *p)
{
    ew_add_progress now = p->progress;

    if (p->opts->tick == NULL)
        return;
    for (unsigned i = 0; i < p->slot_count; i++)
        now.bytes_done += p->slots[i].bytes_done;
    pthread_mutex_unlock(&p->lock);
    p->opts->tick(p->opts->cookie, &now);
    pthread_mutex_lock(&p->lock);
}

static void wait_a_little(ew_add_pool *p)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += TICK_NS;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    (void)pthread_cond_timedwait(&p->moved, &p->lock, &until);
}

/* Tells the outcomes in the order of the inputs while the workers work. */
static void tell_all(ew_add_pool *p, ew_add_summary *sum)
{
    size_t told = 0;

    pthread_mutex_lock(&p->lock);
    while (told < p->in->count) {
        ew_add_outcome *o = p->outcomes[told];
        if (o != NULL) {
            p->outcomes[told++] = NULL;
            pthread_mutex_unlock(&p->lock);
            tell(p, &o->r, sum);
            ew_free(o);
            pthread_mutex_lock(&p->lock);
        } else if (p->running == 0) {
            break;
        } else {
            tick(p);
            wait_a_little(p);
        }
    }
    pthread_mutex_unlock(&p->lock);
}

/* After the workers have ended: what is left over, told or not tried. */
static void tell_rest(ew_add_pool *p, ew_add_summary *sum)
{
    for (size_t i = 0; i < p->in->count; i++) {
        if (p->outcomes[i] != NULL) {
            tell(p, &p->outcomes[i]->r, sum);
            ew_free(p->outcomes[i]);
        }
    }
}

static size_t start_workers(ew_add_pool *p, ew_add_worker *workers, ew_err *err)
{
    size_t started = 0;

    pthread_mutex_lock(&p->lock);
    for (unsigned i = 0; i < p->slot_count; i++) {
        workers[i] = (ew_add_worker){.p = p, .at = &p->slots[i]};
        int sys = pthread_create(&workers[i].thread, NULL, work, &workers[i]);
        if (sys != 0) {
            (void)ew_fail_sys(err, sys, "cannot start a thread");
            break; /* fewer workers do the same work */
        }
        started++;
    }
    p->running = started;
    pthread_mutex_unlock(&p->lock);
    return started;
}

static ew_code run(ew_add_pool *p, ew_add_summary *sum, ew_err *err)
{
    ew_add_worker *workers = ew_alloc_array(p->slot_count, sizeof(*workers));
    size_t started;
    ew_code rc = EW_OK;

    p->outcomes = ew_alloc_array(p->in->count, sizeof(*p->outcomes));
    p->slots = ew_alloc_array(p->slot_count, sizeof(*p->slots));
    if (workers == NULL || p->outcomes == NULL || p->slots == NULL) {
        rc = ew_fail_nomem(err);
        goto out;
    }
    started = start_workers(p, workers, err);
    if (started == 0)
        rc = EW_E_IO;
    tell_all(p, sum);
    for (size_t i = 0; i < started; i++)
        (void)pthread_join(workers[i].thread, NULL);
    tell_rest(p, sum);
    if (rc == EW_OK && p->broken && !ew_stopped(p->opts->stop)) {
        rc = p->broken_why.code;
        if (err != NULL)
            *err = p->broken_why;
    }
out:
    ew_free(p->outcomes);
    ew_free(p->slots);
    ew_free(workers);
    return rc;
}

static ew_code run_locked(ew_add_pool *p, ew_add_summary *sum, ew_err *err)
{
    ew_code rc;
    int sys = pthread_mutex_init(&p->lock, NULL);

    if (sys != 0)
        return ew_fail_sys(err, sys, "cannot make a lock");
    sys = pthread_mutex_init(&p->archive_lock, NULL);
    if (sys == 0)
        sys = pthread_cond_init(&p->moved, NULL);
    if (sys != 0)
        return ew_fail_sys(err, sys, "cannot make a lock");
    rc = run(p, sum, err);
    pthread_cond_destroy(&p->moved);
    pthread_mutex_destroy(&p->archive_lock);
    pthread_mutex_destroy(&p->lock);
    return rc;
}

static unsigned job_count(const ew_add_opts *opts, size_t inputs)
{
    unsigned jobs = opts->jobs == 0 ? ew_ops_cores() : opts->jobs;

    if (jobs > JOBS_MAX)
        jobs = JOBS_MAX;
    return jobs > inputs && inputs > 0 ? (unsigned)inputs : jobs;
}

ew_code ew_ops_add(const char *dir, const ew_inputs *in, const ew_add_opts *opts,
                   ew_add_summary *sum, ew_err *err)
{
    ew_add_pool p = {.in = in, .opts = opts, .slot_count = job_count(opts, in->count)};
    ew_code rc;

    *sum = (ew_add_summary){0};
    p.progress.files_total = in->count;
    for (size_t i = 0; i < in->count; i++)
        p.progress.bytes_total += in->items[i].bytes;
    rc = ew_ops_writer_open(&p.writer, dir, &opts->wait, err);
    if (rc != EW_OK)
        return rc;
    rc = run_locked(&p, sum, err);
    if (rc == EW_OK && ew_stopped(opts->stop))
        rc = ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
    if (rc == EW_OK && sum->added > 0)
        rc = ew_index_writer_merge(p.writer, NULL, err);
    ew_index_writer_close(p.writer);
    sum->not_tried = in->count - sum->added - sum->known - sum->skipped - sum->failed;
    return rc;
}
