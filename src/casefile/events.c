/* SPDX-License-Identifier: Apache-2.0 */
/* Events: every change is one, they form a chain of hashes, and nothing is undone but by another. */
#include "casefile/events.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/utf8.h"
#include "casefile/content.h"
#include "casefile/sql.h"

#define TOOL "earwitness " EW_VERSION

/* ------------------------------------------------------------------ taken back */

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

bool ew_case__undone(const ew_case *c, int64_t event)
{
    return c->undone_count > 0 && bsearch(&event, c->undone, c->undone_count,
                                          sizeof *c->undone, by_number) != NULL;
}

/* From the last undo to the first: one that was itself taken back does not count. */
static ew_code collect(ew_case *c, ew_err *err)
{
    bool row;
    ew_sql q = ew_sql_begin(
        c, "SELECT id,undoes FROM event WHERE undoes<>0 ORDER BY id DESC", err);
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row) {
        int64_t by = ew_sql_col_int(&q, 0);
        int64_t event = ew_sql_col_int(&q, 1);
        bool counts = true;
        for (size_t i = 0; i < c->undone_count && counts; i++)
            counts = c->undone[i] != by;
        if (counts) {
            int64_t *more =
                ew_realloc_array(c->undone, c->undone_count + 1, sizeof *more);
            if (more == NULL) {
                q.code = ew_fail_nomem(err);
                break;
            }
            c->undone = more;
            c->undone[c->undone_count++] = event;
        }
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}

ew_code ew_case__load_undone(ew_case *c, ew_err *err)
{
    ew_free(c->undone);
    c->undone = NULL;
    c->undone_count = 0;
    ew_code code = collect(c, err);
    if (code == EW_OK && c->undone_count > 1)
        qsort(c->undone, c->undone_count, sizeof *c->undone, by_number);
    return code;
}

/* ------------------------------------------------------------------ the chain */

static ew_code feed_number(ew_sha256 *h, int64_t v, ew_err *err)
{
    uint8_t bytes[8];
    ew_put_u64le(bytes, (uint64_t)v);
    return ew_sha256_feed(h, bytes, sizeof bytes, err);
}

/* Length first, so that no two events hash alike. */
static ew_code feed_bytes(ew_sha256 *h, const void *bytes, size_t n, ew_err *err)
{
    ew_code code = feed_number(h, (int64_t)n, err);
    return code == EW_OK && n > 0 ? ew_sha256_feed(h, bytes, n, err) : code;
}

static ew_code feed_event(ew_sha256 *h, const ew_case_event *e, ew_err *err)
{
    const int64_t numbers[] = {e->id, e->time, e->item, e->undoes};
    const char *const texts[] = {e->kind, e->who, e->purpose, e->detail, e->tool};
    ew_code code = EW_OK;
    for (size_t i = 0; i < EW_COUNT(numbers) && code == EW_OK; i++)
        code = feed_number(h, numbers[i], err);
    for (size_t i = 0; i < EW_COUNT(texts) && code == EW_OK; i++)
        code = feed_bytes(h, texts[i], strlen(texts[i]), err);
    if (code == EW_OK)
        code = feed_bytes(h, e->before, e->has_before ? sizeof e->before : 0, err);
    if (code == EW_OK)
        code = feed_bytes(h, e->after, e->has_after ? sizeof e->after : 0, err);
    return code == EW_OK ? feed_bytes(h, e->content, sizeof e->content, err) : code;
}

ew_code ew_case__chain(const uint8_t before[EW_SHA256_BYTES], const ew_case_event *e,
                       uint8_t out[EW_SHA256_BYTES], ew_err *err)
{
    static const char head[] = "ew-case-event/v1";
    ew_sha256 *h = NULL;
    ew_code code = ew_sha256_new(&h, err);
    if (code != EW_OK)
        return code;
    code = ew_sha256_feed(h, head, sizeof head, err); /* with its 0 */
    if (code == EW_OK)
        code = ew_sha256_feed(h, before, EW_SHA256_BYTES, err);
    if (code == EW_OK)
        code = feed_event(h, e, err);
    if (code == EW_OK)
        code = ew_sha256_finish(h, out, err);
    ew_sha256_free(h);
    return code;
}

/* ------------------------------------------------------------------ writing */

typedef struct last {
    int64_t id, time;
    uint8_t chain[EW_SHA256_BYTES];
} last;

static ew_code read_last(ew_case *c, last *l, ew_err *err)
{
    bool row;
    ew_sql q =
        ew_sql_begin(c, "SELECT id,time,chain FROM event ORDER BY id DESC LIMIT 1", err);
    ew_code code = ew_sql_step(&q, &row);
    *l = (last){0};
    if (code == EW_OK && row) {
        ew_slice chain = ew_sql_col_blob(&q, 2);
        l->id = ew_sql_col_int(&q, 0);
        l->time = ew_sql_col_int(&q, 1);
        if (chain.n == sizeof l->chain)
            memcpy(l->chain, chain.p, chain.n);
        else if (q.code == EW_OK)
            q.code = ew_fail(err, EW_E_FORMAT, 0, "the case's events are damaged");
    }
    return ew_sql_end(&q);
}

static ew_code put_event(ew_case *c, const ew_case_event *e, ew_err *err)
{
    ew_sql q =
        ew_sql_begin(c, "INSERT INTO event VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)", err);
    ew_sql_int(&q, e->id);
    ew_sql_int(&q, e->time);
    ew_sql_words(&q, e->kind);
    ew_sql_int(&q, e->item);
    ew_sql_words(&q, e->who);
    ew_sql_words(&q, e->purpose);
    ew_sql_words(&q, e->detail);
    if (e->has_before)
        ew_sql_blob(&q, e->before, sizeof e->before);
    else
        ew_sql_null(&q);
    if (e->has_after)
        ew_sql_blob(&q, e->after, sizeof e->after);
    else
        ew_sql_null(&q);
    ew_sql_int(&q, e->undoes);
    ew_sql_words(&q, e->tool);
    ew_sql_blob(&q, e->content, sizeof e->content);
    ew_sql_blob(&q, e->chain, sizeof e->chain);
    return ew_sql_run(&q, NULL);
}

static ew_code check_undo(ew_case *c, int64_t event, ew_err *err)
{
    int64_t there = 0;
    if (event == 0)
        return EW_OK;
    ew_sql q = ew_sql_begin(c, "SELECT count(*) FROM event WHERE id=?", err);
    ew_sql_int(&q, event);
    ew_code code = ew_sql_number(&q, &there);
    if (code == EW_OK && there == 0)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "there is no event %lld", (long long)event);
    if (code == EW_OK && ew_case__undone(c, event))
        code = ew_fail(err, EW_E_ARG, 0, "event %lld was taken back already",
                       (long long)event);
    return code;
}

/* What everybody who checks the chain must read as the same bytes, also from an export. */
bool ew_case__is_line(ew_slice s)
{
    if (s.n == 0 || s.n > EW_CASE_NAME || !ew_utf8_valid(s.p, s.n))
        return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7F)
            return false;
    return true;
}

static ew_code check_line(const char *text, const char *what, ew_err *err)
{
    size_t n = text != NULL ? strlen(text) : 0;
    if (n > EW_CASE_NAME)
        return ew_fail(err, EW_E_ARG, 0, "%s of more than %d bytes", what,
                       (int)EW_CASE_NAME);
    if (n > 0 && !ew_utf8_valid(text, n))
        return ew_fail(err, EW_E_ARG, 0, "%s that is not UTF-8", what);
    if (n > 0 && !ew_case__is_line((ew_slice){text, n}))
        return ew_fail(err, EW_E_ARG, 0, "%s is one line of text", what);
    return EW_OK;
}

static ew_code keep_text(ew_case *c, size_t i, const char *text, const char **out,
                         ew_err *err)
{
    ew_free(c->texts[i]);
    *out = c->texts[i] = ew_strdup(text != NULL ? text : "");
    return c->texts[i] != NULL ? EW_OK : ew_fail_nomem(err);
}

/* {"case":"the title", so that the chain covers it. */
static ew_code append_title(ew_case *c, ew_buf *b, ew_err *err)
{
    ew_buf title;
    ew_buf_init(&title, EW_CASE_NAME);
    ew_code code = ew_case_title(c, &title, err);
    if (code == EW_OK)
        code = ew_buf_printf(b, err, "{\"case\":\"");
    for (size_t i = 0; i < title.len && code == EW_OK; i++) {
        char sign = (char)title.data[i];
        if (sign == '"' || sign == '\\')
            code = ew_buf_append(b, "\\", 1, err);
        if (code == EW_OK)
            code = ew_buf_append(b, &sign, 1, err);
    }
    ew_buf_release(&title);
    return code == EW_OK ? ew_buf_append(b, "\"", 1, err) : code;
}

/* What the event says; of the first also the title, else that the clock went back. */
static ew_code keep_detail(ew_case *c, const char *detail, ew_err *err)
{
    static const char mark[] = "{\"clock\":\"set back\"";
    bool first = c->pending.id == 1;
    ew_buf b;
    detail = detail != NULL ? detail : "";
    if (!ew_utf8_valid(detail, strlen(detail)))
        return ew_fail(err, EW_E_ARG, 0, "a text that is not UTF-8");
    if (!c->set_back && !first)
        return keep_text(c, 3, detail, &c->pending.detail, err);
    bool more = detail[0] == '{' && detail[1] != '}' && detail[1] != 0;
    ew_buf_init(&b, EW_CASE_JSON);
    ew_code code =
        first ? append_title(c, &b, err) : ew_buf_append(&b, mark, sizeof mark - 1, err);
    if (code == EW_OK)
        code = ew_buf_printf(&b, err, "%s%s", more ? "," : "",
                             detail[0] == '{' ? detail + 1 : "}");
    if (code == EW_OK)
        code = keep_text(c, 3, (const char *)b.data, &c->pending.detail, err);
    ew_buf_release(&b);
    return code;
}

static ew_code prepare(ew_case *c, const ew_case_act *act, ew_err *err)
{
    last l;
    struct timespec now;
    ew_case_event *e = &c->pending;
    ew_code code = check_undo(c, act->undoes, err);
    if (code == EW_OK)
        code = check_line(act->who, "a name (--who)", err);
    if (code == EW_OK)
        code = check_line(act->purpose, "a purpose", err);
    if (code == EW_OK)
        code = read_last(c, &l, err);
    if (code != EW_OK)
        return code;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    c->set_back = now.tv_sec < l.time;
    *e = (ew_case_event){.id = l.id + 1,
                         .time = c->set_back ? l.time : now.tv_sec,
                         .undoes = act->undoes,
                         .tool = TOOL};
    ew_case_event_item(c, act->item, act->has_before ? act->before : NULL,
                       act->has_after ? act->after : NULL);
    memcpy(c->chain_before, l.chain, sizeof l.chain);
    code = keep_text(c, 0, act->kind, &e->kind, err);
    if (code == EW_OK)
        code = keep_text(c, 1, act->who, &e->who, err);
    if (code == EW_OK)
        code = keep_text(c, 2, act->purpose, &e->purpose, err);
    if (code == EW_OK)
        code = keep_detail(c, act->detail, err);
    return code == EW_OK ? ew_case__mark_content(c, err) : code;
}

void ew_case_event_item(ew_case *c, int64_t item, const uint8_t *before,
                        const uint8_t *after)
{
    ew_case_event *e = &c->pending;
    e->item = item;
    e->has_before = before != NULL;
    e->has_after = after != NULL;
    if (before != NULL)
        memcpy(e->before, before, sizeof e->before);
    if (after != NULL)
        memcpy(e->after, after, sizeof e->after);
}

ew_code ew_case_event_detail(ew_case *c, const char *detail, ew_err *err)
{
    return keep_detail(c, detail, err);
}

/* The row of the event itself, over all that it added. */
static ew_code seal_event(ew_case *c, ew_err *err)
{
    ew_case_event *e = &c->pending;
    ew_code code = ew_case__content(c, e->content, err);
    if (code == EW_OK)
        code = ew_case__chain(c->chain_before, e, e->chain, err);
    return code == EW_OK ? put_event(c, e, err) : code;
}

static ew_code exec(ew_case *c, const char *sql, ew_err *err)
{
    int rc = sqlite3_exec(c->db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? EW_OK : ew_case__sql_fail(c, rc, err);
}

/* An event is a transaction, and a savepoint within a group. */
ew_code ew_case_begin(ew_case *c, const ew_case_act *act, int64_t *event, ew_err *err)
{
    if (!c->write)
        return ew_fail(err, EW_E_BUG, 0, "the case was opened for reading");
    if (c->event != 0)
        return ew_fail(err, EW_E_BUG, 0, "an event within an event");
    if (c->group && sqlite3_get_autocommit(c->db) != 0) /* SQLite gave it up by itself */
        return ew_fail(err, EW_E_IO, 0, "the case '%s' cannot be written any more",
                       c->dir);
    ew_code code = exec(c, c->group ? "SAVEPOINT one" : "BEGIN IMMEDIATE", err);
    if (code != EW_OK)
        return code;
    c->damaged = false;
    c->undoing = act->undoes != 0;
    code = prepare(c, act, err);
    *event = c->pending.id;
    c->event = code == EW_OK ? *event : -1;
    if (code != EW_OK)
        ew_case_rollback(c);
    return code;
}

void ew_case_rollback(ew_case *c)
{
    const char *sql = c->group ? "ROLLBACK TO one;RELEASE one" : "ROLLBACK";
    (void)sqlite3_exec(c->db, sql, NULL, NULL, NULL);
    c->event = 0;
}

ew_code ew_case_commit(ew_case *c, ew_err *err)
{
    ew_code code = ew_case__in_event(c, err);
    if (code != EW_OK)
        return code;
    if (c->damaged) {
        ew_case_rollback(c);
        return ew_fail(err, EW_E_BUG, 0, "an event of which a part failed");
    }
    code = seal_event(c, err);
    if (code == EW_OK)
        code = exec(c, c->group ? "RELEASE one" : "COMMIT", err);
    if (code != EW_OK) {
        ew_case_rollback(c);
        return code;
    }
    c->event = 0;
    return c->undoing ? ew_case__load_undone(c, err) : EW_OK;
}

ew_code ew_case_group_begin(ew_case *c, ew_err *err)
{
    if (!c->write || c->event != 0 || c->group)
        return ew_fail(err, EW_E_BUG, 0, "a group of events within something else");
    ew_code code = exec(c, "BEGIN IMMEDIATE", err);
    c->group = code == EW_OK;
    return code;
}

void ew_case_group_abandon(ew_case *c)
{
    if (!c->group)
        return;
    c->group = false;
    ew_case_rollback(c); /* all of it */
    ew_err ignored;
    if (ew_case__load_undone(c, &ignored) != EW_OK)
        c->undone_count = 0; /* it cannot be read: whatever is asked next will tell */
}

ew_code ew_case_group_end(ew_case *c, ew_err *err)
{
    if (!c->group || c->event != 0)
        return ew_fail(err, EW_E_BUG, 0, "the end of a group of events that is none");
    ew_code code = exec(c, "COMMIT", err);
    if (code != EW_OK)
        ew_case_group_abandon(c);
    c->group = false;
    return code;
}

/* ------------------------------------------------------------------ reading */

static void fill_hash(ew_sql *q, int column, bool *has, uint8_t out[EW_SHA256_BYTES])
{
    ew_slice b = ew_sql_col_blob(q, column);
    *has = b.n == EW_SHA256_BYTES;
    if (*has)
        memcpy(out, b.p, b.n);
}

static void fill_event(ew_case *c, ew_sql *q, ew_case_event *e)
{
    bool chained;
    *e = (ew_case_event){.id = ew_sql_col_int(q, 0),
                         .time = ew_sql_col_int(q, 1),
                         .kind = ew_sql_col_text(q, 2),
                         .item = ew_sql_col_int(q, 3),
                         .who = ew_sql_col_text(q, 4),
                         .purpose = ew_sql_col_text(q, 5),
                         .detail = ew_sql_col_text(q, 6),
                         .undoes = ew_sql_col_int(q, 9),
                         .tool = ew_sql_col_text(q, 10)};
    fill_hash(q, 7, &e->has_before, e->before);
    fill_hash(q, 8, &e->has_after, e->after);
    fill_hash(q, 11, &chained, e->content);
    fill_hash(q, 12, &chained, e->chain);
    e->undone = ew_case__undone(c, e->id);
}

ew_code ew_case_events(ew_case *c, int64_t item,
                       ew_code (*put)(void *cookie, const ew_case_event *e, ew_err *err),
                       void *cookie, ew_err *err)
{
    bool row;
    ew_case_event e;
    ew_sql q = ew_sql_begin(c,
                            "SELECT * FROM event WHERE ?1=0 OR item=?1 OR "
                            "id=(SELECT added FROM item WHERE id=?1) ORDER BY id",
                            err);
    ew_sql_int(&q, item);
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row) {
        fill_event(c, &q, &e);
        if (q.code == EW_OK)
            q.code = put(cookie, &e, err);
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}
