/* SPDX-License-Identifier: Apache-2.0 */
/* Moments as text and back. */
#include "base/when.h"

#include <string.h>

#include "support.h"

static void known_moments(void **state)
{
    char text[EW_ISO_TEXT];
    (void)state;
    assert_string_equal(ew_iso_text(0, text), "1970-01-01T00:00:00Z");
    assert_string_equal(ew_iso_text(951782400, text), "2000-02-29T00:00:00Z");
    assert_string_equal(ew_iso_text(-1, text), "1969-12-31T23:59:59Z");
    assert_string_equal(ew_iso_text(4107542400, text), "2100-03-01T00:00:00Z");
    assert_string_equal(ew_iso_text(-62135596800, text), "0001-01-01T00:00:00Z");
    assert_string_equal(ew_iso_text(253402300799, text), "9999-12-31T23:59:59Z");
    assert_string_equal(ew_iso_text(253402300800, text), "unknown");
    assert_string_equal(ew_iso_text(INT64_MIN, text), "unknown");
}

static void every_text_comes_back(void **state)
{
    (void)state;
    for (int64_t t = -62135596800; t < 253402300799; t += 86400LL * 13 + 3607) {
        char text[EW_ISO_TEXT];
        int64_t back = 0;
        assert_true(ew_iso_parse(ew_iso_text(t, text), EW_ISO_CHARS, &back));
        assert_true(back == t);
    }
}

static void other_spellings_are_refused(void **state)
{
    static const char *const bad[] = {
        "2026-02-29T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:60Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z", "2026-01-01 00:00:00Z", "2026-01-01T00:00:00z",
        "0000-01-01T00:00:00Z", "2026-1-01T000:00:00Z", "+026-01-01T00:00:00Z"};
    int64_t t;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(ew_iso_parse(bad[i], strlen(bad[i]), &t));
    assert_false(ew_iso_parse("2026-01-01T00:00:00Z ", 21, &t));
    assert_false(ew_iso_parse("", 0, &t));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_moments),
        cmocka_unit_test(every_text_comes_back),
        cmocka_unit_test(other_spellings_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
