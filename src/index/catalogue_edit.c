/* SPDX-License-Identifier: Apache-2.0 */
/* Changes to the catalogue. Every row is written with its checksum. */
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "index/archive.h"
#include "index/catalogue_sql.h"

struct ew_cat {
    sqlite3 *db;
};

/* ------------------------------------------------------------------ statements */

/* A statement and the first thing that went wrong with it. */
typedef struct query {
    sqlite3 *db;
    sqlite3_stmt *st;
    int rc;
    int next; /* parameter to bind */
} query;

static query prepare(ew_cat *c, const char *sql)
{
    query q = {.db = c->db, .next = 1};
    q.rc = sqlite3_prepare_v2(c->db, sql, -1, &q.st, NULL);
    return q;
}

static void bind_int(query *q, int64_t v)
{
    if (q->rc == SQLITE_OK)
        q->rc = sqlite3_bind_int64(q->st, q->next++, v);
}

static void bind_blob(query *q, const void *bytes, size_t n)
{
    if (q->rc == SQLITE_OK)
        q->rc = n > INT32_MAX
                    ? SQLITE_TOOBIG
                    : sqlite3_bind_blob(q->st, q->next++, bytes, (int)n, SQLITE_STATIC);
}

static void bind_text(query *q, const char *s)
{
    if (q->rc == SQLITE_OK)
        q->rc = sqlite3_bind_text(q->st, q->next++, s, -1, SQLITE_STATIC);
}

/* True when there is a row. */
static bool step(query *q)
{
    if (q->rc != SQLITE_OK)
        return false;
    int rc = sqlite3_step(q->st);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        q->rc = rc;
    return rc == SQLITE_ROW;
}

static ew_code finish(query *q, ew_err *err)
{
    ew_code code = q->rc == SQLITE_OK ? EW_OK : ew_sql__fail(q->db, q->rc, err);
    (void)sqlite3_finalize(q->st);
    return code;
}

static ew_code run(ew_cat *c, const char *sql, ew_err *err)
{
    int rc = sqlite3_exec(c->db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? EW_OK : ew_sql__fail(c->db, rc, err);
}

/* ------------------------------------------------------------------ open, transactions */

/* Not WAL: the archive must be one folder to copy, and readable from a read-only disk. EXTRA
 * syncs the folder after the journal is gone, so that what was committed stays so. */
static const char settings[] = "PRAGMA journal_mode=DELETE;PRAGMA synchronous=EXTRA;"
                               "PRAGMA locking_mode=NORMAL;";

static ew_code prepare_tables(ew_cat *c, ew_err *err)
{
    query q = prepare(c, "SELECT count(*) FROM sqlite_schema");
    bool empty = step(&q) && sqlite3_column_int(q.st, 0) == 0;
    ew_code code = finish(&q, err);
    if (code == EW_OK && empty) {
        code = ew_sql__make_schema(c->db, err);
    } else if (code == EW_OK) {
        code = ew_sql__check_schema(c->db, err);
    }
    return code;
}

ew_code ew_cat__open(ew_cat **out, const char *dir, ew_err *err)
{
    *out = NULL;
    char *path = ew_path_join(dir, EW_ARCHIVE_CATALOGUE);
    ew_cat *c = ew_alloc(sizeof *c);
    ew_code code = path != NULL && c != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK) {
        int rc = ew_sql__open(&c->db, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
        if (rc != SQLITE_OK)
            code = ew_sql__fail(NULL, rc, err);
    }
    if (code == EW_OK)
        code = run(c, settings, err);
    if (code == EW_OK)
        code = ew_cat__begin(c, err);
    if (code == EW_OK)
        code = prepare_tables(c, err);
    if (code == EW_OK)
        code = ew_cat__commit(c, err);
    ew_free(path);
    if (code == EW_OK)
        *out = c;
    else
        ew_cat__close(c);
    return code;
}

void ew_cat__close(ew_cat *c)
{
    if (c == NULL)
        return;
    (void)sqlite3_close(c->db);
    ew_free(c);
}

ew_code ew_cat__begin(ew_cat *c, ew_err *err)
{
    return run(c, "BEGIN IMMEDIATE", err);
}

ew_code ew_cat__commit(ew_cat *c, ew_err *err)
{
    ew_code code = run(c, "COMMIT", err);
    if (code != EW_OK)
        ew_cat__rollback(c);
    return code;
}

void ew_cat__rollback(ew_cat *c)
{
    if (!sqlite3_get_autocommit(c->db))
        (void)sqlite3_exec(c->db, "ROLLBACK", NULL, NULL, NULL);
}

void ew_cat__shrink(ew_cat *c)
{
    (void)sqlite3_exec(c->db, "VACUUM", NULL, NULL, NULL);
}

/* ------------------------------------------------------------------ recordings */

#define R_COLUMNS                                                                        \
    "r.id,r.sha256,r.bytes,r.samples,r.added,r.container,r.codec,r.rate,r.channels,"     \
    "r.trouble,r.removed,r.segment,r.frames"

ew_code ew_cat__known(ew_cat *c, const uint8_t sha256[32], ew_cat_known *out, ew_err *err)
{
    *out = (ew_cat_known){0};
    query q = prepare(c, "SELECT id,segment,removed,ck IS ew_ck(" EW_SQL_REC ") AND"
                         " segment IN (SELECT id FROM segment)"
                         " FROM recording WHERE sha256=?");
    bind_blob(&q, sha256, 32);
    if (step(&q))
        *out = (ew_cat_known){
            .id = sqlite3_column_int64(q.st, 0),
            .segment = sqlite3_column_int64(q.st, 1),
            .removed = sqlite3_column_int(q.st, 2) != 0,
            .sound = sqlite3_column_int(q.st, 3) != 0,
        };
    return finish(&q, err);
}

ew_code ew_cat__seen(ew_cat *c, const char *path, uint64_t bytes, int64_t mtime_ns,
                     int64_t *segment, ew_err *err)
{
    *segment = 0;
    query q = prepare(c, "SELECT r.segment FROM name n JOIN recording r ON r.id=n.rec"
                         " WHERE n.path=? AND n.bytes=? AND n.mtime=? AND r.removed=0"
                         " AND n.ck IS ew_ck(n.rec,n.name,n.path,n.bytes,n.mtime)"
                         " AND r.ck IS ew_ck(" R_COLUMNS ")"
                         " AND r.segment IN (SELECT id FROM segment)"
                         " ORDER BY r.segment DESC LIMIT 1");
    bind_blob(&q, path, strlen(path));
    bind_int(&q, (int64_t)bytes);
    bind_int(&q, mtime_ns);
    if (step(&q))
        *segment = sqlite3_column_int64(q.st, 0);
    return finish(&q, err);
}

static ew_code next_id(ew_cat *c, int64_t *id, ew_err *err)
{
    query q = prepare(c, "SELECT coalesce(max(id),0)+1 FROM recording");
    if (step(&q))
        *id = sqlite3_column_int64(q.st, 0);
    return finish(&q, err);
}

ew_code ew_cat__put_recording(ew_cat *c, const ew_recording *r, uint32_t frames,
                              int64_t segment, int64_t *id, ew_err *err)
{
    ew_code code = *id != 0 ? EW_OK : next_id(c, id, err);
    if (code != EW_OK)
        return code;
    query q = prepare(c, "INSERT OR REPLACE INTO recording(" EW_SQL_REC ",ck) VALUES"
                         "(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,0,?11,?12,"
                         "ew_ck(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,0,?11,?12))");
    bind_int(&q, *id);
    bind_blob(&q, r->sha256, 32);
    bind_int(&q, (int64_t)r->bytes);
    bind_int(&q, r->samples);
    bind_int(&q, r->added_unix);
    bind_text(&q, r->container);
    bind_text(&q, r->codec);
    bind_int(&q, r->stored_rate_hz);
    bind_int(&q, r->stored_channels);
    bind_text(&q, r->trouble);
    bind_int(&q, segment);
    bind_int(&q, frames);
    (void)step(&q);
    return finish(&q, err);
}

/* The first name carries size and time of its file; a name without them (mtime NULL) does
 * not overwrite what is known of it. */
static ew_code put_name(ew_cat *c, int64_t id, const ew_recording *r, size_t i,
                        int64_t mtime_ns, ew_err *err)
{
    query q = i == 0 ? prepare(c, "INSERT OR REPLACE INTO name(" EW_SQL_NAME ",ck) VALUES"
                                  "(?1,?2,?3,?4,?5,ew_ck(?1,?2,?3,?4,?5))")
                     : prepare(c, "INSERT OR IGNORE INTO name(" EW_SQL_NAME ",ck) VALUES"
                                  "(?1,?2,?3,NULL,NULL,ew_ck(?1,?2,?3,NULL,NULL))");
    bind_int(&q, id);
    bind_text(&q, r->names[i]);
    bind_blob(&q, r->paths[i], strlen(r->paths[i]));
    if (i == 0) {
        bind_int(&q, (int64_t)r->bytes);
        bind_int(&q, mtime_ns);
    }
    (void)step(&q);
    return finish(&q, err);
}

/* What is damaged of a recording's names cannot be told apart from what is not missed. */
static ew_code drop_bad_names(ew_cat *c, int64_t id, ew_err *err)
{
    query q =
        prepare(c, "DELETE FROM name WHERE rec=?1 AND ck IS NOT ew_ck(" EW_SQL_NAME ")");
    bind_int(&q, id);
    (void)step(&q);
    return finish(&q, err);
}

ew_code ew_cat__put_names(ew_cat *c, int64_t id, const ew_recording *r, int64_t mtime_ns,
                          ew_err *err)
{
    ew_code code = drop_bad_names(c, id, err);
    for (size_t i = 0; i < r->name_count && code == EW_OK; i++)
        code = put_name(c, id, r, i, mtime_ns, err);
    return code;
}

/* Changes one value of a row. A row that did not match its checksum does not afterwards
 * either: damage must not be signed. */
#define CHANGE(COLUMN, NEW_COLUMNS, WHERE)                                               \
    "UPDATE recording SET " COLUMN "=?2,ck=CASE WHEN ck IS ew_ck(" EW_SQL_REC ")"        \
    " THEN ew_ck(" NEW_COLUMNS ") ELSE ck END WHERE " WHERE

#define UNTIL_REMOVED                                                                    \
    "id,sha256,bytes,samples,added,container,codec,rate,channels,trouble,"

ew_code ew_cat__set_removed(ew_cat *c, int64_t id, bool removed, ew_err *err)
{
    query q = prepare(c, CHANGE("removed", UNTIL_REMOVED "?2,segment,frames", "id=?1"));
    bind_int(&q, id);
    bind_int(&q, removed);
    (void)step(&q);
    return finish(&q, err);
}

ew_code ew_cat__set_segment(ew_cat *c, const uint8_t sha256[32], int64_t segment,
                            ew_err *err)
{
    query q =
        prepare(c, CHANGE("segment", UNTIL_REMOVED "removed,?2,frames", "sha256=?1"));
    bind_blob(&q, sha256, 32);
    bind_int(&q, segment);
    (void)step(&q);
    return finish(&q, err);
}

ew_code ew_cat__forget(ew_cat *c, const uint8_t sha256[32], ew_err *err)
{
    query q = prepare(
        c, "DELETE FROM name WHERE rec=(SELECT id FROM recording WHERE sha256=?1)");
    bind_blob(&q, sha256, 32);
    (void)step(&q);
    ew_code code = finish(&q, err);
    if (code != EW_OK)
        return code;
    q = prepare(c, "DELETE FROM recording WHERE sha256=?1");
    bind_blob(&q, sha256, 32);
    (void)step(&q);
    return finish(&q, err);
}

/* ------------------------------------------------------------------ segments */

ew_code ew_cat__next_segment(ew_cat *c, int64_t *id, ew_err *err)
{
    *id = 0;
    query q = prepare(c, "SELECT max((SELECT coalesce(max(value),1) FROM meta),"
                         "(SELECT coalesce(max(id),0)+1 FROM segment))");
    if (step(&q))
        *id = sqlite3_column_int64(q.st, 0);
    ew_code code = finish(&q, err);
    if (code == EW_OK && (*id < 1 || *id >= INT64_MAX - 1))
        return ew_fail(err, EW_E_FORMAT, 0,
                       "the archive's catalogue counts segments wrongly");
    return code;
}

ew_code ew_cat__add_segment(ew_cat *c, int64_t id, const ew_seg_made *made, ew_err *err)
{
    query q = prepare(c, "INSERT INTO segment(" EW_SQL_SEG ",ck) VALUES"
                         "(?1,?2,?3,ew_ck(?1,?2,?3))");
    bind_int(&q, id);
    bind_int(&q, (int64_t)made->bytes);
    bind_int(&q, made->head_crc);
    (void)step(&q);
    ew_code code = finish(&q, err);
    if (code != EW_OK)
        return code;
    q = prepare(c, "INSERT OR REPLACE INTO meta(key,value,ck) VALUES"
                   "('next_segment',?1,ew_ck('next_segment',?1))");
    bind_int(&q, id + 1);
    (void)step(&q);
    return finish(&q, err);
}

ew_code ew_cat__drop_segment(ew_cat *c, int64_t id, ew_err *err)
{
    query q = prepare(c, "DELETE FROM segment WHERE id=?1");
    bind_int(&q, id);
    (void)step(&q);
    return finish(&q, err);
}

ew_code ew_cat__has_segment(ew_cat *c, int64_t id, bool *has, ew_err *err)
{
    query q = prepare(c, "SELECT 1 FROM segment WHERE id=?");
    bind_int(&q, id);
    *has = step(&q);
    return finish(&q, err);
}

ew_code ew_cat__segments(ew_cat *c, ew_cat_seg **segs, size_t *n, ew_err *err)
{
    ew_cat_seg *list = NULL;
    size_t count = 0;
    size_t cap = 0;
    ew_code code = EW_OK;
    query q = prepare(c, "SELECT " EW_SQL_SEG ",ck IS ew_ck(" EW_SQL_SEG
                         ") FROM segment ORDER BY id");
    while (code == EW_OK && step(&q)) {
        if (count == cap) {
            cap = cap == 0 ? 16 : cap * 2;
            ew_cat_seg *more = ew_realloc_array(list, cap, sizeof *list);
            if (more == NULL) {
                code = ew_fail_nomem(err);
                break;
            }
            list = more;
        }
        list[count++] = (ew_cat_seg){
            .id = sqlite3_column_int64(q.st, 0),
            .bytes = (uint64_t)sqlite3_column_int64(q.st, 1),
            .head_crc = (uint32_t)sqlite3_column_int64(q.st, 2),
            .sound = sqlite3_column_int(q.st, 3) != 0,
        };
    }
    if (code == EW_OK)
        code = finish(&q, err);
    else
        (void)sqlite3_finalize(q.st);
    if (code == EW_OK) {
        *segs = list;
        *n = count;
    } else {
        ew_free(list);
    }
    return code;
}
