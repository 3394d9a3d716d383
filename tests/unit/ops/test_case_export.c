/* SPDX-License-Identifier: Apache-2.0 */
/* Exports and seals of a case, with every allocation, write and sync failing in turn, and killed: what is
 * there is whole, and the case says what was begun. */
#include "ops/case_export.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "casefile/positions.h"
#include "casefile/records.h"
#include "made_desk.h"
#include "ops/case_seal.h"

#define SHA_OF_SSS "a871c47a7f48a12b38a994e48a9659fab5d6376f3dbce37559bcb617efe8662d"

enum { BIG = (2 << 20) + 5, MESSAGES = 20000 };

typedef struct fixture {
    char *dir, *path, *bag;
    ew_case *c;
    ew_desk desk;
    bool has_desk;
    ew_case_export_format format;
} fixture;

static void begin(const fixture *f, const char *kind)
{
    ew_case_act act = {.kind = kind, .who = "Ann"};
    int64_t event;
    assert_int_equal(ew_case_begin(f->c, &act, &event, NULL), EW_OK);
}

static void add_file(const fixture *f, const char *name, char fill, size_t n)
{
    ew_case_item item = {.kind = "recording",
                         .name = name,
                         .origin = "",
                         .obtained = "",
                         .from = "",
                         .note = "=1+1"};
    char *bytes = malloc(n);
    int64_t id;
    const char *path = test_path(f->dir, "file");
    memset(bytes, fill, n);
    test_file_put(path, bytes, n);
    free(bytes);
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    assert_int_equal(ew_case_store(f->c, fd, item.sha256, &item.bytes, NULL), EW_OK);
    (void)close(fd);
    begin(f, "ingest");
    assert_int_equal(ew_case_add_item(f->c, &item, &id, NULL), EW_OK);
    assert_int_equal(ew_case_commit(f->c, NULL), EW_OK);
}

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    int64_t id;
    *state = f;
    f->dir = test_dir_new();
    f->path = strdup(test_path(f->dir, "case"));
    f->bag = strdup(test_path(f->dir, "out"));
    assert_int_equal(ew_case_create(f->path, "A \"title\"", NULL), EW_OK);
    assert_int_equal(ew_case_open(&f->c, f->path, true, 0, NULL), EW_OK);
    add_file(f, "small.wav", 's', 3);
    add_file(f, "big.wav", 'b', BIG);
    begin(f, "position");
    ew_position p = {.item = 1,
                     .stance = "denies",
                     .date = "2026-10-12",
                     .channel = "",
                     .words = "It is \xE2\x80\x9C"
                              "fake\xE2\x80\x9D\n\x01",
                     .until = "",
                     .report = 2};
    assert_int_equal(ew_case_person_named(f->c, "Ministry", &p.person, NULL), EW_OK);
    assert_int_equal(ew_case_add_position(f->c, &p, &id, NULL), EW_OK);
    assert_int_equal(ew_case_commit(f->c, NULL), EW_OK);
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    ew_case_close(f->c);
    if (f->has_desk)
        ew_desk_close(&f->desk);
    test_dir_remove(f->dir);
    free(f->path);
    free(f->bag);
    free(f);
    return 0;
}

/* Is there anything of a bag? */
static bool leftovers(const fixture *f)
{
    DIR *d = opendir(f->dir);
    const struct dirent *e;
    bool found = false;
    assert_non_null(d);
    while ((e = readdir(d)) != NULL)
        found = found || strcmp(e->d_name, "out") == 0 ||
                strncmp(e->d_name, EW_TEMP_PREFIX, strlen(EW_TEMP_PREFIX)) == 0;
    (void)closedir(d);
    return found;
}

static void remove_bag(const fixture *f)
{
    char command[600];
    (void)snprintf(command, sizeof command, "rm -rf '%s' '%s'/" EW_TEMP_PREFIX "*",
                   f->bag, f->dir);
    assert_int_equal(system(command), 0);
}

static ew_code export_work(void *arg, ew_err *err)
{
    const fixture *f = arg;
    const char *ratings[] = {"1=False"};
    ew_jsonld_opts jsonld = {.publisher = "Desk", .ratings = {ratings, 1}};
    ew_case_export_opts o = {.who = "Ann",
                             .out = f->bag,
                             .unchecked = true,
                             .time = 7,
                             .jsonld = &jsonld,
                             .format = f->format};
    ew_case_exported told = {0};
    ew_case *c = NULL;
    ew_code code = ew_case_open(&c, f->path, true, 0, err);
    if (code == EW_OK)
        code = ew_ops_case_export(c, &o, &told, err);
    ew_case_close(c);
    if (code == EW_OK)
        assert_true(told.done == told.begun + 1);
    if (code == EW_OK && f->format == EW_CASE_EXPORT_BAG) {
        size_t n;
        assert_int_equal(told.originals, 2);
        char *small = test_file_get(test_path(f->bag, "data/originals/" SHA_OF_SSS), &n);
        assert_true(n == 3 && memcmp(small, "sss", 3) == 0);
        free(small);
    }
    if (code == EW_OK) {
        remove_bag(f);
    } else if (told.begun != 0 && leftovers(f)) {
        /* Complete, and only the note of it failed. */
        free(test_file_get(test_path(f->bag, "tagmanifest-sha256.txt"), &(size_t){0}));
        remove_bag(f);
    }
    assert_false(leftovers(f));
    return code;
}

static void no_problem(void *cookie, const char *text)
{
    (void)cookie;
    fail_msg("%s", text);
}

typedef struct tally {
    size_t begun, done, failed;
} tally;

static ew_code count(void *cookie, const ew_case_event *e, ew_err *err)
{
    tally *t = cookie;
    (void)err;
    t->begun += strstr(e->detail, "\"begun\",\"folder\"") != NULL;
    t->done += strstr(e->detail, "\"done\"") != NULL;
    t->failed += strstr(e->detail, "\"failed\"") != NULL;
    return EW_OK;
}

static void faults(void **state)
{
    fixture *f = *state;
    tally t = {0};
    ew_case_close(f->c);
    f->c = NULL;
    assert_true(test_torture_write(export_work, f) >= 30);
    f->format = EW_CASE_EXPORT_JSON; /* fewer files: syncs take their time */
    (void)test_torture_alloc(export_work, f, 20);
    assert_true(test_torture_sync(export_work, f) >= 10);
    assert_int_equal(ew_case_open(&f->c, f->path, true, 0, NULL), EW_OK);
    assert_int_equal(ew_case_verify(f->c, no_problem, NULL, NULL), EW_OK);
    assert_int_equal(ew_case_events(f->c, 0, count, &t, NULL), EW_OK);
    assert_true(t.begun >= t.done + t.failed && t.done >= 3 && t.failed > 30);
}

/* ------------------------------------------------------------------ killed */

static int die(void *cookie, const char *stage, int64_t done, int64_t total)
{
    (void)cookie, (void)stage, (void)done, (void)total;
    (void)raise(SIGKILL);
    return 0;
}

static int stop(void *cookie, const char *stage, int64_t done, int64_t total)
{
    (void)cookie, (void)stage, (void)done, (void)total;
    return 1;
}

static void killed_and_interrupted(void **state)
{
    fixture *f = *state;
    ew_progress prog = {stop, NULL};
    ew_case_export_opts o = {
        .who = "Ann", .out = f->bag, .unchecked = true, .prog = &prog};
    ew_case_exported told;
    tally t = {0};
    assert_int_equal(ew_ops_case_export(f->c, &o, &told, NULL), EW_E_CANCELLED);
    assert_false(leftovers(f));
    ew_case_close(f->c);
    f->c = NULL;
    pid_t pid = fork();
    if (pid == 0) {
        ew_case *c = NULL;
        prog.tick = die;
        if (ew_case_open(&c, f->path, true, 0, NULL) != EW_OK)
            _exit(1);
        _exit(ew_ops_case_export(c, &o, &told, NULL) == EW_OK ? 2 : 3);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_int_equal(access(f->bag, F_OK), -1);
    assert_int_equal(ew_case_open(&f->c, f->path, true, 0, NULL), EW_OK);
    assert_int_equal(ew_case_verify(f->c, no_problem, NULL, NULL), EW_OK);
    assert_int_equal(ew_case_events(f->c, 0, count, &t, NULL), EW_OK);
    assert_true(t.begun == 2 && t.done == 0 && t.failed == 1);
    remove_bag(f);
    o.prog = NULL;
    assert_int_equal(ew_ops_case_export(f->c, &o, &told, NULL), EW_OK);
}

/* ------------------------------------------------------------------ memory */

static int64_t peak_of(const fixture *f)
{
    ew_case_export_opts o = {.who = "Ann", .out = f->bag, .unchecked = true};
    ew_case_exported told;
    ew_alloc_fail_at(-1, 0);
    assert_int_equal(ew_ops_case_export(f->c, &o, &told, NULL), EW_OK);
    remove_bag(f);
    return ew_alloc_count();
}

/* What is allocated does not grow with the rows. */
static void memory_does_not_grow(void **state)
{
    fixture *f = *state;
    ew_case_intake in = {.c = f->c, .item = 1};
    ew_import_sink sink = ew_case_sink(&in);
    ew_chat chat = {.name = ew_slice_of("c")};
    ew_message m = {.sender = ew_slice_of("-Bo"),
                    .text = ew_slice_of("some words, and more")};
    int64_t before = peak_of(f);
    begin(f, "import");
    assert_int_equal(sink.chat(sink.cookie, &chat, NULL), EW_OK);
    for (int i = 0; i < MESSAGES; i++)
        assert_int_equal(sink.message(sink.cookie, &m, NULL), EW_OK);
    assert_int_equal(ew_case_commit(f->c, NULL), EW_OK);
    int64_t after = peak_of(f);
    assert_true(after - before < MESSAGES / 20);
}

/* ------------------------------------------------------------------ seals */

static ew_code seal_work(void *arg, ew_err *err)
{
    const fixture *f = arg;
    ew_case_sealed sealed;
    ew_case_act act = {.kind = "note", .who = "Ann"};
    int64_t event;
    ew_case *c = NULL;
    ew_code code = ew_case_open(&c, f->path, true, 0, err);
    if (code == EW_OK)
        code = ew_case_begin(c, &act, &event, err);
    if (code == EW_OK)
        code = ew_case_commit(c, err);
    if (code == EW_OK)
        code = ew_ops_case_seal(c, &f->desk, "Ann", "", &sealed, err);
    ew_case_close(c);
    if (code == EW_OK)
        assert_true(sealed.unsealed == 0 && sealed.upto == sealed.event - 1);
    return code;
}

static ew_code check_work(void *arg, ew_err *err)
{
    const fixture *f = arg;
    ew_case_sealed sealed;
    return ew_ops_case_sealed_check(f->c, f->desk.dir, no_problem, NULL, &sealed, err);
}

static void seals(void **state)
{
    fixture *f = *state;
    ew_secret pass;
    ew_case_sealed sealed;
    made_desk(&f->desk, f->dir, &pass);
    f->has_desk = true;
    ew_secret_release(&pass);
    assert_int_equal(ew_ops_case_sealed(f->c, &sealed, NULL), EW_OK);
    assert_true(sealed.event == 0 && sealed.unsealed == 3);
    ew_case_close(f->c);
    f->c = NULL;
    (void)test_torture_alloc(seal_work, f, 30);
    assert_true(test_torture_write(seal_work, f) >= 4);
    assert_true(test_torture_sync(seal_work, f) >= 8);
    assert_int_equal(seal_work(f, NULL), EW_OK);
    assert_int_equal(ew_case_open(&f->c, f->path, true, 0, NULL), EW_OK);
    assert_int_equal(ew_ops_case_seal(f->c, &f->desk, "Ann", "", &sealed, NULL),
                     EW_E_NOTFOUND);
    (void)test_torture_alloc(check_work, f, 30);
    assert_int_equal(ew_ops_case_sealed(f->c, &sealed, NULL), EW_OK);
    assert_true(sealed.seals >= 4 && sealed.unsealed == 0);
    assert_int_equal(ew_case_verify(f->c, no_problem, NULL, NULL), EW_OK);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(faults),
        TEST(killed_and_interrupted),
        TEST(memory_does_not_grow),
        TEST(seals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
