/* SPDX-License-Identifier: Apache-2.0 */
/* How much of everything a case holds, and what was made of one item. What was taken back does not
 * count. */
#ifndef EW_CASEFILE_COUNTS_H
#define EW_CASEFILE_COUNTS_H

#include "casefile/casefile.h"

typedef enum ew_case_thing {
    EW_THING_CHAT,
    EW_THING_MESSAGE,
    EW_THING_ATTACHMENT,
    EW_THING_ARTICLE,
    EW_THING_QUOTE,
    EW_THING_CAPTURE,
    EW_THING_FACT, /* of a picture */
    EW_THING_GAP,
    EW_THING_REMARK,
    EW_THING_POSITION,
    EW_THING_PERSON,
    EW_CASE_THINGS
} ew_case_thing;

/* "chats", "messages" ... */
const char *ew_case_things(ew_case_thing t);

/* item: of records that were made of it or stand in its original, and positions on it; 0: of all. */
EW_MUST_CHECK ew_code ew_case_count(ew_case *c, int64_t item,
                                    uint64_t counts[EW_CASE_THINGS], ew_err *err);

/* A chat, article, capture, fact of a picture, gap or remark. Until the call returns. */
typedef struct ew_case_record {
    ew_case_thing thing;
    int64_t id;
    const char
        *what; /* a chat's name, an article's title, a fact's name, what is missing; "" */
    const char
        *text; /* the rest in words: kind of chat, outlet, value, what the export says */
    int64_t source; /* the item in whose original it stands; 0: not told */
    uint64_t at, bytes;
    bool odd; /* of a fact: contradicts another */
} ew_case_record;

/* Those of one item, by things in the order above. */
EW_MUST_CHECK ew_code ew_case_records(ew_case *c, int64_t item,
                                      ew_code (*put)(void *cookie,
                                                     const ew_case_record *r,
                                                     ew_err *err),
                                      void *cookie, ew_err *err);

#endif
