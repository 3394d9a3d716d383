/* SPDX-License-Identifier: Apache-2.0 */
/* The hash over the rows of an event. */
#include "casefile/content.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "casefile/schema.h"
#include "casefile/sql.h"

static const char head[] = "ew-case-content/v1"; /* with its 0 */

/* Rows of one table, from some row on. */
typedef struct cursor {
    sqlite3_stmt *stmt;
    bool row;
} cursor;

struct ew_case_rows {
    ew_case *c;
    cursor table[EW_CASE_FACT_TABLES];
    size_t n;
};

/* ------------------------------------------------------------------ one row */

/* kind, then a number's 8 bytes, or the length in 8 bytes and the bytes; nothing more for null. */
static ew_code feed_value(ew_sha256 *h, char kind, const uint8_t number[8],
                          ew_slice bytes, ew_err *err)
{
    ew_code code = ew_sha256_feed(h, &kind, 1, err);
    if (code == EW_OK && kind != 'n')
        code = ew_sha256_feed(h, number, 8, err);
    return code == EW_OK && bytes.n > 0 ? ew_sha256_feed(h, bytes.p, bytes.n, err) : code;
}

static ew_code feed_column(ew_sha256 *h, sqlite3_stmt *s, int i, ew_err *err)
{
    uint8_t number[8] = {0};
    uint64_t bits;
    double real;
    ew_slice bytes = {NULL, 0};
    switch (sqlite3_column_type(s, i)) {
    case SQLITE_NULL:
        return feed_value(h, 'n', number, bytes, err);
    case SQLITE_INTEGER:
        ew_put_u64le(number, (uint64_t)sqlite3_column_int64(s, i));
        return feed_value(h, 'i', number, bytes, err);
    case SQLITE_FLOAT:
        real = sqlite3_column_double(s, i);
        memcpy(&bits, &real, sizeof bits);
        ew_put_u64le(number, bits);
        return feed_value(h, 'r', number, bytes, err);
    default:
        bytes.p = sqlite3_column_blob(s, i);
        bytes.n = (size_t)sqlite3_column_bytes(s, i);
        ew_put_u64le(number, bytes.n);
        return feed_value(h, sqlite3_column_type(s, i) == SQLITE_TEXT ? 't' : 'b', number,
                          bytes, err);
    }
}

static ew_code step(ew_case *c, cursor *t, ew_err *err)
{
    int rc = sqlite3_step(t->stmt);
    t->row = rc == SQLITE_ROW;
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? EW_OK : ew_case__sql_fail(c, rc, err);
}

/* Name of the table, number of columns, columns. */
static ew_code feed_row(ew_sha256 *h, const char *table, sqlite3_stmt *s, ew_err *err)
{
    int n = sqlite3_column_count(s);
    uint8_t count = (uint8_t)n;
    ew_code code = ew_sha256_feed(h, table, strlen(table) + 1, err);
    if (code == EW_OK)
        code = ew_sha256_feed(h, &count, 1, err);
    for (int i = 0; i < n && code == EW_OK; i++)
        code = feed_column(h, s, i, err);
    return code;
}

/* ------------------------------------------------------------------ tables */

/* Rows of the i-th table after *last; NULL: all, whatever their numbers are, since somebody else may have
 * put them in. */
static ew_code open_table(ew_case *c, size_t i, const int64_t *last, cursor *t,
                          ew_err *err)
{
    char sql[96];
    (void)snprintf(sql, sizeof sql, "SELECT * FROM %s %s ORDER BY id",
                   ew_case__fact_table(i), last != NULL ? "WHERE id>?" : "");
    int rc = sqlite3_prepare_v2(c->db, sql, -1, &t->stmt, NULL);
    if (rc == SQLITE_OK && last != NULL)
        rc = sqlite3_bind_int64(t->stmt, 1, *last);
    return rc == SQLITE_OK ? step(c, t, err) : ew_case__sql_fail(c, rc, err);
}

ew_code ew_case__mark_content(ew_case *c, ew_err *err)
{
    char sql[96];
    ew_code code = EW_OK;
    for (size_t i = 0; ew_case__fact_table(i) != NULL && code == EW_OK; i++) {
        sqlite3_stmt *s = NULL;
        (void)snprintf(sql, sizeof sql, "SELECT max(id) FROM %s", ew_case__fact_table(i));
        int rc = sqlite3_prepare_v2(c->db, sql, -1, &s, NULL);
        if (rc == SQLITE_OK)
            rc = sqlite3_step(s);
        if (rc == SQLITE_ROW)
            c->last_rows[i] = sqlite3_column_int64(s, 0);
        else
            code = ew_case__sql_fail(c, rc, err);
        (void)sqlite3_finalize(s);
    }
    return code;
}

/* From each table those after last[i]; NULL: all. */
static ew_code open_tables(ew_case_rows **out, ew_case *c, const int64_t *last,
                           ew_err *err)
{
    ew_code code = EW_OK;
    ew_case_rows *r = *out = ew_alloc(sizeof *r);
    if (r == NULL)
        return ew_fail_nomem(err);
    r->c = c;
    while (ew_case__fact_table(r->n) != NULL && code == EW_OK) {
        code =
            open_table(c, r->n, last != NULL ? &last[r->n] : NULL, &r->table[r->n], err);
        r->n++;
    }
    return code;
}

ew_code ew_case__rows_begin(ew_case_rows **out, ew_case *c, ew_err *err)
{
    return open_tables(out, c, NULL, err);
}

ew_code ew_case__content(ew_case *c, uint8_t out[EW_SHA256_BYTES], ew_err *err)
{
    ew_case_rows *r = NULL;
    ew_code code = open_tables(&r, c, c->last_rows, err);
    if (code == EW_OK)
        code = ew_case__rows_of(r, c->event, out, err);
    if (code == EW_OK && ew_case__rows_left(r))
        code = ew_fail(err, EW_E_BUG, 0, "an event added rows of another");
    ew_case__rows_end(r);
    return code;
}

/* The last column of every table is the event that added the row. */
static int64_t added_by(const cursor *t)
{
    return sqlite3_column_int64(t->stmt, sqlite3_column_count(t->stmt) - 1);
}

ew_code ew_case__rows_of(ew_case_rows *r, int64_t event, uint8_t out[EW_SHA256_BYTES],
                         ew_err *err)
{
    ew_sha256 *h = NULL;
    ew_code code = ew_sha256_new(&h, err);
    if (code == EW_OK)
        code = ew_sha256_feed(h, head, sizeof head, err);
    for (size_t i = 0; i < r->n && code == EW_OK; i++)
        for (cursor *t = &r->table[i]; code == EW_OK && t->row && added_by(t) == event;) {
            code = feed_row(h, ew_case__fact_table(i), t->stmt, err);
            if (code == EW_OK)
                code = step(r->c, t, err);
        }
    if (code == EW_OK)
        code = ew_sha256_finish(h, out, err);
    ew_sha256_free(h);
    return code;
}

bool ew_case__rows_left(const ew_case_rows *r)
{
    bool left = false;
    for (size_t i = 0; i < r->n; i++)
        left = left || r->table[i].row;
    return left;
}

void ew_case__rows_end(ew_case_rows *r)
{
    for (size_t i = 0; r != NULL && i < r->n; i++)
        (void)sqlite3_finalize(r->table[i].stmt);
    ew_free(r);
}
