/* SPDX-License-Identifier: Apache-2.0 */
/* What `family` found out about many files, in the form in which it is reported. */
#ifndef EW_REPORT_FAMILY_FINDING_H
#define EW_REPORT_FAMILY_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "earwitness/family.h"
#include "earwitness/media.h"
#include "report/table.h"

/* A copy that could be read: members[i] of the family is copies[i]. */
typedef struct ew_family_copy {
    const char *name; /* as the user gave it; safe, one line; differs from all others */
    uint8_t sha256[32];
    uint64_t bytes;
    ew_media_info info;
    const char *trouble; /* what was wrong with it; "" */
} ew_family_copy;

/* A file that could not: the tree is made of the others. */
typedef struct ew_family_failure {
    const char *name;
    ew_err why;
} ew_family_failure;

typedef struct ew_family_finding {
    const ew_family *family;
    const ew_family_copy *copies; /* [family->count] */
    size_t failure_count;
    const ew_family_failure *failures;
} ew_family_finding;

/* Everything appends to `out`. Errors: EW_E_NOMEM, EW_E_LIMIT. */
EW_MUST_CHECK ew_code ew_report_family_text(const ew_family_finding *f,
                                            const ew_text_style *style, ew_buf *out,
                                            ew_err *err);
EW_MUST_CHECK ew_code ew_report_family_svg(const ew_family_finding *f, ew_buf *out,
                                           ew_err *err);
/* For Graphviz. */
EW_MUST_CHECK ew_code ew_report_family_dot(const ew_family_finding *f, ew_buf *out,
                                           ew_err *err);

#endif
