// SPDX-License-Identifier: Apache-2.0
// Custody of a case: all that was done, by whom and why, whether it is as it was, and taking something back.
import * as api from './api.js';
import { byId, el } from './dom.js';
import { button, cards, foreign, labelled, number, row, table, teller, time } from './parts.js';
import { follow, meter } from './work.js';
import { count, t } from './words.js';

const PAGE = 100;

const KINDS = {
    ingest: () => t('came in'), seen: () => t('came in again'), import: () => t('was read'), analysis: () => t('was examined'),
    position: () => t('a position was written down'), accept: () => t('a suggestion was accepted'), refuse: () => t('a suggestion was refused'),
    undo: () => t('was taken back'), correct: () => t('was corrected'), hand: () => t('was handed on'), copy: () => t('was copied out'),
    person: () => t('somebody was added'), alias: () => t('another name was added'), reveal: () => t('an identity was looked at'),
    seal: () => t('was sealed'), export: () => t('was exported'), recipient: () => t('a recipient was added'),
};

/** What an event says besides, in one line. */
function detailText(e) {
    const parts = [];
    if (e.undoes)
        parts.push(t('of event {n}', { n: e.undoes }));
    if (e.before && e.after && e.before !== e.after)
        parts.push(t('the content changed'));
    for (const [name, value] of Object.entries(typeof e.detail === 'object' && e.detail !== null ? e.detail : {}))
        if (['string', 'number', 'boolean'].includes(typeof value))
            parts.push(`${name}: ${value}`);
    return parts.join('; ');
}

/** Events as rows. undo(event): puts a button beside each that can be taken back. */
export function eventTable(id, events, undo = null) {
    return cards(table(t('What was done'),
        ['#', t('When'), t('What'), t('Item'), t('Who'), t('Why'), t('Details'), t('Chain'), ...undo ? [t('Actions')] : []],
        events.map((e) => row(`${e.event}`, el('td', null, time(e.time)),
            el('td', e.undone ? 'gone' : '', KINDS[e.kind]?.() ?? e.kind, e.undone ? ` (${t('taken back')})` : ''),
            e.item ? el('a', { href: `#/case/${id}/item/${e.item}` }, `${e.item}`) : '',
            foreign(e.who), foreign(e.purpose), el('td', 'detail', foreign(detailText(e))),
            el('td', null, el('code', { title: e.chain }, (e.chain ?? '').slice(0, 8))),
            ...undo ? [e.undone ? '' : button(t('Take back'), () => undo(e), { 'aria-label': t('Take back event {n}', { n: e.event }) })] : []))));
}

/** Asks why, and whether what stands on it is to go too. @returns {Promise<object|null>} */
function askWhy(e) {
    return new Promise((answer) => {
        const purpose = el('input', { maxLength: 200 });
        const all = el('input', { type: 'checkbox' });
        const dialog = el('dialog', { 'aria-label': t('Take back event {n}', { n: e.event }) });
        dialog.append(el('p', null, t('Event {n} stays in the custody; what it added counts no more. A new event says so.', { n: e.event })),
            labelled(t('Why'), purpose), el('p', null, el('label', null, all, ` ${t('Also what stands on it')}`)),
            el('p', 'buttons', button(t('Cancel'), () => dialog.close('no')),
                button(t('Take back'), () => dialog.close('yes'), { className: 'danger' })));
        dialog.onclose = () => {
            dialog.remove();
            answer(dialog.returnValue === 'yes' ? { purpose: purpose.value, all: all.checked } : null);
        };
        document.body.append(dialog);
        dialog.showModal();
        purpose.focus();
    });
}

/** What `case verify` says, in words. */
function verdict(v) {
    const sealed = v.seals === 0 ? t('No event is sealed: nothing shows whether events at the end were taken out.')
        : v.events_not_sealed > 0 ? t('Sealed up to event {n}; {m} events after it are not.', { n: count(v.sealed_upto), m: count(v.events_not_sealed) })
            : t('All events are sealed, up to event {n}.', { n: count(v.sealed_upto) });
    const head = el('p', `verdict ${v.whole ? '' : 'broken'}`, v.whole ? t('All is as it was') : t('Not all is as it was'));
    return [head, el('p', null, t('Database, chain of {e} events, what each added, and {i} originals were compared.',
        { e: count(v.events), i: count(v.items) }), ' ', sealed),
    v.problems.length > 0 ? el('ul', 'problem', ...v.problems.map((p) => el('li', null, foreign(p)))) : ''];
}

function verifier(id, here) {
    const m = meter();
    const said = el('div', null);
    const go = button(t('Verify the case'), async () => {
        go.disabled = true;
        said.replaceChildren();
        try {
            const job = (await api.send('/api/jobs', { kind: 'case-verify', case: id, files: [] })).id;
            const found = await follow(job, here, () => m.tell(t('All is being compared')));
            if (found === null)
                return;
            m.tell('');
            said.replaceChildren(...verdict(found.result));
            await api.remove(`/api/jobs/${job}`);
        } catch (why) {
            m.fail(why);
        } finally {
            go.disabled = false;
        }
    });
    return el('section', { 'aria-label': t('Verify the case') }, el('p', 'buttons', go), m.box, said);
}

export async function eventsPart(place, id, shown, signal) {
    const told = teller();
    const list = el('div', null);
    let before = 0; // events with a smaller number come next
    const more = button(t('Earlier events'), () => load().catch(told.fail));
    async function undo(e) {
        const how = await askWhy(e);
        if (how === null)
            return;
        try {
            const { undone } = await api.send(`/api/cases/${id}/events/${e.event}/undo`, how);
            await again();
            told.say(undone.map((u) => t('event {a} is taken back by event {b}', { a: u.undone, b: u.event })).join('; '));
            byId('main').focus();
        } catch (why) {
            told.fail(why);
        }
    }
    async function load() {
        const page = await api.get(`/api/cases/${id}/events?count=${PAGE}${before ? `&before=${before}` : ''}`);
        const events = page.events.reverse();
        if (events.length > 0)
            list.append(eventTable(id, events, undo));
        before = events.at(-1)?.event ?? before;
        more.hidden = events.length < PAGE;
    }
    async function again() {
        before = 0;
        list.replaceChildren();
        await load();
    }
    place.append(verifier(id, () => !signal.aborted), told, list, el('p', 'buttons', more));
    await load();
}
