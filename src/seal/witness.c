/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to a witness, and what it decides. */
#include "seal/witness.h"

#include "base/alloc.h"
#include "base/bytes.h"

static ew_code malformed(ew_err *err, const char *what)
{
    return ew_fail(err, EW_E_FORMAT, 0, "not a request to a witness: %s", what);
}

/* Up to the empty line, which is taken too. */
static ew_code parse_head(ew_witness_request *r, ew_slice *rest, ew_err *err)
{
    ew_slice line;
    if (!ew_slice_line(rest, &line) || !ew_slice_skip(&line, "old ") ||
        !ew_slice_u64(line, &r->old))
        return malformed(err, "the first line is not 'old' and a size");
    for (;;) {
        if (!ew_slice_line(rest, &line))
            return malformed(err, "no checkpoint");
        if (line.n == 0)
            return EW_OK;
        if (r->path.n == EW_WITNESS_PROOF_MAX ||
            !ew_slice_base64(line, r->path.h[r->path.n++].b, EW_HASH))
            return malformed(err, "a bad hash, or too many");
    }
}

ew_code ew_witness_request_parse(ew_witness_request **out, ew_slice text, ew_err *err)
{
    if (text.n > EW_WITNESS_REQUEST_MAX)
        return ew_fail(err, EW_E_LIMIT, EW_WITNESS_REQUEST_MAX,
                       "a request of more than %d bytes", (int)EW_WITNESS_REQUEST_MAX);
    ew_witness_request *r = ew_alloc(sizeof *r);
    if (r == NULL)
        return ew_fail_nomem(err);
    ew_code code = parse_head(r, &text, err);
    if (code == EW_OK)
        code = ew_note_parse(&r->note, text.p, text.n, err);
    if (code == EW_OK)
        code = ew_checkpoint_parse(&r->checkpoint, r->note->text, err);
    if (code != EW_OK) {
        ew_witness_request_free(r);
        return code;
    }
    *out = r;
    return EW_OK;
}

void ew_witness_request_free(ew_witness_request *r)
{
    if (r == NULL)
        return;
    ew_note_free(r->note);
    ew_free(r);
}

ew_code ew_witness_request_append(ew_buf *b, uint64_t old, const ew_path *path,
                                  ew_slice note, ew_err *err)
{
    ew_code code = ew_buf_printf(b, err, "old %ju\n", (uintmax_t)old);
    for (size_t i = 0; i < path->n && code == EW_OK; i++) {
        code = ew_base64_append(b, path->h[i].b, EW_HASH, err);
        if (code == EW_OK)
            code = ew_buf_append(b, "\n", 1, err);
    }
    if (code == EW_OK)
        code = ew_buf_append(b, "\n", 1, err);
    return code == EW_OK ? ew_buf_append(b, note.p, note.n, err) : code;
}

/* ------------------------------------------------------------------ deciding */

/* A bad signature under a key that is known makes a note one to be rejected. */
static bool is_signed(const ew_witness_log *log, const ew_note *note)
{
    bool good = false;
    for (size_t i = 0; i < log->key_count; i++) {
        ew_sig_state s = ew_note_check(note, &log->keys[i], NULL);
        if (s == EW_SIG_BAD)
            return false;
        good = good || s == EW_SIG_GOOD;
    }
    return good;
}

static bool is_proven(const ew_witness_log *log, const ew_witness_request *r)
{
    ew_heads heads = {r->old, r->checkpoint.size, log->root, r->checkpoint.root};
    ew_hash empty = ew_merkle_empty();
    if (r->checkpoint.size == 0 && !ew_hash_same(&r->checkpoint.root, &empty))
        return false;
    if (r->old == 0) /* anything continues nothing */
        return r->path.n == 0;
    return ew_merkle_check_consistency(&heads, &r->path);
}

ew_witness_status ew_witness_decide(const ew_witness_log *log,
                                    const ew_witness_request *r)
{
    if (log == NULL)
        return EW_WITNESS_UNKNOWN;
    if (!is_signed(log, r->note))
        return EW_WITNESS_UNSIGNED;
    if (r->old > r->checkpoint.size)
        return EW_WITNESS_MALFORMED;
    if (r->old != log->size)
        return EW_WITNESS_CONFLICT;
    if (r->old > 0 && r->old == r->checkpoint.size &&
        !ew_hash_same(&log->root, &r->checkpoint.root))
        return EW_WITNESS_CONFLICT;
    return is_proven(log, r) ? EW_WITNESS_GOOD : EW_WITNESS_UNPROVEN;
}

const char *ew_witness_status_text(int status)
{
    static const struct {
        int status;
        const char *text;
    } texts[] = {
        {EW_WITNESS_GOOD, "cosigned"},
        {EW_WITNESS_MALFORMED, "this is not a request to a witness"},
        {EW_WITNESS_UNSIGNED, "the checkpoint is not signed by the log's key"},
        {EW_WITNESS_UNKNOWN, "this witness does not follow this log"},
        {EW_WITNESS_CONFLICT, "the witness has seen another checkpoint last"},
        {EW_WITNESS_UNPROVEN, "this does not continue what the witness has seen"},
    };
    for (size_t i = 0; i < EW_COUNT(texts); i++)
        if (texts[i].status == status)
            return texts[i].text;
    return "no answer of a witness";
}
