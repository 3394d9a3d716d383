// SPDX-License-Identifier: Apache-2.0
// What several views are made of: tables, questions before what cannot be taken back, boxes for files.
import { el } from './dom.js';
import { t, when } from './words.js';

let ids = 0;
const nextId = () => `e${++ids}`;

/** Text from elsewhere: its direction does not turn what stands beside it. */
export const foreign = (text) => el('bdi', { dir: 'auto' }, text);

export const time = (iso) => el('time', { dateTime: iso, title: iso }, when(iso));

/** @param {string} caption read out before the table; @param {string[]} head; @param {HTMLElement[]} rows */
export function table(caption, head, rows) {
    return el('div', { className: 'wide', tabIndex: 0, role: 'region', 'aria-label': caption },
        el('table', null,
            el('caption', 'unseen', caption),
            el('thead', null, el('tr', null, ...head.map((h) =>
                (h === '' ? el('td', null) : el('th', { scope: 'col' }, h))))),
            el('tbody', null, ...rows)));
}

const roles = { TABLE: 'table', THEAD: 'rowgroup', TBODY: 'rowgroup', TR: 'row', TD: 'cell' };

/** On a phone each row of this table stands by itself, each cell beside the name of its column; it stays a table. */
export function cards(box) {
    const heads = [...box.querySelectorAll('thead tr > *')].map((h) => h.textContent);
    box.classList.add('cards');
    for (const e of box.querySelectorAll('table, thead, tbody, tr, th, td'))
        e.setAttribute('role', roles[e.tagName] ?? (e.scope === 'col' ? 'columnheader' : 'rowheader'));
    for (const r of box.querySelectorAll('tbody tr'))
        [...r.children].forEach((c, i) => {
            c.dataset.head = heads[i];
            c.classList.toggle('blank', c.textContent === '' && c.querySelector('input, button') === null);
        });
    return box;
}

export function row(first, ...cells) {
    return el('tr', null, el('th', { scope: 'row' }, first),
        ...cells.map((c) => (c instanceof HTMLTableCellElement ? c : el('td', null, c))));
}

export const number = (text) => el('td', 'number', text);

export function button(text, onclick, props = {}) {
    return el('button', { type: 'button', onclick, ...props }, text);
}

/** A field with its label; the field is `box.field`. */
export function labelled(text, field) {
    field.id = field.id || nextId();
    const box = el('p', 'field', el('label', { htmlFor: field.id }, text), field);
    box.field = field;
    return box;
}

export function choice(options, value = '') {
    const field = el('select', null, ...options.map(([v, text]) => el('option', { value: v }, text)));
    field.value = value;
    return field;
}

const MANY = 200; // options beyond which a list to choose from is one to type into
const lists = new WeakMap();

/** One of many: a list to choose from, and for thousands a field with suggestions, which `home` holds once for all fields. */
export function pick(options, value, home) {
    if (options.length <= MANY) {
        const field = choice(options, value);
        return { field, get value() {
            return field.value;
        }, get text() {
            return field.selectedOptions[0]?.textContent ?? '';
        } };
    }
    if (!lists.has(options)) {
        const list = el('datalist', { id: nextId() }, ...options.map(([, text]) => el('option', { value: text })));
        lists.set(options, { list, byText: new Map(options.map(([v, text]) => [text, v])) });
        home.append(list);
    }
    const { list, byText } = lists.get(options);
    const field = el('input', { maxLength: 1000, value: options.find(([v]) => v === value)?.[1] ?? '', autocomplete: 'off' });
    field.setAttribute('list', list.id);
    return { field, get value() {
        return byText.get(field.value) ?? options[0][0];
    }, get text() {
        return field.value;
    } };
}

/** Asks before what cannot be taken back; details stand below the question. @returns {Promise<boolean>} */
export function confirmed(question, action, ...details) {
    return new Promise((answer) => {
        const label = nextId();
        const dialog = el('dialog', { 'aria-labelledby': label });
        const yes = button(action, () => dialog.close('yes'), { className: 'danger' });
        const no = button(t('Cancel'), () => dialog.close('no'));
        dialog.append(el('p', { id: label }, question), ...details, el('p', 'buttons', no, yes));
        dialog.onclose = () => {
            dialog.remove();
            answer(dialog.returnValue === 'yes');
        };
        document.body.append(dialog);
        dialog.showModal();
        no.focus();
    });
}

/** A place where files are dropped, or chosen. */
export function fileBox(text, take, accept = '', multiple = false) {
    const input = el('input', { type: 'file', id: nextId(), accept, multiple });
    const box = el('div', 'drop', el('label', { htmlFor: input.id }, text), ' ', input);
    input.onchange = () => input.files.length > 0 && take([...input.files]);
    box.ondragover = (e) => {
        e.preventDefault();
        box.classList.add('over');
    };
    box.ondragleave = () => box.classList.remove('over');
    box.ondrop = (e) => {
        e.preventDefault();
        box.classList.remove('over');
        if (e.dataTransfer.files.length > 0)
            take([...e.dataTransfer.files]);
    };
    return box;
}

/** A line that says what happens, also to those who do not see it. */
export function teller() {
    const line = el('p', { role: 'status', className: 'told' });
    line.say = (text, problem = false) => {
        line.textContent = text;
        line.classList.toggle('problem', problem);
    };
    line.fail = (why) => line.say(why.advice ? `${why.message}: ${why.advice}` : why.message, true);
    return line;
}
