/* SPDX-License-Identifier: Apache-2.0 */
/* Bech32 (BIP 173) without its limit on length: how age writes keys. */
#ifndef EW_SEAL_BECH32_H
#define EW_SEAL_BECH32_H

#include "base/buf.h"
#include "seal/text.h"

/* Appends "<head>1<data><checksum>"; all in capitals when head is in capitals. */
EW_MUST_CHECK ew_code ew_bech32_append(ew_buf *b, const char *head, const void *bytes,
                                       size_t n, ew_err *err);

/* Exactly n bytes under exactly this head. One spelling: the letters are of the case of the
 * head, what fills up the last letter is zero. */
bool ew_bech32_read(ew_slice text, const char *head, uint8_t *out, size_t n);

#endif
