// SPDX-License-Identifier: Apache-2.0
// Suggested quotations, to be decided about one after the other with one key each.
import * as api from './api.js';
import { el } from './dom.js';
import { button, choice, foreign, labelled, pick, row, table, teller, time } from './parts.js';
import { STANCES, stanceWord } from './stances.js';
import { count, t, when } from './words.js';

const OFF = 'earwitness-keys-off'; // the same switch as for the keys of the player
const AT_A_TIME = 30; // cards on the page; the next ones come as these are decided

/** The paragraph with the quotation in it marked. */
function inContext(q) {
    const at = q.text.indexOf(q.words);
    return at < 0 ? el('blockquote', null, foreign(q.words))
        : el('blockquote', { dir: 'auto' }, q.text.slice(0, at), el('mark', null, q.words),
            q.text.slice(at + q.words.length));
}

/** What a position needs, as suggested; all of it can be said otherwise. */
function fieldsOf(q, items, people, home) {
    const first = q.about ? t('as suggested: {what}', { what: q.about }) : t('(choose)');
    const f = {
        person: el('input', { value: q.speaker, maxLength: 200 }),
        stance: choice([['', t('(choose)')], ...STANCES.map((s) => [s, stanceWord(s)])], q.stance),
        item: pick(items.optionsFor(first), q.about === '' && items.length === 1 ? `${items[0].item}` : '0', home),
        date: el('input', { value: q.said, maxLength: 40, placeholder: '2026-10-12' }),
        channel: el('input', { maxLength: 200 }),
        purpose: el('input', { maxLength: 200 }),
    };
    f.person.setAttribute('list', people);
    f.box = el('details', null, el('summary', null, t('Who, what about, when (E)')), el('div', 'fields',
        labelled(t('Who says it'), f.person), labelled(t('Stance'), f.stance), labelled(t('About'), f.item.field),
        labelled(t('When'), f.date), labelled(t('Where it was said'), f.channel), labelled(t('Why you decide so'), f.purpose)));
    f.box.open = q.speaker === '' || q.stance === '' || q.published === '' || f.item.value === '0' && q.about === '';
    return f;
}

function saidBy(q) {
    const who = q.speaker || q.as_written || t('somebody');
    return [el('strong', null, foreign(who)), q.stance ? `: ${stanceWord(q.stance)}` : '',
        ` (${t('found by {pattern}, right {p} %', { pattern: q.pattern, p: Math.round(100 * q.precision) })})`];
}

/** What accepting would write, as the fields are now. */
function written(line, q, f) {
    const lacks = t('(not known)');
    const item = f.item.value === '0' ? q.about || lacks : f.item.text;
    line.replaceChildren(`${t('Accepting writes')}: `, foreign(f.person.value || lacks), ', ', stanceWord(f.stance.value) || lacks, ', ',
        f.date.value ? when(f.date.value) : lacks, ', ', t('about'), ' ', foreign(item),
        q.kind === 'indirect' ? `; ${t('without words, which are the reporter’s')}` : '');
}

/** One suggestion. decide(card, verdict) is called for a key or a button. */
function card(q, items, people, decide, home) {
    const f = fieldsOf(q, items, people, home);
    const box = el('article', { className: 'quote', tabIndex: -1, 'aria-label': q.words });
    const line = el('p', 'will');
    f.box.addEventListener('input', () => written(line, q, f));
    written(line, q, f);
    Object.assign(box, { q, f, told: teller() });
    box.asked = (verdict) => ({ verdict, person: f.person.value, stance: f.stance.value, item: Number(f.item.value),
        date: f.date.value, channel: f.channel.value, purpose: f.purpose.value });
    box.append(el('p', null, ...saidBy(q)), inContext(q),
        el('p', 'source', foreign(q.title), ' · ', foreign(q.outlet), ' · ', time(q.published), ' · ',
            el('a', { href: `${location.hash.split('/quotes')[0]}/place/${q.item}/${q.at}/${q.bytes}` }, t('in its place'))),
        line, f.box,
        el('p', 'buttons', button(t('Accept (A)'), () => decide(box, 'accepted'), { className: 'good' }),
            button(t('Refuse (R)'), () => decide(box, 'refused'))), box.told);
    return box;
}

function keySwitch() {
    const box = el('input', { type: 'checkbox', checked: localStorage.getItem(OFF) === null });
    box.onchange = () => (box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, '1'));
    return el('p', null, el('label', null, box,
        ` ${t('Single keys: A accepts, R refuses, N and P go to the next and the one before, E changes, U takes the last back')}`));
}

/** Those that wait, those on the page, and what was decided, so that it can be taken back. */
class Deciding {
    constructor(place, id, open, make) {
        Object.assign(this, { place, id, waiting: open, make, cards: [], decided: [], line: Promise.resolve(), coming: 0 });
        this.told = teller();
        this.told.tabIndex = -1;
        this.undoing = button(t('Take the last back (U)'), () => this.undo(), { disabled: true });
        this.fill();
        this.tell('');
    }

    left() {
        return this.cards.length + this.waiting.length - this.coming;
    }

    tell(what) {
        this.told.say(what ? t('{what}; {n} left', { what, n: count(this.left()) })
            : this.left() > 0 ? t('{n} suggestions to decide about', { n: count(this.left()) }) : t('There is nothing to decide about.'));
        this.undoing.disabled = this.decided.length === 0;
    }

    fill() {
        while (this.cards.length < AT_A_TIME && this.waiting.length > 0) {
            const c = this.make(this.waiting.shift());
            this.cards.push(c);
            this.place.append(c);
        }
    }

    /** The next card gets the keys at once; decisions are written one after the other. */
    decide(c, verdict) {
        if (c.busy)
            return;
        c.busy = true;
        this.coming++;
        const asked = c.asked(verdict);
        const at = this.cards.indexOf(c);
        (this.cards.slice(at + 1).find((x) => !x.busy) ?? this.cards.find((x) => !x.busy) ?? this.told).focus();
        this.line = this.line.then(() => this.write(c, verdict, asked));
    }

    async write(c, verdict, asked) {
        try {
            const done = await api.send(`/api/cases/${this.id}/quotes/${c.q.suggestion}`, asked);
            this.coming--;
            this.cards.splice(this.cards.indexOf(c), 1);
            c.remove();
            c.busy = false;
            this.decided.push({ c, event: done.event });
            this.fill();
            this.tell(verdict === 'accepted' ? t('Accepted as position {n}', { n: done.position }) : t('Refused'));
        } catch (why) {
            this.coming--;
            c.busy = false;
            c.told.fail(why);
            const { f } = c;
            f.box.open = true;
            (f.stance.value === '' ? f.stance : f.person.value === '' ? f.person : f.item.field).focus();
        }
    }

    undo() {
        this.line = this.line.then(async () => {
            const last = this.decided.pop();
            if (last === undefined)
                return;
            try {
                await api.send(`/api/cases/${this.id}/events/${last.event}/undo`, { purpose: t('decided again') });
                this.cards.unshift(last.c);
                this.place.prepend(last.c);
                this.tell(t('Event {n} was taken back', { n: last.event }));
                last.c.focus();
            } catch (why) {
                this.told.fail(why);
            }
        });
    }

    key(e) {
        const here = this.cards.findIndex((c) => c.contains(document.activeElement));
        const key = e.key.toLowerCase();
        const go = { n: here + 1, p: here - 1 }[key];
        const verdict = { a: 'accepted', r: 'refused' }[key];
        if (key === 'u')
            this.undo();
        else if (go !== undefined && this.cards.length > 0)
            this.cards[Math.max(0, Math.min(this.cards.length - 1, go))].focus();
        else if (verdict && here >= 0)
            this.decide(this.cards[here], verdict);
        else if (key === 'e' && here >= 0) {
            this.cards[here].f.box.open = true;
            this.cards[here].f.person.focus();
        } else
            return false;
        return true;
    }
}

/** Keys for the cards; where somebody types they are letters. */
function listen(work, signal) {
    document.addEventListener('keydown', (e) => {
        if (localStorage.getItem(OFF) !== null || e.ctrlKey || e.altKey || e.metaKey || e.target.closest('input, select, textarea, dialog'))
            return;
        if (work.key(e))
            e.preventDefault();
    }, { signal });
}

/** Items that a quotation can be about, as options: one list for each first option, so that cards share it. */
function itemsToChoose(shown) {
    const items = shown.items.filter((i) => !i.undone && i.kind !== 'article');
    const made = new Map();
    items.optionsFor = (first) => {
        if (!made.has(first))
            made.set(first, [['0', first], ...items.map((i) => [`${i.item}`, `${i.item}: ${i.name}`])]);
        return made.get(first);
    };
    return items;
}

export async function quotesPart(place, id, shown, signal) {
    const { quotes } = await api.get(`/api/cases/${id}/quotes`);
    const open = quotes.filter((q) => q.shown && q.verdict === 'undecided');
    const items = itemsToChoose(shown);
    const people = el('datalist', { id: 'people' }, ...shown.people.map((p) => el('option', { value: p.name })));
    const list = el('div', null);
    const work = new Deciding(list, id, open, (q) => card(q, items, people.id, (c, verdict) => work.decide(c, verdict), place));
    listen(work, signal);
    place.append(keySwitch(), el('p', 'buttons', work.undoing), work.told, people, list);
    work.cards[0]?.focus();
    const rest = quotes.filter((q) => q.verdict !== 'undecided');
    if (rest.length > 0)
        place.append(el('h3', null, t('Decided')), table(t('Decided'), ['#', t('Who'), t('Words'), t('Decision')],
            rest.map((q) => row(`${q.suggestion}`, foreign(q.speaker), foreign(q.words), q.verdict === 'accepted'
                ? t('Accepted as position {n}', { n: q.position }) : t('Refused')))));
}
