/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of `diff` in its three forms, from a comparison made by hand. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "diff_made.h"
#include "report/report.h"
#include "support.h"

typedef ew_code (*printer)(const ew_diff_finding *f, ew_buf *out, ew_err *err);

static char *printed(printer print, const ew_diff_finding *f)
{
    static ew_buf b;

    ew_buf_release(&b);
    ew_buf_init(&b, EW_REPORT_MAX);
    assert_int_equal(print(f, &b, NULL), EW_OK);
    return (char *)b.data;
}

static ew_code plain_text(const ew_diff_finding *f, ew_buf *out, ew_err *err)
{
    const ew_text_style style = {.color = false};

    return ew_report_diff_text(f, &style, out, err);
}

static ew_code colored_text(const ew_diff_finding *f, ew_buf *out, ew_err *err)
{
    const ew_text_style style = {.color = true, .width = 60};

    return ew_report_diff_text(f, &style, out, err);
}

static void has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("'%s' is not in:\n%s", part, text);
}

static void has_not(const char *text, const char *part)
{
    if (strstr(text, part) != NULL)
        fail_msg("'%s' is in:\n%s", part, text);
}

static void text_says_it_all(void **state)
{
    (void)state;
    const ew_whole w = diff_made_whole();
    const ew_diff_finding f = diff_made_finding(&w);
    const char *t = printed(plain_text, &f);

    assert_int_equal(
        strncmp(t, "B differs from A in 8 places: 2 passages deleted, 1 ", 52), 0);
    has(t, "A  speech <1>.wav  1:18.000, aac in mp4, 44.1 kHz, mono, SHA-256 "
           "abcd00000000…\n");
    has(t, "stereo");
    has(t, "Done to the whole of B:\n  - B is 3.0 dB louder.\n");
    has(t, "As coding or copying may leave it:\n  - B holds nothing above 5.1 kHz.\n");
    has(t, "The same in both: dynamics, polarity,");
    has(t, "deleted   0:08.000 – 0:10.500        at 0:08.000 ");
    has(t, "2.500 s    ±2 ms     99.0 %\n");
    has(t, "2.00 → 3.75 s   ±20 ms");
    has(t, "inserted  at 0:30.000");
    has(t, "±120 ms     97.0 %  in a pause\n");
    has(t, "1.111×, pitch kept\n");
    has(t, "missing at 1:01.750 of B\n");
    has(t, "1:02:05.000 – 1:02:06.000");
    has(t, "In all, 6.5 s of A are not in B, and 5.8 s of B are not from A.\n");
    has(t, "here also: reverberation.");
    assert_null(strchr(t, '\033'));
    has(printed(colored_text, &f), "\033[1m");
}

static void text_lines_fit(void **state)
{
    (void)state;
    ew_whole w = diff_made_whole();

    (void)snprintf(
        w.facts[EW_FACT_GAIN].sentence, sizeof(w.facts[0].sentence), "%s",
        "This sentence is so long that it does not fit on any line of a terminal, not "
        "even on a rather wide one, and so it has to be broken.");
    const ew_diff_finding f = diff_made_finding(&w);
    has(printed(plain_text, &f), "not even on a\n    rather wide one");
}

static void verdicts(void **state)
{
    (void)state;
    ew_diff diff = diff_made_diff;
    ew_diff_finding f = diff_made_finding(NULL);

    f.diff = &diff;
    assert_false(ew_diff_finding_same(&f));
    diff.edit_count = 0;
    has(printed(plain_text, &f), "No edit was found: B holds what A holds");
    assert_true(ew_diff_finding_same(&f));
    diff.related = false;
    has(printed(plain_text, &f), "no sound in common");
    assert_false(ew_diff_finding_same(&f));
    diff.comparable = false;
    has(printed(plain_text, &f), "nothing to compare");
    f.samples = (ew_same_samples){.tested = true, .same = true};
    has(printed(plain_text, &f), "sample by sample");
    has_not(printed(plain_text, &f), "disagree");
    f.samples.a_beyond = 0.025;
    has(printed(plain_text, &f), "A has 25.0 ms more.");
    assert_true(ew_diff_finding_same(&f));
    f.same_bytes = true;
    f.sides[0].decoded = f.sides[1].decoded = false;
    f.diff = NULL;
    has(printed(plain_text, &f), "byte by byte.\n\nA  speech <1>.wav  1.0 kB, SHA-256");
    has_not(printed(plain_text, &f), "Not tested");
    has(printed(ew_report_diff_json, &f),
        "\"verdict\":\"same-bytes\",\"same_content\":true");
    has(printed(ew_report_diff_svg, &f), "byte by byte");
}

static void json_says_the_same(void **state)
{
    (void)state;
    const ew_whole w = diff_made_whole();
    ew_diff_finding f = diff_made_finding(&w);
    ew_diff_export files[DIFF_EDITS] = {{"01-delete-a-0m08.000s.wav", ""}};
    const char *op, *file;
    double a_start, b_gap, plus_minus, gain;
    json_t *gap;

    f.export_dir = "out";
    f.exports = files;
    char *t = printed(ew_report_diff_json, &f);
    assert_ptr_equal(strchr(t, '\n'), t + strlen(t) - 1);
    json_t *j = json_loads(t, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(j);
    assert_string_equal(json_string_value(json_object_get(j, "schema")),
                        "earwitness.diff/1");
    assert_true(json_is_false(json_object_get(j, "same_content")));
    json_t *edits = json_object_get(j, "edits");
    assert_int_equal(json_array_size(edits), DIFF_EDITS);
    assert_int_equal(json_unpack(json_array_get(edits, 0),
                                 "{s:s, s:F, s:F, s:o, s:s, s:n}", "op", &op, "a_start",
                                 &a_start, "plus_minus", &plus_minus, "b_gap", &gap,
                                 "a_file", &file, "b_file"),
                     0);
    assert_string_equal(op, "delete");
    assert_float_equal(a_start, 8, 1e-9);
    assert_float_equal(plus_minus, 0.002, 1e-9);
    assert_true(json_is_null(gap));
    assert_string_equal(file, "01-delete-a-0m08.000s.wav");
    assert_int_equal(json_unpack(json_array_get(edits, 6), "{s:F}", "b_gap", &b_gap), 0);
    assert_float_equal(b_gap, 61.75, 1e-9);
    assert_int_equal(json_array_size(json_object_get(j, "stretches")), DIFF_STRETCHES);
    json_t *facts = json_object_get(json_object_get(j, "whole"), "facts");
    assert_int_equal(json_array_size(facts), EW_FACT_KINDS);
    assert_int_equal(
        json_unpack(json_array_get(facts, 0), "{s:{s:F}}", "values", "gain_db", &gain),
        0);
    assert_float_equal(gain, 3.04, 1e-9);
    json_decref(j);
}

static void picture_names_everything(void **state)
{
    (void)state;
    const ew_diff_finding f = diff_made_finding(NULL);
    const char *t = printed(ew_report_diff_svg, &f);

    has(t, "speech &lt;1&gt;.wav");
    has(t, "leak &amp; co.opus");
    has(t, "B differs from A in 8 places");
    has(t, "repeated, A 0:38.000 – 0:41.000, B 0:42.250 – 0:45.250");
    has_not(t, "different scales");
    for (int op = 0; op < 7; op++) {
        char pattern[32];
        (void)snprintf(pattern, sizeof(pattern), "url(#op%d)", op);
        has(t, pattern);
    }
    assert_string_equal(t + strlen(t) - 7, "</svg>\n");
}

static void picture_of_unlike_lengths(void **state)
{
    (void)state;
    ew_diff_finding f = diff_made_finding(NULL);

    f.sides[1].samples = (int64_t)3 * 3600 * DS;
    has(printed(ew_report_diff_svg, &f), "drawn to different scales");
    f.sides[0].samples = 0;
    (void)printed(ew_report_diff_svg, &f);
}

static ew_code all_forms(void *arg, ew_err *err)
{
    const ew_diff_finding *f = arg;
    ew_buf b;
    ew_code rc;

    ew_buf_init(&b, EW_REPORT_MAX);
    rc = ew_report_diff_svg(f, &b, err);
    if (rc == EW_OK)
        rc = colored_text(f, &b, err);
    ew_buf_release(&b);
    return rc;
}

static void memory_may_run_out(void **state)
{
    (void)state;
    ew_diff_finding f = diff_made_finding(NULL);

    assert_true(test_torture_alloc(all_forms, &f, 60) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_says_it_all),
        cmocka_unit_test(text_lines_fit),
        cmocka_unit_test(verdicts),
        cmocka_unit_test(json_says_the_same),
        cmocka_unit_test(picture_names_everything),
        cmocka_unit_test(picture_of_unlike_lengths),
        cmocka_unit_test(memory_may_run_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
