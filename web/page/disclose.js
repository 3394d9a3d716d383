// SPDX-License-Identifier: Apache-2.0
// Disclosing: an item of the desk is opened, what is shown of it is chosen, looked at and heard, then written. What is
// written is what was looked at, or nothing.
import * as api from './api.js';
import { textChooser, wholeChooser } from './disclose_text.js';
import { soundChooser } from './disclose_sound.js';
import { clock, el } from './dom.js';
import { LongList } from './longlist.js';
import { button, choice, confirmed, fileBox, foreign, labelled, number, row, table, teller, time } from './parts.js';
import { count, t } from './words.js';

const SOON_MS = 150;
const NAMED_MAX = 2000; // lines of the preview that the question names

const KINDS = {
    'grid': 'sound (WAV)', 'mp3-frame': 'sound (MP3)', 'aac-frame': 'sound (AAC)', 'ogg-page': 'sound (Ogg)',
    'chat-v1': 'chat', 'para-v1': 'text', 'seals': 'folder', 'whole': 'file in one piece',
};

/** What a line of a preview is about. */
export const stretch = (p) => (p.kind === 'head' ? t('before the content') : p.kind === 'tail' ? t('after the content')
    : p.kind === 'metadata' ? t('metadata')
        : p.from !== undefined ? `${clock(p.from)}-${clock(p.to)}`
            : p.count > 1 ? `${p.first}-${p.first + p.count - 1}` : `${p.first ?? ''}`);

export const stateWord = (p) => (p.partly ? `◐ ${t('visible in part')}` : p.shown ? `● ${t('visible')}`
    : p.guard ? `○ ${t('hidden, beside what is hidden')}` : `○ ${t('hidden')}`);

/** A line of a preview as a row. */
export function previewRow(p) {
    const notes = [
        p.names_file && p.shown ? t('the file “{name}” is not in the bundle', { name: p.names_file }) : '',
        p.kind === 'head' && p.shown ? t('it may hold names, or a checksum of what is hidden') : '',
        p.count > 1 && p.text ? t('{n} of them', { n: count(p.count) }) : '',
    ].filter((n) => n !== '');
    const one = row(stretch(p), stateWord(p), el('td', 'text', foreign(p.text ?? ''),
        notes.length > 0 ? el('span', 'faint', ` (${notes.join('; ')})`) : ''));
    one.className = p.shown ? 'visible' : 'hidden-part';
    return one;
}

export function save(blob, name) {
    const address = URL.createObjectURL(blob);
    const link = el('a', { href: address, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
}

/** 1, 2, 3, 5 to "1-3, 5" */
function spanned(lines) {
    const list = [];
    for (const p of lines)
        if (list.at(-1)?.[1] === p.first - 1)
            list.at(-1)[1] = p.first;
        else
            list.push([p.first, p.first]);
    return list.map(([a, b]) => (a === b ? `${a}` : `${a}-${b}`)).join(', ');
}

class Disclosing {
    constructor(desk, item, look) {
        Object.assign(this, { desk, item, look });
        this.told = teller();
        this.sum = el('p', { role: 'status', className: 'sum' });
        this.write = button(t('Write the bundle'), () => this.ask().catch(this.told.fail), { disabled: true, className: 'main' });
        this.lines = new LongList({ label: t('What will be visible'), head: [t('Part'), t('State'), t('Text')],
            fetch: async (from, n) => (await this.get(`lines?from=${from}&count=${n}`)).lines, row: previewRow,
            fail: this.told.fail });
        this.lines.box.hidden = true;
        this.view = null;
        this.wish = 0;
        this.said = el('div', null);
        this.written = el('div', { 'aria-live': 'polite' });
        const make = { sound: soundChooser, text: textChooser, collection: textChooser }[look.kind] ?? wholeChooser;
        this.chooser = make(this, look);
        this.box = el('div', 'disclosing', el('h4', null, foreign(look.name)),
            el('p', null, t('{kind}, {n} parts', { kind: t(KINDS[look.splitter] ?? look.splitter), n: count(look.parts) }),
                look.burned ? `; ${t('something of it was burned')}` : ''),
            this.chooser.box, this.#options(), el('h5', null, t('What will be visible')), this.told, this.sum,
            this.lines.box, this.said, this.#publishing(), el('p', 'buttons', this.write), this.written);
        this.changed();
    }

    get(what) {
        return api.get(`/api/looks/${this.look.look}/${what}`);
    }

    #tick(text, name, on = false) {
        const box = el('input', { type: 'checkbox', checked: on });
        box.onchange = () => this.changed();
        this[name] = box;
        return el('label', 'tick', box, ' ', text);
    }

    #options() {
        const { look } = this;
        this.meta = look.meta.map((m) => {
            const box = el('input', { type: 'checkbox', value: m.key });
            box.onchange = () => this.changed();
            return { box, label: el('label', 'tick', box, ` ${m.key}: `, foreign(m.value)) };
        });
        const word = (name) => {
            this[name] = el('input', { maxLength: 900000, spellcheck: false });
            this[name].oninput = () => this.changed();
            return this[name];
        };
        return el('div', null,
            el('fieldset', null, el('legend', null, t('Also show')),
                ...this.meta.map((m) => m.label),
                this.meta.length > 0 ? el('p', 'faint', t('What was said of it when it was sealed; no seal proves that.')) : '',
                this.#tick(t('what was done with it (custody)'), 'custody'),
                ...(look.head ? [this.#tick(t('what comes before the content; it may hold names, or a checksum of what is hidden'), 'head')] : []),
                ...(look.tail ? [this.#tick(t('what comes after the content'), 'tail')] : []),
                ...(look.kind === 'collection' ? [this.#tick(t('a bundle of each file that is shown, whole'), 'members')] : [])),
            el('details', null, el('summary', null, t('Ranges in words')),
                el('p', 'faint', t('As the command takes them, joined by commas: 0:12.5-0:20, 3-5, #7, sender:Ann, on:17.9.2019, senders, times, bodies, attachments, head, tail')),
                el('div', 'fields', labelled(t('Show, in words'), word('moreShow')), labelled(t('Hide, in words'), word('moreHide')))));
    }

    #publishing() {
        this.publish = choice([['', t('only the bundle')]]);
        this.publish.onchange = () => this.changed();
        this.whyNot = el('p', 'faint');
        return el('div', null, labelled(t('Files'), this.publish), this.whyNot);
    }

    /** What was said of it, or done with it, and goes into the bundle too. */
    #events() {
        const list = this.look.events.filter((e) => !e.custody || this.custody.checked);
        const item = (e) => el('li', null, `${e.kind}, `, time(e.time), ': ', foreign(e.words),
            e.reached ? '' : el('strong', null, ` (${t('not in it: the log was not signed since')})`));
        return list.length === 0 ? [] : [el('p', null, t('What was said of it, and stands in the bundle too:')), el('ul', 'named', ...list.map(item))];
    }

    /** What can be published beside the bundle. */
    #offer(view) {
        const { splitter } = this.look;
        const kinds = { 'grid': [['silence', t('and a WAV with silence where it is hidden')], ['tone', t('and a WAV with a tone where it is hidden')]],
            'chat-v1': [['mark', t('and the text with [withheld]')]], 'para-v1': [['mark', t('and the text with [withheld]')]] }[splitter] ??
            [['silence', t('and the sound with silence where it is hidden')]];
        const had = this.publish.value;
        const options = view.publishable || (had !== '' && had !== 'silence') ? kinds : [];
        this.publish.replaceChildren(...[['', t('only the bundle')], ...options].map(([value, text]) => el('option', { value }, text)));
        this.publish.value = options.some(([k]) => k === had) ? had : '';
        this.whyNot.textContent = view.publishable ? '' : t('Nothing can be published beside it: {why}', { why: view.why.message });
    }

    /** The choice in the words of the command. */
    words() {
        const chosen = this.chooser.words();
        const join = (...list) => list.filter((w) => w).join(',');
        const show = join(chosen.show, this.head?.checked && 'head', this.tail?.checked && 'tail', this.moreShow.value.trim());
        return { show, hide: join(chosen.hide, this.moreHide.value.trim()),
            meta: this.meta.filter((m) => m.box.checked).map((m) => m.box.value).join(','),
            filler: this.publish?.value === 'tone' ? 'tone' : '' };
    }

    /** Something was chosen: what was looked at does not count any more. */
    changed() {
        this.write.disabled = true;
        this.view = null;
        clearTimeout(this.soon);
        this.soon = setTimeout(() => this.preview(), SOON_MS);
    }

    async preview() {
        const mine = ++this.wish;
        try {
            const words = this.words();
            if (words.show === '' && words.hide === '') {
                this.lines.box.hidden = true;
                this.sum.textContent = t('Nothing is chosen yet.');
                return;
            }
            const view = await api.send(`/api/looks/${this.look.look}/choose`, words);
            if (mine !== this.wish)
                return;
            this.told.say('');
            this.sum.textContent = this.#summary(view);
            this.lines.box.hidden = false;
            this.said.replaceChildren(...this.#events());
            this.#offer(view);
            await Promise.all([this.lines.begin(view.lines), this.chooser.seen(view)]);
            if (mine !== this.wish)
                return;
            this.view = { ...view, words };
            this.write.disabled = view.shown === 0;
        } catch (why) {
            if (mine !== this.wish)
                return;
            this.sum.textContent = '';
            this.lines.box.hidden = true;
            this.told.fail(why);
        }
    }

    #summary(view) {
        const { look } = this;
        const parts = t('{n} of {m} parts will be visible', { n: count(view.shown), m: count(look.parts) });
        if (look.kind !== 'text' && look.kind !== 'collection')
            return parts;
        return `${t('Visible: {n} whole, {k} in part, {h} withheld, of {m}', { n: count(view.units_shown),
            k: count(view.units_partly), h: count(look.units - view.units_shown - view.units_partly), m: count(look.units) })}; ${parts}`;
    }

    /** Exactly what will be visible, for the question. */
    async #named() {
        const { lines } = await this.get(`lines?from=0&count=${NAMED_MAX}`);
        const shown = lines.filter((p) => p.shown);
        const of = (test) => shown.filter((p) => p.kind === 'unit' && test(p));
        const items = [
            ...of((p) => p.from !== undefined).map((p) => stretch(p)),
            ...(of((p) => p.from === undefined && !p.text).map((p) => stretch(p))),
        ];
        const whole = of((p) => p.from === undefined && p.text && !p.partly);
        const part = of((p) => p.from === undefined && p.text && p.partly);
        if (whole.length > 0)
            items.push(t('whole: {list}', { list: spanned(whole) }));
        if (part.length > 0)
            items.push(t('in part: {list}', { list: spanned(part) }));
        items.push(...shown.filter((p) => p.kind === 'head' || p.kind === 'tail').map(stretch),
            ...shown.filter((p) => p.kind === 'metadata').map((p) => foreign(p.text)));
        if (this.view.lines > lines.length)
            items.push(t('and what the other {n} lines of the preview show', { n: count(this.view.lines - lines.length) }));
        return el('ul', 'named', ...items.map((i) => el('li', null, i)));
    }

    async ask() {
        const { view } = this;
        const named = await this.#named();
        if (view !== this.view || !await confirmed(
            t('Write a bundle that shows exactly this? It is put on the log, and what was given away cannot be taken back.'),
            t('Write the bundle'), el('p', null, this.#summary(view)), named, ...this.#events()))
            return;
        this.write.disabled = true;
        try {
            await this.#order(view);
        } finally {
            this.write.disabled = view !== this.view;
        }
    }

    async #order(view) {
        this.told.say(t('Working'));
        const done = await this.desk.ask('/api/disclose', { item: this.look.item, file: this.item.file ?? '', ...view.words,
            custody: this.custody.checked, members: this.members?.checked ?? false, published: this.publish.value !== '',
            filler: this.publish.value, expected: view.mark,
            expected_events: this.custody.checked ? this.look.custody_mark : this.look.events_mark, write: true, keep: true });
        this.told.say('');
        this.desk.hold(`/api/made/${done.made}`);
        const stem = this.look.name.replace(/\.[^.]*$/, '') || 'item';
        const fetch = async (f, i) => {
            const name = done.files.length > 1 && this.members?.checked ? f.name : `${stem}${f.name.replace(/^(bundle|published)/, (w) => (w === 'bundle' ? '' : '-published'))}`;
            save(await api.blob(`/api/made/${done.made}/${i}`), name);
        };
        this.written.replaceChildren(
            el('p', null, t('Written and put on the log: {n} files. They are here until this view is left.', { n: count(done.files.length) }),
                done.events_left_out > 0 ? ` ${t('{n} events about it are not in it: the log was not signed since.', { n: done.events_left_out })}` : ''),
            el('ul', null, ...done.files.map((f, i) => el('li', null,
                button(t('Save {name}', { name: f.name }), () => fetch(f, i).catch(this.told.fail)), ` ${count(f.bytes)} B`))));
        if (done.files.length === 1)
            await fetch(done.files[0], 0);
    }

    close() {
        this.wish++;
        clearTimeout(this.soon);
        this.chooser.close?.();
    }
}

/** The part of the view for the desk. */
export function disclosePart(desk) {
    const told = teller();
    const place = el('div', null);
    const pass = el('input', { type: 'password', autocomplete: 'off' });
    const form = el('form', null, labelled(t('Passphrase of the desk'), pass),
        el('p', 'buttons', el('button', { type: 'submit' }, t('Show what is sealed'))));
    const held = new Set(); // what the server holds for this view
    let open = null;
    const here = {
        /** Sent with each request to this server only, and kept nowhere but in the field. */
        ask: (path, what) => api.send(path, { ...what, passphrase: pass.value }),
        hold: (path) => held.add(path),
        open: choose,
    };
    function leaveItem() {
        open?.close();
        open?.box.remove();
        if (open !== null)
            api.remove(`/api/looks/${open.look.look}`).catch(() => {});
        open = null;
        place.querySelector('.missing')?.remove();
    }
    async function choose(item) {
        leaveItem();
        told.say(t('The file is compared with its seal'));
        try {
            const look = await here.ask('/api/looks', { item: item.item, file: item.file ?? '' });
            told.say('');
            open = new Disclosing(here, item, look);
            place.append(open.box);
            open.box.querySelector('input, button')?.focus();
        } catch (why) {
            told.fail(why);
            if (item.splitter !== 'seals')
                place.append(sendIt(item));
        }
    }
    /** Where the file is not what was sealed, or not there. */
    function sendIt(item) {
        return el('div', 'missing', el('h4', null, foreign(item.name)),
            el('p', null, t('It was sealed at {path}, with {n} parts. The very same file can be sent from where it is now; nothing of it is kept.', { path: item.path, n: count(item.parts) })),
            fileBox(t('Drop the sealed file here, or choose it:'), async ([file]) => {
                try {
                    const sent = await api.upload(file, (p) => told.say(t('Sending: {p} %', { p: Math.round(100 * p) })));
                    await choose({ ...item, file: sent.sha256 });
                } catch (why) {
                    told.fail(why);
                }
            }));
    }
    function showItems(items) {
        const filter = el('input', { type: 'search' });
        const rows = items.sort((a, b) => (b.entry ?? Infinity) - (a.entry ?? Infinity)).map((i) => ({ i, r: row(foreign(i.name),
            t(KINDS[i.splitter] ?? i.splitter), number(count(i.parts)), el('td', 'hash', i.item.slice(0, 16)),
            [i.logged ? '' : t('not on the log yet'), i.there ? '' : t('the file is not there'), i.burned ? t('burned in part') : '']
                .filter((w) => w).join('; '),
            button(t('Choose'), () => choose(i), { 'aria-label': t('Choose {name}', { name: i.name }) })) }));
        filter.oninput = () => rows.forEach(({ i, r }) => {
            r.hidden = !`${i.path} ${i.item}`.toLowerCase().includes(filter.value.toLowerCase());
        });
        place.replaceChildren(...(rows.length > 10 ? [labelled(t('Part of a name'), filter)] : []),
            table(t('Sealed items'), [t('Name'), t('Kind'), t('Parts'), t('Number'), t('State'), t('Actions')], rows.map(({ r }) => r)));
    }
    form.onsubmit = async (e) => {
        e.preventDefault();
        leaveItem();
        told.say(t('Working'));
        try {
            const { items } = await here.ask('/api/disclose', {});
            here.items = items;
            told.say('');
            showItems(items);
        } catch (why) {
            told.fail(why);
        }
    };
    const box = el('section', null, el('h3', null, t('Disclose')),
        ...(desk.there ? [el('p', null, t('Shows a part of what was sealed, with the proof that it is unaltered.')),
            form, told, place]
            : [el('p', null, t('There is no desk on this machine: “earwitness key new” makes one.'))]));
    box.forget = () => {
        pass.value = '';
        leaveItem();
        for (const path of held)
            api.remove(path).catch(() => {});
        held.clear();
    };
    return box;
}
