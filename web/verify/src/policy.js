// SPDX-License-Identifier: Apache-2.0
// Whom a reader trusts (c2sp.org/tlog-policy), and what a signed checkpoint is worth by that.
// The policy is the reader's own; what travels with a bundle is a suggestion.
// Mirrors src/seal/policy.c and src/seal/policy_weigh.c.
import { sha256 } from '@noble/hashes/sha2.js';
import { refuse, Refused, same, textOf, u32le, u64, unbase64, unhex } from './bytes.js';
import { checkNote, SIG_BAD, SIG_GOOD } from './note.js';
import { keyNameOk, parseVkey, SIG_COSIGNATURE, SIG_ED25519 } from './vkey.js';
import { isoParse } from './when.js';

/* A comment to every other reader of such files. */
const OURS = '#!earwitness';
const MAX = 64;
const NODES_MAX = 2 * MAX;
const BYTES_MAX = 256 * 1024;
const U32_MAX = 0xffffffffn;
const KEY = 32;
const HEADER = 80;
const SSH_HEAD = Uint8Array.of(0, 0, 0, 11, ...[...'ssh-ed25519'].map((c) => c.charCodeAt(0)),
    0, 0, 0, 32);

/**
 * @typedef {object} Policy
 * @property {import('./vkey.js').Vkey[]} logs
 * @property {import('./vkey.js').Vkey[]} seals  keys that may sign seals
 * @property {import('./vkey.js').Vkey[]} speakers  keys that may sign events
 * @property {{name: string, key: Uint8Array}[]} people
 * @property {{key: Uint8Array, since: bigint}[]} revoked
 * @property {Uint8Array[]} anchors  certificates of time stamping authorities, DER
 * @property {{height: bigint, id: Uint8Array, root: Uint8Array, time: bigint}[]} blocks
 * @property {object[]} nodes  witnesses and groups, in order
 * @property {object | null | undefined} quorum  a node; null: none; undefined: not given
 */

/** The line that is being read. */
class Reader {
    constructor(policy) {
        this.policy = policy;
        this.number = 0;
        this.words = [];
    }

    bad(what) {
        return refuse(`line ${this.number} of the policy: ${what}`);
    }

    word() {
        return this.words.shift();
    }

    /** A key of the type that fits the line. */
    key(type) {
        const word = this.word();
        let key;
        if (word === undefined)
            this.bad('a key is missing');
        try {
            key = parseVkey(word);
        } catch (error) {
            if (!(error instanceof Refused))
                throw error;
            this.bad(error.message);
        }
        if (key.type !== type)
            this.bad(type === SIG_COSIGNATURE ? 'this is not the key of a witness'
                : 'this is the key of a witness');
        return key;
    }

    /** "ssh-ed25519 BASE64", as in an SSH public key file (RFC 8709, section 4). */
    sshKey() {
        const blob = unbase64(this.word() ?? '', SSH_HEAD.length + KEY);
        if (blob === null || !same(blob.subarray(0, SSH_HEAD.length), SSH_HEAD))
            this.bad('this is not an ssh-ed25519 key');
        return blob.subarray(SSH_HEAD.length);
    }

    /** After the key: an address, which is not used, and nothing else. */
    end(address = false) {
        if (this.words.length > (address ? 1 : 0))
            this.bad('too many words');
    }
}

function knownKey(keys, key) {
    return keys.some((k) => same(k.key, key));
}

function addKey(r, keys, address) {
    const key = r.key(SIG_ED25519);
    r.end(address);
    if (keys.length === MAX)
        r.bad('too many keys');
    if (knownKey(keys, key.key))
        r.bad('this key was there before');
    keys.push(key);
}

/** The name that a witness or a group is given. */
function nodeName(r) {
    const name = r.word();
    if (name === undefined || name === 'none' || r.policy.nodes.some((n) => n.name === name))
        r.bad('a name is missing or taken');
    if (r.policy.nodes.length === NODES_MAX)
        r.bad('too many witnesses and groups');
    return name;
}

function addWitness(r) {
    const witnesses = r.policy.nodes.filter((n) => n.witness);
    const name = nodeName(r);
    const key = r.key(SIG_COSIGNATURE);
    r.end(true);
    if (witnesses.some((n) => same(n.key.key, key.key)))
        r.bad('this key was there before');
    if (witnesses.length === MAX)
        r.bad('too many witnesses');
    r.policy.nodes.push({ name, witness: true, key, members: [], member: false });
}

function takeMembers(r) {
    const members = [];
    for (let word = r.word(); word !== undefined; word = r.word()) {
        const node = r.policy.nodes.find((n) => n.name === word);
        if (node === undefined)
            r.bad('a member that no line before this one names');
        if (node.member)
            r.bad('a member that is in a group already');
        if (members.length === MAX)
            r.bad('too many members');
        node.member = true;
        members.push(node);
    }
    if (members.length === 0)
        r.bad('a group without members');
    return members;
}

function addGroup(r) {
    const name = nodeName(r);
    const how = r.word();
    if (how === undefined)
        r.bad('how many of the group is missing');
    const members = takeMembers(r);
    let threshold = how === 'all' ? BigInt(members.length) : how === 'any' ? 1n : u64(how);
    if (threshold === null || threshold === 0n || threshold > BigInt(members.length))
        r.bad('so many of the group cannot be');
    threshold = Number(threshold);
    r.policy.nodes.push({ name, witness: false, threshold, members, member: false });
}

function setQuorum(r) {
    if (r.policy.quorum !== undefined)
        r.bad('a second quorum');
    const word = r.word();
    if (word === undefined)
        r.bad('a name is missing');
    const node = r.policy.nodes.find((n) => n.name === word);
    if (node === undefined && word !== 'none')
        r.bad('a quorum that no line before this one names');
    r.policy.quorum = node ?? null;
    r.end();
}

function addPerson(r) {
    const people = r.policy.people;
    const name = r.word();
    if (name === undefined || !keyNameOk(name))
        r.bad('a name is missing');
    if (r.word() !== 'ssh-ed25519')
        r.bad('after the name of a person comes ssh-ed25519 and the key');
    const key = r.sshKey();
    r.end();
    if (people.length === MAX)
        r.bad('too many keys');
    if (knownKey(people, key))
        r.bad('this key was there before');
    people.push({ name, key });
}

function addRevoked(r) {
    let key;
    if (r.words[0] === 'ssh-ed25519') {
        r.word();
        key = r.sshKey();
    } else {
        key = r.key(SIG_ED25519).key;
    }
    const since = r.word() === 'since' ? isoParse(r.word() ?? '') : null;
    if (since === null)
        r.bad('after the key comes since and a time as 2026-01-31T12:00:00Z');
    r.end();
    if (r.policy.revoked.length === MAX)
        r.bad('too many keys');
    r.policy.revoked.push({ key, since });
}

function addAnchor(r) {
    if (r.policy.anchors.length === MAX)
        r.bad('too many certificates');
    const word = r.word();
    if (word === undefined)
        r.bad('a certificate is missing');
    const der = unbase64(word);
    if (der === null)
        r.bad('this is not a certificate in base64');
    r.policy.anchors.push(der);
    r.end();
}

/** The header of a block: version, previous block, Merkle root, time, bits, nonce; all
 * little-endian. Its hash is SHA-256 twice, printed backwards. */
function addBlock(r) {
    const height = u64(r.word() ?? '');
    if (height === null || height > U32_MAX)
        r.bad('the height of a block is missing');
    const header = unhex(r.word() ?? '', HEADER);
    if (header === null)
        r.bad("a block's header has 160 hex digits");
    if (blockAt(r.policy, height) !== undefined)
        r.bad('a block of this height was there before');
    if (r.policy.blocks.length === MAX)
        r.bad('too many blocks');
    r.policy.blocks.push({
        height,
        id: sha256(sha256(header)).reverse(),
        root: header.slice(36, 68),
        time: BigInt(u32le(header, 68)),
    });
    r.end();
}

/** The lines that only this program knows. */
function parseOurs(r) {
    const word = r.word();
    switch (word) {
    case undefined:
        return r.bad('nothing after ' + OURS);
    case 'seal':
        return addKey(r, r.policy.seals, false);
    case 'statement':
        return addKey(r, r.policy.speakers, false);
    case 'person':
        return addPerson(r);
    case 'revoked':
        return addRevoked(r);
    case 'tsa':
        return addAnchor(r);
    case 'bitcoin':
        return addBlock(r);
    default:
        return r.bad(`after ${OURS} only seal, statement, person, revoked, tsa and bitcoin ` +
            'are known');
    }
}

function parseLine(r) {
    const word = r.word();
    if (word === undefined)
        return;
    if (word === OURS)
        parseOurs(r);
    else if (word.startsWith('#'))
        return;
    else if (word === 'log')
        addKey(r, r.policy.logs, true);
    else if (word === 'witness')
        addWitness(r);
    else if (word === 'group')
        addGroup(r);
    else if (word === 'quorum')
        setQuorum(r);
    else
        r.bad('an unknown word; known are log, witness, group, quorum');
}

/** @param {Uint8Array} bytes @returns {Policy} */
export function parsePolicy(bytes) {
    if (bytes.length > BYTES_MAX)
        refuse(`a policy of more than ${BYTES_MAX} bytes`, 'limit');
    if (bytes.some((c) => (c < 0x20 && c !== 0x09 && c !== 0x0a) || c === 0x7f))
        refuse('a control character in the policy');
    if (bytes.length > 0 && bytes[bytes.length - 1] !== 0x0a)
        refuse("the policy's last line has no end");
    const policy = {
        logs: [], seals: [], speakers: [], people: [], revoked: [], anchors: [], blocks: [],
        nodes: [], quorum: undefined,
    };
    const r = new Reader(policy);
    for (const line of textOf(bytes).split('\n').slice(0, -1)) {
        r.number++;
        r.words = line.match(/[^ \t]+/g) ?? [];
        parseLine(r);
    }
    if (policy.quorum === undefined)
        r.bad("there is no quorum; 'quorum none' asks for no witness");
    return policy;
}

/** Whether something by this key counts: it was not revoked, or what it signed was on record
 * (notAfter is not null) before that. */
export function keyStands(policy, key, notAfter) {
    return !policy.revoked.some((v) => same(v.key, key) &&
        (notAfter === null || notAfter >= v.since));
}

/** The block of this height, if the policy gives it. */
export function blockAt(policy, height) {
    return policy.blocks.find((b) => b.height === height);
}

/* ------------------------------------------------------------------ weighing */

/** Whether the quorum is reached by what was signed up to `until` (null: ever). */
function reached(policy, times, until) {
    const holds = new Map();
    for (const node of policy.nodes) {
        const time = times.get(node);
        holds.set(node, node.witness
            ? time !== undefined && (until === null || time <= until)
            : node.members.filter((m) => holds.get(m)).length >= node.threshold);
    }
    return policy.quorum === null || holds.get(policy.quorum);
}

/**
 * What a checkpoint's signatures say. A log counts only for checkpoints whose origin is its
 * key's name.
 * @param {Policy} policy
 */
export function weigh(policy, note, checkpoint) {
    const out = { log: null, broken: false, quorum: false, witnesses: 0, time: null };
    const times = new Map();
    for (const key of policy.logs) {
        const { state } = checkNote(note, key);
        out.broken ||= state === SIG_BAD;
        if (state === SIG_GOOD && checkpoint.origin === key.name && out.log === null)
            out.log = key;
    }
    for (const node of policy.nodes.filter((n) => n.witness)) {
        const { state, time } = checkNote(note, node.key);
        out.broken ||= state === SIG_BAD;
        if (state === SIG_GOOD)
            times.set(node, time);
    }
    out.witnesses = times.size;
    out.quorum = reached(policy, times, null);
    /* The earliest moment at which what is asked for had been signed. */
    for (const time of policy.quorum === null ? [] : times.values())
        if ((out.time === null || time < out.time) && reached(policy, times, time))
            out.time = time;
    return out;
}
