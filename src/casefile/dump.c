/* SPDX-License-Identifier: Apache-2.0 */
/* Going through all tables of a case. */
#include "casefile/dump.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "casefile/events.h"
#include "casefile/schema.h"
#include "casefile/sql.h"

enum { SQL_MAX = 1024 };

#define CHOSEN "(SELECT id FROM temp.chosen)"
#define CHATS "(SELECT id FROM chat WHERE item IN " CHOSEN ")"
#define ARTICLES "(SELECT id FROM article WHERE item IN " CHOSEN ")"
/* Who takes a position, and under whom he is shown. */
#define PEOPLE                                                                           \
    "(WITH RECURSIVE them(id) AS (SELECT person FROM position WHERE item IN " CHOSEN     \
    " UNION SELECT target FROM merged JOIN them ON person=them.id) SELECT id FROM them)"

/* Which rows belong to chosen items; of a table that is not here only those with such an item. */
static const struct {
    const char *table, *where;
} belongs[] = {
    {"item", "id IN " CHOSEN},
    {"analysis", "item IN " CHOSEN " AND (other=0 OR other IN " CHOSEN ")"},
    {"recipient", "1"},
    {"person", "id IN " PEOPLE},
    {"alias", "person IN " PEOPLE},
    {"resealed", "person IN " PEOPLE},
    {"merged", "person IN " PEOPLE},
    {"message", "chat IN " CHATS},
    {"attachment", "message IN (SELECT id FROM message WHERE chat IN " CHATS ")"},
    {"paragraph", "article IN " ARTICLES},
    {"quote", "article IN " ARTICLES},
    {"verdict", "quote IN (SELECT id FROM quote WHERE article IN " ARTICLES ")"},
};

/* What is encrypted, and for whom: the latter may name people in a remark. */
static const char *const secrets[][2] = {
    {"person", "identity"}, {"alias", "box"}, {"resealed", "box"}, {"recipient", "age"}};

typedef struct dumper {
    ew_case *c;
    const ew_dump_opts *opts;
    const ew_dump_sink *sink;
    const char *table;
    bool secret[EW_DUMP_COLUMNS]; /* columns of the table */
    const char *columns[EW_DUMP_COLUMNS];
    size_t n;
    size_t added; /* column with the event */
} dumper;

static ew_code exec(ew_case *c, const char *sql, ew_err *err)
{
    int rc = sqlite3_exec(c->db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? EW_OK : ew_case__sql_fail(c, rc, err);
}

/* The chosen items and all that came out of them. */
static ew_code choose(dumper *d, ew_err *err)
{
    ew_code code = exec(d->c,
                        "DROP TABLE IF EXISTS temp.chosen;"
                        "CREATE TEMP TABLE chosen(id INTEGER PRIMARY KEY)",
                        err);
    for (size_t i = 0; i < d->opts->item_count && code == EW_OK; i++) {
        ew_sql q = ew_sql_begin(d->c,
                                "WITH RECURSIVE below(id) AS (VALUES(?1) UNION SELECT "
                                "item.id FROM item JOIN below ON item.parent=below.id) "
                                "INSERT OR IGNORE INTO temp.chosen SELECT id FROM below",
                                err);
        ew_sql_int(&q, d->opts->items[i]);
        code = ew_sql_run(&q, NULL);
    }
    return code;
}

/* ------------------------------------------------------------------ one table */

static void where_of(const dumper *d, char *out, size_t n)
{
    bool some = d->opts->item_count > 0;
    const char *where = some ? "item IN " CHOSEN : "1";
    for (size_t i = 0; some && i < EW_COUNT(belongs); i++)
        if (strcmp(belongs[i].table, d->table) == 0)
            where = belongs[i].where;
    (void)snprintf(out, n, "SELECT * FROM %s WHERE (?1=0 OR added<?1) AND %s ORDER BY id",
                   d->table, where);
}

/* Events that are not chosen keep their place in the chain, and nothing else. */
static void events_sql(const dumper *d, char *out, size_t n)
{
    (void)snprintf(out, n, "SELECT *%s FROM event WHERE ?1=0 OR id<?1 ORDER BY id",
                   d->opts->item_count == 0 ? ",1"
                                            : ",item IN " CHOSEN
                                              " OR undoes IN (SELECT id FROM event WHERE "
                                              "item IN " CHOSEN ")");
}

static bool is_secret(const dumper *d, const char *column)
{
    for (size_t i = 0; i < EW_COUNT(secrets); i++)
        if (strcmp(secrets[i][0], d->table) == 0 && strcmp(secrets[i][1], column) == 0)
            return !d->opts->identities;
    return false;
}

static ew_code read_columns(dumper *d, sqlite3_stmt *s, size_t n, ew_err *err)
{
    d->n = n;
    d->added = 0;
    if (n > EW_DUMP_COLUMNS)
        return ew_fail(err, EW_E_BUG, 0, "a table with %zu columns", n);
    for (size_t i = 0; i < n; i++) {
        d->columns[i] = sqlite3_column_name(s, (int)i);
        if (d->columns[i] == NULL)
            return ew_fail_nomem(err);
        d->secret[i] = is_secret(d, d->columns[i]);
        if (strcmp(d->columns[i], "added") == 0)
            d->added = i;
    }
    return EW_OK;
}

static ew_code read_cell(const dumper *d, sqlite3_stmt *s, size_t column,
                         ew_dump_cell *cell, ew_err *err)
{
    int i = (int)column;
    *cell = (ew_dump_cell){.type = EW_DUMP_NULL};
    switch (sqlite3_column_type(s, i)) {
    case SQLITE_NULL:
        return EW_OK;
    case SQLITE_INTEGER:
        cell->type = EW_DUMP_INT;
        cell->number = sqlite3_column_int64(s, i);
        break;
    case SQLITE_FLOAT:
        cell->type = EW_DUMP_REAL;
        cell->real = sqlite3_column_double(s, i);
        break;
    case SQLITE_TEXT:
        cell->type = EW_DUMP_TEXT;
        break;
    default:
        cell->type = EW_DUMP_BLOB;
    }
    if (d->secret[column]) {
        *cell = (ew_dump_cell){.type = EW_DUMP_LEFT_OUT};
    } else if (cell->type == EW_DUMP_TEXT || cell->type == EW_DUMP_BLOB) {
        cell->bytes.p = sqlite3_column_blob(s, i);
        cell->bytes.n = (size_t)sqlite3_column_bytes(s, i);
        if (cell->bytes.p == NULL && cell->bytes.n > 0)
            return ew_fail_nomem(err);
    }
    return EW_OK;
}

static ew_code put_row(dumper *d, sqlite3_stmt *s, bool event, ew_err *err)
{
    ew_dump_cell cells[EW_DUMP_COLUMNS];
    bool shown = !event || sqlite3_column_int(s, (int)d->n) != 0;
    int64_t by = sqlite3_column_int64(s, (int)(event ? 0 : d->added));
    ew_code code = EW_OK;
    for (size_t i = 0; i < d->n && code == EW_OK; i++) {
        code = read_cell(d, s, i, &cells[i], err);
        if (!shown && i > 0 && strcmp(d->columns[i], "chain") != 0)
            cells[i] = (ew_dump_cell){.type = EW_DUMP_LEFT_OUT};
    }
    return code == EW_OK ? d->sink->row(d->sink->cookie, cells, d->n,
                                        ew_case__undone(d->c, by), err)
                         : code;
}

static ew_code put_rows(dumper *d, sqlite3_stmt *s, bool event, ew_err *err)
{
    int rc;
    /* The last column of events is whether it is chosen. */
    size_t n = (size_t)sqlite3_column_count(s) - (event ? 1 : 0);
    ew_code code = read_columns(d, s, n, err);
    if (code == EW_OK)
        code = d->sink->table(d->sink->cookie, d->table, d->columns, n, err);
    while (code == EW_OK && (rc = sqlite3_step(s)) != SQLITE_DONE)
        code = rc == SQLITE_ROW ? put_row(d, s, event, err)
                                : ew_case__sql_fail(d->c, rc, err);
    return code;
}

static ew_code put_table(dumper *d, const char *table, ew_err *err)
{
    char sql[SQL_MAX];
    sqlite3_stmt *s = NULL;
    bool event = strcmp(table, "event") == 0;
    d->table = table;
    if (event)
        events_sql(d, sql, sizeof sql);
    else
        where_of(d, sql, sizeof sql);
    int rc = sqlite3_prepare_v2(d->c->db, sql, -1, &s, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_int64(s, 1, d->opts->before);
    ew_code code =
        rc == SQLITE_OK ? put_rows(d, s, event, err) : ew_case__sql_fail(d->c, rc, err);
    (void)sqlite3_finalize(s);
    return code;
}

ew_code ew_case_dump(ew_case *c, const ew_dump_opts *opts, const ew_dump_sink *sink,
                     ew_err *err)
{
    dumper d = {.c = c, .opts = opts, .sink = sink};
    ew_code code = opts->item_count > 0 ? choose(&d, err) : EW_OK;
    if (code == EW_OK)
        code = put_table(&d, "event", err);
    for (size_t i = 0; code == EW_OK && !opts->events_alone; i++) {
        const char *table = ew_case__fact_table(i);
        if (table == NULL)
            break;
        code = put_table(&d, table, err);
    }
    return code;
}
