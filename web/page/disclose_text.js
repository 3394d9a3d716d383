// SPDX-License-Identifier: Apache-2.0
// Choosing messages, paragraphs, or files of a folder: their words are read, ticked, found.
import { el } from './dom.js';
import { LongList } from './longlist.js';
import { button, choice, foreign, labelled, number, teller } from './parts.js';
import { Ranges } from './ranges.js';
import { count, t } from './words.js';

const FOUND_MAX = 20000;

/** sender:"Doe, ""Jane""" */
const senderWord = (name) => `sender:"${name.replaceAll('"', '""')}"`;

/** Only as a whole. */
export function wholeChooser() {
    return {
        box: el('p', null, t('It was sealed in one piece: it can only be shown whole.')),
        words: () => ({ show: 'all', hide: '' }),
        seen: () => {},
    };
}

export function textChooser(owner, look) {
    const told = teller();
    const chat = look.splitter === 'chat-v1';
    const folder = look.kind === 'collection';
    const picked = new Ranges(); // hidden of all, or shown of none
    const senders = new Set();
    const kinds = new Set();
    let found = [];
    let at = -1;

    const base = choice([['all', t('everything but what is hidden here')], ['none', t('only what is chosen here')]], 'all');
    const isShown = (n) => (base.value === 'all') !== picked.has(n);
    const show = (first, last, yes) => picked.set(first, last, yes !== (base.value === 'all'));

    function changed() {
        list.again().catch(told.fail);
        owner.changed();
    }

    const list = new LongList({
        label: folder ? t('Files of the folder') : chat ? t('Messages') : t('Paragraphs'),
        head: [t('Show'), '#', t('Text'), t('State'), ...(folder ? [t('Actions')] : [])],
        fetch: async (from, n) => (await owner.get(`units?from=${from}&count=${n}`)).lines,
        row: unitRow,
        fail: told.fail,
    });

    let last = 0; // ticked last, for a stretch with Shift
    function unitRow(p) {
        const tick = el('input', { type: 'checkbox', checked: isShown(p.first), 'aria-label': t('Show number {n}', { n: p.first }) });
        tick.onclick = (e) => {
            const to = e.shiftKey && last > 0 ? last : p.first;
            show(Math.min(p.first, to), Math.max(p.first, to), tick.checked);
            last = p.first;
            changed();
        };
        const hit = at >= 0 && found[at] === p.first;
        const words = el('td', 'text', hit ? el('mark', null, foreign(p.text)) : foreign(p.text),
            p.names_file ? el('span', 'faint', ` (${t('the file “{name}” is not in the bundle', { name: p.names_file })})`) : '');
        const r = el('tr', null, el('td', null, tick), number(count(p.first)), words,
            el('td', null, p.partly ? `◐ ${t('visible in part')}` : p.shown ? `● ${t('visible')}` : `○ ${t('hidden')}`),
            ...(folder ? [el('td', null, inside(p))] : []));
        r.className = p.shown ? 'visible' : 'hidden-part';
        return r;
    }

    /** Parts of a member are chosen in the member itself. */
    function inside(p) {
        const item = p.text.slice(p.text.lastIndexOf(' ') + 1);
        const one = owner.desk.items?.find((i) => i.item === item);
        return one === undefined ? '' : button(t('Choose inside'), () => owner.desk.open(one),
            { 'aria-label': t('Choose inside {name}', { name: one.name }) });
    }

    /* Stretches by numbers. */
    const from = el('input', { type: 'number', min: '1', max: `${look.units}`, step: '1' });
    const to = el('input', { type: 'number', min: '1', max: `${look.units}`, step: '1' });
    const some = (yes) => {
        const [a, b] = [Number(from.value), Number(to.value || from.value)];
        if (!(a >= 1 && b >= a && b <= look.units)) {
            told.say(t('From and to are numbers from 1 to {n}', { n: count(look.units) }), true);
            return;
        }
        told.say('');
        show(a, b, yes);
        changed();
    };

    /* Search. */
    const words = el('input', { type: 'search', maxLength: 500 });
    const hits = el('p', { role: 'status' });
    const move = (by) => {
        if (found.length === 0)
            return;
        at = (at + by + found.length) % found.length;
        hits.textContent = t('{i} of {n} found: number {k}', { i: count(at + 1), n: count(found.length), k: count(found[at]) });
        list.show(found[at] - 1).catch(told.fail);
    };
    const search = async (e) => {
        e.preventDefault();
        try {
            const said = words.value.trim();
            const answer = said === '' ? { found: [], all: 0 } : await owner.get(`search?words=${encodeURIComponent(said)}&count=${FOUND_MAX}`);
            found = answer.found;
            at = -1;
            hits.textContent = said === '' ? '' : found.length === 0 ? t('Nothing was found.')
                : answer.all > found.length ? t('The first {n} of {m}', { n: count(found.length), m: count(answer.all) }) : '';
            acts.hidden = found.length === 0;
            if (found.length > 0 && answer.all === found.length)
                move(1);
        } catch (why) {
            told.fail(why);
        }
    };
    const every = (yes) => {
        picked.setAll(found, yes !== (base.value === 'all'));
        changed();
    };
    const acts = el('p', { className: 'buttons', hidden: true }, button(t('Before'), () => move(-1)), button(t('Next'), () => move(1)),
        button(t('Hide all that was found'), () => every(false)), button(t('Show all that was found'), () => every(true)));

    base.onchange = () => {
        picked.list = [];
        changed();
    };

    const ticks = (set, options) => options.map(([value, text]) => {
        const box = el('input', { type: 'checkbox' });
        box.onchange = () => {
            set[box.checked ? 'add' : 'delete'](value);
            owner.changed();
        };
        return el('label', 'tick', box, ' ', text);
    });
    const chatOnly = () => [
        el('fieldset', null, el('legend', null, t('Hide in all messages')), ...ticks(kinds, [['senders', t('who wrote')], ['times', t('when')],
            ['bodies', t('what was written')], ['attachments', t('names of files')]])),
        el('fieldset', null, el('legend', null, t('Hide all messages of')), ...ticks(senders, look.senders.map((s) => [s, foreign(s)])),
            look.senders_cut ? el('p', 'faint', t('There are more; name them in words.')) : ''),
    ];
    const box = el('div', null, labelled(t('Shown is'), base), ...(chat ? chatOnly() : []),
        el('form', { className: 'row', onsubmit: search, role: 'search' }, labelled(t('Search in it'), words), el('button', { type: 'submit' }, t('Search'))),
        hits, acts,
        el('div', { className: 'row', role: 'group', 'aria-label': t('By numbers') }, labelled(t('From number'), from), labelled(t('To number'), to),
            button(t('Hide these'), () => some(false)), button(t('Show these'), () => some(true))),
        told, list.box);
    let begun = false;
    return {
        box,
        words: () => ({ show: base.value === 'all' ? 'all' : picked.words(),
            hide: [base.value === 'all' ? picked.words() : '', ...kinds, ...[...senders].map(senderWord)].filter((w) => w).join(',') }),
        seen: () => {
            if (begun)
                return list.again();
            begun = true;
            return list.begin(look.units);
        },
    };
}
