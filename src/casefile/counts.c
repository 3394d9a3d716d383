/* SPDX-License-Identifier: Apache-2.0 */
/* Counting by event, since an event counts or does not as a whole. */
#include "casefile/counts.h"

#include "base/alloc.h"
#include "casefile/events.h"
#include "casefile/positions.h"
#include "casefile/sql.h"

#define OF(table)                                                                        \
    "SELECT added,count(*) FROM " table " WHERE ?1=0 OR item=?1 GROUP BY added"
#define OR_IN(table)                                                                     \
    "SELECT added,count(*) FROM " table " WHERE ?1=0 OR item=?1 OR source=?1 "           \
    "GROUP BY added"

static const struct {
    const char *name, *count;
} things[EW_CASE_THINGS] = {
    [EW_THING_CHAT] = {"chats", OR_IN("chat")},
    [EW_THING_MESSAGE] =
        {"messages", "SELECT m.added,count(*) FROM message m WHERE ?1=0 OR m.chat IN "
                     "(SELECT id FROM chat WHERE item=?1 OR source=?1) "
                     "GROUP BY m.added"},
    [EW_THING_ATTACHMENT] = {"attachments",
                             "SELECT a.added,count(*) FROM attachment a WHERE ?1=0 OR "
                             "a.message IN (SELECT m.id FROM message m JOIN chat c ON "
                             "c.id=m.chat WHERE c.item=?1 OR c.source=?1) "
                             "GROUP BY a.added"},
    [EW_THING_ARTICLE] = {"articles", OF("article")},
    [EW_THING_QUOTE] = {"quotations",
                        "SELECT q.added,count(*) FROM quote q JOIN article a ON "
                        "a.id=q.article WHERE q.shown AND (?1=0 OR a.item=?1) "
                        "GROUP BY q.added"},
    [EW_THING_CAPTURE] = {"captures", OR_IN("capture")},
    [EW_THING_FACT] = {"facts", OF("picture")},
    [EW_THING_GAP] = {"gaps", OR_IN("gap")},
    [EW_THING_REMARK] = {"remarks", OR_IN("remark")},
    [EW_THING_POSITION] = {"positions", OF("position")},
    [EW_THING_PERSON] = {"people", NULL},
};

const char *ew_case_things(ew_case_thing t)
{
    return things[t].name;
}

static ew_code count_one(ew_case *c, int64_t item, ew_case_thing t, uint64_t *n,
                         ew_err *err)
{
    bool row;
    ew_sql q = ew_sql_begin(c, things[t].count, err);
    ew_sql_int(&q, item);
    ew_code code = ew_sql_step(&q, &row);
    *n = 0;
    while (code == EW_OK && row) {
        if (!ew_case__undone(c, ew_sql_col_int(&q, 0)))
            *n += (uint64_t)ew_sql_col_int(&q, 1);
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}

/* ------------------------------------------------------------------ people */

typedef struct people {
    int64_t *ids;
    size_t n, cap;
} people;

static ew_code note_person(people *p, int64_t id, ew_err *err)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->ids[i] == id)
            return EW_OK;
    if (p->n == p->cap) {
        size_t cap = p->cap > 0 ? 2 * p->cap : 16;
        int64_t *more = ew_realloc_array(p->ids, cap, sizeof *more);
        if (more == NULL)
            return ew_fail_nomem(err);
        p->ids = more;
        p->cap = cap;
    }
    p->ids[p->n++] = id;
    return EW_OK;
}

static ew_code take_position(void *cookie, const ew_position *p, ew_err *err)
{
    return p->undone ? EW_OK : note_person(cookie, p->person, err);
}

static ew_code take_person(void *cookie, const ew_person *p, ew_err *err)
{
    uint64_t *n = cookie;
    (void)err;
    *n += !p->undone;
    return EW_OK;
}

/* Of an item those who take a position on it. */
static ew_code count_people(ew_case *c, int64_t item, uint64_t *n, ew_err *err)
{
    people p = {0};
    *n = 0;
    if (item == 0)
        return ew_case_people(c, take_person, n, err);
    ew_code code = ew_case_positions(c, item, 0, take_position, &p, err);
    *n = p.n;
    ew_free(p.ids);
    return code;
}

ew_code ew_case_count(ew_case *c, int64_t item, uint64_t counts[EW_CASE_THINGS],
                      ew_err *err)
{
    ew_code code = EW_OK;
    for (int t = 0; t < EW_CASE_THINGS && code == EW_OK; t++)
        code = t == EW_THING_PERSON
                   ? count_people(c, item, &counts[t], err)
                   : count_one(c, item, (ew_case_thing)t, &counts[t], err);
    return code;
}

/* ------------------------------------------------------------------ of one item */

/* id, what, text, source, at, bytes, odd, added */
static const struct {
    ew_case_thing thing;
    const char *sql;
} lists[] = {
    {EW_THING_CHAT, "SELECT id,name,kind,source,at,bytes,0,added FROM chat WHERE "
                    "item=?1 OR source=?1 ORDER BY id"},
    {EW_THING_ARTICLE, "SELECT id,title,outlet,item,0,0,0,added FROM article WHERE "
                       "item=?1 ORDER BY id"},
    {EW_THING_CAPTURE, "SELECT id,url,time_text,source,at,bytes,digest<0,added FROM "
                       "capture WHERE item=?1 OR source=?1 ORDER BY id"},
    {EW_THING_FACT,
     "SELECT id,name,value,item,at,bytes,odd,added FROM picture WHERE item=?1 "
     "ORDER BY id"},
    {EW_THING_GAP, "SELECT id,what,words,source,at,bytes,0,added FROM gap WHERE "
                   "item=?1 OR source=?1 ORDER BY id"},
    {EW_THING_REMARK, "SELECT id,'',text,source,at,bytes,0,added FROM remark WHERE "
                      "item=?1 OR source=?1 ORDER BY id"},
};

ew_code ew_case_records(ew_case *c, int64_t item,
                        ew_code (*put)(void *cookie, const ew_case_record *r,
                                       ew_err *err),
                        void *cookie, ew_err *err)
{
    bool row;
    ew_code code = EW_OK;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0] && code == EW_OK; i++) {
        ew_sql q = ew_sql_begin(c, lists[i].sql, err);
        ew_sql_int(&q, item);
        code = ew_sql_step(&q, &row);
        while (code == EW_OK && row) {
            ew_case_record r = {.thing = lists[i].thing,
                                .id = ew_sql_col_int(&q, 0),
                                .what = ew_sql_col_text(&q, 1),
                                .text = ew_sql_col_text(&q, 2),
                                .source = ew_sql_col_int(&q, 3),
                                .at = (uint64_t)ew_sql_col_int(&q, 4),
                                .bytes = (uint64_t)ew_sql_col_int(&q, 5),
                                .odd = ew_sql_col_int(&q, 6) != 0};
            if (q.code == EW_OK && !ew_case__undone(c, ew_sql_col_int(&q, 7)))
                q.code = put(cookie, &r, err);
            code = ew_sql_step(&q, &row);
        }
        code = ew_sql_end(&q);
    }
    return code;
}
