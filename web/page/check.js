// SPDX-License-Identifier: Apache-2.0
// A clip is dropped, and explained.
import * as api from './api.js';
import { clock, el } from './dom.js';
import { t } from './words.js';

const LOOK_MS = 300;

function chooser(take) {
    const input = el('input', { type: 'file', id: 'clip', accept: 'audio/*,video/*' });
    const box = el('div', 'drop',
        el('label', { htmlFor: 'clip' }, t('Drop a clip here, or choose one:')), input);
    input.onchange = () => input.files.length > 0 && take(input.files[0]);
    box.ondragover = (e) => {
        e.preventDefault();
        box.classList.add('over');
    };
    box.ondragleave = () => box.classList.remove('over');
    box.ondrop = (e) => {
        e.preventDefault();
        box.classList.remove('over');
        if (e.dataTransfer.files.length > 0)
            take(e.dataTransfer.files[0]);
    };
    return box;
}

const share = (seconds, whole) => `${(100 * seconds / Math.max(whole, 1e-3)).toFixed(3)}%`;

/** Spans and gaps one beside the other; the table says the same. */
function pieceMap(result) {
    const whole = result.clip.duration;
    const sources = [...new Set(result.spans.map((s) => s.sha256))];
    const map = el('div', { className: 'map', role: 'img', 'aria-label': t('Piece map; the table says the same') });
    for (const s of result.spans) {
        const piece = el('span', `piece p${sources.indexOf(s.sha256) % 8}`);
        piece.style.left = share(s.query_start, whole);
        piece.style.width = share(s.query_end - s.query_start, whole);
        map.append(piece);
    }
    for (const j of result.joins) {
        const join = el('span', 'join');
        join.style.left = share(j.at, whole);
        map.append(join);
    }
    return map;
}

function spanRow(s, number) {
    return el('tr', null,
        el('th', { scope: 'row' }, `${number + 1}`),
        el('td', 'number', `${clock(s.query_start)}-${clock(s.query_end)}`),
        el('td', null, s.source),
        el('td', 'number', `${clock(s.source_start)}-${clock(s.source_end)}`),
        el('td', 'number', s.speed.toFixed(3)),
        el('td', 'number', `${(100 * s.certainty).toFixed(1)} %`));
}

function gapRow(g) {
    return el('tr', 'gap',
        el('td', null, ''),
        el('td', 'number', `${clock(g.query_start)}-${clock(g.query_end)}`),
        el('td', { colSpan: 4 }, t(g.kind)));
}

function table(result) {
    const rows = [
        ...result.spans.map((s, i) => [s.query_start, spanRow(s, i)]),
        ...result.gaps.map((g) => [g.query_start, gapRow(g)]),
    ].sort((a, b) => a[0] - b[0]);
    return el('table', null,
        el('thead', null, el('tr', null, ...['', 'In the clip', 'Recording', 'In the recording', 'Speed',
            'Certainty'].map((h) => el('th', { scope: 'col' }, t(h))))),
        el('tbody', null, ...rows.map((r) => r[1])));
}

function showResult(place, result) {
    place.replaceChildren(
        el('h3', null, result.clip.name),
        el('p', null, t('{p} % of the clip is explained by {n} pieces.',
            { p: (100 * result.explained).toFixed(0), n: result.spans.length })),
        pieceMap(result),
        table(result),
        el('h3', null, t('Not tested')),
        el('ul', null, ...result.not_tested.map((n) => el('li', null, n))));
}

export function checkView(main) {
    const progress = el('p', { role: 'status' });
    const place = el('section', null);
    let here = true;

    async function follow(id) {
        while (here) {
            const job = (await api.get('/api/jobs')).jobs.find((j) => j.id === id);
            if (job === undefined)
                return;
            if (job.state === 'failed')
                throw new Error(job.error.message);
            if (job.state === 'done') {
                progress.textContent = '';
                showResult(place, await api.get(`/api/jobs/${id}/result`));
                return;
            }
            progress.textContent = job.state === 'waiting' ? t('Waiting')
                : `${t(job.stage || 'working')} ${job.total > 0 ? Math.round(100 * job.done / job.total) : 0} %`;
            await new Promise((r) => setTimeout(r, LOOK_MS));
        }
    }

    async function take(file) {
        try {
            const kept = await api.upload(file, (p) => {
                progress.textContent = `${t('Sending')} ${Math.round(100 * p)} %`;
            });
            const job = await api.send('/api/jobs', { kind: 'check', files: [kept] });
            await follow(job.id);
        } catch (why) {
            progress.textContent = why.message;
        }
    }

    main.append(chooser(take), progress, place);
    return () => {
        here = false;
    };
}
