/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a verifier trusts (c2sp.org/tlog-policy), and what a signed checkpoint is worth by
 * that. The policy is the reader's own file; what travels with a proof is a suggestion. */
#ifndef EW_SEAL_POLICY_H
#define EW_SEAL_POLICY_H

#include "seal/checkpoint.h"

enum { EW_POLICY_MAX = 64, EW_POLICY_BYTES_MAX = 256 * 1024 };

typedef struct ew_policy_node {
    char *name;
    bool witness;
    ew_vkey key;                   /* of a witness */
    uint64_t threshold;            /* of a group: so many of its members */
    size_t members[EW_POLICY_MAX]; /* nodes that stand before it */
    size_t member_count;
    bool member; /* of some group */
} ew_policy_node;

/* Somebody who signs with an SSH key. */
typedef struct ew_policy_person {
    char name[EW_KEY_NAME_MAX + 1];
    uint8_t key[EW_ED25519_KEY];
} ew_policy_person;

/* A key that is not to be trusted for what was not on record before. */
typedef struct ew_policy_revoked {
    uint8_t key[EW_ED25519_KEY];
    int64_t since; /* POSIX seconds */
} ew_policy_revoked;

/* Certificate of a time stamping authority, or of who vouches for it; DER. */
typedef struct ew_policy_anchor {
    uint8_t *der;
    size_t n;
} ew_policy_anchor;

/* A Bitcoin block that the reader knows from elsewhere. */
typedef struct ew_policy_block {
    uint64_t height;
    uint8_t id[32];   /* its hash, in the order of bytes in which it is printed */
    uint8_t root[32]; /* Merkle root, as in the header */
    int64_t time;     /* of the header */
} ew_policy_block;

typedef struct ew_policy {
    ew_vkey logs[EW_POLICY_MAX];
    size_t log_count;
    ew_vkey seals[EW_POLICY_MAX]; /* keys that may sign seals */
    size_t seal_count;
    ew_vkey speakers[EW_POLICY_MAX]; /* keys that may sign events */
    size_t speaker_count;
    ew_policy_person people[EW_POLICY_MAX];
    size_t person_count;
    ew_policy_revoked revoked[EW_POLICY_MAX];
    size_t revoked_count;
    ew_policy_anchor anchors[EW_POLICY_MAX];
    size_t anchor_count;
    ew_policy_block blocks[EW_POLICY_MAX];
    size_t block_count;
    ew_policy_node nodes[2 * EW_POLICY_MAX]; /* witnesses and groups, in order */
    size_t node_count;
    size_t witness_count;
    bool quorum_given;
    size_t quorum; /* a node, or EW_POLICY_NONE */
} ew_policy;

#define EW_POLICY_NONE SIZE_MAX

/* EW_E_FORMAT with the number of the line in the text. */
EW_MUST_CHECK ew_code ew_policy_parse(ew_policy **out, const void *bytes, size_t n,
                                      ew_err *err);
void ew_policy_free(ew_policy *p);

/* Whether something by this key counts: it was not revoked, or what it signed was on record
 * (timed) no later than not_after, before that. */
bool ew_policy_stands(const ew_policy *p, const uint8_t key[EW_ED25519_KEY], bool timed,
                      int64_t not_after);

/* The block of this height; NULL: the policy does not give it. */
const ew_policy_block *ew_policy_block_at(const ew_policy *p, uint64_t height);

/* What a checkpoint's signatures say. */
typedef struct ew_endorsed {
    const ew_vkey *log; /* who signed, of the logs known; NULL: none of them */
    bool broken;        /* a key that is known signed something else: reject */
    bool quorum;        /* enough witnesses; true when none are asked for */
    size_t witnesses;   /* how many of those known */
    bool timed;         /* `time` says something */
    uint64_t time;      /* enough witnesses had seen it by then, POSIX seconds */
} ew_endorsed;

/* A log counts only for checkpoints whose origin is its key's name. */
EW_MUST_CHECK ew_code ew_policy_weigh(const ew_policy *p, const ew_note *note,
                                      const ew_checkpoint *c, ew_endorsed *out,
                                      ew_err *err);

#endif
