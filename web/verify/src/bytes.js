// SPDX-License-Identifier: Apache-2.0
// Bytes, and lines of text read strictly: one spelling of everything, nothing skipped.
// Texts are "byte strings" here: one character per byte, so that nothing is decoded before
// it is known to be text. Mirrors src/seal/text.c and src/base/err.c.

/** What a parser says no to. `code` is a name of ew_code; `message` one line, as in C. */
export class Refused extends Error {
    constructor(code, message) {
        super(message);
        this.code = code;
    }
}

/** @returns {never} */
export function refuse(message, code = 'format') {
    throw new Refused(code, message);
}

/** Runs a parser; its refusal becomes undefined. */
export function unlessRefused(parse) {
    try {
        return parse();
    } catch (error) {
        if (error instanceof Refused)
            return undefined;
        throw error;
    }
}

const CHUNK = 8192;

/** Bytes to a byte string. */
export function textOf(bytes) {
    let text = '';
    for (let at = 0; at < bytes.length; at += CHUNK)
        text += String.fromCharCode.apply(null, bytes.subarray(at, at + CHUNK));
    return text;
}

/** A byte string to bytes. */
export function bytesOf(text) {
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++)
        bytes[i] = text.charCodeAt(i);
    return bytes;
}

export function same(a, b) {
    if (a.length !== b.length)
        return false;
    for (let i = 0; i < a.length; i++)
        if (a[i] !== b[i])
            return false;
    return true;
}

export function join(...pieces) {
    const out = new Uint8Array(pieces.reduce((sum, p) => sum + p.length, 0));
    let at = 0;
    for (const p of pieces) {
        out.set(p, at);
        at += p.length;
    }
    return out;
}

export function hex(bytes) {
    return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

/** Hex digits of either case, of exactly n bytes; null: it is not. */
export function unhex(text, n) {
    if (text.length !== 2 * n || !/^[0-9A-Fa-f]*$/.test(text))
        return null;
    return Uint8Array.from({ length: n }, (_, i) => parseInt(text.substr(2 * i, 2), 16));
}

export function base64(bytes) {
    return btoa(textOf(bytes));
}

/** Standard base64 with padding and nothing else in it, not empty; null: it is not. */
export function unbase64(text, n = -1) {
    if (text.length === 0 || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text))
        return null;
    const decoded = atob(text);
    /* Unused bits that are not zero do not come back. */
    if (btoa(decoded) !== text || (n >= 0 && decoded.length !== n))
        return null;
    return bytesOf(decoded);
}

const U64_MAX = (1n << 64n) - 1n;

/** Decimal without sign and leading zeros, up to 64 bits; null: it is not. */
export function u64(text) {
    if (text.length > 20 || !/^(0|[1-9][0-9]*)$/.test(text))
        return null;
    const value = BigInt(text);
    return value <= U64_MAX ? value : null;
}

/** A big-endian number of n bytes, n <= 6. */
export function big(bytes, at, n) {
    let value = 0;
    for (let i = 0; i < n; i++)
        value = value * 256 + bytes[at + i];
    return value;
}

export function u64big(bytes, at) {
    return (BigInt(big(bytes, at, 4)) << 32n) | BigInt(big(bytes, at + 4, 4));
}

export function u16le(bytes, at) {
    return bytes[at] | (bytes[at + 1] << 8);
}

export function u32le(bytes, at) {
    return (u16le(bytes, at) | (u16le(bytes, at + 2) << 16)) >>> 0;
}

/** Reads a byte string line by line and word by word. */
export class Lines {
    constructor(text) {
        this.text = text;
        this.at = 0;
    }

    get left() {
        return this.text.length - this.at;
    }

    /** Without its line feed; null when no complete line is left. */
    line() {
        const end = this.text.indexOf('\n', this.at);
        if (end < 0)
            return null;
        const line = this.text.slice(this.at, end);
        this.at = end + 1;
        return line;
    }

    /** Up to the next space, which is taken too; null when nothing is left or it is empty. */
    word() {
        const space = this.text.indexOf(' ', this.at);
        const end = space < 0 ? this.text.length : space;
        if (end === this.at)
            return null;
        const word = this.text.slice(this.at, end);
        this.at = space < 0 ? end : end + 1;
        return word;
    }

    /** Takes a prefix; false: it does not go on so. */
    skip(prefix) {
        if (!this.text.startsWith(prefix, this.at))
            return false;
        this.at += prefix.length;
        return true;
    }

    rest() {
        return this.text.slice(this.at);
    }
}
