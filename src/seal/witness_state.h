/* SPDX-License-Identifier: Apache-2.0 */
/* What a witness remembers, and its answers. The memory is on disk before a signature leaves;
 * requests to one folder come one after another, whichever threads and processes bring them. */
#ifndef EW_SEAL_WITNESS_STATE_H
#define EW_SEAL_WITNESS_STATE_H

#include "seal/witness.h"

enum {
    EW_WITNESS_LOGS_MAX = 256,
    EW_WITNESS_STATE_MAX = 1 << 20 /* bytes of the file */
};

typedef struct ew_witness_state {
    uint64_t time; /* of the last cosignature, POSIX seconds; 0: none */
    ew_witness_log logs[EW_WITNESS_LOGS_MAX];
    size_t count;
} ew_witness_state;

/* Text of the file. EW_E_FORMAT unless every byte is as it would be written. *out is to be
 * freed with ew_free. */
EW_MUST_CHECK ew_code ew_witness_state_parse(ew_witness_state **out, ew_slice text,
                                             ew_err *err);
EW_MUST_CHECK ew_code ew_witness_state_append(ew_buf *b, const ew_witness_state *s,
                                              ew_err *err);

/* A new empty memory. EW_E_ARG when there is one. */
EW_MUST_CHECK ew_code ew_witness_state_create(const char *dir, ew_err *err);

/* To be freed with ew_free; EW_E_NOTFOUND when there is none. */
EW_MUST_CHECK ew_code ew_witness_state_read(const char *dir, ew_witness_state **out,
                                            ew_err *err);

/* Follows a log from now on, or takes another key of it; *added is false when it is known
 * already. EW_E_LIMIT. */
EW_MUST_CHECK ew_code ew_witness_trust(const char *dir, const ew_vkey *key, bool *added,
                                       ew_err *err);

/* Takes a key of a log away. EW_E_NOTFOUND when it is not trusted; EW_E_ARG for the last one of
 * a log: what was signed of it must not be forgotten. */
EW_MUST_CHECK ew_code ew_witness_distrust(const char *dir, const ew_vkey *key,
                                          ew_err *err);

/* Who answers. */
typedef struct ew_witness {
    const char *dir;
    const ew_signer *key; /* of type EW_SIG_COSIGNATURE */
    /* POSIX seconds; NULL: the clock of the system. */
    int64_t (*clock)(void *cookie);
    /* Tests: the memory is on disk, and nothing is signed yet. May be NULL. */
    void (*remembered)(void *cookie);
    void *cookie;
} ew_witness;

typedef struct ew_witness_answer {
    ew_witness_status status;
    char origin[EW_KEY_NAME_MAX + 1]; /* of the log; "" when the request does not tell */
    uint64_t size;                    /* of the checkpoint that was to be cosigned */
    uint64_t seen; /* of the last one that was cosigned, for EW_WITNESS_CONFLICT */
    uint64_t time; /* of the cosignature, when it was */
} ew_witness_answer;

/* Answers one request; what is to be sent, signature lines or the size or nothing, is appended
 * to `body`. A refusal is an answer. An error means that nothing was signed: EW_E_BUSY when
 * other requests take too long, EW_E_IO also when the clock cannot be right. */
EW_MUST_CHECK ew_code ew_witness_respond(const ew_witness *w, ew_slice request,
                                         ew_witness_answer *out, ew_buf *body,
                                         ew_err *err);

#endif
