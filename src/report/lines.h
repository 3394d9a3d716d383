/* SPDX-License-Identifier: Apache-2.0 */
/* Running text for a terminal. */
#ifndef EW_REPORT_LINES_H
#define EW_REPORT_LINES_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "report/table.h"

/* Appends the words of `text` on lines that fit, and ends the last. `used` columns of the
 * first line are taken already; the other lines are led by `indent` spaces. */
EW_MUST_CHECK ew_code ew_text_wrap(ew_buf *out, const ew_text_style *style,
                                   const char *text, size_t used, int indent,
                                   ew_err *err);

#endif
