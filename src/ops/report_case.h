/* SPDX-License-Identifier: Apache-2.0 */
/* A case as a report: what it says, from what it keeps; nothing is worked out again. */
#ifndef EW_OPS_REPORT_CASE_H
#define EW_OPS_REPORT_CASE_H

#include "casefile/casefile.h"
#include "ops/lint.h"
#include "ops/report.h"

typedef struct ew_report_case_opts {
    ew_report_opts report; /* head.date also says until when silence is counted */
    bool unchecked;        /* whatever would be told */
    const char *const *allow;
    size_t allow_count;            /* findings that are known */
    const ew_age_identities *keys; /* of the check, as in ew_lint_opts */
    ew_slice places;
    /* What is found and not allowed; may be NULL. */
    void (*found)(void *cookie, const ew_lint_finding *f);
    void *cookie;
} ew_report_case_opts;

/* How many findings held it back. */
typedef struct ew_report_held {
    uint64_t findings; /* that weigh more than little */
    uint64_t closed;   /* protected identities that could not be looked for */
} ew_report_held;

/* First a check as of `case lint` of the records that a report shows: with findings, or protected identities
 * that could not be looked for, EW_E_ARG. */
EW_MUST_CHECK ew_code ew_ops_report_case_check(ew_case *c,
                                               const ew_report_case_opts *opts,
                                               ew_report_held *held, ew_err *err);
/* The same check, then the page. */
EW_MUST_CHECK ew_code ew_ops_report_case(ew_case *c, const ew_report_case_opts *opts,
                                         ew_page *out, ew_report_held *held, ew_err *err);

#endif
