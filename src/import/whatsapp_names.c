/* SPDX-License-Identifier: Apache-2.0 */
/* Senders of text exports. */
#include "import/whatsapp_names.h"

#include <string.h>

#include "import/whatsapp_head.h"
#include "import/whatsapp_words.h"

enum { SENDER_MAX = 256, COLONS = 3 };

/* The next colon with a space or an end behind it, from byte `from` on; 0: there is none. */
static size_t colon_at(ew_slice text, size_t from)
{
    for (size_t i = from; i < text.n && i < SENDER_MAX && text.p[i] != '\n'; i++) {
        if (text.p[i] != ':' || i == 0)
            continue;
        bool end = i + 1 == text.n || strchr("\r\n ", text.p[i + 1]) != NULL;
        if (end && (i + 1 == text.n || text.p[i + 1] != 0))
            return i;
    }
    return 0;
}

/* A name does not open a quotation without closing it: "Ann changed the subject to “Plan: B”". */
static bool can_be_name(ew_slice s)
{
    static const struct {
        const char *open, *close;
    } marks[] = {{"“", "”"}, {"„", "“"}, {"«", "»"}, {"「", "」"}, {"『", "』"}};
    size_t plain = 0;
    for (size_t i = 0; i < s.n; i++)
        plain += s.p[i] == '"';
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (memmem(s.p, s.n, marks[i].open, strlen(marks[i].open)) != NULL &&
            memmem(s.p, s.n, marks[i].close, strlen(marks[i].close)) == NULL &&
            memmem(s.p, s.n, "”", strlen("”")) == NULL)
            return false;
    return plain % 2 == 0;
}

/* FNV-1a; 0 stands for an empty place. */
static uint64_t hash_of(ew_slice s)
{
    uint64_t h = 0xCBF29CE484222325u;
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * 0x100000001B3u;
    return h != 0 ? h : 1;
}

static size_t place_of(const ew_wa_names *names, uint64_t hash)
{
    size_t i = (size_t)(hash % EW_WA_NAMES);
    while (names->hash[i] != 0 && names->hash[i] != hash)
        i = (i + 1) % EW_WA_NAMES;
    return i;
}

static void count_name(ew_wa_names *names, ew_slice name)
{
    uint64_t hash = hash_of(name);
    size_t i = place_of(names, hash);
    if (names->hash[i] == 0 && names->used >= EW_WA_NAMES / 2)
        return;
    names->used += names->hash[i] == 0;
    names->hash[i] = hash;
    names->count[i]++;
}

void ew_wa_count_names(ew_wa_names *names, ew_slice text)
{
    size_t at = 0;
    ew_wa_skip_marks(&text);
    for (int i = 0; i < COLONS && (at = colon_at(text, at > 0 ? at + 1 : 0)) > 0; i++)
        count_name(names, (ew_slice){text.p, at});
}

static uint32_t count_of(const ew_wa_names *names, ew_slice name)
{
    uint64_t hash = hash_of(name);
    size_t i = place_of(names, hash);
    return names->hash[i] == hash ? names->count[i] : 0;
}

bool ew_wa_take_sender(const ew_wa_names *names, ew_slice *text, ew_slice *sender,
                       bool *two_ways)
{
    ew_wa_skip_marks(text);
    size_t first = colon_at(*text, 0);
    size_t at = first;
    *two_ways = false;
    if (first == 0 || !can_be_name((ew_slice){text->p, first}))
        return false;
    uint32_t all = count_of(names, (ew_slice){text->p, first});
    size_t next = first;
    for (int i = 1; i < COLONS && (next = colon_at(*text, next + 1)) > 0; i++) {
        if (all < 2 || count_of(names, (ew_slice){text->p, next}) != all)
            break;
        at = next;
        *two_ways = true;
    }
    *sender = ew_wa_trim((ew_slice){text->p, at});
    text->p += at + 1;
    text->n -= at + 1;
    (void)ew_slice_skip(text, " ");
    return true;
}

bool ew_wa_phone(ew_slice sender, char out[EW_WA_NUMBER])
{
    size_t n = 0;
    if (sender.n == 0 || sender.p[0] != '+')
        return false;
    out[n++] = '+';
    for (size_t i = 1; i < sender.n; i++) {
        char c = sender.p[i];
        bool digit = c >= '0' && c <= '9';
        bool between = strchr(" -().\xC2\xA0\xE2\x80\xAF\x91\x8E\xAA\xAC", c) != NULL;
        if ((!digit && !between) || n + 1 == EW_WA_NUMBER)
            return false;
        if (digit)
            out[n++] = c;
    }
    out[n] = 0;
    return n >= 6;
}
