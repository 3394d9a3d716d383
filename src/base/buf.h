/* SPDX-License-Identifier: Apache-2.0 */
/* A growing byte buffer that cannot be made without a ceiling. */
#ifndef EW_BASE_BUF_H
#define EW_BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* data[0..len) is content; data[len] is always 0 once data is not NULL, so that a buffer
 * of text is a C string. Fields are readable, not writable, by users. */
typedef struct ew_buf {
    uint8_t *data;
    size_t len;
    size_t cap;
    size_t max; /* ceiling for len */
} ew_buf;

void ew_buf_init(ew_buf *b, size_t max);
void ew_buf_release(ew_buf *b);
void ew_buf_reset(ew_buf *b); /* len = 0, keeps the memory */

/* EW_E_LIMIT beyond the ceiling, EW_E_NOMEM; the buffer is unchanged on failure. */
EW_MUST_CHECK ew_code ew_buf_append(ew_buf *b, const void *bytes, size_t n, ew_err *err);
EW_MUST_CHECK ew_code ew_buf_printf(ew_buf *b, ew_err *err, const char *fmt, ...)
    EW_PRINTF(3, 4);

#endif
