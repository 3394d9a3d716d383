/* SPDX-License-Identifier: Apache-2.0 */
/* A case as a report: what it says, from what it keeps; nothing is worked out again. */
#ifndef EW_OPS_REPORT_CASE_H
#define EW_OPS_REPORT_CASE_H

#include "casefile/casefile.h"
#include "ops/report.h"
#include "ops/report_gate.h"

typedef struct ew_report_case_opts {
    ew_report_opts report; /* head.date also says until when silence is counted */
    ew_report_gate gate;
} ew_report_case_opts;

/* First a check as of `case lint` of the records that a report shows, of the words in kept results, and of the head:
 * with findings, or protected identities that could not be looked for, EW_E_ARG. */
EW_MUST_CHECK ew_code ew_ops_report_case_check(ew_case *c,
                                               const ew_report_case_opts *opts,
                                               ew_report_held *held, ew_err *err);
/* The same check, then the page. */
EW_MUST_CHECK ew_code ew_ops_report_case(ew_case *c, const ew_report_case_opts *opts,
                                         ew_page *out, ew_report_held *held, ew_err *err);

#endif
