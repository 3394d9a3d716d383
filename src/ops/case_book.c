/* SPDX-License-Identifier: Apache-2.0 */
/* Names of a case's people and items by their numbers. */
#include "ops/case_book.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* Room for one more. */
static ew_code grow(void **list, size_t n, size_t *cap, size_t size, ew_err *err)
{
    if (n < *cap)
        return EW_OK;
    size_t more = *cap > 0 ? 2 * *cap : 64;
    void *bigger = ew_realloc_array(*list, more, size);
    if (bigger == NULL)
        return ew_fail_nomem(err);
    *list = bigger;
    *cap = more;
    return EW_OK;
}

static ew_code add_person(void *cookie, const ew_person *p, ew_err *err)
{
    ew_case_book *b = cookie;
    void *list = b->people;
    ew_code code = grow(&list, b->person_count, &b->person_cap, sizeof *b->people, err);
    b->people = list;
    if (code != EW_OK)
        return code;
    ew_book_person *out = &b->people[b->person_count++];
    *out = (ew_book_person){p->id, p->kind, p->undone, ew_strdup(p->name)};
    return out->name != NULL ? EW_OK : ew_fail_nomem(err);
}

static ew_code add_item(void *cookie, const ew_case_item *i, ew_err *err)
{
    ew_case_book *b = cookie;
    void *list = b->items;
    ew_code code = grow(&list, b->item_count, &b->item_cap, sizeof *b->items, err);
    b->items = list;
    if (code != EW_OK)
        return code;
    ew_book_item *out = &b->items[b->item_count++];
    *out = (ew_book_item){.id = i->id,
                          .parent = i->parent,
                          .undone = i->undone,
                          .bytes = i->bytes,
                          .kind = ew_strdup(i->kind),
                          .name = ew_strdup(i->name),
                          .origin = ew_strdup(i->origin)};
    memcpy(out->sha256, i->sha256, sizeof out->sha256);
    return out->kind != NULL && out->name != NULL && out->origin != NULL
               ? EW_OK
               : ew_fail_nomem(err);
}

ew_code ew_case_book_read(ew_case *c, ew_case_book *out, ew_err *err)
{
    *out = (ew_case_book){0};
    ew_code code = ew_case_people(c, add_person, out, err);
    return code == EW_OK ? ew_case_items(c, add_item, out, err) : code;
}

void ew_case_book_release(ew_case_book *b)
{
    for (size_t i = 0; i < b->person_count; i++)
        ew_free(b->people[i].name);
    for (size_t i = 0; i < b->item_count; i++) {
        ew_free(b->items[i].kind);
        ew_free(b->items[i].name);
        ew_free(b->items[i].origin);
    }
    ew_free(b->people);
    ew_free(b->items);
}

/* The number is the first field of both. */
static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

const ew_book_person *ew_book_person_of(const ew_case_book *b, int64_t id)
{
    return b->person_count == 0
               ? NULL
               : bsearch(&id, b->people, b->person_count, sizeof *b->people, by_number);
}

const ew_book_item *ew_book_item_of(const ew_case_book *b, int64_t id)
{
    return b->item_count == 0
               ? NULL
               : bsearch(&id, b->items, b->item_count, sizeof *b->items, by_number);
}
