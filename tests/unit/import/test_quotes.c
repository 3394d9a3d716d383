/* SPDX-License-Identifier: Apache-2.0 */
/* Quotations and who says them: single cases, and the share that is right on articles with their truth beside
 * them. How the numbers in src/import/quotes.c came about is in docs/quotes.md. */
#include <dirent.h>
#include <jansson.h>

#include "import/quotes.h"
#include "told.h"

/* ------------------------------------------------------------------ single cases */

typedef struct said {
    char text[8192];
    size_t n;
} said;

static ew_code tell(void *cookie, const ew_quote *q, ew_err *err)
{
    said *s = cookie;
    (void)err;
    int n = snprintf(s->text + s->n, sizeof s->text - s->n, "%s%.*s|%.*s%s%s%s%.*s",
                     s->n > 0 ? "\n" : "", TEXT(q->words), TEXT(q->speaker),
                     q->anonymous ? "|anonymous" : "", q->stance[0] != 0 ? "|" : "",
                     q->stance, TEXT(q->item));
    assert_true(n > 0 && (size_t)n < sizeof s->text - s->n);
    s->n += (size_t)n;
    assert_true(q->pattern->precision > 0 && q->pattern->precision <= 1);
    return EW_OK;
}

static void tell_odd(void *cookie, size_t paragraph, size_t at)
{
    said *s = cookie;
    s->n += (size_t)snprintf(s->text + s->n, sizeof s->text - s->n, "odd %zu %zu\n",
                             paragraph, at);
}

/* Paragraphs are divided by line feeds. */
static void expect(const char *text, const char *want)
{
    static said s;
    ew_paragraph p[16];
    size_t n = 0;
    ew_slice items[] = {ew_slice_of("the recording"), ew_slice_of("the letter")};
    ew_article a = {.paragraphs = p};
    ew_err err;
    for (const char *at = text; *at != 0; n++) {
        size_t len = strcspn(at, "\n");
        p[n] = (ew_paragraph){EW_ARTICLE_BODY, {0, 0, 0}, {at, len}};
        at += len;
        at += *at == '\n';
    }
    a.paragraph_count = n;
    a.language = ew_slice_of("en");
    ew_quote_in in = {&a, items, 2};
    memset(&s, 0, sizeof s);
    if (ew_quotes_find(&in, tell, tell_odd, &s, &err) != EW_OK)
        fail_msg("%s", err.text);
    assert_string_equal(s.text, want);
}

static void marks(void **state)
{
    (void)state;
    expect("\"It is false,\" Ann Roe said.", "It is false,|Ann Roe");
    expect("\xE2\x80\x9CIt is false,\xE2\x80\x9D said Ann Roe.", "It is false,|Ann Roe");
    expect("\xE2\x80\x98It\xE2\x80\x99s the traders\xE2\x80\x99 own fault,\xE2\x80\x99 "
           "said Ann Roe.",
           "It\xE2\x80\x99s the traders\xE2\x80\x99 own fault,|Ann Roe");
    expect("'It isn't the '90s any more,' Ann Roe said.",
           "It isn't the '90s any more,|Ann Roe");
    expect("\xC2\xAB\xC2\xA0It is false\xC2\xA0\xC2\xBB, said Ann Roe.",
           "\xC2\xA0It is false\xC2\xA0|Ann Roe");
    expect("\xE2\x80\x9EIt is all false,\xE2\x80\x9C said Ann Roe.",
           "It is all false,|Ann Roe");
    expect("\xE3\x80\x8CIt is all false,\xE3\x80\x8D said Ann Roe.",
           "It is all false,|Ann Roe");
    expect("\xE2\x80\x9CIt is false,\xE2\x80\x9D Ann Roe said of the \xE2\x80\x98truth"
           "\xE2\x80\x99 tour.\n\xE2\x80\x9CI was not there,\xE2\x80\x9D she said.\n"
           "\xE2\x80\x98It\xE2\x80\x99s my voice,\xE2\x80\x99 admitted Bob Hill.",
           "It is false,|Ann Roe\nI was not there,|Ann Roe\n"
           "It\xE2\x80\x99s my voice,|Bob Hill");
    expect("\"He told me, 'Go home,' and I went,\" said Ann Roe.",
           "He told me, 'Go home,' and I went,|Ann Roe");
}

static void several_paragraphs(void **state)
{
    (void)state;
    expect("\"It is false,\" Ann Roe said. \"I was not there.\n\"Nor was he.\"",
           "It is false,|Ann Roe\nI was not there.\nNor was he.|Ann Roe");
    expect("\"It is false.\n\"I was not there,\" Ann Roe said.",
           "It is false.\nI was not there,|Ann Roe");
    expect("\"It is false. Nobody closes this.\nNext one.", "odd 0 0\n");
    expect("A board of 5' 6\" stood there.\n\"It is false,\" said Ann Roe.",
           "It is false,|Ann Roe");
}

static void pronouns_and_roles(void **state)
{
    (void)state;
    expect("\"A b c d,\" Ann Roe said.\n\"E f g h,\" she added.",
           "A b c d,|Ann Roe\nE f g h,|Ann Roe");
    expect("\"A b c d,\" Ann Roe said.\nThen Mr Tom Lee met Ms Eve Fox and Mr Bob Hill.\n"
           "\"E f g h,\" he added.",
           "A b c d,|Ann Roe\nE f g h,|");
    expect("\"A b c d,\" said Mayor Ann Roe.\nShe left.\n\"E f g h,\" the mayor added.",
           "A b c d,|Ann Roe\nE f g h,|Ann Roe");
    expect("Ann Roe and Eve Roe came.\n\"A b c d,\" Roe said.", "A b c d,|");
    expect("\"A b c d,\" said an official who asked not to be named.",
           "A b c d,||anonymous");
    expect("His friend, Eve Fox, met Ann Roe.\n\"A b c d,\" she said.", "A b c d,|");
    expect("\"A b c d,\" Ann Roe and Bob Hill said.", "A b c d,|");
}

static void according_to(void **state)
{
    (void)state;
    expect("Ann Roe came alone.\nAccording to her, it was \"a clumsy lie\".",
           "a clumsy lie|Ann Roe");
    expect("\"It is false,\" said Ann Roe.\nIt was \"a clumsy lie\", according to her.",
           "It is false,|Ann Roe\na clumsy lie|Ann Roe");
    expect("Ann Roe came alone.\nAccording to her lawyer, it was \"a clumsy lie\".",
           "a clumsy lie|");
}

/* Two people in a sentence, of whom one only says it. */
static void two_people(void **state)
{
    (void)state;
    expect("Ann Roe said he \"would sue the newspaper,\" while Bob Hill said \"there is "
           "nothing to sue about\".",
           "would sue the newspaper,|Ann Roe\nthere is nothing to sue about|Bob Hill");
    expect("Ann Roe said she was angry and \"will sue\", but Bob Hill said \"it is a "
           "joke\".",
           "will sue|Ann Roe\nit is a joke|Bob Hill");
    expect("Ann Roe quoted Bob Hill as saying: \"Burn the tape.\"",
           "Burn the tape.|Bob Hill");
    expect("\"You will be sorry,\" Ann Roe recalled Bob Hill telling her.",
           "You will be sorry,|Bob Hill");
    expect("\"You will be sorry,\" Ann Roe recalled him telling her.",
           "You will be sorry,|");
    expect("Bob Hill, who Ann Roe said was \"a liar\", left.", "a liar|Ann Roe");
}

static void stances(void **state)
{
    (void)state;
    expect("Ann Roe denied that the recording was hers.",
           "Ann Roe denied that the recording was hers.|Ann Roe|denies"
           "the recording");
    expect("Ann Roe said the letter was fabricated.",
           "Ann Roe said the letter was fabricated.|Ann Roe|says-fabricatedthe letter");
    expect("Ann Roe said the letter was not fabricated.", "");
    expect("Ann Roe asked whether the letter was doctored.", "");
    expect("Ann Roe did not immediately respond to a request for comment.",
           "Ann Roe did not immediately respond to a request for comment.|Ann Roe|"
           "no-reply-by");
    expect("The ministry neither confirmed nor denied the report.",
           "The ministry neither confirmed nor denied the report.||no-comment");
    expect("Ann Roe called the recording \"a clumsy fake\".",
           "a clumsy fake|Ann Roe|says-fabricatedthe recording");
    expect("Ann Roe confirmed the bus was late.", "");
    expect("Ann Roe has said the recording \"must have happened\", two days after her "
           "office called it a fabrication.",
           "must have happened|Ann Roe");
    expect("Ann Roe said on Monday, although Bob Hill had branded it a hoax, that the "
           "recording was real.",
           "");
    expect("Ann Roe said it was not true that the recording had been doctored.", "");
    expect(
        "Ann Roe denied saying that the recording was fake.",
        "Ann Roe denied saying that the recording was fake.|Ann Roe|deniesthe recording");
    expect("Ann Roe denied it, saying the recording was fake.",
           "Ann Roe denied it, saying the recording was fake.|Ann Roe|says-fabricated"
           "the recording");
    expect("Ann Roe denied that Bob Hill had confirmed the recording.",
           "Ann Roe denied that Bob Hill had confirmed the recording.|Ann Roe|denies"
           "the recording");
    expect("Ann Roe denied the letter, but Bob Hill confirmed the recording.",
           "Ann Roe denied the letter, but Bob Hill confirmed the recording.|Bob "
           "Hill|confirms");
    expect("The ministry neither confirms nor denies it.",
           "The ministry neither confirms nor denies it.||no-comment");
    expect("Ann Roe did not confirm or deny it.",
           "Ann Roe did not confirm or deny it.|Ann Roe|no-comment");
    expect("Ann Roe declined to confirm or deny it.",
           "Ann Roe declined to confirm or deny it.|Ann Roe|no-comment");
    expect("Police chief Bob Hill, Ann Roe's brother-in-law, declined to comment on the "
           "recording.",
           "Police chief Bob Hill, Ann Roe's brother-in-law, declined to comment on the "
           "recording.|Bob Hill|no-commentthe recording");
    expect("Ann Roe replied: \"No comment.\"", "No comment.|Ann Roe|no-comment");
    expect("Ann Roe said the recording, which her office called a fake, was hers.", "");
    expect("Ann Roe said the recording, which she called a fake, was old.",
           "Ann Roe said the recording, which she called a fake, was old.|Ann Roe|"
           "says-fabricatedthe recording");
    expect("Two days after Bob Hill called the recording a fabrication, Ann Roe said it "
           "was hers.",
           "Two days after Bob Hill called the recording a fabrication, Ann Roe said it "
           "was hers.|Bob Hill|says-fabricatedthe recording");
}

/* ------------------------------------------------------------------ the fixtures */

typedef struct score {
    size_t given, right;
} score;

typedef struct scores {
    const char *name[32];
    score of[32];
    size_t patterns;
    score shown;   /* direct quotations by patterns shown by default */
    size_t wrong;  /* of these, somebody else is named */
    size_t direct; /* in truth */
    size_t missed; /* of these, not found at all */
} scores;

typedef struct reading {
    scores *s;
    json_t *truth;
    const char *name;
    size_t body;
} reading;

static score *score_of(scores *s, const char *name)
{
    for (size_t i = 0; i < s->patterns; i++)
        if (strcmp(s->name[i], name) == 0)
            return &s->of[i];
    s->name[s->patterns] = name;
    return &s->of[s->patterns++];
}

static json_t *truth_of(json_t *truth, ew_slice words)
{
    size_t i;
    json_t *q;
    const char *end = memchr(words.p, '\n', words.n);
    size_t n = end != NULL ? (size_t)(end - words.p) : words.n;
    json_array_foreach(json_object_get(truth, "quotes"), i, q)
    {
        json_t *w = json_object_get(q, "words");
        if (json_string_length(w) == n && memcmp(json_string_value(w), words.p, n) == 0)
            return q;
    }
    return NULL;
}

/* One of the forms of the name that are right? */
static bool is_right(json_t *t, ew_slice speaker)
{
    size_t i;
    json_t *other;
    json_t *w = json_object_get(t, "speaker");
    if (json_string_length(w) == speaker.n &&
        memcmp(json_string_value(w), speaker.p, speaker.n) == 0)
        return true;
    json_array_foreach(json_object_get(t, "or"), i, other)
    {
        if (json_string_length(other) == speaker.n &&
            memcmp(json_string_value(other), speaker.p, speaker.n) == 0)
            return true;
    }
    return false;
}

static ew_code judge(void *cookie, const ew_quote *q, ew_err *err)
{
    reading *r = cookie;
    (void)err;
    if (q->kind == EW_QUOTE_INDIRECT)
        return EW_OK;
    json_t *t = truth_of(r->truth, q->words);
    bool right = false;
    if (t != NULL) {
        right = is_right(t, q->speaker);
        json_object_set_new(t, "met", json_true());
    }
    if (!right)
        print_message("# %s: %s: '%.*s' is by '%s', not '%.*s'\n", r->name,
                      q->pattern->name, TEXT(q->words),
                      t != NULL ? json_string_value(json_object_get(t, "speaker")) : "?",
                      TEXT(q->speaker));
    score *s = score_of(r->s, q->pattern->name);
    s->given++;
    s->right += right;
    if (q->pattern->shown && t != NULL && json_is_true(json_object_get(t, "direct"))) {
        r->s->shown.given++;
        r->s->shown.right += right;
        r->s->wrong += !right && q->speaker.n > 0;
    }
    return EW_OK;
}

static ew_code read_article(void *cookie, const ew_article *a, ew_err *err)
{
    reading *r = cookie;
    ew_quote_in in = {a, NULL, 0};
    size_t i;
    json_t *q;
    for (size_t p = 0; p < a->paragraph_count; p++)
        r->body += a->paragraphs[p].part == EW_ARTICLE_BODY;
    assert_int_equal(a->title.n, json_string_length(json_object_get(r->truth, "title")));
    assert_true(a->byline.n > 0 || a->outlet.n > 0);
    assert_true(a->published.known);
    ew_code code = ew_quotes_find(&in, judge, NULL, r, err);
    json_array_foreach(json_object_get(r->truth, "quotes"), i, q)
    {
        bool direct = json_is_true(json_object_get(q, "direct"));
        r->s->direct += direct;
        if (direct && !json_is_true(json_object_get(q, "met"))) {
            r->s->missed++;
            print_message("# %s: not found: '%s'\n", r->name,
                          json_string_value(json_object_get(q, "words")));
        }
    }
    return code;
}

static void read_fixture(const char *folder, const char *name, scores *s)
{
    char path[2048];
    ew_delivery *d = NULL;
    ew_err err;
    reading r = {.s = s, .name = name};
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    if (ew_delivery_open(&d, path, &err) != EW_OK)
        fail_msg("%s", err.text);
    (void)snprintf(strrchr(path, '.'), 6, ".json");
    r.truth = json_load_file(path, 0, NULL);
    assert_non_null(r.truth);
    ew_import_opts opts = {.format = EW_IMPORT_AUTO};
    ew_import_sink sink = {.cookie = &r, .article = read_article};
    if (ew_import_run(d, &opts, &sink, &err) != EW_OK)
        fail_msg("%s", err.text);
    if (r.body != (size_t)json_integer_value(json_object_get(r.truth, "paragraphs")))
        fail_msg("%s: %zu paragraphs", name, r.body);
    json_decref(r.truth);
    ew_delivery_close(d);
}

static void read_fixtures(const char *begin, scores *s)
{
    char folder[1024];
    (void)snprintf(folder, sizeof folder, "%s/tests/fixtures/articles", test_source());
    DIR *d = opendir(folder);
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        if (strncmp(e->d_name, begin, strlen(begin)) == 0 &&
            strstr(e->d_name, ".json") == NULL)
            read_fixture(folder, e->d_name, s);
    (void)closedir(d);
    for (size_t i = 0; i < s->patterns; i++)
        print_message("# %s %-24s %zu of %zu\n", begin, s->name[i], s->of[i].right,
                      s->of[i].given);
    print_message("# %s direct quotations: %zu, not found %zu, shown %zu, right %zu\n",
                  begin, s->direct, s->missed, s->shown.given, s->shown.right);
}

static void share_that_is_right(void **state)
{
    static scores dev;
    static scores dev2;
    static scores dev3;
    static scores held;
    static scores lots;
    (void)state;
    read_fixtures("dev-", &dev);
    read_fixtures("dev2-", &dev2);
    read_fixtures("dev3-", &dev3);
    read_fixtures("held-", &held);
    read_fixtures("lot", &lots);
    assert_true(dev.direct + dev2.direct + dev3.direct + held.direct >= 120);
    assert_true(dev.shown.right * 100 >= dev.shown.given * 95);
    assert_true(dev2.shown.right * 100 >= dev2.shown.given * 95);
    assert_true(dev3.shown.right * 100 >= dev3.shown.given * 95);
    assert_true(held.shown.right * 100 >= held.shown.given * 92);
    assert_true(lots.direct >= 290);
    assert_true(lots.shown.right * 100 >= lots.shown.given * 90);
    assert_true(lots.wrong * 100 <= lots.shown.given * 3);
    assert_true(dev.missed + dev2.missed + dev3.missed + held.missed < 5);
}

static ew_code pass(void *cookie, const ew_quote *q, ew_err *err)
{
    (void)cookie;
    (void)q;
    (void)err;
    return EW_OK;
}

/* Made to be slow: few seconds at most. */
static void long_articles(void **state)
{
    static const char *const lines[] = {"\"a,\" he said. Bob Lee and Tim Fox said \"b\" ",
                                        "'a ", "\"a\" ", "Ann Roe ", "said "};
    enum { LINE = 16000, LINES = 70 };
    static char text[LINE];
    static ew_paragraph p[LINES];
    ew_article a = {.paragraphs = p, .paragraph_count = LINES};
    ew_quote_in in = {&a, NULL, 0};
    (void)state;
    a.language = ew_slice_of("en");
    for (size_t k = 0; k < sizeof lines / sizeof lines[0]; k++) {
        size_t len = strlen(lines[k]);
        for (size_t i = 0; i < LINE; i++)
            text[i] = lines[k][i % len];
        a.paragraph_count = k == 0 ? LINES : LINES / 5;
        for (size_t i = 0; i < LINES; i++)
            p[i] = (ew_paragraph){EW_ARTICLE_BODY, {0, 0, 0}, {text, LINE}};
        assert_int_equal(ew_quotes_find(&in, pass, NULL, NULL, NULL), EW_OK);
    }
}

static ew_code find_once(void *arg, ew_err *err)
{
    static said s;
    ew_paragraph p = {EW_ARTICLE_BODY, {0, 0, 0}, ew_slice_of(arg)};
    ew_article a = {.paragraphs = &p, .paragraph_count = 1};
    a.language = ew_slice_of("");
    ew_quote_in in = {&a, NULL, 0};
    memset(&s, 0, sizeof s);
    return ew_quotes_find(&in, tell, NULL, &s, err);
}

static void no_memory(void **state)
{
    char text[] = "\"It is false,\" Ann Roe said. \"The recording is false.\"";
    (void)state;
    assert_true(test_torture_alloc(find_once, text, 0) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks),
        cmocka_unit_test(several_paragraphs),
        cmocka_unit_test(pronouns_and_roles),
        cmocka_unit_test(stances),
        cmocka_unit_test(two_people),
        cmocka_unit_test(according_to),
        cmocka_unit_test(share_that_is_right),
        cmocka_unit_test(long_articles),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
