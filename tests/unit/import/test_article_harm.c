/* SPDX-License-Identifier: Apache-2.0 */
/* Pages that are odd, deep or hostile. */
#include <jansson.h>

#include "told_article.h"

/* ------------------------------------------------------------------ harm */

static size_t put(char *page, size_t n, const char *text)
{
    memcpy(page + n, text, strlen(text));
    return n + strlen(text);
}

static void deep_and_unclosed(void **state)
{
    enum { N = 100000 };
    static const char *const tags[] = {"<div>",   "<i>",          "<p><b>",
                                       "<table>", "<svg><title>", "<a>"};
    for (size_t t = 0; t < sizeof tags / sizeof tags[0]; t++) {
        size_t len = strlen(tags[t]);
        size_t n = 0;
        char *page = malloc(N * len + 1000);
        assert_non_null(page);
        n = put(page, n, "<html><body><h1>T</h1>");
        for (int i = 0; i < N; i++, n += len)
            memcpy(page + n, tags[t], len);
        n = put(page, n, "<p>" LONG "</p>");
        char *got = told_bytes(*state, "deep.html", page, n);
        assert_non_null(strstr(got, "article\n"));
        free(got);
        free(page);
    }
}

static void huge_attributes_and_nul(void **state)
{
    enum { N = 1 << 20 };
    char *page = malloc(3 * N + 1000);
    size_t n = 0;
    assert_non_null(page);
    n = put(page, n, "<html><body><h1>T</h1><div class='");
    memset(page + n, 'x', N);
    n += N;
    n = put(page, n, "'");
    for (int i = 0; i < 100000; i++) {
        char one[16];
        (void)snprintf(one, sizeof one, " a%d=1", i);
        n = put(page, n, one);
    }
    n = put(page, n, "><p>" LONG " A");
    memset(page + n, 0, 3);
    n += 3;
    n = put(page, n, "B</p></div>");
    char *got = told_bytes(*state, "huge.html", page, n);
    assert_non_null(strstr(got, "nests too deeply"));
    assert_non_null(strstr(got, "that day. A B\n"));
    free(got);
    free(page);
}

static void odd_pages(void **state)
{
    static const char *const pages[] = {
        "<html",
        "<!doctype html>",
        "<html></html>",
        "<!doctype html><!--",
        "<html><a b='",
        "<html><script type=application/ld+json>{\"@type\":\"Article\",</script>",
        "<html><script type=application/ld+json>[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
        "<html><body><p>&#0;&#xD800;&#99999999;</p>",
        "<html><time>99 May 2026</time>"};
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        char *got = told_bytes(*state, "odd.html", pages[i], strlen(pages[i]));
        assert_non_null(strstr(got, "article"));
        free(got);
    }
    expect_in(*state, "bad.html", pages[5], strlen(pages[5]), "JSON-LD that is no JSON");
}

/* As Drupal and WordPress write it: hidden in a comment, with what JSON does not allow. */
static void json_ld_that_is_not_quite_json(void **state)
{
    static const struct {
        const char *json, *want;
    } cases[] = {
        {"<!--//--><![CDATA[// ><!--\n{\"@type\":\"NewsArticle\",\"headline\":\"A\"}\n"
         "//--><!]]>",
         "article\n  title: A\n"},
        {"/* <![CDATA[ */[{\"@type\":\"NewsArticle\",\"headline\":\"A\"}]/* ]]> */",
         "article\n  title: A\n"},
        {"{\"@type\":\"NewsArticle\",\"headline\":\"A\nB \\' \\\"C,\\\"\t}\",}",
         " near '\"A'\narticle\n  title: A B ' \"C,\" "
         "}\n"},
        {"{\"@type\":\"NewsArticle\",\"author\":[\"Bo, ]\", \n ],\"headline\":\"A\",\n}",
         "article\n  title: A\n  byline: Bo, ]\n"},
        {"{\"@type\":\"NewsArticle\",\"headline\":\"Clip is &#039;doctored&#x27;, AT&T "
         "says "
         "&lt;b&gt; <i> R&D &amp;amp;\",\"publisher\":{\"name\":\"A &amp; B\"}}",
         "article\n  title: Clip is 'doctored', AT&T says <b> <i> R&D &amp;\n"
         "  outlet: A & B\n"},
        {"see {\"@type\":\"NewsArticle\",\"headline\":\"A\"}", "JSON-LD that is no JSON"},
        {"<!--", "JSON-LD that is no JSON"},
        {"{\"a\":\"\\", "JSON-LD that is no JSON"},
        {"{,", "JSON-LD that is no JSON"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char page[2048];
        int n = snprintf(page, sizeof page,
                         "<html><script type=application/ld+json>%s</script><p>" LONG
                         "</p><p>" LONG "</p>",
                         cases[i].json);
        expect_in(*state, "a.html", page, (size_t)n, cases[i].want);
    }
}

static ew_code swallow(void *cookie, const ew_article *a, ew_err *err)
{
    (void)cookie;
    (void)a;
    (void)err;
    return EW_OK;
}

static ew_code import_once(void *arg, ew_err *err)
{
    ew_delivery *d = NULL;
    ew_import_opts opts = {.format = EW_IMPORT_AUTO};
    ew_import_sink sink = {.article = swallow};
    ew_code code = ew_delivery_open(&d, arg, err);
    if (code == EW_OK)
        code = ew_import_run(d, &opts, &sink, err);
    ew_delivery_close(d);
    return code;
}

static void no_memory(void **state)
{
    static const char page[] = "<html><body><h1>T</h1><p>" LONG "</p></body></html>";
    static const char mark[] = "---\ntitle: T\n---\n\nBody *text* here.\n";
    const char *html = test_path(*state, "a.html");
    const char *md = test_path(*state, "a.md");
    test_file_put(html, page, sizeof page - 1);
    test_file_put(md, mark, sizeof mark - 1);
    assert_true(test_torture_alloc(import_once, (void *)(uintptr_t)html, 0) > 3);
    assert_true(test_torture_alloc(import_once, (void *)(uintptr_t)md, 0) > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_IN_DIR(deep_and_unclosed), TEST_IN_DIR(huge_attributes_and_nul),
        TEST_IN_DIR(odd_pages),         TEST_IN_DIR(json_ld_that_is_not_quite_json),
        TEST_IN_DIR(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
