/* SPDX-License-Identifier: Apache-2.0 */
/* Which files may be decoded, and how they are called in messages. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "media/process.h"

/* Long names keep their end, which tells files apart. */
void ew_media__short_name(char out[EW_MEDIA__NAME_BYTES], const char *path)
{
    const size_t most = EW_MEDIA__NAME_BYTES - 4;
    size_t n = strlen(path);
    const size_t tail = n > 400 ? n - 400 : 0;
    const char *from;
    ew_buf b;

    ew_buf_init(&b, 4096);
    if (ew_utf8_append_safe(&b, path + tail, n - tail, NULL) < 0 || b.len == 0) {
        memcpy(out, "input", sizeof "input");
        ew_buf_release(&b);
        return;
    }
    from = (const char *)b.data;
    n = b.len;
    if (n > most || tail > 0) {
        from += n > most ? n - most : 0;
        n = n > most ? most : n;
        while (n > 0 && !ew_utf8_valid(from, n)) {
            from++;
            n--;
        }
        memcpy(out, "...", 3);
        memcpy(out + 3, from, n);
        out[3 + n] = 0;
    } else {
        memcpy(out, from, n);
        out[n] = 0;
    }
    ew_buf_release(&b);
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
