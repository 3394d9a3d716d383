/* SPDX-License-Identifier: Apache-2.0 */
/* Texts, and bytes that may hold some: runs of UTF-8 and UTF-16, and what is written in the escapes of JSON,
 * HTML, addresses and mail. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/utf8.h"
#include "ops/lint_in.h"

enum {
    RUN_MOST = 32 * 1024, /* bytes of text that are looked at at a time */
    RUN_OVERLAP = 256,    /* of two such: a name may stand across */
    RUN_LEAST = 4,        /* characters of a text among other bytes */
    LOOK_BYTES = 64 * 1024
};

/* ------------------------------------------------------------------ names */

typedef struct naming {
    ew_lint *l;
    const ew_lint_text *t;
    const ew_folded *f;
} naming;

static ew_code take_name(void *cookie, const ew_named *who, ew_err *err)
{
    naming *n = cookie;
    ew_slice back = ew_folded_back(n->f, n->t->text, who->at, who->n);
    uint64_t at = n->t->at + (uint64_t)(back.p - n->t->text.p) * n->t->scale;
    if (back.p + back.n <= n->t->text.p + n->t->seen)
        return EW_OK;
    if (who->of == EW_NAME_PLACE)
        return ew_lint__found(n->l, EW_LINT_PLACE, n->t->field, at, back, err);
    return ew_lint__found_person(n->l, who, n->t->field, at, err);
}

ew_code ew_lint__text(ew_lint *l, const ew_lint_text *t, ew_err *err)
{
    ew_code code = EW_OK;
    if (ew_names_count(l->names) > 0) {
        const ew_folded *f = &l->folded;
        naming n = {l, t, f};
        code = ew_folded_set(&l->folded, t->text, err);
        if (code == EW_OK)
            code = ew_names_find(l->names,
                                 (ew_slice){(const char *)f->text.data, f->text.len},
                                 take_name, &n, err);
    }
    return code == EW_OK ? ew_lint__signs(l, t, err) : code;
}

ew_code ew_lint__value(ew_lint *l, ew_lint_kind kind, const char *field, uint64_t at,
                       ew_slice value, ew_err *err)
{
    bool numbers = kind == EW_LINT_COORDINATES; /* these are told already */
    ew_lint_text t = {value, at, 1, field, numbers ? EW_LOOK_NAMES : EW_LOOK_ALL, 0};
    while (value.n > 0 && (value.p[value.n - 1] == 0 || value.p[value.n - 1] == ' '))
        value.n--;
    if (value.n == 0)
        return EW_OK;
    t.text = value;
    ew_code code = ew_lint__found(l, kind, field, at, value, err);
    return code == EW_OK && ew_utf8_valid(value.p, value.n) ? ew_lint__text(l, &t, err)
                                                            : code;
}

/* ------------------------------------------------------------------ escapes */

static int hex_at(ew_slice s, size_t at, size_t n)
{
    int v = 0;
    if (at + n > s.n)
        return -1;
    for (size_t i = 0; i < n; i++) {
        char c = s.p[at + i];
        char low = (char)(c | 32);
        if (c >= '0' && c <= '9')
            v = v * 16 + (c - '0');
        else if (low >= 'a' && low <= 'f')
            v = v * 16 + (low - 'a' + 10);
        else
            return -1;
    }
    return v;
}

static size_t put_utf8(uint32_t cp, char out[4])
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 63));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 63));
        out[2] = (char)(0x80 | (cp & 63));
        return 3;
    }
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 63));
    out[2] = (char)(0x80 | (cp >> 6 & 63));
    out[3] = (char)(0x80 | (cp & 63));
    return 4;
}

/* &#233; &#xE9; : bytes that it takes; 0: it is none. */
static size_t entity(ew_slice s, size_t at, uint32_t *cp)
{
    size_t i = at + 2;
    bool hex = i < s.n && (s.p[i] | 32) == 'x';
    uint32_t v = 0;
    i += hex;
    size_t from = i;
    for (; i < s.n && i - from < 7; i++) {
        int d = hex_at(s, i, 1);
        if (d < 0 || (!hex && d > 9))
            break;
        v = v * (hex ? 16 : 10) + (uint32_t)d;
    }
    *cp = v;
    bool right = i > from && i < s.n && s.p[i] == ';' && v < 0x110000 &&
                 (v < 0xD800 || v > 0xDFFF) && v >= 0x20;
    return right ? i + 1 - at : 0;
}

/* \u00e9, also in two halves: bytes that it takes; 0: it is none. */
static size_t json_escape(ew_slice s, size_t at, uint32_t *cp)
{
    int v = hex_at(s, at + 2, 4);
    if (v < 0x20)
        return 0;
    *cp = (uint32_t)v;
    if (v < 0xD800 || v > 0xDFFF)
        return 6;
    int low = at + 12 <= s.n && s.p[at + 6] == '\\' && s.p[at + 7] == 'u'
                  ? hex_at(s, at + 8, 4)
                  : -1;
    if (v > 0xDBFF || low < 0xDC00 || low > 0xDFFF)
        return 0;
    *cp = 0x10000 + (((uint32_t)v & 0x3FF) << 10) + ((uint32_t)low & 0x3FF);
    return 12;
}

/* One step of decoding: what is at `at` to out; bytes it takes. bytes: \u00e1 is a byte of UTF-8, as some
 * exports have it. */
static size_t decode(ew_slice s, size_t at, bool bytes, char out[4], size_t *n)
{
    uint32_t cp = 0;
    size_t took = 0;
    if (s.p[at] == '\\' && at + 1 < s.n && s.p[at + 1] == 'u')
        took = json_escape(s, at, &cp);
    else if (s.p[at] == '&' && at + 1 < s.n && s.p[at + 1] == '#')
        took = entity(s, at, &cp);
    if (took > 0) {
        *n = bytes && cp < 0x100 ? 1 : put_utf8(cp, out);
        if (bytes && cp < 0x100)
            out[0] = (char)cp;
        return took;
    }
    if ((s.p[at] == '%' || s.p[at] == '=') && hex_at(s, at + 1, 2) >= 0x20) {
        out[0] = (char)hex_at(s, at + 1, 2);
        *n = 1;
        return 3;
    }
    if (s.p[at] == '=' && at + 1 < s.n && (s.p[at + 1] == '\n' || s.p[at + 1] == '\r')) {
        *n = 0; /* a line of mail that goes on */
        return s.p[at + 1] == '\r' && at + 2 < s.n && s.p[at + 2] == '\n' ? 3 : 2;
    }
    out[0] = s.p[at];
    *n = 1;
    return 1;
}

static bool has_escapes(ew_slice s)
{
    for (size_t i = 0; i + 2 < s.n; i++)
        if ((s.p[i] == '\\' && s.p[i + 1] == 'u') ||
            (s.p[i] == '&' && s.p[i + 1] == '#') ||
            ((s.p[i] == '%' || s.p[i] == '=') && hex_at(s, i + 1, 2) >= 0))
            return true;
    return false;
}

static ew_code decoded(ew_lint *l, const ew_lint_text *t, bool bytes, ew_err *err)
{
    char part[4];
    size_t n = 0;
    char *out =
        ew_alloc(t->text.n + 4); /* an escape is never shorter than what it says */
    size_t len = 0;
    if (out == NULL)
        return ew_fail_nomem(err);
    for (size_t at = 0; at < t->text.n;) {
        at += decode(t->text, at, bytes, part, &n);
        memcpy(out + len, part, n);
        len += n;
    }
    bool again = l->again;
    ew_lint_text u = *t;
    u.text = (ew_slice){out, len};
    u.seen = 0;
    l->again = true;
    ew_code code = ew_lint__text(l, &u, err); /* folding bears what is no UTF-8 */
    l->again = again;
    ew_free(out);
    return code;
}

static ew_code with_escapes(ew_lint *l, const ew_lint_text *t, ew_err *err)
{
    ew_code code = ew_lint__text(l, t, err);
    if (code == EW_OK)
        code = ew_lint__mail_words(l, t, err);
    if (code != EW_OK || ew_names_count(l->names) == 0 || !has_escapes(t->text))
        return code;
    code = decoded(l, t, false, err);
    return code == EW_OK ? decoded(l, t, true, err) : code;
}

/* ------------------------------------------------------------------ runs of UTF-8 */

/* A character of text; bytes that it takes, or 0. */
static size_t text_char(ew_slice s, size_t at)
{
    unsigned char c = (unsigned char)s.p[at];
    uint32_t cp;
    if (c < 0x80)
        return c >= 0x20 ? (c != 0x7F) : (c == '\n' || c == '\r' || c == '\t');
    size_t n = ew_utf8_next(s.p + at, s.n - at, &cp);
    return n > 0 && (cp >= 0xA0 || cp == 0x85) ? n : 0;
}

static ew_code run_pieces(ew_lint *l, ew_slice all, ew_slice run, ew_lint_look look,
                          ew_err *err)
{
    ew_code code = EW_OK;
    size_t at = 0;
    while (at < run.n && code == EW_OK) {
        size_t n = run.n - at < RUN_MOST ? run.n - at : RUN_MOST;
        while (at + n < run.n && ((unsigned char)run.p[at + n] & 0xC0) == 0x80)
            n--;
        ew_lint_text t = {.text = {run.p + at, n},
                          .at = (uint64_t)(run.p + at - all.p),
                          .scale = 1,
                          .field = "",
                          .look = look,
                          .seen = at > 0 ? RUN_OVERLAP : 0};
        code = with_escapes(l, &t, err);
        if (at + n >= run.n)
            break;
        at += n - RUN_OVERLAP;
        while (((unsigned char)run.p[at] & 0xC0) == 0x80)
            at++;
    }
    return code;
}

static ew_code utf8_runs(ew_lint *l, ew_slice s, ew_lint_look look, ew_err *err)
{
    ew_code code = EW_OK;
    size_t least = look == EW_LOOK_ALL ? 1 : RUN_LEAST;
    for (size_t at = 0; at < s.n && code == EW_OK;) {
        size_t from = at;
        size_t n;
        while (at < s.n && (n = text_char(s, at)) > 0)
            at += n;
        if (at - from >= least)
            code = run_pieces(l, s, (ew_slice){s.p + from, at - from}, look, err);
        at += at == from || at < s.n;
    }
    return code;
}

/* ------------------------------------------------------------------ runs of UTF-16 */

/* One way of reading. */
typedef struct wide {
    const ew_names *names;
    ew_slice s;
    bool big;
    ew_lint_look look;
    char *out; /* room for a run */
} wide;

static uint32_t unit_at(const wide *w, size_t at)
{
    uint32_t a = (uint8_t)w->s.p[at];
    uint32_t b = (uint8_t)w->s.p[at + 1];
    return w->big ? a << 8 | b : b << 8 | a;
}

/* Which script's block, so that chance bytes make no long runs: 0 for what all scripts use. */
static uint32_t block_of(uint32_t u)
{
    if (u < 0x100)
        return 0;
    return u >= 0x3000 && u < 0xD800 ? 0x3000 : (u & 0xFF00);
}

static bool wide_text(const wide *w, uint32_t u)
{
    if (u < 0x100)
        return (u >= 0x20 && u < 0x7F) || u >= 0xA0 || u == '\n' || u == '\r' ||
               u == '\t';
    return u < 0xD800 && ew_names_uses(w->names, u) &&
           (ew_letter_of(u) != EW_LETTER_NONE || (u >= 0x2000 && u < 0x2100));
}

static ew_code wide_run(ew_lint *l, const wide *w, size_t *at, ew_err *err)
{
    uint32_t block = 0;
    size_t n = 0;
    size_t count = 0;
    size_t from = *at;
    while (*at + 1 < w->s.n && n + 4 < RUN_MOST) {
        uint32_t u = unit_at(w, *at);
        uint32_t b = block_of(u);
        if (!wide_text(w, u) || (b != 0 && block != 0 && b != block && b != 0x2000))
            break;
        block = b != 0 && b != 0x2000 ? b : block;
        n += put_utf8(u, w->out + n);
        count++;
        *at += 2;
    }
    if (count == 0) {
        *at += 2;
        return EW_OK;
    }
    ew_lint_text t = {{w->out, n}, from, 2, "", w->look, 0};
    return count >= RUN_LEAST - 1 ? ew_lint__text(l, &t, err) : EW_OK;
}

static ew_code utf16_runs(ew_lint *l, ew_slice s, ew_lint_look look, ew_err *err)
{
    wide w = {.names = l->names, .s = s, .look = look, .out = ew_alloc(RUN_MOST + 8)};
    ew_code code = w.out != NULL ? EW_OK : ew_fail_nomem(err);
    for (size_t way = 0; way < 4 && code == EW_OK; way++) {
        w.big = (way & 1) != 0;
        for (size_t at = way / 2; at + 1 < s.n && code == EW_OK;)
            code = wide_run(l, &w, &at, err);
    }
    ew_free(w.out);
    return code;
}

/* ------------------------------------------------------------------ UTF-32 */

/* Is it marked as such? */
static bool is_utf32(ew_slice s, bool *big)
{
    *big = s.n >= 4 && memcmp(s.p, "\0\0\xFE\xFF", 4) == 0;
    return *big || (s.n >= 4 && memcmp(s.p, "\xFF\xFE\0\0", 4) == 0);
}

static ew_code utf32(ew_lint *l, ew_slice s, bool big, ew_err *err)
{
    ew_code code = EW_OK;
    char *out = ew_alloc(RUN_MOST + 4);
    if (out == NULL)
        return ew_fail_nomem(err);
    for (size_t at = 4; at + 4 <= s.n && code == EW_OK;) {
        size_t from = at;
        size_t n = 0;
        for (; at + 4 <= s.n && n < RUN_MOST; at += 4) {
            const uint8_t *p = (const uint8_t *)s.p + at;
            uint32_t cp = big ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
                                    (uint32_t)p[2] << 8 | p[3]
                              : ew_get_u32le(p);
            bool right = cp > 0 && cp < 0x110000 && (cp < 0xD800 || cp > 0xDFFF);
            n += put_utf8(right ? cp : 0xFFFD, out + n);
        }
        ew_lint_text t = {{out, n}, from, 4, "", EW_LOOK_ALL, 0};
        code = ew_lint__text(l, &t, err);
        if (at + 4 <= s.n)
            at -= RUN_OVERLAP;
    }
    ew_free(out);
    return code;
}

ew_code ew_lint__bytes(ew_lint *l, ew_slice bytes, ew_lint_look look, ew_err *err)
{
    bool big;
    ew_code code = is_utf32(bytes, &big) ? utf32(l, bytes, big, err) : EW_OK;
    bool marked = bytes.n >= 2 && (memcmp(bytes.p, "\xFF\xFE", 2) == 0 ||
                                   memcmp(bytes.p, "\xFE\xFF", 2) == 0);
    bool has_nul =
        memchr(bytes.p, 0, bytes.n < LOOK_BYTES ? bytes.n : LOOK_BYTES) != NULL;
    if (code == EW_OK)
        code = utf8_runs(l, bytes, look, err); /* the mark may be a lie */
    if (code != EW_OK || (look == EW_LOOK_ALL && !marked && !has_nul))
        return code;
    bool again = l->again;
    l->again = true;
    code = utf16_runs(l, bytes, marked ? EW_LOOK_ALL : EW_LOOK_NAMES, err);
    l->again = again;
    return code;
}
