// SPDX-License-Identifier: Apache-2.0
// Merkle trees of RFC 6962: hashes, and inclusion proofs as in RFC 9162, 2.1.3.2.
// Mirrors src/seal/merkle.c.
import { sha256 } from '@noble/hashes/sha2.js';
import { join, same } from './bytes.js';

export function merkleLeaf(data) {
    return sha256(join(Uint8Array.of(0), data));
}

export function merkleNode(left, right) {
    return sha256(join(Uint8Array.of(1), left, right));
}

/** Largest power of two below n, 1 < n <= 2^31. */
export function merkleSplit(n) {
    return 1 << (31 - Math.clz32(n - 1));
}

/**
 * True when the path leads from the leaf to root, with nothing missing and nothing over.
 * @param {bigint} index
 * @param {bigint} size
 */
export function merkleHolds(index, size, leaf, path, root) {
    if (index >= size)
        return false;
    let fn = index;
    let sn = size - 1n;
    let r = leaf;
    for (const h of path) {
        if (sn === 0n)
            return false; /* more than the tree is high */
        if (fn & 1n || fn === sn) {
            r = merkleNode(h, r);
            /* At the right edge, levels without a sibling are stepped over. */
            while (!(fn & 1n) && fn !== 0n) {
                fn >>= 1n;
                sn >>= 1n;
            }
        } else {
            r = merkleNode(r, h);
        }
        fn >>= 1n;
        sn >>= 1n;
    }
    return sn === 0n && same(r, root);
}
