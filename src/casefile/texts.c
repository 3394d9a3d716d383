/* SPDX-License-Identifier: Apache-2.0 */
/* All texts of all tables, whatever tables there are: one that is added later is not forgotten. */
#include "casefile/texts.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "casefile/schema.h"
#include "casefile/sql.h"

/* Words of the program's own, and moments as they are written. */
static const char *const passed_over[] = {
    "kind",    "stance",   "date",   "until",          "mime",
    "pattern", "language", "status", "published_text", "modified_text",
    "version", "age",      "tool",   "time_text",      "field"};

/* Which item a row belongs to where no column says it. */
static const struct {
    const char *table, *item;
} owners[] = {
    {"message", "t.source"},
    {"paragraph", "t.source"},
    {"attachment", "(SELECT source FROM message m WHERE m.id=t.message)"},
    {"quote", "(SELECT item FROM article a WHERE a.id=t.article)"},
    {"person", "0"},
    {"alias", "0"},
    {"resealed", "0"},
    {"merged", "0"},
    {"recipient", "0"},
    {"verdict", "0"},
    {"item", "t.id"},
};

/* Where texts go. */
typedef struct reader {
    ew_case *c;
    ew_code (*put)(void *cookie, const ew_case_one_text *t, ew_err *err);
    void *cookie;
} reader;

static bool is_passed_over(const char *column)
{
    for (size_t i = 0; i < EW_COUNT(passed_over); i++)
        if (strcmp(passed_over[i], column) == 0)
            return true;
    return false;
}

static const char *owner_of(const char *table)
{
    for (size_t i = 0; i < EW_COUNT(owners); i++)
        if (strcmp(owners[i].table, table) == 0)
            return owners[i].item;
    return "t.item";
}

/* The first column is the item, the second the row. */
static ew_code put_row(const reader *r, const char *table, sqlite3_stmt *s, ew_err *err)
{
    ew_code code = EW_OK;
    ew_case_one_text t = {.table = table,
                          .item = sqlite3_column_int64(s, 0),
                          .row = sqlite3_column_int64(s, 1)};
    for (int i = 2; i < sqlite3_column_count(s) && code == EW_OK; i++) {
        if (sqlite3_column_type(s, i) != SQLITE_TEXT)
            continue;
        t.column = sqlite3_column_name(s, i);
        t.text.p = (const char *)sqlite3_column_text(s, i);
        t.text.n = (size_t)sqlite3_column_bytes(s, i);
        if (t.column == NULL || t.text.p == NULL)
            return ew_fail_nomem(err);
        if (t.text.n > 0 && !is_passed_over(t.column))
            code = r->put(r->cookie, &t, err);
    }
    return code;
}

static ew_code read_table(const reader *r, const char *table, ew_err *err)
{
    char sql[192];
    sqlite3_stmt *s = NULL;
    ew_code code = EW_OK;
    (void)snprintf(sql, sizeof sql, "SELECT %s,* FROM %s t ORDER BY id", owner_of(table),
                   table);
    int rc = sqlite3_prepare_v2(r->c->db, sql, -1, &s, NULL);
    while (rc == SQLITE_OK && code == EW_OK) {
        int step = sqlite3_step(s);
        if (step == SQLITE_DONE)
            break;
        if (step == SQLITE_ROW)
            code = put_row(r, table, s, err);
        else
            rc = step;
    }
    if (rc != SQLITE_OK && code == EW_OK)
        code = ew_case__sql_fail(r->c, rc, err);
    (void)sqlite3_finalize(s);
    return code;
}

static ew_code read_title(const reader *r, ew_err *err)
{
    ew_buf title;
    ew_buf_init(&title, EW_CASE_NAME);
    ew_code code = ew_case_title(r->c, &title, err);
    ew_case_one_text t = {.table = "info",
                          .column = "title",
                          .row = 1,
                          .text = {(const char *)title.data, title.len}};
    if (code == EW_OK && title.len > 0)
        code = r->put(r->cookie, &t, err);
    ew_buf_release(&title);
    return code;
}

ew_code ew_case_every_text(ew_case *c,
                           ew_code (*put)(void *cookie, const ew_case_one_text *t,
                                          ew_err *err),
                           void *cookie, ew_err *err)
{
    reader r = {c, put, cookie};
    ew_code code = read_title(&r, err);
    if (code == EW_OK)
        code = read_table(&r, "event", err);
    for (size_t i = 0; ew_case__fact_table(i) != NULL && code == EW_OK; i++)
        if (strcmp(ew_case__fact_table(i), "event") != 0)
            code = read_table(&r, ew_case__fact_table(i), err);
    return code;
}
