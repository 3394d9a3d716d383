/* SPDX-License-Identifier: Apache-2.0 */
/* Joins from runs that are made up. */
#include <string.h>

#include "inspect/grid_joins.h"
#include "support.h"

static const ew_grid_coder mp3 = {
    .name = "MP3", .period = 576, .unit = 576, .centre = 300, .scale = 1};
static const ew_grid_coder aac = {
    .name = "AAC", .period = 1024, .unit = 64, .centre = 1024, .scale = 1};

static ew_grid_run run(int offset, int64_t first_frame, int64_t last_frame, int hits)
{
    ew_grid_run r = {.offset = offset,
                     .first = offset + 576 * first_frame,
                     .last = offset + 576 * last_frame,
                     .hits = hits,
                     .evidence = 10.0 * hits};
    return r;
}

static void find(ew_grid_joins *out, const ew_grid_run *runs, size_t n, int own)
{
    ew_grid_source s = {.coder = &mp3, .runs = runs, .count = n, .own = own};

    assert_int_equal(ew_grid_joins_find(out, &s, 1, NULL), EW_OK);
}

static void test_one_join(void **state)
{
    ew_grid_run runs[] = {run(100, 0, 50, 50), run(300, 52, 90, 30)};
    ew_grid_joins j;

    (void)state;
    find(&j, runs, 2, -1);
    assert_int_equal(j.count, 1);
    assert_int_equal(j.list[0].start, j.list[0].end);
    assert_int_equal(j.list[0].start, (runs[0].last + runs[1].first) / 2 + 300);
    assert_int_equal(j.list[0].offset_before, 100);
    assert_int_equal(j.list[0].offset_after, 300);
    assert_true(j.list[0].plus_minus > 576 && j.list[0].plus_minus < 3 * 576);
    assert_true(j.list[0].strength > 299 && j.list[0].strength < 301);
    assert_int_equal(j.twice_start, j.twice_end);
    ew_grid_joins_release(&j);
}

static void test_far_apart_is_a_span(void **state)
{
    ew_grid_run runs[] = {run(100, 0, 50, 50), run(300, 90, 130, 30)};
    ew_grid_joins j;

    (void)state;
    find(&j, runs, 2, -1);
    assert_int_equal(j.count, 1);
    assert_true(j.list[0].start > runs[0].last);
    assert_true(j.list[0].end > j.list[0].start + 30 * 576);
    ew_grid_joins_release(&j);
}

static void test_same_grid_is_no_join(void **state)
{
    ew_grid_run runs[] = {run(100, 0, 50, 50), run(100, 90, 130, 30)};
    ew_grid_joins j;

    (void)state;
    find(&j, runs, 2, -1);
    assert_int_equal(j.count, 0);
    ew_grid_joins_release(&j);
}

static void test_coded_twice_is_no_join(void **state)
{
    ew_grid_run runs[] = {run(100, 0, 500, 500), run(300, 20, 60, 12),
                          run(300, 200, 480, 40), run(7, 502, 600, 90)};
    ew_grid_joins j;

    (void)state;
    find(&j, runs, 4, -1);
    assert_int_equal(j.count, 1);
    assert_int_equal(j.list[0].offset_before, 100);
    assert_int_equal(j.list[0].offset_after, 7);
    assert_true(j.twice_start < j.twice_end);
    ew_grid_joins_release(&j);
}

static void test_own_grid_is_left_out(void **state)
{
    ew_grid_run runs[] = {run(100, 0, 500, 500), run(300, 20, 60, 12),
                          run(17, 62, 480, 40)};
    ew_grid_source s = {.coder = &mp3, .runs = runs, .count = 3, .own = 100};
    ew_grid_joins j;
    ew_grid_sum sum;

    (void)state;
    find(&j, runs, 3, 100);
    assert_int_equal(j.count, 1);
    assert_int_equal(j.list[0].offset_before, 300);
    ew_grid_joins_release(&j);
    sum = ew_grid_sum_up(&s);
    assert_int_equal(sum.grids, 2);
    assert_int_equal(sum.hits, 52);
    assert_int_equal(sum.offset, 300);
    assert_int_equal(sum.first, runs[1].first);
    assert_int_equal(sum.last, runs[2].last + 576);
}

static void test_two_coders(void **state)
{
    ew_grid_run a = run(100, 0, 50, 50);
    ew_grid_run b = {.offset = 5, .first = 60 * 576, .last = 100 * 576, .hits = 20};
    ew_grid_source s[2] = {{.coder = &mp3, .runs = &a, .count = 1, .own = -1},
                           {.coder = &aac, .runs = &b, .count = 1, .own = -1}};
    ew_grid_joins j;

    (void)state;
    assert_int_equal(ew_grid_joins_find(&j, s, 2, NULL), EW_OK);
    assert_int_equal(j.count, 1);
    assert_int_equal(j.list[0].coder_before, 0);
    assert_int_equal(j.list[0].coder_after, 1);
    ew_grid_joins_release(&j);
}

static void test_nothing(void **state)
{
    ew_grid_run lone = run(4, 2, 2, 1);
    ew_grid_source s = {.coder = &mp3, .runs = &lone, .count = 1, .own = -1};
    ew_grid_joins j;

    (void)state;
    find(&j, NULL, 0, -1);
    assert_int_equal(j.count, 0);
    ew_grid_joins_release(&j);
    find(&j, &lone, 1, -1);
    assert_int_equal(j.count, 0);
    ew_grid_joins_release(&j);
    assert_int_equal(ew_grid_sum_up(&s).hits, 0);
}

static ew_code work(void *arg, ew_err *err)
{
    ew_grid_run runs[] = {run(100, 0, 50, 50), run(300, 52, 90, 30)};
    ew_grid_source s = {.coder = &mp3, .runs = runs, .count = 2, .own = -1};
    ew_grid_joins j;
    ew_code rc = ew_grid_joins_find(&j, &s, 1, err);

    (void)arg;
    ew_grid_joins_release(&j);
    return rc;
}

static void test_alloc(void **state)
{
    (void)state;
    assert_true(test_torture_alloc(work, NULL, 0) >= 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_join),
        cmocka_unit_test(test_far_apart_is_a_span),
        cmocka_unit_test(test_same_grid_is_no_join),
        cmocka_unit_test(test_coded_twice_is_no_join),
        cmocka_unit_test(test_own_grid_is_left_out),
        cmocka_unit_test(test_two_coders),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_alloc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
