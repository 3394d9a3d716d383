/* SPDX-License-Identifier: Apache-2.0 */
/* Looks for short stretches of B that `align` could not place, on the wave itself. */
#ifndef EW_COMPARE_SEARCH_H
#define EW_COMPARE_SEARCH_H

#include "compare/gaps.h"

/* Adds lines, followed like those that are there, for parts of B between the lines that are copied from elsewhere in A at unchanged
 * speed. The work is bounded: the more there is to look for, the less far from the gap it
 * is looked for. Errors: EW_E_NOMEM. */
EW_MUST_CHECK ew_code ew_search_gaps(ew_clines *l, const ew_loudness *loud, ew_err *err);

#endif
