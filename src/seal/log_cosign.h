/* SPDX-License-Identifier: Apache-2.0 */
/* The log's side of witnesses: what to ask them, and taking in what they signed. */
#ifndef EW_SEAL_LOG_COSIGN_H
#define EW_SEAL_LOG_COSIGN_H

#include "seal/log.h"
#include "seal/witness.h"

/* Appends a request over the log's checkpoint, for a witness that saw one of `old` entries last
 * (0: none). EW_E_NOTFOUND: no checkpoint yet. EW_E_ARG when it is smaller than that. */
EW_MUST_CHECK ew_code ew_log_ask(const char *dir, uint64_t old, ew_buf *request,
                                 ew_err *err);

/* What is known of one witness. */
typedef struct ew_cosigned {
    const ew_vkey *key; /* type EW_SIG_COSIGNATURE; borrowed */
    bool found;         /* answer: it signed, */
    uint64_t time;      /* at that time, POSIX seconds, */
    bool added;         /* and the log's checkpoint did not say so before */
} ew_cosigned;

/* Adds the signatures of these keys in `lines` to the log's checkpoint, and keeps those that are
 * there; other signatures are ignored. lines: what a witness sent, or a whole note. *size: of
 * the checkpoint. EW_E_FORMAT when one of the keys signed something else: nothing is changed
 * then. */
EW_MUST_CHECK ew_code ew_log_add_cosignatures(const char *dir, ew_slice lines,
                                              ew_cosigned *of, size_t n, uint64_t *size,
                                              ew_err *err);

/* How many entries the last checkpoint had that this witness cosigned, as far as this log
 * remembers; 0: none. */
EW_MUST_CHECK ew_code ew_log_seen_by(const char *dir, const ew_vkey *key, uint64_t *size,
                                     ew_err *err);

#endif
