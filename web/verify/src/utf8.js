// SPDX-License-Identifier: Apache-2.0
// Strict UTF-8, and text from a bundle made safe to be shown. Mirrors src/base/utf8.c.

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

export function utf8Valid(bytes) {
    try {
        strict.decode(bytes);
        return true;
    } catch {
        return false;
    }
}

export function utf8Decode(bytes) {
    return strict.decode(bytes);
}

export function utf8Encode(text) {
    return encoder.encode(text);
}

const LEAST = [0, 0, 0x80, 0x800, 0x10000];

/** The character at `at` as [bytes used, code point]; [0, 0] when it is not valid. */
export function utf8Next(bytes, at) {
    const first = bytes[at];
    if (first < 0x80)
        return [1, first];
    if (first < 0xc2 || first > 0xf4)
        return [0, 0];
    const want = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (bytes.length - at < want)
        return [0, 0];
    let value = first & (0x7f >> want);
    for (let i = 1; i < want; i++) {
        if ((bytes[at + i] & 0xc0) !== 0x80)
            return [0, 0];
        value = (value << 6) | (bytes[at + i] & 0x3f);
    }
    if (value < LEAST[want] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return [0, 0];
    return [want, value];
}

/** Characters that change how a line looks without being seen themselves. */
function isDeceptive(c) {
    return (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
        (c >= 0x2060 && c <= 0x206f) || c === 0x061c || c === 0x180e || c === 0xfeff ||
        (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);
}

function safeOne(bytes, at, used, c) {
    if (used === 0 || c < 0x20 || c === 0x7f)
        return '\\x' + bytes[at].toString(16).padStart(2, '0');
    if (c === 0x5c)
        return '\\\\';
    if ((c >= 0x80 && c < 0xa0) || isDeceptive(c))
        return '\\u{' + c.toString(16).toUpperCase().padStart(4, '0') + '}';
    return String.fromCodePoint(c);
}

/** Any bytes as one safe line, as ew_utf8_append_safe makes it. */
export function safeText(bytes) {
    let out = '';
    for (let at = 0; at < bytes.length;) {
        const [used, c] = utf8Next(bytes, at);
        out += safeOne(bytes, at, used, c);
        at += used > 0 ? used : 1;
    }
    return out;
}

/** Cuts a string to so many bytes of UTF-8, as snprintf does it for ASCII. */
export function cutTo(text, bytes) {
    const raw = encoder.encode(text);
    if (raw.length <= bytes)
        return text;
    let end = bytes;
    while (end > 0 && (raw[end] & 0xc0) === 0x80)
        end--;
    return strict.decode(raw.subarray(0, end));
}
