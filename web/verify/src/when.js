// SPDX-License-Identifier: Apache-2.0
// Moments as text, "2026-03-01T14:05:09Z". Mirrors src/base/when.c. POSIX seconds are BigInt.

const FIRST = -62135596800n; /* year 1 */
const LAST = 253402300799n; /* end of 9999 */

export function isoText(seconds) {
    if (seconds < FIRST || seconds > LAST)
        return 'unknown';
    return new Date(Number(seconds) * 1000).toISOString().replace('.000', '');
}

/** Exactly what isoText writes for some moment; null for everything else. */
export function isoParse(text) {
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text))
        return null;
    const ms = Date.parse(text);
    if (Number.isNaN(ms))
        return null;
    const seconds = BigInt(ms) / 1000n;
    /* 31 February and 25 o'clock are some other moment. */
    return isoText(seconds) === text ? seconds : null;
}
