/* SPDX-License-Identifier: Apache-2.0 */
/* Protecting people, and looking at what is protected. */
#include "ops/case_people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ops/lint_names.h"

/* ------------------------------------------------------------------ age files */

static ew_code from_slice(void *cookie, void *out, size_t max, size_t *got, ew_err *err)
{
    ew_slice *rest = cookie;
    (void)err;
    *got = rest->n < max ? rest->n : max;
    if (*got > 0)
        memcpy(out, rest->p, *got);
    rest->p += *got;
    rest->n -= *got;
    return EW_OK;
}

ew_code ew_ops_open_age(ew_slice file, const ew_age_opening *with, ew_secret *out,
                        ew_err *err)
{
    ew_age_source from = {&file, from_slice};
    ew_age_reader *r = NULL;
    ew_slice piece = {NULL, 0};
    ew_code code = ew_age_open(&r, &from, with, NULL, err);
    if (code != EW_OK)
        return code;
    do {
        code = ew_age_read(r, &piece, err);
        if (code == EW_OK && piece.n > out->max - out->n)
            code = ew_fail(err, EW_E_LIMIT, 0, "more is encrypted than can be kept");
        if (code == EW_OK && piece.n > 0)
            memcpy(out->bytes + out->n, piece.p, piece.n);
        out->n += code == EW_OK ? piece.n : 0;
    } while (code == EW_OK && piece.n > 0);
    ew_age_reader_free(r);
    return code;
}

/* ------------------------------------------------------------------ all that is kept */

typedef struct box {
    int64_t person, alias;
    size_t order;
    uint8_t *age;
    size_t n;
} box;

typedef struct boxes {
    box *list;
    size_t n, cap;
} boxes;

static ew_code take_box(void *cookie, const ew_box *b, ew_err *err)
{
    boxes *all = cookie;
    if (all->n == all->cap) {
        size_t cap = all->cap > 0 ? 2 * all->cap : 16;
        box *more = ew_realloc_array(all->list, cap, sizeof *more);
        if (more == NULL)
            return ew_fail_nomem(err);
        all->list = more;
        all->cap = cap;
    }
    uint8_t *age = ew_alloc(b->age.n);
    if (age == NULL)
        return ew_fail_nomem(err);
    memcpy(age, b->age.p, b->age.n);
    all->list[all->n] = (box){b->person, b->alias, all->n, age, b->age.n};
    all->n++;
    return EW_OK;
}

static int by_person(const void *a, const void *b)
{
    const box *x = a;
    const box *y = b;
    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    if (x->alias != y->alias)
        return x->alias < y->alias ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

static void release_boxes(boxes *all)
{
    for (size_t i = 0; i < all->n; i++)
        ew_free(all->list[i].age);
    ew_free(all->list);
}

/* The first of boxes with the same content that opens. */
static ew_code open_one(const box *b, size_t n, const ew_age_opening *with,
                        ew_secret *out, bool *opened, ew_err *err)
{
    *opened = false;
    for (size_t i = 0; i < n && !*opened; i++) {
        out->n = 0;
        ew_code code =
            ew_ops_open_age((ew_slice){(const char *)b[i].age, b[i].n}, with, out, err);
        if (code != EW_OK && code != EW_E_NOTFOUND)
            return code;
        *opened = code == EW_OK;
    }
    return EW_OK;
}

ew_code ew_ops_unseal(ew_case *c, int64_t person, const ew_age_identities *keys,
                      ew_unsealed_to *to, ew_err *err)
{
    boxes all = {0};
    ew_secret text = {0};
    ew_age_opening with = {.identities = keys};
    to->opened = to->closed = 0;
    ew_code code = ew_case_boxes(c, person, take_box, &all, err);
    if (code == EW_OK)
        code = ew_secret_init(&text, EW_IDENTITY_MAX, err);
    if (code == EW_OK && all.n > 1)
        qsort(all.list, all.n, sizeof *all.list, by_person);
    for (size_t i = 0, k; i < all.n && code == EW_OK; i = k) {
        bool opened;
        const box *b = &all.list[i];
        for (k = i; k < all.n && all.list[k].person == b->person &&
                    all.list[k].alias == b->alias;)
            k++;
        code = open_one(b, k - i, &with, &text, &opened, err);
        to->closed += code == EW_OK && !opened;
        to->opened += code == EW_OK && opened;
        ew_unsealed u = {b->person, b->alias, {text.bytes, text.n}};
        if (code == EW_OK && opened)
            code = to->put(to->cookie, &u, err);
    }
    if (code == EW_OK)
        ew_err_clear(err);
    ew_secret_release(&text);
    release_boxes(&all);
    return code;
}

static ew_code see(void *cookie, const ew_box *b, ew_err *err)
{
    bool *any = cookie;
    (void)b;
    (void)err;
    *any = true;
    return EW_OK;
}

ew_code ew_ops_has_boxes(ew_case *c, bool *any, ew_err *err)
{
    *any = false;
    return ew_case_boxes(c, 0, see, any, err);
}

/* ------------------------------------------------------------------ adding */

static ew_code begin(ew_case *c, const ew_ops_actor *by, const char *kind, int64_t person,
                     ew_err *err)
{
    char detail[48];
    int64_t event = 0;
    ew_case_act act = {.kind = kind, .who = by->who, .purpose = by->purpose};
    if (person != 0) {
        (void)snprintf(detail, sizeof detail, "{\"person\":%lld}", (long long)person);
        act.detail = detail;
    }
    return ew_case_begin(c, &act, &event, err);
}

static ew_code end(ew_case *c, ew_code code, ew_err *err)
{
    if (code == EW_OK)
        return ew_case_commit(c, err);
    ew_case_rollback(c);
    return code;
}

/* What anybody can read must not give away what is to be kept. */
static ew_code check_open(const ew_ops_actor *by, const char *name, const char *note,
                          ew_slice identity, ew_err *err)
{
    const char *const texts[] = {name, note, by->purpose, by->who};
    static const char *const called[] = {"name", "note", "purpose", "user's name"};
    ew_names *names = NULL;
    ew_code code = ew_names_new(&names, err);
    if (code == EW_OK)
        code = ew_names_add_identity(names, 1, identity, err);
    for (size_t i = 0; i < 4 && code == EW_OK; i++) {
        bool there = false;
        if (texts[i] == NULL)
            continue;
        code = ew_names_any(names, ew_slice_of(texts[i]), &there, err);
        if (code == EW_OK && there)
            code = ew_fail(err, EW_E_ARG, 0,
                           "the %s, which is not encrypted, holds a word of the identity",
                           called[i]);
    }
    ew_names_free(names);
    return code;
}

static ew_code tell_person(ew_case *c, int64_t person, ew_err *err)
{
    char detail[48];
    (void)snprintf(detail, sizeof detail, "{\"person\":%lld}", (long long)person);
    return ew_case_event_detail(c, detail, err);
}

ew_code ew_ops_add_person(ew_case *c, const ew_ops_actor *by, const ew_person *p,
                          ew_slice identity, int64_t *id, ew_err *err)
{
    ew_code code = EW_OK;
    if (p->kind == EW_PERSON_PROTECTED)
        code = check_open(by, p->name, p->note, identity, err);
    if (code == EW_OK)
        code = begin(c, by, "person", 0, err);
    if (code != EW_OK)
        return code;
    code = ew_case_add_person(c, p, identity, id, err);
    if (code == EW_OK)
        code = tell_person(c, *id, err);
    return end(c, code, err);
}

ew_code ew_ops_person_named(ew_case *c, const ew_ops_actor *by, const char *name,
                            bool anew, int64_t *id, ew_err *err)
{
    ew_namesake there;
    ew_code code = ew_case_namesake(c, name, &there, err);
    *id = there.exact ? there.id : 0;
    if (code == EW_OK && !there.exact)
        code = begin(c, by, "person", 0, err);
    if (code != EW_OK || there.exact)
        return code;
    code = anew ? ew_case_person_anew(c, name, id, err)
                : ew_case_person_named(c, name, id, err);
    if (code == EW_OK)
        code = tell_person(c, *id, err);
    return end(c, code, err);
}

ew_code ew_ops_add_alias(ew_case *c, const ew_ops_actor *by, int64_t person,
                         ew_slice name, ew_err *err)
{
    int64_t id;
    ew_code code = begin(c, by, "alias", person, err);
    return code == EW_OK ? end(c, ew_case_add_alias(c, person, name, &id, err), err)
                         : code;
}

ew_code ew_ops_merge_people(ew_case *c, const ew_ops_actor *by, int64_t person,
                            int64_t other, int64_t *event, ew_err *err)
{
    char detail[96];
    ew_case_act act = {
        .kind = "merge", .who = by->who, .purpose = by->purpose, .detail = detail};
    (void)snprintf(detail, sizeof detail, "{\"person\":%lld,\"other\":%lld}",
                   (long long)person, (long long)other);
    ew_code code = ew_case_begin(c, &act, event, err);
    return code == EW_OK ? end(c, ew_case_merge_people(c, person, other, err), err)
                         : code;
}

/* ------------------------------------------------------------------ recipients */

typedef struct known {
    const char *age;
    bool there;
} known;

static ew_code look(void *cookie, const ew_case_recipient *r, ew_err *err)
{
    known *k = cookie;
    (void)err;
    k->there = k->there || (!r->undone && strcmp(r->age, k->age) == 0);
    return EW_OK;
}

static ew_code reseal(void *cookie, const ew_unsealed *u, ew_err *err)
{
    return ew_case_reseal(cookie, u->person, u->alias, u->text, err);
}

static ew_code add_all(ew_case *c, ew_ops_recipients *r, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < r->n && code == EW_OK; i++) {
        known k = {.age = r->ages[i]};
        code = ew_case_recipients(c, look, &k, err);
        if (code == EW_OK && !k.there) {
            code = ew_case_add_recipient(c, r->ages[i], err);
            r->added++;
        }
    }
    return code;
}

ew_code ew_ops_add_recipients(ew_case *c, const ew_ops_actor *by, ew_ops_recipients *r,
                              ew_err *err)
{
    ew_unsealed_to to = {.put = reseal, .cookie = c};
    r->added = r->resealed = r->closed = 0;
    ew_code code = begin(c, by, "recipient", 0, err);
    if (code != EW_OK)
        return code;
    code = add_all(c, r, err);
    if (code == EW_OK && r->keys != NULL)
        code = ew_ops_unseal(c, 0, r->keys, &to, err);
    r->resealed = to.opened;
    r->closed = to.closed;
    if (code == EW_OK && r->added == 0 && r->resealed == 0)
        code = ew_fail(err, EW_E_ARG, 0, "these are recipients of the case already");
    return end(c, code, err);
}

/* ------------------------------------------------------------------ looking */

/* The reason is kept in the clear: it must not hold what is looked at. */
static ew_code check_reason(void *cookie, const ew_unsealed *u, ew_err *err)
{
    return check_open(cookie, NULL, NULL, u->text, err);
}

ew_code ew_ops_reveal(ew_case *c, const ew_ops_actor *by, int64_t person,
                      const ew_age_identities *keys, ew_unsealed_to *to, ew_err *err)
{
    ew_buf box_file;
    if (by->purpose == NULL || by->purpose[0] == 0)
        return ew_fail(err, EW_E_ARG, 0,
                       "to look at an identity needs a reason: --purpose TEXT");
    ew_buf_init(&box_file, EW_BOX_MAX);
    ew_code code = ew_case_identity(c, person, &box_file, err);
    ew_buf_release(&box_file);
    ew_ops_actor said = *by;
    ew_unsealed_to reason = {.put = check_reason, .cookie = &said};
    if (code == EW_OK)
        code = ew_ops_unseal(c, person, keys, &reason, err);
    if (code == EW_OK)
        code = begin(c, by, "reveal", person, err);
    if (code == EW_OK)
        code = ew_case_commit(c, err);
    if (code == EW_OK)
        code = ew_ops_unseal(c, person, keys, to, err);
    if (code == EW_OK && to->opened == 0)
        code = ew_fail(err, EW_E_NOTFOUND, 0,
                       "this key does not open the identity; that it was tried is on "
                       "record");
    return code;
}
