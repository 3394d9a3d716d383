/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of `check` in its three forms, from a finding made by hand. */
#include <jansson.h>
#include <string.h>

#include "finding_made.h"
#include "report/json.h"
#include "report/report.h"
#include "support.h"

static char *text_of(size_t width, bool color)
{
    static ew_buf b;
    ew_finding f = made_finding();
    ew_text_style style = {.color = color, .width = width};

    ew_buf_release(&b);
    ew_buf_init(&b, EW_REPORT_MAX);
    assert_int_equal(ew_report_check_text(&f, &style, &b, NULL), EW_OK);
    return (char *)b.data;
}

static void has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("'%s' is not in:\n%s", part, text);
}

static void text_says_it_all(void **state)
{
    (void)state;
    const char *t = text_of(0, false);

    has(t, "clip & co.opus  0:12.000, SHA-256 abcd00000000…");
    has(t, "compared with 6 recordings, 2.5 h");
    has(t, "0:00.000 – 0:02.000  x/same.mp3");
    has(t, "0:10.000 – 0:12.000        ±1 ms  1.000×    >99.9 %\n");
    has(t, "played backwards");
    has(t, "pitch +1.0 semitones");
    has(t, "— matches nothing —\n");
    has(t, "— nothing to compare —\n");
    has(t, "also in            <a>&\"b'.wav");
    has(t, "1:01:40.000 – 1:01:42.600  ±8 ms  1.040×");
    has(t, "Explained: 81.8 % of what can be compared (9.0 s of 11.0 s, from 3 "
           "recordings); 2.0 s "
           "matches nothing.");
    has(t, "4 joins:\n");
    has(t, "  0:04.000 ±70 ms: x/same.mp3 at 0:14.000 meets y/same.mp3 at 0:30.000\n");
    has(t, "(in a pause)");
    has(t, "not whether anything is genuine");
    assert_null(strchr(t, '\033'));
    has(text_of(0, true), "\033[1m");
}

static json_t *json_of(void)
{
    ew_finding f = made_finding();
    ew_buf b;

    ew_buf_init(&b, EW_REPORT_MAX);
    assert_int_equal(ew_report_check_json(&f, &b, NULL), EW_OK);
    assert_int_equal(b.data[b.len - 1], '\n');
    assert_ptr_equal(strchr((char *)b.data, '\n'), b.data + b.len - 1);
    json_t *j = json_loads((char *)b.data, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(j);
    ew_buf_release(&b);
    return j;
}

static void json_says_the_same(void **state)
{
    (void)state;
    json_t *j = json_of();
    const char *schema;
    const char *source;
    const char *kind;
    double explained, start, end, speed;
    int backwards, before;
    json_t *after;

    assert_int_equal(
        json_unpack(j, "{s:s, s:F}", "schema", &schema, "explained", &explained), 0);
    assert_string_equal(schema, "earwitness.check/1");
    assert_float_equal(explained, 0.8182, 1e-9);
    assert_int_equal(json_array_size(json_object_get(j, "spans")), MADE_PIECES);
    json_t *third = json_array_get(json_object_get(j, "spans"), 2);
    assert_int_equal(json_unpack(third, "{s:s, s:F, s:F, s:F, s:b}", "source", &source,
                                 "source_start", &start, "source_end", &end, "speed",
                                 &speed, "backwards", &backwards),
                     0);
    assert_string_equal(source, "same.mp3");
    assert_float_equal(start, 30, 0);
    assert_float_equal(end, 28, 0);
    assert_true(backwards);
    json_t *gap = json_array_get(json_object_get(j, "gaps"), 1);
    assert_int_equal(json_unpack(gap, "{s:s}", "kind", &kind), 0);
    assert_string_equal(kind, "no-match");
    json_t *join = json_array_get(json_object_get(j, "joins"), 1);
    assert_int_equal(json_unpack(join, "{s:i, s:o}", "before", &before, "after", &after),
                     0);
    assert_int_equal(before, 2);
    assert_true(json_is_null(after));
    json_decref(j);
}

static void picture_is_escaped(void **state)
{
    (void)state;
    ew_finding f = made_finding();
    ew_source_info evil[4];
    ew_buf b;

    memcpy(evil, made_sources, sizeof(evil));
    evil[3].file = evil[3].name = "<script>&'\"\xEF\xBF\xBF";
    f.sources = evil;
    ew_buf_init(&b, EW_REPORT_MAX);
    assert_int_equal(ew_report_check_svg(&f, &b, NULL), EW_OK);
    const char *t = (char *)b.data;
    assert_null(strstr(t, "<script"));
    assert_null(strstr(t, "\xEF\xBF\xBF"));
    has(t, "&lt;script&gt;&amp;'&quot;?");
    has(t, "<title id='title'>Piece map of clip &amp; co.opus</title>");
    has(t, "3: 0:04.000 to 0:06.000 is y/same.mp3 from 0:30.000 to 0:28.000, backwards.");
    assert_string_equal(t + strlen(t) - 7, "</svg>\n");
    ew_buf_release(&b);
}

static ew_code all_forms(void *arg, ew_err *err)
{
    ew_finding f = made_finding();
    ew_text_style style = {.width = 70};
    ew_buf b;
    ew_code rc;

    (void)arg;
    ew_buf_init(&b, EW_REPORT_MAX);
    rc = ew_report_check_text(&f, &style, &b, err);
    if (rc == EW_OK)
        rc = ew_report_check_json(&f, &b, err);
    if (rc == EW_OK)
        rc = ew_report_check_svg(&f, &b, err);
    ew_buf_release(&b);
    return rc;
}

static void failing_allocations(void **state)
{
    (void)state;
    ew_json_use_own_alloc();
    assert_true(test_torture_alloc(all_forms, NULL, 0) > 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_says_it_all),
        cmocka_unit_test(json_says_the_same),
        cmocka_unit_test(picture_is_escaped),
        cmocka_unit_test(failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
