/* SPDX-License-Identifier: Apache-2.0 */
/* Noun phrases that can speak. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "import/quote_names.h"

/* Words that are titles and surnames. */
static const char surnames[] =
    "baker cook miner shepherd gardener judge bishop king prince pope dean marshal baron "
    "major sergeant justice queen duke earl count father brother guard barber mason chef "
    "abbot deacon canon cardinal constable provost haji hajji lama sheikh hon miss ms dr";

static bool can_name(const ew_tokens *t, size_t i)
{
    return i < t->n && t->token[i].kind == EW_TOKEN_WORD && t->token[i].capital &&
           !ew_token_has(t, i, EW_WORD_NO_NAME | EW_WORD_PRONOUN);
}

static bool is_possessive(const ew_tokens *t, size_t i)
{
    ew_slice s = ew_token_text(t, i, i + 1);
    return (s.n > 2 && memcmp(s.p + s.n - 2, "'s", 2) == 0) ||
           (s.n > 4 && memcmp(s.p + s.n - 4, "\xE2\x80\x99s", 4) == 0);
}

/* Words that are names only within one: Jim Two Bulls, DSP Friday Ebong. */
static bool is_odd_name(const ew_tokens *t, size_t begin, size_t i, size_t to)
{
    if (i <= begin || i + 1 >= to || !t->token[i].capital || t->token[i].n < 3 ||
        !can_name(t, i + 1))
        return false;
    return ew_token_has(t, i, EW_WORD_A) ||
           (ew_token_has(t, i, EW_WORD_OPENING) &&
            ew_token_has(t, i - 1, EW_WORD_TITLE) && t->token[i - 1].capital);
}

/* Ministry of Forests, University of North Taven, Department of Water and Dams: one past it, or i. */
static size_t body_end(const ew_tokens *t, size_t i, size_t to)
{
    if (i + 1 >= to || !ew_token_has(t, i - 1, EW_WORD_BODY) ||
        !(ew_token_is(t, i, "of") || ew_token_is(t, i, "for")))
        return i;
    size_t end = i + 1 + ew_token_is(t, i + 1, "the");
    bool office =
        ew_token_is(t, i - 1, "ministry") || ew_token_is(t, i - 1, "department");
    if (!can_name(t, end) || end >= to ||
        (!office && ew_token_has(t, end, EW_WORD_ROLE | EW_WORD_TITLE)))
        return i;
    while (end < to && can_name(t, end) && !is_possessive(t, end - 1))
        end++;
    if (office && end + 2 < to && ew_token_is(t, end, "and") && can_name(t, end + 1) &&
        !can_name(t, end + 2))
        end += 2;
    return end;
}

size_t ew_name_end(const ew_tokens *t, size_t i, size_t to)
{
    size_t end = i;
    while (end < to) {
        size_t next = end;
        while (next > i && next < to && ew_token_has(t, next, EW_WORD_PARTICLE) &&
               !t->token[next].capital)
            next++;
        if (next >= to || !(can_name(t, next) || is_odd_name(t, i, next, to)))
            break;
        end = next + 1;
        end = body_end(t, end, to);
        if (is_possessive(t, end - 1) || t->token[end - 1].ends)
            break;
    }
    return end;
}

bool ew_name_is_role(const ew_tokens *t, size_t from, size_t to)
{
    static const char offices[] =
        "officer minister president director secretary commissioner governor senator "
        "chairman "
        "spokesman spokeswoman spokesperson manager editor coordinator ambassador "
        "attorney "
        "commander prosecutor adviser advisor premier superintendent ceo cfo coo";
    ew_slice word = ew_token_text(t, to - 1, to);
    if (from + 1 == to)
        return ew_token_has(t, to - 1, EW_WORD_ROLE) &&
               !ew_token_has(t, to - 1, EW_WORD_BODY);
    return ew_words_has(offices, word.p, word.n);
}

size_t ew_name_core(const ew_tokens *t, size_t from, size_t to)
{
    size_t core = from;
    if (ew_token_has(t, to - 1, EW_WORD_BODY)) /* Defence Ministry */
        return from;
    for (size_t i = from; i + 1 < to; i++) {
        ew_slice word = ew_token_text(t, i, i + 1);
        bool title = ew_token_has(t, i, EW_WORD_TITLE | EW_WORD_ROLE);
        /* "Tan Sri" */
        if (i == core && i + 2 < to && ew_token_is(t, i, "tan") &&
            ew_token_is(t, i + 1, "sri"))
            core = ++i + 1;
        else if (title && (core == i || !ew_words_has(surnames, word.p, word.n)))
            core = i + 1;
    }
    return core;
}

/* "On Monday", "In Geneva" in front of the subject, without a comma. */
static size_t skip_opening(const ew_tokens *t, size_t i, size_t to)
{
    while (i + 1 < to) {
        if (ew_token_has(t, i, EW_WORD_OPENING) ||
            isdigit((unsigned char)t->text.p[t->token[i].at]) ||
            ew_token_is(t, i, "week") || ew_token_is(t, i, "month"))
            i++;
        else if (ew_token_has(t, i, EW_WORD_OF) && i + 3 < to && !can_name(t, i + 1) &&
                 ew_token_has(t, i + 2, EW_WORD_THE | EW_WORD_A))
            i = i + 2; /* "By noon the minister" */
        else if (ew_token_has(t, i, EW_WORD_PLACE) && can_name(t, i + 1) && i + 2 < to)
            i = i + 2;
        else
            break;
    }
    return i;
}

/* "the DM", "the SP": an office. */
static bool is_initials(const ew_tokens *t, size_t from, size_t to)
{
    enum { LONGEST = 4 };
    ew_slice s = ew_token_text(t, to - 1, to);
    if (to - from != 2 || !ew_token_has(t, from, EW_WORD_THE) || s.n > LONGEST)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!isupper((unsigned char)s.p[i]))
            return false;
    return true;
}

static ew_speaker named(const ew_tokens *t, ew_speaker s, size_t from, size_t to)
{
    s.name_from = ew_name_core(t, from, to);
    s.name_to = to;
    s.kind = EW_SPEAKER_NAME;
    for (size_t i = s.from; i < s.name_from; i++) {
        s.flags |= t->token[i].flags & (EW_WORD_MALE | EW_WORD_FEMALE);
        if (ew_token_has(t, i, EW_WORD_ROLE))
            s.role = ew_token_text(t, i, i + 1);
    }
    if (ew_name_is_role(t, s.name_from, to) || is_initials(t, s.from, to) ||
        (ew_token_has(t, to - 1, EW_WORD_TITLE) && s.name_from + 1 == to)) {
        s.kind = EW_SPEAKER_ROLE; /* "The Prime Minister" */
        s.role = ew_token_text(t, to - 1, to);
        s.flags |= t->token[to - 1].flags & (EW_WORD_MALE | EW_WORD_FEMALE);
    }
    return s;
}

/* "minister of transport Ann Roe": the name behind "of" and small letters at the end. */
static bool is_office(const ew_tokens *t, size_t of, size_t to)
{
    size_t i = of + 1;
    while (i < to && t->token[i].kind == EW_TOKEN_WORD && !t->token[i].capital &&
           !ew_token_has(
               t, i, EW_WORD_OF | EW_WORD_WHO | EW_WORD_CUT | EW_WORD_THE | EW_WORD_A))
        i++;
    return i > of + 1 && i < to && ew_token_has(t, of - 1, EW_WORD_ROLE) &&
           !ew_token_has(t, 0, EW_WORD_A) && ew_name_end(t, i, to) == to;
}

/* The last name in from..to that stands at its end or before "of", "for", "in". */
static bool find_name(const ew_tokens *t, size_t from, size_t to, size_t *begin,
                      size_t *end)
{
    bool any = false;
    bool described = ew_token_has(t, from, EW_WORD_A | EW_WORD_THE);
    for (size_t i = from; i < to; i++) {
        size_t e = ew_name_end(t, i, to);
        if (e == i) {
            if (ew_token_has(t, i, EW_WORD_OF | EW_WORD_WHO) &&
                !(i > from && is_office(t, i, to)))
                return any; /* what follows says more of somebody unnamed */
            continue;
        }
        bool strong =
            e == to || ew_token_has(t, e, EW_WORD_OF | EW_WORD_OPENING | EW_WORD_BETWEEN);
        bool weak =
            !t->token[e].capital && !described &&
            !ew_token_has(t, e,
                          EW_WORD_ROLE | EW_WORD_UNNAMED | EW_WORD_BODY | EW_WORD_TITLE);
        /* "of X said": X is no subject; "the X strategist": nor is it here */
        if (!is_possessive(t, e - 1) && (strong || (weak && !any))) {
            *begin = i;
            *end = e;
            any = true;
            if (strong)
                return true;
        }
        i = e - 1;
    }
    return any;
}

static bool wants_no_name(const ew_tokens *t, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (ew_token_is(t, i, "anonymity") || ew_token_is(t, i, "anonymous") ||
            ew_token_is(t, i, "anonymously") || ew_token_is(t, i, "unnamed") ||
            (ew_token_is(t, i, "named") && i > from && ew_token_is(t, i - 1, "be")) ||
            (ew_token_is(t, i, "identified") && i > from && ew_token_is(t, i - 1, "be")))
            return true;
    return false;
}

static ew_speaker role_of(const ew_tokens *t, ew_speaker s)
{
    bool definite = ew_token_has(t, s.from, EW_WORD_THE);
    bool unnamed = false;
    for (size_t i = s.from; i < s.to; i++) {
        if (i > s.from && ew_token_has(t, i, EW_WORD_OF | EW_WORD_WHO))
            break;
        if (ew_token_has(t, i, EW_WORD_ROLE | EW_WORD_BODY)) {
            s.role = ew_token_text(t, i, i + 1);
            s.flags |= t->token[i].flags & (EW_WORD_MALE | EW_WORD_FEMALE);
            unnamed = unnamed || ew_token_has(t, i, EW_WORD_UNNAMED);
        }
    }
    s.kind = definite && s.role.n > 0 ? EW_SPEAKER_ROLE : EW_SPEAKER_UNNAMED;
    s.anonymous = wants_no_name(t, s.from, s.to) || (unnamed && !definite);
    return s;
}

ew_speaker ew_speaker_of(const ew_tokens *t, size_t from, size_t to)
{
    ew_speaker s = {.kind = EW_SPEAKER_NONE};
    size_t begin;
    size_t end;
    while (to > from && ew_token_has(t, to - 1, EW_WORD_BETWEEN))
        to--;
    from = skip_opening(t, from, to);
    s.from = from;
    s.to = to;
    if (from >= to)
        return s;
    if (ew_token_has(t, from, EW_WORD_PRONOUN) && to - from <= 2) {
        s.kind = EW_SPEAKER_PRONOUN;
        s.to = from + 1;
        s.flags = t->token[from].flags & (EW_WORD_MALE | EW_WORD_FEMALE);
        return s;
    }
    if (find_name(t, from, to, &begin, &end)) {
        size_t skip = begin;
        while (skip > from && t->token[skip - 1].kind == EW_TOKEN_WORD &&
               !ew_token_has(t, skip - 1, EW_WORD_CUT))
            skip--;
        s.from = skip;
        s.to = end;
        /* "the Ministry" and "a spokesman": no name even with a capital. */
        return named(t, s, begin, end);
    }
    return role_of(t, s);
}
