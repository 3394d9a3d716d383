/* SPDX-License-Identifier: Apache-2.0 */
/* Items, and results attached to them. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/utf8.h"
#include "casefile/events.h"
#include "casefile/records.h"
#include "casefile/sql.h"

enum { HASH_MIN = 4 };

/* ------------------------------------------------------------------ adding */

/* Names are UTF-8 without controls; what is longer than a name can be is not one. */
static ew_code check_texts(const char *const *texts, size_t n, ew_err *err)
{
    for (size_t i = 0; i < n; i++) {
        size_t length = texts[i] != NULL ? strlen(texts[i]) : 0;
        if (length > EW_CASE_NAME)
            return ew_fail(err, EW_E_LIMIT, 0, "a text of more than %d bytes",
                           (int)EW_CASE_NAME);
        if (length > 0 && !ew_utf8_valid(texts[i], length))
            return ew_fail(err, EW_E_ARG, 0, "a text that is not UTF-8");
    }
    return EW_OK;
}

ew_code ew_case_same_content(ew_case *c, const uint8_t sha256[EW_SHA256_BYTES],
                             int64_t *id, bool *undone, ew_err *err)
{
    bool row;
    int64_t by;
    ew_sql q = ew_sql_begin(c, "SELECT id,added FROM item WHERE sha256=?", err);
    ew_sql_blob(&q, sha256, EW_SHA256_BYTES);
    ew_code code = ew_sql_step(&q, &row);
    *id = 0;
    *undone = false;
    if (code == EW_OK && row) {
        *id = ew_sql_col_int(&q, 0);
        q.code = ew_case__item_undone(c, *id, ew_sql_col_int(&q, 1), undone, &by, err);
    }
    return ew_sql_end(&q);
}

/* In the order of ew_case__item_field. */
static void texts_of(const ew_case_item *i, const char *texts[EW_CASE_ITEM_TEXTS])
{
    const char *const all[EW_CASE_ITEM_TEXTS] = {i->kind,     i->name, i->origin,
                                                 i->obtained, i->from, i->note};
    for (size_t k = 0; k < EW_CASE_ITEM_TEXTS; k++)
        texts[k] = all[k] != NULL ? all[k] : "";
}

/* One that was taken back: its row is there, under its number; what is said of it now corrects what was
 * said then. */
static ew_code add_again(ew_case *c, const ew_case_item *i, int64_t id, ew_err *err)
{
    const char *texts[EW_CASE_ITEM_TEXTS];
    texts_of(i, texts);
    ew_sql q = ew_sql_begin(c, "INSERT INTO again VALUES(NULL,?,?)", err);
    ew_sql_int(&q, id);
    ew_sql_int(&q, c->event);
    ew_code code = ew_sql_run(&q, NULL);
    for (size_t k = 0; k < EW_CASE_ITEM_TEXTS && code == EW_OK; k++)
        code = ew_case_correct(c, id, ew_case__item_field(k), texts[k], err);
    return code;
}

static ew_code insert_item(ew_case *c, const ew_case_item *i, int64_t *id, ew_err *err)
{
    const char *texts[EW_CASE_ITEM_TEXTS];
    texts_of(i, texts);
    ew_sql q = ew_sql_begin(c, "INSERT INTO item VALUES(NULL,?,?,?,?,?,?,?,?,?,?)", err);
    for (size_t k = 0; k < EW_CASE_ITEM_TEXTS; k++)
        ew_sql_words(&q, texts[k]);
    ew_sql_int(&q, i->parent);
    ew_sql_blob(&q, i->sha256, sizeof i->sha256);
    ew_sql_int(&q, (int64_t)i->bytes);
    ew_sql_int(&q, c->event);
    ew_code code = ew_sql_run(&q, id);
    for (size_t k = 1; k < EW_CASE_ITEM_TEXTS && code == EW_OK; k++) /* but its kind */
        code = ew_case_index_text(c, EW_FOUND_ITEM, *id,
                                  ew_slice_of(texts[k] != NULL ? texts[k] : ""), err);
    return code;
}

ew_code ew_case_add_item(ew_case *c, const ew_case_item *i, int64_t *id, ew_err *err)
{
    const char *texts[EW_CASE_ITEM_TEXTS];
    bool undone = false;
    texts_of(i, texts);
    ew_code code = ew_case__in_event(c, err);
    if (code == EW_OK)
        code = check_texts(texts, EW_CASE_ITEM_TEXTS, err);
    if (code == EW_OK)
        code = ew_case_same_content(c, i->sha256, id, &undone, err);
    if (code != EW_OK)
        return code;
    if (*id == 0)
        return insert_item(c, i, id, err);
    return undone
               ? add_again(c, i, *id, err)
               : ew_fail(err, EW_E_ARG, 0, "this is item %lld already", (long long)*id);
}

/* ------------------------------------------------------------------ reading */

static void fill_item(ew_case *c, ew_sql *q, ew_case_item *i)
{
    *i = (ew_case_item){.id = ew_sql_col_int(q, 0),
                        .kind = ew_sql_col_text(q, 1),
                        .name = ew_sql_col_text(q, 2),
                        .origin = ew_sql_col_text(q, 3),
                        .obtained = ew_sql_col_text(q, 4),
                        .from = ew_sql_col_text(q, 5),
                        .note = ew_sql_col_text(q, 6),
                        .parent = ew_sql_col_int(q, 7),
                        .bytes = (uint64_t)ew_sql_col_int(q, 9)};
    ew_slice sha = ew_sql_col_blob(q, 8);
    if (sha.n == sizeof i->sha256)
        memcpy(i->sha256, sha.p, sha.n);
    if (q->code == EW_OK)
        q->code = ew_case__item_undone(c, i->id, ew_sql_col_int(q, 10), &i->undone,
                                       &i->added, q->err);
}

/* Gives one item as it is known now. */
static ew_code put_item(ew_case *c, ew_sql *q,
                        ew_code (*put)(void *cookie, const ew_case_item *i, ew_err *err),
                        void *cookie)
{
    char *now[EW_CASE_ITEM_TEXTS] = {NULL};
    ew_case_item i;
    fill_item(c, q, &i);
    const char **const texts[EW_CASE_ITEM_TEXTS] = {&i.kind,     &i.name, &i.origin,
                                                    &i.obtained, &i.from, &i.note};
    if (q->code == EW_OK)
        q->code = ew_case__corrected(c, i.id, now, q->err);
    for (size_t k = 0; k < EW_CASE_ITEM_TEXTS; k++)
        if (now[k] != NULL)
            *texts[k] = now[k];
    if (q->code == EW_OK)
        q->code = put(cookie, &i, q->err);
    ew_case__corrected_end(now);
    return q->code;
}

ew_code ew_case_items(ew_case *c,
                      ew_code (*put)(void *cookie, const ew_case_item *i, ew_err *err),
                      void *cookie, ew_err *err)
{
    bool row;
    ew_sql q = ew_sql_begin(c, "SELECT * FROM item ORDER BY id", err);
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row) {
        code = put_item(c, &q, put, cookie);
        if (code == EW_OK)
            code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}

/* What a person typed, against every item. */
typedef struct finder {
    const char *what;
    bool is_hash, numbered;
    int64_t number, found;
    uint64_t count;
} finder;

static ew_code look(void *cookie, const ew_case_item *i, ew_err *err)
{
    finder *f = cookie;
    char hex[EW_SHA256_HEX + 1];
    (void)err;
    ew_hex(i->sha256, sizeof i->sha256, hex);
    if (i->id == f->number)
        f->numbered = true;
    bool fits = strcmp(i->name, f->what) == 0 ||
                (f->is_hash && strncmp(hex, f->what, strlen(f->what)) == 0);
    if (fits) {
        f->found = i->id;
        f->count++;
    }
    return EW_OK;
}

ew_code ew_case_find_item(ew_case *c, const char *what, int64_t *id, ew_err *err)
{
    uint64_t number = 0;
    finder f = {.what = what, .number = -1};
    if (ew_slice_u64(ew_slice_of(what), &number) && number <= INT64_MAX)
        f.number = (int64_t)number;
    f.is_hash = strlen(what) >= HASH_MIN && strlen(what) <= EW_SHA256_HEX &&
                strspn(what, "0123456789abcdef") == strlen(what);
    ew_code code = ew_case_items(c, look, &f, err);
    *id = f.numbered ? f.number : f.found;
    if (code != EW_OK || f.numbered)
        return code;
    if (f.count == 0)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "no item of the case is '%s'", what);
    if (f.count > 1)
        code = ew_fail(err, EW_E_ARG, 0, "%llu items of the case are '%s'",
                       (unsigned long long)f.count, what);
    return code;
}

/* ------------------------------------------------------------------ results */

ew_code ew_case_add_analysis(ew_case *c, const ew_case_analysis *a, int64_t *id,
                             ew_err *err)
{
    ew_code code = ew_case__in_event(c, err);
    if (code != EW_OK)
        return code;
    if (strlen(a->result) > EW_CASE_JSON)
        return ew_fail(err, EW_E_LIMIT, 0, "a result of more than %d MB",
                       (int)(EW_CASE_JSON >> 20));
    ew_sql q = ew_sql_begin(c, "INSERT INTO analysis VALUES(NULL,?,?,?,?,?,?,?)", err);
    ew_sql_int(&q, a->item);
    ew_sql_int(&q, a->other);
    ew_sql_words(&q, a->tool);
    ew_sql_words(&q, a->version);
    ew_sql_words(&q, a->settings);
    ew_sql_words(&q, a->result);
    ew_sql_int(&q, c->event);
    return ew_sql_run(&q, id);
}

ew_code ew_case_analyses(ew_case *c, int64_t item,
                         ew_code (*put)(void *cookie, const ew_case_analysis *a,
                                        ew_err *err),
                         void *cookie, ew_err *err)
{
    bool row;
    ew_sql q = ew_sql_begin(
        c, "SELECT * FROM analysis WHERE ?1=0 OR item=?1 OR other=?1 ORDER BY id", err);
    ew_sql_int(&q, item);
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row) {
        ew_case_analysis a = {.id = ew_sql_col_int(&q, 0),
                              .item = ew_sql_col_int(&q, 1),
                              .other = ew_sql_col_int(&q, 2),
                              .tool = ew_sql_col_text(&q, 3),
                              .version = ew_sql_col_text(&q, 4),
                              .settings = ew_sql_col_text(&q, 5),
                              .result = ew_sql_col_text(&q, 6),
                              .event = ew_sql_col_int(&q, 7)};
        a.undone = ew_case__undone(c, a.event);
        if (q.code == EW_OK)
            q.code = put(cookie, &a, err);
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}
