/* SPDX-License-Identifier: Apache-2.0 */
/* Two files: read, hash, decode side by side, compare, and gather what the report needs. */
#include "ops/diff.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "ops/decode.h"
#include "ops/diff_parts.h"
#include "ops/diff_whole.h"
#include "ops/pool.h"

/* Shares of the whole work, for the progress. */
enum { DONE_DECODED = 450, DONE_COMPARED = 850, DONE_ALL = 1000 };

/* Both sounds, and how far each of the two decoders is. */
typedef struct job {
    ew_diff__owned *o;
    const ew_input *in[2];
    const ew_diff_opts *opts;
    float *sound[2];
    ew_decoded decoded[2];
    ew_err why[2];
    int64_t told; /* greatest `done` so far: it never goes back */
    pthread_mutex_t lock;
    int64_t samples[2], claimed[2]; /* guarded by lock */
} job;

static void tell(job *j, const char *stage, int64_t done)
{
    if (done < j->told)
        done = j->told;
    j->told = done;
    if (j->opts->tick != NULL)
        j->opts->tick(j->opts->cookie, stage, done, DONE_ALL);
}

/* ------------------------------------------------------------------ reading */

static ew_code open_side(job *j, int side, ew_err *err)
{
    ew_diff__owned *o = j->o;
    const ew_input *in = j->in[side];
    ew_diff_side *s = &o->f.sides[side];
    ew_code rc;

    if (in->kind == EW_INPUT_PROBLEM) {
        if (err != NULL)
            *err = *in->problem;
        return in->problem->code;
    }
    o->name[side] = ew_strdup(in->name);
    if (o->name[side] == NULL)
        return ew_fail_nomem(err);
    s->name = o->name[side];
    s->trouble = o->trouble[side];
    rc = ew_source_open(&o->source[side], in, j->opts->stop, err);
    if (rc == EW_OK)
        rc = ew_source_hash(&o->source[side], s->name, s->sha256, j->opts->stop, err);
    s->bytes = o->source[side].bytes;
    return rc;
}

/* What a decoding thread tells about itself. */
typedef struct mover {
    job *j;
    unsigned side;
} mover;

static void moved(void *cookie, int64_t samples, int64_t claimed)
{
    mover *m = cookie;

    pthread_mutex_lock(&m->j->lock);
    m->j->samples[m->side] = samples;
    m->j->claimed[m->side] = claimed;
    pthread_mutex_unlock(&m->j->lock);
}

static void *decode_side(void *cookie, unsigned worker, size_t side)
{
    job *j = cookie;
    mover m = {j, (unsigned)side};
    ew_sink sink = {.stop = j->opts->stop, .moved = moved, .moved_cookie = &m};

    (void)worker;
    j->why[side].code =
        ew_decode_sound(&j->o->source[side], j->o->name[side], &sink, &j->sound[side],
                        &j->decoded[side], &j->why[side]);
    return NULL;
}

static void decode_tick(void *cookie)
{
    job *j = cookie;
    double done = 0;
    double total = 0;

    pthread_mutex_lock(&j->lock);
    for (int i = 0; i < 2; i++) {
        done += (double)j->samples[i];
        total += fmax((double)j->claimed[i], (double)j->samples[i]);
    }
    pthread_mutex_unlock(&j->lock);
    tell(j, "decode", total > 0 ? (int64_t)(DONE_DECODED * done / total) : 0);
}

static ew_code decode_both(job *j, ew_err *err)
{
    const ew_pool pool = {.count = 2,
                          .workers = ew_pool_workers(j->opts->jobs, 2),
                          .stop = j->opts->stop,
                          .cookie = j,
                          .work = decode_side,
                          .tick = decode_tick};
    ew_code rc = ew_pool_run(&pool, err);

    if (rc == EW_OK && ew_stopped(j->opts->stop))
        rc = ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
    for (int i = 0; i < 2 && rc == EW_OK; i++) {
        rc = j->why[i].code;
        if (rc != EW_OK && err != NULL)
            *err = j->why[i];
    }
    return rc;
}

/* ------------------------------------------------------------------ describing */

static ew_code find_peaks(float **out, const float *x, int64_t n, ew_err *err)
{
    float *peaks = ew_alloc_array(EW_DIFF_PEAKS, sizeof(*peaks));

    *out = peaks;
    if (peaks == NULL)
        return ew_fail_nomem(err);
    for (int64_t i = 0; i < EW_DIFF_PEAKS; i++)
        for (int64_t k = n * i / EW_DIFF_PEAKS; k < n * (i + 1) / EW_DIFF_PEAKS; k++)
            peaks[i] = fmaxf(peaks[i], fabsf(x[k]));
    return EW_OK;
}

static ew_code describe(job *j, int side, ew_err *err)
{
    ew_diff__owned *o = j->o;
    ew_diff_side *s = &o->f.sides[side];
    ew_code rc;

    s->decoded = true;
    s->info = j->decoded[side].info;
    s->samples = j->decoded[side].samples;
    memcpy(o->trouble[side], j->decoded[side].trouble, EW_DIFF__TROUBLE);
    rc = find_peaks(&o->peaks[side], j->sound[side], s->samples, err);
    s->peaks = o->peaks[side];
    return rc;
}

static int compare_tick(void *cookie, const char *stage, int64_t done, int64_t total)
{
    job *j = cookie;
    double share = total > 0 ? (double)done / (double)total : 0;

    tell(j, stage, DONE_DECODED + (int64_t)((DONE_COMPARED - DONE_DECODED) * share));
    return ew_stopped(j->opts->stop);
}

static ew_code compare(job *j, ew_err *err)
{
    ew_diff__owned *o = j->o;
    const ew_progress prog = {compare_tick, j};
    ew_code rc = ew_diff_sounds(
        j->sound[EW_SIDE_A], (size_t)o->f.sides[EW_SIDE_A].samples, j->sound[EW_SIDE_B],
        (size_t)o->f.sides[EW_SIDE_B].samples, &prog, &o->diff, err);

    o->f.diff = o->diff;
    return rc;
}

/* What was done to the whole matters only where there is something in common, and where not
 * every sample is the same. That a part of it cannot be measured does not spoil the rest. */
static ew_code measure_whole(job *j, ew_err *err)
{
    ew_diff__owned *o = j->o;
    const ew_diff_file a = {&o->source[EW_SIDE_A], o->name[EW_SIDE_A]};
    const ew_diff_file b = {&o->source[EW_SIDE_B], o->name[EW_SIDE_B]};
    ew_err why = {.code = EW_OK};
    ew_code rc;

    if (!o->diff->related || o->f.samples.same)
        return EW_OK;
    tell(j, "measure", DONE_COMPARED);
    rc = ew_diff_whole(o->diff, &a, &b, j->opts->stop, &o->whole, &why);
    if (rc == EW_E_NOMEM || rc == EW_E_CANCELLED) {
        if (err != NULL)
            *err = why;
        return rc;
    }
    o->f.whole = rc == EW_OK ? o->whole : NULL;
    return EW_OK;
}

static ew_code decode_and_compare(job *j, ew_err *err)
{
    ew_code rc = decode_both(j, err);

    for (int i = 0; i < 2 && rc == EW_OK; i++)
        rc = describe(j, i, err);
    if (rc == EW_OK)
        rc = compare(j, err);
    /* The sounds are large, and what follows reads the files again. */
    for (int i = 0; i < 2; i++) {
        ew_free(j->sound[i]);
        j->sound[i] = NULL;
    }
    if (rc == EW_OK)
        rc = ew_diff__same_samples(j->o, j->opts->stop, &j->o->f.samples, err);
    if (rc == EW_OK && j->o->f.samples.same)
        j->o->diff->edit_count = 0; /* moments at the ends, which are told as such */
    return rc == EW_OK ? measure_whole(j, err) : rc;
}

ew_code ew_ops_diff(const ew_input *a, const ew_input *b, const ew_diff_opts *opts,
                    ew_diff_finding **out, ew_err *err)
{
    ew_diff__owned *o = ew_alloc(sizeof(*o));
    job j = {.o = o, .in = {a, b}, .opts = opts};
    ew_code rc = EW_OK;
    int sys;

    *out = NULL;
    if (o == NULL)
        return ew_fail_nomem(err);
    o->source[0].fd = o->source[1].fd = -1;
    sys = pthread_mutex_init(&j.lock, NULL);
    if (sys != 0) {
        ew_diff_finding_free(&o->f);
        return ew_fail_sys(err, sys, "cannot make a lock");
    }
    tell(&j, "read", 0);
    for (int i = 0; i < 2 && rc == EW_OK; i++)
        rc = open_side(&j, i, err);
    if (rc == EW_OK) {
        o->f.same_bytes = memcmp(o->f.sides[0].sha256, o->f.sides[1].sha256,
                                 sizeof(o->f.sides[0].sha256)) == 0;
        if (!o->f.same_bytes)
            rc = decode_and_compare(&j, err);
    }
    (void)pthread_mutex_destroy(&j.lock);
    if (rc == EW_OK)
        *out = &o->f;
    else
        ew_diff_finding_free(&o->f);
    return rc;
}

void ew_diff_finding_free(ew_diff_finding *f)
{
    ew_diff__owned *o = (ew_diff__owned *)f;

    if (o == NULL)
        return;
    for (int i = 0; i < 2; i++) {
        ew_source_close(&o->source[i]);
        ew_free(o->name[i]);
        ew_free(o->peaks[i]);
    }
    ew_diff_free(o->diff);
    ew_whole_free(o->whole);
    ew_free(o->export_dir);
    ew_free(o->exports);
    ew_free(o);
}
