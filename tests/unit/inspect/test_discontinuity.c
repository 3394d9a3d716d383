/* SPDX-License-Identifier: Apache-2.0 */
/* inspect/discontinuity: hard cuts, clicks, and sound that only seems to have them. */
#include "methods.h"

enum { N = 10 * RATE };

static void a_click_is_told_to_the_sample(void **state)
{
    float *x = recording(N, 1, 0.001);
    const ew_trace *t;
    ew_inspection *i;

    (void)state;
    x[70000] += 0.3f;
    i = inspect("discontinuity", x, N);
    t = strongest(i, 8);
    assert_non_null(t);
    assert_near(t->start, 70000, 1);
    ew_inspection_free(i);
    free(x);
}

static void a_hard_cut_in_a_tone_is_told(void **state)
{
    float *x = recording(N, 2, 0.0005);
    const ew_trace *t;
    ew_inspection *i;

    (void)state;
    for (size_t k = 0; k < N; k++)
        x[k] = 0.02f * x[k] + (float)(0.1 * sin(0.2 * (double)k + (k < 50000 ? 0 : 2)));
    i = inspect("discontinuity", x, N);
    t = strongest(i, 8);
    assert_non_null(t);
    assert_near(t->start, 50000, 2);
    ew_inspection_free(i);
    free(x);
}

static void speech_is_clean(void **state)
{
    (void)state;
    for (uint64_t seed = 3; seed < 6; seed++) {
        float *x = recording(N, seed, 0.001);
        ew_inspection *i = inspect("discontinuity", x, N);

        assert_null(strongest(i, 8));
        ew_inspection_free(i);
        free(x);
    }
}

static void the_beginning_of_a_file_is_no_jump(void **state)
{
    float *x = recording(N, 7, 0.001);
    ew_inspection *i;

    (void)state;
    x[0] = 0.5f;
    i = inspect("discontinuity", x, N);
    assert_null(strongest(i, 8));
    ew_inspection_free(i);
    free(x);
}

static void a_very_short_file_is_not_tested(void **state)
{
    static const char *const methods[] = {"discontinuity", "frame-grid", "hum"};
    float *x = recording(N, 1, 0.001);

    (void)state;
    for (size_t m = 0; m < sizeof methods / sizeof *methods; m++) {
        ew_inspection *i = inspect(methods[m], x, RATE / 10);

        assert_true(untested(i, methods[m]));
        ew_inspection_free(i);
    }
    free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_click_is_told_to_the_sample),
        cmocka_unit_test(a_hard_cut_in_a_tone_is_told),
        cmocka_unit_test(speech_is_clean),
        cmocka_unit_test(the_beginning_of_a_file_is_no_jump),
        cmocka_unit_test(a_very_short_file_is_not_tested),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
