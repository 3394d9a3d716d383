// SPDX-License-Identifier: Apache-2.0
// What is shown of chats, texts, metadata and files: a list in which every gap is a row
// "[withheld]", however long it is.
import { hex } from './bytes.js';
import { el } from './dom.js';
import { KIND } from './parts.js';
import { utf8Valid } from './utf8.js';

const MARK = '[withheld]';
const PAGE = 400; /* rows at a time */
const TEXT_MAX = 256 * 1024; /* bytes of a file that are shown as text */

const decoder = new TextDecoder('utf-8');
const decode = (bytes) => decoder.decode(bytes).replace(/\r?\n$/, '');
const withheld = () => el('span', 'withheld', MARK);

/** Visible parts in order, with a null for every gap: [{kind, bytes, gap}] */
export function* walk({ stream, runs }) {
    let next = 0;
    for (const run of runs) {
        if (run.first > next)
            yield { gap: run.first - next, kind: run.kinds[0] };
        let at = 0;
        for (let i = 0; i < run.kinds.length; i++) {
            yield { gap: 0, kind: run.kinds[i], bytes: run.bytes.subarray(at, at + run.lengths[i]) };
            at += run.lengths[i];
        }
        next = run.first + run.kinds.length;
    }
    if (stream.n > next)
        yield { gap: stream.n - next, kind: null };
}

const CLASSES = { [KIND.TIME]: 'when', [KIND.SENDER]: 'who' };

/** Messages: a row begins with a time. What follows a gap must not look as if it belonged to
 * what stands before. */
function* chatRows(showing) {
    let row = null; /* a message that goes on */
    let open = false; /* its line has not ended */
    for (const { gap, kind, bytes } of walk(showing)) {
        const begins = kind === null || kind === KIND.TIME;
        if (gap > 0) {
            const inside = open && gap === 1 && (kind === KIND.BODY || kind === KIND.ATTACHMENT);
            if (open)
                row.append(withheld(), inside ? ' ' : '');
            if (!inside) {
                if (row !== null)
                    yield row;
                row = open && begins ? null : el('li', null, withheld(), ' ');
                open = false;
                if (row !== null && begins) {
                    yield row;
                    row = null;
                }
            }
            continue;
        }
        if (row === null || begins) {
            if (row !== null)
                yield row;
            row = el('li', null);
        }
        row.append(el('span', CLASSES[kind] ?? '', decode(bytes)));
        open = bytes[bytes.length - 1] !== 0x0a;
        if (!open && kind !== KIND.BODY)
            row.append('\n');
    }
    if (row !== null)
        yield row;
}

function* plainRows(showing) {
    for (const { gap, bytes } of walk(showing))
        yield el('li', null, gap > 0 ? withheld() : decode(bytes).replace(/\s+$/, ''));
}

function* metaRows(showing) {
    for (const { gap, bytes } of walk(showing))
        if (gap > 0)
            yield el('li', null, withheld());
        else if (bytes.length > 0)
            yield el('li', null, decode(bytes).replace('=', ': '));
}

function* sealRows(showing) {
    for (const { gap, bytes } of walk(showing))
        yield el('li', null, gap > 0 ? withheld() : el('code', null, hex(bytes)));
}

const ROWS = {
    'chat-v1': chatRows, 'para-v1': plainRows, 'meta': metaRows, 'seals': sealRows,
};

/** A list that grows on demand. */
function longList(rows) {
    const list = el('ol', 'parts');
    const more = el('button', { type: 'button' }, 'Show more');
    const grow = () => {
        for (let i = 0; i < PAGE; i++) {
            const { value, done } = rows.next();
            if (done) {
                more.remove();
                return;
            }
            list.append(value);
        }
    };
    more.addEventListener('click', grow);
    const box = el('div', null, list, more);
    grow();
    return box;
}

function saveButton(bytes, name) {
    const button = el('button', { type: 'button' }, `Save ${name}`);
    button.addEventListener('click', () => {
        const url = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
        el('a', { href: url, download: name }).click();
        setTimeout(() => URL.revokeObjectURL(url), 60000);
    });
    return button;
}

function wholeView({ runs }) {
    if (runs.length === 0)
        return el('p', 'quiet', MARK);
    const { bytes } = runs[0];
    const text = bytes.length <= TEXT_MAX && utf8Valid(bytes) && !bytes.includes(0);
    return el('div', null, text ? el('pre', null, decoder.decode(bytes))
        : el('p', 'quiet', `A file of ${bytes.length} bytes.`), saveButton(bytes, 'sealed-file'));
}

/** @returns {HTMLElement | null} null: not of this kind */
export function textView(showing) {
    if (showing.stream.splitter === 'whole')
        return wholeView(showing);
    const rows = ROWS[showing.stream.splitter];
    return rows === undefined ? null : longList(rows(showing));
}
