/* SPDX-License-Identifier: Apache-2.0 */
/* Records of imports. */
#include "casefile/records.h"

#include "base/bytes.h"
#include "casefile/fold.h"
#include "casefile/events.h"
#include "casefile/sql.h"

/* ------------------------------------------------------------------ search index */

static ew_code index_into(ew_case *c, const char *sql, int64_t id, ew_slice text,
                          ew_err *err)
{
    ew_sql q = ew_sql_begin(c, sql, err);
    ew_sql_int(&q, id);
    ew_sql_text(&q, text);
    return ew_sql_run(&q, NULL);
}

ew_code ew_case_index_text(ew_case *c, ew_found_kind kind, int64_t row, ew_slice text,
                           ew_err *err)
{
    int64_t id = 0;
    ew_buf folded;
    if (text.n == 0)
        return EW_OK;
    ew_buf_init(&folded, EW_FOLD_MAX);
    ew_code code = ew_fold_text(text, &folded, err);
    if (code == EW_OK) /* so that every character begins three of them */
        code = ew_buf_append(&folded, "\n\n", 2, err);
    ew_slice words = {(const char *)folded.data, folded.len};
    if (code == EW_OK) {
        ew_sql q = ew_sql_begin(c, "INSERT INTO found VALUES(NULL,?,?)", err);
        ew_sql_int(&q, kind);
        ew_sql_int(&q, row);
        code = ew_sql_run(&q, &id);
    }
    if (code == EW_OK)
        code = index_into(c, "INSERT INTO words(rowid,text) VALUES(?,?)", id, words, err);
    if (code == EW_OK)
        code = index_into(c, "INSERT INTO runs(rowid,text) VALUES(?,?)", id, words, err);
    ew_buf_release(&folded);
    return code;
}

/* ------------------------------------------------------------------ helpers */

/* In whose original something stands. */
static int64_t source_of(const ew_case_intake *in, size_t member)
{
    int64_t own = member < in->member_count ? in->members[member] : 0;
    return own != 0 ? own : in->item;
}

/* To which item a record belongs. */
static int64_t item_of(const ew_case_intake *in, size_t member)
{
    return in->item != 0 ? in->item : source_of(in, member);
}

/* Item, place and size: three columns. */
static void put_place(ew_sql *q, const ew_case_intake *in, const ew_place *p)
{
    ew_sql_int(q, source_of(in, p->member));
    ew_sql_int(q, (int64_t)p->at);
    ew_sql_int(q, (int64_t)p->bytes);
}

static void put_moment(ew_sql *q, const ew_moment *m)
{
    if (m->known)
        ew_sql_int(q, m->unix_s);
    else
        ew_sql_null(q);
}

/* 1: a moment, else a clock's reading; 2: to the second; 4: only the day. */
static int64_t moment_kind(const ew_moment *m)
{
    return (m->zoned ? 1 : 0) | (m->exact ? 2 : 0) | (m->day ? 4 : 0);
}

/* ------------------------------------------------------------------ chats */

static ew_code add_chat(void *cookie, const ew_chat *chat, ew_err *err)
{
    ew_case_intake *in = cookie;
    ew_sql q = ew_sql_begin(in->c, "INSERT INTO chat VALUES(NULL,?,?,?,?,?,?,?,?)", err);
    ew_sql_int(&q, item_of(in, chat->place.member));
    ew_sql_text(&q, chat->id);
    ew_sql_text(&q, chat->name);
    ew_sql_text(&q, chat->kind);
    put_place(&q, in, &chat->place);
    ew_sql_int(&q, in->c->event);
    in->chats++;
    return ew_sql_run(&q, &in->chat);
}

/* What somebody may look for: a file's name, a link, a number. */
static ew_code index_attachment(ew_case *c, int64_t row, const ew_attachment *a,
                                ew_err *err)
{
    const ew_slice parts[] = {a->name, a->path, a->words};
    ew_buf text;
    ew_code code = EW_OK;
    ew_buf_init(&text, EW_CASE_JSON);
    for (size_t i = 0; i < 3 && code == EW_OK; i++) {
        code = i > 0 ? ew_buf_append(&text, "\n", 1, err) : EW_OK;
        if (code == EW_OK)
            code = ew_buf_append(&text, parts[i].p, parts[i].n, err);
    }
    if (code == EW_OK && text.len > 2) /* more than the line feeds */
        code = ew_case_index_text(c, EW_FOUND_ATTACHMENT, row,
                                  (ew_slice){(const char *)text.data, text.len}, err);
    ew_buf_release(&text);
    return code;
}

static ew_code add_attachment(ew_case_intake *in, int64_t message, const ew_attachment *a,
                              ew_err *err)
{
    int64_t row = 0;
    ew_sql q = ew_sql_begin(
        in->c, "INSERT INTO attachment VALUES(NULL,?,?,?,?,?,?,?,?,?,?,?)", err);
    ew_sql_int(&q, message);
    ew_sql_int(&q, a->kind);
    ew_sql_int(&q, a->state);
    ew_sql_text(&q, a->path);
    ew_sql_text(&q, a->name);
    ew_sql_text(&q, a->mime);
    ew_sql_int(&q, (int64_t)a->bytes);
    ew_sql_real(&q, a->seconds);
    ew_sql_text(&q, a->words);
    ew_sql_int(&q, a->state == EW_ATTACH_PRESENT && a->member < in->member_count
                       ? in->members[a->member]
                       : 0);
    ew_sql_int(&q, in->c->event);
    in->attachments++;
    ew_code code = ew_sql_run(&q, &row);
    return code == EW_OK ? index_attachment(in->c, row, a, err) : code;
}

static ew_code insert_message(ew_case_intake *in, const ew_message *m, int64_t *row,
                              ew_err *err)
{
    ew_sql q = ew_sql_begin(
        in->c, "INSERT INTO message VALUES(NULL,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        err);
    ew_sql_int(&q, in->chat);
    ew_sql_text(&q, m->id);
    ew_sql_int(&q, m->service);
    ew_sql_text(&q, m->sender);
    ew_sql_text(&q, m->sender_id);
    put_moment(&q, &m->time);
    ew_sql_int(&q, moment_kind(&m->time));
    ew_sql_text(&q, m->time.text);
    put_moment(&q, &m->edited);
    ew_sql_text(&q, m->text);
    ew_sql_text(&q, m->reply_to);
    ew_sql_int(&q, m->forwarded);
    ew_sql_text(&q, m->forwarded_from);
    ew_sql_text(&q, m->forwarded_from_id);
    put_moment(&q, &m->forwarded_time);
    ew_sql_int(&q, (int64_t)m->marks);
    put_place(&q, in, &m->place);
    ew_sql_int(&q, in->c->event);
    return ew_sql_run(&q, row);
}

static ew_code add_message(void *cookie, const ew_message *m, ew_err *err)
{
    ew_case_intake *in = cookie;
    int64_t row = 0;
    ew_code code = insert_message(in, m, &row, err);
    for (size_t i = 0; i < m->attachment_count && code == EW_OK; i++)
        code = add_attachment(in, row, &m->attachments[i], err);
    in->messages++;
    return code == EW_OK ? ew_case_index_text(in->c, EW_FOUND_MESSAGE, row, m->text, err)
                         : code;
}

/* ------------------------------------------------------------------ articles */

static ew_code add_paragraph(ew_case_intake *in, size_t number, const ew_paragraph *p,
                             ew_err *err)
{
    int64_t row = 0;
    ew_sql q =
        ew_sql_begin(in->c, "INSERT INTO paragraph VALUES(NULL,?,?,?,?,?,?,?,?)", err);
    ew_sql_int(&q, in->article);
    ew_sql_int(&q, (int64_t)number);
    ew_sql_int(&q, p->part);
    ew_sql_text(&q, p->text);
    put_place(&q, in, &p->place);
    ew_sql_int(&q, in->c->event);
    ew_code code = ew_sql_run(&q, &row);
    return code == EW_OK
               ? ew_case_index_text(in->c, EW_FOUND_PARAGRAPH, row, p->text, err)
               : code;
}

static ew_code index_article(ew_case_intake *in, const ew_article *a, ew_err *err)
{
    const ew_slice parts[] = {a->title, a->byline, a->outlet};
    ew_buf text;
    ew_buf_init(&text, EW_FOLD_MAX);
    ew_code code = EW_OK;
    for (size_t i = 0; i < EW_COUNT(parts) && code == EW_OK; i++) {
        code = ew_buf_append(&text, parts[i].p, parts[i].n, err);
        if (code == EW_OK && parts[i].n > 0)
            code = ew_buf_append(&text, "\n", 1, err);
    }
    if (code == EW_OK)
        code = ew_case_index_text(in->c, EW_FOUND_ARTICLE, in->article,
                                  (ew_slice){(const char *)text.data, text.len}, err);
    ew_buf_release(&text);
    return code;
}

static ew_code add_article(void *cookie, const ew_article *a, ew_err *err)
{
    ew_case_intake *in = cookie;
    ew_sql q = ew_sql_begin(
        in->c, "INSERT INTO article VALUES(NULL,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", err);
    ew_sql_int(&q, source_of(in, a->place.member));
    ew_sql_text(&q, a->title);
    ew_sql_text(&q, a->byline);
    ew_sql_text(&q, a->outlet);
    ew_sql_text(&q, a->dateline);
    ew_sql_text(&q, a->language);
    ew_sql_text(&q, a->url);
    ew_sql_text(&q, a->translation_of);
    put_moment(&q, &a->published);
    put_moment(&q, &a->modified);
    ew_sql_text(&q, a->published.text);
    ew_sql_text(&q, a->modified.text);
    ew_sql_int(&q, moment_kind(&a->published));
    ew_sql_int(&q, moment_kind(&a->modified));
    ew_sql_int(&q, in->c->event);
    ew_code code = ew_sql_run(&q, &in->article);
    if (code == EW_OK)
        code = index_article(in, a, err);
    for (size_t i = 0; i < a->paragraph_count && code == EW_OK; i++)
        code = add_paragraph(in, i, &a->paragraphs[i], err);
    in->articles++;
    return code;
}

ew_code ew_case_add_quote(ew_case_intake *in, const ew_quote *s, ew_err *err)
{
    int64_t row = 0;
    ew_sql q = ew_sql_begin(
        in->c, "INSERT INTO quote VALUES(NULL,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", err);
    ew_sql_int(&q, in->article);
    ew_sql_int(&q, (int64_t)s->paragraph);
    ew_sql_int(&q, (int64_t)s->at);
    ew_sql_int(&q, (int64_t)s->n);
    ew_sql_int(&q, s->kind);
    ew_sql_text(&q, s->words);
    ew_sql_text(&q, s->speaker);
    ew_sql_text(&q, s->speaker_as_written);
    ew_sql_int(&q, s->anonymous);
    ew_sql_words(&q, s->pattern->name);
    ew_sql_real(&q, s->pattern->precision);
    ew_sql_int(&q, s->pattern->shown);
    ew_sql_words(&q, s->stance);
    ew_sql_text(&q, s->item);
    ew_sql_int(&q, in->c->event);
    ew_code code = ew_sql_run(&q, &row);
    return code == EW_OK ? ew_case_index_text(in->c, EW_FOUND_QUOTE, row, s->speaker, err)
                         : code;
}

/* ------------------------------------------------------------------ the rest */

static ew_code add_capture(void *cookie, const ew_capture *p, ew_err *err)
{
    ew_case_intake *in = cookie;
    ew_sql q = ew_sql_begin(
        in->c, "INSERT INTO capture VALUES(NULL,?,0,?,?,?,?,?,?,?,?,?,?,?)", err);
    ew_sql_int(&q, item_of(in, p->place.member));
    ew_sql_text(&q, p->url);
    ew_sql_text(&q, p->mime);
    put_moment(&q, &p->time);
    ew_sql_text(&q, p->time.text);
    ew_sql_int(&q, p->status);
    ew_sql_int(&q, !p->digest_given ? 0 : p->digest_right ? 1 : -1);
    ew_sql_text(&q, p->signed_by);
    put_place(&q, in, &p->place);
    ew_sql_int(&q, in->c->event);
    in->captures++;
    return ew_sql_run(&q, NULL);
}

static ew_code add_fact(void *cookie, const ew_picture_fact *f, ew_err *err)
{
    ew_case_intake *in = cookie;
    ew_sql q = ew_sql_begin(in->c, "INSERT INTO picture VALUES(NULL,?,?,?,?,?,?,?)", err);
    ew_sql_int(&q, source_of(in, f->place.member));
    ew_sql_text(&q, f->name);
    ew_sql_text(&q, f->value);
    ew_sql_int(&q, (int64_t)f->place.at);
    ew_sql_int(&q, (int64_t)f->place.bytes);
    ew_sql_int(&q, f->odd);
    ew_sql_int(&q, in->c->event);
    in->facts++;
    return ew_sql_run(&q, NULL);
}

static ew_code add_gap(void *cookie, const ew_gap *g, ew_err *err)
{
    ew_case_intake *in = cookie;
    ew_sql q = ew_sql_begin(in->c, "INSERT INTO gap VALUES(NULL,?,?,?,?,?,?,?)", err);
    ew_sql_int(&q, item_of(in, g->place.member));
    ew_sql_text(&q, g->what);
    ew_sql_text(&q, g->words);
    put_place(&q, in, &g->place);
    ew_sql_int(&q, in->c->event);
    in->gaps++;
    return ew_sql_run(&q, NULL);
}

static ew_code add_remark(void *cookie, const ew_remark *r, ew_err *err)
{
    ew_case_intake *in = cookie;
    ew_sql q = ew_sql_begin(in->c, "INSERT INTO remark VALUES(NULL,?,?,?,?,?,?)", err);
    ew_sql_int(&q, item_of(in, r->place.member));
    ew_sql_text(&q, r->text);
    put_place(&q, in, &r->place);
    ew_sql_int(&q, in->c->event);
    in->remarks++;
    return ew_sql_run(&q, NULL);
}

ew_import_sink ew_case_sink(ew_case_intake *in)
{
    return (ew_import_sink){.cookie = in,
                            .chat = add_chat,
                            .message = add_message,
                            .article = add_article,
                            .capture = add_capture,
                            .picture = add_fact,
                            .gap = add_gap,
                            .remark = add_remark};
}

ew_code ew_case_not_imported(ew_case *c, int64_t item, ew_err *err)
{
    bool row;
    ew_sql q = ew_sql_begin(c,
                            "SELECT added FROM chat WHERE source=?1 OR item=?1 UNION "
                            "SELECT added FROM article WHERE item=?1 UNION "
                            "SELECT added FROM capture WHERE source=?1 OR item=?1 "
                            "UNION SELECT added FROM picture WHERE item=?1 "
                            "ORDER BY 1",
                            err);
    ew_sql_int(&q, item);
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row) {
        int64_t event = ew_sql_col_int(&q, 0);
        if (!ew_case__undone(c, event))
            q.code = ew_fail(err, EW_E_ARG, 0,
                             "item %lld was imported already, by event %lld; take that "
                             "back first to import it anew",
                             (long long)item, (long long)event);
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}
