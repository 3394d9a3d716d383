/* SPDX-License-Identifier: Apache-2.0 */
/* What was read of a case's items, in its place: chats a page at a time, articles, and what stands at a byte of an
 * original; and whether an original is what it was. */
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/file.h"
#include "base/utf8.h"
#include "casefile/reading.h"
#include "casefile/records.h"
#include "ops/case_view.h"
#include "serve/api_case.h"

enum { MESSAGES = 100, MESSAGES_MAX = 500, GAPS_MAX = 1000, EXCERPT_MAX = 16 * 1024 };

static ew_code id_of(ew_slice part, int64_t *id, ew_err *err)
{
    uint64_t n = 0;
    ew_code code = ew_api_number(part, &n, err);
    if (code == EW_OK && n > INT64_MAX)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "there is no such number");
    *id = (int64_t)(n & INT64_MAX);
    return code;
}

/* Left out when it says nothing. */
static void set_text(ew_obj *o, const char *key, const char *text)
{
    if (text[0] != 0)
        ew_obj_str(o, key, text);
}

static void set_place(ew_obj *o, int64_t source, uint64_t at, uint64_t bytes)
{
    ew_obj_int(o, "source", source);
    ew_obj_int(o, "at", (int64_t)at);
    ew_obj_int(o, "bytes", (int64_t)bytes);
}

/* ------------------------------------------------------------------ chats */

/* One page of a chat in the making. */
typedef struct page {
    ew_case *c;
    json_t *messages, *gaps;
    int64_t
        source; /* of the last message; gaps between it and the next one are looked up */
    uint64_t at, bytes, number;
    bool any;
    size_t gap_count;
} page;

static ew_code add_attachment(void *cookie, const ew_read_attachment *a, ew_err *err)
{
    json_t **list = cookie;
    ew_obj o = ew_obj_new();
    (void)err;
    ew_obj_str(&o, "kind", a->kind);
    ew_obj_str(&o, "state", a->state);
    set_text(&o, "path", a->path);
    set_text(&o, "name", a->name);
    set_text(&o, "mime", a->mime);
    set_text(&o, "words", a->words);
    if (a->bytes > 0)
        ew_obj_int(&o, "bytes", (int64_t)a->bytes);
    if (a->seconds > 0)
        ew_obj_real(&o, "seconds", a->seconds, 3);
    if (a->item != 0) {
        ew_obj_int(&o, "item", a->item);
        ew_obj_str(&o, "item_kind", a->item_kind);
        if (a->sha256 != NULL)
            ew_obj_sha256(&o, "sha256", a->sha256);
    }
    ew_list_add(list, o.json);
    return EW_OK;
}

static json_t *mark_list(unsigned marks)
{
    json_t *list = json_array();
    for (size_t i = 0; ew_found_mark_name(i) != NULL; i++)
        if ((marks >> i & 1) != 0)
            ew_list_add(&list, json_string(ew_found_mark_name(i)));
    return list;
}

static ew_code add_gap(void *cookie, const ew_read_gap *g, ew_err *err)
{
    page *p = cookie;
    ew_obj o = ew_obj_new();
    (void)err;
    if (p->gap_count++ < GAPS_MAX) {
        ew_obj_int(&o, "after", (int64_t)p->number);
        ew_obj_str(&o, "what", g->what);
        ew_obj_str(&o, "words", g->words);
        ew_list_add(&p->gaps, o.json);
    } else {
        ew_obj_release(&o);
    }
    return EW_OK;
}

/* What is missing between the last message and the one that comes next, NULL: none. Where that stands in another
 * original, only what lies in the message itself. */
static ew_code gaps_until(page *p, const ew_read_message *next, ew_err *err)
{
    uint64_t to = next == NULL                ? UINT64_MAX
                  : next->source == p->source ? next->at
                                              : p->at + p->bytes;
    return p->any ? ew_case_read_gaps(p->c, p->source, (ew_read_range){p->at, to},
                                      add_gap, p, err)
                  : EW_OK;
}

static void set_message(ew_obj *o, const ew_read_message *m)
{
    ew_obj_int(o, "message", m->id);
    ew_obj_int(o, "number", (int64_t)m->number);
    set_text(o, "id", m->export_id);
    if (m->service)
        ew_obj_bool(o, "service", true);
    ew_obj_str(o, "sender", m->sender);
    set_text(o, "sender_id", m->sender_id);
    ew_obj_str(o, "when", m->when);
    set_text(o, "edited", m->edited_when);
    ew_obj_str(o, "text", m->text);
    set_text(o, "reply_to", m->reply_to);
    if (m->forwarded)
        ew_obj_str(o, "forwarded_from", m->forwarded_from);
    if (m->marks != 0)
        ew_obj_set(o, "marks", mark_list(m->marks));
    set_place(o, m->source, m->at, m->bytes);
}

static ew_code add_message(void *cookie, const ew_read_message *m, ew_err *err)
{
    page *p = cookie;
    ew_obj o = ew_obj_new();
    json_t *attachments = json_array();
    ew_code code = gaps_until(p, m, err);
    p->source = m->source;
    p->at = m->at;
    p->bytes = m->bytes;
    p->number = m->number;
    p->any = true;
    set_message(&o, m);
    if (code == EW_OK)
        code = ew_case_read_attachments(p->c, m->id, add_attachment, &attachments, err);
    if (json_array_size(attachments) > 0)
        ew_obj_set(&o, "attachments", attachments);
    else
        json_decref(attachments);
    ew_list_add(&p->messages, o.json);
    return code;
}

/* Gaps of a page's last message lie before the next one, which is not of this page. */
static ew_code see_next(void *cookie, const ew_read_message *m, ew_err *err)
{
    page *p = cookie;
    ew_code code = gaps_until(p, m, err);
    p->any = false;
    return code;
}

static ew_code set_chat(void *cookie, const ew_read_chat *h, ew_err *err)
{
    ew_obj *o = cookie;
    (void)err;
    ew_obj_int(o, "chat", h->id);
    ew_obj_int(o, "item", h->item);
    ew_obj_str(o, "name", h->name);
    ew_obj_str(o, "kind", h->kind);
    ew_obj_int(o, "count", (int64_t)h->messages);
    return EW_OK;
}

static ew_code read_page(page *p, int64_t chat, ew_read_range range, ew_err *err)
{
    ew_code code = ew_case_read_messages(p->c, chat, range, add_message, p, err);
    const ew_read_range next = {p->number + 1, p->number + 2};
    if (code == EW_OK && p->any)
        code = ew_case_read_messages(p->c, chat, next, see_next, p, err);
    if (code == EW_OK)
        code = gaps_until(p, NULL, err);
    return code;
}

ew_code ew_api_case_chat(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    ew_obj o = ew_obj_new();
    page p = {.messages = json_array(), .gaps = json_array()};
    int64_t chat = 0;
    double from = 0;
    double count = 0;
    ew_obj_str(&o, "schema", "earwitness.case-chat/1");
    ew_code code = id_of(q->part[1], &chat, err);
    if (code == EW_OK)
        code = ew_request_number(q, "from", 0, 1e15, &from, err);
    if (code == EW_OK)
        code = ew_request_number(q, "count", MESSAGES, MESSAGES_MAX, &count, err);
    if (code == EW_OK)
        code = ew_api_case_open(s, q->part[0], false, &p.c, err);
    if (code == EW_OK)
        code = ew_case_read_chat(p.c, chat, set_chat, &o, err);
    if (code == EW_OK)
        code = read_page(&p, chat,
                         (ew_read_range){(uint64_t)from, (uint64_t)(from + count)}, err);
    ew_case_close(p.c);
    ew_obj_int(&o, "from", (int64_t)from);
    ew_obj_set(&o, "messages", p.messages);
    ew_obj_set(&o, "gaps", p.gaps);
    return ew_api_end(r, &o, code, err);
}

/* ------------------------------------------------------------------ articles */

static ew_code set_article(void *cookie, const ew_read_article *a, ew_err *err)
{
    ew_obj *o = cookie;
    (void)err;
    ew_obj_int(o, "article", a->id);
    ew_obj_int(o, "item", a->item);
    ew_obj_str(o, "title", a->title);
    set_text(o, "byline", a->byline);
    set_text(o, "outlet", a->outlet);
    set_text(o, "dateline", a->dateline);
    set_text(o, "language", a->language);
    set_text(o, "url", a->url);
    set_text(o, "published", a->published);
    set_text(o, "modified", a->modified);
    return EW_OK;
}

static ew_code add_paragraph(void *cookie, const ew_read_paragraph *p, ew_err *err)
{
    static const char *const parts[] = {"body", "caption", "comment", "related"};
    json_t **list = cookie;
    ew_obj o = ew_obj_new();
    (void)err;
    ew_obj_int(&o, "paragraph", p->id);
    ew_obj_int(&o, "number", p->number);
    ew_obj_str(&o, "part", parts[p->part >= 0 && p->part < 4 ? p->part : 0]);
    ew_obj_str(&o, "text", p->text);
    set_place(&o, p->source, p->at, p->bytes);
    ew_list_add(list, o.json);
    return EW_OK;
}

ew_code ew_api_case_article(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    ew_obj o = ew_obj_new();
    ew_case *c = NULL;
    json_t *paragraphs = json_array();
    int64_t article = 0;
    ew_obj_str(&o, "schema", "earwitness.case-article/1");
    ew_code code = id_of(q->part[1], &article, err);
    if (code == EW_OK)
        code = ew_api_case_open(s, q->part[0], false, &c, err);
    if (code == EW_OK)
        code = ew_case_read_article(c, article, set_article, &o, err);
    if (code == EW_OK)
        code = ew_case_read_paragraphs(c, article, add_paragraph, &paragraphs, err);
    ew_case_close(c);
    ew_obj_set(&o, "paragraphs", paragraphs);
    return ew_api_end(r, &o, code, err);
}

/* ------------------------------------------------------------------ places */

static ew_code place_of_row(ew_case *c, const char *kind, int64_t row, ew_read_place *p,
                            ew_err *err)
{
    int64_t message = row;
    ew_code code = EW_OK;
    *p = (ew_read_place){0};
    if (strcmp(kind, "paragraph") == 0)
        return ew_case_read_paragraph_place(c, row, p, err);
    if (strcmp(kind, "attachment") == 0)
        code = ew_case_read_attachment_message(c, row, &message, err);
    else if (strcmp(kind, "message") != 0)
        return ew_fail(err, EW_E_ARG, 0,
                       "a place is that of a message, an attachment or a paragraph");
    return code == EW_OK ? ew_case_read_message_place(c, message, p, err) : code;
}

/* By what search found, or by a byte of an original. */
static ew_code find_place(ew_case *c, const ew_request *q, ew_read_place *p, ew_err *err)
{
    const char *kind = ew_request_query(q, "kind");
    double row = 0;
    double item = 0;
    double at = 0;
    ew_code code = ew_request_number(q, "row", 0, 9e15, &row, err);
    if (code == EW_OK)
        code = ew_request_number(q, "item", 0, 9e15, &item, err);
    if (code == EW_OK)
        code = ew_request_number(q, "at", 0, 9e15, &at, err);
    if (code != EW_OK)
        return code;
    return kind != NULL ? place_of_row(c, kind, (int64_t)row, p, err)
                        : ew_case_read_at(c, (int64_t)item, (uint64_t)at, p, err);
}

ew_code ew_api_case_place(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    static const char *const kinds[] = {"none", "message", "paragraph"};
    ew_obj o = ew_obj_new();
    ew_case *c = NULL;
    ew_read_place p = {0};
    ew_obj_str(&o, "schema", "earwitness.case-place/1");
    ew_code code = ew_api_case_open(s, q->part[0], false, &c, err);
    if (code == EW_OK)
        code = find_place(c, q, &p, err);
    ew_case_close(c);
    ew_obj_str(&o, "stands_in", kinds[p.kind]);
    if (p.kind != EW_PLACE_NONE) {
        ew_obj_int(&o, p.kind == EW_PLACE_MESSAGE ? "chat" : "article", p.holder);
        ew_obj_int(&o, "number", (int64_t)p.number);
        ew_obj_int(&o, "row", p.row);
    }
    return ew_api_end(r, &o, code, err);
}

/* ------------------------------------------------------------------ originals */

typedef struct original {
    int64_t item;
    bool there;
    uint8_t sha256[EW_SHA256_BYTES];
} original;

static ew_code take_item(void *cookie, const ew_case_item *i, ew_err *err)
{
    original *k = cookie;
    (void)err;
    if (i->id == k->item) {
        memcpy(k->sha256, i->sha256, sizeof k->sha256);
        k->there = true;
    }
    return EW_OK;
}

/* Opens the item's original; *fd is -1 when it is gone. */
static ew_code open_original(ew_server *s, const ew_request *q, original *k, int *fd,
                             ew_err *err)
{
    ew_case *c = NULL;
    *fd = -1;
    ew_code code = id_of(q->part[1], &k->item, err);
    if (code == EW_OK)
        code = ew_api_case_open(s, q->part[0], false, &c, err);
    if (code == EW_OK)
        code = ew_case_items(c, take_item, k, err);
    if (code == EW_OK && !k->there)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "there is no such item");
    if (code == EW_OK) {
        code = ew_case_original_open(c, k->item, fd, err);
        if (code == EW_E_NOTFOUND || code == EW_E_FORMAT) {
            ew_err_clear(err);
            code = EW_OK;
        }
    }
    ew_case_close(c);
    return code;
}

ew_code ew_api_case_original(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    ew_obj o = ew_obj_new();
    original k = {0};
    uint8_t got[EW_SHA256_BYTES];
    int fd = -1;
    const char *state = "missing";
    ew_code code = open_original(s, q, &k, &fd, err);
    if (code == EW_OK && fd >= 0) {
        code = ew_sha256_fd(fd, got, err);
        state = memcmp(got, k.sha256, sizeof got) == 0 ? "whole" : "changed";
    }
    if (fd >= 0)
        (void)close(fd);
    ew_obj_str(&o, "schema", "earwitness.case-original/1");
    ew_obj_str(&o, "state", state);
    return ew_api_end(r, &o, code, err);
}

/* Some bytes of an original as text, where nothing was read of it; what is no text is escaped. */
static ew_code set_excerpt(ew_obj *o, int fd, uint64_t at, size_t n, ew_err *err)
{
    ew_buf text;
    uint8_t *bytes = ew_alloc(n + 1);
    if (bytes == NULL)
        return ew_fail_nomem(err);
    ssize_t got = pread(fd, bytes, n, (off_t)at);
    ew_buf_init(&text, 8 * EXCERPT_MAX);
    ew_code code = EW_OK;
    for (ssize_t from = 0, i = 0; i <= got && code == EW_OK; i++) {
        if (i < got && bytes[i] != '\n')
            continue; /* lines stay lines */
        code = ew_utf8_append_safe(&text, (char *)bytes + from, (size_t)(i - from), err);
        if (code == EW_OK && i < got)
            code = ew_buf_append(&text, "\n", 1, err);
        from = i + 1;
    }
    if (code == EW_OK)
        ew_obj_str(o, "text", text.data != NULL ? (const char *)text.data : "");
    ew_buf_release(&text);
    ew_free(bytes);
    return code;
}

ew_code ew_api_case_excerpt(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    ew_obj o = ew_obj_new();
    original k = {0};
    double at = 0;
    double count = 0;
    int fd = -1;
    ew_code code = ew_request_number(q, "at", 0, 9e15, &at, err);
    if (code == EW_OK)
        code = ew_request_number(q, "count", 2048, EXCERPT_MAX, &count, err);
    if (code == EW_OK)
        code = open_original(s, q, &k, &fd, err);
    if (code == EW_OK && fd < 0)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "the original is missing");
    ew_obj_str(&o, "schema", "earwitness.case-excerpt/1");
    ew_obj_int(&o, "at", (int64_t)at);
    if (code == EW_OK)
        code = set_excerpt(&o, fd, (uint64_t)at, (size_t)count, err);
    if (fd >= 0)
        (void)close(fd);
    return ew_api_end(r, &o, code, err);
}
