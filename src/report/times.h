/* SPDX-License-Identifier: Apache-2.0 */
/* Times and numbers as people read them. */
#ifndef EW_REPORT_TIMES_H
#define EW_REPORT_TIMES_H

#include <stddef.h>
#include <stdint.h>

enum { EW_TIME_TEXT = 32 };

/* "1:41.300", from an hour on "1:01:41.300"; rounded to the millisecond. */
const char *ew_time_text(double seconds, char text[EW_TIME_TEXT]);

/* "3.2 s", "12 min", "2.1 h": a length in round figures. */
const char *ew_length_text(double seconds, char text[EW_TIME_TEXT]);

/* "2.5 MB" (powers of ten). */
const char *ew_bytes_text(uint64_t bytes, char text[EW_TIME_TEXT]);

/* "2026-03-01 14:05 UTC"; "unknown" outside the years 1..9999. */
const char *ew_date_text(int64_t unix_seconds, char text[EW_TIME_TEXT]);

/* A share in per cent without false nines: never "100 %" unless it is. "99.9 %" */
const char *ew_percent_text(double share, char text[EW_TIME_TEXT]);

/* A certainty, which is never complete: "95.0 %", at most ">99.9 %". */
const char *ew_certainty_text(double certainty, char text[EW_TIME_TEXT]);

/* Rounded to `digits` decimals, so that JSON shows what is meant. */
double ew_round(double x, int digits);

#endif
