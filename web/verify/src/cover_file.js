// SPDX-License-Identifier: Apache-2.0
// cover.bin of a bundle: which parts are visible, how long they are, and what stands for the
// rest. There is one way to write each view. Mirrors src/seal/cover_file.c;
// docs/formats/bundle.md.
import { big, bytesOf, refuse, same } from './bytes.js';
import { coverCount, HASH, viewOk, viewVisible } from './parts.js';

const HEAD = bytesOf('ew-cover/v1\0');
const BYTES_MAX = 256 << 20;
const META_SLOTS = 16;
const RUN_BYTES = 12;
const GROUP_BYTES = 13;

/**
 * One stream of a bundle. kinds and lengths are of the visible parts, in order.
 * @typedef {object} CoverStream
 * @property {{first: number, count: number}[]} runs
 * @property {Uint8Array} kinds
 * @property {Float64Array} lengths
 * @property {Uint8Array} entries  32 bytes each
 */

/* What is refused is refused in the same words, wherever it was noticed. */
function bad() {
    return refuse('the cover does not describe the visible parts');
}

class Cursor {
    constructor(bytes, at) {
        this.bytes = bytes;
        this.at = at;
    }

    get left() {
        return this.bytes.length - this.at;
    }

    take(n) {
        if (this.left < n)
            bad();
        this.at += n;
        return big(this.bytes, this.at - n, n);
    }

    /** So many parts one after another, of one kind and length. */
    group() {
        const repeat = this.take(4);
        const kind = this.take(1);
        const high = this.take(4);
        const low = this.take(4);
        return { repeat, kind, length: high * 2 ** 32 + low };
    }
}

/** Only a file that is empty, and metadata, have empty parts. That bounds how many parts a
 * bundle of a given size can claim. */
function mayBeEmpty(stream) {
    return stream.splitter === 'whole' || stream.splitter === 'meta';
}

/** Goes over one run; its parts are as many as it says, and as long as its file. Lengths
 * that a double cannot hold are longer than any file. */
function takeRun(c, stream, fileBytes) {
    const run = { first: c.take(4), count: c.take(4), groups: [] };
    const groups = c.take(4);
    let parts = 0;
    let bytes = 0;
    if (groups > c.left / GROUP_BYTES)
        bad();
    for (let i = 0; i < groups; i++) {
        const g = c.group();
        const before = run.groups[i - 1];
        if (g.repeat === 0 || (g.length === 0 && !mayBeEmpty(stream)) ||
            (i > 0 && g.kind === before.kind && g.length === before.length))
            bad();
        bytes += g.repeat * g.length;
        if (bytes > fileBytes)
            bad();
        parts += g.repeat;
        run.groups.push(g);
    }
    if (parts !== run.count || bytes !== fileBytes)
        bad();
    return run;
}

function fill(runs, out) {
    let at = 0;
    for (const run of runs)
        for (const g of run.groups) {
            out.kinds.fill(g.kind, at, at + g.repeat);
            out.lengths.fill(g.length, at, at + g.repeat);
            at += g.repeat;
        }
}

/** @returns {CoverStream} */
function takeStream(c, stream, files) {
    const count = c.take(4);
    if (count > c.left / RUN_BYTES || count > files.length)
        bad();
    const runs = [];
    for (let i = 0; i < count; i++)
        runs.push(takeRun(c, stream, files[i].bytes.length));
    const view = { n: stream.n, runs };
    if (!viewOk(view) || (mayBeEmpty(stream) && stream.n > META_SLOTS))
        bad();
    const visible = viewVisible(view);
    const out = {
        runs: runs.map(({ first, count: parts }) => ({ first, count: parts })),
        kinds: new Uint8Array(visible),
        lengths: new Float64Array(visible),
    };
    fill(runs, out);
    const entries = c.take(4);
    if (entries !== coverCount(view) || entries > c.left / HASH)
        bad();
    out.entries = c.bytes.subarray(c.at, c.at + entries * HASH);
    c.at += entries * HASH;
    return out;
}

/**
 * @param {Uint8Array} bytes
 * @param {import('./statement.js').Stream[]} streams  of the seal
 * @param {{bytes: Uint8Array}[]} files  parts/00000000 and on, one per run
 * @returns {CoverStream[]}
 */
export function parseCover(bytes, streams, files) {
    if (bytes.length > BYTES_MAX || !same(bytes.subarray(0, HEAD.length), HEAD))
        refuse('not a cover of a kind that is known');
    const c = new Cursor(bytes, HEAD.length);
    const out = [];
    let used = 0;
    if (c.take(4) !== streams.length)
        bad();
    for (const stream of streams) {
        const found = takeStream(c, stream, files.slice(used));
        used += found.runs.length;
        out.push(found);
    }
    if (c.left !== 0 || used !== files.length)
        bad();
    return out;
}
