/* SPDX-License-Identifier: Apache-2.0 */
/* The buffer: ceiling, growth, unchanged on failure. */
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "support.h"

static void test_append(void **state)
{
    (void)state;
    ew_buf b;
    ew_buf_init(&b, 100000);
    for (int i = 0; i < 10000; i++)
        assert_int_equal(ew_buf_append(&b, "abc", 3, NULL), EW_OK);
    assert_int_equal(b.len, 30000);
    assert_int_equal(b.data[30000], 0);
    assert_memory_equal(b.data + 29997, "abc", 3);
    ew_buf_reset(&b);
    assert_string_equal((char *)b.data, "");
    assert_int_equal(ew_buf_printf(&b, NULL, "%d-%s", 42, "x"), EW_OK);
    assert_string_equal((char *)b.data, "42-x");
    ew_buf_release(&b);
    assert_null(b.data);
}

static void test_ceiling(void **state)
{
    (void)state;
    ew_err err;
    ew_buf b;
    ew_buf_init(&b, 10);
    assert_int_equal(ew_buf_append(&b, "0123456789", 10, &err), EW_OK);
    assert_int_equal(ew_buf_append(&b, "", 0, &err), EW_OK);
    assert_int_equal(ew_buf_append(&b, "x", 1, &err), EW_E_LIMIT);
    assert_int_equal(ew_buf_printf(&b, &err, "y"), EW_E_LIMIT);
    assert_int_equal(err.code, EW_E_LIMIT);
    assert_string_equal((char *)b.data, "0123456789");
    ew_buf_release(&b);
    ew_buf_init(&b, SIZE_MAX);
    assert_int_equal(ew_buf_append(&b, "x", SIZE_MAX, &err), EW_E_LIMIT);
    assert_int_equal(ew_buf_append(&b, "x", 1, &err), EW_OK);
    ew_buf_release(&b);
    ew_buf_init(&b, 0);
    assert_int_equal(ew_buf_append(&b, NULL, 0, &err), EW_OK);
    assert_int_equal(ew_buf_append(&b, "x", 1, &err), EW_E_LIMIT);
    ew_buf_release(&b);
}

static ew_code build(void *arg, ew_err *err)
{
    (void)arg;
    ew_buf b;
    ew_buf_init(&b, 5000);
    ew_code code = EW_OK;
    for (int i = 0; i < 400 && code == EW_OK; i++) {
        size_t before = b.len;
        code =
            i % 2 ? ew_buf_append(&b, "12345", 5, err) : ew_buf_printf(&b, err, "%d", i);
        if (code != EW_OK)
            assert_int_equal(b.len, before);
    }
    ew_buf_release(&b);
    return code;
}

static void test_no_memory(void **state)
{
    (void)state;
    assert_true(test_torture_alloc(build, NULL, 0) >= 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_append),
        cmocka_unit_test(test_ceiling),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
