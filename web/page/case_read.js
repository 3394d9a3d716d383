// SPDX-License-Identifier: Apache-2.0
// What was read of the items of a case, in its place: chats a page at a time, articles, and pieces of originals.
import * as api from './api.js';
import { clock, el } from './dom.js';
import { listenTo } from './listen.js';
import { button, foreign, labelled, teller } from './parts.js';
import { count, size, t, when } from './words.js';

const PAGE = 100;
const BEFORE = 10; // messages that are shown before the one that was looked for

/** What was looked for, to be marked where it stands. */
let sought = '';
export function seek(words) {
    sought = words ?? '';
}

/** The text with what was looked for marked in it, as it stands there or, for search, any of its words. */
function marked(text) {
    const words = sought.trim();
    const at = words === '' ? -1 : text.toLowerCase().indexOf(words.toLowerCase());
    const same = at >= 0 && text.length === text.toLowerCase().length;
    return same ? [text.slice(0, at), el('mark', null, text.slice(at, at + words.length)), text.slice(at + words.length)]
        : [text];
}

/* ------------------------------------------------------------------ chats */

const MARKS = {
    'time-back': () => t('earlier than the one before: perhaps no message of its own'),
    'time-guessed': () => t('whether day or month comes first is a guess'),
    'two-ways': () => t('may be a part of the message before'),
    repaired: () => t('the text was encoded twice and set right'),
    escaped: () => t('invalid escapes were understood'),
    'only-html': () => t('only in the HTML export'),
    'only-json': () => t('only in the JSON export'),
    deleted: () => t('deleted, as the export says'),
};

const HELD = new Set(['voice', 'audio', 'video']);

const STATES = {
    present: () => '',
    named: () => t('named by the export, but not there'),
    'left-out': () => t('left out by the export'),
    'too-large': () => t('left out: too large'),
    unavailable: () => t('could not be had'),
    inline: () => '',
};

const KINDS = {
    file: () => t('file'), photo: () => t('photo'), video: () => t('video'), voice: () => t('voice message'),
    audio: () => t('audio'), sticker: () => t('sticker'), contact: () => t('contact'), location: () => t('location'),
    other: () => t('attachment'),
};

/** One player at a time: keys are for it alone. */
class Ear {
    constructor(id, here) {
        Object.assign(this, { id, here, end: () => {}, place: null });
    }

    stop() {
        this.end();
        this.place?.remove();
        this.place = null;
    }

    hear(after, a) {
        this.stop();
        this.place = el('section', { className: 'heard', 'aria-label': t('Listen') });
        after.append(this.place);
        this.end = listenTo(this.place, { id: this.id, item: a.item, sha256: a.sha256 }, this.here);
    }
}

function attachment(a, box, ear, sender) {
    const name = a.name || a.path || a.words;
    const told = [KINDS[a.kind]?.() ?? a.kind, STATES[a.state]?.() ?? a.state, a.seconds ? clock(a.seconds) : '',
        a.bytes ? size(a.bytes) : ''].filter(Boolean).join(', ');
    const line = el('p', `attached ${a.state}`, foreign(name), name ? ': ' : '', told);
    if (a.item)
        line.append(' ', el('a', { href: `#/case/${ear.id}/item/${a.item}` }, t('item {n}', { n: a.item })));
    if (a.item && a.sha256 && (HELD.has(a.kind) || a.item_kind === 'recording'))
        line.append(' ', button(t('Hear'), () => ear.hear(box, a), { 'aria-label': t('Hear what {name} sent', { name: sender }) }));
    if (name !== a.words && a.words)
        line.append(el('span', 'faint', ' ', foreign(a.words)));
    return line;
}

function message(m, ear, chosen) {
    const marks = (m.marks ?? []).map((k) => MARKS[k]?.() ?? k);
    const box = el('li', { className: `message${m.service ? ' service' : ''}${(m.marks ?? []).includes('deleted') ? ' deleted' : ''}${
        m.number === chosen ? ' sought' : ''}`, tabIndex: -1 });
    const at = m.when.length > 10 ? m.when.slice(11, 19) : m.when;
    box.append(el('p', 'sender', el('a', { href: `#/case/${ear.id}/chat/${ear.chat}/${m.number}`, className: 'faint' }, `${count(m.number + 1)}`), ' ',
        el('strong', null, foreign(m.sender || t('nobody named'))), ' ', el('time', { dateTime: m.when, title: m.when }, at),
        m.edited ? ` (${t('edited {when}', { when: when(m.edited) })})` : ''));
    if (m.forwarded_from !== undefined)
        box.append(el('p', 'faint', t('forwarded from'), ' ', foreign(m.forwarded_from || '?')));
    if (m.reply_to)
        box.append(el('p', 'faint', t('in reply to'), ' ', foreign(m.reply_to)));
    if (m.text)
        box.append(el('p', { className: 'text', dir: 'auto' }, ...marked(m.text)));
    for (const a of m.attachments ?? [])
        box.append(attachment(a, box, ear, m.sender || '?'));
    if (marks.length > 0)
        box.append(el('p', 'marks', `⚠ ${marks.join('; ')}`));
    return box;
}

/** Messages with a line for each new day, and for what is missing between them. */
function messages(page, ear, chosen) {
    const list = [];
    let day = '';
    for (const m of page.messages) {
        if (m.when.slice(0, 10) !== day) {
            day = m.when.slice(0, 10);
            list.push(el('li', 'day', when(day) || t('at a time that is not known')));
        }
        list.push(message(m, ear, chosen));
        for (const g of page.gaps.filter((x) => x.after === m.number))
            list.push(el('li', 'gone', `${t('Missing')}: `, foreign(g.what), ': ', foreign(g.words)));
    }
    return list;
}

export async function chatPart(place, id, [chat, wanted], here) {
    const chosen = /^\d+$/.test(wanted ?? '') ? Number(wanted) : -1;
    const ear = new Ear(id, here);
    ear.chat = Number(chat);
    const head = el('h3', null, t('Chat')); // until its name is there, and where it cannot be read
    const told = teller();
    const list = el('ol', { className: 'chat' });
    const go = el('input', { type: 'number', min: 1, value: 1 });
    let from = Math.max(0, chosen - BEFORE);
    let total = Infinity;
    async function load(at) {
        ear.stop();
        from = Math.max(0, Math.min(at, Math.max(0, total - 1)));
        try {
            const page = await api.get(`/api/cases/${id}/chats/${Number(chat)}?from=${from}&count=${PAGE}`);
            total = page.count;
            go.max = total;
            go.value = from + 1;
            head.replaceChildren(foreign(page.name || t('Chat')));
            told.say(t('messages {a} to {b} of {n}', { a: count(total > 0 ? from + 1 : 0),
                b: count(Math.min(from + PAGE, total)), n: count(total) }));
            list.start = from + 1;
            list.replaceChildren(...messages(page, ear, chosen));
            for (const b of turns)
                b.disabled = b.step < 0 ? from === 0 : from + PAGE >= total;
        } catch (why) {
            told.fail(why);
        }
    }
    const turn = (text, step, to) => Object.assign(button(text, () => load(to())), { step });
    const turns = [turn(t('First'), -1, () => 0), turn(t('Earlier'), -1, () => from - PAGE),
        turn(t('Later'), 1, () => from + PAGE), turn(t('Last'), 1, () => total - PAGE)];
    const form = el('form', { className: 'row' }, labelled(t('Go to message'), go),
        el('p', 'buttons', el('button', { type: 'submit' }, t('Show')), ...turns));
    form.onsubmit = (e) => {
        e.preventDefault();
        void load(Number(go.value) - 1);
    };
    const again = el('p', 'buttons', ...[[t('Earlier'), 1], [t('Later'), 2]].map(([text, i]) => button(text, () => {
        turns[i].click();
        head.scrollIntoView();
    })));
    place.append(head, form, told, list, again);
    await load(from);
    list.querySelector('.sought')?.focus();
    return () => ear.stop();
}

/* ------------------------------------------------------------------ articles */

const PARTS = {
    caption: () => t('caption'),
    comment: () => t('comment of a reader'),
    related: () => t('other story'),
};

export async function articlePart(place, id, [article, wanted]) {
    const a = await api.get(`/api/cases/${id}/articles/${Number(article)}`);
    const chosen = /^\d+$/.test(wanted ?? '') ? Number(wanted) : -1;
    const facts = [[t('Outlet'), a.outlet], [t('By'), a.byline], [t('Published'), a.published && when(a.published)],
        [t('Changed'), a.modified && when(a.modified)], [t('Dateline'), a.dateline], [t('Address'), a.url]].filter(([, v]) => v);
    place.append(el('h3', null, foreign(a.title || t('article'))),
        el('dl', null, ...facts.flatMap(([name, value]) => [el('dt', null, name), el('dd', null, foreign(value))])),
        el('p', null, el('a', { href: `#/case/${id}/item/${a.item}` }, t('item {n}', { n: a.item }))),
        el('article', 'reading', ...a.paragraphs.map((p) => el('p', { dir: 'auto', tabIndex: -1,
            className: `${p.part}${p.number === chosen ? ' sought' : ''}` },
        el('span', 'faint', `${p.number + 1} `), PARTS[p.part] ? el('em', null, `${PARTS[p.part]()}: `) : '', ...marked(p.text)))));
    place.querySelector('.sought')?.focus();
}

/* ------------------------------------------------------------------ places */

/** Where nothing was read, the original's own bytes. */
async function excerptPart(place, id, item, at, bytes) {
    const from = Math.max(0, at - 1000);
    const { text } = await api.get(`/api/cases/${id}/items/${item}/excerpt?at=${from}&count=${Math.min(16000, bytes + 2000)}`);
    place.append(el('h3', null, t('Item {n} from byte {at} on', { n: item, at: count(from) })),
        el('p', null, el('a', { href: `#/case/${id}/item/${item}` }, t('item {n}', { n: item }))),
        el('pre', { dir: 'auto', tabIndex: 0 }, ...marked(text)));
}

async function show(place, id, found, here, otherwise) {
    if (found.stands_in === 'message')
        return chatPart(place, id, [found.chat, `${found.number}`], here);
    if (found.stands_in === 'paragraph')
        return articlePart(place, id, [found.article, `${found.number}`]);
    return otherwise();
}

/** #/case/ID/place/ITEM/AT/BYTES: what stands at a byte of an original. */
export async function placePart(place, id, [item, at, bytes], here) {
    const [i, a, n] = [item, at ?? 0, bytes ?? 0].map((x) => (/^\d+$/.test(x) ? Number(x) : 0));
    return show(place, id, await api.get(`/api/cases/${id}/place?item=${i}&at=${a}`), here,
        () => excerptPart(place, id, i, a, n));
}

/** #/case/ID/found/KIND/ROW: what search found, in its place. */
export async function foundPart(place, id, [kind, found], here) {
    return show(place, id, await api.get(`/api/cases/${id}/place?kind=${encodeURIComponent(kind)}&row=${Number(found)}`), here,
        () => {});
}
