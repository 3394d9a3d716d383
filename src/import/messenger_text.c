/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of Messenger's downloads: every byte of their UTF-8 is written as a character of its own. */
#include "base/utf8.h"
#include "import/messenger.h"

/* The bytes that the characters stand for; false when one is above U+00FF, or all are ASCII. */
static bool to_bytes(ew_slice text, ew_buf *room, ew_code *code, ew_err *err)
{
    bool high = false;
    ew_buf_reset(room);
    for (size_t i = 0; i < text.n;) {
        uint32_t cp = 0;
        size_t n = ew_utf8_next(text.p + i, text.n - i, &cp);
        if (n == 0 || cp > 0xFF)
            return false;
        high = high || cp >= 0x80;
        char c = (char)(unsigned char)cp;
        *code = ew_buf_append(room, &c, 1, err);
        if (*code != EW_OK)
            return false;
        i += n;
    }
    return high;
}

static bool is_ascii(ew_slice text)
{
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] >= 0x80)
            return false;
    return true;
}

ew_code ew_messenger__repair(ew_slice text, ew_buf *room, ew_slice *out, bool *repaired,
                             ew_err *err)
{
    ew_code code = EW_OK;
    *out = text;
    if (is_ascii(text) || !to_bytes(text, room, &code, err) ||
        !ew_utf8_valid((const char *)room->data, room->len))
        return code;
    *repaired = true;
    *out = (ew_slice){(const char *)room->data, room->len};
    return code;
}

ew_code ew_messenger__text(ew_messenger *m, ew_slice *out)
{
    bool repaired = false;
    ew_code code = ew_messenger__repair(m->j.text, &m->room, out, &repaired, m->err);
    if (repaired) {
        m->repaired = true;
        m->made.message.marks |= EW_MARK_REPAIRED;
    }
    return code;
}

/* Older downloads have seconds. */
bool ew_messenger__time(const ew_messenger *m, int64_t *ms)
{
    enum { SECONDS_TO = 100000000 /* thousands: the year 5138 in seconds, 1973 in ms */ };
    uint64_t v = 0;
    bool number = m->j.kind == EW_JSON_NUMBER || m->j.kind == EW_JSON_STRING;
    if (!number || !ew_slice_u64(m->j.text, &v) || v > INT64_MAX / 1000)
        return false;
    *ms = (int64_t)v;
    if (v / 1000 < SECONDS_TO)
        *ms *= 1000;
    return true;
}
