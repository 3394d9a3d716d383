// SPDX-License-Identifier: Apache-2.0
// Ed25519 with libsodium's rules, which are stricter than those of most libraries and of
// browsers: no S beyond the order, no point of small order and no odd encoding for the key
// or for R, and no cofactor: R is computed and its bytes are compared.
import { Point } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import { join, same, textOf } from './bytes.js';

const ORDER = Point.CURVE().n;

function little(bytes) {
    let value = 0n;
    for (let i = bytes.length - 1; i >= 0; i--)
        value = (value << 8n) | BigInt(bytes[i]);
    return value;
}

/** A point in its one encoding, and not of small order; null: it is not. */
function goodPoint(bytes) {
    try {
        const point = Point.fromBytes(bytes);
        return point.isSmallOrder() ? null : point;
    } catch {
        return null;
    }
}

/* The reader's policy and the bundle's suggestion mostly name the same keys: what was judged is
 * remembered, by all that the judgement depends on. */
const judged = new Map();
const JUDGED_MAX = 1000;

function judge(key, hash, sig) {
    const r = sig.subarray(0, 32);
    const s = little(sig.subarray(32));
    const a = s < ORDER ? goodPoint(key) : null;
    if (a === null)
        return false;
    const h = little(hash) % ORDER;
    const want = Point.BASE.multiply(s, false).subtract(a.multiply(h, false));
    return same(want.toBytes(), r) && !want.isSmallOrder();
}

/** True when sig (64 bytes) is one of this key (32 bytes) over these bytes. */
export function ed25519Check(key, bytes, sig) {
    const hash = sha512(join(sig.subarray(0, 32), key, bytes));
    const id = textOf(join(key, hash, sig));
    if (judged.size > JUDGED_MAX)
        judged.clear();
    if (!judged.has(id))
        judged.set(id, judge(key, hash, sig));
    return judged.get(id);
}
