/* SPDX-License-Identifier: Apache-2.0 */
/* What a report would tell of somebody, looked at before it leaves, as `case lint` looks at a case. */
#ifndef EW_OPS_REPORT_GATE_H
#define EW_OPS_REPORT_GATE_H

#include "casefile/casefile.h"
#include "ops/lint.h"
#include "report/page.h"

typedef struct ew_report_gate {
    bool unchecked; /* whatever would be told */
    const char *const *allow;
    size_t allow_count;            /* findings that are known */
    const ew_age_identities *keys; /* of the check, as in ew_lint_opts */
    ew_slice places;
    const char *const *typed; /* other words that were typed for it */
    size_t typed_count;
    /* What holds it back: found, not allowed, and of more than little weight. May be NULL. */
    void (*found)(void *cookie, const ew_lint_finding *f);
    void *cookie;
} ew_report_gate;

/* How many findings held it back. */
typedef struct ew_report_held {
    uint64_t findings; /* that weigh more than little */
    uint64_t closed;   /* protected identities that could not be looked for */
} ew_report_held;

/* All words of a page that is no case's: names of files, tags, sentences, what was typed for its head. EW_E_ARG when
 * something is found that is not allowed. A finding's number holds for these very files: with another file
 * among them it has to be allowed anew. */
EW_MUST_CHECK ew_code ew_ops_report_gate(const ew_page *p, const ew_report_gate *gate,
                                         ew_report_held *held, ew_err *err);

#endif
