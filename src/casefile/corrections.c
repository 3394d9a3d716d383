/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of items later: corrections, the words by which reports call them, that they were added again.
 * Each is a row by itself; what was said before stays. */
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "casefile/events.h"
#include "casefile/records.h"
#include "casefile/sql.h"

static const char *const fields[EW_CASE_ITEM_TEXTS] = {"kind",     "name", "origin",
                                                       "obtained", "from", "note"};

const char *ew_case__item_field(size_t i)
{
    return i < EW_CASE_ITEM_TEXTS ? fields[i] : NULL;
}

static ew_code check_text(const char *text, ew_err *err)
{
    if (strlen(text) > EW_CASE_NAME)
        return ew_fail(err, EW_E_LIMIT, 0, "a text of more than %d bytes",
                       (int)EW_CASE_NAME);
    return ew_utf8_valid(text, strlen(text))
               ? EW_OK
               : ew_fail(err, EW_E_ARG, 0, "a text that is not UTF-8");
}

ew_code ew_case_correct(ew_case *c, int64_t item, const char *field, const char *value,
                        ew_err *err)
{
    bool known = false;
    ew_code code = ew_case__in_event(c, err);
    for (size_t i = 0; i < EW_CASE_ITEM_TEXTS && !known; i++)
        known = strcmp(fields[i], field) == 0;
    if (code == EW_OK && !known)
        code = ew_fail(err, EW_E_ARG, 0, "nothing that is said of an item is its '%s'",
                       field);
    if (code == EW_OK)
        code = check_text(value, err);
    if (code != EW_OK)
        return code;
    ew_sql q = ew_sql_begin(c, "INSERT INTO correction VALUES(NULL,?,?,?,?)", err);
    ew_sql_int(&q, item);
    ew_sql_words(&q, field);
    ew_sql_words(&q, value);
    ew_sql_int(&q, c->event);
    code = ew_sql_run(&q, NULL);
    return code == EW_OK
               ? ew_case_index_text(c, EW_FOUND_ITEM, item, ew_slice_of(value), err)
               : code;
}

static void take_value(ew_sql *q, char *values[EW_CASE_ITEM_TEXTS])
{
    const char *field = ew_sql_col_text(q, 0);
    for (size_t i = 0; i < EW_CASE_ITEM_TEXTS; i++) {
        if (strcmp(fields[i], field) != 0)
            continue;
        ew_free(values[i]);
        values[i] = ew_strdup(ew_sql_col_text(q, 1));
        if (values[i] == NULL && q->code == EW_OK)
            q->code = ew_fail_nomem(q->err);
    }
}

ew_code ew_case__corrected(ew_case *c, int64_t item, char *values[EW_CASE_ITEM_TEXTS],
                           ew_err *err)
{
    bool row;
    ew_sql q = ew_sql_begin(
        c, "SELECT field,value,added FROM correction WHERE item=? ORDER BY id", err);
    ew_sql_int(&q, item);
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row) {
        if (!ew_case__undone(c, ew_sql_col_int(&q, 2)))
            take_value(&q, values);
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}

void ew_case__corrected_end(char *values[EW_CASE_ITEM_TEXTS])
{
    for (size_t i = 0; i < EW_CASE_ITEM_TEXTS; i++) {
        ew_free(values[i]);
        values[i] = NULL;
    }
}

ew_code ew_case__item_undone(ew_case *c, int64_t item, int64_t added, bool *undone,
                             int64_t *by, ew_err *err)
{
    bool row;
    *undone = ew_case__undone(c, added);
    *by = added;
    ew_sql q = ew_sql_begin(c, "SELECT added FROM again WHERE item=? ORDER BY id", err);
    ew_sql_int(&q, item);
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row) {
        int64_t event = ew_sql_col_int(&q, 0);
        if (!ew_case__undone(c, event)) {
            *undone = false;
            *by = event;
        }
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}

ew_code ew_case_add_called(ew_case *c, int64_t item, const char *words, ew_err *err)
{
    ew_code code = ew_case__in_event(c, err);
    if (code == EW_OK && words[0] == 0)
        code = ew_fail(err, EW_E_ARG, 0, "reports call nothing by no words");
    if (code == EW_OK)
        code = check_text(words, err);
    if (code != EW_OK)
        return code;
    ew_sql q = ew_sql_begin(c, "INSERT INTO called VALUES(NULL,?,?,?)", err);
    ew_sql_int(&q, item);
    ew_sql_words(&q, words);
    ew_sql_int(&q, c->event);
    return ew_sql_run(&q, NULL);
}

ew_code ew_case_called(ew_case *c, int64_t item,
                       ew_code (*put)(void *cookie, int64_t item, const char *words,
                                      ew_err *err),
                       void *cookie, ew_err *err)
{
    bool row;
    bool gone;
    int64_t by;
    ew_sql q =
        ew_sql_begin(c,
                     "SELECT called.item,words,called.added,item.added FROM called JOIN "
                     "item ON item.id=called.item WHERE ?1=0 OR called.item=?1 "
                     "ORDER BY called.id",
                     err);
    ew_sql_int(&q, item);
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row) {
        int64_t which = ew_sql_col_int(&q, 0);
        code = ew_case__item_undone(c, which, ew_sql_col_int(&q, 3), &gone, &by, err);
        if (code == EW_OK && !gone && !ew_case__undone(c, ew_sql_col_int(&q, 2)))
            code = put(cookie, which, ew_sql_col_text(&q, 1), err);
        q.code = q.code == EW_OK ? code : q.code;
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}
