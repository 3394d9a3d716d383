/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of `family` for programs: one line, docs/formats/family-json.md. */
#ifndef EW_REPORT_FAMILY_JSON_H
#define EW_REPORT_FAMILY_JSON_H

#include "report/family_finding.h"

/* Appends to `out`. Errors: EW_E_NOMEM, EW_E_LIMIT. */
EW_MUST_CHECK ew_code ew_report_family_json(const ew_family_finding *f, ew_buf *out,
                                            ew_err *err);

#endif
