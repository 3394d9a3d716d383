/* SPDX-License-Identifier: Apache-2.0 */
/* Deciding about suggested quotations. */
#ifndef EW_OPS_CASE_QUOTES_H
#define EW_OPS_CASE_QUOTES_H

#include "casefile/suggestions.h"

/* What the one who accepts says; NULL or 0: as suggested. */
typedef struct ew_acceptance {
    const char *who, *purpose; /* of the event; needed */
    int64_t item;              /* which it is about */
    const char *person, *stance, *date, *channel;
    int64_t via;
} ew_acceptance;

/* When the words of a paragraph were said, as far as it tells: the day of publication, or the weekday or
 * "yesterday" before it, when the paragraph names exactly one. English. "" when published is. */
enum { EW_SAID_ON = 11 };
void ew_said_on(const char *paragraph, const char *published, char out[EW_SAID_ON]);

/* Makes a position of a suggestion, in one event; *position is its number. EW_E_NOTFOUND when there is
 * no such suggestion; EW_E_ARG when it was decided already, or lacks what a position needs and `a`
 * does not say it. */
EW_MUST_CHECK ew_code ew_ops_accept_quote(ew_case *c, int64_t suggestion,
                                          const ew_acceptance *a, int64_t *position,
                                          ew_err *err);
EW_MUST_CHECK ew_code ew_ops_refuse_quote(ew_case *c, int64_t suggestion, const char *who,
                                          const char *purpose, ew_err *err);

#endif
