/* SPDX-License-Identifier: Apache-2.0 */
/* Dates of positions: ISO 8601, as exact as they are known. */
#ifndef EW_CASEFILE_DATES_H
#define EW_CASEFILE_DATES_H

#include <stdbool.h>
#include <stdint.h>

/* "2026", "2026-10", "2026-10-12", "2026-10-12T14:05:00Z": the first day that it can be, counted from
 * 1970-01-01. False for everything else. */
bool ew_case__day_of(const char *date, int64_t *day);

#endif
