/* SPDX-License-Identifier: Apache-2.0 */
/* Backing up: the files of the desk, unlocked, as a tar archive that goes through age into one
 * file. The archive is never on a disk, and secrets are in locked memory only: libarchive passes
 * on what it is given without copying when it has no block size. */
#include "ops/seal_backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/alloc.h"
#include "base/file.h"
#include "ops/seal_backup_form.h"

/* ------------------------------------------------------------------ what there is */

/* Paths within the desk, sorted; those of folders end with a slash. */
typedef struct tree {
    char **paths;
    size_t n, cap;
} tree;

static void tree_release(tree *t)
{
    for (size_t i = 0; i < t->n; i++)
        ew_free(t->paths[i]);
    ew_free(t->paths);
    *t = (tree){0};
}

static ew_code tree_add(tree *t, const char *path, ew_err *err)
{
    if (t->n == EW_BACKUP__ENTRIES_MAX)
        return ew_fail(err, EW_E_LIMIT, 0, "a desk of more than %d files",
                       (int)EW_BACKUP__ENTRIES_MAX);
    if (t->n == t->cap) {
        size_t cap = t->cap > 0 ? 2 * t->cap : 256;
        char **more = ew_realloc_array(t->paths, cap, sizeof *more);
        if (more == NULL)
            return ew_fail_nomem(err);
        t->paths = more;
        t->cap = cap;
    }
    t->paths[t->n] = ew_strdup(path);
    return t->paths[t->n] != NULL ? (t->n++, EW_OK) : ew_fail_nomem(err);
}

static ew_code scan(const char *desk, const char *below, tree *t, ew_err *err);

static ew_code add_path(const char *desk, const char *path, tree *t, ew_err *err)
{
    struct stat st;
    if (ew_backup__left_out(path))
        return EW_OK;
    char *full = ew_path_join(desk, path);
    char *folder = ew_path_join(path, "");
    ew_code code = full != NULL && folder != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK && lstat(full, &st) != 0)
        code = ew_fail_sys(err, errno, "cannot read '%s'", full);
    else if (code == EW_OK && !ew_backup__path_ok(path))
        code = ew_fail(err, EW_E_FORMAT, 0, "'%s' is no name of a desk's file", full);
    else if (code == EW_OK && S_ISDIR(st.st_mode)) {
        code = tree_add(t, folder, err);
        if (code == EW_OK)
            code = scan(desk, path, t, err);
    } else if (code == EW_OK && S_ISREG(st.st_mode))
        code = tree_add(t, path, err);
    else if (code == EW_OK)
        code = ew_fail(err, EW_E_FORMAT, 0,
                       "'%s' is neither a file nor a folder: a backup would not be "
                       "complete",
                       full);
    ew_free(folder);
    ew_free(full);
    return code;
}

/* Everything below a folder of the desk; "" is the desk. Depth ends where paths do. */
static ew_code scan(const char *desk, const char *below, tree *t, ew_err *err)
{
    const struct dirent *e;
    char *full = ew_path_join(desk, below);
    DIR *dir = full != NULL ? opendir(full) : NULL;
    ew_code code = EW_OK;
    if (dir == NULL)
        code = full != NULL ? ew_fail_sys(err, errno, "cannot read '%s'", full)
                            : ew_fail_nomem(err);
    while (code == EW_OK && (e = readdir(dir)) != NULL) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        char *path =
            below[0] != 0 ? ew_path_join(below, e->d_name) : ew_strdup(e->d_name);
        code = path != NULL ? add_path(desk, path, t, err) : ew_fail_nomem(err);
        ew_free(path);
    }
    if (dir != NULL)
        (void)closedir(dir);
    ew_free(full);
    return code;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* ------------------------------------------------------------------ the archive */

typedef struct tarball {
    ew_age_writer *age;
    struct archive *a;
    struct archive_entry *entry;
    ew_code code; /* what went wrong below libarchive */
    ew_err err;
} tarball;

/* Failure is kept and told by us: libarchive 3.6 loses memory when it is told. */
static la_ssize_t on_write(struct archive *a, void *cookie, const void *bytes, size_t n)
{
    tarball *t = cookie;
    (void)a;
    if (t->code == EW_OK)
        t->code = ew_age_write(t->age, bytes, n, &t->err);
    return (la_ssize_t)n;
}

/* What a call of libarchive came to. */
static ew_code tar_done(const tarball *t, bool ok, ew_err *err)
{
    if (t->code != EW_OK) {
        if (err != NULL)
            *err = t->err;
        return t->code;
    }
    if (ok)
        return EW_OK;
    if (archive_errno(t->a) == ENOMEM)
        return ew_fail_nomem(err);
    const char *why = archive_error_string(t->a);
    return ew_fail(err, EW_E_IO, 0, "cannot make the archive: %s",
                   why != NULL ? why : "unknown");
}

static ew_code tar_open(tarball *t, ew_err *err)
{
    t->a = archive_write_new();
    t->entry = archive_entry_new();
    if (t->a == NULL || t->entry == NULL)
        return ew_fail_nomem(err);
    bool ok = archive_write_set_format_ustar(t->a) == ARCHIVE_OK &&
              archive_write_add_filter_none(t->a) == ARCHIVE_OK &&
              archive_write_set_bytes_per_block(t->a, 0) == ARCHIVE_OK &&
              archive_write_open(t->a, t, NULL, on_write, NULL) == ARCHIVE_OK;
    return tar_done(t, ok, err);
}

static void tar_free(tarball *t)
{
    t->code = EW_E_CANCELLED; /* nothing more is written */
    if (t->a != NULL)
        (void)archive_write_free(t->a);
    archive_entry_free(t->entry);
}

/* Begins an entry; a folder when the path ends with a slash. */
static ew_code tar_entry(tarball *t, const char *path, uint64_t size, int64_t time,
                         ew_err *err)
{
    bool folder = path[strlen(path) - 1] == '/';
    bool is_open = strncmp(path, "log", 3) == 0; /* the log is for everybody to read */
    archive_entry_clear(t->entry);
    archive_entry_set_pathname(t->entry, path);
    archive_entry_set_filetype(t->entry, folder ? AE_IFDIR : AE_IFREG);
    archive_entry_set_perm(t->entry,
                           folder ? (is_open ? 0755 : 0700) : (is_open ? 0644 : 0600));
    archive_entry_set_size(t->entry, (la_int64_t)size);
    archive_entry_set_mtime(t->entry, (time_t)time, 0);
    return tar_done(t, archive_write_header(t->a, t->entry) == ARCHIVE_OK, err);
}

static ew_code tar_data(tarball *t, const void *bytes, size_t n, ew_err *err)
{
    return tar_done(t, archive_write_data(t->a, bytes, n) == (la_ssize_t)n, err);
}

static ew_code tar_bytes(tarball *t, const char *path, const void *bytes, size_t n,
                         int64_t time, ew_err *err)
{
    ew_code code = tar_entry(t, path, n, time, err);
    return code == EW_OK && n > 0 ? tar_data(t, bytes, n, err) : code;
}

/* ------------------------------------------------------------------ files */

typedef struct backup {
    const ew_desk *desk;
    const ew_backup_opts *opts;
    ew_backup__manifest manifest;
    tree tree;
    tarball tar;
    ew_secret opened; /* one unlocked file */
    uint8_t block[32 * 1024];
    ew_backed_up done;
} backup;

static ew_code copy_blocks(backup *b, int fd, const char *path, uint64_t size,
                           ew_err *err)
{
    uint64_t at = 0;
    ew_code code = EW_OK;
    while (at < size && code == EW_OK) {
        size_t n = size - at < sizeof b->block ? (size_t)(size - at) : sizeof b->block;
        code = ew_pread_all(fd, b->block, n, at, err);
        if (code == EW_E_FORMAT)
            code = ew_fail(err, EW_E_FORMAT, at, "'%s' became shorter", path);
        if (code == EW_OK)
            code = tar_data(&b->tar, b->block, n, err);
        at += n;
    }
    return code;
}

/* These files are replaced and never changed, so an open one stays as it is. */
static ew_code put_plain(backup *b, const char *path, ew_err *err)
{
    struct stat st;
    char *full = ew_path_join(b->desk->dir, path);
    if (full == NULL)
        return ew_fail_nomem(err);
    int fd = open(full, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    ew_code code = EW_OK;
    if (fd < 0 || fstat(fd, &st) != 0)
        code = ew_fail_sys(err, errno, "cannot read '%s'", full);
    else if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size > EW_BACKUP__LARGE_MAX)
        code =
            ew_fail(err, EW_E_LIMIT, 0, "'%s' is no file of a desk, or too large", full);
    if (code == EW_OK)
        code = tar_entry(&b->tar, path, (uint64_t)st.st_size, st.st_mtime, err);
    if (code == EW_OK)
        code = copy_blocks(b, fd, full, (uint64_t)st.st_size, err);
    if (fd >= 0)
        (void)close(fd);
    ew_free(full);
    return code;
}

static ew_code put_opened(backup *b, const char *path, int64_t time, ew_err *err)
{
    ew_buf name;
    ew_buf_init(&name, EW_BACKUP__PATH_MAX + sizeof EW_BACKUP__OPEN);
    ew_code code = ew_buf_printf(&name, err, "%s" EW_BACKUP__OPEN, path);
    if (code == EW_OK)
        code = tar_bytes(&b->tar, (const char *)name.data, b->opened.bytes, b->opened.n,
                         time, err);
    b->done.secrets++;
    ew_buf_release(&name);
    return code;
}

static ew_code put_small(backup *b, const char *path, ew_err *err)
{
    struct stat st;
    ew_buf bytes;
    bool locked = false;
    char *full = ew_path_join(b->desk->dir, path);
    ew_buf_init(&bytes, EW_BACKUP__SMALL_MAX);
    ew_code code = full != NULL ? ew_file_get(full, &bytes, err) : ew_fail_nomem(err);
    if (code == EW_OK && stat(full, &st) != 0)
        code = ew_fail_sys(err, errno, "cannot read '%s'", full);
    ew_slice file = {(const char *)bytes.data, bytes.len};
    if (code == EW_OK)
        code = ew_backup__unlock(b->desk->vault, path, file, &b->opened, &locked, err);
    if (code == EW_OK)
        code = locked ? put_opened(b, path, st.st_mtime, err)
                      : tar_bytes(&b->tar, path, bytes.data, bytes.len, st.st_mtime, err);
    ew_buf_release(&bytes);
    ew_free(full);
    return code;
}

static ew_code put_path(backup *b, const char *path, ew_err *err)
{
    size_t n = strlen(path);
    size_t ending = strlen(EW_BACKUP__OPEN);
    if (path[n - 1] == '/')
        return tar_entry(&b->tar, path, 0, b->opts->time, err);
    if (n > ending && strcmp(path + n - ending, EW_BACKUP__OPEN) == 0)
        return ew_fail(err, EW_E_FORMAT, 0, "'%s' is no name of a desk's file", path);
    b->done.files++;
    return ew_backup__is_plain(path) ? put_plain(b, path, err) : put_small(b, path, err);
}

static ew_code put_all(backup *b, ew_err *err)
{
    ew_buf text;
    ew_buf_init(&text, 1024);
    b->manifest.entries = b->tree.n;
    ew_code code = ew_backup__append_manifest(&text, &b->manifest, err);
    if (code == EW_OK)
        code = tar_bytes(&b->tar, EW_BACKUP__MANIFEST, text.data, text.len, b->opts->time,
                         err);
    for (size_t i = 0; i < b->tree.n && code == EW_OK; i++) {
        code = ew_backup__tick(b->desk->prog, i, b->tree.n, err);
        if (code == EW_OK)
            code = put_path(b, b->tree.paths[i], err);
    }
    if (code == EW_OK)
        code = tar_done(&b->tar, archive_write_close(b->tar.a) == ARCHIVE_OK, err);
    ew_buf_release(&text);
    return code;
}

/* ------------------------------------------------------------------ all of it */

static ew_code to_file(void *cookie, const void *bytes, size_t n, ew_err *err)
{
    const ew_atomic *file = cookie;
    return ew_write_named(file->fd, file->path, bytes, n, err);
}

static ew_code write_backup(backup *b, ew_err *err)
{
    ew_atomic file;
    ew_age_sink sink = {&file, to_file};
    ew_age_closing how = {b->opts->recipients, NULL, 0, b->opts->armor};
    ew_code code = ew_atomic_open(&file, b->opts->out, err);
    if (code == EW_OK)
        code = ew_age_create(&b->tar.age, &sink, &how, err);
    if (code == EW_OK)
        code = tar_open(&b->tar, err);
    if (code == EW_OK)
        code = put_all(b, err);
    if (code == EW_OK)
        code = ew_age_finish(b->tar.age, err);
    tar_free(&b->tar);
    ew_age_writer_free(b->tar.age);
    if (code == EW_OK)
        return ew_atomic_commit(&file, err);
    ew_atomic_abort(&file);
    return code;
}

/* A copy on the same disk is lost with it, and the next backup would hold it. */
static ew_code check_place(const char *desk, const char *out, ew_err *err)
{
    char *parent = ew_path_parent(out);
    if (parent == NULL)
        return ew_fail_nomem(err);
    char *folder = realpath(parent, NULL);
    char *home = realpath(desk, NULL);
    size_t n = home != NULL ? strlen(home) : 0;
    bool inside = folder != NULL && home != NULL && strncmp(folder, home, n) == 0 &&
                  (folder[n] == 0 || folder[n] == '/');
    free(home); /* by realpath */
    free(folder);
    ew_free(parent);
    return inside
               ? ew_fail(err, EW_E_ARG, 0,
                         "a backup within the desk's folder is none; keep it elsewhere")
               : EW_OK;
}

/* Keeps others from writing to the log. */
static ew_code hold_log(backup *b, ew_log **log, ew_err *err)
{
    char *dir = ew_desk_log_dir(b->desk->dir);
    ew_code code =
        dir != NULL ? ew_desk__open_log(b->desk, log, err) : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_log__read_state(dir, &b->manifest.log, err);
    ew_free(dir);
    return code;
}

ew_code ew_ops_backup(const ew_desk *d, const ew_backup_opts *opts, ew_backed_up *done,
                      ew_err *err)
{
    ew_log *log = NULL;
    if (opts->recipients->n < 2)
        return ew_fail(
            err, EW_E_ARG, 0,
            "a backup needs two different recipients or more, one of them kept "
            "offline: who loses the only key loses the desk");
    backup *b = ew_alloc(sizeof *b);
    if (b == NULL)
        return ew_fail_nomem(err);
    b->desk = d;
    b->opts = opts;
    b->manifest.time = opts->time;
    ew_code code = check_place(d->dir, opts->out, err);
    if (code == EW_OK)
        code = ew_secret_init(&b->opened, EW_BACKUP__OPEN_MAX, err);
    if (code == EW_OK)
        code = hold_log(b, &log, err);
    if (code == EW_OK)
        code = scan(d->dir, "", &b->tree, err);
    if (code == EW_OK) {
        qsort(b->tree.paths, b->tree.n, sizeof *b->tree.paths, by_name);
        code = write_backup(b, err);
    }
    b->done.log = b->manifest.log;
    if (code == EW_OK)
        *done = b->done;
    ew_log_close(log);
    tree_release(&b->tree);
    ew_secret_release(&b->opened);
    ew_free(b);
    return code;
}
