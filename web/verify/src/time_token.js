// SPDX-License-Identifier: Apache-2.0
// What the time tokens of a bundle say, in the words of the verdict. Mirrors
// src/seal/time_token.c; docs/formats/time.md lists the words.
import { sha256 } from '@noble/hashes/sha2.js';
import { same } from './bytes.js';
import { canCheck } from './cert.js';
import { parseOts } from './ots.js';
import { blockAt } from './policy.js';
import { checkTsa } from './tsa.js';
import { cutTo } from './utf8.js';
import { isoText } from './when.js';

const TIMES_MAX = 32;
const WORDS_BYTES = 240;
const CALENDAR_SHOWN = 100;

/** One line, as long as there is room; time: what it proves, or null. */
function tell(v, kind, words, time = null) {
    if (v.times.length === TIMES_MAX)
        return;
    v.times.push({ kind, good: time !== null, notAfter: time, words: cutTo(words, WORDS_BYTES - 1) });
    if (time !== null && (v.notAfter === null || time < v.notAfter))
        v.notAfter = time;
}

/* ------------------------------------------------------------------ RFC 3161 */

/* Those of which nobody is named: the signature was not reached. */
const UNSIGNED = {
    refused: 'the authority refused to stamp: proves nothing',
    other: 'a time stamp over something else than this checkpoint: proves nothing',
    forged: 'the signature of the time stamp does not hold: altered, or forged',
    method: 'a time stamp made in a way that is not accepted here: proves nothing',
    damaged: 'cannot be read as a time stamp: proves nothing',
};

async function judgeTsa(v, policy, bytes, digest) {
    if (!canCheck()) {
        tell(v, 'tsa', 'not checked: this browser does so only in a page from a file or over https');
        return;
    }
    const a = await checkTsa(bytes, digest, policy?.anchors ?? []);
    const by = a.authority ? `time stamp by "${a.authority}"` : 'time stamp by somebody without a name';
    switch (a.state) {
    case 'good':
        tell(v, 'tsa', `${by}: no later than ${isoText(a.time)}`, a.time);
        break;
    case 'unknown':
        tell(v, 'tsa', `${by}, for whom no authority in your policy vouches`);
        break;
    case 'expired':
        tell(v, 'tsa', `${by}: a certificate had expired, or was not valid yet, at that time`);
        break;
    case 'purpose':
        tell(v, 'tsa', `${by}: the certificate is not for time stamping alone`);
        break;
    default:
        tell(v, 'tsa', UNSIGNED[a.state]);
    }
}

/* ------------------------------------------------------------------ OpenTimestamps */

function tellBitcoin(v, policy, { height, message }) {
    const block = policy === null ? undefined : blockAt(policy, height);
    if (block === undefined)
        tell(v, 'ots', `in Bitcoin block ${height}, whose header your policy does not give: not checked`);
    else if (!same(message, block.root))
        tell(v, 'ots', `the header of Bitcoin block ${height} that your policy gives does not hold ` +
            'this: another chain, or a forged proof');
    else
        tell(v, 'ots', `Bitcoin block ${height}: no later than ${isoText(block.time)}, by its ` +
            "miner's clock", block.time);
}

function tellOts(v, policy, a) {
    const long = a.calendar?.length > CALENDAR_SHOWN;
    switch (a.kind) {
    case 'bitcoin':
        return tellBitcoin(v, policy, a);
    case 'pending':
        return tell(v, 'ots', `pending at ${a.calendar.slice(0, CALENDAR_SHOWN)}${long ? '...' : ''}: ` +
            'proves nothing yet');
    case 'litecoin':
    case 'ethereum':
        return tell(v, 'ots', `in ${a.kind === 'litecoin' ? 'Litecoin' : 'Ethereum'} block ${a.height}: ` +
            'that chain is not looked at');
    default:
        return tell(v, 'ots', 'an attestation of an unknown kind: proves nothing');
    }
}

function judgeOts(v, policy, bytes, digest) {
    const proof = parseOts(bytes);
    if (proof === null)
        tell(v, 'ots', 'cannot be read as an OpenTimestamps proof: proves nothing');
    else if (proof.digest === null || !same(proof.digest, digest))
        tell(v, 'ots', 'an OpenTimestamps proof over something else than this checkpoint: proves nothing');
    else
        for (const a of proof.found)
            tellOts(v, policy, a);
}

/**
 * stamped: the text of the checkpoint. policy: the reader's, or null. A bad token is an answer,
 * not an error.
 */
export async function judgeTimeToken(stamped, policy, file, v) {
    const digest = sha256(stamped);
    if (file.name.endsWith('.ots'))
        judgeOts(v, policy, file.bytes, digest);
    else
        await judgeTsa(v, policy, file.bytes, digest);
}
