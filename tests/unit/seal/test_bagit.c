/* SPDX-License-Identifier: Apache-2.0 */
/* A bag is there whole or not at all, and its manifests are those of RFC 8493. */
#include "seal/bagit.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "support.h"

static void check_file(const char *dir, const char *name, const char *want)
{
    size_t n;
    char *got = test_file_get(test_path(dir, name), &n);
    assert_string_equal(got, want);
    free(got);
}

static ew_code fill(ew_bag *b, ew_err *err)
{
    ew_code code = ew_bag_begin(b, "data/b/two words", err);
    if (code == EW_OK)
        code = ew_bag_write(b, "ab", 2, err);
    if (code == EW_OK)
        code = ew_bag_write(b, "c", 1, err);
    if (code == EW_OK)
        code = ew_bag_end(b, err);
    if (code == EW_OK)
        code = ew_bag_put(b, "data/a\nb\r100%", "", 0, err);
    if (code == EW_OK)
        code = ew_bag_put(b, "seals/x", "abc", 3, err);
    if (code == EW_OK)
        code = ew_bag_info(b, "Bagging-Date", "2026-11-22", err);
    return code == EW_OK ? ew_bag_finish(b, err) : code;
}

#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void test_a_bag(void **state)
{
    (void)state;
    char *dir = test_dir_new();
    char out[256];
    ew_bag *b;
    (void)snprintf(out, sizeof out, "%s/bag", dir);
    assert_int_equal(ew_bag_new(&b, out, NULL), EW_OK);
    assert_int_equal(fill(b, NULL), EW_OK);
    ew_bag_free(b);
    check_file(out, "bagit.txt",
               "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
    check_file(out, "bag-info.txt", "Bagging-Date: 2026-11-22\nPayload-Oxum: 3.2\n");
    check_file(out, "manifest-sha256.txt",
               EMPTY "  data/a%0Ab%0D100%25\n" ABC "  data/b/two words\n");
    check_file(out, "data/b/two words", "abc");
    check_file(out, "data/a\nb\r100%", "");
    size_t n;
    char *tags = test_file_get(test_path(out, "tagmanifest-sha256.txt"), &n);
    static const char *const names[] = {"  bag-info.txt\n", "  bagit.txt\n",
                                        "  manifest-sha256.txt\n", ABC "  seals/x\n"};
    const char *at = tags;
    for (size_t i = 0; i < EW_COUNT(names); i++) {
        at = strstr(at, names[i]);
        assert_non_null(at);
    }
    assert_null(strstr(tags, "tagmanifest"));
    free(tags);
    /* What is there is not replaced. */
    assert_int_equal(ew_bag_new(&b, out, NULL), EW_E_ARG);
    test_dir_remove(dir);
}

static void test_paths(void **state)
{
    (void)state;
    char *dir = test_dir_new();
    char out[256];
    ew_bag *b;
    static const char *const bad[] = {"",      "/a",     "a/",   "a//b",         ".",
                                      "..",    "a/../b", "a/.b", "data/../../x", "\xFF",
                                      "ok/a/b"};
    (void)snprintf(out, sizeof out, "%s/bag", dir);
    assert_int_equal(ew_bag_new(&b, out, NULL), EW_OK);
    assert_int_equal(ew_bag_put(b, "ok/a", "x", 1, NULL), EW_OK);
    assert_int_equal(ew_bag_put(b, "ok/a", "x", 1, NULL), EW_E_ARG);
    for (size_t i = 0; i < EW_COUNT(bad); i++)
        assert_int_equal(ew_bag_put(b, bad[i], "x", 1, NULL), EW_E_ARG);
    assert_int_equal(ew_bag_info(b, "A:", "x", NULL), EW_E_ARG);
    assert_int_equal(ew_bag_info(b, "A", "x\nB: y", NULL), EW_E_ARG);
    ew_bag_free(b);
    assert_int_not_equal(access(out, F_OK), 0);
    test_dir_remove(dir);
}

/* Nothing, or the whole bag; after a failure no temporary folder either. */
static ew_code work(void *arg, ew_err *err)
{
    const char *dir = arg;
    char out[256];
    char cmd[300];
    ew_bag *b = NULL;
    (void)snprintf(out, sizeof out, "%s/bag", dir);
    ew_code code = ew_bag_new(&b, out, err);
    if (code == EW_OK)
        code = fill(b, err);
    ew_bag_free(b);
    bool there = access(out, F_OK) == 0;
    assert_int_equal(test_dir_count(dir), there);
    assert_true(there || code != EW_OK);
    if (there)
        assert_int_equal(test_dir_count(out), 6);
    (void)snprintf(cmd, sizeof cmd, "rm -rf '%s'", out);
    assert_int_equal(system(cmd), 0);
    return code;
}

static void test_whole_or_not_at_all(void **state)
{
    (void)state;
    char *dir = test_dir_new();
    assert_true(test_torture_alloc(work, dir, 0) > 20);
    assert_true(test_torture_write(work, dir) >= 6);
    assert_true(test_torture_sync(work, dir) >= 10);
    test_dir_remove(dir);
}

/* Killed in the middle of writing; what it left is gone with the next bag, but not before it is left. */
static void test_what_was_left_is_removed(void **state)
{
    char *dir = test_dir_new();
    char out[256];
    char byte;
    int ready[2];
    ew_bag *b;
    (void)state;
    (void)snprintf(out, sizeof out, "%s/bag", dir);
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (ew_bag_new(&b, out, NULL) != EW_OK ||
            ew_bag_put(b, "data/a/b", "source", 6, NULL) != EW_OK ||
            ew_bag_begin(b, "data/a/c", NULL) != EW_OK || write(ready[1], "x", 1) != 1)
            _exit(1);
        for (;;)
            (void)pause();
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(test_dir_count(dir), 1);
    assert_int_equal(ew_bag_new(&b, out, NULL), EW_OK);
    assert_int_equal(test_dir_count(dir), 2); /* that one is being written */
    ew_bag_free(b);
    assert_int_equal(test_dir_count(dir), 1);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(test_dir_count(dir), 1);
    /* Of another kind. */
    assert_int_equal(mkdir(test_path(dir, ".ew-tmp-other"), 0700), 0);
    assert_int_equal(symlink("/", test_path(dir, ".ew-tmp-bag-1-1")), 0);
    assert_int_equal(ew_bag_new(&b, out, NULL), EW_OK);
    assert_int_equal(test_dir_count(dir), 3);
    assert_int_equal(fill(b, NULL), EW_OK);
    ew_bag_free(b);
    assert_int_equal(test_dir_count(dir), 3);
    assert_int_equal(access(out, F_OK), 0);
    (void)close(ready[0]);
    (void)close(ready[1]);
    test_dir_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_bag),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_whole_or_not_at_all),
        cmocka_unit_test(test_what_was_left_is_removed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
