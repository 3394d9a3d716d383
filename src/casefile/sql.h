/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite as the case file uses it: statements that are prepared once, bound in order, and whose
 * first failure is kept until it is asked for. */
#ifndef EW_CASEFILE_SQL_H
#define EW_CASEFILE_SQL_H

#include <sqlite3.h>

#include "base/file.h"
#include "casefile/casefile.h"

enum {
    EW_CASE_STATEMENTS = 64, /* prepared at a time */
    EW_CASE_FACT_TABLES = 32
};

struct ew_case {
    sqlite3 *db;
    char *dir;
    int lock;    /* descriptor held by who writes, or -1 */
    bool locked; /* and it keeps others out */
    bool write;
    int64_t event;    /* the one that is being written, or 0 */
    bool damaged;     /* a row of this event failed: commit refuses */
    bool undoing;     /* this event takes another one back */
    bool set_back;    /* the clock stands before the last event */
    bool group;       /* several events come on disk at once */
    ew_atomic *later; /* originals that are not synced yet */
    size_t later_count;
    uint64_t later_bytes;
    /* Of the event that is being written: it gets its own row last, when all that it adds is known. */
    ew_case_event pending;
    char *texts[4]; /* kind, who, purpose, detail */
    uint8_t chain_before[EW_SHA256_BYTES];
    int64_t last_rows[EW_CASE_FACT_TABLES]; /* of each table of facts, before it */
    int64_t *undone;                        /* events that were taken back, ascending */
    size_t undone_count;
    struct {
        const char *sql; /* a string literal: compared by address */
        sqlite3_stmt *stmt;
        bool busy;
    } cache[EW_CASE_STATEMENTS];
};

/* One use of a statement. */
typedef struct ew_sql {
    ew_case *c;
    sqlite3_stmt *stmt;
    size_t slot; /* in the cache */
    int bound;
    ew_code code;
    ew_err *err;
} ew_sql;

/* sql: a string literal, the same address whenever it is used. Close it in any case. */
ew_sql ew_sql_begin(ew_case *c, const char *sql, ew_err *err);

/* The next parameter. */
void ew_sql_int(ew_sql *q, int64_t v);
void ew_sql_real(ew_sql *q, double v);
void ew_sql_text(ew_sql *q,
                 ew_slice text); /* stays valid until the statement is closed */
void ew_sql_words(ew_sql *q, const char *text);
void ew_sql_blob(ew_sql *q, const void *bytes, size_t n);
void ew_sql_null(ew_sql *q);

/* Steps; *row: there is one. */
EW_MUST_CHECK ew_code ew_sql_step(ew_sql *q, bool *row);

/* Of the present row, columns from 0 on. Pointers stay until the next step. */
int64_t ew_sql_col_int(const ew_sql *q, int i);
double ew_sql_col_real(const ew_sql *q, int i);
const char *
ew_sql_col_text(ew_sql *q, int i); /* never NULL; ends the statement when out of memory */
ew_slice ew_sql_col_blob(ew_sql *q, int i);
bool ew_sql_col_null(const ew_sql *q, int i);

/* The same statement once more, for another number in its first place. */
EW_MUST_CHECK ew_code ew_sql_again(ew_sql *q, int64_t v);

/* Resets it for the next use. What failed before comes back. */
EW_MUST_CHECK ew_code ew_sql_end(ew_sql *q);

/* For statements that give no row: step and end; *rowid may be NULL. A failure within an event spoils
 * the event. */
EW_MUST_CHECK ew_code ew_sql_run(ew_sql *q, int64_t *rowid);

/* Of a statement with one number as its answer; 0 when there is no row. */
EW_MUST_CHECK ew_code ew_sql_number(ew_sql *q, int64_t *number);

/* Tests: takes every folder for one on a network share, where SQLite's write-ahead log does not work. */
void ew_case__as_on_network(bool yes);

/* Fills err from the connection and returns the code that fits. */
ew_code ew_case__sql_fail(ew_case *c, int rc, ew_err *err);

/* Refuses when no event is being written. */
EW_MUST_CHECK ew_code ew_case__in_event(ew_case *c, ew_err *err);

#endif
