/* SPDX-License-Identifier: Apache-2.0 */
/* The verifier's look at what is shown: parts, their tree, and the published file. */
#include <stdio.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "seal/published.h"
#include "seal/verify.h"

/* Hashes the visible parts of one run. */
static ew_code hash_run(ew_sha256 *h, const ew_shown *run, ew_part *out, ew_err *err)
{
    const uint8_t *p = run->bytes;
    ew_code code = EW_OK;
    for (size_t i = 0; i < run->count && code == EW_OK; i++) {
        code = ew_sha256_restart(h, err);
        if (code == EW_OK)
            code = ew_sha256_feed(h, p, (size_t)run->lengths[i], err);
        if (code == EW_OK)
            code = ew_sha256_finish(h, out[i].content.b, err);
        out[i].kind = run->kinds[i];
        p += run->lengths[i];
    }
    return code;
}

/* The runs of stream i; file: the first of its parts files. */
static void fill_runs(const ew_check *k, size_t i, size_t file, ew_shown *runs)
{
    const ew_cover_stream *c = &k->cover.streams[i];
    size_t at = 0;
    for (size_t r = 0; r < c->run_count; r++) {
        size_t count = (size_t)c->runs[r].count;
        runs[r] = (ew_shown){c->runs[r].first, count, c->kinds + at, c->lengths + at,
                             (const uint8_t *)k->files.parts[file + r].bytes.p};
        at += count;
    }
}

/* parts: room for what stream i shows. */
static ew_code check_parts(ew_check *k, size_t i, const ew_shown *runs, ew_part *parts,
                           ew_sha256 *h)
{
    const ew_stream *s = &k->seal.streams[i];
    const ew_cover_stream *c = &k->cover.streams[i];
    size_t at = 0;
    ew_hash root;
    for (size_t r = 0; r < c->run_count; r++) {
        if (!ew_split_fits(s, &runs[r]))
            return ew_verify__broken(
                k, "stream %zu: parts that the splitter %s does not make", i,
                ew_splitter_name(s->splitter));
        ew_code code = hash_run(h, &runs[r], parts + at, k->err);
        if (code != EW_OK)
            return code;
        for (size_t p = 0; p < runs[r].count; p++)
            k->v->streams[i].bytes_shown += runs[r].lengths[p];
        at += runs[r].count;
    }
    ew_view v = {s->n, c->runs, c->run_count};
    if (!ew_parts_open(&v, parts, c->entries, c->entry_count, &root) ||
        !ew_hash_same(&root, &s->root))
        return ew_verify__broken(k, "stream %zu: what is shown is not what was sealed",
                                 i);
    return EW_OK;
}

/* The published file is of stream 0, and is what follows from what is shown of it. */
static ew_code check_published(ew_check *k, const ew_shown *runs)
{
    ew_published_in in = {.stream = &k->seal.streams[0],
                          .runs = runs,
                          .run_count = k->cover.streams[0].run_count};
    ew_slice bytes = {k->in->published, k->in->published_bytes};
    bool same = false;
    ew_filler filler = EW_FILLER_SILENCE;
    ew_code code = ew_published_check(&in, bytes, &same, &filler, k->err);
    if (code != EW_OK)
        return code;
    if (!same)
        return ew_verify__broken(
            k, "the published file is not what is shown, with its gaps filled");
    (void)snprintf(k->v->published, sizeof k->v->published, "%s", ew_filler_name(filler));
    return EW_OK;
}

static void describe(ew_check *k, size_t i)
{
    const ew_stream *s = &k->seal.streams[i];
    ew_verdict_stream *d = &k->v->streams[i];
    (void)snprintf(d->splitter, sizeof d->splitter, "%s", ew_splitter_name(s->splitter));
    d->parts = s->n;
    d->shown = k->cover.streams[i].visible;
    d->runs = k->cover.streams[i].run_count;
    if (s->splitter == EW_SPLIT_GRID)
        d->part_ms = 1000.0 * s->block_frames / s->rate_hz;
}

static ew_code check_stream(ew_check *k, size_t i, size_t file, ew_sha256 *h)
{
    const ew_cover_stream *c = &k->cover.streams[i];
    ew_part *parts = ew_alloc_array(c->visible, sizeof *parts);
    ew_shown *runs = ew_alloc_array(c->run_count, sizeof *runs);
    describe(k, i);
    ew_code code = parts != NULL && runs != NULL ? EW_OK : ew_fail_nomem(k->err);
    if (code == EW_OK) {
        fill_runs(k, i, file, runs);
        code = check_parts(k, i, runs, parts, h);
        if (code == EW_OK && i == 0 && k->in->published != NULL &&
            !ew_verify__is_broken(k))
            code = check_published(k, runs);
    }
    ew_free(parts);
    ew_free(runs);
    return code;
}

ew_code ew_verify__streams(ew_check *k)
{
    ew_err why;
    ew_sha256 *h = NULL;
    size_t file = 0;
    ew_code code = ew_cover_file_parse(&k->cover, k->files.cover, &k->seal,
                                       k->files.parts, k->files.part_count, &why);
    if (code != EW_OK)
        return ew_verify__refused(k, code, &why);
    code = ew_sha256_new(&h, k->err);
    k->v->stream_count = k->seal.stream_count;
    for (size_t i = 0;
         i < k->seal.stream_count && code == EW_OK && !ew_verify__is_broken(k); i++) {
        code = check_stream(k, i, file, h);
        file += k->cover.streams[i].run_count;
    }
    ew_sha256_free(h);
    return code;
}
