/* SPDX-License-Identifier: Apache-2.0 */
/* Words in heads of mails: "=?utf-8?B?...?=", as base64 or with escapes, one behind the other. */
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "ops/lint_in.h"

enum { WORD_MOST = 4096 };

static int value_of(char c, bool hex)
{
    static const char list[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static const char digits[] = "0123456789ABCDEF";
    char up = (char)(c >= 'a' && c <= 'f' ? c - 32 : c);
    const char *p = c == 0 ? NULL : hex ? strchr(digits, up) : strchr(list, c);
    return p != NULL ? (int)(p - (hex ? digits : list)) : -1;
}

static size_t from_base64(ew_slice s, char *out)
{
    uint32_t bits = 0;
    unsigned have = 0;
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        int v = value_of(s.p[i], false);
        if (v < 0)
            break;
        bits = (bits << 6 | (uint32_t)v) & 0xFFFFFF;
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[n++] = (char)(bits >> have & 0xFF);
        }
    }
    return n;
}

static size_t from_escapes(ew_slice s, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        int high = s.p[i] == '=' && i + 2 < s.n ? value_of(s.p[i + 1], true) : -1;
        int low = high >= 0 ? value_of(s.p[i + 2], true) : -1;
        if (low >= 0)
            i += 2;
        out[n++] = low >= 0 ? (char)(high * 16 + low) : s.p[i] == '_' ? ' ' : s.p[i];
    }
    return n;
}

/* The word at `at` to out; bytes it takes; 0: it is none. */
static size_t word_at(ew_slice s, size_t at, char *out, size_t *n)
{
    ew_slice rest = {s.p + at, s.n - at < WORD_MOST ? s.n - at : WORD_MOST};
    if (rest.n < 8 || memcmp(rest.p, "=?", 2) != 0)
        return 0;
    const char *kind = memchr(rest.p + 2, '?', rest.n - 2);
    size_t k = kind != NULL ? (size_t)(kind - rest.p) : rest.n;
    if (k > 40 || k + 4 > rest.n || rest.p[k + 2] != '?')
        return 0;
    const char *end = memmem(rest.p + k + 3, rest.n - k - 3, "?=", 2);
    ew_slice text = {rest.p + k + 3, end != NULL ? (size_t)(end - rest.p) - k - 3 : 0};
    char how = (char)(rest.p[k + 1] | 32);
    if (end == NULL || (how != 'b' && how != 'q'))
        return 0;
    *n = how == 'b' ? from_base64(text, out) : from_escapes(text, out);
    return (size_t)(end - rest.p) + 2;
}

ew_code ew_lint__mail_words(ew_lint *l, const ew_lint_text *t, ew_err *err)
{
    ew_code code = EW_OK;
    ew_slice s = t->text;
    bool odd = false;
    if (s.n < 8 || memmem(s.p, s.n, "=?", 2) == NULL)
        return EW_OK;
    char *out = ew_alloc(s.n); /* never longer than what is written */
    if (out == NULL)
        return ew_fail_nomem(err);
    for (size_t at = 0; at < s.n && code == EW_OK;) {
        size_t from = at;
        size_t len = 0;
        size_t n = 0;
        for (size_t took; (took = word_at(s, at, out + len, &n)) > 0; len += n) {
            size_t next = at += took;
            while (next < s.n && strchr(" \r\n\t", s.p[next]) != NULL && s.p[next] != 0)
                next++;
            at = next + 1 < s.n && memcmp(s.p + next, "=?", 2) == 0 ? next : at;
        }
        ew_lint_text u = {{out, len}, t->at + from, 0, t->field, EW_LOOK_ALL, 0};
        bool right = ew_utf8_valid(out, len);
        odd = odd || !right;
        if (len > 0 && right)
            code = ew_lint__text(l, &u, err);
        at += at == from;
    }
    ew_free(out);
    return code == EW_OK && odd
               ? ew_lint__blank(l, "words of a mail in another encoding", err)
               : code;
}
