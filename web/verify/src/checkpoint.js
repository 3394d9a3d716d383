// SPDX-License-Identifier: Apache-2.0
// Checkpoints of a log (c2sp.org/tlog-checkpoint) and proofs to take along
// (c2sp.org/tlog-proof). Mirrors src/seal/checkpoint.c.
import { Lines, refuse, textOf, u64, unbase64 } from './bytes.js';
import { merkleHolds, merkleLeaf } from './merkle.js';
import { parseNote } from './note.js';

const PROOF_HEAD = 'c2sp.org/tlog-proof@v1';
const EXTRA_MAX = 1024;
const PROOF_MAX = 64;
const HASH = 32;

/** Of the text of a note. */
export function parseCheckpoint(text) {
    const lines = new Lines(textOf(text));
    const origin = lines.line();
    if (!origin)
        refuse('not a checkpoint: no origin');
    const size = u64(lines.line() ?? '');
    if (size === null)
        refuse('not a checkpoint: no tree size in line 2');
    const root = unbase64(lines.line() ?? '', HASH);
    if (root === null)
        refuse('not a checkpoint: no root hash in line 3');
    while (lines.left > 0)
        if (!lines.line())
            refuse('not a checkpoint: an empty line');
    return { origin, size, root };
}

function notAProof(what) {
    refuse('not a tlog-proof: ' + what);
}

/** Up to the empty line, which is taken too. */
function parseHead(lines) {
    const proof = { extra: new Uint8Array(0), index: 0n, path: [] };
    if (lines.line() !== PROOF_HEAD)
        notAProof('the first line is not ' + PROOF_HEAD);
    let line = lines.line();
    if (line === null)
        notAProof('no index');
    if (line.startsWith('extra ')) {
        proof.extra = unbase64(line.slice(6));
        if (proof.extra === null || proof.extra.length > EXTRA_MAX)
            notAProof('the extra line is too long or no base64');
        line = lines.line();
        if (line === null)
            notAProof('no index');
    }
    const index = line.startsWith('index ') ? u64(line.slice(6)) : null;
    if (index === null)
        notAProof('no index');
    proof.index = index;
    for (;;) {
        line = lines.line();
        if (line === null)
            notAProof('no checkpoint');
        if (line === '')
            return proof;
        const hash = proof.path.length < PROOF_MAX ? unbase64(line, HASH) : null;
        if (hash === null)
            notAProof('a bad hash, or too many');
        proof.path.push(hash);
    }
}

/** Takes a proof apart, with its checkpoint; checks nothing. */
export function parseProof(bytes) {
    const lines = new Lines(textOf(bytes));
    const proof = parseHead(lines);
    proof.note = parseNote(bytes.subarray(lines.at));
    proof.checkpoint = parseCheckpoint(proof.note.text);
    return proof;
}

/** True when the entry stands in the tree of the checkpoint; says nothing of signatures. */
export function proofHolds(proof, entry) {
    const { size, root } = proof.checkpoint;
    return merkleHolds(proof.index, size, merkleLeaf(entry), proof.path, root);
}
