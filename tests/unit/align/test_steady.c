/* SPDX-License-Identifier: Apache-2.0 */
/* What does not change is told from speech and from noise. */
#include "align/steady.h"

#include <math.h>
#include <string.h>

#include "align/line.h"
#include "support.h"

enum { RATE = EW_FP_RATE_HZ, N = 4 * RATE, SLOTS = N / EW_SLOT };

static float sound[N];
static uint8_t mark[SLOTS];

/* Share of marked slots. */
static double steady(size_t n)
{
    size_t marked = 0;

    memset(mark, 0, sizeof(mark));
    assert_int_equal(ew_steady_mark(sound, n, mark, SLOTS, NULL), EW_OK);
    for (size_t i = 0; i < SLOTS; i++)
        marked += mark[i];
    return (double)marked / SLOTS;
}

static void add_tone(double hz, double level)
{
    for (size_t i = 0; i < N; i++)
        sound[i] += (float)(level * sin(2 * 3.14159265358979 * hz * (double)i / RATE));
}

static void add_noise(double level)
{
    uint64_t seed = 3;

    for (size_t i = 0; i < N; i++)
        sound[i] +=
            (float)(level * ((double)(test_random(&seed) >> 11) / (1ULL << 52) - 1));
}

static int clear(void **state)
{
    (void)state;
    memset(sound, 0, sizeof(sound));
    return 0;
}

static void a_tone_is_steady(void **state)
{
    (void)state;
    add_tone(440, 0.3);
    assert_float_equal(steady(N), 1, 0);
}

static void a_dial_tone_in_faint_noise_is_steady(void **state)
{
    (void)state;
    add_tone(350, 0.2);
    add_tone(440, 0.2);
    add_noise(0.002);
    assert_float_equal(steady(N), 1, 0);
}

static void noise_is_not(void **state)
{
    (void)state;
    add_noise(0.3);
    assert_float_equal(steady(N), 0, 0);
}

static void speech_is_not(void **state)
{
    (void)state;
    test_speech(sound, N, RATE, 11);
    assert_true(steady(N) < 0.05);
}

static void a_tone_within_speech(void **state)
{
    (void)state;
    test_speech(sound, N, RATE, 11);
    for (size_t i = RATE; i < 3 * RATE; i++)
        sound[i] = (float)(0.3 * sin(0.5 * (double)i));
    double share = steady(N);
    assert_true(share > 0.4 && share < 0.6);
}

static void too_short_to_tell(void **state)
{
    (void)state;
    add_tone(440, 0.3);
    assert_float_equal(steady(0), 0, 0);
    assert_float_equal(steady(1000), 0, 0);
    assert_float_equal(steady(2000), 0, 0);
}

static ew_code whole(void *arg, ew_err *err)
{
    (void)arg;
    return ew_steady_mark(sound, N, mark, SLOTS, err);
}

static void failing_allocations(void **state)
{
    (void)state;
    assert_true(test_torture_alloc(whole, NULL, 0) >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_tone_is_steady, clear),
        cmocka_unit_test_setup(a_dial_tone_in_faint_noise_is_steady, clear),
        cmocka_unit_test_setup(noise_is_not, clear),
        cmocka_unit_test_setup(speech_is_not, clear),
        cmocka_unit_test_setup(a_tone_within_speech, clear),
        cmocka_unit_test_setup(too_short_to_tell, clear),
        cmocka_unit_test_setup(failing_allocations, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
