/* SPDX-License-Identifier: Apache-2.0 */
/* Sound that went through MP3's quantisation shows where its granules begin, other does not. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "inspect/mp3_grid.h"
#include "lossy.h"
#include "support.h"

enum { RATE = 44100, N = RATE };

/* In steps of 16-bit sound, as the transform wants it. */
static void speak(float *x, uint64_t seed, int offset, double step)
{
    lossy_speech(x, N, RATE, seed);
    if (step > 0)
        lossy_mp3(x, N, offset, step);
    lossy_round(x, N);
    for (size_t i = 0; i < N; i++)
        x[i] *= 32768.0f;
}

static size_t loudest(const float *x)
{
    size_t best = 2000;
    double most = 0;

    for (size_t at = 2000; at + 8000 < N; at += 500) {
        double sum = 0;
        for (size_t i = 0; i < 1632; i++)
            sum += fabs((double)x[at + i]);
        if (sum > most) {
            most = sum;
            best = at;
        }
    }
    return best;
}

static void test_search(void **state)
{
    static const int offsets[] = {0, 1, 31, 300, 575};
    static float x[N], score[EW_MP3_GRANULE];
    ew_mp3_grid *g = NULL;

    (void)state;
    assert_int_equal(ew_mp3_grid_new(&g, NULL), EW_OK);
    for (size_t o = 0; o < sizeof offsets / sizeof *offsets; o++) {
        size_t at;
        speak(x, o + 1, offsets[o], 20);
        at = loudest(x);
        ew_mp3_grid_search(g, x + at, score);
        for (size_t i = 0; i < EW_MP3_GRANULE; i++) {
            if ((at + i) % EW_MP3_GRANULE == (size_t)offsets[o])
                assert_true(score[i] > 25);
            else
                assert_true(score[i] < 20);
        }
    }
    ew_mp3_grid_free(g);
}

static void test_check_agrees_with_search(void **state)
{
    static float x[N], one[EW_MP3_GRANULE], eight[EW_MP3_CHECKED];
    ew_mp3_grid *g = NULL;

    (void)state;
    speak(x, 9, 100, 20);
    assert_int_equal(ew_mp3_grid_new(&g, NULL), EW_OK);
    ew_mp3_grid_check(g, x + 1152 + 100, eight);
    for (size_t i = 0; i < EW_MP3_CHECKED; i++) {
        ew_mp3_grid_search(g, x + 1152 + i * EW_MP3_GRANULE, one);
        /* the check tries other shapes too and takes the best */
        assert_true(eight[i] >= one[100] * 0.999f);
    }
    ew_mp3_grid_free(g);
}

static void test_never_coded(void **state)
{
    static float x[N], score[EW_MP3_GRANULE];
    ew_mp3_grid *g = NULL;

    (void)state;
    assert_int_equal(ew_mp3_grid_new(&g, NULL), EW_OK);
    for (uint64_t seed = 20; seed < 26; seed++) {
        speak(x, seed, 0, 0);
        ew_mp3_grid_search(g, x + loudest(x), score);
        for (size_t i = 0; i < EW_MP3_GRANULE; i++)
            assert_true(score[i] < 20);
    }
    memset(x, 0, sizeof x);
    ew_mp3_grid_search(g, x + 1000, score);
    for (size_t i = 0; i < EW_MP3_GRANULE; i++)
        assert_true(score[i] == 0.0f);
    x[1700] = 3; /* one faint click in digital silence */
    ew_mp3_grid_search(g, x + 1000, score);
    for (size_t i = 0; i < EW_MP3_GRANULE; i++)
        assert_true(score[i] == 0.0f);
    ew_mp3_grid_free(g);
    ew_mp3_grid_free(NULL);
}

static ew_code make(void *arg, ew_err *err)
{
    ew_mp3_grid *g = NULL;
    ew_code rc = ew_mp3_grid_new(&g, err);

    (void)arg;
    ew_mp3_grid_free(g);
    return rc;
}

static void test_alloc(void **state)
{
    (void)state;
    assert_true(test_torture_alloc(make, NULL, 0) >= 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_search),
        cmocka_unit_test(test_check_agrees_with_search),
        cmocka_unit_test(test_never_coded),
        cmocka_unit_test(test_alloc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
