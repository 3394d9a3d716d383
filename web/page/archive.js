// SPDX-License-Identifier: Apache-2.0
// What is in the archive; adding to it, and taking out of it.
import * as api from './api.js';
import { byId, clock, el } from './dom.js';
import { button, confirmed, fileBox, foreign, labelled, number, row, table, teller, time } from './parts.js';
import { jobNow } from './work.js';
import { count, size, t } from './words.js';

const PAGE = 100;
const LOOK_MS = 400;

/** All that the archive knows of a recording. */
function details(r) {
    const said = [
        [t('Names'), ...r.names.map(foreign)],
        [t('Files'), ...r.paths.map(foreign)],
        ['SHA-256', el('code', null, r.sha256)],
        [t('Coding'), `${r.container}, ${r.codec}, ${count(r.rate_hz)} Hz, ${t('channels: {n}', { n: r.channels })}`],
        [t('Size'), size(r.bytes)],
        [t('Added'), time(r.added)],
        [t('Trouble'), r.trouble || t('none')],
    ];
    return el('dl', null, ...said.flatMap(([name, ...values]) =>
        [el('dt', null, name), ...values.map((v) => el('dd', null, v))]));
}

function recordingRow(r, takeOut) {
    const name = r.names[0];
    const tail = el('tr', { hidden: true }, el('td', { colSpan: 4 }, details(r)));
    const open = button(t('Details'), () => {
        tail.hidden = !tail.hidden;
        open.setAttribute('aria-expanded', !tail.hidden);
    }, { 'aria-expanded': 'false', 'aria-label': t('Details of {name}', { name }) });
    return [
        row(foreign(name), number(clock(r.duration)), r.codec,
            el('td', 'buttons', open, button(t('Remove'), () => takeOut(r), {
                'aria-label': t('Remove {name}', { name }),
            }))),
        tail,
    ];
}

/** Sends files one after the other, then follows the job that adds them. */
async function add(files, told, isHere) {
    const kept = [];
    for (const [i, file] of files.entries())
        kept.push(await api.upload(file, (share) => told.say(t('Sending {i} of {n}: {p} %',
            { i: i + 1, n: files.length, p: Math.round(100 * share) }))));
    const { id } = await api.send('/api/jobs', { kind: 'add', files: kept });
    while (isHere()) {
        const job = await jobNow(id);
        if (job === null)
            return;
        if (job.state === 'failed')
            throw new Error(job.error.message);
        if (job.state === 'done') {
            const done = await api.get(`/api/jobs/${id}/result`);
            const bad = done.results.filter((r) => r.outcome === 'failed');
            told.say([t('{n} added, {m} were there already', { n: done.added, m: done.known }),
                ...bad.map((r) => `${r.name}: ${r.error.message}`)].join('; '), bad.length > 0);
            await api.remove(`/api/jobs/${id}`);
            return;
        }
        told.say(job.state === 'waiting' ? t('Waiting')
            : t('Adding: {p} %', { p: job.total > 0 ? Math.min(100, Math.round(100 * job.done / job.total)) : 0 }));
        await new Promise((r) => setTimeout(r, LOOK_MS));
    }
}

export function archiveView(main) {
    const search = el('input', { type: 'search', id: 'search', maxLength: 200 });
    const about = el('p', null);
    const found = teller();
    const told = teller();
    const place = el('section', 'recordings');
    let wanted = 0;
    let here = true;

    async function load() {
        const mine = ++wanted;
        try {
            const [list, info] = await Promise.all([
                api.get(`/api/archive?count=${PAGE}&search=${encodeURIComponent(search.value)}`),
                api.get('/api/archive/info'),
            ]);
            if (mine !== wanted)
                return;
            about.textContent = t('{n} recordings, {h} of sound, {b} on disk',
                { n: count(info.recordings), h: clock(3600 * info.hours), b: size(info.bytes) });
            found.say(list.found > PAGE
                ? t('{n} recordings; the first {m} are shown', { n: count(list.found), m: PAGE })
                : t('{n} recordings', { n: count(list.found) }));
            place.replaceChildren(table(t('Recordings'), [t('Recording'), t('Length'), t('Coding'), t('Actions')],
                list.recordings.flatMap((r) => recordingRow(r, takeOut))));
        } catch (why) {
            if (why.status === 404)
                found.say(t('There is no archive yet: add recordings first.'));
            else
                found.fail(why);
        }
    }

    async function takeOut(r) {
        if (!await confirmed(t('Remove {name} from the archive? Clips of it will not be found any more.',
            { name: r.names[0] }), t('Remove')))
            return;
        try {
            await api.remove(`/api/archive/${r.sha256}`);
            told.say(t('{name} was removed', { name: r.names[0] }));
            await load();
            byId('search')?.focus();
        } catch (why) {
            told.fail(why);
        }
    }

    async function take(files) {
        try {
            await add(files, told, () => here);
            await load();
        } catch (why) {
            told.fail(why);
        }
    }

    search.oninput = load;
    main.append(about,
        fileBox(t('Drop recordings here to add them, or choose some:'), take, 'audio/*,video/*', true), told,
        labelled(t('Search by name'), search), found, place);
    load();
    return () => {
        here = false;
    };
}
