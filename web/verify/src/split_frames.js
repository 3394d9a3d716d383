// SPDX-License-Identifier: Apache-2.0
// Splitters of coded sound: pages of Ogg, frames of MP3 and of AAC in ADTS. A tag before the
// first frame is the head, what comes after the last one the tail. Mirrors
// src/seal/split_frames.c.
import { same, u32le } from './bytes.js';
import { KIND } from './parts.js';

const OGG_HEAD = 27;
const FLAGS_AT = 5;
const SERIAL_AT = 14;
const NUMBER_AT = 18;
const CRC_AT = 22;
const BEGINS_STREAM = 2;
const FRAME_HEAD = 10;
const TAIL_MAX = 1 << 20;

/** Bytes of a page whose head and table these are; 0: it is none, or too short to say. */
export function pageBytes(p) {
    if (p.length < OGG_HEAD || p[0] !== 0x4f || p[1] !== 0x67 || p[2] !== 0x67 ||
        p[3] !== 0x53 || p[4] !== 0)
        return 0;
    const table = p.subarray(OGG_HEAD, OGG_HEAD + p[26]);
    if (table.length < p[26])
        return 0;
    return table.reduce((sum, n) => sum + n, OGG_HEAD + p[26]);
}

/* CRC-32 with the polynomial of Ethernet, but not reflected and from 0. */
const OGG_CRC = Int32Array.from({ length: 256 }, (_, byte) => {
    let c = byte << 24;
    for (let bit = 0; bit < 8; bit++)
        c = c < 0 ? (c << 1) ^ 0x04c11db7 : c << 1;
    return c;
});

/** The checksum of a page; its own field counts as zeros. */
export function oggCrc(p) {
    let c = 0;
    for (let i = 0; i < p.length; i++) {
        const byte = i >= CRC_AT && i < CRC_AT + 4 ? 0 : p[i];
        c = (c << 8) ^ OGG_CRC[(c >>> 24) ^ byte];
    }
    return c >>> 0;
}

/** Whether a page may come right after another: those of one stream are counted. */
function pageFollows(before, p) {
    const serial = (page) => page.subarray(SERIAL_AT, SERIAL_AT + 4);
    const step = (u32le(p, NUMBER_AT) - u32le(before, NUMBER_AT)) | 0;
    return (p[FLAGS_AT] & BEGINS_STREAM) !== 0 || !same(serial(before), serial(p)) || step > 0;
}

/* Bit rates in kbit/s of layer III: MPEG 1, and MPEG 2 and 2.5. */
const KBITS = [
    [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0],
];
const RATES = [44100, 48000, 32000, 0];

/** Samples per second by the head of a frame; 0: none that may be. */
export function mp3Rate(p) {
    const version = (p[1] >> 3) & 3; /* 0: 2.5, 2: 2, 3: 1 */
    return RATES[(p[2] >> 2) & 3] >> (version === 3 ? 0 : version === 2 ? 1 : 2);
}

export function mp3Bytes(p) {
    const version = (p[1] >> 3) & 3;
    if (p[0] !== 0xff || (p[1] & 0xe0) !== 0xe0 || version === 1 || (p[1] & 0x06) !== 0x02)
        return 0;
    const rate = mp3Rate(p);
    const bits = KBITS[version === 3 ? 0 : 1][p[2] >> 4] * 1000;
    if (rate === 0 || bits === 0)
        return 0;
    return Math.floor(((version === 3 ? 144 : 72) * bits) / rate) + ((p[2] >> 1) & 1);
}

export function aacBytes(p) {
    if (p[0] !== 0xff || (p[1] & 0xf6) !== 0xf0)
        return 0;
    const n = ((p[3] & 3) << 11) | (p[4] << 3) | (p[5] >> 5);
    return n >= FRAME_HEAD ? n : 0;
}

/** Of an ID3v2 tag at the beginning; 0: there is none. */
function tagBytes(p) {
    if (p[0] !== 0x49 || p[1] !== 0x44 || p[2] !== 0x33 ||
        ((p[6] | p[7] | p[8] | p[9]) & 0x80) !== 0)
        return 0;
    const n = (p[6] << 21) | (p[7] << 14) | (p[8] << 7) | p[9];
    return FRAME_HEAD + n + ((p[5] & 0x10) !== 0 ? FRAME_HEAD : 0);
}

function frameFits(splitter, p) {
    if (splitter === 'ogg-page')
        return pageBytes(p) === p.length && oggCrc(p) === u32le(p, CRC_AT);
    if (p.length < FRAME_HEAD)
        return false;
    return (splitter === 'aac-frame' ? aacBytes(p) : mp3Bytes(p)) === p.length;
}

/** What comes after the last frame does not begin with another one. */
function tailFits(splitter, p) {
    let frame = 0;
    if (p.length >= FRAME_HEAD)
        frame = splitter === 'aac-frame' ? aacBytes(p) : mp3Bytes(p);
    return p.length <= TAIL_MAX && (frame === 0 || frame > p.length);
}

/** @param {import('./split.js').Shown} run */
export function framesFit(stream, run) {
    const ogg = stream.splitter === 'ogg-page';
    let before = null;
    let at = 0;
    for (let i = 0; i < run.kinds.length; i++) {
        const index = run.first + i;
        const part = run.bytes.subarray(at, at + run.lengths[i]);
        const kind = run.kinds[i];
        let fits = false;
        if (kind === KIND.CONTENT)
            fits = frameFits(stream.splitter, part);
        else if (kind === KIND.HEAD && !ogg)
            fits = index === 0 && part.length >= FRAME_HEAD && tagBytes(part) === part.length;
        else if (kind === KIND.TAIL && !ogg)
            fits = index > 0 && index + 1 === stream.n && tailFits(stream.splitter, part);
        if (fits && ogg && before !== null)
            fits = pageFollows(before, part);
        if (!fits)
            return false;
        before = part;
        at += part.length;
    }
    return true;
}
