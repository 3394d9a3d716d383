/* SPDX-License-Identifier: Apache-2.0 */
/* Time stamp tokens. Input: an anchor's length (16 bits, big-endian), the anchor, the digest that
 * should be stamped, and the token or answer. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "seal/tsa.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ew_tsa_answer a;
    size_t n = size >= 2 ? (size_t)data[0] << 8 | data[1] : 0;
    if (size < 2 + n + 32)
        return 0;
    ew_slice anchor = {(const char *)data + 2, n};
    ew_slice token = {(const char *)data + 2 + n + 32, size - 2 - n - 32};
    if (ew_tsa_check(token, data + 2 + n, &anchor, 1, &a, NULL) != EW_OK)
        abort();
    if (!ew_utf8_valid(a.authority, strlen(a.authority)))
        abort();
    return 0;
}
