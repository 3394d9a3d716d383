/* SPDX-License-Identifier: Apache-2.0 */
/* inspect/bandwidth: sharp edges of the spectrum, of all or of a part. */
#include "methods.h"

enum { N = 30 * RATE, TAPS = 301 };

/* Cuts off sharply above half of the band. */
static void lowpass(float *x, size_t from, size_t to)
{
    float *old = malloc(N * sizeof *old), taps[TAPS];

    assert_non_null(old);
    memcpy(old, x, N * sizeof *old);
    for (int i = 0; i < TAPS; i++) {
        double t = i - TAPS / 2, turn = 6.283185307 * t / TAPS;
        double window = 0.42 + 0.5 * cos(turn) + 0.08 * cos(2 * turn);

        taps[i] =
            (float)(window *
                    (i == TAPS / 2 ? 0.5 : sin(1.570796327 * t) / (3.14159265 * t)));
    }
    for (size_t k = from; k < to; k++) {
        float sum = 0;

        for (size_t i = 0; i < TAPS; i++) {
            size_t at = k + i - TAPS / 2; /* far beyond when below 0 */

            sum += at < N ? taps[i] * old[at] : 0;
        }
        x[k] = sum;
    }
    free(old);
}

static void an_edge_that_comes_is_told(void **state)
{
    float *x = recording(N, 1, 0.004);
    const ew_trace *t;
    ew_inspection *i;

    (void)state;
    lowpass(x, 15 * RATE, N);
    i = inspect("bandwidth", x, N);
    t = strongest(i, 15);
    assert_non_null(t);
    assert_near(t->start, 15 * RATE, RATE + 1);
    assert_non_null(strstr(t->text, "after"));
    ew_inspection_free(i);
    free(x);
}

static void an_edge_all_through_is_a_fact(void **state)
{
    float *x = recording(N, 2, 0.004);
    ew_inspection *i;

    (void)state;
    lowpass(x, 0, N);
    i = inspect("bandwidth", x, N);
    assert_null(strongest(i, 15));
    assert_non_null(fact(i));
    assert_int_equal(i->curve_count, 1);
    assert_true(i->curves[0].values[10] > 3800 && i->curves[0].values[10] < 4300);
    ew_inspection_free(i);
    free(x);
}

static void sound_to_the_top_is_clean(void **state)
{
    float *x = recording(N, 3, 0.004);
    ew_inspection *i = inspect("bandwidth", x, N);

    (void)state;
    assert_null(strongest(i, 15));
    assert_null(fact(i));
    ew_inspection_free(i);
    free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_edge_that_comes_is_told),
        cmocka_unit_test(an_edge_all_through_is_a_fact),
        cmocka_unit_test(sound_to_the_top_is_clean),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
