/* SPDX-License-Identifier: Apache-2.0 */
/* Words compared however they are set: spaces, quotation marks and dashes of any kind are one. */
#ifndef EW_CASEFILE_WORDS_H
#define EW_CASEFILE_WORDS_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

/* ' ' for any white space, '"' for any quotation mark or apostrophe, '-' for any dash, 0 for what is not
 * seen (soft hyphens, marks of direction, joints without width where words may be cut); else itself. */
uint32_t ew_words_char(uint32_t c);

/* The next character of UTF-8 text, or of bytes that are none: then a number above all characters.
 * Answers how many bytes it took; 0 at the end. */
size_t ew_words_next(const char *s, size_t n, uint32_t *c);

/* Appends text folded, as 32-bit characters in the machine's order: runs of spaces are one, none at
 * either end, nor quotation marks there. */
EW_MUST_CHECK ew_code ew_words_append(ew_buf *out, ew_slice text, ew_err *err);

#endif
