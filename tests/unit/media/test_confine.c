/* SPDX-License-Identifier: Apache-2.0 */
/* A decoder that a file has taken over can do nothing, and the client survives it. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "media_test.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* Decodes an input that makes the test decoder act as told. */
static decoded act(const char *dir, const char *what, uint32_t stall_seconds)
{
    const char *path = test_path(dir, "evil.wav");
    ew_media_opts o = ew_media_opts_default();
    char text[64];

    snprintf(text, sizeof text, "EWHOOK %s \n", what);
    test_file_put(path, text, strlen(text));
    o.decoder_path = getenv("EARWITNESS_DECODE_HOOKS");
    assert_non_null(o.decoder_path);
    o.stall_seconds = stall_seconds;
    o.memory_bytes = (uint64_t)512 << 20;
    return decode(path, &o);
}

/* None of the calls came through, and no child is left behind. */
static void test_forbidden_calls_kill(void **state)
{
    static const char *const calls[] = {
        "open", "create", "environ",     "socket", "exec",      "fork",
        "kill", "signal", "write-input", "code",   "map-input",
    };

    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        decoded d = act(*state, calls[i], 20);

        print_message("# %s: %s\n", calls[i], d.err.text);
        must_fail(&d, EW_E_IO, "evil.wav", "forbidden");
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    }
    assert_int_not_equal(access("/tmp/earwitness-was-here", F_OK), 0);
}

static void test_crashes_are_told(void **state)
{
    decoded d = act(*state, "crash", 20);

    must_fail(&d, EW_E_IO, "evil.wav", "crashed");
    d = act(*state, "abort", 20);
    must_fail(&d, EW_E_IO, "evil.wav", "crashed");
    d = act(*state, "leave", 20);
    must_fail(&d, EW_E_IO, "evil.wav", "stopped too early");
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void test_hang_is_ended(void **state)
{
    time_t before = time(NULL);
    decoded d = act(*state, "hang", 1);

    must_fail(&d, EW_E_IO, "evil.wav", "hung");
    d = act(*state, "hang-later", 1);
    must_fail(&d, EW_E_IO, "evil.wav", "hung");
    decoded_free(&d);
    assert_true(time(NULL) - before < 10);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void test_memory_is_limited(void **state)
{
#if SANITIZED
    (void)state;
    print_message("# skipped: a sanitizer needs the address space\n");
#else
    decoded d = act(*state, "eat", 20);

    must_fail(&d, EW_E_LIMIT, "evil.wav", "512 MiB of memory");
#endif
}

static void test_nonsense_is_refused(void **state)
{
    static const char *const lies[] = {
        "garbage", "huge-frame", "pcm-first",     "end-first",
        "chatter", "beats",      "nine-channels",
    };

    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        decoded d = act(*state, lies[i], 20);

        must_fail(&d, EW_E_IO, "evil.wav", "nonsense");
        decoded_free(&d);
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    }
}

/* Values that are no numbers become silence, and no control character comes through. */
static void test_strange_values_are_tamed(void **state)
{
    decoded d = act(*state, "strange", 20);

    must_decode(&d);
    assert_int_equal(d.frames, 4);
    assert_true(d.x[0] == 0.0F && d.x[3] == 0.5F);
    assert_true(isfinite(d.x[1]) && isfinite(d.x[2]));
    assert_null(strchr(d.journal, '\x1b'));
    assert_null(strchr(d.info.container, '\n'));
    assert_null(strchr(d.info.container, '\x1b'));
    decoded_free(&d);
}

/* Makes this process, and what it starts, one that can install no filter of its own. */
static int take_seccomp_away(void)
{
    static const struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 3, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PR_SET_SECCOMP, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog all = {
        .len = sizeof code / sizeof code[0],
        .filter = (struct sock_filter *)(uintptr_t)code,
    };

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -1;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &all);
}

/* In a child: 0 if all is as it should be, 77 if it cannot be tried. */
static int decode_without_seccomp(const char *path)
{
    decoded d;
    int wrong;

    if (take_seccomp_away() != 0)
        return 77;
    d = decode(path, NULL);
    wrong = d.code != EW_E_IO || strstr(d.err.text, "EARWITNESS_UNCONFINED=1") == NULL;
    setenv("EARWITNESS_UNCONFINED", "1", 1);
    d = decode(path, NULL);
    wrong |= d.code != EW_OK || strstr(d.journal, "without confinement") == NULL;
    decoded_free(&d);
    return wrong;
}

/* Where the system cannot confine it the decoder refuses, unless it is told otherwise. */
static void test_no_confinement_no_decoding(void **state)
{
    const char *path = test_path(*state, "honest.wav");
    const float x[100] = {0};
    int status = 0;
    pid_t child;

    test_wav_put(path, x, 100, 1, 8000);
    child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(decode_without_seccomp(path));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        print_message("# skipped: no seccomp here\n");
    else
        assert_int_equal(WEXITSTATUS(status), 0);
}

/* The same input without the hook is simply no media. */
static void test_shipped_decoder_has_no_hooks(void **state)
{
    const char *path = test_path(*state, "evil.wav");
    decoded d;

    test_file_put(path, "EWHOOK open \n", 13);
    d = decode(path, NULL);
    must_fail(&d, EW_E_FORMAT, "evil.wav", "not sound");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forbidden_calls_kill),
        cmocka_unit_test(test_crashes_are_told),
        cmocka_unit_test(test_hang_is_ended),
        cmocka_unit_test(test_memory_is_limited),
        cmocka_unit_test(test_nonsense_is_refused),
        cmocka_unit_test(test_strange_values_are_tamed),
        cmocka_unit_test(test_no_confinement_no_decoding),
        cmocka_unit_test(test_shipped_decoder_has_no_hooks),
    };

    return cmocka_run_group_tests_name("media/confine", tests, test_dir_set_up,
                                       test_dir_tear_down);
}
