/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a case as JSON and as CSV, into files of a bag. docs/formats/case-export.md. */
#ifndef EW_OPS_CASE_EXPORT_WRITE_H
#define EW_OPS_CASE_EXPORT_WRITE_H

#include "casefile/dump.h"
#include "earwitness/progress.h"
#include "seal/bagit.h"

typedef struct ew_row_writer {
    ew_bag *bag;
    const ew_progress *prog; /* NULL: none */
    int64_t rows;            /* so far, of all files */
    ew_buf block;            /* what goes into the file next */
    const char *const *columns;
    size_t column_count;
    bool open;     /* a file of the bag is */
    bool in_table; /* of JSON */
    bool first;    /* row of the table */
} ew_row_writer;

void ew_row_writer_init(ew_row_writer *w, ew_bag *bag, const ew_progress *prog);
void ew_row_writer_release(ew_row_writer *w);

/* {HEAD"tables":{...}}, one row a line; head: members of the object, each with its comma. */
EW_MUST_CHECK ew_code ew_write_json(ew_row_writer *w, ew_case *c, const char *path,
                                    const char *head, const ew_dump_opts *opts,
                                    ew_err *err);
/* One file per table below folder, which ends with a slash. */
EW_MUST_CHECK ew_code ew_write_csv(ew_row_writer *w, ew_case *c, const char *folder,
                                   const ew_dump_opts *opts, ew_err *err);

/* A JSON string; bytes that are no UTF-8 become U+FFFD. */
EW_MUST_CHECK ew_code ew_json_text(ew_buf *out, ew_slice text, ew_err *err);

#endif
