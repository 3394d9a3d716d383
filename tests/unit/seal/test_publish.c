/* SPDX-License-Identifier: Apache-2.0 */
/* The published copy of a log is a whole log at every moment, never goes back, and its
 * checkpoint gathers cosignatures without losing any. */
#include "seal/log_publish.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "publish_made.h"

static void print_problem(void *cookie, const char *text)
{
    (void)cookie;
    print_error("%s\n", text);
}

/* Size of the published log, which is whole; 0 when there is none yet. */
static uint64_t check_public(const desk *d)
{
    ew_fsck f = {.problem = print_problem, .key = ew_signer_vkey(d->key)};
    ew_code code = ew_log_fsck(d->pub, &f, NULL);
    if (code == EW_E_NOTFOUND)
        return 0;
    assert_int_equal(code, EW_OK);
    assert_int_equal(f.problems, 0);
    return f.entries;
}

static void put_back(const char *dir, const char *name, char *bytes, size_t n)
{
    test_file_put(test_path(dir, name), bytes, n);
    free(bytes);
}

/* ------------------------------------------------------------------ publishing */

static void test_growing(void **state)
{
    desk *d = *state;
    static const uint64_t batches[] = {0, 1, 254, 1, 1, 256, 0, 700, 3};
    uint64_t size = 0;
    ew_err err;
    assert_int_equal(publish(d, &err), EW_E_NOTFOUND); /* nothing was signed yet */
    assert_int_not_equal(access(d->pub, F_OK), 0);
    for (size_t i = 0; i < EW_COUNT(batches); i++) {
        grow(d, batches[i]);
        if (publish(d, &err) != EW_OK)
            fail_msg("%s", err.text);
        assert_int_equal(d->p.before, size);
        size += batches[i];
        assert_int_equal(d->p.size, size);
        assert_int_equal(check_public(d), size);
        assert_int_equal(d->p.checkpoint, i == 0 || batches[i] > 0);
        assert_true((d->p.files > 0) == (batches[i] > 0));
        /* Again: nothing to do. */
        assert_int_equal(publish(d, NULL), EW_OK);
        assert_true(d->p.files == 0 && !d->p.checkpoint);
    }
    /* Nothing but the log is in it. */
    assert_int_not_equal(access(test_path(d->pub, ".state"), F_OK), 0);
    assert_int_not_equal(access(test_path(d->pub, ".lock"), F_OK), 0);
}

/* What was not signed yet is nobody's business. */
static void test_only_what_is_signed(void **state)
{
    desk *d = *state;
    ew_log *log = NULL;
    uint64_t first;
    ew_slice e = ew_slice_of("later");
    grow(d, 300);
    assert_int_equal(ew_log_open(&log, d->log, NULL), EW_OK);
    assert_int_equal(ew_log_append(log, &e, 1, &first, NULL), EW_OK);
    ew_log_close(log);
    assert_int_equal(publish(d, NULL), EW_OK);
    assert_int_equal(check_public(d), 300);
    assert_int_not_equal(access(test_path(d->pub, "tile/0/001.p/45"), F_OK), 0);
}

/* A file that somebody removed from the copy comes back. */
static void test_mending(void **state)
{
    desk *d = *state;
    grow(d, 600);
    assert_int_equal(publish(d, NULL), EW_OK);
    assert_int_equal(unlink(test_path(d->pub, "tile/0/000")), 0);
    assert_int_equal(unlink(test_path(d->pub, "tile/entries/002.p/88")), 0);
    assert_int_equal(publish(d, NULL), EW_OK);
    assert_int_equal(d->p.files, 2);
    assert_int_equal(check_public(d), 600);
}

/* A reader who took the checkpoint before finds all of it while and after more is published. */
static void test_old_readers(void **state)
{
    desk *d = *state;
    size_t n;
    grow(d, 300);
    assert_int_equal(publish(d, NULL), EW_OK);
    char *old = test_file_get(test_path(d->pub, "checkpoint"), &n);
    grow(d, 500);
    assert_int_equal(publish(d, NULL), EW_OK);
    size_t n2;
    char *now = test_file_get(test_path(d->pub, "checkpoint"), &n2);
    put_back(d->pub, "checkpoint", old, n);
    assert_int_equal(check_public(d), 300);
    put_back(d->pub, "checkpoint", now, n2);
    assert_int_equal(check_public(d), 800);
}

/* ------------------------------------------------------------------ refusals */

static void row_11_publishing_never_goes_back(void **state)
{
    desk *d = *state;
    ew_err err;
    char small[320];
    (void)snprintf(small, sizeof small, "%s/small", d->dir);
    grow(d, 9);
    assert_int_equal(publish(d, NULL), EW_OK);
    /* The same history, less of it, as after restoring a copy. */
    assert_int_equal(ew_log_create(small, ORIGIN, NULL), EW_OK);
    grow_with(d, small, 5, 'a');
    assert_int_equal(
        ew_log_publish(small, d->pub, ew_signer_vkey(d->key), 1, &d->p, &err),
        EW_E_FORMAT);
    assert_non_null(strstr(err.text, "does not go back"));
    grow_with(d, small, 4, 'a');
    assert_int_equal(
        ew_log_publish(small, d->pub, ew_signer_vkey(d->key), 1, &d->p, &err), EW_OK);
    assert_int_equal(check_public(d), 9);
}

static void row_11_publishing_another_history(void **state)
{
    desk *d = *state;
    ew_err err;
    char other[320];
    (void)snprintf(other, sizeof other, "%s/other", d->dir);
    grow(d, 9);
    assert_int_equal(publish(d, NULL), EW_OK);
    assert_int_equal(ew_log_create(other, ORIGIN, NULL), EW_OK);
    grow_with(d, other, 300, 'b');
    assert_int_equal(
        ew_log_publish(other, d->pub, ew_signer_vkey(d->key), 1, &d->p, &err),
        EW_E_FORMAT);
    assert_non_null(strstr(err.text, "contradict what is published"));
    assert_int_equal(check_public(d), 9);
    assert_int_not_equal(access(test_path(d->pub, "tile/0/000"), F_OK), 0);
}

static void test_refusals(void **state)
{
    desk *d = *state;
    ew_err err;
    size_t n;
    ew_signer *thief = test_signer(ORIGIN, EW_SIG_ED25519, 7);
    grow(d, 3);
    assert_int_equal(
        ew_log_publish(d->log, d->pub, ew_signer_vkey(thief), 1, &d->p, &err),
        EW_E_FORMAT);
    assert_int_equal(
        ew_log_publish(d->log, d->log, ew_signer_vkey(d->key), 1, &d->p, &err), EW_E_ARG);
    assert_int_equal(publish(d, NULL), EW_OK);
    char *kept = test_file_get(test_path(d->pub, "checkpoint"), &n);
    test_file_put(test_path(d->pub, "checkpoint"), "x", 1);
    grow(d, 3);
    assert_int_equal(publish(d, &err), EW_E_FORMAT);
    put_back(d->pub, "checkpoint", kept, n);
    int fd = open(d->pub, O_RDONLY | O_DIRECTORY);
    assert_true(fd >= 0 && flock(fd, LOCK_EX) == 0);
    assert_int_equal(publish(d, &err), EW_E_BUSY);
    assert_int_equal(close(fd), 0);
    assert_int_equal(publish(d, &err), EW_OK);
    ew_signer_free(thief);
}

/* The log has a new key; the published checkpoint is by the old one. */
static void test_exchanged_key(void **state)
{
    desk *d = *state;
    ew_err err;
    ew_signer *old = d->key;
    grow(d, 3);
    assert_int_equal(publish(d, NULL), EW_OK);
    d->key = test_signer(ORIGIN, EW_SIG_ED25519, 9);
    ew_vkey keys[2] = {*ew_signer_vkey(d->key), *ew_signer_vkey(old)};
    assert_int_equal(ew_log_publish(d->log, d->pub, keys, 2, &d->p, &err), EW_E_FORMAT);
    grow(d, 0); /* signed anew, though nothing was added */
    assert_int_equal(publish(d, &err), EW_E_FORMAT);
    assert_int_equal(ew_log_publish(d->log, d->pub, keys, 2, &d->p, &err), EW_OK);
    assert_true(d->p.checkpoint && d->p.files == 0);
    assert_int_equal(publish(d, &err), EW_OK);
    assert_int_equal(check_public(d), 3);
    ew_signer_free(old);
}

/* A log that is damaged anywhere in what is new does not get out. */
static void test_damage_does_not_get_out(void **state)
{
    desk *d = *state;
    static const char *const files[] = {"tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1",
                                        "tile/entries/000", "tile/entries/001.p/44"};
    ew_err err;
    grow(d, 300);
    for (size_t i = 0; i < 2 * EW_COUNT(files); i++) {
        size_t n;
        const char *name = files[i / 2];
        char *good = test_file_get(test_path(d->log, name), &n);
        char *bad = test_file_get(test_path(d->log, name), &n);
        bad[n / 2] = (char)(bad[n / 2] ^ 1);
        if (i % 2 == 0)
            put_back(d->log, name, bad, n);
        else
            put_back(d->log, name, bad, n / 2);
        if (publish(d, &err) != EW_E_FORMAT)
            fail_msg("a damaged %s is published", name);
        assert_int_not_equal(access(test_path(d->pub, "checkpoint"), F_OK), 0);
        assert_int_equal(unlink(test_path(d->log, name)), 0);
        if (publish(d, &err) != EW_E_FORMAT)
            fail_msg("without %s it is published", name);
        put_back(d->log, name, good, n);
    }
    assert_int_equal(publish(d, &err), EW_OK);
    assert_int_equal(check_public(d), 300);
}

/* ------------------------------------------------------------------ faults */

static void fail_each(desk *d, void (*place)(int64_t), int sys)
{
    uint64_t before = 0;
    int failed = 0;
    for (int round = 0; round < 3; round++) {
        grow(d, 258);
        for (int64_t n = 0;; n++) {
            ew_err err = {.code = EW_OK};
            place(n);
            ew_code code = publish(d, &err);
            place(-1);
            uint64_t now = check_public(d);
            assert_true(now == before || now == before + 258);
            if (code == EW_OK) {
                before = now;
                break;
            }
            assert_int_equal(code, EW_E_IO);
            assert_int_equal(err.sys, sys);
            before = now == before ? before : now - 258;
            failed++;
        }
        assert_int_equal(before, 258 * (uint64_t)(round + 1));
    }
    assert_true(failed >= 9);
}

static void test_each_write_fails(void **state)
{
    fail_each(*state, ew_write_fail_at, ENOSPC);
}

static void test_each_sync_fails(void **state)
{
    fail_each(*state, ew_sync_fail_at, EIO);
}

/* A process that is killed while it publishes, at many moments. */
static void test_killed(void **state)
{
    desk *d = *state;
    uint64_t before = 0;
    for (int round = 0; round < 12; round++) {
        grow(d, 600);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0)
            _exit(publish(d, NULL) == EW_OK ? 0 : 1);
        (void)usleep((useconds_t)(round * 1500));
        (void)kill(child, SIGKILL);
        assert_int_equal(waitpid(child, NULL, 0), child);
        uint64_t now = check_public(d);
        assert_true(now >= before && now <= 600 * (uint64_t)(round + 1));
        before = now;
    }
    assert_int_equal(publish(d, NULL), EW_OK);
    assert_int_equal(check_public(d), 600 * 12);
}

static ew_code publish_work(void *arg, ew_err *err)
{
    desk *d = arg;
    (void)unlink(test_path(d->pub, "checkpoint"));
    return publish(d, err);
}

static void test_each_allocation_fails(void **state)
{
    desk *d = *state;
    grow(d, 300);
    assert_true(test_torture_alloc(publish_work, d, 0) > 10);
    assert_int_equal(publish(d, NULL), EW_OK);
    assert_int_equal(check_public(d), 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_LOG(test_growing),
        WITH_LOG(test_only_what_is_signed),
        WITH_LOG(test_mending),
        WITH_LOG(test_old_readers),
        WITH_LOG(row_11_publishing_never_goes_back),
        WITH_LOG(row_11_publishing_another_history),
        WITH_LOG(test_refusals),
        WITH_LOG(test_exchanged_key),
        WITH_LOG(test_damage_does_not_get_out),
        WITH_LOG(test_each_write_fails),
        WITH_LOG(test_each_sync_fails),
        WITH_LOG(test_killed),
        WITH_LOG(test_each_allocation_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
