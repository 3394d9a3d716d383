/* SPDX-License-Identifier: Apache-2.0 */
/* Sound with nothing to compare in it, and the parts of a clip that no piece covers. */
#ifndef EW_ALIGN_GAPS_H
#define EW_ALIGN_GAPS_H

#include "align/draft.h"

/* One mark for each slot of EW_SLOT samples that is silent or steady. The caller frees *marks with
 * ew_free. */
EW_MUST_CHECK ew_code ew_hollow_mark(const float *mono, int64_t samples, uint8_t **marks,
                                     ew_err *err);

/* Takes silent and steady stretches out of pieces whose source is not silent or steady there:
 * something was blanked. Splits a piece where needed. */
EW_MUST_CHECK ew_code ew_hollow_cut(ew_scene *s, const uint8_t *marks, ew_drafts *d,
                                    ew_err *err);

/* Fills m->gaps with what its pieces leave. */
EW_MUST_CHECK ew_code ew_gaps_fill(ew_map *m, const uint8_t *marks, ew_err *err);

#endif
