/* SPDX-License-Identifier: Apache-2.0 */
/* Checking a bundle that somebody sends: what it proves, by the reader's own policy. */
#ifndef EW_SEAL_H
#define EW_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "earwitness/err.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    EW_VERDICT_STREAMS = 8,
    EW_VERDICT_TIMES = 32,
    EW_VERDICT_EVENTS = 64,
    EW_KEY_NAME_BYTES = 256,
    EW_REASON_BYTES = 240,
    EW_EVENT_WORDS = 1024
};

typedef enum ew_verdict_state {
    EW_VERIFIED,  /* everything holds, and the policy vouches for who says so */
    EW_UNVOUCHED, /* nothing is wrong, and nobody whom the policy names vouches for it */
    EW_BROKEN     /* something does not hold */
} ew_verdict_state;

/* One stream of parts: what is shown of it. */
typedef struct ew_verdict_stream {
    char splitter[16]; /* "grid", "chat-v1", "meta" ... */
    uint64_t parts;    /* of the whole */
    uint64_t shown;
    uint64_t runs; /* shown stretches */
    uint64_t bytes_shown;
    double part_ms; /* of a grid: how long a part is; else 0 */
} ew_verdict_stream;

/* One time token, or one attestation of it. */
typedef struct ew_verdict_time {
    char kind[8];                /* "tsa", "ots" */
    bool good;                   /* proves `not_after` by the reader's policy */
    int64_t not_after;           /* POSIX seconds, when good */
    char words[EW_REASON_BYTES]; /* exactly what it is worth, in words */
} ew_verdict_time;

/* One signed event about the item, from the bundle. */
typedef struct ew_verdict_event {
    char kind[16];              /* "statement", "position" ... */
    char by[EW_KEY_NAME_BYTES]; /* whose key signed it; "" when that is not known */
    bool trusted;   /* the policy names that key, and it was not revoked by then */
    bool logged;    /* it stands in a log of the policy, with its quorum */
    uint64_t entry; /* number in the log, from 0 */
    bool timed;     /* enough witnesses saw it by `not_after` */
    int64_t not_after;
    int64_t claimed;             /* the time that it gives itself */
    char actor[EW_REASON_BYTES]; /* who speaks, as the event says */
    char stance[24];             /* of a position; else "" */
    char words[EW_EVENT_WORDS];  /* what is said; lines joined by line feeds */
} ew_verdict_event;

/* The verdict. What is said of keys, times and streams is filled in as far as the check came;
 * names and words come from the bundle and are made safe to print. */
typedef struct ew_verdict {
    ew_verdict_state state;
    char reason[EW_REASON_BYTES]; /* why it is not verified; "" when it is */
    uint8_t item[32];             /* number of what was sealed */
    bool item_known;
    char seal_key[EW_KEY_NAME_BYTES]; /* who signed the seal; "" when that is not known */
    bool seal_key_trusted;            /* by the policy */
    char log[EW_KEY_NAME_BYTES];      /* in which log it stands */
    bool log_trusted;
    bool quorum; /* as many witnesses as the policy asks for (true when for none) */
    uint64_t witnesses; /* of those the policy names */
    uint64_t entry;     /* number in the log, from 0 */
    uint64_t log_size;  /* of the checkpoint */
    bool timed; /* witnesses or time tokens show that it was there by `not_after` */
    int64_t not_after; /* POSIX seconds */
    char after
        [EW_REASON_BYTES]; /* what the seal quotes to show that it is not older; "" */
    bool dated;         /* that is a block which the policy gives: not before this time */
    int64_t not_before; /* POSIX seconds */
    size_t time_count;
    ew_verdict_time times[EW_VERDICT_TIMES];
    size_t event_count;
    ew_verdict_event events[EW_VERDICT_EVENTS];
    char published
        [16]; /* filler of the published file, which is as it must be; "" when none
                           was given */
    size_t stream_count;
    ew_verdict_stream streams[EW_VERDICT_STREAMS];
} ew_verdict;

/* What to check. */
typedef struct ew_verify_in {
    const void *bundle; /* the whole file */
    size_t bundle_bytes;
    const char
        *policy; /* text of the reader's policy (docs/formats/policy.md), or NULL: then
                           the answer is at best EW_UNVOUCHED */
    size_t policy_bytes;
    const void
        *published; /* what was published of stream 0, with its gaps filled; or NULL */
    size_t published_bytes;
} ew_verify_in;

/* Checks a bundle; one that is none is EW_BROKEN, not an error.
 *
 * Nothing in the bundle can make it verified: keys and rules come from the policy only.
 * Errors: EW_E_FORMAT and EW_E_LIMIT for the policy, EW_E_NOMEM. Threads: none needed. */
EW_API EW_MUST_CHECK ew_code ew_bundle_verify(const ew_verify_in *in, ew_verdict *out,
                                              ew_err *err);

#ifdef __cplusplus
}
#endif
#endif
