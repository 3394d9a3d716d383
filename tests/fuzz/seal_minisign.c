/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures and keys of minisign, public keys in all forms, and files of them: what is read
 * comes back as what it was. */
#include <stdlib.h>
#include <string.h>

#include "seal/pubkey.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_key(const ew_pubkey *k)
{
    ew_vkey v;
    ew_pubkey back;
    ew_buf b;
    if (ew_pubkey_vkey(k, &v, NULL) != EW_OK)
        abort();
    ew_buf_init(&b, 1024);
    if (ew_vkey_append(&b, &v, NULL) != EW_OK ||
        ew_pubkey_parse(&back, (ew_slice){(const char *)b.data, b.len}, NULL) != EW_OK ||
        memcmp(back.key, k->key, sizeof k->key) != 0 || back.type != k->type)
        abort();
    ew_buf_reset(&b);
    if (ew_minisign_key_append(&b, k->minisign, k->key, NULL) != EW_OK ||
        ew_pubkey_parse(&back, (ew_slice){(const char *)b.data, b.len}, NULL) != EW_OK ||
        memcmp(back.minisign, k->minisign, EW_MINISIGN_ID) != 0)
        abort();
    (void)ew_pubkey_sound(k);
    ew_buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static ew_keyring ring;
    static const uint8_t key[EW_ED25519_KEY] = {1};
    ew_minisig s;
    ew_pubkey k;
    bool good = true;
    ew_slice in = {(const char *)data, size};
    /* By a key of small order nothing is signed, whatever the equation says. */
    if (ew_minisig_parse(&s, in, NULL) == EW_OK &&
        (ew_minisig_check(&s, key, in, &good, NULL) != EW_OK || good))
        abort();
    if (ew_pubkey_parse(&k, in, NULL) == EW_OK)
        check_key(&k);
    if (ew_keyring_parse(&ring, in, NULL) == EW_OK)
        for (size_t i = 0; i < ring.n; i++)
            check_key(&ring.keys[i]);
    return 0;
}
