// SPDX-License-Identifier: Apache-2.0
// Signatures that anybody makes with `ssh-keygen -Y sign -n earwitness` (SSHSIG, OpenSSH's
// PROTOCOL.sshsig), of ssh-ed25519 keys only. Mirrors src/seal/sshsig.c.
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { big, bytesOf, join, Lines, refuse, textOf, unbase64 } from './bytes.js';
import { ed25519Check } from './ed25519.js';
import { noteTextOk } from './note.js';

const BEGIN = '-----BEGIN SSH SIGNATURE-----\n';
const END = '-----END SSH SIGNATURE-----\n';
const MAGIC = 'SSHSIG';
const KEY_TYPE = 'ssh-ed25519';
const NAMESPACE = 'earwitness';
const MAX = 4096;
const LINE_MAX = 76; /* of base64 */
const VERSION = 1;
const DAMAGED = 'a damaged SSH signature';

/** Takes SSH's strings from bytes; null when there is none. */
class Strings {
    constructor(bytes) {
        this.bytes = bytes;
    }

    number() {
        if (this.bytes.length < 4)
            return null;
        const n = big(this.bytes, 0, 4);
        this.bytes = this.bytes.subarray(4);
        return n;
    }

    string() {
        const n = this.number();
        if (n === null || n > this.bytes.length)
            return null;
        const s = this.bytes.subarray(0, n);
        this.bytes = this.bytes.subarray(n);
        return s;
    }

    text() {
        const s = this.string();
        return s === null ? null : textOf(s);
    }
}

/** A public key as SSH packs it, or a signature: the type, then n bytes; null: it is not. */
function takeTyped(blob, n) {
    const rest = new Strings(blob);
    const bytes = rest.text() === KEY_TYPE ? rest.string() : null;
    return bytes !== null && bytes.length === n && rest.bytes.length === 0 ? bytes : null;
}

/** "ssh-ed25519 BASE64"; null: it is not. */
export function parseSshKey(text) {
    const prefix = KEY_TYPE + ' ';
    const blob = text.startsWith(prefix) ? unbase64(text.slice(prefix.length)) : null;
    return blob === null ? null : takeTyped(blob, 32);
}

/** The lines between the marks, joined, and decoded; null: not so. */
function unwrap(armored) {
    const lines = new Lines(armored);
    let text = '';
    if (armored.length > MAX || !lines.skip(BEGIN))
        return null;
    while (lines.rest() !== END) {
        const line = lines.line();
        if (!line || line.length > LINE_MAX)
            return null;
        text += line;
    }
    return unbase64(text);
}

/** A key of another type is well known: tell it. */
function parseKey(blob) {
    const key = takeTyped(blob, 32);
    if (key !== null)
        return key;
    const type = new Strings(blob).text();
    return refuse(type !== null && type !== KEY_TYPE
        ? 'an SSH signature by a key that is not of type ssh-ed25519; only those are taken'
        : DAMAGED);
}

function parseBlob(blob) {
    const magic = blob.length >= MAGIC.length && textOf(blob.subarray(0, MAGIC.length)) === MAGIC;
    const rest = new Strings(blob.subarray(MAGIC.length));
    const version = magic ? rest.number() : null;
    if (version === null)
        refuse(DAMAGED);
    if (version !== VERSION)
        refuse('an SSH signature of a version that is not known');
    const fields = Array.from({ length: 5 }, () => rest.string());
    if (fields.includes(null) || rest.bytes.length !== 0)
        refuse(DAMAGED);
    const [key, name, reserved, hash, sig] = fields;
    const out = { key: parseKey(key), hash: textOf(hash), sig: takeTyped(sig, 64) };
    if (textOf(name) !== NAMESPACE)
        refuse('an SSH signature that was made for something else: its namespace ' +
            `is not '${NAMESPACE}'`);
    if (reserved.length !== 0 || (out.hash !== 'sha256' && out.hash !== 'sha512'))
        refuse('an SSH signature of a kind that is not known');
    if (out.sig === null)
        refuse(DAMAGED);
    return out;
}

/** A signed text in one file: the text, an empty line, the armored signature. */
export function parseSshNote(bytes) {
    const whole = textOf(bytes);
    const at = whole.indexOf('\n\n' + BEGIN);
    if (at < 0)
        refuse('no SSH signature after the text');
    const text = bytes.subarray(0, at + 1);
    if (!noteTextOk(text))
        refuse('bad UTF-8 or a control character in a signed text');
    const blob = unwrap(whole.slice(at + 2));
    if (blob === null)
        refuse('not an SSH signature');
    return { text, sig: parseBlob(blob) };
}

function string(bytes) {
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, bytes.length);
    return join(length, bytes);
}

/** Whether the text is signed by sig.key. */
export function sshsigCheck(sig, text) {
    const hash = sig.hash === 'sha256' ? sha256(text) : sha512(text);
    const signed = join(bytesOf(MAGIC), string(bytesOf(NAMESPACE)), string(bytesOf('')),
        string(bytesOf(sig.hash)), string(hash));
    return ed25519Check(sig.key, signed, sig.sig);
}
