/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns of attribution, the surest first. Each leaves where it found its verb, so that what goes on with the same
 * speaker can be told from what has one of its own. */
#include <string.h>

#include "import/quote_find.h"

enum { FAR = 30 /* tokens between a verb and what it says */ };

static bool found(ew_quoted *q, ew_pattern pattern, ew_speaker s, size_t paragraph,
                  size_t verb)
{
    if (s.kind == EW_SPEAKER_NONE)
        return false;
    q->found = true;
    q->pattern = pattern;
    q->speaker = s;
    q->speaker_paragraph = paragraph;
    q->verb = verb;
    return true;
}

static bool same_as(ew_quoted *q, ew_pattern pattern, const ew_quoted *other)
{
    if (!other->found)
        return false;
    q->found = true;
    q->pattern = pattern;
    q->speaker = other->speaker;
    q->speaker_paragraph = other->speaker_paragraph;
    q->verb = other->verb;
    q->person = other->person;
    return true;
}

/* ------------------------------------------------------------------ behind it */

/* The character before the closing mark. */
static char last_char(const ew_quoted *q)
{
    ew_slice w = q->words;
    while (w.n > 0 && w.p[w.n - 1] == ' ')
        w.n--;
    return w.n > 0 ? w.p[w.n - 1] : 0;
}

static size_t clause_end(const ew_tokens *t, size_t i)
{
    while (i < t->n && t->token[i].kind != EW_TOKEN_QUOTE && !t->token[i].ends &&
           !ew_token_is_point(t, i, ';'))
        i++;
    return i;
}

/* Where the noun phrase behind a verb ends: at a point, or at what begins another part of the sentence. */
static size_t object_end(const ew_tokens *t, size_t i, size_t end)
{
    size_t from = i;
    while (i < end && t->token[i].kind == EW_TOKEN_WORD &&
           !ew_token_has(t, i, EW_WORD_CUT | EW_WORD_WHO | EW_WORD_SAYING) &&
           i - from < FAR)
        i++;
    return i;
}

/* said X; said X's lawyer; said the minister on Monday */
static ew_speaker speaker_behind(const ew_tokens *t, size_t verb, size_t end)
{
    size_t from = verb + 1;
    size_t to = object_end(t, from, end);
    ew_speaker s = ew_speaker_of(t, from, to);
    if (s.kind == EW_SPEAKER_ROLE || s.kind == EW_SPEAKER_UNNAMED) {
        ew_speaker wide = ew_speaker_of(t, from, end);
        s.anonymous = s.anonymous || wide.anonymous;
    }
    /* "said the minister, Ann Roe." */
    if ((s.kind == EW_SPEAKER_ROLE || s.kind == EW_SPEAKER_UNNAMED) &&
        ew_token_is_point(t, to, ',')) {
        size_t name = ew_name_end(t, to + 1, end);
        if (name > to + 1 &&
            (name >= end || t->token[name].kind == EW_TOKEN_POINT ||
             ew_token_has(t, name, EW_WORD_CUT | EW_WORD_OF | EW_WORD_OPENING)))
            return ew_speaker_of(t, to + 1, name);
    }
    return s;
}

/* "according to X", "according to her": with the token of "to". */
static ew_speaker according(const ew_tokens *t, size_t to, size_t end)
{
    bool her = ew_token_is(t, to + 1, "her");
    bool alone = to + 2 >= end || t->token[to + 2].kind != EW_TOKEN_WORD;
    if (alone && (her || ew_token_is(t, to + 1, "him")))
        return (ew_speaker){.kind = EW_SPEAKER_PRONOUN,
                            .from = to + 1,
                            .to = to + 2,
                            .role = {"", 0},
                            .flags = her ? EW_WORD_FEMALE : EW_WORD_MALE};
    return speaker_behind(t, to, end);
}

/* A word that can be a verb of saying where only such a one can stand: "...," he shrugs. */
static bool like_verb(const ew_tokens *t, size_t i)
{
    enum { SHORTEST = 4 };
    if (i >= t->n || t->token[i].kind != EW_TOKEN_WORD || t->token[i].capital)
        return false;
    if (ew_token_has(t, i, EW_WORD_SAY | EW_WORD_CALL))
        return true;
    ew_slice w = ew_token_text(t, i, i + 1);
    if (w.n < SHORTEST || (t->token[i].flags & ~(unsigned)EW_WORD_SHORT) != 0)
        return false;
    return memcmp(w.p + w.n - 2, "ed", 2) == 0 ||
           (w.p[w.n - 1] == 's' && strchr("s'", w.p[w.n - 2]) == NULL);
}

/* `"...," X shrugs`, `"...," shrugs X`: any verb, since nothing but an attribution begins so. */
static bool try_any_verb(ew_quoting *g, ew_quoted *q, const ew_tokens *t, size_t from,
                         size_t end)
{
    size_t p = (size_t)(t - g->paragraphs);
    bool role;
    if (!q->direct || g->quotes[q->head].token != t->token[q->token].begin)
        return false;
    if (like_verb(t, from)) {
        size_t name = ew_name_end(t, from + 1, end);
        return name > from + 1 && found(q, EW_PATTERN_QUOTE_VERB_NAME,
                                        speaker_behind(t, from, end), p, from);
    }
    size_t v =
        ew_token_has(t, from, EW_WORD_PRONOUN) ? from + 1 : ew_name_end(t, from, end);
    if (v == from)
        return false;
    while (v < end && ew_token_has(t, v, EW_WORD_BETWEEN))
        v++;
    if (v >= end || !like_verb(t, v))
        return false;
    ew_speaker s = ew_quote_subject(t, from, v, &role);
    return s.kind != EW_SPEAKER_NONE && s.from == from &&
           found(q, EW_PATTERN_QUOTE_NAME_VERB, s, p, v);
}

/* `"...," while X said "..."`: another sentence begins there. */
static bool is_next_clause(const ew_tokens *t, size_t i)
{
    static const char *const words[] = {"while",    "but",    "and",    "whereas",
                                        "although", "though", "because"};
    for (size_t k = 0; k < sizeof words / sizeof words[0]; k++)
        if (ew_token_is(t, i, words[k]))
            return true;
    return false;
}

/* `"...," Y recalled X telling him`: one past X, who said it; or v + 1. */
static size_t told_of_end(const ew_tokens *t, size_t v, size_t end)
{
    size_t name = v + 1;
    if (ew_token_is(t, name, "him") ||
        ew_token_has(t, name, EW_WORD_PRONOUN | EW_WORD_THE))
        name++;
    else
        name = ew_name_end(t, name, end);
    while (name > v + 1 && name < end && !t->token[name].capital &&
           ew_token_has(t, name, EW_WORD_ROLE))
        name++;
    return name > v + 1 && name < end && ew_token_has(t, name, EW_WORD_SAYING) ? name
                                                                               : v + 1;
}

static bool try_behind(ew_quoting *g, ew_quoted *q, const ew_quoted *tail)
{
    const ew_tokens *t = &g->paragraphs[tail->paragraph];
    size_t from = tail->token + 1;
    char last = last_char(tail);
    bool comma = ew_token_is_point(t, from, ',');
    bool pause = last == ',' || last == '?' || last == '!' || comma;
    from += comma;
    size_t end = clause_end(t, from);
    if (from >= end || (last == '.' && !comma) || is_next_clause(t, from))
        return false;
    tail = NULL;
    q->clause_end = end;
    if (ew_token_has(t, from, EW_WORD_SAY) && pause) {
        ew_speaker s = speaker_behind(t, from, end);
        return found(q, EW_PATTERN_QUOTE_VERB_NAME, s, (size_t)(t - g->paragraphs), from);
    }
    if (ew_token_is(t, from, "according") && ew_token_is(t, from + 1, "to"))
        return found(q, EW_PATTERN_ACCORDING, according(t, from + 1, end),
                     (size_t)(t - g->paragraphs), from);
    for (size_t v = from; v < end && pause; v++) {
        bool role;
        if (!ew_token_has(t, v, EW_WORD_SAY) ||
            (v > from && ew_token_has(t, v - 1, EW_WORD_WHO)))
            continue;
        ew_speaker s = ew_quote_subject(t, from, v, &role);
        size_t inner = told_of_end(t, v, end);
        if (inner > v + 1 && s.from <= from + 2)
            return found(q, EW_PATTERN_QUOTE_NAME_VERB, ew_speaker_of(t, v + 1, inner),
                         (size_t)(t - g->paragraphs), inner);
        /* Its subject has to begin where the quotation ends. */
        if (s.kind == EW_SPEAKER_NONE || s.from > from + (role ? 8 : 2))
            break;
        return found(q, role ? EW_PATTERN_QUOTE_NAME_ROLE : EW_PATTERN_QUOTE_NAME_VERB, s,
                     (size_t)(t - g->paragraphs), v);
    }
    return pause && try_any_verb(g, q, t, from, end);
}

/* ------------------------------------------------------------------ before it */

/* The quotation that ends right before token i, commas apart; SIZE_MAX. */
static size_t quote_before(const ew_tokens *t, size_t i)
{
    while (i > 0 && ew_token_is_point(t, i - 1, ','))
        i--;
    return i > 0 && t->token[i - 1].kind == EW_TOKEN_QUOTE ? t->token[i - 1].quote
                                                           : SIZE_MAX;
}

static size_t last_verb(const ew_tokens *t, size_t from, size_t to)
{
    for (size_t v = to; v > from; v--) {
        if (t->token[v - 1].kind == EW_TOKEN_POINT && ew_token_is_point(t, v - 1, ';'))
            return SIZE_MAX;
        if (ew_token_has(t, v - 1, EW_WORD_SAY | EW_WORD_SAYING | EW_WORD_CALL) &&
            to - v < FAR)
            return v - 1;
    }
    return SIZE_MAX;
}

static size_t first_verb(const ew_tokens *t, size_t from, size_t to)
{
    for (size_t v = from; v < to; v++)
        if (ew_token_has(t, v, EW_WORD_SAY | EW_WORD_CALL) &&
            !ew_token_has(t, v - (v > 0), EW_WORD_WHO))
            return v;
    return SIZE_MAX;
}

/* How a subject was found. */
typedef struct way {
    bool role;   /* with an apposition */
    bool adding; /* by the verb before */
} way;

/* Who says what the verb at v says; follows "and added" and ", adding" to the verb before. */
static ew_speaker subject_back(const ew_quoting *g, const ew_tokens *t, size_t begin,
                               size_t v, way *by)
{
    for (int steps = 0; steps < 4; steps++) {
        size_t from = begin;
        for (size_t i = v; i > begin; i--)
            if (t->token[i - 1].kind == EW_TOKEN_QUOTE) {
                from = i;
                break;
            }
        bool participle = ew_token_has(t, v, EW_WORD_SAYING) &&
                          !ew_token_has(t, v - 1, EW_WORD_BETWEEN);
        ew_speaker s = {.kind = EW_SPEAKER_NONE};
        if (!participle)
            s = ew_quote_subject(t, from, v, &by->role);
        if (s.kind != EW_SPEAKER_NONE && s.from < s.to)
            return s;
        by->adding = true;
        size_t q = quote_before(t, from);
        size_t earlier = first_verb(t, begin, v);
        if (earlier == SIZE_MAX && q != SIZE_MAX && g->quotes[q].found)
            return g->quotes[q].speaker;
        if (earlier == SIZE_MAX)
            break;
        v = earlier;
    }
    return (ew_speaker){.kind = EW_SPEAKER_NONE};
}

/* Tokens i..to as the way from a verb to what it says: `said:`, `said in Geneva on Monday:`, `said,`. */
static ew_pattern kind_before(const ew_tokens *t, size_t v, size_t to, bool direct)
{
    bool colon = ew_token_is_point(t, to - 1, ':');
    bool comma = ew_token_is_point(t, to - 1, ',');
    if (ew_token_has(t, v, EW_WORD_CALL))
        return colon ? EW_PATTERN_NAME_VERB_QUOTE : EW_PATTERN_MIXED;
    if (colon || (comma && direct) || (v + 1 == to && direct))
        return EW_PATTERN_NAME_VERB_QUOTE;
    return EW_PATTERN_MIXED;
}

/* X: "..." */
static bool try_name_colon(ew_quoting *g, ew_quoted *q, const ew_tokens *t, size_t begin)
{
    if (q->token < begin + 2 || !ew_token_is_point(t, q->token - 1, ':') ||
        ew_name_end(t, begin, q->token) + 1 != q->token)
        return false;
    return found(q, EW_PATTERN_NAME_VERB_QUOTE, ew_speaker_of(t, begin, q->token - 1),
                 (size_t)(t - g->paragraphs), begin);
}

/* Y quoted X as saying: "..." */
static ew_speaker quoted_in(const ew_tokens *t, size_t begin, size_t v)
{
    static const char *const verbs[] = {"quoted", "quotes", "quoting", "cited", "citing"};
    if (v < begin + 3 || !ew_token_is(t, v - 1, "as"))
        return (ew_speaker){.kind = EW_SPEAKER_NONE};
    for (size_t i = v - 2; i > begin; i--)
        for (size_t k = 0; k < sizeof verbs / sizeof verbs[0]; k++)
            if (ew_token_is(t, i - 1, verbs[k]))
                return ew_speaker_of(t, i, v - 1);
    return (ew_speaker){.kind = EW_SPEAKER_NONE};
}

static bool try_before(ew_quoting *g, ew_quoted *q)
{
    const ew_tokens *t = &g->paragraphs[q->paragraph];
    size_t begin = ew_sentence_begin(t, q->token);
    size_t v = last_verb(t, begin, q->token);
    way by = {false, false};
    if (ew_token_is(t, begin, "according") && ew_token_is(t, begin + 1, "to"))
        return found(q, EW_PATTERN_ACCORDING, according(t, begin + 1, q->token),
                     q->paragraph, begin);
    if (v == SIZE_MAX)
        return try_name_colon(g, q, t, begin);
    /* `"...," added X, who rates it "good"` */
    for (size_t i = v + 1; i < q->token && !q->direct; i++)
        if (ew_token_has(t, i, EW_WORD_WHO) && quote_before(t, v) != SIZE_MAX)
            return false;
    ew_speaker s = quoted_in(t, begin, v);
    if (s.kind == EW_SPEAKER_NONE)
        s = subject_back(g, t, begin, v, &by);
    ew_pattern p = kind_before(t, v, q->token, q->direct);
    if (p == EW_PATTERN_NAME_VERB_QUOTE && by.role)
        p = EW_PATTERN_QUOTE_NAME_ROLE;
    return found(q, by.adding ? EW_PATTERN_ADDING : p, s, q->paragraph, v);
}

/* `X said:` at the end of the paragraph before. */
static bool try_colon_above(ew_quoting *g, ew_quoted *q)
{
    size_t p = q->paragraph;
    while (p > 0 && !g->paragraphs[p - 1].body)
        p--;
    if (q->token > 0 || p == 0 || g->paragraphs[p - 1].n == 0)
        return false;
    const ew_tokens *t = &g->paragraphs[p - 1];
    if (!ew_token_is_point(t, t->n - 1, ':'))
        return false;
    way by = {false, false};
    size_t begin = ew_sentence_begin(t, t->n - 1);
    size_t v = last_verb(t, begin, t->n);
    return v != SIZE_MAX && found(q, EW_PATTERN_NAME_VERB_QUOTE,
                                  subject_back(g, t, begin, v, &by), p - 1, v);
}

/* ------------------------------------------------------------------ around it */

/* It was "...", X said. */
static bool try_later_in_sentence(ew_quoting *g, ew_quoted *q)
{
    const ew_tokens *t = &g->paragraphs[q->paragraph];
    size_t end = ew_sentence_end(t, q->token);
    if (q->direct || t->token[q->token].ends)
        return false;
    for (size_t v = q->token + 1; v < end; v++) {
        bool role;
        if (!ew_token_has(t, v, EW_WORD_SAY))
            continue;
        size_t from = v;
        while (from > q->token + 1 && !ew_token_is_point(t, from - 1, ','))
            from--;
        if (from <= q->token + 1 || end - v > 10)
            return false;
        return found(q, EW_PATTERN_MIXED_AFTER, ew_quote_subject(t, from, v, &role),
                     q->paragraph, v);
    }
    return false;
}

/* The quotation before it in the paragraph, with nothing but its attribution between. */
static bool try_continued(ew_quoting *g, ew_quoted *q, bool own_verb)
{
    const ew_tokens *t = &g->paragraphs[q->paragraph];
    for (size_t i = q->token; i > 0; i--) {
        if (t->token[i - 1].kind != EW_TOKEN_QUOTE)
            continue;
        const ew_quoted *k = &g->quotes[t->token[i - 1].quote];
        const ew_quoted *head = &g->quotes[k->head];
        if (!head->found)
            return false;
        bool between = head->clause_end > 0 && head->clause_end + 1 >= q->token;
        bool next = i == q->token && q->direct;
        if (own_verb && head->verb != q->verb)
            return false;
        return (between || next) && same_as(q, EW_PATTERN_CONTINUED, head);
    }
    return false;
}

/* X denied it. "..." */
static bool try_statement(ew_quoting *g, ew_quoted *q)
{
    const ew_tokens *t = &g->paragraphs[q->paragraph];
    size_t begin = ew_sentence_begin(t, q->token);
    if (!q->direct || begin != q->token || begin == 0)
        return false;
    size_t before = ew_sentence_begin(t, begin - 1);
    for (size_t v = before; v < begin; v++) {
        bool role;
        if (!ew_token_has(t, v, EW_WORD_SAY | EW_WORD_CALL))
            continue;
        size_t quote = quote_before(t, v);
        size_t from = quote != SIZE_MAX ? v : before;
        ew_speaker s = ew_quote_subject(t, from, v, &role);
        return found(q, EW_PATTERN_STATEMENT_QUOTE, s, q->paragraph, v);
    }
    return false;
}

/* A paragraph that begins with a quotation, where the last one of the paragraph before it has a speaker. */
static bool try_next_paragraph(ew_quoting *g, ew_quoted *q)
{
    size_t p = q->paragraph;
    while (p > 0 && !g->paragraphs[p - 1].body)
        p--;
    if (q->token > 0 || !q->direct || p == 0)
        return false;
    const ew_tokens *t = &g->paragraphs[p - 1];
    for (size_t i = t->n; i > 0; i--)
        if (t->token[i - 1].kind == EW_TOKEN_QUOTE) {
            const ew_quoted *k = &g->quotes[g->quotes[t->token[i - 1].quote].head];
            return k->direct && same_as(q, EW_PATTERN_NEXT_PARAGRAPH, k);
        }
    return false;
}

static void take_loose(ew_quoting *g, ew_quoted *q)
{
    ew_quote_place here = {q->paragraph, q->token};
    size_t i = ew_quote_mentions_before(&g->names, here);
    const ew_quote_mention *near = i > 0 ? &g->names.mentions[i - 1] : NULL;
    q->pattern = EW_PATTERN_LOOSE;
    q->speaker = (ew_speaker){.kind = EW_SPEAKER_NONE};
    q->person = near != NULL && near->place.paragraph + 1 >= q->paragraph ? near->person
                                                                          : SIZE_MAX;
}

static void attribute(ew_quoting *g, ew_quoted *q)
{
    const ew_quoted tail = g->quotes[q->tail];
    if (g->lang == NULL) {
        take_loose(g, q);
        return;
    }
    if (try_behind(g, q, &tail))
        return;
    q->clause_end = 0;
    if (try_before(g, q)) {
        ew_quoted again = *q;
        if (q->pattern != EW_PATTERN_ADDING && try_continued(g, &again, true))
            *q = again;
        return;
    }
    if (try_continued(g, q, false) || try_colon_above(g, q) ||
        try_later_in_sentence(g, q) || try_statement(g, q) || try_next_paragraph(g, q))
        return;
    take_loose(g, q);
}

/* Who spoke last before quote i, and where; somebody who is not known when that is so. */
static ew_quote_mention last_speaker(const ew_quoting *g, size_t i)
{
    enum { BACK = 64 };
    for (size_t steps = 0; i > 0 && steps < BACK; i--, steps++) {
        const ew_quoted *k = &g->quotes[i - 1];
        if (k->head == i - 1 && k->found)
            return (ew_quote_mention){
                k->person, {k->speaker_paragraph, k->verb}, true, false};
    }
    return (ew_quote_mention){SIZE_MAX, {0, 0}, false, false};
}

void ew_quote_attribute(ew_quoting *g, size_t i)
{
    ew_quoted *q = &g->quotes[i];
    if (q->head != i)
        return;
    q->person = SIZE_MAX;
    q->verb = SIZE_MAX;
    attribute(g, q);
    if (!q->found || q->person != SIZE_MAX)
        return;
    ew_quote_mention last = last_speaker(g, i);
    ew_quote_place here = {q->speaker_paragraph, q->speaker.to};
    q->person = ew_quote_names_resolve(&g->names, &g->paragraphs[q->speaker_paragraph],
                                       &q->speaker, here, &last);
}
