/* SPDX-License-Identifier: Apache-2.0 */
/* inspect/peaks: the strongest stay, their neighbours go. */
#include "support.h"

#include <stdlib.h>

#include "inspect/peaks.h"

static void add(ew_inspect__peaks *p, int64_t at, double strength)
{
    ew_err err;

    assert_int_equal(ew_inspect__peaks_add(p, (ew_inspect__peak){at, strength, 0}, &err),
                     EW_OK);
}

static void neighbours_go(void **state)
{
    ew_inspect__peaks p = {0};
    ew_err err;

    (void)state;
    add(&p, 100, 1);
    add(&p, 105, 3);
    add(&p, 109, 2);
    add(&p, 115, 1);
    assert_int_equal(ew_inspect__peaks_thin(&p, 10, 100, &err), EW_OK);
    assert_int_equal(p.count, 2);
    assert_int_equal(p.list[0].at, 105);
    assert_int_equal(p.list[1].at, 115);
    ew_inspect__peaks_release(&p);
}

static void as_by_the_simple_way(void **state)
{
    uint64_t seed = 4;
    ew_inspect__peaks p = {0};
    ew_err err;

    (void)state;
    for (size_t i = 0; i < 3000; i++)
        add(&p, (int64_t)(test_random(&seed) % 20000),
            (double)(test_random(&seed) % 1000));
    assert_int_equal(ew_inspect__peaks_thin(&p, 50, 200, &err), EW_OK);
    assert_true(p.count > 100 && p.count <= 200);
    for (size_t i = 0; i < p.count; i++) {
        assert_true(i == 0 || p.list[i - 1].strength >= p.list[i].strength);
        for (size_t k = 0; k < i; k++)
            assert_true(llabs(p.list[i].at - p.list[k].at) >= 50);
    }
    ew_inspect__peaks_release(&p);
}

static void nothing_stays_nothing(void **state)
{
    ew_inspect__peaks p = {0};
    ew_err err;

    (void)state;
    assert_int_equal(ew_inspect__peaks_thin(&p, 50, 200, &err), EW_OK);
    assert_int_equal(p.count, 0);
    ew_inspect__peaks_release(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(neighbours_go),
        cmocka_unit_test(as_by_the_simple_way),
        cmocka_unit_test(nothing_stays_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
