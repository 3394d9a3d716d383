/* SPDX-License-Identifier: Apache-2.0 */
/* Cuts and joins, from the stretches in which frame grids were seen. */
#ifndef EW_INSPECT_GRID_JOINS_H
#define EW_INSPECT_GRID_JOINS_H

#include "inspect/grid_track.h"

/* What one track saw. Borrowed. */
typedef struct ew_grid_source {
    const ew_grid_coder *coder;
    const ew_grid_run *runs; /* in order of their first frame */
    size_t count;
    int own; /* offset of the present coding's grid, left out; -1 for none */
} ew_grid_source;

typedef struct ew_grid_join {
    int coder_before, coder_after;   /* which source */
    int offset_before, offset_after; /* of its grid */
    int64_t start, end; /* samples; equal unless no grid was seen for long between */
    int64_t plus_minus;
    double strength; /* evidence on the weaker side */
} ew_grid_join;

typedef struct ew_grid_joins {
    size_t count;
    ew_grid_join *list; /* by start */
    int64_t twice_start,
        twice_end;         /* where two grids lie over each other; equal: nowhere */
    double twice_evidence; /* of the weaker one */
} ew_grid_joins;

/* Where two grids are there at the same time the sound was coded twice, and only the clearer
 * one counts for joins. The caller frees with ew_grid_joins_release. */
EW_MUST_CHECK ew_code ew_grid_joins_find(ew_grid_joins *out,
                                         const ew_grid_source *sources, int count,
                                         ew_err *err);
void ew_grid_joins_release(ew_grid_joins *j);

/* All that one source saw. */
typedef struct ew_grid_sum {
    int grids;       /* different offsets, without the own one */
    int codings;     /* the same, but those that differ by units count once */
    int offset;      /* of the first */
    int64_t hits;    /* frames on them */
    double evidence; /* of all these */
    int64_t first,
        last; /* sample of the file: begin of the first frame, end of the last */
} ew_grid_sum;

ew_grid_sum ew_grid_sum_up(const ew_grid_source *source);

#endif
