/* SPDX-License-Identifier: Apache-2.0 */
/* Errors: one clean line whatever goes in. */
#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "support.h"

static void test_fields(void **state)
{
    (void)state;
    ew_err err;
    assert_int_equal(ew_fail(&err, EW_E_FORMAT, 77, "bad chunk '%s'", "abcd"),
                     EW_E_FORMAT);
    assert_int_equal(err.code, EW_E_FORMAT);
    assert_int_equal(err.sys, 0);
    assert_int_equal(err.pos, 77);
    assert_string_equal(err.text, "bad chunk 'abcd'");
    assert_int_equal(ew_fail_sys(&err, ENOENT, "cannot open '%s'", "a.wav"), EW_E_IO);
    assert_int_equal(err.sys, ENOENT);
    assert_int_equal(err.pos, 0);
    assert_string_equal(err.text, "cannot open 'a.wav': No such file or directory");
    assert_int_equal(ew_fail_nomem(&err), EW_E_NOMEM);
    assert_string_equal(err.text, "out of memory");
    ew_err_clear(&err);
    assert_int_equal(err.code, EW_OK);
    assert_string_equal(err.text, "");
}

static void test_null(void **state)
{
    (void)state;
    assert_int_equal(ew_fail(NULL, EW_E_ARG, 0, "x"), EW_E_ARG);
    assert_int_equal(ew_fail_sys(NULL, EIO, "x"), EW_E_IO);
    assert_int_equal(ew_fail_nomem(NULL), EW_E_NOMEM);
    ew_err_clear(NULL);
}

static void test_cut(void **state)
{
    (void)state;
    char name[1000];
    ew_err err;
    for (size_t shift = 0; shift < 4; shift++) {
        memset(name, 'a', shift);
        for (size_t i = shift; i + 3 < sizeof name; i += 3)
            memcpy(name + i, "\xE2\x82\xAC", 4);
        (void)ew_fail(&err, EW_E_ARG, 0, "%s", name);
        assert_true(ew_utf8_valid(err.text, strlen(err.text)));
        assert_true(strlen(err.text) > 235 && strchr(err.text, '?') == NULL);
        (void)ew_fail_sys(&err, EACCES, "cannot open '%s'", name);
        assert_true(ew_utf8_valid(err.text, strlen(err.text)));
        assert_non_null(strstr(err.text, ": Permission denied"));
        assert_null(strchr(err.text, '?'));
    }
}

static void test_clean(void **state)
{
    (void)state;
    ew_err err;
    (void)ew_fail(&err, EW_E_ARG, 0, "a\nb\x1b[0m\x7f\xff\xC2\x9B.");
    assert_string_equal(err.text, "a?b?[0m???.");
    (void)ew_fail(&err, EW_E_IO, 0, "again: %s", err.text);
    assert_string_equal(err.text, "again: a?b?[0m???.");
    (void)ew_fail_sys(&err, 99999, "odd");
    assert_string_equal(err.text, "odd: error 99999");
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(ew_code_name(EW_OK), "ok");
    for (int code = -1; code >= EW_E_BUG; code--)
        for (int other = code + 1; other <= 0; other++)
            assert_string_not_equal(ew_code_name((ew_code)code),
                                    ew_code_name((ew_code)other));
    assert_string_equal(ew_code_name((ew_code)-99), "bug");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields), cmocka_unit_test(test_null),
        cmocka_unit_test(test_cut),    cmocka_unit_test(test_clean),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
