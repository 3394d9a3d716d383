/* SPDX-License-Identifier: Apache-2.0 */
/* Articles as pages, Markdown and plain text; and pages that mean harm. */
#include <dirent.h>

#include <dirent.h>
#include <jansson.h>

#include "import/article_date.h"
#include "told_article.h"

static void expect(const char *dir, const char *name, const char *text, const char *want)
{
    char *got = told_bytes(dir, name, text, strlen(text));
    assert_string_equal(got, want);
    free(got);
}

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

/* Corrections are told by themselves; <q> has marks; hyphens that show only at the end of a line are nothing. */
static void words_that_are_marked(void **state)
{
    const char *page =
        "<html><body><h1>Co&shy;rrect</h1><p>He <del>de&shy;nied</del> "
        "<ins>confirmed</ins> it. " LONG "</p><p><q>It is fa&shy;ke</q>, "
        "said Ko&shy;eut <s>Ann</s> Rith. <q></q>" LONG "</p></body></html>";
    expect_in(*state, "a.html", page, strlen(page),
              "remark struck out: 'denied'\nremark struck out: 'Ann'\n"
              "article\n  title: Correct\n  body: He confirmed it. " LONG "\n"
              "  body: \xE2\x80\x9CIt is fake\xE2\x80\x9D, said Koeut Rith. " LONG "\n");
}

static void several_articles(void **state)
{
    const char *page =
        "<html><body><h1>T</h1><main><article><p>" LONG "</p><p>" LONG
        "</p></article><article><h2>U</h2><p>The minister has denied it, he "
        "told reporters on Monday.</p></article><article><p><a href=/x>The "
        "minister denies it, says the ministry today.</a></p></article>"
        "</main></body></html>";
    expect_in(*state, "a.html", page, strlen(page),
              "remark other articles on this page are not told: 1\n");
}

static void struck_and_not_closed(void **state)
{
    const char *page = "<html><body><h1>T</h1><p>a <s>b " LONG "</p><p>" LONG
                       "</p><p><del>" LONG LONG "</del></p></body></html>";
    expect_in(*state, "a.html", page, strlen(page),
              "article\n  title: T\n  body: a b " LONG "\n  body: " LONG
              "\n  body: " LONG LONG "\n");
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
           "  related: Related\n"
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
    const char *lie = "<html><head><meta charset=iso-8859-1></head><body><h1>ni\xC3\xA9"
                      "</h1><p>" LONG "</p></body></html>";
    const char *odd = "<html><head><meta charset=klingon-8></head><body>x</body></html>";
    expect_in(*state, "a.html", latin, strlen(latin),
              "  body: \xE2\x80\x9COl\xC3\xA9,\xE2\x80\x9D she said.");
    expect_in(*state, "b.html", narrow, strlen(narrow),
              "remark no encoding is declared: read as windows-1252\n");
    expect_in(*state, "l.html", lie, strlen(lie),
              "remark declares another encoding than the one it is in: read as UTF-8\n"
              "article\n  title: ni\xC3\xA9\n");
    expect_in(*state, "c.html", odd, strlen(odd),
              "!format encoding 'klingon-8' is not known here\n");
    memcpy(wide, "\xFF\xFE", 2);
    for (const char *p = narrow; *p != 0; p++) {
        wide[n++] = *p;
        wide[n++] = 0;
    }
    expect_in(*state, "d.html", wide, n, "said later that day. \xC3\xA9\n");
}

/* ------------------------------------------------------------------ pages as they are made */

/* Does the paragraph begin with one of these? */
static bool begins_as_told(const ew_paragraph *p, json_t *starts)
{
    size_t i;
    json_t *start;
    json_array_foreach(starts, i, start)
    {
        size_t n = json_string_length(start);
        if (p->text.n >= n && memcmp(p->text.p, json_string_value(start), n) == 0)
            return true;
    }
    return false;
}

/* Every paragraph is one that is told, or may be there; and those that are told are there, in number. */
static void compare_part(const ew_article *a, json_t *truth, ew_part_of part,
                         const char *name)
{
    size_t met = 0;
    json_t *starts = json_object_get(truth, name);
    json_t *optional = json_object_get(truth, "optional");
    size_t want = json_array_size(starts);
    size_t i;
    json_t *start;
    for (size_t p = 0; p < a->paragraph_count; p++) {
        const ew_paragraph *k = &a->paragraphs[p];
        if (k->part != part)
            continue;
        bool may = begins_as_told(k, optional);
        if (!may && !begins_as_told(k, starts))
            fail_msg("%s: '%.*s'", name, TEXT(k->text));
        met += !may;
    }
    json_array_foreach(starts, i, start)
    {
        size_t k;
        json_t *other;
        json_array_foreach(optional, k, other)
        {
            want -= json_equal(start, other) != 0;
        }
    }
    assert_int_equal(met, want);
}

static ew_code compare_page(void *cookie, const ew_article *a, ew_err *err)
{
    json_t *truth = cookie;
    const struct {
        const char *name;
        ew_slice got;
    } fields[] = {{"title", a->title},
                  {"byline", a->byline},
                  {"outlet", a->outlet},
                  {"dateline", a->dateline},
                  {"language", a->language},
                  {"url", a->url},
                  {"translation", a->translation_of},
                  {"published", a->published.text},
                  {"modified", a->modified.text}};
    (void)err;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const char *want = json_string_value(json_object_get(truth, fields[i].name));
        if (fields[i].got.n != strlen(want) ||
            memcmp(fields[i].got.p, want, strlen(want)) != 0)
            fail_msg("%s: '%.*s', not '%s'", fields[i].name, TEXT(fields[i].got), want);
    }
    compare_part(a, truth, EW_ARTICLE_BODY, "body");
    compare_part(a, truth, EW_ARTICLE_CAPTION, "caption");
    compare_part(a, truth, EW_ARTICLE_COMMENT, "comment");
    compare_part(a, truth, EW_ARTICLE_RELATED, "related");
    return EW_OK;
}

/* As WordPress, AMP, a live page, Next.js, tables of 2004, a paywall, Khmer and Arabic make them. */
static void pages_of_systems(void **state)
{
    char folder[1024];
    char path[2048];
    size_t count = 0;
    ew_err err;
    (void)state;
    (void)snprintf(folder, sizeof folder, "%s/tests/fixtures/articles", test_source());
    DIR *d = opendir(folder);
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        ew_delivery *from = NULL;
        const char *end = strrchr(e->d_name, '.');
        if (strncmp(e->d_name, "page-", 5) != 0 || strcmp(end, ".json") == 0)
            continue;
        (void)snprintf(path, sizeof path, "%s/%.*s.json", folder, (int)(end - e->d_name),
                       e->d_name);
        json_t *truth = json_load_file(path, 0, NULL);
        (void)snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        assert_int_equal(ew_delivery_open(&from, path, &err), EW_OK);
        ew_import_opts opts = {.format = EW_IMPORT_AUTO};
        ew_import_sink sink = {.cookie = truth, .article = compare_page};
        if (ew_import_run(from, &opts, &sink, &err) != EW_OK)
            fail_msg("%s: %s", path, err.text);
        json_decref(truth);
        ew_delivery_close(from);
        count++;
    }
    (void)closedir(d);
    assert_int_equal(count, 8);
}

/* Zones as machines and people write them; without one it is a clock's reading, without a clock a day. */
static void dates_have_zones(void **state)
{
    static const struct {
        const char *text;
        int64_t unix_s;
        bool zoned, exact, day;
    } cases[] = {
        {"2025-10-13T09:00:00+0700", 1760320800, true, true, false},
        {"2025-10-13 09:00:00 +0700", 1760320800, true, true, false},
        {"2025-10-13T09:00:00+07:00", 1760320800, true, true, false},
        {"2025-10-13T09:00:00+07", 1760320800, true, true, false},
        {"Mon, 13 Oct 2025 09:00:00 +0700", 1760320800, true, true, false},
        {"Mon Oct 13, 2025 09:00:00 GMT+0700 (Indochina Time)", 1760320800, true, true,
         false},
        {"2025-10-13T09:00:00-0430", 1760362200, true, true, false},
        {"October 13, 2025 at 9:00 a.m. EDT", 1760360400, true, false, false},
        {"2025-10-13T09:00:00Z", 1760346000, true, true, false},
        {"2025-10-13 09:00 EST", 1760346000, false, false, false},
        {"2025-10-13 09:00:00", 1760346000, false, true, false},
        {"Oct. 13, 2025", 1760313600, false, false, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ew_article_date d;
        assert_true(ew_article_date_in(ew_slice_of(cases[i].text), &d));
        assert_int_equal(d.moment.unix_s, cases[i].unix_s);
        assert_int_equal(d.moment.zoned, cases[i].zoned);
        assert_int_equal(d.moment.exact, cases[i].exact);
        assert_int_equal(d.moment.day, cases[i].day);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_have_zones),
        TEST_IN_DIR(a_page_of_an_agency),
        TEST_IN_DIR(names_of_elements),
        TEST_IN_DIR(dates_that_contradict),
        TEST_IN_DIR(struck_and_not_closed),
        TEST_IN_DIR(several_articles),
        TEST_IN_DIR(words_that_are_marked),
        TEST_IN_DIR(markdown),
        TEST_IN_DIR(plain_text),
        TEST_IN_DIR(encodings),
        TEST_IN_DIR(pages_of_systems),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
