/* SPDX-License-Identifier: Apache-2.0 */
/* A date is found as year, month and day in one of three orders, then a clock, then a zone. */
#include "import/article_date.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/when.h"

typedef struct reader {
    const char *p, *end;
} reader;

static bool number(reader *r, int least, int most, int *out)
{
    int n = 0;
    int v = 0;
    while (r->p + n < r->end && n <= most && isdigit((unsigned char)r->p[n])) {
        v = v * 10 + (r->p[n] - '0');
        n++;
    }
    if (n < least || n > most)
        return false;
    r->p += n;
    *out = v;
    return true;
}

static bool skip(reader *r, const char *any)
{
    const char *before = r->p;
    while (r->p < r->end && *r->p != 0 && strchr(any, *r->p) != NULL)
        r->p++;
    return r->p > before;
}

static bool word(reader *r, const char *w)
{
    size_t n = strlen(w);
    if ((size_t)(r->end - r->p) < n || strncasecmp(r->p, w, n) != 0)
        return false;
    r->p += n;
    return true;
}

/* A month by its first three letters and whatever letters follow. */
static bool month_name(reader *r, int *month)
{
    static const char *const full[] = {"january",   "february", "march",    "april",
                                       "may",       "june",     "july",     "august",
                                       "september", "october",  "november", "december"};
    size_t n = 0;
    while (r->p + n < r->end && isalpha((unsigned char)r->p[n]))
        n++;
    for (int m = 0; n >= 3 && m < 12; m++)
        if (n <= strlen(full[m]) && strncasecmp(r->p, full[m], n) == 0) {
            r->p += n;
            (void)skip(r, ".");
            *month = m + 1;
            return true;
        }
    if (n == 4 && strncasecmp(r->p, "sept", 4) == 0) {
        r->p += 4;
        (void)skip(r, ".");
        *month = 9;
        return true;
    }
    return false;
}

static bool year_first(reader *r, int d[3])
{
    return number(r, 4, 4, &d[0]) && r->p < r->end && (*r->p == '-' || *r->p == '/') &&
           (r->p++, number(r, 1, 2, &d[1])) && r->p < r->end &&
           (*r->p == '-' || *r->p == '/') && (r->p++, number(r, 1, 2, &d[2]));
}

static bool day_first(reader *r, int d[3])
{
    if (!number(r, 1, 2, &d[2]))
        return false;
    (void)(word(r, "st") || word(r, "nd") || word(r, "rd") || word(r, "th"));
    return skip(r, " -") && month_name(r, &d[1]) &&
           (skip(r, " ,-"), number(r, 4, 4, &d[0]));
}

static bool month_first(reader *r, int d[3])
{
    if (!month_name(r, &d[1]) || !skip(r, " ") || !number(r, 1, 2, &d[2]))
        return false;
    (void)(word(r, "st") || word(r, "nd") || word(r, "rd") || word(r, "th"));
    return skip(r, " ,") && number(r, 4, 4, &d[0]);
}

/* "T09:30:05.123", ", 9:30 p.m.", " at 21:30" */
static bool clock_of(reader *r, int c[3], bool *seconds)
{
    reader at = *r;
    (void)skip(&at, " ,|T\t\n-");
    (void)(word(&at, "at ") || word(&at, "\xC2\xB7 "));
    if (!number(&at, 1, 2, &c[0]) || at.p >= at.end || (*at.p != ':' && *at.p != '.'))
        return false;
    at.p++;
    if (!number(&at, 2, 2, &c[1]))
        return false;
    *seconds = at.p < at.end && *at.p == ':' && (at.p++, number(&at, 2, 2, &c[2]));
    if (*seconds && at.p < at.end && *at.p == '.') {
        at.p++;
        (void)skip(&at, "0123456789");
    }
    reader half = at;
    (void)skip(&half, " ");
    bool pm = word(&half, "pm") || word(&half, "p.m");
    bool am = !pm && (word(&half, "am") || word(&half, "a.m"));
    if (pm || am) {
        (void)skip(&half, ".");
        c[0] = c[0] % 12 + (pm ? 12 : 0);
        at = half;
    }
    *r = at;
    return c[0] < 24 && c[1] < 60 && c[2] < 61;
}

/* Names that mean one zone only: not IST, CST, BST, EST. */
static bool named_zone(reader *r, int *minutes)
{
    static const struct {
        const char *name;
        int minutes;
    } zones[] = {{"CEST", 120}, {"CET", 60},  {"EDT", -240}, {"PDT", -420}, {"MDT", -360},
                 {"JST", 540},  {"KST", 540}, {"ICT", 420},  {"WIB", 420},  {"HKT", 480},
                 {"SGT", 480},  {"PKT", 300}, {"EAT", 180},  {"WAT", 60},   {"CAT", 120}};
    for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++) {
        reader at = *r;
        if (word(&at, zones[i].name) &&
            (at.p == at.end || !isalnum((unsigned char)*at.p))) {
            *minutes = zones[i].minutes;
            *r = at;
            return true;
        }
    }
    return false;
}

/* Minutes east of UTC. */
static bool zone_of(reader *r, int *minutes)
{
    int h = 0;
    int m = 0;
    reader at = *r;
    (void)skip(&at, " (");
    *minutes = 0;
    if (named_zone(&at, minutes))
        return true;
    bool name = word(&at, "Z") || word(&at, "GMT") || word(&at, "UTC");
    if (at.p >= at.end || (*at.p != '+' && *at.p != '-'))
        return name;
    int sign = *at.p++ == '-' ? -1 : 1;
    if (number(&at, 3, 4, &h)) { /* "+0700" */
        m = h % 100;
        h /= 100;
    } else if (!number(&at, 1, 2, &h)) {
        return name;
    } else if (at.p < at.end && *at.p == ':') {
        at.p++;
        (void)number(&at, 2, 2, &m);
    }
    *minutes = sign * (h * 60 + m);
    return h <= 14 && m < 60;
}

static bool make(const int d[3], const int c[3], int64_t *out)
{
    char text[64];
    if (d[0] < 1000 || d[0] > 9999 || d[1] < 1 || d[1] > 12 || d[2] < 1 || d[2] > 31)
        return false;
    (void)snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", d[0], d[1], d[2],
                   c[0], c[1], c[2] > 59 ? 59 : c[2]);
    return ew_iso_parse(text, EW_ISO_CHARS, out);
}

static bool date_at(const char *p, const char *end, ew_article_date *out)
{
    bool (*const orders[])(reader *, int *) = {year_first, day_first, month_first};
    for (size_t i = 0; i < 3; i++) {
        reader r = {p, end};
        int d[3] = {0};
        int c[3] = {0};
        int none[3] = {0};
        int zone = 0;
        bool seconds = false;
        if (!orders[i](&r, d))
            continue;
        *out = (ew_article_date){.moment = {.known = true}};
        out->clock = clock_of(&r, c, &seconds);
        out->moment.exact = out->clock && seconds;
        out->moment.day = !out->clock;
        out->moment.zoned = out->clock && zone_of(&r, &zone);
        if (!make(d, out->clock ? c : none, &out->moment.unix_s))
            return false;
        if (out->moment.zoned)
            out->moment.unix_s -= 60 * (int64_t)zone;
        return true;
    }
    return false;
}

bool ew_article_date_in(ew_slice text, ew_article_date *out)
{
    enum { FAR = 400 };
    const char *end = text.p + text.n;
    for (size_t i = 0; i < text.n && i < FAR; i++) {
        bool middle = i > 0 && isalnum((unsigned char)text.p[i - 1]) != 0;
        if (middle || isalnum((unsigned char)text.p[i]) == 0)
            continue;
        if (date_at(text.p + i, end, out)) {
            out->moment.text = text;
            return true;
        }
    }
    return false;
}

bool ew_article_dates_differ(const ew_article_date *a, const ew_article_date *b)
{
    int64_t apart = llabs((long long)(a->moment.unix_s - b->moment.unix_s));
    if (a->moment.zoned && b->moment.zoned)
        return apart > 120;
    if (a->clock && b->clock)
        return apart > 14 * 3600;
    return apart >= 38 * 3600;
}
