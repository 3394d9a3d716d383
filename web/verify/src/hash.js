// SPDX-License-Identifier: Apache-2.0
// SHA-256 of many pieces: by the browser, which is fast and asynchronous, where it may be
// used and is worth it, else by the library.
import { sha256 } from '@noble/hashes/sha2.js';
import { HASH } from './parts.js';

const WORTH_IT = 64 * 1024; /* bytes; below that the library is as fast */
const BATCH = 8 << 20; /* bytes under way at a time, since each piece is copied */
const PIECES = 2048;

const subtle = globalThis.crypto?.subtle;

/**
 * @param {Uint8Array} bytes
 * @param {Float64Array} lengths  of the pieces, one after another
 * @returns {Promise<Uint8Array>} 32 bytes each
 */
export async function hashPieces(bytes, lengths) {
    const out = new Uint8Array(HASH * lengths.length);
    const worthIt = subtle !== undefined && bytes.length >= WORTH_IT;
    const keep = async ({ first, batch }) => {
        const hashes = worthIt ? await Promise.all(batch) : batch;
        hashes.forEach((hash, k) => out.set(new Uint8Array(hash), HASH * (first + k)));
    };
    let before = null; /* a batch that is under way while the next is being handed over */
    let at = 0;
    for (let i = 0; i < lengths.length;) {
        const next = { first: i, batch: [] };
        const begin = at;
        for (; i < lengths.length && next.batch.length < PIECES && at - begin < BATCH; i++) {
            const piece = bytes.subarray(at, at + lengths[i]);
            next.batch.push(worthIt ? subtle.digest('SHA-256', piece) : sha256(piece));
            at += lengths[i];
        }
        if (before !== null)
            await keep(before);
        before = next;
    }
    if (before !== null)
        await keep(before);
    return out;
}
