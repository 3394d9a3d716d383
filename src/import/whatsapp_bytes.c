/* SPDX-License-Identifier: Apache-2.0 */
/* Encodings of WhatsApp's chats, and whether a text is one. WhatsApp writes UTF-8; editors save as what they like. */
#include "import/whatsapp_bytes.h"

#include <string.h>

#include "base/utf8.h"
#include "import/whatsapp_head.h"

static bool is_utf16(ew_slice s)
{
    return s.n >= 2 &&
           (memcmp(s.p, "\xFF\xFE", 2) == 0 || memcmp(s.p, "\xFE\xFF", 2) == 0);
}

/* Letters with accents between ASCII, twice at least, and not one character of UTF-8. */
static bool is_1252(ew_slice s)
{
    size_t high = 0;
    size_t alone = 0;
    uint32_t cp;
    for (size_t i = 0; i < s.n; i++) {
        if (((unsigned char)s.p[i] & 0x80) == 0)
            continue;
        if (ew_utf8_next(s.p + i, s.n - i, &cp) > 1)
            return false;
        bool left = i > 0 && ((unsigned char)s.p[i - 1] & 0x80) != 0;
        bool right = i + 1 < s.n && ((unsigned char)s.p[i + 1] & 0x80) != 0;
        high++;
        alone += !left && !right;
    }
    return alone > 1 && 2 * alone > high;
}

ew_code ew_wa_bytes_read(ew_wa_bytes *b, ew_slice original, ew_err *err)
{
    *b = (ew_wa_bytes){.text = original};
    ew_room_init(&b->room, (size_t)32 * EW_PAGE_BYTES);
    if (original.n > EW_PAGE_BYTES || !(is_utf16(original) || is_1252(original)))
        return EW_OK;
    ew_code code = ew_page_decode(&b->page, original, false, &b->room, err);
    if (code != EW_OK)
        return code;
    b->turned = true;
    b->text = (ew_slice){b->page.text, b->page.n};
    return EW_OK;
}

void ew_wa_bytes_release(ew_wa_bytes *b)
{
    ew_room_release(&b->room);
}

ew_place ew_wa_bytes_place(const ew_wa_bytes *b, size_t member, ew_slice part)
{
    size_t at = (size_t)(part.p - b->text.p);
    if (!b->turned)
        return (ew_place){member, at, part.n};
    uint64_t from = ew_page_back(&b->page, at);
    return (ew_place){member, from, ew_page_back(&b->page, at + part.n) - from};
}

/* ------------------------------------------------------------------ is it one? */

/* Is there a message within the first lines? */
static ew_code head_within(ew_delivery *from, size_t member, bool *yes, ew_err *err)
{
    enum { LINES = 20, FIRST = 1 << 16 };
    ew_slice rest;
    ew_slice line;
    ew_wa_head h;
    ew_wa_bytes b;
    ew_code code = ew_delivery_read(from, member, &rest, err);
    if (code != EW_OK)
        return code;
    rest.n = rest.n < FIRST ? rest.n : FIRST;
    code = ew_wa_bytes_read(&b, rest, err);
    rest = b.text;
    for (int n = 0; code == EW_OK && n < LINES && !*yes && ew_slice_line(&rest, &line);
         n++)
        *yes = ew_wa_head_at(line, &h);
    ew_wa_bytes_release(&b);
    return code;
}

ew_code ew_import__looks_whatsapp(ew_delivery *from, bool *yes, ew_err *err)
{
    ew_code code = EW_OK;
    *yes = false;
    for (size_t i = 0; i < ew_delivery_count(from) && code == EW_OK && !*yes; i++) {
        ew_slice name = ew_delivery_name(from, i);
        if (name.n > 4 && memcmp(name.p + name.n - 4, ".txt", 4) == 0)
            code = head_within(from, i, yes, err);
    }
    return code;
}
