/* SPDX-License-Identifier: Apache-2.0 */
/* Checkpoints and proofs as text. */
#include "seal/checkpoint.h"

#include <string.h>

#include "base/alloc.h"

#define PROOF_HEAD "c2sp.org/tlog-proof@v1"

ew_code ew_checkpoint_parse(ew_checkpoint *c, ew_slice text, ew_err *err)
{
    ew_slice line;
    if (!ew_slice_line(&text, &c->origin) || c->origin.n == 0)
        return ew_fail(err, EW_E_FORMAT, 0, "not a checkpoint: no origin");
    if (!ew_slice_line(&text, &line) || !ew_slice_u64(line, &c->size))
        return ew_fail(err, EW_E_FORMAT, 0, "not a checkpoint: no tree size in line 2");
    if (!ew_slice_line(&text, &line) || !ew_slice_base64(line, c->root.b, EW_HASH))
        return ew_fail(err, EW_E_FORMAT, 0, "not a checkpoint: no root hash in line 3");
    while (text.n > 0)
        if (!ew_slice_line(&text, &line) || line.n == 0)
            return ew_fail(err, EW_E_FORMAT, 0, "not a checkpoint: an empty line");
    return EW_OK;
}

ew_code ew_checkpoint_size(const ew_buf *note, uint64_t *size, ew_err *err)
{
    ew_note *n = NULL;
    ew_checkpoint c;
    ew_code code = ew_note_parse(&n, note->data, note->len, err);
    if (code == EW_OK)
        code = ew_checkpoint_parse(&c, n->text, err);
    if (code == EW_OK)
        *size = c.size;
    ew_note_free(n);
    return code;
}

ew_code ew_checkpoint_append(ew_buf *b, const ew_checkpoint *c, ew_err *err)
{
    ew_code code = ew_buf_append(b, c->origin.p, c->origin.n, err);
    if (code == EW_OK)
        code = ew_buf_printf(b, err, "\n%ju\n", (uintmax_t)c->size);
    if (code == EW_OK)
        code = ew_base64_append(b, c->root.b, EW_HASH, err);
    return code == EW_OK ? ew_buf_append(b, "\n", 1, err) : code;
}

static ew_code not_a_proof(ew_err *err, const char *what)
{
    return ew_fail(err, EW_E_FORMAT, 0, "not a tlog-proof: %s", what);
}

/* Up to the empty line, which is taken too. */
static ew_code parse_head(ew_tlog_proof *p, ew_slice *rest, ew_err *err)
{
    ew_slice line;
    if (!ew_slice_line(rest, &line) || !ew_slice_is(line, PROOF_HEAD))
        return not_a_proof(err, "the first line is not " PROOF_HEAD);
    if (!ew_slice_line(rest, &line))
        return not_a_proof(err, "no index");
    if (ew_slice_skip(&line, "extra ")) {
        if (!ew_slice_base64_any(line, p->extra, sizeof p->extra, &p->extra_n))
            return not_a_proof(err, "the extra line is too long or no base64");
        if (!ew_slice_line(rest, &line))
            return not_a_proof(err, "no index");
    }
    if (!ew_slice_skip(&line, "index ") || !ew_slice_u64(line, &p->index))
        return not_a_proof(err, "no index");
    for (;;) {
        if (!ew_slice_line(rest, &line))
            return not_a_proof(err, "no checkpoint");
        if (line.n == 0)
            return EW_OK;
        if (p->path.n == EW_PROOF_MAX ||
            !ew_slice_base64(line, p->path.h[p->path.n++].b, EW_HASH))
            return not_a_proof(err, "a bad hash, or too many");
    }
}

ew_code ew_tlog_proof_parse(ew_tlog_proof **out, const void *bytes, size_t n, ew_err *err)
{
    ew_slice rest = {bytes, n};
    ew_tlog_proof *p = ew_alloc(sizeof *p);
    if (p == NULL)
        return ew_fail_nomem(err);
    ew_code code = parse_head(p, &rest, err);
    if (code == EW_OK)
        code = ew_note_parse(&p->note, rest.p, rest.n, err);
    if (code == EW_OK)
        code = ew_checkpoint_parse(&p->checkpoint, p->note->text, err);
    if (code != EW_OK) {
        ew_tlog_proof_free(p);
        return code;
    }
    *out = p;
    return EW_OK;
}

void ew_tlog_proof_free(ew_tlog_proof *p)
{
    if (p == NULL)
        return;
    ew_note_free(p->note);
    ew_free(p);
}

bool ew_tlog_proof_holds(const ew_tlog_proof *p, ew_slice entry)
{
    ew_leaf_at at = {p->index, p->checkpoint.size, ew_merkle_leaf(entry.p, entry.n)};
    return ew_merkle_check_inclusion(&at, &p->path, &p->checkpoint.root);
}

static ew_code append_base64_line(ew_buf *b, const uint8_t *bytes, size_t n, ew_err *err)
{
    ew_code code = ew_base64_append(b, bytes, n, err);
    return code == EW_OK ? ew_buf_append(b, "\n", 1, err) : code;
}

ew_code ew_tlog_proof_append(ew_buf *b, const ew_tlog_proof *p, ew_slice note,
                             ew_err *err)
{
    ew_code code = ew_buf_printf(b, err, PROOF_HEAD "\n");
    if (code == EW_OK && p->extra_n > 0) {
        code = ew_buf_printf(b, err, "extra ");
        if (code == EW_OK)
            code = append_base64_line(b, p->extra, p->extra_n, err);
    }
    if (code == EW_OK)
        code = ew_buf_printf(b, err, "index %ju\n", (uintmax_t)p->index);
    for (size_t i = 0; i < p->path.n && code == EW_OK; i++)
        code = append_base64_line(b, p->path.h[i].b, EW_HASH, err);
    if (code == EW_OK)
        code = ew_buf_append(b, "\n", 1, err);
    return code == EW_OK ? ew_buf_append(b, note.p, note.n, err) : code;
}
