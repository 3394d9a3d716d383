/* SPDX-License-Identifier: Apache-2.0 */
/* People of an article: the forms of their names, what they are, where they are mentioned; and who is meant by a part
 * of a name, a pronoun or a role, where that is certain. */
#ifndef EW_IMPORT_QUOTE_NAMES_H
#define EW_IMPORT_QUOTE_NAMES_H

#include "import/quote_words.h"

enum { EW_PERSON_ROLES = 6, EW_PEOPLE = 500, EW_MENTIONS = 20000 };

typedef struct ew_quote_place {
    size_t paragraph, token;
} ew_quote_place;

typedef struct ew_quote_person {
    ew_slice name; /* the fullest form */
    ew_slice role[EW_PERSON_ROLES];
    size_t roles;
    bool male, female;
    bool body;      /* a ministry, a party */
    bool likely;    /* a person: has a title, a role, an age, or speaks */
    uint64_t words; /* one bit for each word of the name, by its hash */
    ew_quote_place first;
} ew_quote_person;

typedef struct ew_quote_mention {
    size_t person; /* SIZE_MAX: somebody without a name, "a nurse" */
    ew_quote_place place;
    bool speaks; /* is the subject of a verb of saying */
    bool leads;  /* its clause begins with it */
} ew_quote_mention;

typedef struct ew_quote_names {
    ew_quote_person *people;
    size_t count, cap;
    ew_quote_mention *mentions;
    size_t mention_count, mention_cap;
    const ew_tokens *paragraphs;
    ew_room *room;
    ew_err *err;
} ew_quote_names;

/* What stands where a speaker would. */
typedef enum ew_speaker_kind {
    EW_SPEAKER_NONE,
    EW_SPEAKER_NAME,
    EW_SPEAKER_PRONOUN,
    EW_SPEAKER_ROLE,   /* "the minister" */
    EW_SPEAKER_UNNAMED /* "a source", "officials", "a spokesman", two people at once */
} ew_speaker_kind;

typedef struct ew_speaker {
    ew_speaker_kind kind;
    size_t from, to;           /* tokens as written */
    size_t name_from, name_to; /* of a name, without titles */
    ew_slice role;             /* the noun, of a role */
    unsigned flags;            /* male, female */
    bool anonymous;
} ew_speaker;

/* The noun phrase of tokens from..to. */
ew_speaker ew_speaker_of(const ew_tokens *t, size_t from, size_t to);

/* Bytes of tokens that are one name, titles included, from i on; i: no name begins there. */
size_t ew_name_end(const ew_tokens *t, size_t i, size_t to);
/* "Minister", "Public Relations Officer": no name although each word has a capital. */
bool ew_name_is_role(const ew_tokens *t, size_t from, size_t to);
/* The first token of a name behind its titles. */
size_t ew_name_core(const ew_tokens *t, size_t from, size_t to);

/* The last mention before a place: its index plus one; 0: there is none. */
size_t ew_quote_mentions_before(const ew_quote_names *names, ew_quote_place here);

/* The only one who is so called before a place; SIZE_MAX: nobody, or several. */
size_t ew_quote_person_with_role(const ew_quote_names *names, ew_slice role,
                                 ew_quote_place here);

/* A part of several names? */
bool ew_quote_name_is_shared(const ew_quote_names *names, ew_slice name);

EW_MUST_CHECK ew_code ew_quote_names_read(ew_quote_names *names,
                                          const ew_tokens *paragraphs, size_t count);

/* Who is meant, at that place: an index, or SIZE_MAX when that is not certain. last: who spoke before and where that was
 * said; SIZE_MAX: nobody, or when it `speaks` somebody who is not known. */
size_t ew_quote_names_resolve(ew_quote_names *names, const ew_tokens *t,
                              const ew_speaker *s, ew_quote_place here,
                              const ew_quote_mention *last);

#endif
