// SPDX-License-Identifier: Apache-2.0
// Makes DER, certificates and RFC 3161 tokens, right ones and such as are wrong in one place. Keys
// are new in every run.
import { createHash, getHashes, generateKeyPairSync, sign } from 'node:crypto';
import { be, cat, latin, sha256 } from './make.mjs';

export function tlv(tag, ...pieces) {
    const value = cat(...pieces);
    const n = value.length;
    const length =
        n < 0x80
            ? [n]
            : n < 0x100
              ? [0x81, n]
              : n < 0x10000
                ? [0x82, n >> 8, n & 255]
                : [0x83, n >> 16, (n >> 8) & 255, n & 255];
    return cat(Uint8Array.of(tag, ...length), value);
}

const hexBytes = (hex) => Uint8Array.from(Buffer.from(hex, 'hex'));
export const seq = (...pieces) => tlv(0x30, ...pieces);
const set = (...pieces) => tlv(0x31, ...pieces);
const oid = (hex) => tlv(0x06, hexBytes(hex));
const octets = (bytes) => tlv(0x04, bytes);
const bits = (bytes) => tlv(0x03, Uint8Array.of(0), bytes);
const bool = (b) => tlv(0x01, Uint8Array.of(b ? 0xff : 0));
const small = (n) =>
    tlv(
        0x02,
        n < 128 ? Uint8Array.of(n) : n < 32768 ? be(n, 2) : cat(Uint8Array.of(0), be(n, 4)),
    );
const none = latin('');

const MD = {
    'sha1': '2b0e03021a',
    'sha256': '608648016503040201',
    'sha384': '608648016503040202',
    'sha512': '608648016503040203',
};
const RSA_WITH = {
    sha1: '2a864886f70d010105',
    sha256: '2a864886f70d01010b',
    sha384: '2a864886f70d01010c',
    sha512: '2a864886f70d01010d',
};
const EC_WITH = {
    sha1: '2a8648ce3d0401',
    sha256: '2a8648ce3d040302',
    sha384: '2a8648ce3d040303',
    sha512: '2a8648ce3d040304',
};
const PKCS9 = '2a864886f70d0109';
const TST = PKCS9 + '100104';

const mdAlgorithm = (md) => seq(oid(MD[md] ?? '2a0304'));
const NULL = Uint8Array.of(5, 0);

function signatureAlgorithm(key, md) {
    return key.rsa ? seq(oid(RSA_WITH[md]), NULL) : seq(oid(EC_WITH[md]));
}

function pair(type, options) {
    const { privateKey, publicKey } = generateKeyPairSync(type, options);
    return {
        rsa: type === 'rsa',
        secret: privateKey,
        spki: Uint8Array.from(publicKey.export({ type: 'spki', format: 'der' })),
    };
}

const signWith = (key, md, bytes) => Uint8Array.from(sign(md, bytes, key.secret));
const hash = (md, bytes) => Uint8Array.from(createHash(md).update(bytes).digest());

/** 2026-03-01T00:00:00Z as GeneralizedTime, or UTCTime. */
const stamp = (t) => new Date(t * 1000).toISOString().replace(/[-:T]/g, '').replace('.000', '');
const generalized = (t, fraction = '') =>
    tlv(0x18, latin(stamp(t).replace('Z', fraction + 'Z')));
const utc = (t) => tlv(0x17, latin(stamp(t).slice(2)));

const name = (common, organisation) =>
    seq(
        ...(organisation
            ? [set(seq(oid('55040a'), tlv(0x0c, Buffer.from(organisation))))]
            : []),
        ...(common ? [set(seq(oid('550403'), tlv(0x13, Buffer.from(common))))] : []),
    );

const extension = (id, critical, value) =>
    seq(oid(id), critical ? bool(true) : none, octets(value));

/**
 * A certificate. c: {subject, issuer: {name, key}, key, from, to, md, ca, path, usage, purposes, strange}
 */
function makeCert(c) {
    const extensions = [];
    if (c.ca !== undefined)
        extensions.push(
            extension(
                '551d13',
                true,
                seq(c.ca ? bool(true) : none, c.path === undefined ? none : small(c.path)),
            ),
        );
    if (c.usage !== undefined)
        extensions.push(extension('551d0f', true, tlv(0x03, Uint8Array.of(0, c.usage))));
    if (c.purposes !== undefined)
        extensions.push(extension('551d25', c.critical ?? true, seq(...c.purposes.map(oid))));
    if (c.strange) extensions.push(extension('2a0305', true, latin('x')));
    const md = c.md ?? 'sha256';
    const algorithm = signatureAlgorithm(c.issuer.key, md);
    const version =
        c.version === undefined
            ? tlv(0xa0, small(2))
            : c.version === 0
              ? none
              : tlv(0xa0, small(c.version));
    const tbs = seq(
        version,
        small(c.serial),
        algorithm,
        c.issuer.name,
        seq(utc(c.from), generalized(c.to)),
        c.subject,
        c.key.spki,
        extensions.length > 0 ? tlv(0xa3, seq(...extensions)) : none,
    );
    return seq(tbs, algorithm, bits(signWith(c.issuer.key, md, tbs)));
}

const STAMPING = '2b06010505070308';
const T0 = 1790000000;
const YEAR = 31536000;
const span = { from: T0 - YEAR, to: T0 + 20 * YEAR };

/** Authorities, each [certificate of the signer and its key, certificates beside it, anchor]. */
export function makeAuthorities() {
    const rootKey = pair('rsa', { modulusLength: 2048 });
    const middleKey = pair('ec', { namedCurve: 'P-256' });
    const keys = [
        pair('rsa', { modulusLength: 2048 }),
        pair('ec', { namedCurve: 'P-384' }),
        pair('ec', { namedCurve: 'P-256' }),
    ];
    const weak = pair('rsa', { modulusLength: 1024 });
    const root = { name: name('Root of time', 'Desks'), key: rootKey };
    const middle = { name: name('', 'Middle \u202e of time'), key: middleKey };
    let serial = 1;
    const cert = (c) => ({ serial: serial++, ...c });
    const rootCert = makeCert(
        cert({ subject: root.name, issuer: root, key: rootKey, ca: true, ...span, path: 1 }),
    );
    const middleCert = makeCert(
        cert({
            subject: middle.name,
            issuer: root,
            key: middleKey,
            ca: true,
            usage: 0x04,
            ...span,
            path: 0,
        }),
    );
    const noCa = makeCert(
        cert({ subject: middle.name, issuer: root, key: middleKey, ca: false, ...span }),
    );
    const out = [];
    const kinds = [
        {},
        {},
        {},
        {},
        { purposes: [STAMPING, '551d2500'] },
        { critical: false },
        { purposes: undefined },
        { usage: 0x80 },
        { usage: 0xc0 },
        { usage: 0x90 },
        { strange: true },
        { to: T0 - 100 },
        { from: T0 + 100000 },
        { md: 'sha1' },
        { md: 'sha512' },
        { version: 0 },
        { version: 1 },
        { version: 3 },
        { subject: name('', '') },
        { subject: name('n'.repeat(199), '') },
        { subject: name('n'.repeat(200), '') },
        { subject: name('Zo\u00eb\\', 'x') },
    ];
    kinds.forEach((kind, i) => {
        const key = i === 3 ? weak : keys[i % 3];
        const direct = i % 2 === 0;
        const issuer = direct ? root : middle;
        const c = cert({
            subject: name(`Stamp ${i}`, 'Desks'),
            issuer,
            key,
            purposes: [STAMPING],
            ...span,
            ...kind,
        });
        out.push({
            key,
            cert: makeCert(c),
            serial: c.serial,
            issuer: issuer.name,
            others: direct ? [] : [middleCert],
            anchor: rootCert,
        });
    });
    const c = cert({
        subject: name('Under no authority', ''),
        issuer: middle,
        key: keys[0],
        purposes: [STAMPING],
        ...span,
    });
    out.push({
        key: keys[0],
        cert: makeCert(c),
        serial: c.serial,
        issuer: middle.name,
        others: [noCa],
        anchor: rootCert,
    });
    return out;
}

/** A token over a digest; wrong in the ways that the choices of rng say. */
export function makeToken(rng, a, digest) {
    const maybe = (share, wrong, right) => (rng.chance(share) ? wrong() : right);
    const md = rng.pick([
        'sha256',
        'sha256',
        'sha384',
        'sha512',
        maybe(0.2, () => 'sha1', 'sha256'),
    ]);
    const when = T0 + rng.below(2000);
    const info = seq(
        small(1),
        oid('2a030405'),
        seq(
            seq(
                oid(MD.sha256),
                maybe(0.5, () => NULL, none),
            ),
            octets(maybe(0.05, () => rng.bytes(32), digest)),
        ),
        small(rng.below(30000)),
        generalized(when, rng.pick(['', '', '.5', '.25', maybe(0.2, () => '.50', '')])),
        rng.chance(0.5)
            ? seq(
                  rng.chance(0.7) ? small(rng.below(200)) : none,
                  rng.chance(0.5) ? tlv(0x80, Uint8Array.of(5)) : none,
              )
            : none,
        rng.chance(0.2) ? bool(true) : none,
        rng.chance(0.5) ? small(77) : none,
        rng.chance(0.05) ? tlv(0xa1, extension('2a0306', rng.chance(0.5), latin('x'))) : none,
    );
    const attribute = (id, value) => seq(oid(id), set(value));
    const certMd = rng.pick(['sha256', 'sha256', 'sha512', maybe(0.1, () => 'sha1', 'sha384')]);
    const v2 = seq(
        seq(
            seq(
                certMd === 'sha256' ? none : mdAlgorithm(certMd),
                octets(
                    hash(
                        certMd,
                        maybe(0.05, () => rng.bytes(9), a.cert),
                    ),
                ),
            ),
        ),
    );
    const attributes = [
        attribute(PKCS9 + '03', oid(TST)),
        attribute(
            PKCS9 + '04',
            octets(
                hash(
                    md,
                    maybe(0.05, () => rng.bytes(4), info),
                ),
            ),
        ),
    ];
    if (rng.chance(0.7)) attributes.push(attribute(PKCS9 + '10022f', v2));
    if (rng.chance(0.5))
        attributes.push(
            attribute(PKCS9 + '10020c', seq(seq(seq(octets(hash('sha1', a.cert)))))),
        );
    if (rng.chance(0.05)) attributes.push(rng.pick(attributes));
    const signed = set(...attributes);
    const signature = maybe(
        0.05,
        () => rng.bytes(256),
        signWith(a.key, md === 'sha1' ? 'sha256' : md, signed),
    );
    const signer = seq(
        small(1),
        seq(a.issuer, small(a.serial)),
        mdAlgorithm(md),
        tlv(0xa0, ...attributes),
        rng.chance(0.5) && a.key.rsa
            ? seq(oid('2a864886f70d010101'), NULL)
            : signatureAlgorithm(a.key, md),
        octets(signature),
    );
    const certs = [
        ...maybe(0.05, () => [], [a.cert]),
        ...a.others,
        ...maybe(0.1, () => [a.anchor], []),
    ];
    const token = seq(
        oid('2a864886f70d010702'),
        tlv(
            0xa0,
            seq(
                small(3),
                set(mdAlgorithm(md)),
                seq(oid(TST), tlv(0xa0, octets(info))),
                certs.length > 0 ? tlv(0xa0, ...certs) : none,
                set(signer),
            ),
        ),
    );
    if (rng.chance(0.4)) return token;
    return seq(seq(small(rng.pick([0, 0, 0, 1, maybe(0.3, () => 2, 0)]))), token);
}

/* ------------------------------------------------------------------ OpenTimestamps */

const number = (n) => {
    const out = [];
    do {
        out.push((n & 127) | (n > 127 ? 128 : 0));
        n = Math.floor(n / 128);
    } while (n > 0);
    return Uint8Array.from(out);
};
const counted = (bytes) => cat(number(bytes.length), bytes);
const NOTARIES = {
    pending: '83dfe30d2ef90c8e',
    bitcoin: '0588960d73d71901',
    litecoin: '06869a0d73d71b45',
    ethereum: '30fe8087b5c7ead7',
    unknown: '0102030405060708',
};

/** A proof over a digest; roots: where the messages that Bitcoin attests are put, by height. */
export function makeOts(rng, digest, roots) {
    const attest = (message) => {
        const kind = rng.pick(['bitcoin', 'bitcoin', 'pending', ...Object.keys(NOTARIES)]);
        const height = 700000 + rng.below(3);
        if (kind === 'bitcoin' && message.length === 32) roots.set(height, message);
        const payload =
            kind === 'pending'
                ? counted(latin(rng.pick(['https://a.example', 'x'.repeat(120), 'a b'])))
                : kind === 'unknown'
                  ? rng.bytes(5)
                  : number(height);
        return cat(Uint8Array.of(0), hexBytes(NOTARIES[kind]), counted(payload));
    };
    const step = (message) => {
        const arg = rng.bytes(1 + rng.below(20));
        switch (rng.below(8)) {
            case 0:
                return [cat(Uint8Array.of(0xf0), counted(arg)), cat(message, arg)];
            case 1:
                return [cat(Uint8Array.of(0xf1), counted(arg)), cat(arg, message)];
            case 2:
                return [Uint8Array.of(0xf2), message.slice().reverse()];
            case 3:
                return [Uint8Array.of(0xf3), latin(Buffer.from(message).toString('hex'))];
            case 4:
                return [Uint8Array.of(0x02), hash('sha1', message)];
            case 5 /* not in every build of OpenSSL */:
                return getHashes().includes('ripemd160')
                    ? [Uint8Array.of(0x03), hash('ripemd160', message)]
                    : [Uint8Array.of(0x02), hash('sha1', message)];
            default:
                return [Uint8Array.of(0x08), sha256(message)];
        }
    };
    const tree = (message, depth) => {
        if (depth > 6 || rng.chance(message.length === 32 ? 0.5 : 0.1)) return attest(message);
        const [bytes, next] = step(message);
        const branch = cat(bytes, tree(next, depth + 1));
        return rng.chance(0.25)
            ? cat(Uint8Array.of(0xff), branch, tree(message, depth + 1))
            : branch;
    };
    return cat(
        latin('\0OpenTimestamps\0\0Proof\0\xbf\x89\xe2\xe8\x84\xe8\x92\x94\x01\x08'),
        digest,
        tree(digest, 0),
    );
}
