/* SPDX-License-Identifier: Apache-2.0 */
/* Suggested quotations and what was decided about them. */
#include "casefile/suggestions.h"

#include <stdio.h>
#include <string.h>

#include "base/when.h"
#include "casefile/dates.h"
#include "casefile/events.h"
#include "casefile/sql.h"

/* The last decision that was not taken back. */
static ew_code find_verdict(ew_case *c, ew_suggestion *s, ew_err *err)
{
    bool row;
    ew_sql q = ew_sql_begin(
        c, "SELECT accepted,position,added FROM verdict WHERE quote=? ORDER BY id", err);
    ew_sql_int(&q, s->id);
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row) {
        if (!ew_case__undone(c, ew_sql_col_int(&q, 2))) {
            s->verdict = ew_sql_col_int(&q, 0) != 0 ? EW_ACCEPTED : EW_REFUSED;
            s->position = ew_sql_col_int(&q, 1);
        }
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}

/* The day on which it appeared, by the report's own clock where it tells one: at 2 in the morning in Phnom Penh
 * it is yesterday in UTC. */
static const char *day_of(ew_sql *q, int time, int text, char room[EW_ISO_TEXT])
{
    enum { DAY = 10 };
    int64_t day;
    if (ew_sql_col_null(q, time))
        return "";
    (void)snprintf(room, DAY + 1, "%s", ew_sql_col_text(q, text));
    if (strlen(room) != DAY || !ew_case__day_of(room, &day))
        (void)ew_iso_text(ew_sql_col_int(q, time), room);
    room[DAY] = 0;
    return room;
}

static void fill(ew_case *c, ew_sql *q, ew_suggestion *s, char date[EW_ISO_TEXT])
{
    *s = (ew_suggestion){.id = ew_sql_col_int(q, 0),
                         .article = ew_sql_col_int(q, 1),
                         .item = ew_sql_col_int(q, 2),
                         .title = ew_sql_col_text(q, 3),
                         .outlet = ew_sql_col_text(q, 4),
                         .published = day_of(q, 5, 6, date),
                         .paragraph = ew_sql_col_int(q, 7),
                         .part = ew_sql_col_int(q, 8),
                         .text = ew_sql_col_text(q, 9),
                         .at = (uint64_t)ew_sql_col_int(q, 10),
                         .bytes = (uint64_t)ew_sql_col_int(q, 11),
                         .from = (uint64_t)ew_sql_col_int(q, 12),
                         .n = (uint64_t)ew_sql_col_int(q, 13),
                         .kind = (ew_quote_kind)ew_sql_col_int(q, 14),
                         .words = ew_sql_col_text(q, 15),
                         .speaker = ew_sql_col_text(q, 16),
                         .as_written = ew_sql_col_text(q, 17),
                         .anonymous = ew_sql_col_int(q, 18) != 0,
                         .pattern = ew_sql_col_text(q, 19),
                         .precision = ew_sql_col_real(q, 20),
                         .shown = ew_sql_col_int(q, 21) != 0,
                         .stance = ew_sql_col_text(q, 22),
                         .about = ew_sql_col_text(q, 23)};
    s->undone = ew_case__undone(c, ew_sql_col_int(q, 24));
}

ew_code ew_case_suggestions(ew_case *c, int64_t item,
                            ew_code (*put)(void *cookie, const ew_suggestion *s,
                                           ew_err *err),
                            void *cookie, ew_err *err)
{
    bool row;
    char date[EW_ISO_TEXT];
    ew_suggestion s;
    ew_sql q = ew_sql_begin(
        c,
        "SELECT q.id,a.id,p.source,a.title,a.outlet,a.published,a.published_text,"
        "q.paragraph,p.part,p.text,p.at,p.bytes,q.at,q.bytes,q.kind,q.words,q.speaker,"
        "q.as_written,q.anonymous,q.pattern,q.precision,q.shown,q.stance,q.about,q.added "
        "FROM quote q JOIN article a ON a.id=q.article "
        "JOIN paragraph p ON p.article=a.id AND p.number=q.paragraph "
        "WHERE ?1=0 OR p.source=?1 OR a.item=?1 ORDER BY a.id,q.paragraph,q.at,q.id",
        err);
    ew_sql_int(&q, item);
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row) {
        fill(c, &q, &s, date);
        if (q.code == EW_OK)
            q.code = find_verdict(c, &s, err);
        if (q.code == EW_OK)
            q.code = put(cookie, &s, err);
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}

ew_code ew_case_decide(ew_case *c, int64_t suggestion, int64_t position, ew_err *err)
{
    ew_code code = ew_case__in_event(c, err);
    if (code != EW_OK)
        return code;
    ew_sql q = ew_sql_begin(c, "INSERT INTO verdict VALUES(NULL,?,?,?,?)", err);
    ew_sql_int(&q, suggestion);
    ew_sql_int(&q, position != 0);
    ew_sql_int(&q, position);
    ew_sql_int(&q, c->event);
    return ew_sql_run(&q, NULL);
}
