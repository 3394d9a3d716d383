// SPDX-License-Identifier: Apache-2.0
// What the parts of the verifier share. Mirrors src/seal/verify.h.
import { bytesOf } from './bytes.js';
import { checkNote, SIG_BAD, SIG_GOOD } from './note.js';
import { weigh } from './policy.js';
import { safeText, utf8Encode } from './utf8.js';

export const VERIFIED = 0; /* everything holds, and the policy vouches for who says so */
export const UNVOUCHED = 1; /* nothing is wrong, and nobody named vouches for it */
export const BROKEN = 2; /* something does not hold */

/** Ends the check: something does not hold. */
export class Broken extends Error {}

/** @returns {never} */
export function broken(why) {
    throw new Broken(why);
}

/** Nothing is wrong, but. The first reason is kept: it is the most important one. */
export function unvouched(v, why) {
    v.state = UNVOUCHED;
    if (v.reason === '')
        v.reason = why;
}

export const CUT = ' (cut short)';

/** Text from the bundle, fit to be shown; `room` bytes as in C. text: a byte string. */
export function fitText(text, room) {
    const safe = safeText(bytesOf(text));
    return utf8Encode(safe).length > room - CUT.length - 1 ? CUT : safe;
}

/** Who of these keys signed the note; null: none. */
export function signer(note, keys, what) {
    let found = null;
    for (const key of keys) {
        const { state } = checkNote(note, key);
        if (state === SIG_BAD)
            broken(`the ${what}'s signature is not by the key that it names`);
        if (state === SIG_GOOD)
            found ??= key;
    }
    return found;
}

/** What the signatures of a proof's checkpoint are worth by a policy, which may be null. */
export function weighed(policy, proof) {
    if (policy === null)
        return { log: null, broken: false, quorum: false, witnesses: 0, time: null };
    const e = weigh(policy, proof.note, proof.checkpoint);
    if (e.broken)
        broken('the checkpoint has a signature that is not by the key it names');
    return e;
}
