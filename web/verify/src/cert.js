// SPDX-License-Identifier: Apache-2.0
// Certificates (RFC 5280), as far as time stamping needs them, and signatures by their keys, which
// the browser checks. Mirrors src/seal/cert.c and src/seal/cert_key.c; docs/formats/time.md.
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { bytesOf, hex, same } from './bytes.js';
import { BadDer, badDer, bool, Der, positive, small, TAG, timeOf, wholeBits } from './der.js';
import { safeText } from './utf8.js';

export const USAGE_SIGNATURE = 0x8000;
export const USAGE_COMMITMENT = 0x4000; /* non-repudiation */
export const USAGE_CERT_SIGN = 0x0400;

/* Object identifiers, as they are encoded. */
const DIGESTS = {
    '2b0e03021a': 'SHA-1',
    '608648016503040201': 'SHA-256',
    '608648016503040202': 'SHA-384',
    '608648016503040203': 'SHA-512',
};
const METHODS = {
    '2a864886f70d010101': { by: 'rsa', md: null },
    '2a864886f70d01010b': { by: 'rsa', md: 'SHA-256' },
    '2a864886f70d01010c': { by: 'rsa', md: 'SHA-384' },
    '2a864886f70d01010d': { by: 'rsa', md: 'SHA-512' },
    '2a8648ce3d040302': { by: 'ecdsa', md: 'SHA-256' },
    '2a8648ce3d040303': { by: 'ecdsa', md: 'SHA-384' },
    '2a8648ce3d040304': { by: 'ecdsa', md: 'SHA-512' },
};
const NO_METHOD = { by: null, md: null };
const BASIC_CONSTRAINTS = '551d13';
const KEY_USAGE = '551d0f';
const EXT_KEY_USAGE = '551d25';
const TIME_STAMPING = '2b06010505070308';
const ANY_PURPOSE = '551d2500';
const COMMON_NAME = '550403';
const ORGANISATION = '55040a';

const FUNCTIONS = { 'SHA-1': sha1, 'SHA-256': sha256, 'SHA-384': sha384, 'SHA-512': sha512 };

/** Whether bytes have this digest. */
export function digestIs(md, bytes, want) {
    return same(FUNCTIONS[md](bytes), want);
}

/** A hash function that signatures may be made with. */
export const strong = (md) => md !== null && md !== 'SHA-1';

/* ------------------------------------------------------------------ algorithms */

/** Identifier of an algorithm whose parameters are NULL or missing; oid null: it is none. */
function readAlgorithm(bytes) {
    const in_ = new Der(bytes);
    const oid = in_.maybe(TAG.OID);
    if (oid === null || in_.empty)
        return { oid: oid === null ? null : hex(oid), parameters: false };
    const value = in_.maybe(TAG.NULL);
    return { oid: value?.length === 0 && in_.empty ? hex(oid) : null, parameters: true };
}

/** @returns {string | null} */
export function readDigest(bytes) {
    return DIGESTS[readAlgorithm(bytes).oid] ?? null;
}

export function readMethod(bytes) {
    const { oid, parameters } = readAlgorithm(bytes);
    const method = METHODS[oid] ?? NO_METHOD;
    return parameters && method.by === 'ecdsa' ? NO_METHOD : method;
}

/* ------------------------------------------------------------------ extensions */

function readConstraints(c, value) {
    const in_ = value.into(TAG.SEQUENCE);
    value.end();
    const ca = in_.maybe(TAG.BOOLEAN);
    c.ca = ca === null ? false : bool(ca);
    const limit = in_.maybe(TAG.INTEGER);
    c.pathLimit = limit === null ? null : small(limit);
    in_.end();
}

function readUsage(c, value) {
    const v = value.take(TAG.BITS);
    value.end();
    if (v.length < 2 || v.length > 3 || v[0] > 7)
        badDer();
    c.usage = (v[1] << 8) | (v[2] ?? 0);
}

function readPurposes(c, value, critical) {
    const in_ = value.into(TAG.SEQUENCE);
    value.end();
    c.purposesCritical = critical;
    c.purposes = [];
    do
        c.purposes.push(hex(in_.take(TAG.OID)));
    while (!in_.empty);
}

/** One that is known may be there once. */
function readExtension(c, in_, seen) {
    const oid = hex(in_.take(TAG.OID));
    const flag = in_.maybe(TAG.BOOLEAN);
    const critical = flag === null ? false : bool(flag);
    const value = new Der(in_.take(TAG.OCTETS));
    const known = [BASIC_CONSTRAINTS, KEY_USAGE, EXT_KEY_USAGE].includes(oid);
    in_.end();
    if (!known) {
        c.strange ||= critical;
        return;
    }
    if (seen.has(oid))
        badDer();
    seen.add(oid);
    if (oid === BASIC_CONSTRAINTS)
        readConstraints(c, value);
    else if (oid === KEY_USAGE)
        readUsage(c, value);
    else
        readPurposes(c, value, critical);
}

/* ------------------------------------------------------------------ the whole */

/** Version 1, which is not written down, 2 or 3. What has no extensions can vouch for nobody. */
function readVersion(in_) {
    if (in_.rest[0] !== TAG.IN_0)
        return;
    const version = in_.into(TAG.IN_0);
    const number = version.take(TAG.INTEGER);
    version.end();
    if (small(number, 2) === 0)
        badDer();
}

function readTbs(c) {
    const outer = new Der(c.tbs);
    const in_ = outer.into(TAG.SEQUENCE);
    readVersion(in_);
    c.serial = in_.take(TAG.INTEGER);
    if (c.serial.length === 0)
        badDer();
    const algorithm = in_.takeWhole(TAG.SEQUENCE);
    c.issuer = in_.takeWhole(TAG.SEQUENCE);
    const validity = in_.into(TAG.SEQUENCE);
    c.from = timeOf(validity.next()).seconds;
    c.to = timeOf(validity.next()).seconds;
    validity.end();
    c.subject = in_.takeWhole(TAG.SEQUENCE);
    c.spki = in_.takeWhole(TAG.SEQUENCE);
    in_.maybe(0x81); /* unique identifiers of issuer and subject */
    in_.maybe(0x82);
    const extensions = in_.maybe(TAG.IN_3);
    if (extensions !== null) {
        const box = new Der(extensions);
        const list = box.into(TAG.SEQUENCE);
        const seen = new Set();
        box.end();
        while (!list.empty)
            readExtension(c, list.into(TAG.SEQUENCE), seen);
    }
    in_.end();
    return algorithm;
}

/** @throws {BadDer} not a certificate of the kind that is accepted */
export function readCert(der) {
    const c = {
        whole: der, ca: false, pathLimit: null, usage: null, purposes: null,
        purposesCritical: false, strange: false,
    };
    const box = new Der(der);
    const in_ = box.into(TAG.SEQUENCE);
    box.end();
    c.tbs = in_.takeWhole(TAG.SEQUENCE);
    const outer = in_.takeWhole(TAG.SEQUENCE);
    const bits = in_.take(TAG.BITS);
    in_.end();
    c.signature = wholeBits(bits);
    if (!same(readTbs(c), outer))
        badDer();
    c.method = readMethod(new Der(outer).take(TAG.SEQUENCE));
    c.forTime = c.purposes?.includes(TIME_STAMPING) ?? false;
    c.forAny = c.purposes?.includes(ANY_PURPOSE) ?? false;
    c.key = readKey(c.spki);
    return c;
}

/* ------------------------------------------------------------------ its name */

/** The last attribute of this kind in a name that is a text; null: there is none. */
function findName(name, kind) {
    const sets = new Der(new Der(name).maybe(TAG.SEQUENCE) ?? new Uint8Array(0));
    let found = null;
    for (let set = sets.maybe(TAG.SET); set !== null; set = sets.maybe(TAG.SET)) {
        const pairs = new Der(set);
        for (let pair = pairs.maybe(TAG.SEQUENCE); pair !== null; pair = pairs.maybe(TAG.SEQUENCE)) {
            const in_ = new Der(pair);
            const oid = in_.maybe(TAG.OID);
            const v = oid === null || hex(oid) !== kind ? null : in_.peek();
            if (v !== null && v.whole.length === in_.rest.length &&
                [TAG.UTF8, TAG.PRINTABLE, TAG.IA5].includes(v.tag))
                found = v.value;
        }
    }
    return found;
}

/** The last common name, else the last name of an organisation, else nothing. */
export function certName(c) {
    return safeText(findName(c.subject, COMMON_NAME) ?? findName(c.subject, ORGANISATION) ??
        bytesOf(''));
}

/* ------------------------------------------------------------------ keys and signatures
 *
 * Read here before the browser sees them, so that what is accepted does not depend on how
 * lenient a library is. */

const RSA_KEY = '2a864886f70d010101';
const EC_KEY = '2a8648ce3d0201';
const EXPONENT = '010001'; /* 65537, which all of them have */
const CURVES = {
    '2a8648ce3d030107': { name: 'P-256', bytes: 32 },
    '2b81040022': { name: 'P-384', bytes: 48 },
    '2b81040023': { name: 'P-521', bytes: 66 },
};

function rsaOk(parameters, bits) {
    const none = parameters.take(TAG.NULL);
    parameters.end();
    const box = new Der(bits);
    const in_ = box.into(TAG.SEQUENCE);
    box.end();
    const number = positive(in_.take(TAG.INTEGER)) ?? badDer();
    if (none.length > 0 || number.length < 256 || number.length > 512 || number[0] < 0x80 ||
        (number[number.length - 1] & 1) === 0)
        return false;
    return hex(in_.take(TAG.INTEGER)) === EXPONENT && in_.empty;
}

function ecCurve(parameters, bits) {
    const curve = CURVES[hex(parameters.take(TAG.OID))];
    parameters.end();
    return curve !== undefined && bits.length === 1 + 2 * curve.bytes && bits[0] === 4 ? curve : null;
}

/** What kind of key it is; by null: one that is not accepted. */
function readKey(spki) {
    try {
        const in_ = new Der(spki).into(TAG.SEQUENCE);
        const algorithm = in_.into(TAG.SEQUENCE);
        const bits = in_.take(TAG.BITS);
        in_.end();
        const content = wholeBits(bits);
        const oid = hex(algorithm.take(TAG.OID));
        if (oid === RSA_KEY && rsaOk(algorithm, content))
            return { by: 'rsa' };
        const curve = oid === EC_KEY ? ecCurve(algorithm, content) : null;
        return curve === null ? { by: null } : { by: 'ecdsa', curve };
    } catch (error) {
        if (error instanceof BadDer)
            return { by: null };
        throw error;
    }
}

/** Two positive numbers that are no longer than a coordinate, one after another, as the browser
 * wants them; null: not so. */
function plainEcdsa(signature, n) {
    try {
        const box = new Der(signature);
        const in_ = box.into(TAG.SEQUENCE);
        const out = new Uint8Array(2 * n);
        box.end();
        for (const end of [n, 2 * n]) {
            const v = positive(in_.take(TAG.INTEGER));
            if (v === null || v.length > n)
                return null;
            out.set(v, end - v.length);
        }
        in_.end();
        return out;
    } catch (error) {
        if (error instanceof BadDer)
            return null;
        throw error;
    }
}

/** Whether certificates can be checked here at all. */
export const canCheck = () => globalThis.crypto?.subtle !== undefined;

/** Does the signature over bytes, made in this way, hold by the key of this certificate? */
export async function certSigned(by, method, bytes, signature) {
    if (method.by === null || !strong(method.md) || by.key.by !== method.by)
        return false;
    const ecdsa = method.by === 'ecdsa';
    const sig = ecdsa ? plainEcdsa(signature, by.key.curve.bytes) : signature;
    if (sig === null)
        return false;
    const algorithm = ecdsa ? { name: 'ECDSA', namedCurve: by.key.curve.name, hash: method.md }
        : { name: 'RSASSA-PKCS1-v1_5', hash: method.md };
    try {
        const { subtle } = globalThis.crypto;
        const key = await subtle.importKey('spki', by.spki, algorithm, false, ['verify']);
        return await subtle.verify(algorithm, key, sig, bytes);
    } catch {
        return false; /* a point that is not on its curve */
    }
}
