/* SPDX-License-Identifier: Apache-2.0 */
/* One message of Telegram's JSON. */
#include <string.h>

#include "import/telegram.h"
#include "import/telegram_links.h"

static ew_code keep(ew_telegram *t, ew_kept_text *out)
{
    return ew_made_keep(&t->made, t->j.text, out, t->err);
}

/* ------------------------------------------------------------------ texts */

/* Is the token a part of a text: a string of the list, or the "text" of an object in it? */
static bool is_text(const ew_json *j, size_t depth)
{
    if (j->kind != EW_JSON_STRING)
        return false;
    return (j->depth == depth && !j->has_key) ||
           (j->depth == depth + 1 && j->has_key && ew_slice_is(j->key, "text"));
}

/* A list of parts being read. */
typedef struct parts {
    size_t depth; /* of the list */
    ew_kept_text *text;
    size_t begin; /* of the present part in the text */
    ew_buf href;  /* of it */
    ew_buf *links;
} parts;

static ew_code take_part(ew_telegram *t, parts *p)
{
    ew_json *j = &t->j;
    if (is_text(j, p->depth))
        return ew_made_grow(&t->made, j->text, p->text, t->err);
    if (j->depth == p->depth + 1 && j->kind == EW_JSON_OBJECT) {
        p->begin = p->text->n;
        ew_buf_reset(&p->href);
    } else if (j->depth == p->depth + 1 && j->kind == EW_JSON_STRING && j->has_key &&
               ew_slice_is(j->key, "href")) {
        return ew_buf_append(&p->href, j->text.p, j->text.n, t->err);
    } else if (j->depth == p->depth && j->kind == EW_JSON_OBJECT_END && p->href.len > 0) {
        ew_slice words = ew_telegram__kept(t, *p->text);
        ew_slice href = {(const char *)p->href.data, p->href.len};
        words = (ew_slice){words.p + p->begin, words.n - p->begin};
        return ew_tg_link(p->links, href, words, t->err);
    }
    return EW_OK;
}

static ew_code take_parts(ew_telegram *t, ew_kept_text *text, ew_buf *links)
{
    ew_json *j = &t->j;
    parts p = {.depth = j->depth, .text = text, .links = links};
    ew_code code = EW_OK;
    ew_buf_init(&p.href, EW_JSON_TEXT);
    while (code == EW_OK) {
        code = ew_json_next(j, t->err);
        if (code != EW_OK || (j->kind == EW_JSON_ARRAY_END && j->depth < p.depth))
            break;
        t->odd = t->odd || j->odd;
        t->bad = t->bad || j->bad_utf8;
        code = take_part(t, &p);
    }
    ew_buf_release(&p.href);
    return code;
}

/* "text": a string, or an array of strings and of objects with a "text". Twice: exports of some service messages have
 * an empty one behind the real one, which stays then. */
static ew_code take_text(ew_telegram *t)
{
    ew_json *j = &t->j;
    ew_kept_text text = {0, 0};
    ew_code code;
    if (j->kind == EW_JSON_STRING)
        code = keep(t, &text);
    else if (j->kind == EW_JSON_ARRAY)
        code = take_parts(t, &text, &t->links);
    else
        return ew_json_skip(j, t->err);
    if (text.n > 0)
        t->made.text = text;
    return code;
}

/* The same text once more, in other parts. Where there was none before, it is the text; where it is another,
 * somebody changed the one or the other. */
static ew_code take_entities(ew_telegram *t, bool have)
{
    ew_json *j = &t->j;
    ew_kept_text again = {0, 0};
    if (j->kind != EW_JSON_ARRAY)
        return ew_json_skip(j, t->err);
    ew_code code = take_parts(t, &again, &t->entity_links);
    if (code != EW_OK)
        return code;
    ew_slice a = ew_telegram__kept(t, t->made.text);
    ew_slice b = ew_telegram__kept(t, again);
    if (!have)
        t->made.text = again;
    else if (b.n > 0 && (a.n != b.n || memcmp(a.p, b.p, a.n) != 0))
        t->entities_differ = true;
    return EW_OK;
}

/* ------------------------------------------------------------------ times */

/* "date_unixtime": seconds in a string, since 3.7.6. */
static void take_unix(const ew_telegram *t, ew_moment *m)
{
    uint64_t v;
    if (ew_slice_u64(t->j.text, &v) && v <= INT64_MAX / 2)
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

/* ------------------------------------------------------------------ fields */

typedef enum field {
    F_ID,
    F_TYPE,
    F_DATE,
    F_DATE_UNIX,
    F_EDITED,
    F_EDITED_UNIX,
    F_SENDER,
    F_ACTOR,
    F_SENDER_ID,
    F_ACTOR_ID,
    F_ACTION,
    F_TEXT,
    F_ENTITIES,
    F_REPLY,
    F_REPLY_PEER,
    F_SERVICE_REPLY,
    F_FORWARD,
    F_FORWARD_ID,
    F_FORWARD_DATE,
    F_FORWARD_UNIX,
    F_SAVED,
    F_AUTHOR,
    F_SECONDS,
    F_TITLE,
    F_CONTACT,
    F_PLACE,
    F_LOCATION,
    F_POLL,
    F_WORDS,
    F_REACTIONS,
    F_BUTTONS,
    F_VIA_BOT,
    F_SPOILER,
    F_PASS,
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
    {"actor", F_ACTOR},
    {"from_id", F_SENDER_ID},
    {"actor_id", F_ACTOR_ID},
    {"action", F_ACTION},
    {"text", F_TEXT},
    {"text_entities", F_ENTITIES},
    {"reply_to_message_id", F_REPLY},
    {"reply_to_peer_id", F_REPLY_PEER},
    {"message_id", F_SERVICE_REPLY},
    {"game_message_id", F_SERVICE_REPLY},
    {"invoice_message_id", F_SERVICE_REPLY},
    {"forwarded_from", F_FORWARD},
    {"forwarded_from_id", F_FORWARD_ID},
    {"forwarded_date", F_FORWARD_DATE},
    {"forwarded_date_unixtime", F_FORWARD_UNIX},
    {"saved_from", F_SAVED},
    {"author", F_AUTHOR},
    {"duration_seconds", F_SECONDS},
    {"title", F_TITLE},
    {"contact_information", F_CONTACT},
    {"place_name", F_PLACE},
    {"address", F_PLACE},
    {"location_information", F_LOCATION},
    {"poll", F_POLL},
    {"todo_list", F_POLL},
    {"game_title", F_WORDS},
    {"invoice_information", F_WORDS},
    {"giveaway_information", F_WORDS},
    {"giveaway_results", F_WORDS},
    {"paid_stars_amount", F_WORDS},
    {"reactions", F_REACTIONS},
    {"inline_bot_buttons", F_BUTTONS},
    {"via_bot", F_VIA_BOT},
    {"media_spoiler", F_SPOILER},
    {"width", F_PASS},
    {"height", F_PASS},
    {"thumbnail", F_PASS},
    {"thumbnail_file_size", F_PASS},
    {"contact_vcard_file_size", F_PASS},
};

static field field_of(ew_slice key)
{
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (ew_slice_is(key, fields[i].key))
            return fields[i].what;
    return F_OTHER;
}

/* ------------------------------------------------------------------ values */

/* A thing that is nothing but words: an attachment at once. */
static ew_code take_inline(ew_telegram *t, field what)
{
    ew_buf words;
    ew_made_attachment *a = ew_made_attachment_new(&t->made);
    a->kind = EW_ATTACH_OTHER;
    a->state = EW_ATTACH_INLINE;
    ew_buf_init(&words, EW_JSON_TEXT);
    bool listed = t->j.kind == EW_JSON_OBJECT && what == F_WORDS;
    ew_code code = what == F_POLL ? ew_telegram__poll(t, &words)
                   : listed       ? ew_telegram__details(t, &words)
                                  : ew_telegram__values(t, &words);
    ew_slice s = {words.len > 0 ? (const char *)words.data : "", words.len};
    if (code == EW_OK)
        code = ew_made_keep(&t->made, s, &a->words, t->err);
    ew_buf_release(&words);
    return code;
}

/* Values of any kind; *taken is false when the field needs a simple one. */
static ew_code take_any(ew_telegram *t, field what, bool *taken)
{
    *taken = true;
    switch (what) {
    case F_TEXT:
        return take_text(t);
    case F_ENTITIES:
        return take_entities(t, (t->seen & (uint64_t)1 << F_TEXT) != 0);
    case F_CONTACT:
        t->contact_given = true;
        return ew_telegram__values(t, &t->contact);
    case F_PLACE:
    case F_LOCATION:
        t->place_given = true;
        return ew_telegram__values(t, &t->place);
    case F_POLL:
    case F_WORDS:
        return take_inline(t, what);
    case F_REACTIONS:
        t->notes.counts[EW_TG_REACTIONS]++;
        return ew_json_skip(&t->j, t->err);
    case F_BUTTONS:
        t->notes.counts[EW_TG_BUTTONS]++;
        return ew_json_skip(&t->j, t->err);
    case F_SPOILER:
        t->notes.counts[EW_TG_SPOILERS] += t->j.kind == EW_JSON_TRUE;
        return ew_json_skip(&t->j, t->err);
    case F_FORWARD: /* null: of an account that was deleted */
        t->made.message.forwarded = true;
        return t->j.kind == EW_JSON_STRING ? keep(t, &t->made.forwarded_from)
                                           : ew_json_skip(&t->j, t->err);
    case F_OTHER:
        return ew_telegram__details(t, &t->details);
    case F_PASS:
        return ew_json_skip(&t->j, t->err);
    default:
        *taken = false;
        return EW_OK;
    }
}

static ew_code take_title(ew_telegram *t)
{
    ew_code code = keep(t, &t->media.title);
    return code == EW_OK ? ew_telegram__details(t, &t->details) : code;
}

static ew_code take_seconds(ew_telegram *t)
{
    uint64_t v;
    t->media.seconds = ew_slice_u64(t->j.text, &v) ? v : 0;
    return ew_telegram__details(t, &t->details);
}

static ew_code take_type(ew_telegram *t)
{
    t->unsupported = ew_slice_is(t->j.text, "unsupported");
    t->made.message.service = t->unsupported || ew_slice_is(t->j.text, "service");
    return EW_OK;
}

static ew_code take_times(ew_telegram *t, field what)
{
    ew_message_made *m = &t->made;
    switch (what) {
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
    case F_FORWARD_DATE:
        return take_date(t, &m->message.forwarded_time, &m->forwarded_text);
    default:
        take_unix(t, &m->message.forwarded_time);
        return EW_OK;
    }
}

static ew_code take_simple(ew_telegram *t, field what)
{
    ew_message_made *m = &t->made;
    switch (what) {
    case F_ID:
        return keep(t, &m->id);
    case F_TYPE:
        return take_type(t);
    case F_SENDER:
    case F_ACTOR:
        return keep(t, &m->sender);
    case F_SENDER_ID:
    case F_ACTOR_ID:
        return keep(t, &m->sender_id);
    case F_ACTION:
        m->message.service = true;
        return keep(t, &t->action);
    case F_REPLY:
    case F_SERVICE_REPLY:
        return keep(t, &m->reply_to);
    case F_REPLY_PEER:
        return keep(t, &t->reply_peer);
    case F_FORWARD_ID:
        m->message.forwarded = true;
        return keep(t, &m->forwarded_from_id);
    case F_SAVED:
        return keep(t, &t->saved_from);
    case F_AUTHOR:
        return keep(t, &t->author);
    case F_SECONDS:
        return take_seconds(t);
    case F_TITLE:
        return take_title(t);
    case F_VIA_BOT:
        t->notes.counts[EW_TG_VIA_BOT]++;
        return EW_OK;
    default:
        return take_times(t, what);
    }
}

static ew_code take_field(ew_telegram *t)
{
    field what = field_of(t->j.key);
    bool taken = false;
    uint64_t bit = (uint64_t)1 << what;
    bool simple = t->j.kind == EW_JSON_STRING || t->j.kind == EW_JSON_NUMBER;
    bool empty = t->j.kind == EW_JSON_STRING && t->j.text.n == 0;
    ew_code code = EW_OK;
    if (what < F_CONTACT && (t->seen & bit) != 0 &&
        !(what == F_TEXT && (empty || t->made.text.n == 0)))
        code = ew_telegram__twice(t);
    if (what == F_OTHER && simple && code == EW_OK)
        code = ew_telegram__media_field(t, &taken);
    if (!taken && code == EW_OK)
        code = take_any(t, what, &taken);
    t->seen |= bit;
    if (taken || code != EW_OK)
        return code;
    return simple ? take_simple(t, what) : ew_json_skip(&t->j, t->err);
}

/* ------------------------------------------------------------------ the whole */

static void restart(ew_telegram *t)
{
    ew_made_restart(&t->made);
    t->media = (ew_tg_media){.photo = false};
    t->card = t->action = t->author = t->saved_from = (ew_kept_text){0, 0};
    t->reply_peer = (ew_kept_text){0, 0};
    t->contact_given = t->place_given = t->card_given = false;
    ew_buf_reset(&t->contact);
    ew_buf_reset(&t->place);
    ew_buf_reset(&t->links);
    ew_buf_reset(&t->entity_links);
    ew_buf_reset(&t->details);
    ew_buf_reset(&t->twice);
    t->seen = 0;
    t->entities_differ = t->unsupported = t->odd = t->bad = false;
}

static ew_code tell_passed(ew_telegram *t, size_t count)
{
    t->passed_told += count;
    return ew_tg_gap(t->sink, t->made.message.place, "value", t->err,
                     "message %.*s: nested too deeply or too long to be read: %zu of its "
                     "values",
                     EW_TG_TEXT(ew_telegram__kept(t, t->made.id)), count);
}

ew_code ew_telegram__message(ew_telegram *t)
{
    ew_json *j = &t->j;
    size_t depth = j->depth;
    size_t passed = j->passed;
    ew_code code = EW_OK;
    restart(t);
    t->message_begin = j->begin;
    while (code == EW_OK) {
        code = ew_json_next(j, t->err);
        if (code != EW_OK || (j->kind == EW_JSON_OBJECT_END && j->depth < depth))
            break;
        t->odd = t->odd || j->odd;
        t->bad = t->bad || j->bad_utf8;
        code = take_field(t);
    }
    if (code != EW_OK)
        return code;
    t->made.message.place =
        (ew_place){t->member, t->message_begin, j->end - t->message_begin};
    code = ew_telegram__finish(t);
    if (code == EW_OK)
        code = ew_telegram__remarks(t);
    if (code == EW_OK)
        code = ew_made_tell(&t->made, t->sink, t->err);
    if (code == EW_OK && t->j.passed > passed)
        code = tell_passed(t, t->j.passed - passed);
    if (code == EW_OK && t->unsupported)
        code = ew_tg_gap(t->sink, t->made.message.place, "message", t->err,
                         "the program that wrote the export did not know this kind");
    t->message_begin = SIZE_MAX;
    return code;
}
