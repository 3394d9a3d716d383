/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the verifier share. Each part looks at one thing, says in the verdict what
 * it found, and leaves it broken at the first thing that does not hold; an error is only what
 * kept the question from being answered. */
#ifndef EW_SEAL_VERIFY_H
#define EW_SEAL_VERIFY_H

#include "earwitness/seal.h"
#include "seal/cover_file.h"
#include "seal/policy.h"

/* The files of a bundle. */
typedef struct ew_bundle_files {
    ew_slice note, proof, cover, suggested;
    const ew_zip_file *parts;
    size_t part_count;
    const ew_zip_file *times;
    size_t time_count;
    const ew_zip_file *events; /* an event and its proof in turn */
    size_t event_count;        /* of events */
} ew_bundle_files;

typedef struct ew_check {
    ew_verdict *v;
    const ew_verify_in *in;
    ew_policy *policy; /* the reader's, or NULL */
    ew_bundle_files files;
    ew_note *note;
    ew_seal seal;
    const ew_vkey *seal_by; /* whose key of the policy signed the seal, or NULL */
    const ew_vkey *log_by;  /* the same of the log */
    ew_tlog_proof *proof;
    ew_policy *suggested;
    ew_cover_file cover;
    ew_err *err;
} ew_check;

/* Breaks the verdict; EW_OK, since that is an answer. */
ew_code ew_verify__broken(ew_check *k, const char *fmt, ...) EW_PRINTF(2, 3);

/* A parser's refusal is the bundle's fault, anything else ours. */
ew_code ew_verify__refused(ew_check *k, ew_code code, const ew_err *why);

/* Nothing is wrong, but. The first reason is kept: it is the most important one. */
void ew_verify__unvouched(ew_check *k, const char *why);

bool ew_verify__is_broken(const ew_check *k);

/* Text from the bundle, fit to be printed; cut when it is too long for `room` bytes. */
ew_code ew_verify__safe(ew_check *k, char *out, size_t room, ew_slice text);

/* Who of these keys signed the note; a signature that is not by the key it names breaks the
 * verdict. keys may be NULL when n is 0. */
const ew_vkey *ew_verify__signer(ew_check *k, const ew_note *note, const ew_vkey *keys,
                                 size_t n, const char *what);

/* The time tokens; what the seal quotes; keys that were revoked. After seal and log. */
ew_code ew_verify__times(ew_check *k);

/* The parts that are shown, and the published file. */
ew_code ew_verify__streams(ew_check *k);

/* The events. After the times. */
ew_code ew_verify__events(ew_check *k);

#endif
