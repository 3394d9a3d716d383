/* SPDX-License-Identifier: Apache-2.0 */
/* What finding repeats keeps of a sound: a word per 16 ms to look up, and a small wave at about
 * 4 kHz, eight bits a sample, to compare. */
#ifndef EW_INSPECT_COPY_WORDS_H
#define EW_INSPECT_COPY_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "inspect/decimate.h"
#include "inspect/frames.h"

enum {
    EW_INSPECT__WORD_BITS = 24,
    EW_INSPECT__WORD_HOP = 64, /* small samples per word */
    EW_INSPECT__WORD_LAG = 8   /* words between the frames that a word compares */
};

/* A frame without sound has no word. */
#define EW_INSPECT__NO_WORD UINT32_MAX

typedef struct ew_inspect__words {
    ew_inspect__frames *frames;
    ew_inspect__decimate first, second;
    size_t down;                             /* samples of the file per small sample */
    bool full;                               /* the rest was not kept */
    float before;                            /* for the emphasis of high frequencies */
    size_t edges[EW_INSPECT__WORD_BITS + 2]; /* bins */
    float past[EW_INSPECT__WORD_LAG][EW_INSPECT__WORD_BITS];
    size_t made;
    ew_buf words; /* uint32_t */
    ew_buf wave;  /* int8_t, about even relative steps */
} ew_inspect__words;

EW_MUST_CHECK ew_code ew_inspect__words_init(ew_inspect__words *w, uint32_t rate_hz,
                                             ew_err *err);
void ew_inspect__words_release(ew_inspect__words *w);
EW_MUST_CHECK ew_code ew_inspect__words_feed(ew_inspect__words *w, const float *pcm,
                                             size_t n, ew_err *err);
EW_MUST_CHECK ew_code ew_inspect__words_finish(ew_inspect__words *w, ew_err *err);

/* table[i + 128] is what the byte i of the wave stands for. */
void ew_inspect__words_levels(float table[256]);

#endif
