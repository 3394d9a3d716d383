/* SPDX-License-Identifier: Apache-2.0 */
/* Follows the frame grids of one coder through a sound: where each begins and where it ends. */
#ifndef EW_INSPECT_GRID_TRACK_H
#define EW_INSPECT_GRID_TRACK_H

#include "inspect/grid_sound.h"

/* A stretch in which frames of one grid were seen. Frames are named by their place. */
typedef struct ew_grid_run {
    int offset;          /* first, modulo the period */
    int64_t first, last; /* frames */
    int hits;            /* frames between with clear traces */
    double evidence;     /* sum of their scores over the limit */
} ew_grid_run;

typedef struct ew_grid_track ew_grid_track; /* one object, one thread */

/* coder    copied; its state is borrowed
 * masking  the present coding is of this kind: look for others beneath its own grid */
EW_MUST_CHECK ew_code ew_grid_track_new(ew_grid_track **out, const ew_grid_coder *coder,
                                        uint32_t rate_hz, bool masking, ew_err *err);
void ew_grid_track_free(ew_grid_track *t);

/* Two channels interleaved, +-1. */
EW_MUST_CHECK ew_code ew_grid_track_feed(ew_grid_track *t, const float *pair,
                                         size_t samples, ew_err *err);
EW_MUST_CHECK ew_code ew_grid_track_finish(ew_grid_track *t, ew_err *err);

/* No search in blocks that begin before a sample: another coder's grid explains them. */
void ew_grid_track_skip(ew_grid_track *t, int64_t until);

/* Up to where the grid that was seen last was seen; 0 when none was. */
int64_t ew_grid_track_seen_until(const ew_grid_track *t);

/* After _finish: all runs in order of their first frame. Borrowed. */
const ew_grid_run *ew_grid_track_runs(const ew_grid_track *t, size_t *count);

/* After _finish: the grid of the present coding, -1 without masking or when not found. */
int ew_grid_track_own(const ew_grid_track *t);

/* Blocks (8 frames each) loud enough to be looked at, and those with any grid but the own. */
void ew_grid_track_counts(const ew_grid_track *t, int64_t *looked_at, int64_t *seen);

#endif
