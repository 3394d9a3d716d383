/* SPDX-License-Identifier: Apache-2.0 */
/* Words for what Telegram's JSON says in fields. */
#include <string.h>

#include "import/telegram.h"

static ew_code add(ew_buf *out, const char *text, ew_err *err)
{
    return ew_buf_append(out, text, strlen(text), err);
}

/* The token as text; empty for null. */
static ew_slice simple(const ew_json *j)
{
    if (j->kind == EW_JSON_STRING || j->kind == EW_JSON_NUMBER)
        return j->text;
    if (j->kind == EW_JSON_TRUE)
        return ew_slice_of("yes");
    return ew_slice_of(j->kind == EW_JSON_FALSE ? "no" : "");
}

static bool is_open(const ew_json *j)
{
    return j->kind == EW_JSON_OBJECT || j->kind == EW_JSON_ARRAY;
}

static bool is_simple(const ew_json *j)
{
    return j->kind == EW_JSON_STRING || j->kind == EW_JSON_NUMBER ||
           j->kind == EW_JSON_TRUE || j->kind == EW_JSON_FALSE || j->kind == EW_JSON_NULL;
}

/* ------------------------------------------------------------------ details */

/* "new_title" becomes "new title". */
static ew_code add_label(ew_buf *out, ew_slice key, ew_err *err)
{
    size_t at = out->len;
    ew_code code = ew_buf_append(out, key.p, key.n, err);
    for (; code == EW_OK && at < out->len; at++)
        if (out->data[at] == '_')
            out->data[at] = ' ';
    return code;
}

/* Names in lists that are null are accounts that were deleted. */
static ew_code add_member(ew_telegram *t, ew_buf *out, bool *first)
{
    ew_code code = *first ? EW_OK : add(out, ", ", t->err);
    *first = false;
    if (code != EW_OK)
        return code;
    if (t->j.kind == EW_JSON_NULL)
        return add(out, "a deleted account", t->err);
    ew_slice s = simple(&t->j);
    return ew_buf_append(out, s.p, s.n, t->err);
}

ew_code ew_telegram__details(ew_telegram *t, ew_buf *out)
{
    ew_json *j = &t->j;
    size_t depth = j->depth;
    bool first = true;
    ew_code code = out->len > 0 ? add(out, "; ", t->err) : EW_OK;
    if (code == EW_OK)
        code = add_label(out, j->key, t->err);
    if (code == EW_OK)
        code = add(out, ": ", t->err);
    if (code != EW_OK || !is_open(j))
        return code == EW_OK ? add_member(t, out, &first) : code;
    while (code == EW_OK) {
        code = ew_json_next(j, t->err);
        if (code != EW_OK || j->depth < depth)
            break;
        bool markup = j->has_key &&
                      (ew_slice_is(j->key, "type") || ew_slice_is(j->key, "document_id"));
        if (is_simple(j) && !markup)
            code = add_member(t, out, &first);
    }
    return code;
}

ew_code ew_telegram__values(ew_telegram *t, ew_buf *out)
{
    ew_json *j = &t->j;
    size_t depth = j->depth;
    ew_code code = EW_OK;
    bool open = is_open(j);
    for (;;) {
        ew_slice s = is_simple(j) ? simple(j) : (ew_slice){"", 0};
        if (s.n > 0 && out->len > 0)
            code = add(out, " ", t->err);
        if (s.n > 0 && code == EW_OK)
            code = ew_buf_append(out, s.p, s.n, t->err);
        if (code == EW_OK && open)
            code = ew_json_next(j, t->err);
        if (code != EW_OK || !open || j->depth < depth)
            return code;
    }
}

/* ------------------------------------------------------------------ polls */

/* Kinds and links of marked-up text, numbers of tasks. */
static bool is_passed(const ew_json *j)
{
    static const char *const keys[] = {"type",     "href",    "document_id", "id",
                                       "language", "user_id", "collapsed"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0] && j->has_key; i++)
        if (ew_slice_is(j->key, keys[i]))
            return true;
    return false;
}

static ew_code add_poll_value(ew_telegram *t, ew_buf *out)
{
    ew_json *j = &t->j;
    ew_code code = EW_OK;
    if (is_passed(j) || (j->has_key && ew_slice_is(j->key, "total_voters")))
        return EW_OK;
    if (j->kind == EW_JSON_TRUE && j->has_key) {
        code = add(out, ", ", t->err);
        return code == EW_OK ? add_label(out, j->key, t->err) : code;
    }
    if (j->kind == EW_JSON_NUMBER && j->has_key && ew_slice_is(j->key, "voters"))
        code = add(out, ": ", t->err);
    else if (j->kind != EW_JSON_STRING)
        return EW_OK;
    return code == EW_OK ? ew_buf_append(out, j->text.p, j->text.n, t->err) : code;
}

ew_code ew_telegram__poll(ew_telegram *t, ew_buf *out)
{
    ew_json *j = &t->j;
    size_t depth = j->depth;
    bool answers = false;
    ew_code code = EW_OK;
    if (j->kind != EW_JSON_OBJECT)
        return ew_telegram__values(t, out);
    while (code == EW_OK) {
        code = ew_json_next(j, t->err);
        if (code != EW_OK || j->depth < depth)
            break;
        if (j->has_key && j->depth == depth + 1 && j->kind == EW_JSON_ARRAY)
            answers = ew_slice_is(j->key, "answers") || ew_slice_is(j->key, "items");
        if (j->kind == EW_JSON_OBJECT && j->depth == depth + 2 && answers)
            code = add(out, " | ", t->err);
        else if (is_simple(j))
            code = add_poll_value(t, out);
    }
    return code;
}

/* ------------------------------------------------------------------ actions */

ew_code ew_telegram__action(ew_slice action, ew_buf *out, ew_err *err)
{
    static const struct {
        const char *key, *words;
    } known[] = {
        {"create_group", "created the group"},
        {"edit_group_title", "changed the title of the group"},
        {"edit_group_photo", "changed the photo of the group"},
        {"delete_group_photo", "removed the photo of the group"},
        {"invite_members", "invited"},
        {"remove_members", "removed"},
        {"join_group_by_link", "joined by a link"},
        {"join_group_by_request", "joined by request"},
        {"create_channel", "created the channel"},
        {"migrate_to_supergroup", "made the group a supergroup"},
        {"migrate_from_group", "made a group this supergroup"},
        {"pin_message", "pinned a message"},
        {"clear_history", "cleared the history"},
        {"score_in_game", "scored in a game"},
        {"send_payment", "paid"},
        {"take_screenshot", "took a screenshot"},
        {"allow_sending_messages", "allowed a bot to write"},
        {"attach_menu_bot_allowed", "allowed a bot to write, by the menu of attachments"},
        {"web_app_bot_allowed", "allowed a bot to write, in its web page"},
        {"send_passport_values", "sent documents of identity"},
        {"joined_telegram", "joined Telegram"},
        {"proximity_reached", "came near"},
        {"requested_phone_number", "asked for the phone number"},
        {"group_call", "voice chat"},
        {"invite_to_group_call", "invited to the voice chat"},
        {"group_call_scheduled", "set a time for a voice chat"},
        {"set_messages_ttl", "set when messages disappear"},
        {"edit_chat_theme", "changed the look of the chat"},
        {"set_chat_wallpaper", "changed the background of the chat"},
        {"set_same_chat_wallpaper", "took over the background of the chat"},
        {"send_webview_data", "sent data to the page of a bot"},
        {"topic_created", "created the topic"},
        {"topic_edit", "changed the topic"},
        {"suggest_profile_photo", "suggested a photo for the profile"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (ew_slice_is(action, known[i].key))
            return add(out, known[i].words, err);
    return add_label(out, action, err);
}
