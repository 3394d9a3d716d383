// SPDX-License-Identifier: Apache-2.0
// A clip, and what it was made of.
import { clock, el } from './dom.js';
import { Picture } from './picture.js';
import { Player } from './player.js';
import { openSound } from './sound.js';
import { certainty, hearButton, jobView, notTested, table } from './work.js';
import { t } from './words.js';

const KINDS = 8; // of colour and pattern

const GAPS = {
    'no-match': () => t('in no recording of the archive'),
    'nothing-to-compare': () => t('nothing to compare: silence or steady sound'),
    'too-short': () => t('too short to tell'),
    blanked: () => t('blanked: silence or a tone over the recording'),
};
const gapText = (kind) => GAPS[kind]?.() ?? kind;

/** Where a span is in its recording, as a segment of the lane "recording". */
export function segmentOf(span, sound) {
    return { start: span.query_start, end: span.query_end, sound, at: span.source_start,
        rate: span.backwards ? -span.speed : span.speed };
}

/** Spans, unmatched stretches and joins, as marks on the picture. */
export function marksOf(result) {
    const sources = [...new Set(result.spans.map((s) => s.sha256))];
    return [
        ...result.spans.map((s, i) => ({ start: s.query_start, end: s.query_end, solid: true, text: `${i + 1}`,
            title: s.source, class: `p${sources.indexOf(s.sha256) % KINDS}` })),
        ...result.gaps.map((g) => ({ start: g.query_start, end: g.query_end, solid: true, text: '', title: gapText(g.kind),
            class: 'plain' })),
        ...result.joins.map((j) => ({ start: j.at, end: j.at, title: t('Join'), class: 'join' })),
    ];
}

function spanRow(s, i, view) {
    const n = i + 1;
    const marked = el('span', `patch p${view.sources.indexOf(s.sha256) % KINDS}`);
    return el('tr', null,
        el('th', { scope: 'row' }, marked, ` ${n}`),
        el('td', 'number', `${clock(s.query_start)}-${clock(s.query_end)}`),
        el('td', null, el('bdi', null, s.source), s.backwards ? ` (${t('backwards')})` : '', ...(s.others ?? []).map((o) => el('div', 'faint',
            t('or {name}, {from} to {to}', { name: o.source, from: clock(o.source_start), to: clock(o.source_end) })))),
        el('td', 'number', `${clock(s.source_start)}-${clock(s.source_end)}`),
        el('td', 'number', s.speed.toFixed(3)),
        el('td', 'number', certainty(s.certainty)),
        el('td', 'acts',
            hearButton(t('Clip'), t('Hear piece {n} in the clip', { n }), () => view.hear(i, '0')),
            hearButton(t('Recording'), t('Hear piece {n} in the recording', { n }), () => view.hear(i, '1')),
            hearButton(t('In turns'), t('Hear piece {n} in turns', { n }), () => view.hear(i, 'turns'))));
}

function gapRow(g, view) {
    const at = `${clock(g.query_start)}-${clock(g.query_end)}`;
    return el('tr', 'gap',
        el('td', null, ''),
        el('td', 'number', at),
        el('td', { colSpan: 4 }, gapText(g.kind)),
        el('td', 'acts', hearButton(t('Clip'), t('Hear the clip at {at}', { at }), () => view.hearAt(g.query_start, g.query_end))));
}

function joinRow(j, view) {
    return el('tr', 'gap',
        el('td', null, ''),
        el('td', 'number', `${clock(j.at)} ± ${j.plus_minus.toFixed(2)} s`),
        el('td', { colSpan: 4 }, j.in_pause ? t('Join, somewhere in a pause') : t('Join')),
        el('td', 'acts', hearButton(t('Clip'), t('Hear the clip at the join, {at}', { at: clock(j.at) }),
            () => view.hearAt(Math.max(0, j.at - 1.5), j.at + 1.5))));
}

function rows(result, view) {
    return [
        ...result.spans.map((s, i) => [s.query_start, spanRow(s, i, view)]),
        ...result.gaps.map((g) => [g.query_start, gapRow(g, view)]),
        ...result.joins.map((j) => [j.at - 1e-4, joinRow(j, view)]),
    ].sort((a, b) => a[0] - b[0]).map((r) => r[1]);
}

/** The player, once the clip is decoded. */
class CheckView {
    constructor(result, clip) {
        this.result = result;
        this.sources = [...new Set(result.spans.map((s) => s.sha256))];
        this.sounds = new Map();
        this.clip = clip;
        const spans = result.spans.map((s, i) => ({ start: s.query_start, end: s.query_end,
            told: t('Piece {n}: {name}, {from} to {to}', { n: i + 1, name: s.source, from: clock(s.source_start), to: clock(s.source_end) }) }));
        this.player = new Player({ lanes: this.lanes(), end: clip.duration, spans, onSpan: (i) => this.showSource(i), compare: true });
        this.picture = this.player.add(new Picture(this.player.scope,
            { label: t('The clip with its pieces; the table says the same'), marks: marksOf(result), pick: (i) => this.picked(i) }));
        this.picture.setSound(clip);
        this.below = this.player.add(new Picture(this.player.scope, { label: t('The recording at the same place') }));
        this.below.box.hidden = true;
        this.name = el('p', 'faint', '');
    }

    lanes() {
        const known = this.result.spans.filter((s) => this.sounds.has(s.sha256));
        return [
            { name: t('Clip'), segments: [{ start: 0, end: this.clip.duration, sound: this.clip, at: 0, rate: 1 }] },
            { name: t('Recording'), segments: known.map((s) => segmentOf(s, this.sounds.get(s.sha256))) },
        ];
    }

    /** One recording after another: each is decoded in its turn. */
    async fetchSources(here) {
        this.name.textContent = this.sources.length > 0 ? t('The recordings are prepared') : '';
        for (const sha256 of this.sources)
            try {
                const sound = await openSound(sha256, undefined, here);
                if (sound === null)
                    return;
                this.sounds.set(sha256, sound);
                this.player.load(this.lanes(), this.clip.duration);
                this.showSource(this.player.chosen >= 0 ? this.player.chosen : 0);
            } catch (why) {
                this.name.textContent = t('A recording cannot be heard: {why}', { why: why.message });
            }
    }

    showSource(i) {
        const s = this.result.spans[i];
        const sound = this.sounds.get(s?.sha256) ?? null;
        this.picture.choose(this.player.chosen);
        if (s === undefined)
            return;
        this.below.box.hidden = false;
        this.name.textContent = t('Recording under piece {n}: {name}', { n: i + 1, name: s.source_name ?? s.source });
        this.below.setSound(sound, { at: s.source_start, start: s.query_start, rate: s.backwards ? -s.speed : s.speed });
    }

    picked(i) {
        const { spans, gaps, joins } = this.result;
        if (i < spans.length)
            this.hear(i, this.player.hear);
        else if (i < spans.length + gaps.length)
            this.hearAt(gaps[i - spans.length].query_start, gaps[i - spans.length].query_end);
        else
            this.hearAt(Math.max(0, joins[i - spans.length - gaps.length].at - 1.5), joins[i - spans.length - gaps.length].at + 1.5);
    }

    hear(i, how) {
        this.player.choose(i);
        this.player.setHear(how);
        void this.player.play(this.result.spans[i].query_start, this.result.spans[i].query_end);
    }

    hearAt(from, to) {
        this.player.setHear('0');
        this.player.setRange([from, Math.min(to, this.clip.duration)]);
        void this.player.play(from, Math.min(to, this.clip.duration));
    }
}

export function showCheck(place, result, { here, m, from }) {
    let view = null;
    const picture = el('div', null);
    const late = { sources: [...new Set(result.spans.map((s) => s.sha256))],
        hear: (i, how) => view?.hear(i, how), hearAt: (a, b) => view?.hearAt(a, b) };
    place.append(
        el('h3', null, result.clip.name),
        el('p', null, t('{p} % of what can be compared is explained by {n} pieces.',
            { p: (100 * result.explained).toFixed(1), n: result.spans.length }),
        result.clip.trouble ? ` ${result.clip.trouble}` : ''),
        picture,
        table(t('Pieces'), ['', t('In the clip'), t('Recording'), t('In the recording'), t('Speed'), t('Certainty'), t('Hear')],
            rows(result, late)),
        notTested(result.not_tested));
    async function open() {
        const clip = await openSound(result.clip.sha256, (p) => m.tell(t('The sound is prepared'), p), here, from);
        if (clip === null || !here())
            return;
        m.tell('');
        view = new CheckView(result, clip);
        const { player } = view;
        picture.append(player.bar, view.picture.box, view.below.box, view.name, player.view, player.help);
        await view.fetchSources(here);
    }
    open().catch((why) => m.fail(why));
    return () => view?.player.close();
}

export const checkView = jobView({ kind: 'check', get text() {
    return t('Drop a clip here, or choose one:');
}, show: showCheck });
