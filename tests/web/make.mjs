// SPDX-License-Identifier: Apache-2.0
// Makes bundles with keys that the tests know, from a description that may be wrong in any
// place: what the program itself would never write can so be signed and put on record. A
// second writer of the formats, by docs/formats only.
import { createHash, createHmac, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { README } from '../../web/verify/src/readme.js';

export const latin = (text) => Uint8Array.from(Buffer.from(text, 'latin1'));
export const utf8 = (text) => Uint8Array.from(Buffer.from(text, 'utf8'));
export const base64 = (bytes) => Buffer.from(bytes).toString('base64');
export const cat = (...pieces) => Uint8Array.from(Buffer.concat(pieces));
export const sha256 = (...pieces) => {
    const h = createHash('sha256');
    pieces.forEach((p) => h.update(p));
    return Uint8Array.from(h.digest());
};

export function be(value, n) {
    const out = new Uint8Array(n);
    let v = BigInt.asUintN(8 * n, BigInt(value));
    for (let i = n - 1; i >= 0; i--, v >>= 8n) out[i] = Number(v & 255n);
    return out;
}

const le = (value, n) => be(value, n).reverse();

export function crc32(bytes) {
    let c = -1;
    for (const byte of bytes) {
        c ^= byte;
        for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    }
    return ~c >>> 0;
}

/** The checksum of Ogg pages. */
export function oggCrc(bytes) {
    let c = 0;
    for (const byte of bytes) {
        c ^= byte << 24;
        for (let bit = 0; bit < 8; bit++) c = c < 0 ? (c << 1) ^ 0x04c11db7 : c << 1;
    }
    return c >>> 0;
}

/* ------------------------------------------------------------------ keys and notes */

const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A key pair from 32 equal bytes. type: 1 signs, 4 cosigns. */
export function makeKey(name, type, seed) {
    const der = Buffer.concat([PKCS8, Buffer.alloc(32, seed)]);
    const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    const spki = createPublicKey(secret).export({ format: 'der', type: 'spki' });
    const key = Uint8Array.from(spki.subarray(-32));
    const id = sha256(latin(name), Uint8Array.of(10, type), key).subarray(0, 4);
    return {
        name,
        type,
        key,
        id,
        vkey:
            `${name}+${Buffer.from(id).toString('hex')}+` +
            base64(cat(Uint8Array.of(type), key)),
        sign: (bytes) => Uint8Array.from(sign(null, bytes, secret)),
    };
}

/** A signature line. time: of a cosigner. */
export function sigLine(key, text, time = 0n) {
    const body =
        key.type === 4
            ? cat(be(time, 8), key.sign(cat(latin(`cosignature/v1\ntime ${time}\n`), text)))
            : key.sign(text);
    return cat(latin(`\xe2\x80\x94 ${key.name} `), latin(base64(cat(key.id, body)) + '\n'));
}

/** signers: [key, time] */
export function makeNote(text, signers) {
    return cat(text, latin('\n'), ...signers.map(([key, time]) => sigLine(key, text, time)));
}

const sshString = (bytes) => cat(be(bytes.length, 4), bytes);

export function sshKeyText(key) {
    return 'ssh-ed25519 ' + base64(cat(sshString(latin('ssh-ed25519')), sshString(key.key)));
}

/** The text, and a signature as ssh-keygen -Y sign makes it. */
export function makeSshNote(text, key, { namespace = 'earwitness', hash = 'sha512' } = {}) {
    const digest = Uint8Array.from(
        createHash(hash === 'sha256' ? 'sha256' : 'sha512')
            .update(text)
            .digest(),
    );
    const head = [sshString(latin(namespace)), sshString(latin('')), sshString(latin(hash))];
    const signature = key.sign(cat(latin('SSHSIG'), ...head, sshString(digest)));
    const typed = (bytes) => sshString(cat(sshString(latin('ssh-ed25519')), sshString(bytes)));
    const blob = base64(
        cat(latin('SSHSIG'), be(1, 4), typed(key.key), ...head, typed(signature)),
    );
    return cat(
        text,
        latin(
            '\n-----BEGIN SSH SIGNATURE-----\n' +
                blob.match(/.{1,70}/g).join('\n') +
                '\n-----END SSH SIGNATURE-----\n',
        ),
    );
}

/* ------------------------------------------------------------------ trees */

export function split(n) {
    let k = 1;
    while (2 * k < n) k *= 2;
    return k;
}

export const node = (left, right) => sha256(Uint8Array.of(1), left, right);
export const leaf = (data) => sha256(Uint8Array.of(0), data);

export function treeRoot(leaves) {
    if (leaves.length === 1) return leaves[0];
    const k = split(leaves.length);
    return node(treeRoot(leaves.slice(0, k)), treeRoot(leaves.slice(k)));
}

/** Inclusion path from the leaf to the root. */
export function treePath(leaves, index) {
    if (leaves.length === 1) return [];
    const k = split(leaves.length);
    return index < k
        ? [...treePath(leaves.slice(0, k), index), treeRoot(leaves.slice(k))]
        : [...treePath(leaves.slice(k), index - k), treeRoot(leaves.slice(0, k))];
}

const derive = (seed, which) =>
    Uint8Array.from(
        createHmac('sha256', seed).update('ew/ggm/v1\0').update(Uint8Array.of(which)).digest(),
    );

/** parts: [{kind, bytes}] */
export function partsRoot(seed, parts, start = 0, n = parts.length) {
    if (n === 1) {
        const { kind, bytes } = parts[start];
        return leaf(
            cat(
                latin('ew-part/v1\0'),
                Uint8Array.of(kind),
                be(start, 8),
                derive(seed, 2),
                sha256(bytes),
            ),
        );
    }
    const k = split(n);
    return node(
        partsRoot(derive(seed, 0), parts, start, k),
        partsRoot(derive(seed, 1), parts, start + k, n - k),
    );
}

/** runs: [{first, count}] */
export function partsCover(seed, parts, runs, start = 0, n = parts.length) {
    const shown = runs.reduce(
        (sum, r) =>
            sum +
            Math.max(0, Math.min(r.first + r.count, start + n) - Math.max(r.first, start)),
        0,
    );
    if (shown === n) return [seed];
    if (shown === 0) return [partsRoot(seed, parts, start, n)];
    const k = split(n);
    return [
        ...partsCover(derive(seed, 0), parts, runs, start, k),
        ...partsCover(derive(seed, 1), parts, runs, start + k, n - k),
    ];
}

/* ------------------------------------------------------------------ texts and files */

/** streams: [{line, parts, seed}], line without its root */
export function sealText({ item, after, streams }) {
    return cat(
        latin(`earwitness-seal/v1\nitem ${base64(item)}\n`),
        after === '' ? latin('') : cat(latin('after '), utf8(after), latin('\n')),
        ...streams.map((s, i) =>
            latin(`stream ${i} ${s.line} root=${base64(partsRoot(s.seed, s.parts))}\n`),
        ),
    );
}

/** Runs as cover.bin has them: kinds and lengths in groups. */
export function coverStream(s) {
    const out = [be(s.runs.length, 4)];
    for (const { first, count } of s.runs) {
        const groups = [];
        for (const { kind, bytes } of s.parts.slice(first, first + count)) {
            const g = groups[groups.length - 1];
            if (g !== undefined && g.kind === kind && g.length === bytes.length) g.repeat++;
            else groups.push({ repeat: 1, kind, length: bytes.length });
        }
        out.push(
            be(first, 4),
            be(count, 4),
            be(groups.length, 4),
            ...groups.map((g) => cat(be(g.repeat, 4), Uint8Array.of(g.kind), be(g.length, 8))),
        );
    }
    const cover = partsCover(s.seed, s.parts, s.runs);
    return cat(...out, be(cover.length, 4), ...cover);
}

export function coverFile(streams) {
    return cat(latin('ew-cover/v1\0'), be(streams.length, 4), ...streams.map(coverStream));
}

export function runFiles(streams) {
    return streams.flatMap((s) =>
        s.runs.map((r) =>
            cat(...s.parts.slice(r.first, r.first + r.count).map((p) => p.bytes)),
        ),
    );
}

export function entryOf(salt, note) {
    return latin('earwitness-entry/v1 ' + base64(sha256(latin('ew-entry/v1\0'), salt, note)));
}

/** A proof of one entry in a log of `size` whose other entries are made up. */
function logOf({ salt, note, index, size, origin }) {
    const leaves = Array.from({ length: size }, (_, i) => leaf(latin(`entry ${i}`)));
    leaves[index] = leaf(entryOf(salt, note));
    return { leaves, text: latin(`${origin}\n${size}\n${base64(treeRoot(leaves))}\n`) };
}

export function makeProof({ signers, extra, ...log }) {
    const { leaves, text } = logOf(log);
    const { salt, index } = log;
    extra = extra === undefined ? salt : extra;
    return cat(
        latin(
            'c2sp.org/tlog-proof@v1\n' +
                (extra === null ? '' : `extra ${base64(extra)}\n`) +
                `index ${index}\n` +
                treePath(leaves, index)
                    .map((h) => base64(h) + '\n')
                    .join('') +
                '\n',
        ),
        makeNote(text, signers),
    );
}

/* ------------------------------------------------------------------ container */

/** files: [{name, bytes}]; as the program writes it. */
export function makeZip(files) {
    const local = [];
    const central = [];
    let at = 0;
    for (const { name, bytes } of files) {
        const common = cat(
            Uint8Array.of(10, 0, 0, 0, 0, 0, 0, 0, 0x21, 0),
            le(crc32(bytes), 4),
            le(bytes.length, 4),
            le(bytes.length, 4),
            le(name.length, 2),
            le(0, 2),
        );
        local.push(latin('PK\x03\x04'), common, latin(name), bytes);
        central.push(
            latin('PK\x01\x02'),
            le(10, 2),
            common,
            new Uint8Array(10),
            le(at, 4),
            latin(name),
        );
        at += 30 + name.length + bytes.length;
    }
    const directory = cat(...central);
    return cat(
        ...local,
        directory,
        latin('PK\x05\x06'),
        new Uint8Array(4),
        le(files.length, 2),
        le(files.length, 2),
        le(directory.length, 4),
        le(at, 4),
        new Uint8Array(2),
    );
}

/** The files of a bundle that was made so. */
export function readZip(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const files = [];
    for (let at = 0; view.getUint32(at, true) === 0x04034b50;) {
        const size = view.getUint32(at + 18, true);
        const begin = at + 30 + view.getUint16(at + 26, true);
        files.push({
            name: Buffer.from(bytes.subarray(at + 30, begin)).toString('latin1'),
            bytes: bytes.slice(begin, begin + size),
        });
        at = begin + size;
    }
    return files;
}

const eight = (n) => String(n).padStart(8, '0');

/** What time tokens are over: the checkpoint's text, without its signatures. */
export function stampedDigest(d) {
    return sha256(logOf({ ...d.log, note: makeNote(sealText(d), d.sealers) }).text);
}

/** Files of a bundle by its description; see describe.mjs. */
export function bundleFiles(d) {
    const note = makeNote(sealText(d), d.sealers);
    const digest = stampedDigest(d);
    const proof = makeProof({ ...d.log, note });
    return [
        { name: 'mimetype', bytes: latin('application/vnd.earwitness.bundle') },
        { name: 'seal.note', bytes: note },
        { name: 'seal.tlog-proof', bytes: proof },
        { name: 'cover.bin', bytes: coverFile(d.streams) },
        ...runFiles(d.streams).map((bytes, i) => ({ name: `parts/${eight(i)}`, bytes })),
        ...d.times.map(({ end, make }, i) => ({
            name: `time/${eight(i)}${end}`,
            bytes: make(digest),
        })),
        ...d.events.flatMap((e, i) => [
            { name: `events/${eight(i)}${e.end}`, bytes: e.bytes },
            {
                name: `events/${eight(i)}.tlog-proof`,
                bytes: makeProof({ ...e.log, note: e.bytes }),
            },
        ]),
        ...(d.suggested === null ? [] : [{ name: 'policy.txt', bytes: d.suggested }]),
        ...(d.readme ? [{ name: 'README.txt', bytes: latin(README) }] : []),
    ];
}
