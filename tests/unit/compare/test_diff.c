/* SPDX-License-Identifier: Apache-2.0 */
/* What was done to a sound must be told, at its place, and nothing else. */
#include <math.h>

#include <math.h>
#include <string.h>

#include "diff_desk.h"

/* ------------------------------------------------------------------ one by one */

static void the_same_has_no_edits(void **state)
{
    desk d;
    ew_diff *r;

    (void)state;
    open_desk(&d, 20, 1);
    r = compare(d.a, d.na, d.a, d.na);
    assert_true(r->related);
    assert_int_equal(r->edit_count, 0);
    assert_int_equal(r->stretch_count, 1);
    assert_true(r->stretches[0].agreement > 0.999);
    assert_true(fabs(r->stretches[0].gain_db) < 0.01);
    assert_true(fabs(r->offset) < 0.1);
    ew_diff_free(r);
    close_desk(&d);
}

static void louder_and_turned_round_is_no_edit(void **state)
{
    desk d;
    ew_diff *r;

    (void)state;
    open_desk(&d, 20, 2);
    for (size_t i = 0; i < d.na; i++)
        d.b[i] = -0.5f * d.a[i];
    r = compare(d.a, d.na, d.b, d.na);
    assert_int_equal(r->edit_count, 0);
    assert_int_equal(r->stretch_count, 1);
    assert_true(r->stretches[0].inverted);
    assert_true(fabs(r->stretches[0].gain_db + 6.02) < 0.05);
    ew_diff_free(r);
    close_desk(&d);
}

static void each_operation_is_told(void **state)
{
    static const want wants[] = {
        {EW_EDIT_DELETE, {4, 5.5, 4, 4}},        {EW_EDIT_INSERT, {10, 10, 8.5, 10.3}},
        {EW_EDIT_REPLACE, {14, 15, 14.3, 15.8}}, {EW_EDIT_SILENCE, {19, 20, 19.8, 20.8}},
        {EW_EDIT_DUPLICATE, {8, 9.2, 24.8, 26}}, {EW_EDIT_MOVE, {32, 33.4, 30, 31.4}},
    };
    desk d;
    ew_diff *r;

    (void)state;
    open_desk(&d, 45, 3);
    put_a(&d, 0, 4);
    put_a(&d, 5.5, 10); /* delete 4..5.5; b is at 8.5 */
    put_foreign(&d, 1.8);
    put_a(&d, 10, 14); /* b at 14.3 */
    put_foreign(&d, 1.5);
    put_a(&d, 15, 19); /* b at 19.8 */
    memset(d.b + d.nb, 0, RATE * sizeof(float));
    d.nb += RATE;
    put_a(&d, 20, 24); /* b at 24.8 */
    put_a(&d, 8, 9.2);
    put_a(&d, 24, 28); /* b at 30 */
    put_a(&d, 32, 33.4);
    put_a(&d, 28, 32);
    put_a(&d, 33.4, 45);
    r = compare_desk(&d);
    expect_edits(r, wants, sizeof(wants) / sizeof(*wants));
    for (size_t i = 0; i < r->edit_count; i++) {
        assert_true(r->edits[i].certainty > 0.5 && r->edits[i].certainty <= 1);
        assert_true(r->edits[i].b_start_sd_ms > 0);
        if (r->edits[i].op == EW_EDIT_MOVE)
            assert_true(fabs(r->edits[i].b_gap / RATE - 35.4) < 0.05);
    }
    ew_diff_free(r);
    close_desk(&d);
}

/* Plays a[from, to) at `speed`, pitch and all. */
static void put_fast(desk *d, double from, double to, double speed)
{
    for (double t = from * RATE; t + 1 < to * RATE; t += speed) {
        size_t i = (size_t)t;
        float part = (float)(t - (double)i);

        d->b[d->nb++] = (1 - part) * d->a[i] + part * d->a[i + 1];
    }
}

static void another_speed_is_told(void **state)
{
    static const double speeds[] = {0.8, 0.94, 1.1, 1.25};
    desk d;
    ew_diff *r;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        double end = 8 + 4 / speeds[i];
        const want w = {EW_EDIT_SPEED, {8, 12, 8, end}};

        open_desk(&d, 20, 10 + i);
        put_a(&d, 0, 8);
        put_fast(&d, 8, 12, speeds[i]);
        put_a(&d, 12, 20);
        r = compare_desk(&d);
        expect_edits(r, &w, 1);
        assert_true(fabs(r->edits[0].speed / speeds[i] - 1) < 0.01);
        assert_true(fabs(r->edits[0].pitch / speeds[i] - 1) < 0.01);
        ew_diff_free(r);
        close_desk(&d);
    }
}

static void the_whole_at_another_speed_is_no_edit(void **state)
{
    desk d;
    ew_diff *r;

    (void)state;
    open_desk(&d, 30, 20);
    put_fast(&d, 0, 30, 1.04);
    r = compare_desk(&d);
    if (r->edit_count != 0)
        print_edits(r);
    assert_int_equal(r->edit_count, 0);
    assert_true(fabs(r->speed - 1.04) < 0.001);
    ew_diff_free(r);
    close_desk(&d);
}

static void trimmed_ends_are_deletions(void **state)
{
    static const want wants[] = {{EW_EDIT_DELETE, {0, 3, 0, 0}},
                                 {EW_EDIT_DELETE, {25, 30, 22, 22}}};
    desk d;
    ew_diff *r;

    (void)state;
    open_desk(&d, 30, 21);
    put_a(&d, 3, 25);
    r = compare_desk(&d);
    expect_edits(r, wants, 2);
    assert_true(fabs(r->offset / RATE - 3) < 0.01);
    ew_diff_free(r);
    close_desk(&d);
}

static void silence_that_came_in_is_told(void **state)
{
    static const want wants[] = {{EW_EDIT_INSERT, {12, 12, 12, 14}}};
    desk d;
    ew_diff *r;

    (void)state;
    open_desk(&d, 25, 22);
    put_a(&d, 0, 12);
    d.nb += 2 * RATE; /* it is all zeros there */
    put_a(&d, 12, 25);
    r = compare_desk(&d);
    expect_edits(r, wants, 1);
    ew_diff_free(r);
    r = compare(d.b, d.nb, d.a, d.na);
    assert_int_equal(r->edit_count, 1);
    assert_true(r->edits[0].op == EW_EDIT_DELETE);
    ew_diff_free(r);
    close_desk(&d);
}

static void exchanged_halves_are_one_move(void **state)
{
    desk d;
    ew_diff *r;

    (void)state;
    open_desk(&d, 30, 23);
    put_a(&d, 14, 30);
    put_a(&d, 0, 14);
    r = compare_desk(&d);
    print_edits(r);
    assert_int_equal(r->edit_count, 1);
    assert_true(r->edits[0].op == EW_EDIT_MOVE);
    assert_true(fabs(r->edits[0].a_end / RATE - 14) < 0.05);
    ew_diff_free(r);
    close_desk(&d);
}

static void what_is_played_backwards_is_told_so(void **state)
{
    static const want wants[] = {{EW_EDIT_REPLACE, {12, 16, 12, 16}}};
    desk d;
    ew_diff *r;

    (void)state;
    open_desk(&d, 30, 26);
    put_a(&d, 0, 12);
    for (size_t i = 16 * RATE; i > 12 * RATE; i--)
        put(&d, &d.a[i - 1], 1);
    put_a(&d, 16, 30);
    r = compare_desk(&d);
    expect_edits(r, wants, 1);
    assert_true(r->edits[0].backwards);
    ew_diff_free(r);
    close_desk(&d);
}

static void borders_of_stored_sound_are_exact(void **state)
{
    desk d;
    ew_diff *r;

    (void)state;
    open_desk(&d, 30, 24);
    put_a(&d, 0, 10);
    put_a(&d, 11.25, 20);
    put_foreign(&d, 1.5);
    put_a(&d, 20, 30);
    r = compare_desk(&d);
    assert_int_equal(r->edit_count, 2);
    assert_true(fabs(r->edits[0].a_start - 10.0 * RATE) < 8);
    assert_true(fabs(r->edits[0].a_end - 11.25 * RATE) < 8);
    assert_true(fabs(r->edits[1].b_start - 18.75 * RATE) < 8);
    assert_true(fabs(r->edits[1].b_end - 20.25 * RATE) < 8);
    ew_diff_free(r);
    close_desk(&d);
}

/* A word is bleeped when it is turned down under a tone, or nearly to nothing. */
static void a_bleep_is_told_both_ways(void **state)
{
    desk d;
    ew_diff *r;

    (void)state;
    for (int kind = 0; kind < 2; kind++) {
        open_desk(&d, 30, 25);
        put_a(&d, 0, 30);
        for (size_t i = 15 * RATE; i < 16 * RATE; i++)
            d.b[i] = kind == 0 ? 0.02f * d.b[i]
                               : 0.1f * d.b[i] + 0.4f * sinf((float)(i % RATE) * 0.8f);
        for (int way = 0; way < 2; way++) {
            r = way == 0 ? compare_desk(&d) : compare(d.b, d.nb, d.a, d.na);
            if (r->edit_count == 0)
                fail_msg("kind %d, way %d: nothing is told", kind, way);
            for (size_t i = 0; i < r->edit_count; i++)
                assert_true(r->edits[i].b_start > 14.9 * RATE &&
                            r->edits[i].b_end < 16.1 * RATE);
            ew_diff_free(r);
        }
        close_desk(&d);
    }
}

/* ------------------------------------------------------------------ nothing in common */

static void strangers_have_nothing_in_common(void **state)
{
    desk d;
    ew_diff *r;

    (void)state;
    open_desk(&d, 20, 30);
    r = compare(d.a, d.na, d.f, d.nf);
    assert_false(r->related);
    assert_true(r->comparable);
    assert_int_equal(r->edit_count, 0);
    ew_diff_free(r);
    close_desk(&d);
}

static void silence_cannot_be_compared(void **state)
{
    desk d;
    ew_diff *r;

    (void)state;
    open_desk(&d, 10, 31);
    r = compare(d.a, d.na, d.b, 10 * RATE);
    assert_false(r->related);
    assert_false(r->comparable);
    ew_diff_free(r);
    r = compare(d.b, 10 * RATE, d.a, d.na);
    assert_false(r->comparable);
    ew_diff_free(r);
    r = compare(d.b, 0, d.b, 0);
    assert_false(r->comparable);
    assert_int_equal(r->edit_count, 0);
    ew_diff_free(r);
    r = compare(d.a, 1, d.a, 1);
    assert_false(r->related);
    ew_diff_free(r);
    close_desk(&d);
}

static int stop_at_once(void *cookie, const char *stage, int64_t done, int64_t total)
{
    (void)cookie, (void)stage, (void)done, (void)total;
    return 1;
}

static void it_can_be_stopped(void **state)
{
    const ew_progress prog = {stop_at_once, NULL};
    desk d;
    ew_diff *r = NULL;
    ew_err err;

    (void)state;
    open_desk(&d, 10, 32);
    assert_int_equal(ew_diff_sounds(d.a, d.na, d.a, d.na, &prog, &r, &err),
                     EW_E_CANCELLED);
    assert_null(r);
    close_desk(&d);
}

static ew_code compare_once(void *arg, ew_err *err)
{
    const desk *d = arg;
    ew_diff *r = NULL;
    ew_code rc = ew_diff_sounds(d->a, d->na, d->b, d->nb, NULL, &r, err);

    ew_diff_free(r);
    return rc;
}

static void running_out_of_memory_leaves_nothing_behind(void **state)
{
    desk d;

    (void)state;
    open_desk(&d, 8, 33);
    put_a(&d, 0, 4);
    put_foreign(&d, 1);
    put_a(&d, 4, 8);
    test_torture_alloc(compare_once, &d, 60);
    close_desk(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_has_no_edits),
        cmocka_unit_test(louder_and_turned_round_is_no_edit),
        cmocka_unit_test(each_operation_is_told),
        cmocka_unit_test(another_speed_is_told),
        cmocka_unit_test(the_whole_at_another_speed_is_no_edit),
        cmocka_unit_test(trimmed_ends_are_deletions),
        cmocka_unit_test(silence_that_came_in_is_told),
        cmocka_unit_test(exchanged_halves_are_one_move),
        cmocka_unit_test(what_is_played_backwards_is_told_so),
        cmocka_unit_test(borders_of_stored_sound_are_exact),
        cmocka_unit_test(a_bleep_is_told_both_ways),
        cmocka_unit_test(strangers_have_nothing_in_common),
        cmocka_unit_test(silence_cannot_be_compared),
        cmocka_unit_test(it_can_be_stopped),
        cmocka_unit_test(running_out_of_memory_leaves_nothing_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
