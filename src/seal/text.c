/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the line formats strictly; base64 by libsodium. */
#include "seal/text.h"

#include <string.h>

#include <sodium.h>

#include "base/alloc.h"

ew_slice ew_slice_of(const char *text)
{
    return (ew_slice){text, strlen(text)};
}

bool ew_slice_line(ew_slice *rest, ew_slice *line)
{
    const char *end = rest->n > 0 ? memchr(rest->p, '\n', rest->n) : NULL;
    if (end == NULL)
        return false;
    *line = (ew_slice){rest->p, (size_t)(end - rest->p)};
    rest->p += line->n + 1;
    rest->n -= line->n + 1;
    return true;
}

bool ew_slice_word(ew_slice *rest, ew_slice *word)
{
    const char *end = rest->n > 0 ? memchr(rest->p, ' ', rest->n) : NULL;
    size_t n = end != NULL ? (size_t)(end - rest->p) : rest->n;
    if (n == 0)
        return false;
    *word = (ew_slice){rest->p, n};
    n += end != NULL;
    rest->p += n;
    rest->n -= n;
    return true;
}

bool ew_slice_is(ew_slice s, const char *text)
{
    size_t n = strlen(text);
    return s.n == n && memcmp(s.p, text, n) == 0;
}

bool ew_slice_skip(ew_slice *s, const char *prefix)
{
    size_t n = strlen(prefix);
    if (s->n < n || memcmp(s->p, prefix, n) != 0)
        return false;
    s->p += n;
    s->n -= n;
    return true;
}

bool ew_slice_u64(ew_slice s, uint64_t *out)
{
    uint64_t v = 0;
    if (s.n == 0 || (s.n > 1 && s.p[0] == '0'))
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9' || __builtin_mul_overflow(v, 10, &v) ||
            __builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v))
            return false;
    }
    *out = v;
    return true;
}

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
