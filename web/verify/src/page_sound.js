// SPDX-License-Identifier: Apache-2.0
// What is shown of sound. WAV is played as one recording with silence in its gaps. Coded sound
// is played stretch by stretch, since nobody can make silence in its place without coding anew.
import { clock, el } from './dom.js';
import { makeBar } from './page_bar.js';
import { KIND } from './parts.js';
import { publishedPieces, wavLayout } from './published.js';

const WAV_MAX = 2 ** 30; /* bytes with the gaps filled */

const legend = () => el('p', 'quiet legend', el('span', null, 'visible'),
    el('span', 'of-hidden', 'withheld'));

const urls = []; /* of what is played; given back when the next bundle comes */

function urlOf(pieces, type) {
    urls.push(URL.createObjectURL(new Blob(pieces, { type })));
    return urls[urls.length - 1];
}

export function forgetSound() {
    urls.splice(0).forEach((url) => URL.revokeObjectURL(url));
}

/* ------------------------------------------------------------------ WAV */

/** Stretches of the sound that are visible, in seconds. */
function gridStretches({ stream, runs }, seconds) {
    const step = stream.block / stream.rate;
    return runs.map((run) => {
        const contents = run.kinds.filter((kind) => kind === KIND.CONTENT).length;
        const first = Math.max(run.first, 1) - 1;
        return { from: first * step, to: Math.min((first + contents) * step, seconds) };
    }).filter((s) => s.to > s.from);
}

export function gridView(showing) {
    const layout = wavLayout(showing);
    if (layout === null || layout.total > WAV_MAX)
        return el('p', 'quiet', 'Too long to be played here.');
    const seconds = layout.total / layout.frame / showing.stream.rate;
    const audio = el('audio', { controls: false, preload: 'none' });
    const button = el('button', { type: 'button' }, 'Play');
    const now = el('span', 'now');
    /* Only now: an hour of sound is copied for it. */
    const load = () => {
        if (audio.src === '')
            audio.src = urlOf([...publishedPieces(showing, 'silence')], 'audio/wav');
    };
    const bar = makeBar({
        total: Math.max(seconds, 0.1), shown: gridStretches(showing, seconds), say: clock,
        onSeek: (at) => {
            load();
            audio.currentTime = at;
            tell(at);
        },
    });
    const tell = (at) => {
        now.replaceChildren(`${clock(at)} of ${clock(seconds)} `,
            bar.isShown(at) || at >= seconds ? '' : el('span', 'withheld', 'withheld'));
    };
    button.addEventListener('click', () => {
        load();
        if (audio.paused)
            audio.play().catch(() => now.replaceChildren('This browser cannot play it.'));
        else
            audio.pause();
    });
    const follow = () => {
        bar.move(audio.currentTime);
        tell(audio.currentTime);
        if (!audio.paused)
            requestAnimationFrame(follow);
    };
    audio.addEventListener('play', () => {
        button.textContent = 'Pause';
        follow();
    });
    audio.addEventListener('pause', () => { button.textContent = 'Play'; });
    audio.addEventListener('seeked', follow);
    audio.addEventListener('error', () => now.replaceChildren('This browser cannot play it.'));
    tell(0);
    return el('div', null, legend(), bar.element, el('div', 'player', button, now, audio));
}

/* ------------------------------------------------------------------ coded sound */

const TYPES = { 'mp3-frame': 'audio/mpeg', 'aac-frame': 'audio/aac', 'ogg-page': 'audio/ogg' };
const UNITS = { 'mp3-frame': 'frame', 'aac-frame': 'frame', 'ogg-page': 'page' };
const LIST_MAX = 200;

/** Ogg says at its beginning how the rest is coded; these pages come before every stretch. */
function oggHead(runs) {
    const run = runs[0];
    const head = [];
    if (run === undefined || run.first !== 0)
        return null;
    for (let i = 0, at = 0; i < run.kinds.length; at += run.lengths[i++]) {
        const page = run.bytes.subarray(at, at + run.lengths[i]);
        /* Pages of headers end at position 0. */
        if (page.subarray(6, 14).some((b) => b !== 0))
            break;
        head.push(page);
    }
    return head;
}

function stretch(showing, run, head, i) {
    const { splitter } = showing.stream;
    const unit = UNITS[splitter];
    const last = run.first + run.kinds.length;
    const button = el('button', { type: 'button' }, `Play stretch ${i + 1}`);
    const row = el('li', null, button, ` ${unit}s ${run.first + 1} to ${last}`);
    button.addEventListener('click', () => {
        const before = splitter === 'ogg-page' && run.first > 0 ? head : [];
        const audio = el('audio', { controls: true, autoplay: true,
            src: urlOf([...before, run.bytes], TYPES[splitter]) });
        audio.addEventListener('error', () => audio.replaceWith('This browser cannot play it.'));
        button.replaceWith(audio);
        audio.focus();
    });
    return { row, play: () => button.isConnected && button.click() };
}

export function codedView(showing) {
    const { stream, runs } = showing;
    const head = stream.splitter === 'ogg-page' ? oggHead(runs) : [];
    const list = el('ol', 'parts');
    const stretches = head === null ? [] : runs.slice(0, LIST_MAX).map((run, i) => stretch(showing, run, head, i));
    const unit = UNITS[stream.splitter];
    let next = 0;
    runs.slice(0, LIST_MAX).forEach((run, i) => {
        if (run.first > next)
            list.append(el('li', null, el('span', 'withheld', '[withheld]'), ` ${run.first - next} ${unit}s`));
        if (head !== null)
            list.append(stretches[i].row);
        next = run.first + run.kinds.length;
    });
    if (runs.length <= LIST_MAX && next < stream.n)
        list.append(el('li', null, el('span', 'withheld', '[withheld]'), ` ${stream.n - next} ${unit}s`));
    const bar = makeBar({
        total: stream.n, say: (at) => `${unit} ${Math.floor(at) + 1}`,
        shown: runs.map((r) => ({ from: r.first, to: r.first + r.kinds.length })),
        onSeek: null,
    });
    const notes = [];
    if (head === null)
        notes.push(el('p', 'quiet', 'The beginning, which says how it is coded, is withheld: it cannot be played.'));
    if (runs.length > LIST_MAX)
        notes.push(el('p', 'quiet', `The first ${LIST_MAX} of ${runs.length} stretches.`));
    return el('div', null, legend(), bar.element, ...notes, list);
}
