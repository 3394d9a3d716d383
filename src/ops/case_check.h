/* SPDX-License-Identifier: Apache-2.0 */
/* Is a case what it was: its database, its events, its originals, its seals. */
#ifndef EW_OPS_CASE_CHECK_H
#define EW_OPS_CASE_CHECK_H

#include "ops/case_seal.h"
#include "report/json.h"

typedef struct ew_case_checked {
    uint64_t problems, items, events;
    ew_case_sealed sealed;
} ew_case_checked;

/* problem() gets one safe line each. desk: folder of the desk whose seals they should be, or NULL. */
EW_MUST_CHECK ew_code ew_ops_case_verify(ew_case *c, const char *desk,
                                         void (*problem)(void *cookie, const char *text),
                                         void *cookie, ew_case_checked *out, ew_err *err);
/* Schema earwitness.case-verify/1; takes the list of problems over. */
ew_obj ew_case_checked_json(const ew_case_checked *k, json_t *problems);

#endif
