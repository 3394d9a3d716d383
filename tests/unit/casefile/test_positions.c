/* SPDX-License-Identifier: Apache-2.0 */
/* What follows from positions: told when it is certain, and never when it is not. */
#include "casefile/positions.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "casefile/dates.h"
#include "casefile/records.h"
#include "casefile/words.h"
#include "support.h"

enum { ITEMS = 4 };

typedef struct fixture {
    char *dir, *path;
    ew_case *c;
} fixture;

static void begin(const fixture *f, int64_t undoes)
{
    ew_case_act act = {.kind = "test", .who = "Ann", .undoes = undoes};
    int64_t event;
    ew_err err;
    if (ew_case_begin(f->c, &act, &event, &err) != EW_OK)
        fail_msg("%s", err.text);
}

static void commit(const fixture *f)
{
    ew_err err;
    if (ew_case_commit(f->c, &err) != EW_OK)
        fail_msg("%s", err.text);
}

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    f->dir = test_dir_new();
    f->path = strdup(test_path(f->dir, "case"));
    assert_int_equal(ew_case_create(f->path, "test", NULL), EW_OK);
    assert_int_equal(ew_case_open(&f->c, f->path, true, 0, NULL), EW_OK);
    begin(f, 0);
    for (int i = 0; i < ITEMS; i++) {
        ew_case_item item = {.kind = "page",
                             .name = "x",
                             .origin = "",
                             .obtained = "",
                             .from = "",
                             .note = ""};
        int64_t id;
        item.sha256[0] = (uint8_t)i;
        item.bytes = 1000;
        assert_int_equal(ew_case_add_item(f->c, &item, &id, NULL), EW_OK);
        assert_int_equal(id, i + 1);
    }
    commit(f);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    ew_case_close(f->c);
    test_dir_remove(f->dir);
    free(f->path);
    free(f);
    return 0;
}

typedef struct line {
    const char *who, *stance, *date, *until, *words;
    int64_t via, report;
    int64_t item; /* 0: the first */
} line;

static void say(const fixture *f, const line *l)
{
    ew_position p = {.stance = l->stance,
                     .date = l->date,
                     .channel = "",
                     .words = l->words != NULL ? l->words : "",
                     .until = l->until != NULL ? l->until : "",
                     .via = l->via,
                     .report = l->report,
                     .item = l->item != 0 ? l->item : 1};
    int64_t id;
    ew_err err;
    begin(f, 0);
    assert_int_equal(ew_case_person_named(f->c, l->who, &p.person, NULL), EW_OK);
    if (ew_case_add_position(f->c, &p, &id, &err) != EW_OK)
        fail_msg("%s", err.text);
    commit(f);
}

/* "reversal 1>3 2d; ..." */
static ew_code write_turn(void *cookie, const ew_turn *t, ew_err *err)
{
    static const char *const names[] = {"reversal", "unordered", "silence",     "late",
                                        "voice",    "words",     "translation", "loose"};
    char *out = cookie;
    size_t n = strlen(out);
    (void)err;
    n += (size_t)snprintf(out + n, 1000 - n, "%s%s %d>%d", n > 0 ? "; " : "",
                          names[t->kind], (int)t->first, (int)t->second);
    if (t->days_sure)
        n += (size_t)snprintf(out + n, 1000 - n, " %dd", (int)t->days);
    if (t->count > 0)
        n += (size_t)snprintf(out + n, 1000 - n, " x%d", (int)t->count);
    if (t->has_until)
        (void)snprintf(out + n, 1000 - n, " late %d", (int)t->late);
    return EW_OK;
}

static void expect(const fixture *f, const char *want)
{
    char got[1024] = "";
    assert_int_equal(ew_case_turns(f->c, "2026-10-20", write_turn, got, NULL), EW_OK);
    assert_string_equal(got, want);
}

/* Each line of the table stands for a case of its own. */
typedef struct story {
    const char *want;
    line lines[5];
} story;

static void tell_stories(const story *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        void *state;
        assert_int_equal(set_up(&state), 0);
        for (const line *l = s[i].lines; l < s[i].lines + 5 && l->who != NULL; l++)
            say(state, l);
        expect(state, s[i].want);
        assert_int_equal(tear_down(&state), 0);
    }
}

#define DENIES(date)                                                                     \
    {                                                                                    \
        "M", "denies", date, NULL, NULL, 0, 0, 0                                         \
    }
#define CONFIRMS(date)                                                                   \
    {                                                                                    \
        "M", "confirms", date, NULL, NULL, 0, 0, 0                                       \
    }
#define RETRACTS(date)                                                                   \
    {                                                                                    \
        "M", "retracts", date, NULL, NULL, 0, 0, 0                                       \
    }
#define SAYS(stance, date)                                                               \
    {                                                                                    \
        "M", stance, date, NULL, NULL, 0, 0, 0                                           \
    }

static void what_is_a_reversal(void **state)
{
    static const story stories[] = {
        {"reversal 1>2 2d",
         {SAYS("says-fabricated", "2026-10-12"), CONFIRMS("2026-10-14")}},
        {"reversal 1>2 2d", {SAYS("says-altered", "2026-10-12"), CONFIRMS("2026-10-14")}},
        {"reversal 1>3 3d",
         {DENIES("2026-10-12"), SAYS("no-comment", "2026-10-13"),
          CONFIRMS("2026-10-15")}},
        {"", {DENIES("2026-10-12"), SAYS("no-comment", "2026-10-13")}},
        {"", {DENIES("2026-10-12"), SAYS("says-fabricated", "2026-10-13")}},
        {"", {CONFIRMS("2026-10-12"), CONFIRMS("2026-10-13")}},
        /* Said again after the turn: one turn. There and back: two. */
        {"reversal 1>2 1d",
         {DENIES("2026-10-12"), CONFIRMS("2026-10-13"), CONFIRMS("2026-10-14")}},
        {"reversal 1>2 1d; reversal 2>3 1d",
         {DENIES("2026-10-12"), CONFIRMS("2026-10-13"), DENIES("2026-10-14")}},
        {"reversal 1>2 1d", {CONFIRMS("2026-10-12"), RETRACTS("2026-10-13")}},
        {"", {RETRACTS("2026-10-13")}},
        /* A retraction between the sides does not hide that one became the other. */
        {"reversal 1>2 1d; reversal 1>3 2d",
         {CONFIRMS("2026-10-12"), RETRACTS("2026-10-13"), DENIES("2026-10-14")}},
        {"reversal 1>2 1d; reversal 1>3 2d",
         {SAYS("says-fabricated", "2026-10-12"), RETRACTS("2026-10-13"),
          CONFIRMS("2026-10-14")}},
        {"reversal 1>2 1d; reversal 2>3 1d",
         {CONFIRMS("2026-10-12"), RETRACTS("2026-10-13"), CONFIRMS("2026-10-14")}},
        {"",
         {CONFIRMS("2026-10-12"), {"N", "denies", "2026-10-13", NULL, NULL, 0, 0, 0}}},
        {"",
         {CONFIRMS("2026-10-12"), {"M", "denies", "2026-10-13", NULL, NULL, 0, 0, 2}}},
    };
    (void)state;
    tell_stories(stories, sizeof stories / sizeof stories[0]);
}

static void order_that_is_not_known(void **state)
{
    static const story stories[] = {
        {"unordered 1>2 0d", {DENIES("2026-10-12"), CONFIRMS("2026-10-12")}},
        {"unordered 1>2", {DENIES("2026-10"), CONFIRMS("2026-10-14")}},
        {"unordered 2>1", {CONFIRMS("2026-10-14"), DENIES("2026")}},
        {"unordered 1>2 0d", {DENIES("2026-10-14"), CONFIRMS("2026-10-14T09:00:00Z")}},
        {"", {DENIES("2026-10"), DENIES("2026-10-14")}},
        {"reversal 1>2", {DENIES("2026-09"), CONFIRMS("2026-10-01")}},
        {"reversal 1>2", {DENIES("2025"), CONFIRMS("2026")}},
        {"reversal 1>2 0d",
         {DENIES("2026-10-14T09:00:00Z"), CONFIRMS("2026-10-14T09:00:01Z")}},
        /* Certain all the same: after the confirmation of the 14th they deny. */
        {"reversal 2>3 18d; unordered 1>2",
         {DENIES("2026-10"), CONFIRMS("2026-10-14"), DENIES("2026-11-01")}},
        /* Two on one day, then one more: the last word differs from one of them. */
        {"reversal 1>3 2d; unordered 1>2 0d",
         {DENIES("2026-10-12"), CONFIRMS("2026-10-12"), CONFIRMS("2026-10-14")}},
        {"unordered 1>2 0d", {CONFIRMS("2026-10-12"), RETRACTS("2026-10-12")}},
        {"unordered 1>2 0d; unordered 2>3 0d",
         {DENIES("2026-10-12"), CONFIRMS("2026-10-12"), DENIES("2026-10-12")}},
        /* Said twice on a day, both before the turn: one turn. */
        {"reversal 2>3 2d",
         {DENIES("2026-10-12"), DENIES("2026-10-12"), CONFIRMS("2026-10-14"),
          CONFIRMS("2026-10-14")}},
    };
    (void)state;
    tell_stories(stories, sizeof stories / sizeof stories[0]);
}

static void questions_and_answers(void **state)
{
    static const story stories[] = {
        {"silence 1>1 19d x1", {SAYS("asked", "2026-10-01")}},
        {"silence 1>2 19d x2",
         {SAYS("asked", "2026-10-01"), SAYS("asked", "2026-10-05")}},
        {"silence 2>2 15d x1",
         {SAYS("answered", "2026-10-02"), SAYS("asked", "2026-10-05")}},
        {"", {SAYS("asked", "2026-10-01"), SAYS("no-comment", "2026-10-01")}},
        {"", {SAYS("asked", "2026-10-01"), SAYS("answered", "2026-10")}},
        {"silence 1>1 19d x1",
         {SAYS("asked", "2026-10-01"), SAYS("answered", "2026-09")}},
        {"silence 1>1 x1", {SAYS("asked", "2026-09")}},
        {"", {SAYS("asked", "2026-10-21")}},
        {"silence 1>1 19d x1",
         {SAYS("asked", "2026-10-01"), SAYS("no-reply-by", "2026-10-09")}},
        {"silence 1>1 19d x1 late 15",
         {{"M", "asked", "2026-10-01", "2026-10-05", NULL, 0, 0, 0}}},
        {"silence 1>1 19d x1 late -1",
         {{"M", "asked", "2026-10-01", "2026-10-21", NULL, 0, 0, 0}}},
        {"late 1>2 6d late 2",
         {{"M", "asked", "2026-10-01", "2026-10-05", NULL, 0, 0, 0},
          DENIES("2026-10-07")}},
        {"",
         {{"M", "asked", "2026-10-01", "2026-10-05", NULL, 0, 0, 0},
          DENIES("2026-10-05")}},
        {"",
         {{"M", "asked", "2026-10-01", "2026-10-05", NULL, 0, 0, 0}, DENIES("2026-10")}},
        /* What was said before the question and is only repeated after it answers nothing. */
        {"silence 2>2 19d x1; voice 1>3 3d x2",
         {DENIES("2026-09-30"),
          SAYS("asked", "2026-10-01"),
          {"M", "denies", "2026-10-03", NULL, NULL, 1, 0, 0}}},
    };
    (void)state;
    tell_stories(stories, sizeof stories / sizeof stories[0]);
}

#define LONG "\xE2\x80\x9CNobody in this house has ever heard that recording,\xE2\x80\x9D"

static void voices(void **state)
{
    static const char plain[] = "Nobody in this  house has ever heard that\nrecording.";
    static const story stories[] = {
        {"voice 1>3 2d x3",
         {{"M", "denies", "2026-10-01", NULL, NULL, 0, 2, 0},
          {"N", "denies", "2026-10-02", NULL, NULL, 1, 3, 0},
          {"O", "denies", "2026-10-03", NULL, NULL, 2, 4, 0}}},
        /* Twice in one report is one report. */
        {"",
         {{"M", "denies", "2026-10-01", NULL, NULL, 0, 2, 0},
          {"M", "denies", "2026-10-01", NULL, NULL, 1, 2, 0}}},
        {"words 1>2 1d x2",
         {{"M", "denies", "2026-10-01", NULL, LONG, 0, 2, 0},
          {"M", "denies", "2026-10-02", NULL, plain, 0, 3, 0}}},
        /* Told by people already; of one report; by different persons; too short. */
        {"voice 1>2 1d x2",
         {{"M", "denies", "2026-10-01", NULL, LONG, 0, 2, 0},
          {"M", "denies", "2026-10-02", NULL, plain, 1, 3, 0}}},
        {"",
         {{"M", "denies", "2026-10-01", NULL, LONG, 0, 2, 0},
          {"M", "denies", "2026-10-02", NULL, plain, 0, 2, 0}}},
        {"",
         {{"M", "denies", "2026-10-01", NULL, LONG, 0, 2, 0},
          {"N", "denies", "2026-10-02", NULL, plain, 0, 3, 0}}},
        {"",
         {{"M", "denies", "2026-10-01", NULL, "It is a lie.", 0, 2, 0},
          {"M", "denies", "2026-10-02", NULL, "It is a lie.", 0, 3, 0}}},
    };
    (void)state;
    tell_stories(stories, sizeof stories / sizeof stories[0]);
}

static void translations(void **state)
{
    static const line lines[] = {{"M", "denies", "2026-10-01", NULL, NULL, 0, 2, 0},
                                 {"M", "denies", "2026-10-03", NULL, NULL, 0, 3, 0},
                                 {"M", "confirms", "2026-10-01", NULL, NULL, 0, 3, 2}};
    fixture *f = *state;
    ew_case_intake in = {.c = f->c, .item = 2};
    ew_article one = {.url = ew_slice_of("https://a.example/1")};
    ew_article two = {.url = ew_slice_of("https://b.example/2"),
                      .translation_of = ew_slice_of("https://a.example/1")};
    for (size_t i = 0; i < 3; i++)
        say(f, &lines[i]);
    expect(f, "");
    ew_import_sink sink = ew_case_sink(&in);
    begin(f, 0);
    assert_int_equal(sink.article(sink.cookie, &one, NULL), EW_OK);
    in.item = 3;
    assert_int_equal(sink.article(sink.cookie, &two, NULL), EW_OK);
    commit(f);
    expect(f, "translation 1>2 2d x2");
}

static void what_was_taken_back(void **state)
{
    static const line lines[] = {{"M", "denies", "2026-10-01", NULL, NULL, 0, 2, 0},
                                 {"M", "denies", "2026-10-02", NULL, NULL, 1, 3, 0},
                                 {"M", "confirms", "2026-10-05", NULL, NULL, 0, 4, 0}};
    fixture *f = *state;
    for (size_t i = 0; i < 3; i++)
        say(f, &lines[i]);
    expect(f, "reversal 1>3 4d; voice 1>2 1d x2");
    /* Without the first one, the second stands for itself, and its link leads nowhere. */
    begin(f, 2);
    commit(f);
    expect(f, "reversal 2>3 3d; loose 2>1");
    begin(f, 4);
    commit(f);
    expect(f, "loose 2>1");
    ew_position p = {.stance = "denies",
                     .date = "2026",
                     .channel = "",
                     .words = "",
                     .until = "",
                     .item = 1,
                     .person = 1,
                     .via = 1};
    int64_t id;
    begin(f, 0);
    assert_int_equal(ew_case_add_position(f->c, &p, &id, NULL), EW_E_ARG);
    ew_case_rollback(f->c);
}

/* Rows that this program never writes. */
static void circles_end(void **state)
{
    fixture *f = *state;
    for (int i = 0; i < 3; i++)
        say(f, &(line){"M", "denies", "2026-10-01", NULL, NULL, 0, 2 + i, 0});
    ew_case_close(f->c);
    char sql[] = "DROP TRIGGER position_kept; UPDATE position SET via=2 WHERE id=1;"
                 "UPDATE position SET via=1 WHERE id=2; UPDATE position SET via=3 WHERE "
                 "id=3;";
    sqlite3 *db;
    char *trigger;
    sqlite3_stmt *s;
    assert_int_equal(sqlite3_open(test_path(f->path, "case.db"), &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(db, "SELECT sql FROM sqlite_schema WHERE name='position_kept'",
                           -1, &s, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    trigger = strdup((const char *)sqlite3_column_text(s, 0));
    (void)sqlite3_finalize(s);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, trigger, NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(db);
    free(trigger);
    assert_int_equal(ew_case_open(&f->c, f->path, true, 0, NULL), EW_OK);
    expect(f, "voice 1>2 0d x2; loose 1>2; loose 3>3");
}

static void places_and_links_are_checked(void **state)
{
    fixture *f = *state;
    ew_position good = {.stance = "denies",
                        .date = "2026",
                        .channel = "",
                        .words = "",
                        .until = "",
                        .item = 1,
                        .report = 2,
                        .at = 990,
                        .bytes = 10};
    int64_t id;
    begin(f, 0);
    assert_int_equal(ew_case_person_named(f->c, "M", &good.person, NULL), EW_OK);
    assert_int_equal(ew_case_add_position(f->c, &good, &id, NULL), EW_OK);
    ew_position p = good;
    p.at = 991;
    assert_int_equal(ew_case_add_position(f->c, &p, &id, NULL), EW_E_ARG);
    p.at = UINT64_MAX;
    assert_int_equal(ew_case_add_position(f->c, &p, &id, NULL), EW_E_ARG);
    p = good;
    p.report = 77;
    assert_int_equal(ew_case_add_position(f->c, &p, &id, NULL), EW_E_ARG);
    p.report = 0;
    assert_int_equal(ew_case_add_position(f->c, &p, &id, NULL), EW_E_ARG);
    p = good;
    p.until = "2026-10-01";
    assert_int_equal(ew_case_add_position(f->c, &p, &id, NULL), EW_E_ARG);
    p = good;
    p.stance = "asked";
    p.until = "2025-12";
    assert_int_equal(ew_case_add_position(f->c, &p, &id, NULL), EW_E_ARG);
    p = good;
    p.words = "\xFF";
    assert_int_equal(ew_case_add_position(f->c, &p, &id, NULL), EW_E_LIMIT);
    commit(f);
}

static void dates(void **state)
{
    ew_date_span a;
    ew_date_span b;
    (void)state;
    assert_true(ew_case__span_of("2024-02", &a) && !a.day);
    assert_int_equal(a.last - a.first + 1, 29 * 86400);
    assert_true(ew_case__span_of("1900", &a));
    assert_int_equal(a.last - a.first + 1, 365 * 86400);
    assert_true(ew_case__span_of("2000-02-29", &b) && b.day);
    assert_true(ew_case__before(&a, &b) && !ew_case__before(&b, &a));
    assert_int_equal(b.last - b.first + 1, 86400);
    assert_false(ew_case__span_of("2000-2-29", &b) || ew_case__span_of("", &b) ||
                 ew_case__span_of("2001-02-29", &b) || ew_case__span_of("20a6", &b));
}

static void words_however_they_are_set(void **state)
{
    ew_buf a;
    ew_buf b;
    (void)state;
    ew_buf_init(&a, 1000);
    ew_buf_init(&b, 1000);
    assert_int_equal(
        ew_words_append(&a,
                        ew_slice_of("  \xC2\xABit\xE2\x80\x99s\xC2\xA0 a \xE2\x80\x93 "
                                    "f\xC2\xAD"
                                    "ake\xC2\xBB "),
                        NULL),
        EW_OK);
    assert_int_equal(ew_words_append(&b, ew_slice_of("\"it's a - fake\""), NULL), EW_OK);
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.data, b.data, b.len);
    assert_int_equal(a.len, 13 * sizeof(uint32_t));
    ew_buf_release(&a);
    ew_buf_release(&b);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_a_reversal),
        cmocka_unit_test(order_that_is_not_known),
        cmocka_unit_test(questions_and_answers),
        cmocka_unit_test(voices),
        TEST(translations),
        TEST(what_was_taken_back),
        TEST(circles_end),
        TEST(places_and_links_are_checked),
        cmocka_unit_test(dates),
        cmocka_unit_test(words_however_they_are_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
