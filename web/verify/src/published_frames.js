// SPDX-License-Identifier: Apache-2.0
// The derivative of MP3 and of AAC in ADTS: a frame of silence in the place of each frame that is
// withheld. MP3 frames reach back for bytes of earlier ones; those that would reach into a gap are
// muted. Mirrors src/seal/published_frames.c; docs/formats/published.md.
import { bytesOf, refuse, textOf } from './bytes.js';
import { KIND } from './parts.js';
import { mp3Bytes } from './split_frames.js';

const MP3_HEAD = 4;
const MP3_CRC = 2;
const MP3_BACK = 511; /* bytes that a frame may reach back */
const TAGS_MP3 = 2; /* hidden parts at the beginning that may be a tag and an info frame */
const TAGS_AAC = 1;
const TAGS_END = 1;
const VBRI_AT = 36;
const INFO_BYTES = 12; /* name, flags, number of frames */
const AAC_HEAD = 7;
const AAC_MONO = 4; /* bytes of a block without a spectrum */
const AAC_STEREO = 6;
const FILL_HEAD = 2; /* bytes that a fill element takes beside its content, 15 to 269 */
const FILL_LEAST = 15;
const FILL_MOST = 269;

/** The parts of a run: {kind, bytes}. */
function partsOf(run) {
    let at = 0;
    return Array.from(run.kinds, (kind, i) => {
        at += run.lengths[i];
        return { kind, bytes: run.bytes.subarray(at - run.lengths[i], at) };
    });
}

const isFrame = (part) => part.kind === KIND.CONTENT;

/** The last frame before run r, else the first from it on. */
function findNear(c, r) {
    for (let k = r - 1; k >= 0; k--) {
        const last = c.runs[k][c.runs[k].length - 1];
        if (isFrame(last))
            return last.bytes;
    }
    for (const run of c.runs.slice(r)) {
        const first = run.find(isFrame);
        if (first !== undefined)
            return first.bytes;
    }
    return refuse('no frame of the sound is shown');
}

/* ------------------------------------------------------------------ MP3 */

const isLow = (h) => (h[1] & 0x18) !== 0x18; /* MPEG 2 and 2.5 */

function sideBytes(h) {
    const mono = h[3] >> 6 === 3;
    return isLow(h) ? (mono ? 9 : 17) : mono ? 17 : 32;
}

const sideAt = (h) => ((h[1] & 1) === 0 ? MP3_HEAD + MP3_CRC : MP3_HEAD);

/** How far the frame reaches back: 9 bits of the side information, 8 in MPEG 2 and 2.5. */
function reach(h) {
    const at = sideAt(h);
    return isLow(h) ? h[at] : (h[at] << 1) | (h[at + 1] >> 7);
}

function crcMore(crc, bytes) {
    for (let i = 0; i < 8 * bytes.length; i++) {
        const bit = (bytes[i >> 3] >> (7 - (i & 7))) & 1;
        crc = ((crc << 1) ^ (crc >> 15 !== bit ? 0x8005 : 0)) & 0xffff;
    }
    return crc;
}

/** The beginning of a frame that decodes to nothing and leaves the bytes for those that follow:
 * as if it reached `back` bytes back, and used none of them. */
function muted(frame, used, have) {
    const h = frame.slice(0, used);
    const at = sideAt(h);
    const back = isLow(h) ? Math.min(have, 255) : have;
    h.fill(0, at);
    h[at] = isLow(h) ? back : back >> 1;
    if (!isLow(h))
        h[at + 1] = back << 7;
    if ((h[1] & 1) === 0) {
        const crc = crcMore(crcMore(0xffff, h.subarray(2, 4)), h.subarray(at));
        h[4] = crc >> 8;
        h[5] = crc;
    }
    return h;
}

/** A frame of silence like another, at least so long, in the bit rate that comes nearest to the
 * mean: players that do not count frames reckon with it. */
function mp3Silence(c, pattern, least = 0) {
    const h = pattern.slice(0, MP3_HEAD);
    const rest = h[2] & 0x0c; /* without bit rate, padding and private bit */
    let best = 1;
    let off = Infinity;
    for (let rate = 1; rate < 15; rate++) {
        h[2] = (rate << 4) | rest;
        const bytes = mp3Bytes(h);
        if (bytes >= least && Math.abs(bytes - c.mean) < off) {
            off = Math.abs(bytes - c.mean);
            best = rate;
        }
    }
    h[1] |= 1; /* no CRC */
    h[2] = (best << 4) | rest;
    h[3] &= 0xcf; /* kind of joint stereo */
    const frame = new Uint8Array(mp3Bytes(h));
    frame.set(h);
    return frame;
}

function isInfo(frame) {
    const name = (at) => textOf(frame.subarray(at, at + 4));
    return ['Xing', 'Info'].includes(name(MP3_HEAD + sideBytes(frame))) || name(VBRI_AT) === 'VBRI';
}

/** In the place of a hidden beginning: an info frame that says how many frames there are, unless
 * the file's own is the first thing shown. */
function* infoPieces(c, pattern) {
    if (isInfo(pattern))
        return;
    const at = MP3_HEAD + sideBytes(pattern);
    const frame = mp3Silence(c, pattern, at + INFO_BYTES);
    const info = new Uint8Array(INFO_BYTES);
    info.set(bytesOf('Xing\0\0\0\x01'));
    new DataView(info.buffer).setUint32(8, countFrames(c));
    frame.set(info.subarray(0, Math.max(0, frame.length - at)), Math.min(at, frame.length));
    yield frame;
}

/** A run after a gap: its first frames, until nothing reaches into it, and the rest. */
function* afterGap(parts) {
    let have = 0;
    for (const part of parts) {
        const frame = part.bytes;
        let used = isFrame(part) ? sideAt(frame) + sideBytes(frame) : 0;
        if (used > frame.length)
            used = 0; /* too short to be more than a head */
        if (have < MP3_BACK && used > 0 && reach(frame) > have) {
            yield muted(frame, used, have);
            yield frame.subarray(used);
        } else {
            yield frame;
        }
        have += Math.min(frame.length - used, MP3_BACK);
    }
}

/* ------------------------------------------------------------------ AAC */

/** Bits as they are written, the high ones first. */
class Bits {
    constructor() {
        this.bits = [];
    }

    put(value, count) {
        for (; count > 0; count--)
            this.bits.push((value >> (count - 1)) & 1);
    }

    skip(count) {
        for (; count > 0; count--)
            this.bits.push(0);
    }

    bytes() {
        const out = new Uint8Array(Math.ceil(this.bits.length / 8));
        this.bits.forEach((bit, i) => { out[i >> 3] |= bit << (7 - (i & 7)); });
        return out;
    }
}

/** One channel element without a spectrum; fill elements, so that the frame is about as long as
 * `spare` bytes more; the end mark. */
function aacBlock(stereo, spare) {
    const b = new Bits();
    /* SCE 0, gain 0, one long window without bands, and nothing else; or CPE 0 with one window
     * for both and two of these. */
    b.put(stereo ? 0x21 : 0, 8);
    b.skip(stereo ? 35 : 21);
    while (spare >= FILL_HEAD + FILL_LEAST) {
        const some = Math.min(spare - FILL_HEAD, FILL_MOST);
        b.put(6, 3);
        b.put(15, 4);
        b.put(some - 14, 8);
        b.skip(8 * some);
        spare -= some + FILL_HEAD;
    }
    b.put(7, 3);
    return b.bytes();
}

function aacSilence(c, pattern) {
    const channels = ((pattern[2] & 1) << 2) | (pattern[3] >> 6);
    if (channels !== 1 && channels !== 2)
        refuse('AAC of neither one nor two channels');
    if ((pattern[6] & 3) !== 0)
        refuse('AAC of several blocks in a frame');
    const block = aacBlock(channels === 2,
        c.mean - AAC_HEAD - (channels === 1 ? AAC_MONO : AAC_STEREO));
    const n = AAC_HEAD + block.length;
    const frame = new Uint8Array(n);
    frame.set(pattern.subarray(0, AAC_HEAD));
    frame.set(block, AAC_HEAD);
    frame[1] |= 1; /* no CRC */
    frame[2] &= 0xfd; /* private bit */
    frame[3] = (frame[3] & 0xf0) | (n >> 11); /* copyright bits */
    frame[4] = n >> 3;
    frame[5] = ((n & 7) << 5) | 0x1f; /* fullness: not said */
    frame[6] = 0xfc;
    return frame;
}

/* ------------------------------------------------------------------ both */

/** A short gap at either end is taken for tags: so many of its parts. Should they have been sound,
 * nothing that is shown is joined by that: on the other side there is nothing. */
function tags(c, first, end) {
    const begins = first === 0 && end < c.n && end <= (c.aac ? TAGS_AAC : TAGS_MP3);
    const ends = first > 0 && end === c.n && end - first <= TAGS_END;
    return begins || ends ? end - first : 0;
}

/** How many frames the derivative has. */
function countFrames(c) {
    let next = 0;
    let sum = 0;
    c.runs.forEach((run, r) => {
        const { first } = c.shown[r];
        sum += first - next - tags(c, next, first) + run.filter(isFrame).length;
        next = first + run.length;
    });
    return sum + c.n - next - tags(c, next, c.n);
}

/** Parts first to end-1, which stand before run r. */
function* gapPieces(c, r, first, end) {
    if (first === end)
        return;
    const pattern = findNear(c, r);
    if (first === 0 && !c.aac)
        yield* infoPieces(c, pattern);
    const frame = c.aac ? aacSilence(c, pattern) : mp3Silence(c, pattern);
    for (let i = first + tags(c, first, end); i < end; i++)
        yield frame;
}

/** @param {import('./published.js').Showing} showing */
export function* framePieces({ stream, runs }) {
    const c = { aac: stream.splitter === 'aac-frame', n: stream.n, shown: runs,
        runs: runs.map(partsOf), mean: 0 };
    const frames = c.runs.flat().filter(isFrame);
    const sum = frames.reduce((bytes, part) => bytes + part.bytes.length, 0);
    c.mean = frames.length > 0 ? Math.floor(sum / frames.length) : 0;
    let next = 0;
    for (let r = 0; r < runs.length; r++) {
        const { first } = runs[r];
        yield* gapPieces(c, r, next, first);
        if (first > next && !c.aac)
            yield* afterGap(c.runs[r]);
        else
            yield runs[r].bytes;
        next = first + runs[r].kinds.length;
    }
    yield* gapPieces(c, runs.length, next, stream.n);
}
