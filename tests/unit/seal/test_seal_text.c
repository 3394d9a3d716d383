/* SPDX-License-Identifier: Apache-2.0 */
/* Lines, words, numbers and base64 have one spelling each. */
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "seal/text.h"
#include "support.h"

static void test_lines_and_words(void **state)
{
    (void)state;
    ew_slice rest = ew_slice_of("a b\n\nlast");
    ew_slice line;
    ew_slice word;
    assert_true(ew_slice_line(&rest, &line));
    assert_true(ew_slice_word(&line, &word) && ew_slice_is(word, "a"));
    assert_true(ew_slice_word(&line, &word) && ew_slice_is(word, "b"));
    assert_false(ew_slice_word(&line, &word));
    assert_true(ew_slice_line(&rest, &line) && line.n == 0);
    assert_false(ew_slice_line(&rest, &line));
    assert_false(ew_slice_skip(&rest, "lax"));
    assert_true(ew_slice_skip(&rest, "la") && ew_slice_is(rest, "st"));
    line = ew_slice_of(" x");
    assert_false(ew_slice_word(&line, &word)); /* an empty word */
}

static void test_numbers(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "00", "01", "-1", "+1", " 1", "1 ", "0x1", "18446744073709551616", "1\n"};
    uint64_t v = 1;
    for (size_t i = 0; i < EW_COUNT(bad); i++)
        assert_false(ew_slice_u64(ew_slice_of(bad[i]), &v));
    assert_true(ew_slice_u64(ew_slice_of("0"), &v) && v == 0);
    assert_true(ew_slice_u64(ew_slice_of("18446744073709551615"), &v) && v == UINT64_MAX);
}

static void test_base64(void **state)
{
    (void)state;
    static const char *const bad[] = {"",      "AQ",   "AQ=",      "AQ==\n",
                                      " AQ==", "AR==", "AQ==AQ==", "AQ-=",
                                      "AQI==", "A===", "AQ==="};
    uint8_t out[8];
    size_t n = 0;
    for (size_t i = 0; i < EW_COUNT(bad); i++)
        if (ew_slice_base64_any(ew_slice_of(bad[i]), out, sizeof out, &n))
            fail_msg("'%s' is taken for base64", bad[i]);
    /* Every byte that is not of the alphabet, in every place. */
    for (int c = 0; c < 256; c++) {
        char text[] = "AQID";
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                      (c >= '0' && c <= '9') || c == '+' || c == '/';
        for (size_t i = 0; i < 4; i++) {
            memcpy(text, "AQID", 4);
            text[i] = (char)c;
            ew_slice s = {text, 4};
            bool ends = c == '=' && i == 3; /* may be padding */
            if (ew_slice_base64_any(s, out, sizeof out, &n) != letter && !ends)
                fail_msg("byte %d in place %zu", c, i);
        }
    }
    assert_true(ew_slice_base64(ew_slice_of("AQ=="), out, 1) && out[0] == 1);
    assert_false(ew_slice_base64(ew_slice_of("AQ=="), out, 2));
    assert_false(ew_slice_base64(ew_slice_of("AQID"), out, 2));
    assert_true(ew_slice_base64(ew_slice_of("+/8="), out, 2) && out[1] == 0xFF);
}

static ew_code append_work(void *arg, ew_err *err)
{
    ew_buf b;
    ew_buf_init(&b, 100);
    ew_code code = ew_base64_append(&b, arg, 5, err);
    if (code == EW_OK)
        assert_string_equal((char *)b.data, "aGVsbG8=");
    ew_buf_release(&b);
    return code;
}

static void test_append(void **state)
{
    (void)state;
    char text[] = "hello";
    assert_true(test_torture_alloc(append_work, text, 0) == 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_and_words),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_base64),
        cmocka_unit_test(test_append),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
