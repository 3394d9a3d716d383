/* SPDX-License-Identifier: Apache-2.0 */
/* The pull reader of JSON: what it gives, where, and what it puts up with. */
#include "import/json_stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

/* All tokens on one line: `{`, `key=`, `"text"`, `~` before what is odd. "!" and the code on failure. */
static const char *tokens_of(const char *text, size_t n)
{
    static char out[4096];
    static const char marks[] = " {}[]";
    ew_json j;
    ew_err err;
    size_t at = 0;
    out[0] = 0;
    ew_json_init(&j, text, n);
    for (;;) {
        ew_code code = ew_json_next(&j, &err);
        if (code != EW_OK) {
            at += (size_t)snprintf(out + at, sizeof out - at, "!%s@%d",
                                   ew_code_name(code), (int)err.pos);
            break;
        }
        if (j.kind == EW_JSON_END)
            break;
        if (j.has_key)
            at += (size_t)snprintf(out + at, sizeof out - at, "%.*s=", (int)j.key.n,
                                   j.key.p);
        if (j.odd)
            at += (size_t)snprintf(out + at, sizeof out - at, "~");
        if (j.kind <= EW_JSON_ARRAY_END)
            at += (size_t)snprintf(out + at, sizeof out - at, "%c", marks[j.kind]);
        else if (j.kind == EW_JSON_STRING || j.kind == EW_JSON_NUMBER)
            at += (size_t)snprintf(out + at, sizeof out - at,
                                   j.kind == EW_JSON_STRING ? "'%.*s'" : "%.*s",
                                   (int)j.text.n, j.text.p);
        else
            at += (size_t)snprintf(out + at, sizeof out - at, "%s",
                                   j.kind == EW_JSON_TRUE    ? "true"
                                   : j.kind == EW_JSON_FALSE ? "false"
                                                             : "null");
        /* Wherever a token is, it is inside the text and not empty. */
        assert_true(j.begin < j.end && j.end <= n);
    }
    ew_json_release(&j);
    return out;
}

static void reads(const char *text, const char *want)
{
    /* A copy of exactly this length, so that a sanitizer sees a step too far. */
    size_t n = strlen(text);
    char *copy = malloc(n > 0 ? n : 1);
    assert_non_null(copy);
    memcpy(copy, text, n);
    assert_string_equal(tokens_of(copy, n), want);
    free(copy);
}

static void json_as_it_should_be(void **state)
{
    (void)state;
    reads("{}", "{}");
    reads(" [ ] ", "[]");
    reads("[1,-2.5e3,true,false,null,\"x\"]", "[1-2.5e3truefalsenull'x']");
    reads("{\"a\":{\"b\":[1,{\"c\":\"d\"}]},\"e\":2}", "{a={b=[1{c='d'}]}e=2}");
    reads("\"\\u0041\\n\\\"\\\\\\/\"", "'A\n\"\\/'");
    reads("\"\\ud83d\\ude00\"", "'\xF0\x9F\x98\x80'");
    reads("\xEF\xBB\xBF{\"k\":\"\xE1\x9E\x81\"}", "{k='\xE1\x9E\x81'}");
    reads("7", "7");
}

static void what_real_exports_have(void **state)
{
    (void)state;
    reads("[\"a\\x1fb\"]", "[~'a\x1f"
                           "b']");
    reads("{\"document_id\":00123abc,\"x\":1}", "{document_id=~'00123abc'x=1}");
    reads("[\"line\nfeed\"]", "[~'line\nfeed']");
    reads("[\"C:\\dir\"]", "[~'C:\\dir']");
    reads("[\"\\ud83d!\"]", "[~'\xEF\xBF\xBD!']");
    reads("[\"a\xFF"
          "b\"]",
          "['a\xEF\xBF\xBD"
          "b']");
}

static void what_is_no_json(void **state)
{
    (void)state;
    reads("", "!format@0");
    reads("{", "{!format@1");
    reads("[1", "[1!format@2");
    reads("[1 2]", "[1!format@3");
    reads("[1,]", "[1!format@3");
    reads("{\"a\" 1}", "{!format@5");
    reads("{a:1}", "{!format@1");
    reads("[}", "[!format@1");
    reads("\"abc", "!format@4");
    reads("\"abc\\", "!format@5");
    reads("\"\\u12\"", "!format@3");
    reads("{} {}", "{}!format@3");
}

static void depth_is_limited(void **state)
{
    char deep[200];
    (void)state;
    memset(deep, '[', sizeof deep - 1);
    deep[sizeof deep - 1] = 0;
    const char *got = tokens_of(deep, strlen(deep));
    assert_non_null(strstr(got, "!limit@64"));
}

static void skipping(void **state)
{
    static const char text[] = "{\"a\":[1,{\"b\":[]},3],\"c\":\"d\"}";
    ew_json j;
    (void)state;
    ew_json_init(&j, text, sizeof text - 1);
    assert_int_equal(ew_json_next(&j, NULL), EW_OK);
    assert_int_equal(ew_json_next(&j, NULL), EW_OK);
    assert_int_equal(j.kind, EW_JSON_ARRAY);
    assert_int_equal(ew_json_skip(&j, NULL), EW_OK);
    assert_int_equal(j.kind, EW_JSON_ARRAY_END);
    assert_int_equal(ew_json_next(&j, NULL), EW_OK);
    assert_true(j.has_key && ew_slice_is(j.key, "c") && ew_slice_is(j.text, "d"));
    assert_int_equal(ew_json_skip(&j, NULL), EW_OK); /* nothing to pass over */
    assert_int_equal(ew_json_next(&j, NULL), EW_OK);
    assert_int_equal(j.kind, EW_JSON_OBJECT_END);
    assert_int_equal(ew_json_next(&j, NULL), EW_OK);
    assert_int_equal(j.kind, EW_JSON_END);
    assert_int_equal(ew_json_next(&j, NULL), EW_OK); /* and stays there */
    ew_json_release(&j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_as_it_should_be),
        cmocka_unit_test(what_real_exports_have),
        cmocka_unit_test(what_is_no_json),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(skipping),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
