// SPDX-License-Identifier: Apache-2.0
// What was said in a case: by date, as suggested quotations to decide about, and searched for.
import * as api from './api.js';
import { el } from './dom.js';
import { button, choice, foreign, labelled, number, row, table, teller, time } from './parts.js';
import { SIGNS, STANCES, stanceWord } from './stances.js';
import { count, t } from './words.js';

const OFF = 'earwitness-keys-off'; // the same switch as for the keys of the player

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

/** Each person a line, each position a mark, each reversal a bar between two marks; the table says the same. */
function picture(positions, findings) {
    const moments = positions.map((p) => Date.parse(p.date)).filter((m) => !Number.isNaN(m));
    const first = Math.min(...moments);
    const span = Math.max(Math.max(...moments) - first, 1);
    const left = (date) => `${(4 + 92 * (Date.parse(date) - first) / span).toFixed(2)}%`;
    const box = el('div', { className: 'timeline', role: 'img', 'aria-label': t('Timeline; the table says the same') });
    for (const name of new Set(positions.map((p) => p.person))) {
        const track = el('div', 'track');
        for (const f of findings.filter((x) => x.finding === 'reversal' && x.first.person === name)) {
            const bar = el('span', { className: 'turn' }, '⇄');
            bar.style.left = left(f.first.date);
            bar.style.width = `calc(${left(f.second.date)} - ${left(f.first.date)})`;
            track.append(bar);
        }
        for (const p of positions.filter((x) => x.person === name && !Number.isNaN(Date.parse(x.date)))) {
            const mark = el('span', { className: `mark ${p.stance}`, title: `${p.date} ${stanceWord(p.stance)}` },
                SIGNS[p.stance] ?? '·');
            mark.style.left = left(p.date);
            track.append(mark);
        }
        box.append(el('div', 'who', foreign(name)), track);
    }
    return box;
}

export async function timelinePart(place, id) {
    const { positions, findings } = await api.get(`/api/cases/${id}/timeline`);
    if (positions.length === 0) {
        place.append(el('p', null, t('There are no positions yet: accept suggested quotations.')));
        return;
    }
    const turned = new Set(findings.filter((f) => f.finding === 'reversal').map((f) => f.second.position));
    if (positions.some((p) => !Number.isNaN(Date.parse(p.date))))
        place.append(picture(positions, findings));
    place.append(table(t('Positions by date'),
        [t('When'), '#', t('Who'), t('Stance'), t('About'), t('Words'), t('Report')],
        positions.map((p) => row(time(p.date), number(`${p.position}`), foreign(p.person),
            el('td', turned.has(p.position) ? 'reversed' : '',
                `${SIGNS[p.stance] ?? ''} ${stanceWord(p.stance)}${turned.has(p.position) ? ` ⇄ ${t('reversal')}` : ''}`),
            foreign(p.item_name), foreign(p.words), foreign(p.report_name ?? '')))));
    if (findings.length > 0)
        place.append(el('h3', null, t('What follows from the dates')),
            el('ul', null, ...findings.map((f) => el('li', null, foreign(f.first.person), ', ',
                foreign(f.first.item_name), ': ', findingText(f)))));
}

/* ------------------------------------------------------------------ quotations */

/** The paragraph with the quotation in it marked. */
function inContext(q) {
    const at = q.text.indexOf(q.words);
    return at < 0 ? el('blockquote', null, foreign(q.words))
        : el('blockquote', { dir: 'auto' }, q.text.slice(0, at), el('mark', null, q.words),
            q.text.slice(at + q.words.length));
}

/** What a position needs, as suggested; all of it can be said otherwise. */
function fieldsOf(q, items, people) {
    const f = {
        person: el('input', { value: q.speaker, maxLength: 200 }),
        stance: choice([['', t('(choose)')], ...STANCES.map((s) => [s, stanceWord(s)])], q.stance),
        item: choice([['0', q.about ? t('as suggested: {what}', { what: q.about }) : t('(choose)')],
            ...items.map((i) => [`${i.item}`, i.name])], q.about === '' && items.length === 1 ? `${items[0].item}` : '0'),
        date: el('input', { value: q.said, maxLength: 40, placeholder: '2026-10-12' }),
        channel: el('input', { maxLength: 200 }),
        purpose: el('input', { maxLength: 200 }),
    };
    f.person.setAttribute('list', people);
    f.box = el('details', null, el('summary', null, t('Who, what about, when')), el('div', 'fields',
        labelled(t('Who says it'), f.person), labelled(t('Stance'), f.stance), labelled(t('About'), f.item),
        labelled(t('When'), f.date), labelled(t('Where it was said'), f.channel), labelled(t('Why you decide so'), f.purpose)));
    f.box.open = q.speaker === '' || q.stance === '' || q.published === '' || f.item.value === '0' && q.about === '';
    return f;
}

function saidBy(q) {
    const who = q.speaker || q.as_written || t('somebody');
    return [el('strong', null, foreign(who)), q.stance ? `: ${stanceWord(q.stance)}` : '',
        ` (${t('found by {pattern}, right {p} %', { pattern: q.pattern, p: Math.round(100 * q.precision) })})`];
}

/** One suggestion; decided(card) is called once it is. */
function card(id, q, items, people, decided) {
    const f = fieldsOf(q, items, people);
    const told = teller();
    const box = el('article', { className: 'quote', tabIndex: -1, 'aria-label': q.words });
    async function decide(verdict) {
        try {
            const done = await api.send(`/api/cases/${id}/quotes/${q.suggestion}`, {
                verdict, person: f.person.value, stance: f.stance.value, item: Number(f.item.value), date: f.date.value,
                channel: f.channel.value, purpose: f.purpose.value,
            });
            decided(box, verdict === 'accepted' ? t('Accepted as position {n}', { n: done.position }) : t('Refused'));
        } catch (why) {
            told.fail(why);
            f.box.open = true;
            (f.stance.value === '' ? f.stance : f.person.value === '' ? f.person : f.item).focus();
        }
    }
    box.decide = decide;
    box.append(el('p', null, ...saidBy(q)), inContext(q),
        el('p', 'source', foreign(q.title), ' · ', foreign(q.outlet), ' · ', time(q.published)), f.box,
        el('p', 'buttons', button(t('Accept (A)'), () => decide('accepted'), { className: 'good' }),
            button(t('Refuse (R)'), () => decide('refused'))), told);
    return box;
}

function keySwitch() {
    const box = el('input', { type: 'checkbox', checked: localStorage.getItem(OFF) === null });
    box.onchange = () => (box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, '1'));
    return el('p', null, el('label', null, box,
        ` ${t('Single keys: A accepts, R refuses, N and P go to the next and the one before')}`));
}

/** Keys for those cards; where somebody types they are letters. */
function listen(cards, signal) {
    document.addEventListener('keydown', (e) => {
        if (localStorage.getItem(OFF) !== null || e.ctrlKey || e.altKey || e.metaKey || cards.length === 0 ||
            e.target.closest('input, select, textarea, dialog'))
            return;
        const here = cards.findIndex((c) => c.contains(document.activeElement));
        const go = { n: here + 1, p: here - 1 }[e.key.toLowerCase()];
        const verdict = { a: 'accepted', r: 'refused' }[e.key.toLowerCase()];
        if (go !== undefined)
            cards[Math.max(0, Math.min(cards.length - 1, go))].focus();
        else if (verdict && here >= 0)
            cards[here].decide(verdict);
        else
            return;
        e.preventDefault();
    }, { signal });
}

export async function quotesPart(place, id, shown, signal) {
    const { quotes } = await api.get(`/api/cases/${id}/quotes`);
    const open = quotes.filter((q) => q.shown && q.verdict === 'undecided');
    const items = shown.items.filter((i) => !i.undone && i.kind !== 'article');
    const told = teller();
    const people = el('datalist', { id: 'people' }, ...shown.people.map((p) => el('option', { value: p.name })));
    const cards = [];
    function decided(box, said) {
        const at = cards.indexOf(box);
        cards.splice(at, 1);
        box.remove();
        told.say(t('{what}; {n} left', { what: said, n: cards.length }));
        (cards[at] ?? cards[at - 1] ?? told).focus();
    }
    cards.push(...open.map((q) => card(id, q, items, people.id, decided)));
    told.tabIndex = -1;
    told.say(open.length > 0 ? t('{n} suggestions to decide about', { n: count(open.length) })
        : t('There is nothing to decide about.'));
    listen(cards, signal);
    place.append(keySwitch(), told, people, ...cards);
    cards[0]?.focus();
    const rest = quotes.filter((q) => q.verdict !== 'undecided');
    if (rest.length > 0)
        place.append(el('h3', null, t('Decided')), table(t('Decided'), ['#', t('Who'), t('Words'), t('Decision')],
            rest.map((q) => row(`${q.suggestion}`, foreign(q.speaker), foreign(q.words), q.verdict === 'accepted'
                ? t('Accepted as position {n}', { n: q.position }) : t('Refused')))));
}

/* ------------------------------------------------------------------ search */

/** "…a found word…" with what was found between two signs that no text has. */
function marked(snippet) {
    return snippet.split('\u0002').flatMap((piece, i) => {
        const [found, after] = i === 0 ? ['', piece] : piece.split('\u0003');
        return i === 0 ? [after] : [el('mark', null, found), after ?? ''];
    });
}

export async function searchPart(place, id) {
    const words = el('input', { type: 'search', maxLength: 200 });
    const person = el('input', { maxLength: 200 });
    const since = el('input', { maxLength: 20, placeholder: '2026-10' });
    const until = el('input', { maxLength: 20, placeholder: '2026-10-14' });
    const told = teller();
    const results = el('div', null);
    const form = el('form', { className: 'fields' }, labelled(t('Words, in any script'), words),
        labelled(t('Who'), person), labelled(t('Since'), since), labelled(t('Until'), until),
        el('p', 'buttons', el('button', { type: 'submit' }, t('Search'))));
    form.onsubmit = async (e) => {
        e.preventDefault();
        try {
            const asked = new URLSearchParams({ words: words.value, person: person.value, since: since.value,
                until: until.value });
            const { hits } = await api.get(`/api/cases/${id}/search?${asked}`);
            told.say(t('{n} found', { n: count(hits.length) }));
            results.replaceChildren(table(t('Found'), [t('When'), t('Who'), t('Kind'), t('Item'), t('Text')],
                hits.map((h) => row(h.when ? time(h.when) : '', foreign(h.who), h.kind, number(`${h.item}`),
                    el('td', { dir: 'auto' }, ...marked(h.snippet))))));
        } catch (why) {
            told.fail(why);
        }
    };
    place.append(form, told, results);
    words.focus();
}
