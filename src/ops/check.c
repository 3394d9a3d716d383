/* SPDX-License-Identifier: Apache-2.0 */
/* One clip: read, hash, decode, align, and gather what the report needs. */
#include "ops/check.h"

#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/file.h"
#include "ops/decode.h"

/* A finding together with what it points into. */
typedef struct owned {
    ew_finding f; /* first: a pointer to it is a pointer to this */
    ew_map *map;
    char *name;
    char trouble[240];
} owned;

/* Puts rec into the sorted list, once. */
static void note_rec(owned *o, size_t rec)
{
    ew_source_info *s = o->f.sources;
    size_t at = o->f.source_count;

    while (at > 0 && s[at - 1].rec > rec)
        at--;
    if (at > 0 && s[at - 1].rec == rec)
        return;
    memmove(s + at + 1, s + at, (o->f.source_count - at) * sizeof(*s));
    s[at] = (ew_source_info){.rec = rec};
    o->f.source_count++;
}

static void describe_source(owned *o, size_t i, const ew_index *ix)
{
    ew_source_info *s = &o->f.sources[i];
    const ew_recording *r = ew_index_recording(ix, s->rec);

    s->name = r->names[0];
    s->file = ew_path_name(r->names[0]);
    s->samples = r->samples;
    memcpy(s->sha256, r->sha256, sizeof(s->sha256));
}

static ew_code gather_sources(owned *o, const ew_index *ix, ew_err *err)
{
    const ew_map *m = o->map;
    size_t most = 0;

    for (size_t i = 0; i < m->piece_count; i++)
        most += 1 + m->pieces[i].other_count;
    o->f.sources = ew_alloc_array(most, sizeof(*o->f.sources));
    if (o->f.sources == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < m->piece_count; i++) {
        note_rec(o, m->pieces[i].rec);
        for (size_t k = 0; k < m->pieces[i].other_count; k++)
            note_rec(o, m->pieces[i].others[k].rec);
    }
    for (size_t i = 0; i < o->f.source_count; i++)
        describe_source(o, i, ix);
    return EW_OK;
}

static void describe_archive(ew_finding *f, const ew_index *ix)
{
    f->archive_recordings = ew_index_count(ix);
    for (size_t i = 0; i < ew_index_count(ix); i++)
        f->archive_samples += ew_index_recording(ix, i)->samples;
}

static void decode_moved(void *cookie, int64_t samples, int64_t claimed)
{
    const ew_progress *prog = cookie;

    if (prog != NULL && prog->tick != NULL)
        (void)prog->tick(prog->cookie, "decode", samples, claimed);
}

static ew_code align(owned *o, const ew_index *ix, const float *sound,
                     const ew_check_opts *opts, const ew_progress *prog, ew_err *err)
{
    ew_code rc = ew_align_clip(ix, sound, (size_t)o->f.clip_samples, &opts->align, prog,
                               &o->map, err);

    o->f.map = o->map;
    return rc;
}

ew_code ew_ops_check(const ew_index *ix, const ew_input *clip, const ew_check_opts *opts,
                     const ew_progress *prog, ew_finding **out, ew_err *err)
{
    ew_source s = {.fd = -1};
    ew_sink sink = {.stop = opts->stop, .moved = decode_moved};
    ew_decoded decoded;
    float *sound = NULL;
    ew_code rc;
    owned *o = ew_alloc(sizeof(*o));

    *out = NULL;
    if (o == NULL)
        return ew_fail_nomem(err);
    sink.moved_cookie = (void *)(uintptr_t)prog;
    o->name = ew_strdup(clip->name);
    rc = o->name == NULL ? ew_fail_nomem(err) : ew_source_open(&s, clip, opts->stop, err);
    if (rc == EW_OK)
        rc = ew_source_hash(&s, clip->name, o->f.clip_sha256, opts->stop, err);
    if (rc == EW_OK)
        rc = ew_decode_sound(&s, clip->name, &sink, &sound, &decoded, err);
    if (rc != EW_OK)
        goto out;
    o->f.clip_name = o->name;
    o->f.clip_samples = decoded.samples;
    memcpy(o->trouble, decoded.trouble, sizeof(o->trouble));
    o->f.trouble = o->trouble;
    rc = align(o, ix, sound, opts, prog, err);
    if (rc == EW_OK)
        rc = gather_sources(o, ix, err);
    describe_archive(&o->f, ix);
out:
    ew_free(sound);
    ew_source_close(&s);
    if (rc == EW_OK)
        *out = &o->f;
    else
        ew_finding_free(&o->f);
    return rc;
}

void ew_finding_free(ew_finding *f)
{
    owned *o = (owned *)f;

    if (o == NULL)
        return;
    ew_free(o->f.sources);
    ew_map_free(o->map);
    ew_free(o->name);
    ew_free(o);
}
