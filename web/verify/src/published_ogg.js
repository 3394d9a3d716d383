// SPDX-License-Identifier: Apache-2.0
// The derivative of Opus in Ogg: as many pages of silence as are withheld, which last exactly as
// long as the positions around them say. Mirrors src/seal/published_ogg.c;
// docs/formats/published.md.
import { bytesOf, join, refuse, textOf, u32le } from './bytes.js';
import { oggCrc } from './split_frames.js';

const PAGE_HEAD = 27;
const OPUS_HEAD = 19;
const FLAG_CONTINUED = 1;
const FLAG_LAST = 4;
const UNIT = 120; /* samples of 48 kHz: 2.5 ms, which all packets are multiples of */
const PACKET_MAX = 48; /* units: 120 ms */
const PAGE_UNITS_MAX = 240 * PACKET_MAX;
const NOWHERE = (1n << 64n) - 1n; /* no packet ends on this page */
const POSITION_MAX = 1n << 62n;
const SILK = [480, 960, 1920, 2880];

/* ------------------------------------------------------------------ reading */

/** Samples of a packet; 0 when it is none that may be. */
function packetSamples(p) {
    const config = p.length > 0 ? p[0] >> 3 : 0;
    const one = config < 12 ? SILK[config & 3] : config < 16 ? SILK[config & 1]
        : UNIT << (config & 3);
    let frames = 0;
    if (p.length > 0 && (p[0] & 3) < 3)
        frames = (p[0] & 3) === 0 ? 1 : 2;
    else if (p.length > 1)
        frames = p[1] & 63;
    return frames * one <= UNIT * PACKET_MAX ? frames * one : 0;
}

/** What counts of a page; samples: of the packets that begin and end on it, packet: of the first
 * of these, closes: some packet ends on it. */
export function readPage(p) {
    const g = { flags: p[5], position: (BigInt(u32le(p, 10)) << 32n) | BigInt(u32le(p, 6)),
        serial: u32le(p, 14), number: u32le(p, 18), samples: 0, packet: 0, closes: false };
    let at = PAGE_HEAD + p[26];
    let whole = (g.flags & FLAG_CONTINUED) === 0;
    let n = 0;
    for (const lace of p.subarray(PAGE_HEAD, PAGE_HEAD + p[26])) {
        n += lace;
        if (lace === 255)
            continue;
        const samples = whole ? packetSamples(p.subarray(at, at + n)) : 0;
        if (g.samples === 0)
            g.packet = samples;
        g.samples += samples;
        g.closes = true;
        whole = true;
        at += n;
        n = 0;
    }
    return g;
}

/** The pages of a run. */
function* pagesOf(o, run) {
    let at = 0;
    for (let i = 0; i < run.kinds.length; i++) {
        const g = readPage(run.bytes.subarray(at, at + run.lengths[i]));
        if (run.first + i > 0 && g.serial !== o.serial)
            refuse('more than one stream in the Ogg file');
        yield g;
        at += run.lengths[i];
    }
}

/** The first page says how to decode. */
function readHead(runs) {
    if (runs.length === 0 || runs[0].first !== 0)
        refuse('the first page, which tells how to play it, is hidden');
    const p = runs[0].bytes.subarray(0, runs[0].lengths[0]);
    const head = p.subarray(PAGE_HEAD + p[26]);
    if (head.length < OPUS_HEAD || textOf(head.subarray(0, 8)) !== 'OpusHead')
        refuse('in Ogg this can be done for Opus only');
    if (head[18] !== 0 || head[9] < 1 || head[9] > 2)
        refuse('Opus of neither one nor two channels');
    return { stereo: head[9] === 2, serial: u32le(p, 14), number: 0, position: 0n, lasts: 0,
        headers: false };
}

/* ------------------------------------------------------------------ writing */

function page(o, packets, flags, position) {
    const out = join(bytesOf('OggS\0'), new Uint8Array(22),
        Uint8Array.from(packets, (p) => p.length), ...packets);
    const view = new DataView(out.buffer);
    o.number = (o.number + 1) >>> 0;
    out[5] = flags;
    view.setBigUint64(6, position, true);
    view.setUint32(14, o.serial, true);
    view.setUint32(18, o.number, true);
    out[26] = packets.length;
    view.setUint32(22, oggCrc(out), true);
    return out;
}

/** A page of silence of so many units. */
function silence(o, units, flags) {
    /* CELT, full band: 2.5, 5, 10, 20 ms; "FF FE" is silence in each. */
    const stereo = o.stereo ? 4 : 0;
    const six = Uint8Array.of(0xfb | stereo, 6, ...Array(6).fill([0xff, 0xfe]).flat());
    const packets = [];
    o.position += BigInt(units * UNIT);
    const position = units > 0 ? o.position : NOWHERE;
    for (; units >= PACKET_MAX; units -= PACKET_MAX)
        packets.push(six);
    for (let k = 3; k >= 0; k--)
        for (; units >= 1 << k; units -= 1 << k)
            packets.push(Uint8Array.of(0xe0 | (k << 3) | stereo, 0xff, 0xfe));
    return page(o, packets, flags, position);
}

/* ------------------------------------------------------------------ gaps */

/** How long the gap before a run is: from where the sound before it ends to where that of the run
 * begins, which its first position and the packets up to there tell. */
function measure(o, run) {
    let g = { position: NOWHERE };
    let sum = 0;
    for (g of pagesOf(o, run)) {
        sum += g.samples;
        if (g.position !== NOWHERE)
            break;
    }
    const late = g.position >= POSITION_MAX || g.position < o.position;
    const left = g.position - o.position - BigInt(sum);
    if (!late && (g.flags & FLAG_LAST) !== 0 && g.packet > 0) {
        /* The last page may end before its last packet does. */
        const packet = BigInt(g.packet);
        return left > 0n ? ((left + packet - 1n) / packet) * packet : 0n;
    }
    if (late || left < 0n || left % BigInt(UNIT) !== 0n)
        refuse('the positions of its pages do not fit');
    return left;
}

/** Pages first to end-1; run comes after them, null: nothing does. */
function* gapPieces(o, run, first, end) {
    if (!o.headers && first !== 1)
        refuse('its comments are shown in part');
    if (first === 1) { /* comments that say nothing, in the place of hidden ones */
        o.headers = true;
        yield page(o, [bytesOf('OpusTags' + '\0'.repeat(8))], 0, 0n);
        first++;
    }
    if (first === end)
        return;
    if (run === null && o.lasts === 0)
        refuse('no page of the sound is shown');
    const n = BigInt(end - first);
    const units = (run === null ? n * BigInt(o.lasts) : measure(o, run)) / BigInt(UNIT);
    if (units / n >= BigInt(PAGE_UNITS_MAX))
        refuse('the positions of the pages leave too long a gap');
    /* The first ones are the longer ones. */
    for (let i = 0n; i < n; i++)
        yield silence(o, Number(units / n) + (i < units % n ? 1 : 0),
            run === null && i === n - 1n ? FLAG_LAST : 0);
}

/** Follows the pages of a run. */
function follow(o, run) {
    let part = run.first;
    for (const g of pagesOf(o, run)) {
        if (g.position !== NOWHERE)
            o.position = g.position;
        if (o.headers && g.samples > 0)
            o.lasts = g.samples;
        o.headers ||= part > 0 && g.closes;
        o.number = g.number;
        part++;
    }
}

/** @param {import('./published.js').Showing} showing */
export function* oggPieces({ stream, runs }) {
    const o = readHead(runs);
    let next = 0;
    for (const run of runs) {
        if (run.first > next)
            yield* gapPieces(o, run, next, run.first);
        follow(o, run);
        yield run.bytes;
        next = run.first + run.kinds.length;
    }
    if (next < stream.n)
        yield* gapPieces(o, null, next, stream.n);
}
