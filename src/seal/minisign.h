/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures and public keys of minisign (jedisct1.github.io/minisign): read both kinds, write
 * the prehashed one. docs/formats/signatures.md. */
#ifndef EW_SEAL_MINISIGN_H
#define EW_SEAL_MINISIGN_H

#include "seal/vkey.h"

enum {
    EW_MINISIGN_ID = 8,
    EW_MINISIGN_COMMENT = 1024, /* bytes of one */
    EW_MINISIGN_MAX = 4096      /* bytes of a signature file */
};

typedef struct ew_minisig {
    uint8_t id[EW_MINISIGN_ID]; /* of the key */
    bool prehashed; /* "ED": of BLAKE2b-512; else "Ed", of the message itself */
    uint8_t sig[EW_ED25519_SIG];
    ew_slice comment; /* the trusted one, which is signed too */
    uint8_t global[EW_ED25519_SIG];
} ew_minisig;

/* Of a whole file; the comment borrows from it. EW_E_FORMAT. */
EW_MUST_CHECK ew_code ew_minisig_parse(ew_minisig *out, ew_slice file, ew_err *err);

/* True when the key made both signatures: that of the message and that of the comment. The
 * key's number is not looked at. */
EW_MUST_CHECK ew_code ew_minisig_check(const ew_minisig *s,
                                       const uint8_t key[EW_ED25519_KEY],
                                       ew_slice message, bool *good, ew_err *err);

/* comment: one line without control characters, at most EW_MINISIGN_COMMENT bytes (EW_E_ARG). */
EW_MUST_CHECK ew_code ew_minisig_make(ew_buf *out, ew_slice message, ew_slice comment,
                                      const ew_signer *by, ew_err *err);

/* "RWQ…", base64 of "Ed", number and key. */
bool ew_minisign_key_parse(ew_slice text, uint8_t id[EW_MINISIGN_ID],
                           uint8_t key[EW_ED25519_KEY]);
EW_MUST_CHECK ew_code ew_minisign_key_append(ew_buf *b, const uint8_t id[EW_MINISIGN_ID],
                                             const uint8_t key[EW_ED25519_KEY],
                                             ew_err *err);

/* minisign draws numbers of keys at random. Ours follow from the key: the first 8 bytes of
 * SHA-256("ew-minisign-id/v1\0" ‖ key). */
void ew_minisign_id(const uint8_t key[EW_ED25519_KEY], uint8_t id[EW_MINISIGN_ID]);

#endif
