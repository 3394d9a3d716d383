/* SPDX-License-Identifier: Apache-2.0 */
/* Items over time: added in groups, taken back, added again, corrected; what stands on what; cases on
 * shares. */
#include "casefile/casefile.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "casefile/counts.h"
#include "casefile/sql.h"
#include "support.h"

typedef struct fixture {
    char *dir;
    const char *path;
    ew_case *c;
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->dir = test_dir_new();
    f->path = strdup(test_path(f->dir, "case"));
    assert_int_equal(ew_case_create(f->path, "t", NULL), EW_OK);
    assert_int_equal(ew_case_open(&f->c, f->path, true, 0, NULL), EW_OK);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    ew_case_close(f->c);
    ew_case__as_on_network(false);
    test_dir_remove(f->dir);
    free((char *)(uintptr_t)f->path);
    free(f);
    return 0;
}

static ew_code begin(ew_case *c, const char *kind, int64_t undoes, int64_t *event,
                     ew_err *err)
{
    ew_case_act act = {.kind = kind, .who = "Ann", .undoes = undoes};
    return ew_case_begin(c, &act, event, err);
}

/* A file with this content, stored for later. */
static ew_code store(fixture *f, const char *text, ew_case_item *i, ew_err *err)
{
    const char *path = test_path(f->dir, "in.txt");
    test_file_put(path, text, strlen(text));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    ew_code code = ew_case_store_later(f->c, fd, i->sha256, &i->bytes, err);
    (void)close(fd);
    return code;
}

/* One item in an event of its own; its original must be synced. */
static int64_t add(fixture *f, const char *text, const char *origin, int64_t *event)
{
    ew_case_item i = {.kind = "document", .name = text, .origin = origin};
    int64_t id = 0;
    assert_int_equal(store(f, text, &i, NULL), EW_OK);
    assert_int_equal(ew_case_store_sync(f->c, NULL), EW_OK);
    assert_int_equal(begin(f->c, "ingest", 0, event, NULL), EW_OK);
    assert_int_equal(ew_case_add_item(f->c, &i, &id, NULL), EW_OK);
    ew_case_event_item(f->c, id, NULL, i.sha256);
    assert_int_equal(ew_case_commit(f->c, NULL), EW_OK);
    return id;
}

static int64_t undo(fixture *f, int64_t event)
{
    int64_t by = 0;
    assert_int_equal(begin(f->c, "undo", event, &by, NULL), EW_OK);
    assert_int_equal(ew_case_commit(f->c, NULL), EW_OK);
    return by;
}

typedef struct seen {
    size_t n, undone;
    int64_t wanted, added;
    char origin[64], name[64], lines[256];
} seen;

static ew_code see(void *cookie, const ew_case_item *i, ew_err *err)
{
    seen *s = cookie;
    (void)err;
    s->n++;
    s->undone += i->undone;
    if (i->id == s->wanted) {
        (void)snprintf(s->origin, sizeof s->origin, "%s", i->origin);
        (void)snprintf(s->name, sizeof s->name, "%s", i->name);
        s->added = i->added;
    }
    return EW_OK;
}

static seen items(fixture *f, int64_t wanted)
{
    seen s = {.wanted = wanted};
    assert_int_equal(ew_case_items(f->c, see, &s, NULL), EW_OK);
    return s;
}

static ew_code note_number(void *cookie, int64_t number, ew_err *err)
{
    seen *s = cookie;
    (void)err;
    s->n++;
    (void)snprintf(s->lines + strlen(s->lines), sizeof s->lines - strlen(s->lines),
                   "%lld ", (long long)number);
    return EW_OK;
}

static ew_code note_words(void *cookie, int64_t item, const char *words, ew_err *err)
{
    seen *s = cookie;
    (void)err;
    (void)snprintf(s->lines + strlen(s->lines), sizeof s->lines - strlen(s->lines),
                   "%lld:%s ", (long long)item, words);
    return EW_OK;
}

static void problem(void *cookie, const char *text)
{
    seen *s = cookie;
    s->n++;
    (void)snprintf(s->lines, sizeof s->lines, "%s", text);
}

static void assert_whole(fixture *f)
{
    seen s = {0};
    assert_int_equal(ew_case_verify(f->c, problem, &s, NULL), EW_OK);
    if (s.n > 0)
        fail_msg("%s", s.lines);
}

/* ------------------------------------------------------------------ groups */

static void a_group_is_one_step(void **state)
{
    fixture *f = *state;
    int64_t event = 0;
    int64_t id = 0;
    ew_case_item a = {.kind = "document", .name = "a"};
    ew_case_item b = {.kind = "document", .name = "b"};
    assert_int_equal(store(f, "a", &a, NULL), EW_OK);
    assert_int_equal(store(f, "b", &b, NULL), EW_OK);
    assert_int_equal(ew_case_store_sync(f->c, NULL), EW_OK);
    for (int keep = 0; keep < 2; keep++) {
        assert_int_equal(ew_case_group_begin(f->c, NULL), EW_OK);
        assert_int_equal(begin(f->c, "ingest", 0, &event, NULL), EW_OK);
        assert_int_equal(ew_case_add_item(f->c, &a, &id, NULL), EW_OK);
        assert_int_equal(ew_case_commit(f->c, NULL), EW_OK);
        /* One that is given up leaves the others. */
        assert_int_equal(begin(f->c, "ingest", 0, &event, NULL), EW_OK);
        assert_int_equal(ew_case_add_item(f->c, &b, &id, NULL), EW_OK);
        ew_case_rollback(f->c);
        assert_int_equal(begin(f->c, "ingest", 0, &event, NULL), EW_OK);
        assert_int_equal(event, 2);
        assert_int_equal(ew_case_add_item(f->c, &b, &id, NULL), EW_OK);
        assert_int_equal(ew_case_commit(f->c, NULL), EW_OK);
        if (keep == 0) {
            assert_int_equal(begin(f->c, "undo", 1, &event, NULL), EW_OK);
            assert_int_equal(ew_case_commit(f->c, NULL), EW_OK);
            assert_int_equal(items(f, 0).undone, 1);
            ew_case_group_abandon(f->c);
            assert_int_equal(items(f, 0).n, 0);
        } else {
            assert_int_equal(ew_case_group_end(f->c, NULL), EW_OK);
            assert_int_equal(items(f, 0).n, 2);
            assert_int_equal(items(f, 0).undone, 0);
        }
    }
    assert_int_equal(ew_case_group_end(f->c, NULL), EW_E_BUG);
    assert_whole(f);
}

static void what_is_stored_later_is_there_after_the_sync(void **state)
{
    fixture *f = *state;
    ew_case_item i = {.kind = "document", .name = "a"};
    ew_case_item same = i;
    char path[512];
    char hex[EW_SHA256_HEX + 1];
    assert_int_equal(store(f, "a", &i, NULL), EW_OK);
    assert_int_equal(store(f, "a", &same, NULL), EW_OK);
    assert_memory_equal(i.sha256, same.sha256, sizeof i.sha256);
    ew_hex(i.sha256, sizeof i.sha256, hex);
    (void)snprintf(path, sizeof path, "%s/originals/%.2s/%s", f->path, hex, hex);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(ew_case_store_sync(f->c, NULL), EW_OK);
    assert_int_equal(access(path, F_OK), 0);
    /* A sync that fails leaves nothing behind. */
    ew_err err;
    assert_int_equal(store(f, "b", &i, NULL), EW_OK);
    ew_sync_fail_at(0);
    assert_int_equal(ew_case_store_sync(f->c, &err), EW_E_IO);
    ew_sync_fail_at(-1);
    assert_int_equal(store(f, "b", &i, NULL), EW_OK);
    assert_int_equal(ew_case_store_sync(f->c, NULL), EW_OK);
}

/* ------------------------------------------------------------------ items over time */

static void an_item_comes_back(void **state)
{
    fixture *f = *state;
    int64_t first = 0;
    int64_t again = 0;
    int64_t id = add(f, "one", "mail", &first);
    uint8_t hash[EW_SHA256_BYTES];
    bool undone = false;
    int64_t found = 0;
    int64_t back = undo(f, first);
    assert_int_equal(items(f, id).undone, 1);
    assert_int_equal(add(f, "one", "a letter", &again), id);
    seen s = items(f, id);
    assert_int_equal(s.n, 1);
    assert_int_equal(s.undone, 0);
    assert_int_equal(s.added, again);
    assert_string_equal(s.origin, "a letter");
    /* Both count: taking back one of them leaves it there. */
    (void)undo(f, back);
    (void)undo(f, again);
    s = items(f, id);
    assert_int_equal(s.undone, 0);
    assert_string_equal(s.origin, "mail");
    (void)undo(f, first);
    assert_int_equal(items(f, id).undone, 1);
    ew_sha256_bytes("one", 3, hash);
    assert_int_equal(ew_case_same_content(f->c, hash, &found, &undone, NULL), EW_OK);
    assert_int_equal(found, id);
    assert_true(undone);
    hash[0] ^= 1;
    assert_int_equal(ew_case_same_content(f->c, hash, &found, &undone, NULL), EW_OK);
    assert_int_equal(found, 0);
    assert_whole(f);
}

static void corrections_are_rows(void **state)
{
    fixture *f = *state;
    int64_t event = 0;
    int64_t id = add(f, "one", "mail", &event);
    assert_int_equal(begin(f->c, "correct", 0, &event, NULL), EW_OK);
    assert_int_equal(ew_case_correct(f->c, id, "origin", "a letter", NULL), EW_OK);
    assert_int_equal(ew_case_correct(f->c, id, "name", "two", NULL), EW_OK);
    assert_int_equal(ew_case_add_called(f->c, id, "the note", NULL), EW_OK);
    assert_int_equal(ew_case_correct(f->c, id, "sha256", "x", NULL), EW_E_ARG);
    assert_int_equal(ew_case_correct(f->c, id, "name", "\xff", NULL), EW_E_ARG);
    assert_int_equal(ew_case_add_called(f->c, id, "", NULL), EW_E_ARG);
    assert_int_equal(ew_case_commit(f->c, NULL), EW_OK);
    seen s = items(f, id);
    assert_string_equal(s.origin, "a letter");
    assert_string_equal(s.name, "two");
    assert_int_equal(ew_case_called(f->c, 0, note_words, &s, NULL), EW_OK);
    assert_string_equal(s.lines, "1:the note ");
    (void)undo(f, event);
    s = items(f, id);
    assert_string_equal(s.origin, "mail");
    assert_int_equal(ew_case_called(f->c, id, note_words, &s, NULL), EW_OK);
    assert_string_equal(s.lines, "");
    assert_int_equal(ew_case_correct(f->c, id, "name", "x", NULL), EW_E_BUG);
}

/* ------------------------------------------------------------------ what stands on what */

static seen dependents(fixture *f, int64_t event)
{
    seen s = {0};
    assert_int_equal(ew_case_dependents(f->c, event, note_number, &s, NULL), EW_OK);
    return s;
}

static int64_t correct(fixture *f, int64_t id)
{
    int64_t event = 0;
    assert_int_equal(begin(f->c, "correct", 0, &event, NULL), EW_OK);
    assert_int_equal(ew_case_correct(f->c, id, "note", "x", NULL), EW_OK);
    assert_int_equal(ew_case_commit(f->c, NULL), EW_OK);
    return event;
}

static void events_stand_on_others(void **state)
{
    fixture *f = *state;
    int64_t first = 0;
    int64_t child = 0;
    int64_t missing = 0;
    int64_t id = add(f, "one", "", &first); /* 1 */
    int64_t note = correct(f, id);          /* 2 */
    ew_case_item i = {.kind = "document", .name = "in it", .parent = id};
    int64_t inner = 0;
    assert_int_equal(store(f, "two", &i, NULL), EW_OK);
    assert_int_equal(ew_case_store_sync(f->c, NULL), EW_OK);
    assert_int_equal(begin(f->c, "ingest", 0, &child, NULL), EW_OK); /* 3 */
    assert_int_equal(ew_case_add_item(f->c, &i, &inner, NULL), EW_OK);
    assert_int_equal(ew_case_commit(f->c, NULL), EW_OK);
    (void)correct(f, inner); /* 4: stands on 3, which stands on 1 */
    assert_string_equal(dependents(f, first).lines, "2 3 4 ");
    assert_string_equal(dependents(f, child).lines, "4 ");
    assert_int_equal(dependents(f, note).n, 0);
    /* What was taken back stands on nothing any more. */
    int64_t gone = undo(f, note); /* 5 */
    assert_string_equal(dependents(f, first).lines, "3 4 ");
    assert_int_equal(ew_case_grounds(f->c, note, &missing, NULL), EW_OK);
    assert_int_equal(missing, 0);
    /* Of an undo that takes back an undo: what goes again. */
    int64_t back = undo(f, gone); /* 6: 2 counts again */
    assert_int_equal(dependents(f, back).n, 0);
    (void)undo(f, 4);
    (void)undo(f, child);
    (void)undo(f, note);
    (void)undo(f, first);
    assert_int_equal(ew_case_grounds(f->c, note, &missing, NULL), EW_OK);
    assert_int_equal(missing, first);
    assert_int_equal(ew_case_grounds(f->c, 4, &missing, NULL), EW_OK);
    assert_int_equal(missing, child);
    /* There again by another event: then that one is what it stands on. */
    int64_t again = 0;
    assert_int_equal(add(f, "one", "", &again), id);
    assert_int_equal(ew_case_grounds(f->c, note, &missing, NULL), EW_OK);
    assert_int_equal(missing, 0);
    int64_t last = correct(f, id);
    seen s = dependents(f, again);
    assert_int_equal(s.n, 1);
    assert_int_equal(strtol(s.lines, NULL, 10), last);
}

static void what_counts_is_counted(void **state)
{
    fixture *f = *state;
    uint64_t n[EW_CASE_THINGS];
    assert_int_equal(ew_case_count(f->c, 0, n, NULL), EW_OK);
    for (int t = 0; t < EW_CASE_THINGS; t++) {
        assert_int_equal(n[t], 0);
        assert_non_null(ew_case_things((ew_case_thing)t));
    }
}

/* ------------------------------------------------------------------ elsewhere */

static int journal_of(const fixture *f)
{
    size_t n = 0;
    char path[512];
    (void)snprintf(path, sizeof path, "%s/case.db", f->path);
    char *bytes = test_file_get(path, &n);
    assert_true(n > 20);
    int version = bytes[19];
    free(bytes);
    return version;
}

static void cases_on_shares(void **state)
{
    fixture *f = *state;
    int64_t event = 0;
    ew_case *reader = NULL;
    ew_case *second = NULL;
    (void)add(f, "one", "", &event);
    ew_case_close(f->c);
    f->c = NULL;
    assert_int_equal(journal_of(f), 2); /* a write-ahead log */
    ew_case__as_on_network(true);
    assert_int_equal(ew_case_open(&reader, f->path, false, 0, NULL), EW_OK);
    ew_case_close(reader);
    assert_int_equal(ew_case_open(&f->c, f->path, true, 0, NULL), EW_OK);
    assert_int_equal(journal_of(f), 1);
    (void)add(f, "two", "", &event);
    assert_int_equal(ew_case_open(&reader, f->path, false, 0, NULL), EW_OK);
    assert_int_equal(ew_case_open(&second, f->path, true, 0, NULL), EW_E_BUSY);
    assert_null(second);
    (void)add(f, "three", "", &event);
    assert_int_equal(items(f, 0).n, 3);
    assert_whole(f);
    seen s = {0};
    assert_int_equal(ew_case_items(reader, see, &s, NULL), EW_OK);
    assert_int_equal(s.n, 3);
    ew_case_close(reader);
    ew_case_close(f->c);
    /* And back on a disk of one's own. */
    ew_case__as_on_network(false);
    assert_int_equal(ew_case_open(&f->c, f->path, true, 0, NULL), EW_OK);
    (void)add(f, "four", "", &event);
    assert_int_equal(journal_of(f), 2);
}

static void leftovers_are_cleaned_away(void **state)
{
    fixture *f = *state;
    char path[512];
    (void)snprintf(path, sizeof path, "%s/originals/" EW_TEMP_PREFIX "abc", f->path);
    ew_case_close(f->c);
    test_file_put(path, "half", 4);
    assert_int_equal(ew_case_open(&f->c, f->path, false, 0, NULL), EW_OK);
    assert_int_equal(access(path, F_OK), 0);
    ew_case_close(f->c);
    assert_int_equal(ew_case_open(&f->c, f->path, true, 0, NULL), EW_OK);
    assert_int_equal(access(path, F_OK), -1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_group_is_one_step),    TEST(what_is_stored_later_is_there_after_the_sync),
        TEST(an_item_comes_back),     TEST(corrections_are_rows),
        TEST(events_stand_on_others), TEST(what_counts_is_counted),
        TEST(cases_on_shares),        TEST(leftovers_are_cleaned_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
