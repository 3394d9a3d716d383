/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that sign the same way in every run. */
#ifndef EW_TEST_SEAL_SIGNERS_H
#define EW_TEST_SEAL_SIGNERS_H

#include <string.h>

#include "seal/note.h"
#include "support.h"

/* A key whose seed is 32 bytes of `fill`; free it with ew_signer_free. */
static inline ew_signer *test_signer(const char *name, uint8_t type, uint8_t fill)
{
    uint8_t seed[EW_ED25519_SEED];
    ew_signer *s = NULL;
    memset(seed, fill, sizeof seed);
    assert_int_equal(ew_signer_new(&s, ew_slice_of(name), type, seed, NULL), EW_OK);
    return s;
}

#endif
