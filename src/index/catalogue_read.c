/* SPDX-License-Identifier: Apache-2.0 */
/* Opening the catalogue for reading, wherever it lies: writable, read-only, interrupted. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "index/archive.h"
#include "index/catalogue_sql.h"

enum { MAX_URI = 1 << 16 };

#define JOURNAL EW_ARCHIVE_CATALOGUE "-journal"

/* Takes the read lock, and with it rolls an interrupted transaction back. */
static int start_reading(sqlite3 *db)
{
    int rc =
        sqlite3_exec(db, "BEGIN; SELECT count(*) FROM sqlite_schema;", NULL, NULL, NULL);
    return rc;
}

static int open_and_start(sqlite3 **db, const char *path, int flags)
{
    int rc = ew_sql__open(db, path, flags);
    if (rc == SQLITE_OK)
        rc = start_reading(*db);
    if (rc != SQLITE_OK) {
        (void)sqlite3_close(*db);
        *db = NULL;
    }
    return rc;
}

/* Is it the place that makes trouble, so that another way of opening may help? */
static bool place_trouble(int rc)
{
    int kind = rc & 0xff;
    return kind == SQLITE_CANTOPEN || kind == SQLITE_READONLY || kind == SQLITE_IOERR ||
           kind == SQLITE_PERM || kind == SQLITE_AUTH || kind == SQLITE_NOLFS;
}

/* file: URI of a path, so that it can carry "immutable". */
static ew_code append_uri(ew_buf *b, const char *path, ew_err *err)
{
    ew_code code = ew_buf_append(b, "file:", 5, err);
    if (code == EW_OK && path[0] == '/')
        code = ew_buf_append(b, "//", 2, err);
    for (const char *p = path; *p != 0 && code == EW_OK; p++) {
        bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                     (*p >= '0' && *p <= '9') || strchr("/._-", *p) != NULL;
        code = plain ? ew_buf_append(b, p, 1, err)
                     : ew_buf_printf(b, err, "%%%02X", (unsigned)(unsigned char)*p);
    }
    if (code == EW_OK)
        code = ew_buf_append(b, "?immutable=1", 12, err);
    return code;
}

static ew_code open_immutable(sqlite3 **db, const char *path, ew_err *err)
{
    ew_buf uri;
    ew_buf_init(&uri, MAX_URI);
    ew_code code = append_uri(&uri, path, err);
    if (code == EW_OK) {
        int rc = open_and_start(db, (const char *)uri.data,
                                SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
        if (rc != SQLITE_OK)
            code = ew_sql__fail(NULL, rc, err);
    }
    ew_buf_release(&uri);
    return code;
}

/* ------------------------------------------------------------------ interrupted, read-only */

static ew_code copy_file(const char *from_dir, const char *to_dir, const char *name,
                         ew_err *err)
{
    char *from_path = ew_path_join(from_dir, name);
    char *to_path = ew_path_join(to_dir, name);
    ew_code code = EW_OK;
    int from = -1;
    int to = -1;
    if (from_path == NULL || to_path == NULL)
        code = ew_fail_nomem(err);
    if (code == EW_OK && (from = open(from_path, O_RDONLY | O_CLOEXEC)) < 0)
        code = ew_fail_sys(err, errno, "cannot open '%s'", from_path);
    if (code == EW_OK &&
        (to = open(to_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) < 0)
        code = ew_fail_sys(err, errno, "cannot create '%s'", to_path);
    if (code == EW_OK)
        code = ew_copy_all(from, to, NULL, "the archive's catalogue", NULL, err);
    if (from >= 0)
        (void)close(from);
    if (to >= 0)
        (void)close(to);
    ew_free(from_path);
    ew_free(to_path);
    return code;
}

static ew_code make_temp(char **temp, ew_err *err)
{
    const char *base = getenv("TMPDIR");
    if (base == NULL || base[0] != '/')
        base = "/tmp";
    *temp = ew_path_join(base, "earwitness-XXXXXX");
    if (*temp == NULL)
        return ew_fail_nomem(err);
    if (mkdtemp(*temp) != NULL)
        return EW_OK;
    ew_code code =
        ew_fail_sys(err, errno, "cannot create a temporary folder in '%s'", base);
    ew_free(*temp);
    *temp = NULL;
    return code;
}

/* A writer was killed during a commit and the disk is read-only: the journal is applied to a
 * copy, since what lies there is neither the state before nor after. */
static ew_code open_copy(ew_sql_reader *r, const char *dir, ew_err *err)
{
    ew_code code = make_temp(&r->temp, err);
    if (code == EW_OK)
        code = copy_file(dir, r->temp, EW_ARCHIVE_CATALOGUE, err);
    if (code == EW_OK)
        code = copy_file(dir, r->temp, JOURNAL, err);
    char *path = code == EW_OK ? ew_path_join(r->temp, EW_ARCHIVE_CATALOGUE) : NULL;
    if (code == EW_OK && path == NULL)
        code = ew_fail_nomem(err);
    if (code == EW_OK) {
        int rc = open_and_start(&r->db, path, SQLITE_OPEN_READWRITE);
        if (rc != SQLITE_OK)
            code = ew_sql__fail(NULL, rc, err);
    }
    ew_free(path);
    return code;
}

static void remove_temp(char *temp)
{
    int dir = open(temp, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir >= 0) {
        (void)unlinkat(dir, EW_ARCHIVE_CATALOGUE, 0);
        (void)unlinkat(dir, JOURNAL, 0);
        (void)close(dir);
    }
    (void)rmdir(temp);
    ew_free(temp);
}

/* ------------------------------------------------------------------ open, close */

static ew_code has_journal(const char *dir, bool *has, ew_err *err)
{
    char *path = ew_path_join(dir, JOURNAL);
    if (path == NULL)
        return ew_fail_nomem(err);
    struct stat st;
    *has = stat(path, &st) == 0 && st.st_size > 0;
    ew_free(path);
    return EW_OK;
}

/* The usual way did not work because of the place. */
static ew_code open_otherwise(ew_sql_reader *r, const char *dir, const char *path,
                              ew_err *err)
{
    bool journal = false;
    ew_code code = has_journal(dir, &journal, err);
    if (code != EW_OK)
        return code;
    return journal ? open_copy(r, dir, err) : open_immutable(&r->db, path, err);
}

ew_code ew_sql__read_open(ew_sql_reader *r, const char *dir, ew_err *err)
{
    *r = (ew_sql_reader){0};
    char *path = ew_path_join(dir, EW_ARCHIVE_CATALOGUE);
    if (path == NULL)
        return ew_fail_nomem(err);
    struct stat st;
    ew_code code = EW_OK;
    int rc = SQLITE_OK;
    if (stat(path, &st) != 0)
        code = errno == ENOENT ? ew_fail(err, EW_E_FORMAT, 0, "'%s' is missing", path)
                               : ew_fail_sys(err, errno, "cannot open '%s'", path);
    else /* for writing, as only then a journal can be rolled back; falls back by itself */
        rc = open_and_start(&r->db, path, SQLITE_OPEN_READWRITE);
    if (rc != SQLITE_OK)
        code = place_trouble(rc) ? open_otherwise(r, dir, path, err)
                                 : ew_sql__fail(NULL, rc, err);
    if (code == EW_OK)
        code = ew_sql__check_schema(r->db, err);
    ew_free(path);
    if (code != EW_OK)
        ew_sql__read_close(r);
    return code;
}

void ew_sql__read_close(ew_sql_reader *r)
{
    (void)sqlite3_close(r->db);
    if (r->temp != NULL)
        remove_temp(r->temp);
    *r = (ew_sql_reader){0};
}
