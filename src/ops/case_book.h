/* SPDX-License-Identifier: Apache-2.0 */
/* Names of a case's people and items by their numbers, read once. */
#ifndef EW_OPS_CASE_BOOK_H
#define EW_OPS_CASE_BOOK_H

#include "casefile/people.h"

typedef struct ew_book_person {
    int64_t id;
    ew_person_kind kind;
    bool undone;
    char *name; /* as shown */
} ew_book_person;

typedef struct ew_book_item {
    int64_t id, parent;
    bool undone;
    uint64_t bytes;
    uint8_t sha256[EW_SHA256_BYTES];
    char *kind, *name, *origin;
} ew_book_item;

typedef struct ew_case_book {
    ew_book_person *people; /* by number */
    size_t person_count, person_cap;
    ew_book_item *items; /* by number */
    size_t item_count, item_cap;
} ew_case_book;

/* out is zeroed first; release it in any case. */
EW_MUST_CHECK ew_code ew_case_book_read(ew_case *c, ew_case_book *out, ew_err *err);
void ew_case_book_release(ew_case_book *b);

/* NULL: there is none. */
const ew_book_person *ew_book_person_of(const ew_case_book *b, int64_t id);
const ew_book_item *ew_book_item_of(const ew_case_book *b, int64_t id);

#endif
