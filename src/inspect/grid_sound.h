/* SPDX-License-Identifier: Apache-2.0 */
/* The last seconds of a sound, in blocks of eight frames, as a coder's transform sees them. */
#ifndef EW_INSPECT_GRID_SOUND_H
#define EW_INSPECT_GRID_SOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
    EW_GRID_CHECKED = 8, /* frames checked at once: a block */
    EW_GRID_PERIOD_MAX = 2304
};

/* A coder's transform at any place of the sound. search and check are as in mp3_grid.h. */
typedef struct ew_grid_coder {
    const char *name; /* for sentences: "MP3" */
    int period;       /* samples from frame to frame */
    int unit; /* offsets that differ by a multiple of it may be one coding: Vorbis moves its
               * frames by multiples of 64 where it changes their length */
    int near;                 /* so far apart, offsets are one grid seen twice */
    int centre;               /* of what a frame reads, from its place */
    int fine;                 /* places per sample of the rate it was coded at */
    double scale;             /* samples of the file per sample here */
    double search_s, again_s; /* one place is searched in so many seconds: as long as no
                               * grid was found, and after one was */
    void *state;              /* borrowed */
    void (*search)(void *state, const float *x, float *score);
    void (*check)(void *state, const float *x, float score[EW_GRID_CHECKED]);
} ew_grid_coder;

/* Block b is the samples from b * block_samples on; its frames are those that begin in it. */
typedef struct ew_grid_sound {
    ew_grid_coder coder;
    int64_t block_samples;
    float *ring[2]; /* the mean of both channels, and the first one; steps of 16 bits */
    int64_t base;   /* sample of ring[0] */
    size_t fill, room;
    int64_t two_until; /* the channels differ before this sample */
    int next;          /* channel to search */
    float score[EW_GRID_PERIOD_MAX];
} ew_grid_sound;

/* kept: blocks that stay reachable behind the one after the last forgotten. */
EW_MUST_CHECK ew_code ew_grid_sound_init(ew_grid_sound *s, const ew_grid_coder *coder,
                                         int kept, ew_err *err);
void ew_grid_sound_release(ew_grid_sound *s);

/* Adds at most a block of two channels interleaved, +-1. */
void ew_grid_sound_take(ew_grid_sound *s, const float *pair, size_t n);

/* Lets sound before a block go, when room is needed. */
void ew_grid_sound_forget(ew_grid_sound *s, int64_t before_block);

/* The first block that frames can still be looked at in. */
int64_t ew_grid_sound_oldest(const ew_grid_sound *s);

/* Whether a block and what frames beginning in it and in the next one read is there. */
bool ew_grid_sound_has(const ew_grid_sound *s, int64_t block);

/* The first frame of a grid in a block. */
int64_t ew_grid_sound_frame(const ew_grid_sound *s, int64_t block, int offset);

/* Scores of the eight frames of a grid in a block, of the better channel each. */
void ew_grid_sound_check(ew_grid_sound *s, int64_t block, int offset,
                         float score[EW_GRID_CHECKED]);

/* Scores of all offsets at a sample: s->score[i] belongs to sample + i. Where the channels
 * differ, calls take them in turn. */
void ew_grid_sound_search(ew_grid_sound *s, int64_t sample);

/* The loudest sample of a block. */
float ew_grid_sound_peak(const ew_grid_sound *s, int64_t block);

/* Of the eight places for a search in a block that are set in `places` (not 0), the one where
 * the sound is loudest: i stands for i periods from the block's beginning. */
int ew_grid_sound_loudest(const ew_grid_sound *s, int64_t block, unsigned places);

#endif
