/* SPDX-License-Identifier: Apache-2.0 */
/* What kept results say: in one line, and whether two say the same. */
#ifndef EW_OPS_CASE_RESULT_H
#define EW_OPS_CASE_RESULT_H

#include "base/buf.h"
#include "casefile/casefile.h"

/* Appends one line, safe text without a line feed, on what an analysis found. sha256: the item that is asked
 * about, for a family; NULL: of all. What cannot be understood is said to be so. */
EW_MUST_CHECK ew_code ew_case_result_line(const ew_case_analysis *a,
                                          const uint8_t *sha256, ew_buf *out,
                                          ew_err *err);

/* Do two results say the same? If not, appends the names of up to EW_CASE_DIFFERS fields that differ, as
 * "spans[0].score, explained". */
enum { EW_CASE_DIFFERS = 8 };
EW_MUST_CHECK ew_code ew_case_results_same(const char *a, const char *b, bool *same,
                                           ew_buf *fields, ew_err *err);

/* The numbers in the array "items" of a family's settings, or "a" and "b" of a diff's. Returns how
 * many there are; out gets at most `room`. */
size_t ew_case_settings_items(const char *settings, int64_t *out, size_t room);

#endif
