/* SPDX-License-Identifier: Apache-2.0 */
/* Power spectra against a transform written out by its definition. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "dsp/spectra.h"
#include "support.h"

enum { HOP = 128, SPAN = EW_SPECTRA_SIZE + (EW_SPECTRA_LANES - 1) * HOP };

static const double pi = 3.14159265358979323846;

static double by_definition(const float *x, int bin)
{
    double re = 0;
    double im = 0;
    for (int i = 0; i < EW_SPECTRA_SIZE; i++) {
        double w = 0.5 - 0.5 * cos(2 * pi * i / EW_SPECTRA_SIZE);
        double turn =
            2 * pi * (double)((long)bin * i % EW_SPECTRA_SIZE) / EW_SPECTRA_SIZE;
        re += w * (double)x[i] * cos(turn);
        im -= w * (double)x[i] * sin(turn);
    }
    return re * re + im * im;
}

static float *power_of(const float *pcm)
{
    ew_spectra *s = NULL;
    float *power =
        ew_alloc_aligned((size_t)EW_SPECTRA_BINS * EW_SPECTRA_LANES, sizeof *power);
    assert_non_null(power);
    assert_int_equal(ew_spectra_new(&s, NULL), EW_OK);
    ew_spectra_step(s, pcm, HOP, power);
    ew_spectra_free(s);
    return power;
}

static void test_definition(void **state)
{
    (void)state;
    float pcm[SPAN];
    uint64_t seed = 1;
    for (size_t i = 0; i < SPAN; i++)
        pcm[i] = (float)((double)(test_random(&seed) >> 11) / 4503599627370496.0 - 1);
    float *power = power_of(pcm);
    for (int lane = 0; lane < EW_SPECTRA_LANES; lane++) {
        for (int bin = 0; bin < EW_SPECTRA_BINS; bin += 7) {
            double want = by_definition(pcm + lane * HOP, bin);
            double got = (double)power[bin * EW_SPECTRA_LANES + lane];
            if (fabs(got - want) > 1e-4 * want + 1e-3)
                fail_msg("lane %d bin %d: %g, not %g", lane, bin, got, want);
        }
    }
    ew_free(power);
}

static void test_tone(void **state)
{
    (void)state;
    float pcm[SPAN];
    for (size_t i = 0; i < SPAN; i++)
        pcm[i] = (float)cos(2 * pi * 100 * (double)i / EW_SPECTRA_SIZE + 0.3);
    float *power = power_of(pcm);
    for (int lane = 0; lane < EW_SPECTRA_LANES; lane++) {
        for (int bin = 1; bin < EW_SPECTRA_BINS; bin++) {
            double p = (double)power[bin * EW_SPECTRA_LANES + lane];
            double want = bin == 100                ? 256.0 * 256
                          : bin == 99 || bin == 101 ? 128.0 * 128
                                                    : 0;
            assert_true(fabs(p - want) < 1e-2 + 1e-4 * want);
        }
    }
    ew_free(power);
}

static void test_silence(void **state)
{
    (void)state;
    float pcm[SPAN] = {0};
    float *power = power_of(pcm);
    for (int i = 0; i < EW_SPECTRA_BINS * EW_SPECTRA_LANES; i++)
        assert_true(power[i] == 0.0f);
    ew_free(power);
}

/* A frame has the same bits in whatever lane it is. */
static void test_lanes(void **state)
{
    (void)state;
    float pcm[SPAN + HOP];
    test_speech(pcm, SPAN + HOP, 8000, 4);
    float *first = power_of(pcm);
    float *second = power_of(pcm + HOP);
    for (int bin = 0; bin < EW_SPECTRA_BINS; bin++)
        assert_memory_equal(first + bin * EW_SPECTRA_LANES + 1,
                            second + bin * EW_SPECTRA_LANES,
                            (EW_SPECTRA_LANES - 1) * sizeof *first);
    ew_free(first);
    ew_free(second);
}

static ew_code make(void *arg, ew_err *err)
{
    (void)arg;
    ew_spectra *s = NULL;
    ew_code code = ew_spectra_new(&s, err);
    ew_spectra_free(s);
    return code;
}

static void test_no_memory(void **state)
{
    (void)state;
    assert_true(test_torture_alloc(make, NULL, 0) >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_definition), cmocka_unit_test(test_tone),
        cmocka_unit_test(test_silence),    cmocka_unit_test(test_lanes),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
