/* SPDX-License-Identifier: Apache-2.0 */
/* Which positions are claims, where they appear, and what people said about them. The objects themselves
 * are made in case_jsonld_make.c. */
#include "ops/case_jsonld.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "casefile/dates.h"
#include "ops/case_jsonld_make.h"

/* ------------------------------------------------------------------ options */

static bool is_url(const char *text)
{
    return strncmp(text, "https://", 8) == 0 || strncmp(text, "http://", 7) == 0;
}

static ew_code check_opts(const ew_jsonld_opts *o, ew_err *err)
{
    ew_date_span span;
    if (o->publisher == NULL || o->publisher[0] == 0)
        return ew_fail(err, EW_E_ARG, 0,
                       "whose reviews are they? name the publisher with --publisher");
    if ((o->publisher_url != NULL && !is_url(o->publisher_url)) ||
        (o->url != NULL && !is_url(o->url)))
        return ew_fail(err, EW_E_ARG, 0, "an address begins with https:// or http://");
    if (o->date != NULL && !ew_case__span_of(o->date, &span))
        return ew_fail(err, EW_E_ARG, 0, "a date is like 2026-10-12");
    return EW_OK;
}

bool ew_jsonld__shows(const ew_jsonld *j, int64_t item)
{
    for (size_t i = 0; i < j->opts->item_count; i++)
        if (j->opts->items[i] == item)
            return true;
    return j->opts->item_count == 0;
}

const char *ew_jsonld__value(const ew_jsonld_list *list, int64_t number)
{
    const char *found = NULL;
    for (size_t i = 0; i < list->n; i++) {
        const char *equals = strchr(list->values[i], '=');
        uint64_t n = 0;
        if (equals != NULL &&
            ew_slice_u64((ew_slice){list->values[i], (size_t)(equals - list->values[i])},
                         &n) &&
            n == (uint64_t)number)
            found = equals + 1;
    }
    return found;
}

/* Every "NUMBER=VALUE" must be of something that is there: a slip of the pen must not be a verdict that
 * gets lost. */
static ew_code check_list(const ew_jsonld *j, const ew_jsonld_list *list, bool of_claims,
                          ew_err *err)
{
    for (size_t i = 0; i < list->n; i++) {
        const char *equals = strchr(list->values[i], '=');
        uint64_t n = 0;
        bool there = false;
        if (equals == NULL || equals[1] == 0 ||
            !ew_slice_u64((ew_slice){list->values[i], (size_t)(equals - list->values[i])},
                          &n))
            return ew_fail(err, EW_E_ARG, 0, "'%s' is not NUMBER=VALUE", list->values[i]);
        for (size_t k = 0; of_claims && k < j->n; k++)
            there = there || ((uint64_t)j->claims[k].id == n &&
                              ew_jsonld__is_claim(&j->claims[k]));
        if (!of_claims) {
            const ew_book_item *item = ew_book_item_of(&j->book, (int64_t)n);
            there = item != NULL && !item->undone && ew_jsonld__shows(j, item->id);
        }
        if (!there)
            return ew_fail(err, EW_E_ARG, 0, "%s %llu is none that is shown here",
                           of_claims ? "claim" : "item", (unsigned long long)n);
    }
    return EW_OK;
}

/* ------------------------------------------------------------------ reading */

static char *copy(const char *text, bool *failed)
{
    char *own = ew_strdup(text);
    *failed = *failed || own == NULL;
    return own;
}

static ew_code take_position(void *cookie, const ew_position *p, ew_err *err)
{
    ew_jsonld *j = cookie;
    const ew_book_item *item = ew_book_item_of(&j->book, p->item);
    bool failed = false;
    if (p->undone || item == NULL || item->undone ||
        (j->item != 0 && p->item != j->item) || !ew_jsonld__shows(j, p->item))
        return EW_OK;
    if (j->n == j->cap) {
        size_t cap = j->cap > 0 ? 2 * j->cap : 64;
        ew_jsonld_claim *more = ew_realloc_array(j->claims, cap, sizeof *more);
        if (more == NULL)
            return ew_fail_nomem(err);
        j->claims = more;
        j->cap = cap;
    }
    ew_jsonld_claim *c = &j->claims[j->n++];
    *c = (ew_jsonld_claim){.id = p->id,
                           .item = p->item,
                           .person = p->person,
                           .report = p->report,
                           .via = p->via,
                           .stance = ew_jsonld__stance(p->stance),
                           .date = copy(p->date, &failed),
                           .words = copy(p->words, &failed)};
    return failed ? ew_fail_nomem(err) : EW_OK;
}

static ew_code take_article(void *cookie, const ew_case_article *a, ew_err *err)
{
    ew_jsonld *j = cookie;
    bool failed = false;
    if (j->article_count == j->article_cap) {
        size_t cap = j->article_cap > 0 ? 2 * j->article_cap : 64;
        ew_jsonld_article *more = ew_realloc_array(j->articles, cap, sizeof *more);
        if (more == NULL)
            return ew_fail_nomem(err);
        j->articles = more;
        j->article_cap = cap;
    }
    ew_jsonld_article *out = &j->articles[j->article_count++];
    *out = (ew_jsonld_article){.item = a->item,
                               .has_time = a->has_time,
                               .time = a->time,
                               .title = copy(a->title, &failed),
                               .outlet = copy(a->outlet, &failed),
                               .url = copy(a->url, &failed),
                               .language = copy(a->language, &failed)};
    return failed ? ew_fail_nomem(err) : EW_OK;
}

static int by_id(const void *a, const void *b)
{
    const ew_jsonld_claim *x = a;
    const ew_jsonld_claim *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

/* Of each the one that it repeats in the end, when that is there. */
static void trace(ew_jsonld *j)
{
    if (j->n > 1)
        qsort(j->claims, j->n, sizeof *j->claims, by_id);
    for (size_t i = 0; i < j->n; i++) {
        ew_jsonld_claim *c = &j->claims[i];
        ew_jsonld_claim key = {.id = c->via};
        const ew_jsonld_claim *before =
            c->via != 0 && c->via < c->id
                ? bsearch(&key, j->claims, j->n, sizeof key, by_id)
                : NULL;
        c->root = before != NULL ? before->root : c->id;
    }
}

static ew_code read_all(ew_jsonld *j, ew_case *c, ew_err *err)
{
    ew_person_kind kind;
    ew_code code = ew_case_book_read(c, &j->book, err);
    if (code == EW_OK && j->opts->item != NULL)
        code = ew_case_find_item(c, j->opts->item, &j->item, err);
    if (code == EW_OK && j->opts->person != NULL)
        code = ew_case_find_person(c, j->opts->person, &j->person, &kind, err);
    if (code == EW_OK)
        code = ew_case_positions(c, j->item, 0, take_position, j, err);
    if (code == EW_OK)
        code = ew_case_articles(c, 0, take_article, j, err);
    if (code == EW_OK)
        trace(j);
    if (code != EW_OK || j->person == 0)
        return code;
    for (size_t i = 0; i < j->n; i++)
        j->claims[i].hidden = j->claims[i].person != j->person;
    return EW_OK;
}

static void release(ew_jsonld *j)
{
    for (size_t i = 0; i < j->n; i++) {
        ew_free(j->claims[i].date);
        ew_free(j->claims[i].words);
    }
    for (size_t i = 0; i < j->article_count; i++) {
        ew_free(j->articles[i].title);
        ew_free(j->articles[i].outlet);
        ew_free(j->articles[i].url);
        ew_free(j->articles[i].language);
    }
    ew_free(j->claims);
    ew_free(j->articles);
    ew_case_book_release(&j->book);
}

ew_code ew_ops_case_jsonld(ew_case *c, const ew_jsonld_opts *opts, ew_buf *out,
                           ew_err *err)
{
    ew_jsonld j = {.opts = opts};
    ew_code code = check_opts(opts, err);
    if (code == EW_OK)
        code = read_all(&j, c, err);
    if (code == EW_OK)
        code = check_list(&j, &opts->ratings, true, err);
    if (code == EW_OK)
        code = check_list(&j, &opts->authenticity, false, err);
    if (code == EW_OK)
        code = check_list(&j, &opts->contexts, false, err);
    if (code == EW_OK)
        code = ew_jsonld__check_categories(&opts->authenticity, err);
    if (code == EW_OK)
        code = ew_jsonld__write(&j, out, err);
    release(&j);
    return code;
}
