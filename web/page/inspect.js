// SPDX-License-Identifier: Apache-2.0
// What a file shows of its own past: findings on its spectrogram.
import { clock, el } from './dom.js';
import { table as described } from './parts.js';
import { Picture } from './picture.js';
import { Player } from './player.js';
import { openSound } from './sound.js';
import { hearButton, jobView, notTested, table } from './work.js';
import { t } from './words.js';

const AROUND_S = 1.5;

const whole = (f, file) => f.start <= 0 && f.end >= file.duration - 1e-3;

/** Findings that have a place, as marks. */
export function marksOf(result) {
    return result.findings.filter((f) => !whole(f, result.file)).map((f) => ({ start: f.start, end: f.end,
        text: `${f.number}`, title: f.text, class: f.kind === 'change' ? 'change' : 'fact' }));
}

function where(f, file) {
    if (whole(f, file))
        return t('whole file');
    const at = f.end > f.start ? `${clock(f.start)}-${clock(f.end)}` : clock(f.start);
    return f.plus_minus > 0 ? `${at} ± ${f.plus_minus.toFixed(3)} s` : at;
}

export function findingRow(f, file, hear) {
    const n = f.number;
    return el('tr', null,
        el('th', { scope: 'row' }, `${n}`),
        el('td', null, f.kind === 'change' ? el('strong', null, t('sign of change')) : t('fact')),
        el('td', 'number', where(f, file)),
        el('td', null, f.text, f.rate ? el('span', 'faint', ` (${f.rate})`) : ''),
        el('td', null, f.method),
        el('td', 'acts', hearButton(t('Hear'), t('Hear finding {n}', { n }), () => hear(f))));
}

function factsTable(facts) {
    return el('details', null, el('summary', null, t('What the file says of itself')),
        described(t('What the file says of itself'), [t('Group'), t('Name'), t('Value')], facts.map((f) => el('tr', null,
            el('td', null, f.group), el('th', { scope: 'row' }, f.name), el('td', null, f.text)))));
}

export function makePlayer(result, sound, hear) {
    const placed = result.findings.filter((f) => !whole(f, result.file));
    const spans = placed.map((f) => ({ start: Math.max(0, f.start), end: f.end, told: f.text }));
    const player = new Player({ end: sound.duration, spans,
        lanes: [{ name: t('File'), segments: [{ start: 0, end: sound.duration, sound, at: 0, rate: 1 }] }] });
    const picture = player.add(new Picture(player.scope, { label: t('The file with its findings; the table says the same'),
        marks: marksOf(result), pick: (i) => hear(placed[i]) }));
    player.onSpan = (i) => picture.choose(i);
    picture.setSound(sound);
    player.setTop(sound.rate > 32000 ? 24000 : sound.rate > 16000 ? 12000 : 8000);
    return { player, picture };
}

export function showInspect(place, result, { here, m, from }) {
    let made = null;
    const seen = el('div', null);
    const hear = (f) => {
        const from = whole(f, result.file) ? 0 : Math.max(0, f.start - AROUND_S);
        const to = Math.min(result.file.duration, f.end + AROUND_S);
        made?.player.setRange([from, to]);
        void made?.player.play(from, to);
    };
    place.append(
        el('h3', null, result.file.name),
        el('p', null, result.signs_of_change === 0 ? t('No sign of change was found. That is no proof that there is none.')
            : t('Signs of change: {n}; the strongest is number {s}. By chance there would be about {c}.',
                { n: result.signs_of_change, s: result.strongest, c: result.by_chance })),
        seen,
        table(t('Findings'), ['', t('Kind'), t('Where'), t('Finding'), t('Method'), t('Hear')],
            result.findings.map((f) => findingRow(f, result.file, hear))),
        factsTable(result.facts ?? []),
        notTested(result.not_tested));
    async function open() {
        const sound = await openSound(result.file.sha256, (p) => m.tell(t('The sound is prepared'), p), here, from);
        if (sound === null || !here())
            return;
        m.tell('');
        made = makePlayer(result, sound, hear);
        seen.append(made.player.bar, made.picture.box, made.player.view, made.player.help);
    }
    open().catch((why) => m.fail(why));
    return () => made?.player.close();
}

export const inspectView = jobView({ kind: 'inspect', get text() {
    return t('Drop a recording here, or choose one:');
}, show: showInspect });
