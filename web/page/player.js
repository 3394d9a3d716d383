// SPDX-License-Identifier: Apache-2.0
// Listening: what is heard, where, how fast; for a mouse, for keys, and in numbers.
import { Engine } from './audio.js';
import { byId, clock, el } from './dom.js';
import { bindKeys, keysHelp, SPEEDS } from './keys.js';
import { teller } from './parts.js';
import { mark, Scope } from './picture.js';
import { t } from './words.js';

const REWIND_S = 2; // on going on after a pause
const TURN_S = 2;
const TOPS = [4000, 8000, 12000, 24000];

/** "1:02.5" to 62.5; null for what is no time. */
export function seconds(text) {
    const m = /^\s*(?:(?:(\d+):)?(\d+):)?(\d+(?:[.,]\d+)?)\s*$/.exec(text);
    return m === null ? null : 3600 * Number(m[1] ?? 0) + 60 * Number(m[2] ?? 0) + Number(m[3].replace(',', '.'));
}

export const exact = (s) => mark(s, 0.001);

const button = (text, act, more) => {
    const b = el('button', { type: 'button', ...more }, text);
    b.onclick = act;
    return b;
};

let count = 0;

export class Player {
    /**
     * @param {{name: string, segments: import('./audio.js').Segment[]}[]} lanes
     * @param {{start: number, end: number}[]} spans  what [ and ] go through
     */
    constructor({ lanes, end, spans = [], onSpan = () => {}, onHear = () => {}, compare = lanes.length === 2 }) {
        this.scope = new Scope(end);
        this.pictures = [];
        this.spans = spans;
        this.onSpan = onSpan;
        this.onHear = onHear;
        this.compare = compare;
        this.at = 0;
        this.range = null;
        this.looping = false;
        this.rewind = false;
        this.chosen = -1;
        this.hear = '0';
        this.speed = 1;
        this.engine = null;
        this.makeBar();
        this.load(lanes, end);
        this.release = bindKeys(this);
        this.scope.watchers.add(() => this.showScope());
        this.showScope();
        this.frame = () => this.tick();
        this.tick();
    }

    load(lanes, end) {
        this.lanes = lanes;
        this.end = end;
        this.engine?.load(lanes.map((l) => l.segments), end);
        this.makeHear();
    }

    /** map, unmap: from the time line to the picture's sound and back; else as the picture lies. */
    add(picture, map = (at) => picture.own(at), unmap = (own) => picture.shared(own)) {
        this.pictures.push({ picture, map });
        picture.calls.seek = (own) => this.seek(unmap(own));
        picture.calls.range = (range) => this.setRange(range.map((own) => Math.min(this.end, Math.max(0, unmap(own))))
            .sort((a, b) => a - b));
        return picture;
    }

    /** All pictures end at the same frequency, so that they can be held against each other. */
    setTop(hz) {
        this.tops.value = `${hz}`;
        for (const { picture } of this.pictures) {
            picture.top = hz;
            picture.draw();
        }
    }

    close() {
        this.release();
        this.engine?.close();
        this.closed = true;
        byId('status').textContent = '';
        for (const { picture } of this.pictures)
            picture.close();
    }

    /* -------------------------------------------------------------- playing */

    #start() {
        if (this.engine !== null)
            return;
        const rate = this.lanes[0].segments[0]?.sound.rate;
        this.engine = new Engine(new AudioContext({ sampleRate: rate }));
        this.engine.changed = (why) => {
            if (why !== undefined)
                this.told.fail(why);
            if (!this.engine.playing)
                this.#paused();
            this.showState();
        };
        this.engine.load(this.lanes.map((l) => l.segments), this.end);
    }

    #settings(until) {
        const e = this.engine;
        e.heard = this.hear === 'turns' || this.hear === 'ears' ? [0, 1] : [Number(this.hear)];
        e.turns = this.hear === 'turns' ? TURN_S : 0;
        e.speed = this.speed;
        e.loop = this.looping && this.range !== null && this.range[1] - this.range[0] > 0.02 ? this.range : null;
        e.end = until ?? this.end;
        this.until = until;
    }

    /** Plays from where it is, or a stretch from..until. */
    play(from, until) {
        this.told.say('');
        this.#start();
        if (from !== undefined)
            this.at = from;
        else if (this.rewind)
            this.at = Math.max(this.looping && this.range !== null ? this.range[0] : 0, this.at - REWIND_S);
        if (this.at >= (until ?? this.end) - 0.02)
            this.at = 0;
        this.rewind = false;
        this.#settings(until);
        return this.engine.play(this.at);
    }

    pause() {
        if (this.engine?.playing)
            this.at = this.engine.pause();
        this.rewind = true;
    }

    #paused() {
        this.at = Math.min(this.at, this.end);
        this.rewind = this.until === undefined;
    }

    toggle() {
        if (this.engine?.playing)
            this.pause();
        else
            void this.play();
    }

    /** The same goes on in another way: nothing is heard twice or left out. */
    #again() {
        if (!this.engine?.playing)
            return;
        this.#settings(this.until);
        void this.engine.play(null);
    }

    seek(at) {
        this.at = Math.min(this.end, Math.max(0, at));
        this.rewind = false;
        this.show();
        if (this.engine?.playing)
            void this.play(this.at);
    }

    move(by) {
        this.seek(this.at + by);
    }

    setSpeed(speed) {
        this.speed = speed;
        this.speeds.value = `${speed}`;
        this.#again();
    }

    setHear(hear) {
        this.hear = hear;
        this.makeHear();
        this.onHear(hear);
        this.#again();
    }

    /** From one sound to the next. */
    other() {
        if (this.lanes.length > 1)
            this.setHear(`${(Number(this.hear) + 1 || 0) % this.lanes.length}`);
    }

    setLoop(on) {
        if (on && this.range === null)
            this.setRange([this.at, Math.min(this.end, this.at + 5)]);
        this.looping = on;
        this.loops.checked = on;
        this.#again();
    }

    setRange(range) {
        this.range = range;
        if (range !== null) {
            this.from.value = exact(range[0]);
            this.to.value = exact(range[1]);
        }
        this.show();
    }

    /** A piece is chosen, and brought into view. */
    choose(i) {
        const s = this.spans[i];
        if (s === undefined)
            return;
        this.chosen = i;
        this.setRange([s.start, s.end]);
        if (s.start < this.scope.from || s.end > this.scope.from + this.scope.width)
            this.scope.show(s.start - this.scope.width / 10, this.scope.width);
        this.seek(s.start);
        this.onSpan(i);
        byId('status').textContent = s.told ?? '';
    }

    step(by) {
        const after = this.spans.findIndex((s) => s.start > this.at + 0.01);
        const next = this.chosen >= 0 ? this.chosen + by
            : by > 0 ? (after < 0 ? this.spans.length - 1 : after) : Math.max(0, (after < 0 ? this.spans.length : after) - 1);
        this.choose(Math.min(this.spans.length - 1, Math.max(0, next)));
    }

    /** Plays what is chosen, from its first sample to its last. */
    playRange() {
        const a = seconds(this.from.value);
        const b = seconds(this.to.value);
        if (a === null || b === null || b <= a) {
            this.told.say(t('From and to are times such as 1:02.5'), true);
            return;
        }
        this.setRange([a, Math.min(b, this.end)]);
        void this.play(a, Math.min(b, this.end));
    }

    /* -------------------------------------------------------------- what is seen */

    makeBar() {
        const id = `p${++count}`;
        this.button = button(t('Play'), () => this.toggle(), { className: 'main' });
        // Not read aloud at each tenth of a second.
        this.clock = el('output', { className: 'number', 'aria-live': 'off' });
        this.told = teller();
        this.speeds = el('select', { id: `${id}s` }, ...SPEEDS.map((s) => el('option', { value: `${s}`, selected: s === 1 }, `${s} ×`)));
        this.speeds.onchange = () => this.setSpeed(Number(this.speeds.value));
        this.choices = el('fieldset', 'hear');
        const time = (name) => el('input', { type: 'text', id: `${id}${name}`, size: 9, value: '0:00.000' });
        [this.where, this.from, this.to] = ['w', 'f', 't'].map(time);
        const typed = () => {
            const range = [seconds(this.from.value), seconds(this.to.value)];
            if (range[0] !== null && range[1] > range[0])
                this.setRange(range);
        };
        this.where.onchange = () => seconds(this.where.value) !== null && this.seek(seconds(this.where.value));
        this.from.onchange = typed;
        this.to.onchange = typed;
        this.loops = el('input', { type: 'checkbox' });
        this.loops.onchange = () => this.setLoop(this.loops.checked);
        this.slider = el('input', { type: 'range', min: '0', max: '1000', 'aria-label': t('What is in view') });
        this.slider.oninput = () => this.scope.show(this.slider.value / 1000 * (this.scope.end - this.scope.width), this.scope.width);
        this.tops = el('select', null, ...TOPS.map((n) => el('option', { value: `${n}`, selected: n === TOPS[1] },
            t('{n} kHz', { n: n / 1000 }))));
        this.tops.onchange = () => this.setTop(Number(this.tops.value));
        const label = (text, input) => el('label', null, `${text} `, input);
        this.bar = el('div', { className: 'player', role: 'group', 'aria-label': t('Player') },
            el('div', 'row',
                button(t('Back 5 s'), () => this.move(-5)), this.button, button(t('Forward 5 s'), () => this.move(5)),
                this.clock, label(t('Speed'), this.speeds), this.choices),
            el('div', 'row',
                label(t('Go to'), this.where), label(t('From'), this.from), label(t('To'), this.to),
                button(t('Play from-to'), () => this.playRange()),
                el('label', null, this.loops, ` ${t('Repeat')}`)),
            this.told);
        this.view = el('div', { className: 'row view', role: 'group', 'aria-label': t('View') },
            button(t('Closer'), () => this.scope.zoom(0.5, this.at)), button(t('Wider'), () => this.scope.zoom(2, this.at)),
            button(t('Whole'), () => this.scope.show(0, this.scope.end)), this.slider, label(t('Tones up to'), this.tops));
        this.help = el('div', 'help',
            el('p', 'faint', t('At another speed the pitch changes too, as with a tape.')), keysHelp());
    }

    makeHear() {
        const list = this.lanes.map((l, i) => [`${i}`, l.name]);
        if (this.compare)
            list.push(['turns', t('In turns')], ['ears', t('One in each ear')]);
        this.choices.hidden = list.length < 2;
        const options = list.map(([value, name]) => {
            const radio = el('input', { type: 'radio', name: 'hear', value, checked: value === this.hear });
            radio.onchange = () => this.setHear(value);
            return el('label', null, radio, ` ${name}`);
        });
        const had = this.choices.contains(document.activeElement);
        this.choices.replaceChildren(el('legend', null, t('Hear')), ...options);
        if (had)
            this.choices.querySelector(':checked')?.focus();
    }

    showState() {
        this.button.textContent = this.engine?.playing ? t('Pause') : t('Play');
    }

    showScope() {
        this.slider.value = `${1000 * this.scope.from / Math.max(1e-9, this.scope.end - this.scope.width)}`;
        this.slider.disabled = this.scope.width >= this.scope.end;
        this.show();
    }

    show() {
        const text = `${clock(this.at)} / ${clock(this.end)}`;
        if (this.clock.textContent !== text) {
            this.clock.textContent = text;
            if (document.activeElement !== this.where)
                this.where.value = exact(this.at);
        }
        for (const { picture, map } of this.pictures) {
            picture.setHead(map(this.at));
            picture.setRange(this.range === null ? null : this.range.map(map));
        }
    }

    tick() {
        if (this.closed)
            return;
        if (this.engine?.playing) {
            this.at = this.engine.place();
            if (this.at > this.scope.from + this.scope.width || this.at < this.scope.from)
                this.scope.show(this.at - this.scope.width / 20, this.scope.width);
        }
        this.show();
        requestAnimationFrame(this.frame);
    }
}
