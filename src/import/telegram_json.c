/* SPDX-License-Identifier: Apache-2.0 */
/* Telegram Desktop's result.json: one chat, or all of them. Messages are told one by one as the reader
 * comes past them; a field that is not known here is passed over, and the original is kept anyhow. */
#include "import/telegram_json.h"

#include <string.h>

#include "import/telegram.h"
#include "import/telegram_merge.h"

/* ------------------------------------------------------------------ chats */

static ew_code set(ew_telegram *t, ew_buf *b)
{
    ew_buf_reset(b);
    return t->j.kind == EW_JSON_STRING || t->j.kind == EW_JSON_NUMBER
               ? ew_buf_append(b, t->j.text.p, t->j.text.n, t->err)
               : ew_json_skip(&t->j, t->err);
}

static ew_slice of(const ew_buf *b)
{
    return (ew_slice){b->len > 0 ? (const char *)b->data : "", b->len};
}

static ew_code tell_chat(ew_telegram *t)
{
    ew_chat c = {{t->member, t->chat_begin, 0},
                 of(&t->chat_id),
                 of(&t->chat_name),
                 of(&t->chat_kind)};
    t->chat_told = t->any_told = true;
    return t->sink->chat != NULL ? t->sink->chat(t->sink->cookie, &c, t->err) : EW_OK;
}

static ew_code take_messages(ew_telegram *t)
{
    ew_json *j = &t->j;
    size_t depth = j->depth;
    ew_code code = EW_OK;
    if (j->kind != EW_JSON_ARRAY)
        return ew_json_skip(j, t->err);
    if (!t->chat_told)
        code = tell_chat(t);
    else
        code = ew_tg_remark(t->sink, (ew_place){t->member, j->begin, 1}, t->err,
                            "the chat has a second list of messages");
    while (code == EW_OK) {
        code = ew_json_next(j, t->err);
        if (code != EW_OK || (j->kind == EW_JSON_ARRAY_END && j->depth < depth))
            break;
        code =
            j->kind == EW_JSON_OBJECT ? ew_telegram__message(t) : ew_json_skip(j, t->err);
    }
    return code;
}

static ew_code take_list(ew_telegram *t);

/* What an export of everything holds beside chats. */
static bool is_section(ew_slice key)
{
    static const char *const known[] = {"personal_information",
                                        "profile_pictures",
                                        "stories",
                                        "contacts",
                                        "frequent_contacts",
                                        "sessions",
                                        "web_sessions",
                                        "other_data",
                                        "calls"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (ew_slice_is(key, known[i]))
            return true;
    return false;
}

/* Said once: it is in the original, and no part of a chat. */
static ew_code pass_section(ew_telegram *t)
{
    char name[32];
    size_t begin = t->j.begin;
    size_t n = t->j.key.n < sizeof name ? t->j.key.n : sizeof name;
    memcpy(name, t->j.key.p, n);
    t->any_told = true;
    ew_code code = ew_json_skip(&t->j, t->err);
    ew_place place = {t->member, begin, t->j.end - begin};
    return code == EW_OK
               ? ew_tg_remark(t->sink, place, t->err,
                              "the export also holds '%.*s', which is no chat: it stays "
                              "in the original",
                              (int)n, name)
               : code;
}

/* What a chat is called, and where it is told too late for it. */
static ew_code take_name(ew_telegram *t, ew_buf *b)
{
    ew_place place = {t->member, t->j.begin, t->j.end - t->j.begin};
    if (!t->chat_told || t->j.kind != EW_JSON_STRING)
        return t->chat_told ? ew_json_skip(&t->j, t->err) : set(t, b);
    return ew_tg_remark(t->sink, place, t->err,
                        "behind its messages the chat is given '%.*s'",
                        EW_TG_TEXT(t->j.text));
}

static ew_code take_key(ew_telegram *t, bool top)
{
    ew_slice key = t->j.key;
    if (ew_slice_is(key, "messages"))
        return take_messages(t);
    if (ew_slice_is(key, "name"))
        return take_name(t, &t->chat_name);
    if (ew_slice_is(key, "id"))
        return take_name(t, &t->chat_id);
    if (ew_slice_is(key, "type"))
        return take_name(t, &t->chat_kind);
    if (top && (ew_slice_is(key, "chats") || ew_slice_is(key, "left_chats")))
        return take_list(t);
    if (top && is_section(key))
        return pass_section(t);
    return ew_json_skip(&t->j, t->err);
}

static ew_code end_chat(ew_telegram *t, bool top)
{
    ew_place place = {t->member, t->chat_begin, 0};
    ew_code code = EW_OK;
    if (!t->chat_told && !top) /* a chat without messages is one */
        code = tell_chat(t);
    return code == EW_OK ? ew_tg_notes_tell(&t->notes, t->sink, place, t->err) : code;
}

/* At the bracket that opens a chat, or the whole file. */
static ew_code take_chat(ew_telegram *t, bool top)
{
    ew_json *j = &t->j;
    size_t depth = j->depth;
    ew_code code = EW_OK;
    t->chat_begin = j->begin;
    t->chat_told = false;
    ew_buf_reset(&t->chat_name);
    ew_buf_reset(&t->chat_id);
    ew_buf_reset(&t->chat_kind);
    while (code == EW_OK) {
        code = ew_json_next(j, t->err);
        if (code != EW_OK || (j->kind == EW_JSON_OBJECT_END && j->depth < depth))
            break;
        code = take_key(t, top);
    }
    return code == EW_OK ? end_chat(t, top) : code;
}

/* "chats": {"about": ..., "list": [chat ...]} */
static ew_code take_list(ew_telegram *t)
{
    ew_json *j = &t->j;
    size_t depth = j->depth;
    bool listed = false;
    ew_code code = EW_OK;
    t->any_told = true;
    if (j->kind != EW_JSON_OBJECT)
        return ew_json_skip(j, t->err);
    while (code == EW_OK) {
        code = ew_json_next(j, t->err);
        if (code != EW_OK || (j->kind == EW_JSON_OBJECT_END && j->depth < depth))
            break;
        if (j->depth == depth && j->kind == EW_JSON_ARRAY_END)
            listed = false;
        else if (listed && j->kind == EW_JSON_OBJECT)
            code = take_chat(t, false);
        else if (j->kind == EW_JSON_ARRAY && ew_slice_is(j->key, "list"))
            listed = true;
        else
            code = ew_json_skip(j, t->err);
    }
    return code;
}

/* ------------------------------------------------------------------ the file */

/* A file that breaks off was read as far as it goes: the rest is a gap, not a failure. It begins with the message
 * that was open. */
static ew_code tell_break(ew_telegram *t, const ew_err *why)
{
    size_t from = t->message_begin != SIZE_MAX ? t->message_begin : t->j.at;
    ew_place place = {t->member, from, t->j.n - from};
    ew_slice name = ew_tg_base_of(ew_delivery_name(t->from, t->member));
    ew_code code = ew_tg_notes_tell(&t->notes, t->sink, place, t->err);
    if (code == EW_OK)
        code = ew_tg_gap(t->sink, place, "messages", t->err, "%s", why->text);
    return code == EW_OK
               ? ew_tg_remark(t->sink, place, t->err,
                              "%.*s can be read up to byte %zu only: what "
                              "stands before was, the rest of %zu bytes was not",
                              EW_TG_TEXT(name), from, t->j.n - from)
               : code;
}

/* Outside of messages, whose own are told with them. */
static ew_code tell_passed(ew_telegram *t)
{
    return ew_tg_remark(
        t->sink, (ew_place){t->member, 0, t->j.n}, t->err,
        "values outside of messages that are nested too deeply or too long "
        "were passed over: %zu; they stay in the original",
        t->j.passed - t->passed_told);
}

/* Keeps apart what the file lacks and what those cannot do who take the records. */
typedef struct watch {
    const ew_import_sink *inner;
    bool failed;
} watch;

static ew_code watched(watch *w, ew_code code)
{
    w->failed = w->failed || code != EW_OK;
    return code;
}

static ew_code watch_chat(void *cookie, const ew_chat *c, ew_err *err)
{
    watch *w = cookie;
    return w->inner->chat != NULL ? watched(w, w->inner->chat(w->inner->cookie, c, err))
                                  : EW_OK;
}

static ew_code watch_message(void *cookie, const ew_message *m, ew_err *err)
{
    watch *w = cookie;
    return w->inner->message != NULL
               ? watched(w, w->inner->message(w->inner->cookie, m, err))
               : EW_OK;
}

static ew_code watch_gap(void *cookie, const ew_gap *g, ew_err *err)
{
    watch *w = cookie;
    return w->inner->gap != NULL ? watched(w, w->inner->gap(w->inner->cookie, g, err))
                                 : EW_OK;
}

static ew_code watch_remark(void *cookie, const ew_remark *r, ew_err *err)
{
    watch *w = cookie;
    return w->inner->remark != NULL
               ? watched(w, w->inner->remark(w->inner->cookie, r, err))
               : EW_OK;
}

static ew_code read_all(ew_telegram *t, ew_slice bytes, const watch *w)
{
    ew_err why;
    ew_err *outer = t->err;
    ew_json_init(&t->j, bytes.p, bytes.n);
    t->j.passes = true;
    ew_err_clear(&why);
    t->err = &why;
    ew_code code = ew_json_next(&t->j, &why);
    if (code == EW_OK && t->j.kind != EW_JSON_OBJECT)
        code = ew_fail(&why, EW_E_FORMAT, 0, "not an export of Telegram");
    if (code == EW_OK)
        code = take_chat(t, true);
    if (code == EW_OK && !t->any_told)
        code = ew_fail(&why, EW_E_FORMAT, 0, "not an export of Telegram");
    if (code == EW_OK)
        code = ew_json_next(&t->j, &why);
    t->err = outer;
    if (code == EW_OK && t->j.passed > t->passed_told)
        code = tell_passed(t);
    if ((code == EW_E_FORMAT || code == EW_E_LIMIT) && t->any_told && !w->failed)
        code = tell_break(t, &why);
    else if (code != EW_OK && outer != NULL)
        *outer = why;
    ew_json_release(&t->j);
    return code;
}

static void set_up(ew_telegram *t)
{
    t->message_begin = SIZE_MAX;
    ew_made_init(&t->made);
    ew_buf_init(&t->chat_name, EW_JSON_TEXT);
    ew_buf_init(&t->chat_id, EW_JSON_TEXT);
    ew_buf_init(&t->chat_kind, EW_JSON_TEXT);
    ew_buf_init(&t->contact, EW_MADE_BYTES);
    ew_buf_init(&t->links, EW_MADE_BYTES);
    ew_buf_init(&t->entity_links, EW_MADE_BYTES);
    ew_buf_init(&t->place, EW_MADE_BYTES);
    ew_buf_init(&t->details, EW_MADE_BYTES);
    ew_buf_init(&t->twice, EW_MADE_BYTES);
}

static void tear_down(ew_telegram *t)
{
    ew_made_release(&t->made);
    ew_buf_release(&t->chat_name);
    ew_buf_release(&t->chat_id);
    ew_buf_release(&t->chat_kind);
    ew_buf_release(&t->contact);
    ew_buf_release(&t->links);
    ew_buf_release(&t->entity_links);
    ew_buf_release(&t->place);
    ew_buf_release(&t->details);
    ew_buf_release(&t->twice);
}

ew_code ew_tg_json_read(ew_delivery *from, size_t member, const ew_import_sink *sink,
                        ew_err *err)
{
    ew_slice bytes;
    watch w = {sink, false};
    ew_import_sink outer = {.cookie = &w,
                            .chat = watch_chat,
                            .message = watch_message,
                            .gap = watch_gap,
                            .remark = watch_remark};
    ew_telegram t = {.from = from, .sink = &outer, .err = err, .member = member};
    t.folder = ew_tg_folder_of(ew_delivery_name(from, member));
    set_up(&t);
    ew_code code = ew_delivery_read(from, member, &bytes, err);
    if (code == EW_OK)
        code = read_all(&t, bytes, &w);
    tear_down(&t);
    return code;
}

/* ------------------------------------------------------------------ all of them */

/* One of several that is nothing is a gap. */
static ew_code read_one(ew_delivery *from, ew_tg_files *files, size_t i,
                        const ew_import_sink *sink, ew_err *err)
{
    ew_err why;
    ew_err_clear(&why);
    ew_code code = ew_tg_merge(from, files, files->jsons[i], sink, &why);
    if (code == EW_E_FORMAT && files->json_count + files->page_count > 1)
        return ew_tg_gap(sink, (ew_place){files->jsons[i], 0, 0}, "file", err, "%s",
                         why.text);
    if (code != EW_OK && err != NULL)
        *err = why;
    return code;
}

ew_code ew_import__telegram_json(ew_delivery *from, const ew_import_opts *opts,
                                 const ew_import_sink *sink, ew_err *err)
{
    ew_tg_files files;
    (void)opts;
    ew_code code = ew_tg_files_list(&files, from, err);
    if (code != EW_OK)
        return code;
    if (files.json_count == 0)
        code = ew_fail(err, EW_E_FORMAT, 0, "there is no result.json in '%s'",
                       ew_delivery_path(from));
    for (size_t i = 0; i < files.json_count && code == EW_OK; i++)
        code = read_one(from, &files, i, sink, err);
    if (code == EW_OK)
        code = ew_tg_merge_rest(from, &files, sink, err);
    ew_tg_files_release(&files);
    return code;
}

/* ------------------------------------------------------------------ is it one? */

/* The first of a chat's messages: Telegram's have an id and a type. */
static bool looks_message(ew_json *j)
{
    bool id = false;
    bool type = false;
    size_t depth = j->depth;
    if (ew_json_next(j, NULL) != EW_OK)
        return false;
    if (j->kind == EW_JSON_ARRAY_END)
        return true;
    for (int i = 0; i < 64 && j->depth > depth && ew_json_next(j, NULL) == EW_OK; i++) {
        id = id || (j->has_key && j->depth == depth + 1 && ew_slice_is(j->key, "id"));
        type =
            type || (j->has_key && j->depth == depth + 1 && ew_slice_is(j->key, "type"));
    }
    return id && type;
}

/* By its first keys, for a file that is not called result.json. */
static bool looks_json(ew_slice bytes)
{
    ew_json j;
    bool yes = false;
    ew_json_init(&j, bytes.p, bytes.n);
    j.passes = true;
    bool go = ew_json_next(&j, NULL) == EW_OK && j.kind == EW_JSON_OBJECT;
    for (int i = 0; go && !yes && i < 32; i++) {
        go = ew_json_next(&j, NULL) == EW_OK && j.has_key;
        if (go && ew_slice_is(j.key, "messages") && j.kind == EW_JSON_ARRAY) {
            yes = looks_message(&j);
            break;
        }
        yes = go && j.kind == EW_JSON_OBJECT &&
              (ew_slice_is(j.key, "chats") || ew_slice_is(j.key, "personal_information"));
        go = go && ew_json_skip(&j, NULL) == EW_OK;
    }
    ew_json_release(&j);
    return yes;
}

ew_code ew_import__looks_telegram_json(ew_delivery *from, bool *yes, ew_err *err)
{
    ew_slice bytes;
    ew_tg_files files;
    *yes = false;
    ew_code code = ew_tg_files_list(&files, from, err);
    if (code != EW_OK)
        return code;
    if (files.json_count > 0)
        *yes = ew_slice_is(ew_tg_base_of(ew_delivery_name(from, files.jsons[0])),
                           "result.json");
    if (files.json_count > 0 && !*yes) {
        code = ew_delivery_read(from, files.jsons[0], &bytes, err);
        *yes = code == EW_OK && looks_json(bytes);
    }
    ew_tg_files_release(&files);
    return code;
}
