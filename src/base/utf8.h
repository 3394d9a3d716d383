/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 checks, and names of files made safe for a terminal and for JSON. */
#ifndef EW_BASE_UTF8_H
#define EW_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Bytes of the first character of s[0..n), with its code point; 0 when it is not valid. */
size_t ew_utf8_next(const char *s, size_t n, uint32_t *cp);

/* Strict (RFC 3629): no surrogates, no overlong forms, nothing above U+10FFFF. */
bool ew_utf8_valid(const char *s, size_t n);

/* Appends s as one safe line: invalid bytes, control characters (C0, C1, DEL), bidi and
 * zero-width controls become \xNN or \u{NNNN}; a backslash becomes two. The result is valid UTF-8 and
 * can be put on a terminal or into JSON. */
EW_MUST_CHECK ew_code ew_utf8_append_safe(ew_buf *b, const char *s, size_t n,
                                          ew_err *err);

/* Columns that a valid UTF-8 string takes on a terminal (wide and combining characters
 * counted by wcwidth-like tables of its own, independent of the locale). */
size_t ew_utf8_columns(const char *s, size_t n);

#endif
