/* SPDX-License-Identifier: Apache-2.0 */
/* Which events stand on which others: rows of one speak of rows that another added. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "casefile/events.h"
#include "casefile/sql.h"

/* Of rows `child`.`column` that name rows of `parent`: the events of those that name what event ?1 added;
 * and the events that added what the rows of event ?1 name. Both with the row that is named. */
#define REFERENCE(child, column, parent)                                                 \
    {                                                                                    \
        "SELECT DISTINCT c.added,p.id,p.added FROM " parent " p CROSS JOIN " child       \
        " c ON c." column "=p.id WHERE p.added=?1 AND c.added<>?1",                      \
            "SELECT DISTINCT p.added,p.id,p.added FROM " child " c CROSS JOIN " parent   \
            " p ON p.id=c." column " WHERE c.added=?1 AND p.added<>?1",                  \
            false                                                                        \
    }
/* The same of items, which more than one event may have added. */
#define OF_ITEM(child, column)                                                           \
    {                                                                                    \
        "SELECT DISTINCT c.added,p.id,p.added FROM " child                               \
        " c CROSS JOIN item p ON p.id=c." column " WHERE c.added<>?1 AND (p.added=?1 "   \
        "OR p.id IN (SELECT item FROM again WHERE added=?1))",                           \
            "SELECT DISTINCT p.added,p.id,p.added FROM " child                           \
            " c CROSS JOIN item p ON p.id=c." column                                     \
            " WHERE c.added=?1 AND p.added<>?1",                                         \
            true                                                                         \
    }

/* Rows that are added with what they name, such as a chat's messages, need not be asked. */
static const struct {
    const char *dependents, *grounds;
    bool item;
} references[] = {
    OF_ITEM("correction", "item"),
    OF_ITEM("called", "item"),
    OF_ITEM("analysis", "item"),
    OF_ITEM("analysis", "other"),
    OF_ITEM("position", "item"),
    OF_ITEM("position", "report"),
    OF_ITEM("chat", "item"),
    OF_ITEM("chat", "source"),
    OF_ITEM("attachment", "item"),
    OF_ITEM("article", "item"),
    OF_ITEM("capture", "item"),
    OF_ITEM("capture", "page"),
    OF_ITEM("picture", "item"),
    OF_ITEM("gap", "item"),
    OF_ITEM("remark", "item"),
    OF_ITEM("item", "parent"),
    REFERENCE("position", "person", "person"),
    REFERENCE("alias", "person", "person"),
    REFERENCE("resealed", "person", "person"),
    REFERENCE("resealed", "alias", "alias"),
    REFERENCE("merged", "person", "person"),
    REFERENCE("merged", "target", "person"),
    REFERENCE("position", "via", "position"),
    REFERENCE("verdict", "position", "position"),
    REFERENCE("verdict", "quote", "quote"),
};

/* Events that go, in the order in which they were found. */
typedef struct going {
    ew_case *c;
    int64_t *ids;
    size_t n, cap;
    size_t given; /* the first so many are what was asked for and not dependents */
} going;

static bool is_going(const going *g, int64_t event)
{
    for (size_t i = 0; i < g->n; i++)
        if (g->ids[i] == event)
            return true;
    return false;
}

static ew_code go(going *g, int64_t event, ew_err *err)
{
    if (is_going(g, event))
        return EW_OK;
    if (g->n == g->cap) {
        size_t cap = g->cap == 0 ? 16 : 2 * g->cap;
        int64_t *ids = ew_realloc_array(g->ids, cap, sizeof *ids);
        if (ids == NULL)
            return ew_fail_nomem(err);
        g->ids = ids;
        g->cap = cap;
    }
    g->ids[g->n++] = event;
    return EW_OK;
}

/* What an event takes back, or 0. */
static ew_code undone_by(ew_case *c, int64_t event, int64_t *undoes, ew_err *err)
{
    ew_sql q = ew_sql_begin(c, "SELECT undoes FROM event WHERE id=?", err);
    ew_sql_int(&q, event);
    return ew_sql_number(&q, undoes);
}

/* The event itself; and when it brings back one that takes another back, that other one: every second. Whoever
 * made the file, an event takes back none that comes after it. */
static ew_code go_with(going *g, int64_t event, ew_err *err)
{
    ew_code code = EW_OK;
    for (bool goes = true; event != 0 && code == EW_OK; goes = !goes) {
        if (goes)
            code = go(g, event, err);
        int64_t undoes = 0;
        if (code == EW_OK)
            code = undone_by(g->c, event, &undoes, err);
        event = undoes < event ? undoes : 0;
    }
    g->given = g->n;
    return code;
}

/* Is the item still there when all of those go? */
static ew_code item_stays(going *g, int64_t item, int64_t added, bool *stays, ew_err *err)
{
    bool row;
    *stays = !ew_case__undone(g->c, added) && !is_going(g, added);
    ew_sql q = ew_sql_begin(g->c, "SELECT added FROM again WHERE item=?", err);
    ew_sql_int(&q, item);
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row) {
        int64_t event = ew_sql_col_int(&q, 0);
        *stays = *stays || (!ew_case__undone(g->c, event) && !is_going(g, event));
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}

static ew_code follow(going *g, int64_t event, size_t ref, ew_err *err)
{
    bool row;
    bool stays = false;
    ew_sql q = ew_sql_begin(g->c, references[ref].dependents, err);
    ew_sql_int(&q, event);
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row) {
        int64_t by = ew_sql_col_int(&q, 0);
        if (references[ref].item)
            code =
                item_stays(g, ew_sql_col_int(&q, 1), ew_sql_col_int(&q, 2), &stays, err);
        if (code == EW_OK && !stays && !ew_case__undone(g->c, by))
            code = go(g, by, err);
        q.code = q.code == EW_OK ? code : q.code;
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

ew_code ew_case_dependents(ew_case *c, int64_t event,
                           ew_code (*put)(void *cookie, int64_t event, ew_err *err),
                           void *cookie, ew_err *err)
{
    going g = {.c = c};
    ew_code code = go_with(&g, event, err);
    for (size_t i = 0; i < g.n && code == EW_OK; i++)
        for (size_t r = 0; r < EW_COUNT(references) && code == EW_OK; r++)
            code = follow(&g, g.ids[i], r, err);
    if (code == EW_OK && g.n > g.given)
        qsort(g.ids + g.given, g.n - g.given, sizeof *g.ids, by_number);
    for (size_t i = g.given; i < g.n && code == EW_OK; i++)
        code = put(cookie, g.ids[i], err);
    ew_free(g.ids);
    return code;
}

/* ------------------------------------------------------------------ what it stands on */

static ew_code look_down(ew_case *c, int64_t event, size_t ref, int64_t *missing,
                         ew_err *err)
{
    bool row;
    ew_sql q = ew_sql_begin(c, references[ref].grounds, err);
    ew_sql_int(&q, event);
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row && *missing == 0) {
        int64_t by = ew_sql_col_int(&q, 0);
        bool gone = ew_case__undone(c, by);
        if (references[ref].item)
            code = ew_case__item_undone(c, ew_sql_col_int(&q, 1), ew_sql_col_int(&q, 2),
                                        &gone, &by, err);
        if (gone)
            *missing = by;
        q.code = q.code == EW_OK ? code : q.code;
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}

ew_code ew_case_grounds(ew_case *c, int64_t event, int64_t *missing, ew_err *err)
{
    ew_code code = EW_OK;
    *missing = 0;
    for (size_t r = 0; r < EW_COUNT(references) && code == EW_OK && *missing == 0; r++)
        code = look_down(c, event, r, missing, err);
    return code;
}
