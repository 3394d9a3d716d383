/* SPDX-License-Identifier: Apache-2.0 */
/* What a person types, as terms; and where these stand in a text. Nothing that is typed is syntax of the
 * index: each term goes there as one quoted string. */
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "casefile/search.h"

enum { QUERY_MAX = 4096, ANYWHERE_MIN = 3 };

/* ------------------------------------------------------------------ reading */

static size_t characters(ew_slice s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return n;
}

/* Has it a letter of a script without spaces; has it any letter or digit? */
static bool has_run(ew_slice s, bool *any)
{
    bool run = false;
    uint32_t cp;
    *any = false;
    for (size_t at = 0; at < s.n;) {
        size_t n = ew_utf8_next(s.p + at, s.n - at, &cp);
        ew_letter l = n > 0 ? ew_letter_of(cp) : EW_LETTER_NONE;
        *any = *any || l != EW_LETTER_NONE;
        run = run || l == EW_LETTER_RUN;
        at += n > 0 ? n : 1;
    }
    return run;
}

static ew_slice trim(ew_slice s)
{
    while (s.n > 0 && s.p[0] == ' ') {
        s.p++;
        s.n--;
    }
    while (s.n > 0 && s.p[s.n - 1] == ' ')
        s.n--;
    return s;
}

static ew_code add_term(ew_query *q, ew_slice s, bool quoted, ew_err *err)
{
    bool any;
    bool star = false;
    s = trim(s);
    while (!quoted && s.n > 1 && s.p[s.n - 1] == '*') {
        star = true;
        s.n--;
    }
    if (s.n == 0)
        return EW_OK;
    if (q->count == EW_TERMS)
        return ew_fail(err, EW_E_LIMIT, 0, "more than %d words to search for",
                       (int)EW_TERMS);
    bool run = has_run(s, &any);
    ew_term_way way = EW_TERM_ANYWHERE;
    if (run || !any)
        way = characters(s) < ANYWHERE_MIN ? EW_TERM_SHORT : EW_TERM_ANYWHERE;
    else if (star)
        way = EW_TERM_BEGINNING;
    else if (quoted || characters(s) < ANYWHERE_MIN)
        way = EW_TERM_WORDS;
    q->terms[q->count++] = (ew_term){way, s};
    return EW_OK;
}

ew_code ew_query_read(ew_query *q, const char *words, ew_err *err)
{
    q->count = 0;
    ew_buf_init(&q->folded, QUERY_MAX * (size_t)EW_FOLD_GROWTH + EW_FOLD_ROOM);
    size_t n = strlen(words);
    if (n > QUERY_MAX || !ew_utf8_valid(words, n))
        return ew_fail(err, EW_E_ARG, 0,
                       "what is searched for is up to %d bytes of UTF-8", (int)QUERY_MAX);
    ew_code code = ew_fold_text((ew_slice){words, n}, &q->folded, err);
    ew_slice rest = {(const char *)q->folded.data, q->folded.len};
    while (code == EW_OK && rest.n > 0) {
        bool quoted = rest.p[0] == '"';
        if (quoted) {
            rest.p++;
            rest.n--;
        }
        const char *end = rest.n > 0 ? memchr(rest.p, quoted ? '"' : ' ', rest.n) : NULL;
        ew_slice term = {rest.p, end != NULL ? (size_t)(end - rest.p) : rest.n};
        size_t skip = term.n + (end != NULL);
        code = add_term(q, term, quoted, err);
        rest.p += skip;
        rest.n -= skip;
    }
    if (code == EW_OK && q->count == 0 && trim(ew_slice_of(words)).n > 0)
        code = ew_fail(err, EW_E_ARG, 0, "there is no word in what is searched for");
    return code;
}

void ew_query_release(ew_query *q)
{
    ew_buf_release(&q->folded);
}

/* ------------------------------------------------------------------ marking */

/* Bytes of a folded text that a term takes from `at` on; 0: it does not stand there. In whole words, what
 * parts two of them may be anything that is no letter, as it is for the index. */
static size_t stands(const ew_term *t, ew_slice s, size_t at)
{
    size_t i = at;
    if (t->way == EW_TERM_ANYWHERE || t->way == EW_TERM_SHORT)
        return s.n - at >= t->text.n && memcmp(s.p + at, t->text.p, t->text.n) == 0
                   ? t->text.n
                   : 0;
    if (ew_letter_before(s, at))
        return 0;
    for (size_t k = 0; k < t->text.n;) {
        if (!ew_letter_after(t->text, k)) {
            while (k < t->text.n && !ew_letter_after(t->text, k))
                k++;
            size_t gap = i;
            while (i < s.n && !ew_letter_after(s, i))
                i++;
            if (k < t->text.n && i == gap && i != at)
                return 0;
            continue;
        }
        if (i >= s.n || s.p[i] != t->text.p[k])
            return 0;
        i++;
        k++;
        while (k < t->text.n && ((unsigned char)t->text.p[k] & 0xC0) == 0x80 && i < s.n &&
               s.p[i] == t->text.p[k]) {
            i++;
            k++;
        }
    }
    if (t->way == EW_TERM_WORDS && ew_letter_after(s, i))
        return 0;
    return i - at;
}

ew_code ew_query_marks(const ew_query *q, ew_slice text,
                       void (*put)(void *cookie, size_t at, size_t n), void *cookie,
                       ew_err *err)
{
    ew_folded f;
    ew_folded_init(&f);
    ew_code code = ew_folded_set(&f, text, err);
    ew_slice s = {(const char *)f.text.data, f.text.len};
    size_t told = 0;
    for (size_t at = 0; code == EW_OK && at < s.n;) {
        size_t most = 0;
        for (size_t i = 0; i < q->count; i++) {
            size_t n = stands(&q->terms[i], s, at);
            most = n > most ? n : most;
        }
        ew_slice back = ew_folded_back(&f, text, at, most);
        size_t from = (size_t)(back.p - text.p);
        if (most > 0 && from >= told && back.n > 0) {
            put(cookie, from, back.n);
            told = from + back.n;
        }
        at += most > 0 ? most : 1;
        while (at < s.n && ((unsigned char)s.p[at] & 0xC0) == 0x80)
            at++;
    }
    ew_folded_release(&f);
    return code;
}
