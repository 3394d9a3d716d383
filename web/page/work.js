// SPDX-License-Identifier: Apache-2.0
// From files to the result of a job, for every view that shows one.
import * as api from './api.js';
import { el } from './dom.js';
import { table as described } from './parts.js';
import { t } from './words.js';

const LOOK_MS = 300;

/** A place for files to be dropped on, and a button for those who do not drag. */
export function chooser({ text, several, take }) {
    const input = el('input', { type: 'file', id: 'files', accept: 'audio/*,video/*', multiple: several });
    const box = el('div', 'drop', el('label', { htmlFor: 'files' }, text), input);
    input.onchange = () => input.files.length > 0 && take([...input.files]);
    box.ondragover = (e) => {
        e.preventDefault();
        box.classList.add('over');
    };
    box.ondragleave = () => box.classList.remove('over');
    box.ondrop = (e) => {
        e.preventDefault();
        box.classList.remove('over');
        if (e.dataTransfer.files.length > 0)
            take([...e.dataTransfer.files].slice(0, several ? 200 : 1));
    };
    return box;
}

/** How far something is, in words and as a bar. */
export function meter() {
    const bar = el('progress', { max: 1, value: 0, hidden: true, 'aria-label': t('Progress') });
    const words = el('span', null);
    const box = el('p', { className: 'meter', role: 'status' }, bar, ' ', words);
    return {
        box,
        tell(text, share = null) {
            bar.hidden = share === null;
            bar.value = share ?? 0;
            words.className = '';
            words.textContent = share === null ? text : `${text} ${Math.round(100 * share)} %`;
        },
        fail(why) {
            bar.hidden = true;
            words.className = 'problem';
            words.textContent = why.advice ? `${why.message}: ${why.advice}` : why.message;
        },
    };
}

const BROAD = 6; // columns that do not fit a phone

/** A table that may be wider than a phone, under its name. */
export function table(label, heads, rows) {
    const box = described(label, heads, rows);
    box.classList.toggle('broad', heads.length >= BROAD);
    return el('div', null, el('h3', null, label), box);
}

/** Never 100 %: what was measured does not tell that nothing is wrong. */
export function certainty(share) {
    return `${share >= 0.9995 ? '>99.9' : (100 * share).toFixed(1)} %`;
}

export function notTested(list) {
    return el('details', null, el('summary', null, t('Not tested')),
        el('ul', null, ...list.map((n) => el('li', null, typeof n === 'string' ? n : `${n.method}: ${n.reason}`))));
}

async function upload(files, tell) {
    const kept = [];
    for (const [i, file] of files.entries())
        kept.push(await api.upload(file, (p) => tell(`${t('Sending')} ${file.name}`, (i + p) / files.length)));
    return kept;
}

/** Sends files and begins one job with all of them, or one with each; shows what comes of it. */
async function begin(kind, files, each, tell) {
    const kept = await upload(files, tell);
    const ids = [];
    for (const list of each ? kept.map((k) => [k]) : [kept])
        ids.push((await api.send('/api/jobs', { kind, files: list })).id);
    location.hash = ids.length === 1 ? `#/${kind}/${ids[0]}` : '#/jobs';
}

/** A job as it is now; null: there is none. */
export async function jobNow(id) {
    try {
        return await api.get(`/api/jobs/${id}`);
    } catch (why) {
        if (why.status === 404)
            return null;
        throw why;
    }
}

export async function follow(id, here, tell) {
    while (here()) {
        const job = await jobNow(id);
        if (job === null)
            throw new Error(t('There is no such job; it was removed.'));
        if (job.state === 'failed')
            throw new Error(job.error.message);
        if (job.state === 'done')
            return { job, result: await api.get(`/api/jobs/${id}/result`) };
        tell(job.state === 'waiting' ? t('Waiting') : t(job.stage || 'working'),
            job.state === 'waiting' || !(job.total > 0) ? null : job.done / job.total);
        await new Promise((r) => setTimeout(r, LOOK_MS));
    }
    return null;
}

/** Files are collected until there are enough of them. */
function collector(spec, start) {
    const list = el('ol', null);
    const go = el('button', { type: 'button', className: 'main', disabled: true }, spec.go);
    const files = [];
    const show = () => {
        list.replaceChildren(...files.map((f, i) => {
            const off = el('button', { type: 'button', 'aria-label': t('Remove {name}', { name: f.name }) }, t('Remove'));
            off.onclick = () => {
                files.splice(i, 1);
                show();
            };
            return el('li', null, spec.names?.[i] ?? '', `${f.name} `, off);
        }));
        go.disabled = files.length < spec.least;
    };
    go.onclick = async () => {
        go.disabled = true; // a second click is not a second job
        await start(files);
        show();
    };
    return [chooser({ text: spec.text, several: true, take(more) {
        files.push(...more);
        files.splice(spec.most);
        show();
    } }), list, el('p', null, go)];
}

/** Whether the result of items of a case is kept there, and a button for that. */
function keptLine(job) {
    const line = el('p', { role: 'status', className: 'kept' });
    const told = (n) => line.replaceChildren(t('Kept in the case as'), ' ', el('a', { href: `#/case/${job.case}/analysis/${n}` },
        t('analysis {n}', { n })));
    if (job.kept) {
        told(job.kept);
        return line;
    }
    if (job.files.some((f) => !f.item)) {
        line.append(t('It can be kept in the case once all of its recordings are items.'));
        return line;
    }
    const purpose = el('input', { maxLength: 200, 'aria-label': t('Why'), placeholder: t('Why') });
    const keep = el('button', { type: 'button' }, t('Keep in the case'));
    keep.onclick = async () => {
        try {
            told((await api.send(`/api/cases/${job.case}/analyses`, { job: job.id, purpose: purpose.value })).analysis);
        } catch (why) {
            line.replaceChildren(why.message);
            line.className = 'problem';
        }
    };
    line.append(job.keeps ? t('It could not be put into the case yet.') : t('It is not kept in the case.'), ' ', purpose, ' ', keep);
    return line;
}

/**
 * The view of a kind of job: files are dropped, or job #/kind/ID is shown.
 * @param {{kind: string, text: string, least?: number, show: Function}} spec
 *   show(place, result, job, here) draws, and may return what ends it
 */
export function jobView(spec) {
    return (main, [id]) => {
        const m = meter();
        const place = el('section', null);
        let shown = true;
        let end = () => {};
        const here = () => shown;
        const start = (files) => begin(spec.kind, files, spec.least === undefined, m.tell).catch((why) => m.fail(why));
        async function open() {
            const found = await follow(Number(id), here, m.tell);
            if (found === null)
                return;
            m.tell('');
            if (found.result.error !== undefined)
                throw new Error(found.result.error.message);
            if (found.job.case)
                place.append(keptLine(found.job));
            end = spec.show(place, found.result, { here, m, job: found.job }) ?? end;
        }
        if (id === undefined)
            main.append(...(spec.least === undefined ? [chooser({ text: spec.text, several: true, take: start })]
                : collector(spec, start)));
        main.append(m.box, place);
        if (id !== undefined)
            open().catch((why) => m.fail(why));
        return () => {
            shown = false;
            end();
        };
    };
}

/** A small button that a table row has for hearing something. */
export function hearButton(text, label, act) {
    const b = el('button', { type: 'button', 'aria-label': label }, text);
    b.onclick = act;
    return b;
}
