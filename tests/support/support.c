/* SPDX-License-Identifier: Apache-2.0 */
/* Temporary folders, whole files and faults for unit tests. */
#include "support.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"

enum { SLOW_SECONDS = 5, SLOW_RUNS_MIN = 10 }; /* of one torture under a sanitizer */

char *test_dir_new(void)
{
    const char *tmp = getenv("TMPDIR");
    char *dir = NULL;
    assert_true(asprintf(&dir, "%s/ew-test-XXXXXX", tmp != NULL ? tmp : "/tmp") > 0);
    assert_non_null(mkdtemp(dir));
    return dir;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

void test_dir_remove(char *dir)
{
    (void)nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(dir);
}

int test_dir_set_up(void **state)
{
    *state = test_dir_new();
    return 0;
}

int test_dir_tear_down(void **state)
{
    test_dir_remove(*state);
    return 0;
}

size_t test_dir_count(const char *dir)
{
    size_t n = 0;
    DIR *d = opendir(dir);
    assert_non_null(d);
    for (const struct dirent *e; (e = readdir(d)) != NULL;)
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    (void)closedir(d);
    return n;
}

const char *test_path(const char *dir, const char *name)
{
    static char paths[8][1024];
    static unsigned next;
    char *path = paths[next++ % 8];
    assert_true(snprintf(path, sizeof paths[0], "%s/%s", dir, name) < 1024);
    return path;
}

void test_file_put(const char *path, const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_true(fwrite(bytes, 1, n, f) == n);
    assert_int_equal(fclose(f), 0);
}

char *test_file_get(const char *path, size_t *n)
{
    struct stat st;
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(fstat(fileno(f), &st), 0);
    char *bytes = malloc((size_t)st.st_size + 1);
    assert_non_null(bytes);
    *n = fread(bytes, 1, (size_t)st.st_size, f);
    bytes[*n] = 0;
    assert_int_equal(fclose(f), 0);
    return bytes;
}

const char *test_source(void)
{
    const char *source = getenv("EARWITNESS_SOURCE");
    return source != NULL ? source : ".";
}

const char *vector_path(const char *name)
{
    static char paths[8][1024];
    static unsigned next;
    char *path = paths[next++ % 8];
    struct stat st;
    if (snprintf(path, sizeof paths[0], "%s/../shared/vectors/%s", test_source(), name) >=
        (int)sizeof paths[0])
        return NULL;
    return stat(path, &st) == 0 ? path : NULL;
}

const char *vector_need(const char *name)
{
    const char *path = vector_path(name);
    if (path == NULL) {
        print_message("# SKIP no ../shared/vectors/%s\n", name);
        skip();
    }
    return path;
}

static void run_with_fault(test_work work, void *arg, int64_t n, int sticky)
{
    ew_err err = {.code = EW_OK};
    int64_t live = ew_alloc_live();
    ew_alloc_fail_at(n, sticky);
    ew_code code = work(arg, &err);
    ew_alloc_fail_at(-1, 0);
    if (code != EW_E_NOMEM || err.code != EW_E_NOMEM || err.text[0] == 0)
        fail_msg("allocation %jd failing%s: code %s, err %s '%s'", (intmax_t)n,
                 sticky ? " with all after it" : "", ew_code_name(code),
                 ew_code_name(err.code), err.text);
    if (ew_alloc_live() != live)
        fail_msg("allocation %jd failing: %jd blocks left", (intmax_t)n,
                 (intmax_t)(ew_alloc_live() - live));
}

/* A run without a fault, which also fills whatever caches the library has. */
static void run_clean(test_work work, void *arg)
{
    ew_err err = {.code = EW_OK};
    ew_code code = work(arg, &err);
    if (code != EW_OK)
        fail_msg("without a fault: %s '%s'", ew_code_name(code), err.text);
}

static double seconds_now(void)
{
    struct timespec t;
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &t), 0);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* The plain build runs all there are; a sanitizer sees as many as fit into a few seconds. */
static int64_t runs_to_make(int64_t total, int64_t limit, double seconds)
{
    const char *slow = getenv("EARWITNESS_TEST_SLOW");
    int64_t runs = limit > 0 && limit < total ? limit : total;
    if (slow == NULL || strcmp(slow, "1") == 0)
        return runs;
    double fit = SLOW_SECONDS / (2 * seconds + 1e-6);
    int64_t most = fit < SLOW_RUNS_MIN ? SLOW_RUNS_MIN
                   : fit > 1e9         ? (int64_t)1e9
                                       : (int64_t)fit;
    return runs < most ? runs : most;
}

int64_t test_torture_alloc(test_work work, void *arg, int64_t limit)
{
    run_clean(work, arg);
    ew_alloc_fail_at(-1, 0);
    double began = seconds_now();
    run_clean(work, arg);
    int64_t total = ew_alloc_count();
    int64_t runs = runs_to_make(total, limit, seconds_now() - began);
    for (int64_t i = 0; i < runs; i++) {
        int64_t n = runs == total ? i : i * total / runs;
        run_with_fault(work, arg, n, 0);
        run_with_fault(work, arg, n, 1);
    }
    return total;
}

/* A fault of the file system: how it is placed and counted, and what it looks like. */
typedef struct file_fault {
    const char *what;
    void (*place)(int64_t n);
    int64_t (*count)(void);
    int sys;
} file_fault;

static int64_t torture_file(const file_fault *f, test_work work, void *arg)
{
    run_clean(work, arg);
    f->place(-1);
    run_clean(work, arg);
    int64_t total = f->count();
    for (int64_t n = 0; n < total; n++) {
        ew_err err = {.code = EW_OK};
        int64_t live = ew_alloc_live();
        f->place(n);
        ew_code code = work(arg, &err);
        f->place(-1);
        if (code != EW_E_IO || err.sys != f->sys)
            fail_msg("%s %jd failing: %s '%s'", f->what, (intmax_t)n, ew_code_name(code),
                     err.text);
        assert_true(ew_alloc_live() == live);
    }
    return total;
}

int64_t test_torture_write(test_work work, void *arg)
{
    const file_fault f = {"write", ew_write_fail_at, ew_write_count, ENOSPC};
    return torture_file(&f, work, arg);
}

int64_t test_torture_sync(test_work work, void *arg)
{
    const file_fault f = {"sync", ew_sync_fail_at, ew_sync_count, EIO};
    return torture_file(&f, work, arg);
}

void test_wav_put(const char *path, const float *x, size_t frames, uint32_t channels,
                  uint32_t rate_hz)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(test_wav_write(f, x, frames, channels, rate_hz), 0);
    assert_int_equal(fclose(f), 0);
}
