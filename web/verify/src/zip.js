// SPDX-License-Identifier: Apache-2.0
// The one kind of ZIP file that bundles are: stored, in order, without anything that could be
// read in two ways. Goes through the local headers, then makes the central directory itself:
// the file must have the same. Mirrors src/seal/zip.c.
import { refuse, textOf, u16le, u32le } from './bytes.js';
import { crc32 } from './crc32.js';

const LOCAL = 30;
const CENTRAL = 46;
const END = 22;
const NAME_MAX = 64;
const FILES_MAX = 65535;
const SIZE_LIMIT = 0xffffffff; /* beyond it another format begins */

/* Version 10, no flags, stored, at 1 January 1980; what is not here depends on the file. */
const COMMON = [10, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];

function nameOk(name) {
    return name.length > 0 && name.length <= NAME_MAX &&
        /^[A-Za-z0-9.\/-]+$/.test(name) && !/(^|\/)(\.|\/|$)/.test(name);
}

/** Whether the 26 bytes that both headers share are as the writer would write them. */
function commonOk(bytes, at) {
    for (let i = 0; i < COMMON.length; i++)
        if (bytes[at + i] !== COMMON[i])
            return false;
    return u32le(bytes, at + 14) === u32le(bytes, at + 18) && u16le(bytes, at + 24) === 0;
}

function putLe(out, at, value, n) {
    for (let i = 0; i < n; i++)
        out[at + i] = value / 2 ** (8 * i);
}

/**
 * Takes a whole file apart.
 * @param {Uint8Array} bytes
 * @returns {{name: string, bytes: Uint8Array}[]} views into bytes
 */
export function parseZip(bytes) {
    const files = [];
    const headers = []; /* where they begin */
    let at = 0;
    const bad = (what) => refuse(`not a bundle: ${what} at byte ${at}`);

    if (bytes.length > SIZE_LIMIT)
        bad('4 GiB or more');
    while (bytes.length - at >= 4 && u32le(bytes, at) === 0x04034b50) {
        const left = bytes.length - at;
        if (left < LOCAL)
            bad('cut short');
        if (!commonOk(bytes, at + 4))
            bad('a file header of another kind');
        const size = u32le(bytes, at + 18);
        const nameLength = u16le(bytes, at + 26);
        if (nameLength > left - LOCAL || size > left - LOCAL - nameLength)
            bad('cut short');
        const begin = at + LOCAL + nameLength;
        const name = textOf(bytes.subarray(at + LOCAL, begin));
        if (!nameOk(name))
            bad('a bad name');
        const content = bytes.subarray(begin, begin + size);
        if (crc32(content) !== u32le(bytes, at + 14))
            bad('a wrong checksum');
        if (files.length === FILES_MAX)
            bad('too many files');
        files.push({ name, bytes: content });
        headers.push(at);
        at = begin + size;
    }
    if (files.length === 0)
        bad('no files');
    if (!directoryOk(bytes, at, files, headers))
        bad('a directory that does not match the files');
    return files;
}

/** Whether the rest of the file is the directory of these files. */
function directoryOk(bytes, begin, files, headers) {
    const size = files.reduce((sum, f) => sum + CENTRAL + f.name.length, 0);
    const want = new Uint8Array(size + END);
    let at = 0;
    if (bytes.length - begin !== want.length)
        return false;
    for (let i = 0; i < files.length; i++) {
        const local = headers[i];
        putLe(want, at, 0x02014b50, 4);
        putLe(want, at + 4, 10, 2);
        want.set(bytes.subarray(local + 4, local + LOCAL), at + 6);
        putLe(want, at + 42, local, 4);
        want.set(bytes.subarray(local + LOCAL, local + LOCAL + files[i].name.length),
            at + CENTRAL);
        at += CENTRAL + files[i].name.length;
    }
    putLe(want, at, 0x06054b50, 4);
    putLe(want, at + 8, files.length, 2);
    putLe(want, at + 10, files.length, 2);
    putLe(want, at + 12, size, 4);
    putLe(want, at + 16, begin, 4);
    return want.every((b, i) => b === bytes[begin + i]);
}
