/* SPDX-License-Identifier: Apache-2.0 */
/* Allocation: zeroed, checked for overflow, and failing where a test says so. */
#include <string.h>

#include "base/alloc.h"
#include "support.h"

static void test_zeroed(void **state)
{
    (void)state;
    unsigned char *p = ew_alloc_array(100, 7);
    assert_non_null(p);
    for (int i = 0; i < 700; i++)
        assert_int_equal(p[i], 0);
    ew_free(p);
    p = ew_alloc(0);
    assert_non_null(p);
    ew_free(p);
    ew_free(NULL);
}

static void test_overflow(void **state)
{
    (void)state;
    assert_null(ew_alloc_array(SIZE_MAX / 2, 3));
    assert_null(ew_alloc_aligned(SIZE_MAX / 2, 3));
    assert_null(ew_alloc_aligned(SIZE_MAX - 8, 1));
    char *p = ew_strdup("kept");
    assert_non_null(p);
    assert_null(ew_realloc_array(p, SIZE_MAX / 4, 5));
    assert_string_equal(p, "kept");
    ew_free(p);
}

static void test_aligned(void **state)
{
    (void)state;
    for (size_t n = 0; n < 130; n += 13) {
        unsigned char *p = ew_alloc_aligned(n, 3);
        assert_non_null(p);
        assert_true((uintptr_t)p % 64 == 0);
        for (size_t i = 0; i < n * 3; i++)
            assert_int_equal(p[i], 0);
        ew_free(p);
    }
}

/* Which of eight allocations fail, as bits. */
static unsigned failures(int64_t at, int sticky)
{
    unsigned bits = 0;
    ew_alloc_fail_at(at, sticky);
    for (unsigned i = 0; i < 8; i++) {
        void *p = i % 2 ? ew_alloc(4) : ew_alloc_aligned(4, 4);
        bits |= (unsigned)(p == NULL) << i;
        ew_free(p);
    }
    ew_alloc_fail_at(-1, 0);
    return bits;
}

static void test_faults(void **state)
{
    (void)state;
    assert_int_equal(failures(-1, 0), 0);
    assert_int_equal(failures(0, 0), 0x01);
    assert_int_equal(failures(5, 0), 0x20);
    assert_int_equal(failures(5, 1), 0xE0);
    assert_int_equal(failures(8, 1), 0);
}

static void test_counts(void **state)
{
    (void)state;
    int64_t live = ew_alloc_live();
    ew_alloc_fail_at(-1, 0);
    char *a = ew_strdup("a");
    char *b = ew_realloc_array(NULL, 3, 5);
    b = ew_realloc_array(b, 300, 5);
    assert_true(ew_alloc_count() == 3);
    assert_true(ew_alloc_live() == live + 2);
    ew_free(a);
    ew_free(b);
    assert_true(ew_alloc_live() == live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_zeroed),  cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_aligned), cmocka_unit_test(test_faults),
        cmocka_unit_test(test_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
