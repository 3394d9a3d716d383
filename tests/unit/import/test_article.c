/* SPDX-License-Identifier: Apache-2.0 */
/* Articles as pages, Markdown and plain text; and pages that mean harm. */
#include "base/alloc.h"
#include "told.h"

static int set_up(void **state)
{
    *state = test_dir_new();
    return 0;
}

static int tear_down(void **state)
{
    test_dir_remove(*state);
    return 0;
}

static char *told_bytes(const char *dir, const char *name, const void *bytes, size_t n)
{
    const char *path = test_path(dir, name);
    test_file_put(path, bytes, n);
    ew_import_opts opts = {.format = EW_IMPORT_AUTO};
    return told_import(path, &opts);
}

static void expect(const char *dir, const char *name, const char *text, const char *want)
{
    char *got = told_bytes(dir, name, text, strlen(text));
    assert_string_equal(got, want);
    free(got);
}

static void expect_in(const char *dir, const char *name, const void *bytes, size_t n,
                      const char *want)
{
    char *got = told_bytes(dir, name, bytes, n);
    if (strstr(got, want) == NULL)
        fail_msg("no '%s' in '%.2000s'", want, got);
    free(got);
}

#define LONG                                                                             \
    "The valley council met for three hours, heard nine witnesses, and rose without a "  \
    "vote, officials and residents who were in the hall said later that day."

static void a_page_of_an_agency(void **state)
{
    expect(*state, "a.html",
           "<!DOCTYPE html><html lang=en><head><title>Tape | Wire</title>"
           "<link rel=canonical href='https://wire.example/tape'>"
           "<link rel=alternate hreflang=km href='https://wire.example/km/tape'>"
           "<script type='application/ld+json'>{\"@graph\":[{\"@type\":\"WebPage\"},"
           "{\"@type\":\"NewsArticle\",\"headline\":\"Valley tape disputed\","
           "\"author\":[{\"name\":\"Ann Roe\"},{\"name\":\"Bo Lim\"}],"
           "\"publisher\":{\"name\":\"Valley Wire\"},"
           "\"datePublished\":\"2026-10-12T09:30:00+07:00\"}]}</script></head><body>"
           "<nav><a href=/>Home</a></nav><article><h1>Valley tape disputed</h1>"
           "<div class=byline>By Ann Roe</div>"
           "<figure><img src=x><figcaption>The hall.</figcaption></figure>"
           "<p>KAMPOR, Oct 12 (Wire) \xE2\x80\x94 " LONG "</p>"
           "<p>\"It is fake,\" Sok Dara said, as the crowd left the hall.</p>"
           "<p>" LONG "</p>"
           "<p>Read more: <a href=/b>Council rises</a></p></article>"
           "<section id=comments><h2>2 comments</h2><p>I do not believe it.</p></section>"
           "<aside><a href=/c>Rain expected</a></aside>"
           "<footer>Copyright</footer></body></html>",
           "article published=1791772200Z\n"
           "  title: Valley tape disputed\n"
           "  byline: Ann Roe, Bo Lim\n"
           "  outlet: Valley Wire\n"
           "  dateline: KAMPOR, Oct 12 (Wire)\n"
           "  language: en\n"
           "  url: https://wire.example/tape\n"
           "  translation: https://wire.example/km/tape\n"
           "  caption: The hall.\n"
           "  body: KAMPOR, Oct 12 (Wire) \xE2\x80\x94 " LONG "\n"
           "  body: \"It is fake,\" Sok Dara said, as the crowd left the hall.\n"
           "  body: " LONG "\n"
           "  related: Read more: Council rises\n"
           "  comment: 2 comments\n"
           "  comment: I do not believe it.\n"
           "  related: Rain expected\n");
}

static void names_of_elements(void **state)
{
    const char *page =
        "<html><body class=comments-open><h1>T</h1><div class='post author-ann "
        "date-2026'><p>" LONG "</p><p>" LONG "</p></div><ol "
        "class=commentlist><li><p>No.</p></li></ol></body></html>";
    expect_in(*state, "a.html", page, strlen(page),
              "  title: T\n  body: " LONG "\n  body: " LONG "\n  comment: No.\n");
}

static void dates_that_contradict(void **state)
{
    const char *page = "<html><head><meta property='article:published_time' "
                       "content='2026-10-12T09:30:00Z'></head><body><h1>T</h1>"
                       "<time datetime='2026-10-14'>14 October</time><p>" LONG
                       "</p><p>" LONG "</p></body></html>";
    expect_in(*state, "a.html", page, strlen(page),
              "remark published: OpenGraph says 2026-10-12T09:30:00Z, but <time> says "
              "2026-10-14\narticle published=1791797400Z\n");
}

static void markdown(void **state)
{
    expect(*state, "a.md",
           "---\ntitle: \"A tape\"\nauthor: [Ann Roe]\ndate: 2026-10-12\nlang: en\n"
           "url: https://x.example/1\ntranslation: https://x.example/km/1\n---\n\n"
           "# A tape\n\n![The hall](h.jpg)\n\nFirst **bold** [link](https://y.example) "
           "line\nand its second.\n\n> \"Quoted,\" he said.\n\n## Related\n\n"
           "## Related stories\n\n- [Rain](r)\n- [Sun](s)\n",
           "article published=1791763200~\n"
           "  title: A tape\n"
           "  byline: Ann Roe\n"
           "  language: en\n"
           "  url: https://x.example/1\n"
           "  translation: https://x.example/km/1\n"
           "  caption: The hall\n"
           "  body: First bold link line and its second.\n"
           "  body: \"Quoted,\" he said.\n"
           "  body: Related\n"
           "  related: Related stories\n"
           "  related: Rain\n"
           "  related: Sun\n");
}

static void plain_text(void **state)
{
    expect(*state, "a.txt",
           "A tape is disputed\nBy Ann Roe\n12 October 2026, 9:30 am\n\n"
           "KAMPOR - " LONG "\n\nPhoto: the hall\n\nSecond paragraph.\n\n"
           "Comments (2)\n\nNonsense!\n",
           "article published=1791797400~\n"
           "  title: A tape is disputed\n"
           "  byline: Ann Roe\n"
           "  dateline: KAMPOR\n"
           "  body: KAMPOR - " LONG "\n"
           "  caption: Photo: the hall\n"
           "  body: Second paragraph.\n"
           "  comment: Comments (2)\n"
           "  comment: Nonsense!\n");
}

/* ------------------------------------------------------------------ encodings */

static void encodings(void **state)
{
    char wide[2048];
    size_t n = 2;
    const char *narrow = "<html><body><h1>T</h1><p>" LONG " \xE9</p></body></html>";
    const char *latin = "<html><head><meta "
                        "charset=windows-1252></head><body><h1>T</h1><p>\x93Ol\xE9,\x94 "
                        "she said. " LONG "</p></body></html>";
    const char *odd = "<html><head><meta charset=klingon-8></head><body>x</body></html>";
    expect_in(*state, "a.html", latin, strlen(latin),
              "  body: \xE2\x80\x9COl\xC3\xA9,\xE2\x80\x9D she said.");
    expect_in(*state, "b.html", narrow, strlen(narrow),
              "remark no encoding is declared: read as windows-1252\n");
    expect_in(*state, "c.html", odd, strlen(odd),
              "!format encoding 'klingon-8' is not known here\n");
    memcpy(wide, "\xFF\xFE", 2);
    for (const char *p = narrow; *p != 0; p++) {
        wide[n++] = *p;
        wide[n++] = 0;
    }
    expect_in(*state, "d.html", wide, n, "said later that day. \xC3\xA9\n");
}

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

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_page_of_an_agency),
        TEST(names_of_elements),
        TEST(dates_that_contradict),
        TEST(markdown),
        TEST(plain_text),
        TEST(encodings),
        TEST(deep_and_unclosed),
        TEST(huge_attributes_and_nul),
        TEST(odd_pages),
        TEST(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
