/* SPDX-License-Identifier: Apache-2.0 */
/* Writing down who said what about an item. */
#ifndef EW_OPS_CASE_POSITION_H
#define EW_OPS_CASE_POSITION_H

#include "casefile/positions.h"
#include "ops/case_words.h"

typedef struct ew_position_how {
    const char *who, *purpose; /* of the event */
    const char *item;          /* which it is about: number, hash or name */
    const char *person, *stance, *date;
    const char *channel, *words, *until; /* NULL: none */
    const char *report;                  /* ITEM or ITEM:AT+BYTES; NULL: none */
    const char *via;                     /* number of a position; NULL: none */
    bool new_person; /* also when a name that hides somebody is like it */
} ew_position_how;

typedef struct ew_position_told {
    int64_t event, id, item, person, report;
    bool new_person;             /* nobody had this name before */
    ew_words_place words;        /* where they stand in the report */
    char near[EW_CASE_NAME + 1]; /* with EW_E_ARG: the name that it is like; else "" */
} ew_position_told;

/* One event, and before it one of the person, when that is new. Words that are not in the report are kept all the same; the event says so.
 * EW_E_ARG when something is missing or wrong, or when the person is new and the name is like that of
 * somebody protected or with a pseudonym, or anybody's but for its writing: to be asked about. */
EW_MUST_CHECK ew_code ew_ops_case_position(ew_case *c, const ew_position_how *how,
                                           ew_position_told *told, ew_err *err);

#endif
