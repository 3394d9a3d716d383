/* SPDX-License-Identifier: Apache-2.0 */
/* One file's way into the archive: look, hash, decode, print, put. Runs in a worker. */
#include "ops/add_pool.h"

#include <string.h>
#include <time.h>

#include "base/err.h"
#include "ops/decode.h"

enum { MERGE_EVERY = 64 };

static bool in_flight(const ew_add_pool *p, const ew_add_slot *own,
                      const uint8_t sha256[32])
{
    for (unsigned i = 0; i < p->slot_count; i++) {
        const ew_add_slot *s = &p->slots[i];
        if (s != own && s->busy && s->hashed && memcmp(s->sha256, sha256, 32) == 0)
            return true;
    }
    return false;
}

/* Two files of equal content at the same time: the second waits for the first, and then
 * finds it in the archive. */
static void claim(ew_add_pool *p, ew_add_slot *own, const uint8_t sha256[32])
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
    ew_add_worker *w = cookie;
    ew_add_slot *s = w->at;

    pthread_mutex_lock(&w->p->lock);
    w->p->progress.samples += samples - s->samples;
    s->samples = samples;
    if (claimed > 0) {
        double share = (double)samples / (double)claimed;
        s->bytes_done = (uint64_t)((double)s->bytes * (share > 1 ? 1 : share));
    }
    pthread_mutex_unlock(&w->p->lock);
}

void ew_add__mark_broken(ew_add_pool *p, const ew_err *why)
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

static ew_code put(ew_add_pool *p, const entry *e, ew_add_outcome *o)
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
        ew_add__mark_broken(p, &o->r.err);
    return rc;
}

/* Is the file's content in the archive? Then it gets this name too. */
static ew_code look_up(ew_add_pool *p, const ew_input *in, const ew_source *s,
                       ew_add_outcome *o, bool *known)
{
    static const ew_decoded nothing;
    ew_code rc;

    pthread_mutex_lock(&p->archive_lock);
    rc = ew_index_writer_has(p->writer, o->r.sha256, known, &o->r.err);
    if (rc == EW_OK && *known)
        rc = put(p, &(entry){in, s, &nothing, NULL}, o);
    else if (rc != EW_OK)
        ew_add__mark_broken(p, &o->r.err);
    pthread_mutex_unlock(&p->archive_lock);
    return rc;
}

static ew_code decode_and_put(ew_add_worker *w, const ew_input *in, const ew_source *s,
                              ew_add_outcome *o)
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
static ew_code seen_before(ew_add_pool *p, const ew_input *in, const ew_source *s,
                           ew_add_outcome *o, bool *seen)
{
    ew_code rc = EW_OK;

    *seen = false;
    if (in->kind == EW_INPUT_STDIN)
        return EW_OK;
    pthread_mutex_lock(&p->archive_lock);
    rc =
        ew_index_writer_seen(p->writer, in->path, s->bytes, s->mtime_ns, seen, &o->r.err);
    if (rc != EW_OK)
        ew_add__mark_broken(p, &o->r.err);
    pthread_mutex_unlock(&p->archive_lock);
    return rc;
}

static ew_code add_file(ew_add_worker *w, const ew_input *in, ew_add_outcome *o)
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

void ew_add__process(ew_add_worker *w, const ew_input *in, ew_add_outcome *o)
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
