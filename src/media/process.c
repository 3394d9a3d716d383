/* SPDX-License-Identifier: Apache-2.0 */
/* Starting, reading from and ending the decoder process. Nothing of the calling program
 * is changed for it: no signal handlers, no descriptors that a child of theirs could see. */
#include "media/process.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "media/protocol.h"

enum {
    PIPE_BYTES = 1 << 20,
    SETTINGS_MAX = 8,
    SETTING_BYTES = 48,
    ENV_MAX = 8,
    GRACE_MS = 2000 /* for a decoder that has said its last word to end */
};

/* ---------------------------------------------------------------- starting */

typedef struct command {
    char text[SETTINGS_MAX][SETTING_BYTES];
    char *argv[SETTINGS_MAX + 3];
    char *env[ENV_MAX + 1];
    char env_text[ENV_MAX][1024];
} command;

static void command_make(command *c, char *program, const char *extension, bool picture,
                         const ew_media_opts *o)
{
    const struct {
        const char *key;
        uint64_t value;
    } numbers[] = {
        {"rate", o->rate_hz},
        {"channels", o->channels},
        {"start-ms", (uint64_t)o->start_ms},
        {"length-ms", (uint64_t)o->length_ms},
        {"memory", o->memory_bytes},
        {"facts", o->facts},
        {"picture", picture},
    };
    static char version[] = "1";
    size_t n = 0;

    c->argv[n++] = program;
    c->argv[n++] = version;
    for (size_t i = 0; i < EW_COUNT(numbers); i++) {
        snprintf(c->text[i], SETTING_BYTES, "%s=%" PRIu64, numbers[i].key,
                 numbers[i].value);
        c->argv[n++] = c->text[i];
    }
    if (extension[0] != 0) {
        snprintf(c->text[SETTINGS_MAX - 1], SETTING_BYTES, "extension=%s", extension);
        c->argv[n++] = c->text[SETTINGS_MAX - 1];
    }
    c->argv[n] = NULL;
}

/* An environment that says nothing about the user, and fixes locale and time zone. */
static void command_env(command *c)
{
    static char locale[] = "LC_ALL=C", zone[] = "TZ=UTC0";
    static const char *const kept[] = {
        "EARWITNESS_UNCONFINED", "LD_LIBRARY_PATH", "ASAN_OPTIONS",
        "UBSAN_OPTIONS",         "TSAN_OPTIONS",
    };
    size_t n = 0;

    c->env[n++] = locale;
    c->env[n++] = zone;
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        const char *value = secure_getenv(kept[i]);
        int len;

        if (value == NULL)
            continue;
        len = snprintf(c->env_text[n], sizeof c->env_text[n], "%s=%s", kept[i], value);
        if (len < 0 || (size_t)len >= sizeof c->env_text[n])
            continue;
        c->env[n] = c->env_text[n];
        n++;
    }
    c->env[n] = NULL;
}

/* 0 or an errno. */
static int set_attributes(posix_spawnattr_t *attr)
{
    sigset_t all, none;
    int rc;

    sigfillset(&all);
    sigemptyset(&none);
    rc = posix_spawnattr_setsigdefault(attr, &all);
    if (rc == 0)
        rc = posix_spawnattr_setsigmask(attr, &none);
    if (rc == 0)
        rc = posix_spawnattr_setflags(attr,
                                      POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    return rc;
}

static int set_descriptors(posix_spawn_file_actions_t *act, int in, int out)
{
    int rc = posix_spawn_file_actions_adddup2(act, in, EW_DP_IN_FD);

    if (rc == 0)
        rc = posix_spawn_file_actions_adddup2(act, out, EW_DP_OUT_FD);
    for (int fd = 0; rc == 0 && fd <= 2; fd++)
        rc = posix_spawn_file_actions_addopen(act, fd, "/dev/null", O_RDWR, 0);
    return rc;
}

static int spawn(pid_t *pid, command *c, int in, int out)
{
    posix_spawn_file_actions_t act;
    posix_spawnattr_t attr;
    int rc = posix_spawn_file_actions_init(&act);

    if (rc != 0)
        return rc;
    rc = posix_spawnattr_init(&attr);
    if (rc == 0) {
        rc = set_attributes(&attr);
        if (rc == 0)
            rc = set_descriptors(&act, in, out);
        if (rc == 0)
            rc = posix_spawn(pid, c->argv[0], &act, &attr, c->argv, c->env);
        posix_spawnattr_destroy(&attr);
    }
    posix_spawn_file_actions_destroy(&act);
    return rc;
}

/* Copies above the numbers that the child uses, so that no dup2 hits one of them. */
static int high_copy(int fd)
{
    return fcntl(fd, F_DUPFD_CLOEXEC, EW_DP_OUT_FD + 6);
}

static ew_code start_on_pipe(ew_media__process *p, command *c, int file, int out,
                             ew_err *err)
{
    int in2 = high_copy(file), out2 = in2 >= 0 ? high_copy(out) : -1;
    int sys = out2 >= 0 ? 0 : errno;

    if (sys == 0)
        sys = spawn(&p->pid, c, in2, out2);
    if (in2 >= 0)
        close(in2);
    if (out2 >= 0)
        close(out2);
    if (sys == 0)
        return EW_OK;
    p->pid = 0;
    return ew_fail_sys(err, sys, "cannot start the decoder '%s'", c->argv[0]);
}

ew_code ew_media__process_start(ew_media__process *p, int file, const char *extension,
                                bool picture, const ew_media_opts *opts, ew_err *err)
{
    char *program = NULL;
    command *c = NULL;
    int ends[2] = {-1, -1};
    ew_code rc;

    p->pid = 0;
    p->fd = -1;
    p->status = 0;
    rc = ew_media__find_decoder(&program, opts->decoder_path, err);
    if (rc < 0)
        goto out;
    c = ew_alloc(sizeof *c);
    if (c == NULL) {
        rc = ew_fail_nomem(err);
        goto out;
    }
    command_make(c, program, extension, picture, opts);
    command_env(c);
    if (pipe2(ends, O_CLOEXEC) != 0) {
        rc = ew_fail_sys(err, errno, "cannot start the decoder");
        goto out;
    }
    (void)fcntl(ends[0], F_SETPIPE_SZ, PIPE_BYTES); /* only saves switches */
    (void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
    rc = start_on_pipe(p, c, file, ends[1], err);
    if (rc == EW_OK) {
        p->fd = ends[0];
        ends[0] = -1;
    }
out:
    for (int i = 0; i < 2; i++)
        if (ends[i] >= 0)
            close(ends[i]);
    ew_free(c);
    ew_free(program);
    return rc;
}

/* ---------------------------------------------------------------- reading */

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

ew_code ew_media__process_read(ew_media__process *p, uint8_t *buf, size_t n,
                               uint32_t stall_seconds, size_t *got, ew_err *err)
{
    const int64_t until = now_ms() + (int64_t)stall_seconds * 1000;

    *got = 0;
    for (;;) {
        struct pollfd wait = {.fd = p->fd, .events = POLLIN};
        ssize_t r = read(p->fd, buf, n);
        int64_t left;

        if (r >= 0) {
            *got = (size_t)r;
            return EW_OK;
        }
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN)
            return ew_fail_sys(err, errno, "cannot read from the decoder");
        left = until - now_ms();
        if (left <= 0)
            return ew_fail(err, EW_E_BUSY, 0, "the decoder gave nothing for %u seconds",
                           stall_seconds);
        if (poll(&wait, 1, left > 60000 ? 60000 : (int)left) < 0 && errno != EINTR)
            return ew_fail_sys(err, errno, "cannot wait for the decoder");
    }
}

/* ---------------------------------------------------------------- ending */

static void reap(ew_media__process *p)
{
    int status = 0;
    pid_t r;

    do
        r = waitpid(p->pid, &status, 0);
    while (r < 0 && errno == EINTR);
    p->status = r == p->pid ? status : 0; /* the host may have children reaped for it */
    p->pid = 0;
}

void ew_media__process_end(ew_media__process *p)
{
    if (p->fd >= 0)
        close(p->fd);
    p->fd = -1;
    if (p->pid <= 0)
        return;
    kill(p->pid, SIGKILL);
    reap(p);
}

void ew_media__process_wait(ew_media__process *p)
{
    const int64_t until = now_ms() + GRACE_MS;
    const struct timespec nap = {.tv_nsec = 1000000};

    while (p->pid > 0) {
        int status = 0;
        pid_t r = waitpid(p->pid, &status, WNOHANG);

        if (r == p->pid || (r < 0 && errno != EINTR)) {
            p->status = r > 0 ? status : 0;
            p->pid = 0;
        } else if (now_ms() > until) {
            break;
        } else {
            nanosleep(&nap, NULL);
        }
    }
    ew_media__process_end(p);
}
