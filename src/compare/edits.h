/* SPDX-License-Identifier: Apache-2.0 */
/* From spans to the list of edits. */
#ifndef EW_COMPARE_EDITS_H
#define EW_COMPARE_EDITS_H

#include "compare/gaps.h"
#include "compare/spans.h"
#include "earwitness/diff.h"

/* Fills d->edits. Spans are ordered already; their ends may move to where all sides fit.
 * Errors: EW_E_NOMEM. */
EW_MUST_CHECK ew_code ew_edits_find(ew_diff *d, const ew_pair *p, const ew_clines *l,
                                    ew_spans *s, const ew_loudness *loud, ew_err *err);

#endif
