/* SPDX-License-Identifier: Apache-2.0 */
/* One message of a page of Telegram Desktop. */
#include <string.h>

#include "base/when.h"
#include "import/page_bytes.h"
#include "import/page_tree.h"
#include "import/telegram_html.h"

/* ------------------------------------------------------------------ small things */

ew_slice ew_tg_slice(const ew_buf *b)
{
    return (ew_slice){b->len > 0 ? (const char *)b->data : "", b->len};
}

bool ew_tg_has_class(const GumboNode *node, const char *word)
{
    ew_slice text = ew_page_attribute(node, "class");
    size_t n = strlen(word);
    for (size_t at = 0; at < text.n; at++) {
        size_t len = strcspn(text.p + at, " \t\r\n\f");
        if (len == n && memcmp(text.p + at, word, n) == 0)
            return true;
        at += len;
    }
    return false;
}

static ew_slice trimmed(ew_slice s)
{
    while (s.n > 0 && strchr(" \t\r\n", s.p[s.n - 1]) != NULL && s.p[s.n - 1] != 0)
        s.n--;
    while (s.n > 0 && strchr(" \t\r\n", s.p[0]) != NULL && s.p[0] != 0) {
        s.p++;
        s.n--;
    }
    return s;
}

/* ------------------------------------------------------------------ texts */

/* A run of spaces of the source with a line feed in it is lay-out: one space between words, nothing at the
 * beginning of a line. */
static ew_code add_plain(ew_buf *out, const char *p, bool *gap, ew_err *err)
{
    ew_code code = EW_OK;
    while (*p != 0 && code == EW_OK) {
        size_t run = strspn(p, " \n");
        if (run > 0 && memchr(p, '\n', run) != NULL) {
            *gap = true;
            p += run;
            continue;
        }
        size_t word = run + strcspn(p + run, " \n");
        if (*gap && out->len > 0 && out->data[out->len - 1] != '\n')
            code = ew_buf_append(out, " ", 1, err);
        *gap = false;
        if (code == EW_OK)
            code = ew_buf_append(out, p, word, err);
        p += word;
    }
    return code;
}

static ew_code add_text_of(ew_buf *out, const GumboNode *n, bool *gap, size_t pre,
                           ew_err *err)
{
    const char *p = n->v.text.text;
    if (pre == 0)
        return add_plain(out, p, gap, err);
    *gap = false;
    return ew_buf_append(out, p, strlen(p), err);
}

ew_code ew_tg_html_text(ew_tg_html *h, const GumboNode *node)
{
    ew_page_walk w = {.root = node};
    ew_code code = EW_OK;
    bool gap = false;
    size_t pre = 0;
    ew_buf_reset(&h->text);
    while (code == EW_OK && ew_page_next(&w)) {
        GumboTag t = ew_page_tag(w.node);
        if (w.node->type == GUMBO_NODE_TEXT || w.node->type == GUMBO_NODE_WHITESPACE ||
            w.node->type == GUMBO_NODE_CDATA) {
            code = add_text_of(&h->text, w.node, &gap, pre, h->err);
        } else if (t == GUMBO_TAG_PRE) {
            pre = w.leaving ? pre - 1 : pre + 1;
        } else if (t == GUMBO_TAG_BR && !w.leaving) {
            gap = false;
            code = ew_buf_append(&h->text, "\n", 1, h->err);
        } else if ((t == GUMBO_TAG_SCRIPT || t == GUMBO_TAG_STYLE) && !w.leaving) {
            w.leaving = true;
        }
    }
    return code;
}

/* ------------------------------------------------------------------ times */

/* Digits of text at `at`, as many as n; -1 when they are none. */
static int digits(ew_slice text, size_t at, size_t n)
{
    int v = 0;
    if (at + n > text.n)
        return -1;
    for (size_t i = at; i < at + n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return -1;
        v = 10 * v + (text.p[i] - '0');
    }
    return v;
}

/* "UTC", "UTC+01:00", "UTC-3" */
static bool zone_of(ew_slice s, int32_t *zone_s)
{
    *zone_s = 0;
    if (!ew_slice_skip(&s, "UTC"))
        return false;
    if (s.n == 0)
        return true;
    bool west = s.p[0] == '-';
    if (!west && s.p[0] != '+')
        return false;
    int hours = digits(s, 1, s.n >= 3 ? 2 : 1);
    size_t at = s.n >= 3 ? 3 : 2;
    at += at < s.n && s.p[at] == ':';
    int minutes = at < s.n ? digits(s, at, 2) : 0;
    at += minutes >= 0 && at < s.n ? 2 : 0;
    if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59 || at != s.n)
        return false;
    *zone_s = (hours * 60 + minutes) * (west ? -60 : 60);
    return true;
}

bool ew_tg_html_time(ew_slice text, ew_moment *out, int32_t *zone_s)
{
    static const char shape[] = "00.00.0000 00:00:00";
    enum { CHARS = sizeof shape - 1 };
    char iso[EW_ISO_TEXT] = "0000-00-00T00:00:00Z";
    text = trimmed(text);
    if (text.n < CHARS)
        return false;
    for (size_t i = 0; i < CHARS; i++)
        if (shape[i] == '0' ? text.p[i] < '0' || text.p[i] > '9' : text.p[i] != shape[i])
            return false;
    memcpy(iso, text.p + 6, 4);
    memcpy(iso + 5, text.p + 3, 2);
    memcpy(iso + 8, text.p, 2);
    memcpy(iso + 11, text.p + 11, 8);
    *out = (ew_moment){.exact = true};
    if (!ew_iso_parse(iso, EW_ISO_CHARS, &out->unix_s))
        return false;
    out->known = true;
    ew_slice rest = trimmed((ew_slice){text.p + CHARS, text.n - CHARS});
    out->zoned = zone_of(rest, zone_s);
    if (out->zoned)
        out->unix_s -= *zone_s;
    return true;
}

static ew_code take_time(ew_tg_html *h, const GumboNode *n, ew_moment *m,
                         ew_kept_text *text, int32_t *zone_s)
{
    ew_slice title = ew_page_attribute(n, "title");
    *m = (ew_moment){.known = false};
    (void)ew_tg_html_time(title, m, zone_s);
    return ew_made_keep(&h->made, title, text, h->err);
}

/* ------------------------------------------------------------------ senders */

/* "Ann via @gif": the bot is not a part of the name. */
static ew_slice without_bot(ew_tg_html *h, ew_slice name)
{
    static const char via[] = " via @";
    for (size_t at = name.n; at-- > 0;) {
        if (name.p[at] == ' ' && name.n - at > sizeof via - 1 &&
            memcmp(name.p + at, via, sizeof via - 1) == 0 &&
            memchr(name.p + at + sizeof via - 1, ' ', name.n - at - (sizeof via - 1)) ==
                NULL) {
            h->notes.counts[EW_TG_VIA_BOT]++;
            return trimmed((ew_slice){name.p, at});
        }
    }
    return name;
}

/* The date in the name of a forward: in its title, in old exports (without it) in its text. */
static ew_code take_sent(ew_tg_html *h, const GumboNode *n, bool forward,
                         ew_kept_text *text)
{
    int32_t zone_s = 0;
    ew_moment *sent = &h->made.message.forwarded_time;
    ew_code code = EW_OK;
    if (forward)
        code = take_time(h, n, sent, &h->made.forwarded_text, &zone_s);
    if (code == EW_OK)
        code = ew_tg_html_text(h, n);
    if (code != EW_OK)
        return code;
    ew_slice shown = trimmed(ew_tg_slice(&h->text));
    bool untitled = forward && h->made.forwarded_text.n == 0;
    code = ew_made_keep(&h->made, shown, text, h->err);
    if (untitled && ew_tg_html_time(shown, sent, &zone_s))
        h->made.forwarded_text = *text;
    return code;
}

/* The name without the date that stands in it when it is that of a forward. */
static ew_code take_from(ew_tg_html *h, const GumboNode *n, bool forward)
{
    ew_message_made *m = &h->made;
    ew_code code = EW_OK;
    ew_kept_text date = {0, 0};
    const GumboVector *all = &n->v.element.children;
    for (unsigned i = 0; i < all->length && code == EW_OK; i++) {
        const GumboNode *c = all->data[i];
        if (ew_tg_has_class(c, "date") || ew_tg_has_class(c, "details"))
            code = take_sent(h, c, forward, &date);
    }
    if (code == EW_OK)
        code = ew_tg_html_text(h, n);
    if (code != EW_OK)
        return code;
    ew_slice name = trimmed(ew_tg_slice(&h->text));
    if (date.n > 0 && date.n <= name.n &&
        memcmp(name.p + name.n - date.n, m->arena.data + date.at, date.n) == 0)
        name.n -= date.n;
    name = without_bot(h, trimmed(name));
    ew_buf *last = forward ? &h->forward : &h->sender;
    ew_buf_reset(last);
    code = ew_buf_append(last, name.p, name.n, h->err);
    if (code == EW_OK)
        code = ew_made_keep(m, name, forward ? &m->forwarded_from : &m->sender, h->err);
    return code;
}

/* ------------------------------------------------------------------ replies */

static ew_code take_reply(ew_tg_html *h, const GumboNode *n)
{
    static const char to[] = "go_to_message";
    ew_page_walk w = {.root = n};
    while (ew_page_next(&w)) {
        ew_slice link = ew_page_attribute(w.node, "href");
        const char *p = strstr(link.p, to);
        if (w.leaving || ew_page_tag(w.node) != GUMBO_TAG_A || p == NULL)
            continue;
        p += sizeof to - 1;
        size_t len = *p == '-';
        len += strspn(p + len, "0123456789");
        return ew_made_keep(&h->made, (ew_slice){p, len}, &h->made.reply_to, h->err);
    }
    h->notes.counts[EW_TG_OTHER_CHAT]++;
    return EW_OK;
}

/* ------------------------------------------------------------------ messages */

typedef enum part {
    P_NOTHING,
    P_PASS,
    P_DATE,
    P_FROM,
    P_FORWARDED,
    P_REPLY,
    P_MEDIA,
    P_TEXT,
    P_SIGNATURE,
    P_BUTTONS,
    P_REACTIONS
} part;

static part part_of(const GumboNode *n)
{
    static const struct {
        const char *word;
        part what;
    } known[] = {{"userpic_wrap", P_PASS},   {"from_name", P_FROM},
                 {"reply_to", P_REPLY},      {"media_wrap", P_MEDIA},
                 {"text", P_TEXT},           {"signature", P_SIGNATURE},
                 {"reactions", P_REACTIONS}, {"bot_buttons_table", P_BUTTONS},
                 {"forwarded", P_FORWARDED}, {"date", P_DATE}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (ew_tg_has_class(n, known[i].word))
            return known[i].what;
    return ew_tg_is_media(n) ? P_MEDIA : P_NOTHING;
}

static ew_code take_text(ew_tg_html *h, const GumboNode *n)
{
    ew_code code = ew_tg_html_text(h, n);
    if (code == EW_OK)
        code = ew_made_keep(&h->made, ew_tg_slice(&h->text), &h->made.text, h->err);
    return code == EW_OK ? ew_tg_html_links(h, n) : code;
}

static ew_code take_signature(ew_tg_html *h, const GumboNode *n)
{
    ew_code code = ew_tg_html_text(h, n);
    if (code != EW_OK)
        return code;
    return ew_made_keep(&h->made, trimmed(ew_tg_slice(&h->text)), &h->signature, h->err);
}

static ew_code take_part(ew_tg_html *h, const GumboNode *n, part what, bool forward)
{
    ew_message_made *m = &h->made;
    switch (what) {
    case P_DATE:
        return m->message.time.known
                   ? EW_OK
                   : take_time(h, n, &m->message.time, &m->time_text, &h->zone_s);
    case P_FROM:
        return take_from(h, n, forward);
    case P_REPLY:
        return take_reply(h, n);
    case P_MEDIA:
        return ew_tg_html_media(h, n);
    case P_TEXT:
        return take_text(h, n);
    case P_SIGNATURE:
        return take_signature(h, n);
    case P_REACTIONS:
        h->notes.counts[EW_TG_REACTIONS]++;
        return EW_OK;
    case P_BUTTONS:
        h->notes.counts[EW_TG_BUTTONS]++;
        return EW_OK;
    default:
        return EW_OK;
    }
}

static ew_code take_default(ew_tg_html *h, const GumboNode *div)
{
    ew_page_walk w = {.root = div};
    const GumboNode *forward = NULL;
    bool named = false;
    bool from = false;
    ew_code code = EW_OK;
    while (code == EW_OK && ew_page_next(&w)) {
        if (w.leaving) {
            forward = w.node == forward ? NULL : forward;
            continue;
        }
        part what = w.node != div ? part_of(w.node) : P_NOTHING;
        if (what == P_FORWARDED && forward == NULL) {
            forward = w.node;
            h->made.message.forwarded = true;
        } else if (what != P_NOTHING && what != P_FORWARDED) {
            named = named || (what == P_FROM && forward == NULL);
            from = from || (what == P_FROM && forward != NULL);
            code = take_part(h, w.node, what, forward != NULL);
            w.leaving = true;
        }
    }
    if (code == EW_OK && !named && h->joined)
        code = ew_made_keep(&h->made, ew_tg_slice(&h->sender), &h->made.sender, h->err);
    if (code == EW_OK && !from && h->joined && h->made.message.forwarded)
        code = ew_made_keep(&h->made, ew_tg_slice(&h->forward), &h->made.forwarded_from,
                            h->err);
    return code;
}

/* What the program said: dates between messages are nothing to tell. */
static ew_code take_service(ew_tg_html *h, const GumboNode *div)
{
    ew_page_walk w = {.root = div};
    ew_made_attachment *a;
    ew_code code = EW_OK;
    h->made.message.service = true;
    while (code == EW_OK && ew_page_next(&w)) {
        if (w.leaving)
            continue;
        if (ew_tg_has_class(w.node, "details") && h->made.text.n == 0) {
            code = take_text(h, w.node);
            w.leaving = true;
        } else if (ew_page_tag(w.node) == GUMBO_TAG_A &&
                   ew_tg_has_class(w.node, "userpic_link")) {
            code = ew_tg_html_file(h, EW_ATTACH_PHOTO, ew_page_attribute(w.node, "href"),
                                   &a);
        }
    }
    return code;
}

/* "message12", "message-999999988"; *divider when it is none of the chat's. */
static ew_code take_id(ew_tg_html *h, const GumboNode *div)
{
    ew_slice id = ew_page_attribute(div, "id");
    uint64_t v;
    (void)ew_slice_skip(&id, "message");
    ew_slice number = id;
    bool below = ew_slice_skip(&number, "-");
    h->divider = below && ew_slice_u64(number, &v) && v < (uint64_t)-EW_TG_DIVIDER;
    return ew_made_keep(&h->made, id, &h->made.id, h->err);
}

/* "2 January 2024", whatever its number: a date between messages, since no action is worded so. */
static bool is_date(ew_slice s)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    ew_slice day;
    ew_slice month;
    uint64_t v;
    if (!ew_slice_word(&s, &day) || !ew_slice_word(&s, &month) || s.n != 4 ||
        !ew_slice_u64(day, &v) || !ew_slice_u64(s, &v))
        return false;
    for (size_t i = 0; i < sizeof months / sizeof months[0]; i++)
        if (ew_slice_is(month, months[i]))
            return true;
    return false;
}

static const GumboNode *find_message(const GumboNode *root)
{
    ew_page_walk w = {.root = root};
    while (ew_page_next(&w))
        if (!w.leaving && ew_tg_has_class(w.node, "message"))
            return w.node;
    return NULL;
}

static ew_code take_tree(ew_tg_html *h, const GumboNode *root)
{
    const GumboNode *div = find_message(root);
    if (div == NULL) {
        h->divider = true;
        return EW_OK;
    }
    h->joined = ew_tg_has_class(div, "joined");
    ew_code code = take_id(h, div);
    if (code == EW_OK && ew_tg_has_class(div, "service")) {
        code = take_service(h, div);
        ew_kept_text t = h->made.text;
        if (code == EW_OK && t.n > 0 && h->made.attachment_count == 0)
            h->divider =
                h->divider || is_date((ew_slice){(char *)h->made.arena.data + t.at, t.n});
    } else if (code == EW_OK) {
        h->divider = false;
        code = take_default(h, div);
    }
    return code;
}

ew_code ew_tg_html_block(ew_tg_html *h, size_t at, size_t n)
{
    const GumboNode *root = NULL;
    ew_made_restart(&h->made);
    h->made.message.place = (ew_place){h->member, at, n};
    h->divider = h->joined = false;
    h->signature = (ew_kept_text){0, 0};
    h->zone_s = 0;
    h->cut = n > EW_TG_BLOCK;
    ew_buf_reset(&h->block);
    ew_code code =
        ew_buf_append(&h->block, h->bytes.p + at, h->cut ? EW_TG_BLOCK : n, h->err);
    if (code != EW_OK)
        return code;
    (void)ew_page_guard((char *)h->block.data, h->block.len);
    ew_room_release(&h->room);
    code = ew_page_parse(&root, (char *)h->block.data, h->block.len, &h->room, h->err);
    return code == EW_OK ? take_tree(h, root) : code;
}
