// SPDX-License-Identifier: Apache-2.0
// The part tree: from visible parts and a cover to the root. Salts come from a GGM tree of
// the same shape as the Merkle tree. Mirrors src/seal/parts.c; docs/formats/part-tree.md.
import { _SHA256 } from '@noble/hashes/sha2.js';
import { merkleSplit } from './merkle.js';

export const PARTS_MAX = 1 << 24; /* of a stream */
export const HASH = 32;
const BLOCK = 64;

export const KIND = {
    CONTENT: 1, /* block, page, frame, paragraph, file */
    HEAD: 2, /* what comes before */
    TAIL: 3, /* what comes after */
    TIME: 4, /* of a message */
    SENDER: 5,
    BODY: 6,
    ATTACHMENT: 7,
    META: 8,
};

/**
 * Which parts are visible: runs in order, none empty, none touching the next.
 * @typedef {{n: number, runs: {first: number, count: number}[]}} View
 */

/** @param {View} view */
export function viewOk(view) {
    let next = 0; /* first part that the next run may begin with */
    if (view.n === 0 || view.n > PARTS_MAX)
        return false;
    for (const r of view.runs) {
        if (r.first < next || r.count === 0 || r.first >= view.n ||
            r.count > view.n - r.first)
            return false;
        next = r.first + r.count + 1;
    }
    return true;
}

export function viewVisible(view) {
    return view.runs.reduce((sum, r) => sum + r.count, 0);
}

const NONE = 0;
const ALL = 1;
const SOME = 2;

/** What of the n parts from start on is visible; runs before walk.at lie to the left. */
function look(walk, start, n) {
    const runs = walk.runs;
    while (walk.at < runs.length &&
           runs[walk.at].first + runs[walk.at].count <= start)
        walk.at++;
    if (walk.at === runs.length || runs[walk.at].first >= start + n)
        return NONE;
    const r = runs[walk.at];
    return r.first <= start && r.first + r.count >= start + n ? ALL : SOME;
}

/** How many entries the cover of a view has. */
export function coverCount(view) {
    const walk = { runs: view.runs, at: 0 };
    const count = (start, n) => {
        if (look(walk, start, n) !== SOME)
            return 1;
        const half = merkleSplit(n);
        return count(start, half) + count(start + half, n - half);
    };
    return count(0, view.n);
}

/* ------------------------------------------------------------------ hashing
 *
 * A tree over an hour of sound is half a million blocks of SHA-256, most of them with a known
 * rest. They are laid out once and go straight into the library's compression function. */

class Compressor extends _SHA256 {
    /** The state after `from` and the blocks of `view` between the offsets. */
    from(state, view, at, end) {
        this.set(...state);
        for (let i = at; i < end; i += BLOCK)
            this.process(view, i);
        return this;
    }

    put(out, at) {
        const words = this.get();
        for (let i = 0; i < 8; i++)
            out.setInt32(at + 4 * i, words[i]);
    }
}

const sha = new Compressor();
const START = sha.get();

/** Blocks for messages of one length: what differs is written over each time. */
function template(length, before = 0) {
    const bytes = new Uint8Array(Math.ceil((length + 9) / BLOCK) * BLOCK);
    const view = new DataView(bytes.buffer);
    bytes[length] = 0x80;
    view.setUint32(bytes.length - 4, 8 * (length + before));
    return { bytes, view };
}

const ascii = (text) => new TextEncoder().encode(text);
const GGM_LABEL = ascii('ew/ggm/v1\0');
const LEAF_LABEL = ascii('ew-part/v1\0');
const KIND_AT = 1 + LEAF_LABEL.length;
const INDEX_AT = KIND_AT + 1;
const SALT_AT = INDEX_AT + 8;
const CONTENT_AT = SALT_AT + HASH;

const padded = template(BLOCK); /* a key of HMAC, padded */
const inner = template(GGM_LABEL.length + 1, BLOCK);
const outer = template(HASH, BLOCK);
const leaf = template(CONTENT_AT + HASH);
const node = template(1 + 2 * HASH);
inner.bytes.set(GGM_LABEL);
leaf.bytes.set(LEAF_LABEL, 1);
node.bytes[0] = 1;

/** HMAC-SHA-256 of the label and one more byte, for up to three of these bytes. */
function derive(seed, ...which) {
    const pad = (x) => {
        padded.bytes.fill(x, 0, BLOCK);
        for (let i = 0; i < HASH; i++)
            padded.bytes[i] = seed[i] ^ x;
        return sha.from(START, padded.view, 0, BLOCK).get();
    };
    const in0 = pad(0x36);
    const out0 = pad(0x5c);
    return which.map((w) => {
        const out = new Uint8Array(HASH);
        inner.bytes[GGM_LABEL.length] = w;
        sha.from(in0, inner.view, 0, inner.bytes.length).put(outer.view, 0);
        sha.from(out0, outer.view, 0, outer.bytes.length).put(new DataView(out.buffer), 0);
        return out;
    });
}

/** The hash of a leaf, into out at `at`. */
function putLeaf(kind, index, salt, content, out, at) {
    leaf.bytes[KIND_AT] = kind;
    leaf.view.setUint32(INDEX_AT + 4, index);
    leaf.bytes.set(salt, SALT_AT);
    leaf.bytes.set(content, CONTENT_AT);
    sha.from(START, leaf.view, 0, leaf.bytes.length).put(out, at);
}

function nodeHash(left, right) {
    const out = new Uint8Array(HASH);
    node.bytes.set(left, 1);
    node.bytes.set(right, 1 + HASH);
    sha.from(START, node.view, 0, node.bytes.length).put(new DataView(out.buffer), 0);
    return out;
}

/**
 * Root over n parts from `start` on; `at` is the first of them among the visible.
 * @param {{kinds: Uint8Array, contents: Uint8Array}} parts  32 bytes of content hash each
 */
function subtree(seed, parts, at, start, n) {
    if (n === 1) {
        const [salt] = derive(seed, 2);
        const out = new Uint8Array(HASH);
        putLeaf(parts.kinds[at], start, salt,
            parts.contents.subarray(HASH * at, HASH * at + HASH),
            new DataView(out.buffer), 0);
        return out;
    }
    const half = merkleSplit(n);
    const [left, right] = derive(seed, 0, 1);
    return nodeHash(subtree(left, parts, at, start, half),
        subtree(right, parts, at + half, start + half, n - half));
}

/**
 * Root that visible parts and a cover lead to; null when the cover has another number of
 * entries than this view takes.
 * @param {View} view
 * @param {{kinds: Uint8Array, contents: Uint8Array}} parts  the visible ones, in order
 * @param {Uint8Array} entries  32 bytes each
 */
export function partsOpen(view, parts, entries) {
    const walk = { runs: view.runs, at: 0 };
    let taken = 0;
    let part = 0;
    let bad = false;
    const open = (start, n) => {
        const shown = look(walk, start, n);
        if (shown === SOME) {
            const half = merkleSplit(n);
            const left = open(start, half);
            return nodeHash(left, open(start + half, n - half));
        }
        const entry = entries.subarray(HASH * taken, HASH * taken + HASH);
        taken++;
        bad ||= entry.length < HASH;
        if (bad || shown === NONE)
            return bad ? new Uint8Array(HASH) : entry;
        const at = part;
        part += n;
        return subtree(entry, parts, at, start, n);
    };
    if (!viewOk(view))
        return null;
    const root = open(0, view.n);
    return bad || HASH * taken !== entries.length ? null : root;
}
