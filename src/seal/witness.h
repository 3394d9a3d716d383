/* SPDX-License-Identifier: Apache-2.0 */
/* What is said to a witness and what it decides (c2sp.org/tlog-witness), apart from how it
 * travels: the same text goes over HTTP, by mail and on a stick. docs/formats/witness.md. */
#ifndef EW_SEAL_WITNESS_H
#define EW_SEAL_WITNESS_H

#include "seal/checkpoint.h"

enum {
    EW_WITNESS_PROOF_MAX = 63, /* hashes, by the specification */
    EW_WITNESS_REQUEST_MAX = 256 * 1024,
    EW_WITNESS_ANSWER_MAX = 64 * 1024,
    EW_WITNESS_KEYS_MAX = 4 /* of one log */
};

#define EW_WITNESS_PATH "/add-checkpoint"
#define EW_WITNESS_SIZE_TYPE "text/x.tlog.size"

/* "Your last checkpoint of this log had `old` entries; here is the next one, and the proof." */
typedef struct ew_witness_request {
    uint64_t old;
    ew_path path;
    ew_note *note;
    ew_checkpoint checkpoint; /* into the note */
} ew_witness_request;

/* EW_E_FORMAT, EW_E_LIMIT. */
EW_MUST_CHECK ew_code ew_witness_request_parse(ew_witness_request **out, ew_slice text,
                                               ew_err *err);
void ew_witness_request_free(ew_witness_request *r);

/* Text of a request; note: the signed checkpoint. */
EW_MUST_CHECK ew_code ew_witness_request_append(ew_buf *b, uint64_t old,
                                                const ew_path *path, ew_slice note,
                                                ew_err *err);

/* A log that a witness follows. */
typedef struct ew_witness_log {
    ew_vkey keys[EW_WITNESS_KEYS_MAX]; /* all of one name, which is the log's origin */
    size_t key_count;
    uint64_t size; /* of the last checkpoint that was cosigned; 0: none */
    ew_hash root;
} ew_witness_log;

/* The answers, by the numbers of HTTP. */
typedef enum ew_witness_status {
    EW_WITNESS_GOOD = 200,
    EW_WITNESS_MALFORMED = 400,
    EW_WITNESS_UNSIGNED = 403, /* not by a key that is trusted for this log */
    EW_WITNESS_UNKNOWN = 404,  /* no such log */
    EW_WITNESS_CONFLICT = 409, /* another checkpoint was the last one */
    EW_WITNESS_UNPROVEN = 422  /* not a continuation of it */
} ew_witness_status;

/* log: the one of this origin, NULL when it is not followed. Changes nothing. */
ew_witness_status ew_witness_decide(const ew_witness_log *log,
                                    const ew_witness_request *r);

/* One line for people, without a full stop. */
const char *ew_witness_status_text(int status);

#endif
