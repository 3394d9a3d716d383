/* SPDX-License-Identifier: Apache-2.0 */
/* Files that become shorter while they are mapped. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mapped.h"
#include "support.h"

enum { PAGE = 4096, PAGES = 5 };

/* A file of so many pages of 'x'. */
static int made(const char *path)
{
    char *text = malloc((size_t)PAGE * PAGES);
    assert_non_null(text);
    memset(text, 'x', (size_t)PAGE * PAGES);
    test_file_put(path, text, (size_t)PAGE * PAGES);
    free(text);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static size_t count(const ew_mapped *m, char wanted)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n; i++)
        n += ((const volatile char *)m->p)[i] == wanted;
    return n;
}

static void what_is_cut_off_reads_as_zeros(void **state)
{
    const char *path = test_path(*state, "a");
    ew_mapped cut;
    ew_mapped whole;
    int fd = made(path);
    int other = made(test_path(*state, "b"));
    assert_int_equal(ew_mapped_open(&whole, other, NULL), EW_OK);
    assert_int_equal(ew_mapped_open(&cut, fd, NULL), EW_OK);
    (void)close(fd);
    (void)close(other);
    assert_int_equal(count(&cut, 'x'), PAGE * PAGES);
    assert_int_equal(truncate(path, PAGE + 10), 0);
    assert_false(ew_mapped_torn(&cut)); /* nobody has looked */
    assert_int_equal(count(&cut, 'x'), PAGE + 10);
    assert_int_equal(count(&cut, 0), PAGE * (PAGES - 1) - 10);
    assert_true(ew_mapped_torn(&cut));
    assert_int_equal(count(&whole, 'x'), PAGE * PAGES);
    assert_false(ew_mapped_torn(&whole));
    ew_mapped_close(&cut);
    ew_mapped_close(&cut);
    assert_false(ew_mapped_torn(&cut));
    /* The next one in its slot is whole. */
    fd = made(path);
    assert_int_equal(ew_mapped_open(&cut, fd, NULL), EW_OK);
    (void)close(fd);
    assert_false(ew_mapped_torn(&cut));
    assert_int_equal(count(&cut, 'x'), PAGE * PAGES);
    ew_mapped_close(&cut);
    ew_mapped_close(&whole);
}

static void nothing_and_too_many(void **state)
{
    static ew_mapped all[EW_MAPPED_MOST + 1];
    const char *path = test_path(*state, "none");
    ew_mapped zero = {0};
    test_file_put(path, "", 0);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(ew_mapped_open(&all[0], fd, NULL), EW_OK);
    assert_int_equal(all[0].n, 0);
    assert_string_equal(all[0].p, "");
    (void)close(fd);
    ew_mapped_close(&all[0]);
    ew_mapped_close(&zero);
    assert_false(ew_mapped_torn(&zero));
    assert_int_equal(ew_mapped_open(&all[0], -1, NULL), EW_E_IO);
    fd = made(path);
    for (size_t i = 0; i < EW_MAPPED_MOST; i++)
        assert_int_equal(ew_mapped_open(&all[i], fd, NULL), EW_OK);
    assert_int_equal(ew_mapped_open(&all[EW_MAPPED_MOST], fd, NULL), EW_E_LIMIT);
    ew_mapped_close(&all[7]);
    assert_int_equal(ew_mapped_open(&all[EW_MAPPED_MOST], fd, NULL), EW_OK);
    for (size_t i = 0; i <= EW_MAPPED_MOST; i++)
        ew_mapped_close(&all[i]);
    (void)close(fd);
}

/* Everything else that ends a process with SIGBUS still does. */
static int ended_by(const char *path, bool sent)
{
    int status = 0;
    int fd = made(path);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        ew_mapped m;
        struct sigaction old = {.sa_flags = 0};
        old.sa_handler = SIG_DFL; /* not what a sanitizer put there */
        char *raw = mmap(NULL, (size_t)PAGE * PAGES, PROT_READ, MAP_PRIVATE, fd, 0);
        if (sigaction(SIGBUS, &old, NULL) != 0 || raw == MAP_FAILED ||
            ew_mapped_open(&m, fd, NULL) != EW_OK || truncate(path, 0) != 0)
            _exit(1);
        if (sent)
            (void)raise(SIGBUS);
        else
            (void)*(volatile char *)raw;
        _exit(2);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    (void)close(fd);
    return WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
}

/* Runs first: only the first use in a process takes the signal over, and cmocka takes it back after each test. */
static void what_is_not_ours_ends_the_process(void **state)
{
    assert_int_equal(ended_by(test_path(*state, "a"), false), SIGBUS);
    assert_int_equal(ended_by(test_path(*state, "b"), true), SIGBUS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_IN_DIR(what_is_not_ours_ends_the_process),
        TEST_IN_DIR(what_is_cut_off_reads_as_zeros),
        TEST_IN_DIR(nothing_and_too_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
