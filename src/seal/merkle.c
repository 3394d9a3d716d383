/* SPDX-License-Identifier: Apache-2.0 */
/* Merkle trees of RFC 6962. Checking follows RFC 9162, 2.1.3.2 and 2.1.4.2; proving goes down
 * the tree from its root. */
#include "seal/merkle.h"

#include <string.h>

#include <openssl/sha.h>
#include <sodium.h>

bool ew_hash_same(const ew_hash *a, const ew_hash *b)
{
    return sodium_memcmp(a->b, b->b, EW_HASH) == 0;
}

enum { SHORT = 256 }; /* what is hashed in one piece, with its prefix */

/* OpenSSL's one-shot hash is several times faster than libsodium's and cannot fail; it wants
 * one piece, so that long entries, which are rare, go the other way. */
static ew_hash prefixed(uint8_t prefix, const void *bytes, size_t n)
{
    crypto_hash_sha256_state state;
    uint8_t piece[SHORT];
    ew_hash out;
    if (n < SHORT) {
        piece[0] = prefix;
        if (n > 0)
            memcpy(piece + 1, bytes, n);
        (void)SHA256(piece, n + 1, out.b);
        return out;
    }
    (void)crypto_hash_sha256_init(&state);
    (void)crypto_hash_sha256_update(&state, &prefix, 1);
    (void)crypto_hash_sha256_update(&state, bytes, n);
    (void)crypto_hash_sha256_final(&state, out.b);
    return out;
}

ew_hash ew_merkle_empty(void)
{
    ew_hash out;
    (void)crypto_hash_sha256(out.b, (const uint8_t *)"", 0);
    return out;
}

ew_hash ew_merkle_leaf(const void *data, size_t n)
{
    return prefixed(0, data, n);
}

ew_hash ew_merkle_node(const ew_hash *left, const ew_hash *right)
{
    ew_hash both[2] = {*left, *right};
    return prefixed(1, both, sizeof both);
}

uint64_t ew_merkle_split(uint64_t n)
{
    return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

/* ------------------------------------------------------------------ checking */

bool ew_merkle_check_inclusion(const ew_leaf_at *at, const ew_path *path,
                               const ew_hash *root)
{
    if (at->index >= at->size)
        return false;
    uint64_t fn = at->index;
    uint64_t sn = at->size - 1;
    ew_hash r = at->leaf;
    for (size_t i = 0; i < path->n; i++) {
        if (sn == 0)
            return false; /* more than the tree is high */
        if ((fn & 1) != 0 || fn == sn) {
            r = ew_merkle_node(&path->h[i], &r);
            /* At the right edge, levels without a sibling are stepped over. */
            while ((fn & 1) == 0 && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            r = ew_merkle_node(&r, &path->h[i]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && ew_hash_same(&r, root);
}

/* The path with the first hash that RFC 9162 leaves out when size1 is a power of two. */
static bool consistency_path(const ew_heads *h, const ew_path *path, ew_path *full)
{
    if (path->n == 0 || path->n > EW_PROOF_MAX)
        return false;
    *full = *path;
    if ((h->size1 & (h->size1 - 1)) == 0) {
        memmove(full->h + 1, path->h, path->n * sizeof(path->h[0]));
        full->h[0] = h->root1;
        full->n++;
    }
    return true;
}

bool ew_merkle_check_consistency(const ew_heads *h, const ew_path *path)
{
    ew_path full;
    if (h->size1 == 0 || h->size1 > h->size2)
        return false;
    if (h->size1 == h->size2)
        return path->n == 0 && ew_hash_same(&h->root1, &h->root2);
    if (!consistency_path(h, path, &full))
        return false;
    uint64_t fn = h->size1 - 1;
    uint64_t sn = h->size2 - 1;
    while ((fn & 1) != 0) {
        fn >>= 1;
        sn >>= 1;
    }
    ew_hash fr = full.h[0];
    ew_hash sr = full.h[0];
    for (size_t i = 1; i < full.n; i++) {
        if (sn == 0)
            return false;
        if ((fn & 1) != 0 || fn == sn) {
            fr = ew_merkle_node(&full.h[i], &fr);
            sr = ew_merkle_node(&full.h[i], &sr);
            while ((fn & 1) == 0 && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            sr = ew_merkle_node(&sr, &full.h[i]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && ew_hash_same(&fr, &h->root1) && ew_hash_same(&sr, &h->root2);
}

/* ------------------------------------------------------------------ proving */

/* Root of the n leaves from `start` on; start is a multiple of a power of two >= n, so that
 * every split of RFC 6962 is a whole subtree. */
static ew_code range_root(const ew_tree *t, uint64_t start, uint64_t n, ew_hash *out,
                          ew_err *err)
{
    ew_hash left[EW_PROOF_MAX];
    size_t k = 0;
    ew_code code;
    while ((n & (n - 1)) != 0) {
        uint64_t half = ew_merkle_split(n);
        unsigned level = (unsigned)__builtin_ctzll(half);
        code = t->read(t->cookie, level, start >> level, &left[k++], err);
        if (code != EW_OK)
            return code;
        start += half;
        n -= half;
    }
    unsigned level = (unsigned)__builtin_ctzll(n);
    code = t->read(t->cookie, level, start >> level, out, err);
    if (code != EW_OK)
        return code;
    while (k > 0)
        *out = ew_merkle_node(&left[--k], out);
    return EW_OK;
}

ew_code ew_merkle_root(const ew_tree *t, uint64_t size, ew_hash *root, ew_err *err)
{
    if (size > 0)
        return range_root(t, 0, size, root, err);
    *root = ew_merkle_empty();
    return EW_OK;
}

static void reverse(ew_path *path)
{
    for (size_t i = 0; i < path->n / 2; i++) {
        ew_hash h = path->h[i];
        path->h[i] = path->h[path->n - 1 - i];
        path->h[path->n - 1 - i] = h;
    }
}

ew_code ew_merkle_prove_inclusion(const ew_tree *t, uint64_t index, uint64_t size,
                                  ew_path *path, ew_err *err)
{
    uint64_t start = 0;
    uint64_t n = size;
    path->n = 0;
    if (index >= size)
        return ew_fail(err, EW_E_ARG, 0, "there is no entry %ju in a log of %ju",
                       (uintmax_t)index, (uintmax_t)size);
    while (n > 1) {
        uint64_t half = ew_merkle_split(n);
        bool right = index - start >= half;
        ew_code code =
            right ? range_root(t, start, half, &path->h[path->n++], err)
                  : range_root(t, start + half, n - half, &path->h[path->n++], err);
        if (code != EW_OK)
            return code;
        start += right ? half : 0;
        n = right ? n - half : half;
    }
    reverse(path);
    return EW_OK;
}

ew_code ew_merkle_prove_consistency(const ew_tree *t, uint64_t size1, uint64_t size2,
                                    ew_path *path, ew_err *err)
{
    uint64_t start = 0;
    uint64_t m = size1;
    uint64_t n = size2;
    ew_code code;
    path->n = 0;
    if (size1 == 0 || size1 > size2)
        return ew_fail(err, EW_E_ARG, 0, "no proof from size %ju to size %ju",
                       (uintmax_t)size1, (uintmax_t)size2);
    while (m != n) {
        uint64_t half = ew_merkle_split(n);
        bool right = m > half;
        code = right ? range_root(t, start, half, &path->h[path->n++], err)
                     : range_root(t, start + half, n - half, &path->h[path->n++], err);
        if (code != EW_OK)
            return code;
        start += right ? half : 0;
        m -= right ? half : 0;
        n = right ? n - half : half;
    }
    /* The old tree as a whole is known to who asks. */
    if (start > 0 || m != size1) {
        code = range_root(t, start, m, &path->h[path->n++], err);
        if (code != EW_OK)
            return code;
    }
    reverse(path);
    return EW_OK;
}
