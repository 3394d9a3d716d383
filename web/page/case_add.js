// SPDX-License-Identifier: Apache-2.0
// Putting into a case: files, exports to be read, positions, other names; and making one.
import * as api from './api.js';
import { el } from './dom.js';
import { button, choice, confirmed, fileBox, foreign, labelled, pick, teller } from './parts.js';
import { STANCES, stanceWord } from './stances.js';
import { follow, meter } from './work.js';
import { count, t } from './words.js';

const FILES_MAX = 200;

/* ------------------------------------------------------------------ files */

function fieldsFor() {
    const text = () => el('input', { maxLength: 1000 });
    const f = {
        from: text(), origin: text(), obtained: text(), note: text(), called: text(), purpose: text(),
        kind: choice([['', t('by what is in it')], ['recording', t('recording')], ['image', t('image')], ['document', t('document')],
            ['chat', t('chat')], ['page', t('web page')], ['article', t('article')]]),
        dates: choice([['', t('as the export tells')], ['day-first', t('day first')], ['month-first', t('month first')]]),
    };
    f.box = el('div', 'fields', labelled(t('From whom'), f.from), labelled(t('Where it comes from'), f.origin),
        labelled(t('When and how it was obtained'), f.obtained), labelled(t('How reports call it; several with a semicolon'), f.called),
        labelled(t('Kind'), f.kind), labelled(t('Days and months in the export'), f.dates), labelled(t('Note'), f.note), labelled(t('Why'), f.purpose));
    f.read = () => ({ from: f.from.value, origin: f.origin.value, obtained: f.obtained.value, note: f.note.value, purpose: f.purpose.value,
        kind: f.kind.value, dates: f.dates.value, called: f.called.value.split(';').map((s) => s.trim()).filter(Boolean) });
    return f;
}

const RESULTS = {
    added: () => t('added'), back: () => t('is there again'), seen: () => t('was there already; that it came again is written down'),
    failed: () => t('failed'), 'not-tried': () => t('was not tried'),
};

function addedLine(id, r) {
    return el('li', null, foreign(r.name), ': ', RESULTS[r.result]?.() ?? r.result, r.error ? `: ${r.error.message}` : '', ' ',
        r.item ? el('a', { href: `#/case/${id}/item/${r.item}` }, t('item {n}', { n: r.item })) : '');
}

function importedLine(id, r) {
    if (r.error)
        return el('li', 'problem', foreign(r.path), ': ', r.error.message);
    const found = [[r.chats, t('chats')], [r.messages, t('messages')], [r.attachments, t('attachments')], [r.articles, t('articles')],
        [r.captures, t('captures')], [r.picture_facts, t('facts of pictures')], [r.quotes_shown, t('suggested quotations')],
        [r.gaps, t('known gaps')], [r.remarks, t('things to look at')]].filter(([n]) => n > 0).map(([n, what]) => `${what}: ${count(n)}`);
    return el('li', null, foreign(r.path), ', ', r.format, ': ', found.join(', ') || t('nothing'), ' ',
        el('a', { href: `#/case/${id}/item/${r.item}` }, t('item {n}', { n: r.item })));
}

function cameIn(id, kind, result) {
    const line = kind === 'case-add' ? addedLine : importedLine;
    return [el('h3', null, t('What came in')), el('ul', null, ...result.results.map((r) => line(id, r))),
        result.recordings > 0 ? el('p', null, t('New recordings: {n}.', { n: count(result.recordings) }), ' ',
            el('a', { href: '#/jobs' }, t('They are examined; the queue shows how far it is.'))) : '',
        result.notices.length > 0 ? el('details', null, el('summary', null, t('Missing, or to be looked at: {n}',
            { n: count(result.notices.length + result.notices_left_out) })),
        el('ul', null, ...result.notices.map((n) => el('li', null, n.kind === 'missing' ? `${t('missing')}: ` : '', foreign(n.text))))) : ''];
}

async function send(files, m) {
    const kept = [];
    for (const [i, file] of files.entries()) {
        const f = await api.upload(file, (p) => m.tell(`${t('Sending')} ${file.name}`, (i + p) / files.length));
        kept.push({ sha256: f.sha256, name: file.webkitRelativePath || file.name, modified: Math.floor(file.lastModified / 1000) });
    }
    return kept;
}

export async function addPart(place, id, shown, signal) {
    const m = meter();
    const f = fieldsFor();
    const here = () => !signal.aborted;
    const result = el('section', { 'aria-live': 'polite' });
    const how = (value, text, on) => el('label', null, el('input', { type: 'radio', name: 'how', value, checked: on }), ` ${text}`);
    const choices = el('fieldset', 'hear', el('legend', null, t('What is to be done')),
        how('case-add', t('Keep each file as an item'), true),
        how('case-import', t('Read it: a chat export, an article, a web archive, pictures'), false));
    async function take(files) {
        const kind = choices.querySelector(':checked').value;
        result.replaceChildren();
        try {
            if (files.length > FILES_MAX)
                throw new Error(t('At most {n} files at a time; pack a larger export as ZIP.', { n: FILES_MAX }));
            const kept = await send(files, m);
            const job = (await api.send('/api/jobs', { kind, case: id, files: kept, how: f.read() })).id;
            const found = await follow(job, here, m.tell);
            if (found === null)
                return;
            m.tell('');
            result.replaceChildren(...cameIn(id, kind, found.result));
            await api.remove(`/api/jobs/${job}`);
        } catch (why) {
            m.fail(why);
        }
    }
    const folder = el('input', { type: 'file', multiple: true });
    folder.webkitdirectory = true;
    folder.onchange = () => folder.files.length > 0 && take([...folder.files]);
    place.append(choices, f.box, fileBox(t('Drop files here, or choose some:'), take, '', true),
        labelled(t('Or a whole folder, as an export that is not packed'), folder), m.box, result);
}

/* ------------------------------------------------------------------ a new case */

export function newCase() {
    const told = teller();
    const title = el('input', { maxLength: 200, required: true });
    const form = el('form', { className: 'row' }, labelled(t('What the case is about'), title),
        el('p', 'buttons', el('button', { type: 'submit' }, t('Make a case'))));
    form.onsubmit = async (e) => {
        e.preventDefault();
        try {
            location.hash = `#/case/${(await api.send('/api/cases', { title: title.value })).id}/add`;
        } catch (why) {
            told.fail(why);
        }
    };
    return el('section', { 'aria-label': t('A new case') }, el('h3', null, t('A new case')), form, told);
}

/* ------------------------------------------------------------------ positions and names */

const WORDS = {
    'at-place': () => t('The words stand at that place of the report.'), found: () => t('The words stand in the report.'),
    'in-text': () => t('The words stand in what was read of the report.'),
    'not-found': () => t('The words were not found in the report; the position is kept, and says so.'), 'not-looked-for': () => '',
};

function peopleList(shown) {
    return el('datalist', { id: 'known' }, ...shown.people.map((p) => el('option', { value: p.name })));
}

/** A form for a position; done() is called when one was written down. */
export function positionForm(id, shown, done) {
    const told = teller();
    const items = shown.items.filter((i) => !i.undone);
    const names = items.map((i) => [`${i.item}`, `${i.item}: ${i.name}`]);
    const box = el('details', null, el('summary', null, t('Write down a position')), peopleList(shown));
    const text = (more = {}) => el('input', { maxLength: 1000, ...more });
    const f = {
        item: pick([['', t('(choose)')], ...names], '', box), person: text(), stance: choice([['', t('(choose)')], ...STANCES.map((s) => [s, stanceWord(s)])]),
        date: text({ placeholder: '2026-10-12' }), channel: text(), words: el('textarea', { rows: 3, maxLength: 20000 }),
        report: pick([['', t('none')], ...names], '', box), via: text({ inputMode: 'numeric' }), until: text({ placeholder: '2026-10-14' }), purpose: text(),
    };
    f.person.setAttribute('list', 'known');
    async function write(more = {}) {
        const said = Object.fromEntries(Object.entries(f).map(([name, field]) => [name, field.value]));
        const p = await api.send(`/api/cases/${id}/positions`, { ...said, ...more });
        if (p.near === undefined)
            return p;
        return await confirmed(t('Is this {name}, who is in the case? If not, somebody new is added.', { name: p.near }), t('It is the same'))
            ? write({ person: p.near }) : await confirmed(t('Add {name} as somebody new, and public?', { name: said.person }), t('Somebody new'))
                ? write({ new_person: true }) : null;
    }
    const form = el('form', null, el('div', 'fields', labelled(t('About'), f.item.field), labelled(t('Who says it'), f.person), labelled(t('Stance'), f.stance),
        labelled(t('When'), f.date), labelled(t('Where it was said'), f.channel), labelled(t('In which report it stands'), f.report.field),
        labelled(t('Only repeats position'), f.via), labelled(t('Answer asked for by'), f.until), labelled(t('Why'), f.purpose)),
    labelled(t('The exact words'), f.words), el('p', 'buttons', el('button', { type: 'submit', className: 'good' }, t('Write it down'))), told);
    form.onsubmit = async (e) => {
        e.preventDefault();
        try {
            const p = await write();
            if (p === null)
                return;
            told.say(`${t('Position {n} is written down.', { n: p.position })} ${WORDS[p.words]?.() ?? ''}`, p.words === 'not-found');
            await done();
        } catch (why) {
            told.fail(why);
        }
    };
    box.append(form);
    return box;
}

/** Another name of somebody; that of a protected person is encrypted at once. */
export function aliasForm(id, shown) {
    const told = teller();
    const person = choice([['', t('(choose)')], ...shown.people.map((p) => [`${p.person}`, p.name])]);
    const name = el('input', { maxLength: 1000, autocomplete: 'off' });
    const form = el('form', { className: 'row' }, labelled(t('Who'), person), labelled(t('Other name: a sender, a speaker'), name),
        el('p', 'buttons', button(t('Add'), null, { type: 'submit' })), told);
    form.onsubmit = async (e) => {
        e.preventDefault();
        try {
            const { protected: sealed } = await api.send(`/api/cases/${id}/aliases`, { person: person.value, name: name.value });
            name.value = '';
            told.say(sealed ? t('Added, encrypted.') : t('Added.'));
        } catch (why) {
            told.fail(why);
        }
    };
    return el('details', null, el('summary', null, t('Give somebody another name')), form);
}
