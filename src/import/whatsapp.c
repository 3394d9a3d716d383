/* SPDX-License-Identifier: Apache-2.0 */
/* WhatsApp's text exports. Twice over the text: first for the order of day and month, which only the whole
 * file tells, then for the messages. A line break and a forged head inside a message look exactly
 * like a message; what goes back in time is marked so that a person looks. */
#include <stdio.h>
#include <string.h>

#include "base/when.h"
#include "import/clean.h"
#include "import/message_made.h"
#include "import/whatsapp_head.h"
#include "import/whatsapp_words.h"

enum { SENDER_MAX = 256 };

typedef struct whatsapp {
    ew_delivery *from;
    const ew_import_opts *opts;
    const ew_import_sink *sink;
    ew_slice all;
    size_t member;
    ew_slice folder;
    bool day_first, guessed;
    int64_t last; /* time of the message before */
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

/* ------------------------------------------------------------------ order of dates */

/* Which of the three numbers is the year, and what the others can be. */
typedef struct date_parts {
    unsigned year, first, second; /* the two others, in the order in which they stand */
    bool year_first;
} date_parts;

static date_parts parts_of(const ew_wa_head *h)
{
    date_parts d = {h->number[2], h->number[0], h->number[1], false};
    if (h->digits[0] == 4 || h->number[0] > 31)
        d = (date_parts){h->number[0], h->number[1], h->number[2], true};
    if (d.year < 100)
        d.year += 2000;
    return d;
}

/* Days since 1970, or false when there is no such date. */
static bool day_of(const date_parts *d, bool day_first, int64_t *day)
{
    unsigned month = day_first ? d->second : d->first;
    unsigned of_month = day_first ? d->first : d->second;
    char text[EW_ISO_TEXT + 8];
    if (month > 12 || of_month > 31 || d->year > 9999)
        return false;
    (void)snprintf(text, sizeof text, "%04u-%02u-%02uT00:00:00Z", d->year, month,
                   of_month);
    if (!ew_iso_parse(text, EW_ISO_CHARS, day))
        return false;
    *day /= 86400;
    return true;
}

/* What the whole file says of one order. */
typedef struct order {
    uint64_t impossible, back;
    int64_t last;
} order;

static void weigh(order *o, const date_parts *d, bool day_first)
{
    int64_t day;
    if (!day_of(d, day_first, &day)) {
        o->impossible++;
        return;
    }
    o->back += day < o->last;
    o->last = day;
}

typedef struct evidence {
    order day_first, month_first;
    uint64_t heads, first_changes, second_changes;
    date_parts before;
} evidence;

static void look_at(evidence *e, const ew_wa_head *h)
{
    date_parts d = parts_of(h);
    if (d.year_first) /* the month follows the year in every language */
        return;
    weigh(&e->day_first, &d, true);
    weigh(&e->month_first, &d, false);
    if (e->heads > 0) {
        e->first_changes += d.first != e->before.first;
        e->second_changes += d.second != e->before.second;
    }
    e->before = d;
    e->heads++;
}

/* 1 day first, -1 month first, 0 not known: by impossible dates, then by steps back in time, then by what changes
 * more often. */
static int decide(const evidence *e)
{
    const order *d = &e->day_first;
    const order *m = &e->month_first;
    if (d->impossible != m->impossible)
        return d->impossible < m->impossible ? 1 : -1;
    if (d->back != m->back)
        return d->back < m->back ? 1 : -1;
    if (e->first_changes != e->second_changes)
        return e->first_changes > e->second_changes ? 1 : -1;
    return 0;
}

static void ask(whatsapp *w)
{
    static const char *const answers[] = {"day before month", "month before day"};
    size_t chosen = 0;
    w->day_first = true;
    w->guessed = true;
    if (w->opts->ask != NULL &&
        w->opts->ask(w->opts->ask_cookie, "In which order are the dates of this chat?",
                     answers, 2, &chosen)) {
        w->day_first = chosen == 0;
        w->guessed = false;
    }
}

/* False when no message begins anywhere. */
static bool find_order(whatsapp *w)
{
    evidence e = {.heads = 0};
    ew_slice rest = w->all;
    ew_slice line;
    ew_wa_head h;
    bool any = false;
    while (next_line(&rest, &line)) {
        if (!ew_wa_head_at(line, &h))
            continue;
        any = true;
        look_at(&e, &h);
    }
    int way = decide(&e);
    if (w->opts->dates != EW_DATES_AUTO)
        w->day_first = w->opts->dates == EW_DATES_DAY_FIRST;
    else if (way != 0 || e.heads == 0)
        w->day_first = way >= 0;
    else
        ask(w);
    return any;
}

/* ------------------------------------------------------------------ messages */

static ew_code remark(whatsapp *w, const char *text)
{
    ew_remark r = {w->made.message.place, ew_slice_of(text)};
    return w->sink->remark != NULL ? w->sink->remark(w->sink->cookie, &r, w->err) : EW_OK;
}

static ew_code set_time(whatsapp *w, const ew_wa_head *h, ew_slice written)
{
    ew_message *m = &w->made.message;
    date_parts d = parts_of(h);
    int64_t day;
    ew_wa_skip_marks(&written);
    while (written.n > 0 && strchr("[]- \r\n", written.p[written.n - 1]) != NULL)
        written.n--;
    if (ew_slice_skip(&written, "["))
        ew_wa_skip_marks(&written);
    ew_code code = ew_made_keep(&w->made, written, &w->made.time_text, w->err);
    if (code != EW_OK || !day_of(&d, d.year_first ? false : w->day_first, &day))
        return code;
    m->time =
        (ew_moment){.known = true,
                    .unix_s = day * 86400 + h->hour * 3600 + h->minute * 60 + h->second,
                    .exact = h->seconds};
    if (w->guessed && !d.year_first && d.first != d.second)
        m->marks |= EW_MARK_TIME_GUESSED;
    /* Exports are in order, to the minute. */
    if (m->time.unix_s < w->last - 60)
        m->marks |= EW_MARK_TIME_BACK | EW_MARK_TWO_WAYS;
    else
        w->last = m->time.unix_s;
    return code;
}

/* Up to the first colon with a space or the end behind it; without one the program itself speaks. */
static bool take_sender(ew_slice *rest, ew_slice *sender)
{
    for (size_t i = 0; i < rest->n && i < SENDER_MAX && rest->p[i] != '\n'; i++) {
        if (rest->p[i] != ':' || i == 0)
            continue;
        bool end = i + 1 == rest->n || rest->p[i + 1] == '\n' || rest->p[i + 1] == '\r';
        if (!end && rest->p[i + 1] != ' ')
            continue;
        *sender = (ew_slice){rest->p, i};
        rest->p += i + 1;
        rest->n -= i + 1;
        (void)ew_slice_skip(rest, " ");
        return true;
    }
    return false;
}

static ew_code keep_clean(whatsapp *w, ew_slice text, ew_kept_text *out)
{
    bool bad = false;
    ew_code code = ew_import_clean(text, &w->room, &text, &bad, w->err);
    if (bad)
        w->made.message.marks |= EW_MARK_REPAIRED;
    return code == EW_OK ? ew_made_keep(&w->made, text, out, w->err) : code;
}

static ew_code add_attachment(whatsapp *w, ew_wa_what what, ew_slice name,
                              ew_attachment_kind kind)
{
    ew_made_attachment *a = ew_made_attachment_new(&w->made);
    a->kind = kind;
    if (what == EW_WA_ATTACHED) {
        ew_code code = keep_clean(w, name, &a->path);
        ew_made_find(&w->made, a, w->from, w->folder);
        return code;
    }
    a->state = what == EW_WA_OMITTED ? EW_ATTACH_LEFT_OUT : EW_ATTACH_INLINE;
    return keep_clean(w, name, &a->words);
}

/* The lines of a body: those that stand for something are taken out of the text only when they are all of it or
 * name a file, so that no word is lost. */
static ew_code take_body(whatsapp *w, ew_slice body)
{
    ew_slice rest = body;
    ew_slice line;
    ew_slice name;
    ew_attachment_kind kind;
    ew_code code = EW_OK;
    while (code == EW_OK && next_line(&rest, &line)) {
        ew_wa_what what = ew_wa_line(trimmed(line), &name, &kind);
        if (what == EW_WA_DELETED)
            w->made.message.marks |= EW_MARK_DELETED;
        else if (what != EW_WA_TEXT)
            code = add_attachment(w, what, name, kind);
        if (what == EW_WA_ATTACHED && line.p == body.p)
            body = rest; /* the caption, if any, follows */
    }
    return code == EW_OK ? keep_clean(w, trimmed(body), &w->made.text) : code;
}

/* text: the whole message, from its head on. */
static ew_code take_message(whatsapp *w, ew_slice text, const ew_wa_head *h)
{
    ew_slice rest = {text.p + h->bytes, text.n - h->bytes};
    ew_slice sender = {"", 0};
    ew_made_restart(&w->made);
    w->made.message.place = (ew_place){w->member, (uint64_t)(text.p - w->all.p), text.n};
    ew_code code = set_time(w, h, (ew_slice){text.p, h->bytes});
    ew_wa_skip_marks(&rest);
    w->made.message.service = !take_sender(&rest, &sender);
    if (code == EW_OK)
        code = keep_clean(w, sender, &w->made.sender);
    if (code == EW_OK)
        code = take_body(w, rest);
    if (code == EW_OK && !w->made.message.time.known)
        code = remark(w, "a date that does not exist");
    if (code == EW_OK && (w->made.message.marks & EW_MARK_TIME_BACK) != 0)
        code = remark(
            w, "earlier than the message before it: it may be a part of that message "
               "that only looks like one of its own");
    return code == EW_OK ? ew_made_tell(&w->made, w->sink, w->err) : code;
}

/* What stands before the first message belongs to none. */
static ew_code tell_stray(whatsapp *w, ew_slice text)
{
    if (trimmed(text).n == 0)
        return EW_OK;
    w->made.message.place = (ew_place){w->member, 0, text.n};
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

/* "_chat.txt", "WhatsApp Chat with Ann.txt", or the only text there is. */
static size_t find_text(const ew_delivery *d)
{
    size_t texts = 0;
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < ew_delivery_count(d); i++) {
        ew_slice name = ew_delivery_name(d, i);
        if (!ends_with(name, ".txt"))
            continue;
        if (ends_with(name, "_chat.txt") || memmem(name.p, name.n, "WhatsApp", 8) != NULL)
            return i;
        texts++;
        found = i;
    }
    if (ew_delivery_count(d) == 1)
        return 0;
    return texts == 1 ? found : SIZE_MAX;
}

/* "WhatsApp Chat with Ann.txt": Ann. */
static ew_slice chat_name(const whatsapp *w)
{
    ew_slice name = ew_delivery_name(w->from, w->member);
    name.p += w->folder.n;
    name.n -= w->folder.n;
    if (ends_with(name, ".txt"))
        name.n -= 4;
    (void)(ew_slice_skip(&name, "WhatsApp Chat with ") ||
           ew_slice_skip(&name, "WhatsApp Chat - "));
    return ew_slice_is(name, "_chat") ? (ew_slice){"", 0} : name;
}

static ew_code tell_chat(whatsapp *w)
{
    bool bad = false;
    ew_chat c = {.place = {w->member, 0, w->all.n}, .id = {"", 0}, .kind = {"", 0}};
    ew_code code = ew_import_clean(chat_name(w), &w->room, &c.name, &bad, w->err);
    return code == EW_OK && w->sink->chat != NULL
               ? w->sink->chat(w->sink->cookie, &c, w->err)
               : code;
}

static ew_code read_text(whatsapp *w)
{
    ew_code code = ew_delivery_read(w->from, w->member, &w->all, w->err);
    if (code != EW_OK)
        return code;
    if (w->all.n >= 2 &&
        (memcmp(w->all.p, "\xFF\xFE", 2) == 0 || memcmp(w->all.p, "\xFE\xFF", 2) == 0))
        return ew_fail(w->err, EW_E_FORMAT, 0,
                       "the chat is UTF-16, not as WhatsApp writes it; save it as UTF-8");
    if (!find_order(w))
        return ew_fail(w->err, EW_E_FORMAT, 0, "no message of WhatsApp begins in '%s'",
                       ew_delivery_path(w->from));
    code = tell_chat(w);
    return code == EW_OK ? take_all(w) : code;
}

ew_code ew_import__whatsapp(ew_delivery *from, const ew_import_opts *opts,
                            const ew_import_sink *sink, ew_err *err)
{
    whatsapp w = {
        .from = from, .opts = opts, .sink = sink, .err = err, .member = find_text(from)};
    if (w.member == SIZE_MAX)
        return ew_fail(err, EW_E_FORMAT, 0, "there is no chat of WhatsApp in '%s'",
                       ew_delivery_path(from));
    w.folder = ew_delivery_name(from, w.member);
    while (w.folder.n > 0 && w.folder.p[w.folder.n - 1] != '/')
        w.folder.n--;
    ew_made_init(&w.made);
    ew_buf_init(&w.room, EW_MADE_BYTES);
    ew_code code = read_text(&w);
    ew_made_release(&w.made);
    ew_buf_release(&w.room);
    return code;
}

/* Is there a message within the first lines? */
static ew_code head_within(ew_delivery *from, size_t member, bool *yes, ew_err *err)
{
    enum { LINES = 20 };
    ew_slice rest;
    ew_slice line;
    ew_wa_head h;
    ew_code code = ew_delivery_read(from, member, &rest, err);
    for (int n = 0; code == EW_OK && n < LINES && !*yes && ew_slice_line(&rest, &line);
         n++)
        *yes = ew_wa_head_at(line, &h);
    return code;
}

ew_code ew_import__looks_whatsapp(ew_delivery *from, bool *yes, ew_err *err)
{
    ew_code code = EW_OK;
    *yes = false;
    for (size_t i = 0; i < ew_delivery_count(from) && code == EW_OK && !*yes; i++) {
        ew_slice name = ew_delivery_name(from, i);
        if (name.n > 4 && memcmp(name.p + name.n - 4, ".txt", 4) == 0)
            code = head_within(from, i, yes, err);
    }
    return code;
}
