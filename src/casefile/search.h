/* SPDX-License-Identifier: Apache-2.0 */
/* Inside searching: what was asked, what of the index fits, and the rows behind it. */
#ifndef EW_CASEFILE_SEARCH_H
#define EW_CASEFILE_SEARCH_H

#include "casefile/fold.h"
#include "casefile/records.h"

/* What one word or phrase asks for. */
typedef enum ew_term_way {
    EW_TERM_ANYWHERE, /* three characters or more, also inside a word */
    EW_TERM_SHORT,    /* one or two of a script without spaces, anywhere */
    EW_TERM_WORDS,    /* whole words in this order */
    EW_TERM_BEGINNING /* the same; the last one may go on */
} ew_term_way;

typedef struct ew_term {
    ew_term_way way;
    ew_slice text; /* folded; in the query's buffer */
} ew_term;

enum { EW_TERMS = 32 };

typedef struct ew_query {
    ew_buf folded;
    ew_term terms[EW_TERMS];
    size_t count;
} ew_query;

/* Understands what a person types. EW_E_ARG for nothing but signs that are never indexed, EW_E_LIMIT for
 * more than EW_TERMS words. To be released in any case. */
EW_MUST_CHECK ew_code ew_query_read(ew_query *q, const char *words, ew_err *err);
void ew_query_release(ew_query *q);

/* Where in `text` the terms stand: calls put() with bytes of it, from left to right, never overlapping. */
EW_MUST_CHECK ew_code ew_query_marks(const ew_query *q, ew_slice text,
                                     void (*put)(void *cookie, size_t at, size_t n),
                                     void *cookie, ew_err *err);

/* One bit for each number in the table `found`. */
typedef struct ew_case__bits {
    uint64_t *words;
    int64_t count; /* of bits */
} ew_case__bits;

EW_MUST_CHECK ew_code ew_case__match(ew_case *c, const ew_query *q, ew_case__bits *out,
                                     ew_err *err);

#endif
