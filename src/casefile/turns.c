/* SPDX-License-Identifier: Apache-2.0 */
/* What follows from positions: reversals, silence, one voice quoted by many. */
#include <string.h>

#include "base/alloc.h"
#include "base/when.h"
#include "casefile/dates.h"
#include "casefile/positions.h"

bool ew_case__day_of(const char *date, int64_t *day)
{
    static const char rest[] = "0000-01-01T00:00:00Z"; /* what is not known */
    char full[EW_ISO_TEXT];
    int64_t t;
    size_t n = strlen(date);
    if (n != 4 && n != 7 && n != 10 && n != EW_ISO_CHARS)
        return false;
    memcpy(full, date, n);
    memcpy(full + n, rest + n, sizeof rest - n);
    if (!ew_iso_parse(full, EW_ISO_CHARS, &t))
        return false;
    *day = t / 86400 - (t % 86400 < 0);
    return true;
}

/* A position as far as it matters here. */
typedef struct said {
    int64_t id, item, person, day, via, report;
    int side; /* 1 it is true, -1 it is not, 0 neither */
    bool retracts, asked, answers;
} said;

typedef struct all_said {
    said *list; /* by date */
    size_t n, cap;
} all_said;

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
    all_said *a = cookie;
    if (p->undone)
        return EW_OK;
    if (a->n == a->cap) {
        size_t cap = a->cap > 0 ? 2 * a->cap : 64;
        said *more = ew_realloc_array(a->list, cap, sizeof *more);
        if (more == NULL)
            return ew_fail_nomem(err);
        a->list = more;
        a->cap = cap;
    }
    said s = {.id = p->id,
              .item = p->item,
              .person = p->person,
              .via = p->via,
              .report = p->report,
              .side = side_of(p->stance),
              .retracts = strcmp(p->stance, "retracts") == 0,
              .asked = strcmp(p->stance, "asked") == 0,
              .answers = strcmp(p->stance, "asked") != 0 &&
                         strcmp(p->stance, "no-reply-by") != 0};
    if (!ew_case__day_of(p->date, &s.day))
        return EW_OK; /* a row from elsewhere: it says nothing about time */
    a->list[a->n++] = s;
    return EW_OK;
}

/* Where results go. */
typedef struct out {
    ew_code (*put)(void *cookie, const ew_turn *t, ew_err *err);
    void *cookie;
    ew_err *err;
} out;

/* The last position before number i by which the same person took a side on the same item. What a report
 * only repeats was said when it was said first. */
static const said *side_before(const all_said *a, size_t i)
{
    for (size_t k = i; k > 0; k--) {
        const said *s = &a->list[k - 1];
        if (s->person != a->list[i].person || s->item != a->list[i].item || s->via != 0)
            continue;
        if (s->retracts)
            return NULL;
        if (s->side != 0)
            return s;
    }
    return NULL;
}

static ew_code reversals(const all_said *a, const out *o)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < a->n && code == EW_OK; i++) {
        const said *now = &a->list[i];
        if (now->via != 0 || (now->side == 0 && !now->retracts))
            continue;
        const said *then = side_before(a, i);
        if (then == NULL || then->side == now->side)
            continue;
        ew_turn t = {EW_TURN_REVERSAL, then->id, now->id, now->day - then->day, 0};
        code = o->put(o->cookie, &t, o->err);
    }
    return code;
}

static bool answered(const all_said *a, size_t asked)
{
    const said *q = &a->list[asked];
    for (size_t i = 0; i < a->n; i++)
        if (a->list[i].answers && a->list[i].person == q->person &&
            a->list[i].item == q->item && a->list[i].day >= q->day &&
            a->list[i].id != q->id)
            return true;
    return false;
}

static ew_code silences(const all_said *a, int64_t today, const out *o)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < a->n && code == EW_OK; i++) {
        const said *s = &a->list[i];
        if (!s->asked || s->day > today || answered(a, i))
            continue;
        ew_turn t = {EW_TURN_SILENCE, s->id, 0, today - s->day, 0};
        code = o->put(o->cookie, &t, o->err);
    }
    return code;
}

static const said *by_id(const all_said *a, int64_t id)
{
    for (size_t i = 0; i < a->n; i++)
        if (a->list[i].id == id)
            return &a->list[i];
    return NULL;
}

/* Where it was said first, as far as is known. */
static const said *origin(const all_said *a, const said *s)
{
    while (s->via != 0 && s->via < s->id) {
        const said *before = by_id(a, s->via);
        if (before == NULL)
            break;
        s = before;
    }
    return s;
}

static ew_code one_voice(const all_said *a, const out *o)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < a->n && code == EW_OK; i++) {
        const said *first = &a->list[i];
        ew_turn t = {EW_TURN_ONE_VOICE, first->id, 0, 0, 1};
        if (first->via != 0)
            continue;
        for (size_t k = 0; k < a->n; k++) {
            if (a->list[k].via == 0 || origin(a, &a->list[k]) != first)
                continue;
            t.count++;
            t.second = a->list[k].id;
            t.days = a->list[k].day - first->day;
        }
        if (t.count > 1)
            code = o->put(o->cookie, &t, o->err);
    }
    return code;
}

ew_code ew_case_turns(ew_case *c, const char *today,
                      ew_code (*put)(void *cookie, const ew_turn *t, ew_err *err),
                      void *cookie, ew_err *err)
{
    all_said a = {0};
    int64_t day = 0;
    out o = {put, cookie, err};
    if (!ew_case__day_of(today, &day))
        return ew_fail(err, EW_E_ARG, 0, "a date is like 2026-10-12");
    ew_code code = ew_case_positions(c, 0, 0, take, &a, err);
    if (code == EW_OK)
        code = reversals(&a, &o);
    if (code == EW_OK)
        code = silences(&a, day, &o);
    if (code == EW_OK)
        code = one_voice(&a, &o);
    ew_free(a.list);
    return code;
}
