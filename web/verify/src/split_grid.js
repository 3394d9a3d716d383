// SPDX-License-Identifier: Apache-2.0
// Splitter `grid`: a WAV file as its header, blocks of 100 ms, and what comes after the
// sound. Mirrors src/seal/split_grid.c.
import { textOf, u16le, u32le } from './bytes.js';
import { KIND } from './parts.js';

const BLOCKS_PER_SECOND = 10;
const CHUNKS_MAX = 1000;
const CHANNELS_MAX = 64;
const RATE_MAX = 768000;
const EXTENSIBLE = 0xfffe;
const FORMATS = {
    '1/8': ['u8', 1], '1/16': ['s16le', 2], '1/24': ['s24le', 3], '1/32': ['s32le', 4],
    '3/32': ['f32le', 4], '3/64': ['f64le', 8],
};

/** 16 bytes of a fmt chunk, and the true tag of an extensible one; null: not known. */
function readFormat(fmt) {
    let tag = u16le(fmt, 0);
    if (tag === EXTENSIBLE && fmt.length >= 26)
        tag = u16le(fmt, 24);
    const known = FORMATS[tag + '/' + u16le(fmt, 14)];
    const channels = u16le(fmt, 2);
    const rate = u32le(fmt, 4);
    const block = Math.floor(rate / BLOCKS_PER_SECOND);
    if (known === undefined || channels === 0 || channels > CHANNELS_MAX ||
        rate > RATE_MAX || block === 0 || u16le(fmt, 12) !== channels * known[1])
        return null;
    return { sample: known[0], channels, rate, block };
}

/** The format, and where the sound begins; null: it is no header. */
export function readHeader(bytes) {
    let format = null;
    let at = 12;
    if (bytes.length < 12 || !/^(RIFF|RF64|BW64)....WAVE$/s.test(textOf(bytes.subarray(0, 12))))
        return null;
    for (let i = 0; i < CHUNKS_MAX; i++) {
        const left = bytes.length - at - 8;
        if (left < 0)
            return null;
        const name = textOf(bytes.subarray(at, at + 4));
        const size = u32le(bytes, at + 4);
        if (name === 'data')
            return format === null ? null : { ...format, data: at + 8 };
        if (size > left)
            return null;
        if (name === 'fmt ') {
            format = size >= 16 ? readFormat(bytes.subarray(at + 8, at + 8 + size)) : null;
            if (format === null)
                return null;
        }
        at += 8 + size + (size & 1);
    }
    return null;
}

/** The header says what the seal says, and ends where the sound begins. */
function headFits(stream, bytes) {
    const h = readHeader(bytes);
    return h !== null && h.data === bytes.length && h.rate === stream.rate &&
        h.channels === stream.channels && h.sample === stream.sample &&
        h.block === stream.block;
}

function partFits(stream, block, index, kind, n) {
    if (kind === KIND.TAIL)
        return index > 0 && index === stream.n - 1;
    if (kind !== KIND.CONTENT || index === 0 || n > block)
        return false;
    /* Only the last block is short; a tail may follow it. */
    return n === block || index + 2 >= stream.n;
}

/** @param {import('./split.js').Shown} run */
export function gridFits(stream, sampleBytes, run) {
    const block = stream.block * stream.channels * sampleBytes;
    for (let i = 0; i < run.kinds.length; i++) {
        const index = run.first + i;
        const n = run.lengths[i];
        const kind = run.kinds[i];
        const fits = index === 0 ? kind === KIND.HEAD && headFits(stream, run.bytes.subarray(0, n))
            : partFits(stream, block, index, kind, n);
        if (!fits)
            return false;
        /* A short block and then another block cannot be. */
        if (i > 0 && index > 1 && run.lengths[i - 1] < block && kind !== KIND.TAIL)
            return false;
    }
    return true;
}
