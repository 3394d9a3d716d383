/* SPDX-License-Identifier: Apache-2.0 */
/* Remarks on exports of Telegram. */
#include "import/telegram_notes.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

enum { SHORT = 200, LINE = 1200 };

ew_slice ew_tg_short(ew_slice s)
{
    if (s.n > SHORT)
        for (s.n = SHORT; s.n > 0 && ((unsigned char)s.p[s.n] & 0xC0) == 0x80;)
            s.n--;
    return s;
}

/* A line: what would break it is made readable. */
EW_PRINTF(2, 0)
static ew_code one_line(ew_buf *b, const char *fmt, va_list args, ew_err *err)
{
    char line[LINE];
    int n = vsnprintf(line, sizeof line, fmt, args);
    if (n < 0)
        return ew_fail(err, EW_E_BUG, 0, "a remark that cannot be made");
    size_t len = (size_t)n < sizeof line ? (size_t)n : sizeof line - 1;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7F)
            line[i] = ' ';
    while (len > 0 && !ew_utf8_valid(line, len))
        len--;
    return ew_buf_append(b, line, len, err);
}

static ew_slice of(const ew_buf *b)
{
    return (ew_slice){b->len > 0 ? (const char *)b->data : "", b->len};
}

ew_code ew_tg_remark(const ew_import_sink *sink, ew_place place, ew_err *err,
                     const char *fmt, ...)
{
    ew_buf b;
    va_list args;
    if (sink->remark == NULL)
        return EW_OK;
    ew_buf_init(&b, LINE);
    va_start(args, fmt);
    ew_code code = one_line(&b, fmt, args, err);
    va_end(args);
    ew_remark r = {place, of(&b)};
    if (code == EW_OK)
        code = sink->remark(sink->cookie, &r, err);
    ew_buf_release(&b);
    return code;
}

ew_code ew_tg_gap(const ew_import_sink *sink, ew_place place, const char *what,
                  ew_err *err, const char *fmt, ...)
{
    ew_buf b;
    va_list args;
    if (sink->gap == NULL)
        return EW_OK;
    ew_buf_init(&b, LINE);
    va_start(args, fmt);
    ew_code code = one_line(&b, fmt, args, err);
    va_end(args);
    ew_gap g = {place, ew_slice_of(what), of(&b)};
    if (code == EW_OK)
        code = sink->gap(sink->cookie, &g, err);
    ew_buf_release(&b);
    return code;
}

ew_code ew_tg_notes_say(ew_tg_notes *n, const ew_import_sink *sink, const ew_message *m,
                        const char *what, ew_slice value, ew_err *err)
{
    n->said++;
    if (n->said > EW_TG_NOTES_SINGLE)
        return EW_OK;
    return ew_tg_remark(sink, m->place, err, "message %.*s: %s '%.*s'", EW_TG_TEXT(m->id),
                        what, EW_TG_TEXT(value));
}

ew_code ew_tg_notes_tell(ew_tg_notes *n, const ew_import_sink *sink, ew_place place,
                         ew_err *err)
{
    static const char *const words[EW_TG_NOTES] = {
        [EW_TG_REACTIONS] = "with reactions",
        [EW_TG_BUTTONS] = "with buttons",
        [EW_TG_VIA_BOT] = "sent with the help of a bot",
        [EW_TG_SPOILERS] = "with media hidden until clicked",
        [EW_TG_OTHER_CHAT] = "that reply to a message of another chat, not named here"};
    char line[LINE / 2] = "";
    size_t len = 0;
    ew_code code = EW_OK;
    for (int i = 0; i < EW_TG_NOTES; i++)
        if (n->counts[i] > 0)
            len += (size_t)snprintf(line + len, sizeof line - len, "%s%llu %s",
                                    len > 0 ? ", " : "", (unsigned long long)n->counts[i],
                                    words[i]);
    if (len > 0)
        code = ew_tg_remark(sink, place, err,
                            "in the original and not told here are messages %s", line);
    if (code == EW_OK && n->said > EW_TG_NOTES_SINGLE)
        code =
            ew_tg_remark(sink, place, err, "%llu more remarks of this kind are not told",
                         (unsigned long long)(n->said - EW_TG_NOTES_SINGLE));
    *n = (ew_tg_notes){.said = 0};
    return code;
}
