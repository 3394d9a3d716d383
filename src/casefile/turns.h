/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the case file: positions as far as they matter for what follows from them. */
#ifndef EW_CASEFILE_TURNS_H
#define EW_CASEFILE_TURNS_H

#include "casefile/dates.h"
#include "casefile/positions.h"

typedef struct ew_said_here {
    int64_t id, item, person, via, report;
    ew_date_span when, until;
    int64_t root;           /* the position that it repeats in the end; itself */
    ew_date_span root_when; /* when that was said */
    int side;               /* 1 it is true, -1 it is not, 0 neither */
    int withdrawn;       /* of a retraction: the side that it takes back; 0: not known */
    int64_t turned_from; /* position that it contradicts; 0: none */
    bool retracts, asked, answers, has_until;
    bool has_words; /* enough of them to be told from others */
    uint8_t words[EW_SHA256_BYTES];
} ew_said_here;

typedef struct ew_all_said {
    ew_said_here *list;
    size_t n, cap;
} ew_all_said;

/* Where results go. */
typedef struct ew_turns_out {
    ew_code (*put)(void *cookie, const ew_turn *t, ew_err *err);
    void *cookie;
    ew_err *err;
} ew_turns_out;

/* Fills in from when to when, and hands it on. */
EW_MUST_CHECK ew_code ew_case__put_turn(const ew_turns_out *o, ew_turn *t,
                                        const ew_said_here *first,
                                        const ew_said_here *last);

/* Keeps what the words are, however they are set. */
EW_MUST_CHECK ew_code ew_case__said_words(ew_all_said *a, ew_said_here *s,
                                          const char *words, ew_err *err);

/* The same words in several reports, and reports that are translations: suggestions. Reorders a. */
EW_MUST_CHECK ew_code ew_case__voices(ew_case *c, ew_all_said *a, const ew_turns_out *o);

#endif
