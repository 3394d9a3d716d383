/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes of pictures against each other. Every pair is looked at: a case has thousands of pictures, and a
 * pair costs a few nanoseconds. */
#include "casefile/pictures.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "casefile/events.h"
#include "casefile/sql.h"

/* One picture or thumbnail. */
typedef struct print {
    int64_t item;
    bool thumb, reliable;
    unsigned turns; /* how many of the hashes are known: 1, or all */
    ew_pdq hash[EW_PDQ_TURNS];
} print;

typedef struct prints {
    print *list; /* by item */
    size_t n, cap;
} prints;

typedef struct found {
    ew_same_picture *list;
    size_t n, cap;
} found;

/* ------------------------------------------------------------------ reading */

/* "<hash> quality 87"; false for what is none. */
static bool read_hash(ew_slice value, print *p)
{
    uint64_t quality = 0;
    ew_slice hash, word;

    *p = (print){.turns = 1};
    if (!ew_slice_word(&value, &hash) || !ew_pdq_read(&p->hash[EW_PDQ_AS_IS], hash))
        return false;
    if (!ew_slice_word(&value, &word) || !ew_slice_is(word, "quality") ||
        !ew_slice_word(&value, &word) || !ew_slice_u64(word, &quality))
        return false;
    p->reliable = quality >= EW_PDQ_RELIABLE;
    return true;
}

/* "left <hash>, upside-down <hash> ...", in the order of ew_pdq_turn. */
static void read_turns(ew_slice value, print *p)
{
    for (ew_pdq_turn t = EW_PDQ_LEFT; t < EW_PDQ_TURNS; t++) {
        ew_slice name, hash;

        if (!ew_slice_word(&value, &name) || !ew_slice_is(name, ew_pdq_turn_name(t)) ||
            !ew_slice_word(&value, &hash))
            return;
        if (hash.n > 0 && hash.p[hash.n - 1] == ',')
            hash.n--;
        if (!ew_pdq_read(&p->hash[t], hash))
            return;
    }
    p->turns = EW_PDQ_TURNS;
}

static ew_code add_print(prints *all, const print *p, ew_err *err)
{
    if (all->n == all->cap) {
        const size_t cap = all->cap > 0 ? 2 * all->cap : 64;
        print *more = ew_realloc_array(all->list, cap, sizeof *more);

        if (more == NULL)
            return ew_fail_nomem(err);
        all->list = more;
        all->cap = cap;
    }
    all->list[all->n++] = *p;
    return EW_OK;
}

/* The turns stand behind the hash that they are of. */
static ew_code take_row(ew_sql *q, prints *all, ew_err *err)
{
    const char *name = ew_sql_col_text(q, 1);
    const ew_slice value = ew_slice_of(ew_sql_col_text(q, 2));
    const int64_t item = ew_sql_col_int(q, 0);
    print p;

    if (strcmp(name, "pdq turned") == 0) {
        if (all->n > 0 && all->list[all->n - 1].item == item &&
            !all->list[all->n - 1].thumb)
            read_turns(value, &all->list[all->n - 1]);
        return EW_OK;
    }
    if (!read_hash(value, &p))
        return EW_OK;
    p.item = item;
    p.thumb = strcmp(name, "pdq") != 0;
    return add_print(all, &p, err);
}

static ew_code read_all(ew_case *c, prints *all, ew_err *err)
{
    bool row = true;
    ew_sql q = ew_sql_begin(c,
                            "SELECT item,name,value,added FROM picture WHERE name IN"
                            "('pdq','pdq turned','thumbnail pdq') ORDER BY item,id",
                            err);
    ew_code code = ew_sql_step(&q, &row);

    while (code == EW_OK && row) {
        if (!ew_case__undone(c, ew_sql_col_int(&q, 3)))
            q.code = take_row(&q, all, err);
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}

/* Those of items that were taken back go. */
static ew_code drop_undone(ew_case *c, prints *all, ew_err *err)
{
    size_t kept = 0;
    int64_t last = 0;
    bool undone = true;
    ew_code code = EW_OK;

    for (size_t i = 0; i < all->n && code == EW_OK; i++) {
        if (all->list[i].item != last) {
            int64_t added = 0, by;
            ew_sql q = ew_sql_begin(c, "SELECT added FROM item WHERE id=?", err);

            last = all->list[i].item;
            ew_sql_int(&q, last);
            code = ew_sql_number(&q, &added);
            if (code == EW_OK)
                code = ew_case__item_undone(c, last, added, &undone, &by, err);
        }
        if (!undone)
            all->list[kept++] = all->list[i];
    }
    all->n = kept;
    return code;
}

/* ------------------------------------------------------------------ comparing */

static ew_pdq_turn back(ew_pdq_turn t)
{
    return t == EW_PDQ_LEFT ? EW_PDQ_RIGHT : t == EW_PDQ_RIGHT ? EW_PDQ_LEFT : t;
}

static void compare(const print *a, const print *b, ew_same_picture *s)
{
    *s = (ew_same_picture){.item = a->item,
                           .other = b->item,
                           .distance = 8 * EW_PDQ_BYTES,
                           .thumb = a->thumb,
                           .other_thumb = b->thumb,
                           .reliable = a->reliable && b->reliable};
    for (ew_pdq_turn t = 0; t < EW_PDQ_TURNS; t++) {
        unsigned d = 8 * EW_PDQ_BYTES;

        if (t < b->turns)
            d = ew_pdq_distance(&a->hash[EW_PDQ_AS_IS], &b->hash[t]);
        else if (back(t) < a->turns)
            d = ew_pdq_distance(&a->hash[back(t)], &b->hash[EW_PDQ_AS_IS]);
        if (d < s->distance) {
            s->distance = d;
            s->turn = t;
        }
    }
}

/* Pictures before thumbnails, reliable hashes before others, near before far. */
static int weight(const ew_same_picture *s)
{
    return (s->reliable ? 0 : 1000) + (s->thumb || s->other_thumb ? 500 : 0) +
           (int)s->distance;
}

static ew_code keep(found *f, const ew_same_picture *s, size_t from, ew_err *err)
{
    for (size_t i = from; i < f->n; i++)
        if (f->list[i].other == s->other && f->list[i].item == s->item) {
            if (weight(s) < weight(&f->list[i]))
                f->list[i] = *s;
            return EW_OK;
        }
    if (f->n == f->cap) {
        const size_t cap = f->cap > 0 ? 2 * f->cap : 64;
        ew_same_picture *more = ew_realloc_array(f->list, cap, sizeof *more);

        if (more == NULL)
            return ew_fail_nomem(err);
        f->list = more;
        f->cap = cap;
    }
    f->list[f->n++] = *s;
    return EW_OK;
}

/* from: of what was found, where the pairs of a's item begin. */
static ew_code compare_all(const prints *all, const print *a, bool pairs, found *f,
                           ew_err *err)
{
    size_t from = f->n;
    ew_code code = EW_OK;
    ew_same_picture s;

    while (from > 0 && f->list[from - 1].item == a->item)
        from--;
    for (size_t i = 0; i < all->n && code == EW_OK; i++) {
        const print *b = &all->list[i];

        if (b->item == a->item || (pairs && b->item < a->item))
            continue;
        compare(a, b, &s);
        if (s.distance <= EW_PDQ_SAME)
            code = keep(f, &s, from, err);
    }
    return code;
}

static int by_weight(const void *a, const void *b)
{
    const ew_same_picture *x = a, *y = b;

    if (weight(x) != weight(y))
        return weight(x) < weight(y) ? -1 : 1;
    if (x->item != y->item)
        return x->item < y->item ? -1 : 1;
    return (x->other > y->other) - (x->other < y->other);
}

ew_code ew_case_same_pictures(ew_case *c, int64_t item,
                              ew_code (*put)(void *cookie, const ew_same_picture *s,
                                             ew_err *err),
                              void *cookie, ew_err *err)
{
    prints all = {0};
    found f = {0};
    ew_code code = read_all(c, &all, err);

    if (code == EW_OK)
        code = drop_undone(c, &all, err);
    for (size_t i = 0; i < all.n && code == EW_OK; i++)
        if (item == 0 || all.list[i].item == item)
            code = compare_all(&all, &all.list[i], item == 0, &f, err);
    if (code == EW_OK && f.n > 1)
        qsort(f.list, f.n, sizeof *f.list, by_weight);
    for (size_t i = 0; i < f.n && code == EW_OK; i++)
        code = put(cookie, &f.list[i], err);
    ew_free(all.list);
    ew_free(f.list);
    return code;
}
