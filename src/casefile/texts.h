/* SPDX-License-Identifier: Apache-2.0 */
/* Every text that the records of a case hold, for whoever has to look at all of them. */
#ifndef EW_CASEFILE_TEXTS_H
#define EW_CASEFILE_TEXTS_H

#include "casefile/casefile.h"

typedef struct ew_case_one_text {
    const char *table, *column; /* "message", "sender" */
    int64_t row;
    int64_t item; /* which it is about, or was read from; 0: none */
    ew_slice text;
} ew_case_one_text;

/* Table after table, by row; also what was taken back, the events, and the title. Texts of a closed set of
 * words and moments are left out. */
EW_MUST_CHECK ew_code ew_case_every_text(
    ew_case *c, ew_code (*put)(void *cookie, const ew_case_one_text *t, ew_err *err),
    void *cookie, ew_err *err);

#endif
