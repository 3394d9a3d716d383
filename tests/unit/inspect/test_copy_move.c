/* SPDX-License-Identifier: Apache-2.0 */
/* inspect/copy_move: a piece that comes again, and sound that only seems to. */
#include "methods.h"

enum { N = 40 * RATE };

static void a_copy_is_told_with_its_model(void **state)
{
    float *x = recording(N, 1, 0.001);
    const ew_trace *t;
    ew_inspection *i;

    (void)state;
    memcpy(x + 25 * RATE + 333, x + 5 * RATE, 2 * RATE * sizeof *x);
    i = inspect("copy-move", x, N);
    t = strongest(i, 1);
    assert_non_null(t);
    assert_near(t->start, 25 * RATE + 333, RATE / 8);
    assert_near(t->end, 27 * RATE + 333, RATE / 8);
    assert_non_null(strstr(t->text, "from "));
    assert_near((int64_t)(RATE * strtod(strstr(t->text, "from ") + 5, NULL)), 5 * RATE,
                RATE / 8);
    ew_inspection_free(i);
    free(x);
}

static void a_copy_with_noise_over_it_is_told(void **state)
{
    float *x = recording(N, 2, 0.001), *noise = recording(N, 3, 0.004);
    ew_inspection *i;

    (void)state;
    memcpy(x + 30 * RATE, x + 11 * RATE, 2 * RATE * sizeof *x);
    for (size_t k = 0; k < N; k++)
        x[k] = 0.6f * x[k] + 0.02f * noise[k];
    i = inspect("copy-move", x, N);
    assert_non_null(strongest(i, 1));
    ew_inspection_free(i);
    free(noise);
    free(x);
}

static void sound_that_does_not_repeat_is_clean(void **state)
{
    float *x = recording(N, 4, 0.001);
    ew_inspection *i = inspect("copy-move", x, N);

    (void)state;
    assert_null(strongest(i, 0));
    ew_inspection_free(i);
    free(x);
}

static void tones_and_nothing_are_clean(void **state)
{
    float *x = calloc(N, sizeof *x);
    ew_inspection *i;

    (void)state;
    assert_non_null(x);
    i = inspect("copy-move", x, N);
    assert_int_equal(i->trace_count, 0);
    ew_inspection_free(i);
    for (size_t k = 0; k < N; k++)
        x[k] = (float)(0.2 * sin(0.3927 * (double)k) + 0.1 * sin(0.0196 * (double)k));
    i = inspect("copy-move", x, N);
    assert_int_equal(i->trace_count, 0);
    ew_inspection_free(i);
    free(x);
}

static void loops_are_called_loops(void **state)
{
    float *x = recording(N, 5, 0.001);
    ew_inspection *i;

    (void)state;
    for (size_t loop = 2; loop <= 4; loop += 2) { /* twenty times and ten times */
        for (size_t k = loop * RATE; k < N; k++)
            x[k] = x[k - loop * RATE];
        i = inspect("copy-move", x, N);
        assert_null(strongest(i, 0));
        assert_non_null(fact(i));
        assert_non_null(strstr(fact(i)->text, "loops"));
        ew_inspection_free(i);
    }
    free(x);
}

/* Four notes a second, and a phrase of them that comes again. */
static void repeated_notes_are_no_sign(void **state)
{
    float *x = calloc(N, sizeof *x);
    uint64_t dice = 7;
    ew_inspection *i;

    (void)state;
    assert_non_null(x);
    for (size_t note = 0; note < N / (RATE / 4); note++) {
        double hz = 220 * pow(2, (double)(test_random(&dice) % 25) / 12);
        double second = 220 * pow(2, (double)(test_random(&dice) % 25) / 12);

        for (size_t k = note * (RATE / 4); k < N && k < (note + 6) * (RATE / 4); k++) {
            double t = (double)(k - note * (RATE / 4)) / RATE;

            for (int h = 1; h < 6; h++)
                x[k] +=
                    (float)(0.05 / h * exp(-2 * t) *
                            (sin(6.2832 * hz * h * t) + sin(6.2832 * second * h * t)));
        }
    }
    memcpy(x + 25 * RATE, x + 5 * RATE, 3 * RATE / 2 * sizeof *x);
    i = inspect("copy-move", x, N);
    assert_null(strongest(i, 0));
    assert_non_null(fact(i));
    assert_non_null(strstr(fact(i)->text, "as in music"));
    ew_inspection_free(i);
    free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_is_told_with_its_model),
        cmocka_unit_test(a_copy_with_noise_over_it_is_told),
        cmocka_unit_test(sound_that_does_not_repeat_is_clean),
        cmocka_unit_test(tones_and_nothing_are_clean),
        cmocka_unit_test(repeated_notes_are_no_sign),
        cmocka_unit_test(loops_are_called_loops),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
