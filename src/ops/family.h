/* SPDX-License-Identifier: Apache-2.0 */
/* Ordering many copies of one recording: who was made from whom? */
#ifndef EW_OPS_FAMILY_H
#define EW_OPS_FAMILY_H

#include "earwitness/err.h"
#include "ops/input.h"
#include "report/family_finding.h"

/* All sounds are held in memory: so much of them altogether, and of one of many at least. */
enum { EW_FAMILY_HOURS_MAX = 24, EW_FAMILY_SHARE_MIN_MINUTES = 10 };

typedef struct ew_family_opts {
    unsigned jobs;       /* threads; 0 = one per core */
    const ew_stop *stop; /* may be NULL */
    /* About five times a second, from the calling thread: `done` of `total` of the stage;
     * may be NULL. */
    void (*tick)(void *cookie, const char *stage, int64_t done, int64_t total);
    void *cookie;
} ew_family_opts;

/* Reads every input but those of kind EW_INPUT_SKIP and orders what could be read. That a
 * file cannot be read is told and no error. The finding is freed with
 * ew_family_finding_free.
 * Errors: EW_E_ARG (more than EW_FAMILY_COPIES_MAX), EW_E_NOMEM, EW_E_IO (no threads),
 * EW_E_CANCELLED. */
EW_MUST_CHECK ew_code ew_ops_family(const ew_inputs *in, const ew_family_opts *opts,
                                    ew_family_finding **out, ew_err *err);
void ew_family_finding_free(ew_family_finding *f);

#endif
