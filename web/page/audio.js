// SPDX-License-Identifier: Apache-2.0
// Playing: pieces of sound are handed to the audio hardware a few seconds ahead, each at its exact sample.
// Several sounds lie on one time line as lanes; those that are heard are scheduled together.
import { PIECE } from './sound.js';

const AHEAD_S = 5;
const STEP_S = 2; // scheduled at a time
const LOOK_MS = 200;
const SOON_S = 0.06; // between deciding and hearing
const FADE_S = 0.004;
const TOLD_MAX = 64;

/** Which samples were handed over for which moment, the last ones. The tests read this. */
export const scheduled = [];

function tell(entry) {
    scheduled.push(entry);
    if (scheduled.length > TOLD_MAX)
        scheduled.shift();
}

const whole = (x) => (Math.abs(x - Math.round(x)) < 1e-3 ? Math.round(x) : x);

/**
 * A stretch of a lane: from `start` to `end` of the time line the sound is heard from `at` on, `rate` of its
 * seconds per second; a negative one is backwards.
 * @typedef {{start: number, end: number, sound: import('./sound.js').Sound, at: number, rate: number}} Segment
 */

/** What frames of a sound are heard from `a` to `b` of the time line, cut at the ends of pieces. */
export function cut(segment, a, b) {
    const { sound, start, end, at, rate } = segment;
    const from = Math.max(a, start);
    const to = Math.min(b, end);
    const parts = [];
    if (to <= from || rate === 0)
        return parts;
    const near = Math.abs(rate) === 1 ? Math.round : whole; // at its own speed nothing lies between two samples
    const frame = (m) => near((at + (m - start) * rate) * sound.rate);
    const back = rate < 0;
    const limit = (f) => Math.min(sound.frames, Math.max(0, f));
    const last = limit(frame(to));
    let f = limit(frame(from));
    const first = frame(from);
    const place = (x) => from + (x - first) / sound.rate / rate;
    while (back ? f > last : f < last) {
        const piece = back ? Math.ceil(f / PIECE) - 1 : Math.floor(f / PIECE);
        const next = back ? Math.max(last, piece * PIECE) : Math.min(last, (piece + 1) * PIECE);
        parts.push({ sound, piece, from: f, to: next, place: place(f), rate: Math.abs(rate), back });
        f = next;
    }
    return parts;
}

/** One sound from a moment on, until it is stopped; a change of what is heard begins a new one. */
class Run {
    constructor(context, lanes, at, speed) {
        this.out = new GainNode(context);
        this.out.connect(context.destination);
        this.context = context;
        this.lanes = lanes;
        this.cursor = at; // of the time line, scheduled up to here
        this.speed = speed;
        this.nodes = new Set();
        this.stretches = []; // {when, at, end}: what is heard when
        this.when = 0;
        this.over = false;
    }

    begin(when) {
        const rate = this.context.sampleRate;
        this.when = Math.round(when * rate) / rate;
    }

    /** Where on the time line is what is heard at this moment? */
    place(now) {
        const s = this.stretches.findLast((x) => x.when <= now) ?? this.stretches[0];
        return s === undefined ? this.cursor
            : Math.min(s.end, s.at + Math.max(0, now - s.when) * this.speed);
    }

    stop(when) {
        this.over = true;
        this.out.gain.setValueAtTime(1, when);
        this.out.gain.linearRampToValueAtTime(0, when + FADE_S);
        for (const node of this.nodes)
            node.stop(when + 2 * FADE_S);
    }
}

/** An AudioBuffer of the piece, turned round when it is heard backwards. */
function bufferOf(context, part, channels) {
    const n = Math.min(channels[0].length, part.back ? Math.min(PIECE, part.sound.frames - part.piece * PIECE)
        : channels[0].length);
    const buffer = context.createBuffer(channels.length, n, part.sound.rate);
    channels.forEach((samples, c) => buffer.copyToChannel(
        part.back ? samples.slice(0, n).reverse() : samples, c));
    return buffer;
}

export class Engine {
    /** @param {BaseAudioContext} context  its rate is best that of the first lane */
    constructor(context) {
        this.context = context;
        this.lanes = [];
        this.heard = [0];
        this.turns = 0;
        this.end = 0;
        this.loop = null;
        this.speed = 1;
        this.run = null;
        this.timer = 0;
        this.wish = 0;
        this.changed = () => {};
    }

    /** @param {Segment[][]} lanes */
    load(lanes, end) {
        this.lanes = lanes;
        this.end = end;
    }

    get playing() {
        return this.run !== null;
    }

    /** Where the ear is. */
    place() {
        const late = this.context.outputLatency ?? 0;
        return this.run?.place(this.context.currentTime - late) ?? 0;
    }

    /** Which lanes are heard from `at` on, for how long, and on which side. */
    #voices(at) {
        const n = this.turns > 0 ? Math.floor(at / this.turns + 1e-6) : 0;
        if (this.turns > 0)
            return { until: (n + 1) * this.turns, list: [{ lane: this.heard[n % this.heard.length], pan: 0 }] };
        const sides = this.heard.length === 2 ? [-1, 1] : [0];
        return { until: Infinity, list: this.heard.map((lane, i) => ({ lane, pan: sides[i] ?? 0 })) };
    }

    #parts(at, to, voices) {
        return voices.flatMap(({ lane, pan }) => (this.lanes[lane] ?? [])
            .flatMap((segment) => cut(segment, at, to)).map((part) => ({ ...part, pan, lane })));
    }

    #limit(at) {
        return this.loop !== null && at < this.loop[1] ? this.loop[1] : this.end;
    }

    /** Hands over what comes next; false at the end. */
    async #step(run) {
        const { sampleRate: rate } = this.context;
        const voices = this.#voices(run.cursor);
        const limit = this.#limit(run.cursor);
        const to = Math.round(Math.min(run.cursor + STEP_S * Math.max(1, run.speed), voices.until, limit) * rate) / rate;
        const parts = this.#parts(run.cursor, to, voices.list);
        const buffers = await Promise.all(parts.map((p) => p.sound.piece(p.piece)));
        if (run.over)
            return false;
        if (this.run === run && run.when < this.context.currentTime)
            run.begin(this.context.currentTime + SOON_S); // it came too late
        parts.forEach((part, i) => this.#schedule(run, part, buffers[i]));
        run.stretches.push({ when: run.when, at: run.cursor, end: to });
        if (run.stretches.length > TOLD_MAX)
            run.stretches.shift();
        run.begin(run.when + (to - run.cursor) / run.speed);
        run.cursor = this.loop !== null && to >= this.loop[1] - 0.5 / rate && limit === this.loop[1] ? this.loop[0] : to;
        return run.cursor < this.end - 0.5 / rate;
    }

    /** Keeps a turn from clicking. */
    #turn(run, part, when) {
        const gain = new GainNode(this.context);
        const end = when + Math.abs(part.to - part.from) / part.sound.rate / part.rate / run.speed;
        const turns = (at) => Math.abs(at / this.turns - Math.round(at / this.turns)) * this.turns < FADE_S;
        if (turns(part.place)) {
            gain.gain.setValueAtTime(0, when);
            gain.gain.linearRampToValueAtTime(1, when + FADE_S);
        }
        if (turns(part.place + (end - when) * run.speed) && end - when > 2 * FADE_S) {
            gain.gain.setValueAtTime(1, end - FADE_S);
            gain.gain.linearRampToValueAtTime(0, end);
        }
        return gain;
    }

    #schedule(run, part, channels) {
        const { context } = this;
        const buffer = bufferOf(context, part, channels);
        const node = new AudioBufferSourceNode(context, { buffer, playbackRate: part.rate * run.speed });
        const first = part.piece * PIECE;
        const offset = part.back ? first + buffer.length - part.from : part.from - first;
        const when = Math.max(0, run.when + (part.place - run.cursor) / run.speed);
        const side = part.pan !== 0 ? new StereoPannerNode(context, { pan: part.pan }) // alters one channel's level
            : this.turns > 0 ? this.#turn(run, part, when) : null;
        node.connect(side ?? run.out);
        side?.connect(run.out);
        const exact = Math.round(when * context.sampleRate) / context.sampleRate;
        const plain = part.rate === 1 && run.speed === 1 && part.sound.rate === context.sampleRate;
        node.start(plain ? exact : when, offset / buffer.sampleRate,
            Math.abs(part.to - part.from) / buffer.sampleRate);
        run.nodes.add(node);
        node.onended = () => {
            node.disconnect();
            side?.disconnect();
            run.nodes.delete(node);
        };
        tell({ sha256: part.sound.sha256, lane: part.lane, pan: part.pan, from: part.from, to: part.to, offset,
            back: part.back, place: part.place, when: plain ? exact : when, buffer });
    }

    async #fill(run) {
        let more = true;
        while (more && !run.over && run.when < this.context.currentTime + AHEAD_S)
            more = await this.#step(run);
        if (run.over)
            return;
        this.timer = setTimeout(() => this.#look(run, more), LOOK_MS);
    }

    #look(run, more) {
        if (run.over)
            return;
        if (more)
            void this.#fill(run).catch((why) => this.#fail(why));
        else if (this.context.currentTime >= run.when)
            this.pause();
        else
            this.timer = setTimeout(() => this.#look(run, more), LOOK_MS);
    }

    #fail(why) {
        this.pause();
        this.changed(why);
    }

    /**
     * Plays from a place on; what plays until then ends at that moment, to the sample.
     * @param {number | null} at  null: from where it is, without a break
     */
    async play(at) {
        const mine = ++this.wish;
        const { context } = this;
        await context.resume?.();
        const about = at ?? this.place();
        const ahead = this.#parts(about, about + STEP_S, this.#voices(about).list);
        const lacks = await Promise.all(ahead.slice(0, 2).map((p) => p.sound.piece(p.piece))).then(() => null, (why) => why);
        if (mine !== this.wish)
            return;
        if (lacks !== null) {
            this.#fail(lacks);
            return;
        }
        const when = context.currentTime + SOON_S;
        const from = at ?? this.run?.place(when) ?? 0;
        const run = new Run(context, this.lanes, Math.round(from * context.sampleRate) / context.sampleRate, this.speed);
        run.begin(when);
        this.run?.stop(run.when);
        clearTimeout(this.timer);
        this.run = run;
        this.changed();
        await this.#fill(run).catch((why) => this.#fail(why));
    }

    /** Schedules a stretch in a context that is not heard. */
    async render(at, to) {
        const run = new Run(this.context, this.lanes, at, this.speed);
        const kept = [this.end, this.loop];
        this.end = to;
        this.loop = null;
        while (await this.#step(run));
        [this.end, this.loop] = kept;
    }

    pause() {
        this.wish++;
        clearTimeout(this.timer);
        const at = this.place();
        this.run?.stop(this.context.currentTime);
        this.run = null;
        this.changed();
        return at;
    }

    close() {
        this.pause();
        void this.context.close?.();
    }
}
