// SPDX-License-Identifier: Apache-2.0
// The verdict as text and as JSON. Mirrors src/report/verdict.c, word for word.
import { hex, join } from './bytes.js';
import { safeText, utf8Decode } from './utf8.js';
import { BROKEN } from './verify_base.js';
import { isoText } from './when.js';

const STATE_NAMES = ['verified', 'not-vouched-for', 'broken'];
export const STATE_WORDS = ['VERIFIED', 'NOT VOUCHED FOR', 'BROKEN'];
export const NOT_PROVEN =
    'Not proven, by any seal: that the content is true; that nothing was left out before it\n' +
    'was sealed; that no other version was sealed elsewhere; that nothing else was said about it.\n';

const FILLERS = { silence: 'silence', tone: 'a tone of 1 kHz', mark: 'the mark [withheld]' };

/* ------------------------------------------------------------------ JSON */

/* Numbers of 64 bits go beyond what a double holds, and are signed in the C program's JSON. */
function whole(n) {
    return BigInt.asIntN(64, BigInt(n)).toString();
}

const text = (s) => JSON.stringify(s);
const bool = (b) => String(b);
const when = (t) => (t === null ? 'null' : text(isoText(t)));

function object(...pairs) {
    return '{' + pairs.map(([key, value]) => `${text(key)}:${value}`).join(',') + '}';
}

function list(items, one) {
    return '[' + items.map(one).join(',') + ']';
}

function streamJson(s) {
    return object(['splitter', text(s.splitter)], ['parts', whole(s.parts)],
        ['shown', whole(s.shown)], ['runs', whole(s.runs)],
        ['bytes_shown', whole(s.bytesShown)]);
}

function timeJson(t) {
    return object(['kind', text(t.kind)], ['good', bool(t.good)],
        ['not_after', when(t.good ? t.notAfter : null)], ['words', text(t.words)]);
}

function eventJson(e) {
    return object(['kind', text(e.kind)], ['by', text(e.by)], ['trusted', bool(e.trusted)],
        ['logged', bool(e.logged)], ['entry', whole(e.entry)], ['not_after', when(e.notAfter)],
        ['claimed', when(e.claimed)], ['actor', text(e.actor)], ['stance', text(e.stance)],
        ['words', text(e.words)]);
}

/** Value by key, in the order of the lines. @param {Uint8Array} meta  lines of metadata */
function metaJson(meta) {
    const values = new Map(utf8Decode(meta).split('\n').slice(0, -1).map((line) => {
        const sign = line.indexOf('=');
        return [line.slice(0, sign), line.slice(sign + 1)];
    }));
    return object(...[...values].map(([key, value]) => [key, text(value)]));
}

/**
 * @param {import('./verify.js').Verdict} v
 * @param {string} name  of the bundle's file, safe to show
 * @param {Uint8Array | null} [meta]  lines of metadata, told beside the verdict
 */
export function verdictJson(v, name, meta = null) {
    const head = [['schema', text('earwitness.verdict/1')], ['name', text(name)],
        ['verdict', text(STATE_NAMES[v.state])], ['reason', text(v.reason)]];
    /* Of what is broken nothing is repeated: a reader might believe it. */
    if (v.state === BROKEN)
        return object(...head);
    return object(...head, ['item', text(hex(v.item))], ['seal_key', text(v.sealKey)],
        ['seal_key_trusted', bool(v.sealKeyTrusted)], ['log', text(v.log)],
        ['log_trusted', bool(v.logTrusted)], ['quorum', bool(v.quorum)],
        ['witnesses', whole(v.witnesses)], ['entry', whole(v.entry)],
        ['log_size', whole(v.logSize)], ['not_before', when(v.notBefore)],
        ['not_after', when(v.notAfter)], ['after', text(v.after)],
        ['times', list(v.times, timeJson)], ['streams', list(v.streams, streamJson)],
        ['published', text(v.published)], ['events', list(v.events, eventJson)],
        ...(meta === null ? [] : [['metadata', metaJson(meta)]]));
}

/* ------------------------------------------------------------------ text
 *
 * Each line of the text is a label and words; the page shows the same lines. */

const NAMED = ', whom your policy names';
const NOT_NAMED = ', for whom nobody you named vouches';
const NO_KEY = 'somebody whose key is not at hand';

function timeLines(v) {
    const lines = [];
    if (v.notBefore !== null && v.notAfter !== null)
        lines.push(`sealed between ${isoText(v.notBefore)} and ${isoText(v.notAfter)}`);
    else if (v.notAfter !== null)
        lines.push(`on record no later than ${isoText(v.notAfter)}`);
    else if (v.notBefore !== null)
        lines.push(`sealed after ${isoText(v.notBefore)}; nothing that you trust says before when`);
    else
        lines.push('not known: nothing that you trust says when');
    if (v.after !== '')
        lines.push(`it quotes: ${v.after}`);
    for (const t of v.times)
        lines.push(`${t.kind}: ${t.words}`);
    return lines;
}

/** As an unsigned number of 64 bits. */
function ordinal(n) {
    return BigInt.asUintN(64, BigInt(n));
}

function logLine(v) {
    return `${v.log}, entry ${ordinal(v.entry)} of ${v.logSize} (counted from 0)` +
        `${v.logTrusted ? '' : ' (not in your policy)'}, ${v.witnesses} of your witnesses`;
}

export function streamLine(s) {
    const ms = s.partMs > 0 ? `; a part is ${Math.floor(s.partMs + 0.5)} ms` : '';
    return `${s.splitter}: ${s.shown} of ${s.parts} parts shown, ${s.parts - s.shown} hidden${ms}`;
}

function eventLines(e) {
    const place = e.logged ? '' : ' of a log that your policy does not name';
    const time = e.notAfter === null ? '' : `, no later than ${isoText(e.notAfter)}`;
    const words = e.words.split('\n');
    /* As C walks over it: an empty rest is no line. */
    if (words[words.length - 1] === '')
        words.pop();
    return [
        e.kind + (e.stance === '' ? '' : ` (${e.stance})`) +
            (e.trusted ? ', signed by ' : ', put in by whoever made this file, signed by ') +
            `${e.by === '' ? NO_KEY : e.by}${e.trusted ? NAMED : NOT_NAMED}`,
        `dates itself ${isoText(e.claimed)}; entry ${ordinal(e.entry)}${place}${time}`,
        ...(e.actor === '' ? [] : [`in the name of, as the signer says: ${e.actor}`]),
        ...words.map((line) => `| ${line}`),
    ];
}

/**
 * What is told of a bundle that is not broken, as [label, lines].
 * @param {import('./verify.js').Verdict} v
 * @returns {[string, string[]][]}
 */
export function verdictLines(v) {
    const rows = [
        ['item', [hex(v.item)]],
        ['seal', [`signed by ${v.sealKey === '' ? NO_KEY : v.sealKey}` +
            (v.sealKeyTrusted ? NAMED : NOT_NAMED)]],
        ['log', [logLine(v)]],
        ['time', timeLines(v)],
        ...v.streams.map((s, i) => [`stream ${i}`, [streamLine(s)]]),
    ];
    if (v.published !== '')
        rows.push(['published',
            [`is what is shown, with every gap filled with ${FILLERS[v.published]}`]]);
    for (const e of v.events)
        rows.push(['event', eventLines(e)]);
    return rows;
}

/** @param {import('./verify.js').Verdict} v */
export function verdictText(v, name) {
    const head = `${name}: ${STATE_WORDS[v.state]}${v.reason === '' ? '' : ': '}${v.reason}\n`;
    if (v.state === BROKEN)
        return head;
    const rows = verdictLines(v).map(([label, lines]) => lines.map((line, i) =>
        '  ' + (i === 0 ? label : '').padEnd(label.startsWith('stream ') && i === 0 ? 0 : 11) +
        (label.startsWith('stream ') ? '   ' : '') + line + '\n').join(''));
    return head + rows.join('') + NOT_PROVEN;
}

/* ------------------------------------------------------------------ metadata
 *
 * Mirrors src/cli/cmd_verify.c: what the desk says of the item stands apart from the verdict. */

export const META_TITLE = 'What the desk says of it, which no seal proves';

/** The lines of metadata that are shown. */
export function shownMeta(shown) {
    return join(...shown.filter((s) => s.stream.splitter === 'meta')
        .flatMap((s) => s.runs.map((run) => run.bytes)));
}

/** @param {Uint8Array} meta */
export function metaText(meta) {
    let out = meta.length === 0 ? '' : META_TITLE + ':\n';
    for (let at = 0; at < meta.length;) {
        const end = meta.indexOf(0x0a, at);
        out += `  ${safeText(meta.subarray(at, end))}\n`;
        at = end + 1;
    }
    return out;
}
