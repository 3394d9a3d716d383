/* SPDX-License-Identifier: Apache-2.0 */
/* Pages: nothing that comes from outside gets onto them but as text. */
#include "report/html.h"

#include <string.h>

#include "base/alloc.h"
#include "report/page.h"
#include "report/page_results.h"
#include "support.h"

static const char *const nasty[] = {
    "\"><img src=x onerror=alert(1)>",
    "'><svg onload=alert(1)>",
    "</title></style></textarea><script>alert(1)</script>",
    "<!-- x",
    "--><b>",
    "]]><x>",
    "`onmouseover=alert(1)",
    "&lt;b&gt;&amp",
    "\x01\x1b[31m\x7f\xC2\x85\xFF\xFE\xC0\xBC",
    "\xE2\x80\xAEgpj.exe",
    "\xEF\xBF\xBF\xEF\xBF\xBE\xEF\xBB\xBF",
    "url(http://evil.example/)",
};

static ew_buf out;
static ew_html h;
static ew_err err;

static void begin(void)
{
    ew_buf_init(&out, 1 << 20);
    ew_html_init(&h, &out, &err);
}

static const char *text(void)
{
    return out.data != NULL ? (const char *)out.data : "";
}

static void text_and_attributes_are_escaped(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof nasty / sizeof nasty[0]; i++) {
        begin();
        ew_html_open(&h, "td");
        ew_html_attr(&h, "class", nasty[i]);
        ew_html_text(&h, nasty[i]);
        ew_html_close(&h);
        assert_int_equal(h.rc, EW_OK);
        /* of these only the tags' own are left */
        const char *inside = strchr(text(), '"') + 1;
        size_t value = strcspn(inside, "\"");
        assert_int_equal(strcspn(inside, "<>'`"), value + 1);
        const char *body = inside + value + 2;
        assert_string_equal(body + strcspn(body, "<>\"'`"), "</td>");
        for (const char *s = text(); *s != 0; s++)
            assert_true((unsigned char)*s >= 0x20);
        ew_buf_release(&out);
    }
    begin();
    ew_html_element(&h, "b", "a<b>&\"'\xE2\x80\xAE\xFF");
    assert_string_equal(text(), "<b>a&lt;b&gt;&amp;&quot;&#39;\\u{202E}\xEF\xBF\xBD</b>");
    ew_buf_release(&out);
}

static void what_is_wrong_is_refused(void **state)
{
    static const char *const names[] = {"a b", "", "x>", "<", "a\"", "a/"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        begin();
        ew_html_open(&h, names[i]);
        assert_int_equal(h.rc, EW_E_BUG);
        ew_buf_release(&out);
    }
    begin();
    ew_html_open(&h, "p");
    ew_html_attr(&h, "onclick", "x");
    assert_int_equal(h.rc, EW_E_BUG);
    ew_buf_release(&out);
    begin();
    ew_html_close(&h);
    assert_int_equal(h.rc, EW_E_BUG);
    ew_buf_release(&out);
    begin();
    ew_html_text(&h, "x");
    ew_html_attr(&h, "class", "x");
    assert_int_equal(h.rc, EW_E_BUG);
    ew_buf_release(&out);
    begin();
    ew_html_style(&h, "</style><script>");
    assert_int_equal(h.rc, EW_E_BUG);
    ew_buf_release(&out);
    begin();
    ew_html_open(&h, "audio");
    ew_html_attr_wav(&h, "src", "AAAA\" onerror=\"x");
    assert_int_equal(h.rc, EW_E_FORMAT);
    ew_buf_release(&out);
}

static const char *svg(const char *source)
{
    ew_buf_release(&out);
    begin();
    ew_html_svg(&h, source, "p1");
    return text();
}

static void pictures_are_written_anew(void **state)
{
    (void)state;
    begin();
    assert_string_equal(
        svg("<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg' width='9' "
            "height='9' viewBox='0 0 9 9' aria-labelledby='title desc'>"
            "<title id='title'>a &lt;b&gt; 'c'</title><rect width='3' "
            "fill='url(#x)'/></svg>"),
        "\n<svg viewBox=\"0 0 9 9\" aria-labelledby=\"p1-title p1-desc\">"
        "<title id=\"p1-title\">a &lt;b&gt; &#39;c&#39;</title>\n<rect width=\"3\" "
        "fill=\"url(#p1-x)\"></rect></svg>");
    assert_string_equal(
        svg("<svg onload='alert(1)' style='x' class='y'><script>alert(1)"
            "</script><g onclick='x'/><foreignObject><b>x</b></foreignObject>"
            "<a href='javascript:x'/></svg>"),
        "\n<svg>\n<g></g></svg>");
    assert_string_equal(svg("<svg><image xlink:href='http://evil.example/x.png'/>"
                            "<image xlink:href='data:image/png;base64,AAA='/>"
                            "<image xlink:href='data:text/html,x'/>"
                            "<rect fill='url(http://evil.example/#x)'/></svg>"),
                        "\n<svg>\n<image></image>\n<image href=\"data:image/png;base64,"
                        "AAA=\"></image>\n<image></image>\n<rect></rect></svg>");
    assert_string_equal(svg("<svg><text fill='&quot;&gt;&lt;x'>&amp;lt;</text></svg>"),
                        "\n<svg><text fill=\"&quot;&gt;&lt;x\">&amp;lt;</text></svg>");
    ew_buf_release(&out);
}

static void broken_pictures_are_refused(void **state)
{
    static const char *const broken[] = {
        "",
        "x",
        "<p>",
        "<svg",
        "<svg>",
        "<svg a>",
        "<svg a=>",
        "<svg a='>",
        "<svg a='x' b/>",
        "<svg></g></svg>",
        "<svg><g>",
        "<svg/",
        "<svg><script>",
        "<svg></svg></div>",
        "<svg><g></svg></g>",
    };
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        begin();
        ew_html_open(&h, "div");
        ew_html_svg(&h, broken[i], "p");
        if (h.rc == EW_OK)
            fail_msg("taken: %s", broken[i]);
        ew_buf_release(&out);
    }
}

static void base64_is_that_of_rfc_4648(void **state)
{
    static const char *const pairs[][2] = {
        {"", ""},        {"f", "Zg=="},        {"fo", "Zm8="},
        {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"\xFF\xFF\xFE", "///+"}};
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        ew_buf_init(&out, 100);
        assert_int_equal(
            ew_base64(&out, (const uint8_t *)pairs[i][0], strlen(pairs[i][0]), NULL),
            EW_OK);
        assert_string_equal(text(), pairs[i][1]);
        ew_buf_release(&out);
    }
}

/* ------------------------------------------------------------------ pages */

static void fill(ew_page *p)
{
    static const ew_column columns[] = {{"a", EW_COLUMN_OUTSIDE}, {"b", EW_COLUMN_TEXT}};
    static const uint8_t hash[32] = {1};
    const ew_page_head head = {"check", nasty[0], nasty[1], nasty[2], "2026"};
    const ew_page_file file = {nasty[3], "clip", hash, NULL, 5};
    const uint8_t wav[5] = {0};
    const ew_page_clip clip = {nasty[4], nasty[5], 1, 2, NULL, 8000, wav, sizeof wav};
    ew_grid g;
    ew_page_init(p, &head);
    ew_page_section_of(p, 2, "One", nasty[6]);
    for (size_t i = 0; i < sizeof nasty / sizeof nasty[0]; i++)
        ew_page_say(p, (ew_page_role)(i % 6), "%s", nasty[i]);
    ew_grid_begin(&g, nasty[7], columns, 2);
    for (size_t i = 0; i < sizeof nasty / sizeof nasty[0]; i++)
        ew_grid_cell(&g, "%s", nasty[i]);
    ew_grid_end(&g, p);
    ew_page_sound(p, &clip);
    ew_page_add_file(p, &file);
    ew_page_close(p, json_object(), NULL);
}

static void a_page_has_only_our_tags(void **state)
{
    ew_page p;
    (void)state;
    fill(&p);
    ew_buf_init(&out, 1 << 20);
    assert_int_equal(ew_page_html(&p, &out, &err), EW_OK);
    assert_null(strstr(text(), "<script"));
    assert_null(strstr(text(), "<img"));
    assert_null(strstr(text(), "<!--"));
    assert_non_null(strstr(text(), "&lt;script&gt;alert(1)"));
    assert_non_null(strstr(text(), "&lt;!-- x&#39; | sha256sum --check"));
    ew_buf_release(&out);
    ew_page_release(&p);
}

/* Whatever a case kept: what is not as expected is shown as empty. */
static void results_of_any_shape(void **state)
{
    static const char *const results[] = {
        "{}",
        "{\"spans\":5,\"joins\":[1,null,{}],\"gaps\":[[]],\"clip\":\"x\"}",
        "{\"spans\":[{\"others\":7},3],\"joins\":[{\"before\":99999,\"after\":-5}]}",
        "{\"edits\":[{\"op\":\"delete\",\"a_start\":1e300,\"b_end\":-1e300}],\"a\":1}",
        "{\"copies\":[{\"kind\":\"undecided\",\"candidates\":[1,{}]}],\"roots\":[1,2],"
        "\"failed\":[[]],\"composite\":[{}]}",
        "{\"findings\":[{\"kind\":\"change\",\"start\":1e308}],\"facts\":[0],\"journal\":"
        "[1],"
        "\"signs_of_change\":1e99}",
    };
    static const char *const tools[] = {"check", "diff", "family", "inspect", "x"};
    const ew_page_head head = {"case", NULL, NULL, NULL, NULL};
    (void)state;
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        for (size_t k = 0; k < sizeof tools / sizeof tools[0]; k++) {
            ew_page p;
            json_t *r = json_loads(results[i], 0, NULL);
            assert_non_null(r);
            ew_page_init(&p, &head);
            ew_page_add_result(&p, tools[k], r, NULL);
            json_decref(r);
            ew_page_limits(&p, 15);
            ew_page_close(&p, json_object(), NULL);
            ew_buf_init(&out, 1 << 20);
            assert_int_equal(ew_page_html(&p, &out, &err), EW_OK);
            ew_buf_release(&out);
            ew_page_release(&p);
        }
}

static void no_memory_at_any_place(void **state)
{
    (void)state;
    int64_t live = ew_alloc_live();
    for (int64_t n = 0;; n++) {
        ew_page p;
        ew_alloc_fail_at(n, 0);
        fill(&p);
        ew_buf_init(&out, 1 << 20);
        ew_code rc = ew_page_html(&p, &out, &err);
        bool all = ew_alloc_count() <= n;
        ew_alloc_fail_at(-1, 0);
        ew_buf_release(&out);
        ew_page_release(&p);
        assert_int_equal(ew_alloc_live(), live);
        if (all)
            break;
        assert_true(rc == EW_OK || rc == EW_E_NOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_and_attributes_are_escaped),
        cmocka_unit_test(what_is_wrong_is_refused),
        cmocka_unit_test(pictures_are_written_anew),
        cmocka_unit_test(broken_pictures_are_refused),
        cmocka_unit_test(base64_is_that_of_rfc_4648),
        cmocka_unit_test(a_page_has_only_our_tags),
        cmocka_unit_test(results_of_any_shape),
        cmocka_unit_test(no_memory_at_any_place),
    };
    ew_json_use_own_alloc();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
