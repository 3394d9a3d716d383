/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers about B against A, taken from the frames of all excerpts. */
#ifndef EW_COMPARE_WHOLE_MEASURE_H
#define EW_COMPARE_WHOLE_MEASURE_H

#include <stdbool.h>
#include <stddef.h>

#include "compare/whole_frames.h"

/* Which frames are speech (or other loud sound) and which are pauses, by the level of A. */
typedef struct ew_whole__frame_kinds {
    double *level_db; /* [count] of A between 200 and 3600 Hz */
    bool *active;
    bool *pause;
    size_t active_count, pause_count;
    double loud_db; /* 95th percentile of the levels */
} ew_whole__frame_kinds;

EW_MUST_CHECK ew_code ew_whole__kinds_init(ew_whole__frame_kinds *k,
                                           const ew_whole__frames *f, ew_err *err);
void ew_whole__kinds_release(ew_whole__frame_kinds *k);

/* From the active frames. `_c`: from what in B follows A; `_p`: from powers. Coding makes
 * the first too small, noise the second too large; what shows in both is real. */
typedef struct ew_whole__voice {
    double coherence;          /* 0..1 between 200 and 3600 Hz */
    double residual_db;        /* what does not follow, against what does */
    double gain_c, gain_p;     /* dB */
    double sign;               /* -1..1 */
    double slope_c, slope_p;   /* dB of gain per 10 dB of level */
    double spread_c, spread_p; /* dB, of the gain of 0.4 s */
    bool has_dynamics;
    double tilt_db, deviation_db; /* per octave; rms about the mean */
    double bend_db;               /* gain at the peaks of loud frames, less that amid */
    double bend_d_db;             /* the same less that of soft frames */
    double saturation_db; /* how much closer B's highest peaks are to the usual ones */
    size_t bands;
    double band_hz[EW_WHOLE_BANDS_MAX], band_db[EW_WHOLE_BANDS_MAX];
    double band_sd[EW_WHOLE_BANDS_MAX];  /* disagreement of the two estimates */
    double power_db[EW_WHOLE_BANDS_MAX]; /* B over A, all bands of the frames */
    double follow_db[EW_WHOLE_BANDS_MAX];
} ew_whole__voice;

EW_MUST_CHECK ew_code ew_whole__voice_measure(const ew_whole__frames *f,
                                              const ew_whole__frame_kinds *k,
                                              double top_hz, ew_whole__voice *v,
                                              ew_err *err);

/* From the pauses and the decays. */
typedef struct ew_whole__rest {
    double seconds;     /* of pauses */
    bool foreign_known; /* some excerpt has enough of them */
    double
        typical_db; /* B's pauses against A's, beyond the gain: median of bands and frames */
    double foreign_db; /* what in B's pauses does not follow A, against A's pauses */
    double bed_db;     /* the same against the speech of B */
    double spread_db;  /* of the level of B's pauses */
    double peaky_db;   /* 90th percentile of how peaky their spectra are */
    double depth_db;   /* A's pauses below its speech */
    size_t decays;     /* places where the tail could be measured */
    double tail_db;    /* B over A after sounds, less that before them */
    double after_db;
} ew_whole__rest;

EW_MUST_CHECK ew_code ew_whole__rest_measure(const ew_whole__frames *f,
                                             const ew_whole__frame_kinds *k,
                                             const ew_whole__voice *v, double top_hz,
                                             ew_whole__rest *r, ew_err *err);

/* Edges of the band that a recording fills. */
typedef struct ew_whole__edges {
    double low_hz, high_hz;
    bool cut; /* it ends in a cliff, else it fades or reaches the end */
} ew_whole__edges;

/* power: of bins at hz_per_bin. nyquist_hz: half the stored rate. */
EW_MUST_CHECK ew_code ew_whole__edges_find(const double *power, size_t bins,
                                           double hz_per_bin, double nyquist_hz,
                                           ew_whole__edges *e, ew_err *err);

/* What of A's band is missing in B: more than 10 dB weaker than the rest, up to (from) where
 * A ends. low_hz 0 and high_hz of A when nothing is. */
EW_MUST_CHECK ew_code ew_whole__loss_find(const double *power[2], size_t bins,
                                          double hz_per_bin, const ew_whole__edges *a,
                                          ew_whole__edges *lost, ew_err *err);

/* The value below which `share` of x lie; x is sorted. 0 when there are none. */
double ew_whole__percentile(double *x, size_t n, double share);

double ew_whole__db(double power); /* 10 log10, never below -200 */

#endif
