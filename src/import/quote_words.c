/* SPDX-License-Identifier: Apache-2.0 */
/* Paragraphs as tokens. */
#include "import/quote_words.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

bool ew_words_has(const char *words, const char *p, size_t n)
{
    while (*words != 0) {
        size_t len = strcspn(words, " ");
        if (len == n && strncasecmp(words, p, n) == 0)
            return true;
        words += len;
        words += *words == ' ';
    }
    return false;
}

static unsigned flags_of(const ew_quote_language *lang, const char *p, size_t n)
{
    unsigned flags = 0;
    if (n > 0 && p[n - 1] == '.') /* "Mr." */
        n--;
    if (n > 2 && p[n - 2] == '\'' && p[n - 1] == 's')
        n -= 2;
    else if (n > 4 && memcmp(p + n - 4, "\xE2\x80\x99s", 4) == 0)
        n -= 4;
    for (size_t i = 0; lang != NULL && lang->lists[i].flags != 0; i++)
        if (ew_words_has(lang->lists[i].words, p, n))
            flags |= lang->lists[i].flags;
    return flags;
}

/* Letters of the scripts that have capitals, near enough. */
static bool is_capital(uint32_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7) ||
           (c >= 0x100 && c <= 0x17F && c % 2 == 0) || (c >= 0x391 && c <= 0x3A9) ||
           (c >= 0x400 && c <= 0x42F);
}

static bool is_letter(uint32_t c)
{
    if (c < 0x80)
        return isalnum((int)c) != 0;
    if (c < 0xC0)
        return false;
    return c < 0x2000 || (c >= 0x2C00 && c < 0x3000) || (c >= 0x3041 && c < 0xFE00);
}

static bool is_apostrophe(uint32_t c)
{
    return c == '\'' || c == 0x2019;
}

/* Bytes of the word at `at`. Apostrophes, hyphens and points between letters belong to it, and the point behind an
 * initial. */
static size_t word_at(ew_slice s, size_t at, size_t to)
{
    size_t i = at;
    uint32_t c;
    uint32_t next;
    while (i < to) {
        size_t n = ew_utf8_next(s.p + i, to - i, &c);
        if (n == 0)
            break;
        if (!is_letter(c)) {
            size_t m = i + n < to ? ew_utf8_next(s.p + i + n, to - i - n, &next) : 0;
            bool inner = m > 0 && is_letter(next) && i > at &&
                         (is_apostrophe(c) || c == '-' || c == '.' ||
                          (c == ',' && isdigit((unsigned char)s.p[i - 1]) &&
                           next < 0x80 && isdigit((int)next)));
            bool initial = c == '.' && i > at &&
                           (i - at == 1 || memchr(s.p + at, '.', i - at) != NULL) &&
                           isupper((unsigned char)s.p[i - 1]);
            if (initial && !inner)
                return i + 1 - at;
            if (!inner)
                break;
        }
        i += n;
    }
    return i - at;
}

static ew_code add(ew_tokens *t, ew_token k, ew_room *room, ew_err *err)
{
    void *items = t->token;
    ew_code code = ew_room_grow(room, &items, t->n, &t->cap, sizeof *t->token, err);
    t->token = items;
    if (code == EW_OK)
        t->token[t->n++] = k;
    return code;
}

ew_code ew_tokens_add_quote(ew_tokens *t, size_t at, size_t n, size_t quote,
                            ew_room *room, ew_err *err)
{
    return add(t, (ew_token){.kind = EW_TOKEN_QUOTE, .at = at, .n = n, .quote = quote},
               room, err);
}

ew_code ew_tokens_add(ew_tokens *t, size_t from, size_t to, const ew_quote_language *lang,
                      ew_room *room, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = from; i < to && code == EW_OK;) {
        uint32_t c;
        size_t used = ew_utf8_next(t->text.p + i, to - i, &c);
        if (used == 0 || c == ' ' || c == 0xA0 || c == 0x202F) {
            i += used > 0 ? used : 1;
            continue;
        }
        ew_token k = {.kind = EW_TOKEN_POINT, .at = i, .n = used};
        size_t n = is_letter(c) ? word_at(t->text, i, to) : 0;
        if (n > 0) {
            k.kind = EW_TOKEN_WORD;
            k.n = n;
            k.flags = flags_of(lang, t->text.p + i, n);
            k.capital = is_capital(c);
            if ((k.flags & EW_WORD_SHORT) != 0 && i + n < to && t->text.p[i + n] == '.')
                k.n++;
        }
        code = add(t, k, room, err);
        i += k.n;
    }
    return code;
}

static char last_inside(const ew_tokens *t, const ew_token *k)
{
    for (size_t n = k->n; n > 1; n--) {
        char c = t->text.p[k->at + n - 1];
        if (c == '.' || c == '?' || c == '!' || c == ',')
            return c;
        if (isalnum((unsigned char)c))
            break;
    }
    return 0;
}

void ew_tokens_end(ew_tokens *t)
{
    for (size_t i = 0; i < t->n; i++) {
        ew_token *k = &t->token[i];
        bool last = i + 1 == t->n;
        bool opens = last || t->token[i + 1].kind == EW_TOKEN_QUOTE ||
                     t->token[i + 1].capital || t->token[i + 1].kind == EW_TOKEN_POINT ||
                     isdigit((unsigned char)t->text.p[t->token[i + 1].at]);
        if (k->kind == EW_TOKEN_POINT)
            k->ends = strchr(".?!", t->text.p[k->at]) != NULL && k->n == 1 && opens;
        if (k->kind == EW_TOKEN_QUOTE)
            k->ends = last_inside(t, k) == '.' &&
                      (last || t->token[i + 1].kind == EW_TOKEN_QUOTE ||
                       t->token[i + 1].capital);
    }
}

bool ew_token_is(const ew_tokens *t, size_t i, const char *word)
{
    return i < t->n && t->token[i].n == strlen(word) &&
           strncasecmp(t->text.p + t->token[i].at, word, t->token[i].n) == 0;
}

bool ew_token_is_point(const ew_tokens *t, size_t i, char c)
{
    return i < t->n && t->token[i].kind == EW_TOKEN_POINT && t->token[i].n == 1 &&
           t->text.p[t->token[i].at] == c;
}

ew_slice ew_token_text(const ew_tokens *t, size_t from, size_t to)
{
    if (from >= to || to > t->n)
        return (ew_slice){"", 0};
    size_t at = t->token[from].at;
    return (ew_slice){t->text.p + at, t->token[to - 1].at + t->token[to - 1].n - at};
}
