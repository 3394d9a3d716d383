/* SPDX-License-Identifier: Apache-2.0 */
/* Dates of positions: ISO 8601, as exact as they are known. */
#ifndef EW_CASEFILE_DATES_H
#define EW_CASEFILE_DATES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/when.h"

/* "2026", "2026-10", "2026-10-12", "2026-10-12T14:05:00Z": the first day that it can be, counted from
 * 1970-01-01. False for everything else. */
bool ew_case__day_of(const char *date, int64_t *day);

/* All moments that a date may mean, in POSIX seconds. */
typedef struct ew_date_span {
    int64_t first, last; /* both included */
    bool day;            /* it names a day, or a moment */
} ew_date_span;
bool ew_case__span_of(const char *date, ew_date_span *span);

/* Is it certain that a was before b? "2026-10" and "2026-10-14" have no certain order. */
bool ew_case__before(const ew_date_span *a, const ew_date_span *b);

/* Days from one date to another, by their first days; rounded down. */
int64_t ew_case__days_between(const ew_date_span *a, const ew_date_span *b);

/* A moment that an export told: in `room` as ISO 8601; a clock's reading has no Z, and no seconds where it told none;
 * text when it is not known. kind: as the column `time_kind`. */
const char *ew_case__when_text(bool known, int64_t time, int64_t kind, const char *text,
                               char room[EW_ISO_TEXT]);

#endif
