/* SPDX-License-Identifier: Apache-2.0 */
/* Many files: decode them side by side, and order them with the same workers. */
#include "ops/family.h"

#include <inttypes.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "earwitness/media.h"
#include "ops/pool.h"

enum { BLOCK_SAMPLES = 16384, SHORT_BY_MS = 2000 };

/* One file as it is read. */
typedef struct piece {
    const ew_input *in;
    ew_family_copy copy;
    int16_t *sound;
    size_t samples, cap;
    uint32_t bits_per_sec;
    char trouble[240];
    ew_err why; /* EW_OK: it is one of the copies */
} piece;

/* A finding together with what it points into. */
typedef struct owned {
    ew_family_finding f; /* first: a pointer to it is a pointer to this */
    ew_family *family;
    ew_family_copy *copies;
    ew_family_failure *failures;
    piece *pieces;
    size_t count;
} owned;

typedef struct shop {
    const ew_family_opts *opts;
    owned *o;
    size_t samples_max;
    unsigned workers;
    /* the list that the workers are at */
    const char *stage;
    size_t total;
    atomic_size_t done;
    void (*job)(void *arg, unsigned worker, size_t i);
    void *arg;
} shop;

/* ------------------------------------------------------------------ the workers */

static void *work(void *cookie, unsigned worker, size_t i)
{
    shop *s = cookie;

    s->job(s->arg, worker, i);
    atomic_fetch_add(&s->done, 1);
    return NULL;
}

static void tick(void *cookie)
{
    shop *s = cookie;

    if (s->opts->tick != NULL)
        s->opts->tick(s->opts->cookie, s->stage, (int64_t)atomic_load(&s->done),
                      (int64_t)s->total);
}

static ew_code run(void *cookie, const char *stage, size_t count,
                   void (*job)(void *arg, unsigned worker, size_t i), void *arg,
                   ew_err *err)
{
    shop *s = cookie;
    const ew_pool pool = {.count = count,
                          .workers = s->workers < count ? s->workers : (unsigned)count,
                          .stop = s->opts->stop,
                          .cookie = s,
                          .work = work,
                          .tick = tick};
    ew_code rc = EW_OK;

    s->stage = stage;
    s->total = count;
    s->job = job;
    s->arg = arg;
    atomic_store(&s->done, 0);
    if (count > 0)
        rc = ew_pool_run(&pool, err);
    if (rc == EW_OK && ew_stopped(s->opts->stop))
        rc = ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
    return rc;
}

/* ------------------------------------------------------------------ reading a file */

static ew_code keep(piece *p, const float *x, size_t n, size_t most, ew_err *err)
{
    if (p->samples + n > most) {
        p->samples = 0; /* not a recording that broke off */
        return ew_fail(err, EW_E_LIMIT, 0,
                       "'%s' is too long to be compared with so many others: at most "
                       "%zu minutes each",
                       p->copy.name, most / 60 / EW_FAMILY_RATE_HZ);
    }
    if (p->cap - p->samples < n) {
        size_t cap = p->cap == 0 ? (size_t)EW_FAMILY_RATE_HZ * 60 : p->cap + p->cap / 2;
        int16_t *sound = ew_realloc_array(p->sound, cap, sizeof(*sound));

        if (sound == NULL)
            return ew_fail_nomem(err);
        p->sound = sound;
        p->cap = cap;
    }
    for (size_t i = 0; i < n; i++) {
        float v = roundf(x[i] * 32768);

        p->sound[p->samples++] = (int16_t)(v < -32768 ? -32768 : v > 32767 ? 32767 : v);
    }
    return EW_OK;
}

static ew_code read_all(const shop *s, piece *p, ew_media *m, ew_err *err)
{
    float *block = ew_alloc_array(BLOCK_SAMPLES, sizeof(*block));
    size_t got = 1;
    ew_code rc = block == NULL ? ew_fail_nomem(err) : EW_OK;

    while (rc == EW_OK && got > 0) {
        rc = ew_media_read(m, block, BLOCK_SAMPLES, &got, err);
        if (rc == EW_OK && got > 0)
            rc = keep(p, block, got, s->samples_max, err);
        if (rc == EW_OK && ew_stopped(s->opts->stop))
            rc = ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
    }
    ew_free(block);
    return rc;
}

/* What the headers say about the coding; else what the file's size does. */
static uint32_t bits_of(const ew_media *m, const piece *p)
{
    size_t n = 0;
    const ew_media_fact *facts = ew_media_facts(m, &n);
    double bits = 0;

    for (size_t i = 0; i < n; i++)
        if (strcmp(facts[i].key, "stream.bit-rate") == 0)
            bits = (double)strtoull(facts[i].value, NULL, 10);
    if (bits <= 0 && p->samples > 0)
        bits = 8 * (double)p->copy.bytes * EW_FAMILY_RATE_HZ / (double)p->samples;
    return bits < 1e9 ? (uint32_t)bits : 0;
}

static void note_trouble(const ew_media *m, piece *p, const ew_err *broke)
{
    int64_t got_ms = (int64_t)p->samples * 1000 / EW_FAMILY_RATE_HZ;
    int64_t claimed_ms = p->copy.info.claimed_ms;
    uint64_t damaged = ew_media_damaged(m);

    if (broke->code != EW_OK)
        (void)snprintf(p->trouble, sizeof(p->trouble), "%s", broke->text);
    else if (claimed_ms > got_ms + SHORT_BY_MS && claimed_ms > got_ms + got_ms / 20)
        (void)snprintf(p->trouble, sizeof(p->trouble),
                       "breaks off: the file says %.1f s, only %.1f s are there",
                       (double)claimed_ms / 1000, (double)got_ms / 1000);
    else if (damaged > 0)
        (void)snprintf(p->trouble, sizeof(p->trouble),
                       "%" PRIu64 " damaged %s could not be decoded", damaged,
                       damaged == 1 ? "part" : "parts");
}

static ew_code decode(const shop *s, piece *p, const ew_source *src, ew_err *err)
{
    ew_media_opts opts = ew_media_opts_default();
    ew_media *m = NULL;
    ew_err why;
    ew_code rc;

    ew_err_clear(&why);
    opts.rate_hz = EW_FAMILY_RATE_HZ;
    opts.channels = 1;
    opts.facts = true;
    rc = ew_media_open_fd(&m, src->fd, p->copy.name, &opts, &why);
    if (rc == EW_OK) {
        p->copy.info = *ew_media_get_info(m);
        rc = read_all(s, p, m, &why);
    }
    if ((rc == EW_E_FORMAT || rc == EW_E_LIMIT) && p->samples > 0)
        rc = EW_OK; /* it broke off: `why` becomes its trouble */
    if (rc == EW_OK && p->samples == 0)
        rc = ew_fail(&why, EW_E_FORMAT, 0, "'%s' holds no sound", p->copy.name);
    if (rc == EW_OK) {
        p->bits_per_sec = bits_of(m, p);
        note_trouble(m, p, &why);
    } else {
        *err = why;
    }
    ew_media_close(m);
    return rc;
}

static ew_code read_piece(const shop *s, piece *p, ew_err *err)
{
    ew_source src;
    ew_code rc;

    if (p->in->kind == EW_INPUT_PROBLEM) {
        *err = *p->in->problem;
        return err->code;
    }
    rc = ew_source_open(&src, p->in, s->opts->stop, err);
    if (rc != EW_OK)
        return rc;
    p->copy.bytes = src.bytes;
    rc = ew_source_hash(&src, p->copy.name, p->copy.sha256, s->opts->stop, err);
    if (rc == EW_OK)
        rc = decode(s, p, &src, err);
    if (rc == EW_OK)
        rc = ew_source_unchanged(&src, p->copy.name, err);
    ew_source_close(&src);
    return rc;
}

static void read_job(void *arg, unsigned worker, size_t i)
{
    const shop *s = arg;
    piece *p = &s->o->pieces[i];

    (void)worker;
    ew_err_clear(&p->why);
    p->why.code = read_piece(s, p, &p->why);
    if (p->why.code != EW_OK) {
        ew_free(p->sound);
        p->sound = NULL;
    }
}

/* ------------------------------------------------------------------ the whole */

/* A file that is named twice is read once: it is no second copy. */
static bool named_before(const ew_inputs *in, size_t i)
{
    for (size_t k = 0; k < i && in->items[i].kind == EW_INPUT_FILE; k++)
        if (in->items[k].kind == EW_INPUT_FILE &&
            strcmp(in->items[k].path, in->items[i].path) == 0)
            return true;
    return false;
}

/* Where several files have one name, their paths take its place. */
static ew_code tell_names_apart(owned *o, ew_err *err)
{
    bool *shared = ew_alloc_array(o->count, sizeof(*shared));
    ew_code rc = shared == NULL ? ew_fail_nomem(err) : EW_OK;

    for (size_t i = 0; rc == EW_OK && i < o->count; i++)
        for (size_t k = 0; k < o->count && !shared[i]; k++)
            shared[i] =
                k != i && strcmp(o->pieces[i].copy.name, o->pieces[k].copy.name) == 0;
    for (size_t i = 0; rc == EW_OK && i < o->count; i++) {
        char *path;

        if (!shared[i] || o->pieces[i].in->path == NULL || o->pieces[i].in->path[0] == 0)
            continue;
        path = ew_safe_name(o->pieces[i].in->path);
        if (path == NULL)
            rc = ew_fail_nomem(err);
        else {
            ew_free((void *)(uintptr_t)o->pieces[i].copy.name);
            o->pieces[i].copy.name = path;
        }
    }
    ew_free(shared);
    return rc;
}

static ew_code list_pieces(owned *o, const ew_inputs *in, ew_err *err)
{
    ew_code rc;

    o->pieces = ew_alloc_array(in->count, sizeof(*o->pieces));
    o->copies = ew_alloc_array(in->count, sizeof(*o->copies));
    o->failures = ew_alloc_array(in->count, sizeof(*o->failures));
    if (o->pieces == NULL || o->copies == NULL || o->failures == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < in->count; i++) {
        piece *p = &o->pieces[o->count];
        char *name;

        if (in->items[i].kind == EW_INPUT_SKIP || named_before(in, i))
            continue;
        name = ew_strdup(in->items[i].name);
        if (name == NULL)
            return ew_fail_nomem(err);
        *p = (piece){.in = &in->items[i], .copy = {.name = name, .trouble = p->trouble}};
        o->count++;
    }
    rc = tell_names_apart(o, err);
    if (rc == EW_OK && o->count > EW_FAMILY_COPIES_MAX)
        rc = ew_fail(err, EW_E_ARG, 0, "%zu files are too many to order; at most %d",
                     o->count, EW_FAMILY_COPIES_MAX);
    return rc;
}

static ew_code order(shop *s, ew_err *err)
{
    owned *o = s->o;
    const ew_runner runner = {s->workers, run, s};
    ew_copy *sounds = ew_alloc_array(o->count, sizeof(*sounds));
    size_t n = 0;
    ew_code rc = EW_OK;

    if (sounds == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; rc == EW_OK && i < o->count; i++) {
        const piece *p = &o->pieces[i];

        if (p->why.code == EW_E_NOMEM || p->why.code == EW_E_CANCELLED) {
            rc = p->why.code;
            if (err != NULL)
                *err = p->why;
        } else if (p->why.code != EW_OK) {
            o->failures[o->f.failure_count++] = (ew_family_failure){p->copy.name, p->why};
        } else {
            sounds[n] = (ew_copy){p->sound, p->samples, p->copy.info.codec,
                                  p->bits_per_sec, p->copy.name};
            o->copies[n++] = p->copy;
        }
    }
    if (rc == EW_OK)
        rc = ew_family_of(sounds, n, &runner, &o->family, err);
    ew_free(sounds);
    return rc;
}

static void drop_sounds(owned *o)
{
    for (size_t i = 0; i < o->count; i++) {
        ew_free(o->pieces[i].sound);
        o->pieces[i].sound = NULL;
    }
}

ew_code ew_ops_family(const ew_inputs *in, const ew_family_opts *opts,
                      ew_family_finding **out, ew_err *err)
{
    owned *o = ew_alloc(sizeof(*o));
    shop s = {.opts = opts, .o = o};
    size_t all = (size_t)EW_FAMILY_HOURS_MAX * 3600 * EW_FAMILY_RATE_HZ;
    size_t least = (size_t)EW_FAMILY_SHARE_MIN_MINUTES * 60 * EW_FAMILY_RATE_HZ;
    ew_code rc;

    *out = NULL;
    if (o == NULL)
        return ew_fail_nomem(err);
    rc = list_pieces(o, in, err);
    if (rc == EW_OK) {
        s.workers = ew_pool_workers(opts->jobs, o->count);
        s.samples_max = all / (o->count + (o->count == 0));
        s.samples_max = s.samples_max > least ? s.samples_max : least;
        rc = run(&s, "decode", o->count, read_job, &s, err);
    }
    if (rc == EW_OK)
        rc = order(&s, err);
    drop_sounds(o);
    o->f.family = o->family;
    o->f.copies = o->copies;
    o->f.failures = o->failures;
    if (rc == EW_OK)
        *out = &o->f;
    else
        ew_family_finding_free(&o->f);
    return rc;
}

void ew_family_finding_free(ew_family_finding *f)
{
    owned *o = (owned *)f;

    if (o == NULL)
        return;
    for (size_t i = 0; i < o->count; i++) {
        ew_free(o->pieces[i].sound);
        ew_free((void *)(uintptr_t)o->pieces[i].copy.name);
    }
    ew_family_free(o->family);
    ew_free(o->pieces);
    ew_free(o->copies);
    ew_free(o->failures);
    ew_free(o);
}
