/* SPDX-License-Identifier: Apache-2.0 */
/* Files: atomic, whole or an error; nothing left behind when something fails. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "support.h"

static void test_put_get(void **state)
{
    const char *path = test_path(*state, "a file");
    ew_buf b;
    ew_buf_init(&b, 10);
    assert_int_equal(ew_file_put(path, "first", 5, NULL), EW_OK);
    assert_int_equal(ew_file_put(path, "second", 6, NULL), EW_OK);
    assert_int_equal(ew_file_get(path, &b, NULL), EW_OK);
    assert_string_equal((char *)b.data, "second");
    assert_int_equal(test_dir_count(*state), 1);
    /* It appends, and what does not fit leaves the buffer as it was. */
    ew_err err;
    assert_int_equal(ew_file_get(path, &b, &err), EW_E_LIMIT);
    assert_string_equal((char *)b.data, "second");
    assert_int_equal(ew_file_get(test_path(*state, "none"), &b, &err), EW_E_NOTFOUND);
    assert_int_equal(ew_file_get(*state, &b, &err), EW_E_FORMAT);
    assert_int_equal(mkfifo(test_path(*state, "fifo"), 0600), 0);
    assert_int_equal(ew_file_get(test_path(*state, "fifo"), &b, &err), EW_E_FORMAT);
    assert_int_equal(ew_file_put(test_path(*state, "fifo"), "x", 1, &err), EW_E_ARG);
    assert_int_equal(ew_file_put(test_path(*state, "no/such"), "x", 1, &err), EW_E_IO);
    assert_int_equal(err.sys, ENOENT);
    ew_buf_release(&b);
}

static void test_abort(void **state)
{
    const char *path = test_path(*state, "f");
    ew_atomic a;
    assert_int_equal(ew_file_put(path, "old", 3, NULL), EW_OK);
    assert_int_equal(ew_atomic_open(&a, path, NULL), EW_OK);
    assert_int_equal(ew_write_all(a.fd, "new", 3, NULL), EW_OK);
    assert_int_equal(test_dir_count(*state), 2);
    ew_atomic_abort(&a);
    ew_atomic_abort(&a);
    assert_int_equal(test_dir_count(*state), 1);
    ew_atomic zero = {0};
    ew_atomic_abort(&zero);
    assert_true(fcntl(0, F_GETFD) >= 0 || errno == EBADF);
    size_t n;
    char *text = test_file_get(path, &n);
    assert_string_equal(text, "old");
    free(text);
    ew_err err;
    assert_int_equal(ew_atomic_commit(&a, &err), EW_E_ARG);
}

/* What a killed process left behind is stepped over. */
static void test_stale_temp(void **state)
{
    ew_atomic a[3];
    for (int i = 0; i < 3; i++)
        assert_int_equal(ew_atomic_open(&a[i], test_path(*state, "f"), NULL), EW_OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(ew_atomic_commit(&a[i], NULL), EW_OK);
    assert_int_equal(test_dir_count(*state), 1);
}

static ew_code put_work(void *arg, ew_err *err)
{
    return ew_file_put(arg, "content", 7, err);
}

static ew_code get_work(void *arg, ew_err *err)
{
    ew_buf b;
    ew_buf_init(&b, 100);
    ew_code code = ew_file_get(arg, &b, err);
    ew_buf_release(&b);
    return code;
}

static void test_faults(void **state)
{
    char *path = ew_strdup(test_path(*state, "f"));
    assert_non_null(path);
    assert_true(test_torture_alloc(put_work, path, 0) >= 4);
    assert_true(test_torture_write(put_work, path) == 1);
    assert_true(test_torture_sync(put_work, path) == 2);
    assert_true(test_torture_alloc(get_work, path, 0) == 2);
    assert_int_equal(test_dir_count(*state), 1);
    ew_free(path);
}

static void test_pread(void **state)
{
    const char *path = test_path(*state, "f");
    char out[8] = "";
    ew_err err;
    test_file_put(path, "0123456789", 10);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(ew_pread_all(fd, out, 4, 3, &err), EW_OK);
    assert_memory_equal(out, "3456", 4);
    assert_int_equal(ew_pread_all(fd, out, 0, 10, &err), EW_OK);
    assert_int_equal(ew_pread_all(fd, out, 4, 8, &err), EW_E_FORMAT);
    assert_int_equal(err.pos, 10);
    assert_int_equal(ew_pread_all(fd, out, 4, UINT64_MAX - 2, &err), EW_E_FORMAT);
    assert_int_equal(close(fd), 0);
    assert_int_equal(ew_pread_all(fd, out, 4, 0, &err), EW_E_IO);
    assert_int_equal(ew_write_all(fd, out, 4, &err), EW_E_IO);
}

static ew_code mkdirs_work(void *arg, ew_err *err)
{
    char *deep = ew_path_join(arg, "x//y/z/");
    ew_code code = deep != NULL ? ew_mkdirs(deep, err) : EW_E_NOMEM;
    if (deep == NULL)
        (void)ew_fail(err, EW_E_NOMEM, 0, "out of memory");
    ew_free(deep);
    (void)rmdir(test_path(arg, "x/y/z"));
    return code;
}

static void test_mkdirs(void **state)
{
    ew_err err;
    assert_int_equal(ew_mkdirs(test_path(*state, "a/b/c"), &err), EW_OK);
    assert_int_equal(ew_mkdirs(test_path(*state, "a/b/c"), &err), EW_OK);
    assert_int_equal(test_dir_count(test_path(*state, "a/b")), 1);
    assert_int_equal(ew_mkdirs("/", &err), EW_OK);
    test_file_put(test_path(*state, "file"), "x", 1);
    assert_int_equal(ew_mkdirs(test_path(*state, "file/d"), &err), EW_E_IO);
    assert_int_equal(err.sys, ENOTDIR);
    assert_int_equal(ew_mkdirs(test_path(*state, "file"), &err), EW_E_IO);
    assert_int_equal(ew_sync_dir(*state, &err), EW_OK);
    assert_int_equal(ew_sync_dir(test_path(*state, "none"), &err), EW_E_IO);
    assert_true(test_torture_alloc(mkdirs_work, *state, 0) == 2);
}

static void test_join(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"a//", "b", "a/b"},   {"/", "b", "/b"},
        {"//", "b", "/b"}, {"", "b", "b"},     {".", "b/c", "./b/c"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *path = ew_path_join(cases[i][0], cases[i][1]);
        assert_string_equal(path, cases[i][2]);
        ew_free(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_IN_DIR(test_put_get),    TEST_IN_DIR(test_abort),
        TEST_IN_DIR(test_stale_temp), TEST_IN_DIR(test_faults),
        TEST_IN_DIR(test_pread),      TEST_IN_DIR(test_mkdirs),
        cmocka_unit_test(test_join),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
