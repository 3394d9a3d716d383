/* SPDX-License-Identifier: Apache-2.0 */
/* The part tree. Salts come from a GGM tree of the same shape as the Merkle tree, so that the seed
 * of a subtree opens that subtree and says nothing about the rest. All walks go down by
 * halves; their depth is at most 24. */
#include "seal/parts.h"

#include <string.h>

#include <sodium.h>

#include "base/alloc.h"

#define GGM_LABEL "ew/ggm/v1" /* with its final 0 */
#define LEAF_LABEL "ew-part/v1"
#define MARK_LABEL "ew/seed-used/v1"

enum { LEAF_BYTES = sizeof LEAF_LABEL + 1 + 8 + EW_HASH + EW_HASH };

/* A seed as the key of HMAC; what is derived from it shares this beginning. */
typedef struct deriver {
    crypto_auth_hmacsha256_state keyed;
} deriver;

static void key(deriver *d, const ew_seed *seed)
{
    (void)crypto_auth_hmacsha256_init(&d->keyed, seed->b, sizeof seed->b);
}

static ew_seed derive(const deriver *d, uint8_t which)
{
    crypto_auth_hmacsha256_state state = d->keyed;
    uint8_t text[sizeof GGM_LABEL + 1];
    ew_seed out;
    memcpy(text, GGM_LABEL, sizeof GGM_LABEL);
    text[sizeof GGM_LABEL] = which;
    (void)crypto_auth_hmacsha256_update(&state, text, sizeof text);
    (void)crypto_auth_hmacsha256_final(&state, out.b);
    return out;
}

static ew_seed derive_once(const ew_seed *seed, uint8_t which)
{
    deriver d;
    key(&d, seed);
    ew_seed out = derive(&d, which);
    sodium_memzero(&d, sizeof d);
    return out;
}

ew_seed ew_seed_child(const ew_seed *seed, bool right)
{
    return derive_once(seed, right);
}

ew_hash ew_seed_salt(const ew_seed *leaf)
{
    ew_seed salt = derive_once(leaf, 2);
    ew_hash out;
    memcpy(out.b, salt.b, EW_HASH);
    return out;
}

void ew_seed_mark(const ew_seed *seed, uint8_t mark[EW_SEED_MARK])
{
    crypto_auth_hmacsha256_state state;
    uint8_t full[crypto_auth_hmacsha256_BYTES];
    (void)crypto_auth_hmacsha256_init(&state, seed->b, sizeof seed->b);
    (void)crypto_auth_hmacsha256_update(&state, (const uint8_t *)MARK_LABEL,
                                        sizeof MARK_LABEL);
    (void)crypto_auth_hmacsha256_final(&state, full);
    memcpy(mark, full, EW_SEED_MARK);
    sodium_memzero(&state, sizeof state);
}

ew_hash ew_part_leaf(const ew_part *part, uint64_t index, const ew_hash *salt)
{
    uint8_t data[LEAF_BYTES];
    uint8_t *p = data;
    memcpy(p, LEAF_LABEL, sizeof LEAF_LABEL);
    p += sizeof LEAF_LABEL;
    *p++ = part->kind;
    for (int i = 0; i < 8; i++)
        *p++ = (uint8_t)(index >> (56 - 8 * i));
    memcpy(p, salt->b, EW_HASH);
    memcpy(p + EW_HASH, part->content.b, EW_HASH);
    ew_hash leaf = ew_merkle_leaf(data, sizeof data);
    sodium_memzero(data, sizeof data);
    return leaf;
}

/* Root over parts[0..n), which are those from `start` on. */
ew_hash ew_parts__subtree(const ew_seed *seed, const ew_part *parts, uint64_t start,
                          uint64_t n)
{
    ew_hash out;
    if (n == 1) {
        ew_hash salt = ew_seed_salt(seed);
        out = ew_part_leaf(parts, start, &salt);
        sodium_memzero(&salt, sizeof salt);
        return out;
    }
    uint64_t half = ew_merkle_split(n);
    deriver d;
    key(&d, seed);
    ew_seed child = derive(&d, 0);
    ew_hash left = ew_parts__subtree(&child, parts, start, half);
    child = derive(&d, 1);
    ew_hash right = ew_parts__subtree(&child, parts + half, start + half, n - half);
    sodium_memzero(&child, sizeof child);
    sodium_memzero(&d, sizeof d);
    return ew_merkle_node(&left, &right);
}

ew_hash ew_parts_root(const ew_seed *seed, const ew_part *parts, uint64_t n)
{
    return ew_parts__subtree(seed, parts, 0, n);
}

/* ------------------------------------------------------------------ views */

bool ew_view_ok(const ew_view *v)
{
    uint64_t next = 0; /* first part that the next run may begin with */
    if (v->n == 0 || v->n > EW_PARTS_MAX)
        return false;
    for (size_t i = 0; i < v->run_count; i++) {
        const ew_run *r = &v->runs[i];
        if (r->first < next || r->count == 0 || r->first >= v->n ||
            r->count > v->n - r->first)
            return false;
        next = r->first + r->count + 1;
    }
    return true;
}

uint64_t ew_view_visible(const ew_view *v)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < v->run_count; i++)
        sum += v->runs[i].count;
    return sum;
}

ew_shown_some ew_view__look(const ew_view *v, size_t *at, uint64_t start, uint64_t n)
{
    while (*at < v->run_count && v->runs[*at].first + v->runs[*at].count <= start)
        (*at)++;
    if (*at == v->run_count || v->runs[*at].first >= start + n)
        return EW_SHOWN_NONE;
    const ew_run *r = &v->runs[*at];
    return r->first <= start && r->first + r->count >= start + n ? EW_SHOWN_ALL
                                                                 : EW_SHOWN_SOME;
}

/* ------------------------------------------------------------------ making a cover */

typedef struct maker {
    const ew_view *v;
    const ew_part *parts;
    size_t at; /* run */
    ew_cover *out;
    ew_err *err;
} maker;

static ew_code push(maker *m, const uint8_t bytes[EW_HASH], bool is_seed)
{
    ew_cover *c = m->out;
    if (c->n == c->cap)
        return ew_fail(m->err, EW_E_BUG, 0, "a cover larger than counted");
    memcpy(c->entries[c->n].b, bytes, EW_HASH);
    c->seeds[c->n++] = is_seed;
    return EW_OK;
}

static ew_code cover(maker *m, const ew_seed *seed, uint64_t start, uint64_t n)
{
    ew_shown_some s = ew_view__look(m->v, &m->at, start, n);
    if (s == EW_SHOWN_ALL)
        return push(m, seed->b, true);
    if (s == EW_SHOWN_NONE) {
        ew_hash h = ew_parts__subtree(seed, m->parts + start, start, n);
        return push(m, h.b, false);
    }
    uint64_t half = ew_merkle_split(n);
    ew_seed child = ew_seed_child(seed, false);
    ew_code code = cover(m, &child, start, half);
    if (code == EW_OK) {
        child = ew_seed_child(seed, true);
        code = cover(m, &child, start + half, n - half);
    }
    sodium_memzero(&child, sizeof child);
    return code;
}

static size_t count(const ew_view *v, size_t *at, uint64_t start, uint64_t n)
{
    if (ew_view__look(v, at, start, n) != EW_SHOWN_SOME)
        return 1;
    uint64_t half = ew_merkle_split(n);
    size_t left = count(v, at, start, half);
    return left + count(v, at, start + half, n - half);
}

size_t ew_cover_count(const ew_view *v)
{
    size_t at = 0;
    return count(v, &at, 0, v->n);
}

ew_code ew_parts_cover(const ew_seed *seed, const ew_part *parts, const ew_view *v,
                       ew_cover *out, ew_err *err)
{
    *out = (ew_cover){0};
    if (!ew_view_ok(v))
        return ew_fail(err, EW_E_ARG, 0, "a bad list of visible parts");
    out->cap = ew_cover_count(v);
    out->entries = ew_alloc_array(out->cap, sizeof *out->entries);
    out->seeds = ew_alloc_array(out->cap, sizeof *out->seeds);
    if (out->entries == NULL || out->seeds == NULL) {
        ew_cover_release(out);
        return ew_fail_nomem(err);
    }
    maker m = {.v = v, .parts = parts, .out = out, .err = err};
    ew_code code = cover(&m, seed, 0, v->n);
    if (code != EW_OK)
        ew_cover_release(out);
    return code;
}

void ew_cover_release(ew_cover *c)
{
    if (c->entries != NULL)
        sodium_memzero(c->entries, c->cap * sizeof *c->entries);
    ew_free(c->entries);
    ew_free(c->seeds);
    *c = (ew_cover){0};
}

/* ------------------------------------------------------------------ opening */

typedef struct opener {
    const ew_view *v;
    size_t at;
    const ew_part *parts; /* visible ones that are still to come */
    const ew_hash *cover;
    size_t left; /* entries of it */
    bool bad;
} opener;

static ew_hash open_node(opener *o, uint64_t start, uint64_t n)
{
    ew_hash none = {{0}};
    ew_shown_some s = ew_view__look(o->v, &o->at, start, n);
    if (s != EW_SHOWN_SOME) {
        if (o->left == 0) {
            o->bad = true;
            return none;
        }
        const ew_hash *entry = o->cover++;
        o->left--;
        if (s == EW_SHOWN_NONE)
            return *entry;
        ew_seed seed;
        memcpy(seed.b, entry->b, EW_HASH);
        const ew_part *parts = o->parts;
        o->parts += n;
        return ew_parts__subtree(&seed, parts, start, n);
    }
    uint64_t half = ew_merkle_split(n);
    ew_hash left = open_node(o, start, half);
    if (o->bad)
        return none;
    ew_hash right = open_node(o, start + half, n - half);
    return ew_merkle_node(&left, &right);
}

bool ew_parts_open(const ew_view *v, const ew_part *parts, const ew_hash *entries,
                   size_t n, ew_hash *root)
{
    opener o = {.v = v, .parts = parts, .cover = entries, .left = n};
    if (!ew_view_ok(v))
        return false;
    *root = open_node(&o, 0, v->n);
    return !o.bad && o.left == 0;
}
