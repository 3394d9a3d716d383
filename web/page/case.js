// SPDX-License-Identifier: Apache-2.0
// A case: which one, what is in it, and what was done with it. What people say is in case_said.js.
import * as api from './api.js';
import { el } from './dom.js';
import { addPart, aliasForm, newCase } from './case_add.js';
import { eventTable, eventsPart } from './case_custody.js';
import { articlePart, chatPart, foundPart, placePart, seek } from './case_read.js';
import { listenTo } from './listen.js';
import { button, cards, choice, foreign, labelled, number, row, table, teller } from './parts.js';
import { quotesPart } from './case_quotes.js';
import { searchPart, timelinePart } from './case_said.js';
import { actionsFor, actionsOfItem, analysisPart, analysisTable } from './case_work.js';
import { count, size, t } from './words.js';

const PAGE = 300; // items at a time
const FEW = 10; // need no search

const kindWord = (kind) => ({
    recording: t('recording'), image: t('image'), document: t('document'), chat: t('chat'), page: t('web page'),
    article: t('article'),
}[kind] ?? kind);

const parts = [
    { name: 'items', title: () => t('Items'), show: itemsPart },
    { name: 'timeline', title: () => t('Timeline'), show: timelinePart },
    { name: 'quotes', title: () => t('Suggested quotations'), show: quotesPart },
    { name: 'search', title: () => t('Search'), show: searchPart },
    { name: 'add', title: () => t('Add'), show: addPart },
    { name: 'events', title: () => t('Custody'), show: eventsPart },
];

/* ------------------------------------------------------------------ items */

/** What is heard: sound, and the sound of a video. */
const isSound = (i) => i.kind === 'recording';

function itemRow(id, i, marks = null) {
    return row(el('a', { href: `#/case/${id}/item/${i.item}` }, foreign(i.name)), number(`${i.item}`),
        kindWord(i.kind) + (i.undone ? ` (${t('taken back')})` : ''), number(size(i.bytes)), i.finds ?? '',
        ...marks ? [isSound(i) && !i.undone ? marks.box(i) : ''] : []);
}

/** Recordings that are marked, for what is done with several. */
function markBoxes(id) {
    const marks = { boxes: [] };
    marks.acts = actionsFor(id, () => marks.boxes.filter((b) => b.checked).map((b) => b.item));
    marks.box = (i) => {
        const old = marks.boxes.find((x) => x.item === i.item);
        if (old !== undefined)
            return old;
        const b = el('input', { type: 'checkbox', 'aria-label': t('Mark {name}', { name: i.name }), onchange: () => marks.acts.update() });
        b.item = i.item;
        marks.boxes.push(b);
        return b;
    };
    return marks;
}

function counts(shown) {
    const said = [
        [shown.counts.messages, t('messages')], [shown.counts.articles, t('articles')],
        [shown.counts.positions, t('positions')], [shown.counts.people, t('people')],
        [shown.reversals, t('reversals')], [shown.silences, t('unanswered')],
    ].filter(([n]) => n > 0);
    return said.map(([n, what]) => `${what}: ${count(n)}`).join(', ');
}

/** Items by name and kind, a few hundred at a time. */
function itemList(id, items, marks) {
    const name = el('input', { type: 'search', maxLength: 200 });
    const kind = choice([['', t('any')], ...[...new Set(items.map((i) => i.kind))].map((k) => [k, kindWord(k)])]);
    const told = teller();
    const list = el('div', null);
    let most = PAGE;
    const draw = () => {
        const found = items.filter((i) => (kind.value === '' || i.kind === kind.value) &&
            i.name.toLowerCase().includes(name.value.toLowerCase()));
        marks.boxes = marks.boxes.filter((b) => b.checked);
        told.say(found.length > most ? t('{n} items; the first {m} are shown', { n: count(found.length), m: count(most) }) : '');
        more.hidden = found.length <= most;
        list.replaceChildren(cards(table(t('Items'), [t('Name'), '#', t('Kind'), t('Size'), t('What analyses say'), t('Marked')],
            found.slice(0, most).map((i) => itemRow(id, i, marks)))));
        marks.acts.update();
    };
    const more = button(t('More'), () => {
        most += PAGE;
        draw();
    });
    name.oninput = draw;
    kind.onchange = draw;
    draw();
    const filters = el('div', 'row', labelled(t('Search by name'), name), labelled(t('Kind'), kind));
    filters.hidden = items.length <= FEW;
    return [filters, told, list, el('p', 'buttons', more)];
}

async function itemsPart(place, id, shown) {
    const marks = markBoxes(id);
    const people = shown.people.map((p) => row(foreign(p.name),
        { public: t('public'), pseudonym: t('pseudonym'), protected: t('protected') }[p.kind]));
    place.append(
        el('p', null, counts(shown)),
        el('p', null, shown.events_not_sealed > 0
            ? t('{n} events are not sealed yet', { n: count(shown.events_not_sealed) })
            : t('all events are sealed')),
        ...itemList(id, shown.items, marks));
    if (shown.items.some((i) => isSound(i) && !i.undone))
        place.append(marks.acts);
    if (people.length > 0)
        place.append(el('h3', null, t('People')), table(t('People'), [t('Name, as shown'), t('Kind')], people), aliasForm(id, shown));
}

/* ------------------------------------------------------------------ one item */

function readRow(id, r) {
    const view = { chats: 'chat', articles: 'article' }[r.of];
    const what = foreign(r.what || (view ? t('open') : ''));
    const held = view ? el('a', { href: `#/case/${id}/${view}/${r.row}` }, what)
        : r.bytes ? el('a', { href: `#/case/${id}/place/${r.source}/${r.at}/${r.bytes}` }, what.textContent ? what : t('place')) : what;
    return row(r.of, held, foreign(r.text ?? ''));
}

async function itemPart(place, id, [number_], here, shown) {
    const item = Number(number_);
    const i = await api.get(`/api/cases/${id}/items/${item}`);
    let end = () => {};
    const fields = [[t('Kind'), kindWord(i.kind)], [t('From'), i.from], [t('Origin'), i.origin],
        [t('Obtained'), i.obtained], [t('Note'), i.note], [t('Called'), i.called.join(', ')], [t('Size'), size(i.bytes)],
        ['SHA-256', i.sha256]].filter(([, value]) => value);
    place.append(
        el('h3', null, foreign(i.name)),
        el('dl', null, ...fields.flatMap(([name, value]) => [el('dt', null, name), el('dd', null, foreign(value))])));
    if (isSound(i)) {
        const box = el('section', { 'aria-label': t('Listen') }, el('h4', null, t('Listen')));
        place.append(box);
        const inspect = i.analyses.filter((a) => a.tool === 'inspect' && a.result?.findings).at(-1)?.result;
        end = listenTo(box, { id, item, sha256: i.sha256, inspect }, here);
        if (!i.undone)
            place.append(actionsOfItem(id, item, shown));
    }
    if (i.analyses.length > 0)
        place.append(el('h4', null, t('Analyses')), analysisTable(id, i.analyses, table, row));
    if (i.records.length > 0)
        place.append(el('h4', null, t('What was read of it')), table(t('What was read of it'),
            [t('Kind'), t('What'), t('Text')],
            i.records.map((r) => readRow(id, r))));
    if (i.came_out_of_it.length > 0)
        place.append(el('h4', null, t('Came out of it')), table(t('Came out of it'),
            [t('Name'), '#', t('Kind'), t('Size'), t('What analyses say')],
            i.came_out_of_it.map((c) => itemRow(id, c))));
    place.append(el('h4', null, t('Custody')), eventTable(id, i.events));
    return () => end();
}

/* ------------------------------------------------------------------ the case */

async function chooseCase(place) {
    const { cases } = await api.get('/api/cases');
    if (cases.length === 0) {
        place.append(el('p', null, t('There is no case yet.')), newCase());
        return;
    }
    place.append(table(t('Cases'), [t('Case'), t('Folder')], cases.map((c) => (c.error
        ? row(foreign(c.folder), c.error.message)
        : row(el('a', { href: `#/case/${c.id}` }, foreign(c.title)), foreign(c.folder))))), newCase());
}

function partsNav(id, current) {
    return el('nav', { 'aria-label': t('Parts of the case'), className: 'parts' },
        ...parts.map((p) => {
            const link = el('a', { href: `#/case/${id}/${p.name}` }, p.title());
            if (p === current)
                link.setAttribute('aria-current', 'page');
            return link;
        }),
        el('a', { href: '#/case' }, t('Other cases')));
}

const READING = new Set(['chat', 'article', 'place', 'found']);
const below = { item: itemPart, analysis: analysisPart, chat: chatPart, article: articlePart, place: placePart, found: foundPart };

export function caseView(main, [id, what = 'items', ...rest]) {
    let end = () => {};
    const told = teller();
    const place = el('section', null);
    const life = new AbortController();

    async function show() {
        try {
            if (id === undefined || !/^[0-9a-f]{16}$/.test(id)) {
                await chooseCase(place);
                return;
            }
            const shown = await api.get(`/api/cases/${id}`);
            const part = parts.find((p) => p.name === what);
            place.append(el('p', 'title', foreign(shown.title)), partsNav(id, part));
            if (!READING.has(what))
                seek(''); // what was looked for is marked only where it was looked for
            const here = () => !life.signal.aborted;
            const done = below[what] ? await below[what](place, id, rest, here, shown)
                : await (part ?? parts[0]).show(place, id, shown, life.signal, rest);
            end = done ?? end;
            if (!here())
                end();
        } catch (why) {
            told.fail(why);
        }
    }

    main.append(told, place);
    show();
    return () => {
        life.abort();
        end();
    };
}
