/* SPDX-License-Identifier: Apache-2.0 */
/* Reading line formats. */
#include "base/slice.h"

#include <string.h>

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
