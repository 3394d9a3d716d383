/* SPDX-License-Identifier: Apache-2.0 */
/* Two exports of one chat as one. First the pages and then the JSON are read for numbers alone; then the JSON is
 * told, with what the pages add between. */
#include "import/telegram_merge.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/when.h"
#include "import/telegram_index.h"
#include "import/telegram_json.h"

enum { WEEK = 7 * 86400, HOUR = 3600 };

typedef struct merge {
    ew_delivery *from;
    ew_tg_files *files;
    const ew_import_sink *sink;
    size_t json;
    ew_slice folder; /* of result.json */
    ew_tg_index index;
    ew_buf room;
    ew_err *err;
    /* Reading the pages a second time, where need be */
    ew_delivery *again;
    ew_tg_html html;
    bool html_set;
    size_t html_member;
    ew_import_sink one; /* takes the message of the page that is read again */
    /* The chat that is told */
    size_t chat; /* one past its number */
    size_t group;
    ew_place chat_place;
    size_t next, last;    /* entries of its group, from the next that may be told */
    const ew_tg_side *to; /* what the page is compared with; NULL: it is told */
    uint64_t only_json, only_html, differ, both, winter;
    bool summer_told;
} merge;

/* ------------------------------------------------------------------ the first time */

static ew_code note_entry(void *cookie, ew_tg_html *h)
{
    merge *m = cookie;
    ew_import_sink none = {.cookie = NULL};
    ew_message_made *made = &h->made;
    ew_tg_entry e = {.place = {(uint32_t)made->message.place.member,
                               (uint32_t)made->message.place.at,
                               (uint32_t)made->message.place.bytes},
                     .owner = h->owner,
                     .group = (uint32_t)m->group,
                     .zone_s = h->zone_s};
    ew_code code = ew_made_tell(made, &none, h->err); /* sets the slices */
    const ew_message *msg = &made->message;
    if (code != EW_OK)
        return code;
    if (!ew_tg_id(msg->id, &e.id)) {
        e.id = INT64_MAX;
        e.flags |= EW_TG_NO_ID;
    }
    e.local_s = msg->time.unix_s + (msg->time.zoned ? h->zone_s : 0);
    e.sent_s = msg->forwarded_time.unix_s;
    e.flags |= msg->time.known ? EW_TG_TIMED : 0;
    e.flags |= msg->time.zoned ? EW_TG_ZONED : 0;
    e.flags |= msg->forwarded_time.known ? EW_TG_SENT : 0;
    e.flags |= msg->forwarded_time.zoned ? EW_TG_SENT_ZONED : 0;
    e.flags |= h->joined && h->has_owner ? EW_TG_JOINED : 0;
    ew_tg_side side = {msg, h->folder, msg->time.known, e.local_s};
    code = ew_tg_digest(&side, &m->room, e.digest, h->err);
    return code == EW_OK ? ew_tg_index_entry(&m->index, &e, h->err) : code;
}

/* Does the group belong to this result.json and to no other that is nearer? */
static bool is_own(const merge *m, const ew_tg_group *g)
{
    ew_slice folder = m->files->pages[g->first].folder;
    if (g->taken || !ew_tg_is_below(folder, m->folder))
        return false;
    for (size_t i = 0; i < m->files->json_count; i++) {
        ew_slice other = ew_tg_folder_of(ew_delivery_name(m->from, m->files->jsons[i]));
        if (other.n > m->folder.n && ew_tg_is_below(folder, other))
            return false;
    }
    return true;
}

static ew_code note_pages(merge *m, const bool *own)
{
    ew_tg_html h;
    ew_import_sink sink = {
        .cookie = m->sink->cookie, .gap = m->sink->gap, .remark = m->sink->remark};
    ew_code code = EW_OK;
    ew_tg_html_init(&h, m->from, &sink, m->err);
    h.each = note_entry;
    h.cookie = m;
    for (m->group = 0; m->group < m->files->group_count && code == EW_OK; m->group++) {
        ew_tg_group *g = &m->files->groups[m->group];
        if (own[m->group])
            code = ew_tg_html_group(&h, m->files, g);
        g->noted = g->noted || own[m->group];
    }
    ew_tg_html_release(&h);
    return code;
}

static ew_code note_chat(void *cookie, const ew_chat *c, ew_err *err)
{
    merge *m = cookie;
    (void)c;
    return ew_tg_index_chat(&m->index, err);
}

static ew_code note_key(void *cookie, const ew_message *msg, ew_err *err)
{
    merge *m = cookie;
    ew_moment local = {.known = false};
    ew_tg_key k = {.timed = false};
    if (!ew_tg_id(msg->id, &k.id))
        return EW_OK;
    k.timed = ew_moment_local(msg->time.text, &local);
    k.local_s = local.unix_s;
    return ew_tg_index_key(&m->index, &k, err);
}

static ew_code note_json(merge *m)
{
    ew_import_sink sink = {.cookie = m, .chat = note_chat, .message = note_key};
    return ew_tg_json_read(m->from, m->json, &sink, m->err);
}

/* ------------------------------------------------------------------ a page again */

/* A second delivery, since the bytes of result.json must stay. */
static ew_code open_again(merge *m, ew_err *err)
{
    if (m->again != NULL)
        return EW_OK;
    ew_code code = ew_delivery_open(&m->again, ew_delivery_path(m->from), err);
    if (code != EW_OK)
        return code;
    if (ew_delivery_count(m->again) != ew_delivery_count(m->from))
        return ew_fail(err, EW_E_IO, 0, "'%s' changed while it was read",
                       ew_delivery_path(m->from));
    ew_tg_html_init(&m->html, m->again, &m->one, err);
    m->html_set = true;
    m->html_member = SIZE_MAX;
    return EW_OK;
}

static ew_code load_page(merge *m, size_t member, ew_err *err)
{
    ew_slice a = ew_delivery_name(m->from, member);
    if (member == m->html_member)
        return EW_OK;
    m->html_member = SIZE_MAX;
    ew_slice b = ew_delivery_name(m->again, member);
    if (a.n != b.n || memcmp(a.p, b.p, a.n) != 0)
        return ew_fail(err, EW_E_IO, 0, "'%s' changed while it was read",
                       ew_delivery_path(m->from));
    ew_code code = ew_delivery_read(m->again, member, &m->html.bytes, err);
    if (code != EW_OK)
        return code;
    m->html.member = m->html_member = member;
    m->html.folder = ew_tg_folder_of(b);
    return EW_OK;
}

static ew_code read_at(merge *m, const ew_tg_at *at, ew_err *err)
{
    ew_code code = load_page(m, at->member, err);
    if (code != EW_OK)
        return code;
    if (at->at > m->html.bytes.n || at->bytes > m->html.bytes.n - at->at)
        return ew_fail(err, EW_E_IO, 0, "'%s' changed while it was read",
                       ew_delivery_path(m->from));
    return ew_tg_html_block(&m->html, at->at, at->bytes);
}

/* Reads the message of that entry, after the one that names its sender, and hands it to m->one. */
static ew_code read_again(merge *m, const ew_tg_entry *e, ew_err *err)
{
    ew_code code = open_again(m, err);
    if (code != EW_OK)
        return code;
    m->html.err = err;
    ew_buf_reset(&m->html.sender);
    ew_buf_reset(&m->html.forward);
    if ((e->flags & EW_TG_JOINED) != 0)
        code = read_at(m, &e->owner, err);
    if (code == EW_OK)
        code = read_at(m, &e->place, err);
    return code == EW_OK ? ew_made_tell(&m->html.made, &m->one, err) : code;
}

/* What read_again hands on: to be compared, or to be told. */
static ew_code take_one(void *cookie, const ew_message *msg, ew_err *err)
{
    merge *m = cookie;
    uint64_t count = 0;
    if (m->to != NULL) {
        ew_tg_side html = {msg, m->html.folder, msg->time.known,
                           msg->time.unix_s + (msg->time.zoned ? m->html.zone_s : 0)};
        ew_code code = ew_tg_differences(m->to, &html, m->sink, &count, err);
        m->differ += count > 0;
        return code;
    }
    ew_message own = *msg;
    own.marks |= EW_MARK_ONLY_HTML;
    m->only_html++;
    return m->sink->message != NULL ? m->sink->message(m->sink->cookie, &own, err)
                                    : EW_OK;
}

/* Gaps of attachments, of messages that are told from a page. */
static ew_code take_gap(void *cookie, const ew_gap *g, ew_err *err)
{
    merge *m = cookie;
    if (m->to != NULL || m->sink->gap == NULL)
        return EW_OK;
    return m->sink->gap(m->sink->cookie, g, err);
}

/* ------------------------------------------------------------------ chats */

/* Messages that only pages have, up to that number. */
static ew_code tell_until(merge *m, int64_t id, ew_err *err)
{
    ew_code code = EW_OK;
    for (; code == EW_OK && m->next < m->last && m->index.entries[m->next].id < id;
         m->next++)
        if ((m->index.entries[m->next].flags & EW_TG_MATCHED) == 0)
            code = read_again(m, &m->index.entries[m->next], err);
    return code;
}

static ew_code tell_sum(merge *m, ew_err *err)
{
    ew_code code = EW_OK;
    if (m->only_json + m->only_html + m->differ > 0)
        code = ew_tg_remark(m->sink, m->chat_place, err,
                            "the chat is in result.json and in pages: %llu messages in "
                            "both, %llu of them with differences; %llu only in "
                            "result.json, %llu only in pages",
                            (unsigned long long)m->both, (unsigned long long)m->differ,
                            (unsigned long long)m->only_json,
                            (unsigned long long)m->only_html);
    if (code == EW_OK && m->winter > 0)
        code = ew_tg_remark(m->sink, m->chat_place, err,
                            "the zone in pages is that of winter for %llu messages sent "
                            "in summer; the moments of result.json count",
                            (unsigned long long)m->winter);
    return code;
}

static ew_code end_chat(merge *m, ew_err *err)
{
    if (m->chat == 0 || m->group == SIZE_MAX)
        return EW_OK;
    ew_code code = tell_until(m, INT64_MAX, err);
    for (; code == EW_OK && m->next < m->last; m->next++) /* without a number */
        code = read_again(m, &m->index.entries[m->next], err);
    return code == EW_OK ? tell_sum(m, err) : code;
}

static ew_code tell_chat(void *cookie, const ew_chat *c, ew_err *err)
{
    merge *m = cookie;
    ew_code code = end_chat(m, err);
    m->group = m->chat < m->index.pair_count ? m->index.pairs[m->chat].group : SIZE_MAX;
    m->chat++;
    m->chat_place = c->place;
    m->only_json = m->only_html = m->differ = m->both = m->winter = 0;
    m->next = m->last = 0;
    if (m->group != SIZE_MAX)
        ew_tg_index_range(&m->index, m->group, &m->next, &m->last);
    if (code != EW_OK || m->sink->chat == NULL)
        return code;
    return m->sink->chat(m->sink->cookie, c, err);
}

/* ------------------------------------------------------------------ messages */

/* A clock's reading with the zone of the page is a moment. Where JSON has the moment, the page's zone must lead to
 * it, or to an hour later: it is that of winter. *off is how much later. */
static ew_code take_zone(merge *m, ew_message *msg, const ew_tg_side *side,
                         const ew_tg_entry *e, int64_t *off, ew_err *err)
{
    *off = 0;
    if ((e->flags & EW_TG_ZONED) == 0 || !side->local_known ||
        side->local_s != e->local_s)
        return EW_OK;
    if (!msg->time.zoned) {
        msg->time.unix_s = e->local_s - e->zone_s;
        msg->time.zoned = true;
        return EW_OK;
    }
    *off = e->local_s - e->zone_s - msg->time.unix_s;
    if (*off == 0)
        return EW_OK;
    if (*off > 0 && *off <= HOUR) {
        m->winter++;
        return EW_OK;
    }
    long long late = (long long)*off;
    *off = 0;
    m->differ++;
    return ew_tg_remark(m->sink, msg->place, err,
                        "message %.*s: time with its zone is %lld seconds %s in the page "
                        "than in result.json",
                        EW_TG_TEXT(msg->id), late < 0 ? -late : late,
                        late < 0 ? "earlier" : "later");
}

/* "31.01.2026 12:00:00 UTC+01:00", as the page has it. */
static ew_slice sent_text(const ew_tg_entry *e, char *text, size_t size)
{
    char iso[EW_ISO_TEXT];
    bool zoned = (e->flags & EW_TG_SENT_ZONED) != 0;
    int32_t zone = e->zone_s < 0 ? -e->zone_s : e->zone_s;
    (void)ew_iso_text(e->sent_s + (zoned ? e->zone_s : 0), iso);
    int n = snprintf(text, size, "%.2s.%.2s.%.4s %.8s", iso + 8, iso + 5, iso, iso + 11);
    if (zoned && n > 0 && (size_t)n < size)
        n += snprintf(text + n, size - (size_t)n, " UTC%c%02d:%02d",
                      e->zone_s < 0 ? '-' : '+', zone / 3600, zone / 60 % 60);
    return (ew_slice){text, n > 0 && (size_t)n < size ? (size_t)n : 0};
}

/* A forward's first date, which JSON has not. Near the message the same clock was in use. */
static ew_code take_sent(merge *m, ew_message *msg, const ew_tg_entry *e, int64_t off,
                         ew_slice text, ew_err *err)
{
    int64_t apart = e->sent_s - (e->local_s - e->zone_s);
    if ((e->flags & EW_TG_SENT) == 0 || msg->forwarded_time.known || !msg->forwarded)
        return EW_OK;
    msg->forwarded_time = (ew_moment){.known = true,
                                      .unix_s = e->sent_s,
                                      .zoned = (e->flags & EW_TG_SENT_ZONED) != 0,
                                      .exact = true,
                                      .text = text};
    if (off != 0 && apart > -WEEK && apart < WEEK)
        msg->forwarded_time.unix_s -= off;
    if (e->zone_s == 0 || m->summer_told)
        return EW_OK;
    m->summer_told = true;
    return ew_tg_remark(
        m->sink, msg->place, err,
        "dates of forwards come from the page, with its zone, which is that "
        "of winter all year: in summer they may be an hour late");
}

static ew_code compare(merge *m, const ew_tg_side *side, const ew_tg_entry *e,
                       ew_err *err)
{
    uint8_t digest[EW_TG_DIGEST];
    ew_code code = ew_tg_digest(side, &m->room, digest, err);
    if (code != EW_OK || memcmp(digest, e->digest, sizeof digest) == 0)
        return code;
    m->to = side;
    code = read_again(m, e, err);
    m->to = NULL;
    return code;
}

static ew_code supplement(merge *m, ew_message *msg, const ew_tg_entry *e, ew_err *err)
{
    char text[64];
    ew_moment local = {.known = false};
    int64_t off;
    bool known = ew_moment_local(msg->time.text, &local);
    ew_tg_side side = {msg, m->folder, known, local.unix_s};
    m->both++;
    ew_code code = compare(m, &side, e, err);
    if (code == EW_OK)
        code = take_zone(m, msg, &side, e, &off, err);
    if (code == EW_OK)
        code = take_sent(m, msg, e, off, sent_text(e, text, sizeof text), err);
    if (code != EW_OK || m->sink->message == NULL)
        return code;
    return m->sink->message(m->sink->cookie, msg, err);
}

static ew_code tell_message(void *cookie, const ew_message *msg, ew_err *err)
{
    merge *m = cookie;
    int64_t id;
    ew_message own = *msg;
    const ew_tg_entry *e = NULL;
    ew_code code = EW_OK;
    if (m->group != SIZE_MAX && ew_tg_id(msg->id, &id)) {
        code = tell_until(m, id, err);
        e = ew_tg_index_find(&m->index, m->group, id);
    }
    if (code != EW_OK)
        return code;
    if (e != NULL)
        return supplement(m, &own, e, err);
    if (m->group != SIZE_MAX) {
        own.marks |= EW_MARK_ONLY_JSON;
        m->only_json++;
    }
    return m->sink->message != NULL ? m->sink->message(m->sink->cookie, &own, err)
                                    : EW_OK;
}

static ew_code pass_gap(void *cookie, const ew_gap *g, ew_err *err)
{
    const merge *m = cookie;
    return m->sink->gap != NULL ? m->sink->gap(m->sink->cookie, g, err) : EW_OK;
}

static ew_code pass_remark(void *cookie, const ew_remark *r, ew_err *err)
{
    const merge *m = cookie;
    return m->sink->remark != NULL ? m->sink->remark(m->sink->cookie, r, err) : EW_OK;
}

static ew_code tell_json(merge *m)
{
    ew_import_sink sink = {.cookie = m,
                           .chat = tell_chat,
                           .message = tell_message,
                           .gap = pass_gap,
                           .remark = pass_remark};
    m->chat = 0;
    m->group = SIZE_MAX;
    ew_code code = ew_tg_json_read(m->from, m->json, &sink, m->err);
    return code == EW_OK ? end_chat(m, m->err) : code;
}

/* ------------------------------------------------------------------ the whole */

static ew_code run(merge *m, bool *own)
{
    bool any = false;
    for (size_t i = 0; i < m->files->group_count; i++) {
        own[i] = is_own(m, &m->files->groups[i]);
        any = any || own[i];
    }
    if (!any)
        return ew_tg_json_read(m->from, m->json, m->sink, m->err);
    ew_code code = note_pages(m, own);
    if (code == EW_OK)
        code = note_json(m);
    if (code != EW_OK)
        return code;
    ew_tg_index_match(&m->index, m->files, own);
    for (size_t i = 0; i < m->files->group_count; i++)
        m->files->groups[i].apart = own[i] && !m->files->groups[i].taken;
    return tell_json(m);
}

ew_code ew_tg_merge(ew_delivery *from, ew_tg_files *files, size_t json,
                    const ew_import_sink *sink, ew_err *err)
{
    merge m = {.from = from, .files = files, .sink = sink, .json = json, .err = err};
    bool *own = ew_alloc_array(files->group_count + 1, sizeof *own);
    if (own == NULL)
        return ew_fail_nomem(err);
    m.folder = ew_tg_folder_of(ew_delivery_name(from, json));
    m.one = (ew_import_sink){.cookie = &m, .message = take_one, .gap = take_gap};
    ew_buf_init(&m.room, 2 * (size_t)EW_MADE_BYTES);
    ew_code code = run(&m, own);
    if (m.html_set)
        ew_tg_html_release(&m.html);
    ew_delivery_close(m.again);
    ew_tg_index_release(&m.index);
    ew_buf_release(&m.room);
    ew_free(own);
    return code;
}

ew_code ew_tg_merge_rest(ew_delivery *from, ew_tg_files *files,
                         const ew_import_sink *sink, ew_err *err)
{
    ew_tg_html h;
    ew_code code = EW_OK;
    ew_tg_html_init(&h, from, sink, err);
    for (size_t i = 0; i < files->group_count && code == EW_OK; i++) {
        const ew_tg_group *g = &files->groups[i];
        ew_place place = {files->pages[g->first].member, 0, 0};
        if (g->taken)
            continue;
        code = ew_tg_html_group(&h, files, g);
        if (code == EW_OK && g->apart)
            code = ew_tg_remark(sink, place, err,
                                "these pages are of no chat that result.json has");
    }
    ew_tg_html_release(&h);
    return code;
}
