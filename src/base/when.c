/* SPDX-License-Identifier: Apache-2.0 */
/* Moments as text. Days are counted as in "chrono-compatible low-level date algorithms"
 * (Howard Hinnant): no C library's idea of zones or ranges comes into it. */
#include "base/when.h"

#include <stdio.h>
#include <string.h>

enum { DAY = 86400, ERA_DAYS = 146097, ERA_YEARS = 400 };

/* Days from 1970-01-01; month 1 to 12. Years begin in March, so that a leap day is a year's last. */
static int64_t days_of(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - ERA_YEARS + 1) / ERA_YEARS;
    int64_t of_era = year - era * ERA_YEARS;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

typedef struct date {
    int64_t year;
    int month, day;
} date;

static date date_of(int64_t days)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - ERA_DAYS + 1) / ERA_DAYS;
    int64_t d = days - era * ERA_DAYS;
    int64_t year = (d - d / 1460 + d / 36524 - d / 146096) / 365;
    int64_t of_year = d - (365 * year + year / 4 - year / 100);
    int month = (int)((5 * of_year + 2) / 153);
    date out = {year + era * ERA_YEARS, month < 10 ? month + 3 : month - 9,
                (int)(of_year - (153 * month + 2) / 5 + 1)};
    out.year += out.month <= 2;
    return out;
}

const char *ew_iso_text(int64_t unix_seconds, char text[EW_ISO_TEXT])
{
    static const int64_t first = -62135596800; /* year 1 */
    static const int64_t last = 253402300799;  /* end of 9999 */
    if (unix_seconds < first || unix_seconds > last) {
        (void)snprintf(text, EW_ISO_TEXT, "unknown");
        return text;
    }
    int64_t days = unix_seconds / DAY - (unix_seconds % DAY < 0);
    int of_day = (int)(unix_seconds - days * DAY);
    date d = date_of(days);
    /* Room for any numbers: that these are short the compiler cannot know. */
    char wide[80];
    (void)snprintf(wide, sizeof wide, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)d.year,
                   d.month, d.day, of_day / 3600, of_day / 60 % 60, of_day % 60);
    memcpy(text, wide, EW_ISO_CHARS);
    text[EW_ISO_CHARS] = 0;
    return text;
}

/* A number of two digits at p. */
static int two(const char *p)
{
    return (p[0] - '0') * 10 + p[1] - '0';
}

bool ew_iso_parse(const char *text, size_t n, int64_t *unix_seconds)
{
    static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
    char again[EW_ISO_TEXT];
    if (n != EW_ISO_CHARS)
        return false;
    for (size_t i = 0; i < EW_ISO_CHARS; i++)
        if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
            return false;
    int64_t days = days_of(two(text) * 100 + two(text + 2), two(text + 5), two(text + 8));
    int64_t t = days * DAY + two(text + 11) * 3600 + two(text + 14) * 60 + two(text + 17);
    /* 31 February and 25 o'clock are some other moment. */
    if (memcmp(ew_iso_text(t, again), text, n) != 0)
        return false;
    *unix_seconds = t;
    return true;
}
