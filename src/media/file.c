/* SPDX-License-Identifier: Apache-2.0 */
/* Which files may be decoded, and how they are called in messages. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "media/process.h"

enum { NAME_TAIL = 400 };

/* Long names keep their end, which tells files apart. */
ew_code ew_media__short_name(char out[EW_MEDIA__NAME_BYTES], const char *path,
                             ew_err *err)
{
    const size_t most = EW_MEDIA__NAME_BYTES - 4, given = strlen(path);
    const size_t tail = given > NAME_TAIL ? given - NAME_TAIL : 0;
    const char *from, *dots;
    size_t n, cut;
    ew_code rc;
    ew_buf b;

    ew_buf_init(&b, 16 * NAME_TAIL);
    rc = ew_utf8_append_safe(&b, path + tail, given - tail, err);
    if (rc < 0) {
        ew_buf_release(&b);
        return rc;
    }
    from = b.len > 0 ? (const char *)b.data : "(no name)";
    n = strlen(from);
    cut = n > most ? n - most : 0;
    dots = cut > 0 || tail > 0 ? "..." : "";
    while (cut < n && !ew_utf8_valid(from + cut, n - cut))
        cut++;
    snprintf(out, EW_MEDIA__NAME_BYTES, "%s%s", dots, from + cut);
    ew_buf_release(&b);
    return EW_OK;
}

static ew_code check_kind(mode_t mode, const char *name, ew_err *err)
{
    const char *what = "not a file";

    if (S_ISREG(mode))
        return EW_OK;
    if (S_ISDIR(mode))
        what = "a folder, not a file";
    else if (S_ISFIFO(mode))
        what = "a named pipe, not a file; save what comes out of it to a file first";
    else if (S_ISSOCK(mode))
        what = "a socket, not a file";
    else if (S_ISCHR(mode) || S_ISBLK(mode))
        what = "a device, not a file; record from it to a file first";
    return ew_fail(err, EW_E_ARG, 0, "cannot read '%s': it is %s", name, what);
}

static ew_code check_stat(const struct stat *st, const char *name, ew_err *err)
{
    ew_code rc = check_kind(st->st_mode, name, err);

    if (rc < 0)
        return rc;
    if (st->st_size == 0)
        return ew_fail(err, EW_E_FORMAT, 0, "cannot decode '%s': the file is empty",
                       name);
    return EW_OK;
}

ew_code ew_media__check_file(int fd, const char *name, ew_err *err)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return ew_fail_sys(err, errno, "cannot read '%s'", name);
    return check_stat(&st, name, err);
}

static ew_code cannot_open(const char *path, const char *name, int sys, ew_err *err)
{
    struct stat st;
    ew_code rc = ew_fail_sys(err, sys, "cannot open '%s'", name);

    if (sys == ENOENT && lstat(path, &st) == 0 && S_ISLNK(st.st_mode)) {
        rc = ew_fail(err, EW_E_IO, 0, "cannot open '%s': a link that points to nothing",
                     name);
        if (err != NULL)
            err->sys = sys;
    } else if (sys == ELOOP) {
        rc = ew_fail(err, EW_E_IO, 0, "cannot open '%s': links that point at each other",
                     name);
        if (err != NULL)
            err->sys = sys;
    }
    return rc;
}

ew_code ew_media__open_file(int *fd, const char *path, const char *name, ew_err *err)
{
    struct stat st;
    ew_code rc;

    *fd = -1;
    /* looked at first, since opening some devices does something */
    if (stat(path, &st) != 0)
        return cannot_open(path, name, errno, err);
    rc = check_stat(&st, name, err);
    if (rc < 0)
        return rc;
    *fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (*fd < 0)
        return cannot_open(path, name, errno, err);
    rc = ew_media__check_file(*fd, name, err); /* it may have been exchanged meanwhile */
    if (rc < 0) {
        close(*fd);
        *fd = -1;
    }
    return rc;
}
