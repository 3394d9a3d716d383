/* SPDX-License-Identifier: Apache-2.0 */
/* Dates of WhatsApp's exports. */
#include "import/whatsapp_dates.h"

#include <stdio.h>

#include "base/when.h"

/* Years of what WhatsApp, which began in 2009, can have written. */
enum {
    BUDDHIST = 2500,
    BUDDHIST_AHEAD = 543,
    PERSIAN_FROM = 1387,
    PERSIAN_TO = 1420,
    ISLAMIC_FROM = 1430,
    ISLAMIC_TO = 1480
};

static ew_wa_calendar calendar_of(unsigned year)
{
    if (year >= BUDDHIST && year < BUDDHIST + 200)
        return EW_WA_BUDDHIST;
    if (year >= PERSIAN_FROM && year <= PERSIAN_TO)
        return EW_WA_PERSIAN;
    return year >= ISLAMIC_FROM && year <= ISLAMIC_TO ? EW_WA_ISLAMIC : EW_WA_GREGORIAN;
}

ew_wa_date ew_wa_date_of(const ew_wa_head *h)
{
    ew_wa_date d = {h->number[2], h->number[0], h->number[1], false, EW_WA_GREGORIAN};
    if (h->digits[0] == 4 || h->number[0] > 31)
        d = (ew_wa_date){h->number[0], h->number[1], h->number[2], true, EW_WA_GREGORIAN};
    if (d.year < 100)
        d.year += 2000;
    d.calendar = calendar_of(d.year);
    if (d.calendar == EW_WA_BUDDHIST)
        d.year -= BUDDHIST_AHEAD;
    return d;
}

/* By the rule of 33 years, which agrees with the calendar of Iran for all years here. */
static unsigned persian_leap(unsigned year)
{
    return (25 * year + 11) % 33 < 8 ? 1 : 0;
}

static bool persian_day(unsigned year, unsigned month, unsigned of_month, int64_t *day)
{
    enum { NEW_YEAR_1387 = 13958 /* 20 March 2008 */ };
    unsigned length = month <= 6 ? 31 : month < 12 ? 30 : 29 + persian_leap(year);
    unsigned days = NEW_YEAR_1387;
    if (month < 1 || month > 12 || of_month < 1 || of_month > length)
        return false;
    for (unsigned y = PERSIAN_FROM; y < year; y++)
        days += 365 + persian_leap(y);
    days += month <= 7 ? 31 * (month - 1) : 186 + 30 * (month - 7);
    *day = (int64_t)days + of_month - 1;
    return true;
}

bool ew_wa_day(const ew_wa_date *d, bool day_first, int64_t *day)
{
    bool turned = day_first && !d->year_first; /* the month follows the year everywhere */
    unsigned month = turned ? d->second : d->first;
    unsigned of_month = turned ? d->first : d->second;
    char text[EW_ISO_TEXT + 8];
    if (d->calendar == EW_WA_PERSIAN)
        return persian_day(d->year, month, of_month, day);
    if (d->calendar == EW_WA_ISLAMIC || month > 12 || of_month > 31 || d->year > 9999)
        return false;
    (void)snprintf(text, sizeof text, "%04u-%02u-%02uT00:00:00Z", d->year, month,
                   of_month);
    if (!ew_iso_parse(text, EW_ISO_CHARS, day))
        return false;
    *day /= 86400;
    return true;
}

/* ------------------------------------------------------------------ the order */

static void weigh(ew_wa_order *o, const ew_wa_date *d, bool day_first)
{
    int64_t day;
    if (!ew_wa_day(d, day_first, &day)) {
        o->impossible++;
        return;
    }
    o->back += day < o->last;
    o->last = day;
}

void ew_wa_look_at(ew_wa_evidence *e, const ew_wa_head *h)
{
    ew_wa_date d = ew_wa_date_of(h);
    if (d.year_first)
        return;
    weigh(&e->day_first, &d, true);
    weigh(&e->month_first, &d, false);
    if (e->heads > 0) {
        e->first_changes += d.first != e->before.first;
        e->second_changes += d.second != e->before.second;
    }
    e->before = d;
    e->stops += h->stops;
    e->heads++;
}

int ew_wa_decide(const ew_wa_evidence *e)
{
    const ew_wa_order *d = &e->day_first;
    const ew_wa_order *m = &e->month_first;
    if (d->impossible != m->impossible)
        return d->impossible < m->impossible ? 1 : -1;
    if (2 * e->stops > e->heads)
        return 1;
    if (d->back != m->back)
        return d->back < m->back ? 1 : -1;
    if (e->first_changes != e->second_changes)
        return e->first_changes > e->second_changes ? 1 : -1;
    return 0;
}
