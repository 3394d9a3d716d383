/* SPDX-License-Identifier: Apache-2.0 */
/* What a signed event by itself is worth: who signed it, by keys that the reader has, and when
 * it was on record. For events that do not travel in a bundle. */
#ifndef EW_SEAL_EVENT_CHECK_H
#define EW_SEAL_EVENT_CHECK_H

#include "earwitness/seal.h"
#include "seal/event.h"
#include "seal/policy.h"
#include "seal/pubkey.h"

typedef struct ew_event_in {
    ew_slice file;           /* a signed note, an .ssh file, or the text alone with */
    ew_slice sig;            /* its armored signature; empty */
    const ew_policy *policy; /* the reader's: either */
    const ew_keyring *keys;  /* or both may be NULL */
    ew_slice proof;          /* tlog-proof of its entry; empty: none */
} ew_event_in;

typedef struct ew_event_answer {
    ew_verdict_state state;
    char reason[EW_REASON_BYTES]; /* why not verified; "" */
    ew_event event;               /* borrows from the file; not when broken */
    bool ssh;
    uint8_t
        key[EW_ED25519_KEY]; /* whose signature it is, when that is known: of an SSH */
    bool key_known;          /* signature always, of a note when the reader has it */
    char by[EW_KEY_NAME_MAX +
            1];    /* as the reader names that key; else what a note claims */
    bool revoked;  /* by the policy, */
    int64_t since; /* as of then */
    /* On record, when there is a proof: */
    char log[EW_KEY_NAME_MAX + 1]; /* origin of the checkpoint */
    uint64_t entry, log_size;
    bool logged; /* the policy names that log, and enough of its witnesses signed */
    uint64_t witnesses;
    bool timed;
    int64_t not_after;
} ew_event_answer;

/* A bad signature or proof is an answer. */
EW_MUST_CHECK ew_code ew_event_check(const ew_event_in *in, ew_event_answer *out,
                                     ew_err *err);

#endif
