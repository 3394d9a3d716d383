/* SPDX-License-Identifier: Apache-2.0 */
/* Keeping the result of an analysis in its case: one event "analysis", which says how it compares with the same
 * analysis before. */
#ifndef EW_OPS_CASE_KEEP_H
#define EW_OPS_CASE_KEEP_H

#include "ops/case_analyse.h"

typedef struct ew_case_keeping {
    const char *tool;
    int64_t item, other;   /* other: of a diff; 0 */
    const uint8_t *sha256; /* of the item; NULL: of a family, which is about many */
    const char *settings, *result;
    const char *who, *purpose;      /* NULL: "" */
    const ew_case_analysis *before; /* which it repeats; NULL */
} ew_case_keeping;

/* Fills analysis, event, outcome and before of `t`; appends to `line` what it says and to `fields` what differs from
 * before. */
EW_MUST_CHECK ew_code ew_case_keep(ew_case *c, const ew_case_keeping *k, ew_case_told *t,
                                   ew_buf *line, ew_buf *fields, ew_err *err);

/* The same for a result that was made outside of a round; `before` is looked up. */
EW_MUST_CHECK ew_code ew_ops_case_keep(ew_case *c, const ew_case_keeping *k,
                                       int64_t *analysis, ew_err *err);

#endif
