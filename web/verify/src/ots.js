// SPDX-License-Identifier: Apache-2.0
// OpenTimestamps proofs: detached timestamp files, and what they attest. Mirrors src/seal/ots.c;
// all that is refused is told in the same words, and so a refusal is null here.
import { sha1, ripemd160 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { bytesOf, hex, join, same, textOf } from './bytes.js';

const MAGIC = bytesOf('\0OpenTimestamps\0\0Proof\0\xbf\x89\xe2\xe8\x84\xe8\x92\x94');
const VERSION = 1n;
const BYTES_MAX = 1 << 20;
const MESSAGE_MAX = 4096;
const DEPTH_MAX = 256;
const ATTESTATIONS_MAX = 64;
const TAG_BYTES = 8;
const PAYLOAD_MAX = 8192;
const CALENDAR_MAX = 1000;
const U64_MAX = (1n << 64n) - 1n;

/* Tags of operations; from the reference. */
const OP_ATTESTATION = 0x00;
const OP_SHA256 = 0x08;
const OP_APPEND = 0xf0;
const OP_PREPEND = 0xf1;
const OP_REVERSE = 0xf2;
const OP_HEXLIFY = 0xf3;
const OP_FORK = 0xff;
const HASHES = { 0x02: sha1, 0x03: ripemd160, 0x08: sha256, 0x67: keccak_256 };

const NOTARIES = {
    '83dfe30d2ef90c8e': 'pending',
    '0588960d73d71901': 'bitcoin',
    '06869a0d73d71b45': 'litecoin',
    '30fe8087b5c7ead7': 'ethereum',
};

class Bad extends Error {}

class Reader {
    constructor(bytes) {
        this.bytes = bytes;
        this.at = 0;
    }

    get left() {
        return this.bytes.length - this.at;
    }

    raw(n) {
        if (this.left < n)
            throw new Bad();
        this.at += n;
        return this.bytes.subarray(this.at - n, this.at);
    }

    byte() {
        return this.raw(1)[0];
    }

    /** Seven bits in each byte, the lowest first; no longer than need be. */
    number() {
        let value = 0n;
        for (let shift = 0n; ; shift += 7n) {
            const b = this.byte();
            value |= BigInt(b & 0x7f) << shift;
            if (shift > 63n || value > U64_MAX || (b === 0 && shift > 0n))
                throw new Bad();
            if (b < 0x80)
                return value;
        }
    }

    counted(min, max) {
        const n = this.number();
        if (n > BigInt(max) || n < BigInt(min))
            throw new Bad();
        return this.raw(Number(n));
    }
}

function readPayload(kind, bytes) {
    const r = new Reader(bytes);
    const out = {};
    if (kind === 'unknown')
        return out;
    if (kind === 'pending') {
        out.calendar = textOf(r.counted(0, CALENDAR_MAX));
        /* The letters that the reference lets a calendar's address have. */
        if (!/^[0-9A-Za-z._\/:-]*$/.test(out.calendar))
            throw new Bad();
    } else {
        out.height = r.number();
    }
    if (r.left !== 0)
        throw new Bad();
    return out;
}

function takeAttestation(r, message) {
    const kind = NOTARIES[hex(r.raw(TAG_BYTES))] ?? 'unknown';
    return { kind, ...readPayload(kind, r.counted(0, PAYLOAD_MAX)), message };
}

function apply(r, tag, message) {
    if (tag === OP_APPEND || tag === OP_PREPEND) {
        const arg = r.counted(1, MESSAGE_MAX);
        if (arg.length + message.length > MESSAGE_MAX)
            throw new Bad();
        return tag === OP_APPEND ? join(message, arg) : join(arg, message);
    }
    if (tag === OP_REVERSE)
        return message.slice().reverse();
    if (tag === OP_HEXLIFY && message.length <= MESSAGE_MAX / 2)
        return bytesOf(hex(message));
    if (HASHES[tag] === undefined)
        throw new Bad();
    return HASHES[tag](message);
}

/** Each branch ends with an attestation; OP_FORK says that another branch of the same message
 * follows the one that comes now. */
function walkTree(r, digest) {
    const found = [];
    const saved = [];
    let message = digest;
    let depth = 0;
    for (;;) {
        let tag = r.byte();
        const more = tag === OP_FORK;
        if (more)
            tag = r.byte();
        if (tag === OP_ATTESTATION) {
            if (found.length === ATTESTATIONS_MAX)
                throw new Bad();
            found.push(takeAttestation(r, message));
            if (more)
                continue;
            if (saved.length === 0)
                return found;
            ({ message, depth } = saved.pop());
            continue;
        }
        if (more)
            saved.push({ message, depth });
        if (++depth === DEPTH_MAX)
            throw new Bad();
        message = apply(r, tag, message);
    }
}

function parse(bytes) {
    const r = new Reader(bytes);
    if (bytes.length > BYTES_MAX || !same(r.raw(MAGIC.length), MAGIC) || r.number() !== VERSION)
        throw new Bad();
    const tag = r.byte();
    if (HASHES[tag] === undefined)
        throw new Bad();
    const digest = r.raw(HASHES[tag].outputLen);
    const found = walkTree(r, digest);
    if (r.left !== 0)
        throw new Bad();
    return { digest: tag === OP_SHA256 ? digest : null, found };
}

/**
 * @param {Uint8Array} bytes
 * @returns {{digest: Uint8Array | null, found: {kind: string, calendar?: string, height?: bigint,
 *     message: Uint8Array}[]} | null} digest: when it is SHA-256; null: not such a file
 */
export function parseOts(bytes) {
    try {
        return parse(bytes);
    } catch (error) {
        if (error instanceof Bad)
            return null;
        throw error;
    }
}
