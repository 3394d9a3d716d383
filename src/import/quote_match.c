/* SPDX-License-Identifier: Apache-2.0 */
/* Forms of one name: "Roe", "Ann Roe", "Ann Bee Roe". */
#include "import/quote_match.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

ew_slice ew_name_plain(ew_slice s)
{
    if (s.n > 2 && memcmp(s.p + s.n - 2, "'s", 2) == 0)
        s.n -= 2;
    else if (s.n > 4 && memcmp(s.p + s.n - 4, "\xE2\x80\x99s", 4) == 0)
        s.n -= 4;
    return s;
}

bool ew_name_same(ew_slice a, ew_slice b)
{
    return a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0;
}

size_t ew_name_words(ew_slice s)
{
    size_t n = s.n > 0;
    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == ' ';
    return n;
}

bool ew_name_has_word(ew_slice name, ew_slice word)
{
    for (size_t i = 0; i < name.n;) {
        size_t n = 0;
        while (i + n < name.n && name.p[i + n] != ' ')
            n++;
        if (ew_name_same((ew_slice){name.p + i, n}, word))
            return true;
        i += n + 1;
    }
    return false;
}

/* Every word of part is one of whole. */
static bool is_part(ew_slice part, ew_slice whole)
{
    for (size_t i = 0; i < part.n;) {
        size_t n = 0;
        while (i + n < part.n && part.p[i + n] != ' ')
            n++;
        if (!ew_name_has_word(whole, (ew_slice){part.p + i, n}))
            return false;
        i += n + 1;
    }
    return part.n > 0;
}

bool ew_place_before(ew_quote_place a, ew_quote_place b)
{
    return a.paragraph != b.paragraph ? a.paragraph < b.paragraph : a.token <= b.token;
}

static ew_slice word_in(ew_slice name, bool last)
{
    static const char *const after[] = {"Jr",  "Jr.", "Sr", "Sr.", "II",
                                        "III", "IV",  "QC", "KC",  "MP"};
    size_t from = 0;
    size_t to = name.n;
    if (!last) {
        while (from < name.n && name.p[from] != ' ')
            from++;
        return (ew_slice){name.p, from};
    }
    for (;;) {
        from = to;
        while (from > 0 && name.p[from - 1] != ' ')
            from--;
        ew_slice word = {name.p + from, to - from};
        bool suffix = false;
        for (size_t i = 0; i < sizeof after / sizeof after[0]; i++)
            suffix = suffix || ew_name_same(word, ew_slice_of(after[i]));
        if (!suffix || from == 0)
            return word;
        to = from - 1;
    }
}

uint64_t ew_name_bits(ew_slice name)
{
    uint64_t words = 0;
    unsigned h = 0;
    for (size_t i = 0; i <= name.n; i++) {
        if (i == name.n || name.p[i] == ' ') {
            words |= UINT64_C(1) << (h % 64);
            h = 0;
        } else {
            h = h * 31 + (unsigned)tolower((unsigned char)name.p[i]);
        }
    }
    return words;
}

/* How well a part of a name fits a whole one: by its last word, its first, or one between. 0: it is none. */
int ew_name_rank(ew_slice part, uint64_t words, const ew_quote_person *p)
{
    if ((words & ~p->words) != 0 || !is_part(part, p->name))
        return 0;
    if (ew_name_same(part, p->name))
        return 4;
    if (ew_name_same(word_in(part, true), word_in(p->name, true)))
        return 3;
    if (p->body) /* "Ann Roe Foundation" is not Ann Roe */
        return 0;
    return ew_name_same(word_in(part, false), word_in(p->name, false)) ? 2 : 1;
}

/* The one person so far of whose name this is a form; SIZE_MAX: none, SIZE_MAX - 1: several. The full form of a name
 * goes before the short one, both with the same last word. */
size_t ew_quote_names_find(const ew_quote_names *names, ew_slice name,
                           ew_quote_place here, unsigned gender)
{
    size_t found = SIZE_MAX;
    int best = 0;
    uint64_t words = ew_name_bits(name);
    for (size_t i = 0; i < names->count; i++) {
        const ew_quote_person *p = &names->people[i];
        if ((words & ~p->words) != 0 || !ew_place_before(p->first, here))
            continue;
        int rank = ew_name_rank(name, words, p);
        if (rank == 4)
            return i;
        if (rank == 0 || rank < best || ((gender & EW_WORD_MALE) != 0 && p->female) ||
            ((gender & EW_WORD_FEMALE) != 0 && p->male))
            continue;
        if (rank > best || found == SIZE_MAX) {
            found = i;
        } else if (found != SIZE_MAX - 1) { /* two forms of one name, or two people */
            const ew_quote_person *f = &names->people[found];
            if (ew_name_rank(f->name, f->words, p) == 3)
                found = i;
            else if (ew_name_rank(p->name, p->words, f) != 3)
                found = SIZE_MAX - 1;
        }
        best = rank;
    }
    return found;
}

bool ew_quote_name_is_shared(const ew_quote_names *names, ew_slice name)
{
    uint64_t words = ew_name_bits(name);
    for (size_t i = 0; i < names->count; i++)
        if (ew_name_rank(name, words, &names->people[i]) > 0)
            return true;
    return false;
}
