/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures of files for readers who have other programs than this one; public keys in the
 * forms that those programs use. docs/formats/signatures.md. */
#ifndef EW_OPS_SEAL_SIGN_H
#define EW_OPS_SEAL_SIGN_H

#include "earwitness/seal.h"
#include "ops/seal_desk.h"
#include "seal/pubkey.h"

enum { EW_SIGN_BYTES = 1 << 30 /* of a file that is signed */ };

/* A key as text, with a line feed: a vkey, "ssh-ed25519 BASE64 NAME", or the two lines of a
 * minisign file. */
EW_MUST_CHECK ew_code ew_ops_key_text(const ew_pubkey *k, ew_pubkey_form form,
                                      ew_buf *out, ew_err *err);
void ew_ops_key_of(const ew_vkey *v, ew_pubkey *out);

/* "vkey", "ssh", "minisign"; false for others. */
bool ew_pubkey_form_named(const char *name, ew_pubkey_form *form);
const char *ew_pubkey_form_name(ew_pubkey_form form);

/* Keys from a file, or from the text itself when there is no such file. EW_E_FORMAT also when
 * there is not one. */
EW_MUST_CHECK ew_code ew_ops_keys_read(const char *file_or_text, ew_keyring *out,
                                       ew_err *err);

typedef enum ew_sign_form { EW_SIGN_SSH, EW_SIGN_MINISIGN, EW_SIGN_NOTE } ew_sign_form;

/* Signs a file with the desk's statement key; what was made is appended. EW_E_ARG for a note of
 * what is no text, or of a text that could be taken for one of this program's own. */
EW_MUST_CHECK ew_code ew_ops_sign(const ew_desk *d, const char *path, ew_sign_form form,
                                  ew_buf *out, ew_err *err);

typedef struct ew_sign_answer {
    ew_verdict_state state;
    char reason[EW_REASON_BYTES]; /* "" when verified */
    ew_sign_form form;
    ew_pubkey by; /* which of the keys, when verified; of an SSH signature always */
    char comment[EW_MINISIGN_COMMENT + 1]; /* minisign's trusted one, when verified */
} ew_sign_answer;

/* keys: those the reader has; may be empty. A bad signature is an answer. */
EW_MUST_CHECK ew_code ew_ops_sign_check(const char *path, const char *sig_path,
                                        const ew_keyring *keys, ew_sign_answer *out,
                                        ew_err *err);

#endif
