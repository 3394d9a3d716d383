/* SPDX-License-Identifier: Apache-2.0 */
/* Search: nothing that is typed is taken for syntax, what it is narrowed by, what is marked; and the check
 * of the index. */
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
#include "chat_search.h"

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

/* A message of that kind; its text may be empty. */
static void say_marked(fixture *f, const char *text, unsigned marks, bool forwarded)
{
    ew_message m = {.sender = ew_slice_of("Dara"),
                    .text = ew_slice_of(text),
                    .marks = marks,
                    .forwarded = forwarded};
    begin(f);
    assert_int_equal(f->sink.message(&f->in, &m, NULL), EW_OK);
    commit(f);
}

static ew_code add_marks(void *cookie, const ew_case_hit *h, ew_err *err)
{
    (void)err;
    *(unsigned *)cookie |= h->marks;
    return EW_OK;
}

static void marks_of_messages(void **state)
{
    fixture *f = *state;
    unsigned marks = 0;
    say(f, "word one");
    say_marked(f, "word two", EW_MARK_DELETED, false);
    say_marked(f, "", EW_MARK_DELETED | EW_MARK_ONLY_JSON, false);
    say_marked(f, "word three", EW_MARK_TIME_GUESSED, true);
    ew_search s = {.words = "word", .mark = "deleted"};
    assert_string_equal(ask(f, &s).text, "word two");
    s.words = "";
    assert_int_equal(ask(f, &s).n, 2); /* one has no text */
    s.mark = "only-json";
    assert_int_equal(ask(f, &s).n, 1);
    assert_int_equal(ew_case_search(f->c, &s, add_marks, &marks, NULL), EW_OK);
    assert_int_equal(marks, EW_MARK_DELETED | EW_MARK_ONLY_JSON);
    s.mark = "forwarded";
    assert_string_equal(ask(f, &s).text, "word three");
    s.person = "somebody";
    assert_int_equal(ask(f, &s).n, 0);
    s = (ew_search){.words = "", .mark = "time-guessed"};
    assert_string_equal(ask(f, &s).text, "word three");
    s.mark = "edited";
    assert_int_equal(ask(f, &s).n, 0);
    s.mark = "burnt";
    assert_int_equal(ew_case_search(f->c, &s, take, &(hits){0}, NULL), EW_E_ARG);
    /* The names are in the order of the bits. */
    for (size_t i = 0; ew_found_mark_name(i) != NULL; i++)
        if (strcmp(ew_found_mark_name(i), "deleted") == 0)
            assert_int_equal(1U << i, EW_MARK_DELETED);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_syntax),
        TEST(filters_and_order),
        TEST(marks_of_messages),
        TEST(stances_and_what_was_taken_back),
        cmocka_unit_test(hits_are_marked_in_the_text_as_written),
        TEST(memory_that_fails_is_told),
        TEST(speed),
        TEST(a_changed_index_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
