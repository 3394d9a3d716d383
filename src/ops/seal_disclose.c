/* SPDX-License-Identifier: Apache-2.0 */
/* Disclosing a part of what was sealed, and verifying what somebody disclosed. */
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "ops/seal.h"
#include "seal/bundle.h"
#include "seal/policy.h"
#include "seal/select.h"

enum { PROOF_MAX = 2 * EW_NOTE_MAX };

/* All that goes into one bundle. */
typedef struct work {
    const ew_desk *d;
    const ew_disclosure *what;
    ew_kept kept;
    ew_seal seal;
    ew_cut_file file;
    ew_meta_cut meta;
    ew_buf proof, policy;
} work;

static ew_code read_seal(work *w, ew_err *err)
{
    ew_note *note = NULL;
    ew_code code = ew_note_parse(&note, w->kept.note.data, w->kept.note.len, err);
    if (code == EW_OK)
        code = ew_seal_parse(&w->seal, note->text, err);
    if (code == EW_OK && (w->seal.stream_count != 2 || w->kept.seed_count != 2))
        code = ew_fail(err, EW_E_FORMAT, 0, "the kept seal and its secret do not agree");
    ew_note_free(note);
    return code;
}

/* The file must be what was sealed, to the last part. */
static ew_code cut_again(work *w, ew_err *err)
{
    const char *path = w->what->file != NULL ? w->what->file : w->kept.path;
    const ew_stream *s = w->seal.streams;
    ew_code code = ew_ops__cut_file(&w->file, path, s[0].splitter, err);
    if (code == EW_OK)
        code = ew_ops__cut_meta(&w->meta, &w->kept.meta, err);
    if (code != EW_OK)
        return code;
    bool same = w->file.cuts.n == s[0].n && w->meta.cuts.n == s[1].n;
    if (same) {
        ew_hash a = ew_parts_root(&w->kept.seeds[0], w->file.parts, s[0].n);
        ew_hash b = ew_parts_root(&w->kept.seeds[1], w->meta.parts, s[1].n);
        same = ew_hash_same(&a, &s[0].root) && ew_hash_same(&b, &s[1].root);
    }
    if (!same)
        return ew_fail(err, EW_E_FORMAT, 0, "'%s' is not what was sealed", path);
    return EW_OK;
}

/* The number of the entry may not have been kept: a process can die right after logging. */
static ew_code find_entry(work *w, const char *log, ew_err *err)
{
    ew_log_state s;
    ew_tiles *t = NULL;
    ew_buf want;
    ew_buf got;
    ew_slice note = {(const char *)w->kept.note.data, w->kept.note.len};
    if (w->kept.logged)
        return EW_OK;
    ew_buf_init(&want, 256);
    ew_buf_init(&got, EW_ENTRY_MAX);
    ew_code code = ew_entry_append(&want, w->kept.salt, note, err);
    if (code == EW_OK)
        code = ew_log__read_state(log, &s, err);
    if (code == EW_OK)
        code = ew_tiles_new(&t, log, s.size, err);
    for (uint64_t i = 0; code == EW_OK && !w->kept.logged && i < s.size; i++) {
        ew_buf_reset(&got);
        code = ew_tiles_entry(t, i, &got, err);
        w->kept.logged = code == EW_OK && got.len == want.len &&
                         memcmp(got.data, want.data, got.len) == 0;
        w->kept.entry = i;
    }
    if (code == EW_OK && !w->kept.logged)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "the seal '%s' never reached the log",
                       w->kept.hex);
    ew_tiles_free(t);
    ew_buf_release(&want);
    ew_buf_release(&got);
    return code;
}

static ew_code make_proof(work *w, ew_err *err)
{
    char *log = ew_desk_log_dir(w->d->dir);
    ew_slice salt = {(const char *)w->kept.salt, sizeof w->kept.salt};
    if (log == NULL)
        return ew_fail_nomem(err);
    ew_code code = find_entry(w, log, err);
    if (code == EW_OK)
        code = ew_log_prove(log, w->kept.entry, salt, &w->proof, err);
    ew_free(log);
    return code == EW_OK ? ew_desk_policy(w->d->dir, &w->policy, err) : code;
}

static ew_code write_bundle(work *w, const ew_disclosed *out, ew_err *err)
{
    ew_bundle_stream s[2] = {
        {&w->kept.seeds[0],
         w->file.parts,
         &w->file.cuts,
         w->file.src,
         {w->file.cuts.n, out->runs, out->run_count}},
        {&w->kept.seeds[1],
         w->meta.parts,
         &w->meta.cuts,
         ew_src_memory(&w->meta.bytes),
         {w->meta.cuts.n, NULL, 0}},
    };
    ew_bundle_in in = {{(const char *)w->kept.note.data, w->kept.note.len},
                       {(const char *)w->proof.data, w->proof.len},
                       {(const char *)w->policy.data, w->policy.len},
                       s,
                       2};
    return ew_bundle_write(w->what->out, &in, err);
}

static ew_code disclose(work *w, ew_disclosed *out, ew_err *err)
{
    ew_code code = ew_desk_find(w->d, w->what->item, &w->kept, err);
    if (code == EW_OK)
        code = read_seal(w, err);
    if (code == EW_OK)
        code = cut_again(w, err);
    if (code == EW_OK)
        code = ew_select(&w->seal.streams[0], &w->file.cuts, w->what->show, w->what->hide,
                         &out->runs, &out->run_count, err);
    if (code != EW_OK)
        return code;
    memcpy(out->hex, w->kept.hex, sizeof out->hex);
    out->stream = w->seal.streams[0];
    for (size_t i = 0; i < out->run_count; i++)
        out->shown += out->runs[i].count;
    if (w->what->out == NULL)
        return EW_OK;
    code = make_proof(w, err);
    return code == EW_OK ? write_bundle(w, out, err) : code;
}

ew_code ew_ops_disclose(const ew_desk *d, const ew_disclosure *what, ew_disclosed *out,
                        ew_err *err)
{
    memset(out, 0, sizeof *out);
    work *w = ew_alloc(sizeof *w);
    if (w == NULL)
        return ew_fail_nomem(err);
    w->d = d;
    w->what = what;
    ew_kept_init(&w->kept);
    ew_buf_init(&w->proof, PROOF_MAX);
    ew_buf_init(&w->policy, EW_POLICY_BYTES_MAX);
    ew_code code = disclose(w, out, err);
    if (code != EW_OK)
        ew_disclosed_release(out);
    ew_buf_release(&w->proof);
    ew_buf_release(&w->policy);
    ew_cuts_release(&w->meta.cuts);
    ew_ops__close_cut(&w->file);
    ew_kept_release(&w->kept);
    ew_free(w);
    return code;
}

void ew_disclosed_release(ew_disclosed *d)
{
    ew_free(d->runs);
    memset(d, 0, sizeof *d);
}

ew_code ew_ops_verify(const char *bundle, const char *policy, ew_verdict *out,
                      ew_err *err)
{
    ew_buf b;
    ew_buf p;
    ew_buf_init(&b, EW_BUNDLE_READ_MAX);
    ew_buf_init(&p, EW_POLICY_BYTES_MAX);
    ew_code code = policy != NULL ? ew_file_get(policy, &p, err) : EW_OK;
    if (code == EW_OK)
        code = ew_file_get(bundle, &b, err);
    if (code == EW_OK) /* an empty policy is none, and told as such */
        code = ew_bundle_verify(b.data, b.len,
                                policy == NULL ? NULL
                                : p.len > 0    ? (const char *)p.data
                                               : "",
                                p.len, out, err);
    ew_buf_release(&b);
    ew_buf_release(&p);
    return code;
}
