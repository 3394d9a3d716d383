/* SPDX-License-Identifier: Apache-2.0 */
/* Speech-like sound and WAV files for tests. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "sound.h"

enum { FORMANTS = 4 };

/* A two-pole resonator. */
typedef struct resonator {
    double a1, a2, gain;
    double y1, y2;
} resonator;

/* What the mouth is to do at one moment of a syllable. */
typedef struct posture {
    double hz[FORMANTS];
    double gain[FORMANTS];
    double loud;
} posture;

typedef struct voice {
    uint64_t seed;
    double rate;
    double base_hz; /* of the melody */
    double tract;   /* scale of the formants */
    double phase;   /* of the glottis, 0..1 */
    double melody;  /* factor on base_hz, drifts */
    double before;  /* last pulse sample: the lips differentiate */
    double hiss_lp; /* one-pole state of the hiss */
    posture last;   /* where the last syllable ended */
    resonator f[FORMANTS];
} voice;

/* Formants of ten vowels, Hz. */
static const double vowels[][FORMANTS] = {
    {270, 2290, 3010, 3500}, {390, 1990, 2550, 3500}, {530, 1840, 2480, 3500},
    {660, 1720, 2410, 3500}, {730, 1090, 2440, 3400}, {570, 840, 2410, 3300},
    {440, 1020, 2240, 3300}, {300, 870, 2240, 3300},  {640, 1190, 2390, 3400},
    {490, 1350, 1690, 3300},
};

/* Higher formants are weaker by themselves; signs as in a chain of resonators. */
static const double gains[FORMANTS] = {1, -2.2, 3, -3};

uint64_t test_random(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static double uniform(uint64_t *seed, double low, double high)
{
    return low + (high - low) * (double)(test_random(seed) >> 11) / 9007199254740992.0;
}

static void tune(resonator *r, double hz, double band_hz, double rate)
{
    const double pi = 3.14159265358979323846;
    double radius = exp(-pi * band_hz / rate);
    r->a1 = 2 * radius * cos(2 * pi * hz / rate);
    r->a2 = -radius * radius;
    r->gain = 1 - radius;
}

static double ring(resonator *r, double x)
{
    double y = r->gain * x + r->a1 * r->y1 + r->a2 * r->y2;
    r->y2 = r->y1;
    r->y1 = y;
    return y;
}

/* One source sample: glottal pulses for a voiced sound, noise for a hiss. */
static double excite(voice *v, double voiced)
{
    double noise = uniform(&v->seed, -1, 1);
    v->phase += v->base_hz * v->melody / v->rate;
    if (v->phase >= 1)
        v->phase -= 1;
    double pulse = v->phase < 0.4 ? v->phase * (0.4 - v->phase) * 25 - 0.3 : -0.3;
    double lips = pulse - 0.97 * v->before;
    v->before = pulse;
    v->hiss_lp = 0.5 * v->hiss_lp + 0.5 * noise;
    return voiced * (lips * 14 + 0.1 * noise) + (1 - voiced) * (noise - v->hiss_lp);
}

/* No vowel is said twice in the same way. */
static posture new_posture(voice *v)
{
    const double *vowel = vowels[test_random(&v->seed) % EW_COUNT(vowels)];
    posture p;
    for (int k = 0; k < FORMANTS; k++) {
        p.hz[k] = vowel[k] * v->tract * uniform(&v->seed, 0.85, 1.17);
        p.gain[k] = gains[k] * uniform(&v->seed, 0.4, 1.6);
    }
    p.loud = uniform(&v->seed, 0.3, 1);
    return p;
}

static double between(double a, double b, double t)
{
    return a + (b - a) * t;
}

/* n samples of one syllable through three postures, perhaps with a hiss before. */
static void syllable(voice *v, float *out, size_t n)
{
    posture way[3] = {v->last, new_posture(v), new_posture(v)};
    double hiss = uniform(&v->seed, 0, 1) < 0.5 ? uniform(&v->seed, 0.1, 0.35) : 0;
    double glide = uniform(&v->seed, -0.25, 0.25);
    double turn = uniform(&v->seed, 0.3, 0.7);
    double attack = uniform(&v->seed, 0.03, 0.3);
    for (size_t i = 0; i < n; i++) {
        double t = (double)i / (double)n;
        const posture *a = t < turn ? &way[0] : &way[1];
        double u = t < turn ? t / turn : (t - turn) / (1 - turn);
        for (int k = 0; k < FORMANTS && i % 16 == 0; k++)
            tune(&v->f[k], fmin(between(a[0].hz[k], a[1].hz[k], u), 0.45 * v->rate),
                 70 + 40 * k, v->rate);
        v->melody += glide / (double)n;
        double x = excite(v, t < hiss ? 0.05 : 1);
        double y = 0.15 * x;
        for (int k = 0; k < FORMANTS; k++)
            y += ring(&v->f[k], x) * between(a[0].gain[k], a[1].gain[k], u);
        double loud = between(a[0].loud, a[1].loud, u) * fmin(1, fmin(t, 1 - t) / attack);
        out[i] += (float)(0.25 * loud * y);
    }
    v->last = way[2];
    v->melody = fmin(1.6, fmax(0.7, 1 + 0.8 * (v->melody - 1)));
}

void test_speech(float *out, size_t n, uint32_t rate_hz, uint64_t seed)
{
    voice v = {.seed = seed, .rate = rate_hz, .melody = 1};
    v.base_hz = uniform(&v.seed, 95, 230);
    v.tract = uniform(&v.seed, 0.9, 1.15);
    v.last = new_posture(&v);
    for (size_t i = 0; i < n; i++) /* a quiet room */
        out[i] = (float)uniform(&v.seed, -0.001, 0.001);
    size_t at = 0;
    while (at < n) {
        int count = 4 + (int)(test_random(&v.seed) % 12);
        for (int i = 0; i < count && at < n; i++) {
            size_t length = (size_t)(uniform(&v.seed, 0.09, 0.28) * v.rate);
            if (length > n - at)
                length = n - at;
            syllable(&v, out + at, length);
            at += length;
        }
        at += (size_t)(uniform(&v.seed, 0.1, 0.5) * v.rate);
    }
}

void test_wav_head(uint8_t head[TEST_WAV_HEAD], uint64_t data_bytes, uint32_t channels,
                   uint32_t rate_hz)
{
    memcpy(head, "RIFF....WAVEfmt ", 16);
    ew_put_u32le(head + 4, (uint32_t)(data_bytes + 36));
    ew_put_u32le(head + 16, 16);
    ew_put_u16le(head + 20, 1);
    ew_put_u16le(head + 22, (uint16_t)channels);
    ew_put_u32le(head + 24, rate_hz);
    ew_put_u32le(head + 28, rate_hz * channels * 2);
    ew_put_u16le(head + 32, (uint16_t)(channels * 2));
    ew_put_u16le(head + 34, 16);
    memcpy(head + 36, "data", 4);
    ew_put_u32le(head + 40, (uint32_t)data_bytes);
}

int test_wav_write(FILE *f, const float *x, size_t frames, uint32_t channels,
                   uint32_t rate_hz)
{
    uint8_t head[TEST_WAV_HEAD];
    size_t n = frames * channels;
    test_wav_head(head, (uint64_t)n * 2, channels, rate_hz);
    if (fwrite(head, 1, sizeof head, f) != sizeof head)
        return -1;
    for (size_t i = 0; i < n; i++) {
        uint8_t b[2];
        float v = fminf(1, fmaxf(-1, x[i]));
        ew_put_u16le(b, (uint16_t)(int16_t)lrintf(v * 32767));
        if (fwrite(b, 1, 2, f) != 2)
            return -1;
    }
    return 0;
}
