/* SPDX-License-Identifier: Apache-2.0 */
/* From a path to drafts: joined, compared by wave, followed where they are faint. */
#ifndef EW_ALIGN_PIECES_H
#define EW_ALIGN_PIECES_H

#include "align/draft.h"
#include "align/path.h"

/* Drafts of a scene, ascending, from its path. Nothing is judged yet. */
EW_MUST_CHECK ew_code ew_pieces_make(ew_scene *s, const ew_lines *lines,
                                     const ew_path *path, ew_drafts *out, ew_err *err);

#endif
