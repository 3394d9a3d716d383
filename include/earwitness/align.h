/* SPDX-License-Identifier: Apache-2.0 */
/* The heart: which part of a clip was taken from which part of which recording. */
#ifndef EW_ALIGN_H
#define EW_ALIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "earwitness/err.h"
#include "earwitness/index.h"
#include "earwitness/progress.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One stretch of the clip and where it comes from. Times are samples at EW_FP_RATE_HZ, half
 * open, fractions kept: the source position is known better than one sample. A piece that
 * is played backwards has source_start > source_end. */
typedef struct ew_piece {
    int64_t clip_start, clip_end;
    size_t rec; /* number in the snapshot */
    double source_start, source_end;
    double speed;     /* source seconds per clip second, > 0 */
    double pitch;     /* pitch of the clip over pitch of the source */
    double certainty; /* 0..1: share of such claims that are right, docs/accuracy.md */
    double score;     /* evidence in nats; orders pieces of one clip */
    double agreement; /* of fine words per bit: 1 equal, 0 unrelated */
    double
        wave; /* 0..1 coherence of the waves; another take of the same words: about 0.15 */
    double offset_sd_ms; /* one standard deviation of the source position */
    bool backwards;
    bool refined;            /* position confirmed on the wave, not only on spectra */
    size_t other_count;      /* other recordings that hold the same stretch */
    struct ew_other *others; /* best first; owned by the map */
} ew_piece;

typedef struct ew_other {
    size_t rec;
    double source_start, source_end, speed, certainty;
} ew_other;

/* Parts of the clip that match nothing, or hold nothing to compare. */
typedef enum ew_gap_kind {
    EW_GAP_NO_MATCH, /* sound that is in no recording of the archive, as far as can be told */
    EW_GAP_SILENCE, /* silence or steady sound: nothing to compare */
    EW_GAP_SHORT,   /* too short or too poor to tell */
    EW_GAP_BLANKED  /* silence or a tone within one line of a recording that has other
                        sound there */
} ew_gap_kind;

typedef struct ew_gap {
    int64_t clip_start, clip_end;
    ew_gap_kind kind;
} ew_gap;

/* The piece map of a clip: pieces and gaps, each ascending, together covering it once. */
typedef struct ew_map {
    int64_t clip_samples;
    size_t piece_count;
    ew_piece *pieces;
    size_t gap_count;
    ew_gap *gaps;
} ew_map;

typedef struct ew_align_opts {
    bool speeds;     /* look for changed speed and pitch (on by default) */
    bool backwards;  /* look for reversed sound (on by default) */
    uint64_t common; /* see ew_index_probe */
} ew_align_opts;
EW_API ew_align_opts ew_align_opts_default(void);

/* Maps a clip (mono, EW_FP_RATE_HZ, samples -1..1) onto the archive.
 * out   on success a map that the caller frees with ew_map_free
 * An empty map is an answer, not an error. Errors: EW_E_NOMEM, EW_E_CANCELLED.
 * Threads: index is frozen and may be shared. */
EW_API EW_MUST_CHECK ew_code ew_align_clip(const ew_index *ix, const float *clip,
                                           size_t n, const ew_align_opts *opts,
                                           const ew_progress *prog, ew_map **out,
                                           ew_err *err);
EW_API void ew_map_free(ew_map *map);

#ifdef __cplusplus
}
#endif
#endif
