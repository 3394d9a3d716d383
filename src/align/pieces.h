/* SPDX-License-Identifier: Apache-2.0 */
/* From a path to pieces that can be shown: joined, judged, with their edges closed. */
#ifndef EW_ALIGN_PIECES_H
#define EW_ALIGN_PIECES_H

#include "align/path.h"
#include "align/wave.h"
#include "earwitness/align.h"

/* A piece in the making: its line, its place in the clip, and the evidence for it. */
typedef struct ew_draft {
    ew_line line;
    int64_t from, to; /* clip samples */
    double agreement, power;
    ew_coherence wave;
    bool backwards;
    ew_other *others; /* owned */
    size_t other_count;
} ew_draft;

typedef struct ew_drafts {
    ew_draft *items;
    size_t count, cap;
} ew_drafts;

void ew_drafts_release(ew_drafts *d);
/* Appends a copy; on success `piece->others` belongs to the list. */
EW_MUST_CHECK ew_code ew_drafts_push(ew_drafts *d, const ew_draft *piece, ew_err *err);

/* Drafts of a scene, ascending, from its path. */
EW_MUST_CHECK ew_code ew_pieces_make(ew_scene *s, const ew_lines *lines,
                                     const ew_path *path, ew_drafts *out, ew_err *err);

/* Joins neighbours that continue each other, drops what chance could do, closes small holes
 * and pauses. `mono` is the clip, `samples` long. */
EW_MUST_CHECK ew_code ew_pieces_tidy(const ew_index *ix, ew_drafts *d, const float *mono,
                                     int64_t samples, ew_err *err);

/* Standard deviations of agreement above chance, and the calibrated certainty of a piece. */
double ew_draft_z(const ew_draft *d);
double ew_draft_certainty(const ew_draft *d);

#endif
