// SPDX-License-Identifier: Apache-2.0
// Public keys of signed notes (c2sp.org/signed-note). Mirrors src/seal/vkey.c.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesOf, join, refuse, same, unbase64, unhex } from './bytes.js';
import { utf8Next } from './utf8.js';

export const SIG_ED25519 = 1; /* of the text */
export const SIG_COSIGNATURE = 4; /* of a witness: of a time and the text */

const NAME_MAX = 255;

/**
 * @typedef {object} Vkey
 * @property {string} name  a byte string
 * @property {Uint8Array} id
 * @property {number} type
 * @property {Uint8Array} key
 */

function isSpace(c) {
    return c <= 0x20 || c === 0x7f || (c >= 0x80 && c <= 0xa0) || c === 0x1680 ||
        (c >= 0x2000 && c <= 0x200a) || c === 0x2028 || c === 0x2029 || c === 0x202f ||
        c === 0x205f || c === 0x3000;
}

/** Valid UTF-8 without spaces, controls and '+', 1 to 255 bytes. */
export function keyNameOk(name) {
    if (name.length === 0 || name.length > NAME_MAX)
        return false;
    const bytes = bytesOf(name);
    for (let at = 0; at < bytes.length;) {
        const [used, c] = utf8Next(bytes, at);
        if (used === 0 || c === 0x2b || isSpace(c))
            return false;
        at += used;
    }
    return true;
}

/** First four bytes of SHA-256 over name, line feed, type, key. */
function keyId(name, type, key) {
    return sha256(join(bytesOf(name), Uint8Array.of(0x0a, type), key)).subarray(0, 4);
}

/** "name+1234abcd+base64". @returns {Vkey} */
export function parseVkey(text) {
    const plus = text.indexOf('+');
    const name = text.slice(0, Math.max(plus, 0));
    const rest = text.slice(plus + 1);
    if (plus < 0 || !keyNameOk(name) || !/^[0-9a-f]{8}\+/.test(rest))
        refuse('not a public key of the form name+id+key');
    const raw = unbase64(rest.slice(9), 33);
    if (raw === null || (raw[0] !== SIG_ED25519 && raw[0] !== SIG_COSIGNATURE))
        refuse('a public key of a kind that is not known');
    const type = raw[0];
    const key = raw.subarray(1);
    const id = keyId(name, type, key);
    if (!same(id, unhex(rest.slice(0, 8), 4)))
        refuse('the public key and its id do not agree');
    return { name, id, type, key };
}
