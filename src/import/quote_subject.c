/* SPDX-License-Identifier: Apache-2.0 */
/* The subject of a verb of saying: directly before it, or before a comma and what says more of it. */
#include <ctype.h>
#include <string.h>

#include "import/quote_find.h"

enum { LONGEST = 40 };

size_t ew_sentence_begin(const ew_tokens *t, size_t i)
{
    enum { FAR = 400 };
    if (i >= t->n) /* behind the last */
        return t->n > 0 && !t->token[t->n - 1].ends ? t->token[t->n - 1].begin : t->n;
    size_t begin = t->token[i].begin;
    return i - begin > FAR ? i - FAR : begin;
}

size_t ew_sentence_end(const ew_tokens *t, size_t i)
{
    return i < t->n ? t->token[i].end : t->n;
}

/* IAS, QC, D-Ellery, R-Ohio */
static bool is_credential(ew_slice s)
{
    if (s.n > 2 && strchr("DRI", s.p[0]) != NULL && s.p[1] == '-')
        return true;
    for (size_t i = 0; i < s.n; i++)
        if (!isupper((unsigned char)s.p[i]) && s.p[i] != '.')
            return false;
    return s.n > 1;
}

/* "Vanna's brother-in-law": somebody by somebody else's name. */
static bool is_relative(const ew_tokens *t, size_t from, size_t to)
{
    bool whose = false;
    size_t i = from;
    for (; i < to && !whose && t->token[i].capital; i++) {
        ew_slice s = ew_token_text(t, i, i + 1);
        whose = (s.n > 2 && memcmp(s.p + s.n - 2, "'s", 2) == 0) ||
                (s.n > 4 && memcmp(s.p + s.n - 4, "\xE2\x80\x99s", 4) == 0);
    }
    whose = whose && i < to;
    for (; i < to && whose; i++)
        whose = t->token[i].kind == EW_TOKEN_WORD && !t->token[i].capital;
    return whose;
}

/* Does what stands between two commas only say more of what is before them? */
static bool is_aside(const ew_tokens *t, size_t from, size_t to)
{
    if (from >= to)
        return true;
    const ew_token *k = &t->token[from];
    if (k->kind != EW_TOKEN_WORD)
        return false;
    if (is_credential(ew_token_text(t, from, from + 1)) && to - from < 4)
        return true;
    if (ew_token_has(t, from, EW_WORD_ROLE) && from + 1 < to &&
        ew_name_end(t, from + 1, to) == to)
        return false; /* "its chairman, butcher Len Had, said" */
    if (is_relative(t, from, to))
        return true;
    if (ew_token_has(t, from, EW_WORD_A | EW_WORD_WHO | EW_WORD_OF) ||
        isdigit((unsigned char)t->text.p[k->at]) || ew_token_is(t, from, "aged") ||
        ew_token_is(t, from, "herself") || ew_token_is(t, from, "himself"))
        return true;
    if (ew_token_has(
            t, from,
            EW_WORD_THE)) { /* "the ruling party", but not "the minister, Ann Roe," */
        size_t name = from + 1;
        while (name < to && ew_token_has(t, name, EW_WORD_TITLE))
            name++;
        if (name > from + 1 && name + 1 < to && ew_name_end(t, name, to) == to)
            return false; /* "the Rt Rev Simon Ash" */
        for (size_t i = from; i < to; i++)
            if (ew_token_has(t, i, EW_WORD_ROLE | EW_WORD_BODY | EW_WORD_TITLE))
                return true;
    }
    return !k->capital && !ew_token_has(t, from, EW_WORD_THE | EW_WORD_PRONOUN);
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
           !ew_token_has(t, i - 1, EW_WORD_CUT | EW_WORD_SAY | EW_WORD_SAYING) &&
           to - i < LONGEST)
        i--;
    return i;
}

/* "X and Y said": two people, of whom none alone is meant. */
static bool is_joint(const ew_tokens *t, size_t from, size_t begin)
{
    return begin > from + 1 && ew_token_is(t, begin - 1, "and") &&
           t->token[begin - 2].kind == EW_TOKEN_WORD && t->token[begin - 2].capital &&
           t->token[begin].capital && !ew_token_has(t, begin, EW_WORD_PRONOUN) &&
           !ew_token_has(t, begin - 2, EW_WORD_BODY);
}

static ew_speaker phrase(const ew_tokens *t, size_t from, size_t to)
{
    size_t begin = phrase_begin(t, from, to);
    if (begin + 1 < to && ew_token_has(t, begin, EW_WORD_WHO))
        begin++; /* "X, who Y said was" */
    ew_speaker s = ew_speaker_of(t, begin, to);
    if (s.kind == EW_SPEAKER_NAME && is_joint(t, from, begin)) {
        s.from = phrase_begin(t, from, begin - 1);
        s.kind = EW_SPEAKER_UNNAMED;
    }
    return s;
}

/* "X, in Columbus, Ohio,": Ohio. */
static bool is_place(const ew_tokens *t, size_t from, size_t before, size_t to)
{
    size_t next = comma_before(t, from, before);
    if (next == SIZE_MAX || ew_name_end(t, before + 1, to) != to)
        return false;
    return ew_token_has(t, next + 1,
                        EW_WORD_OF | EW_WORD_OPENING | EW_WORD_A | EW_WORD_CUT) &&
           t->token[before - 1].capital;
}

/* "Sujarwo, the regent of Lor, said": what stands before the comma is a name by itself, and more of it follows. */
static bool is_described(const ew_tokens *t, size_t from, size_t comma)
{
    size_t begin = comma_before(t, from, comma);
    begin = begin != SIZE_MAX ? begin + 1 : from;
    while (begin < comma && ew_token_has(t, begin, EW_WORD_CUT | EW_WORD_OPENING))
        begin++;
    return ew_token_has(t, comma + 1, EW_WORD_THE | EW_WORD_A) && begin < comma &&
           !ew_token_has(t, begin, EW_WORD_NO_NAME) &&
           ew_name_end(t, begin, comma) == comma;
}

/* "Ray Bott (Ind, Eastgate)": without what is in brackets. */
static size_t without_bracket(const ew_tokens *t, size_t from, size_t to)
{
    enum { LONGEST_BRACKET = 12 };
    if (to <= from || !ew_token_is_point(t, to - 1, ')'))
        return to;
    for (size_t i = to - 1; i > from && to - i < LONGEST_BRACKET; i--)
        if (ew_token_is_point(t, i - 1, '('))
            return i - 1;
    return to;
}

/* Before the comma at `comma` stands the subject, or another aside. */
static ew_speaker before_asides(const ew_tokens *t, size_t from, size_t comma)
{
    ew_speaker none = {.kind = EW_SPEAKER_NONE};
    for (int asides = 0; asides < 5; asides++) {
        size_t next = comma_before(t, from, comma);
        size_t begin = next != SIZE_MAX ? next + 1 : from;
        if (next != SIZE_MAX &&
            (is_aside(t, begin, comma) || is_place(t, from, next, comma) ||
             is_described(t, from, next))) {
            comma = next;
            continue;
        }
        return phrase(t, from, without_bracket(t, from, comma));
    }
    return none;
}

/* "X on Monday said", "X, a minister, yesterday said": without the day. */
static size_t without_day(const ew_tokens *t, size_t from, size_t to)
{
    size_t i = to;
    while (i > from &&
           (ew_token_has(t, i - 1, EW_WORD_BETWEEN) ||
            (ew_token_has(t, i - 1, EW_WORD_OPENING) &&
             ew_token_has(t, i - 1, EW_WORD_NO_NAME) &&
             !ew_token_has(t, i - 1, EW_WORD_CUT) && !ew_token_is(t, i - 1, "asked"))))
        i--;
    if (i < to && i > from &&
        (ew_token_is(t, i - 1, "on") || ew_token_is(t, i - 1, "in")))
        i--;
    return i > from ? i : to;
}

ew_speaker ew_quote_subject(const ew_tokens *t, size_t from, size_t v, bool *role)
{
    size_t to = v;
    *role = false;
    while (to > from && ew_token_has(t, to - 1, EW_WORD_BETWEEN))
        to--;
    to = without_bracket(t, from, without_day(t, from, to));
    if (to > from &&
        ew_token_has(t, to - 1, EW_WORD_PRONOUN)) /* "what he called", "Recently she" */
        return ew_speaker_of(t, to - 1, to);
    if (to > from && ew_token_is_point(t, to - 1, ',')) {
        *role = true;
        return before_asides(t, from, to - 1);
    }
    ew_speaker s = phrase(t, from, to);
    bool who = to > from && ew_token_has(t, to - 1, EW_WORD_WHO);
    if (who) { /* "Y, who replied": Y */
        size_t end = to - 1;
        while (end > from && ew_token_is_point(t, end - 1, ','))
            end--;
        *role = true;
        return phrase(t, from, end);
    }
    return s;
}
