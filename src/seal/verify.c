/* SPDX-License-Identifier: Apache-2.0 */
/* The verifier: container, seal, log, witnesses, parts, in this order. What is found is
 * broken at the first thing that does not hold; an error is only what kept the question
 * from being answered. */
#include "earwitness/seal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "seal/bundle.h"
#include "seal/policy.h"

/* The files of a bundle. */
typedef struct contents {
    ew_slice note, proof, cover, suggested;
    const ew_zip_file *parts;
    size_t part_count;
} contents;

typedef struct check {
    ew_verdict *v;
    const ew_policy *policy; /* the reader's, or NULL */
    contents c;
    ew_note *note;
    ew_seal seal;
    ew_tlog_proof *proof;
    ew_policy *suggested;
    ew_cover_file cover;
    ew_err *err;
} check;

static ew_code broken(check *k, const char *fmt, ...) EW_PRINTF(2, 3);

static ew_code broken(check *k, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(k->v->reason, sizeof k->v->reason, fmt, args);
    va_end(args);
    k->v->state = EW_BROKEN;
    return EW_OK;
}

/* A parser's refusal is the bundle's fault, anything else ours. */
static ew_code refused(check *k, ew_code code, const ew_err *why)
{
    if (code == EW_E_FORMAT || code == EW_E_LIMIT || code == EW_E_VERSION ||
        code == EW_E_ARG)
        return broken(k, "%s", why->text);
    if (k->err != NULL)
        *k->err = *why;
    return code;
}

static bool is_broken(const check *k)
{
    return k->v->state == EW_BROKEN;
}

/* The first reason is kept: it is the most important one. */
static void unvouched(check *k, const char *why)
{
    k->v->state = EW_UNVOUCHED;
    if (k->v->reason[0] == 0)
        (void)snprintf(k->v->reason, sizeof k->v->reason, "%s", why);
}

/* A name from the bundle, fit to be printed. */
static ew_code copy_safe(check *k, char *out, size_t room, ew_slice name)
{
    ew_buf b;
    ew_buf_init(&b, room - 1);
    out[0] = 0;
    ew_code code = ew_utf8_append_safe(&b, name.p, name.n, k->err);
    if (code == EW_OK && b.data != NULL)
        memcpy(out, b.data, b.len + 1);
    if (code == EW_E_LIMIT) {
        (void)snprintf(out, room, "(a name that is too long to be shown)");
        code = EW_OK;
    }
    ew_buf_release(&b);
    return code;
}

/* ------------------------------------------------------------------ container */

static bool numbered(ew_slice name, const char *folder, size_t number, const char *end)
{
    char want[EW_ZIP_NAME_MAX + 1];
    (void)snprintf(want, sizeof want, "%s/%08zu%s", folder, number, end);
    return ew_slice_is(name, want);
}

/* Names are known and in order, so that none can be there twice. */
static ew_code open_container(check *k, const ew_zip_file *f, size_t n)
{
    size_t at = 4;
    if (n < 4 || !ew_slice_is(f[0].name, "mimetype") ||
        !ew_slice_is(f[0].bytes, EW_BUNDLE_TYPE) ||
        !ew_slice_is(f[1].name, "seal.note") ||
        !ew_slice_is(f[2].name, "seal.tlog-proof") ||
        !ew_slice_is(f[3].name, "cover.bin"))
        return broken(k, "not a bundle: its first files are not those of one");
    k->c = (contents){.note = f[1].bytes, .proof = f[2].bytes, .cover = f[3].bytes};
    k->c.parts = f + at;
    while (at < n && numbered(f[at].name, "parts", k->c.part_count, "")) {
        k->c.part_count++;
        at++;
    }
    while (at < n && (numbered(f[at].name, "time", (size_t)k->v->tokens, ".tsr") ||
                      numbered(f[at].name, "time", (size_t)k->v->tokens, ".ots"))) {
        k->v->tokens++;
        at++;
    }
    if (at < n && ew_slice_is(f[at].name, "policy.txt"))
        k->c.suggested = f[at++].bytes;
    if (at < n && ew_slice_is(f[at].name, "README.txt"))
        at++;
    return at == n ? EW_OK : broken(k, "not a bundle: a file that does not belong there");
}

/* ------------------------------------------------------------------ signatures */

/* Who of these keys signed the seal. */
static const ew_vkey *signer_of(check *k, const ew_policy *p)
{
    const ew_vkey *found = NULL;
    for (size_t i = 0; p != NULL && i < p->seal_count && !is_broken(k); i++) {
        ew_sig_state state = ew_note_check(k->note, &p->seals[i], NULL);
        if (state == EW_SIG_BAD)
            (void)broken(k, "the seal's signature is not by the key that it names");
        if (state == EW_SIG_GOOD && found == NULL)
            found = &p->seals[i];
    }
    return found;
}

static ew_code check_seal(check *k)
{
    ew_err why;
    ew_code code = ew_note_parse(&k->note, k->c.note.p, k->c.note.n, &why);
    if (code == EW_OK)
        code = ew_seal_parse(&k->seal, k->note->text, &why);
    if (code != EW_OK)
        return refused(k, code, &why);
    memcpy(k->v->item, k->seal.item, sizeof k->v->item);
    k->v->item_known = true;
    code = copy_safe(k, k->v->after, sizeof k->v->after, ew_slice_of(k->seal.after));
    const ew_vkey *by = signer_of(k, k->policy);
    k->v->seal_key_trusted = by != NULL;
    if (by == NULL && !is_broken(k))
        by = signer_of(k, k->suggested);
    if (by != NULL && code == EW_OK)
        code = copy_safe(k, k->v->seal_key, sizeof k->v->seal_key, ew_slice_of(by->name));
    if (!k->v->seal_key_trusted && !is_broken(k))
        unvouched(k, by == NULL ? "nobody's key is at hand for the seal's signature"
                     : k->policy == NULL
                         ? "no policy: nobody vouches for the key of the seal"
                         : "your policy does not name the key of the seal");
    return code;
}

static ew_code weigh(check *k, const ew_policy *p, ew_endorsed *e)
{
    *e = (ew_endorsed){0};
    if (p == NULL)
        return EW_OK;
    ew_code code = ew_policy_weigh(p, k->proof->note, &k->proof->checkpoint, e, k->err);
    if (code == EW_OK && e->broken)
        (void)broken(k, "the checkpoint has a signature that is not by the key it names");
    return code;
}

static ew_code check_witnesses(check *k)
{
    ew_endorsed e;
    ew_endorsed other;
    ew_code code = weigh(k, k->policy, &e);
    if (code == EW_OK && !is_broken(k))
        code = weigh(k, k->suggested, &other);
    if (code != EW_OK || is_broken(k))
        return code;
    k->v->log_trusted = e.log != NULL;
    k->v->quorum = e.quorum;
    k->v->witnesses = e.witnesses;
    if (e.log == NULL)
        unvouched(k, k->policy == NULL ? "no policy: nobody vouches for the log"
                                       : "your policy does not name the log");
    else if (!e.quorum)
        unvouched(k, "fewer witnesses than your policy asks for");
    else if (e.timed) {
        k->v->timed = true;
        k->v->not_after = (int64_t)e.time;
    }
    return EW_OK;
}

static ew_code check_log(check *k)
{
    ew_err why;
    ew_buf entry;
    ew_code code = ew_tlog_proof_parse(&k->proof, k->c.proof.p, k->c.proof.n, &why);
    if (code != EW_OK)
        return refused(k, code, &why);
    k->v->entry = k->proof->index;
    k->v->log_size = k->proof->checkpoint.size;
    code = copy_safe(k, k->v->log, sizeof k->v->log, k->proof->checkpoint.origin);
    if (code != EW_OK)
        return code;
    if (k->proof->extra_n != EW_SALT)
        return broken(k, "the proof lacks the salt of the entry");
    ew_buf_init(&entry, 1024);
    code = ew_entry_append(&entry, k->proof->extra, k->c.note, k->err);
    if (code == EW_OK &&
        !ew_tlog_proof_holds(k->proof, (ew_slice){(const char *)entry.data, entry.len}))
        (void)broken(k, "the log does not hold this seal at this place");
    ew_buf_release(&entry);
    return code == EW_OK && !is_broken(k) ? check_witnesses(k) : code;
}

/* ------------------------------------------------------------------ parts */

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

/* One stream; file: its first parts file. */
static ew_code check_parts(check *k, size_t i, size_t file, ew_part *parts, ew_sha256 *h)
{
    const ew_stream *s = &k->seal.streams[i];
    const ew_cover_stream *c = &k->cover.streams[i];
    size_t at = 0;
    ew_hash root;
    for (size_t r = 0; r < c->run_count; r++) {
        size_t count = (size_t)c->runs[r].count;
        ew_shown run = {c->runs[r].first, count, c->kinds + at, c->lengths + at,
                        (const uint8_t *)k->c.parts[file + r].bytes.p};
        if (!ew_split_fits(s, &run))
            return broken(k, "stream %zu: parts that the splitter %s does not make", i,
                          ew_splitter_name(s->splitter));
        ew_code code = hash_run(h, &run, parts + at, k->err);
        if (code != EW_OK)
            return code;
        k->v->streams[i].bytes_shown += k->c.parts[file + r].bytes.n;
        at += count;
    }
    ew_view v = {s->n, c->runs, c->run_count};
    if (!ew_parts_open(&v, parts, c->entries, c->entry_count, &root) ||
        !ew_hash_same(&root, &s->root))
        return broken(k, "stream %zu: what is shown is not what was sealed", i);
    return EW_OK;
}

static void describe(check *k, size_t i)
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

static ew_code check_streams(check *k)
{
    ew_err why;
    ew_sha256 *h = NULL;
    size_t file = 0;
    ew_code code = ew_cover_file_parse(&k->cover, k->c.cover, &k->seal, k->c.parts,
                                       k->c.part_count, &why);
    if (code != EW_OK)
        return refused(k, code, &why);
    code = ew_sha256_new(&h, k->err);
    k->v->stream_count = k->seal.stream_count;
    for (size_t i = 0; i < k->seal.stream_count && code == EW_OK && !is_broken(k); i++) {
        ew_part *parts = ew_alloc_array(k->cover.streams[i].visible, sizeof *parts);
        describe(k, i);
        code = parts != NULL ? check_parts(k, i, file, parts, h) : ew_fail_nomem(k->err);
        file += k->cover.streams[i].run_count;
        ew_free(parts);
    }
    ew_sha256_free(h);
    return code;
}

/* ------------------------------------------------------------------ all of it */

/* A suggestion that does not parse suggests nothing. */
static ew_code read_suggestion(check *k)
{
    if (k->c.suggested.n == 0)
        return EW_OK;
    ew_code code =
        ew_policy_parse(&k->suggested, k->c.suggested.p, k->c.suggested.n, k->err);
    return code == EW_E_NOMEM ? code : EW_OK;
}

static ew_code run_checks(check *k, const void *bytes, size_t n)
{
    ew_zip_file *files = NULL;
    size_t count = 0;
    ew_err why;
    ew_code code = ew_zip_parse(bytes, n, &files, &count, &why);
    if (code != EW_OK)
        return refused(k, code, &why);
    code = open_container(k, files, count);
    if (code == EW_OK && !is_broken(k))
        code = read_suggestion(k);
    if (code == EW_OK && !is_broken(k))
        code = check_seal(k);
    if (code == EW_OK && !is_broken(k))
        code = check_log(k);
    if (code == EW_OK && !is_broken(k))
        code = check_streams(k);
    ew_free(files);
    return code;
}

ew_code ew_bundle_verify(const void *bundle, size_t bundle_bytes, const char *policy,
                         size_t policy_bytes, ew_verdict *out, ew_err *err)
{
    ew_policy *p = NULL;
    *out = (ew_verdict){.state = EW_VERIFIED};
    ew_err_clear(err);
    if (policy != NULL) {
        ew_code code = ew_policy_parse(&p, policy, policy_bytes, err);
        if (code != EW_OK)
            return code;
    }
    check k = {.v = out, .policy = p, .err = err};
    ew_code code = run_checks(&k, bundle, bundle_bytes);
    if (code == EW_OK)
        ew_err_clear(err);
    ew_cover_file_release(&k.cover);
    ew_tlog_proof_free(k.proof);
    ew_policy_free(k.suggested);
    ew_note_free(k.note);
    ew_policy_free(p);
    return code;
}
