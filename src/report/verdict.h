/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict on a bundle, as text and as JSON (docs/formats/verdict.md). The page that checks
 * bundles in a browser says it in the same words. */
#ifndef EW_REPORT_VERDICT_H
#define EW_REPORT_VERDICT_H

#include "earwitness/seal.h"
#include "report/json.h"

/* name: of the bundle's file, safe to print. */
EW_MUST_CHECK ew_code ew_verdict_text(const ew_verdict *v, const char *name, ew_buf *out,
                                      ew_err *err);
ew_obj ew_verdict_json(const ew_verdict *v, const char *name);

#endif
