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

static size_t hash_of(const char *p, size_t n)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)tolower((unsigned char)p[i])) * 16777619u;
    return h ^ (h >> 15);
}

static struct ew_word_slot *slot_of(const ew_word_table *t, const char *p, size_t n)
{
    size_t i = hash_of(p, n) & (t->size - 1);
    while (t->slot[i].p != NULL &&
           (t->slot[i].n != n || strncasecmp(t->slot[i].p, p, n) != 0))
        i = (i + 1) & (t->size - 1);
    return &t->slot[i];
}

ew_code ew_word_table_make(ew_word_table *t, const ew_quote_language *lang, ew_room *room,
                           ew_err *err)
{
    size_t words = 0;
    *t = (ew_word_table){NULL, 0};
    for (size_t i = 0; lang != NULL && lang->lists[i].flags != 0; i++)
        for (const char *p = lang->lists[i].words; *p != 0; p++)
            words += *p == ' ' || p[1] == 0;
    if (words == 0)
        return EW_OK;
    for (t->size = 64; t->size < 2 * words; t->size *= 2)
        ;
    t->slot = ew_room_get(room, t->size * sizeof *t->slot);
    if (t->slot == NULL)
        return ew_room_fail(room, err);
    for (size_t i = 0; lang->lists[i].flags != 0; i++)
        for (const char *p = lang->lists[i].words; *p != 0;) {
            size_t n = strcspn(p, " ");
            struct ew_word_slot *s = slot_of(t, p, n);
            *s = (struct ew_word_slot){p, n, s->flags | lang->lists[i].flags};
            p += n + (p[n] == ' ');
        }
    return EW_OK;
}

static unsigned flags_of(const ew_word_table *words, const char *p, size_t n)
{
    if (n == 2 && p[1] == '.' && isupper((unsigned char)p[0]))
        return 0;                 /* "A. Roe", "I. Lee" */
    if (n > 0 && p[n - 1] == '.') /* "Mr." */
        n--;
    if (n > 2 && p[n - 2] == '\'' && p[n - 1] == 's')
        n -= 2;
    else if (n > 4 && memcmp(p + n - 4, "\xE2\x80\x99s", 4) == 0)
        n -= 4;
    if (words->size == 0)
        return 0;
    unsigned flags = slot_of(words, p, n)->flags;
    const char *hyphen = memchr(p, '-', n);
    if (flags != 0 || hyphen == NULL)
        return flags;
    /* Director-General, vice-president, ex-minister */
    enum { KEPT = EW_WORD_TITLE | EW_WORD_ROLE | EW_WORD_MALE | EW_WORD_FEMALE };
    unsigned first = slot_of(words, p, (size_t)(hyphen - p))->flags;
    unsigned last = slot_of(words, hyphen + 1, n - (size_t)(hyphen + 1 - p))->flags;
    bool prefix = ew_words_has("ex then vice co sub editor", p, (size_t)(hyphen - p));
    return prefix || (first & (EW_WORD_TITLE | EW_WORD_ROLE)) != 0 ? (first | last) & KEPT
                                                                   : 0;
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

/* al-Sayegh, d'Amico: a name although its first letter is small. */
static bool begins_name(const char *p, size_t n)
{
    for (size_t i = 1; i < 4 && i + 2 < n; i++) {
        bool mark = p[i] == '-' || p[i] == '\'';
        size_t next = mark ? i + 1 : i + 3;
        uint32_t c;
        if (!mark && (n < i + 4 || memcmp(p + i, "\xE2\x80\x99", 3) != 0))
            continue;
        return ew_utf8_next(p + next, n - next, &c) > 0 && is_capital(c);
    }
    return false;
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

ew_code ew_tokens_add(ew_tokens *t, size_t from, size_t to, const ew_word_table *words,
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
            k.flags = flags_of(words, t->text.p + i, n);
            k.capital = is_capital(c) || begins_name(t->text.p + i, n);
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

/* "the accused's wife", "United States": no verb of saying, although its word is one. */
static void clear_nouns(ew_tokens *t)
{
    const unsigned verbs = EW_WORD_SAY | EW_WORD_CALL | EW_WORD_SAYING;
    for (size_t i = 0; i < t->n; i++) {
        ew_token *k = &t->token[i];
        const char *end = t->text.p + k->at + k->n;
        if ((k->flags & verbs) == 0)
            continue;
        bool possessive = k->n > 3 && end[-1] == 's' &&
                          (end[-2] == '\'' || memcmp(end - 4, "\xE2\x80\x99", 3) == 0);
        bool noun = i > 0 && (t->token[i - 1].flags & (EW_WORD_THE | EW_WORD_A)) != 0;
        bool name = k->capital && i > 0 && t->token[i - 1].capital;
        if (possessive || noun || name)
            k->flags &= ~verbs;
    }
}

void ew_tokens_end(ew_tokens *t)
{
    clear_nouns(t);
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
    size_t begin = 0;
    for (size_t i = 0; i < t->n; i++)
        if (t->token[i].ends || i + 1 == t->n) {
            for (size_t k = begin; k <= i; k++) {
                t->token[k].begin = begin;
                t->token[k].end = i + 1;
            }
            begin = i + 1;
        }
}

bool ew_token_has(const ew_tokens *t, size_t i, unsigned flags)
{
    return i < t->n && t->token[i].kind == EW_TOKEN_WORD &&
           (t->token[i].flags & flags) != 0;
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
