/* SPDX-License-Identifier: Apache-2.0 */
/* What recording B changes against recording A: a patch for sound. */
#ifndef EW_DIFF_H
#define EW_DIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "earwitness/err.h"
#include "earwitness/progress.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Times are samples at EW_FP_RATE_HZ (8 kHz), half open, fractions kept. */

/* A stretch of B that was taken from A: the ribbons between the two. */
typedef struct ew_stretch {
    double a_start, a_end; /* backwards sound has a_start > a_end */
    double b_start, b_end;
    double speed;   /* seconds of A per second of B */
    double pitch;   /* pitch of B over pitch of A */
    double gain_db; /* level of B over level of A */
    double
        agreement; /* 0..1 coherence of the waves over the stretch; low after tempo changes */
    bool inverted; /* polarity is turned round against A */
    bool in_order; /* belongs to the longest chain that runs forward in both */
    bool by_wave;  /* placed on the wave; else on spectra only */
} ew_stretch;

typedef enum ew_edit_op {
    EW_EDIT_DELETE,    /* a range; b is the point where it is missing */
    EW_EDIT_INSERT,    /* b range; a is the point where it came in */
    EW_EDIT_REPLACE,   /* a range became b range */
    EW_EDIT_MOVE,      /* a range is now at b range, and missing at b_gap */
    EW_EDIT_DUPLICATE, /* b range is one more copy of the a range */
    EW_EDIT_SILENCE,   /* a range is silence or faint noise in b range */
    EW_EDIT_SPEED      /* a range runs at another speed in b range */
} ew_edit_op;

typedef struct ew_edit {
    ew_edit_op op;
    double a_start, a_end, b_start, b_end;
    double a_start_sd_ms, a_end_sd_ms, b_start_sd_ms, b_end_sd_ms; /* one sd each */
    double b_gap;     /* MOVE: where it is missing in B; else -1 */
    double speed;     /* SPEED: seconds of A per second of B; else 1 */
    double pitch;     /* SPEED: pitch of B over pitch of A; else 1 */
    double certainty; /* 0..1: share of such claims that are right, docs/accuracy.md */
    bool at_pause;    /* lies in a pause that hides the exact place */
    bool backwards;   /* REPLACE: by the same sound played backwards */
} ew_edit;

typedef struct ew_diff {
    int64_t a_samples, b_samples;
    bool related;        /* false: no common sound was found; then there are no edits */
    bool comparable;     /* false: one of the two holds no sound that can be compared */
    double speed, pitch; /* of B as a whole against A; 1 when unchanged */
    double offset;       /* place in A of the first sample of the first ordered stretch,
                            less its place in B */
    size_t stretch_count;
    ew_stretch *stretches; /* by ascending b_start */
    size_t edit_count;
    ew_edit *edits; /* by ascending b_start, then a_start */
} ew_diff;

/* Compares two sounds (mono, EW_FP_RATE_HZ, samples -1..1; borrowed).
 * out   on success a result that the caller frees with ew_diff_free
 * prog  may be NULL
 * That nothing is common is an answer, not an error. Errors: EW_E_NOMEM, EW_E_CANCELLED.
 * Time grows linearly with na + nb. Threads: none; may be called from several at once. */
EW_API EW_MUST_CHECK ew_code ew_diff_sounds(const float *a, size_t na, const float *b,
                                            size_t nb, const ew_progress *prog,
                                            ew_diff **out, ew_err *err);
EW_API void ew_diff_free(ew_diff *d);

/* "delete", "insert", ... as in the JSON. */
EW_API const char *ew_edit_name(ew_edit_op op);

#ifdef __cplusplus
}
#endif
#endif
