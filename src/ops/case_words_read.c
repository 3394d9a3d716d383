/* SPDX-License-Identifier: Apache-2.0 */
/* Characters of pages and of JSON. Nothing is judged here: what is not understood is taken as it stands. */
#include "ops/case_words_read.h"

#include <string.h>

#include "base/bytes.h"
#include "casefile/words.h"

enum { TAG_MAX = 1 << 20, REFERENCE_MAX = 12 };

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static uint32_t digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return (uint32_t)(c - '0');
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10) : 16;
}

/* Reads up to `most` digits; how many there were. */
static size_t number(ew_slice s, uint32_t base, size_t most, uint32_t *out)
{
    size_t n = 0;
    *out = 0;
    while (n < s.n && n < most && digit_of(s.p[n]) < base)
        *out = *out * base + digit_of(s.p[n++]);
    return n;
}

/* ------------------------------------------------------------------ markup */

/* Tags that a reader sees as a new line or a gap. */
static bool is_gap(const char *name, size_t n)
{
    static const char *const names[] = {"p",  "br", "div", "li", "tr",        "td", "th",
                                        "h1", "h2", "h3",  "h4", "h5",        "h6", "hr",
                                        "ul", "ol", "dd",  "dt", "blockquote"};
    for (size_t i = 0; i < EW_COUNT(names); i++) {
        size_t k = 0;
        while (k < n && names[i][k] != 0 && (name[k] | 0x20) == (names[i][k] | 0x20))
            k++;
        if (k == n && names[i][k] == 0)
            return true;
    }
    return false;
}

/* s begins with '<'. 0: it is no tag. */
static size_t tag(ew_slice s, ew_report_char *out)
{
    size_t most = s.n < TAG_MAX ? s.n : TAG_MAX;
    size_t name = s.n > 1 && s.p[1] == '/' ? 2 : 1;
    const char *end;
    if (s.n >= 4 && memcmp(s.p, "<!--", 4) == 0) {
        end = memmem(s.p + 4, most - 4, "-->", 3);
        *out = (ew_report_char){0, false};
        return end != NULL ? (size_t)(end - s.p) + 3 : 0;
    }
    if (name >= s.n || !(is_letter(s.p[name]) || s.p[name] == '!' || s.p[name] == '?'))
        return 0;
    end = memchr(s.p, '>', most);
    if (end == NULL)
        return 0;
    size_t n = name;
    while (is_letter(s.p[n]) || (s.p[n] >= '0' && s.p[n] <= '9'))
        n++;
    *out = (ew_report_char){' ', is_gap(s.p + name, n - name)};
    return (size_t)(end - s.p) + 1;
}

static const struct {
    const char *name;
    uint32_t c;
} references[] = {
    {"amp", '&'},       {"lt", '<'},        {"gt", '>'},       {"quot", '"'},
    {"apos", '\''},     {"nbsp", 0xA0},     {"shy", 0xAD},     {"laquo", 0xAB},
    {"raquo", 0xBB},    {"lsquo", 0x2018},  {"rsquo", 0x2019}, {"sbquo", 0x201A},
    {"ldquo", 0x201C},  {"rdquo", 0x201D},  {"bdquo", 0x201E}, {"ndash", 0x2013},
    {"mdash", 0x2014},  {"hellip", 0x2026}, {"ensp", 0x2002},  {"emsp", 0x2003},
    {"thinsp", 0x2009}, {"zwj", 0x200D},    {"zwnj", 0x200C},  {"lsaquo", 0x2039},
    {"rsaquo", 0x203A},
};

/* s begins with '&'. 0: it is no reference that is known. */
static size_t reference(ew_slice s, ew_report_char *out)
{
    const char *end = memchr(s.p, ';', s.n < REFERENCE_MAX ? s.n : REFERENCE_MAX);
    if (end == NULL)
        return 0;
    ew_slice name = {s.p + 1, (size_t)(end - s.p) - 1};
    out->there = true;
    if (name.n > 1 && name.p[0] == '#') {
        bool hex = (name.p[1] | 0x20) == 'x';
        size_t skip = hex ? 2 : 1;
        ew_slice digits = {name.p + skip, name.n - skip};
        size_t n = number(digits, hex ? 16 : 10, 7, &out->c);
        return n > 0 && n == digits.n ? name.n + 2 : 0;
    }
    for (size_t i = 0; i < EW_COUNT(references); i++)
        if (ew_slice_is(name, references[i].name)) {
            out->c = references[i].c;
            return name.n + 2;
        }
    return 0;
}

/* ------------------------------------------------------------------ JSON */

/* s begins with a backslash. */
static size_t escape(ew_slice s, ew_report_char *out)
{
    static const char letters[] = "nrtbf";
    static const char plain[] = "\\/\"";
    uint32_t low;
    out->there = true;
    if (s.n < 2)
        return 0;
    if (s.p[1] == 'u' && number((ew_slice){s.p + 2, s.n - 2}, 16, 4, &out->c) == 4) {
        bool pair = out->c >= 0xD800 && out->c < 0xDC00 && s.n >= 12 && s.p[6] == '\\' &&
                    s.p[7] == 'u' &&
                    number((ew_slice){s.p + 8, s.n - 8}, 16, 4, &low) == 4 &&
                    low >= 0xDC00 && low < 0xE000;
        if (pair)
            out->c = 0x10000 + ((out->c - 0xD800) << 10) + (low - 0xDC00);
        return pair ? 12 : 6;
    }
    if (strchr(letters, s.p[1]) != NULL && s.p[1] != 0) {
        out->c = ' ';
        return 2;
    }
    if (strchr(plain, s.p[1]) != NULL && s.p[1] != 0) {
        out->c = (uint32_t)s.p[1];
        return 2;
    }
    return 0;
}

size_t ew_report_next(ew_slice text, size_t at, ew_report_form form, ew_report_char *out)
{
    ew_slice s = {text.p + at, text.n - at};
    size_t used = 0;
    if (s.n == 0)
        return 0;
    if (form == EW_REPORT_MARKUP && s.p[0] == '<')
        used = tag(s, out);
    else if (form == EW_REPORT_MARKUP && s.p[0] == '&')
        used = reference(s, out);
    else if (form == EW_REPORT_JSON && s.p[0] == '\\')
        used = escape(s, out);
    if (used > 0)
        return used;
    out->there = true;
    return ew_words_next(s.p, s.n, &out->c);
}
