// SPDX-License-Identifier: Apache-2.0
// All that was asked for: waiting, running, done and failed.
import * as api from './api.js';
import { byId, el } from './dom.js';
import { confirmed, table } from './parts.js';
import { hearButton } from './work.js';
import { t } from './words.js';

const LOOK_MS = 1000;
const OPENED = new Set(['check', 'inspect', 'diff', 'family']);

const KINDS = {
    'case-add': () => t('add to a case'), 'case-import': () => t('read into a case'), 'case-verify': () => t('verify a case'),
};
const kindText = (kind) => KINDS[kind]?.() ?? t(kind);

/** Where a job leads to, or null. */
function leadsTo(job) {
    if (job.state !== 'done')
        return null;
    if (OPENED.has(job.kind))
        return `#/${job.kind}/${job.id}`;
    return job.case ? `#/case/${job.case}` : null;
}

function state(job) {
    if (job.state === 'running' && job.total > 0)
        return `${t(job.stage || 'working')} ${Math.min(100, Math.round(100 * job.done / job.total))} %`;
    return job.state === 'failed' ? `${t('failed')}: ${job.error.message}` : t(job.state);
}

export function jobsView(main) {
    const told = el('p', { role: 'status' });
    const place = el('section', null);
    let here = true;
    let drawn = '';

    async function remove(job, name) {
        try {
            if (!await confirmed(t('Remove {name}, and what was found?', { name }), t('Remove')))
                return;
            await api.remove(`/api/jobs/${job.id}`);
            await look();
            byId('main').focus(); // the button is gone
        } catch (why) {
            told.textContent = why.message;
        }
    }

    function row(job) {
        const names = job.files.map((f) => f.name).join(', ') || kindText(job.kind);
        const to = leadsTo(job);
        return el('tr', null,
            el('th', { scope: 'row' }, `${job.id}`),
            el('td', null, kindText(job.kind)),
            el('td', null, to ? el('a', { href: to }, el('bdi', null, names)) : el('bdi', null, names)),
            el('td', 'number', new Date(1000 * job.made).toLocaleString()),
            el('td', job.state === 'failed' ? 'problem' : '', state(job)),
            el('td', 'acts', hearButton(t('Remove'), t('Remove {name}', { name: names }), () => remove(job, names))));
    }

    async function look() {
        const { jobs } = await api.get('/api/jobs');
        const text = JSON.stringify(jobs);
        if (text === drawn)
            return; // focus stays where it is
        drawn = text;
        const waiting = jobs.filter((j) => j.state === 'waiting' || j.state === 'running').length;
        told.textContent = t('Jobs: {n}; not done yet: {m}', { n: jobs.length, m: waiting });
        place.replaceChildren(table(t('Jobs'), [t('Number'), t('Kind'), t('Files'), t('Asked'), t('State'), t('Actions')],
            jobs.map(row).reverse()));
    }

    async function watch() {
        while (here) {
            try {
                await look();
            } catch (why) {
                told.textContent = why.message;
            }
            await new Promise((r) => setTimeout(r, LOOK_MS));
        }
    }
    main.append(told, place);
    void watch();
    return () => {
        here = false;
    };
}
