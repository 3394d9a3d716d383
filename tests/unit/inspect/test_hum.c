/* SPDX-License-Identifier: Apache-2.0 */
/* inspect/hum: hum that runs through, hum that jumps, and none. */
#include "methods.h"

enum { N = 40 * RATE };

static void add_hum(float *x, size_t from, size_t to, double hz, double phase)
{
    for (size_t k = from; k < to; k++) {
        double turn = 6.283185307179586 * hz * (double)k / RATE + phase;

        x[k] += (float)(0.004 *
                        (sin(turn) + 0.5 * sin(2 * turn + 1) + 0.3 * sin(3 * turn + 2)));
    }
}

static void a_jump_of_the_phase_is_told(void **state)
{
    float *x = recording(N, 1, 0.001);
    const ew_trace *t;
    ew_inspection *i;

    (void)state;
    add_hum(x, 0, 21 * RATE, 50.02, 0);
    add_hum(x, 21 * RATE, N, 50.02, 2);
    i = inspect("hum", x, N);
    t = strongest(i, 50);
    assert_non_null(t);
    assert_near(t->start, 21 * RATE, RATE / 2);
    ew_inspection_free(i);
    free(x);
}

static void hum_that_runs_through_is_a_fact(void **state)
{
    static const double hz[] = {50, 49.97, 60, 60.03};

    (void)state;
    for (size_t k = 0; k < sizeof hz / sizeof *hz; k++) {
        float *x = recording(N, 10 + k, 0.001);
        ew_inspection *i;

        add_hum(x, 0, N, hz[k], 1);
        i = inspect("hum", x, N);
        assert_null(strongest(i, 40));
        assert_non_null(fact(i));
        assert_non_null(strstr(fact(i)->text, k < 2 ? "50 Hz" : "60 Hz"));
        ew_inspection_free(i);
        free(x);
    }
}

static void without_hum_nothing_is_tested(void **state)
{
    float *x = recording(N, 3, 0.001);
    ew_inspection *i = inspect("hum", x, N);

    (void)state;
    assert_int_equal(i->trace_count, 0);
    assert_true(untested(i, "hum"));
    ew_inspection_free(i);
    free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_jump_of_the_phase_is_told),
        cmocka_unit_test(hum_that_runs_through_is_a_fact),
        cmocka_unit_test(without_hum_nothing_is_tested),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
