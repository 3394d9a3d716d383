/* SPDX-License-Identifier: Apache-2.0 */
/* Whole reads and writes, atomic replacement, durable folders. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

enum { READ_BLOCK = 64 * 1024, TEMP_NAMES = 1000 };

/* State of the faults that tests place. */
static _Atomic int64_t fail_at = -1;
static _Atomic int64_t writes;
static _Atomic int64_t sync_fail_at = -1;
static _Atomic int64_t syncs;

void ew_write_fail_at(int64_t n)
{
    atomic_store(&fail_at, -1);
    atomic_store(&writes, 0);
    atomic_store(&fail_at, n);
}

int64_t ew_write_count(void)
{
    return atomic_load(&writes);
}

static int write_must_fail(void)
{
    int64_t n = atomic_fetch_add(&writes, 1);
    int64_t at = atomic_load(&fail_at);
    return at >= 0 && n >= at;
}

void ew_sync_fail_at(int64_t n)
{
    atomic_store(&sync_fail_at, -1);
    atomic_store(&syncs, 0);
    atomic_store(&sync_fail_at, n);
}

int64_t ew_sync_count(void)
{
    return atomic_load(&syncs);
}

static int sync_fd(int fd)
{
    int64_t n = atomic_fetch_add(&syncs, 1);
    int64_t at = atomic_load(&sync_fail_at);
    if (at >= 0 && n >= at) {
        errno = EIO;
        return -1;
    }
    return fsync(fd);
}

ew_code ew_pread_all(int fd, void *out, size_t n, uint64_t offset, ew_err *err)
{
    uint8_t *to = out;
    size_t done = 0;
    if (offset > INT64_MAX || n > INT64_MAX - offset)
        return ew_fail(err, EW_E_FORMAT, offset, "offset beyond any file");
    while (done < n) {
        ssize_t got = pread(fd, to + done, n - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return ew_fail_sys(err, errno, "cannot read at byte %ju",
                               (uintmax_t)(offset + done));
        if (got == 0)
            return ew_fail(err, EW_E_FORMAT, offset + done,
                           "file ends at byte %ju, %zu more expected",
                           (uintmax_t)(offset + done), n - done);
        done += (size_t)got;
    }
    return EW_OK;
}

static ew_code write_failed(const char *path, int sys, ew_err *err)
{
    return path != NULL ? ew_fail_sys(err, sys, "cannot write '%s'", path)
                        : ew_fail_sys(err, sys, "cannot write");
}

ew_code ew_write_named(int fd, const char *path, const void *bytes, size_t n, ew_err *err)
{
    const uint8_t *from = bytes;
    if (write_must_fail())
        return write_failed(path, ENOSPC, err);
    while (n > 0) {
        ssize_t put = write(fd, from, n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return write_failed(path, errno, err);
        from += put;
        n -= (size_t)put;
    }
    return EW_OK;
}

ew_code ew_write_all(int fd, const void *bytes, size_t n, ew_err *err)
{
    return ew_write_named(fd, NULL, bytes, n, err);
}

const char *ew_path_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL || slash[1] == 0 ? path : slash + 1;
}

char *ew_path_join(const char *dir, const char *name)
{
    size_t a = strlen(dir);
    size_t b = strlen(name);
    while (a > 1 && dir[a - 1] == '/')
        a--;
    int slash = !(a == 1 && dir[0] == '/') && a > 0;
    char *path = ew_alloc(a + b + 2);
    if (path == NULL)
        return NULL;
    memcpy(path, dir, a);
    if (slash)
        path[a++] = '/';
    memcpy(path + a, name, b + 1);
    return path;
}

char *ew_path_parent(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return ew_strdup(".");
    size_t n = slash == path ? 1 : (size_t)(slash - path);
    char *dir = ew_alloc(n + 1);
    if (dir != NULL)
        memcpy(dir, path, n);
    return dir;
}

/* Opens a fresh file in dir; a->temp is its name. */
static ew_code open_temp(ew_atomic *a, const char *dir, ew_err *err)
{
    char name[64];
    for (int i = 0; i < TEMP_NAMES; i++) {
        (void)snprintf(name, sizeof name, EW_TEMP_PREFIX "%ld-%d", (long)getpid(), i);
        a->temp = ew_path_join(dir, name);
        if (a->temp == NULL)
            return ew_fail_nomem(err);
        a->fd = open(a->temp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (a->fd >= 0)
            return EW_OK;
        int sys = errno;
        ew_free(a->temp);
        a->temp = NULL;
        if (sys != EEXIST)
            return ew_fail_sys(err, sys, "cannot create a file in '%s'", dir);
    }
    return ew_fail_sys(err, EEXIST, "cannot create a file in '%s'", dir);
}

ew_code ew_atomic_open(ew_atomic *a, const char *path, ew_err *err)
{
    *a = (ew_atomic){.fd = -1};
    struct stat st;
    /* Renaming over a device or a pipe would take it away from everybody. */
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return ew_fail(err, EW_E_ARG, 0, "'%s' is not a regular file", path);
    char *dir = ew_path_parent(path);
    a->path = ew_strdup(path);
    ew_code code =
        dir != NULL && a->path != NULL ? open_temp(a, dir, err) : ew_fail_nomem(err);
    ew_free(dir);
    if (code != EW_OK)
        ew_atomic_abort(a);
    return code;
}

/* Everything that can fail before the rename. */
static ew_code finish_temp(ew_atomic *a, ew_err *err)
{
    if (sync_fd(a->fd) != 0)
        return ew_fail_sys(err, errno, "cannot write '%s'", a->path);
    int fd = a->fd;
    a->fd = -1;
    if (close(fd) != 0)
        return ew_fail_sys(err, errno, "cannot write '%s'", a->path);
    return EW_OK;
}

/* Temporary file to its final name; the folder is not synced. */
static ew_code place(ew_atomic *a, ew_err *err)
{
    if (a->temp == NULL)
        return ew_fail(err, EW_E_ARG, 0, "commit of a file that is not open");
    ew_code code = finish_temp(a, err);
    if (code == EW_OK && rename(a->temp, a->path) != 0)
        code = ew_fail_sys(err, errno, "cannot write '%s'", a->path);
    if (code == EW_OK) {
        ew_free(a->temp);
        a->temp = NULL; /* it has its final name now */
    }
    return code;
}

ew_code ew_atomic_place(ew_atomic *a, ew_err *err)
{
    ew_code code = place(a, err);
    ew_atomic_abort(a);
    return code;
}

ew_code ew_atomic_commit(ew_atomic *a, ew_err *err)
{
    char *dir = a->path != NULL ? ew_path_parent(a->path) : NULL;
    ew_code code = dir != NULL || a->temp == NULL ? place(a, err) : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_sync_dir(dir, err);
    ew_free(dir);
    ew_atomic_abort(a);
    return code;
}

void ew_atomic_abort(ew_atomic *a)
{
    /* Without a temporary name nothing is open; fd may be the 0 of a zeroed struct. */
    if (a->temp != NULL) {
        if (a->fd >= 0)
            (void)close(a->fd);
        (void)unlink(a->temp);
    }
    ew_free(a->temp);
    ew_free(a->path);
    *a = (ew_atomic){.fd = -1};
}

ew_code ew_file_put(const char *path, const void *bytes, size_t n, ew_err *err)
{
    ew_atomic a;
    ew_code code = ew_atomic_open(&a, path, err);
    if (code != EW_OK)
        return code;
    code = ew_write_named(a.fd, path, bytes, n, err);
    if (code == EW_OK)
        return ew_atomic_commit(&a, err);
    ew_atomic_abort(&a);
    return code;
}

static ew_code read_rest(int fd, const char *path, ew_buf *b, ew_err *err)
{
    uint8_t *block = ew_alloc(READ_BLOCK);
    if (block == NULL)
        return ew_fail_nomem(err);
    ew_code code = EW_OK;
    while (code == EW_OK) {
        ssize_t got = read(fd, block, READ_BLOCK);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            code = ew_fail_sys(err, errno, "cannot read '%s'", path);
        else
            code = ew_buf_append(b, block, (size_t)got, err);
        if (got == 0)
            break;
    }
    ew_free(block);
    return code;
}

ew_code ew_file_get(const char *path, ew_buf *b, ew_err *err)
{
    /* O_NONBLOCK: a pipe in place of the file must not hang us before fstat sees it. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT)
        return ew_fail(err, EW_E_NOTFOUND, 0, "'%s' does not exist", path);
    if (fd < 0)
        return ew_fail_sys(err, errno, "cannot open '%s'", path);
    struct stat st;
    size_t before = b->len;
    ew_code code;
    if (fstat(fd, &st) != 0)
        code = ew_fail_sys(err, errno, "cannot read '%s'", path);
    else if (!S_ISREG(st.st_mode))
        code = ew_fail(err, EW_E_FORMAT, 0, "'%s' is not a regular file", path);
    else
        code = read_rest(fd, path, b, err);
    (void)close(fd);
    if (code != EW_OK && b->data != NULL) {
        b->len = before;
        b->data[before] = 0;
    }
    return code;
}

static ew_code make_one(const char *path, ew_err *err)
{
    struct stat st;
    if (mkdir(path, 0777) == 0)
        return EW_OK;
    int sys = errno;
    if (sys == EEXIST && stat(path, &st) == 0) {
        if (S_ISDIR(st.st_mode))
            return EW_OK;
        sys = ENOTDIR;
    }
    return ew_fail_sys(err, sys, "cannot create folder '%s'", path);
}

/* A folder that exists may lie in one that cannot be written or even searched. */
static int is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

ew_code ew_mkdirs(const char *path, ew_err *err)
{
    if (is_folder(path))
        return EW_OK;
    char *copy = ew_strdup(path);
    if (copy == NULL)
        return ew_fail_nomem(err);
    ew_code code = EW_OK;
    for (char *p = copy; *p != 0 && code == EW_OK; p++) {
        if (*p != '/' || p == copy)
            continue;
        *p = 0;
        if (!is_folder(copy))
            code = make_one(copy, err);
        *p = '/';
    }
    if (code == EW_OK)
        code = make_one(copy, err);
    ew_free(copy);
    return code;
}

ew_code ew_sync_dir(const char *path, ew_err *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return ew_fail_sys(err, errno, "cannot open folder '%s'", path);
    ew_code code = EW_OK;
    /* Some network and FUSE file systems cannot sync a folder; there is nothing to do then. */
    if (sync_fd(fd) != 0 && errno != EINVAL && errno != ENOTSUP)
        code = ew_fail_sys(err, errno, "cannot sync folder '%s'", path);
    (void)close(fd);
    return code;
}
