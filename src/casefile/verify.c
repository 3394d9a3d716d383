/* SPDX-License-Identifier: Apache-2.0 */
/* Is a case what it was? The database's structure, the chain of events, every original. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "casefile/content.h"
#include "casefile/sql.h"
#include "casefile/verify_search.h"

typedef struct verifier {
    ew_case *c;
    void (*problem)(void *cookie, const char *text);
    void *cookie;
    int64_t next; /* event */
    ew_case_rows *rows;
    uint8_t chain[EW_SHA256_BYTES];
} verifier;

static ew_code check_structure(verifier *v, ew_err *err)
{
    sqlite3_stmt *s = NULL;
    int rc = sqlite3_prepare_v2(v->c->db, "PRAGMA integrity_check(100)", -1, &s, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(s);
    while (rc == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(s, 0);
        if (text != NULL && strcmp(text, "ok") != 0)
            v->problem(v->cookie, text);
        rc = sqlite3_step(s);
    }
    (void)sqlite3_finalize(s);
    return rc == SQLITE_DONE ? EW_OK : ew_case__sql_fail(v->c, rc, err);
}

/* The first event says what the case is called. */
static ew_code check_title(verifier *v, ew_err *err)
{
    int64_t other = 0;
    ew_sql q = ew_sql_begin(
        v->c,
        "SELECT (SELECT count(*) FROM info WHERE key<>'title')+(SELECT count(*) FROM "
        "event WHERE id=1 AND ifnull(CASE WHEN json_valid(detail) THEN "
        "json_extract(detail,'$.case') END,'') IS NOT (SELECT value FROM info WHERE "
        "key='title'))",
        err);
    ew_code code = ew_sql_number(&q, &other);
    if (code == EW_OK && other > 0)
        v->problem(v->cookie, "the title is not the one that the case was made with");
    return code;
}

static ew_code check_event(void *cookie, const ew_case_event *e, ew_err *err)
{
    verifier *v = cookie;
    uint8_t want[EW_SHA256_BYTES];
    char text[96];
    v->next++;
    ew_code code = ew_case__chain(v->chain, e, want, err);
    if (code != EW_OK)
        return code;
    if (e->id != v->next || memcmp(want, e->chain, sizeof want) != 0) {
        (void)snprintf(text, sizeof text,
                       "event %lld does not follow from those before it",
                       (long long)e->id);
        v->problem(v->cookie, text);
        v->next = e->id;
    }
    code = ew_case__rows_of(v->rows, e->id, want, err);
    if (code == EW_OK && memcmp(want, e->content, sizeof want) != 0) {
        (void)snprintf(text, sizeof text, "what event %lld added was changed",
                       (long long)e->id);
        v->problem(v->cookie, text);
    }
    if (e->undoes >= e->id || e->undoes < 0) {
        (void)snprintf(text, sizeof text, "event %lld takes back one that was not there",
                       (long long)e->id);
        v->problem(v->cookie, text);
    }
    memcpy(v->chain, e->chain, sizeof v->chain);
    return code;
}

static ew_code check_original(void *cookie, const ew_case_item *i, ew_err *err)
{
    verifier *v = cookie;
    char text[128];
    int fd = -1;
    ew_code code = ew_case_original_whole(v->c, i->id, &fd, err);
    if (code == EW_OK)
        (void)close(fd);
    if (code == EW_OK || code == EW_E_NOMEM)
        return code;
    const char *what = "cannot be read";
    if (code == EW_E_NOTFOUND)
        what = "is missing";
    else if (code == EW_E_FORMAT)
        what = "was changed";
    (void)snprintf(text, sizeof text, "the original of item %lld %s", (long long)i->id,
                   what);
    ew_err_clear(err);
    v->problem(v->cookie, text);
    return EW_OK;
}

ew_code ew_case_verify(ew_case *c, void (*problem)(void *cookie, const char *text),
                       void *cookie, ew_err *err)
{
    verifier v = {.c = c, .problem = problem, .cookie = cookie};
    ew_code code = check_structure(&v, err);
    if (code == EW_OK)
        code = ew_case__rows_begin(&v.rows, c, err);
    if (code == EW_OK)
        code = ew_case_events(c, 0, check_event, &v, err);
    if (code == EW_OK && ew_case__rows_left(v.rows))
        problem(cookie, "there are rows that no event added");
    ew_case__rows_end(v.rows);
    if (code == EW_OK)
        code = check_title(&v, err);
    if (code == EW_OK)
        code = ew_case_items(c, check_original, &v, err);
    return code == EW_OK ? ew_case__check_search(c, problem, cookie, err) : code;
}
