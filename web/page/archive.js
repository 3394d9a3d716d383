// SPDX-License-Identifier: Apache-2.0
// What is in the archive.
import * as api from './api.js';
import { clock, el } from './dom.js';
import { t } from './words.js';

const PAGE = 100;

function row(recording) {
    return el('tr', null,
        el('th', { scope: 'row' }, recording.names?.[0] ?? recording.name ?? ''),
        el('td', 'number', clock(recording.duration ?? 0)),
        el('td', null, recording.codec ?? ''),
        el('td', 'hash', (recording.sha256 ?? '').slice(0, 12)));
}

export function archiveView(main) {
    const search = el('input', { type: 'search', id: 'search', maxLength: 200 });
    const told = el('p', { role: 'status' });
    const body = el('tbody', null);
    let wanted = 0;

    async function load() {
        const mine = ++wanted;
        try {
            const found = await api.get(`/api/archive?count=${PAGE}&search=${encodeURIComponent(search.value)}`);
            if (mine !== wanted)
                return;
            told.textContent = found.found > PAGE
                ? t('{n} recordings; the first {m} are shown', { n: found.found, m: PAGE })
                : t('{n} recordings', { n: found.found });
            body.replaceChildren(...found.recordings.map(row));
        } catch (why) {
            told.textContent = why.message;
        }
    }

    search.oninput = load;
    main.append(
        el('p', null, el('label', { htmlFor: 'search' }, `${t('Name')} `), search),
        told,
        el('table', null,
            el('thead', null, el('tr', null, ...['Recording', 'Length', 'Coding', 'SHA-256']
                .map((h) => el('th', { scope: 'col' }, t(h))))),
            body));
    load();
}
