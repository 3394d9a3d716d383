/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of signed notes (c2sp.org/signed-note): public ones as vkeys, secret ones in locked
 * memory. Ed25519 by libsodium, whose strict rules hold for every signature. */
#ifndef EW_SEAL_VKEY_H
#define EW_SEAL_VKEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "seal/text.h"

enum {
    EW_KEY_NAME_MAX = 255,
    EW_KEY_ID = 4,
    EW_ED25519_KEY = 32,
    EW_ED25519_SEED = 32,
    EW_ED25519_SIG = 64
};

/* Signature types that are understood; others in a note are ignored. */
enum {
    EW_SIG_ED25519 = 1,    /* of the text */
    EW_SIG_COSIGNATURE = 4 /* of a witness: of a time and the text */
};

typedef struct ew_vkey {
    char name[EW_KEY_NAME_MAX + 1];
    uint8_t id[EW_KEY_ID];
    uint8_t type;
    uint8_t key[EW_ED25519_KEY];
} ew_vkey;

/* Valid UTF-8 without spaces, controls and '+', 1 to 255 bytes. */
bool ew_key_name_ok(ew_slice name);

/* Fills in the id. EW_E_ARG when the name is not one. */
EW_MUST_CHECK ew_code ew_vkey_init(ew_vkey *k, ew_slice name, uint8_t type,
                                   const uint8_t key[EW_ED25519_KEY], ew_err *err);

/* "name+1234abcd+base64", nothing after it. EW_E_FORMAT also when the id is not that of the
 * key, and for types that are not understood. */
EW_MUST_CHECK ew_code ew_vkey_parse(ew_vkey *k, ew_slice text, ew_err *err);
EW_MUST_CHECK ew_code ew_vkey_append(ew_buf *b, const ew_vkey *k, ew_err *err);

/* The same key under the same name. */
bool ew_vkey_same(const ew_vkey *a, const ew_vkey *b);

/* What signs. The secret half is locked, guarded, and wiped when freed. */
typedef struct ew_signer ew_signer;

EW_MUST_CHECK ew_code ew_signer_new(ew_signer **out, ew_slice name, uint8_t type,
                                    const uint8_t seed[EW_ED25519_SEED], ew_err *err);
const ew_vkey *ew_signer_vkey(const ew_signer *s);
void ew_signer_sign(const ew_signer *s, const void *bytes, size_t n,
                    uint8_t sig[EW_ED25519_SIG]);
void ew_signer_free(ew_signer *s);

/* True when sig is one of this key over these bytes, by libsodium's rules: no small or
 * non-canonical points, no S beyond the order. */
bool ew_ed25519_check(const uint8_t key[EW_ED25519_KEY], const void *bytes, size_t n,
                      const uint8_t sig[EW_ED25519_SIG]);

#endif
