/* SPDX-License-Identifier: Apache-2.0 */
/* Reports that give the same words of the same person, and reports that are translations of each other:
 * perhaps one voice, though nobody said so. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "casefile/events.h"
#include "casefile/sql.h"
#include "casefile/turns.h"
#include "casefile/words.h"

/* Fewer may well be the same by chance: "no comment at this time" is 23. */
enum { WORDS_MIN = 24, WORDS_MAX = 4 * EW_CASE_WORDS + 64 };

/* ------------------------------------------------------------------ the same words */

/* What stands before the closing mark is the report's, not the speaker's. */
static size_t without_end(const uint32_t *c, size_t n)
{
    while (n > 0 && c[n - 1] < 0x80 && strchr(" .,;:!?\"-", (int)c[n - 1]) != NULL)
        n--;
    return n;
}

ew_code ew_case__said_words(ew_all_said *a, ew_said_here *s, const char *words,
                            ew_err *err)
{
    ew_buf folded;
    (void)a;
    ew_buf_init(&folded, WORDS_MAX);
    ew_code code = ew_words_append(&folded, ew_slice_of(words), err);
    if (code == EW_OK && folded.len > 0) {
        size_t n = without_end((const uint32_t *)(const void *)folded.data,
                               folded.len / sizeof(uint32_t));
        s->has_words = n >= WORDS_MIN;
        if (s->has_words)
            ew_sha256_bytes(folded.data, n * sizeof(uint32_t), s->words);
    }
    ew_buf_release(&folded);
    return code;
}

static int by_words(const void *x, const void *y)
{
    const ew_said_here *a = x;
    const ew_said_here *b = y;
    if (a->has_words != b->has_words)
        return a->has_words ? -1 : 1;
    if (a->item != b->item)
        return a->item < b->item ? -1 : 1;
    if (a->person != b->person)
        return a->person < b->person ? -1 : 1;
    int words = memcmp(a->words, b->words, sizeof a->words);
    if (words != 0)
        return words;
    if (a->report != b->report)
        return a->report < b->report ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

static bool same_words(const ew_said_here *a, const ew_said_here *b)
{
    return a->item == b->item && a->person == b->person && a->has_words && b->has_words &&
           memcmp(a->words, b->words, sizeof a->words) == 0;
}

static bool earlier(const ew_said_here *a, const ew_said_here *b)
{
    return a->when.first != b->when.first ? a->when.first < b->when.first : a->id < b->id;
}

/* Those from `from` to `to` have the same words. What people tied together already needs no suggestion. */
static ew_code tell_words(const ew_all_said *a, size_t from, size_t to,
                          const ew_turns_out *o)
{
    const ew_said_here *first = &a->list[from];
    const ew_said_here *last = &a->list[from];
    bool one_root = true;
    ew_turn t = {.kind = EW_TURN_SAME_WORDS};
    for (size_t i = from; i < to; i++) {
        const ew_said_here *s = &a->list[i];
        if (s->report == 0)
            continue;
        t.count += t.count == 0 || i == from || s->report != a->list[i - 1].report;
        one_root = one_root && s->root == a->list[from].root;
        if (earlier(s, first))
            first = s;
        if (earlier(last, s))
            last = s;
    }
    if (t.count < 2 || one_root)
        return EW_OK;
    return ew_case__put_turn(o, &t, first, last);
}

static ew_code words(ew_all_said *a, const ew_turns_out *o)
{
    ew_code code = EW_OK;
    size_t from = 0;
    if (a->n > 1)
        qsort(a->list, a->n, sizeof *a->list, by_words);
    for (size_t i = 1; i <= a->n && code == EW_OK; i++)
        if (i == a->n || !same_words(&a->list[i], &a->list[from])) {
            if (a->list[from].has_words)
                code = tell_words(a, from, i, o);
            from = i;
        }
    return code;
}

/* ------------------------------------------------------------------ translations */

typedef struct pair {
    int64_t a, b; /* items with articles of which one is a translation of the other */
} pair;

/* The report number `of` of a is a translation of another that tells of the same person and item. */
static ew_code tell_translations(const ew_all_said *a, const pair *p,
                                 const ew_turns_out *o)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < a->n && code == EW_OK; i++) {
        const ew_said_here *x = &a->list[i];
        for (size_t k = 0; x->report == p->a && k < a->n && code == EW_OK; k++) {
            const ew_said_here *y = &a->list[k];
            if (y->report != p->b || x->item != y->item || x->person != y->person ||
                x->side != y->side || x->asked != y->asked || x->answers != y->answers ||
                x->retracts != y->retracts || x->root == y->root || same_words(x, y))
                continue;
            ew_turn t = {.kind = EW_TURN_TRANSLATION,
                         .first = y->id,
                         .second = x->id,
                         .days = ew_case__days_between(&y->when, &x->when),
                         .days_sure = y->when.day && x->when.day,
                         .count = 2};
            code = o->put(o->cookie, &t, o->err);
        }
    }
    return code;
}

static ew_code translations(ew_case *c, const ew_all_said *a, const ew_turns_out *o)
{
    bool row;
    ew_sql q = ew_sql_begin(
        c,
        "SELECT DISTINCT x.item,y.item,x.added,y.added FROM article x JOIN article y ON "
        "y.url=x.translation_of WHERE x.translation_of<>'' AND x.item<>y.item "
        "AND x.item IN(SELECT report FROM position) ORDER BY 1,2,3,4",
        o->err);
    pair last = {0, 0};
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row) {
        pair p = {ew_sql_col_int(&q, 0), ew_sql_col_int(&q, 1)};
        bool counts = !ew_case__undone(c, ew_sql_col_int(&q, 2)) &&
                      !ew_case__undone(c, ew_sql_col_int(&q, 3));
        if (counts && (p.a != last.a || p.b != last.b)) {
            q.code = tell_translations(a, &p, o);
            last = p;
        }
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}

ew_code ew_case__voices(ew_case *c, ew_all_said *a, const ew_turns_out *o)
{
    ew_code code = words(a, o);
    return code == EW_OK ? translations(c, a, o) : code;
}
