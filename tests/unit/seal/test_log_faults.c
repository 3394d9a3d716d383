/* SPDX-License-Identifier: Apache-2.0 */
/* A log when writes fail, memory is out, and the program is killed. */
#include "seal/log.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log_made.h"

/* ------------------------------------------------------------------ faults */

/* Every entry that was acknowledged is there, in its place, and the log is sound. */
static void check_kept(const char *dir, uint64_t acknowledged)
{
    ew_log *log = opened(dir);
    ew_tiles *t = NULL;
    assert_true(ew_log_size(log) >= acknowledged);
    assert_int_equal(ew_tiles_new(&t, dir, ew_log_size(log), NULL), EW_OK);
    for (uint64_t i = 0; i < acknowledged; i++) {
        char want[32];
        ew_buf b;
        ew_buf_init(&b, 100);
        size_t n = entry_text(i, want);
        assert_int_equal(ew_tiles_entry(t, i, &b, NULL), EW_OK);
        assert_true(b.len == n && memcmp(b.data, want, n) == 0);
        ew_buf_release(&b);
    }
    ew_tiles_free(t);
    ew_log_close(log);
    assert_int_equal(problems(dir, true), 0);
}

static void fail_each(const char *dir, void (*place)(int64_t), int sys)
{
    uint64_t acknowledged = 0;
    int failed = 0;
    ew_code code;
    ew_log_close(created(dir));
    assert_int_equal(append_and_sign(dir, 250, &acknowledged, NULL), EW_OK);
    /* Over the edge of a tile and on; each round begins with what the last one left. */
    for (int64_t n = 0;; n++) {
        ew_err err = {.code = EW_OK};
        place(n);
        code = append_and_sign(dir, 5, &acknowledged, &err);
        place(-1);
        check_kept(dir, acknowledged);
        if (code == EW_OK)
            break;
        assert_int_equal(code, EW_E_IO);
        assert_int_equal(err.sys, sys);
        failed++;
    }
    assert_true(failed >= 4);
}

static void test_each_write_fails(void **state)
{
    fail_each(*state, ew_write_fail_at, ENOSPC);
}

static void test_each_sync_fails(void **state)
{
    fail_each(*state, ew_sync_fail_at, EIO);
}

static ew_code open_work(void *arg, ew_err *err)
{
    ew_log *log = NULL;
    ew_signer *key = NULL;
    static const uint8_t seed[EW_ED25519_SEED] = {9};
    uint64_t first;
    ew_buf note;
    ew_slice e = ew_slice_of("entry");
    ew_buf_init(&note, EW_NOTE_MAX);
    ew_code code = ew_signer_new(&key, ew_slice_of(ORIGIN), EW_SIG_ED25519, seed, err);
    if (code == EW_OK)
        code = ew_log_open(&log, arg, err);
    if (code == EW_OK)
        code = ew_log_append(log, &e, 1, &first, err);
    if (code == EW_OK)
        code = ew_log_checkpoint(log, key, &note, err);
    if (code == EW_OK)
        code = ew_log_prove(arg, 0, ew_slice_of("x"), &note, err);
    ew_buf_release(&note);
    ew_signer_free(key);
    ew_log_close(log);
    return code;
}

static ew_code fsck_work(void *arg, ew_err *err)
{
    ew_fsck f = {.problem = NULL};
    return ew_log_fsck(arg, &f, err);
}

static void test_each_allocation_fails(void **state)
{
    ew_log_close(created(*state));
    assert_true(test_torture_alloc(open_work, *state, 0) > 20);
    assert_true(test_torture_alloc(fsck_work, *state, 0) > 5);
    assert_int_equal(problems(*state, true), 0);
}

/* A process that is killed while it appends, many times. */
static void test_killed(void **state)
{
    uint64_t acknowledged = 0;
    ew_log_close(created(*state));
    for (int round = 0; round < 10; round++) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            ew_log *log = NULL;
            if (ew_log_open(&log, *state, NULL) != EW_OK)
                _exit(1);
            while (append(log, 7, NULL) == EW_OK) {
                uint64_t size = ew_log_size(log);
                if (write(ends[1], &size, sizeof size) != (ssize_t)sizeof size)
                    _exit(1);
            }
            _exit(1);
        }
        assert_int_equal(close(ends[1]), 0);
        for (int i = 0; i < 2 + round % 3; i++)
            assert_true(read(ends[0], &acknowledged, sizeof acknowledged) ==
                        (ssize_t)sizeof acknowledged);
        (void)usleep((useconds_t)(round * 700));
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, NULL, 0), child);
        while (read(ends[0], &acknowledged, sizeof acknowledged) > 0)
            continue;
        assert_int_equal(close(ends[0]), 0);
        check_kept(*state, acknowledged);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_IN_DIR(test_each_write_fails),
        TEST_IN_DIR(test_each_sync_fails),
        TEST_IN_DIR(test_each_allocation_fails),
        TEST_IN_DIR(test_killed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
