/* SPDX-License-Identifier: Apache-2.0 */
/* Dates of WhatsApp's exports: which number is the day, and in which calendar. */
#ifndef EW_IMPORT_WHATSAPP_DATES_H
#define EW_IMPORT_WHATSAPP_DATES_H

#include "import/whatsapp_head.h"

typedef enum ew_wa_calendar {
    EW_WA_GREGORIAN,
    EW_WA_BUDDHIST, /* of Thailand: years 543 higher */
    EW_WA_PERSIAN,
    EW_WA_ISLAMIC /* of Arabia: its months were decided from year to year, so it is not converted */
} ew_wa_calendar;

/* Which of the three numbers is the year, and what the others can be. */
typedef struct ew_wa_date {
    unsigned year, first, second; /* the two others, in the order in which they stand */
    bool year_first;
    ew_wa_calendar calendar;
} ew_wa_date;

ew_wa_date ew_wa_date_of(const ew_wa_head *h);

/* Days since 1970, or false when there is no such date or none that can be known. */
bool ew_wa_day(const ew_wa_date *d, bool day_first, int64_t *day);

/* What one order of day and month would mean for the whole file. */
typedef struct ew_wa_order {
    uint64_t impossible, back;
    int64_t last;
} ew_wa_order;

typedef struct ew_wa_evidence {
    ew_wa_order day_first, month_first;
    uint64_t stops; /* heads with full stops in the date */
    uint64_t heads, first_changes, second_changes;
    ew_wa_date before;
} ew_wa_evidence;

void ew_wa_look_at(ew_wa_evidence *e, const ew_wa_head *h);

/* 1 day first, -1 month first, 0 not known: by impossible dates, then by full stops, which no language has between month and day when
 * the month comes first; then by steps back in time, then by what
 * changes more often. */
int ew_wa_decide(const ew_wa_evidence *e);

#endif
