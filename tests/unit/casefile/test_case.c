/* SPDX-License-Identifier: Apache-2.0 */
/* A case from its making on: events, items, what is taken back, what was tampered with, faults. */
#include "casefile/casefile.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"

typedef struct fixture {
    char *dir;
    const char *path;
    char file[256];
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->dir = test_dir_new();
    f->path = strdup(test_path(f->dir, "case"));
    (void)snprintf(f->file, sizeof f->file, "%s", test_path(f->dir, "a.txt"));
    test_file_put(f->file, "hello", 5);
    assert_int_equal(ew_case_create(f->path, "A leaked call", NULL), EW_OK);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    test_dir_remove(f->dir);
    free((char *)(uintptr_t)f->path);
    free(f);
    return 0;
}

static ew_case *opened(const fixture *f, bool write)
{
    ew_case *c = NULL;
    ew_err err;
    if (ew_case_open(&c, f->path, write, 0, &err) != EW_OK)
        fail_msg("%s", err.text);
    return c;
}

/* Stores a file and adds it as an item, in one event. */
static ew_code add_file(ew_case *c, const char *path, const char *name, int64_t *id,
                        ew_err *err)
{
    ew_case_item i = {.kind = "document", .name = name, .origin = "mail"};
    ew_case_act act = {.kind = "ingest", .who = "Ann"};
    int64_t event = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return EW_E_IO;
    ew_code code = ew_case_store(c, fd, i.sha256, &i.bytes, err);
    (void)close(fd);
    if (code == EW_OK)
        code = ew_case_begin(c, &act, &event, err);
    if (code == EW_OK)
        code = ew_case_add_item(c, &i, id, err);
    if (code == EW_OK)
        return ew_case_commit(c, err);
    if (event != 0)
        ew_case_rollback(c);
    return code;
}

typedef struct tally {
    size_t n, undone;
    char names[256];
} tally;

static ew_code count_item(void *cookie, const ew_case_item *i, ew_err *err)
{
    tally *t = cookie;
    (void)err;
    t->n++;
    t->undone += i->undone;
    (void)snprintf(t->names + strlen(t->names), sizeof t->names - strlen(t->names), "%s ",
                   i->name);
    return EW_OK;
}

static ew_code count_event(void *cookie, const ew_case_event *e, ew_err *err)
{
    tally *t = cookie;
    (void)err;
    t->n++;
    t->undone += e->undone;
    return EW_OK;
}

static void count_problem(void *cookie, const char *text)
{
    tally *t = cookie;
    t->n++;
    (void)snprintf(t->names, sizeof t->names, "%s", text);
}

static tally problems(const fixture *f)
{
    tally t = {0};
    ew_case *c = opened(f, false);
    assert_int_equal(ew_case_verify(c, count_problem, &t, NULL), EW_OK);
    ew_case_close(c);
    return t;
}

static void items_are_kept(void **state)
{
    fixture *f = *state;
    ew_case *c = opened(f, true);
    int64_t id = 0;
    int64_t found = 0;
    tally t = {0};
    char *path = NULL;
    assert_int_equal(add_file(c, f->file, "a.txt", &id, NULL), EW_OK);
    assert_int_equal(id, 1);
    /* The same content again is the same item. */
    ew_err err;
    assert_int_equal(add_file(c, f->file, "b.txt", &id, &err), EW_E_ARG);
    assert_int_equal(ew_case_items(c, count_item, &t, NULL), EW_OK);
    assert_int_equal(t.n, 1);
    assert_string_equal(t.names, "a.txt ");
    const char *const names[] = {"1", "a.txt", "2cf2"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(ew_case_find_item(c, names[i], &found, NULL), EW_OK);
        assert_int_equal(found, 1);
    }
    assert_int_equal(ew_case_find_item(c, "2cf", &found, NULL), EW_E_NOTFOUND);
    assert_int_equal(ew_case_original(c, 1, &path, NULL), EW_OK);
    size_t n;
    char *bytes = test_file_get(path, &n);
    assert_string_equal(bytes, "hello");
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0400);
    free(bytes);
    free(path);
    ew_case_close(c);
    assert_int_equal(problems(f).n, 0);
}

static int64_t do_event(ew_case *c, const char *kind, int64_t undoes)
{
    ew_case_act act = {.kind = kind, .who = "Ann", .undoes = undoes};
    int64_t event = 0;
    if (ew_case_begin(c, &act, &event, NULL) != EW_OK)
        return -1;
    assert_int_equal(ew_case_commit(c, NULL), EW_OK);
    return event;
}

static size_t undone_items(ew_case *c)
{
    tally t = {0};
    assert_int_equal(ew_case_items(c, count_item, &t, NULL), EW_OK);
    return t.undone;
}

static void events_are_taken_back_by_events(void **state)
{
    fixture *f = *state;
    ew_case *c = opened(f, true);
    int64_t id;
    assert_int_equal(add_file(c, f->file, "a.txt", &id, NULL), EW_OK);
    assert_int_equal(undone_items(c), 0);
    int64_t undo = do_event(c, "undo", 1);
    assert_int_equal(undo, 2);
    assert_int_equal(undone_items(c), 1);
    assert_int_equal(do_event(c, "undo", 1), -1); /* once is enough */
    assert_int_equal(do_event(c, "undo", undo), 3);
    assert_int_equal(undone_items(c), 0);
    assert_int_equal(do_event(c, "undo", 1), 4); /* and may be said again */
    assert_int_equal(undone_items(c), 1);
    assert_int_equal(do_event(c, "undo", 99), -1);
    ew_case_close(c);
    c = opened(f, false);
    tally t = {0};
    assert_int_equal(undone_items(c), 1);
    assert_int_equal(ew_case_events(c, 0, count_event, &t, NULL), EW_OK);
    assert_true(t.n == 4 && t.undone == 2);
    ew_case_close(c);
    assert_int_equal(problems(f).n, 0);
}

/* Who reads an export must come to the same chain: what is no text would be told in another way there. */
static void who_and_why_are_text(void **state)
{
    fixture *f = *state;
    char long_text[EW_CASE_NAME + 2];
    memset(long_text, 'a', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = 0;
    const char *const bad[] = {"w\xff", "two\nlines", "\x7f", long_text};
    int64_t event;
    ew_case *c = opened(f, true);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ew_case_act who = {.kind = "note", .who = bad[i]};
        ew_case_act why = {.kind = "note", .who = "Ann", .purpose = bad[i]};
        assert_int_equal(ew_case_begin(c, &who, &event, NULL), EW_E_ARG);
        assert_int_equal(ew_case_begin(c, &why, &event, NULL), EW_E_ARG);
    }
    ew_case_act detail = {.kind = "note", .who = "Ann", .detail = "{\"to\":\"\xff\"}"};
    assert_int_equal(ew_case_begin(c, &detail, &event, NULL), EW_E_ARG);
    ew_case_close(c);
    assert_int_equal(problems(f).n, 0);
}

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

static void one_writer_many_readers(void **state)
{
    fixture *f = *state;
    ew_case *w = opened(f, true);
    ew_case *r = opened(f, false);
    ew_case *other = NULL;
    assert_int_equal(ew_case_open(&other, f->path, true, 0, NULL), EW_E_BUSY);
    assert_true(do_event(w, "note", 0) == 1);
    tally t = {0};
    assert_int_equal(ew_case_events(r, 0, count_event, &t, NULL), EW_OK);
    assert_int_equal(t.n, 1);
    ew_case_act act = {.kind = "note", .who = "Ann"};
    int64_t event;
    assert_int_equal(ew_case_begin(r, &act, &event, NULL), EW_E_BUG);
    ew_case_close(r);
    ew_case_close(w);
}

/* ------------------------------------------------------------------ faults */

/* Killed in the middle of an event: nothing of it is there, and the case goes on. */
static void killed_within_an_event(void **state)
{
    fixture *f = *state;
    pid_t pid = fork();
    if (pid == 0) {
        ew_case *c = NULL;
        int64_t event;
        ew_case_act act = {.kind = "note", .who = "Ann"};
        if (ew_case_open(&c, f->path, true, 0, NULL) != EW_OK ||
            ew_case_begin(c, &act, &event, NULL) != EW_OK)
            _exit(1);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    ew_case *c = opened(f, true);
    assert_int_equal(do_event(c, "note", 0), 1);
    ew_case_close(c);
    assert_int_equal(problems(f).n, 0);
}

static ew_code whole_work(void *arg, ew_err *err)
{
    fixture *f = arg;
    char path[512];
    ew_case *c = NULL;
    int64_t id;
    (void)snprintf(path, sizeof path, "%s/torture", f->dir);
    ew_code code = ew_case_create(path, "t", err);
    if (code == EW_OK)
        code = ew_case_open(&c, path, true, 0, err);
    if (code == EW_OK)
        code = add_file(c, f->file, "a.txt", &id, err);
    ew_case_close(c);
    char command[600];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", path);
    assert_int_equal(system(command), 0);
    return code;
}

static void faults(void **state)
{
    (void)test_torture_alloc(whole_work, *state, 60);
    assert_true(test_torture_write(whole_work, *state) >= 1);
    assert_true(test_torture_sync(whole_work, *state) >= 3);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(items_are_kept),
        TEST(events_are_taken_back_by_events),
        TEST(who_and_why_are_text),
        TEST(nothing_is_edited_or_deleted),
        TEST(a_forged_event_is_found),
        TEST(a_forged_row_is_found),
        TEST(another_title_is_found),
        TEST(a_planted_row_is_found),
        TEST(a_changed_original_is_found),
        TEST(foreign_databases_are_refused),
        TEST(one_writer_many_readers),
        TEST(killed_within_an_event),
        TEST(faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
