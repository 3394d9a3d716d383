/* SPDX-License-Identifier: Apache-2.0 */
/* Times and numbers as people read them; nothing here depends on the locale. */
#include "report/times.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

const char *ew_time_text(double seconds, char text[EW_TIME_TEXT])
{
    int64_t ms = llround(fabs(seconds) * 1000);
    const char *sign = seconds < 0 && ms > 0 ? "-" : "";
    int64_t h = ms / 3600000;
    int m = (int)(ms / 60000 % 60);
    int s = (int)(ms / 1000 % 60);
    int rest = (int)(ms % 1000);

    if (h > 0)
        (void)snprintf(text, EW_TIME_TEXT, "%s%" PRId64 ":%02d:%02d.%03d", sign, h, m, s,
                       rest);
    else
        (void)snprintf(text, EW_TIME_TEXT, "%s%d:%02d.%03d", sign, m, s, rest);
    return text;
}

const char *ew_length_text(double seconds, char text[EW_TIME_TEXT])
{
    if (seconds < 99.95)
        (void)snprintf(text, EW_TIME_TEXT, "%.1f s", seconds);
    else if (seconds < 5970)
        (void)snprintf(text, EW_TIME_TEXT, "%.0f min", seconds / 60);
    else if (seconds < 99.95 * 3600)
        (void)snprintf(text, EW_TIME_TEXT, "%.1f h", seconds / 3600);
    else
        (void)snprintf(text, EW_TIME_TEXT, "%.0f h", seconds / 3600);
    return text;
}

const char *ew_bytes_text(uint64_t bytes, char text[EW_TIME_TEXT])
{
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB", "PB", "EB"};
    double x = (double)bytes;
    size_t u = 0;

    while (x >= 999.5 && u + 1 < sizeof(units) / sizeof(units[0])) {
        x /= 1000;
        u++;
    }
    (void)snprintf(text, EW_TIME_TEXT, u > 0 && x < 99.95 ? "%.1f %s" : "%.0f %s", x,
                   units[u]);
    return text;
}

/* Broken-down UTC; false where a date of four digits does not reach. */
static bool broken_down(int64_t when, struct tm *tm)
{
    time_t t = (time_t)when;

    return gmtime_r(&t, tm) != NULL && tm->tm_year >= -1899 && tm->tm_year <= 8099;
}

const char *ew_date_text(int64_t unix_seconds, char text[EW_TIME_TEXT])
{
    struct tm tm;

    if (!broken_down(unix_seconds, &tm) ||
        strftime(text, EW_TIME_TEXT, "%Y-%m-%d %H:%M UTC", &tm) == 0)
        (void)snprintf(text, EW_TIME_TEXT, "unknown");
    return text;
}

const char *ew_percent_text(double share, char text[EW_TIME_TEXT])
{
    double percent = share * 100;

    if (percent >= 99.95 && percent < 100)
        percent = 99.9;
    if (percent > 0 && percent < 0.05)
        percent = 0.1;
    if (percent >= 100 || percent <= 0)
        (void)snprintf(text, EW_TIME_TEXT, "%d %%", percent > 0 ? 100 : 0);
    else
        (void)snprintf(text, EW_TIME_TEXT, "%.1f %%", percent);
    return text;
}

const char *ew_certainty_text(double certainty, char text[EW_TIME_TEXT])
{
    if (certainty < 0.9995)
        return ew_percent_text(certainty, text);
    (void)snprintf(text, EW_TIME_TEXT, ">99.9 %%");
    return text;
}

double ew_round(double x, int digits)
{
    double scale = pow(10, digits);
    double y = round(x * scale) / scale;

    return y == 0 ? 0 : y; /* no "-0.0" */
}
