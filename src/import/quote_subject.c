/* SPDX-License-Identifier: Apache-2.0 */
/* The subject of a verb of saying: directly before it, or before a comma and what says more of it. */
#include <ctype.h>
#include <string.h>

#include "import/quote_find.h"

enum { LONGEST = 40 };

static bool has(const ew_tokens *t, size_t i, unsigned flags)
{
    return i < t->n && t->token[i].kind == EW_TOKEN_WORD &&
           (t->token[i].flags & flags) != 0;
}

size_t ew_sentence_begin(const ew_tokens *t, size_t i)
{
    while (i > 0 && !t->token[i - 1].ends)
        i--;
    return i;
}

size_t ew_sentence_end(const ew_tokens *t, size_t i)
{
    while (i < t->n && !t->token[i].ends)
        i++;
    return i < t->n ? i + 1 : i;
}

/* Does what stands between two commas only say more of what is before them? */
static bool is_aside(const ew_tokens *t, size_t from, size_t to)
{
    if (from >= to)
        return true;
    const ew_token *k = &t->token[from];
    if (k->kind != EW_TOKEN_WORD)
        return false;
    if (has(t, from, EW_WORD_A | EW_WORD_WHO | EW_WORD_OF) ||
        isdigit((unsigned char)t->text.p[k->at]) || ew_token_is(t, from, "aged") ||
        ew_token_is(t, from, "herself") || ew_token_is(t, from, "himself"))
        return true;
    if (has(t, from,
            EW_WORD_THE)) { /* "the ruling party", but not "the minister, Ann Roe," */
        for (size_t i = from; i < to; i++)
            if (has(t, i, EW_WORD_ROLE | EW_WORD_BODY | EW_WORD_TITLE))
                return true;
    }
    return !k->capital && !has(t, from, EW_WORD_THE | EW_WORD_PRONOUN);
}

static size_t comma_before(const ew_tokens *t, size_t from, size_t i)
{
    while (i > from) {
        if (ew_token_is_point(t, i - 1, ','))
            return i - 1;
        if (t->token[i - 1].kind == EW_TOKEN_QUOTE)
            break;
        i--;
    }
    return SIZE_MAX;
}

/* The noun phrase that ends before `to`: back to what it cannot reach over. */
static size_t phrase_begin(const ew_tokens *t, size_t from, size_t to)
{
    size_t i = to;
    while (i > from && t->token[i - 1].kind == EW_TOKEN_WORD && !t->token[i - 1].ends &&
           !has(t, i - 1, EW_WORD_CUT | EW_WORD_SAY | EW_WORD_SAYING) && to - i < LONGEST)
        i--;
    return i;
}

/* "X and Y said": two people, of whom none alone is meant. */
static bool is_joint(const ew_tokens *t, size_t from, size_t begin)
{
    return begin > from + 1 && ew_token_is(t, begin - 1, "and") &&
           t->token[begin - 2].kind == EW_TOKEN_WORD && t->token[begin - 2].capital &&
           t->token[begin].capital && !has(t, begin, EW_WORD_PRONOUN) &&
           !has(t, begin - 2, EW_WORD_BODY);
}

static ew_speaker phrase(const ew_tokens *t, size_t from, size_t to)
{
    size_t begin = phrase_begin(t, from, to);
    ew_speaker s = ew_speaker_of(t, begin, to);
    if (s.kind == EW_SPEAKER_NAME && is_joint(t, from, begin)) {
        s.from = phrase_begin(t, from, begin - 1);
        s.kind = EW_SPEAKER_UNNAMED;
    }
    return s;
}

/* Before the comma at `comma` stands the subject, or another aside. */
static ew_speaker before_asides(const ew_tokens *t, size_t from, size_t comma)
{
    ew_speaker none = {.kind = EW_SPEAKER_NONE};
    for (int asides = 0; asides < 5; asides++) {
        size_t next = comma_before(t, from, comma);
        size_t begin = next != SIZE_MAX ? next + 1 : from;
        if (is_aside(t, begin, comma) && next != SIZE_MAX) {
            comma = next;
            continue;
        }
        return phrase(t, from, comma);
    }
    return none;
}

ew_speaker ew_quote_subject(const ew_tokens *t, size_t from, size_t v, bool *role)
{
    size_t to = v;
    *role = false;
    while (to > from && has(t, to - 1, EW_WORD_BETWEEN))
        to--;
    if (to > from && ew_token_is_point(t, to - 1, ',')) {
        *role = true;
        return before_asides(t, from, to - 1);
    }
    ew_speaker s = phrase(t, from, to);
    bool who = to > from && has(t, to - 1, EW_WORD_WHO);
    if (who) { /* "Y, who replied": Y */
        size_t end = to - 1;
        while (end > from && ew_token_is_point(t, end - 1, ','))
            end--;
        *role = true;
        return phrase(t, from, end);
    }
    return s;
}
