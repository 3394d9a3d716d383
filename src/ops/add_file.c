/* SPDX-License-Identifier: Apache-2.0 */
/* One file's way into the archive: look, hash, decode, print, put. Runs in a worker. */
#include "ops/add_shop.h"

#include <string.h>
#include <time.h>

#include "base/err.h"
#include "ops/decode.h"

enum { MERGE_EVERY = 64 };

static bool in_flight(const ew_add_shop *a, const ew_add_slot *own,
                      const uint8_t sha256[32])
{
    for (unsigned i = 0; i < a->slot_count; i++) {
        const ew_add_slot *s = &a->slots[i];
        if (s != own && s->busy && s->hashed && memcmp(s->sha256, sha256, 32) == 0)
            return true;
    }
    return false;
}

/* Two files of equal content at the same time: the second waits for the first, and then
 * finds it in the archive. */
static void claim(ew_add_shop *a, ew_add_slot *own, const uint8_t sha256[32])
{
    pthread_mutex_lock(&a->lock);
    while (in_flight(a, own, sha256))
        pthread_cond_wait(&a->free, &a->lock);
    memcpy(own->sha256, sha256, 32);
    own->hashed = true;
    pthread_mutex_unlock(&a->lock);
}

/* Whose progress a decoder reports. */
typedef struct shown {
    ew_add_shop *a;
    ew_add_slot *slot;
} shown;

static void decode_moved(void *cookie, int64_t samples, int64_t claimed)
{
    const shown *w = cookie;
    ew_add_shop *a = w->a;
    ew_add_slot *s = w->slot;

    pthread_mutex_lock(&a->lock);
    a->progress.samples += samples - s->samples;
    s->samples = samples;
    if (claimed > 0) {
        double share = (double)samples / (double)claimed;
        s->bytes_done = (uint64_t)((double)s->bytes * (share > 1 ? 1 : share));
    }
    pthread_mutex_unlock(&a->lock);
}

void ew_add__mark_broken(ew_add_shop *a, const ew_err *why)
{
    pthread_mutex_lock(&a->lock);
    if (!a->broken)
        a->broken_why = *why;
    a->broken = true;
    pthread_mutex_unlock(&a->lock);
}

/* What goes into the archive: a recording, or only another name when fp is NULL. */
typedef struct entry {
    const ew_input *in;
    const ew_source *s;
    const ew_decoded *d;
    const ew_fp *fp;
} entry;

static ew_code put(ew_add_shop *a, const entry *e, ew_add_outcome *o)
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
    rc = ew_index_writer_put(a->writer, &rec, e->fp, e->s->mtime_ns, &o->r.err);
    if (rc == EW_OK && e->fp != NULL && ++a->puts % MERGE_EVERY == 0)
        rc = ew_index_writer_merge(a->writer, NULL, &o->r.err);
    if (rc != EW_OK && rc != EW_E_ARG && rc != EW_E_LIMIT)
        ew_add__mark_broken(a, &o->r.err);
    return rc;
}

/* Is the file's content in the archive? Then it gets this name too. */
static ew_code look_up(ew_add_shop *a, const ew_input *in, const ew_source *s,
                       ew_add_outcome *o, bool *known)
{
    static const ew_decoded nothing;
    ew_code rc;

    pthread_mutex_lock(&a->archive_lock);
    rc = ew_index_writer_has(a->writer, o->r.sha256, known, &o->r.err);
    if (rc == EW_OK && *known)
        rc = put(a, &(entry){in, s, &nothing, NULL}, o);
    else if (rc != EW_OK)
        ew_add__mark_broken(a, &o->r.err);
    pthread_mutex_unlock(&a->archive_lock);
    return rc;
}

static ew_code decode_and_put(ew_add_shop *a, ew_add_slot *slot, const ew_input *in,
                              const ew_source *s, ew_add_outcome *o)
{
    shown to = {a, slot};
    ew_sink sink = {.stop = a->opts->stop, .moved = decode_moved, .moved_cookie = &to};
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
    pthread_mutex_lock(&a->archive_lock);
    rc = put(a, &(entry){in, s, &decoded, fp}, o);
    pthread_mutex_unlock(&a->archive_lock);
out:
    ew_fp_free(fp);
    return rc;
}

/* Was this very file added before, going by its path, size and time? */
static ew_code seen_before(ew_add_shop *a, const ew_input *in, const ew_source *s,
                           ew_add_outcome *o, bool *seen)
{
    ew_code rc = EW_OK;

    *seen = false;
    if (in->kind == EW_INPUT_STDIN)
        return EW_OK;
    pthread_mutex_lock(&a->archive_lock);
    rc =
        ew_index_writer_seen(a->writer, in->path, s->bytes, s->mtime_ns, seen, &o->r.err);
    if (rc != EW_OK)
        ew_add__mark_broken(a, &o->r.err);
    pthread_mutex_unlock(&a->archive_lock);
    return rc;
}

static ew_code add_file(ew_add_shop *a, ew_add_slot *slot, const ew_input *in,
                        ew_add_outcome *o)
{
    ew_source s;
    ew_code rc;
    bool known = false;

    rc = ew_source_open(&s, in, a->opts->stop, &o->r.err);
    if (rc != EW_OK)
        return rc;
    rc = seen_before(a, in, &s, o, &known);
    if (rc == EW_OK && !known) {
        rc = ew_source_hash(&s, in->name, o->r.sha256, a->opts->stop, &o->r.err);
        o->r.has_sha256 = rc == EW_OK;
        if (rc == EW_OK) {
            claim(a, slot, o->r.sha256);
            rc = look_up(a, in, &s, o, &known);
        }
    }
    if (rc == EW_OK && known)
        o->r.kind = EW_ADD_KNOWN;
    else if (rc == EW_OK)
        rc = decode_and_put(a, slot, in, &s, o);
    ew_source_close(&s);
    return rc;
}

void ew_add__process(ew_add_shop *a, ew_add_slot *slot, const ew_input *in,
                     ew_add_outcome *o)
{
    ew_code rc;

    o->r = (ew_add_result){.kind = EW_ADD_ADDED, .name = in->name};
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
    rc = add_file(a, slot, in, o);
    if (rc == EW_E_CANCELLED)
        o->r.kind = EW_ADD_NOT_TRIED;
    else if (rc == EW_E_FORMAT && in->from_folder && !in->media_name)
        o->r.kind = EW_ADD_SKIPPED; /* not named by the user, nor like a recording */
    else if (rc != EW_OK)
        o->r.kind = EW_ADD_FAILED;
}
