/* SPDX-License-Identifier: Apache-2.0 */
/* Speech-like sound and WAV files, without cmocka: also for the generator program. */
#ifndef EW_TEST_SOUND_H
#define EW_TEST_SOUND_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { TEST_WAV_HEAD = 44 };

/* The next number of a small generator (splitmix64); `state` is the seed. */
uint64_t test_random(uint64_t *state);

/* Speech-like sound, the same for the same seed everywhere: syllables of voiced vowels and
 * hisses with a melody, pauses between phrases; peaks near -6 dBFS. */
void test_speech(float *out, size_t n, uint32_t rate_hz, uint64_t seed);

/* The head of a 16-bit WAV file. */
void test_wav_head(uint8_t head[TEST_WAV_HEAD], uint64_t data_bytes, uint32_t channels,
                   uint32_t rate_hz);

/* 16-bit WAV of interleaved samples, clipped to -1..1. 0, or -1 when writing fails. */
int test_wav_write(FILE *f, const float *x, size_t frames, uint32_t channels,
                   uint32_t rate_hz);

#endif
