/* SPDX-License-Identifier: Apache-2.0 */
/* Breaks running text between words. */
#include "report/lines.h"

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

enum { COLUMNS_MAX = 92 }; /* longer lines are hard to read */

ew_code ew_text_wrap(ew_buf *out, const ew_text_style *style, const char *text,
                     size_t used, int indent, ew_err *err)
{
    size_t width = style->width;
    size_t column = used;
    ew_code rc = EW_OK;

    if (width == 0 || width > COLUMNS_MAX)
        width = COLUMNS_MAX;
    for (bool first = true; *text != 0 && rc == EW_OK; first = false) {
        size_t n = strcspn(text, " ");
        size_t columns = ew_utf8_columns(text, n);
        if (!first && column + 1 + columns > width) {
            rc = ew_buf_printf(out, err, "\n%*s", indent, "");
            column = (size_t)indent;
        } else if (!first) {
            rc = ew_buf_append(out, " ", 1, err);
            column++;
        }
        if (rc == EW_OK)
            rc = ew_buf_append(out, text, n, err);
        column += columns;
        text += n;
        text += strspn(text, " ");
    }
    return rc == EW_OK ? ew_buf_append(out, "\n", 1, err) : rc;
}
