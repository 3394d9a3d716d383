/* SPDX-License-Identifier: Apache-2.0 */
/* Opening what is to be read. The names come from anywhere: FIFOs and devices must neither
 * block us nor be woken, and what was a file when listed may be something else now. */
#include "ops/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "base/err.h"

enum { CHUNK_BYTES = 1 << 18, NAME_MAX_BYTES = 1 << 16 };

char *ew_safe_name(const char *raw)
{
    ew_buf b;
    char *copy = NULL;

    ew_buf_init(&b, NAME_MAX_BYTES);
    if (ew_utf8_append_safe(&b, raw, strlen(raw), NULL) == EW_OK)
        copy = ew_strdup(b.data == NULL ? "" : (const char *)b.data);
    ew_buf_release(&b);
    return copy;
}

/* What a file system object that is not a regular file is. */
static const char *mode_noun(unsigned mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR:
        return "a folder";
    case S_IFIFO:
        return "a named pipe";
    case S_IFSOCK:
        return "a socket";
    case S_IFCHR:
    case S_IFBLK:
        return "a device";
    default:
        return "not a regular file";
    }
}

ew_code ew_input_refuse_mode(ew_err *err, const char *name, unsigned mode)
{
    return ew_fail(err, EW_E_ARG, 0, "'%s' is %s, not a file; %s", name, mode_noun(mode),
                   S_ISFIFO(mode) ? "pipe it to '-' instead" : "leave it out");
}

static int64_t mtime_ns(const struct stat *st)
{
    return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

/* Opening a device can do things to it, so the name is looked at first; O_NONBLOCK covers
 * the moment between the look and the opening. */
static ew_code open_file(ew_source *s, const ew_input *in, ew_err *err)
{
    struct stat st;

    if (stat(in->open_path, &st) != 0)
        return ew_fail_sys(err, errno, "cannot open '%s'", in->name);
    if (!S_ISREG(st.st_mode))
        return ew_input_refuse_mode(err, in->name, st.st_mode);
    s->fd = open(in->open_path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (s->fd < 0)
        return ew_fail_sys(err, errno, "cannot open '%s'", in->name);
    if (fstat(s->fd, &st) != 0)
        return ew_fail_sys(err, errno, "cannot open '%s'", in->name);
    if (!S_ISREG(st.st_mode))
        return ew_input_refuse_mode(err, in->name, st.st_mode);
    s->bytes = (uint64_t)st.st_size;
    s->mtime_ns = mtime_ns(&st);
    return EW_OK;
}

static int open_unlinked(void)
{
    static const char tail[] = "/earwitness-XXXXXX";
    const char *dir = getenv("TMPDIR");
    char *path;
    int fd = -1;

    if (dir == NULL || dir[0] == 0)
        dir = "/var/tmp"; /* recordings are large, /tmp is often in memory */
    size_t n = strlen(dir);
    path = ew_alloc_array(n + sizeof(tail), 1);
    if (path == NULL) {
        errno = ENOMEM;
        return -1;
    }
    memcpy(path, dir, n);
    memcpy(path + n, tail, sizeof(tail));
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        (void)unlink(path);
    ew_free(path);
    return fd;
}

static ew_code copy_stdin(int fd, uint64_t *bytes, const ew_stop *stop, ew_err *err)
{
    ew_code rc = EW_OK;
    uint8_t *chunk = ew_alloc(CHUNK_BYTES);

    if (chunk == NULL)
        return ew_fail_nomem(err);
    while (rc == EW_OK) {
        ssize_t n = read(STDIN_FILENO, chunk, CHUNK_BYTES);
        if (ew_stopped(stop)) {
            rc = ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
        } else if (n < 0 && errno != EINTR) {
            rc = ew_fail_sys(err, errno, "cannot read standard input");
        } else if (n == 0) {
            break;
        } else if (n > 0) {
            rc = ew_write_all(fd, chunk, (size_t)n, err);
            *bytes += (uint64_t)n;
        }
    }
    ew_free(chunk);
    return rc;
}

static ew_code open_stdin(ew_source *s, const ew_stop *stop, ew_err *err)
{
    s->fd = open_unlinked();
    if (s->fd < 0)
        return ew_fail_sys(err, errno, "cannot make a temporary file for standard input");
    return copy_stdin(s->fd, &s->bytes, stop, err);
}

ew_code ew_source_open(ew_source *s, const ew_input *in, const ew_stop *stop, ew_err *err)
{
    ew_code rc;

    *s = (ew_source){.fd = -1};
    rc = in->kind == EW_INPUT_STDIN ? open_stdin(s, stop, err) : open_file(s, in, err);
    if (rc == EW_OK && s->bytes == 0)
        rc = ew_fail(err, EW_E_FORMAT, 0,
                     "'%s' is empty (0 bytes); leave it out or fetch it again", in->name);
    if (rc != EW_OK)
        ew_source_close(s);
    return rc;
}

void ew_source_close(ew_source *s)
{
    if (s->fd >= 0)
        (void)close(s->fd);
    s->fd = -1;
}

ew_code ew_source_hash(const ew_source *s, const char *name, uint8_t sha256[32],
                       const ew_stop *stop, ew_err *err)
{
    ew_sha256 *hash = NULL;
    ew_code rc;
    uint64_t at = 0;
    uint8_t *chunk = ew_alloc(CHUNK_BYTES);

    if (chunk == NULL)
        return ew_fail_nomem(err);
    rc = ew_sha256_new(&hash, err);
    while (rc == EW_OK) {
        ssize_t n = pread(s->fd, chunk, CHUNK_BYTES, (off_t)at);
        if (ew_stopped(stop)) {
            rc = ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
        } else if (n < 0 && errno != EINTR) {
            rc = ew_fail_sys(err, errno, "cannot read '%s'", name);
        } else if (n == 0) {
            break;
        } else if (n > 0) {
            rc = ew_sha256_feed(hash, chunk, (size_t)n, err);
            at += (uint64_t)n;
        }
    }
    if (rc == EW_OK)
        rc = ew_sha256_finish(hash, sha256, err);
    ew_sha256_free(hash);
    ew_free(chunk);
    return rc;
}

ew_code ew_source_unchanged(const ew_source *s, const char *name, ew_err *err)
{
    struct stat st;

    if (fstat(s->fd, &st) != 0)
        return ew_fail_sys(err, errno, "cannot read '%s'", name);
    if (s->mtime_ns != 0 &&
        ((uint64_t)st.st_size != s->bytes || mtime_ns(&st) != s->mtime_ns))
        return ew_fail(err, EW_E_IO, 0,
                       "'%s' was changed while it was being read; add it again", name);
    return EW_OK;
}
