/* SPDX-License-Identifier: Apache-2.0 */
/* Search in any script: what a reader takes for the same word is found, and nothing that is typed is taken for
 * syntax. */
#include "casefile/search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "casefile/people.h"
#include "casefile/positions.h"
#include "casefile/sql.h"
#include "casefile/verify_search.h"
#include "support.h"

typedef struct fixture {
    char *dir;
    ew_case *c;
    ew_case_intake in;
    ew_import_sink sink;
    int64_t clock;
} fixture;

static void begin(fixture *f)
{
    ew_case_act act = {.kind = "import", .who = "Ann"};
    int64_t event = 0;
    assert_int_equal(ew_case_begin(f->c, &act, &event, NULL), EW_OK);
}

static void commit(fixture *f)
{
    ew_err err;
    if (ew_case_commit(f->c, &err) != EW_OK)
        fail_msg("%s", err.text);
}

static void say_at(fixture *f, const char *who, int64_t time, const char *text)
{
    ew_message m = {.sender = ew_slice_of(who), .text = ew_slice_of(text)};
    ew_err err;
    m.time.known = time != 0;
    m.time.unix_s = time;
    m.time.exact = true;
    if (f->sink.message(&f->in, &m, &err) != EW_OK)
        fail_msg("%s", err.text);
}

static void say(fixture *f, const char *text)
{
    f->clock += 60;
    begin(f);
    say_at(f, "Somebody", f->clock, text);
    commit(f);
}

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->dir = test_dir_new();
    const char *path = test_path(f->dir, "case");
    assert_int_equal(ew_case_create(path, "t", NULL), EW_OK);
    assert_int_equal(ew_case_open(&f->c, path, true, 0, NULL), EW_OK);
    f->clock = 1790000000;
    ew_case_item item = {.kind = "chat", .name = "chat", .sha256 = {1}};
    begin(f);
    assert_int_equal(ew_case_add_item(f->c, &item, &f->in.item, NULL), EW_OK);
    f->in.c = f->c;
    f->sink = ew_case_sink(&f->in);
    ew_chat chat = {.name = ew_slice_of("a chat")};
    assert_int_equal(f->sink.chat(&f->in, &chat, NULL), EW_OK);
    commit(f);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    ew_case_close(f->c);
    test_dir_remove(f->dir);
    free(f);
    return 0;
}

/* ------------------------------------------------------------------ asking */

typedef struct hits {
    size_t n;
    char text[4096]; /* of all, divided by bars */
} hits;

static ew_code take(void *cookie, const ew_case_hit *h, ew_err *err)
{
    hits *all = cookie;
    size_t len = strlen(all->text);
    (void)err;
    all->n++;
    (void)snprintf(all->text + len, sizeof all->text - len, "%s%s", len > 0 ? "|" : "",
                   h->text);
    return EW_OK;
}

static hits ask(fixture *f, const ew_search *s)
{
    hits h = {0};
    ew_err err;
    if (ew_case_search(f->c, s, take, &h, &err) != EW_OK)
        fail_msg("%s: %s", s->words, err.text);
    return h;
}

static size_t found(fixture *f, const char *words)
{
    ew_search s = {.words = words};
    return ask(f, &s).n;
}

static void finds(fixture *f, const char *words, size_t n)
{
    size_t got = found(f, words);
    if (got != n)
        fail_msg("'%s' was found %zu times, not %zu", words, got, n);
}

/* ------------------------------------------------------------------ scripts */

static void latin(void **state)
{
    fixture *f = *state;
    say(f, "The Ministry called the recording a FABRICATION.");
    say(f, "na\xC3\xAFve caf\xC3\xA9 in S\xC3\xA3o Paulo"); /* composed */
    say(f, "cafe\xCC\x81 again, Stra\xC3\x9F"
           "e, \xC5\x81\xC3\xB3"
           "d\xC5\xBA");
    finds(f, "ministry", 1);
    finds(f, "fabricat", 1); /* inside a word */
    finds(f, "\"fabricat\"", 0);
    finds(f, "fabricat*", 1);
    finds(f, "abricat*", 0);
    finds(f, "caf\xC3\xA9", 2);
    finds(f, "cafe", 2);
    finds(f, "CAFE\xCC\x81", 2);
    finds(f, "strasse", 1);
    finds(f, "lodz", 1);
    finds(f, "\xEF\xBD\x8D\xEF\xBD\x89\xEF\xBD\x8E\xEF\xBD\x89", 1); /* wide letters */
    finds(f, "in", 1); /* a short word is a whole one */
    finds(f, "a", 1);
    finds(f, "ministry recording", 1);
    finds(f, "ministry cafe", 0);
    finds(f, "\"the recording\"", 1);
    finds(f, "\"recording the\"", 0);
    finds(f, "\"called the rec\"", 0);
}

static void khmer(void **state)
{
    fixture *f = *state;
    say(f,
        "\xE1\x9E\x81\xE1\x9F\x92\xE1\x9E\x89\xE1\x9E\xBB\xE1\x9F\x86\xE1\x9E\x93\xE1\x9E"
        "\xB7\xE1\x9E\x99\xE1\x9E\xB6\xE1\x9E\x99\xE1\x9E\x97\xE1\x9E\xB6\xE1\x9E\x9F\xE1"
        "\x9E\xB6\xE1\x9E\x81\xE1\x9F\x92\xE1\x9E\x98\xE1\x9F\x82\xE1\x9E\x9A");
    say(f, "\xE1\x9E\x97\xE1\x9E\xB6\xE1\x9E\x9F\xE2\x80\x8B\xE1\x9E\xB6\xE1\x9F\xA2\xE1"
           "\x9F\xA0");
    finds(f, "\xE1\x9E\x97\xE1\x9E\xB6\xE1\x9E\x9F\xE1\x9E\xB6",
          2); /* inside a run; a mark between */
    finds(f, "\xE1\x9E\x81\xE1\x9F\x92\xE1\x9E\x98\xE1\x9F\x82\xE1\x9E\x9A",
          1);                                /* at the end */
    finds(f, "\xE1\x9E\x97\xE1\x9E\xB6", 2); /* two characters */
    finds(f, "\xE1\x9E\x9A", 1);             /* the last one */
    finds(f, "\xE1\x9E\x80", 0);
    say(f, "\xE1\x9E\x86\xE1\x9F\xA2\xE1\x9F\xA0\xE1\x9F\xA2");
    finds(f, "202", 1); /* their own digits */
}

static void thai(void **state)
{
    fixture *f = *state;
    say(f,
        "\xE0\xB8\x99\xE0\xB8\xB2\xE0\xB8\xA2\xE0\xB8\x81\xE0\xB8\xA3\xE0\xB8\xB1\xE0\xB8"
        "\x90\xE0\xB8\xA1\xE0\xB8\x99\xE0\xB8\x95\xE0\xB8\xA3\xE0\xB8\xB5\xE0\xB8\x99\xE0"
        "\xB9\x89\xE0\xB8\xB3");
    finds(f,
          "\xE0\xB8\xA3\xE0\xB8\xB1\xE0\xB8\x90\xE0\xB8\xA1\xE0\xB8\x99\xE0\xB8\x95\xE0"
          "\xB8\xA3\xE0\xB8\xB5",
          1);
    finds(f, "\xE0\xB8\x99\xE0\xB9\x89\xE0\xB9\x8D\xE0\xB8\xB2", 1); /* sara am in two */
    finds(f, "\xE0\xB8\xA3\xE0\xB8\xB5", 1);
    finds(f, "\xE0\xB8\xA3\xE0\xB8\xB6", 0); /* another vowel */
}

static void lao(void **state)
{
    fixture *f = *state;
    say(f, "\xE0\xBA\xAA\xE0\xBA\xB0\xE0\xBA\x9A\xE0\xBA\xB2\xE0\xBA\x8D\xE0\xBA\x94\xE0"
           "\xBA\xB5");
    finds(f, "\xE0\xBA\x9A\xE0\xBA\xB2\xE0\xBA\x8D", 1);
    finds(f, "\xE0\xBA\x94\xE0\xBA\xB5", 1);
}

static void burmese(void **state)
{
    fixture *f = *state;
    say(f,
        "\xE1\x80\x99\xE1\x80\x84\xE1\x80\xBA\xE1\x80\xB9\xE1\x80\x82\xE1\x80\x9C\xE1\x80"
        "\xAC\xE1\x80\x95\xE1\x80\xAB");
    finds(f, "\xE1\x80\x82\xE1\x80\x9C\xE1\x80\xAC", 1);
    finds(f, "\xE1\x80\x95\xE1\x80\xAB", 1);
    finds(f, "\xE1\x80\x95", 1);
}

static void arabic(void **state)
{
    fixture *f = *state;
    say(f, "\xD9\x88\xD8\xA7\xD9\x84\xD9\x83\xD9\x90\xD8\xAA\xD9\x8E\xD8\xA7\xD8\xA8\xD9"
           "\x8F "
           "\xD8\xA3\xD8\xAD\xD9\x85\xD8\xAF");              /* with vowel marks */
    finds(f, "\xD9\x83\xD8\xAA\xD8\xA7\xD8\xA8", 1);         /* without, inside a word */
    finds(f, "\xDA\xA9\xD8\xAA\xD8\xA7\xD8\xA8", 1);         /* as typed in Persian */
    finds(f, "\xD8\xA7\xD8\xAD\xD9\x85\xD8\xAF", 1);         /* without hamza */
    finds(f, "\xD8\xA7\xD9\x94\xD8\xAD\xD9\x85\xD8\xAF", 1); /* in two characters */
    finds(f, "\xD9\x83\xD9\x8F\xD8\xAA\xD9\x8F\xD8\xA8", 0);
}

static void hebrew(void **state)
{
    fixture *f = *state;
    say(f, "\xD7\x94\xD6\xB7\xD7\xA9\xD6\xBC\xD7\x81\xD6\xB8\xD7\x9C\xD7\x95\xD6\xB9\xD7"
           "\x9D");
    finds(f, "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D", 1);
    finds(f, "\xD7\x94\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D", 1);
}

static void chinese(void **state)
{
    fixture *f = *state;
    say(f, "\xE5\xA4\x96\xE4\xBA\xA4\xE9\x83\xA8\xE5\x8F\x91\xE8\xA8\x80\xE4\xBA\xBA\xE5"
           "\x90\xA6"
           "\xE8\xAE\xA4");
    finds(f, "\xE5\x8F\x91\xE8\xA8\x80\xE4\xBA\xBA", 1);
    finds(f, "\xE5\x90\xA6\xE8\xAE\xA4", 1); /* the last two */
    finds(f, "\xE8\xAE\xA4", 1);
    finds(f, "\xE5\xA4\x96", 1);
    finds(f, "\xE5\xA4\x96 \xE5\x90\xA6\xE8\xAE\xA4", 1);
    finds(f, "\xE8\xAE\xA4\xE5\x90\xA6", 0);
}

static void japanese(void **state)
{
    fixture *f = *state;
    say(f, "\xE3\x83\x87\xE3\x83\xBC\xE3\x82\xBF\xE3\x81\xAF\xE5\x81\xBD\xE7\x89\xA9\xE3"
           "\x81\xA0");
    finds(f, "\xE5\x81\xBD\xE7\x89\xA9", 1);
    finds(f, "\xEF\xBE\x83\xEF\xBE\x9E\xEF\xBD\xB0\xEF\xBE\x80", 1); /* narrow */
    finds(f, "\xE3\x83\x86\xE3\x82\x99\xE3\x83\xBC\xE3\x82\xBF", 1); /* decomposed */
    finds(f, "\xE3\x81\xA0", 1);
    finds(f, "\xE3\x81\x9F", 0); /* without its mark another one */
}

static void korean(void **state)
{
    fixture *f = *state;
    say(f, "\xEC\x84\x9C\xEC\x9A\xB8\xEC\x97\x90\xEC\x84\x9C "
           "\xEB\xA7\x90\xED\x96\x88\xEB\x8B\xA4");
    finds(f, "\xEB\xA7\x90\xED\x96\x88\xEB\x8B\xA4", 1);
    finds(f,
          "\xE1\x84\x86\xE1\x85\xA1\xE1\x86\xAF\xE1\x84\x92\xE1\x85\xA2\xE1\x86\xBB\xEB"
          "\x8B\xA4",
          1);
    finds(f, "\xEC\x84\x9C\xEC\x9A\xB8", 1); /* a particle is written onto it */
}

static void devanagari(void **state)
{
    fixture *f = *state;
    say(f,
        "\xE0\xA4\xB5\xE0\xA4\xBF\xE0\xA4\xA6\xE0\xA5\x87\xE0\xA4\xB6 "
        "\xE0\xA4\xAE\xE0\xA4"
        "\x82\xE0\xA4\xA4\xE0\xA5\x8D\xE0\xA4\xB0\xE0\xA5\x80 \xE0\xA4\x95\xE0\xA4\xBC");
    finds(f, "\xE0\xA4\xAE\xE0\xA4\x82\xE0\xA4\xA4\xE0\xA5\x8D\xE0\xA4\xB0\xE0\xA5\x80",
          1);
    finds(f, "\"\xE0\xA4\xB5\xE0\xA4\xBF\xE0\xA4\xA6\xE0\xA5\x87\xE0\xA4\xB6\"", 1);
    finds(f, "\xE0\xA5\x98", 1);                         /* composed */
    finds(f, "\xE0\xA4\xB5\xE0\xA4\xA6\xE0\xA4\xB6", 0); /* vowels count */
}

static void cyrillic(void **state)
{
    fixture *f = *state;
    say(f, "\xD0\x90\xD1\x80\xD1\x82\xD1\x91\xD0\xBC "
           "\xD0\xA6\xD0\xB0\xD1\x80\xD0\xB8\xD0\xBA\xD0\xBE\xD0\xB2 "
           "\xD0\xBC\xD0\xBE\xD0\xB9");
    finds(f, "\xD0\xB0\xD1\x80\xD1\x82\xD0\xB5\xD0\xBC", 1); /* without dots */
    finds(f, "\xD0\xB0\xD1\x80\xD1\x82\xD0\xB5\xCC\x88\xD0\xBC", 1);
    finds(f, "\xD0\xBC\xD0\xBE\xD0\xB8\xCC\x86", 1);
    finds(f, "\xD0\xBC\xD0\xBE\xD0\xB8", 0);
}

/* ------------------------------------------------------------------ the rest */

static void nothing_is_syntax(void **state)
{
    static const char *const odd[] = {"\"",
                                      "\"\"\"",
                                      "a\"b",
                                      "NEAR(a b)",
                                      "a AND",
                                      "OR",
                                      "NOT x",
                                      "text:a",
                                      "{text}:a",
                                      "(",
                                      ")",
                                      "*",
                                      "-a",
                                      "^a",
                                      "a+b",
                                      "'; DROP",
                                      "%",
                                      "_",
                                      "\\",
                                      "a:b:c",
                                      "\"a",
                                      "x\"y\"z*",
                                      "\xE2\x80\x9Cq",
                                      "!!!",
                                      "...",
                                      "a\tb\nc",
                                      "\x01\x02\x03\x04"};
    fixture *f = *state;
    say(f, "an OR b");
    say(f, "100% _x_ [y] \"z\" (w)");
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        hits h = {0};
        ew_search s = {.words = odd[i]};
        ew_code code = ew_case_search(f->c, &s, take, &h, NULL);
        if (code != EW_OK && code != EW_E_ARG)
            fail_msg("'%s'", odd[i]);
    }
    finds(f, "OR", 1);
    finds(f, "100%", 1);
    finds(f, "(w)", 1);
    finds(f, "%", 1);
    ew_search bad = {.words = "\"\""};
    assert_int_equal(ew_case_search(f->c, &bad, take, &(hits){0}, NULL), EW_E_ARG);
    bad.words = "\xFF";
    assert_int_equal(ew_case_search(f->c, &bad, take, &(hits){0}, NULL), EW_E_ARG);
}

static void filters_and_order(void **state)
{
    fixture *f = *state;
    begin(f);
    say_at(f, "Sokha Chan", 1791763200, "third word"); /* 2026-10-12 */
    say_at(f, "Dara", 1791676799, "second word");      /* the evening before */
    say_at(f, "sokha", 0, "first word, no time");
    say_at(f, "Sok Hak", 1791849600, "fourth word");
    commit(f);
    ew_search s = {.words = "word"};
    hits h = ask(f, &s);
    assert_string_equal(h.text, "first word, no time|second word|third word|fourth word");
    s.limit = 2;
    assert_string_equal(ask(f, &s).text, "third word|fourth word");
    s.limit = 0;
    s.since = "2026-10-12";
    assert_string_equal(ask(f, &s).text, "third word|fourth word");
    s.until = "2026-10-12";
    assert_string_equal(ask(f, &s).text, "third word");
    s.since = "2026";
    s.until = "2026-10-11";
    assert_string_equal(ask(f, &s).text, "second word");
    s.until = "2026-13";
    assert_int_equal(ew_case_search(f->c, &s, take, &h, NULL), EW_E_ARG);
    s = (ew_search){.words = "", .person = "SOKHA"};
    assert_string_equal(ask(f, &s).text, "first word, no time|third word");
    s.person = "sok";
    assert_string_equal(ask(f, &s).text, "fourth word");
    /* An alias brings the name. */
    int64_t id;
    int64_t alias;
    begin(f);
    assert_int_equal(ew_case_person_named(f->c, "The clerk", &id, NULL), EW_OK);
    assert_int_equal(ew_case_add_alias(f->c, id, ew_slice_of("Dara"), &alias, NULL),
                     EW_OK);
    commit(f);
    s.person = "the clerk";
    assert_string_equal(ask(f, &s).text, "second word");
}

static void stances_and_what_was_taken_back(void **state)
{
    fixture *f = *state;
    ew_position p = {.stance = "denies",
                     .date = "2026-10",
                     .channel = "",
                     .words = "it is forged",
                     .until = "",
                     .item = f->in.item};
    int64_t id;
    begin(f);
    assert_int_equal(ew_case_person_named(f->c, "Ministry", &p.person, NULL), EW_OK);
    assert_int_equal(ew_case_add_position(f->c, &p, &id, NULL), EW_OK);
    commit(f);
    say(f, "they say it is forged");
    ew_search s = {.words = "forged", .stance = "denies"};
    assert_string_equal(ask(f, &s).text, "it is forged");
    s.stance = "confirms";
    assert_int_equal(ask(f, &s).n, 0);
    s = (ew_search){.words = "forged", .person = "ministry", .since = "2026-10-31"};
    assert_int_equal(ask(f, &s).n, 1); /* it may have been on that day */
    s.since = "2026-11";
    assert_int_equal(ask(f, &s).n, 0);
    ew_case_act act = {.kind = "undo", .who = "Ann", .undoes = 2};
    int64_t event;
    assert_int_equal(ew_case_begin(f->c, &act, &event, NULL), EW_OK);
    commit(f);
    s = (ew_search){.words = "forged"};
    assert_int_equal(ask(f, &s).n, 1);
    s.undone = true;
    assert_int_equal(ask(f, &s).n, 2);
}

typedef struct spans {
    char text[256];
    const char *of;
} spans;

static void mark(void *cookie, size_t at, size_t n)
{
    spans *s = cookie;
    size_t len = strlen(s->text);
    (void)snprintf(s->text + len, sizeof s->text - len, "[%.*s]", (int)n, s->of + at);
}

static void hits_are_marked_in_the_text_as_written(void **state)
{
    static const struct {
        const char *words, *text, *marks;
    } cases[] = {
        {"cafe", "Caf\xC3\xA9 and cafe\xCC\x81s", "[Caf\xC3\xA9][cafe\xCC\x81]"},
        {"\"cafe\"", "Caf\xC3\xA9 and cafe\xCC\x81s", "[Caf\xC3\xA9]"},
        {"caf*", "Caf\xC3\xA9 decaf", "[Caf]"},
        {"\"a b\"", "a, b; a b c ab", "[a, b][a b]"},
        {"\xEC\x84\x9C", "\xE1\x84\x89\xE1\x85\xA5!", "[\xE1\x84\x89\xE1\x85\xA5]"},
        {"strasse",
         "Stra\xC3\x9F"
         "e",
         "[Stra\xC3\x9F"
         "e]"},
        {"\xD9\x83\xD8\xAA\xD8\xA8", "\xD9\x83\xD9\x8E\xD8\xAA\xD9\x8E\xD8\xA8",
         "[\xD9\x83\xD9\x8E\xD8\xAA\xD9\x8E\xD8\xA8]"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ew_query q;
        spans s = {.of = cases[i].text};
        assert_int_equal(ew_query_read(&q, cases[i].words, NULL), EW_OK);
        assert_int_equal(ew_query_marks(&q, ew_slice_of(cases[i].text), mark, &s, NULL),
                         EW_OK);
        assert_string_equal(s.text, cases[i].marks);
        ew_query_release(&q);
    }
}

static void memory_that_fails_is_told(void **state)
{
    fixture *f = *state;
    say(f, "word and \xE5\xA4\x96\xE4\xBA\xA4");
    ew_search s = {.words = "word \xE5\xA4\x96 \"and\"", .person = "somebody"};
    for (int64_t n = 0; n < 200; n++) {
        hits h = {0};
        ew_alloc_fail_at(n, 1);
        ew_code code = ew_case_search(f->c, &s, take, &h, NULL);
        ew_alloc_fail_at(-1, 0);
        if (code == EW_OK) {
            assert_int_equal(h.n, 1);
            return;
        }
        assert_int_equal(code, EW_E_NOMEM);
    }
    fail_msg("it never succeeded");
}

static double seconds(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Told, not judged: the machine may be busy. */
static void speed(void **state)
{
    static const char *const words[] = {
        "alpha", "the",      "needle",       "\"the message\"",
        "al",    "message*", "\xE5\xA4\x96", "\xE5\xA4\x96\xE4\xBA\xA4\xE9\x83\xA8",
        ""};
    fixture *f = *state;
    const char *many = getenv("EARWITNESS_TEST_MESSAGES");
    long n = many != NULL ? strtol(many, NULL, 10) : 2000;
    begin(f);
    for (long i = 0; i < n; i++) {
        char text[200];
        (void)snprintf(text, sizeof text,
                       "the message number %ld of %s "
                       "\xE5\xA4\x96\xE4\xBA\xA4\xE9\x83\xA8 and more words "
                       "of it%s",
                       i, i % 3 == 0 ? "alpha" : "beta", i == n / 2 ? " needle" : "");
        say_at(f, i % 5 == 0 ? "Ann" : "Ben", 1790000000 + i, text);
    }
    double t = seconds();
    commit(f);
    print_message("# %ld messages, commit %.2f s\n", n, seconds() - t);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        ew_search s = {.words = words[i]};
        t = seconds();
        hits h = ask(f, &s);
        print_message("# '%s': %zu hits, %.3f s\n", words[i], h.n, seconds() - t);
        assert_int_equal(h.n, strcmp(words[i], "needle") == 0 ? 1
                              : strcmp(words[i], "al") == 0   ? 0
                                                              : 100);
    }
    ew_search s = {.words = "message", .person = "ann", .since = "2026-09"};
    t = seconds();
    assert_int_equal(ask(f, &s).n, 100);
    print_message("# with filters: %.3f s\n", seconds() - t);
}

/* ------------------------------------------------------------------ checking */

typedef struct told {
    size_t n;
    char text[512];
} told;

static void problem(void *cookie, const char *text)
{
    told *t = cookie;
    size_t len = strlen(t->text);
    t->n++;
    (void)snprintf(t->text + len, sizeof t->text - len, "%s%s", len > 0 ? "|" : "", text);
}

static told checked(const fixture *f)
{
    told t = {0};
    ew_err err;
    if (ew_case__check_search(f->c, problem, &t, &err) != EW_OK)
        fail_msg("%s", err.text);
    return t;
}

/* As somebody else's program would. */
static void change(const fixture *f, const char *sql)
{
    sqlite3 *db = NULL;
    char *why = NULL;
    char path[512];
    (void)snprintf(path, sizeof path, "%s/case.db", ew_case_dir(f->c));
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s", why);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* What the search has lost, or shows in another's place, is told. */
static void a_changed_index_is_found(void **state)
{
    static const struct {
        const char *sql, *told;
    } cases[] = {
        {"DROP TRIGGER found_stays;DROP TRIGGER found_kept;DELETE FROM found WHERE row=3",
         "message 3: is not searched"},
        {"INSERT INTO found VALUES(99,1,3)",
         "message 3: the search does not find it by its words"},
        {"UPDATE found SET id=4 WHERE id=99;INSERT INTO found VALUES(NULL,1,3)",
         "message 3: the search has a text of it that is not there"},
        {"DELETE FROM found WHERE id=(SELECT max(id) FROM found);"
         "UPDATE found SET row=CASE row WHEN 1 THEN 3 ELSE 1 END WHERE kind=1 AND row IN "
         "(1,3)",
         "message 1 and 1 more: the search does not find it by its words"},
        {"UPDATE found SET row=CASE row WHEN 1 THEN 3 ELSE 1 END WHERE kind=1 AND row IN "
         "(1,3);INSERT INTO found VALUES(NULL,8,1)",
         "the search has texts of a kind that there is not"},
        {"DELETE FROM found WHERE kind=8;INSERT INTO runs(runs) VALUES('delete-all')",
         "message 1 and 7 more: the search does not find it by its words|item 1: the "
         "search does not find it by its words"},
    };
    static const char *const texts[] = {
        "the first \"quoted\" words",
        "a",
        "\xF0\x9F\x98\x80",
        "\xE1\x9E\x97\xE1\x9E\xB6\xE1\x9E\x9F\xE1\x9E\xB6",
        "Ne\xCC\x81z \xD9\x85\xD8\xB1\xD8\xAD\xD8\xA8\xD8\xA7",
        "-- * ^ NEAR(",
        " \n ",
        ("\xC5\xBFtra\xC3\x9F"
         "e O\xE2\x80\x99Neill"),
        "x\xE2\x80\x8By\x01z"};
    fixture *f = *state;
    for (size_t i = 0; i < EW_COUNT(texts); i++)
        say(f, texts[i]);
    assert_string_equal(checked(f).text, "");
    for (size_t i = 0; i < EW_COUNT(cases); i++) {
        change(f, cases[i].sql);
        assert_string_equal(checked(f).text, cases[i].told);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(latin),
        TEST(khmer),
        TEST(thai),
        TEST(lao),
        TEST(burmese),
        TEST(arabic),
        TEST(hebrew),
        TEST(chinese),
        TEST(japanese),
        TEST(korean),
        TEST(devanagari),
        TEST(cyrillic),
        TEST(nothing_is_syntax),
        TEST(filters_and_order),
        TEST(stances_and_what_was_taken_back),
        cmocka_unit_test(hits_are_marked_in_the_text_as_written),
        TEST(memory_that_fails_is_told),
        TEST(speed),
        TEST(a_changed_index_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
