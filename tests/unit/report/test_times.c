/* SPDX-License-Identifier: Apache-2.0 */
/* Times, sizes and shares as people read them. */
#include "report/times.h"

#include "support.h"

static char text[EW_TIME_TEXT];

static void times(void **state)
{
    (void)state;
    assert_string_equal(ew_time_text(0, text), "0:00.000");
    assert_string_equal(ew_time_text(101.3, text), "1:41.300");
    assert_string_equal(ew_time_text(59.9996, text), "1:00.000");
    assert_string_equal(ew_time_text(3599.9999, text), "1:00:00.000");
    assert_string_equal(ew_time_text(86400.0005, text), "24:00:00.001");
    assert_string_equal(ew_time_text(-0.2, text), "-0:00.200");
    assert_string_equal(ew_time_text(-0.0001, text), "0:00.000");
}

static void lengths(void **state)
{
    (void)state;
    assert_string_equal(ew_length_text(0, text), "0.0 s");
    assert_string_equal(ew_length_text(99.94, text), "99.9 s");
    assert_string_equal(ew_length_text(99.96, text), "2 min");
    assert_string_equal(ew_length_text(7560, text), "2.1 h");
    assert_string_equal(ew_length_text(3.6e6, text), "1000 h");
}

static void bytes(void **state)
{
    (void)state;
    assert_string_equal(ew_bytes_text(0, text), "0 bytes");
    assert_string_equal(ew_bytes_text(999, text), "999 bytes");
    assert_string_equal(ew_bytes_text(1000, text), "1.0 kB");
    assert_string_equal(ew_bytes_text(999999, text), "1.0 MB");
    assert_string_equal(ew_bytes_text(123456789, text), "123 MB");
    assert_string_equal(ew_bytes_text(UINT64_MAX, text), "18.4 EB");
}

static void dates(void **state)
{
    (void)state;
    assert_string_equal(ew_date_text(0, text), "1970-01-01 00:00 UTC");
    assert_string_equal(ew_date_text(INT64_MAX, text), "unknown");
    assert_string_equal(ew_date_text(INT64_MIN, text), "unknown");
}

static void shares_never_round_to_certainty(void **state)
{
    (void)state;
    assert_string_equal(ew_percent_text(1, text), "100 %");
    assert_string_equal(ew_percent_text(0.99999, text), "99.9 %");
    assert_string_equal(ew_percent_text(0.5, text), "50.0 %");
    assert_string_equal(ew_percent_text(0.00001, text), "0.1 %");
    assert_string_equal(ew_percent_text(0, text), "0 %");
    assert_string_equal(ew_certainty_text(1, text), ">99.9 %");
    assert_string_equal(ew_certainty_text(0.9994, text), "99.9 %");
}

static void rounding(void **state)
{
    (void)state;
    assert_float_equal(ew_round(1.23456, 3), 1.235, 1e-12);
    assert_float_equal(ew_round(-0.00001, 3), 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times),
        cmocka_unit_test(lengths),
        cmocka_unit_test(bytes),
        cmocka_unit_test(dates),
        cmocka_unit_test(shares_never_round_to_certainty),
        cmocka_unit_test(rounding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
