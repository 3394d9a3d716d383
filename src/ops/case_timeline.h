/* SPDX-License-Identifier: Apache-2.0 */
/* Who said what about an item, by date, and what follows from it. */
#ifndef EW_OPS_CASE_TIMELINE_H
#define EW_OPS_CASE_TIMELINE_H

#include "casefile/positions.h"
#include "ops/case_book.h"

typedef struct ew_timeline_row {
    const ew_position *position; /* of a finding: without its words and channel */
    const ew_book_person *person;
    const ew_book_item *item, *report; /* report: NULL when none */
} ew_timeline_row;

typedef struct ew_timeline_sink {
    void *cookie;
    ew_code (*row)(void *cookie, const ew_timeline_row *r, ew_err *err);
    /* second: NULL where the finding has none, or it is not there */
    ew_code (*finding)(void *cookie, const ew_turn *t, const ew_timeline_row *first,
                       const ew_timeline_row *second, ew_err *err);
} ew_timeline_sink;

typedef struct ew_timeline_opts {
    const char *item, *person; /* NULL: all */
    const char *today;         /* ISO date */
    bool undone;               /* also what was taken back */
} ew_timeline_opts;

/* First all rows, by date, then all findings. EW_E_NOTFOUND when there is no such item or person. */
EW_MUST_CHECK ew_code ew_ops_case_timeline(ew_case *c, const ew_timeline_opts *opts,
                                           const ew_timeline_sink *sink, ew_err *err);

#endif
