// SPDX-License-Identifier: Apache-2.0
// Copies of one sound: which was made from which, why, and the same second in any of them.
import { clock, el } from './dom.js';
import { Picture } from './picture.js';
import { Player } from './player.js';
import { openSound } from './sound.js';
import { certainty, hearButton, jobView, table } from './work.js';
import { t } from './words.js';

const KINDS = {
    root: () => t('nearest to the source'),
    child: () => t('made from another'),
    undecided: () => t('its parent is not certain'),
    duplicate: () => t('the same samples'),
    unrelated: () => t('shares no sound with the others'),
    silent: () => t('nothing to compare'),
};
const kindText = (kind) => KINDS[kind]?.() ?? kind;

/** Children of each copy, by the best candidate where the evidence does not decide; '' has the roots. */
export function childrenOf(result) {
    const of = new Map([['', []]]);
    const known = new Set(result.copies.map((c) => c.file));
    for (const copy of result.copies) {
        const told = result.parents?.[copy.file] ?? null;
        const parent = (Array.isArray(told) ? told[0] : told) ?? '';
        const under = known.has(parent) ? parent : '';
        of.set(under, [...(of.get(under) ?? []), copy]);
    }
    return of;
}

function edge(copy, result) {
    const told = result.parents?.[copy.file];
    const reasons = (copy.reasons ?? []).map((r) => el('li', null, r.text));
    const sure = copy.certainty === undefined ? '' : ` (${certainty(copy.certainty)})`;
    return [
        el('span', 'kind', `${kindText(copy.kind)}${sure}`),
        Array.isArray(told) ? el('p', null, t('Made from one of: {names}', { names: told.join(', ') })) : '',
        copy.duplicate_of ? el('p', null, t('The same samples as {name}', { name: copy.duplicate_of })) : '',
        reasons.length > 0 ? el('ul', 'reasons', ...reasons) : '',
    ];
}

function branch(copies, children, result, hear, seen = new Set()) {
    return el('ul', 'tree', ...copies.filter((c) => !seen.has(c.file)).map((copy) => {
        seen.add(copy.file);
        const below = children.get(copy.file) ?? [];
        return el('li', null,
            el('div', 'copy', el('strong', null, el('bdi', null, copy.file)), ' ',
                hearButton(t('Hear'), t('Hear {name} at this place', { name: copy.file }), () => hear(copy)), ' ',
                ...edge(copy, result)),
            below.length > 0 ? branch(below, children, result, hear, seen) : '');
    }));
}

const db = (v) => (typeof v === 'number' ? `${v.toFixed(1).replace(/^-0\.0$/, '0.0')} dB` : '');

function copyRow(c) {
    return el('tr', null,
        el('th', { scope: 'row' }, c.file), el('td', null, kindText(c.kind)), el('td', null, c.parent ?? ''),
        el('td', 'number', c.certainty === undefined ? '' : certainty(c.certainty)),
        el('td', 'number', typeof c.offset === 'number' ? clock(c.offset) : ''),
        el('td', 'number', typeof c.duration === 'number' ? clock(c.duration) : ''),
        el('td', 'number', db(c.gain_db)), el('td', 'number', db(c.noise_db)),
        el('td', 'number', typeof c.edge_hz === 'number' ? `${Math.round(c.edge_hz)} Hz` : ''), el('td', null, c.codec ?? ''));
}

class FamilyView {
    constructor(copies, sounds) {
        this.copies = copies;
        this.sounds = sounds;
        const first = Math.min(...copies.map((c) => c.offset ?? 0), 0);
        this.starts = copies.map((c) => (c.offset ?? 0) - first);
        const end = Math.max(...copies.map((c, i) => this.starts[i] + sounds[i].duration));
        this.player = new Player({ end, compare: false, onHear: (how) => this.show(Number(how)),
            lanes: copies.map((c, i) => ({ name: c.file,
                segments: [{ start: this.starts[i], end: this.starts[i] + sounds[i].duration, sound: sounds[i], at: 0, rate: 1 }] })) });
        this.picture = this.player.add(new Picture(this.player.scope, { label: t('The copy that is heard') }));
        this.show(0);
    }

    show(i) {
        this.picture.setSound(this.sounds[i], { at: 0, start: this.starts[i], rate: 1 });
    }

    hear(copy) {
        const i = this.copies.indexOf(copy);
        if (i < 0)
            return;
        this.player.setHear(`${i}`);
        if (!this.player.engine?.playing)
            void this.player.play();
    }
}

export function showFamily(place, result, { here, m, from }) {
    let view = null;
    const seen = el('div', null);
    place.append(
        el('p', null, result.root === null ? t('No two of these belong together.')
            : t('Nearest to the source: {name}', { name: result.root })),
        el('p', null, t('This says which copy can have been made from which, since information only gets lost. It does not say who published first, nor whether the root is genuine. Copies that are not here may stand between any two. Not tested: copies at another speed, and copies put together from several.')),
        branch(childrenOf(result).get(''), childrenOf(result), result, (c) => view?.hear(c)),
        el('h3', null, t('Listen')), seen,
        table(t('Copies'), [t('Copy'), t('Kind'), t('Made from'), t('Certainty'), t('Begins at'), t('Length'), t('Louder by'),
            t('Noise'), t('Upper edge'), t('Coding')], result.copies.map(copyRow)));
    if ((result.composite ?? []).length > 0)
        place.append(table(t('Where which copy sounds best'), [t('From'), t('To'), t('Copy'), t('Why')],
            result.composite.map((c) => el('tr', null, el('td', 'number', clock(c.start)), el('td', 'number', clock(c.end)),
                el('td', null, c.copy), el('td', null, c.why)))));
    if ((result.failed ?? []).length > 0)
        place.append(el('h3', null, t('Could not be read')), el('ul', null,
            ...result.failed.map((f) => el('li', null, `${f.name}: ${f.error.message}`))));
    async function open() {
        const copies = [];
        const sounds = [];
        for (const copy of result.copies) {
            const sound = await openSound(copy.sha256, (p) => m.tell(t('The sound is prepared'), p), here, from).catch(() => null);
            if (!here())
                return;
            if (sound !== null && copies.push(copy))
                sounds.push(sound);
        }
        m.tell('');
        if (copies.length === 0)
            return;
        view = new FamilyView(copies, sounds);
        seen.append(view.player.bar, view.picture.box, view.player.view, view.player.help);
    }
    open().catch((why) => m.fail(why));
    return () => view?.player.close();
}

export const familyView = jobView({ kind: 'family', least: 2, most: 200,
    get text() {
        return t('Drop copies of one recording here, as many as you have:');
    },
    get go() {
        return t('Order them');
    },
    show: showFamily });
