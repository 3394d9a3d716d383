/* SPDX-License-Identifier: Apache-2.0 */
/* Marks come in pairs; the straight ones, and single ones that are apostrophes too, are told apart by what stands beside
 * them. */
#include "import/quote_marks.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

typedef struct pair {
    uint32_t open, close, other_close;
    bool single;
} pair;

static const pair pairs[] = {
    {'"', '"', '"', false},          {0x201C, 0x201D, '"', false}, /* curly */
    {0x00AB, 0x00BB, 0x00BB, false},                               /* « » */
    {0x201E, 0x201C, 0x201D, false}, /* „ “ and „ ” */
    {0x300C, 0x300D, 0x300D, false}, /* 「 」 */
    {0x300E, 0x300F, 0x300F, false}, /* 『 』 */
    {0x2018, 0x2019, 0x2019, true},  /* ‘ ’ */
    {'\'', '\'', '\'', true},
};

static uint32_t at(ew_slice s, size_t i, size_t *used)
{
    uint32_t c = 0;
    *used = i < s.n ? ew_utf8_next(s.p + i, s.n - i, &c) : 0;
    if (*used == 0 && i < s.n)
        *used = 1;
    /* Two small ones are a large one: ''like this''. */
    if ((c == '\'' || c == '`') && i + 1 < s.n && s.p[i + 1] == s.p[i]) {
        *used = 2;
        return '"';
    }
    return c;
}

static bool is_letter_at(ew_slice s, size_t i)
{
    size_t used;
    uint32_t c = at(s, i, &used);
    if (c < 0x80)
        return c != 0 && isalnum((int)c) != 0;
    return (c >= 0xC0 && c < 0x2000) || (c >= 0x3041 && c < 0xFE00);
}

static size_t before(ew_slice s, size_t i)
{
    while (i > 0 && ((unsigned char)s.p[--i] & 0xC0) == 0x80)
        ;
    return i;
}

static bool is_gap_at(ew_slice s, size_t i)
{
    size_t used;
    uint32_t c = at(s, i, &used);
    return c == ' ' || c == 0xA0 || c == 0x202F || c == 0x2009;
}

/* Straight and single marks open only where a word begins. */
static bool may_open(ew_slice s, size_t i, size_t used)
{
    bool left = i == 0 || !is_letter_at(s, before(s, i));
    return left && i + used < s.n && !is_gap_at(s, i + used);
}

static bool closes_single(ew_slice s, size_t i, size_t used)
{
    return !is_letter_at(s, i + used) && i > 0 && !is_gap_at(s, before(s, i));
}

static bool point_before(ew_slice s, size_t i)
{
    return i > 0 && strchr(",.?!", s.p[i - 1]) != NULL;
}

/* Where the mark that closes stands: for single ones the first with a point before it, or the first at
 * all when none comes before the next one opens. *none: up to there is none. */
static bool find_single(ew_slice s, size_t from, const pair *p, size_t *none, size_t *out)
{
    enum { FAR = 8192 };
    bool any = false;
    size_t used;
    size_t i = from > *none ? from : *none;
    for (; i < s.n && i - from < FAR; i += used) {
        uint32_t c = at(s, i, &used);
        if (c == p->close && closes_single(s, i, used)) {
            if (point_before(s, i)) {
                *out = i;
                return true;
            }
            if (!any)
                *out = i;
            any = true;
        } else if (c == p->open && any && may_open(s, i, used)) {
            break;
        }
    }
    if (!any)
        *none = i;
    return any;
}

/* Beside double marks: only what certainly is a quotation, with a point before the mark that closes and none that opens
 * between. */
static bool find_curly(ew_slice s, size_t from, const pair *p, size_t *out)
{
    size_t used;
    for (size_t i = from; i < s.n; i += used) {
        uint32_t c = at(s, i, &used);
        if (c == '"' || c == 0x201C || (c == p->open && may_open(s, i, used)))
            return false;
        if (c == p->close && closes_single(s, i, used) && point_before(s, i)) {
            *out = i;
            return memchr(s.p + from, ' ', i - from) != NULL;
        }
    }
    return false;
}

static bool find_double(ew_slice s, size_t from, const pair *p, size_t *out)
{
    size_t used;
    int depth = 0;
    for (size_t i = from; i < s.n; i += used) {
        uint32_t c = at(s, i, &used);
        if (c == p->close || c == p->other_close) {
            /* Straight marks: a second one that opens a word is a quotation inside a broken one. */
            if (depth-- == 0) {
                *out = i;
                return true;
            }
        } else if (c == p->open && p->open != p->close) {
            depth++;
        }
    }
    return false;
}

static bool opens_here(ew_slice s, size_t i, uint32_t c, size_t used, const pair *p)
{
    if (c != p->open)
        return false;
    if (c == '"' || c == '\'')
        return may_open(s, i, used);
    return !p->single || may_open(s, i, used);
}

bool ew_quote_next(ew_slice s, size_t from, bool single, ew_quote_span *out)
{
    size_t used;
    size_t none[sizeof pairs / sizeof pairs[0]] = {0};
    for (size_t i = from; i < s.n; i += used) {
        uint32_t c = at(s, i, &used);
        if (c < 0x80 && c != '"' && c != '\'')
            continue;
        for (unsigned k = 0; k < sizeof pairs / sizeof pairs[0]; k++) {
            const pair *p = &pairs[k];
            size_t close = 0;
            bool curly = p->single && !single && p->open == 0x2018;
            if ((p->single && !single && !curly) || !opens_here(s, i, c, used, p) ||
                (curly && !find_curly(s, i + used, p, &close)))
                continue;
            bool found = curly       ? true
                         : p->single ? find_single(s, i + used, p, &none[k], &close)
                                     : find_double(s, i + used, p, &close);
            if (!found && p->single && i > 0)
                continue; /* 'tis, the '90s */
            *out = (ew_quote_span){.at = i,
                                   .end = s.n,
                                   .words_at = i + used,
                                   .words_end = s.n,
                                   .open = !found,
                                   .single = p->single,
                                   .mark = k};
            if (found) {
                size_t n;
                (void)at(s, close, &n);
                out->words_end = close;
                out->end = close + n;
            }
            return true;
        }
    }
    return false;
}

bool ew_quote_goes_on(ew_slice s, unsigned mark)
{
    size_t used;
    return at(s, 0, &used) == pairs[mark].open && s.n > used;
}
