/* SPDX-License-Identifier: Apache-2.0 */
/* PDF: the dictionary of the document, XMP, and what is packed in streams. Words on pages may be numbers of
 * glyphs, which only who draws them can read: that is told. */
#include <string.h>

#include <zlib.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "ops/lint_in.h"

enum {
    VALUE_MOST = 1000,
    STREAM_MOST = 16 << 20,   /* unpacked, of one */
    STREAMS_MOST = 256 << 20, /* of all */
    STREAMS = 20000
};

static const struct {
    const char *key;
    ew_lint_kind kind;
} keys[] = {{"/Author", EW_LINT_AUTHOR},    {"/Company", EW_LINT_AUTHOR},
            {"/Manager", EW_LINT_AUTHOR},   {"/LastModifiedBy", EW_LINT_AUTHOR},
            {"/Creator", EW_LINT_SOFTWARE}, {"/Producer", EW_LINT_SOFTWARE},
            {"/Subject", EW_LINT_METADATA}, {"/Keywords", EW_LINT_METADATA},
            {"/Title", EW_LINT_METADATA},   {"/T", EW_LINT_AUTHOR}};

/* ------------------------------------------------------------------ strings */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char low = (char)(c | 32);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

static size_t hex_string(ew_slice s, size_t at, char *out)
{
    size_t n = 0;
    int high = -1;
    for (; at < s.n && s.p[at] != '>' && n < VALUE_MOST; at++) {
        int d = hex_digit(s.p[at]);
        if (d < 0)
            continue;
        if (high >= 0)
            out[n++] = (char)(high << 4 | d);
        high = high >= 0 ? -1 : d;
    }
    return n;
}

static size_t plain_string(ew_slice s, size_t at, char *out)
{
    size_t n = 0;
    int depth = 1;
    for (; at < s.n && n < VALUE_MOST; at++) {
        char c = s.p[at];
        if (c == '\\' && at + 1 < s.n) {
            c = s.p[++at];
            if (c >= '0' && c <= '7') {
                int v = 0;
                for (int k = 0; k < 3 && at < s.n && s.p[at] >= '0' && s.p[at] <= '7';
                     k++)
                    v = v * 8 + (s.p[at++] - '0');
                at--;
                c = (char)v;
            }
            out[n++] = c;
            continue;
        }
        depth += c == '(' ? 1 : 0;
        depth -= c == ')' ? 1 : 0;
        if (depth == 0)
            break;
        out[n++] = c;
    }
    return n;
}

/* UTF-16 with its mark, or one byte a character. To UTF-8 in `out`, which has room for 3 per byte. */
static size_t to_utf8(const char *s, size_t n, char *out)
{
    size_t len = 0;
    bool wide = n >= 2 && memcmp(s, "\xFE\xFF", 2) == 0;
    for (size_t i = wide ? 2 : 0; i + (wide ? 1 : 0) < n; i += wide ? 2 : 1) {
        uint32_t u = (uint8_t)s[i];
        if (wide)
            u = u << 8 | (uint8_t)s[i + 1];
        if (u < 0x80) {
            out[len++] = (char)u;
        } else if (u < 0x800) {
            out[len++] = (char)(0xC0 | u >> 6);
            out[len++] = (char)(0x80 | (u & 63));
        } else if (u < 0xD800 || u > 0xDFFF) {
            out[len++] = (char)(0xE0 | u >> 12);
            out[len++] = (char)(0x80 | (u >> 6 & 63));
            out[len++] = (char)(0x80 | (u & 63));
        }
    }
    return len;
}

static ew_code value_at(ew_lint *l, ew_slice s, size_t at, size_t i, ew_err *err)
{
    char raw[VALUE_MOST];
    char text[3 * VALUE_MOST];
    size_t from = at;
    size_t n = 0;
    while (at < s.n && strchr(" \r\n\t", s.p[at]) != NULL && s.p[at] != 0)
        at++;
    if (at < s.n && s.p[at] == '(')
        n = plain_string(s, at + 1, raw);
    else if (at + 1 < s.n && s.p[at] == '<' && s.p[at + 1] != '<')
        n = hex_string(s, at + 1, raw);
    if (n == 0)
        return EW_OK;
    return ew_lint__value(l, keys[i].kind, keys[i].key + 1, from,
                          (ew_slice){text, to_utf8(raw, n, text)}, err);
}

static ew_code known_keys(ew_lint *l, ew_slice s, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < EW_COUNT(keys); i++) {
        size_t n = strlen(keys[i].key);
        const char *p = s.p;
        const char *end = s.p + s.n;
        while (code == EW_OK &&
               (p = memmem(p, (size_t)(end - p), keys[i].key, n)) != NULL) {
            p += n;
            if (p < end && strchr(" (<\r\n\t", *p) != NULL && *p != 0)
                code = value_at(l, s, (size_t)(p - s.p), i, err);
        }
    }
    return code;
}

/* ------------------------------------------------------------------ streams */

/* Unpacks what it can; what is cut or damaged gives what came before. */
static size_t unpack(ew_slice s, char *out)
{
    z_stream z = {0};
    z.next_in = (Bytef *)(uintptr_t)s.p;
    z.avail_in = s.n < UINT32_MAX ? (uInt)s.n : UINT32_MAX;
    z.next_out = (Bytef *)out;
    z.avail_out = STREAM_MOST;
    if (inflateInit(&z) != Z_OK)
        return 0;
    (void)inflate(&z, Z_FINISH);
    size_t n = STREAM_MOST - z.avail_out;
    (void)inflateEnd(&z);
    return n;
}

/* What is drawn on a page, and not a list of objects or a table? */
static bool draws(ew_slice s)
{
    return memmem(s.p, s.n, " Tf", 3) != NULL || memmem(s.p, s.n, "TJ", 2) != NULL;
}

typedef struct streams {
    size_t count, bytes;
    bool drawn, cut;
} streams;

static ew_code stream_at(ew_lint *l, ew_slice s, char *room, streams *x, ew_err *err)
{
    size_t n = unpack(s, room);
    ew_slice u = {room, n};
    if (n == 0)
        return EW_OK;
    x->bytes += n;
    x->drawn = x->drawn || draws(u);
    bool again = l->again;
    l->again = true;
    ew_code code = known_keys(l, u, err);
    if (code == EW_OK)
        code = ew_lint__bytes(l, u, EW_LOOK_NAMES, err);
    l->again = again;
    return code;
}

static ew_code all_streams(ew_lint *l, ew_slice s, streams *x, ew_err *err)
{
    ew_code code = EW_OK;
    const char *p = s.p;
    const char *end = s.p + s.n;
    char *room = ew_alloc(STREAM_MOST);
    if (room == NULL)
        return ew_fail_nomem(err);
    while (code == EW_OK && (p = memmem(p, (size_t)(end - p), "stream", 6)) != NULL) {
        bool ends = p - s.p >= 3 && memcmp(p - 3, "end", 3) == 0;
        p += 6;
        if (ends)
            continue;
        if (x->count++ == STREAMS || x->bytes > STREAMS_MOST) {
            x->cut = true;
            break;
        }
        while (p < end && (*p == '\r' || *p == '\n'))
            p++;
        code = stream_at(l, (ew_slice){p, (size_t)(end - p)}, room, x, err);
    }
    ew_free(room);
    return code;
}

ew_code ew_lint__pdf(ew_lint *l, ew_slice s, ew_err *err)
{
    streams x = {0};
    ew_code code = known_keys(l, s, err);
    if (code == EW_OK)
        code = ew_lint__bytes(l, s, EW_LOOK_NAMES, err);
    if (code == EW_OK)
        code = ew_lint__xml(l, s, err);
    if (code == EW_OK)
        code = ew_lint__exif(l, s, err);
    if (code == EW_OK)
        code = all_streams(l, s, &x, err);
    if (code == EW_OK && memmem(s.p, s.n, "/Encrypt", 8) != NULL)
        code = ew_lint__blank(l, "encrypted", err);
    if (code == EW_OK && x.cut)
        code = ew_lint__blank(l, "more streams of a PDF than are unpacked", err);
    return code == EW_OK
               ? ew_lint__blank(
                     l, "words and pictures as they are drawn on pages of a PDF", err)
               : code;
}
