/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in an archive beside its members: comments, the name a packed file had, bytes behind the end. */
#include <string.h>

#include "base/bytes.h"
#include "base/utf8.h"
#include "ops/lint_in.h"

enum {
    ZIP_END = 22,
    ZIP_ENTRY = 46,
    TEXT_MOST = 64 * 1024,
    GZIP_HEAD = 10,
    GZIP_EXTRA = 4,
    GZIP_NAME = 8,
    GZIP_COMMENT = 16
};

static uint16_t u16(ew_slice s, size_t at)
{
    return ew_get_u16le((const uint8_t *)s.p + at);
}

static uint32_t u32(ew_slice s, size_t at)
{
    return ew_get_u32le((const uint8_t *)s.p + at);
}

static ew_code words(ew_lint *l, ew_slice s, size_t at, size_t n, const char *field,
                     ew_err *err)
{
    ew_lint_text t = {{s.p + at, n}, at, 1, field, EW_LOOK_ALL, 0};
    if (n == 0)
        return EW_OK;
    return n <= TEXT_MOST && ew_utf8_valid(t.text.p, n)
               ? ew_lint__text(l, &t, err)
               : ew_lint__bytes(l, t.text, EW_LOOK_ALL, err);
}

/* The end record of a ZIP: the last one that its list of members stands before; s.n: there is none. */
static size_t zip_end(ew_slice s)
{
    size_t n = s.n > ZIP_END ? s.n - ZIP_END + 1 : 0;
    const char *p;
    while (n > 0 && (p = memrchr(s.p, 'P', n)) != NULL) {
        size_t at = n = (size_t)(p - s.p);
        if (memcmp(p, "PK\5\6", 4) != 0)
            continue;
        uint32_t list = u32(s, at + 12);
        bool right = list == UINT32_MAX || list == 0 ||
                     (list <= at && memcmp(p - list, "PK\1\2", 4) == 0);
        if (right && u16(s, at + 20) <= s.n - at - ZIP_END)
            return at;
    }
    return s.n;
}

ew_code ew_lint__zip_rest(ew_lint *l, ew_slice s, ew_err *err)
{
    size_t end = zip_end(s);
    if (end == s.n)
        return EW_OK;
    size_t comment = u16(s, end + 20);
    size_t rest = end + ZIP_END + comment;
    uint32_t list = u32(s, end + 12);
    ew_code code = words(l, s, end + ZIP_END, comment, "comment", err);
    if (code == EW_OK)
        code = words(l, s, rest, s.n - rest, "behind the end", err);
    for (size_t at = list <= end ? end - list : end;
         code == EW_OK && at + ZIP_ENTRY <= end && memcmp(s.p + at, "PK\1\2", 4) == 0;) {
        size_t n = u16(s, at + 32);
        size_t from = at + ZIP_ENTRY + u16(s, at + 28) + u16(s, at + 30);
        if (from + n > end)
            break;
        code = words(l, s, from, n, "comment", err);
        at = from + n;
    }
    return code;
}

/* Up to a zero; *at behind it. */
static ew_code packed_word(ew_lint *l, ew_slice s, size_t *at, const char *field,
                           ew_err *err)
{
    size_t from = *at < s.n ? *at : s.n;
    const char *end = s.n > from ? memchr(s.p + from, 0, s.n - from) : NULL;
    *at = end != NULL ? (size_t)(end - s.p) + 1 : s.n;
    return end != NULL ? words(l, s, from, *at - 1 - from, field, err) : EW_OK;
}

ew_code ew_lint__gzip_head(ew_lint *l, ew_slice s, ew_err *err)
{
    if (s.n < GZIP_HEAD + 2)
        return EW_OK;
    ew_code code = EW_OK;
    int flags = (uint8_t)s.p[3];
    size_t at = GZIP_HEAD;
    if ((flags & GZIP_EXTRA) != 0)
        at += 2u + u16(s, at);
    if ((flags & GZIP_NAME) != 0)
        code = packed_word(l, s, &at, "file name", err);
    if (code == EW_OK && (flags & GZIP_COMMENT) != 0)
        code = packed_word(l, s, &at, "comment", err);
    return code;
}
