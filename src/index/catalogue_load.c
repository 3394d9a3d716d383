/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the whole catalogue into memory, row by row, believing none of them. */
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/utf8.h"
#include "index/catalogue_sql.h"

enum { CHUNK = 1 << 16, MAX_ROWS = 1 << 26, MAX_NAME = 1 << 14 };

/* Text of the rows; chunks never move, so that pointers into them stay good. */
struct ew_cat_chunk {
    struct ew_cat_chunk *next;
    size_t used, cap;
    char data[];
};

static char *keep_text(ew_cat_list *l, const void *bytes, size_t n)
{
    struct ew_cat_chunk *c = l->text;
    if (c == NULL || c->cap - c->used < n + 1) {
        size_t cap = n + 1 > CHUNK ? n + 1 : CHUNK;
        c = ew_alloc(sizeof *c + cap);
        if (c == NULL)
            return NULL;
        c->cap = cap;
        c->next = l->text;
        l->text = c;
    }
    char *at = c->data + c->used;
    if (n > 0)
        memcpy(at, bytes, n);
    at[n] = 0;
    c->used += n + 1;
    return at;
}

/* Room for one more in a growing array. */
static ew_code grow(void *array, size_t count, size_t *cap, size_t size, ew_err *err)
{
    void **a = array;
    if (count < *cap)
        return EW_OK;
    if (count >= MAX_ROWS)
        return ew_fail(err, EW_E_LIMIT, 0, "the archive's catalogue has too many rows");
    size_t more = *cap == 0 ? 64 : *cap * 2;
    void *p = ew_realloc_array(*a, more, size);
    if (p == NULL)
        return ew_fail_nomem(err);
    *a = p;
    *cap = more;
    return EW_OK;
}

/* Is it text that could have been put there: one safe line (see base/utf8.h)? A catalogue
 * from elsewhere must not reach the terminal with control characters. */
static ew_code is_safe(const char *s, size_t n, bool *safe, ew_err *err)
{
    bool plain = true;
    for (size_t i = 0; i < n && plain; i++)
        plain = s[i] >= 0x20 && s[i] <= 0x7e && s[i] != '\\';
    *safe = plain;
    if (plain)
        return EW_OK;
    *safe = false;
    if (!ew_utf8_valid(s, n))
        return EW_OK;
    size_t expect = n;
    for (size_t i = 0; i < n; i++)
        expect += s[i] == '\\';
    ew_buf b;
    ew_buf_init(&b, 16 * n + 16);
    ew_code code = ew_utf8_append_safe(&b, s, n, err);
    *safe = code == EW_OK && b.len == expect;
    ew_buf_release(&b);
    return code;
}

/* One text column; *sound becomes false when it is not what we write. */
static ew_code get_text(ew_cat_list *l, sqlite3_stmt *st, int column, const char **out,
                        bool *sound, ew_err *err)
{
    const void *s = sqlite3_column_blob(st, column); /* of text: its bytes, unconverted */
    size_t n = (size_t)sqlite3_column_bytes(st, column);
    bool safe = false;
    *out = "";
    if (n > MAX_NAME || (n > 0 && s == NULL)) {
        *sound = false;
        return EW_OK;
    }
    ew_code code = n == 0 ? EW_OK : is_safe(s, n, &safe, err);
    if (code != EW_OK || n == 0)
        return code;
    if (!safe) {
        *sound = false;
        return EW_OK;
    }
    *out = keep_text(l, s, n);
    return *out == NULL ? ew_fail_nomem(err) : EW_OK;
}

static uint32_t column_u32(sqlite3_stmt *st, int column)
{
    sqlite3_int64 v = sqlite3_column_int64(st, column);
    return v < 0 || v > UINT32_MAX ? 0 : (uint32_t)v;
}

/* The last column: does the row match its checksum? */
static bool row_sound(sqlite3_stmt *st)
{
    return sqlite3_column_int(st, sqlite3_column_count(st) - 1) == 1;
}

static ew_code add_recording(ew_cat_list *l, sqlite3_stmt *st, ew_err *err)
{
    ew_code code = grow(&l->recs, l->rec_count, &l->rec_cap, sizeof *l->recs, err);
    if (code != EW_OK)
        return code;
    ew_cat_rec *r = &l->recs[l->rec_count];
    *r = (ew_cat_rec){.sound = row_sound(st), .names_sound = true};
    const void *sha = sqlite3_column_blob(st, 1);
    if (sha == NULL || sqlite3_column_bytes(st, 1) != 32) {
        l->stray = true;
        return EW_OK;
    }
    memcpy(r->rec.sha256, sha, 32);
    r->rec.bytes = (uint64_t)sqlite3_column_int64(st, 2);
    r->rec.samples = sqlite3_column_int64(st, 3);
    r->rec.added_unix = sqlite3_column_int64(st, 4);
    r->rec.stored_rate_hz = column_u32(st, 7);
    r->rec.stored_channels = column_u32(st, 8);
    r->removed = sqlite3_column_int(st, 10) != 0;
    r->segment = sqlite3_column_int64(st, 11);
    r->frames = column_u32(st, 12);
    if (r->rec.samples < 0)
        r->sound = false;
    code = get_text(l, st, 5, &r->rec.container, &r->sound, err);
    if (code == EW_OK)
        code = get_text(l, st, 6, &r->rec.codec, &r->sound, err);
    if (code == EW_OK)
        code = get_text(l, st, 9, &r->rec.trouble, &r->sound, err);
    if (code == EW_OK)
        l->rec_count++;
    return code;
}

/* Names come by SHA-256 of their recording, as the recordings did. */
static ew_code add_name(ew_cat_list *l, sqlite3_stmt *st, size_t *rec, ew_err *err)
{
    const void *sha = sqlite3_column_blob(st, 0);
    if (sha == NULL || sqlite3_column_bytes(st, 0) != 32)
        return EW_OK;
    while (*rec < l->rec_count && memcmp(l->recs[*rec].rec.sha256, sha, 32) < 0)
        ++*rec;
    if (*rec >= l->rec_count || memcmp(l->recs[*rec].rec.sha256, sha, 32) != 0)
        return EW_OK;
    ew_cat_rec *r = &l->recs[*rec];
    size_t cap = l->name_cap;
    ew_code code = grow(&l->names, l->name_count, &cap, sizeof *l->names, err);
    if (code == EW_OK)
        code = grow(&l->paths, l->name_count, &l->name_cap, sizeof *l->paths, err);
    if (code != EW_OK)
        return code;
    bool sound = row_sound(st);
    const void *path = sqlite3_column_blob(st, 2);
    size_t n = (size_t)sqlite3_column_bytes(st, 2);
    const char *name = "";
    code = get_text(l, st, 1, &name, &sound, err);
    if (code != EW_OK)
        return code;
    if (!sound || (n > 0 && (path == NULL || memchr(path, 0, n) != NULL))) {
        r->names_sound = false;
        return EW_OK;
    }
    if (r->rec.name_count == 0)
        r->first_name = l->name_count;
    l->names[l->name_count] = name;
    l->paths[l->name_count] = keep_text(l, path, n);
    if (l->paths[l->name_count] == NULL)
        return ew_fail_nomem(err);
    l->name_count++;
    r->rec.name_count++;
    return EW_OK;
}

static ew_code add_segment(ew_cat_list *l, sqlite3_stmt *st, ew_err *err)
{
    ew_code code = grow(&l->segs, l->seg_count, &l->seg_cap, sizeof *l->segs, err);
    if (code == EW_OK)
        l->segs[l->seg_count++] = (ew_cat_seg){
            .id = sqlite3_column_int64(st, 0),
            .bytes = (uint64_t)sqlite3_column_int64(st, 1),
            .head_crc = column_u32(st, 2),
            .sound = row_sound(st),
        };
    return code;
}

/* ------------------------------------------------------------------ queries */

enum query { SEGMENTS, RECORDINGS, NAMES, STRAY };

static const char *const queries[] = {
    [SEGMENTS] =
        "SELECT " EW_SQL_SEG ",ck IS ew_ck(" EW_SQL_SEG ") FROM segment ORDER BY id",
    [RECORDINGS] = "SELECT " EW_SQL_REC ",ck IS ew_ck(" EW_SQL_REC
                   ") FROM recording ORDER BY sha256",
    [NAMES] =
        "SELECT r.sha256,n.name,n.path,n.ck IS ew_ck(n.rec,n.name,n.path,n.bytes,n.mtime)"
        " FROM recording r CROSS JOIN name n ON n.rec=r.id"
        " ORDER BY r.sha256,n.name,n.path",
    [STRAY] = ("SELECT 1 FROM (SELECT rec FROM name EXCEPT SELECT id FROM recording)"
               " UNION ALL SELECT 1 FROM meta WHERE ck IS NOT ew_ck(key,value) LIMIT 1"),
};

static ew_code take_row(ew_cat_list *l, enum query q, sqlite3_stmt *st, size_t *rec,
                        ew_err *err)
{
    switch (q) {
    case SEGMENTS:
        return add_segment(l, st, err);
    case RECORDINGS:
        return add_recording(l, st, err);
    case NAMES:
        return add_name(l, st, rec, err);
    case STRAY:
        break;
    }
    l->stray = true;
    return EW_OK;
}

static ew_code run_query(ew_cat_list *l, enum query q, sqlite3 *db, ew_err *err)
{
    sqlite3_stmt *st = NULL;
    size_t rec = 0;
    ew_code code = EW_OK;
    int rc = sqlite3_prepare_v2(db, queries[q], -1, &st, NULL);
    while (rc == SQLITE_OK && code == EW_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        code = take_row(l, q, st, &rec, err);
        rc = ew_sql__nomem(db) ? SQLITE_NOMEM : SQLITE_OK;
    }
    if (code == EW_OK && rc != SQLITE_DONE)
        code = ew_sql__fail(db, rc, err);
    (void)sqlite3_finalize(st);
    return code;
}

/* A recording whose names are all damaged is still there. */
static ew_code name_by_hash(ew_cat_list *l, ew_cat_rec *r, ew_err *err)
{
    static const char digits[] = "0123456789abcdef";
    char text[12];
    for (int i = 0; i < 12; i++)
        text[i] = digits[r->rec.sha256[i / 2] >> (i % 2 ? 0 : 4) & 15];
    size_t cap = l->name_cap;
    ew_code code = grow(&l->names, l->name_count, &cap, sizeof *l->names, err);
    if (code == EW_OK)
        code = grow(&l->paths, l->name_count, &l->name_cap, sizeof *l->paths, err);
    if (code != EW_OK)
        return code;
    r->first_name = l->name_count;
    l->names[l->name_count] = keep_text(l, text, sizeof text);
    l->paths[l->name_count] = "";
    if (l->names[l->name_count] == NULL)
        return ew_fail_nomem(err);
    l->name_count++;
    r->rec.name_count = 1;
    return EW_OK;
}

static ew_code settle_names(ew_cat_list *l, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < l->rec_count && code == EW_OK; i++)
        if (l->recs[i].rec.name_count == 0) {
            l->recs[i].names_sound = false;
            code = name_by_hash(l, &l->recs[i], err);
        }
    for (size_t i = 0; i < l->rec_count && code == EW_OK; i++) {
        ew_cat_rec *r = &l->recs[i];
        r->rec.names = l->names + r->first_name;
        r->rec.paths = l->paths + r->first_name;
    }
    return code;
}

ew_code ew_cat__load(ew_cat_list *l, const char *dir, ew_err *err)
{
    *l = (ew_cat_list){0};
    ew_sql_reader r;
    ew_code code = ew_sql__read_open(&r, dir, err);
    for (size_t q = 0; q < EW_COUNT(queries) && code == EW_OK; q++)
        code = run_query(l, (enum query)q, r.db, err);
    if (code == EW_OK)
        code = settle_names(l, err);
    ew_sql__read_close(&r);
    if (code != EW_OK)
        ew_cat__list_release(l);
    return code;
}

void ew_cat__list_release(ew_cat_list *l)
{
    while (l->text != NULL) {
        struct ew_cat_chunk *next = l->text->next;
        ew_free(l->text);
        l->text = next;
    }
    ew_free(l->segs);
    ew_free(l->recs);
    ew_free(l->names);
    ew_free(l->paths);
    *l = (ew_cat_list){0};
}

ew_code ew_cat__integrity(const char *dir, void (*bad)(void *cookie, const char *what),
                          void *cookie, ew_err *err)
{
    ew_sql_reader r;
    sqlite3_stmt *st = NULL;
    ew_code code = ew_sql__read_open(&r, dir, err);
    if (code != EW_OK)
        return code;
    int rc = sqlite3_prepare_v2(r.db, "PRAGMA integrity_check", -1, &st, NULL);
    while (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        const char *what = (const char *)sqlite3_column_text(st, 0);
        if (what != NULL && strcmp(what, "ok") != 0)
            bad(cookie, what);
        rc = SQLITE_OK;
    }
    if (rc != SQLITE_DONE)
        code = ew_sql__fail(r.db, rc, err);
    (void)sqlite3_finalize(st);
    ew_sql__read_close(&r);
    return code;
}
