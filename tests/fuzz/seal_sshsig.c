/* SPDX-License-Identifier: Apache-2.0 */
/* SSH signatures and events that persons signed: whatever is read, nothing is verified but what
 * the one key signed that is known here, and that is one text. */
#include <stdlib.h>
#include <string.h>

#include "seal/event_check.h"
#include "seal/sshsig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char text[] =
    "earwitness-event/v1\nkind statement\ntime 2026-11-22T07:00:00Z\n"
    "text So it is.\n";

/* The key of the corpus: its seed is a 7 and zeros. */
static void known_key(ew_keyring *keys)
{
    static const uint8_t seed[EW_ED25519_SEED] = {7};
    ew_signer *by = NULL;
    if (ew_signer_new(&by, ew_slice_of("ann"), EW_SIG_ED25519, seed, NULL) != EW_OK)
        abort();
    keys->n = 1;
    keys->keys[0].form = EW_PUBKEY_SSH;
    memcpy(keys->keys[0].key, ew_signer_vkey(by)->key, EW_ED25519_KEY);
    ew_signer_free(by);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static ew_keyring keys;
    ew_sshsig s;
    ew_event_answer a;
    uint8_t key[EW_ED25519_KEY];
    bool good = false;
    ew_slice in = {(const char *)data, size};
    if (keys.n == 0)
        known_key(&keys);
    if (ew_sshsig_parse(&s, in, NULL) == EW_OK &&
        ew_sshsig_check(&s, ew_slice_of(text), &good, NULL) != EW_OK)
        abort();
    (void)ew_ssh_key_parse(in, key);
    ew_event_in what = {.file = in, .keys = &keys};
    if (ew_event_check(&what, &a, NULL) != EW_OK)
        abort();
    if (a.state == EW_VERIFIED &&
        (size < sizeof text || memcmp(data, text, sizeof text - 1) != 0))
        abort();
    return 0;
}
