/* SPDX-License-Identifier: Apache-2.0 */
/* inspect/levels: what is loud sounds another way from some place on. */
#include "methods.h"

enum { N = 40 * RATE };

static void another_spectrum_is_told(void **state)
{
    float *x = recording(N, 1, 0.001);
    const ew_trace *t;
    ew_inspection *i;

    (void)state;
    for (size_t k = N; k-- > 20 * RATE;) /* a bright half */
        x[k] = 0.5f * (x[k] - 0.95f * x[k - 1]);
    i = inspect("level-change", x, N);
    t = strongest(i, 1.2);
    assert_non_null(t);
    assert_near(t->start, 20 * RATE, RATE);
    ew_inspection_free(i);
    free(x);
}

static void one_voice_is_clean(void **state)
{
    float *x = recording(N, 2, 0.001);
    ew_inspection *i = inspect("level-change", x, N);

    (void)state;
    assert_null(strongest(i, 1.2));
    ew_inspection_free(i);
    free(x);
}

static void a_short_file_is_not_tested(void **state)
{
    float *x = recording(3 * RATE, 3, 0.001);
    ew_inspection *i = inspect("level-change", x, 3 * RATE);

    (void)state;
    assert_true(untested(i, "level-change"));
    ew_inspection_free(i);
    free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_spectrum_is_told),
        cmocka_unit_test(one_voice_is_clean),
        cmocka_unit_test(a_short_file_is_not_tested),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
