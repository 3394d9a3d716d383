/* SPDX-License-Identifier: Apache-2.0 */
/* Text from exports, made valid UTF-8. */
#ifndef EW_IMPORT_CLEAN_H
#define EW_IMPORT_CLEAN_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"

/* Text that is valid comes back as it is; else every byte that is not becomes U+FFFD, in `room`, which is
 * emptied first, and *bad is set (and otherwise left alone). */
EW_MUST_CHECK ew_code ew_import_clean(ew_slice text, ew_buf *room, ew_slice *out,
                                      bool *bad, ew_err *err);

/* Appends text as one line: control characters become spaces. */
EW_MUST_CHECK ew_code ew_import_line(ew_buf *to, ew_slice text, ew_err *err);

#endif
