/* SPDX-License-Identifier: Apache-2.0 */
/* Several processes at one archive, and processes that are killed. */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "fakes.h"

enum { TALKS = 40 };

typedef struct world {
    char *dir;
    char archive[200];
    fake f[TALKS];
} world;

static int set_up(void **state)
{
    static world w;
    w.dir = test_dir_new();
    (void)snprintf(w.archive, sizeof w.archive, "%s/archive", w.dir);
    for (uint32_t i = 0; i < TALKS; i++)
        fake_make(&w.f[i], i + 1, 300 + 50 * i);
    *state = &w;
    return 0;
}

static int tear_down(void **state)
{
    world *w = *state;
    for (int i = 0; i < TALKS; i++)
        fake_free(&w->f[i]);
    test_dir_remove(w->dir);
    return 0;
}

static void pause_us(long us)
{
    struct timespec t = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    (void)nanosleep(&t, NULL);
}

/* ------------------------------------------------------------------ killed writers */

/* In a child: adds, merges, removes, compacts until it is killed. After each put that has
 * returned it writes the talk's number into the pipe. */
static void work_until_killed(const world *wo, int pipe_fd)
{
    ew_index_writer *w = NULL;
    if (ew_index_writer_open(&w, wo->archive, 10, NULL) != EW_OK)
        _exit(1);
    for (uint8_t i = 0; i < TALKS; i++) {
        bool has = true;
        if (ew_index_writer_has(w, wo->f[i].rec.sha256, &has, NULL) != EW_OK)
            _exit(2);
        if (!has && fake_put(w, &wo->f[i], NULL) != EW_OK)
            _exit(3);
        if (write(pipe_fd, &i, 1) != 1)
            _exit(4);
        if (i % 5 == 4 && ew_index_writer_merge(w, NULL, NULL) != EW_OK)
            _exit(5);
        if (i % 16 == 15 && ew_index_writer_compact(w, NULL, NULL) != EW_OK)
            _exit(6);
    }
    ew_index_writer_close(w);
    _exit(0);
}

/* The snapshot holds whole talks only; *has[i] says which. */
static void check_snapshot(const world *wo, bool has[TALKS])
{
    ew_index *ix = NULL;
    ew_err err = {0};
    const fake *sorted[TALKS];
    size_t n = 0;
    ew_code code = ew_index_open(&ix, wo->archive, &err);
    memset(has, 0, TALKS * sizeof *has);
    if (code == EW_E_NOTFOUND)
        return;
    if (code != EW_OK)
        fail_msg("%s", err.text);
    for (size_t r = 0; r < ew_index_count(ix); r++)
        for (int i = 0; i < TALKS; i++)
            if (memcmp(ew_index_recording(ix, r)->sha256, wo->f[i].rec.sha256, 32) == 0) {
                has[i] = true;
                sorted[n++] = &wo->f[i];
            }
    ew_index_stats s;
    assert_int_equal(ew_index_get_stats(ix, &s, NULL), EW_OK);
    assert_int_equal(s.damaged, 0);
    fake_compare(ix, sorted, n);
    ew_index_close(ix);
}

static pid_t start_worker(const world *wo, int *from)
{
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)close(fds[0]);
        work_until_killed(wo, fds[1]);
    }
    (void)close(fds[1]);
    *from = fds[0];
    return pid;
}

/* kill -9 at random moments: what was reported is there, and everything there is whole. */
static void test_kill(void **state)
{
    enum { ROUNDS = 60 };
    const world *wo = *state;
    bool must[TALKS] = {false};
    uint64_t random = 11;
    for (int round = 0; round < ROUNDS; round++) {
        int from = -1;
        int status = 0;
        uint8_t i;
        bool has[TALKS];
        pid_t pid = start_worker(wo, &from);
        pause_us(500 + fake_random(&random) % 25000);
        assert_int_equal(kill(pid, SIGKILL), 0);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
            fail_msg("worker failed at %d", WEXITSTATUS(status));
        while (read(from, &i, 1) == 1)
            must[i] = true;
        assert_int_equal(close(from), 0);
        check_snapshot(wo, has);
        for (int k = 0; k < TALKS; k++)
            assert_true(has[k] || !must[k]);
    }
    assert_true(must[0]);
    /* The next writer clears away what was left, and finishes the work. */
    int from = -1;
    int status = 0;
    pid_t pid = start_worker(wo, &from);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(close(from), 0);
    bool has[TALKS];
    uint64_t damaged = 1;
    check_snapshot(wo, has);
    for (int k = 0; k < TALKS; k++)
        assert_true(has[k]);
    assert_int_equal(ew_index_verify(wo->archive, NULL, NULL, NULL, &damaged, NULL),
                     EW_OK);
    assert_int_equal(damaged, 0);
    ew_index *ix = NULL;
    ew_index_stats s;
    assert_int_equal(ew_index_open(&ix, wo->archive, NULL), EW_OK);
    assert_int_equal(ew_index_get_stats(ix, &s, NULL), EW_OK);
    ew_index_close(ix);
    assert_int_equal(test_dir_count(test_path(wo->archive, "segments")), s.segments);
}

/* ------------------------------------------------------------------ side by side */

static void test_two_writers(void **state)
{
    const world *wo = *state;
    ew_index_writer *a = NULL;
    ew_index_writer *b = NULL;
    ew_err err = {0};
    char want[60];
    assert_int_equal(ew_index_writer_open(&a, wo->archive, 0, NULL), EW_OK);
    assert_int_equal(ew_index_writer_open(&b, wo->archive, 0, &err), EW_E_BUSY);
    assert_null(b);
    (void)snprintf(want, sizeof want, "locked by process %ld", (long)getpid());
    assert_non_null(strstr(err.text, want));
    struct timespec from, to;
    (void)clock_gettime(CLOCK_MONOTONIC, &from);
    assert_int_equal(ew_index_writer_open(&b, wo->archive, 0.2, &err), EW_E_BUSY);
    (void)clock_gettime(CLOCK_MONOTONIC, &to);
    assert_true((double)(to.tv_sec - from.tv_sec) +
                    (double)(to.tv_nsec - from.tv_nsec) * 1e-9 >=
                0.19);
    /* Another process waits until this one is done. */
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(ew_index_writer_open(&b, wo->archive, 20, NULL) == EW_OK ? 0 : 1);
    pause_us(100000);
    ew_index_writer_close(a);
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(ew_index_writer_open(&a, wo->archive, 0, NULL), EW_OK);
    ew_index_writer_close(a);
}

/* Snapshots taken all the while are whole, only grow, and do not stop the writer. */
static void test_readers(void **state)
{
    const world *wo = *state;
    bool has[TALKS];
    int from = -1;
    int status = 0;
    size_t last = 0;
    size_t snapshots = 0;
    pid_t pid = start_worker(wo, &from);
    while (waitpid(pid, &status, WNOHANG) == 0) {
        size_t n = 0;
        check_snapshot(wo, has);
        for (int i = 0; i < TALKS; i++)
            n += has[i];
        assert_true(n >= last);
        last = n;
        snapshots++;
    }
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(close(from), 0);
    check_snapshot(wo, has);
    assert_true(has[0] && has[TALKS - 1]);
    print_message("# %zu snapshots while writing\n", snapshots);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_kill, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_two_writers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_readers, set_up, tear_down),
    };
    fake_fast_disk();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
