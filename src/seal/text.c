/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 by libsodium. */
#include "seal/text.h"

#include <string.h>

#include <sodium.h>

#include "base/alloc.h"

/* libsodium 1.0.18 takes some bytes above 127 for letters. */
static bool is_ascii(ew_slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((uint8_t)s.p[i] > 0x7F)
            return false;
    return true;
}

bool ew_slice_base64_any(ew_slice s, uint8_t *out, size_t max, size_t *n)
{
    const char *end = NULL;
    return s.n > 0 && is_ascii(s) &&
           sodium_base642bin(out, max, s.p, s.n, NULL, n, &end,
                             sodium_base64_VARIANT_ORIGINAL) == 0 &&
           end == s.p + s.n;
}

bool ew_slice_base64(ew_slice s, uint8_t *out, size_t n)
{
    size_t got = 0;
    return ew_slice_base64_any(s, out, n, &got) && got == n;
}

ew_code ew_base64_append(ew_buf *b, const void *bytes, size_t n, ew_err *err)
{
    size_t need = sodium_base64_encoded_len(n, sodium_base64_VARIANT_ORIGINAL);
    char *text = ew_alloc(need);
    if (text == NULL)
        return ew_fail_nomem(err);
    (void)sodium_bin2base64(text, need, bytes, n, sodium_base64_VARIANT_ORIGINAL);
    ew_code code = ew_buf_append(b, text, need - 1, err);
    sodium_memzero(text, need);
    ew_free(text);
    return code;
}
