/* SPDX-License-Identifier: Apache-2.0 */
/* Words compared however they are set. */
#include "casefile/words.h"

#include "base/bytes.h"
#include "base/utf8.h"

enum { NO_CHARACTER = 0x110000 };

/* Ranges of characters that are all the same here, in order. */
static const struct {
    uint32_t first, last, as;
} folds[] = {
    {0x0001, 0x0020, ' '}, {0x0022, 0x0022, '"'}, {0x0027, 0x0027, '"'},
    {0x0060, 0x0060, '"'}, {0x007F, 0x00A0, ' '}, {0x00AB, 0x00AB, '"'},
    {0x00AD, 0x00AD, 0},   {0x00B4, 0x00B4, '"'}, {0x00BB, 0x00BB, '"'},
    {0x061C, 0x061C, 0},   {0x1680, 0x1680, ' '}, {0x2000, 0x200A, ' '},
    {0x200B, 0x200B, 0},   {0x200E, 0x200F, 0},   {0x2010, 0x2015, '-'},
    {0x2018, 0x201F, '"'}, {0x2028, 0x2029, ' '}, {0x202A, 0x202E, 0},
    {0x202F, 0x202F, ' '}, {0x2032, 0x2037, '"'}, {0x2039, 0x203A, '"'},
    {0x205F, 0x205F, ' '}, {0x2060, 0x2060, 0},   {0x2066, 0x2069, 0},
    {0x2212, 0x2212, '-'}, {0x3000, 0x3000, ' '}, {0x300C, 0x300F, '"'},
    {0x301D, 0x301F, '"'}, {0xFE41, 0xFE44, '"'}, {0xFEFF, 0xFEFF, 0},
    {0xFF02, 0xFF02, '"'}, {0xFF07, 0xFF07, '"'}, {0xFF0D, 0xFF0D, '-'},
};

uint32_t ew_words_char(uint32_t c)
{
    size_t low = 0;
    size_t high = EW_COUNT(folds);
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (c > folds[mid].last)
            low = mid + 1;
        else
            high = mid;
    }
    return low < EW_COUNT(folds) && c >= folds[low].first ? folds[low].as : c;
}

size_t ew_words_next(const char *s, size_t n, uint32_t *c)
{
    if (n == 0)
        return 0;
    size_t used = ew_utf8_next(s, n, c);
    if (used > 0)
        return used;
    *c = NO_CHARACTER + (unsigned char)s[0];
    return 1;
}

ew_code ew_words_append(ew_buf *out, ew_slice text, ew_err *err)
{
    size_t start = out->len;
    size_t end = start; /* behind the last one that is no space and no mark */
    bool space = false;
    ew_code code = EW_OK;
    uint32_t c;
    for (size_t used; code == EW_OK && (used = ew_words_next(text.p, text.n, &c)) > 0;) {
        text.p += used;
        text.n -= used;
        c = ew_words_char(c);
        if (c == 0)
            continue;
        space = space || c == ' ';
        if (c == ' ' || (c == '"' && out->len == start))
            continue;
        if (space && out->len > start)
            code = ew_buf_append(out, &(uint32_t){' '}, sizeof c, err);
        space = false;
        if (code == EW_OK)
            code = ew_buf_append(out, &c, sizeof c, err);
        if (c != '"')
            end = out->len;
    }
    out->len = end;
    return code;
}
