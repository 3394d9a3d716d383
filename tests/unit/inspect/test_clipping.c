/* SPDX-License-Identifier: Apache-2.0 */
/* inspect/clipping: tops that were cut, in all of a file or in a part, and round ones. */
#include "methods.h"

enum { N = 12 * RATE };

static void cut(float *x, size_t from, size_t to, float at)
{
    for (size_t k = from; k < to; k++)
        x[k] = fminf(fmaxf(x[k], -at), at);
}

static void a_part_that_was_cut_before_is_told(void **state)
{
    float *x = recording(N, 1, 0.001);
    const ew_trace *t;
    ew_inspection *i;

    (void)state;
    cut(x, 4 * RATE, 8 * RATE, 0.08f);
    i = inspect("clipping", x, N);
    t = strongest(i, 4);
    assert_non_null(t);
    assert_true(t->start >= 4 * RATE - 4096 && t->end <= 8 * RATE + 4096);
    ew_inspection_free(i);
    free(x);
}

static void a_file_that_is_clipped_is_a_fact(void **state)
{
    float *x = recording(N, 2, 0.001);
    ew_inspection *i;

    (void)state;
    for (size_t k = 0; k < N; k++)
        x[k] *= 6;
    cut(x, 0, N, 1.0f);
    i = inspect("clipping", x, N);
    assert_null(strongest(i, 0));
    assert_non_null(fact(i));
    ew_inspection_free(i);
    free(x);
}

static void round_tops_are_clean(void **state)
{
    float *x = recording(N, 3, 0.001);
    ew_inspection *i = inspect("clipping", x, N);

    (void)state;
    assert_int_equal(i->trace_count, 0);
    ew_inspection_free(i);
    for (size_t k = 0; k < N; k++)
        x[k] = (float)(0.9 * sin(0.03 * (double)k)); /* slow: 76 Hz */
    i = inspect("clipping", x, N);
    assert_int_equal(i->trace_count, 0);
    ew_inspection_free(i);
    free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_that_was_cut_before_is_told),
        cmocka_unit_test(a_file_that_is_clipped_is_a_fact),
        cmocka_unit_test(round_tops_are_clean),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
