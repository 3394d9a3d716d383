/* SPDX-License-Identifier: Apache-2.0 */
/* The archive folder: names in it, the marker with the versions, the writer's lock. */
#include "index/archive.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/bytes.h"
#include "base/file.h"
#include "earwitness/fingerprint.h"
#include "earwitness/index.h"

void ew_archive__segname(int64_t id, char out[EW_ARCHIVE_SEGNAME])
{
    (void)snprintf(out, EW_ARCHIVE_SEGNAME, EW_ARCHIVE_SEGMENTS "/%06" PRId64 ".seg", id);
}

/* ------------------------------------------------------------------ marker */

#define MARKER_TITLE "earwitness archive\n"

ew_code ew_archive__mark(const char *dir, ew_err *err)
{
    char text[128];
    int n = snprintf(text, sizeof text, MARKER_TITLE "format %d\nfingerprint %d\n",
                     EW_INDEX_FORMAT, EW_FP_VERSION);
    char *path = ew_path_join(dir, EW_ARCHIVE_MARKER);
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_code code = ew_file_put(path, text, (size_t)n, err);
    ew_free(path);
    return code;
}

/* "NAME <number>\n" at *at; moves on behind it. */
static bool get_number(const char **at, const char *name, long *value)
{
    size_t n = strlen(name);
    if (strncmp(*at, name, n) != 0 || (*at)[n] < '0' || (*at)[n] > '9')
        return false;
    char *end;
    errno = 0;
    *value = strtol(*at + n, &end, 10);
    if (*end != '\n' || errno != 0)
        return false;
    *at = end + 1;
    return true;
}

static ew_code check_text(const char *text, const char *path, ew_err *err)
{
    long format = 0;
    long print = 0;
    const char *at = text + strlen(MARKER_TITLE);
    if (strncmp(text, MARKER_TITLE, strlen(MARKER_TITLE)) != 0 ||
        !get_number(&at, "format ", &format))
        return ew_fail(err, EW_E_FORMAT, 0, "'%s' is damaged", path);
    /* What follows the format's number is for that format to say. */
    if (format > EW_INDEX_FORMAT)
        return ew_fail(err, EW_E_VERSION, 0,
                       "'%s': written by a newer version; update earwitness", path);
    if (!get_number(&at, "fingerprint ", &print) || format < 1)
        return ew_fail(err, EW_E_FORMAT, 0, "'%s' is damaged", path);
    if (print > EW_FP_VERSION)
        return ew_fail(err, EW_E_VERSION, 0,
                       "'%s': written by a newer version; update earwitness", path);
    if (print < EW_FP_VERSION)
        return ew_fail(
            err, EW_E_VERSION, 0,
            "'%s': the prints are of an older kind; add the recordings to a new "
            "archive",
            path);
    return EW_OK;
}

static bool is_folder(const char *dir)
{
    struct stat st;
    return stat(dir, &st) == 0 && S_ISDIR(st.st_mode);
}

ew_code ew_archive__check(const char *dir, ew_err *err)
{
    ew_buf text;
    ew_buf_init(&text, 4096);
    char *path = ew_path_join(dir, EW_ARCHIVE_MARKER);
    ew_code code = path == NULL ? ew_fail_nomem(err) : ew_file_get(path, &text, err);
    if (code == EW_OK && text.len == 0)
        code = ew_fail(err, EW_E_FORMAT, 0, "'%s' is empty", path);
    else if (code == EW_OK)
        code = check_text((const char *)text.data, path, err);
    else if (code == EW_E_NOTFOUND || (code == EW_E_IO && !is_folder(dir)))
        code = ew_fail(err, EW_E_NOTFOUND, 0, "there is no archive in '%s'", dir);
    ew_free(path);
    ew_buf_release(&text);
    return code;
}

/* ------------------------------------------------------------------ folder */

static bool is_ours(const char *name)
{
    static const char *const names[] = {
        ".",
        "..",
        EW_ARCHIVE_MARKER,
        EW_ARCHIVE_CATALOGUE,
        EW_ARCHIVE_CATALOGUE "-journal",
        EW_ARCHIVE_SEGMENTS,
        EW_ARCHIVE_LOCK,
    };
    for (size_t i = 0; i < EW_COUNT(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return strncmp(name, EW_TEMP_PREFIX, strlen(EW_TEMP_PREFIX)) == 0;
}

ew_code ew_archive__may_make(const char *dir, ew_err *err)
{
    DIR *d = opendir(dir);
    if (d == NULL && errno == ENOENT)
        return EW_OK;
    if (d == NULL)
        return ew_fail_sys(err, errno, "cannot open folder '%s'", dir);
    ew_code code = EW_OK;
    const struct dirent *e;
    while (code == EW_OK && (e = readdir(d)) != NULL)
        if (!is_ours(e->d_name))
            code =
                ew_fail(err, EW_E_ARG, 0,
                        "'%s' is no archive and is not empty; name another folder", dir);
    (void)closedir(d);
    return code;
}

static bool is_live(const char *name, const ew_cat_seg *live, size_t n)
{
    char *end;
    errno = 0;
    long long id = strtoll(name, &end, 10);
    if (errno != 0 || strcmp(end, ".seg") != 0)
        return false;
    for (size_t i = 0; i < n; i++)
        if (live[i].id == id)
            return true;
    return false;
}

/* Only names that we give are removed: a file put there by a person stays. */
static bool is_leftover(const char *name, const ew_cat_seg *live, size_t n)
{
    if (strncmp(name, EW_TEMP_PREFIX, strlen(EW_TEMP_PREFIX)) == 0)
        return true;
    size_t digits = strspn(name, "0123456789");
    return digits >= 6 && strcmp(name + digits, ".seg") == 0 && !is_live(name, live, n);
}

static void clean_folder(const char *path, const ew_cat_seg *live, size_t n)
{
    DIR *d = opendir(path);
    if (d == NULL)
        return;
    const struct dirent *e;
    while ((e = readdir(d)) != NULL)
        if (is_leftover(e->d_name, live, n))
            (void)unlinkat(dirfd(d), e->d_name, 0);
    (void)closedir(d);
}

ew_code ew_archive__clean(const char *dir, const ew_cat_seg *live, size_t n, ew_err *err)
{
    char *segments = ew_path_join(dir, EW_ARCHIVE_SEGMENTS);
    if (segments == NULL)
        return ew_fail_nomem(err);
    clean_folder(segments, live, n);
    clean_folder(dir, live, n);
    ew_free(segments);
    return EW_OK;
}

static ew_code folder_bytes(const char *path, uint64_t *bytes, ew_err *err)
{
    DIR *d = opendir(path);
    if (d == NULL)
        return ew_fail_sys(err, errno, "cannot open folder '%s'", path);
    const struct dirent *e;
    struct stat st;
    while ((e = readdir(d)) != NULL)
        if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(st.st_mode))
            *bytes += (uint64_t)st.st_size;
    (void)closedir(d);
    return EW_OK;
}

ew_code ew_archive__bytes(const char *dir, uint64_t *bytes, ew_err *err)
{
    *bytes = 0;
    char *segments = ew_path_join(dir, EW_ARCHIVE_SEGMENTS);
    ew_code code =
        segments == NULL ? ew_fail_nomem(err) : folder_bytes(segments, bytes, err);
    if (code == EW_OK)
        code = folder_bytes(dir, bytes, err);
    ew_free(segments);
    return code;
}

/* ------------------------------------------------------------------ lock */

static int64_t now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static long holder(int fd)
{
    char text[32] = "";
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    return n > 0 ? strtol(text, NULL, 10) : 0;
}

/* A lock on the open file and not on the process: two writers in one process exclude each
 * other too, and closing some other descriptor of the file does not give it up. */
static ew_code wait_for_lock(int fd, const char *dir, double wait_seconds, ew_err *err)
{
    int64_t wait_ms = wait_seconds <= 0    ? 0
                      : wait_seconds > 1e9 ? INT64_MAX / 2
                                           : (int64_t)(wait_seconds * 1e3);
    int64_t end = now_ms() + wait_ms;
    for (;;) {
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        if (fcntl(fd, F_OFD_SETLK, &lock) == 0)
            return EW_OK;
        if (errno != EAGAIN && errno != EACCES && errno != EINTR)
            return ew_fail_sys(err, errno, "cannot lock the archive '%s'", dir);
        if (now_ms() >= end)
            return ew_fail(err, EW_E_BUSY, 0, "archive '%s' is locked by process %ld",
                           dir, holder(fd));
        struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};
        (void)nanosleep(&pause, NULL);
    }
}

ew_code ew_archive__lock(const char *dir, double wait_seconds, int *fd, ew_err *err)
{
    char *path = ew_path_join(dir, EW_ARCHIVE_LOCK);
    if (path == NULL)
        return ew_fail_nomem(err);
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
    ew_code code = EW_OK;
    if (file < 0)
        code = ew_fail_sys(err, errno, "cannot open '%s'", path);
    if (code == EW_OK)
        code = wait_for_lock(file, dir, wait_seconds, err);
    ew_free(path);
    if (code != EW_OK) {
        if (file >= 0)
            (void)close(file);
        return code;
    }
    /* Only for the message of whoever has to wait; a full disk must not stop us here. */
    char text[32];
    int n = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (ftruncate(file, 0) == 0)
        (void)!pwrite(file, text, (size_t)n, 0);
    *fd = file;
    return EW_OK;
}

void ew_archive__unlock(int fd)
{
    /* Closing alone would leave it to a child process that was forked meanwhile. */
    struct flock lock = {.l_type = F_UNLCK, .l_whence = SEEK_SET};
    (void)fcntl(fd, F_OFD_SETLK, &lock);
    (void)close(fd);
}
