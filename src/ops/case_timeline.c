/* SPDX-License-Identifier: Apache-2.0 */
/* Positions with the names that belong to them, and what the program finds in them. */
#include "ops/case_timeline.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { DATE_MAX = 32 };

/* What a finding tells of a position. */
typedef struct short_row {
    ew_position p;
    char date[DATE_MAX], until[DATE_MAX], stance[DATE_MAX];
} short_row;

typedef struct teller {
    const ew_timeline_opts *opts;
    const ew_timeline_sink *sink;
    ew_case_book book;
    int64_t item, person; /* 0: all */
    short_row *rows;      /* all of the case, by number */
    size_t n, cap;
} teller;

static ew_code keep(teller *t, const ew_position *p, ew_err *err)
{
    if (t->n == t->cap) {
        size_t cap = t->cap > 0 ? 2 * t->cap : 64;
        short_row *more = ew_realloc_array(t->rows, cap, sizeof *more);
        if (more == NULL)
            return ew_fail_nomem(err);
        t->rows = more;
        t->cap = cap;
    }
    short_row *r = &t->rows[t->n++];
    *r = (short_row){.p = *p};
    (void)strncpy(r->date, p->date, DATE_MAX - 1);
    (void)strncpy(r->until, p->until, DATE_MAX - 1);
    (void)strncpy(r->stance, p->stance, DATE_MAX - 1);
    return EW_OK;
}

static ew_timeline_row row_of(const teller *t, const ew_position *p)
{
    return (ew_timeline_row){p, ew_book_person_of(&t->book, p->person),
                             ew_book_item_of(&t->book, p->item),
                             ew_book_item_of(&t->book, p->report)};
}

static bool asked_for(const teller *t, const ew_position *p)
{
    return (t->item == 0 || p->item == t->item) &&
           (t->person == 0 || p->person == t->person);
}

static ew_code take(void *cookie, const ew_position *p, ew_err *err)
{
    teller *t = cookie;
    ew_code code = keep(t, p, err);
    if (code != EW_OK || !asked_for(t, p) || (p->undone && !t->opts->undone))
        return code;
    ew_timeline_row r = row_of(t, p);
    if (r.person == NULL || r.item == NULL)
        return ew_fail(err, EW_E_FORMAT, 0, "position %lld speaks of what is not there",
                       (long long)p->id);
    return t->sink->row(t->sink->cookie, &r, err);
}

static int by_number(const void *a, const void *b)
{
    const short_row *x = a;
    const short_row *y = b;
    return (x->p.id > y->p.id) - (x->p.id < y->p.id);
}

/* false: there is none. */
static bool find_row(const teller *t, int64_t id, ew_position *p, ew_timeline_row *out)
{
    short_row key = {.p.id = id};
    const short_row *r =
        t->n > 0 ? bsearch(&key, t->rows, t->n, sizeof key, by_number) : NULL;
    if (r == NULL)
        return false;
    *p = r->p;
    p->date = r->date;
    p->until = r->until;
    p->stance = r->stance;
    p->words = p->channel = "";
    *out = row_of(t, p);
    return out->person != NULL && out->item != NULL;
}

static ew_code take_turn(void *cookie, const ew_turn *turn, ew_err *err)
{
    teller *t = cookie;
    ew_position p[2];
    ew_timeline_row first;
    ew_timeline_row second;
    bool has_second = find_row(t, turn->second, &p[1], &second);
    if (!find_row(t, turn->first, &p[0], &first) || !asked_for(t, first.position))
        return EW_OK;
    return t->sink->finding(t->sink->cookie, turn, &first, has_second ? &second : NULL,
                            err);
}

ew_code ew_ops_case_timeline(ew_case *c, const ew_timeline_opts *opts,
                             const ew_timeline_sink *sink, ew_err *err)
{
    teller t = {.opts = opts, .sink = sink};
    ew_person_kind kind;
    ew_code code = ew_case_book_read(c, &t.book, err);
    if (code == EW_OK && opts->item != NULL)
        code = ew_case_find_item(c, opts->item, &t.item, err);
    if (code == EW_OK && opts->person != NULL)
        code = ew_case_find_person(c, opts->person, &t.person, &kind, err);
    if (code == EW_OK)
        code = ew_case_positions(c, 0, 0, take, &t, err);
    if (code == EW_OK) {
        if (t.n > 1)
            qsort(t.rows, t.n, sizeof *t.rows, by_number);
        code = ew_case_turns(c, opts->today, take_turn, &t, err);
    }
    ew_free(t.rows);
    ew_case_book_release(&t.book);
    return code;
}
