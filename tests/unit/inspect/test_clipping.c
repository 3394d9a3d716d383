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

static void as_8_bits(float *x, size_t n)
{
    for (size_t k = 0; k < n; k++)
        x[k] = floorf(x[k] * 128) / 128;
}

static void few_bits_are_no_clipping(void **state)
{
    float *x = recording(N, 4, 0.001), most = 0;
    ew_inspection *i;

    (void)state;
    for (size_t k = 0; k < N; k++)
        most = fmaxf(most, fabsf(x[k]));
    for (size_t k = 0; k < N; k++) /* nine tenths of it quiet: peaks of 20 steps */
        x[k] *= (k % (10 * RATE) < RATE ? 0.5f : 0.16f) / most;
    as_8_bits(x, N);
    i = inspect("clipping", x, N);
    assert_int_equal(i->trace_count, 0);
    ew_inspection_free(i);
    free(x);
}

static void telephone_steps_are_no_clipping(void **state)
{
    float *x = recording(N, 5, 0.001);
    ew_inspection *i;

    (void)state;
    for (size_t k = 0; k < N; k++) { /* sixteen steps per octave, as A-law has */
        int octave = 0;
        float part = frexpf(x[k], &octave);

        x[k] = ldexpf(roundf(part * 32) / 32, octave);
    }
    i = inspect("clipping", x, N);
    assert_int_equal(i->trace_count, 0);
    ew_inspection_free(i);
    free(x);
}

static void clipping_in_few_bits_is_a_fact(void **state)
{
    float *x = recording(N, 6, 0.001);
    ew_inspection *i;

    (void)state;
    for (size_t k = 0; k < N; k++)
        x[k] *= 6;
    cut(x, 0, N, 0.995f);
    as_8_bits(x, N);
    i = inspect("clipping", x, N);
    assert_non_null(fact(i));
    ew_inspection_free(i);
    free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_that_was_cut_before_is_told),
        cmocka_unit_test(a_file_that_is_clipped_is_a_fact),
        cmocka_unit_test(round_tops_are_clean),
        cmocka_unit_test(few_bits_are_no_clipping),
        cmocka_unit_test(telephone_steps_are_no_clipping),
        cmocka_unit_test(clipping_in_few_bits_is_a_fact),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
