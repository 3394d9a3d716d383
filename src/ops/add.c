/* SPDX-License-Identifier: Apache-2.0 */
/* Adding recordings. Workers decode and print one file each; what touches the archive
 * happens under one lock. At most `jobs` prints are in memory. What the archive ends up
 * holding does not depend on which worker was faster: recordings are told apart by content,
 * and their order is that of their hashes. */
#include "ops/add.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/err.h"
#include "earwitness/index.h"
#include "ops/archive.h"
#include "ops/decode.h"

enum { JOBS_MAX = 256, MERGE_EVERY = 64, TICK_NS = 200000000 };

/* One input's way through the pool; made by the worker that takes it, freed once told. */
typedef struct outcome {
    ew_add_result r;
    char trouble[240];
} outcome;

/* A worker's present file. Guarded by pool.lock. */
typedef struct slot {
    bool busy;
    bool hashed;
    uint8_t sha256[32];
    uint64_t bytes;
    uint64_t bytes_done; /* share of `bytes` that is decoded, as far as can be told */
    int64_t samples;
} slot;

typedef struct pool {
    const ew_inputs *in;
    const ew_add_opts *opts;
    ew_index_writer *writer; /* guarded by archive_lock */
    unsigned puts;           /* since the last merge; guarded by archive_lock */
    pthread_mutex_t archive_lock;

    pthread_mutex_t
        lock; /* guards all below; taken inside archive_lock, never around it */
    pthread_cond_t moved; /* an outcome, or a slot that became free */
    size_t next;          /* input that the next free worker takes */
    outcome **outcomes;
    bool broken; /* the archive cannot be written: nothing more is taken */
    ew_err broken_why;
    ew_add_progress progress;
    slot *slots;
    unsigned slot_count;
    size_t running; /* workers that may still bring an outcome */
} pool;

typedef struct worker {
    pool *p;
    slot *at;
    pthread_t thread;
} worker;

unsigned ew_ops_cores(void)
{
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof(set), &set) != 0)
        return 1;
    int n = CPU_COUNT(&set);
    return n < 1 ? 1 : (unsigned)n;
}

static bool in_flight(const pool *p, const slot *own, const uint8_t sha256[32])
{
    for (unsigned i = 0; i < p->slot_count; i++) {
        const slot *s = &p->slots[i];
        if (s != own && s->busy && s->hashed && memcmp(s->sha256, sha256, 32) == 0)
            return true;
    }
    return false;
}

/* Two files of equal content at the same time: the second waits for the first, and then
 * finds it in the archive. */
static void claim(pool *p, slot *own, const uint8_t sha256[32])
{
    pthread_mutex_lock(&p->lock);
    while (in_flight(p, own, sha256))
        pthread_cond_wait(&p->moved, &p->lock);
    memcpy(own->sha256, sha256, 32);
    own->hashed = true;
    pthread_mutex_unlock(&p->lock);
}

static void decode_moved(void *cookie, int64_t samples, int64_t claimed)
{
    worker *w = cookie;
    slot *s = w->at;

    pthread_mutex_lock(&w->p->lock);
    w->p->progress.samples += samples - s->samples;
    s->samples = samples;
    if (claimed > 0) {
        double share = (double)samples / (double)claimed;
        s->bytes_done = (uint64_t)((double)s->bytes * (share > 1 ? 1 : share));
    }
    pthread_mutex_unlock(&w->p->lock);
}

static void mark_broken(pool *p, const ew_err *why)
{
    pthread_mutex_lock(&p->lock);
    if (!p->broken)
        p->broken_why = *why;
    p->broken = true;
    pthread_mutex_unlock(&p->lock);
}

/* What goes into the archive: a recording, or only another name when fp is NULL. */
typedef struct entry {
    const ew_input *in;
    const ew_source *s;
    const ew_decoded *d;
    const ew_fp *fp;
} entry;

static ew_code put(pool *p, const entry *e, outcome *o)
{
    const char *name = e->in->name;
    const char *path = e->in->path;
    ew_recording rec = {.bytes = e->s->bytes,
                        .samples = e->d->samples,
                        .added_unix = (int64_t)time(NULL),
                        .container = e->d->info.container,
                        .codec = e->d->info.codec,
                        .stored_rate_hz = e->d->info.stored_rate_hz,
                        .stored_channels = e->d->info.stored_channels,
                        .trouble = e->d->trouble,
                        .name_count = 1,
                        .names = &name,
                        .paths = &path};
    ew_code rc;

    memcpy(rec.sha256, o->r.sha256, sizeof(rec.sha256));
    rc = ew_index_writer_put(p->writer, &rec, e->fp, e->s->mtime_ns, &o->r.err);
    if (rc == EW_OK && e->fp != NULL && ++p->puts % MERGE_EVERY == 0)
        rc = ew_index_writer_merge(p->writer, NULL, &o->r.err);
    if (rc != EW_OK && rc != EW_E_ARG && rc != EW_E_LIMIT)
        mark_broken(p, &o->r.err);
    return rc;
}

/* Is the file's content in the archive? Then it gets this name too. */
static ew_code look_up(pool *p, const ew_input *in, const ew_source *s, outcome *o,
                       bool *known)
{
    static const ew_decoded nothing;
    ew_code rc;

    pthread_mutex_lock(&p->archive_lock);
    rc = ew_index_writer_has(p->writer, o->r.sha256, known, &o->r.err);
    if (rc == EW_OK && *known)
        rc = put(p, &(entry){in, s, &nothing, NULL}, o);
    else if (rc != EW_OK)
        mark_broken(p, &o->r.err);
    pthread_mutex_unlock(&p->archive_lock);
    return rc;
}

static ew_code decode_and_put(worker *w, const ew_input *in, const ew_source *s,
                              outcome *o)
{
    ew_sink sink = {.stop = w->p->opts->stop, .moved = decode_moved, .moved_cookie = w};
    ew_decoded decoded;
    ew_fp *fp = NULL;
    ew_code rc;

    rc = ew_decode_print(s, in->name, &sink, &fp, &decoded, &o->r.err);
    if (rc == EW_OK)
        rc = ew_source_unchanged(s, in->name, &o->r.err);
    if (rc != EW_OK)
        goto out;
    o->r.samples = decoded.samples;
    memcpy(o->trouble, decoded.trouble, sizeof(o->trouble));
    pthread_mutex_lock(&w->p->archive_lock);
    rc = put(w->p, &(entry){in, s, &decoded, fp}, o);
    pthread_mutex_unlock(&w->p->archive_lock);
out:
    ew_fp_free(fp);
    return rc;
}

/* Was this very file added before, going by its path, size and time? */
static ew_code seen_before(pool *p, const ew_input *in, const ew_source *s, outcome *o,
                           bool *seen)
{
    ew_code rc = EW_OK;

    *seen = false;
    if (in->kind == EW_INPUT_STDIN)
        return EW_OK;
    pthread_mutex_lock(&p->archive_lock);
    rc =
        ew_index_writer_seen(p->writer, in->path, s->bytes, s->mtime_ns, seen, &o->r.err);
    if (rc != EW_OK)
        mark_broken(p, &o->r.err);
    pthread_mutex_unlock(&p->archive_lock);
    return rc;
}

static ew_code add_file(worker *w, const ew_input *in, outcome *o)
{
    ew_source s;
    ew_code rc;
    bool known = false;

    rc = ew_source_open(&s, in, w->p->opts->stop, &o->r.err);
    if (rc != EW_OK)
        return rc;
    rc = seen_before(w->p, in, &s, o, &known);
    if (rc == EW_OK && !known) {
        rc = ew_source_hash(&s, in->name, o->r.sha256, w->p->opts->stop, &o->r.err);
        o->r.has_sha256 = rc == EW_OK;
        if (rc == EW_OK) {
            claim(w->p, w->at, o->r.sha256);
            rc = look_up(w->p, in, &s, o, &known);
        }
    }
    if (rc == EW_OK && known)
        o->r.kind = EW_ADD_KNOWN;
    else if (rc == EW_OK)
        rc = decode_and_put(w, in, &s, o);
    ew_source_close(&s);
    return rc;
}

static void process(worker *w, const ew_input *in, outcome *o)
{
    ew_code rc;

    o->r = (ew_add_result){.kind = EW_ADD_ADDED, .name = in->name, .path = in->path};
    o->r.trouble = o->trouble;
    if (in->kind == EW_INPUT_PROBLEM) {
        o->r.kind = EW_ADD_FAILED;
        o->r.err = *in->problem;
        return;
    }
    if (in->kind == EW_INPUT_SKIP) {
        o->r.kind = EW_ADD_SKIPPED;
        return;
    }
    rc = add_file(w, in, o);
    if (rc == EW_E_CANCELLED)
        o->r.kind = EW_ADD_NOT_TRIED;
    else if (rc == EW_E_FORMAT && in->from_folder && !in->media_name)
        o->r.kind =
            EW_ADD_SKIPPED; /* neither named by the user nor named like a recording */
    else if (rc != EW_OK)
        o->r.kind = EW_ADD_FAILED;
}

/* Takes the next input; SIZE_MAX when there is none or when no more may be taken. */
static size_t take(worker *w)
{
    pool *p = w->p;
    size_t i = SIZE_MAX;

    pthread_mutex_lock(&p->lock);
    if (!p->broken && !ew_stopped(p->opts->stop) && p->next < p->in->count) {
        i = p->next++;
        *w->at = (slot){.busy = true, .bytes = p->in->items[i].bytes};
    }
    pthread_mutex_unlock(&p->lock);
    return i;
}

static void finish(worker *w, size_t i, outcome *o)
{
    pool *p = w->p;
    slot *s = w->at;

    pthread_mutex_lock(&p->lock);
    p->outcomes[i] = o;
    p->progress.files_done++;
    if (o->r.kind == EW_ADD_ADDED)
        p->progress.bytes_done += s->bytes;
    else /* no decoding time went into it: it must not make the rest look quick */
        p->progress.bytes_total -= s->bytes;
    *s = (slot){0};
    pthread_cond_broadcast(&p->moved);
    pthread_mutex_unlock(&p->lock);
}

static void *work(void *cookie)
{
    worker *w = cookie;
    size_t i;

    while ((i = take(w)) != SIZE_MAX) {
        outcome *o = ew_alloc(sizeof(*o));
        if (o == NULL) {
            ew_err why;
            (void)ew_fail_nomem(&why);
            mark_broken(w->p, &why);
            break;
        }
        process(w, &w->p->in->items[i], o);
        finish(w, i, o);
    }
    pthread_mutex_lock(&w->p->lock);
    *w->at = (slot){0};
    w->p->running--;
    pthread_cond_broadcast(&w->p->moved);
    pthread_mutex_unlock(&w->p->lock);
    return NULL;
}

/* ------------------------------------------------------------ the calling thread */

static void tell(pool *p, const ew_add_result *r, ew_add_summary *sum)
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

static void tick(pool *p)
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

static void wait_a_little(pool *p)
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
static void tell_all(pool *p, ew_add_summary *sum)
{
    size_t told = 0;

    pthread_mutex_lock(&p->lock);
    while (told < p->in->count) {
        outcome *o = p->outcomes[told];
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
static void tell_rest(pool *p, ew_add_summary *sum)
{
    for (size_t i = 0; i < p->in->count; i++) {
        if (p->outcomes[i] != NULL) {
            tell(p, &p->outcomes[i]->r, sum);
            ew_free(p->outcomes[i]);
        }
    }
}

static size_t start_workers(pool *p, worker *workers, ew_err *err)
{
    size_t started = 0;

    pthread_mutex_lock(&p->lock);
    for (unsigned i = 0; i < p->slot_count; i++) {
        workers[i] = (worker){.p = p, .at = &p->slots[i]};
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

static ew_code run(pool *p, ew_add_summary *sum, ew_err *err)
{
    worker *workers = ew_alloc_array(p->slot_count, sizeof(*workers));
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

static ew_code run_locked(pool *p, ew_add_summary *sum, ew_err *err)
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
    pool p = {.in = in, .opts = opts, .slot_count = job_count(opts, in->count)};
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
