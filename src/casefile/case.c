/* SPDX-License-Identifier: Apache-2.0 */
/* Making, opening and closing a case. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include <linux/magic.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/hash.h"
#include "casefile/events.h"
#include "casefile/schema.h"
#include "casefile/sql.h"

#define DB_NAME "case.db"

enum { VALUE_MAX = 256 << 20, BUSY_MS = 10000, LOCK_POLL_MS = 20 };

/* ------------------------------------------------------------------ connections */

void ew_case_use_own_sqlite(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static int set_up(sqlite3 *db)
{
    (void)sqlite3_extended_result_codes(db, 1);
    (void)sqlite3_limit(db, SQLITE_LIMIT_LENGTH, VALUE_MAX);
    (void)sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    (void)sqlite3_busy_timeout(db, BUSY_MS);
    return sqlite3_exec(db,
                        "PRAGMA cell_size_check=ON;PRAGMA temp_store=MEMORY;"
                        "PRAGMA foreign_keys=ON;PRAGMA synchronous=FULL;",
                        NULL, NULL, NULL);
}

static ew_code connect(ew_case *c, const char *name, int flags, ew_err *err)
{
    int rc = sqlite3_open_v2(name, &c->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK)
        rc = set_up(c->db);
    return rc == SQLITE_OK ? EW_OK : ew_case__sql_fail(c, rc, err);
}

static ew_code exec(ew_case *c, const char *sql, ew_err *err)
{
    int rc = sqlite3_exec(c->db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? EW_OK : ew_case__sql_fail(c, rc, err);
}

/* SQLite's write-ahead log needs memory that processes share, which file systems over a network do not
 * give. */
static _Atomic bool all_network;

void ew_case__as_on_network(bool yes)
{
    all_network = yes;
}

static bool is_network(const char *dir)
{
    struct statfs fs;
    if (all_network)
        return true;
    if (statfs(dir, &fs) != 0)
        return true;
    switch ((unsigned long)fs.f_type) {
    case NFS_SUPER_MAGIC:
    case SMB_SUPER_MAGIC:
    case SMB2_SUPER_MAGIC:
    case CIFS_SUPER_MAGIC:
    case AFS_SUPER_MAGIC:
    case CODA_SUPER_MAGIC:
    case V9FS_MAGIC:
    case FUSE_SUPER_MAGIC:
    case CEPH_SUPER_MAGIC:
        return true;
    default:
        return false;
    }
}

/* ------------------------------------------------------------------ schema */

/* What a database must have as its schema: the hash of one that was made in memory, once. It depends on this program and
 * its SQLite only, and making it anew takes longer than all else about opening. */
static struct {
    _Atomic bool known;
    _Atomic uint64_t word[EW_SHA256_BYTES / sizeof(uint64_t)];
} model;

static int model_hash(uint8_t hash[EW_SHA256_BYTES])
{
    uint64_t word[EW_COUNT(model.word)];
    sqlite3 *db = NULL;
    int rc = SQLITE_OK;
    if (atomic_load(&model.known)) {
        for (size_t i = 0; i < EW_COUNT(word); i++)
            word[i] = atomic_load(&model.word[i]);
        memcpy(hash, word, sizeof word);
        return SQLITE_OK;
    }
    rc = sqlite3_open_v2(":memory:", &db,
                         SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                         NULL);
    if (rc == SQLITE_OK)
        rc = ew_case__make_schema(db);
    if (rc == SQLITE_OK)
        rc = ew_case__schema_hash(db, hash);
    (void)sqlite3_close(db);
    if (rc != SQLITE_OK)
        return rc;
    memcpy(word, hash, sizeof word);
    for (size_t i = 0; i < EW_COUNT(word); i++) /* two at a time write the same */
        atomic_store(&model.word[i], word[i]);
    atomic_store(&model.known, true);
    return SQLITE_OK;
}

static ew_code check_schema(ew_case *c, ew_err *err)
{
    uint8_t wanted[EW_SHA256_BYTES];
    uint8_t there[EW_SHA256_BYTES];
    int rc = model_hash(wanted);
    if (rc == SQLITE_OK)
        rc = ew_case__schema_hash(c->db, there);
    if (rc != SQLITE_OK)
        return ew_case__sql_fail(c, rc, err);
    return memcmp(wanted, there, sizeof there) == 0
               ? EW_OK
               : ew_fail(err, EW_E_FORMAT, 0,
                         "'%s/" DB_NAME "' is not a case file of this program", c->dir);
}

static ew_code pragma(ew_case *c, const char *sql, int64_t *number, ew_err *err)
{
    sqlite3_stmt *s = NULL;
    int rc = sqlite3_prepare_v2(c->db, sql, -1, &s, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(s);
    if (rc == SQLITE_ROW)
        *number = sqlite3_column_int64(s, 0);
    (void)sqlite3_finalize(s);
    return rc == SQLITE_ROW ? EW_OK : ew_case__sql_fail(c, rc, err);
}

/* Whose database it is and how new, before anything else of it is used. */
static ew_code check_head(ew_case *c, ew_err *err)
{
    int64_t id = 0;
    int64_t version = 0;
    ew_code code = pragma(c, "PRAGMA application_id", &id, err);
    if (code == EW_OK)
        code = pragma(c, "PRAGMA user_version", &version, err);
    if (code == EW_OK && id != EW_CASE_APPLICATION_ID)
        code = ew_fail(err, EW_E_FORMAT, 0,
                       "'%s/" DB_NAME "' is not a case file of this program", c->dir);
    if (code == EW_OK && version > EW_CASE_FORMAT)
        code = ew_fail(err, EW_E_VERSION, 0,
                       "the case in '%s' was made by a newer version of this program",
                       c->dir);
    return code == EW_OK ? check_schema(c, err) : code;
}

/* ------------------------------------------------------------------ making */

static ew_code fill(ew_case *c, const char *title, ew_err *err)
{
    char head[128];
    (void)snprintf(head, sizeof head, "PRAGMA application_id=%d;PRAGMA user_version=%d;",
                   (int)EW_CASE_APPLICATION_ID, (int)EW_CASE_FORMAT);
    ew_code code = exec(c, "BEGIN IMMEDIATE", err);
    if (code == EW_OK)
        code = exec(c, head, err);
    if (code == EW_OK) {
        int rc = ew_case__make_schema(c->db);
        if (rc != SQLITE_OK)
            code = ew_case__sql_fail(c, rc, err);
    }
    if (code == EW_OK) {
        ew_sql q = ew_sql_begin(c, "INSERT INTO info VALUES('title',?)", err);
        ew_sql_words(&q, title);
        code = ew_sql_run(&q, NULL);
    }
    return code == EW_OK ? exec(c, "COMMIT", err) : code;
}

/* Made under another name, so that a case is there as a whole or not. */
static ew_code make_db(const char *dir, const char *title, ew_err *err)
{
    ew_case c = {.lock = -1, .dir = (char *)(uintptr_t)dir};
    char *temp = ew_path_join(dir, EW_TEMP_PREFIX "case");
    char *path = ew_path_join(dir, DB_NAME);
    ew_code code = temp != NULL && path != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK && unlink(temp) != 0 && errno != ENOENT)
        code = ew_fail_sys(err, errno, "cannot write '%s'", temp);
    if (code == EW_OK)
        code = connect(&c, temp, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err);
    if (code == EW_OK)
        code = fill(&c, title, err);
    for (size_t i = 0; i < EW_CASE_STATEMENTS; i++)
        (void)sqlite3_finalize(c.cache[i].stmt);
    (void)sqlite3_close(c.db);
    if (code == EW_OK && rename(temp, path) != 0)
        code = ew_fail_sys(err, errno, "cannot write '%s'", path);
    if (code == EW_OK)
        code = ew_sync_dir(dir, err);
    if (code != EW_OK && temp != NULL)
        (void)unlink(temp);
    ew_free(temp);
    ew_free(path);
    return code;
}

ew_code ew_case_create(const char *dir, const char *title, ew_err *err)
{
    struct stat st;
    if (!ew_case__is_line(ew_slice_of(title)))
        return ew_fail(err, EW_E_ARG, 0, "a case's title is one line of text");
    char *path = ew_path_join(dir, DB_NAME);
    char *originals = ew_path_join(dir, "originals");
    ew_code code = path != NULL && originals != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK && lstat(path, &st) == 0)
        code = ew_fail(err, EW_E_ARG, 0, "there is a case in '%s' already", dir);
    if (code == EW_OK)
        code = ew_mkdirs(originals, err);
    if (code == EW_OK && chmod(dir, 0700) != 0)
        code = ew_fail_sys(err, errno, "cannot keep '%s' from others", dir);
    if (code == EW_OK)
        code = make_db(dir, title, err);
    ew_free(path);
    ew_free(originals);
    return code;
}

/* ------------------------------------------------------------------ opening */

/* One writer at a time, told apart from readers by a lock on the folder itself. */
static ew_code take_lock(ew_case *c, double wait_s, ew_err *err)
{
    struct timespec pause = {.tv_nsec = LOCK_POLL_MS * 1000000L};
    c->lock = open(c->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (c->lock < 0)
        return ew_fail_sys(err, errno, "cannot open '%s'", c->dir);
    while (flock(c->lock, LOCK_EX | LOCK_NB) != 0) {
        if (errno == ENOLCK || errno == EOPNOTSUPP || errno == EBADF)
            return EW_OK; /* a share without such locks: SQLite's own remain */
        if (errno != EWOULDBLOCK && errno != EINTR)
            return ew_fail_sys(err, errno, "cannot lock '%s'", c->dir);
        if (wait_s <= 0)
            return ew_fail(err, EW_E_BUSY, 0,
                           "another program is writing to the case '%s'; try again",
                           c->dir);
        (void)nanosleep(&pause, NULL);
        wait_s -= LOCK_POLL_MS / 1000.0;
    }
    c->locked = true;
    return EW_OK;
}

/* A file name in a URI: what has a meaning there is escaped. */
static char *uri_of(const char *path, const char *query)
{
    static const char hex[] = "0123456789ABCDEF";
    char *uri = ew_alloc(3 * strlen(path) + strlen(query) + 8);
    if (uri == NULL)
        return NULL;
    char *out = uri + snprintf(uri, 6, "file:");
    for (const char *p = path; *p != 0; p++) {
        if (strchr("%?#", *p) != NULL) {
            *out++ = '%';
            *out++ = hex[(unsigned char)*p >> 4];
            *out++ = hex[(unsigned char)*p & 15];
        } else {
            *out++ = *p;
        }
    }
    memcpy(out, query, strlen(query) + 1);
    return uri;
}

/* Is the database one with a write-ahead log, by its head? */
static bool is_wal(const char *path)
{
    uint8_t head[20] = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool all = pread(fd, head, sizeof head, 0) == (ssize_t)sizeof head;
    (void)close(fd);
    return all && head[19] == 2;
}

static bool holds_log(const char *path)
{
    struct stat st;
    char wal[4096];
    return snprintf(wal, sizeof wal, "%s-wal", path) < (int)sizeof wal &&
           stat(wal, &st) == 0 && st.st_size > 0;
}

/* On a read-only disk SQLite cannot make the files beside the database; without a log left over it
 * needs none. Nor on a network share, where who writes has no such log. */
static ew_code connect_reading(ew_case *c, const char *path, ew_err *err)
{
    bool alone = access(c->dir, W_OK) != 0 || (is_network(c->dir) && is_wal(path));
    if (alone && holds_log(path))
        return ew_fail(err, EW_E_FORMAT, 0,
                       "the case in '%s' was not closed; copy it to a disk that can be "
                       "written to",
                       c->dir);
    char *uri = uri_of(path, alone ? "?immutable=1" : "");
    if (uri == NULL)
        return ew_fail_nomem(err);
    /* Who was killed leaves a log that only somebody who may write can take in; nothing else is written. */
    int flags = alone ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    ew_code code = connect(c, uri, flags | SQLITE_OPEN_URI, err);
    if (code == EW_OK && !alone)
        code = exec(c, "PRAGMA query_only=ON", err);
    ew_free(uri);
    return code;
}

/* On a share a database that comes from a local disk is taken over alone, to give it another journal. */
static ew_code connect_writing(ew_case *c, const char *path, ew_err *err)
{
    if (access(c->dir, W_OK) != 0)
        return ew_fail_sys(err, errno, "cannot write the case '%s'", c->dir);
    ew_code code = connect(c, path, SQLITE_OPEN_READWRITE, err);
    if (code == EW_OK && sqlite3_db_readonly(c->db, "main") == 1)
        code = ew_fail_sys(err, EACCES, "cannot write the case '%s'", c->dir);
    if (code == EW_OK && is_network(c->dir))
        code = exec(c, "PRAGMA locking_mode=EXCLUSIVE", err);
    return code;
}

static ew_code choose_journal(ew_case *c, ew_err *err)
{
    bool network = is_network(c->dir);
    ew_code code =
        exec(c, network ? "PRAGMA journal_mode=DELETE" : "PRAGMA journal_mode=WAL", err);
    if (code == EW_OK && network) /* it ends with the next access */
        code = exec(c, "PRAGMA locking_mode=NORMAL;SELECT count(*) FROM info", err);
    return code;
}

/* Copies that were being made when their writer was killed. Only for who has the lock. */
static ew_code clean_up(const ew_case *c, ew_err *err)
{
    char *path = ew_path_join(c->dir, "originals");
    if (path == NULL)
        return ew_fail_nomem(err);
    DIR *dir = opendir(path);
    for (const struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;)
        if (strncmp(e->d_name, EW_TEMP_PREFIX, strlen(EW_TEMP_PREFIX)) == 0)
            (void)unlinkat(dirfd(dir), e->d_name, 0);
    if (dir != NULL)
        (void)closedir(dir);
    ew_free(path);
    return EW_OK;
}

static ew_code open_db(ew_case *c, ew_err *err)
{
    struct stat st;
    char *path = ew_path_join(c->dir, DB_NAME);
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_code code = EW_OK;
    if (stat(path, &st) != 0)
        code = errno == ENOENT || errno == ENOTDIR
                   ? ew_fail(err, EW_E_NOTFOUND, 0, "there is no case in '%s'", c->dir)
                   : ew_fail_sys(err, errno, "cannot open '%s'", path);
    else if (!S_ISREG(st.st_mode))
        code = ew_fail(err, EW_E_FORMAT, 0, "'%s' is not a case file", path);
    if (code == EW_OK)
        code = c->write ? connect_writing(c, path, err) : connect_reading(c, path, err);
    if (code == EW_OK)
        code = check_head(c, err);
    if (code == EW_OK && c->write)
        code = choose_journal(c, err);
    if (code == EW_OK && c->locked)
        code = clean_up(c, err);
    ew_free(path);
    return code;
}

ew_code ew_case_open(ew_case **out, const char *dir, bool write, double wait_s,
                     ew_err *err)
{
    *out = NULL;
    ew_case *c = ew_alloc(sizeof *c);
    if (c == NULL)
        return ew_fail_nomem(err);
    c->lock = -1;
    c->write = write;
    c->dir = ew_strdup(dir);
    ew_code code = c->dir != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK && write && access(dir, F_OK) == 0)
        code = take_lock(c, wait_s, err);
    if (code == EW_OK)
        code = open_db(c, err);
    if (code == EW_OK)
        code = ew_case__load_undone(c, err);
    if (code != EW_OK) {
        ew_case_close(c);
        return code;
    }
    *out = c;
    return EW_OK;
}

void ew_case_close(ew_case *c)
{
    if (c == NULL)
        return;
    ew_case_group_abandon(c);
    if (c->event != 0)
        ew_case_rollback(c);
    ew_case__drop_later(c);
    for (size_t i = 0; i < EW_CASE_STATEMENTS; i++)
        (void)sqlite3_finalize(c->cache[i].stmt);
    (void)sqlite3_close(c->db);
    if (c->lock >= 0)
        (void)close(c->lock);
    for (size_t i = 0; i < EW_COUNT(c->texts); i++)
        ew_free(c->texts[i]);
    ew_free(c->undone);
    ew_free(c->dir);
    ew_free(c);
}

const char *ew_case_dir(const ew_case *c)
{
    return c->dir;
}

ew_code ew_case_title(ew_case *c, ew_buf *out, ew_err *err)
{
    bool row;
    ew_sql q = ew_sql_begin(c, "SELECT value FROM info WHERE key='title'", err);
    ew_code code = ew_sql_step(&q, &row);
    if (code == EW_OK && row) {
        const char *title = ew_sql_col_text(&q, 0);
        if (q.code == EW_OK)
            q.code = ew_buf_append(out, title, strlen(title), err);
    }
    return ew_sql_end(&q);
}
