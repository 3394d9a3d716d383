// SPDX-License-Identifier: Apache-2.0
// Examining what is in a case without sending it again, and results that are kept there, with their pictures.
import * as api from './api.js';
import { showCheck } from './check.js';
import { showDiff } from './diff.js';
import { el } from './dom.js';
import { showFamily } from './family.js';
import { showInspect } from './inspect.js';
import { button, cards, choice, foreign, labelled, teller, time } from './parts.js';
import { meter } from './work.js';
import { count, t } from './words.js';

const LEAST = { check: 1, inspect: 1, diff: 2, family: 2 };
const MOST = { check: 200, inspect: 200, diff: 2, family: 200 };
const OTHERS = 200; // of the case that can be chosen from; the rest by their names
const EACH = new Set(['check', 'inspect']);

const VERBS = {
    check: () => t('Check against the archive'),
    inspect: () => t('Inspect'),
    diff: () => t('Compare two'),
    family: () => t('Order as a family'),
};

/** Begins jobs with these files: one with all, or one with each. */
async function begin(id, kind, files, how) {
    const lists = EACH.has(kind) ? files.map((f) => [f]) : [files];
    const jobs = [];
    for (const list of lists)
        jobs.push((await api.send('/api/jobs', { kind, case: id, files: list, how })).id);
    location.hash = jobs.length === 1 ? `#/${kind}/${jobs[0]}` : '#/jobs';
}

/** Is the result to be kept, and why it is asked for. */
function keeping() {
    const keep = el('input', { type: 'checkbox', checked: true });
    const purpose = el('input', { maxLength: 200 });
    const box = el('div', 'row', el('label', null, keep, ` ${t('Keep the results in the case')}`), labelled(t('Why'), purpose));
    box.how = () => ({ keep: keep.checked, purpose: purpose.value });
    return box;
}

/** Buttons for what is chosen(): items with their numbers. They can be pressed when there are enough of them. */
export function actionsFor(id, chosen) {
    const told = teller();
    const how = keeping();
    const acts = Object.keys(VERBS).map((kind) => Object.assign(button(VERBS[kind](), () =>
        begin(id, kind, chosen().map((item) => ({ item })), how.how()).catch(told.fail)), { kind }));
    const box = el('fieldset', 'acting', el('legend', null, t('With the recordings that are marked')),
        el('p', 'buttons', ...acts), how, told);
    box.update = () => {
        const n = chosen().length;
        for (const a of acts)
            a.disabled = n < LEAST[a.kind] || n > MOST[a.kind];
    };
    box.update();
    return box;
}

/** A recording to hold an item against: another of the case, or one of the archive that is looked for by name. */
function otherChoice(others) {
    const field = choice([['', t('(choose)')]]);
    const search = el('input', { type: 'search', maxLength: 200 });
    const fill = (found) => field.replaceChildren(el('option', { value: '' }, t('(choose)')),
        ...others.filter((i) => i.name.toLowerCase().includes(search.value.toLowerCase())).slice(0, OTHERS)
            .map((i) => el('option', { value: `item ${i.item}` }, `${i.item}: ${i.name}`)),
        ...found.map((r) => el('option', { value: r.sha256 }, t('archive: {name}', { name: r.names[0] }))));
    let names = new Map();
    let wanted = 0;
    search.oninput = async () => {
        const mine = ++wanted;
        const found = search.value === '' ? [] : (await api.get(`/api/archive?count=20&search=${
            encodeURIComponent(search.value)}`).catch(() => ({ recordings: [] }))).recordings;
        if (mine === wanted) {
            names = new Map(found.map((r) => [r.sha256, r.names[0]]));
            fill(found);
        }
    };
    fill([]);
    const box = el('div', 'row', labelled(t('With'), field), labelled(t('Look for in the case and the archive'), search));
    box.field = field;
    box.file = () => (field.value.startsWith('item ') ? { item: Number(field.value.slice(5)) }
        : { recording: field.value, name: names.get(field.value) });
    return box;
}

/** What can be done with one recording. */
export function actionsOfItem(id, item, shown) {
    const told = teller();
    const how = keeping();
    const others = shown.items.filter((i) => !i.undone && i.kind === 'recording' && i.item !== item);
    const other = otherChoice(others);
    const run = (kind, files) => begin(id, kind, files, { ...how.how(), keep: how.how().keep && files.every((f) => f.item) }).catch(told.fail);
    const compare = button(t('Compare'), () => run('diff', [{ item }, other.file()]), { disabled: true });
    other.field.onchange = () => {
        compare.disabled = other.field.value === '';
    };
    return el('section', { 'aria-label': t('Examine') }, el('h4', null, t('Examine')),
        el('p', 'buttons', button(VERBS.check(), () => run('check', [{ item }])), button(VERBS.inspect(), () => run('inspect', [{ item }]))),
        el('div', 'row', other, el('p', 'buttons', compare)), how, told);
}

/* ------------------------------------------------------------------ kept results */

const SHOW = { check: showCheck, inspect: showInspect, diff: showDiff, family: showFamily };

/** #/case/ID/analysis/N: a kept result as it was shown when it was made. */
export async function analysisPart(place, id, [number_], here) {
    const a = await api.get(`/api/cases/${id}/analyses/${Number(number_)}`);
    const m = meter();
    const box = el('section', null);
    place.append(el('h3', null, t('Analysis {n}: {tool}', { n: a.analysis, tool: t(a.tool) })),
        el('p', null, t('kept by event {n}, made by version {v}', { n: a.event, v: a.version }), ' · ',
            ...a.items.filter(Boolean).flatMap((i, n) => [n > 0 ? ', ' : '', el('a', { href: `#/case/${id}/item/${i.item}` }, foreign(i.name))])),
        m.box, box);
    if (SHOW[a.tool] === undefined || a.result === undefined)
        throw new Error(t('This result cannot be shown as a picture.'));
    const files = a.items.map((i) => i ?? { sha256: '0'.repeat(64) });
    return SHOW[a.tool](box, a.result, { here, m, from: id, job: { files } });
}

export function analysisTable(id, analyses, table, row) {
    return cards(table(t('Analyses'), ['#', t('Tool'), t('When'), t('What it says'), t('Version')],
        analyses.map((a) => row(el('a', { href: `#/case/${id}/analysis/${a.analysis}` }, `${count(a.analysis)}`), t(a.tool),
            el('td', null, a.time ? time(a.time) : ''), el('a', { href: `#/case/${id}/analysis/${a.analysis}` }, a.text), a.version))));
}
