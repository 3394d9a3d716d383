/* SPDX-License-Identifier: Apache-2.0 */
/* Telegram Desktop's pages: messages.html, messages2.html ..., one message after the other. */
#include "import/telegram_html.h"

#include <stdio.h>
#include <string.h>

#include "import/page_bytes.h"
#include "import/page_tree.h"
#include "import/telegram_scan.h"

enum { HEAD = 64 << 10, NAME = 64 << 10 };

void ew_tg_html_init(ew_tg_html *h, ew_delivery *from, const ew_import_sink *sink,
                     ew_err *err)
{
    *h = (ew_tg_html){.from = from, .sink = sink, .err = err};
    ew_made_init(&h->made);
    ew_buf_init(&h->chat_name, NAME);
    ew_buf_init(&h->block, EW_TG_BLOCK);
    ew_buf_init(&h->text, 2 * EW_TG_BLOCK);
    ew_buf_init(&h->sender, 2 * EW_TG_BLOCK);
    ew_buf_init(&h->forward, 2 * EW_TG_BLOCK);
    ew_room_init(&h->room, EW_TG_ROOM);
}

void ew_tg_html_release(ew_tg_html *h)
{
    ew_made_release(&h->made);
    ew_buf_release(&h->chat_name);
    ew_buf_release(&h->block);
    ew_buf_release(&h->text);
    ew_buf_release(&h->sender);
    ew_buf_release(&h->forward);
    ew_room_release(&h->room);
}

/* ------------------------------------------------------------------ chats */

static const GumboNode *find_header(const GumboNode *root)
{
    ew_page_walk w = {.root = root};
    const GumboNode *header = NULL;
    while (ew_page_next(&w)) {
        if (w.leaving)
            continue;
        if (header != NULL && ew_tg_has_class(w.node, "text"))
            return w.node;
        if (ew_tg_has_class(w.node, "page_header"))
            header = w.node;
    }
    return NULL;
}

/* The chat's name stands over the first message of each page. */
static ew_code take_header(ew_tg_html *h, size_t end)
{
    const GumboNode *root = NULL;
    ew_code code;
    ew_buf_reset(&h->chat_name);
    ew_buf_reset(&h->block);
    code = ew_buf_append(&h->block, h->bytes.p, end < HEAD ? end : HEAD, h->err);
    if (code != EW_OK || h->block.len == 0)
        return code;
    (void)ew_page_guard((char *)h->block.data, h->block.len);
    ew_room_release(&h->room);
    code = ew_page_parse(&root, (char *)h->block.data, h->block.len, &h->room, h->err);
    const GumboNode *name = code == EW_OK ? find_header(root) : NULL;
    if (name != NULL)
        code = ew_tg_html_text(h, name);
    if (code != EW_OK || name == NULL)
        return code;
    ew_slice s = ew_tg_slice(&h->text);
    while (s.n > 0 && s.p[s.n - 1] == ' ')
        s.n--;
    while (s.n > 0 && s.p[0] == ' ') {
        s.p++;
        s.n--;
    }
    return ew_buf_append(&h->chat_name, s.p, s.n < NAME ? s.n : NAME, h->err);
}

static ew_code tell_chat(ew_tg_html *h)
{
    ew_chat c = {{h->member, 0, 0}, {"", 0}, ew_tg_slice(&h->chat_name), {"", 0}};
    return h->sink->chat != NULL ? h->sink->chat(h->sink->cookie, &c, h->err) : EW_OK;
}

/* ------------------------------------------------------------------ messages */

static bool is_unsupported(const ew_tg_html *h)
{
    static const char words[] = "This message is not supported by this version";
    return h->made.message.service && h->made.text.n >= sizeof words - 1 &&
           memcmp(h->made.arena.data + h->made.text.at, words, sizeof words - 1) == 0;
}

static ew_code tell_zone(ew_tg_html *h)
{
    h->summer_told = true;
    return ew_tg_remark(
        h->sink, h->made.message.place, h->err,
        "times are understood with the zone that stands beside them; "
        "Telegram Desktop writes that of winter all year, so where clocks "
        "are put forward a time in summer may be an hour late");
}

/* Gaps of pages; once, though pages may be read twice. */
static ew_code tell_gap(const ew_tg_html *h, ew_place place, const char *what,
                        const char *words)
{
    return h->quiet ? EW_OK : ew_tg_gap(h->sink, place, what, h->err, "%s", words);
}

static ew_slice kept(const ew_tg_html *h, ew_kept_text t)
{
    return (ew_slice){t.n > 0 ? (const char *)h->made.arena.data + t.at : "", t.n};
}

static ew_code tell_signature(ew_tg_html *h)
{
    ew_message m = {.place = h->made.message.place, .id = kept(h, h->made.id)};
    return h->signature.n > 0 ? ew_tg_notes_say(&h->notes, h->sink, &m, "signed",
                                                kept(h, h->signature), h->err)
                              : EW_OK;
}

static ew_code tell_message(ew_tg_html *h)
{
    ew_place place = h->made.message.place;
    ew_code code = EW_OK;
    if (h->each != NULL)
        return h->each(h->cookie, h);
    if (h->joined && !h->has_owner)
        code = ew_tg_remark(h->sink, place, h->err,
                            "the message before, which names the sender, is not there");
    else if ((h->made.message.marks & EW_MARK_TWO_WAYS) != 0)
        code = ew_tg_remark(h->sink, place, h->err,
                            "message %.*s: joined to one before what the program said, "
                            "which no export does; its sender may be another",
                            EW_TG_TEXT(kept(h, h->made.id)));
    if (code == EW_OK && h->zone_s != 0 && !h->summer_told)
        code = tell_zone(h);
    if (code == EW_OK)
        code = tell_signature(h);
    if (code == EW_OK)
        code = ew_made_tell(&h->made, h->sink, h->err);
    if (code == EW_OK && is_unsupported(h))
        code = ew_tg_gap(h->sink, place, "message", h->err, "%s",
                         "the program that wrote the export did not know this kind");
    return code;
}

/* A message that cannot be read is a gap, and the others go on. */
static ew_code take_block(ew_tg_html *h, const ew_tg_block *b)
{
    ew_err why;
    ew_err *outer = h->err;
    ew_place place = {h->member, b->at, b->end - b->at};
    h->err = &why;
    ew_code code = ew_tg_html_block(h, b->at, b->end - b->at);
    h->err = outer;
    if (code == EW_E_LIMIT || code == EW_E_FORMAT)
        return tell_gap(h, place, "message", "a message too large to be read");
    if (code != EW_OK) {
        if (outer != NULL)
            *outer = why;
        return code;
    }
    if (h->divider)
        return EW_OK;
    bool parted = h->joined && h->parted;
    h->parted = h->made.message.service || parted;
    if (parted)
        h->made.message.marks |= EW_MARK_TWO_WAYS;
    if (!h->joined && !h->made.message.service) {
        h->owner =
            (ew_tg_at){(uint32_t)h->member, (uint32_t)b->at, (uint32_t)(b->end - b->at)};
        h->has_owner = true;
    }
    code = tell_message(h);
    if (code == EW_OK && h->cut)
        code = tell_gap(h, place, "message",
                        "the message is too large: only its beginning was read");
    if (code == EW_OK && !b->whole && !h->quiet)
        code = ew_tg_remark(h->sink, place, h->err,
                            "the end of this message is missing in the page");
    return code;
}

/* ------------------------------------------------------------------ pages */

static bool holds(ew_slice s, const char *text)
{
    return s.n > 0 && memmem(s.p, s.n, text, strlen(text)) != NULL;
}

/* Behind the last message: a page that was written to its end closes what it opened, and names the next one if
 * there is one. */
static ew_code take_end(ew_tg_html *h, size_t at, bool last)
{
    ew_slice rest = {h->bytes.p + at, h->bytes.n - at};
    ew_place place = {h->member, at, rest.n};
    if (!holds(rest, "</html"))
        return tell_gap(h, place, "messages",
                        "the page breaks off here: what followed is missing");
    if (last && holds(rest, "\"pagination"))
        return tell_gap(h, place, "file",
                        "the page that this one says to be next is not there");
    return EW_OK;
}

/* Numbers that are missing before this page. */
static ew_code tell_missing(ew_tg_html *h, uint64_t from, uint64_t to)
{
    ew_place place = {h->member, 0, 0};
    char words[64] = "messages.html is not there";
    if (from >= to)
        return EW_OK;
    h->has_owner = false;
    ew_buf_reset(&h->sender);
    ew_buf_reset(&h->forward);
    if (to - from > 1)
        (void)snprintf(words, sizeof words, "%llu pages before this one are not there",
                       (unsigned long long)(to - from));
    else if (from > 1)
        (void)snprintf(words, sizeof words, "messages%llu.html is not there",
                       (unsigned long long)from);
    return tell_gap(h, place, "file", words);
}

static ew_code take_page(ew_tg_html *h, const ew_tg_page *page, uint64_t next, bool last)
{
    ew_tg_scan scan = {h->bytes, 0};
    ew_tg_scan head = scan;
    ew_tg_block b = {0, 0, true};
    ew_code code = EW_OK;
    if (next == 1) {
        size_t end = ew_tg_scan_next(&head, &b) ? b.at : h->bytes.n;
        code = take_header(h, end);
        if (code == EW_OK)
            code = tell_chat(h);
        b = (ew_tg_block){0, 0, true};
    }
    if (code == EW_OK)
        code = tell_missing(h, next, page->number);
    size_t end = 0;
    while (code == EW_OK && ew_tg_scan_next(&scan, &b)) {
        code = take_block(h, &b);
        end = b.end;
    }
    return code == EW_OK ? take_end(h, end, last) : code;
}

ew_code ew_tg_html_group(ew_tg_html *h, const ew_tg_files *files,
                         const ew_tg_group *group)
{
    ew_code code = EW_OK;
    uint64_t next = 1;
    h->has_owner = h->parted = false;
    h->quiet = group->noted;
    for (size_t i = 0; i < group->count && code == EW_OK; i++) {
        const ew_tg_page *p = &files->pages[group->first + i];
        h->member = p->member;
        h->folder = p->folder;
        if (ew_delivery_bytes(h->from, p->member) > EW_TG_PAGE_BYTES ||
            p->member > UINT32_MAX)
            return ew_fail(h->err, EW_E_LIMIT, 0, "a page of more than %d bytes",
                           (int)EW_TG_PAGE_BYTES);
        code = ew_delivery_read(h->from, p->member, &h->bytes, h->err);
        if (code == EW_OK)
            code = take_page(h, p, next, i + 1 == group->count);
        next = p->number + 1;
    }
    ew_place end = {h->member, 0, 0};
    return code == EW_OK && h->each == NULL
               ? ew_tg_notes_tell(&h->notes, h->sink, end, h->err)
               : code;
}

/* ------------------------------------------------------------------ the reader */

ew_code ew_import__telegram_html(ew_delivery *from, const ew_import_opts *opts,
                                 const ew_import_sink *sink, ew_err *err)
{
    ew_tg_files files;
    ew_tg_html h;
    (void)opts;
    ew_code code = ew_tg_files_list(&files, from, err);
    if (code != EW_OK)
        return code;
    if (files.page_count == 0)
        code = ew_fail(err, EW_E_FORMAT, 0, "there is no messages.html in '%s'",
                       ew_delivery_path(from));
    ew_tg_html_init(&h, from, sink, err);
    for (size_t i = 0; i < files.group_count && code == EW_OK; i++)
        code = ew_tg_html_group(&h, &files, &files.groups[i]);
    ew_tg_html_release(&h);
    ew_tg_files_release(&files);
    return code;
}

ew_code ew_import__looks_telegram_html(ew_delivery *from, bool *yes, ew_err *err)
{
    ew_tg_files files;
    ew_slice bytes = {"", 0};
    *yes = false;
    ew_code code = ew_tg_files_list(&files, from, err);
    if (code == EW_OK && files.page_count > 0)
        code = ew_delivery_read(from, files.pages[0].member, &bytes, err);
    if (bytes.n > HEAD)
        bytes.n = HEAD;
    *yes = holds(bytes, "<body") &&
           ((holds(bytes, "\"page_header") && holds(bytes, "\"page_wrap")) ||
            holds(bytes, "\"message default") || holds(bytes, "\"message service"));
    ew_tg_files_release(&files);
    return code;
}
