/* SPDX-License-Identifier: Apache-2.0 */
/* Removing files so that as little as possible of them stays. */
#include "ops/seal_wipe.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static ew_code write_over(int fd, uint64_t size, ew_err *err)
{
    static const uint8_t zeros[64 * 1024];
    ew_code code = EW_OK;
    while (size > 0 && code == EW_OK) {
        size_t n = size < sizeof zeros ? (size_t)size : sizeof zeros;
        code = ew_write_all(fd, zeros, n, err);
        size -= n;
    }
    if (code == EW_OK && fsync(fd) != 0)
        code = ew_fail_sys(err, errno, "cannot write");
    return code;
}

ew_code ew_ops__wipe_file(const char *path, ew_err *err)
{
    struct stat st;
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT ? EW_OK
                               : ew_fail_sys(err, errno, "cannot open '%s'", path);
    ew_code code = EW_OK;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        code = ew_fail(err, EW_E_ARG, 0, "'%s' is not a regular file", path);
    if (code == EW_OK)
        code = write_over(fd, (uint64_t)st.st_size, err);
    (void)close(fd);
    if (code == EW_OK && unlink(path) != 0)
        code = ew_fail_sys(err, errno, "cannot remove '%s'", path);
    return code;
}

ew_code ew_ops__second_name(const char *path, const char *gone, ew_err *err)
{
    if (link(path, gone) != 0)
        return ew_fail_sys(err, errno, "cannot name '%s'", gone);
    return EW_OK;
}

ew_code ew_ops__wipe_replaced(const char *path, const char *gone, ew_err *err)
{
    struct stat now;
    struct stat old;
    if (lstat(gone, &old) != 0)
        return errno == ENOENT ? EW_OK
                               : ew_fail_sys(err, errno, "cannot read '%s'", gone);
    if (stat(path, &now) != 0)
        return ew_fail_sys(err, errno, "cannot read '%s'", path);
    if (now.st_ino != old.st_ino || now.st_dev != old.st_dev)
        return ew_ops__wipe_file(gone, err);
    if (unlink(gone) != 0)
        return ew_fail_sys(err, errno, "cannot remove '%s'", gone);
    return EW_OK;
}
