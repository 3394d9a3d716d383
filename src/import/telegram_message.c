/* SPDX-License-Identifier: Apache-2.0 */
/* One message of Telegram's JSON. */
#include <string.h>

#include "import/telegram.h"

/* ------------------------------------------------------------------ texts */

static ew_code keep(ew_telegram *t, ew_kept_text *out)
{
    return ew_made_keep(&t->made, t->j.text, out, t->err);
}

/* "text": a string, or an array of strings and of objects with a "text". */
static ew_code take_text(ew_telegram *t)
{
    ew_json *j = &t->j;
    ew_kept_text *text = &t->made.text;
    if (j->kind == EW_JSON_STRING)
        return ew_made_grow(&t->made, j->text, text, t->err);
    if (j->kind != EW_JSON_ARRAY)
        return ew_json_skip(j, t->err);
    size_t depth = j->depth;
    ew_code code = EW_OK;
    while (code == EW_OK) {
        code = ew_json_next(j, t->err);
        if (code != EW_OK || (j->kind == EW_JSON_ARRAY_END && j->depth < depth))
            break;
        bool plain = j->kind == EW_JSON_STRING && j->depth == depth && !j->has_key;
        bool marked = j->kind == EW_JSON_STRING && j->depth == depth + 1 && j->has_key &&
                      ew_slice_is(j->key, "text");
        if (plain || marked)
            code = ew_made_grow(&t->made, j->text, text, t->err);
    }
    return code;
}

/* The values inside an object that stands for a thing without a file: joined by spaces. */
static ew_code take_words(ew_telegram *t, ew_kept_text *words)
{
    ew_json *j = &t->j;
    size_t depth = j->depth;
    ew_code code = EW_OK;
    if (j->kind == EW_JSON_STRING || j->kind == EW_JSON_NUMBER)
        return ew_made_grow(&t->made, j->text, words, t->err);
    if (j->kind != EW_JSON_OBJECT && j->kind != EW_JSON_ARRAY)
        return EW_OK;
    while (code == EW_OK) {
        code = ew_json_next(j, t->err);
        if (code != EW_OK || j->depth < depth)
            break;
        if (j->kind != EW_JSON_STRING && j->kind != EW_JSON_NUMBER)
            continue;
        if (words->n > 0 && j->text.n > 0)
            code = ew_made_grow(&t->made, (ew_slice){" ", 1}, words, t->err);
        if (code == EW_OK)
            code = ew_made_grow(&t->made, j->text, words, t->err);
    }
    return code;
}

/* ------------------------------------------------------------------ times */

/* "date_unixtime": seconds in a string, since 3.7.6. */
static void take_unix(const ew_telegram *t, ew_moment *m)
{
    ew_slice s = t->j.text;
    uint64_t v;
    if (ew_slice_u64(s, &v) && v <= INT64_MAX / 2)
        *m = (ew_moment){
            .known = true, .unix_s = (int64_t)v, .zoned = true, .exact = true};
}

static ew_code take_date(ew_telegram *t, ew_moment *m, ew_kept_text *text)
{
    ew_moment local = {0};
    if (!m->zoned && ew_moment_local(t->j.text, &local))
        *m = local;
    return keep(t, text);
}

/* ------------------------------------------------------------------ media */

static ew_made_attachment *media(ew_telegram *t)
{
    if (t->media == NULL)
        t->media = ew_made_attachment_new(&t->made);
    return t->media;
}

/* What stands in place of a file that was left out. */
static bool left_out(ew_slice words, ew_attachment_state *state)
{
    static const struct {
        const char *text;
        ew_attachment_state state;
    } known[] = {{"(File not included", EW_ATTACH_LEFT_OUT},
                 {"(File exceeds maximum size", EW_ATTACH_TOO_LARGE},
                 {"(File unavailable", EW_ATTACH_UNAVAILABLE}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (!ew_slice_skip(&words, known[i].text))
            continue;
        *state = known[i].state;
        return true;
    }
    return false;
}

static ew_code take_file(ew_telegram *t, bool photo)
{
    ew_made_attachment *a = media(t);
    ew_attachment_state state;
    if (t->j.kind != EW_JSON_STRING)
        return ew_json_skip(&t->j, t->err);
    if (photo)
        a->kind = EW_ATTACH_PHOTO;
    if (left_out(t->j.text, &state)) {
        a->state = state;
        return keep(t, &a->words);
    }
    ew_code code = keep(t, &a->path);
    ew_made_find(&t->made, a, t->from, t->folder);
    return code;
}

static void take_media_type(ew_telegram *t)
{
    static const struct {
        const char *text;
        ew_attachment_kind kind;
    } known[] = {{"voice_message", EW_ATTACH_VOICE}, {"audio_file", EW_ATTACH_AUDIO},
                 {"video_message", EW_ATTACH_VIDEO}, {"video_file", EW_ATTACH_VIDEO},
                 {"animation", EW_ATTACH_VIDEO},     {"sticker", EW_ATTACH_STICKER}};
    ew_made_attachment *a = media(t);
    a->kind = EW_ATTACH_OTHER;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (ew_slice_is(t->j.text, known[i].text))
            a->kind = known[i].kind;
}

static uint64_t number_of(const ew_telegram *t)
{
    uint64_t v = 0;
    return ew_slice_u64(t->j.text, &v) ? v : 0;
}

/* A contact, place, poll: nothing but words. */
static ew_code take_inline(ew_telegram *t, ew_attachment_kind kind)
{
    ew_made_attachment *a = ew_made_attachment_new(&t->made);
    a->kind = kind;
    a->state = EW_ATTACH_INLINE;
    return take_words(t, &a->words);
}

/* ------------------------------------------------------------------ a message */

typedef enum field {
    F_ID,
    F_TYPE,
    F_DATE,
    F_DATE_UNIX,
    F_EDITED,
    F_EDITED_UNIX,
    F_SENDER,
    F_SENDER_ID,
    F_ACTION,
    F_TEXT,
    F_REPLY,
    F_FORWARD,
    F_FORWARD_ID,
    F_FORWARD_UNIX,
    F_FILE,
    F_PHOTO,
    F_FILE_NAME,
    F_FILE_SIZE,
    F_MEDIA_TYPE,
    F_MIME,
    F_SECONDS,
    F_CONTACT,
    F_LOCATION,
    F_POLL,
    F_OTHER
} field;

static const struct {
    const char *key;
    field what;
} fields[] = {
    {"id", F_ID},
    {"type", F_TYPE},
    {"date", F_DATE},
    {"date_unixtime", F_DATE_UNIX},
    {"edited", F_EDITED},
    {"edited_unixtime", F_EDITED_UNIX},
    {"from", F_SENDER},
    {"actor", F_SENDER},
    {"from_id", F_SENDER_ID},
    {"actor_id", F_SENDER_ID},
    {"action", F_ACTION},
    {"text", F_TEXT},
    {"reply_to_message_id", F_REPLY},
    {"forwarded_from", F_FORWARD},
    {"forwarded_from_id", F_FORWARD_ID},
    {"forwarded_date_unixtime", F_FORWARD_UNIX},
    {"file", F_FILE},
    {"photo", F_PHOTO},
    {"file_name", F_FILE_NAME},
    {"file_size", F_FILE_SIZE},
    {"photo_file_size", F_FILE_SIZE},
    {"media_type", F_MEDIA_TYPE},
    {"mime_type", F_MIME},
    {"duration_seconds", F_SECONDS},
    {"contact_information", F_CONTACT},
    {"location_information", F_LOCATION},
    {"poll", F_POLL},
    {"title", F_OTHER},
};

static field field_of(ew_slice key)
{
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (ew_slice_is(key, fields[i].key))
            return fields[i].what;
    return F_OTHER;
}

/* Of a service message: what was done. */
static ew_code take_action(ew_telegram *t)
{
    t->made.message.service = true;
    return ew_made_grow(&t->made, t->j.text, &t->made.text, t->err);
}

static ew_code take_forward(ew_telegram *t, ew_kept_text *out)
{
    t->made.message.forwarded = true;
    return keep(t, out);
}

static ew_code take_type(ew_telegram *t)
{
    t->made.message.service = ew_slice_is(t->j.text, "service");
    return EW_OK;
}

static ew_code take_media_field(ew_telegram *t, field what)
{
    ew_made_attachment *a = media(t);
    if (what == F_FILE_NAME)
        return keep(t, &a->name);
    if (what == F_MIME)
        return keep(t, &a->mime);
    if (what == F_FILE_SIZE)
        a->bytes = number_of(t);
    if (what == F_SECONDS)
        a->seconds = (double)number_of(t);
    if (what == F_MEDIA_TYPE)
        take_media_type(t);
    return EW_OK;
}

/* Values that are not simple, where a simple one is expected, are passed over. */
static ew_code take_field(ew_telegram *t, field what)
{
    ew_message_made *m = &t->made;
    bool simple = t->j.kind == EW_JSON_STRING || t->j.kind == EW_JSON_NUMBER;
    switch (what) {
    case F_TEXT:
        return take_text(t);
    case F_FILE:
    case F_PHOTO:
        return take_file(t, what == F_PHOTO);
    case F_CONTACT:
        return take_inline(t, EW_ATTACH_CONTACT);
    case F_LOCATION:
        return take_inline(t, EW_ATTACH_LOCATION);
    case F_POLL:
        return take_inline(t, EW_ATTACH_OTHER);
    default:
        break;
    }
    if (!simple)
        return ew_json_skip(&t->j, t->err);
    switch (what) {
    case F_ID:
        return keep(t, &m->id);
    case F_TYPE:
        return take_type(t);
    case F_DATE:
        return take_date(t, &m->message.time, &m->time_text);
    case F_DATE_UNIX:
        take_unix(t, &m->message.time);
        return EW_OK;
    case F_EDITED:
        return take_date(t, &m->message.edited, &m->edited_text);
    case F_EDITED_UNIX:
        take_unix(t, &m->message.edited);
        return EW_OK;
    case F_SENDER:
        return keep(t, &m->sender);
    case F_SENDER_ID:
        return keep(t, &m->sender_id);
    case F_ACTION:
        return take_action(t);
    case F_REPLY:
        return keep(t, &m->reply_to);
    case F_FORWARD:
        return take_forward(t, &m->forwarded_from);
    case F_FORWARD_ID:
        return take_forward(t, &m->forwarded_from_id);
    case F_FORWARD_UNIX:
        take_unix(t, &m->message.forwarded_time);
        return EW_OK;
    case F_OTHER:
        return EW_OK;
    default:
        return take_media_field(t, what);
    }
}

static ew_code tell_remarks(ew_telegram *t, bool odd)
{
    ew_remark r = {
        t->made.message.place,
        ew_slice_of("text that is not valid JSON, as some versions of the exporting "
                    "program write it, was understood")};
    if (!odd || t->sink->remark == NULL)
        return EW_OK;
    t->made.message.marks |= EW_MARK_ESCAPED;
    return t->sink->remark(t->sink->cookie, &r, t->err);
}

ew_code ew_telegram__message(ew_telegram *t)
{
    ew_json *j = &t->j;
    size_t depth = j->depth;
    size_t begin = j->begin;
    bool odd = false;
    ew_code code = EW_OK;
    ew_made_restart(&t->made);
    t->media = NULL;
    while (code == EW_OK) {
        code = ew_json_next(j, t->err);
        if (code != EW_OK || (j->kind == EW_JSON_OBJECT_END && j->depth < depth))
            break;
        odd = odd || j->odd || j->bad_utf8;
        code = take_field(t, field_of(j->key));
    }
    if (code != EW_OK)
        return code;
    t->made.message.place = (ew_place){t->member, begin, j->end - begin};
    code = tell_remarks(t, odd);
    return code == EW_OK ? ew_made_tell(&t->made, t->sink, t->err) : code;
}
