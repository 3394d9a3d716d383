/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the case file: which events were taken back. */
#ifndef EW_CASEFILE_EVENTS_H
#define EW_CASEFILE_EVENTS_H

#include "casefile/casefile.h"

/* Reads it anew; after opening and after every event that takes one back. */
EW_MUST_CHECK ew_code ew_case__load_undone(ew_case *c, ew_err *err);

/* Was this event taken back, by one that still counts? */
bool ew_case__undone(const ew_case *c, int64_t event);

/* Was this item taken back? *by: the last event that added it and counts, else that of its row, which is
 * `added`. */
EW_MUST_CHECK ew_code ew_case__item_undone(ew_case *c, int64_t item, int64_t added,
                                           bool *undone, int64_t *by, ew_err *err);

/* What is said of an item after all corrections that count. values: kind, name, origin, obtained, from,
 * note; each that was corrected is replaced by a copy, to be freed with ew_case__corrected_end. */
enum { EW_CASE_ITEM_TEXTS = 6 };
EW_MUST_CHECK ew_code ew_case__corrected(ew_case *c, int64_t item,
                                         char *values[EW_CASE_ITEM_TEXTS], ew_err *err);
void ew_case__corrected_end(char *values[EW_CASE_ITEM_TEXTS]);
/* "kind" ... in that order; NULL behind the last. */
const char *ew_case__item_field(size_t i);

/* One line of valid UTF-8 without control characters, 1 to EW_CASE_NAME bytes: a name, a title, a reason. */
bool ew_case__is_line(ew_slice text);

/* Gives up what was stored later and not synced. */
void ew_case__drop_later(ew_case *c);

#endif
