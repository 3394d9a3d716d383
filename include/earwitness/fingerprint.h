/* SPDX-License-Identifier: Apache-2.0 */
/* Mono sound at 8 kHz in, words out. Knows no files. */
#ifndef EW_FINGERPRINT_H
#define EW_FINGERPRINT_H

#include <stddef.h>
#include <stdint.h>

#include "earwitness/err.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    EW_FP_RATE_HZ = 8000, /* sample rate of what is fed */
    EW_FP_HOP = 128,      /* samples from one frame to the next: 16 ms */
    EW_FP_VERSION = 1     /* changes when equal sound would give other words */
};

/* A word to find a frame by: equal or nearly equal words mean perhaps the same sound. */
typedef struct ew_key {
    uint32_t word;
    uint32_t frame; /* frame i is centred on sample i * EW_FP_HOP of the sound */
} ew_key;

/* Print of one recording. Frozen once made; may be shared between threads. */
typedef struct ew_fp {
    uint32_t frames; /* number of frames */
    uint32_t *words; /* [frames] fine words, for comparing at a given place */
    uint8_t *wave;   /* [frames] signs of a narrow band, for telling copies from takes */
    uint32_t key_count;
    ew_key *keys; /* [key_count] by ascending frame; silent frames have none */
} ew_fp;

/* A print in the making; one object, one thread. */
typedef struct ew_fp_maker ew_fp_maker;

EW_API EW_MUST_CHECK ew_code ew_fp_maker_new(ew_fp_maker **out, ew_err *err);
/* Samples -1..1, any number at a time; cutting the input differently changes nothing. */
EW_API EW_MUST_CHECK ew_code ew_fp_maker_feed(ew_fp_maker *m, const float *mono, size_t n,
                                              ew_err *err);
/* The print of all that was fed; the caller frees it with ew_fp_free. The maker is empty
 * afterwards and can be fed again. */
EW_API EW_MUST_CHECK ew_code ew_fp_maker_finish(ew_fp_maker *m, ew_fp **out, ew_err *err);
EW_API void ew_fp_maker_free(ew_fp_maker *m);
EW_API void ew_fp_free(ew_fp *fp);

#ifdef __cplusplus
}
#endif
#endif
