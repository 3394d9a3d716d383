/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures from kept results: the same as from what was found, and none of what is no result. */
#include <jansson.h>
#include <string.h>

#include "diff_made.h"
#include "family_made.h"
#include "finding_made.h"
#include "report/family_json.h"
#include "report/redraw.h"
#include "report/report.h"
#include "support.h"

enum { OUT_MAX = 16 << 20 };

static json_t *parsed(ew_buf *json)
{
    json_t *j = json_loadb((const char *)json->data, json->len, 0, NULL);
    assert_non_null(j);
    ew_buf_release(json);
    return j;
}

/* Takes result and direct over. */
static void same_picture(const char *tool, json_t *result, ew_buf *direct)
{
    ew_buf again;
    ew_buf_init(&again, OUT_MAX);
    assert_string_equal(ew_redraw_tool(result), tool);
    assert_int_equal(ew_redraw(tool, result, &again, NULL), EW_OK);
    assert_string_equal((const char *)again.data, (const char *)direct->data);
    ew_buf_release(&again);
    ew_buf_release(direct);
    json_decref(result);
}

static void check_is_drawn_again(void **state)
{
    (void)state;
    ew_finding f = made_finding();
    ew_source_info own[8];
    ew_buf json;
    ew_buf svg;
    ew_buf_init(&json, OUT_MAX);
    ew_buf_init(&svg, OUT_MAX);
    for (size_t i = 0; i < f.source_count; i++) {
        own[i] = f.sources[i];
        own[i].sha256[0] = (uint8_t)(i + 1); /* that is what tells them apart */
    }
    f.sources = own;
    assert_int_equal(ew_report_check_json(&f, &json, NULL), EW_OK);
    assert_int_equal(ew_report_check_svg(&f, &svg, NULL), EW_OK);
    same_picture("check", parsed(&json), &svg);
}

static void diff_is_drawn_again(void **state)
{
    (void)state;
    ew_whole whole = diff_made_whole();
    ew_diff_finding f = diff_made_finding(&whole);
    ew_buf json;
    ew_buf svg;
    ew_buf_init(&json, OUT_MAX);
    ew_buf_init(&svg, OUT_MAX);
    f.sides[0].peaks = f.sides[1].peaks = NULL; /* these are not kept */
    assert_int_equal(ew_report_diff_json(&f, &json, NULL), EW_OK);
    assert_int_equal(ew_report_diff_svg(&f, &svg, NULL), EW_OK);
    same_picture("diff", parsed(&json), &svg);
}

static void family_is_drawn_again(void **state)
{
    (void)state;
    ew_family_finding f = made_family_finding();
    ew_buf json;
    ew_buf svg;
    ew_buf_init(&json, OUT_MAX);
    ew_buf_init(&svg, OUT_MAX);
    assert_int_equal(ew_report_family_json(&f, &json, NULL), EW_OK);
    assert_int_equal(ew_report_family_svg(&f, &svg, NULL), EW_OK);
    same_picture("family", parsed(&json), &svg);
}

static void nothing_of_what_is_no_result(void **state)
{
    static const char *const texts[] = {
        "{}",
        "{\"clip\": 1, \"spans\": [1, 2], \"gaps\": {}}",
        "{\"clip\": {\"duration\": -1}, \"spans\": [], \"gaps\": []}",
        "{\"clip\": {\"duration\": 5}, \"spans\": [{\"sha256\": \"x\"}], \"gaps\": []}",
        "{\"a\": {\"duration\": 1}, \"b\": {\"duration\": 1}, \"stretches\": [], "
        "\"edits\": [{\"op\": \"x\"}], \"verdict\": \"differs\"}",
        "{\"copies\": [{}], \"roots\": [\"x\"], \"composite\": []}",
        "{\"file\": {\"rate_hz\": 0, \"duration\": 1}, \"findings\": [], \"curves\": "
        "[]}"};
    static const char *const tools[] = {"check", "diff", "family", "inspect", "seal", ""};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        json_t *j = json_loads(texts[i], 0, NULL);
        assert_non_null(j);
        assert_null(ew_redraw_tool(j));
        for (size_t k = 0; k < sizeof tools / sizeof tools[0]; k++) {
            ew_buf svg;
            ew_buf_init(&svg, OUT_MAX);
            assert_int_equal(ew_redraw(tools[k], j, &svg, NULL), EW_OK);
            assert_int_equal(svg.len, 0);
            ew_buf_release(&svg);
        }
        json_decref(j);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_is_drawn_again),
        cmocka_unit_test(diff_is_drawn_again),
        cmocka_unit_test(family_is_drawn_again),
        cmocka_unit_test(nothing_of_what_is_no_result),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
