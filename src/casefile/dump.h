/* SPDX-License-Identifier: Apache-2.0 */
/* All that a case says, row by row: what leaves it in an export. Memory does not grow with the rows. */
#ifndef EW_CASEFILE_DUMP_H
#define EW_CASEFILE_DUMP_H

#include "casefile/casefile.h"

enum { EW_DUMP_COLUMNS = 40 };

typedef enum ew_dump_type {
    EW_DUMP_NULL,
    EW_DUMP_INT,
    EW_DUMP_REAL,
    EW_DUMP_TEXT,
    EW_DUMP_BLOB,
    EW_DUMP_LEFT_OUT /* there is something, which does not leave the case */
} ew_dump_type;

typedef struct ew_dump_cell {
    ew_dump_type type;
    int64_t number;
    double real;
    ew_slice bytes; /* of a text or blob; until the call returns */
} ew_dump_cell;

typedef struct ew_dump_sink {
    void *cookie;
    /* Before the rows of a table. */
    ew_code (*table)(void *cookie, const char *name, const char *const *columns, size_t n,
                     ew_err *err);
    /* undone: what added it was taken back. Of an event that is not chosen id and chain only. */
    ew_code (*row)(void *cookie, const ew_dump_cell *cells, size_t n, bool undone,
                   ew_err *err);
} ew_dump_sink;

typedef struct ew_dump_opts {
    const int64_t *items; /* only what belongs to these */
    size_t item_count;    /* 0: everything */
    int64_t before;       /* only what was there before this event; 0: everything */
    bool identities;      /* also what is kept encrypted, and for whom */
    bool events_alone;    /* the table of events and nothing else */
} ew_dump_opts;

/* The table of events, then the tables of facts in the order of the schema; rows by number. The same case
 * gives the same calls. */
EW_MUST_CHECK ew_code ew_case_dump(ew_case *c, const ew_dump_opts *opts,
                                   const ew_dump_sink *sink, ew_err *err);

#endif
