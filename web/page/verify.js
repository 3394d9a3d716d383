// SPDX-License-Identifier: Apache-2.0
// Verifying a bundle: the verdict in the program's words, what is visible of the whole and where, and its sound with its
// gaps filled.
import * as api from './api.js';
import { previewRow, stretch } from './disclose.js';
import { el } from './dom.js';
import { LongList } from './longlist.js';
import { fileBox, labelled, teller } from './parts.js';
import { Picture } from './picture.js';
import { Player } from './player.js';
import { openSound } from './sound.js';
import { count, t } from './words.js';

const DRAWN = 2000; // stretches

function verdictWord(v) {
    return { verified: t('VERIFIED'), 'not-vouched-for': t('NOT VERIFIED: nobody you trust vouches for it'),
        broken: t('BROKEN: something does not hold') }[v] ?? v;
}

/** All parts from left to right; those that are visible are filled. */
function bar(shown, lines) {
    const box = el('div', { className: 'whole', role: 'img', 'aria-label': t('What of the whole is visible; the table says the same') });
    for (const p of lines.filter((l) => l.shown && l.first !== undefined)) {
        const e = el('div', null);
        e.style.left = `${100 * (p.first - 1) / shown.parts}%`;
        e.style.width = `${Math.max(0.1, 100 * p.count / shown.parts)}%`;
        box.append(e);
    }
    return box;
}

function playerOf(sound, lines) {
    const marks = lines.filter((p) => p.from !== undefined).map((p) => ({ start: p.from, end: p.to, solid: true,
        class: p.shown ? 'shows' : 'hides', text: p.shown ? '●' : '○', title: `${stretch(p)} ${p.shown ? t('visible') : t('withheld')}` }));
    const player = new Player({ end: sound.duration, spans: marks.map((m) => ({ start: m.start, end: m.end, told: m.title })),
        lanes: [{ name: t('What is visible'), segments: [{ start: 0, end: sound.duration, sound, at: 0, rate: 1 }] }] });
    const picture = player.add(new Picture(player.scope, { label: t('Where it is visible; the table says the same'), marks,
        pick: (i) => {
            player.setRange([marks[i].start, marks[i].end]);
            void player.play(marks[i].start, marks[i].end);
        } }));
    player.onSpan = (i) => picture.choose(i);
    picture.setSound(sound);
    player.setTop(sound.rate > 32000 ? 24000 : sound.rate > 16000 ? 12000 : 8000);
    return { player, picture };
}

/** What a bundle shows; the answer ends it. */
function showShown(place, shown, told) {
    let here = true;
    let player = null;
    const path = `/api/shown/${shown.name}`;
    const get = async (from, n) => (await api.get(`${path}/lines?from=${from}&count=${n}`)).lines;
    const list = new LongList({ label: t('What is visible of it'), head: [t('Part'), t('State'), t('Text')], fetch: get,
        row: previewRow, fail: told.fail });
    const seen = el('div', null);
    place.append(el('h4', null, t('What is visible of it')),
        el('p', null, t('{n} of {m} parts are visible', { n: count(shown.shown), m: count(shown.parts) })), seen, list.box);
    async function open() {
        const [lines] = await Promise.all([get(0, DRAWN), list.begin(shown.lines)]);
        seen.append(bar(shown, lines), el('p', 'faint', t('All parts from the first to the last; what is filled is visible.')));
        if (shown.why)
            seen.append(el('p', null, t('It cannot be heard as a whole: {why}', { why: shown.why.message })));
        if (shown.sha256 === undefined)
            return;
        const sound = await openSound(shown.sha256, (p) => told.say(`${t('The sound is prepared')} ${Math.round(100 * p)} %`), () => here);
        if (sound === null || !here)
            return;
        told.say('');
        const made = playerOf(sound, lines);
        ({ player } = made);
        seen.append(el('p', null, t('What can be published of it: what is withheld is silent, or the tone that you sent.')),
            player.bar, made.picture.box, player.view, player.help);
    }
    open().catch(told.fail);
    return () => {
        here = false;
        player?.close();
        api.remove(path).catch(() => {});
    };
}

function collectionWord(c) {
    return c.member ? t('It is number {n} of the {m} members of that collection.', { n: count(c.number), m: count(c.members) })
        : t('It is NOT a member that the collection shows.');
}

export function verifyPart(desk) {
    const told = teller();
    const place = el('div', null);
    const policy = el('textarea', { rows: 5, spellcheck: false });
    const own = el('input', { type: 'checkbox', disabled: !desk.there });
    const ownLabel = el('p', null, el('label', null, own, ` ${t('Trust this machine’s own desk')}`));
    const [from, published, collection] = [0, 1, 2].map(() => el('input', { type: 'file' }));
    let end = () => {};
    from.onchange = async () => {
        if (from.files.length > 0)
            policy.value = await from.files[0].text();
    };
    async function send(file) {
        return (await api.upload(file, (p) => told.say(t('Sending: {p} %', { p: Math.round(100 * p) })))).sha256;
    }
    function show(done) {
        const { verdict } = done;
        place.append(el('p', { className: `verdict ${verdict.verdict}`, role: 'status' }, verdictWord(verdict.verdict)));
        if (done.collection)
            place.append(el('p', null, collectionWord(done.collection)), el('details', null, el('summary', null, t('The verdict on the collection')),
                el('pre', { tabIndex: 0, 'aria-label': t('The verdict on the collection'), role: 'region' }, done.collection.text)));
        place.append(el('pre', { tabIndex: 0, 'aria-label': t('All that it proves'), role: 'region' }, done.text));
        if (done.shown)
            end = showShown(place, done.shown, told);
        else
            place.append(el('p', null, t('Nothing is shown of what is broken.')));
    }
    async function take([file]) {
        end();
        end = () => {};
        place.replaceChildren();
        try {
            const asked = { bundle: await send(file), name: file.name, policy: policy.value, desk: own.checked, shown: true };
            for (const [key, field] of [['published', published], ['collection', collection]])
                if (field.files.length > 0)
                    asked[key] = await send(field.files[0]);
            told.say(t('Working'));
            const done = await api.send('/api/verify', asked);
            told.say('');
            show(done);
        } catch (why) {
            told.fail(why);
        }
    }
    const box = el('section', null, el('h3', null, t('Verify')),
        el('p', null, t('A policy says whom you trust; it never comes from the bundle. Without one nothing is called verified.')),
        ownLabel, labelled(t('Policy, pasted'), policy), labelled(t('or from a file'), from),
        labelled(t('What was published of it (optional)'), published),
        labelled(t('The bundle of a collection that it belongs to (optional)'), collection),
        fileBox(t('Drop a bundle (.ewb) here, or choose one:'), take, '.ewb'), told, place);
    box.forget = () => end();
    return box;
}
