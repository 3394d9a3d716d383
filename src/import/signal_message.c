/* SPDX-License-Identifier: Apache-2.0 */
/* One chatItem of a Signal export. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/when.h"
#include "import/clean.h"
#include "import/signal.h"

enum { ID_TEXT = 48 };

/* What is known when the item was read to its end. */
typedef struct item {
    uint64_t author, sent, first_sent; /* milliseconds; 0: not known */
    uint64_t quoted, quoted_author;
    unsigned versions; /* earlier ones */
} item;

static ew_slice of(const ew_buf *b)
{
    return (ew_slice){b->len > 0 ? (const char *)b->data : "", b->len};
}

static ew_code skip(ew_signal *s)
{
    return ew_json_skip(&s->j, s->err);
}

static ew_code take_number(ew_signal *s, uint64_t *out)
{
    if (ew_signal__simple(s))
        (void)ew_slice_u64(s->j.text, out);
    return skip(s);
}

static ew_made_attachment *attach(ew_signal *s, ew_attachment_kind kind)
{
    ew_made_attachment *a = ew_made_attachment_new(&s->made);
    a->kind = kind;
    return a;
}

static ew_code add_inline(ew_signal *s, ew_attachment_kind kind, const char *name,
                          ew_slice words)
{
    ew_made_attachment *a = attach(s, kind);
    a->state = EW_ATTACH_INLINE;
    ew_code code = ew_made_keep(&s->made, ew_slice_of(name), &a->name, s->err);
    return code == EW_OK ? ew_made_keep(&s->made, words, &a->words, s->err) : code;
}

static ew_code describe(ew_signal *s, ew_attachment_kind kind, const char *name)
{
    ew_code code = ew_signal__describe(s);
    return code == EW_OK ? add_inline(s, kind, name, of(&s->words)) : code;
}

static ew_slice person(const ew_signal *s, uint64_t id)
{
    const ew_signal_recipient *r = ew_signal__recipient_of(s, id);
    return r != NULL ? ew_signal__shown(s, r) : (ew_slice){"", 0};
}

/* ------------------------------------------------------------------ parts of a message */

/* "text": {"body": "..."}; of the first one that has any. */
static ew_code take_text(ew_signal *s, ew_kept_text *out)
{
    size_t depth = ew_signal__enter(s);
    ew_code code = EW_OK;
    while (ew_signal__inside(s, depth, &code)) {
        if (s->j.kind == EW_JSON_STRING && ew_slice_is(s->j.key, "body"))
            code = ew_made_keep(&s->made, s->j.text, out, s->err);
        else
            code = skip(s);
    }
    return code;
}

static void set_flag(ew_made_attachment *a, ew_slice flag)
{
    if (ew_slice_is(flag, "VOICE_MESSAGE") || ew_slice_is(flag, "1"))
        a->kind = EW_ATTACH_VOICE;
    else if (ew_slice_is(flag, "BORDERLESS") || ew_slice_is(flag, "2"))
        a->kind = EW_ATTACH_STICKER;
    else if (ew_slice_is(flag, "GIF") || ew_slice_is(flag, "3"))
        a->kind = EW_ATTACH_VIDEO;
}

/* {"pointer": {...}, "flag": "VOICE_MESSAGE", "wasDownloaded": true} */
static ew_code take_attachment(ew_signal *s)
{
    ew_made_attachment *a = attach(s, EW_ATTACH_OTHER);
    size_t depth = ew_signal__enter(s);
    bool pointer = false;
    ew_code code = EW_OK;
    while (ew_signal__inside(s, depth, &code)) {
        if (ew_slice_is(s->j.key, "flag"))
            set_flag(a, s->j.text);
        pointer = pointer || ew_slice_is(s->j.key, "pointer");
        code = ew_slice_is(s->j.key, "pointer") ? ew_signal__pointer(s, a) : skip(s);
    }
    if (code != EW_OK || pointer)
        return code;
    a->state = EW_ATTACH_UNAVAILABLE;
    return ew_made_keep(&s->made, ew_slice_of("nothing is said of the file"), &a->words,
                        s->err);
}

/* Each object of an array. */
static ew_code take_each(ew_signal *s, ew_code (*take)(ew_signal *s))
{
    ew_code code = s->j.kind == EW_JSON_ARRAY ? EW_OK : skip(s);
    size_t depth = ew_signal__enter(s);
    while (ew_signal__inside(s, depth, &code))
        code = s->j.kind == EW_JSON_OBJECT ? take(s) : skip(s);
    return code;
}

/* {"emoji": "👍", "authorId": "2"}: "👍 Ann" */
static ew_code take_reaction(ew_signal *s)
{
    ew_kept_text emoji = {0, 0};
    uint64_t author = 0;
    size_t depth = ew_signal__enter(s);
    ew_code code = EW_OK;
    while (ew_signal__inside(s, depth, &code)) {
        if (s->j.kind == EW_JSON_STRING && ew_slice_is(s->j.key, "emoji"))
            code = ew_made_keep(&s->made, s->j.text, &emoji, s->err);
        else if (ew_slice_is(s->j.key, "authorId"))
            code = take_number(s, &author);
        else
            code = skip(s);
    }
    if (code == EW_OK && s->reactions.len > 0)
        code = ew_buf_append(&s->reactions, ", ", 2, s->err);
    if (code == EW_OK && emoji.n > 0)
        code =
            ew_buf_append(&s->reactions, s->made.arena.data + emoji.at, emoji.n, s->err);
    if (code == EW_OK)
        code = ew_buf_append(&s->reactions, " ", 1, s->err);
    return code == EW_OK ? ew_import_line(&s->reactions, person(s, author), s->err)
                         : code;
}

static ew_code take_quote(ew_signal *s, item *it)
{
    ew_kept_text body = {0, 0};
    size_t depth = ew_signal__enter(s);
    ew_code code = EW_OK;
    while (ew_signal__inside(s, depth, &code)) {
        if (ew_slice_is(s->j.key, "targetSentTimestamp"))
            code = take_number(s, &it->quoted);
        else if (ew_slice_is(s->j.key, "authorId"))
            code = take_number(s, &it->quoted_author);
        else if (ew_slice_is(s->j.key, "text"))
            code = take_text(s, &body);
        else
            code = skip(s);
    }
    if (code != EW_OK || body.n == 0)
        return code;
    ew_made_attachment *a = attach(s, EW_ATTACH_OTHER);
    a->state = EW_ATTACH_INLINE;
    a->words = body;
    return ew_made_keep(&s->made, ew_slice_of("quote"), &a->name, s->err);
}

/* A link as the sender's device showed it; its picture may be a file of the export. */
static ew_code take_link(ew_signal *s)
{
    ew_buf words;
    size_t depth = ew_signal__enter(s);
    ew_code code = EW_OK;
    ew_buf_init(&words, EW_MADE_BYTES);
    while (ew_signal__inside(s, depth, &code)) {
        if (ew_slice_is(s->j.key, "image") && s->j.kind == EW_JSON_OBJECT) {
            code = ew_signal__pointer(s, attach(s, EW_ATTACH_OTHER));
        } else if (s->j.kind == EW_JSON_STRING && !ew_slice_is(s->j.key, "date")) {
            code = ew_buf_append(&words, " ", words.len > 0 ? 1 : 0, s->err);
            if (code == EW_OK)
                code = ew_import_line(&words, s->j.text, s->err);
        } else {
            code = skip(s);
        }
    }
    if (code == EW_OK)
        code = add_inline(s, EW_ATTACH_OTHER, "link", of(&words));
    ew_buf_release(&words);
    return code;
}

static ew_code take_sticker(ew_signal *s)
{
    ew_made_attachment *a = attach(s, EW_ATTACH_STICKER);
    size_t depth = ew_signal__enter(s);
    bool pointer = false;
    ew_code code = EW_OK;
    while (ew_signal__inside(s, depth, &code)) {
        if (s->j.kind == EW_JSON_STRING && ew_slice_is(s->j.key, "emoji"))
            code = ew_made_keep(&s->made, s->j.text, &a->name, s->err);
        else if (ew_slice_is(s->j.key, "data") && s->j.kind == EW_JSON_OBJECT) {
            pointer = true;
            code = ew_signal__pointer(s, a);
        } else {
            code = skip(s);
        }
    }
    if (!pointer)
        a->state = EW_ATTACH_UNAVAILABLE;
    return code;
}

static ew_code remark(ew_signal *s, const char *text)
{
    ew_remark r = {{s->member, s->line, s->j.n}, ew_slice_of(text)};
    return s->sink->remark != NULL ? s->sink->remark(s->sink->cookie, &r, s->err) : EW_OK;
}

static ew_code take_long_text(ew_signal *s)
{
    ew_code code = remark(s, "the message is longer than its text here: the whole of it "
                             "is in its attachment");
    return code == EW_OK ? ew_signal__pointer(s, attach(s, EW_ATTACH_FILE)) : code;
}

/* ------------------------------------------------------------------ kinds of messages */

static ew_code take_part(ew_signal *s, item *it)
{
    ew_slice key = s->j.key;
    if (s->j.kind == EW_JSON_STRING &&
        (ew_slice_is(key, "emoji") || ew_slice_is(key, "question")))
        return ew_made_keep(&s->made, s->j.text, &s->made.text, s->err);
    if (!ew_signal__opens(s))
        return EW_OK;
    if (ew_slice_is(key, "text"))
        return take_text(s, &s->made.text);
    if (ew_slice_is(key, "quote"))
        return take_quote(s, it);
    if (ew_slice_is(key, "attachments"))
        return take_each(s, take_attachment);
    if (ew_slice_is(key, "linkPreview"))
        return take_each(s, take_link);
    if (ew_slice_is(key, "reactions"))
        return take_each(s, take_reaction);
    if (ew_slice_is(key, "longText"))
        return take_long_text(s);
    if (ew_slice_is(key, "contact"))
        return describe(s, EW_ATTACH_CONTACT, "contact");
    if (ew_slice_is(key, "options"))
        return describe(s, EW_ATTACH_OTHER, "poll");
    if (ew_slice_is(key, "sticker"))
        return take_sticker(s);
    return skip(s);
}

/* What the object of an item holds; "textReply" lies one deeper. */
static ew_code take_parts(ew_signal *s, item *it)
{
    size_t depth = ew_signal__enter(s);
    ew_code code = EW_OK;
    while (ew_signal__inside(s, depth, &code)) {
        if (s->j.kind == EW_JSON_OBJECT_END)
            continue;
        if (!ew_slice_is(s->j.key, "textReply"))
            code = take_part(s, it);
    }
    return code;
}

static ew_code take_view_once(ew_signal *s, item *it)
{
    ew_code code = take_parts(s, it);
    ew_made_attachment *a = attach(s, EW_ATTACH_OTHER);
    a->state = EW_ATTACH_LEFT_OUT;
    return code == EW_OK ? ew_made_keep(&s->made,
                                        ew_slice_of("to be viewed once: left out of "
                                                    "every export"),
                                        &a->words, s->err)
                         : code;
}

static ew_code take_update(ew_signal *s)
{
    s->made.message.service = true;
    ew_code code = ew_signal__describe(s);
    return code == EW_OK ? ew_made_keep(&s->made, of(&s->words), &s->made.text, s->err)
                         : code;
}

static ew_code take_deleted(ew_signal *s, bool by_admin)
{
    s->made.message.marks |= EW_MARK_DELETED;
    return by_admin ? describe(s, EW_ATTACH_OTHER, "deleted by") : skip(s);
}

/* ------------------------------------------------------------------ earlier versions */

static ew_code tell_version(ew_signal *s, uint64_t sent, ew_kept_text text)
{
    char when[EW_ISO_TEXT];
    ew_slice words = {text.n > 0 ? (const char *)s->made.arena.data + text.at : "",
                      text.n};
    if (s->sink->remark == NULL)
        return EW_OK;
    ew_buf_reset(&s->words);
    ew_code code = ew_buf_printf(&s->words, s->err, "an earlier version, sent %s: ",
                                 ew_iso_text((int64_t)(sent / 1000), when));
    if (code == EW_OK)
        code = ew_import_line(&s->words, words, s->err);
    ew_remark r = {{s->member, s->line, s->j.n}, of(&s->words)};
    return code == EW_OK ? s->sink->remark(s->sink->cookie, &r, s->err) : code;
}

/* A whole chatItem: only its time and text are told. */
static ew_code take_version(ew_signal *s, item *it)
{
    ew_kept_text text = {0, 0};
    uint64_t sent = 0;
    size_t depth = ew_signal__enter(s);
    ew_code code = EW_OK;
    while (ew_signal__inside(s, depth, &code)) {
        if (s->j.kind == EW_JSON_OBJECT_END)
            continue;
        if (ew_slice_is(s->j.key, "dateSent"))
            code = take_number(s, &sent);
        else if (ew_slice_is(s->j.key, "text"))
            code = take_text(s, &text);
        else if (!ew_slice_is(s->j.key, "standardMessage"))
            code = skip(s);
    }
    if (sent > INT64_MAX / 2)
        sent = 0;
    if (sent > 0 && (it->first_sent == 0 || sent < it->first_sent))
        it->first_sent = sent;
    it->versions++;
    return code == EW_OK ? tell_version(s, sent, text) : code;
}

static ew_code take_versions(ew_signal *s, item *it)
{
    ew_code code = s->j.kind == EW_JSON_ARRAY ? EW_OK : skip(s);
    size_t depth = ew_signal__enter(s);
    while (ew_signal__inside(s, depth, &code))
        code = s->j.kind == EW_JSON_OBJECT ? take_version(s, it) : skip(s);
    return code;
}

/* ------------------------------------------------------------------ a message */

static ew_code take_field(ew_signal *s, item *it)
{
    ew_slice key = s->j.key;
    if (ew_slice_is(key, "authorId"))
        return take_number(s, &it->author);
    if (ew_slice_is(key, "dateSent"))
        return take_number(s, &it->sent);
    if (!ew_signal__opens(s))
        return EW_OK;
    if (ew_slice_is(key, "revisions"))
        return take_versions(s, it);
    if (ew_slice_is(key, "standardMessage") || ew_slice_is(key, "contactMessage") ||
        ew_slice_is(key, "stickerMessage") || ew_slice_is(key, "poll") ||
        ew_slice_is(key, "directStoryReplyMessage"))
        return take_parts(s, it);
    if (ew_slice_is(key, "viewOnceMessage"))
        return take_view_once(s, it);
    if (ew_slice_is(key, "updateMessage"))
        return take_update(s);
    if (ew_slice_is(key, "remoteDeletedMessage"))
        return take_deleted(s, false);
    if (ew_slice_is(key, "adminDeletedMessage"))
        return take_deleted(s, true);
    if (ew_slice_is(key, "paymentNotification"))
        return describe(s, EW_ATTACH_OTHER, "payment");
    if (ew_slice_is(key, "giftBadge"))
        return describe(s, EW_ATTACH_OTHER, "gift badge");
    return skip(s);
}

static ew_code put_time(ew_signal *s, uint64_t ms, ew_moment *out, ew_kept_text *text)
{
    char digits[24];
    if (ms == 0 || ms > INT64_MAX / 2)
        return EW_OK;
    *out = (ew_moment){
        .known = true, .unix_s = (int64_t)(ms / 1000), .zoned = true, .exact = true};
    (void)snprintf(digits, sizeof digits, "%" PRIu64, ms);
    return ew_made_keep(&s->made, ew_slice_of(digits), text, s->err);
}

/* A message is known by who wrote it and when, which is what a quotation names. */
static ew_code put_id(ew_signal *s, uint64_t author, uint64_t ms, ew_kept_text *out)
{
    char id[ID_TEXT];
    if (ms == 0)
        return EW_OK;
    (void)snprintf(id, sizeof id, "%" PRIu64 "/%" PRIu64, author, ms);
    return ew_made_keep(&s->made, ew_slice_of(id), out, s->err);
}

static ew_code put_sender(ew_signal *s, uint64_t author)
{
    char id[ID_TEXT];
    const ew_signal_recipient *r = ew_signal__recipient_of(s, author);
    ew_code code = ew_made_keep(&s->made, person(s, author), &s->made.sender, s->err);
    if (code != EW_OK || (r != NULL && r->address.n > 0))
        return code == EW_OK ? ew_made_keep(&s->made, ew_signal__name(s, r->address),
                                            &s->made.sender_id, s->err)
                             : code;
    (void)snprintf(id, sizeof id, "recipient %" PRIu64, author);
    bool self = r != NULL && r->kind == EW_SIGNAL_SELF;
    return ew_made_keep(&s->made, ew_slice_of(self ? "self" : id), &s->made.sender_id,
                        s->err);
}

static ew_code finish(ew_signal *s, const item *it)
{
    ew_message_made *m = &s->made;
    uint64_t first = it->first_sent > 0 ? it->first_sent : it->sent;
    ew_code code = put_sender(s, it->author);
    if (code == EW_OK)
        code = put_id(s, it->author, first, &m->id);
    if (code == EW_OK)
        code = put_id(s, it->quoted_author, it->quoted, &m->reply_to);
    if (code == EW_OK)
        code = put_time(s, first, &m->message.time, &m->time_text);
    if (code == EW_OK && it->versions > 0)
        code = put_time(s, it->sent, &m->message.edited, &m->edited_text);
    if (code == EW_OK && s->reactions.len > 0)
        code = add_inline(s, EW_ATTACH_OTHER, "reactions", of(&s->reactions));
    if (code == EW_OK && ew_signal__recipient_of(s, it->author) == NULL)
        code = remark(s, "its author is nobody that the export describes");
    m->message.place = (ew_place){s->member, s->line, s->j.n};
    return code == EW_OK ? ew_made_tell(m, s->sink, s->err) : code;
}

ew_code ew_signal__message(ew_signal *s)
{
    item it = {.author = 0};
    size_t depth = ew_signal__enter(s);
    ew_code code = EW_OK;
    ew_made_restart(&s->made);
    ew_buf_reset(&s->reactions);
    while (ew_signal__inside(s, depth, &code))
        code = take_field(s, &it);
    return code == EW_OK ? finish(s, &it) : code;
}
