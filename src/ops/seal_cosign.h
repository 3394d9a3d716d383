/* SPDX-License-Identifier: Apache-2.0 */
/* Having the log's checkpoint cosigned: over HTTP. By hand it is seal/log_cosign.h alone. */
#ifndef EW_OPS_SEAL_COSIGN_H
#define EW_OPS_SEAL_COSIGN_H

#include "ops/input.h"
#include "seal/log_cosign.h"

enum { EW_WITNESSES_MAX = 64 };

/* The keys of witnesses: one, or all that a policy file names. One of both is not NULL. keys has
 * room for EW_WITNESSES_MAX. */
EW_MUST_CHECK ew_code ew_ops_witness_keys(const char *vkey, const char *policy,
                                          ew_vkey *keys, size_t *n, ew_err *err);

typedef struct ew_submission {
    const char *log; /* folder of the log */
    const char *url; /* prefix of the witness; /add-checkpoint is added */
    const ew_stop *stop;
    ew_cosigned *of; /* whose signatures are wanted */
    size_t n;
} ew_submission;

typedef struct ew_submitted {
    int status;    /* what the witness said last; see ew_witness_status_text */
    uint64_t size; /* of our checkpoint */
    uint64_t seen; /* what the witness saw last, when status is EW_WITNESS_CONFLICT */
} ew_submitted;

/* Asks, and adds what comes back to the log's checkpoint. When the witness says that it saw
 * another size last, it is asked once more from there. A refusal is an answer: see status.
 * EW_E_FORMAT when what came back is no answer of a witness, or no key of `of` is in it. */
EW_MUST_CHECK ew_code ew_ops_submit(const ew_submission *s, ew_submitted *out,
                                    ew_err *err);

#endif
