/* SPDX-License-Identifier: Apache-2.0 */
/* inspect/dc: offsets that begin and end. */
#include "methods.h"

enum { N = 20 * RATE };

static void a_step_is_told_where_it_is(void **state)
{
    float *x = recording(N, 1, 0.001);
    const ew_trace *t;
    ew_inspection *i;

    (void)state;
    for (size_t k = 9 * RATE; k < N; k++)
        x[k] += 0.004f;
    i = inspect("dc-offset", x, N);
    t = strongest(i, 10);
    assert_non_null(t);
    assert_near(t->start, 9 * RATE, RATE / 4);
    assert_non_null(fact(i));
    ew_inspection_free(i);
    free(x);
}

static void sound_around_zero_is_clean(void **state)
{
    float *x = recording(N, 2, 0.001);
    ew_inspection *i = inspect("dc-offset", x, N);

    (void)state;
    assert_null(strongest(i, 10));
    assert_null(fact(i));
    ew_inspection_free(i);
    free(x);
}

static void an_even_offset_is_only_a_fact(void **state)
{
    float *x = recording(N, 3, 0.001);
    ew_inspection *i;

    (void)state;
    for (size_t k = 0; k < N; k++)
        x[k] += 0.01f;
    i = inspect("dc-offset", x, N);
    assert_null(strongest(i, 10));
    assert_non_null(fact(i));
    ew_inspection_free(i);
    free(x);
}

static void half_a_step_of_the_file_is_no_fact(void **state)
{
    float *x = recording(N, 4, 0.004);
    ew_inspection *i;

    (void)state;
    for (size_t k = 0; k < N; k++) /* 8 bits, cut off instead of rounded */
        x[k] = floorf(x[k] * 128) / 128;
    i = inspect("dc-offset", x, N);
    assert_null(fact(i));
    ew_inspection_free(i);
    free(x);
}

static void a_short_file_is_not_tested(void **state)
{
    float *x = recording(RATE, 3, 0.001);
    ew_inspection *i = inspect("dc-offset", x, RATE);

    (void)state;
    assert_true(untested(i, "dc-offset"));
    ew_inspection_free(i);
    free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_is_told_where_it_is),
        cmocka_unit_test(sound_around_zero_is_clean),
        cmocka_unit_test(an_even_offset_is_only_a_fact),
        cmocka_unit_test(half_a_step_of_the_file_is_no_fact),
        cmocka_unit_test(a_short_file_is_not_tested),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
