/* SPDX-License-Identifier: Apache-2.0 */
/* Quotations that were suggested, and what people decided about them. A suggestion is no position before
 * somebody accepts it. */
#ifndef EW_CASEFILE_SUGGESTIONS_H
#define EW_CASEFILE_SUGGESTIONS_H

#include "casefile/positions.h"
#include "import/quotes.h"

typedef enum ew_verdict_on { EW_UNDECIDED, EW_ACCEPTED, EW_REFUSED } ew_verdict_on;

typedef struct ew_suggestion {
    int64_t id, article, item; /* item: in whose original the article stands */
    const char *title, *outlet;
    const char *published; /* the day, ISO 8601; "" */
    int64_t paragraph;     /* number in the article */
    int64_t part;          /* of the article: ew_part_of */
    const char *text;      /* the paragraph */
    uint64_t at, bytes;    /* the paragraph's place in the item's original */
    uint64_t from, n;      /* the quotation, from mark to mark, in `text` */
    ew_quote_kind kind;
    const char *words, *speaker, *as_written, *pattern, *stance, *about;
    bool anonymous, shown;
    double precision;
    ew_verdict_on verdict; /* the last one that was not taken back */
    int64_t position;      /* when accepted */
    bool undone;
} ew_suggestion;

/* In the order of articles and their text; item 0: of all. */
EW_MUST_CHECK ew_code ew_case_suggestions(ew_case *c, int64_t item,
                                          ew_code (*put)(void *cookie,
                                                         const ew_suggestion *s,
                                                         ew_err *err),
                                          void *cookie, ew_err *err);

/* Writes what was decided, within an event. position: the one that it became; 0 when refused. */
EW_MUST_CHECK ew_code ew_case_decide(ew_case *c, int64_t suggestion, int64_t position,
                                     ew_err *err);

#endif
