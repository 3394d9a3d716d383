/* SPDX-License-Identifier: Apache-2.0 */
/* Adding recordings. Workers decode and print one file each; what touches the archive
 * happens under one lock. At most one print per worker is in memory. What the archive ends
 * up holding does not depend on which worker was faster: recordings are told apart by
 * content, and their order is that of their hashes. */
#include "ops/add.h"

#include "base/alloc.h"
#include "base/err.h"
#include "ops/add_shop.h"
#include "ops/pool.h"

static void begin(ew_add_shop *a, ew_add_slot *s, const ew_input *in)
{
    pthread_mutex_lock(&a->lock);
    *s = (ew_add_slot){.busy = true, .bytes = in->bytes};
    pthread_mutex_unlock(&a->lock);
}

static void finish(ew_add_shop *a, ew_add_slot *s, const ew_add_outcome *o)
{
    pthread_mutex_lock(&a->lock);
    a->progress.files_done++;
    if (o != NULL && o->r.kind == EW_ADD_ADDED)
        a->progress.bytes_done += s->bytes;
    else /* no decoding time went into it: it must not make the rest look quick */
        a->progress.bytes_total -= s->bytes;
    *s = (ew_add_slot){0};
    pthread_cond_broadcast(&a->free);
    pthread_mutex_unlock(&a->lock);
}

static bool is_broken(ew_add_shop *a)
{
    pthread_mutex_lock(&a->lock);
    bool broken = a->broken;
    pthread_mutex_unlock(&a->lock);
    return broken;
}

static void *work(void *cookie, unsigned worker, size_t i)
{
    ew_add_shop *a = cookie;
    const ew_input *in = &a->in->items[i];
    ew_add_slot *slot = &a->slots[worker];
    ew_add_outcome *o = NULL;
    ew_err why;

    if (is_broken(a))
        return NULL;
    begin(a, slot, in);
    o = ew_alloc(sizeof(*o));
    if (o != NULL) {
        ew_add__process(a, slot, in, o);
    } else {
        (void)ew_fail_nomem(&why);
        ew_add__mark_broken(a, &why);
    }
    finish(a, slot, o);
    return o;
}

static void tell(void *cookie, size_t i, void *outcome)
{
    ew_add_shop *a = cookie;
    ew_add_outcome *o = outcome;

    (void)i;
    switch (o->r.kind) {
    case EW_ADD_ADDED:
        a->sum->added++;
        a->sum->samples += o->r.samples;
        break;
    case EW_ADD_KNOWN:
        a->sum->known++;
        break;
    case EW_ADD_SKIPPED:
        a->sum->skipped++;
        break;
    case EW_ADD_FAILED:
        a->sum->failed++;
        break;
    case EW_ADD_NOT_TRIED: /* counted as what is left over */
        break;
    }
    if (a->opts->each != NULL)
        a->opts->each(a->opts->cookie, &o->r);
    ew_free(o);
}

static void tick(void *cookie)
{
    ew_add_shop *a = cookie;
    ew_add_progress now;

    if (a->opts->tick == NULL)
        return;
    pthread_mutex_lock(&a->lock);
    now = a->progress;
    for (unsigned i = 0; i < a->slot_count; i++)
        now.bytes_done += a->slots[i].bytes_done;
    pthread_mutex_unlock(&a->lock);
    a->opts->tick(a->opts->cookie, &now);
}

static ew_code run(ew_add_shop *a, ew_err *err)
{
    const ew_pool pool = {.count = a->in->count,
                          .workers = a->slot_count,
                          .stop = a->opts->stop,
                          .cookie = a,
                          .work = work,
                          .tell = tell,
                          .tick = tick};
    ew_code rc;

    a->slots = ew_alloc_array(a->slot_count, sizeof(*a->slots));
    rc = a->slots == NULL ? ew_fail_nomem(err) : ew_pool_run(&pool, err);
    if (rc == EW_OK && a->broken && !ew_stopped(a->opts->stop)) {
        rc = a->broken_why.code;
        if (err != NULL)
            *err = a->broken_why;
    }
    ew_free(a->slots);
    return rc;
}

static ew_code run_locked(ew_add_shop *a, ew_err *err)
{
    ew_code rc;
    int sys = pthread_mutex_init(&a->lock, NULL);

    if (sys != 0)
        return ew_fail_sys(err, sys, "cannot make a lock");
    sys = pthread_mutex_init(&a->archive_lock, NULL);
    if (sys == 0)
        sys = pthread_cond_init(&a->free, NULL);
    if (sys != 0)
        return ew_fail_sys(err, sys, "cannot make a lock");
    rc = run(a, err);
    (void)pthread_cond_destroy(&a->free);
    (void)pthread_mutex_destroy(&a->archive_lock);
    (void)pthread_mutex_destroy(&a->lock);
    return rc;
}

ew_code ew_ops_add(const char *dir, const ew_inputs *in, const ew_add_opts *opts,
                   ew_add_summary *sum, ew_err *err)
{
    ew_add_shop a = {.in = in, .opts = opts, .sum = sum};
    ew_code rc;

    *sum = (ew_add_summary){0};
    a.slot_count = ew_pool_workers(opts->jobs, in->count);
    a.progress.files_total = in->count;
    for (size_t i = 0; i < in->count; i++)
        a.progress.bytes_total += in->items[i].bytes;
    rc = ew_ops_writer_open(&a.writer, dir, &opts->wait, err);
    if (rc != EW_OK)
        return rc;
    rc = run_locked(&a, err);
    if (rc == EW_OK && ew_stopped(opts->stop))
        rc = ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
    if (rc == EW_OK && sum->added > 0)
        rc = ew_index_writer_merge(a.writer, NULL, err);
    ew_index_writer_close(a.writer);
    sum->not_tried = in->count - sum->added - sum->known - sum->skipped - sum->failed;
    return rc;
}
