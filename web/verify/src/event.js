// SPDX-License-Identifier: Apache-2.0
// The text of an event: what somebody says or does about an item. Read by writing it again
// and comparing. Mirrors src/seal/event.c; docs/formats/event.md.
import { base64, bytesOf, Lines, refuse, textOf, unbase64, unlessRefused } from './bytes.js';
import { HASH } from './parts.js';
import { parseSshKey } from './sshsig.js';
import { utf8Next } from './utf8.js';
import { parseVkey } from './vkey.js';
import { isoParse, isoText } from './when.js';

const HEAD = 'earwitness-event/';
const LINES_MAX = 64; /* of words */
const LINE_MAX = 1000; /* bytes of one line, and of every other text */
const BYTES_MAX = 80 * 1024;

const STANCES = ['confirms', 'denies', 'says-fabricated', 'says-altered', 'no-comment',
    'retracts'];

/* In the order in which they stand in the text. */
const FIELDS = {
    actor: 'line', name: 'hash', item: 'hash', digest: 'hash', before: 'hash', after: 'hash',
    purpose: 'line', authority: 'line', tool: 'line', key: 'line', since: 'time',
    stance: 'stance', prev: 'hash',
};

/* Which fields a kind may have, and which it must have; `text` are the words. */
const EVERY = ['actor', 'name', 'prev', 'text'];
const SAYING = [...EVERY, 'item', 'digest'];
const CUSTODY = [...EVERY, 'item', 'before', 'after', 'purpose', 'authority', 'tool'];
const KINDS = {
    __proto__: null,
    'statement': [SAYING, ['text']],
    'repudiation': [SAYING, []],
    'asked': [SAYING, ['text']],
    'answered': [SAYING, ['text']],
    'no-reply-by': [SAYING, []],
    'position': [[...SAYING, 'stance'], ['stance']],
    'ingest': [CUSTODY, ['item']],
    'fixity': [CUSTODY, ['item']],
    'copy': [CUSTODY, ['item']],
    'transfer-out': [CUSTODY, ['item']],
    'transfer-ack': [CUSTODY, ['item']],
    'analysis': [CUSTODY, ['item']],
    'redaction': [CUSTODY, ['item']],
    'disclosure': [CUSTODY, ['item']],
    'key-add': [[...EVERY, 'key'], ['key']],
    'key-revoke': [[...EVERY, 'key', 'since'], ['key']],
};

/** Valid UTF-8 in one line: no control characters, no line or paragraph separators, no space
 * at the end. */
function lineOk(text) {
    const bytes = bytesOf(text);
    if (bytes.length > LINE_MAX)
        return false;
    for (let at = 0; at < bytes.length;) {
        const [used, c] = utf8Next(bytes, at);
        if (used === 0 || c < 0x20 || (c >= 0x7f && c < 0xa0) || c === 0x2028 || c === 0x2029)
            return false;
        at += used;
    }
    return !text.endsWith(' ');
}

function keyOk(text) {
    return parseSshKey(text) !== null || unlessRefused(() => parseVkey(text)) !== undefined;
}

function wordsOk(lines) {
    return lines.length === 0 ||
        (lines[0] !== '' && lines[lines.length - 1] !== '' && lines.every(lineOk));
}

/** Whether an event could have been written. */
function eventOk(e) {
    const there = Object.keys(FIELDS).filter((name) => e[name] !== undefined);
    const [may, must] = KINDS[e.kind];
    if (e.lines.length > 0)
        there.push('text');
    if (!there.every((name) => may.includes(name)) || !must.every((name) => there.includes(name)))
        return false;
    if (e.kind === 'repudiation' && e.item === undefined && e.digest === undefined)
        return false;
    if ((e.name !== undefined && e.actor === undefined) ||
        (e.stance === 'retracts' && e.prev === undefined) ||
        (e.key !== undefined && !keyOk(e.key)))
        return false;
    const texts = there.filter((name) => FIELDS[name] === 'line').map((name) => e[name]);
    return texts.every((t) => !t.startsWith(' ') && lineOk(t)) && wordsOk(e.lines);
}

/** What follows the word of a field; null: not as the field has it. */
function parseField(type, text) {
    switch (type) {
    case 'line':
        return text === '' ? null : text;
    case 'hash':
        return unbase64(text, HASH);
    case 'time':
        return isoParse(text);
    default:
        return STANCES.includes(text) ? text : null;
    }
}

function fieldText(type, value) {
    return type === 'hash' ? base64(value) : type === 'time' ? isoText(value) : value;
}

function parseLines(lines) {
    const kind = lines.line();
    const time = lines.line();
    const e = { lines: [] };
    if (kind === null || !kind.startsWith('kind ') || !(kind.slice(5) in KINDS) ||
        time === null || !time.startsWith('time '))
        return null;
    e.kind = kind.slice(5);
    e.time = isoParse(time.slice(5));
    if (e.time === null)
        return null;
    for (const [name, type] of Object.entries(FIELDS)) {
        if (!lines.text.startsWith(name + ' ', lines.at))
            continue;
        const line = lines.line();
        e[name] = line === null ? null : parseField(type, line.slice(name.length + 1));
        if (e[name] === null)
            return null;
    }
    while (lines.left > 0) {
        const line = e.lines.length < LINES_MAX ? lines.line() : null;
        if (line === null || !line.startsWith('text'))
            return null;
        e.lines.push(line.startsWith('text ') ? line.slice(5) : line.slice(4));
    }
    return e;
}

function eventText(e) {
    let text = `${HEAD}v1\nkind ${e.kind}\ntime ${isoText(e.time)}\n`;
    for (const [name, type] of Object.entries(FIELDS))
        /* The beginning of 1970 stands for no time. */
        if (e[name] !== undefined && e[name] !== 0n)
            text += `${name} ${fieldText(type, e[name])}\n`;
    for (const line of e.lines)
        text += line === '' ? 'text\n' : `text ${line}\n`;
    return text;
}

/** Of the text of a note. Texts in it are byte strings. @param {Uint8Array} bytes */
export function parseEvent(bytes) {
    const text = textOf(bytes);
    const lines = new Lines(text);
    const first = lines.line();
    if (first === null || !first.startsWith(HEAD))
        refuse('not an event');
    if (first !== HEAD + 'v1')
        refuse('an event of a version that is not known', 'version');
    const e = text.length > BYTES_MAX ? null : parseLines(lines);
    if (e === null || !eventOk(e) || eventText(e) !== text)
        refuse('not an event');
    return e;
}
