/* SPDX-License-Identifier: Apache-2.0 */
/* Time tokens on the desk: asking for them, keeping them with the checkpoint that they are over,
 * checking them. docs/formats/time.md. */
#ifndef EW_OPS_SEAL_STAMP_H
#define EW_OPS_SEAL_STAMP_H

#include "earwitness/seal.h"
#include "seal/bundle.h"
#include "seal/checkpoint.h"

enum {
    EW_STAMP_TOKENS = EW_BUNDLE_TIMES_MAX, /* over one checkpoint */
    EW_STAMP_NAME = 16
};

typedef struct ew_stamp_token {
    char name[EW_STAMP_NAME]; /* of its file: "000.tsr", "001.ots" */
    bool ots;
    ew_buf bytes;
} ew_stamp_token;

/* A kept checkpoint with its tokens. */
typedef struct ew_stamped {
    uint64_t size; /* it covers the entries before this one */
    ew_buf note;   /* signed */
    ew_slice text; /* of the note: what is stamped */
    uint8_t digest[32];
    ew_stamp_token tokens[EW_STAMP_TOKENS]; /* in the order in which they came */
    size_t token_count;
} ew_stamped;

void ew_stamped_init(ew_stamped *s);
void ew_stamped_release(ew_stamped *s);

/* Keeps the log's newest checkpoint, so that tokens can come over it later. desk: its folder.
 * EW_E_NOTFOUND when none was signed yet. */
EW_MUST_CHECK ew_code ew_ops_stamp_keep(const char *desk, ew_stamped *out, ew_err *err);

/* Appends a request (RFC 3161) for it, DER. */
EW_MUST_CHECK ew_code ew_ops_stamp_request(const ew_stamped *s, ew_buf *out, ew_err *err);

/* Before the log gets another checkpoint: cosignatures that came since are kept as well. */
EW_MUST_CHECK ew_code ew_ops_stamp_refresh(const char *desk, ew_err *err);

typedef struct ew_stamp_added {
    uint64_t size;
    char name[EW_STAMP_NAME];
    bool there;      /* it was there before, and nothing was done */
    size_t replaced; /* proofs that were pending, and are contained in this one */
} ew_stamp_added;

/* Keeps a token (an answer or a token of RFC 3161, or an OpenTimestamps proof) with the
 * checkpoint that it is over. EW_E_NOTFOUND when that was not kept; EW_E_FORMAT when it proves
 * nothing to anybody; EW_E_LIMIT; EW_E_BUSY. */
EW_MUST_CHECK ew_code ew_ops_stamp_add(const char *desk, const char *path,
                                       ew_stamp_added *out, ew_err *err);

/* Sizes of the kept checkpoints, ascending; to be freed. */
EW_MUST_CHECK ew_code ew_ops_stamp_sizes(const char *desk, uint64_t **sizes, size_t *n,
                                         ew_err *err);
/* s: initialised. */
EW_MUST_CHECK ew_code ew_ops_stamp_read(const char *desk, uint64_t size, ew_stamped *s,
                                        ew_err *err);

/* What tokens of a kept checkpoint are worth by a policy (a file; NULL: none): v->times. */
EW_MUST_CHECK ew_code ew_ops_stamp_judge(const ew_stamped *s, const char *policy,
                                         ew_verdict *v, ew_err *err);

/* The earliest kept checkpoint that covers the entry and has tokens; s->token_count stays 0 when
 * there is none. A checkpoint that lacks a signature which the newest one has is passed over: a
 * token is not worth a witness. s: initialised. */
EW_MUST_CHECK ew_code ew_ops_stamped(const char *desk, uint64_t entry, ew_stamped *s,
                                     ew_err *err);

typedef struct ew_stamp_check {
    const char *token;  /* file */
    const char *data;   /* what it should be over: a checkpoint, or any file */
    const char *policy; /* file; NULL: none */
} ew_stamp_check;

/* Needs no desk. *of_note: judged over the text of the signed note in `data`, without its
 * signatures. Fills v->times. */
EW_MUST_CHECK ew_code ew_ops_stamp_check(const ew_stamp_check *what, bool *of_note,
                                         ew_verdict *v, ew_err *err);

/* Is it an OpenTimestamps proof, by its first byte? */
bool ew_ops__stamp_is_ots(ew_slice bytes);

#endif
