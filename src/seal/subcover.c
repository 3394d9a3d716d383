/* SPDX-License-Identifier: Apache-2.0 */
/* Covers of covers. Two views are walked at once: what is left and what is to be shown; an entry
 * of the old cover is used up where the first of them is all or nothing. */
#include "seal/subcover.h"

#include <string.h>

#include <sodium.h>

#include "base/alloc.h"
#include "base/err.h"

typedef struct walk {
    const ew_left *left;
    const ew_view *show;
    const ew_part *parts;
    size_t left_at, show_at; /* runs */
    size_t used;             /* entries */
    ew_cover *out;
    bool bad;
} walk;

static const ew_hash *take(walk *w)
{
    static const ew_hash none;
    if (w->used == w->left->entry_count) {
        w->bad = true;
        return &none;
    }
    return &w->left->entries[w->used++];
}

static ew_seed take_seed(walk *w)
{
    ew_seed seed;
    memcpy(seed.b, take(w)->b, EW_HASH);
    return seed;
}

static void push(walk *w, const uint8_t bytes[EW_HASH], bool is_seed)
{
    ew_cover *c = w->out;
    w->bad = w->bad || c->n == c->cap;
    if (w->bad)
        return;
    memcpy(c->entries[c->n].b, bytes, EW_HASH);
    c->seeds[c->n++] = is_seed;
}

/* Hash of a node, by what is left below it. */
static ew_hash hash_of(walk *w, uint64_t start, uint64_t n)
{
    ew_shown_some s = ew_view__look(&w->left->view, &w->left_at, start, n);
    if (s == EW_SHOWN_NONE || w->bad)
        return *take(w);
    if (s == EW_SHOWN_ALL) {
        ew_seed seed = take_seed(w);
        ew_hash h = ew_parts__subtree(&seed, w->parts + start, start, n);
        sodium_memzero(&seed, sizeof seed);
        return h;
    }
    uint64_t half = ew_merkle_split(n);
    ew_hash left = hash_of(w, start, half);
    ew_hash right = hash_of(w, start + half, n - half);
    return ew_merkle_node(&left, &right);
}

/* Below a seed that is left. */
static void cover_seed(walk *w, const ew_seed *seed, uint64_t start, uint64_t n)
{
    ew_shown_some s = ew_view__look(w->show, &w->show_at, start, n);
    if (s == EW_SHOWN_ALL) {
        push(w, seed->b, true);
    } else if (s == EW_SHOWN_NONE) {
        ew_hash h = ew_parts__subtree(seed, w->parts + start, start, n);
        push(w, h.b, false);
    } else {
        uint64_t half = ew_merkle_split(n);
        ew_seed child = ew_seed_child(seed, false);
        cover_seed(w, &child, start, half);
        child = ew_seed_child(seed, true);
        cover_seed(w, &child, start + half, n - half);
        sodium_memzero(&child, sizeof child);
    }
}

static void cover(walk *w, uint64_t start, uint64_t n)
{
    ew_shown_some left = ew_view__look(&w->left->view, &w->left_at, start, n);
    ew_shown_some show = ew_view__look(w->show, &w->show_at, start, n);
    if (w->bad)
        return;
    if (left == EW_SHOWN_ALL) {
        ew_seed seed = take_seed(w);
        cover_seed(w, &seed, start, n);
        sodium_memzero(&seed, sizeof seed);
    } else if (show == EW_SHOWN_NONE) {
        ew_hash h = hash_of(w, start, n);
        push(w, h.b, false);
    } else if (show == EW_SHOWN_ALL || left == EW_SHOWN_NONE) {
        w->bad = true; /* not all of it is left */
    } else {
        uint64_t half = ew_merkle_split(n);
        cover(w, start, half);
        cover(w, start + half, n - half);
    }
}

ew_code ew_left_cover(const ew_left *left, const ew_part *parts, const ew_view *show,
                      ew_cover *out, ew_err *err)
{
    walk w = {.left = left, .show = show, .parts = parts, .out = out};
    *out = (ew_cover){0};
    if (!ew_view_ok(show) || !ew_view_ok(&left->view) || show->n != left->view.n)
        return ew_fail(err, EW_E_ARG, 0, "a bad list of visible parts");
    out->cap = ew_cover_count(show);
    out->entries = ew_alloc_array(out->cap, sizeof *out->entries);
    out->seeds = ew_alloc_array(out->cap, sizeof *out->seeds);
    if (out->entries == NULL || out->seeds == NULL) {
        ew_cover_release(out);
        return ew_fail_nomem(err);
    }
    cover(&w, 0, show->n);
    if (!w.bad && w.used == left->entry_count)
        return EW_OK;
    ew_cover_release(out);
    return ew_fail(err, EW_E_ARG, 0, "to be shown is what was burned");
}
