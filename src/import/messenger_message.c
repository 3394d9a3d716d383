/* SPDX-License-Identifier: Apache-2.0 */
/* One message of Messenger or Instagram, of the whole download (sender_name) or of the separate one of encrypted
 * chats (senderName). */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "import/messenger.h"

static ew_slice of(const ew_buf *b)
{
    return (ew_slice){b->len > 0 ? (const char *)b->data : "", b->len};
}

/* ------------------------------------------------------------------ walking */

/* The next value inside what was opened at `depth`; *more is false at its end. */
static ew_code next_in(ew_messenger *m, size_t depth, bool *more)
{
    ew_json *j = &m->j;
    ew_code code = ew_json_next(j, m->err);
    *more = code == EW_OK && j->depth >= depth;
    if (code == EW_OK && (j->odd || j->bad_utf8)) {
        m->odd = true;
        m->made.message.marks |= EW_MARK_ESCAPED;
    }
    return code;
}

static bool opens(const ew_messenger *m)
{
    return m->j.kind == EW_JSON_OBJECT || m->j.kind == EW_JSON_ARRAY;
}

static bool is_text(const ew_messenger *m)
{
    return m->j.kind == EW_JSON_STRING || m->j.kind == EW_JSON_NUMBER;
}

static ew_code set(ew_messenger *m, ew_buf *b)
{
    ew_slice text;
    ew_code code = ew_messenger__text(m, &text);
    ew_buf_reset(b);
    return code == EW_OK ? ew_buf_append(b, text.p, text.n, m->err) : code;
}

static ew_code keep(ew_messenger *m, ew_kept_text *out)
{
    ew_slice text;
    ew_code code = ew_messenger__text(m, &text);
    return code == EW_OK ? ew_made_keep(&m->made, text, out, m->err) : code;
}

static ew_code add_word(ew_messenger *m, ew_buf *to, const char *between, ew_slice word)
{
    ew_code code = EW_OK;
    if (to->len > 0 && word.n > 0)
        code = ew_buf_append(to, between, strlen(between), m->err);
    return code == EW_OK ? ew_buf_append(to, word.p, word.n, m->err) : code;
}

/* All strings inside the present value, of `key` only when it is given, joined in m->what. */
static ew_code take_words(ew_messenger *m, const char *key, const char *between)
{
    ew_json *j = &m->j;
    size_t depth = j->depth;
    bool more = opens(m);
    ew_slice text;
    ew_code code = EW_OK;
    ew_buf_reset(&m->what);
    if (j->kind == EW_JSON_STRING)
        return set(m, &m->what);
    while (code == EW_OK && more) {
        code = next_in(m, depth, &more);
        if (code != EW_OK || !more || j->kind != EW_JSON_STRING)
            continue;
        if (key != NULL && !ew_slice_is(j->key, key))
            continue;
        code = ew_messenger__text(m, &text);
        if (code == EW_OK)
            code = add_word(m, &m->what, between, text);
    }
    return code;
}

/* What has no file: a link, people, reactions. */
static ew_code add_inline(ew_messenger *m, const char *name, ew_slice words)
{
    ew_made_attachment *a = ew_made_attachment_new(&m->made);
    a->kind = EW_ATTACH_OTHER;
    a->state = EW_ATTACH_INLINE;
    ew_code code = ew_made_keep(&m->made, ew_slice_of(name), &a->name, m->err);
    return code == EW_OK ? ew_made_keep(&m->made, words, &a->words, m->err) : code;
}

/* ------------------------------------------------------------------ files */

static bool ends_with(ew_slice s, const char *end)
{
    size_t n = strlen(end);
    return s.n >= n && strncasecmp(s.p + s.n - n, end, n) == 0;
}

static ew_attachment_kind kind_of(ew_slice path)
{
    static const struct {
        const char *end;
        ew_attachment_kind kind;
    } ends[] = {{".jpg", EW_ATTACH_PHOTO},  {".jpeg", EW_ATTACH_PHOTO},
                {".png", EW_ATTACH_PHOTO},  {".heic", EW_ATTACH_PHOTO},
                {".webp", EW_ATTACH_PHOTO}, {".gif", EW_ATTACH_VIDEO},
                {".mp4", EW_ATTACH_VIDEO},  {".mov", EW_ATTACH_VIDEO},
                {".webm", EW_ATTACH_VIDEO}, {".aac", EW_ATTACH_AUDIO},
                {".m4a", EW_ATTACH_AUDIO},  {".mp3", EW_ATTACH_AUDIO},
                {".ogg", EW_ATTACH_AUDIO},  {".opus", EW_ATTACH_AUDIO},
                {".wav", EW_ATTACH_AUDIO},  {".vcf", EW_ATTACH_CONTACT}};
    for (size_t i = 0; i < EW_COUNT(ends); i++)
        if (ends_with(path, ends[i].end))
            return ends[i].kind;
    return EW_ATTACH_FILE;
}

/* Recorded in the chat: the program stores it as AAC, MP4 or WAV; songs that are sent keep their form. */
static bool is_song(ew_slice path)
{
    return ends_with(path, ".mp3") || ends_with(path, ".flac") ||
           ends_with(path, ".wma") || ends_with(path, ".mid");
}

/* A path, as written; its bytes may be encoded twice as all texts are. */
static ew_code take_uri(ew_messenger *m, ew_made_attachment *a)
{
    ew_slice uri;
    ew_code code = ew_messenger__text(m, &uri);
    size_t found = code == EW_OK ? ew_messenger__find(m, uri) : SIZE_MAX;
    if (code == EW_OK && found == SIZE_MAX)
        found = ew_messenger__find(m, m->j.text);
    if (code != EW_OK)
        return code;
    bool failed = ew_slice_is(uri, "Failed to download media");
    if (a->kind == EW_ATTACH_OTHER && !failed)
        a->kind = kind_of(uri);
    if (a->kind == EW_ATTACH_VOICE && is_song(uri))
        a->kind = EW_ATTACH_AUDIO;
    if (found != SIZE_MAX) {
        a->state = EW_ATTACH_PRESENT;
        a->member = found;
    } else if (failed) {
        a->state = EW_ATTACH_UNAVAILABLE;
        return ew_made_keep(&m->made, uri, &a->words, m->err);
    }
    return ew_made_keep(&m->made, uri, &a->path, m->err);
}

/* An object with a "uri", or an array of such objects; a thumbnail inside is no attachment of its own. */
static ew_code take_files(ew_messenger *m, ew_attachment_kind kind)
{
    ew_json *j = &m->j;
    size_t depth = j->depth;
    bool list = j->kind == EW_JSON_ARRAY;
    bool more = opens(m);
    ew_made_attachment *a = NULL;
    ew_code code = EW_OK;
    while (code == EW_OK && more) {
        size_t level = depth + (list ? 1 : 0);
        code = next_in(m, depth, &more);
        if (code != EW_OK || !more)
            break;
        bool inside = j->has_key && j->depth == level;
        if (list && j->kind == EW_JSON_OBJECT && j->depth == level && !j->has_key) {
            a = NULL;
        } else if (inside && j->kind == EW_JSON_STRING && ew_slice_is(j->key, "uri") &&
                   a == NULL) {
            a = ew_made_attachment_new(&m->made);
            a->kind = kind;
            code = take_uri(m, a);
        } else if (opens(m)) {
            code = ew_json_skip(j, m->err);
        }
    }
    return code;
}

/* ------------------------------------------------------------------ other fields */

/* "reactions": [{"reaction": "👍", "actor": "Ann"}]: "👍 Ann, ❤ Bob" */
static ew_code end_reaction(ew_messenger *m)
{
    ew_code code = EW_OK;
    if (m->who.len + m->what.len > 0)
        code = add_word(m, &m->reactions, ", ", of(&m->what));
    if (code == EW_OK && m->who.len > 0)
        code = add_word(m, &m->reactions, " ", of(&m->who));
    ew_buf_reset(&m->who);
    ew_buf_reset(&m->what);
    return code;
}

static ew_code take_reactions(ew_messenger *m)
{
    ew_json *j = &m->j;
    size_t depth = j->depth;
    bool more = opens(m);
    ew_code code = EW_OK;
    ew_buf_reset(&m->who);
    ew_buf_reset(&m->what);
    while (code == EW_OK && more) {
        code = next_in(m, depth, &more);
        if (code != EW_OK || !more)
            break;
        if (j->kind == EW_JSON_STRING && ew_slice_is(j->key, "actor"))
            code = set(m, &m->who);
        else if (j->kind == EW_JSON_STRING && ew_slice_is(j->key, "reaction"))
            code = set(m, &m->what);
        else if (j->kind == EW_JSON_OBJECT_END)
            code = end_reaction(m);
    }
    return code;
}

static ew_code take_time(ew_messenger *m)
{
    int64_t ms;
    ew_message *msg = &m->made.message;
    if (!ew_messenger__time(m, &ms))
        return ew_json_skip(&m->j, m->err);
    msg->time =
        (ew_moment){.known = true, .unix_s = ms / 1000, .zoned = true, .exact = true};
    if (ms < m->last_ms)
        msg->marks |= EW_MARK_TIME_BACK;
    else
        m->last_ms = ms;
    return ew_made_keep(&m->made, m->j.text, &m->made.time_text, m->err);
}

static ew_code take_type(ew_messenger *m)
{
    static const char *const services[] = {"Subscribe", "Unsubscribe", "Call", "Plan",
                                           "Payment"};
    for (size_t i = 0; i < EW_COUNT(services); i++)
        if (ew_slice_is(m->j.text, services[i]))
            m->made.message.service = true;
    return ew_json_skip(&m->j, m->err);
}

static ew_code take_call(ew_messenger *m)
{
    uint64_t seconds = 0;
    bool known = ew_slice_u64(m->j.text, &seconds) && seconds <= UINT32_MAX;
    if (!is_text(m))
        return ew_json_skip(&m->j, m->err);
    m->made.message.service = true;
    ew_code code = add_inline(m, "call", (ew_slice){"", 0});
    if (known)
        m->made.attachments[m->made.attachment_count - 1].seconds = (double)seconds;
    return code;
}

static ew_code take_unsent(ew_messenger *m)
{
    if (m->j.kind == EW_JSON_TRUE)
        m->made.message.marks |= EW_MARK_DELETED;
    return ew_json_skip(&m->j, m->err);
}

/* Everything in it that is text. */
static ew_code take_inline(ew_messenger *m, const char *name)
{
    ew_code code = take_words(m, NULL, " ");
    return code == EW_OK && m->what.len > 0 ? add_inline(m, name, of(&m->what)) : code;
}

static ew_code take_users(ew_messenger *m)
{
    ew_code code = take_words(m, "name", ", ");
    m->made.message.service = true;
    return code == EW_OK && m->what.len > 0 ? add_inline(m, "people", of(&m->what))
                                            : code;
}

/* ------------------------------------------------------------------ a message */

typedef enum field {
    F_SENDER,
    F_TEXT,
    F_TIME,
    F_TYPE,
    F_UNSENT,
    F_PHOTO,
    F_VIDEO,
    F_AUDIO,
    F_FILE,
    F_STICKER,
    F_MEDIA,
    F_SHARE,
    F_PLAN,
    F_CALL,
    F_USERS,
    F_REACTIONS,
    F_OTHER
} field;

static field field_of(ew_slice key)
{
    static const struct {
        const char *key;
        field what;
    } fields[] = {
        {"sender_name", F_SENDER}, {"senderName", F_SENDER}, {"content", F_TEXT},
        {"text", F_TEXT},          {"timestamp_ms", F_TIME}, {"timestamp", F_TIME},
        {"type", F_TYPE},          {"is_unsent", F_UNSENT},  {"isUnsent", F_UNSENT},
        {"photos", F_PHOTO},       {"videos", F_VIDEO},      {"gifs", F_VIDEO},
        {"audio_files", F_AUDIO},  {"files", F_FILE},        {"sticker", F_STICKER},
        {"media", F_MEDIA},        {"share", F_SHARE},       {"plan", F_PLAN},
        {"call_duration", F_CALL}, {"users", F_USERS},       {"reactions", F_REACTIONS}};
    for (size_t i = 0; i < EW_COUNT(fields); i++)
        if (ew_slice_is(key, fields[i].key))
            return fields[i].what;
    return F_OTHER;
}

static ew_code take_kept(ew_messenger *m, ew_kept_text *out)
{
    return is_text(m) ? keep(m, out) : ew_json_skip(&m->j, m->err);
}

static ew_code take_field(ew_messenger *m, field what)
{
    switch (what) {
    case F_SENDER:
        return take_kept(m, &m->made.sender);
    case F_TEXT:
        return take_kept(m, &m->made.text);
    case F_TIME:
        return take_time(m);
    case F_TYPE:
        return take_type(m);
    case F_UNSENT:
        return take_unsent(m);
    case F_PHOTO:
        return take_files(m, EW_ATTACH_PHOTO);
    case F_VIDEO:
        return take_files(m, EW_ATTACH_VIDEO);
    case F_AUDIO:
        return take_files(m, EW_ATTACH_VOICE);
    case F_FILE:
        return take_files(m, EW_ATTACH_FILE);
    case F_STICKER:
        return take_files(m, EW_ATTACH_STICKER);
    case F_MEDIA:
        return take_files(m, EW_ATTACH_OTHER);
    case F_SHARE:
        return take_inline(m, "link");
    case F_PLAN:
        return take_inline(m, "plan");
    case F_CALL:
        return take_call(m);
    case F_USERS:
        return take_users(m);
    case F_REACTIONS:
        return take_reactions(m);
    default:
        return ew_json_skip(&m->j, m->err);
    }
}

/* A sender and a time and nothing else: what the service did not give out. */
static ew_code tell_empty(ew_messenger *m)
{
    const ew_message_made *made = &m->made;
    ew_gap g = {made->message.place, ew_slice_of("message"),
                ew_slice_of("nothing but sender and time is in the export")};
    bool empty = made->text.n == 0 && made->attachment_count == 0 &&
                 !made->message.service && (made->message.marks & EW_MARK_DELETED) == 0;
    return empty && m->sink->gap != NULL ? m->sink->gap(m->sink->cookie, &g, m->err)
                                         : EW_OK;
}

ew_code ew_messenger__message(ew_messenger *m, size_t base)
{
    ew_json *j = &m->j;
    size_t depth = j->depth;
    size_t begin = j->begin;
    bool more = true;
    ew_code code = EW_OK;
    ew_made_restart(&m->made);
    ew_buf_reset(&m->reactions);
    while (code == EW_OK && more) {
        code = next_in(m, depth, &more);
        if (code == EW_OK && more)
            code = take_field(m, field_of(j->key));
    }
    if (code == EW_OK && m->reactions.len > 0)
        code = add_inline(m, "reactions", of(&m->reactions));
    if (code != EW_OK)
        return code;
    m->made.message.place = (ew_place){m->member, base + begin, j->end - begin};
    code = tell_empty(m);
    return code == EW_OK ? ew_made_tell(&m->made, m->sink, m->err) : code;
}
