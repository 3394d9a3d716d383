// SPDX-License-Identifier: Apache-2.0
// Verifying a bundle, and disclosing a part of what this machine's desk has sealed.
import * as api from './api.js';
import { clock, el } from './dom.js';
import { button, confirmed, fileBox, foreign, labelled, number, row, table, teller } from './parts.js';
import { t } from './words.js';

/* ------------------------------------------------------------------ verify */

function verdictWord(v) {
    return { verified: t('VERIFIED'), 'not-vouched-for': t('NOT VERIFIED: nobody you trust vouches for it'),
        broken: t('BROKEN: something does not hold') }[v] ?? v;
}

function verifyPart(desk) {
    const told = teller();
    const place = el('div', { 'aria-live': 'polite' });
    const policy = el('textarea', { rows: 5, spellcheck: false });
    const own = el('input', { type: 'checkbox', disabled: !desk.there });
    const ownLabel = el('p', null, el('label', null, own, ` ${t('Trust this machine’s own desk')}`));
    const from = el('input', { type: 'file' });
    const published = el('input', { type: 'file' });
    from.onchange = async () => {
        if (from.files.length > 0)
            policy.value = await from.files[0].text();
    };
    async function send(file) {
        return (await api.upload(file, (p) => told.say(t('Sending: {p} %', { p: Math.round(100 * p) })))).sha256;
    }
    async function take([file]) {
        place.replaceChildren();
        try {
            const asked = { bundle: await send(file), name: file.name, policy: policy.value, desk: own.checked };
            if (published.files.length > 0)
                asked.published = await send(published.files[0]);
            const done = await api.send('/api/verify', asked);
            told.say('');
            place.replaceChildren(
                el('p', `verdict ${done.verdict.verdict}`, verdictWord(done.verdict.verdict)),
                el('pre', { tabIndex: 0, 'aria-label': t('All that it proves'), role: 'region' }, done.text));
        } catch (why) {
            told.fail(why);
        }
    }
    return el('section', null, el('h3', null, t('Verify')),
        el('p', null, t('A policy says whom you trust; it never comes from the bundle. Without one nothing is called verified.')),
        ownLabel, labelled(t('Policy, pasted'), policy), labelled(t('or from a file'), from),
        labelled(t('What was published of it (optional)'), published),
        fileBox(t('Drop a bundle (.ewb) here, or choose one:'), take, '.ewb'), told, place);
}

/* ------------------------------------------------------------------ disclose */

const stretch = (p) => (p.kind === 'head' ? t('before the content') : p.kind === 'tail' ? t('after the content')
    : p.kind === 'metadata' ? t('metadata')
        : p.from !== undefined ? `${clock(p.from)}-${clock(p.to)}`
            : p.count > 1 ? `${p.first}-${p.first + p.count - 1}` : `${p.first ?? ''}`);

const stateWord = (p) => (p.shown ? t('visible') : p.guard ? t('hidden, beside what is hidden') : t('hidden'));

function previewTable(lines) {
    return table(t('What will be visible'), [t('Part'), t('State'), t('Text')], lines.map((p) => {
        const one = row(stretch(p), stateWord(p), el('td', 'text', foreign(p.text ?? ''),
            p.names_file && p.shown ? ` (${t('the file “{name}” is not in the bundle', { name: p.names_file })})` : ''));
        one.className = p.shown ? 'visible' : 'hidden-part';
        return one;
    }));
}

/** Each unit with a box; what is not ticked goes into the field "hide". */
function unitTable(lines, changed) {
    const units = lines.filter((p) => p.kind === 'unit' && p.count === 1 && p.from === undefined);
    const hidden = new Set();
    if (units.length === 0)
        return el('p', null, t('Choose by times: write the stretches to hide or to show, as 0:12.5-0:20'));
    return table(t('Choose what is shown'), [t('Show'), '#', t('Text')], units.map((p) => {
        const tick = el('input', { type: 'checkbox', checked: true,
            'aria-label': t('Show number {n}', { n: p.first }) });
        tick.onchange = () => {
            hidden[tick.checked ? 'delete' : 'add'](p.first);
            changed([...hidden].sort((a, b) => a - b).map((n) => `#${n}`).join(','));
        };
        return el('tr', null, el('td', null, tick), number(`${p.first}`), el('td', { dir: 'auto' }, p.text ?? ''));
    }));
}

function save(bytes, name) {
    const address = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
    const link = el('a', { href: address, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
}

/** The part for one sealed item. */
function choosePart(ask, item, told) {
    const show = el('input', { value: 'all', maxLength: 2000 });
    const hide = el('input', { maxLength: 2000 });
    const meta = el('input', { maxLength: 500 });
    const custody = el('input', { type: 'checkbox' });
    const units = el('div', null);
    const seen = el('div', { 'aria-live': 'polite' });
    const write = button(t('Write the bundle'), writeIt, { disabled: true });
    const asked = () => ({ item: item.item, show: show.value, hide: hide.value, meta: meta.value,
        custody: custody.checked });
    const stale = () => {
        write.disabled = true;
        seen.replaceChildren();
    };
    for (const field of [show, hide, meta, custody])
        field.oninput = stale;
    async function look() {
        const done = await ask(asked());
        seen.replaceChildren(el('p', null, t('{n} of {m} parts will be visible', { n: done.shown, m: done.parts })),
            previewTable(done.preview));
        write.disabled = false;
    }
    async function writeIt() {
        if (!await confirmed(t('Write a bundle that shows exactly what the preview says? What was given away cannot be taken back.'),
            t('Write the bundle')))
            return;
        const bytes = await ask({ ...asked(), write: true }, true);
        if (bytes)
            save(bytes, `${item.name}.ewb`);
    }
    const box = el('div', null, el('h4', null, foreign(item.name)), units,
        el('div', 'fields', labelled(t('Show'), show), labelled(t('Hide'), hide), labelled(t('Metadata to show'), meta),
            el('p', null, el('label', null, custody, ` ${t('with its custody')}`))),
        el('p', 'buttons', button(t('Preview'), () => look().catch(told.fail)), write), seen);
    box.begin = async () => {
        const all = await ask({ item: item.item, show: 'all' });
        units.replaceChildren(unitTable(all.preview, (text) => {
            hide.value = text;
            stale();
        }));
    };
    return box;
}

function disclosePart(desk) {
    const told = teller();
    const place = el('div', null);
    const pass = el('input', { type: 'password', autocomplete: 'off' });
    const form = el('form', null, labelled(t('Passphrase of the desk'), pass),
        el('p', 'buttons', el('button', { type: 'submit' }, t('Show what is sealed'))));
    /** Sent with each request to this server only, and kept nowhere but in the field. */
    async function ask(what, raw = false) {
        told.say(t('Working'));
        const done = raw ? await api.sendForBytes('/api/disclose', { ...what, passphrase: pass.value })
            : await api.send('/api/disclose', { ...what, passphrase: pass.value });
        told.say('');
        return done;
    }
    async function choose(item) {
        const chosen = choosePart(ask, item, told);
        place.querySelector('.disclosing')?.remove();
        place.append(el('div', 'disclosing', chosen));
        await chosen.begin();
    }
    form.onsubmit = async (e) => {
        e.preventDefault();
        try {
            const { items } = await ask({});
            place.replaceChildren(table(t('Sealed items'), [t('Name'), t('Number'), t('Actions')], items.map((i) => row(
                foreign(i.name), el('td', 'hash', i.item.slice(0, 16)), button(t('Choose'),
                    () => choose(i).catch(told.fail), { 'aria-label': t('Choose {name}', { name: i.name }) })))));
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
    };
    return box;
}

export function bundleView(main) {
    const told = teller();
    let disclose = null;
    main.append(told);
    (async () => {
        try {
            const desk = await api.get('/api/desk');
            disclose = disclosePart(desk);
            main.append(verifyPart(desk), disclose);
        } catch (why) {
            told.fail(why);
        }
    })();
    return () => disclose?.forget();
}
