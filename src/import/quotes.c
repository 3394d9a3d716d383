/* SPDX-License-Identifier: Apache-2.0 */
/* Finds quotations: marks, then tokens, then names, then who says what. */
#include "import/quotes.h"

#include <ctype.h>
#include <string.h>

#include "import/quote_find.h"

/* What is looked through of an article, so that one made to be slow is not: longer paragraphs are told as odd. */
enum { ROOM = 256 << 20, PARAGRAPH = 16 << 10, ARTICLE = 1 << 20 };

/* (right + 1) / (named + 2) on articles that had not been looked at when they were measured; few cases give a low
 * number: docs/quotes.md. */
const ew_quote_pattern ew_quote_patterns[EW_PATTERNS] = {
    [EW_PATTERN_QUOTE_NAME_VERB] = {"quote-name-verb", 0.94, true},
    [EW_PATTERN_QUOTE_NAME_ROLE] = {"quote-name-role-verb", 0.88, true},
    [EW_PATTERN_QUOTE_VERB_NAME] = {"quote-verb-name", 0.99, true},
    [EW_PATTERN_CONTINUED] = {"same-speaker-continued", 0.96, true},
    [EW_PATTERN_NAME_VERB_QUOTE] = {"name-verb-quote", 0.91, true},
    [EW_PATTERN_ACCORDING] = {"according-to", 0.8, true},
    [EW_PATTERN_ADDING] = {"same-speaker-adding", 0.85, true},
    [EW_PATTERN_MIXED] = {"name-verb-mixed", 0.96, true},
    [EW_PATTERN_MIXED_AFTER] = {"mixed-name-verb", 0.67, false},
    [EW_PATTERN_STATEMENT_QUOTE] = {"statement-then-quote", 0.71, false},
    [EW_PATTERN_NEXT_PARAGRAPH] = {"next-paragraph", 0.67, false},
    [EW_PATTERN_LOOSE] = {"loose", 0.51, false},
    [EW_PATTERN_STANCE] = {"stance-verb", 0.83, true},
};

typedef struct output {
    ew_code (*put)(void *cookie, const ew_quote *q, ew_err *err);
    void (*odd)(void *cookie, size_t paragraph, size_t at);
    void *cookie;
} output;

/* ------------------------------------------------------------------ marks to tokens */

/* Single marks are quotation marks in an article that has hardly any others. */
static bool uses_single(const ew_article *a)
{
    size_t doubles = 0;
    ew_quote_span s;
    for (size_t p = 0; p < a->paragraph_count && doubles < 2; p++) {
        if (a->paragraphs[p].part != EW_ARTICLE_BODY)
            continue;
        ew_slice text = a->paragraphs[p].text;
        for (size_t at = 0; doubles < 2 && ew_quote_next(text, at, false, &s);) {
            doubles += !s.single;
            at = s.single ? s.words_at : s.end;
        }
    }
    return doubles < 2;
}

/* A sentence or more, rather than some words of one. */
static bool is_direct(ew_slice text, const ew_quote_span *s)
{
    enum { WORDS = 4 };
    size_t spaces = 0;
    for (size_t i = s->words_at; i < s->words_end; i++)
        spaces += text.p[i] == ' ';
    bool point = s->words_end > s->words_at && strchr(",.?!", text.p[s->words_end - 1]);
    bool comma = s->end < text.n && text.p[s->end] == ',';
    unsigned char first = (unsigned char)text.p[s->words_at];
    bool capital = first >= 0x80 || isupper(first);
    return s->open || (point && (capital || spaces + 1 >= WORDS)) ||
           ((comma || capital) && spaces + 1 >= WORDS);
}

static ew_code add_quote(ew_quoting *g, size_t paragraph, const ew_quote_span *s,
                         size_t head)
{
    void *items = g->quotes;
    ew_tokens *t = &g->paragraphs[paragraph];
    ew_code code =
        ew_room_grow(&g->room, &items, g->count, &g->cap, sizeof *g->quotes, g->err);
    g->quotes = items;
    if (code != EW_OK)
        return code;
    size_t n = g->count++;
    g->quotes[n] =
        (ew_quoted){.paragraph = paragraph,
                    .token = t->n,
                    .span = *s,
                    .head = head == SIZE_MAX ? n : head,
                    .tail = n,
                    .words = {t->text.p + s->words_at, s->words_end - s->words_at},
                    .direct = is_direct(t->text, s),
                    .person = SIZE_MAX};
    if (head != SIZE_MAX)
        g->quotes[head].tail = n;
    return ew_tokens_add_quote(t, s->at, s->end - s->at, n, &g->room, g->err);
}

/* The next paragraph of the report that begins with the same mark goes on with it. */
static bool goes_on(const ew_quoting *g, size_t paragraph, unsigned mark)
{
    const ew_article *a = g->in->article;
    for (size_t p = paragraph + 1; p < a->paragraph_count; p++)
        if (a->paragraphs[p].part == EW_ARTICLE_BODY)
            return ew_quote_goes_on(a->paragraphs[p].text, mark);
    return false;
}

/* Ann "Bee" Roe; "Tesfalem" (not her name), when a sentence begins so: part of a name. */
static bool is_name(const ew_tokens *t, ew_quote_span *s)
{
    enum { LONGEST = 20 };
    const char *p = t->text.p;
    size_t n = s->words_end - s->words_at;
    /* said "Mirwais," a farmer */
    if (n > 1 && !s->open && p[s->words_end - 1] == ',' && t->n > 0 &&
        (t->token[t->n - 1].flags & EW_WORD_SAY) != 0 &&
        isupper((unsigned char)p[s->words_at]) && n <= LONGEST &&
        memchr(p + s->words_at, ' ', n) == NULL) {
        s->words_end--;
        return true;
    }
    if (s->open || n == 0 || n > LONGEST || !isupper((unsigned char)p[s->words_at]) ||
        memchr(p + s->words_at, ' ', n) != NULL ||
        strchr(".,?!", p[s->words_end - 1]) != NULL || t->text.n - s->end < 2)
        return false;
    bool capital = isupper((unsigned char)p[s->end + 1]) != 0;
    if (t->n == 0)
        return p[s->end] == ' ' && p[s->end + 1] == '(';
    const ew_token *k = &t->token[t->n - 1];
    return p[s->end] == ' ' && capital && k->kind == EW_TOKEN_WORD && k->capital &&
           (k->flags & EW_WORD_NO_NAME) == 0;
}

static ew_code read_paragraph(ew_quoting *g, size_t p, bool single, size_t *open,
                              const output *o)
{
    ew_tokens *t = &g->paragraphs[p];
    size_t at = 0;
    ew_quote_span s;
    ew_code code = EW_OK;
    while (code == EW_OK && ew_quote_next(t->text, at, single, &s)) {
        code = ew_tokens_add(t, at, s.at, &g->words, &g->room, g->err);
        if (code != EW_OK)
            break;
        at = s.end;
        if (is_name(t, &s)) {
            code = ew_tokens_add(t, s.words_at, s.words_end, &g->words, &g->room, g->err);
            continue;
        }
        if (s.open && !goes_on(g, p, s.mark)) {
            if (o->odd != NULL)
                o->odd(o->cookie, p, s.at);
            *open = SIZE_MAX;
            break;
        }
        code = add_quote(g, p, &s, s.at == 0 ? *open : SIZE_MAX);
        *open = s.open && code == EW_OK ? g->quotes[g->count - 1].head : SIZE_MAX;
    }
    if (code == EW_OK && at < t->text.n)
        code = ew_tokens_add(t, at, t->text.n, &g->words, &g->room, g->err);
    ew_tokens_end(t);
    return code;
}

static ew_code read_all(ew_quoting *g, const output *o)
{
    const ew_article *a = g->in->article;
    bool single = uses_single(a);
    size_t open = SIZE_MAX;
    size_t read = 0;
    ew_code code = EW_OK;
    g->paragraphs =
        ew_room_get(&g->room, (a->paragraph_count + 1) * sizeof *g->paragraphs);
    if (g->paragraphs == NULL)
        return ew_room_fail(&g->room, g->err);
    for (size_t p = 0; p < a->paragraph_count && code == EW_OK; p++) {
        g->paragraphs[p].text = a->paragraphs[p].text;
        g->paragraphs[p].body = a->paragraphs[p].part == EW_ARTICLE_BODY;
        if (!g->paragraphs[p].body)
            continue;
        size_t n = a->paragraphs[p].text.n;
        read += n;
        if (n <= PARAGRAPH && read <= ARTICLE)
            code = read_paragraph(g, p, single, &open, o);
        else if (o->odd != NULL)
            o->odd(o->cookie, p, 0);
    }
    return code;
}

/* ------------------------------------------------------------------ telling */

/* Words over several paragraphs, joined. */
static ew_code join_words(ew_quoting *g, const ew_quoted *head, ew_slice *out)
{
    size_t n = 0;
    *out = head->words;
    if (head->tail == head->head)
        return EW_OK;
    for (size_t i = head->head; i <= head->tail; i++)
        n += g->quotes[i].head == head->head ? g->quotes[i].words.n + 1 : 0;
    char *p = ew_room_get(&g->room, n + 1);
    if (p == NULL)
        return ew_room_fail(&g->room, g->err);
    *out = (ew_slice){p, n - 1};
    for (size_t i = head->head; i <= head->tail; i++) {
        if (g->quotes[i].head != head->head)
            continue;
        memcpy(p, g->quotes[i].words.p, g->quotes[i].words.n);
        p += g->quotes[i].words.n;
        *p++ = '\n';
    }
    return EW_OK;
}

static ew_slice speaker_name(const ew_quoting *g, const ew_quoted *q)
{
    const ew_speaker *s = &q->speaker;
    if (q->person != SIZE_MAX)
        return g->names.people[q->person].name;
    if (s->kind != EW_SPEAKER_NAME)
        return ew_slice_of("");
    /* A part of several names is nobody's; what is known under no other form is itself. */
    ew_slice name =
        ew_token_text(&g->paragraphs[q->speaker_paragraph], s->name_from, s->name_to);
    return ew_quote_name_is_shared(&g->names, name) ? ew_slice_of("") : name;
}

static ew_code tell(ew_quoting *g, const ew_quoted *q, const output *o)
{
    const ew_speaker *s = &q->speaker;
    ew_quote told = {.kind = q->direct ? EW_QUOTE_DIRECT : EW_QUOTE_MIXED,
                     .paragraph = q->paragraph,
                     .at = q->span.at,
                     .n = q->span.end - q->span.at,
                     .speaker = speaker_name(g, q),
                     .anonymous = s->anonymous,
                     .pattern = &ew_quote_patterns[q->pattern],
                     .item = {"", 0}};
    told.speaker_as_written =
        q->found ? ew_token_text(&g->paragraphs[q->speaker_paragraph], s->from, s->to)
                 : ew_slice_of("");
    ew_code code = join_words(g, q, &told.words);
    told.stance = ew_quote_stance_of(g, q, &told.item);
    return code == EW_OK ? o->put(o->cookie, &told, g->err) : code;
}

static ew_code tell_all(ew_quoting *g, const output *o)
{
    const ew_article *a = g->in->article;
    size_t q = 0;
    ew_code code = EW_OK;
    for (size_t p = 0; p < a->paragraph_count && code == EW_OK; p++) {
        const ew_tokens *t = &g->paragraphs[p];
        size_t from = 0;
        while (from < t->n && code == EW_OK) {
            size_t end = ew_sentence_end(t, from);
            code = ew_quote_stances(g, p, from, o->put, o->cookie);
            for (; code == EW_OK && q < g->count && g->quotes[q].paragraph == p &&
                   g->quotes[q].token < end;
                 q++)
                if (g->quotes[q].head == q)
                    code = tell(g, &g->quotes[q], o);
            from = end;
        }
    }
    return code;
}

ew_code ew_quotes_find(const ew_quote_in *in,
                       ew_code (*put)(void *cookie, const ew_quote *q, ew_err *err),
                       void (*odd)(void *cookie, size_t paragraph, size_t at),
                       void *cookie, ew_err *err)
{
    ew_quoting g = {
        .in = in, .lang = ew_quote_language_of(in->article->language), .err = err};
    output o = {put, odd, cookie};
    ew_room_init(&g.room, ROOM);
    g.names = (ew_quote_names){.room = &g.room, .err = err};
    ew_code code = ew_word_table_make(&g.words, g.lang, &g.room, err);
    if (code == EW_OK)
        code = read_all(&g, &o);
    if (code == EW_OK)
        code = ew_quote_names_read(&g.names, g.paragraphs, in->article->paragraph_count);
    for (size_t i = 0; i < g.count && code == EW_OK; i++)
        ew_quote_attribute(&g, i);
    if (code == EW_OK)
        code = tell_all(&g, &o);
    ew_room_release(&g.room);
    return code;
}
