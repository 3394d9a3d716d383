/* SPDX-License-Identifier: Apache-2.0 */
/* Splitter `chat-v1`: a text export of a messenger as time, sender, attachment and body of each
 * message. A line that looks like the head of a message is one: the format cannot tell it from
 * a forged head inside a message, and nor can anybody else. */
#include <string.h>

#include "seal/split.h"

#define LRM "\xE2\x80\x8E" /* left-to-right mark */
#define BOM "\xEF\xBB\xBF"
#define NNBSP "\xE2\x80\xAF" /* narrow no-break space */
#define EN_DASH "\xE2\x80\x93"

enum { SENDER_MAX = 256 };

/* ------------------------------------------------------------------ heads */

/* Takes min to max digits. */
static bool digits(ew_slice *s, size_t min, size_t max)
{
    size_t n = 0;
    while (n < s->n && n < max && s->p[n] >= '0' && s->p[n] <= '9')
        n++;
    if (n < min)
        return false;
    s->p += n;
    s->n -= n;
    return true;
}

static bool one_of(ew_slice *s, const char *set)
{
    if (s->n == 0 || s->p[0] == 0 || strchr(set, s->p[0]) == NULL)
        return false;
    s->p++;
    s->n--;
    return true;
}

/* "17.9.2019", "2/11/19", "2019-09-17" */
static bool take_date(ew_slice *s)
{
    return digits(s, 1, 4) && one_of(s, "./-") && digits(s, 1, 2) && one_of(s, "./-") &&
           digits(s, 1, 4);
}

static bool take_space(ew_slice *s)
{
    return ew_slice_skip(s, " ") || ew_slice_skip(s, NNBSP);
}

/* "8:30", "16:37:47", "8:30:52 AM" */
static bool take_clock(ew_slice *s)
{
    static const char *const halves[] = {"AM", "PM", "am", "pm", "a.m.", "p.m."};
    if (!digits(s, 1, 2) || !one_of(s, ":.") || !digits(s, 2, 2))
        return false;
    ew_slice seconds = *s;
    if (one_of(&seconds, ":.") && digits(&seconds, 2, 2))
        *s = seconds;
    ew_slice half = *s;
    if (!take_space(&half))
        return true;
    for (size_t i = 0; i < sizeof halves / sizeof halves[0]; i++)
        if (ew_slice_skip(&half, halves[i])) {
            *s = half;
            return true;
        }
    return true;
}

/* Bytes of the time at the beginning of a message, with what parts it from the rest; 0 when no
 * message begins here. */
static size_t time_at(ew_slice text)
{
    ew_slice s = text;
    (void)ew_slice_skip(&s, BOM);
    while (ew_slice_skip(&s, LRM))
        continue;
    bool bracket = ew_slice_skip(&s, "[");
    if (!take_date(&s))
        return 0;
    (void)ew_slice_skip(&s, ",");
    if (!take_space(&s) || !take_clock(&s))
        return 0;
    if (bracket ? !ew_slice_skip(&s, "] ")
                : !ew_slice_skip(&s, " - ") && !ew_slice_skip(&s, " " EN_DASH " "))
        return 0;
    return text.n - s.n;
}

/* Up to the first colon that a space or the end of the line follows; 0: nobody, a remark of the
 * messenger. */
static size_t sender_at(ew_slice s)
{
    for (size_t i = 0; i + 1 < s.n && i < SENDER_MAX && s.p[i] != '\n'; i++) {
        if (s.p[i] != ':' || i == 0)
            continue;
        if (s.p[i + 1] == ' ')
            return i + 2;
        if (s.p[i + 1] == '\n')
            return i + 1;
    }
    return 0;
}

/* A line that names a file; 0: it does not. */
static size_t attachment_at(ew_slice s)
{
    static const char mark[] = " (file attached)";
    ew_slice rest = s;
    ew_slice line;
    if (!ew_slice_line(&rest, &line)) {
        line = s;
        rest.n = 0;
    }
    size_t n = s.n - rest.n;
    while (line.n > 0 && line.p[line.n - 1] == '\r')
        line.n--;
    while (ew_slice_skip(&line, LRM))
        continue;
    if (line.n > 12 && memcmp(line.p, "<attached: ", 11) == 0 &&
        line.p[line.n - 1] == '>')
        return n;
    size_t m = sizeof mark - 1;
    return line.n > m && memcmp(line.p + line.n - m, mark, m) == 0 ? n : 0;
}

/* Bytes up to the next line that is the head of a message, or to the end. */
static size_t body_at(ew_slice text)
{
    ew_slice s = text;
    ew_slice line;
    while (ew_slice_line(&s, &line))
        if (time_at(s) > 0)
            return text.n - s.n;
    return text.n;
}

bool ew_split__is_chat(ew_slice text)
{
    return time_at(text) > 0;
}

/* ------------------------------------------------------------------ splitting */

typedef struct cutter {
    ew_slice rest;
    uint64_t at;
    ew_cuts *out;
    ew_err *err;
} cutter;

static ew_code cut(cutter *c, size_t n, ew_part_kind kind)
{
    if (n == 0)
        return EW_OK;
    c->rest.p += n;
    c->rest.n -= n;
    c->at += n;
    return ew_cuts_add(c->out, c->at, kind, c->err);
}

/* What stands on the line of a head is its message, even when it looks like another head. */
static ew_code cut_message(cutter *c)
{
    ew_code code = cut(c, time_at(c->rest), EW_PART_TIME);
    if (code == EW_OK)
        code = cut(c, sender_at(c->rest), EW_PART_SENDER);
    size_t file = attachment_at(c->rest);
    if (code == EW_OK)
        code = cut(c, file, EW_PART_ATTACHMENT);
    if (code == EW_OK && (file == 0 || time_at(c->rest) == 0))
        code = cut(c, body_at(c->rest), EW_PART_BODY);
    return code;
}

ew_code ew_split__chat(ew_slice text, ew_cuts *out, ew_err *err)
{
    cutter c = {.rest = text, .out = out, .err = err};
    ew_code code = EW_OK;
    if (time_at(text) == 0)
        code = cut(&c, body_at(text), EW_PART_HEAD);
    if (code == EW_OK && c.rest.n == 0)
        return ew_fail(err, EW_E_FORMAT, 0, "not a chat: no message begins anywhere");
    while (code == EW_OK && c.rest.n > 0)
        code = cut_message(&c);
    return code;
}

/* ------------------------------------------------------------------ checking */

/* A part that ends a line, as whatever a message follows does. */
static bool ends_line(ew_slice s, bool last)
{
    return last || s.p[s.n - 1] == '\n';
}

static bool part_fits(uint8_t kind, ew_slice s, uint64_t index, bool last)
{
    switch (kind) {
    case EW_PART_TIME:
        return time_at(s) == s.n;
    case EW_PART_SENDER: {
        /* The colon may be its end when a line feed follows, which is the next part's. */
        char with[SENDER_MAX + 4];
        if (s.n > SENDER_MAX + 1)
            return false;
        memcpy(with, s.p, s.n);
        with[s.n] = '\n';
        return sender_at((ew_slice){with, s.n + 1}) == s.n;
    }
    case EW_PART_ATTACHMENT:
        return attachment_at(s) == s.n && ends_line(s, last);
    case EW_PART_BODY:
        return body_at(s) == s.n && ends_line(s, last);
    case EW_PART_HEAD:
        return index == 0 && time_at(s) == 0 && body_at(s) == s.n && ends_line(s, last);
    default:
        return false;
    }
}

/* What may come after what in one run; before the first stands nothing. */
static bool may_follow(uint8_t before, uint8_t kind)
{
    switch (kind) {
    case EW_PART_TIME:
        return before != EW_PART_TIME && before != EW_PART_SENDER;
    case EW_PART_SENDER:
        return before == EW_PART_TIME;
    case EW_PART_ATTACHMENT:
        return before == EW_PART_TIME || before == EW_PART_SENDER;
    default:
        return before != EW_PART_BODY && before != EW_PART_HEAD;
    }
}

bool ew_split__chat_fits(const ew_stream *s, const ew_shown *run)
{
    const char *p = (const char *)run->bytes;
    for (size_t i = 0; i < run->count; i++) {
        uint64_t index = run->first + i;
        ew_slice text = {p, (size_t)run->lengths[i]};
        uint8_t kind = run->kinds[i];
        if (!part_fits(kind, text, index, index + 1 == s->n))
            return false;
        if (i > 0 && !may_follow(run->kinds[i - 1], kind))
            return false;
        if (i > 0 && run->kinds[i - 1] == EW_PART_TIME && kind == EW_PART_BODY &&
            sender_at(text) > 0)
            return false;
        if (index == 0 && kind != EW_PART_HEAD && kind != EW_PART_TIME)
            return false;
        p += text.n;
    }
    return true;
}
