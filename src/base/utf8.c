/* SPDX-License-Identifier: Apache-2.0 */
/* Strict UTF-8, safe one-line names, widths on a terminal. */
#include "base/utf8.h"

#include "base/bytes.h"
#include "base/utf8_width.h"

size_t ew_utf8_next(const char *s, size_t n, uint32_t *cp)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (n == 0)
        return 0;
    const unsigned char *u = (const unsigned char *)s;
    if (u[0] < 0x80) {
        *cp = u[0];
        return 1;
    }
    if (u[0] < 0xC2 || u[0] > 0xF4)
        return 0;
    size_t want = u[0] >= 0xF0 ? 4 : u[0] >= 0xE0 ? 3 : 2;
    if (n < want)
        return 0;
    uint32_t v = u[0] & (0x7Fu >> want);
    for (size_t i = 1; i < want; i++) {
        if ((u[i] & 0xC0) != 0x80)
            return 0;
        v = v << 6 | (u[i] & 0x3Fu);
    }
    if (v < least[want] || v > 0x10FFFF || (v >= 0xD800 && v <= 0xDFFF))
        return 0;
    *cp = v;
    return want;
}

bool ew_utf8_valid(const char *s, size_t n)
{
    uint32_t cp;
    for (size_t i = 0; i < n;) {
        size_t used = ew_utf8_next(s + i, n - i, &cp);
        if (used == 0)
            return false;
        i += used;
    }
    return true;
}

/* Characters that change how a line looks without being seen themselves. */
static bool is_deceptive(uint32_t cp)
{
    return (cp >= 0x200B && cp <= 0x200F) || (cp >= 0x2028 && cp <= 0x202E) ||
           (cp >= 0x2060 && cp <= 0x206F) || cp == 0x061C || cp == 0x180E ||
           cp == 0xFEFF || (cp >= 0xFFF9 && cp <= 0xFFFB) ||
           (cp >= 0xE0000 && cp <= 0xE007F);
}

static ew_code append_one(ew_buf *b, const char *s, size_t used, uint32_t cp, ew_err *err)
{
    if (used == 0 || cp < 0x20 || cp == 0x7F)
        return ew_buf_printf(b, err, "\\x%02x", (unsigned)(unsigned char)s[0]);
    if (cp == '\\')
        return ew_buf_append(b, "\\\\", 2, err);
    if ((cp >= 0x80 && cp < 0xA0) || is_deceptive(cp))
        return ew_buf_printf(b, err, "\\u{%04X}", (unsigned)cp);
    return ew_buf_append(b, s, used, err);
}

ew_code ew_utf8_append_safe(ew_buf *b, const char *s, size_t n, ew_err *err)
{
    size_t before = b->len;
    /* An empty name still makes the buffer a C string. */
    ew_code code = ew_buf_append(b, "", 0, err);
    for (size_t i = 0; i < n && code == EW_OK;) {
        uint32_t cp = 0;
        size_t used = ew_utf8_next(s + i, n - i, &cp);
        code = append_one(b, s + i, used, cp, err);
        i += used > 0 ? used : 1;
    }
    if (code != EW_OK && b->data != NULL) {
        b->len = before;
        b->data[before] = 0;
    }
    return code;
}

static bool in_table(const ew_range *table, size_t n, uint32_t cp)
{
    size_t low = 0;
    size_t high = n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (cp > table[mid].last)
            low = mid + 1;
        else
            high = mid;
    }
    return low < n && cp >= table[low].first;
}

static size_t columns_of(uint32_t cp)
{
    if (cp < 0x20 || cp == 0x7F || in_table(zero_width, EW_COUNT(zero_width), cp))
        return 0;
    return in_table(double_width, EW_COUNT(double_width), cp) ? 2 : 1;
}

size_t ew_utf8_columns(const char *s, size_t n)
{
    size_t columns = 0;
    for (size_t i = 0; i < n;) {
        uint32_t cp = 0;
        size_t used = ew_utf8_next(s + i, n - i, &cp);
        columns += used == 0 ? 1 : columns_of(cp);
        i += used > 0 ? used : 1;
    }
    return columns;
}
