/* SPDX-License-Identifier: Apache-2.0 */
/* WhatsApp's text exports. Twice over the text: first for the order of day and month, which only the whole
 * file tells, then for the messages. A line break and a forged head inside a message look exactly
 * like a message; what goes back in time is marked so that a person looks. */
#include <string.h>

#include "base/alloc.h"
#include "import/clean.h"
#include "import/message_made.h"
#include "import/whatsapp_bytes.h"
#include "import/whatsapp_dates.h"
#include "import/whatsapp_look.h"
#include "import/whatsapp_words.h"

typedef struct whatsapp {
    ew_delivery *from;
    const ew_import_opts *opts;
    const ew_import_sink *sink;
    ew_wa_bytes bytes;
    ew_slice all; /* of them the text */
    size_t member;
    ew_slice folder;
    ew_wa_look look;
    bool told_calendar, told_colon, told_order, told_bad; /* once a file */
    int64_t last;                                         /* time of the message before */
    ew_wa_names *names;
    ew_message_made made;
    ew_buf room;
    ew_err *err;
} whatsapp;

/* ------------------------------------------------------------------ lines */

/* The next line with its line feed; the last one may have none. */
static bool next_line(ew_slice *rest, ew_slice *line)
{
    const char *end = rest->n > 0 ? memchr(rest->p, '\n', rest->n) : NULL;
    if (rest->n == 0)
        return false;
    line->p = rest->p;
    line->n = end != NULL ? (size_t)(end - rest->p) + 1 : rest->n;
    rest->p += line->n;
    rest->n -= line->n;
    return true;
}

static ew_slice trimmed(ew_slice s)
{
    while (s.n > 0 && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r'))
        s.n--;
    return s;
}

/* ------------------------------------------------------------------ messages */

static ew_code remark(whatsapp *w, const char *text)
{
    ew_remark r = {w->made.message.place, ew_slice_of(text)};
    return w->sink->remark != NULL ? w->sink->remark(w->sink->cookie, &r, w->err) : EW_OK;
}

/* The head as written, without brackets and dash. */
static ew_code keep_head(whatsapp *w, ew_slice head)
{
    ew_wa_skip_marks(&head);
    while (head.n > 0 && strchr("[]- \r\n", head.p[head.n - 1]) != NULL)
        head.n--;
    if (ew_slice_skip(&head, "["))
        ew_wa_skip_marks(&head);
    return ew_made_keep(&w->made, head, &w->made.time_text, w->err);
}

static ew_code tell_calendar(whatsapp *w, const ew_wa_date *d)
{
    if (d->calendar == EW_WA_GREGORIAN || w->told_calendar)
        return EW_OK;
    w->told_calendar = true;
    if (d->calendar == EW_WA_ISLAMIC)
        return remark(w, "dates of the Islamic calendar, which are not converted");
    return remark(w, d->calendar == EW_WA_BUDDHIST
                         ? "years of the Buddhist era were converted"
                         : "dates of the Persian calendar were converted");
}

static ew_code guess(whatsapp *w)
{
    w->made.message.marks |= EW_MARK_TIME_GUESSED;
    if (w->told_order)
        return EW_OK;
    w->told_order = true;
    return remark(w,
                  "nothing in this chat tells whether the day or the month comes first "
                  "in its dates; they were read with the day first");
}

static ew_code set_time(whatsapp *w, const ew_wa_head *h, ew_slice head)
{
    ew_message *m = &w->made.message;
    ew_wa_date d = ew_wa_date_of(h);
    int64_t day;
    ew_code code = keep_head(w, head);
    if (code == EW_OK)
        code = tell_calendar(w, &d);
    if (code != EW_OK || !ew_wa_day(&d, w->look.day_first, &day))
        return code;
    m->time =
        (ew_moment){.known = true,
                    .unix_s = day * 86400 + h->hour * 3600 + h->minute * 60 + h->second,
                    .exact = h->seconds};
    if (w->look.guessed && !d.year_first && d.first != d.second)
        code = guess(w);
    /* Exports are in order, to the minute. */
    if (m->time.unix_s < w->last - 60)
        m->marks |= EW_MARK_TIME_BACK | EW_MARK_TWO_WAYS;
    else
        w->last = m->time.unix_s;
    return code;
}

static ew_code keep_clean(whatsapp *w, ew_slice text, ew_kept_text *out)
{
    bool bad = false;
    ew_code code = ew_import_clean(text, &w->room, &text, &bad, w->err);
    if (bad)
        w->made.message.marks |= EW_MARK_REPAIRED;
    if (bad && code == EW_OK && !w->told_bad) {
        w->told_bad = true;
        code = remark(w, "bytes that are no UTF-8 are shown as U+FFFD");
    }
    return code == EW_OK ? ew_made_keep(&w->made, text, out, w->err) : code;
}

static ew_code add_attachment(whatsapp *w, const ew_wa_said *said)
{
    ew_made_attachment *a = ew_made_attachment_new(&w->made);
    a->kind = said->kind;
    if (said->what == EW_WA_ATTACHED) {
        ew_code code = keep_clean(w, said->name, &a->path);
        ew_made_find(&w->made, a, w->from, w->folder);
        return code;
    }
    a->state = said->what == EW_WA_OMITTED ? EW_ATTACH_LEFT_OUT : EW_ATTACH_INLINE;
    if (said->what == EW_WA_POLL)
        return ew_made_keep(&w->made, ew_slice_of("poll"), &a->name, w->err);
    return keep_clean(w, said->name, &a->words);
}

/* "name (words)" of a language that is not known: a file, if the delivery has it. */
static bool is_member(const whatsapp *w, ew_slice line, ew_wa_said *said)
{
    char path[EW_DELIVERY_NAME];
    ew_slice name;
    if (!ew_wa_name_before_words(line, &name) || w->folder.n + name.n > sizeof path)
        return false;
    memcpy(path, w->folder.p, w->folder.n);
    memcpy(path + w->folder.n, name.p, name.n);
    if (ew_delivery_find(w->from, (ew_slice){path, w->folder.n + name.n}) == SIZE_MAX)
        return false;
    *said = (ew_wa_said){EW_WA_ATTACHED, ew_wa_kind_of(name), name, true};
    return true;
}

/* What one line of a body stands for. `alone`: it is the whole body. */
static ew_code take_line(whatsapp *w, const ew_wa_said *said, bool alone)
{
    ew_message *m = &w->made.message;
    switch (said->what) {
    case EW_WA_TEXT:
        return EW_OK;
    case EW_WA_DELETED:
        m->marks |= alone ? EW_MARK_DELETED : 0;
        return EW_OK;
    case EW_WA_CALL:
        m->service = m->service || alone;
        return EW_OK;
    default:
        return add_attachment(w, said);
    }
}

/* "<Media utelatt>", more than once in the chat: words of a language that is not known. */
static ew_code take_unknown(whatsapp *w, ew_slice line, bool first)
{
    ew_made_attachment *a = ew_made_attachment_new(&w->made);
    a->kind = EW_ATTACH_OTHER;
    a->state = EW_ATTACH_LEFT_OUT;
    w->made.message.marks |= EW_MARK_TWO_WAYS;
    ew_code code = keep_clean(w, ew_wa_trim(line), &a->words);
    return code == EW_OK && first
               ? remark(w, "these words in angles come more than once: taken for "
                           "something that the export leaves out")
               : code;
}

/* The lines of a body: those that stand for something are taken out of the text only when they name a file and
 * nothing else, so that no word is lost. */
static ew_code take_lines(whatsapp *w, ew_slice *body)
{
    ew_slice rest = *body;
    ew_slice line;
    const char *begin = body->p;
    bool new_words = false;
    ew_code code = EW_OK;
    while (code == EW_OK && next_line(&rest, &line)) {
        ew_wa_said said = ew_wa_line(trimmed(line));
        if (said.what == EW_WA_TEXT)
            (void)is_member(w, trimmed(line), &said);
        bool first = line.p == begin;
        bool unknown = said.what == EW_WA_TEXT && first && trimmed(rest).n == 0;
        if (unknown && ew_wa_stands_for(&w->look, line, &new_words)) {
            code = take_unknown(w, line, new_words);
            continue;
        }
        if (said.what == EW_WA_POLL && !first)
            continue;
        code = take_line(w, &said, first && trimmed(rest).n == 0);
        if (said.what == EW_WA_ATTACHED && said.whole && line.p == body->p)
            *body = rest; /* the caption, if any, follows */
    }
    return code;
}

static ew_code tell_edited(whatsapp *w, ew_slice tag)
{
    ew_gap g = {w->made.message.place, ew_slice_of("version"), {"", 0}};
    ew_code code = keep_clean(w, tag, &w->made.edited_text);
    if (code != EW_OK || w->sink->gap == NULL)
        return code;
    g.words = ew_slice_of("the message was edited; what it said before is not in the "
                          "export");
    return w->sink->gap(w->sink->cookie, &g, w->err);
}

/* What iPhones put U+200E before, and what is no thing, the program says itself. */
static bool is_programs(ew_slice body)
{
    return ew_slice_skip(&body, "\xE2\x80\x8E") && !ew_slice_skip(&body, "@");
}

static ew_code take_body(whatsapp *w, ew_slice body, const ew_wa_head *h)
{
    ew_slice tag;
    ew_message *m = &w->made.message;
    bool programs = h->bracket && is_programs(body);
    ew_code code = EW_OK;
    body = trimmed(body);
    if (ew_wa_take_edited(&body, &tag))
        code = tell_edited(w, tag);
    if (code == EW_OK)
        code = take_lines(w, &body);
    if (programs && w->made.attachment_count == 0 && (m->marks & EW_MARK_DELETED) == 0)
        m->service = true;
    if (code == EW_OK && !h->bracket && ew_slice_is(body, "null")) {
        m->marks |= EW_MARK_TWO_WAYS;
        code =
            remark(w, "\"null\" stands for what was to be viewed once, unless somebody "
                      "wrote it");
    }
    return code == EW_OK ? keep_clean(w, trimmed(body), &w->made.text) : code;
}

static ew_code take_sender(whatsapp *w, ew_slice *rest)
{
    char number[EW_WA_NUMBER];
    ew_slice sender = {"", 0};
    bool two_ways = false;
    w->made.message.service = !ew_wa_take_sender(w->names, rest, &sender, &two_ways);
    ew_code code = keep_clean(w, sender, &w->made.sender);
    if (code == EW_OK && ew_wa_phone(sender, number))
        code = ew_made_keep(&w->made, ew_slice_of(number), &w->made.sender_id, w->err);
    if (!two_ways || code != EW_OK)
        return code;
    w->made.message.marks |= EW_MARK_TWO_WAYS;
    if (w->told_colon)
        return code;
    w->told_colon = true;
    return remark(w,
                  "a name with a colon: all messages that begin with its first half go "
                  "on with the second");
}

static ew_code tell_remarks(whatsapp *w, const ew_wa_date *d)
{
    const ew_message *m = &w->made.message;
    ew_code code = EW_OK;
    if (!m->time.known && d->calendar != EW_WA_ISLAMIC)
        code = remark(w, "a date that does not exist");
    if (code == EW_OK && (m->marks & EW_MARK_TIME_BACK) != 0)
        code = remark(
            w, "earlier than the message before it: it may be a part of that message "
               "that only looks like one of its own");
    return code;
}

/* text: the whole message, from its head on. */
static ew_code take_message(whatsapp *w, ew_slice text, const ew_wa_head *h)
{
    ew_slice rest = {text.p + h->bytes, text.n - h->bytes};
    ew_wa_date d = ew_wa_date_of(h);
    ew_made_restart(&w->made);
    w->made.message.place = ew_wa_bytes_place(&w->bytes, w->member, text);
    ew_code code = set_time(w, h, (ew_slice){text.p, h->bytes});
    if (code == EW_OK)
        code = take_sender(w, &rest);
    if (code == EW_OK)
        code = take_body(w, rest, h);
    if (code == EW_OK)
        code = tell_remarks(w, &d);
    return code == EW_OK ? ew_made_tell(&w->made, w->sink, w->err) : code;
}

/* What stands before the first message belongs to none. */
static ew_code tell_stray(whatsapp *w, ew_slice text)
{
    if (trimmed(text).n == 0)
        return EW_OK;
    w->made.message.place = ew_wa_bytes_place(&w->bytes, w->member, text);
    return remark(w, "lines before the first message");
}

static ew_code take_all(whatsapp *w)
{
    ew_slice rest = w->all;
    ew_slice line;
    ew_wa_head h;
    ew_wa_head open = {.bytes = 0};
    const char *begin = w->all.p;
    ew_code code = EW_OK;
    w->last = INT64_MIN + 60;
    while (code == EW_OK && next_line(&rest, &line)) {
        if (!ew_wa_head_at(line, &h))
            continue;
        ew_slice before = {begin, (size_t)(line.p - begin)};
        code = open.bytes > 0 ? take_message(w, before, &open) : tell_stray(w, before);
        open = h;
        begin = line.p;
    }
    ew_slice last = {begin, (size_t)(w->all.p + w->all.n - begin)};
    return code == EW_OK ? take_message(w, last, &open) : code;
}

/* ------------------------------------------------------------------ the file */

static bool ends_with(ew_slice s, const char *end)
{
    size_t n = strlen(end);
    return s.n >= n && memcmp(s.p + s.n - n, end, n) == 0;
}

static ew_slice base_name(ew_slice s)
{
    const char *slash = s.n > 0 ? memrchr(s.p, '/', s.n) : NULL;
    size_t cut = slash != NULL ? (size_t)(slash - s.p) + 1 : 0;
    return (ew_slice){s.p + cut, s.n - cut};
}

/* "WhatsApp Chat with Ann.txt": Ann. iPhones write the name only on the ZIP. */
static ew_slice chat_name(const whatsapp *w)
{
    ew_slice name = base_name(ew_delivery_name(w->from, w->member));
    if (ends_with(name, ".txt"))
        name.n -= 4;
    if (!ew_slice_is(name, "_chat"))
        return ew_wa_title_of(name);
    ew_slice zip = base_name(ew_slice_of(ew_delivery_path(w->from)));
    if (ends_with(zip, ".zip"))
        zip.n -= 4;
    ew_slice with = ew_wa_title_of(zip);
    return with.n < zip.n ? with : (ew_slice){"", 0};
}

static ew_code tell_chat(whatsapp *w)
{
    bool bad = false;
    ew_chat c = {.place = ew_wa_bytes_place(&w->bytes, w->member, w->all),
                 .id = {"", 0},
                 .kind = {"", 0}};
    ew_code code = ew_import_clean(chat_name(w), &w->room, &c.name, &bad, w->err);
    if (code == EW_OK && w->sink->chat != NULL)
        code = w->sink->chat(w->sink->cookie, &c, w->err);
    if (code != EW_OK || !w->bytes.turned)
        return code;
    w->made.message.place = c.place;
    return remark(w, w->bytes.page.guessed
                         ? "not UTF-8, as WhatsApp writes it: read as windows-1252"
                         : "not UTF-8, as WhatsApp writes it: read as UTF-16");
}

static ew_code read_bytes(whatsapp *w, ew_slice original, bool *any)
{
    ew_code code = ew_wa_bytes_read(&w->bytes, original, w->err);
    w->all = w->bytes.text;
    if (code == EW_OK &&
        ew_wa_look_over(&w->look, w->all, ew_delivery_name(w->from, w->member), w->opts,
                        w->names)) {
        *any = true;
        code = tell_chat(w);
        if (code == EW_OK)
            code = take_all(w);
    }
    ew_wa_bytes_release(&w->bytes);
    return code;
}

/* *any: there are messages. */
static ew_code read_text(whatsapp *w, size_t member, bool *any)
{
    w->member = member;
    w->folder = ew_delivery_name(w->from, member);
    while (w->folder.n > 0 && w->folder.p[w->folder.n - 1] != '/')
        w->folder.n--;
    ew_slice original;
    ew_code code = ew_delivery_read(w->from, w->member, &original, w->err);
    w->told_calendar = w->told_colon = w->told_order = w->told_bad = false;
    return code == EW_OK ? read_bytes(w, original, any) : code;
}

/* By its name a chat: "_chat.txt", "WhatsApp Chat with Ann.txt" in any language. */
static bool is_called_chat(ew_slice name)
{
    name = base_name(name);
    if (!ends_with(name, ".txt"))
        return false;
    name.n -= 4;
    return ends_with(name, "_chat") || memmem(name.p, name.n, "WhatsApp", 8) != NULL ||
           ew_wa_title_of(name).n < name.n;
}

/* Texts that are called so, or, when none is, all texts: somebody may have sent one. */
static ew_code read_texts(whatsapp *w)
{
    size_t count = ew_delivery_count(w->from);
    bool called = false;
    bool any = false;
    ew_code code = EW_OK;
    for (size_t i = 0; i < count; i++)
        called = called || is_called_chat(ew_delivery_name(w->from, i));
    for (size_t i = 0; i < count && code == EW_OK; i++) {
        ew_slice name = ew_delivery_name(w->from, i);
        if (count == 1 || (called ? is_called_chat(name) : ends_with(name, ".txt")))
            code = read_text(w, i, &any);
    }
    return code == EW_OK && !any
               ? ew_fail(w->err, EW_E_FORMAT, 0, "no message of WhatsApp begins in '%s'",
                         ew_delivery_path(w->from))
               : code;
}

ew_code ew_import__whatsapp(ew_delivery *from, const ew_import_opts *opts,
                            const ew_import_sink *sink, ew_err *err)
{
    whatsapp w = {.from = from, .opts = opts, .sink = sink, .err = err};
    w.names = ew_alloc(sizeof *w.names);
    if (w.names == NULL)
        return ew_fail_nomem(err);
    ew_made_init(&w.made);
    ew_buf_init(&w.room, EW_MADE_BYTES);
    ew_code code = read_texts(&w);
    ew_made_release(&w.made);
    ew_buf_release(&w.room);
    ew_free(w.names);
    return code;
}
