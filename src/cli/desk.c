/* SPDX-License-Identifier: Apache-2.0 */
/* The desk on the command line. A passphrase is never an argument: arguments can be seen by
 * everybody on the machine. */
#include "cli/desk.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/file.h"

enum { PASS_MAX = 1024, FD_MAX = 1 << 20, LOOK_MS = 50 };

extern char **environ;

/* The leak sanitizer stops its own process as a debugger does. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MAY_BE_TRACED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) && !defined(MAY_BE_TRACED)
#define MAY_BE_TRACED 1
#endif

void desk_guard_memory(void)
{
    const struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
#ifndef MAY_BE_TRACED
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

int desk_find(app *a, const args *in, char **dir)
{
    ew_err err;
    if (ew_desk_dir(in->values[OPT_DESK], dir, &err) == EW_OK)
        return 0;
    return fail_desk(a, &err);
}

int fail_desk(app *a, const ew_err *e)
{
    if (e->code != EW_E_NOTFOUND || strstr(e->text, "no desk in") == NULL)
        return fail_command(a, e);
    ew_err none;
    (void)ew_fail(
        &none, EW_E_NOTFOUND, 0,
        "%s; make one with 'earwitness key new NAME', or name another with --desk",
        e->text);
    say_error(a, &none, NULL);
    return EXIT_NO_ARCHIVE;
}

/* ------------------------------------------------------------------ sources */

/* Up to the end of the line or of the file; the rest is not read. */
static ew_code read_line(int fd, ew_secret *pass, ew_err *err)
{
    char c;
    pass->n = 0;
    for (;;) {
        ssize_t got = read(fd, &c, 1);
        if (got < 0 && errno == EINTR) {
            if (atomic_load(&app_stop))
                return ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
            continue;
        }
        if (got < 0)
            return ew_fail_sys(err, errno, "cannot read the passphrase");
        if (got == 0 || c == '\n')
            break;
        if (pass->n == pass->max)
            return ew_fail(err, EW_E_LIMIT, 0, "a passphrase of more than %d bytes",
                           (int)PASS_MAX);
        pass->bytes[pass->n++] = c;
    }
    c = 0;
    return pass->n > 0 ? EW_OK : ew_fail(err, EW_E_ARG, 0, "the passphrase is empty");
}

/* *from: what it prints, to be closed. */
static ew_code start_command(const char *line, pid_t *child, int *from, ew_err *err)
{
    char sh[] = "sh";
    char dash_c[] = "-c";
    char *copy = ew_strdup(line);
    char *argv[] = {sh, dash_c, copy, NULL};
    posix_spawn_file_actions_t actions;
    int ends[2];
    if (copy == NULL)
        return ew_fail_nomem(err);
    if (pipe2(ends, O_CLOEXEC) != 0 || posix_spawn_file_actions_init(&actions) != 0) {
        ew_free(copy);
        return ew_fail_sys(err, errno, "cannot start the passphrase command");
    }
    int sys = posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    if (sys == 0)
        sys = posix_spawn(child, "/bin/sh", &actions, NULL, argv, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)close(ends[1]);
    ew_free(copy);
    *from = ends[0];
    if (sys == 0)
        return EW_OK;
    (void)close(ends[0]);
    return ew_fail_sys(err, sys, "cannot start the passphrase command");
}

/* Reads and forgets what else it prints, since a pipe that closes early would kill it. It is its
 * end that counts and not that of the pipe, which a program that it left behind may hold. */
static bool command_ended_well(pid_t child, int from)
{
    char rest[512];
    int status = 0;
    bool open = true;
    for (;;) {
        pid_t ended = waitpid(child, &status, open ? WNOHANG : 0);
        if (ended == child)
            return status == 0;
        if ((ended < 0 && errno != EINTR) || atomic_load(&app_stop))
            return false;
        struct pollfd more = {.fd = from, .events = POLLIN};
        if (!open || poll(&more, 1, LOOK_MS) <= 0)
            continue;
        ssize_t got = read(from, rest, sizeof rest);
        open = got > 0 || (got < 0 && errno == EINTR);
        explicit_bzero(rest, sizeof rest);
    }
}

static ew_code from_command(const char *line, ew_secret *pass, ew_err *err)
{
    pid_t child = -1;
    int from = -1;
    ew_code code = start_command(line, &child, &from, err);
    if (code != EW_OK)
        return code;
    code = read_line(from, pass, err);
    bool well = command_ended_well(child, from);
    (void)close(from);
    if (atomic_load(&app_stop))
        return ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
    if (!well && (code == EW_OK || code == EW_E_ARG)) /* why it printed nothing */
        code = ew_fail(err, EW_E_ARG, 0, "the passphrase command failed");
    return code;
}

/* Without showing what is typed. */
static ew_code ask(int tty, const char *prompt, ew_secret *pass, ew_err *err)
{
    struct termios was;
    struct termios quiet;
    if (tcgetattr(tty, &was) != 0)
        return ew_fail_sys(err, errno, "cannot ask for the passphrase");
    quiet = was;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    (void)tcsetattr(tty, TCSAFLUSH, &quiet);
    ssize_t put = write(tty, prompt, strlen(prompt));
    ew_code code = put < 0 ? ew_fail_sys(err, errno, "cannot ask for the passphrase")
                           : read_line(tty, pass, err);
    (void)tcsetattr(tty, TCSAFLUSH, &was);
    put = write(tty, "\n", 1);
    (void)put;
    return code;
}

static ew_code from_terminal(bool is_new, ew_secret *pass, ew_err *err)
{
    ew_secret again = {0};
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (tty < 0)
        return ew_fail(err, EW_E_ARG, 0,
                       "no terminal to ask for the passphrase; see --passphrase-fd and "
                       "--passphrase-command");
    ew_code code = ask(tty, is_new ? "New passphrase: " : "Passphrase: ", pass, err);
    if (code == EW_OK && is_new) {
        code = ew_secret_init(&again, PASS_MAX, err);
        if (code == EW_OK)
            code = ask(tty, "The same again: ", &again, err);
        if (code == EW_OK &&
            (again.n != pass->n || memcmp(again.bytes, pass->bytes, pass->n) != 0))
            code = ew_fail(err, EW_E_ARG, 0, "these were two different passphrases");
        ew_secret_release(&again);
    }
    (void)close(tty);
    return code;
}

/* ------------------------------------------------------------------ opening */

/* The first line of a file that not everybody on the machine can read. */
static ew_code from_file(const char *path, ew_secret *pass, ew_err *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    ew_code code = EW_OK;
    if (fd < 0 || fstat(fd, &st) != 0)
        code = ew_fail_sys(err, errno, "cannot read '%s'", path);
    else if ((st.st_mode & (S_IROTH | S_IWOTH)) != 0)
        code = ew_fail(err, EW_E_ARG, 0,
                       "'%s' can be read by everybody on this machine: chmod o-rwx it",
                       path);
    if (code == EW_OK)
        code = read_line(fd, pass, err);
    if (fd >= 0)
        (void)close(fd);
    return code;
}

static ew_code take_passphrase(const args *in, bool is_new, ew_secret *pass, ew_err *err)
{
    double fd;
    if ((in->values[OPT_PASS_FD] != NULL) + (in->values[OPT_PASS_COMMAND] != NULL) +
            (in->values[OPT_PASS_FILE] != NULL) >
        1)
        return ew_fail(err, EW_E_ARG, 0,
                       "one of --passphrase-fd and --passphrase-command is enough");
    if (in->values[OPT_PASS_FILE] != NULL)
        return from_file(in->values[OPT_PASS_FILE], pass, err);
    if (in->values[OPT_PASS_FD] != NULL) {
        ew_code code = args_number(in, OPT_PASS_FD, FD_MAX, &fd, err);
        return code == EW_OK ? read_line((int)fd, pass, err) : code;
    }
    if (in->values[OPT_PASS_COMMAND] != NULL)
        return from_command(in->values[OPT_PASS_COMMAND], pass, err);
    return from_terminal(is_new, pass, err);
}

int desk_passphrase(app *a, const args *in, bool is_new, ew_secret *pass)
{
    ew_err err;
    desk_guard_memory();
    ew_code code = ew_secret_init(pass, PASS_MAX, &err);
    if (code == EW_OK)
        code = take_passphrase(in, is_new, pass, &err);
    if (code == EW_OK)
        return 0;
    ew_secret_release(pass);
    return fail_command(a, &err);
}

int desk_open(app *a, const args *in, ew_desk *d)
{
    char *dir = NULL;
    ew_secret pass;
    ew_err err;
    bool right = false;
    int code = desk_find(a, in, &dir);
    if (code != 0)
        return code;
    if (!ew_desk_exists(dir)) {
        (void)ew_fail(&err, EW_E_NOTFOUND, 0, "there is no desk in '%s'", dir);
        ew_free(dir);
        return fail_desk(a, &err);
    }
    code = desk_passphrase(a, in, false, &pass);
    if (code == 0) {
        ew_wait wait = app_wait(a);
        if (ew_desk_open_with(d, dir, &pass, &wait, &right, &err) != EW_OK) {
            code = fail_desk(a, &err);
        } else if (!right) {
            (void)ew_fail(&err, EW_E_ARG, 0, "the passphrase is wrong");
            say_error(a, &err, NULL);
            code = EXIT_WRONG_KEY;
        } else if (d->settled != NULL) {
            say(a, "the %s key's revocation, which was interrupted, is finished now",
                d->settled);
        }
        ew_secret_release(&pass);
    }
    ew_free(dir);
    return code;
}

/* ------------------------------------------------------------------ identities */

/* 0 or the exit code, told. */
static int unlock(app *a, const args *in, ew_slice file, ew_secret *out)
{
    ew_secret pass;
    ew_err err;
    int exit = desk_passphrase(a, in, false, &pass);
    if (exit != 0)
        return exit;
    ew_age_opening with = {.pass = &pass};
    ew_code code = ew_ops_open_age(file, &with, out, &err);
    ew_secret_release(&pass);
    if (code == EW_OK)
        return 0;
    exit = fail_command(a, &err);
    return code == EW_E_NOTFOUND ? EXIT_WRONG_KEY : exit;
}

int desk_identities(app *a, const args *in, int (*locked)(app *a, const args *in),
                    ew_age_identities *ids)
{
    ew_secret file = {0};
    ew_secret opened = {0};
    ew_err err;
    int exit = 0;
    desk_guard_memory();
    ew_code code = ew_secret_init(&file, EW_AGE_KEY_FILE_MAX + 1, &err);
    if (code == EW_OK)
        code = ew_secret_init(&opened, EW_AGE_KEY_FILE_MAX, &err);
    ew_buf b = {(uint8_t *)file.bytes, 0, file.max, EW_AGE_KEY_FILE_MAX};
    if (code == EW_OK)
        code = ew_file_get(in->values[OPT_IDENTITY], &b, &err);
    ew_slice text = {(const char *)b.data, b.len};
    if (code == EW_OK && ew_age_looks_so(text)) {
        exit = locked != NULL ? locked(a, in) : 0;
        if (exit == 0)
            exit = unlock(a, in, text, &opened);
        text = (ew_slice){opened.bytes, opened.n};
    }
    if (code == EW_OK && exit == 0)
        code = ew_age_read_identities(ids, text, &err);
    ew_secret_release(&file);
    ew_secret_release(&opened);
    return code == EW_OK ? exit : fail_command(a, &err);
}
