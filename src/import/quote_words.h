/* SPDX-License-Identifier: Apache-2.0 */
/* Words of a language that tell who speaks, and paragraphs as tokens that carry what their words are. A
 * language is one table: ew_quote_language. */
#ifndef EW_IMPORT_QUOTE_WORDS_H
#define EW_IMPORT_QUOTE_WORDS_H

#include "import/room.h"

enum ew_word_flags {
    EW_WORD_SAY = 1,          /* said, told, wrote */
    EW_WORD_SAYING = 2,       /* adding, telling: goes on with the same speaker */
    EW_WORD_CALL = 4,         /* called, dismissed, branded: before some quoted words */
    EW_WORD_ROLE = 8,         /* minister, lawyer */
    EW_WORD_TITLE = 16,       /* Mr, President: before a name */
    EW_WORD_A = 32,           /* a, an, one, another */
    EW_WORD_THE = 64,         /* the, his, her, their */
    EW_WORD_OF = 128,         /* of, for, from, at, in, with */
    EW_WORD_CUT = 256,        /* and, but, that, when: a subject does not reach over it */
    EW_WORD_BETWEEN = 512,    /* also, later, has: between a subject and its verb */
    EW_WORD_OPENING = 1024,   /* on, meanwhile, Monday: before a subject, no part of it */
    EW_WORD_BODY = 2048,      /* ministry, party, court: no person */
    EW_WORD_MALE = 4096,      /* he, Mr, spokesman */
    EW_WORD_FEMALE = 8192,    /* she, Ms, spokeswoman */
    EW_WORD_PRONOUN = 16384,  /* he, she, they */
    EW_WORD_UNNAMED = 32768,  /* source, official, witness */
    EW_WORD_WHO = 65536,      /* who, whose, which */
    EW_WORD_NO_NAME = 131072, /* never a name although it begins with a capital */
    EW_WORD_PLACE = 262144,   /* in, at, near: a place follows */
    EW_WORD_PARTICLE = 524288,    /* de, van, bin: within a name */
    EW_WORD_SPEAKS_FOR = 2097152, /* spokesman: what follows "for" is no person */
    EW_WORD_SHORT = 1048576, /* Mr, Lt, Gov: a full stop behind it ends no sentence */
    EW_WORD_GIVEN_MALE = 4194304,  /* John: only men are called so */
    EW_WORD_GIVEN_FEMALE = 8388608 /* Mary */
};

typedef struct ew_quote_language {
    const char *code; /* "en" */
    struct {
        unsigned flags;
        const char *words; /* divided by spaces, small letters */
    } lists[40];           /* the last has no flags */
} ew_quote_language;

/* By the first letters of an article's language; of an empty one English. NULL: none is known. */
const ew_quote_language *ew_quote_language_of(ew_slice code);

/* The words of a language with all their flags, to be looked up in one step. */
typedef struct ew_word_table {
    struct ew_word_slot {
        const char *p;
        size_t n;
        unsigned flags;
    } * slot;
    size_t size; /* a power of two; 0: knows no word */
} ew_word_table;

EW_MUST_CHECK ew_code ew_word_table_make(ew_word_table *t, const ew_quote_language *lang,
                                         ew_room *room, ew_err *err);

typedef enum ew_token_kind {
    EW_TOKEN_WORD,
    EW_TOKEN_POINT,
    EW_TOKEN_QUOTE
} ew_token_kind;

typedef struct ew_token {
    ew_token_kind kind;
    size_t at, n; /* bytes in the paragraph */
    unsigned flags;
    bool capital;
    bool ends;         /* a sentence ends with it */
    size_t quote;      /* of EW_TOKEN_QUOTE: its number */
    size_t begin, end; /* of its sentence: the first token, one past the last */
} ew_token;

typedef struct ew_tokens {
    ew_slice text;
    ew_token *token;
    size_t n, cap;
    bool body; /* of the report */
} ew_tokens;

/* Words and points from `from` to `to`. */
EW_MUST_CHECK ew_code ew_tokens_add(ew_tokens *t, size_t from, size_t to,
                                    const ew_word_table *words, ew_room *room,
                                    ew_err *err);
EW_MUST_CHECK ew_code ew_tokens_add_quote(ew_tokens *t, size_t at, size_t n, size_t quote,
                                          ew_room *room, ew_err *err);
/* Sets `ends`; after the last token was added. */
void ew_tokens_end(ew_tokens *t);

/* Is it a word with one of the flags? */
bool ew_token_has(const ew_tokens *t, size_t i, unsigned flags);
bool ew_token_is(const ew_tokens *t, size_t i,
                 const char *word); /* without regard to case */
bool ew_token_is_point(const ew_tokens *t, size_t i, char c);
ew_slice ew_token_text(const ew_tokens *t, size_t from,
                       size_t to); /* tokens from .. to-1 */
bool ew_words_has(const char *words, const char *p, size_t n);

#endif
