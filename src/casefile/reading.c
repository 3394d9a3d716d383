/* SPDX-License-Identifier: Apache-2.0 */
/* Chats and articles, as they were read, page by page. */
#include "casefile/reading.h"

#include <string.h>

#include "base/when.h"
#include "casefile/dates.h"
#include "casefile/events.h"
#include "casefile/sql.h"
#include "import/import.h"

/* Of columns i to i + 2: time or null, kind, text. */
static const char *when_of(ew_sql *q, int i, char *room)
{
    return ew_case__when_text(!ew_sql_col_null(q, i), ew_sql_col_int(q, i),
                              ew_sql_col_int(q, i + 1), ew_sql_col_text(q, i + 2), room);
}

/* ------------------------------------------------------------------ chats */

/* The numbers of a chat's messages: those of one import are mostly in a row. */
typedef struct extent {
    uint64_t count;
    int64_t first, last;
} extent;

static ew_code extent_of(ew_case *c, int64_t chat, extent *e, ew_err *err)
{
    bool row;
    ew_sql q =
        ew_sql_begin(c, "SELECT count(*),min(id),max(id) FROM message WHERE chat=?", err);
    *e = (extent){0};
    ew_sql_int(&q, chat);
    if (ew_sql_step(&q, &row) == EW_OK && row)
        *e = (extent){(uint64_t)ew_sql_col_int(&q, 0), ew_sql_col_int(&q, 1),
                      ew_sql_col_int(&q, 2)};
    return ew_sql_end(&q);
}

static bool in_a_row(const extent *e)
{
    return e->count > 0 && (uint64_t)(e->last - e->first) + 1 == e->count;
}

/* Is the row there, and does its event count? */
static ew_code must_count(ew_case *c, ew_sql *q, bool row, int added, ew_err *err)
{
    if (q->code == EW_OK && (!row || ew_case__undone(c, ew_sql_col_int(q, added))))
        q->code = ew_fail(err, EW_E_NOTFOUND, 0, "this is not in the case");
    return q->code;
}

ew_code ew_case_read_chat(ew_case *c, int64_t chat,
                          ew_code (*put)(void *cookie, const ew_read_chat *h,
                                         ew_err *err),
                          void *cookie, ew_err *err)
{
    bool row = false;
    extent e;
    ew_code code = extent_of(c, chat, &e, err);
    if (code != EW_OK)
        return code;
    ew_sql q =
        ew_sql_begin(c, "SELECT id,item,name,kind,added FROM chat WHERE id=?", err);
    ew_sql_int(&q, chat);
    code = ew_sql_step(&q, &row);
    if (code == EW_OK && must_count(c, &q, row, 4, err) == EW_OK) {
        const ew_read_chat h = {.id = ew_sql_col_int(&q, 0),
                                .item = ew_sql_col_int(&q, 1),
                                .name = ew_sql_col_text(&q, 2),
                                .kind = ew_sql_col_text(&q, 3),
                                .messages = e.count};
        if (q.code == EW_OK)
            q.code = put(cookie, &h, err);
    }
    return ew_sql_end(&q);
}

/* The row of message number `from` of a chat. */
static ew_code row_of(ew_case *c, int64_t chat, const extent *e, uint64_t from,
                      int64_t *id, ew_err *err)
{
    *id = e->first + (int64_t)from;
    if (in_a_row(e))
        return EW_OK;
    ew_sql q = ew_sql_begin(
        c, "SELECT id FROM message WHERE chat=? ORDER BY id LIMIT 1 OFFSET ?", err);
    ew_sql_int(&q, chat);
    ew_sql_int(&q, (int64_t)from);
    return ew_sql_number(&q, id);
}

static ew_read_message message_of(ew_sql *q, uint64_t number, char *when, char *edited)
{
    return (ew_read_message){
        .id = ew_sql_col_int(q, 0),
        .number = number,
        .export_id = ew_sql_col_text(q, 1),
        .service = ew_sql_col_int(q, 2) != 0,
        .sender = ew_sql_col_text(q, 3),
        .sender_id = ew_sql_col_text(q, 4),
        .when = when_of(q, 5, when),
        .edited_when = ew_case__when_text(!ew_sql_col_null(q, 8), ew_sql_col_int(q, 8),
                                          ew_sql_col_int(q, 6), "", edited),
        .text = ew_sql_col_text(q, 9),
        .reply_to = ew_sql_col_text(q, 10),
        .forwarded = ew_sql_col_int(q, 11) != 0,
        .forwarded_from = ew_sql_col_text(q, 12),
        .marks = (unsigned)ew_sql_col_int(q, 13),
        .source = ew_sql_col_int(q, 14),
        .at = (uint64_t)ew_sql_col_int(q, 15),
        .bytes = (uint64_t)ew_sql_col_int(q, 16)};
}

ew_code ew_case_read_messages(ew_case *c, int64_t chat, ew_read_range range,
                              ew_code (*put)(void *cookie, const ew_read_message *m,
                                             ew_err *err),
                              void *cookie, ew_err *err)
{
    char when[EW_ISO_TEXT];
    char edited[EW_ISO_TEXT];
    bool row = false;
    int64_t first = 0;
    extent e;
    ew_code code = extent_of(c, chat, &e, err);
    if (range.to > e.count)
        range.to = e.count;
    if (code != EW_OK || range.from >= range.to)
        return code;
    code = row_of(c, chat, &e, range.from, &first, err);
    if (code != EW_OK)
        return code;
    /* The + keeps SQLite from sorting all of the chat: it goes along the rows instead. */
    ew_sql q = ew_sql_begin(
        c,
        "SELECT id,export_id,service,sender,sender_id,time,time_kind,time_text,edited,"
        "text,reply_to,forwarded,forwarded_from,marks,source,at,bytes FROM message "
        "WHERE id>=? AND id<=? AND +chat=? ORDER BY id LIMIT ?",
        err);
    ew_sql_int(&q, first);
    ew_sql_int(&q, e.last);
    ew_sql_int(&q, chat);
    ew_sql_int(&q, (int64_t)(range.to - range.from));
    code = ew_sql_step(&q, &row);
    for (uint64_t n = range.from; code == EW_OK && row; n++) {
        const ew_read_message m = message_of(&q, n, when, edited);
        if (q.code == EW_OK)
            q.code = put(cookie, &m, err);
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}

/* A case comes from anywhere: its numbers may be any. */
static const char *kind_name(int64_t kind)
{
    bool known = kind >= EW_ATTACH_FILE && kind <= EW_ATTACH_OTHER;
    return ew_attachment_kind_name(known ? (ew_attachment_kind)kind : EW_ATTACH_OTHER);
}

static const char *state_name(int64_t state)
{
    bool known = state >= EW_ATTACH_PRESENT && state <= EW_ATTACH_INLINE;
    return ew_attachment_state_name(known ? (ew_attachment_state)state
                                          : EW_ATTACH_UNAVAILABLE);
}

ew_code ew_case_read_attachments(ew_case *c, int64_t message,
                                 ew_code (*put)(void *cookie, const ew_read_attachment *a,
                                                ew_err *err),
                                 void *cookie, ew_err *err)
{
    bool row = false;
    ew_sql q = ew_sql_begin(c,
                            "SELECT a.kind,a.state,a.path,a.name,a.mime,a.words,a.bytes,"
                            "a.seconds,a.item,ifnull(i.kind,''),i.sha256 FROM attachment "
                            "a LEFT JOIN item i ON i.id=a.item WHERE a.message=? "
                            "ORDER BY a.id",
                            err);
    ew_sql_int(&q, message);
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row) {
        bool here = !ew_sql_col_null(&q, 10);
        ew_slice sha = here ? ew_sql_col_blob(&q, 10) : (ew_slice){0};
        const ew_read_attachment a = {
            .kind = kind_name(ew_sql_col_int(&q, 0)),
            .state = state_name(ew_sql_col_int(&q, 1)),
            .path = ew_sql_col_text(&q, 2),
            .name = ew_sql_col_text(&q, 3),
            .mime = ew_sql_col_text(&q, 4),
            .words = ew_sql_col_text(&q, 5),
            .bytes = (uint64_t)ew_sql_col_int(&q, 6),
            .seconds = ew_sql_col_real(&q, 7),
            .item = ew_sql_col_int(&q, 8),
            .item_kind = ew_sql_col_text(&q, 9),
            .sha256 = sha.n == EW_SHA256_BYTES ? (const uint8_t *)sha.p : NULL};
        if (q.code == EW_OK)
            q.code = put(cookie, &a, err);
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}

ew_code ew_case_read_gaps(ew_case *c, int64_t source, ew_read_range range,
                          ew_code (*put)(void *cookie, const ew_read_gap *g, ew_err *err),
                          void *cookie, ew_err *err)
{
    bool row = false;
    ew_sql q = ew_sql_begin(c,
                            "SELECT what,words,source,at,added FROM gap WHERE source=? "
                            "AND at>=? AND at<? ORDER BY at,id",
                            err);
    ew_sql_int(&q, source);
    ew_sql_int(&q, (int64_t)(range.from & INT64_MAX));
    ew_sql_int(&q, range.to > INT64_MAX ? INT64_MAX : (int64_t)range.to);
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row) {
        const ew_read_gap g = {.what = ew_sql_col_text(&q, 0),
                               .words = ew_sql_col_text(&q, 1),
                               .source = ew_sql_col_int(&q, 2),
                               .at = (uint64_t)ew_sql_col_int(&q, 3)};
        if (q.code == EW_OK && !ew_case__undone(c, ew_sql_col_int(&q, 4)))
            q.code = put(cookie, &g, err);
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}

/* ------------------------------------------------------------------ articles */

ew_code ew_case_read_article(ew_case *c, int64_t article,
                             ew_code (*put)(void *cookie, const ew_read_article *a,
                                            ew_err *err),
                             void *cookie, ew_err *err)
{
    char published[EW_ISO_TEXT];
    char modified[EW_ISO_TEXT];
    bool row = false;
    ew_sql q = ew_sql_begin(c,
                            "SELECT id,item,title,byline,outlet,dateline,language,url,"
                            "published,published_kind,published_text,modified,"
                            "modified_kind,modified_text,added FROM article WHERE id=?",
                            err);
    ew_sql_int(&q, article);
    ew_code code = ew_sql_step(&q, &row);
    if (code == EW_OK && must_count(c, &q, row, 14, err) == EW_OK) {
        const ew_read_article a = {.id = ew_sql_col_int(&q, 0),
                                   .item = ew_sql_col_int(&q, 1),
                                   .title = ew_sql_col_text(&q, 2),
                                   .byline = ew_sql_col_text(&q, 3),
                                   .outlet = ew_sql_col_text(&q, 4),
                                   .dateline = ew_sql_col_text(&q, 5),
                                   .language = ew_sql_col_text(&q, 6),
                                   .url = ew_sql_col_text(&q, 7),
                                   .published = when_of(&q, 8, published),
                                   .modified = when_of(&q, 11, modified)};
        if (q.code == EW_OK)
            q.code = put(cookie, &a, err);
    }
    return ew_sql_end(&q);
}

ew_code ew_case_read_paragraphs(ew_case *c, int64_t article,
                                ew_code (*put)(void *cookie, const ew_read_paragraph *p,
                                               ew_err *err),
                                void *cookie, ew_err *err)
{
    bool row = false;
    ew_sql q = ew_sql_begin(c,
                            "SELECT id,number,part,text,source,at,bytes FROM paragraph "
                            "WHERE article=? ORDER BY number,id",
                            err);
    ew_sql_int(&q, article);
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row) {
        const ew_read_paragraph p = {.id = ew_sql_col_int(&q, 0),
                                     .number = ew_sql_col_int(&q, 1),
                                     .part = (int)ew_sql_col_int(&q, 2),
                                     .text = ew_sql_col_text(&q, 3),
                                     .source = ew_sql_col_int(&q, 4),
                                     .at = (uint64_t)ew_sql_col_int(&q, 5),
                                     .bytes = (uint64_t)ew_sql_col_int(&q, 6)};
        if (q.code == EW_OK)
            q.code = put(cookie, &p, err);
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}

/* ------------------------------------------------------------------ places */

/* Of columns: row, holder, number, added. The first that counts. */
static ew_code take_place(ew_case *c, ew_sql *q, ew_read_place_kind kind,
                          ew_read_place *out)
{
    bool row = false;
    ew_code code = ew_sql_step(q, &row);
    while (code == EW_OK && row && out->kind == EW_PLACE_NONE) {
        if (!ew_case__undone(c, ew_sql_col_int(q, 3)))
            *out = (ew_read_place){.kind = kind,
                                   .row = ew_sql_col_int(q, 0),
                                   .holder = ew_sql_col_int(q, 1),
                                   .number = (uint64_t)ew_sql_col_int(q, 2)};
        code = ew_sql_step(q, &row);
    }
    return ew_sql_end(q);
}

/* How many messages of its chat come before it. */
static ew_code number_of(ew_case *c, ew_read_place *p, ew_err *err)
{
    extent e;
    int64_t n = 0;
    ew_code code = extent_of(c, p->holder, &e, err);
    if (code != EW_OK)
        return code;
    if (in_a_row(&e)) {
        p->number = (uint64_t)(p->row - e.first);
        return EW_OK;
    }
    ew_sql q = ew_sql_begin(c, "SELECT count(*) FROM message WHERE chat=? AND id<?", err);
    ew_sql_int(&q, p->holder);
    ew_sql_int(&q, p->row);
    code = ew_sql_number(&q, &n);
    p->number = (uint64_t)n;
    return code;
}

ew_code ew_case_read_message_place(ew_case *c, int64_t message, ew_read_place *out,
                                   ew_err *err)
{
    *out = (ew_read_place){0};
    ew_sql q = ew_sql_begin(c, "SELECT id,chat,0,added FROM message WHERE id=?", err);
    ew_sql_int(&q, message);
    ew_code code = take_place(c, &q, EW_PLACE_MESSAGE, out);
    if (code == EW_OK && out->kind == EW_PLACE_NONE)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "there is no such message");
    return code == EW_OK ? number_of(c, out, err) : code;
}

ew_code ew_case_read_paragraph_place(ew_case *c, int64_t paragraph, ew_read_place *out,
                                     ew_err *err)
{
    *out = (ew_read_place){0};
    ew_sql q =
        ew_sql_begin(c, "SELECT id,article,number,added FROM paragraph WHERE id=?", err);
    ew_sql_int(&q, paragraph);
    ew_code code = take_place(c, &q, EW_PLACE_PARAGRAPH, out);
    if (code == EW_OK && out->kind == EW_PLACE_NONE)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "there is no such paragraph");
    return code;
}

ew_code ew_case_read_attachment_message(ew_case *c, int64_t attachment, int64_t *message,
                                        ew_err *err)
{
    ew_sql q = ew_sql_begin(c, "SELECT message FROM attachment WHERE id=?", err);
    ew_sql_int(&q, attachment);
    ew_code code = ew_sql_number(&q, message);
    if (code == EW_OK && *message == 0)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "there is no such attachment");
    return code;
}

ew_code ew_case_read_at(ew_case *c, int64_t item, uint64_t at, ew_read_place *out,
                        ew_err *err)
{
    *out = (ew_read_place){0};
    if (at > INT64_MAX)
        return EW_OK;
    ew_sql q = ew_sql_begin(c,
                            "SELECT id,article,number,added FROM paragraph WHERE "
                            "source=?1 AND at<=?2 AND at+bytes>?2 ORDER BY at DESC,id",
                            err);
    ew_sql_int(&q, item);
    ew_sql_int(&q, (int64_t)at);
    ew_code code = take_place(c, &q, EW_PLACE_PARAGRAPH, out);
    if (code != EW_OK || out->kind != EW_PLACE_NONE)
        return code;
    ew_sql m = ew_sql_begin(c,
                            "SELECT id,chat,0,added FROM message WHERE "
                            "source=?1 AND at<=?2 AND at+bytes>?2 ORDER BY at DESC,id",
                            err);
    ew_sql_int(&m, item);
    ew_sql_int(&m, (int64_t)at);
    code = take_place(c, &m, EW_PLACE_MESSAGE, out);
    return code == EW_OK && out->kind == EW_PLACE_MESSAGE ? number_of(c, out, err) : code;
}
