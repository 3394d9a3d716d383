/* SPDX-License-Identifier: Apache-2.0 */
/* The order in which a family is shown. */
#include "report/family_tree.h"

#include <stdint.h>

#include "base/alloc.h"

/* Lists of those that hang on each copy. */
typedef struct hooks {
    const ew_family *f;
    size_t *first, *next; /* copy numbers; EW_NO_COPY ends a list */
    bool *placed;
    ew_limbs *l;
} hooks;

size_t ew_family_count(const ew_family *f, ew_member_kind kind)
{
    size_t n = 0;

    for (size_t i = 0; i < f->count; i++)
        n += f->members[i].kind == kind;
    return n;
}

/* On which copy a copy hangs; EW_NO_COPY: on none. */
static size_t holder(const ew_member *m)
{
    switch (m->kind) {
    case EW_MEMBER_CHILD:
        return m->parent;
    case EW_MEMBER_DUPLICATE:
        return m->duplicate_of;
    case EW_MEMBER_UNDECIDED:
        return m->candidate_count > 0 ? m->candidates[0].copy : EW_NO_COPY;
    case EW_MEMBER_ROOT:
    case EW_MEMBER_UNRELATED:
    case EW_MEMBER_SILENT:
        break;
    }
    return EW_NO_COPY;
}

static ew_limb_kind limb_kind(const ew_member *m)
{
    switch (m->kind) {
    case EW_MEMBER_CHILD:
        return EW_LIMB_CHILD;
    case EW_MEMBER_DUPLICATE:
        return EW_LIMB_DUPLICATE;
    case EW_MEMBER_UNDECIDED:
        return EW_LIMB_MAYBE;
    case EW_MEMBER_ROOT:
        return EW_LIMB_ROOT;
    case EW_MEMBER_UNRELATED:
    case EW_MEMBER_SILENT:
        break;
    }
    return EW_LIMB_ALONE;
}

static void hang(hooks *h)
{
    for (size_t i = 0; i < h->f->count; i++)
        h->first[i] = h->next[i] = EW_NO_COPY;
    for (size_t i = h->f->count; i-- > 0;) { /* so that lists ascend */
        size_t on = holder(&h->f->members[i]);
        if (on >= h->f->count || on == i)
            continue;
        h->next[i] = h->first[on];
        h->first[on] = i;
    }
}

static void put(hooks *h, size_t copy, size_t above)
{
    ew_limbs *l = h->l;
    ew_limb *x = &l->items[l->count++];

    h->placed[copy] = true;
    *x = (ew_limb){.copy = copy,
                   .above = above,
                   .depth = above == SIZE_MAX ? 0 : l->items[above].depth + 1,
                   .kind = limb_kind(&h->f->members[copy]),
                   .last = h->next[copy] == EW_NO_COPY};
    if (x->depth > l->depth)
        l->depth = x->depth;
}

/* The copy and all below it. The way up is kept in the limbs, so depth costs no stack. */
static void put_all(hooks *h, size_t root)
{
    size_t at = h->l->count;
    size_t go;

    put(h, root, SIZE_MAX);
    go = h->first[root];
    while (at != SIZE_MAX) {
        if (go != EW_NO_COPY && !h->placed[go]) {
            size_t above = at;
            at = h->l->count;
            put(h, go, above);
            go = h->first[go];
        } else {
            go = h->next[h->l->items[at].copy];
            at = h->l->items[at].above;
        }
    }
}

ew_code ew_limbs_init(ew_limbs *l, const ew_family *f, ew_err *err)
{
    hooks h = {.f = f, .l = l};
    ew_code rc = EW_OK;

    *l = (ew_limbs){0};
    l->items = ew_alloc_array(f->count, sizeof(*l->items));
    h.first = ew_alloc_array(f->count, sizeof(*h.first));
    h.next = ew_alloc_array(f->count, sizeof(*h.next));
    h.placed = ew_alloc_array(f->count, sizeof(*h.placed));
    if (l->items == NULL || h.first == NULL || h.next == NULL || h.placed == NULL) {
        rc = ew_fail_nomem(err);
        goto out;
    }
    hang(&h);
    for (size_t i = 0; i < f->root_count; i++)
        if (f->roots[i] < f->count && !h.placed[f->roots[i]])
            put_all(&h, f->roots[i]);
    for (size_t i = 0; i < f->count; i++)
        if (!h.placed[i] && holder(&f->members[i]) >= f->count)
            put_all(&h, i);
    for (size_t i = 0; i < f->count; i++) /* a circle, which nobody should make */
        if (!h.placed[i])
            put(&h, i, SIZE_MAX);
out:
    ew_free(h.first);
    ew_free(h.next);
    ew_free(h.placed);
    if (rc != EW_OK)
        ew_limbs_release(l);
    return rc;
}

void ew_limbs_release(ew_limbs *l)
{
    ew_free(l->items);
    *l = (ew_limbs){0};
}
