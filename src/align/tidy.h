/* SPDX-License-Identifier: Apache-2.0 */
/* What is claimed of the drafts of a whole clip, and how far it reaches. */
#ifndef EW_ALIGN_TIDY_H
#define EW_ALIGN_TIDY_H

#include "align/draft.h"

/* Joins neighbours that continue each other, drops what chance or another take could do, closes
 * small holes and pauses. `mono` is the clip, `samples` long. */
EW_MUST_CHECK ew_code ew_drafts_tidy(const ew_index *ix, ew_drafts *d, const float *mono,
                                     int64_t samples, ew_err *err);

#endif
