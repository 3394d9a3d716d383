/* SPDX-License-Identifier: Apache-2.0 */
/* Signal's plain export: main.jsonl, one frame a line, messages of all chats in the order in which they came. Three looks
 * at it: for people and chats; for where the messages of each chat are, as many as an index of
 * fixed size takes; and at those messages, chat by chat. A line that is damaged is told and the
 * rest goes on. */
#include "import/signal.h"

#include <string.h>

#include "base/alloc.h"

enum { INDEX = 1 << 22, WORDS_MAX = 32 << 20 };

/* ------------------------------------------------------------------ lines */

/* The line at *at, which moves behind it; false at the end. Empty ones are passed over. */
static bool next_line(ew_signal *s, size_t *at)
{
    while (*at < s->all.n) {
        const char *from = s->all.p + *at;
        const char *end = memchr(from, '\n', s->all.n - *at);
        size_t n = end != NULL ? (size_t)(end - from) : s->all.n - *at;
        s->line = *at;
        *at += n + (end != NULL ? 1 : 0);
        while (n > 0 && strchr(" \t\r", from[n - 1]) != NULL && from[n - 1] != 0)
            n--;
        ew_json_again(&s->j, from, n);
        if (n > 0)
            return true;
    }
    return false;
}

static ew_code tell_damage(const ew_signal *s, const char *why)
{
    ew_place place = {s->member, s->line, s->j.n};
    ew_remark r = {place, ew_slice_of(why)};
    ew_gap g = {place, ew_slice_of("messages"), ew_slice_of("a line that is damaged")};
    ew_code code = EW_OK;
    if (s->sink->remark != NULL)
        code = s->sink->remark(s->sink->cookie, &r, s->err);
    return code == EW_OK && s->sink->gap != NULL
               ? s->sink->gap(s->sink->cookie, &g, s->err)
               : code;
}

/* Is the whole line sound? Then nothing of it is told by halves. It is to be read from its beginning again. */
static ew_code look_through(ew_signal *s, bool *sound, ew_err *why)
{
    ew_slice line = {s->j.bytes, s->j.n};
    ew_code code = ew_json_next(&s->j, why);
    if (code == EW_OK && s->j.kind != EW_JSON_OBJECT)
        code = ew_fail(why, EW_E_FORMAT, 0, "a line that is no object");
    while (code == EW_OK && s->j.kind != EW_JSON_END)
        code = ew_json_next(&s->j, why);
    ew_json_again(&s->j, line.p, line.n);
    *sound = code == EW_OK;
    return code == EW_E_FORMAT || code == EW_E_LIMIT ? EW_OK : code;
}

/* ------------------------------------------------------------------ frames */

/* Goes to the chatItem of the line; *is_item is false when there is none. */
static ew_code find_item(ew_signal *s, bool *is_item)
{
    *is_item = false;
    ew_code code = ew_json_next(&s->j, s->err);
    while (code == EW_OK) {
        code = ew_json_next(&s->j, s->err);
        if (code != EW_OK || s->j.depth == 0)
            break;
        *is_item = s->j.kind == EW_JSON_OBJECT && ew_slice_is(s->j.key, "chatItem");
        if (*is_item)
            break;
        code = ew_json_skip(&s->j, s->err);
    }
    return code;
}

/* A field with the value 0 is not written. */
static ew_code item_chat(ew_signal *s, uint64_t *chat)
{
    size_t depth = ew_signal__enter(s);
    ew_code code = EW_OK;
    *chat = 0;
    while (ew_signal__inside(s, depth, &code)) {
        if (ew_slice_is(s->j.key, "chatId") && ew_slice_u64(s->j.text, chat))
            break;
        code = ew_json_skip(&s->j, s->err);
    }
    return code;
}

/* The first look: people and chats are kept, messages counted. */
static ew_code take_frame(ew_signal *s)
{
    uint64_t id = 0;
    ew_signal_chat *c = NULL;
    ew_code code = ew_json_next(&s->j, s->err);
    while (code == EW_OK) {
        code = ew_json_next(&s->j, s->err);
        if (code != EW_OK || s->j.depth == 0)
            break;
        ew_slice key = s->j.key;
        bool object = s->j.kind == EW_JSON_OBJECT;
        if (object && ew_slice_is(key, "chatItem")) {
            code = item_chat(s, &id);
            if (code == EW_OK)
                code = ew_signal__chat(s, id, &c);
            if (code == EW_OK)
                c->messages++;
            break;
        }
        if (object && ew_slice_is(key, "recipient"))
            code = ew_signal__recipient(s);
        else if (object && ew_slice_is(key, "chat"))
            code = ew_signal__chat_frame(s);
        else if (object && ew_slice_is(key, "account"))
            code = ew_signal__account(s);
        else
            code = ew_json_skip(&s->j, s->err);
    }
    return code;
}

static ew_code look_for_chats(ew_signal *s)
{
    size_t at = 0;
    ew_code code = EW_OK;
    while (code == EW_OK && next_line(s, &at)) {
        bool sound = false;
        ew_err why;
        code = look_through(s, &sound, &why);
        if (code != EW_OK && s->err != NULL)
            *s->err = why;
        if (code == EW_OK)
            code = sound ? take_frame(s) : tell_damage(s, why.text);
    }
    return code == EW_OK ? ew_signal__sort_recipients(s) : code;
}

/* ------------------------------------------------------------------ messages */

static ew_code tell_item(ew_signal *s)
{
    bool item = false;
    ew_code code = find_item(s, &item);
    if (code == EW_OK && item)
        code = ew_signal__message(s);
    /* More words than there is room for: nothing was told of it. */
    return code == EW_E_LIMIT ? tell_damage(s, "a message that is too large") : code;
}

/* Every sound line with a message of one of the chats [from, to): to the index, or, without one, told. */
static ew_code scan(ew_signal *s, size_t from, size_t to, uint64_t *index)
{
    size_t at = 0;
    ew_code code = EW_OK;
    while (code == EW_OK && next_line(s, &at)) {
        bool sound = false;
        bool item = false;
        uint64_t id = 0;
        ew_err why;
        ew_signal_chat *c = NULL;
        ew_slice line = {s->j.bytes, s->j.n};
        code = look_through(s, &sound, &why);
        if (code != EW_OK || !sound)
            continue;
        code = find_item(s, &item);
        if (code == EW_OK && item)
            code = item_chat(s, &id);
        if (code == EW_OK && item)
            code = ew_signal__chat(s, id, &c);
        if (code != EW_OK || !item || c < s->chats + from || c >= s->chats + to)
            continue;
        if (index != NULL) {
            index[c->from++] = s->line;
        } else {
            ew_json_again(&s->j, line.p, line.n);
            code = tell_item(s);
        }
    }
    return code;
}

/* Chats [from, to) with an index: afterwards `from` of each is the end of its part. */
static ew_code tell_indexed(ew_signal *s, size_t from, size_t to, uint64_t *index)
{
    size_t next = 0;
    for (size_t i = from; i < to; i++) {
        s->chats[i].from = next;
        next += s->chats[i].messages;
    }
    ew_code code = scan(s, from, to, index);
    for (size_t i = from; i < to && code == EW_OK; i++) {
        ew_signal_chat *c = &s->chats[i];
        code = ew_signal__tell_chat(s, c);
        for (size_t k = c->from - c->messages; k < c->from && code == EW_OK; k++) {
            size_t at = (size_t)index[k];
            if (next_line(s, &at))
                code = tell_item(s);
        }
    }
    return code;
}

/* A chat that is too large for the index alone is told while the file is read. */
static ew_code tell_chats(ew_signal *s)
{
    ew_code code = EW_OK;
    for (size_t from = 0; from < s->chat_count && code == EW_OK;) {
        size_t to = from + 1;
        size_t n = s->chats[from].messages;
        while (to < s->chat_count && n + s->chats[to].messages <= INDEX)
            n += s->chats[to++].messages;
        uint64_t *index = n > 0 && n <= INDEX ? ew_alloc_array(n, sizeof *index) : NULL;
        if (n > 0 && n <= INDEX && index == NULL)
            return ew_fail_nomem(s->err);
        if (n <= INDEX) {
            code = tell_indexed(s, from, to, index);
        } else {
            code = ew_signal__tell_chat(s, &s->chats[from]);
            if (code == EW_OK)
                code = scan(s, from, to, NULL);
        }
        ew_free(index);
        from = to;
    }
    return code;
}

/* ------------------------------------------------------------------ the delivery */

/* main.jsonl, wherever in the delivery; a single file may have any name. */
static size_t find_main(const ew_delivery *d)
{
    static const char name[] = "main.jsonl";
    size_t n = sizeof name - 1;
    for (size_t i = 0; i < ew_delivery_count(d); i++) {
        ew_slice s = ew_delivery_name(d, i);
        if (s.n >= n && memcmp(s.p + s.n - n, name, n) == 0 &&
            (s.n == n || s.p[s.n - n - 1] == '/'))
            return i;
    }
    return ew_delivery_kind_of(d) == EW_DELIVERY_FILE ? 0 : SIZE_MAX;
}

static void find_folder(ew_signal *s)
{
    static const char files[] = "files/";
    s->folder = ew_delivery_name(s->from, s->member);
    while (s->folder.n > 0 && s->folder.p[s->folder.n - 1] != '/')
        s->folder.n--;
    s->has_files = ew_delivery_kind_of(s->from) == EW_DELIVERY_FILE;
    for (size_t i = 0; i < ew_delivery_count(s->from) && !s->has_files; i++) {
        ew_slice name = ew_delivery_name(s->from, i);
        s->has_files =
            name.n > s->folder.n && memcmp(name.p, s->folder.p, s->folder.n) == 0 &&
            ew_slice_skip(&(ew_slice){name.p + s->folder.n, name.n - s->folder.n}, files);
    }
}

/* The first line tells of the export, or is a frame already. */
static bool is_first(ew_slice bytes)
{
    static const char *const words[] = {
        "\"backupTimeMs\"", "\"account\":", "\"recipient\":", "\"chatItem\":"};
    enum { LINE = 64 * 1024 };
    ew_slice line = {bytes.p, bytes.n < LINE ? bytes.n : LINE};
    const char *end = line.n > 0 ? memchr(line.p, '\n', line.n) : NULL;
    if (end != NULL)
        line.n = (size_t)(end - line.p);
    (void)ew_slice_skip(&line, "\xEF\xBB\xBF");
    if (line.n == 0 || line.p[0] != '{')
        return false;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (memmem(line.p, line.n, words[i], strlen(words[i])) != NULL)
            return true;
    return false;
}

static ew_code read_main(ew_signal *s)
{
    ew_code code = ew_delivery_read(s->from, s->member, &s->all, s->err);
    if (code == EW_OK)
        code = look_for_chats(s);
    if (code == EW_OK && s->chat_count == 0 && s->recipient_count == 0)
        code = ew_fail(s->err, EW_E_FORMAT, 0, "'%s' is not an export of Signal",
                       ew_delivery_path(s->from));
    return code == EW_OK ? tell_chats(s) : code;
}

ew_code ew_import__signal(ew_delivery *from, const ew_import_opts *opts,
                          const ew_import_sink *sink, ew_err *err)
{
    size_t member = find_main(from);
    (void)opts;
    if (member == SIZE_MAX)
        return ew_fail(err, EW_E_FORMAT, 0, "there is no main.jsonl in '%s'",
                       ew_delivery_path(from));
    ew_signal *s = ew_alloc(sizeof *s);
    if (s == NULL)
        return ew_fail_nomem(err);
    *s = (ew_signal){.from = from, .sink = sink, .err = err, .member = member};
    find_folder(s);
    ew_made_init(&s->made);
    ew_json_init(&s->j, "", 0);
    ew_buf_init(&s->names, EW_SIGNAL_NAMES);
    ew_buf_init(&s->words, WORDS_MAX);
    ew_buf_init(&s->reactions, WORDS_MAX);
    ew_code code = read_main(s);
    ew_made_release(&s->made);
    ew_json_release(&s->j);
    ew_buf_release(&s->names);
    ew_buf_release(&s->words);
    ew_buf_release(&s->reactions);
    ew_free(s->recipients);
    ew_free(s->by_aci);
    ew_free(s->chats);
    ew_free(s->slots);
    ew_free(s);
    return code;
}

ew_code ew_import__looks_signal(ew_delivery *from, bool *yes, ew_err *err)
{
    ew_slice bytes;
    size_t member = find_main(from);
    *yes = false;
    if (member == SIZE_MAX)
        return EW_OK;
    ew_code code = ew_delivery_read(from, member, &bytes, err);
    *yes = code == EW_OK && is_first(bytes);
    return code;
}
