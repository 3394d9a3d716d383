// SPDX-License-Identifier: Apache-2.0
// The verifier's look at events: what people signed about the item, and when that was on
// record. Mirrors src/seal/verify_events.c.
import { bytesOf, same } from './bytes.js';
import { parseProof, proofHolds } from './checkpoint.js';
import { parseEvent } from './event.js';
import { parseNote } from './note.js';
import { keyStands } from './policy.js';
import { parseSshNote, sshsigCheck } from './sshsig.js';
import { entryOf, SALT } from './statement.js';
import { safeText, utf8Encode } from './utf8.js';
import { broken, CUT, fitText, signer, weighed } from './verify_base.js';

const WORDS_BYTES = 1024;
const KEY_NAME_BYTES = 256;
const REASON_BYTES = 240;

/** The words, as many lines as there is room for. */
function fitWords(lines) {
    const room = WORDS_BYTES - CUT.length - 1;
    let words = '';
    let used = 0;
    for (let i = 0; i < lines.length; i++) {
        if (i > 0 && used + 1 > room)
            return words + CUT;
        words += i > 0 ? '\n' : '';
        used += i > 0 ? 1 : 0;
        const safe = safeText(bytesOf(lines[i]));
        const n = utf8Encode(safe).length;
        if (used + n > room)
            return words + CUT;
        words += safe;
        used += n;
    }
    return words;
}

/** What the event says of itself. */
function describe(k, e, text) {
    const event = parseEvent(text);
    if (event.item === undefined || !same(event.item, k.seal.item))
        broken('an event that is not about this item');
    e.kind = event.kind;
    e.stance = event.stance ?? '';
    e.claimed = event.time;
    e.actor = fitText(event.actor ?? '', REASON_BYTES);
    e.words = fitWords(event.lines);
}

/** Key of the policy that signed, or null. */
function byNote(k, e, bytes) {
    const note = parseNote(bytes);
    const trusted = signer(note, k.policy?.speakers ?? [], 'event');
    const by = trusted ?? signer(note, k.suggested?.speakers ?? [], 'event');
    if (by !== null)
        e.by = fitText(by.name, KEY_NAME_BYTES);
    describe(k, e, note.text);
    return trusted?.key ?? null;
}

function byPerson(k, e, bytes) {
    const { text, sig } = parseSshNote(bytes);
    const find = (policy) => policy?.people.find((p) => same(p.key, sig.key)) ?? null;
    if (!sshsigCheck(sig, text))
        broken("the event's signature is not by the key that it names");
    const trusted = find(k.policy);
    const by = trusted ?? find(k.suggested);
    if (by !== null)
        e.by = fitText(by.name, KEY_NAME_BYTES);
    describe(k, e, text);
    return trusted?.key ?? null;
}

function onLog(k, e, bytes, proofBytes) {
    const proof = parseProof(proofBytes);
    e.entry = proof.index;
    if (proof.extra.length !== SALT)
        broken('the proof lacks the salt of the entry');
    if (!proofHolds(proof, entryOf(proof.extra, bytes)))
        broken('the log does not hold this event at this place');
    const w = weighed(k.policy, proof);
    if (w.log === null || !w.quorum)
        return;
    e.notAfter = w.time;
    e.logged = keyStands(k.policy, w.log.key, w.time);
}

export function checkEvents(k) {
    for (const { event, proof } of k.files.events) {
        const e = {
            kind: '', by: '', trusted: false, logged: false, entry: 0n, notAfter: null,
            claimed: 0n, actor: '', stance: '', words: '',
        };
        const look = event.name.endsWith('.ssh') ? byPerson : byNote;
        const key = look(k, e, event.bytes);
        onLog(k, e, event.bytes, proof.bytes);
        e.trusted = key !== null && keyStands(k.policy, key, e.notAfter);
        k.verdict.events.push(e);
    }
}
