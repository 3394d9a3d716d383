/* SPDX-License-Identifier: Apache-2.0 */
/* Merkle trees of RFC 6962 with SHA-256: roots, inclusion and consistency proofs. */
#ifndef EW_SEAL_MERKLE_H
#define EW_SEAL_MERKLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
    EW_HASH = 32,
    EW_PROOF_MAX = 64 /* hashes of an inclusion proof; a consistency proof has one more */
};

typedef struct ew_hash {
    uint8_t b[EW_HASH];
} ew_hash;

/* A proof, from the leaf to the root. */
typedef struct ew_path {
    ew_hash h[EW_PROOF_MAX + 1];
    size_t n;
} ew_path;

bool ew_hash_same(const ew_hash *a, const ew_hash *b);

ew_hash ew_merkle_empty(void); /* root of the tree without leaves */
ew_hash ew_merkle_leaf(const void *data, size_t n);
ew_hash ew_merkle_node(const ew_hash *left, const ew_hash *right);

/* Largest power of two below n; n > 1. */
uint64_t ew_merkle_split(uint64_t n);

/* A leaf in a tree. */
typedef struct ew_leaf_at {
    uint64_t index, size;
    ew_hash leaf;
} ew_leaf_at;

/* True when the path leads from the leaf to root, with nothing missing and nothing over. */
bool ew_merkle_check_inclusion(const ew_leaf_at *at, const ew_path *path,
                               const ew_hash *root);

/* Two heads of one log. */
typedef struct ew_heads {
    uint64_t size1, size2;
    ew_hash root1, root2;
} ew_heads;

/* True when the path proves that head 1 is a beginning of head 2. A head of size 0 proves
 * nothing and is refused. */
bool ew_merkle_check_consistency(const ew_heads *heads, const ew_path *path);

/* Where the hashes come from: those of whole subtrees only, 2^level leaves from
 * index * 2^level on. */
typedef struct ew_tree {
    ew_code (*read)(void *cookie, unsigned level, uint64_t index, ew_hash *out,
                    ew_err *err);
    void *cookie;
} ew_tree;

EW_MUST_CHECK ew_code ew_merkle_root(const ew_tree *t, uint64_t size, ew_hash *root,
                                     ew_err *err);
/* EW_E_ARG when index >= size. */
EW_MUST_CHECK ew_code ew_merkle_prove_inclusion(const ew_tree *t, uint64_t index,
                                                uint64_t size, ew_path *path,
                                                ew_err *err);
/* EW_E_ARG unless 0 < size1 <= size2. */
EW_MUST_CHECK ew_code ew_merkle_prove_consistency(const ew_tree *t, uint64_t size1,
                                                  uint64_t size2, ew_path *path,
                                                  ew_err *err);

#endif
