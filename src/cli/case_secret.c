/* SPDX-License-Identifier: Apache-2.0 */
/* Reading what must not be seen. */
#include "cli/case_secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/utf8.h"
#include "cli/desk.h"

enum { FD_MAX = 1 << 20 };

static bool stopped(ew_err *err)
{
    if (!atomic_load(&app_stop))
        return false;
    (void)ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
    return true;
}

/* To the end; of a terminal to an empty line, or of one line. */
static ew_code read_all(int fd, bool tty, bool lines, ew_secret *out, ew_err *err)
{
    char c = 0;
    size_t line = 0; /* where it began */
    for (;;) {
        ssize_t got = read(fd, &c, 1);
        if (got < 0 && errno == EINTR) {
            if (stopped(err))
                return EW_E_CANCELLED;
            continue;
        }
        if (got < 0)
            return ew_fail_sys(err, errno, "cannot read what is to be protected");
        if (got == 0 || (tty && c == '\n' && (!lines || out->n == line)))
            break;
        if (out->n == out->max)
            return ew_fail(err, EW_E_LIMIT, 0, "more than %zu bytes", out->max);
        out->bytes[out->n++] = c;
        line = c == '\n' ? out->n : line;
    }
    ew_wipe(&c, sizeof c);
    return EW_OK;
}

static ew_code from_terminal(const secret_from *from, ew_secret *out, ew_err *err)
{
    struct termios was;
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (tty < 0 || tcgetattr(tty, &was) != 0) {
        if (tty >= 0)
            (void)close(tty);
        return ew_fail(err, EW_E_ARG, 0,
                       "no terminal to ask for it; give it in a file "
                       "or by a descriptor");
    }
    struct termios quiet = was;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    (void)tcsetattr(tty, TCSAFLUSH, &quiet);
    ew_code code = ew_write_all(tty, from->prompt, strlen(from->prompt), err);
    if (code == EW_OK)
        code = read_all(tty, true, from->lines, out, err);
    (void)tcsetattr(tty, TCSAFLUSH, &was);
    ssize_t put = write(tty, "\n", 1);
    (void)put;
    (void)close(tty);
    return code;
}

static ew_code from_file(const char *path, bool lines, ew_secret *out, ew_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return ew_fail_sys(err, errno, "cannot open '%s'", path);
    ew_code code = read_all(fd, false, lines, out, err);
    (void)close(fd);
    return code;
}

static void trim(ew_secret *s)
{
    size_t skip = 0;
    while (s->n > 0 && strchr(" \t\r\n", s->bytes[s->n - 1]) != NULL)
        s->n--;
    while (skip < s->n && strchr(" \t\r\n", s->bytes[skip]) != NULL)
        skip++;
    memmove(s->bytes, s->bytes + skip, s->n - skip);
    s->n -= skip;
}

static ew_code read_secret(const args *in, const secret_from *from, ew_secret *out,
                           ew_err *err)
{
    double fd;
    ew_code code;
    if (in->values[from->fd] != NULL && in->values[from->file] != NULL)
        return ew_fail(err, EW_E_ARG, 0, "one of a descriptor and a file is enough");
    if (in->values[from->fd] != NULL) {
        code = args_number(in, from->fd, FD_MAX, &fd, err);
        if (code == EW_OK)
            code = read_all((int)fd, false, from->lines, out, err);
    } else if (in->values[from->file] != NULL) {
        code = from_file(in->values[from->file], from->lines, out, err);
    } else {
        code = from_terminal(from, out, err);
    }
    if (code != EW_OK)
        return code;
    trim(out);
    if (out->n == 0)
        return ew_fail(err, EW_E_ARG, 0, "there is nothing to protect");
    return ew_utf8_valid(out->bytes, out->n) && memchr(out->bytes, 0, out->n) == NULL
               ? EW_OK
               : ew_fail(err, EW_E_ARG, 0, "what is to be protected is no UTF-8 text");
}

int case_secret(app *a, const args *in, const secret_from *from, ew_secret *out)
{
    ew_err err;
    desk_guard_memory();
    ew_code code = ew_secret_init(out, from->max, &err);
    if (code == EW_OK)
        code = read_secret(in, from, out, &err);
    if (code == EW_OK)
        return 0;
    ew_secret_release(out);
    return fail_command(a, &err);
}

/* ------------------------------------------------------------------ keys */

int case_keys(app *a, const args *in, ew_age_identities *keys)
{
    return desk_identities(a, in, NULL, keys);
}
