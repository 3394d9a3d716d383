/* SPDX-License-Identifier: Apache-2.0 */
/* What was done to recording B as a whole against A, measured where both hold one sound. */
#ifndef EW_WHOLE_H
#define EW_WHOLE_H

#include <stddef.h>
#include <stdint.h>

#include "earwitness/diff.h"
#include "earwitness/err.h"
#include "earwitness/progress.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum ew_fact_kind {
    EW_FACT_GAIN,     /* gain_db, spread_db */
    EW_FACT_DYNAMICS, /* slope_db (per 10 dB of level), spread_db: levelled, compressed */
    EW_FACT_POLARITY, /* sign: 1 or -1 */
    EW_FACT_SPEED,    /* speed (seconds of A per second of B), pitch */
    EW_FACT_OFFSET, /* offset_ms: place in A less place in B of the first common sound */
    EW_FACT_BANDWIDTH,    /* a_low_hz, a_high_hz, b_low_hz, b_high_hz */
    EW_FACT_EQUALISATION, /* tilt_db (per octave), deviation_db; more in ew_whole.curve */
    EW_FACT_CHANNELS,     /* a_channels, b_channels, as heard */
    EW_FACT_CLIPPING,     /* clipped_share of the loud samples, limit_db */
    EW_FACT_CODING_NOISE, /* residual_db: what in B does not follow A, against the speech */
    EW_FACT_NOISE_BED, /* bed_db: steady noise that A does not have, against the speech */
    EW_FACT_SOUND_BED, /* bed_db: music or other moving sound, against the speech */
    EW_FACT_DENOISING, /* pauses_db: level of B's pauses against A's */
    EW_FACT_REVERB,    /* tail_db: how much more of a tail sounds have in B than in A */
    EW_FACT_KINDS      /* how many there are */
} ew_fact_kind;

typedef enum ew_fact_state {
    EW_FACT_NOT_TESTED, /* the sentence says why; there are no values */
    EW_FACT_SAME,       /* tested: B is like A in this */
    EW_FACT_CODING,     /* differs, and coding or copying alone can explain it */
    EW_FACT_CHANGED     /* differs, and coding alone does not explain it */
} ew_fact_state;

enum { EW_FACT_VALUES_MAX = 6, EW_WHOLE_CURVE_MAX = 32 };

typedef struct ew_fact_value {
    const char *name; /* with its unit, as in the JSON: "gain_db"; static */
    double value;
    double sd; /* one standard deviation; 0 = exact or not known */
} ew_fact_value;

typedef struct ew_fact {
    ew_fact_kind kind;
    ew_fact_state state;
    double certainty; /* 0..1: share of such answers that are right, as measured */
    size_t value_count;
    ew_fact_value values[EW_FACT_VALUES_MAX];
    char sentence[320]; /* plain English, ends with a full stop; also when not tested */
} ew_fact;

typedef struct ew_curve_point {
    double hz, db, sd_db; /* transfer from A to B at hz, less the gain */
} ew_curve_point;

typedef struct ew_whole {
    ew_fact facts[EW_FACT_KINDS]; /* facts[k].kind == k: each kind once, tested or not */
    size_t curve_count;           /* 0 when it could not be measured */
    ew_curve_point curve[EW_WHOLE_CURVE_MAX]; /* ascending hz */
    double tested_s;                          /* seconds of B that were looked at */
    uint32_t excerpt_count;                   /* in how many excerpts */
} ew_whole;

/* One of the two recordings as stored. */
typedef struct ew_whole_side {
    uint32_t rate_hz;
    uint32_t channels;
    const char *codec; /* FFmpeg's short name: "opus", "pcm_s16le"; "" when unknown */
} ew_whole_side;

enum { EW_SIDE_A, EW_SIDE_B };

/* A stretch of sound that is asked for. */
typedef struct ew_whole_want {
    int side; /* EW_SIDE_A, EW_SIDE_B */
    int64_t start_ms;
    size_t frames;    /* at rate_hz */
    uint32_t rate_hz; /* of the answer; may differ from the stored rate */
} ew_whole_want;

/* Where the sound comes from. `read` fills pcm[want->frames * channels of that side],
 * interleaved as stored; fewer frames only at the end of the sound. Wants come in ascending
 * order of time, first those of one side, then those of the other. */
typedef struct ew_whole_source {
    ew_whole_side sides[2];
    ew_code (*read)(void *cookie, const ew_whole_want *want, float *pcm,
                    size_t *got_frames, ew_err *err);
    void *cookie;
} ew_whole_source;

/* Measures B against A in up to about ten excerpts of the stretches of `d`.
 * out   on success a result that the caller frees with ew_whole_free
 * prog  may be NULL
 * That nothing can be measured is an answer: all facts are then EW_FACT_NOT_TESTED.
 * Errors: EW_E_NOMEM, EW_E_CANCELLED, those of `read`. */
EW_API EW_MUST_CHECK ew_code ew_whole_measure(const ew_diff *d, const ew_whole_source *s,
                                              const ew_progress *prog, ew_whole **out,
                                              ew_err *err);
EW_API void ew_whole_free(ew_whole *w);

/* "gain", "dynamics", ... and "not-tested", "same", "coding", "changed", as in the JSON. */
EW_API const char *ew_fact_name(ew_fact_kind kind);
EW_API const char *ew_fact_state_name(ew_fact_state state);

#ifdef __cplusplus
}
#endif
#endif
