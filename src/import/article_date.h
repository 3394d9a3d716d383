/* SPDX-License-Identifier: Apache-2.0 */
/* Dates as articles and their machines write them. */
#ifndef EW_IMPORT_ARTICLE_DATE_H
#define EW_IMPORT_ARTICLE_DATE_H

#include "import/import.h"

typedef struct ew_article_date {
    ew_moment moment;
    bool clock; /* it has a time of day */
} ew_article_date;

/* "2026-10-12", "2026-10-12T09:30:00+07:00", "Mon, 12 Oct 2026 09:30:00 GMT", "12 October 2026, 9:30 am",
 * "Oct. 12, 2026 at 9:30 p.m." ...; text around it is passed over. Dates in numbers other than
 * year first are not understood: their order would be a guess. */
bool ew_article_date_in(ew_slice text, ew_article_date *out);

/* Cannot both be right, whatever their zones. */
bool ew_article_dates_differ(const ew_article_date *a, const ew_article_date *b);

#endif
