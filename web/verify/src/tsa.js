// SPDX-License-Identifier: Apache-2.0
// RFC 3161: what a token of a time stamping authority is worth. The chain is walked by the few
// rules that docs/formats/time.md writes down. Mirrors src/seal/tsa.c and src/seal/tsa_token.c.
import { hex, same } from './bytes.js';
import { certName, certSigned, digestIs, readCert, readDigest, readMethod, strong, USAGE_CERT_SIGN,
    USAGE_COMMITMENT, USAGE_SIGNATURE } from './cert.js';
import { BadDer, badDer, bool, Der, small, TAG, timeOf } from './der.js';
import { utf8Encode } from './utf8.js';

const BYTES_MAX = 256 * 1024;
const CERTS_MAX = 10;
const DEPTH_MAX = 8; /* issuers above the signer */
const NAME_BYTES = 200;
const ACCURACY_SECONDS_MAX = 86400; /* worse than a day says nothing */

const SIGNED_DATA = '2a864886f70d010702';
const PKCS9 = '2a864886f70d0109';
const TST_INFO = PKCS9 + '100104';
const CONTENT_TYPE = PKCS9 + '03';
const MESSAGE_DIGEST = PKCS9 + '04';
const SIGNING_CERT = PKCS9 + '10020c';
const SIGNING_CERT_V2 = PKCS9 + '10022f';

/* ------------------------------------------------------------------ TSTInfo */

function readAccuracy(in_) {
    const whole = in_.maybe(TAG.INTEGER);
    const seconds = whole === null ? 0 : small(whole, ACCURACY_SECONDS_MAX);
    let fraction = false;
    for (const tag of [0x80, 0x81]) { /* thousandths, millionths */
        const part = in_.maybe(tag);
        fraction = (part !== null && small(part, 999) > 0) || fraction;
    }
    in_.end();
    return seconds + (fraction ? 1 : 0);
}

/** Whether one is critical, when none is known here. */
function criticalAmong(list) {
    let strange = false;
    while (!list.empty) {
        const in_ = list.into(TAG.SEQUENCE);
        in_.take(TAG.OID);
        const flag = in_.maybe(TAG.BOOLEAN);
        strange = (flag !== null && bool(flag)) || strange;
        in_.take(TAG.OCTETS);
        in_.end();
    }
    return strange;
}

function readInfo(t) {
    const outer = new Der(t.content);
    const in_ = outer.into(TAG.SEQUENCE);
    outer.end();
    if (small(in_.take(TAG.INTEGER), 1) !== 1)
        badDer();
    in_.take(TAG.OID);
    const imprint = in_.into(TAG.SEQUENCE);
    t.imprintMd = readDigest(imprint.take(TAG.SEQUENCE));
    t.imprint = imprint.take(TAG.OCTETS);
    imprint.end();
    in_.take(TAG.INTEGER);
    const time = in_.next();
    if (time.tag !== TAG.TIME)
        badDer();
    const { seconds, fraction } = timeOf(time, true);
    /* What may follow; everything but the accuracy says nothing that counts here. */
    const accuracy = in_.maybe(TAG.SEQUENCE);
    const late = accuracy === null ? 0 : readAccuracy(new Der(accuracy));
    const ordering = in_.maybe(TAG.BOOLEAN);
    if (ordering !== null)
        bool(ordering);
    in_.maybe(TAG.INTEGER); /* the nonce */
    in_.maybe(TAG.IN_0); /* a name that the authority gives itself */
    const extensions = in_.maybe(TAG.IN_1);
    t.strange = extensions !== null && criticalAmong(new Der(extensions));
    in_.end();
    t.time = seconds;
    t.noLater = seconds + late + (fraction ? 1 : 0);
}

/* ------------------------------------------------------------------ what is signed */

/** Hash of the first certificate that is named: the signer's. */
function readSigningCert(set, v2) {
    const box = set.into(TAG.SEQUENCE);
    set.end();
    const one = box.into(TAG.SEQUENCE).into(TAG.SEQUENCE);
    const algorithm = v2 ? one.maybe(TAG.SEQUENCE) : null;
    return { md: algorithm === null ? (v2 ? 'SHA-256' : 'SHA-1') : readDigest(algorithm),
        hash: one.take(TAG.OCTETS) };
}

/** Each kind may be there once, with one value. */
function readAttribute(t, in_) {
    const oid = hex(in_.take(TAG.OID));
    const set = in_.into(TAG.SET);
    in_.end();
    const once = (name, value) => (t[name] === null ? (t[name] = value) : badDer());
    switch (oid) {
    case CONTENT_TYPE:
        once('typed', set.take(TAG.OID));
        set.end();
        if (hex(t.typed) !== TST_INFO)
            badDer();
        break;
    case MESSAGE_DIGEST:
        once('contentDigest', set.take(TAG.OCTETS));
        set.end();
        break;
    case SIGNING_CERT:
        once('cert1', readSigningCert(set, false));
        break;
    case SIGNING_CERT_V2:
        once('cert2', readSigningCert(set, true));
        break;
    }
}

function readSigner(t, in_) {
    if (small(in_.take(TAG.INTEGER), 1) !== 1)
        badDer();
    const id = in_.into(TAG.SEQUENCE);
    t.issuer = id.takeWhole(TAG.SEQUENCE);
    t.serial = id.take(TAG.INTEGER);
    id.end();
    t.md = readDigest(in_.take(TAG.SEQUENCE));
    t.attributes = in_.takeWhole(TAG.IN_0);
    const list = new Der(t.attributes).into(TAG.IN_0);
    while (!list.empty)
        readAttribute(t, list.into(TAG.SEQUENCE));
    if (t.typed === null || t.contentDigest === null || (t.cert1 === null && t.cert2 === null))
        badDer();
    t.method = readMethod(in_.take(TAG.SEQUENCE));
    t.signature = in_.take(TAG.OCTETS);
    in_.maybe(TAG.IN_1); /* what is not signed */
    in_.end();
}

/* ------------------------------------------------------------------ the envelope */

function readSignedData(t, in_) {
    in_.take(TAG.INTEGER);
    in_.take(TAG.SET);
    const inner = in_.into(TAG.SEQUENCE);
    if (hex(inner.take(TAG.OID)) !== TST_INFO)
        badDer();
    const box = inner.into(TAG.IN_0);
    inner.end();
    t.content = box.take(TAG.OCTETS);
    box.end();
    readInfo(t);
    const list = new Der(in_.maybe(TAG.IN_0) ?? new Uint8Array(0));
    while (!list.empty) {
        if (t.certs.length === CERTS_MAX)
            badDer();
        t.certs.push(readCert(list.takeWhole(TAG.SEQUENCE)));
    }
    in_.maybe(TAG.IN_1); /* revocation lists */
    const signers = in_.into(TAG.SET);
    in_.end();
    const signer = signers.into(TAG.SEQUENCE);
    signers.end();
    readSigner(t, signer);
}

/** Takes a token apart: a state when that is all there is to say, else what is in it. */
function readToken(bytes) {
    const t = { certs: [], typed: null, contentDigest: null, cert1: null, cert2: null };
    const outer = new Der(bytes);
    if (bytes.length > BYTES_MAX)
        badDer();
    let in_ = outer.into(TAG.SEQUENCE);
    outer.end();
    if (in_.rest[0] === TAG.SEQUENCE) { /* an answer: its status, and the token */
        const status = in_.into(TAG.SEQUENCE);
        if (small(status.take(TAG.INTEGER)) > 1)
            return { state: 'refused' };
        const token = in_.into(TAG.SEQUENCE);
        in_.end();
        in_ = token;
    }
    if (hex(in_.take(TAG.OID)) !== SIGNED_DATA)
        badDer();
    const box = in_.into(TAG.IN_0);
    in_.end();
    const data = box.into(TAG.SEQUENCE);
    box.end();
    readSignedData(t, data);
    const known = strong(t.md) && t.method.by !== null &&
        (t.method.md === null || t.method.md === t.md) && (t.cert2 === null || strong(t.cert2.md));
    t.method = { by: t.method.by, md: t.md };
    return { state: known && !t.strange ? 'good' : 'method', token: t };
}

/* ------------------------------------------------------------------ the chain */

/** May this certificate vouch for others, with so many issuers between it and the signer? */
function mayIssue(c, between) {
    return c.ca && !c.strange && (c.pathLimit === null || between <= c.pathLimit) &&
        (c.usage === null || (c.usage & USAGE_CERT_SIGN) !== 0) &&
        (c.purposes === null || c.forTime || c.forAny);
}

class Chain {
    constructor(signer, certs, anchors, time) {
        this.nodes = [signer, ...certs, ...anchors];
        this.anchorsAt = 1 + certs.length;
        this.links = new Map();
        this.time = time;
    }

    valid(c) {
        return c.from <= this.time && this.time <= c.to;
    }

    /** Is node i, which is none of the policy, signed by node j? */
    async linked(i, j) {
        const key = i * this.nodes.length + j;
        if (!this.links.has(key)) {
            const c = this.nodes[i];
            const by = this.nodes[j];
            this.links.set(key, same(c.issuer, by.subject) &&
                await certSigned(by, c.method, c.tbs, c.signature));
        }
        return this.links.get(key);
    }

    /** Is there a way from the signer to a certificate of the policy? Nearest first. */
    async reachesAnchor(atTime) {
        const { nodes } = this;
        const depth = new Map([[0, 0]]);
        if (atTime && !this.valid(nodes[0]))
            return false;
        if (nodes.slice(this.anchorsAt).some((a) => same(a.whole, nodes[0].whole)))
            return true;
        for (const i of depth.keys()) /* those that are added are walked over too */
            for (let j = 1; j < nodes.length && depth.get(i) < DEPTH_MAX; j++) {
                if (depth.has(j) || !mayIssue(nodes[j], depth.get(i)) ||
                    (atTime && !this.valid(nodes[j])) || !(await this.linked(i, j)))
                    continue;
                if (j >= this.anchorsAt)
                    return true;
                depth.set(j, depth.get(i) + 1);
            }
        return false;
    }
}

/* ------------------------------------------------------------------ judging */

/** RFC 3161, 2.3: for time stamping and nothing else, and nobody may overlook that. */
function purposeOk(c) {
    const fit = USAGE_SIGNATURE | USAGE_COMMITMENT;
    return c.purposes !== null && c.purposesCritical && c.purposes.length === 1 && c.forTime &&
        (c.usage === null || ((c.usage & fit) !== 0 && (c.usage & ~fit) === 0));
}

/** The signature is over the attributes as a SET, whatever tag they have in the token. */
async function signatureHolds(t, signer) {
    const asSet = t.attributes.slice();
    asSet[0] = TAG.SET;
    return digestIs(t.md, t.content, t.contentDigest) &&
        (t.cert1 === null || digestIs('SHA-1', signer.whole, t.cert1.hash)) &&
        (t.cert2 === null || digestIs(t.cert2.md, signer.whole, t.cert2.hash)) &&
        certSigned(signer, t.method, asSet, t.signature);
}

/** In this order, so that two programs tell the same of a token that is bad in two ways. */
async function judge(t, digest, anchors) {
    const signer = [...t.certs, ...anchors].find((c) =>
        same(c.issuer, t.issuer) && same(c.serial, t.serial));
    if (t.imprintMd !== 'SHA-256' || !same(t.imprint, digest))
        return { state: 'other' };
    if (signer === undefined)
        return { state: 'unknown', authority: '' };
    if (signer.strange || signer.key.by !== t.method.by)
        return { state: 'method' };
    if (!(await signatureHolds(t, signer)))
        return { state: 'forged' };
    const chain = new Chain(signer, t.certs, anchors, t.time);
    const name = certName(signer);
    const authority = utf8Encode(name).length < NAME_BYTES ? name : '';
    const state = !(await chain.reachesAnchor(false)) ? 'unknown'
        : !purposeOk(signer) ? 'purpose'
            : !(await chain.reachesAnchor(true)) ? 'expired' : 'good';
    return { state, authority, time: BigInt(t.noLater) };
}

function unlessBad(read) {
    try {
        return read();
    } catch (error) {
        if (error instanceof BadDer)
            return null;
        throw error;
    }
}

/**
 * token: a TimeStampResp or the token of one. anchors: certificates of the policy. Certificates
 * are judged as of the time in the token, never of today.
 * @returns {Promise<{state: string, authority?: string, time?: bigint}>}
 */
export async function checkTsa(bytes, digest, anchors) {
    const certs = anchors.map((der) => unlessBad(() => readCert(der))).filter((c) => c !== null);
    const read = unlessBad(() => readToken(bytes));
    if (read === null)
        return { state: 'damaged' };
    return read.state === 'good' ? judge(read.token, digest, certs) : { state: read.state };
}
