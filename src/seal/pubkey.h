/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys as people have them: vkeys, SSH, minisign; one, or a file with several. */
#ifndef EW_SEAL_PUBKEY_H
#define EW_SEAL_PUBKEY_H

#include "seal/minisign.h"

typedef enum ew_pubkey_form {
    EW_PUBKEY_VKEY,
    EW_PUBKEY_SSH,
    EW_PUBKEY_MINISIGN
} ew_pubkey_form;

typedef struct ew_pubkey {
    ew_pubkey_form form;
    uint8_t key[EW_ED25519_KEY];
    uint8_t type; /* of a vkey; else that of a signature */
    uint8_t
        minisign[EW_MINISIGN_ID]; /* number; of the other forms the one that we give it */
    char name[EW_KEY_NAME_MAX + 1]; /* of a vkey; who it is, or a remark; may be "" */
} ew_pubkey;

/* One key: a line, or the file of one, with or without a line feed at the end. EW_E_FORMAT, in
 * words when it is a key of another kind. */
EW_MUST_CHECK ew_code ew_pubkey_parse(ew_pubkey *out, ew_slice text, ew_err *err);

/* The same key as a vkey; its name is that of the key, or `unnamed`. */
EW_MUST_CHECK ew_code ew_pubkey_vkey(const ew_pubkey *k, ew_vkey *out, ew_err *err);

/* Could any signature by this key hold? Not when the point is no point, or of small order. */
bool ew_pubkey_sound(const ew_pubkey *k);

enum { EW_KEYRING_MAX = 64, EW_KEYRING_BYTES = 256 * 1024 };

typedef struct ew_keyring {
    ew_pubkey keys[EW_KEYRING_MAX];
    size_t n;
} ew_keyring;

/* Keys that somebody published: one a line, of any of the forms, or as ssh-keygen has allowed
 * signers, "NAME [namespaces="earwitness"] ssh-ed25519 BASE64". Blank lines and those that
 * begin with '#' or "untrusted comment:" are passed over, and so are keys for other
 * namespaces. EW_E_FORMAT with the number of the line. */
EW_MUST_CHECK ew_code ew_keyring_parse(ew_keyring *out, ew_slice text, ew_err *err);

#endif
