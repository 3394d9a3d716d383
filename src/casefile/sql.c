/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of the case file. */
#include "casefile/sql.h"

#include <errno.h>
#include <string.h>

ew_code ew_case__sql_fail(ew_case *c, int rc, ew_err *err)
{
    switch (rc & 0xff) {
    case SQLITE_NOMEM:
        return ew_fail_nomem(err);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ew_fail(err, EW_E_BUSY, 0, "the case '%s' is in use; try again", c->dir);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
        return ew_fail(err, EW_E_FORMAT, 0,
                       "the case in '%s' is damaged; restore it from a copy", c->dir);
    case SQLITE_TOOBIG:
        return ew_fail(err, EW_E_LIMIT, 0, "one value is too large for the case file");
    case SQLITE_FULL:
        return ew_fail_sys(err, ENOSPC, "cannot write the case '%s'", c->dir);
    case SQLITE_READONLY:
        return ew_fail_sys(err, EROFS, "cannot write the case '%s'", c->dir);
    case SQLITE_CONSTRAINT:
        return ew_fail(err, EW_E_ARG, 0, "the case file refuses this: %s",
                       sqlite3_errmsg(c->db));
    default: {
        int sys = c->db != NULL ? sqlite3_system_errno(c->db) : 0;
        return ew_fail_sys(err, sys != 0 ? sys : EIO, "cannot use the case '%s' (%s)",
                           c->dir, sqlite3_errstr(rc));
    }
    }
}

/* A free slot with this statement, an empty one, or the last one that is not in use. */
static size_t slot_for(const ew_case *c, const char *sql)
{
    size_t best = EW_CASE_STATEMENTS;
    for (size_t i = 0; i < EW_CASE_STATEMENTS; i++) {
        if (c->cache[i].busy)
            continue;
        if (c->cache[i].sql == sql)
            return i;
        if (best == EW_CASE_STATEMENTS || c->cache[best].stmt != NULL)
            best = i;
    }
    return best;
}

ew_sql ew_sql_begin(ew_case *c, const char *sql, ew_err *err)
{
    ew_sql q = {.c = c, .slot = slot_for(c, sql), .err = err};
    if (q.slot == EW_CASE_STATEMENTS) {
        q.code = ew_fail(err, EW_E_BUG, 0, "too many statements at a time");
        return q;
    }
    if (c->cache[q.slot].sql != sql) {
        (void)sqlite3_finalize(c->cache[q.slot].stmt);
        c->cache[q.slot].stmt = NULL;
        c->cache[q.slot].sql = sql;
        int rc = sqlite3_prepare_v3(c->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                    &c->cache[q.slot].stmt, NULL);
        if (rc != SQLITE_OK) {
            c->cache[q.slot].sql = NULL;
            q.code = ew_case__sql_fail(c, rc, err);
            return q;
        }
    }
    q.stmt = c->cache[q.slot].stmt;
    c->cache[q.slot].busy = true;
    return q;
}

/* Takes the outcome of binding the next parameter. */
static void bound(ew_sql *q, int rc)
{
    if (q->code == EW_OK && rc != SQLITE_OK)
        q->code = ew_case__sql_fail(q->c, rc, q->err);
}

void ew_sql_int(ew_sql *q, int64_t v)
{
    if (q->code == EW_OK)
        bound(q, sqlite3_bind_int64(q->stmt, ++q->bound, v));
}

void ew_sql_real(ew_sql *q, double v)
{
    if (q->code == EW_OK)
        bound(q, sqlite3_bind_double(q->stmt, ++q->bound, v));
}

void ew_sql_text(ew_sql *q, ew_slice text)
{
    if (q->code == EW_OK)
        bound(q, sqlite3_bind_text64(q->stmt, ++q->bound, text.n > 0 ? text.p : "",
                                     text.n, SQLITE_STATIC, SQLITE_UTF8));
}

void ew_sql_words(ew_sql *q, const char *text)
{
    ew_sql_text(q, ew_slice_of(text != NULL ? text : ""));
}

void ew_sql_blob(ew_sql *q, const void *bytes, size_t n)
{
    if (q->code == EW_OK)
        bound(q, sqlite3_bind_blob64(q->stmt, ++q->bound, n > 0 ? bytes : "", n,
                                     SQLITE_STATIC));
}

void ew_sql_null(ew_sql *q)
{
    if (q->code == EW_OK)
        bound(q, sqlite3_bind_null(q->stmt, ++q->bound));
}

ew_code ew_sql_step(ew_sql *q, bool *row)
{
    *row = false;
    if (q->code != EW_OK)
        return q->code;
    int rc = sqlite3_step(q->stmt);
    *row = rc == SQLITE_ROW;
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        q->code = ew_case__sql_fail(q->c, rc, q->err);
    return q->code;
}

int64_t ew_sql_col_int(const ew_sql *q, int i)
{
    return sqlite3_column_int64(q->stmt, i);
}

double ew_sql_col_real(const ew_sql *q, int i)
{
    return sqlite3_column_double(q->stmt, i);
}

bool ew_sql_col_null(const ew_sql *q, int i)
{
    return sqlite3_column_type(q->stmt, i) == SQLITE_NULL;
}

const char *ew_sql_col_text(ew_sql *q, int i)
{
    const char *text = (const char *)sqlite3_column_text(q->stmt, i);
    if (text == NULL && !ew_sql_col_null(q, i) && q->code == EW_OK)
        q->code = ew_fail_nomem(q->err);
    return text != NULL ? text : "";
}

ew_slice ew_sql_col_blob(ew_sql *q, int i)
{
    const void *bytes = sqlite3_column_blob(q->stmt, i);
    int n = sqlite3_column_bytes(q->stmt, i);
    if (bytes == NULL && n > 0 && q->code == EW_OK)
        q->code = ew_fail_nomem(q->err);
    return (ew_slice){bytes, bytes != NULL ? (size_t)n : 0};
}

ew_code ew_sql_again(ew_sql *q, int64_t v)
{
    if (q->code == EW_OK) {
        (void)sqlite3_reset(q->stmt);
        bound(q, sqlite3_bind_int64(q->stmt, 1, v));
    }
    return q->code;
}

ew_code ew_sql_end(ew_sql *q)
{
    if (q->stmt != NULL) {
        (void)sqlite3_reset(q->stmt);
        (void)sqlite3_clear_bindings(q->stmt);
        q->c->cache[q->slot].busy = false;
        q->stmt = NULL;
    }
    return q->code;
}

ew_code ew_sql_run(ew_sql *q, int64_t *rowid)
{
    bool row;
    ew_code code = ew_sql_step(q, &row);
    if (code == EW_OK && rowid != NULL)
        *rowid = sqlite3_last_insert_rowid(q->c->db);
    if (code != EW_OK)
        q->c->damaged = true;
    return ew_sql_end(q);
}

ew_code ew_sql_number(ew_sql *q, int64_t *number)
{
    bool row;
    ew_code code = ew_sql_step(q, &row);
    *number = code == EW_OK && row ? ew_sql_col_int(q, 0) : 0;
    return ew_sql_end(q);
}

ew_code ew_case__in_event(ew_case *c, ew_err *err)
{
    return c->event != 0 ? EW_OK
                         : ew_fail(err, EW_E_BUG, 0, "a change outside of an event");
}
