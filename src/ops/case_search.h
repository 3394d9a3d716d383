/* SPDX-License-Identifier: Apache-2.0 */
/* What is shown of a hit: the piece of its text where the words stand. */
#ifndef EW_OPS_CASE_SEARCH_H
#define EW_OPS_CASE_SEARCH_H

#include "casefile/search.h"

enum { EW_SNIPPET_MARKS = 64 };

typedef struct ew_snippet {
    size_t columns;           /* at most; 0: all of it */
    const char *open, *close; /* around what was found */
} ew_snippet;

/* Appends one line, safe for terminals; "…" stands for what is left out. */
EW_MUST_CHECK ew_code ew_ops_snippet(const ew_query *q, ew_slice text,
                                     const ew_snippet *how, ew_buf *out, ew_err *err);

const char *ew_found_kind_name(ew_found_kind k); /* "message", "paragraph" ... */

#endif
