/* SPDX-License-Identifier: Apache-2.0 */
/* Inside people: who turned out to be somebody else of the case. */
#ifndef EW_CASEFILE_PEOPLE_MERGE_H
#define EW_CASEFILE_PEOPLE_MERGE_H

#include "casefile/people.h"

/* Merges that count, in their order. One that would go round in a circle with those before it does nothing:
 * undoing may bring such back. */
enum { EW_CASE_MERGES = 500 };
typedef struct ew_case__merges {
    struct {
        int64_t person, target;
    } list[EW_CASE_MERGES];
    size_t n;
} ew_case__merges;

EW_MUST_CHECK ew_code ew_case__merges_read(ew_case__merges *m, ew_case *c, ew_err *err);
/* Under whom a person is shown: himself, when he was not merged. */
int64_t ew_case__merged(const ew_case__merges *m, int64_t person);

#endif
