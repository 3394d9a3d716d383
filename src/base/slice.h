/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that belong to somebody else, and reading line formats strictly: one spelling of
 * everything, nothing skipped. */
#ifndef EW_BASE_SLICE_H
#define EW_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

#endif
