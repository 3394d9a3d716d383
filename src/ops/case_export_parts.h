/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of an export. */
#ifndef EW_OPS_CASE_EXPORT_PARTS_H
#define EW_OPS_CASE_EXPORT_PARTS_H

#include "casefile/dump.h"
#include "ops/case_book.h"
#include "ops/case_export.h"
#include "seal/bagit.h"

typedef struct ew_exporter {
    ew_case *c;
    const ew_case_export_opts *opts;
    ew_case_exported *out;
    ew_bag *bag;
    ew_case_book book;
    int64_t *only; /* items */
    bool *chosen;  /* of the items in the book */
    ew_dump_opts dump;
    ew_buf reviews;
} ew_exporter;

/* Does the original of this item, which is one of the book, go along? */
bool ew_export__takes(const ew_exporter *x, const ew_book_item *i);

/* The check before it: EW_E_ARG when it holds it back. */
EW_MUST_CHECK ew_code ew_export__check(ew_exporter *x, ew_err *err);

#endif
