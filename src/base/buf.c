/* SPDX-License-Identifier: Apache-2.0 */
/* The growing byte buffer. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

enum { FIRST_CAP = 64 };

void ew_buf_init(ew_buf *b, size_t max)
{
    *b = (ew_buf){.max = max};
}

void ew_buf_release(ew_buf *b)
{
    ew_free(b->data);
    *b = (ew_buf){.max = b->max};
}

void ew_buf_reset(ew_buf *b)
{
    b->len = 0;
    if (b->data != NULL)
        b->data[0] = 0;
}

/* Makes room for n more bytes and the final 0. */
static ew_code reserve(ew_buf *b, size_t n, ew_err *err)
{
    if (n > b->max || b->len > b->max - n || b->len + n == SIZE_MAX)
        return ew_fail(err, EW_E_LIMIT, 0, "more than %zu bytes", b->max);
    size_t need = b->len + n + 1;
    if (need <= b->cap)
        return EW_OK;
    size_t cap = b->cap > 0 ? b->cap : FIRST_CAP;
    while (cap < need)
        cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    if (b->max < SIZE_MAX && cap > b->max + 1)
        cap = b->max + 1; /* need <= max + 1 was checked above */
    uint8_t *data = ew_realloc_array(b->data, cap, 1);
    if (data == NULL)
        return ew_fail_nomem(err);
    data[b->len] = 0;
    b->data = data;
    b->cap = cap;
    return EW_OK;
}

ew_code ew_buf_append(ew_buf *b, const void *bytes, size_t n, ew_err *err)
{
    ew_code code = reserve(b, n, err);
    if (code != EW_OK)
        return code;
    if (n > 0)
        memcpy(b->data + b->len, bytes, n);
    b->len += n;
    b->data[b->len] = 0;
    return EW_OK;
}

ew_code ew_buf_printf(ew_buf *b, ew_err *err, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n < 0)
        return ew_fail(err, EW_E_BUG, 0, "a format string does not fit its values");
    ew_code code = reserve(b, (size_t)n, err);
    if (code != EW_OK)
        return code;
    va_start(args, fmt);
    (void)vsnprintf((char *)b->data + b->len, (size_t)n + 1, fmt, args);
    va_end(args);
    b->len += (size_t)n;
    return EW_OK;
}
