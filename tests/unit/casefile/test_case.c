/* SPDX-License-Identifier: Apache-2.0 */
/* A case from its making on: events, items, what is taken back, what was tampered with, faults. */
#include "casefile/casefile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "case_made.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(items_are_kept),         TEST(events_are_taken_back_by_events),
        TEST(who_and_why_are_text),   TEST(one_writer_many_readers),
        TEST(killed_within_an_event), TEST(faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
