/* SPDX-License-Identifier: Apache-2.0 */
/* Lattice scores of numbers that were quantised and of numbers that were not. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "inspect/quantisation.h"
#include "lossy.h"
#include "support.h"

enum { L = EW_LATTICE_LANES, LINES = 160 };

static double uniform(uint64_t *seed)
{
    return ((double)(test_random(seed) >> 11) + 0.5) / 9007199254740992.0;
}

/* Lines as in speech: two-sided, more small than large. */
static double line(uint64_t *seed, double level)
{
    double v = -level * log(uniform(seed));

    return test_random(seed) & 1 ? v : -v;
}

static void score_set(double level, double step, double gain, uint64_t seed,
                      float score[L])
{
    static float lines[LINES * L];
    ew_lattice *l = NULL;

    for (size_t i = 0; i < LINES * L; i++) {
        double v = line(&seed, level);
        if (step > 0)
            v = lossy_quantise(v, step);
        /* what rounding to 16 bits adds */
        lines[i] = (float)(v * gain + 0.6 * (uniform(&seed) + uniform(&seed) - 1));
    }
    assert_int_equal(ew_lattice_new(&l, NULL), EW_OK);
    ew_lattice_score(l, lines, LINES, 0.9f, score);
    ew_lattice_free(l);
}

static void test_quantised(void **state)
{
    static const double steps[] = {12, 40, 133.7, 400};
    float score[L];

    (void)state;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        for (int round = 0; round < 10; round++) {
            score_set(1000, steps[i], 1, (uint64_t)round, score);
            for (int k = 0; k < L; k++)
                assert_true(score[k] > 30);
        }
    }
}

static void test_gain_changes_nothing(void **state)
{
    float score[L];

    (void)state;
    for (double gain = 0.3; gain < 3; gain *= 1.37) {
        score_set(1000, 60, gain, 3, score);
        for (int k = 0; k < L; k++)
            assert_true(score[k] > 30);
    }
}

static void test_not_quantised(void **state)
{
    float score[L];
    int fair = 0;

    (void)state;
    for (int round = 0; round < 500; round++) {
        score_set(5 + round, 0, 1, (uint64_t)round + 77, score);
        for (int k = 0; k < L; k++) {
            assert_true(score[k] >= 0 && score[k] < 20);
            fair += score[k] > 12;
        }
    }
    assert_true(fair < 40); /* of 4,000: 300 exp(-12) would be 7 */
}

static void test_odd_input(void **state)
{
    static float lines[LINES * L];
    ew_lattice *l = NULL;
    float score[L];

    (void)state;
    assert_int_equal(ew_lattice_new(&l, NULL), EW_OK);
    ew_lattice_score(l, lines, LINES, 0.9f, score);
    for (int k = 0; k < L; k++)
        assert_true(score[k] == 0.0f);
    for (size_t i = 0; i < LINES; i++) {
        lines[i * L] = NAN;
        lines[i * L + 1] = INFINITY;
        lines[i * L + 2] = 1e38f;
        lines[i * L + 3] = 1e-38f;
        lines[i * L + 4] = i == 3 ? 5000.0f : 0.0f;
        lines[i * L + 5] = 0.2f;
    }
    ew_lattice_score(l, lines, LINES, 0.9f, score);
    for (int k = 0; k < L; k++)
        assert_true(isfinite(score[k]) && score[k] >= 0);
    assert_true(score[4] < 2); /* one line says nothing */
    assert_true(score[5] == 0.0f);
    ew_lattice_score(l, lines, 0, 0.9f, score);
    for (int k = 0; k < L; k++)
        assert_true(score[k] == 0.0f);
    ew_lattice_free(l);
    ew_lattice_free(NULL);
}

static ew_code make(void *arg, ew_err *err)
{
    ew_lattice *l = NULL;
    ew_code rc = ew_lattice_new(&l, err);

    (void)arg;
    ew_lattice_free(l);
    return rc;
}

static void test_alloc(void **state)
{
    (void)state;
    assert_true(test_torture_alloc(make, NULL, 0) >= 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantised),     cmocka_unit_test(test_gain_changes_nothing),
        cmocka_unit_test(test_not_quantised), cmocka_unit_test(test_odd_input),
        cmocka_unit_test(test_alloc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
