// SPDX-License-Identifier: Apache-2.0
// The verifier: container, seal, log, witnesses, times, parts, events, in this order. What is
// found is broken at the first thing that does not hold. Mirrors src/seal/verify.c and the
// files beside it; the words are the same.
import { README } from './readme.js';
import { Lines, Refused, same, textOf, u64, unhex, unlessRefused } from './bytes.js';
import { parseProof, proofHolds } from './checkpoint.js';
import { parseCover } from './cover_file.js';
import { checkEvents } from './verify_events.js';
import { hashPieces } from './hash.js';
import { parseNote } from './note.js';
import { partsOpen } from './parts.js';
import { blockAt, keyStands, parsePolicy } from './policy.js';
import { publishedFiller } from './published.js';
import { splitFits } from './split.js';
import { entryOf, parseSeal, SALT } from './statement.js';
import { judgeTimeToken } from './time_token.js';
import { broken, Broken, BROKEN, fitText, signer, UNVOUCHED, unvouched, VERIFIED, weighed }
    from './verify_base.js';
import { parseZip } from './zip.js';

export { BROKEN, UNVOUCHED, VERIFIED };

const BUNDLE_TYPE = 'application/vnd.earwitness.bundle';
const TIMES_MAX = 16;
const EVENTS_MAX = 64;
const KEY_NAME_BYTES = 256;
const REASON_BYTES = 240;
const BLOCK_AHEAD_S = 7200n; /* a block's time may be this much ahead of the clocks */

/**
 * The verdict; times are POSIX seconds as BigInt, null when they are not known.
 * @typedef {ReturnType<typeof newVerdict>} Verdict
 */
function newVerdict() {
    return {
        state: VERIFIED,
        reason: '',
        item: null, /* bytes */
        sealKey: '',
        sealKeyTrusted: false,
        log: '',
        logTrusted: false,
        quorum: false,
        witnesses: 0,
        entry: 0n,
        logSize: 0n,
        notAfter: null,
        after: '',
        notBefore: null,
        times: [],
        events: [],
        published: '',
        streams: [],
    };
}

/* ------------------------------------------------------------------ container */

function numbered(file, folder, number, ...ends) {
    const name = `${folder}/${String(number).padStart(8, '0')}`;
    return file !== undefined && ends.some((end) => file.name === name + end);
}

/** Names are known and in order, so that none can be there twice. */
function openContainer(files) {
    const first = ['mimetype', 'seal.note', 'seal.tlog-proof', 'cover.bin'];
    if (!first.every((name, i) => files[i]?.name === name) ||
        textOf(files[0].bytes) !== BUNDLE_TYPE)
        broken('not a bundle: its first files are not those of one');
    const out = {
        note: files[1].bytes, proof: files[2].bytes, cover: files[3].bytes,
        parts: [], times: [], events: [], suggested: null,
    };
    let at = first.length;
    while (numbered(files[at], 'parts', out.parts.length, ''))
        out.parts.push(files[at++]);
    while (numbered(files[at], 'time', out.times.length, '.tsr', '.ots'))
        out.times.push(files[at++]);
    while (numbered(files[at], 'events', out.events.length, '.note', '.ssh') &&
           numbered(files[at + 1], 'events', out.events.length, '.tlog-proof')) {
        out.events.push({ event: files[at], proof: files[at + 1] });
        at += 2;
    }
    if (files[at]?.name === 'policy.txt')
        out.suggested = files[at++].bytes;
    if (files[at]?.name === 'README.txt' && textOf(files[at++].bytes) !== README)
        broken('not a bundle: README.txt is not the one of bundles');
    if (at !== files.length)
        broken('not a bundle: a file that does not belong there');
    if (out.times.length > TIMES_MAX)
        broken('not a bundle: too many time tokens');
    if (out.events.length > EVENTS_MAX)
        broken('not a bundle: too many events');
    return out;
}

/* ------------------------------------------------------------------ signatures */

function checkSeal(k) {
    const v = k.verdict;
    k.note = parseNote(k.files.note);
    k.seal = parseSeal(k.note.text);
    v.item = k.seal.item;
    v.after = fitText(k.seal.after, REASON_BYTES);
    k.sealBy = signer(k.note, k.policy?.seals ?? [], 'seal');
    v.sealKeyTrusted = k.sealBy !== null;
    const by = k.sealBy ?? signer(k.note, k.suggested?.seals ?? [], 'seal');
    if (by !== null)
        v.sealKey = fitText(by.name, KEY_NAME_BYTES);
    if (k.sealBy === null)
        unvouched(v, by === null ? "nobody's key is at hand for the seal's signature"
            : k.policy === null ? 'no policy: nobody vouches for the key of the seal'
                : 'your policy does not name the key of the seal');
}

function checkLog(k) {
    const v = k.verdict;
    k.proof = parseProof(k.files.proof);
    v.entry = k.proof.index;
    v.logSize = k.proof.checkpoint.size;
    v.log = fitText(k.proof.checkpoint.origin, KEY_NAME_BYTES);
    if (k.proof.extra.length !== SALT)
        broken('the proof lacks the salt of the entry');
    if (!proofHolds(k.proof, entryOf(k.proof.extra, k.files.note)))
        broken('the log does not hold this seal at this place');
    const e = weighed(k.policy, k.proof);
    weighed(k.suggested, k.proof);
    k.logBy = e.log;
    v.logTrusted = e.log !== null;
    v.quorum = e.quorum;
    v.witnesses = e.witnesses;
    if (e.log === null)
        unvouched(v, k.policy === null ? 'no policy: nobody vouches for the log'
            : 'your policy does not name the log');
    else if (!e.quorum)
        unvouched(v, 'fewer witnesses than your policy asks for');
    else
        v.notAfter = e.time;
}

/* ------------------------------------------------------------------ times */

/** "bitcoin HEIGHT HASH": the seal is not older than that block. */
function quotedBlock(after) {
    const rest = new Lines(after);
    const height = rest.skip('bitcoin ') ? u64(rest.word() ?? '') : null;
    const id = height !== null && /^[0-9a-f]{64}$/.test(rest.rest())
        ? unhex(rest.rest(), 32) : null;
    return id === null ? null : { height, id };
}

function judgeQuote(k) {
    const v = k.verdict;
    const quote = k.policy === null ? null : quotedBlock(k.seal.after);
    const block = quote === null ? undefined : blockAt(k.policy, quote.height);
    if (block === undefined)
        return;
    if (!same(block.id, quote.id))
        broken('the seal quotes a block that your policy knows as another');
    v.notBefore = block.time;
    if (v.notAfter !== null && v.notAfter < block.time - BLOCK_AHEAD_S)
        broken('the seal quotes a block that is younger than its own time on record');
}

function judgeKeys(k) {
    const v = k.verdict;
    if (k.sealBy !== null && !keyStands(k.policy, k.sealBy.key, v.notAfter)) {
        v.sealKeyTrusted = false;
        unvouched(v, 'the key of the seal was revoked, and nothing shows that ' +
            'the seal is older than that');
    }
    if (k.logBy !== null && !keyStands(k.policy, k.logBy.key, v.notAfter)) {
        v.logTrusted = false;
        unvouched(v, 'the key of the log was revoked, and nothing shows that ' +
            'the checkpoint is older than that');
    }
}

async function checkTimes(k) {
    for (const file of k.files.times)
        await judgeTimeToken(k.proof.note.text, k.policy, file, k.verdict);
    judgeQuote(k);
    judgeKeys(k);
}

/* ------------------------------------------------------------------ parts */

/** The visible runs of stream i, each with its bytes. @returns {import('./split.js').Shown[]} */
function runsOf(cover, files) {
    let at = 0;
    return cover.runs.map((run, r) => {
        const end = at + run.count;
        const shown = {
            first: run.first,
            kinds: cover.kinds.subarray(at, end),
            lengths: cover.lengths.subarray(at, end),
            bytes: files[r].bytes,
        };
        at = end;
        return shown;
    });
}

async function checkStream(k, i, files) {
    const stream = k.seal.streams[i];
    const cover = k.covers[i];
    const runs = runsOf(cover, files);
    const contents = new Uint8Array(32 * cover.kinds.length);
    const told = {
        splitter: stream.splitter,
        parts: stream.n,
        shown: cover.kinds.length,
        runs: runs.length,
        bytesShown: 0,
        partMs: stream.splitter === 'grid' ? (1000 * stream.block) / stream.rate : 0,
    };
    k.verdict.streams.push(told);
    k.shown.push({ stream, runs });
    let at = 0;
    for (const run of runs) {
        if (!splitFits(stream, run))
            broken(`stream ${i}: parts that the splitter ${stream.splitter} does not make`);
        contents.set(await hashPieces(run.bytes, run.lengths), at);
        at += 32 * run.kinds.length;
        told.bytesShown += run.bytes.length;
    }
    const view = { n: stream.n, runs: cover.runs };
    const root = partsOpen(view, { kinds: cover.kinds, contents }, cover.entries);
    if (root === null || !same(root, stream.root))
        broken(`stream ${i}: what is shown is not what was sealed`);
    /* The published file is of stream 0. */
    if (i === 0 && k.published !== null)
        checkPublished(k, { stream, runs });
}

function checkPublished(k, showing) {
    const filler = publishedFiller(showing, k.published);
    if (filler === null)
        broken('the published file is not what is shown, with its gaps filled');
    k.verdict.published = filler;
}

async function checkStreams(k) {
    let file = 0;
    k.covers = parseCover(k.files.cover, k.seal.streams, k.files.parts);
    for (let i = 0; i < k.seal.streams.length; i++) {
        await checkStream(k, i, k.files.parts.slice(file));
        file += k.covers[i].runs.length;
    }
}

/* ------------------------------------------------------------------ all of it */

async function runChecks(k, bundle) {
    k.files = openContainer(parseZip(bundle));
    /* A suggestion that does not parse suggests nothing. */
    if (k.files.suggested?.length > 0)
        k.suggested = unlessRefused(() => parsePolicy(k.files.suggested)) ?? null;
    checkSeal(k);
    checkLog(k);
    await checkTimes(k);
    await checkStreams(k);
    checkEvents(k);
}

/**
 * Checks a bundle; one that is none is broken, not an error. Nothing in the bundle can make
 * it verified: keys and rules come from the policy only.
 *
 * @param {object} given
 * @param {Uint8Array} given.bundle  the whole file
 * @param {Uint8Array | null} [given.policy]  the reader's; null: at best "not vouched for"
 * @param {Uint8Array | null} [given.published]  what was published of stream 0
 * @returns {Promise<{verdict: Verdict, shown: object[], suggested: Uint8Array | null}>}
 *     shown: what there is of each stream, empty when the bundle is broken; suggested: the
 *     policy in the bundle, which nobody has any reason to trust
 * @throws {Refused} for a policy that cannot be read
 */
export async function verifyBundle({ bundle, policy = null, published = null }) {
    const k = {
        verdict: newVerdict(),
        policy: policy === null ? null : parsePolicy(policy),
        suggested: null,
        published,
        files: null,
        shown: [],
    };
    try {
        await runChecks(k, bundle);
    } catch (error) {
        /* A parser's refusal is the bundle's fault, anything else ours. */
        if (!(error instanceof Broken || error instanceof Refused))
            throw error;
        k.verdict.state = BROKEN;
        k.verdict.reason = error.message;
        k.shown = [];
    }
    return { verdict: k.verdict, shown: k.shown, suggested: k.files?.suggested ?? null };
}
