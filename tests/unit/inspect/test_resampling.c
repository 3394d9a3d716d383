/* SPDX-License-Identifier: Apache-2.0 */
/* inspect/resampling: samples interpolated in a part, in all, and nowhere. */
#include "methods.h"

enum { N = 40 * RATE };

/* Plays out[from..to) by straight lines between samples that are `step` apart. */
static void stretch(const float *x, float *out, size_t from, size_t to, double step)
{
    for (size_t k = from; k < to; k++) {
        double at = (double)from + (double)(k - from) * step;
        size_t i = (size_t)at;
        float u = (float)(at - (double)i);

        out[k] = (1 - u) * x[i] + u * x[i + 1];
    }
}

static void a_stretched_part_is_told(void **state)
{
    float *x = recording(N, 1, 0.001), *y = recording(N, 1, 0.001);
    const ew_trace *t;
    ew_inspection *i;

    (void)state;
    stretch(x, y, 14 * RATE, 28 * RATE, 0.94);
    i = inspect("resampling", y, N);
    t = strongest(i, 6);
    assert_non_null(t);
    assert_near(t->start, 14 * RATE, 7 * RATE / 2);
    assert_near(t->end, 28 * RATE, 7 * RATE / 2);
    ew_inspection_free(i);
    free(y);
    free(x);
}

static void a_stretched_file_is_a_fact(void **state)
{
    float *x = recording(N, 2, 0.001), *y = recording(N, 2, 0.001);
    ew_inspection *i;

    (void)state;
    stretch(x, y, 0, N, 0.9);
    i = inspect("resampling", y, N);
    assert_null(strongest(i, 0));
    assert_non_null(fact(i));
    ew_inspection_free(i);
    free(y);
    free(x);
}

/* The same by the polynomial of Catmull and Rom. */
static void stretch_well(const float *x, float *out, size_t n, double step)
{
    for (size_t k = (size_t)(2 / step); k < n; k++) {
        double at = (double)k * step;
        size_t i = (size_t)at;
        float u = (float)(at - (double)i), v = u * u, w = v * u;

        out[k] = 0.5f * ((-u + 2 * v - w) * x[i - 1] + (2 - 5 * v + 3 * w) * x[i] +
                         (u + 4 * v - 3 * w) * x[i + 1] + (w - v) * x[i + 2]);
    }
}

/* 5805 Hz at 16000 has the ratio that 16000 Hz has at 44100. */
static void the_true_ratio_is_among_those_told(void **state)
{
    float *x = recording(N, 2, 0.001), *y = recording(N, 2, 0.001);
    ew_inspection *i;

    (void)state;
    stretch_well(x, y, N, 5805.0 / RATE);
    i = inspect("resampling", y, N);
    assert_non_null(fact(i));
    assert_non_null(strstr(fact(i)->text, " 2.75"));
    ew_inspection_free(i);
    free(y);
    free(x);
}

static void a_usual_rate_is_named(void **state)
{
    float *x = recording(N, 2, 0.001), *y = recording(N, 2, 0.001);
    ew_inspection *i;

    (void)state;
    stretch(x, y, 0, N, 11025.0 / RATE);
    i = inspect("resampling", y, N);
    assert_non_null(fact(i));
    assert_non_null(strstr(fact(i)->text, "was 11025 Hz once"));
    ew_inspection_free(i);
    free(y);
    free(x);
}

static void plain_sound_is_clean(void **state)
{
    float *x = recording(N, 3, 0.001);
    ew_inspection *i = inspect("resampling", x, N);

    (void)state;
    assert_null(strongest(i, 0));
    assert_null(fact(i));
    ew_inspection_free(i);
    free(x);
}

static void lossy_sound_is_not_tested(void **state)
{
    ew_inspect_opts o = ew_inspect_opts_default();
    ew_inspect_sound sound = {
        .rate_hz = RATE, .channels = 1, .codec = "mp3", .lossy = true};
    ew_inspector *in = NULL;
    ew_inspection *i = NULL;
    ew_err err;

    (void)state;
    o.only = "resampling";
    assert_int_equal(ew_inspector_new(&in, &sound, &o, &err), EW_OK);
    assert_int_equal(ew_inspector_finish(in, &i, &err), EW_OK);
    assert_true(untested(i, "resampling"));
    ew_inspection_free(i);
    ew_inspector_free(in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stretched_part_is_told),
        cmocka_unit_test(a_stretched_file_is_a_fact),
        cmocka_unit_test(the_true_ratio_is_among_those_told),
        cmocka_unit_test(a_usual_rate_is_named),
        cmocka_unit_test(plain_sound_is_clean),
        cmocka_unit_test(lossy_sound_is_not_tested),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
