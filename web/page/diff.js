// SPDX-License-Identifier: Apache-2.0
// Two recordings, one under the other, with ribbons between what they share and the list of edits.
import { clock, el } from './dom.js';
import { table as described } from './parts.js';
import { Picture } from './picture.js';
import { Player } from './player.js';
import { Ribbons } from './ribbons.js';
import { openSound } from './sound.js';
import { certainty, hearButton, jobView, notTested, table } from './work.js';
import { t } from './words.js';

const AROUND_S = 1.5;

const OPS = {
    delete: () => t('taken out'),
    insert: () => t('put in'),
    replace: () => t('replaced'),
    move: () => t('moved'),
    duplicate: () => t('repeated'),
    silence: () => t('silenced'),
    speed: () => t('at another speed'),
};
const opText = (op) => OPS[op]?.() ?? op;

const STATES = {
    changed: () => t('changed'),
    coding: () => t('by coding'),
    same: () => t('the same'),
    'not-tested': () => t('not tested'),
};

const rateOf = (s) => (s.a_start > s.a_end ? -s.speed : s.speed);

/** The lane of A on the time line of B. */
export function lanesByB(result, a, b) {
    return [
        [{ start: 0, end: a.duration, sound: a, at: 0, rate: 1 }],
        [{ start: 0, end: b.duration, sound: b, at: 0, rate: 1 }],
        result.stretches.map((s) => ({ start: s.b_start, end: s.b_end, sound: a, at: s.a_start, rate: rateOf(s) })),
    ];
}

/** The lane of B on the time line of A: of what A has once and B twice the first. */
export function laneByA(result, b) {
    const lane = [];
    for (const s of [...result.stretches].sort((p, q) => Math.min(p.a_start, p.a_end) - Math.min(q.a_start, q.a_end))) {
        const back = s.a_start > s.a_end;
        const start = Math.max(back ? s.a_end : s.a_start, lane.at(-1)?.end ?? 0);
        const end = Math.max(s.a_start, s.a_end);
        if (end > start)
            lane.push({ start, end, sound: b, at: s.b_start + (start - s.a_start) / rateOf(s), rate: 1 / rateOf(s) });
    }
    return lane;
}

/** A time of one sound on the other: by the stretch it lies in, else by the nearest. */
export function follow(segments, at) {
    let best = null;
    let least = Infinity;
    for (const s of segments) {
        const far = Math.max(s.start - at, at - s.end, 0);
        if (far < least)
            [best, least] = [s, far];
    }
    return best === null ? at : best.at + (at - best.start) * best.rate;
}

export function marksOf(result, side) {
    return result.edits.map((e, i) => ({ start: e[`${side}_start`], end: e[`${side}_end`], text: `${i + 1}`,
        title: opText(e.op), class: `edit ${e.op}` }));
}

const range = (a, b) => (b > a ? `${clock(a)}-${clock(b)}` : clock(a));

function editRow(e, i, hear) {
    const n = i + 1;
    return el('tr', null,
        el('th', { scope: 'row' }, el('span', `patch edit ${e.op}`), ` ${n}`),
        el('td', null, opText(e.op), e.backwards ? ` (${t('backwards')})` : '', e.at_pause ? ` (${t('in a pause')})` : ''),
        el('td', 'number', range(e.a_start, e.a_end)),
        el('td', 'number', range(e.b_start, e.b_end)),
        el('td', 'number', `± ${e.plus_minus.toFixed(3)} s`),
        el('td', 'number', certainty(e.certainty)),
        el('td', 'acts',
            hearButton('A', t('Hear edit {n} in A', { n }), () => hear(e, 'a')),
            hearButton('B', t('Hear edit {n} in B', { n }), () => hear(e, 'b'))));
}

function factRow(f) {
    return el('tr', null, el('th', { scope: 'row' }, f.kind), el('td', null, STATES[f.state]?.() ?? f.state), el('td', null, f.text));
}

class DiffView {
    constructor(result, a, b) {
        Object.assign(this, { result, a, b, line: 'b' });
        this.byB = lanesByB(result, a, b)[2];
        this.byA = laneByA(result, b);
        const end = Math.max(a.duration, b.duration);
        this.player = new Player({ lanes: this.lanes(), end, spans: this.spans(), onSpan: (i) => this.chosen(i), compare: true });
        this.player.hear = '1';
        this.player.load(this.lanes(), b.duration);
        const band = (side, label) => new Picture(this.player.scope, { label, marks: marksOf(result, side),
            pick: (i) => this.hear(result.edits[i], side) });
        this.top = this.player.add(band('a', t('A with its edits; the table says the same')), (at) => this.at('a', at), (own) => this.back('a', own));
        this.low = this.player.add(band('b', t('B with its edits; the table says the same')), (at) => this.at('b', at), (own) => this.back('b', own));
        this.ribbons = new Ribbons(this.top, this.low, result.stretches);
        this.top.setSound(a);
        this.low.setSound(b);
        this.player.scope.watchers.add(() => this.align());
        this.align();
        this.choice = this.lineChoice();
    }

    lanes() {
        const { a, b } = this;
        const own = (sound) => [{ start: 0, end: sound.duration, sound, at: 0, rate: 1 }];
        return [{ name: 'A', segments: this.line === 'a' ? own(a) : this.byB ?? [] },
            { name: 'B', segments: this.line === 'b' ? own(b) : this.byA ?? [] }];
    }

    spans() {
        const { line } = this;
        return this.result.edits.map((e, i) => ({ start: e[`${line}_start`], end: e[`${line}_end`],
            told: t('Edit {n}: {op}', { n: i + 1, op: opText(e.op) }) }));
    }

    /** A time of the player's line in A or B, and back. */
    at(side, time) {
        return side === this.line ? time : follow(side === 'a' ? this.byB : this.byA, time);
    }

    back(side, own) {
        return side === this.line ? own : follow(side === 'a' ? this.byA : this.byB, own);
    }

    /** What is heard is drawn in its place; the other one so that the middles belong together. */
    align() {
        const { scope } = this.player;
        const middle = scope.from + scope.width / 2;
        const [other, sound] = this.line === 'b' ? [this.top, this.a] : [this.low, this.b];
        const still = this.line === 'b' ? this.low : this.top;
        const from = Math.min(Math.max(0, sound.duration - scope.width),
            Math.max(0, this.at(this.line === 'b' ? 'a' : 'b', middle) - scope.width / 2));
        other.place = { at: from - scope.from, start: 0, rate: 1 };
        still.place = { at: 0, start: 0, rate: 1 };
        other.draw();
        still.draw();
        this.ribbons.draw();
    }

    setLine(line, at) {
        if (line === this.line)
            return;
        this.player.pause();
        const here = at ?? this.at(line, this.player.at);
        this.line = line;
        this.player.spans = this.spans();
        this.player.load(this.lanes(), line === 'a' ? this.a.duration : this.b.duration);
        this.player.seek(here);
        for (const radio of this.choice.querySelectorAll('input'))
            radio.checked = radio.value === line;
        this.align();
    }

    lineChoice() {
        const radio = (value) => {
            const input = el('input', { type: 'radio', name: 'line', value, checked: value === this.line });
            input.onchange = () => this.setLine(value);
            return el('label', null, input, ` ${value.toUpperCase()}`);
        };
        return el('fieldset', 'hear', el('legend', null, t('Time line of')), radio('a'), radio('b'));
    }

    chosen(i) {
        this.top.choose(i);
        this.low.choose(i);
    }

    /** An edit with what stands around it, in A or in B. */
    hear(e, side) {
        this.setLine(side, e[`${side}_start`]);
        this.player.choose(this.result.edits.indexOf(e));
        this.player.setHear(side === 'a' ? '0' : '1');
        const sound = side === 'a' ? this.a : this.b;
        const from = Math.max(0, e[`${side}_start`] - AROUND_S);
        void this.player.play(from, Math.min(sound.duration, e[`${side}_end`] + AROUND_S));
    }
}

const VERDICTS = {
    'same-bytes': 'The files are equal, byte by byte.',
    'same-samples': 'Both decode to the same samples.',
    'same-content': 'The same sound: no edit was found.',
    differs: 'They differ.',
    unrelated: 'No sound in common, as far as can be told.',
    'nothing-to-compare': 'There is nothing to compare: silence, steady sound, or too short.',
};

export function showDiff(place, result, { here, m, job, from }) {
    let view = null;
    const seen = el('div', null);
    const hear = (e, side) => view?.hear(e, side);
    const { whole } = result;
    place.append(
        el('h3', null, `A: ${result.a.name}`, el('br', null), `B: ${result.b.name}`),
        el('p', null, el('strong', null, t(VERDICTS[result.verdict] ?? result.verdict)),
            ` ${t('Edits: {n}.', { n: (result.edits ?? []).length })}`),
        seen);
    if ((result.edits ?? []).length > 0)
        place.append(table(t('Edits'), ['', t('Edit'), t('In A'), t('In B'), t('Known to'), t('Certainty'), t('Hear')],
            result.edits.map((e, i) => editRow(e, i, hear))));
    if ((result.stretches ?? []).length > 0)
        place.append(el('details', null, el('summary', null, t('What they share')), described(t('What they share'),
            [t('In A'), t('In B'), t('Speed'), t('Louder by'), t('Likeness')], result.stretches.map((s) => el('tr', null,
                el('td', 'number', range(Math.min(s.a_start, s.a_end), Math.max(s.a_start, s.a_end))),
                el('td', 'number', range(s.b_start, s.b_end)), el('td', 'number', s.speed.toFixed(4)),
                el('td', 'number', `${s.gain_db.toFixed(1)} dB`), el('td', 'number', s.agreement.toFixed(2)))))));
    if ((whole?.facts ?? []).length > 0)
        place.append(table(t('The whole'), [t('What'), t('State'), t('In words')], whole.facts.map(factRow)));
    place.append(notTested(result.not_tested));
    async function open() {
        const sounds = [];
        for (const f of job.files) {
            sounds.push(await openSound(f.sha256, (p) => m.tell(t('The sound is prepared'), p), here, from));
            if (!here())
                return;
        }
        m.tell('');
        view = new DiffView({ ...result, edits: result.edits ?? [], stretches: result.stretches ?? [] }, sounds[0], sounds[1] ?? sounds[0]);
        const { player } = view;
        seen.append(player.bar, view.top.box, view.ribbons.canvas, view.low.box, el('div', 'row', view.choice), player.view, player.help);
        view.align();
    }
    open().catch((why) => m.fail(why));
    return () => view?.player.close();
}

export const diffView = jobView({ kind: 'diff', least: 2, most: 2, names: ['A: ', 'B: '],
    get text() {
        return t('Drop two recordings here, first the one that the other is held against (A), then the other (B):');
    },
    get go() {
        return t('Compare');
    },
    show: showDiff });
