/* SPDX-License-Identifier: Apache-2.0 */
/* Filling an ew_err: one line each, at the place that knows. */
#ifndef EW_BASE_ERR_H
#define EW_BASE_ERR_H

#include "earwitness/err.h"

/* Fills err (may be NULL) and returns code, so that `return ew_fail(...)` reads well.
 * pos is a byte offset for EW_E_FORMAT and EW_E_LIMIT, else 0. Text is cut to fit at a
 * UTF-8 boundary; control characters in it are replaced. */
ew_code ew_fail(ew_err *err, ew_code code, uint64_t pos, const char *fmt, ...)
    EW_PRINTF(4, 5);

/* The same for EW_E_IO: appends ": " and the text of errno value `sys`. */
ew_code ew_fail_sys(ew_err *err, int sys, const char *fmt, ...) EW_PRINTF(3, 4);

/* "out of memory" with EW_E_NOMEM. */
ew_code ew_fail_nomem(ew_err *err);

/* Resets err (may be NULL) to EW_OK. */
void ew_err_clear(ew_err *err);

#endif
