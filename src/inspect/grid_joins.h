/* SPDX-License-Identifier: Apache-2.0 */
/* Cuts and joins, from the stretches in which frame grids were seen. */
#ifndef EW_INSPECT_GRID_JOINS_H
#define EW_INSPECT_GRID_JOINS_H

#include "inspect/grid_track.h"

typedef struct ew_grid_join {
    int before, after;  /* offsets of the grid */
    int64_t start, end; /* samples; equal unless no grid was seen for long between */
    int64_t plus_minus;
    double strength; /* evidence on the weaker side */
} ew_grid_join;

typedef struct ew_grid_joins {
    size_t count;
    ew_grid_join *list;  /* by place */
    int offset;          /* of the first grid */
    int grids;           /* different offsets seen, without those left out */
    double evidence;     /* of all frames */
    int64_t hits;        /* frames seen on them */
    int64_t first, last; /* frames */
} ew_grid_joins;

/* runs  of one coder, in order of their first frame
 * own   offset of the present coding's grid, left out; -1 for none
 * Where two grids are there at the same time the sound was coded twice, and only the clearer
 * one counts. The caller frees with ew_grid_joins_release. */
EW_MUST_CHECK ew_code ew_grid_joins_find(ew_grid_joins *out, const ew_grid_run *runs,
                                         size_t count, const ew_grid_coder *coder,
                                         int own, ew_err *err);
void ew_grid_joins_release(ew_grid_joins *j);

#endif
