/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite as the catalogue's files use it: connections, schema, checksums of rows, errors. */
#include "index/catalogue_sql.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "base/hash.h"

enum {
    APPLICATION_ID = 0x45415257, /* "EARW": `file` and SQLite tools show whose it is */
    BUSY_MS = 2,                 /* a commit of the other side takes milliseconds */
    BUSY_TRIES = 15000,
    MAX_VALUE = 1 << 20 /* bytes of one value in a row */
};

/* ------------------------------------------------------------------ errors */

ew_code ew_sql__fail(sqlite3 *db, int rc, ew_err *err)
{
    switch (rc & 0xff) {
    case SQLITE_NOMEM:
        return ew_fail_nomem(err);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ew_fail(err, EW_E_BUSY, 0, "the archive's catalogue is in use; try again");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_TOOBIG:
        return ew_fail(err, EW_E_FORMAT, 0,
                       "the archive's catalogue is damaged; restore it from a copy");
    case SQLITE_FULL:
        return ew_fail_sys(err, ENOSPC, "cannot write the archive's catalogue");
    default: {
        int sys = db == NULL ? 0 : sqlite3_system_errno(db);
        const char *text = db == NULL ? sqlite3_errstr(rc) : sqlite3_errmsg(db);
        return ew_fail_sys(err, sys != 0 ? sys : EIO,
                           "cannot use the archive's catalogue (%s)", text);
    }
    }
}

bool ew_sql__nomem(sqlite3 *db)
{
    return (sqlite3_errcode(db) & 0xff) == SQLITE_NOMEM;
}

/* ------------------------------------------------------------------ row checksums */

static uint32_t sum_value(uint32_t crc, sqlite3_value *v)
{
    uint8_t head[9] = {(uint8_t)sqlite3_value_type(v)};
    const void *bytes = NULL;
    size_t n = 0;
    if (head[0] == SQLITE_INTEGER) {
        ew_put_u64le(head + 1, (uint64_t)sqlite3_value_int64(v));
    } else if (head[0] != SQLITE_NULL) {
        bytes = sqlite3_value_blob(v); /* of text: its UTF-8 bytes */
        n = (size_t)sqlite3_value_bytes(v);
        ew_put_u64le(head + 1, n);
    }
    crc = ew_crc32(crc, head, sizeof head);
    return bytes == NULL ? crc : ew_crc32(crc, bytes, n);
}

static void row_checksum(sqlite3_context *context, int argc, sqlite3_value **argv)
{
    uint32_t crc = 0;
    for (int i = 0; i < argc; i++)
        crc = sum_value(crc, argv[i]);
    if (ew_sql__nomem(sqlite3_context_db_handle(context)))
        sqlite3_result_error_nomem(context);
    else
        sqlite3_result_int64(context, (sqlite3_int64)crc);
}

/* ------------------------------------------------------------------ connections */

/* SQLite's own handler waits longer and longer, so that a reader could meet one commit after
 * the other of a busy writer and give up in the end. */
static int wait_a_little(void *unused, int tries)
{
    struct timespec pause = {.tv_nsec = BUSY_MS * 1000 * 1000};
    (void)unused;
    if (tries >= BUSY_TRIES)
        return 0;
    (void)nanosleep(&pause, NULL);
    return 1;
}

static int set_up(sqlite3 *db)
{
    sqlite3_extended_result_codes(db, 1);
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, MAX_VALUE);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    int rc = sqlite3_busy_handler(db, wait_a_little, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_create_function(
            db, "ew_ck", -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL,
            row_checksum, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, "PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY;",
                          NULL, NULL, NULL);
    return rc;
}

int ew_sql__open(sqlite3 **db, const char *path, int flags)
{
    *db = NULL;
    int rc = sqlite3_open_v2(path, db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK)
        rc = set_up(*db);
    if (rc != SQLITE_OK) {
        (void)sqlite3_close(*db);
        *db = NULL;
    }
    return rc;
}

/* ------------------------------------------------------------------ schema */

static const struct {
    const char *type, *name, *table, *sql;
} schema[] = {
    /* ascending by name */
    {"table", "meta", "meta",
     "CREATE TABLE meta(key TEXT PRIMARY KEY,value INTEGER,ck INTEGER) WITHOUT ROWID"},
    {"table", "name", "name",
     "CREATE TABLE name(rec INTEGER,name TEXT,path BLOB,bytes INTEGER,mtime INTEGER,"
     "ck INTEGER,PRIMARY KEY(rec,name,path)) WITHOUT ROWID"},
    {"index", "name_path", "name", "CREATE INDEX name_path ON name(path)"},
    {"table", "recording", "recording",
     "CREATE TABLE recording(id INTEGER PRIMARY KEY,sha256 BLOB UNIQUE,bytes INTEGER,"
     "samples INTEGER,added INTEGER,container TEXT,codec TEXT,rate INTEGER,channels "
     "INTEGER,"
     "trouble TEXT,removed INTEGER,segment INTEGER,frames INTEGER,ck INTEGER)"},
    {"table", "segment", "segment",
     "CREATE TABLE segment(id INTEGER PRIMARY KEY,bytes INTEGER,head_crc INTEGER,ck "
     "INTEGER)"},
    {"index", "sqlite_autoindex_recording_1", "recording", NULL}, /* of UNIQUE */
};

static bool column_is(sqlite3_stmt *st, int column, const char *want)
{
    const char *text = (const char *)sqlite3_column_text(st, column);
    return want == NULL || text == NULL ? want == text : strcmp(text, want) == 0;
}

static bool row_is(sqlite3_stmt *st, size_t i)
{
    return i < EW_COUNT(schema) && column_is(st, 0, schema[i].type) &&
           column_is(st, 1, schema[i].name) && column_is(st, 2, schema[i].table) &&
           column_is(st, 3, schema[i].sql);
}

ew_code ew_sql__check_schema(sqlite3 *db, ew_err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(
        db, "SELECT type,name,tbl_name,sql FROM sqlite_schema ORDER BY name", -1, &st,
        NULL);
    size_t n = 0;
    bool ours = rc == SQLITE_OK;
    while (ours && (rc = sqlite3_step(st)) == SQLITE_ROW)
        ours = row_is(st, n++);
    bool nomem =
        ew_sql__nomem(db); /* then a column that is there looks as if it were not */
    (void)sqlite3_finalize(st);
    if (rc != SQLITE_DONE && rc != SQLITE_ROW)
        return ew_sql__fail(db, rc, err);
    if (nomem)
        return ew_fail_nomem(err);
    if (!ours || n != EW_COUNT(schema))
        return ew_fail(err, EW_E_FORMAT, 0,
                       "the archive's catalogue has not the tables it should have");
    return EW_OK;
}

ew_code ew_sql__make_schema(sqlite3 *db, ew_err *err)
{
    char pragma[64];
    (void)sqlite3_snprintf(sizeof pragma, pragma, "PRAGMA application_id=%d;",
                           APPLICATION_ID);
    int rc = sqlite3_exec(db, pragma, NULL, NULL, NULL);
    for (size_t i = 0; i < EW_COUNT(schema) && rc == SQLITE_OK; i++)
        if (schema[i].sql != NULL)
            rc = sqlite3_exec(db, schema[i].sql, NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db,
                          "INSERT INTO meta(key,value,ck)"
                          " VALUES('next_segment',1,ew_ck('next_segment',1))",
                          NULL, NULL, NULL);
    return rc == SQLITE_OK ? EW_OK : ew_sql__fail(db, rc, err);
}
