/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts that look for quotations share: an article as tokens, and who is found to say what. */
#ifndef EW_IMPORT_QUOTE_FIND_H
#define EW_IMPORT_QUOTE_FIND_H

#include "import/quote_marks.h"
#include "import/quote_names.h"
#include "import/quotes.h"

typedef enum ew_pattern {
    EW_PATTERN_QUOTE_NAME_VERB, /* "...," X said */
    EW_PATTERN_QUOTE_NAME_ROLE, /* "...," X, a spokesman for Y, said; the same before it */
    EW_PATTERN_QUOTE_VERB_NAME, /* "...," said X */
    EW_PATTERN_CONTINUED,       /* "...," X said. "..." */
    EW_PATTERN_NAME_VERB_QUOTE, /* X said: "..." */
    EW_PATTERN_ACCORDING,       /* according to X */
    EW_PATTERN_ADDING,          /* ..., adding: "..." */
    EW_PATTERN_MIXED,           /* X said it was "..." */
    EW_PATTERN_MIXED_AFTER,     /* It was "...", X said. */
    EW_PATTERN_STATEMENT_QUOTE, /* X denied it. "..." */
    EW_PATTERN_NEXT_PARAGRAPH,  /* a paragraph that is a quotation, after one of X */
    EW_PATTERN_LOOSE,           /* whoever was named last */
    EW_PATTERN_STANCE,          /* X denied that the recording ... */
    EW_PATTERNS
} ew_pattern;

extern const ew_quote_pattern ew_quote_patterns[EW_PATTERNS];

typedef struct ew_quoted {
    size_t paragraph, token;
    ew_quote_span span;
    size_t head; /* the first of its parts over several paragraphs: itself */
    size_t tail; /* of a head: the last */
    ew_slice words;
    bool direct;
    /* found */
    bool found;
    ew_pattern pattern;
    ew_speaker speaker;
    size_t speaker_paragraph; /* where its tokens are */
    size_t verb;              /* its token in that paragraph; SIZE_MAX */
    size_t clause_end;        /* of an attribution behind it: one past its last token */
    size_t person;            /* SIZE_MAX: nobody certain */
} ew_quoted;

typedef struct ew_quoting {
    const ew_quote_in *in;
    const ew_quote_language *lang;
    ew_word_table words;
    ew_tokens *paragraphs; /* as many as the article has; empty when not of the body */
    ew_quoted *quotes;
    size_t count, cap;
    ew_quote_names names;
    ew_room room;
    ew_err *err;
} ew_quoting;

/* Tells who says quote q, given those before it. */
void ew_quote_attribute(ew_quoting *g, size_t q);

/* The subject of the verb at v, not before `from`. role: an apposition stands between. */
ew_speaker ew_quote_subject(const ew_tokens *t, size_t from, size_t v, bool *role);

/* The first token of the sentence of token i. */
size_t ew_sentence_begin(const ew_tokens *t, size_t i);
/* One past the last token of the sentence of token i. */
size_t ew_sentence_end(const ew_tokens *t, size_t i);

/* Stances of a sentence; src/import/quote_stance.c. */
EW_MUST_CHECK ew_code ew_quote_stances(ew_quoting *g, size_t paragraph, size_t from,
                                       ew_code (*put)(void *cookie, const ew_quote *q,
                                                      ew_err *err),
                                       void *cookie);
/* The stance that the words of a sentence give a quotation in it: "" none. */
const char *ew_quote_stance_of(const ew_quoting *g, const ew_quoted *q, ew_slice *item);

#endif
