// SPDX-License-Identifier: Apache-2.0
// What is shown of sound: played as one recording with silence in its gaps, which is what would be
// published of it. Where nobody can make that silence, stretch by stretch.
import { clock, el } from './dom.js';
import { makeBar } from './page_bar.js';
import { KIND } from './parts.js';
import { publishedPieces, wavLayout } from './published.js';
import { readPage } from './published_ogg.js';
import { mp3Rate } from './split_frames.js';

const WAV_MAX = 2 ** 30; /* bytes with the gaps filled */
const OPUS_RATE = 48000;
const NOWHERE = (1n << 64n) - 1n; /* position of a page on which nothing ends */

const TYPES = {
    'grid': 'audio/wav', 'mp3-frame': 'audio/mpeg', 'aac-frame': 'audio/aac',
    'ogg-page': 'audio/ogg',
};
const UNITS = { 'mp3-frame': 'frames', 'aac-frame': 'frames', 'ogg-page': 'pages' };

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

/* ------------------------------------------------------------------ the player */

/**
 * @param {object} given
 * @param {() => Uint8Array[]} given.pieces  of the sound; called when it is first needed, since
 *     an hour of it is copied
 * @param {{from: number, to: number}[]} given.shown  in seconds
 */
function player({ pieces, type, seconds, shown }) {
    const audio = el('audio', { controls: false, preload: 'none' });
    const button = el('button', { type: 'button' }, 'Play');
    const now = el('span', 'now');
    const load = () => {
        if (audio.src === '')
            audio.src = urlOf(pieces(), type);
    };
    const bar = makeBar({
        total: Math.max(seconds, 0.1), shown, say: clock,
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
    const sorry = () => now.replaceChildren('This browser cannot play it.');
    const follow = () => {
        bar.move(audio.currentTime);
        tell(audio.currentTime);
        if (!audio.paused)
            requestAnimationFrame(follow);
    };
    button.addEventListener('click', () => {
        load();
        if (audio.paused)
            audio.play().catch(sorry);
        else
            audio.pause();
    });
    audio.addEventListener('play', () => {
        button.textContent = 'Pause';
        follow();
    });
    audio.addEventListener('pause', () => { button.textContent = 'Play'; });
    audio.addEventListener('seeked', follow);
    audio.addEventListener('error', sorry);
    tell(0);
    return el('div', null, legend(), bar.element, el('div', 'player', button, now, audio));
}

/* ------------------------------------------------------------------ where it is visible */

/** Stretches of a WAV file that are visible, in seconds. */
function gridTimes({ stream, runs }, layout) {
    const seconds = layout.total / layout.frame / stream.rate;
    const step = stream.block / stream.rate;
    const shown = runs.map((run) => {
        const contents = run.kinds.filter((kind) => kind === KIND.CONTENT).length;
        const first = Math.max(run.first, 1) - 1;
        return { from: first * step, to: Math.min((first + contents) * step, seconds) };
    });
    return { seconds, shown: shown.filter((s) => s.to > s.from) };
}

const AAC_RATES = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025,
    8000, 7350];

/** Seconds of a frame; 0 when it does not say. */
function frameSeconds(splitter, frame) {
    if (splitter === 'aac-frame')
        return 1024 / AAC_RATES[(frame[2] >> 2) & 15] || 0;
    return ((frame[1] & 0x18) === 0x18 ? 1152 : 576) / mp3Rate(frame);
}

/* Hidden parts at the beginning that are taken for tags; see published_frames.js. */
const TAGS = { 'mp3-frame': 2, 'aac-frame': 1 };

/** Of frames that are all as long as the first one that is visible. */
function frameTimes({ stream, runs }) {
    const first = runs[0]?.first ?? 0;
    const before = (first <= TAGS[stream.splitter] ? first : 0) +
        (runs[0]?.kinds[0] === KIND.HEAD ? 1 : 0);
    let frame = null;
    for (const run of runs) {
        const i = run.kinds.indexOf(KIND.CONTENT);
        if (i < 0)
            continue;
        frame = run.bytes.subarray(run.lengths.slice(0, i).reduce((a, b) => a + b, 0));
        break;
    }
    const step = frame === null ? 0 : frameSeconds(stream.splitter, frame);
    const at = (part) => Math.max(0, part - before) * step;
    return { seconds: at(stream.n), shown: runs.map((r) =>
        ({ from: at(r.first), to: at(r.first + r.kinds.length) })) };
}

/** Of Opus, by the positions that the pages give; pieces: of the derivative. */
function opusTimes({ runs }, pieces) {
    const shown = [];
    let at = 0;
    for (const piece of pieces) {
        const run = runs.find((r) => r.bytes === piece);
        const from = at;
        let begin = 0;
        for (const length of run?.lengths ?? [piece.length]) {
            const { position } = readPage(piece.subarray(begin, begin + length));
            at = position === NOWHERE ? at : Number(position) / OPUS_RATE;
            begin += length;
        }
        if (run !== undefined)
            shown.push({ from, to: at });
    }
    return { seconds: at, shown };
}

/** How long it is, and where it is visible; null: it cannot be played as one. */
function timesOf(showing) {
    if (showing.stream.splitter === 'grid') {
        const layout = wavLayout(showing);
        return layout === null || layout.total > WAV_MAX ? null : gridTimes(showing, layout);
    }
    const pieces = publishedPieces(showing, 'silence');
    if (pieces === null)
        return null;
    return showing.stream.splitter === 'ogg-page' ? opusTimes(showing, pieces) : frameTimes(showing);
}

/* ------------------------------------------------------------------ what cannot be filled */

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
        if (readPage(page).position !== 0n)
            break;
        head.push(page);
    }
    return head;
}

function stretch(splitter, run, head, i) {
    const button = el('button', { type: 'button' }, `Play stretch ${i + 1}`);
    button.addEventListener('click', () => {
        const audio = el('audio', { controls: true, autoplay: true,
            src: urlOf([...(run.first > 0 ? head : []), run.bytes], TYPES[splitter]) });
        audio.addEventListener('error', () => audio.replaceWith('This browser cannot play it.'));
        button.replaceWith(audio);
        audio.focus();
    });
    return el('li', null, button,
        ` ${UNITS[splitter]} ${run.first + 1} to ${run.first + run.kinds.length}`);
}

function stretchesView({ stream, runs }) {
    const head = stream.splitter === 'ogg-page' ? oggHead(runs) : [];
    const list = el('ol', 'parts');
    const gap = (n) => el('li', null, el('span', 'withheld', 'withheld'),
        ` ${n} ${n === 1 ? UNITS[stream.splitter].slice(0, -1) : UNITS[stream.splitter]}`);
    const notes = [];
    let next = 0;
    runs.slice(0, LIST_MAX).forEach((run, i) => {
        if (run.first > next)
            list.append(gap(run.first - next));
        if (head !== null)
            list.append(stretch(stream.splitter, run, head, i));
        next = run.first + run.kinds.length;
    });
    if (runs.length > LIST_MAX)
        notes.push(el('p', 'quiet', `The first ${LIST_MAX} of ${runs.length} stretches.`));
    else if (next < stream.n)
        list.append(gap(stream.n - next));
    if (head === null)
        notes.push(el('p', 'quiet',
            'The beginning, which says how it is coded, is withheld: it cannot be played.'));
    const bar = makeBar({ total: stream.n, onSeek: null, say: String,
        shown: runs.map((r) => ({ from: r.first, to: r.first + r.kinds.length })) });
    return el('div', null, legend(), bar.element, ...notes, list);
}

/** @returns {HTMLElement} */
export function soundView(showing) {
    const { splitter } = showing.stream;
    const times = timesOf(showing);
    if (times !== null && times.seconds > 0)
        return player({ ...times, type: TYPES[splitter],
            pieces: () => publishedPieces(showing, 'silence') });
    return splitter === 'grid' ? el('p', 'quiet', 'Too long to be played here.')
        : stretchesView(showing);
}
