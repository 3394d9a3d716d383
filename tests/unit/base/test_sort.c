/* SPDX-License-Identifier: Apache-2.0 */
/* Sorting numbers. */
#include "base/sort.h"

#include "support.h"

static void test_sort(void **state)
{
    float f[] = {3, -1, 0, 3, -7.5f};
    double d[] = {1e300, -1e300, 0.25, 0.125};

    (void)state;
    ew_sort_floats(f, 5);
    assert_true(f[0] == -7.5f && f[1] == -1 && f[2] == 0 && f[3] == 3 && f[4] == 3);
    ew_sort_doubles(d, 4);
    assert_true(d[0] == -1e300 && d[1] == 0.125 && d[2] == 0.25 && d[3] == 1e300);
    ew_sort_floats(NULL, 0);
    ew_sort_doubles(NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sort)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
