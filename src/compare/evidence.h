/* SPDX-License-Identifier: Apache-2.0 */
/* How likely is it, every 4 ms, that B runs along a line? Learned from the pair itself: how
 * coder, level and band of these two files let the waves agree where they belong together,
 * and how they agree by chance. */
#ifndef EW_COMPARE_EVIDENCE_H
#define EW_COMPARE_EVIDENCE_H

#include "compare/line.h"

/* Fills sums and weight of every line. Errors: EW_E_NOMEM. */
EW_MUST_CHECK ew_code ew_evidence_weigh(ew_clines *l, const ew_pair *p, ew_err *err);

#endif
