/* SPDX-License-Identifier: Apache-2.0 */
/* Encodings of pages. What is UTF-8 already is only copied; windows-1252 and UTF-16 are turned by tables of
 * our own, all others by the C library where it has them. */
#include "import/page_bytes.h"

#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

enum { NAME = 40, PEEK = 4096, UNKNOWN = 0xFFFD };

typedef struct turning {
    ew_page_bytes *out;
    size_t at; /* in the original */
    iconv_t cd;
    bool big; /* end first */
} turning;

/* The next character; 0 bytes taken only at the end. */
typedef size_t step(turning *t, uint32_t *cp);

static size_t step_1252(turning *t, uint32_t *cp)
{
    static const uint16_t high[32] = {
        0x20AC,  UNKNOWN, 0x201A, 0x0192, 0x201E, 0x2026,  0x2020, 0x2021,
        0x02C6,  0x2030,  0x0160, 0x2039, 0x0152, UNKNOWN, 0x017D, UNKNOWN,
        UNKNOWN, 0x2018,  0x2019, 0x201C, 0x201D, 0x2022,  0x2013, 0x2014,
        0x02DC,  0x2122,  0x0161, 0x203A, 0x0153, UNKNOWN, 0x017E, 0x0178};
    unsigned char c = (unsigned char)t->out->original.p[t->at];
    *cp = c >= 0x80 && c < 0xA0 ? high[c - 0x80] : c;
    return 1;
}

static uint32_t unit(const turning *t, size_t at)
{
    const unsigned char *p = (const unsigned char *)t->out->original.p + at;
    return t->big ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

static size_t step_utf16(turning *t, uint32_t *cp)
{
    size_t left = t->out->original.n - t->at;
    *cp = UNKNOWN;
    if (left < 2)
        return left;
    *cp = unit(t, t->at);
    if (*cp < 0xD800 || *cp > 0xDFFF)
        return 2;
    if (*cp < 0xDC00 && left >= 4) {
        uint32_t low = unit(t, t->at + 2);
        if (low >= 0xDC00 && low <= 0xDFFF) {
            *cp = 0x10000 + ((*cp - 0xD800) << 10) + (low - 0xDC00);
            return 4;
        }
    }
    *cp = UNKNOWN;
    return 2;
}

/* As few bytes as make a character; what escapes say is kept by the converter. */
static size_t step_iconv(turning *t, uint32_t *cp)
{
    enum { LONGEST = 12 };
    size_t left = t->out->original.n - t->at;
    for (size_t n = 1; n <= LONGEST && n <= left; n++) {
        char *in = (char *)(uintptr_t)(t->out->original.p + t->at);
        size_t in_left = n;
        uint32_t made[4] = {0};
        char *to = (char *)made;
        size_t to_left = sizeof made[0];
        size_t r = iconv(t->cd, &in, &in_left, &to, &to_left);
        if (r == (size_t)-1 && errno == EINVAL)
            continue;
        *cp = r == (size_t)-1 || made[0] == 0 ? UNKNOWN : made[0];
        if (r != (size_t)-1 && to_left == sizeof made[0])
            continue; /* an escape: the character follows */
        return n;
    }
    *cp = UNKNOWN;
    return 1;
}

static size_t put_utf8(char *p, uint32_t cp)
{
    if (cp < 0x80) {
        p[0] = (char)cp;
        return 1;
    }
    size_t n = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    for (size_t i = n; i > 1; i--, cp >>= 6)
        p[i - 1] = (char)(0x80 | (cp & 0x3F));
    p[0] = (char)((n == 2 ? 0xC0u : n == 3 ? 0xE0u : 0xF0u) | cp);
    return n;
}

static ew_code turn(turning *t, step *next, ew_room *room, ew_err *err)
{
    ew_page_bytes *b = t->out;
    size_t most = 4 * (b->original.n - t->at) + 4;
    b->text = ew_room_get(room, most);
    b->back = ew_room_get(room, most * sizeof *b->back);
    if (b->text == NULL || b->back == NULL)
        return ew_room_fail(room, err);
    while (t->at < b->original.n) {
        uint32_t cp;
        size_t used = next(t, &cp);
        if (cp == UNKNOWN || cp > 0x10FFFF || (cp >= 0xD800 && cp < 0xE000)) {
            cp = UNKNOWN;
            b->bad = true;
        }
        size_t made = put_utf8(b->text + b->n, cp);
        for (size_t i = 0; i < made; i++)
            b->back[b->n + i] = (uint32_t)t->at;
        b->n += made;
        t->at += used;
    }
    b->back[b->n] = (uint32_t)b->original.n;
    return EW_OK;
}

static ew_code keep(ew_page_bytes *b, size_t mark, ew_room *room, ew_err *err)
{
    ew_slice s;
    ew_code code = ew_room_copy(room, b->original, &s, err);
    if (code != EW_OK)
        return code;
    b->text = (char *)(uintptr_t)s.p;
    b->n = s.n;
    memset(b->text, ' ', mark);
    for (size_t i = 0; i < b->n;) { /* what is not UTF-8 must not change its length */
        uint32_t cp;
        size_t used = ew_utf8_next(b->text + i, b->n - i, &cp);
        if (used == 0) {
            b->text[i] = '?';
            b->bad = true;
        }
        i += used > 0 ? used : 1;
    }
    return EW_OK;
}

/* charset=NAME anywhere in the first bytes, within a meta tag or the XML declaration. */
static bool declared(ew_slice s, char name[NAME])
{
    size_t peek = s.n < PEEK ? s.n : PEEK;
    for (size_t i = 0; i + 9 < peek; i++) {
        size_t skip = strncasecmp(s.p + i, "charset", 7) == 0     ? 7
                      : strncasecmp(s.p + i, "encoding=", 9) == 0 ? 8
                                                                  : 0;
        if (skip == 0)
            continue;
        i += skip;
        while (i < peek && strchr("= \t\"'", s.p[i]) != NULL && s.p[i] != 0)
            i++;
        size_t n = 0;
        while (i + n < peek && n + 1 < NAME &&
               strchr("\"' \t\r\n;/>?", s.p[i + n]) == NULL)
            n++;
        memcpy(name, s.p + i, n);
        name[n] = 0;
        if (n > 0)
            return true;
    }
    return false;
}

static bool one_of(const char *name, const char *const *list)
{
    for (; *list != NULL; list++)
        if (strcasecmp(name, *list) == 0)
            return true;
    return false;
}

/* Valid UTF-8 with more than ASCII: by chance no Latin text is. */
static bool is_wide_utf8(ew_slice s)
{
    bool wide = false;
    for (size_t i = 0; i < s.n && !wide; i++)
        wide = ((unsigned char)s.p[i] & 0x80) != 0;
    return wide && ew_utf8_valid(s.p, s.n);
}

static ew_code turn_named(turning *t, const char *name, ew_room *room, ew_err *err)
{
    static const char *const latin[] = {"windows-1252", "cp1252",    "iso-8859-1",
                                        "latin1",       "iso8859-1", "us-ascii",
                                        "ascii",        NULL};
    ew_slice kept;
    if (one_of(name, latin) && is_wide_utf8(t->out->original)) {
        t->out->lied = true;
        return keep(t->out, 0, room, err);
    }
    if (one_of(name, latin)) {
        t->out->encoding = "windows-1252";
        return turn(t, step_1252, room, err);
    }
    ew_code code = ew_room_copy(room, ew_slice_of(name), &kept, err);
    if (code != EW_OK)
        return code;
    t->out->encoding = kept.p;
    t->cd = iconv_open("UCS-4LE", name);
    if (t->cd == (iconv_t)-1)
        return ew_fail(err, EW_E_FORMAT, 0, "encoding '%s' is not known here", name);
    code = turn(t, step_iconv, room, err);
    (void)iconv_close(t->cd);
    return code;
}

ew_code ew_page_decode(ew_page_bytes *out, ew_slice original, bool page, ew_room *room,
                       ew_err *err)
{
    /* A page whose first bytes can be read to say UTF-16 is not in UTF-16. */
    static const char *const utf8[] = {"utf-8",    "utf8",    "utf-16", "utf-16le",
                                       "utf-16be", "unicode", NULL};
    char name[NAME];
    *out = (ew_page_bytes){.original = original, .encoding = "UTF-8"};
    turning t = {.out = out, .at = 2};
    if (original.n > EW_PAGE_BYTES)
        return ew_fail(err, EW_E_LIMIT, EW_PAGE_BYTES, "an article of more than %d bytes",
                       EW_PAGE_BYTES);
    if (original.n >= 3 && memcmp(original.p, "\xEF\xBB\xBF", 3) == 0)
        return keep(out, 3, room, err);
    bool little = original.n >= 2 && memcmp(original.p, "\xFF\xFE", 2) == 0;
    t.big = original.n >= 2 && memcmp(original.p, "\xFE\xFF", 2) == 0;
    if (little || t.big) {
        out->encoding = little ? "UTF-16LE" : "UTF-16BE";
        return turn(&t, step_utf16, room, err);
    }
    /* Without a mark, but every other byte of the first tag is 0. */
    little = original.n >= 4 && original.p[0] == '<' && original.p[1] == 0;
    t.big = original.n >= 4 && original.p[0] == 0 && original.p[1] == '<';
    t.at = 0;
    if (little || t.big) {
        out->encoding = little ? "UTF-16LE" : "UTF-16BE";
        out->guessed = true;
        return turn(&t, step_utf16, room, err);
    }
    if (page && declared(original, name) && !one_of(name, utf8))
        return turn_named(&t, name, room, err);
    if (ew_utf8_valid(original.p, original.n) || (page && declared(original, name)))
        return keep(out, 0, room, err);
    out->guessed = true;
    return turn_named(&t, "windows-1252", room, err);
}

static bool has_mark(ew_slice s)
{
    return (s.n >= 3 && memcmp(s.p, "\xEF\xBB\xBF", 3) == 0) ||
           (s.n >= 2 &&
            (memcmp(s.p, "\xFF\xFE", 2) == 0 || memcmp(s.p, "\xFE\xFF", 2) == 0));
}

ew_code ew_page_decode_told(ew_page_bytes *out, ew_slice original, ew_slice told,
                            ew_room *room, ew_err *err)
{
    static const char *const utf8[] = {"utf-8", "utf8", NULL};
    char name[NAME];
    if (told.n == 0 || told.n >= NAME || has_mark(original) || original.n > EW_PAGE_BYTES)
        return ew_page_decode(out, original, true, room, err);
    memcpy(name, told.p, told.n);
    name[told.n] = 0;
    *out = (ew_page_bytes){.original = original, .encoding = "UTF-8"};
    turning t = {.out = out};
    if (one_of(name, utf8) && ew_utf8_valid(original.p, original.n))
        return keep(out, 0, room, err);
    if (one_of(name, utf8) || strncasecmp(name, "utf-16", 6) == 0)
        return ew_page_decode(out, original, true, room, err);
    ew_code code = turn_named(&t, name, room, err);
    return code == EW_E_FORMAT ? ew_page_decode(out, original, true, room, err) : code;
}

uint64_t ew_page_back(const ew_page_bytes *b, size_t at)
{
    return b->back != NULL ? b->back[at] : at;
}
