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
    unsigned jobs;       /* clips at a time; 0 = one per core */
    const ew_stop *stop; /* may be NULL */
    /* All from the thread that called ew_ops_check_all. `each`: once per clip that was
     * begun, in their order; exactly one of finding (borrowed) and why is not NULL. `tick`
     * about five times a second, on the first clip that is still in work; may be NULL. */
    void (*each)(void *cookie, const ew_input *clip, const ew_finding *f,
                 const ew_err *why);
    void (*tick)(void *cookie, const char *stage, int64_t done, int64_t total);
    void *cookie;
} ew_check_opts;

/* Checks every clip of the list but those of kind EW_INPUT_SKIP. That a clip cannot be read, or
 * that nothing is found in it, is told and no error.
 * Errors: EW_E_NOMEM, EW_E_IO (no threads), EW_E_CANCELLED after `stop`. */
EW_MUST_CHECK ew_code ew_ops_check_all(const ew_index *ix, const ew_inputs *clips,
                                       const ew_check_opts *opts, ew_err *err);

/* Checks one clip in the calling thread. The finding is freed with ew_finding_free; it
 * borrows strings from the snapshot, which must outlive it. prog may be NULL.
 * Errors: those of reading the clip, EW_E_LIMIT for clips beyond EW_CLIP_HOURS_MAX,
 * EW_E_NOMEM, EW_E_CANCELLED. That nothing was found is an answer, not an error. */
EW_MUST_CHECK ew_code ew_ops_check(const ew_index *ix, const ew_input *clip,
                                   const ew_check_opts *opts, const ew_progress *prog,
                                   ew_finding **out, ew_err *err);
void ew_finding_free(ew_finding *f);

#endif
