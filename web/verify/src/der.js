// SPDX-License-Identifier: Apache-2.0
// Reading DER (X.690) strictly: one spelling of every length, tags of one byte, and nothing that
// is not there. Mirrors src/seal/der.c.
import { textOf } from './bytes.js';

export const TAG = {
    BOOLEAN: 0x01, INTEGER: 0x02, BITS: 0x03, OCTETS: 0x04, NULL: 0x05, OID: 0x06, UTF8: 0x0c,
    PRINTABLE: 0x13, IA5: 0x16, UTC_TIME: 0x17, TIME: 0x18, SEQUENCE: 0x30, SET: 0x31,
    IN_0: 0xa0, IN_1: 0xa1, IN_3: 0xa3,
};

const LENGTH_BYTES_MAX = 3; /* what is read here is smaller than 16 MiB */

/** Not of the form that is read. */
export class BadDer extends Error {}

/** @returns {never} */
export function badDer() {
    throw new BadDer();
}

export class Der {
    /** @param {Uint8Array} bytes */
    constructor(bytes) {
        this.rest = bytes;
    }

    get empty() {
        return this.rest.length === 0;
    }

    /** The next value, whatever it is; null: nothing left, or not DER. Takes nothing. */
    peek() {
        const s = this.rest;
        let n = s[1];
        let head = 2;
        if (s.length < 2)
            return null;
        if (n >= 0x80) {
            const bytes = n & 0x7f;
            if (bytes === 0 || bytes > LENGTH_BYTES_MAX || s.length < 2 + bytes)
                return null;
            n = s.subarray(2, 2 + bytes).reduce((sum, b) => sum * 256 + b, 0);
            head = 2 + bytes;
            if (n < 0x80 || s[2] === 0)
                return null;
        }
        if (n > s.length - head || (s[0] & 0x1f) === 0x1f)
            return null;
        return { tag: s[0], value: s.subarray(head, head + n), whole: s.subarray(0, head + n) };
    }

    /** Takes the next value if it has this tag; null and nothing taken when it has not. */
    tlvIf(tag) {
        const v = this.peek();
        if (v === null || v.tag !== tag)
            return null;
        this.rest = this.rest.subarray(v.whole.length);
        return v;
    }

    maybe(tag) {
        return this.tlvIf(tag)?.value ?? null;
    }

    take(tag) {
        return this.maybe(tag) ?? badDer();
    }

    takeWhole(tag) {
        return this.tlvIf(tag)?.whole ?? badDer();
    }

    /** Takes what is inside the next value. */
    into(tag) {
        return new Der(this.take(tag));
    }

    next() {
        const v = this.peek() ?? badDer();
        this.rest = this.rest.subarray(v.whole.length);
        return v;
    }

    /** Nothing more may be there. */
    end() {
        if (!this.empty)
            badDer();
    }
}

/* ------------------------------------------------------------------ values */

/** A positive number, without the zero that keeps it from being negative; null: it is none. */
export function positive(v) {
    if (v.length === 0 || v[0] >= 0x80)
        return null;
    if (v[0] !== 0)
        return v;
    return v.length === 1 || v[1] < 0x80 ? null : v.subarray(1);
}

/** Not negative, at most max and 64 bits; exact as far as a double is. */
export function small(v, max = Infinity) {
    if (v.length === 1 && v[0] === 0)
        return 0;
    const bytes = positive(v);
    if (bytes === null || bytes.length > 8)
        badDer();
    const value = bytes.reduce((sum, b) => sum * 256 + b, 0);
    return value <= max ? value : badDer();
}

export function bool(v) {
    if (v.length !== 1 || (v[0] !== 0 && v[0] !== 0xff))
        badDer();
    return v[0] !== 0;
}

/** Content of a BIT STRING of whole bytes. */
export function wholeBits(v) {
    return v.length < 2 || v[0] !== 0 ? badDer() : v.subarray(1);
}

function daysOf(year, month) {
    const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
    return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
}

/** Days from 1970-01-01; the year begins in March here, so that leap days come last. */
function daysSince(year, month, day) {
    const y = year - (month <= 2 ? 1 : 0) + 400; /* no year before 0 */
    const m = (month + 9) % 12;
    return 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) +
        Math.floor((153 * m + 2) / 5) + day - 1 - (719468 + 146097);
}

const UTC = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)()Z$/;
const GENERALIZED = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d*[1-9])?Z$/;

/** UTCTime or GeneralizedTime, a fraction only where it may be: seconds since 1970. */
export function timeOf({ tag, value }, mayHaveFraction = false) {
    if (tag !== TAG.UTC_TIME && tag !== TAG.TIME)
        badDer();
    const found = (tag === TAG.TIME ? GENERALIZED : UTC).exec(textOf(value));
    if (found === null || (found[7] && !mayHaveFraction))
        badDer();
    const [written, month, day, hour, minute, second] = found.slice(1, 7).map(Number);
    const year = tag === TAG.TIME ? written : written + (written < 50 ? 2000 : 1900);
    if (hour > 23 || minute > 59 || second > 59 || month < 1 || month > 12 || day < 1 ||
        day > daysOf(year, month))
        badDer();
    return { seconds: daysSince(year, month, day) * 86400 + hour * 3600 + minute * 60 + second,
        fraction: Boolean(found[7]) };
}
