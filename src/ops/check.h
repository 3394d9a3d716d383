/* SPDX-License-Identifier: Apache-2.0 */
/* Checking clips against the archive: from which recordings were they taken? */
#ifndef EW_OPS_CHECK_H
#define EW_OPS_CHECK_H

#include "earwitness/align.h"
#include "earwitness/err.h"
#include "earwitness/index.h"
#include "earwitness/progress.h"
#include "ops/input.h"
#include "report/finding.h"

typedef struct ew_check_opts {
    ew_align_opts align;
    const ew_stop *stop;     /* may be NULL */
    const ew_progress *prog; /* may be NULL; stages "decode" and "match" */
} ew_check_opts;

/* Checks one clip. The finding is freed with ew_finding_free; it borrows strings from the
 * snapshot, which must outlive it.
 * Errors: those of reading the clip, EW_E_LIMIT for clips beyond EW_CLIP_HOURS_MAX,
 * EW_E_NOMEM, EW_E_CANCELLED. That nothing was found is an answer, not an error. */
EW_MUST_CHECK ew_code ew_ops_check(const ew_index *ix, const ew_input *clip,
                                   const ew_check_opts *opts, ew_finding **out,
                                   ew_err *err);
void ew_finding_free(ew_finding *f);

#endif
