/* SPDX-License-Identifier: Apache-2.0 */
/* What the fields of a message of Telegram's JSON say together. */
#include "import/telegram.h"

enum { DAY = 86400, QUARTER = 900, WEST = -12 * 3600, EAST = 14 * 3600 };

/* ------------------------------------------------------------------ the end of one */

/* What was done, what else is said of it, and text if there is any. */
static ew_code finish_service(ew_telegram *t)
{
    static const char unknown[] =
        "a message of a kind that the exporting program did not know";
    ew_buf all;
    ew_kept_text text = t->made.text;
    ew_buf_init(&all, EW_MADE_BYTES);
    ew_code code = ew_telegram__action(ew_telegram__kept(t, t->action), &all, t->err);
    if (code == EW_OK && t->unsupported)
        code = ew_buf_append(&all, unknown, sizeof unknown - 1, t->err);
    if (code == EW_OK && all.len > 0 && t->details.len > 0)
        code = ew_buf_append(&all, "; ", 2, t->err);
    if (code == EW_OK && t->details.len > 0)
        code = ew_buf_append(&all, t->details.data, t->details.len, t->err);
    if (code == EW_OK && all.len > 0 && text.n > 0)
        code = ew_buf_append(&all, ": ", 2, t->err);
    ew_slice said = ew_telegram__kept(t, text);
    if (code == EW_OK && said.n > 0)
        code = ew_buf_append(&all, said.p, said.n, t->err);
    ew_slice s = {all.len > 0 ? (const char *)all.data : "", all.len};
    if (code == EW_OK)
        code = ew_made_keep(&t->made, s, &t->made.text, t->err);
    ew_buf_release(&all);
    return code;
}

/* A reply to another chat's message must not be taken for one of this chat. */
static ew_code finish_reply(ew_telegram *t)
{
    ew_buf both;
    ew_slice peer = ew_telegram__kept(t, t->reply_peer);
    ew_slice id = ew_telegram__kept(t, t->made.reply_to);
    if (peer.n == 0 || id.n == 0)
        return EW_OK;
    ew_buf_init(&both, EW_MADE_BYTES);
    ew_code code = ew_buf_append(&both, peer.p, peer.n, t->err);
    if (code == EW_OK)
        code = ew_buf_append(&both, "/", 1, t->err);
    if (code == EW_OK)
        code = ew_buf_append(&both, id.p, id.n, t->err);
    ew_slice s = {both.len > 0 ? (const char *)both.data : "", both.len};
    if (code == EW_OK)
        code = ew_made_keep(&t->made, s, &t->made.reply_to, t->err);
    ew_buf_release(&both);
    return code;
}

/* Old versions wrote the beginning of 1970 for what was never edited. */
static void finish_edited(ew_telegram *t)
{
    ew_moment *e = &t->made.message.edited;
    if (!e->known || e->unix_s < -2 * DAY || e->unix_s > 2 * DAY)
        return;
    *e = (ew_moment){.known = false};
    t->made.edited_text = (ew_kept_text){0, 0};
}

ew_code ew_telegram__finish(ew_telegram *t)
{
    ew_code code = t->made.message.service ? finish_service(t) : EW_OK;
    finish_edited(t);
    if (code == EW_OK)
        code = finish_reply(t);
    if (code == EW_OK && t->saved_from.n > 0 && !t->made.message.forwarded) {
        t->made.message.forwarded = true;
        t->made.forwarded_from = t->saved_from;
        t->saved_from = (ew_kept_text){0, 0};
    }
    return code == EW_OK ? ew_telegram__attach(t) : code;
}

/* ------------------------------------------------------------------ remarks */

/* Does the clock's reading belong to the moment in some zone there is? */
static bool fits(const ew_telegram *t, const ew_moment *m, ew_kept_text text)
{
    ew_moment local = {0};
    if (!m->zoned || !ew_moment_local(ew_telegram__kept(t, text), &local))
        return true;
    int64_t off = local.unix_s - m->unix_s;
    return off >= WEST && off <= EAST && off % QUARTER == 0;
}

ew_code ew_telegram__twice(ew_telegram *t)
{
    enum { NAMES = 200 };
    ew_slice key = t->j.key;
    ew_code code = EW_OK;
    if (t->twice.len + key.n > NAMES)
        return EW_OK;
    if (t->twice.len > 0)
        code = ew_buf_append(&t->twice, " ", 1, t->err);
    return code == EW_OK ? ew_buf_append(&t->twice, key.p, key.n, t->err) : code;
}

static ew_code tell_twice(ew_telegram *t)
{
    t->made.message.marks |= EW_MARK_TWO_WAYS;
    return ew_tg_remark(t->sink, t->made.message.place, t->err,
                        "message %.*s: twice in it is %s; the last one counts",
                        EW_TG_TEXT(ew_telegram__kept(t, t->made.id)),
                        (const char *)t->twice.data);
}

static ew_code tell_time(ew_telegram *t, const char *what, const ew_moment *m,
                         ew_kept_text text)
{
    if (fits(t, m, text))
        return EW_OK;
    return ew_tg_remark(t->sink, t->made.message.place, t->err,
                        "message %.*s: %s is %.*s, which in no zone is %s_unixtime %lld",
                        EW_TG_TEXT(ew_telegram__kept(t, t->made.id)), what,
                        EW_TG_TEXT(ew_telegram__kept(t, text)), what,
                        (long long)m->unix_s);
}

static ew_code tell_damage(ew_telegram *t)
{
    ew_place place = t->made.message.place;
    ew_slice id = ew_telegram__kept(t, t->made.id);
    ew_code code = EW_OK;
    if (t->odd) {
        t->made.message.marks |= EW_MARK_ESCAPED;
        code = ew_tg_remark(t->sink, place, t->err,
                            "message %.*s: text that is not valid JSON, as some versions "
                            "of the exporting program write it, was understood",
                            EW_TG_TEXT(id));
    }
    if (code == EW_OK && t->bad)
        code = ew_tg_remark(t->sink, place, t->err,
                            "message %.*s: bytes that are no UTF-8 are shown as U+FFFD",
                            EW_TG_TEXT(id));
    if (code == EW_OK && t->entities_differ)
        code = ew_tg_remark(t->sink, place, t->err,
                            "message %.*s: text and text_entities are not the same text",
                            EW_TG_TEXT(id));
    if (code == EW_OK && t->twice.len > 0)
        code = tell_twice(t);
    return code;
}

ew_code ew_telegram__remarks(ew_telegram *t)
{
    const ew_message *msg = &t->made.message;
    ew_message named = {.place = msg->place, .id = ew_telegram__kept(t, t->made.id)};
    ew_code code = tell_damage(t);
    if (code == EW_OK)
        code = tell_time(t, "date", &msg->time, t->made.time_text);
    if (code == EW_OK)
        code = tell_time(t, "edited", &msg->edited, t->made.edited_text);
    if (code == EW_OK && t->author.n > 0)
        code = ew_tg_notes_say(&t->notes, t->sink, &named, "signed",
                               ew_telegram__kept(t, t->author), t->err);
    if (code == EW_OK && t->saved_from.n > 0)
        code = ew_tg_notes_say(&t->notes, t->sink, &named, "saved from",
                               ew_telegram__kept(t, t->saved_from), t->err);
    return code;
}
