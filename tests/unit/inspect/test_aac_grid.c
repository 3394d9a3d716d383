/* SPDX-License-Identifier: Apache-2.0 */
/* Sound that went through AAC's quantisation shows where its frames begin, other does not. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "inspect/aac_grid.h"
#include "lossy.h"
#include "support.h"

enum { RATE = 44100, N = 16000, AT = 3000 };

static void speak(float *x, uint64_t seed, int offset, double step)
{
    lossy_speech(x, N, RATE, seed);
    if (step > 0)
        lossy_aac(x, N, offset, step, 400);
    lossy_round(x, N);
    for (size_t i = 0; i < N; i++)
        x[i] *= 32768.0f;
}

/* One of two searches in a row uses the window that was used. */
static void test_search(void **state)
{
    static float x[N], score[EW_AAC_FRAME];
    ew_aac_grid *g = NULL;
    int found = 0;

    (void)state;
    assert_int_equal(ew_aac_grid_new(&g, NULL), EW_OK);
    for (uint64_t seed = 1; seed < 4; seed++) {
        int offset = (int)seed * 211;
        speak(x, seed, offset, 15);
        for (int kind = 0; kind < 2; kind++) {
            ew_aac_grid_search(g, x + AT, score);
            for (int i = 0; i < EW_AAC_FRAME; i++) {
                if ((AT + i) % EW_AAC_FRAME == offset)
                    found += score[i] > 20;
                else
                    assert_true(score[i] < 20);
            }
        }
    }
    assert_int_equal(found, 3);
    ew_aac_grid_free(g);
}

static void test_check(void **state)
{
    static float x[N], score[EW_AAC_CHECKED];
    ew_aac_grid *g = NULL;
    int hits = 0;

    (void)state;
    speak(x, 8, 77, 15);
    assert_int_equal(ew_aac_grid_new(&g, NULL), EW_OK);
    ew_aac_grid_check(g, x + 1024 + 77, score);
    for (int i = 0; i < EW_AAC_CHECKED; i++)
        hits += score[i] > 20;
    assert_true(hits >= 6);
    ew_aac_grid_check(g, x + 1024 + 78, score);
    for (int i = 0; i < EW_AAC_CHECKED; i++)
        assert_true(score[i] < 20);
    memset(x, 0, sizeof x);
    ew_aac_grid_check(g, x, score);
    for (int i = 0; i < EW_AAC_CHECKED; i++)
        assert_true(score[i] == 0.0f);
    ew_aac_grid_free(g);
    ew_aac_grid_free(NULL);
}

static ew_code make(void *arg, ew_err *err)
{
    ew_aac_grid *g = NULL;
    ew_code rc = ew_aac_grid_new(&g, err);

    (void)arg;
    ew_aac_grid_free(g);
    return rc;
}

static void test_alloc(void **state)
{
    (void)state;
    assert_true(test_torture_alloc(make, NULL, 0) >= 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_search),
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_alloc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
