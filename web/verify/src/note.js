// SPDX-License-Identifier: Apache-2.0
// Signed notes (c2sp.org/signed-note) and cosignatures (c2sp.org/tlog-cosignature).
// Mirrors src/seal/note.c.
import { bytesOf, join, Lines, refuse, same, textOf, u64big, unbase64 } from './bytes.js';
import { ed25519Check } from './ed25519.js';
import { utf8Valid } from './utf8.js';
import { keyNameOk, SIG_COSIGNATURE } from './vkey.js';

const NOTE_MAX = 1 << 20;
const SIGS_MAX = 100;
const KEY_ID = 4;
const TIME_BYTES = 8;
const SIG_BYTES = 64;
const TIME_MAX = (1n << 63n) - 1n;
const DASH = '\xe2\x80\x94 '; /* U+2014 and a space */

export const SIG_ABSENT = 0; /* nothing in the note is by this key */
export const SIG_GOOD = 1;
export const SIG_BAD = 2; /* claims to be by this key, and is not */

/**
 * @typedef {object} Note
 * @property {Uint8Array} text  with its last line feed
 * @property {{name: string, id: Uint8Array, bytes: Uint8Array}[]} sigs
 */

/** UTF-8, no control characters but line feeds, and one at the end. */
export function noteTextOk(bytes) {
    return bytes.length > 0 && bytes[bytes.length - 1] === 0x0a && utf8Valid(bytes) &&
        bytes.every((b) => b >= 0x20 || b === 0x0a);
}

function malformed(what) {
    refuse('not a signed note: ' + what);
}

function parseSig(line) {
    const rest = new Lines(line);
    const name = rest.skip(DASH) ? rest.word() : null;
    if (name === null || !keyNameOk(name))
        malformed('a bad signature line');
    const raw = unbase64(rest.rest());
    if (raw === null || raw.length <= KEY_ID)
        malformed('a signature that is no base64');
    return { name, id: raw.subarray(0, KEY_ID), bytes: raw.subarray(KEY_ID) };
}

/** Takes a note apart; nothing is checked by that. @returns {Note} */
export function parseNote(bytes) {
    if (bytes.length > NOTE_MAX)
        refuse(`a note of more than ${NOTE_MAX} bytes`, 'limit');
    if (!noteTextOk(bytes))
        malformed('bad UTF-8, a control character, or no line feed at the end');
    const whole = textOf(bytes);
    /* The last blank line parts the text from the signatures. */
    const blank = whole.lastIndexOf('\n\n') + 1;
    if (blank === 0 || blank + 1 === whole.length)
        malformed('no signatures');
    const rest = new Lines(whole.slice(blank + 1));
    const sigs = [];
    for (let line = rest.line(); line !== null; line = rest.line()) {
        if (sigs.length === SIGS_MAX)
            refuse(`more than ${SIGS_MAX} signatures`, 'limit');
        sigs.push(parseSig(line));
    }
    return { text: bytes.subarray(0, blank), sigs };
}

/** Time of a cosignature that verifies; null: it does not. */
function cosignatureTime(note, key, sig) {
    if (sig.bytes.length !== TIME_BYTES + SIG_BYTES)
        return null;
    const time = u64big(sig.bytes, 0);
    if (time > TIME_MAX)
        return null;
    const signed = join(bytesOf(`cosignature/v1\ntime ${time}\n`), note.text);
    return ed25519Check(key.key, signed, sig.bytes.subarray(TIME_BYTES)) ? time : null;
}

/**
 * Whether a key signed a note, and when (of a cosignature; else 0).
 * @param {Note} note
 * @param {import('./vkey.js').Vkey} key
 */
export function checkNote(note, key) {
    let state = SIG_ABSENT;
    let time = 0n;
    for (const sig of note.sigs) {
        if (sig.name !== key.name || !same(sig.id, key.id))
            continue;
        let when = 0n;
        let good;
        if (key.type === SIG_COSIGNATURE) {
            when = cosignatureTime(note, key, sig);
            good = when !== null;
        } else {
            good = sig.bytes.length === SIG_BYTES &&
                ed25519Check(key.key, note.text, sig.bytes);
        }
        if (!good)
            return { state: SIG_BAD, time: 0n };
        /* Of several by one witness, the earliest counts: all of them were made. */
        if (state === SIG_ABSENT || when < time)
            time = when;
        state = SIG_GOOD;
    }
    return { state, time };
}
