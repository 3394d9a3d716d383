/* SPDX-License-Identifier: Apache-2.0 */
/* The only place of ours that starts threads; the server of witnesses has those of libmicrohttpd. */
#include "ops/pool.h"

#include <pthread.h>
#include <sched.h>
#include <time.h>

#include "base/alloc.h"
#include "base/err.h"

enum { WORKERS_MAX = 256, TICK_NS = 200000000 };

typedef enum job_state { JOB_WAITING, JOB_DONE } job_state;

typedef struct job {
    job_state state;
    void *outcome;
} job;

typedef struct run {
    const ew_pool *pool;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t moved; /* a job was done, or a worker ended */
    size_t next;          /* the job that the next free worker takes */
    size_t working;       /* workers that may still bring an outcome */
    job *jobs;
} run;

typedef struct worker {
    run *r;
    unsigned number;
    pthread_t thread;
} worker;

static unsigned cores(void)
{
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof(set), &set) != 0)
        return 1;
    int n = CPU_COUNT(&set);
    return n < 1 ? 1 : (unsigned)n;
}

unsigned ew_pool_workers(unsigned asked, size_t jobs)
{
    unsigned n = asked == 0 ? cores() : asked;

    if (n > WORKERS_MAX)
        n = WORKERS_MAX;
    return n > jobs && jobs > 0 ? (unsigned)jobs : n;
}

/* SIZE_MAX when nothing is left or nothing more may be begun. */
static size_t take(run *r)
{
    size_t i = SIZE_MAX;

    pthread_mutex_lock(&r->lock);
    if (!ew_stopped(r->pool->stop) && r->next < r->pool->count)
        i = r->next++;
    pthread_mutex_unlock(&r->lock);
    return i;
}

static void finish(run *r, size_t i, void *outcome)
{
    pthread_mutex_lock(&r->lock);
    r->jobs[i] = (job){JOB_DONE, outcome};
    pthread_cond_broadcast(&r->moved);
    pthread_mutex_unlock(&r->lock);
}

static void *work(void *cookie)
{
    worker *w = cookie;
    run *r = w->r;
    size_t i;

    while ((i = take(r)) != SIZE_MAX)
        finish(r, i, r->pool->work(r->pool->cookie, w->number, i));
    pthread_mutex_lock(&r->lock);
    r->working--;
    pthread_cond_broadcast(&r->moved);
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

static void wait_a_little(run *r)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += TICK_NS;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    (void)pthread_cond_timedwait(&r->moved, &r->lock, &until);
}

/* Tells job i without holding the lock. */
static void tell(run *r, size_t i)
{
    void *outcome = r->jobs[i].outcome;

    pthread_mutex_unlock(&r->lock);
    if (outcome != NULL)
        r->pool->tell(r->pool->cookie, i, outcome);
    pthread_mutex_lock(&r->lock);
}

/* Every job in its order, until the workers have ended. After a stop there may be jobs that
 * nobody began between jobs that were done. */
static void tell_all(run *r)
{
    size_t i = 0;

    pthread_mutex_lock(&r->lock);
    while (i < r->pool->count) {
        if (r->jobs[i].state == JOB_DONE) {
            tell(r, i++);
        } else if (r->working == 0) {
            i++;
        } else {
            pthread_mutex_unlock(&r->lock);
            if (r->pool->tick != NULL)
                r->pool->tick(r->pool->cookie);
            pthread_mutex_lock(&r->lock);
            if (r->jobs[i].state != JOB_DONE && r->working > 0)
                wait_a_little(r);
        }
    }
    pthread_mutex_unlock(&r->lock);
}

static size_t start_workers(run *r, worker *workers, ew_err *err)
{
    size_t started = 0;

    pthread_mutex_lock(&r->lock);
    while (started < r->pool->workers) {
        worker *w = &workers[started];
        *w = (worker){.r = r, .number = (unsigned)started};
        int sys = pthread_create(&w->thread, NULL, work, w);
        if (sys != 0) {
            (void)ew_fail_sys(err, sys, "cannot start a thread");
            break; /* fewer workers do the same work */
        }
        started++;
    }
    r->working = started;
    pthread_mutex_unlock(&r->lock);
    return started;
}

static ew_code run_workers(run *r, ew_err *err)
{
    worker *workers = ew_alloc_array(r->pool->workers, sizeof(*workers));
    size_t started = 0;
    ew_code rc = EW_OK;

    r->jobs = ew_alloc_array(r->pool->count, sizeof(*r->jobs));
    if (workers == NULL || r->jobs == NULL)
        rc = ew_fail_nomem(err);
    else if ((started = start_workers(r, workers, err)) == 0)
        rc = EW_E_IO;
    else
        tell_all(r);
    for (size_t i = 0; i < started; i++)
        (void)pthread_join(workers[i].thread, NULL);
    ew_free(r->jobs);
    ew_free(workers);
    return rc;
}

ew_code ew_pool_run(const ew_pool *pool, ew_err *err)
{
    run r = {.pool = pool};
    ew_code rc;
    int sys = pthread_mutex_init(&r.lock, NULL);

    if (sys != 0)
        return ew_fail_sys(err, sys, "cannot make a lock");
    sys = pthread_cond_init(&r.moved, NULL);
    rc = sys == 0 ? run_workers(&r, err) : ew_fail_sys(err, sys, "cannot make a lock");
    if (sys == 0)
        (void)pthread_cond_destroy(&r.moved);
    (void)pthread_mutex_destroy(&r.lock);
    return rc;
}
