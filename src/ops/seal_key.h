/* SPDX-License-Identifier: Apache-2.0 */
/* The life of the desk's keys: which there were, and revoking one for a new one.
 * docs/formats/desk.md. */
#ifndef EW_OPS_SEAL_KEY_H
#define EW_OPS_SEAL_KEY_H

#include "ops/seal_event.h"

enum { EW_OLD_KEYS_MAX = 60 }; /* of a desk: a policy has room for 64 of each kind */

/* A key that was revoked. */
typedef struct ew_old_key {
    const char *use; /* one of ew_desk_uses */
    ew_vkey key;
    int64_t since; /* from then on it is not to be trusted */
} ew_old_key;

/* Those of a desk, in the order in which they were revoked; *keys is to be freed with ew_free.
 * Needs no passphrase. */
EW_MUST_CHECK ew_code ew_desk_old_keys(const char *dir, ew_old_key **keys, size_t *n,
                                       ew_err *err);

typedef struct ew_revocation {
    const char *use;       /* one of ew_desk_uses */
    int64_t since;         /* 0: now */
    const ew_slice *words; /* why, for the event; may be NULL */
    size_t word_count;
} ew_revocation;

typedef struct ew_revoked {
    ew_vkey old, fresh;
    int64_t since;
    uint64_t entry; /* of the event that revokes; the next one adds the new key */
} ew_revoked;

/* Makes a new key, puts the events `key-revoke` and `key-add` on the log, and exchanges the keys;
 * the old secret is wiped. At every moment there is one key of each use; on EW_OK, and
 * whenever the policy of the desk tells it, the revocation is on the log. What is interrupted is
 * finished, or forgotten, by the next call or when the desk is next opened; one of the same use
 * that is finished here is not made again. */
EW_MUST_CHECK ew_code ew_ops_key_revoke(ew_desk *d, const ew_revocation *what,
                                        ew_revoked *out, ew_err *err);

/* The one of ew_desk_uses that is spelled so; NULL. */
const char *ew_desk_use(const char *name);

#endif
