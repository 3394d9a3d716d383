/* SPDX-License-Identifier: Apache-2.0 */
/* Each fact about a whole recording, on generated sound: told when it is so, and only then. */
#include "earwitness/whole.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "whole_made.h"

/* ---------------------------------------------------------------- level */

static void nothing_is_told_of_a_copy(void **state)
{
    sounds s = start();
    ew_whole *w = measure(&s);

    (void)state;
    assert_claims(w, 0, 0);
    assert_int_equal(w->facts[EW_FACT_CODING_NOISE].state, EW_FACT_SAME);
    assert_int_equal(w->facts[EW_FACT_OFFSET].state, EW_FACT_SAME);
    for (int k = 0; k < EW_FACT_KINDS; k++)
        assert_int_not_equal(w->facts[k].state, EW_FACT_NOT_TESTED);
    assert_true(w->tested_s > 15 && w->excerpt_count >= 3);
    ew_whole_free(w);
    finish(&s);
}

static void gain_and_polarity(void **state)
{
    sounds s = start();
    ew_whole *w;

    (void)state;
    for (size_t i = 0; i < SAMPLES; i++)
        s.pcm[1][i] *= -0.5f;
    w = measure(&s);
    assert_claims(w, KIND(EW_FACT_GAIN) | KIND(EW_FACT_POLARITY), 0);
    assert_true(fabs(value_of(w, EW_FACT_GAIN, "gain_db") + 6.02) < 0.1);
    ew_whole_free(w);
    finish(&s);
}

static void compression(void **state)
{
    sounds s = start();
    ew_whole *w;
    double level = 0;

    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        const double x = (double)s.pcm[0][i];

        level += 0.002 * (x * x - level);
        s.pcm[1][i] = (float)(x * 0.25 / pow(sqrt(level) + 0.01, 0.5));
    }
    w = measure(&s);
    assert_claims(w, KIND(EW_FACT_DYNAMICS), KIND(EW_FACT_GAIN));
    assert_true(value_of(w, EW_FACT_DYNAMICS, "slope_db") < -2);
    ew_whole_free(w);
    finish(&s);
}

static void clipping(void **state)
{
    sounds s = start();
    ew_whole *w;

    (void)state;
    for (size_t i = 0; i < SAMPLES; i++)
        s.pcm[1][i] = fmaxf(-0.06f, fminf(0.06f, s.pcm[0][i]));
    w = measure(&s);
    assert_claims(w, KIND(EW_FACT_CLIPPING),
                  KIND(EW_FACT_GAIN) | KIND(EW_FACT_DYNAMICS) |
                      KIND(EW_FACT_EQUALISATION));
    ew_whole_free(w);
    finish(&s);
}

/* ---------------------------------------------------------------- time */

static void offset_below_a_sample(void **state)
{
    sounds s = start();
    ew_whole *w;

    (void)state;
    for (size_t i = 0; i < SAMPLES; i++)
        s.pcm[1][i] = between(s.pcm[0], SAMPLES, (double)i + 100.37);
    w = measure(&s);
    assert_claims(w, 0, 0);
    assert_int_equal(w->facts[EW_FACT_OFFSET].state, EW_FACT_CODING);
    assert_true(fabs(value_of(w, EW_FACT_OFFSET, "offset_ms") - 100.37 / 16) < 0.002);
    ew_whole_free(w);
    finish(&s);
}

/* Two recorders run apart by some tens of millionths. */
static void clock_drift(void **state)
{
    sounds s = start();
    ew_whole *w;

    (void)state;
    for (size_t i = 0; i < SAMPLES; i++)
        s.pcm[1][i] = between(s.pcm[0], SAMPLES, (double)i * 1.0001);
    w = measure(&s);
    assert_claims(w, 0, 0);
    assert_int_equal(w->facts[EW_FACT_SPEED].state, EW_FACT_CODING);
    assert_non_null(strstr(w->facts[EW_FACT_SPEED].sentence, "0.010 % fast"));
    ew_whole_free(w);
    finish(&s);
}

/* ---------------------------------------------------------------- tone */

/* B = A through a symmetric filter of 2 * REACH + 1 taps with the given gain at f (Hz). */
static void filter(sounds *s, double (*gain)(double hz))
{
    enum { REACH = 128, POINTS = 512 };
    double taps[REACH + 1];

    for (int k = 0; k <= REACH; k++) {
        double sum = 0;

        for (int i = 0; i < POINTS; i++)
            sum += gain((i + 0.5) * RATE / 2 / POINTS) * cos(pi * k * (i + 0.5) / POINTS);
        taps[k] = sum / POINTS * (0.5 + 0.5 * cos(pi * k / (REACH + 1)));
    }
    for (size_t i = 0; i < SAMPLES; i++) {
        double sum = taps[0] * (double)s->pcm[0][i];

        for (size_t k = 1; k <= REACH; k++)
            sum += taps[k] * ((i >= k ? (double)s->pcm[0][i - k] : 0) +
                              (i + k < SAMPLES ? (double)s->pcm[0][i + k] : 0));
        s->pcm[1][i] = (float)sum;
    }
}

static double low_pass(double hz)
{
    return hz < 2800 ? 1 : 0;
}

static double high_pass(double hz)
{
    return hz > 320 ? 1 : 0;
}

static double tilted(double hz)
{
    return pow(fmax(hz, 100) / 1000, 0.5); /* 3 dB per octave */
}

static double peaked(double hz)
{
    return 1 + 2 * exp(-pow(log2(fmax(hz, 50) / 1000) / 0.4, 2));
}

static ew_whole *filtered(double (*gain)(double hz))
{
    sounds s = start();
    ew_whole *w;

    filter(&s, gain);
    w = measure(&s);
    finish(&s);
    return w;
}

static void bandwidth(void **state)
{
    ew_whole *w = filtered(low_pass);

    (void)state;
    assert_claims(w, KIND(EW_FACT_BANDWIDTH), 0);
    assert_true(fabs(value_of(w, EW_FACT_BANDWIDTH, "b_high_hz") - 2850) < 250);
    ew_whole_free(w);
    w = filtered(high_pass);
    assert_claims(w, KIND(EW_FACT_BANDWIDTH),
                  KIND(EW_FACT_GAIN) | KIND(EW_FACT_EQUALISATION));
    assert_true(fabs(value_of(w, EW_FACT_BANDWIDTH, "b_low_hz") - 280) < 80);
    ew_whole_free(w);
}

static void equalisation(void **state)
{
    ew_whole *w = filtered(tilted);

    (void)state;
    assert_claims(w, KIND(EW_FACT_EQUALISATION), KIND(EW_FACT_GAIN));
    assert_true(fabs(value_of(w, EW_FACT_EQUALISATION, "tilt_db") - 3) < 0.4);
    assert_true(w->curve_count >= 5);
    for (size_t i = 1; i < w->curve_count; i++)
        assert_true(w->curve[i].hz > w->curve[i - 1].hz);
    ew_whole_free(w);
    w = filtered(peaked);
    assert_claims(w, KIND(EW_FACT_EQUALISATION), KIND(EW_FACT_GAIN));
    ew_whole_free(w);
}

/* ---------------------------------------------------------------- background */

static void noise_bed(void **state)
{
    sounds s = start();
    ew_whole *w;
    uint64_t seed = 99;

    (void)state;
    for (size_t i = 0; i < SAMPLES; i++)
        s.pcm[1][i] += 0.02f * noise(&seed);
    w = measure(&s);
    assert_claims(w, KIND(EW_FACT_NOISE_BED), 0);
    assert_true(value_of(w, EW_FACT_NOISE_BED, "bed_db") < -5);
    assert_null(strstr(w->facts[EW_FACT_CODING_NOISE].sentence, "coded"));
    ew_whole_free(w);
    finish(&s);
}

static void music_bed(void **state)
{
    static const double notes[] = {261.6, 329.6, 392.0,  523.3,
                                   659.3, 784.0, 1046.5, 1568};
    sounds s = start();
    ew_whole *w;

    (void)state;
    for (size_t i = 0; i < SAMPLES; i++)
        for (size_t k = 0; k < 8; k++)
            s.pcm[1][i] += (float)(0.008 * sin(2 * pi * notes[k] * (double)i / RATE));
    w = measure(&s);
    assert_claims(w, KIND(EW_FACT_SOUND_BED), 0);
    ew_whole_free(w);
    finish(&s);
}

static void a_jingle_in_one_place_is_no_bed(void **state)
{
    sounds s = start();
    ew_whole *w;

    (void)state;
    for (size_t i = SAMPLES / 2; i < SAMPLES / 2 + 4 * RATE; i++)
        for (int k = 1; k < 8; k++)
            s.pcm[1][i] += (float)(0.02 * sin(2 * pi * 311 * k * (double)i / RATE));
    w = measure(&s);
    assert_int_not_equal(w->facts[EW_FACT_SOUND_BED].state, EW_FACT_CHANGED);
    assert_int_not_equal(w->facts[EW_FACT_NOISE_BED].state, EW_FACT_CHANGED);
    ew_whole_free(w);
    finish(&s);
}

static void denoising(void **state)
{
    sounds s = start();
    ew_whole *w;
    double level = 0;

    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        const double x = (double)s.pcm[0][i];

        level = fmax(level * 0.998, fabs(x));
        s.pcm[1][i] = level < 0.006 ? s.pcm[0][i] * 0.2f : s.pcm[0][i];
    }
    w = measure(&s);
    assert_claims(w, KIND(EW_FACT_DENOISING), 0);
    ew_whole_free(w);
    finish(&s);
}

static void reverberation(void **state)
{
    enum { ECHOES = 300 };
    sounds s = start();
    size_t lag[ECHOES];
    float size[ECHOES];
    uint64_t seed = 5;
    ew_whole *w;

    (void)state;
    for (int k = 0; k < ECHOES; k++) {
        lag[k] = 60 + (size_t)(test_random(&seed) % (RATE * 6 / 10));
        size[k] = 0.12f * noise(&seed) * (float)exp(-5.0 * (double)lag[k] / RATE);
    }
    for (size_t i = 0; i < SAMPLES; i++)
        for (int k = 0; k < ECHOES; k++)
            if (i >= lag[k])
                s.pcm[1][i] += size[k] * s.pcm[0][i - lag[k]];
    w = measure(&s);
    assert_claims(w, KIND(EW_FACT_REVERB), KIND(EW_FACT_GAIN));
    ew_whole_free(w);
    finish(&s);
}

/* Noise that follows the level of the sound, as coders leave it. */
static void coding_noise_is_no_noise_bed(void **state)
{
    sounds s = start();
    ew_whole *w;
    uint64_t seed = 3;
    double level = 0;

    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        level += 0.005 * (fabs((double)s.pcm[0][i]) - level);
        s.pcm[1][i] += 0.25f * (float)level * noise(&seed);
    }
    w = measure(&s);
    assert_claims(w, 0, 0);
    assert_int_equal(w->facts[EW_FACT_CODING_NOISE].state, EW_FACT_CODING);
    assert_true(value_of(w, EW_FACT_CODING_NOISE, "residual_db") < -8);
    assert_non_null(strstr(w->facts[EW_FACT_CODING_NOISE].sentence, "processed, or"));
    ew_whole_free(w);
    finish(&s);
}

/* ---------------------------------------------------------------- channels */

static void channel_layouts(void **state)
{
    static const struct {
        float a[3], b[3]; /* left, right, apart; all 0: mono */
        ew_fact_state state;
        const char *word;
    } cases[] = {
        {{1, 0.5f, 0.1f}, {1, 0.5f, 0.1f}, EW_FACT_SAME, "stereo"},
        {{1, 0.5f, 0.1f}, {0.5f, 1, -0.1f}, EW_FACT_CHANGED, "swapped"},
        {{1, 0.5f, 0.1f}, {0, 0, 0}, EW_FACT_CHANGED, "mono"},
        {{0, 0, 0}, {1, 1, 0}, EW_FACT_CODING, "one sound"},
        {{0, 0, 0}, {1, 0, 0}, EW_FACT_CHANGED, "left channel only"},
        {{0, 0, 0}, {0, 1, 0}, EW_FACT_CHANGED, "right channel only"},
        {{0, 0, 0}, {1, -1, 0}, EW_FACT_CHANGED, "upside down"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sounds s = start();
        ew_whole *w;

        if (cases[i].a[0] != 0 || cases[i].a[1] != 0)
            make_stereo(&s, 0, cases[i].a[0], cases[i].a[1], cases[i].a[2]);
        if (cases[i].b[0] != 0 || cases[i].b[1] != 0)
            make_stereo(&s, 1, cases[i].b[0], cases[i].b[1], cases[i].b[2]);
        w = measure(&s);
        assert_int_equal(w->facts[EW_FACT_CHANNELS].state, cases[i].state);
        assert_non_null(strstr(w->facts[EW_FACT_CHANNELS].sentence, cases[i].word));
        ew_whole_free(w);
        finish(&s);
    }
}

static void the_centre_alone_is_as_loud_as_mono(void **state)
{
    enum { CENTRE = 2, CHANNELS = 6 };
    sounds s = start();
    float *x = new_floats((size_t)CHANNELS * SAMPLES);
    ew_whole *w;

    (void)state;
    for (size_t k = 0; k < SAMPLES; k++)
        x[CHANNELS * k + CENTRE] = s.pcm[0][k];
    free(s.pcm[1]);
    s.pcm[1] = x;
    s.channels[1] = CHANNELS;
    w = measure(&s);
    assert_claims(w, KIND(EW_FACT_CHANNELS), 0);
    assert_true(fabs(value_of(w, EW_FACT_GAIN, "gain_db")) < 0.1);
    ew_whole_free(w);
    finish(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_told_of_a_copy),
        cmocka_unit_test(gain_and_polarity),
        cmocka_unit_test(compression),
        cmocka_unit_test(clipping),
        cmocka_unit_test(offset_below_a_sample),
        cmocka_unit_test(speed),
        cmocka_unit_test(clock_drift),
        cmocka_unit_test(bandwidth),
        cmocka_unit_test(equalisation),
        cmocka_unit_test(noise_bed),
        cmocka_unit_test(music_bed),
        cmocka_unit_test(a_jingle_in_one_place_is_no_bed),
        cmocka_unit_test(denoising),
        cmocka_unit_test(reverberation),
        cmocka_unit_test(coding_noise_is_no_noise_bed),
        cmocka_unit_test(channel_layouts),
        cmocka_unit_test(the_centre_alone_is_as_loud_as_mono),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
