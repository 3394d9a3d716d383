/* SPDX-License-Identifier: Apache-2.0 */
/* What was done to all of a recording, when there is little or nothing to measure. */
#include "earwitness/whole.h"

#include <string.h>

#include "whole_made.h"

/* ---------------------------------------------------------------- odd input */

static void nothing_in_common_is_not_tested(void **state)
{
    const ew_diff d = {.comparable = true, .speed = 1, .pitch = 1};
    const ew_whole_source source = {.sides = {{RATE, 1, ""}, {RATE, 1, ""}},
                                    .read = read_sound};
    ew_whole *w;
    ew_err err;

    (void)state;
    assert_int_equal(ew_whole_measure(&d, &source, NULL, &w, &err), EW_OK);
    for (int k = 0; k < EW_FACT_KINDS; k++) {
        assert_int_equal(w->facts[k].state, EW_FACT_NOT_TESTED);
        assert_non_null(strstr(w->facts[k].sentence, "no sound in common"));
    }
    ew_whole_free(w);
}

static void too_little_is_not_tested(void **state)
{
    sounds s = start();
    ew_whole *w;

    (void)state;
    s.n[0] = s.n[1] = RATE;
    w = measure(&s);
    assert_claims(w, 0, 0);
    assert_int_equal(w->facts[EW_FACT_GAIN].state, EW_FACT_NOT_TESTED);
    assert_int_equal(w->excerpt_count, 0);
    ew_whole_free(w);
    finish(&s);
}

static void silence_is_not_tested(void **state)
{
    sounds s = start();
    ew_whole *w;

    (void)state;
    memset(s.pcm[1], 0, SAMPLES * sizeof(float));
    w = measure(&s);
    assert_int_equal(w->facts[EW_FACT_GAIN].state, EW_FACT_NOT_TESTED);
    assert_int_equal(w->facts[EW_FACT_DENOISING].state, EW_FACT_NOT_TESTED);
    ew_whole_free(w);
    finish(&s);
}

static void sound_that_ends_early_is_measured_as_far_as_it_goes(void **state)
{
    sounds s = start();
    ew_stretch stretch = whole_stretch(&s);
    const ew_diff d = {.related = true,
                       .speed = 1,
                       .pitch = 1,
                       .stretch_count = 1,
                       .stretches = &stretch};
    const ew_whole_source source = {.sides = {{RATE, 1, "flac"}, {RATE, 1, "flac"}},
                                    .read = read_sound,
                                    .cookie = &s};
    ew_whole *w;
    ew_err err;

    (void)state;
    s.n[0] = SAMPLES / 2;
    assert_int_equal(ew_whole_measure(&d, &source, NULL, &w, &err), EW_OK);
    assert_claims(w, 0, 0);
    assert_int_equal(w->facts[EW_FACT_GAIN].state, EW_FACT_SAME);
    ew_whole_free(w);
    finish(&s);
}

static int refuse(void *cookie, const char *stage, int64_t done, int64_t total)
{
    (void)cookie;
    (void)stage;
    return done == total / 2;
}

static void errors_are_passed_on(void **state)
{
    const ew_progress prog = {.tick = refuse};
    sounds s = start();
    ew_whole *w;
    ew_err err;

    (void)state;
    assert_int_equal(measure_with(&s, &prog, &w, &err), EW_E_CANCELLED);
    assert_null(w);
    s.fail_with = EW_E_IO;
    assert_int_equal(measure_with(&s, NULL, &w, &err), EW_E_IO);
    assert_null(w);
    s.fail_with = EW_OK;
    s.channels[1] = 9;
    assert_int_equal(measure_with(&s, NULL, &w, &err), EW_E_ARG);
    finish(&s);
    ew_whole_free(NULL);
}

static ew_code measure_once(void *arg, ew_err *err)
{
    ew_whole *w = NULL;
    ew_code rc = measure_with(arg, NULL, &w, err);

    ew_whole_free(w);
    return rc;
}

static void every_allocation_may_fail(void **state)
{
    sounds s = start();

    (void)state;
    make_stereo(&s, 1, 1, 0.5f, 0.1f);
    s.n[0] = s.n[1] = RATE * 5;
    assert_true(test_torture_alloc(measure_once, &s, 40) > 20);
    finish(&s);
}

static void names_are_told(void **state)
{
    (void)state;
    assert_string_equal(ew_fact_name(EW_FACT_GAIN), "gain");
    assert_string_equal(ew_fact_name(EW_FACT_REVERB), "reverb");
    assert_string_equal(ew_fact_state_name(EW_FACT_NOT_TESTED), "not-tested");
    assert_string_equal(ew_fact_state_name(EW_FACT_CHANGED), "changed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_in_common_is_not_tested),
        cmocka_unit_test(too_little_is_not_tested),
        cmocka_unit_test(silence_is_not_tested),
        cmocka_unit_test(sound_that_ends_early_is_measured_as_far_as_it_goes),
        cmocka_unit_test(errors_are_passed_on),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(names_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
