/* SPDX-License-Identifier: Apache-2.0 */
/* Writing down who said what about an item. */
#include "ops/case_position.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "ops/case_people.h"

/* ------------------------------------------------------------------ names that are alike */

enum { ALIKE_MAX = 200, ALIKE_MIN = 4, SLIPS = 2 };

static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

/* How many letters have to be changed, put in or left out; more than SLIPS is as good as any. */
static size_t slips(const char *a, const char *b)
{
    size_t row[ALIKE_MAX + 1];
    size_t n = strlen(b);
    if (strlen(a) > ALIKE_MAX || n > ALIKE_MAX)
        return SLIPS + 1;
    for (size_t k = 0; k <= n; k++)
        row[k] = k;
    for (size_t i = 0; a[i] != 0; i++) {
        size_t corner = row[0]++;
        for (size_t k = 1; k <= n; k++) {
            size_t change = corner + (lower(a[i]) != lower(b[k - 1]));
            size_t other = 1 + (row[k] < row[k - 1] ? row[k] : row[k - 1]);
            corner = row[k];
            row[k] = change < other ? change : other;
        }
    }
    return row[n];
}

/* Does `in` hold all of `part`, as words? */
static bool has_words(const char *in, const char *part)
{
    size_t n = strlen(part);
    for (const char *p = in; *p != 0; p++) {
        size_t k = 0;
        while (k < n && p[k] != 0 && lower(p[k]) == lower(part[k]))
            k++;
        if (k == n && (p == in || p[-1] == ' ') && (p[n] == 0 || p[n] == ' '))
            return true;
    }
    return false;
}

static bool alike(const char *a, const char *b)
{
    size_t shorter = strlen(a) < strlen(b) ? strlen(a) : strlen(b);
    return slips(a, b) <= (shorter > ALIKE_MIN ? SLIPS : 1) || has_words(a, b) ||
           has_words(b, a);
}

typedef struct looker {
    const char *name;
    char *near;
} looker;

static ew_code look_at(void *cookie, const ew_person *p, ew_err *err)
{
    looker *l = cookie;
    (void)err;
    if (!p->undone && p->kind != EW_PERSON_PUBLIC && l->near[0] == 0 &&
        strlen(p->name) <= EW_CASE_NAME && alike(p->name, l->name))
        memcpy(l->near, p->name, strlen(p->name) + 1);
    return EW_OK;
}

/* Whoever is hidden behind a name must not come in a second time, by a name that tells more. */
static ew_code check_person(ew_case *c, const ew_position_how *how,
                            ew_position_told *told, ew_err *err)
{
    looker l = {.name = how->person, .near = told->near};
    ew_namesake other;
    ew_code code = ew_case_namesake(c, how->person, &other, err);
    told->new_person = !other.exact;
    if (code != EW_OK || other.exact)
        return code;
    if (other.id != 0 && !how->new_person) {
        memcpy(told->near, other.name, sizeof told->near);
        return ew_fail(err, EW_E_ARG, 0,
                       "'%s' is written almost as '%s', who is in the case: the same? "
                       "then say so; if not, --new-person",
                       how->person, told->near);
    }
    code = ew_case_people(c, look_at, &l, err);
    if (code == EW_OK && l.near[0] != 0 && !how->new_person)
        return ew_fail(err, EW_E_ARG, 0,
                       "'%s' is like '%s', who is not public: the same? then say so; if "
                       "not, --new-person",
                       how->person, told->near);
    told->near[0] = 0;
    return code;
}

/* ------------------------------------------------------------------ where it stands */

/* "12", "12:100+20"; the part before the colon may be a name with colons. */
static ew_code find_report(ew_case *c, const char *what, ew_position_told *told,
                           bool *placed, ew_err *err)
{
    const char *colon = strrchr(what, ':');
    const char *plus = colon != NULL ? strchr(colon, '+') : NULL;
    ew_words_place *w = &told->words;
    *placed = plus != NULL &&
              ew_slice_u64((ew_slice){colon + 1, (size_t)(plus - colon) - 1}, &w->at) &&
              ew_slice_u64(ew_slice_of(plus + 1), &w->bytes);
    char *name = ew_strdup(what);
    if (name == NULL)
        return ew_fail_nomem(err);
    if (*placed)
        name[colon - what] = 0;
    ew_code code = ew_case_find_item(c, name, &told->report, err);
    ew_free(name);
    return code;
}

static ew_code find_words(ew_case *c, const ew_position_how *how, ew_position_told *told,
                          ew_err *err)
{
    bool placed = false;
    if (how->report == NULL)
        return EW_OK;
    ew_code code = find_report(c, how->report, told, &placed, err);
    if (code != EW_OK || how->words == NULL)
        return code;
    return placed ? ew_ops_words_at(c, told->report, how->words, &told->words, err)
                  : ew_ops_words_find(c, told->report, how->words, &told->words, err);
}

/* ------------------------------------------------------------------ writing */

static const char *or_nothing(const char *text)
{
    return text != NULL ? text : "";
}

static const char *detail_of(const ew_position_told *told)
{
    static const char *const details[] = {
        NULL,
        "{\"words\":\"stand at the place given\"}",
        "{\"words\":\"found in the report\"}",
        "{\"words\":\"found in what was read of the report\"}",
        "{\"words\":\"words not found in the report\"}",
    };
    return details[told->words.in];
}

static ew_code write_down(ew_case *c, const ew_position_how *how, ew_position_told *told,
                          uint64_t via, ew_err *err)
{
    ew_position p = {.item = told->item,
                     .stance = how->stance,
                     .date = how->date,
                     .channel = or_nothing(how->channel),
                     .words = or_nothing(how->words),
                     .report = told->report,
                     .at = told->words.at,
                     .bytes = told->words.bytes,
                     .via = (int64_t)via,
                     .until = or_nothing(how->until)};
    ew_case_act act = {.kind = "position",
                       .item = told->item,
                       .who = how->who,
                       .purpose = how->purpose,
                       .detail = detail_of(told)};
    const ew_ops_actor by = {how->who, how->purpose};
    ew_code code =
        ew_ops_person_named(c, &by, how->person, how->new_person, &p.person, err);
    told->person = p.person;
    if (code == EW_OK)
        code = ew_case_begin(c, &act, &told->event, err);
    if (code != EW_OK)
        return code;
    code = ew_case_add_position(c, &p, &told->id, err);
    if (code == EW_OK)
        return ew_case_commit(c, err);
    ew_case_rollback(c);
    return code;
}

/* Somebody new comes with an event of his own, so that the position can be taken back alone. */
static ew_code write_both(ew_case *c, const ew_position_how *how, ew_position_told *told,
                          uint64_t via, ew_err *err)
{
    ew_code code = ew_case_group_begin(c, err);
    if (code != EW_OK)
        return code;
    code = write_down(c, how, told, via, err);
    if (code == EW_OK)
        return ew_case_group_end(c, err);
    ew_case_group_abandon(c);
    return code;
}

static ew_code position_of(ew_case *c, const ew_position_how *how, ew_position_told *told,
                           uint64_t via, ew_err *err)
{
    ew_code code = ew_case_find_item(c, how->item, &told->item, err);
    if (code == EW_OK)
        code = check_person(c, how, told, err);
    if (code == EW_OK)
        code = find_words(c, how, told, err);
    return code == EW_OK ? write_both(c, how, told, via, err) : code;
}

ew_code ew_ops_case_position(ew_case *c, const ew_position_how *how,
                             ew_position_told *told, ew_err *err)
{
    uint64_t via = 0;
    *told = (ew_position_told){0};
    if (how->person == NULL || how->stance == NULL || how->date == NULL)
        return ew_fail(err, EW_E_ARG, 0,
                       "who said what, and when? --person, --stance and --date");
    if (how->via != NULL &&
        (!ew_slice_u64(ew_slice_of(how->via), &via) || via == 0 || via > INT64_MAX))
        return ew_fail(err, EW_E_ARG, 0, "a position is named by its number");
    if (how->words != NULL && strlen(how->words) > EW_CASE_WORDS)
        return ew_fail(err, EW_E_LIMIT, 0, "words of more than %d bytes",
                       (int)EW_CASE_WORDS);
    return position_of(c, how, told, via, err);
}
