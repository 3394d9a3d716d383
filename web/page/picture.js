// SPDX-License-Identifier: Apache-2.0
// Waveform and spectrogram of a sound on a time line, with marks on it. Only what is in view is drawn.
import { el } from './dom.js';
import { LEVELS, PIECE, POINT, TILE, TILE_LEVELS } from './sound.js';
import { t } from './words.js';

const WAVE = 72; // CSS pixels of height
const TONES = 112;
const MARKS_MAX = 240; // drawn at a time
const NARROW = 2; // pixels within which one mark stands for all, where there are too many
const STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800,
    3600, 7200];
const RULER = 20;
const ROW = 28; // of marks
const ROWS = 4;
const LABEL = 76; // pixels that a time on the ruler needs

const dark = matchMedia('(prefers-color-scheme: dark)');

/** What part of the time line is in view, for all pictures of it. */
export class Scope {
    constructor(end) {
        this.end = Math.max(end, 0.01);
        this.from = 0;
        this.width = this.end;
        this.watchers = new Set();
    }

    show(from, width) {
        this.width = Math.min(this.end, Math.max(0.005, width));
        this.from = Math.min(this.end - this.width, Math.max(0, from));
        this.changed();
    }

    /** Makes what is in view `factor` times as wide; `at` stays where it is. */
    zoom(factor, at = this.from + this.width / 2) {
        const share = (at - this.from) / this.width;
        const width = Math.min(this.end, Math.max(0.005, this.width * factor));
        this.show(at - share * width, width);
    }

    changed() {
        for (const w of this.watchers)
            w();
    }
}

/** 12.3456 as the ruler says it, with as many digits as its step needs. */
export function mark(seconds, step) {
    const digits = step >= 1 ? 0 : step >= 0.1 ? 1 : step >= 0.01 ? 2 : 3;
    const rounded = Math.round(seconds * 10 ** digits) / 10 ** digits;
    const m = Math.floor(rounded / 60);
    const s = (rounded - 60 * m).toFixed(digits).padStart(digits > 0 ? digits + 3 : 2, '0');
    const h = Math.floor(m / 60);
    return h > 0 ? `${h}:${String(m % 60).padStart(2, '0')}:${s}` : `${m}:${s}`;
}

/** Lowest and highest of samples first..last of all channels. */
function extremes(channels, first, last) {
    let low = 1;
    let high = -1;
    for (const samples of channels)
        for (let i = first; i <= Math.min(last, samples.length - 1); i++) {
            low = Math.min(low, samples[i]);
            high = Math.max(high, samples[i]);
        }
    return [low, Math.max(low, high)];
}

/** Gives marks that lie over each other rows of their own; says how many. */
function stack(marks) {
    const least = Math.max(...marks.map((m) => m.end), 0) / 30; // so much a number needs, when all is in view
    const ends = [0];
    for (const m of [...marks].sort((a, b) => a.start - b.start)) {
        const point = m.end <= m.start && m.text === undefined;
        const free = ends.findIndex((end) => end <= m.start + 1e-6);
        m.row = point ? 0 : Math.min(ROWS - 1, free < 0 ? ends.length : free);
        if (!point)
            ends[m.row] = m.solid ? m.end : Math.max(m.end, m.start + least);
    }
    return ends.length;
}

export class Picture {
    /**
     * @param {Scope} scope
     * @param {{label: string, marks?: object[], tall?: boolean}} options
     *   marks: {start, end, class, text, title, number}: end === start is a line
     */
    constructor(scope, { label, marks = [], pick = () => {}, range = () => {}, seek = () => {} }) {
        this.scope = scope;
        this.redraw = () => this.draw();
        this.sound = null;
        this.place = { at: 0, start: 0, rate: 1 }; // of the time line in the sound
        this.top = 8000; // Hz at the upper edge
        this.marks = [];
        this.calls = { pick, range, seek };
        this.canvas = el('canvas', null);
        this.strip = el('div', 'strip');
        this.head = el('div', 'head');
        this.chosen = el('div', 'chosen');
        this.box = el('div', { className: 'picture', role: 'img', 'aria-label': label },
            this.strip, this.canvas, this.chosen, this.head);
        this.asked = 0;
        this.width = 0; // asked for once per picture: each question makes the browser lay out the page
        this.colors = new Map();
        this.setMarks(marks);
        scope.watchers.add(this.redraw);
        new ResizeObserver(() => {
            this.width = this.box.clientWidth;
            this.draw();
        }).observe(this.box);
        this.recolor = () => {
            this.colors.clear();
            this.draw();
        };
        dark.addEventListener('change', this.recolor);
        this.#listen();
    }

    setSound(sound, place = { at: 0, start: 0, rate: 1 }) {
        if (this.sound !== sound)
            this.sound?.watchers.delete(this.redraw);
        this.sound = sound;
        this.place = place;
        sound?.watchers.add(this.redraw); // pieces come in any order
        this.draw();
    }

    close() {
        this.sound?.watchers.delete(this.redraw);
        dark.removeEventListener('change', this.recolor);
    }

    setMarks(marks) {
        this.marks = marks;
        this.strip.hidden = marks.length === 0;
        this.strip.style.height = `${ROW * stack(marks)}px`;
        this.pieces = new Map();
        this.shown = new Set();
        this.picked = -1;
        this.strip.replaceChildren();
        if (marks.length <= MARKS_MAX)
            marks.forEach((m, i) => this.#piece(i));
        this.draw();
    }

    /** The element of a mark, made when it is first in view. */
    #piece(i) {
        const found = this.pieces.get(i);
        if (found !== undefined)
            return found;
        const m = this.marks[i];
        const e = el('div', { className: `spot ${m.class ?? ''}${m.end > m.start ? '' : ' line'}`, title: m.title ?? '' },
            el('span', null, `${m.text ?? ''}`));
        e.style.top = `${ROW * m.row}px`;
        e.dataset.start = m.start;
        e.dataset.end = m.end;
        e.onclick = () => this.calls.pick(i);
        e.classList.toggle('is-chosen', i === this.picked);
        e.hidden = true;
        this.pieces.set(i, e);
        this.strip.append(e);
        return e;
    }

    /** A time of the scope as one of this sound, and back. */
    own(seconds) {
        const { at, start, rate } = this.place;
        return at + (seconds - start) * rate;
    }

    shared(own) {
        const { at, start, rate } = this.place;
        return (own - at) / rate + start;
    }

    /** CSS pixels from the left edge, of a time of this sound. */
    x(own) {
        return (this.shared(own) - this.scope.from) / this.scope.width * this.width;
    }

    time(x) {
        return this.own(this.scope.from + x / Math.max(1, this.width) * this.scope.width);
    }

    setHead(seconds) {
        const x = this.x(seconds);
        this.head.style.transform = `translateX(${x}px)`;
        this.head.hidden = x < 0 || x > this.width;
    }

    setRange(range) {
        this.shownRange = range;
        this.chosen.hidden = range === null;
        if (range === null)
            return;
        const [a, b] = range.map((s) => this.x(s)).sort((p, q) => p - q);
        this.chosen.style.transform = `translateX(${a}px)`;
        this.chosen.style.width = `${Math.max(1, b - a)}px`;
    }

    draw() {
        if (this.asked === 0)
            this.asked = requestAnimationFrame(() => {
                this.asked = 0;
                this.paint();
            });
    }

    /* -------------------------------------------------------------- drawing */

    paint() {
        const { width } = this;
        const height = RULER + WAVE + TONES;
        const dots = Math.min(2, devicePixelRatio || 1);
        if (width === 0)
            return;
        const c = this.canvas.getContext('2d', { alpha: false });
        if (this.canvas.width !== Math.round(width * dots)) {
            this.canvas.width = Math.round(width * dots);
            this.canvas.height = height * dots;
            c.font = '12px system-ui, sans-serif';
        }
        c.setTransform(dots, 0, 0, dots, 0, 0);
        c.fillStyle = this.color('--card');
        c.fillRect(0, 0, width, height);
        this.#ruler(c, width);
        if (this.sound !== null) {
            this.#wave(c, width, dots);
            this.#tones(c, width);
            this.#edge(c);
        }
        this.#paintMarks(width);
        this.setRange(this.shownRange ?? null);
    }

    /** A colour of the style sheet; asked for once, as that too makes the browser lay out. */
    color(name) {
        const found = this.colors.get(name) ?? getComputedStyle(this.box).getPropertyValue(name).trim();
        this.colors.set(name, found);
        return found;
    }

    #ruler(c, width) {
        const [from, to] = [this.time(0), this.time(width)].sort((p, q) => p - q);
        const step = STEPS.find((s) => s / (to - from) * width >= LABEL) ?? 7200;
        c.fillStyle = this.color('--faint');
        for (let i = Math.ceil(Math.max(0, from) / step); i * step <= to; i++) {
            const x = this.x(i * step);
            c.fillRect(x, 0, 1, RULER - 4);
            if (x < width - 40)
                c.fillText(mark(i * step, step), x + 4, RULER - 8);
        }
    }

    /** Frame of the sound that lies under a pixel. */
    #frame(x) {
        return this.time(x) * this.sound.rate;
    }

    #wave(c, width, dots) {
        const middle = RULER + WAVE / 2;
        const step = 1 / dots;
        const frames = Math.abs(this.#frame(step) - this.#frame(0));
        c.fillStyle = this.color('--wave');
        if (frames < POINT)
            this.#samples(c, width, step, middle);
        else
            this.#peaks(c, width, { step, frames }, middle);
        c.fillRect(0, middle, width, step);
    }

    #peaks(c, width, { step, frames }, middle) {
        const level = Math.min(LEVELS - 1, Math.floor(Math.log(frames / POINT) / Math.log(4)));
        const out = [0, 0];
        const lows = [];
        const low = () => {
            for (let i = lows.length - 2; i >= 0; i -= 2) {
                c.lineTo(lows[i] + step, lows[i + 1]);
                c.lineTo(lows[i], lows[i + 1]);
            }
            lows.length = 0;
        };
        c.beginPath(); // of columns as one shape: a thousand rectangles are slower
        for (let x = 0; x < width; x += step) {
            const a = this.#frame(x);
            const b = this.#frame(x + step);
            if (!this.sound.range(level, Math.min(a, b), Math.max(a, b), out)) {
                low();
                continue;
            }
            const top = middle - out[1] * WAVE / 2;
            if (lows.length === 0)
                c.moveTo(x, top);
            else
                c.lineTo(x, top);
            c.lineTo(x + step, top);
            lows.push(x, Math.max(top + step, middle - out[0] * WAVE / 2));
        }
        low();
        c.fill();
    }

    /** Single samples: the finest peaks are too coarse. */
    #samples(c, width, step, middle) {
        for (let x = 0; x < width; x += step) {
            const f = [this.#frame(x), this.#frame(x + step)].sort((p, q) => p - q);
            const first = Math.floor(f[0]);
            const channels = first >= 0 && first < this.sound.frames ? this.sound.pieceNow(Math.floor(first / PIECE)) : null;
            if (!channels)
                continue;
            const [low, high] = extremes(channels, first % PIECE, first % PIECE + Math.floor(f[1]) - first);
            c.fillRect(x, middle - high * WAVE / 2, step, Math.max(1, (high - low) * WAVE / 2));
        }
    }

    #tones(c, width) {
        const frames = Math.abs(this.#frame(1) - this.#frame(0));
        const level = Math.min(TILE_LEVELS - 1, Math.max(0, Math.round(Math.log2(frames / POINT))));
        const [a, b] = [this.#frame(0), this.#frame(width)].sort((p, q) => p - q);
        const wide = TILE * POINT * 2 ** level;
        const last = Math.min(Math.ceil(b / wide), Math.ceil(this.sound.frames / wide));
        for (let n = Math.max(0, Math.floor(a / wide)); n < last; n++)
            this.#tile(c, level, n, wide);
    }

    /** One tile, or the part of a coarser one until it is here. */
    #tile(c, level, n, wide) {
        let picture = this.sound.tile(level, n);
        let [from, to] = [0, TILE];
        for (let up = 1; !picture && up <= 3 && level + up < TILE_LEVELS; up++) {
            picture = this.sound.tile(level + up, n >> up);
            to = TILE / 2 ** up;
            from = (n % 2 ** up) * to;
        }
        if (!picture)
            return;
        const x = (frame) => this.x(frame / this.sound.rate);
        const left = x(n * wide);
        const end = Math.min((n + 1) * wide, this.sound.frames);
        const part = to * (end - n * wide) / wide;
        c.save();
        c.translate(left, RULER + WAVE);
        c.scale((x(end) - left) / part, 1);
        const share = this.top / (this.sound.rate / 2);
        const rows = Math.min(1, share) * TILE;
        const high = TONES / Math.max(1, share);
        c.drawImage(picture, from, TILE - rows, part, rows, 0, TONES - high, part, high);
        c.restore();
    }

    /** The frequency of the upper edge. */
    #edge(c) {
        const text = t('{n} kHz', { n: Math.round(this.top / 100) / 10 });
        c.fillStyle = this.color('--card');
        c.fillRect(0, RULER + WAVE, c.measureText(text).width + 8, 16);
        c.fillStyle = this.color('--faint');
        c.fillText(text, 4, RULER + WAVE + 12);
    }

    /**
     * Marks in view with their edges. Of too many, one stands for all that begin within a step of time and are shorter;
     * steps double, so that the same ones stay while somebody scrolls, and mostly while zooming.
     */
    #inView(width) {
        const all = [];
        this.marks.forEach((m, i) => {
            const x = this.x(m.start);
            const y = m.end > m.start ? this.x(m.end) : x;
            const [a, b] = x <= y ? [x, y] : [y, x];
            if (b >= 0 && a <= width)
                all.push({ i, m, a, b });
        });
        let some = all;
        for (let step = 2 ** Math.ceil(Math.log2(NARROW * this.scope.width / width)); some.length > MARKS_MAX; step *= 2) {
            const taken = new Set();
            some = all.filter(({ i, m }) => {
                const place = (m.end > m.start ? m.row : ROWS) + (ROWS + 1) * Math.floor(m.start / step);
                const free = m.end - m.start > step || i === this.picked || !taken.has(place);
                taken.add(place);
                return free;
            });
        }
        return some;
    }

    #paintMarks(width) {
        const now = new Set();
        for (const { i, m, a, b } of this.#inView(width)) {
            const e = this.#piece(i);
            const left = Math.max(-4, a);
            now.add(e);
            e.hidden = false;
            e.style.transform = `translateX(${left}px)`;
            if (m.end > m.start)
                e.style.width = `${Math.max(2, Math.min(width + 4, b) - left)}px`;
        }
        for (const e of this.shown)
            if (!now.has(e))
                e.hidden = true;
        this.shown = now;
    }

    choose(i) {
        this.pieces.get(this.picked)?.classList.remove('is-chosen');
        this.pieces.get(i)?.classList.add('is-chosen');
        this.picked = i;
        this.draw();
    }

    /* -------------------------------------------------------------- pointing */

    #listen() {
        let down = null;
        const at = (e) => this.time(e.clientX - this.box.getBoundingClientRect().left);
        this.canvas.onpointerdown = (e) => {
            if (e.button !== 0)
                return;
            down = { x: e.clientX, at: at(e) };
            this.canvas.setPointerCapture(e.pointerId);
        };
        this.canvas.onpointermove = (e) => {
            if (down !== null && Math.abs(e.clientX - down.x) > 4)
                this.calls.range([Math.min(down.at, at(e)), Math.max(down.at, at(e))]);
        };
        this.canvas.onpointerup = (e) => {
            if (down !== null && Math.abs(e.clientX - down.x) <= 4)
                this.calls.seek(down.at);
            down = null;
        };
        this.canvas.onpointercancel = () => {
            down = null;
        };
        this.box.addEventListener('wheel', (e) => this.#wheel(e, at(e)), { passive: false });
    }

    #wheel(e, at) {
        const across = Math.abs(e.deltaX) > Math.abs(e.deltaY) ? e.deltaX : e.shiftKey ? e.deltaY : 0;
        if (!e.ctrlKey && across === 0)
            return; // the page scrolls
        e.preventDefault();
        if (e.ctrlKey)
            this.scope.zoom(Math.exp(e.deltaY / 300), this.shared(at));
        else
            this.scope.show(this.scope.from + across / Math.max(1, this.width) * this.scope.width, this.scope.width);
    }
}
