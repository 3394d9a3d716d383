/* SPDX-License-Identifier: Apache-2.0 */
/* Text made valid UTF-8. */
#include "import/clean.h"

#include "base/utf8.h"

ew_code ew_import_clean(ew_slice text, ew_buf *room, ew_slice *out, bool *bad,
                        ew_err *err)
{
    static const char unknown[] = "\xEF\xBF\xBD";
    uint32_t cp;
    ew_code code = EW_OK;
    *out = text;
    if (ew_utf8_valid(text.p, text.n))
        return EW_OK;
    *bad = true;
    ew_buf_reset(room);
    for (size_t i = 0; i < text.n && code == EW_OK;) {
        size_t n = ew_utf8_next(text.p + i, text.n - i, &cp);
        code = n > 0 ? ew_buf_append(room, text.p + i, n, err)
                     : ew_buf_append(room, unknown, sizeof unknown - 1, err);
        i += n > 0 ? n : 1;
    }
    *out = (ew_slice){room->len > 0 ? (const char *)room->data : "", room->len};
    return code;
}

ew_code ew_import_line(ew_buf *to, ew_slice text, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < text.n && code == EW_OK;) {
        size_t from = i;
        while (i < text.n && (unsigned char)text.p[i] >= 0x20 && text.p[i] != 0x7F)
            i++;
        if (i > from)
            code = ew_buf_append(to, text.p + from, i - from, err);
        if (code == EW_OK && i < text.n)
            code = ew_buf_append(to, " ", 1, err);
        i += i < text.n;
    }
    return code;
}
