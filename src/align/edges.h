/* SPDX-License-Identifier: Apache-2.0 */
/* Where exactly one piece ends and the next begins. */
#ifndef EW_ALIGN_EDGES_H
#define EW_ALIGN_EDGES_H

#include "align/draft.h"

/* Moves the edges of tidied drafts to where the wave changes from one source to the other, or
 * to none. Edges at the ends of the clip stay. Errors: EW_E_NOMEM. */
EW_MUST_CHECK ew_code ew_edges_refine(ew_scene *s, ew_drafts *d, ew_err *err);

#endif
