/* SPDX-License-Identifier: Apache-2.0 */
/* Restoring: a desk is made beside its place, under a temporary name, with every secret locked
 * before it is written; it gets its name when all of it is safe and has been looked at. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/alloc.h"
#include "base/file.h"
#include "ops/seal_backup_form.h"

enum { TEMP_NAMES = 1000 };

typedef struct restore {
    const ew_restore_opts *opts;
    int in;
    ew_age_reader *age;
    struct archive *a;
    ew_code code; /* what went wrong below libarchive */
    ew_err err;
    char *temp;   /* where it is made */
    ew_desk desk; /* there */
    ew_secret opened;
    ew_backup__manifest manifest;
    uint64_t entries;
    ew_restored done;
} restore;

/* ------------------------------------------------------------------ reading */

static ew_code from_file(void *cookie, void *out, size_t max, size_t *got, ew_err *err)
{
    const restore *r = cookie;
    for (;;) {
        ssize_t n = read(r->in, out, max);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return ew_fail_sys(err, errno, "cannot read '%s'", r->opts->backup);
        *got = (size_t)n;
        return EW_OK;
    }
}

static la_ssize_t on_read(struct archive *a, void *cookie, const void **bytes)
{
    restore *r = cookie;
    ew_slice piece = {NULL, 0};
    if (r->code == EW_OK)
        r->code = ew_age_read(r->age, &piece, &r->err);
    *bytes = piece.p;
    if (r->code == EW_OK)
        return (la_ssize_t)piece.n;
    archive_set_error(a, EIO, "cannot read");
    return -1;
}

static ew_code not_a_backup(ew_err *err)
{
    return ew_fail(err, EW_E_FORMAT, 0, "this is no backup of a desk");
}

static ew_code tar_failed(const restore *r, ew_err *err)
{
    if (r->code != EW_OK) {
        if (err != NULL)
            *err = r->err;
        return r->code;
    }
    return archive_errno(r->a) == ENOMEM ? ew_fail_nomem(err) : not_a_backup(err);
}

static ew_code open_backup(restore *r, const ew_age_source *from, ew_err *err)
{
    r->in = open(r->opts->backup, O_RDONLY | O_CLOEXEC);
    if (r->in < 0)
        return ew_fail_sys(err, errno, "cannot open '%s'", r->opts->backup);
    ew_code code = ew_age_open(&r->age, from, r->opts->with, NULL, err);
    if (code != EW_OK)
        return code;
    r->a = archive_read_new();
    if (r->a == NULL)
        return ew_fail_nomem(err);
    if (archive_read_support_format_tar(r->a) != ARCHIVE_OK ||
        archive_read_support_filter_none(r->a) != ARCHIVE_OK ||
        archive_read_open(r->a, r, NULL, on_read, NULL) != ARCHIVE_OK)
        return tar_failed(r, err);
    return EW_OK;
}

/* The next entry; *entry is NULL after the last. Of all that tar can hold, plain files and folders
 * are accepted. */
static ew_code next_entry(restore *r, struct archive_entry **entry, ew_err *err)
{
    int got = archive_read_next_header(r->a, entry);
    if (got == ARCHIVE_EOF) {
        *entry = NULL;
        return EW_OK;
    }
    if (got != ARCHIVE_OK)
        return tar_failed(r, err);
    mode_t type = archive_entry_filetype(*entry);
    bool plain =
        archive_format(r->a) == ARCHIVE_FORMAT_TAR_USTAR &&
        (type == AE_IFREG || type == AE_IFDIR) &&
        archive_entry_hardlink(*entry) == NULL && archive_entry_symlink(*entry) == NULL &&
        archive_entry_pathname(*entry) != NULL && archive_entry_size(*entry) >= 0 &&
        (type == AE_IFREG || archive_entry_size(*entry) == 0);
    return plain ? EW_OK : not_a_backup(err);
}

/* The next piece of the entry's content; n is 0 at its end. */
static ew_code next_piece(restore *r, uint64_t at, ew_slice *piece, ew_err *err)
{
    const void *bytes = NULL;
    size_t n = 0;
    la_int64_t offset = 0;
    int got = archive_read_data_block(r->a, &bytes, &n, &offset);
    *piece = (ew_slice){bytes, n};
    if (got == ARCHIVE_EOF) {
        piece->n = 0;
        return EW_OK;
    }
    if (got != ARCHIVE_OK)
        return tar_failed(r, err);
    return offset >= 0 && (uint64_t)offset == at ? EW_OK : not_a_backup(err);
}

/* All of a small entry, into locked memory. */
static ew_code take_small(restore *r, uint64_t size, ew_err *err)
{
    ew_slice piece;
    r->opened.n = 0;
    if (size > r->opened.max)
        return ew_fail(err, EW_E_LIMIT, 0, "a secret of the backup is too large");
    for (;;) {
        ew_code code = next_piece(r, r->opened.n, &piece, err);
        if (code != EW_OK)
            return code;
        if (piece.n == 0)
            return r->opened.n == size ? EW_OK : not_a_backup(err);
        if (piece.n > size - r->opened.n)
            return not_a_backup(err);
        memcpy(r->opened.bytes + r->opened.n, piece.p, piece.n);
        r->opened.n += piece.n;
    }
}

/* After the archive comes nothing but zeros, to the end of the age file: only that end says that
 * nothing was cut off. */
static ew_code take_end(restore *r, ew_err *err)
{
    ew_slice piece;
    do {
        ew_code code = ew_age_read(r->age, &piece, err);
        if (code != EW_OK)
            return code;
        for (size_t i = 0; i < piece.n; i++)
            if (piece.p[i] != 0)
                return not_a_backup(err);
    } while (piece.n > 0);
    return EW_OK;
}

/* ------------------------------------------------------------------ writing */

static ew_code copy_entry(restore *r, const char *path, uint64_t size, ew_err *err)
{
    ew_atomic file;
    ew_slice piece = {NULL, 0};
    uint64_t at = 0;
    ew_code code = ew_atomic_open(&file, path, err);
    if (code != EW_OK)
        return code;
    do {
        at += piece.n;
        code = next_piece(r, at, &piece, err);
        if (code == EW_OK && piece.n > size - at)
            code = not_a_backup(err);
        if (code == EW_OK && piece.n > 0)
            code = ew_write_named(file.fd, path, piece.p, piece.n, err);
    } while (code == EW_OK && piece.n > 0);
    if (code == EW_OK && at != size)
        code = not_a_backup(err);
    if (code == EW_OK)
        return ew_atomic_place(&file, err);
    ew_atomic_abort(&file);
    return code;
}

static ew_code put_locked(restore *r, const char *path, ew_err *err)
{
    ew_buf bytes;
    ew_atomic file;
    ew_buf_init(&bytes, EW_BACKUP__SMALL_MAX);
    ew_code code = ew_backup__lock(r->desk.vault,
                                   (ew_slice){r->opened.bytes, r->opened.n}, &bytes, err);
    if (code == EW_OK)
        code = ew_atomic_open(&file, path, err);
    if (code == EW_OK) {
        code = ew_write_named(file.fd, path, bytes.data, bytes.len, err);
        if (code == EW_OK)
            code = ew_atomic_place(&file, err);
        else
            ew_atomic_abort(&file);
    }
    ew_buf_release(&bytes);
    return code;
}

/* Nothing is written twice. */
static ew_code check_new(const char *path, ew_err *err)
{
    struct stat st;
    return lstat(path, &st) != 0 && errno == ENOENT ? EW_OK : not_a_backup(err);
}

static ew_code put_file(restore *r, char *name, uint64_t size, ew_err *err)
{
    size_t n = strlen(name);
    size_t ending = strlen(EW_BACKUP__OPEN);
    bool opened = n > ending && strcmp(name + n - ending, EW_BACKUP__OPEN) == 0;
    if (opened)
        name[n - ending] = 0;
    if (!ew_backup__path_ok(name) || ew_backup__left_out(name) ||
        size > EW_BACKUP__LARGE_MAX)
        return not_a_backup(err);
    char *path = ew_path_join(r->temp, name);
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_code code = check_new(path, err);
    if (code == EW_OK && !opened)
        code = copy_entry(r, path, size, err);
    if (code == EW_OK && opened)
        code = take_small(r, size, err);
    if (code == EW_OK && opened)
        code = put_locked(r, path, err);
    r->done.files++;
    ew_free(path);
    return code;
}

static ew_code put_folder(const restore *r, char *name, ew_err *err)
{
    size_t n = strlen(name);
    if (n > 0 && name[n - 1] == '/')
        name[n - 1] = 0;
    if (!ew_backup__path_ok(name))
        return not_a_backup(err);
    bool for_all = strcmp(name, "log") == 0 || strncmp(name, "log/", 4) == 0;
    char *path = ew_path_join(r->temp, name);
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_code code = check_new(path, err);
    if (code == EW_OK && mkdir(path, for_all ? 0777 : 0700) != 0)
        code = ew_fail_sys(err, errno, "cannot create folder '%s'", path);
    ew_free(path);
    return code;
}

static ew_code put_entry(restore *r, struct archive_entry *entry, ew_err *err)
{
    char *name = ew_strdup(archive_entry_pathname(entry));
    if (name == NULL)
        return ew_fail_nomem(err);
    ew_code code = archive_entry_filetype(entry) == AE_IFDIR
                       ? put_folder(r, name, err)
                       : put_file(r, name, (uint64_t)archive_entry_size(entry), err);
    ew_free(name);
    return code;
}

static ew_code take_manifest(restore *r, ew_err *err)
{
    struct archive_entry *entry = NULL;
    ew_code code = next_entry(r, &entry, err);
    if (code == EW_OK &&
        (entry == NULL || archive_entry_filetype(entry) != AE_IFREG ||
         strcmp(archive_entry_pathname(entry), EW_BACKUP__MANIFEST) != 0))
        code = not_a_backup(err);
    if (code == EW_OK)
        code = take_small(r, (uint64_t)archive_entry_size(entry), err);
    if (code == EW_OK)
        code = ew_backup__parse_manifest(&r->manifest,
                                         (ew_slice){r->opened.bytes, r->opened.n}, err);
    r->done.time = r->manifest.time;
    r->done.log = r->manifest.log;
    return code;
}

static ew_code take_entries(restore *r, ew_err *err)
{
    struct archive_entry *entry = NULL;
    for (;;) {
        ew_code code = next_entry(r, &entry, err);
        if (code == EW_OK && entry == NULL)
            return r->entries == r->manifest.entries ? take_end(r, err)
                                                     : not_a_backup(err);
        if (code == EW_OK && r->entries++ == r->manifest.entries)
            code = not_a_backup(err);
        if (code == EW_OK)
            code =
                ew_backup__tick(r->opts->prog, r->entries - 1, r->manifest.entries, err);
        if (code == EW_OK)
            code = put_entry(r, entry, err);
        if (code != EW_OK)
            return code;
    }
}

/* ------------------------------------------------------------------ folders */

/* Calls `each` for everything below a folder, what lies in folders first, then itself. */
static ew_code walk(const char *path, ew_code (*each)(const char *, bool, ew_err *),
                    ew_err *err)
{
    const struct dirent *e;
    ew_code code = EW_OK;
    DIR *dir = opendir(path);
    if (dir == NULL)
        return errno == ENOTDIR ? each(path, false, err)
                                : ew_fail_sys(err, errno, "cannot read '%s'", path);
    while (code == EW_OK && (e = readdir(dir)) != NULL) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        char *below = ew_path_join(path, e->d_name);
        code = below != NULL ? walk(below, each, err) : ew_fail_nomem(err);
        ew_free(below);
    }
    (void)closedir(dir);
    return code == EW_OK ? each(path, true, err) : code;
}

static ew_code sync_one(const char *path, bool folder, ew_err *err)
{
    return folder ? ew_sync_dir(path, err) : EW_OK;
}

static ew_code remove_one(const char *path, bool folder, ew_err *err)
{
    if ((folder ? rmdir(path) : unlink(path)) != 0)
        return ew_fail_sys(err, errno, "cannot remove '%s'", path);
    return EW_OK;
}

ew_code ew_backup__remove(const char *path, ew_err *err)
{
    return walk(path, remove_one, err);
}

/* ------------------------------------------------------------------ all of it */

/* The folder that the desk will lie in. */
static ew_code parent_of(const char *dir, char **parent, ew_err *err)
{
    char *copy = ew_strdup(dir);
    if (copy == NULL)
        return ew_fail_nomem(err);
    size_t n = strlen(copy);
    while (n > 1 && copy[n - 1] == '/')
        copy[--n] = 0;
    *parent = ew_path_parent(copy);
    ew_free(copy);
    if (*parent == NULL)
        return ew_fail_nomem(err);
    return n > 0 ? EW_OK : ew_fail(err, EW_E_ARG, 0, "the new desk needs a name");
}

static ew_code check_place(const char *dir, ew_err *err)
{
    const struct dirent *e;
    struct stat st;
    bool empty = true;
    if (lstat(dir, &st) != 0 && errno == ENOENT)
        return EW_OK;
    DIR *d = opendir(dir);
    while (d != NULL && (e = readdir(d)) != NULL)
        empty = empty && (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0);
    if (d != NULL)
        (void)closedir(d);
    return d != NULL && empty
               ? EW_OK
               : ew_fail(err, EW_E_ARG, 0,
                         "there is something in '%s' already; a desk is restored into a "
                         "new folder",
                         dir);
}

static ew_code make_temp(restore *r, const char *parent, ew_err *err)
{
    char name[64];
    ew_code code = ew_mkdirs(parent, err);
    for (int i = 0; i < TEMP_NAMES && code == EW_OK; i++) {
        (void)snprintf(name, sizeof name, EW_TEMP_PREFIX "desk-%ld-%d", (long)getpid(),
                       i);
        char *path = ew_path_join(parent, name);
        if (path == NULL)
            return ew_fail_nomem(err);
        if (mkdir(path, 0777) == 0) {
            r->temp = path;
            return EW_OK;
        }
        if (errno != EEXIST)
            code = ew_fail_sys(err, errno, "cannot create a folder in '%s'", parent);
        ew_free(path);
    }
    return code != EW_OK
               ? code
               : ew_fail_sys(err, EEXIST, "cannot create a folder in '%s'", parent);
}

/* The vault's file comes last, as in a new desk. */
static ew_code fill(restore *r, ew_err *err)
{
    ew_vault_cost usual = ew_vault_cost_default();
    const ew_vault_cost *cost = r->opts->cost != NULL ? r->opts->cost : &usual;
    ew_buf vault;
    ew_buf_init(&vault, EW_VAULT_FILE_MAX);
    char *path = ew_path_join(r->temp, "keys/vault");
    r->desk.dir = ew_strdup(r->temp);
    ew_code code = path != NULL && r->desk.dir != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_vault_create(&r->desk.vault, r->opts->pass, cost, &vault, err);
    if (code == EW_OK)
        code = take_manifest(r, err);
    if (code == EW_OK)
        code = take_entries(r, err);
    if (code == EW_OK)
        code = ew_backup__check(&r->desk, r->opts, &r->done, err);
    if (code == EW_OK)
        code = ew_file_put(path, vault.data, vault.len, err);
    if (code == EW_OK)
        code = walk(r->temp, sync_one, err);
    ew_buf_release(&vault);
    ew_free(path);
    return code;
}

static ew_code restore_into(restore *r, const char *parent, ew_err *err)
{
    ew_code code = make_temp(r, parent, err);
    if (code != EW_OK)
        return code;
    code = fill(r, err);
    /* An empty folder may be in the way, nothing else. */
    if (code == EW_OK && rename(r->temp, r->opts->dir) != 0)
        code = ew_fail_sys(err, errno, "cannot make '%s'", r->opts->dir);
    if (code != EW_OK)
        (void)!ew_backup__remove(r->temp, NULL);
    return code == EW_OK ? ew_sync_dir(parent, err) : code;
}

ew_code ew_ops_restore(const ew_restore_opts *opts, ew_restored *done, ew_err *err)
{
    char *parent = NULL;
    restore *r = ew_alloc(sizeof *r);
    if (r == NULL)
        return ew_fail_nomem(err);
    r->opts = opts;
    r->in = -1;
    ew_age_source from = {r, from_file};
    ew_code code = check_place(opts->dir, err);
    if (code == EW_OK)
        code = parent_of(opts->dir, &parent, err);
    if (code == EW_OK)
        code = ew_secret_init(&r->opened, EW_BACKUP__OPEN_MAX, err);
    if (code == EW_OK)
        code = open_backup(r, &from, err);
    if (code == EW_OK)
        code = restore_into(r, parent, err);
    if (code == EW_OK)
        *done = r->done;
    if (r->a != NULL)
        (void)archive_read_free(r->a);
    ew_age_reader_free(r->age);
    if (r->in >= 0)
        (void)close(r->in);
    ew_desk_close(&r->desk);
    ew_secret_release(&r->opened);
    ew_free(r->temp);
    ew_free(parent);
    ew_free(r);
    return code;
}
