/* SPDX-License-Identifier: Apache-2.0 */
/* Several clips at a time. Each answer is that of ew_ops_check; only the time differs. */
#include <pthread.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "ops/check.h"
#include "ops/pool.h"

/* What became of one clip. */
typedef struct outcome {
    ew_finding *finding;
    ew_err why;
} outcome;

/* How far a worker is. */
typedef struct slot {
    size_t clip; /* SIZE_MAX: idle */
    char stage[16];
    int64_t done, total;
} slot;

typedef struct shop {
    const ew_index *ix;
    const ew_inputs *clips;
    const ew_check_opts *opts;
    unsigned workers;
    pthread_mutex_t lock; /* guards all below */
    slot *slots;
    bool nomem; /* for an outcome: a clip was left out */
} shop;

/* What the progress of one clip goes through. */
typedef struct shown {
    shop *s;
    slot *at;
} shown;

static int moved(void *cookie, const char *stage, int64_t done, int64_t total)
{
    shown *w = cookie;
    size_t n = strlen(stage);

    if (n >= sizeof(w->at->stage))
        n = sizeof(w->at->stage) - 1;
    pthread_mutex_lock(&w->s->lock);
    memcpy(w->at->stage, stage, n);
    w->at->stage[n] = 0;
    w->at->done = done;
    w->at->total = total;
    pthread_mutex_unlock(&w->s->lock);
    return ew_stopped(w->s->opts->stop);
}

static void set_slot(shop *s, unsigned worker, size_t clip)
{
    pthread_mutex_lock(&s->lock);
    s->slots[worker] = (slot){.clip = clip};
    pthread_mutex_unlock(&s->lock);
}

static ew_code check_one(shop *s, slot *at, const ew_input *clip, outcome *o)
{
    shown to = {s, at};
    ew_progress prog = {moved, &to};

    if (clip->kind == EW_INPUT_PROBLEM) {
        o->why = *clip->problem;
        return o->why.code;
    }
    return ew_ops_check(s->ix, clip, s->opts, &prog, &o->finding, &o->why);
}

static void *work(void *cookie, unsigned worker, size_t i)
{
    shop *s = cookie;
    const ew_input *clip = &s->clips->items[i];
    outcome *o;
    ew_code rc;

    if (clip->kind == EW_INPUT_SKIP)
        return NULL;
    o = ew_alloc(sizeof(*o));
    if (o == NULL) {
        pthread_mutex_lock(&s->lock);
        s->nomem = true;
        pthread_mutex_unlock(&s->lock);
        return NULL;
    }
    set_slot(s, worker, i);
    rc = check_one(s, &s->slots[worker], clip, o);
    set_slot(s, worker, SIZE_MAX);
    if (rc == EW_E_CANCELLED) { /* as good as not begun */
        ew_free(o);
        return NULL;
    }
    return o;
}

static void tell(void *cookie, size_t i, void *told)
{
    shop *s = cookie;
    outcome *o = told;

    s->opts->each(s->opts->cookie, &s->clips->items[i], o->finding,
                  o->finding == NULL ? &o->why : NULL);
    ew_finding_free(o->finding);
    ew_free(o);
}

static void tick(void *cookie)
{
    shop *s = cookie;
    slot first = {.clip = SIZE_MAX};

    if (s->opts->tick == NULL)
        return;
    pthread_mutex_lock(&s->lock);
    for (unsigned i = 0; i < s->workers; i++)
        if (s->slots[i].clip < first.clip)
            first = s->slots[i];
    pthread_mutex_unlock(&s->lock);
    if (first.stage[0] != 0)
        s->opts->tick(s->opts->cookie, first.stage, first.done, first.total);
}

ew_code ew_ops_check_all(const ew_index *ix, const ew_inputs *clips,
                         const ew_check_opts *opts, ew_err *err)
{
    shop s = {.ix = ix, .clips = clips, .opts = opts};
    ew_code rc;
    int sys = pthread_mutex_init(&s.lock, NULL);

    if (sys != 0)
        return ew_fail_sys(err, sys, "cannot make a lock");
    s.workers = ew_pool_workers(opts->jobs, clips->count);
    s.slots = ew_alloc_array(s.workers, sizeof(*s.slots));
    if (s.slots == NULL) {
        rc = ew_fail_nomem(err);
        goto out;
    }
    for (unsigned i = 0; i < s.workers; i++)
        s.slots[i].clip = SIZE_MAX;
    const ew_pool pool = {.count = clips->count,
                          .workers = s.workers,
                          .stop = opts->stop,
                          .cookie = &s,
                          .work = work,
                          .tell = tell,
                          .tick = tick};
    rc = ew_pool_run(&pool, err);
    if (rc == EW_OK && ew_stopped(opts->stop))
        rc = ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
    else if (rc == EW_OK && s.nomem)
        rc = ew_fail_nomem(err);
out:
    ew_free(s.slots);
    (void)pthread_mutex_destroy(&s.lock);
    return rc;
}
