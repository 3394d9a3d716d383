/* SPDX-License-Identifier: Apache-2.0 */
/* Which messages are in both exports. */
#include "import/telegram_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void ew_tg_index_release(ew_tg_index *x)
{
    ew_free(x->entries);
    ew_free(x->keys);
    ew_free(x->pairs);
    *x = (ew_tg_index){.entry_count = 0};
}

/* Room for one more item. */
static ew_code grow(void **items, size_t n, size_t *cap, size_t size, ew_err *err)
{
    if (n < *cap)
        return EW_OK;
    size_t more = *cap > 0 ? *cap + *cap / 2 + 1 : 256;
    void *p = ew_realloc_array(*items, more, size);
    if (p == NULL)
        return ew_fail_nomem(err);
    *items = p;
    *cap = more;
    return EW_OK;
}

ew_code ew_tg_index_entry(ew_tg_index *x, const ew_tg_entry *e, ew_err *err)
{
    void *items = x->entries;
    ew_code code = grow(&items, x->entry_count, &x->entry_cap, sizeof *e, err);
    x->entries = items;
    if (code == EW_OK)
        x->entries[x->entry_count++] = *e;
    return code;
}

ew_code ew_tg_index_key(ew_tg_index *x, const ew_tg_key *k, ew_err *err)
{
    void *items = x->keys;
    ew_code code = grow(&items, x->key_count, &x->key_cap, sizeof *k, err);
    x->keys = items;
    if (code != EW_OK || x->pair_count == 0)
        return code;
    x->keys[x->key_count++] = *k;
    x->pairs[x->pair_count - 1].count++;
    return EW_OK;
}

ew_code ew_tg_index_chat(ew_tg_index *x, ew_err *err)
{
    void *items = x->pairs;
    ew_code code = grow(&items, x->pair_count, &x->pair_cap, sizeof *x->pairs, err);
    x->pairs = items;
    if (code == EW_OK)
        x->pairs[x->pair_count++] =
            (ew_tg_pair){.first = x->key_count, .group = SIZE_MAX};
    return code;
}

bool ew_tg_id(ew_slice text, int64_t *id)
{
    uint64_t v;
    bool below = ew_slice_skip(&text, "-");
    if (!ew_slice_u64(text, &v) || v > INT64_MAX)
        return false;
    *id = below ? -(int64_t)v : (int64_t)v;
    return true;
}

/* ------------------------------------------------------------------ order */

static int by_place(const ew_tg_at *a, const ew_tg_at *b)
{
    int order = (a->member > b->member) - (a->member < b->member);
    return order != 0 ? order : (a->at > b->at) - (a->at < b->at);
}

static int by_group(const void *a, const void *b)
{
    const ew_tg_entry *x = a;
    const ew_tg_entry *y = b;
    int order = (x->group > y->group) - (x->group < y->group);
    if (order == 0)
        order = (x->id > y->id) - (x->id < y->id);
    return order != 0 ? order : by_place(&x->place, &y->place);
}

/* The first entry that is not before (group, id). */
static size_t lower(const ew_tg_index *x, size_t group, int64_t id)
{
    size_t low = 0;
    size_t high = x->entry_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        const ew_tg_entry *e = &x->entries[mid];
        if (e->group < group || (e->group == group && e->id < id))
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

void ew_tg_index_range(const ew_tg_index *x, size_t group, size_t *from, size_t *to)
{
    *from = lower(x, group, INT64_MIN);
    *to = lower(x, group + 1, INT64_MIN);
}

ew_tg_entry *ew_tg_index_find(const ew_tg_index *x, size_t group, int64_t id)
{
    size_t at = lower(x, group, id);
    if (at == x->entry_count || x->entries[at].group != group || x->entries[at].id != id)
        return NULL;
    return &x->entries[at];
}

/* ------------------------------------------------------------------ chats */

/* How many messages of the chat are in the group: at the same time, or with the same number alone. */
static size_t shared(const ew_tg_index *x, const ew_tg_pair *p, size_t group, bool timed)
{
    size_t n = 0;
    for (size_t i = p->first; i < p->first + p->count; i++) {
        const ew_tg_key *k = &x->keys[i];
        const ew_tg_entry *e = ew_tg_index_find(x, group, k->id);
        if (e == NULL)
            continue;
        n += !timed ||
             (k->timed && (e->flags & EW_TG_TIMED) != 0 && e->local_s == k->local_s);
    }
    return n;
}

/* Half of the smaller one must be in the other. */
static bool fits(const ew_tg_index *x, const ew_tg_pair *p, size_t group, bool timed)
{
    size_t from;
    size_t to;
    size_t all = 0;
    ew_tg_index_range(x, group, &from, &to);
    for (size_t i = from; i < to; i++)
        all += !timed || (x->entries[i].flags & EW_TG_TIMED) != 0;
    size_t both = shared(x, p, group, timed);
    size_t least = p->count < all ? p->count : all;
    return both > 0 && 2 * both >= least;
}

/* The same for a group that nothing speaks for: a part of the messages is asked. */
static bool may_fit(const ew_tg_index *x, const ew_tg_pair *p, size_t group)
{
    enum { SOME = 32 };
    ew_tg_pair part = *p;
    part.count = part.count < SOME ? part.count : SOME;
    return shared(x, &part, group, true) > 0 && fits(x, p, group, true);
}

/* The group where that chat should be: in the folder of its number, or the only one there is. */
static bool is_expected(const ew_tg_files *files, size_t group, size_t chat, size_t chats,
                        size_t groups)
{
    ew_slice folder = files->pages[files->groups[group].first].folder;
    return (chats == 1 && groups == 1) || ew_tg_folder_number(folder) == chat + 1;
}

static size_t group_of(const ew_tg_index *x, const ew_tg_files *files, const bool *own,
                       size_t chat)
{
    const ew_tg_pair *p = &x->pairs[chat];
    size_t groups = 0;
    for (size_t g = 0; g < files->group_count; g++)
        groups += own[g];
    for (size_t g = 0; g < files->group_count; g++)
        if (own[g] && !files->groups[g].taken &&
            is_expected(files, g, chat, x->pair_count, groups) &&
            (fits(x, p, g, true) || fits(x, p, g, false)))
            return g;
    for (size_t g = 0; g < files->group_count; g++)
        if (own[g] && !files->groups[g].taken && may_fit(x, p, g))
            return g;
    return SIZE_MAX;
}

static void mark(const ew_tg_index *x, const ew_tg_pair *p)
{
    for (size_t i = p->first; i < p->first + p->count; i++) {
        ew_tg_entry *e = ew_tg_index_find(x, p->group, x->keys[i].id);
        if (e != NULL)
            e->flags |= EW_TG_MATCHED;
    }
}

void ew_tg_index_match(ew_tg_index *x, ew_tg_files *files, const bool *own)
{
    if (x->entry_count > 1)
        qsort(x->entries, x->entry_count, sizeof *x->entries, by_group);
    for (size_t chat = 0; chat < x->pair_count; chat++) {
        ew_tg_pair *p = &x->pairs[chat];
        p->group = p->count > 0 ? group_of(x, files, own, chat) : SIZE_MAX;
        if (p->group == SIZE_MAX)
            continue;
        files->groups[p->group].taken = true;
        mark(x, p);
    }
}
