// SPDX-License-Identifier: Apache-2.0
// What was said in a case: by date, with what follows from the dates; and searched for.
import * as api from './api.js';
import { el } from './dom.js';
import { positionForm } from './case_add.js';
import { seek } from './case_read.js';
import { button, cards, choice, foreign, labelled, number, pick, row, table, teller, time } from './parts.js';
import { SIGNS, STANCES, stanceWord } from './stances.js';
import { count, t } from './words.js';

const PAGE = 50; // hits at a time
const NEAR = 2.5; // percent of the line: marks that would cover each other
const VOICES = new Set(['one-voice', 'same-words', 'translation']);

/* ------------------------------------------------------------------ timeline */

function findingText(f) {
    const days = f.days === undefined ? '' : ` (${t('{n} days', { n: f.days })})`;
    const two = f.second ? t('positions {a} and {b}', { a: f.first.position, b: f.second.position })
        : t('position {a}', { a: f.first.position });
    const said = {
        reversal: t('Reversal'), 'order-not-known': t('They contradict; which came first is not known'),
        silence: t('Asked, and no answer'), 'late-answer': t('Answered late'),
        'one-voice': t('One voice: these reports trace back to one'),
        'same-words': t('The same words, perhaps one voice'),
        translation: t('One is a translation of the other, perhaps one voice'),
        loose: t('Repeats what was taken back'),
    }[f.finding] ?? f.finding;
    return `${said}${days}: ${two}`;
}

const moment = (date) => Date.parse(date);
const known = (date) => !Number.isNaN(moment(date));

/** A bar of a finding on the line of somebody, from one date to another. */
function bar(left, from, to, sign, title, name) {
    const b = el('span', { className: `turn ${name}`, title }, sign);
    b.style.left = left(from);
    b.style.width = `calc(${left(to)} - ${left(from)})`;
    return b;
}

function barsOf(findings, left, today) {
    const bars = [];
    for (const f of findings)
        if (f.finding === 'reversal' && f.second)
            bars.push(bar(left, f.first.date, f.second.date, '⇄', findingText(f), ''));
        else if (f.finding === 'silence' && known(f.first.date))
            bars.push(bar(left, f.first.date, today, '…', findingText(f), 'unanswered'));
    return bars;
}

/** Marks that would cover each other stand above each other. */
function marksOf(said, left, voices, chosen) {
    const placed = [];
    return said.map((p) => {
        const at = parseFloat(left(p.date));
        const level = placed.filter((x) => Math.abs(x - at) < NEAR).length;
        placed.push(at);
        const one = voices.has(p.position);
        const mark = el('span', { className: `mark ${p.stance}${one ? ' voice' : ''}`,
            title: `${p.date} ${stanceWord(p.stance)}${one ? ` · ${t('perhaps one voice')}` : ''}`, onclick: () => chosen(p) },
        `${SIGNS[p.stance] ?? '·'}${one ? '≈' : ''}`);
        mark.style.left = `${at}%`;
        mark.style.bottom = `${-0.7 + 1.5 * level}rem`;
        return mark;
    });
}

/** Each person a line, each position a mark, reversals and silences bars on it; the table says the same. */
function picture(positions, findings, today, chosen) {
    const moments = [...positions.map((p) => moment(p.date)), ...findings.some((f) => f.finding === 'silence') ? [moment(today)] : []]
        .filter((m) => !Number.isNaN(m));
    const first = Math.min(...moments);
    const span = Math.max(Math.max(...moments) - first, 1);
    const left = (date) => `${(4 + 92 * (moment(date) - first) / span).toFixed(2)}%`;
    const voices = new Set(findings.filter((f) => VOICES.has(f.finding)).flatMap((f) => [f.first?.position, f.second?.position]));
    const box = el('div', { className: 'timeline', role: 'img', 'aria-label': t('Timeline; the table says the same') });
    for (const name of new Set(positions.map((p) => p.person)))
        box.append(el('div', 'who', foreign(name)), el('div', 'track',
            ...barsOf(findings.filter((f) => f.first?.person === name), left, today),
            ...marksOf(positions.filter((p) => p.person === name && known(p.date)), left, voices, chosen)));
    box.append(el('div', 'who'), el('div', 'ends', el('span', null, time(new Date(first).toISOString().slice(0, 10))),
        el('span', null, time(new Date(first + span).toISOString().slice(0, 10)))));
    return box;
}

/** The words lead to their place in the report. */
function wordsOf(id, p) {
    const text = p.words || (p.report ? t('in the report') : '');
    return p.report ? el('a', { href: `#/case/${id}/place/${p.report}/${p.at ?? 0}/${p.bytes ?? 0}`, onclick: () => seek(p.words) }, foreign(text))
        : foreign(text);
}

function positionRow(id, p, turned) {
    const r = row(time(p.date), number(`${p.position}`), foreign(p.person),
        el('td', turned.has(p.position) ? 'reversed' : '',
            `${SIGNS[p.stance] ?? ''} ${stanceWord(p.stance)}${turned.has(p.position) ? ` ⇄ ${t('reversal')}` : ''}`),
        el('a', { href: `#/case/${id}/item/${p.item}` }, foreign(p.item_name)), wordsOf(id, p),
        p.report ? el('a', { href: `#/case/${id}/item/${p.report}` }, foreign(p.report_name ?? '')) : '');
    r.tabIndex = -1;
    r.dataset.position = p.position;
    return r;
}

export async function timelinePart(place, id, shown, signal, [wanted] = []) {
    const person = choice([['', t('everybody')], ...shown.people.map((p) => [`${p.person}`, p.name])]);
    const home = el('div', null);
    const item = pick([['', t('everything')], ...shown.items.filter((i) => !i.undone && i.kind !== 'article')
        .map((i) => [`${i.item}`, `${i.item}: ${i.name}`])], '', home);
    const told = teller();
    const drawn = el('div', null);
    const focusOn = (n) => drawn.querySelector(`tr[data-position="${Number(n)}"]`)?.focus();
    async function draw() {
        try {
            const asked = new URLSearchParams({ ...person.value && { person: person.value }, ...item.value && { item: item.value } });
            const { positions, findings, today } = await api.get(`/api/cases/${id}/timeline?${asked}`);
            const turned = new Set(findings.filter((f) => f.finding === 'reversal').map((f) => f.second.position));
            told.say(positions.length === 0 ? t('There are no positions yet: accept suggested quotations.')
                : t('{n} positions', { n: count(positions.length) }));
            drawn.replaceChildren(
                positions.some((p) => known(p.date)) ? picture(positions, findings, today, (p) => focusOn(p.position)) : '',
                positions.length > 0 ? cards(table(t('Positions by date'),
                    [t('When'), '#', t('Who'), t('Stance'), t('About'), t('Words'), t('Report')],
                    positions.map((p) => positionRow(id, p, turned)))) : '',
                findings.length > 0 ? el('h3', null, t('What follows from the dates')) : '',
                findings.length > 0 ? el('ul', null, ...findings.map((f) => el('li', null, foreign(f.first.person), ', ',
                    foreign(f.first.item_name), ': ', findingText(f)))) : '');
        } catch (why) {
            told.fail(why);
        }
    }
    person.onchange = draw;
    item.field.onchange = draw;
    place.append(positionForm(id, shown, draw), el('div', 'row', labelled(t('Who'), person), labelled(t('About'), item.field)), home, told, drawn);
    await draw();
    if (wanted !== undefined)
        focusOn(wanted);
}

/* ------------------------------------------------------------------ search */

/** "…a found word…" with what was found between two signs that no text has. */
function marked(snippet) {
    return snippet.split('\u0002').flatMap((piece, i) => {
        const [found, after] = i === 0 ? ['', piece] : piece.split('\u0003');
        return i === 0 ? [after] : [el('mark', null, found), after ?? ''];
    });
}

const FOUND = {
    message: () => t('message'), paragraph: () => t('paragraph'), position: () => t('position'), item: () => t('item'),
    quote: () => t('suggestion'), article: () => t('article'), attachment: () => t('attachment'),
};

/** Where a hit stands. */
function placeOf(id, h) {
    return { article: `#/case/${id}/article/${h.row}`, item: `#/case/${id}/item/${h.item}`, quote: `#/case/${id}/quotes`,
        position: `#/case/${id}/timeline/${h.row}` }[h.kind] ?? `#/case/${id}/found/${h.kind}/${h.row}`;
}

function hitRow(id, h) {
    const found = /\u0002([^\u0003]*)\u0003/.exec(h.snippet)?.[1] ?? '';
    return row(h.when ? time(h.when) : '', foreign(h.who), FOUND[h.kind]?.() ?? h.kind,
        el('a', { href: `#/case/${id}/item/${h.item}` }, `${h.item}`),
        el('td', { dir: 'auto' }, el('a', { href: placeOf(id, h), className: 'hit', onclick: () => seek(found) }, ...marked(h.snippet))));
}

export async function searchPart(place, id, shown, signal, [asked = ''] = []) {
    const before = new URLSearchParams(decodeURIComponent(asked)); // what was looked for when this page was left
    const field = (name, more) => el('input', { maxLength: 200, value: before.get(name) ?? '', ...more });
    const f = { words: field('words', { type: 'search' }), person: field('person'),
        stance: choice([['', t('any')], ...STANCES.map((s) => [s, stanceWord(s)])], before.get('stance') ?? ''),
        since: field('since', { maxLength: 20, placeholder: '2026-10' }), until: field('until', { maxLength: 20, placeholder: '2026-10-14' }) };
    const told = teller();
    const results = el('div', null);
    let query = new URLSearchParams();
    let from = 0;
    const more = button(t('Older ones'), () => load(), { hidden: true });
    async function load() {
        try {
            const found = await api.get(`/api/cases/${id}/search?${query}&from=${from}&limit=${PAGE}`);
            const hits = found.hits.reverse();
            from += hits.length;
            told.say(found.more ? t('the newest {n} are shown; there are more', { n: count(from) }) : t('{n} found', { n: count(from) }));
            more.hidden = !found.more;
            if (hits.length > 0)
                results.append(cards(table(t('Found'), [t('When'), t('Who'), t('Kind'), t('Item'), t('Text')], hits.map((h) => hitRow(id, h)))));
        } catch (why) {
            told.fail(why);
        }
    }
    async function begin() {
        query = new URLSearchParams(Object.entries(f).map(([name, box]) => [name, box.value]).filter(([, v]) => v !== ''));
        history.replaceState(null, '', `#/case/${id}/search/${encodeURIComponent(query)}`);
        from = 0;
        results.replaceChildren();
        await load();
    }
    const form = el('form', { className: 'fields' }, labelled(t('Words, in any script'), f.words),
        labelled(t('Who'), f.person), labelled(t('Stance'), f.stance), labelled(t('Since'), f.since), labelled(t('Until'), f.until),
        el('p', 'buttons', el('button', { type: 'submit' }, t('Search'))));
    form.onsubmit = (e) => {
        e.preventDefault();
        void begin();
    };
    place.append(form, told, results, el('p', 'buttons', more));
    if (asked !== '')
        await begin();
    else
        f.words.focus();
}
