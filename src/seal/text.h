/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 as the line formats have it: one spelling of everything. */
#ifndef EW_SEAL_TEXT_H
#define EW_SEAL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"

/* Standard base64 with padding, nothing else in it, of exactly n bytes. */
bool ew_slice_base64(ew_slice s, uint8_t *out, size_t n);

/* The same of at most max bytes; false when it is not base64 or longer. */
bool ew_slice_base64_any(ew_slice s, uint8_t *out, size_t max, size_t *n);

EW_MUST_CHECK ew_code ew_base64_append(ew_buf *b, const void *bytes, size_t n,
                                       ew_err *err);

#endif
