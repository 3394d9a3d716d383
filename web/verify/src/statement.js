// SPDX-License-Identifier: Apache-2.0
// The text of a seal, read by writing it again and comparing, and its entry in the log.
// Mirrors src/seal/statement.c; docs/formats/seal.md.
import { sha256 } from '@noble/hashes/sha2.js';
import { base64, bytesOf, join, Lines, refuse, textOf, u64, unbase64 } from './bytes.js';
import { HASH, PARTS_MAX } from './parts.js';
import { SAMPLES, SPLITTERS } from './split.js';
import { utf8Valid } from './utf8.js';

const HEAD = 'earwitness-seal/';
const TEXT_MAX = 8192;
const ITEM = 32;
const AFTER_MAX = 200;
const STREAMS_MAX = 8;
const CHANNELS_MAX = 64;
const U32_MAX = 0xffffffff;
export const SALT = 32;

/**
 * A stream of parts, as its line in the seal describes it.
 * @typedef {object} Stream
 * @property {string} splitter
 * @property {number} n
 * @property {number} rate  Hz; this and the following of a grid
 * @property {number} channels
 * @property {string} sample
 * @property {number} block  frames
 * @property {Uint8Array} root
 */

function takeNumber(rest, key, max) {
    const word = rest.word();
    const value = word !== null && word.startsWith(key) ? u64(word.slice(key.length)) : null;
    return value !== null && value > 0n && value <= BigInt(max) ? Number(value) : null;
}

function takeGrid(rest, s) {
    s.rate = takeNumber(rest, 'rate=', U32_MAX);
    s.channels = s.rate === null ? null : takeNumber(rest, 'ch=', CHANNELS_MAX);
    const fmt = s.channels === null ? null : rest.word();
    if (fmt === null || !fmt.startsWith('fmt='))
        return false;
    s.sample = fmt.slice(4);
    s.block = takeNumber(rest, 'block=', U32_MAX);
    return s.block !== null && s.sample in SAMPLES;
}

/** @returns {Stream | null} */
function parseStream(line) {
    const rest = new Lines(line);
    if (rest.word() !== 'stream' || rest.word() === null)
        return null;
    const splitter = rest.word();
    if (splitter === null || !SPLITTERS.includes(splitter))
        return null;
    const s = { splitter, n: takeNumber(rest, 'n=', PARTS_MAX) };
    if (s.n === null || (splitter === 'grid' && !takeGrid(rest, s)))
        return null;
    s.root = rest.skip('root=') ? unbase64(rest.rest(), HASH) : null;
    return s.root === null ? null : s;
}

function parseLines(lines) {
    const itemLine = lines.line();
    const item = itemLine?.startsWith('item ') ? unbase64(itemLine.slice(5), ITEM) : null;
    if (item === null)
        return null;
    const seal = { item, after: '', streams: [] };
    if (lines.text.startsWith('after ', lines.at)) {
        const line = lines.line();
        seal.after = line === null ? '' : line.slice(6);
        if (seal.after.length === 0 || seal.after.length > AFTER_MAX)
            return null;
    }
    while (lines.left > 0) {
        const line = seal.streams.length < STREAMS_MAX ? lines.line() : null;
        const stream = line === null ? null : parseStream(line);
        if (stream === null)
            return null;
        seal.streams.push(stream);
    }
    return seal.streams.length > 0 ? seal : null;
}

function streamText(s, i) {
    const grid = s.splitter === 'grid'
        ? `rate=${s.rate} ch=${s.channels} fmt=${s.sample} block=${s.block} ` : '';
    return `stream ${i} ${s.splitter} n=${s.n} ${grid}root=${base64(s.root)}\n`;
}

function afterOk(after) {
    const bytes = bytesOf(after);
    return utf8Valid(bytes) && bytes.every((b) => b >= 0x20) &&
        !after.startsWith(' ') && !after.endsWith(' ');
}

function sealText(seal) {
    return `earwitness-seal/v1\nitem ${base64(seal.item)}\n` +
        (seal.after === '' ? '' : `after ${seal.after}\n`) +
        seal.streams.map(streamText).join('');
}

/**
 * Of the text of a note.
 * @returns {{item: Uint8Array, after: string, streams: Stream[]}} after: a byte string
 */
export function parseSeal(bytes) {
    const text = textOf(bytes);
    const lines = new Lines(text);
    const first = lines.line();
    if (first === null || !first.startsWith(HEAD))
        refuse('not a seal');
    if (first !== HEAD + 'v1')
        refuse('a seal of a version that is not known', 'version');
    const seal = text.length > TEXT_MAX ? null : parseLines(lines);
    /* Numbers without leading zeros, streams counted from 0, single spaces: whatever has
     * another spelling does not come back the same. */
    if (seal === null || !afterOk(seal.after) || sealText(seal) !== text)
        refuse('not a seal');
    return seal;
}

const ENTRY_LABEL = bytesOf('ew-entry/v1\0');

/** The log's entry for a signed note: says nothing without the salt. */
export function entryOf(salt, note) {
    const hash = sha256(join(ENTRY_LABEL, salt, note));
    return bytesOf('earwitness-entry/v1 ' + base64(hash));
}
