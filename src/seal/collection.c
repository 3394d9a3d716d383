/* SPDX-License-Identifier: Apache-2.0 */
/* Membership: the hash in the log entry of a member's seal is a part that the collection shows. */
#include "seal/collection.h"

#include "base/alloc.h"
#include "seal/checkpoint.h"
#include "seal/opened.h"

/* What the log says of a member's seal. */
static ew_code entry_of(ew_slice bundle, ew_hash *out, ew_err *err)
{
    ew_opened o;
    ew_tlog_proof *proof = NULL;
    ew_code code = ew_opened_take(&o, bundle, err);
    if (code == EW_OK) {
        ew_slice p = o.proof;
        code = ew_tlog_proof_parse(&proof, p.p, p.n, err);
    }
    if (code == EW_OK && proof->extra_n != EW_SALT)
        code = ew_fail(err, EW_E_FORMAT, 0, "a proof without a salt");
    if (code == EW_OK)
        *out = ew_entry_hash(proof->extra, o.note_text);
    ew_tlog_proof_free(proof);
    ew_opened_release(&o);
    return code;
}

/* Takes what a bundle shows, run by run. */
typedef struct taker {
    ew_splitter of; /* streams of this kind */
    ew_code (*run)(struct taker *t, const ew_run *run, ew_slice bytes);
    const ew_hash *entry; /* for those who look for a member */
    ew_membership *found;
    ew_buf *out; /* for those who collect */
    ew_err *err;
} taker;

static ew_code look_in_run(taker *t, const ew_run *run, ew_slice bytes)
{
    for (uint64_t i = 0; i < run->count && (i + 1) * EW_HASH <= bytes.n; i++) {
        const ew_hash *h = (const ew_hash *)(const void *)(bytes.p + i * EW_HASH);
        if (t->found->holds || !ew_hash_same(h, t->entry))
            continue;
        t->found->holds = true;
        t->found->number = run->first + i + 1;
    }
    return EW_OK;
}

static ew_code copy_run(taker *t, const ew_run *run, ew_slice bytes)
{
    (void)run;
    return bytes.n > 0 ? ew_buf_append(t->out, bytes.p, bytes.n, t->err) : EW_OK;
}

/* parts: how many the streams have together of that kind. */
static ew_code take(taker *t, ew_slice bundle, uint64_t *parts)
{
    ew_opened o;
    ew_cover_file cover = {0};
    ew_code code = ew_opened_take(&o, bundle, t->err);
    const ew_zip_file *file = o.parts;
    if (code == EW_OK)
        code = ew_cover_file_parse(&cover, o.cover, &o.seal, file, o.part_count, t->err);
    for (size_t s = 0; code == EW_OK && s < o.seal.stream_count; s++) {
        const ew_cover_stream *c = &cover.streams[s];
        bool wanted = o.seal.streams[s].splitter == t->of;
        *parts += wanted ? o.seal.streams[s].n : 0;
        for (size_t r = 0; r < c->run_count; r++, file++)
            if (wanted && code == EW_OK)
                code = t->run(t, &c->runs[r], file->bytes);
    }
    ew_cover_file_release(&cover);
    ew_opened_release(&o);
    return code;
}

/* What is no bundle has nothing; only out of memory is an error. */
static ew_code settle(ew_code code, ew_err *err)
{
    if (code == EW_OK || code == EW_E_NOMEM)
        return code;
    ew_err_clear(err);
    return EW_OK;
}

ew_code ew_collection_holds(ew_slice collection, ew_slice member, ew_membership *out,
                            ew_err *err)
{
    ew_hash entry;
    *out = (ew_membership){0};
    ew_code code = entry_of(member, &entry, err);
    taker t = {.of = EW_SPLIT_SEALS,
               .run = look_in_run,
               .entry = &entry,
               .found = out,
               .err = err};
    if (code == EW_OK)
        code = take(&t, collection, &out->members);
    if (code != EW_OK)
        *out = (ew_membership){0};
    return settle(code, err);
}

ew_code ew_bundle_meta(ew_slice bundle, ew_buf *out, ew_err *err)
{
    taker t = {.of = EW_SPLIT_META, .run = copy_run, .out = out, .err = err};
    uint64_t parts = 0;
    return settle(take(&t, bundle, &parts), err);
}
