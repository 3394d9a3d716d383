// SPDX-License-Identifier: Apache-2.0
// The published derivative: what anybody can play or read, with fillers where parts are
// withheld. It follows from what a bundle shows, byte for byte. Mirrors src/seal/published*.c;
// docs/formats/published.md.
import { bytesOf, refuse, same, unlessRefused } from './bytes.js';
import { KIND } from './parts.js';
import { framePieces } from './published_frames.js';
import { oggPieces } from './published_ogg.js';
import { SAMPLES } from './split.js';

const WAV_HEAD = 44;
const RIFF_REST = 36; /* bytes of the RIFF chunk beside the sound */
const TONE_HZ = 1000;
const TONE_STEPS = 256; /* per period */
const ROOM = 64 * 1024;
const U32_MAX = 0xffffffff;
const MARK = '[withheld]';

/* round(3276.8 * sin(2 pi k / 256)): a tenth of full scale. */
const QUARTER = Array.from({ length: TONE_STEPS / 4 + 1 },
    (_, k) => Math.round(3276.8 * Math.sin((2 * Math.PI * k) / TONE_STEPS)));

const FILLERS = {
    'grid': ['silence', 'tone'],
    'chat-v1': ['mark'],
    'para-v1': ['mark'],
    'mp3-frame': ['silence'],
    'aac-frame': ['silence'],
    'ogg-page': ['silence'],
};

/**
 * What there is to show of a stream.
 * @typedef {{stream: import('./statement.js').Stream, runs: import('./split.js').Shown[]}} Showing
 */

/* ------------------------------------------------------------------ sound */

/** Kind and length of a part; null when it is hidden. */
function look(runs, part) {
    for (const run of runs) {
        const i = part - run.first;
        if (i >= 0 && i < run.kinds.length)
            return { kind: run.kinds[i], length: run.lengths[i] };
    }
    return null;
}

/** Bytes of sound in parts 1 to n-1. Only the last block may be short, and only a tail stands
 * after it; what is not known counts as a full block, so that no gap is ever closed. */
function soundBytes(n, block, runs) {
    const blocks = n - 1;
    const last = blocks > 0 ? look(runs, blocks) : null;
    if (last !== null && last.kind !== KIND.TAIL)
        return blocks * block - (block - last.length);
    const before = blocks > 1 ? look(runs, blocks - 1) : null;
    if (before !== null && (last !== null || before.length < block))
        return (blocks - 1) * block - (block - before.length);
    return (last !== null ? blocks - 1 : blocks) * block;
}

function toneAt(phase) {
    const half = TONE_STEPS / 2;
    const k = phase % half;
    const v = QUARTER[k <= half / 2 ? k : half - k];
    return phase < half ? v : 0 - v; /* which is never -0 */
}

function putSample(format, v, view, at) {
    switch (format) {
    case 'u8':
        return view.setUint8(at, Math.floor((v + 32768) / 256));
    case 's16le':
        return view.setInt16(at, v, true);
    case 's24le':
        return view.setInt16(at + 1, v, true);
    case 's32le':
        return view.setInt32(at, v * 65536, true);
    case 'f32le':
        return view.setFloat32(at, v / 32768, true);
    default:
        return view.setFloat64(at, v / 32768, true);
    }
}

/** Frames of filler from frame `at` of the file on. */
function filling(stream, sample, filler, at, frames) {
    const frame = sample * stream.channels;
    const out = new Uint8Array(frames * frame);
    const view = new DataView(out.buffer);
    if (filler === 'silence' && stream.sample !== 'u8')
        return out;
    let cycle = ((at % stream.rate) * TONE_HZ) % stream.rate;
    for (let i = 0; i < frames; i++) {
        const phase = Math.floor((cycle * TONE_STEPS) / stream.rate);
        const v = filler === 'tone' ? toneAt(phase) : 0;
        for (let c = 0; c < stream.channels; c++)
            putSample(stream.sample, v, view, i * frame + c * sample);
        cycle = (cycle + TONE_HZ) % stream.rate;
    }
    return out;
}

function wavHead(stream, sample, total) {
    const frame = sample * stream.channels;
    const head = new Uint8Array(WAV_HEAD);
    const view = new DataView(head.buffer);
    head.set(bytesOf('RIFF----WAVEfmt \x10'));
    view.setUint32(4, RIFF_REST + total + (total % 2), true);
    view.setUint16(20, stream.sample.startsWith('f') ? 3 : 1, true);
    view.setUint16(22, stream.channels, true);
    view.setUint32(24, stream.rate, true);
    view.setUint32(28, Math.imul(stream.rate, frame) >>> 0, true);
    view.setUint16(32, frame, true);
    view.setUint16(34, 8 * sample, true);
    head.set(bytesOf('data'), 36);
    view.setUint32(40, total, true);
    return head;
}

/** Layout of the sound of a grid; null: too much for a WAV file. @param {Showing} showing */
export function wavLayout({ stream, runs }) {
    const sample = SAMPLES[stream.sample];
    const frame = sample * stream.channels;
    const block = stream.block * frame;
    const total = soundBytes(stream.n, block, runs);
    return total > U32_MAX - RIFF_REST - 1 ? null : { sample, frame, block, total };
}

/** The sound of one run: without the header before it and what comes after. */
function soundOf(run) {
    const skip = run.kinds[0] === KIND.HEAD ? run.lengths[0] : 0;
    let end = skip;
    for (let i = 0; i < run.kinds.length; i++)
        end += run.kinds[i] === KIND.CONTENT ? run.lengths[i] : 0;
    return run.bytes.subarray(skip, end);
}

function* gridPieces(showing, filler) {
    const { stream, runs } = showing;
    const layout = wavLayout(showing);
    if (layout === null)
        refuse('a WAV file cannot be larger than 4 GiB');
    const { sample, frame, block, total } = layout;
    const most = Math.floor(ROOM / frame);
    function* fill(first, end) {
        const at = first > 0 ? (first - 1) * block : 0;
        const to = Math.min(end > 0 ? (end - 1) * block : 0, total);
        let left = at < to ? Math.floor((to - at) / frame) : 0;
        for (let n = at / frame; left > 0;) {
            const some = Math.min(left, most);
            yield filling(stream, sample, filler, n, some);
            n += some;
            left -= some;
        }
    }
    let next = 0;
    yield wavHead(stream, sample, total);
    for (const run of runs) {
        yield* fill(next, run.first);
        yield soundOf(run);
        next = run.first + run.kinds.length;
    }
    yield* fill(next, stream.n);
    if (total % 2 === 1)
        yield new Uint8Array(1);
}

/* ------------------------------------------------------------------ text */

/** What stands for a gap in a chat. What follows it must not look as if it belonged to what
 * stands before. */
function chatGap(parts, before, kind) {
    const open = before !== '\n'; /* the line before it has not ended */
    const line = kind === null || kind === KIND.TIME; /* nothing follows on its line */
    /* A single part between the beginning of a message and what is shown of its rest. */
    const inside = open && kind !== null && parts === 1 &&
        (kind === KIND.ATTACHMENT || kind === KIND.BODY);
    return (open && before !== ' ' ? ' ' : '') +
        (open && !line && !inside ? MARK + '\n' : '') + (line ? MARK + '\n' : MARK + ' ');
}

/** kind: of what follows the gap; null: nothing does. before: the byte in front of it. */
function gapText(splitter, parts, before, kind) {
    if (splitter === 'chat-v1')
        return chatGap(parts, before, kind);
    return kind === null ? MARK + '\n' : MARK + '\n\n';
}

function* textPieces({ stream, runs }) {
    let next = 0;
    let before = '\n';
    for (const run of runs) {
        if (run.first > next)
            yield bytesOf(gapText(stream.splitter, run.first - next, before, run.kinds[0]));
        yield run.bytes;
        before = String.fromCharCode(run.bytes[run.bytes.length - 1]);
        next = run.first + run.kinds.length;
    }
    if (stream.n > next)
        yield bytesOf(gapText(stream.splitter, stream.n - next, before, null));
}

/* ------------------------------------------------------------------ all of it */

function* pieces(showing, filler) {
    switch (showing.stream.splitter) {
    case 'grid':
        return yield* gridPieces(showing, filler);
    case 'ogg-page':
        return yield* oggPieces(showing);
    case 'mp3-frame':
    case 'aac-frame':
        return yield* framePieces(showing);
    default:
        return yield* textPieces(showing);
    }
}

const fillersOf = (showing) => FILLERS[showing.stream.splitter] ?? [];

/**
 * The derivative, in pieces; null: none can be made with this filler.
 * @param {Showing} showing
 * @returns {Uint8Array[] | null}
 */
export function publishedPieces(showing, filler) {
    if (!fillersOf(showing).includes(filler))
        return null;
    return unlessRefused(() => [...pieces(showing, filler)]) ?? null;
}

function isMadeOf(bytes, made) {
    let at = 0;
    for (const piece of made) {
        if (!same(piece, bytes.subarray(at, at + piece.length)))
            return false;
        at += piece.length;
    }
    return at === bytes.length;
}

/**
 * Which filler leads to exactly these bytes; null: none.
 * @param {Showing} showing
 * @param {Uint8Array} published
 */
export function publishedFiller(showing, published) {
    return fillersOf(showing).find((filler) =>
        unlessRefused(() => isMadeOf(published, pieces(showing, filler)))) ?? null;
}
