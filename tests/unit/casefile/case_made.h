/* SPDX-License-Identifier: Apache-2.0 */
/* A case with items and events. */
#ifndef EW_TEST_CASE_MADE_H
#define EW_TEST_CASE_MADE_H

#include "casefile/casefile.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

typedef struct fixture {
    char *dir;
    const char *path;
    char file[256];
} fixture;

static inline int set_up(void **state)
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

static inline int tear_down(void **state)
{
    fixture *f = *state;
    test_dir_remove(f->dir);
    free((char *)(uintptr_t)f->path);
    free(f);
    return 0;
}

static inline ew_case *opened(const fixture *f, bool write)
{
    ew_case *c = NULL;
    ew_err err;
    if (ew_case_open(&c, f->path, write, 0, &err) != EW_OK)
        fail_msg("%s", err.text);
    return c;
}

/* Stores a file and adds it as an item, in one event. */
static inline ew_code add_file(ew_case *c, const char *path, const char *name,
                               int64_t *id, ew_err *err)
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

static inline void count_problem(void *cookie, const char *text)
{
    tally *t = cookie;
    t->n++;
    (void)snprintf(t->names, sizeof t->names, "%s", text);
}

static inline tally problems(const fixture *f)
{
    tally t = {0};
    ew_case *c = opened(f, false);
    assert_int_equal(ew_case_verify(c, count_problem, &t, NULL), EW_OK);
    ew_case_close(c);
    return t;
}

static inline int64_t do_event(ew_case *c, const char *kind, int64_t undoes)
{
    ew_case_act act = {.kind = kind, .who = "Ann", .undoes = undoes};
    int64_t event = 0;
    if (ew_case_begin(c, &act, &event, NULL) != EW_OK)
        return -1;
    assert_int_equal(ew_case_commit(c, NULL), EW_OK);
    return event;
}

/* ------------------------------------------------------------------ faults */

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

#endif
