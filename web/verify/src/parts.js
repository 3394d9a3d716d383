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
    /** The state after `from` (8 words) and the blocks of `view`, into `out`. */
    run(from, view, out) {
        this.A = from[0];
        this.B = from[1];
        this.C = from[2];
        this.D = from[3];
        this.E = from[4];
        this.F = from[5];
        this.G = from[6];
        this.H = from[7];
        for (let at = 0; at < view.byteLength; at += BLOCK)
            this.process(view, at);
        out[0] = this.A;
        out[1] = this.B;
        out[2] = this.C;
        out[3] = this.D;
        out[4] = this.E;
        out[5] = this.F;
        out[6] = this.G;
        out[7] = this.H;
    }
}

const WORDS = 8;
const sha = new Compressor();
const START = Int32Array.from(sha.get());

/* Hashes and seeds are kept as words while the tree is walked. */
function putWords(view, at, words) {
    for (let i = 0; i < WORDS; i++)
        view.setInt32(at + 4 * i, words[i]);
}

const wordsOf = (bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, HASH);
    return Int32Array.from({ length: WORDS }, (_, i) => view.getInt32(4 * i));
};

function bytesOfWords(words) {
    const out = new Uint8Array(HASH);
    putWords(new DataView(out.buffer), 0, words);
    return out;
}

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

const padded = { view: new DataView(new ArrayBuffer(BLOCK)) }; /* a key of HMAC */
const inner = template(GGM_LABEL.length + 1, BLOCK);
const outer = template(HASH, BLOCK);
const leaf = template(CONTENT_AT + HASH);
const node = template(1 + 2 * HASH);
inner.bytes.set(GGM_LABEL);
leaf.bytes.set(LEAF_LABEL, 1);
node.bytes[0] = 1;

const inState = new Int32Array(WORDS);
const outState = new Int32Array(WORDS);
const hashed = new Int32Array(WORDS);

/** A seed as the key of HMAC; what is derived from it shares this beginning. */
function setKey(seed) {
    for (const [state, x] of [[inState, 0x36363636], [outState, 0x5c5c5c5c]]) {
        for (let i = 0; i < BLOCK / 4; i++)
            padded.view.setInt32(4 * i, i < WORDS ? seed[i] ^ x : x);
        sha.run(START, padded.view, state);
    }
}

/** HMAC-SHA-256 of the label and one more byte, by the key that was set. */
function derive(which) {
    const out = new Int32Array(WORDS);
    inner.bytes[GGM_LABEL.length] = which;
    sha.run(inState, inner.view, hashed);
    putWords(outer.view, 0, hashed);
    sha.run(outState, outer.view, out);
    return out;
}

function leafHash(kind, index, salt, content) {
    const out = new Int32Array(WORDS);
    leaf.bytes[KIND_AT] = kind;
    leaf.view.setUint32(INDEX_AT + 4, index);
    putWords(leaf.view, SALT_AT, salt);
    leaf.bytes.set(content, CONTENT_AT);
    sha.run(START, leaf.view, out);
    return out;
}

function nodeHash(left, right) {
    const out = new Int32Array(WORDS);
    putWords(node.view, 1, left);
    putWords(node.view, 1 + HASH, right);
    sha.run(START, node.view, out);
    return out;
}

/**
 * Root over n parts from `start` on; `at` is the first of them among the visible.
 * @param {{kinds: Uint8Array, contents: Uint8Array}} parts  32 bytes of content hash each
 */
function subtree(seed, parts, at, start, n) {
    setKey(seed);
    if (n === 1)
        return leafHash(parts.kinds[at], start, derive(2),
            parts.contents.subarray(HASH * at, HASH * at + HASH));
    const half = merkleSplit(n);
    const left = derive(0);
    const right = derive(1);
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
        if (bad)
            return START; /* anything: nobody looks at it */
        if (shown === NONE)
            return wordsOf(entry);
        const at = part;
        part += n;
        return subtree(wordsOf(entry), parts, at, start, n);
    };
    if (!viewOk(view))
        return null;
    const root = open(0, view.n);
    return bad || HASH * taken !== entries.length ? null : bytesOfWords(root);
}
