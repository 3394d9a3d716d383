/* SPDX-License-Identifier: Apache-2.0 */
/* A clip analysed for asking: finer in time than the archive, at any pitch, and with the
 * certainty of each bit, which the archive does not keep. */
#ifndef EW_FINGERPRINT_CLIP_H
#define EW_FINGERPRINT_CLIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "fingerprint/cells.h"

enum {
    EW_CLIP_HOP = EW_FP_HOP / 2, /* samples from one clip frame to the next: 8 ms */
    EW_CLIP_STEP = EW_FP_HOP / EW_CLIP_HOP, /* clip frames per archive frame */
    EW_CLIP_FLIPS = 5,                      /* least certain looked-up bits of a key */
    EW_CLIP_UNIT = 64 /* a bit of average certainty weighs this much */
};

/* Frame i is centred on sample i * EW_CLIP_HOP. */
typedef struct ew_clip {
    size_t frames;
    float *cells; /* [frames][EW_CELLS] power */
} ew_clip;

EW_MUST_CHECK ew_code ew_clip_new(ew_clip **out, const float *mono, size_t n,
                                  ew_err *err);
void ew_clip_free(ew_clip *c);

/* One key of the clip: the word, and its least certain looked-up bits, weakest first. */
typedef struct ew_clip_key {
    uint32_t word;
    uint32_t frame;               /* clip frame */
    uint32_t weak[EW_CLIP_FLIPS]; /* one bit each */
} ew_clip_key;

/* Keys of every `step`-th clip frame (step even, or 1) at a pitch; the caller frees *keys
 * with ew_free. Frames of digital silence have none. */
EW_MUST_CHECK ew_code ew_clip_keys(const ew_clip *c, int pitch, size_t step,
                                   ew_clip_key **keys, size_t *count, ew_err *err);

/* Fine words at one pitch. The agreement of frame i with a word w of the archive is
 * ew_clip_agreement: a sum over bits of +weight where they agree and -weight where not. */
typedef struct ew_clip_view {
    int pitch;
    size_t frames;
    float (*diff)[32];            /* [frames] what the weights are made from */
    uint32_t *word;               /* [frames] */
    uint32_t *half[EW_CLIP_STEP]; /* half[p][i] is word[i * EW_CLIP_STEP + p] */
    float *power; /* [frames] sum of squared weights; about 32 in clear speech */
    int16_t (*sums)[8][16]; /* [frames] weights summed by nibble of the other word */
} ew_clip_view;

EW_MUST_CHECK ew_code ew_clip_view_new(ew_clip_view **out, const ew_clip *c, int pitch,
                                       ew_err *err);
/* Fills power and sums, which are NULL before: counting equal bits can do without. */
EW_MUST_CHECK ew_code ew_clip_view_weigh(ew_clip_view *v, ew_err *err);
void ew_clip_view_free(ew_clip_view *v);

/* In units of an average bit: about 32 for equal words, 0 for unrelated ones. */
static inline float ew_clip_agreement(const ew_clip_view *v, size_t frame, uint32_t word)
{
    int16_t(*s)[16] = v->sums[frame];
    int sum = 0;

    for (int k = 0; k < 8; k++)
        sum += s[k][(word >> (4 * k)) & 15];
    return (float)sum * (1.0f / EW_CLIP_UNIT);
}

#endif
