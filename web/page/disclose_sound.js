// SPDX-License-Identifier: Apache-2.0
// Choosing stretches of sound: on the picture, by keys, in numbers. What becomes of them is shown in the picture and in
// a table: parts are blocks, frames or pages, and hidden sound hides its neighbours.
import { clock, el } from './dom.js';
import { button, choice, labelled, row, table, teller } from './parts.js';
import { Picture } from './picture.js';
import { exact, Player, seconds } from './player.js';
import { openSound } from './sound.js';
import { t } from './words.js';

const STRETCHES = 2000; // of a preview that are drawn

const timeWord = (s) => s.toFixed(6);

/** What of the preview a wished stretch became: from its first part to its last; null: nothing. */
export function became(wish, lines) {
    const hit = lines.filter((p) => p.from !== undefined && p.shown === (wish.how === 'show') && p.from < wish.to && p.to > wish.from);
    return hit.length === 0 ? null : [hit[0].from, hit.at(-1).to];
}

export function soundChooser(owner, look) {
    const told = teller();
    const timed = look.seconds !== undefined;
    const wishes = []; // {from, to, how: 'hide' | 'show'}: seconds, or numbers where times are not known
    const rows = el('div', null);
    const seenAt = el('div', null);
    const from = el('input', { size: 10, value: timed ? '0:00.000' : '1' });
    const to = el('input', { size: 10, value: timed ? exact(look.seconds) : `${look.units}` });
    let lines = [];
    let made = null;
    let here = true;

    const read = (text) => (timed ? seconds(text) : /^\d+$/.test(text.trim()) ? Number(text) : null);
    const write = (x) => (timed ? exact(x) : `${x}`);

    function add(how) {
        const [a, b] = [read(from.value), read(to.value)];
        if (a === null || b === null || b < a || (timed && b === a)) {
            told.say(timed ? t('From and to are times such as 1:02.5') : t('From and to are numbers from 1 to {n}', { n: look.units }), true);
            return;
        }
        told.say('');
        wishes.push({ from: a, to: b, how });
        changed();
    }

    function changed() {
        drawWishes();
        owner.changed();
    }

    function wishRow(w, i) {
        const field = (key, name) => {
            const f = el('input', { size: 10, value: write(w[key]), 'aria-label': t('{what} of stretch {n}', { what: name, n: i + 1 }) });
            f.onchange = () => {
                const x = read(f.value);
                if (x === null || (key === 'from' ? x > w.to : x < w.from)) {
                    f.value = write(w[key]);
                    return;
                }
                w[key] = x;
                changed();
            };
            return f;
        };
        const how = choice([['hide', t('hide')], ['show', t('show')]], w.how);
        how.setAttribute('aria-label', t('{what} of stretch {n}', { what: t('State'), n: i + 1 }));
        how.onchange = () => {
            w.how = how.value;
            changed();
        };
        const got = timed ? became(w, lines) : null;
        return row(`${i + 1}`, how, field('from', t('From')), field('to', t('To')),
            got === null ? (timed ? t('nothing') : '') : `${exact(got[0])}-${exact(got[1])}`,
            el('td', 'buttons',
                ...(made === null || !timed ? [] : [button(t('Hear'), () => hear(w), { 'aria-label': t('Hear stretch {n}', { n: i + 1 }) })]),
                button(t('Remove'), () => {
                    wishes.splice(i, 1);
                    changed();
                    from.focus();
                }, { 'aria-label': t('Remove stretch {n}', { n: i + 1 }) })));
    }

    function drawWishes() {
        const at = [...rows.querySelectorAll('input, select, button')].indexOf(document.activeElement);
        rows.replaceChildren(wishes.length === 0
            ? el('p', null, t('No stretch is chosen: all of it is shown.'))
            : table(t('Stretches that you chose'), ['#', t('State'), t('From'), t('To'), t('becomes, in whole parts'), t('Actions')], wishes.map(wishRow)));
        if (at >= 0)
            rows.querySelectorAll('input, select, button')[at]?.focus();
    }

    /** A second around it too, to hear where it is cut. */
    function hear(w) {
        const [a, b] = [Math.max(0, w.from - 1), Math.min(made.player.end, w.to + 1)];
        made.player.setRange([w.from, w.to]);
        void made.player.play(a, b);
    }

    /* What is heard of what will be visible: its parts to the sample, and silence. */
    const segments = (sound) => lines.filter((p) => p.shown && p.from !== undefined).map((p) => ({ start: Math.min(p.from, sound.duration),
        end: Math.min(p.to, sound.duration), sound, at: Math.min(p.from, sound.duration), rate: 1 }));

    function drawSound() {
        if (made === null)
            return;
        const { player, picture, sound } = made;
        const marks = lines.filter((p) => p.from !== undefined).map((p) => ({ start: p.from, end: p.to, solid: true,
            class: p.shown ? 'shows' : p.guard ? 'guards' : 'hides', text: p.shown ? '●' : '○',
            title: `${clock(p.from)}-${clock(p.to)} ${p.shown ? t('visible') : p.guard ? t('hidden, beside what is hidden') : t('hidden')}` }));
        const asked = wishes.map((w, i) => ({ start: w.from, end: w.to, class: `asked ${w.how}`, text: `${i + 1}`,
            title: `${i + 1}: ${w.how === 'hide' ? t('hide') : t('show')} ${exact(w.from)}-${exact(w.to)}` }));
        player.spans = marks.map((m) => ({ start: m.start, end: m.end, told: m.title }));
        player.load([{ name: t('What will be visible'), segments: segments(sound) },
            { name: t('All that was sealed'), segments: [{ start: 0, end: sound.duration, sound, at: 0, rate: 1 }] }], sound.duration);
        picture.setMarks([...marks, ...asked]);
    }

    function begin(sound) {
        const all = { start: 0, end: sound.duration, sound, at: 0, rate: 1 };
        const player = new Player({ end: sound.duration, compare: false,
            lanes: [{ name: t('What will be visible'), segments: [all] }, { name: t('All that was sealed'), segments: [all] }] });
        const picture = player.add(new Picture(player.scope, { label: t('The sound with what will be visible of it; the table says the same') }));
        const set = player.setRange.bind(player);
        player.setRange = (range) => {
            set(range);
            if (range !== null)
                [from.value, to.value] = range.map(exact);
        };
        picture.calls.range = (range) => player.setRange(range.map((s) => Math.min(sound.duration, Math.max(0, s))));
        player.extra = { h: () => add('hide'), s: () => add('show'),
            i: () => player.setRange([player.at, Math.max(player.at, player.range?.[1] ?? sound.duration)]),
            o: () => player.setRange([Math.min(player.at, player.range?.[0] ?? 0), player.at]) };
        picture.setSound(sound);
        player.setTop(sound.rate > 32000 ? 24000 : sound.rate > 16000 ? 12000 : 8000);
        made = { player, picture, sound };
        seenAt.replaceChildren(player.bar, picture.box, el('p', 'faint', t('● visible, ○ hidden. Drag over the picture for a stretch, or press I and O where it begins and ends; H hides it, S shows it.')),
            player.view, player.help);
        drawWishes();
        drawSound();
    }

    async function open() {
        if (look.sha256 === undefined || !timed)
            return;
        const sound = await openSound(look.sha256, (p) => told.say(`${t('The sound is prepared')} ${Math.round(100 * p)} %`), () => here);
        if (sound === null || !here)
            return;
        told.say('');
        begin(sound);
    }
    open().catch((why) => told.say(t('It cannot be drawn or heard ({why}); numbers do all the same.', { why: why.message }), true));
    drawWishes();
    return {
        box: el('div', null,
            timed ? '' : el('p', null, t('The times of this sound cannot be told: choose by the numbers of its pages or frames.')),
            el('p', null, t('Without a stretch to show, everything is shown but what is hidden.')), seenAt,
            el('div', { className: 'row', role: 'group', 'aria-label': t('A stretch') }, labelled(t('Stretch from'), from), labelled(t('Stretch to'), to),
                button(t('Hide it'), () => add('hide')), button(t('Show it'), () => add('show'))),
            told, rows),
        words: () => {
            const list = (how) => wishes.filter((w) => w.how === how).map((w) => (timed ? `${timeWord(w.from)}-${timeWord(w.to)}`
                : `#${w.from}-${w.to}`)).join(',');
            return { show: list('show') || 'all', hide: list('hide') };
        },
        seen: async (view) => {
            ({ lines } = await owner.get(`lines?from=0&count=${Math.min(view.lines, STRETCHES)}`));
            drawWishes();
            drawSound();
        },
        close: () => {
            here = false;
            made?.player.close();
        },
    };
}
