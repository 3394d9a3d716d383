/* SPDX-License-Identifier: Apache-2.0 */
/* inspect/silence: zeros put into a recording, and what fades by itself. */
#include "methods.h"

enum { N = 4 * RATE };

static void zeros_in_sound_are_told(void **state)
{
    float *x = recording(N, 1, 0.002);
    const ew_trace *t;
    ew_inspection *i;

    (void)state;
    as_16_bits(x, N);
    memset(x + 20000, 0, 3000 * sizeof *x);
    i = inspect("digital-silence", x, N);
    t = strongest(i, 12);
    assert_non_null(t);
    assert_near(t->start, 20000, 1);
    assert_near(t->end, 23000, 1);
    ew_inspection_free(i);
    free(x);
}

static void a_constant_run_is_told_as_well(void **state)
{
    float *x = recording(N, 2, 0.002);
    const ew_trace *t;
    ew_inspection *i;

    (void)state;
    for (size_t k = 30000; k < 30200; k++)
        x[k] = 0.25f;
    i = inspect("digital-silence", x, N);
    t = strongest(i, 12);
    assert_non_null(t);
    assert_near(t->start, 30000, 1);
    assert_near(t->end, 30200, 1);
    ew_inspection_free(i);
    free(x);
}

static void sound_that_never_stops_is_clean(void **state)
{
    float *x = recording(N, 3, 0.002);
    ew_inspection *i;

    (void)state;
    as_16_bits(x, N);
    i = inspect("digital-silence", x, N);
    assert_null(strongest(i, 0));
    ew_inspection_free(i);
    free(x);
}

static void a_fade_to_nothing_is_only_a_fact(void **state)
{
    float *x = recording(N, 4, 0.002);
    ew_inspection *i;

    (void)state;
    for (size_t k = 0; k < N; k++) {
        double gain = k < 24000   ? 1 - (double)k / 24000
                      : k > 48000 ? (double)(k - 48000) / 16000
                                  : 0;

        x[k] *= (float)(gain * gain * gain);
    }
    as_16_bits(x, N);
    i = inspect("digital-silence", x, N);
    assert_null(strongest(i, 12));
    assert_non_null(fact(i));
    ew_inspection_free(i);
    free(x);
}

static void few_bits_are_no_silence(void **state)
{
    float *x = recording(N, 5, 0.002);
    ew_inspection *i;

    (void)state;
    for (size_t k = 0; k < N; k++) /* 8 bits: most of the background is one step */
        x[k] = roundf(x[k] * 127) / 128;
    i = inspect("digital-silence", x, N);
    assert_null(strongest(i, 12));
    ew_inspection_free(i);
    free(x);
}

static void padding_at_the_end_is_no_sign(void **state)
{
    float *x = recording(N, 6, 0.002);
    ew_inspection *i;

    (void)state;
    memset(x + N - RATE / 20, 0, RATE / 20 * sizeof *x);
    i = inspect("digital-silence", x, N);
    assert_null(strongest(i, 0));
    ew_inspection_free(i);
    free(x);
}

static void a_file_without_sound_is_said_to_be_one(void **state)
{
    static const char *const methods[] = {"dc-offset",  "level-change", "bandwidth",
                                          "resampling", "copy-move",    "clipping",
                                          "frame-grid", "hum",          "discontinuity"};
    enum { LONG = 30 * RATE };
    float *x = calloc(LONG, sizeof *x);
    uint64_t dice = 1;

    (void)state;
    assert_non_null(x);
    for (int dithered = 0; dithered < 2; dithered++) {
        ew_inspection *i = inspect("digital-silence", x, LONG);

        assert_int_equal(i->trace_count, 1);
        assert_non_null(fact(i));
        assert_non_null(strstr(fact(i)->text, dithered ? "last bit" : "digital silence"));
        ew_inspection_free(i);
        for (size_t m = 0; m < sizeof methods / sizeof *methods; m++) {
            i = inspect(methods[m], x, LONG);
            assert_true(untested(i, methods[m]));
            ew_inspection_free(i);
        }
        for (size_t k = 0; k < LONG; k++)
            x[k] = ((float)(test_random(&dice) % 3) - 1) / 32768;
    }
    free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zeros_in_sound_are_told),
        cmocka_unit_test(a_constant_run_is_told_as_well),
        cmocka_unit_test(sound_that_never_stops_is_clean),
        cmocka_unit_test(a_file_without_sound_is_said_to_be_one),
        cmocka_unit_test(few_bits_are_no_silence),
        cmocka_unit_test(padding_at_the_end_is_no_sign),
        cmocka_unit_test(a_fade_to_nothing_is_only_a_fact),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
