/* SPDX-License-Identifier: Apache-2.0 */
/* Telegram Desktop's result.json: one chat, or all of them. Messages are told one by one as the reader
 * comes past them; a field that is not known here is passed over, and the original is kept anyhow. */
#include <string.h>

#include "import/telegram.h"

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
    t->chat_told = true;
    return t->sink->chat != NULL ? t->sink->chat(t->sink->cookie, &c, t->err) : EW_OK;
}

static ew_code take_messages(ew_telegram *t)
{
    ew_json *j = &t->j;
    size_t depth = j->depth;
    if (j->kind != EW_JSON_ARRAY)
        return ew_json_skip(j, t->err);
    ew_code code = tell_chat(t);
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
        if (ew_slice_is(j->key, "messages"))
            code = take_messages(t);
        else if (ew_slice_is(j->key, "name"))
            code = set(t, &t->chat_name);
        else if (ew_slice_is(j->key, "id"))
            code = set(t, &t->chat_id);
        else if (ew_slice_is(j->key, "type"))
            code = set(t, &t->chat_kind);
        else if (top &&
                 (ew_slice_is(j->key, "chats") || ew_slice_is(j->key, "left_chats")))
            code = take_list(t);
        else
            code = ew_json_skip(j, t->err);
    }
    return code;
}

/* "chats": {"about": ..., "list": [chat ...]} */
static ew_code take_list(ew_telegram *t)
{
    ew_json *j = &t->j;
    size_t depth = j->depth;
    ew_code code = EW_OK;
    if (j->kind != EW_JSON_OBJECT)
        return ew_json_skip(j, t->err);
    while (code == EW_OK) {
        code = ew_json_next(j, t->err);
        if (code != EW_OK || (j->kind == EW_JSON_OBJECT_END && j->depth < depth))
            break;
        if (j->kind == EW_JSON_OBJECT && j->depth == depth + 2)
            code = take_chat(t, false);
        else if (!(j->kind == EW_JSON_ARRAY && ew_slice_is(j->key, "list")) &&
                 j->kind != EW_JSON_ARRAY_END)
            code = ew_json_skip(j, t->err);
    }
    return code;
}

/* ------------------------------------------------------------------ the file */

/* result.json, wherever in the delivery; of several the first. A single file may have any name. */
static size_t find_json(const ew_delivery *d)
{
    static const char name[] = "result.json";
    for (size_t i = 0; i < ew_delivery_count(d); i++) {
        ew_slice s = ew_delivery_name(d, i);
        size_t n = sizeof name - 1;
        if (s.n >= n && memcmp(s.p + s.n - n, name, n) == 0 &&
            (s.n == n || s.p[s.n - n - 1] == '/'))
            return i;
    }
    return ew_delivery_count(d) == 1 ? 0 : SIZE_MAX;
}

/* A file that breaks off was read as far as it goes: the rest is a gap, not a failure. */
static ew_code tell_break(ew_telegram *t, const ew_err *why)
{
    ew_gap g = {{t->member, t->j.at, t->j.n - t->j.at},
                ew_slice_of("messages"),
                ew_slice_of(why->text)};
    return t->sink->gap != NULL ? t->sink->gap(t->sink->cookie, &g, t->err) : EW_OK;
}

static ew_code read_all(ew_telegram *t, ew_slice bytes)
{
    ew_err why;
    ew_err *outer = t->err;
    ew_json_init(&t->j, bytes.p, bytes.n);
    t->err = &why;
    ew_code code = ew_json_next(&t->j, &why);
    bool begun = code == EW_OK && t->j.kind == EW_JSON_OBJECT;
    if (code == EW_OK && !begun)
        code = ew_fail(&why, EW_E_FORMAT, 0, "not an export of Telegram");
    if (code == EW_OK)
        code = take_chat(t, true);
    if (code == EW_OK)
        code = ew_json_next(&t->j, &why);
    t->err = outer;
    if ((code == EW_E_FORMAT || code == EW_E_LIMIT) && t->chat_told)
        code = tell_break(t, &why);
    else if (code != EW_OK && outer != NULL)
        *outer = why;
    ew_json_release(&t->j);
    return code;
}

ew_code ew_import__telegram_json(ew_delivery *from, const ew_import_opts *opts,
                                 const ew_import_sink *sink, ew_err *err)
{
    ew_slice bytes;
    ew_telegram t = {.from = from, .sink = sink, .err = err, .member = find_json(from)};
    (void)opts;
    if (t.member == SIZE_MAX)
        return ew_fail(err, EW_E_FORMAT, 0, "there is no result.json in '%s'",
                       ew_delivery_path(from));
    ew_slice name = ew_delivery_name(from, t.member);
    t.folder = name;
    while (t.folder.n > 0 && t.folder.p[t.folder.n - 1] != '/')
        t.folder.n--;
    if (ew_delivery_kind_of(from) == EW_DELIVERY_FILE)
        t.folder.n = 0;
    ew_made_init(&t.made);
    ew_buf_init(&t.chat_name, EW_JSON_TEXT);
    ew_buf_init(&t.chat_id, EW_JSON_TEXT);
    ew_buf_init(&t.chat_kind, EW_JSON_TEXT);
    ew_code code = ew_delivery_read(from, t.member, &bytes, err);
    if (code == EW_OK)
        code = read_all(&t, bytes);
    ew_made_release(&t.made);
    ew_buf_release(&t.chat_name);
    ew_buf_release(&t.chat_id);
    ew_buf_release(&t.chat_kind);
    return code;
}

ew_code ew_import__looks_telegram_json(ew_delivery *from, bool *yes, ew_err *err)
{
    static const char end[] = "result.json";
    (void)err;
    *yes = false;
    for (size_t i = 0; i < ew_delivery_count(from) && !*yes; i++) {
        ew_slice name = ew_delivery_name(from, i);
        *yes = name.n >= sizeof end - 1 &&
               memcmp(name.p + name.n - (sizeof end - 1), end, sizeof end - 1) == 0;
    }
    return EW_OK;
}
