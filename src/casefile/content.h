/* SPDX-License-Identifier: Apache-2.0 */
/* The hash over all rows that an event added, which its place in the chain covers: so that not only the
 * list of events but all that they say cannot be changed without being noticed. docs/formats/case.md,
 * "content". */
#ifndef EW_CASEFILE_CONTENT_H
#define EW_CASEFILE_CONTENT_H

#include "casefile/casefile.h"

/* Remembers how far each table goes, at the beginning of an event; then hashes what came since. */
EW_MUST_CHECK ew_code ew_case__mark_content(ew_case *c, ew_err *err);
EW_MUST_CHECK ew_code ew_case__content(ew_case *c, uint8_t out[EW_SHA256_BYTES],
                                       ew_err *err);

/* The same for all events in their order, in one pass over the tables. To be ended in any case. */
typedef struct ew_case_rows ew_case_rows;
EW_MUST_CHECK ew_code ew_case__rows_begin(ew_case_rows **out, ew_case *c, ew_err *err);
/* event: ascending from call to call. */
EW_MUST_CHECK ew_code ew_case__rows_of(ew_case_rows *r, int64_t event,
                                       uint8_t out[EW_SHA256_BYTES], ew_err *err);
bool ew_case__rows_left(const ew_case_rows *r); /* rows of no event that was asked for */
void ew_case__rows_end(ew_case_rows *r);        /* NULL is fine */

#endif
