/* SPDX-License-Identifier: Apache-2.0 */
/* Two coders written out by their definitions: what MP3 and AAC do to a wave, without bits. */
#ifndef TEST_LOSSY_H
#define TEST_LOSSY_H

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "inspect/mp3_window.h"
#include "sound.h"

enum { LOSSY_BANDS = 32, LOSSY_SLOTS = 36, LOSSY_TAPS = 512 };

static const double lossy_pi = 3.14159265358979323846;

/* The nearest whole n of |v| = step * n^(4/3). */
static inline double lossy_quantise(double v, double step)
{
    double n = floor(pow(fabs(v) / step, 0.75) + 0.4054);

    return copysign(step * pow(n, 4.0 / 3), v);
}

/* What 16-bit files keep. */
static inline void lossy_round(float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(floor((double)x[i] * 32768 + 0.5) / 32768);
}

/* Speech-like sound in a room that hisses: without any noise most lines are nought. */
static inline void lossy_speech(float *x, size_t n, uint32_t rate_hz, uint64_t seed)
{
    test_speech(x, n, rate_hz, seed);
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (int k = 0; k < 4; k++)
            sum += (double)(test_random(&seed) >> 11) / 9007199254740992.0 - 0.5;
        x[i] += (float)(sum * 0.01);
    }
}

/* One tap of one band: the filter bank takes sound apart with it and puts it together. */
static inline double lossy_tap(int band, int i)
{
    int mirrored = i <= 256 ? i : 512 - i;
    double w = ew_mp3_window_half[mirrored] / 65536.0 / sqrt(32);

    if (i > 256 && i % 64 != 0)
        w = -w;
    return w * cos((2 * band + 1) * (i % 64 - 16) * lossy_pi / 64);
}

/* Lines of a long block and back; the coder turns odd samples of odd bands. */
static inline void lossy_lines(double *slots, double line[LOSSY_BANDS * 18], int back)
{
    for (int b = 0; b < LOSSY_BANDS; b++) {
        for (int i = 0; i < 18; i++) {
            double sum = 0;
            for (int k = 0; k < LOSSY_SLOTS; k++) {
                double c = cos(lossy_pi / 72 * (2 * k + 19) * (2 * i + 1)) / 3 *
                           sin(lossy_pi / 36 * (k + 0.5)) * ((b & k & 1) ? -1 : 1);
                if (back)
                    slots[k * LOSSY_BANDS + b] += c * line[b * 18 + i];
                else
                    sum += c * slots[k * LOSSY_BANDS + b];
            }
            if (!back)
                line[b * 18 + i] = sum;
        }
    }
}

static inline void lossy_butterflies(double *line, int back)
{
    static const double c[8] = {-0.6,   -0.535, -0.33,   -0.185,
                                -0.095, -0.041, -0.0142, -0.0037};

    for (int b = 18; b < LOSSY_BANDS * 18; b += 18) {
        for (int i = 0; i < 8; i++) {
            double keep = 1 / sqrt(1 + c[i] * c[i]), cross = c[i] * keep;
            double low = line[b - 1 - i], high = line[b + i];
            if (back)
                cross = -cross;
            line[b - 1 - i] = low * keep + high * cross;
            line[b + i] = high * keep - low * cross;
        }
    }
}

/* MP3: long blocks that begin at `offset` modulo 576, all lines with one step (of 16-bit
 * sound). In place, +-1; the ends of the sound fade. */
static inline void lossy_mp3(float *x, size_t n, int offset, double step)
{
    size_t slots = n / LOSSY_BANDS;
    double *from = calloc((slots + LOSSY_SLOTS) * LOSSY_BANDS, sizeof(*from));
    double *to = calloc((slots + LOSSY_SLOTS) * LOSSY_BANDS, sizeof(*to));
    static double tap[LOSSY_BANDS][LOSSY_TAPS];

    for (int b = 0; b < LOSSY_BANDS; b++)
        for (int i = 0; i < LOSSY_TAPS; i++)
            tap[b][i] = lossy_tap(b, i);
    for (size_t s = 0; s < slots; s++)
        for (int b = 0; b < LOSSY_BANDS; b++)
            for (size_t i = 0; i < LOSSY_TAPS; i++) {
                size_t t = s * LOSSY_BANDS + (size_t)offset;
                if (t >= i && t - i < n)
                    from[s * LOSSY_BANDS + (size_t)b] +=
                        tap[b][i] * (double)x[t - i] * 32768;
            }
    for (size_t g = 0; g * 18 + LOSSY_SLOTS <= slots; g++) {
        double line[LOSSY_BANDS * 18];
        lossy_lines(from + g * 18 * LOSSY_BANDS, line, 0);
        lossy_butterflies(line, 0);
        for (int i = 0; i < LOSSY_BANDS * 18; i++)
            line[i] = lossy_quantise(line[i], step);
        lossy_butterflies(line, 1);
        lossy_lines(to + g * 18 * LOSSY_BANDS, line, 1);
    }
    for (size_t i = 0; i < n; i++)
        x[i] = 0;
    for (size_t s = 0; s < slots; s++)
        for (int b = 0; b < LOSSY_BANDS; b++)
            for (size_t i = 0; i < LOSSY_TAPS; i++) {
                size_t t = s * LOSSY_BANDS + (size_t)offset;
                if (t >= i && t - i < n)
                    x[t - i] +=
                        (float)(tap[b][i] * to[s * LOSSY_BANDS + (size_t)b] / 32768);
            }
    free(from);
    free(to);
}

/* AAC: long blocks with the sine window, as above. The lowest `lines` lines are kept. */
static inline void lossy_aac(float *x, size_t n, int offset, double step, int lines)
{
    static float basis[400][2048];
    float *to = calloc(n, sizeof(*to));

    for (int k = 0; k < lines; k++)
        for (int i = 0; i < 2048; i++)
            basis[k][i] = (float)(sqrt(2.0 / 1024) * sin(lossy_pi / 2048 * (i + 0.5)) *
                                  cos(lossy_pi / 1024 * (i + 0.5 + 512) * (k + 0.5)));
    for (size_t at = (size_t)offset; at + 2048 <= n; at += 1024) {
        for (int k = 0; k < lines; k++) {
            double sum = 0;
            for (int i = 0; i < 2048; i++)
                sum += (double)(basis[k][i] * x[at + (size_t)i]);
            sum = lossy_quantise(sum * 32768, step) / 32768;
            for (int i = 0; i < 2048; i++)
                to[at + (size_t)i] += basis[k][i] * (float)sum;
        }
    }
    for (size_t i = 0; i < n; i++)
        x[i] = to[i];
    free(to);
}

#endif
