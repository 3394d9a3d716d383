/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures that anybody makes with `ssh-keygen -Y sign -n earwitness` (SSHSIG, OpenSSH's
 * PROTOCOL.sshsig), of ssh-ed25519 keys only. docs/formats/signatures.md. */
#ifndef EW_SEAL_SSHSIG_H
#define EW_SEAL_SSHSIG_H

#include "seal/vkey.h"

/* What such signatures are for: one made for mail, git or anything else is refused. */
#define EW_SSHSIG_NAMESPACE "earwitness"

enum { EW_SSHSIG_MAX = 4096 /* bytes of an armored signature */ };

typedef struct ew_sshsig {
    uint8_t key[EW_ED25519_KEY];
    bool sha256; /* the message's hash; else SHA-512 */
    uint8_t sig[EW_ED25519_SIG];
} ew_sshsig;

/* The armored form, with nothing before or after. EW_E_FORMAT, in words that say what it is
 * instead: another kind of key, another namespace. Nothing is checked by that. */
EW_MUST_CHECK ew_code ew_sshsig_parse(ew_sshsig *out, ew_slice armored, ew_err *err);

/* *good: signed by s->key. The message is of any length. EW_E_NOMEM. */
EW_MUST_CHECK ew_code ew_sshsig_check(const ew_sshsig *s, ew_slice message, bool *good,
                                      ew_err *err);

/* As ssh-keygen writes it, with SHA-512. */
EW_MUST_CHECK ew_code ew_sshsig_make(ew_buf *out, ew_slice message, const ew_signer *by,
                                     ew_err *err);

/* "ssh-ed25519 BASE64", nothing after it. */
bool ew_ssh_key_parse(ew_slice text, uint8_t key[EW_ED25519_KEY]);
EW_MUST_CHECK ew_code ew_ssh_key_append(ew_buf *b, const uint8_t key[EW_ED25519_KEY],
                                        ew_err *err);

/* A signed text in one file: the text, which ends with a line feed, an empty line, the armored
 * signature. */
typedef struct ew_ssh_note {
    ew_slice text; /* with its last line feed */
    ew_sshsig sig;
} ew_ssh_note;

/* Slices borrow from bytes. EW_E_FORMAT; nothing is checked by that: see ew_sshsig_check. */
EW_MUST_CHECK ew_code ew_ssh_note_parse(ew_ssh_note *out, ew_slice bytes, ew_err *err);

#endif
