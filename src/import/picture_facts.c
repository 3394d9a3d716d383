/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of pictures, told one by one. */
#include "import/picture_facts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "import/clean.h"

const uint8_t *ew_photo_at(const ew_photo *p, size_t at)
{
    return (const uint8_t *)p->file.p + at;
}

static ew_code tell(ew_photo *p, ew_span_of where, ew_slice name, bool odd, ew_err *err)
{
    const ew_picture_fact f = {
        .place = {p->member, where.at, where.n},
        .name = name,
        .value = {p->value.len > 0 ? (const char *)p->value.data : "", p->value.len},
        .odd = odd};
    const ew_remark more = {.place = f.place,
                            .text = ew_slice_of("more facts than are told of a picture")};

    if (p->full)
        return EW_OK;
    if (p->told++ == EW_PICTURE_FACTS) {
        p->full = true;
        return p->sink->remark != NULL ? p->sink->remark(p->sink->cookie, &more, err)
                                       : EW_OK;
    }
    return p->sink->picture != NULL ? p->sink->picture(p->sink->cookie, &f, err) : EW_OK;
}

__attribute__((format(printf, 2, 0))) static ew_code say(ew_photo *p, const char *fmt,
                                                         va_list args, ew_err *err)
{
    char text[1024];
    int n = vsnprintf(text, sizeof text, fmt, args);

    ew_buf_reset(&p->value);
    return ew_buf_append(&p->value, text,
                         n < 0                     ? 0
                         : (size_t)n < sizeof text ? (size_t)n
                                                   : sizeof text - 1,
                         err);
}

ew_code ew_photo_say(ew_photo *p, ew_span_of where, const char *name, ew_err *err,
                     const char *fmt, ...)
{
    va_list args;
    ew_code rc;

    va_start(args, fmt);
    rc = say(p, fmt, args, err);
    va_end(args);
    return rc == EW_OK ? tell(p, where, ew_slice_of(name), false, err) : rc;
}

ew_code ew_photo_odd(ew_photo *p, ew_span_of where, const char *name, ew_err *err,
                     const char *fmt, ...)
{
    va_list args;
    ew_code rc;

    va_start(args, fmt);
    rc = say(p, fmt, args, err);
    va_end(args);
    return rc == EW_OK ? tell(p, where, ew_slice_of(name), true, err) : rc;
}

/* Control characters become spaces; those around it go. text is valid UTF-8. */
static ew_code one_line(ew_photo *p, ew_slice text, ew_err *err)
{
    size_t end = text.n < EW_PICTURE_VALUE ? text.n : EW_PICTURE_VALUE;
    ew_code rc;

    while (end < text.n && end > 0 && ((unsigned char)text.p[end] & 0xC0) == 0x80)
        end--;
    ew_buf_reset(&p->value);
    rc = ew_buf_append(&p->value, text.p, end, err);
    if (rc == EW_OK && end < text.n)
        rc = ew_buf_append(&p->value, "...", 3, err);
    for (size_t i = 0; i < p->value.len; i++)
        if (p->value.data[i] < 0x20 || p->value.data[i] == 0x7F)
            p->value.data[i] = ' ';
    return rc;
}

static ew_slice trimmed(ew_slice s)
{
    while (s.n > 0 && ((unsigned char)s.p[s.n - 1] <= ' '))
        s.n--;
    while (s.n > 0 && ((unsigned char)s.p[0] <= ' ')) {
        s.p++;
        s.n--;
    }
    return s;
}

ew_code ew_photo_text(ew_photo *p, ew_span_of where, ew_slice name, ew_slice text,
                      ew_err *err)
{
    bool bad = false;
    ew_code rc;

    text = trimmed(text);
    if (text.n > 4 * EW_PICTURE_VALUE)
        text.n = 4 * EW_PICTURE_VALUE;
    rc = ew_import_clean(text, &p->clean, &text, &bad, err);
    if (rc == EW_OK)
        rc = one_line(p, text, err);
    if (rc != EW_OK || p->value.len == 0)
        return rc;
    return tell(p, where, name, false, err);
}

void ew_photo_thumb(ew_photo *p, ew_span_of where)
{
    if (p->thumbs < EW_PICTURE_THUMBS)
        p->thumb[p->thumbs++] = where;
}

/* ------------------------------------------------------------------ times */

static bool digits(const char *s, int n, int *v)
{
    *v = 0;
    for (int i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
        *v = *v * 10 + (s[i] - '0');
    }
    return true;
}

/* Days from 1970-01-01, proleptic Gregorian. */
static int64_t days_of(int y, int m, int d)
{
    const int64_t yy = m <= 2 ? y - 1 : y, era = yy / 400, of = yy - era * 400;
    const int64_t day = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;

    return era * 146097 + of * 365 + of / 4 - of / 100 + day - 719468;
}

bool ew_photo_time_read(ew_slice text, ew_photo_time *t)
{
    int y, mo, d, h, mi, s;

    text = trimmed(text);
    if (text.n < 19 || !digits(text.p, 4, &y) || !digits(text.p + 5, 2, &mo) ||
        !digits(text.p + 8, 2, &d) || !digits(text.p + 11, 2, &h) ||
        !digits(text.p + 14, 2, &mi) || !digits(text.p + 17, 2, &s))
        return false;
    if (y == 0 || mo < 1 || mo > 12 || d < 1 || d > 31 || h > 23 || mi > 59 || s > 60)
        return false;
    t->known = true;
    t->s = days_of(y, mo, d) * 86400 + h * 3600 + mi * 60 + s;
    return true;
}

bool ew_photo_zone_read(ew_slice text, int32_t *zone_s)
{
    int h, m;

    text = trimmed(text);
    if (ew_slice_is(text, "Z")) {
        *zone_s = 0;
        return true;
    }
    if (text.n < 6 || (text.p[0] != '+' && text.p[0] != '-') ||
        !digits(text.p + 1, 2, &h) || !digits(text.p + 4, 2, &m) || h > 15 || m > 59)
        return false;
    *zone_s = (text.p[0] == '-' ? -1 : 1) * (h * 3600 + m * 60);
    return true;
}
