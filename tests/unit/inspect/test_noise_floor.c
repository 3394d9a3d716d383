/* SPDX-License-Identifier: Apache-2.0 */
/* inspect/noise_floor: a background that becomes another one, and one that stays. */
#include "methods.h"

enum { N = 40 * RATE };

static void another_background_is_told(void **state)
{
    float *x = recording(N, 1, 0.0005), *y = recording(N, 1, 0.003);
    const ew_trace *t;
    ew_inspection *i;

    (void)state;
    memcpy(x + 20 * RATE, y + 20 * RATE, 20 * RATE * sizeof *x);
    i = inspect("noise-floor", x, N);
    t = strongest(i, 1.9);
    assert_non_null(t);
    assert_near(t->start, 20 * RATE, t->plus_minus + RATE / 2);
    assert_non_null(strstr(t->text, "louder"));
    ew_inspection_free(i);
    free(y);
    free(x);
}

static void one_background_is_clean(void **state)
{
    float *x = recording(N, 2, 0.001);
    ew_inspection *i = inspect("noise-floor", x, N);

    (void)state;
    assert_null(strongest(i, 1.9));
    assert_int_equal(i->curve_count, 1);
    ew_inspection_free(i);
    free(x);
}

static void without_pauses_nothing_is_tested(void **state)
{
    float *x = recording(N, 3, 0.1);
    ew_inspection *i;

    (void)state;
    for (size_t k = 0; k < N; k++)
        x[k] = (float)(0.1 * sin(0.05 * (double)k));
    i = inspect("noise-floor", x, N);
    assert_true(untested(i, "noise-floor"));
    ew_inspection_free(i);
    free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_background_is_told),
        cmocka_unit_test(one_background_is_clean),
        cmocka_unit_test(without_pauses_nothing_is_tested),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
