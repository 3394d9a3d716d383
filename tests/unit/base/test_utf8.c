/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8: strict, safe on a terminal, right width. */
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "support.h"

static int valid(const char *s)
{
    return ew_utf8_valid(s, strlen(s));
}

static void test_strict(void **state)
{
    (void)state;
    static const char *const good[] = {"",
                                       "abc",
                                       "\xC2\x80",
                                       "\xDF\xBF",
                                       "\xE0\xA0\x80",
                                       "\xED\x9F\xBF",
                                       "\xEE\x80\x80",
                                       "\xF0\x90\x80\x80",
                                       "\xF4\x8F\xBF\xBF"};
    static const char *const bad[] = {"\x80",
                                      "\xC0\x80",
                                      "\xC1\xBF",
                                      "\xC2",
                                      "\xE0\x9F\xBF",
                                      "\xED\xA0\x80",
                                      "\xF0\x8F\xBF\xBF",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80",
                                      "\xE2\x82",
                                      "\xC2\x41",
                                      "\xFF",
                                      "\xF8\x88\x80\x80\x80"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(valid(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(valid(bad[i]));
    assert_true(ew_utf8_valid("a\0b", 3));
}

/* Every code point, encoded by hand, decodes to itself. */
static void test_all(void **state)
{
    (void)state;
    for (uint32_t cp = 0x10000; cp < 0x110000; cp++) {
        char s[4] = {(char)(0xF0 | cp >> 18), (char)(0x80 | (cp >> 12 & 63)),
                     (char)(0x80 | (cp >> 6 & 63)), (char)(0x80 | (cp & 63))};
        uint32_t back = 0;
        if (ew_utf8_next(s, 4, &back) != 4 || back != cp)
            fail_msg("U+%04X", (unsigned)cp);
    }
}

static void check_safe(const char *in, size_t n, const char *want)
{
    ew_buf b;
    ew_buf_init(&b, 1000);
    assert_int_equal(ew_utf8_append_safe(&b, in, n, NULL), EW_OK);
    assert_string_equal((char *)b.data, want);
    assert_true(ew_utf8_valid((char *)b.data, b.len));
    ew_buf_release(&b);
}

static void test_safe(void **state)
{
    (void)state;
    check_safe("", 0, "");
    check_safe("plain name.mp3", 14, "plain name.mp3");
    check_safe("a\nb\x1b\x7f", 5, "a\\x0ab\\x1b\\x7f");
    check_safe("nul\0x", 5, "nul\\x00x");
    check_safe("\\x0a", 4, "\\\\x0a");
    check_safe("\xFFz\xE2\x82", 4, "\\xffz\\xe2\\x82");
    check_safe("\xC2\x85", 2, "\\u{0085}");
    check_safe("a\xE2\x80\xAE"
               "b",
               5, "a\\u{202E}b");
    check_safe("\xEF\xBB\xBF", 3, "\\u{FEFF}");
    check_safe("\xE1\x9E\x81\xE1\x9F\x92", 6, "\xE1\x9E\x81\xE1\x9F\x92");
}

static ew_code safe_work(void *arg, ew_err *err)
{
    ew_buf b;
    ew_buf_init(&b, *(size_t *)arg);
    ew_code code = ew_buf_append(&b, "kept", 4, err);
    for (int i = 0; i < 20 && code == EW_OK; i++) {
        size_t before = b.len;
        code = ew_utf8_append_safe(&b, "12345\n\n\n\n67890", 14, err);
        if (code != EW_OK)
            assert_int_equal(b.len, before);
    }
    ew_buf_release(&b);
    return code;
}

static void test_safe_limits(void **state)
{
    (void)state;
    size_t max = 10000;
    assert_true(test_torture_alloc(safe_work, &max, 0) > 2);
    max = 100;
    ew_err err;
    assert_int_equal(safe_work(&max, &err), EW_E_LIMIT);
}

static void test_columns(void **state)
{
    (void)state;
    assert_int_equal(ew_utf8_columns("abc", 3), 3);
    assert_int_equal(ew_utf8_columns("e\xCC\x81", 3), 1); /* combining accent */
    assert_int_equal(ew_utf8_columns("\xE4\xB8\xAD\xE6\x96\x87", 6), 4); /* Chinese */
    assert_int_equal(ew_utf8_columns("\xEF\xBC\xA1", 3), 2);     /* full-width A */
    assert_int_equal(ew_utf8_columns("\xF0\x9F\x98\x80", 4), 2); /* emoji */
    assert_int_equal(ew_utf8_columns("\xE1\x9E\x81\xE1\x9F\x92\xE1\x9E\x98", 9), 2);
    assert_int_equal(ew_utf8_columns("\xD9\x85\xD9\x8F", 4), 1); /* Arabic with a vowel */
    assert_int_equal(ew_utf8_columns("\xFF", 1), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strict),  cmocka_unit_test(test_all),
        cmocka_unit_test(test_safe),    cmocka_unit_test(test_safe_limits),
        cmocka_unit_test(test_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
