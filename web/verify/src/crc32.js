// SPDX-License-Identifier: Apache-2.0
// CRC-32 as ZIP has it, sixteen bytes at a time: a bundle may hold an hour of sound.

const SLICES = 16;
const table = makeTable();

function makeTable() {
    const t = new Int32Array(SLICES * 256);
    for (let i = 0; i < 256; i++) {
        let c = i;
        for (let bit = 0; bit < 8; bit++)
            c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
        t[i] = c;
    }
    for (let i = 256; i < t.length; i++)
        t[i] = (t[i - 256] >>> 8) ^ t[t[i - 256] & 255];
    return t;
}

/* Table of the bytes that have k more behind them in a step of sixteen: t[256 * k + byte]. */
function wholeSteps(crc, words) {
    const t = table;
    let c = crc;
    for (let i = 0; i < words.length; i += 4) {
        const a = words[i] ^ c;
        const b = words[i + 1];
        const d = words[i + 2];
        const e = words[i + 3];
        c = t[3840 + (a & 255)] ^ t[3584 + ((a >>> 8) & 255)] ^
            t[3328 + ((a >>> 16) & 255)] ^ t[3072 + (a >>> 24)] ^
            t[2816 + (b & 255)] ^ t[2560 + ((b >>> 8) & 255)] ^
            t[2304 + ((b >>> 16) & 255)] ^ t[2048 + (b >>> 24)] ^
            t[1792 + (d & 255)] ^ t[1536 + ((d >>> 8) & 255)] ^
            t[1280 + ((d >>> 16) & 255)] ^ t[1024 + (d >>> 24)] ^
            t[768 + (e & 255)] ^ t[512 + ((e >>> 8) & 255)] ^
            t[256 + ((e >>> 16) & 255)] ^ t[e >>> 24];
    }
    return c;
}

const littleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** CRC-32 of all the bytes. */
export function crc32(bytes) {
    let c = -1;
    let at = 0;
    const oneByOne = (end) => {
        for (; at < end; at++)
            c = table[(c ^ bytes[at]) & 255] ^ (c >>> 8);
    };
    if (littleEndian && bytes.length >= 2 * SLICES) {
        oneByOne(-bytes.byteOffset & 3);
        const steps = Math.floor((bytes.length - at) / SLICES);
        c = wholeSteps(c, new Int32Array(bytes.buffer, bytes.byteOffset + at, 4 * steps));
        at += SLICES * steps;
    }
    oneByOne(bytes.length);
    return ~c >>> 0;
}
