/* SPDX-License-Identifier: Apache-2.0 */
/* RIPEMD-160 and Keccak-256 (the padding of before SHA-3), which OpenTimestamps proofs use. Here
 * because OpenSSL has the one depending on how it was set up, and the other only since 3.2. */
#ifndef EW_SEAL_OLD_HASH_H
#define EW_SEAL_OLD_HASH_H

#include <stddef.h>
#include <stdint.h>

enum { EW_RIPEMD160_BYTES = 20, EW_KECCAK256_BYTES = 32 };

void ew_ripemd160(const void *bytes, size_t n, uint8_t out[EW_RIPEMD160_BYTES]);
void ew_keccak256(const void *bytes, size_t n, uint8_t out[EW_KECCAK256_BYTES]);

#endif
