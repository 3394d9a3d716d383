/* SPDX-License-Identifier: Apache-2.0 */
/* Counting the bits in which clip and source differ, and the first look at a guess: the two
 * things that are done a hundred thousand times for a clip that is in no recording. */
#ifndef EW_ALIGN_LOOK_H
#define EW_ALIGN_LOOK_H

#include <stddef.h>
#include <stdint.h>

#include "fingerprint/clip.h"

enum {
    EW_LOOK_BIN = 6,   /* source frames per bin: 96 ms */
    EW_LOOK_BINS = 21, /* 2 s */
    EW_LOOK_LEAST = 4, /* bins of the shortest stretch that is believed */
    EW_LOOK_FRAMES = EW_LOOK_BIN * EW_LOOK_BINS
};

/* Steps through a clip's frames, one for each source frame: frame i is (at + i * step) >> 32. */
typedef struct ew_steps {
    uint64_t at, step;
} ew_steps;

#define EW_STEP_ONE ((uint64_t)1 << 32)

/* Differing bits of n source words and the clip's; all steps lie in the clip. */
uint64_t ew_look_differ(const ew_clip_view *v, ew_steps s, const uint32_t *source,
                        size_t n);

/* Equal minus different bits by bin; n <= EW_LOOK_FRAMES, bins beyond are 0. */
void ew_look_bins(const ew_clip_view *v, ew_steps s, const uint32_t *source, size_t n,
                  int16_t sum[EW_LOOK_BINS]);

/* Guesses below this many standard deviations are told apart fastest. */
#define EW_LOOK_FLOOR 6.0

/* The stretch of bins [from, to) whose agreement is least likely by chance, and that agreement
 * in standard deviations of independent bits; 0 unless it is above `least`. */
typedef struct ew_look {
    double z;
    int from, to;
} ew_look;

ew_look ew_look_best(const int16_t sum[EW_LOOK_BINS], double least);

#endif
