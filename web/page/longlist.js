// SPDX-License-Identifier: Apache-2.0
// A table of any length, of which only what is near the eye is here: more is fetched while scrolling, a slider and a
// number lead anywhere.
import { el } from './dom.js';
import { labelled } from './parts.js';
import { count, t } from './words.js';

const STEP = 100; // rows fetched at a time
const KEPT = 500;
const NEAR = 600; // pixels from an edge

export class LongList {
    /**
     * @param {{label: string, head: string[], fetch: (from: number, count: number) => Promise<object[]>,
     *     row: (line: object) => HTMLTableRowElement, fail: (why: Error) => void}} options
     */
    constructor({ label, head, fetch, row, fail, place = (n) => n }) {
        Object.assign(this, { fetch, row, fail, place });
        this.from = this.to = this.total = this.wish = 0;
        this.line = Promise.resolve(); // one thing after another: none is lost, none comes late
        this.body = el('tbody', null);
        this.table = el('table', null, el('caption', 'unseen', label),
            el('thead', null, el('tr', null, ...head.map((h) => el('th', { scope: 'col' }, h)))), this.body);
        this.frame = el('div', { className: 'wide long', tabIndex: 0, role: 'region', 'aria-label': label }, this.table);
        this.frame.onscroll = () => this.#near();
        this.slider = el('input', { type: 'range', min: '0', value: '0', 'aria-label': `${label}: ${t('place')}` });
        this.slider.oninput = () => this.show(Number(this.slider.value)).catch(fail);
        this.number = el('input', { type: 'number', min: '1', step: '1', 'aria-label': `${label}: ${t('Go to number')}` });
        this.number.onchange = () => this.number.value !== '' && this.go(Number(this.number.value));
        this.tools = el('div', 'row places', labelled(t('Go to number'), this.number), this.slider);
        this.box = el('div', null, this.tools, this.frame);
    }

    #after(act) {
        const done = this.line.then(act);
        this.line = done.catch(() => {});
        return done;
    }

    #rows(lines, from) {
        return lines.map((line, i) => {
            const r = this.row(line);
            r.setAttribute('aria-rowindex', `${from + i + 2}`);
            return r;
        });
    }

    /** Begins anew with so many lines; stays where it is when there are as many as before. */
    async begin(total) {
        const same = total === this.total;
        this.total = total;
        this.slider.max = `${Math.max(0, total - 1)}`;
        this.table.setAttribute('aria-rowcount', `${total + 1}`);
        this.tools.hidden = total <= STEP;
        this.frame.setAttribute('data-total', count(total));
        if (!same || this.to === 0)
            await this.show(Math.min(this.from, Math.max(0, total - 1)));
        else
            await this.again();
    }

    /** The same rows as they are now; who had the focus keeps it. */
    again() {
        return this.#after(async () => {
            const lines = await this.fetch(this.from, this.to - this.from);
            const { scrollTop } = this.frame;
            const had = [...this.body.rows].findIndex((r) => r.contains(document.activeElement));
            this.body.replaceChildren(...this.#rows(lines, this.from));
            this.to = this.from + lines.length;
            this.frame.scrollTop = scrollTop;
            if (had >= 0)
                this.body.rows[had]?.querySelector('input, button')?.focus();
        });
    }

    /** Brings a line (from 0) to the upper edge; of several wishes the last. */
    show(at) {
        const mine = ++this.wish;
        return this.#after(async () => {
            if (mine !== this.wish)
                return;
            const from = Math.max(0, Math.min(at - 20, this.total - STEP));
            const lines = await this.fetch(from, STEP);
            this.body.replaceChildren(...this.#rows(lines, from));
            this.from = from;
            this.to = from + lines.length;
            const first = this.body.rows[at - from];
            this.frame.scrollTop = first && at > 0 ? first.offsetTop - this.table.tHead.offsetHeight : 0;
            this.slider.value = `${at}`;
        });
    }

    /** The line of a unit with this number. */
    go(number) {
        this.show(Math.min(this.total - 1, Math.max(0, this.place(number) - 1))).catch(this.fail);
    }

    #near() {
        const f = this.frame;
        const top = [...this.body.rows].findIndex((r) => r.offsetTop + r.offsetHeight > f.scrollTop + this.table.tHead.offsetHeight);
        if (top >= 0)
            this.slider.value = `${this.from + top}`;
        if (this.busy)
            return;
        if (f.scrollTop + f.clientHeight > f.scrollHeight - NEAR && this.to < this.total)
            void this.#more(this.to, Math.min(STEP, this.total - this.to), false);
        else if (f.scrollTop < NEAR && this.from > 0)
            void this.#more(Math.max(0, this.from - STEP), Math.min(STEP, this.from), true);
    }

    /** What is seen stays where it is: what is put in or taken out above is made up for. */
    async #more(from, n, before) {
        this.busy = true;
        try {
            await this.#after(async () => {
                if (before ? from + n !== this.from : from !== this.to)
                    return; // it is elsewhere by now
                const rows = this.#rows(await this.fetch(from, n), from);
                const held = this.body.rows[before ? 0 : this.body.rows.length - 1];
                if (rows.length === 0 || held === undefined)
                    return;
                const at = held.offsetTop - this.frame.scrollTop;
                this.body[before ? 'prepend' : 'append'](...rows);
                if (before)
                    this.from = from;
                else
                    this.to = from + rows.length;
                for (; this.to - this.from > KEPT; before ? this.to-- : this.from++)
                    this.body.rows[before ? this.body.rows.length - 1 : 0].remove();
                this.frame.scrollTop = held.offsetTop - at;
            });
        } catch (why) {
            this.fail(why);
        } finally {
            this.busy = false;
        }
    }
}
