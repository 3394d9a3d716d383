/* SPDX-License-Identifier: Apache-2.0 */
/* How exactly each edit is placed, and how sure it is. */
#ifndef EW_COMPARE_SURE_H
#define EW_COMPARE_SURE_H

#include "compare/spans.h"
#include "earwitness/diff.h"

enum { EW_STRETCH_ONSET = 800 }; /* samples, 0.1 s: docs/decisions/diff.md */

/* Is any line followed on the wave? */
bool ew_lines_by_wave(const ew_clines *l);

/* Sets the standard deviations, `at_pause` and `certainty` of every edit. */
void ew_edits_rate(ew_diff *d, const ew_clines *l, const ew_spans *s);

#endif
