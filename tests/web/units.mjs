// SPDX-License-Identifier: Apache-2.0
// The parts of the page's verifier against vectors of others and worked values of the documents.
import './webcrypto.mjs';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { KEYS } from './describe.mjs';
import { crc32, latin, partsCover, partsRoot, utf8 } from './make.mjs';
import { Rng } from './rng.mjs';
import { done, test } from './tap.mjs';

const built = resolve(process.env.EARWITNESS_WEB ?? 'build/web');
const core = await import(pathToFileURL(join(built, 'core.mjs')));
const vectors = resolve('../shared/vectors');
const hexBytes = (text) => Uint8Array.from(Buffer.from(text, 'hex'));
const base64Bytes = (text) => Uint8Array.from(Buffer.from(text, 'base64'));

/** What libsodium says: each case is key, signature, length and message. */
function sodium(cases) {
    const input = Buffer.concat(
        cases.flatMap(({ key, sig, msg }) => {
            const length = Buffer.alloc(4);
            length.writeUInt32BE(msg.length);
            return [key, sig, length, msg];
        }),
    );
    const out = execFileSync(process.env.EARWITNESS_VERIFY_MANY, ['ed25519'], { input });
    return [...out.toString().trim()].map((c) => c === '1');
}

/** One group element's order more: valid to who does not look. */
function plusOrder(s) {
    const order = 0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3edn;
    let v = BigInt('0x' + Buffer.from(s).reverse().toString('hex')) + order;
    return Uint8Array.from({ length: 32 }, () => {
        const byte = Number(v & 255n);
        v >>= 8n;
        return byte;
    });
}

await test('row_14_ed25519_edge_cases: all 914 as libsodium judges them', () => {
    const file = join(vectors, 'cctv/ed25519/ed25519vectors.json');
    if (!existsSync(file)) return 'skip: no vectors here';
    const cases = JSON.parse(readFileSync(file, 'utf8')).map((v) => ({
        key: hexBytes(v.key),
        sig: hexBytes(v.sig),
        msg: utf8(v.msg),
    }));
    const want = sodium(cases);
    const got = cases.map((c) => core.ed25519Check(c.key, c.msg, c.sig));
    assert.equal(cases.length, 914);
    assert.equal(got.filter(Boolean).length, 43);
    assert.deepEqual(got, want);
});

await test('row_14_ed25519_edge_cases: 600 spoiled signatures as libsodium judges them', () => {
    const rng = new Rng(14);
    const cases = Array.from({ length: 600 }, (_, i) => {
        const signer = rng.pick(Object.values(KEYS).flat());
        const msg = rng.bytes(rng.below(80));
        const key = signer.key.slice();
        const sig = signer.sign(msg);
        if (i % 6 === 1) sig.set(plusOrder(sig.subarray(32)), 32);
        else if (i % 6 > 1) rng.pick([key, sig])[rng.below(32)] ^= 1 << rng.below(8);
        else if (i % 12 === 6) sig.fill(rng.pick([0, 255]), 0, 32);
        return { key, sig, msg };
    });
    const got = cases.map((c) => core.ed25519Check(c.key, c.msg, c.sig));
    assert.ok(got.some(Boolean) && !got.every(Boolean));
    assert.deepEqual(got, sodium(cases));
});

await test('row_02_wrong_index: inclusion proofs of transparency-dev/merkle', () => {
    const folder = join(vectors, 'merkle/testdata/inclusion');
    if (!existsSync(folder)) return 'skip: no vectors here';
    let count = 0;
    for (const entry of readdirSync(folder, { recursive: true })) {
        if (!String(entry).endsWith('.json')) continue;
        const v = JSON.parse(readFileSync(join(folder, String(entry)), 'utf8'));
        const hashes = [v.root ?? '', v.leafHash ?? '', ...(v.proof ?? [])].map(base64Bytes);
        const [root, leaf, ...path] = hashes;
        /* Others are no hashes: the parsers let none through. */
        const got =
            hashes.every((h) => h.length === 32) &&
            core.merkleHolds(BigInt(v.leafIdx), BigInt(v.treeSize), leaf, path, root);
        assert.equal(got, !v.wantErr, String(entry));
        count++;
    }
    assert.ok(count > 50, `only ${count}`);
});

await test('part tree: the worked values', () => {
    const file = join(vectors, 'earwitness/part-tree.json');
    if (!existsSync(file)) return 'skip: no vectors here';
    const v = JSON.parse(readFileSync(file, 'utf8'));
    const shown = v.parts_utf8.filter((_, i) => !v.hidden.includes(i));
    const contents = Buffer.concat(shown.map((s) => createHash('sha256').update(s).digest()));
    const view = {
        n: 5,
        runs: [
            { first: 0, count: 2 },
            { first: 3, count: 2 },
        ],
    };
    const root = core.partsOpen(
        view,
        { kinds: new Uint8Array(4).fill(v.kind), contents },
        hexBytes(v.cover.map(([, h]) => h).join('')),
    );
    assert.equal(Buffer.from(root).toString('hex'), v.root_hex);
    assert.equal(
        core.partsOpen(
            view,
            { kinds: new Uint8Array(4).fill(2), contents },
            hexBytes(v.cover.map(([, h]) => h).join('')),
        ) === null,
        false,
    );
});

await test('row_03_non_maximal_cover: exactly the canonical cover opens', () => {
    const rng = new Rng(3);
    for (let n = 1; n <= 40; n++) {
        const seed = rng.bytes(32);
        const parts = Array.from({ length: n }, () => ({ kind: 1, bytes: rng.bytes(3) }));
        const runs = [];
        for (let i = rng.below(3); i < n; i += 2 + rng.below(4)) {
            runs.push({ first: i, count: Math.min(1 + rng.below(3), n - i) });
            i += runs[runs.length - 1].count;
        }
        const visible = runs.flatMap((r) => parts.slice(r.first, r.first + r.count));
        const given = {
            kinds: Uint8Array.from(visible, (p) => p.kind),
            contents: Buffer.concat(
                visible.map((p) => createHash('sha256').update(p.bytes).digest()),
            ),
        };
        const cover = Buffer.concat(partsCover(seed, parts, runs));
        const root = core.partsOpen({ n, runs }, given, cover);
        assert.deepEqual(Buffer.from(root), Buffer.from(partsRoot(seed, parts)));
        assert.equal(
            core.partsOpen({ n, runs }, given, Buffer.concat([cover, cover.subarray(0, 32)])),
            null,
        );
        assert.equal(core.partsOpen({ n, runs }, given, cover.subarray(32)), null);
    }
});

await test('a proof that Go checks, by a policy with its keys', () => {
    const file = join(vectors, 'earwitness/entry1.tlog-proof');
    if (!existsSync(file)) return 'skip: no vectors here';
    const proof = core.parseProof(new Uint8Array(readFileSync(file)));
    const policy = core.parsePolicy(
        latin(
            'log desk.example/log+1d9c0782+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c\n' +
                'witness w witness.example/w1+df1c0a35+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU\nquorum w\n',
        ),
    );
    const e = core.weigh(policy, proof.note, proof.checkpoint);
    assert.ok(core.proofHolds(proof, latin('entry 1\n')));
    assert.ok(!core.proofHolds(proof, latin('entry 2\n')));
    assert.ok(e.log !== null && e.quorum && !e.broken && e.witnesses === 1);
});

await test('OpenTimestamps: the examples of the reference', () => {
    const folder = join(vectors, 'opentimestamps/examples');
    if (!existsSync(folder)) return 'skip: no vectors here';
    const files = readdirSync(folder).filter((name) => name.endsWith('.ots'));
    for (const name of files) {
        const proof = core.parseOts(new Uint8Array(readFileSync(join(folder, name))));
        /* What is stamped lies beside its proof. */
        const stamped = join(folder, name.slice(0, -4));
        if (proof !== null && proof.digest !== null && existsSync(stamped))
            assert.deepEqual(
                Buffer.from(proof.digest),
                createHash('sha256').update(readFileSync(stamped)).digest(),
                name,
            );
    }
    assert.ok(files.length > 5);
});

await test('checksums and hashes in pieces, at every alignment', async () => {
    const rng = new Rng(5);
    for (let i = 0; i < 60; i++) {
        const room = rng.bytes(200);
        const bytes = room.subarray(rng.below(9), 9 + rng.below(190));
        assert.equal(core.crc32(bytes), crc32(bytes));
    }
    for (const size of [1000, 300000]) {
        /* by the library, and by the browser */
        const bytes = rng.bytes(size);
        const lengths = new Float64Array([0, 1, size - 101, 100]);
        const got = await core.hashPieces(bytes, lengths);
        let at = 0;
        const want = Buffer.concat(
            [...lengths].map((n) => {
                at += n;
                return createHash('sha256')
                    .update(bytes.subarray(at - n, at))
                    .digest();
            }),
        );
        assert.deepEqual(Buffer.from(got), want);
    }
});

await test('the tone: the values that docs/formats/published.md gives', () => {
    const doc = readFileSync('docs/formats/published.md', 'utf8');
    const stream = {
        splitter: 'grid',
        n: 11,
        rate: 48000,
        channels: 1,
        sample: 's16le',
        block: 4800,
        root: null,
    };
    const pieces = core.publishedPieces({ stream, runs: [] }, 'tone');
    const sound = Buffer.concat(pieces).subarray(44);
    const frames = Array.from({ length: 13 }, (_, i) => sound.readInt16LE(2 * i)).join(' ');
    assert.ok(doc.replace(/\s+/g, ' ').includes(frames), frames);
});

await test('row_17_the_bundles_own_verifier: the page is one file that loads nothing', () => {
    const html = readFileSync(join(built, 'verify.html'), 'utf8');
    const packed = gzipSync(html, { level: 9 });
    const rules = /Content-Security-Policy" content="([^"]*)"/.exec(html)[1];
    const script = /<script>([^]*)<\/script>/.exec(html)[1];
    assert.ok(packed.length < 60000, `${packed.length} bytes with gzip`);
    assert.equal(gunzipSync(packed).toString(), html);
    assert.ok(rules.startsWith("default-src 'none'; "));
    assert.ok(rules.includes(createHash('sha256').update(script).digest('base64')));
    assert.ok(!/unsafe|https?:|\*|connect-src|data:/.test(rules), rules);
    assert.ok(!/<(link|img|iframe|script [^>]*src|object|embed)/i.test(html));
    for (const name of readdirSync('web/verify/src'))
        assert.ok(
            !/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|fetch\(|XMLHttp|WebSocket|sendBeacon/.test(
                readFileSync(join('web/verify/src', name), 'utf8'),
            ),
            name,
        );
});

done();
