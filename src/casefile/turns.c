/* SPDX-License-Identifier: Apache-2.0 */
/* What follows from positions: reversals, silence, answers that came late, one voice quoted by many.
 * What is said here has to hold whatever the true dates are within what is known of them. One voice that
 * nobody told is in voices.c. */
#include "casefile/turns.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* ------------------------------------------------------------------ reading */

static int side_of(const char *stance)
{
    if (strcmp(stance, "confirms") == 0)
        return 1;
    return strcmp(stance, "denies") == 0 || strcmp(stance, "says-fabricated") == 0 ||
                   strcmp(stance, "says-altered") == 0
               ? -1
               : 0;
}

static ew_code take(void *cookie, const ew_position *p, ew_err *err)
{
    ew_all_said *a = cookie;
    ew_said_here s = {.id = p->id,
                      .item = p->item,
                      .person = p->person,
                      .via = p->via,
                      .report = p->report,
                      .side = side_of(p->stance),
                      .retracts = strcmp(p->stance, "retracts") == 0,
                      .asked = strcmp(p->stance, "asked") == 0};
    s.answers = !s.asked && strcmp(p->stance, "no-reply-by") != 0;
    /* A row from elsewhere whose date is none says nothing about time. */
    if (p->undone || !ew_case__span_of(p->date, &s.when))
        return EW_OK;
    s.has_until = p->until[0] != 0 && ew_case__span_of(p->until, &s.until);
    if (a->n == a->cap) {
        size_t cap = a->cap > 0 ? 2 * a->cap : 64;
        ew_said_here *more = ew_realloc_array(a->list, cap, sizeof *more);
        if (more == NULL)
            return ew_fail_nomem(err);
        a->list = more;
        a->cap = cap;
    }
    a->list[a->n++] = s;
    return ew_case__said_words(a, &a->list[a->n - 1], p->words, err);
}

static int by_id(const void *x, const void *y)
{
    const ew_said_here *a = x;
    const ew_said_here *b = y;
    return (a->id > b->id) - (a->id < b->id);
}

static const ew_said_here *with_id(const ew_all_said *a, int64_t id)
{
    ew_said_here key = {.id = id};
    return a->n > 0 ? bsearch(&key, a->list, a->n, sizeof key, by_id) : NULL;
}

/* Where each was said first, as far as is known. Only what names an earlier number is followed, so that a
 * circle, which the program never writes, ends somewhere. */
static void trace(ew_all_said *a)
{
    if (a->n > 1)
        qsort(a->list, a->n, sizeof *a->list, by_id);
    for (size_t i = 0; i < a->n; i++) {
        ew_said_here *s = &a->list[i];
        const ew_said_here *before = s->via < s->id ? with_id(a, s->via) : NULL;
        s->root = before != NULL ? before->root : s->id;
        s->root_when = before != NULL ? before->root_when : s->when;
    }
}

static int by_matter(const void *x, const void *y)
{
    const ew_said_here *a = x;
    const ew_said_here *b = y;
    if (a->item != b->item)
        return a->item < b->item ? -1 : 1;
    if (a->person != b->person)
        return a->person < b->person ? -1 : 1;
    if (a->when.first != b->when.first)
        return a->when.first < b->when.first ? -1 : 1;
    return by_id(x, y);
}

/* ------------------------------------------------------------------ reversals */

/* All of one person about one item, by date. What a report only repeats is not among them: it was said
 * when it was said first. */
typedef struct matter {
    ew_said_here *s;
    size_t n;
} matter;

static bool repeats(const ew_said_here *s)
{
    return s->root != s->id;
}

static bool takes_side(const ew_said_here *s)
{
    return !repeats(s) && (s->side != 0 || s->retracts);
}

static bool counts(const ew_said_here *s, bool retractions)
{
    return takes_side(s) && (retractions || !s->retracts);
}

/* Does `now` contradict `then`? A retraction takes back the side that was taken; whoever then takes that
 * side again contradicts the retraction. */
static bool contradicts(const ew_said_here *then, const ew_said_here *now)
{
    if (now->retracts)
        return !then->retracts && then->side != 0;
    if (then->retracts)
        return now->side != 0 && then->withdrawn == now->side;
    return then->side != 0 && now->side == -then->side;
}

/* The last one that contradicts number `i`, was certainly before it, and certainly had nothing between
 * that took a side; retractions take one, or are passed over. */
static const ew_said_here *last_against(const matter *m, size_t i, bool retractions)
{
    const ew_said_here *now = &m->s[i];
    const ew_said_here *best = NULL;
    int64_t latest = INT64_MIN; /* beginning of the last one that was certainly before */
    for (size_t k = 0; k < m->n; k++)
        if (counts(&m->s[k], retractions) && ew_case__before(&m->s[k].when, &now->when) &&
            m->s[k].when.first > latest)
            latest = m->s[k].when.first;
    for (size_t k = 0; k < m->n; k++)
        if (counts(&m->s[k], retractions) && ew_case__before(&m->s[k].when, &now->when) &&
            m->s[k].when.last >= latest && contradicts(&m->s[k], now))
            best = &m->s[k];
    return best;
}

/* Who takes a thing back, and later says the opposite, has changed sides all the same. */
static const ew_said_here *turned_from(const matter *m, size_t i)
{
    const ew_said_here *then = last_against(m, i, true);
    return then == NULL && !m->s[i].retracts ? last_against(m, i, false) : then;
}

static ew_code tell_two(const ew_turns_out *o, ew_turn_kind kind, const ew_said_here *a,
                        const ew_said_here *b)
{
    ew_turn t = {.kind = kind,
                 .first = a->id,
                 .second = b->id,
                 .days = ew_case__days_between(&a->when, &b->when),
                 .days_sure = a->when.day && b->when.day};
    return o->put(o->cookie, &t, o->err);
}

/* What each retraction takes back. */
static void find_withdrawn(matter *m)
{
    for (size_t i = 0; i < m->n; i++) {
        if (!m->s[i].retracts || repeats(&m->s[i]))
            continue;
        const ew_said_here *then = turned_from(m, i);
        m->s[i].withdrawn = then != NULL ? then->side : 0;
    }
}

static ew_code reversals(matter *m, const ew_turns_out *o)
{
    ew_code code = EW_OK;
    find_withdrawn(m);
    for (size_t i = 0; i < m->n && code == EW_OK; i++) {
        ew_said_here *now = &m->s[i];
        const ew_said_here *then = takes_side(now) ? turned_from(m, i) : NULL;
        bool told = false;
        now->turned_from = then != NULL ? then->id : 0;
        for (size_t k = 0; k < i && then != NULL;
             k++) /* said again, and no turn by itself */
            told = told ||
                   (m->s[k].turned_from == then->id && m->s[k].retracts == now->retracts);
        if (then != NULL && !told)
            code = tell_two(o, EW_TURN_REVERSAL, then, now);
    }
    return code;
}

static bool may_contradict(const ew_said_here *a, const ew_said_here *b)
{
    return takes_side(a) && takes_side(b) && !ew_case__before(&a->when, &b->when) &&
           !ew_case__before(&b->when, &a->when) &&
           (a->retracts != b->retracts || (a->side != 0 && a->side == -b->side));
}

/* Each is told once, with the first that it may contradict: a day with many of both is no longer news after
 * that. */
static ew_code unordered(matter *m, const ew_turns_out *o)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < m->n && code == EW_OK; i++)
        for (size_t k = 0; k < i; k++)
            if (may_contradict(&m->s[k], &m->s[i])) {
                code = tell_two(o, EW_TURN_UNORDERED, &m->s[k], &m->s[i]);
                break;
            }
    return code;
}

/* ------------------------------------------------------------------ questions */

/* May s be an answer to q? One whose date leaves it open may. */
static bool may_answer(const ew_said_here *s, const ew_said_here *q)
{
    return s->answers && !ew_case__before(&s->root_when, &q->when);
}

static bool answered(const matter *m, const ew_said_here *q)
{
    for (size_t i = 0; i < m->n; i++)
        if (may_answer(&m->s[i], q))
            return true;
    return false;
}

static ew_code silences(matter *m, const ew_date_span *today, const ew_turns_out *o)
{
    ew_turn t = {.kind = EW_TURN_SILENCE};
    for (size_t i = 0; i < m->n; i++) {
        const ew_said_here *q = &m->s[i];
        if (!q->asked || repeats(q) || q->when.first > today->last || answered(m, q))
            continue;
        if (t.count++ == 0) {
            t.first = q->id;
            t.days = ew_case__days_between(&q->when, today);
            t.days_sure = q->when.day;
        }
        t.second = q->id;
        if (q->has_until) {
            t.has_until = true;
            t.late = ew_case__days_between(&q->until, today);
        }
    }
    return t.count > 0 ? o->put(o->cookie, &t, o->err) : EW_OK;
}

/* The first answer to a question, unless one may have come in time. */
static const ew_said_here *late_answer(const matter *m, const ew_said_here *q)
{
    const ew_said_here *first = NULL;
    for (size_t i = 0; i < m->n; i++) {
        const ew_said_here *s = &m->s[i];
        if (!may_answer(s, q) || repeats(s))
            continue;
        if (!ew_case__before(&q->until, &s->when))
            return NULL;
        if (first == NULL || s->when.first < first->when.first)
            first = s;
    }
    return first;
}

static ew_code late_ones(matter *m, const ew_turns_out *o)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < m->n && code == EW_OK; i++) {
        const ew_said_here *q = &m->s[i];
        const ew_said_here *s =
            q->asked && q->has_until && !repeats(q) ? late_answer(m, q) : NULL;
        if (s == NULL)
            continue;
        ew_turn t = {.kind = EW_TURN_LATE,
                     .first = q->id,
                     .second = s->id,
                     .days = ew_case__days_between(&q->when, &s->when),
                     .days_sure = q->when.day && s->when.day && q->until.day,
                     .has_until = true,
                     .late = ew_case__days_between(&q->until, &s->when)};
        code = o->put(o->cookie, &t, o->err);
    }
    return code;
}

/* ------------------------------------------------------------------ one voice */

static int by_root(const void *x, const void *y)
{
    const ew_said_here *a = x;
    const ew_said_here *b = y;
    if (a->root != b->root)
        return a->root < b->root ? -1 : 1;
    if (a->report != b->report)
        return a->report < b->report ? -1 : 1;
    return by_id(x, y);
}

ew_code ew_case__put_turn(const ew_turns_out *o, ew_turn *t, const ew_said_here *first,
                          const ew_said_here *last)
{
    t->first = first->id;
    t->second = last->id;
    t->days = ew_case__days_between(&first->when, &last->when);
    t->days_sure = first->when.day && last->when.day;
    return o->put(o->cookie, t, o->err);
}

/* Of those from `from` to `to`, which have one root: by how many reports? */
static ew_code tell_voice(const ew_all_said *a, size_t from, size_t to,
                          const ew_turns_out *o)
{
    const ew_said_here *first = NULL;
    const ew_said_here *last = NULL;
    ew_turn t = {.kind = EW_TURN_ONE_VOICE};
    for (size_t i = from; i < to; i++) {
        const ew_said_here *s = &a->list[i];
        t.count += i == from || s->report == 0 || s->report != a->list[i - 1].report;
        if (s->id == s->root)
            first = s;
        else if (last == NULL || s->when.first > last->when.first ||
                 (s->when.first == last->when.first && s->id > last->id))
            last = s;
    }
    if (first == NULL || last == NULL || t.count < 2)
        return EW_OK;
    return ew_case__put_turn(o, &t, first, last);
}

static ew_code one_voice(ew_all_said *a, const ew_turns_out *o)
{
    ew_code code = EW_OK;
    size_t from = 0;
    if (a->n > 1)
        qsort(a->list, a->n, sizeof *a->list, by_root);
    for (size_t i = 1; i <= a->n && code == EW_OK; i++)
        if (i == a->n || a->list[i].root != a->list[from].root) {
            code = tell_voice(a, from, i, o);
            from = i;
        }
    return code;
}

static ew_code loose(const ew_all_said *a, const ew_turns_out *o)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < a->n && code == EW_OK; i++) {
        ew_turn t = {
            .kind = EW_TURN_LOOSE, .first = a->list[i].id, .second = a->list[i].via};
        if (a->list[i].via != 0 && a->list[i].root == a->list[i].id)
            code = o->put(o->cookie, &t, o->err);
    }
    return code;
}

/* ------------------------------------------------------------------ all of it */

/* One look at every matter. */
static ew_code each_matter(ew_all_said *a, const ew_date_span *today, ew_turn_kind kind,
                           const ew_turns_out *o)
{
    ew_code code = EW_OK;
    size_t from = 0;
    for (size_t i = 1; i <= a->n && code == EW_OK; i++) {
        if (i < a->n && a->list[i].item == a->list[from].item &&
            a->list[i].person == a->list[from].person)
            continue;
        matter m = {a->list + from, i - from};
        if (kind == EW_TURN_REVERSAL)
            code = reversals(&m, o);
        else if (kind == EW_TURN_UNORDERED)
            code = unordered(&m, o);
        else if (kind == EW_TURN_SILENCE)
            code = silences(&m, today, o);
        else
            code = late_ones(&m, o);
        from = i;
    }
    return code;
}

ew_code ew_case_turns(ew_case *c, const char *today,
                      ew_code (*put)(void *cookie, const ew_turn *t, ew_err *err),
                      void *cookie, ew_err *err)
{
    ew_all_said a = {0};
    ew_date_span day;
    ew_turns_out o = {put, cookie, err};
    if (!ew_case__span_of(today, &day))
        return ew_fail(err, EW_E_ARG, 0, "a date is like 2026-10-12");
    ew_code code = ew_case_positions(c, 0, 0, take, &a, err);
    if (code == EW_OK) {
        trace(&a);
        if (a.n > 1)
            qsort(a.list, a.n, sizeof *a.list, by_matter);
    }
    for (ew_turn_kind k = EW_TURN_REVERSAL; k <= EW_TURN_LATE && code == EW_OK; k++)
        code = each_matter(&a, &day, k, &o);
    if (code == EW_OK)
        code = one_voice(&a, &o);
    if (code == EW_OK)
        code = ew_case__voices(c, &a, &o);
    if (code == EW_OK) {
        if (a.n > 1)
            qsort(a.list, a.n, sizeof *a.list, by_id);
        code = loose(&a, &o);
    }
    ew_free(a.list);
    return code;
}
