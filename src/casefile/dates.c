/* SPDX-License-Identifier: Apache-2.0 */
/* Dates of positions. */
#include "casefile/dates.h"

#include <string.h>

enum { DAY = 86400, YEAR_CHARS = 4, MONTH_CHARS = 7, DAY_CHARS = 10 };

/* The first moment of a date of n characters. */
static bool first_of(const char *date, size_t n, int64_t *t)
{
    static const char rest[] = "0000-01-01T00:00:00Z"; /* what is not known */
    char full[EW_ISO_TEXT];
    memcpy(full, date, n);
    memcpy(full + n, rest + n, sizeof rest - n);
    return ew_iso_parse(full, EW_ISO_CHARS, t);
}

static bool leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days of the year or month that begins a date. */
static int64_t days_in(const char *date, size_t n)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t year = 0;
    for (int i = 0; i < YEAR_CHARS; i++)
        year = 10 * year + (date[i] - '0');
    if (n == YEAR_CHARS)
        return leap(year) ? 366 : 365;
    int month = 10 * (date[5] - '0') + (date[6] - '0');
    return days[month - 1] + (month == 2 && leap(year));
}

bool ew_case__span_of(const char *date, ew_date_span *span)
{
    size_t n = strlen(date);
    if (n != YEAR_CHARS && n != MONTH_CHARS && n != DAY_CHARS && n != EW_ISO_CHARS)
        return false;
    if (!first_of(date, n, &span->first))
        return false;
    span->day = n >= DAY_CHARS;
    if (n == EW_ISO_CHARS)
        span->last = span->first;
    else
        span->last = span->first + DAY * (n == DAY_CHARS ? 1 : days_in(date, n)) - 1;
    return true;
}

static int64_t day_number(int64_t t)
{
    return t / DAY - (t % DAY < 0);
}

bool ew_case__day_of(const char *date, int64_t *day)
{
    ew_date_span span;
    if (!ew_case__span_of(date, &span))
        return false;
    *day = day_number(span.first);
    return true;
}

bool ew_case__before(const ew_date_span *a, const ew_date_span *b)
{
    return a->last < b->first;
}

int64_t ew_case__days_between(const ew_date_span *a, const ew_date_span *b)
{
    return day_number(b->first) - day_number(a->first);
}

const char *ew_case__when_text(bool known, int64_t time, int64_t kind, const char *text,
                               char room[EW_ISO_TEXT])
{
    if (!known)
        return text;
    (void)ew_iso_text(time, room);
    if (strlen(room) == EW_ISO_CHARS && (kind & 4) != 0)
        room[DAY_CHARS] = 0;
    else if (strlen(room) == EW_ISO_CHARS && (kind & 1) == 0)
        room[(kind & 2) != 0 ? EW_ISO_CHARS - 1 : 16] = 0;
    return room;
}
