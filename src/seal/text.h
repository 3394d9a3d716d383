/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the line formats strictly: one spelling of everything, nothing skipped. */
#ifndef EW_SEAL_TEXT_H
#define EW_SEAL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Bytes that belong to somebody else. */
typedef struct ew_slice {
    const char *p;
    size_t n;
} ew_slice;

ew_slice ew_slice_of(const char *text);

/* Takes a line, without its line feed; false when no complete line is left. */
bool ew_slice_line(ew_slice *rest, ew_slice *line);

/* Takes what comes before the next space, and the space; false when nothing is left or
 * the word would be empty. The last word ends with the slice. */
bool ew_slice_word(ew_slice *rest, ew_slice *word);

bool ew_slice_is(ew_slice s, const char *text);
bool ew_slice_skip(ew_slice *s, const char *prefix); /* false: does not begin so */

/* Decimal without sign and leading zeros. */
bool ew_slice_u64(ew_slice s, uint64_t *out);

/* Standard base64 with padding, nothing else in it, of exactly n bytes. */
bool ew_slice_base64(ew_slice s, uint8_t *out, size_t n);

/* The same of at most max bytes; false when it is not base64 or longer. */
bool ew_slice_base64_any(ew_slice s, uint8_t *out, size_t max, size_t *n);

EW_MUST_CHECK ew_code ew_base64_append(ew_buf *b, const void *bytes, size_t n,
                                       ew_err *err);

#endif
