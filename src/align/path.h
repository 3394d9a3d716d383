/* SPDX-License-Identifier: Apache-2.0 */
/* The best path of a clip through its lines and "matches nothing". */
#ifndef EW_ALIGN_PATH_H
#define EW_ALIGN_PATH_H

#include "align/find.h"

/* One stretch of the path: slots [from, to) of the clip lie on lines[line]. */
typedef struct ew_stretch {
    size_t line;
    size_t from, to;
    double agreement, power; /* sums over the slots */
} ew_stretch;

typedef struct ew_path {
    ew_stretch *items;
    size_t count;
} ew_path;

/* Viterbi over slots: the evidence of each slot on a line against a price for every change to a line.
 * The caller frees path->items with ew_free. */
EW_MUST_CHECK ew_code ew_path_find(ew_scene *s, const ew_lines *lines, ew_path *path,
                                   ew_err *err);

#endif
