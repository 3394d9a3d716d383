/* SPDX-License-Identifier: Apache-2.0 */
/* A case that somebody tampered with. */
#include "casefile/casefile.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "case_made.h"

/* ------------------------------------------------------------------ tampering */

static void run_sql(const fixture *f, const char *sql)
{
    sqlite3 *db = NULL;
    char path[512];
    (void)snprintf(path, sizeof path, "%s/case.db", f->path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    char *why = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s", why);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void nothing_is_edited_or_deleted(void **state)
{
    static const char *const bad[] = {"UPDATE event SET who='Bob'", "DELETE FROM event",
                                      "UPDATE item SET name='x'", "DELETE FROM item"};
    fixture *f = *state;
    ew_case *c = opened(f, true);
    int64_t id;
    assert_int_equal(add_file(c, f->file, "a.txt", &id, NULL), EW_OK);
    ew_case_close(c);
    char path[512];
    sqlite3 *db = NULL;
    (void)snprintf(path, sizeof path, "%s/case.db", f->path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(sqlite3_exec(db, bad[i], NULL, NULL, NULL), SQLITE_CONSTRAINT);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* Takes the table's trigger away, edits, and puts it back, as somebody would who knows SQLite. */
static void forge(fixture *f, const char *trigger, const char *edit)
{
    char sql[256];
    char path[512];
    sqlite3 *db = NULL;
    sqlite3_stmt *s = NULL;
    (void)snprintf(sql, sizeof sql, "SELECT sql FROM sqlite_schema WHERE name='%s'",
                   trigger);
    (void)snprintf(path, sizeof path, "%s/case.db", f->path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    char *made = strdup((const char *)sqlite3_column_text(s, 0));
    assert_int_equal(sqlite3_finalize(s), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    (void)snprintf(sql, sizeof sql, "DROP TRIGGER %s", trigger);
    run_sql(f, sql);
    run_sql(f, edit);
    ew_case *refused = NULL;
    assert_int_equal(ew_case_open(&refused, f->path, false, 0, NULL), EW_E_FORMAT);
    run_sql(f, made);
    free(made);
}

static void a_forged_event_is_found(void **state)
{
    fixture *f = *state;
    ew_case *c = opened(f, true);
    int64_t id;
    assert_int_equal(add_file(c, f->file, "a.txt", &id, NULL), EW_OK);
    assert_int_equal(do_event(c, "note", 0), 2);
    ew_case_close(c);
    forge(f, "event_kept", "UPDATE event SET who='Bob' WHERE id=1");
    tally t = problems(f);
    assert_true(t.n >= 1);
    assert_string_equal(t.names, "event 1 does not follow from those before it");
}

/* The chain covers what events say of items, people, messages, not only the list of events. */
static void a_forged_row_is_found(void **state)
{
    fixture *f = *state;
    ew_case *c = opened(f, true);
    int64_t id;
    assert_int_equal(add_file(c, f->file, "a.txt", &id, NULL), EW_OK);
    assert_int_equal(do_event(c, "note", 0), 2);
    tally fine = problems(f);
    assert_int_equal(fine.n, 0);
    ew_case_close(c);
    forge(f, "item_kept", "UPDATE item SET bytes=6 WHERE id=1");
    tally t = problems(f);
    assert_int_equal(t.n, 1);
    assert_string_equal(t.names, "what event 1 added was changed");
    forge(f, "item_kept", "UPDATE item SET bytes=5, added=2 WHERE id=1");
    t = problems(f);
    assert_int_equal(t.n, 2);
    run_sql(f, "INSERT INTO gap VALUES(NULL,1,'file','',1,0,0,99)");
    t = problems(f);
    assert_int_equal(t.n, 3);
}

/* The title is covered by the first event, whatever stands in it. */
static void another_title_is_found(void **state)
{
    fixture *f = *state;
    ew_case *c = opened(f, true);
    int64_t id;
    assert_int_equal(add_file(c, f->file, "a.txt", &id, NULL), EW_OK);
    ew_case_close(c);
    assert_int_equal(problems(f).n, 0);
    run_sql(f, "UPDATE info SET value='A true call'");
    tally t = problems(f);
    assert_int_equal(t.n, 1);
    assert_string_equal(t.names, "the title is not the one that the case was made with");
    run_sql(f, "DELETE FROM info");
    assert_int_equal(problems(f).n, 1);
    const char *odd = test_path(f->dir, "odd");
    assert_int_equal(ew_case_create(odd, "t\xff", NULL), EW_E_ARG);
    assert_int_equal(ew_case_create(odd, "\"quoted\" \\ \xE1\x9E\x97", NULL), EW_OK);
    assert_int_equal(ew_case_open(&c, odd, true, 0, NULL), EW_OK);
    ew_case_act act = {.kind = "note", .who = "Ann", .detail = "{\"a\":1}"};
    assert_int_equal(ew_case_begin(c, &act, &id, NULL), EW_OK);
    assert_int_equal(ew_case_event_detail(c, "{\"b\":2}", NULL), EW_OK);
    assert_int_equal(ew_case_commit(c, NULL), EW_OK);
    t = (tally){0};
    assert_int_equal(ew_case_verify(c, count_problem, &t, NULL), EW_OK);
    assert_string_equal(t.names, "");
    ew_case_close(c);
}

/* Rows with numbers that the program never gives are read by every query: so they must be by the check. */
static void a_planted_row_is_found(void **state)
{
    static const char *const numbers[] = {"0", "-5", "-9223372036854775807-1"};
    fixture *f = *state;
    ew_case *c = opened(f, true);
    int64_t id;
    char sql[256];
    assert_int_equal(add_file(c, f->file, "a.txt", &id, NULL), EW_OK);
    ew_case_close(c);
    assert_int_equal(problems(f).n, 0);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        size_t before = problems(f).n;
        (void)snprintf(sql, sizeof sql,
                       "PRAGMA ignore_check_constraints=ON;"
                       "INSERT INTO remark VALUES(%s,1,'planted',1,0,0,1)",
                       numbers[i]);
        run_sql(f, sql);
        assert_true(problems(f).n > before);
    }
    tally t = problems(f);
    assert_string_equal(t.names, "what event 1 added was changed");
    sqlite3 *db = NULL;
    (void)snprintf(sql, sizeof sql, "%s/case.db", f->path);
    assert_int_equal(sqlite3_open(sql, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "INSERT INTO gap VALUES(-5,1,'file','',1,0,0,1)",
                                  NULL, NULL, NULL),
                     SQLITE_CONSTRAINT);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void a_changed_original_is_found(void **state)
{
    fixture *f = *state;
    ew_case *c = opened(f, true);
    int64_t id;
    char *path = NULL;
    assert_int_equal(add_file(c, f->file, "a.txt", &id, NULL), EW_OK);
    assert_int_equal(ew_case_original(c, id, &path, NULL), EW_OK);
    assert_int_equal(unlink(path), 0);
    test_file_put(path, "hallo", 5);
    /* Adding it again compares with what is kept. */
    assert_int_equal(add_file(c, f->file, "b.txt", &id, NULL), EW_E_FORMAT);
    ew_case_close(c);
    assert_string_equal(problems(f).names, "the original of item 1 was changed");
    assert_int_equal(unlink(path), 0);
    assert_string_equal(problems(f).names, "the original of item 1 is missing");
    /* A pipe would be waited for for ever. */
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_string_equal(problems(f).names, "the original of item 1 was changed");
    c = opened(f, true);
    assert_int_equal(add_file(c, f->file, "b.txt", &id, NULL), EW_E_FORMAT);
    ew_case_close(c);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink(f->file, path), 0);
    assert_string_equal(problems(f).names, "the original of item 1 was changed");
    free(path);
}

static void foreign_databases_are_refused(void **state)
{
    fixture *f = *state;
    ew_case *c = NULL;
    run_sql(f, "CREATE TABLE more(x)");
    assert_int_equal(ew_case_open(&c, f->path, true, 0, NULL), EW_E_FORMAT);
    run_sql(f, "DROP TABLE more; PRAGMA user_version=2;");
    assert_int_equal(ew_case_open(&c, f->path, true, 0, NULL), EW_E_VERSION);
    char path[512];
    (void)snprintf(path, sizeof path, "%s/case.db", f->path);
    test_file_put(path, "no database at all, and long enough", 35);
    assert_int_equal(ew_case_open(&c, f->path, true, 0, NULL), EW_E_FORMAT);
    assert_int_equal(ew_case_open(&c, f->dir, false, 0, NULL), EW_E_NOTFOUND);
    assert_int_equal(ew_case_create(f->path, "again", NULL), EW_E_ARG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_edited_or_deleted),  TEST(a_forged_event_is_found),
        TEST(a_forged_row_is_found),         TEST(another_title_is_found),
        TEST(a_planted_row_is_found),        TEST(a_changed_original_is_found),
        TEST(foreign_databases_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
